"""A sheet of ours put into a file that people have worked on: added as a new part, or drawn anew in its own.

Every other part stays as it is, but for the three that list the sheets, and the styles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from generator.layout.addresses import address
from generator.layout.design import Design
from generator.problems import PackageError
from generator.sheets.sheet import Box, Formula, Sheet
from generator.value import Value
from generator.xlsx import cell_rules, cells, xml

if TYPE_CHECKING:
    from generator.xlsx.package import Package

_WORKBOOK, _LINKS, _TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_SHEET, _NAMES = xml.named("sheet"), xml.named("definedNames")
_RELATIONSHIP = xml.named("Relationship", xml.PACKAGE_RELATION)
_WORKSHEET = f"{xml.RELATION}/worksheet"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_DRAWN = re.compile(r'<(?:\w+:)?(drawing|legacyDrawing)\b[^>]*?\bid="([^"]+)"[^>]*/>')
"""What leads from a sheet to its pictures and comments."""
_UNLOCKED = 'sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0" autoFilter="0"'


def put(package: Package, sheet: Sheet, design: Design, style_of: Callable[[Box], int], same: Callable[[str, str], bool]) -> bool:
    """Let a file have this sheet; whether anything had to be changed. One of that name is taken for an earlier state of it.

    style_of: the number of a cell's style; same: whether two formulas, without ``=``, say the same.
    """
    there = sheet.name in package.sheet_names
    if there and _holds(package, sheet, same):
        return False
    part = package.sheet_paths[sheet.name] if there else _new_path(package)
    drawn = _DRAWN.findall(xml.raw_of(package.parts[part])) if there else []
    if there:
        _forget_formulas(package, sheet, part)
    content = _part(sheet, design, style_of, [(kind, id) for kind, id in drawn])
    if there:
        package.replace_sheet(sheet.name, content)
    else:
        _enlist(package, sheet, part, content)
    return True


def _holds(package: Package, sheet: Sheet, same: Callable[[str, str], bool]) -> bool:
    """Whether the sheet in the file says what this one says."""
    part = package.sheet_apart(sheet.name)
    wanted = {address(*place): box.content for place, box in sheet.cells.items() if box.content not in (None, "")}
    present = {at for at in part.addresses if part.value(at) not in (None, "") or part.formula(at) is not None}
    if present != wanted.keys():
        return False
    for at, content in wanted.items():
        formula = part.formula(at)
        if isinstance(content, Formula):
            if formula is None or not same(formula, content.text) or not _same(part.value(at), content.value):
                return False
        elif formula is not None or part.value(at) != content:
            return False
    return True


def _same(shown: Value, wanted: Value) -> bool:
    return (shown if shown != "" else None) == (wanted if wanted != "" else None)


def _forget_formulas(package: Package, sheet: Sheet, path: str) -> None:
    part, kept = package.sheet_apart(sheet.name), sheet.formulas
    for at in part.addresses:
        if part.formula(at) is not None and at not in kept:
            package.lost_formula(path, at)


def _new_path(package: Package) -> str:
    taken = {name.casefold() for name in package.parts}
    number = 1
    while f"xl/worksheets/sheet{number}.xml" in taken:
        number += 1
    return f"xl/worksheets/sheet{number}.xml"


def _part(sheet: Sheet, design: Design, style_of: Callable[[Box], int], drawn: list[tuple[str, str]]) -> bytes:
    """The whole part of a sheet. drawn: what leads on to pictures and comments that are there, by kind and relationship."""
    hidden = dict.fromkeys(sheet.hidden_columns, ' hidden="1"')
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"{hidden.get(number, "")}/>'
        for number, width in sorted(sheet.widths.items())
    )
    margins = " ".join(f'{side}="{design.print.margins[side] / 25.4:.4f}"' for side in ("left", "right", "top", "bottom"))
    pieces = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
        f'<worksheet xmlns="{xml.MAIN}" xmlns:r="{xml.RELATION}">',
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="{cells.extent(sheet)}"/>',
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0">{_pane(sheet.freeze)}</sheetView></sheetViews>',
        '<sheetFormatPr defaultRowHeight="15"/>',
        f"<cols>{columns}</cols>" if columns else "",
        cells.sheet_data(sheet, style_of),
        f"<sheetProtection {_UNLOCKED}/>" if sheet.protected else "",
        f'<autoFilter ref="{sheet.filter}"/>' if sheet.filter else "",
        cells.merges(sheet),
        cell_rules.data_validations(sheet),
        '<printOptions horizontalCentered="1"/>',
        f'<pageMargins {margins} header="0.2" footer="0.25"/>',
        f'<pageSetup paperSize="9" orientation="{"landscape" if sheet.landscape else "portrait"}" fitToWidth="1" fitToHeight="0"/>',
        f"<headerFooter><oddFooter>&amp;C{xml.xml_text(design.print.footer)}</oddFooter></headerFooter>",
        *(f"<{kind} r:id={xml.quoted(id)}/>" for kind, id in sorted(drawn)),
        "</worksheet>",
    ]
    return "".join(pieces).encode()


def _pane(freeze: str | None) -> str:
    """The part of a sheet's view that keeps the rows above a cell in sight."""
    rows = int(freeze.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1 if freeze else 0
    if not rows:
        return ""
    return f'<pane ySplit="{rows}" topLeftCell="A{rows + 1}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'


def _enlist(package: Package, sheet: Sheet, path: str, content: bytes) -> None:
    """Add a sheet as the last one."""
    listed = package.elements(_WORKBOOK, _SHEET)
    relations = package.elements(_LINKS, _RELATIONSHIP)
    closing = xml.raw_of(package.parts[_TYPES]).rfind("</")
    if not listed or not relations or closing < 0:
        raise PackageError(f"“{package.name}”的内部结构不正常，加不了“{sheet.name}”工作表；请用 Excel 打开后另存一份再试")
    id = _free("rId", {found.attributes.get("Id", "") for found in relations})
    number = (
        max((int(found.attributes.get("sheetId", "0")) for found in listed if found.attributes.get("sheetId", "").isdecimal()), default=0)
        + 1
    )
    last, workbook = listed[-1], xml.raw_of(package.parts[_WORKBOOK])
    own = xml.prefix(xml.parted(workbook[last.start : last.inside])[0])
    name = xml.raw_of(xml.quoted(sheet.name).encode())
    changes = [(last.end, last.end, f'<{own}sheet xmlns:r="{xml.RELATION}" name={name} sheetId="{number}" r:id="{id}"/>')]
    changes += _titles(package, sheet, len(listed))
    package.change(_WORKBOOK, changes)
    raw = xml.raw_of(package.parts[_LINKS])
    own = xml.prefix(xml.parted(raw[relations[-1].start : relations[-1].inside])[0])
    at = relations[-1].end
    package.change(_LINKS, [(at, at, f'<{own}Relationship Id="{id}" Type="{_WORKSHEET}" Target="/{path}"/>')])
    tag = xml.raw_of(package.parts[_TYPES])[closing + 2 :]
    own = tag.partition(":")[0] + ":" if ":" in tag else ""
    package.change(_TYPES, [(closing, closing, f'<{own}Override PartName="/{path}" ContentType="{_CONTENT}"/>')])
    package.add_sheet(sheet.name, path, str(number), content)


def _titles(package: Package, sheet: Sheet, position: int) -> list[tuple[int, int, str]]:
    """The names by which rows are repeated on every page and can be filtered, in a file that has names."""
    names = package.elements(_WORKBOOK, _NAMES)
    if not names:
        return []
    where = xml.escaped("'" + sheet.name.replace("'", "''") + "'!")
    workbook = xml.raw_of(package.parts[_WORKBOOK])
    own = xml.prefix(xml.parted(workbook[names[0].start : names[0].inside])[0])
    pieces = ""
    if sheet.filter:
        area = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", sheet.filter)
        pieces += f'<{own}definedName name="_xlnm._FilterDatabase" localSheetId="{position}" hidden="1">{where}{area}</{own}definedName>'
    if sheet.title_rows:
        first, last = sheet.title_rows
        pieces += f'<{own}definedName name="_xlnm.Print_Titles" localSheetId="{position}">{where}${first}:${last}</{own}definedName>'
    at = names[0].close
    return [(at, at, pieces)] if pieces else []


def _free(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
