"""Books and the add-in before Microsoft's own validator, the one of the Open XML SDK.

Requirements: every blank book, books of departments and units, books that were filled in, recomputed and checked, and what else
is written as a workbook have no error for Excel 2007 nor for Microsoft 365; nor has the add-in; drawings bear the prefix that
other libraries look for; the range that a sheet says it holds is the one it holds, after whatever was added. The validator
must be there: a missing one is a failure, not a skip.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import tiny
from conftest import ALL, DEMO, file_of
from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from addin import actions, cli, hand_out
from addin.gathering import desk
from addin.packaging import xlam
from addin.workbooks import snapshot
from generator.files import write_atomically
from generator.plan.planner import make_plan
from generator.plan.selection import selected, views
from generator.plan.view import Kind
from generator.sheets.book import compose
from generator.xlsx import writer
from generator.xlsx.package import Package
from generator.xlsx.xml import MAIN

PLACE = Path(__file__).parent / "validator" / "node_modules" / "@xarsh"
VERSIONS = ["Office2007", "Microsoft365"]
SETTINGS = {
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",  # no libicu is needed
    "DOTNET_TieredPGO": "0",  # the rest keeps a run of two seconds from compiling anything twice
    "DOTNET_TC_CallCountThreshold": "200",
    "DOTNET_gcConcurrent": "0",
}
WHOLE = bool(os.environ.get("SCOREBOOK_EVERY_ROW"))


def validate(path: Path, version: str) -> list[str]:
    """What the validator says against a file."""
    programs = list(PLACE.glob("ooxml-validator-*/ooxml-validator*"))
    assert len(programs) == 1, "the validator is missing: npm ci --prefix tests/validator"
    command = [str(programs[0]), str(path), version]
    done = subprocess.run(command, env={**os.environ, **SETTINGS}, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout)
    errors = [f"{e['path']} {e['xPath']}: {e['description']}" for e in answer["errors"]]
    assert answer["ok"] is (not errors)
    return errors


def changed(book: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of a book with its parts changed."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target


_ROW = re.compile(rb"(<row [^>]*>)(.*?)(?=<row |</sheetData>)", re.DOTALL)
_CELL = re.compile(rb"<c [^>]*/>|<c .*?</c>", re.DOTALL)
_OWN = re.compile(rb'(?<=>)[^<]+|(?<= r=)"\w+"|(?<= ht=)"[0-9.]+"')
"""What cells and rows of one kind differ in: contents, addresses, heights."""


def one_of_each_kind(part: str, data: bytes) -> bytes:
    """A sheet without the cells that have the same elements, attributes and style as one before, and rows likewise: the
    validator takes minutes for all cells of all books, most of which are alike but for figures and words.
    """
    kinds: set[bytes] = set()

    def new(text: bytes) -> bool:
        before = len(kinds)
        kinds.add(_OWN.sub(b"", text))
        return len(kinds) > before

    def row(found: re.Match[bytes]) -> bytes:
        cells = b"".join(cell for cell in _CELL.findall(found[2]) if new(cell))
        return found[1] + (cells + found[2][found[2].rfind(b"</row>") :] if found[2] else b"") if new(found[1]) or cells else b""

    return _ROW.sub(row, data) if part.startswith("xl/worksheets/") else data


@pytest.mark.parametrize("name", ALL)
def test_a_blank_book_has_no_error(blank_books: dict[str, Path], name: str, tmp_path: Path) -> None:
    book = blank_books[name]
    shown = book if WHOLE else changed(book, tmp_path / book.name, one_of_each_kind)
    assert {version: validate(shown, version) for version in VERSIONS} == {version: [] for version in VERSIONS}


@pytest.mark.parametrize("kind", [Kind.DEPARTMENT, Kind.UNIT])
@pytest.mark.parametrize("name", ALL if WHOLE else ["panshan-2019-towns", "jiyuan-2017-poverty", "city-county-guarantee-targets"])
def test_a_part_of_a_book_has_no_error(name: str, kind: Kind, tmp_path: Path) -> None:
    plan = make_plan(file_of(name).scheme)
    whole, shown = tmp_path / "whole.xlsx", tmp_path / "shown.xlsx"
    for view in views(file_of(name).scheme, kind)[:1]:
        writer.write(compose(file_of(name), plan=selected(plan, view)), whole)
        changed(whole, shown, one_of_each_kind)
        assert {version: validate(shown, version) for version in VERSIONS} == {version: [] for version in VERSIONS}


PARKS = "panshan-2019-parks"
WRITTEN = {
    "values": ["values", "BOOK"],
    "analysis": ["analysis", "BOOK", "--last", "BOOK"],
    "robustness": ["robustness", "BOOK"],
    "difference": ["diff", PARKS, "panshan-2019-towns"],
    "trial": ["what-if", PARKS, "BOOK"],
    "next year": ["next-year", PARKS],
    "new scheme": ["scheme", "new", "--title", "某县考核", "--units", "甲镇,乙镇"],
}


@pytest.mark.parametrize("arguments", WRITTEN.values(), ids=WRITTEN)
def test_another_workbook_has_no_error(arguments: list[str], filled_books: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    assert cli.run([{"BOOK": str(filled_books[PARKS])}.get(one, one) for one in arguments] + ["-o", str(path)]) == 0
    assert validate(path, "Office2007") == []


@pytest.fixture(scope="module")
def worked_on(blank_books: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A book after each of the commands that change one, with something for each to do."""
    folder = tmp_path_factory.mktemp("worked-on")
    blank = blank_books["panshan-2019-parks"]
    made = {name: folder / f"{name}.xlsx" for name in ("filled", "recomputed", "checked", "fixed", "gathered")}
    actions.fill(blank, DEMO / "parks.values.yaml", made["filled"])
    package = Package.open(made["filled"])
    found = snapshot.of_package(package, "filled")
    for key, content in (("1/得分", Decimal("3.21")), ("1/完成", "２．５亿元"), ("8/完成", "３")):
        sheet, cell = found.place(key, 0) or ("", "")
        package.sheet(sheet).set(cell, content)
    for name in ("checked", "recomputed"):
        write_atomically(made[name], package.to_bytes())
    actions.write_findings(made["checked"], actions.check(made["checked"]).findings)
    actions.recompute(made["recomputed"], made["recomputed"])
    actions.recompute(made["checked"], made["fixed"], fix=True)
    # with all four sheets, something to choose, and one of them drawn anew
    own = hand_out.split(made["filled"], Kind.UNIT, ["新材料"], folder / "自评").files
    desk.gather(blank, [made["filled"]], made["gathered"])
    desk.gather(made["gathered"], [made["fixed"], *own])
    return made


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["filled", "recomputed", "checked", "fixed", "gathered"])
def test_a_book_that_was_worked_on_has_no_error(worked_on: dict[str, Path], kind: str, version: str) -> None:
    assert validate(worked_on[kind], version) == []


