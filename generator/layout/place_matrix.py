"""Rows, columns and sizes of a `Matrix`."""

from __future__ import annotations

from generator.layout.design import Column, Design
from generator.layout.grid import HEAD_ROW
from generator.layout.matrix import Matrix
from generator.layout.pages import page_width
from generator.layout.text_size import height_of, lines_needed, text_width
from generator.lines.line import Line
from generator.plan.plan import Block, Plan

FEW_UNITS = 6
ALONE = 15.0
"""How wide the column of a unit is at most on a sheet of its own."""


def matrix(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Matrix:
    grid = Matrix(plan, design, sheet, units, blocks)
    _columns(grid)
    _rows(grid)
    return grid


def _columns(grid: Matrix) -> None:
    position = grid.first_visible
    for column in grid.form_columns:
        if column.key == "units":
            width = _unit_width(grid, column)
            for unit in grid.units:
                grid.unit_columns[unit] = position
                grid.widths[position] = width
                position += 1
            continue
        if column.key == "measure" and not any(b.measure for b in grid.blocks):
            continue
        if column.key == "standard" and not any(line.standard or line.shared for line in grid.lines):
            continue
        grid.columns[column.key] = position
        grid.widths[position] = _own_width(grid, column)
        position += 1
    grid.last_column = position - 1


def _own_width(grid: Matrix, column: Column) -> float:
    """The width of a column beside the units: as designed, or wider where its texts need it."""
    if column.key == "label":
        return _label_width(grid, column)
    if column.key == "number":
        longest = max((text_width(b.number or b.id) for b in grid.blocks if b.kind == "indicator"), default=0)
        return min(column.widest or column.width, max(column.width, longest * 1.15 + 1))
    if column.key == "name" and len(grid.units) == 1:
        return column.widest or column.width
    return column.width


def _label_width(grid: Matrix, column: Column) -> float:
    longest = max(text_width(line.label) for line in grid.lines)
    lines = 1 if longest <= 10 else 2 if longest <= 28 else 3
    return min(column.widest, max(column.width, longest / lines * 1.35 + 1))


def _unit_width(grid: Matrix, column: Column) -> float:
    """Unit names stand on one line where units are few, else on two; numbers of the table must fit."""
    lines = 1 if len(grid.units) <= FEW_UNITS else 2
    names = max(text_width(grid.plan.units[u]) for u in grid.units) / lines * 1.2 + 1
    figures = 0.0
    for line in grid.lines:
        for value in line.values or ():
            if value is not None and not isinstance(value, (str, bool)):
                figures = max(figures, len(f"{value:,f}") * 1.1 + 1)
    widest = ALONE if len(grid.units) == 1 else column.widest or 255
    return min(widest, max(column.width, names, figures))


def _rows(grid: Matrix) -> None:
    row = grid.first_row = HEAD_ROW + (2 if grid.grouped else 1)
    base = grid.design.row_height
    for block in grid.blocks:
        first = row
        for line in block.lines:
            grid.rows[line.key] = row
            grid.heights[row] = max(base, _row_need(grid, line))
            row += 1
        if not block.lines:  # a heading alone
            grid.heights[row] = base
            row += 1
        grid.spans.append((block, first, row - 1))
        if block.kind in ("indicator", "data"):
            _stretch(grid, block, first, row - 1)
    grid.last_row, grid.head_row = row - 1, grid.first_row - 1
    room = page_width(grid, grid.design.print.smallest_scale / 100)
    grid.heights[grid.title_row], grid.heights[grid.title_row + 1] = grid.title_height(room), 18
    head = max(lines_needed(grid.plan.units[u], grid.widths[grid.first_unit], 10) for u in grid.units)
    grid.heights[grid.first_row - 1] = max(30.0, height_of(head, 10))
    if grid.grouped:
        width = sum(grid.widths[c] for c in grid.unit_columns.values())
        names = max(lines_needed(name, width, 10) for name, _ in grid.groups()) if len(grid.units) == 1 else 1
        grid.heights[HEAD_ROW] = max(18.0, height_of(names, 10))


def _row_need(grid: Matrix, line: Line) -> float:
    column = grid.columns.get("label")
    need = height_of(lines_needed(line.label, grid.widths[column], 10), 10) if column else 0.0
    if line.standard and "standard" in grid.columns:
        shown = line.standard.form.replace("{}", "0.00")
        need = max(need, height_of(lines_needed(shown, grid.widths[grid.columns["standard"]], 9), 9))
    return need


def _stretch(grid: Matrix, block: Block, first: int, last: int) -> None:
    """Make a block high enough for its merged texts."""
    needs = [0.0]
    for key, text, size in (
        ("name", block.name, 10),
        ("sentence", block.sentence, 9),
        ("assessor", block.assessor, 9),
        ("measure", block.measure, 10),
    ):
        if key in grid.columns and text:
            needs.append(height_of(lines_needed(text, grid.widths[grid.columns[key]], size), size))
    short = max(needs) - sum(grid.heights[r] for r in range(first, last + 1))
    if short > 0:
        for row in range(first, last + 1):
            grid.heights[row] += short / (last - first + 1)
