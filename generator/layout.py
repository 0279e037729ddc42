"""Which cell of the scoring sheet holds what, how wide and high it is, and where pages break.

Indicators run down in blocks of rows, units run across; on the left what the row is, on the right how it is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from generator.design import Design
from generator.expression import Expression
from generator.formula import Addresses, Stretch
from generator.lines import Line
from generator.plan import Block, Plan
from generator.sheet import address, letters_of, quoted

KEY, ROLE, TAG = 1, 2, 3
"""Hidden columns: a row's key, what it is for, the group whose sum it enters."""
KEY_ROW, TITLE_ROW, SUBTITLE_ROW, HEAD_ROW = 1, 2, 3, 4
FIRST_VISIBLE = 4
LIST_FIRST, LIST_HEAD = 3, 4
UNIT_NAME = "unit"
OWN_COLUMN = "\ua66e"
"""Stands for a unit's own column while a formula is written for all units at once: a letter that nobody writes."""


@dataclass
class Grid:
    """One scoring sheet: lines run down, some units (all of them, or one) run across.

    columns: key → position; unit_columns: position of each unit's column; rows: line key → row.
    spans: block → (first row, last row); group_of: the unit columns of each group that stand side by side.
    """

    plan: Plan
    design: Design
    sheet: str
    units: list[int]
    blocks: list[Block]
    columns: dict[str, int] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    unit_columns: dict[int, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    spans: list[tuple[Block, int, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    first_row: int = 0
    last_row: int = 0
    last_column: int = 0
    head_row: int = 0
    """The row of the units' names."""

    @cached_property
    def lines(self) -> list[Line]:
        """The lines on this sheet, from the top."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def grouped(self) -> bool:
        return len(self.plan.scheme.groups) > 1

    @property
    def first_unit(self) -> int:
        """The first column of the units."""
        return self.unit_columns[self.units[0]]

    @property
    def last_unit(self) -> int:
        """The last column of the units."""
        return self.unit_columns[self.units[-1]]

    def groups(self) -> Iterator[tuple[str, list[int]]]:
        """The groups that have units on this sheet, with these units."""
        start = 0
        for name, members in self.plan.scheme.groups.items():
            own = [u for u in range(start, start + len(members)) if u in self.unit_columns]
            start += len(members)
            if own:
                yield name, own

    def units_of(self, line: Line) -> list[int]:
        """The units that have a cell on a line here."""
        return [] if line.shared else self.units

    def cell(self, key: str, unit: int) -> str:
        """The address of a unit's cell on a line; of the one cell that all share for −1."""
        return address(self.rows[key], self.columns["standard"] if unit < 0 else self.unit_columns[unit])

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        """(``standard`` or ``points``, address) of the figures beside a line."""
        for column, figure in (("standard", line.standard), ("points", line.points)):
            if figure is not None and column in self.columns:
                yield column, address(self.rows[line.key], self.columns[column])

    def fixed(self, key: str, column: str) -> str:
        """The address of the figure beside a line, as formulas write it."""
        return _absolute(address(self.rows[key], self.columns[column]), row=False)

    def across(self, key: str, units: list[int]) -> str:
        """The range of a line over some units, columns fixed."""
        row = self.rows[key]
        return f"${address(row, self.unit_columns[units[0]])}:${address(row, self.unit_columns[units[-1]])}"

    @cached_property
    def letters(self) -> dict[int, str]:
        """The column letters of each unit."""
        return {unit: letters_of(column) for unit, column in self.unit_columns.items()}


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

    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        """Figures stand above their column, once for all rows; the points of an indicator in each of its rows."""
        if line.standard is not None and line.owner == self.blocks[0].id:
            yield "standard", address(self.figure_row, self.columns[line.label])
        if line.points is not None:
            for unit in self.units_of(line):
                yield "points", address(self.row_of[line.owner, unit], self.columns["points"])

    def column(self, key: str) -> str:
        """A column over all rows, absolute, with the sheet."""
        letters = letters_of(self.columns[key])
        return f"{sheet_prefix(self.sheet)}${letters}${self.first_row}:${letters}${self.last_row}"


Area = Grid | Listing
"""A sheet that holds cells of lines."""


@dataclass
class Layout:
    """Where everything of a book is.

    grids: the scoring sheets; lists: the list sheets. tables: (table, column) → (sheet prefix, letters, first row, last row).
    mirror: for a book of one sheet a unit, line → column of the summary where all units stand below each other.
    """

    plan: Plan
    design: Design
    grids: list[Grid] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)
    tables: dict[tuple[str, str], tuple[str, str, int, int]] = field(default_factory=dict)
    mirror: dict[str, int] = field(default_factory=dict)
    summary_first: int = 0
    references: list[str] = field(default_factory=list)
    """The sheets of the tables to look things up in."""

    @property
    def by_unit(self) -> bool:
        """Whether every unit has a sheet of its own."""
        return len(self.grids) > 1

    @property
    def areas(self) -> list[Area]:
        """Every sheet that holds cells of lines."""
        return [*self.grids, *self.lists]

    @cached_property
    def grid_of(self) -> dict[int, Grid]:
        """The scoring sheet of each unit; of the figures that all share for −1."""
        return {unit: grid for grid in self.grids for unit in grid.units} | {-1: self.grids[0]}

    @cached_property
    def list_of(self) -> dict[str, Listing]:
        """The list sheet of each listed line."""
        return {line.key: listing for listing in self.lists for line in listing.lines}

    def area(self, key: str, unit: int) -> Area | None:
        """The sheet on which a unit has a cell on a line, or None where it has none anywhere."""
        if key in self.list_of:
            listing = self.list_of[key]
            return listing if unit >= 0 and (listing.line_keys[key].owner, unit) in listing.row_of else None
        grid = self.grid_of[unit]
        return grid if key in grid.rows else None

    def place(self, key: str, unit: int) -> tuple[str, str] | None:
        """(sheet, address) of a unit's cell on a line."""
        area = self.area(key, unit)
        return (area.sheet, area.cell(key, unit)) if area else None

    def table(self, table: str, column: str) -> str:
        """The range of a column of a lookup table, absolute."""
        prefix, letters, first, last = self.tables[table, column]
        return f"{prefix}${letters}${first}:${letters}${last}"

    def formulas(self, line: Line, area: Area, write: Callable[[Expression, Addresses], str]) -> dict[int, str]:
        """The formula of each unit's cell on a line of a sheet.

        On a scoring sheet it is written once a group: it differs from unit to unit only in the unit's own column.
        """
        tree = line.formula
        if tree is None or line.shared:
            return {}
        units = [u for u in area.units_of(line) if line.constant(u) is None]
        if isinstance(area, Listing):
            return {u: write(tree, ListPlace(self, area, line.owner, u)) for u in units}
        texts: dict[int, str] = {}
        found: dict[int, str] = {}
        for unit in units:
            group = self.plan.group_of[unit][0]
            if group not in texts:
                texts[group] = write(tree, Place(self, area, unit, OWN_COLUMN))
            found[unit] = texts[group].replace(OWN_COLUMN, area.letters[unit])
        return found

    def at(self, unit: int, prefix: str = "") -> Place:
        """Addresses as seen from a cell in a unit's column (−1: from the columns beside the units)."""
        grid = self.grid_of[unit]
        return Place(self, grid, unit, grid.letters[unit] if unit >= 0 else "", prefix)

    def seen_from(self, area: Area, key: str, unit: int, prefix: str = "") -> Addresses:
        """Addresses as seen from a unit's cell on a line, or with its sheet's ``prefix`` from another sheet."""
        if isinstance(area, Listing):
            return ListPlace(self, area, area.line_keys[key].owner, unit, prefix)
        return Place(self, area, unit, area.letters[unit] if unit >= 0 else "", prefix)


@dataclass(frozen=True)
class Place:
    """`formula.Addresses` for one unit's column of a scoring sheet. prefix: the sheet, where seen from another."""

    layout: Layout
    grid: Grid
    unit: int
    own: str
    prefix: str = ""

    def cell(self, line: str) -> str:
        if line not in self.grid.rows:
            found = self.layout.place(line, self.unit)
            assert found, f"{line} has no cell for unit {self.unit}"
            return sheet_prefix(found[0]) + _absolute(found[1])
        return f"{self.prefix}{self.own}{self.grid.rows[line]}"

    def fixed(self, line: str, column: str) -> str:
        return self.prefix + self.grid.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if not self.layout.by_unit:
            return self.prefix + self.grid.across(line, units)
        return self._mirror(letters_of(self.layout.mirror[line]), units)

    def _mirror(self, letters: str, units: list[int]) -> str:
        first = self.layout.summary_first
        return f"{sheet_prefix(self.layout.design.summary.sheet)}${letters}${first + units[0]}:${letters}${first + units[-1]}"

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        prefix = self.prefix if found[0] == self.grid.sheet else sheet_prefix(found[0])
        return prefix + _absolute(found[1])

    def size(self, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if self.layout.by_unit:
            return f"ROWS({self._mirror(letters_of(self.layout.mirror[UNIT_NAME]), units)})"
        first, last = (address(self.grid.head_row, self.grid.unit_columns[u]) for u in (units[0], units[-1]))
        return f"COLUMNS({self.prefix}${first}:${last})"

    def table(self, table: str, column: str) -> str:
        return self.layout.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        prefix, letters, first, _ = self.layout.tables[table, column]
        return f"{prefix}${letters}${first + position}"

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        here = [self.grid.rows[line] for line in lines if line in self.grid.rows]
        found = []
        if here:
            columns = (self.own, *(f"${letters_of(c)}" for c in (ROLE, TAG)))
            found.append(Stretch(*(f"{self.prefix}{c}${min(here)}:{c}${max(here)}" for c in columns)))
        for listing in self.layout.lists:
            labels = list(dict.fromkeys(listing.line_keys[line].label for line in lines if line in listing.line_keys))
            name = f"{self.prefix}{self.own}${self.grid.head_row}"
            found += [Stretch(listing.column(label), "", "", f"{listing.column('unit')},{name}") for label in labels]
        return found


@dataclass(frozen=True)
class ListPlace:
    """`formula.Addresses` for one row of a list sheet."""

    layout: Layout
    listing: Listing
    owner: str
    unit: int
    prefix: str = ""

    def cell(self, line: str) -> str:
        found = self.listing.line_keys.get(line)
        if found is None or found.owner != self.owner:
            at = self.layout.place(line, self.unit)
            assert at, f"{line} has no cell for unit {self.unit}"
            return sheet_prefix(at[0]) + _absolute(at[1])
        return f"{self.prefix}${self.listing.cell(line, self.unit)}"

    def fixed(self, line: str, column: str) -> str:
        found = self.listing.line_keys.get(line)
        if found is None:
            return sheet_prefix(self.layout.grids[0].sheet) + _absolute(self.layout.grids[0].fixed(line, column))
        if column == "points":
            return f"{self.prefix}${address(self.listing.row_of[self.owner, self.unit], self.listing.columns['points'])}"
        letters = letters_of(self.listing.columns[found.label])
        return f"{self.prefix}{letters}${self.listing.figure_row}"

    def row(self, line: str, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).row(line, own_group)

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        return sheet_prefix(found[0]) + _absolute(found[1])

    def size(self, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).size(own_group)

    def table(self, table: str, column: str) -> str:
        return self.layout.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        return self.layout.at(self.unit).table_cell(table, column, position)

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        raise TypeError("a list row has no sums")


def _absolute(at: str, row: bool = True) -> str:
    """``H5`` → ``$H$5``, or ``$H5``."""
    letters = at.rstrip("0123456789")
    return f"${letters}{'$' if row else ''}{at[len(letters) :]}"


def sheet_prefix(name: str) -> str:
    """What stands before an address on another sheet."""
    return quoted(name) + "!"
