"""备注与佐证: in a department's book, a row for what there is to say of each indicator and for what proves it.

Its rows are found again by the hidden key, the indicator's id; what is written there is nobody's result.
"""

from __future__ import annotations

from decimal import Decimal

from generator.layout.addresses import address
from generator.layout.layout import Layout
from generator.layout.text_size import height_of, lines_needed
from generator.layout.wording import filled
from generator.plan.plan import Block
from generator.sheets.sheet import Sheet

KEY, FIRST, TITLE, NOTE, HEAD = 1, 2, 2, 3, 4
COLUMNS = ("number", "name", "assessor", "evidence", "remark")
WRITTEN = ("evidence", "remark")
"""The columns that people write in."""
ROW = 36.0
"""How high a row is at least, in points: two lines of writing."""


def build(layout: Layout) -> Sheet:
    """The sheet of a department's book."""
    design, scheme = layout.design.parts.remarks, layout.plan.scheme
    sheet = Sheet(design.sheet)
    widths = {FIRST + i: design.widths[key] for i, key in enumerate(COLUMNS)}
    last = FIRST + len(COLUMNS) - 1
    sheet.widths = {KEY: 12, **widths}
    sheet.hidden_columns, sheet.hidden_rows = [KEY], [1]
    sheet.span(TITLE, FIRST, TITLE, last, filled(design.title, title=scheme.title), "title")
    sheet.span(NOTE, FIRST, NOTE, last, design.note, "subtitle")
    sheet.heights |= {TITLE: 34, NOTE: 18, HEAD: 24}
    for at, key in enumerate(COLUMNS, FIRST):
        sheet.put(1, at, key, "hidden")
        sheet.put(HEAD, at, design.headings[key], "heading")
    row = HEAD
    for block in _indicators(layout):
        row += 1
        sheet.put(row, KEY, block.number, "hidden")
        sheet.put(row, FIRST, Decimal(block.number) if block.number.isdigit() else block.number, "number")
        sheet.put(row, FIRST + 1, block.name, "name")
        sheet.put(row, FIRST + 2, block.assessor or layout.plan.view.who, "assessor")
        for key in WRITTEN:
            sheet.put(row, FIRST + COLUMNS.index(key), None, "written", locked=False)
        lines = max(lines_needed(block.name, design.widths["name"], 10), lines_needed(block.assessor, design.widths["assessor"], 9))
        sheet.heights[row] = max(ROW, height_of(lines, 10))
    sheet.freeze = address(HEAD + 1, FIRST + 2)
    sheet.title_rows = (TITLE, HEAD)
    sheet.filter = f"{address(HEAD, FIRST)}:{address(row, last)}"
    sheet.landscape = True
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, last)}"
    return sheet


def _indicators(layout: Layout) -> list[Block]:
    """The indicators, each once, however many periods it is scored in."""
    found: dict[str, Block] = {}
    for block in layout.plan.blocks:
        if block.kind == "indicator":
            found.setdefault(block.number, block)
    return list(found.values())
