"""Who has sent what he had to send, and who has not: by department and by unit, from what stands in the office's book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from addin.gathering import bodies
from generator.lines.accepts import MISSING
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.typed import has_value, line_fault, typed

NOBODY = "（没有写明考核部门）"


@dataclass
class Share:
    """The cells that somebody has to fill in, or that are to be filled in for a unit, and how many of them are. words: what it is
    called when all, some or none of them are."""

    name: str
    wanted: int = 0
    filled: int = 0
    words: tuple[str, str, str] = ("已报齐", "未报齐", "未报")

    @property
    def missing(self) -> int:
        """How many are not."""
        return self.wanted - self.filled

    @property
    def state(self) -> str:
        """In a word."""
        if not self.wanted:
            return "没有必填的"
        return self.words[0 if not self.missing else 1 if self.filled else 2]


def shares(plan: Plan, values: Evaluation) -> tuple[list[Share], list[Share]]:
    """The departments' shares and the units', in the order of the book. Cells that may stay blank are nobody's duty, but who has
    no others is listed too."""
    known = bodies.by_indicator(plan)
    departments = {name: Share(name) for names in known.values() for name in names}
    units = [Share(name, words=("已填齐", "未填齐", "未填")) for name in plan.units]
    for owner, unit, filled in _wanted(plan, values):
        names = known.get(bodies.id_of(owner)) or [NOBODY]
        for share in [*(departments.setdefault(name, Share(name)) for name in names), *([units[unit]] if unit != SHARED else [])]:
            share.wanted += 1
            share.filled += filled
    return list(departments.values()), units


def _wanted(plan: Plan, values: Evaluation) -> Iterator[tuple[str, int, bool]]:
    """Every cell that has to be filled in as things stand: its owner, the unit, whether it is."""
    for line in plan.inputs:
        if line.input is None or line.input.accepts.blank:
            continue
        for unit in plan.places(line):
            if unit != SHARED and line.constant(unit) is not None:
                continue
            filled = has_value(typed(line, unit, values))
            if filled or line_fault(line, unit, values) == MISSING:
                yield line.owner, unit, filled
