"""How scores become totals, ranks and grades.

Requirements: periods fold by average, sum, weights or those taken part in; roles have coefficients; what an indicator is
worth to a unit is known, pools and rescaled groups included; who has no task in a group; questions that decide what is
assessed, of the units and of the whole scheme; grades by points, rank and share, with needs and vetoes; totals by
formula; nothing is ranked before it is complete. Figures are worked out by hand; the three engines agree.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import tiny

from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.problems import SchemeFault
from generator.verification import compare

Inputs = dict[str, object]
ONE = "- {id: 1, name: 投资, points: 100, rule: direct}"


def results(made: Plan, inputs: Inputs) -> list[tuple[object, object, object]]:
    """Total, rank and grade of each unit."""
    found = [tiny.evaluate(made, inputs).result(unit) for unit in range(len(made.units))]
    return [(None if r.total is None else float(r.total), r.rank, r.grade) for r in found]


# Periods --------------------------------------------------------------------------------------------------------------


MONTHS: Inputs = {
    "质量@1月/评分": [50, 50, 50],
    "进度@1月/评分": [30, 30, 30],
    "质量@2月/评分": [60, 60, None],
    "进度@2月/评分": [31, 31, 31],
    "质量@3月/评分": [40, None, 40],
    "进度@3月/评分": [20, None, 20],
}
"""Every month quality and progress: 50 + 30, 60 + 31, 40 + 20."""


class TestPeriods:
    def group(self, how: str) -> Plan:
        return tiny.plan(
            f"""
            - id: 月度
              name: 月考核
              points: 100
              periods: [1月, 2月, 3月]
              {how}
              children:
              - {{id: 质量, name: 质量, points: 60, rule: direct}}
              - {{id: 进度, name: 进度, points: 40, rule: direct}}
            """
        )

    def test_each_period_is_a_sum_of_its_own(self) -> None:
        made = self.group("fold: average")
        assert tiny.scores(made, MONTHS, "月度@1月/小计") == ["80.00", "80.00", "80.00"]
        assert tiny.scores(made, MONTHS, "月度@2月/小计") == ["91.00", "91.00", None]

    @pytest.mark.parametrize(
        ("how", "score"),
        [
            ("fold: average", "77.00"),  # (80 + 91 + 60) ÷ 3
            ("fold: sum", "231.00"),
            ("fold: participated", "77.00"),
            ("weights: [20%, 30%, 50%]", "73.30"),  # 16 + 27.3 + 30
        ],
    )
    def test_how_periods_become_one(self, how: str, score: str) -> None:
        """Whoever has not filled in a month has no score of the year."""
        assert tiny.scores(self.group(how), MONTHS, "月度/小计") == [score, None, None]

    def test_months_not_taken_part_in(self) -> None:
        made = self.group("fold: participated\n              only_if: 参加\n              inputs: {参加: {ask: yes_no}}")
        asked: Inputs = {"参加@1月/数": ["是", "否", "是"], "参加@2月/数": ["是", "否", "否"], "参加@3月/数": ["否", "否", None]}
        # (80 + 91) ÷ 2; never: no task; not known in March
        assert tiny.scores(made, MONTHS | asked, "月度/小计") == ["85.50", "－", None]
        assert tiny.scores(made, MONTHS | asked, "质量@3月/得分") == ["－", "－", None]
        assert results(made, MONTHS | asked) == [(85.5, 1, None), (0, 2, None), (None, None, None)]

    def test_figures_of_each_period(self) -> None:
        made = tiny.plan(
            """
            - name: 季
              periods: [一季, 二季]
              fold: sum
              period_figures: {计划: [20, 50]}
              inputs: {完成量: {}}
              children: [{id: 1, name: 计划, points: 5, rule: formula, score: 完成量 / 计划 * 分值}]
            """
        )
        inputs: Inputs = {"完成量@一季/数": [10, 20, 4], "完成量@二季/数": [10, 50, 0]}
        # 10 ÷ 20 × 5 + 10 ÷ 50 × 5; 5 + 5; 1 + 0
        assert tiny.scores(made, inputs, "季/小计") == ["3.50", "10.00", "1.00"]

    def test_periods_inside_a_group(self) -> None:
        made = tiny.plan(
            """
            - name: 全年
              at_most: 12
              children:
              - {id: 月, name: 月, periods: [1月, 2月], fold: sum, children: [{id: 1, name: 甲, points: 5, rule: direct}]}
              - {id: 2, name: 乙, points: 5, rule: direct}
            """
        )
        inputs: Inputs = {"1@1月/评分": [5, 1, 2], "1@2月/评分": [4, 1, 3], "2/评分": [5, 5, None]}
        assert tiny.scores(made, inputs, "全年/小计") == ["12.00", "7.00", None]  # 5 + 4 + 5 = 14, at most 12

    @pytest.mark.parametrize(
        ("how", "message"),
        [
            ("weights: [50%, 50%]", "有 3 期，weights 写了 2 个"),
            ("period_figures: {计划: [1, 2]}", "有 3 期，“计划”写了 2 个数"),
        ],
    )
    def test_as_many_as_there_are_periods(self, how: str, message: str) -> None:
        with pytest.raises(SchemeFault, match=message):
            self.group(how)


# Roles, and what an indicator is worth ----------------------------------------------------------------------------------


class TestRoles:
    def test_coefficients(self) -> None:
        """牵头 1, 一类 0.8, 二类 0.6; who is named twice has the role that comes first; who is not named has no task."""
        made = tiny.plan(
            "- {id: 1, name: 事项, points: 10, for: {牵头: [甲], 一类: [乙, 甲], 二类: [两局]}, rule: ratio, target: 4}",
            units="[甲, 乙, 丙, 丁, 戊]",
            extra="roles: {牵头: 1, 一类: 0.8, 二类: 0.6}\nsets: {两局: [丙, 丁]}",
        )
        # 10 × 2 ÷ 4 = 5, times the coefficient
        assert tiny.scores(made, {"1/完成": [2, 2, 2, 9, None]}) == ["5.00", "4.00", "3.00", "6.00", "－"]
        assert tiny.numbers(made, {"1/完成": [2] * 4}, "1/应得分") == [10, 8, 6, 6, "－"]

    def test_points_by_unit_and_coefficient(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 事项, points: [10, 20, null], for: {牵头: [甲], 配合: [乙, 丙]}, rule: direct}",
            extra="roles: {牵头: 1, 配合: 0.5}",
        )
        assert tiny.scores(made, {"1/评分": [9, 15, None]}) == ["9.00", "7.50", "－"]
        assert tiny.numbers(made, {}, "1/应得分") == [10, 10, "－"]

    def test_a_role_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        found = tiny.problem(tmp_path, "- {id: 1, name: 甲, points: 1, for: {主办: [甲]}, rule: direct}", extra="roles: {牵头: 1}")
        assert "没有“主办”这个角色" in found.message
        assert "牵头" in found.remedy

    def test_rate_of_what_is_worth(self) -> None:
        """得分率 ＝ Σ得分 ÷ Σ应得分, over the indicators that the unit carries."""
        made = tiny.plan(
            """
            - {id: 1, name: 甲项, points: 10, for: {牵头: [甲, 乙]}, rule: direct}
            - {id: 2, name: 乙项, points: 20, for: {配合: [甲]}, rule: direct}
            """,
            extra="roles: {牵头: 1, 配合: 0.5}\nquantities: {率: 'divide(sum(得分), sum(应得分), if_zero=0)'}\nscore: 率 * 100",
        )
        # (8 + 15 × 0.5) ÷ (10 + 10); 9 ÷ 10; nothing of nothing
        assert [total for total, *_ in results(made, {"1/评分": [8, 9, None], "2/评分": [15, None, None]})] == [77.5, 90, 0]


class TestGroups:
    def test_a_pool_is_worth_its_points_once(self) -> None:
        """Several rows that only deduct share one mark: it counts once in what the tasks are worth."""
        made = tiny.plan(
            """
            - name: 任务
              children:
              - {id: 1, name: 甲项, points: 8, for: {牵头: [甲, 乙]}, rule: direct}
              - id: 信息
                name: 信息
                points: 2
                base: full
                at_least: 0
                defaults: {rule: deduct, floor: null, points: 0}
                children:
                - {id: 2a, name: 月报, events: [{what: 少报, each: 1}]}
                - {id: 2b, name: 年报, events: [{what: 缺报, each: 0.5}]}
            """,
            extra="roles: {牵头: 1}\nquantities: {应得: sum(应得分), 实得: sum(得分)}",
        )
        inputs: Inputs = {"1/评分": [6, 8, None], "2a/少报": [1, None, 5], "2b/缺报": [1, None, None]}
        assert tiny.numbers(made, inputs, "应得/算") == [10, 10, 2]
        assert tiny.numbers(made, inputs, "实得/算") == [6.5, 10, 0]  # 6 + 2 − 1 − 0.5; 8 + 2; 2 − 5, at least 0

    def test_rescaled_with_a_pool_inside(self) -> None:
        made = tiny.plan(
            """
            - id: 法治
              name: 法治
              points: 20
              rescale: true
              children:
              - {id: 1, name: 学法, points: 8, rule: direct}
              - {id: 2, name: 执法, points: 10, rule: direct, only_if: 执法部门}
              - id: 信息
                name: 信息
                points: 2
                base: full
                defaults: {rule: deduct, floor: null, points: 0}
                children: [{id: 3, name: 月报, events: [{what: 少报, each: 1}]}]
            """,
            extra="facts: [{id: 执法部门}]",
            full="20",
        )
        inputs: Inputs = {"执法部门/情况": ["是", "否", None], "1/评分": [6, 6, 6], "2/评分": [5, None, None], "3/少报": [1, 1, 1]}
        # 20 × (6 + 5 + 1) ÷ 20; 20 × (6 + 1) ÷ 10; not known
        assert tiny.scores(made, inputs, "法治/小计") == ["12.00", "14.00", None]
        assert tiny.numbers(made, inputs, "法治/适用分值") == [20, 10, 10]

    @pytest.mark.parametrize(
        ("no_task", "gives"),
        [
            ("exclude", ["8.00", "－", "－", "－"]),
            ("average", ["8.00", "8.00", "－", "－"]),
            ("full", ["8.00", "10", "－", "－"]),
            ("zero", ["8.00", "0", "－", "－"]),
        ],
    )
    def test_who_has_no_task_inside_a_group_that_is_for_some(self, no_task: str, gives: list[str]) -> None:
        """The group is for the towns: what a town without the task gets is nothing to the others."""
        made = tiny.plan(
            f"""
            - name: 镇的指标
              for: [镇]
              children:
              - {{id: 1, name: 治水, points: 10, rule: direct, for: [甲], no_task: {no_task}}}
              - {{id: 2, name: 种树, points: 5, rule: direct}}
            """,
            units="{镇: [甲, 乙], 局: [丙, 丁]}",
        )
        inputs: Inputs = {"1/评分": [8], "2/评分": [5, 4]}
        assert tiny.scores(made, inputs) == gives
        own = {"exclude": 0, "average": 8, "full": 10, "zero": 0}[no_task]
        assert tiny.numbers(made, inputs, "镇的指标/小计") == [13, own + 4, "－", "－"]

    def test_limits_of_a_group(self) -> None:
        made = tiny.plan(
            """
            - name: 约束
              at_least: -3
              at_most: 2
              children: [{id: 1, name: 甲, rule: formula, inputs: {数: {low: null}}, score: 数, at_most: null}]
            """
        )
        assert tiny.scores(made, {"1/数": [-9, 9, 1]}, "约束/小计") == ["-3.00", "2.00", "1.00"]

    def test_a_groups_score_by_formula(self) -> None:
        made = tiny.plan(
            """
            - id: 综合
              name: 综合
              figures: {占: 40%}
              score: score("1") * 占 + score("2") * (1 - 占)
              children: [{id: 1, name: 甲, points: 100, rule: direct}, {id: 2, name: 乙, points: 100, rule: direct}]
            """,
            full="100",
        )
        # 90 × 40% + 80 × 60%
        assert tiny.scores(made, {"1/评分": [90, 100, None], "2/评分": [80, 0, 50]}, "综合/小计") == ["84.00", "40.00", None]


# Questions --------------------------------------------------------------------------------------------------------------


class TestQuestions:
    EITHER = """
        - {id: 1, name: 执法, points: 5, rule: direct, only_if: 执法部门}
        - {id: 2, name: 服务, points: 5, rule: direct, unless: 执法部门}
        """

    def test_only_if_and_unless(self) -> None:
        made = tiny.plan(
            self.EITHER,
            extra="facts: [{id: 执法部门}]",
        )
        inputs: Inputs = {"执法部门/情况": ["是", "否", None], "1/评分": [3, 3, 3], "2/评分": [4, 4, 4]}
        assert tiny.scores(made, inputs, "1/得分") == ["3.00", "－", None]
        assert tiny.scores(made, inputs, "2/得分") == ["－", "4.00", None]

    def test_who_is_not_asked_has_not_said_yes(self) -> None:
        """The fact is asked of the offices only; a town is no 执法部门."""
        made = tiny.plan(
            self.EITHER,
            units="{镇: [甲], 局: [乙, 丙]}",
            extra="facts: [{id: 执法部门, for: [局]}]",
        )
        inputs: Inputs = {"执法部门/情况": [None, "是", "否"], "1/评分": [3, 3, 3], "2/评分": [4, 4, 4]}
        assert tiny.scores(made, inputs, "1/得分") == ["－", "3.00", "－"]
        assert tiny.scores(made, inputs, "2/得分") == ["4.00", "－", "4.00"]

    def test_a_switch_for_the_whole_scheme(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 抽查, points: 5, rule: direct, only_if: 今年抽查}\n- {id: 2, name: 日常, points: 5, rule: direct}",
            extra='inputs: {今年抽查: {ask: yes_no, for: "*"}}',
        )
        marks: Inputs = {"1/评分": [3, 4, None], "2/评分": [5, 5, 5]}
        assert results(made, marks | {"今年抽查/数": "是"}) == [(8, 2, None), (9, 1, None), (None, None, None)]
        assert results(made, marks | {"今年抽查/数": "否"}) == [(5, 1, None), (5, 1, None), (5, 1, None)]
        assert results(made, marks) == [(None, None, None)] * 3

    def test_a_whole_group_by_a_question_of_its_own(self) -> None:
        made = tiny.plan(
            """
            - name: 项目
              only_if: 有项目
              inputs: {有项目: {ask: yes_no}}
              children: [{id: 1, name: 进度, points: 5, rule: direct}, {id: 2, name: 质量, points: 5, rule: all_or_nothing}]
            - {id: 3, name: 日常, points: 5, rule: direct}
            """
        )
        inputs: Inputs = {"有项目/数": ["是", "否", "否"], "1/评分": [3], "2/是否完成": ["是"], "3/评分": [4, 4, 5]}
        assert tiny.scores(made, inputs, "项目/小计") == ["8.00", "－", "－"]
        assert results(made, inputs) == [(12, 1, None), (4, 3, None), (5, 2, None)]

    def test_average_of_those_who_are_asked(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 执法, points: 5, rule: direct, only_if: 执法部门, no_task: average}", extra="facts: [{id: 执法部门}]"
        )
        inputs: Inputs = {"执法部门/情况": ["是", "是", "否"], "1/评分": [3, 4.5, None]}
        assert tiny.scores(made, inputs) == ["3.00", "4.50", "3.75"]

    def test_what_is_no_question_is_told(self, tmp_path: Path) -> None:
        found = tiny.problem(tmp_path, "- {id: 1, name: 甲, points: 5, rule: direct, only_if: 件数}", extra="inputs: {件数: {ask: count}}")
        assert "没有这个单位情况" in found.message


# Totals and grades ------------------------------------------------------------------------------------------------------


class TestTotals:
    def test_by_formula_with_a_bonus_apart(self) -> None:
        made = tiny.plan(
            "- {id: 现场, name: 现场, points: 100, rule: direct}\n- {id: 综合, name: 综合, points: 100, rule: direct}",
            full="100",
            extra="""\
            figures: {现场占: 60%, 综合占: 40%, 封顶: 3}
            bonus: {id: 加分, name: 加分, rule: award, at_most: 10, items: [表彰]}
            score: score("现场") * 现场占 + score("综合") * 综合占 + clamp(score("加分"), 0, 封顶)
            """.replace("            ", ""),
        )
        inputs: Inputs = {"现场/评分": [90, 80, 80], "综合/评分": [80, 90, None], "加分/表彰": [None, 5, 5]}
        # 54 + 32; 48 + 36 + 3
        assert results(made, inputs) == [(86, 2, None), (87, 1, None), (None, None, None)]

    def test_a_total_that_looks_at_the_others_waits_for_them(self) -> None:
        made = tiny.plan(ONE, full="100", extra="quantities: {实得: score('1'), 最高: 'over_units(max, 实得)'}\nscore: 实得 / 最高 * 100")
        assert results(made, {"1/评分": [50, 80, 40]}) == [(62.5, 2, None), (100, 1, None), (50, 3, None)]
        assert results(made, {"1/评分": [50, 80, None]}) == [(None, None, None)] * 3

    def test_totals_are_rounded_before_they_are_ranked(self) -> None:
        """33.333 and 33.334 are the same total, and the same rank."""
        made = tiny.plan(ONE, full="100", extra="inputs: {减: {low: null}}\nscore: score('1') - 减")
        assert results(made, {"1/评分": [40, 40, 40], "减/数": [6.667, 6.666, 6.65]}) == [
            (33.33, 2, None),
            (33.33, 2, None),
            (33.35, 1, None),
        ]


def graded(grades: str, units: str = "[甲, 乙, 丙, 丁, 戊, 己, 庚, 辛, 壬, 癸]", more: str = "", extra: str = "") -> Plan:
    return tiny.plan(f"{ONE}\n{more}", units=units, full="100", extra=f"grades: {{{grades}}}\n{extra}")


class TestGrades:
    BY_SCORE = "by: score, bands: [{name: 优, at_least: 90}, {name: 良, at_least: 75}, {name: 差}]"

    def test_by_points(self) -> None:
        made = graded(self.BY_SCORE, units="[甲, 乙, 丙, 丁, 戊]")
        given: Inputs = {"1/评分": [90, 89.99, 75, 74.99, None]}
        assert [grade for *_, grade in results(made, given)] == ["优", "良", "良", "差", None]

    def test_by_rank_with_ties(self) -> None:
        """前1名先进，前3名达标: two firsts are both 先进, and the next is third."""
        made = graded("by: rank, bands: [{name: 先进, up_to: 1}, {name: 达标, up_to: 3}, {name: 一般}]", units="[甲, 乙, 丙, 丁]")
        assert results(made, {"1/评分": [90, 90, 80, 70]}) == [(90, 1, "先进"), (90, 1, "先进"), (80, 3, "达标"), (70, 4, "一般")]
        # until the last one has a total, nobody is ranked for good
        assert [grade for *_, grade in results(made, {"1/评分": [90, 90, 80, None]})] == [None] * 4

    SHARE = "by: rank_share, bands: [{name: 好, up_to: 30%}, {name: 较好, up_to: 60%}, {name: 一般, up_to: 90%}, {name: 差}]"

    def test_by_share_of_the_places(self) -> None:
        """Of ten: 3 好, 3 较好, 3 一般, 1 差."""
        made = graded(self.SHARE)
        marks = list(range(99, 89, -1))
        assert [grade for *_, grade in results(made, {"1/评分": marks})] == ["好"] * 3 + ["较好"] * 3 + ["一般"] * 3 + ["差"]
        tied = [99, 98, 97, 97, 95, 94, 93, 92, 91, 91]  # the fourth is third too; the last two are both ninth of ten
        assert [grade for *_, grade in results(made, {"1/评分": tied})] == ["好"] * 4 + ["较好"] * 2 + ["一般"] * 4

    def test_within_the_group_or_among_all(self) -> None:
        units = "{镇: [甲, 乙], 局: [丙, 丁]}"
        marks: Inputs = {"1/评分": [90, 80, 70, 60]}
        bands = "bands: [{name: 先进, up_to: 1}, {name: 一般}]"
        assert [g for *_, g in results(graded(f"by: rank, {bands}", units), marks)] == ["先进", "一般", "先进", "一般"]
        assert [g for *_, g in results(graded(f"by: rank, within: 全部, {bands}", units), marks)] == ["先进", "一般", "一般", "一般"]
        # ranks themselves are always of the group
        assert [r for _, r, _ in results(graded(f"by: rank, within: 全部, {bands}", units), marks)] == [1, 2, 1, 2]

    def test_a_grade_that_needs_a_fact(self) -> None:
        """差 only for those with 突出问题; the others get the grade before it."""
        made = graded(self.SHARE.replace("{name: 差}", "{name: 差, needs: 突出问题}"), units="[甲, 乙]", extra="facts: [{id: 突出问题}]")
        given: Inputs = {"1/评分": [90, 80]}
        assert [g for *_, g in results(made, given | {"突出问题/情况": ["否", "是"]})] == ["较好", "差"]  # 1 of 2 is 50%
        assert [g for *_, g in results(made, given | {"突出问题/情况": ["否", "否"]})] == ["较好", "一般"]

    def test_a_veto_comes_first(self) -> None:
        made = graded(self.BY_SCORE, units="[甲, 乙, 丙]", more="- {id: 否决, name: 否决, rule: veto, grade: 不合格, when: [事故]}")
        given: Inputs = {"1/评分": [95, 95, None], "否决/事故": [1, 0, 1]}
        assert results(made, given) == [(95, 1, "不合格"), (95, 1, "优"), (None, None, "不合格")]

    def test_the_first_of_two_vetoes(self) -> None:
        more = (
            "- {id: 甲否, name: 甲, rule: veto, grade: 末等, when: [事故]}\n- {id: 乙否, name: 乙, rule: veto, grade: 降等, when: [违纪]}"
        )
        made = graded(self.BY_SCORE, units="[甲, 乙, 丙]", more=more)
        given: Inputs = {"1/评分": [95, 95, 95], "甲否/事故": [1, None, None], "乙否/违纪": [1, 1, None]}
        assert [g for *_, g in results(made, given)] == ["末等", "降等", "优"]

    @pytest.mark.parametrize(
        ("grades", "message"),
        [
            ("by: score, bands: [{name: 优}, {name: 差}]", "等次的界限有重复，或有几档没有写界限"),
            ("by: rank, bands: [{name: 优, up_to: 1}, {name: 良, up_to: 1}, {name: 差}]", "等次的界限有重复"),
            ("by: score, bands: [{name: 优, at_least: 90, needs: 没有}, {name: 差}]", "needs 要写 facts 里的一项"),
        ],
    )
    def test_grades_that_cannot_be(self, grades: str, message: str) -> None:
        with pytest.raises(SchemeFault, match=message):
            graded(grades)


# The engines ------------------------------------------------------------------------------------------------------------

EVERYTHING = """
- id: 月度
  name: 月考核
  points: 100
  periods: [1月, 2月]
  fold: participated
  only_if: 参加
  inputs: {参加: {ask: yes_no}, 件: {ask: count}}
  period_figures: {计划: [20, 25]}
  quantities: {增: "件 - previous(件, first=件)"}
  children:
  - {id: 质量, name: 质量, points: 60, rule: direct}
  - {id: 进度, name: 进度, points: 40, rule: formula, score: 件 / 计划 * 分值}
