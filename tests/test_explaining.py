"""Why a unit has its score: what an official reads after pressing 说明得分.

Requirements: an indicator, a group, a quantity and the total are explained by id or name, with the quantities they rest
on; what is a percentage reads as one, what is no points is not called points; the reason for a branch and for － is given;
the clause is the indicator's own or that of the group around it, a quantity's its own; a mean names its units, a veto its
item, a month its month; no noise of decimals and no bare minus; a cell written over is told as it is and should be;
a book of duties is explained too; a name that is not
there is told with the nearest ones.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny
from conftest import book_of, file_of

from addin import actions
from addin.workbooks import explanation, snapshot
from generator.lines.line import Line
from generator.scheme import load
from generator.sheets.book import compose
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.package import Package

TEXT = """
- name: 业务
  clause: 第二条
  quantities: {最多: "over_units(max, 件数)"}
  children:
  - {id: 1, name: 受理, points: 10, rule: formula, inputs: {件数: {ask: count}}, score: "divide(件数, 最多, if_zero=0) * 分值"}
  - {id: 2, name: 满意, points: 5, clause: 第三条（一）, rule: bands, in: "%", bands: [{from: 90%, gives: 5}, {gives: 2}]}
  - {id: 3, name: 超期, points: 5, rule: deduct, only_if: 承办, events: [{what: 超期, each: 2}]}
- id: 4
  name: 加分
  points: 3
  rule: formula
  inputs: {宣传: {ask: events}}
  figures: {每篇加: 1, 最多加: 2}
  score: min(宣传 * 每篇加, 最多加)
"""
EXTRA = """
facts: [{id: 承办, about: 承办案件}]
quantities: {折算分: "得分和 / 满分 * 100", 得分和: "score('业务') + score('4')"}
figures: {满分: 23}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "b.xlsx"
    inputs = {
        "1/件数": [4, 8, 0],
        "2/评分": [0.9, 0.899, 0.8],
        "承办/情况": ["是", "否", "是"],
        "3/超期": [1, None, 3],
        "4/宣传": [3, 1, None],
    }
    written = tiny.text(TEXT, full="23", extra=EXTRA)
    plan = tiny.plan(TEXT, full="23", extra=EXTRA)
    typed = tiny.typed({key if key in plan.lines else rate_key(plan.lines): row for key, row in inputs.items()})
    return tiny.book(written, path, typed)


def rate_key(lines: dict[str, Line]) -> str:
    """The input of the second indicator, whatever its rule calls it."""
    return next(key for key, line in lines.items() if key.startswith("2/") and line.input)


def lines_of(book: Path, unit: str, name: str) -> list[str]:
    return [line.strip() for line in explanation.told(explanation.explain(book, unit, name))]


def test_an_indicator_is_explained_with_the_quantity_it_rests_on(book: Path) -> None:
    told = lines_of(book, "甲", "1")
    assert told[0] == "甲｜1 受理"
    assert "最多：各单位“件数”的最大值" in told
    assert told[told.index("最多：各单位“件数”的最大值") + 1] == "8，是乙的"
    assert "4 ÷ 8 × 10 = 5" in told
    assert told[-1] == "依据：某文〔2024〕1号 第二条"  # the group's: the indicator has none of its own


def test_percentages_read_as_such(book: Path) -> None:
    told = "\n".join(lines_of(book, "乙", "2"))
    assert "89.9%" in told
    assert "0.899" not in told
    assert "依据：某文〔2024〕1号 第三条（一）" in told


def test_a_figure_that_is_no_points_is_not_called_points(book: Path) -> None:
    told = lines_of(book, "甲", "4")
    assert "每篇加：1" in told
    assert "最多加：2" in told
    assert any(line.startswith("得分（分值3）") for line in told)
    # three articles at 1 each, at most 2
    assert "3 × 1 = 3，封顶 2，得 2" in told


def test_the_reason_for_having_no_task_is_given(book: Path) -> None:
    assert "得分（分值5）：－，因为“承办”是“否”" in lines_of(book, "乙", "3")
    # that a unit has the task is no reason why it lost: 5 − 6 stops at 0
    assert "5 - 3 × 2 = -1，最低 0，得 0" in lines_of(book, "丙", "3")


MORE = """
- {id: 1, name: 受理, points: 10, rule: ratio, in: 件, target: [4, 8, null], no_task: average}
- {id: 2, name: 满意, points: 5, in: "%", rule: deduct, events: [{what: 满意率, short_of: 90%, per: 2%, each: 0.5}], whole: true}
- {id: 3, name: 扣分, points: 0, rule: deduct, floor: -5, events: [{what: 通报, each: 2}]}
- {id: 否, name: 安全, rule: veto, grade: 不合格, when: [死亡, 重伤]}
- {name: 月评, periods: [1月, 2月], children: [{id: 4, name: 评议, points: 10, rule: direct}]}
"""
GRADED = """
grades: {by: score, bands: [{name: 优秀, at_least: 23}, {name: 合格}]}
quantities: {均分: {is: "over_units(average, 首项)", clause: 第九条}, 首项: score('1')}
"""


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "m.xlsx"
    inputs = {
        "1/完成": [3, 8, None],
        "2/满意率": [0.85, 0.9, 0.95],
        "3/通报": [3, 1, None],
        "否/死亡": [None, 2, None],
        "4@1月/评分": [8, 9, 7],
        "4@2月/评分": [6, "9分", None],
    }
    return tiny.book(tiny.text(MORE, full="25", extra=GRADED), path, tiny.typed(inputs))


def test_a_mean_names_the_units_and_the_sum_it_came_from(more: Path) -> None:
    # 10 × 3 ÷ 4 = 7.5 and 10, so 17.5 ÷ 2 = 8.75 for the unit without the task
    told = "\n".join(lines_of(more, "丙", "1"))
    assert "平均得分 （甲 7.5 + 乙 10）÷ 2 = 8.75" in told
    assert "（甲 7.5 + 乙 10 + 丙 8.75）÷ 3 = 8.75" in "\n".join(lines_of(more, "甲", "均分"))
    assert lines_of(more, "甲", "均分")[-1] == "依据：某文〔2024〕1号 第九条"


