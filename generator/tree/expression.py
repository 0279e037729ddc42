"""Arithmetic that is written once and read three ways.

A rule composes the nodes below with ordinary operators, so that it reads like the regulation::

    clamp(item.points * actual / target, 0, item.points)

The nodes know nothing of Excel, of decimals or of Chinese. `formula`, `exact` and `explain` each read the same tree:
as an Excel formula, as an exact value and as words; more readers say what must be there before it can be worked out and
between which bounds it lies. A node added here must be added to all of them (see `readers`).

Blank is not zero: ``Blank()`` is a value of its own, and nothing turns it into a number behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Union

from generator.frozen import dataclass

NONE_MARK = "－"
"""Stands in a cell of a unit to which a line does not apply."""

Operand = Union["Expression", Decimal, int, str]


@dataclass(frozen=True)
class Expression:
    """A node of the tree. Arithmetic makes bigger trees; nothing is computed here."""

    def __add__(self, other: Operand) -> Expression:
        return Binary("+", self, lift(other))

    def __sub__(self, other: Operand) -> Expression:
        return Binary("-", self, lift(other))

    def __mul__(self, other: Operand) -> Expression:
        return Binary("*", self, lift(other))

    def __truediv__(self, other: Operand) -> Expression:
        return Binary("/", self, lift(other))

    def __rsub__(self, other: Operand) -> Expression:
        return Binary("-", lift(other), self)

    def __rmul__(self, other: Operand) -> Expression:
        return Binary("*", lift(other), self)

    def __ge__(self, other: Operand) -> Expression:
        return Compare(">=", self, lift(other))

    def __le__(self, other: Operand) -> Expression:
        return Compare("<=", self, lift(other))

    def __gt__(self, other: Operand) -> Expression:
        return Compare(">", self, lift(other))

    def __lt__(self, other: Operand) -> Expression:
        return Compare("<", self, lift(other))

    def is_(self, other: Operand) -> Expression:
        """Equality as an expression; ``==`` stays Python's own, which compares trees."""
        return Compare("=", self, lift(other))


def lift(value: Operand) -> Expression:
    """A plain number or text as a node. Only structural numbers (0, 1) belong here: figures of a scheme have cells."""
    if isinstance(value, Expression):
        return value
    return Text(value) if isinstance(value, str) else Number(Decimal(value))


@dataclass(frozen=True)
class Number(Expression):
    """A structural number."""

    value: Decimal


@dataclass(frozen=True)
class Text(Expression):
    """A fixed text."""

    value: str


@dataclass(frozen=True)
class Blank(Expression):
    """No value: an empty cell."""


@dataclass(frozen=True)
class Cell(Expression):
    """What this unit has on a line."""

    line: str


@dataclass(frozen=True)
class Fixed(Expression):
    """A figure beside a line, the same for all units. ``column``: ``standard`` (标准) or ``points`` (分值)."""

    line: str
    column: str


@dataclass(frozen=True)
class Row(Expression):
    """What all units have on a line, or with ``own_group`` those of this unit's group."""

    line: str
    own_group: bool = False


@dataclass(frozen=True)
class OfUnit(Expression):
    """What one certain unit has on a line. ``unit``: its position, from 0."""

    line: str
    unit: int


@dataclass(frozen=True)
class TableColumn(Expression):
    """A column of a lookup table on the tables sheet. Only inside `Lookup`, `Found` and `Band`."""

    table: str
    column: str


@dataclass(frozen=True)
class Binary(Expression):
    """``+ - * /`` on two numbers."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Compare(Expression):
    """``= <> >= <= > <`` on two values. Numbers are compared after a guard against binary noise when ``guard`` is set."""

    operator: str
    left: Expression
    right: Expression
    guard: bool = False


@dataclass(frozen=True)
class All(Expression):
    """True when every part is true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Either(Expression):
    """True when at least one part is true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Not(Expression):
    """True when the condition is false."""

    condition: Expression


@dataclass(frozen=True)
class Provided(Expression):
    """A condition that is only looked at where another one holds; false elsewhere."""

    condition: Expression
    then: Expression


@dataclass(frozen=True)
class If(Expression):
    """One of two values."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Clamp(Expression):
    """A value held between a lower and an upper limit (封顶, 扣完为止); either may be absent."""

    value: Expression
    low: Expression | None = None
    high: Expression | None = None


