"""The LibreOffice engine of xlwings and the adapter, over one real LibreOffice without windows.

- values of every kind come back as they went, in one UNO call for a whole range; formulas too, in Excel's syntax
- calculation, names, sheets, selection, protection and undo do what they do in Excel
- starting, connecting, ending and what is missing are told clearly; nothing is left behind
"""

from __future__ import annotations

import datetime as dt
import random
import re
import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.protection import SheetProtection

from addin.engines import adapter, libreoffice
from addin.engines.libreoffice import office, values
from generator.office import PROGRAM_VARIABLE, LibreOfficeError
from generator.scheme import library, load
from generator.sheets.book import compose
from generator.xlsx import writer

pytestmark = pytest.mark.xdist_group("engine")  # one LibreOffice for all

MOVES_VALUES = {"getDataArray", "setDataArray", "getFormulaArray", "setFormulaArray"}


@pytest.fixture(scope="module")
def app() -> Iterator[xw.App]:
    app = libreoffice.start()
    yield app
    app.quit()


@pytest.fixture
def book(app: xw.App) -> Iterator[xw.Book]:
    book = app.books.add()
    yield book
    book.close()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    return book.sheets[0]


def seen(*values: object) -> tuple[object, ...]:
    """What a look or a measure is now: None where it differs within a range, which xlwings' types leave out."""
    return values


class Recorder:
    """Stands before a UNO sheet and the ranges it gives, and writes down which of their methods are called."""

    def __init__(self, target: Any, calls: list[str]) -> None:
        self.target, self.calls = target, calls

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        found = getattr(self.target, name)
        if name == "getCellRangeByPosition":
            return lambda *place: Recorder(found(*place), self.calls)
        return found


def recorded(sheet: xw.Sheet) -> list[str]:
    """Every call to a sheet and its cells from now on."""
    calls: list[str] = []
    sheet.impl._sheet = Recorder(sheet.impl._sheet, calls)
    return calls


def moved(calls: list[str]) -> list[str]:
    """The calls that moved values or formulas since the last time."""
    found = [call for call in calls if call in MOVES_VALUES]
    calls.clear()
    return found