def test_a_mean_that_waits_for_others_says_for_whom(tmp_path: Path) -> None:
    path = tiny.book(tiny.text(MORE, full="25", extra=GRADED), tmp_path / "w.xlsx", tiny.typed({"1/完成": [3, None, None]}))
    told = "\n".join(lines_of(path, "丙", "1"))
    assert "得分（分值10）：还没有结果，因为没有这项任务，乙的“计算得分”还没有得出\n" in told


def test_steps_of_a_deduction_are_called_what_people_call_them(more: Path) -> None:
    told = lines_of(more, "甲", "2")
    assert "满意率一档的幅度：2%" in told
    assert "满意率每档扣分：0.5" in told
    # 5 points short in steps of 2 are two whole steps: 2 × 0.5 = 1
    assert any("取整（（标准 - 满意率） ÷ 满意率一档的幅度） × 满意率每档扣分" in line for line in told)
    assert "最低得分：-5" in lines_of(more, "甲", "3")
    assert any("-6，最低 -5，得 -5" in line for line in lines_of(more, "甲", "3"))


def test_a_veto_names_its_item_and_a_grade_its_limits(more: Path) -> None:
    total = lines_of(more, "乙", "总分")
    assert "等次：否决项“安全”" in total
    assert total[total.index("等次：否决项“安全”") + 1] == "不合格，因为“死亡”填了 2"
    # 7.5 + (5 − 1) − 5 + (8 + 6) ÷ 2 = 13.5
    total = lines_of(more, "甲", "总分")
    assert "合格，总分 13.5 低于 23" in total
    assert any("7.5 + 4 - 5 + 7 = 13.5" in line for line in total)


def test_a_month_says_which_month_and_a_text_why_there_is_no_score(more: Path) -> None:
    told = lines_of(more, "乙", "4@2月")
    assert told[0] == "乙｜4 评议（2月）"
    assert "得分（分值10）：还没有结果，“评分”填的是文字“9分”，不是数" in told
    assert any("2月小计" in line for line in lines_of(more, "甲", "月评"))
    assert "得分（分值10）：还没有结果，“评分”还没有填" in lines_of(more, "丙", "4@2月")
    assert any("还有 1 项没有得分：4 评议（2月）" in line for line in lines_of(more, "丙", "总分"))


def test_a_number_as_the_sheet_prints_it_is_understood(more: Path) -> None:
    assert lines_of(more, "甲", "序号3")[0] == "甲｜3 扣分"
    with pytest.raises(explanation.NotExplained, match="4@1月、4@2月"):
        explanation.explain(more, "甲", "4")


def test_a_cell_that_was_written_over_is_told_as_it_is_and_should_be(more: Path, tmp_path: Path) -> None:
    pack = Package.open(more)
    sheet, at = snapshot.take(more).place("1/得分", 0) or ("", "")
    pack.sheet(sheet).set(at, Decimal(10))
    path = tmp_path / "over.xlsx"
    path.write_bytes(pack.to_bytes())
    told = lines_of(path, "甲", "1")
    assert f"注意：“得分”（{sheet}!{at}）的公式被盖掉了，表里显示 10，应为 7.5；用“重算”恢复" in told
    assert not [line for line in lines_of(more, "甲", "1") if line.startswith("注意")]


def test_quantities_of_the_scheme_and_the_total_are_explained(book: Path) -> None:
    told = lines_of(book, "甲", "折算分")
    # 受理 5, 满意 5, 超期 5 − 2 = 3; 加分 2
    assert "13 + 2 = 15" in told
    assert "15 ÷ 23 × 100 ≈ 65.2174" in told
    total = lines_of(book, "甲", "总分")
    assert "13 + 2 = 15" in total
    assert not any("未填项数" in line for line in total)


def test_a_name_that_is_not_there_is_told_with_the_nearest(book: Path) -> None:
    with pytest.raises(explanation.NotExplained, match="没有指标“折算”；是不是“折算分”"):
        explanation.explain(book, "甲", "折算")
    with pytest.raises(explanation.NotExplained, match="没有指标“zz”；可用的有：1、2、3、4"):
        explanation.explain(book, "甲", "zz")
    with pytest.raises(explanation.NotExplained, match="没有被考核单位“戊”"):
        explanation.explain(book, "戊", "1")


def test_a_book_of_duties_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "fire.xlsx"
    writer.write(book_of("jiyuan-2020-fire"), path)
    unit = file_of("jiyuan-2020-fire").scheme.unit_names[0]
    told = lines_of(path, unit, "总分")
    assert any(line.startswith("应落实项数") for line in told)
    assert lines_of(path, unit, "应落实项数")[1].startswith("应落实项数：适用项数")


# What the units are told besides their total ----------------------------------------------------------------------------


def test_a_quantity_that_nothing_rests_on_is_a_result(book: Path) -> None:
    """折算分 is used by nothing, 得分和 by 折算分; both are the scheme's own."""
    plan = tiny.plan(TEXT, full="23", extra=EXTRA)
    assert [name for name, _ in plan.results] == ["折算分"]
    sheet = openpyxl.load_workbook(book, data_only=True)["汇总"]
    heads = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value == "折算分"}
    [row] = [r for r in sheet.iter_rows() if r[0].value == "unit:甲"]
    assert float(row[heads["折算分"] - 1].value) == pytest.approx(15 / 23 * 100)
    scored = actions.score(book)
    assert float(scored.units["甲"].scores["折算分"] or 0) == pytest.approx(15 / 23 * 100)
    assert [name for name, _ in scored.results] == ["折算分"]


def test_the_guide_names_the_sheets_to_fill_in() -> None:
    def told(text: str) -> str:
        made = compose(load.loads(text))
        guide = next(s for s in made.sheets if s.name == "说明")
        return next(str(c.content) for c in guide.cells.values() if str(c.content).startswith("1．"))

    assert "打开“填报与计分”，" in told(tiny.text(TEXT, full="23", extra=EXTRA))
    assert "打开本单位名称的表和“项目清单”，" in told(tiny.UNITS)
    assert "打开“填报与计分”和“服务事项清单”，" in told(tiny.LISTED)


def test_where_nobody_wrote_how_far_a_deduction_goes_the_sheet_does_not_claim_it() -> None:
    def told(floor: str) -> str:
        made = tiny.plan(f"- {{id: 1, name: 甲, points: 10, rule: deduct, {floor}events: [{{what: 事故, each: 2}}]}}")
        return next(b.sentence for b in made.blocks if b.id == "1")

    assert told("") == "事故，每次扣2，扣完为止。"
    assert told("floor: assumed, ") == "事故，每次扣2（本簿扣到0分为止）。"
    assert told("floor: 4, ") == "事故，每次扣2，最低4分。"


