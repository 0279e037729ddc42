"""Rule kinds, each against figures worked out by hand.

Requirements: full marks, a part, each cap and floor, zero and missing targets, blanks that are not zero, bad inputs
that never score, units without the task, and the sentence that an official reads.
"""

from __future__ import annotations

import pytest
import tiny

from generator.rules import KINDS


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
    def average(self, carriers: str) -> tiny.Plan:
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


class TestCompletion:
    def test_all_or_nothing(self) -> None:
        made = tiny.plan("- {id: 1, name: 目录, points: 1, rule: all_or_nothing}")
        assert tiny.scores(made, {"1/是否完成": ["是", "否", "大概"]}) == ["1.00", "0.00", None]

    def test_checklist(self) -> None:
        made = tiny.plan("- {id: 1, name: 学法, points: 3, rule: checklist, items: [{what: 制度, each: 1}, {what: 学习, each: 2.5}]}")
        assert tiny.scores(made, {"1/制度": ["否", "是", "否"], "1/学习": ["是", "是", "否"]}) == ["2.00", "3.00", "0.00"]
        assert tiny.scores(made, {"1/制度": ["否", "是", "否"], "1/学习": ["是", None, "否"]})[1] is None


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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_what_it_is(kind: str) -> None:
    assert KINDS[kind].__doc__, f"{kind} has no docstring"
    assert any("一" <= ch <= "鿿" for ch in KINDS[kind].__doc__ or ""), f"{kind} names no Chinese phrase"
