"""填报与计分, where units are many and lines few: every unit a row, every indicator some columns with its rule above them."""

from __future__ import annotations

from decimal import Decimal

from generator.layout.addresses import address
from generator.layout.grid import KEY, KEY_ROW, ROLE, TAG, UNIT, UNITS
from generator.layout.layout import Layout
from generator.layout.roster import Roster, level_key
from generator.layout.spoken import input_style
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.plan import HEADINGS, Block
from generator.sheets.scoring import NO_POINTS, Builder, figure_format, figure_style, number_format
from generator.sheets.sheet import Sheet

BESIDE = ("sentence", "assessor", "measure")
"""The rows of the head between an indicator's name and its columns."""


def build(layout: Layout, grid: Roster, values: Evaluation, bare: bool = False) -> Sheet:
    """The scoring sheet of a book with a row for each unit. bare: see `Builder`."""
    return _Builder(layout, grid, values, bare).filled()


class _Builder(Builder):
    def __init__(self, layout: Layout, grid: Roster, values: Evaluation, bare: bool) -> None:
        super().__init__(layout, grid, values, bare)
        self.grid, self.head = grid, grid.head

    def filled(self) -> Sheet:
        """The sheet with all that stands on it."""
        grid = self.grid
        first, last = self.segments[0]
        self.titles(grid, first, max(first, last - 3))
        self.captions()
        self.units()
        for block, first, last in grid.spans:
            self.above(block, first, last)
        for line in grid.lines:
            if line.key in grid.columns:
                self.line(line)
        for line in grid.lines:
            self.figures(line)
        sheet = self.sheet
        unseen = [column for column, width in grid.widths.items() if not width]
        sheet.widths = {KEY: 12.0, **grid.widths, **dict.fromkeys(unseen, self.design.summary.widths["hidden"])}
        sheet.hidden_columns, sheet.hidden_rows = [KEY, *unseen], [KEY_ROW, ROLE, TAG]
        sheet.filter = f"{address(self.head['label'], grid.first_visible)}:{address(grid.last_row, grid.last_column)}"
        self.finish(grid)
        return sheet

    def captions(self) -> None:
        """What the rows of the head are, and what the columns on the left are."""
        sheet, grid = self.sheet, self.grid
        words = {column.key: column.heading for column in self.design.scoring.columns}
        for key, row in self.head.items():
            if key in words and key not in ("name", "label"):
                sheet.span(row, grid.first_visible, row, grid.head_column, words[key], "heading")
        top = min(self.head.values())
        sheet.span(top, grid.first_visible, self.head["name"], grid.head_column, words.get("name"), "heading")
        for key in ("number", "group", UNITS):
            if key in grid.columns:
                column = grid.columns[key]
                text = self.design.summary.headings["unit" if key == UNITS else key]
                sheet.put(self.head["label"], column, text, "heading")
                sheet.put(KEY_ROW, column, key, "hidden")
        for key, row in grid.rows.items():
            sheet.put(row, KEY, key, "hidden")

    def units(self) -> None:
        sheet, grid = self.sheet, self.grid
        group_of = {unit: group for group, members in grid.groups() for unit in members}
        for unit, row in grid.unit_rows.items():
            sheet.put(row, KEY, f"{UNIT}{self.plan.units[unit]}", "hidden")
            sheet.put(row, grid.columns["number"], Decimal(unit + 1), "number")
            sheet.put(row, grid.columns[UNITS], self.plan.units[unit], "name")
            if "group" in grid.columns:
                sheet.put(row, grid.columns["group"], group_of[unit], "number")

    def above(self, block: Block, first: int, last: int) -> None:
        """What stands above a block's columns: a group's name over all that belongs to it, an indicator's with its rule."""
        head, texts = self.head, self.grid.texts(block)
        top = head.get(level_key(block.depth), head["name"])
        bottom = max(head.get(key, 0) for key in ("name", *BESIDE))
        if block.kind in HEADINGS:
            self.across(top, first, top, last, block.heading, "heading")
            own = [line for line in block.lines if line.key in self.grid.columns]
            if own:
                self.across(top + 1, last - len(own) + 1, bottom, last, own[0].label, "group_score")
        elif block.kind == "total":
            self.across(top, first, bottom, last, texts["name"], "total")
        else:
            self.across(top, first, head["name"], last, texts["name"], "heading")
            for key in BESIDE:
                if key in head:
                    self.across(head[key], first, head[key], last, texts[key], key)

    def across(self, top: int, first: int, bottom: int, last: int, text: str, style: str) -> None:
        """A merged block, or one on each page that it reaches over."""
        for start, end in self.segments:
            if max(first, start) <= min(last, end):
                self.sheet.span(top, max(first, start), bottom, min(last, end), text or None, style)

    def line(self, line: Line) -> None:
        sheet, column = self.sheet, self.grid.columns[line.key]
        marks = ((KEY_ROW, line.key), (self.grid.rows["roles"], line.role.value), (self.grid.rows["tags"], line.tag))
        for row, text in marks:
            sheet.put(row, column, text or None, "hidden")
        sheet.put(self.head["label"], column, self.grid.called(line), "heading")
        for key in ("points", "standard"):
            if key in self.head:
                sheet.put(self.head[key], column, None, figure_style(line, key))
        self.cells(self.grid, line)

    def figures(self, line: Line) -> None:
        """A line's figures above its column, or where units have no cells of their own on it, above a neighbour's."""
        sheet, grid = self.sheet, self.grid
        column = grid.column(line.key)
        for key in ("standard", "points"):
            if key == "standard" and line.shared and line.input is not None:
                sheet.put(
                    grid.rows[key],
                    column,
                    self.values.fixed(line.key, key),
                    input_style(self.design, line),
                    number_format(line),
                    locked=False,
                )
            elif figure := grid.figure(line, key):
                pattern = NO_POINTS if key == "points" and figure.value == 0 else figure_format(figure, line)
                sheet.put(grid.rows[key], column, self.figure(grid, line, key), figure_style(line, key), pattern)
