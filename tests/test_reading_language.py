"""What the language says for readings of unclear clauses.

Requirements: a share of the places may be rounded to whole units, halves up; whether something counts may be worked out from
what is typed, also in a period, which then asks for nothing that rests on it and stays out of the average; a number is ranked
among another quantity of the units; units are ranked by a quantity instead of their totals, or not at all; scores are enlarged
before they are rounded; an event that costs the whole item can be spoken of; a checklist may go below zero.
The formulas library and LibreOffice agree on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import tiny

from generator.plan.planner import make_plan
from generator.problems import SchemeFault, SourceError
from generator.scheme import load
from generator.tree import exact
from generator.tree.expression import Cell
from generator.verification import compare

GRADED = """
grades:
  by: rank_share
  rounded: ROUNDED
  bands: [{name: 好, up_to: 30%}, {name: 较好, up_to: 60%}, {name: 一般, up_to: 90%}, {name: 差}]
"""
ONE = "- {id: 1, name: 评价, points: 10, rule: direct}"


def grades(size: int, rounded: bool) -> str:
    """The first letters of the grades from the first to the last place."""
    units = f"[{', '.join(f'{n}号' for n in range(1, size + 1))}]"
    made = tiny.plan(ONE, units=units, extra=GRADED.replace("ROUNDED", str(rounded).lower()))
    evaluation = tiny.evaluate(made, {"1/评分": [10 - n / 10 for n in range(size)]})
    return "".join((evaluation.result(unit).grade or "？")[0] for unit in range(size))


@pytest.mark.parametrize(
    ("size", "strict", "rounded"),
    [
        (5, "好较较一差", "好好较一一"),  # 1.5, 3, 4.5 → 2, 3, 5
        (6, "好较较一一差", "好好较较一差"),  # 1.8, 3.6, 5.4 → 2, 4, 5
        (10, "好好好较较较一一一差", "好好好较较较一一一差"),
        (1, "差", "较"),  # 0.3, 0.6, 0.9 → 0, 1, 1
    ],
)
def test_shares_of_the_places_rounded(size: int, strict: str, rounded: str) -> None:
    assert (grades(size, False), grades(size, True)) == (strict, rounded)


def test_only_shares_are_rounded() -> None:
    bands = "grades: {by: score, rounded: true, bands: [{name: 好, at_least: 9}, {name: 差}]}"
    with pytest.raises(SourceError, match="rank_share"):
        tiny.load(ONE, extra=bands)


ROUNDS = """
- id: 季
  name: 季度
  points: 10
  periods: [一季, 二季]
  fold: participated
  only_if: 有受理
  inputs: {受理: {ask: count}, 办结: {ask: count}}
  quantities: {有受理: 'if(受理 > 0, "是", "否")'}
  children: [{id: 1, name: 办结率, points: 10, rule: formula, score: 分值 * 办结 / 受理}, {id: 2, name: 评价, points: 0, rule: direct}]
"""


def test_whether_a_period_counts_is_worked_out() -> None:
    """甲 has nothing in the first quarter; 乙 half; 丙 nothing at all. What the condition rests on is asked in any case."""
    made = tiny.plan(ROUNDS)
    asked: dict[str, set[str]] = {line.key: {q.line for q, _ in line.wanted_if if isinstance(q, Cell)} for line in made.inputs}
    assert asked["受理@一季/数"] == set()
    assert asked["办结@一季/数"] == asked["2@一季/评分"] == {"有受理@一季/算"}
    typed = {"受理@一季/数": [0, 4, 0], "受理@二季/数": [5, 4, 0], "办结@一季/数": [None, 2, None], "办结@二季/数": [5, 4, None]}
    typed |= {"2@一季/评分": [None, 0, None], "2@二季/评分": [0, 0, None]}
    results = [tiny.evaluate(made, typed).result(unit) for unit in range(3)]
    assert [r.scores["季@一季"] for r in results] == [None, 5, None]
    assert [r.scores["季"] for r in results] == [10, 7.5, None]
    assert [r.complete for r in results[:2]] == [True, True]


def test_what_decides_has_to_say_yes_or_no() -> None:
    with pytest.raises(SchemeFault, match="得“是”或“否”的量"):
        tiny.plan(ROUNDS.replace("""'if(受理 > 0, "是", "否")'""", "受理 * 2"))


AMONG = """
- id: 1
  name: 名次
  points: 10
  rule: formula
  inputs: {量: {}, 次序: {ask: count}}
  quantities:
    并列: rank(量)
    细: 并列 + 次序 / 100
    细名次: rank(细, order=升)
    代表: if(细名次 == 并列, 量, 0 - 1)
    名次: rank(量, among=代表)
  score: 分值 - 名次