class TestValues:
    EVERY: tuple[list[Any], ...] = (
        [1.0, 0.1 + 0.2, -1e-300, 123456789012345680.0, 0.0],
        ["文字", "两行\n文字", "123", "1.50", "2020-01-01"],
        ["TRUE", "=不是公式", "'单引号", " ", "3%"],
        [True, False, None, dt.datetime(2019, 12, 31), dt.datetime(2020, 2, 29, 23, 59, 59)],
    )

    def test_every_kind_comes_back(self, sheet: xw.Sheet) -> None:
        written = [list(row) for row in self.EVERY]
        written[2] = ["TRUE", "'=不是公式", "''单引号", " ", "3%"]  # what starts with = or ' is told to be a text, as in Excel
        sheet["B2"].value = written
        assert sheet["B2:F5"].value == [list(row) for row in self.EVERY]
        assert [type(value) for value in sheet["B5:E5"].value] == [bool, bool, type(None), dt.datetime]

    def test_a_formula_among_them_changes_nothing(self, sheet: xw.Sheet) -> None:
        """Then all cross as typed texts; numbers keep their last bit all the same."""
        written = [list(row) for row in self.EVERY]
        written[2] = ["TRUE", "'=不是公式", "''单引号", " ", "=B2+1"]
        sheet["B2"].value = written
        assert sheet["B2:F5"].value == [*map(list, self.EVERY[:2]), ["TRUE", "=不是公式", "'单引号", " ", 2.0], self.EVERY[3]]
        numbers = random.Random(5)
        exact = [struct.unpack("d", numbers.randbytes(8))[0] for _ in range(2000)]
        exact = [number for number in exact if 1e-300 < abs(number) < 1e300]
        sheet["H1"].options(transpose=True).value = ["=1", *exact]
        assert sheet["H2"].resize(len(exact)).value == exact

    def test_numpy_and_dates_of_all_types(self, sheet: xw.Sheet) -> None:
        numpy = pytest.importorskip("numpy")
        sheet["A1"].value = [numpy.float64(1.5), numpy.int64(2**40), numpy.nan, numpy.datetime64("2020-01-02"), dt.date(2020, 1, 3)]
        assert sheet["A1:E1"].value == [1.5, 2.0**40, None, dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 3)]

    @pytest.mark.parametrize(("value", "error"), [(float("inf"), ValueError), (object(), TypeError)])
    def test_what_no_cell_can_hold(self, sheet: xw.Sheet, value: Any, error: type[Exception]) -> None:
        with pytest.raises(error, match="单元格不能存放"):
            sheet["A1"].value = [[1, value]]

    @pytest.mark.parametrize(
        "written", [[["a", 1.5, ""], ["=A1", True, 2], [3, "'007", None]], [["a", 1, 2], [3, "'=b", None], ["c", 4, 5]]]
    )
    def test_notes_stay(self, sheet: xw.Sheet, written: list[list[Any]]) -> None:
        """LibreOffice's own writing of blocks takes them away."""
        for at in ("A1", "B2", "C2", "C3", "D4"):
            sheet[at].value = 9
            sheet[at].add_note(f"note {at}")
        sheet["F1"].value = written  # where there are none
        sheet["A1"].value = written
        assert sheet["A1:C3"].value == sheet["F1:H3"].value
        assert [text[:1] == "=" for row in sheet["A1:C3"].formula for text in row] == [
            text[:1] == "=" for row in sheet["F1:H3"].formula for text in row
        ]
        assert {note.location.address: note.text for note in sheet.notes} == {
            f"${at[0]}${at[1]}": f"note {at}" for at in ("A1", "B2", "C2", "C3", "D4")
        }

    def test_dates_are_what_has_a_format_of_dates(self, sheet: xw.Sheet) -> None:
        formats = ["General", "0.00", "yyyy", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "hh:mm", '0"天"', "0%", "#,##0.00"]
        sheet["A1"].value = [43831.5] * len(formats)
        for column, code in enumerate(formats):
            sheet[0, column].number_format = code
        dates = [isinstance(value, dt.datetime) for value in sheet["A1"].resize(1, len(formats)).value]
        assert dates == [False, False, True, True, True, True, False, False, False]
        assert sheet["D1"].value == dt.datetime(2020, 1, 1, 12)
        assert sheet["A1:I1"].options(dates=dt.date).value[3] == dt.date(2020, 1, 1)
        sheet["A2"].value = "=D1+1"
        assert sheet["A2"].value == dt.datetime(2020, 1, 2, 12)

    def test_a_written_date_gets_a_format_only_where_there_is_none(self, sheet: xw.Sheet) -> None:
        sheet["A1"].number_format = "yyyy/m/d"
        sheet["A1:B1"].value = [dt.datetime(2020, 1, 2)] * 2
        assert sheet["A1"].number_format == "yyyy/m/d"
        assert sheet["B1"].value == dt.datetime(2020, 1, 2)

    def test_truth_values(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [True, "=1>2", 1, "=A1"]
        assert sheet["A1:D1"].value == [True, False, 1.0, True]
        assert not isinstance(sheet["C1"].value, bool)
        sheet["A1"].value = 7
        assert (sheet["A1"].value, sheet["A1"].number_format) == (7.0, "General")

    def test_errors(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = ["=1/0", "=NA()", "=没有这个函数(1)", '="a"+1', "=SQRT(-1)", 1]
        assert sheet["A1:F1"].value == [None] * 5 + [1.0]
        told = sheet["A1:F1"].options(err_to_str=True).value
        assert told == ["#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#VALUE!", 1.0]

    def test_shapes(self, sheet: xw.Sheet) -> None:
        sheet["A1:B2"].value = 5
        assert sheet["A1:B2"].value == [[5, 5], [5, 5]]
        assert sheet["A1:B1"].options(numbers=int).value == [5, 5]
        assert sheet["A1:A2"].options(ndim=2, empty="").value == [[5], [5]]
        with pytest.raises(ValueError, match="列数不一致"):
            sheet["A1:B2"].raw_value = [[1, 2], [3]]

    def test_one_call_moves_a_whole_range(self, sheet: xw.Sheet) -> None:
        calls = recorded(sheet)
        cells = sheet["A1:Z200"]
        cells.value = [[column if row % 2 else f"文字{row}" for column in range(26)] for row in range(200)]
        assert moved(calls) == ["setDataArray"]
        assert cells.value[1][25] == 25
        assert moved(calls) == ["getDataArray"]
        cells.formula = "=ROW()"
        assert cells.formula[199][25] == "=ROW()"
        assert moved(calls) == ["setFormulaArray", "getFormulaArray"]
        cells.value = [["=1", dt.datetime(2020, 1, 1), 2.5, "x"] * 6 + [True, None]] * 200
        assert moved(calls) == ["setFormulaArray"]

    def test_few_calls_tell_dates_apart(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[day, dt.datetime(2020, 1, 1) + dt.timedelta(day)] for day in range(500)]
        calls = recorded(sheet)
        assert sheet["A1:B500"].value[499] == [499, dt.datetime(2021, 5, 14)]
        assert len(calls) < 10


FORMULAS = [
    "=填报与计分!A1",
    "=填报与计分!$A$1:B$2",
    "='She et''s'!$A$1+'2019'!A1",
    "='A1'!B2",
    "=SUM(A1:B2,C3)",
    '="a,b;c!d"&"""x"""&\'2019\'!A1',
    "=SUM({1,2;3,4})",
    '=LOOKUP(A1,{0,60,80},{"差","中","好"})',
    "=SUM((A1,B1),C1)",
    "=SUM(A1:C3 B2:D4)",
    "=IF(A1>=1.5,TRUE,FALSE)",
    '=IF(A1="TRUE()","是；否","")',
    "=SUM('Sheet1:2019'!A1:B2)",
    "=SUM(B:B,2:3,填报与计分!$C:$D)",
    "=EOMONTH(A1,1)",
    "=CEILING(A1,1)+CEILING.MATH(A1)",
    "=STDEV.S(A1:A2)",
    "=XLOOKUP(1,A1:A2,B1:B2)",
    "=tax_rate+填报与计分!rate",
    "=#N/A",
    "='/data/[年度 考核.xlsx]Sheet 1'!$A$1",
    "= SUM( A1 , B1 )",
    '=IFERROR(ROUND(ROUND(A1*100,8),2),"")',
    "=-A1^2%",
    "=SUM(A1,,B1)",
    '=COUNTIFS(A:A,">="&B1,B:B,"<>")',
    "=SUM(OFFSET(A1,0,0):B2)",
]


class TestFormulas:
    @pytest.fixture
    def sheet(self, book: xw.Book) -> xw.Sheet:
        for name in ("填报与计分", "She et's", "A1", "2019"):
            book.sheets.add(name, after=book.sheets[-1])
        book.names.add("tax_rate", "=Sheet1!$A$1")
        book.sheets["填报与计分"].names.add("rate", "=填报与计分!$A$1")
        return book.sheets["Sheet1"]

    def test_there_and_back(self, sheet: xw.Sheet) -> None:
        cells = sheet["F1"].resize(len(FORMULAS))
        cells.formula = [[formula] for formula in FORMULAS]
        assert [row[0] for row in cells.formula] == FORMULAS
        assert cells.formula == cells.formula2

    def test_they_compute(self, sheet: xw.Sheet, book: xw.Book) -> None:
        book.sheets["填报与计分"]["A1:B2"].value = [[1, 2], [3, 4]]
        sheet["A1:B2"].value = [[10, 20], [30, 40]]
        given = {
            "='填报与计分'!A1*SUM(A1:B2,填报与计分!B2)": 104,
            '=LEN("a,b")&";"': "3;",
            "=SUM({1,2;3,4}*2)": 20,
            "=SUM((A1,B2))": 50,
            "=SUM(A1:B1 B1:B2)": 20,
            "=IF(TRUE,1,2)": 1,
            "=SUM('Sheet1:填报与计分'!A1)": 11,
            "=DAY(EOMONTH(DATE(2020,2,1),0))": 29,
            "=_xlfn.STDEV.S(A1:A2)": pytest.approx(14.142135623731),
            "=CEILING(2.1,1)": 3,
        }
        sheet["F1"].options(transpose=True).value = list(given)
        assert sheet["F1"].resize(len(given)).value == list(given.values())

    def test_one_formula_over_several_cells_is_adjusted(self, sheet: xw.Sheet) -> None:
        sheet["C1:D2"].formula = "=A1+$A1+填报与计分!A$1"
        assert sheet["D2"].formula == "=B2+$A2+填报与计分!B$1"

    def test_constants_as_typed(self, sheet: xw.Sheet) -> None:
        sheet["A1:D1"].formula = [["1.5", "'1.5", "x", ""]]
        assert sheet["A1:D1"].value == [1.5, "1.5", "x", None]
        assert sheet["A1:D1"].formula == (("1.5", "1.5", "x", ""),)

    def test_array_formula(self, sheet: xw.Sheet) -> None:
        sheet["A1:B3"].value = [[1, 4], [2, 5], [3, 6]]
        sheet["D1:D3"].formula_array = "=A1:A3*B1:B3"
        assert sheet["D1:D3"].value == [4, 10, 18]
        assert sheet["D1:D3"].formula_array == "=A1:A3*B1:B3"
        assert (sheet["D2"].impl.has_array, sheet["A1"].impl.has_array) == (True, False)

    def test_a_real_book_reads_as_it_is_in_the_file(self, app: xw.App, tmp_path: Path) -> None:
        path = tmp_path / "towns.xlsx"
        writer.write(compose(load.load(library.ids()["panshan-2019-towns"])), path)
        held = openpyxl.load_workbook(path)
        compared = 0
        with app.books.open(path) as book:
            for sheet in book.sheets:
                formulas = sheet.range("A1", sheet.used_range.last_cell).formula
                for cell in (cell for row in held[sheet.name].iter_rows() for cell in row if cell.data_type == "f"):
                    # Excel, too, takes the quotes off names that do not need them.
                    assert formulas[cell.row - 1][cell.column - 1].replace("'", "") == cell.value.replace("'", ""), cell.coordinate
                    compared += 1
        assert compared > 500


class TestApp:
    def test_calculation(self, app: xw.App, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[2, "=A1*2"]]
        app.calculation = "manual"
        try:
            sheet["A1"].value = 5
            assert (app.calculation, sheet["B1"].value) == ("manual", 4)
            app.calculate()
            assert sheet["B1"].value == 10
        finally:
            app.calculation = "automatic"
        with adapter.quiet(app):
            sheet["A1"].value = 6
            assert sheet["B1"].value == 10
        assert (app.calculation, app.screen_updating, sheet["B1"].value) == ("automatic", True, 12)

    def test_settings(self, app: xw.App, sheet: xw.Sheet) -> None:
        assert app.engine.name == "libreoffice"
        assert app.version.major >= 7
        assert app.pid > 0
        with app.properties(status_bar="正在检查……", display_alerts=False, enable_events=False, screen_updating=False):
            sheet["A1"].value = 1
            assert (app.status_bar, app.display_alerts, app.enable_events, app.screen_updating) == ("正在检查……", False, False, False)
        assert (app.status_bar, app.display_alerts, app.enable_events, app.screen_updating) == (False, True, True, True)
        with pytest.raises(ValueError, match="重算方式"):
            app.calculation = "sometimes"

    def test_books_are_found_by_name(self, app: xw.App, book: xw.Book, tmp_path: Path) -> None:
        assert app.books[book.name] == book == app.books.active == xw.books.active
        book.sheets[0]["A1"].value = "留"
        for name in ("考核.xlsx", "考核.ods"):
            book.save(tmp_path / name)
            assert (book.name, Path(book.fullname)) == (name, (tmp_path / name).resolve())
            book.sheets[0]["A2"].value = name
            book.save()
        assert openpyxl.load_workbook(tmp_path / "考核.xlsx")["Sheet1"]["A2"].value == "考核.xlsx"
        with app.books.open(tmp_path / "考核.xlsx", read_only=True) as other:
            assert (other.sheets[0]["A1"].value, adapter.is_read_only(other), adapter.is_read_only(book)) == ("留", True, False)

    def test_what_cannot_be_opened_or_saved(self, app: xw.App, book: xw.Book, tmp_path: Path) -> None:
        (tmp_path / "坏的.xlsx").write_bytes(b"PK nothing")
        with pytest.raises(xw.XlwingsError, match="打不开"):
            app.books.open(tmp_path / "坏的.xlsx")
        (tmp_path / "文件夹.xlsx").mkdir()
        with pytest.raises(xw.XlwingsError, match="没能保存"):
            book.save(tmp_path / "文件夹.xlsx")
        with pytest.raises(ValueError, match="不认识的文件类型"):
            book.save(tmp_path / "考核.docx")

    def test_pdf(self, book: xw.Book, tmp_path: Path) -> None:
        book.sheets[0]["A1"].value = "留"
        book.to_pdf(tmp_path / "考核.pdf")
        assert (tmp_path / "考核.pdf").read_bytes().startswith(b"%PDF")

    def test_what_is_not_supported_says_so(self, sheet: xw.Sheet) -> None:
        unsupported: list[tuple[Callable[[], object], str]] = [
            (lambda: sheet.tables, "Sheet.tables"),
            (lambda: sheet["A1"].borders, "Range.borders"),
            (lambda: sheet["A1,C3"], "A1,C3"),
            (lambda: sheet["A1"].insert("down", "format_from_right_or_below"), "插入"),
        ]
        for what, name in unsupported:
            with pytest.raises(NotImplementedError, match=f"LibreOffice 引擎.*{name}"):
                what()


class TestSheetsAndNames:
    def test_sheets(self, book: xw.Book) -> None:
        book.sheets.add("二", after=book.sheets["Sheet1"])
        book.sheets.add("一", before=book.sheets["Sheet1"])
        assert (book.sheet_names, book.sheets.active.name) == (["一", "Sheet1", "二"], "一")
        book.sheets["一"].name = "头"
        book.sheets["二"].move(before=book.sheets["头"])
        copied = book.sheets["头"].copy(name="抄")
        assert (book.sheet_names, copied.index) == (["二", "头", "Sheet1", "抄"], 4)
        book.sheets["头"].visible = False
        assert [sheet.visible for sheet in book.sheets] == [True, False, True, True]
        for name in ("二", "头", "抄"):
            book.sheets[name].delete()
        with pytest.raises(xw.XlwingsError, match="不能删除"):
            book.sheets[0].delete()
        assert book.sheet_names == ["Sheet1"]

    def test_names_of_sheets_that_will_not_do(self, book: xw.Book) -> None:
        book.sheets.add("二")
        with pytest.raises(ValueError, match="不能改名"):
            book.sheets["Sheet1"].name = "二"
        with pytest.raises(ValueError, match="不能建立"):
            book.sheets.add("a/b")
        with pytest.raises(KeyError):
            book.sheets["三"]

    def test_defined_names(self, book: xw.Book, sheet: xw.Sheet) -> None:
        other = book.sheets.add("填报 与计分", after=sheet)
        sheet["A1:B2"].name = "全部"
        other.names.add("只此", "='填报 与计分'!$C$3")
        assert [name.name for name in book.names] == ["全部", "'填报 与计分'!只此"]
        assert (book.names["全部"].refers_to, other.names["只此"].refers_to) == ("=Sheet1!$A$1:$B$2", "='填报 与计分'!$C$3")
        assert sheet["全部"] == sheet["A1:B2"] == book.names["全部"].refers_to_range
        assert other["只此"] == other["C3"]
        assert sheet["A1:B2"].name is not None
        assert sheet["A1:B2"].name.name == "全部"
        book.names["全部"].refers_to = "=Sheet1!$A$1:$B$5"
        assert sheet["全部"].address == "$A$1:$B$5"
        book.names["全部"].delete()
        assert "全部" not in book.names
        for missing in ("全部", "只此"):
            with pytest.raises(xw.XlwingsError, match="不是工作表"):
                sheet.range(missing)
        with pytest.raises(xw.XlwingsError, match="不能定义名称"):
            book.names.add("A1", "=Sheet1!$A$1")

    def test_names_from_a_file(self, app: xw.App, tmp_path: Path) -> None:
        made = openpyxl.Workbook()
        made.active["A1"] = 3
        made.active["B1"] = "=tax.rate+S2!local.rate"
        made.create_sheet("S2")["A1"] = 4
        made.defined_names["tax.rate"] = DefinedName("tax.rate", attr_text="Sheet!$A$1")
        made["S2"].defined_names["local.rate"] = DefinedName("local.rate", attr_text="S2!$A$1")
        made.save(tmp_path / "names.xlsx")
        with app.books.open(tmp_path / "names.xlsx") as book:
            assert (book.sheets[0]["B1"].value, book.sheets[0]["B1"].formula) == (7, "=tax.rate+S2!local.rate")


class TestCells:
    def test_addresses(self, sheet: xw.Sheet) -> None:
        assert [sheet[text].address for text in ("b2", "$B$2:D5", "D5:B2", "A:C", "2:3")] == [
            "$B$2",
            "$B$2:$D$5",
            "$B$2:$D$5",
            "$A:$C",
            "$2:$3",
        ]
        assert sheet["B2:C3"].get_address(False, False, external=True) == f"'[{sheet.book.name}]Sheet1'!B2:C3"
        assert sheet.cells.shape == (1048576, 16384)
        for wrong in (lambda: sheet.range((0, 1)), lambda: sheet["A1"].offset(-1), lambda: sheet.range((1048577, 1)).value):
            with pytest.raises(IndexError):
                wrong()

    def test_finding_the_way(self, sheet: xw.Sheet) -> None:
        sheet["B2"].value = [[1, 2, '=""'], [3, None, 4], [5, 6, 7]]
        assert [sheet["B2"].end(way).address for way in ("down", "right", "up", "left")] == ["$B$4", "$D$2", "$B$1", "$A$2"]
        assert [sheet["C2"].end(way).address for way in ("down", "right")] == ["$C$4", "$D$2"]
        assert [sheet["A9"].end(way).address for way in ("up", "down")] == ["$A$1", "$A$1048576"]
        assert sheet["C3"].current_region.address == sheet.used_range.address == "$B$2:$D$4"
        assert sheet["B2"].expand().address == "$B$2:$C$4"

    def test_insert_delete_copy(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[1, "=A1*2"], [3, "=A2*2"]]
        sheet["1:1"].insert("down")
        assert sheet["A1:B3"].value == [[None, None], [1, 2], [3, 6]]
        sheet["A2:B3"].copy(sheet["D5"])
        assert sheet["E6"].formula == "=D6*2"
        sheet["A2:B3"].copy()
        sheet["A8"].paste("values")
        sheet["A10"].paste("formulas")
        pasted: object = sheet["A8:B11"].formula
        assert pasted == (("1", "2"), ("3", "6"), ("1", "=A10*2"), ("3", "=A11*2"))
        sheet["A:A"].delete()
        assert sheet["C6"].value == 3

    def test_looks(self, sheet: xw.Sheet) -> None:
        cells = sheet["A1:B2"]
        cells.value = "考核"
        cells.font.bold, cells.font.size, cells.font.name, cells.font.color = True, 14, "Noto Sans CJK SC", "#ff0000"
        assert (cells.font.bold, cells.font.size, cells.font.name, cells.font.color) == (True, 14, "Noto Sans CJK SC", (255, 0, 0))
        assert cells.api.getPropertyValue("CharWeightAsian") == 150  # or the Chinese text would stay thin
        cells.color, cells.wrap_text, cells.number_format = (226, 239, 218), True, "#,##0.00_);[Red]-#,##0.00"
        assert (cells.color, cells.wrap_text, cells.number_format) == ((226, 239, 218), True, "#,##0.00_);[Red]-#,##0.00")
        cells.horizontal_alignment, cells.vertical_alignment = "center", "top"
        assert (cells.horizontal_alignment, cells.vertical_alignment) == ("center", "top")
        cells.column_width, cells.row_height = 12.5, 18
        assert seen(cells.column_width, cells.row_height) == (pytest.approx(12.5, abs=0.1), 18)
        sheet["B2"].color = sheet["B2"].font.bold = None  # type: ignore[assignment]  # as xlwings allows
        assert seen(cells.font.bold, sheet["B2"].color) == (None, None)
        cells.rows.hidden = True
        assert (cells.rows.hidden, cells.columns.hidden) == (True, False)
        cells.clear_formats()
        assert seen(cells.color, cells.font.bold, sheet["A1"].value) == (None, False, "考核")

    def test_merged(self, sheet: xw.Sheet) -> None:
        sheet["A1:B2"].merge()
        assert seen(sheet["B2"].merge_area.address, sheet["A1:B2"].merge_cells, sheet["A1:C1"].merge_cells) == ("$A$1:$B$2", True, None)
        sheet["A1:B2"].unmerge()
        assert sheet["A1"].merge_cells is False

    def test_notes_and_links(self, sheet: xw.Sheet) -> None:
        sheet["B2"].add_note("说明")
        note = sheet["B2"].note
        assert note is not None
        assert (note.text, sheet["A1"].note, [other.location.address for other in sheet.notes]) == ("说明", None, ["$B$2"])
        note.text = "改过"
        note.delete()
        assert sheet["B2"].note is None
        sheet["A1"].add_hyperlink("https://example.org/", "链接")
        assert (sheet["A1"].value, sheet["A1"].hyperlink) == ("链接", "https://example.org/")

    def test_print_area(self, sheet: xw.Sheet) -> None:
        sheet.page_setup.print_area = "A1:C9"
        assert sheet.page_setup.print_area == "$A$1:$C$9"


class TestAdapter:
    @pytest.fixture
    def protected(self, app: xw.App, tmp_path: Path) -> Iterator[xw.Book]:
        made = openpyxl.Workbook()
        made.active["A1"] = 1
        made.active["B1"].protection = openpyxl.styles.Protection(locked=False)
        made.active.protection = SheetProtection(sheet=True, password="pw", formatColumns=False, autoFilter=False, selectLockedCells=True)
        made.save(tmp_path / "protected.xlsx")
        book = app.books.open(tmp_path / "protected.xlsx")
        yield book
        book.close()

    def test_protection_comes_back_as_it_was(self, protected: xw.Book, tmp_path: Path) -> None:
        sheet = protected.sheets[0]
        assert adapter.is_protected(sheet)
        with pytest.raises(xw.XlwingsError, match="受保护"):
            sheet["A1:B1"].value = [1, 2]
        for change in (sheet["A1:B1"].clear_contents, lambda: sheet["1:1"].insert("down"), sheet["A1"].delete):
            with pytest.raises(xw.XlwingsError, match="受保护"):
                change()
        sheet["B1"].clear_contents()
        with pytest.raises(adapter.WrongPassword, match="密码不对"):
            adapter.unprotect(sheet, "不对")

        def fail() -> None:
            with adapter.unprotected(sheet, "pw"):
                sheet["A1:B1"].value = [1, 2]
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert (adapter.is_protected(sheet), sheet["A1:B1"].value) == (True, [1, 2])
        with pytest.raises(adapter.WrongPassword):
            adapter.unprotect(sheet)
        protected.save(tmp_path / "again.xlsx")
        with zipfile.ZipFile(tmp_path / "again.xlsx") as parts:
            xml = parts.read("xl/worksheets/sheet1.xml").decode()
        (options,) = re.findall(r"<sheetProtection ([^>]*)/>", xml)
        assert {'formatColumns="false"', 'autoFilter="false"', 'selectLockedCells="true"'} <= set(options.split())

    def test_locked_cells(self, protected: xw.Book) -> None:
        sheet = protected.sheets[0]
        assert [adapter.is_locked(sheet[cells]) for cells in ("A1", "B1", "A1:B1")] == [True, False, None]
        adapter.unprotect(sheet, "pw")
        adapter.set_locked(sheet["A1"], False)
        assert adapter.is_locked(sheet["A1:B1"]) is False
        assert adapter.protection(sheet) is None
        adapter.protect(sheet)
        assert adapter.is_protected(sheet)

    def test_state_of_a_book(self, app: xw.App, book: xw.Book) -> None:
        told = (adapter.is_read_only(book), adapter.is_shared(book), adapter.is_structure_protected(book))
        assert (*told, adapter.is_protected_view(app, book.name)) == (False, False, False, False)
        book.api.protect("")
        assert adapter.is_structure_protected(book)
        book.api.unprotect("")

    def test_view(self, app: xw.App, book: xw.Book, sheet: xw.Sheet) -> None:
        sheet["C30:D31"].select()
        book.impl.controller.setFirstVisibleRow(24)
        was = adapter.view(book)
        assert was == adapter.View("Sheet1", 25, 1, "$C$30:$D$31")
        book.sheets.add("别处")["A1"].select()
        assert app.selection is not None
        assert book.selection is not None
        assert app.selection.address == book.selection.address == "$A$1"
        adapter.restore_view(book, was)
        assert adapter.view(book) == was

    def test_one_step_to_undo(self, book: xw.Book, sheet: xw.Sheet) -> None:
        """Cells that were empty or formulas too, over and over, on a protected sheet."""
        sheet["A1:D1"].value = [[1, "=A1*2", "=B1*2", None]]
        adapter.protect(sheet)
        before = sheet["A1:D4"].formula
        after = (("2", "5", "=A1", "'7"), ("", "=C1", "1", "x"), ("", "", "", ""), ("", "", "", "9"))

        def put(cells: Any) -> None:
            with adapter.quiet(book.app), adapter.unprotected(sheet):
                for _ in range(2):
                    adapter.hush(book)
                    sheet["A1:D4"].formula = cells

        with adapter.one_step(book, "考核簿：重算", lambda: put(before), lambda: put(after)):
            put(after)
        done = sheet["A1:D4"].formula
        assert done != before
        undo = book.api.getUndoManager()
        for _ in range(4):
            assert undo.getAllUndoActionTitles() == ("考核簿：重算",)
            undo.undo()
            assert (sheet["A1:D4"].formula, undo.getAllUndoActionTitles()) == (before, ())
            undo.redo()
            assert sheet["A1:D4"].formula == done
        assert adapter.is_protected(sheet)
        adapter.unprotect(sheet)
        assert undo.getAllUndoActionTitles()[1:] == ("考核簿：重算",)  # the next step is recorded again

    def test_changes_that_are_no_step(self, book: xw.Book, sheet: xw.Sheet) -> None:
        undo = book.api.getUndoManager()
        with adapter.one_step(book, "考核簿：检查"):
            sheet["A1:B2"].value = [[1, 2], [3, "=A1"]]
            adapter.protect(sheet)
        assert undo.getAllUndoActionTitles() == ()
        adapter.unprotect(sheet)
        assert len(undo.getAllUndoActionTitles()) == 1

    def test_excel_gets_back_every_option(self) -> None:
        """A stand-in for Excel's COM object: what it allowed before is what it is asked to allow again."""

        class Excel:
            Protection = SimpleNamespace(**{f"Allow{name}": name == "Sorting" for name in adapter.ALLOWED})
            ProtectContents, ProtectDrawingObjects, ProtectScenarios, EnableSelection = True, False, True, 1
            asked: dict[str, Any]

            def Unprotect(self, password: str) -> None:
                assert password == "pw"
                self.ProtectContents, self.EnableSelection = False, 0

            def Protect(self, **asked: Any) -> None:
                self.ProtectContents, self.asked = True, asked

        excel = Excel()
        sheet: Any = SimpleNamespace(api=excel, name="表", book=SimpleNamespace(app=SimpleNamespace(engine=SimpleNamespace(name="excel"))))
        with adapter.unprotected(sheet, "pw"):
            assert not adapter.is_protected(sheet)
        assert excel.EnableSelection == 1
        assert {name for name, value in excel.asked.items() if value is True} == {"AllowSorting", "Contents", "Scenarios"}
        assert len(excel.asked) == len(adapter.ALLOWED) + 4


class TestOffice:
    def test_connecting_to_one_that_runs(self, app: xw.App, book: xw.Book) -> None:
        running = app.impl.office
        ways: list[Callable[[], xw.App]] = [lambda: libreoffice.attach(running.url), lambda: libreoffice.embedded(running.context)]
        for connect in ways:
            other = connect()
            assert xw.apps.active == other != app
            assert other.books[book.name].sheets[0].name == "Sheet1"
            with pytest.raises(NotImplementedError, match="不是由考核簿启动的"):
                other.kill()
            other.quit()
            assert other not in list(xw.apps)
        assert book.sheets[0].name == "Sheet1"

    def test_inside_it_is_always_the_same(self, app: xw.App) -> None:
        context = app.impl.office.context
        one, other = libreoffice.embedded(context), libreoffice.embedded(context)
        assert one.impl is other.impl
        assert xw.apps.active == one
        one.quit()
        assert xw.apps.active == app

    def test_an_own_one_leaves_nothing_behind(self, app: xw.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with xw.App(visible=False) as other:
            assert any(tmp_path.iterdir())
            assert [xw.apps.active, len(other.books)] == [other, 1]
            with pytest.raises(NotImplementedError, match="同一个 LibreOffice"):
                other.books[0].sheets[0].copy(after=app.books.add().sheets[0])
        assert (list(tmp_path.iterdir()), xw.apps.active) == ([], app)
        app.books[-1].close()

    def test_one_that_does_not_come_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(LibreOfficeError, match="没有应答"):
            libreoffice.start(timeout=0)
        monkeypatch.setenv(PROGRAM_VARIABLE, "/bin/false")
        with pytest.raises(LibreOfficeError, match="自己退出"):
            libreoffice.start()
        assert list(tmp_path.iterdir()) == []

    def test_nobody_there(self) -> None:
        with pytest.raises(LibreOfficeError, match="没有应答"):
            libreoffice.attach("pipe:没有", timeout=0)
        with pytest.raises(LibreOfficeError, match="没有应答"):
            libreoffice.attach("socket:127.0.0.1:9", timeout=0)
        with pytest.raises(ValueError, match="不认识的连接地址"):
            libreoffice.attach("http://x")

    def test_uno_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "uno", None)
        before = list(sys.path)
        with pytest.raises(LibreOfficeError, match=r"不能使用 LibreOffice 的 uno 模块.*apt-get install python3-uno"):
            libreoffice.start()
        assert sys.path == before

    def test_only_the_uno_modules_are_borrowed(self) -> None:
        office.load_uno()
        assert office.MODULES not in sys.path or sys.prefix == sys.base_prefix


@pytest.mark.parametrize(
    ("text", "value", "plain"),
    [
        ("1.5", 1.5, True),
        ("1.50", 1.4999, True),
        ("1,234.5", 1234.5, True),
        ("12%", 0.12, True),
        ("1.2E+20", 1.2e20, True),
        ("-0.0", -0.01, True),
        ("2020", 43831.0, False),
        ("01.02.2020", 43862.0, False),
        ("12:30", 0.52, False),
        ("TRUE", 1.0, False),
        ("", 0.0, False),
        ("－", 0.0, False),
    ],
)
def test_numbers_that_read_back_from_their_texts(text: str, value: float, plain: bool) -> None:
    assert values.reads_back(text, value) is plain
