"""A scoring sheet on which every unit has a row and the lines run across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from generator.columns import letters_of
from generator.layout.addresses import address
from generator.layout.grid import UNIT, UNITS, Grid
from generator.layout.unseen import idle
from generator.lines.keys import TOTAL
from generator.lines.line import SHARED, Line
from generator.plan.plan import HEADINGS, Block
from generator.tree.formula import OWN_ROW


@dataclass
class Roster(Grid):
    """Every unit has a row, lines run across; above the units what the column is and how it is scored.

    columns: of the lines, and of what says whose row it is; unit_rows: of each unit; rows: of the lines' figures, roles
    and tags; head: of what else stands above the units.
    """

    any_unit = OWN_ROW
    title_row = 4
    first_visible = 2

    unit_rows: dict[int, int] = field(default_factory=dict)
    head: dict[str, int] = field(default_factory=dict)

    @property
    def head_column(self) -> int:
        return self.columns[UNITS]

    @cached_property
    def unseen(self) -> frozenset[str]:
        """The lines whose columns are not shown; their widths are 0."""
        return idle(self)

    def has(self, key: str) -> bool:
        return key in self.columns

    def column(self, key: str) -> int:
        """The column that a line or its figure stands in."""
        return self.columns[self.above.get(key, key)]

    def texts(self, block: Block) -> dict[str, str]:
        """What stands above a block's columns, by row of the head."""
        if block.kind in HEADINGS:
            return {level_key(block.depth): block.titled(self.design.form)}
        number = block.number or block.id
        name = f"{number}　{block.name}" if number else block.name
        return {"name": name, "sentence": self.said(block), "assessor": block.assessor, "measure": block.measure}

    def at(self, key: str, unit: int) -> tuple[int, int]:
        return self.rows["standard"] if unit == SHARED else self.unit_rows[unit], self.columns[key]

    def along(self, key: str) -> list[tuple[int, int, int]]:
        column = self.columns[key]
        return [(unit, row, column) for unit, row in self.unit_rows.items()]

    @cached_property
    def own(self) -> dict[int, str]:
        return {SHARED: "", **{unit: str(row) for unit, row in self.unit_rows.items()}}

    def seen(self, key: str, own: str) -> str | None:
        if key in self.above:
            return self.fixed(key, "standard")
        column = self.columns.get(key)
        return None if column is None else f"{letters_of(column)}{own}"

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        for column in ("standard", "points"):
            if column in self.rows and self.figure(line, column) is not None:
                yield column, address(self.rows[column], self.column(line.key))

    def fixed(self, key: str, column: str) -> str:
        return f"{letters_of(self.column(key))}${self.rows[column]}"

    def name(self, own: str) -> str:
        return f"${letters_of(self.columns[UNITS])}{own}"

    def over(self, key: str, units: list[int]) -> str:
        letters = letters_of(self.columns[key])
        return f"{letters}${self.unit_rows[units[0]]}:{letters}${self.unit_rows[units[-1]]}"

    def size(self, units: list[int], prefix: str) -> str:
        return f"COUNTA({prefix}{self.over(UNITS, units)})"  # an empty row that somebody inserts is no unit

    def picked(self, key: str, position: str, prefix: str) -> str:
        return f"INDEX({prefix}{self.whole(key)},{position})"

    def stretch(self, keys: list[str], own: str) -> tuple[str, str, str]:
        columns = [self.columns[key] for key in keys]
        first, last = letters_of(min(columns)), letters_of(max(columns))
        values, roles, tags = (f"${first}{r}:${last}{r}" for r in (own, *(f"${self.rows[k]}" for k in ("roles", "tags"))))
        return values, roles, tags

    @cached_property
    def names(self) -> str:
        return self.whole(UNITS)

    @property
    def row_keys(self) -> dict[str, int]:
        return self.rows | {UNIT + self.plan.units[unit]: row for unit, row in self.unit_rows.items()}

    @property
    def column_keys(self) -> dict[str, int]:
        return self.columns

    def subject(self, row: int, column: int) -> tuple[str, int]:
        unit = next((unit for unit, at in self.unit_rows.items() if at == row), -1)
        key = next((key for key, at in self.columns.items() if at == column and key in self.plan.lines), "")
        return key or (TOTAL if unit >= 0 else ""), unit


def level_key(depth: int) -> str:
    """The row in the head of a roster for the names of groups so deep."""
    return f"group:{depth}"
