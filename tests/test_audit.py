"""Check and recompute.

Requirements: each finding of the catalogue is provoked and named with its place; no false alarm on an untouched book,
blank or filled, also after LibreOffice or openpyxl saved it; every locked cell that is overwritten, edited or emptied is
found and restored; recompute changes only the cells it says, keeps every other part of the package, never guesses
inputs; a busy, read-only or broken file is refused and left as it was; one bad file never stops a folder. All of it also
for books with one sheet a unit, lists and reference tables.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tiny
from conftest import ALL, PANSHAN
from openpyxl.comments import Comment

from addin import actions, cli
from addin.workbooks import audit, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.edits import normal
from addin.workbooks.findings import CATALOGUE, Finding
from generator.layout.addresses import address
from generator.lines.line import Line, Role
from generator.plan.planner import make_plan
from generator.scheme import library, load
from generator.value import Value
from generator.verification import libreoffice_engine
from generator.xlsx.package import Package
from generator.xlsx.sheet_part import SheetPart

PARKS, TOWNS = "panshan-2019-parks", "panshan-2019-towns"
SCORING = "填报与计分"
TINY = {"tiny-units": tiny.UNITS, "tiny-list": tiny.LISTED}
THOROUGH = [*PANSHAN, *TINY]
"""The books of which every cell is tampered with."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, filled_books: dict[str, Path]) -> dict[str, Path]:
    """Filled books: those of Panshan, and tiny ones of the other layouts."""
    folder = tmp_path_factory.mktemp("tiny")
    made = {name: filled_books[name] for name in PANSHAN}
    for name, text in TINY.items():
        made[name] = tiny.book(text, folder / f"{name}.xlsx", tiny.sensible(make_plan(load.loads(text).scheme)))
    return made


class Opened:
    """A filled book in memory, to be tampered with."""

    def __init__(self, path: Path) -> None:
        self.package = Package.open(path)
        self.taken = snapshot.of_package(self.package, path.name)

    @property
    def sheet(self) -> SheetPart:
        """The first scoring sheet."""
        return self.package.sheet(self.taken.layout.grids[0].sheet)

    def at(self, key: str, unit: int = 0) -> str:
        """The cell of a line on the sheet where it stands."""
        return self.place(key, unit)[1]

    def place(self, key: str, unit: int = 0) -> tuple[str, str]:
        found = self.taken.place(key, unit)
        assert found
        return found

    def codes(self, published: load.SchemeFile | None = None) -> list[str]:
        return [f.code for f in self.findings(published)]

    def findings(self, published: load.SchemeFile | None = None) -> list[Finding]:
        fresh = Package(self.package.to_bytes(), "t.xlsx")
        return audit.examine(snapshot.of_package(fresh, "t.xlsx"), published).findings

    def rewrite(self, part: str, pattern: str, new: str) -> None:
        """Have something else stand in a part."""
        self.package = tiny.rewritten(self.package, part, pattern, new)


@pytest.fixture
def parks(filled_books: dict[str, Path]) -> Opened:
    """Four parks, every input filled in."""
    return Opened(filled_books[PARKS])


@pytest.fixture
def towns(filled_books: dict[str, Path]) -> Opened:
    return Opened(filled_books[TOWNS])


# No false alarm -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_an_untouched_book_is_fine(name: str, blank_books: dict[str, Path], filled_books: dict[str, Path]) -> None:
    filled = actions.check(filled_books[name])
    assert (filled.findings, filled.restore, filled.fix, filled.values) == ([], [], [], [])
    blank = actions.check(blank_books[name])
    assert {f.code for f in blank.findings} == {"input-missing", "incomplete"}
    assert (blank.restore, blank.fix, blank.values) == ([], [], [])


@pytest.mark.parametrize("name", ALL)
def test_what_is_filled_in_shows_in_every_formula(name: str, blank_books: dict[str, Path]) -> None:
    pack = Package.open(blank_books[name])
    taken = snapshot.of_package(pack, name)
    for (key, unit), value in tiny.sensible(taken.plan).items():
        place = taken.place(key, unit)
        assert place
        taken.sheets[place[0]].part.set(place[1], value)
    assert audit.examine(snapshot.of_package(pack, name)).values
    repair.refresh(pack, name)
    assert audit.examine(snapshot.of_package(pack, name)).values == []


def test_saved_by_libreoffice_or_openpyxl_it_is_still_fine(
    books: dict[str, Path], filled_books: dict[str, Path], tmp_path: Path, soffice: str
) -> None:
    bundled = [filled_books[name] for name in ("jiyuan-2020-smart-city", "jiyuan-2020-mayor-hotline-12345", "jiyuan-2020-fire")]
    for path in libreoffice_engine.convert([*books.values(), *bundled], "xlsx:Calc MS Excel 2007 XML", tmp_path):
        assert actions.check(path).findings == [], path.name
    for path in books.values():
        openpyxl.load_workbook(path).save(tmp_path / "o.xlsx")
        found = actions.check(tmp_path / "o.xlsx")
        assert [f.code for f in found.findings] == ["values-stale"]  # openpyxl writes no values
        assert found.restore == []


