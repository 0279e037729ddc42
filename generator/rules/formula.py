"""What a regulation says once: a score written as a formula in the scheme itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.language.declared import AskedByName, Bands, Quantity
from generator.language.figures import Floor, PerUnit, SchemeFigure
from generator.language.wording import in_words
from generator.rules.base import Declarations, Rule
from generator.rules.item import Item
from generator.tree.expression import Expression, clamp
from generator.value import Assumed, show


class Formula(Rule):
    """公式: the score by a formula of named inputs, figures and quantities; see docs/language.md.

    inputs: what officials fill in, by name. figures: numbers by name, one or one each. quantities: helper rows by name.
    bands: tables by name, for ``band(…)``. score: the formula. at_least, at_most: limits of the score; at_least: none unless
    given, ``assumed`` is 0 where the regulation does not say so; at_most: the points unless given, ``null``: none, and
    ``points`` where the regulation itself says so.
    """

    rule: Literal["formula"]
    inputs: AskedByName = Field(default_factory=dict)
    figures: dict[str, PerUnit] = Field(default_factory=dict)
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    bands: dict[str, Bands] = Field(default_factory=dict)
    formula: str = Field(alias="score")
    at_least: Floor | None = None
    at_most: SchemeFigure | Literal["points"] | None = "points"

    def score(self, item: Item) -> Expression:
        for name, asked in self.inputs.items():
            if asked.shared:
                item.shared(name, asked)
            else:
                item.asked(name, asked)
        for name, figure in self.figures.items():
            if isinstance(figure, list):
                item.parameter(name, figure)
            else:
                item.constant(name, figure)
        for name, table in self.bands.items():
            item.bands(name, table)
        for name in self.quantities:
            item.figured(name)
        value = item.formula(self.formula, "score")
        low = None if self.at_least is None else 0 if self.at_least == 0 else item.constant("最低得分", self.at_least, "最低{}")
        if self.at_most == "points":
            return clamp(value, low, item.points)
        return clamp(value, low, None if self.at_most is None else item.cap(self.at_most, "最多{}"))

    def declares(self) -> Declarations:
        return Declarations(self.inputs, self.figures, self.quantities)

    def formulas(self) -> list[str]:
        return [self.formula, *(quantity.formula for quantity in self.quantities.values())]

    def sentence(self, item: Item) -> str:
        words = [f"{name}＝{in_words(q.formula)}" for name, q in self.quantities.items()]
        stated = self.at_least is not None and not isinstance(self.at_least, Assumed)
        limits = [f"最低{show(self.at_least)}分"] if stated else []
        limits += [f"最多{show(self.at_most)}分"] if not isinstance(self.at_most, str) and self.at_most is not None else []
        return "；".join([f"得分＝{in_words(self.formula)}", *words, *limits]) + "。"

    def assumes(self, item: Item) -> str:
        return "本簿扣到0分为止" if isinstance(self.at_least, Assumed) else ""
