"""The state of a book: who else has it, and what it brings along."""

from __future__ import annotations

from xlwings import App, Book, Range

from addin.engines.adapter.programs import is_libreoffice, is_mac


def is_read_only(book: Book) -> bool:
    """Whether a book cannot be saved in its place."""
    if is_libreoffice(book.app):
        return bool(book.api.isReadonly())
    return bool(book.api.read_only.get() if is_mac(book.app) else book.api.ReadOnly)


def is_protected_view(app: App, name: str) -> bool:
    """Whether Excel for Windows shows a file of that name in its protected view, where no program may touch it.

    Such a file is not among the app's books.
    """
    if is_libreoffice(app) or is_mac(app):
        return False
    windows = app.api.ProtectedViewWindows
    return any(str(windows(number).SourceName).lower() == name.lower() for number in range(1, windows.Count + 1))


def is_shared(book: Book) -> bool:
    """Whether several people have a book open at once (Excel's shared workbook)."""
    if is_libreoffice(book.app):
        return bool(book.api.createInstance("com.sun.star.document.Settings").getPropertyValue("IsDocumentShared"))
    return bool(book.api.multi_user_editing.get() if is_mac(book.app) else book.api.MultiUserEditing)


def has_macros(book: Book) -> bool:
    """Whether a book brings macros along. Excel for macOS does not tell."""
    if is_libreoffice(book.app):
        libraries = book.api.getPropertyValue("BasicLibraries")
        return any(libraries.getByName(name).hasElements() for name in libraries.getElementNames())
    return not is_mac(book.app) and bool(book.api.HasVBProject)


def has_links(book: Book) -> bool:
    """Whether formulas of a book look into other files. Excel for macOS does not tell."""
    if is_libreoffice(book.app):
        return bool(book.api.getPropertyValue("ExternalDocLinks").hasElements())
    return not is_mac(book.app) and bool(book.api.LinkSources(1))  # xlExcelLinks


def calculates_as_shown(book: Book) -> bool:
    """Whether a book is calculated with numbers as they are shown. Excel for macOS does not tell."""
    if is_libreoffice(book.app):
        return bool(book.api.getPropertyValue("CalcAsShown"))
    return not is_mac(book.app) and bool(book.api.PrecisionAsDisplayed)


def has_arrays(cells: Range) -> bool:
    """Whether there are array formulas among cells; in LibreOffice as of when this range's formulas were read last."""
    if is_libreoffice(cells.sheet.book.app):
        if cells.impl.arrays_among is None:
            _ = cells.formula
        return bool(cells.impl.arrays_among)
    return cells.has_array is not False  # None where only some are
