"""Tables of the regulation to look things up in: a sheet each, with a cell to type a key into."""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.columns import letters_of
from generator.layout.addresses import address
from generator.layout.layout import Layout
from generator.layout.pages import shape
from generator.layout.sheet_names import cut
from generator.layout.text_size import height_of, lines_needed, millimetres
from generator.scheme.parts import Reference
from generator.sheets.sheet import Formula, Sheet, Validation
from generator.tree.formula import quote

FIRST = 2


CHAIN = re.compile(r"[\d.]+—[\d.]+[、；]?")
"""What programs keep together on one line."""


class Rows(NamedTuple):
    """Where things stand on a sheet."""

    title: int
    note: int
    query: int
    head: int


NOW, BEFORE = Rows(4, 1, 2, 5), Rows(2, 3, 4, 6)
"""Since the sixth form what is looked up stands above the title and is not printed, and each page has the title."""


def build(layout: Layout) -> list[Sheet]:
    """The reference sheets of a book."""
    return [_sheet(layout, reference, name) for reference, name in zip(layout.plan.scheme.references, layout.references, strict=True)]


def broken(text: str) -> str:
    """A text as wide as it may get: programs break no line before 、 and ； or within 2.4.1—2.4.3, and go on on the next one sooner."""
    return CHAIN.sub(lambda chain: chain[0] + "　" * (len(chain[0]) // 3), text)


def _sheet(layout: Layout, reference: Reference, name: str) -> Sheet:
    words, at = layout.design.reference, NOW if layout.design.form > 5 else BEFORE
    sheet = Sheet(name)
    count = len(reference.columns)
    last, bottom = FIRST + count - 1, at.head + len(reference.rows)
    widths = [*reference.widths, *[words.width] * count][:count]
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(widths)}}
    sheet.span(at.title, FIRST, at.title, last, reference.title, "title")
    sheet.span(at.note, FIRST, at.note, last, words.look_up, "subtitle")
    keys = f"${letters_of(FIRST)}${at.head + 1}:${letters_of(FIRST)}${bottom}"
    asked = f"${address(at.query, FIRST)}"
    sheet.put(at.query, FIRST, None, "input", locked=False)
    prompt = f"填{reference.columns[0]}"
    known = f'OR({asked}="",ISNUMBER(MATCH({asked},{keys},0)))'
    texts = cut(prompt, 30), cut(prompt, 250), cut(words.nothing, 220)
    sheet.validations.append(Validation(address(at.query, FIRST), "custom", None, known, None, *texts))
    for offset in range(1, count):
        letters = letters_of(FIRST + offset)
        found = f'INDEX(${letters}${at.head + 1}:${letters}${bottom},MATCH({asked},{keys},0))&""'
        sheet.put(at.query, FIRST + offset, Formula(f'=IF({asked}="","",IFERROR({found},{quote(words.nothing)}))', None), "name")
    sheet.heights |= {at.title: 30, at.note: 18, at.query: 30}
    for offset, heading in enumerate(reference.columns):
        sheet.put(at.head, FIRST + offset, heading, "heading")
    for number, row in enumerate(reference.rows, 1):
        need = 1
        for offset in range(count):
            text = row[offset] if offset < len(row) else None
            sheet.put(at.head + number, FIRST + offset, text, "number" if offset == 0 else "name")
            need = max(need, lines_needed(broken(text or "") if at is NOW else text or "", widths[offset], 10))
        sheet.heights[at.head + number] = max(18.0, height_of(need, 10))
    sheet.heights[at.head] = 24
    sheet.freeze = address(at.head + 1, FIRST + 1)
    sheet.title_rows = (at.title if at is NOW else at.head, at.head)
    sheet.filter = f"{address(at.head, FIRST)}:{address(bottom, last)}"
    setup = layout.design.print
    sheet.paper, sheet.landscape = shape(setup, sum(map(millimetres, widths)), setup.smallest_scale / 100)
    sheet.print_area = f"{address(at.title, FIRST)}:{address(bottom, last)}"
    return sheet
