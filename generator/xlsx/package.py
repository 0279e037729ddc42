"""The .xlsx as what it is, a zip of XML parts: read cells, change some, leave every other part byte for byte alone.

openpyxl's load and save drops what it does not know, so it never touches a file that somebody has worked on. Files
arrive by mail: what they may take up is limited before it is taken, document types are refused, and nothing is ever
resolved, fetched or run.
"""

from __future__ import annotations

import codecs
import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, KeysView, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from generator import files
from generator.columns import column_of
from generator.problems import PackageError, UnreadableError
from generator.value import Value, decimal_of
from generator.xlsx import dress, foreign, rules_read, styles_read
from generator.xlsx.dress import Dress, Outfit
from generator.xlsx.styles_read import Look, Style

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"


MAX_FILE, MAX_PART, MAX_WHOLE, MAX_PARTS = 64 << 20, 48 << 20, 160 << 20, 5000
MAX_MARKS = 3_000_000
"""How many ``<`` and ``=`` the sheets that are read may hold together: each costs some 200 bytes once parsed. A book of
386 indicators × 100 units has 1.7 million, a sheet with a million formatted empty rows over four."""
MAX_FORMULA = 8192
"""The longest formula that Excel takes; of a longer one no more is read, for what compares formulas takes its time."""
LEVEL = 4
"""How hard changed parts are compressed: twice as fast as zlib's own choice, for files some 7% larger."""
CHAIN = "xl/calcChain.xml"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_C = f"{{{MAIN}}}c"
_DEFINEDNAME = f"{{{MAIN}}}definedName"
_F = f"{{{MAIN}}}f"
_IS = f"{{{MAIN}}}is"
_RPH = f"{{{MAIN}}}rPh"
_ROW = f"{{{MAIN}}}row"
_SHEET = f"{{{MAIN}}}sheet"
_SHEETDATA = f"{{{MAIN}}}sheetData"
_SHEETPROTECTION = f"{{{MAIN}}}sheetProtection"
_SI = f"{{{MAIN}}}si"
_T = f"{{{MAIN}}}t"
_V = f"{{{MAIN}}}v"
_WORKSHEET = f"{{{MAIN}}}worksheet"
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def _parse(data: bytes, part: str) -> Any:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    if b"<!DOCTYPE" in data:
        raise PackageError("文件里带有不允许的文档类型声明，为安全起见不打开")
    # Read as UTF-8 whatever it calls itself: no odd encoding hides a mark from those who look for it or count it.
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise PackageError(f"文件内部的 {part} 已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试") from None


