"""What a rule kind is made of: `Rule`, the pydantic model; the indicator that it scores is an `Item`.

A kind is one class in one file of this folder: its parameters are fields, its ``rule`` names it in a scheme, and
``score`` declares what the sheet must show and ask for while it composes the score. Declaring and composing in one
place keeps the two from drifting apart. What others must know of a kind it says itself, in the methods below: nobody
outside this folder asks which kind a rule is of, but for lint, which is about the kinds.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from generator.language.declared import Asked, Quantity
from generator.lines.input import Import
from generator.lines.keys import COEFFICIENT, ROLE_LABEL
from generator.rules.item import Item
from generator.tree.expression import Expression


class Gives(Enum):
    """What a rule results in: points; a verdict, which decides the grade; a duty, which is only ticked off."""

    POINTS = "points"
    VERDICT = "verdict"
    DUTY = "duty"


@dataclass(frozen=True)
class Declarations:
    """The names that a rule makes known to formulas. written_in: under which key of the file a name stands, where that is not
    the field's own."""

    inputs: Mapping[str, Asked] = field(default_factory=dict)
    figures: Mapping[str, Decimal | list[Decimal | None]] = field(default_factory=dict)
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    written_in: Mapping[str, str] = field(default_factory=dict)


class Rule(BaseModel):
    """A way of scoring. Subclasses name themselves in a ``rule: Literal[...]`` field."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    gives: ClassVar[Gives] = Gives.POINTS
    only_adds: ClassVar[bool] = False
    """Whether the points are the most that can be added: who has none has lost nothing."""
    written_in: ClassVar[str] = "score"
    """The key of the file that holds the rule's own formula, for messages."""

    @abstractmethod
    def score(self, item: Item) -> Expression:
        """The score of one unit, before rounding. Inputs are declared on the way, with ``item.ask`` and its like."""

    @abstractmethod
    def sentence(self, item: Item) -> str:
        """The rule as one concise Chinese sentence, for the 计分办法 column."""

    def assumes(self, item: Item) -> str:
        """What the book itself adds to the text, said beside a sentence of the scheme's own too: 本簿…; '' where nothing."""
        return ""

    @property
    def scored(self) -> bool:
        """Whether the result is points."""
        return self.gives is Gives.POINTS

    def without(self, count: int) -> tuple[bool, ...]:
        """For each unit, whether the rule itself says that it has no such task (a target of －)."""
        return (False,) * count

    def declares(self) -> Declarations:
        """The names that formulas elsewhere may use."""
        return Declarations()

    def formulas(self) -> list[str]:
        """The formulas written in the rule."""
        return []

    def imports(self) -> Mapping[str, tuple[Import, ...]]:
        """Where the values of inputs are taken from that other schemes give, by the input's name."""
        return {name: asked.imports for name, asked in self.declares().inputs.items() if asked.imports}

    @property
    def speaks_of_roles(self) -> bool:
        """Whether it asks or counts by role, so that the sheet must show each unit's."""
        return any("of_role" in formula or ROLE_LABEL in formula for formula in self.formulas())

    @property
    def weighs(self) -> bool:
        """Whether its own formula takes the role's coefficient, so that the score is not multiplied by it again."""
        return any(COEFFICIENT in formula for formula in self.formulas())
