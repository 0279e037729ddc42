"""How the columns of texts share what the units leave of a page's width, so that the rows take least height."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from generator.layout.matrix import Matrix
from generator.layout.needs import label_need, row_need, text_need

TEXTS = ("label", "name", "assessor", "sentence")
NARROWEST = {"label": 9.0, "name": 12.0, "assessor": 9.0, "sentence": 17.0}
WIDEST = {"label": 26.0, "name": 34.0, "assessor": 17.0, "sentence": 64.0}
"""How narrow and how wide columns of texts may get, in characters."""
STEP = 2.0


def balance(grid: Matrix, room: float) -> None:
    """Set the widths of the columns of texts. room: of a page, in characters."""
    keys = [key for key in TEXTS if key in grid.columns]
    now = {key: grid.widths[grid.columns[key]] for key in keys}
    spare = room - sum(grid.widths.values()) + sum(now.values())
    blocks = [block for block in grid.blocks if block.kind in ("indicator", "data") and block.lines]
    nothing = [0.0] * len(blocks)
    bare = [[(line, row_need(grid, line, None)) for line in block.lines if line.key not in grid.above] for block in blocks]

    def need(key: str, width: float) -> list[float]:
        """How high each block must be for the texts of a column so wide; for the labels, for its rows."""
        if key == "label":
            return [sum(max(least, label_need(grid, line, width)) for line, least in rows) for rows in bare]
        return [text_need(grid, block, key, width) for block in blocks]

    best, least = now, sum(map(max, nothing, *(need(key, width) for key, width in now.items())))
    needs: dict[tuple[str, float], list[float]] = {}
    for widths in _shares(keys, now, spare):
        for key, width in widths.items():
            if (key, width) not in needs:
                needs[key, width] = need(key, width)
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
