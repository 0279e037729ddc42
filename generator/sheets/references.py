"""Tables of the regulation to look things up in: a sheet each, with a cell to type a key into."""

from __future__ import annotations

from generator.columns import letters_of
from generator.layout.addresses import address
from generator.layout.layout import Layout
from generator.layout.pages import shape
from generator.layout.sheet_names import cut
from generator.layout.text_size import height_of, lines_needed, millimetres
from generator.scheme.parts import Reference
from generator.sheets.sheet import Formula, Sheet, Validation
from generator.tree.formula import quote

FIRST, TITLE, NOTE, QUERY, HEAD = 2, 2, 3, 4, 6


def build(layout: Layout) -> list[Sheet]:
    """The reference sheets of a book."""
    return [_sheet(layout, reference, name) for reference, name in zip(layout.plan.scheme.references, layout.references, strict=True)]


def _sheet(layout: Layout, reference: Reference, name: str) -> Sheet:
    words = layout.design.reference
    sheet = Sheet(name)
    count = len(reference.columns)
    last, bottom = FIRST + count - 1, HEAD + len(reference.rows)
    widths = [*reference.widths, *[words.width] * count][:count]
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(widths)}}
    sheet.span(TITLE, FIRST, TITLE, last, reference.title, "title")
    sheet.span(NOTE, FIRST, NOTE, last, words.look_up, "subtitle")
    keys = f"${letters_of(FIRST)}${HEAD + 1}:${letters_of(FIRST)}${bottom}"
    asked = f"${address(QUERY, FIRST)}"
    sheet.put(QUERY, FIRST, None, "input", locked=False)
    prompt = f"填{reference.columns[0]}"
    known = f'OR({asked}="",ISNUMBER(MATCH({asked},{keys},0)))'
    texts = cut(prompt, 30), cut(prompt, 250), cut(words.nothing, 220)
    sheet.validations.append(Validation(address(QUERY, FIRST), "custom", None, known, None, *texts))
    for offset in range(1, count):
        letters = letters_of(FIRST + offset)
        found = f'INDEX(${letters}${HEAD + 1}:${letters}${bottom},MATCH({asked},{keys},0))&""'
        sheet.put(QUERY, FIRST + offset, Formula(f'=IF({asked}="","",IFERROR({found},{quote(words.nothing)}))', None), "name")
    sheet.heights |= {TITLE: 30, NOTE: 18, QUERY: 30}
    for offset, heading in enumerate(reference.columns):
        sheet.put(HEAD, FIRST + offset, heading, "heading")
    for number, row in enumerate(reference.rows, 1):
        need = 1
        for offset in range(count):
            text = row[offset] if offset < len(row) else None
            sheet.put(HEAD + number, FIRST + offset, text, "number" if offset == 0 else "name")
            need = max(need, lines_needed(text or "", widths[offset], 10))
        sheet.heights[HEAD + number] = max(18.0, height_of(need, 10))
    sheet.heights[HEAD] = 24
    sheet.freeze = address(HEAD + 1, FIRST + 1)
    sheet.title_rows = (HEAD, HEAD)
    sheet.filter = f"{address(HEAD, FIRST)}:{address(bottom, last)}"
    setup = layout.design.print
    sheet.paper, sheet.landscape = shape(setup, sum(map(millimetres, widths)), setup.smallest_scale / 100)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(bottom, last)}"
    return sheet
