"""What cells of an open workbook wear: read from a copy that the program writes, and put on again.

A copy, because no program tells of thousands of cells at once what they look like; what it would save is read like any file.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from xlwings import Book, Range

from addin.engines.adapter import is_libreoffice, is_mac, set_locked, unprotected
from generator.sheets.sheet import Highlight, Validation
from generator.xlsx.styles_read import Style

_TYPES = {"whole": 1, "decimal": 2, "list": 3, "custom": 7}  # XlDVType
_ALIGNED = {"left": -4131, "center": -4108, "right": -4152}  # XlHAlign
_STOP = _BETWEEN = _CONTINUOUS = 1
_EXPRESSION = 2  # XlFormatConditionType
_REFERENCE = re.compile(r"(?<![\w.$])\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?![\w(.!])")
_LOOKS = ("考核簿提示", "ConditionalStyle_", "ExtConditionalStyle_")
"""How the names of cell styles begin that conditional formats of LibreOffice refer to: ours, and those that it makes of a file's."""


def copied(book: Book) -> bytes | None:
    """What the program would save now; None where it cannot write a copy."""
    with tempfile.TemporaryDirectory(prefix="scorebook-") as folder, suppress(Exception):  # programs fail in their own ways
        path = Path(folder) / "copy.xlsx"
        if is_libreoffice(book.app):
            from addin.engines.libreoffice.office import load_uno, properties

            options = properties(FilterName="Calc MS Excel 2007 XML")
            book.api.storeToURL(load_uno().systemPathToFileUrl(str(path)), options)
        elif not is_mac(book.app):
            book.api.SaveCopyAs(str(path))
        return path.read_bytes()
    return None


def put_on(cells: Range, style: Style | None, rule: Validation | None, colours: Sequence[Highlight] = ()) -> None:
    """Give cells a look and a lock, a rule on what may be typed, and the colours (RRGGBB) that they change to; the sheet must not be
    protected at that moment. A rule or a colour whose formula speaks of the cell itself goes onto one cell at a time."""
    app = cells.sheet.book.app
    if style is not None:
        cells.color = f"#{style.fill}" if style.fill else None
        cells.number_format = style.format
        cells.font.name, cells.font.size, cells.font.bold, cells.font.color = style.font, style.size, style.bold, f"#{style.colour}"
        set_locked(cells, style.locked)
        if is_libreoffice(app):
            _office_style(cells.api, style)
        elif not is_mac(app):
            _excel_style(cells.api, style)
    if rule is not None and is_libreoffice(app):
        _office_rule(cells, rule)
    elif rule is not None and not is_mac(app):
        _excel_rule(cells.api.Validation, rule)
    if colours and is_libreoffice(app):
        _office_colours(cells, colours)
    elif colours and not is_mac(app):
        _excel_colours(cells.api.FormatConditions, colours)


def _excel_style(cells: Any, style: Style) -> None:
    cells.HorizontalAlignment, cells.WrapText, cells.ShrinkToFit = _ALIGNED.get(style.align, 1), style.wrap, style.shrink
    if style.border:
        red, green, blue = bytes.fromhex(style.border)
        cells.Borders.LineStyle, cells.Borders.Color = _CONTINUOUS, red + (green << 8) + (blue << 16)


def _excel_rule(now: Any, rule: Validation) -> None:
    first = rule.first[1:-1].replace('""', '"') if rule.kind == "list" else _formula(rule.first)
    now.Delete()
    now.Add(_TYPES[rule.kind], _STOP, _BETWEEN, first, _formula(rule.second) if rule.second is not None else None)
    now.IgnoreBlank, now.InputTitle, now.InputMessage, now.ErrorMessage = True, rule.prompt_title, rule.prompt, rule.error


def _excel_colours(now: Any, colours: Sequence[Highlight]) -> None:
    now.Delete()
    for colour in colours:
        red, green, blue = bytes.fromhex(colour.colour)
        now.Add(_EXPRESSION, None, _formula(colour.formula)).Interior.Color = red + (green << 8) + (blue << 16)


