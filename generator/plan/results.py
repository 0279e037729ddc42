"""What another scheme's book can take from a plan: a total, a rank, a grade, an indicator's or a group's score, a verdict, a quantity,
or what somebody filled in."""

from __future__ import annotations

from decimal import Decimal

from generator.lines.input import NO, TOTALS, YES, Ask, Input
from generator.lines.keys import GRADE, RANK, RESULT_LABEL, SUM_LABEL, TOTAL, Owner
from generator.lines.line import Line, Role
from generator.plan.plan import Plan
from generator.tree.expression import NONE_MARK, UNFINISHED
from generator.value import Value

_TOTALS = dict(zip(TOTALS, (TOTAL, RANK, GRADE), strict=True))


def result_line(plan: Plan, result: str) -> Line | None:
    """The line of a result by the name that a scheme gives it: '' or 总分, 位次, 等次; the id of an indicator or the id or name of a
    group; a quantity's name; ``id/填报项`` for what was filled in. None where there is none, or no unit has its own."""
    id, _, what = result.partition("/")
    owner = Owner(id)
    keys = [_TOTALS.get(id or TOTALS[0], ""), plan.scores.get(id, ""), owner.line(SUM_LABEL), owner.line(RESULT_LABEL)]
    if what:
        line = plan.lines.get(owner.line(what))
        keys = [line.key] if line is not None and line.role is Role.INPUT else []
    found = next((plan.lines[key] for key in keys if key in plan.lines), None)
    return None if found is None or found.shared else found


def is_verdict(line: Line) -> bool:
    """Whether a line says that a veto fell, and nothing where it did not."""
    return line.label == RESULT_LABEL and line.role is Role.RESULT


def unfinished(line: Line, value: Value) -> bool:
    """Whether a result is still to come. A verdict that is blank has not fallen, an event that is blank did not happen."""
    if line.input is not None:
        return value in (None, "") and not line.input.accepts.blank
    return value == UNFINISHED or (value in (None, "") and not is_verdict(line))


def is_number(line: Line) -> bool:
    """Whether a result is a number for whoever has one."""
    if line.input is not None:
        return line.input.ask is not Ask.CHOICE
    return not is_verdict(line) and line.key != GRADE


def fits(line: Line, asked: Input) -> bool:
    """Whether an input can hold a result of this kind."""
    if asked.ask is Ask.CHOICE:
        return not is_number(line) and (not is_verdict(line) or {YES, NO} <= {*asked.options})
    return is_number(line) and line.percent == asked.percent


def as_typed(line: Line, value: Value, asked: Input) -> Value:
    """A finished result as it would be typed into an input; None where there is nothing to type: the unit has no such task there."""
    if is_verdict(line):
        return YES if value not in (None, "", NONE_MARK) else NO
    if value == NONE_MARK:
        return next(iter(asked.accepts.words), None)
    return Decimal(0) if value in (None, "") and is_number(line) else value