def test_what_was_to_be_done_was_done(worked_on: dict[str, Path]) -> None:
    held = {kind: path.read_bytes() for kind, path in worked_on.items()}
    assert len(set(held.values())) == len(held)
    assert actions.check(worked_on["recomputed"]).findings
    assert len(actions.check(worked_on["fixed"]).findings) < len(actions.check(worked_on["checked"]).findings)


@pytest.mark.parametrize("kind", ["filled", "recomputed", "checked", "fixed", "gathered"])
def test_a_sheet_says_what_range_it_holds(worked_on: dict[str, Path], kind: str) -> None:
    for part in Package.open(worked_on[kind]).sheet_paths.values():
        with zipfile.ZipFile(worked_on[kind]) as book:
            sheet = etree.fromstring(book.read(part))
        dimension = sheet.find(f"{{{MAIN}}}dimension")
        assert dimension is not None
        rows, columns = zip(*(coordinate_to_tuple(str(cell.get("r"))) for cell in sheet.iter(f"{{{MAIN}}}c")), strict=True)
        assert range_boundaries(dimension.get("ref")) == (min(columns), min(rows), max(columns), max(rows)), part


@pytest.mark.parametrize("version", VERSIONS)
def test_the_add_in_has_no_error(tmp_path: Path, version: str) -> None:
    path = tmp_path / xlam.NAME
    path.write_bytes(xlam.build())
    assert validate(path, version) == []