def _formula(text: str) -> str:
    """A limit of a rule as Excel takes it: a number, or a formula with ``=``, in which every reference is absolute: Excel counts
    others from the cell that happens to be selected."""
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return text
    parts = text.split('"')
    return "=" + '"'.join(part if i % 2 else _REFERENCE.sub(r"$\1$\2", part) for i, part in enumerate(parts))


def _office_style(cells: Any, style: Style) -> None:
    from addin.engines.libreoffice.office import enum, struct

    justify = {"left": "LEFT", "center": "CENTER", "right": "RIGHT"}.get(style.align, "STANDARD")
    cells.setPropertyValue("HoriJustify", enum("com.sun.star.table.CellHoriJustify", justify))
    cells.setPropertyValue("VertJustify", 2)  # in the middle
    cells.setPropertyValue("IsTextWrapped", style.wrap)
    cells.setPropertyValue("ShrinkToFit", style.shrink)
    if style.border:
        line = struct("com.sun.star.table.BorderLine2", Color=int(style.border, 16), OuterLineWidth=18, LineWidth=18)
        for side in ("Top", "Bottom", "Left", "Right"):
            cells.setPropertyValue(f"{side}Border", line)


def _office_rule(cells: Range, rule: Validation) -> None:
    from addin.engines.libreoffice.office import enum

    now = cells.api.getPropertyValue("Validation")
    first = rule.first
    first = ";".join(f'"{option}"' for option in first[1:-1].split(",")) if rule.kind == "list" else _office_formula(cells, first)
    now.setPropertyValue("Type", enum("com.sun.star.sheet.ValidationType", rule.kind.upper()))
    now.setOperator(enum("com.sun.star.sheet.ConditionOperator", "FORMULA" if rule.kind == "custom" else "BETWEEN"))
    now.setFormula1(first)
    now.setFormula2("" if rule.second is None else _office_formula(cells, rule.second))
    shown = {"IgnoreBlankCells": True, "ShowInputMessage": True, "ShowErrorMessage": True, "ShowList": 1}
    texts = {"InputTitle": rule.prompt_title, "InputMessage": rule.prompt, "ErrorMessage": rule.error}
    for name, value in (shown | texts).items():
        now.setPropertyValue(name, value)
    cells.api.setPropertyValue("Validation", now)


def _office_colours(cells: Range, colours: Sequence[Highlight]) -> None:
    from addin.engines.libreoffice.office import enum, properties, struct

    own = cells.api
    area = own.getRangeAddress()
    corner = struct("com.sun.star.table.CellAddress", Sheet=area.Sheet, Column=area.StartColumn, Row=area.StartRow)
    formula = enum("com.sun.star.sheet.ConditionOperator", "FORMULA")
    now = own.getPropertyValue("ConditionalFormat")
    now.clear()
    for colour in colours:
        look, when = _office_look(cells.sheet.book, colour.colour), _office_formula(cells, colour.formula)
        now.addNew(properties(Operator=formula, Formula1=when, StyleName=look, SourcePosition=corner))
    own.setPropertyValue("ConditionalFormat", now)


def _office_look(book: Book, colour: str) -> str:
    """The name of a cell style with a colour, made where there is none: LibreOffice takes that from nobody while any sheet is
    protected."""
    styles = book.api.StyleFamilies.getByName("CellStyles")
    shade = int(colour, 16)
    for name in styles.getElementNames():
        if name.startswith(_LOOKS) and styles.getByName(name).getPropertyValue("CellBackColor") == shade:
            return str(name)
    with ExitStack() as stack:
        for sheet in book.sheets:
            stack.enter_context(unprotected(sheet))
        name = f"{_LOOKS[0]}{colour}"
        style = book.api.createInstance("com.sun.star.style.CellStyle")
        styles.insertByName(name, style)
        style.setPropertyValue("CellBackColor", shade)
    return name


def _office_formula(cells: Range, text: str) -> str:
    """A limit in LibreOffice's own spelling."""
    office: str = cells.sheet.book.impl.to_office(f"={text}")
    return office.removeprefix("=")
