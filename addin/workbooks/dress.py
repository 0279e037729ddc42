"""Input cells that lost their look, their lock or the rule on what may be typed, as an ordinary paste onto them does.

Whether a value is right does not depend on it, but for one thing: a number that is shown as a date was meant for something
else. `inputs` judges what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from addin.workbooks.book import Cells
from addin.workbooks.edits import Audit, Redress
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.layout.design import Design
from generator.layout.spoken import input_style
from generator.lines.input import Input
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.sheets import scoring
from generator.xlsx.dress import Dress, Outfit
from generator.xlsx.styles_read import Style

LOCKED, WHITE, PLAIN, UNRULED = "锁住了", "没有底色", "不是百分数格式", "没有填报限制"
DRESS = ("input-locked", "input-look", "input-unruled")
NAMED = 6
"""So many cells are named of each sheet."""


@dataclass
class _Sheet:
    """What is known of a sheet's input cells. lost: by address, in the order of the lines."""

    lost: dict[str, tuple[list[str], Style, Line, int]] = field(default_factory=dict)


def examine(taken: Snapshot, values: Evaluation, names: Names) -> Audit:
    """Look over what every input cell wears, sheet by sheet."""
    wanted: dict[str, dict[str, tuple[Line, int]]] = defaultdict(dict)
    for line in taken.plan.inputs:
        for unit, sheet_name, at in taken.cells_of(line):
            if taken.is_open(line, unit):
                wanted[sheet_name][at] = line, unit
    found, sound, sheets = Audit(), dict[Style, tuple[str, str]](), dict[str, _Sheet]()
    styles: dict[tuple[str, str], Style] = {}
    for name, cells in wanted.items():
        sheet = sheets[name] = _Sheet()
        worn = taken.package.worn(name, list(cells))
        for at, (line, unit) in cells.items():
            assert line.input
            pattern = scoring.number_format(line)
            look = input_style(taken.design, line), pattern
            style = styles.get(look) or styles.setdefault(look, style_of(taken.design, *look, locked=False))
            if at in worn and _is_date(worn[at], taken.sheets[name].part, at):
                found.findings.append(names.finding("input-date", names.label(line), name, at, line, unit))
                continue  # put back its look, and nobody sees any more that it was a date
            lost = _lost(worn[at], style, line.input) if at in worn else []
            if lost:
                sheet.lost[at] = lost, style, line, unit
            if at in worn and not {LOCKED, WHITE, PLAIN} & set(lost):
                sound.setdefault(style, (name, at))
    for name, sheet in sheets.items():
        _tell(found, name, sheet, names)
        for at, (lost, style, line, unit) in sheet.lost.items():
            bare = lost != [UNRULED]
            area = taken.sheets[name].area
            assert line.input
            rule = scoring.rule_for(taken.layout, area, line, line.input, unit, at, values) if UNRULED in lost else None
            found.dress.append(Redress(name, Outfit(at, style if bare else None, sound.get(style), rule), "、".join(lost)))
    return found


def style_of(design: Design, name: str, pattern: str = "General", locked: bool = True) -> Style:
    """A style of the template in full."""
    own, colours = design.styles[name], design.colours
    colour, fill = colours.get(own.colour, "000000"), colours[own.fill].upper() if own.fill else ""
    border = colours["line"] if own.border else ""
    return Style(design.font, own.size, own.bold, colour, fill, border, own.align, own.wrap, own.shrink, pattern, locked)


def _lost(worn: Dress, style: Style, asked: Input) -> list[str]:
    """What a cell has lost. Its number format is looked at only where it says that 7 is 7%: Excel itself changes others, by
    what is typed."""
    lost = []
    if worn.look is not None:
        if worn.look.locked:
            lost.append(LOCKED)
        if worn.look.fill is not None and worn.look.fill != style.fill:
            lost.append(WHITE)
        if "%" in style.format and not worn.look.percent:
            lost.append(PLAIN)
    kind = scoring.rule_kind(asked)
    if worn.rule is not None and worn.rule != kind and not (kind == "whole" and worn.rule == "decimal"):  # as books of before have it
        lost.append(UNRULED)
    return lost


def _is_date(worn: Dress, part: Cells, at: str) -> bool:
    """Whether a number is shown as a date or a time: who types 1/2 or 3-1 gets one, of some 45,000."""
    return worn.look is not None and worn.look.date and isinstance(part.value(at), Decimal)


def _tell(found: Audit, name: str, sheet: _Sheet, names: Names) -> None:
    """One finding a sheet for each thing that is lost, the gravest of each cell."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for at, (lost, *_) in sheet.lost.items():
        code = "input-locked" if LOCKED in lost else "input-look" if lost != [UNRULED] else "input-unruled"
        by_code[code].append(at)
    for code in DRESS:
        cells = by_code[code]
        if cells:
            words_lost = dict.fromkeys(word for at in cells for word in sheet.lost[at][0])
            some = "、".join(cells[:NAMED]) + ("等" if len(cells) > NAMED else "")
            words = f"{some} {len(cells)} 格，{'、'.join(words_lost)}"
            _, _, line, unit = sheet.lost[cells[0]]
            one = (line, unit) if len(cells) == 1 else (None, None)
            found.findings.append(names.finding(code, words, name, cells[0], *one))
