"""The cases beside the schemes that take another reading of a clause.

Requirements: every option that a scheme does not take is taken by a case, alone; the case holds; and what it expects is not what
the scheme's own reading gives for the same inputs, or the case would hold whichever was built. (Of the largest schemes some of
the choices; all with SCOREBOOK_FUZZ, as in ``make fuzz``.)
"""

from __future__ import annotations

import os

import pytest
from conftest import ALL, file_of

from generator.fillings import cases
from generator.fillings.cases import Filling
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.scheme import library, load

ONLY_TYPED = {
    ("city-county-guarantee-targets", "同一问题几个人被问责", "成员按人次"),
    ("jiyuan-2020-rule-of-law", "满意度80%以下最多几分", "最多2.5分"),
    ("jiyuan-2020-smart-city", "同一扣分事项", "每次都扣"),
    ("panshan-2019-common", "培训没有写每次", "按次数"),
    ("zhengzhou-2020-rule-of-law", "投诉未及时处理", "每件都扣"),
}
"""Options that change what may be typed, or what is said beside the cell, and nothing that is computed from it."""

LARGE, FEW = 40_000, 3
"""A plan is large from so many cells on; then so many choices are tried."""


def differs(filling: Filling, plan: Plan) -> bool:
    """Whether what a case of another reading expects is not what this plan gives for its inputs."""
    known = {line.key for line in plan.inputs}
    expected = {name: e.scores.keys() for name, e in filling.expect.items()}
    if any(id not in plan.scores for ids in expected.values() for id in ids):
        return True
    return bool(cases.failures(filling, plan, Evaluation(plan, {at: v for at, v in filling.inputs.items() if at[0] in known})))


@pytest.mark.parametrize("name", ALL)
def test_every_option_has_a_case(name: str) -> None:
    every = {(r.id, option) for r in file_of(name).scheme.readings for option in r.options if option != r.takes}
    alone = [takes for takes in cases.choices(library.cases_file(library.ids()[name])) if len(takes) == 1]
    assert every - {chosen for takes in alone for chosen in takes.items()} == set()


@pytest.mark.parametrize("name", ALL)
def test_cases_of_other_readings_hold_and_show_them(name: str) -> None:
    own, path = make_plan(file_of(name).scheme), library.ids()[name]
    beside = library.cases_file(path)
    choices = cases.choices(beside)[1:]
    if len(own.lines) * len(own.units) > LARGE and "SCOREBOOK_FUZZ" not in os.environ:
        choices = choices[:: max(1, len(choices) // FEW)]
    wrong: list[str] = []
    shown: set[tuple[str, str]] = set()
    for takes in choices:
        plan = make_plan(load.load(path, takes).scheme)
        for filling in cases.load(beside, plan, takes):
            wrong += cases.failures(filling, plan, Evaluation(plan, filling.inputs))
            if len(takes) == 1 and differs(filling, own):
                shown |= {*takes.items()}
    assert wrong == []
    tried = {(name, *chosen) for takes in choices if len(takes) == 1 for chosen in takes.items()}
    assert tried - {(name, *chosen) for chosen in shown} == {option for option in ONLY_TYPED if option in tried}
