"""指标清单: a row for each indicator, to be filtered by who assesses it, with a link to where it is filled in.

On the scoring sheet an indicator is a block of merged rows, which no program can filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from generator.layout.addresses import address, sheet_prefix
from generator.layout.catalogued import catalogued
from generator.layout.design import Print
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.pages import FILLED, LEAST_LAST, shape
from generator.layout.ranking_pages import filled_breaks
from generator.layout.text_size import PAPERS, POINTS_PER_MILLIMETRE, height_of, millimetres, shared_out
from generator.layout.wording import filled
from generator.plan.plan import Block
from generator.sheets.sheet import Formula, Sheet
from generator.value import Value

FIRST, UNPRINTED, TITLE, NOTE, HEAD = 2, 1, 2, 3, 4
"""Columns and rows. What helps on the screen alone stands above the title since the sixth form, and is not printed."""
GAP = 5.0
"""The height of the empty row that is left below the title, in points."""
LOWEST = 18.0
SIZES = (10, 10, 9)
"""Of the texts: the group, the indicator, who assesses it."""
NARROWEST = 12
"""How narrow their columns may get, in characters."""


def build(layout: Layout, bare: bool = False) -> Sheet:
    """The sheet of a book that has one, see `Layout.has_catalog`. bare: its cells alone, for who asks for no sizes."""
    design = layout.design.catalog
    assert design is not None
    sheet = Sheet(design.sheet)
    last = FIRST + len(design.headings) - 1
    listed = catalogued(layout.plan, layout.design.form)
    sheet.span(TITLE, FIRST, TITLE, last - _links_apart(layout), filled(design.title, title=layout.plan.scheme.title), "title")
    note = UNPRINTED if layout.design.form > 5 else NOTE
    sheet.span(note, FIRST, note, last, design.note, "subtitle")
    for at, heading in enumerate(design.headings, FIRST):
        sheet.put(HEAD, at, heading, "heading")
    row = HEAD
    for block, group in listed:
        row += 1
        number = block.number or block.id
        texts = (group, block.name, block.assessor)
        sheet.put(row, FIRST, Decimal(number) if number.isdigit() else number, "number")
        for at, text, style in zip(range(FIRST + 1, FIRST + 4), texts, ("name", "name", "assessor"), strict=True):
            sheet.put(row, at, text or None, style)
        sheet.put(row, FIRST + 4, _points(layout, block), "points")
        sheet.put(row, FIRST + 5, _link(layout, block, design.go), "link")
    sheet.freeze = address(HEAD + 1, 1)
    sheet.title_rows = (TITLE, HEAD)
    sheet.filter = f"{address(HEAD, FIRST)}:{address(row, last)}"
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, last - _links_apart(layout))}"
    if not bare:
        _sized(layout, sheet, [(group, block.name, block.assessor) for block, group in listed], design.widths)
    return sheet


def _links_apart(layout: Layout) -> bool:
    """Whether the column of links, which are of no use on paper, is not printed."""
    return layout.design.form > 5


def _sized(layout: Layout, sheet: Sheet, rows: Sequence[tuple[str, str, str]], asked: Sequence[float]) -> None:
    """Give the sheet its widths, heights and pages. rows: the texts of each; asked: the widths of the template."""
    texts, lines = shared_out(asked[1:4], rows, SIZES, NARROWEST)
    widths = [asked[0], *texts, *asked[4:]]
    sheet.widths = {1: 2, **{FIRST + i: width for i, width in enumerate(widths)}}
    sheet.heights |= {TITLE: 30, NOTE: 18, HEAD: 24} if layout.design.form < 6 else {UNPRINTED: 18, TITLE: 30, NOTE: GAP, HEAD: 24}
    for row, count in enumerate(lines, HEAD + 1):
        sheet.heights[row] = max(LOWEST, height_of(count, 10, layout.design.leading))
    setup = layout.design.print
    whole = sum(map(millimetres, widths[:-1] if _links_apart(layout) else widths))
    sheet.paper, sheet.landscape = shape(setup, whole, setup.smallest_scale / 100)
    _paginate(sheet, setup, whole, HEAD + len(rows))


def _paginate(sheet: Sheet, setup: Print, whole: float, last: int) -> None:
    """Say where pages end, if there are several: a little smaller where that saves one. whole: the width in millimetres; last: row."""
    across, down = PAPERS[sheet.paper][sheet.landscape], PAPERS[sheet.paper][not sheet.landscape]
    widest = min(100, int((across - setup.margins["left"] - setup.margins["right"]) / whole * 100))
    high = (down - setup.margins["top"] - setup.margins["bottom"]) * POINTS_PER_MILLIMETRE * FILLED
    above, rows = sum(sheet.heights[r] for r in (TITLE, NOTE, HEAD)), [(r, sheet.heights[r]) for r in range(HEAD + 1, last + 1)]
    tried = {scale: filled_breaks(rows, high / (scale / 100) - above, LEAST_LAST) for scale in range(widest, setup.smallest_scale - 1, -1)}
    if tried.get(widest):
        sheet.scale = min(tried, key=lambda scale: (len(tried[scale]), -scale))
        sheet.row_breaks = tried[sheet.scale]


def _points(layout: Layout, block: Block) -> Value:
    """The points of an indicator where it has any and they are the same for all units; until the third form 0 was said too."""
    figure = next((line.points for line in block.lines if line.points), None)
    points = figure.value if figure and isinstance(figure.value, Decimal) else None
    return points if points or layout.design.form < 4 else None


def _link(layout: Layout, block: Block, go: str) -> Formula:
    """A link to the first row of an indicator, which goes along when rows are inserted above it."""
    lines = {line.key for line in block.lines}
    places = [(g, sorted(g.rows[key] for key in lines if key in g.rows)) for g in layout.grids if isinstance(g, Matrix)]
    shown = ((g, row) for g, rows in places for row in rows if row not in g.hidden)
    grid, row = next(shown, None) or next((g, rows[0]) for g, rows in places if rows)
    prefix = sheet_prefix(grid.sheet)
    cell = address(row, grid.first_unit)
    where = f'"#"&"{prefix}"&ADDRESS(ROW({prefix}{cell}),COLUMN({prefix}{cell}),4)'
    return Formula(f'=HYPERLINK({where},"{go}")', go)
