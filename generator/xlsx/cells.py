"""The cells of a sheet as XML, each formula with its value.

openpyxl writes everything around them (styles, print set-up, charts), but cannot write a formula together
with its value, and it spends most of its time on cells; so the cells are written here, in one pass.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import itemgetter

from generator.columns import letters_of
from generator.layout.addresses import address
from generator.sheets.sheet import Box, Formula, Sheet
from generator.value import ErrorValue, Value, plain
from generator.xlsx.xml import xml_text


def sheet_data(sheet: Sheet, style_of: Callable[[Box], int]) -> str:
    """The ``sheetData`` element of a sheet: rows with their heights and outline levels, cells with styles and values."""
    rows: dict[int, list[str]] = {row: [] for row in {*sheet.heights, *sheet.hidden_rows, *sheet.outline}}
    letters: dict[int, str] = {}
    for (row, column), box in sorted(sheet.cells.items(), key=_place):
        name = letters.get(column)
        if name is None:
            name = letters[column] = letters_of(column)
        rows.setdefault(row, []).append(_cell(f"{name}{row}", style_of(box), box))
    out = ["<sheetData>"]
    hidden = set(sheet.hidden_rows)
    for row in sorted(rows):
        height = sheet.heights.get(row)
        out.append(f'<row r="{row}"')
        if height is not None:
            out.append(f' ht="{round(height, 1):g}" customHeight="1"')
        if row in hidden:
            out.append(' hidden="1"')
        if row in sheet.outline:
            out.append(f' outlineLevel="{sheet.outline[row]}"')
        out.append(">")
        out += rows[row]
        out.append("</row>")
    out.append("</sheetData>")
    return "".join(out)


def merges(sheet: Sheet) -> str:
    """The ``mergeCells`` element of a sheet, '' where nothing is merged."""
    listed = "".join(f'<mergeCell ref="{address(top, left)}:{address(bottom, right)}"/>' for top, left, bottom, right in sheet.merges)
    return f'<mergeCells count="{len(sheet.merges)}">{listed}</mergeCells>' if listed else ""


def extent(sheet: Sheet) -> str:
    """The range of a sheet that holds cells."""
    rows, columns = [row for row, _ in sheet.cells], [column for _, column in sheet.cells]
    if not rows:
        return "A1"
    return f"{letters_of(min(columns))}{min(rows)}:{letters_of(max(columns))}{max(rows)}"


_place = itemgetter(0)
"""Row and column of an entry of ``Sheet.cells``."""


def _cell(at: str, style: int, box: Box) -> str:
    content = box.content
    if content is None:
        return f'<c r="{at}" s="{style}"/>'
    if isinstance(content, Formula):
        kind, value = _result(content.value)
        return f'<c r="{at}" s="{style}"{kind}><f>{xml_text(content.text[1:])}</f>{value}</c>'
    if isinstance(content, bool):
        return f'<c r="{at}" s="{style}" t="b"><v>{int(content)}</v></c>'
    if isinstance(content, ErrorValue):
        return f'<c r="{at}" s="{style}" t="e"><v>{xml_text(content)}</v></c>'
    if isinstance(content, Decimal):
        return f'<c r="{at}" s="{style}"><v>{plain(content)}</v></c>'
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t{_space(content)}>{xml_text(content)}</t></is></c>'


def _result(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, Decimal):
        return "", f"<v>{plain(value)}</v>"
    return ' t="str"', f"<v>{xml_text(value or '')}</v>"


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
