"""Which cell of the scoring sheet holds what, how wide and high it is, and where pages break.

Indicators run down in blocks of rows, units run across; on the left what the row is, on the right how it is scored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from generator.design import Column, Design
from generator.expression import NONE_MARK, Cell, Expression, Fixed, walk
from generator.formula import Addresses, Stretch
from generator.lines import Line
from generator.plan import Block, Plan
from generator.scopes import SchemeFault
from generator.sheet import A4, POINTS_PER_MILLIMETRE, address, height_of, letters_of, lines_needed, millimetres, quoted, text_width

KEY, ROLE, TAG = 1, 2, 3
"""Hidden columns: a row's key, what it is for, the group whose sum it enters."""
KEY_ROW, TITLE_ROW, SUBTITLE_ROW, HEAD_ROW = 1, 2, 3, 4
FIRST_VISIBLE = 4
FEW_UNITS = 6
ALONE = 15.0
"""How wide the column of a unit is at most on a sheet of its own."""
MANY_UNITS, SHARED = 8, 0.3
"""From so many units on, each gets a sheet of its own where less than this share of indicators × units is carried."""
LIST_FIRST, LIST_HEAD = 3, 4
MAX_SHEET_NAME = 31
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


def lay_out(plan: Plan, design: Design) -> Layout:
    """Place a plan's lines: all units side by side, or one sheet a unit where they have little in common."""
    layout = Layout(plan, design)
    taken = {design.guide.sheet, design.summary.sheet, design.checks.sheet, design.tables.sheet, design.scoring.sheet}
    blocks = [b for b in plan.blocks if not b.listed]
    if one_sheet_a_unit(plan):
        for unit, name in enumerate(plan.units):
            layout.grids.append(_grid(plan, design, _sheet_name(name, taken), [unit], _own_blocks(plan, blocks, unit)))
    else:
        layout.grids.append(_grid(plan, design, design.scoring.sheet, list(range(len(plan.units))), blocks))
    for own, title in plan.lists.items():
        layout.lists.append(_listing(plan, design, own, _sheet_name(re.split("[“（：，、]", title)[0] or title, taken)))
    return layout


def one_sheet_a_unit(plan: Plan) -> bool:
    """Whether each unit gets a sheet of its own: where the scheme says so, or the units share few of their indicators."""
    if plan.scheme.layout != "auto":
        return plan.scheme.layout == "units"
    if any(line.shared for line in plan.lines.values()) or plan.lists or len(plan.units) < MANY_UNITS:
        return False
    indicators = [b for b in plan.blocks if b.kind == "indicator" and b.lines]
    carried = sum(not _absent(b, u) for b in indicators for u in range(len(plan.units)))
    return carried < SHARED * len(indicators) * len(plan.units)


def _absent(block: Block, unit: int) -> bool:
    """Whether a unit can never have anything but － on an indicator."""
    own = [line for line in block.lines if line.applies and not line.shared]
    return bool(own) and all(line.constant(unit) == NONE_MARK for line in own)


def _own_blocks(plan: Plan, blocks: list[Block], unit: int) -> list[Block]:
    """What one unit's sheet shows: its indicators, the groups that have any, and whatever their formulas look at."""
    owner = {line.key: i for i, block in enumerate(blocks) for line in block.lines}
    kept = [block.kind not in ("group", "period") and not _absent(block, unit) for block in blocks]
    for i in reversed(range(len(blocks))):
        if blocks[i].kind in ("group", "period"):
            below = takewhile(lambda b, at=i: blocks[b].depth > blocks[at].depth, range(i + 1, len(blocks)))  # type: ignore[misc]
            kept[i] = any(kept[b] for b in below)
    todo = [i for i, keep in enumerate(kept) if keep]
    while todo:
        for line in blocks[todo.pop()].lines:
            for tree in (line.formula, line.standard.value if line.standard else None):
                if not isinstance(tree, Expression):
                    continue
                for node in walk(tree):
                    i = owner.get(node.line, -1) if isinstance(node, (Cell, Fixed)) else -1
                    if i >= 0 and not kept[i]:
                        kept[i] = True
                        todo.append(i)
    return [block for block, keep in zip(blocks, kept, strict=True) if keep]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A sheet's name: 31 characters at most, none that Excel forbids, unlike any other."""
    plain = "".join("　" if ch in "[]:*?/\\" else ch for ch in title).strip("'")[:MAX_SHEET_NAME] or "表"
    name, number = plain, 1
    while name in taken:
        number += 1
        tail = f"({number})"
        name = plain[: MAX_SHEET_NAME - len(tail)] + tail
    taken.add(name)
    return name


