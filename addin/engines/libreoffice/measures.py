"""Excel's measures and number formats in LibreOffice's, and back."""

from __future__ import annotations

import re
from typing import Any

from addin.engines.libreoffice import values
from addin.engines.libreoffice.office import struct

_PIXEL = 2540 / 96  # 1/100 mm
_DIGIT, _PADDING = 7, 5
"""Pixels of a digit and beside the text of a column, in the font Excel measures its columns by."""
_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|AM/PM|A/P|[^"\\\[]')


def to_points(hundredths: int) -> float:
    """1/100 mm as points, to a twentieth: what LibreOffice keeps."""
    return round(hundredths * 1440 / 2540) / 20


def to_quarter_points(hundredths: int) -> float:
    """1/100 mm as points, to a quarter: over several rows or columns the twentieths are no longer certain."""
    return round(hundredths * 288 / 2540) / 4


def to_hundredths(points: float) -> int:
    """Points as 1/100 mm."""
    return round(points * 2540 / 72)


def to_characters(hundredths: int) -> float:
    """A column's width in 1/100 mm as Excel's number of digits."""
    pixels = round(hundredths / _PIXEL)
    narrow = pixels < _DIGIT + _PADDING
    return round(pixels / (_DIGIT + _PADDING), 2) if narrow else round((pixels - _PADDING) / _DIGIT, 2)


def from_characters(characters: float) -> int:
    """Excel's width of a column in 1/100 mm."""
    pixels = characters * (_DIGIT + _PADDING) if characters < 1 else characters * _DIGIT + _PADDING
    return round(round(pixels) * _PIXEL)


def format_key(formats: Any, code: str) -> int:
    """The key of a number format given by Excel's English code, in a document's number formats."""
    anywhere, english = struct("com.sun.star.lang.Locale"), struct("com.sun.star.lang.Locale", Language="en", Country="US")
    if code.lower() == "general":
        return int(formats.getStandardIndex(anywhere))
    try:
        return int(formats.addNewConverted(code, english, anywhere))
    except Exception:  # MalformedNumberFormatException; it also stands for "known already"
        key = int(formats.queryKey(code, anywhere, False))
    if key < 0:
        raise ValueError(f"不认识的数字格式“{code}”")
    return key


def format_code(formats: Any, key: int) -> str:
    """Excel's English code of a number format."""
    found = formats.getByKey(key)
    code, locale = str(found.getPropertyValue("FormatString")), found.getPropertyValue("Locale")
    if locale.Language not in ("", "en"):
        english = struct("com.sun.star.lang.Locale", Language="en", Country="US")
        code = str(formats.getByKey(formats.addNewConverted(code, locale, english)).getPropertyValue("FormatString"))
    dated = values.kind_of_type(found.getPropertyValue("Type")) == values.DATE
    return "".join(_excel_part(part, dated) for part in _PART.findall(code))


def _excel_part(part: str, dated: bool) -> str:
    """LibreOffice writes the letters of dates and the names of colours in capitals, Excel does not."""
    if part.startswith("[") and part[1:-1].isalpha() and len(part) > 4:
        return part.capitalize() if part[1:-1].upper() != part[1:-1] else "[" + part[1:-1].capitalize() + "]"
    if dated and part not in ("AM/PM", "A/P") and not part.startswith(('"', "\\")):
        return part.lower()
    return part
