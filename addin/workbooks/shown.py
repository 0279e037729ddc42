"""Formulas whose number format shows something else than their value: nothing, a text, a thousandth, a date, fewer decimals."""

from __future__ import annotations

from itertools import islice

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
    lines = [line for line in taken.plan.lines.values() if line.formula is not None]
    for sheet, held in taken.by_sheet((line, taken.cells_of(line)) for line in lines).items():
        wrong: dict[str, tuple[Line, int]] = {}
        looks = iter(taken.package.looks_of(sheet, [at for _, own in held for _, at in own]))
        for line, own in held:
            worn = [*islice(looks, len(own))]
            bad = {id(look) for look in {id(look): look for look in worn}.values() if look is not None and _misleads(look, line)}
            if not bad:
                continue
            spoilt = [cell for cell, look in zip(own, worn, strict=True) if id(look) in bad]
            sound = [at for (_, at), look in zip(own, worn, strict=True) if look is not None and id(look) not in bad]
            style = style_of(taken.design, scoring.cell_style(taken.design, taken.plan, line), scoring.number_format(line))
            for unit, at in spoilt:
                wrong[at] = line, unit
                outfit = Outfit(at, style, (sheet, sound[-1]) if sound else None, None)
                found.dress.append(Redress(sheet, outfit, "数字格式不对"))
        if wrong:
            first = next(iter(wrong))
            found.findings.append(names.finding("format-misleads", some([*wrong]), sheet, first, *wrong[first]))
    return found


def _misleads(look: Look, line: Line) -> bool:
    if look.hides or look.date:
        return True
    return line.format is Format.SCORE and not look.general and look.decimals < line.decimals
