"""Where the pages of a scoring sheet break: upright if it may, lying if it must, over several pages where it would get too small."""

from __future__ import annotations

from dataclasses import dataclass

from generator.layout import FIRST_VISIBLE, TITLE_ROW, Grid
from generator.sheet import A4, POINTS_PER_MILLIMETRE, millimetres


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
