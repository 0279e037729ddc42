"""What xlwings leaves out, in one set of functions over xlwings objects: protection, the view, the state of a book, undo.

Excel is reached through ``.api``: COM on Windows, appscript on macOS. LibreOffice is reached through UNO. Nobody else needs
to know which it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from xlwings import App, Book, Range, Sheet

from generator.problems import Refusal

_ALLOWED = (
    "FormattingCells",
    "FormattingColumns",
    "FormattingRows",
    "InsertingColumns",
    "InsertingRows",
    "InsertingHyperlinks",
    "DeletingColumns",
    "DeletingRows",
    "Sorting",
    "Filtering",
    "UsingPivotTables",
)
"""What Excel may still allow on a protected sheet, as COM spells it after ``Allow``."""


class WrongPassword(Refusal):
    """A sheet stays protected because the password is not the right one."""


def is_libreoffice(app: App) -> bool:
    """Whether an app is a LibreOffice."""
    return app.engine.name == "libreoffice"


def is_mac(app: App) -> bool:
    """Whether an app is an Excel for macOS."""
    return sys.platform == "darwin" and not is_libreoffice(app)


# -- protection


@dataclass(frozen=True)
class Protection:
    """How a sheet is protected, apart from its password, which no program tells.

    allowed: what stays possible, by Excel's names after ``Allow``. objects, scenarios: whether these are protected too.
    selection: Excel's EnableSelection, 0 all cells, 1 unlocked cells, -4142 none. LibreOffice keeps all of this with the
    sheet while it is unprotected and tells none of it, so there the fields say nothing.
    """

    allowed: Mapping[str, bool] = field(default_factory=dict)
    objects: bool = True
    scenarios: bool = True
    selection: int = 0


def is_protected(sheet: Sheet) -> bool:
    """Whether the locked cells of a sheet cannot be changed."""
    app = sheet.book.app
    if is_libreoffice(app):
        return bool(sheet.api.isProtected())
    return bool(sheet.api.protect_contents.get() if is_mac(app) else sheet.api.ProtectContents)


def protection(sheet: Sheet) -> Protection | None:
    """How a sheet is protected; None where it is not."""
    if not is_protected(sheet):
        return None
    app = sheet.book.app
    if is_libreoffice(app):
        return Protection()
    if is_mac(app):
        options = sheet.api.protection_object
        return Protection(
            {name: bool(getattr(options, _snake(name)).get()) for name in _ALLOWED},
            bool(sheet.api.protect_drawing_objects.get()),
            bool(sheet.api.protect_scenarios.get()),
        )
    return Protection(
        {name: bool(getattr(sheet.api.Protection, f"Allow{name}")) for name in _ALLOWED},
        bool(sheet.api.ProtectDrawingObjects),
        bool(sheet.api.ProtectScenarios),
        int(sheet.api.EnableSelection),
    )


def unprotect(sheet: Sheet, password: str = "") -> None:
    """Take a sheet's protection away. Raises WrongPassword; does nothing where there is none."""
    if not is_protected(sheet):
        return
    with suppress(Exception):  # each program raises its own; what counts is whether the sheet is protected afterwards
        if is_libreoffice(sheet.book.app):
            hush(sheet.book)
            sheet.api.unprotect(password)
        elif is_mac(sheet.book.app):
            sheet.api.unprotect(password=password)
        else:
            sheet.api.Unprotect(password)
    if is_protected(sheet):
        raise WrongPassword(f"工作表“{sheet.name}”的保护密码不对，没有解除保护")


def protect(sheet: Sheet, password: str = "", how: Protection | None = None) -> None:
    """Protect a sheet, as `protection` told before or else as a freshly protected one is."""
    how = how or Protection()
    app = sheet.book.app
    if is_libreoffice(app):
        hush(sheet.book)
        sheet.api.protect(password)
    elif is_mac(app):
        allowed = {_snake(name): value for name, value in how.allowed.items()}
        sheet.api.protect_worksheet(
            password=password, drawing_objects=how.objects, worksheet_contents=True, scenarios=how.scenarios, **allowed
        )
    else:
        allowed = {f"Allow{name}": value for name, value in how.allowed.items()}
        sheet.api.Protect(Password=password, DrawingObjects=how.objects, Contents=True, Scenarios=how.scenarios, **allowed)
        sheet.api.EnableSelection = how.selection


@contextmanager
def unprotected(sheet: Sheet, password: str = "") -> Iterator[None]:
    """Work on a sheet without its protection, which is put back as it was, whatever happens. Raises WrongPassword."""
    how = protection(sheet)
    unprotect(sheet, password)
    try:
        yield
    finally:
        if how is not None:
            protect(sheet, password, how)


