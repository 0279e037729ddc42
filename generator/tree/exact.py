"""The exact reading: a tree of expressions as decimals.

Everything that recompute writes and the tests compare with comes from here. Spreadsheet programs must agree with it to
the last printed digit; where they could not, the formula carries a guard (see `formula`), never this module.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal, getcontext, localcontext
from typing import Any, Protocol

from generator.tree import expression as e
from generator.tree.readers import RANGES, enter
from generator.value import CONTEXT, GUARD_DIGITS, Value, round_half_up


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


class NotANumber(Exception):
    """Arithmetic met a text or a blank; a correct tree checks its inputs first, so this is a fault of the tree."""


def value(node: e.Expression, cells: Cells) -> Value:
    """The value of a tree. Raises NotANumber where a spreadsheet would show #VALUE!."""
    if getcontext().prec == CONTEXT.prec:  # one cell asks for another: the context is set already
        return _value(node, cells)
    with localcontext(CONTEXT):
        return _value(node, cells)


def number(node: e.Expression, cells: Cells) -> Decimal:
    """The value of a tree that must be a number; a blank counts as zero, as it does in a spreadsheet's arithmetic."""
    result = _value(node, cells)
    if result is None:
        return Decimal(0)
    if not isinstance(result, Decimal):
        raise NotANumber(f"{node!r} = {result!r}")
    return result


def _value(node: e.Expression, cells: Cells) -> Value:
    return _READ[type(node)](node, cells)


def _numbers(parts: tuple[e.Expression, ...], cells: Cells) -> list[Decimal]:
    return [v for v in _spread(parts, cells) if isinstance(v, Decimal)]


def _spread(parts: tuple[e.Expression, ...], cells: Cells) -> list[Value]:
    values: list[Value] = []
    for part in parts:
        if isinstance(part, e.Row):
            values += cells.row(part.line, part.own_group)
        elif isinstance(part, e.TableColumn):
            values += cells.table(part.table, part.column)
        else:
            values.append(_value(part, cells))
    return values


def _binary(node: e.Binary, cells: Cells) -> Value:
    left, right = number(node.left, cells), number(node.right, cells)
    match node.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


def _compare(node: e.Compare, cells: Cells) -> Value:
    left, right = _value(node.left, cells), _value(node.right, cells)
    if isinstance(left, str) or isinstance(right, str):
        # As in a spreadsheet: an empty cell equals the empty text, and any text is greater than any number.
        if node.operator in ("=", "<>"):
            return (("" if left is None else left) == ("" if right is None else right)) == (node.operator == "=")
        return isinstance(left, str) if node.operator in (">", ">=") else isinstance(right, str)
    if isinstance(left, bool) != isinstance(right, bool) and left is not None and right is not None:
        # TRUE and FALSE are no numbers, and greater than any
        return node.operator == "<>" or (node.operator in (">", ">=") if isinstance(left, bool) else node.operator in ("<", "<="))
    first, second = Decimal(left or 0), Decimal(right or 0)
    if node.guard:
        first, second = round_half_up(first - second, GUARD_DIGITS), Decimal(0)
    return _COMPARE[node.operator](first, second)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _clamp(node: e.Clamp, cells: Cells) -> Value:
    result = number(node.value, cells)
    if node.high is not None:
        result = min(result, number(node.high, cells))
    if node.low is not None:
        result = max(result, number(node.low, cells))
    return result


def _fold(node: e.Fold, cells: Cells) -> Value:
    values = _spread(node.over, cells)
    numbers = [v for v in values if isinstance(v, Decimal)]
    match node.how:
        case "count":
            return Decimal(len(numbers))
        case "filled":
            return Decimal(sum(v is not None for v in values))
        case "size":
            return Decimal(len(values))
        case "sum":
            return sum(numbers, Decimal(0))
        case "min":
            return min(numbers, default=Decimal(0))
        case "max":
            return max(numbers, default=Decimal(0))
        case "average":
            if not numbers:
                raise NotANumber("average of nothing")
            return sum(numbers, Decimal(0)) / len(numbers)
    raise TypeError(node.how)


