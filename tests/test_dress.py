"""Input cells that an ordinary paste has robbed of their look, their lock and the rule on what may be typed.

Requirements: each loss is told, one finding a sheet, the gravest of each cell; recompute puts back all three, keeps what was
typed and changes no other byte of a part; no false alarm on a book that LibreOffice or openpyxl saved; no check of a value
rests on the rule. Files made to hurt take no time.
"""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from functools import partial
from pathlib import Path

import openpyxl
import pytest
import tiny
from openpyxl.formula.translate import Translator
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.worksheet.worksheet import Worksheet

from addin import actions, cli
from addin.workbooks import snapshot
from addin.workbooks.findings import Finding
from generator.plan.planner import make_plan
from generator.scheme import load
from generator.verification import libreoffice_engine
from generator.xlsx import rules_read, styles_read
from generator.xlsx.package import Package

PARKS = "panshan-2019-parks"
SCORING = "填报与计分"
LAYOUTS = {"tiny-units": tiny.UNITS, "tiny-list": tiny.LISTED, "tiny-rows": tiny.ROWS}
CODES = ["input-locked", "input-look", "input-unruled", "format-misleads", "cells-merged"]


def dressed(path: Path) -> list[Finding]:
    return [f for f in actions.check(path).findings if f.code in CODES]


def place_of(path: Path, key: str, unit: int = 0) -> tuple[str, str]:
    place = snapshot.take(path).place(key, unit)
    assert place
    return place


def inputs_of(path: Path) -> list[tuple[str, str]]:
    """Every cell that is there to be typed into."""
    taken = snapshot.take(path)
    plan = taken.plan
    return [p for line in plan.inputs for u in plan.places(line) if taken.is_open(line, u) and (p := taken.place(line.key, u))]


@pytest.fixture
def parks(filled_books: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(filled_books[PARKS], tmp_path / "parks.xlsx"))


def paste(
    path: Path, cells: list[tuple[str, str]], white: bool = True, locked: bool = True, rule: bool = True, colours: bool = True
) -> None:
    """What a paste from another workbook leaves on cells, in the file's own XML."""
    package = Package.open(path)
    bare = styles_read.Style("Arial", 11, False, "000000", "" if white else "FFFBE6", "", "left", False, False, "General", locked)
    parts = dict(package.parts)
    made = styles_read.with_style(parts["xl/styles.xml"], bare)
    assert made
    parts["xl/styles.xml"], number = made
    for sheet, at in cells:
        name = package.sheet_paths[sheet]
        data = parts[name]
        if white or locked:
            data, count = re.subn(rb'(<c r="%s" s=")\d+' % at.encode(), rb"\g<1>%d" % number, data)
            assert count == 1
        if rule:
            data = without_rule(data, at)
        parts[name] = rules_read.recoloured(data, "", [place_at(at)]) if colours else data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def without_rule(data: bytes, at: str) -> bytes:
    """A sheet in which a cell has no data validation."""
    marked = rules_read.put_back(data, '<dataValidation sqref="ZZ999"/>', [place_at(at)])
    assert marked != data
    return marked.replace(b'<dataValidation sqref="ZZ999"/>', b"")


def test_what_a_paste_takes_is_told_and_put_back(parks: Path, tmp_path: Path) -> None:
    cells = [place_of(parks, "1/完成", unit) for unit in range(3)] + [place_of(parks, "2/完成")]
    before, untouched = parks.read_bytes(), Package.open(parks)
    paste(parks, cells)
    pasted = Package.open(parks)
    [found] = dressed(parks)
    assert (found.code, found.severity, found.sheet, found.cell) == ("input-locked", "error", *cells[0])
    assert all(word in found.message for word in ("4 格", cells[3][1], "锁住了", "没有底色", "没有填报限制", "填错或漏填时不变色"))
    done = actions.recompute(parks)
    assert (len(done.dressed), done.findings) == (4, [])
    assert actions.check(parks).findings == []
    again = Package.open(parks)
    for sheet, at in cells:
        assert again.sheet(sheet).style(at) == untouched.sheet(sheet).style(at)
        assert again.sheet(sheet).value(at) == untouched.sheet(sheet).value(at) is not None
    sheet, hidden = again.sheet_paths[SCORING], again.sheet_paths["_scorebook"]
    assert {name for name in again.parts if again.parts[name] != pasted.parts[name]} == {sheet, hidden}
    assert done.backup is not None
    rules = {str(rule.sqref): rule for rule in openpyxl.load_workbook(parks)[SCORING].data_validations.dataValidation}
    at = next(rule for ranges, rule in rules.items() if cells[0][1] in ranges)
    original = openpyxl.load_workbook(tmp_path / "o.xlsx" if (tmp_path / "o.xlsx").write_bytes(before) else "")[SCORING]
    same = next(rule for rule in original.data_validations.dataValidation if cells[0][1] in rule.sqref)
    assert (at.type, at.formula1, at.prompt, at.error) == (same.type, same.formula1, same.prompt, same.error)
    for _, at in cells:
        now, then = (colours_on(book, at) for book in (openpyxl.load_workbook(parks)[SCORING], original))
        assert now == then != []