"""


def test_a_rank_among_another_quantity_leaves_no_gaps() -> None:
    """9, 9, 7, 7, 5: places 1, 1, 2, 2, 3 where one unit of each tie stands for it."""
    made = tiny.plan(AMONG, units="[甲, 乙, 丙, 丁, 戊]")
    typed: Mapping[str, object] = {"1/量": [7, 9, 5, 9, 7], "1/次序": [1, 2, 3, 4, 5]}
    assert tiny.numbers(made, typed, "1/名次") == [2, 1, 3, 1, 2]


def test_a_number_that_is_not_among_them_has_no_rank() -> None:
    plan = tiny.plan("- {id: 1, name: 甲, points: 10, rule: formula, inputs: {量: {}, 别的: {}}, score: 'rank(量, among=别的)'}")
    assert tiny.numbers(plan, {"1/量": [1, 2, 3], "1/别的": [3, 1, 2]}) == [3, 2, 1]
    with pytest.raises(exact.NotANumber):
        tiny.numbers(plan, {"1/量": [1, 2, 3], "1/别的": [3, 1, 5]})


ENLARGED = """
- id: 组
  name: 个性
  points: 60
  rescale: true
  round_last: LAST
  children:
  - {id: 1, name: 甲, points: 30, rule: ratio, target: 23}
  - {id: 2, name: 乙, points: 26, rule: ratio, target: 8}
  - {id: 3, name: 丙, points: 10, rule: ratio, target: [null, 5, 5]}
"""


def test_scores_before_they_are_rounded() -> None:
    """30 × 18 ÷ 23 and 30 × 1; a unit without the third has 60 ÷ 56 of the rest: (23.478261 + 22.75) × 60 ÷ 56 = 49.53."""
    made = tiny.plan(ENLARGED.replace("LAST", "true"), full="60")
    typed: Mapping[str, object] = {"1/完成": [18, 18, 23], "2/完成": [7, 7, 8], "3/完成": [None, 5, 5]}
    assert [round(float(str(v)), 6) for v in tiny.numbers(made, typed, "1/取整前得分")] == [23.478261, 23.478261, 30]
    assert tiny.numbers(made, typed, "1/得分") == [23.48, 23.48, 30]
    assert tiny.numbers(made, typed, "组/小计") == [49.53, 51.12, 60]


@pytest.mark.parametrize(("last", "result"), [("false", 33.3), ("true", 33.33)])
def test_what_comes_out_hangs_on_the_order(last: str, result: float) -> None:
    """A third of 10 is 3.33 or 3.3333…, ten times that 33.3 or 33.33."""
    child = "{id: 1, name: 甲, points: 10, rule: ratio, target: 3}"
    made = tiny.plan(f"- {{id: 组, name: 组, points: 100, rescale: true, round_last: {last}, children: [{child}]}}", full="100")
    assert tiny.numbers(made, {"1/完成": [1, 1, 1]}, "组/小计")[0] == result


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("rescale: true", "rescale: false", "没有 rescale"), ("target: 8}", "target: 8, no_task: full}", "没有任务时不是“不计”")],
)
def test_what_cannot_be_enlarged_before_rounding(old: str, new: str, message: str) -> None:
    with pytest.raises(SchemeFault, match=message):
        tiny.plan(ENLARGED.replace("LAST", "true").replace(old, new), full="60")


FATAL = """
- id: 组
  name: 组
  score: sum(得分) - if(造假 > 0, score("2"), 0)
  children:
  - {id: 1, name: 甲, points: 5, rule: deduct, events: [{what: 造假, zero: true}, {what: 迟报, each: 1}]}
  - {id: 2, name: 乙, points: 5, rule: direct}
