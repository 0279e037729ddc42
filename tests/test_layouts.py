"""Where things stand: units side by side, one row a unit, one sheet a unit, lists, tables to look things up in.

Requirements: the layout chooses a sensible form; every layout holds every cell once; cells are found again by their
keys after rows were inserted, columns moved and sheets renamed; filling, scoring, checking and recomputing do the same
on each; what is the same for all stands once; ranks reach across sheets and sums over lists; long sheets fold; heads are
printed on every page; sheet names are what Excel allows; a sheet that is gone is told; the look-up works.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tiny
from openpyxl.worksheet.worksheet import Worksheet

from addin import actions
from addin.workbooks import explanation, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.explanation import NotExplained
from generator.layout.addresses import address
from generator.layout.grid import lone_figure
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.lines.line import Figure
from generator.plan.planner import make_plan
from generator.problems import SourceError
from generator.scheme import load
from generator.sheets.book import compose
from generator.sheets.scoring import figure_format
from generator.sheets.sheet import Formula
from generator.value import Value
from generator.verification import compare, libreoffice_engine
from generator.xlsx import writer
from generator.xlsx.package import Package

MATRIX = tiny.text(
    """
    - name: 业务
      children:
      - {id: 1, name: 投资, points: 10, rule: ratio, target: [4, 8, 5]}
      - {id: 2, name: 安全, points: 5, rule: deduct, events: [{what: 事故, each: 1}]}
    - {id: 3, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}
    """,
    full="20",
    extra="quantities: {最多: 'over_units(max, 业务分)', 业务分: score('业务')}",
)
BOOKS = {"matrix": MATRIX, "units": tiny.UNITS, "list": tiny.LISTED, "rows": tiny.ROWS}
VALUES = {
    "matrix": "甲: {1: 2, 2: {事故: 1}, 3: 4}\n乙: {1: 8, 3: 无}\n丙: {1: 10, 3: 5}",
    "units": """
甲镇: {上报数: 4, 1: 2, 4: 好, x1: {迟报: 1}, x3: {退回: 1}}
乙镇: {上报数: 8, 2: {死亡: 3}, 4: 差}
丙局: {上报数: 2, 3: 75, 4: 好, x1: {迟报: 2, 退回: 3}}
丁局: {上报数: 0, 3: 90, 4: 差, x3: {迟报: 1}}
""",
    "rows": """
