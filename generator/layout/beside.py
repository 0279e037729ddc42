"""Which figures that are the same for all units stand in the row of a neighbour, and need no row of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from generator.layout.grid import Grid, lone_figure
from generator.layout.text_size import text_width
from generator.layout.unseen import idle
from generator.lines.line import Figure, Line, Role
from generator.plan.plan import TARGET, BlockKind
from generator.tree.expression import Expression
from generator.value import Percent, show

WIDEST = 16.0
"""How wide such a figure with its name may be, in characters."""
DIGITS = 4
SHOWN_SIZE = 0.82
"""How wide a character of a figure is, against one of the width of a column: it is printed smaller."""


def figure_width(line: Line) -> float:
    """How wide a lone figure is with its name, in characters."""
    figure = lone_figure(line)
    return text_width(figure.form) - 2 + DIGITS if figure else 0.0


def shown_width(figure: Figure) -> float:
    """How wide a figure is with its words, in characters."""
    digits = DIGITS if isinstance(figure.value, Expression) else len(show(figure.value, isinstance(figure.value, Percent)))
    return text_width(figure.form) - 2 + digits


def beside(grid: Grid) -> dict[str, str]:
    """For each line of an indicator on which units have no cells of their own, another of the same indicator without a figure
    of its own, in whose 标准 cell it can stand."""
    looked = grid.plan.dependencies.looked_at("row", "unit")
    found, unseen = dict[str, str](), idle(grid)
    for block in grid.blocks:
        if block.kind in (BlockKind.INDICATOR, BlockKind.DATA):
            lone = [line for line in block.lines if not line.shared and line.key not in looked and lone_figure(line)]
            short = [line for line in lone if figure_width(line) <= WIDEST]
            if short:
                alone = {*unseen, *(line.key for line in lone)}
                free = [line for line in block.lines if line.standard is None and not line.shared and line.key not in alone]
                if grid.design.form > 5:
                    found |= alike(short, free)
                else:
                    found |= matched(short, free, block.lines) if grid.design.form > 4 else paired(short, free, block.lines)
    return found


def matched(lone: Iterable[Line], free: list[Line], order: list[Line]) -> dict[str, str]:
    """Each lone figure with the free line whose words are most like its own (未整改扣 with 未整改落实), the others with what is left, in
    order; where no words are alike, the next line that is free."""
    left, figures = [*free], [line for line, _ in zip(lone, free, strict=False)]
    alike = {(one.key, other.key): len(_pairs(one.label) & _pairs(other.label)) for one in figures for other in free}
    found: dict[str, str] = {}
    for one in sorted(figures, key=lambda one: -max(alike[one.key, other.key] for other in free)):
        best = max(left, key=lambda other: alike[one.key, other.key])
        if alike[one.key, best.key]:
            found[one.key] = best.key
            left.remove(best)
    rest = [one for one in figures if one.key not in found]
    return found | {one.key: other.key for one, other in zip(rest, left, strict=False)} if found else paired(figures, left, order)


def alike(lone: Iterable[Line], free: Iterable[Line]) -> dict[str, str]:
    """Each lone figure with the free line that is most like it, if one is; a target with what is filled in."""
    left, found = [*free], dict[str, str]()
    for one in lone:
        best = max(left, key=lambda other: _likeness(one, other), default=None)
        if best is not None and _likeness(one, best):
            found[one.key] = best.key
            left.remove(best)
    return found


def _likeness(one: Line, other: Line) -> int:
    """How much a figure's name says of a line: most of its words (不完整扣 of 资料不完整), half of it at the beginning (国家级每次 of
    国家级宣传), or all that the line is called (整改率一档); 0 where it says less."""
    if one.label.endswith(TARGET):
        return int(other.input is not None) + len(_pairs(one.label) & _pairs(other.label))
    own, common = _pairs(one.label), len(_pairs(one.label) & _pairs(other.label))
    begins = other.label.startswith(one.label[: -(-len(one.label) // 2)])
    named = other.label in one.label and other.role is not Role.SCORE
    return common if common * 2 > len(own) or begins or named else 0


@lru_cache(maxsize=4096)
def _pairs(label: str) -> frozenset[str]:
    """The neighbouring characters in a label."""
    return frozenset(label[at : at + 2] for at in range(len(label) - 1))


def paired(lone: Iterable[Line], free: list[Line], order: list[Line]) -> dict[str, str]:
    """Each lone figure with the next line that is free, or one before it, as long as there are any."""
    found: dict[str, str] = {}
    at = {line.key: place for place, line in enumerate(order)}
    for line, _ in zip(lone, [*free], strict=False):
        number = next((i for i, other in enumerate(free) if at.get(other.key, -1) >= at[line.key]), 0)
        found[line.key] = free.pop(number).key
    return found
