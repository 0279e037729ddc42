"""What another reading changes of the figures of single units: told by unit on the sheets, the rest being as it is there.

In a scheme file a reading's list of figures repeats those of all units. On a sheet that would have to be kept up by hand with every
target that changes and every unit that comes; so there it is a mapping of the units that differ, and `REST` for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.definition.flow import same
from generator.problems import Where

REST, AS_THERE = "其余", "照表"
BY_UNIT = ("points", "target")
"""What may be another figure for each unit."""


def folded(data: dict[str, Any]) -> dict[str, Any]:
    """A scheme's data with the readings' lists of figures told by unit."""
    return _rewritten(data, _fold)


def unfolded(data: dict[str, Any], unknown: Callable[[Where, str], None]) -> dict[str, Any]:
    """The same as it stands in a file. unknown: is told of every name that is no unit."""

    def unfold(value: Any, base: Any, names: list[str], where: Where) -> Any:
        if not isinstance(value, dict) or value.get(REST) != AS_THERE:
            return value
        own = {name: figure for name, figure in value.items() if name != REST}
        for name in own.keys() - {*names}:
            unknown(where, name)
        whole = base if isinstance(base, list) and len(base) == len(names) else [base] * len(names)
        return [own.get(name, figure) for name, figure in zip(names, whole, strict=True)]

    return _rewritten(data, unfold)


def _fold(value: Any, base: Any, names: list[str], where: Where) -> Any:
    fits = isinstance(value, list) and len(value) == len(names) == len({*names}) and REST not in names
    if not fits or base is None or isinstance(base, dict) or (isinstance(base, list) and len(base) != len(names)):
        return value
    whole = base if isinstance(base, list) else [base] * len(names)
    differing = {n: figure for n, figure, other in zip(names, value, whole, strict=True) if not same(figure, other)}
    return differing | {REST: AS_THERE} if differing else value


_Rewrite = Callable[[Any, Any, list[str], Where], Any]


def _rewritten(data: dict[str, Any], rewrite: _Rewrite) -> dict[str, Any]:
    """The data with every figure by unit that an option sets rewritten, given what stands there otherwise."""
    readings = data.get("readings")
    if not isinstance(readings, list) or not any(isinstance(one, dict) and "options" in one for one in readings):
        return data
    names = _units(data)
    made = []
    for number, reading in enumerate(readings):
        options = reading.get("options") if isinstance(reading, dict) else None
        if not isinstance(options, dict):
            made.append(reading)
            continue
        new = {name: _option(data, option, rewrite, names, (number, name)) for name, option in options.items()}
        made.append(reading | {"options": new})
    return data | {"readings": made}


def _option(data: dict[str, Any], option: Any, rewrite: _Rewrite, names: list[str], at: tuple[int, str]) -> Any:
    sets = option.get("set") if isinstance(option, dict) else None
    if not isinstance(sets, dict):
        return option
    new = {}
    for ref, keys in sets.items():
        where: Where = ("readings", at[0], "options", at[1], "set", ref)
        if isinstance(keys, dict):
            keys = {
                key: rewrite(value, _base(data, str(ref), key), names, (*where, key)) if key in BY_UNIT else value
                for key, value in keys.items()
            }
        new[ref] = keys
    return option | {"set": new}


def _base(data: dict[str, Any], ref: str, key: str) -> Any:
    """What an indicator has under a key, itself or by what the groups around it say for all."""
    return next((found for name, found in _told(data, key) if name == ref), None)


def _told(data: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    tops = data.get("indicators")
    todo: list[tuple[Any, Any]] = [(node, None) for node in [*(tops if isinstance(tops, list) else []), data.get("bonus")]]
    while todo:
        node, said = todo.pop()
        if not isinstance(node, dict):
            continue
        common = node.get("defaults")
        yield str(node["id"] if node.get("id") is not None else node.get("name")), node.get(key, said)
        inner = common[key] if isinstance(common, dict) and key in common else said
        children = node.get("children")
        todo += [(child, inner) for child in (children if isinstance(children, list) else [])]


def _units(data: dict[str, Any]) -> list[str]:
    units = data.get("units")
    groups = list(units.values()) if isinstance(units, dict) else [units]
    return [str(name) for members in groups if isinstance(members, list) for name in members]
