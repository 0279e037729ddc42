"""Changing much at once: without redrawing, and as one step of the user's undo list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from xlwings import App, Book

from addin.engines.adapter.programs import is_libreoffice


@contextmanager
def one_step(book: Book, title: str, undo: Callable[[], None] | None = None, redo: Callable[[], None] | None = None) -> Iterator[None]:
    """Make all changes one step of the user's undo list, which calls these functions, or without them no step at all.

    The steps before are gone afterwards, as they are from Excel's list whatever a program changes; there this does nothing.
    LibreOffice's own records of blocks of cells are not fit to be undone: 7.4 leaves what was written into empty cells, and
    crashes over formulas that were written over.
    """
    if not is_libreoffice(book.app):
        yield
        return
    with _unrecorded(book):
        yield
    if undo is not None and redo is not None:
        from addin.engines.libreoffice.undo import step

        book.api.getUndoManager().addUndoAction(step(title, _hushed(book, undo), _hushed(book, redo)))


@contextmanager
def _unrecorded(book: Book) -> Iterator[None]:
    book.api.setPropertyValue("IsUndoEnabled", False)
    try:
        yield
    finally:
        book.api.setPropertyValue("IsUndoEnabled", True)


_hushed_now: set[str] = set()
"""LibreOffice's documents in which a step is being undone or redone."""


def _hushed(book: Book, work: Callable[[], None]) -> Callable[[], None]:
    """Work that is part of undoing, and must not be recorded itself."""

    def done() -> None:
        undo, document = book.api.getUndoManager(), book.api.getPropertyValue("RuntimeUID")
        undo.lock()
        _hushed_now.add(document)
        try:
            work()
        finally:
            _hushed_now.discard(document)
            undo.unlock()

    return done


def hush(book: Book) -> None:
    """While a step of `one_step` is undone, to be called before each change: LibreOffice records again after any of them."""
    if is_libreoffice(book.app) and book.api.getPropertyValue("RuntimeUID") in _hushed_now:
        undo = book.api.getUndoManager()
        undo.unlock()
        undo.lock()


@contextmanager
def quiet(app: App) -> Iterator[None]:
    """Change much at once: no redrawing, no events, no recalculation in between; all is as before afterwards.

    What the changes made stale is recalculated at the end where calculation is automatic.
    """
    calculation = app.calculation
    with app.properties(screen_updating=False, enable_events=False):
        app.calculation = "manual"
        try:
            yield
        finally:
            app.calculation = calculation
            if calculation != "manual":
                app.calculate()
