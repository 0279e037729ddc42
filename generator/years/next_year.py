"""Next year's scheme: last year's file with the year moved on, its targets and units as they will be, and a list of what is left to
people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator import source
from generator.definition.renewal import renewed
from generator.language.figures import UNDECIDED
from generator.problems import Refusal, Where
from generator.scheme import load
from generator.scheme.load import SchemeFile
from generator.value import show
from generator.years.moving import moved, moved_id, moved_source
from generator.years.places import place_words
from generator.years.targets import Targets, grown
from generator.years.units import Change, Units, after, are_placeholders, groups_of, regrouped
from generator.years.walking import KEEP, walked

INHERITED = "依据仍是"
"""What the note begins with that says whose the document is."""
_WHOSE = re.compile(f"{INHERITED}(\\d{{4}})年度")
LATEST = 2100
_STAYS = {"source", "clause", "issuer", "place", "answers", "units", "formerly"}
"""What says where something comes from, or whose it is."""
_IDS = {"id", "at"}


@dataclass(frozen=True)
class Altered:
    """One place of the scheme that is another now. what: a short word for the kind of change."""

    what: str
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}：{self.before} → {self.after}"


@dataclass
class NextYear:
    """Next year's scheme. text: its file; altered: what was changed; left: what people have to look at, a sentence each; undecided:
    how many figures are still to be decided, before which the scheme cannot be used."""

    id: str
    title: str
    year: int
    data: dict[str, Any]
    text: str = ""
    altered: list[Altered] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    undecided: int = 0


def next_year(
    file: SchemeFile,
    year: int | None = None,
    targets: Targets | None = None,
    changes: Collection[Change] = (),
    listed: Units | None = None,
    known: Collection[str] = (),
) -> NextYear:
    """The scheme of a later year.

    year: by default the next one. changes: what happens to the units; listed: instead, the units of a list (`listed_anew`). known: the
    ids that there are. Raises Refusal where the year or a unit makes no sense, SourceError where the result would be no scheme.
    """
    then = year if year is not None else file.scheme.year + 1
    if not file.scheme.year < then <= LATEST:
        raise Refusal(f"这个方案是 {file.scheme.year} 年度的，新的年度要在它以后，最多到 {LATEST} 年；请改 --year（现在是 {then}）")
    data = file.parsed().data
    return _Making(file, data, then, known).made(targets or Targets(), changes, listed)


class _Making:
    def __init__(self, file: SchemeFile, data: dict[str, Any], year: int, known: Collection[str]) -> None:
        self.file, self.data, self.known = file, data, known
        self.old, self.by = file.scheme.year, year - file.scheme.year
        self.result = NextYear("", "", year, data)
        self.stays: Counter[tuple[str, str]] = Counter()
        """What speaks of a year and stays, by its place in words."""

    def made(self, targets: Targets, changes: Collection[Change], listed: Units | None) -> NextYear:
        self._move()
        self._units(listed or (after(groups_of(self.data), list(changes)) if changes else None))
        self._targets(targets)
        self._note()
        result = self.result
        result.data = self.data
        result.id, result.title = str(self.data["scheme"]), str(self.data["title"])
        result.text = renewed(self.file.text, self.data)
        name = f"{result.id}.yaml"
        again = source.parse(result.text, name)
        result.undecided = result.text.count(UNDECIDED) and _count(again.data)
        load.understand(source.Source(name, result.text, _decided(again.data) if result.undecided else again.data, again.lines))
        if result.id in self.known:
            result.left.append(f"方案库里已经有编号是 {result.id} 的方案，请核对是不是已经编过了")
        if result.undecided:
            result.left.append(f"有 {result.undecided} 个数还没有定，写的是“{UNDECIDED}”；全部定下来才能生成空白表")
        return result

    # The year ---------------------------------------------------------------------------------------------------------

    def _move(self) -> None:
        new = walked(self.data, self._moved, self._moved_key)
        new["scheme"] = moved_id(str(self.data["scheme"]), self.old, self.by)
        new["year"] = Decimal(self.result.year)
        if "version" in new:
            new["version"] = Decimal(1)
        new.pop("formerly", None)
        for name, what in (("scheme", "编号"), ("year", "年度"), ("version", "版本")):
            if name in new and str(new[name]) != str(self.data[name]):
                self.result.altered.append(Altered("年度", what, str(self.data[name]), str(new[name])))
        for (place, one), count in self.stays.items():
            again = f"（{count} 处）" if count > 1 else ""
            self.result.left.append(f"{place}里的“{one.strip('“”')}”没有改{again}，请核对是不是要改")
        self.data = new

    def _moved(self, value: Any, path: Where) -> Any:
        if not path or path == ("scheme",):
            return KEEP
        if path[0] in _STAYS or path[-1] in _STAYS or (path[-1] in _IDS and path[0] != "facts"):
            return value
        if path[-1] == "scheme":
            return walked(value, self._source, None, path)
        return self._text(value, path) if isinstance(value, str) and not value.startswith(INHERITED) else KEEP

    def _moved_key(self, name: str, path: Where) -> str:
        return name if not path or path[-1] == "set" else moved(name, self.old, self.by).text

    def _text(self, value: str, path: Where) -> str:
        found = moved(value, self.old, self.by)
        for one in found.left:
            self.stays[place_words(self.data, path), one] += 1
        if found.text != value:
            self.result.altered.append(Altered("年度", place_words(self.data, path), value, found.text))
        return found.text

    def _source(self, value: Any, path: Where) -> Any:
        if not isinstance(value, str):
            return KEEP
        new = moved_source(value, self.old, self.by)
        if new != value:
            self.result.altered.append(Altered("年度", place_words(self.data, path), value, new))
            if new not in self.known:
                self.result.left.append(f"{place_words(self.data, path)}改成了 {new}，方案库里还没有这个方案")
        return new

    # Units and targets ------------------------------------------------------------------------------------------------

    def _units(self, units: Units | None) -> None:
        if units is None:
            return
        before = self.data
        found = regrouped(before, units)
        altered, left = self.result.altered, self.result.left
        for change in _told(units):
            altered.append(Altered("单位", "单位", *change))
        for path, old, new in found.renamed:
            altered.append(Altered("单位", place_words(before, path), old, new))
        for path, name in found.emptied:
            left.append(f"{place_words(before, path)}写的只有“{name}”，已不再考核，现在没有单位适用这一项；请改写适用单位，或删去这一项")
        mentions: dict[str, list[str]] = {}
        for path, name in found.mentioned:
            mentions.setdefault(place_words(before, path), []).append(f"“{name}”")
        left += [f"{place}里提到{'、'.join(names)}，单位已经变了；请核对" for place, names in mentions.items()]
        places = [place_words(found.data, path) for path in found.undecided if path[0] != "readings"]
        if places:
            left.append(f"单位变了，{_some(places)}的数要重新定")
        if len(units.names) != len(units.former):
            left += [f"“个数”里原文写的是 {show(count['says'])}，单位现在有 {len(units.names)} 个" for count in before.get("counts") or []][
                :1
            ]
        unlisted = [
            group for group in found.data.get("unlisted") or [] if group != "*" and units.after.get(group) == units.before.get(group)
        ]
        if "unlisted" in found.data and unlisted != found.data["unlisted"]:
            if unlisted:
                found.data["unlisted"] = unlisted
            elif all(units.after[group] != units.before[group] for group in units.before):
                del found.data["unlisted"]
        self.data = found.data

    def _targets(self, targets: Targets) -> None:
        found = grown(self.data, targets)
        for path, old, new in (one for one in found.changed if one[0][0] != "readings"):  # they follow the targets themselves
            self.result.altered.append(Altered("目标", place_words(self.data, path), _shown(old), _shown(new)))
        if found.kept:
            places = [place_words(self.data, path) for path in found.kept]
            self.result.left.append(f"{_some(places)}是百分数或越低越好，没有随增长率改；请核对")
        if targets.rate:
            same = len({path for path, _, _ in found.changed if path[0] != "readings"})
            self.result.left.append(f"目标按 {show(targets.rate * 100)}% 改了 {same} 项，位数照原来的，四舍五入；请逐项核对")
        self.data = found.data

    # What people have to know -----------------------------------------------------------------------------------------

    def _note(self) -> None:
        document = self.file.scheme.source.document
        listed = self.data.get("notes") or []
        former = next((str(note["reading"]) for note in listed if str(note.get("reading", "")).startswith(INHERITED)), "")
        notes = [note for note in listed if not str(note.get("reading", "")).startswith(INHERITED)]
        told = _WHOSE.match(former)
        year = told[1] if told and f"（{document}）" in former else str(self.old)  # the document may be older than a year already
        words = f"{INHERITED}{year}年度的办法（{document}）；{self.result.year}年度的办法印发后，请改依据和各条出处，并删去这一条"
        self.data["notes"] = [*notes, {"reading": words}]
        self.result.left.append(f"依据（{document}）和各条出处还是 {year} 年度的，办法印发后请改")
        self.result.left += _figures_left(self.data)


def _told(units: Units) -> list[tuple[str, str]]:
    """What happened to the units, each thing once."""
    gone = [unit for unit, new in units.became.items() if not new]
    if gone and are_placeholders(gone):
        return [(f"{len(gone)} 个代称（{_some(gone)}）", f"{len(units.names)} 个单位（{_some(units.names)}）")]
    found: list[tuple[str, str]] = []
    for unit in units.names:
        origins = units.origins(unit)
        if not origins:
            found.append(("（无）", unit))
        elif origins != [unit]:
            found.append(("、".join(origins), unit))
    return found + [(unit, "（不再考核）") for unit in gone]


def _figures_left(data: dict[str, Any]) -> list[str]:
    """Figures that formulas use and that speak of a task or of another year."""
    found: list[str] = []

    def visit(value: Any, path: Where) -> Any:
        if len(path) > 1 and path[-2] == "figures" and any(word in str(path[-1]) for word in ("目标", "任务", "基数", "上年", "年")):
            found.append(place_words(data, path))
        return KEEP

    walked({key: value for key, value in data.items() if key != "readings"}, visit)
    return [f"{_some(found)}没有改，请核对"] if found else []


def _some(places: list[str], most: int = 6) -> str:
    listed = [*dict.fromkeys(places)]
    return "、".join(listed[:most]) + (f"等 {len(listed)} 处" if len(listed) > most else "")


def _shown(value: Any) -> str:
    """Figures, in a few words."""
    if isinstance(value, list):
        return "、".join("－" if one is None else str(one) for one in value)
    if isinstance(value, dict):
        return "、".join(f"{name} {'－' if one is None else one}" for name, one in value.items())
    return str(value)


def _count(data: Any) -> int:
    if isinstance(data, dict):
        return sum(map(_count, data.values()))
    return sum(map(_count, data)) if isinstance(data, list) else int(data == UNDECIDED)


def _decided(data: Any) -> Any:
    """The data with a figure wherever one is still to be decided, to see whether everything else holds together."""
    if isinstance(data, dict):
        return {key: _decided(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_decided(value) for value in data]
    return Decimal(1) if data == UNDECIDED else data
