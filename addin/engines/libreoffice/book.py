"""Open spreadsheets: xlwings' Book and Sheets."""

from __future__ import annotations

import datetime as dt
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import XlwingsError, base_classes

from addin.engines.libreoffice import values
from addin.engines.libreoffice.formulas import FunctionNames, to_excel_alike, to_office
from addin.engines.libreoffice.names import Names
from addin.engines.libreoffice.office import load_uno, properties
from addin.engines.libreoffice.range import Range
from addin.engines.libreoffice.sheet import Sheet
from addin.engines.libreoffice.support import Collection, implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.app import App


FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}


@implements(base_classes.Book)
class Book:
    """A document. Several of these objects may stand for one document; they hold nothing but what is quick to ask again."""

    app: App

    def __init__(self, app: App, document: Any) -> None:
        self.app, self._document = app, document

    @property
    def api(self) -> Any:
        """The UNO document."""
        return self._document

    @property
    def controller(self) -> Any:
        """The UNO view of the document: its window, selection and scroll position."""
        return self._document.getCurrentController()

    @property
    def name(self) -> str:
        url = self._document.getURL()
        return Path(load_uno().fileUrlToSystemPath(url)).name if url else str(self._document.getTitle())

    @property
    def fullname(self) -> str:
        url = self._document.getURL()
        return str(load_uno().fileUrlToSystemPath(url)) if url else self.name

    def is_same(self, other: Book) -> bool:
        """Whether both stand for one document."""
        return self.app is other.app and self._document.getPropertyValue("RuntimeUID") == other.api.getPropertyValue("RuntimeUID")

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def selection(self) -> Range | None:
        """The selected cells, of several areas the first; None where something else is selected."""
        chosen = self.controller.getSelection()
        if getattr(chosen, "getRangeAddresses", None):
            addresses = chosen.getRangeAddresses()
        elif getattr(chosen, "getRangeAddress", None):
            addresses = [chosen.getRangeAddress()]
        else:
            addresses = []
        return self.at(addresses[0]) if addresses else None

    def at(self, address: Any) -> Range:
        """The range at a UNO CellRangeAddress of this document."""
        sheet = Sheet(self, self._document.getSheets().getByIndex(address.Sheet))
        return sheet.block(address)

    @cached_property
    def null_date(self) -> dt.datetime:
        date = self._document.getPropertyValue("NullDate")
        return dt.datetime(date.Year, date.Month, date.Day)

    @cached_property
    def number_formats(self) -> Any:
        return self._document.getNumberFormats()

    @cached_property
    def shown_texts(self) -> Any:
        """The UNO service for charts: the only one that gives the shown texts of many cells in one call."""
        provider = self._document.createInstance("com.sun.star.chart2.data.DataProvider")
        provider.setPropertyValue("IncludeHiddenCells", True)
        return provider

    def kind_of_format(self, key: int) -> str:
        """DATE, LOGICAL or "" for the key of a number format; the keys of an open document keep their meaning."""
        if key not in self._kinds:
            self._kinds[key] = values.kind_of_type(self.number_formats.getByKey(key).getPropertyValue("Type"))
        return self._kinds[key]

    @cached_property
    def _kinds(self) -> dict[int, str]:
        return {}

    def to_office(self, formula: str) -> str:
        return to_office(formula, self._function_names)

    def to_excel(self, formula: str) -> str:
        return to_excel_alike(formula, self.app.shapes, self._function_names, lambda: self._document.getSheets().getElementNames())

    def _function_names(self) -> FunctionNames:
        return self.app.function_names

    def activate(self) -> None:
        self.controller.getFrame().activate()

    def close(self) -> None:
        """Close without saving."""
        self._document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save where it came from, or to `path` in the format its ending says; a new book goes to the working folder.

        Raises XlwingsError where the file cannot be written, ValueError for an ending of no known format.
        """
        if path is None and self._document.hasLocation() and password is None:
            self._stored(self._document.store)
            return
        target = Path(path or (self.fullname if self._document.hasLocation() else Path(os.getcwd()) / f"{self.name}.xlsx")).resolve()
        try:
            kind = FILTERS[target.suffix.lower()]
        except KeyError:
            raise ValueError(f"不认识的文件类型“{target.suffix}”；可以是 {'、'.join(FILTERS)}") from None
        options = properties(FilterName=kind, Overwrite=True, Password=password)
        self._stored(self._document.storeAsURL, load_uno().systemPathToFileUrl(str(target)), options)

    def to_pdf(self, path: str, quality: str = "standard") -> None:
        options = properties(FilterName="calc_pdf_Export")
        self._stored(self._document.storeToURL, load_uno().systemPathToFileUrl(str(Path(path).resolve())), options)

    def store_copy(self, path: str) -> None:
        """Write an .xlsx copy; the document stays what and where it is."""
        options = properties(FilterName=FILTERS[".xlsx"], Overwrite=True)
        self._stored(self._document.storeToURL, load_uno().systemPathToFileUrl(str(Path(path).resolve())), options)

    def _stored(self, store: Any, *arguments: Any) -> None:
        try:
            store(*arguments)
        except Exception as error:  # ErrorCodeIOException and whatever else a filter raises
            raise XlwingsError(f"LibreOffice 没能保存“{self.name}”（{error}）") from None


@implements(base_classes.Sheets)
class Sheets(Collection):
    """The sheets of a book, hidden ones too."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.api.getSheets()

    def items(self) -> list[Sheet]:
        sheets = self.api
        return [Sheet(self.book, sheets.getByIndex(index)) for index in range(sheets.getCount())]

    def __call__(self, key: Any) -> Sheet:
        sheets = self.api
        if isinstance(key, str):
            if sheets.hasByName(key):
                return Sheet(self.book, sheets.getByName(key))
        elif 1 <= key <= sheets.getCount():
            return Sheet(self.book, sheets.getByIndex(int(key) - 1))
        raise KeyError(key)

    def __len__(self) -> int:
        return int(self.api.getCount())

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.controller.getActiveSheet())

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Insert a sheet, by default before the active one, and show it."""
        sheets = self.api
        if name is None:
            taken = {known.lower() for known in sheets.getElementNames()}
            name = next(f"Sheet{number}" for number in range(1, len(taken) + 2) if f"sheet{number}" not in taken)
        position = after.index if after else (before or self.active).index - 1
        try:
            sheets.insertNewByName(name, position)
        except Exception:  # a RuntimeException that says nothing
            raise ValueError(f"不能建立名为“{name}”的工作表：名称已被使用，或含有不允许的字符") from None
        sheet = self(name)
        sheet.activate()
        return sheet
