"""排名稳不稳, and the workbook 结果分析.

Requirements: of two neighbours the smallest change of one number that swaps them, worked out by hand here; events and choices
by one step; readings that swap them; what cannot change a place is said to be firm; a score that does not grow with its
number is not passed over; values that may not be typed are not tried; what was not tried is told; the workbook has the
places, the losses and last year beside them, with bars, and text that begins with = stays text.
"""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import cli
from addin.result import analysis, robustness
from addin.result.account import NoAccount
from addin.workbooks import snapshot
from addin.workbooks.snapshot import Snapshot

TEXT = """
- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: 10}
- {id: 2, name: 办件, points: 5, rule: deduct, events: [{what: 超期, each: 0.5}]}
- {id: 3, name: 评议, points: 20, rule: situations, situations: {好: 20, 中: 10, 差: 8}}
"""
EXTRA = """
readings:
- id: 超期的分
  takes: 半分
  options: {半分: {says: 每次扣半分}, 两分: {says: 每次扣两分, set: {2: {events: [{what: 超期, each: 2}]}}}}
"""


def book(folder: Path, inputs: dict[str, object], text: str = TEXT, **more: str) -> Snapshot:
    units = more.pop("units", "[甲, 乙, 丙, 丁]")
    path = tiny.book(tiny.text(text, units=units, full="35", **more), folder / "b.xlsx", tiny.typed(inputs))
    return snapshot.take(path)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    # 甲 9 + 5 + 20 = 34; 乙 8.8 + 4.5 + 20 = 33.3; 丙 8.5 + 4 + 20 = 32.5; 丁 4 + 5 + 10 = 19
    inputs = {"1/完成": [9, 8.8, 8.5, 4], "2/超期": [None, 1, 2, None], "3/情形": ["好", "好", "好", "中"]}
    return book(tmp_path_factory.mktemp("firm"), inputs, extra=EXTRA)


@pytest.fixture(scope="module")
def found(taken: Snapshot) -> robustness.Robustness:
    return robustness.robustness(taken)


def pair(found: robustness.Robustness, upper: str) -> robustness.Pair:
    return next(pair for pair in found.pairs if pair.upper == upper)


def test_the_smallest_change_that_swaps_two_neighbours(found: robustness.Robustness) -> None:
    first = pair(found, "甲")
    assert (first.lower, first.rank, first.gap) == ("乙", 1, Decimal("0.7"))
    # 甲 below 33.3 needs 8.3 − a hundredth of a point: 8.29, 0.71 of 9; 乙 above 34 needs 9.51, 0.71 of 8.8
    assert [(c.unit, c.what, c.was) for c in first.numbers] == [("甲", "1 投资", "9"), ("乙", "1 投资", "8.8")]
    assert Decimal("8.2") <= Decimal(first.numbers[0].then) < Decimal("8.3")
    assert Decimal("9.5") < Decimal(first.numbers[1].then) <= Decimal("9.6")
    assert first.numbers[0].share == (9 - Decimal(first.numbers[0].then)) / 9
    assert [str(c) for c in first.events] == ["甲的“2 办件”由 没有填 变成 2", "甲的“3 评议”由 好 变成 中"]
    assert first.verdict == "一项之差"


def test_units_are_held_against_each_other_by_what_they_are_ranked_by(tmp_path: Path) -> None:
    barred = (
        "- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: 10}\n- {id: 否, name: 否决, rule: veto, grade: 差, when: [造假]}"
    )
    ranked = 'quantities: {排名用分: "if(造假 > 0, 0, 总分)"}\nrank_by: 排名用分'
    made = book(tmp_path, {"1/完成": [9, 8, 7, 6], "否/造假": [1, None, None, None]}, barred, extra=ranked)
    found = robustness.robustness(made)
    # 8, 7, 6 and, for all its 9 points, 0
    assert [(one.upper, one.lower, int(one.gap)) for one in found.pairs] == [("乙", "丙", 1), ("丙", "丁", 1), ("丁", "甲", 6)]
    assert "甲的“否 否决”由 1 变成 0" in [str(change) for change in pair(found, "丁").events]