@pytest.mark.parametrize(
    ("indicator", "told"),
    [
        # six events of 0.5 at most cannot use 10 points up, so nothing is said about where they stop
        ("rule: deduct, events: [{what: 事故, each: 0.5, up_to: 6}]", "事故，每次扣0.5。"),
        ("rule: deduct, events: [{what: 事故, each: 2, up_to: 6}]", "事故，每次扣2，扣完为止。"),
        ("rule: deduct, at_most: 3, floor: assumed, events: [{what: 事故, each: 2}]", "事故，每次扣2；合计最多扣3分。"),
        ("rule: checklist, items: [{what: 制度, each: 4}, {what: 学习, each: 6}]", "制度，未做到扣4；学习，未做到扣6。"),
        ("rule: checklist, items: [{what: 制度, each: 4}, {what: 学习, each: 7}]", "制度，未做到扣4；学习，未做到扣7；扣完为止。"),
        ("rule: ratio, target: [2, 2, null], no_task: average", "完成得满分，未完成按比例计算。本簿：没有任务的按有任务单位的平均得分计。"),
        ("rule: ratio, target: [2, 2, null], no_task: full", "完成得满分，未完成按比例计算。本簿：没有任务的得满分。"),
        # what is never less than nothing falls short by ten steps at most
        ("rule: deduct, events: [{what: 开工率, short_of: 100%, highest: 100%, per: 10%, each: 1}]", "开工率低于100%，每10个百分点扣1。"),
        ("rule: deduct, events: [{what: 开工率, short_of: 100%, per: 10%, each: 1}]", "开工率低于100%，每10个百分点扣1，扣完为止。"),
        ("rule: deduct, floor: assumed, events: [{what: 事故, each: 2}], criteria: 每起扣2分。", "每起扣2分（本簿扣到0分为止）。"),
        ("rule: formula, at_least: assumed, score: 分值 - 1, criteria: 酌情扣。", "酌情扣（本簿扣到0分为止）。"),
        ("rule: direct", "原文没有写怎样评分，本簿由考核主体填得分。"),
        (
            "in: '%', rule: ratio, target: 3%, better: lower",
            "完成得满分，未完成按比例计算（本簿：不超过目标为完成，超过的按“目标÷完成”的比例）。",
        ),
        ("rule: ratio, target: [2, 2, null]", "完成得满分，未完成按比例计算。"),
        ("rule: ratio, target: 2, no_task: average", "完成得满分，未完成按比例计算。"),
        ("rule: ratio, target: [2, 2, null], no_task: average, criteria: 没有的按平均分计。", "没有的按平均分计。"),
    ],
)
def test_the_rule_in_words(indicator: str, told: str) -> None:
    made = tiny.plan(f"- {{id: 1, name: 甲, points: 10, {indicator}}}")
    assert next(b.sentence for b in made.blocks if b.id == "1") == told


def test_a_book_of_duties_has_words_of_its_own() -> None:
    made = compose(load.loads(tiny.text("- {id: 1, name: 值班, rule: duty}\n- {id: 2, name: 检查, rule: duty}", full="null")))
    guide = next(s for s in made.sheets if s.name == "说明")
    texts = [str(box.content) for box in guide.cells.values() if box.content is not None]
    assert "2项" in texts
    assert not [text for text in texts if "总分" in text or "得分" in text]


LOST = """
- {id: 1, name: 值班, points: 0, rule: deduct, floor: null, events: [{what: 脱岗, each: 0.5}]}
- {id: 2, name: 档案, points: 5, rule: checklist, items: [{what: 目录, each: 1}, {what: 台账, each: 2}, {what: 总结, each: 2}]}
- {id: 3, name: 评价, points: 8, rule: situations, situations: {好: 8, 合格: 6}}
- {id: 4, name: 项目, points: 2, rule: direct, for: [乙], no_task: average}
- {id: 5, name: 事故（否决项）, rule: veto, when: [重大事故], grade: 不合格, clause: 第九条}
"""


def test_what_was_lost_reads_as_people_say_it(tmp_path: Path) -> None:
    plan = tiny.plan(LOST, full="15")
    own: dict[str, int | str] = {"脱岗": 1, "目录": "是", "台账": "否", "总结": "是", "重大事故": 1}
    inputs: dict[tuple[str, int], Value] = {}
    for line in plan.inputs:
        if line.label in own:
            value = own[line.label]
            inputs[line.key, 0] = Decimal(value) if isinstance(value, int) else value
    inputs["3/情形", 0] = "合格"
    inputs["4/评分", 1] = Decimal("1.5")
    book = tiny.book(tiny.text(LOST, full="15"), tmp_path / "b.xlsx", inputs)
    assert "-1 × 0.5 = -0.5" in lines_of(book, "甲", "1")
    assert not any("分值0" in line for line in lines_of(book, "甲", "1"))
    # nothing happened to 乙: no 0 - 0
    assert any(line.endswith("0，没有发生") for line in lines_of(book, "乙", "1"))
    # of three things one was missing: the two that were met are no reason
    assert "5 - 2 = 3，因为“台账”是“否”" in lines_of(book, "甲", "2")
    assert any(line.endswith("“合格”，得 6") for line in lines_of(book, "甲", "3"))
    # the mean of the only one who has the task
    assert any(line.endswith("因为没有这项任务，平均得分 乙 1.5，得 1.5") for line in lines_of(book, "甲", "4"))
    assert lines_of(book, "甲", "总分")[-1].endswith("；“事故（否决项）”：某文〔2024〕1号 第九条")


