"""How the columns of texts share what the units leave of a page's width, so that the rows take least height."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from generator.layout.matrix import Matrix
from generator.layout.needs import cells_need, label_need, text_need
from generator.lines.line import Line
from generator.plan.plan import Block

TEXTS = ("label", "name", "assessor", "sentence")
LIMITS = {"label": (8.0, 26.0), "name": (12.0, 44.0), "assessor": (9.0, 17.0), "sentence": (17.0, 64.0)}
"""How narrow and how wide columns of texts may get, in characters."""
BEFORE = LIMITS | {"label": (9.0, 26.0), "name": (12.0, 34.0)}
"""The same, until the fourth form."""
COARSE, FINE = 2.0, 1.0
"""In which steps widths are tried: all of them, then, from the fifth form on, those about the best."""
Rows = Sequence[tuple[Line, float]]
"""The rows of a block, each with how high it must be for all but its label."""


def balance(grid: Matrix, room: float) -> None:
    """Set the widths of the columns of texts. room: of a page, in characters."""
    keys = [key for key in TEXTS if key in grid.columns]
    now = {key: grid.widths[grid.columns[key]] for key in keys}
    spare = room - sum(grid.widths.values()) + sum(now.values())
    unseen, gone = grid.unseen
    blocks = [b for number, b in enumerate(grid.blocks) if b.kind in ("indicator", "data") and b.lines and number not in gone]
    nothing = [0.0] * len(blocks)
    apart = {*grid.above, *unseen}
    rows = [[(line, cells_need(grid, line)) for line in block.lines if line.key not in apart] for block in blocks]
    best, least = now, sum(map(max, nothing, *(_need(grid, blocks, rows, key, width) for key, width in now.items())))
    needs: dict[tuple[str, float], list[float]] = {}
    lately = grid.design.form > 4
    limits = {key: (LIMITS if lately else BEFORE)[key] for key in keys}
    steps = {key: _steps(low, high) for key, (low, high) in limits.items()}
    for near in (False, True) if lately else (False,):
        if near:
            steps = {
                key: [w for w in (best[key] - FINE, best[key], best[key] + FINE) if low <= w <= high] for key, (low, high) in limits.items()
            }
        for widths in _shares(limits, steps, spare):
            for key, width in widths.items():
                if (key, width) not in needs:
                    needs[key, width] = _need(grid, blocks, rows, key, width)
            height = sum(map(max, nothing, *(needs[key, width] for key, width in widths.items())))
            if height < least - 0.5:
                best, least = widths, height
    for key, width in best.items():
        grid.widths[grid.columns[key]] = width


def _shares(limits: Mapping[str, tuple[float, float]], steps: Mapping[str, list[float]], spare: float) -> Iterator[dict[str, float]]:
    """The ways to share a width out in such steps; the last column has what the others leave."""
    *others, last = limits
    low, high = limits[last]
    for widths in product(*(steps[key] for key in others)):
        left = math.floor(spare - sum(widths))
        if left >= low:
            yield dict(zip(limits, [*widths, min(float(left), high)], strict=True))


def _steps(low: float, high: float) -> list[float]:
    return [low + COARSE * number for number in range(int((high - low) / COARSE) + 1)]


def _need(grid: Matrix, blocks: Sequence[Block], rows: Sequence[Rows], key: str, width: float) -> list[float]:
    """How high each block must be for the texts of a column so wide; for the labels, for its rows."""
    if key == "label":
        return [sum(max(least, label_need(grid, line, width)) for line, least in own) for own in rows]
    return [text_need(grid, block, key, width) for block in blocks]
