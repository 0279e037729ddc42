"""A workbook that is open in a program, as the pure core sees it; and what else the buttons stand on.

Requirements: an open book reads cell for cell as its file, and is found fault with alike; changes stay in memory until
they are written, in one block or two a sheet that leave what stands between as it was, whatever it is; formulas read by
their shape are those read word by word; a very large sheet is not read whole; lists to choose from suit Excel's input box;
what is kept on this computer outlasts the process, and a folder that cannot be written does no harm.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny
import xlwings
from hypothesis import given
from hypothesis import strategies as st

from addin import actions
from addin.engines import adapter, dialogs, libreoffice
from addin.engines.libreoffice import formulas
from addin.live import local
from addin.live import sheet as live
from addin.live.blocks import Box, blocks, runs
from addin.live.book import LiveBook
from addin.live.sheet import HEAD_ROWS, Change
from addin.workbooks import edits, explanation, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.explanation import NotExplained
from generator.layout.listing import Listing
from generator.scheme import load
from generator.sheets.book import compose
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.package import Package

pytestmark = pytest.mark.xdist_group("live")  # one LibreOffice for all

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"


@pytest.fixture(scope="module")
def app() -> Iterator[xlwings.App]:
    app = libreoffice.start()
    yield app
    app.quit()


@pytest.fixture
def sheet(app: xlwings.App) -> Iterator[xlwings.Sheet]:
    book = app.books.add()
    yield book.sheets[0]
    book.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Books of every layout, filled and recomputed: units side by side, one row or one sheet a unit, a list, tables to look up in."""
    folder = tmp_path_factory.mktemp("filled")
    [parks] = actions.generate(["panshan-2019-parks"], folder)
    actions.fill(parks, DEMO / "parks.values.yaml")
    actions.recompute(parks, folder / "parks.xlsx")
    books = {"parks": folder / "parks.xlsx"}
    for name, text in (("units", tiny.UNITS), ("listed", tiny.LISTED), ("rows", tiny.ROWS)):
        books[name] = folder / f"{name}.xlsx"
        blank = compose(load.loads(text))
        asked = [(line, unit) for line in blank.plan.inputs for unit in blank.plan.places(line) if unit < 0 or line.constant(unit) is None]
        inputs: dict[tuple[str, int], Value] = {
            (line.key, unit): line.input.options[0] if line.input.options else Decimal(1) for line, unit in asked if line.input
        }
        writer.write(compose(load.loads(text), inputs), books[name])
        actions.recompute(books[name], books[name])
    return books


# Reading.


@pytest.mark.parametrize("name", ["parks", "units", "listed", "rows"])
def test_an_open_book_reads_as_its_file(app: xlwings.App, filled: dict[str, Path], name: str) -> None:
    file, book = Package.open(filled[name]), app.books.open(str(filled[name]))
    opened = LiveBook(book)
    assert list(opened.sheet_names) == list(file.sheet_names)
    assert [opened.is_visible(name) for name in opened.sheet_names] == [file.is_visible(name) for name in file.sheet_names]
    compared = 0
    for title in file.sheet_paths:
        part, cells = file.sheet(title), opened.sheet(title)
        assert cells.protected is part.protected is True
        for at in part.addresses:
            text = part.formula(at)
            assert (text is None) == (cells.formula(at) is None), (title, at)
            assert text is None or edits.same_formula(text, cells.formula(at) or ""), (title, at)
            assert edits.same_value(cells.value(at), part.value(at)), (title, at)
            assert str(cells.value(at)) == str(part.value(at)) or isinstance(part.value(at), Decimal)
            compared += text is not None
    assert compared > 100
    book.close()


@pytest.mark.parametrize("name", ["parks", "units", "listed", "rows"])
def test_an_open_book_is_found_fault_with_as_its_file(app: xlwings.App, filled: dict[str, Path], name: str) -> None:
    book = app.books.open(str(filled[name]))
    opened = LiveBook(book)
    assert actions.check_in(snapshot.of_package(opened, opened.name)).findings == actions.check(filled[name]).findings
    book.close()