@pytest.mark.parametrize("name", ["RANK.EQ", "_xlfn.RANK.EQ", "_XLFN.rank.eq"])
def test_a_function_saved_under_its_newer_name_is_the_same(towns: Opened, name: str) -> None:
    """Gnumeric saves RANK as _xlfn.RANK.EQ."""
    changed = 0
    for sheet in ("汇总", SCORING):
        part = towns.package.sheet(sheet)
        for at in list(part.addresses):
            text = part.formula(at)
            if text and "RANK(" in text:
                part.set_formula(at, "=" + text.replace("RANK(", f"{name}("), part.value(at))
                changed += 1
    assert changed
    assert towns.findings() == []
    assert normal('IF(A1="RANK.EQ(",RANK.AVG(A1,B1))') != normal('IF(A1="RANK(",RANK(A1,B1))')


# Each finding ---------------------------------------------------------------------------------------------------------


def one(found: list[Finding], code: str) -> Finding:
    [only] = [f for f in found if f.code == code]
    assert only.severity == CATALOGUE[code].severity
    assert only.fix == CATALOGUE[code].remedy
    return only


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("input-missing", "1/完成", None),
        ("input-text", "1/完成", "约三亿"),
        ("input-text", "1/完成", "-3"),
        ("input-number-as-text", "1/完成", "3.5"),
        ("input-number-as-text", "1/完成", "３．５"),
        ("input-number-as-text", "1/完成", "1,200.5亿元"),
        ("input-number-as-text", "15/评分", "3.5分"),
        ("input-range", "1/完成", Decimal(-3)),
        ("input-range", "15/评分", Decimal("5.01")),
        ("input-range", "12/一般以上生产安全事故", Decimal("1.5")),
        ("input-range", "12/一般以上生产安全事故", Decimal(-1)),
        ("input-choice", "14/等次", "优秀"),
        ("input-outlier", "2/完成", Decimal(120000000)),
    ],
)
def test_an_input_that_is_wrong(parks: Opened, code: str, key: str, value: object) -> None:
    at = parks.at(key)
    parks.sheet.set(at, value)  # type: ignore[arg-type]
    found = one(parks.findings(), code)
    assert (found.sheet, found.cell, found.unit) == (SCORING, at, "新材料")
    assert found.indicator == key.split("/")[0]


BLANKS = """
    - {id: 1, name: 投资, points: 4, rule: ratio, target: 3}
    - {id: 2, name: 安全, points: 3, rule: deduct, events: [{what: 事故, each: 1}]}
    - {id: 3, name: 报送, points: 2, rule: all_or_nothing}
    - {id: 4, name: 信息, points: 1, rule: deduct, events: [{what: 失实, between: [0.5, 1]}]}
    """


@pytest.mark.parametrize("key", ["1/完成", "2/事故", "3/是否完成", "4/失实"])
@pytest.mark.parametrize("blank", ["  ", "\u3000", "\n"])
def test_blanks_are_no_input_and_are_told(tmp_path: Path, key: str, blank: str) -> None:
    """Nobody sees them: the score stays open, as the book's own formula has it, also where an empty cell would do."""
    inputs: dict[tuple[str, int], Value] = {("1/完成", u): Decimal(3) for u in range(3)} | {("3/是否完成", u): "是" for u in range(3)}
    book = tiny.book(tiny.text(BLANKS), tmp_path / "b.xlsx", inputs | {(key, 1): blank})
    assert snapshot.take(book).inputs[key, 1] == blank
    found = actions.check(book, by_formulas=True).findings
    told = [f for f in found if f.code != "incomplete"]
    assert [(f.code, f.unit) for f in told] == [("input-choice" if key == "3/是否完成" else "input-text", "乙")]
    assert "填的是空格" in told[0].message
    scored = actions.score(book).units
    assert (scored["乙"].total, scored["乙"].scores[key[0]]) == (None, None)
    assert scored["甲"].total == 10


def test_blanks_at_the_ends_of_a_text_are_told_too(tmp_path: Path) -> None:
    """是 with a blank after it is not 是 to the formula."""
    inputs: dict[tuple[str, int], Value] = {("1/完成", u): Decimal(3) for u in range(3)} | {("3/是否完成", u): "是" for u in range(3)}
    book = tiny.book(tiny.text(BLANKS), tmp_path / "b.xlsx", inputs | {("3/是否完成", 2): "是 "})
    found = one(actions.check(book, by_formulas=True).findings, "input-choice")
    assert "填的是“是 ”" in found.message
    assert actions.score(book).units["丙"].total is None


