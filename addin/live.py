"""A workbook that is open in a spreadsheet program, as snapshot, audit and recompute see any workbook.

Sheets are read whole, once: their values in one call, their formulas in another. What is changed stays in memory, where
it is read back at once, until `LiveBook.write` puts it into the program, one or two blocks of cells a sheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

import xlwings
from lxml import etree
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from addin.audit import same_value
from addin.engines import adapter
from generator.exact import Value, decimal_of
from generator.package import MAIN, MAX_FORMULA, PackageError
from generator.sheet import Formula, address

Content = float | str
"""What stands in a cell, as one would type it: ``=`` and a formula, ``'`` and a text, a number, TRUE or FALSE, an error
value, nothing."""
Change = tuple[str, str, Content, Content]
"""Of a cell: sheet, address, what stands there, what will."""
Box = tuple[int, int, int, int]
"""Top, left, bottom, right."""

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


class LiveBook:
    """An open workbook."""

    def __init__(self, book: xlwings.Book) -> None:
        self.book = book
        self.name: str = book.name
        self._sheets: dict[str, LiveSheet] = {}

    @cached_property
    def _tabs(self) -> dict[str, xlwings.Sheet]:
        return {sheet.name: sheet for sheet in self.book.sheets}

    @cached_property
    def sheet_paths(self) -> Mapping[str, str]:
        """The sheets by name, in the order of the tabs."""
        return {name: name for name in self._tabs}

    @cached_property
    def sheet_states(self) -> Mapping[str, str]:
        """Whether a sheet is to be seen."""
        return {name: "visible" if sheet.visible else "hidden" for name, sheet in self._tabs.items()}

    @cached_property
    def parts(self) -> Mapping[str, bytes]:
        """The parts that saving would make for macros and for links to other files, as far as there are any."""
        macros, links = adapter.has_macros(self.book), adapter.has_links(self.book)
        return {**({"xl/vbaProject.bin": b""} if macros else {}), **({"xl/externalLinks/externalLink1.xml": b""} if links else {})}

    def xml(self, path: str) -> Any:
        """``xl/workbook.xml`` with the mode of calculation, and nothing else."""
        root = etree.Element(f"{{{MAIN}}}workbook")
        etree.SubElement(root, f"{{{MAIN}}}calcPr", calcMode="manual" if self.book.app.calculation == "manual" else "auto")
        return root

    def sheet(self, name: str) -> LiveSheet:
        """A sheet by its name. Raises PackageError when there is none."""
        if name not in self._sheets:
            if name not in self._tabs:
                raise PackageError(f"工作簿里没有“{name}”工作表")
            self._sheets[name] = LiveSheet(self._tabs[name], name)
        return self._sheets[name]

    @property
    def changed(self) -> list[str]:
        """The sheets with changes that are not written yet."""
        return [name for name, sheet in self._sheets.items() if sheet.changes]

    @property
    def changes(self) -> list[Change]:
        """Every change not written yet that makes a difference."""
        return [(name, at, *pair) for name, sheet in self._sheets.items() for at, pair in sheet.changes.items() if pair[0] != pair[1]]

    @contextmanager
    def unlocked(self, needed: Collection[str], wanted: Iterable[str] = ()) -> Iterator[list[str]]:
        """Work on sheets without their protection, which is put back as it was; gives those where that was possible.

        Raises WrongPassword, before the work, where a `needed` one has a password.
        """
        with ExitStack() as stack:
            opened = []
            for name in dict.fromkeys([*needed, *wanted]):
                try:
                    stack.enter_context(adapter.unprotected(self._tabs[name]))
                    opened.append(name)
                except adapter.WrongPassword:
                    if name in needed:
                        raise
            yield opened

    def write(self) -> None:
        """Put all changes into the program; their sheets must be `unlocked`."""
        for name in self.changed:
            self._sheets[name].write()

    def differing(self, expected: Mapping[tuple[str, str], Value]) -> list[tuple[str, str, Value, Value]]:
        """Which cells show something else than they should, now that the program has calculated: sheet, address, what they
        should show and what they do. Reads every sheet's values once more."""
        for name in {sheet for sheet, _ in expected}:
            self.sheet(name).refresh()
        found = []
        for (name, at), wanted in expected.items():
            shown = self._sheets[name].value(at)
            if not same_value(shown, wanted):
                found.append((name, at, wanted, shown))
        return found


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
        letters = [get_column_letter(left + i) for i in range(columns)]
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
        elif shown is None and self._cut:
            raise PackageError(f"“{self.name}”表用到的区域过大，多半是下方有大量带格式的空行；请删去数据下方的空行和右侧的空列，保存后再试")
        return shown

    def formula(self, at: str) -> str | None:
        """A cell's formula in English, without ``=``; None where there is none."""
        content = self.changes[at][1] if at in self.changes else self._formulas.get(at)
        if not isinstance(content, str) or content[:1] != "=" or content[1:] in ERRORS:  # LibreOffice keeps a typed #N/A as =#N/A
            return None
        return content[1 : MAX_FORMULA + 1]

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
                places.sort(key=lambda place: (place[0], column_index_from_string(place[1])))
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
        return self._formulas.get(at) or _constant(self._values.get(at))

    def refresh(self) -> None:
        """Let values be read anew."""
        del self._values
        self._rows = None

    # -- changing

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell. Text stays text, also when it begins with ``=``."""
        self._change(at, _constant(value), None if value == "" else value)

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
        changed = {coordinate_to_tuple(at) for at in self.changes}
        boxes = blocks(changed)
        if sum(map(_area, boxes)) > len(changed) and adapter.has_arrays(self._used):
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


def blocks(places: Collection[tuple[int, int]]) -> list[Box]:
    """The one or two rectangles that hold all of some cells, given by row and column, and as few others as may be."""
    best = [_around(places)]
    for axis in (0, 1):
        ordered = sorted(places, key=lambda place: place[axis])
        before, after = _growing(ordered), _growing(ordered[::-1])[::-1]
        for i in range(1, len(ordered)):
            if ordered[i - 1][axis] < ordered[i][axis] and _area(before[i - 1]) + _area(after[i]) < sum(map(_area, best)):
                best = [before[i - 1], after[i]]
    return best


def runs(places: Collection[tuple[int, int]]) -> list[Box]:
    """Rectangles that hold some cells and no others: side by side in a row."""
    found: list[Box] = []
    for row, column in sorted(places):
        if found and found[-1][0] == row and found[-1][3] == column - 1:
            found[-1] = (*found[-1][:3], column)
        else:
            found.append((row, column, row, column))
    return found


def _growing(places: list[tuple[int, int]]) -> list[Box]:
    """The rectangle around the first, the first two, … of some cells."""
    found: list[Box] = []
    for row, column in places:
        top, left, bottom, right = found[-1] if found else (row, column, row, column)
        found.append((min(top, row), min(left, column), max(bottom, row), max(right, column)))
    return found


def _around(places: Collection[tuple[int, int]]) -> Box:
    return _growing(list(places))[-1]


def _area(box: Box) -> int:
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)


def _parted(at: str) -> tuple[int, str, str]:
    match = _ADDRESS.fullmatch(at)
    assert match
    return int(match[2]), match[1], at


def _exact(raw: float | dt.datetime) -> Decimal:
    """A number as a file has it; of a time its serial number."""
    number = (raw - _EPOCH) / dt.timedelta(days=1) if isinstance(raw, dt.datetime) else raw
    return Decimal(int(number)) if number.is_integer() and abs(number) < 1e15 else decimal_of(number)


def _constant(raw: Any) -> Content:
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


def _typed(content: Content) -> Content:
    """What is handed to the program: no ``'`` before a text that nobody could take for anything else."""
    if isinstance(content, str) and content[:1] == "'" and not _ODD.search(content[1:]):
        return content[1:]
    return content