SPOKEN = """
- {id: 1, name: 配合, points: 0, rule: formula, at_least: null, inputs: {迟报: {ask: events}, 拒报: {ask: events}},
   figures: {迟报扣: 1, 拒报扣: 2}, score: "0 - if(迟报 > 0, 迟报扣, 0) - if(拒报 > 0, 拒报扣, 0)"}
- {id: 2, name: 收文, points: 3, rule: deduct, events: [{what: 迟领, each: 0.5, at_most: 1}, {what: 外传, each: 1}]}
- {id: 3, name: 制度, points: 4, rule: checklist, items: [{what: 有“两张表”, each: 1}, {what: 台账, each: 1}, {what: 总结, each: 2}]}
- {id: 4, name: 评比, points: 5, rule: formula, inputs: {参加: {ask: yes_no}, 得票: {ask: yes_no}}, figures: {扣: 2},
   score: 'if(count("否", 参加, 得票) > 0, 分值 - 扣, 分值)'}
- {id: 5, name: 办结, points: 10, rule: formula, inputs: {办结: {ask: count}, 应办: {ask: count, low: 1}},
   quantities: {办结率: {is: 办结 / 应办, in: "%"}}, score: 办结率 * 分值}
- {id: 否, name: 评优, rule: veto, grade: 取消评优, if: 迟报 + 拒报 > 2}
- {id: 6, name: 安全, rule: veto, grade: 不合格, if: 外传 + 拒报 > 0}
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "s.xlsx"
    inputs = {
        "1/迟报": [None, 1, None],
        "1/拒报": [None, 2, None],
        "2/外传": [None, 2, 1],
        "3/有“两张表”": ["是", "否", "是"],
        "3/台账": ["是", "否", "是"],
        "3/总结": ["是", "是", "是"],
        "4/参加": ["是", "否", "是"],
        "4/得票": ["是", "否", "否"],
        "5/办结": [7, 6, " "],
        "5/应办": [9, 8, 0],
    }
    return tiny.book(tiny.text(SPOKEN, full="22"), path, tiny.typed(inputs))


def test_what_nothing_came_of_is_not_told(spoken: Path) -> None:
    """Parts of a sum that come to nothing, because nothing happened, are left out; a bare minus is no part either."""
    assert "得分：0，没有扣分的情形" in lines_of(spoken, "甲", "1")
    told = lines_of(spoken, "乙", "1")
    assert "-1 - 2 = -3，因为“迟报”填了 1，“拒报”填了 2" in told
    assert "得分：-迟报扣 - 拒报扣" in told
    assert lines_of(spoken, "甲", "2")[-2] == "得分（分值3）：3，没有发生"
    assert "3 - 2 × 1 = 1" in lines_of(spoken, "乙", "2")
    assert "得分（分值4）：4，没有扣分的情形" in lines_of(spoken, "甲", "3")


def test_names_within_quotation_marks_have_single_ones(spoken: Path) -> None:
    # the first two of three were not done: 4 − 1 − 1
    assert "4 - （1 + 1） = 2，因为“有‘两张表’”是“否”，“台账”是“否”" in lines_of(spoken, "乙", "3")


def test_answers_that_are_counted_are_named(spoken: Path) -> None:
    assert "5 - 2 = 3，因为“参加”、“得票”是“否”" in lines_of(spoken, "乙", "4")
    assert "得分（分值5）：5，因为没有一项是“否”" in lines_of(spoken, "甲", "4")


def test_a_veto_by_a_condition_names_what_happened(spoken: Path) -> None:
    # 1 + 2 > 2; 2 + 2 > 0
    told = lines_of(spoken, "乙", "6")
    assert told[-2] == "结果：不合格，因为“外传”填了 2，“拒报”填了 2"
    assert lines_of(spoken, "乙", "评优")[-2] == "结果：取消评优，因为迟报 + 拒报（1 + 2 = 3）高于 2"


def test_what_was_rounded_is_not_said_to_be_equal(spoken: Path) -> None:
    # 7 of 9 are 77.7778 %, of 10 points 7.78
    assert "77.7778% × 10 ≈ 7.78，四舍五入到 2 位小数" in lines_of(spoken, "甲", "5")


def test_what_a_score_waits_for_is_told_by_what_is_to_be_filled_in(spoken: Path) -> None:
    """Not by the quantity in between, nor by a total that waits for the same."""
    told = lines_of(spoken, "丙", "5")
    waits = "还没有结果，“办结”填的是空格，不是数，“应办”填的“0”不能用（填正整数）"
    assert f"得分（分值10）：{waits}" in told
    total = lines_of(spoken, "丙", "总分")
    assert "总分（分值22）：未填完，还有 1 项没有得分：5 办结" in total
    assert "位次：还没有结果，要等总分" in total


MANY = """
- name: 业务
  at_least: 0
  children:
""" + "".join(f"  - {{id: {n}, name: 第{n}项, points: {n}, rule: direct}}\n" for n in range(1, 15))


def test_a_sum_of_many_names_those_that_fell_short(tmp_path: Path) -> None:
    """Fourteen rows of 1 to 14 points: all full but the second and the twelfth."""
    inputs = {f"{n}/评分": [n, n, n] for n in range(1, 15)} | {"2/评分": [0.5, 2, 2], "12/评分": [7, 12, 12]}
    inputs |= {f"{n}/评分": [n, n, 0] for n in range(3, 9)}
    book = tiny.book(tiny.text(MANY, full="105"), tmp_path / "m.xlsx", tiny.typed(inputs))
    # 105 − 2 − 12 = 91 of twelve rows
    told = lines_of(book, "甲", "业务")
    assert "小计：得满分的 12 项 + 第2项得分 + 第12项得分" in told
    assert "91 + 0.5 + 7 = 98.5" in told
    assert lines_of(book, "乙", "业务")[-3:-1] == ["小计：得满分的 14 项", "105"]
    # of 丙's fourteen rows six came to nothing: 105 − (3 + 4 + … + 8) = 72
    assert "小计：得满分的 8 项（另有 6 项得 0 分）" in lines_of(book, "丙", "业务")
    assert lines_of(book, "丙", "业务")[-2] == "72"


SHORT = """
- id: 1
  name: 落实
  points: 20
  rule: deduct
  events:
  - {what: 满意率, short_of: 90%, per: 1%, each: 0.5}
  - {what: 到位率, short_of: 98%, per: 1%, each: 0.5}
  - {what: 推进不力, between: [0.5, 1]}
