"""The charts on a sheet of a file: which cells they show, read and put right."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from generator.problems import PackageError
from generator.xlsx import xml

if TYPE_CHECKING:
    from generator.xlsx.package import Package

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_RELATIONSHIP = xml.named("Relationship", xml.PACKAGE_RELATION)
_PLACE = xml.named("chart", CHART)
_SERIES, _NAMES, _VALUES, _REFERENCE = (xml.named(name, CHART) for name in ("ser", "cat", "val", "f"))
_KEPT = tuple(xml.named(name, CHART) for name in ("strCache", "numCache", "multiLvlStrCache"))

MAX_CHART = 1 << 18
"""Bytes of a chart that is looked at; one of 77 bars that remembers what it shows has 15,000."""


class Bars(NamedTuple):
    """What the first series of a chart shows, as ranges in formulas; '' for none."""

    names: str
    values: str


def of(package: Package, sheet: str, most: int) -> list[Bars]:
    """What the charts on a sheet show, as many as are asked for, in the order of its drawing; nothing where they cannot be read:
    no number rests on them."""
    with suppress(PackageError):
        return [_shown(package, path) for path in _paths(package, sheet)[:most]]
    return []


def let_show(package: Package, sheet: str, number: int, bars: Bars) -> None:
    """Let a chart of a sheet, by its position in `of`, show other cells. What it remembers of the former ones is forgotten."""
    path = _paths(package, sheet)[number]
    first = next((one for one in package.elements(path, _SERIES)), None)
    changes = []
    for name, range_ in ((_NAMES, bars.names), (_VALUES, bars.values)):
        for part in _within(package, path, first, name)[:1]:
            changes += [(f.inside, f.close, xml.escaped(range_)) for f in _within(package, path, part, _REFERENCE)[:1]]
            changes += [(kept.start, kept.end, "") for kept in _within(package, path, part, *_KEPT)]
    package.change(path, changes)


def _shown(package: Package, path: str) -> Bars:
    if len(package.parts[path]) > MAX_CHART:
        return Bars("", "")
    first = next((one for one in package.elements(path, _SERIES)), None)
    ranges = []
    for name in (_NAMES, _VALUES):
        [*parts] = _within(package, path, first, name)[:1]
        ranges.append(next((f.text for part in parts for f in _within(package, path, part, _REFERENCE)), ""))
    return Bars(*ranges)


def _within(package: Package, path: str, outer: xml.Element | None, *names: str) -> list[xml.Element]:
    return [one for name in names for one in package.elements(path, name) if outer and outer.start <= one.start < outer.end]


def _paths(package: Package, sheet: str) -> list[str]:
    """The parts of a sheet's charts, in the order of its drawing."""
    found = []
    for drawing in _targets(package, package.sheet_paths[sheet], "/drawing").values():
        charts = _targets(package, drawing, "/chart")
        ids = (one.attributes.get(xml.named("id", xml.RELATION), "") for one in package.elements(drawing, _PLACE))
        found += [charts[id] for id in ids if id in charts]
    return found


def _targets(package: Package, path: str, kind: str) -> dict[str, str]:
    """The parts that a part leads to by relationships of a kind, by their ids."""
    folder, name = posixpath.split(path)
    relations = f"{folder}/_rels/{name}.rels"
    return dict(_of_kind(package, relations, folder, kind)) if relations in package.parts else {}


def _of_kind(package: Package, relations: str, folder: str, kind: str) -> Iterator[tuple[str, str]]:
    for one in package.elements(relations, _RELATIONSHIP):
        target = one.attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        if one.attributes.get("Type", "").endswith(kind) and path in package.parts:
            yield one.attributes.get("Id", ""), path
