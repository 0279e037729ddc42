"""How much of the total hangs on points of another scale: by how much it would be higher, had they not been lost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from generator.lines.keys import TOTAL, WORKED
from generator.plan.dependencies import Node
from generator.plan.evaluation import Evaluation
from generator.tree import exact
from generator.value import Value


class Weights:
    """The lines between an indicator's score and the total of a unit, worked out once more with another score."""

    def __init__(self, values: Evaluation) -> None:
        self.values, self.plan = values, values.plan
        self._whole = Node(WORKED if WORKED in self.plan.lines else TOTAL, "cell")

    @cached_property
    def _beneath(self) -> list[Node]:
        """All that the total is worked out from, in order, itself last."""
        return self.plan.dependencies.needed(self._whole, frozenset())

    def in_total(self, unit: int, points: Mapping[str, Decimal]) -> Decimal | None:
        """What so many points more would have added to the unit's total; None where other units' results would change with them,
        or where there is no total yet. points: by the line of the score."""
        now = self.values.value(self._whole.line, unit)
        changing = {node for score in points for node in self.plan.dependencies.reached_alone(score)}
        across = any(self._whole in self.plan.dependencies.reached_for_all(score) for score in points)
        if across or self._whole not in changing or not isinstance(now, Decimal):
            return None
        had = {score: self.values.value(score, unit) for score in points}
        more = {score: value + points[score] for score, value in had.items() if isinstance(value, Decimal)}
        cells = _Otherwise(self.values, unit, more)
        for node in self._beneath:
            tree = self.plan.lines[node.line].formula if node in changing and node.line not in more else None
            if tree is not None:
                cells.other[node.line] = exact.value(tree, cells)
        then = cells.other.get(self._whole.line)
        return then - now if isinstance(then, Decimal) else None


class _Otherwise:
    """The cells of a unit, some of them with other values."""

    def __init__(self, values: Evaluation, unit: int, other: Mapping[str, Value]) -> None:
        self.values, self.unit, self.other = values, unit, {**other}
        self.real = values.seen_by(unit)

    def cell(self, line: str) -> Value:
        return self.other[line] if line in self.other else self.real.cell(line)

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return [self.cell(line) for line in self.values.plan.prepared.carried(lines)[self.unit]]

    def fixed(self, line: str, column: str) -> Value:
        return self.real.fixed(line, column)

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self.real.row(line, own_group)

    def of_unit(self, line: str, unit: int) -> Value:
        return self.cell(line) if unit == self.unit else self.real.of_unit(line, unit)

    def table(self, table: str, column: str) -> list[Value]:
        return self.real.table(table, column)