def _serialise(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


class Package:
    """A workbook file in memory. Changes stay in memory; `to_bytes` gives the new file."""

    def __init__(self, data: bytes, name: str = "") -> None:
        """Open a package from its bytes. Raises PackageError for anything that is not a sound .xlsx."""
        self.name = name
        if data[:8] == OLE_MAGIC:
            raise PackageError(f"“{name}”是加密的或旧格式（.xls）的工作簿；请先用 Excel 去掉打开密码，另存为 .xlsx")
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
            self.infos = [info for info in archive.infolist() if not info.is_dir()]
            self._check_members(len(data))
            self.parts = {info.filename: _inflated(archive, info) for info in self.infos}
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error):
            raise PackageError(f"“{name}”不是完好的 Excel 工作簿（.xlsx）；请确认文件没有损坏") from None
        if "xl/workbook.xml" not in self.parts:
            raise PackageError(f"“{name}”不是 Excel 工作簿（.xlsx）")
        self.sheet_states: dict[str, str] = {}
        self._data, self._original = data, dict(self.parts)
        self._changed: set[str] = set()
        self._marks = 0
        self._sheets: dict[str, SheetPart] = {}
        self._sheet_ids: dict[str, str] = {}
        self._bare: set[tuple[str, str]] = set()
        self._strings: list[str] | None = None
        self._rules: dict[str, list[tuple[str, list[tuple[int, int]]]]] = {}
        self._own_styles: dict[Style, int | None] = {}
        self.sheet_paths = self._find_sheets()

    def _check_members(self, size: int) -> None:
        """Refuse what is too large or no Excel would write. size: of the whole file; members that overlap exceed it."""
        names = [i.filename.replace("\\", "/").casefold() for i in self.infos]
        whole = sum(i.file_size for i in self.infos)
        if any(i.flag_bits & 1 for i in self.infos):
            raise PackageError(f"“{self.name}”加了密码；请先去掉密码，另存为 .xlsx")
        if len(self.infos) > MAX_PARTS or whole > MAX_WHOLE or any(i.file_size > MAX_PART for i in self.infos):
            raise PackageError(f"“{self.name}”展开后过大，不像填报用的工作簿，为安全起见不打开")
        tricky = any(n.startswith("/") or ":" in n or ".." in n.split("/") for n in names)
        known = all(i.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in self.infos)
        if tricky or not known or len(set(names)) != len(names) or sum(i.compress_size for i in self.infos) > size:
            raise PackageError(f"“{self.name}”的内部结构不正常，为安全起见不打开")

    @classmethod
    def open(cls, path: Path) -> Package:
        """Read a file; see `Package`."""
        try:
            data = files.contents(path, MAX_FILE)
        except UnreadableError as error:
            raise PackageError(str(error)) from None
        foreign.refuse(data, path.name)
        package = cls(data, path.name)
        foreign.refuse_strict(package.parts["xl/workbook.xml"], path.name)
        return package

    def _find_sheets(self) -> dict[str, str]:
        links = "xl/_rels/workbook.xml.rels"
        relations = self.xml(links).iter(f"{{{PACKAGE_RELATION}}}Relationship") if links in self.parts else ()
        targets = {r.get("Id"): r.get("Target", "") for r in relations}
        paths: dict[str, str] = {}
        for sheet in self.xml("xl/workbook.xml").iter(_SHEET):
            target = targets.get(sheet.get(f"{{{RELATION}}}id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in self.parts:
                paths[sheet.get("name", "")] = path
                self.sheet_states[sheet.get("name", "")] = sheet.get("state", "visible")
                self._sheet_ids[path] = sheet.get("sheetId", "")
        return paths

    def sheet(self, name: str) -> SheetPart:
        """A sheet by its name; one that is all chart has no cells. Raises PackageError when there is none."""
        if name not in self._sheets:
            if name not in self.sheet_paths:
                raise PackageError(f"工作簿里没有“{name}”工作表")
            path = self.sheet_paths[name]
            root = self.xml(path)
            if root.tag == _WORKSHEET and root.find(_SHEETDATA) is None:
                raise PackageError(f"“{self.name}”的“{name}”工作表已损坏；请用备份，或用 Excel 打开后另存一份再试")
            self._marks += _marks(self.parts[path])
            self._sheets[name] = SheetPart(self, path, root)
        return self._sheets[name]

    @property
    def strings(self) -> list[str]:
        """The shared strings, in order."""
        if self._strings is None:
            path = "xl/sharedStrings.xml"
            self._strings = [_text(item) for item in self.xml(path).iter(_SI)] if path in self.parts else []
        return self._strings

    def xml(self, path: str) -> Any:
        """A part parsed; changing it changes nothing until `replace`."""
        if self._marks + _marks(self.parts[path]) > MAX_MARKS:
            raise PackageError(
                f"“{self.name}”里的格子过多，或有大量带格式的空行，不像填报用的工作簿；"
                "请在 Excel 里删除数据下方的空行和右侧的空列，另存后再试"
            )
        return _parse(self.parts[path], path)

    @cached_property
    def looks(self) -> list[Look]:
        """What each style number stands for."""
        return styles_read.looks(self.parts[styles_read.PART]) if styles_read.PART in self.parts else []

    def style_number(self, style: Style) -> int | None:
        """The number of a style that is added to the file; None where its styles are not built as they should be."""
        if style not in self._own_styles:
            data = self.parts.get(styles_read.PART, b"")
            made = styles_read.with_style(data, style)
            if made is not None:
                self.parts[styles_read.PART] = made[0]
            self._own_styles[style] = made[1] if made else None
        return self._own_styles[style]

    def worn(self, sheet: str, cells: Collection[str]) -> dict[str, Dress]:
        """What some cells of a sheet look like, and what may be typed into them."""
        return dress.worn(self, sheet, cells)

    def put_on(self, sheet: str, outfits: Sequence[Outfit]) -> None:
        """Give cells of a sheet the look and the rule that they should have."""
        dress.put_on(self, sheet, outfits)

    def add_rules(self, path: str, elements: str, cells: list[tuple[int, int]]) -> None:
        """Let `to_bytes` put data validations (their XML) onto cells of a sheet in place of what lies there."""
        self._rules.setdefault(path, []).append((elements, cells))

    @property
    def sheet_names(self) -> KeysView[str]:
        """The sheets, in the order of the tabs, hidden ones too."""
        return self.sheet_paths.keys()

    def is_visible(self, name: str) -> bool:
        """Whether a sheet is there to be seen."""
        return self.sheet_states.get(name) == "visible"

    @property
    def has_macros(self) -> bool:
        """Whether there is a VBA project."""
        return any(name.lower().endswith("vbaproject.bin") for name in self.parts)

    @property
    def has_links(self) -> bool:
        """Whether there are links to other files."""
        return any(name.startswith("xl/externalLinks/") for name in self.parts)

    @property
    def calculates_by_hand(self) -> bool:
        """Whether programs are told to calculate only when they are asked to."""
        settings = self.xml("xl/workbook.xml").find(f"{{{MAIN}}}calcPr")
        return settings is not None and settings.get("calcMode") == "manual"

    def replace(self, path: str, root: Any) -> None:
        """Put changed XML in the place of a part."""
        self.parts[path] = _serialise(root)

    def extend_print_area(self, sheet: str, last_row: int) -> None:
        """Let a sheet's print area reach down to a row; nothing happens where it has none or reaches further."""
        root = self.xml("xl/workbook.xml")
        for name in root.iter(_DEFINEDNAME):
            area = re.fullmatch(r"'?(.+?)'?!(\$[A-Z]+\$\d+:\$[A-Z]+\$)(\d+)", name.text or "")
            if name.get("name") == "_xlnm.Print_Area" and area and area[1].replace("''", "'") == sheet and int(area[3]) < last_row:
                name.text = name.text[: -len(area[3])] + str(last_row)
                self.replace("xl/workbook.xml", root)

    def touch(self, path: str) -> None:
        """Note that a part has changed."""
        self._changed.add(path)

    def lost_formula(self, path: str, at: str) -> None:
        """Note that a cell of a sheet has no formula any more."""
        self._bare.add((self._sheet_ids[path], at))

    def _shorten_chain(self) -> None:
        """Strike cells without a formula from the order of calculation; Excel calls a file damaged that lists one."""
        root, sheet = self.xml(CHAIN), ""
        for link in list(root):
            sheet, following = link.get("i", sheet), link.getnext()
            if (sheet, link.get("r")) in self._bare:
                if following is not None and following.get("i") is None:
                    following.set("i", sheet)  # it stood on the sheet of the link before it
                root.remove(link)
                self.replace(CHAIN, root)

    def to_bytes(self) -> bytes:
        """The package with its changed parts; all others as they were, in their order."""
        for sheet in self._sheets.values():
            if sheet.path in self._changed:
                self.parts[sheet.path] = _serialise(sheet.root)
        if self._bare and CHAIN in self.parts:
            self._shorten_chain()
        return _zipped(map(self._member, self.infos))

    def _member(self, info: zipfile.ZipInfo) -> tuple[zipfile.ZipInfo, bytes]:
        """A part as it goes into the file. What has not changed is copied as it stands there, compressed."""
        content = self.parts[info.filename]
        for elements, cells in self._rules.get(info.filename, ()):
            content = rules_read.put_back(content, elements, cells)
        if content is self._original[info.filename]:
            start = info.header_offset + _HEADER + sum(struct.unpack_from("<HH", self._data, info.header_offset + _HEADER - 4))
            return info, self._data[start : start + info.compress_size]
        made = copy.copy(info)
        made.compress_type, made.file_size, made.CRC = zipfile.ZIP_DEFLATED, len(content), zlib.crc32(content)
        press = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return made, press.compress(content) + press.flush()


_HEADER = 30
"""How long a zip member's own header is; its last two figures are the lengths of the name and the extra field after it."""


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member holds. Never more is asked for than it was checked to hold: `ZipFile.read` inflates all there is."""
    with archive.open(info) as member:
        return member.read(info.file_size)


def _zipped(members: Iterable[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of members that are compressed already, which the zipfile module does not take."""
    body, directory, count = bytearray(), bytearray(), 0
    for info, packed in members:
        name = info.filename.encode()
        year, month, day, hour, minute, second = info.date_time
        moment = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
        sizes = info.CRC, len(packed), info.file_size, len(name), 0
        common = struct.pack("<HHHHHIIIHH", 20, 0 if name.isascii() else 0x800, info.compress_type, *moment, *sizes)
        directory += struct.pack("<4sBB", b"PK\1\2", 20, info.create_system) + common
        directory += struct.pack("<HHHII", 0, 0, 0, info.external_attr, len(body)) + name
        body += b"PK\3\4" + common + name + packed
        count += 1
    return bytes(body + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0))


def _marks(data: bytes) -> int:
    return data.count(b"<") + data.count(b"=")


def _text(item: Any) -> str:
    """A shared or inline string, without the notes on how to pronounce it."""
    if len(item) == 1 and item[0].tag == _T:
        return item[0].text or ""
    return "".join(t.text or "" for t in item.iter(_T) if t.getparent().tag != _RPH)


_Content = tuple[str, str | None, str | None, str]
"""What stands in a cell, as it is written: type, value, formula, and the number of a shared formula."""
_NOTHING: _Content = ("n", None, None, "")


class SheetPart:
    """One sheet's XML, cell by cell.

    elements: the cells' XML by address. Read a cell here only as long as nobody has changed its XML directly.
    """

    def __init__(self, package: Package, path: str, root: Any) -> None:
        self.package, self.path, self.root = package, path, root
        self.elements: dict[str, Any] = self._cells()
        self._contents: dict[str, _Content] = {}
        self._shared: dict[str, Translator] | None = None
        self._grown = False

    def _cells(self) -> dict[str, Any]:
        return {at: cell for cell in self.root.iter(_C) if (at := cell.get("r"))}

    def _content(self, at: str) -> _Content:
        """What stands in a cell; taken from its XML once, which costs more than all the rest of reading it."""
        found = self._contents.get(at)
        if found is None:
            cell = self.elements.get(at)
            if cell is None:
                return _NOTHING
            raw = formula = None
            shared = ""
            for child in cell:
                tag = child.tag
                if tag == _V:
                    raw = child.text
                elif tag == _F:
                    formula = (child.text or "")[:MAX_FORMULA]
                    if child.get("t") == "shared":
                        shared = child.get("si", "")
                elif tag == _IS:
                    raw = _text(child)
            found = self._contents[at] = cell.get("t", "n"), raw, formula, shared
        return found

    def value(self, at: str) -> Value:
        """What a cell holds (for a formula: the value it was saved with). An error value is its text, such as #N/A."""
        kind, raw, _, _ = self._content(at)
        if not raw:
            return None
        if kind == "n":
            if len(raw) <= 15 and _PLAIN_NUMBER.fullmatch(raw):
                return Decimal(raw)  # so few digits read back from a float as they are
            try:
                return decimal_of(float(raw))
            except (ValueError, OverflowError):
                return raw
        if kind == "s":
            index = int(raw) if raw.isdecimal() and len(raw) < 10 else -1
            if not 0 <= index < len(self.package.strings):
                raise PackageError("文件里的文字表已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试")
            return self.package.strings[index] or None
        return raw == "1" if kind == "b" else raw

    def formula(self, at: str) -> str | None:
        """A cell's formula without ``=``, or None. Shared formulas are spelt out for each cell."""
        _, _, text, shared = self._content(at)
        if text or not shared:
            return text
        master = self.shared.get(shared)
        with suppress(Exception):  # moved off the sheet, or no formula at all
            return master.translate_formula(at)[1:] if master else ""
        return ""

    @property
    def shared(self) -> dict[str, Translator]:
        """Shared formulas by their number, from the cells that spell them out."""
        if self._shared is None:
            from openpyxl.formula.translate import Translator  # few files have shared formulas, and openpyxl is slow to import

            self._shared = {}
            for at in self.elements:
                _, _, text, number = self._content(at)
                if text and number:
                    with suppress(Exception):  # openpyxl meets what is no formula with errors of every kind
                        self._shared[number] = Translator(f"={text}", at)
        return self._shared

    def rows(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Each row with its cells as (column letters, address)."""
        if self._grown:
            self.elements, self._grown = self._cells(), False
        places = filter(None, map(_ADDRESS.fullmatch, self.elements))
        for number, cells in groupby(places, lambda place: place[2]):
            yield int(number), [(place[1], place[0]) for place in cells]

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell, leaving its style. Text stays text, also when it begins with =."""
        _, _, formula, _ = self._content(at)
        if formula is not None:
            self.package.lost_formula(self.path, at)
        cell = self._emptied(at)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, _IS), _T)
            text.text = value
            if value != value.strip():
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif value is not None:
            _show(cell, value)

    def set_formula(self, at: str, text: str, value: Value) -> None:
        """Put a formula (with ``=``) and its value into a cell, leaving its style; the cell is made where it is gone."""
        cell = self._emptied(at)
        etree.SubElement(cell, _F).text = text.removeprefix("=")
        _show(cell, value)

    def set_result(self, at: str, value: Value) -> None:
        """Put the value of a formula into its cell, leaving the formula."""
        _show(self.elements[at], value)
        self._note(at)

    def _note(self, at: str) -> None:
        self._contents.pop(at, None)
        self.package.touch(self.path)

    def _emptied(self, at: str) -> Any:
        """A cell without what stood in it, but for its style."""
        _, _, text, shared = self._content(at)
        cell = self.ensure(at)
        if text and shared:
            self._spell_out(shared, at)
        for child in list(cell):
            cell.remove(child)
        for name in ("t", "cm", "vm"):  # the type, and what newer programs note about the formula and the value that were
            cell.attrib.pop(name, None)
        self._note(at)
        return cell

    def _spell_out(self, number: str, keep: str) -> None:
        """Before the cell that holds a shared formula changes, write the formula into every cell that shares it."""
        for at, cell in self.elements.items():
            if at != keep and self._content(at)[3] == number:
                text, found = self.formula(at), cell.find(_F)
                found.attrib.clear()
                found.text = text
                self._contents.pop(at)

    def ensure(self, at: str) -> Any:
        """The element of a cell, made empty in its place where there is none."""
        if at in self.elements:
            return self.elements[at]
        letters = at.rstrip("0123456789")
        number = int(at[len(letters) :])
        row = self._row_until(number)
        if row is None or row.get("r") != str(number):
            made = etree.Element(_ROW, r=str(number))
            if row is None:
                self._rows_element.insert(0, made)
            else:
                row.addnext(made)
            row = made
        cell = etree.Element(_C, r=at)
        places = [(c, _ADDRESS.fullmatch(c.get("r", ""))) for c in row]
        before = [c for c, at in places if at and column_of(at[1]) < column_of(letters)]
        row.insert(len(before), cell)
        self.elements[at] = cell
        self._grown = True
        return cell

    @property
    def _rows_element(self) -> Any:
        found = self.root.find(_SHEETDATA)
        if found is None:
            raise PackageError(f"“{self.package.name}”里有一张表不是普通工作表，写不了；请用备份，或重新生成空白表后把数据填入")
        return found

    def _row_until(self, number: int) -> Any:
        """The last row up to a number, or None; rows stand in order, and what is looked for is mostly near the end."""
        rows = self._rows_element.iterchildren(_ROW, reversed=True)
        return next((r for r in rows if (own := r.get("r", "")).isdecimal() and int(own) <= number), None)

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height."""
        element = self._row_until(row)
        if element is not None and element.get("r") == str(row):
            element.set("ht", f"{points:g}")
            element.set("customHeight", "1")
            self.package.touch(self.path)

    def style(self, at: str) -> int | None:
        """The number of a cell's style; None where there is no such cell."""
        cell = self.elements.get(at)
        number = "" if cell is None else cell.get("s", "0")
        return int(number) if number.isdecimal() and len(number) < 8 else None

    def set_style(self, at: str, number: int) -> None:
        """Give a cell another style."""
        self.ensure(at).set("s", str(number))
        self.package.touch(self.path)

    def kind(self, at: str) -> str:
        """The cell's type in the file: ``n``, ``s``, ``str``, ``inlineStr``, ``b`` or ``e`` (an error value)."""
        return self._content(at)[0]

    @property
    def protected(self) -> bool:
        """Whether the sheet's protection is on."""
        found = self.root.find(_SHEETPROTECTION)
        return found is not None and found.get("sheet") in ("1", "true")


def _show(cell: Any, value: Value) -> None:
    """Let a cell hold a value as the result of its formula, if it has one."""
    shown = None
    for child in list(cell):
        if child.tag == _V:
            shown = child
        elif child.tag != _F:
            cell.remove(child)
    if shown is None:
        shown = etree.SubElement(cell, _V)
    if isinstance(value, bool):
        kind, shown.text = "b", "1" if value else "0"
    elif isinstance(value, Decimal):
        kind, shown.text = "n", _plain(value)
    else:
        kind, shown.text = "str", value or ""
    if kind != "n":
        cell.set("t", kind)
    elif cell.get("t"):
        del cell.attrib["t"]


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
