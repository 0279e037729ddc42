"""Where the pages of a scoring sheet break: upright if it may, lying if it must, on larger paper or over several pages where it
would get too small."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.layout.design import Design, Print
from generator.layout.grid import Grid
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.layout.text_size import PAPERS, POINTS_PER_MILLIMETRE, millimetres, text_width
from generator.plan.plan import HEADINGS, BlockKind

ROUNDED = 1 + 1e-9
"""Widths that were made to fit a page may be off by so much."""
HIGH = 90.0
"""From this height on, in points, the rows of an indicator may go on on the next page."""
LEAST_FULL = 0.5
"""How full a page must be to end early, before a group."""
LEAST_LAST, MOST_LAST = 0.4, 0.7
"""How full the last page should be at least; and at most, where it is made fuller for it."""
LEAST_PART = 48.0
"""How high each part of a block that goes on on the next page must be, in points."""
FILLED = 0.97
"""How much of a page's height is counted on: programs differ a little in how high rows are."""
LEAST_SHRUNK = 0.9
"""How much smaller a sheet may be printed for the sake of a page less, against what fits the width of one."""
SIGN_HEIGHT = 30.0
"""What the line to sign on takes, in points."""
HEADER = 9.0
"""What a title in the header of each page takes, in millimetres."""


def segments(grid: Grid, breaks: list[int]) -> list[tuple[int, int]]:
    """The columns on which each page may put a title: all of them, or where pages repeat the left columns, the rest."""
    if not breaks:
        return [(grid.first_visible, grid.last_column)]
    starts = [grid.head_column + 1, *(b + 1 for b in breaks)]
    return list(zip(starts, [*breaks, grid.last_column], strict=True))


@dataclass(frozen=True)
class Pages:
    """Print set-up of a sheet: paper, orientation, scale in percent, and after which rows and columns a page ends.

    Without a scale the sheet is fitted to the width of one page, which every program does by its own fonts.
    """

    paper: str
    landscape: bool
    scale: int | None
    row_breaks: list[int]
    column_breaks: list[int]


def page_width(design: Design, scale: float = 0.0, paper: str = "", upright: bool = False) -> float:
    """How wide a sheet can be to fit on a lying page, in characters. paper: the largest unless it says which; scale: the smallest
    that the template allows, where none is given."""
    setup = design.print
    scale = scale or setup.smallest_scale / 100
    return (PAPERS[paper or setup.papers[-1]][not upright] - setup.margins["left"] - setup.margins["right"]) / scale / millimetres(1)


def shape(setup: Print, width: float, least: float) -> tuple[str, bool]:
    """The smallest paper, upright or lying, on which a sheet so wide (in millimetres) is printed at a scale or larger; the largest
    where there is none."""
    sides = setup.margins["left"] + setup.margins["right"]
    shapes = [(setup.papers[0], False), *((paper, True) for paper in setup.papers)]
    return next((s for s in shapes if width * least <= (PAPERS[s[0]][s[1]] - sides) * ROUNDED), shapes[-1])


def fits(grid: Grid) -> bool:
    """Whether a sheet is no wider than one lying page."""
    return sum(grid.widths.values()) <= page_width(grid.design) * ROUNDED


