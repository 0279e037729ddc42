"""Two schemes, or one scheme of two years, compared in words: what of units, points, targets, rules, grades and readings is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from generator.definition import words
from generator.definition.flow import flow, same
from generator.definition.overrides import folded
from generator.definition.vocabulary import rule_words
from generator.scheme.load import SchemeFile, with_defaults
from generator.scheme.structure import places
from generator.years.matching import Node, nodes_of, origins_of, pairs
from generator.years.moving import moved
from generator.years.places import label
from generator.years.units import groups_of
from generator.years.walking import PER_UNIT

UNITS, FACTS, INDICATORS, OTHERS = "单位", "概况", "指标", "其他"
NONE = "（无）"
_SECTIONS = {"grades": "等次", "readings": "读法", "notes": "说明", "references": "查询表"}
_TREE = {"indicators", "bonus", "units", "formerly"}
_NAMED = ("id", "what", "name", "reading", "title", "from")
_LONG = 20
"""So many characters of a note's text stand for it."""


@dataclass(frozen=True)
class Difference:
    """One thing that is another. section: of the scheme; where: the indicator or group, its id in ``ref``; what: which part of it;
    units: of which units, none
    where it is the same for all; only_year: the text says the same of another year."""

    section: str
    where: str
    what: str
    before: str
    after: str
    ref: str = ""
    units: tuple[str, ...] = ()
    only_year: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        told = {name: getattr(self, name) for name in ("section", "ref", "where", "what", "before", "after", "only_year")}
        return told | {"units": list(self.units)}


def differences(old: SchemeFile, new: SchemeFile) -> list[Difference]:
    """Everything in which the second scheme is not the first."""
    return list(_Comparison(old, new).all())


Part = tuple[str, str, str, tuple[str, ...]]
"""What part of something differs, before, after, of which units."""


