"""Tiny schemes written in the test itself."""

from __future__ import annotations

from decimal import Decimal
from textwrap import dedent, indent

from generator import scheme
from generator.evaluation import Evaluation
from generator.exact import Value
from generator.plan import Plan, make_plan

HEAD = """\
scheme: tiny
title: 小考核
place: 某县
year: 2024
source: {{document: 某文〔2024〕1号, part: 附件1}}
full_marks: {full}
units: {units}
{extra}
indicators:
"""


def text(indicators: str, units: str = "[甲, 乙, 丙]", full: str = "10", extra: str = "") -> str:
    """A scheme file around some indicators."""
    return HEAD.format(units=units, full=full, extra=dedent(extra)) + indent(dedent(indicators).strip("\n"), "") + "\n"


def load(indicators: str, **more: str) -> scheme.SchemeFile:
    """Parse such a scheme."""
    return scheme.loads(text(indicators, **more), "tiny.yaml")


def plan(indicators: str, **more: str) -> Plan:
    """Compile such a scheme."""
    return make_plan(load(indicators, **more).scheme)


def evaluate(made: Plan, inputs: dict[str, list[object]]) -> Evaluation:
    """Evaluate with inputs by line key, one value a unit (None: blank)."""
    found: dict[tuple[str, int], Value] = {}
    for key, row in inputs.items():
        for unit, value in enumerate(row):
            if value is not None:
                found[key, unit] = value if isinstance(value, str) else Decimal(str(value))
    return Evaluation(made, found)


def scores(made: Plan, inputs: dict[str, list[object]], key: str = "1/得分") -> list[object]:
    """What each unit scores, as strings (None: blank)."""
    evaluation = evaluate(made, inputs)
    values = [evaluation.value(key, u) for u in range(len(made.units))]
    return [str(v) if v is not None else None for v in values]
