"""Where the lookup tables stand, for formulas that look things up."""

from __future__ import annotations

from generator.columns import letters_of
from generator.layout.addresses import sheet_prefix
from generator.layout.design import Design
from generator.lines.line import Table
from generator.plan.plan import Plan

Columns = tuple[str, str, int, int]
"""Where a column of a table stands: prefix of the sheet, letters, first and last row."""

FIRST, TITLE, BODY = 2, 2, 4
COLUMNS = {"quota": ("等次", "比例", "计分"), "stages": ("阶段", "比例"), "bands": ("界", "得分"), "situations": ("情形", "得分")}


def places(plan: Plan, design: Design) -> dict[tuple[str, str], Columns]:
    """Where each column of each table stands, by the table's key and the column's name."""
    found: dict[tuple[str, str], Columns] = {}
    prefix = sheet_prefix(design.tables.sheet)
    row = BODY
    for table in plan.tables:
        first, last = row + 2, row + 1 + len(next(iter(table.columns.values())))
        for offset, column in enumerate(COLUMNS[table.kind]):
            found[table.key, column] = (prefix, letters_of(FIRST + offset), first, last)
        row += height(plan, table)
    return found


def height(plan: Plan, table: Table) -> int:
    """How many rows a table takes, with its title and the space below."""
    rows = len(next(iter(table.columns.values())))
    return 3 + rows * (len(plan.scheme.groups) if table.kind == "quota" else 1)
