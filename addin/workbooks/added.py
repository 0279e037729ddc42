"""Rows and columns that somebody added: whether the book's own formulas count them in.

The formulas are those of the file, as the program there shifted them: a range over all units reaches across a column that
was inserted between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def in_row(taken: Snapshot, found: Found, row: int) -> list[str]:
    """The cells of a row between the keyed ones that formulas count in. What has no unit on a list, and no role on a scoring
    sheet whose units stand side by side, is asked for by none of them."""
    area = found.area
    if isinstance(area, Matrix):
        signs = [address(row, column) for column in (ROLE, TAG)]
    elif isinstance(area, Listing):
        signs = [address(row, area.columns["unit"])] if "unit" in area.columns else []
    else:
        columns = sorted({*area.columns.values()} | {area.columns[UNITS]})
        filled = [at for column in columns if found.part.value(at := address(row, column)) not in (None, "")]
        across = {
            c for one in _ranges(taken, found) if one.top < one.bottom and one.top <= row <= one.bottom for c in (one.left, one.right)
        }
        return [at for at in filled if column_of(at.rstrip("0123456789")) in across]
    return [at for at in signs if found.part.value(at) not in (None, "")]


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