def is_structure_protected(book: Book) -> bool:
    """Whether sheets of a book cannot be inserted, deleted, renamed or moved."""
    if is_libreoffice(book.app):
        return bool(book.api.isProtected())
    return bool(book.api.protect_structure.get() if is_mac(book.app) else book.api.ProtectStructure)


def is_locked(cells: Range) -> bool | None:
    """Whether cells are locked once their sheet is protected; None where some are and some are not."""
    app = cells.sheet.book.app
    if is_libreoffice(app):
        if cells.api.getPropertyState("CellProtection").value == "AMBIGUOUS_VALUE":
            return None
        return bool(cells.api.getPropertyValue("CellProtection").IsLocked)
    locked = cells.api.locked.get() if is_mac(app) else cells.api.Locked
    return locked if isinstance(locked, bool) else None


def set_locked(cells: Range, locked: bool) -> None:
    """Lock or unlock cells; the sheet must not be protected at that moment."""
    app = cells.sheet.book.app
    if is_libreoffice(app):
        now = cells.api.getPropertyValue("CellProtection")
        now.IsLocked = locked
        cells.api.setPropertyValue("CellProtection", now)
    elif is_mac(app):
        cells.api.locked.set(locked)
    else:
        cells.api.Locked = locked


def _snake(name: str) -> str:
    """appscript's spelling of one of `_ALLOWED`."""
    spelled = "".join("_" + letter.lower() if letter.isupper() else letter for letter in "Allow" + name)[1:]
    return "allow_using_pivot_table" if name == "UsingPivotTables" else spelled


# -- what the user looks at


@dataclass(frozen=True)
class View:
    """What a book's window shows: the sheet, its first visible row and column (from 1), and the address of the selection,
    "" where something else than cells is selected."""

    sheet: str
    row: int
    column: int
    selection: str

    @property
    def cell(self) -> str:
        """The first selected cell, "" where none is."""
        return self.selection.replace("$", "").partition(":")[0].partition(",")[0]


def view(book: Book) -> View:
    """What a book's window shows now."""
    sheet = book.sheets.active
    if is_libreoffice(book.app):
        controller, chosen = book.impl.controller, book.impl.selection
        row, column = controller.getFirstVisibleRow() + 1, controller.getFirstVisibleColumn() + 1
        return View(sheet.name, row, column, chosen.address if chosen is not None else "")
    if is_mac(book.app):
        window, chosen = book.app.api.active_window, book.selection
        return View(sheet.name, window.scroll_row.get(), window.scroll_column.get(), chosen.address if chosen is not None else "")
    window = book.api.Windows(1)
    return View(sheet.name, int(window.ScrollRow), int(window.ScrollColumn), str(window.RangeSelection.Address))


def restore_view(book: Book, was: View) -> None:
    """Show what `view` saw. A sheet that is gone by now leaves the window as it is."""
    if was.sheet not in book.sheet_names:
        return
    sheet = book.sheets[was.sheet]
    if is_libreoffice(book.app):
        controller = book.impl.controller
        controller.setActiveSheet(sheet.api)
        if was.selection:
            controller.select(sheet[was.selection].api)
        controller.setFirstVisibleRow(was.row - 1)
        controller.setFirstVisibleColumn(was.column - 1)
        return
    if is_mac(book.app):
        sheet.activate()
        if was.selection:
            sheet[was.selection].select()
        window = book.app.api.active_window
        window.scroll_row.set(was.row)
        window.scroll_column.set(was.column)
        return
    book.api.Activate()  # xlwings' own activate also wants the window in front of other programs'
    sheet.api.Activate()
    if was.selection:
        sheet[was.selection].api.Select()
    window = book.api.Windows(1)
    window.ScrollRow, window.ScrollColumn = was.row, was.column


def hide_rows(sheet: Sheet, first: int, last: int, hidden: bool) -> None:
    """Let rows be seen or not; the sheet must not be protected at that moment."""
    rows = sheet.range(f"{first}:{last}")
    if is_libreoffice(sheet.book.app):
        rows.api.getRows().setPropertyValue("IsVisible", not hidden)
    elif is_mac(sheet.book.app):
        rows.api.entire_row.hidden.set(hidden)
    else:
        rows.api.EntireRow.Hidden = hidden


def go_to(cells: Range) -> None:
    """Show cells and select them."""
    book = cells.sheet.book
    if is_libreoffice(book.app) or is_mac(book.app):
        cells.sheet.activate()
        cells.select()
    else:
        book.app.api.Goto(cells.api)


# -- the state of a book


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


# -- its file


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


# -- working on a book


def store_copy(book: Book, path: Path) -> bool:
    """Write an .xlsx copy of a book as it is now, without changing what the book is called; whether that can be done."""
    if is_libreoffice(book.app):
        book.impl.store_copy(str(path))
        return True
    if is_mac(book.app):
        return False
    book.api.SaveCopyAs(str(path))
    return True


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
