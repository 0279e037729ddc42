"""Which cell of the sheets holds what: the scoring sheets, the lists, the tables, and how formulas see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from generator.design import Design
from generator.expression import Expression
from generator.formula import Addresses, Stretch
from generator.grid import UNIT_NAME, Matrix, Roster, absolute
from generator.lines import Figure, Line
from generator.plan import Block, Plan
from generator.sheet import address, letters_of, quoted

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


Area = Matrix | Roster | Listing
"""A sheet that holds cells of lines."""


@dataclass
class Layout:
    """Where everything of a book is.

    grids: the scoring sheets; lists: the list sheets. tables: (table, column) → (sheet prefix, letters, first row, last row).
    mirror: for a book of one sheet a unit, line → column of the summary where all units stand below each other.
    """

    plan: Plan
    design: Design
    grids: list[Matrix | Roster] = field(default_factory=list)
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
    def grid_of(self) -> dict[int, Matrix | Roster]:
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
        return grid if grid.has(key) else None

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

        On a scoring sheet it is written once a group: it differs from unit to unit only in the unit's own row or column.
        """
        tree = line.formula
        if tree is None or line.shared:
            return {}
        units = [u for u in area.units_of(line) if line.constant(u) is None]
        if isinstance(area, Listing):
            return {u: write(tree, ListPlace(self, area, line.owner, u)) for u in units}
        texts: dict[int, str] = {}
        found: dict[int, str] = {}
        anyone, own = area.any_unit, area.own
        for unit in units:
            group = self.plan.group_of[unit][0]
            if group not in texts:
                texts[group] = write(tree, Place(self, area, unit, anyone))
            found[unit] = texts[group].replace(anyone, own[unit])
        return found

    def at(self, unit: int, prefix: str = "") -> Place:
        """Addresses as seen from a unit's cells on its scoring sheet (−1: from the figures beside the lines)."""
        grid = self.grid_of[unit]
        return Place(self, grid, unit, grid.own[unit], prefix)

    def seen_from(self, area: Area, key: str, unit: int, prefix: str = "") -> Addresses:
        """Addresses as seen from a unit's cell on a line, or with its sheet's ``prefix`` from another sheet."""
        if isinstance(area, Listing):
            return ListPlace(self, area, area.line_keys[key].owner, unit, prefix)
        return Place(self, area, unit, area.own[unit], prefix)


@dataclass(frozen=True)
class Place:
    """`formula.Addresses` for one unit's cells on a scoring sheet.

    own: the unit's row or column, or what stands for any unit's; prefix: the sheet, where seen from another.
    """

    layout: Layout
    grid: Matrix | Roster
    unit: int
    own: str
    prefix: str = ""

    def cell(self, line: str) -> str:
        here = self.grid.seen(line, self.own)
        if here is None:
            found = self.layout.place(line, self.unit)
            assert found, f"{line} has no cell for unit {self.unit}"
            return sheet_prefix(found[0]) + absolute(found[1])
        return self.prefix + here

    def fixed(self, line: str, column: str) -> str:
        return self.prefix + self.grid.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if not self.layout.by_unit:
            return self.prefix + self.grid.over(line, units)
        return self._mirror(letters_of(self.layout.mirror[line]), units)

    def _mirror(self, letters: str, units: list[int]) -> str:
        first = self.layout.summary_first
        return f"{sheet_prefix(self.layout.design.summary.sheet)}${letters}${first + units[0]}:${letters}${first + units[-1]}"

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        prefix = self.prefix if found[0] == self.grid.sheet else sheet_prefix(found[0])
        return prefix + absolute(found[1])

    def size(self, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if self.layout.by_unit:
            return f"ROWS({self._mirror(letters_of(self.layout.mirror[UNIT_NAME]), units)})"
        return self.grid.size(units, self.prefix)

    def table(self, table: str, column: str) -> str:
        return self.layout.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        prefix, letters, first, _ = self.layout.tables[table, column]
        return f"{prefix}${letters}${first + position}"

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        here = [line for line in lines if self.grid.has(line)]
        found = [Stretch(*(self.prefix + part for part in self.grid.stretch(here, self.own)))] if here else []
        for listing in self.layout.lists:
            labels = list(dict.fromkeys(listing.line_keys[line].label for line in lines if line in listing.line_keys))
            name = self.prefix + self.grid.name(self.own)
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
            return sheet_prefix(at[0]) + absolute(at[1])
        return f"{self.prefix}${self.listing.cell(line, self.unit)}"

    def fixed(self, line: str, column: str) -> str:
        found = self.listing.line_keys.get(line)
        if found is None:
            return sheet_prefix(self.layout.grids[0].sheet) + absolute(self.layout.grids[0].fixed(line, column))
        if column == "points":
            return f"{self.prefix}${address(self.listing.row_of[self.owner, self.unit], self.listing.columns['points'])}"
        letters = letters_of(self.listing.columns[found.label])
        return f"{self.prefix}{letters}${self.listing.figure_row}"

    def row(self, line: str, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).row(line, own_group)

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        return sheet_prefix(found[0]) + absolute(found[1])

    def size(self, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).size(own_group)

    def table(self, table: str, column: str) -> str:
        return self.layout.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        return self.layout.at(self.unit).table_cell(table, column, position)

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        raise TypeError("a list row has no sums")


def sheet_prefix(name: str) -> str:
    """What stands before an address on another sheet."""
    return quoted(name) + "!"
