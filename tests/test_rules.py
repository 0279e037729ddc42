"""Rule kinds, each against figures worked out by hand.

Requirements: full marks, a part, each cap and floor, zero and missing targets, blanks that are not zero, bad inputs
that never score, units without the task, the edges of bands, and the sentence that an official reads. The three engines
agree on every kind.
"""

from __future__ import annotations

import pytest
import tiny

from generator.plan.plan import Plan
from generator.plan.typed import line_fault
from generator.rules import KINDS
from generator.scheme.model import Indicator
from generator.tree import expression as e
from generator.verification import compare


class TestRatio:
    made = tiny.plan("- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [4, 3, 0]}")

    def test_full_part_and_zero_target(self) -> None:
        # 10 × 2 ÷ 4 = 5; 10 × 1 ÷ 3 = 3.333…; a zero target is met by 0
        assert tiny.scores(self.made, {"1/完成": [2, 1, 0]}) == ["5.00", "3.33", "10.00"]

    def test_over_achievement_is_capped_and_nothing_is_zero(self) -> None:
        assert tiny.scores(self.made, {"1/完成": [9, 0, 5]}) == ["10.00", "0.00", "10.00"]

    def test_blank_is_not_zero(self) -> None:
        assert tiny.scores(self.made, {"1/完成": [None, 0, None]}) == [None, "0.00", None]

    def test_text_and_negative_never_score(self) -> None:
        assert tiny.scores(self.made, {"1/完成": ["3.5分", -1, "２"]}) == [None, None, None]

    def test_half_rounds_away_from_zero(self) -> None:
        # 10 × 0.0402 ÷ 4 = 0.1005 → 0.10; 10 × 0.3015 ÷ 3 = 1.005 → 1.01, where binary arithmetic gives 1.00
        assert tiny.scores(self.made, {"1/完成": ["0.0402", "0.3015", 0]})[1:2] == [None]
        assert tiny.scores(self.made, {"1/完成": [0.0402, 0.3015, 0]})[:2] == ["0.10", "1.01"]

    def test_growth_may_be_negative_and_scores_nothing(self) -> None:
        made = tiny.plan('- {id: 1, name: 增速, points: 3, in: "%", rule: ratio, target: 8%}')
        # 3 × 0.06 ÷ 0.08 = 2.25
        assert tiny.scores(made, {"1/完成": [0.06, -0.02, 0.08]}) == ["2.25", "0.00", "3.00"]

    def test_lower_is_better(self) -> None:
        made = tiny.plan('- {id: 1, name: 失业率, points: 2, in: "%", rule: ratio, target: 3%, better: lower, min: 0}')
        # 2 × 3 ÷ 4 = 1.5; at the target and below it the full 2, also at 0
        assert tiny.scores(made, {"1/完成": [0.04, 0.03, 0]}) == ["1.50", "2.00", "2.00"]

    def test_counting_what_is_undone(self) -> None:
        made = tiny.plan("- {id: 1, name: 节点, points: 30, rule: ratio, target: [23, 8, 3], actual: 红灯数, counts: undone}", full="30")
        # 30 × 18 ÷ 23 = 23.478…; none undone: full; more undone than there are: 0
        assert tiny.scores(made, {"1/红灯数": [5, 0, 4]}) == ["23.48", "30.00", "0.00"]

    def test_points_by_unit_and_no_task(self) -> None:
        made = tiny.plan("- {id: 1, name: 投资, points: [10, 40, null], rule: ratio, target: [4, 8, null]}")
        assert tiny.scores(made, {"1/完成": [2, 2, None]}) == ["5.00", "10.00", "－"]