"*": {总件数: 10}
甲镇: {1: 2, 2: 5%, 3: {事故: 1}, 4: {上半年: 4, 下半年: 6}, 5: 4, 6: 2, x1: {迟报: 1}}
乙镇: {1: 8, 2: 4%, 4: {上半年: 10, 下半年: 20}, 5: 无, 6: 0, x2: {退回: 2}}
丙街: {1: 4, 2: 8%, 4: {上半年: 0, 下半年: 5}, 5: 5, 6: 10}
丁街: {1: 6, 2: 3%, 4: {上半年: 2, 下半年: 2}, 5: 3, 6: 5, x2: {迟报: 9}}
""",
    "list": '"*": {总件数: 10}\n甲镇: {1: 2, y1: {超期: 1}, y2: {退件: 4}}\n乙镇: {1: 0, y3: {超期: 9}}',
}
TOTALS = {
    # 甲 10 × 2 ÷ 4 + 4 + 4; 乙 10 + 5 + the average (4 + 5) ÷ 2; 丙 10 + 5 + 5
    "matrix": {"甲": 13, "乙": 19.5, "丙": 20},
    # 甲镇 5 + 5 + (2 + 2.5); 乙镇 10 − 1.5 + 2 + (3 + 3); 丙局 6 + 5 + (0 + 3); 丁局 10 + 2 + 2
    "units": {"甲镇": 14.5, "乙镇": 16.5, "丙局": 14, "丁局": 14},
    # 甲镇 10 − 2 ÷ 10 × 10 + 2 + 1; 乙镇 10 + 3 + 0
    "list": {"甲镇": 11, "乙镇": 13},
    # 甲镇 (10 × 2 ÷ 4 + 5 × 4% ÷ 5% + 4) + (40% × 2 + 60% × 3) + 4 + (5 − 2 ÷ 10 × 5) + 2
    # 乙镇 (10 + 5 + 5) + 5 + the average (4 + 5 + 3) ÷ 3 + 5 + 2; 丙街 (8 × 4 ÷ 5 + 2.5) + 60% × 2.5 + 5 + 0 + 3
    # 丁街 (8 + 5) + 1 + 3 + 2.5 + 0
    "rows": {"甲镇": 25.6, "乙镇": 36, "丙街": 18.4, "丁街": 19.5},
}


def lay_out(text: str) -> Layout:
    return compose(load.loads(text, "tiny.yaml")).layout


def filled(name: str, folder: Path) -> Path:
    """A book with the values put in by hand, as an official would leave it."""
    text = BOOKS[name]
    book = tiny.book(text, folder / f"{name}.xlsx")
    given = folder / "values.yaml"
    values = "".join(f"  {line}\n" for line in VALUES[name].strip().splitlines())
    given.write_text(f"scheme: {load.loads(text).scheme.id}\nvalues:\n{values}", encoding="utf-8")
    actions.fill(book, given)
    return book


def totals(book: Path) -> dict[str, object]:
    return {unit: None if r.total is None else float(r.total) for unit, r in actions.score(book).units.items()}


# Placing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOOKS)
def test_every_line_of_every_unit_has_one_cell(name: str) -> None:
    layout = lay_out(BOOKS[name])
    seen = set()
    for line in layout.plan.lines.values():
        for unit in range(len(layout.plan.units)):
            place = layout.place(line.key, unit) if not line.shared else None
            if place is not None:
                assert place not in seen, (line.key, unit)
                seen.add(place)
            else:  # no cell anywhere: the line is the same for all, or the unit is not in the indicator
                assert line.shared or line.constant(unit) == "－" or line.formula is not None or lone_figure(line)
    assert len(seen) > 20


def test_units_side_by_side() -> None:
    [grid] = lay_out(MATRIX).grids
    assert isinstance(grid, Matrix)
    assert [grid.unit_columns[u] for u in range(3)] == list(range(grid.first_unit, grid.first_unit + 3))
    assert list(grid.rows) == list(lay_out(MATRIX).plan.lines)  # one below the other, in the order of the scheme
    assert sorted(grid.rows.values()) == list(grid.rows.values())


def test_one_sheet_a_unit_has_only_what_concerns_the_unit() -> None:
    layout = lay_out(tiny.UNITS)
    assert layout.by_unit
    assert [grid.sheet for grid in layout.grids] == ["甲镇", "乙镇", "丙局", "丁局"]
    shown = [{b.id for b in grid.blocks if b.kind == "indicator"} for grid in layout.grids]
    assert shown == [{"1", "4"}, {"2", "4"}, {"3", "4"}, {"3", "4"}]
    assert all("合计/总分" in grid.rows for grid in layout.grids)


def test_a_list_has_a_row_for_each_item_and_unit_that_carries_it() -> None:
    [listing] = lay_out(tiny.UNITS).lists
    assert listing.sheet == "项目清单"
    entries = [(block.id, layout_unit) for block, layout_unit in listing.entries]
    assert entries == [("x1", 0), ("x1", 2), ("x2", 1), ("x3", 0), ("x3", 1), ("x3", 2), ("x3", 3)]
    assert [listing.row_of[e] for e in entries] == list(range(listing.first_row, listing.first_row + 7))
    assert set(listing.columns) == {"number", "name", "unit", "迟报", "退回", "points", "得分"}


@pytest.mark.parametrize(
    ("units", "carried", "more", "by_unit"),
    [
        (8, 1, "", True),  # each its own indicator: 1 of 8 is carried
        (7, 1, "", False),  # few units
        (8, 3, "", False),  # 3 of 8 are more than 30%
        (10, 2, "", True),
        (10, 3, "", False),
        (8, 1, "layout: matrix", False),
        (3, 3, "layout: units", True),
        (8, 1, 'inputs: {总数: {for: "*"}}', False),  # one figure for all has its place on one sheet
    ],
)
def test_which_layout_is_taken(units: int, carried: int, more: str, by_unit: bool) -> None:
    names = [f"单位{i}" for i in range(units)]
    indicators = "\n".join(
        f"- {{id: {i}, name: 指标, points: 1, rule: direct, for: [{', '.join(names[(i + k) % units] for k in range(carried))}]}}"
        for i in range(units)
    )
    layout = lay_out(tiny.text(indicators, units=f"[{', '.join(names)}]", full="null", extra=more))
    assert layout.by_unit == by_unit
    assert len(layout.grids) == (units if by_unit else 1)


# One row a unit -------------------------------------------------------------------------------------------------------


def roster(text: str) -> Roster:
    [grid] = lay_out(text).grids
    assert isinstance(grid, Roster)
    return grid


def many(units: int, indicators: list[str], extra: str = "") -> str:
    """A scheme of many units; every indicator has 5 points."""
    nodes = "\n".join(f"- {{id: {i}, name: 指标{i}, points: 5, {rule}}}" for i, rule in enumerate(indicators))
    return tiny.text(nodes, units="[" + ", ".join(f"单位{i}" for i in range(units)) + "]", full="null", extra=extra)


DIRECT = "rule: direct"
"""Two lines: 评分, 得分."""
OWN_TARGETS = "rule: ratio, target: [" + ", ".join(map(str, range(1, 16))) + "]"
LONG_NAMES = ", ".join(f"{nth}个名称长得要占满一整列宽度的填报数量: {{}}" for nth in "一二三")
LONG = f"rule: formula, inputs: {{{LONG_NAMES}}}, score: 分值"


@pytest.mark.parametrize(
    ("units", "indicators", "extra", "rows"),
    [
        (15, [DIRECT] * 3, "", True),
        (14, [DIRECT] * 3, "", False),  # few enough to stand side by side
        (15, [DIRECT] * 6, "", True),  # 12 lines, and 未填项数, 总分, 位次
        (15, [DIRECT] * 7, "", False),  # 17 columns are too many
        (15, ["rule: ratio, target: 3"] * 6, "", True),  # the same target for all stands above, once
        (15, [OWN_TARGETS] * 6, "", False),
        (15, [LONG] * 3, "", False),  # 15 columns, but wider than a page
        (60, [DIRECT] * 3, "layout: matrix", False),
        (3, [DIRECT] * 9, "layout: rows", True),
    ],
)
def test_one_row_a_unit_where_units_are_many_and_lines_few(units: int, indicators: list[str], extra: str, rows: bool) -> None:
    layout = lay_out(many(units, indicators, extra))
    assert [isinstance(grid, Roster) for grid in layout.grids] == [rows]


def test_indicators_side_by_side_and_a_groups_sum_after_them() -> None:
    grid = roster(tiny.ROWS)
    assert list(grid.columns.values()) == list(range(2, 2 + len(grid.columns)))
    assert list(grid.columns)[:13] == [
        *("number", "group", "units", "总件数/数", "1/分值", "1/目标", "1/完成", "1/得分", "2/完成", "2/得分", "3/事故", "3/得分"),
        "业务/小计",
    ]
    assert [grid.unit_rows[u] for u in range(4)] == list(range(grid.first_row, grid.first_row + 4))
    spans = {block.heading: (first, last) for block, first, last in grid.spans if block.kind == "group"}
    assert spans["业务"] == (grid.columns["1/分值"], grid.columns["业务/小计"])
    assert spans["办件"] == (grid.columns["4@上半年/办件量"], grid.columns["办件/小计"])


def test_what_is_the_same_for_all_units_stands_once_above_them() -> None:
    """A target, a constant, the weights of the periods: with their names, locked; a figure for all that is asked for, open."""
    book = compose(load.loads(tiny.ROWS, "tiny.yaml"))
    grid = roster(tiny.ROWS)
    assert grid.above == {
        "2/目标": "2/完成",
        "4@上半年/每": "4@上半年/得分",
        "4@下半年/每": "4@下半年/得分",
        "办件/上半年权重": "办件@上半年/小计",
        "办件/下半年权重": "办件@下半年/小计",
    }
    sheet = next(s for s in book.sheets if s.name == grid.sheet)
    above = {key: sheet.cells[grid.rows["standard"], grid.column(key)] for key in ("2/目标", "4@下半年/每", "办件/下半年权重", "3/事故")}
    assert [(box.content, box.format, box.locked) for box in above.values()] == [
        (Decimal("0.04"), '"目标"0%', True),
        (Decimal(2), '"每"General', True),
        (Decimal("0.6"), '"下半年权重"0%', True),
        (Decimal(1), '"每次扣"General', True),
    ]
    assert sheet.cells[grid.at("总件数/数", -1)].locked is False
    assert f"{grid.cell('2/完成', 1)}" in sheet.formulas[grid.cell("2/得分", 1)].text
    assert grid.fixed("2/目标", "standard") in sheet.formulas[grid.cell("2/得分", 1)].text


def test_one_formula_a_column_all_the_way_down() -> None:
    book = compose(load.loads(tiny.ROWS, "tiny.yaml"))
    grid = roster(tiny.ROWS)
    texts = next(s for s in book.sheets if s.name == grid.sheet).formulas
    for line in grid.lines:
        if line.formula is None or not grid.has(line.key):
            continue
        own = [
            re.sub(rf"(?<=[A-Z]){grid.unit_rows[u]}\b", "#", texts[grid.cell(line.key, u)].text)
            for u in (0, 1)  # of one group
            if line.constant(u) is None
        ]
        assert len(set(own)) == 1, own


def test_a_sum_over_a_list_and_a_rank_within_a_group() -> None:
    book = compose(load.loads(tiny.ROWS, "tiny.yaml"))
    grid = roster(tiny.ROWS)
    texts = next(s for s in book.sheets if s.name == grid.sheet).formulas
    name = f"$D{grid.unit_rows[2]}"
    assert f"$E$6:$E$9,{name})" in texts[grid.cell("项目/小计", 2)].text
    letters = re.sub("[0-9]", "", grid.cell("合计/总分", 2))
    first, last = grid.unit_rows[2], grid.unit_rows[3]
    assert f"RANK({letters}{first},{letters}${first}:{letters}${last})" in texts[grid.cell("合计/位次", 2)].text


def tampered(folder: Path, change: Callable[[Worksheet, Roster], None]) -> tuple[list[tuple[str, str]], bool]:
    """What a check says of the rows and columns after a change, and whether every input is still found."""
    book = filled("rows", folder)
    actions.recompute(book)
    [grid] = snapshot.take(book).layout.grids
    assert isinstance(grid, Roster)
    after = opened(book, lambda file: change(file[grid.sheet], grid))
    found = [(f.code, f.unit) for f in actions.check(after).findings if f.code.startswith(("row-", "column-", "label-", "parameter-"))]
    return found, inputs(after) == inputs(book)


def copy_row(sheet: Worksheet, row: int, to: int) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(to, column).value = sheet.cell(row, column).value


def sort_rows(sheet: Worksheet, one: int, other: int) -> None:
    for column in range(1, sheet.max_column + 1):
        a, b = sheet.cell(one, column), sheet.cell(other, column)
        a.value, b.value = b.value, a.value


def test_units_deleted_inserted_copied_and_sorted_are_told(tmp_path: Path) -> None:
    assert tampered(tmp_path, lambda s, g: s.delete_rows(g.unit_rows[1])) == ([("row-missing", "乙镇")], False)
    assert tampered(tmp_path, lambda s, g: s.insert_rows(g.unit_rows[1])) == ([("row-added", "")], True)
    assert tampered(tmp_path, lambda s, g: copy_row(s, g.unit_rows[1], g.last_row + 5)) == ([("row-duplicated", "乙镇")], True)
    assert tampered(tmp_path, lambda s, g: sort_rows(s, g.unit_rows[1], g.unit_rows[2])) == ([("row-moved", "乙镇")], True)


def test_lines_deleted_inserted_and_moved_are_told(tmp_path: Path) -> None:
    gone, found = tampered(tmp_path, lambda s, g: s.delete_cols(g.columns["1/完成"]))
    assert (gone, found) == ([("column-missing", "")], False)
    assert tampered(tmp_path, lambda s, g: s.insert_cols(g.columns["1/完成"])) == ([], True)
    assert tampered(tmp_path, lambda s, g: swap(s, g.columns["1/完成"], g.columns["3/事故"])) == ([("column-moved", "")], True)


def test_a_changed_target_of_all_units_is_put_back(tmp_path: Path) -> None:
    book = filled("rows", tmp_path)
    actions.recompute(book)
    [grid] = snapshot.take(book).layout.grids
    assert isinstance(grid, Roster)
    at = address(grid.rows["standard"], grid.column("2/目标"))
    pack = Package.open(book)
    pack.sheet(grid.sheet).set(at, Decimal("0.05"))
    book.write_bytes(pack.to_bytes())
    assert [(f.code, f.cell, f.indicator) for f in actions.check(book).findings] == [("parameter-changed", at, "2")]
    actions.recompute(book)
    assert actions.check(book).findings == []


def test_faults_are_listed_unit_by_unit(tmp_path: Path) -> None:
    values = tiny.typed(
        {"总件数/数": 10, "1/完成": [2, None, 4, 6], "2/完成": [Decimal("0.05"), "约5", Decimal("0.08"), Decimal("0.03")]}
        | {"4@上半年/办件量": [4, 10, 0, 2], "4@下半年/办件量": [6, 20, 5, 2], "5/评分": [4, "无", 5, 3], "6/差评": [2, 0, None, 5]}
    )
    book = compose(load.loads(tiny.ROWS, "tiny.yaml"), values)
    listed = next(s for s in book.sheets if s.name == "校验")
    [grid] = book.layout.grids
    shown = [
        tuple(box.content.value if isinstance(box.content, Formula) else box.content for box in (listed.cells[row, c] for c in range(3, 8)))
        for row in (5, 6, 7)
    ]
    assert [s[:4] for s in shown] == [
        (grid.cell("1/完成", 1), "乙镇", "1 投资", "完成"),
        (grid.cell("2/完成", 1), "乙镇", "2 失业率", "完成"),
        (grid.cell("6/差评", 2), "丙街", "6 群众意见", "差评"),
    ]
    assert [s[4] for s in shown][::2] == ["未填写", "未填写"]
    assert listed.cells[8, 2].content.value is None  # type: ignore[union-attr]


def test_a_cell_says_whose_score_it_is(tmp_path: Path) -> None:
    taken = snapshot.take(filled("rows", tmp_path))
    [grid] = taken.layout.grids
    assert isinstance(grid, Roster)

    def told(at: str) -> str:
        return explanation.told(explanation.explain_cell(taken, grid.sheet, at))[0]

    assert told(grid.cell("2/完成", 1)) == "乙镇｜2 失业率"
    assert told(grid.cell("合计/位次", 3)) == told(address(grid.unit_rows[3], grid.columns["units"]))
    with pytest.raises(NotExplained, match="不属于哪一个单位"):
        told(address(grid.head["label"], grid.columns["2/完成"]))
    with pytest.raises(NotExplained, match="不是得分"):
        told(address(grid.title_row, grid.columns["units"]))


def test_many_units_are_printed_upright_with_their_head_on_every_page(tmp_path: Path, soffice: str) -> None:
    text = many(60, ["rule: ratio, target: 3", "rule: deduct, events: [{what: 事故, each: 1}]", DIRECT])
    made = make_plan(load.loads(text).scheme)
    book = compose(load.loads(text), tiny.sensible(made))
    [grid] = book.layout.grids
    sheet = next(s for s in book.sheets if s.name == grid.sheet)
    assert (sheet.landscape, sheet.column_breaks, sheet.title_columns) == (False, [], None)
    assert sheet.title_rows == (grid.title_row, grid.first_row - 1)
    assert sheet.freeze == address(grid.first_row, grid.head_column + 1)
    writer.write(book, tmp_path / "b.xlsx")
    [pdf] = libreoffice_engine.convert([tmp_path / "b.xlsx"], "pdf", tmp_path)
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = [page for page in said.split("\f") if "评分表" in page]
    assert len(pages) == len(sheet.row_breaks) + 1 == 2
    assert all(word in page for page in pages for word in ("指标0", "计分办法", "目标3", "每次扣1", "被考核单位"))
    assert sorted(unit for page in pages for unit in re.findall(r"单位\d+", page)) == sorted(made.units)
    assert "盖章" in pages[-1]


def test_too_many_lines_go_on_on_another_page_between_two_indicators() -> None:
    book = compose(load.loads(many(20, [OWN_TARGETS.replace("15]", "15, 16, 17, 18, 19, 20]")] * 12, "layout: rows")))
    [grid] = book.layout.grids
    assert isinstance(grid, Roster)
    sheet = next(s for s in book.sheets if s.name == grid.sheet)
    assert sheet.landscape
    assert sheet.title_columns == (grid.first_visible, grid.head_column)
    assert sheet.column_breaks
    assert set(sheet.column_breaks) <= {last for _, _, last in grid.spans}


def test_one_figure_for_all_has_no_place_on_sheets_of_units() -> None:
    text = tiny.text("- {id: 1, name: 甲, points: 1, rule: direct}", extra='layout: units\ninputs: {总数: {for: "*"}}')
    with pytest.raises(SourceError, match="不能每个单位一张表"):
        lay_out(text)


def listed(children: str, extra: str = "") -> str:
    return tiny.text(f"- {{id: 清单, name: 清单, form: list, children: [{children}]}}", full="null", extra=extra)


ITEM = "rule: deduct, points: 3, events: [{what: 迟报, each: 1}]"


@pytest.mark.parametrize(
    ("children", "extra", "message"),
    [
        ("{id: 1, name: 甲, rule: direct, points: 1}, {id: 2, name: 乙, rule: all_or_nothing, points: 1}", "", "与第一项不同"),
        ("{id: 1, name: 甲, rule: direct, points: 1}, {id: 2, name: 乙, rule: direct, points: 2}", "", "与第一项不同"),
        (f"{{id: 1, name: 甲, {ITEM}, for: [甲], no_task: full}}", "", "no_task: full"),
        (f"{{id: 1, name: 甲, {ITEM}, for: [甲]}}", "quantities: {得: score('1')}", "“1”不能单独用在别处的公式里"),
        (f"{{id: 1, name: 甲, {ITEM}}}", "quantities: {得: \"rank('1/得分')\"}", "“1”不能单独用在别处的公式里"),
        (f"{{id: 1, name: 甲, {ITEM}, for: [甲]}}", "quantities: {得: \"of_unit('乙', '1/得分')\"}", "“1”不能单独用在别处的公式里"),
    ],
)
def test_lists_that_cannot_be(tmp_path: Path, children: str, extra: str, message: str) -> None:
    """An item has a row only where a unit carries it, and all items have the same columns."""
    path = tmp_path / "tiny.yaml"
    path.write_text(listed(children, extra), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        actions.load_scheme(str(path))


@pytest.mark.parametrize(
    ("children", "extra"),
    [
        ("{id: 1, name: 甲, rule: direct, points: 5}, {id: 2, name: 乙, rule: direct, points: 5, for: [甲]}", ""),
        ("{id: 1, name: 甲, rule: ratio, target: 3, points: 2, for: [乙]}, {id: 2, name: 乙, rule: ratio, target: 3, points: 5}", ""),
        (
            f"{{id: 1, name: 甲, {ITEM}, only_if: 有}}, {{id: 2, name: 乙, {ITEM}, only_if: 有, for: [甲]}}",
            "facts: [{id: 有}]\nlayout: units",
        ),
        (f"{{id: 1, name: 甲, {ITEM}, for: [甲]}}", "layout: units"),  # two units have nothing at all to do
        (f"{{id: 1, name: 甲, {ITEM}, for: [甲]}}", "quantities: {得: \"of_unit('甲', '1/得分')\", 和: score('清单')}"),
        (
            "{id: 1, name: 甲, rule: formula, points: 9, inputs: {数: {}}, figures: {每: 3}, quantities: {倍: 数 * 每}, score: 倍}, "
            "{id: 2, name: 乙, rule: formula, points: 9, inputs: {数: {}}, figures: {每: 3}, quantities: {倍: 数 * 每}, score: 倍, "
            "for: [丙]}",
            "",
        ),
        (
            f"{{id: 1, name: 甲, {ITEM}, for: {{牵头: [甲], 配合: [乙]}}}}, {{id: 2, name: 乙, {ITEM}, for: {{牵头: [丙]}}}}",
            "roles: {牵头: 1, 配合: 0.5}",
        ),
    ],
)
def test_lists_of_several_rules(children: str, extra: str, soffice: str) -> None:
    report = compare.verify(load.loads(listed(children, extra), "tiny.yaml"), count=4)
    assert [str(d) for d in report.disagreements[:3]] == []


def test_siblings_after_a_nested_group_stay_on_the_outer_list(tmp_path: Path) -> None:
    """A group or a list inside a list ends where it ends; what follows belongs to the outer list again."""
    direct = "rule: direct, points: 1"
    children = f"""{{id: 一, name: 一, {direct}}},
      {{name: 组, children: [{{id: 二, name: 二, {direct}}}]}},
      {{id: 三, name: 三, {direct}}},
      {{id: 内, name: 内, form: list, children: [{{id: 四, name: 四, {direct}}}]}},
      {{id: 五, name: 五, {direct}}}"""
    plan = tiny.plan(f"- {{id: 外, name: 外, form: list, children: [{children}]}}", full="null")
    on = {block.id: block.listed for block in plan.blocks if block.kind == "indicator"}
    assert on == {"一": "外", "二": "外", "三": "外", "四": "内", "五": "外"}


def test_sheet_names_are_what_excel_allows(tmp_path: Path) -> None:
    """At most 31 characters, without []:*?/\\, and unlike each other and the sheets that every book has."""
    units = ["汇总", "甲/乙[丙]:丁", "长" * 40 + "一", "长" * 40 + "二", "李四'的局", "说明"]
    text = tiny.text(
        "- {name: '清单：一/二', form: list, children: [{id: 1, name: 甲, points: 1, rule: direct}]}",
        units=str(units),
        full="null",
        extra="""
        layout: units
        references:
        - {title: "代码/表[一]", columns: [代码, 名称], rows: [[A, 甲]]}
        - {title: 汇总, columns: [代码, 名称], rows: [[B, 乙]]}
        """,
    )
    made = make_plan(load.loads(text).scheme)
    book = tiny.book(text, tmp_path / "b.xlsx", tiny.sensible(made))
    names = openpyxl.load_workbook(book).sheetnames
    assert len({n.lower() for n in names}) == len(names) == 6 + 1 + 2 + len(["说明", "汇总", "校验", "_校验", "_scorebook"])
    assert all(len(n) <= 31 and not set("[]:*?/\\") & set(n) for n in names)
    assert actions.check(book).findings == []


def test_a_group_outside_the_assessment_is_not_ranked() -> None:
    text = tiny.text("- {id: 1, name: 评价, points: 10, rule: direct}", units="{区: [甲, 乙, 丙, 丁], 参照: [戊]}", extra="outside: [参照]")
    file = load.loads(text, "tiny.yaml")
    inputs: dict[tuple[str, int], Value] = {("1/评分", unit): Decimal(9 - unit) for unit in range(5)}
    book = compose(file, inputs)
    [summary] = [s for s in book.sheets if s.name == "汇总"]
    heads = {str(box.content): at for (row, at), box in summary.cells.items() if row == 3}
    assert [summary.cells[row, heads["总分"]].content.value for row in range(4, 9)] == [9, 8, 7, 6, 5]  # type: ignore[union-attr]
    assert [summary.cells[row, heads["位次"]].content.value for row in range(4, 9)] == [1, 2, 3, 4, "－"]  # type: ignore[union-attr]
    titles = [str(box.content) for box in summary.cells.values() if str(box.content).endswith("位次表")]
    assert titles == ["区位次表"]
    assert len(summary.bars) == 1
    guide = next(s for s in book.sheets if s.name == "说明")
    assert "区（4个）、参照（1个，不参加考核）" in [box.content for box in guide.cells.values()]


def test_the_summary_shows_what_the_total_is_put_together_from() -> None:
    extra = """
    figures: {占: 60%, 线: 5}
    quantities: {基础: score("1") * 2, 折算: 基础 * 占, 参考: score("1") + 1, 另算: score("1") - 1}
    score: if(参考 > 线, 折算 + score("1"), 0)
    """
    file = tiny.load("- {id: 1, name: 评价, points: 10, rule: direct}", extra=extra)
    plan = make_plan(file.scheme)
    # 参考 is only compared; 基础 goes into 折算; 另算 is a result of its own
    assert [name for name, _ in plan.parts] == ["折算"]
    assert [name for name, _ in plan.results] == ["另算"]
    [summary] = [s for s in compose(file).sheets if s.name == "汇总"]
    heads = [str(summary.cells[3, at].content) for at in range(3, 10)]
    assert heads == ["序号", "被考核单位", "评价", "折算", "总分", "位次", "另算"]


def test_figures_that_are_shown_with_words() -> None:
    group = """
    - name: 平时
      points: 0
      at_least: -5
      children:
      - {id: 1, name: 事故, points: 0, rule: deduct, floor: null, events: [{what: 事故, each: 2}, {what: 瞒报, each: 4, up_to: 1}]}
    """
    sheet = next(s for s in compose(tiny.load(group, full="null")).sheets if s.name == "填报与计分")
    shown = {(box.content, box.format) for box in sheet.cells.values() if isinstance(box.content, Decimal)}
    assert (Decimal(-5), "General") in shown  # in a row that is called 最低
    assert figure_format(Figure(Decimal(-5), "最低{}")) == '"最低"General;"最低"-General'
    assert (Decimal(2), '"每次扣"General') in shown
    assert (Decimal(4), '"扣"General') in shown
    assert (Decimal(0), "General;-General;") in shown  # no points of its own: nothing is shown


# The same on every layout -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOOKS)
def test_fill_score_check_and_recompute(name: str, tmp_path: Path) -> None:
    book = filled(name, tmp_path)
    assert totals(book) == TOTALS[name]
    assert actions.check(book).findings == []
    tiny.forget_values(book)
    assert {f.code for f in actions.check(book).findings} == {"values-stale"}
    done = actions.recompute(book)
    assert done.changes
    assert actions.check(book).findings == []
    assert totals(book) == TOTALS[name]
    assert actions.recompute(book).changes == []


@pytest.mark.parametrize("name", BOOKS)
def test_the_file_shows_what_libreoffice_works_out(name: str, tmp_path: Path, soffice: str) -> None:
    book = filled(name, tmp_path)
    with libreoffice_engine.Calculator(book) as calculator:
        rows = calculator.calculate([], ["汇总"])["汇总"]
    column = rows[0].index("total")
    assert {row[0].removeprefix("unit:"): row[column] for row in rows if str(row[0]).startswith("unit:")} == TOTALS[name]
    actions.recompute(book)
    shown = openpyxl.load_workbook(book, data_only=True)["汇总"]
    assert {str(row[0].value).removeprefix("unit:"): row[column].value for row in shown if str(row[0].value).startswith("unit:")} == TOTALS[
        name
    ]


@pytest.mark.parametrize("name", BOOKS)
def test_the_engines_agree(name: str, soffice: str) -> None:
    report = compare.verify(load.loads(BOOKS[name], "tiny.yaml"), count=10, seed=5)
    assert [str(d) for d in report.disagreements[:5]] == []


def opened(book: Path, change: Callable[[Any], None]) -> Path:
    """The book after somebody worked on it in a spreadsheet program; merged cells would stand in openpyxl's way."""
    file = openpyxl.load_workbook(book)
    for sheet in file.worksheets:
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
    change(file)
    file.save(book.with_name("changed.xlsx"))
    return book.with_name("changed.xlsx")


