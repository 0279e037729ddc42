"""两年对比 and 新办法试算 as workbooks.

Requirements: what `diff` and `what-if` say, a row each, with what was merged told and both former results beside the new one; what
could not be carried over has a sheet; the same bytes every time; text stays text.
"""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from test_years import NEW, OLD, outcome

from addin import year_papers
from addin.cli import run
from generator.scheme.load import loads


def rows(data: bytes, sheet: str) -> list[list[object]]:
    """The rows of a sheet below its title."""
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(min_row=2)]


def test_a_row_for_each_difference() -> None:
    data = year_papers.difference_book(loads(OLD), loads(NEW))
    assert data == year_papers.difference_book(loads(OLD), loads(NEW))
    found = rows(data, "两年对比")
    assert found[0][0] == "另有 3 处文字只是年度改了，没有列出。"  # title, 评价 and 事故
    assert found[1] == ["部分", "指标", "哪一项", "单位", "原来（2019）", "现在（2020）"]
    assert ["指标", "1 投资", "目标", "丙镇", "10", "5"] in found
    assert openpyxl.load_workbook(io.BytesIO(data))["两年对比"].auto_filter.ref == f"A3:F{len(found) + 1}"
    assert rows(year_papers.difference_book(loads(OLD), loads(OLD)), "两年对比")[0][0] == "两个方案没有不同。"


def test_totals_places_and_scores_before_and_after() -> None:
    data = year_papers.what_if_book(loads(OLD), loads(NEW), outcome(NEW))
    found = rows(data, "新办法试算")
    # as worked out in test_years: 6.5 → 9 and 8 → 5.5
    assert [row[:7] for row in found[4:7]] == [
        ["丙镇（原甲镇）", 6.5, 9, 2.5, 2, 1, "升 1 位"],
        ["乙镇", 8, 5.5, -2.5, 1, 2, "降 1 位"],
        ["丁镇", "新单位", "算不出", None, None, None, None],
    ]
    assert rows(data, "得分变了的")[1:] == [["丙镇", "1", "投资", 2.5, 5, 2.5], ["乙镇", "1", "投资", 5, 2.5, -2.5]]
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["新办法试算", "得分变了的"]


def test_merged_units_are_told_with_both_former_results() -> None:
    new = OLD.replace("units: [甲镇, 乙镇]", "units: [丙镇]\nformerly: {丙镇: [甲镇, 乙镇]}").replace("[10, 20]", "[30]")
    data = year_papers.what_if_book(loads(OLD), loads(new), outcome(new))
    found = rows(data, "新办法试算")
    how = "数量、次数相加，评分、比例等不能相加的没有带过来；原来的总分、位次分别写出"
    assert f"合并的单位 1 个，{how}：丙镇（原甲镇、乙镇）" in [row[0] for row in found]
    [merged] = [row for row in found if row[0] == "丙镇（原甲镇、乙镇）"]
    assert merged[1] == "6.50、8.00"
    assert (merged[4], merged[6]) == ("2、1", "合并")
    assert rows(data, "带不过来的数")[1:] == [
        ["甲镇", "2", "评分", "4", "合并前几个单位的数不能相加"],
        ["乙镇", "2", "评分", "3", "合并前几个单位的数不能相加"],
    ]


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.yaml").write_text(OLD.replace("投资", "=投资"), encoding="utf-8")
    (tmp_path / "new.yaml").write_text(NEW, encoding="utf-8")
    made = tmp_path / "对比.xlsx"
    assert run(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "-o", str(made)]) == 0
    assert str(made) in capsys.readouterr().out
    cells = [cell for row in openpyxl.load_workbook(made)["两年对比"].iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert {cell.data_type for cell in cells} == {"s"}
