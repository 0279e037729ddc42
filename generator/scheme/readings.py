"""Readings: where a clause can be read in several ways, the scheme takes one, and each other one is a change to the scheme.

A reading's option says what it sets: ``{"3": {floor: null}, "*": {score: "…"}}`` — by the id of an indicator, group or
reading-independent part, or ``"*"`` for the scheme itself. Mappings are merged, everything else is replaced; with another
``rule``, what belonged to the former one goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.language.declared import EVERYBODY


def as_read(data: dict[str, Any], takes: Mapping[str, str] | None = None, common: Collection[str] = ()) -> dict[str, Any]:
    """A scheme's data with the options that its readings take put into effect.

    takes: other options, by the reading's id. common: the keys that indicators of every rule have.
    """
    listed = data.get("readings")
    if not isinstance(listed, list):
        return {**data}
    changed: dict[str, Any] = _copy(data)
    for reading in changed["readings"]:
        if not isinstance(reading, dict) or not isinstance(reading.get("options"), dict):
            continue
        if takes and str(reading.get("id")) in takes:
            reading["takes"] = takes[str(reading.get("id"))]
        option = reading["options"].get(str(reading.get("takes")))
        sets = option.get("set") if isinstance(option, dict) else None
        for where, keys in (sets or {}).items() if isinstance(sets, dict) else ():
            for part in _parts(changed, str(where)):
                if not isinstance(keys, dict):
                    continue
                if "rule" in keys and keys["rule"] != part.get("rule"):
                    for key in part.keys() - {*common}:
                        del part[key]
                _merge(part, keys)
    return changed


def unknown_targets(data: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """(number of the reading, option, id) for every id that an option sets and the scheme has not."""
    known = {EVERYBODY, *(_name(node) for node in _nodes(data))}
    for number, reading in enumerate(data.get("readings") or []):
        options = reading.get("options") if isinstance(reading, dict) else None
        for name, option in (options or {}).items() if isinstance(options, dict) else ():
            sets = option.get("set") if isinstance(option, dict) else None
            for where in sets or {} if isinstance(sets, dict) else ():
                if str(where) not in known:
                    yield number, str(name), str(where)


def _copy(data: Any) -> Any:
    """Plain data anew, all the way down; the general deepcopy takes five times as long."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data


def _merge(part: dict[str, Any], keys: dict[str, Any]) -> None:
    for key, value in keys.items():
        if isinstance(value, dict) and isinstance(part.get(key), dict):
            _merge(part[key], value)
        else:
            part[key] = _copy(value)


def _parts(data: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    """The scheme itself for ``*``, else every node with this id, or this name where it has no id."""
    if where == EVERYBODY:
        yield data
        return
    yield from (node for node in _nodes(data) if _name(node) == where)


def _name(node: dict[str, Any]) -> str:
    return str(node.get("id") if node.get("id") is not None else node.get("name"))


def _nodes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    tops = data.get("indicators")
    stack: list[Any] = [*(tops if isinstance(tops, list) else []), data.get("bonus")]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack += node["children"] if isinstance(node.get("children"), list) else []
