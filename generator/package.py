"""The .xlsx as what it is, a zip of XML parts: read cells, change some, leave every other part byte for byte alone.

openpyxl's load and save drops what it does not know, so it never touches a file that somebody has worked on. Files
arrive by mail: sizes are limited, document types are refused, and nothing is ever resolved, fetched or run.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string

from generator.exact import Value, decimal_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
TERMS = "http://purl.org/dc/terms/"
EPOCH = (1980, 1, 1, 0, 0, 0)
MAX_FILE, MAX_PART, MAX_WHOLE, MAX_PARTS = 64 << 20, 48 << 20, 160 << 20, 5000
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
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class PackageError(Exception):
    """The file cannot be read or written; the message is one Chinese sentence for the user."""


def _parse(data: bytes, part: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise PackageError(f"文件内部的 {part} 已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试") from None
    if root.getroottree().docinfo.doctype:
        raise PackageError("文件里带有不允许的文档类型声明，为安全起见不打开")
    return root


def _serialise(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


class Package:
    """A workbook file in memory. Changes stay in memory until `save`."""

    def __init__(self, data: bytes, name: str = "") -> None:
        """Open a package from its bytes. Raises PackageError for anything that is not a sound .xlsx."""
        self.name = name
        if data[:8] == OLE_MAGIC:
            raise PackageError(f"“{name}”是加密的或旧格式（.xls）的工作簿；请先用 Excel 去掉打开密码，另存为 .xlsx")
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
            self.infos = archive.infolist()
            self._check_sizes()
            self.parts: dict[str, bytes] = {i.filename: archive.read(i) for i in self.infos if not i.is_dir()}
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zipfile.zlib.error):  # type: ignore[attr-defined]
            raise PackageError(f"“{name}”不是完好的 Excel 工作簿（.xlsx）；请确认文件没有损坏") from None
        if "xl/workbook.xml" not in self.parts:
            raise PackageError(f"“{name}”不是 Excel 工作簿（.xlsx）")
        self.sheet_states: dict[str, str] = {}
        self._changed: set[str] = set()
        self._sheets: dict[str, SheetPart] = {}
        self._strings: list[str] | None = None
        self.sheet_paths = self._find_sheets()

    def _check_sizes(self) -> None:
        whole = sum(i.file_size for i in self.infos)
        names = [i.filename for i in self.infos]
        if len(self.infos) > MAX_PARTS or whole > MAX_WHOLE or any(i.file_size > MAX_PART for i in self.infos):
            raise PackageError(f"“{self.name}”展开后过大，不像填报用的工作簿，为安全起见不打开")
        if len(set(names)) != len(names) or any(n.startswith(("/", "\\")) or ".." in n.split("/") for n in names):
            raise PackageError(f"“{self.name}”的内部结构不正常，为安全起见不打开")

    @classmethod
    def open(cls, path: Path) -> Package:
        """Read a file; see `Package`."""
        try:
            if path.stat().st_size > MAX_FILE:
                raise PackageError(f"“{path.name}”超过 {MAX_FILE >> 20} MB，不像填报用的工作簿")
            return cls(path.read_bytes(), path.name)
        except FileNotFoundError:
            raise PackageError(f"找不到文件“{path}”") from None
        except IsADirectoryError:
            raise PackageError(f"“{path}”是文件夹，不是工作簿") from None
        except OSError as error:
            raise PackageError(f"读不了“{path}”：{error.strerror}") from None

    def _find_sheets(self) -> dict[str, str]:
        book = _parse(self.parts["xl/workbook.xml"], "xl/workbook.xml")
        relations = self.parts.get("xl/_rels/workbook.xml.rels", b"<x/>")
        targets = {
            r.get("Id"): r.get("Target", "")
            for r in _parse(relations, "xl/_rels/workbook.xml.rels").iter(f"{{{PACKAGE_RELATION}}}Relationship")
        }
        paths: dict[str, str] = {}
        for sheet in book.iter(_SHEET):
            target = targets.get(sheet.get(f"{{{RELATION}}}id"), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in self.parts:
                paths[sheet.get("name", "")] = path
                self.sheet_states[sheet.get("name", "")] = sheet.get("state", "visible")
        return paths

    def sheet(self, name: str) -> SheetPart:
        """A sheet by its name. Raises PackageError when there is none."""
        if name not in self._sheets:
            if name not in self.sheet_paths:
                raise PackageError(f"工作簿里没有“{name}”工作表")
            path = self.sheet_paths[name]
            root = _parse(self.parts[path], path)
            if root.find(_SHEETDATA) is None:
                raise PackageError(f"“{self.name}”的“{name}”工作表已损坏；请用备份，或用 Excel 打开后另存一份再试")
            self._sheets[name] = SheetPart(self, path, root)
        return self._sheets[name]

    @property
    def strings(self) -> list[str]:
        """The shared strings, in order."""
        if self._strings is None:
            data = self.parts.get("xl/sharedStrings.xml")
            self._strings = []
            if data:
                for item in _parse(data, "xl/sharedStrings.xml").iter(_SI):
                    texts = [t.text or "" for t in item.iter(_T) if t.getparent().tag != _RPH]
                    self._strings.append("".join(texts))
        return self._strings

    def xml(self, path: str) -> Any:
        """A part parsed; changing it changes nothing until `replace`."""
        return _parse(self.parts[path], path)

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

    def to_bytes(self) -> bytes:
        """The package with its changed parts; all others as they were, in their order."""
        for sheet in self._sheets.values():
            if sheet.path in self._changed:
                self.parts[sheet.path] = _serialise(sheet.root)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for info in self.infos:
                if info.is_dir():
                    continue
                copy = zipfile.ZipInfo(info.filename, info.date_time)
                copy.compress_type, copy.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
                archive.writestr(copy, self.parts[info.filename])
        return stream.getvalue()


class SheetPart:
    """One sheet's XML, cell by cell."""

    def __init__(self, package: Package, path: str, root: Any) -> None:
        self.package, self.path, self.root = package, path, root
        self.elements: dict[str, Any] = {c.get("r"): c for c in root.iter(_C) if c.get("r")}
        self._shared: dict[str, tuple[str, str]] | None = None

    def value(self, at: str) -> Value:
        """What a cell holds (for a formula: the value it was saved with). An error value is its text, such as #N/A."""
        cell = self.elements.get(at)
        if cell is None:
            return None
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            text = "".join(t.text or "" for t in cell.iter(_T))
            return text or None
        raw: str | None = cell.findtext(_V)
        if raw is None or raw == "":
            return None
        if kind == "s":
            index = int(raw) if raw.isdigit() else -1
            if not 0 <= index < len(self.package.strings):
                raise PackageError("文件里的文字表已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试")
            return self.package.strings[index] or None
        if kind == "b":
            return raw == "1"
        if kind == "n":
            if len(raw) <= 15 and _PLAIN_NUMBER.fullmatch(raw):
                return Decimal(raw)  # so few digits read back from a float as they are
            try:
                return decimal_of(float(raw))
            except (ValueError, OverflowError):
                return raw
        return raw

    def formula(self, at: str) -> str | None:
        """A cell's formula without ``=``, or None. Shared formulas are spelt out for each cell."""
        cell = self.elements.get(at)
        found = None if cell is None else cell.find(_F)
        if found is None:
            return None
        if found.get("t") != "shared" or found.text:
            return found.text or ""
        master = self.shared.get(found.get("si", ""))
        return Translator(f"={master[1]}", master[0]).translate_formula(at)[1:] if master else ""

    @property
    def shared(self) -> dict[str, tuple[str, str]]:
        """Shared formulas by their number: the cell that spells one out, and its text."""
        if self._shared is None:
            masters = ((at, cell.find(_F)) for at, cell in self.elements.items())
            self._shared = {f.get("si", ""): (at, f.text) for at, f in masters if f is not None and f.get("t") == "shared" and f.text}
        return self._shared

    def rows(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Each row with its cells as (column letters, address)."""
        for row in self.root.iter(_ROW):
            cells = [(m[1], m[0]) for c in row if (m := _ADDRESS.fullmatch(c.get("r", "")))]
            if cells:
                yield int(cells[0][1][len(cells[0][0]) :]), cells

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell, leaving its style. Text stays text, also when it begins with =."""
        cell = self.ensure(at)
        found = cell.find(_F)
        if found is not None and found.get("t") == "shared" and found.text:
            self._spell_out(found.get("si", ""), at)
        for child in list(cell):
            cell.remove(child)
        _write_value(cell, value)
        self.package.touch(self.path)

    def set_formula(self, at: str, text: str, value: Value) -> None:
        """Put a formula (with ``=``) and its value into a cell, leaving its style; the cell is made where it is gone."""
        cell = self.ensure(at)
        found = cell.find(_F)
        if found is not None and found.get("t") == "shared" and found.text:
            self._spell_out(found.get("si", ""), at)
        for child in list(cell):
            cell.remove(child)
        etree.SubElement(cell, _F).text = text.removeprefix("=")
        _write_value(cell, value, result=True)
        self.package.touch(self.path)

    def _spell_out(self, number: str, keep: str) -> None:
        """Before the cell that holds a shared formula changes, write the formula into every cell that shares it."""
        for at, cell in self.elements.items():
            found = cell.find(_F)
            if found is not None and found.get("t") == "shared" and found.get("si") == number and at != keep:
                text = self.formula(at)
                found.attrib.clear()
                found.text = text

    def ensure(self, at: str) -> Any:
        """The element of a cell, made empty in its place where there is none."""
        if at in self.elements:
            return self.elements[at]
        letters = at.rstrip("0123456789")
        number = at[len(letters) :]
        data = self.root.find(_SHEETDATA)
        row = next((r for r in data if r.get("r") == number), None)
        if row is None:
            row = etree.Element(_ROW, r=number)
            after = [r for r in data if r.get("r", "").isdigit() and int(r.get("r")) < int(number)]
            data.insert(len(after), row)
        cell = etree.Element(_C, r=at)
        places = [(c, _ADDRESS.fullmatch(c.get("r", ""))) for c in row]
        before = [c for c, at in places if at and column_index_from_string(at[1]) < column_index_from_string(letters)]
        row.insert(len(before), cell)
        self.elements[at] = cell
        return cell

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height."""
        for element in self.root.find(_SHEETDATA):
            if element.get("r") == str(row):
                element.set("ht", f"{points:g}")
                element.set("customHeight", "1")
                self.package.touch(self.path)

    def set_result(self, at: str, value: Value) -> None:
        """Put the value of a formula into its cell, leaving the formula."""
        cell = self.elements[at]
        for child in [c for c in cell if c.tag != _F]:
            cell.remove(child)
        _write_value(cell, value, result=True)
        self.package.touch(self.path)

    def kind(self, at: str) -> str:
        """The cell's type in the file: ``n``, ``s``, ``str``, ``inlineStr``, ``b`` or ``e`` (an error value)."""
        cell = self.elements.get(at)
        return "n" if cell is None else cell.get("t", "n")

    @property
    def protected(self) -> bool:
        """Whether the sheet's protection is on."""
        found = self.root.find(_SHEETPROTECTION)
        return found is not None and found.get("sheet") in ("1", "true")


def _write_value(cell: Any, value: Value, result: bool = False) -> None:
    cell.attrib.pop("t", None)
    if value is None and not result:
        return
    if isinstance(value, bool):
        cell.set("t", "b")
        etree.SubElement(cell, _V).text = "1" if value else "0"
    elif isinstance(value, Decimal):
        etree.SubElement(cell, _V).text = _plain(value)
    elif result:
        cell.set("t", "str")
        etree.SubElement(cell, _V).text = value or ""
    else:
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, _IS), _T)
        text.text = value
        if value and value != value.strip():
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def finish(data: bytes, values: Mapping[str, Mapping[str, Value]], date: str) -> bytes:
    """What openpyxl cannot do: give every formula its value, and the same bytes every time.

    values: sheet → address → value; date: the moment that the file says it was made at (ISO, UTC).
    """
    package = Package(data)
    for name, results in values.items():
        if results:
            sheet = package.sheet(name)
            for at, value in results.items():
                sheet.set_result(at, value)
    core = package.xml("docProps/core.xml")
    for name in ("created", "modified"):
        for element in core.iter(f"{{{TERMS}}}{name}"):
            element.text = date
    package.replace("docProps/core.xml", core)
    for info in package.infos:
        info.date_time = EPOCH
    return package.to_bytes()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that at every moment there is either the old one or the new one, whole."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise PackageError(f"写不了“{path}”：{error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise PackageError(f"写不了“{path}”：{error.strerror}。如果文件正在 Excel 里打开，请先关闭") from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
