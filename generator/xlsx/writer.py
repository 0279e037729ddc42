"""Scheme → .xlsx: the sheets put together, written with openpyxl, and every formula given its value.

openpyxl cannot write a formula together with its value, nor the same bytes twice, and its fonts and drawings are not as
Excel writes them; that is done afterwards.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.workbook.protection import WorkbookProtection

from generator import files
from generator.layout.design import Design
from generator.scheme.model import Scheme
from generator.sheets.book import Book
from generator.sheets.sheet import Sheet
from generator.xlsx import cell_rules, cells
from generator.xlsx.styles import Styles
from generator.xlsx.tidy import tidied

COMPRESSION = 4
OWN_FILE = 0o100600 << 16
"""What a zip says of where it was made: the same on every system."""


def write(book: Book, path: Path) -> None:
    """Write the file, whole or not at all."""
    files.write_atomically(path, to_bytes(book))


def to_bytes(book: Book) -> bytes:
    """The file's bytes: the same for the same scheme, inputs and template."""
    return packed(book.sheets, book.layout.design, book.layout.grids[0].sheet, About.of(book.plan.scheme))


@dataclass(frozen=True)
class About:
    """What a file says of itself. date: the day that it says it was made on."""

    title: str
    subject: str
    identifier: str
    date: str

    @classmethod
    def of(cls, scheme: Scheme) -> About:
        """What the files of a scheme say."""
        date = scheme.source.date.isoformat() if scheme.source.date else f"{scheme.year}-01-01"
        return cls(scheme.title, f"{scheme.source.document} {scheme.source.part}", scheme.id, date)


def packed(sheets: Sequence[Sheet], design: Design, front: str, about: About) -> bytes:
    """Sheets as a file: the same bytes for the same sheets. front: the one that is shown first."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    pen = Styles(design)
    workbook._named_styles["Normal"].font = Font(name=design.font, size=11)
    parts = []
    for sheet in sheets:
        target = workbook.create_sheet(sheet.name)
        pen.draw(target, sheet)
        rows = cells.sheet_data(sheet, pen.style_in(target))
        looks = cell_rules.conditional_formats(sheet, pen.looks_in(workbook), design.colours)
        parts.append((cells.extent(sheet), rows, cells.merges(sheet) + looks + cell_rules.data_validations(sheet)))
    workbook.active = next(i for i, sheet in enumerate(sheets) if sheet.name == front)
    for worksheet in workbook.worksheets:
        worksheet.sheet_view.tabSelected = worksheet.title == front
    if any(sheet.protected for sheet in sheets):
        workbook.security = WorkbookProtection(lockStructure=True)
    properties = workbook.properties
    properties.title, properties.creator = about.title, "Scorebook"
    properties.subject, properties.identifier = about.subject, about.identifier
    workbook.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    workbook.save(stream)
    return _assemble(stream.getvalue(), parts, f"{about.date}T00:00:00Z")


_DIMENSION = re.compile(rb"<dimension[^>]*/>")
_AFTER_RULES = re.compile(rb"<(?:hyperlinks|printOptions|pageMargins)\b")
_EMPTY_DATA = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FONT = re.findall(r"\w+", "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme")
"""What a font consists of, in the order that Excel writes and Microsoft's schema demands."""
_AS_IT_IS = {"xl/theme/theme1.xml"}
"""What openpyxl has as a text, and never parses."""
_ONE_FONT = re.compile(rb"<font>(.*?)</font>")
_CHILD = re.compile(rb"<[^<>]*/>")
_UNPREFIXED = re.compile(rb"<(/?)(\w+)(?=[\s/>])")


def _assemble(data: bytes, parts: list[tuple[str, str, str]], date: str) -> bytes:
    """openpyxl's file with the cells put in, and without anything that changes from run to run.

    parts: of each sheet in order, its range, its rows, and its merged cells with the rules of cells.
    date: the moment that the file says it was made at (ISO, UTC).
    """
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename not in _AS_IT_IS:
                content = tidied(content, info.filename, "ascii" if info.filename.startswith("xl/worksheets/sheet") else "utf-8")
            if sheet := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", info.filename):
                extent, body, rules = (text.encode() for text in parts[int(sheet[1]) - 1])
                before, after = _EMPTY_DATA.split(_DIMENSION.sub(b'<dimension ref="' + extent + b'"/>', content))
                after_rules = _AFTER_RULES.search(after)
                at = after_rules.start() if after_rules else len(after)
                content = before + body + after[:at] + rules + after[at:]
            elif info.filename == "docProps/core.xml":
                content = _DATES.sub(lambda m: m[1] + date.encode(), content)
            elif info.filename == "xl/styles.xml":
                content = _fonts_in_order(content)
            elif info.filename.startswith("xl/drawings/drawing"):
                content = _prefixed(content)
            elif info.filename.startswith("xl/charts/chart"):
                content = _untitled(content)
            copy = zipfile.ZipInfo(info.filename, files.EPOCH)
            copy.compress_type, copy.create_system, copy.external_attr = zipfile.ZIP_DEFLATED, files.UNIX, info.external_attr & OWN_FILE
            target.writestr(copy, content, compresslevel=COMPRESSION)
    return result.getvalue()


def _fonts_in_order(styles: bytes) -> bytes:
    """The part of styles with each font's children in the schema's order; openpyxl begins with the name."""
    return _ONE_FONT.sub(_in_order, styles)


def _in_order(font: re.Match[bytes]) -> bytes:
    children: list[bytes] = sorted(_CHILD.findall(font[1]), key=_in_font)
    return b"<font>%s</font>" % b"".join(children)


def _in_font(child: bytes) -> int:
    name = re.match(rb"<(\w+)", child)
    assert name
    return _FONT.index(name[1].decode())


def _untitled(chart: bytes) -> bytes:
    """A chart without a title, said so: Excel gives it the name of its series for one."""
    return chart.replace(b"<chart><plotArea>", b'<chart><autoTitleDeleted val="1"/><plotArea>', 1)


def _prefixed(drawing: bytes) -> bytes:
    """A drawing whose own elements bear the prefix ``xdr``, without which ExcelJS does not know them."""
    return _UNPREFIXED.sub(rb"<\1xdr:\2", drawing).replace(b"xmlns=", b"xmlns:xdr=", 1)
