"""What a rule kind is made of: `Rule`, the pydantic model, and `Item`, the indicator that it scores.

A kind is one class in one file of this folder: its parameters are fields, its ``rule`` names it in a scheme, and
``score`` declares what the sheet must show and ask for while it composes the score. Declaring and composing in one
place keeps the two from drifting apart.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from generator.rules.item import Item
from generator.tree.expression import Expression


class Rule(BaseModel):
    """A way of scoring. Subclasses name themselves in a ``rule: Literal[...]`` field."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    scored: ClassVar[bool] = True
    """False for a rule whose result is a verdict and not points."""

    @abstractmethod
    def score(self, item: Item) -> Expression:
        """The score of one unit, before rounding. Inputs are declared on the way, with ``item.ask`` and its like."""

    @abstractmethod
    def sentence(self, item: Item) -> str:
        """The rule as one concise Chinese sentence, for the 计分办法 column."""

    def without(self, count: int) -> tuple[bool, ...]:
        """For each unit, whether the rule itself says that it has no such task (a target of －)."""
        return (False,) * count
