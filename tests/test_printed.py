"""What pages say, and where they end, as seen on paper.

Requirements: nothing is said twice beside a figure, in a heading or of several data; what a scheme calls its units is whole; a name that
has no room beside the rows of an indicator on a second page refers to the first; no list ends on a nearly empty page; names stand on one
line where a page has room for that; a table that goes on has its headings on the next page too.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import tiny

from addin.result.table import Table
from generator.layout import design
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.layout.text_size import height_of, lines_needed
from generator.plan import summary_note
from generator.scheme import load
from generator.sheets.book import Book, compose
from generator.sheets.scoring import LAST_PAGE, NEXT_PAGE, number_format
from generator.sheets.sheet import Sheet


def book(text: str) -> Book:
    return compose(load.loads(text, "tiny.yaml"))


def matrix(made: Book) -> Matrix:
    [grid] = made.layout.grids
    assert isinstance(grid, Matrix)
    return grid


def named(made: Book, name: str) -> Sheet:
    return next(sheet for sheet in made.sheets if sheet.name == name)


def beside(made: Book, column: str, row: int) -> object:
    """What stands beside a row of the scoring sheet."""
    grid = matrix(made)
    return named(made, grid.sheet).cells[row, grid.columns[column]].content


def pages(sheet: Sheet, first: int, last: int) -> list[float]:
    """How high the rows on each page are."""
    ends = [end for end in sheet.row_breaks if first <= end < last]
    return [sum(sheet.heights.get(row, 15.0) for row in range(a + 1, b + 1)) for a, b in pairwise([first - 1, *ends, last])]


@pytest.mark.parametrize(
    ("id", "name", "shown"),
    [
        ("任务", "武装工作任务", "武装工作任务"),
        ("月", "月评议", "月评议"),
        ("一", "一般目标", "一　一般目标"),
        ("3.1", "组织3.1", "3.1　组织3.1"),
        ("十二", "十二月", "十二　十二月"),
    ],
)
def test_a_word_that_is_the_id_is_said_once_in_a_heading(id: str, name: str, shown: str) -> None:
    child = "{id: 甲, name: 评议, points: 10, rule: direct}"
    made = book(tiny.text(f"- {{id: '{id}', name: {name}, children: [{child}]}}"))
    assert named(made, matrix(made).sheet).cells[matrix(made).first_row, 4].content == shown


def test_the_words_of_a_figure_are_said_once() -> None:
    event = "{what: 满意率, in: '%', short_of: 100%, per: 1%, each: 0.5}"
    text = tiny.text(f"- {{id: 1, name: 甲, points: 10, rule: deduct, events: [{event}]}}")
    made = compose(load.loads(text, "tiny.yaml"), design=tiny.of_form(5))
    grid = matrix(made)
    assert grid.above.keys() == {"1/满意率每差", "1/满意率每档"}
    shown = {key: named(made, grid.sheet).cells[grid.row(key), grid.columns["standard"]].format for key in grid.above}
    assert shown == {"1/满意率每差": '"满意率每差"0%', "1/满意率每档": '"满意率每档扣"General'}


def test_a_row_named_for_a_limit_shows_its_number_alone() -> None:
    what = "没有按照规定的时限和要求报送情况"  # too wide to stand beside another row
    made = book(tiny.text(f"- {{id: 1, name: 甲, points: 10, rule: deduct, events: [{{what: {what}, each: 1, at_most: 3}}]}}"))
    grid = matrix(made)
    at = grid.rows[f"1/{what}最多扣"], grid.columns["standard"]
    assert named(made, grid.sheet).cells[at].format == "General"


@pytest.mark.parametrize(
    ("due", "said"),
    [("每季度", "（时限：每季度）"), ("15天", "（时限：15天）"), ("6月底前", "（6月底前）"), ("2020年6月", "（2020年6月）")],
)
def test_a_term_that_is_no_date_is_called_one(due: str, said: str) -> None:
    made = book(tiny.text(f"- {{id: 1, name: 甲, points: 10, rule: direct, criteria: 酌情评分。, due: {due}}}"))
    assert beside(made, "sentence", matrix(made).first_row) == f"酌情评分。{said}"


def test_what_is_told_of_several_data_is_told_once() -> None:
    inputs = "{甲值: {ask: quantity, hint: 没有的填0}, 乙值: {ask: quantity, hint: 没有的填0}, 丙值: {ask: quantity, hint: 填上年的}}"
    made = book(tiny.text("- {id: 1, name: 甲, points: 10, rule: formula, score: 甲值 + 乙值 + 丙值}", extra=f"inputs: {inputs}"))
    assert beside(made, "sentence", matrix(made).first_row) == "甲值、乙值：没有的填0；丙值：填上年的"


def test_an_id_that_is_the_name_is_no_number() -> None:
    made = book(tiny.text("- {id: 任务一, name: 任务一, points: 10, rule: direct}"))
    assert (beside(made, "number", matrix(made).first_row), beside(made, "name", matrix(made).first_row)) == (None, "任务一")


def test_what_a_scheme_calls_its_units_is_whole() -> None:
    role = "各区县·列在一类的单位"  # eleven wide characters in a column of seven narrow ones
    own = f"for: {{{role}: [甲], 牵头: [乙, 丙]}}, rule: formula, score: 'of_role(\"牵头\", 分值, 分值 * 半)', figures: {{半: 0.5}}"
    made = book(tiny.text(f"- {{id: 1, name: 甲, points: 10, {own}}}", extra=f"roles: {{{role}: 0.8, 牵头: 1}}"))
    grid = matrix(made)
    at = grid.at("1/角色", 0)
    box = named(made, grid.sheet).cells[at]
    assert box.content == role
    style = made.layout.design.styles[box.style]
    assert style.wrap
    lines = -(-len(role) // int(grid.widths[grid.first_unit] * 8 / (style.size * 96 / 72)))
    assert lines > 1
    assert grid.heights[at[0]] >= lines * style.size * 1.2


def test_a_name_without_room_on_one_of_two_pages_refers_to_the_other() -> None:
    name = "严格落实各项安全生产责任制度并按照规定的时限逐级报告事故隐患排查治理的情况和存在的问题以及整改的结果"
    events = "[" + ", ".join(f"{{what: 情形{n}, each: 1}}" for n in range(12)) + "]"
    marks = set()
    for count in range(10, 40):
        filler = "[" + ", ".join(f"{{what: 事项{n}, each: 1}}" for n in range(count)) + "]"
        made = book(
            tiny.text(
                f"- {{id: 1, name: 甲, points: 5, rule: deduct, at_most: 5, events: {filler}}}\n"
                f"- {{id: 2, name: {name}, points: 5, rule: deduct, at_most: 5, events: {events}}}"
            )
        )
        grid = matrix(made)
        sheet, column = named(made, grid.sheet), grid.columns["name"]
        [(_, first, last)] = [span for span in grid.spans if span[0].id == "2"]
        ends = [end for end in sheet.row_breaks if first <= end < last]
        for top, bottom in pairwise([first - 1, *ends, last]):
            shown = sheet.cells[top + 1, column].content
            room = sum(grid.heights[row] for row in range(top + 1, bottom + 1))
            assert shown in (name, LAST_PAGE, NEXT_PAGE)
            assert shown != name or height_of(lines_needed(name, grid.widths[column], 9, True), 9, 1.3) <= room
            marks.add(shown)
    assert len(marks) > 1


@pytest.mark.parametrize("groups", [[34], [16, 4], [13, 4, 34], [12, 4, 16]])
def test_no_list_by_rank_ends_on_a_nearly_empty_page(groups: list[int]) -> None:
    units = ", ".join(f"组{g}: [{', '.join(f'组{g}单位{n}' for n in range(count))}]" for g, count in enumerate(groups))
    many = "\n".join(f"- {{id: {n}, name: 指标{n}, points: 10, rule: direct}}" for n in range(7))
    made = named(book(tiny.text(many, units=f"{{{units}}}", full="70")), "汇总")
    high = pages(made, 4, max(row for row, _ in made.cells))
    assert len(high) > 1
    assert high[-1] >= 0.38 * max(high)  # two fifths of what a page has room for


def test_a_list_by_rank_fills_its_pages_where_others_follow() -> None:
    units = "{" + ", ".join(f"组{g}: [{', '.join(f'组{g}单位{n}' for n in range(count))}]" for g, count in enumerate([60, 12])) + "}"
    many = "\n".join(f"- {{id: {n}, name: 指标{n}, points: 10, rule: direct}}" for n in range(7))
    made = named(book(tiny.text(many, units=units, full="70")), "汇总")
    high = pages(made, 4, max(row for row, _ in made.cells))
    assert len(high) > 3
    assert min(high[:-1]) >= 0.66 * max(high)


def test_names_stand_on_one_line_where_the_page_has_room() -> None:
    long = "某市商务局（自由贸易试验区片区管理委员会）"
    text = tiny.text("- {id: 1, name: 甲, points: 10, rule: direct}", units=f"[{long}, 乙局, 丙局]")
    now, before = (named(compose(load.loads(text, "tiny.yaml"), design=look), "汇总") for look in (design.load(), tiny.of_form(3)))
    assert {now.heights[row] for row in range(4, 7)} == {19.0}
    assert before.heights[4] > 19.0


@pytest.mark.parametrize("count", [36, 40, 44, 48, 84])
def test_the_list_of_indicators_does_not_end_on_a_nearly_empty_page(count: int) -> None:
    listed = "\n".join(f"- {{id: {n}, name: 指标{n}, points: 1, rule: direct, assessor: 某办}}" for n in range(count))
    made = named(book(tiny.text(listed, full="null")), "指标清单")
    high = pages(made, 5, 4 + count)
    assert high[-1] >= 0.38 * max(high)


def test_the_list_of_indicators_gives_long_names_the_room_of_short_ones() -> None:
    long = "按要求落实工作责任并及时准确完整地报送有关材料的情况"  # 26 wide characters of 10 points: 347 pixels, 43 characters of width
    listed = "\n".join(f"- {{id: {n}, name: {long}, points: 1, rule: direct, assessor: 某办}}" for n in range(12))
    made = named(book(tiny.text(listed, full="null")), "指标清单")
    assert made.widths[4] >= 44
    assert {made.heights[row] for row in range(5, 17)} == {18.0}


def test_the_units_of_a_list_have_the_room_that_its_items_do_not_need() -> None:
    unit = "某市国家级高新技术产业开发区管理委员会"  # 19 wide characters of 10 points: 253 pixels, 32 characters of width
    long = "我要办理一件名称特别长需要列出全部前置条件和证明材料的事情以及与它有关的其他许多事情"
    items = "".join(f"  - {{id: {n}, name: {long if n == 0 else f'事项{n}'}, points: 1, rule: direct}}\n" for n in range(9))
    file = load.loads(tiny.text(f"- name: 清单\n  form: list\n  children:\n{items}", units=f"[{unit}, 乙]", full="9"), "tiny.yaml")
    heights = []
    for look in (design.load(), tiny.of_form(4)):
        made = compose(file, design=look)
        [listing] = made.layout.lists
        sheet = named(made, listing.sheet)
        heights.append([sheet.heights[listing.row_of[str(n), 0]] for n in range(1, 9)])
    assert set(heights[0]) == {17.0}
    assert min(heights[1]) > 17.0


def test_a_figure_too_wide_for_any_column_of_a_roster_has_its_own() -> None:
    what = "市级及以上党报党刊和政府网站正面宣传报道"
    events = f"[{{what: {what}, each: 1, at_most: 2}}, {{what: 表扬, each: 1, at_most: 3}}]"
    units = "[" + ", ".join(f"单位{n}" for n in range(20)) + "]"
    made = book(tiny.text(f"- {{id: 1, name: 甲, points: 10, rule: deduct, events: {events}}}", units=units))
    [grid] = made.layout.grids
    assert isinstance(grid, Roster)
    assert (f"1/{what}最多扣" in grid.columns, "1/表扬最多扣" in grid.above) == (True, True)
    sheet = named(made, grid.sheet)
    for line in grid.lines:
        if grid.figure(line, "standard"):
            at = grid.rows["standard"], grid.column(line.key)
            shown = sheet.cells[at].format.replace("General", "1").replace('"', "")
            assert sum(2 if ch > "⺀" else 1 for ch in shown) * 6 + 5 <= grid.widths[at[1]] * 8, line.key  # pixels of 9 points


def test_points_that_are_none_are_not_shown_on_a_roster() -> None:
    units = "[" + ", ".join(f"单位{n}" for n in range(20)) + "]"
    bonus = "- {id: 2, name: 乙, points: 0, rule: add, at_most: 5, events: [{what: 表彰, each: 1}]}"
    made = book(tiny.text("- {id: 1, name: 甲, points: 10, rule: direct}\n" + bonus, units=units))
    [grid] = made.layout.grids
    assert isinstance(grid, Roster)
    sheet = named(made, grid.sheet)
    shown = [sheet.cells[grid.rows["points"], grid.column(f"{id}/得分")].format for id in "12"]
    assert shown == ["General", "General;-General;"]


def test_deductions_worked_out_have_the_digits_they_need() -> None:
    event = "{what: 满意率, in: '%', short_of: 100%, per: 1%, each: 0.5}"
    plan = tiny.plan(f"- {{id: 1, name: 甲, points: 10, rule: deduct, at_most: 10, events: [{event}]}}")
    assert number_format(plan.lines["1/满意率扣分"]) == "0.00##"


@pytest.mark.parametrize(
    ("worked", "pattern"),
    [("件数 / 总数", "0.00"), ("件数 * 总数", "0.00"), ("件数 + 总数", "General"), ("whole(件数 / 总数)", "General")],
)
def test_a_quotient_or_a_product_is_shown_with_two_digits_and_a_sum_with_what_it_needs(worked: str, pattern: str) -> None:
    plan = tiny.plan(
        "- {id: 1, name: 甲, points: 10, rule: formula, score: 步骤}",
        extra=f"inputs: {{件数: {{}}, 总数: {{}}}}\nquantities: {{步骤: {worked}}}",
    )
    assert number_format(plan.lines["步骤/算"]) == pattern


def test_a_table_of_the_guide_that_goes_on_has_its_headings_on_the_next_page() -> None:
    notes = "\n".join(f"- {{at: '1', reading: 第{n}条按本簿的算法算, clause: 附件第{n}条}}" for n in range(70))
    made = book(tiny.text("- {id: '1', name: 甲, points: 10, rule: direct}", extra=f"notes:\n{notes}"))
    sheet = made.sheets[0]
    [head] = [row for (row, column), box in sheet.cells.items() if box.content == "本簿的算法"]
    assert sheet.title_rows == (head, head)
    assert sheet.row_breaks
    assert all(end > head for end in sheet.row_breaks)


def test_the_line_to_sign_on_is_whole_where_a_last_page_has_few_units() -> None:
    # pages of some fifteen units and a last one of six: these have no room for 19 wide characters and fifty spaces of 11 points
    units = "{" + ", ".join(f"组{g}: [{', '.join(f'组{g}单位{n}' for n in range(count))}]" for g, count in enumerate([44, 6])) + "}"
    events = "[" + ", ".join(f"{{what: 情形{n}, each: 1}}" for n in range(30)) + "]"
    words = "按情形扣分，扣完为止，同一件事只扣一次，" * 3
    rows = f"- {{id: 1, name: 甲, points: 10, rule: deduct, events: {events}, assessor: 某办, criteria: {words}扣分。}}"
    made = book(tiny.text(rows, units=units, extra="layout: matrix"))
    grid = matrix(made)
    sheet = named(made, grid.sheet)
    row = grid.last_row + 1
    [(_, first, _, last)] = [merge for merge in sheet.merges if merge[0] == row]
    text = str(sheet.cells[row, first].content)
    assert len(sheet.column_breaks) > 0
    assert text.split() == made.layout.design.scoring.sign.split()
    assert min(map(len, re.findall("　+", text)[:2])) >= 3  # room for a name
    assert sum(2 if ch > "⺀" else 1 for ch in text) * 22 / 3 <= sum(grid.widths[c] for c in range(first, last + 1)) * 8  # pixels


@pytest.mark.parametrize(("widths", "wide"), [([10, 40, 20], 146), ([10, 60, 40], 180)])
def test_a_chart_is_no_wider_than_the_table_above_it(widths: list[float], wide: float) -> None:
    # 70 characters of 8 pixels, 96 to an inch, are 148 millimetres
    table = Table("名次", "名次表", widths)
    for row in range(3, 6):
        table.sheet.put(row, 2, f"单位{row}", "name")
    table.chart("总分", 3, 5, 2, 3)
    assert table.sheet.charts[0].width_mm == pytest.approx(wide, abs=0.5)


def test_a_units_own_sheet_needs_no_room_for_its_name_in_the_numbers() -> None:
    listed = "\n".join(f"- {{id: 甲街道办事处-{n}, name: 指标{n}, points: 10, rule: direct}}" for n in range(3))
    made = book(tiny.text(listed, units="[甲街道办事处, 乙, 丙]", full="30", extra="layout: units"))
    grid = made.layout.grids[0]
    assert grid.widths[grid.columns["number"]] == 4.5


@pytest.mark.parametrize(("form", "words"), [(5, "一票否决：一票否决"), (6, "有一票否决的情形")])
def test_a_veto_named_by_its_result_is_told_once_beside_the_grade(form: int, words: str) -> None:
    veto = "{id: 否, name: 一票否决, rule: veto, grade: 一票否决, when: [发生事故]}"
    plan = tiny.plan(f"- {{id: 1, name: 甲, points: 1, rule: direct}}\n- {veto}", full="null")
    assert words in summary_note.texts(plan, form)
