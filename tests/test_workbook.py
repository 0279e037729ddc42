"""The workbook file.

Requirements: same bytes every time, in every process; one formula a row, the same all the way across (on a list, all the
way down); no scheme's number inside a formula; only functions that Excel 2007, WPS and LibreOffice share; formulas short;
everything locked but the inputs, every one of which can be reached and has a Chinese prompt; keys, metadata and the scheme
inside; every formula with its value; A4 with titles and page numbers; design from the template.
"""

from __future__ import annotations

import hashlib
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import tiny
from conftest import ALL, PANSHAN, book_of, file_of
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import column_index_from_string

from addin.workbooks import snapshot
from generator.language.quantities import GUARD_OF_SHARES
from generator.layout import design
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.layout.text_size import PAPERS, millimetres
from generator.lines.line import Line, Role
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import SourceError
from generator.sheets import meta
from generator.sheets.book import Book, compose
from generator.sheets.sheet import Formula, Sheet
from generator.tree import expression as e
from generator.xlsx import writer
from generator.xlsx.package import Package

SHARED_FUNCTIONS = {
    *("IF", "AND", "OR", "NOT", "ISNUMBER", "ISERROR", "IFERROR"),
    *("MIN", "MAX", "ROUND", "INT", "SUM", "AVERAGE", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "SUMPRODUCT", "RANK"),
    *("INDEX", "MATCH", "LOOKUP", "ROW", "ROWS", "COLUMN", "COLUMNS", "ADDRESS", "HYPERLINK"),
}
STRUCTURAL = {0, 1, 2, 100}
MEDIAN, LONGEST = 140, 600
"""How long formulas on visible sheets may be, in characters."""


# Bytes ----------------------------------------------------------------------------------------------------------------

DIGESTS = """
import hashlib
from generator.scheme import library, load
from generator.sheets.book import compose
from generator.xlsx.writer import to_bytes
for name, path in sorted(library.ids().items()):
    print(name, hashlib.sha256(to_bytes(compose(load.load(path)))).hexdigest())
"""


def test_same_scheme_same_bytes_in_every_process() -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", DIGESTS], env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("1", "2")
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert first == second
    own = {name: hashlib.sha256(writer.to_bytes(book_of(name))).hexdigest() for name in PANSHAN}
    assert own.items() <= {(name, digest) for name, digest in map(str.split, first.splitlines())}
    assert len(first.splitlines()) == len(ALL)


# Formulas -------------------------------------------------------------------------------------------------------------

REFERENCE = re.compile(r"(?<![\w.])(\$?)([A-Z]{1,3})(\$?)([0-9]+)(?![\w(])")


@cache
def position(letters: str) -> int:
    return int(column_index_from_string(letters))