@pytest.mark.parametrize("name", ["parks", "rows"])
@pytest.mark.parametrize(("where", "shift", "told"), [("16:16", "down", ["row-added"]), ("H:H", "right", [])])
def test_what_was_inserted_changes_nothing(
    app: xlwings.App, filled: dict[str, Path], tmp_path: Path, name: str, where: str, shift: str, told: list[str]
) -> None:
    taken = snapshot.take(filled[name])
    book = app.books.open(str(filled[name]))
    sheet = book.sheets[taken.layout.grids[0].sheet]
    sheet.api.unprotect("")
    sheet[where].insert(shift)
    book.save(str(tmp_path / "inserted.xlsx"))
    book.close()
    before, found = actions.check(filled[name]), actions.check(tmp_path / "inserted.xlsx")
    known = {"protection-off", *(f.code for f in before.findings)}
    assert [f.code for f in found.findings if f.code not in known] == told
    assert found.restore == []
    assert snapshot.take(tmp_path / "inserted.xlsx").inputs == taken.inputs


def test_what_a_cell_holds(sheet: xlwings.Sheet) -> None:
    sheet["A1"].value = [["'=1+1", "'007", 1.5, True, dt.datetime(2020, 3, 1), "'#N/A", "=1/0", "=A1", 3, None, "文字"]]
    sheet["A2"].formula = "=#N/A"
    cells = LiveBook(sheet.book).sheet(sheet.name)
    values = [cells.value(f"{letter}1") for letter in "ABCDEFGHIJK"]
    assert values == ["=1+1", "007", Decimal("1.5"), True, Decimal(43891), "#N/A", "#DIV/0!", "=1+1", Decimal(3), None, "文字"]
    assert [cells.formula(f"{letter}1") for letter in "ABGHK"] == [None, None, "1/0", "A1", None]
    assert [cells.kind(at) for at in ("G1", "A2", "C1", "D1", "K1")] == ["e", "e", "n", "b", "s"]
    assert cells.formula("A2") is None  # an error value that somebody typed, not a formula
    assert [cells.content(f"{letter}1") for letter in "ABCDEGHJ"] == ["'=1+1", "'007", 1.5, "TRUE", 43891.0, "=1/0", "=A1", ""]
    assert [(row, [letters for letters, _ in found]) for row, found in cells.rows()] == [(1, list("ABCDEFGHIK")), (2, ["A"])]


def test_a_sheet_that_is_not_there(sheet: xlwings.Sheet) -> None:
    with pytest.raises(BookError, match="没有“无此表”"):
        LiveBook(sheet.book).sheet("无此表")


def test_macros_links_and_manual_calculation_are_seen(app: xlwings.App, sheet: xlwings.Sheet, tmp_path: Path) -> None:
    opened = LiveBook(sheet.book)
    assert (opened.has_macros, opened.has_links, opened.calculates_by_hand) == (False, False, False)
    other = app.books.add()
    other.sheets[0]["A1"].value = 5
    other.save(str(tmp_path / "other.xlsx"))
    other.close()
    sheet["A1"].formula = f"='{tmp_path}/[other.xlsx]Sheet1'!A1"
    sheet.book.api.BasicLibraries.createLibrary("Own").insertByName("Remarks", "Sub Remarks\nEnd Sub")
    app.calculation = "manual"
    try:
        again = LiveBook(sheet.book)
        assert (again.has_macros, again.has_links, again.calculates_by_hand) == (True, True, True)
    finally:
        app.calculation = "automatic"


