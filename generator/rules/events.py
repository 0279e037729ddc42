"""Deductions and additions by event: 每次扣…分，扣完为止; 每项加…分，最多加…分; 酌情加分."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generator import expression as e
from generator.explain import show
from generator.expression import Expression, total
from generator.rules.base import Figure, Figure_, Item, Rule, clamp


class Event(BaseModel):
    """Something that costs or earns points each time it happens.

    what: its name, which is also the name of the input.
    each: points for one; at_most: the most that this event alone can cost or earn; up_to: how often it can happen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    what: str
    each: Figure_ = Field(gt=0)
    at_most: Figure_ | None = Field(default=None, gt=0)
    up_to: int | None = Field(default=None, ge=1)


class _PerEvent(Rule):
    events: list[Event] = Field(min_length=1)
    at_most: Figure_ | None = Field(default=None, gt=0)

    def _sum(self, item: Item, verb: str) -> Expression:
        """Σ count × each, every event under its own cap, all together under the shared one."""
        figures = [(v.what, Figure(v.each, f"每次{verb}{{}}"), None if v.up_to is None else Decimal(v.up_to)) for v in self.events]
        pairs = item.counts(figures)
        free = tuple(p for p, v in zip(pairs, self.events, strict=True) if v.at_most is None)
        parts: list[Expression] = [e.SumOfProducts(free)] if free else []
        for (count, each), event in zip(pairs, self.events, strict=True):
            if event.at_most is not None:
                own = item.constant(f"{event.what}最多{verb}", event.at_most, f"最多{verb}{{}}")
                parts.append(clamp(count * each, high=own))
        together = total(parts)
        if self.at_most is not None:
            together = clamp(together, high=item.cap(self.at_most, f"最多{verb}{{}}"))
        return together

    def _list(self, verb: str) -> str:
        words = []
        for event in self.events:
            own = f"（最多{verb}{show(event.at_most)}）" if event.at_most is not None else ""
            words.append(f"{event.what}，每次{verb}{show(event.each)}{own}")
        shared = f"；合计最多{verb}{show(self.at_most)}分" if self.at_most is not None else ""
        return "；".join(words) + shared


class Deduct(_PerEvent):
    """每发生一次扣…分: the points, less so much for each event.

    floor: where the score stops: 0 is 扣完为止; ``null`` lets it go below zero (约束性指标只扣分不加分).
    """

    rule: Literal["deduct"]
    floor: Figure_ | None = Decimal(0)

    def score(self, item: Item) -> Expression:
        left = item.points - self._sum(item, "扣")
        if self.floor is None:
            return left
        return clamp(left, 0 if self.floor == 0 else item.constant("最低得分", self.floor, "最低{}"))

    def sentence(self, item: Item) -> str:
        if self.floor is None:
            return f"{self._list('扣')}。"
        end = "，扣完为止" if self.floor == 0 else f"，最低{show(self.floor)}分"
        return f"{self._list('扣')}{end}。"


class Add(_PerEvent):
    """每发生一次加…分: so much for each event, up to the cap."""

    rule: Literal["add"]

    def score(self, item: Item) -> Expression:
        return self._sum(item, "加")

    def sentence(self, item: Item) -> str:
        return f"{self._list('加')}。"


class Award(Rule):
    """酌情加分: the assessor types the points for each matter; together they stop at the cap.

    items: the matters, each the name of an input; at_most: the cap on all of them together.
    """

    rule: Literal["award"]
    items: list[str] = Field(min_length=1)
    at_most: Figure_ = Field(gt=0)

    def score(self, item: Item) -> Expression:
        cells = item.amounts([(name, None, self.at_most) for name in self.items])
        return clamp(total(cells), high=item.cap(self.at_most, "最多加{}"))

    def sentence(self, item: Item) -> str:
        return f"符合所列情形的酌情加分，合计最多加{show(self.at_most)}分。"