"""


def test_a_rate_is_held_against_its_standard_and_what_was_met_costs_nothing(tmp_path: Path) -> None:
    """Not the standard against the rate; and of two rates and a deduction by choice only the one that was short is told."""
    typed = tiny.typed({"1/满意率": [0.8, 1, 0.9], "1/到位率": [1, 1, 0.98], "1/推进不力": [0, 1, None]})
    book = tiny.book(tiny.text(SHORT, full="20"), tmp_path / "s.xlsx", typed)
    told = lines_of(book, "甲", "1")
    # ten points short, half a point each
    assert "（90% - 80%） ÷ 1% × 0.5 = 5，因为满意率（80%）低于标准（90%）" in told
    assert "到位率扣分：0，因为到位率（100%）不低于标准（98%）" in told
    assert "20 - 5 = 15" in told
    assert "20 - 1 = 19" in lines_of(book, "乙", "1")
    assert "得分（分值20）：20，没有扣分的情形" in lines_of(book, "丙", "1")


RATED = """
- {id: 1, name: 报送, points: 0, rule: formula, at_least: null, inputs: {报送: {ask: count}, 产生: {ask: count, low: 1}},
   quantities: {报送率: {is: "clamp(报送 / 产生, 0, 1)", in: "%"}},
   bands: {扣分档: [{from: 80%, gives: 0}, {gives: 10}]}, score: "0 - band(报送率, 扣分档)"}
- {id: 2, name: 创新, points: 0, rule: formula, at_most: null, inputs: {国家级: {ask: events}, 省级: {ask: events}},
   figures: {国家加: 20, 省加: 10}, score: "max(if(国家级 > 0, 国家加, 0), if(省级 > 0, 省加, 0))"}
- {id: 3, name: 日常, points: 10, rule: formula, inputs: {及时: {ask: yes_no}, 未报: {ask: events}}, figures: {每次: 4},
   quantities: {报送分: "max(0, 分值 - 未报 * 每次)"}, score: 'if(及时 == "是", 报送分, 0)'}
"""


def test_tables_gates_and_the_larger_of_several_leave_no_noughts(tmp_path: Path) -> None:
    inputs = {
        "1/报送": [9, 12, 7],
        "1/产生": [10, 10, 10],
        "2/国家级": [1, None, None],
        "2/省级": [None, None, None],
        "3/及时": ["是", "否", "是"],
        "3/未报": [1, None, None],
    }
    book = tiny.book(tiny.text(RATED, full="10"), tmp_path / "r.xlsx", tiny.typed(inputs))
    assert "得分：0，报送率 90% 不低于 80%" in lines_of(book, "甲", "1")
    assert "-10，报送率 70% 低于 80%" in lines_of(book, "丙", "1")
    # 12 of 10 are 120 %, and no more than the whole counts
    assert "12 ÷ 10 = 120%，封顶 100%，得 100%" in lines_of(book, "乙", "1")
    assert "得分：20，因为“国家级”填了 1" in lines_of(book, "甲", "2")
    assert "得分：0，没有发生" in lines_of(book, "丙", "2")
    # 10 − 4; that it was in time is no reason for the loss
    assert lines_of(book, "甲", "3")[-3:-1] == ["10 - 1 × 4 = 6", "得分（分值10）：6"]
    assert "得分（分值10）：0，因为“及时”是“否”" in lines_of(book, "乙", "3")


TRAINED = """
- {id: 1, name: 培训, points: 0, rule: formula, at_least: null, inputs: {参加: {ask: yes_no}, 缺席: {ask: events}},
   figures: {每人: 2, 没参加扣: 5}, score: '0 - if(参加 == "是", 缺席 * 每人, 没参加扣)'}
- {id: 2, name: 报信, points: 0, rule: formula, at_least: null, inputs: {完成率: {in: "%"}, 没报: {ask: events}}, figures: {没报扣: 2},
   bands: {扣分档: [{from: 100%, gives: 0}, {gives: 1}]}, score: "0 - if(没报 > 0, 没报扣, band(完成率, 扣分档))"}
"""


def test_who_took_part_lost_by_what_happened_there(tmp_path: Path) -> None:
    inputs = {"1/参加": ["是", "否", "是"], "1/缺席": [3, None, None], "2/完成率": [1, 0.5, 1], "2/没报": [None, None, 1]}
    book = tiny.book(tiny.text(TRAINED, full="null"), tmp_path / "t.xlsx", tiny.typed(inputs))
    assert "-3 × 2 = -6" in lines_of(book, "甲", "1")
    assert "-5，因为“参加”是“否”" in lines_of(book, "乙", "1")
    assert "得分：0，完成率 100% 不低于 100%" in lines_of(book, "甲", "2")
    assert "-1，完成率 50% 低于 100%" in lines_of(book, "乙", "2")
    assert "-2，因为“没报”填了 1" in lines_of(book, "丙", "2")


SWITCHED = """
- id: 1
  name: 完成
  points: 10
  rule: formula
  inputs: {甲率: {in: "%"}, 乙率: {in: "%"}}
  figures: {只看最低: 0, 目标个数: [2, 1, 2]}
  quantities: {完成率: {is: "if(目标个数 == 1, 甲率, if(只看最低 == 1, min(甲率, 乙率), average(甲率, 乙率)))", in: "%"}}
  score: 分值 * 完成率
- {id: 2, name: 最高, points: 0, rule: formula, at_least: null, inputs: {败诉率: {in: "%"}}, figures: {扣: 5},
   quantities: {最高败诉率: "over_units(max, 败诉率)"}, score: "0 - if(败诉率 == 最高败诉率, 扣, 0)"}
"""


def test_a_switch_of_the_scheme_is_no_reason_and_shares_are_compared_as_such(tmp_path: Path) -> None:
    inputs = {"1/甲率": [0.5, 0.5, 1], "1/乙率": [1, None, 1], "2/败诉率": [0.2, 0.3, 0.1]}
    book = tiny.book(tiny.text(SWITCHED, full="10"), tmp_path / "s.xlsx", tiny.typed(inputs))
    assert "（50% + 100%）÷ 2 = 75%" in lines_of(book, "甲", "1")
    assert "完成率：50%" in lines_of(book, "乙", "1")
    assert "-5，因为败诉率（30%）等于最高败诉率（30%）" in lines_of(book, "乙", "2")


NAMED = """
- {id: 1, name: 建设, points: 8, rule: checklist,
   items: [{what: 制度, each: 1}, {what: 台账, each: 1}, {what: 总结, each: 2}, {what: 档案, each: 1}]}
