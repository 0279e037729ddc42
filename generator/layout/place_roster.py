"""When a book gets a row for each unit, and which row and column everything gets there."""

from __future__ import annotations

from decimal import Decimal
from itertools import takewhile

from generator.layout.beside import SHOWN_SIZE, figure_width, paired
from generator.layout.design import Design
from generator.layout.grid import ROLE, TAG, UNITS, lone_figure
from generator.layout.pages import ROUNDED, fits, page_width
from generator.layout.roster import Roster, level_key
from generator.layout.spoken import longest, words_need, wrapped
from generator.layout.text_size import height_of, lines_needed, text_width
from generator.lines.line import Line
from generator.plan.plan import HEADINGS, Block, Plan
from generator.plan.view import Kind

MANY_ROWS, FEW_LINES = 15, 16
"""From so many units on, each gets a row of one sheet where there are at most so many columns and they fit on a page."""
FEW_ROWS = 4
"""The same for the book of a department, where rows can be filtered and pasted into."""
GOOD_LINES, MOST_LINES = 5, 12
"""How many lines the texts above the columns of a roster should take, where the page has room; and where it has none."""
EASY_SCALE = 0.75
"""Columns may grow for these texts as long as a page can be printed at this scale."""
HIGHEST = 400.0
"""How high Excel lets a row be, in points."""