def inputs(book: Path) -> dict[tuple[str, int], Value]:
    return snapshot.take(book).inputs


def scored_sheets(book: Path) -> list[str]:
    return list(snapshot.take(book).sheets)


@pytest.mark.parametrize("name", BOOKS)
def test_inputs_are_found_after_rows_were_inserted(name: str, tmp_path: Path) -> None:
    book = filled(name, tmp_path)
    before = inputs(book)

    def insert(file: Any) -> None:
        for sheet in scored_sheets(book):
            file[sheet].insert_rows(9, 2)
            file[sheet].insert_rows(1)

    after = opened(book, insert)
    assert inputs(after) == before
    assert totals(after) == TOTALS[name]
    assert "row-added" in {f.code for f in actions.check(after).findings}


@pytest.mark.parametrize("name", BOOKS)
def test_inputs_are_found_after_columns_moved(name: str, tmp_path: Path) -> None:
    book = filled(name, tmp_path)
    before = inputs(book)

    def move(file: Any) -> None:
        for sheet in scored_sheets(book):
            file[sheet].insert_cols(8)
            swap(file[sheet], 6, 7)

    after = opened(book, move)
    assert inputs(after) == before
    assert totals(after) == TOTALS[name]


def swap(sheet: Worksheet, one: int, other: int) -> None:
    """Two columns change places."""
    for row in range(1, sheet.max_row + 1):
        a, b = sheet.cell(row, one), sheet.cell(row, other)
        a.value, b.value = b.value, a.value


