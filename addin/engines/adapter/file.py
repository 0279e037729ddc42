"""The file of a book: let go of, opened again, copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xlwings import Book

from addin.engines.adapter.programs import is_libreoffice, is_mac


def url_of(path: Path) -> str:
    """A place on the disk as LibreOffice writes it."""
    from addin.engines.libreoffice.office import load_uno

    return str(load_uno().systemPathToFileUrl(str(path)))


def path_of(url: str) -> Path:
    """The same the other way."""
    from addin.engines.libreoffice.office import load_uno

    return Path(load_uno().fileUrlToSystemPath(url))


def lay_aside(book: Book) -> Callable[[], Book]:
    """Let go of a book's file, so that it can be written over; what it gives opens the book again, in the same window. What is
    not saved is lost."""
    app, path = book.app, str(book.fullname)
    if not is_libreoffice(app):
        book.close()
        return lambda: app.books.open(path)
    frame = book.impl.controller.getFrame()
    frame.loadComponentFromURL("private:factory/scalc", "_self", 0, ())  # a LibreOffice without any document might end

    def again() -> Book:
        from addin.engines.libreoffice.office import properties

        frame.loadComponentFromURL(url_of(Path(path)), "_self", 0, properties(MacroExecutionMode=0))
        return app.books[Path(path).name]

    return again


def store_copy(book: Book, path: Path) -> bool:
    """Write an .xlsx copy of a book as it is now, without changing what the book is called; whether that can be done."""
    if is_libreoffice(book.app):
        book.impl.store_copy(str(path))
        return True
    if is_mac(book.app):
        return False
    book.api.SaveCopyAs(str(path))
    return True
