"""等次与名额: somebody places the units in grades, each grade has a share of the places and a number of points."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generator.language.figures import SchemeFigure
from generator.rules.base import Rule
from generator.rules.item import Item
from generator.tree.expression import Expression
from generator.value import Value, show


class Grade(BaseModel):
    """One grade. name: as typed in the cell; share: of the units, at most (原则上); points: what it earns."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    name: str
    share: SchemeFigure = Field(gt=0, le=1)
    points: SchemeFigure = Field(ge=0)


class GradeQuota(Rule):
    """按比例确定等次，按等次计分. The quota is watched on the tables sheet; exceeding it is reported, not undone."""

    rule: Literal["grade_quota"]
    grades: list[Grade] = Field(min_length=2)
    name: str = "等次"

    def score(self, item: Item) -> Expression:
        grade = item.choice(self.name, [g.name for g in self.grades])
        columns: dict[str, tuple[Value, ...]] = {
            "等次": tuple(g.name for g in self.grades),
            "比例": tuple(g.share for g in self.grades),
            "计分": tuple(g.points for g in self.grades),
        }
        item.table("quota", "等次名额", columns, self.name)
        return item.rated(grade, "等次", "计分")

    def sentence(self, item: Item) -> str:
        shares = "、".join(f"{g.name}{show(g.share * 100)}%（计{show(g.points)}分）" for g in self.grades)
        return f"原则上按比例评定等次：{shares}。"
