"""The exact reading: a tree of expressions as decimals.

Everything that recompute writes and the tests compare with means what is written here. Spreadsheet programs must agree
with it to the last printed digit; where they could not, the formula carries a guard (see `formula`), never this module.
This reads one cell's tree node by node, as an explanation needs it; `compiled` reads a whole line at once, and shares
with it every function on plain values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any, Protocol

from generator.tree import expression as e
from generator.tree.readers import RANGES, enter
from generator.value import CONTEXT, GUARD_DIGITS, ErrorValue, Value, round_half_up


class Cells(Protocol):
    """Where the exact reading finds the values of cells."""

    def cell(self, line: str) -> Value: ...

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        """This unit's cells on several lines, without those of lines that are never for it (－)."""
        ...

    def fixed(self, line: str, column: str) -> Value: ...

    def row(self, line: str, own_group: bool) -> list[Value]: ...

    def of_unit(self, line: str, unit: int) -> Value: ...

    def table(self, table: str, column: str) -> list[Value]: ...


class ErrorMet(Exception):
    """An error value stands in a cell that a formula looks at; a spreadsheet would show it here too. value: what it is."""

    def __init__(self, value: ErrorValue) -> None:
        super().__init__(value)
        self.value = value


class NotANumber(Exception):
    """Arithmetic met a text or a blank; a correct tree checks its inputs first, so this is a fault of the tree."""


def value(node: e.Expression, cells: Cells) -> Value:
    """The value of a tree. Raises NotANumber where a spreadsheet would show #VALUE!, ErrorMet where it would show an error value
    that stands in another cell."""
    with localcontext(CONTEXT):
        return _value(node, cells)


def number(node: e.Expression, cells: Cells) -> Decimal:
    """The value of a tree that must be a number."""
    with localcontext(CONTEXT):
        return _number(node, cells)


def _value(node: e.Expression, cells: Cells) -> Value:
    return _READ[type(node)](node, cells)


def _number(node: e.Expression, cells: Cells) -> Decimal:
    return as_number(_value(node, cells))


def _spread(parts: tuple[e.Expression, ...], cells: Cells) -> list[Value]:
    values: list[Value] = []
    for part in parts:
        if isinstance(part, e.Row):
            values += cells.row(part.line, part.own_group)
        elif isinstance(part, e.TableColumn):
            values += cells.table(part.table, part.column)
        else:
            values.append(_shown(part, cells))
    return values


def _shown(node: e.Expression, cells: Cells) -> Value:
    """The value of a tree for those who count cells, whatever is in them: an error value is one too."""
    try:
        return _value(node, cells)
    except ErrorMet as met:
        return met.value


def sound(value: Value) -> Value:
    """A value that is looked at. Raises ErrorMet."""
    if isinstance(value, ErrorValue):
        raise ErrorMet(value)
    return value


# On plain values ----------------------------------------------------------------------------------------------------

ZERO = Decimal(0)
_COUNTS = tuple(map(Decimal, range(500)))


def count(number: int) -> Decimal:
    """A count as a decimal; nearly always a small one."""
    return _COUNTS[number] if number < len(_COUNTS) else Decimal(number)


def as_number(value: Value) -> Decimal:
    """A value in arithmetic: a blank counts as zero, as it does in a spreadsheet. Raises NotANumber."""
    if isinstance(value, Decimal):
        return value
    if value is None:
        return ZERO
    raise NotANumber(f"{value!r} in arithmetic")


def alike(value: Value) -> Value:
    """A value as a spreadsheet looks for it: capital letters are as good as small ones."""
    return value.lower() if isinstance(value, str) else value


def compared(sign: str, left: Value, right: Value, guard: bool = False) -> bool:
    """A comparison as Excel makes it: numbers < texts < FALSE < TRUE, capital letters as good as small ones; an empty cell is
    what the other side makes of it: 0, the empty text or FALSE. With ``guard``, numbers apart by noise only are equal."""
    if guard and not isinstance(left, str) and not isinstance(right, str):
        return COMPARE[sign](round_half_up(Decimal(left or 0) - Decimal(right or 0), GUARD_DIGITS), ZERO)
    return COMPARE[sign](_ordered(left, right), _ordered(right, left))


