"""Scores that somebody else gives: 评分, 直接采用…结果, and raw scores that are converted (折算)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from generator.language.declared import EVERYBODY
from generator.language.figures import SchemeFigure
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


def _by_unit(scheme: str | dict[str, str]) -> Mapping[str, str]:
    """Schemes by group, unit or set, where one may be written for everybody."""
    if isinstance(scheme, dict):
        return scheme
    return {EVERYBODY: scheme} if scheme else {}


class Imported(Rule):
    """直接采用…评分结果: a score made elsewhere is taken as it is, from 0 to the points.

    by: whose result it is; scheme: the scheme whose workbook holds it, or one by group, unit or set, for
    ``scorebook import``.
    """

    rule: Literal["imported"]
    by: str
    scheme: str | dict[str, str] = ""
    name: str = "评分"

    def imports(self) -> Mapping[str, str]:
        return _by_unit(self.scheme)

    def score(self, item: Item) -> Expression:
        return item.mark(self.name, item.points)

    def sentence(self, item: Item) -> str:
        return f"直接采用{self.by}。"


class Convert(Rule):
    """折算: a raw score out of ``raw`` marks becomes points in the same proportion.

    raw: full marks of the raw score; by: where the raw score comes from; scheme: the scheme whose workbook holds it, or
    one by group, unit or set, for ``scorebook import``.
    """

    rule: Literal["convert"]
    raw: SchemeFigure
    by: str
    scheme: str | dict[str, str] = ""
    name: str = "原始分"

    def imports(self) -> Mapping[str, str]:
        return _by_unit(self.scheme)

    def score(self, item: Item) -> Expression:
        raw, full = item.raw_mark(self.name, self.raw)
        return item.points * raw / full

    def sentence(self, item: Item) -> str:
        return f"采用{self.by}的原始分（满分{self.raw}），按比例折算。"