def roster(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Roster | None:
    """One row a unit, or nothing where that is not the sensible form and the scheme does not ask for it."""
    wanted, department = plan.scheme.layout == "rows", plan.view.kind is Kind.DEPARTMENT
    least = FEW_ROWS if department else MANY_ROWS
    if not wanted and (plan.scheme.layout == "matrix" or (plan.scheme.layout == "units" and not department) or len(units) < least):
        return None
    if not wanted and sum(1 for block in blocks for line in block.lines if line.input or line.formula) > FEW_LINES:
        return None  # so many have cells of the units' own in any case
    grid = Roster(plan, design, sheet, units, blocks)
    _place_figures(grid)
    if not wanted and len(grid.lines) - len(grid.above) > FEW_LINES:
        return None
    _line_columns(grid)
    _line_widths(grid)
    _unit_rows(grid)
    return grid if wanted or fits(grid) else None


def _place_figures(grid: Roster) -> None:
    """Find for each line that units have no cells of their own on a neighbour over whose column its figure can stand.

    That is a line of the same block without a figure of its own; the figures of periods stand over these periods.
    """
    looked = grid.plan.dependencies.looked_at("row", "unit")
    for number, block in enumerate(grid.blocks):
        lone = [line for line in block.lines if lone_figure(line) and line.key not in looked and _fits_above(grid, line)]
        below = takewhile(lambda b, depth=block.depth: b.depth > depth, grid.blocks[number + 1 :])  # type: ignore[misc]
        periods = [b.lines[0] for b in below if b.kind == "period" and b.depth == block.depth + 1 and b.lines]
        bare = (line for line in (*periods, *block.lines) if line.standard is None and not line.shared and line.key not in grid.unseen)
        free = [line for line in bare if line not in lone]
        grid.above |= paired(lone, free, block.lines)


def _fits_above(grid: Roster, line: Line) -> bool:
    """Whether a figure with its name has room above a column: it is a number, and no program lets it go on on a second line."""
    widest = next((column.widest for column in grid.design.scoring.columns if column.key == "units"), 0.0)
    return grid.design.form < 5 or not widest or figure_width(line) * SHOWN_SIZE <= widest


def _line_columns(grid: Roster) -> None:
    """The columns from the left: whose row it is, then the lines, a group's own sums after what they add up."""
    for key in ("number", *(["group"] if grid.grouped else []), UNITS):
        grid.columns[key] = grid.first_visible + len(grid.columns)
    column = grid.head_column + 1
    opened: list[tuple[Block, int]] = []
    for block in (*grid.blocks, None):
        while opened and (block is None or opened[-1][0].depth >= block.depth):
            heading, first = opened.pop()
            column = _side_by_side(grid, heading, first, column)
        if block is not None and block.kind in HEADINGS:
            opened.append((block, column))
        elif block is not None:
            column = _side_by_side(grid, block, column, column)
    grid.last_column = column - 1


def _side_by_side(grid: Roster, block: Block, first: int, column: int) -> int:
    """Give a block's lines their columns, and the block all from ``first`` on; returns the column after."""
    for line in block.lines:
        if line.key not in grid.above:
            grid.columns[line.key] = column
            column += 1
    if column > first:
        grid.spans.append((block, first, column - 1))
    return column


def _line_widths(grid: Roster) -> None:
    """Wide enough for labels, figures and numbers; wider where the texts above would take many lines and the page has room."""
    design = {column.key: column for column in grid.design.scoring.columns}
    widths, least, widest = grid.design.summary.widths, design["label"].width, design["units"].widest or 255
    names = max(text_width(name) for name in grid.plan.units)
    named = {"number": widths["number"], "group": widths["group"], UNITS: min(widths["unit"] * 1.3, max(10.0, names * 1.2 + 1))}
    grid.widths = {grid.columns[key]: width for key, width in named.items() if key in grid.columns}
    for line in grid.lines:
        label = text_width(grid.called(line)) if line.key not in grid.above else 0
        shown = [figure for key in ("standard", "points") if (figure := grid.figure(line, key))]
        figures = max((text_width(figure.form) + 3 for figure in shown), default=0.0)
        values = max((len(f"{v:,f}") for v in line.values or () if isinstance(v, Decimal)), default=0)
        lines = 1 if label <= 6 else 2 if label <= 20 else 3
        need = min(widest, max(least, label / lines * 1.35 + 1, _figure_need(grid, figures), values * 1.1 + 1))
        if wrapped(grid.design) and line.key not in grid.above:
            need = max(need, text_width(longest(grid.plan, line)) / 2 * 1.2 + 1)
        column = grid.column(line.key)
        grid.widths[column] = 0.0 if line.key in grid.unseen else max(grid.widths.get(column, 0.0), need)
    for most, room in ((MOST_LINES, None), (GOOD_LINES, page_width(grid.design, EASY_SCALE, grid.design.print.papers[0]))):
        for block, first, last in grid.spans:
            columns = range(first, last + 1)
            while room is None or sum(grid.widths.values()) + len(columns) <= room:
                width = sum(grid.widths[c] for c in columns)
                tall = any(lines_needed(text, width, 9) > most for text in grid.texts(block).values())
                if not tall or max(grid.widths[c] for c in columns) >= widest:
                    break
                for c in columns:
                    grid.widths[c] += bool(grid.widths[c])


def _figure_need(grid: Roster, figures: float) -> float:
    """How wide a column must be for the figures above it. figures: how wide they are in characters of their own size."""
    if grid.design.form > 1:
        return figures * 0.9 + 1
    return figures / (1 if figures <= 8 else 2) * 1.1 + 1


def _unit_rows(grid: Roster) -> None:
    """The rows from the top: the head, as far as there is anything to say in it, then the units."""
    levels = 1 + max((block.depth for block, *_ in grid.spans if block.kind in HEADINGS), default=-1)
    said = {key for block, *_ in grid.spans for key, text in grid.texts(block).items() if text}
    said &= {column.key for column in grid.design.scoring.columns}
    figures = {column for line in grid.lines for column in ("standard", "points") if grid.figure(line, column) or line.shared}
    grid.rows = {"roles": ROLE, "tags": TAG}
    row = grid.title_row + 2
    for key in (*map(level_key, range(levels)), "name", "sentence", "assessor", "measure", "points", "standard", "label"):
        if key in ("points", "standard"):
            if key not in figures:
                continue
            grid.rows[key] = row
        elif key in ("sentence", "assessor", "measure") and key not in said:
            continue
        grid.head[key] = row
        grid.heights[row] = max(grid.design.row_height, _head_height(grid, key))
        row += 1
    room = page_width(grid.design, grid.design.print.smallest_scale / 100)
    across = sum(grid.widths.values())
    if across > page_width(grid.design) * ROUNDED:
        across = sum(width for column, width in grid.widths.items() if column <= grid.head_column)
    beside = max(grid.first_visible, grid.last_column - 3)  # where how much is missing stands, on a sheet that is not side by side
    before = sum(width for column, width in grid.widths.items() if column <= beside)
    subtitle = grid.subtitle_height(min(across * 0.7, before))
    grid.heights[grid.title_row], grid.heights[grid.title_row + 1] = grid.title_height(room), subtitle
    grid.first_row = row
    own = [line for line in grid.lines if line.key in grid.columns and wrapped(grid.design)]
    tallest = max((words_need(grid.plan, line, grid.widths[grid.columns[line.key]]) for line in own), default=0.0)
    named: dict[int, list[int]] = {}
    if "group" in grid.columns and grid.design.form > 4:
        width = grid.widths[grid.columns["group"]]
        named = {unit: [lines_needed(group, width, 10, True)] for group, members in grid.groups() for unit in members}
    for unit in grid.units:
        grid.unit_rows[unit] = row
        lines = max(lines_needed(grid.plan.units[unit], grid.widths[grid.head_column], 10), *named.get(unit, [1]))
        grid.heights[row] = max(grid.design.row_height + 2, height_of(lines, 10), tallest)
        row += 1
    grid.last_row = row - 1


def _head_height(grid: Roster, key: str) -> float:
    """How high a row of the head must be for its texts."""
    if key == "label":
        seen = [line for line in grid.lines if line.key not in grid.unseen]
        return max(30.0, *(height_of(lines_needed(grid.called(line), grid.widths[grid.column(line.key)], 10), 10) for line in seen))
    if key == "standard" and grid.design.form > 1:
        return height_of(1, 9)  # a number does not go on on a second line
    if key == "standard":
        shown = ((f.form.replace("{}", "0.00"), grid.widths[grid.column(line.key)]) for line in grid.lines if (f := grid.figure(line, key)))
        return max((height_of(lines_needed(text, width, 9), 9) for text, width in shown), default=0.0)
    size = 9 if key in ("sentence", "assessor", "measure") else 10
    most = 0
    for block, first, last in grid.spans:
        said = grid.texts(block).get(key)
        if said:
            most = max(most, lines_needed(said, sum(grid.widths[c] for c in range(first, last + 1)), size))
    return min(HIGHEST, height_of(most, size))
