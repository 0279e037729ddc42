"""The exact reading of a whole line: a tree of expressions as a function over many units' values.

`compile` reads a tree once, and once only for all trees of the same shape, which differ in the lines that they look at.
What it gives is asked for all units of a line together, so that each node costs a step of its own only once a line, and
whatever is the same for all units, or for those of a group, is worked out once. A branch is asked only for the units
that take it, so that nothing is worked out that a spreadsheet would leave alone.

What values mean is in `exact`, node by node for one cell; here is only the order of work. Tests hold the two together.
Error values are not for this reading: who has one among the cells that a tree looks at asks `exact`.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from itertools import chain, compress
from typing import Any, NamedTuple, Protocol

from generator.tree import exact
from generator.tree import expression as e
from generator.tree.exact import ARITHMETIC, COMPARE, ZERO, as_number
from generator.tree.readers import enter
from generator.value import CONTEXT, GUARD_DIGITS, Value, round_half_up

Units = Sequence[int]
"""Positions of units, from 0, in any order; never none."""
Names = Sequence[Any]
"""What a tree's leaves look at: keys of lines, tables, positions of units; in the order of the tree."""


class Columns(Protocol):
    """Where the reading finds the values of cells, for many units at once. Nobody changes the lists that it gives."""

    everybody: Units
    """All units: the very object that a whole column is asked for with."""
    known: Mapping[str, Sequence[Value]]
    """What the units have on each line that the tree looks at."""

    def tagged(self, lines: tuple[str, ...], units: Units) -> Sequence[Sequence[Value]]:
        """Each unit's cells on several lines, without those of lines that are never for it (－)."""
        ...

    def fixed(self, line: str, column: str) -> Value: ...

    def row(self, line: str, group: int) -> Sequence[Value]:
        """What the units of a group have on a line."""
        ...

    def groups(self, units: Units) -> Sequence[int]:
        """Which group each unit is in."""
        ...

    def table(self, table: str, column: str) -> Sequence[Value]: ...


Run = Callable[[Columns, Names, Units], Sequence[Any]]
"""The values of a tree for some units, in their order."""

_GUARD = Decimal(1).scaleb(-GUARD_DIGITS)
NOWHERE, BY_GROUP, BY_UNIT = 0, 1, 2
"""How far a value can differ."""


class Part(NamedTuple):
    """A node that has been read. varies: how far its value can differ; number: whether it is never anything but a number;
    many: whether it is a range, of which each unit has several values; leaf: whether to give it takes no work."""

    run: Run
    varies: int = NOWHERE
    number: bool = False
    many: bool = False
    leaf: bool = False


class Compiled:
    """A tree that has been read."""

    def __init__(self, part: Part, names: Names) -> None:
        self.part, self.names = part, names

    def values(self, columns: Columns, units: Units) -> Sequence[Any]:
        """The tree's values for some units. Raises what `exact.value` raises for any of them."""
        with localcontext(CONTEXT):
            return self.in_context(columns, units)

    def in_context(self, columns: Columns, units: Units) -> Sequence[Any]:
        """The same, for who has set the context for decimals already."""
        return self.part.run(columns, self.names, units)


_SHAPES: dict[tuple[Hashable, ...], Part] = {}


def compile(nodes: Sequence[e.Expression]) -> Compiled:
    """Read a tree, given as all its nodes in the order of `expression.walk`."""
    names: list[Any] = []
    shape: list[Any] = []
    for node in reversed(nodes):  # a node's parts come before it, the first part first
        kind = type(node)
        if kind is e.Cell:
            names.append(node.line)  # type: ignore[attr-defined]
            shape.append(kind)
        elif (own := _SHAPE.get(kind)) is not None:
            shape += (kind, own(node, names))
        else:
            shape.append(kind)
    key = tuple(shape)
    if key not in _SHAPES:
        _SHAPES[key] = _read(nodes)
    return Compiled(_SHAPES[key], names)


