"""Where the pages of a scoring sheet break: upright if it may, lying if it must, over several pages where it would get too small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.layout.grid import Grid
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.layout.text_size import A4, POINTS_PER_MILLIMETRE, millimetres
from generator.plan.plan import HEADINGS


def segments(grid: Grid, breaks: list[int]) -> list[tuple[int, int]]:
    """The columns on which each page may put a title: all of them, or where pages repeat the left columns, the rest."""
    if not breaks:
        return [(grid.first_visible, grid.last_column)]
    starts = [grid.head_column + 1, *(b + 1 for b in breaks)]
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


def page_width(grid: Grid, scale: float) -> float:
    """How wide a sheet can be to fit on a lying page at a scale, in characters."""
    margins = grid.design.print.margins
    return (A4[1] - margins["left"] - margins["right"]) / scale / millimetres(1)


def fits(grid: Grid) -> bool:
    """Whether a sheet is no wider than one lying page."""
    return sum(grid.widths.values()) <= page_width(grid, grid.design.print.smallest_scale / 100)


def paginate(grid: Matrix | Roster, extra_height: float) -> Pages:
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
    upright = smallest if len(grid.units) == 1 else max(smallest, 0.66 if isinstance(grid, Roster) else 0.8)
    for landscape, least in ((False, upright), (True, smallest)):
        room = A4[landscape] - sides
        if whole * least <= room:
            scale = min(1.0, room / whole)
            break
    else:
        landscape, room = True, A4[1] - sides
        fit = room / smallest
        breaks, widest = _split_units(grid, widths, fit) if isinstance(grid, Matrix) else _split_blocks(grid, widths, fit)
        scale = min(1.0, room / widest)
    percent = int(scale * 100)
    height = (A4[not landscape] - ends) * POINTS_PER_MILLIMETRE / (percent / 100) * 0.97
    return Pages(landscape, percent if breaks else None, _split_rows(grid, height, extra_height), breaks)


def _split_units(grid: Matrix, widths: dict[int, float], room: float) -> tuple[list[int], float]:
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


def _split_blocks(grid: Roster, widths: dict[int, float], room: float) -> tuple[list[int], float]:
    """Share the lines out over pages, as many blocks on each as fit whole; returns the breaks and the widest page."""
    left = sum(w for c, w in widths.items() if c <= grid.head_column)
    whole = {c: first for block, first, last in grid.spans if block.kind not in HEADINGS for c in range(first, last + 1)}
    breaks: list[int] = []
    used, begun, pages = left, grid.head_column + 1, []
    for column in range(grid.head_column + 1, grid.last_column + 1):
        if used + widths[column] > room and column > begun:
            end = whole.get(column, column)
            end = end if end > begun else column  # a block wider than a page is cut
            breaks.append(end - 1)
            pages.append(left + sum(widths[c] for c in range(begun, end)))
            begun, used = end, left + sum(widths[c] for c in range(end, column))
        used += widths[column]
    return breaks, max([*pages, used])


def _pieces(grid: Matrix | Roster) -> Iterator[tuple[int, float]]:
    """What pages keep whole, as (first row, height): a unit's row, or a block; −1 for a heading, which goes with what follows."""
    if isinstance(grid, Roster):
        yield from ((row, grid.heights[row]) for row in grid.unit_rows.values())
        return
    carry = 0.0
    for block, first, last in grid.spans:
        tall = sum(grid.heights[r] for r in range(first, last + 1))
        if block.kind == "group":
            carry += tall
            yield first, -1.0
            continue
        yield first, tall + carry
        carry = 0.0


def _split_rows(grid: Matrix | Roster, height: float, extra: float) -> list[int]:
    """Break before what would not fit whole; a group's heading stays with its first indicator."""
    head = sum(grid.heights.get(r, grid.design.row_height) for r in range(grid.title_row, grid.first_row))
    pieces = list(_pieces(grid))
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
