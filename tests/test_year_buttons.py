"""The buttons 两年对比, 新办法试算, 导出数据, 导入数据 and 结果分析 with last year, in a real LibreOffice.

Requirements: each asks for the files it needs and no more, says what it made and opens it; the book in front stays as it is, but for
导入数据, which keeps a backup and opens it again; what is wrong with a chosen file is one sentence; choosing nothing does nothing.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny
import xlwings
from test_buttons import Said
from test_scheme_buttons import app as app
from test_scheme_buttons import closed as closed
from test_scheme_buttons import said as said

from addin import actions, buttons
from addin.live import local
from addin.workbooks import snapshot
from generator.scheme import library

pytestmark = pytest.mark.xdist_group("buttons")

OLD = """
- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [10, 20]}
- {id: 2, name: 评议, points: 10, rule: direct}
"""
D = Decimal


def text(year: int, indicators: str = OLD, **more: str) -> str:
    made = tiny.text(indicators, units=more.pop("units", "[甲镇, 乙镇]"), full="20", **more)
    return made.replace("scheme: tiny", f"scheme: tiny-{year}").replace("year: 2024", f"year: {year}").replace("小考核", f"{year}年小考核")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two years' schemes that the office keeps, and 2024's filled book."""
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(tmp_path / "schemes"))
    (tmp_path / "schemes").mkdir()
    new = text(2025, OLD.replace("[10, 20]", "[20, 20]"), units="[丙镇, 乙镇]", extra="formerly: {丙镇: [甲镇]}")
    for year, written in ((2024, text(2024)), (2025, new)):
        (tmp_path / "schemes" / f"tiny-{year}.yaml").write_text(written, encoding="utf-8")
    # 甲镇 10 × 10 ÷ 10 + 8 = 18, 乙镇 10 × 10 ÷ 20 + 9 = 14
    tiny.book(text(2024), tmp_path / "2024.xlsx", tiny.typed({"1/完成": [10, 10], "2/评分": [8, 9]}))
    tiny.book(new, tmp_path / "2025.xlsx", {})
    return tmp_path


@pytest.fixture
def opened(app: xlwings.App, folder: Path) -> Path:
    app.books.open(str(folder / "2024.xlsx"))
    return folder / "2024.xlsx"


def rows(path: Path, sheet: str, first: int, last: int) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=first, max_row=last)]


def test_two_years_compared(app: xlwings.App, opened: Path, said: Said) -> None:
    said.choices = [0]
    said.folders = [opened.with_name("2025.xlsx")]
    buttons.compare_years()
    assert said.options == [["另一个文件（考核簿或定义簿）……", "已有的考核方案……"]], said.told  # there is no 2023
    made = opened.with_name("2025年小考核（与2024年度对比）.xlsx")
    assert app.books.active.name == made.name, said.told
    assert made.name in said.last
    said_of_points = [row for row in rows(made, "两年对比", 2, 12) if row[2] == "目标"]
    assert said_of_points == [["指标", "1 投资", "目标", "丙镇", "10", "20"]]


def test_last_year_is_offered_first(app: xlwings.App, folder: Path, said: Said) -> None:
    app.books.open(str(folder / "2025.xlsx"))
    said.choices = [0]
    buttons.compare_years()
    assert said.options[0][0] == "2024 年度：2024年小考核"
    assert app.books.active.name == "2025年小考核（与2024年度对比）.xlsx"


@pytest.mark.parametrize("in_front", ["2024.xlsx", "2025.xlsx"])
def test_last_years_figures_by_this_years_rules(app: xlwings.App, folder: Path, said: Said, in_front: str) -> None:
    """With last year's filled book in front, or with this year's blank one."""
    app.books.open(str(folder / in_front))
    said.choices, said.folders = [0], [folder / "2024.xlsx"]
    buttons.what_if()
    made = folder / "2025年小考核（用2024年度的数试算）.xlsx"
    assert app.books.active.name == made.name, said.told
    # 甲镇, now 丙镇: 10 × 10 ÷ 20 + 8 = 13
    units = [row for row in rows(made, "新办法试算", 2, 8) if row[0] in ("丙镇（原甲镇）", "乙镇")]
    assert units == [["丙镇（原甲镇）", 18, 13, -5, 1, 2, "降 1 位"], ["乙镇", 14, 14, 0, 2, 1, "升 1 位"]]
    assert rows(made, "得分变了的", 3, 3) == [["丙镇", "1", "投资", 10, 5, -5]]
    assert "带过来 4 个数" in said.last


