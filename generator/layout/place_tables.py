"""Where the lookup tables stand, for formulas that look things up."""

from __future__ import annotations

from generator.columns import letters_of
from generator.layout.addresses import sheet_prefix
from generator.layout.layout import Layout
from generator.lines.line import Table

FIRST, TITLE, BODY = 2, 2, 4
COLUMNS = {"quota": ("等次", "比例", "计分"), "stages": ("阶段", "比例"), "bands": ("界", "得分"), "situations": ("情形", "得分")}


def reserve(layout: Layout) -> None:
    """Tell the layout where each table's columns will stand, before formulas that look them up are written."""
    prefix = sheet_prefix(layout.design.tables.sheet)
    row = BODY
    for table in layout.plan.tables:
        first, last = row + 2, row + 1 + len(next(iter(table.columns.values())))
        for offset, column in enumerate(COLUMNS[table.kind]):
            layout.tables[table.key, column] = (prefix, letters_of(FIRST + offset), first, last)
        row += height(layout, table)


def height(layout: Layout, table: Table) -> int:
    rows = len(next(iter(table.columns.values())))
    return 3 + rows * (len(layout.plan.scheme.groups) if table.kind == "quota" else 1)