def test_a_very_large_sheet_is_not_read_whole(
    app: xlwings.App, filled: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "parks.xlsx"
    copy.write_bytes(filled["parks"].read_bytes())
    book = app.books.open(str(copy))
    adapter.unprotect(book.sheets["汇总"])
    book.api.unprotect("")
    book.sheets.add("大表", after=book.sheets[-1])["A1"].resize(70, 100).value = 1
    monkeypatch.setattr(live, "MAX_CELLS", 6500)
    opened = LiveBook(book)
    shapes: list[tuple[int, int]] = []
    whole = type(book.sheets[0].range("A1").impl).raw_value
    seen = property(lambda self: shapes.append(self.shape) or whole.fget(self), whole.fset)  # type: ignore[func-returns-value]
    monkeypatch.setattr(type(book.sheets[0].range("A1").impl), "raw_value", seen)
    snapshot.of_package(opened, opened.name)  # the foreign one is in nobody's way
    assert max(rows * columns for rows, columns in shapes) <= 6500
    assert (HEAD_ROWS, 100) in shapes
    monkeypatch.setattr(live, "MAX_CELLS", 500)
    with pytest.raises(BookError, match=r"过大.*删去数据下方的空行"):
        snapshot.of_package(LiveBook(book), "parks.xlsx")
    book.close()


# Changing.

ODD = [
    "'007",
    "'3月5日",
    "'1/2",
    "'=1+1",
    "'TRUE",
    "'-",
    "'+86",
    "'95%",
    "' 空 ",
    "'１２",
    "'二〇一九年",
    "'@人",
    "''引号",
    "'第一行\n第二行",
]


def test_changes_are_read_back_before_they_are_written(sheet: xlwings.Sheet) -> None:
    sheet["A1"].value = [[1, "=A1*2"]]
    opened = LiveBook(sheet.book)
    cells = opened.sheet(sheet.name)
    cells.set("A1", Decimal("2.5"))
    cells.set("C3", "=文字")
    cells.set_formula("B1", "=A1*3", Decimal("7.5"))
    assert [cells.value(at) for at in ("A1", "B1", "C3")] == [Decimal("2.5"), Decimal("7.5"), "=文字"]
    assert [cells.formula(at) for at in ("A1", "B1", "C3")] == [None, "A1*3", None]
    assert [row for row, _ in cells.rows()] == [1, 3]
    assert sheet["A1:B1"].value == [1, 2]
    assert opened.changed == [sheet.name]
    assert opened.changes == [(sheet.name, "A1", 1.0, 2.5), (sheet.name, "C3", "", "'=文字"), (sheet.name, "B1", "=A1*2", "=A1*3")]
    opened.write()
    assert sheet["A1:B1"].value == [2.5, 7.5]
    assert sheet["C3"].value == "=文字"
    assert opened.changed == []
    assert LiveBook(sheet.book).sheet(sheet.name).formula("C3") is None


def test_a_result_is_calculated_again(app: xlwings.App, sheet: xlwings.Sheet) -> None:
    sheet["A1"].value = [[1, "=A1*2"]]
    app.calculation = "manual"
    try:
        sheet["A1"].value = 4
        opened = LiveBook(sheet.book)
        opened.sheet(sheet.name).set_result("B1", Decimal(8))
        assert opened.changes == []  # it makes no difference to what stands there
        opened.write()
        app.calculate()
        assert sheet["B1"].value == 8
        assert opened.differing({sheet.name: {"B1": Decimal(8)}}) == []
        assert opened.differing({sheet.name: {"B1": Decimal(9)}}) == [(sheet.name, "B1", Decimal(9), Decimal(8))]
    finally:
        app.calculation = "automatic"


def test_what_stands_between_is_written_as_it_was(sheet: xlwings.Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block from corner to corner, over contents of every kind."""
    monkeypatch.setattr(live, "blocks", lambda _: [(1, 1, 6, 9)])
    sheet["B2"].value = [ODD[:7], ODD[7:]]
    sheet["B4"].value = [0.1 + 0.2, 1e-300, True, dt.datetime(2020, 2, 29, 23, 59), None, "普通文字", "=SUM(B4:C4)"]
    sheet["B5"].formula = "=#N/A"
    sheet["C5"].number_format = "0.00%"
    sheet["C5"].value = 0.95
    before = sheet["B2:H5"].options(err_to_str=True).value
    texts = sheet["B2:H5"].formula
    opened = LiveBook(sheet.book)
    cells = opened.sheet(sheet.name)
    for at in ("A1", "I6"):
        cells.set(at, Decimal(5))
    opened.write()
    assert sheet["A1"].value == sheet["I6"].value == 5
    assert sheet["B2:H5"].options(err_to_str=True).value == before
    assert sheet["B2:H5"].formula == texts


def test_somebodys_array_formula_is_left_alone(sheet: xlwings.Sheet) -> None:
    sheet["A1"].value = [[1], [2]]
    sheet["C3:C4"].formula_array = "=A1:A2*10"
    opened = LiveBook(sheet.book)
    for at in ("B2", "D2", "B5", "D5", "E9"):
        opened.sheet(sheet.name).set(at, Decimal(7))
    opened.write()
    assert sheet["C3:C4"].formula_array == "=A1:A2*10"
    assert [sheet[at].value for at in ("B2", "D2", "B5", "D5", "E9", "C3", "C4")] == [7] * 5 + [10, 20]


def test_a_password_is_met_before_the_work(sheet: xlwings.Sheet) -> None:
    other = sheet.book.sheets.add("另一张")
    adapter.protect(sheet)
    adapter.protect(other, "secret")
    opened = LiveBook(sheet.book)
    with pytest.raises(adapter.WrongPassword), opened.unlocked([sheet.name, other.name]):
        pytest.fail("not reached")
    assert adapter.is_protected(sheet)
    with opened.unlocked([sheet.name], [other.name]) as names:
        assert names == [sheet.name]
        assert not adapter.is_protected(sheet)
    assert adapter.is_protected(sheet)
    with pytest.raises(ZeroDivisionError), opened.unlocked([sheet.name]):
        _ = 1 / 0
    assert adapter.is_protected(sheet)


places = st.sets(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=20)


def cells_of(box: Box) -> set[tuple[int, int]]:
    top, left, bottom, right = box
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}


@given(places)
def test_one_or_two_blocks_hold_all_changes(changed: set[tuple[int, int]]) -> None:
    boxes = [cells_of(box) for box in blocks(changed)]
    assert len(boxes) <= 2
    assert changed <= set().union(*boxes)
    assert len(boxes) == 1 or not boxes[0] & boxes[1]
    rows, columns = zip(*changed, strict=True)
    around = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
    assert sum(map(len, boxes)) <= around


@given(st.tuples(st.integers(1, 5), st.integers(1, 5)), st.tuples(st.integers(8, 12), st.integers(1, 12)))
def test_two_rectangles_are_two_blocks(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = (1, 1, *one), (8, 1, *other)
    assert set(blocks(cells_of(first) | cells_of(second))) == {first, second}


@given(places)
def test_runs_hold_no_other_cells(changed: set[tuple[int, int]]) -> None:
    boxes = [cells_of(box) for box in runs(changed)]
    assert set().union(*boxes) == changed
    assert sum(map(len, boxes)) == len(changed)


# Formulas by their shape.

OFFICE = [
    "=SUM($A1:B$2;C3)*2",
    "=IF(A1=\"A1 和 B2\";$'填报与计分'.H5;$汇总.A1:B2)",
    "=$'A1'.B2+$'it''s B2'.C3",
    "={1;2|3;4}+LOG10(A1)",
    "=$Sheet2.A1:$Sheet3.A1",
    "=$Sheet2.A1:$Sheet3.B2",
    "=Sheet2.total+A1",
    "={=A1:B2*XFD1}",
    "=A1!B2~C3",
    "=\"XFA1\"&XFA2&'XFA3'",
    "=1.5E3+TRUE()+#REF!",
    "=COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.GETEOMONTH(A1;1)",
    "=foo1(A1)+bar_A1+_A1",
]


def test_formulas_read_by_their_shape_are_those_read_word_by_word(app: xlwings.App, sheet: xlwings.Sheet) -> None:
    names = lambda: app.impl.function_names  # noqa: E731
    shapes: formulas.Shapes = {}
    for sheets in (["Sheet2", "Sheet3"], ["Sheet3"]):  # which may come and go between readings
        there: Callable[[], list[str]] = partial(list, sheets)
        for text in OFFICE:
            for formula in (text, text.replace("1", "7"), text.replace("2", "13")):
                plain = formulas.to_excel(formula, names, there)
                assert formulas.to_excel_alike(formula, shapes, names, there) == plain
    assert any(shapes.values())


def test_shapes_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "MOST_SHAPES", 3)
    shapes: formulas.Shapes = {}
    for number in range(20):
        assert formulas.to_excel_alike(f'=A1&"{number}"', shapes, dict, list) == f'=A1&"{number}"'  # type: ignore[arg-type]
        assert len(shapes) <= 3


# Choosing in Excel.


class InputBox:
    """Stands for Excel: gives prepared answers to its input box and keeps the prompts."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.prompts: list[str] = []
        self.api, self.engine = SimpleNamespace(InputBox=self.ask), SimpleNamespace(name="excel")

    def ask(self, **given: Any) -> object:
        self.prompts.append(given["Prompt"])
        return self.answers.pop(0)


MANY = [f"2019年度第{n}类单位重点工作和业务工作目标考核办法（某某市某某县）" for n in range(1, 24)]


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [(["3"], 2), (["３ "], 2), ([False], None), (["", "99", "二", "1"], 0), (["0", "0", "23"], 22), (["0", False], None)],
)
def test_a_number_is_typed_in(answers: list[object], chosen: int | None) -> None:
    excel = InputBox(*answers)
    assert dialogs.choose(excel, "标题", "要哪一个？", MANY) == chosen  # type: ignore[arg-type]
    assert excel.answers == []
    assert max(map(len, excel.prompts)) <= 255
    assert not any("请输入" in prompt for prompt in excel.prompts) or "99" in answers


@given(st.text(min_size=1, max_size=60), st.lists(st.text(alphabet="考核abc12", max_size=400), min_size=1, max_size=60))
def test_every_option_is_on_a_page_that_excel_shows(text: str, options: list[str]) -> None:
    shown = dialogs.pages(text, options)
    assert all(len(page) + len(f"请输入 1 到 {len(options)}。\n") <= 255 for page in shown)
    numbers = [line.split("  ")[0] for page in shown for line in page.removeprefix(text).split("\n")]
    assert [n for n in numbers if n and n != dialogs.NEXT] == [str(n) for n in range(1, len(options) + 1)]


# Excel, stood in for.


@pytest.mark.parametrize("yes", [False, True])
def test_what_excel_is_asked(yes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    asked: list[object] = []
    links = {1: (r"C:\别的.xlsx",)} if yes else {}
    book: Any = SimpleNamespace(
        app=SimpleNamespace(engine=SimpleNamespace(name="excel"), api=SimpleNamespace(Goto=asked.append), calculation="automatic"),
        api=SimpleNamespace(HasVBProject=yes, LinkSources=links.get),
        name="园区.xlsx",
        sheets=[],
    )
    assert adapter.has_macros(book) is adapter.has_links(book) is yes
    assert (LiveBook(book).has_macros, LiveBook(book).has_links) == (yes, yes)
    cells: Any = SimpleNamespace(sheet=SimpleNamespace(book=book), has_array=None if yes else False, api="cells")
    assert adapter.has_arrays(cells) is yes  # None: some of them
    adapter.go_to(cells)
    assert asked == ["cells"]
    with adapter.one_step(book, "", asked.clear, asked.clear):  # Excel keeps no undo for programs
        adapter.hush(book)
    assert asked == ["cells"]


# What is kept on this computer.

CELLS = [Change("表", "A1", 0.1, "=B1"), Change("表", "A2", "", "'文字"), Change("表", "A3", "TRUE", 3.0)]


def test_changes_outlast_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path / "deep" / "data"))
    assert local.recall("一.xlsx", "f") is None
    assert local.remember("一.xlsx", "f", CELLS)
    monkeypatch.setattr(local, "_kept", {})
    found = local.recall("一.xlsx", "f")
    assert found is not None
    assert found.cells == CELLS
    assert local.recall("二.xlsx", "f") is None
    assert local.recall("一.xlsx", "g") is None
    local.forget("一.xlsx", "f")
    assert local.recall("一.xlsx", "f") is None


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path / "file" / "data"))
    local.log().info("nowhere")
    assert not local.remember("一.xlsx", "f", CELLS)
    found = local.recall("一.xlsx", "f")
    assert found is not None
    assert found.cells == CELLS
    local.forget("一.xlsx", "f")
    assert local.recall("一.xlsx", "f") is None