def test_points_outside_the_band_that_the_regulation_leaves(tmp_path: Path) -> None:
    """扣0.5—1分: nothing and both ends will do, what lies below or above will not."""
    text = tiny.text("- {id: 1, name: 报送, points: 5, rule: deduct, events: [{what: 失实, between: [0.5, 1]}]}")
    book = Opened(tiny.book(text, tmp_path / "b.xlsx"))
    for unit, value in enumerate((Decimal("0.3"), Decimal("0.5"), Decimal(0))):
        book.sheet.set(book.at("1/失实", unit), value)
    found = one(book.findings(), "chosen-outside-band")
    assert (found.cell, found.unit) == (book.at("1/失实"), "甲")
    assert "0.5—1" in found.message


def test_percent_typed_as_a_whole_number(towns: Opened) -> None:
    towns.sheet.set(towns.at("4/完成"), Decimal(7))
    assert "700%" in one(towns.findings(), "input-percent").message


@pytest.mark.parametrize(("code", "text"), [("input-formula", "1+1"), ("input-link", "[1]Sheet1!A1"), ("input-link", "cmd|'/c calc'!A0")])
def test_a_formula_in_an_input(parks: Opened, code: str, text: str) -> None:
    parks.sheet.set_formula(parks.at("1/完成"), f"={text}", Decimal(2))
    assert one(parks.findings(), code).cell == parks.at("1/完成")


def test_an_error_value_in_an_input(parks: Opened) -> None:
    parks.sheet.set(parks.at("1/完成"), Decimal(1))
    parks.rewrite(parks.sheet.path, f'(<c r="{parks.at("1/完成")}"[^>]*)><v>1<', r'\1 t="e"><v>#N/A<')
    assert "#N/A" in one(parks.findings(), "input-error").message


def test_a_value_where_there_is_no_task(parks: Opened) -> None:
    parks.sheet.set(parks.at("1/完成", 3), Decimal(5))
    assert one(parks.findings(), "input-not-applicable").unit == "辽河口生态经济区"


def test_locked_cells(parks: Opened) -> None:
    parks.sheet.set(parks.at("1/得分"), Decimal(10))
    parks.sheet.set_formula(parks.at("2/得分"), "=10", Decimal(10))
    parks.sheet.set(parks.at("3/得分"), None)
    parks.sheet.set(parks.at("4/目标"), Decimal(1))
    found = parks.findings()
    assert one(found, "formula-overwritten").cell == parks.at("1/得分")
    assert one(found, "formula-changed").cell == parks.at("2/得分")
    assert one(found, "formula-deleted").cell == parks.at("3/得分")
    parks.sheet.set("E6", "别的名字")
    assert one(parks.findings(), "label-changed").cell == "E6"
    assert "应为 600，现在是 1" in one(found, "parameter-changed").message


def test_stale_values_and_manual_calculation(parks: Opened) -> None:
    parks.sheet.set_result(parks.at("1/得分"), Decimal("9.99"))
    parks.rewrite("xl/workbook.xml", "<calcPr ", '<calcPr calcMode="manual" ')
    assert {"values-stale", "calculation-manual"} == set(parks.codes())