def relative(text: str, row: int, column: int, by_row: bool = False) -> str:
    """A formula as it would be told at any cell: what moves along with the cell by its distance.

    by_row: the cells stand below each other, so that rows move and columns need not.
    """

    def shifted(found: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits = found.groups()
        across = letters if fixed_column else f"[{position(letters) - column}]"
        down = digits if fixed_row or not by_row else f"[{int(digits) - row}]"
        return f"{fixed_column}{across}!{fixed_row}{down}"

    parts = text.split('"')
    return '"'.join(part if i % 2 else REFERENCE.sub(shifted, part) for i, part in enumerate(parts))


def formula_cells(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    for (row, column), box in sheet.cells.items():
        if isinstance(box.content, Formula):
            yield row, column, box.content.text


def sheets_of(book: Book) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in book.sheets}


@pytest.mark.parametrize("name", ALL)
def test_one_formula_a_row_all_the_way_across(name: str) -> None:
    """Or a column all the way down, where the units stand below each other."""
    book = book_of(name)
    sheets = sheets_of(book)
    compared = 0
    for grid in book.layout.grids:
        cells = sheets[grid.sheet].cells
        by_row = isinstance(grid, Roster)
        for line in grid.lines:
            texts = set()
            for unit in grid.units_of(line) if line.formula is not None else []:
                row, column = grid.at(line.key, unit)
                box = cells[row, column]
                if line.constant(unit) is None:
                    assert isinstance(box.content, Formula), (line.key, unit)
                    texts.add(relative(box.content.text, row, column, by_row))
                    compared += 1
            own_group = line.formula is not None and any(isinstance(n, e.Row) and n.own_group for n in e.walk(line.formula))
            groups = len({tuple(g) for g in book.plan.group_of}) if own_group else 1
            assert len(texts) <= groups, (line.key, list(texts)[:3])
    assert compared


def test_a_row_with_one_formula_changed_would_be_seen() -> None:
    assert relative('=IF(H5>0,$G5*H6,"H5")', 7, 8) == relative('=IF(I5>0,$G5*I6,"H5")', 7, 9)
    assert relative("=IF(H5>0,$G5*H6,1)", 7, 8) != relative("=IF(I5>0,$G5*H6,1)", 7, 9)
    assert relative("=$G8*H$5", 8, 9, by_row=True) == relative("=$G9*I$5", 9, 10, by_row=True)
    assert relative("=$G8", 8, 9, by_row=True) != relative("=$G8", 9, 9, by_row=True)


@pytest.mark.parametrize("name", [n for n in ALL if make_plan(file_of(n).scheme).lists])
def test_one_formula_a_column_all_the_way_down_a_list(name: str) -> None:
    book = book_of(name)
    for listing in book.layout.lists:
        cells = sheets_of(book)[listing.sheet].cells
        for label in listing.labels:
            texts: dict[int, set[str]] = {}
            for block, unit in listing.entries:
                row, column = listing.row_of[block.id, unit], listing.columns[label]
                content = cells[row, column].content
                if isinstance(content, Formula):
                    texts.setdefault(unit, set()).add(relative(content.text, row, column, by_row=True))
            assert all(len(found) == 1 for found in texts.values()), (label, texts)


def trees_of(line: Line) -> Iterator[e.Expression]:
    """Every node of a line's formula and of the figures beside it."""
    for tree in (line.formula, *(f.value for f in (line.standard, line.points) if f is not None)):
        if isinstance(tree, e.Expression):
            yield from e.walk(tree)


def known_numbers(line: Line, plan: Plan) -> set[Decimal]:
    """Numbers that may stand in a line's formula beside the structural ones: how many cells or periods there are, where
    just these are counted; and the range that an input must lie in, which its validation rule has too."""
    found = set()
    for node in trees_of(line):
        if isinstance(node, e.Compare) and isinstance(node.right, e.Number):
            folds = [n for n in e.walk(node.left) if isinstance(n, (e.Fold, e.CountOf))]
            found |= {node.right.value} & {Decimal(len(n.over)) for n in folds}
            asked = plan.lines[node.left.line].input if isinstance(node.left, (e.Cell, e.Fixed)) else None
            found |= {node.right.value} & {limit for limit in (asked.low, asked.high) if isinstance(limit, Decimal)} if asked else set()
        if isinstance(node, e.Binary) and node.operator == "/" and isinstance(node.right, e.Number) and isinstance(node.left, e.Tagged):
            found |= {Decimal(len(node.left.lines))} & {node.right.value}
    return found


@pytest.mark.parametrize("name", ALL)
def test_no_figure_of_the_scheme_is_buried_in_a_formula(name: str) -> None:
    """Zero, one, two and a hundred may stand there, how many cells there are, and the range of an input."""
    book = book_of(name)
    for line in book.plan.lines.values():
        allowed = {Decimal(n) for n in STRUCTURAL} | known_numbers(line, book.plan)
        for node in trees_of(line):
            assert not isinstance(node, e.Number) or node.value in allowed, (line.key, node)


@pytest.mark.parametrize("name", ALL)
def test_formulas_use_shared_functions_and_no_hidden_figures(name: str) -> None:
    book = book_of(name)
    scored = {area.sheet for area in book.layout.areas}
    counts = {format(n, "f") for line in book.plan.lines.values() for n in known_numbers(line, book.plan)}
    known: set[str] = set()
    for sheet in book.sheets:
        for row, column, text in formula_cells(sheet):
            shape = relative(text, row, column, by_row=True)
            if shape in known:
                continue
            known.add(shape)
            rounding: list[str] = []
            for token in Tokenizer(text).items:
                if token.type == Token.FUNC and token.subtype == Token.OPEN:
                    rounding.append(token.value.rstrip("("))
                    assert rounding[-1] in SHARED_FUNCTIONS, (sheet.name, row, column, token.value)
                elif token.type == Token.FUNC:
                    rounding.pop()
                elif token.type == Token.OPERAND and token.subtype == Token.NUMBER and sheet.name in scored:
                    digits = {str(n) for n in range(GUARD_OF_SHARES + 1)} if rounding[-1:] == ["ROUND"] else set()
                    assert token.value in {*map(str, STRUCTURAL), *counts, *digits}, (sheet.name, row, column, text)


@pytest.mark.parametrize("name", ALL)
def test_formulas_are_short(name: str) -> None:
    texts = [text for sheet in book_of(name).sheets if sheet.state == "visible" for _, _, text in formula_cells(sheet)]
    assert statistics.median(map(len, texts)) < MEDIAN
    assert len(max(texts, key=len)) <= LONGEST, max(texts, key=len)


def test_inputs_that_follow_each_other_are_one_range() -> None:
    book = book_of("panshan-2019-parks")
    grid = book.layout.grids[0]
    rows = [grid.rows[f"加分/{name}"] for name in ("引进世界500强企业", "当年解决就业200人以上")]
    text = sheets_of(book)[grid.sheet].formulas[grid.cell("加分/得分", 0)].text
    assert f"SUM(J{rows[0]}:J{rows[1]})" in text


@pytest.mark.parametrize("name", ALL)
def test_figures_of_the_scheme_stand_in_visible_locked_cells(name: str) -> None:
    book = book_of(name)
    sheets = sheets_of(book)
    for area in book.layout.areas:
        sheet = sheets[area.sheet]
        boxes = {at: sheet.cells[cell] for at, cell in zip(map(address_of, sheet.cells), sheet.cells, strict=True)}
        hidden = set(sheet.hidden_columns)
        for line in area.lines:
            for column, at in area.figures(line):
                figure = area.figure(line, column)
                assert figure is not None
                if isinstance(figure.value, Decimal):
                    assert boxes[at].content == figure.value
                    assert boxes[at].locked
                    no_points = column == "points" and figure.value == 0
                    assert no_points or position(re.sub("[0-9]", "", at)) not in hidden
                    if isinstance(area, Matrix):
                        foreign = area.unseen[1]  # what none of the sheet's units has
                        of_others = any(line in block.lines for number, block in enumerate(area.blocks) if number in foreign)
                        assert of_others or int(re.sub("[A-Z]", "", at)) not in sheet.hidden_rows
            if line.role is Role.PARAMETER and line.values:
                shown = [boxes[area.cell(line.key, u)].content for u in area.units_of(line)]
                assert shown == [line.constant(u) for u in area.units_of(line)]


def address_of(place: tuple[int, int]) -> str:
    return f"{openpyxl.utils.get_column_letter(place[1])}{place[0]}"


# Inputs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_every_input_of_every_unit_can_be_reached_and_nothing_else_is_unlocked(name: str) -> None:
    book = book_of(name)
    wanted = set()
    for line in book.plan.inputs:
        for unit in book.plan.places(line):
            if unit < 0 or line.constant(unit) is None:
                place = book.layout.place(line.key, unit)
                assert place, (line.key, unit)
                assert place not in wanted, (line.key, unit)
                wanted.add(place)
    queries = {(name, "B2") for name in book.layout.references}
    open_cells = {(s.name, address_of(at)) for s in book.sheets for at, box in s.cells.items() if not box.locked}
    assert open_cells == wanted | queries
    for sheet in book.sheets:
        mine = {at for name, at in wanted if name == sheet.name}
        if mine:
            assert not set(sheet.hidden_columns) & {position(re.sub("[0-9]", "", at)) for at in mine}
            ruled = {at for rule in sheet.validations for at in within(rule.range)}
            assert ruled == mine


def within(area: str) -> Iterator[str]:
    rows = openpyxl.utils.cell.rows_from_range(area)
    return (at for row in rows for at in row)


@pytest.mark.parametrize("name", ALL)
def test_every_input_has_a_chinese_prompt_and_error(name: str) -> None:
    for sheet in book_of(name).sheets:
        for rule in sheet.validations:
            assert re.search("[一-鿿]", rule.prompt)
            assert re.search("[一-鿿]", rule.error)
            assert len(rule.prompt) <= 255
            assert len(rule.error) <= 225
            assert len(rule.prompt_title) <= 32
            assert len(rule.first) <= 255, (sheet.name, rule.range)


@pytest.mark.parametrize("name", PANSHAN)
def test_the_file_is_protected(name: str, blank_books: dict[str, Path]) -> None:
    file = openpyxl.load_workbook(blank_books[name])
    taken = snapshot.take(blank_books[name])
    inputs = {taken.place(line.key, u) for line in taken.plan.inputs for u in taken.plan.places(line) if taken.is_open(line, u)}
    assert file.security.lockStructure
    unlocked = set()
    for sheet in file.worksheets:
        assert sheet.protection.sheet, sheet.title
        unlocked |= {(sheet.title, c.coordinate) for row in sheet.iter_rows() for c in row if c.has_style and not c.protection.locked}
    assert unlocked == inputs
    covered = {
        (sheet.title, at)
        for sheet in file.worksheets
        for rule in sheet.data_validations.dataValidation
        for area in str(rule.sqref).split()
        for at in within(area)
    }
    assert covered == inputs


# What the file holds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_every_formula_carries_its_value(name: str, blank_books: dict[str, Path]) -> None:
    package = Package.open(blank_books[name])
    for sheet in book_of(name).sheets:
        part = package.sheet(sheet.name)
        for at, formula in sheet.formulas.items():
            assert f"={part.formula(at)}" == formula.text, (sheet.name, at)
            assert (part.value(at) or None) == (formula.value or None) or part.value(at) == formula.value, (sheet.name, at)


@pytest.mark.parametrize("name", ALL)
def test_the_workbook_speaks_for_itself(name: str, blank_books: dict[str, Path]) -> None:
    taken = snapshot.take(blank_books[name])
    original = file_of(name)
    assert taken.file.text == original.text
    assert taken.about["scheme"] == name
    assert taken.about["year"] == str(original.scheme.year)
    assert taken.about["fingerprint"] == original.fingerprint
    assert taken.lost == []
    assert [(a.sheet, a.lines) for a in taken.layout.areas] == [(a.sheet, a.lines) for a in book_of(name).layout.areas]
    for found in taken.sheets.values():
        assert found.area.columns == found.original.columns
        assert found.rows == found.original.row_keys
    assert taken.inputs == {}
    states = {sheet.name: sheet.state for sheet in book_of(name).sheets}
    assert states[meta.NAME] == "veryHidden"
    assert {"说明", "汇总", "校验"} <= {s for s, state in states.items() if state == "visible"}


@pytest.mark.parametrize("name", ALL)
def test_print_set_up(name: str, blank_books: dict[str, Path]) -> None:
    package = Package.open(blank_books[name])
    scored = {area.sheet for area in book_of(name).layout.areas}
    for sheet in book_of(name).sheets:
        if sheet.state != "visible":
            continue
        text = package.parts[package.sheet_paths[sheet.name]].decode()
        assert re.search(rf'<pageSetup[^>]* paperSize="{9 if sheet.paper == "A4" else 8}"', text), sheet.name
        assert "&amp;P" in text
        assert sheet.print_area, sheet.name
        if sheet.name in scored:
            assert sheet.title_rows
            assert sheet.freeze
    for grid in book_of(name).layout.grids:
        texts = [box.content for box in sheets_of(book_of(name))[grid.sheet].cells.values() if isinstance(box.content, str)]
        assert any("盖章" in t for t in texts)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_printed_under_seven_points(name: str) -> None:
    """As wide as a sheet is, on the paper that it is set for: 10 points at 58% are 5.8."""
    look = design.load()
    sides = look.print.margins["left"] + look.print.margins["right"]
    for sheet in book_of(name).sheets:
        if sheet.state == "visible":
            shown = {c for _, c in sheet.cells} - {*sheet.hidden_columns}
            wide = sum(millimetres(sheet.widths.get(c, 8.0)) for c in shown)
            scale = sheet.scale / 100 if sheet.scale else min(1.0, (PAPERS[sheet.paper][sheet.landscape] - sides) / wide)
            smallest = min(
                look.styles[b.style].size for b in sheet.cells.values() if b.style in look.styles and b.style != "hidden" and b.content
            )
            assert smallest * scale >= 6.99, (sheet.name, smallest, scale)


def test_notes_and_readings_stand_on_the_guide() -> None:
    for name in ALL:
        book = book_of(name)
        texts = [str(box.content) for box in book.sheets[0].cells.values() if box.content]
        assert all(note.reading in texts for note in book.plan.scheme.notes)
        for reading in book.plan.scheme.readings:
            assert any(reading.id in t for t in texts), reading.id
            assert all(any(option.says in t for t in texts) for option in reading.options.values()), reading.id


def test_text_from_a_scheme_never_becomes_a_formula(tmp_path: Path) -> None:
    file = tiny.load("- {id: 1, name: '=1+1', points: 10, rule: direct, assessor: '=cmd', criteria: '=HYPERLINK(1)'}")
    writer.write(compose(file), tmp_path / "t.xlsx")
    cells = [c for s in openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets for row in s.iter_rows() for c in row]
    found = [c.data_type for c in cells if c.value in ("=1+1", "=cmd", "=HYPERLINK(1)")]
    assert found == ["s"] * len(found)
    assert len(found) >= 3


# Design ---------------------------------------------------------------------------------------------------------------


def test_an_office_restyles_without_touching_code(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("sheet: 填报与计分", "sheet: 评分").replace("heading: DCE6F1", "heading: 112233"), encoding="utf-8")
    look = design.load(own)
    file = tiny.load("- {id: 1, name: 投资, points: 10, rule: ratio, target: 1}")
    writer.write(compose(file, design=look), tmp_path / "t.xlsx")
    made = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "评分" in made.sheetnames
    assert any(c.fill.fgColor.rgb == "FF112233" for row in made["评分"].iter_rows() for c in row)


def test_a_broken_template_is_told_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("row_height: 15.5", "row_height: 高"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"own\.yaml:\d+ .*row_height"):
        design.load(own)