def _read(nodes: Sequence[e.Expression]) -> Part:
    parts: list[Part] = []
    named: list[Any] = []
    for node in reversed(nodes):
        kind = type(node)
        below = parts[len(parts) - len(e.children(node)) :]
        del parts[len(parts) - len(below) :]
        slot = len(named)
        if kind is e.Cell:
            named.append(None)
        elif kind in _SHAPE:
            _SHAPE[kind](node, named)
        if len(named) > slot:
            parts.append(_READ[kind](node, slot))
        else:
            widest = max([part.varies for part in below], default=NOWHERE)
            parts.append(_READ[kind](node, *[_seldom(part) if part.varies < widest else part for part in below]))
    [whole] = parts
    return _seldom(whole)


def _seldom(part: Part) -> Part:
    """A part that is worked out no more often than its value can differ."""
    run = part.run
    if part.varies == BY_UNIT or part.leaf:
        return part

    def once(columns: Columns, names: Names, units: Units) -> list[Any]:
        return [*run(columns, names, units[:1])] * len(units)

    def once_a_group(columns: Columns, names: Names, units: Units) -> list[Any]:
        known: dict[int, Any] = {}
        values = []
        for unit, group in zip(units, columns.groups(units), strict=True):
            if group not in known:
                [known[group]] = run(columns, names, [unit])
            values.append(known[group])
        return values

    return Part(once if part.varies == NOWHERE else once_a_group, part.varies, part.number)


def _made(run: Run, *parts: Part, number: bool = False) -> Part:
    """A node whose value comes from its parts' alone."""
    return Part(run, max([p.varies for p in parts], default=NOWHERE), number)


def _numbers(part: Part) -> Run:
    """The values of a part that must be numbers."""
    run = part.run
    return run if part.number else lambda c, n, units: [v if type(v) is Decimal else as_number(v) for v in run(c, n, units)]


# Leaves -------------------------------------------------------------------------------------------------------------


def _constant(value: Value) -> Part:
    return Part(lambda c, n, units: [value] * len(units), number=isinstance(value, Decimal), leaf=True)


def _cell(node: e.Cell, slot: int) -> Part:
    def cells(columns: Columns, names: Names, units: Units) -> Sequence[Value]:
        column = columns.known[names[slot]]
        return column if units is columns.everybody else [column[unit] for unit in units]

    return Part(cells, BY_UNIT, leaf=True)


def _fixed(node: e.Fixed, slot: int) -> Part:
    column = node.column
    return Part(lambda c, n, units: [c.fixed(n[slot], column)] * len(units), leaf=True)


def _of_unit(node: e.OfUnit, slot: int) -> Part:
    return Part(lambda c, n, units: [c.known[n[slot]][n[slot + 1]]] * len(units), leaf=True)


def _row(node: e.Row, slot: int) -> Part:
    if node.own_group:
        return Part(lambda c, n, units: [c.row(n[slot], group) for group in c.groups(units)], BY_GROUP, many=True, leaf=True)
    return Part(lambda c, n, units: [c.known[n[slot]]] * len(units), many=True, leaf=True)


def _table(node: e.TableColumn, slot: int) -> Part:
    column = node.column
    return Part(lambda c, n, units: [c.table(n[slot], column)] * len(units), many=True, leaf=True)


def _tagged(node: e.Tagged, slot: int) -> Part:
    how = node.how
    return Part(lambda c, n, units: [exact.tagged(how, values) for values in c.tagged(n[slot], units)], BY_UNIT, number=True)


# Conditions ---------------------------------------------------------------------------------------------------------


def _compare(node: e.Compare, left: Part, right: Part) -> Part:
    first, second, sign, guard, test = left.run, right.run, node.operator, node.guard, COMPARE[node.operator]
    if isinstance(node.right, e.Text) and sign in ("=", "<>"):
        return _made(_text_test(first, node.right.value.lower(), sign == "="), left)
    if left.number and right.number and not guard:
        return _made(lambda c, n, units: [*map(test, first(c, n, units), second(c, n, units))], left, right)

    def compare(columns: Columns, names: Names, units: Units) -> list[bool]:
        pairs = zip(first(columns, names, units), second(columns, names, units), strict=True)
        if guard:
            return [test(_apart(a, b), ZERO) if type(a) is type(b) is Decimal else exact.compared(sign, a, b, guard=True) for a, b in pairs]
        return [test(a, b) if type(a) is type(b) is Decimal else exact.compared(sign, a, b) for a, b in pairs]

    return _made(compare, left, right)