def _grid(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Grid:
    grid = Grid(plan, design, sheet, units, blocks)
    _columns(grid)
    _rows(grid)
    return grid


def _listing(plan: Plan, design: Design, own: str, sheet: str) -> Listing:
    """Place a list group: every indicator of it must have the same rows and figures, which become columns."""
    blocks = [b for b in plan.blocks if b.listed == own]
    shape = [(line.label, line.role, line.standard, line.input) for line in blocks[0].lines]
    for block in blocks:
        if [(line.label, line.role, line.standard, line.input) for line in block.lines] != shape:
            raise SchemeFault(f"清单“{sheet}”里 {block.id}“{block.name}”的计分办法与第一项不同，不能排成清单", (), "请去掉 form: list")
        if any(line.shared for line in block.lines):
            raise SchemeFault(f"清单“{sheet}”里不能有全方案共用的填报项", (), "请把它写在方案或上一级分组的 inputs 里")
    listing = Listing(plan, design, own, sheet, blocks)
    columns = design.listing
    listing.labels = [line.label for line in blocks[0].lines]
    position = LIST_FIRST
    for key in ("number", "name", "unit", *(label for label in listing.labels if label != "得分"), "points", "得分"):
        if key == "points" and not any(line.points for line in listing.lines):
            continue
        listing.columns[key] = position
        listing.widths[position] = columns.widths.get(key, columns.label_width)
        position += 1
    row = listing.first_row
    for block in blocks:
        for unit in range(len(plan.units)):
            if not _absent(block, unit):
                listing.entries.append((block, unit))
                listing.row_of[block.id, unit] = row
                row += 1
    return listing


def _absolute(at: str, row: bool = True) -> str:
    """``H5`` → ``$H$5``, or ``$H5``."""
    letters = at.rstrip("0123456789")
    return f"${letters}{'$' if row else ''}{at[len(letters) :]}"


def _columns(grid: Grid) -> None:
    position = FIRST_VISIBLE
    for column in grid.design.scoring.columns:
        if column.key == "units":
            width = _unit_width(grid, column)
            for unit in grid.units:
                grid.unit_columns[unit] = position
                grid.widths[position] = width
                position += 1
            continue
        if column.key == "measure" and not any(b.measure for b in grid.blocks):
            continue
        if column.key == "standard" and not any(line.standard or line.shared for line in grid.lines):
            continue
        grid.columns[column.key] = position
        grid.widths[position] = _own_width(grid, column)
        position += 1
    grid.last_column = position - 1


def _own_width(grid: Grid, column: Column) -> float:
    """The width of a column beside the units: as designed, or wider where its texts need it."""
    if column.key == "label":
        return _label_width(grid, column)
    if column.key == "number":
        longest = max((text_width(b.number or b.id) for b in grid.blocks if b.kind == "indicator"), default=0)
        return min(column.widest or column.width, max(column.width, longest * 1.15 + 1))
    if column.key == "name" and len(grid.units) == 1:
        return column.widest or column.width
    return column.width


def _label_width(grid: Grid, column: Column) -> float:
    longest = max(text_width(line.label) for line in grid.lines)
    lines = 1 if longest <= 10 else 2 if longest <= 28 else 3
    return min(column.widest, max(column.width, longest / lines * 1.35 + 1))


def _unit_width(grid: Grid, column: Column) -> float:
    """Unit names stand on one line where units are few, else on two; numbers of the table must fit."""
    lines = 1 if len(grid.units) <= FEW_UNITS else 2
    names = max(text_width(grid.plan.units[u]) for u in grid.units) / lines * 1.2 + 1
    figures = 0.0
    for line in grid.lines:
        for value in line.values or ():
            if value is not None and not isinstance(value, (str, bool)):
                figures = max(figures, len(f"{value:,f}") * 1.1 + 1)
    widest = ALONE if len(grid.units) == 1 else column.widest or 255
    return min(widest, max(column.width, names, figures))


def _rows(grid: Grid) -> None:
    row = grid.first_row = HEAD_ROW + (2 if grid.grouped else 1)
    base = grid.design.row_height
    for block in grid.blocks:
        first = row
        for line in block.lines:
            grid.rows[line.key] = row
            grid.heights[row] = max(base, _row_need(grid, line))
            row += 1
        if not block.lines:  # a heading alone
            grid.heights[row] = base
            row += 1
        grid.spans.append((block, first, row - 1))
        if block.kind in ("indicator", "data"):
            _stretch(grid, block, first, row - 1)
    grid.last_row, grid.head_row = row - 1, grid.first_row - 1
    grid.heights[TITLE_ROW], grid.heights[SUBTITLE_ROW] = 30, 18
    head = max(lines_needed(grid.plan.units[u], grid.widths[grid.first_unit], 10) for u in grid.units)
    grid.heights[grid.first_row - 1] = max(30.0, height_of(head, 10))
    if grid.grouped:
        grid.heights[HEAD_ROW] = 18


def _row_need(grid: Grid, line: Line) -> float:
    column = grid.columns.get("label")
    need = height_of(lines_needed(line.label, grid.widths[column], 10), 10) if column else 0.0
    if line.standard and "standard" in grid.columns:
        shown = line.standard.form.replace("{}", "0.00")
        need = max(need, height_of(lines_needed(shown, grid.widths[grid.columns["standard"]], 9), 9))
    return need


def _stretch(grid: Grid, block: Block, first: int, last: int) -> None:
    """Make a block high enough for its merged texts."""
    needs = [0.0]
    for key, text, size in (
        ("name", block.name, 10),
        ("sentence", block.sentence, 9),
        ("assessor", block.assessor, 9),
        ("measure", block.measure, 10),
    ):
        if key in grid.columns and text:
            needs.append(height_of(lines_needed(text, grid.widths[grid.columns[key]], size), size))
    short = max(needs) - sum(grid.heights[r] for r in range(first, last + 1))
    if short > 0:
        for row in range(first, last + 1):
            grid.heights[row] += short / (last - first + 1)


def segments(grid: Grid, breaks: list[int]) -> list[tuple[int, int]]:
    """The columns on which each page may put a title: all of them, or where pages repeat the left columns, the rest."""
    if not breaks:
        return [(FIRST_VISIBLE, grid.last_column)]
    starts = [grid.first_unit, *(b + 1 for b in breaks)]
    return list(zip(starts, [*breaks, grid.last_column], strict=True))


@dataclass(frozen=True)
class Pages:
    """Print set-up of a sheet: orientation, scale in percent, and after which rows and columns a page ends.

    Without a scale the sheet is fitted to the width of one page, which every program does by its own fonts.
    """

    landscape: bool
    scale: int | None
    row_breaks: list[int]
    column_breaks: list[int]


def paginate(grid: Grid, extra_height: float) -> Pages:
    """Fit the scoring sheet on A4: upright if it may, lying if it must, over several pages where it would get too small.

    extra_height: of what follows the lines (signatures), in points.
    """
    setup = grid.design.print
    sides = setup.margins["left"] + setup.margins["right"]
    ends = setup.margins["top"] + setup.margins["bottom"]
    widths = {c: millimetres(w) for c, w in grid.widths.items()}
    whole = sum(widths.values())
    smallest = setup.smallest_scale / 100
    breaks: list[int] = []
    upright = smallest if len(grid.units) == 1 else max(smallest, 0.8)
    for landscape, least in ((False, upright), (True, smallest)):
        room = A4[landscape] - sides
        if whole * least <= room:
            scale = min(1.0, room / whole)
            break
    else:
        landscape, room = True, A4[1] - sides
        breaks, widest = _split_units(grid, widths, room / smallest)
        scale = min(1.0, room / widest)
    percent = int(scale * 100)
    height = (A4[not landscape] - ends) * POINTS_PER_MILLIMETRE / (percent / 100) * 0.97
    return Pages(landscape, percent if breaks else None, _split_rows(grid, height, extra_height), breaks)


def _split_units(grid: Grid, widths: dict[int, float], room: float) -> tuple[list[int], float]:
    """Share the units out over pages, groups apart, evenly; returns the breaks and the widest page."""
    left = sum(w for c, w in widths.items() if c < grid.first_unit)
    right = sum(w for c, w in widths.items() if c > grid.last_unit)
    each = widths[grid.first_unit]
    fit = max(1, int((room - left) // each))
    pages: list[list[int]] = []
    for _, members in grid.groups():
        own = [grid.unit_columns[u] for u in members]
        count = -(-len(own) // fit)
        size = -(-len(own) // count)
        pages += [own[i : i + size] for i in range(0, len(own), size)]
    merged: list[list[int]] = []
    for page in pages:
        if merged and len(merged[-1]) + len(page) <= fit:
            merged[-1] = merged[-1] + page
        else:
            merged.append(page)
    while left + len(merged[-1]) * each + right > room and len(merged[-1]) > 1:
        half = len(merged[-1]) - max(1, len(merged[-1]) // 2)
        last = merged.pop()
        merged += [last[:half], last[half:]]
    sizes = [left + len(p) * each for p in merged]
    sizes[-1] += right
    return [page[-1] for page in merged[:-1]], max(sizes)


def _split_rows(grid: Grid, height: float, extra: float) -> list[int]:
    """Break before a block that would not fit whole; a group's heading stays with its first indicator."""
    head = sum(grid.heights.get(r, grid.design.row_height) for r in range(TITLE_ROW, grid.first_row))
    pieces: list[tuple[int, float]] = []
    carry = 0.0
    for block, first, last in grid.spans:
        tall = sum(grid.heights[r] for r in range(first, last + 1))
        if block.kind == "group":
            carry += tall
            pieces.append((first, -1.0))
            continue
        pieces.append((first, tall + carry))
        carry = 0.0
    breaks: list[int] = []
    used = head
    start_of_run: int | None = None
    for i, (first, tall) in enumerate(pieces):
        if tall < 0:
            start_of_run = first if start_of_run is None else start_of_run
            continue
        tail = extra if i == len(pieces) - 1 else 0.0
        begin = start_of_run if start_of_run is not None else first
        start_of_run = None
        if used + tall + tail > height and used > head:
            breaks.append(begin - 1)
            used = head
        used += tall
    return breaks


def sheet_prefix(name: str) -> str:
    """What stands before an address on another sheet."""
    return quoted(name) + "!"