def _rank(node: e.Rank, cells: Cells) -> Value:
    own = number(node.value, cells)
    others = [v for v in cells.row(node.among.line, node.among.own_group) if isinstance(v, Decimal)]
    return Decimal(1 + sum(v < own if node.ascending else v > own for v in others))


def _band(node: e.Band, cells: Cells) -> Value:
    value = round_half_up(number(node.value, cells), GUARD_DIGITS)
    edges, results = (cells.table(c.table, c.column) for c in (node.edges, node.result))
    numbers = [edge for edge in edges if isinstance(edge, Decimal)]
    if node.upper:
        return results[next((i for i, edge in enumerate(numbers[: node.size - 1]) if value <= edge), node.size - 1)]
    return results[max(i for i, edge in enumerate(numbers) if edge <= value)]


def _lookup(node: e.Lookup, cells: Cells) -> Value:
    keys = cells.table(node.keys.table, node.keys.column)
    return cells.table(node.result.table, node.result.column)[keys.index(_value(node.value, cells))]


def _tagged(node: e.Tagged, cells: Cells) -> Value:
    values = cells.tagged(node.lines)
    match node.how:
        case "sum":
            return sum((v for v in values if isinstance(v, Decimal)), Decimal(0))
        case "blanks":
            return Decimal(sum(v is None for v in values))
        case "applying":
            return Decimal(sum(v != e.NONE_MARK for v in values))
        case "yes" | "no":
            return Decimal(sum(v == ("是" if node.how == "yes" else "否") for v in values))
    raise TypeError(node.how)


def _round(node: e.Round, cells: Cells) -> Value:
    value = number(node.value, cells)
    return round_half_up(value if node.sum_only else round_half_up(value, GUARD_DIGITS), node.digits)


_READ: dict[type, Callable[..., Value]] = {
    e.Number: lambda n, c: n.value,
    e.Text: lambda n, c: n.value,
    e.Blank: lambda n, c: None,
    e.Cell: lambda n, c: c.cell(n.line),
    e.Fixed: lambda n, c: c.fixed(n.line, n.column),
    e.OfUnit: lambda n, c: c.of_unit(n.line, n.unit),
    e.Binary: _binary,
    e.Compare: _compare,
    e.All: lambda n, c: all(_value(p, c) for p in n.parts),
    e.Either: lambda n, c: any(_value(p, c) for p in n.parts),
    e.Not: lambda n, c: not _value(n.condition, c),
    e.Provided: lambda n, c: bool(_value(n.condition, c)) and bool(_value(n.then, c)),
    e.If: lambda n, c: _value(n.then, c) if _value(n.condition, c) else _value(n.otherwise, c),
    e.Clamp: _clamp,
    e.Sum: lambda n, c: sum(_numbers(n.parts, c), Decimal(0)),
    e.SumOfProducts: lambda n, c: sum(
        (x * y for x, y in ((_value(a, c), _value(b, c)) for a, b in n.pairs) if isinstance(x, Decimal) and isinstance(y, Decimal)),
        Decimal(0),
    ),
    e.Round: _round,
    e.Fold: _fold,
    e.CountOf: lambda n, c: Decimal(sum(v == n.text for v in _spread(n.over, c))),
    e.Rank: _rank,
    e.Whole: lambda n, c: round_half_up(number(n.value, c), GUARD_DIGITS).to_integral_value(ROUND_FLOOR) + 0,
    e.Floor: lambda n, c: number(n.value, c).to_integral_value(ROUND_FLOOR) + 0,
    e.Band: _band,
    e.Lookup: _lookup,
    e.Found: lambda n, c: _value(n.value, c) in c.table(n.keys.table, n.keys.column),
    e.IsNumber: lambda n, c: isinstance(_value(n.value, c), Decimal),
    e.Tagged: _tagged,
}
enter("exact", _READ, within=RANGES)
