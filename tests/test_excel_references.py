"""What Excel would "repair" or leave out and no validator of single parts sees: parts of a file that speak of each other.

Requirements: every style, look, text and sheet that is spoken of is there; no cell, merged range, validation or name is there twice or
lies over another; rows and cells stand in order; links lead to cells of sheets that can be seen; the book opens on a sheet that can
be seen. The same for parts of a book, and after 重算 has put things back. Each of these has a file that breaks it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import tiny
from conftest import ALL
from lxml import etree

from addin import actions
from generator.layout.addresses import place_of
from generator.plan.planner import make_plan
from generator.plan.selection import selected, views
from generator.plan.view import Kind
from generator.scheme import load
from generator.sheets.book import compose
from generator.xlsx import writer
from generator.xlsx.xml import MAIN, RELATION

Parts = dict[str, bytes]
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(?:<f>[^<]*</f>)?(?:<v>([^<]*)</v>)?')
_STYLE, _KIND = re.compile(rb' s="(\d+)"'), re.compile(rb' t="(\w+)"')
_SHEET = re.compile(r"'((?:[^']|'')+)'!|([^\s!'(),;:+*/&<>=^-]+)!")


def parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True))


def every(root: Any, *tags: str) -> Iterator[Any]:
    yield from root.iter(*(f"{{{MAIN}}}{tag}" for tag in tags))


def boxes(ranges: str) -> list[tuple[int, int, int, int]]:
    found = []
    for text in ranges.replace("$", "").split():
        first, _, last = text.partition(":")
        (top, left), (bottom, right) = place_of(first), place_of(last or first)
        found.append((top, left, bottom, right))
    return found


def overlapping(all_: list[tuple[int, int, int, int]]) -> bool:
    """Whether two ranges share a cell."""
    by_row = sorted(all_)
    open_: list[tuple[int, int, int, int]] = []
    for box in by_row:
        open_ = [other for other in open_ if other[2] >= box[0]]
        if any(other[1] <= box[3] and box[1] <= other[3] for other in open_):
            return True
        open_.append(box)
    return False


class Counts:
    """How many there are of what sheets speak of by number."""

    def __init__(self, parts: Parts) -> None:
        styles = parsed(parts["xl/styles.xml"])
        self.of = {name: sum(len(one) for one in every(styles, name)) for name in ("cellXfs", "dxfs", "fonts", "fills", "borders")}
        self.formats = {int(one.get("numFmtId")) for one in every(styles, "numFmt")}
        self.strings = len(parsed(parts["xl/sharedStrings.xml"])) if "xl/sharedStrings.xml" in parts else 0
        self.styles = styles

    def faults(self) -> Iterator[str]:
        for style in (xf for list_ in every(self.styles, "cellXfs") for xf in list_):
            if any(int(style.get(f"{one}Id", 0)) >= self.of[f"{one}s"] for one in ("font", "fill", "border")):
                yield "font, fill or border"
            number = int(style.get("numFmtId", 0))
            if number >= 164 and number not in self.formats:
                yield "number format"


def in_cells(data: bytes, counts: Counts) -> Iterator[str]:
    body = data[data.index(b"<sheetData") : data.index(b"</sheetData>")] if b"</sheetData>" in data else b""
    places = []
    for letters, row, attributes, value in _CELL.findall(body):
        places.append((int(row), len(letters), letters))
        style, kind = _STYLE.search(attributes), _KIND.search(attributes)
        if style and int(style[1]) >= counts.of["cellXfs"]:
            yield "style"
        if kind and kind[1] == b"s" and int(value) >= counts.strings:
            yield "text"
    if any(one >= other for one, other in pairwise(places)):
        yield "order of cells"


def in_sheet(data: bytes, counts: Counts, seen: set[str]) -> Iterator[str]:
    yield from in_cells(data, counts)
    root = parsed(data[: data.index(b"<sheetData")] + data[data.index(b"</sheetData>") + len(b"</sheetData>") :])
    if any(int(rule.get("dxfId")) >= counts.of["dxfs"] for rule in every(root, "cfRule") if rule.get("type") != "dataBar"):
        yield "look"
    priorities = [rule.get("priority") for rule in every(root, "cfRule")]
    if len(priorities) != len({*priorities}):
        yield "priority"
    if overlapping([box for merge in every(root, "mergeCell") for box in boxes(merge.get("ref"))]):
        yield "merged ranges"
    if overlapping([box for rule in every(root, "dataValidation") for box in boxes(rule.get("sqref"))]):
        yield "validations"
    for tag, inner in (("mergeCells", "mergeCell"), ("dataValidations", "dataValidation")):
        if any(int(one.get("count")) != sum(1 for _ in every(one, inner)) for one in every(root, tag)):
            yield "count"
    for link in every(root, "hyperlink"):
        target = _SHEET.match(link.get("location") or "")
        if target is None or (target[1] or target[2]).replace("''", "'") not in seen:
            yield "link"
    filters = [box for one in every(root, "autoFilter") for box in boxes(one.get("ref"))]
    if any(overlapping([one, other]) for one in filters for other in [b for m in every(root, "mergeCell") for b in boxes(m.get("ref"))]):
        yield "filter over merged cells"


def in_workbook(parts: Parts) -> Iterator[str]:
    root = parsed(parts["xl/workbook.xml"])
    sheets = list(every(root, "sheet"))
    names = [sheet.get("name") for sheet in sheets]
    ids = [sheet.get("sheetId") for sheet in sheets] + [sheet.get(f"{{{RELATION}}}id") for sheet in sheets]
    if len({*ids}) < len(ids):
        yield "sheet ids"
    for view in every(root, "workbookView"):
        if sheets[int(view.get("activeTab", 0))].get("state", "visible") != "visible":
            yield "active sheet"
    defined = [(one.get("name").casefold(), one.get("localSheetId")) for one in every(root, "definedName")]
    if len({*defined}) < len(defined) or any(int(local) >= len(names) for _, local in defined if local):
        yield "names"
    for one in every(root, "definedName"):
        spoken_of = {(a or b).replace("''", "'") for a, b in _SHEET.findall(one.text)}
        local = one.get("localSheetId")
        if not spoken_of <= {*names} or (local and spoken_of != {names[int(local)]}):
            yield "names"


def faults(parts: Parts) -> set[str]:
    counts = Counts(parts)
    root = parsed(parts["xl/workbook.xml"])
    seen = {sheet.get("name") for sheet in every(root, "sheet") if sheet.get("state", "visible") == "visible"}
    found = {*counts.faults(), *in_workbook(parts)}
    for name, data in parts.items():
        if re.fullmatch(r"xl/worksheets/\w+\.xml", name):
            found.update(in_sheet(data, counts, seen))
    return found


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.mark.parametrize("name", ALL)
def test_whatever_a_book_speaks_of_is_there(blank_books: dict[str, Path], name: str) -> None:
    assert faults(parts_of(blank_books[name])) == set()


@pytest.mark.parametrize("text", [tiny.UNITS, tiny.LISTED, tiny.ROWS])
def test_in_parts_of_a_book_too(text: str, tmp_path: Path) -> None:
    file = load.loads(text, "tiny.yaml")
    whole = make_plan(file.scheme)
    for view in [*views(file.scheme, Kind.DEPARTMENT), *views(file.scheme, Kind.UNIT)]:
        path = tmp_path / "part.xlsx"
        writer.write(compose(file, plan=selected(whole, view)), path)
        assert faults(parts_of(path)) == set()


def bare(path: Path) -> None:
    """Take all rules, colours and looks of cells away, as a program does that keeps values alone."""
    import openpyxl
    from openpyxl.styles import PatternFill, Protection

    book = openpyxl.load_workbook(path)
    for sheet in book:
        sheet.data_validations.dataValidation = []
        sheet.conditional_formatting = type(sheet.conditional_formatting)()
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    cell.fill, cell.protection = PatternFill(), Protection(locked=True)
    book.save(path)


@pytest.mark.parametrize("text", [tiny.UNITS, tiny.LISTED, tiny.ROWS])
def test_after_everything_was_put_back(text: str, tmp_path: Path) -> None:
    path = tiny.book(text, tmp_path / "book.xlsx")
    bare(path)
    assert actions.recompute(path).dressed
    assert faults(parts_of(path)) == set()


def _one(pattern: bytes, new: bytes, part: str = "xl/worksheets/sheet2.xml") -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts[part], count = re.subn(pattern, new, parts[part], count=1)
        assert count == 1

    return change


BROKEN: dict[str, Callable[[Parts], None]] = {
    "style": _one(rb'(<c r="[A-Z]+\d+" s=")\d+', rb"\g<1>9999"),
    "order of cells": _one(rb'(<row r="\d+"[^>]*>)(<c [^>]*?(?:/>|>.*?</c>))', rb"\1\2\2"),
    "look": _one(rb'dxfId="\d+"', b'dxfId="99"'),
    "priority": _one(rb'priority="2"', b'priority="1"'),
    "merged ranges": _one(rb'<mergeCells count="(\d+)">', rb'<mergeCells count="\1"><mergeCell ref="A1:ZZ99"/>'),
    "validations": _one(rb'sqref="(?=[A-Z]+\d+[^"]*" type)', b'sqref="A1:ZZ99 '),
    "count": _one(rb'<dataValidations count="\d+"', b'<dataValidations count="1"'),
    "link": _one(rb"(?=<pageMargins)", b'<hyperlinks><hyperlink ref="A1" location="Sheet9!A1"/></hyperlinks>'),
    "names": _one(rb'localSheetId="1"', b'localSheetId="2"', "xl/workbook.xml"),
    "sheet ids": _one(rb'sheetId="2"', b'sheetId="1"', "xl/workbook.xml"),
    "number format": _one(rb'(<cellXfs.*?numFmtId=")\d+', rb"\g<1>999", "xl/styles.xml"),
    "font, fill or border": _one(rb'(<cellXfs.*?fontId=")\d+', rb"\g<1>999", "xl/styles.xml"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_not_there_is_seen(fault: str, tmp_path: Path) -> None:
    parts = parts_of(tiny.book(tiny.ROWS, tmp_path / "book.xlsx"))
    BROKEN[fault](parts)
    assert fault in faults(parts)