def _apart(one: Decimal, other: Decimal) -> Decimal:
    """How far two numbers are apart, noise aside."""
    try:
        return (one - other).quantize(_GUARD)
    except InvalidOperation:  # beyond all bounds
        return one - other


def _text_test(run: Run, text: str, equal: bool) -> Run:
    """Whether values are a text, the commonest comparison of all; an empty cell is the empty text."""
    if not text:
        return lambda c, n, units: [(type(v) is not Decimal and (v is None or v == "")) is equal for v in run(c, n, units)]
    return lambda c, n, units: [(isinstance(v, str) and v.lower() == text) is equal for v in run(c, n, units)]


def _in_turn(going: bool, *parts: Part) -> Part:
    """Conditions in turn, each for the units for which those before were all as ``going`` says."""
    runs = [p.run for p in parts]

    def decide(columns: Columns, names: Names, units: Units) -> list[bool]:
        left = units
        for run in runs:
            holds = run(columns, names, left)
            kept = [*compress(left, holds if going else map(operator.not_, holds))]
            if not kept:
                return [not going] * len(units)
            if len(kept) < len(left):
                left = kept
        if left is units:
            return [going] * len(units)
        still = {*left}
        return [(unit in still) is going for unit in units]

    return _made(decide, *parts)


def _if(node: e.If, condition: Part, then: Part, otherwise: Part) -> Part:
    ask, yes, no = condition.run, then.run, otherwise.run

    def branch(columns: Columns, names: Names, units: Units) -> Sequence[Any]:
        holds = ask(columns, names, units)
        takers = [*compress(units, holds)]
        if len(takers) == len(units):
            return yes(columns, names, units)
        if not takers:
            return no(columns, names, units)
        first = iter(yes(columns, names, takers))
        second = iter(no(columns, names, [*compress(units, map(operator.not_, holds))]))
        return [next(first) if held else next(second) for held in holds]

    return _made(branch, condition, then, otherwise, number=then.number and otherwise.number)


# Arithmetic ---------------------------------------------------------------------------------------------------------


def _binary(node: e.Binary, left: Part, right: Part) -> Part:
    first, second, work = _numbers(left), _numbers(right), ARITHMETIC[node.operator]
    return _made(lambda c, n, units: [*map(work, first(c, n, units), second(c, n, units))], left, right, number=True)


def _clamp(node: e.Clamp, value: Part, *limits: Part) -> Part:
    run, ends = _numbers(value), [_numbers(p) for p in limits]
    if node.high is not None:
        run = _limited(run, ends[-1], operator.gt)
    if node.low is not None:
        run = _limited(run, ends[0], operator.lt)
    return _made(run, value, *limits, number=True)


def _limited(run: Run, limit: Run, beyond: Callable[[Decimal, Decimal], bool]) -> Run:
    return lambda c, n, units: [end if beyond(v, end) else v for v, end in zip(run(c, n, units), limit(c, n, units), strict=True)]


