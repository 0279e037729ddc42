"""A sheet to look at: tables with heads, and charts between them on pages of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.layout import design as designs
from generator.layout.addresses import address
from generator.layout.text_size import A4, MILLIMETRES_PER_PIXEL, NARROW, height_of, lines_needed, millimetres
from generator.sheets.sheet import BarChart, Sheet
from generator.value import Value

BARS, BAR_MM = 25, 7
"""So many bars stand in a chart, each so many millimetres high."""
LEAST_MM, WIDE_MM = 50, 180
EDGE_MM = 2
"""So much a chart is narrower than the table above it: what stands beyond that is not printed."""
NAMED = 16
"""So many characters of a name stand beside its bar."""
SCORE, SIGNED = "0.00", "+0.00;-0.00;0.00"
FIRST, TITLE, HEAD = 1, 1, 2
SIZE = 10
TALLEST = 400.0
"""Points of a row; Excel takes 409."""
SMALLEST = 40
"""Of the scale that a page is printed at, in percent."""


class Shown(NamedTuple):
    """What a cell shows, in which style and number format."""

    value: Value
    style: str
    format: str = "General"


def centred(value: Value) -> Shown:
    """A figure or a short word."""
    return Shown(value, "number")


def left(text: str) -> Shown:
    """A name."""
    return Shown(text, "name")


class Table:
    """A sheet that is filled from the top: a title, tables with heads, charts between them."""

    def __init__(self, name: str, title: str, widths: Sequence[float]) -> None:
        self.sheet, self.row, self.widths = Sheet(name, protected=False), HEAD, widths
        self.sheet.widths = dict(enumerate(widths, FIRST))
        self.sheet.span(TITLE, FIRST, TITLE, len(widths), title, "title")
        self.sheet.heights[TITLE] = 34

    def say(self, text: str, style: str = "plain") -> None:
        """A line across the sheet."""
        self.sheet.span(self.row, FIRST, self.row, len(self.widths), text, style)
        self.sheet.heights[self.row] = max(18.0, height_of(lines_needed(text, sum(self.widths), SIZE), SIZE))
        self.row += 1

    def head(self, texts: Sequence[str]) -> None:
        """The heads of columns, as high as they need."""
        for column, text in enumerate(texts, FIRST):
            self.sheet.put(self.row, column, text, "heading")
        lines = max(lines_needed(text, width, SIZE) for text, width in zip(texts, self.widths, strict=False))
        self.sheet.heights[self.row] = max(30.0, height_of(lines, SIZE) + 2)
        self.row += 1

    def line(self, cells: Sequence[Shown]) -> None:
        """A row of values, each with its style and number format."""
        lines = 1
        for column, (value, style, pattern) in enumerate(cells, FIRST):
            self.sheet.put(self.row, column, value, style, pattern)
            if isinstance(value, str):
                lines = max(lines, sum(lines_needed(part, self.widths[column - FIRST], SIZE) for part in value.split("\n")))
        self.sheet.heights[self.row] = min(TALLEST, max(18.0, height_of(lines, SIZE)))
        self.row += 1

    def chart(self, title: str, first: int, last: int, names: int, values: int, below_zero: bool = False) -> None:
        """Bars for some rows, on a page of their own."""
        last = min(last, first + BARS - 1)
        names = self._shortened(first, last, names)
        height = max(LEAST_MM, (last - first + 1) * BAR_MM + 20)
        wide = min(WIDE_MM, sum(self.widths) * NARROW * MILLIMETRES_PER_PIXEL - EDGE_MM)
        self.sheet.row_breaks.append(self.row - 1)
        self.sheet.charts.append(
            BarChart(title, (first, last, names), (first, last, values), address(self.row, FIRST), wide, height, below_zero)
        )
        self.row += int(height / 25.4 * 72 / 15) + 2
        self.sheet.row_breaks.append(self.row - 1)

    def _shortened(self, first: int, last: int, names: int) -> int:
        """The column with the names of bars; where they are so long that no room is left for bars, one with shorter names, right of
        what is printed."""
        texts = {row: str(self.sheet.cells[row, names].content or "") for row in range(first, last + 1)}
        if all(len(text) <= NAMED for text in texts.values()):
            return names
        column = FIRST + len(self.widths) + 1
        for row, text in texts.items():
            self.sheet.put(row, column, text if len(text) <= NAMED else f"{text[: NAMED - 1]}…", "hidden")
        return column

    def done(self, landscape: bool = False) -> Sheet:
        """The sheet, with its print area, as wide as a page: Excel lets pages end where charts begin only where it is told the scale."""
        sheet = self.sheet
        sheet.landscape = landscape
        margins = designs.load().print.margins
        room = A4[landscape] - margins["left"] - margins["right"]
        sheet.scale = max(SMALLEST, min(100, int(100 * room / sum(map(millimetres, self.widths)))))
        del sheet.row_breaks[-1:]
        sheet.title_rows = (TITLE, TITLE)
        sheet.print_area = f"{address(TITLE, FIRST)}:{address(self.row, len(self.widths))}"
        return sheet