def test_what_cannot_change_a_place_is_firm(found: robustness.Robustness) -> None:
    third = pair(found, "丙")
    # 13.5 points ahead of 丁: a choice is worth 12 points at most, the investment 1.7
    assert (third.numbers, third.events, third.readings, third.verdict) == ([], [], [], "稳")
    assert found.places["丁"].events == (4, 4)
    assert found.places["甲"].events == (1, 3)  # 34 − 12 = 22
    assert found.places["甲"].small == (1, 1)


def test_readings_that_swap_two_neighbours_are_named(tmp_path: Path) -> None:
    # by half a point: 甲 9 + 4 = 13, 乙 7.5 + 5 = 12.5; by two points each: 甲 9 + 1 = 10
    made = book(tmp_path, {"1/完成": [9, 7.5, 1, 1], "2/超期": [2, None, None, None], "3/情形": ["差"] * 4}, extra=EXTRA)
    found = robustness.robustness(made)
    assert pair(found, "甲").readings == ["“超期的分”取“两分”"]
    assert found.places["甲"].readings == (1, 2)
    assert pair(found, "丙").verdict == "并列"


def test_a_score_that_does_not_grow_with_its_number_is_not_passed_over(tmp_path: Path) -> None:
    # two points only from 95 to 100 and none beyond: nearer and farther away there is nothing
    text = """
    - {id: 1, name: 比率, points: 5, rule: formula, inputs: {率: {ask: quantity}}, figures: {起: 101, 止: 103, 分: 2},
       score: "if_(率 >= 起 and 率 <= 止, 分, 0)"}
    """
    found = robustness.robustness(book(tmp_path, {"1/率": [102, 100]}, text, units="[甲, 乙]"))
    [only] = found.pairs
    # 甲 loses its two points just below 101 or above 103: both less than a hundredth away; equal is no swap
    assert only.numbers == []
    text = text.replace("0)", "起 - 起)") + "- {id: 2, name: 基础, points: 5, rule: direct}"
    found = robustness.robustness(book(tmp_path, {"1/率": [102, 100], "2/评分": [3, 4]}, text, units="[甲, 乙]"))
    [only] = found.pairs
    assert {change.unit for change in only.numbers} == {"甲", "乙"}
    assert all(change.share <= Decimal("0.011") for change in only.numbers)


def test_values_that_may_not_be_typed_are_not_tried(tmp_path: Path) -> None:
    # only a mark above its highest could swap them
    text = "- {id: 1, name: 评议, points: 10, rule: direct}\n- {id: 2, name: 投资, points: 5, rule: ratio, target: 1}"
    found = robustness.robustness(book(tmp_path, {"1/评分": [10, 9.9], "2/完成": [1, 0]}, text, units="[甲, 乙]"))
    assert all(change.unit != "乙" for change in found.pairs[0].numbers)


def test_what_was_not_tried_is_told(taken: Snapshot) -> None:
    found = robustness.robustness(taken, most=2000)
    assert 0 < found.tried < found.cells
    assert f"{found.cells} 个数试了 {found.tried} 个，其余没有试" in robustness.limits(found)


def test_without_places_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoAccount, match="还没有一个单位填完"):
        robustness.robustness(book(tmp_path, {}))