- id: 季度
  name: 季考核
  periods: [一季, 二季]
  weights: [40%, 60%]
  children: [{id: 5, name: 季评, points: 50, rule: direct, for: [镇], no_task: average}]
- id: 法治
  name: 法治
  points: 20
  rescale: true
  children:
  - {id: 1, name: 学法, points: 8, for: {牵头: [甲, 乙, 丙], 配合: [丁, 戊]}, rule: direct}
  - {id: 2, name: 执法, points: 10, rule: direct, only_if: 执法部门}
  - id: 信息
    name: 信息
    points: 2
    base: full
    at_least: 0
    defaults: {rule: deduct, floor: null, points: 0}
    children: [{id: 3, name: 月报, events: [{what: 少报, each: 1}]}, {id: 4, name: 年报, events: [{what: 缺报, each: 0.5}]}]
- name: 镇的指标
  for: [镇]
  at_most: 12
  children:
  - {id: 6, name: 治水, points: 10, rule: direct, for: [甲], no_task: full}
  - {id: 7, name: 抽查, points: 5, rule: direct, only_if: 今年抽查, no_task: zero}
- {id: 否决, name: 否决, rule: veto, grade: 不合格, if: 少报 + 缺报 > 2}
"""
HEAD = """\
roles: {牵头: 1, 配合: 0.5}
facts: [{id: 执法部门, for: [局]}, {id: 突出问题}]
inputs: {今年抽查: {ask: yes_no, for: "*"}, 加减: {low: null}}
quantities: {率: "divide(sum(得分), sum(应得分), if_zero=0)", 率位: rank(率), 贡献: "descending(率位, first=100, last=70)"}
score: score("法治") + score("月度") + 贡献 / 100 + 加减
grades:
  by: rank_share
  within: 全部
  bands: [{name: 好, up_to: 30%}, {name: 一般, up_to: 60%}, {name: 差, needs: 突出问题}]