def colours_on(sheet: Worksheet, at: str) -> list[tuple[str, str]]:
    """When a cell of a file changes colour, and to which: the formula as that very cell reads it."""
    found = []
    for ranges in sheet.conditional_formatting:
        if at in ranges.sqref:
            left, top = (min(getattr(own, side) for own in ranges.sqref.ranges) for side in ("min_col", "min_row"))
            corner = f"{openpyxl.utils.get_column_letter(left)}{top}"
            for rule in ranges.rules:
                found.append((Translator(f"={rule.formula[0]}", corner).translate_formula(at), rule.dxf.fill.bgColor.rgb))
    return sorted(found)


def test_what_another_yellow_cell_brings_along_is_told_and_put_right(parks: Path) -> None:
    """A mark pasted onto an amount brings the mark's limits, prompts and colours."""
    amount, mark = place_of(parks, "1/完成", 1), place_of(parks, "15/评分", 1)
    fresh = openpyxl.load_workbook(parks)[SCORING]
    package = Package.open(parks)
    part = package.sheet(SCORING)
    data = package.parts[part.path]
    rule = re.search(
        rb"<dataValidation (?:(?!</dataValidation>).)*%s(?:(?!</dataValidation>).)*</dataValidation>" % prompt_of(fresh, mark[1]), data
    )
    assert rule
    brought = re.sub(rb'sqref="[^"]*"', b'sqref="%s"' % amount[1].encode(), rule[0])
    package.change_tail(part.path, partial(rules_read.put_back, elements=brought.decode(), cells=[place_at(amount[1])]))
    parks.write_bytes(package.to_bytes())
    [found] = dressed(parks)
    assert (found.code, found.cell, "填报限制是别的格子的" in found.message) == ("input-unruled", amount[1], True)
    actions.recompute(parks)
    assert actions.check(parks).findings == []
    again = openpyxl.load_workbook(parks)[SCORING]
    assert prompt_of(again, amount[1]) == prompt_of(fresh, amount[1]) != prompt_of(fresh, mark[1])
    assert colours_on(again, amount[1]) == colours_on(fresh, amount[1])


def prompt_of(sheet: Worksheet, at: str) -> bytes:
    """What is said beside a cell."""
    [rule] = [rule for rule in sheet.data_validations.dataValidation if at in rule.sqref]
    return str(rule.prompt).encode()


def place_at(at: str) -> tuple[int, int]:
    """A1 is (1, 1)."""
    row, column = openpyxl.utils.cell.coordinate_to_tuple(at)
    return row, column


def test_the_gravest_loss_of_each_cell_is_told_once(parks: Path) -> None:
    locked, white, unruled = (place_of(parks, key) for key in ("1/完成", "2/完成", "3/完成"))
    paste(parks, [locked], white=False, rule=False, colours=False)
    paste(parks, [white], locked=False, rule=False, colours=False)
    paste(parks, [unruled], white=False, locked=False, colours=False)
    found = dressed(parks)
    assert [(f.code, f.cell, f.severity) for f in found] == [
        ("input-locked", locked[1], "error"),
        ("input-look", white[1], "warning"),
        ("input-unruled", unruled[1], "warning"),
    ]
    assert [f.indicator for f in found] == ["1", "2", "3"]