def test_the_commands(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    inputs = {"1/完成": [9, 8.8, 8.5, 4], "2/超期": [None, 1, 2, None], "3/情形": ["好", "好", "好", "中"]}
    own = tiny.book(tiny.text(TEXT, units="[甲, 乙, 丙, 丁]", full="35"), tmp_path / "own.xlsx", tiny.typed(inputs))
    assert cli.run(["robustness", str(own)]) == 0
    assert "第 1 名 甲，比乙高 0.7 分：一项之差" in capfd.readouterr().out
    assert cli.run(["robustness", str(own), "--json"]) == 0
    assert [p["gap"] for p in json.loads(capfd.readouterr().out)["pairs"]] == [0.7, 0.8, 13.5]
    assert cli.run(["robustness", str(own), "-o", str(tmp_path / "r.xlsx")]) == 0
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == ["排名稳不稳"]
    assert cli.run(["analysis", str(own), "--last", str(own), "-o", str(tmp_path / "a.xlsx")]) == 0
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["名次表", "失分", "排名稳不稳"]
    assert cli.run(["analysis", str(tmp_path / "none.xlsx")]) == 2


def test_the_workbook_has_places_losses_and_last_year(taken: Snapshot, tmp_path: Path) -> None:
    # last year: 甲 7 + 5 + 20 = 32, 乙 10 + 5 + 20 = 35
    before = book(tmp_path, {"1/完成": [7, 10], "3/情形": ["好", "好"]}, units="[甲（镇）, 乙]")
    data = analysis.analysis(taken, before)
    assert data == analysis.analysis(taken, before)
    made = openpyxl.load_workbook(io.BytesIO(data))
    rows = [[cell.value for cell in row] for row in made["名次表"].iter_rows(min_row=2, max_row=6)]
    assert rows[1] == [1, "甲", 34, None, 2, 32, "升 1 位", 2]
    assert rows[2][:6] == [2, "乙", 33.3, None, 1, 35]
    assert rows[2][6] == "降 1 位"
    assert rows[4] == [4, "丁", 19, None, "上年没有", None, None, None]
    losses = [[cell.value for cell in row] for row in made["失分"].iter_rows(min_row=4, max_row=6)]
    # 10; 1 + 1.2 + 1.5 + 6 = 9.7; 0.5 + 1
    assert losses[0] == ["3 评议", 1, 10, 10, "丁"]
    assert losses[1] == ["1 投资", 4, 9.7, 2.43, "丁"]
    assert [len(made[name]._charts) for name in made.sheetnames] == [2, 1, 0]
    unlike = book(tmp_path, {"1/完成": [7, 10], "3/情形": ["好", "好"]}, units="[戊, 己]")
    with pytest.raises(NoAccount, match="同名"):
        analysis.analysis(taken, unlike)


def test_last_year_by_what_units_were_called(tmp_path: Path) -> None:
    # last year: 甲 7 + 5 + 20 = 32, 乙 10 + 5 + 20 = 35, 丙 8 + 5 + 20 = 33
    done = {"2/超期": [None] * 4, "3/情形": ["好"] * 4}
    before = book(tmp_path, {"1/完成": [7, 10, 8], **done}, units="[甲, 乙, 丙]")
    now = book(
        tmp_path,
        {"1/完成": [9, 8, 7, 6], **done},
        units="[甲镇, 新街, 丙一, 丙二]",
        extra="formerly: {甲镇: [甲], 新街: [甲, 乙], 丙一: [丙], 丙二: [丙]}",
    )
    now_alone = book(tmp_path, {"1/完成": [9, 8], **done}, units="[甲镇, 新街]", extra="formerly: {甲镇: [甲], 新街: [乙, 丙]}")
    rows = ranking(analysis.analysis(now_alone, before))
    assert rows[0] == [analysis.APART, *[None] * 7]
    assert rows[2] == [1, "甲镇（上年甲）", 34, None, 3, 32, "升 2 位", 2]
    assert rows[3] == [2, "新街", 33, None, "乙 1、丙 2", "35.00、33.00", "合并", None]
    rows = ranking(analysis.analysis(now, before))
    assert [row[4:7] for row in rows[2:6]] == [
        ["甲 3", "32.00", "拆分"],
        ["甲 3、乙 1", "32.00、35.00", "合并"],
        ["丙 2", "33.00", "拆分"],
        ["丙 2", "33.00", "拆分"],
    ]


def ranking(data: bytes) -> list[list[object]]:
    """The rows of 名次表 below its title."""
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data))["名次表"].iter_rows(min_row=2, max_col=8)]


def test_text_stays_text(tmp_path: Path) -> None:
    written = tiny.text(TEXT, units="[甲, 乙]", full="35").replace("小考核", "=1+1")
    path = tiny.book(written, tmp_path / "b.xlsx", tiny.typed({"1/完成": [7, 10], "3/情形": ["好", "好"]}))
    sheet = openpyxl.load_workbook(io.BytesIO(analysis.analysis(snapshot.take(path))))["名次表"]
    [cell] = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert (cell.value, cell.data_type) == ("=1+1名次表", "s")