def test_macros_and_links_that_came_along(filled_books: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(filled_books[PARKS]) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts |= {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert [f.code for f in actions.check(tmp_path / "b.xlsx").findings] == ["macro-inside", "link-outside"]


def test_protection_taken_off(parks: Opened) -> None:
    parks.rewrite(parks.sheet.path, "<sheetProtection[^>]*/>", "")
    assert parks.codes() == ["protection-off"]


def test_sheets_renamed_hidden_added_deleted(filled_books: dict[str, Path], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled_books[PARKS])
    book[SCORING].title = "评分"
    book["说明"].sheet_state = "hidden"
    del book["校验"]
    book.create_sheet("我的备注")
    book.save(tmp_path / "t.xlsx")
    codes = {f.code for f in actions.check(tmp_path / "t.xlsx").findings}
    assert {"sheet-renamed", "sheet-hidden", "sheet-missing", "sheet-added"} <= codes


def test_a_sheet_of_another_unit_that_came_in(books: dict[str, Path], tmp_path: Path) -> None:
    """Somebody copies 乙镇's sheet of another book into this one: it is named, and 乙镇's own is the one that counts."""
    book = openpyxl.load_workbook(books["tiny-units"])
    book.copy_worksheet(book["乙镇"]).title = "乙镇 (2)"
    book.save(tmp_path / "t.xlsx")
    found = one(actions.check(tmp_path / "t.xlsx").findings, "sheet-foreign")
    assert found.sheet == "乙镇 (2)"
    assert "乙镇" in found.message


def shuffled(path: Path, target: Path, change: Callable[[object], None]) -> list[Finding]:
    book = openpyxl.load_workbook(path)
    sheet = book[SCORING]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    change(sheet)
    book.save(target)
    return actions.check(target).findings


def test_rows_deleted_inserted_copied_sorted(filled_books: dict[str, Path], tmp_path: Path) -> None:
    rows = snapshot.take(filled_books[PARKS]).sheets[SCORING].rows
    row = rows["2/完成"]

    def copy(sheet) -> None:  # type: ignore[no-untyped-def]
        sheet.cell(rows["加分/得分"] + 20, 1).value = "2/完成"

    def swap(sheet) -> None:  # type: ignore[no-untyped-def]
        a, b = sheet.cell(rows["2/目标"], 1), sheet.cell(row, 1)
        a.value, b.value = b.value, a.value

    changes: dict[str, Callable[[object], None]] = {
        "row-missing": lambda s: s.delete_rows(row),  # type: ignore[attr-defined]
        "row-added": lambda s: s.insert_rows(row),  # type: ignore[attr-defined]
        "row-duplicated": copy,
        "row-moved": swap,
        "column-missing": lambda s: s.delete_cols(11),  # type: ignore[attr-defined]
    }
    for code, change in changes.items():
        assert code in {f.code for f in shuffled(filled_books[PARKS], tmp_path / "t.xlsx", change)}, code


@pytest.mark.parametrize("layout", ["rows", "matrix"])
@pytest.mark.parametrize("typed", [None, "改了"])
def test_rows_inserted_above_the_line_to_sign(tmp_path: Path, layout: str, typed: str | None) -> None:
    """The line is no fault because it is lower, and one when its words are others."""
    scheme = tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 1}", extra=f"layout: {layout}")
    book = tiny.book(scheme, tmp_path / "b.xlsx")
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["填报与计分"]
    [line] = [cell for row in sheet.iter_rows() for cell in row if "考核部门（盖章）" in str(cell.value)]
    row, column = line.row, line.column
    sheet.insert_rows(row, 3)
    if typed:
        sheet.cell(row + 3, column).value = typed
    workbook.save(book)
    codes = [f.code for f in actions.check(book).findings]
    assert codes.count("label-changed") == (1 if typed else 0)


def test_columns_moved(parks: Opened) -> None:
    first, second = (address(1, 10), address(1, 11))
    a, b = parks.sheet.value(first), parks.sheet.value(second)
    parks.sheet.set(first, b)
    parks.sheet.set(second, a)
    assert "column-moved" in parks.codes()


def test_the_scheme_inside(parks: Opened, tmp_path: Path) -> None:
    text = load.load(library.ids()[PARKS]).text
    newer = load.loads(text.replace("at_most: 2.5", "at_most: 3"), "parks.yaml")
    assert parks.codes(newer) == ["scheme-differs"]
    hidden = parks.package.sheet("_scorebook")
    [row] = [r for r, _ in hidden.rows() if hidden.value(f"A{r}") == "fingerprint"]
    hidden.set(f"B{row}", "0" * 64)
    assert parks.codes() == ["scheme-damaged"]


def test_the_scheme_in_force_is_read_only_where_it_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is changed is read anew, also in a program that has read it before."""
    path, own = tmp_path / "tiny.yaml", tiny.load("- {id: 1, name: 甲, points: 10, rule: direct}")
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(tmp_path))
    assert actions.in_force(own) is None
    path.write_text(own.text, encoding="utf-8")
    assert actions.in_force(own) is own
    path.write_text(f"{own.text}ties: 并列\n", encoding="utf-8")
    other = actions.in_force(own)
    assert other is not None
    assert other.scheme.ties == "并列"
    path.write_text(own.text.replace(f"scheme: {own.scheme.id}", "scheme: tiny-renamed"), encoding="utf-8")
    assert actions.in_force(own) is None


def test_a_book_of_a_year_gone_by(filled_books: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load.load(library.ids()[PARKS]).text
    (tmp_path / "parks.yaml").write_text(text.replace("panshan-2019", "panshan-2021").replace("year: 2019", "year: 2021"), encoding="utf-8")
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(tmp_path))
    [found] = actions.check(filled_books[PARKS]).findings
    assert found.code == "scheme-superseded"
    assert "panshan-2021-parks" in found.message


def test_quota_exceeded_and_incomplete(parks: Opened) -> None:
    for unit in range(4):
        parks.sheet.set(parks.at("14/等次", unit), "好")
    parks.sheet.set(parks.at("15/评分"), None)
    found = parks.findings()
    assert "应有 1.2 个，评了 4 个" in one(found, "quota-exceeded").message
    assert "新材料" in one(found, "incomplete").message


def test_everything_filled_in_and_still_no_score(tmp_path: Path) -> None:
    text = tiny.text("- {id: 1, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}")
    one_has_it: dict[tuple[str, int], Value] = {("1/评分", 0): "无", ("1/评分", 1): "无", ("1/评分", 2): Decimal(4)}
    assert [f.code for f in actions.check(tiny.book(text, tmp_path / "a.xlsx", one_has_it)).findings] == []
    nobody: dict[tuple[str, int], Value] = {("1/评分", unit): "无" for unit in range(3)}
    found = actions.check(tiny.book(text, tmp_path / "b.xlsx", nobody)).findings
    assert [f.code for f in found] == ["score-open", "incomplete"]
    assert "1 评价 得分（甲、乙、丙 3 个单位）" in found[0].message


def test_more_red_lights_than_nodes(tmp_path: Path) -> None:
    text = tiny.text("- {id: 1, name: 节点, points: 30, rule: ratio, target: [23, 8, 3], actual: 红灯数, counts: undone}", full="30")
    counts: dict[tuple[str, int], Value] = {("1/红灯数", unit): Decimal(n) for unit, n in enumerate((23, 9, 3))}
    [found] = actions.check(tiny.book(text, tmp_path / "a.xlsx", counts)).findings
    assert (found.code, found.unit) == ("input-beyond", "乙")
    assert "红灯数 9，目标 8" in found.message


def test_several_events_where_one_matter_counts_once(tmp_path: Path) -> None:
    """Asked about where more than one is typed, and scored as they are: 10 − 2 − 2 × 1 = 6."""
    events = "events: [{what: 省级, each: 2}, {what: 市级, each: 1}]"
    typed = tiny.typed({"1/省级": [1, 1, 0], "1/市级": [0, 2, 3]})
    book = tiny.book(
        tiny.text(f"- {{id: 1, name: 通报, points: 10, rule: deduct, same_matter: highest, {events}}}"), tmp_path / "a.xlsx", typed
    )
    [found] = actions.check(book).findings
    assert (found.code, found.unit, found.severity) == ("matter-repeated", "乙", "warning")
    assert "1 通报 “省级”、“市级”" in found.message
    assert {name: unit.total for name, unit in actions.score(book).units.items()} == {"甲": 8, "乙": 6, "丙": 7}
    each = tiny.book(tiny.text(f"- {{id: 1, name: 通报, points: 10, rule: deduct, {events}}}"), tmp_path / "b.xlsx", typed)
    assert actions.check(each).findings == []


def test_more_of_a_part_than_of_the_whole(tmp_path: Path) -> None:
    """Scored as the formula says, and asked about: 3 done in time of 2 done."""
    text = tiny.text(
        """
        - id: 1
          name: 办结
          points: 10
          rule: formula
          inputs: {已办结: {ask: count}, 按期: {ask: count, part_of: 已办结}}
          score: 分值 * 按期 / 已办结
        """
    )
    counts = {("1/已办结", unit): Decimal(2) for unit in range(3)} | {("1/按期", unit): Decimal(n) for unit, n in enumerate((2, 3, 1))}
    book = tiny.book(text, tmp_path / "a.xlsx", counts)
    [found] = actions.check(book).findings
    assert (found.code, found.unit, found.severity) == ("input-beyond", "乙", "warning")
    assert "按期 3，已办结 2" in found.message
    assert {name: unit.total for name, unit in actions.score(book).units.items()} == {"甲": 10, "乙": 10, "丙": 5}


def test_ties_give_more_good_grades_than_there_are_places(tmp_path: Path) -> None:
    grades = "{by: rank_share, within: 全部, bands: [{name: 好, up_to: 34%}, {name: 差}]}"
    text = tiny.text("- {id: 1, name: 评价, points: 5, rule: direct}", extra=f"grades: {grades}")
    apart: dict[tuple[str, int], Value] = {("1/评分", unit): Decimal(5 - unit) for unit in range(3)}
    assert actions.check(tiny.book(text, tmp_path / "a.xlsx", apart)).findings == []
    tied: dict[tuple[str, int], Value] = {("1/评分", unit): Decimal(5) for unit in range(3)}
    [found] = actions.check(tiny.book(text, tmp_path / "b.xlsx", tied)).findings
    assert found.code == "quota-exceeded"
    assert "“好”应有 1.02 个，因并列有 3 个" in found.message


def test_who_lacks_the_condition_of_the_worst_grade_is_no_tie(tmp_path: Path) -> None:
    """Five units apart, 一般 for one place; 差 needs a fact that none of the last two has, so both are 一般 as well."""
    extra = """
    facts: [{id: 突出问题, about: 存在突出问题}]
    grades: {by: rank_share, within: 全部, bands: [{name: 好, up_to: 40%}, {name: 一般, up_to: 60%}, {name: 差, needs: 突出问题}]}
    """
    text = tiny.text("- {id: 1, name: 评价, points: 5, rule: direct}", units="[甲, 乙, 丙, 丁, 戊]", extra=extra)
    inputs: dict[tuple[str, int], Value] = {("1/评分", unit): Decimal(5 - unit) for unit in range(5)}
    plan = make_plan(load.loads(text, "tiny.yaml").scheme)
    [fact] = [line.key for line in plan.inputs if line.label == "突出问题"]
    inputs |= {(fact, unit): "否" for unit in range(5)}
    book = tiny.book(text, tmp_path / "a.xlsx", inputs)
    assert [unit.grade for unit in actions.score(book).units.values()] == ["好", "好", "一般", "一般", "一般"]
    assert actions.check(book).findings == []


def test_the_formulas_library_as_a_second_opinion(filled_books: dict[str, Path], parks: Opened, tmp_path: Path) -> None:
    assert actions.check(filled_books[PARKS], by_formulas=True).findings == []
    parks.sheet.set(parks.at("1/完成"), Decimal("11.8"))  # half of the target: 5 points, with MAX for MIN 10
    at = parks.at("1/得分")
    parks.sheet.set_formula(at, f"={parks.sheet.formula(at)}".replace("MIN(", "MAX("), parks.sheet.value(at))
    (tmp_path / "b.xlsx").write_bytes(parks.package.to_bytes())
    found = actions.check(tmp_path / "b.xlsx", by_formulas=True).findings
    assert "应为 5，算得 10" in next(f.message for f in found if f.code == "formulas-disagree" and f.cell == at)
    assert at in {f.cell for f in found if f.code == "formula-changed"}


def test_every_finding_has_a_place_in_the_docs() -> None:
    docs = (Path(__file__).resolve().parents[1] / "docs" / "findings.md").read_text(encoding="utf-8")
    for code, kind in CATALOGUE.items():
        assert f"| `{code}` | " in docs, code
        assert kind.title in docs, code
        assert kind.remedy in docs, code


# Tampering: every locked cell -----------------------------------------------------------------------------------------


Place = tuple[str, str]


def locked_cells(opened: Opened) -> list[Place]:
    """Every cell of the scoring sheets and lists that holds a formula or a figure of the scheme."""
    cells = []
    for name, found in opened.taken.sheets.items():
        for line in found.area.lines:
            cells += [(name, at) for _, at in found.area.figures(line)]
            if line.formula is not None or (line.role is Role.PARAMETER and line.values):
                cells += [(name, found.area.cell(line.key, unit)) for unit in found.area.units_of(line)]
    return list(dict.fromkeys(cells))


def contents(opened: Opened, sheets: list[str]) -> dict[Place, tuple[str | None, object]]:
    """What every cell of some sheets holds: its formula and its value."""
    parts = {name: opened.package.sheet(name) for name in sheets}
    return {(name, at): (part.formula(at), part.value(at)) for name, part in parts.items() for at in part.addresses}


def same_content(one: tuple[str | None, object], other: tuple[str | None, object]) -> bool:
    texts = [formula and normal(formula) for formula, _ in (one, other)]
    return texts[0] == texts[1] and (one[1] or None) == (other[1] or None)


@pytest.mark.parametrize("name", THOROUGH)
@pytest.mark.parametrize("how", ["number", "formula", "blank"])
def test_every_locked_cell_tampered_with_is_found_and_restored(books: dict[str, Path], name: str, how: str) -> None:
    opened = Opened(books[name])
    original = contents(opened, list(opened.taken.sheets))
    cells = locked_cells(opened)
    assert len(cells) > 20
    for sheet, at in cells:
        part = opened.package.sheet(sheet)
        if how == "number":
            part.set(at, Decimal("12345.67"))
        elif how == "blank":
            part.set(at, None)
        else:
            part.set_formula(at, "=1+1", Decimal(2))
    found = {(f.sheet, f.cell) for f in opened.findings() if f.code.startswith(("formula-", "parameter-"))}
    # a figure that no unit has is an empty cell: to empty it changes nothing
    assert found == {at for at in cells if how != "blank" or original[at] != (None, None)}
    repair.recompute(opened.package, "t.xlsx", who="test")
    again = contents(opened, list(opened.taken.sheets))
    assert [at for at in original if not same_content(again[at], original[at])] == []


@pytest.mark.parametrize("name", THOROUGH)
def test_every_other_locked_cell_on_every_sheet_too(books: dict[str, Path], name: str) -> None:
    """Headings, names, sentences, empty cells, the formulas of 汇总, 校验, 名额与标准, look-ups and the hidden counter."""
    opened = Opened(books[name])
    plan, layout = opened.taken.plan, opened.taken.layout
    references = {(r.title, "B2") for r in plan.scheme.references}
    own = {*locked_cells(opened), *references, *(opened.place(line.key, u) for line in plan.inputs for u in _open(opened, line))}
    keys = {(area.sheet, f"{letters}{row}") for area in layout.areas for row in area.row_keys.values() for letters in "ABC"}
    heads = {(area.sheet, address(1, column)) for area in layout.areas for column in range(1, 200)}
    figures = {(area.sheet, f"A{area.figure_row}") for area in layout.lists}
    everything = contents(opened, [s for s in opened.package.sheet_paths if s != "_scorebook"])
    lists = {area.sheet for area in layout.lists}
    keys = {at for at in keys if at[0] not in lists or at[1].startswith("A")}
    marks = {at for at in everything if at[0] == "汇总" and at[1][0] in "AB" and at[1][1:].isdigit()}  # without them it is refused
    wanted = {at: content for at, content in everything.items() if at not in own | keys | heads | figures | marks}
    assert {sheet for sheet, _ in wanted} == {s for s in opened.package.sheet_paths if s != "_scorebook"}
    for number, (sheet, at) in enumerate(wanted):
        part = opened.package.sheet(sheet)
        if number % 2:
            part.set(at, "改了")
        else:
            part.set_formula(at, "=1+1", Decimal(2))
    found = {(f.sheet, f.cell) for f in opened.findings() if f.code.startswith(("formula-", "label-", "parameter-"))}
    hidden = "_校验"  # nobody sees its cells: all texts there are told in one finding
    assert {at for at in wanted.keys() - found if at[0] != hidden} == set()
    assert hidden in {sheet for sheet, _ in found}
    repair.recompute(opened.package, "t.xlsx", who="test")
    again = contents(opened, list(opened.package.sheet_paths))
    assert [at for at in wanted if not same_content(again[at], wanted[at])] == []


def _open(opened: Opened, line: Line) -> list[int]:
    """The units that have a cell on an input line, open or closed."""
    return [u for u in opened.taken.plan.places(line) if opened.taken.place(line.key, u)]


def test_one_cell_at_a_time(filled_books: dict[str, Path]) -> None:
    opened = Opened(filled_books[PARKS])
    for sheet, at in locked_cells(opened)[::7]:
        formula, value = opened.sheet.formula(at), opened.sheet.value(at)
        opened.sheet.set(at, Decimal(77))
        found = audit.examine(opened.taken)
        assert (sheet, at) in {(f.sheet, f.cell) for f in found.findings}, at
        if formula is None:
            opened.sheet.set(at, value)
        else:
            opened.sheet.set_formula(at, formula, value)
    assert opened.findings() == []


# Recompute ------------------------------------------------------------------------------------------------------------


def busy_book(path: Path, target: Path) -> None:
    """A book with what people add: a sheet of their own, a comment, a picture, a conditional format, a macro part."""
    book = openpyxl.load_workbook(path)
    book.create_sheet("我的备注")["A1"] = "不要动"
    book[SCORING]["J8"].comment = Comment("请核实", "张三")
    book.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["xl/vbaProject.bin"] = b"macro" * 100
    parts["xl/media/image1.png"] = b"\x89PNG" + bytes(200)
    parts["customXml/item1.xml"] = b"<x>1</x>"
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(64)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_only_the_changed_cells_change(filled_books: dict[str, Path], tmp_path: Path) -> None:
    book = tmp_path / "busy.xlsx"
    busy_book(filled_books[PARKS], book)
    opened = Opened(book)
    opened.sheet.set(opened.at("1/得分"), Decimal(1))
    book.write_bytes(opened.package.to_bytes())
    before = {n: opened.package.parts[n] for n in opened.package.parts}
    done = actions.recompute(book)
    assert next(e.reason for e in done.changes if e.cell == opened.at("1/得分") and e.sheet == SCORING) == "恢复公式"
    after = Package.open(book).parts
    assert after.keys() == before.keys()
    sheets = {Package.open(book).sheet_paths[n] for n in (SCORING, "汇总", "校验", "名额与标准", "_校验", "_scorebook")}
    assert {n for n in after if after[n] != before[n]} <= sheets
    assert {f.code for f in actions.check(book).findings} == {"macro-inside", "sheet-added"}
    assert [p for p in tmp_path.iterdir() if "备份" in p.name]


def test_inputs_are_never_changed_without_being_asked(parks: Opened) -> None:
    parks.sheet.set(parks.at("1/完成"), "２3.6亿元")
    repair.recompute(parks.package, "t.xlsx", who="test")
    assert parks.sheet.value(parks.at("1/完成")) == "２3.6亿元"
    assert parks.sheet.value(parks.at("1/得分")) is None
    done = repair.recompute(parks.package, "t.xlsx", fix=True, who="test")
    assert parks.sheet.value(parks.at("1/完成")) == Decimal("23.6")
    assert parks.sheet.value(parks.at("1/得分")) == 10
    assert "文字改成数字" in {e.reason for e in done.changes}


def test_recompute_says_who_and_when(parks: Opened) -> None:
    parks.sheet.set_result(parks.at("1/得分"), Decimal(3))
    repair.recompute(parks.package, "t.xlsx", who="李四")
    about = snapshot.of_package(Package(parks.package.to_bytes(), "t.xlsx"), "t.xlsx").about
    assert about["recomputed:by"] == "李四"
    assert about["recomputed:at"][:2] == "20"
    assert about["recomputed:with"]


def test_a_book_that_is_right_is_left_alone(filled_books: dict[str, Path], tmp_path: Path) -> None:
    book = Path(shutil.copy(filled_books[PARKS], tmp_path / "b.xlsx"))
    before = book.read_bytes()
    assert actions.recompute(book).changes == []
    assert book.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_rows_out_of_order_are_refused_and_nothing_is_written(filled_books: dict[str, Path], tmp_path: Path) -> None:
    book = tmp_path / "t.xlsx"
    shuffled(filled_books[PARKS], book, lambda s: s.delete_rows(10))  # type: ignore[attr-defined]
    before = book.read_bytes()
    with pytest.raises(BookError, match="不能重算"):
        actions.recompute(book)
    assert book.read_bytes() == before


@pytest.mark.parametrize("lock", ["~$b.xlsx", ".~lock.b.xlsx#"])
def test_an_open_file_is_refused(filled_books: dict[str, Path], tmp_path: Path, lock: str) -> None:
    book = Path(shutil.copy(filled_books[PARKS], tmp_path / "b.xlsx"))
    (tmp_path / lock).write_text("")
    with pytest.raises(BookError, match="正在"):
        actions.recompute(book)


def test_a_whole_folder_and_one_bad_file(filled_books: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in (PARKS, TOWNS):
        opened = Opened(filled_books[name])
        opened.sheet.set(opened.at("1/得分"), Decimal(1))
        (tmp_path / f"{name}.xlsx").write_bytes(opened.package.to_bytes())
    (tmp_path / "坏的.xlsx").write_bytes(b"PK broken")
    (tmp_path / "~$忽略.xlsx").write_bytes(b"")
    assert cli.run(["recompute", str(tmp_path)]) == 1
    said = capfd.readouterr().out
    assert "共 3 本，2 本已重算，1 本没有处理" in said
    for name in (PARKS, TOWNS):
        assert actions.check(tmp_path / f"{name}.xlsx").findings == []


def test_a_folder_on_a_cluster_that_loses_a_worker(filled_books: dict[str, Path], tmp_path: Path) -> None:
    from distributed import LocalCluster

    opened = Opened(filled_books[PARKS])
    opened.sheet.set(opened.at("1/得分"), Decimal(1))
    for number in range(24):
        (tmp_path / f"{number}.xlsx").write_bytes(opened.package.to_bytes())
    (tmp_path / "坏的.xlsx").write_bytes(b"PK broken")
    settings: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**settings) as cluster:  # type: ignore[no-untyped-call]  # distributed has few types
        killed = []

        def kill_one(done: int, _: int, __: str) -> None:
            if done == 3:
                pid = next(iter(cluster.workers.values())).pid
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        many = actions.recompute_on_cluster(tmp_path, cluster.scheduler_address, progress=kill_one)
    assert killed
    assert [r.path.name for r in many if r.error] == ["坏的.xlsx"]
    assert len(many) == 25
    for number in range(24):
        assert actions.check(tmp_path / f"{number}.xlsx").findings == []


def test_a_cluster_that_is_not_there_is_told(filled_books: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    def absent(*_: object, **__: object) -> None:
        raise OSError("refused")

    monkeypatch.setattr(distributed, "Client", absent)
    shutil.copy(filled_books[PARKS], tmp_path / "a.xlsx")
    with pytest.raises(actions.ClusterError, match="连不上"):
        actions.recompute_on_cluster(tmp_path, "tcp://127.0.0.1:9")


def test_findings_are_written_onto_the_check_sheet_with_links(filled_books: dict[str, Path], tmp_path: Path, soffice: str) -> None:
    book = tmp_path / "b.xlsx"
    opened = Opened(filled_books[PARKS])
    opened.sheet.set(opened.at("1/完成"), "三亿")
    book.write_bytes(opened.package.to_bytes())
    assert cli.run(["check", str(book), "--write"]) == 1
    first = openpyxl.load_workbook(book)["校验"]
    links = [
        c.value
        for row in first.iter_rows()
        for c in row
        if isinstance(c.value, str) and opened.at("1/完成") in c.value and "HYPERLINK(" in c.value
    ]
    assert f'=HYPERLINK("#\'{SCORING}\'!{opened.at("1/完成")}","{opened.at("1/完成")}")' in links
    assert cli.run(["check", str(book), "--write"]) == 1  # again: the list is replaced, not repeated
    texts = [c.value for row in openpyxl.load_workbook(book)["校验"].iter_rows() for c in row if c.value]
    assert sum("检查结果" in str(t) for t in texts) == 1
    [again] = libreoffice_engine.convert([book], "xlsx:Calc MS Excel 2007 XML", tmp_path / "lo")
    assert "检查结果" in str([c.value for row in openpyxl.load_workbook(again)["校验"].iter_rows() for c in row])


def test_check_as_json(filled_books: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    opened = Opened(filled_books[PARKS])
    opened.sheet.set(opened.at("12/一般以上生产安全事故"), Decimal("1.5"))
    (tmp_path / "b.xlsx").write_bytes(opened.package.to_bytes())
    capfd.readouterr()
    assert cli.run(["check", str(tmp_path / "b.xlsx"), "--json"]) == 1
    found = json.loads(capfd.readouterr().out)["findings"]
    ranged = next(f for f in found if f["code"] == "input-range")
    assert ranged.keys() == {"code", "severity", "sheet", "cell", "indicator", "unit", "message", "fix"}
    assert cli.run(["check", str(filled_books[PARKS])]) == 0
