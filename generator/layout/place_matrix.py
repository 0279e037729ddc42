"""Rows, columns and sizes of a `Matrix`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from generator.layout.balance import balance
from generator.layout.beside import SHOWN_SIZE, beside, figure_width, shown_width
from generator.layout.design import Column, Design
from generator.layout.grid import HEAD_ROW
from generator.layout.matrix import Matrix
from generator.layout.needs import TEXTS, row_need, text_need
from generator.layout.pages import ROUNDED, SIGN_HEIGHT, may_fit, page_width, paginate
from generator.layout.spoken import wrapped
from generator.layout.text_size import height_of, lines_needed, text_width
from generator.plan.plan import HEADINGS, Block, BlockKind, Plan

FEW_UNITS = 6
NAME_LINES = 3
"""On how many lines the names of many units may stand for the sake of smaller paper."""
LEAST = {"name": 0.85, "sentence": 0.85, "label": 1.6}
"""How narrow a column of texts may get for the sake of smaller paper, against its width in the template."""
SPREAD = {"sentence": 36.0, "name": 22.0}
"""How wide columns of texts may get where a page has room for it, in characters."""
HIDDEN = 0.1
"""The width of a column that is not shown."""
ENOUGH = 12.0
"""How much wider than designed the texts of long sheets may get at least, in characters, where units' names can stand on more lines."""
LONG = 40
"""Sheets of more lines than that take several pages."""
FIGURE_SIZE = 0.9
"""`SHOWN_SIZE` with room to spare: what the column of figures has until it is fitted, and in forms before the fifth."""
ALONE = 15.0
"""How wide the column of a unit is at most on a sheet of its own."""
GOES_ON, TRIES = "（续）", 4
"""Stands behind a heading where a page goes on under it; and how often pages are counted again with these headings in place."""
LARGER = (100, 92, 85)
"""In percent, how large a unit's own sheet is tried, where its pages would else be half empty."""


