"""What a score is worth for a unit: the most that it can come to, by its own points, its role, or points that are typed in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from generator.lines.keys import COEFFICIENT, DUE_LABEL
from generator.lines.line import Line
from generator.tree.expression import Cell, Fixed, walk
from generator.value import Value

if TYPE_CHECKING:
    from generator.plan.evaluation import Evaluation

POINTS = "分值"
"""How the lines end that hold what something is worth."""


def worth(line: Line, values: Evaluation, unit: int) -> Decimal | None:
    """What the score on a line is worth for a unit, None where it is worth nothing of its own."""
    owner, plan = line.owner, values.plan
    due, factor = owner.line(DUE_LABEL), owner.line(COEFFICIENT)
    if due in plan.lines:
        return _decimal(values.at(due, unit))
    points = points_of(line, values, unit)
    if points is None or factor not in plan.lines:
        return points
    coefficient = _decimal(values.at(factor, unit))
    return None if coefficient is None else points * coefficient


def points_of(line: Line, values: Evaluation, unit: int) -> Decimal | None:
    """The points in the 分值 column, a row of them, or those that somebody types in."""
    plan, own = values.plan, line.owner.line(POINTS)
    if own in plan.lines:
        return _decimal(values.at(own, unit))
    points = _decimal(values.fixed(line.key, "points")) if line.points is not None else None
    typed = None if points else _typed(line, values)
    return points if typed is None else _decimal(values.at(typed, unit))


def _typed(line: Line, values: Evaluation) -> str | None:
    """The one input with points that a score is a share of, or that limits what is typed for it."""
    plan = values.plan
    read = dict.fromkeys(node.line for node in line.nodes_of_formula if isinstance(node, (Cell, Fixed)))
    for one in plan.block_of[line.key].lines:
        if one.input and one.input.high_name:
            read |= dict.fromkeys(node.line for node in walk(one.fault) if isinstance(node, (Cell, Fixed)))
    found = [key for key in read if key in plan.lines and plan.lines[key].input and plan.lines[key].label.endswith(POINTS)]
    return found[0] if len(found) == 1 else None


def _decimal(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