@dataclass(frozen=True)
class Sum(Expression):
    """The sum of several numbers; blank cells and texts among them count for nothing."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class SumOfProducts(Expression):
    """Σ count × figure over pairs of cells; blank counts count for nothing."""

    pairs: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True)
class Round(Expression):
    """Half away from zero to ``digits`` decimals."""

    value: Expression
    digits: int
    sum_only: bool = False
    """The value is a sum of figures already rounded, or cut to so many decimals only to be rid of noise: no guard is needed."""


@dataclass(frozen=True)
class Fold(Expression):
    """One number from many cells: ``count`` (numbers), ``filled`` (anything), ``sum``, ``average``, ``min``, ``max``, ``size``."""

    how: str
    over: tuple[Expression, ...]


@dataclass(frozen=True)
class CountOf(Expression):
    """How many of the cells hold exactly this text."""

    over: tuple[Expression, ...]
    text: str


@dataclass(frozen=True)
class CountLike(Expression):
    """How many of the cells hold the same as ``value``."""

    value: Expression
    over: tuple[Expression, ...]


@dataclass(frozen=True)
class Rank(Expression):
    """The place of a number among a row of numbers, largest first (smallest with ``ascending``); equals share the better place.
    It has to be one of them."""

    value: Expression
    among: Row
    ascending: bool = False


@dataclass(frozen=True)
class Lookup(Expression):
    """The ``result`` beside the exact match of ``value`` among ``keys``; the caller makes sure that there is one."""

    value: Expression
    keys: TableColumn
    result: TableColumn


@dataclass(frozen=True)
class Whole(Expression):
    """The largest whole number that is not above a value (每满…): binary noise below a whole number is forgiven."""

    value: Expression


@dataclass(frozen=True)
class Floor(Expression):
    """The same, nothing forgiven: for what was typed or counted, where there is no noise."""

    value: Expression


@dataclass(frozen=True)
class Band(Expression):
    """The ``result`` of the band that a number falls into.

    edges: with ``upper`` false, the least number of each band, ascending, the first as low as any value can be;
    with ``upper`` true, the greatest number of each band, ascending; above the last, the last band holds.
    size: how many bands there are.
    """

    value: Expression
    edges: TableColumn
    result: TableColumn
    size: int
    upper: bool = False


@dataclass(frozen=True)
class Found(Expression):
    """True when ``value`` is among ``keys``."""

    value: Expression
    keys: TableColumn


@dataclass(frozen=True)
class IsNumber(Expression):
    """True for a number, false for text and blank."""

    value: Expression


@dataclass(frozen=True)
class IsError(Expression):
    """True for an error value."""

    value: Expression


@dataclass(frozen=True)
class Saved(Expression):
    """A value, or another one where an error value stands in the way of working it out."""

    value: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Tagged(Expression):
    """One number from this unit's cells on all lines that carry a tag.

    how: ``sum``; ``blanks``; ``applying`` (all but －); ``yes`` or ``no`` (cells that say 是 or 否).
    mark: the tag; or with ``by`` set to ``role``, what the lines are for (``score``, ``due``, ``input``).
    lines: the same lines by name, for the readers that have no sheet.
    """

    how: str
    mark: str
    lines: tuple[str, ...]
    by: str = "tag"


_PLAIN = ("str", "int", "bool", "Decimal", "tuple[str, ...]")
"""Types of fields that hold no nodes."""
_NAMES: dict[type, tuple[str, ...]] = {}
"""The fields that hold nodes, for each kind of node; looked up once."""


def children(node: Expression) -> list[Expression]:
    """The nodes right below a node."""
    kind = type(node)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(f.name for f in fields(node) if f.type not in _PLAIN)
    found: list[Expression] = []
    for name in _NAMES[kind]:
        value = getattr(node, name)
        if isinstance(value, Expression):
            found.append(value)
        elif isinstance(value, tuple):
            for part in value:
                found += part if isinstance(part, tuple) else (part,)
    return found


def walk(node: Expression) -> Iterator[Expression]:
    """A node and everything below it."""
    todo = [node]
    while todo:
        here = todo.pop()
        yield here
        if type(here) not in LEAVES:
            todo += children(here)


LEAVES = frozenset({Number, Text, Blank, Cell, Fixed, Row, OfUnit, TableColumn, Tagged})
"""The kinds of nodes that have none below them; most nodes of a tree are such."""


def size(node: Expression, known: dict[int, int] | None = None) -> int:
    """How many nodes a tree has when each is counted wherever it is used, as it is written out in a formula."""
    known = {} if known is None else known
    if id(node) not in known:
        known[id(node)] = 1 + sum(size(child, known) for child in children(node))
    return known[id(node)]


def clamp(value: Expression, low: Operand | None = None, high: Operand | None = None) -> Expression:
    """Hold ``value`` between ``low`` and ``high``."""
    return Clamp(value, None if low is None else lift(low), None if high is None else lift(high))


def when(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """``then`` if the condition holds, else ``otherwise``."""
    return If(condition, lift(then), lift(otherwise))


def zero_test(operator: str, value: Expression) -> Compare:
    """``value = 0`` or ``value <> 0``, guarded where binary arithmetic can leave noise in the value: 0.1 × 3 − 0.3 is nothing."""
    noisy = any(
        isinstance(n, (Binary, SumOfProducts))
        or (isinstance(n, Sum) and len(n.parts) > 1)
        or (isinstance(n, Fold) and n.how in ("sum", "average"))
        for n in walk(value)
    )
    return Compare(operator, value, lift(0), guard=noisy)


def total(parts: Sequence[Expression]) -> Expression:
    """The sum of parts; blank cells among them count for nothing."""
    flat = tuple(p for part in parts for p in (part.parts if isinstance(part, Sum) else (part,)))
    return parts[0] if len(parts) == 1 else Sum(flat)


def every(*conditions: Expression) -> Expression:
    """All conditions hold; nested ``every`` is flattened."""
    parts = tuple(p for c in conditions for p in (c.parts if isinstance(c, All) else (c,)))
    return parts[0] if len(parts) == 1 else All(parts)


def some(*conditions: Expression) -> Expression:
    """At least one condition holds."""
    return conditions[0] if len(conditions) == 1 else Either(conditions)


UNFINISHED = "未填完"
"""What a total says that lacks scores."""
OPEN = "待汇总"
"""What a cell of a department's or a unit's own book says that needs what only the office has."""
