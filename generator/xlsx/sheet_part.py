"""One sheet of a file, cell by cell. What is changed is put into the sheet's own bytes; the rest of them stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import methodcaller
from string import ascii_uppercase
from typing import TYPE_CHECKING, Protocol, overload

from generator.columns import column_of, letters_of
from generator.problems import PackageError
from generator.value import ErrorValue, Value, decimal_of, plain
from generator.xlsx import xml
from generator.xlsx.scan import ADDRESS, Cell, Row, scan

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

MAX_FORMULA = 8192
"""The longest formula that Excel takes; of a longer one no more is read, for what compares formulas takes its time."""
CACHED = 240
"""How long what is kept in a cache may be."""
_DIGITS = "0123456789"
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_AREA = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?")


class Host(Protocol):
    """What a sheet asks of the file it is in."""

    name: str

    @property
    def strings(self) -> list[str]:
        """The shared strings, in order."""

    def lost_formula(self, path: str, at: str) -> None:
        """Note that a cell of a sheet has no formula any more."""


@dataclass
class _Place:
    """A row in which something is made: where it is in the part, its start tag without the end, and the new cells by column.

    own: whether the row itself is new. changed: whether its tag is.
    """

    row: Row
    tag: str
    own: bool = False
    changed: bool = False
    cells: dict[str, int] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """That of its name."""
        return xml.prefix(xml.parted(self.tag)[0])


class RowCells(Sequence[tuple[str, str]]):
    """The cells of a row as (column letters, address), put together only when they are looked at."""

    def __init__(self, addresses: list[str], number: str) -> None:
        self._addresses, self._width = addresses, -len(number)

    def __len__(self) -> int:
        return len(self._addresses)

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...

    @overload
    def __getitem__(self, index: slice) -> list[tuple[str, str]]: ...

    def __getitem__(self, index: int | slice) -> tuple[str, str] | list[tuple[str, str]]:
        return list(self)[index]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        width = self._width
        return iter([(at[:width], at) for at in self._addresses])


class SheetPart:
    """One sheet's cells, by their addresses. changed: whether the sheet has to be written."""

    def __init__(self, host: Host, path: str, data: bytes) -> None:
        """host: the file it is in; data: its part, decoded. Raises PackageError where it is not well formed."""
        self.host, self.path = host, path
        self.changed = False
        self._scan = scan(data, path)
        self._cells = self._scan.cells
        self._kind = _kind if self._scan.quick else _kind.__wrapped__  # what the quick scan takes is short enough for a cache
        self._written: set[str] = set()
        self._made: dict[str, _Place] = {}
        self._places: list[_Place] | None = None
        self._numbered: dict[int, _Place] = {}
        self._offsets: list[tuple[int, str]] | None = None
        self._rows: list[tuple[int, RowCells]] | None = None
        self._shared: tuple[dict[str, Translator], dict[str, list[str]]] | None = None

    @property
    def sound(self) -> bool:
        """Whether it has rows, which all sheets have that are not all chart."""
        return not self._scan.worksheet or self._scan.opened >= 0

    @property
    def addresses(self) -> list[str]:
        """The cells that are there, also empty ones, in the order of the file."""
        if not self._made:
            return list(self._cells)
        made = [(offset, -1, number, at) for number, (offset, at) in enumerate(self._new_cells())]
        return [at for *_, at in sorted([*made, *((offset, 0, 0, at) for offset, at in self._old_cells)])]

    def has(self, at: str) -> bool:
        """Whether a cell is there, be it empty."""
        return at in self._cells

    def value(self, at: str) -> Value:
        """What a cell holds (for a formula: the value it was saved with). An error value is its text, such as #N/A."""
        cell = self._cells.get(at)
        return None if cell is None else self._value(cell)

    def _value(self, cell: Cell) -> Value:
        _, attributes, _, _, raw, text, _ = cell
        raw = raw or text
        if not raw:
            return None
        kind = self._kind(attributes)
        if kind == "n":
            return (_number if len(raw) < CACHED else _number.__wrapped__)(raw)
        if "&" in raw or not raw.isascii() or "\r" in raw:
            raw = xml.plain(raw)
        if kind == "s":
            index, strings = int(raw) if raw.isdecimal() and len(raw) < 10 else -1, self.host.strings
            if not 0 <= index < len(strings):
                raise PackageError("文件里的文字表已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试")
            return strings[index] or None
        if kind == "e":
            return ErrorValue(raw)
        return raw == "1" if kind == "b" else raw

    def formula(self, at: str) -> str | None:
        """A cell's formula without ``=``, or None. Shared formulas are spelt out for each cell."""
        cell = self._cells.get(at)
        if cell is None or not cell[2]:
            return None
        _, _, tag, text, _, _, _ = cell
        if text:
            if "&" in text or not text.isascii() or "\r" in text:
                text = xml.plain(text)
            return text if len(text) <= MAX_FORMULA else text[:MAX_FORMULA]
        master = self._sharing[0].get(_shared(tag)) if _shared(tag) else None
        with suppress(Exception):  # moved off the sheet, or no formula at all
            return master.translate_formula(at)[1:] if master else ""
        return ""

    def spells(self, at: str, formula: str) -> bool:
        """Whether a cell has a formula (with ``=``), spelt like this to the letter."""
        cell = self._cells.get(at)
        if cell is None or cell[2] != "<f>":
            return False
        text = cell[3]
        if "&" in text or not text.isascii() or "\r" in text:
            text = xml.plain(text)
        return text == formula[1:]

    def keeps(self, at: str, value: Value) -> bool:
        """Whether a cell has no formula and holds just this."""
        cell = self._cells.get(at)
        return value is None if cell is None else not cell[2] and self._value(cell) == value

    def values(self, at: Sequence[str]) -> list[Value]:
        """`value` of each of some cells."""
        found: list[Value] = []
        for cell in map(self._cells.get, at):
            raw = cell and (cell[4] or cell[5])
            if not raw or cell is None:
                found.append(None)
            elif self._kind(cell[1]) == "n" and len(raw) < CACHED:
                found.append(_number(raw))
            else:
                found.append(self._value(cell))
        return found

    def spell(self, at: Sequence[str], formulas: Sequence[str]) -> bool:
        """Whether `spells` holds of each of some cells: their texts are read as one."""
        try:
            found = [self._cells[one] for one in at]
        except KeyError:
            return False
        if {cell[2] for cell in found} != {"<f>"}:
            return not found
        wanted, raw = _BETWEEN.join(formulas), _BETWEEN.join([f"={cell[3]}" for cell in found])
        # As it is written here; or as others write it, with other references for the same signs.
        return raw.encode("latin-1") == xml.marked(wanted).encode("utf-8", "surrogatepass") or xml.plain(raw) == wanted

    def keep(self, at: Sequence[str], values: Sequence[Value]) -> bool:
        """Whether `keeps` holds of each of some cells."""
        for cell, value in zip(map(self._cells.get, at), values, strict=True):
            if value is not None if cell is None else cell[2] or self._value(cell) != value:
                return False
        return True

    def plain(self, at: Iterable[str]) -> bool:
        """Whether none of some cells has a formula or an error value."""
        written = {(cell[2], cell[1]) for cell in map(self._cells.get, at) if cell is not None}
        return not any(tag or self._kind(attributes) == "e" for tag, attributes in written)

    @property
    def _sharing(self) -> tuple[dict[str, Translator], dict[str, list[str]]]:
        """Shared formulas by their number, from the cells that spell them out; and the cells that share each."""
        if self._shared is None:
            from openpyxl.formula.translate import Translator  # few files have shared formulas, and openpyxl is slow to import

            masters: dict[str, Translator] = {}
            sharers: dict[str, list[str]] = {}
            for at, cell in self._cells.items():
                number = _shared(cell[2])
                if number:
                    sharers.setdefault(number, []).append(at)
                if number and cell[3]:
                    with suppress(Exception):  # openpyxl meets what is no formula with errors of every kind
                        masters[number] = Translator(f"={self.formula(at)}", at)
            self._shared = masters, sharers
        return self._shared

    def rows(self) -> Iterator[tuple[int, RowCells]]:
        """Each row with its cells as (column letters, address)."""
        if self._rows is None:
            listed = self.addresses if self._scan.quick else filter(ADDRESS.fullmatch, self.addresses)
            self._rows = [(int(number), RowCells(list(cells), number)) for number, cells in groupby(listed, _row_of)]
        yield from self._rows

    def kind(self, at: str) -> str:
        """The cell's type in the file: ``n``, ``s``, ``str``, ``inlineStr``, ``b`` or ``e`` (an error value)."""
        cell = self._cells.get(at)
        return self._kind(cell[1]) if cell else "n"

    @property
    def protected(self) -> bool:
        """Whether the sheet's protection is on."""
        return self._scan.protected

    def style(self, at: str) -> int | None:
        """The number of a cell's style in the file, 0 where it has none of its own; None where there is no such cell."""
        cell = self._cells.get(at)
        if cell is None:
            return None
        return (_style if self._scan.quick else _style.__wrapped__)(cell[1])

    def styles(self, at: Iterable[str]) -> list[int | None]:
        """`style` of each of some cells."""
        known: dict[str, int | None] = {}
        found: list[int | None] = []
        for cell in map(self._cells.get, at):
            if cell is None:
                found.append(None)
                continue
            attributes = cell[1]
            if attributes not in known:
                known[attributes] = _style.__wrapped__(attributes)
            found.append(known[attributes])
        return found

    # Changes --------------------------------------------------------------------------------------------------------

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell, leaving its style. Text stays text, also when it begins with =."""
        old = self._emptied(at)
        if old[2]:
            self.host.lost_formula(self.path, at)
        if isinstance(value, str) and not isinstance(value, ErrorValue):
            self._write(old, "inlineStr", "", "", "", xml.escaped(value))
        elif value is None:
            self._write(old, "n", "", "", "", "")
        else:
            kind, shown = _shown(value)
            self._write(old, kind, "", "", shown, "")

    def set_formula(self, at: str, text: str, value: Value) -> None:
        """Put a formula (with ``=``) and its value into a cell, leaving its style; the cell is made where it is gone."""
        old = self._emptied(at)
        kind, shown = _shown(value)
        self._write(old, kind, f"<{self._prefix(at)}f>", xml.escaped(text.removeprefix("=")), shown, "")

    def set_result(self, at: str, value: Value) -> None:
        """Put the value of a formula into its cell, leaving the formula."""
        old = self._cells[at]
        kind, shown = _shown(value)
        self._write(old, kind, old[2], old[3], shown, "", _OF_VALUE)

    def set_style(self, at: str, number: int) -> None:
        """Give a cell that is there another style."""
        _, attributes, tag, formula, value, text, _ = self._cells[at]
        self._cells[at] = (at, xml.with_attributes(attributes, {"s": str(number)}), tag, formula, value, text, "")
        self._note(at)

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height."""
        self._set_row(row, {"ht": f"{points:g}", "customHeight": "1"})

    def set_hidden(self, row: int, hidden: bool) -> None:
        """Let a row be seen or not."""
        self._set_row(row, {"hidden": "1" if hidden else "0"})

    def _set_row(self, row: int, changes: dict[str, str]) -> None:
        place = self._numbered.get(row) if self._all_places else None
        if place:
            head, attributes = xml.parted(place.tag)
            place.tag = head + xml.with_attributes(attributes, changes)
            place.changed = self.changed = True

    def _write(self, old: Cell, kind: str, tag: str, formula: str, value: str, text: str, without: tuple[str, ...] = ("cm", "vm")) -> None:
        """without: what newer programs note about the formula and the value that were."""
        at, attributes, *_ = old
        retyped = _retyped if len(attributes) < CACHED else _retyped.__wrapped__
        self._cells[at] = (at, retyped(attributes, kind, without), tag, formula, value, text, "")
        self._note(at)

    def _note(self, at: str) -> None:
        self._written.add(at)
        self.changed = True

    def _emptied(self, at: str) -> Cell:
        """A cell whose content is to go, made where there is none; who shares its formula has it written out before."""
        cell = self._cells.get(at)
        if cell is None:
            return self._make(at)
        if cell[3] and (number := _shared(cell[2])):
            self._spell_out(number, at)
        return cell

    def _spell_out(self, number: str, keep: str) -> None:
        """Before the cell that holds a shared formula changes, write the formula into every cell that shares it."""
        for at in self._sharing[1][number]:
            _, attributes, tag, _, value, text, _ = self._cells[at]
            if at != keep and _shared(tag) == number:
                formula = xml.escaped(self.formula(at) or "")
                self._cells[at] = (at, attributes, f"{xml.parted(tag)[0]}>", formula, value, text, "")
                self._note(at)

    def _prefix(self, at: str) -> str:
        """The prefix of the names in a cell, with its colon."""
        if at in self._made:
            return self._made[at].prefix
        return "" if self._scan.quick else self._scan.spans[at][2]

    # Cells that are made --------------------------------------------------------------------------------------------

    @property
    def _all_places(self) -> list[_Place]:
        """The rows, in the order of the file, those that are new among them."""
        if self._places is None:
            if self._scan.opened < 0:
                raise PackageError(f"“{self.host.name}”里有一张表不是普通工作表，写不了；请用备份，或重新生成空白表后把数据填入")
            raw = self._scan.raw
            self._places = [
                _Place(row, raw[row.start : row.inside].removesuffix(">").removesuffix("/")) for row in self._scan.rows(self.path)
            ]
            self._numbered = {place.row.number: place for place in self._places if place.row.number}
        return self._places

    def _make(self, at: str) -> Cell:
        """A cell where there is none, in its place."""
        letters = at.rstrip(_DIGITS)
        number = int(at[len(letters) :])
        places = self._all_places
        place = self._numbered.get(number)
        if place is None:
            # Rows stand in order, and what is looked for is mostly near the end.
            index = next((i for i in range(len(places) - 1, -1, -1) if 0 < (places[i].row.number or 0) < number), -1)
            offset = places[index].row.end if index >= 0 else self._scan.inside
            place = _Place(Row(number, offset, offset, offset, offset), f'<{self._row_prefix}row r="{number}"', own=True)
            places.insert(index + 1, place)
            self._numbered[number] = place
        place.cells[at] = column_of(letters)
        self._made[at] = place
        self._rows = None
        return at, "" if self._scan.quick else f' r="{at}"', "", "", "", "", ""

    @property
    def _row_prefix(self) -> str:
        """The prefix that names of elements have where the rows begin."""
        return xml.prefix(xml.parted(self._scan.raw[self._scan.opened : self._scan.inside])[0])

    @property
    def _old_cells(self) -> list[tuple[int, str]]:
        """Where the cells begin that were there, from the first to the last."""
        if self._offsets is None:
            self._offsets = self._scan.offsets()
        return self._offsets

    def _new_cells(self) -> Iterator[tuple[int, str]]:
        """The cells that were made, with their places, in their order."""
        for place in self._places or ():
            yield from self._new_cells_of(place)

    def _new_cells_of(self, place: _Place) -> list[tuple[int, str]]:
        """Where the new cells of a row go: before the first of a later column."""
        if not place.cells:
            return []
        row, there = place.row, []
        if not place.own:
            old = self._old_cells[bisect_left(self._old_cells, (row.inside, "")) : bisect_left(self._old_cells, (row.close, ""))]
            there = [(column_of(found[1]), offset) for offset, at in old if (found := ADDRESS.fullmatch(at))]
        end = row.inside - len("/>") if row.close == row.end and not place.own else row.close
        listed = sorted(place.cells.items(), key=lambda cell: cell[1])
        return [(next((offset for own, offset in there if own > column), end), at) for at, column in listed]

    # Bytes ----------------------------------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """The part with what was changed."""
        raw, found = self._scan.raw, self._scan
        changes = [(start, end, self._joined(at)) for at, start, end in found.places(self._written - self._made.keys())]
        new_rows = []
        for place in self._places or ():
            if not place.cells and not place.changed:
                continue
            row = place.row
            cells = [(offset, self._joined(at)) for offset, at in self._new_cells_of(place)]
            name = f"{place.prefix}row"
            if place.own:
                new_rows.append((row.start, row.start, f"{place.tag}>{''.join(cell for _, cell in cells)}</{name}>"))
                continue
            if place.changed:
                changes.append((row.start, row.inside - (1 if row.close < row.end else 2), place.tag))
            if cells and row.close == row.end:
                changes.append((row.inside - len("/>"), row.inside, f">{''.join(cell for _, cell in cells)}</{name}>"))
            else:
                changes += [(offset, offset, cell) for offset, cell in cells]
        if new_rows and raw[found.inside - 2] == "/":
            name = f"{self._row_prefix}sheetData"
            changes.append((found.inside - len("/>"), found.inside, f">{''.join(row for *_, row in new_rows)}</{name}>"))
        else:
            changes += new_rows
        if self._made and found.dimension >= 0:
            changes.append(self._dimension())
        return xml.spliced(raw, changes)

    def _joined(self, at: str) -> str:
        """A cell as it is written."""
        _, attributes, tag, formula, value, text, _ = self._cells[at]
        if self._scan.quick:
            prefix, head = "", f'<c r="{at}"{attributes}'
        else:
            prefix = self._prefix(at)
            head = f"<{prefix}c{attributes}"
        if tag == "<f>":
            inner = f"<f>{formula}</f>"
        else:
            inner = tag if not tag or tag.endswith("/>") else f"{tag}{formula}</{xml.parted(tag)[0][1:]}>"
        kind = self._kind(attributes)
        if kind == "inlineStr" and not value:
            inner += f"<{prefix}is><{prefix}t{_space(text)}>{text}</{prefix}t></{prefix}is>"
        elif value or kind != "n":
            inner += f"<{prefix}v{_space(value)}>{value}</{prefix}v>"
        return f"{head}>{inner}</{prefix}c>" if inner else f"{head}/>"

    def _dimension(self) -> tuple[int, int, str]:
        """The range of cells that the sheet says it has, as far as to those that were made."""
        start = self._scan.dimension
        end = xml.tag_end(self._scan.raw, start)
        tag = self._scan.raw[start:end]
        head, attributes = xml.parted(tag)
        area = _AREA.fullmatch(xml.attribute(attributes, "ref") or "")
        if not area:
            return start, end, tag
        left, top, right, bottom = area[1], area[2], area[3] or area[1], area[4] or area[2]
        columns = [column_of(letters) for letters in (left, right)]
        rows = [int(top), int(bottom)]
        for at, place in self._made.items():
            columns.append(place.cells[at])
            rows.append(place.row.number or rows[0])
        corners = [f"{letters_of(which(columns))}{which(rows)}" for which in (min, max)]
        ref = ":".join(dict.fromkeys(corners))
        return start, end, head + xml.with_attributes(attributes, {"ref": ref}) + tag[len(head) + len(attributes) :]


