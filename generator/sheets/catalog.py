"""指标清单: a row for each indicator, to be filtered by who assesses it, with a link to where it is filled in.

On the scoring sheet an indicator is a block of merged rows, which no program can filter.
"""

from __future__ import annotations

from decimal import Decimal

from generator.layout.addresses import address, sheet_prefix
from generator.layout.catalogued import catalogued
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.pages import shape
from generator.layout.text_size import height_of, lines_needed, millimetres
from generator.layout.wording import filled
from generator.plan.plan import Block
from generator.sheets.sheet import Formula, Sheet
from generator.value import Value

FIRST, TITLE, NOTE, HEAD = 2, 2, 3, 4
LOWEST = 18.0


def build(layout: Layout) -> Sheet:
    """The sheet of a book that has one, see `Layout.has_catalog`."""
    design = layout.design.catalog
    assert design is not None
    sheet = Sheet(design.sheet)
    last = FIRST + len(design.headings) - 1
    sheet.widths = {1: 2, **{FIRST + i: width for i, width in enumerate(design.widths)}}
    sheet.span(TITLE, FIRST, TITLE, last, filled(design.title, title=layout.plan.scheme.title), "title")
    sheet.span(NOTE, FIRST, NOTE, last, design.note, "subtitle")
    sheet.heights |= {TITLE: 30, NOTE: 18, HEAD: 24}
    for at, heading in enumerate(design.headings, FIRST):
        sheet.put(HEAD, at, heading, "heading")
    row = HEAD
    for block, group in catalogued(layout.plan, layout.design.form):
        row += 1
        number = block.number or block.id
        texts = (group, block.name, block.assessor)
        sheet.put(row, FIRST, Decimal(number) if number.isdigit() else number, "number")
        for at, text, style in zip(range(FIRST + 1, FIRST + 4), texts, ("name", "name", "assessor"), strict=True):
            sheet.put(row, at, text or None, style)
        sheet.put(row, FIRST + 4, _points(layout, block), "points")
        sheet.put(row, FIRST + 5, _link(layout, block, design.go), "link")
        lines = max(lines_needed(text, width, 10) for text, width in zip(texts, design.widths[1:4], strict=True))
        sheet.heights[row] = max(LOWEST, height_of(lines, 10, layout.design.leading))
    sheet.freeze = address(HEAD + 1, 1)
    sheet.title_rows = (TITLE, HEAD)
    sheet.filter = f"{address(HEAD, FIRST)}:{address(row, last)}"
    setup = layout.design.print
    sheet.paper, sheet.landscape = shape(setup, sum(map(millimetres, design.widths)), setup.smallest_scale / 100)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, last)}"
    return sheet


def _points(layout: Layout, block: Block) -> Value:
    """The points of an indicator where it has any and they are the same for all units; until the third form 0 was said too."""
    figure = next((line.points for line in block.lines if line.points), None)
    points = figure.value if figure and isinstance(figure.value, Decimal) else None
    return points if points or layout.design.form < 4 else None


def _link(layout: Layout, block: Block, go: str) -> Formula:
    """A link to the first row of an indicator, which goes along when rows are inserted above it."""
    lines = {line.key for line in block.lines}
    grid = next(g for g in layout.grids if isinstance(g, Matrix) and not lines.isdisjoint(g.rows))
    row = min(grid.rows[key] for key in lines if key in grid.rows)
    prefix = sheet_prefix(grid.sheet)
    cell = address(row, grid.first_unit)
    where = f'"#"&"{prefix}"&ADDRESS(ROW({prefix}{cell}),COLUMN({prefix}{cell}),4)'
    return Formula(f'=HYPERLINK({where},"{go}")', go)
