"""Defined names of a book or of one sheet: xlwings' Names and Name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import XlwingsError, base_classes

from addin.engines.libreoffice.formulas import quoted
from addin.engines.libreoffice.office import struct
from addin.engines.libreoffice.support import Collection, implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.book import Book
    from addin.engines.libreoffice.range import Range
    from addin.engines.libreoffice.sheet import Sheet


@implements(base_classes.Names)
class Names(Collection):
    """A sheet's own names, or all of a book: its own and those of its sheets, in the order of the alphabet."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self.book, self.sheet = book, sheet

    @property
    def api(self) -> Any:
        return (self.sheet or self.book).api.getPropertyValue("NamedRanges")

    def items(self) -> list[Name]:
        scopes = [self.sheet] if self.sheet else [None, *self.book.sheets]
        found = []
        for sheet in scopes:
            container = (sheet or self.book).api.getPropertyValue("NamedRanges")
            found += [Name(self.book, sheet, container, name) for name in container.getElementNames()]
        return sorted(found, key=lambda name: name.local.lower())

    def __call__(self, key: Any) -> Name:
        if isinstance(key, str):
            for name in self.items():
                if key.lower() in (name.name.lower(), name.local.lower() if self.sheet else ""):
                    return name
            raise KeyError(key)
        found: Name = super().__call__(key)
        return found

    def contains(self, key: Any) -> bool:
        return key in self

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name.name, name) for name in self.items()]

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name; ``Sheet1!name`` belongs to that sheet. Raises XlwingsError for a name LibreOffice does not take."""
        sheet = self.sheet
        scope, _, local = name.rpartition("!")
        if scope:
            sheet = self.book.sheets(scope.strip("'").replace("''", "'"))
        container = (sheet or self.book).api.getPropertyValue("NamedRanges")
        content = self.book.to_office("=" + refers_to.removeprefix("="))[1:]
        if container.hasByName(local):
            container.removeByName(local)
        try:
            container.addNewByName(local, content, struct("com.sun.star.table.CellAddress"), 0)
        except Exception as error:  # a UNO RuntimeException says why the name will not do
            raise XlwingsError(f"不能定义名称“{name}”（{error}）") from None
        return Name(self.book, sheet, container, local)


@implements(base_classes.Name)
class Name:
    """A defined name."""

    def __init__(self, book: Book, sheet: Sheet | None, container: Any, local: str) -> None:
        self.book, self.sheet, self._container, self.local = book, sheet, container, local

    @property
    def api(self) -> Any:
        return self._container.getByName(self.local)

    @property
    def name(self) -> str:
        return f"{quoted(self.sheet.name)}!{self.local}" if self.sheet else self.local

    @name.setter
    def name(self, value: str) -> None:
        self.api.setName(value)
        self.local = value

    @property
    def refers_to(self) -> str:
        return self.book.to_excel("=" + self.api.getContent())

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.api.setContent(self.book.to_office("=" + value.removeprefix("="))[1:])

    @property
    def refers_to_range(self) -> Range:
        """Raises XlwingsError where the name is not one of cells."""
        cells = self.api.getReferredCells()
        if cells is None:
            raise XlwingsError(f"名称“{self.name}”不是单元格区域")
        return self.book.at(cells.getRangeAddress())

    def delete(self) -> None:
        self._container.removeByName(self.local)