- {id: 2, name: 方案, points: 10, rule: stages, stages: {初稿: 30%, 印发: 100%}}
- id: 3
  name: 应用
  points: 5
  rule: formula
  inputs: {办结: {ask: count}, 应用: {ask: count}, 虚假: {ask: events}}
  quantities: {没有办结的: "if(应用 == 0, 1, 0)", 应用率: {is: "divide(应用, 办结, if_zero=没有办结的)", in: "%"}}
  score: "if(虚假 > 0, 0, 应用率 * 分值)"
- id: 4
  name: 手续
  points: 2
  rule: formula
  only_if: 有手续
  inputs: {办理: {ask: yes_no}}
  quantities: {办理计: {is: 'if(办理 == "是", 1, 0)', in: "%"}}
  score: 办理计 * 分值
- {id: 5, name: 奖惩, points: 0, rule: deduct, floor: -9, events: [{what: 迟报, each: 2}]}
"""
OF_ALL = """
facts: [{id: 有手续, about: 有没有手续}]
quantities: {完成位次: "rank(完成分)", 完成分: "score('2') + score('3')"}
grades: {by: score, bands: [{name: 优秀, at_least: 20}, {name: 良好, at_least: 10}, {name: 一般}]}
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "n.xlsx"
    inputs = {
        **{f"1/{what}": ["否", "是", "是"] for what in ("制度", "台账")},
        **{f"1/{what}": ["是", "是", "是"] for what in ("总结", "档案")},
        "2/完成阶段": ["初稿", "印发", "印发"],
        "3/办结": [10, 10, 0],
        "3/应用": [5, 10, 0],
        "3/虚假": [None, 1, None],
        "有手续/情况": ["是", "否", "是"],
        "4/办理": ["是", None, "否"],
        "5/迟报": [1, None, None],
    }
    return tiny.book(tiny.text(NAMED, full="25", extra=OF_ALL), path, tiny.typed(inputs))


def test_parts_of_one_name_are_counted(named: Path) -> None:
    # the first two of four were not done: 8 − 1 − 1
    assert lines_of(named, "甲", "1")[-3:-1] == [
        "得分（分值8）：分值 - （2 项缺项扣分）",
        "8 - （1 + 1） = 6，因为“制度”是“否”，“台账”是“否”",
    ]


def test_a_stage_gives_a_share(named: Path) -> None:
    told = lines_of(named, "甲", "2")
    assert "得分（分值10）：分值 × 完成阶段对应的比例" in told
    assert "10 × 30% = 3，完成阶段“初稿”" in told


def test_only_the_branch_that_was_taken_is_told(named: Path) -> None:
    told = "\n".join(lines_of(named, "甲", "3"))
    assert "5 ÷ 10 = 50%" in told
    assert "没有办结的" not in told.split("\n", 2)[2]
    assert "没有办结的：1，因为应用为 0" in lines_of(named, "丙", "3")
    assert not any(line.startswith("应用率") for line in lines_of(named, "乙", "3"))


def test_a_task_that_is_not_assessed_has_no_derivation(named: Path) -> None:
    assert lines_of(named, "甲", "4")[2:-1] == ["办理：是", "办理计：100%", "得分（分值2）：办理计 × 分值", "100% × 2 = 2"]
    assert lines_of(named, "乙", "4")[2:-1] == ["得分（分值2）：－，因为“有手续”是“否”"]


def test_no_points_are_not_called_the_points(named: Path) -> None:
    assert "得分：0，没有发生" in lines_of(named, "乙", "5")
    told = lines_of(named, "甲", "5")
    assert told[told.index("-1 × 2 = -2") - 1] == "得分：-迟报 × 每次扣分"


def test_a_rank_says_its_name_once_and_a_grade_its_limits(named: Path) -> None:
    # 甲 3 + 2.5, 乙 10 + 0, 丙 10 + 5
    assert "完成位次：3，有 2 个单位更高（丙 15，乙 10）" in lines_of(named, "甲", "完成位次")
    # 6 + 3 + 2.5 + 2 − 2 = 11.5
    total = lines_of(named, "甲", "总分")
    assert "良好，总分 11.5 不低于 10、低于 20" in total
    assert [line for line in total if line.startswith("等次怎样定")] == ["等次怎样定：要评“优秀”，总分要不低于 20，还差 8.5 分"]


PLACED = """
- {id: 1, name: 受理, points: 4, rule: direct}
- {id: 二, name: 审核, points: 2, rule: direct}
- {id: 甲-3, name: 发证, points: 4, rule: direct, for: [甲]}
- {id: 减分, name: 减分项, points: 0, rule: deduct, floor: null, events: [{what: 通报, each: 2}]}
"""


def test_an_id_that_is_no_number_of_the_text_is_no_clause(tmp_path: Path) -> None:
    written = tiny.text(PLACED, full="null").replace("附件1", "评分表")
    book = tiny.book(written, tmp_path / "p.xlsx", tiny.typed({"1/评分": [4, 4, 4]}))
    clauses = {name: lines_of(book, "甲", name)[-1] for name in ("1", "二", "甲-3", "减分")}
    assert clauses == {
        "1": "依据：某文〔2024〕1号 评分表序号1",
        "二": "依据：某文〔2024〕1号 评分表序号二",
        "甲-3": "依据：某文〔2024〕1号 评分表甲序号3",
        "减分": "依据：某文〔2024〕1号 评分表“减分项”",
    }


ALONE = """
- name: 年度
  children:
  - name: 重点
    children:
    - {id: 1, name: 投资, points: 6, rule: direct}
    - {id: 2, name: 招商, points: 4, rule: direct}
  - {id: 3, name: 宣传, points: 5, rule: direct}
"""


def test_a_total_of_one_group_alone_is_broken_down(tmp_path: Path) -> None:
    book = tiny.book(tiny.text(ALONE, full="15"), tmp_path / "a.xlsx", tiny.typed({f"{n}/评分": [n, n, n] for n in (1, 2, 3)}))
    told = lines_of(book, "甲", "总分")
    assert told[1:6] == ["重点小计：投资得分 + 招商得分", "1 + 2 = 3", "年度小计：重点小计 + 宣传得分", "3 + 3 = 6", "总分（分值15）：6"]


