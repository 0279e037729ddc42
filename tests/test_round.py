"""From 2019 to 2020 as an office does it, with commands and in Excel: the county's towns, a town renamed, a new one, a new indicator,
other targets, through the definition workbook; then last year's figures under this year's rules.
"""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from addin import actions
from addin.cli import run

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"
TOWNS = "panshan-2019-towns"


def columns(sheet: Worksheet) -> dict[object, int]:
    return {cell.value: cell.column for cell in sheet[2]}


def row_of(sheet: Worksheet, heading: str, value: object) -> int:
    """The first row that has a value in a column."""
    column = columns(sheet)[heading]
    return next(row for row in range(3, sheet.max_row + 1) if sheet.cell(row, column).value == value)


def put(sheet: Worksheet, row: int, cells: dict[str, object]) -> None:
    for heading, value in cells.items():
        sheet.cell(row, columns(sheet)[heading]).value = value


def worked_on(path: Path) -> None:
    """What the office changes."""
    book = openpyxl.load_workbook(path)
    units, figures, tree = book["单位"], book["目标"], book["指标"]
    put(units, row_of(units, "单位或系数", "太平街道"), {"单位或系数": "太平镇"})
    last = row_of(units, "单位或系数", "石新镇")
    units.insert_rows(last + 1)
    put(units, last + 1, {"项目": "单位", "单位或系数": "新城街道"})
    put(units, row_of(units, "项目", None), {"项目": "上一年度的名称", "分组或名称": "太平镇", "单位或系数": "太平街道"})
    figures.cell(2, columns(figures)["太平街道"]).value = "太平镇"
    column = figures.max_column + 1
    figures.cell(2, column).value = "新城街道"
    for row in range(3, row_of(figures, "所属", None)):
        figures.cell(row, column).value = 5
    put(figures, row_of(figures, "所属", "1"), {"胡家镇": 9.2})
    row = row_of(tree, "编号", "23") + 1
    tree.insert_rows(row)
    new = {"层级": 2, "类别": "指标", "编号": "23a", "指标名称": "数字乡村", "分值": 2, "规则": "评分", "考核主体": "县农业农村局"}
    put(tree, row, new)
    book.save(path)


def test_the_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definition, scheme = tmp_path / "2020.xlsx", tmp_path / "panshan-2020-towns.yaml"
    assert run(["next-year", TOWNS, "-o", str(definition)]) == 0
    worked_on(definition)
    assert run(["scheme", "import", str(definition), "-o", str(scheme)]) == 0, capsys.readouterr().out
    capsys.readouterr()

    assert run(["diff", TOWNS, str(scheme)]) == 0
    said = capsys.readouterr().out
    assert "　改名：太平街道 → 太平镇\n　增加：新城街道\n" in said
    assert "　1 固定资产投资\n　　目标：胡家镇 2.30 → 9.20；新城街道 （无） → 5\n" in said
    assert "　23a 数字乡村\n　　新增指标：分值 2；考核主体 县农业农村局；规则 评分\n" in said

    [blank] = actions.generate([str(scheme)], tmp_path)
    assert actions.score(blank).units.keys() >= {"太平镇", "新城街道"}

    [last_year] = actions.generate([TOWNS], tmp_path)
    actions.fill(last_year, DEMO / "towns.values.yaml")
    assert run(["what-if", str(scheme), str(last_year), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    before = actions.score(last_year).units
    # Only 胡家镇 has another target for its 2.25: 5 × 2.25 ÷ 2.30 = 4.89 then, 5 × 2.25 ÷ 9.20 = 1.22 now
    assert {unit: one["scores"] for unit, one in data["units"].items() if one["scores"]} == {"胡家镇": {"1": [4.89, 1.22]}}
    then = before["胡家镇"].total
    assert then is not None
    assert data["units"]["胡家镇"]["after"]["total"] == pytest.approx(float(then) - 4.89 + 1.22)
    assert data["units"]["太平镇"]["after"]["total"] == float(before["太平街道"].total or 0)
    assert data["units"]["新城街道"] == {
        "before": {},
        "after": {"total": None, "rank": None, "grade": None, "complete": False},
        "scores": {},
    }
    assert (data["lost"], data["left_out"], data["apart"]) == ([], ["23a 数字乡村"], ["新城街道"])
