"""A list sheet: hundreds of items that are scored the same way, one row for each item and the unit that carries it."""

from __future__ import annotations

from decimal import Decimal

from generator.columns import letters_of
from generator.layout.addresses import address
from generator.layout.layout import Layout
from generator.layout.listing import LIST_FIRST, LIST_HEAD, Listing
from generator.layout.pages import shape
from generator.layout.spoken import input_style, words_need, wrapped
from generator.layout.text_size import height_of, lines_needed, millimetres
from generator.lines.input import Input
from generator.lines.line import Line, Role
from generator.plan.evaluation import Evaluation
from generator.sheets.scoring import CELL_STYLE, figure_content, figure_format, number_format, own_cells, watch_cells
from generator.sheets.sheet import Formula, Sheet
from generator.tree.expression import NONE_MARK

KEY, MARK, TITLE = 1, 2, 2
LIST_MARK = "list:"
FIGURES = "figures"


def build(layout: Layout, listing: Listing, values: Evaluation, bare: bool = False) -> Sheet:
    """The list sheet of a group. bare: what units have on the lines is left out, for who asks for the rest alone."""
    sheet = Sheet(listing.sheet)
    words = layout.design.listing
    last = LIST_FIRST + len(listing.columns) - 1
    sheet.put(1, KEY, "key", "hidden")
    sheet.put(1, MARK, f"{LIST_MARK}{listing.own}", "hidden")
    sheet.span(TITLE, LIST_FIRST, TITLE, last, f"{layout.plan.scheme.title}　{layout.plan.lists[listing.own]}", "title")
    for key, column in listing.columns.items():
        sheet.put(1, column, key, "hidden")
        sheet.put(LIST_HEAD, column, words.headings.get(key, key), "heading")
        sheet.put(listing.figure_row, column, words.figures if column == LIST_FIRST else None, "standard")
    sheet.put(listing.figure_row, KEY, FIGURES, "hidden")
    first = {line.label: line for line in listing.blocks[0].lines}
    for line in first.values():
        if line.standard is not None:
            content = figure_content(layout, listing, line, "standard", listing.entries[0][1], values)
            sheet.put(listing.figure_row, listing.columns[line.label], content, "standard", figure_format(line.standard))
    for block, unit in listing.entries:
        row = listing.row_of[block.id, unit]
        sheet.put(row, KEY, f"{block.id}|{layout.plan.units[unit]}", "hidden")
        number = block.number or block.id
        for key, text in (
            ("number", Decimal(number) if number.isdigit() else number),
            ("name", block.name),
            ("unit", layout.plan.units[unit]),
        ):
            sheet.put(row, listing.columns[key], text, "name" if key == "name" else "number")
        for line in block.lines:
            if bare and own_cells(line):
                continue
            _cell(sheet, layout, listing, line, unit, row, values)
        texts = (("name", block.name), ("unit", layout.plan.units[unit]))
        need = max(lines_needed(text, listing.widths[listing.columns[key]], 10, layout.design.form > 4) for key, text in texts)
        lowest = 18.0 if layout.design.form < 2 else layout.design.row_height
        if wrapped(layout.design):
            widths = ((line, listing.widths[listing.columns[line.label]]) for line in block.lines)
            lowest = max(lowest, *(words_need(layout.plan, line, width) for line, width in widths))
        sheet.heights[row] = max(lowest, height_of(need, 10))
    for label, line in first.items():
        if line.input is not None and not bare:
            _watch(sheet, layout, listing, label, line.input, values)
    sheet.widths = {KEY: 12, MARK: 12, **listing.widths}
    sheet.hidden_columns, sheet.hidden_rows = [KEY, MARK], [1]
    need = max(lines_needed(words.headings.get(k, k), listing.widths[c], 10) for k, c in listing.columns.items())
    sheet.heights |= {TITLE: 30, LIST_HEAD: max(30.0, height_of(need, 10)), listing.figure_row: 18}
    sheet.freeze = address(listing.first_row, listing.columns["unit"] + 1)
    sheet.title_rows = (TITLE, listing.figure_row)
    sheet.filter = f"{address(listing.figure_row, LIST_FIRST)}:{address(listing.last_row, last)}"
    setup = layout.design.print
    whole = sum(map(millimetres, listing.widths.values()))
    sheet.paper, sheet.landscape = shape(setup, whole, setup.smallest_scale / 100) if layout.design.form > 1 else ("A4", True)
    sheet.print_area = f"{address(TITLE, LIST_FIRST)}:{address(listing.last_row, last)}"
    return sheet


def _cell(sheet: Sheet, layout: Layout, listing: Listing, line: Line, unit: int, row: int, values: Evaluation) -> None:
    column, pattern = listing.columns[line.label], number_format(line)
    if line.points is not None:
        content = figure_content(layout, listing, line, "points", unit, values)
        sheet.put(row, listing.columns["points"], content, "points")
    constant = line.constant(unit)
    tree = layout.plan.written(line)
    if tree is not None and constant is None:
        text = layout.in_list(line, tree, listing, [unit])[unit]
        sheet.put(row, column, Formula(text, values.value(line.key, unit)), CELL_STYLE[line.role], pattern)
    elif line.input is not None and constant is None:
        sheet.put(row, column, values.value(line.key, unit), input_style(layout.design, line), pattern, locked=False)
    elif line.role is Role.PARAMETER and line.values is None:
        sheet.put(row, column, None, "absent")
    else:
        sheet.put(row, column, constant, "absent" if constant in (None, NONE_MARK) else CELL_STYLE[line.role], pattern)


def _watch(sheet: Sheet, layout: Layout, listing: Listing, label: str, asked: Input, values: Evaluation) -> None:
    """One rule for the whole column of an input, or one for each stretch of rows that have it."""
    open_rows = []
    for block, unit in listing.entries:
        line = next(line for line in block.lines if line.label == label)
        if line.constant(unit) is None:
            open_rows.append((listing.row_of[block.id, unit], line, unit))
    runs: list[list[tuple[int, Line, int]]] = []
    for entry in open_rows:
        if runs and entry[0] == runs[-1][-1][0] + 1:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    letters = letters_of(listing.columns[label])
    for run in runs:
        (first, line, unit), (last, *_) = run[0], run[-1]
        watch_cells(sheet, layout, listing, line, asked, unit, f"{letters}{first}:{letters}{last}", values)
