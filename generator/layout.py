"""Which cell of the scoring sheet holds what, how wide and high it is, and where pages break.

Indicators run down in blocks of rows, units run across; on the left what the row is, on the right how it is scored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from generator.design import Column, Design
from generator.lines import Line
from generator.plan import Block, Plan
from generator.sheet import A4, POINTS_PER_MILLIMETRE, address, height_of, lines_needed, millimetres, quoted, text_width

KEY, ROLE, TAG = 1, 2, 3
"""Hidden columns: a row's key, what it is for, the group whose sum it enters."""
KEY_ROW, TITLE_ROW, SUBTITLE_ROW, HEAD_ROW = 1, 2, 3, 4
FIRST_VISIBLE = 4
FEW_UNITS = 6
OWN_COLUMN = "\ua66e"
"""Stands for a unit's own column while a formula is written for all units at once: a letter that nobody writes."""


@dataclass
class Layout:
    """Addresses and sizes of the scoring sheet.

    columns: key → position; unit_columns: position of each unit; rows: line key → row.
    spans: block → (first row, last row).
    """

    plan: Plan
    design: Design
    columns: dict[str, int] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    unit_columns: list[int] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    spans: list[tuple[Block, int, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    first_row: int = 0
    last_row: int = 0
    last_column: int = 0
    tables: dict[tuple[str, str], str] = field(default_factory=dict)
    """(table, column) → absolute range on the tables sheet; filled in by the tables sheet's builder."""
    _letters: list[str] = field(default_factory=list)

    sheet_name: str = ""
    head_row: int = 0
    """The row of the units' names."""

    @property
    def sheet(self) -> str:
        return self.sheet_name or self.design.scoring.sheet

    @property
    def grouped(self) -> bool:
        return len(self.plan.scheme.groups) > 1

    def cell(self, key: str, unit: int) -> str:
        """The address of a unit's cell on a line."""
        return address(self.rows[key], self.unit_columns[unit])

    def fixed(self, key: str, column: str) -> str:
        """The address of the figure beside a line."""
        return f"${address(self.rows[key], self.columns[column])}"

    def across(self, key: str, units: list[int] | range) -> str:
        """The range of a line over some units, columns fixed."""
        row = self.rows[key]
        return f"${address(row, self.unit_columns[units[0]])}:${address(row, self.unit_columns[units[-1]])}"

    def at(self, unit: int) -> Place:
        """Addresses as seen from a cell in a unit's column (−1: from the columns beside the units)."""
        return Place(self, unit, self.letters[unit] if unit >= 0 else "")

    @property
    def letters(self) -> list[str]:
        """The column letters of each unit."""
        if len(self._letters) != len(self.unit_columns):
            self._letters = [address(1, column)[:-1] for column in self.unit_columns]
        return self._letters

    def for_each_unit(self, write: Callable[[Place], str]) -> list[str]:
        """A formula for every unit, written once a group: it differs from unit to unit only in the unit's own column."""
        texts: dict[int, str] = {}
        for group in self.plan.group_of:
            if group[0] not in texts:
                texts[group[0]] = write(Place(self, group[0], OWN_COLUMN))
        return [texts[group[0]].replace(OWN_COLUMN, own) for group, own in zip(self.plan.group_of, self.letters, strict=True)]


@dataclass(frozen=True)
class Place:
    """`formula.Addresses` for one column."""

    layout: Layout
    unit: int
    own: str

    def cell(self, line: str) -> str:
        return f"{self.own}{self.layout.rows[line]}"

    def fixed(self, line: str, column: str) -> str:
        return self.layout.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        units = self.layout.plan.group_of[self.unit] if own_group else range(len(self.layout.plan.units))
        return self.layout.across(line, units)

    def table(self, table: str, column: str) -> str:
        return self.layout.tables[table, column]

    def tagged(self, lines: tuple[str, ...]) -> tuple[str, str, str]:
        rows = [self.layout.rows[line] for line in lines]
        columns = (self.own, *(f"${address(1, c)[:-1]}" for c in (ROLE, TAG)))
        column, roles, tags = (f"{c}${min(rows)}:{c}${max(rows)}" for c in columns)
        return column, roles, tags


def lay_out(plan: Plan, design: Design) -> Layout:
    """Place a plan's lines."""
    layout = Layout(plan, design)
    _columns(layout)
    _rows(layout)
    return layout


def _columns(layout: Layout) -> None:
    plan, position = layout.plan, FIRST_VISIBLE
    for column in layout.design.scoring.columns:
        if column.key == "units":
            width = _unit_width(layout, column)
            for _ in plan.units:
                layout.unit_columns.append(position)
                layout.widths[position] = width
                position += 1
            continue
        if column.key == "measure" and not any(b.measure for b in plan.blocks):
            continue
        if column.key == "standard" and not any(line.standard for line in plan.lines.values()):
            continue
        layout.columns[column.key] = position
        layout.widths[position] = _label_width(layout, column) if column.widest else column.width
        position += 1
    layout.last_column = position - 1


def _label_width(layout: Layout, column: Column) -> float:
    longest = max(text_width(line.label) for line in layout.plan.lines.values())
    lines = 1 if longest <= 10 else 2 if longest <= 28 else 3
    return min(column.widest, max(column.width, longest / lines * 1.35 + 1))


def _unit_width(layout: Layout, column: Column) -> float:
    """Unit names stand on one line where units are few, else on two; numbers of the table must fit."""
    lines = 1 if len(layout.plan.units) <= FEW_UNITS else 2
    names = max(text_width(u) for u in layout.plan.units) / lines * 1.2 + 1
    figures = 0.0
    for line in layout.plan.lines.values():
        for value in line.values or ():
            if value is not None and not isinstance(value, (str, bool)):
                figures = max(figures, len(f"{value:,f}") * 1.1 + 1)
    return min(column.widest or 255, max(column.width, names, figures))


def _rows(layout: Layout) -> None:
    row = layout.first_row = HEAD_ROW + (2 if layout.grouped else 1)
    base = layout.design.row_height
    for block in layout.plan.blocks:
        first = row
        for line in block.lines:
            layout.rows[line.key] = row
            layout.heights[row] = max(base, _row_need(layout, line))
            row += 1
        layout.spans.append((block, first, row - 1))
        if block.kind in ("indicator", "facts"):
            _stretch(layout, block, first, row - 1)
    layout.last_row, layout.head_row = row - 1, layout.first_row - 1
    layout.heights[TITLE_ROW], layout.heights[SUBTITLE_ROW] = 30, 18
    head = max(lines_needed(u, layout.widths[layout.unit_columns[0]], 10) for u in layout.plan.units)
    layout.heights[layout.first_row - 1] = max(30.0, height_of(head, 10))
    if layout.grouped:
        layout.heights[HEAD_ROW] = 18


def _row_need(layout: Layout, line: Line) -> float:
    column = layout.columns.get("label")
    need = height_of(lines_needed(line.label, layout.widths[column], 10), 10) if column else 0.0
    if line.standard and "standard" in layout.columns:
        shown = line.standard.form.replace("{}", "0.00")
        need = max(need, height_of(lines_needed(shown, layout.widths[layout.columns["standard"]], 9), 9))
    return need


def _stretch(layout: Layout, block: Block, first: int, last: int) -> None:
    """Make a block high enough for its merged texts."""
    needs = [0.0]
    for key, text, size in (
        ("name", block.name, 10),
        ("sentence", block.sentence, 9),
        ("assessor", block.assessor, 9),
        ("measure", block.measure, 10),
    ):
        if key in layout.columns and text:
            needs.append(height_of(lines_needed(text, layout.widths[layout.columns[key]], size), size))
    short = max(needs) - sum(layout.heights[r] for r in range(first, last + 1))
    if short > 0:
        for row in range(first, last + 1):
            layout.heights[row] += short / (last - first + 1)


def found_layout(plan: Plan, design: Design, rows: dict[str, int], columns: dict[str, int], unit_columns: list[int]) -> Layout:
    """The layout of a scoring sheet as it was found in a file, whose rows and columns may have moved."""
    layout = Layout(plan, design, columns=dict(columns), unit_columns=list(unit_columns), rows=dict(rows))
    layout.first_row, layout.last_row = min(rows.values()), max(rows.values())
    return layout


def segments(layout: Layout, breaks: list[int]) -> list[tuple[int, int]]:
    """The columns on which each page may put a title: all of them, or where pages repeat the left columns, the rest."""
    if not breaks:
        return [(FIRST_VISIBLE, layout.last_column)]
    starts = [layout.unit_columns[0], *(b + 1 for b in breaks)]
    return list(zip(starts, [*breaks, layout.last_column], strict=True))


@dataclass(frozen=True)
class Pages:
    """Print set-up of a sheet: orientation, scale in percent, and after which rows and columns a page ends.

    Without a scale the sheet is fitted to the width of one page, which every program does by its own fonts.
    """

    landscape: bool
    scale: int | None
    row_breaks: list[int]
    column_breaks: list[int]


def paginate(layout: Layout, extra_height: float) -> Pages:
    """Fit the scoring sheet on A4: upright if it may, lying if it must, over several pages where it would get too small.

    extra_height: of what follows the lines (signatures), in points.
    """
    setup = layout.design.print
    sides = setup.margins["left"] + setup.margins["right"]
    ends = setup.margins["top"] + setup.margins["bottom"]
    widths = {c: millimetres(w) for c, w in layout.widths.items()}
    whole = sum(widths.values())
    smallest = setup.smallest_scale / 100
    breaks: list[int] = []
    for landscape, least in ((False, max(smallest, 0.8)), (True, smallest)):
        room = A4[landscape] - sides
        if whole * least <= room:
            scale = min(1.0, room / whole)
            break
    else:
        landscape, room = True, A4[1] - sides
        breaks, widest = _split_units(layout, widths, room / smallest)
        scale = min(1.0, room / widest)
    percent = int(scale * 100)
    height = (A4[not landscape] - ends) * POINTS_PER_MILLIMETRE / (percent / 100) * 0.97
    return Pages(landscape, percent if breaks else None, _split_rows(layout, height, extra_height), breaks)


def _split_units(layout: Layout, widths: dict[int, float], room: float) -> tuple[list[int], float]:
    """Share the units out over pages, groups apart, evenly; returns the breaks and the widest page."""
    units = layout.unit_columns
    left = sum(w for c, w in widths.items() if c < units[0])
    right = sum(w for c, w in widths.items() if c > units[-1])
    each = widths[units[0]]
    fit = max(1, int((room - left) // each))
    pages: list[list[int]] = []
    start = 0
    for members in layout.plan.scheme.groups.values():
        own = units[start : start + len(members)]
        start += len(members)
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


def _split_rows(layout: Layout, height: float, extra: float) -> list[int]:
    """Break before a block that would not fit whole; a group's heading stays with its first indicator."""
    head = sum(layout.heights.get(r, layout.design.row_height) for r in range(TITLE_ROW, layout.first_row))
    pieces: list[tuple[int, float]] = []
    carry = 0.0
    for block, first, last in layout.spans:
        tall = sum(layout.heights[r] for r in range(first, last + 1))
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
