"""Where the rows and cells of a sheet stand in its XML.

They are found in one of two ways that give the same: `quick`, one regular expression over what lies between ``<sheetData>``
and ``</sheetData>``, for sheets as programs write them; and `thorough`, element by element, for whatever else is XML.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from generator.columns import column_of, letters_of
from generator.problems import PackageError
from generator.xlsx import xml

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

Cell = tuple[str, str, str, str, str, str, str]
"""A cell as it is written, all of it raw: address; attributes, without the address in a `quick` scan; the start tag of its
formula, or nothing; the formula; the value; the text that stands in the cell itself; nothing."""

ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")

_GAP = r"[ \t\r\n]*+"
_OPENED, _CLOSED = "<sheetData>", "</sheetData>"
_EMPTY_ROWS = rf"(?:<row(?=[ \t\r\n/>])[^<>]*(?:(?<=/)>|></row>){_GAP})*+"
_SPACE = r'(?: xml:space="preserve")?'
_CELLS = re.compile(
    rf"(?:(?:</row>|{_OPENED}){_GAP}{_EMPTY_ROWS}<row(?=[ \t\r\n/>])[^<>]*(?<!/)>{_GAP})?+"
    r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"([^<>/&\']{0,200}+)(?:/>|>'  # attributes as short as may be kept in a cache
    r"(?:(<f(?=[ \t\r\n/>])[^<>]{0,200}>)(?:(?<=/>)|([^<]*+)</f>))?+"
    rf"(?:<v{_SPACE}>([^<]*+)</v>|<is><t(?:{_SPACE}>([^<]*+)</t>| ?/>)</is>|<v ?/>)?+</c>){_GAP}"
    rf"|(?:</row>|{_OPENED}){_GAP}{_EMPTY_ROWS}({_CLOSED})"
    r"|[\s\S]+"
)
"""One cell, with what ends the row before and begins its own; or the end; or, all at once, what is not understood."""
_CELL = re.compile(r'<c r="([^"]+)"')
_ROW = re.compile(r"<row(?=[ \t\r\n/>])[^<>]*>")
_FIRST_IN_ROW = re.compile(rf'{_GAP}<c r="[A-Z]+([0-9]+)"')

_WORKSHEET, _SHEETDATA, _ROWS, _C, _F, _V, _IS, _T, _RPH = map(
    xml.named, ("worksheet", "sheetData", "row", "c", "f", "v", "is", "t", "rPh")
)
_PROTECTION, _DIMENSION = map(xml.named, ("sheetProtection", "dimension"))


@dataclass(slots=True)
class Row:
    """A row. number: None where it says something that is no number; inside, close: as of `xml.Element`."""

    number: int | None
    start: int
    inside: int
    close: int
    end: int


@dataclass
class Scan:
    """A sheet's part, taken in.

    raw: the part; opened, inside, close: where the element of the rows begins, where its start tag ends and where its end
    tag begins, −1 where it has none; dimension: where that element begins, or −1; cells: by address, in their order.
    spans: where each cell begins and ends, and the prefix of its name; only of a `thorough` scan.
    """

    raw: str
    worksheet: bool = False
    protected: bool = False
    dimension: int = -1
    opened: int = -1
    inside: int = -1
    close: int = -1
    quick: bool = False
    cells: dict[str, Cell] = field(default_factory=dict)
    spans: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def places(self, wanted: Collection[str]) -> Iterator[tuple[str, int, int]]:
        """Where some of the cells begin and end."""
        raw, at, end = self.raw, self.inside, 0
        for address in self.cells:
            if address not in wanted:
                continue
            if self.quick:
                start = raw.index(f'<c r="{address}"', at)
                end = at = raw.index(">", start) + 1
                if raw[end - 2] != "/":
                    end = at = raw.index("</c>", end) + len("</c>")
            else:
                start, end, _ = self.spans[address]
            yield address, start, end

    def offsets(self) -> list[tuple[int, str]]:
        """Where all cells begin, from the first to the last."""
        if self.quick:
            return [(found.start(), found[1]) for found in _CELL.finditer(self.raw, self.inside, self.close)]
        return sorted((start, address) for address, (start, _, _) in self.spans.items())

    def rows(self, part: str) -> list[Row]:
        """The rows in their order. part: its name, for what may be said."""
        if not self.quick:
            reader = _Walk(self.raw, rows=True)
            xml.walk(self.raw.encode("latin-1"), part, reader)
            return reader.rows or []
        found, last = [], 0
        for tag in _ROW.finditer(self.raw, self.inside, self.close):
            given = xml.attribute(xml.parted(tag[0])[1], "r")
            close, end = xml.ends(self.raw, tag.end(), self.raw.find("</row>", tag.end()))
            number = last + 1 if not given else int(given) if _ROW_NUMBER.fullmatch(given) else None
            if not given and (first := _FIRST_IN_ROW.match(self.raw, tag.end())):
                number = int(first[1])
            last = number or last
            found.append(Row(number, tag.start(), tag.end(), close, end))
        return found


MAX_ODD = 600_000
"""How many ``<`` a sheet may hold that is not written as programs write them: the thorough scan takes some ten times as long."""


def scan(data: bytes, part: str) -> Scan:
    """Take in a sheet's decoded part. Raises PackageError where it is not well formed, too deep, or too large for
    the way it is written."""
    raw = xml.raw_of(data)
    found = quick(raw, part)
    if found is None:
        if data.count(b"<") > MAX_ODD:
            raise PackageError(f"文件内部的 {part} 写法少见，又太大，打不开；请用 Excel 或 WPS 打开后另存一份再试")
        return thorough(raw, data, part)
    xml.walk(data, part)
    return found


def quick(raw: str, part: str) -> Scan | None:
    """Take in a sheet as programs write them; None where there is anything else in it. What is not well formed may pass."""
    opened = raw.find(_OPENED)
    close = raw.find(_CLOSED, opened)
    if opened < 0 or close < 0 or raw.find("xmlns", opened, close) >= 0 or raw.find(_OPENED, opened + 1) >= 0:
        return None
    listed: list[Cell] = _CELLS.findall(raw, opened, close + len(_CLOSED))
    if listed.pop()[-1] != _CLOSED:
        return None
    cells = {cell[0]: cell for cell in listed}
    if len(cells) < len(listed):
        return None
    # What is left is a sheet without rows: that <sheetData> is an element there, and of the right kind, is told by the parser.
    frame = _Walk(raw[: opened + len(_OPENED)] + raw[close:])
    xml.walk(frame.scan.raw.encode("latin-1"), part, frame)
    found = frame.scan
    if found.opened != opened or found.close != opened + len(_OPENED):
        return None
    if found.dimension > opened:
        found.dimension += close - found.inside
    found.raw, found.close, found.cells, found.quick = raw, close, cells, True
    return found


def thorough(raw: str, data: bytes, part: str) -> Scan:
    """Take in any sheet. Raises PackageError where it is not well formed, or too deep."""
    reader = _Walk(raw)
    xml.walk(data, part, reader)
    return reader.scan


class _Walk:
    """Takes in a sheet as the parser tells of it. Cells and rows that do not say where they are follow the ones before.

    path: the names of the elements that are open. cell: the one that is open: where it begins, where its start tag ends and
    its address. rows: filled where they are asked for.
    """

    parser: expat.XMLParserType

    def __init__(self, raw: str, rows: bool = False) -> None:
        self.scan = Scan(raw)
        self.rows: list[Row] | None = [] if rows else None
        self.path: list[str] = []
        self.in_data = self.in_row = False
        self.row: Row | None = None
        self.number: int | None = None
        self.given = False
        self.last = self.column = 0
        self.cell: tuple[int, int, str] | None = None
        self.formula_tag = self.formula = self.value = self.inner = ""
        self.sink: list[str] | None = None
        self.own: list[str] = []
        self.inline: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.path
        depth = len(path) + 1
        if depth > xml.MAX_DEPTH:
            raise xml.TooDeep
        self.sink = None
        if depth > 4:
            if self.cell:
                self._inside_cell(name, attributes, depth)
        elif depth == 4:
            if self.in_row and name == _C:
                self._cell(attributes)
        elif depth == 3:
            if self.in_data and name == _ROWS:
                self._row(attributes)
        elif depth == 2:
            self._around(name, attributes)
        else:
            self.scan.worksheet = name == _WORKSHEET
        path.append(name)

    def end(self, name: str) -> None:
        depth = len(self.path)
        self.path.pop()
        if depth > 4:
            if self.cell:
                self._left_in_cell(name, depth)
        elif depth == 4:
            if self.cell:
                self._cell_left()
        elif depth == 3:
            if self.in_row:
                self._row_left()
        elif depth == 2 and self.in_data:
            self.scan.close, _ = xml.ends(self.scan.raw, self.scan.inside, self.parser.CurrentByteIndex)
            self.in_data = False

    def text(self, piece: str) -> None:
        if self.sink is not None:
            self.sink.append(piece)

    def _around(self, name: str, attributes: dict[str, str]) -> None:
        if name == _SHEETDATA:
            if self.scan.opened < 0:
                self.scan.opened = self.parser.CurrentByteIndex
                self.scan.inside = xml.tag_end(self.scan.raw, self.scan.opened)
                self.in_data = True
        elif name == _PROTECTION:
            self.scan.protected = attributes.get("sheet") in ("1", "true")
        elif name == _DIMENSION:
            self.scan.dimension = self.parser.CurrentByteIndex

    def _row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        self.in_row, self.given, self.column = True, bool(given), 0
        self.number = self.last + 1 if not given else int(given) if _ROW_NUMBER.fullmatch(given) else None
        self.last = self.number or self.last
        if self.rows is not None:
            start = self.parser.CurrentByteIndex
            self.row = Row(self.number, start, xml.tag_end(self.scan.raw, start), 0, 0)

    def _row_left(self) -> None:
        self.in_row = False
        if self.row and self.rows is not None:
            self.row.number = self.number
            self.row.close, self.row.end = xml.ends(self.scan.raw, self.row.inside, self.parser.CurrentByteIndex)
            self.rows.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        at = attributes.get("r") or ""
        found = ADDRESS.fullmatch(at)
        if found:
            if not self.given and not self.column:
                self.number = self.last = int(found[2])
            self.column = column_of(found[1])
        elif not at:
            self.column += 1
            if self.number is None or self.column > MAX_COLUMN or self.number > MAX_ROW:
                return
            at = f"{letters_of(self.column)}{self.number}"
        start = self.parser.CurrentByteIndex
        self.cell = start, xml.tag_end(self.scan.raw, start), at
        self.formula_tag = self.formula = self.value = self.inner = ""
        self.inline = None

    def _cell_left(self) -> None:
        assert self.cell
        start, inside, at = self.cell
        self.cell = None
        found = self.scan
        head, attributes = xml.parted(found.raw[start:inside])
        found.cells[at] = (at, attributes, self.formula_tag, self.formula, self.value, self.inner, "")
        _, end = xml.ends(found.raw, inside, self.parser.CurrentByteIndex)
        found.spans[at] = start, end, xml.prefix(head)

    def _inside_cell(self, name: str, attributes: dict[str, str], depth: int) -> None:
        if depth == 5:
            self.sink = self.own = []
            if name == _F:
                start = self.parser.CurrentByteIndex
                self.formula_tag = self.scan.raw[start : xml.tag_end(self.scan.raw, start)]
            elif name == _IS:
                self.sink, self.inline = None, []
        elif name == _T and self.inline is not None and self.path[-1] != _RPH:
            self.sink = self.inline

    def _left_in_cell(self, name: str, depth: int) -> None:
        self.sink = None
        if depth > 5:
            return
        if name == _IS:
            self.value, self.inner, self.inline = "", xml.escaped("".join(self.inline or [])), None
        elif name == _V:
            self.value, self.inner = xml.escaped("".join(self.own)), ""
        elif name == _F:
            self.formula = xml.escaped("".join(self.own))
