"""Scores that somebody else gives: 评分, 直接采用…结果, and raw scores that are converted (折算)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from generator.language.declared import SchemeNames, imports
from generator.language.figures import SchemeFigure
from generator.lines.input import Import
from generator.rules.base import Rule
from generator.rules.item import Item
from generator.tree.expression import Expression


class Direct(Rule):
    """评分: the assessor judges and types the score, from 0 to the points.

    name: what the input is called.
    """

    rule: Literal["direct"]
    name: str = "评分"

    def score(self, item: Item) -> Expression:
        return item.mark(self.name, item.points)

    def sentence(self, item: Item) -> str:
        return "原文没有写怎样评分，本簿由考核主体填得分。"


class _Elsewhere(Rule):
    """A score that another scheme may give.

    by: whose result it is; scheme: the scheme whose workbook holds it, or one by group, unit or set, for
    ``scorebook import``; result: which of its results, else the total; name: what the input is called.
    """

    by: str
    scheme: SchemeNames = ""
    result: str = Field(default="", coerce_numbers_to_str=True)
    name: str

    @model_validator(mode="after")
    def _result_of_a_scheme(self) -> _Elsewhere:
        imports(self.scheme, self.result)
        return self

    def imports(self) -> Mapping[str, tuple[Import, ...]]:
        return {self.name: imports(self.scheme, self.result)}


class Imported(_Elsewhere):
    """直接采用…评分结果: a score made elsewhere is taken as it is, from 0 to the points."""

    rule: Literal["imported"]
    name: str = "评分"

    def score(self, item: Item) -> Expression:
        return item.mark(self.name, item.points, imports=imports(self.scheme, self.result))

    def sentence(self, item: Item) -> str:
        return f"直接采用{self.by}。"


class Convert(_Elsewhere):
    """折算: a raw score out of ``raw`` marks becomes points in the same proportion.

    raw: full marks of the raw score.
    """

    rule: Literal["convert"]
    raw: SchemeFigure
    name: str = "原始分"

    def score(self, item: Item) -> Expression:
        raw, full = item.raw_mark(self.name, self.raw, imports(self.scheme, self.result))
        return item.points * raw / full

    def sentence(self, item: Item) -> str:
        return f"采用{self.by}的原始分（满分{self.raw}），按比例折算。"
