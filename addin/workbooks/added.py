"""Rows and columns that somebody added: whether the book's own formulas count them in.

The formulas are those of the file, as the program there shifted them: a range over all units reaches across a column that
was inserted between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from addin.workbooks.book import Cells
from addin.workbooks.snapshot import Found, Snapshot
from generator.columns import column_of
from generator.layout.addresses import address
from generator.layout.grid import ROLE, TAG, UNITS
from generator.layout.listing import Listing
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.sheets import meta

_RANGE = re.compile(
    r"(?P<counts>\bCOLUMNS\()?(?:(?P<sheet>'(?:[^']|'')+'|[^\s!'(),;:+*/&<>=^-]+)!)?"
    r"\$?(?P<left>[A-Z]{1,3})\$?(?P<top>[1-9]\d{0,6}):\$?(?P<right>[A-Z]{1,3})\$?(?P<bottom>[1-9]\d{0,6})(?![\dA-Z(])",
    re.IGNORECASE,
)


class _Range(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int
    counts: bool


def in_column(taken: Snapshot, found: Found, column: int) -> tuple[bool, list[str]]:
    """Of a column between the units' own: whether formulas count it in, and which of its cells hold anything. What has a unit's
    key, as the copy of a column has, is counted as one more unit."""
    keyed = sorted(set(found.area.row_keys.values()))
    filled = [at for row in keyed if found.part.value(at := address(row, column)) not in (None, "")]
    rows = {row for row in keyed if address(row, column) in filled}
    copied = isinstance(found.area, Matrix) and found.part.value(address(found.area.key_row, column)) not in (None, "")
    counts = copied or any(
        one.left <= column <= one.right and (one.counts or any(one.top <= row <= one.bottom for row in rows))
        for one in _ranges(taken, found)
        if one.left < one.right
    )
    return counts, filled


class Rows:
    """What stands in rows between the keyed ones that formulas count in. What has no unit on a list, and no role on a scoring sheet
    whose units stand side by side, is asked for by none of them."""

    def __init__(self, taken: Snapshot, found: Found) -> None:
        self.taken, self.found = taken, found

    def within(self, first: int, last: int) -> list[str]:
        """The cells of some rows that are counted."""
        if not any(first <= row <= last for row in self._filled):
            return []
        return [at for row, cells in self._filled.items() if first <= row <= last for at in cells if self._is_counted(row, at)]

    @cached_property
    def _filled(self) -> dict[int, list[str]]:
        """The cells that hold anything in the columns that matter, by row."""
        part, area = self.found.part, self.found.area
        if isinstance(area, Matrix):
            columns = [ROLE, TAG]
        elif isinstance(area, Listing):
            columns = [area.columns["unit"]] if "unit" in area.columns else []
        else:
            columns = sorted({*area.columns.values()})
        found: dict[int, list[str]] = {}
        for row, _ in part.rows():
            cells = [at for column in columns if part.value(at := address(row, column)) not in (None, "")]
            if cells:
                found[row] = cells
        return found

    def _is_counted(self, row: int, at: str) -> bool:
        if not isinstance(self.found.area, Roster):
            return True
        column = column_of(at.rstrip("0123456789"))
        return any(one.top < one.bottom and one.top <= row <= one.bottom for one in self._over.get(column, ()))

    @cached_property
    def _over(self) -> dict[int, set[_Range]]:
        """The ranges that begin or end in a column."""
        found: dict[int, set[_Range]] = {}
        for one in _ranges(self.taken, self.found):
            for column in (one.left, one.right):
                found.setdefault(column, set()).add(one)
        return found


def below(found: Found) -> list[str]:
    """The names of units below the last row of a table that has a row for each: nothing counts them."""
    area = found.area
    column = None if isinstance(area, Matrix) else area.columns.get(UNITS if isinstance(area, Roster) else "unit")
    if column is None:
        return []
    last = max(area.row_keys.values())
    return [at for row, _ in found.part.rows() if row > last and found.part.value(at := address(row, column)) not in (None, "")]


def beyond(area: Matrix, part: Cells) -> list[str]:
    """What stands for a unit's name right of the last unit's column: nothing counts it."""
    last = max(area.unit_columns.values())
    end = min((column for column in area.columns.values() if column > last), default=last + 2)
    return [at for column in range(last + 1, end) if part.value(at := address(area.head_row, column)) not in (None, "")]


def _ranges(taken: Snapshot, found: Found) -> Iterator[_Range]:
    """Every range over cells of a sheet in the book's formulas."""
    own, book = found.area.sheet, taken.package
    for name in book.sheet_names:
        if name == meta.NAME or name in taken.strangers:
            continue
        part = found.part if name == own else book.sheet(name)
        for text in filter(None, (part.formula(at) for _, cells in part.rows() for _, at in cells)):
            for match in _RANGE.finditer("".join(text.split('"')[::2])):
                sheet = (match["sheet"] or "").strip("'").replace("''", "'") or name
                if sheet == own:
                    top, bottom = int(match["top"]), int(match["bottom"])
                    yield _Range(top, column_of(match["left"]), bottom, column_of(match["right"]), bool(match["counts"]))
