"""A definition workbook in hurried hands: hundreds of edits of its rows, each of which ends in a scheme or in errors that name a cell.

Requirements: cells changed, emptied, filled with what belongs elsewhere; rows added, moved, copied, deleted; columns lost: never
another exception than SourceError, and never a problem without its sheet and cell.
"""

from __future__ import annotations

import random
import re
from decimal import Decimal

import pytest
from test_definition import found_in

from generator import source
from generator.definition import words
from generator.definition.exchange import judged
from generator.definition.flow import same
from generator.definition.grids import Found, spread
from generator.definition.notation import Typed
from generator.definition.words import LEVEL, SORT
from generator.problems import SourceError
from generator.scheme import library, shared
from generator.scheme.load import loads
from generator.value import ErrorValue, Value

SMALL = """\
scheme: small
title: 2024年度小考核
place: 某县
year: 2024
source: {document: 某政办〔2024〕1号}
full_marks: null
units: {镇: [甲镇, 乙镇], 部门: [丙局]}
sets: {常用: [甲镇, 丙局]}
roles: {牵头: 1, 配合: 0.5}
unlisted: [部门]
assessors: {县应急局: [丙局]}
counts: [{says: 2, of: [镇], what: 个镇}]
facts: [{id: 有工业, about: 是不是有规上工业, for: [镇]}]
inputs: {总数: {ask: count, for: "*"}}
figures: {倍数: 2, 各不同: [1, 2, null]}
quantities: {量: 各不同 * 倍数}
indicators:
- name: 任务
  points: 15
  defaults: {assessor: 县政府办}
  children:
  - {id: 1, name: 投资, points: [5, 5, null], in: 亿元, rule: ratio, target: [23.60, 0, null], only_if: 有工业}
  - {id: 2, name: 安全, points: 5, rule: deduct, floor: null, events: [{what: 事故, each: 0.5, at_most: 2}, {what: 迟报, zero: true}]}
  - {id: 3, name: 网办率, points: 5, in: "%", rule: bands, bands: [{from: 98%, gives: 5}, {from: 90%, gives: 3}, {gives: 0}]}
- name: 季度
  periods: [一季度, 二季度]
  fold: average
  weights: [40%, 60%]
  children:
  - {id: 4, name: 公开, points: 5, rule: checklist, items: [{what: 目录, each: 1}, {what: 年报, each: 2}]}
  - {id: 5, name: 评价, points: 10, rule: grade_quota, grades: [{name: 好, share: 50%, points: 10}, {name: 一般, share: 50%, points: 6}]}
- {id: 6, name: 公式的, points: 4, for: {牵头: [甲镇], 配合: [部门]}, rule: formula,
   inputs: {完成: {}, 应完成: {low: 1}}, score: 分值 * 完成 / 应完成}
- {id: 7, name: 情形的, points: 5, rule: situations, situations: {全部: 5, 部分: 3, 没有: 0}}
- {id: 8, name: 否决的, rule: veto, grade: 不合格, when: [重大事故]}
bonus: {name: 加分, at_most: 3, children: [{id: 9, name: 表彰, rule: add, events: [{what: 省级, each: 1}], at_most: 2}]}
grades: {by: score, bands: [{name: 优秀, at_least: 40}, {name: 合格, at_least: 30}, {name: 不合格}]}
readings:
- {id: 扣到几分, at: 2, takes: 可以为负, options: {可以为负: {says: 扣完还扣}, 扣完为止: {says: 扣到0分, set: {"2": {floor: 0}}}}}
notes: [{at: 1, reading: 照表, otherwise: 另一种}]
references: [{title: 标准, columns: [编号, 内容], rows: [[1, 甲], [2, 乙]]}]
"""

VALUES: list[Value] = [
    None, "甲", "0.5", Decimal(3), Decimal(-1), "100%", Decimal("0.1"), True, "－", "[a", "{a: 1}", "[1, 2]", '"x', "是", "甲；乙",
    "甲：乙\n丙：丁", Decimal("1e20"), " ", "分组", "指标", "公式", "甲镇", "丙局", "1", "2", "见“目标”表", "完成得满分，未完成按比例",
    "未知",
    ErrorValue("#N/A"), "待定",
    "任务／各项相同", "{}", "[]", "null", "量 * 2", "1 / 0", "量 +", "a" * 400, "加分", "各项相同",
]  # fmt: skip


def rows_of() -> dict[str, Found]:
    return found_in(spread(source.parse(SMALL).data))


