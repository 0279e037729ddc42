"""What can be done with cells: xlwings' Range and Note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from openpyxl.formula.translate import Translator
from xlwings import XlwingsError, base_classes, expansion, main

from addin.engines.libreoffice import look, measures, values
from addin.engines.libreoffice.cells import Cells
from addin.engines.libreoffice.formulas import quoted
from addin.engines.libreoffice.look import RGB, Characters, Font
from addin.engines.libreoffice.office import enum
from addin.engines.libreoffice.support import implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.names import Name


# Of com.sun.star.sheet.CellFlags: what is cleared.
_CONTENTS = 1 | 2 | 4 | 16  # numbers, dates, texts, formulas
_FORMATS = 32 | 64 | 256
_NOTES = 8
_DIRECTIONS = {"d": (1, 0), "u": (-1, 0), "r": (0, 1), "l": (0, -1)}


@implements(base_classes.Range)
class Range(Cells):
    """Cells of a sheet."""

    # -- finding the way

    def end(self, direction: str) -> Range:
        """Where Ctrl+arrow leads from the first cell."""
        down, right = _DIRECTIONS[direction[0].lower()]
        used = self.sheet.used_range
        last = used.row + used.shape[0] - 1 if down else used.column + used.shape[1] - 1
        here = self.row if down else self.column
        along = self._line(bool(down), max(here, last))  # filled or not, from 1
        step, limit = down + right, (self.sheet.size[0] if down else self.sheet.size[1]) if down + right > 0 else 1

        def filled(at: int) -> bool:
            return 0 < at <= len(along) and along[at - 1]

        at = here
        if filled(here) and filled(here + step):  # to the end of the block
            while filled(at + step):
                at += step
        elif here != limit:  # to the next block, or the end of the sheet
            ahead = range(here + step, len(along) + 1 if step > 0 else 0, step)
            at = next((candidate for candidate in ahead if filled(candidate)), limit)
        return Range(self.sheet, at if down else self.row, self.column if down else at, 1, 1)

    def _line(self, vertical: bool, length: int) -> list[bool]:
        """Which cells of the first cell's column or row hold anything, up to a length. One call."""
        cells = Range(self.sheet, 1, self.column, length, 1) if vertical else Range(self.sheet, self.row, 1, 1, length)
        return [text != "" for row in cells.api.getFormulaArray() for text in row]

    @property
    def current_region(self) -> Range:
        cursor = self.sheet.api.createCursorByRange(self.near(0, 0).api)
        cursor.collapseToCurrentRegion()
        return self.sheet.block(cursor.getRangeAddress())

    def expand(self, mode: str = "table") -> Range:
        found: Range = expansion.expanders.get(mode, mode).expand(main.Range(impl=self)).impl
        return found

    @property
    def rows(self) -> Range:
        return self

    columns = rows

    def select(self) -> None:
        controller = self.sheet.book.controller
        controller.setActiveSheet(self.sheet.api)
        controller.select(self.api)

    @property
    def name(self) -> Name | None:
        """The defined name of exactly these cells."""
        address = self.uno_address
        for name in self.sheet.book.names:
            cells = name.api.getReferredCells()
            if cells is not None and _same(cells.getRangeAddress(), address):
                found: Name = name
                return found
        return None

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.book.names.add(value, f"={quoted(self.sheet.name)}!{self.address}")

    # -- clearing, moving, copying

    def clear_contents(self) -> None:
        self._clear(_CONTENTS)

    def clear_formats(self) -> None:
        self._clear(_FORMATS)

    def clear(self) -> None:
        self._clear(_CONTENTS | _FORMATS | _NOTES)

    def _clear(self, flags: int) -> None:
        if self.api is None:
            return
        if self.sheet.api.isProtected():  # LibreOffice would not clear them, without a word
            cells = look.common(self.api, "CellProtection")
            if cells is None or cells.IsLocked:
                raise XlwingsError(f"工作表“{self.sheet.name}”受保护，{self.address} 没有清除")
        self.api.clearContents(flags)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Insert cells here; by default these move the shorter way, down where both are the same. Whole rows and columns too."""
        if copy_origin == "format_from_right_or_below":
            raise NotImplementedError("LibreOffice 引擎插入单元格时只能沿用左侧或上方的格式")
        shift = shift or ("right" if self.shape[0] > self.shape[1] else "down")
        mode = self._whole() or {"down": "DOWN", "right": "RIGHT"}[shift]
        self._shift(self.sheet.api.insertCells, enum("com.sun.star.sheet.CellInsertMode", mode))

    def delete(self, shift: str | None = None) -> None:
        """Delete the cells; by default the others close up the shorter way, from the right where both are the same."""
        shift = shift or ("up" if self.shape[1] > self.shape[0] else "left")
        mode = self._whole() or {"up": "UP", "left": "LEFT"}[shift]
        self._shift(self.sheet.api.removeRange, enum("com.sun.star.sheet.CellDeleteMode", mode))

    def _shift(self, change: Callable[[Any, Any], None], mode: Any) -> None:
        if self.sheet.api.isProtected():  # LibreOffice would not do it, without a word
            raise XlwingsError(f"工作表“{self.sheet.name}”受保护，不能插入或删除单元格")
        change(self.uno_address, mode)

    def _whole(self) -> str | None:
        """ROWS or COLUMNS where the range is of whole ones."""
        rows, columns = self.sheet.size
        return "ROWS" if self.shape[1] == columns else "COLUMNS" if self.shape[0] == rows else None

    def copy(self, destination: Any = None) -> None:
        """Copy to a place in the same book; without one, keep the range for `paste`. The system's clipboard stays as it is."""
        if destination is None:
            self.sheet.book.app.copied = self
        else:
            destination.impl._take(self)

    def paste(self, paste: str | None = None, operation: str | None = None, skip_blanks: bool = False, transpose: bool = False) -> None:
        """Paste what `copy` kept: all of it, or its values or formulas."""
        source = self.sheet.book.app.copied
        if source is None:
            raise XlwingsError("没有可以粘贴的内容；请先复制")
        if operation or skip_blanks or transpose or paste not in (None, "all", "values", "formulas"):
            raise NotImplementedError("LibreOffice 引擎只支持粘贴全部、数值（values）或公式（formulas）")
        target = self.near(0, 0, *source.shape)
        if paste == "values":
            target.raw_value = [[values.prepared(value) for value in row] for row in _as_rows(source.raw_value)]
        elif paste == "formulas":
            shifted = [[_moved(text, source, target) for text in row] for row in _as_rows(source.formula)]
            target.formula = shifted
        else:
            target._take(source)

    def _take(self, source: Range) -> None:
        if not source.sheet.book.is_same(self.sheet.book):
            raise NotImplementedError("LibreOffice 引擎只能在同一个工作簿内复制单元格；可以改为读写 value 或 formula")
        self.sheet.api.copyRange(self.uno_corner, source.uno_address)

    def move(self, destination: Any) -> None:
        self.sheet.api.moveRange(destination.impl.uno_corner, self.uno_address)

    # -- merged cells

    @property
    def merge_area(self) -> Range:
        cursor = self.sheet.api.createCursorByRange(self.near(0, 0).api)
        cursor.collapseToMergedArea()
        return self.sheet.block(cursor.getRangeAddress())

    @property
    def merge_cells(self) -> bool | None:
        """Whether the cells are of one merged area; None where only some are merged."""
        area = self.merge_area
        bottom, right = self.row + self.shape[0], self.column + self.shape[1]
        if len(area) > 1 and area.row + area.shape[0] >= bottom and area.column + area.shape[1] >= right:
            return True
        return None if self.api.getIsMerged() else False

    def merge(self, across: bool) -> None:
        self.unmerge()
        for part in [self.near(down, 0, 1, self.shape[1]) for down in range(self.shape[0])] if across else [self]:
            part.api.merge(True)

    def unmerge(self) -> None:
        self.api.merge(False)

    # -- looks

    @property
    def font(self) -> Font:
        return Font(self.api)

    @property
    def characters(self) -> Characters:
        return Characters(self.near(0, 0).api.getCellByPosition(0, 0))

    @property
    def color(self) -> RGB | None:
        color = look.common(self.api, "CellBackColor") if self.api is not None else None
        return None if color is None or color < 0 else look.to_rgb(color)

    @color.setter
    def color(self, value: RGB | int | str | None) -> None:
        if self.api is not None:
            self.api.setPropertyValue("CellBackColor", -1 if value is None else look.to_color(value))

    def set_colors(self, colors: Sequence[Sequence[Any]]) -> None:
        for down, row in enumerate(colors):
            for right, color in enumerate(row):
                if color is not ...:
                    self.near(down, right).color = color

    @property
    def wrap_text(self) -> bool | None:
        wrapped: bool | None = look.common(self.api, "IsTextWrapped")
        return wrapped

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.api.setPropertyValue("IsTextWrapped", bool(value))

    @property
    def horizontal_alignment(self) -> str | None:
        value = look.common(self.api, "HoriJustify")
        return None if value is None else {uno: name for name, uno in look.HORIZONTAL.items()}.get(value.value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        if value not in look.HORIZONTAL:
            raise NotImplementedError(f"LibreOffice 引擎不支持水平对齐方式 {value}")
        self.api.setPropertyValue("HoriJustify", enum("com.sun.star.table.CellHoriJustify", look.HORIZONTAL[value]))

    @property
    def vertical_alignment(self) -> str | None:
        value = look.common(self.api, "VertJustify")
        names = {uno: name for name, uno in look.VERTICAL.items()} | {0: "bottom"}  # 0 is LibreOffice's default
        return None if value is None else names.get(value)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        if value not in look.VERTICAL:
            raise NotImplementedError(f"LibreOffice 引擎不支持垂直对齐方式 {value}")
        self.api.setPropertyValue("VertJustify", look.VERTICAL[value])

    # -- sizes

    @property
    def column_width(self) -> float | None:
        """In characters, as Excel counts them; None where columns differ."""
        widths = self._each(self.api.getColumns(), "Width", self.column, self.shape[1], 1)
        return measures.to_characters(widths.pop()) if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.api.getColumns().setPropertyValue("Width", measures.from_characters(value))

    @property
    def row_height(self) -> float | None:
        """In points; None where rows differ."""
        heights = self._each(self.api.getRows(), "Height", self.row, self.shape[0], 0)
        return measures.to_points(heights.pop()) if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.api.getRows().setPropertyValue("Height", measures.to_hundredths(value))

    @property
    def row_hidden(self) -> bool | None:
        seen = self._each(self.api.getRows(), "IsVisible", self.row, self.shape[0], 0)
        return not seen.pop() if len(seen) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.api.getRows().setPropertyValue("IsVisible", not value)

    @property
    def column_hidden(self) -> bool | None:
        seen = self._each(self.api.getColumns(), "IsVisible", self.column, self.shape[1], 1)
        return not seen.pop() if len(seen) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.api.getColumns().setPropertyValue("IsVisible", not value)

    def _each(self, lines: Any, name: str, first: int, count: int, axis: int) -> set[Any]:
        """The values of a property of rows or columns, at most two. Beyond what is used they are all alike."""
        used = self.sheet.used_range
        end = (used.row, used.column)[axis] + used.shape[axis]
        found: set[Any] = set()
        for index in range(max(1, min(count, end - first + 1))):
            found.add(lines.getByIndex(index).getPropertyValue(name))
            if len(found) > 1:
                break
        return found

    @property
    def width(self) -> float:
        return measures.to_quarter_points(self.api.getPropertyValue("Size").Width) if self.api is not None else 0

    @property
    def height(self) -> float:
        return measures.to_quarter_points(self.api.getPropertyValue("Size").Height) if self.api is not None else 0

    @property
    def left(self) -> float:
        return measures.to_quarter_points(self.api.getPropertyValue("Position").X) if self.api is not None else 0

    @property
    def top(self) -> float:
        return measures.to_quarter_points(self.api.getPropertyValue("Position").Y) if self.api is not None else 0

    def autofit(self, axis: str | None = None) -> None:
        if self.api is None:
            return
        if axis in (None, "c", "columns"):
            self.api.getColumns().setPropertyValue("OptimalWidth", True)
        if axis in (None, "r", "rows"):
            self.api.getRows().setPropertyValue("OptimalHeight", True)

    # -- notes and links

    @property
    def note(self) -> Note | None:
        cell = self.near(0, 0)
        return Note(cell) if cell.api.getCellByPosition(0, 0).getAnnotation().getString() else None

    def add_note(self, text: str) -> Note:
        self.sheet.api.getAnnotations().insertNew(self.uno_corner, text)
        return Note(self)

    @property
    def hyperlink(self) -> str:
        """Raises XlwingsError where the cell has no link."""
        fields = self.api.getCellByPosition(0, 0).getTextFields().createEnumeration()
        while fields.hasMoreElements():
            field = fields.nextElement()
            if field.getPropertySetInfo().hasPropertyByName("URL"):
                return str(field.getPropertyValue("URL"))
        raise XlwingsError(f"单元格 {self.address} 没有超链接")

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str) -> None:
        """LibreOffice has no tips on links; the tip is dropped."""
        cell = self.api.getCellByPosition(0, 0)
        field = self.sheet.book.api.createInstance("com.sun.star.text.TextField.URL")
        field.setPropertyValue("URL", address)
        field.setPropertyValue("Representation", text_to_display)
        cell.setString("")
        cell.insertTextContent(cell.createTextCursor(), field, False)


@implements(base_classes.Note)
class Note:
    """A note on a cell."""

    location: Range

    def __init__(self, cell: Range) -> None:
        self.location = cell

    @property
    def api(self) -> Any:
        """The UNO annotation."""
        return self.location.api.getCellByPosition(0, 0).getAnnotation()

    @property
    def text(self) -> str:
        return str(self.api.getString())

    @text.setter
    def text(self, value: str) -> None:
        self.api.setString(value)

    @property
    def author(self) -> str:
        return str(self.api.getAuthor())

    def delete(self) -> None:
        self.location.api.clearContents(_NOTES)


def _same(one: Any, other: Any) -> bool:
    members = ("Sheet", "StartRow", "StartColumn", "EndRow", "EndColumn")
    return all(getattr(one, member) == getattr(other, member) for member in members)


def _as_rows(data: Any) -> Sequence[Sequence[Any]]:
    return data if isinstance(data, (list, tuple)) else [[data]]


def _moved(text: str, source: Range, target: Range) -> str:
    if not values.is_formula(text):
        return text
    moved: str = Translator(text, origin="A1").translate_formula(row_delta=target.row - source.row, col_delta=target.column - source.column)
    return moved
