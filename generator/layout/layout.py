"""Which cell of the sheets holds what: the scoring sheets, the lists, the tables, and how formulas see them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.columns import letters_of
from generator.layout import place_summary, place_tables
from generator.layout.addresses import absolute, sheet_prefix
from generator.layout.catalogued import LEAST, catalogued
from generator.layout.design import Design
from generator.layout.grid import UNIT_NAME
from generator.layout.listing import Listing
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.lines.line import SHARED, Line
from generator.plan.plan import Plan
from generator.problems import FormulaError, SchemeFault
from generator.tree.expression import Expression
from generator.tree.formula import OWN_ROW, Addresses, Stretch, formula

Area = Matrix | Roster | Listing
"""A sheet that holds cells of lines."""


@dataclass(frozen=True)
class Layout:
    """Where everything of a book is.

    grids: the scoring sheets; lists: the list sheets; references: the sheets of the tables to look things up in. apart: there
    are several scoring sheets, and formulas look at all units on the summary, where they stand below each other.
    """

    plan: Plan
    design: Design
    grids: Sequence[Matrix | Roster]
    lists: Sequence[Listing] = ()
    references: Sequence[str] = ()
    apart: bool = False

    @property
    def by_unit(self) -> bool:
        """Whether every unit has a sheet of its own."""
        return self.apart and len(self.grids) == len(self.plan.units)

    @cached_property
    def has_catalog(self) -> bool:
        """Whether there is a list of all indicators, for the sake of a filter that blocks of rows cannot have."""
        listed = self.design.catalog is not None and self.plan.view.whole and not self.by_unit
        return listed and isinstance(self.grids[0], Matrix) and len(catalogued(self.plan, self.design.form)) >= LEAST

    @cached_property
    def tables(self) -> dict[tuple[str, str], place_tables.Columns]:
        """Where the columns of the lookup tables stand."""
        return place_tables.places(self.plan, self.design)

    @cached_property
    def mirror(self) -> dict[str, int]:
        """Where units are on several sheets: line → column of the summary, where all units stand below each other."""
        return place_summary.mirrored(self.plan, self.design) if self.apart else {}

    @property
    def areas(self) -> list[Area]:
        """Every sheet that holds cells of lines."""
        return [*self.grids, *self.lists]

    @cached_property
    def grid_of(self) -> dict[int, Matrix | Roster]:
        """The scoring sheet of each unit; for −1 one from which figures that all share can be seen."""
        return {unit: grid for grid in self.grids for unit in grid.units} | {SHARED: self.grids[0]}

    @cached_property
    def list_of(self) -> dict[str, Listing]:
        """The list sheet of each listed line."""
        return {line.key: listing for listing in self.lists for line in listing.lines}

    def area(self, key: str, unit: int) -> Area | None:
        """The sheet on which a unit has a cell on a line, or None where it has none anywhere."""
        if key in self.list_of:
            listing = self.list_of[key]
            return listing if unit != SHARED and (listing.line_keys[key].owner, unit) in listing.row_of else None
        if unit == SHARED and key in self.asked_on:
            return self.asked_on[key]
        grids = self.grids if unit == SHARED else [self.grid_of[unit]]
        return next((grid for grid in grids if grid.has(key)), None)

    @cached_property
    def asked_on(self) -> dict[str, Matrix | Roster]:
        """The sheet on which what all units share is typed; others repeat it."""
        return {line.key: grid for grid in self.grids for line in grid.lines if line.shared and line.input is not None}

    def place(self, key: str, unit: int) -> tuple[str, str] | None:
        """(sheet, address) of a unit's cell on a line."""
        area = self.area(key, unit)
        return (area.sheet, area.cell(key, unit)) if area else None

    def fixed_elsewhere(self, line: str, column: str) -> str:
        """The figure beside a line, as formulas on another sheet write it: it is the same on every sheet that shows it, and what
        all share is typed on one of them."""
        shown = (grid for grid in self.grids if grid.has(line) or line in grid.above)
        home = self.asked_on.get(line) or next(shown, self.grids[0])
        return sheet_prefix(home.sheet) + home.fixed(line, column)

    def table(self, table: str, column: str) -> str:
        """The range of a column of a lookup table, absolute."""
        prefix, letters, first, last = self.tables[table, column]
        return f"{prefix}${letters}${first}:${letters}${last}"

    def write(self, line: Line, tree: Expression, at: Addresses) -> str:
        """The text of a formula that belongs to a line. Raises SchemeFault where it is more than Excel takes."""
        try:
            return formula(tree, at)
        except FormulaError as error:
            words, where = self.plan.named(line)
            raise SchemeFault(f"{words}：{error.message}", where, error.remedy) from None

    def formulas(self, line: Line, area: Area) -> dict[int, str]:
        """The formula of each unit's cell on a line of a sheet.

        On a scoring sheet it is written once a group: it differs from unit to unit only in the unit's own row or column. On a list
        it is written once for all lines of its kind that look at nothing but their own row, for it differs only in that.
        """
        tree = self.plan.written(line)
        if tree is None or line.shared:
            return {}
        units = [u for u in area.units_of(line) if line.constant(u) is None]
        if isinstance(area, Listing):
            return self.in_list(line, tree, area, units)
        texts: dict[int, str] = {}
        found: dict[int, str] = {}
        anyone, own = area.any_unit, area.own
        for unit in units:
            group = self.plan.group_of[unit][0]
            if group not in texts:
                texts[group] = self.write(line, tree, Place(self, area, unit, anyone))
            found[unit] = texts[group].replace(anyone, own[unit])
        return found

    def in_list(self, line: Line, tree: Expression, listing: Listing, units: Sequence[int]) -> dict[int, str]:
        """The formula of each unit's cell on a line of a list."""
        compiled = self.plan.prepared[line.key].formula
        labels = [_label(listing, name, line.owner) for name in compiled.names]
        rows = {unit: str(listing.row_of[line.owner, unit]) for unit in units}
        if None in labels:
            return {unit: self.write(line, tree, ListPlace(self, listing, line.owner, row, unit)) for unit, row in rows.items()}
        kind = listing.sheet, compiled.part.run, tuple(labels), tree is line.formula
        if rows and kind not in self._in_lists:
            self._in_lists[kind] = self.write(line, tree, ListPlace(self, listing, line.owner, OWN_ROW, units[0]))
        return {unit: self._in_lists[kind].replace(OWN_ROW, row) for unit, row in rows.items()}

    @cached_property
    def _in_lists(self) -> dict[Hashable, str]:
        return {}

    def at(self, unit: int, prefix: str = "") -> Place:
        """Addresses as seen from a unit's cells on its scoring sheet (−1: from the figures beside the lines)."""
        grid = self.grid_of[unit]
        return Place(self, grid, unit, grid.own[unit], prefix)

    def seen_from(self, area: Area, key: str, unit: int, prefix: str = "") -> Addresses:
        """Addresses as seen from a unit's cell on a line, or with its sheet's ``prefix`` from another sheet."""
        if isinstance(area, Listing):
            owner = area.line_keys[key].owner
            return ListPlace(self, area, owner, str(area.row_of[owner, unit]), unit, prefix)
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
        if self.grid.has(line) or line in self.grid.above:
            return self.prefix + self.grid.fixed(line, column)
        return self.layout.fixed_elsewhere(line, column)

    def row(self, line: str, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if not self.layout.apart:
            return self.prefix + self.grid.over(line, units)
        return self._mirror(letters_of(self.layout.mirror[line]), units)

    def _mirror(self, letters: str, units: list[int]) -> str:
        first = place_summary.UNITS_FROM
        return f"{sheet_prefix(self.layout.design.summary.sheet)}${letters}${first + units[0]}:${letters}${first + units[-1]}"

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        prefix = self.prefix if found[0] == self.grid.sheet else sheet_prefix(found[0])
        return prefix + absolute(found[1])

    def size(self, line: str, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else list(range(len(self.layout.plan.units)))
        if self.layout.apart:
            return f"COUNTA({self._mirror(letters_of(self.layout.mirror[UNIT_NAME]), units)})"
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


def _label(listing: Listing, name: Any, owner: str) -> str | None:
    """What a name that a tree looks at is called in its own row of a list; None where it is anywhere else."""
    line = listing.line_keys.get(name) if isinstance(name, str) else None
    return line.label if line is not None and line.owner == owner else None


@dataclass(frozen=True)
class ListPlace:
    """`formula.Addresses` for one row of a list sheet. own: the row, or what stands for any."""

    layout: Layout
    listing: Listing
    owner: str
    own: str
    unit: int
    prefix: str = ""

    def cell(self, line: str) -> str:
        found = self.listing.line_keys.get(line)
        if found is None or found.owner != self.owner:
            at = self.layout.place(line, self.unit)
            grid = self.layout.grid_of[self.unit]
            if at is None and line in grid.above:
                return sheet_prefix(grid.sheet) + grid.fixed(line, "standard")
            assert at, f"{line} has no cell for unit {self.unit}"
            return sheet_prefix(at[0]) + absolute(at[1])
        return f"{self.prefix}${letters_of(self.listing.columns[found.label])}{self.own}"

    def fixed(self, line: str, column: str) -> str:
        found = self.listing.line_keys.get(line)
        if found is None:
            return self.layout.fixed_elsewhere(line, column)
        if column == "points":
            return f"{self.prefix}${letters_of(self.listing.columns['points'])}{self.own}"
        letters = letters_of(self.listing.columns[found.label])
        return f"{self.prefix}{letters}${self.listing.figure_row}"

    def row(self, line: str, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).row(line, own_group)

    def of_unit(self, line: str, unit: int) -> str:
        found = self.layout.place(line, unit)
        assert found, f"{line} has no cell for unit {unit}"
        return sheet_prefix(found[0]) + absolute(found[1])

    def size(self, line: str, own_group: bool) -> str:
        return self.layout.at(self.unit, sheet_prefix(self.layout.grid_of[self.unit].sheet)).size(line, own_group)

    def table(self, table: str, column: str) -> str:
        return self.layout.table(table, column)

    def table_cell(self, table: str, column: str, position: int) -> str:
        return self.layout.at(self.unit).table_cell(table, column, position)

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        raise TypeError("a list row has no sums")
