"""Cells that a tree names without saying where they are: the cell at hand, the one before it, a range on a sheet of its own.

What a cell may hold is written once about `HERE`, and so is what stands on sheets beside the scoring sheets: the readers are
told what the names stand for, beside the cells of a book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.tree.exact import Cells
from generator.tree.expression import Cell
from generator.tree.formula import Addresses, Stretch
from generator.value import Value

HERE = Cell("@")
"""The cell at hand. No line has such a key."""


@dataclass(frozen=True)
class AddressesAtHand:
    """`formula.Addresses` with some cells at hand; without ``beside`` there are no others.

    known: addresses of cells and ranges, by the name in their `Cell` or `Row`; sizes: formulas that count a range's cells.
    """

    known: Mapping[str, str]
    beside: Addresses | None = None
    sizes: Mapping[str, str] = field(default_factory=dict)

    def cell(self, line: str) -> str:
        return self.known[line] if line in self.known else self._others.cell(line)

    def fixed(self, line: str, column: str) -> str:
        return self._others.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        return self.known[line] if line in self.known else self._others.row(line, own_group)

    def of_unit(self, line: str, unit: int) -> str:
        return self._others.of_unit(line, unit)

    def size(self, line: str, own_group: bool) -> str:
        return self.sizes[line] if line in self.sizes else self._others.size(line, own_group)

    def table(self, table: str, column: str) -> str:
        return self._others.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        return self._others.table_cell(table, column, position)

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        return self._others.tagged(lines)

    @property
    def _others(self) -> Addresses:
        assert self.beside is not None, "no cells but those at hand"
        return self.beside


@dataclass(frozen=True)
class ValuesAtHand:
    """`exact.Cells` with some cells at hand; without ``beside`` there are no others. known: what cells hold; rows: what ranges
    hold."""

    known: Mapping[str, Value]
    beside: Cells | None = None
    rows: Mapping[str, list[Value]] = field(default_factory=dict)

    def cell(self, line: str) -> Value:
        return self.known[line] if line in self.known else self._others.cell(line)

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return self._others.tagged(lines)

    def fixed(self, line: str, column: str) -> Value:
        return self._others.fixed(line, column)

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self.rows[line] if line in self.rows else self._others.row(line, own_group)

    def of_unit(self, line: str, unit: int) -> Value:
        return self._others.of_unit(line, unit)

    def table(self, table: str, column: str) -> list[Value]:
        return self._others.table(table, column)

    @property
    def _others(self) -> Cells:
        assert self.beside is not None, "no cells but those at hand"
        return self.beside
