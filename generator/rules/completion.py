"""Done or not done: 完成得满分，否则不得分; 缺一项扣…分."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generator.language.figures import SchemeFigure
from generator.lines.input import NO, YES
from generator.lines.line import Figure
from generator.rules.base import Rule
from generator.rules.item import Item
from generator.tree import expression as e
from generator.tree.expression import Expression, clamp, total, when
from generator.value import show


class AllOrNothing(Rule):
    """完成得满分，否则不得分: the points for 是, nothing for 否.

    ask: the question, which is also the name of the input.
    """

    rule: Literal["all_or_nothing"]
    ask: str = "是否完成"

    def score(self, item: Item) -> Expression:
        [(answer, _)] = item.yes_or_no([(self.ask, None)])
        return when(answer.is_(YES), item.points, 0)

    def sentence(self, item: Item) -> str:
        return "完成得满分，否则不得分。"


class Check(BaseModel):
    """One thing that must be there. what: its name and the input's; each: what its absence costs."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    what: str
    each: SchemeFigure = Field(gt=0)


class Checklist(Rule):
    """缺一项扣…分: every item is answered 是 or 否; each 否 costs its points, down to zero.

    floor: where the score stops: 0 is 扣完为止; ``null`` lets it go below zero.
    """

    rule: Literal["checklist"]
    items: list[Check] = Field(min_length=1)
    floor: SchemeFigure | None = Decimal(0)

    def score(self, item: Item) -> Expression:
        answers = item.yes_or_no([(c.what, Figure(c.each, "缺项扣{}")) for c in self.items])
        lost = total([when(answer.is_(NO), each, 0) for answer, each in answers])
        if self.floor is None:
            return item.points - lost
        return clamp(item.points - lost, 0 if self.floor == 0 else item.constant("最低得分", self.floor, "最低{}"))

    def sentence(self, item: Item) -> str:
        listed = "；".join(f"{c.what}，未做到扣{show(c.each)}" for c in self.items)
        if self.floor is None or sum(c.each for c in self.items) <= item.least_points - self.floor:
            return f"{listed}。"
        return f"{listed}；{f'最低{show(self.floor)}分' if self.floor else '扣完为止'}。"


class Gated(Rule):
    """完成得满分，未完成的按完成程度、最高不过一个较低的分: the points when all is done, else by degree under a lower ceiling.

    below: the ceiling where it is not done. degree_of: the degree is taken of the ``ceiling``, or of the ``points`` and
    then held under the ceiling. ask, degree: the names of the two inputs; the degree is only wanted for 否.
    """

    rule: Literal["gated"]
    below: SchemeFigure = Field(gt=0)
    degree_of: Literal["ceiling", "points"] = "ceiling"
    ask: str = "是否完成"
    degree: str = "完成程度"

    def score(self, item: Item) -> Expression:
        [(done, _)] = item.yes_or_no([(self.ask, None)])
        ceiling = item.constant("未完成最高", self.below, "最高{}")
        degree = item.share(self.degree)
        item.need(e.some(done.is_(YES), e.every(e.IsNumber(degree), degree >= 0, degree <= 1)))
        partly = degree * (ceiling if self.degree_of == "ceiling" else item.points)
        return when(done.is_(YES), item.points, clamp(partly, 0, ceiling))

    def sentence(self, item: Item) -> str:
        of = show(self.below) if self.degree_of == "ceiling" else "分值"
        return f"完成得满分；未完成的得{of}×{self.degree}，最高{show(self.below)}分。"


class Highest(Rule):
    """只按最高的一项计: of several things that happened only the one that counts most is counted.

    items: what can happen and what it counts; minus: it costs so much instead of earning it.
    """

    rule: Literal["highest"]
    items: list[Check] = Field(min_length=2)
    minus: bool = False

    def score(self, item: Item) -> Expression:
        form = "扣{}" if self.minus else "计{}"
        answers = item.counts([(c.what, Figure(c.each, form), None) for c in self.items])
        best = e.Fold("max", tuple(when(count > 0, each, 0) for count, each in answers))
        return clamp(item.points - best, 0) if self.minus else best

    def sentence(self, item: Item) -> str:
        verb = "扣" if self.minus else "计"
        return "；".join(f"{c.what}{verb}{show(c.each)}" for c in self.items) + "；只按最高的一项计。"