def scribble(found: dict[str, Found], chance: random.Random) -> None:
    """What a hurried person does to one place."""
    sheet = found[chance.choice([name for name in words.SHEETS if found[name].rows])]
    number, cells = chance.choice(sheet.rows)
    place = sheet.rows.index((number, cells))
    match chance.randrange(9):
        case 0:
            del sheet.rows[place]
        case 1:
            sheet.rows.insert(chance.randrange(len(sheet.rows)), sheet.rows.pop(place))
        case 2:
            sheet.rows.append((number + 100, dict(cells)))
        case 3:
            sheet.rows.append((number + 200, {chance.choice([*sheet.letters]): Typed(chance.choice(VALUES))}))
        case 4:
            _, theirs = chance.choice(sheet.rows)
            if cells and theirs:
                key = chance.choice([*theirs])
                cells[key] = theirs[key]
        case 5:
            cells.pop(chance.choice([*cells]) if cells else "", None)
        case _:
            cells[chance.choice([*sheet.letters])] = Typed(chance.choice(VALUES))
    sheet.rows[:] = [(row, {k: v for k, v in one.items() if v.value is not None}) for row, one in sheet.rows]
    sheet.rows[:] = [(row, one) for row, one in sheet.rows if one]


def is_cell(place: str) -> bool:
    """Whether a place is a sheet of the workbook and a cell of it."""
    sheet, _, cell = place.partition("!")
    return sheet in words.SHEETS and re.fullmatch(r"[A-Z]{1,3}\d+", cell) is not None


def test_untouched_it_is_what_it_was() -> None:
    assert judged(rows_of(), SMALL, "x.yaml").text == SMALL


@pytest.mark.parametrize("seed", range(30))
def test_every_edit_ends_in_a_scheme_or_in_cells(seed: int) -> None:
    for number in range(8):
        chance = random.Random(seed * 1000 + number)
        found = rows_of()
        for _ in range(chance.choice([1, 1, 2, 5])):
            scribble(found, chance)
        try:
            taken = judged(found, SMALL, "x.yaml")
        except SourceError as error:
            nowhere = [str(problem) for problem in error.problems if not is_cell(problem.file)]
            told = [len(error.problems) > 0, nowhere]
            assert told == [True, []], number
        else:
            assert same(source.parse(taken.text).data, taken.gathered.data)
            assert loads(taken.text).scheme.model_dump() == taken.file.scheme.model_dump()


def test_the_rows_of_the_tree_in_any_order_are_told_or_understood() -> None:
    chance = random.Random(1)
    outcomes = set()
    for _ in range(20):
        found = rows_of()
        chance.shuffle(found[words.TREE].rows)
        try:
            outcomes.add(len(judged(found, SMALL, "x.yaml").file.scheme.indicators) > 0)
        except SourceError as error:
            outcomes.add(all("!" in problem.file for problem in error.problems))
    assert outcomes <= {True}


UNITS_OF_A_READING = SMALL.replace("target: [23.60, 0, null], only_if: 有工业}", "target: [23.60, 0, null]}").replace(
    'set: {"2": {floor: 0}}', 'set: {"1": {target: [23.60, null, null], no_task: average}, "*": {decimals: 1}}'
)


def test_what_a_reading_changes_stands_in_words() -> None:
    data = source.parse(UNITS_OF_A_READING).data
    [grid] = [grid for grid in spread(data) if grid.sheet == words.READINGS]
    [text] = [grid.notation("set", row).write(row["set"]).value for row in grid.rows if "set" in row]
    assert text == "1·目标·乙镇：－\n1·没有任务的：平均得分\n整个方案·保留小数：1"
    assert judged(found_in(spread(data)), UNITS_OF_A_READING, "x.yaml").text == UNITS_OF_A_READING


ANOTHER_RULE = SMALL.replace(
    'set: {"2": {floor: 0}}',
    'set: {"1": {rule: formula, inputs: {完成: {in: "%", low: null}, 差评: {ask: events}}, figures: {目标: 8%, 档: [1, 2]}, '
    'score: "if(完成 == 目标, 分值, 0)"}, "2": {events: [{what: 通报, each: 3}, {what: 约谈, each: 0.5, up_to: 2}]}}',
)


def test_inputs_figures_and_events_of_a_reading_stand_in_words() -> None:
    data = source.parse(ANOTHER_RULE).data
    [grid] = [grid for grid in spread(data) if grid.sheet == words.READINGS]
    [row] = [row for row in grid.rows if "set" in row]
    text = str(grid.notation("set", row).write(row["set"]).value)
    assert text == (
        "1·规则：公式\n"
        "1·填报·完成：计量单位=%；下限=－\n"
        "1·填报·差评：填什么=次数\n"
        "1·数·目标：8%\n"
        "1·数·档：1；2\n"
        "1·得分公式：if(完成 == 目标, 分值, 0)\n"
        "2·扣分加分事项·第1项：事项=通报；每次几分=3\n"
        "2·扣分加分事项·第2项：事项=约谈；每次几分=0.5；最多几次=2"
    )
    # another points an event, one more event, an input less, as somebody would type it
    typed = (
        text.replace("每次几分=3", "每次几分 = 4").replace("1·填报·差评：填什么=次数\n", "")
        + "\n2·扣分加分事项·第5项：事项=批评；每次几分=1"
    )
    read = grid.notation("set", row).read(Typed(typed))
    assert read["2"]["events"] == [
        {"what": "通报", "each": Decimal(4)},
        {"what": "约谈", "each": Decimal("0.5"), "up_to": Decimal(2)},
        {"what": "批评", "each": Decimal(1)},
    ]
    assert read["1"]["inputs"] == {"完成": {"in": "%", "low": None}}


