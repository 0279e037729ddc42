"""One sheet: xlwings' Sheet and PageSetup."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpyxl.utils import range_boundaries
from xlwings import XlwingsError, base_classes

from addin.engines.libreoffice.drawings import Pictures, Shapes
from addin.engines.libreoffice.names import Names
from addin.engines.libreoffice.range import Note, Range
from addin.engines.libreoffice.support import implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.book import Book


@implements(base_classes.Sheet)
class Sheet:
    """A sheet, known by the UNO object and so under whatever name it has by now."""

    book: Book

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self._sheet = book, sheet

    @property
    def api(self) -> Any:
        """The UNO sheet."""
        return self._sheet

    @property
    def name(self) -> str:
        return str(self._sheet.getName())

    @name.setter
    def name(self, value: str) -> None:
        """Raises ValueError where the name is taken or LibreOffice does not allow it."""
        self._sheet.setName(value)
        if self.name != value:  # LibreOffice refuses without a word
            raise ValueError(f"工作表不能改名为“{value}”：名称已被使用，或含有不允许的字符")

    @property
    def names(self) -> Names:
        return Names(self.book, self)

    @property
    def index(self) -> int:
        return int(self._sheet.getRangeAddress().Sheet) + 1

    @cached_property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the whole sheet."""
        address = self._sheet.getRangeAddress()
        return address.EndRow + 1, address.EndColumn + 1

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """Cells by address, by defined name, by (row, column), or from one corner to another. Counted from 1.

        Raises IndexError for cells off the sheet, XlwingsError for a text that is no address and no name of this sheet.
        """
        if isinstance(arg1, tuple) and len(arg1) == 4:
            return Range(self, *arg1)
        if isinstance(arg1, (int, float)):
            arg1, arg2 = (int(arg1), int(arg2)), None
        first = self._corner(arg1)
        if arg2 is None:
            return first
        second = self._corner(arg2)
        top, left = min(first.row, second.row), min(first.column, second.column)
        bottom = max(first.row + first.shape[0], second.row + second.shape[0])
        right = max(first.column + first.shape[1], second.column + second.shape[1])
        return Range(self, top, left, bottom - top, right - left)

    def _corner(self, where: Any) -> Range:
        if isinstance(where, Range):
            return where
        if isinstance(where, tuple):
            if 0 in where:
                raise IndexError("行号和列号从 1 开始")
            return Range(self, where[0], where[1], 1, 1)
        if "," in where:
            raise NotImplementedError(f"LibreOffice 引擎不支持由几块组成的区域（{where}）")
        return self._parsed(where) or self._named(where)

    def _parsed(self, address: str) -> Range | None:
        """The range of an address such as ``$B$2:D5``, ``A:C`` or ``1:3``; None where it is no address."""
        if ":" not in address and not address[-1:].isdigit():
            return None
        try:
            left, top, right, bottom = range_boundaries(address.upper())
        except ValueError:
            return None
        rows, columns = sorted((top or 1, bottom or self.size[0])), sorted((left or 1, right or self.size[1]))
        return Range(self, rows[0], columns[0], rows[1] - rows[0] + 1, columns[1] - columns[0] + 1)

    def _named(self, name: str) -> Range:
        for container in (self._sheet.getPropertyValue("NamedRanges"), self.book.api.getPropertyValue("NamedRanges")):
            if container.hasByName(name):
                cells = container.getByName(name).getReferredCells()
                address = cells.getRangeAddress() if cells is not None else None
                if address is not None and address.Sheet == self._sheet.getRangeAddress().Sheet:
                    return self.block(address)
        raise XlwingsError(f"“{name}”不是工作表“{self.name}”的单元格地址或名称")

    def block(self, address: Any) -> Range:
        """The range at a UNO CellRangeAddress of this sheet."""
        rows, columns = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
        return Range(self, address.StartRow + 1, address.StartColumn + 1, rows, columns)

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, *self.size)

    @property
    def used_range(self) -> Range:
        """The block around all cells with contents or formats of their own; A1 on an empty sheet."""
        cursor = self._sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.block(cursor.getRangeAddress())

    def activate(self) -> None:
        self.book.controller.setActiveSheet(self._sheet)

    def select(self) -> None:
        self.activate()

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        self.cells.clear_formats()

    def clear(self) -> None:
        self.cells.clear()

    def autofit(self, axis: str | None = None) -> None:
        self.cells.autofit(axis)

    def delete(self) -> None:
        """Raises XlwingsError for the last sheet."""
        try:
            self.book.api.getSheets().removeByName(self.name)
        except Exception:  # a RuntimeException that says nothing
            raise XlwingsError(f"工作表“{self.name}”不能删除：它是唯一的一张，或者工作簿的结构受保护") from None

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """Copy beside a sheet of this book or, in the same LibreOffice, of another one."""
        target = before or after
        assert target
        position = target.index if after else target.index - 1
        sheets = target.book.api.getSheets()
        taken = {name.lower() for name in sheets.getElementNames()}
        if target.book.app is not self.book.app:
            raise NotImplementedError("LibreOffice 引擎只能在同一个 LibreOffice 的工作簿之间复制工作表")
        if target.book.is_same(self.book):
            number = next(number for number in range(2, len(taken) + 3) if f"{self.name} ({number})".lower() not in taken)
            sheets.copyByName(self.name, f"{self.name} ({number})", position)
        else:
            sheets.importSheet(self.book.api, self.name, position)

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        target = before or after
        assert target
        self.book.api.getSheets().moveByName(self.name, target.index if after else target.index - 1)

    @property
    def visible(self) -> bool:
        return bool(self._sheet.getPropertyValue("IsVisible"))

    @visible.setter
    def visible(self, value: bool) -> None:
        self._sheet.setPropertyValue("IsVisible", bool(value))

    @property
    def notes(self) -> list[Note]:
        annotations = self._sheet.getAnnotations()
        positions = [annotations.getByIndex(index).getPosition() for index in range(annotations.getCount())]
        return [Note(Range(self, position.Row + 1, position.Column + 1, 1, 1)) for position in positions]

    @property
    def shapes(self) -> Shapes:
        return Shapes(self)

    @property
    def pictures(self) -> Pictures:
        return Pictures(self)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)


@implements(base_classes.PageSetup)
class PageSetup:
    """Printing."""

    def __init__(self, sheet: Sheet) -> None:
        self._parent = sheet

    @property
    def api(self) -> Any:
        """The UNO sheet."""
        return self._parent.api

    @property
    def print_area(self) -> str | None:
        areas = self._parent.api.getPrintAreas()
        return ",".join(self._parent.block(area).address for area in areas) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        parts = [self._parent.range(part).api.getRangeAddress() for part in (value or "").split(",") if part]
        self._parent.api.setPrintAreas(tuple(parts))
