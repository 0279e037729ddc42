"""How much a plan may hold. What the scheme's own size bounds is counted there; here is what only its lines show.

The largest real book has 6,350 lines, 76,000 cells that units carry and a million steps to work them all out; one of 386
indicators × 100 units has 155,000 cells.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.lines.line import Line
from generator.plan.plan import Plan
from generator.problems import SchemeFault
from generator.tree import expression as e

MOST_LINES, MOST_CELLS, MOST_CARRIED, MOST_STEPS = 10_000, 1_000_000, 120_000, 4_000_000
"""Cells: lines × units; carried: those of them that can be more than －; steps: how often a cell is looked at to work all out."""
_REMEDY = "请把方案分成几个，或减少期数、事项和单位"


class Size:
    """How much there is so far. units: how many."""

    def __init__(self, units: int) -> None:
        self.units, self.lines, self.carried = units, 0, 0

    def add(self, lines: Iterable[Line]) -> None:
        """Count some lines in. Raises SchemeFault where there is more than a book can hold."""
        for line in lines:
            self.lines += 1
            self.carried += carried(line, self.units)
        if self.lines > MOST_LINES or self.lines * self.units > MOST_CELLS or self.carried > MOST_CARRIED:
            words = f"到这里已有 {self.lines} 行、{self.units} 个单位，要填和要算的有 {self.carried} 格，一本考核簿放不下"
            raise SchemeFault(words, (), _REMEDY)


def carried(line: Line, units: int) -> int:
    """How many units can have anything but － on a line."""
    return 1 if line.shared else sum(line.carried) if line.carried else units


def steps(plan: Plan, keys: Iterable[str]) -> int:
    """How many cells are looked at when some lines are worked out for all units."""
    units = len(plan.units)
    found = 0
    for key in keys:
        line = plan.lines[key]
        if not line.computed:
            continue
        nodes = line.nodes
        kinds = [type(node) for node in nodes]
        rows, looked_at = kinds.count(e.Row), len(kinds)
        if e.Tagged in kinds:
            looked_at += sum(len(node.lines) - 1 for node in nodes if isinstance(node, e.Tagged))
        found += looked_at * carried(line, units) + rows * units  # a row is looked through once for all units
    return found


def refuse_long_work(plan: Plan) -> None:
    """Refuse what would take too long to work out: many formulas that each look at many cells. Raises SchemeFault."""
    if (found := steps(plan, plan.lines)) > MOST_STEPS:
        raise SchemeFault(f"各公式要看的格子共有 {found} 个，最多 {MOST_STEPS} 个", (), _REMEDY)
