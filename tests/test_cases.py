"""How far the cases beside the schemes go.

Requirements: at least four a scheme, and ten where it has more than fifty indicators, no two of one name; one of them fills
the whole book, every unit with all that it is asked. (That every option of a reading is reached: ``test_reading_cases``.)
"""

from __future__ import annotations

import pytest
from conftest import ALL, file_of

from generator import source
from generator.fillings import cases
from generator.plan.evaluation import Evaluation
from generator.plan.planner import make_plan
from generator.scheme import library

FEW, MANY = 4, 10
"""How many cases a scheme has at least, and one of more than `LARGE` indicators."""
LARGE = 50


@pytest.mark.parametrize("name", ALL)
def test_there_are_enough_cases(name: str) -> None:
    listed = source.read(library.cases_file(library.ids()[name])).data["cases"]
    assert len(listed) >= (MANY if file_of(name).scheme.indicator_count() > LARGE else FEW)
    assert len({case["name"] for case in listed}) == len(listed)


@pytest.mark.parametrize("name", ALL)
def test_one_case_fills_the_whole_book(name: str) -> None:
    plan = make_plan(file_of(name).scheme)

    def whole(filling: cases.Filling) -> bool:
        values = Evaluation(plan, filling.inputs)
        return all(values.result(unit).complete for unit in range(len(plan.units)))

    assert any(map(whole, reversed(cases.load(library.cases_file(library.ids()[name]), plan))))
