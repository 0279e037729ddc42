"""Where a cell without a key of its own is by now, between the keyed rows and columns that were put around it.

Between two keys the rows go by what stands in them: a heading is known again by its words, however many rows were inserted beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise

from addin.workbooks.book import Cells
from addin.workbooks.snapshot import Found
from generator.columns import column_of
from generator.layout.addresses import address, place_of
from generator.layout.grid import KEY, KEY_ROW
from generator.sheets.sheet import Formula
from generator.value import Value

PUSHED = 50
"""How many inserted rows are looked over."""


class Moved:
    """A sheet as it was put and as it is. Only of one whose keyed rows and columns are all there, in their order.

    wanted: what stands in the locked cells that belong to no line, by address as they were put.
    """

    def __init__(self, found: Found, wanted: Mapping[str, Value | Formula]) -> None:
        area, original = found.area, found.original
        row_of, column_of_key = area.row_keys, area.column_keys
        rows = {KEY_ROW: found.head.row} | {row: row_of[key] for key, row in original.row_keys.items()}
        texts = {column: area.columns.get(key) for key, column in original.columns.items()}
        columns = {KEY: found.head.key} | texts | {column: column_of_key[key] for key, column in original.column_keys.items()}
        words = _Words(wanted, found.part)
        self._rows, self._columns = _Line(rows, words, 0), _Line(columns, words, 1)
        self.last = max(rows)
        """The last row with a key, as it was put; what stands below it, a line to sign, may have been pushed further down."""

    def now(self, at: str) -> str | None:
        """Where a cell is; None where it is gone."""
        row, column = place_of(at)
        where = self._rows.now(row), self._columns.now(column)
        return None if where[0] is None or where[1] is None else address(where[0], where[1])

    def below(self, put: str, now: str) -> list[str]:
        """Where else a cell may be by now, when there is no key below it that would tell."""
        row, column = place_of(now)
        return [address(row + more, column) for more in range(1, PUSHED)] if place_of(put)[0] > self.last else []

    @property
    def gone(self) -> list[tuple[int, str]]:
        """The rows without a key that are gone, but for empty ones: as they were put, and what stood there."""
        return [(row, "、".join(self._rows.wanted[row])) for row in self._rows.gone if row in self._rows.wanted]

    @property
    def added(self) -> Iterator[tuple[int, int]]:
        """The first and the last of each run of rows that somebody put between ours."""
        return self._rows.added()


class _Words:
    """The texts that are wanted and those that are there; along: 0 by row, 1 by column."""

    def __init__(self, wanted: Mapping[str, Value | Formula], part: Cells) -> None:
        self.wanted, self.part = wanted, part

    def put(self, along: int) -> dict[int, dict[str, None]]:
        """What was put, in the order of the cells."""
        found: dict[int, dict[str, None]] = defaultdict(dict)
        for at, text in self.wanted.items():
            if isinstance(text, str) and text:
                found[place_of(at)[along]][text] = None
        return found

    def there(self, along: int) -> dict[int, set[str]]:
        """What is there."""
        found: dict[int, set[str]] = defaultdict(set)
        for row, cells in self.part.rows():
            for letters, at in cells:
                value = self.part.value(at)
                if value not in (None, ""):
                    found[(row, column_of(letters))[along]].add(value if isinstance(value, str) else "")
        return found


class _Line:
    """Rows, or columns. known: of some of them where each is by now, None for what is gone."""

    def __init__(self, known: Mapping[int, int | None], words: _Words, along: int) -> None:
        self.known, self.order = known, sorted(known)
        self.words, self.along = words, along
        self._between: dict[int, dict[int, int]] = {}

    @cached_property
    def wanted(self) -> dict[int, dict[str, None]]:
        """The texts of each one that has any, as they were put."""
        return self.words.put(self.along)

    @cached_property
    def there(self) -> dict[int, set[str]]:
        """The texts that each one has by now."""
        return self.words.there(self.along)

    def now(self, put: int) -> int | None:
        """Where one is by now; None where it is gone."""
        if put in self.known:
            return self.known[put]
        up_to = bisect_right(self.order, put)
        if not up_to:
            return None
        before = self.order[up_to - 1]
        if up_to == len(self.order):
            start = self.known[before]
            return None if start is None else start + put - before
        return self._matched(before, self.order[up_to]).get(put)

    @property
    def gone(self) -> list[int]:
        """Those between two known ones that are gone."""
        return [put for a, b in self._gaps() for put in range(a + 1, b) if put not in self._matched(a, b)]

    def added(self) -> Iterator[tuple[int, int]]:
        """The first and the last of each run between two known ones that was not put there."""
        for a, b in self._gaps():
            own = [self.known[a], *sorted(self._matched(a, b).values()), self.known[b]]
            for one, other in pairwise(own):
                if one is not None and other is not None and other - one > 1:
                    yield one + 1, other - 1

    def _gaps(self) -> Iterator[tuple[int, int]]:
        return ((a, b) for a, b in pairwise(self.order) if self.known[a] and self.known[b])

    def _matched(self, before: int, after: int) -> dict[int, int]:
        """Where those between two known ones are by now."""
        if before not in self._between:
            start, end = self.known[before], self.known[after]
            if start is None or end is None:
                self._between[before] = {}
            elif end - start == after - before:
                self._between[before] = {put: start + put - before for put in range(before + 1, after)}
            else:
                self._between[before] = self._by_words(range(before + 1, after), self._looked_over(start, end))
        return self._between[before]

    def _looked_over(self, start: int, end: int) -> list[int]:
        """What may be one of ours between two of them: all, or of very many those that hold something."""
        if end - start <= PUSHED:
            return list(range(start + 1, end))
        return sorted(place for place in self.there if start < place < end)[:PUSHED]

    def _by_words(self, put: range, places: list[int]) -> dict[int, int]:
        """Which of some places each is at, in their order, so that as many texts as can be stand where they are wanted; where
        nothing tells, the first."""
        few, many = (put, places) if len(put) <= len(places) else (places, put)
        turned = few is places
        best = [[0] * (len(many) + 1)] + [[-1] * (len(many) + 1) for _ in few]
        for i, one in enumerate(few, 1):
            for j, other in enumerate(many, 1):
                alike = self._alike(other, one) if turned else self._alike(one, other)
                fresh = best[i - 1][j - 1] + alike if best[i - 1][j - 1] >= 0 else -1
                best[i][j] = max(best[i][j - 1], fresh)
        found, i, j = dict[int, int](), len(few), len(many)
        while i:
            if j > i and best[i][j] == best[i][j - 1]:
                j -= 1
            else:
                i, j = i - 1, j - 1
                found[many[j] if turned else few[i]] = few[i] if turned else many[j]
        return found

    def _alike(self, put: int, place: int) -> int:
        """How much speaks for one being at a place: every text of its own, and a little that both are empty, or neither is."""
        wanted, there = self.wanted.get(put, {}), self.there.get(place, set())
        return 100 * len(wanted.keys() & there) + (bool(wanted) == bool(there))
