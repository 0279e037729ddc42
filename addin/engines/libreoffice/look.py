"""How text in cells and shapes looks: xlwings' Font and Characters, alignments and colours."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from addin.engines.libreoffice.office import enum
from addin.engines.libreoffice.support import implements

RGB = tuple[int, int, int]
_BOLD, _NORMAL = 150.0, 100.0  # of com.sun.star.awt.FontWeight
_SCRIPTS = ("", "Asian", "Complex")
"""LibreOffice keeps one font for Latin, one for Chinese and one for right-to-left text; Excel has one for all."""

HORIZONTAL = {"general": "STANDARD", "left": "LEFT", "center": "CENTER", "right": "RIGHT", "justify": "BLOCK", "fill": "REPEAT"}
VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}  # of com.sun.star.table.CellVertJustify2


def to_color(color: RGB | int | str) -> int:
    """A colour as xlwings takes it (RGB, Excel's integer, ``#rrggbb``) in LibreOffice's integer, red first."""
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    red, green, blue = (color & 255, color >> 8 & 255, color >> 16) if isinstance(color, int) else color
    return (red << 16) + (green << 8) + blue


def to_rgb(color: int) -> RGB:
    """LibreOffice's integer as red, green, blue; the automatic colour (negative) is black."""
    return (color >> 16 & 255, color >> 8 & 255, color & 255) if color >= 0 else (0, 0, 0)


def common(target: Any, name: str) -> Any:
    """A UNO property of some cells, or None where they differ."""
    if target.getPropertyState(name).value == "AMBIGUOUS_VALUE":
        return None
    return target.getPropertyValue(name)


@implements(base_classes.Font)
class Font:
    """The font of anything that has UNO's character properties. What differs within it reads as None."""

    api: Any

    def __init__(self, target: Any) -> None:
        self.api = target

    def _get(self, name: str) -> Any:
        return common(self.api, name)

    def _set(self, name: str, value: Any) -> None:
        for script in _SCRIPTS:
            self.api.setPropertyValue(name + script, value)

    @property
    def bold(self) -> bool | None:
        weight = self._get("CharWeight")
        return None if weight is None else weight > _NORMAL

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool | None:
        posture = self._get("CharPosture")
        return None if posture is None else posture.value != "NONE"

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("CharPosture", enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float | None:
        size = self._get("CharHeight")
        return None if size is None else round(size, 1)

    @size.setter
    def size(self, value: float) -> None:
        self._set("CharHeight", float(value))

    @property
    def name(self) -> str | None:
        name: str | None = self._get("CharFontName")
        return name

    @name.setter
    def name(self, value: str) -> None:
        self._set("CharFontName", value)

    @property
    def color(self) -> RGB | None:
        color = self._get("CharColor")
        return None if color is None else to_rgb(color)

    @color.setter
    def color(self, value: RGB | int | str) -> None:
        self.api.setPropertyValue("CharColor", to_color(value))


@implements(base_classes.Characters)
class Characters:
    """A stretch of the text of a cell or shape; `length` None is to its end."""

    def __init__(self, holder: Any, start: int = 0, length: int | None = None) -> None:
        self._holder, self._start, self._length = holder, start, length

    @property
    def api(self) -> Any:
        """A UNO text cursor over the stretch."""
        cursor = self._holder.createTextCursor()
        cursor.gotoStart(False)
        cursor.goRight(self._start, False)
        if self._length is None:
            cursor.gotoEnd(True)
        else:
            cursor.goRight(self._length, True)
        return cursor

    @property
    def text(self) -> str:
        return str(self.api.getString())

    @property
    def font(self) -> Font:
        return Font(self.api)

    def __getitem__(self, item: int | slice) -> Characters:
        length = len(self.text)
        if isinstance(item, slice):
            if (item.start or 0) < 0 or (item.stop or 0) < 0:
                raise ValueError("不支持从末尾数的字符位置")
            start, stop, _ = item.indices(length)
            return Characters(self._holder, self._start + start, max(0, stop - start))
        return Characters(self._holder, self._start + (item if item >= 0 else length + item), 1)
