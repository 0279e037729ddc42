"""Which inputs of a plan are wanted, and what is wrong with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.lines.accepts import MISSING, requirement
from generator.lines.line import SHARED, Line
from generator.tree.expression import Cell, Fixed
from generator.value import Value

if TYPE_CHECKING:
    from generator.plan.evaluation import Evaluation


def line_fault(line: Line, unit: int, values: Evaluation) -> str:
    """What is wrong with a unit's input on a line, as `fault` puts it; nothing where no input is wanted."""
    assert line.input is not None
    if unit != SHARED and line.constant(unit) is not None:
        return ""
    if not values.at_fault(line)[unit]:
        return ""
    value = typed(line, unit, values)
    return requirement(line.input, high_value(line, values, unit)) if has_value(value) else MISSING


def typed(line: Line, unit: int, values: Evaluation) -> Value:
    """What stands in a unit's input cell on a line, or in the one cell for all units (−1)."""
    return values.fixed(line.key, "standard") if unit == SHARED else values.value(line.key, unit)


def has_value(value: Value) -> bool:
    return value is not None and value != ""


def high_value(line: Line, values: Evaluation, unit: int = SHARED) -> Value:
    """The upper limit of a unit's input where it stands in a cell; without a unit, where it is the same for all."""
    high = line.input.accepts.high if line.input else None
    if isinstance(high, Cell):
        return None if unit == SHARED else values.value(high.line, unit)
    return values.fixed(high.line, high.column) if isinstance(high, Fixed) else None
