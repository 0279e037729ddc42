"""Duties without any points: 清单式考核, which are ticked off and never scored."""

from __future__ import annotations

from typing import ClassVar, Literal

from generator.rules.base import Gives, Rule
from generator.rules.item import Item
from generator.tree.expression import Blank, Expression


class Duty(Rule):
    """只列职责、不计分: answered 是 or 否; the book counts what is done and never invents a score.

    ask: the question, which is also the name of the input.
    """

    rule: Literal["duty"]
    ask: str = "是否落实"
    gives: ClassVar[Gives] = Gives.DUTY

    def score(self, item: Item) -> Expression:
        item.yes_or_no([(self.ask, None)])
        return Blank()

    def sentence(self, item: Item) -> str:
        return "填是否落实，不计分。"