PLACES = """
- {id: 1, name: 共享, points: 8, rule: formula, inputs: {共享量: {ask: count}}, figures: {最后几名: 1, 最后得: 1},
   quantities: {共享位次: rank(共享量)}, bands: {名次分: [{up_to: 1, gives: 8}, {up_to: 3, gives: 5}, {gives: 2}]},
   score: "if(共享位次 > 参加数 - 最后几名, 最后得, band(共享位次, 名次分))"}
- {id: 2, name: 测评, points: 10, rule: formula, inputs: {测评: {in: "%"}, 视情: {ask: score, high: 10}},
   figures: {满分线: 95%, 打分线: 80%, 每降: 1%},
   score: "if(测评 >= 满分线, 分值, if(测评 >= 打分线, 分值 - (满分线 - 测评) / 每降, 视情))"}
- {id: 3, name: 通报, points: 0, rule: deduct, floor: null, at_most: 1, events: [{what: 通报, each: 1}]}
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "p.xlsx"
    inputs = {
        "1/共享量": [9, 5, 1, 7],
        "2/测评": [0.9, 0.7, 0.96, 1],
        "2/视情": [0, 3, 0, 0],
        "3/通报": [3, None, 1, None],
    }
    written = tiny.text(PLACES, full="18", units="[甲, 乙, 丙, 丁]", extra='quantities: {参加数: "over_units(count, 共享量)"}')
    return tiny.book(written, path, tiny.typed(inputs))


def test_the_last_place_is_a_larger_one_and_not_a_higher_one(places: Path) -> None:
    """Of four units the last one gets a point; the first is told by its place alone."""
    assert "因为共享位次（1）不大于参加数 - 最后几名（4 - 1 = 3），共享位次 1，得 8" in lines_of(places, "甲", "1")
    assert "因为共享位次（3）不大于参加数 - 最后几名（4 - 1 = 3），共享位次 3 在第 2—3 名，得 5" in lines_of(places, "乙", "1")
    assert "得分（分值8）：1，因为共享位次（4）大于参加数 - 最后几名（4 - 1 = 3）" in lines_of(places, "丙", "1")


def test_limits_of_one_number_have_one_subject(places: Path) -> None:
    # five points below 95 %
    told = "10 - （95% - 90%） ÷ 1% = 5，因为测评（90%）低于满分线（95%）、不低于打分线（80%）"
    assert told in lines_of(places, "甲", "2")
    # below the lower line it is below the upper one too
    assert "得分（分值10）：3，因为测评（70%）低于打分线（80%）" in lines_of(places, "乙", "2")


def test_the_cap_of_a_deduction_says_that_it_is_taken_off(places: Path) -> None:
    assert "3 × 1 = 3，最多扣 1，得 -1" in lines_of(places, "甲", "3")
    assert "得分（最多扣1）：-（通报 × 每次扣分）" in lines_of(places, "甲", "3")
    assert "-1 × 1 = -1" in lines_of(places, "丙", "3")


FULL = """
- name: 业务
  children:
  - {id: 1, name: 甲项, points: 4, rule: direct}
  - {id: 2, name: 乙项, points: 3, rule: direct}
  - {id: 3, name: 丙项, points: 2, rule: direct}
  - {id: 4, name: 丁项, points: 1, rule: direct}
- id: 扣
  name: 扣分项
  children:
  - {id: 5, name: 迟报, points: 0, rule: deduct, floor: null, events: [{what: 迟报, each: 1}]}
  - {id: 6, name: 漏报, points: 0, rule: deduct, floor: null, events: [{what: 漏报, each: 1}]}
  - {id: 7, name: 错报, points: 0, rule: deduct, floor: null, events: [{what: 错报, each: 1}]}
  - {id: 8, name: 拒报, points: 0, rule: deduct, floor: null, events: [{what: 拒报, each: 1}]}
"""


def test_rows_that_are_full_or_of_which_nothing_came_are_told_together(tmp_path: Path) -> None:
    inputs = {"1/评分": [4, 4, 1], "2/评分": [3, 3, 3], "3/评分": [2, 2, 2], "4/评分": [1, 0, 0], "6/漏报": [2, None, None]}
    book = tiny.book(tiny.text(FULL, full="10"), tmp_path / "f.xlsx", tiny.typed(inputs))
    assert lines_of(book, "甲", "业务")[1:3] == ["小计：得满分的 4 项", "10"]
    assert lines_of(book, "乙", "业务")[1:3] == ["小计：得满分的 3 项 + 丁项得分", "9 + 0 = 9"]
    # two can as well be named
    assert lines_of(book, "丙", "业务")[1:3] == ["小计：甲项得分 + 乙项得分 + 丙项得分 + 丁项得分", "1 + 3 + 2 + 0 = 6"]
    assert lines_of(book, "甲", "扣")[1:3] == ["小计：漏报得分（另有 3 项得 0 分）", "-2"]
    assert lines_of(book, "乙", "扣")[1:3] == ["小计：4 项都得 0 分", "0"]


ROLES = """
- {id: 1, name: 协同, points: 10, for: {牵头: [甲], 配合: [乙, 丙]}, rule: ratio, in: "%", target: 100%}
- {id: 2, name: 方案, points: 5, for: {牵头: [甲], 配合: [乙, 丙]}, rule: formula, inputs: {完成: {ask: yes_no}},
   score: 'if(完成 == "是", 分值, 0)'}
"""


def test_a_coefficient_that_changes_nothing_is_left_out(tmp_path: Path) -> None:
    typed = tiny.typed({"1/完成": [1.2, 0.5, 1], "2/完成": ["是", "否", "是"]})
    book = tiny.book(tiny.text(ROLES, full="15", extra="roles: {牵头: 1, 配合: 0.6}"), tmp_path / "r.xlsx", typed)
    told = lines_of(book, "甲", "1")
    assert "得分（分值10）：分值 × 完成 ÷ 目标" in told
    assert "10 × 120% ÷ 100% = 12，封顶 10，得 10" in told
    assert "应得分：10" in told
    assert "0.6 × 10 × 50% ÷ 100% = 3" in lines_of(book, "乙", "1")
    assert "10 × 0.6 = 6" in lines_of(book, "乙", "1")
    assert "得分（分值5）：0，因为“完成”是“否”" in lines_of(book, "乙", "2")  # not 0.6 × 0


DONE = """
- {id: 1, name: 宣传, points: 2, rule: formula, inputs: {部署: {ask: yes_no}, 培训: {ask: yes_no}, 总结: {ask: yes_no}}, figures: {要做: 3},
   quantities: {做到: 'count("是", 部署, 培训, 总结)'}, score: 'if(做到 == 要做, 分值, 0)'}