class TestNoTask:
    def average(self, carriers: str) -> Plan:
        return tiny.plan(f"- {{id: 1, name: 建设, points: 2, rule: direct, for: {carriers}, no_task: average}}")

    def test_average_of_one_carrier_is_its_score(self) -> None:
        assert tiny.scores(self.average("[乙]"), {"1/评分": [None, 1.7, None]}) == ["1.70", "1.70", "1.70"]

    def test_average_of_several_waits_for_all(self) -> None:
        made = self.average("[甲, 乙]")
        # (1.5 + 2) ÷ 2 = 1.75
        assert tiny.scores(made, {"1/评分": [1.5, 2]}) == ["1.50", "2.00", "1.75"]
        assert tiny.scores(made, {"1/评分": [1.5, None]}) == ["1.50", None, None]

    def test_declared_in_the_sheet(self) -> None:
        made = tiny.plan("- {id: 1, name: 争取资金, points: 5, rule: imported, by: 财政局计分, may_be_none: true, no_task: average}")
        assert tiny.scores(made, {"1/评分": [4, "无", 3]}) == ["4.00", "3.50", "3.00"]
        assert tiny.scores(made, {"1/评分": ["无", "无", "无"]}) == [None, None, None]
        assert tiny.scores(made, {"1/评分": [4, "无", None]}) == ["4.00", None, None]

    def test_nobody_at_all(self) -> None:
        made = tiny.plan("- {id: 1, name: 网格, points: 2, rule: direct, may_be_none: true, no_task: average, nobody: full}")
        assert tiny.scores(made, {"1/评分": ["无", "无", "无"]}) == ["2", "2", "2"]
        assert tiny.scores(made, {"1/评分": ["无", "无", None]}) == [None, None, None]
        assert tiny.scores(made, {"1/评分": ["无", "无", 1]}) == ["1.00", "1.00", "1.00"]

    def test_average_of_converted_scores(self) -> None:
        made = tiny.plan("- {id: 1, name: 信用, points: 1, rule: convert, raw: 10, by: 附件4, may_be_none: true, no_task: average}")
        # 9.25 → 0.925 → 0.93; 8 → 0.8; (0.93 + 0.8) ÷ 2 = 0.865 → 0.87
        assert tiny.scores(made, {"1/原始分": [9.25, 8, "无"]}) == ["0.93", "0.80", "0.87"]

    @pytest.mark.parametrize(("no_task", "score"), [("full", "2.00"), ("zero", "0"), ("exclude", "－")])
    def test_other_ways(self, no_task: str, score: str) -> None:
        made = tiny.plan(f"- {{id: 1, name: 建设, points: 2, rule: direct, for: [乙], no_task: {no_task}}}")
        shown = tiny.scores(made, {"1/评分": [None, 1, None]})
        assert (str(shown[0]) if score == "－" else float(str(shown[0]))) == (score if score == "－" else float(score))


class TestMarks:
    def test_direct_stays_within_its_points(self) -> None:
        made = tiny.plan("- {id: 1, name: 评价, points: 5, rule: direct}")
        assert tiny.scores(made, {"1/评分": [5, 5.01, -0.01]}) == ["5.00", None, None]

    def test_convert(self) -> None:
        made = tiny.plan("- {id: 1, name: 公开, points: 2, rule: convert, raw: 20, by: 附件4}")
        # 17.5 × 2 ÷ 20 = 1.75; 12.345 × 2 ÷ 20 = 1.2345
        assert tiny.scores(made, {"1/原始分": [17.5, 12.345, 20.5]}) == ["1.75", "1.23", None]


class TestEvents:
    def test_deduct_until_nothing_is_left(self) -> None:
        made = tiny.plan("- {id: 1, name: 报送, points: 2, rule: deduct, events: [{what: 迟报, each: 0.5}, {what: 瞒报, each: 2}]}")
        assert tiny.scores(made, {"1/迟报": [3, 4, 5], "1/瞒报": [None, 0, 1]}) == ["0.50", "0.00", "0.00"]

    def test_nothing_typed_means_nothing_happened(self) -> None:
        made = tiny.plan("- {id: 1, name: 报送, points: 2, rule: deduct, events: [{what: 迟报, each: 0.5}]}")
        assert tiny.scores(made, {}) == ["2.00", "2.00", "2.00"]
        assert tiny.scores(made, {"1/迟报": ["两次", -1, "1"]}) == [None, None, None]

    def test_without_floor_and_with_shared_cap(self) -> None:
        made = tiny.plan("- {id: 1, name: 安全, points: 0, rule: deduct, floor: null, at_most: 2.5, events: [{what: 事故, each: 0.5}]}")
        assert tiny.scores(made, {"1/事故": [1, 5, 6]}) == ["-0.50", "-2.50", "-2.50"]

    def test_own_caps_inside_the_shared_one(self) -> None:
        made = tiny.plan(
            """
            - {id: 1, name: 表彰, points: 0, rule: add, at_most: 5,
               events: [{what: 国家级, each: 2, at_most: 4}, {what: 省级, each: 1}]}
            """
        )
        # 3 × 2 = 6 → 4; 4 + 0 = 4; 4 + 3 = 7 → 5; 2 + 1 = 3
        assert tiny.scores(made, {"1/国家级": [3, 2, 1], "1/省级": [None, 3, 1]}) == ["4.00", "5.00", "3.00"]

    def test_a_floor_of_its_own(self) -> None:
        made = tiny.plan("- {id: 1, name: 基地, points: 2, rule: deduct, floor: 1, events: [{what: 未申报, each: 0.6}]}")
        assert tiny.scores(made, {"1/未申报": [1, 2, None]}) == ["1.40", "1.00", "2.00"]

    def test_award_is_capped(self) -> None:
        made = tiny.plan("- {id: 1, name: 加分, points: 0, rule: award, at_most: 5, items: [世界500强, 就业]}")
        assert tiny.scores(made, {"1/世界500强": [3, 3, None], "1/就业": [1.5, 4, None]}) == ["4.50", "5.00", "0.00"]