@pytest.mark.parametrize("name", BOOKS)
def test_a_renamed_sheet_is_found_and_told(name: str, tmp_path: Path) -> None:
    book = filled(name, tmp_path)
    before = inputs(book)
    first = scored_sheets(book)[0]

    def rename(file: Any) -> None:
        file[first].title = "改过的名称"

    after = opened(book, rename)
    assert inputs(after) == before
    [found] = [f for f in actions.check(after).findings if f.code == "sheet-renamed"]
    assert first in found.message


@pytest.mark.parametrize(("name", "sheet"), [("units", "乙镇"), ("units", "项目清单"), ("list", "服务事项清单")])
def test_a_sheet_that_is_gone_is_told_and_the_book_left_alone(name: str, sheet: str, tmp_path: Path) -> None:
    book = filled(name, tmp_path)
    after = opened(book, lambda file: file.remove(file[sheet]))
    found = [f for f in actions.check(after).findings if f.code == "sheet-missing"]
    assert [f.sheet for f in found] == [sheet]
    before = after.read_bytes()
    with pytest.raises(BookError, match="不能重算"):
        actions.recompute(after)
    assert after.read_bytes() == before


def test_a_row_of_a_list_that_is_gone_is_told(tmp_path: Path) -> None:
    book = filled("units", tmp_path)
    row = snapshot.take(book).layout.lists[0].row_of["x2", 1]
    after = opened(book, lambda file: file["项目清单"].delete_rows(row))
    found = [f for f in actions.check(after).findings if f.code == "row-missing"]
    assert [(f.sheet, "乙镇" in f.message) for f in found] == [("项目清单", True)]