def _ordered(value: Value, other: Value) -> tuple[int, Any]:
    """What a value is compared by: its kind, then itself."""
    if value is None:
        value = "" if isinstance(other, str) else other if other is None else type(other)(0)
    if isinstance(value, str):
        return 1, value.lower()
    return (2, value) if isinstance(value, bool) else (0, value or ZERO)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def summed(values: Iterable[Value]) -> Decimal:
    """The sum of the numbers among some values."""
    return sum([v for v in map(sound, values) if isinstance(v, Decimal)], ZERO)


def folded(how: str, values: Sequence[Value]) -> Decimal:
    """One number from many cells, see `expression.Fold`."""
    match how:
        case "filled":
            return count(len([1 for v in values if v is not None]))
        case "size":
            return count(len(values))
        case "count":
            return count(len([v for v in values if isinstance(v, Decimal)]))
    numbers = [v for v in map(sound, values) if isinstance(v, Decimal)]
    match how:
        case "sum":
            return sum(numbers, ZERO)
        case "min":
            return min(numbers, default=ZERO)
        case "max":
            return max(numbers, default=ZERO)
        case "average":
            if not numbers:
                raise NotANumber("average of nothing")
            return sum(numbers, ZERO) / len(numbers)
    raise TypeError(how)


def counted_like(value: Value, values: Iterable[Value]) -> Decimal:
    """How many of the values are the same as one, which is no blank."""
    wanted = alike(value)
    return count(len([1 for v in values if v is not None and alike(v) == wanted]))


def counted(text: str, values: Iterable[Value]) -> Decimal:
    """How many of the values are a text."""
    wanted = text.lower()
    return count(len([1 for v in values if isinstance(v, str) and v.lower() == wanted]))


def tagged(how: str, values: Sequence[Value]) -> Decimal:
    """One number from a unit's cells on the lines that carry a tag, see `expression.Tagged`."""
    match how:
        case "sum":
            return summed(values)
        case "blanks":
            return count(len([1 for v in values if v is None]))
        case "applying":
            return count(len([1 for v in values if not isinstance(v, str) or v != e.NONE_MARK]))
        case "yes" | "no":
            return count(values.count("是" if how == "yes" else "否"))
    raise TypeError(how)


def banded(node: e.Band, number: Decimal, edges: Sequence[Value], results: Sequence[Value]) -> Value:
    """The result of the band that a number falls into."""
    value = round_half_up(number, GUARD_DIGITS)
    numbers = [edge for edge in edges if isinstance(edge, Decimal)]
    if node.upper:
        return results[next((i for i, edge in enumerate(numbers[: node.size - 1]) if value <= edge), node.size - 1)]
    return results[max(i for i, edge in enumerate(numbers) if edge <= value)]


def among(value: Value, keys: Iterable[Value]) -> bool:
    """Whether a value is one of several."""
    return alike(value) in [alike(key) for key in keys]


def found(value: Value, keys: Iterable[Value], results: Sequence[Value]) -> Value:
    """The result beside a key. Raises ValueError where there is none."""
    return results[[alike(key) for key in keys].index(alike(value))]


def whole(number: Decimal) -> Decimal:
    """The largest whole number that is not above a number."""
    return floor(round_half_up(number, GUARD_DIGITS))


def floor(number: Decimal) -> Decimal:
    """The same, nothing forgiven."""
    return number.to_integral_value(ROUND_FLOOR) + 0


# Node by node -------------------------------------------------------------------------------------------------------


def _clamp(node: e.Clamp, cells: Cells) -> Value:
    result = _number(node.value, cells)
    if node.high is not None:
        result = min(result, _number(node.high, cells))
    if node.low is not None:
        result = max(result, _number(node.low, cells))
    return result


def _products(node: e.SumOfProducts, cells: Cells) -> Value:
    pairs = ((_value(a, cells), _value(b, cells)) for a, b in node.pairs)
    return sum((x * y for x, y in pairs if isinstance(x, Decimal) and isinstance(y, Decimal)), ZERO)