class TestEventsThatAreNotCounted:
    """Deductions left to the assessor, measured against a standard, or fatal."""

    def test_points_chosen_within_a_band_or_none(self) -> None:
        made = tiny.plan("- {id: 1, name: 报送, points: 5, rule: deduct, events: [{what: 失实, between: [0.5, 1]}]}")
        assert tiny.scores(made, {"1/失实": [0.5, 1, 0.75]}) == ["4.50", "4.00", "4.25"]
        assert tiny.scores(made, {"1/失实": [None, 0, "没有"]}) == ["5.00", "5.00", None]
        assert tiny.scores(made, {"1/失实": [1.5, -1, 0.3]})[:2] == [None, None]

    def test_one_event_costs_the_whole_item(self) -> None:
        made = tiny.plan("- {id: 1, name: 安全, points: 5, rule: deduct, events: [{what: 隐患, each: 1}, {what: 事故, zero: true}]}")
        assert tiny.scores(made, {"1/隐患": [1, 1, 9], "1/事故": [None, 1, 0]}) == ["4.00", "0.00", "0.00"]
        assert tiny.scores(made, {"1/隐患": [None, None, 2], "1/事故": [0, 2, "有"]}) == ["5.00", "0.00", None]

    def test_what_has_to_be_done_is_asked_and_without_it_there_is_nothing(self) -> None:
        made = tiny.plan("- {id: 1, name: 上线, points: 5, rule: deduct, events: [{what: 故障, each: 1}, {what: 按时上线, must: true}]}")
        assert tiny.scores(made, {"1/故障": [1, None, None], "1/按时上线": ["是", "否", None]}) == ["4.00", "0.00", None]
        assert next(b.sentence for b in made.blocks if b.id == "1") == "故障，每次扣1；按时上线，没有做到的本项不得分，扣完为止。"

    def test_what_can_happen_once_only_is_not_counted_further(self) -> None:
        made = tiny.plan("- {id: 1, name: 演练, points: 5, rule: deduct, events: [{what: 全部没有完成, zero: true, up_to: 1}]}")
        [asked] = [line.input for line in made.inputs]
        assert asked is not None
        assert asked.accepts.high == 1
        assert tiny.scores(made, {"1/全部没有完成": [1, None, 0]}) == ["0.00", "5.00", "5.00"]

    def test_short_of_a_standard_in_proportion(self) -> None:
        made = tiny.plan("- {id: 1, name: 满意, points: 3, rule: deduct, events: [{what: 满意率, short_of: 90%, per: 1%, each: 0.5}]}")
        # 88.5%: 1.5 points short, 1.5 × 0.5 = 0.75; at the standard and above nothing; 0%: 90 × 0.5 > 3
        assert tiny.scores(made, {"1/满意率": [0.885, 0.9, 1]}) == ["2.25", "3.00", "3.00"]
        assert tiny.scores(made, {"1/满意率": [0, 0.8999, None]}) == ["0.00", "3.00", None]  # 0.01 point short: 0.005 → 2.995 → 3.00

    @pytest.mark.parametrize("where", ["rule", "event"])
    def test_only_whole_steps(self, where: str) -> None:
        event = "{what: 率, short_of: 90%, per: 1%, each: 0.5, whole: true}"
        event, rule = (event, "") if where == "event" else (event.replace(", whole: true", ""), ", whole: true")
        made = tiny.plan(f"- {{id: 1, name: 满意, points: 3, rule: deduct{rule}, events: [{event}]}}")
        # 1.5 short: one whole point; 0.87 is 3 short, though 0.9 − 0.87 is 0.030000000000000027; 0.9 short: none
        assert tiny.scores(made, {"1/率": [0.885, 0.87, 0.891]}) == ["2.50", "1.50", "3.00"]

    def test_beyond_a_limit_in_its_own_measure(self) -> None:
        made = tiny.plan("- {id: 1, name: 时效, points: 4, rule: deduct, events: [{what: 用时, beyond: 5, per: 2, each: 1, in: 天}]}")
        # 9 days: 4 beyond, 2 steps; 6: half a step; a negative time is none
        assert tiny.scores(made, {"1/用时": [9, 6, 5]}) == ["2.00", "3.50", "4.00"]
        assert tiny.scores(made, {"1/用时": [-1, 0, 100]}) == [None, "4.00", "0.00"]

    def test_a_target_that_every_unit_types_in(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 任务, points: 4, rule: deduct, events: [{what: 完成数, short_of: 填报, per: 10, each: 1, in: 户}]}"
        )
        assert [line.label for line in made.lines.values() if line.input] == ["完成数目标", "完成数"]
        # 100 − 75 = 25: 2.5 steps
        assert tiny.scores(made, {"1/完成数目标": [100, 50, 100], "1/完成数": [75, 60, None]}) == ["1.50", "4.00", None]

    def test_several_forms_with_a_cap_of_their_own(self) -> None:
        made = tiny.plan(
            """
            - id: 1
              name: 综合
              points: 10
              rule: deduct
              at_most: 6
              events:
              - {what: 迟报, each: 2, at_most: 3}
              - {what: 率, short_of: 90%, per: 1%, each: 1, at_most: 2}
              - {what: 失实, between: [1, 2]}
            """
        )
        # 3 + 2 + 1 = 6; 2 + 1 + 0 = 3; 3 + 2 + 2 = 7, at most 6
        given: dict[str, object] = {"1/迟报": [2, 1, 5], "1/率": [0.8, 0.89, 0.5], "1/失实": [1, None, 2]}
        assert tiny.scores(made, given) == ["4.00", "7.00", "4.00"]

    def test_what_is_counted_and_how_often(self) -> None:
        made = tiny.plan(
            """
            - {id: 1, name: 进度, points: 5, rule: deduct, same_matter: highest,
               events: [{what: 逾期, each: 0.5, per_what: 天}, {what: 未报, each: 2, up_to: 1}]}
            """
        )
        assert tiny.scores(made, {"1/逾期": [3, 20, None], "1/未报": [None, None, 1]}) == ["3.50", "0.00", "3.00"]
        book = tiny.evaluate(made, {"1/未报": [2, 1, None]})
        assert [bool(line_fault(made.lines["1/未报"], unit, book)) for unit in range(3)] == [True, False, False]
        block = made.block("1")
        assert block
        assert "每天扣0.5" in block.sentence
        assert "未报，扣2" in block.sentence
        assert "同一事项只按最高的计一次" in block.sentence
        assert all("最高的一档" in line.input.hint for line in block.lines if line.input)

    def test_events_of_some_units_only(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 执法, points: 5, rule: deduct, events: [{what: 违法, each: 2, for: [甲, 县局]}, {what: 迟报, each: 1}]}",
            extra="sets: {县局: [丙]}",
        )
        assert made.lines["1/违法"].applies == (True, False, True)
        assert tiny.scores(made, {"1/违法": [1, None, 2], "1/迟报": [1, 1, None]}) == ["2.00", "4.00", "1.00"]

    def test_a_single_event_of_some_units_only(self) -> None:
        """The others have － there, which times a figure would be an error in a spreadsheet."""
        made = tiny.plan("- {id: 1, name: 执法, points: 5, rule: deduct, events: [{what: 违法, each: 2, for: [甲]}]}")
        assert tiny.scores(made, {"1/违法": [1, None, None]}) == ["3.00", "5.00", "5.00"]

    def test_events_of_some_roles_only(self) -> None:
        made = tiny.plan(
            """
            - {id: 1, name: 事项, points: 5, rule: deduct, for: {牵头: [甲], 配合: [乙]},
               events: [{what: 未发起, each: 3, for: [牵头]}, {what: 迟报, each: 1}]}
            """,
            extra="roles: {牵头: 1, 配合: 0.5}",
        )
        # (5 − 3 − 1) × 1; (5 − 1) × 0.5; 丙 has no part in it
        assert tiny.scores(made, {"1/未发起": [1, None, None], "1/迟报": [1, 1, None]}) == ["1.00", "2.00", "－"]

    def test_additions_against_a_standard(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 增速, points: 0, rule: add, at_most: 2, events: [{what: 增速, beyond: 6%, per: 1%, each: 0.5, whole: true}]}"
        )
        # 8.9%: two whole points beyond; 20%: 14 × 0.5 = 7, at most 2
        assert tiny.scores(made, {"1/增速": [0.089, 0.2, 0.06]}) == ["1.00", "2.00", "0.00"]


