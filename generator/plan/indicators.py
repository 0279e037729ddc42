"""One indicator → its block of lines."""

from __future__ import annotations

from generator.lines.input import YES
from generator.scheme.model import Group, Indicator
from generator.tree.expression import Blank, Expression, some, when


def guarded(core: Expression, outside: Expression, absent: list[Expression], asked_first: tuple[tuple[Expression, str], ...]) -> Expression:
    """``core`` for units with the task, ``outside`` for the others, blank while it is not known which they are.

    A unit that is not asked at all (－) has not said 是.
    """
    formula = core
    for question, wanted in reversed(asked_first):
        yes, no = (formula, outside) if wanted == YES else (outside, formula)
        formula = when(question.is_(YES), yes, when(question.is_(""), Blank(), no))
    return when(some(*absent), outside, formula) if absent else formula


OTHERS = {
    "average": "没有任务的按有任务单位的平均得分计。",
    "full": "没有任务的得满分。",
    "zero": "没有任务的不得分。",
}
"""What the 计分办法 column says of units without the task, by ``no_task``."""


def is_verdict(node: Group | Indicator) -> bool:
    return isinstance(node, Indicator) and not node.how.scored
