"""Where a cell without a key of its own is by now, between the keyed rows and columns that were put around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache

from addin.workbooks.snapshot import Found
from generator.layout.addresses import address, place_of
from generator.layout.grid import KEY, KEY_ROW
from generator.layout.matrix import Matrix

PUSHED = 50
"""How many inserted rows are looked over."""


class Moved:
    """A sheet as it was put and as it is. Only of one whose keyed rows and columns are all there, in their order."""

    def __init__(self, found: Found) -> None:
        area, original = found.area, found.original
        rows: dict[int, int | None] = {KEY_ROW: found.head.row}
        if isinstance(area, Matrix) and isinstance(original, Matrix):
            rows[original.head_row] = area.head_row
        row_keys, column_keys = area.row_keys, area.column_keys
        rows |= {row: row_keys[key] for key, row in original.row_keys.items()}
        texts = {column: area.columns.get(key) for key, column in original.columns.items()}
        columns = {KEY: found.head.key} | texts | {column: column_keys[key] for key, column in original.column_keys.items()}
        self._row, self._column = _Line(rows).now, _Line(columns).now
        self.last = max(rows)
        """The last row with a key, as it was put; what stands below it, a line to sign, may have been pushed further down."""

    def now(self, at: str) -> str | None:
        """Where a cell is; None where it is gone, or something was inserted between the keys around it, so that it cannot be
        told."""
        row, column = place_of(at)
        where = self._row(row), self._column(column)
        return None if where[0] is None or where[1] is None else address(where[0], where[1])

    def below(self, put: str, now: str) -> list[str]:
        """Where else a cell may be by now, when there is no key below it that would tell."""
        row, column = place_of(now)
        return [address(row + more, column) for more in range(1, PUSHED)] if place_of(put)[0] > self.last else []


class _Line:
    """Rows, or columns. known: of some of them where each is by now, None for what is gone."""

    def __init__(self, known: Mapping[int, int | None]) -> None:
        self.known, self.order = known, sorted(known)
        self.now = lru_cache(maxsize=None)(self._now)

    def _now(self, put: int) -> int | None:
        up_to, place = bisect_right(self.order, put), bisect_left(self.order, put)
        before = self.order[up_to - 1] if up_to else put
        after = self.order[place] if place < len(self.order) else before
        start, end = self.known.get(before), self.known.get(after)
        if start is None or end is None or end - start != after - before:
            return None
        return start + put - before
