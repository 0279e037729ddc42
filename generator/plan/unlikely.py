"""Numbers that look like slips: a percentage typed as a plain number, a figure in another unit of measure than its target."""

from __future__ import annotations

from decimal import Decimal

from generator.lines.input import Ask
from generator.lines.line import Line
from generator.plan.plan import Plan
from generator.tree import expression as e
from generator.tree.at_hand import HERE
from generator.tree.expression import Cell, Expression, Number, every, some

FAR = Decimal(100)
"""So many times its target, or so small a part of it, looks like another unit of measure."""
AS_PERCENT = Decimal(20)
"""So many times its target a percentage looks like one that was typed without the sign: 95 for 95%."""


def unlikely(plan: Plan, line: Line) -> Expression | None:
    """Holds where the number in the cell at hand is so far from the unit's target that it looks like a slip; None where there is
    nothing to hold it against."""
    asked, target = line.input, plan.target_of(line)
    if asked is None or asked.ask is not Ask.QUANTITY or line.shared:
        return None
    if asked.percent:
        much = Cell(target.key) * Number(AS_PERCENT) if target else Number(AS_PERCENT)
        return every(e.IsNumber(HERE), HERE >= 1, much <= HERE)
    if target is None:
        return None
    own = Cell(target.key)
    return every(e.IsNumber(HERE), e.IsNumber(own), HERE > 0, own > 0, some(own * FAR < HERE, own > HERE * FAR))