def test_a_percentage_that_is_shown_as_a_plain_number(filled_books: dict[str, Path], tmp_path: Path) -> None:
    towns = Path(shutil.copy(filled_books["panshan-2019-towns"], tmp_path / "t.xlsx"))
    sheet, at = place_of(towns, "4/完成")
    book = openpyxl.load_workbook(towns)
    book[sheet][at].number_format = "General"
    book.save(towns)
    [found] = dressed(towns)
    assert (found.code, "不是百分数格式" in found.message) == ("input-look", True)
    actions.recompute(towns)
    assert "%" in openpyxl.load_workbook(towns)[sheet][at].number_format
    assert dressed(towns) == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_every_input_at_once(name: str, tmp_path: Path) -> None:
    """No sound cell is left to take the look from: it is made anew."""
    plan = make_plan(load.loads(LAYOUTS[name]).scheme)
    path = tiny.book(LAYOUTS[name], tmp_path / "b.xlsx", tiny.sensible(plan))
    cells = inputs_of(path)
    book = openpyxl.load_workbook(path)
    for sheet, at in cells:
        cell = book[sheet][at]
        cell.fill, cell.font, cell.protection, cell.number_format = PatternFill(), Font(), Protection(locked=True), "General"
    for sheet in book:
        sheet.data_validations.dataValidation = []
        sheet.conditional_formatting = type(sheet.conditional_formatting)()
    book.save(path)
    assert sum(int(m[1]) for f in dressed(path) if (m := re.search(r" (\d+) 格", f.message))) == len(cells)
    done = actions.recompute(path)
    assert len(done.dressed) == len(cells)
    assert actions.check(path).findings == []
    again, fresh = openpyxl.load_workbook(path), openpyxl.load_workbook(tiny.book(LAYOUTS[name], tmp_path / "f.xlsx"))
    for sheet, at in cells:
        one, other = again[sheet][at], fresh[sheet][at]
        assert one.protection.locked is False
        assert (one.fill.fgColor.rgb, one.number_format, one.font.color.rgb) == (
            other.fill.fgColor.rgb,
            other.number_format,
            other.font.color.rgb,
        )
        assert (one.border.left.style, one.alignment.horizontal, one.font.name) == ("thin", "center", other.font.name)
        assert colours_on(again[sheet], at) == colours_on(fresh[sheet], at) != []
    for sheet in {sheet for sheet, _ in cells}:
        types = [sorted((r.type, r.formula1) for r in b[sheet].data_validations.dataValidation if r.type == "list") for b in (again, fresh)]
        assert set(types[0]) == set(types[1])


def test_no_false_alarm_after_other_programs(filled_books: dict[str, Path], tmp_path: Path, soffice: str) -> None:
    paths = []
    for name, text in LAYOUTS.items():
        paths.append(tiny.book(text, tmp_path / f"{name}.xlsx", tiny.sensible(make_plan(load.loads(text).scheme))))
    paths.append(Path(shutil.copy(filled_books["panshan-2019-towns"], tmp_path / "towns.xlsx")))
    for path in paths:
        openpyxl.load_workbook(path).save(tmp_path / "o.xlsx")
        assert dressed(tmp_path / "o.xlsx") == []
    cells = {path.stem: inputs_of(path)[0] for path in paths}
    for path in libreoffice_engine.convert(paths, "xlsx:Calc MS Excel 2007 XML", tmp_path / "lo"):
        assert dressed(path) == [], path.name
        sheet, at = cells[path.stem]
        book = openpyxl.load_workbook(path)
        book[sheet][at].protection = Protection(locked=True)
        book.save(path)
        assert [f.cell for f in dressed(path)] == [at]
        actions.recompute(path)
        assert dressed(path) == []


def test_a_rule_that_looks_at_a_column_that_is_gone(filled_books: dict[str, Path], tmp_path: Path) -> None:
    """openpyxl leaves rules and styles where they were when a column goes: inputs have lost theirs, and what these would look at."""
    book = openpyxl.load_workbook(filled_books["panshan-2019-departments"])
    sheet = book[SCORING]
    [points] = [cell.column for cell in sheet[1] if cell.value == "points"]
    sheet.delete_cols(points)
    book.save(tmp_path / "b.xlsx")
    found = [f.code for f in actions.check(tmp_path / "b.xlsx").findings]
    assert "column-missing" in found
    assert {*found} & {"input-look", "input-unruled"}


