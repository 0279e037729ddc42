"""How much room texts take on a sheet and on paper."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

NARROW, WIDE = 8.0, 9.4
"""Pixels a character of column width takes: with 宋体 11 in Excel, and where a program has to take a wider font instead.

Text is wrapped by the narrow figure and pages are filled by the wide one, so that nothing is cut in either.
"""
MILLIMETRES_PER_PIXEL = 25.4 / 96
POINTS_PER_MILLIMETRE = 72 / 25.4
_DOUBLE = frozenset("WFA")
"""The widths of characters, as Unicode has them, that count two."""
A4 = (210.0, 297.0)
PAPERS = {"A4": A4, "A3": (297.0, 420.0)}
"""The short and the long side of each paper, in millimetres."""


def millimetres(width: float) -> float:
    """The printed width of a column of so many characters."""
    return width * WIDE * MILLIMETRES_PER_PIXEL


@lru_cache(maxsize=20_000)
def text_width(text: str) -> float:
    """How many half-width characters wide a text is; a Chinese character counts two."""
    return len(text) if text.isascii() else len(text) + sum(map(_DOUBLE.__contains__, map(unicodedata.east_asian_width, text)))


@lru_cache(maxsize=100_000)
def lines_needed(text: str, width: float, size: float, unbroken: bool = False) -> int:
    """How many lines a text takes in a column of ``width`` characters at a font size in points. unbroken: what goes on one line need not
    take whole characters of the width, as lines do that are broken."""
    room = (width * NARROW - 6) / (size * 96 / 72) * 0.95
    characters = max(1, int(room))
    wide = [text_width(part) / 2 * 1.05 for part in text.split("\n")]
    return sum(1 if unbroken and one <= room else max(1, math.ceil(one / characters)) for one in wide)


def height_of(lines: int, size: float, leading: float = 1.4) -> float:
    """The height in points of so many lines of text. leading: how high a line is, against the size of its letters."""
    return lines * size * leading + 3


def shared_out(
    given: Sequence[float], rows: Sequence[Sequence[str]], sizes: Sequence[float], least: float
) -> tuple[list[float], list[int]]:
    """The widths of three columns of texts that are as wide together as the given ones and take the fewest lines, and how many lines each
    row takes; the given ones where no others take fewer. rows: the texts of each; sizes: of letters; least: width of a column."""
    known: dict[tuple[int, float], list[int]] = {}

    def lines(share: Sequence[float]) -> list[int]:
        for column in enumerate(share):
            if column not in known:
                at, width = column
                known[column] = [lines_needed(texts[at], width, sizes[at], True) for texts in rows]
        return [max(counts) for counts in zip(*(known[column] for column in enumerate(share)), strict=True)]

    whole = int(sum(given))
    steps = range(math.ceil(least), whole, 2)
    shares: list[list[float]] = [[*given]]
    shares += [[first, whole - first - last, last] for first in steps for last in steps if whole - first - last >= least]
    best = min(shares, key=lambda share: sum(lines(share)))
    return best, lines(best)
