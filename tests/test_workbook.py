"""The workbook file.

Requirements: same bytes every time; one formula a row, the same all the way across; no scheme's number inside a
formula; only functions that Excel 2007, WPS and LibreOffice share; everything locked but the inputs, which have
Chinese prompts; keys, metadata and the scheme inside; every formula with its value; A4 with titles and page numbers;
design from the template.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny
from conftest import ALL
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from addin import snapshot
from generator import design, library, scheme, workbook
from generator.lines import Role
from generator.sheets import meta
from generator.source import SourceError

SHARED_FUNCTIONS = {
    *("IF", "AND", "OR", "NOT", "ISNUMBER", "IFERROR"),
    *("MIN", "MAX", "ROUND", "INT", "SUM", "AVERAGE", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "SUMPRODUCT", "RANK"),
    *("INDEX", "MATCH", "LOOKUP", "ROW", "ROWS", "COLUMNS", "ADDRESS", "HYPERLINK"),
}
STRUCTURAL = {"0", "1", "2", "3", "10"}  # zero, one, decimals of a score, how many questions are answered, guard digits


def book_of(name: str) -> workbook.Book:
    return workbook.compose(scheme.load(library.ids()[name]))


@pytest.mark.parametrize("name", ALL)
def test_same_scheme_same_bytes(name: str) -> None:
    assert workbook.to_bytes(book_of(name)) == workbook.to_bytes(book_of(name))


@pytest.mark.parametrize("name", ALL)
def test_one_formula_a_row_all_the_way_across(name: str) -> None:
    book = book_of(name)
    layout = book.layout
    cells = book.sheets[1].cells
    for line in book.plan.lines.values():
        if line.formula is None:
            continue
        texts = {}
        for unit, column in enumerate(layout.unit_columns):
            box = cells[layout.rows[line.key], column]
            assert isinstance(box.content, workbook.Formula)
            at = layout.cell(line.key, unit)
            texts[Translator(box.content.text, at).translate_formula(layout.cell(line.key, 0))] = unit
        groups = len({tuple(g) for g in book.plan.group_of}) if line.key == "合计/位次" else 1
        assert len(texts) == groups, (line.key, list(texts)[:3])


def test_inputs_that_follow_each_other_are_one_range() -> None:
    book = book_of("panshan-2019-parks")
    rows = [book.layout.rows[f"加分/{name}"] for name in ("引进世界500强企业", "当年解决就业200人以上")]
    text = book.sheets[1].formulas[book.layout.cell("加分/得分", 0)].text
    assert f"SUM(J{rows[0]}:J{rows[1]})" in text


@pytest.mark.parametrize("name", ALL)
def test_formulas_use_shared_functions_and_no_hidden_figures(name: str) -> None:
    book = book_of(name)
    for sheet in book.sheets:
        for at, formula in sheet.formulas.items():
            assert len(formula.text) < 500, (sheet.name, at)
            for token in Tokenizer(formula.text).items:
                if token.type == Token.FUNC and token.subtype == Token.OPEN:
                    assert token.value.rstrip("(") in SHARED_FUNCTIONS, (sheet.name, at, token.value)
                if token.type == Token.OPERAND and token.subtype == Token.NUMBER and sheet.name == book.layout.sheet:
                    assert token.value in STRUCTURAL, (sheet.name, at, formula.text)


@pytest.mark.parametrize("name", ALL)
def test_figures_of_the_scheme_stand_in_visible_locked_cells(name: str) -> None:
    book = book_of(name)
    sheet, layout = book.sheets[1], book.layout
    for line in book.plan.lines.values():
        for column, figure in (("standard", line.standard), ("points", line.points)):
            if figure is not None and isinstance(figure.value, Decimal):
                box = sheet.cells[layout.rows[line.key], layout.columns[column]]
                assert box.content == figure.value
                assert box.locked
        if line.role is Role.PARAMETER and line.values:
            shown = [sheet.cells[layout.rows[line.key], c].content for c in layout.unit_columns]
            assert shown == [line.constant(u) for u in range(len(book.plan.units))]


@pytest.mark.parametrize("name", ALL)
def test_only_inputs_are_unlocked_and_each_has_a_chinese_prompt(name: str, blank_books: dict[str, Path]) -> None:
    file = openpyxl.load_workbook(blank_books[name])
    taken = snapshot.take(blank_books[name])
    inputs = {
        taken.address(line.key, unit) for line in taken.plan.inputs for unit in range(len(taken.plan.units)) if taken.is_open(line, unit)
    }
    for sheet in file.worksheets:
        assert sheet.protection.sheet, sheet.title
        unlocked = {c.coordinate for row in sheet.iter_rows() for c in row if c.has_style and not c.protection.locked}
        assert unlocked == (inputs if sheet.title == taken.sheet_name else set()), sheet.title
    assert file.security.lockStructure
    covered = set()
    for rule in file[taken.sheet_name].data_validations.dataValidation:
        assert re.search("[一-鿿]", rule.prompt)
        assert re.search("[一-鿿]", rule.error)
        assert len(rule.prompt) <= 255
        assert len(rule.error) <= 225
        assert len(rule.promptTitle) <= 32
        covered |= {c for area in rule.sqref.ranges for at in area.rows for c in map(_address, at)}
    assert covered == inputs


def _address(at: tuple[int, int]) -> str:
    return f"{get_column_letter(at[1])}{at[0]}"


@pytest.mark.parametrize("name", ALL)
def test_every_formula_carries_its_value(name: str, blank_books: dict[str, Path]) -> None:
    book = book_of(name)
    values = openpyxl.load_workbook(blank_books[name], data_only=True)
    for sheet in book.sheets:
        for at, formula in sheet.formulas.items():
            shown = values[sheet.name][at].value
            wanted = formula.value
            assert shown == (float(wanted) if isinstance(wanted, Decimal) else wanted), (sheet.name, at)


@pytest.mark.parametrize("name", ALL)
def test_the_workbook_speaks_for_itself(name: str, blank_books: dict[str, Path]) -> None:
    taken = snapshot.take(blank_books[name])
    original = scheme.load(library.ids()[name])
    assert taken.file.text == original.text
    assert taken.about["scheme"] == name
    assert taken.about["year"] == "2019"
    assert taken.about["fingerprint"] == original.fingerprint
    assert taken.rows.keys() == taken.plan.lines.keys()
    assert {f"unit:{u}" for u in taken.plan.units} <= taken.columns.keys()
    states = {s.title: s.sheet_state for s in openpyxl.load_workbook(blank_books[name]).worksheets}
    assert states[meta.NAME] == "veryHidden"
    assert [s for s, state in states.items() if state == "visible"][:4] == ["说明", "填报与计分", "汇总", "校验"]


@pytest.mark.parametrize("name", ALL)
def test_print_set_up(name: str, blank_books: dict[str, Path]) -> None:
    file = openpyxl.load_workbook(blank_books[name])
    for sheet in file.worksheets:
        if sheet.sheet_state != "visible":
            continue
        assert str(sheet.page_setup.paperSize) == "9", sheet.title
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.print_area, sheet.title
    scoring = file["填报与计分"]
    assert scoring.print_title_rows
    assert scoring.freeze_panes
    texts = [c.value for row in scoring.iter_rows() for c in row if isinstance(c.value, str)]
    assert any("盖章" in t for t in texts)


def test_notes_stand_on_the_guide() -> None:
    for name in ALL:
        book = book_of(name)
        texts = {box.content for box in book.sheets[0].cells.values()}
        assert all(note.reading in texts for note in book.plan.scheme.notes)


def test_text_from_a_scheme_never_becomes_a_formula(tmp_path: Path) -> None:
    file = tiny.load("- {id: 1, name: '=1+1', points: 10, rule: direct, assessor: '=cmd', criteria: '=HYPERLINK(1)'}")
    workbook.write(workbook.compose(file), tmp_path / "t.xlsx")
    cells = [c for s in openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets for row in s.iter_rows() for c in row]
    assert [c.data_type for c in cells if c.value in ("=1+1", "=cmd", "=HYPERLINK(1)")] == [
        "s"
    ] * 4  # the name also stands in the hidden list of inputs


def test_an_office_restyles_without_touching_code(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("sheet: 填报与计分", "sheet: 评分").replace("heading: DCE6F1", "heading: 112233"), encoding="utf-8")
    look = design.load(own)
    file = tiny.load("- {id: 1, name: 投资, points: 10, rule: ratio, target: 1}")
    workbook.write(workbook.compose(file, design=look), tmp_path / "t.xlsx")
    made = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "评分" in made.sheetnames
    assert any(c.fill.fgColor.rgb == "FF112233" for row in made["评分"].iter_rows() for c in row)


def test_a_broken_template_is_told_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("row_height: 16.5", "row_height: 高"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"own\.yaml:\d+ .*row_height"):
        design.load(own)