class TestBanded:
    def test_least_numbers(self) -> None:
        made = tiny.plan(
            '- {id: 1, name: 网办, points: 3, in: "%", rule: bands, bands: [{from: 98%, gives: 3}, {from: 92%, gives: 1.5}, {gives: 0}]}'
        )
        assert tiny.scores(made, {"1/完成": [0.98, 0.9799, 0.92]}) == ["3.00", "1.50", "1.50"]
        assert tiny.scores(made, {"1/完成": [0.9199, 0, None]}) == ["0.00", "0.00", None]
        assert tiny.scores(made, {"1/完成": [-0.01, "好", 1]})[:2] == [None, None]

    def test_greatest_numbers(self) -> None:
        made = tiny.plan("- {id: 1, name: 用时, points: 5, rule: bands, bands: [{up_to: 1, gives: 5}, {up_to: 3, gives: 3}, {gives: 1}]}")
        assert tiny.scores(made, {"1/完成": [1, 1.01, 3]}) == ["5.00", "3.00", "3.00"]
        assert tiny.scores(made, {"1/完成": [3.01, 0, 99]}) == ["1.00", "5.00", "1.00"]

    @pytest.mark.parametrize(("ends", "scores"), [("lower", ["3.00", "2.00", "0.00"]), ("upper", ["2.00", "0.00", "0.00"])])
    def test_bands_as_printed_with_both_ends(self, ends: str, scores: list[str]) -> None:
        """90—100得3，60—90得2，0—60得0: an edge that two bands share goes to one of them."""
        made = tiny.plan(
            f"""
            - id: 1
              name: 率
              points: 3
              rule: bands
              bands:
                ends: {ends}
                bands: [{{from: 90, up_to: 100, gives: 3}}, {{from: 60, up_to: 90, gives: 2}}, {{from: 0, up_to: 60, gives: 0}}]
            """
        )
        assert tiny.scores(made, {"1/完成": [90, 60, 0]}) == scores

    def test_stages(self) -> None:
        made = tiny.plan("- {id: 1, name: 方案, points: 10, rule: stages, stages: {初稿: 30%, 报送: 70%, 印发: 100%}}")
        assert tiny.scores(made, {"1/完成阶段": ["初稿", "印发", "未启动"]}) == ["3.00", "10.00", "0.00"]
        assert tiny.scores(made, {"1/完成阶段": ["报送", "完成", None]}) == ["7.00", None, None]

    def test_situations(self) -> None:
        made = tiny.plan("- {id: 1, name: 纳入考核, points: 5, rule: situations, situations: {全部: 5, 部分: 1.5, 都未: 0}}")
        assert tiny.scores(made, {"1/情形": ["全部", "部分", "都未"]}) == ["5.00", "1.50", "0.00"]
        assert tiny.scores(made, {"1/情形": ["其他", None, "都未"]}) == [None, None, "0.00"]


