"""What Excel 2007 and WPS forbid, looked for in the files of all bundled books.

Requirements: only functions that Excel 2007, WPS and LibreOffice share, in cells, validations and conditional formats alike;
formulas, their depth, their arguments and their texts within Excel's limits; validations and conditional formats look at
their own sheet alone; lists and messages of validations, names, sheet names, texts, page footers, heights and widths within
the limits. Each limit has a book that breaks it and nothing else.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ALL
from lxml import etree
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from test_workbook import SHARED_FUNCTIONS

from generator.xlsx.xml import MAIN

FORMULA, LITERAL, ARGUMENTS, DEPTH = 8192, 255, 255, 64
LIST, TITLE, MESSAGE = 255, 32, 255
HEIGHT, WIDTH, TEXT, FOOTER, BREAKS = 409, 255, 32767, 255, 1026
SHEET_NAME, DEFINED_NAME = 31, 255
_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_QUOTED_SHEET = re.compile(r"'(?:[^']|'')*'")
_MARK = re.compile(r"([A-Za-z_][\w.]*)?\(|[){},;]")
_NAME = re.compile(r"[^\W\d]\w*|_[\w.]*", re.UNICODE)
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*([Cc][0-9]*)?|[Cc][0-9]*")


def shape(text: str) -> tuple[frozenset[str], int, int]:
    """A formula's functions, how deep they stand in each other, and the most arguments of one."""
    functions: set[str] = set()
    open_: list[tuple[bool, int]] = []  # of each bracket, whether a function's, and the commas seen in it
    depth = most = 0
    for mark in _MARK.finditer(text):
        if mark[0][-1] in "({":
            if mark[1]:
                functions.add(mark[1].upper())
            open_.append((bool(mark[1]), 0))
            depth = max(depth, sum(is_function for is_function, _ in open_))
        elif mark[0] in ")}":
            is_function, commas = open_.pop()
            most = max(most, commas + 1 if is_function else 0)
        elif open_ and mark[0] == ",":
            open_[-1] = (open_[-1][0], open_[-1][1] + 1)
    return frozenset(functions), depth, most


_DIGITS = str.maketrans("23456789", "11111111")


def in_formula(text: str) -> frozenset[str]:
    """The limits that a formula breaks; those that differ in their digits alone are looked at once."""
    return _in_formula(text.translate(_DIGITS))


@cache
def _in_formula(text: str) -> frozenset[str]:
    functions, depth, most = shape(_QUOTED_SHEET.sub("s", _LITERAL.sub("t", text)))
    broken = {
        "formula length": len(text) > FORMULA,
        "literal": any(len(literal.replace('""', '"')) > LITERAL for literal in _LITERAL.findall(text)),
        "function": bool(functions - SHARED_FUNCTIONS),
        "depth": depth > DEPTH,
        "arguments": most > ARGUMENTS,
    }
    return frozenset(limit for limit, is_broken in broken.items() if is_broken)


def in_rule(text: str) -> Iterator[str]:
    """The same for a formula of a validation or of a conditional format."""
    yield from in_formula(text)
    if "!" in _LITERAL.sub("", text):
        yield "other sheet"


def in_validation(validation: Any) -> Iterator[str]:
    for formula in validation:
        listed = _LITERAL.fullmatch(formula.text or "")
        if validation.get("type") == "list" and listed:
            if len(listed[1]) > LIST:
                yield "list"
        else:
            yield from in_rule(formula.text or "")
    if any(len(validation.get(title, "")) > TITLE for title in ("errorTitle", "promptTitle")):
        yield "title"
    if any(len(validation.get(message, "")) > MESSAGE for message in ("error", "prompt")):
        yield "message"


def in_sheet(sheet: Any) -> Iterator[str]:
    """The limits that a sheet's part breaks."""

    def every(*tags: str) -> Iterator[Any]:
        yield from sheet.iter(*(f"{{{MAIN}}}{tag}" for tag in tags))

    for formula in every("f"):
        yield from in_formula(formula.text or "")
    for rule in every("cfRule"):
        for formula in rule.iter(f"{{{MAIN}}}formula"):
            yield from in_rule(formula.text or "")
    for validation in every("dataValidation"):
        yield from in_validation(validation)
    if any(len(text.text or "") > TEXT for text in every("t", "v")):
        yield "text"
    if any(float(row.get("ht", 0)) > HEIGHT for row in every("row")):
        yield "height"
    if any(float(column.get("width", 0)) > WIDTH for column in every("col")):
        yield "width"
    if any(len(footer.text or "") > FOOTER for footer in every("oddFooter", "oddHeader")):
        yield "footer"
    if any(len(breaks) > BREAKS for breaks in every("rowBreaks", "colBreaks")):
        yield "page breaks"


def in_workbook(workbook: Any) -> Iterator[str]:
    """The limits that the part of the workbook breaks."""
    names = [str(sheet.get("name")) for sheet in workbook.iter(f"{{{MAIN}}}sheet")]
    for name in names:
        if not 1 <= len(name) <= SHEET_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name) or name.casefold() == "history":
            yield "sheet name"
    if len({name.casefold() for name in names}) < len(names):
        yield "sheet name"
    for defined in workbook.iter(f"{{{MAIN}}}definedName"):
        name = str(defined.get("name")).removeprefix("_xlnm.")
        if len(name) > DEFINED_NAME or not _NAME.fullmatch(name) or _LOOKS_LIKE_CELL.fullmatch(name):
            yield "defined name"
        yield from in_formula(defined.text or "")


