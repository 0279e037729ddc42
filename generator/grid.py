"""A scoring sheet as a grid of lines and units.

On a `Matrix` the lines run down, indicator by indicator, and the units across; on a `Roster` every unit has a row and the
lines run across. Only these two know which way their sheet lies: everybody else asks them for the cell of a line and a
unit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from generator.design import Design
from generator.figures import Percent
from generator.formula import OWN_COLUMN, OWN_ROW
from generator.keys import TOTAL
from generator.lines import Figure, Line
from generator.plan import HEADINGS, Block, Plan
from generator.sheet import address, letters_of

KEY, ROLE, TAG = 1, 2, 3
"""Hidden columns of a matrix, and hidden rows of a roster: a line's key, what it is for, the group whose sum it enters."""
KEY_ROW, HEAD_ROW = 1, 4
UNIT_NAME = "unit"
UNIT = "unit:"
"""Before a unit's name in the key of its row or column."""
UNITS = "units"
"""The key of the column with the units' names on a roster."""


@dataclass
class Grid(ABC):
    """A scoring sheet: lines on one axis, some units (all of them, or one) on the other.

    columns, rows: key → position. widths, heights: by position. spans: block → (first, last) of its rows or columns.
    any_unit: stands for a unit's own row or column while a formula is written for all units at once.
    """

    any_unit: ClassVar[str]
    title_row: ClassVar[int]
    """The first visible row; the subtitle stands below."""
    first_visible: ClassVar[int]
    """The first visible column."""

    plan: Plan
    design: Design
    sheet: str
    units: list[int]
    blocks: list[Block]
    columns: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    spans: list[tuple[Block, int, int]] = field(default_factory=list)
    first_row: int = 0
    """The first row below the head."""
    last_row: int = 0
    last_column: int = 0

    @cached_property
    def lines(self) -> list[Line]:
        """The lines on this sheet, in the order of the scheme."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def grouped(self) -> bool:
        return len(self.plan.scheme.groups) > 1

    def groups(self) -> Iterator[tuple[str, list[int]]]:
        """The groups that have units on this sheet, with these units."""
        start = 0
        here = set(self.units)
        for name, members in self.plan.scheme.groups.items():
            own = [u for u in range(start, start + len(members)) if u in here]
            start += len(members)
            if own:
                yield name, own

    @property
    @abstractmethod
    def head_column(self) -> int:
        """The last of the columns that say what a row is; pages side by side repeat them."""

    @abstractmethod
    def has(self, key: str) -> bool:
        """Whether units have cells on a line here."""

    @abstractmethod
    def at(self, key: str, unit: int) -> tuple[int, int]:
        """Row and column of a unit's cell on a line; of the one cell that all share for −1."""

    @abstractmethod
    def along(self, key: str) -> list[tuple[int, int, int]]:
        """Each unit's cell on a line: unit, row, column."""

    @cached_property
    @abstractmethod
    def own(self) -> dict[int, str]:
        """Each unit's own row or column, as addresses write it; '' for −1."""

    @abstractmethod
    def seen(self, key: str, own: str) -> str | None:
        """The address of a line's cell in one's own row or column, or None where the line is on another sheet."""

    @abstractmethod
    def fixed(self, key: str, column: str) -> str:
        """The address of the figure beside a line, as formulas write it."""

    @abstractmethod
    def name(self, own: str) -> str:
        """The address of the unit's name in one's own row or column."""

    @abstractmethod
    def over(self, key: str, units: list[int]) -> str:
        """The range of a line over some units, as formulas of all these units write it."""

    @abstractmethod
    def size(self, units: list[int], prefix: str, key: str = UNIT_NAME) -> str:
        """A formula that counts some units, by their names or by a line that they all have cells on."""

    @abstractmethod
    def stretch(self, keys: list[str], own: str) -> tuple[str, str, str]:
        """The cells of some lines in one's own row or column, and beside them the lines' roles and tags."""

    @cached_property
    @abstractmethod
    def names(self) -> str:
        """The range of the units' names, absolute."""

    @property
    @abstractmethod
    def row_keys(self) -> dict[str, int]:
        """The rows that must be there, by what their hidden column says."""

    @property
    @abstractmethod
    def column_keys(self) -> dict[str, int]:
        """The columns that must be there, by what their hidden row says."""

    @abstractmethod
    def subject(self, row: int, column: int) -> tuple[str, int]:
        """The line and the unit that a cell is about: "" and −1 where there is none."""

    @abstractmethod
    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        """(``standard`` or ``points``, address) of the figures beside a line."""

    def figure(self, line: Line, column: str) -> Figure | None:
        """What stands there."""
        return line.standard if column == "standard" else line.points

    def units_of(self, line: Line) -> list[int]:
        """The units that have a cell on a line here."""
        return [] if line.shared else self.units

    def cell(self, key: str, unit: int) -> str:
        """The address of a unit's cell on a line; of the one cell that all share for −1."""
        return address(*self.at(key, unit))

    def whole(self, key: str) -> str:
        """The range of a line over all units here, absolute."""
        return f"{absolute(self.cell(key, self.units[0]))}:{absolute(self.cell(key, self.units[-1]))}"


