"""一票否决: an event that decides the grade whatever the score."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.expression import Blank, Expression, Text, total
from generator.rules.base import Item, Rule, when


class Veto(Rule):
    """否决项: when any of the events happened, the unit's grade is ``grade``; the score stays as it is.

    when: the events, each the name of an input (how often; blank means never).
    """

    rule: Literal["veto"]
    when: list[str] = Field(min_length=1)
    grade: str
    scored: ClassVar[bool] = False

    def score(self, item: Item) -> Expression:
        happened = [count for count, _ in item.counts([(name, None, None) for name in self.when])]
        return when(total(happened) > 0, Text(self.grade), Blank())

    def sentence(self, item: Item) -> str:
        return f"{'；'.join(self.when)}：有一项即定为“{self.grade}”，不影响得分。"