def broken(path: Path) -> set[str]:
    """The limits that a book breaks."""
    found: set[str] = set()
    with zipfile.ZipFile(path) as book:
        for part in book.namelist():
            if re.fullmatch(r"xl/worksheets/\w+\.xml", part):
                found.update(in_sheet(etree.fromstring(book.read(part), etree.XMLParser(huge_tree=True))))
        found.update(in_workbook(etree.fromstring(book.read("xl/workbook.xml"))))
    return found


@pytest.mark.parametrize("name", ALL)
def test_a_book_keeps_every_limit(blank_books: dict[str, Path], name: str) -> None:
    assert broken(blank_books[name]) == set()


def nested(times: int) -> str:
    return "=" + "IF(A2," * times + "1" + ",0)" * times


def asked(sheet: Any, first: str, kind: str = "whole", **words: str) -> None:
    sheet.add_data_validation(DataValidation(kind, formula1=first, sqref="A1", **words))


def inline(sheet: Any, length: int) -> None:
    sheet["A1"]._value, sheet["A1"].data_type = "a" * length, "inlineStr"  # past openpyxl, which cuts what is too long


def reddened(formula: str) -> FormulaRule:
    return FormulaRule([formula], fill=PatternFill("solid", bgColor="FFFF0000"))


Change = Callable[[Any], object]
WITHIN: dict[str, Change] = {
    "function": lambda s: s.__setitem__("A1", '=IFERROR(SUMIFS(B1:B9,C1:C9,">1"),"TEXTJOIN(1)")'),
    "formula length": lambda s: s.__setitem__("A1", "=" + "1+" * 4095 + "1"),
    "literal": lambda s: s.__setitem__("A1", '="' + "a" * 255 + '"'),
    "depth": lambda s: s.__setitem__("A1", nested(64)),
    "arguments": lambda s: s.__setitem__("A1", "=SUM(" + ",".join(["1"] * 255) + ")"),
    "list": lambda s: asked(s, '"' + "a" * 255 + '"', "list"),
    "title": lambda s: asked(s, "1", promptTitle="a" * 32),
    "message": lambda s: asked(s, "1", error="a" * 255),
    "other sheet": lambda s: s.conditional_formatting.add("A1", reddened('$B1="!"')),
    "height": lambda s: setattr(s.row_dimensions[1], "height", 409),
    "width": lambda s: setattr(s.column_dimensions["A"], "width", 255),
    "text": lambda s: inline(s, 32767),
    "footer": lambda s: setattr(s.oddFooter.center, "text", "a" * 250),
    "page breaks": lambda s: [s.row_breaks.append(Break(id=row)) for row in range(1, 1027)],
    "sheet name": lambda s: setattr(s, "title", "a" * 31),
    "defined name": lambda s: s.parent.defined_names.add(DefinedName("总分_2", attr_text="Sheet!$A$1")),
}
BEYOND: list[tuple[str, Change]] = [
    ("function", lambda s: s.__setitem__("A1", "=TEXTJOIN(1)")),
    ("function", lambda s: s.conditional_formatting.add("A1", reddened("IFS(A1,1)"))),
    ("function", lambda s: asked(s, "_xlfn.XLOOKUP(A1,B:B,C:C)", "custom")),
    ("formula length", lambda s: s.__setitem__("A1", "=" + "1+" * 4096 + "1")),
    ("literal", lambda s: s.__setitem__("A1", '="' + "a" * 256 + '"')),
    ("depth", lambda s: s.__setitem__("A1", nested(65))),
    ("arguments", lambda s: s.__setitem__("A1", "=SUM(" + ",".join(["1"] * 256) + ")")),
    ("list", lambda s: asked(s, '"' + "a" * 256 + '"', "list")),
    ("title", lambda s: asked(s, "1", promptTitle="a" * 33)),
    ("message", lambda s: asked(s, "1", error="a" * 256)),
    ("other sheet", lambda s: asked(s, "'名 单'!$A$1:$A$9", "list")),
    ("other sheet", lambda s: s.conditional_formatting.add("A1", reddened("Other!A1>1"))),
    ("height", lambda s: setattr(s.row_dimensions[1], "height", 409.5)),
    ("width", lambda s: setattr(s.column_dimensions["A"], "width", 256)),
    ("text", lambda s: inline(s, 32768)),
    ("footer", lambda s: setattr(s.oddFooter.center, "text", "a" * 256)),
    ("page breaks", lambda s: [s.row_breaks.append(Break(id=row)) for row in range(1, 1028)]),
    ("sheet name", lambda s: setattr(s, "title", "a" * 32)),
    ("sheet name", lambda s: setattr(s, "title", "History")),
    ("defined name", lambda s: s.parent.defined_names.add(DefinedName("a" * 256, attr_text="Sheet!$A$1"))),
    ("defined name", lambda s: s.parent.defined_names.add(DefinedName("AB12", attr_text="Sheet!$A$1"))),
    ("defined name", lambda s: s.parent.defined_names.add(DefinedName("总 分", attr_text="Sheet!$A$1"))),
]


def made(change: Change, path: Path) -> Path:
    book = Workbook()
    change(book.active)
    book.save(path)
    return path


@pytest.mark.parametrize("limit", WITHIN)
def test_what_is_just_within_a_limit_passes(tmp_path: Path, limit: str) -> None:
    assert broken(made(WITHIN[limit], tmp_path / "within.xlsx")) == set()


@pytest.mark.filterwarnings("ignore:Title is more than 31")
@pytest.mark.parametrize(("limit", "change"), BEYOND, ids=[limit for limit, _ in BEYOND])
def test_what_is_beyond_a_limit_is_seen(tmp_path: Path, limit: str, change: Change) -> None:
    assert broken(made(change, tmp_path / "beyond.xlsx")) == {limit}


def test_every_limit_has_both() -> None:
    assert {limit for limit, _ in BEYOND} == set(WITHIN)
