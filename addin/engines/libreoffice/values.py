"""Cell values between xlwings and UNO: blanks, numbers, texts, dates, truth values and errors.

UNO knows numbers and texts only. Which number is a date or a truth value is a matter of the cell's number format, and
asking for every cell's format would cost a call a cell. Instead the texts the cells show come in one call: a number that
does not read back from its text is looked at more closely.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

Position = tuple[int, int]
"""Row and column within a range, from 0."""

DATE, LOGICAL = "date", "logical"
_DATE_BITS, _LOGICAL_BIT = 2 | 4, 1024  # of com.sun.star.util.NumberFormat
_SHOWN_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d+))?(?:E([+-]\d+))?(%?)")
_ERRORS = {"Err:502": "#VALUE!", "Err:503": "#NUM!", "Err:513": "#VALUE!", "Err:521": "#NULL!", "Err:523": "#NUM!"}


class CellError(str):
    """An error in a cell, by its Excel name; read as None unless ``err_to_str`` is asked for."""


def prepared(value: Any) -> Any:
    """A value of whatever type people hand to xlwings, as one that `Incoming` takes: "", bool, float, str or datetime.

    Raises TypeError for anything else, ValueError for an infinite number.
    """
    if value is None or isinstance(value, (str, bool)):
        return "" if value is None else value
    if type(value).__module__ == "numpy":
        value = value.astype("datetime64[us]").item() if type(value).__name__ == "datetime64" else value.item()
        return prepared(value)
    if type(value).__name__ == "NAType" or value != value:  # NA, NaN and NaT are blanks, as with Excel
        return ""
    if isinstance(value, numbers.Number):
        number = float(value)  # type: ignore[arg-type]
        if math.isinf(number):
            raise ValueError(f"单元格不能存放无穷大（{value!r}）")
        return number
    if isinstance(value, dt.datetime):
        return dt.datetime(*value.timetuple()[:6], value.microsecond)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise TypeError(f"单元格不能存放 {type(value).__name__} 类型的值（{value!r}）")


def cleaned(
    data: Iterable[Iterable[Any]], build_date: Callable[..., Any], empty: Any, build_number: Callable[[float], Any] | None, errors: bool
) -> list[list[Any]]:
    """What xlwings makes of values read raw, by the options of `Range.options`."""

    def one(value: Any) -> Any:
        if isinstance(value, CellError):
            return str(value) if errors else None
        if value is None or value == "":
            return empty
        if isinstance(value, dt.datetime):
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return build_date(tzinfo=None, **{part: getattr(value, part) for part in parts})
        if build_number is not None and isinstance(value, float):
            return build_number(value)
        return value

    return [[one(value) for value in row] for row in data]


def decoded(
    rows: Sequence[Sequence[Any]],
    shown: Callable[[], Sequence[Sequence[str]]],
    kinds: Callable[[list[Position]], dict[Position, str]],
    null_date: dt.datetime,
) -> list[list[Any]]:
    """What `getDataArray` gave, with None for blanks and dates, truth values and errors in their own types.

    shown: the texts of the cells; kinds: of the given cells those with the format of a date or a truth value.
    """
    out: list[list[Any]] = [[None if value == "" else value for value in row] for row in rows]
    if all(isinstance(value, str) for row in rows for value in row):
        return out
    texts = shown()
    doubtful = []
    for at, value in _cells(rows):
        if value is None:  # an error, blanks being ""
            text = texts[at[0]][at[1]]
            out[at[0]][at[1]] = CellError(_ERRORS.get(text, text if text.startswith("#") else "#VALUE!"))
        elif isinstance(value, float) and not reads_back(texts[at[0]][at[1]], value):
            doubtful.append(at)
    for (row, column), kind in (kinds(doubtful) if doubtful else {}).items():
        value = rows[row][column]
        if kind == DATE:
            out[row][column] = from_serial(value, null_date)
        elif value in (0.0, 1.0):
            out[row][column] = bool(value)
    return out


def reads_back(text: str, value: float) -> bool:
    """Whether a text is a plain rendering of a number, as far as its digits go. A year alone (2020 for 43831) is not."""
    match = _SHOWN_NUMBER.fullmatch(text)
    if not match or text in ("", "-", "%"):
        return False
    decimals, exponent, percent = len(match[1] or ""), int(match[2] or 0), bool(match[3])
    unit = 10.0 ** (exponent - decimals) / (100 if percent else 1)
    number = float(text.rstrip("%").replace(",", "")) / (100 if percent else 1)
    return abs(number - value) <= 0.5000001 * unit + 1e-9 * abs(value)


class Incoming:
    """Values for a range, made ready for UNO.

    rows: for `setDataArray` or, where there is a formula among them, for `setFormulaArray`. dates, times, truths,
    plain_numbers: the cells that hold such values; a time is a date with a time of the day.
    """

    def __init__(self, data: Sequence[Sequence[Any]], formula: Callable[[str], str], null_date: dt.datetime) -> None:
        self.dates: list[Position] = []
        self.times: list[Position] = []
        self.truths: list[Position] = []
        self.plain_numbers: list[Position] = []
        if len({len(row) for row in data}) != 1:
            raise ValueError("各行的列数不一致，不能写入")
        self.has_formulas = any(isinstance(value, str) and is_formula(value) for row in data for value in row)
        encode = self._as_typed if self.has_formulas else self._as_data
        self.rows = tuple(tuple(encode((i, j), value, formula, null_date) for j, value in enumerate(row)) for i, row in enumerate(data))

    def _as_data(self, at: Position, value: Any, _: Callable[[str], str], null_date: dt.datetime) -> str | float:
        if isinstance(value, str):
            return value.removeprefix("'")  # Excel's mark for "this is a text"
        return self._number(at, value, null_date)

    def _as_typed(self, at: Position, value: Any, formula: Callable[[str], str], null_date: dt.datetime) -> str:
        if isinstance(value, str):
            if is_formula(value):
                return formula(value)
            return "'" + value.removeprefix("'") if value else ""
        return repr(self._number(at, value, null_date))  # LibreOffice reads back the very number

    def _number(self, at: Position, value: Any, null_date: dt.datetime) -> float:
        if isinstance(value, bool):
            self.truths.append(at)
        elif isinstance(value, dt.datetime):
            (self.dates if value.time() == dt.time() else self.times).append(at)
            return to_serial(value, null_date)
        else:
            self.plain_numbers.append(at)
        return float(value)


def is_formula(text: str) -> bool:
    """Whether Excel would take a text that is typed in for a formula."""
    return len(text) > 1 and text.startswith("=")


def to_serial(value: dt.datetime, null_date: dt.datetime) -> float:
    """Days since the document's null date."""
    return (value - null_date) / dt.timedelta(days=1)


