"""Which rows of a `Matrix`, and columns of a `Roster`, are there for formulas alone, and are not shown, since the sixth form.

What none of a sheet's units has, where formulas look at it; the total before it is held back for what is missing; what is due where there
are no points. The figures of a scheme are always seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.lines.keys import WORKED
from generator.lines.line import Line, Role
from generator.plan.plan import HEADINGS, Block, BlockKind, absent_units

if TYPE_CHECKING:
    from generator.layout.grid import Grid
    from generator.layout.matrix import Matrix

POINTS = "分值"
"""What the points of an indicator are called where units have their own."""


def unseen(grid: Matrix) -> tuple[frozenset[str], frozenset[int]]:
    """The lines and the blocks (by their place) whose rows are not shown."""
    if grid.design.form < 6:
        return frozenset(), frozenset()
    gone = _of_others(grid) if len(grid.units) < len(grid.plan.units) else frozenset()
    lines: set[str] = {line.key for number in gone for line in grid.blocks[number].lines}
    lines |= idle(grid)
    return frozenset(lines), gone | {number for number, block in enumerate(grid.blocks) if _all(block, lines)}


def idle(grid: Grid) -> frozenset[str]:
    """The lines that say nothing: what is due where there are no points, and the total before it is held back."""
    if grid.design.form < 6:
        return frozenset()
    return frozenset({WORKED, *(line.key for block in grid.blocks for line in block.lines if _is_nothing(block, line))})


def _all(block: Block, lines: set[str]) -> bool:
    return bool(block.lines) and all(line.key in lines for line in block.lines)


def _is_nothing(block: Block, line: Line) -> bool:
    """Whether a line says what is due on an indicator without points."""
    return line.role is Role.DUE and not any(
        own.label == POINTS or (own.points is not None and own.points.value != 0) for own in block.lines
    )


def _of_others(grid: Matrix) -> frozenset[int]:
    """The indicators that no unit of the sheet has, and the headings and the data of nothing else."""
    blocks, count = grid.blocks, len(grid.plan.units)
    absent = [block.kind == BlockKind.INDICATOR and not _is_asked(grid, block) for block in blocks]
    for number, block in enumerate(blocks):
        if absent[number]:
            masks = absent_units(block, count)
            absent[number] = all(masks[unit] for unit in grid.units)
    gone = {number for number, none in enumerate(absent) if none}
    for number, block in enumerate(blocks):
        below = _below(blocks, number) if block.kind in HEADINGS else range(0)
        indicators = [at for at in below if blocks[at].kind == BlockKind.INDICATOR]
        if indicators and all(absent[at] for at in indicators) and not any(_is_asked(grid, blocks[at]) for at in below):
            gone |= {number, *below}
    return frozenset(gone)


def _below(blocks: Sequence[Block], number: int) -> range:
    """The blocks that stand under a heading."""
    end = next((at for at in range(number + 1, len(blocks)) if blocks[at].depth <= blocks[number].depth), len(blocks))
    return range(number + 1, end)


def _is_asked(grid: Matrix, block: Block) -> bool:
    """Whether somebody has to fill in anything of a block on this sheet."""
    asked = [line for line in block.lines if line.input is not None]
    return any(line.shared or any(line.constant(unit) is None for unit in grid.units) for line in asked)