FAULTS = {
    "a font out of order": ("xl/styles.xml", rb"(<b val=\"1\"/>)(<sz [^>]*/>)", rb"\2\1", "child element"),
    "a style that is not there": ("xl/worksheets/sheet2.xml", rb"(.*<c r=\"\w+\" s=)\"\d+\"", rb'\1"999"', "'999'"),
    "a drawing without its frame": ("xl/drawings/drawing1.xml", rb"<xdr:xfrm/>", b"", "xfrm"),
    "a sheet out of order": ("xl/worksheets/sheet2.xml", rb"(<pageMargins[^>]*/>)(<pageSetup[^>]*/>)", rb"\2\1", "child element"),
}


@pytest.fixture(scope="module")
def with_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of the third form: later ones have no charts."""
    path = tmp_path_factory.mktemp("charts") / "parks.xlsx"
    writer.write(compose(file_of("panshan-2019-parks"), design=tiny.of_form(3)), path)
    return path


@pytest.mark.parametrize("fault", FAULTS)
def test_the_validator_would_see(with_charts: Path, tmp_path: Path, fault: str) -> None:
    part, old, new, words = FAULTS[fault]

    def spoil(name: str, data: bytes) -> bytes:
        if name != part:
            return one_of_each_kind(name, data)
        data, times = re.subn(old, new, data, count=1, flags=re.DOTALL)
        assert times == 1
        return one_of_each_kind(name, data)

    errors = validate(changed(with_charts, tmp_path / "spoilt.xlsx", spoil), "Office2007")
    assert errors
    assert all(words in error for error in errors), errors


def test_a_file_that_is_no_book_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "none.xlsx").write_bytes(b"no zip")
    assert validate(tmp_path / "none.xlsx", "Office2007")


def test_one_cell_of_each_kind_is_kept() -> None:
    rows = [
        '<row r="1"><c r="A1" s="1"><v>3</v></c><c r="B1" s="1"><v>4</v></c><c r="C1" s="1"/></row>',
        '<row r="2" ht="9"/>',
        '<row r="3"><c r="A3" s="1"><v>5</v></c></row>',
        '<row r="4" ht="8"/>',
        '<row r="5"><c r="A5" s="1" t="str"><f>B5</f><v>x</v></c><c r="B5" s="1"/><c r="C5" s="2"/></row>',
    ]
    kept = [rows[0].replace('<c r="B1" s="1"><v>4</v></c>', ""), rows[1], rows[4].replace('<c r="B5" s="1"/>', "")]
    sheet = "<sheetData>{}</sheetData><pageMargins/>"
    assert one_of_each_kind("xl/worksheets/sheet1.xml", sheet.format("".join(rows)).encode()).decode() == sheet.format("".join(kept))


def test_drawings_bear_the_usual_prefix(with_charts: Path) -> None:
    with zipfile.ZipFile(with_charts) as book:
        parts = [book.read(part) for part in book.namelist() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", part)]
    assert parts
    for part in parts:
        root = etree.fromstring(part)
        own = [e for e in root.iter() if etree.QName(e).namespace == etree.QName(root).namespace]
        assert {e.prefix for e in own} == {"xdr"}
        assert {e.prefix for e in root.iter()} == {"xdr", "a", "c"}
