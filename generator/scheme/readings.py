"""Readings: where a clause can be read in several ways, the scheme takes one, and each other one is a change to the scheme.

A reading's option says what it sets: ``{"3": {floor: null}, "*": {score: "…"}}`` — by the id of an indicator, group or
reading-independent part, or ``"*"`` for the scheme itself. Mappings are merged, everything else is replaced; with another
``rule``, what belonged to the former one goes. Two options that set the same differently would lose one of them, so one
says under ``with`` what holds when both are taken; where none does, the two cannot be taken together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from generator.language.declared import EVERYBODY
from generator.problems import Problem, Where
from generator.suggestion import suggestion

LOST = "后一种会盖掉前一种"
"""What is told of two options that set the same."""
NOTHING: Mapping[str, str] = MappingProxyType({})
"""No choices."""


@dataclass(frozen=True)
class Change:
    """What is set while certain options are taken. options: (number of the reading, its id, the option), one, or two for what
    holds when both are taken; path: where it stands in the file; sets: {id or "*": {key: value}}."""

    options: tuple[tuple[int, str, str], ...]
    path: Where
    sets: dict[str, Any]

    def within(self, other: Change) -> bool:
        """Whether the other one is said of these options and more, and so comes before it."""
        return {*self.options} < {*other.options}


def as_read(data: dict[str, Any], takes: Mapping[str, str] = NOTHING, common: Collection[str] = ()) -> dict[str, Any]:
    """A scheme's data with the options that its readings take put into effect.

    takes: other options, by the reading's id. common: the keys that indicators of every rule have.
    """
    listed = data.get("readings")
    if not isinstance(listed, list):
        return {**data}
    changed: dict[str, Any] = _copy(data)
    for reading in changed["readings"]:
        if isinstance(reading, dict) and str(reading.get("id")) in takes:
            reading["takes"] = takes[str(reading.get("id"))]
    for change in sorted(_taken(changed), key=lambda change: len(change.options)):
        for where, keys in change.sets.items():
            for part in _parts(changed, str(where)) if isinstance(keys, dict) else ():
                if "rule" in keys and keys["rule"] != part.get("rule"):
                    for key in part.keys() - {*common}:
                        del part[key]
                _merge(part, keys)
    return changed


def unknown_choices(data: dict[str, Any], takes: Mapping[str, str]) -> Iterator[Problem]:
    """Readings that somebody asks for and the scheme has not, and options that a reading has not."""
    known = {str(reading.get("id")): [str(name) for name in _options(reading)] for _, reading in _listed(data)}
    for id, option in takes.items():
        if id not in known:
            remedy = f"{suggestion(id, list(known))}这个方案的读法有：{'、'.join(known)}" if known else "这个方案没有可以换的读法"
            yield Problem(f"没有“{id}”这个读法", remedy=remedy)
        elif option not in known[id]:
            yield Problem(f"读法“{id}”没有“{option}”这个选项", remedy=f"可以选：{'、'.join(known[id])}")


def unknown_targets(data: dict[str, Any]) -> Iterator[tuple[Where, str]]:
    """(where it stands, id) for every id that an option sets and the scheme has not."""
    known = {EVERYBODY, *(_name(node) for node in _nodes(data))}
    for change in _changes(data):
        yield from (((*change.path, str(where)), str(where)) for where in change.sets if str(where) not in known)


def unknown_companions(data: dict[str, Any]) -> Iterator[Problem]:
    """What a ``with`` names and the scheme has not: another reading, an option of it."""
    known = {str(reading.get("id")): {str(name) for name in _options(reading)} for _, reading in _listed(data)}
    for change in _changes(data):
        for _, id, option in change.options[1:]:
            if id == change.options[0][1] or id not in known:
                others = [other for other in known if other != change.options[0][1]]
                yield Problem(f"with 里的“{id}”不是别的读法", change.path[:-1], remedy=f"可以写：{'、'.join(others)}")
            elif option not in known[id]:
                yield Problem(f"读法“{id}”没有“{option}”这个选项", change.path, remedy=f"可以写：{'、'.join(sorted(known[id]))}")


def clashes(data: dict[str, Any], takes: Mapping[str, str], common: Collection[str]) -> Iterator[Problem]:
    """Where the options that are taken set the same differently, so that one of them would be lost."""
    taken = list(_taken(data, takes))
    yield from _clashes(taken, taken, common)


def pair_clashes(data: dict[str, Any], common: Collection[str]) -> Iterator[Problem]:
    """The same for every two options of different readings, whichever are taken."""
    every = list(_changes(data))
    yield from _clashes([change for change in every if len(change.options) == 1], every, common)


def _clashes(these: list[Change], every: list[Change], common: Collection[str]) -> Iterator[Problem]:
    """What two of these changes set differently and none of them all settles, once for each two."""
    told: set[tuple[Where, Where]] = set()
    for one, other, at in _set_twice(these, common):
        one, other = sorted((one, other), key=lambda change: change.options)
        apart = not {number for number, *_ in one.options} & {number for number, *_ in other.options}
        if (one.path, other.path) in told or one.within(other) or other.within(one) or not (apart or len(one.options + other.options) > 2):
            continue
        if any(_settles(judge, at) for judge in every if one.within(judge) and other.within(judge)):
            continue
        told.add((one.path, other.path))
        yield _clash(other.path, [*dict.fromkeys((*one.options, *other.options))], at)


def _clash(path: Where, options: list[tuple[int, str, str]], at: Where) -> Problem:
    where, *keys = map(str, at)
    whose = "方案" if where == EVERYBODY else f"“{where}”"
    words = "、".join(f"“{id}”选“{option}”" for _, id, option in options)
    (_, id, option), (_, last, own) = options[0], options[-1]
    way = f"请在“{last}”的“{own}”里用 with: {{{id}: {{{option}: {{…}}}}}} 写明一起取时怎样改，或把它们并成一个读法"
    remedy = way if len(options) == 2 else "请不要一起取；要一起取的，把它们并成一个读法"
    return Problem(f"读法{words}，都改了{whose}的 {'.'.join(keys)}，{LOST}", path, remedy=remedy)


def _set_twice(changes: list[Change], common: Collection[str]) -> Iterator[tuple[Change, Change, Where]]:
    """Two changes and what both set differently. What belongs to a rule that the other one replaces counts too."""
    holders: dict[Where, list[tuple[Change, Any]]] = {}
    rulers: dict[str, list[Change]] = {}
    for change in changes:
        for at, value in _leaves(change.sets):
            holders.setdefault(at, []).append((change, value))
            if at[1:] == ("rule",):
                rulers.setdefault(str(at[0]), []).append(change)
    for change in changes:
        for at, value in _leaves(change.sets):
            for length in range(1, len(at) + 1):
                for other, given in holders.get(at[:length], ()):
                    if other is not change and (length < len(at) or given != value):
                        yield change, other, at
            if len(at) > 1 and at[1] not in common:
                yield from ((change, other, at) for other in rulers.get(str(at[0]), ()) if other is not change)


def _settles(judge: Change, at: Where) -> bool:
    """Whether what holds for two options together says what is at a place."""
    return any(at[: len(place)] == place or place[: len(at)] == at for place, _ in _leaves(judge.sets))


def _leaves(data: Any, path: Where = ()) -> Iterator[tuple[Where, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*path, str(key)))
    elif path:
        yield path, data


def _listed(data: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = data.get("readings")
    for number, reading in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(reading, dict):
            yield number, reading


def _options(reading: dict[str, Any]) -> dict[Any, Any]:
    options = reading.get("options")
    return options if isinstance(options, dict) else {}


def _changes(data: dict[str, Any]) -> Iterator[Change]:
    """What every option sets, alone and together with others."""
    numbers = {str(reading.get("id")): number for number, reading in _listed(data)}
    for number, reading in _listed(data):
        for name, option in _options(reading).items():
            own = (number, str(reading.get("id")), str(name))
            path: Where = ("readings", number, "options", str(name))
            if not isinstance(option, dict):
                continue
            if isinstance(option.get("set"), dict):
                yield Change((own,), (*path, "set"), option["set"])
            for id, others in _mapping(option.get("with")).items():
                for other, sets in _mapping(others).items():
                    both = (own, (numbers.get(str(id), -1), str(id), str(other)))
                    yield Change(both, (*path, "with", str(id), str(other)), _mapping(sets))


def _taken(data: dict[str, Any], takes: Mapping[str, str] = NOTHING) -> Iterator[Change]:
    """Those of the options that are taken. takes: others than the data says, by reading."""
    ids = {number: str(reading.get("id")) for number, reading in _listed(data)}
    taken = {(number, ids[number], takes.get(ids[number], str(reading.get("takes")))) for number, reading in _listed(data)}
    return (change for change in _changes(data) if {*change.options} <= taken)


def _mapping(data: Any) -> dict[Any, Any]:
    return data if isinstance(data, dict) else {}


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
