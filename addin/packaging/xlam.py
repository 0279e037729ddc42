"""Builds ``scorebook.xlam`` without Excel: xlwings' own add-in with our ribbon, our VBA and our settings in it.

The file is the same, byte for byte, wherever it is built with the same versions of Scorebook and xlwings.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from addin.packaging import archive, ribbon
from addin.packaging.machine import InstallError
from generator.problems import Refusal
from generator.xlsx.package import Package
from generator.xlsx.xml import MAIN

NAME = "scorebook.xlam"
PROJECT = "scorebook"
"""What xlwings calls the project: its settings are looked for on the sheet ``scorebook.conf``."""
SETTINGS = f"{PROJECT}.conf"
INTERPRETER = "INTERPRETER_WIN"
VERSION, XLWINGS = "VERSION", "XLWINGS_VERSION"
MODULE = "ScorebookRibbon"
SIGNATURES = "vbaProjectSignature"

_SHEET, _VBA, _CORE, _BOOK = "xl/worksheets/sheet1.xml", "xl/vbaProject.bin", "docProps/core.xml", "xl/workbook.xml"
_RIBBON, _RELATIONS = "customUI/customUI.xml", "_rels/.rels"
_THEIR_NAME, _THEIR_MODULE, _THEIR_PROJECT = "myaddin", "RibbonMyAddin", "MyAddin"
_NO_CACHE = b"\xcc\x61\xff\xff\x00\x00\x00"
"""A _VBA_PROJECT stream that holds no compiled code ([MS-OVBA] 2.3.4.1): Excel compiles the source when it opens the file."""
_FROM_THE_WORKBOOK = ("GetConfig", "GetDirectoryConfigFilePath")
"""xlwings' functions that let the active workbook choose settings."""


class BuildError(Refusal):
    """The add-in cannot be built with the libraries that are there."""


def build(interpreter: str = "") -> bytes:
    """The add-in as a file. interpreter: the full path of ``python.exe`` on the machines it is for; Windows expands
    ``%NAME%`` in it. Raises BuildError, and ModuleNotFoundError where xlwings or pyOpenVBA is missing.
    """
    import xlwings

    base = Path(xlwings.__file__).with_name("quickstart_addin_ribbon.xlam")
    parts = archive.unpack(base.read_bytes())
    missing = {_SHEET, _VBA, _CORE, _BOOK, _RIBBON, _RELATIONS} - parts.keys()
    if missing:
        raise BuildError(f"xlwings {version('xlwings')} 自带的加载项样板里少了 {'、'.join(sorted(missing))}，请换用另一版 xlwings")
    parts[_RIBBON], parts[_RELATIONS] = ribbon.source(), _relations(parts[_RELATIONS])
    parts[_VBA] = _vba_project(base)
    parts[_BOOK] = _book(parts[_BOOK])
    parts[_CORE] = _properties()
    parts[_SHEET] = _with_rows(parts[_SHEET], settings(interpreter))
    return archive.pack(parts)


def settings(interpreter: str = "") -> dict[str, str]:
    """The rows of the add-in's sheet of settings. Without an interpreter xlwings looks into the user's own file."""
    own = {INTERPRETER: interpreter} if interpreter else {}
    return {**own, VERSION: version("scorebook"), XLWINGS: version("xlwings"), **_texts()}


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = yaml.safe_load((ribbon.SOURCES / "settings.yaml").read_text(encoding="utf-8"))
    return texts


def read_settings(data: bytes) -> dict[str, str]:
    """The settings in a built add-in. Raises InstallError where the workbook is no add-in of ours."""
    package = Package(data, NAME)
    if SETTINGS not in package.sheet_paths:
        raise InstallError("这个文件不是考核簿的加载项")
    cells = package.sheet(SETTINGS)
    rows = (str(at[1:]) for at in cells.addresses if at.startswith("A"))
    return {str(cells.value(f"A{row}")): str(cells.value(f"B{row}") or "") for row in rows}


def with_interpreter(data: bytes, interpreter: str) -> bytes:
    """The add-in with another interpreter; every other part, and with it a signature of the VBA, stays as it is."""
    rows = read_settings(data)
    rows.pop(INTERPRETER, None)
    parts = archive.unpack(data)
    sheet = Package(data, NAME).sheet_paths[SETTINGS]  # Excel, where the add-in was signed, may have moved it
    parts[sheet] = _with_rows(parts[sheet], {INTERPRETER: interpreter, **rows})
    return archive.pack(parts)


def is_signed(data: bytes) -> bool:
    """Whether somebody has signed the VBA project."""
    return any(SIGNATURES in name for name in archive.unpack(data))


def _with_rows(sheet: bytes, rows: Mapping[str, str]) -> bytes:
    """The sheet with these rows of key and value in columns A and B, and nothing else."""
    root = etree.fromstring(sheet)
    data = root.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    data.clear()
    for dimension in root.findall(f"{{{MAIN}}}dimension"):
        dimension.set("ref", f"A1:B{len(rows)}")
    for number, pair in enumerate(rows.items(), 1):
        row = etree.SubElement(data, f"{{{MAIN}}}row", r=str(number))
        for letter, text in zip("AB", pair, strict=True):
            cell = etree.SubElement(row, f"{{{MAIN}}}c", r=f"{letter}{number}", t="inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t").text = text
    return _serialise(root)


