"""What a check found, put into the workbook in front: the list on the 校验 sheet, the marks on the cells."""

from __future__ import annotations

import re
from contextlib import suppress

import xlwings

from addin.engines import adapter, dress
from addin.live.book import LiveBook
from addin.live.desk import Desk
from addin.live.marks import mark, marks_of, unmark
from addin.workbooks import repair
from addin.workbooks.findings import Finding
from addin.workbooks.repair import COLUMNS, Listed
from addin.workbooks.snapshot import Snapshot
from generator.sheets.sheet import Formula
from generator.value import Value


def put(desk: Desk, live: LiveBook, taken: Snapshot, found: list[Finding]) -> None:
    """Write the list and the marks. Raises WrongPassword where the 校验 sheet has a password."""
    listed = repair.listed(taken, found)
    sheet = live.sheet(listed.sheet)
    for at in listed.empty:
        sheet.set(at, None)
    title: list[Value | Formula] = [listed.title, *[None] * (len(COLUMNS) - 1)]
    for row, cells in enumerate([title, *listed.cells], listed.row):
        for column, content in zip(COLUMNS, cells, strict=True):
            sheet.put(f"{column}{row}", content)
    marks = marks_of(found)
    ours = [name for name in live.sheet_names if live.is_visible(name) and (name in taken.sheets or name in marks)]
    with desk.changing(live, [listed.sheet], ours) as opened:
        live.write()
        _dress(desk.book.sheets[listed.sheet], listed)
        for name in opened:
            unmark(desk.book.sheets[name])
            mark(desk.book.sheets[name], marks.get(name, {}))


def _dress(sheet: xlwings.Sheet, listed: Listed) -> None:
    """Give the list its look, fold the live list above it away, and let it be printed."""
    first, last = COLUMNS[0], COLUMNS[-1]
    adapter.hide_rows(sheet, *listed.live, bool(listed.cells))
    title, head, columns = listed.styles
    dress.put_on(sheet[f"{first}{listed.row}"], title, None)
    if not listed.cells:
        return
    dress.put_on(sheet[f"{first}{listed.row + 1}:{last}{listed.row + 1}"], head, None)
    for column, style in zip(COLUMNS, columns, strict=True):
        dress.put_on(sheet[f"{column}{listed.row + 2}:{column}{listed.last}"], style, None)
    sheet[f"{first}{listed.row + 1}:{last}{listed.last}"].rows.autofit()
    with suppress(Exception):  # Excel without any printer does not let the area be set
        area = re.fullmatch(r"(\$[A-Z]+\$\d+:\$[A-Z]+\$)(\d+)", sheet.page_setup.print_area or "")
        if area and int(area[2]) < listed.last:
            sheet.page_setup.print_area = f"{area[1]}{listed.last}"
