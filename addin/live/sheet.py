"""A sheet of the workbook that is open in a program."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import xlwings

from addin.engines import adapter
from addin.live.blocks import Box, area, blocks, runs
from addin.workbooks.book import BookError
from addin.workbooks.edits import same_formula
from generator.columns import column_of, letters_of
from generator.layout.addresses import address, place_of
from generator.sheets.sheet import Formula
from generator.value import ErrorValue, Value, decimal_of
from generator.xlsx.sheet_part import MAX_FORMULA

Content = float | str
"""What stands in a cell, as one would type it: ``=`` and a formula, ``'`` and a text, a number, TRUE or FALSE, an error
value, nothing."""


class Change(NamedTuple):
    """A cell, what stands there, and what is to stand there."""

    sheet: str
    at: str
    before: Content
    after: Content


MAX_CELLS = 1_000_000
"""A sheet whose used range is larger is not read whole; a book of 386 indicators × 100 units has 130,000."""
HEAD_ROWS, HEAD_COLUMNS = 40, 200
"""So much is read of a larger one, to see whose it is."""
ERRORS = frozenset(
    ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"]
)

_EPOCH = dt.datetime(1899, 12, 30)
_ODD = re.compile(r"[\d年月日时点]|^[\s=+\-@'#%$¥￥(（.{]|^(?:true|false)$", re.IGNORECASE)
"""Texts that a program may take for something else when they are typed in without ``'``."""
_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


