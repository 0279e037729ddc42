"""How the lists in order of rank share pages: small groups together, long ones cut between units, none with nothing but a line
to sign on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WELL_FULL = 2 / 3
"""So full is a page that a list may rather begin on the next one than be cut."""
WORTH = 5
"""So many units of a long list are worth beginning it on a page that has others."""


@dataclass(frozen=True)
class Stretch:
    """Rows of one list on one page, as (first, last), both of units."""

    first: int
    last: int


def table_breaks(heights: Sequence[tuple[int, float]], room: float) -> tuple[list[int], float]:
    """After which rows of a table pages end, and how much of the last page is used. heights: row and height; room: for rows."""
    breaks: list[int] = []
    used = 0.0
    for row, height in heights:
        if used + height > room and used:
            breaks.append(row - 1)
            used = 0.0
        used += height
    return breaks, used


def filled_breaks(heights: Sequence[tuple[int, float]], room: float, least: float) -> list[int]:
    """The same, with a last page that is less full than ``least`` filled from the page before, as far as that stays fuller."""
    breaks, used = table_breaks(heights, room)
    high = dict(heights)
    while breaks and used < least * room:
        row = breaks[-1]
        before = sum(high[r] for r in range((breaks[-2] if len(breaks) > 1 else heights[0][0] - 1) + 1, row))
        if before < used + high[row]:
            break
        used += high[row]
        breaks[-1] = row - 1
    return breaks


class Pages:
    """Pages being filled with lists. room: for rows on a page; used: of the page at hand; breaks: after which rows pages end."""

    def __init__(self, room: float, used: float) -> None:
        self.room, self.used = room, used
        self.breaks: list[int] = []

    def put(self, head: int, first: int, caption: float, heights: Sequence[float], tail: float, headed: bool = False) -> Iterator[Stretch]:
        """Put a list on pages. head: its first row; first: that of its first unit; caption: how high the rows between are; tail: what
        must follow its last unit on the same page; headed: each page says what the columns are, so that a list is rather cut than
        leaves a page half empty."""
        whole = caption + sum(heights) + tail
        begun = 0
        if self.used and self.used + whole > self.room:
            begun = sum(1 for n in range(1, len(heights)) if self.used + caption + sum(heights[:n]) <= self.room)
            fits = whole <= self.room and not (headed and self.used < self.room * WELL_FULL)
            if fits or begun < WORTH or len(heights) - begun < WORTH:
                self._end(head - 1)
                begun = 0
        if begun:
            yield Stretch(first, first + begun - 1)
            self._end(first + begun - 1)
            first, heights, caption = first + begun, heights[begun:], 0.0
        self.used += caption
        for start, end in self._shares(heights, tail, headed):
            if start:
                self._end(first + start - 1)
            self.used += sum(heights[start:end])
            yield Stretch(first + start, first + end - 1)

    def _shares(self, heights: Sequence[float], tail: float, headed: bool) -> Iterator[tuple[int, int]]:
        """The rows of a list that each page takes: as many on each, or where other lists follow, as many as it has room for."""
        count = max(1, -(-int(sum(heights) + tail + self.used) // int(self.room)))
        size = -(-len(heights) // count)
        start, used = 0, self.used
        while start < len(heights):
            end = start + size
            if headed and not tail and count > 1:
                end = start + max(1, sum(1 for n in range(start + 1, len(heights) + 1) if used + sum(heights[start:n]) <= self.room))
                end = end if end >= len(heights) else max(start + 1, min(end, len(heights) - WORTH))
            yield start, min(end, len(heights))
            start, used = end, 0.0

    def _end(self, row: int) -> None:
        self.breaks.append(row)
        self.used = 0.0