# Across sheets ----------------------------------------------------------------------------------------------------------


def test_ranks_reach_across_the_sheets_through_the_summary(tmp_path: Path) -> None:
    book = compose(load.loads(tiny.UNITS, "tiny.yaml"))
    grid = book.layout.grids[0]
    text = next(s for s in book.sheets if s.name == grid.sheet).formulas[grid.cell("率位次/算", 0)].text
    assert "RANK(" in text
    assert "汇总" in text
    summary = next(s for s in book.sheets if s.name == "汇总")
    mirrored = {summary.cells[1, c].content for c in summary.hidden_columns if (1, c) in summary.cells}
    assert "hidden:得分率/算" in mirrored
    result = actions.score(filled("units", tmp_path)).units
    # 4.5 ÷ 8, 6 ÷ 8, 3 ÷ 8, 2 ÷ 8: within the towns second and first, within the offices first and second
    assert [float(r.scores["率位次"] or 0) for r in result.values()] == [2, 1, 1, 2]
    assert [r.grade for r in result.values()] == ["合格", "先进", "先进", "先进"]  # 14.5 < 16.5; 14 = 14


def test_a_units_list_items_are_summed_by_its_name(tmp_path: Path) -> None:
    book = compose(load.loads(tiny.UNITS, "tiny.yaml"))
    grid = book.layout.grids[0]
    text = next(s for s in book.sheets if s.name == grid.sheet).formulas[grid.cell("项目/小计", 0)].text
    assert "SUMIFS('项目清单'!" in text
    scores = {unit: r.scores["项目"] for unit, r in actions.score(filled("units", tmp_path)).units.items()}
    assert scores == {"甲镇": Decimal("4.50"), "乙镇": Decimal(6), "丙局": Decimal(3), "丁局": Decimal(2)}