class LiveSheet:
    """One sheet of an open workbook.

    changes: address → what stands there in the program and what is to stand there.
    """

    def __init__(self, sheet: xlwings.Sheet, name: str) -> None:
        self.sheet, self.name = sheet, name
        self.changes: dict[str, tuple[Content, Content]] = {}
        self._rows: list[tuple[int, list[tuple[str, str]]]] | None = None
        self._cut = False

    # -- reading

    @cached_property
    def _used(self) -> xlwings.Range:
        """What is read: the used range, or of a very large one its head."""
        used = self.sheet.used_range
        rows, columns = used.shape
        self._cut = rows * columns > MAX_CELLS
        return used.resize(min(rows, HEAD_ROWS), min(columns, HEAD_COLUMNS)) if self._cut else used

    @cached_property
    def _addresses(self) -> list[list[str]]:
        (rows, columns), top, left = self._used.shape, self._used.row, self._used.column
        letters = [letters_of(left + i) for i in range(columns)]
        return [[f"{letter}{row}" for letter in letters] for row in range(top, top + rows)]

    @cached_property
    def _values(self) -> dict[str, Any]:
        """What the cells show, by address, as xlwings gives it; blanks are left out. One read."""
        rows = self._used.options(ndim=2, err_to_str=True).value
        listed = zip(self._addresses, rows, strict=True)
        return {at: value for places, row in listed for at, value in zip(places, row, strict=True) if value is not None and value != ""}

    @cached_property
    def _formulas(self) -> dict[str, str]:
        """The formulas by address, with ``=``; what merely looks like one is left out. One read."""
        read = self._used.formula
        rows = read if isinstance(read, (list, tuple)) else [[read]]
        listed = zip(self._addresses, rows, strict=True)
        texts = {at: t for places, row in listed for at, t in zip(places, row, strict=True) if isinstance(t, str) and t[:1] == "="}
        return {at: text for at, text in texts.items() if len(text) > 1 and self._values.get(at) != text}

    def value(self, at: str) -> Value:
        """What a cell holds or its formula shows. An error value is its text, such as #N/A."""
        shown: Value = self._values.get(at)
        if isinstance(shown, (float, dt.datetime)):
            shown = self._values[at] = _exact(shown)
        elif isinstance(shown, str) and shown in ERRORS:
            return ErrorValue(shown)
        elif shown is None and self._cut:
            raise BookError(f"“{self.name}”表用到的区域过大，多半是下方有大量带格式的空行；请删去数据下方的空行和右侧的空列，保存后再试")
        return shown

    def formula(self, at: str) -> str | None:
        """A cell's formula in English, without ``=``; None where there is none."""
        content = self.changes[at][1] if at in self.changes else self._formulas.get(at)
        if not isinstance(content, str) or content[:1] != "=" or content[1:] in ERRORS:  # LibreOffice keeps a typed #N/A as =#N/A
            return None
        return content[1 : MAX_FORMULA + 1]

    def spells(self, at: str, formula: str) -> bool:
        """Whether a cell has a formula (with ``=``), spelt like this to the letter."""
        return at not in self.changes and self._formulas.get(at) == formula

    def keeps(self, at: str, value: Value) -> bool:
        """Whether a cell has no formula and holds just this."""
        return at not in self._formulas and at not in self.changes and self.value(at) == value

    def values(self, at: Sequence[str]) -> list[Value]:
        """`value` of each of some cells."""
        return [*map(self.value, at)]

    def spell(self, at: Sequence[str], formulas: Sequence[str]) -> bool:
        """Whether `spells` holds of each of some cells."""
        return all(map(self.spells, at, formulas))

    def keep(self, at: Sequence[str], values: Sequence[Value]) -> bool:
        """Whether `keeps` holds of each of some cells."""
        return all(map(self.keeps, at, values))

    def plain(self, at: Sequence[str]) -> bool:
        """Whether none of some cells has a formula or an error value."""
        return self._formulas.keys().isdisjoint(at) and self.changes.keys().isdisjoint(at) and all(self.kind(one) != "e" for one in at)

    def kind(self, at: str) -> str:
        """``e`` for an error value, ``b``, ``s`` and ``n`` for the others, as in a file."""
        raw = self._values.get(at)
        if isinstance(raw, str):
            return "e" if raw in ERRORS else "s"
        return "b" if isinstance(raw, bool) else "n"

    def rows(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Each row that shows anything, with these cells as (column letters, address)."""
        if self._rows is None:
            places = [_parted(at) for at in self._values]
            if self.changes:
                places.sort(key=lambda place: (place[0], column_of(place[1])))
            self._rows = [(row, [(letters, at) for _, letters, at in cells]) for row, cells in groupby(places, lambda place: place[0])]
        yield from self._rows
        if self._cut and "key" in self._values.values():
            self.value("")  # ours, and too large

    @cached_property
    def protected(self) -> bool:
        """Whether the sheet's protection is on."""
        return adapter.is_protected(self.sheet)

    def content(self, at: str) -> Content:
        """What stands in a cell, as one would type it."""
        if at in self.changes:
            return self.changes[at][1]
        return self._formulas.get(at) or constant(self._values.get(at))

    def refresh(self) -> None:
        """Let values be read anew."""
        del self._values
        self._rows = None

    # -- changing

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell. Text stays text, also when it begins with ``=``."""
        self._change(at, constant(value), None if value == "" else value)

    def set_formula(self, at: str, text: str, value: Value) -> None:
        """Put a formula (with ``=``) into a cell. value: what it comes to."""
        self._change(at, text, value)

    def set_result(self, at: str, value: Value) -> None:
        """Let a formula be calculated again, so that it shows what it comes to."""
        self._change(at, self.content(at), value)

    def put(self, at: str, content: Value | Formula) -> None:
        """`set` or `set_formula`, whichever it takes."""
        if isinstance(content, Formula):
            self.set_formula(at, content.text, content.value)
        else:
            self.set(at, content)

    def put_back(self, at: str, content: Content) -> None:
        """Put into a cell what `content` told earlier."""
        self._change(at, content, None)

    def _change(self, at: str, content: Content, value: Value) -> None:
        before = self.changes[at][0] if at in self.changes else self.content(at)
        self.changes[at] = before, content
        if (at in self._values) != (value is not None):
            self._rows = None
        if value is None:
            self._values.pop(at, None)
        else:
            self._values[at] = value

    # -- writing

    def write(self) -> None:
        """Put the changes into the program, in one block of cells or two; what stands between them is written as it was."""
        changed = {place_of(at) for at in self.changes}
        boxes = blocks(changed)
        if sum(map(area, boxes)) > len(changed) and adapter.has_arrays(self._used):
            boxes = runs(changed)  # somebody's array formula may stand between, which cannot be written as it was
        for top, left, bottom, right in boxes:
            cells = range(left, right + 1)
            rows = tuple(tuple(_typed(self.content(address(row, column))) for column in cells) for row in range(top, bottom + 1))
            adapter.hush(self.sheet.book)
            self._range((top, left, bottom, right)).formula = rows
        for at, (_, content) in self.changes.items():
            self._formulas.pop(at, None)
            if isinstance(content, str) and content[:1] == "=":
                self._formulas[at] = content
        self.changes = {}

    def _range(self, box: Box) -> xlwings.Range:
        return self.sheet.range(box[:2], box[2:])


def _parted(at: str) -> tuple[int, str, str]:
    match = _ADDRESS.fullmatch(at)
    assert match
    return int(match[2]), match[1], at


def _exact(raw: float | dt.datetime) -> Decimal:
    """A number as a file has it; of a time its serial number."""
    number = (raw - _EPOCH) / dt.timedelta(days=1) if isinstance(raw, dt.datetime) else raw
    return Decimal(int(number)) if number.is_integer() and abs(number) < 1e15 else decimal_of(number)


def constant(raw: Any) -> Content:
    """A constant as one would type it."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, str):
        return raw if raw in ERRORS else f"'{raw}"
    if isinstance(raw, dt.datetime):
        return (raw - _EPOCH) / dt.timedelta(days=1)
    return float(raw)


def same_content(one: Content, other: Content) -> bool:
    """Whether two cells hold the same, however a program spells a formula."""
    if isinstance(one, str) and isinstance(other, str) and one[:1] == other[:1] == "=":
        return same_formula(one, other)
    return one == other


def _typed(content: Content) -> Content:
    """What is handed to the program: no ``'`` before a text that nobody could take for anything else."""
    if isinstance(content, str) and content[:1] == "'" and not _ODD.search(content[1:]):
        return content[1:]
    return content