def test_units_outside_a_group_that_asks_first_have_no_formula() -> None:
    """The question itself is － for them, so no score need look at its own inputs for that."""
    made = tiny.plan(
        """
        - name: 月考评
          points: 10
          for: [甲, 乙]
          only_if: 参加
          inputs: {参加: {ask: yes_no}}
          children:
          - {id: 1, name: 办件, points: 10, rule: direct}
        """
    )
    line = made.lines["1/得分"]
    assert line.applies == (True, True, False)
    assert e.Cell("1/评分").is_(e.NONE_MARK) not in line.nodes
    inputs = {"参加/数": ["是", "否", None], "1/评分": [8, None, None]}
    assert tiny.scores(made, inputs) == ["8.00", "－", "－"]


class TestCompletion:
    def test_all_or_nothing(self) -> None:
        made = tiny.plan("- {id: 1, name: 目录, points: 1, rule: all_or_nothing}")
        assert tiny.scores(made, {"1/是否完成": ["是", "否", "大概"]}) == ["1.00", "0.00", None]

    def test_checklist(self) -> None:
        made = tiny.plan("- {id: 1, name: 学法, points: 3, rule: checklist, items: [{what: 制度, each: 1}, {what: 学习, each: 2.5}]}")
        assert tiny.scores(made, {"1/制度": ["否", "是", "否"], "1/学习": ["是", "是", "否"]}) == ["2.00", "3.00", "0.00"]
        assert tiny.scores(made, {"1/制度": ["否", "是", "否"], "1/学习": ["是", None, "否"]})[1] is None

    def test_gated_under_a_lower_ceiling(self) -> None:
        made = tiny.plan("- {id: 1, name: 项目, points: 10, rule: gated, below: 6}")
        # 50% of the ceiling of 6; the degree is not asked of those who are done
        assert tiny.scores(made, {"1/是否完成": ["是", "否", "否"], "1/完成程度": [None, 0.5, 1]}) == ["10.00", "3.00", "6.00"]
        assert tiny.scores(made, {"1/是否完成": ["否", "否", None], "1/完成程度": [None, 1.2, 1]}) == [None, None, None]

    def test_gated_by_a_degree_of_the_points(self) -> None:
        made = tiny.plan("- {id: 1, name: 项目, points: 10, rule: gated, below: 6, degree_of: points}")
        # 50% of 10; 80% of 10 is 8, under the ceiling of 6
        assert tiny.scores(made, {"1/是否完成": ["否", "否", "否"], "1/完成程度": [0.5, 0.8, 0]}) == ["5.00", "6.00", "0.00"]

    def test_only_the_highest_of_several(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 表彰, points: 0, rule: highest, items: [{what: 国家, each: 3}, {what: 省, each: 2}, {what: 市, each: 1}]}"
        )
        assert tiny.scores(made, {"1/国家": [1, None, None], "1/省": [5, 2, None], "1/市": [None, 9, None]}) == ["3.00", "2.00", "0.00"]

    def test_only_the_costliest_of_several(self) -> None:
        made = tiny.plan(
            "- {id: 1, name: 问责, points: 4, rule: highest, minus: true, items: [{what: 约谈, each: 1}, {what: 通报, each: 5}]}"
        )
        assert tiny.scores(made, {"1/约谈": [2, 1, None], "1/通报": [None, 1, 0]}) == ["3.00", "0.00", "4.00"]

    def test_duties_have_no_points_at_all(self) -> None:
        made = tiny.plan("- {id: 1, name: 职责, rule: duty, ask: 是否做到}\n- {id: 2, name: 职责二, rule: duty}", full="null")
        assert not made.scored
        assert not any(line.key in ("合计/总分", "合计/位次") or line.role == "score" for line in made.lines.values())
        book = tiny.evaluate(made, {"1/是否做到": ["是", "是", "否"], "2/是否落实": ["是", None, "否"]})
        assert [book.value("合计/已落实", u) for u in range(3)] == [2, 1, 0]
        assert [book.value("合计/未落实", u) for u in range(3)] == [0, 0, 2]
        assert [(book.result(u).total, book.result(u).rank, book.result(u).complete) for u in range(3)] == [
            (None, None, True),
            (None, None, False),
            (None, None, True),
        ]


