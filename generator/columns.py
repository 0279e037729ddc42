"""Columns by number and by letters, as spreadsheets name them.

openpyxl has the same two functions; importing them from there costs more time than most commands take altogether.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=16384)
def letters_of(column: int) -> str:
    """``8`` → ``H``, ``28`` → ``AB``. Raises ValueError below 1."""
    if column < 1:
        raise ValueError(f"There is no column {column}")
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


@lru_cache(maxsize=16384)
def column_of(letters: str) -> int:
    """``H`` → ``8``, ``AB`` → ``28``. Raises ValueError for anything but letters from A to Z."""
    column = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters!r} is no column")
        column = column * 26 + ord(letter) - 64
    return column