def test_choosing_nothing_and_the_wrong_file(app: xlwings.App, opened: Path, said: Said) -> None:
    before = sorted(opened.parent.glob("*.*"))
    said.choices, said.folders = [None, 0, 0], [None, opened.parent / "schemes" / "tiny-2024.yaml"]
    for _ in range(3):
        buttons.compare_years()
    assert said.told == ["“tiny-2024.yaml”不是 .xlsx 工作簿。请选考核簿或定义簿"]
    said.choices = [None]
    buttons.what_if()
    said.folders = [None]
    buttons.analysis()
    assert sorted(opened.parent.glob("*.*")) == before


def test_values_out_and_in_again(app: xlwings.App, opened: Path, said: Said) -> None:
    app.books.active.sheets["填报与计分"][snapshot_cell(opened, "2/评分", 1)].value = 7  # typed, and not saved
    buttons.export_values()
    table = opened.with_name("2024数据.xlsx")
    assert app.books.active.name == table.name, said.told
    assert "4 个数" in said.last
    values = rows(table, "数值", 4, 7)
    assert [row[4] for row in values] == [10, 10, 8, 7]
    app.books.active.close()
    app.books["2024.xlsx"].activate()
    made = openpyxl.load_workbook(table)
    made["数值"]["E4"].value = 5
    made.save(table)
    said.folders = [table]
    buttons.import_values()
    assert "已填 4 格" in said.last, said.told
    assert app.books.active.name == "2024.xlsx"
    assert snapshot.take(opened).inputs["1/完成", 0] == D(5)
    assert len([*opened.parent.glob("2024.备份*.xlsx")]) == 1


def test_values_that_would_be_asked_about(app: xlwings.App, folder: Path, said: Said) -> None:
    opened, table = folder / "四个.xlsx", folder / "表.xlsx"
    four = text(2024, OLD.replace("[10, 20]", "10"), units="[甲镇, 乙镇, 丙镇, 丁镇]")
    app.books.open(str(tiny.book(four, opened, tiny.typed({"1/完成": [10, 10, 10, 10], "2/评分": [8, 9, 8, 9]}))))
    actions.values_of(opened, table)
    made = openpyxl.load_workbook(table)
    made["数值"]["E4"].value = 3000  # 300 times its target, where the others are at theirs
    made.save(table)
    before = opened.read_bytes()
    said.folders, answers = [table, table], iter([True, False, True, True])
    said.ask = lambda app, title, text: said.asked.append(text) or next(answers)  # type: ignore[method-assign, func-returns-value]
    buttons.import_values()
    assert "3000" in said.asked[-1], said.told
    assert "--" not in said.asked[-1]
    assert snapshot.take(opened).inputs["1/完成", 0] == D(10)
    buttons.import_values()
    assert snapshot.take(opened).inputs["1/完成", 0] == D(3000), said.told
    assert opened.read_bytes() != before


def test_analysis_beside_last_year(app: xlwings.App, folder: Path, said: Said) -> None:
    new = (folder / "schemes" / "tiny-2025.yaml").read_text(encoding="utf-8")
    tiny.book(new, folder / "2025.xlsx", tiny.typed({"1/完成": [20, 10], "2/评分": [9, 9]}))
    app.books.open(str(folder / "2025.xlsx"))
    said.folders = [folder / "2024.xlsx"]
    buttons.analysis()
    made = folder / "2025年小考核结果分析.xlsx"
    assert app.books.active.name == made.name, said.told
    assert rows(made, "名次表", 3, 4) == [
        [1, "丙镇（上年甲镇）", 19, None, 1, 18, "持平", 1],
        [2, "乙镇", 14, None, 2, 14, "持平", 0],
    ]


def snapshot_cell(path: Path, key: str, unit: int) -> str:
    place = snapshot.take(path).place(key, unit)
    assert place
    return place[1]
