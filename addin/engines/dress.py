"""What cells of an open workbook wear: read from a copy that the program writes, and put on again.

A copy, because no program tells of thousands of cells at once what they look like; what it would save is read like any file.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from xlwings import Book, Range

from addin.engines.adapter import is_libreoffice, is_mac, set_locked
from generator.sheets.sheet import Validation
from generator.xlsx.styles_read import Style

_TYPES = {"whole": 1, "decimal": 2, "list": 3, "custom": 7}  # XlDVType
_ALIGNED = {"left": -4131, "center": -4108, "right": -4152}  # XlHAlign
_STOP = _BETWEEN = _CONTINUOUS = 1


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


def put_on(cells: Range, style: Style | None, rule: Validation | None) -> None:
    """Give cells a look and a lock, and a rule on what may be typed; the sheet must not be protected at that moment."""
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


def _formula(text: str) -> str:
    """A limit of a rule as Excel takes it: a number, or a formula with ``=``."""
    return text if text.lstrip("-").replace(".", "", 1).isdigit() else f"={text}"


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


def _office_formula(cells: Range, text: str) -> str:
    """A limit in LibreOffice's own spelling."""
    office: str = cells.sheet.book.impl.to_office(f"={text}")
    return office.removeprefix("=")