@pytest.mark.parametrize(
    ("indicators", "full", "words"),
    [
        ("- {id: 1, name: 职责, rule: duty}", "null", "不计分"),
        ("- {id: 1, name: 报送, points: 0, rule: add, events: [{what: 报送, each: 2}]}", "null", "没有满分"),
        ("- {id: 1, name: 投资, points: 10, rule: direct}", "10", "10分"),
    ],
)
def test_how_full_marks_are_called(indicators: str, full: str, words: str) -> None:
    """Points may be added up without end; that is not the same as no points at all."""
    assert tiny.load(indicators, full=full).scheme.full_words() == words


def test_grade_quota_looks_points_up() -> None:
    made = tiny.plan(
        """
        - {id: 1, name: 领导评价, points: 8, rule: grade_quota,
           grades: [{name: 好, share: 30%, points: 8}, {name: 合格, share: 70%, points: 6}]}
        """
    )
    assert tiny.scores(made, {"1/等次": ["好", "合格", "优秀"]}) == ["8.00", "6.00", None]


def test_veto_decides_the_grade_and_nothing_else() -> None:
    made = tiny.plan(
        """
        - {id: 1, name: 投资, points: 10, rule: ratio, target: 1}
        - {id: 否决, name: 事故, rule: veto, grade: 不合格, when: [较大事故]}
        """
    )
    evaluation = tiny.evaluate(made, {"1/完成": [1, 1, 0.5], "否决/较大事故": [1, 0, None]})
    results = [evaluation.result(u) for u in range(3)]
    assert [(str(r.total), r.rank, r.grade) for r in results] == [("10.00", 1, "不合格"), ("10.00", 1, None), ("5.00", 3, None)]