def test_a_damaged_record_is_no_record_and_old_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(local, "OLD_CHANGES", 3)
    for number in range(6):
        local.remember(f"{number}.xlsx", "f", CELLS)
    kept = list((tmp_path / "undo").iterdir())
    assert len(kept) == 3
    for file in kept:
        file.write_text('{"book": 3}')
    monkeypatch.setattr(local, "_kept", {})
    assert local.recall("5.xlsx", "f") is None


def test_the_folders_exist_or_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(local.FOLDER_VARIABLE, raising=False)
    assert local.folder().is_absolute()
    assert local.log_file().parent == local.folder()
    assert local.documents().is_dir()


# What a cell is about.


def told(path: Path, sheet: str, at: str) -> list[str]:
    return explanation.told(explanation.explain_cell(snapshot.take(path), sheet, at))


def test_a_cell_on_a_units_own_sheet_or_a_list_is_explained(filled: dict[str, Path]) -> None:
    taken = snapshot.take(filled["units"])
    sheet, at = next((s, a) for s, a in [taken.place("1/得分", 0)] if s)  # type: ignore[misc]
    assert told(filled["units"], sheet, at)[0] == "甲镇｜1 甲镇修路"
    label = f"E{at[1:]}"  # whichever column it is, the sheet is one unit's
    assert told(filled["units"], sheet, label)[0] == "甲镇｜1 甲镇修路"
    taken = snapshot.take(filled["listed"])
    listing = next(name for name, found in taken.sheets.items() if isinstance(found.area, Listing))
    place = taken.place("y2/得分", 1)
    assert place
    for letter in "CD":
        assert told(filled["listed"], listing, f"{letter}{place[1][1:]}")[0] == "乙镇｜y2 发照"
    with pytest.raises(NotExplained, match="不是得分"):
        told(filled["listed"], listing, "C2")
    with pytest.raises(NotExplained, match="不属于哪一个单位"):
        told(filled["listed"], taken.layout.grids[0].sheet, "D" + taken.place("1/得分", 0)[1][1:])  # type: ignore[index]