def _round(node: e.Round, value: Part) -> Part:
    run, sum_only = _numbers(value), node.sum_only
    last = Decimal(1).scaleb(-node.digits)

    def rounded(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        values = run(columns, names, units)
        try:
            found = [v.quantize(last) for v in (values if sum_only else [v.quantize(_GUARD) for v in values])]
        except InvalidOperation:  # one is beyond all bounds
            return [round_half_up(v if sum_only else round_half_up(v, GUARD_DIGITS), node.digits) for v in values]
        return found if all(found) else [v or abs(v) for v in found]  # never -0

    return _made(rounded, value, number=True)


def _each(work: Callable[[Decimal], Decimal], value: Part) -> Part:
    run = _numbers(value)
    return _made(lambda c, n, units: [*map(work, run(c, n, units))], value, number=True)


def _products(node: e.SumOfProducts, *parts: Part) -> Part:
    pairs = [(a.run, b.run) for a, b in zip(parts[::2], parts[1::2], strict=True)]

    def add(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        sums = [ZERO] * len(units)
        for count, figure in pairs:
            sums = [
                total + a * b if isinstance(a, Decimal) and isinstance(b, Decimal) else total
                for total, a, b in zip(sums, count(columns, names, units), figure(columns, names, units), strict=True)
            ]
        return sums

    return _made(add, *parts, number=True)


# Many cells ---------------------------------------------------------------------------------------------------------


def _count_like(value: Part, *parts: Part) -> Part:
    """How many values of the parts are the same as one."""
    runs = [p.run for p in parts]

    def counts(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        found = [run(columns, names, units) for run in runs]
        ranges = [values if part.many else [(v,) for v in values] for part, values in zip(parts, found, strict=True)]
        wanted = value.run(columns, names, units)
        return [exact.counted_like(v, chain.from_iterable(own)) for v, own in zip(wanted, zip(*ranges, strict=True), strict=True)]

    return _made(counts, value, *parts, number=True)


def _over(work: Callable[[Sequence[Value]], Decimal], *parts: Part) -> Part:
    """One number from the values of several parts, of which some may be ranges."""
    runs = [p.run for p in parts]
    if not any(p.many for p in parts):
        return _made(lambda c, n, units: [*map(work, zip(*[run(c, n, units) for run in runs], strict=True))], *parts, number=True)
    if len(parts) == 1:
        return _made(lambda c, n, units: [*map(work, runs[0](c, n, units))], *parts, number=True)

    def spread(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        found = [run(columns, names, units) for run in runs]
        ranges = [values if part.many else [(v,) for v in values] for part, values in zip(parts, found, strict=True)]
        return [work([*chain.from_iterable(own)]) for own in zip(*ranges, strict=True)]

    return _made(spread, *parts, number=True)


def _sum(node: e.Sum, *parts: Part) -> Part:
    if any(p.many for p in parts):
        return _over(exact.summed, *parts)

    def add(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        sums = [ZERO] * len(units)
        for part in parts:
            values = part.run(columns, names, units)
            if part.number:
                sums = [*map(operator.add, sums, values)]
            else:
                sums = [total + v if isinstance(v, Decimal) else total for total, v in zip(sums, values, strict=True)]
        return sums

    return _made(add, *parts, number=True)


def _rank(node: e.Rank, value: Part, among: Part) -> Part:
    run, row, ascending, own_group = _numbers(value), among.run, node.ascending, node.among.own_group

    def rank(columns: Columns, names: Names, units: Units) -> list[Decimal]:
        ordered: dict[int, list[Decimal]] = {}
        places = []
        groups = columns.groups(units) if own_group else [0] * len(units)
        for own, group, unit in zip(run(columns, names, units), groups, units, strict=True):
            if group not in ordered:
                [others] = row(columns, names, [unit])
                ordered[group] = sorted([v for v in others if isinstance(v, Decimal)])
            numbers = ordered[group]
            below, upto = bisect_left(numbers, own), bisect_right(numbers, own)
            if below == upto:
                raise exact.NotANumber(f"{own} is not among the {len(numbers)} numbers")
            better = below if ascending else len(numbers) - upto
            places.append(exact.count(1 + better))
        return places

    return _made(rank, value, among, number=True)


def _band(node: e.Band, value: Part, edges: Part, result: Part) -> Part:
    run = _numbers(value)

    def band(columns: Columns, names: Names, units: Units) -> list[Value]:
        [ends], [results] = (p.run(columns, names, units[:1]) for p in (edges, result))
        return [exact.banded(node, v, ends, results) for v in run(columns, names, units)]

    return _made(band, value)


def _lookup(node: e.Lookup, value: Part, keys: Part, result: Part) -> Part:
    def look(columns: Columns, names: Names, units: Units) -> list[Value]:
        [known], [results] = (p.run(columns, names, units[:1]) for p in (keys, result))
        return [exact.found(v, known, results) for v in value.run(columns, names, units)]

    return _made(look, value)


def _found(node: e.Found, value: Part, keys: Part) -> Part:
    def seek(columns: Columns, names: Names, units: Units) -> list[bool]:
        [known] = keys.run(columns, names, units[:1])
        return [exact.among(v, known) for v in value.run(columns, names, units)]

    return _made(seek, value)


_READ: dict[type, Callable[..., Part]] = {
    e.Number: lambda node: _constant(node.value),
    e.Text: lambda node: _constant(node.value),
    e.Blank: lambda node: _constant(None),
    e.Cell: _cell,
    e.Fixed: _fixed,
    e.OfUnit: _of_unit,
    e.Row: _row,
    e.TableColumn: _table,
    e.Tagged: _tagged,
    e.Binary: _binary,
    e.Compare: _compare,
    e.All: lambda node, *parts: _in_turn(True, *parts),
    e.Either: lambda node, *parts: _in_turn(False, *parts),
    e.Not: lambda node, part: _made(lambda c, n, units: [*map(operator.not_, part.run(c, n, units))], part),
    e.Provided: lambda node, *parts: _in_turn(True, *parts),
    e.If: _if,
    e.Clamp: _clamp,
    e.Sum: _sum,
    e.SumOfProducts: _products,
    e.Round: _round,
    e.Fold: lambda node, *parts: _over(lambda values: exact.folded(node.how, values), *parts),
    e.CountLike: lambda node, value, *parts: _count_like(value, *parts),
    e.CountOf: lambda node, *parts: _over(lambda values: exact.counted(node.text, values), *parts),
    e.Rank: _rank,
    e.Whole: lambda node, value: _each(exact.whole, value),
    e.Floor: lambda node, value: _each(exact.floor, value),
    e.Band: _band,
    e.Lookup: _lookup,
    e.Found: _found,
    e.IsNumber: lambda node, part: _made(lambda c, n, units: [isinstance(v, Decimal) for v in part.run(c, n, units)], part),
    e.IsError: lambda node, part: _made(lambda c, n, units: [False for _ in part.run(c, n, units)], part),  # what fails, fails here too
    e.Saved: lambda node, part, otherwise: part,
}
"""How each kind of node is read: a leaf from the place of its name among the tree's names, others from their parts."""
enter("compiled", _READ)


def _named(what: Hashable, names: list[Any], *own: Any) -> Hashable:
    names += own
    return what


_SHAPE: dict[type, Callable[[Any, list[Any]], Hashable]] = {
    e.Number: lambda node, names: str(node.value),
    e.Text: lambda node, names: node.value,
    e.Fixed: lambda node, names: _named(node.column, names, node.line),
    e.OfUnit: lambda node, names: _named("", names, node.line, node.unit),
    e.Row: lambda node, names: _named(node.own_group, names, node.line),
    e.TableColumn: lambda node, names: _named(node.column, names, node.table),
    e.Tagged: lambda node, names: _named(node.how, names, node.lines),
    e.Binary: lambda node, names: node.operator,
    e.Compare: lambda node, names: (node.operator, node.guard),
    e.All: lambda node, names: len(node.parts),
    e.Either: lambda node, names: len(node.parts),
    e.Clamp: lambda node, names: (node.low is None, node.high is None),
    e.Sum: lambda node, names: len(node.parts),
    e.SumOfProducts: lambda node, names: len(node.pairs),
    e.Round: lambda node, names: (node.digits, node.sum_only),
    e.Fold: lambda node, names: (node.how, len(node.over)),
    e.CountOf: lambda node, names: (node.text, len(node.over)),
    e.CountLike: lambda node, names: len(node.over),
    e.Rank: lambda node, names: node.ascending,
    e.Band: lambda node, names: (node.size, node.upper),
}
"""What trees of the same shape have alike beside the kinds of their nodes; what may differ is added to the names."""