def _decided(going: bool) -> Callable[[e.All | e.Either, Cells], bool]:
    """Conditions in turn until one is not as ``going`` says. A spreadsheet looks at the rest too, and meets its error values."""

    def decide(node: e.All | e.Either, cells: Cells) -> bool:
        parts = iter(node.parts)
        for part in parts:
            if bool(_value(part, cells)) is not going:
                for rest in parts:
                    with suppress(NotANumber, ArithmeticError, ValueError):  # what is wrong with the tree itself is not asked here
                        _value(rest, cells)
                return not going
        return going

    return decide


def _saved(node: e.Saved, cells: Cells) -> Value:
    try:
        return _value(node.value, cells)
    except ErrorMet:
        return _value(node.otherwise, cells)


def _rank(node: e.Rank, cells: Cells) -> Value:
    own, row = _number(node.value, cells), cells.row(node.among.line, node.among.own_group)
    others = [v for v in map(sound, row) if isinstance(v, Decimal)]
    if own not in others:
        raise NotANumber(f"{own} is not among the {len(others)} numbers")
    return count(1 + sum(v < own if node.ascending else v > own for v in others))


def _band(node: e.Band, cells: Cells) -> Value:
    value = _number(node.value, cells)
    edges, results = (cells.table(c.table, c.column) for c in (node.edges, node.result))
    return banded(node, value, edges, results)


def _lookup(node: e.Lookup, cells: Cells) -> Value:
    keys, results = (cells.table(c.table, c.column) for c in (node.keys, node.result))
    return found(_value(node.value, cells), keys, results)


def _round(node: e.Round, cells: Cells) -> Value:
    value = _number(node.value, cells)
    return round_half_up(value if node.sum_only else round_half_up(value, GUARD_DIGITS), node.digits)


_READ: dict[type, Callable[..., Value]] = {
    e.Number: lambda n, c: n.value,
    e.Text: lambda n, c: n.value,
    e.Blank: lambda n, c: None,
    e.Cell: lambda n, c: sound(c.cell(n.line)),
    e.Fixed: lambda n, c: sound(c.fixed(n.line, n.column)),
    e.OfUnit: lambda n, c: sound(c.of_unit(n.line, n.unit)),
    e.Binary: lambda n, c: ARITHMETIC[n.operator](_number(n.left, c), _number(n.right, c)),
    e.Compare: lambda n, c: compared(n.operator, _value(n.left, c), _value(n.right, c), n.guard),
    e.All: _decided(True),
    e.Either: _decided(False),
    e.Not: lambda n, c: not _value(n.condition, c),
    e.Provided: lambda n, c: bool(_value(n.condition, c)) and bool(_value(n.then, c)),
    e.If: lambda n, c: _value(n.then, c) if _value(n.condition, c) else _value(n.otherwise, c),
    e.Clamp: _clamp,
    e.Sum: lambda n, c: summed(_spread(n.parts, c)),
    e.SumOfProducts: _products,
    e.Round: _round,
    e.Fold: lambda n, c: folded(n.how, _spread(n.over, c)),
    e.CountOf: lambda n, c: counted(n.text, _spread(n.over, c)),
    e.CountLike: lambda n, c: counted_like(value(n.value, c), _spread(n.over, c)),
    e.Rank: _rank,
    e.Whole: lambda n, c: whole(_number(n.value, c)),
    e.Floor: lambda n, c: floor(_number(n.value, c)),
    e.Band: _band,
    e.Lookup: _lookup,
    e.Found: lambda n, c: among(_shown(n.value, c), c.table(n.keys.table, n.keys.column)),
    e.IsNumber: lambda n, c: isinstance(_shown(n.value, c), Decimal),
    e.IsError: lambda n, c: isinstance(_shown(n.value, c), ErrorValue),
    e.Saved: _saved,
    e.Tagged: lambda n, c: tagged(n.how, c.tagged(n.lines)),
}
enter("exact", _READ, within=RANGES)
