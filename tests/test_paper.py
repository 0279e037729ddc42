"""How large books are laid out for paper: sheets for groups, figures beside rows, bars beside units, a list of all indicators.

Requirements: a group gets a sheet of its own only where one page has no room for all; it shows its own indicators; what all share is
typed once; a figure that is the same for all needs no row; no bars reach over two pages, and no page has only a line to sign
on; a book of before keeps its form; the list of indicators can be filtered and names who assesses.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import tiny

from addin import actions
from generator.layout import design
from generator.layout.addresses import address
from generator.layout.grid import HEAD_ROW, Grid
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.pages import on_pages, paginate
from generator.layout.ranking_pages import Pages, Stretch, table_breaks
from generator.layout.roster import Roster
from generator.layout.spoken import spoken
from generator.lines.input import NO
from generator.lines.keys import GRADE, fact_key
from generator.plan.plan import HEADINGS
from generator.plan.planner import make_plan
from generator.plan.selection import selected
from generator.plan.view import Kind, View
from generator.scheme import load
from generator.sheets.book import Book, compose
from generator.sheets.sheet import Formula, Sheet
from generator.value import ErrorValue


def scheme(each: int, shared: str = "") -> str:
    """Two groups of so many units, each with six indicators of its own and one of both."""
    units = {group: "[" + ", ".join(f"{group}单位{i}" for i in range(each)) + "]" for group in "甲乙"}
    own = "\n".join(
        f"- {{id: {group}{n}, name: {group}指标{n}, points: 5, rule: deduct, at_most: 5, for: [{group}组], assessor: {group}局,"
        " events: [{what: 迟报, each: 1}, {what: 漏报, each: 2}]}"
        for group in "甲乙"
        for n in range(6)
    )
    groups = "{" + ", ".join(f"{group}组: {names}" for group, names in units.items()) + "}"
    return tiny.text(f"{own}\n- {{id: 共, name: 共同, points: 5, rule: direct, assessor: 督考办}}", units=groups, full="null", extra=shared)


def book(text: str) -> Book:
    return compose(load.loads(text, "tiny.yaml"))


def summary_of(made: Book) -> Sheet:
    return next(s for s in made.sheets if s.name == "汇总")


def matrices(layout: Layout) -> list[Matrix]:
    assert all(isinstance(grid, Matrix) for grid in layout.grids)
    return [grid for grid in layout.grids if isinstance(grid, Matrix)]


@pytest.mark.parametrize(("each", "sheets"), [(4, ["填报与计分"]), (14, ["甲组", "乙组"])])
def test_groups_have_sheets_of_their_own_where_a_page_has_no_room_for_all(each: int, sheets: list[str]) -> None:
    layout = book(scheme(each)).layout
    assert [grid.sheet for grid in layout.grids] == sheets
    assert (layout.apart, layout.by_unit) == (len(sheets) > 1, False)
    if layout.apart:
        shown = [{b.id for b in grid.blocks if b.kind == "indicator"} for grid in matrices(layout)]
        assert shown == [{*(f"{group}{n}" for n in range(6)), "共"} for group in "甲乙"]


def test_what_all_share_is_typed_once_and_repeated_where_it_is_needed(tmp_path: Path) -> None:
    text = scheme(14, 'inputs: {上限: {for: "*"}}').replace("name: 共同, points: 5, rule: direct", "name: 共同, points: 5, rule: formula, "
        "inputs: {件数: {high: 上限}}, score: 分值 * 件数 / 上限")  # fmt: skip
    made = book(text)
    first, second = matrices(made.layout)
    [line] = [line for line in made.plan.inputs if line.shared]
    assert made.layout.area(line.key, -1) is first
    here = next(s for s in made.sheets if s.name == second.sheet)
    echo = here.cells[second.rows[line.key], second.columns["standard"]]
    assert isinstance(echo.content, Formula)
    assert echo.locked
    typed = "'甲组'!$" + address(first.rows[line.key], first.columns["standard"])
    assert echo.content.text == f'=IF({typed}="","",{typed})'
    assert not any("!" in (rule.second or "") for rule in here.validations)  # Excel 2007 takes no other sheet there
    [path] = [tiny.book(text, tmp_path / "b.xlsx", {})]
    assert [f.code for f in actions.check(path).findings if f.severity == "error"] == []


def test_a_figure_that_is_the_same_for_all_stands_beside_a_row() -> None:
    text = tiny.text(
        "- {id: 1, name: 甲, points: 5, rule: formula, inputs: {件数: {}}, figures: {每件: 2}, score: 件数 * 每件}", full="null"
    )
    [grid] = matrices(compose(load.loads(text, "tiny.yaml"), design=tiny.of_form(5)).layout)
    assert grid.above == {"1/每件": "1/得分"} or grid.above == {"1/每件": "1/件数"}
    assert "1/每件" not in grid.rows
    before = compose(load.loads(text, "tiny.yaml"), design=tiny.of_form(1))
    assert isinstance(before.layout.grids[0], Grid)
    assert "1/每件" in matrices(before.layout)[0].rows


def test_until_the_third_form_bars_stand_beside_their_rows_on_one_page() -> None:
    made = summary_of(compose(load.loads(scheme(40), "tiny.yaml"), design=tiny.of_form(3)))
    ends = sorted(made.row_breaks)
    assert len(made.charts) >= 2
    for chart in made.charts:
        first, last, _ = chart.names
        assert chart.values[:2] == (first, last)
        assert not any(first <= end < last for end in ends)
        high = sum(made.heights[row] for row in range(first, last + 1))
        assert chart.height_mm <= high / 72 * 25.4 + 0.01


def test_the_list_in_order_of_rank_says_all_that_the_table_says_under_the_same_headings() -> None:
    # 乙 75, 丁 60, 甲 and 丙 40 each, in the order of the table; 戊 is not filled in
    text = tiny.text("- {id: 1, name: 甲, points: 100, rule: direct}", units="[甲, 乙, 丙, 丁, 戊]", full="100")
    file = load.loads(text, "tiny.yaml")
    made = summary_of(compose(file, tiny.typed({"1/评分": [40, 75, 40, 60, None]})))
    rows = [[getattr(made.cells[r, c].content, "value", made.cells[r, c].content) for c in range(3, 10)] for r in range(11, 16)]
    assert rows == [
        [1, "乙", 75, 75, 1, "已填完", None],
        [2, "丁", 60, 60, 2, "已填完", None],
        [3, "甲", 40, 40, 3, "已填完", "位次并列"],
        [4, "丙", 40, 40, 3, "已填完", "位次并列"],
        [5, "戊", None, "未填完", None, "缺1项", "不排名"],
    ]
    assert [made.cells[3, c].content for c in range(3, 10)] == ["序号", "被考核单位", "甲", "总分", "位次", "填报情况", "备注"]
    assert (made.title_rows, made.charts, [bars.range for bars in made.bars]) == ((2, 3), [], ["F11:F15"])


def test_a_list_that_goes_on_on_the_next_page_keeps_its_headings() -> None:
    made = summary_of(book(scheme(40)))
    assert len(made.row_breaks) >= 2
    assert made.title_rows == (2, 3)
    heads = [at for at, box in made.cells.items() if box.content == "被考核单位"]
    assert [row for row, _ in heads] == [3]


def test_where_a_sheet_of_texts_ends_its_pages() -> None:
    """90 characters take 90 × 9.4 × 25.4 ÷ 96 = 223.8 mm of 192: printed at 85 percent, a page holds 274 mm × 0.97 = 753 points of
    paper, 886 of the sheet; at 78 percent, the smallest, 966."""
    now = design.load()
    assert on_pages(now, 90, 500, 300) == (85, False)
    assert on_pages(now, 90, 600, 350) == (79, False)  # 950 points: 753 ÷ 950 = 79.3 percent
    assert on_pages(now, 90, 600, 450) == (85, True)  # two pages, a part on each
    assert on_pages(now, 90, 600, 900) == (83, True)  # 753 ÷ 900 = 83.7 percent, where the second part has room on one
    assert on_pages(now, 90, 600, 1000) == (85, False)  # 75.3 percent is too small


def test_units_in_rows_are_shared_out_evenly() -> None:
    units = "[" + ", ".join(f"单位{n}" for n in range(60)) + "]"
    text = tiny.text("- {id: 1, name: 甲, points: 5, rule: direct}", units=units, full="5", extra="layout: rows")
    [grid] = book(text).layout.grids
    assert isinstance(grid, Roster)
    breaks = paginate(grid, 40.0).row_breaks
    pages = [end - start for start, end in zip([grid.first_row - 1, *breaks], [*breaks, grid.last_row], strict=True)]
    assert len(pages) > 1
    assert sum(pages) == 60
    assert max(pages) - min(pages) <= len(pages) - 1


def test_the_heading_of_a_period_stays_with_what_follows() -> None:
    asked = ", ".join(f"件数{n}: {{ask: count}}" for n in range(7))
    text = tiny.text(
        f"- name: 月度\n  points: 5\n  periods: [{', '.join(f'{n}月' for n in range(1, 13))}]\n  fold: average\n  children:\n"
        f"  - {{id: 1, name: 甲, points: 5, rule: formula, inputs: {{{asked}}}, score: 件数1}}",
        full="5",
    )
    [grid] = matrices(book(text).layout)
    breaks = paginate(grid, 40.0).row_breaks
    headings = {last for block, _, last in grid.spans if block.kind in HEADINGS}
    assert len(breaks) > 1
    assert not headings & {*breaks}


def test_a_sheet_a_little_too_long_is_printed_a_little_smaller() -> None:
    for count in range(20, 60):
        lines = "\n".join(f"- {{id: {n}, name: 甲, points: 1, rule: direct}}" for n in range(count))
        made = book(tiny.text(lines, units="[甲, 乙]", full="null"))
        before = compose(load.loads(tiny.text(lines, units="[甲, 乙]", full="null"), "tiny.yaml"), design=tiny.of_form(3))
        [now], [then] = matrices(made.layout), matrices(before.layout)
        small, large = paginate(now, 40.0), paginate(then, 40.0)
        assert len(large.row_breaks) - len(small.row_breaks) in (0, 1)
        if small.scale is not None:
            assert len(small.row_breaks) < len(large.row_breaks)
            assert small.scale >= 78
            return
    raise AssertionError("no length asks for it")


def test_the_words_of_a_veto_are_words_of_the_grade() -> None:
    plan = tiny.plan(
        "- {id: 1, name: 甲, points: 5, rule: direct}\n- {id: 2, name: 事故, rule: veto, when: [事故], grade: 取消评先评优资格}", full="5"
    )
    assert spoken(plan, plan.lines[GRADE]) == ["取消评先评优资格"]


def test_lists_share_pages_and_nobody_signs_an_empty_one() -> None:
    pages = Pages(100.0, 40.0)
    assert [*pages.put(10, 12, 10, [10.0] * 3, 0)] == [Stretch(12, 14)]  # 40 + 10 + 30 fit
    assert [*pages.put(17, 19, 10, [10.0] * 4, 0)] == [Stretch(19, 22)]  # 80 + 50 do not
    assert pages.breaks == [16]
    # 10 + 14 × 10 + 30 to sign on need two pages: seven units on each
    assert [*pages.put(30, 32, 10, [10.0] * 14, 30)] == [Stretch(32, 38), Stretch(39, 45)]
    assert pages.breaks == [16, 29, 38]
    assert table_breaks([(1, 40.0), (2, 40.0), (3, 40.0)], 100.0) == ([2], 40.0)


def test_all_indicators_are_listed_with_a_filter_and_links() -> None:
    made = book(scheme(4))
    listed = next(s for s in made.sheets if s.name == "指标清单")
    rows = [row for row, column in listed.cells if column == 2 and row > 4]
    assert len(rows) == 13
    assert listed.filter == f"B4:G{4 + 13}"
    assert {listed.cells[row, 5].content for row in rows} == {"甲局", "乙局", "督考办"}
    link = listed.cells[5, 7].content
    assert isinstance(link, Formula)
    assert link.text.startswith("=HYPERLINK(\"#\"&\"'填报与计分'!\"&ADDRESS(ROW('填报与计分'!")
    assert not any(s.name == "指标清单" for s in book(tiny.text("- {id: 1, name: 甲, points: 1, rule: direct}")).sheets)


def test_the_list_of_indicators_names_the_group_each_stands_in() -> None:
    inner = "\n".join(f"    - {{id: 1.1.{n}, name: 内{n}, points: 1, rule: direct}}" for n in range(9))
    written = tiny.text(
        "- id: 1\n  name: 外\n  children:\n"
        f"  - id: 1.1\n    name: 内\n    children:\n{inner}\n"
        "  - {id: 1.2, name: 内外之间, points: 1, rule: direct}\n"
        "- {id: 2, name: 单列, points: 1, rule: direct}",
        full="null",
    )

    def groups(made: Book) -> list[object]:
        sheet = next(s for s in made.sheets if s.name == "指标清单")
        return [cell.content for (row, column), cell in sorted(sheet.cells.items()) if column == 3 and row > 4]

    inside = ["1.1　内"] * 9
    assert groups(book(written)) == [*inside, "1　外", None]
    assert groups(compose(load.loads(written, "tiny.yaml"), design=tiny.of_form(4))) == [*inside, "1.1　内", "1.1　内"]


def test_units_are_linked_from_the_summary() -> None:
    made = book(scheme(14))
    links = summary_of(made).links
    [first, *_] = matrices(made.layout)
    assert len(links) == 28
    assert links[4, 5] == ("甲组", first.cell("合计/总分", 0).rstrip("0123456789") + str(first.head_row))


def remarks(scores: list[float | None], vetoes: dict[int, int]) -> list[object]:
    """What the summary says of five units with these scores; vetoes: how many accidents a unit had."""
    text = tiny.text(
        "- {id: 1, name: 甲, points: 100, rule: direct}\n- {id: 2, name: 事故（否决项）, rule: veto, when: [事故], grade: 差}",
        units="[甲, 乙, 丙, 丁, 戊]",
        full="100",
        extra="grades: {by: score, bands: [{name: 好, at_least: 90}, {name: 中, at_least: 60}, {name: 差}]}",
    )
    file = load.loads(text, "tiny.yaml")
    inputs = tiny.typed({"1/评分": scores, "2/事故": [vetoes.get(unit) for unit in range(5)]})
    made = summary_of(compose(file, inputs))
    return said_of(made, 5)


def said_of(made: Sheet, count: int) -> list[object]:
    """The remarks on a summary of so many units."""
    [column] = [column for (row, column), box in made.cells.items() if row == 3 and box.content == "备注"]
    found = [made.cells[row, column].content for row in range(4, 4 + count)]
    assert all(isinstance(content, Formula) for content in found)
    return [content.value if isinstance(content, Formula) else None for content in found]


def test_the_summary_says_why_a_place_and_a_grade_do_not_agree() -> None:
    # 乙 leads with 89 points, short of 90; 丙 and 丁 share a place; 甲 had accidents, 戊 is not filled in
    assert remarks([70, 89, 60, 60, None], {0: 2}) == ["事故：差", "总分不到“好”的 90 分", "位次并列", "位次并列", "不排名"]
    # a leader with an accident is told about the accident, a leader who has the best grade nothing
    assert remarks([99, 89, 60, 50, 40], {0: 1}) == ["事故：差", None, None, None, None]
    assert remarks([99, 89, 60, 50, 40], {}) == [None, None, None, None, None]


def test_an_error_value_in_what_a_remark_looks_at_is_said() -> None:
    # 丙 is last, and whether it is 差 rests on a cell with #DIV/0!: no grade, and the others' remarks stand; 甲 and 乙 share a place
    text = tiny.text(
        "- {id: 1, name: 甲, points: 100, rule: direct}",
        units="[甲, 乙, 丙]",
        full="100",
        extra="facts: [{id: 有突出问题}]\ngrades: {by: score, bands: [{name: 好, at_least: 90}, {name: 差, needs: 有突出问题}]}",
    )
    file = load.loads(text, "tiny.yaml")
    inputs = tiny.typed({"1/评分": [95, 95, 50]}) | {(fact_key("有突出问题"), unit): NO for unit in range(2)}
    inputs[fact_key("有突出问题"), 2] = ErrorValue("#DIV/0!")
    assert said_of(summary_of(compose(file, inputs)), 3) == ["位次并列", "位次并列", "填了错误值"]


def test_the_name_of_a_group_is_whole_over_a_single_unit() -> None:
    # 片区管理办公室: seven wide characters of 10 points, over one column, with a line of at least 12 points each
    made = book(tiny.text("- {id: 1, name: 甲, points: 5, rule: direct}", units="{片区管理办公室: [甲片区], 镇: [乙镇, 丙镇]}", full="5"))
    [grid] = matrices(made.layout)
    lines = -(-7 // int(grid.widths[grid.unit_columns[0]] / 2 * 11 / 10))
    assert lines > 1
    assert grid.heights[HEAD_ROW] >= lines * 12


def test_words_to_choose_from_keep_their_size() -> None:
    words = "台账不明晰、没有可操作性也没有整改"  # 17 wide characters: on several lines of a narrow column
    situations = f"{{{words}: 1, 好: 5}}"
    text = tiny.text(
        f"- {{id: 1, name: 台账, points: 5, rule: situations, situations: {situations}}}",
        units="[" + ", ".join(f"单位{n}" for n in range(9)) + "]",
        full="null",
    )
    made = book(text)
    [grid], [line] = matrices(made.layout), made.plan.inputs
    box = next(s for s in made.sheets if s.name == grid.sheet).cells[grid.at(line.key, 0)]
    style = made.layout.design.styles[box.style]
    assert (style.wrap, style.shrink) == (True, False)
    # a column of w characters of half a letter's width holds w / 2 wide ones of the usual size, and w / 2 × 11 / 9 of these
    lines = -(-len(words) // int(grid.widths[grid.first_unit] / 2 * 11 / 9))
    assert lines > 1
    assert grid.heights[grid.rows[line.key]] >= lines * 9 * 1.2


@pytest.mark.parametrize("count", [16, 22, 28, 34, 40, 46])
def test_a_last_page_is_not_left_nearly_empty(count: int) -> None:
    events = "[{what: 迟报, each: 1}, {what: 漏报, each: 2}]"
    listed = "\n".join(f"- {{id: {n}, name: 指标{n}, points: 5, rule: deduct, at_most: 5, events: {events}}}" for n in range(count))
    made = book(tiny.text(listed, full="null"))
    [grid] = matrices(made.layout)
    ends = next(s for s in made.sheets if s.name == grid.sheet).row_breaks
    pages = [
        sum(grid.heights[row] for row in range(first, last + 1))
        for first, last in zip([grid.first_row, *(end + 1 for end in ends)], [*ends, grid.last_row], strict=True)
    ]
    assert len(pages) > 1
    assert min(pages) >= 0.35 * max(pages)  # but for the line to sign on, four tenths of what a page holds


def test_people_are_counted_in_whole_numbers_and_money_is_not() -> None:
    made = book(
        tiny.text(
            "- {id: 1, name: 就业, points: 5, in: 人, rule: ratio, target: [40, 50, 60]}\n"
            "- {id: 2, name: 投资, points: 5, in: 亿元, rule: ratio, target: [4, 5, 6]}",
            full="null",
        )
    )
    [grid] = matrices(made.layout)
    sheet = next(s for s in made.sheets if s.name == grid.sheet)
    kinds = {rule.range.split(":")[0]: (rule.kind, "整数" in rule.prompt) for rule in sheet.validations}
    people, money = (grid.cell(f"{id}/完成", 0) for id in "12")
    assert (kinds[people], kinds[money]) == (("whole", True), ("decimal", False))
    assert sheet.cells[grid.at("1/完成", 0)].format == "0"


@pytest.mark.parametrize("count", [6, 30])
def test_a_units_own_sheet_is_printed_as_large_as_its_pages_allow(count: int) -> None:
    # an upright A4 page has 210 - 18 mm: 77.2 characters of 9.4 pixels at full size, 99.0 at 78 percent
    words = "查阅会议记录、责任清单和年度计划，结合平时掌握的情况评分，材料不齐全或者没有按时报送的酌情扣分"
    own = f"name: 按要求落实工作责任并及时报送有关材料, criteria: {words}, points: 4, rule: direct"
    listed = "\n".join(f"- {{id: {n}, {own}}}" for n in range(count))
    text = tiny.text(listed, units="[甲, 乙, 丙]", full="null", extra="layout: units")
    file = load.loads(text, "tiny.yaml")
    now, before = (matrices(compose(file, design=look).layout)[0] for look in (design.load(), tiny.of_form(4)))
    pages = [len(paginate(grid, 30.0).row_breaks) + 1 for grid in (now, before)]
    assert pages[0] <= pages[1]
    assert sum(before.widths.values()) > 85
    assert sum(now.widths.values()) <= 77.3


def test_figures_with_words_are_as_wide_as_their_column() -> None:
    # a number takes one line: nine wide characters and three narrow ones of 9 points are 126 pixels, with the cell's edges 131; a
    # character of width is 8 pixels
    events = "[{what: 未落实的镇, each: 0.2, per_what: 发现一个问题镇}]"
    text = tiny.text(f"- {{id: 1, name: 落实, points: 5, rule: deduct, at_most: 5, events: {events}}}", full="5", extra="layout: units")
    grid = matrices(book(text).layout)[0]
    assert grid.figure(grid.plan.lines["1/未落实的镇"], "standard").form == "每发现一个问题镇扣{}"  # type: ignore[union-attr]
    assert grid.widths[grid.columns["standard"]] * 8 >= 131


def test_a_template_of_before_has_one_style_for_names_everywhere() -> None:
    text = tiny.text("- {id: 1, name: 甲, points: 10, rule: direct}")
    own = [line for line in design.load().text.splitlines() if not line.startswith(("  indicator:", "  item:"))]
    for look, style in ((design.load(), "indicator"), (design.loads("\n".join(own)), "name")):
        made = compose(load.loads(text, "tiny.yaml"), design=look)
        [grid] = matrices(made.layout)
        sheet = next(s for s in made.sheets if s.name == grid.sheet)
        assert sheet.cells[grid.rows["1/评分"], grid.columns["name"]].style == style


def test_a_figure_stands_beside_the_row_that_it_is_about() -> None:
    inputs = "{未按期整改: {ask: events}, 资料不完整、部分事项未整改: {ask: events}, 未整改或弄虚作假: {ask: events}}"
    score = "0 - if(未按期整改 > 0, 逾期扣, 0) - if(未整改或弄虚作假 > 0, 弄虚扣, 0) - 不完整扣"
    figures = "{逾期扣: 0.5, 不完整扣: 0.6, 弄虚扣: 1}"
    text = tiny.text(
        f"- {{id: 1, name: 整改, rule: formula, inputs: {inputs}, figures: {figures}, score: '{score}', at_most: null}}", full="null"
    )
    for look, beside in (
        (design.load(), {"不完整扣": "资料不完整、部分事项未整改"}),
        (tiny.of_form(5), {"逾期扣": "未按期整改", "不完整扣": "资料不完整、部分事项未整改", "弄虚扣": "未整改或弄虚作假"}),
        (tiny.of_form(4), {"逾期扣": "得分", "不完整扣": "未按期整改", "弄虚扣": "资料不完整、部分事项未整改"}),
    ):
        [grid] = matrices(compose(load.loads(text, "tiny.yaml"), design=look).layout)
        assert grid.above == {f"1/{figure}": f"1/{row}" for figure, row in beside.items()}


def test_a_figure_for_the_whole_indicator_stands_beside_its_score() -> None:
    inputs = "{有计划: {ask: yes_no}, 有总结: {ask: yes_no}}"
    score = 'if(有计划 == "否" or 有总结 == "否", 0 - 每样扣, 0)'
    text = tiny.text(
        f"- {{id: 1, name: 甲, rule: formula, inputs: {inputs}, figures: {{每样扣: 0.1}}, score: '{score}', at_most: null}}", full="null"
    )
    now, before = (matrices(compose(load.loads(text, "tiny.yaml"), design=look).layout)[0] for look in (design.load(), tiny.of_form(5)))
    assert before.above == {"1/每样扣": "1/得分"}
    assert now.above == {}
    assert "1/每样扣" in now.rows
    assert now.hidden == []


def test_pages_side_by_side_have_room_where_no_title_is_printed() -> None:
    """28 units in rows of 17.5 points (490) below a head of 294 and above a line to sign on of 30: 814 of the 888 points that 265 mm of an
    A3 page have at 82 percent. With the title and what stands below it (89), which such pages have in their header, they are 903."""
    scheme = load.load(Path(__file__).parents[1] / "schemes" / "jiyuan" / "2020" / "city-creation.yaml")
    for look, breaks in ((design.load(), 0), (tiny.of_form(4), 1)):
        made = compose(scheme, design=look)
        sheet = next(s for s in made.sheets if s.name == made.layout.grids[0].sheet)
        assert len(sheet.column_breaks) == 1
        assert len(sheet.row_breaks) == breaks


def test_steps_are_shown_with_the_digits_they_have() -> None:
    text = tiny.text(
        "- id: 1\n  name: 甲\n  points: 5\n  rule: formula\n  inputs: {名次: {ask: count, for: '*'}, 数: {}}\n"
        "  figures: {最后名次: 6}\n  quantities: {降了几位: 'max(0, 名次 - 最后名次)'}\n  score: 分值 - 降了几位 * 数\n"
        "- {id: 2, name: 乙, points: 5, rule: deduct, events: [{what: 知晓率, in: '%', short_of: 90%, per: 1%, each: 0.5}]}"
    )
    made = book(text)
    [grid] = matrices(made.layout)
    sheet = next(s for s in made.sheets if s.name == grid.sheet)
    assert sheet.cells[grid.at("1/降了几位", -1)].format == "General"
    assert sheet.cells[grid.at("2/知晓率扣分", 0)].format == "0.00##"


def test_a_sheet_of_few_lines_gives_its_texts_more_room_where_that_saves_a_page() -> None:
    criteria = "对照年初的计划和责任清单，查阅会议记录、督查通报、整改台账等资料，并结合平时掌握的情况评分，材料不齐全的酌情扣分。" * 2
    saved = 0
    for count in range(8, 16):
        lines = "\n".join(f"- {{id: {n}, name: 甲, criteria: {criteria}, points: 4, rule: direct}}" for n in range(count))
        file = load.loads(tiny.text(lines, units="[" + ", ".join(f"单位{n}" for n in range(8)) + "]", full="null"), "tiny.yaml")
        now, before = (matrices(compose(file, design=look).layout)[0] for look in (design.load(), tiny.of_form(4)))
        pages = [len(paginate(grid, 30.0).row_breaks) + 1 for grid in (now, before)]
        assert pages[0] <= pages[1]
        saved += pages[1] - pages[0]
    assert saved > 0


def test_the_name_of_an_indicator_has_room_in_the_list_of_what_is_missing() -> None:
    # 28 × 8 pixels less the edges hold eighteen wide characters of 12 pixels, two lines of them 36
    name = "结合本单位及直属单位的火灾危险性制定年度消防宣传培训计划，组织本系统责任人、管理人、值班员接受消防安全业务培训"
    text = tiny.text(f"- {{id: 1, name: {name}, points: 10, rule: direct}}", units="[甲]")
    now, before = (
        next(s for s in compose(load.loads(text, "tiny.yaml"), design=look).sheets if s.name == "校验")
        for look in (design.load(), tiny.of_form(4))
    )
    [shown, whole] = [getattr(made.cells[5, 5].content, "value", None) for made in (now, before)]
    assert whole == f"1 {name}"
    assert isinstance(shown, str)
    assert shown.endswith("…")
    assert whole.startswith(shown[:-1])
    assert 30 <= len(shown) <= 36
    assert now.heights[5] == 26


def test_a_departments_book_tells_of_its_own_data_only() -> None:
    text = tiny.text(
        "- {id: 1, name: 旅游, assessor: 文旅局, points: 5, rule: formula, score: 旅游分值}\n"
        "- {id: 2, name: 河长制, assessor: 河长办, points: 5, rule: formula, score: 河长权重}",
        extra="inputs: {旅游分值: {hint: 照办法填；没有的填0}, 河长权重: {hint: 照权重填}}",
    )
    file = load.loads(text, "tiny.yaml")
    whole = make_plan(file.scheme)
    for plan, told in (
        (whole, "旅游分值：照办法填；没有的填0；河长权重：照权重填"),
        (selected(whole, View(Kind.DEPARTMENT, "文旅局")), "旅游分值：照办法填；没有的填0"),
        (selected(whole, View(Kind.DEPARTMENT, "河长办")), "河长权重：照权重填"),
    ):
        made = compose(file, plan=plan)
        [grid] = made.layout.grids
        [block] = [block for block in grid.blocks if block.kind == "data"]
        assert grid.said(block) == told


def test_the_heading_of_a_group_is_whole_on_a_narrow_sheet() -> None:
    # 33 wide characters of 10.5 points are 462 pixels; the columns left of the figures have 338
    name = "中国石化销售有限公司河南济源石油分公司和各县（市）支公司的专项部分"
    text = tiny.text(f"- {{name: {name}, children: [{{id: 1, name: 甲, rule: duty}}]}}", full="null", extra="layout: units")
    made = book(text)
    grid = matrices(made.layout)[0]
    sheet = next(s for s in made.sheets if s.name == grid.sheet)
    [(_, first, _, last)] = [span for span in sheet.merges if sheet.cells[span[:2]].content == name]
    assert sum(grid.widths[column] for column in range(first, last + 1)) * 8 < 462
    assert made.layout.design.styles[sheet.cells[grid.first_row, first].style].shrink


def test_words_of_a_situation_are_whole_in_the_table_of_points() -> None:
    # twelve wide characters of 10 points are 160 pixels, the column's 20 × 8 with its edges: two lines
    text = tiny.text("- {id: 1, name: 甲, points: 5, rule: situations, situations: {台账不明晰、没有可操作性: 1, 好: 5}}", full="5")
    made = book(text)
    sheet = next(s for s in made.sheets if s.name == "名额与标准")
    rows = {box.content: row for (row, _), box in sheet.cells.items() if isinstance(box.content, str)}
    assert sheet.heights[rows["台账不明晰、没有可操作性"]] >= 2 * 10 * 1.2
    assert sheet.heights[rows["好"]] == 20


def test_a_long_row_has_room_in_the_list_of_what_is_missing() -> None:
    # 15 × 8 pixels less the edges hold nine wide characters of 12 pixels, two lines of them 18
    name = "涉旅工作经验在国家级、省级会议推广介绍和经验交流"
    inputs = f"{{'{name}': {{ask: yes_no}}}}"
    score = f'if(value("{name}") == "是", 分值, 0)'
    text = tiny.text(f"- {{id: 1, name: 甲, points: 10, rule: formula, inputs: {inputs}, score: '{score}'}}", units="[甲]")
    shown = next(s for s in book(text).sheets if s.name == "校验").cells[5, 6].content
    assert isinstance(shown, Formula)
    assert isinstance(shown.value, str)
    assert shown.value.endswith("…")
    assert name.startswith(shown.value[:-1])
    assert 14 <= len(shown.value) <= 18


def months(children: str) -> str:
    """A year of twelve months, each with the same indicators."""
    named = ", ".join(f"{number}月" for number in range(1, 13))
    return tiny.text(
        f"- id: 月\n  name: 月度考核\n  periods: [{named}]\n  fold: average\n  children:\n{children}",
        units="[" + ", ".join(f"单位{n}" for n in range(8)) + "]",
        full="null",
    )


def pages_of(made: Book) -> tuple[Sheet, Matrix, list[int]]:
    """The scoring sheet, and the first row of each of its pages."""
    [grid] = matrices(made.layout)
    sheet = next(s for s in made.sheets if s.name == grid.sheet)
    return sheet, grid, [grid.first_row, *(end + 1 for end in sheet.row_breaks)]


def test_a_page_that_begins_within_a_month_says_which() -> None:
    criteria = "对照年初的计划和责任清单，查阅会议记录、督查通报、整改台账等资料，并结合平时掌握的情况评分，材料不齐全的酌情扣分。" * 2
    text = months("\n".join(f"  - {{id: {n}, name: 指标{n}, criteria: {criteria}, points: 4, rule: direct}}" for n in range(1, 8)))
    now, before = (compose(load.loads(text, "tiny.yaml"), design=look) for look in (design.load(), tiny.of_form(5)))
    sheet, grid, starts = pages_of(now)
    assert len(starts) > 3
    month, again = "", 0
    for block, first, _ in grid.spans:
        said = str(sheet.cells[first, grid.first_visible].content)
        if first in starts[1:] and block.kind != "total":
            assert "月" in said, (first, said)
        if said.endswith("（续）"):
            assert said in (f"{month}（续）", "月　月度考核（续）", "月度考核（续）")
            assert not block.lines
            assert first in starts
            again += 1
        elif block.kind == "period":
            month = said
    assert again > 0
    assert {box.content for box in before.sheets[1].cells.values() if str(box.content).endswith("（续）")} == set()
    # the same lines, one row lower for each heading above them
    assert list(grid.rows) == list(pages_of(before)[1].rows)
    assert max(grid.rows.values()) == max(pages_of(before)[1].rows.values()) + again


def test_the_rest_of_a_long_indicator_says_of_which_month_it_is() -> None:
    events = ", ".join(f"{{what: 情形{n}, each: 1}}" for n in range(14))
    text = months(f"  - {{id: 1, name: 长指标, points: 4, rule: deduct, events: [{events}]}}")
    sheet, grid, starts = pages_of(book(text))
    inside = [row for row in starts if any(first < row <= last for _, first, last in grid.spans)]
    assert inside
    for row in inside:
        month = next(block.id.split("@")[1] for block, first, last in grid.spans if first < row <= last)
        assert str(sheet.cells[row, grid.columns["name"]].content).endswith(f"（{month}）")


def test_what_bands_give_is_points_unless_it_is_a_grade() -> None:
    rows = "- {id: 1, name: 甲, points: 10, rule: bands, bands: [{from: 80, gives: 10}, {from: 60, gives: 5}, {gives: 0}]}"
    sheets = {s.name: s for s in book(tiny.text(rows)).sheets}
    shown = [box.content for _, box in sorted(sheets["名额与标准"].cells.items())]
    assert shown[0] == "分档标准"
    assert "分值" in shown
    assert "得" not in shown


def test_the_hint_of_the_list_of_indicators_is_not_printed() -> None:
    listed = next(s for s in book(scheme(4)).sheets if s.name == "指标清单")
    [row] = [row for (row, _), box in listed.cells.items() if str(box.content).startswith("点标题行")]
    assert listed.print_area is not None
    assert row < int(listed.print_area.split(":")[0][1:])


def test_the_guide_takes_a_page_less_in_smaller_print() -> None:
    # notes of so many lines that two pages of larger print are a little short for them
    fewer = 0
    for count in range(20, 60, 2):
        notes = "\n".join(f"- {{reading: {'本簿按年初的计划和责任清单计算，' * 6}, otherwise: 按年底的计算}}" for _ in range(count))
        text = tiny.text("- {id: 1, name: 甲, points: 10, rule: direct}", extra=f"notes:\n{notes}")
        now, before = (compose(load.loads(text, "tiny.yaml"), design=look).sheets[0] for look in (design.load(), tiny.of_form(5)))
        assert now.scale is not None
        assert now.scale >= 78
        assert len(now.row_breaks) <= len(before.row_breaks)
        whole = sum(width for column, width in now.widths.items() if column > 1)
        assert whole * 9.4 * 25.4 / 96 * now.scale / 100 <= 210 - 9 - 9
        fewer += whole > 95
    assert fewer > 0


def test_lists_are_in_order_of_what_ranks_units() -> None:
    """With totals 10, 9, 8 and a deduction of 5 for the first where it is ranked, 乙 is first, then 丙, then 甲."""
    text = tiny.text(
        "- {id: 1, name: 分, points: 10, rule: direct}",
        extra="inputs: {扣: {ask: events}}\nquantities: {排名用分: 总分 - 扣}\nrank_by: 排名用分",
    )
    file = load.loads(text, "tiny.yaml")
    [taken] = [line.key for line in make_plan(file.scheme).inputs if line.label == "扣"]
    values = {("1/评分", unit): Decimal(value) for unit, value in enumerate((10, 9, 8))} | {(taken, 0): Decimal(5)}
    for look, order in ((design.load(), ["乙", "丙", "甲"]), (tiny.of_form(5), ["甲", "乙", "丙"])):
        sheet = summary_of(compose(file, values, design=look))
        head = next(row for (row, _), box in sheet.cells.items() if box.content == "位次表")
        names = [sheet.cells[row, 4].content for row in range(head + 1, head + 4)]
        assert [name.value for name in names if isinstance(name, Formula)] == order


def test_what_is_filled_in_says_its_unit_of_measure() -> None:
    rows = "- {id: 1, name: 投资, points: 10, rule: formula, inputs: {投资额: {in: 万元}, 件数: {in: 个}}, score: 投资额 / 件数}"
    made = book(tiny.text(rows))
    [grid] = matrices(made.layout)
    sheet = next(s for s in made.sheets if s.name == grid.sheet)
    said = [sheet.cells[grid.rows[f"1/{label}"], grid.columns["label"]].content for label in ("投资额", "件数")]
    assert said == ["投资额（万元）", "件数"]


def test_a_sheet_for_a_group_does_not_show_what_only_others_have() -> None:
    """A sum that looks at the indicators of both groups needs their rows on both sheets, and what all units share is asked for once: where
    the indicator has units."""
    own = "points: 5, rule: formula, for: [乙组], inputs: {上限: {for: '*'}, 件数: {}}, score: 分值 * 件数 / 上限"
    text = scheme(12).replace("indicators:\n", 'score: score("甲1") + score("乙1") + score("共")\nindicators:\n', 1)
    file = load.loads(text.replace("- {id: 共,", f"- {{id: 乙九, name: 乙九, {own}}}\n- {{id: 共,"), "tiny.yaml")
    made = compose(file)
    assert len(made.layout.grids) == 2
    for grid, own, other in zip(matrices(made.layout), "甲乙", "乙甲", strict=True):
        sheet = next(s for s in made.sheets if s.name == grid.sheet)
        shown = {key for key, row in grid.rows.items() if row not in sheet.hidden_rows}
        assert f"{own}1/得分" in shown
        assert f"{other}1/得分" not in shown
        assert sheet.hidden_rows[1:] == grid.hidden
    [asked] = [line for line in made.plan.inputs if line.shared]
    assert made.layout.area(asked.key, -1) is made.layout.grids[1]


def test_a_form_of_duties_is_called_one() -> None:
    made = book(tiny.text("- {id: 1, name: 巡查, rule: duty}", full="null"))
    grid = made.layout.grids[0]
    texts = {str(box.content) for sheet in made.sheets if sheet.name == grid.sheet for box in sheet.cells.values()}
    assert "小考核职责落实情况表" in texts
    assert "要求" in texts
    assert "计分办法" not in texts


def test_the_look_up_is_not_printed_and_each_page_has_the_title() -> None:
    sheet = next(s for s in book(tiny.LISTED).sheets if s.name == "部门代码")
    [title] = [row for (row, _), box in sheet.cells.items() if box.content == "部门代码" and box.style == "title"]
    [asked] = [row for (row, _), box in sheet.cells.items() if not box.locked]
    assert asked < title
    assert sheet.print_area is not None
    assert sheet.print_area.split(":")[0] == f"B{title}"
    assert sheet.title_rows is not None
    assert sheet.title_rows[0] == title
