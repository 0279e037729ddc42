"""A list sheet: one row for each item and unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from generator.columns import letters_of
from generator.layout.addresses import address, sheet_prefix
from generator.layout.design import Design
from generator.lines.line import Figure, Line
from generator.plan.plan import Block, Plan

LIST_FIRST, LIST_HEAD = 3, 4


@dataclass
class Listing:
    """A list sheet: one row for each indicator and unit that carries it, the lines of the indicator run across.

    columns: key or label → position; row_of: (owner, unit) → row; figure_row: the figures that all rows share.
    """

    plan: Plan
    design: Design
    own: str
    sheet: str
    blocks: list[Block]
    entries: list[tuple[Block, int]] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    row_of: dict[tuple[str, int], int] = field(default_factory=dict)
    first_row: int = LIST_HEAD + 2
    figure_row: int = LIST_HEAD + 1
    labels: list[str] = field(default_factory=list)

    @property
    def last_row(self) -> int:
        return max(self.row_of.values(), default=self.first_row)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines on this sheet."""
        return [line for block in self.blocks for line in block.lines]

    @cached_property
    def line_keys(self) -> dict[str, Line]:
        """The lines by key."""
        return {line.key: line for line in self.lines}

    def units_of(self, line: Line) -> list[int]:
        """The units that have a cell on a line here."""
        return [unit for block, unit in self._of_owner.get(line.owner, [])]

    @cached_property
    def _of_owner(self) -> dict[str, list[tuple[Block, int]]]:
        found: dict[str, list[tuple[Block, int]]] = {}
        for block, unit in self.entries:
            found.setdefault(block.id, []).append((block, unit))
        return found

    def cell(self, key: str, unit: int) -> str:
        """The address of a unit's cell on a line."""
        line = self.line_keys[key]
        return address(self.row_of[line.owner, unit], self.columns[line.label])

    def figure(self, line: Line, column: str) -> Figure | None:
        """The figure of a line that ``standard`` or ``points`` names."""
        return line.standard if column == "standard" else line.points

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        """Figures stand above their column, once for all rows; the points of an indicator in each of its rows."""
        if line.standard is not None and line.owner == self.blocks[0].id:
            yield "standard", address(self.figure_row, self.columns[line.label])
        if line.points is not None:
            for unit in self.units_of(line):
                yield "points", address(self.row_of[line.owner, unit], self.columns["points"])

    def subject(self, row: int, column: int) -> tuple[str, int]:
        """The line and the unit that a cell is about: "" and −1 where there is none."""
        owner, unit = next((own for own, at in self.row_of.items() if at == row), ("", -1))
        return next((line.key for line in self.lines if line.owner == owner), ""), unit

    @property
    def row_keys(self) -> dict[str, int]:
        """The rows that must be there, by what their hidden column says."""
        return {f"{owner}|{self.plan.units[unit]}": row for (owner, unit), row in self.row_of.items()}

    @property
    def column_keys(self) -> dict[str, int]:
        """The columns that must be there, by what their hidden row says."""
        return self.columns

    def column(self, key: str) -> str:
        """A column over all rows, absolute, with the sheet."""
        letters = letters_of(self.columns[key])
        return f"{sheet_prefix(self.sheet)}${letters}${self.first_row}:${letters}${self.last_row}"
