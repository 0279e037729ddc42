"""Marks on cells that are wrong or were tampered with: notes that begin with `MARK`.

A check replaces them, a recompute takes away those of the cells that it repairs, and nobody else's note is ever touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress

import xlwings

from addin.workbooks.findings import Finding

MARK = "检查："
MOST_MARKS = 100


def marks_of(found: list[Finding]) -> dict[str, dict[str, str]]:
    """The notes for findings, by sheet and cell: what is wrong and what to do. What is merely left to do gets none."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in [f for f in found if f.cell and f.severity != "todo"][:MOST_MARKS]:
        said[one.sheet][one.cell].append(f"{one.message}。{one.fix}")
    return {sheet: {at: MARK + "\n".join(words) for at, words in cells.items()} for sheet, cells in said.items()}


def mark(sheet: xlwings.Sheet, marks: Mapping[str, str]) -> None:
    """Put notes onto cells that have none."""
    for at, text in marks.items():
        cell = sheet[at]
        with suppress(Exception):  # a cell with a threaded comment takes no note; the list names it all the same
            if cell.note is None:
                cell.add_note(text)


def unmark(sheet: xlwings.Sheet, cells: Collection[str] | None = None) -> None:
    """Take our own notes away: all of a sheet, or those of some cells."""
    own = [note for note in sheet.notes if note.text.startswith(MARK)]
    for note in own:
        if cells is None or note.location.get_address(False, False) in cells:
            note.delete()
