"""How high the rows of a `Matrix` must be for what stands in and beside them, in points."""

from __future__ import annotations

from generator.layout.matrix import Matrix
from generator.layout.spoken import LEADING, SIZE, named, words_need, wrapped
from generator.layout.text_size import height_of, lines_needed
from generator.lines.line import Line
from generator.plan.plan import Block

TALLEST = 1.42
"""How high a line is at least, against the size of its letters, where a text has several: the tallest of the usual fonts (Noto Sans CJK,
where there is no 宋体) takes 1.45, and a text of it may touch the borders of its cell; 1.45 would cost every twentieth page more."""
TEXTS = ("name", "sentence", "assessor", "measure")
"""The texts beside an indicator's rows."""


def row_need(grid: Matrix, line: Line, label: float | None) -> float:
    """Of a row by itself. label: how wide the column of labels is, in characters; None where there is none."""
    return max(cells_need(grid, line), label_need(grid, line, label) if label else 0.0)


def label_need(grid: Matrix, line: Line, width: float) -> float:
    """Of a row for its label, in a column so wide, in characters."""
    return _height(grid, "label", grid.called(line), width)


def cells_need(grid: Matrix, line: Line) -> float:
    """Of a row for all but its label."""
    need = grid.design.row_height
    if wrapped(grid.design):
        need = max(need, words_need(grid.plan, line, grid.widths[grid.first_unit]))
    if grid.design.form > 4:
        need = max([need, *(height_of(lines_needed(text, grid.widths[grid.first_unit], SIZE), SIZE, LEADING) for text in named(line))])
    if line.standard and "standard" in grid.columns and grid.design.form < 6:  # a number never goes on on a second line
        shown = line.standard.form.replace("{}", "0.00")
        need = max(need, height_of(lines_needed(shown, grid.widths[grid.columns["standard"]], 9), 9, grid.design.leading))
    return need


def text_need(grid: Matrix, block: Block, key: str, width: float) -> float:
    """Of a block for one of the texts beside its rows, in a column so wide, in characters."""
    text: str = getattr(block, key)
    if key == "sentence" and wrapped(grid.design):
        text = grid.said(block)
    return _height(grid, key, text, width) if text else 0.0


def _height(grid: Matrix, key: str, text: str, width: float) -> float:
    size, form = grid.sizes[key], grid.design.form
    lines = lines_needed(text, width, size, form > 4)
    need = height_of(lines, size, grid.design.leading)
    return max(need, lines * size * TALLEST) if form > 5 else need