def matrix(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Matrix:
    grid = across(plan, design, sheet, units, blocks)
    _rows(grid)
    if design.form < 5:
        return grid
    grid = _larger(grid) if len(units) == 1 else _shorter(grid)
    return grid if design.form < 6 else _continued(grid)


def _continued(grid: Matrix) -> Matrix:
    """A sheet whose pages say which heading they go on under: below that of a month stands the same as below that of another."""
    if all(block.kind not in HEADINGS for block in grid.blocks):
        return grid
    plain, repeated = grid.blocks, dict[int, Block]()
    for _ in range(TRIES):
        found = dict(_cut_off(grid, plain))
        if found == repeated:
            break
        repeated = found
        blocks = [part for number, block in enumerate(plain) for part in (repeated.get(number), block) if part]
        again = Matrix(grid.plan, grid.design, grid.sheet, grid.units, blocks, above=grid.above)
        again.columns, again.unit_columns, again.widths, again.last_column = grid.columns, grid.unit_columns, grid.widths, grid.last_column
        _rows(again)
        grid = again
    return grid


def _cut_off(grid: Matrix, plain: Sequence[Block]) -> Iterator[tuple[int, Block]]:
    """Where a page begins below a heading: before which of the plain blocks, and the heading that says so."""
    begins = {row + 1 for row in paginate(grid, SIGN_HEIGHT).row_breaks}
    number, begun, over = -1, False, list[Block]()
    for block, first, last in grid.spans:
        begun = begun or first in begins
        if number + 1 == len(plain) or block is not plain[number + 1]:
            continue  # a heading that was put in
        number += 1
        while over and over[-1].depth >= block.depth:
            over.pop()
        if begun and any(grid.heights[row] for row in range(first, last + 1)):
            named = block.kind in HEADINGS and all(heading.kind == BlockKind.GROUP for heading in over)
            if over and not named:
                yield number, _again(over, grid.design.form)
            begun = False
        if block.kind in HEADINGS:
            over.append(block)


def _again(over: Sequence[Block], form: int) -> Block:
    """A heading that a page goes on under. over: the headings, the outermost first: the months are said, and the last of the groups."""
    *_, last = over
    said = dict.fromkeys(block.titled(form) for block in over if block.kind == BlockKind.PERIOD or block is last)
    return Block(last.kind, "", f"{'　'.join(said)}{GOES_ON}", [], last.depth)


def _shorter(grid: Matrix) -> Matrix:
    """A sheet of few lines in smaller print, with more room for its texts, where that saves a page."""
    now = paginate(grid, SIGN_HEIGHT)
    if not now.row_breaks or now.column_breaks or len(grid.lines) - len(grid.above) > LONG:
        return grid
    other = across(grid.plan, grid.design, grid.sheet, grid.units, grid.blocks)
    _share(other, page_width(grid.design, paper=now.paper))
    _rows(other)
    pages = paginate(other, SIGN_HEIGHT)
    return other if pages.paper == now.paper and len(pages.row_breaks) < len(now.row_breaks) else grid


def _larger(grid: Matrix) -> Matrix:
    """A unit's own sheet in the largest print that takes no more pages."""
    design, now = grid.design, paginate(grid, SIGN_HEIGHT)
    if now.landscape:
        return grid
    count = len(now.row_breaks) + 1
    for percent in (larger for larger in LARGER if may_fit(grid, larger, count)):
        other = Matrix(grid.plan, design, grid.sheet, grid.units, grid.blocks, above=grid.above)
        room = page_width(design, percent / 100, design.print.papers[0], upright=True)
        _columns(other, other.form_columns, 1)
        if not _squeezed(other, room) or not _fit_figures(other, room):
            continue
        _share(other, room)
        _rows(other)
        pages = paginate(other, SIGN_HEIGHT)
        if not pages.landscape and pages.scale is None and len(pages.row_breaks) < count:
            return other
    return grid


def across(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Matrix:
    """A matrix with its columns alone, for who asks how wide it would be."""
    grid = Matrix(plan, design, sheet, units, blocks)
    if design.form > 1:
        grid.above = beside(grid)
    columns, names = grid.form_columns, 1 if len(units) <= FEW_UNITS else 2
    _columns(grid, columns, names)
    if design.form > 1 and not _fitted(grid, names):
        _side_by_side(grid)
    return grid


def _fitted(grid: Matrix, names: int) -> bool:
    """Make the sheet narrow enough for a page, of the smaller paper if the names of the units may stand on a few more lines or
    texts be a little narrower for it; whether that is possible at all."""
    scoring, setup = grid.design.scoring, grid.design.print
    rooms = [page_width(grid.design, paper=paper) for paper in setup.papers]
    if len(grid.units) == 1:
        rooms.insert(0, page_width(grid.design, paper=setup.papers[0], upright=True))
    for room, most in zip(rooms, [*[NAME_LINES] * (len(rooms) - 1), scoring.unit_lines], strict=True):
        last = max(names, most)
        for lines in range(names, last + 1):
            _columns(grid, grid.form_columns, lines)
            if _squeezed(grid, room) and (lines == last or _leaves_enough(grid, room)):
                _fit_figures(grid, room)
                if len(grid.units) == 1 or len(grid.lines) - len(grid.above) > LONG:
                    _share(grid, room)
                return True
    return False


def _leaves_enough(grid: Matrix, room: float) -> bool:
    """Whether the units of a long sheet leave room for its texts; until the fifth form, any that is there is enough."""
    return grid.design.form < 6 or len(grid.lines) - len(grid.above) <= LONG or room - sum(grid.widths.values()) >= ENOUGH


def _share(grid: Matrix, room: float) -> None:
    """Give the texts what is left of a page's width: one page after another would else only be printed larger."""
    if grid.design.form > 2:
        balance(grid, room)
    else:
        _spread(grid, room)


def _spread(grid: Matrix, room: float) -> None:
    """How that was done before: 计分办法 first, then the names."""
    for key, most in SPREAD.items():
        if key in grid.columns:
            column = grid.columns[key]
            spare = room - sum(grid.widths.values())
            grid.widths[column] = _cut(grid.widths[column] + max(0.0, min(spare, most - grid.widths[column])))


def _squeezed(grid: Matrix, room: float) -> bool:
    """Take what a sheet is too wide off its columns of texts, if they can do without it."""
    excess = sum(grid.widths.values()) - room
    design: dict[str, float] = {column.key: column.width for column in grid.form_columns}
    spare = {key: max(0.0, grid.widths[grid.columns[key]] - design[key] * LEAST[key]) for key in LEAST if key in grid.columns}
    if excess > sum(spare.values()):
        return False
    if excess > 0:
        share = excess / sum(spare.values())
        for key, width in spare.items():
            grid.widths[grid.columns[key]] = _cut(grid.widths[grid.columns[key]] - width * share)
    return True


def _fit_figures(grid: Matrix, room: float) -> bool:
    """Make the column of figures, which do not go on on a second line, as wide as the longest of them, if texts can do with what that
    leaves; whether they can."""
    column = grid.columns.get("standard")
    if column is None or grid.design.form < 5:
        return True
    need = max(_column(grid, "standard").width, _longest_figure(grid))
    if need > grid.widths[column] and not _squeezed(grid, room - need + grid.widths[column]):
        return False
    grid.widths[column] = need
    return True


def _longest_figure(grid: Matrix) -> float:
    """How wide the column of figures must be for the longest of those that are shown, in characters."""
    shown = (figure for line in grid.lines if line.key not in grid.unseen[0] and (figure := grid.figure(line, "standard")))
    return _cut(max(map(shown_width, shown), default=0.0) * SHOWN_SIZE + 1)


def _column(grid: Matrix, key: str) -> Column:
    return next(column for column in grid.form_columns if column.key == key)


def _cut(width: float) -> float:
    """A width to two decimals: no two versions of Python add up the same last digits, and a book is the same by each."""
    return math.floor(width * 100) / 100


def _side_by_side(grid: Matrix) -> None:
    """Lay out a sheet that is printed on several pages side by side: all but the units stand on the left, where every page
    repeats them, a little narrower if that saves a page."""
    scoring = grid.design.scoring
    _columns(grid, sorted(grid.form_columns, key=lambda column: column.key == "units"), scoring.unit_lines)
    count, each = len(grid.units), grid.widths[grid.first_unit]
    room = page_width(grid.design)
    left = sum(grid.widths.values()) - count * each
    pages = -(-count // max(1, int((room - left) // each)))
    fewer = -(-count // (pages - 1)) if pages > 1 else count
    if _squeezed(grid, room + (count - fewer) * each):
        if grid.design.form > 5:
            _fit_figures(grid, room + (count - fewer) * each)
        _share(grid, room + (count - fewer) * each)


def _columns(grid: Matrix, columns: Sequence[Column], names: int) -> None:
    """names: on how many lines the names of the units may stand."""
    grid.columns, grid.widths = {}, {}
    position = grid.first_visible
    for column in columns:
        if column.key == "units":
            width = _unit_width(grid, column, names)
            for unit in grid.units:
                grid.unit_columns[unit] = position
                grid.widths[position] = width
                position += 1
            continue
        if column.key in grid.unsaid:
            continue
        grid.columns[column.key] = position
        grid.widths[position] = _own_width(grid, column)
        position += 1
    grid.last_column = position - 1


def _own_width(grid: Matrix, column: Column) -> float:
    """The width of a column beside the units: as designed, or wider where its texts need it."""
    if column.key == "label":
        return _label_width(grid, column)
    if column.key == "number":
        return min(column.widest or column.width, max(column.width, grid.longest_id * 1.15 + 1))
    if column.key == "standard" and grid.design.form > 5:
        return max(column.width, _longest_figure(grid))
    if column.key == "standard" and grid.above:
        widest = max(figure_width(line) for line in grid.lines if line.key in grid.above)
        return max(column.width, widest * FIGURE_SIZE + 1)
    if column.key == "points" and grid.pointless:
        return HIDDEN
    if column.key == "name" and len(grid.units) == 1:
        return column.widest or column.width
    return column.width


def _label_width(grid: Matrix, column: Column) -> float:
    longest = grid.longest_label
    lines = 1 if longest <= 10 else 2 if longest <= 28 else 3
    return min(column.widest, max(column.width, longest / lines * 1.35 + 1))


def _unit_width(grid: Matrix, column: Column, lines: int) -> float:
    """The names of the units stand on so many lines; numbers of the table must fit."""
    alone = len(grid.units) == 1
    lines = NAME_LINES if alone and grid.design.form > 2 else lines
    names = max(text_width(grid.plan.units[u]) for u in grid.units) / lines * 1.2 + 1
    figures = grid.longest_number * 1.1 + 1 if grid.longest_number else 0.0
    widest = ALONE if alone else column.widest or 255
    if wrapped(grid.design):
        figures = max(figures, grid.longest_words / (lines + 1) * 1.2 + 1)
    return min(widest, max(column.width, names, figures))


def _rows(grid: Matrix) -> None:
    row = grid.first_row = HEAD_ROW + (2 if grid.grouped else 1)
    base = grid.design.row_height
    label = grid.widths.get(grid.columns.get("label", 0))
    unseen, gone = grid.unseen
    for number, block in enumerate(grid.blocks):
        first = row
        for line in block.lines:
            if line.key in grid.above:
                continue
            grid.rows[line.key] = row
            across = block.kind == BlockKind.TOTAL and grid.design.form > 2
            grid.heights[row] = 0.0 if line.key in unseen else row_need(grid, line, None if across else label)
            row += 1
        if not block.lines:  # a heading alone
            grid.heights[row] = 0.0 if number in gone else base
            row += 1
        grid.spans.append((block, first, row - 1))
        if block.kind in ("indicator", "data"):
            _stretch(grid, block, first, row - 1)
        elif block.kind == "group" and block.lines and block.assessor and "assessor" in grid.columns and wrapped(grid.design):
            need = height_of(lines_needed(block.assessor, grid.widths[grid.columns["assessor"]], 9), 9)
            grid.heights[first] = max(grid.heights[first], need)
    grid.last_row, grid.head_row = row - 1, grid.first_row - 1
    grid.hidden = [at for at in range(grid.first_row, row) if not grid.heights[at]]
    room = page_width(grid.design, grid.design.print.smallest_scale / 100)
    middle = max(grid.first_unit, grid.last_column - 3) if len(grid.units) > 3 else grid.first_unit
    if sum(grid.widths.values()) > page_width(grid.design) * ROUNDED:
        middle = grid.head_column
    subtitle = grid.subtitle_height(sum(width for column, width in grid.widths.items() if column <= middle))
    grid.heights[grid.title_row], grid.heights[grid.title_row + 1] = grid.title_height(room), subtitle
    head = max(lines_needed(grid.plan.units[u], grid.widths[grid.first_unit], 10) for u in grid.units)
    grid.heights[grid.first_row - 1] = max(30.0, height_of(head, 10))
    if grid.grouped:
        over = ((name, sum(grid.widths[grid.unit_columns[unit]] for unit in own)) for name, own in grid.groups())
        names = max(lines_needed(name, width, 10) for name, width in over) if len(grid.units) == 1 or wrapped(grid.design) else 1
        grid.heights[HEAD_ROW] = max(18.0, height_of(names, 10))


def _stretch(grid: Matrix, block: Block, first: int, last: int) -> None:
    """Make a block high enough for its merged texts."""
    beside = [key for key in TEXTS if key in grid.columns]
    grid.needs[first] = max((text_need(grid, block, key, grid.widths[grid.columns[key]]) for key in beside), default=0.0)
    shown = [row for row in range(first, last + 1) if grid.heights[row]]
    short = grid.needs[first] - sum(grid.heights[row] for row in shown)
    if short > 0:
        for row in shown:
            grid.heights[row] += short / len(shown)
