"""The .xlsx as what it is, a zip of XML parts: read cells, change some, leave every other part byte for byte alone.

openpyxl's load and save drops what it does not know, so it never touches a file that somebody has worked on. Files
arrive by mail: what they may take up is limited before it is taken, document types are refused, and nothing is ever
resolved, fetched or run.
"""

from __future__ import annotations

import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, KeysView, Sequence
from functools import cached_property
from pathlib import Path

from generator import files
from generator.problems import PackageError, UnreadableError
from generator.xlsx import charts, dress, foreign, rules_read, styles_read, xml
from generator.xlsx.charts import Bars
from generator.xlsx.dress import Dress, Outfit
from generator.xlsx.parts import Parts
from generator.xlsx.sheet_part import SheetPart
from generator.xlsx.styles_read import Look, Style

MAX_FILE, MAX_PART, MAX_WHOLE, MAX_PARTS = 64 << 20, 48 << 20, 160 << 20, 5000
LEVEL = 4
"""How hard changed parts are compressed: twice as fast as zlib's own choice, for files some 7% larger."""
CHAIN = "xl/calcChain.xml"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET, _DEFINEDNAME, _CALCPR, _LINK = map(xml.named, ("sheet", "definedName", "calcPr", "c"))
_RELATIONSHIP = xml.named("Relationship", xml.PACKAGE_RELATION)


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
        if _WORKBOOK not in self.parts:
            raise PackageError(f"“{name}”不是 Excel 工作簿（.xlsx）")
        self.sheet_states: dict[str, str] = {}
        self._data, self._file = data, Parts(name, self.parts)
        self._sheets: dict[str, SheetPart] = {}
        self._tails: dict[str, list[Callable[[bytes], bytes]]] = {}
        self._own_styles: dict[Style, int | None] = {}
        self._own_fills: dict[str, int | None] = {}
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
        return cls.of(data, path.name)

    @classmethod
    def of(cls, data: bytes, name: str) -> Package:
        """Open a file's bytes, telling formats that are no .xlsx by what they are; see `Package`."""
        foreign.refuse(data, name)
        package = cls(data, name)
        foreign.refuse_strict(package.parts["xl/workbook.xml"], name)
        return package

    def _find_sheets(self) -> dict[str, str]:
        relations = self.elements(_LINKS, _RELATIONSHIP) if _LINKS in self.parts else []
        targets = {r.attributes.get("Id", ""): r.attributes.get("Target", "") for r in relations}
        paths: dict[str, str] = {}
        for _, sheet, *_ in self.elements(_WORKBOOK, _SHEET):
            target = targets.get(sheet.get(xml.named("id", xml.RELATION), ""), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in self.parts:
                paths[sheet.get("name", "")] = path
                self.sheet_states[sheet.get("name", "")] = sheet.get("state", "visible")
                self._file.sheet_ids[path] = sheet.get("sheetId", "")
        return paths

    def sheet(self, name: str) -> SheetPart:
        """A sheet by its name; one that is all chart has no cells. Raises PackageError when there is none."""
        if name not in self._sheets:
            if name not in self.sheet_paths:
                raise PackageError(f"工作簿里没有“{name}”工作表")
            path = self.sheet_paths[name]
            part = SheetPart(self._file, path, self._decoded(path))
            if not part.sound:
                raise PackageError(f"“{self.name}”的“{name}”工作表已损坏；请用备份，或用 Excel 打开后另存一份再试")
            self._sheets[name] = part
            self._file.held.add(path)
        return self._sheets[name]

    def sheet_apart(self, name: str) -> SheetPart:
        """A sheet to be looked at and not changed: it is not kept, so it takes nothing of what the others may take up."""
        if name in self._sheets:
            return self._sheets[name]
        path = self.sheet_paths[name]
        return SheetPart(self._file, path, self._file.decoded(path, alone=True))

    @property
    def strings(self) -> list[str]:
        """The shared strings, in order."""
        return self._file.strings

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

    def worn(self, sheet: str, cells: Sequence[str]) -> list[Dress | None]:
        """What each of some cells of a sheet looks like, and what may be typed into it; None where it cannot be told. Those that
        are dressed alike have the same object."""
        return dress.worn(self, sheet, cells)

    def merged(self, sheet: str, cells: Collection[str]) -> dict[str, str]:
        """The merged range that each of some cells lies in, of those that do."""
        return rules_read.merged(self.parts[self.sheet(sheet).path], cells)

    def looks_of(self, sheet: str, cells: Sequence[str]) -> list[Look | None]:
        """How each of some cells of a sheet looks; None where it cannot be told. Those that look alike have the same object."""
        known: dict[int | None, Look | None] = {None: None, **dict(enumerate(self.looks))}
        return [*map(known.get, self.sheet(sheet).styles(cells))]

    def put_on(self, sheet: str, outfits: Sequence[Outfit]) -> None:
        """Give cells of a sheet the look and the rule that they should have."""
        dress.put_on(self, sheet, outfits)

    def charts(self, sheet: str, most: int) -> list[Bars]:
        """What the first so many charts on a sheet show, in their order."""
        return charts.of(self, sheet, most)

    def let_show(self, sheet: str, number: int, bars: Bars) -> None:
        """Let a chart of a sheet, by its position among them, show other cells."""
        charts.let_show(self, sheet, number, bars)

    def fill_number(self, colour: str) -> int | None:
        """The number of the conditional look that fills a cell with a colour, added where there is none; None where the styles
        are not built as they should be."""
        if colour not in self._own_fills:
            made = styles_read.with_fill(self.parts.get(styles_read.PART, b""), colour)
            if made is not None:
                self.parts[styles_read.PART] = made[0]
            self._own_fills[colour] = made[1] if made else None
        return self._own_fills[colour]

    def change_tail(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Let `to_bytes` change what stands behind the cells of a sheet."""
        self._tails.setdefault(path, []).append(change)

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
        return any(found.attributes.get("calcMode") == "manual" for found in self.elements(_WORKBOOK, _CALCPR))

    @property
    def calculates_as_shown(self) -> bool:
        """Whether programs are told to calculate with numbers as they are shown, and to forget the rest of them."""
        return any(found.attributes.get("fullPrecision") in ("0", "false") for found in self.elements(_WORKBOOK, _CALCPR))

    def _decoded(self, path: str) -> bytes:
        """A part to be parsed; see `Parts.decoded`."""
        return self._file.decoded(path)

    def elements(self, path: str, name: str) -> list[xml.Element]:
        """The elements of a name in a part; see `xml.elements`."""
        return xml.elements(self._decoded(path), path, name)

    def change(self, path: str, changes: list[tuple[int, int, str]]) -> None:
        """Replace pieces of a part; see `xml.spliced`."""
        if changes:
            self.parts[path] = xml.spliced(xml.raw_of(self._decoded(path)), changes)

    def add_sheet(self, name: str, path: str, id: str, content: bytes) -> None:
        """Take in the part of a sheet that the workbook lists already, under this name and id."""
        info = zipfile.ZipInfo(path, files.EPOCH)
        info.create_system, info.external_attr = self.infos[-1].create_system, self.infos[-1].external_attr
        self.infos.append(info)
        self.parts[path], self._file.original[path] = content, b""
        self.sheet_paths[name], self.sheet_states[name], self._file.sheet_ids[path] = path, "visible", id

    def replace_sheet(self, name: str, content: bytes) -> None:
        """Let a sheet have another part; what was changed in it by cells is forgotten."""
        self._sheets.pop(name, None)
        self._file.held.discard(self.sheet_paths[name])
        self.parts[self.sheet_paths[name]] = content

    def extend_print_area(self, sheet: str, last_row: int) -> None:
        """Let a sheet's print area reach down to a row; nothing happens where it has none or reaches further."""
        changes = []
        for found in self.elements(_WORKBOOK, _DEFINEDNAME):
            area = re.fullmatch(r"'?(.+?)'?!(\$[A-Z]+\$\d+:\$[A-Z]+\$)(\d+)", found.text)
            named = found.attributes.get("name") == "_xlnm.Print_Area"
            if named and area and area[1].replace("''", "'") == sheet and int(area[3]) < last_row:
                changes.append((found.inside, found.close, xml.escaped(found.text[: -len(area[3])] + str(last_row))))
        self.change(_WORKBOOK, changes)

    def lost_formula(self, path: str, at: str) -> None:
        """Note that a cell of a sheet has no formula any more."""
        self._file.lost_formula(path, at)

    def _shorten_chain(self) -> None:
        """Strike cells without a formula from the order of calculation; Excel calls a file damaged that lists one."""
        data = self._decoded(CHAIN)
        raw, sheet, left_out, changes = xml.raw_of(data), "", False, []
        for link in xml.elements(data, CHAIN, _LINK):
            given = link.attributes.get("i")
            sheet = sheet if given is None else given
            if (sheet, link.attributes.get("r")) in self._file.bare:
                changes.append((link.start, link.end, ""))
                left_out = True
            elif left_out and given is None:  # it stood on the sheet of the link before it
                tag = raw[link.start : link.inside]
                head, attributes = xml.parted(tag)
                ending = tag[len(head) + len(attributes) :]
                changes.append((link.start, link.inside, head + xml.with_attributes(attributes, {"i": sheet}) + ending))
                left_out = False
            else:
                left_out = False
        self.change(CHAIN, changes)

    def to_bytes(self) -> bytes:
        """The package with its changed parts; all others as they were, in their order."""
        for sheet in self._sheets.values():
            if sheet.changed:
                self.parts[sheet.path] = sheet.to_bytes()
        if self._file.bare and CHAIN in self.parts:
            self._shorten_chain()
        return _zipped(map(self._member, self.infos))

    def _member(self, info: zipfile.ZipInfo) -> tuple[zipfile.ZipInfo, bytes]:
        """A part as it goes into the file. What has not changed is copied as it stands there, compressed."""
        content = self.parts[info.filename]
        for change in self._tails.get(info.filename, ()):
            content = change(content)
        if content is self._file.original[info.filename]:
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
