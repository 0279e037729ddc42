"""Where a cell without a key of its own is by now, between the keyed rows and columns that were put around it."""

from __future__ import annotations

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
        rows |= {row: area.row_keys[key] for key, row in original.row_keys.items()}
        texts = {column: area.columns.get(key) for key, column in original.columns.items()}
        columns = {KEY: found.head.key} | texts | {column: area.column_keys[key] for key, column in original.column_keys.items()}
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
        self.known = known
        self.now = lru_cache(maxsize=None)(self._now)

    def _now(self, put: int) -> int | None:
        before = max((known for known in self.known if known <= put), default=put)
        after = min((known for known in self.known if known >= put), default=before)
        start, end = self.known.get(before), self.known.get(after)
        if start is None or end is None or end - start != after - before:
            return None
        return start + put - before
