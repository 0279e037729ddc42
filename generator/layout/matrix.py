"""A scoring sheet with the lines running down and the units across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from generator.columns import letters_of
from generator.layout.addresses import absolute, address
from generator.layout.grid import KEY_ROW, ROLE, TAG, UNIT, UNIT_NAME, Grid
from generator.layout.spoken import longest
from generator.layout.text_size import text_width
from generator.layout.unseen import unseen
from generator.lines.line import SHARED, Line
from generator.plan.plan import BlockKind
from generator.tree.formula import OWN_COLUMN


@dataclass
class Matrix(Grid):
    """Lines run down, units across; on the left what the row is, on the right how it is scored.

    rows: of the lines; columns: of what stands beside the units; unit_columns: of each unit.
    """

    any_unit = OWN_COLUMN
    title_row = 2
    first_visible = 4

    unit_columns: dict[int, int] = field(default_factory=dict)
    key_row: int = KEY_ROW
    """The row of the units' keys."""
    head_row: int = 0
    """The row of the units' names."""
    hidden: list[int] = field(default_factory=list)
    """The rows that are not shown; their heights are 0."""
    needs: dict[int, float] = field(default_factory=dict)
    """How high the texts beside a block's rows must be at least, in points, by its first row."""

    @property
    def first_unit(self) -> int:
        """The first column of the units."""
        return self.unit_columns[self.units[0]]

    @property
    def last_unit(self) -> int:
        """The last column of the units."""
        return self.unit_columns[self.units[-1]]

    @cached_property
    def unseen(self) -> tuple[frozenset[str], frozenset[int]]:
        """The lines and the blocks whose rows are not shown; see `unseen`."""
        return unseen(self)

    @cached_property
    def pointless(self) -> bool:
        """Whether nothing here has points, so that their column need not be seen; zero is none."""
        return self.design.form > 1 and not any(line.points and line.points.value != 0 for line in self.lines)

    @cached_property
    def unsaid(self) -> set[str]:
        """The columns beside the units in which nothing would stand."""
        texts = ["measure", "sentence", "assessor"] if self.design.form > 1 else ["measure"]
        found = {key for key in texts if not any(getattr(block, key) for block in self.blocks)}
        figures = self.above or any(line.standard or line.shared for line in self.lines)
        return found if figures else {*found, "standard"}

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Of the letters of the texts beside the rows, in points, by column."""
        return {key: self.design.styles[self.design.beside(key)].size for key in ("label", "name", "sentence", "assessor", "measure")}

    @cached_property
    def longest_label(self) -> float:
        """Of what the rows are called, in half-width characters."""
        lines, _ = self.unseen
        shown = (block for block in self.blocks if block.kind != BlockKind.TOTAL or self.design.form < 2)
        own = [line for block in shown for line in block.lines if line.key not in lines]
        return max((text_width(self.called(line)) for line in own if line.key not in self.above), default=0)

    @cached_property
    def longest_id(self) -> float:
        """Of the numbers of indicators, in half-width characters."""
        blocks = [block for block in self.blocks if block.kind == BlockKind.INDICATOR]
        return max((text_width(self.number(b) if self.design.form > 4 else b.number or b.id) for b in blocks), default=0)

    @cached_property
    def longest_number(self) -> int:
        """Of the numbers that the plan puts into the table, in characters; 0 where there are none."""
        values = (value for line in self.lines if line.key not in self.above for value in line.values or ())
        return max((len(f"{value:,f}") for value in values if value is not None and not isinstance(value, (str, bool))), default=0)

    @cached_property
    def longest_words(self) -> float:
        """Of the words that units' cells may show, in half-width characters."""
        return max((text_width(longest(self.plan, line)) for line in self.lines if line.key not in self.above), default=0)

    @property
    def head_column(self) -> int:
        return self.first_unit - 1

    @property
    def frozen_column(self) -> int:
        return self.columns["points"]

    def has(self, key: str) -> bool:
        return key in self.rows

    def at(self, key: str, unit: int) -> tuple[int, int]:
        return self.rows[key], self.columns["standard"] if unit == SHARED else self.unit_columns[unit]

    def cell(self, key: str, unit: int) -> str:  # asked so often that each call less counts
        return address(self.rows[key], self.columns["standard"]) if unit == SHARED else f"{self.own[unit]}{self.rows[key]}"

    def along(self, key: str) -> list[tuple[int, int, int]]:
        row = self.rows[key]
        return [(unit, row, column) for unit, column in self.unit_columns.items()]

    @cached_property
    def own(self) -> dict[int, str]:
        return {SHARED: "", **{unit: letters_of(column) for unit, column in self.unit_columns.items()}}

    def row(self, key: str) -> int:
        """The row that a line or its figure stands in."""
        return self.rows[self.above.get(key, key)]

    def seen(self, key: str, own: str) -> str | None:
        if key in self.above:
            return self.fixed(key, "standard")
        row = self.rows.get(key)
        return None if row is None else f"{own}{row}"

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        for column in ("standard", "points"):
            if column in self.columns and self.figure(line, column) is not None:
                yield column, address(self.row(line.key), self.columns[column])

    def fixed(self, key: str, column: str) -> str:
        return absolute(address(self.row(key), self.columns[column]), row=False)

    def name(self, own: str) -> str:
        return f"{own}${self.head_row}"

    def over(self, key: str, units: list[int]) -> str:
        row = self.head_row if key == UNIT_NAME else self.rows[key]
        return f"${address(row, self.unit_columns[units[0]])}:${address(row, self.unit_columns[units[-1]])}"

    def size(self, units: list[int], prefix: str) -> str:
        first, last = (f"${address(self.key_row, self.unit_columns[unit])}" for unit in (units[0], units[-1]))
        return f"COUNTA({prefix}{first}:{last})"  # a column that somebody inserts has no key and is no unit

    def picked(self, key: str, position: str, prefix: str) -> str:
        return f"INDEX({prefix}{self.whole(key)},1,{position})"  # the short form along a row is read wrongly by some programs

    def stretch(self, keys: list[str], own: str) -> tuple[str, str, str]:
        rows = [self.rows[key] for key in keys]
        first, last = min(rows), max(rows)
        values, roles, tags = (f"{c}${first}:{c}${last}" for c in (own, *(f"${letters_of(c)}" for c in (ROLE, TAG))))
        return values, roles, tags

    @cached_property
    def names(self) -> str:
        first, last = (absolute(address(self.head_row, c)) for c in (self.first_unit, self.last_unit))
        return f"{first}:{last}"

    @property
    def row_keys(self) -> dict[str, int]:
        return self.rows

    @property
    def column_keys(self) -> dict[str, int]:
        units = {UNIT + self.plan.units[unit]: column for unit, column in self.unit_columns.items()}
        return units | {key: self.columns[key] for key in ("name", "label", "points", "standard") if key in self.columns}

    def subject(self, row: int, column: int) -> tuple[str, int]:
        key = next((key for key, at in self.rows.items() if at == row), "")
        only = self.units[0] if len(self.units) == 1 else -1
        return key, next((unit for unit, at in self.unit_columns.items() if at == column), only)
