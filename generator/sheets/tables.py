"""名额与标准: lookup tables, with the places each grade should have and has."""

from __future__ import annotations

from decimal import Decimal

from generator.evaluation import Evaluation
from generator.exact import Value, round_half_up
from generator.layout import Layout, sheet_prefix
from generator.lines import Table
from generator.sheet import Formula, Sheet, address

FIRST, TITLE, BODY = 2, 2, 4


def reserve(layout: Layout) -> None:
    """Tell the layout where each table's columns will stand, before formulas that look them up are written."""
    prefix = sheet_prefix(layout.design.tables.sheet)
    row = BODY
    for table in layout.plan.tables:
        first, last = row + 2, row + 1 + len(next(iter(table.columns.values())))
        for offset, column in enumerate(table.columns):
            letters = address(1, FIRST + offset)[:-1]
            layout.tables[table.key, column] = f"{prefix}${letters}${first}:${letters}${last}"
        row += _height(layout, table)


def _height(layout: Layout, table: Table) -> int:
    groups = len(layout.plan.scheme.groups)
    return 3 + max(len(table.columns["等次"]) * groups, len(table.columns["等次"]))


def build(layout: Layout, book: Evaluation) -> Sheet | None:
    """The tables sheet, or nothing where a scheme needs none."""
    if not layout.plan.tables:
        return None
    design = layout.design.tables
    sheet = Sheet(design.sheet)
    words = design.headings
    last = FIRST + len(design.widths) - 1
    sheet.span(TITLE, FIRST, TITLE, last, design.title, "title")
    sheet.heights[TITLE] = 30
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(design.widths)}}
    row = BODY
    blocks = {b.id: b for b in layout.plan.blocks if b.kind == "indicator"}
    for table in layout.plan.tables:
        block = blocks[table.key]
        sheet.span(row, FIRST, row, last, f"{block.id}　{block.name}：{table.title}（原则上）", "group")
        order = ("grade", "share", "points", "group", "places", "taken", "state")
        for offset, key in enumerate(order):
            sheet.put(row + 1, FIRST + offset, words[key], "heading")
        _quota(sheet, layout, book, table, row + 2)
        row += _height(layout, table)
    for r in range(BODY, row):
        sheet.heights.setdefault(r, 20)
    sheet.freeze = address(BODY, 1)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row - 1, last)}"
    return sheet


def _quota(sheet: Sheet, layout: Layout, book: Evaluation, table: Table, top: int) -> None:
    names, shares, points = (table.columns[k] for k in ("等次", "比例", "计分"))
    prefix = sheet_prefix(layout.sheet)
    row = top
    start = 0
    for number, (group, members) in enumerate(layout.plan.scheme.groups.items()):
        units = range(start, start + len(members))
        start += len(members)
        across = prefix + layout.across(table.line, units)
        for i, name in enumerate(names):
            if number == 0:
                sheet.put(row, FIRST, name, "number")
                sheet.put(row, FIRST + 1, shares[i], "parameter", "0%")
                sheet.put(row, FIRST + 2, points[i], "parameter", "General")
            else:
                for offset in range(3):
                    sheet.put(row, FIRST + offset, name if offset == 0 else None, "number")
            sheet.put(row, FIRST + 3, group or "全部", "number")
            share, key = f"$C{top + i}", f"$B{top + i}"
            due = Decimal(str(shares[i])) * len(members)
            taken = Decimal(sum(book.value(table.line, u) == name for u in units))
            places, count = address(row, FIRST + 4), address(row, FIRST + 5)
            sheet.put(row, FIRST + 4, Formula(f"=ROUND({share}*COLUMNS({across}),2)", round_half_up(due, 2)), "working", "0.00")
            sheet.put(row, FIRST + 5, Formula(f"=COUNTIF({across},{key})", taken), "working", "0")
            state: Value = "超出名额" if taken >= due + 1 else None
            sheet.put(row, FIRST + 6, Formula(f'=IF({count}>={places}+1,"超出名额","")', state), "working")
            row += 1