def test_veto_by_what_is_filled_in_elsewhere() -> None:
    made = tiny.plan(
        """
        - {id: 1, name: 通报, points: 10, rule: deduct, events: [{what: 被省通报, each: 1}, {what: 被市通报, each: 0.5}]}
        - {id: 否决, name: 否决, rule: veto, grade: 不合格, if: 被省通报 + 被市通报 > 2}
        """
    )
    evaluation = tiny.evaluate(made, {"1/被省通报": [1, 2, None], "1/被市通报": [1, 1, None]})
    # 1 + 1 is not above 2, 2 + 1 is; nothing filled in is nothing that happened
    assert [(str(r.total), r.grade) for r in map(evaluation.result, range(3))] == [("8.50", None), ("7.50", "不合格"), ("10.00", None)]


class TestGroups:
    def test_shared_points_only_deducted_from(self) -> None:
        made = tiny.plan(
            """
            - id: 4
              name: 信息
              points: 2
              base: full
              at_least: 0
              defaults: {rule: deduct, floor: null, points: 0}
              children:
              - {id: 4a, name: 月报, events: [{what: 少报, each: 1}]}
              - {id: 4b, name: 年报, events: [{what: 迟报, each: 0.5}]}
            """
        )
        inputs: dict[str, list[object]] = {"4a/少报": [1, 3, None], "4b/迟报": [1, None, None]}
        assert tiny.scores(made, inputs, "4/小计") == ["0.50", "0.00", "2.00"]
        assert tiny.scores(made, inputs, "4a/得分") == ["-1.00", "-3.00", "0.00"]

    def test_rescaled_over_what_applies(self) -> None:
        made = tiny.plan(
            """
            - id: 4
              name: 法治
              points: 20
              rescale: true
              children:
              - {id: 4.1, name: 学法, points: 10, rule: direct}
              - {id: 4.2, name: 执法, points: 10, rule: direct, only_if: 执法部门}
            """,
            extra="facts: [{id: 执法部门}]",
            full="20",
        )
        inputs: dict[str, list[object]] = {"执法部门/情况": ["是", "否", None], "4.1/评分": [9, 9, 9], "4.2/评分": [6, None, 7]}
        # 20 × 15 ÷ 20 = 15; 20 × 9 ÷ 10 = 18; unknown → blank
        assert tiny.scores(made, inputs, "4/小计") == ["15.00", "18.00", None]

    def test_a_group_inside_a_group_for_some_units_vanishes_for_the_others(self) -> None:
        made = tiny.plan(
            """
            - id: 4
              name: 法治
              points: 20
              for: [甲]
              rescale: true
              children:
              - {id: 4.1, name: 学法, points: 18, rule: direct}
              - id: 4.4
                name: 信息
                points: 2
                base: full
                at_least: 0
                defaults: {rule: deduct, floor: null, points: 0}
                children:
                - {id: 4.4a, name: 月报, events: [{what: 少报, each: 1}]}
            """,
            full="20",
        )
        inputs: dict[str, list[object]] = {"4.1/评分": [9], "4.4a/少报": [1]}
        # 20 × (9 + 1) ÷ 20 = 10; the others have no such task at any level
        assert tiny.scores(made, inputs, "4/小计") == ["10.00", "－", "－"]
        assert tiny.scores(made, inputs, "4.4/小计") == ["1.00", "－", "－"]

    def test_blank_child_leaves_group_and_total_blank(self) -> None:
        made = tiny.plan("- {id: 甲类, name: 甲类, children: [{id: 1, name: 投资, points: 10, rule: ratio, target: 1}]}")
        evaluation = tiny.evaluate(made, {"1/完成": [1, None, 0.5]})
        results = [evaluation.result(u) for u in range(3)]
        assert [r.total and str(r.total) for r in results] == ["10.00", None, "5.00"]
        assert [r.rank for r in results] == [1, None, 2]
        assert [r.complete for r in results] == [True, False, True]


def test_ties_share_the_better_rank_within_each_group() -> None:
    made = tiny.plan("- {id: 1, name: 投资, points: 10, rule: ratio, target: 10}", units="{镇: [甲, 乙, 丙], 局: [丁, 戊]}")
    evaluation = tiny.evaluate(made, {"1/完成": [7, 9, 9, 3, 3]})
    assert [evaluation.result(u).rank for u in range(5)] == [3, 1, 1, 1, 1]