def on_pages(design: Design, width: float, above: float, below: float) -> tuple[int, bool]:
    """How an upright sheet of texts in two parts is printed: its scale in percent, and whether the second part begins a page, which it does
    where each part takes one. On a page less if that is not too small. width: in characters; above, below: in points."""
    setup = design.print
    across, _ = PAPERS[setup.papers[0]]
    scale = min(100, int((across - setup.margins["left"] - setup.margins["right"]) / millimetres(width) * 100))
    high = upright_height(design)
    count = -(-int((above + below) * scale / 100) // int(high))
    if count == 1:
        return scale, False
    fewer = int((count - 1) * high / (above + below) * 100)
    if fewer >= setup.smallest_scale:
        return min(scale, fewer), False
    apart = min(scale, int(high / max(above, below) * 100))
    return (apart, True) if apart >= setup.smallest_scale else (scale, False)


def upright_height(design: Design) -> float:
    """How high the rows of an upright page of the smallest paper may be together, in points of paper."""
    setup = design.print
    return (PAPERS[setup.papers[0]][1] - setup.margins["top"] - setup.margins["bottom"]) * POINTS_PER_MILLIMETRE * FILLED


def roomy(grid: Grid) -> bool:
    """Whether the columns that pages side by side repeat are wide enough for the line to sign on, and for what stands below the title."""
    sign = (grid.design.own(grid.plan.view) or grid.design.scoring).sign
    return sum(grid.widths[c] for c in range(grid.first_visible, grid.head_column + 1)) > text_width(sign)


def first_printed(grid: Grid, side_by_side: bool) -> int:
    """The first row on paper: pages side by side have the title in their header."""
    return grid.title_row + side_by_side * (1 if roomy(grid) else 2)


def paginate(grid: Matrix | Roster, extra_height: float) -> Pages:
    """Fit the scoring sheet on paper: upright if it may, lying if it must, on larger paper or over several pages where it would
    get too small.

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
    for paper, landscape, least in ((setup.papers[0], False, upright), *((paper, True, smallest) for paper in setup.papers)):
        room = PAPERS[paper][landscape] - sides
        if whole * least <= room * ROUNDED:
            scale = min(1.0, room / whole)
            break
    else:
        fit = room / smallest
        breaks, widest = _split_units(grid, widths, fit) if isinstance(grid, Matrix) else _split_blocks(grid, widths, fit)
        scale = min(1.0, room / widest)
    percent = int(scale * 100)
    header = HEADER if breaks and grid.design.form > 1 else 0.0
    high = (PAPERS[paper][not landscape] - ends - header) * POINTS_PER_MILLIMETRE * FILLED
    above = range(grid.title_row, first_printed(grid, bool(breaks) and grid.design.form > 4))
    unprinted = sum(grid.heights[row] for row in above)
    rows = _split_rows(grid, high / (percent / 100) + unprinted, extra_height)
    if grid.design.form > 3 and rows and (not breaks or grid.design.form > 5):
        least = max(setup.smallest_scale, math.ceil(percent * LEAST_SHRUNK))
        smaller, fewer = _on_fewer(grid, high, extra_height, range(percent - 1, least - 1, -1), len(rows), unprinted)
        if smaller:
            return Pages(paper, landscape, smaller, fewer, breaks)
    return Pages(paper, landscape, percent if breaks else None, rows, breaks)


def may_fit(grid: Matrix, percent: int, count: int) -> bool:
    """Whether so many upright pages of the smallest paper have room for the rows, as high as they are, printed at so many percent."""
    high = upright_height(grid.design)
    rows = sum(grid.heights[row] for row in range(grid.first_row, grid.last_row + 1)) + SIGN_HEIGHT
    return rows <= (high / (percent / 100) - _head(grid)) * count


def _on_fewer(grid: Matrix | Roster, high: float, extra: float, scales: range, most: int, unprinted: float) -> tuple[int, list[int]]:
    """The first of these scales, in percent, at which the rows take a page less than with so many breaks, and the breaks; 0 where there
    is none. high: of a page, in points of paper; unprinted: of the rows above that no page has."""
    rows = sum(grid.heights[row] for row in range(grid.first_row, grid.last_row + 1)) + extra
    for scale in scales:
        height = high / (scale / 100) + unprinted
        if rows <= (height - _head(grid)) * most:
            breaks = _split_rows(grid, height, extra)
            if len(breaks) < most:
                return scale, breaks
    return 0, []


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
    if grid.design.form > 5 and breaks:
        breaks[-1] = _with_totals(grid, widths, breaks, room - left)
        used = left + sum(widths[c] for c in range(breaks[-1] + 1, grid.last_column + 1))
    return breaks, max([*pages, used])


def _with_totals(grid: Roster, widths: dict[int, float], breaks: Sequence[int], room: float) -> int:
    """Where the last page begins after: totals are not alone on it, but with the last indicator, if both have room."""
    page = breaks[-2] + 1 if len(breaks) > 1 else grid.head_column + 1
    starts = [first for block, first, _ in grid.spans if block.kind not in (*HEADINGS, BlockKind.TOTAL) and first > page]
    if any(first > breaks[-1] for first in starts):
        return breaks[-1]
    fair = [first for first in starts if sum(widths[c] for c in range(first, grid.last_column + 1)) <= room]
    return max(fair) - 1 if fair else breaks[-1]


def _pieces(grid: Matrix | Roster) -> Iterator[tuple[int, float]]:
    """What pages keep whole, as (first row, height): a unit's row, or a block; −1 for a heading, which goes with what follows."""
    if isinstance(grid, Roster):
        yield from ((row, grid.heights[row]) for row in grid.unit_rows.values())
        return
    carry = 0.0
    for block, first, last in grid.spans:
        tall = sum(grid.heights[r] for r in range(first, last + 1))
        if block.kind in HEADINGS:
            carry += tall
            yield first, -1.0
            continue
        yield first, tall + carry
        carry = 0.0


def _split_rows(grid: Matrix | Roster, height: float, extra: float) -> list[int]:
    """Break before what would not fit whole; on a unit's own sheet rather at a group, where that takes no more pages."""
    pieces = list(_pieces(grid))
    breaks = _breaks(grid, pieces, height, extra)
    if grid.design.form < 3:
        return breaks
    if isinstance(grid, Roster):
        return _shared_out(pieces, breaks, height - _head(grid), extra)
    if len(grid.units) == 1:
        breaks = _at_groups(grid, pieces, breaks, height, extra)
    return _evened(grid, pieces, breaks, height, extra)


def _head(grid: Matrix | Roster) -> float:
    """How high what each page repeats above the rows is."""
    return sum(grid.heights.get(r, grid.design.row_height) for r in range(grid.title_row, grid.first_row))


def _shared_out(pieces: Sequence[tuple[int, float]], breaks: list[int], room: float, extra: float) -> list[int]:
    """As many rows on each page, where that takes no more pages. room: for rows; extra: what follows the last one."""
    if not breaks:
        return breaks
    size = -(-len(pieces) // (len(breaks) + 1))
    pages = [pieces[start : start + size] for start in range(0, len(pieces), size)]
    tails = [0.0] * (len(pages) - 1) + [extra]
    fair = all(sum(tall for _, tall in page) + tail <= room for page, tail in zip(pages, tails, strict=True))
    return [page[0][0] - 1 for page in pages[1:]] if fair else breaks


def _at_groups(grid: Matrix, pieces: Sequence[tuple[int, float]], breaks: list[int], height: float, extra: float) -> list[int]:
    """Breaks moved to where a group begins, as far as pages stay well filled and no more of them are needed."""
    depth = min((block.depth for block, *_ in grid.spans[1:] if block.kind == "group"), default=0)
    groups = [first for block, first, _ in grid.spans[1:] if block.kind == "group" and block.depth == depth]
    page = grid.first_row
    for number in range(len(breaks)):
        for start in reversed([row for row in groups if page < row <= breaks[number]]):
            used = sum(grid.heights[row] for row in range(page, start))
            at = next(i for i, (first, _) in enumerate(pieces) if first == start)
            rest = _breaks(grid, pieces[at:], height, extra)
            if used >= height * LEAST_FULL and number + 1 + len(rest) <= len(breaks):
                breaks[number:] = [start - 1, *rest]
                break
        page = breaks[number] + 1
    return breaks


def _evened(grid: Matrix, pieces: Sequence[tuple[int, float]], breaks: list[int], height: float, extra: float) -> list[int]:
    """The last break moved up where the last page would be nearly empty; rather to where a group begins."""
    if not breaks:
        return breaks
    room = height - _head(grid)
    page = breaks[-2] + 1 if len(breaks) > 1 else grid.first_row

    def rest(start: int) -> float:
        return sum(grid.heights[row] for row in range(start, grid.last_row + 1)) + extra

    if rest(breaks[-1] + 1) >= LEAST_LAST * room:
        return breaks
    whole = rest(page)
    starts = [first for (first, _), (_, before) in zip(pieces[1:], pieces, strict=False) if before >= 0 and page < first <= breaks[-1]]
    fair = [row for row in starts if rest(row) >= LEAST_LAST * room and whole - rest(row) >= LEAST_LAST * room and rest(row) <= room]
    if not fair:
        return breaks
    headings = {first for first, tall in pieces if tall < 0}
    grouped = [row for row in fair if row in headings and rest(row) <= MOST_LAST * room]
    return [*breaks[:-1], (grouped or fair)[-1] - 1]


def _breaks(grid: Matrix | Roster, pieces: Sequence[tuple[int, float]], height: float, extra: float) -> list[int]:
    """Break before what would not fit whole; a group's heading stays with its first indicator."""
    head = _head(grid)
    breaks: list[int] = []
    used = head
    start_of_run: int | None = None
    previous: tuple[int, float] | None = None
    """Where the piece before begins, if it does so on the page at hand and is not its first, and how high it is."""
    for i, (first, tall) in enumerate(pieces):
        if tall < 0:
            start_of_run = first if start_of_run is None else start_of_run
            continue
        tail = extra if i == len(pieces) - 1 else 0.0
        begin = start_of_run if start_of_run is not None else first
        start_of_run = None
        if used + tall + tail > height and used > head:
            cut = _cut(grid, first, tall, height - used)
            if tail and previous and not cut and grid.design.form > 1:  # totals are not alone on a page
                breaks.append(previous[0] - 1)
                used = head + previous[1]
            else:
                breaks.append(cut[0] if cut else begin - 1)
                used, tall = head, cut[1] if cut else tall
        previous = (begin, tall) if used > head else None
        used += tall
    return breaks


def _cut(grid: Matrix | Roster, first: int, tall: float, room: float) -> tuple[int, float] | None:
    """Where a high block can go on on the next page, and how high the rest is: both parts have room for the texts beside its rows,
    which are repeated, or one has and the other refers to it. tall: with the headings above it; room: what is left of the page."""
    if not isinstance(grid, Matrix) or grid.design.form < 2 or not grid.plan.view.whole or first not in grid.needs:
        return None
    last = next(end for _, start, end in grid.spans if start == first)
    whole = sum(grid.heights[r] for r in range(first, last + 1))
    above, rows = tall - whole, []
    upper = 0.0
    for row in range(first, last):
        upper += grid.heights[row]
        least, most = sorted((upper, whole - upper))
        enough = least >= grid.needs[first] if grid.design.form < 3 else most >= grid.needs[first] and least >= LEAST_PART
        if enough and above + upper <= room:
            rows.append((row, whole - upper))
    return rows[-1] if rows and whole >= HIGH else None
