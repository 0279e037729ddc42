"""What a check found, put into the workbook in front: the list on the 校验 sheet, the marks on the cells."""

from __future__ import annotations

import re
from contextlib import suppress

import xlwings

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
        _dress(desk.book.sheets[listed.sheet], taken, listed)
        for name in opened:
            unmark(desk.book.sheets[name])
            mark(desk.book.sheets[name], marks.get(name, {}))


def _dress(sheet: xlwings.Sheet, taken: Snapshot, listed: Listed) -> None:
    """Give the list the look of the live list above it, and let it be printed."""
    design = taken.design
    first, middle, last = COLUMNS[0], COLUMNS[2], COLUMNS[-1]
    title = sheet[f"{first}{listed.row}"]
    title.font.name, title.font.size = design.font, design.styles["subtitle"].size
    if not listed.cells:
        return
    block = sheet[f"{first}{listed.row + 1}:{last}{listed.last}"]
    block.font.name, block.wrap_text, block.vertical_alignment = design.font, True, "center"
    for left, right, style in ((first, middle, "listed_centre"), (COLUMNS[3], last, "listed")):
        part = sheet[f"{left}{listed.row + 1}:{right}{listed.last}"]
        part.font.size, part.horizontal_alignment = design.styles[style].size, design.styles[style].align
    block.rows.autofit()
    with suppress(Exception):  # Excel without any printer does not let the area be set
        area = re.fullmatch(r"(\$[A-Z]+\$\d+:\$[A-Z]+\$)(\d+)", sheet.page_setup.print_area or "")
        if area and int(area[2]) < listed.last:
            sheet.page_setup.print_area = f"{area[1]}{listed.last}"
