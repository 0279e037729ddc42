"""Data validations and conditional formats of a sheet as XML.

They are written here like the cells, since openpyxl makes a dozen checked objects of each and a book has thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from generator.sheets.sheet import Bars, Highlight, Sheet, Validation
from generator.xlsx.xml import legal, quoted, xml_text

ERROR_TITLE = "填得不对"
NO_SHADES: Mapping[str, str] = MappingProxyType({})
LEAST_END = "0.000001"
"""Where bars end that have no number above it."""
_CELL = re.compile(r"\$?[A-Z]{1,3}\$?\d+")


def conditional_formats(sheet: Sheet, look_of: Callable[[str], int], shades: Mapping[str, str] = NO_SHADES) -> str:
    """The ``conditionalFormatting`` elements of a sheet, '' where it has none. look_of: the number of a colour's look; shades: the
    colours of bars as RRGGBB."""
    rules = [
        f'<conditionalFormatting sqref="{ranges}"><cfRule type="expression" priority="{priority}" dxfId="{look_of(colour)}">'
        f"<formula>{xml_text(formula)}</formula></cfRule></conditionalFormatting>"
        for priority, (ranges, formula, colour) in enumerate(_gathered(sheet.highlights), start=1)
    ]
    rules += [_bars(bars, priority, shades[bars.colour]) for priority, bars in enumerate(sheet.bars, start=len(rules) + 1)]
    return "".join(rules)


def _bars(bars: Bars, priority: int, shade: str) -> str:
    """Bars from zero on. The end is written as a formula: where no number is above zero, Excel would draw bars over nothing."""
    fixed = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", bars.range)
    return (
        f'<conditionalFormatting sqref="{bars.range}"><cfRule type="dataBar" priority="{priority}"><dataBar minLength="0" maxLength="100">'
        f'<cfvo type="num" val="0"/><cfvo type="formula" val="MAX({fixed},{LEAST_END})"/><color rgb="FF{shade}"/>'
        "</dataBar></cfRule></conditionalFormatting>"
    )


def data_validations(sheet: Sheet) -> str:
    """The ``dataValidations`` element of a sheet, '' where it has none."""
    listed = [_validation(v) for v in _alike(sheet.validations)]
    return f'<dataValidations count="{len(listed)}">{"".join(listed)}</dataValidations>' if listed else ""


def _validation(v: Validation) -> str:
    kind = {"type": v.kind, "operator": v.operator}
    shown = {"errorTitle": ERROR_TITLE if v.error else "", "error": v.error, "promptTitle": v.prompt_title, "prompt": v.prompt}
    words = "".join(f" {name}={_attribute(text)}" for name, text in {**kind, **shown}.items() if text)
    second = f"<formula2>{xml_text(v.second)}</formula2>" if v.second is not None else ""
    refused = int(bool(v.error))
    return (
        f'<dataValidation sqref="{v.range}"{words} allowBlank="1" showErrorMessage="{refused}" showInputMessage="1">'
        f"<formula1>{xml_text(v.first)}</formula1>{second}</dataValidation>"
    )


@lru_cache(maxsize=4096)
def _attribute(text: str) -> str:
    return quoted(legal(text))


def _gathered(highlights: list[Highlight]) -> Iterator[tuple[str, str, str]]:
    """Conditional formats as (ranges, formula, colour): those that say the same of their own cell alone become one.

    Only ranges that begin in the same column are put together, upper ones first, so that every program agrees on the
    cell that the formula is meant for.
    """
    gathered: dict[tuple[str, str, str], list[Highlight]] = {}
    for number, h in enumerate(highlights):
        first = h.range.partition(":")[0]
        parts = h.formula.split('"')
        own = '"'.join(p if i % 2 else re.sub(rf"\b{first}\b", "§", p) for i, p in enumerate(parts))
        alone = not any(_CELL.search(p) for p in own.split('"')[::2])
        gathered.setdefault((own, h.colour, first.rstrip("0123456789")) if alone else (h.formula, h.colour, str(number)), []).append(h)
    for same in gathered.values():
        yield " ".join(h.range for h in same), same[0].formula, same[0].colour


def _alike(validations: list[Validation]) -> Iterator[Validation]:
    """Validations that say the same, whatever the cell, become one."""
    alike: dict[Validation, list[str]] = {}
    for number, v in enumerate(validations):
        own = v.kind == "custom" or (v.kind != "list" and any(_CELL.search(text or "") for text in (v.first, v.second)))
        alike.setdefault(replace(v, range=f"{number}" if own else ""), []).append(v.range)
    for v, ranges in alike.items():
        yield replace(v, range=" ".join(ranges))