def _relations(relations: bytes) -> bytes:
    """The package's relationships, the ribbon's the one for its namespace; the template names the one of 2010."""
    root = etree.fromstring(relations)
    for relation in root:
        if relation.get("Target") == _RIBBON:
            relation.set("Type", ribbon.RELATION)
    return _serialise(root)


def _book(workbook: bytes) -> bytes:
    """The workbook part with our sheet's name, and without the folder it was last saved in and the resolution of its
    pictures, a number that only Excel for Mac writes and the schema does not know.
    """
    root = etree.fromstring(workbook)
    for sheet in root.iter(f"{{{MAIN}}}sheet"):
        sheet.set("name", SETTINGS)
    for saved_in in root.findall("{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"):
        root.remove(saved_in)
    for extension in root.findall(f"{{{MAIN}}}extLst"):
        root.remove(extension)
    return _serialise(root)


def _properties() -> bytes:
    """The properties Excel shows of the file; no dates, which would differ from build to build."""
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    terms = "http://purl.org/dc/elements/1.1/"
    root: Any = etree.Element(f"{{{core}}}coreProperties", nsmap={"cp": core, "dc": terms})
    for tag, text in (("title", "考核簿"), ("creator", "Scorebook"), ("description", f"考核簿加载项 {version('scorebook')}")):
        etree.SubElement(root, f"{{{terms}}}{tag}").text = text
    return _serialise(root)


def _serialise(root: Any) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _vba_project(base: Path) -> bytes:
    """xlwings' VBA project with its ribbon module replaced by ours, and nothing compiled in it."""
    from pyopenvba import ExcelFile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        with ExcelFile(base) as book:
            project = book.vba_project()
            project.rename_module(_THEIR_MODULE, MODULE).source = _vba_source()
            xlwings = project.get_module("xlwings")
            xlwings.source = own_settings_only(xlwings.source)
            book.remove_reference("MSForms")  # theirs, for forms that are not there; a reference that is missing stops all VBA
            for module in project.modules:
                module.dirty = True  # rewritten from source, so that no compiled code of another version is left
            book.save(path)
        return _renamed(archive.unpack(path.read_bytes())[_VBA])


def _vba_source() -> str:
    text = (ribbon.SOURCES / f"{MODULE}.bas").read_text(encoding="ascii")
    return "\r\n".join(text.splitlines()) + "\r\n"


def own_settings_only(source: str) -> str:
    """xlwings' module under our project's name, and deaf to settings that come with a workbook.

    xlwings lets the active workbook, and a file beside it, name the interpreter and more. These workbooks come by mail:
    one must not decide which program a button runs. The add-in's own sheet and its own folder take that place.
    """
    source, renamed = re.subn(rf'(PROJECT_NAME As String = )"{_THEIR_NAME}"', rf'\1"{PROJECT}"', source)
    if renamed != 1:
        raise BuildError(f"xlwings {version('xlwings')} 的 VBA 模块和预计的不一样（PROJECT_NAME），请换用另一版 xlwings")
    for function in _FROM_THE_WORKBOOK:
        body = re.search(rf"^Function {function}\(.*?^End Function", source, re.DOTALL | re.MULTILINE)
        if not body or "ActiveWorkbook" not in body[0]:
            raise BuildError(f"xlwings {version('xlwings')} 的 VBA 模块和预计的不一样（{function}），请换用另一版 xlwings")
        source = source.replace(body[0], body[0].replace("ActiveWorkbook", "ThisWorkbook"))
    # An unqualified Range fails while a chart sheet is in front.
    return source.replace('In Range(sht.Range("A1"), lastCell)', 'In sht.Range(sht.Range("A1"), lastCell)')


def _renamed(project: bytes) -> bytes:
    """The VBA project under our name, as the VBA editor lists it, and without a cache of compiled code."""
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import compress, decompress

    def record(name: str) -> bytes:
        return b"\x04\x00" + len(name).to_bytes(4, "little") + name.encode("ascii")  # PROJECTNAME, [MS-OVBA] 2.3.4.2.1.6

    file = CFB.from_bytes(project)
    listing = decompress(file.get_stream_in_storage("VBA", "dir"))
    declaration = file.get_stream("PROJECT")
    old, new = f'Name="{_THEIR_PROJECT}"'.encode(), f'Name="{PROJECT}"'.encode()
    if listing.count(record(_THEIR_PROJECT)) != 1 or declaration.count(old) != 1:
        raise BuildError(f"xlwings {version('xlwings')} 的 VBA 工程和预计的不一样（{_THEIR_PROJECT}），请换用另一版 xlwings")
    file.write_stream_in_storage("VBA", "dir", compress(listing.replace(record(_THEIR_PROJECT), record(PROJECT))))
    file.write_stream("PROJECT", declaration.replace(old, new))
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", _NO_CACHE)
    return bytes(file.to_bytes())
