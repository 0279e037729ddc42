"""Input cells that lost their look, their lock, the rule on what may be typed or the colours that tell of it, as an ordinary paste
onto them does.

Whether a value is right does not depend on it, but for one thing: a number that is shown as a date was meant for something
else. `inputs` judges what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice

from addin.workbooks.edits import Audit, Redress
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.layout.design import Design
from generator.layout.spoken import input_style
from generator.lines.accepts import requirement
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.typed import high_value
from generator.sheets import scoring
from generator.sheets.sheet import Highlight, Validation
from generator.xlsx.dress import Dress, Outfit
from generator.xlsx.styles_read import Style

LOCKED, WHITE, PLAIN, UNRULED = "锁住了", "没有底色", "不是百分数格式", "没有填报限制"
HIDING = "数字格式盖住了填的数"
OTHERS, PALE = "填报限制是别的格子的", "填错或漏填时不变色"
BARE = {LOCKED, WHITE, PLAIN, HIDING}
DRESS = ("input-locked", "input-look", "input-unruled")
NAMED = 6
"""So many cells are named of each sheet."""


@dataclass
class _Sheet:
    """What is known of a sheet's input cells. lost: by address, in the order of the lines."""

    lost: dict[str, tuple[list[str], Style, Line, int]] = field(default_factory=dict)


def examine(taken: Snapshot, values: Evaluation, names: Names, whole: bool) -> Audit:
    """Look over what every input cell wears, sheet by sheet. whole: whether the book is; else what its rules would look at may be
    gone, and nothing is put back."""
    found, sound, sheets = Audit(), dict[Style, tuple[str, str]](), dict[str, _Sheet]()
    styles: dict[tuple[str, str], Style] = {}
    rules = _Rules(taken, values)
    for name, held in taken.by_sheet((line, taken.open_cells_of(line)) for line in taken.plan.inputs).items():
        sheet = sheets[name] = _Sheet()
        worn = iter(taken.package.worn(name, [at for _, own in held for _, at in own]))
        for line, own in held:
            wears = [*islice(worn, len(own))]
            first = dict(zip(map(id, reversed(wears)), reversed(range(len(own))), strict=True))  # where each is met first
            kinds = {kind: dress for kind, at in first.items() if (dress := wears[at]) is not None}
            look = input_style(taken.design, line), scoring.number_format(line)
            style = styles.get(look) or styles.setdefault(look, style_of(taken.design, *look, locked=False))
            most = max((dress.colours or 0 for dress in kinds.values()), default=0)
            judged = {kind: [*_lost(dress, style), *rules.lost(dress, line, most)] for kind, dress in kinds.items()}
            dated = {kind for kind, dress in kinds.items() if dress.look is not None and dress.look.date}
            fit = [first[kind] for kind in kinds if kind not in dated and not BARE & set(judged[kind])]
            if fit:
                sound.setdefault(style, (name, own[min(fit)][1]))
            if not dated and not any(judged.values()):
                continue
            for (unit, at), dress in zip(own, wears, strict=True):
                if id(dress) in dated and isinstance(taken.sheets[name].part.value(at), Decimal):
                    found.findings.append(names.finding("input-date", names.label(line), name, at, line, unit))
                elif judged.get(id(dress)):  # what shows a date keeps its look: else nobody sees any more that it was one
                    sheet.lost[at] = judged[id(dress)], style, line, unit
    for name, sheet in sheets.items():
        _tell(found, name, sheet, names)
        for at, (lost, style, line, unit) in sheet.lost.items() if whole else ():
            outfit = Outfit(at, style if BARE & set(lost) else None, sound.get(style), *rules.put_back(name, at, lost, line, unit))
            found.dress.append(Redress(name, outfit, "、".join(lost)))
    return found


class _Rules:
    """What may be typed into the cells of a book, and when they change colour."""

    def __init__(self, taken: Snapshot, values: Evaluation) -> None:
        self.taken, self.values = taken, values

    @cached_property
    def said(self) -> dict[str, str]:
        """What each line's cells say of themselves, as `rules_read` has it; but for those whose limit is typed in."""
        found: dict[str, str] = {}
        for line in self.taken.plan.inputs:
            if line.input and not line.input.accepts.high_name:
                title, words = scoring.prompt(
                    line.input, requirement(line.input, high_value(line, self.values), self.taken.design.form > 4)
                )
                found[line.key] = " ".join(f"{title}\n{words}".split())
        return found

    @cached_property
    def known(self) -> set[str]:
        """What any cell of the book says."""
        return set(self.said.values())

    def lost(self, worn: Dress, line: Line, most: int) -> list[str]:
        """What a cell has lost. most: how many formulas give colours to the best of the line's cells: other versions have fewer."""
        lost, asked = [], line.input
        assert asked
        kind = scoring.rule_kind(asked)
        if worn.rule is not None and worn.rule != kind and not (kind == "whole" and worn.rule == "decimal"):  # as books of before have it
            lost.append(UNRULED)
        elif worn.said and worn.said != self.said.get(line.key, worn.said) and worn.said in self.known:
            lost.append(OTHERS)
        if worn.colours is None or worn.colours >= max(1, most):
            return lost
        if worn.colours < max(1, min(most, scoring.colours_count(self.taken.plan, line, asked))):
            lost.append(PALE)
        return lost

    def put_back(self, sheet: str, at: str, lost: list[str], line: Line, unit: int) -> tuple[Validation | None, tuple[Highlight, ...]]:
        """The rule and the colours of a cell, as far as they are lost."""
        area, layout, asked = self.taken.sheets[sheet].area, self.taken.layout, line.input
        assert asked
        rule = scoring.rule_for(layout, area, line, asked, unit, at, self.values) if {UNRULED, OTHERS} & set(lost) else None
        if not {OTHERS, PALE} & set(lost):
            return rule, ()
        own = self.taken.design.colours
        colours = scoring.colours_for(layout, area, line, asked, unit, at)
        return rule, tuple(replace(one, colour=own[one.colour].upper()) for one in colours)


def style_of(design: Design, name: str, pattern: str = "General", locked: bool = True) -> Style:
    """A style of the template in full."""
    own, colours = design.styles[name], design.colours
    colour, fill = colours.get(own.colour, "000000"), colours[own.fill].upper() if own.fill else ""
    border = colours["line"] if own.border else ""
    return Style(design.font, own.size, own.bold, colour, fill, border, own.align, own.wrap, own.shrink, pattern, locked)


def _lost(worn: Dress, style: Style) -> list[str]:
    """What the look of a cell has lost. Its number format is looked at only where it says that 7 is 7%: Excel itself changes others,
    by what is typed."""
    lost = []
    if worn.look is not None:
        if worn.look.locked:
            lost.append(LOCKED)
        if worn.look.fill is not None and worn.look.fill != style.fill:
            lost.append(WHITE)
        if "%" in style.format and not worn.look.percent:
            lost.append(PLAIN)
        if worn.look.hides:
            lost.append(HIDING)
    return lost


def _tell(found: Audit, name: str, sheet: _Sheet, names: Names) -> None:
    """One finding a sheet for each thing that is lost, the gravest of each cell."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for at, (lost, *_) in sheet.lost.items():
        code = "input-locked" if LOCKED in lost else "input-look" if {*lost} & {WHITE, PLAIN, PALE, HIDING} else "input-unruled"
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