"""


def test_an_event_that_costs_the_whole_item_can_be_spoken_of() -> None:
    made = tiny.plan(FATAL)
    assert tiny.numbers(made, {"1/造假": [1, None, None], "1/迟报": [1, 1, None], "2/评分": [4, 4, 5]}, "组/小计") == [0, 8, 10]


RANKED = """
quantities:
  最低: over_units(min, 总分)
  排名用分: BASIS
rank_by: 排名用分
grades: {by: rank, bands: [{name: 先进, up_to: 1}, {name: 合格}]}
"""
BARRED = """
- {id: 1, name: 评价, points: 10, rule: direct}
- {id: 否, name: 否决, rule: veto, grade: 差, when: [造假]}
"""


@pytest.mark.parametrize(
    ("basis", "ranks", "graded"),
    [
        ("if(造假 > 0, 最低 - 1, 总分)", [4, 1, 2, 3], ["差", "先进", "合格", "合格"]),  # 直接列最后一名
        ("'if(造假 > 0, \"－\", 总分)'", [None, 1, 2, 3], ["差", "先进", "合格", "合格"]),  # 不占名次，依次递补
        ("总分 * 2", [1, 2, 3, 4], ["差", "合格", "合格", "合格"]),
    ],
)
def test_units_are_ranked_by_a_quantity(basis: str, ranks: list[int | None], graded: list[str]) -> None:
    made = tiny.plan(BARRED, units="[甲, 乙, 丙, 丁]", extra=RANKED.replace("BASIS", basis))
    evaluation = tiny.evaluate(made, {"1/评分": [9, 8, 7, 6], "否/造假": [1, None, None, None]})
    results = [evaluation.result(unit) for unit in range(4)]
    assert [r.total for r in results] == [9, 8, 7, 6]
    assert [r.rank for r in results] == ranks
    assert [r.grade for r in results] == graded


def test_units_are_ranked_by_what_the_scheme_works_out_for_each() -> None:
    for basis, told in (("没有的", "不是方案一级的量"), ("最低", "各单位是同一个数")):
        with pytest.raises(SchemeFault, match=told):
            tiny.plan(BARRED, extra=RANKED.replace("BASIS", "总分").replace("rank_by: 排名用分", f"rank_by: {basis}"))


@pytest.mark.parametrize(("floor", "score"), [("", 0), (", floor: null", -3), (", floor: -1", -1)])
def test_a_checklist_stops_where_it_is_said_to(floor: str, score: int) -> None:
    made = tiny.plan(
        f"- {{id: 1, name: 材料, points: 5, rule: checklist{floor}, items: [{{what: 报告, each: 4}}, {{what: 名册, each: 4}}]}}"
    )
    assert tiny.numbers(made, {"1/报告": ["否", "否", "是"], "1/名册": ["否", "是", "是"]}) == [score, 1, 5]


def test_other_programs_agree(soffice: str, tmp_path: Path) -> None:
    ranked = {"units": "[甲, 乙, 丙, 丁]", "extra": RANKED.replace("BASIS", "if(造假 > 0, 最低 - 1, 总分)")}
    for text, more in ((ROUNDS, {}), (AMONG, {}), (ENLARGED.replace("LAST", "true"), {"full": "60"}), (FATAL, {}), (BARRED, ranked)):
        report = compare.verify(tiny.load(text, **more), count=4)
        assert [str(d) for d in report.disagreements[:5]] == []
    graded = tiny.load(ONE, units="[甲, 乙, 丙, 丁, 戊]", extra=GRADED.replace("ROUNDED", "true"))
    assert [str(d) for d in compare.verify(graded, count=6).disagreements[:5]] == []
    assert make_plan(load.loads(graded.text).scheme).scheme.grades == graded.scheme.grades