@dataclass
class Matrix(Grid):
    """Lines run down, units across; on the left what the row is, on the right how it is scored.

    rows: of the lines; columns: of what stands beside the units; unit_columns: of each unit.
    """

    any_unit = OWN_COLUMN
    title_row = 2
    first_visible = 4

    unit_columns: dict[int, int] = field(default_factory=dict)
    head_row: int = 0
    """The row of the units' names."""

    @property
    def first_unit(self) -> int:
        """The first column of the units."""
        return self.unit_columns[self.units[0]]

    @property
    def last_unit(self) -> int:
        """The last column of the units."""
        return self.unit_columns[self.units[-1]]

    @property
    def head_column(self) -> int:
        return self.first_unit - 1

    def has(self, key: str) -> bool:
        return key in self.rows

    def at(self, key: str, unit: int) -> tuple[int, int]:
        return self.rows[key], self.columns["standard"] if unit < 0 else self.unit_columns[unit]

    def cell(self, key: str, unit: int) -> str:  # asked so often that one call less counts
        return address(self.rows[key], self.columns["standard"] if unit < 0 else self.unit_columns[unit])

    def along(self, key: str) -> list[tuple[int, int, int]]:
        row = self.rows[key]
        return [(unit, row, column) for unit, column in self.unit_columns.items()]

    @cached_property
    def own(self) -> dict[int, str]:
        return {-1: "", **{unit: letters_of(column) for unit, column in self.unit_columns.items()}}

    def seen(self, key: str, own: str) -> str | None:
        row = self.rows.get(key)
        return None if row is None else f"{own}{row}"

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        for column, figure in (("standard", line.standard), ("points", line.points)):
            if figure is not None and column in self.columns:
                yield column, address(self.rows[line.key], self.columns[column])

    def fixed(self, key: str, column: str) -> str:
        return absolute(address(self.rows[key], self.columns[column]), row=False)

    def name(self, own: str) -> str:
        return f"{own}${self.head_row}"

    def over(self, key: str, units: list[int]) -> str:
        row = self.head_row if key == UNIT_NAME else self.rows[key]
        return f"${address(row, self.unit_columns[units[0]])}:${address(row, self.unit_columns[units[-1]])}"

    def size(self, units: list[int], prefix: str, key: str = UNIT_NAME) -> str:
        return f"COLUMNS({prefix}{self.over(key, units)})"

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
        return units | {key: self.columns[key] for key in ("label", "points", "standard") if key in self.columns}

    def subject(self, row: int, column: int) -> tuple[str, int]:
        key = next((key for key, at in self.rows.items() if at == row), "")
        only = self.units[0] if len(self.units) == 1 else -1
        return key, next((unit for unit, at in self.unit_columns.items() if at == column), only)


@dataclass
class Roster(Grid):
    """Every unit has a row, lines run across; above the units what the column is and how it is scored.

    columns: of the lines, and of what says whose row it is; unit_rows: of each unit; rows: of the lines' figures, roles
    and tags; head: of what else stands above the units. above: a line whose units have no cells of their own → the line
    over whose column its figure stands.
    """

    any_unit = OWN_ROW
    title_row = 4
    first_visible = 2

    unit_rows: dict[int, int] = field(default_factory=dict)
    head: dict[str, int] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)

    @property
    def head_column(self) -> int:
        return self.columns[UNITS]

    def has(self, key: str) -> bool:
        return key in self.columns

    def column(self, key: str) -> int:
        """The column that a line or its figure stands in."""
        return self.columns[self.above.get(key, key)]

    def texts(self, block: Block) -> dict[str, str]:
        """What stands above a block's columns, by row of the head."""
        if block.kind in HEADINGS:
            return {level_key(block.depth): block.heading}
        number = block.number or block.id
        name = f"{number}　{block.name}" if number else block.name
        sentence = block.sentence + (f"（{block.due}）" if block.due else "")
        return {"name": name, "sentence": sentence, "assessor": block.assessor, "measure": block.measure}

    def at(self, key: str, unit: int) -> tuple[int, int]:
        return self.rows["standard"] if unit < 0 else self.unit_rows[unit], self.columns[key]

    def along(self, key: str) -> list[tuple[int, int, int]]:
        column = self.columns[key]
        return [(unit, row, column) for unit, row in self.unit_rows.items()]

    @cached_property
    def own(self) -> dict[int, str]:
        return {-1: "", **{unit: str(row) for unit, row in self.unit_rows.items()}}

    def seen(self, key: str, own: str) -> str | None:
        if key in self.above:
            return self.fixed(key, "standard")
        column = self.columns.get(key)
        return None if column is None else f"{letters_of(column)}{own}"

    def units_of(self, line: Line) -> list[int]:
        return [] if line.shared or line.key in self.above else self.units

    def figure(self, line: Line, column: str) -> Figure | None:
        """What stands there; of a number that is the same for all units, the number with its name."""
        if column == "standard" and line.key in self.above:
            return lone_figure(line)
        return super().figure(line, column)

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

    def size(self, units: list[int], prefix: str, key: str = UNIT_NAME) -> str:
        return f"COUNTA({prefix}{self.over(UNITS, units)})"  # an empty row that somebody inserts is no unit

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


def lone_figure(line: Line) -> Figure | None:
    """The one figure of a line on which units have no cells of their own, or all have the same number; else nothing."""
    if line.input is not None or line.formula is not None or line.points is not None:
        return None
    if line.values is None:
        figure = line.standard
    else:
        one = line.values[0]
        if not isinstance(one, Decimal) or any(value != one for value in line.values) or not all(line.applies):
            return None
        figure = Figure(Percent(one) if line.place == "percent" else one)
    if figure is None or line.label in figure.form:
        return figure
    return Figure(figure.value, line.label + figure.form)


def absolute(at: str, row: bool = True) -> str:
    """``H5`` → ``$H$5``, or ``$H5``."""
    letters = at.rstrip("0123456789")
    return f"${letters}{'$' if row else ''}{at[len(letters) :]}"
