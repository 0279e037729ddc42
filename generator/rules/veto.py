"""一票否决: an event that decides the grade whatever the score."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from generator.language.declared import Asked, SchemeNames
from generator.language.wording import in_words
from generator.rules.base import Declarations, Gives, Rule
from generator.rules.item import Item
from generator.tree.expression import Blank, Expression, Text, total, when


class Veto(Rule):
    """否决项: when any of the events happened, the unit's grade is ``grade``; the score stays as it is.

    when: the events, each the name of an input (how often; blank means never); or if: a condition over what is asked
    elsewhere. scheme, result: the scheme, and the indicator in it, whose workbook asks for the same events by the same names, for
    ``scorebook import``.
    """

    rule: Literal["veto"]
    when: list[str] = Field(default_factory=list)
    condition: str = Field(default="", alias="if")
    grade: str
    scheme: SchemeNames = ""
    result: str = Field(default="", coerce_numbers_to_str=True)
    gives: ClassVar[Gives] = Gives.VERDICT
    written_in: ClassVar[str] = "if"

    @model_validator(mode="after")
    def _one_form(self) -> Veto:
        if bool(self.when) == bool(self.condition):
            raise ValueError("否决项写 when（各种情形）或 if（用已经填的数写的条件），写一个")
        if bool(self.scheme) != bool(self.result) or (self.scheme and not self.when):
            raise ValueError("否决情形从别的方案取的，scheme（哪个方案）、result（其中哪一项）都要写，且只用于 when")
        return self

    def declares(self) -> Declarations:
        """How often each event happened can be spoken of in formulas by the event's name."""
        asked = {name: Asked(ask="events", scheme=self.scheme, result=self.result and f"{self.result}/{name}") for name in self.when}
        return Declarations(inputs=asked, written_in=dict.fromkeys(self.when, "when"))

    def score(self, item: Item) -> Expression:
        if self.condition:
            return when(item.formula(self.condition, "if"), Text(self.grade), Blank())
        happened = [count for count, _ in item.counts([(name, None, None) for name in self.when], imports=self.imports())]
        return when(total(happened) > 0, Text(self.grade), Blank())

    def sentence(self, item: Item) -> str:
        if self.condition:
            return f"{in_words(self.condition)}，即定为“{self.grade}”（本簿不改变得分）。"
        return f"{'；'.join(self.when)}：有一项即定为“{self.grade}”（本簿不改变得分）。"