def from_serial(days: float, null_date: dt.datetime) -> Any:
    """The time a number of days after the null date, to the millisecond; the number itself where there is no such time."""
    try:
        return null_date + dt.timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return days


def kind_of_type(number_format_type: int) -> str:
    """DATE, LOGICAL or "" for the Type of a number format."""
    if number_format_type & _LOGICAL_BIT:
        return LOGICAL
    return DATE if number_format_type & _DATE_BITS else ""


def kinds(cells: Any, positions: list[Position], kind_of: Callable[[int], str]) -> dict[Position, str]:
    """Which of some cells of a UNO range hold dates or truth values, by their number formats.

    Asks for the format of the smallest block around them at once and halves it only where formats differ, so that a column
    of dates costs two calls.
    """
    if not positions:
        return {}
    top, bottom = min(row for row, _ in positions), max(row for row, _ in positions)
    left, right = min(column for _, column in positions), max(column for _, column in positions)
    block = cells.getCellRangeByPosition(left, top, right, bottom)
    if block.getPropertyState("NumberFormat").value != "AMBIGUOUS_VALUE":
        kind = kind_of(block.getPropertyValue("NumberFormat"))
        return dict.fromkeys(positions, kind) if kind else {}
    if bottom - top >= right - left:
        halves: Iterator[list[Position]] = ([at for at in positions if (at[0] * 2 > top + bottom) is low] for low in (False, True))
    else:
        halves = ([at for at in positions if (at[1] * 2 > left + right) is low] for low in (False, True))
    return {at: kind for half in halves for at, kind in kinds(cells, half, kind_of).items()}


def _cells(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Position, Any]]:
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            yield (i, j), value