"""


def test_the_engines_agree_on_all_of_it(soffice: str) -> None:
    file = tiny.load(EVERYTHING, units="{镇: [甲, 乙, 丙], 局: [丁, 戊]}", full="null", extra=HEAD)
    report = compare.verify(file, count=16, seed=11)
    assert [str(d) for d in report.disagreements[:5]] == []
    assert report.cells["LibreOffice"] > 17 * 200


def test_an_evaluation_with_one_input_changed_is_that_of_all_inputs() -> None:
    """Whatever looks across units, at figures that all share or at nothing but its own unit's cells."""
    made = tiny.plan(
        """
        - {id: 1, name: 投资, points: 10, rule: ratio, target: [4, 8, null], no_task: average}
        - {id: 2, name: 办件, points: 5, rule: deduct, events: [{what: 超期, each: 0.5}]}
        - {id: 3, name: 占比, points: 5, rule: formula, inputs: {件数: {ask: count}}, score: "divide(件数, 最多, if_zero=0) * 分值"}
        """,
        full="20",
        extra='quantities: {最多: "over_units(max, 件数)", 位: rank(最终), 最终: "score(\'2\') * 系"}\nfigures: {系: 2}',
    )
    inputs = tiny.typed({"1/完成": [3, 8, None], "2/超期": [1, 2, None], "3/件数": [4, 9, 5]})
    base = Evaluation(made, inputs)
    for key in made.lines:
        for unit in range(3):
            base.at(key, unit)
    for key, unit, value in [("1/完成", 0, "2"), ("2/超期", 1, "9"), ("3/件数", 1, "3"), ("3/件数", 2, "5"), ("2/超期", 2, "1")]:
        moved = base.with_one(key, unit, Decimal(value))
        whole = Evaluation(made, {**inputs, (key, unit): Decimal(value)})
        again = moved.with_one("2/超期", 0, Decimal(3))
        both = Evaluation(made, {**inputs, (key, unit): Decimal(value), ("2/超期", 0): Decimal(3)})
        for line in made.lines:
            for one in range(3):
                assert moved.at(line, one) == whole.at(line, one), (key, line, one)
                assert again.at(line, one) == both.at(line, one), (key, line, one)
    assert base.value("合计/总分", 0) == Evaluation(made, inputs).value("合计/总分", 0)
