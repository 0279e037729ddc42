"""A named quantity worked out: its tree, what it needs, and the rows that it takes in the book."""

from __future__ import annotations

from dataclasses import dataclass

from generator.language.symbols import Symbol
from generator.lines.keys import Owner
from generator.lines.line import Figure, Format, Line, Role
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Round

GUARD, GUARD_OF_SHARES = 10, 13
"""A quantity is rounded to so many decimals: far below what counts, and above what binary arithmetic leaves behind. Shares
(``%``) are multiplied by points and weights: what is cut off them must still be lost in the guard of the score's rounding."""


@dataclass(frozen=True)
class Worked:
    """A quantity's formula, compiled.

    tree: its value; ready: what must hold before; figures: lines of figures that the formula brings along; shared: one value
    for all units; text: it gives a word and not a number.
    """

    tree: Expression
    ready: Expression | None
    figures: tuple[Line, ...]
    shared: bool
    text: bool


def is_shared(symbol: Symbol, tree: Expression) -> bool:
    """Whether a quantity is the same for all units: its formula looks at nothing that is a unit's own."""
    assert symbol.quantity is not None
    own = any(isinstance(n, (Cell, e.Tagged)) or (isinstance(n, e.Row) and n.own_group) for n in e.walk(tree))
    return not symbol.quantity.carriers and not own


def rows(symbol: Symbol, worked: Worked, owner: Owner, applies: tuple[bool, ...]) -> list[Line]:
    """The rows of a quantity: the figures that its formula brings along, and its own."""
    assert symbol.quantity is not None
    decimals, percent = symbol.quantity.decimals, symbol.quantity.measure == "%"
    tree = worked.tree
    counts = isinstance(tree, (e.Rank, e.CountOf)) or (isinstance(tree, e.Fold) and tree.how == "count")
    value = tree
    if not counts and not worked.text:
        digits = (GUARD_OF_SHARES if percent else GUARD) if decimals is None else decimals
        value = Round(tree, digits, sum_only=decimals is None)
    formula = value if worked.ready is None else e.when(worked.ready, value, e.Blank())
    shown = decimals or 0
    if worked.shared:
        own = Line(symbol.key, owner, Role.WORKING, symbol.name, standard=Figure(formula), applies=applies, shared=True, decimals=shown)
    else:
        format = _format(worked.text, percent, counts, decimals is not None)
        own = Line(symbol.key, owner, Role.WORKING, symbol.name, formula=formula, applies=applies, format=format, decimals=shown)
    return [*worked.figures, own]


def _format(text: bool, percent: bool, counts: bool, rounded: bool) -> Format:
    """The number format of a quantity's cells."""
    if text:
        return Format.TEXT
    if percent:
        return Format.PERCENT
    if counts:
        return Format.COUNT
    return Format.SCORE if rounded else Format.GENERAL
