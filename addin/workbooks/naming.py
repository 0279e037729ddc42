"""What the lines and units of a book are called, and findings about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from addin.workbooks.findings import Finding, finding
from generator.layout.grid import UNIT
from generator.lines.keys import Owner
from generator.lines.line import Line
from generator.plan.plan import Plan

MARKS = {
    "key": "隐藏的标记列",
    "roles": "隐藏的标记行",
    "tags": "隐藏的标记行",
    "number": "序号",
    "group": "组别",
    "name": "指标名称",
    "unit": "承担单位",
    "units": "被考核单位",
    "measure": "计量单位",
    "label": "项目",
    "standard": "标准",
    "points": "分值",
    "sentence": "计分办法",
    "assessor": "考核主体",
}
"""Rows and columns that are no line's and no unit's, by their keys."""
NAMED = 6
"""So many cells of several are named."""


def some(cells: list[str]) -> str:
    """The first few of some cells."""
    return "、".join(cells[:NAMED]) + (f"等 {len(cells)} 格" if len(cells) > NAMED else "")


@dataclass(frozen=True)
class Names:
    """The words for what a plan consists of."""

    plan: Plan

    @cached_property
    def _blocks(self) -> dict[str, str]:
        return {block.id: block.name for block in self.plan.blocks if block.id}

    def label(self, line: Line) -> str:
        """A line with the indicator that it belongs to."""
        return f"{self.of_owner(line.owner)} {line.label}"

    def of_owner(self, owner: str) -> str:
        """An indicator by its number and its name."""
        return f"{Owner(owner).words} {self._blocks.get(owner, '')}".strip()

    def finding(
        self, code: str, detail: str = "", sheet: str = "", cell: str = "", line: Line | None = None, unit: int | None = None
    ) -> Finding:
        """A finding about a unit's cell on a line, as far as it is about one. unit: a position, −1 for the cell that all share."""
        name = "" if unit is None else self.plan.who(unit)
        return finding(code, detail, sheet, cell, line.owner if line else "", name)

    def about_key(self, code: str, key: str, sheet: str, cell: str = "", more: str = "") -> Finding:
        """A finding about the row or column with a key. more: what else to say."""
        line = self.plan.lines.get(key)
        words = self.label(line) if line else MARKS.get(key, key.removeprefix(UNIT).replace("|", " "))
        unit = self.plan.units.index(key.removeprefix(UNIT)) if key.startswith(UNIT) else None
        return self.finding(code, words + more, sheet, cell, line, unit)
