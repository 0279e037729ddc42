"""How the columns of texts share what the units leave of a page's width, so that the rows take least height."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from generator.layout.matrix import Matrix
from generator.layout.needs import cells_need, label_need, text_need
from generator.lines.line import Line
from generator.plan.plan import Block

TEXTS = ("label", "name", "assessor", "sentence")
NARROWEST = {"label": 9.0, "name": 12.0, "assessor": 9.0, "sentence": 17.0}
WIDEST = {"label": 26.0, "name": 34.0, "assessor": 17.0, "sentence": 64.0}
"""How narrow and how wide columns of texts may get, in characters."""
STEP = 2.0
Rows = Sequence[tuple[Line, float]]
"""The rows of a block, each with how high it must be for all but its label."""


def balance(grid: Matrix, room: float) -> None:
    """Set the widths of the columns of texts. room: of a page, in characters."""
    keys = [key for key in TEXTS if key in grid.columns]
    now = {key: grid.widths[grid.columns[key]] for key in keys}
    spare = room - sum(grid.widths.values()) + sum(now.values())
    blocks = [block for block in grid.blocks if block.kind in ("indicator", "data") and block.lines]
    nothing = [0.0] * len(blocks)
    rows = [[(line, cells_need(grid, line)) for line in block.lines if line.key not in grid.above] for block in blocks]
    best, least = now, sum(map(max, nothing, *(_need(grid, blocks, rows, key, width) for key, width in now.items())))
    needs: dict[tuple[str, float], list[float]] = {}
    for widths in _shares(keys, now, spare):
        for key, width in widths.items():
            if (key, width) not in needs:
                needs[key, width] = _need(grid, blocks, rows, key, width)
        height = sum(map(max, nothing, *(needs[key, width] for key, width in widths.items())))
        if height < least - 0.5:
            best, least = widths, height
    for key, width in best.items():
        grid.widths[grid.columns[key]] = width


def _shares(keys: Sequence[str], now: dict[str, float], spare: float) -> Iterator[dict[str, float]]:
    """All ways to share a width out; the last column has what the others leave."""
    *others, last = keys
    choices = [_steps(NARROWEST[key], max(NARROWEST[key], WIDEST.get(key, now[key]))) for key in others]
    for widths in product(*choices):
        left = math.floor(spare - sum(widths))
        if left >= NARROWEST[last]:
            yield dict(zip(keys, [*widths, min(float(left), WIDEST.get(last, now[last]))], strict=True))


def _steps(low: float, high: float) -> list[float]:
    return [low + STEP * number for number in range(int((high - low) / STEP) + 1)]


def _need(grid: Matrix, blocks: Sequence[Block], rows: Sequence[Rows], key: str, width: float) -> list[float]:
    """How high each block must be for the texts of a column so wide; for the labels, for its rows."""
    if key == "label":
        return [sum(max(least, label_need(grid, line, width)) for line, least in own) for own in rows]
    return [text_need(grid, block, key, width) for block in blocks]
