"""Formulas whose number format shows something else than their value: nothing, a text, a thousandth, a date, fewer decimals."""

from __future__ import annotations

from addin.workbooks.dress import style_of
from addin.workbooks.edits import Audit, Redress
from addin.workbooks.naming import Names, some
from addin.workbooks.snapshot import Snapshot
from generator.lines.line import Format, Line
from generator.sheets import scoring
from generator.xlsx.dress import Outfit
from generator.xlsx.styles_read import Look


def examine(taken: Snapshot, names: Names) -> Audit:
    """One finding a sheet; recompute puts the formats back."""
    found = Audit()
    for sheet, cells in taken.by_sheet(line for line in taken.plan.lines.values() if line.formula is not None).items():
        looks = taken.package.looks_of(sheet, cells)
        wrong = []
        known: tuple[Look, Line, bool] | None = None
        for at, look in looks.items():
            line = cells[at][0]
            if known is None or look is not known[0] or line is not known[1]:
                known = look, line, _misleads(look, line)
            if known[2]:
                wrong.append(at)
        if not wrong:
            continue
        spoilt = set(wrong)
        sound = {cells[at][0].key: at for at in looks if at not in spoilt}
        for at in wrong:
            line, _ = cells[at]
            like = (sheet, sound[line.key]) if line.key in sound else None
            style = style_of(taken.design, scoring.cell_style(taken.design, taken.plan, line), scoring.number_format(line))
            found.dress.append(Redress(sheet, Outfit(at, style, like, None), "数字格式不对"))
        line, unit = cells[wrong[0]]
        found.findings.append(names.finding("format-misleads", some(wrong), sheet, wrong[0], line, unit))
    return found


def _misleads(look: Look, line: Line) -> bool:
    if look.hides or look.date:
        return True
    return line.format is Format.SCORE and not look.general and look.decimals < line.decimals