# Looks --------------------------------------------------------------------------------------------------------------------


def test_a_long_sheet_folds_by_its_groups_and_a_short_one_does_not() -> None:
    months = tiny.text(
        "- {name: 月, periods: [1月, 2月, 3月], children: ["
        + ", ".join(f"{{id: {i}, name: 指标, points: 1, rule: ratio, target: 2}}" for i in range(20))
        + "]}",
        full="null",
    )
    book = compose(load.loads(months))
    grid = book.layout.grids[0]
    sheet = next(s for s in book.sheets if s.name == grid.sheet)
    outline = {key: sheet.outline.get(row, 0) for key, row in grid.rows.items()}
    assert (outline["月/小计"], outline["月@1月/小计"], outline["7@2月/得分"], outline["合计/总分"]) == (0, 1, 2, 0)
    short = compose(load.loads(MATRIX))
    assert all(s.outline == {} for s in short.sheets)


def test_a_list_can_be_filtered_and_keeps_its_head_in_sight() -> None:
    book = compose(load.loads(tiny.UNITS))
    [listing] = book.layout.lists
    sheet = next(s for s in book.sheets if s.name == listing.sheet)
    assert sheet.filter
    assert sheet.title_rows
    assert sheet.freeze == f"F{listing.first_row}"


def test_the_look_up_finds_a_row_by_its_key(tmp_path: Path, soffice: str) -> None:
    book = tiny.book(tiny.LISTED, tmp_path / "b.xlsx")
    with libreoffice_engine.Calculator(book) as calculator:
        for key, found in (("A2", ["民政局", "114"]), ("A1", ["公安局", "110"]), ("A9", ["没有这一项"] * 2), ("", ["", ""])):
            rows = calculator.calculate([("部门代码", 1, 1, [key])], ["部门代码"])["部门代码"]
            assert rows[1][2:4] == found
