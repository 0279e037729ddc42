"""The rows of tables to look things up in: each cell of the regulation's table in a column of its own."""

from __future__ import annotations

from typing import Any

from generator.definition.kind import Kind
from generator.definition.shapes import Row
from generator.definition.words import CELL, VALUE

FEWEST, MOST = 6, 40
"""How many such columns there always are, and how many there can be."""
_TEXT = Kind(text=True)


def cells(count: int) -> dict[str, Kind]:
    """So many columns."""
    return {f"{CELL}{number}": _TEXT for number in range(1, count + 1)}


def parted(row: Row) -> Row:
    """A row with its cells apart; as it is where they could not be put together again."""
    listed = row.get(VALUE)
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST or not all(one is None or _is_plain(one) for one in listed):
        return row
    if listed[-1] is None:
        return row
    apart = {f"{CELL}{number}": one for number, one in enumerate(listed, 1) if one is not None}
    return {key: value for key, value in row.items() if key != VALUE} | apart


def joined(row: Row) -> Row:
    """The row that some cells make; as it is where all of it stands in one cell too, which is told."""
    numbers = {int(key.removeprefix(CELL)): value for key, value in row.items() if key.startswith(CELL)}
    if not numbers or VALUE in row:
        return row
    listed = [numbers.get(number) for number in range(1, max(numbers) + 1)]
    return {key: value for key, value in row.items() if not key.startswith(CELL)} | {VALUE: listed}


def width(rows: list[Row]) -> int:
    """How many columns some rows take."""
    used = [int(key.removeprefix(CELL)) for row in rows for key in row if key.startswith(CELL)]
    return max([FEWEST, *used])


def _is_plain(one: Any) -> bool:
    """Whether a text is the same when it was written into a cell and read again."""
    return isinstance(one, str) and bool(one) and one == one.strip()