class _Comparison:
    def __init__(self, old: SchemeFile, new: SchemeFile) -> None:
        self.old, self.new = (_whole(file) for file in (old, new))
        self.year, self.by = old.scheme.year, new.scheme.year - old.scheme.year
        self.former, self.units = old.scheme.unit_names, new.scheme.unit_names
        self.origins = origins_of(new.scheme, self.former)
        self.became: dict[str, list[str]] = {unit: [] for unit in self.former}
        for unit, origins in self.origins.items():
            for origin in origins:
                self.became[origin].append(unit)
        self.nodes = pairs(nodes_of(self.old), nodes_of(self.new))
        self.now = {before.ref: after.ref for before, after in self.nodes if before is not None and after is not None}

    def all(self) -> Iterator[Difference]:
        yield from self._facts()
        yield from self._units()
        for before, now in self.nodes:
            yield from self._node(before, now)
        for key, section in _SECTIONS.items():
            for part in self._parts(key, self.old.get(key), self.new.get(key), section):
                yield self._one(section, "", part)

    def _one(self, section: str, where: str, part: Part, ref: str = "") -> Difference:
        what, before, after, units = part
        only = bool(self.by) and before != after and moved(before, self.year, self.by).text == after
        return Difference(section, where, what, before, after, ref, units, only)

    def _facts(self) -> Iterator[Difference]:
        for key in {**self.old, **self.new}:
            if key not in _TREE and key not in _SECTIONS:
                section = OTHERS if key in words.SCHEME_SHEETS else FACTS
                for part in self._figures_or_parts(key, self.old.get(key), self.new.get(key), words.FACTS):
                    yield self._one(section, "", part)

    # Units ------------------------------------------------------------------------------------------------------------

    def _units(self) -> Iterator[Difference]:
        for unit, origins in self.origins.items():
            if not origins:
                yield Difference(UNITS, "", "增加", NONE, unit)
            elif len(origins) > 1:
                yield Difference(UNITS, "", "合并", "、".join(origins), unit)
            elif len(now := self.became[origins[0]]) > 1:
                if unit == now[0]:
                    yield Difference(UNITS, "", "拆分", origins[0], "、".join(now))
            elif origins[0] != unit:
                yield Difference(UNITS, "", "改名", origins[0], unit)
        yield from (Difference(UNITS, "", "不再考核", unit, NONE) for unit, now in self.became.items() if not now)
        before, after = ({u: g for g, units in groups_of(data).items() for u in units} for data in (self.old, self.new))
        for unit, origins in self.origins.items():
            if origins and before[origins[0]] != after[unit]:
                yield Difference(UNITS, "", f"“{unit}”换了分组", before[origins[0]] or NONE, after[unit] or NONE)

    # Indicators and groups --------------------------------------------------------------------------------------------

    def _node(self, old: Node | None, new: Node | None) -> Iterator[Difference]:
        node = new or old
        assert node is not None
        if old is None or new is None:
            kind = "分组" if node.is_group else "指标"
            told = _told(node)
            what, before, after = (f"新增{kind}", NONE, told) if old is None else (f"删去{kind}", told, NONE)
            yield self._one(INDICATORS, label(node.data), (what, before, after, ()), node.ref)
            return
        where = label(new.data)
        for key in ("id", "name"):
            before, after = (str(one.data.get(key, "")) or NONE for one in (old, new))
            if self._renamed(before) != after:
                yield self._one(INDICATORS, where, (words.name_of(key, words.TREE), before, after, ()), new.ref)
        if self.now.get(old.parent, old.parent) != new.parent:
            yield self._one(INDICATORS, where, ("所在分组", old.parent or NONE, new.parent or NONE, ()), new.ref)
        for key in {**old.data, **new.data}:
            if key not in ("id", "name", "children", "defaults"):
                for part in self._figures_or_parts(key, old.data.get(key), new.data.get(key), words.TREE):
                    yield self._one(INDICATORS, where, part, new.ref)

    def _figures_or_parts(self, key: str, old: Any, new: Any, sheet: str) -> Iterator[Part]:
        if key in PER_UNIT:
            yield from self._by_unit(words.name_of(key, sheet), old, new)
        elif key == "figures":
            for name in {**(old or {}), **(new or {})}:
                yield from self._by_unit(f"数“{name}”", (old or {}).get(name), (new or {}).get(name))
        else:
            yield from self._parts(key, old, new, words.name_of(key, sheet))

    def _by_unit(self, what: str, old: Any, new: Any) -> Iterator[Part]:
        """Figures that may be another for each unit."""
        if not any(isinstance(one, (list, dict)) for one in (old, new)):
            if not same(old, new):
                yield what, _said("", old), _said("", new), ()
            return
        before, after = _row(old, self.former, self.old), _row(new, self.units, self.new)
        changed: dict[tuple[str, str], list[str]] = {}
        for unit, origins in self.origins.items():
            was = dict.fromkeys(_said("", before[origin]) for origin in origins) or {NONE: None}
            now = _said("", after[unit])
            if [*was] != [now]:
                changed.setdefault(("、".join(was), now), []).append(unit)
        for (was_, now), units in changed.items():
            yield what, was_, now, () if len(units) == len(self.units) else tuple(units)

    # Anything -----------------------------------------------------------------------------------------------------------

    def _parts(self, key: str, old: Any, new: Any, name: str) -> Iterator[Part]:
        """What differs inside two values. name: what they are called."""
        if same(old, new) or same(self._renamed(old), new):
            return
        if isinstance(old, dict) and isinstance(new, dict):
            for inner in {**old, **new}:
                told = words.NAMES.get(f"{key}.{inner}") or _named(inner)
                told = told if told != inner else f"“{inner}”"
                yield from self._parts(inner, old.get(inner), new.get(inner), f"{name}·{told}")
        elif (
            isinstance(old or [], list)
            and isinstance(new or [], list)
            and all(isinstance(one, dict) for one in [*(old or []), *(new or [])])
        ):
            yield from self._entries(name, old or [], new or [])
        else:
            yield name, _said(key, old), _said(key, new), ()

    def _renamed(self, value: Any) -> Any:
        """A former value with the units' names of now in it."""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return [*dict.fromkeys(now for one in value for now in self.became.get(one, [one]))]
        if isinstance(value, str):
            for old, now in self.became.items():
                value = value.replace(old, now[0]) if len(now) == 1 and old != now[0] and len(self.origins[now[0]]) == 1 else value
        return value

    def _entries(self, name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Part]:
        before, now = _by_name(old), _by_name(new)
        was = {one: one for one in now if one in before}
        for one in before:
            then = moved(one, self.year, self.by).text
            if one not in now and then in now and then not in before:
                was[then] = one
        for one, entry in now.items():
            if one in was:
                yield from self._parts("", before[was[one]], entry, f"{name}“{_short(one)}”")
            else:
                yield f"{name}“{_short(one)}”", NONE, _entry(entry), ()
        for one in [one for one in before if one not in was.values()]:
            yield f"{name}“{_short(one)}”", _entry(before[one]), NONE, ()


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _whole(file: SchemeFile) -> dict[str, Any]:
    """A scheme's data, every indicator with what the groups around say for all."""
    data = folded(file.parsed().data)
    return {key: with_defaults(value) if key in ("indicators", "bonus") else value for key, value in data.items()}


