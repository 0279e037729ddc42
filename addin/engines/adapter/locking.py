"""What may be changed on a sheet: its protection, taken away and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from xlwings import Book, Range, Sheet

from addin.engines.adapter.changing import hush
from addin.engines.adapter.programs import is_libreoffice, is_mac
from generator.problems import Refusal

ALLOWED = (
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
            {name: bool(getattr(options, _snake(name)).get()) for name in ALLOWED},
            bool(sheet.api.protect_drawing_objects.get()),
            bool(sheet.api.protect_scenarios.get()),
        )
    return Protection(
        {name: bool(getattr(sheet.api.Protection, f"Allow{name}")) for name in ALLOWED},
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
    """appscript's spelling of one of `ALLOWED`."""
    spelled = "".join("_" + letter.lower() if letter.isupper() else letter for letter in "Allow" + name)[1:]
    return "allow_using_pivot_table" if name == "UsingPivotTables" else spelled
