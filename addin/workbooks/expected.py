"""What locked cells should hold."""

from __future__ import annotations

from functools import lru_cache

from addin.workbooks.snapshot import ReadAs, Snapshot, pristine, understood
from generator.layout.addresses import address
from generator.layout.layout import Layout
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.view import OFFICE, View
from generator.sheets.book import forms, parameters
from generator.sheets.sheet import Formula
from generator.tree.expression import Expression
from generator.tree.formula import Addresses
from generator.value import Value


class _Unvalued(Evaluation):
    """Values for who does not ask what they are."""

    def value(self, key: str, unit: int) -> Value:
        return None

    def fixed(self, key: str, column: str) -> Value:
        return None


class _Unwritten(Layout):
    """A layout for who does not ask what the formulas are."""

    def write(self, line: Line, tree: Expression, at: Addresses) -> str:
        return "="


def locked_constants(taken: Snapshot) -> dict[str, dict[str, Value | Formula]]:
    """What stands in the locked cells of each sheet that belong to no line: texts, empty cells, look-ups."""
    return constants(taken.file.text, taken.file.file, taken.design.text, taken.plan.view, taken.read_as)


@lru_cache(maxsize=16)
def constants(text: str, file: str, template: str, view: View = OFFICE, read_as: ReadAs = ()) -> dict[str, dict[str, Value | Formula]]:
    whole = pristine(text, file, template, view, read_as)
    layout = _Unwritten(whole.plan, whole.design, whole.grids, whole.lists, whole.references, whole.apart)
    blank = _Unvalued(layout.plan, {})
    lines = {area.sheet: {at for line in area.lines for _, at in area.figures(line)} for area in layout.areas}
    references = set(layout.references)
    found: dict[str, dict[str, Value | Formula]] = {}
    choices = understood(text, file, view, read_as)[0].choices
    for sheet in [*forms(layout, blank, choices=choices, bare=True), *parameters(layout, blank)]:
        own = lines.get(sheet.name)
        found[sheet.name] = {
            at: box.content
            for place, box in sheet.cells.items()
            if box.locked and (at := address(*place)) not in (own or ())
            if own is not None or sheet.name in references or not isinstance(box.content, Formula)
        }
    return found
