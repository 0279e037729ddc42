"""Cells that a tree names without saying where they are: the cell at hand, or the one before it, whichever those are.

What a cell may hold is written once about `HERE`; the readers are told what `HERE` stands for, beside the cells of a book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.tree.exact import Cells
from generator.tree.expression import Cell
from generator.tree.formula import Addresses, Stretch
from generator.value import Value

HERE = Cell("@")
"""The cell at hand. No line has such a key."""


@dataclass(frozen=True)
class AddressesAtHand:
    """`formula.Addresses` with some cells at hand. known: their addresses, by the name in their `Cell`."""

    known: Mapping[str, str]
    beside: Addresses

    def cell(self, line: str) -> str:
        return self.known[line] if line in self.known else self.beside.cell(line)

    def fixed(self, line: str, column: str) -> str:
        return self.beside.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        return self.beside.row(line, own_group)

    def of_unit(self, line: str, unit: int) -> str:
        return self.beside.of_unit(line, unit)

    def size(self, own_group: bool) -> str:
        return self.beside.size(own_group)

    def table(self, table: str, column: str) -> str:
        return self.beside.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        return self.beside.table_cell(table, column, position)

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        return self.beside.tagged(lines)


@dataclass(frozen=True)
class ValuesAtHand:
    """`exact.Cells` with some cells at hand. known: what they hold; without ``beside`` there are no others."""

    known: Mapping[str, Value]
    beside: Cells | None = None

    def cell(self, line: str) -> Value:
        return self.known[line] if line in self.known else self._others.cell(line)

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return self._others.tagged(lines)

    def fixed(self, line: str, column: str) -> Value:
        return self._others.fixed(line, column)

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self._others.row(line, own_group)

    def of_unit(self, line: str, unit: int) -> Value:
        return self._others.of_unit(line, unit)

    def table(self, table: str, column: str) -> list[Value]:
        return self._others.table(table, column)

    @property
    def _others(self) -> Cells:
        assert self.beside is not None, "no cells but those at hand"
        return self.beside
