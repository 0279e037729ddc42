"""Which points are of one scale: what is added up one for one. A group of 100 points that is turned into 10 has a scale of its own,
and what was lost in it is not added to what was lost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from generator.lines.keys import SUM_LABEL, TOTAL, WORKED
from generator.lines.line import Role
from generator.plan.plan import Block, Plan
from generator.tree import expression as e


def scale_of(plan: Plan, score: str, around: Sequence[Block]) -> str:
    """The name of the group in which a score counts in points of the group's own; '' where it goes into the total one for one.
    around: the groups and periods around it, the outermost first."""
    key, name = score, plan.block_of[score].name
    total = plan.lines[WORKED if WORKED in plan.lines else TOTAL].formula
    for block in reversed(around):
        if total is not None and _adds(plan, total, key):
            return ""
        above = next((line for line in block.lines if line.label == SUM_LABEL), None)
        if above is None:
            continue
        name = block.name
        if above.formula is not None and not _adds(plan, above.formula, key):
            return name
        key = above.key
    return "" if total is not None and _adds(plan, total, key) else name


def _adds(plan: Plan, tree: e.Expression, key: str) -> bool:
    """Whether a score goes into a result as it is, limits and roundings aside; also by way of quantities."""
    match tree:
        case e.Cell(line):
            here = plan.lines[line]
            return line == key or (here.role is Role.WORKING and here.formula is not None and _adds(plan, here.formula, key))
        case e.Tagged():
            return tree.how == "sum" and key in tree.lines
        case e.Binary():
            sides = (tree.left, tree.right) if tree.operator == "+" else (tree.left,) if tree.operator == "-" else ()
            return any(_adds(plan, side, key) for side in sides)
        case e.Sum():
            return any(_adds(plan, part, key) for part in tree.parts)
        case e.Fold():
            return tree.how in ("sum", "min", "max") and any(_adds(plan, part, key) for part in tree.over)
        case e.If():
            return _adds(plan, tree.then, key) or _adds(plan, tree.otherwise, key)
        case e.Round() | e.Clamp() | e.Saved():
            return _adds(plan, tree.value, key)
    return False
