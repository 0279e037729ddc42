"""完成得满分，未完成按比例计算: full marks at the target, in proportion short of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from generator.language.figures import PerUnit, SchemeFigure, no_figure
from generator.rules.base import Rule
from generator.rules.item import Item
from generator.tree.expression import Expression, clamp, when


class Ratio(Rule):
    """完成得满分，未完成按比例: points × actual ÷ target, between 0 and the points.

    target: one for all units or one each; ``null`` where a unit has no such task (－).
    actual: what the input is called.
    better: ``higher``, or ``lower`` for a target not to be exceeded (points × target ÷ actual).
    counts: what the input counts: what is ``done``, or what is still ``undone`` of the target; more than all of it
    scores nothing, and `check` asks about it.
    min: the least actual that makes sense: 0, except that percentages (growth) may be negative unless it is given.
    highest: the greatest actual that can occur: 100% for a share of a whole.

    A target of zero is met by any actual ≥ 0 (for ``lower``: by any actual ≤ 0).
    """

    rule: Literal["ratio"]
    target: PerUnit
    actual: str = "完成"
    target_name: str = "目标"
    better: Literal["higher", "lower"] = "higher"
    counts: Literal["done", "undone"] = "done"
    min: SchemeFigure | None = None
    highest: SchemeFigure | None = None

    def score(self, item: Item) -> Expression:
        free = item.measure == "%" and self.highest is None
        low = self.min if self.min is not None or free else Decimal(0)
        target = item.parameter(self.target_name, self.target)
        actual = item.quantity(self.actual, low, self.highest, part_of=self.target_name if self.counts == "undone" else "")
        points = item.points
        if self.better == "lower":
            return when(actual <= 0, points, clamp(points * target / actual, 0, points))
        done = target - actual if self.counts == "undone" else actual
        return when(target.is_(0), when(done >= 0, points, 0), clamp(points * done / target, 0, points))

    def sentence(self, item: Item) -> str:
        if self.better == "lower":
            return (
                f"完成得满分，未完成按比例计算（本簿：不超过{self.target_name}为完成，超过的按“{self.target_name}÷{self.actual}”的比例）。"
            )
        if self.counts == "undone":
            return f"完成得满分，未完成按比例：（{self.target_name}－{self.actual}）÷{self.target_name}。"
        return "完成得满分，未完成按比例计算。"

    def without(self, count: int) -> tuple[bool, ...]:
        return no_figure(self.target, count)