def test_the_value_is_judged_without_the_rule(parks: Path) -> None:
    """What the rule would have refused is found all the same."""
    sheet, at = place_of(parks, "1/完成")
    paste(parks, [(sheet, at)])
    package = Package.open(parks)
    package.sheet(sheet).set(at, "约三亿")
    parks.write_bytes(package.to_bytes())
    assert {f.code for f in actions.check(parks).findings if f.cell == at} == {"input-locked", "input-text"}


def test_the_command_line_says_what_was_put_back(parks: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cell = place_of(parks, "1/完成")
    paste(parks, [cell])
    assert cli.run(["check", str(parks)]) == 1
    capfd.readouterr()
    assert cli.run(["recompute", str(parks)]) == 0
    said = capfd.readouterr().out
    assert f"{SCORING}!{cell[1]}　恢复格子的样子，填的数不变：原来锁住了、没有底色、没有填报限制" in said
    assert "原文件备份为" in said


SHEET = b'<x:worksheet xmlns:x="u"><x:sheetData></x:sheetData>%s<x:pageMargins left="1"/></x:worksheet>'


ADDED = b'<x:dataValidation sqref="B2"/>'


def rules(count: int, *inside: bytes) -> bytes:
    return b'<x:dataValidations count="%d">' % count + b"".join(inside) + b"</x:dataValidations>"


def of_type(ranges: bytes) -> bytes:
    return b'<x:dataValidation type="list" sqref="%s"><x:formula1>1</x:formula1></x:dataValidation>' % ranges


@pytest.mark.parametrize(
    ("there", "then"),
    [
        (b"", rules(1, ADDED)),
        (b'<x:dataValidations count="0"/>', rules(1, ADDED)),
        (rules(1, of_type(b"A1:C3 E5")), rules(2, of_type(b"A1:C1 A2 C2 A3:C3 E5"), ADDED)),
        (rules(1, b'<x:dataValidation prompt="a &gt; b" sqref="B2"/>'), rules(1, ADDED)),
        (rules(2, of_type(b"B2"), of_type(b"D1")), rules(2, of_type(b"D1"), ADDED)),
    ],
)
def test_where_a_rule_goes(there: bytes, then: bytes) -> None:
    assert rules_read.put_back(SHEET % there, '<dataValidation sqref="B2"/>', [(2, 2)]) == SHEET % then


FORMAT = (
    b'<x:conditionalFormatting sqref="%s"><x:cfRule type="expression" dxfId="0" priority="%d">'
    b"<x:formula>%s</x:formula></x:cfRule></x:conditionalFormatting>"
)


@pytest.mark.parametrize(
    ("there", "then"),
    [
        (b"", FORMAT % (b"B2", 1, b"1")),
        (b'<x:dataValidations count="0"/>', FORMAT % (b"B2", 1, b"1") + b'<x:dataValidations count="0"/>'),
        (FORMAT % (b"B2:C3", 7, b"B2=$B$2"), FORMAT % (b"C2 B3:C3", 7, b"B2=$B$2") + FORMAT % (b"B2", 8, b"1")),
        (FORMAT % (b"B2:C2", 7, b"B2&lt;&gt;$A2"), FORMAT % (b"C2", 7, b"C2&lt;&gt;$A2") + FORMAT % (b"B2", 8, b"1")),
        (FORMAT % (b"B2", 3, b"2"), FORMAT % (b"B2", 4, b"1")),
    ],
)
def test_where_a_colour_goes(there: bytes, then: bytes) -> None:
    """Formulas go on being meant for the same cells, whatever their first one is by then."""
    own = (FORMAT % (b"B2", 1, b"1")).decode().replace("x:", "")
    assert rules_read.recoloured(SHEET % there, own, [(2, 2)]) == SHEET % then


@pytest.mark.parametrize("there", [b"", b"<dxfs/>", b'<dxfs count="0"/>', b'<dxfs count="1"><dxf><font><b/></font></dxf></dxfs>'])
def test_a_colour_is_added_once_to_styles_of_every_kind(there: bytes) -> None:
    styles = b"<styleSheet><cellXfs><xf/></cellXfs>%s<tableStyles/></styleSheet>" % there
    made = styles_read.with_fill(styles, "FFC7CE")
    assert made is not None
    data, number = made
    assert number == there.count(b"<dxf>")
    assert data.count(b"<dxf>") == data.count(b"</dxf>") == number + 1
    assert data.index(b"</cellXfs>") < data.index(b"<dxfs") < data.index(b"FFFFC7CE") < data.index(b"</dxfs><tableStyles/>")
    assert styles_read.with_fill(data, "FFC7CE") == (data, number)


def test_rules_of_newer_programs_count(tmp_path: Path) -> None:
    """Excel keeps a list that stands on another sheet in an extension."""
    far = (
        b'<x:extLst><ext><x14:dataValidations><x14:dataValidation type="list"><x14:formula1><xm:f>S!A1</xm:f></x14:formula1>'
        b"<xm:sqref>B2:B4 D1</xm:sqref></x14:dataValidation></x14:dataValidations></ext></x:extLst>"
    )
    data = b'<x:worksheet xmlns:x="u"><x:sheetData></x:sheetData>%s</x:worksheet>' % far
    worn = rules_read.worn(data, [(3, 2), (1, 4), (1, 1)])
    assert worn is not None
    assert [rule and rule.kind for rule, _ in (worn.on(3, 2), worn.on(1, 4), worn.on(1, 1))] == ["list", "list", None]


def test_files_made_to_hurt_take_no_time() -> None:
    cells = [(row, column) for row in range(1, 400) for column in range(1, 100)]
    wide = b'<dataValidation type="list" sqref="A1:XFD1048576"/>'
    for inside in (wide * 100_000, wide * 300, b'<!-- <dataValidation " ' + b'<dataValidation " ' * 100_000 + b" -->"):
        started = time.process_time()
        rules_read.worn(b"<worksheet><sheetData></sheetData><dataValidations>" + inside + b"</dataValidations></worksheet>", cells)
        assert time.process_time() - started < 8
    assert styles_read.looks(b"<a>" * 100_000) == []
    assert styles_read.looks(b"nonsense") == []


@pytest.mark.parametrize(
    ("code", "date"),
    [
        *[(code, True) for code in ("yyyy-m-d", 'm"月"d"日"', "[$-804]yyyy/m/d", "h:mm", "[h]:mm:ss", "[mm]:ss", "D/M")],
        *[
            (code, False)
            for code in ("General", "0.00", "0%", '0"days"', "[Red]0", "#,##0_d", "\\d0", "[DBNum1]0", "G/通用格式", "0.0E+00")
        ],
    ],
)
def test_which_number_formats_show_dates(code: str, date: bool) -> None:
    formats = f"<numFmts><numFmt numFmtId='170' formatCode='{code}'/></numFmts>"
    styles = f"<styleSheet>{formats}<cellXfs><xf numFmtId='170'/><xf numFmtId='14'/><xf numFmtId='2'/></cellXfs></styleSheet>"
    assert [look.date for look in styles_read.looks(styles.encode())] == [date, True, False]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        *((code, True) for code in (";;;", '"10.00"', "0.00,", "0", "0.0", "0.#", "m-d")),
        *((code, False) for code in ("0.00", "0.0#", "General", "0.000", "#,##0.00", "0.00_ ", "@", '0.00"分"')),
    ],
)
def test_a_score_that_is_shown_as_something_else_is_told_and_shown_again(parks: Path, code: str, told: bool) -> None:
    sheet, at = place_of(parks, "1/得分", 1)
    book = openpyxl.load_workbook(parks)
    book[sheet][at].number_format = code
    book.save(parks)
    actions.recompute(parks)  # what openpyxl forgot to save
    book = openpyxl.load_workbook(parks)
    assert book[sheet][at].number_format == ("0.00" if told else code)
    book[sheet][at].number_format = code
    book.save(parks)
    assert [(f.cell, f.severity) for f in actions.check(parks).findings if f.code == "format-misleads"] == [(at, "error")] * told


@pytest.mark.parametrize(
    ("code", "hidden"), [(";;;", True), ("0,", True), ('"0"', True), ("0.0", False), ("yyyy", False), ("# ?/?", False)]
)
def test_which_number_formats_hide_numbers(code: str, hidden: bool) -> None:
    formats = "<numFmts><numFmt numFmtId='170' formatCode='{}'/></numFmts>".format(code.replace('"', "&quot;"))
    styles = f"<styleSheet>{formats}<cellXfs><xf numFmtId='170'/></cellXfs></styleSheet>"
    assert [look.hides for look in styles_read.looks(styles.encode())] == [hidden]