EVERY_KIND = """
- {id: r1, name: 投资, points: 10, rule: ratio, target: [4, 3, 0]}
- {id: r2, name: 失业率, points: 2, in: "%", rule: ratio, target: 3%, better: lower, min: 0}
- {id: r3, name: 红灯, points: [6, 8, null], rule: ratio, target: [23, 8, null], counts: undone}
- {id: m1, name: 评分, points: 5, rule: direct, may_be_none: true, no_task: average}
- {id: m2, name: 结果, points: 5, rule: imported, by: 某局, for: [甲], no_task: full}
- {id: m3, name: 折算, points: 2, rule: convert, raw: 20, by: 某局, no_task: zero, for: [乙, 丙]}
- {id: e1, name: 迟报, points: 5, rule: deduct, at_most: 4,
   events: [{what: 迟报, each: 0.5, at_most: 1}, {what: 瞒报, each: 2}, {what: 丢失, zero: true}]}
- {id: e2, name: 幅度, points: 5, rule: deduct, floor: null,
   events: [{what: 失实, between: [0.5, 1]}, {what: 率, short_of: 90%, per: 1%, each: 0.5, whole: true}]}
- {id: e3, name: 填报, points: 5, rule: deduct, floor: 1,
   events: [{what: 数, short_of: 填报, per: 10, each: 1, in: 户}, {what: 天, beyond: 5, per: 2, each: 1, in: 天}]}
- {id: e4, name: 部分, points: 5, rule: deduct, events: [{what: 违法, each: 2, for: [甲]}, {what: 迟, each: 1}]}
- {id: e8, name: 一种, points: 5, rule: deduct, events: [{what: 失职, each: 2, for: [甲]}]}
- {id: e9, name: 各有上限, points: 5, rule: deduct, events: [{what: 漏, each: 1, at_most: 2, for: [乙]}, {what: 缺, each: 1, for: [甲]}]}
- {id: e5, name: 加分, points: 0, rule: add, at_most: 3, events: [{what: 国家级, each: 2}, {what: 省级, each: 1, up_to: 2}]}
- {id: e6, name: 酌情, points: 0, rule: award, at_most: 5, items: [世界500强, 就业]}
- {id: e7, name: 单项酌情, points: 0, rule: award, at_most: 2, items: [表彰]}
- {id: c1, name: 目录, points: 1, rule: all_or_nothing}
- {id: c2, name: 学法, points: 3, rule: checklist, items: [{what: 制度, each: 1}, {what: 学习, each: 2.5}]}
- {id: c3, name: 项目, points: 10, rule: gated, below: 6}
- {id: c4, name: 项目二, points: 10, rule: gated, below: 6, degree_of: points}
- {id: c5, name: 最高, points: 0, rule: highest, items: [{what: 国家, each: 3}, {what: 省, each: 2}]}
- {id: c6, name: 最重, points: 4, rule: highest, minus: true, items: [{what: 约谈, each: 1}, {what: 通报, each: 5}]}
- {id: b1, name: 网办, points: 3, in: "%", rule: bands, bands: [{from: 98%, gives: 3}, {from: 92%, gives: 1.5}, {gives: 0}]}
- {id: b2, name: 用时, points: 5, rule: bands, bands: [{up_to: 1, gives: 5}, {up_to: 3, gives: 3}, {gives: 1}]}
- {id: b3, name: 方案, points: 10, rule: stages, stages: {初稿: 30%, 印发: 100%}}
- {id: b4, name: 纳入, points: 5, rule: situations, situations: {全部: 5, 部分: 1.5, 都未: 0}}
- {id: g1, name: 评价, points: 8, rule: grade_quota, grades: [{name: 好, share: 30%, points: 8}, {name: 差, share: 70%, points: 6}]}
- {id: d1, name: 职责, rule: duty}
- {id: f1, name: 公式, points: 5, rule: formula, inputs: {数: {}}, figures: {每: 0.3}, score: 数 * 每, at_least: 0}
- {id: v1, name: 否决, rule: veto, grade: 差, when: [事故]}
- {id: v2, name: 否决二, rule: veto, grade: 末, if: 瞒报 > 2}
"""


def test_the_engines_agree_on_every_kind(soffice: str) -> None:
    file = tiny.load(EVERY_KIND, full="null")
    assert {node.how.rule for node in file.scheme.walk() if isinstance(node, Indicator)} == set(KINDS)
    report = compare.verify(file, count=14, seed=7)
    assert [str(d) for d in report.disagreements[:5]] == []
    assert report.cells["LibreOffice"] > 15 * 80


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_what_it_is(kind: str) -> None:
    assert KINDS[kind].__doc__, f"{kind} has no docstring"
    assert any("一" <= ch <= "鿿" for ch in KINDS[kind].__doc__ or ""), f"{kind} names no Chinese phrase"