_BETWEEN = "\0"
"""Parts formulas that are read as one: no XML holds it."""
_row_of = methodcaller("lstrip", ascii_uppercase)
"""The digits of an address."""
_OF_VALUE = ("vm",)
"""The attribute that is about a cell's value alone."""


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text.strip(" \t\n") != text or "\n" in text else ""


@lru_cache(maxsize=4096)
def _kind(attributes: str) -> str:
    """The type in a cell's attributes."""
    return xml.attribute(attributes, "t") or "n"


@lru_cache(maxsize=4096)
def _style(attributes: str) -> int | None:
    """The number of the style in a cell's attributes."""
    number = xml.attribute(attributes, "s") or "0"
    return int(number) if number.isdecimal() and len(number) < 8 else None


def _shared(tag: str) -> str:
    """The number of a shared formula in the start tag of a formula."""
    return "" if tag in ("", "<f>") else (_number_in if len(tag) < CACHED else _number_in.__wrapped__)(tag)


@lru_cache(maxsize=4096)
def _number_in(tag: str) -> str:
    attributes = xml.parted(tag)[1]
    return (xml.attribute(attributes, "si") or "") if xml.attribute(attributes, "t") == "shared" else ""


@lru_cache(maxsize=4096)
def _retyped(attributes: str, kind: str, without: tuple[str, ...]) -> str:
    """A cell's attributes with its type, and without some others."""
    return xml.with_attributes(attributes, {"t": None if kind == "n" else kind, **dict.fromkeys(without)})


@lru_cache(maxsize=16384)
def _number(raw: str) -> Value:
    """What a cell of type ``n`` holds; the text, where that is no number."""
    if len(raw) <= 15 and _PLAIN_NUMBER.fullmatch(raw):
        return Decimal(raw)  # so few digits read back from a float as they are
    text = xml.plain(raw)
    try:
        return decimal_of(float(text))
    except (ValueError, OverflowError):
        return text


def _shown(value: Value) -> tuple[str, str]:
    """The type of a value and how it is written, as the result of a formula."""
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, ErrorValue):
        return "e", xml.escaped(value)
    return ("n", plain(value)) if isinstance(value, Decimal) else ("str", xml.escaped(value or ""))
