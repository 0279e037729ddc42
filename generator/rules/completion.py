"""Done or not done: 完成得满分，否则不得分; 缺一项扣…分."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generator.explain import show
from generator.expression import Expression, total
from generator.lines import NO, YES
from generator.rules.base import Figure, Figure_, Item, Rule, clamp, when


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

    model_config = ConfigDict(extra="forbid", frozen=True)
    what: str
    each: Figure_ = Field(gt=0)


class Checklist(Rule):
    """缺一项扣…分: every item is answered 是 or 否; each 否 costs its points, down to zero."""

    rule: Literal["checklist"]
    items: list[Check] = Field(min_length=1)

    def score(self, item: Item) -> Expression:
        answers = item.yes_or_no([(c.what, Figure(c.each, "缺项扣{}")) for c in self.items])
        lost = total([when(answer.is_(NO), each, 0) for answer, each in answers])
        return clamp(item.points - lost, 0)

    def sentence(self, item: Item) -> str:
        listed = "；".join(f"{c.what}，未做到扣{show(c.each)}" for c in self.items)
        return f"{listed}；扣完为止。"