- {id: 2, name: 责任, points: 3, rule: formula, inputs: {建立: {ask: yes_no}, 督查: {ask: yes_no}}, figures: {建立得: 1, 督查得: 2},
   score: 'if(建立 == "是", 建立得, 0) + if(督查 == "是", 督查得, 0)'}
- {id: 3, name: 河道, points: 5, rule: formula, inputs: {分工: {ask: choice, options: [牵头, 配合]}, 处: {ask: events}},
   figures: {牵头扣: 1, 配合扣: 0.5}, score: '分值 - if(分工 == "牵头", 处 * 牵头扣, 处 * 配合扣)'}
- {id: 4, name: 加重, points: 5, rule: formula, inputs: {起数: {ask: count}, 加扣: {ask: events}}, figures: {界限: 2},
   quantities: {加重扣分: "if(起数 >= 界限, 加扣, 0)"}, score: "分值 - 加重扣分"}
"""


def test_what_was_not_done_is_named(tmp_path: Path) -> None:
    inputs = {
        "1/部署": ["是", "否", "是"],
        "1/培训": ["否", "否", "是"],
        "1/总结": ["是", "否", "是"],
        "2/建立": ["是", "否", "是"],
        "2/督查": ["否", "否", "是"],
        "3/分工": ["牵头", "配合", "配合"],
        "3/处": [None, 2, None],
        "4/起数": [4, 1, 0],
    }
    book = tiny.book(tiny.text(DONE, full="15"), tmp_path / "d.xlsx", tiny.typed(inputs))
    assert "2，因为“部署”、“总结”是“是”，“培训”是“否”" in lines_of(book, "甲", "1")
    assert "0，因为“部署”、“培训”、“总结”是“否”" in lines_of(book, "乙", "1")
    assert "得分（分值3）：1，因为“督查”是“否”" in lines_of(book, "甲", "2")
    assert "得分（分值3）：0，因为“建立”是“否”，“督查”是“否”" in lines_of(book, "乙", "2")
    # by either rate nothing would have been taken off
    assert "得分（分值5）：5" in lines_of(book, "甲", "3")
    assert "5 - 2 × 0.5 = 4，因为“分工”是“配合”" in lines_of(book, "乙", "3")
    assert "加重扣分：0，“加扣”没有填" in lines_of(book, "甲", "4")


HAPPENED = """
- id: 考
  name: 考核
  points: 10
  inputs: {投诉: {ask: events}, 事故: {ask: events}}
  quantities: {归零情形: 投诉 + 事故}
  score: 'if(归零情形 > 0, 0, score("1") + score("2"))'
  children:
  - {id: 1, name: 制度, points: 6, rule: direct}
  - {id: 2, name: 执行, points: 4, rule: direct}
"""


def test_a_quantity_of_what_happened_names_it_and_is_no_reason_where_nothing_did(tmp_path: Path) -> None:
    inputs = {"1/评分": [6, 5, 3], "2/评分": [4, 4, 4], "事故/数": [None, 2, 0], "投诉/数": [None, 1, None]}
    book = tiny.book(tiny.text(HAPPENED, full="10"), tmp_path / "h.xlsx", tiny.typed(inputs))
    # the total of the one group says why it is nothing
    assert lines_of(book, "乙", "总分")[1:3] == ["考核小计（分值10）：0，因为“投诉”填了 1，“事故”填了 2", "总分（分值10）：0"]
    assert "3 + 4 = 7" in lines_of(book, "丙", "总分")


QUARTERS = """
- id: 季
  name: 季度
  points: 10
  periods: [一季度, 二季度]
  quantities: {计次: {is: "if(score('2') > 一次, 一次, 没有)", clause: 第二条}}
  figures: {一次: 1, 没有: 0}
  children:
  - {id: 1, name: 报送, points: 5, rule: deduct, events: [{what: 迟报, each: 1}]}
  - {id: 2, name: 采用, points: 5, rule: direct}
- {id: 3, name: 不涉及, points: 2, rule: direct, for: [乙]}
"""


def test_what_is_of_a_quarter_says_of_which(tmp_path: Path) -> None:
    inputs = {"1@一季度/迟报": [1, None, None], "2@一季度/评分": [2, 0, 0], "2@二季度/评分": [3, 1, 0], "3/评分": [None, 2, None]}
    written = tiny.text(QUARTERS, full="12", extra='quantities: {次数: "over_periods(sum, 计次)"}')
    book = tiny.book(written, tmp_path / "q.xlsx", tiny.typed(inputs))
    told = lines_of(book, "甲", "次数")
    assert told[2:6] == ["一季度计次：一次", "1，因为采用得分（2）高于一次（1）", "二季度计次：一次", "1，因为采用得分（3）高于一次（1）"]
    assert told[6:8] == ["次数：一季度计次 + 二季度计次", "1 + 1 = 2"]
    assert told[-1].count("“计次”：第二条") == 1
    # 4 + 2 and 5 + 3, in the order of the year, before the year's mean
    assert lines_of(book, "甲", "总分")[1:7] == [
        "一季度小计（分值10）：报送得分 + 采用得分",
        "4 + 2 = 6",
        "二季度小计（分值10）：报送得分 + 采用得分",
        "5 + 3 = 8",
        "季度小计（分值10）：（一季度小计 + 二季度小计） ÷ 2",
        "（6 + 8） ÷ 2 = 7",
    ]


RATES = """
- {id: 1, name: 工作量, points: 10, rule: formula, inputs: {按期: {ask: count}, 超期: {ask: count}},
   quantities: {办结: 按期 + 超期, 最多: "over_units(max, 办结)"}, score: "divide(办结, 最多, if_zero=0) * 分值"}
"""


def test_what_a_unit_itself_left_open_is_told_as_such(tmp_path: Path) -> None:
    book = tiny.book(tiny.text(RATES), tmp_path / "w.xlsx", tiny.typed({"1/按期": [1, 2, 3], "1/超期": [None, None, 1]}))
    # not “甲的办结” beside 超期, which is why
    assert "得分（分值10）：还没有结果，“超期”还没有填，乙的“办结”还没有得出" in lines_of(book, "甲", "1")
    assert "得分（分值10）：还没有结果，甲、乙的“办结”还没有得出" in lines_of(book, "丙", "1")
