"""What locked cells should hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from addin.workbooks.snapshot import Snapshot
from generator.layout import design as designs
from generator.layout.addresses import address
from generator.layout.layout import Area
from generator.lines.line import Line
from generator.scheme import load as schemes
from generator.sheets import meta
from generator.sheets.book import compose
from generator.sheets.sheet import Formula
from generator.value import Value


def locked_constants(taken: Snapshot) -> dict[str, dict[str, Value | Formula]]:
    """What stands in the locked cells of each sheet that belong to no line: texts, empty cells, look-ups."""
    return constants(taken.file.text, taken.file.file, taken.design.text)


@lru_cache(maxsize=16)
def constants(text: str, file: str, template: str) -> dict[str, dict[str, Value | Formula]]:
    book = compose(schemes.loads(text, file), design=designs.loads(template))
    layout = book.layout
    lines = {area.sheet: {at for line in area.lines for at in _cells_of(line, area)} for area in layout.areas}
    references = set(layout.references)
    found: dict[str, dict[str, Value | Formula]] = {}
    for sheet in book.sheets:
        if sheet.name == meta.NAME:
            continue
        own = lines.get(sheet.name)
        found[sheet.name] = {
            at: box.content
            for place, box in sheet.cells.items()
            if box.locked and (at := address(*place)) not in (own or ())
            if own is not None or sheet.name in references or not isinstance(box.content, Formula)
        }
    return found


def _cells_of(line: Line, area: Area) -> Iterator[str]:
    for _, at in area.figures(line):
        yield at
    if line.formula is not None or line.input is not None or line.values is not None:
        for unit in area.units_of(line):
            yield area.cell(line.key, unit)
