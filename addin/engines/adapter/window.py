"""What the user looks at: the sheet, what of it is in sight, and the selection."""

from __future__ import annotations

from dataclasses import dataclass

from xlwings import Book, Range, Sheet

from addin.engines.adapter.programs import is_libreoffice, is_mac


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