def test_the_readings_of_all_schemes_stand_in_words() -> None:
    """But for one, whose name has the sign in it that parts a path."""
    odd = []
    for id, path in library.ids().items():
        for grid in spread(shared.read(path).data):
            for row in grid.rows if grid.sheet == words.READINGS else ():
                for column in ("set", "with"):
                    text = grid.notation(column, row).write(row[column]).value if column in row else ""
                    odd += [(id, line) for line in str(text).split("\n") if re.search("^[{[]|：{|：\\[{", line)]
    assert odd == [("zhengzhou-2020-double-random-supervision", "整个方案·角色：{区县·列在一类: 0.8}")]


def change_of_reading(text: str, *, target: Decimal = Decimal("23.60")) -> dict[str, Found]:
    """The sheets with other words in the reading's cell, and another target."""
    found = found_in(spread(source.parse(UNITS_OF_A_READING).data))
    [cells] = [cells for _, cells in found[words.READINGS].rows if "set" in cells]
    cells["set"] = Typed(text)
    [targets] = [cells for _, cells in found[words.FIGURES].rows if cells["#what"].value == "目标"]
    targets["unit:甲镇"] = Typed(target, decimals=2)
    return found


def test_a_readings_figures_follow_the_others() -> None:
    taken = judged(change_of_reading("1·目标·乙镇：－", target=Decimal("25.00")), UNITS_OF_A_READING, "x.yaml")
    assert 'set: {"1": {target: [25.00, null, null]}}' in taken.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1·目标·丁镇：－", "没有“丁镇”这个单位"),
        ("1·目标", "这一行看不懂：“1·目标”，要写成“编号·栏名：值”或“编号·栏名·单位：值”"),
        ("1·目标：5\n1·目标·乙镇：3", "“目标”写了两次，或者又写整个、又写其中一项"),
        ("2·扣分加分事项·第1项：事项=甲；事项=乙", "同一项写了两次"),
        ("99·目标：5", "没有编号为“99”的指标或分组"),
    ],
)
def test_changes_that_make_no_sense(text: str, said: str) -> None:
    with pytest.raises(SourceError) as error:
        judged(change_of_reading(text), UNITS_OF_A_READING, "x.yaml")
    told = [str(problem) for problem in error.value.problems]
    assert [line.startswith(f"{words.READINGS}!") and said in line for line in told] == [True], told


TABLE = SMALL.replace("rows: [[1, 甲], [2, 乙]]", 'rows: [["1", 甲；乙, 丙], ["2", null, 丁], [三]]').replace(
    "[编号, 内容]", "[编号, 内容, 备注]"
)


def test_tables_to_look_things_up_in_have_a_column_for_each_of_theirs() -> None:
    data = source.parse(TABLE).data
    found = found_in(spread(data))
    rows = [{found[words.LOOK_UP].letters[key]: cell.value for key, cell in cells.items()} for _, cells in found[words.LOOK_UP].rows]
    assert [[row.get(letters) for letters in "DEF"] for row in rows] == [["1", "甲；乙", "丙"], ["2", None, "丁"], ["三", None, None]]
    assert judged(found, TABLE, "x.yaml").text == TABLE
    found[words.LOOK_UP].rows[1][1]["#cell:2"] = Typed("补上")
    assert '["2", 补上, 丁]' in judged(found, TABLE, "x.yaml").text


def test_a_row_without_level_or_sort() -> None:
    found = rows_of()
    number, cells = found[words.TREE].rows[1]
    del cells[LEVEL], cells[SORT]
    with pytest.raises(SourceError) as error:
        judged(found, SMALL, "x.yaml")
    assert [problem.file for problem in error.value.problems] == [f"{words.TREE}!A{number}"]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "said"),
    [
        (words.TREE, 3, "no_task", "丙", "没有这个选项（现在是 “丙”）。可以是：不计、平均得分、满分、零分"),
        (words.ROUNDS, 0, "fold", "甲", "没有这个选项（现在是 “甲”）。可以是：相加、平均、只平均参加的"),
        (words.READINGS, 0, "conflict", "甲", "这里要“是”或“否”"),
        (words.TREE, 3, "only_if", "有农业", "请先在“单位情况”里写明，或在“填报”里让“填什么”是“是或否”"),
        (words.TREE, 1, "due", "年底", "不认识“完成时限”这一项"),
        (words.TREE, 4, "points", "待定", "这个数还没有定（现在是 “待定”）。请填上定下的数"),
    ],
)
def test_remedies_speak_of_sheets_and_words(sheet: str, row: int, column: str, value: str, said: str) -> None:
    found = rows_of()
    found[sheet].letters.setdefault(column, "AZ")
    found[sheet].rows[row - 1 if sheet == words.TREE else row][1][column] = Typed(value)
    with pytest.raises(SourceError) as error:
        judged(found, SMALL, "x.yaml")
    told = [str(problem) for problem in error.value.problems]
    assert any(said in line for line in told), told
    assert not any(re.search(r"yes_no|true|null|defaults|children|exclude|average", line) for line in told)