def _row(value: Any, units: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """A figure for each unit."""
    if isinstance(value, list):
        return dict(zip(units, value, strict=False)) | dict.fromkeys(units[len(value) :])
    if isinstance(value, dict):
        found: dict[str, Any] = dict.fromkeys(units)
        known = places(data)
        for name, figure in value.items():
            found |= {units[position]: figure for position in known.get(str(name), [])}
        return found
    return dict.fromkeys(units, value)


def _by_name(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Entries of a list by what they are called; by their number where two have one name."""
    found: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(entries, 1):
        name = next((str(entry[key]) for key in _NAMED if entry.get(key) is not None), f"第{number}条")
        found[name if name not in found else f"{name}（{number}）"] = entry
    return found


def _told(node: Node) -> str:
    """An indicator or a group that only one scheme has, in a few words."""
    parts = [f"分值 {_said('points', node.data['points'])}"] if "points" in node.data else []
    for key in ("in", "assessor", "rule", "target"):
        if key in node.data:
            parts.append(f"{words.name_of(key, words.TREE)} {_said(key, node.data[key])}")
    return "；".join(parts) or label(node.data)


def _entry(entry: dict[str, Any]) -> str:
    """An entry of a list that only one scheme has."""
    if isinstance(options := entry.get("options"), dict) and entry.get("takes") in options:  # a reading, whose changes are its own affair
        told = {name: option.get("says", "") for name, option in options.items() if isinstance(option, dict)}
        takes = str(entry["takes"])
        return "；".join([f"现取“{takes}”：{told.get(takes, '')}", *(f"也可“{n}”：{says}" for n, says in told.items() if n != takes)])
    return "；".join(f"{_named(key)} {_said(key, value)}" for key, value in entry.items())


def _named(key: str) -> str:
    return words.NAMES.get(key, key) if key.isascii() else key


@cache
def _choices(key: str) -> Mapping[str, str]:
    return rule_words() if key == "rule" else words.CHOICES.get(key, {})


def _said(key: str, value: Any) -> str:
    """A value in words."""
    if value is None:
        return NONE if key else words.NOTHING
    if isinstance(value, bool):
        return words.YES if value else words.NO
    if isinstance(value, str):
        return _choices(key).get(value, value)
    if isinstance(value, list):
        return "、".join(_said(key, one) if not isinstance(one, (dict, list)) else flow(one) for one in value) or NONE
    if isinstance(value, dict):
        return "；".join(f"{_named(name)} {_said(name, one)}" for name, one in value.items()) or NONE
    return format(value, "f")
