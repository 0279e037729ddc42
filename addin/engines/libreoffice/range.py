"""Cells: xlwings' Range and Note. A range is a sheet and numbers; its UNO object is fetched once, when it is needed.

Values and formulas cross for the whole range in one call, however large it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter as letters
from xlwings import XlwingsError, base_classes, expansion, main

from addin.engines.libreoffice import look, measures, values
from addin.engines.libreoffice.formulas import office_sheet, quoted
from addin.engines.libreoffice.look import RGB, Characters, Font
from addin.engines.libreoffice.names import Name
from addin.engines.libreoffice.office import enum, struct
from addin.engines.libreoffice.support import implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.sheet import Sheet

# Of com.sun.star.sheet.CellFlags: what is cleared.
_CONTENTS = 1 | 2 | 4 | 16  # numbers, dates, texts, formulas
_FORMATS = 32 | 64 | 256
_NOTES = 8
_DIRECTIONS = {"d": (1, 0), "u": (-1, 0), "r": (0, 1), "l": (0, -1)}
_DATE_FORMAT, _DATE_TIME_FORMAT, _LOGICAL_FORMAT = 2, 6, 1024  # of com.sun.star.util.NumberFormat


@implements(base_classes.Range)
class Range:
    """Cells of a sheet: first row and column counted from 1, numbers of rows and columns. Without either, no cells."""

    sheet: Sheet
    row: int
    column: int
    shape: tuple[int, int]
    options: dict[str, Any]

    max_cells_per_read = base_classes.DEFAULT_MAX_CELLS_PER_READ
    max_cells_per_write = base_classes.DEFAULT_MAX_CELLS_PER_READ

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        if row < 1 or column < 1:
            raise IndexError(f"第 {row} 行第 {column} 列不在工作表内；行号和列号从 1 开始")
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (rows, columns)
        self.options = {}

    @cached_property
    def api(self) -> Any:
        """The UNO cell range; None for a range without cells. Raises IndexError beyond the end of the sheet."""
        if not all(self.shape):
            return None
        bottom, right = self.row + self.shape[0] - 2, self.column + self.shape[1] - 2
        try:
            return self.sheet.api.getCellRangeByPosition(self.column - 1, self.row - 1, right, bottom)
        except Exception:  # IndexOutOfBoundsException
            raise IndexError(f"区域 {self.address} 超出了工作表的范围") from None

    @property
    def coords(self) -> tuple[Sheet, int, int, int, int]:
        return self.sheet, self.row, self.column, *self.shape

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, *args: int) -> Range:
        """A cell by its number along the rows, or by row and column; it may lie outside."""
        if len(args) == 1:
            row, column = divmod(args[0] - 1, self.shape[1])
        else:
            row, column = args[0] - 1, args[1] - 1
        return self._near(row, column)

    def _near(self, down: int, right: int, rows: int = 1, columns: int = 1) -> Range:
        return Range(self.sheet, self.row + down, self.column + right, rows, columns)

    # -- addresses

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        if not all(self.shape):
            return f"${letters(self.column)}${self.row}{{{self.shape[0]}x{self.shape[1]}}}"
        row, column = "$" * row_absolute, "$" * col_absolute
        bottom, right = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        rows, columns = (
            [f"{row}{number}" for number in (self.row, bottom)],
            [f"{column}{letters(number)}" for number in (self.column, right)],
        )
        if max(self.shape) > 1000:  # whole columns or rows are written as such; ask for the sheet's size only when it may be so
            if self.shape[1] == self.sheet.size[1]:
                columns = ["", ""]
            elif self.shape[0] == self.sheet.size[0]:
                rows = ["", ""]
        first, last = columns[0] + rows[0], columns[1] + rows[1]
        cells = first if self.shape == (1, 1) else f"{first}:{last}"
        return f"{quoted(self.sheet.name, self.sheet.book.name)}!{cells}" if external else cells

    @property
    def _office_address(self) -> str:
        """The address as UNO reads it, with the sheet."""
        bottom, right = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        return f"{office_sheet(self.sheet.name)}${letters(self.column)}${self.row}:${letters(right)}${bottom}"

    @property
    def _uno_address(self) -> Any:
        return self.api.getRangeAddress()

    @property
    def _uno_corner(self) -> Any:
        address = self._uno_address
        return struct("com.sun.star.table.CellAddress", Sheet=address.Sheet, Column=address.StartColumn, Row=address.StartRow)

    # -- values

    @property
    def raw_value(self) -> Any:
        """The value of one cell, or a list of rows: None, float, str, bool, datetime or `values.CellError`."""
        if self.api is None:
            return None
        rows = values.decoded(self.api.getDataArray(), lambda: self._shown, self._kinds, self.sheet.book.null_date)
        return rows[0][0] if self.shape == (1, 1) else rows

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        """Write values; a single one fills the range. A text is written as text, unless it starts with ``=``.

        Raises XlwingsError where the sheet is protected, ValueError where rows differ in length.
        """
        if self.api is None:
            return
        book = self.sheet.book
        incoming = values.Incoming(self._rows(data), book.to_office, book.null_date)
        write = self.api.setFormulaArray if incoming.has_formulas else self.api.setDataArray
        self._write(write, incoming.rows)
        self._format_dates(incoming.dates, _DATE_FORMAT)
        self._format_dates(incoming.times, _DATE_TIME_FORMAT)
        self._format(incoming.truths, _LOGICAL_FORMAT)
        if incoming.plain_numbers:
            self._format_no_longer_truths(incoming)

    @property
    def formula(self) -> Any:
        """Formulas in English A1 notation; constants as they would be typed in."""
        if self.api is None:
            return None
        rows = tuple(tuple(self._read_formula(text) for text in row) for row in self.api.getFormulaArray())
        return rows[0][0] if self.shape == (1, 1) else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        """Write formulas, or constants as typed in: digits become a number, ``'`` in front keeps them a text."""
        if self.api is None:
            return
        book = self.sheet.book
        rows = [
            [book.to_office(cell) if isinstance(cell, str) and values.is_formula(cell) else cell for cell in row]
            for row in self._rows(value)
        ]
        typed = tuple(tuple(cell if isinstance(cell, str) else repr(float(cell)) for cell in row) for row in rows)
        self._write(self.api.setFormulaArray, typed)

    formula2 = formula
    """The same: LibreOffice before 24.8 has no dynamic arrays."""

    @property
    def formula_array(self) -> str | None:
        """The array formula that fills the range, or a single cell's formula; None where the cells differ."""
        if self.api is None:
            return None
        text = self.api.getArrayFormula()
        if text:
            return self.sheet.book.to_excel(text)
        return str(self.formula) if self.shape == (1, 1) else None

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        if self.api is not None:
            self._write(self.api.setArrayFormula, self.sheet.book.to_office(value))

    @property
    def has_array(self) -> bool:
        return self.api is not None and bool(self._near(0, 0).api.getArrayFormula())

    def _rows(self, data: Any) -> list[list[Any]]:
        """Data as rows of the range's shape. A formula that fills several cells is adjusted to each, as in Excel."""
        if isinstance(data, (list, tuple)):
            return [list(row) for row in data] if data and isinstance(data[0], (list, tuple)) else [list(data)]
        rows, columns = self.shape
        if not (isinstance(data, str) and values.is_formula(data)) or self.shape == (1, 1):
            return [[data] * columns] * rows
        translator = Translator(data, origin=f"{letters(self.column)}{self.row}")
        return [[translator.translate_formula(row_delta=down, col_delta=right) for right in range(columns)] for down in range(rows)]

    def _read_formula(self, text: str) -> str:
        if text.startswith(("=", "{=")):
            return self.sheet.book.to_excel(text)
        return text.removeprefix("'")

    def _write(self, write: Callable[[Any], None], data: Any) -> None:
        try:
            write(data)
        except Exception as error:  # a RuntimeException that says nothing
            if self.sheet.api.isProtected():
                raise XlwingsError(f"工作表“{self.sheet.name}”受保护，{self.address} 没有写入") from None
            raise XlwingsError(f"{self.address} 没有写入（{type(error).__name__}：{error}）") from None

    @property
    def _shown(self) -> list[list[str]]:
        """The texts the cells show, two calls. They come column by column."""
        sequence = self.sheet.book.shown_texts.createDataSequenceByRangeRepresentation(self._office_address)
        texts = sequence.getTextualData()
        rows = self.shape[0]
        return [list(texts[row::rows]) for row in range(rows)]

    def _kinds(self, positions: list[values.Position]) -> dict[values.Position, str]:
        return values.kinds(self.api, positions, self.sheet.book.kind_of_format)

    # -- number formats that values bring along

    def _format_dates(self, positions: list[values.Position], kind: int) -> None:
        """Give dates a format of dates where they have none, as Excel does."""
        known = self._kinds(positions)
        self._format([at for at in positions if known.get(at) != values.DATE], kind)

    def _format_no_longer_truths(self, incoming: values.Incoming) -> None:
        """A number in a cell that held a truth value would show as TRUE; the truth's format goes with it."""
        shown = self._shown
        number = incoming.rows
        odd = [at for at in incoming.plain_numbers if not values.reads_back(shown[at[0]][at[1]], float(number[at[0]][at[1]]))]
        self._format([at for at, kind in self._kinds(odd).items() if kind == values.LOGICAL], 0)

    def _format(self, positions: Sequence[values.Position], kind: int) -> None:
        """Set the standard format of a kind on some cells, in three calls."""
        if not positions:
            return
        book, address = self.sheet.book, self._uno_address
        cells = book.api.createInstance("com.sun.star.sheet.SheetCellRanges")
        blocks = []
        for down, right in positions:
            row, column = address.StartRow + down, address.StartColumn + right
            members = {"StartRow": row, "EndRow": row, "StartColumn": column, "EndColumn": column}
            blocks.append(struct("com.sun.star.table.CellRangeAddress", Sheet=address.Sheet, **members))
        cells.addRangeAddresses(tuple(blocks), True)
        locale = struct("com.sun.star.lang.Locale")
        formats = book.number_formats
        cells.setPropertyValue("NumberFormat", formats.getStandardFormat(kind, locale) if kind else formats.getStandardIndex(locale))

    @property
    def number_format(self) -> str | None:
        """Excel's code of the number format; None where the cells differ."""
        if self.api is None:
            return ""
        key = look.common(self.api, "NumberFormat")
        return None if key is None else measures.format_code(self.sheet.book.number_formats, key)

    @number_format.setter
    def number_format(self, value: str) -> None:
        if self.api is not None:
            self.api.setPropertyValue("NumberFormat", measures.format_key(self.sheet.book.number_formats, value))

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
            return at <= len(along) and along[at - 1]

        at = here
        if at != limit and filled(at) and filled(at + step):
            while at != limit and filled(at + step):
                at += step
        elif at != limit:
            at += step
            edge = len(along) if step > 0 else 1
            while not filled(at) and at != limit:
                at = limit if at >= edge and step > 0 else at + step
        return Range(self.sheet, at if down else self.row, self.column if down else at, 1, 1)

    def _line(self, vertical: bool, length: int) -> list[bool]:
        """Which cells of the first cell's column or row hold anything, up to a length. One call."""
        cells = Range(self.sheet, 1, self.column, length, 1) if vertical else Range(self.sheet, self.row, 1, 1, length)
        return [text != "" for row in cells.api.getFormulaArray() for text in row]

    @property
    def current_region(self) -> Range:
        cursor = self.sheet.api.createCursorByRange(self._near(0, 0).api)
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
        address = self._uno_address
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
        if self.api is not None:
            self.api.clearContents(flags)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Insert cells here; by default these move the shorter way, down where both are the same. Whole rows and columns too."""
        if copy_origin == "format_from_right_or_below":
            raise NotImplementedError("LibreOffice 引擎插入单元格时只能沿用左侧或上方的格式")
        shift = shift or ("right" if self.shape[0] > self.shape[1] else "down")
        mode = self._whole() or {"down": "DOWN", "right": "RIGHT"}[shift]
        self.sheet.api.insertCells(self._uno_address, enum("com.sun.star.sheet.CellInsertMode", mode))

    def delete(self, shift: str | None = None) -> None:
        """Delete the cells; by default the others close up the shorter way, from the right where both are the same."""
        shift = shift or ("up" if self.shape[1] > self.shape[0] else "left")
        mode = self._whole() or {"up": "UP", "left": "LEFT"}[shift]
        self.sheet.api.removeRange(self._uno_address, enum("com.sun.star.sheet.CellDeleteMode", mode))

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
        """Paste what `copy` kept: all of it, or its values, formulas or formats."""
        source = self.sheet.book.app.copied
        if source is None:
            raise XlwingsError("没有可以粘贴的内容；请先复制")
        if operation or skip_blanks or transpose or paste not in (None, "all", "values", "formulas"):
            raise NotImplementedError("LibreOffice 引擎只支持粘贴全部、数值（values）或公式（formulas）")
        target = self._near(0, 0, *source.shape)
        if paste == "values":
            target.raw_value = [[values.prepared(value) for value in row] for row in _as_rows(source.raw_value)]
        elif paste == "formulas":
            shifted = [[_moved(text, source, target) for text in row] for row in _as_rows(source.formula)]
            target.formula = shifted
        else:
            target._take(source)

    def _take(self, source: Range) -> None:
        if source.sheet.book.fullname != self.sheet.book.fullname:
            raise NotImplementedError("LibreOffice 引擎只能在同一个工作簿内复制单元格；可以改为读写 value 或 formula")
        self.sheet.api.copyRange(self._uno_corner, source._uno_address)

    def move(self, destination: Any) -> None:
        self.sheet.api.moveRange(destination.impl._uno_corner, self._uno_address)

    # -- merged cells

    @property
    def merge_area(self) -> Range:
        cursor = self.sheet.api.createCursorByRange(self._near(0, 0).api)
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
        for part in [self._near(down, 0, 1, self.shape[1]) for down in range(self.shape[0])] if across else [self]:
            part.api.merge(True)

    def unmerge(self) -> None:
        self.api.merge(False)

    # -- looks

    @property
    def font(self) -> Font:
        return Font(self.api)

    @property
    def characters(self) -> Characters:
        return Characters(self._near(0, 0).api.getCellByPosition(0, 0))

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
                    self._near(down, right).color = color

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
        return {uno: name for name, uno in look.VERTICAL.items()}.get(value or look.VERTICAL["bottom"]) if value is not None else None

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
        return measures.to_points(self.api.getPropertyValue("Size").Width) if self.api is not None else 0

    @property
    def height(self) -> float:
        return measures.to_points(self.api.getPropertyValue("Size").Height) if self.api is not None else 0

    @property
    def left(self) -> float:
        return measures.to_points(self.api.getPropertyValue("Position").X) if self.api is not None else 0

    @property
    def top(self) -> float:
        return measures.to_points(self.api.getPropertyValue("Position").Y) if self.api is not None else 0

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
        cell = self._near(0, 0)
        return Note(cell) if cell.api.getCellByPosition(0, 0).getAnnotation().getString() else None

    def add_note(self, text: str) -> Note:
        self.sheet.api.getAnnotations().insertNew(self._uno_corner, text)
        return Note(self)

    @property
    def hyperlink(self) -> str:
        """Raises XlwingsError where the cell has no link."""
        fields = self.api.getCellByPosition(0, 0).getTextFields().createEnumeration()
        while fields.hasMoreElements():
            field = fields.nextElement()
            if field.supportsService("com.sun.star.text.TextField.URL"):
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
