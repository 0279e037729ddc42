"""How cells and sheets are written in formulas."""

from __future__ import annotations

from generator.columns import column_of, letters_of


def absolute(at: str, row: bool = True) -> str:
    """``H5`` → ``$H$5``, or ``$H5``."""
    letters = at.rstrip("0123456789")
    return f"${letters}{'$' if row else ''}{at[len(letters) :]}"


def sheet_prefix(name: str) -> str:
    """What stands before an address on another sheet."""
    return quoted(name) + "!"


def address(row: int, column: int) -> str:
    """``(5, 8)`` → ``H5``."""
    return f"{letters_of(column)}{row}"


def place_of(at: str) -> tuple[int, int]:
    """``H5`` → ``(5, 8)``."""
    letters = at.rstrip("0123456789")
    return int(at[len(letters) :]), column_of(letters)


def quoted(sheet: str) -> str:
    """A sheet's name as it stands before ``!`` in a formula."""
    return "'" + sheet.replace("'", "''") + "'"
