"""Cells and what is in them: addresses, values, formulas and number formats of a range.

A range is a sheet and numbers; its UNO object is fetched once, when it is needed. Values and formulas cross for the whole
range in one call, however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter as letters
from xlwings import XlwingsError

from addin.engines.libreoffice import look, measures, values
from addin.engines.libreoffice.formulas import office_sheet, quoted
from addin.engines.libreoffice.office import struct

if TYPE_CHECKING:
    from typing import Self

    from addin.engines.libreoffice.sheet import Sheet


_GENERAL, _DATE, _DATE_TIME, _LOGICAL = 0, 2, 6, 1024  # of com.sun.star.util.NumberFormat


class Cells:
    """First row and column counted from 1, numbers of rows and columns; where either is 0 there are no cells."""

    sheet: Sheet
    row: int
    column: int
    shape: tuple[int, int]
    options: dict[str, Any]

    max_cells_per_read = max_cells_per_write = 4_000_000
    """Beyond that xlwings cuts a range into several calls by itself."""

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        if row < 1 or column < 1:
            raise IndexError(f"第 {row} 行第 {column} 列不在工作表内；行号和列号从 1 开始")
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (rows, columns)
        self.options = {}
        self.arrays_among: bool | None = None
        """Whether there were array formulas when formulas were read last; None where they were not read yet."""

    @cached_property
    def api(self) -> Any:
        """The UNO cell range; None for a range without cells. Raises IndexError beyond the end of the sheet."""
        if not all(self.shape):
            return None
        bottom, right = self.row + self.shape[0] - 2, self.column + self.shape[1] - 2
        try:
            return self.sheet.api.getCellRangeByPosition(self.column - 1, self.row - 1, right, bottom)
        except Exception as error:
            if "IndexOutOfBounds" not in type(error).__name__:
                raise
            raise IndexError(f"区域 {self.address} 超出了工作表的范围") from None

    @property
    def coords(self) -> tuple[Sheet, int, int, int, int]:
        return self.sheet, self.row, self.column, *self.shape

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, *args: int) -> Self:
        """A cell by its number along the rows, or by row and column; it may lie outside."""
        if len(args) == 1:
            row, column = divmod(args[0] - 1, self.shape[1])
        else:
            row, column = args[0] - 1, args[1] - 1
        return self.near(row, column)

    def near(self, down: int, right: int, rows: int = 1, columns: int = 1) -> Self:
        """A range that starts so many rows and columns from here."""
        return type(self)(self.sheet, self.row + down, self.column + right, rows, columns)

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
    def uno_address(self) -> Any:
        """As a UNO CellRangeAddress."""
        return self.api.getRangeAddress()

    @property
    def uno_corner(self) -> Any:
        """The first cell as a UNO CellAddress."""
        address = self.uno_address
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
        self._write("setFormulaArray" if incoming.has_formulas else "setDataArray", incoming.rows)
        self._format_dates(incoming.dates, _DATE)
        self._format_dates(incoming.times, _DATE_TIME)
        self._format(incoming.truths, _LOGICAL)
        if incoming.plain_numbers:
            self._format_no_longer_truths(incoming)

    @property
    def formula(self) -> Any:
        """Formulas in English A1 notation; constants as they would be typed in."""
        if self.api is None:
            return None
        read = self.api.getFormulaArray()
        self.arrays_among = any(text[:2] == "{=" for row in read for text in row)
        rows = tuple(tuple(self._read_formula(text) for text in row) for row in read)
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
        self._write("setFormulaArray", typed)

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
            self._write("setArrayFormula", self.sheet.book.to_office(value))

    @property
    def has_array(self) -> bool:
        return self.api is not None and bool(self.near(0, 0).api.getArrayFormula())

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

    def _write(self, method: str, data: Any) -> None:
        """Hand data to the range. Writing a block takes the notes in it away; cells that have one are written by themselves."""
        try:
            noted = [] if method == "setArrayFormula" else self._noted()
            if not noted:
                getattr(self.api, method)(data)
            for down, right, rows, columns in _pieces(self.shape, noted) if noted else ():
                part = tuple(row[right : right + columns] for row in data[down : down + rows])
                getattr(self.near(down, right, rows, columns).api, method)(part)
            for down, right in noted:
                cell, content = self.near(down, right).api.getCellByPosition(0, 0), data[down][right]
                put = cell.setFormula if method == "setFormulaArray" else cell.setString if isinstance(content, str) else cell.setValue
                put(content)
        except Exception as error:  # a RuntimeException that says nothing
            if self.sheet.api.isProtected():
                raise XlwingsError(f"工作表“{self.sheet.name}”受保护，{self.address} 没有写入") from None
            raise XlwingsError(f"{self.address} 没有写入（{type(error).__name__}：{error}）") from None

    def _noted(self) -> list[values.Position]:
        """The cells with notes, by row and column within the range."""
        notes = self.sheet.api.getAnnotations()
        found = [notes.getByIndex(number).getPosition() for number in range(notes.getCount())]
        positions = [(at.Row + 1 - self.row, at.Column + 1 - self.column) for at in found]
        return sorted((down, right) for down, right in positions if 0 <= down < self.shape[0] and 0 <= right < self.shape[1])

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
        self._format([at for at, kind in self._kinds(odd).items() if kind == values.LOGICAL], _GENERAL)

    def _format(self, positions: Sequence[values.Position], kind: int) -> None:
        """Set the standard format of a kind on some cells, in three calls."""
        if not positions:
            return
        book, address = self.sheet.book, self.uno_address
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


def _pieces(shape: tuple[int, int], holes: Sequence[values.Position]) -> list[tuple[int, int, int, int]]:
    """A block without some of its cells, as rectangles: where each starts, its rows and columns."""
    found: list[tuple[int, int, int, int]] = []
    start = 0
    for row in [*sorted({row for row, _ in holes}), shape[0]]:
        if row > start:
            found.append((start, 0, row - start, shape[1]))
        left = 0
        for column in [*(c for r, c in sorted(holes) if r == row), shape[1]] if row < shape[0] else ():
            if column > left:
                found.append((row, left, 1, column - left))
            left = column + 1
        start = row + 1
    return found
