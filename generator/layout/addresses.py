"""How cells and sheets are written in formulas."""

from __future__ import annotations

from functools import lru_cache

from openpyxl.utils import get_column_letter


def absolute(at: str, row: bool = True) -> str:
    """``H5`` → ``$H$5``, or ``$H5``."""
    letters = at.rstrip("0123456789")
    return f"${letters}{'$' if row else ''}{at[len(letters) :]}"


def sheet_prefix(name: str) -> str:
    """What stands before an address on another sheet."""
    return quoted(name) + "!"


@lru_cache(maxsize=16384)
def letters_of(column: int) -> str:
    """``8`` → ``H``."""
    return str(get_column_letter(column))


def address(row: int, column: int) -> str:
    """``(5, 8)`` → ``H5``."""
    return f"{letters_of(column)}{row}"


def quoted(sheet: str) -> str:
    """A sheet's name as it stands before ``!`` in a formula."""
    return "'" + sheet.replace("'", "''") + "'"
