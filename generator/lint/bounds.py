"""The least and the most that every cell of a book can hold, whatever officials fill in.

Interval arithmetic over the plan's own formulas. A span may be wider than what can really happen, never narrower: what
depends on the same input twice is looked at twice. So a remark may say that something cannot be reached; that something
can be reached it says only where the span is exact (events that are counted, figures, choices).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from typing import Any

from generator.lines.input import NO, YES, Input
from generator.lines.keys import DUE_LABEL
from generator.lines.line import Format, Line, Role
from generator.lint.spans import ANYTHING, NOTHING, Found, Span, above, floored, minus, over, plus, point, times, total, union
from generator.plan.plan import Plan
from generator.scheme.model import Group, Indicator
from generator.tree import expression as e
from generator.tree.readers import RANGES, enter
from generator.value import Value, round_half_up

MOST_QUESTIONS = 3
"""With so many questions at most the answers are tried one by one."""


class Bounds:
    """The spans of a plan's cells, each worked out once.

    answers: what one unit has typed into certain cells; everything else is open. outer: the same without these answers.
    apart: parts of a whole that are added up are taken for different ones, as they are meant to be filled in: together no more
    than the whole. Without it they may overlap, as whatever is typed may.
    """

    def __init__(
        self,
        plan: Plan,
        outer: Bounds | None = None,
        unit: int = -1,
        answers: Mapping[str, Value] | None = None,
        apart: bool = False,
    ) -> None:
        self.plan = plan
        self.apart = apart
        self.tables = {t.key: t for t in plan.tables}
        self.outer = outer
        self.unit = unit
        self.answers: dict[str, Value] = dict(answers or {})
        self._inner: dict[tuple[int, tuple[tuple[str, Value], ...]], Bounds] = {}
        self._asked: dict[str, frozenset[str]] = outer._asked if outer else {}
        self._known: dict[tuple[str, int], Found] = {}
        self.folds: dict[tuple[int, int], Found] = {}
        self._sums: dict[tuple[str, ...], bool] = {}
        self._assumed: dict[int, Span] = {}
        """What a condition around says of parts of the tree that is being read."""

    def cell(self, key: str, unit: int) -> Found:
        """What a unit can have on a line."""
        if self.outer is not None and unit != self.unit and not self.plan.lines[key].shared:
            return self.outer.cell(key, unit)
        if self.outer is None and unit >= 0:
            unit = self._first_like[unit]
        at = (key, unit)
        if at not in self._known:
            self._known[at] = ANYTHING  # while it is being worked out
            outer, self._assumed = self._assumed, {}
            self._known[at] = self._cell(self.plan.lines[key], unit)
            self._assumed = outer
        return self._known[at]

    @cached_property
    def _first_like(self) -> list[int]:
        """For each unit, the first of which the plan says all the same: they have the same spans."""
        known: dict[tuple[object, ...], int] = {}
        rows = {row for line in self.plan.lines.values() for row in (line.applies, line.outside, line.values) if row}
        columns = zip(*rows, strict=True) if rows else (() for _ in self.plan.units)
        of_groups = (members[0] for members in self.plan.group_of)
        return [known.setdefault(seen, unit) for unit, seen in enumerate(zip(of_groups, columns, strict=True))]

    def fixed(self, key: str, column: str, unit: int) -> Found:
        """The figure beside a line."""
        line = self.plan.lines[key]
        if line.shared and line.input:
            return self.cell(key, unit)
        figure = line.standard if column == "standard" else line.points
        if figure is None:
            return NOTHING
        return self.of(figure.value, unit) if isinstance(figure.value, e.Expression) else point(figure.value)

    def of(self, node: e.Expression, unit: int) -> Found:
        """The span of a tree, as a unit's formulas see it."""
        if self._assumed and id(node) in self._assumed:
            return self._assumed[id(node)]
        return _READ[type(node)](self, node, unit)

    @contextmanager
    def within(self, test: e.Expression, holds: bool, tree: e.Expression, unit: int) -> Iterator[None]:
        """While a branch of a condition is read: what the condition says of a number that it compares with a figure."""
        known = self._known_by(test, holds, unit)
        outer = self._assumed
        if known is not None:
            node, span = known
            self._assumed = {**outer, **{id(part): span for part in e.walk(tree) if part == node}}
        yield
        self._assumed = outer

    def _known_by(self, test: e.Expression, holds: bool, unit: int) -> tuple[e.Expression, Span] | None:
        if not isinstance(test, e.Compare) or test.operator not in ("<=", "<", ">=", ">"):
            return None
        span, edge = self.of(test.left, unit), self.of(test.right, unit)
        if span is None or edge is None or not edge.exact:
            return None
        if (test.operator in ("<=", "<")) == holds:
            return test.left, Span(span.low, edge.low, span.absent)
        return test.left, Span(edge.low, span.high, span.absent)

    # What a unit answers --------------------------------------------------------------------------------------------

    def where(self, unit: int, answers: Mapping[str, Value]) -> Bounds:
        """The spans where a unit has typed something: by line."""
        every = {**self.answers, **answers}
        at = (unit, tuple(sorted(every.items(), key=lambda entry: entry[0])))
        if at not in self._inner:
            self._inner[at] = Bounds(self.plan, self.outer or self, unit, every, self.apart)
        return self._inner[at]

    def questions(self, key: str) -> frozenset[str]:
        """The questions (``only_if``, ``unless``) that decide whether a line's score counts."""
        if key not in self._asked:
            self._asked[key] = frozenset()  # while it is being worked out
            line, found = self.plan.lines[key], set[str]()
            for node in line.nodes:
                if isinstance(node, e.Compare) and isinstance(node.left, e.Cell) and isinstance(node.right, e.Text):
                    asked = self.plan.lines[node.left.line]
                    if asked.label in self._deciding and asked.input and asked.input.accepts.options == (YES, NO):
                        found.add(asked.key)
                elif isinstance(node, e.Tagged) and node.how == "sum":
                    found |= {q for part in node.lines for q in self.questions(part)}
                elif isinstance(node, e.Cell) and self.plan.lines[node.line].role is Role.GROUP:
                    found |= self.questions(node.line)
            self._asked[key] = frozenset(found)
        return self._asked[key]

    @cached_property
    def _deciding(self) -> set[str]:
        """The names of all questions that decide what counts."""
        nodes = [n for n in self.plan.scheme.walk() if isinstance(n, (Group, Indicator))]
        return {name for n in nodes for name in (n.only_if, n.unless) if name}

    def _together(self, line: Line, unit: int) -> Found:
        """A sum of lines some of which count or do not count together: once for each answer."""
        parts = [k for node in line.nodes if isinstance(node, e.Tagged) and node.how == "sum" for k in node.lines]
        times: dict[str, int] = {}
        for question in (q for part in parts for q in self.questions(part)):
            times[question] = times.get(question, 0) + 1
        open_ = [q for q, n in times.items() if n > 1 and q not in self.answers and self.plan.lines[q].constant(unit) is None]
        assert line.formula is not None
        if unit < 0 or not 0 < len(open_) <= MOST_QUESTIONS:
            return self.of(line.formula, unit)
        ways = itertools.product((YES, NO), repeat=len(open_))
        return union([self.where(unit, dict(zip(open_, way, strict=True))).of(line.formula, unit) for way in ways])

    def holds(self, node: e.Expression, unit: int) -> bool | None:
        """Whether a condition holds; None where it depends on what is filled in. Everything that is wanted is filled in."""
        match node:
            case e.All(parts):
                found = [self.holds(p, unit) for p in parts]
                return False if False in found else None if None in found else True
            case e.Either(parts):
                found = [self.holds(p, unit) for p in parts]
                return True if True in found else None if None in found else False
            case e.Not(condition):
                inner = self.holds(condition, unit)
                return None if inner is None else not inner
            case e.Provided(condition, then):
                both = (self.holds(condition, unit), self.holds(then, unit))
                return False if False in both else None if None in both else True
            case e.Compare():
                return self.compared(node, unit)
            case e.IsNumber(value):
                span = self.of(value, unit)
                return False if span is None else None if span.absent else True
        return None  # whatever else there is depends, for all we know

    def compared(self, node: e.Compare, unit: int) -> bool | None:
        if isinstance(node.left, e.Tagged) and node.left.how == "blanks":
            return node.operator in ("=", "<=", "<")  # nothing is missing
        if isinstance(node.right, (e.Text, e.Blank)):
            return self._says(node, unit)
        left, right = self.of(node.left, unit), self.of(node.right, unit)
        if left is None or right is None or left.absent or right.absent:
            return None
        first, second, word = (left, right, node.operator) if node.operator in (">", ">=") else (right, left, node.operator)
        if word in ("=", "<>"):
            if left.exact and right.exact:
                return (left.low == right.low) == (word == "=")
            apart = above(left.low, right.high) or above(right.low, left.high)
            return (word == "<>") if apart else None
        strict = word in (">", "<")
        if above(first.low, second.high) or (not strict and first.low is not None and first.low == second.high):
            return True
        if above(second.low, first.high) or (strict and second.low is not None and second.low == first.high):
            return False
        return None

    def _says(self, node: e.Compare, unit: int) -> bool | None:
        """Whether a cell holds a certain text: － where the line is not for the unit, 无 where that may be typed."""
        if not isinstance(node.left, e.Cell):
            return None
        line, wanted = self.plan.lines[node.left.line], node.right.value if isinstance(node.right, e.Text) else ""
        same, other = node.operator == "=", node.operator != "="
        given = e.NONE_MARK if line.outside and line.outside[unit] else line.constant(unit)
        if unit == self.unit and line.key in self.answers and not isinstance(given, str):
            given = self.answers[line.key]
        if isinstance(given, str):
            return same if given == wanted else other
        if line.input is not None:
            accepts = line.input.accepts
            possible = wanted in (*accepts.options, *accepts.words)
            return None if possible or (not wanted and accepts.blank) else other
        span = self.cell(node.left.line, unit)
        if span is not None:
            return None if span.absent else other
        return same if wanted == e.NONE_MARK and line.format is not Format.TEXT else None

    def _cell(self, line: Line, unit: int) -> Found:
        if line.outside and line.outside[unit]:
            return NOTHING
        given = line.constant(unit)
        if given is not None:
            return point(given) if isinstance(given, Decimal) else NOTHING
        if line.key in self.answers:
            answer = self.answers[line.key]
            return point(answer) if isinstance(answer, Decimal) else NOTHING
        if line.role is Role.GROUP:
            return self._together(line, unit)
        if line.formula is not None:
            return self.of(line.formula, unit)
        return self.asked(line.input, unit) if line.input else NOTHING

    def asked(self, asked: Input, unit: int) -> Found:
        """What may be typed."""
        accepts = asked.accepts
        if accepts.options:
            return NOTHING
        limit = e.Cell(asked.whole) if asked.whole else accepts.high
        high = self.of(limit, unit) if isinstance(limit, e.Expression) else None
        most = high.high if high else accepts.high if isinstance(accepts.high, Decimal) else None
        return Span(accepts.least, most, absent=bool(accepts.words))

    def row(self, row: e.Row, unit: int) -> list[Found]:
        """What all units, or those of the unit's group, can have on a line."""
        units = self.plan.group_of[unit] if row.own_group and unit >= 0 else range(len(self.plan.units))
        return [self.cell(row.line, u) for u in units]

    def spread(self, parts: tuple[e.Expression, ...], unit: int) -> Iterator[Found]:
        for part in parts:
            if isinstance(part, e.Row):
                yield from self.row(part, unit)
            elif isinstance(part, e.TableColumn):
                yield from (point(v) for v in self.tables[part.table].columns[part.column] if isinstance(v, Decimal))
            else:
                yield self.of(part, unit)

    def resolved(self, node: e.Expression) -> e.Expression:
        """What a cell of a quantity stands for, its rounding and its guard against blanks and zeros aside."""
        while True:
            if isinstance(node, (e.Cell, e.Fixed)):
                line = self.plan.lines[node.line]
                figure = line.standard.value if isinstance(node, e.Fixed) and line.standard and node.column == "standard" else None
                inner = line.formula if isinstance(node, e.Cell) else figure if isinstance(figure, e.Expression) else None
                if inner is None or line.role not in (Role.WORKING, Role.RESULT, Role.GROUP):
                    return node
                node = inner
            elif isinstance(node, e.Round):
                node = node.value
            elif isinstance(node, e.If) and isinstance(node.otherwise, (e.Blank, e.Text)):
                node = node.then
            elif isinstance(node, e.If) and isinstance(node.then, (e.Blank, e.Text)):
                node = node.otherwise
            elif isinstance(node, e.Sum) and len(node.parts) == 1:
                node = node.parts[0]
            else:
                return node

    def part_of(self, top: e.Expression, bottom: e.Expression) -> bool:
        """Whether a quotient is a share: of what it may not exceed, of the largest among the units, or of what could be earned."""
        whole = self.resolved(bottom)
        if self._piece(top, whole):
            return True
        if isinstance(whole, e.Fold) and whole.how in ("max", "sum"):
            return any(isinstance(p, e.Row) and isinstance(top, e.Cell) and p.line == top.line for p in whole.over)
        scored = self.resolved(top)
        if not (isinstance(scored, e.Tagged) and isinstance(whole, e.Tagged) and whole.mark == "due"):
            return False
        return scored.how == whole.how == "sum" and self._covered(scored.lines, set(whole.lines)) and self._within_due(scored.lines)

    def _piece(self, top: e.Expression, whole: e.Expression) -> bool:
        """Whether officials may not fill in more than a whole; where parts are taken for different ones, a sum of them too,
        what is left of it, and a part beside the other parts of the same whole."""
        if self.apart:
            made = self.resolved(top)
            if isinstance(made, e.Binary) and made.operator in "+-":
                return self._piece(made.left, whole) and (made.operator == "-" or self._piece(made.right, whole))
            if isinstance(made, e.Sum) and made.parts:
                return all(self._piece(part, whole) for part in made.parts)
        asked = self.plan.lines[top.line].input if isinstance(top, e.Cell) else None
        limit = e.Cell(asked.whole) if asked and asked.whole and self.apart else asked.accepts.high if asked else None
        if not isinstance(limit, e.Expression):
            return False
        limit = self.resolved(limit)
        return limit == whole or (self.apart and isinstance(whole, e.Binary) and self._piece(whole, limit))

    def _covered(self, keys: tuple[str, ...], dues: set[str]) -> bool:
        """Whether every score, or every part of it, is among what could be earned."""
        for key in keys:
            line = self.plan.lines[key]
            below = next((n for n in line.nodes if isinstance(n, e.Tagged) and n.how == "sum"), None) if line.role is Role.GROUP else None
            if f"{line.owner}/{DUE_LABEL}" not in dues and not (below and self._covered(below.lines, dues)):
                return False
        return True

    def _within_due(self, keys: tuple[str, ...]) -> bool:
        """Whether scores never come to more than what they are worth."""
        if keys not in self._sums:
            self._sums[keys] = all(
                (span := self.cell(key, unit)) is None or (span.high is not None and span.high <= self._worth(key, unit))
                for key in keys
                for unit in range(len(self.plan.units))
            )
        return self._sums[keys]

    def _worth(self, key: str, unit: int) -> Decimal:
        line = self.plan.lines[key]
        due = self.plan.lines.get(f"{line.owner}/{DUE_LABEL}")
        span = self.cell(due.key, unit) if due else None
        if span is not None and span.high is not None:
            return span.high
        if line.role is Role.GROUP and isinstance(line.formula, e.Expression):
            below = next((n for n in e.walk(line.formula) if isinstance(n, e.Tagged) and n.how == "sum"), None)
            return sum((self._worth(k, unit) for k in below.lines), Decimal(0)) if below else Decimal(0)
        return Decimal(0)


def _binary(b: Bounds, node: e.Binary, unit: int) -> Found:
    left, right = b.of(node.left, unit), b.of(node.right, unit)
    if left is None or right is None:
        return NOTHING
    if _is_mean(node):
        assert isinstance(node.left, e.Tagged)
        each = union([span for key in node.left.lines if (span := b.cell(key, unit)) is not None])
        return each and Span(each.low, each.high, right.low == 0)
    absent = left.absent or right.absent
    match node.operator:
        case "+":
            return Span(plus(left.low, right.low), plus(left.high, right.high), absent)
        case "-":
            return Span(plus(left.low, minus(right.high)), plus(left.high, minus(right.low)), absent)
        case "*":
            return times(left, right)
    if right.exact and right.low == 0:
        return NOTHING
    quotient = over(left, right)
    if b.part_of(node.left, node.right):
        return Span(floored(left.low, quotient.low), Decimal(1), absent)
    if isinstance(node.left, e.Binary) and node.left.operator == "*":
        for part, rest in ((node.left.left, node.left.right), (node.left.right, node.left.left)):
            if b.part_of(part, node.right) and (whole := b.of(rest, unit)) is not None:
                return Span(floored(left.low, quotient.low), whole.high, absent)
    return quotient


def _is_mean(node: e.Binary) -> bool:
    """Whether a quotient is the mean of the lines that count for a unit."""
    top, bottom = node.left, node.right
    mean = isinstance(top, e.Tagged) and isinstance(bottom, e.Tagged) and (top.how, bottom.how) == ("sum", "applying")
    return node.operator == "/" and mean and getattr(top, "lines", ()) == getattr(bottom, "lines", ())


def _if(b: Bounds, node: e.If, unit: int) -> Found:
    holds = b.holds(node.condition, unit)
    if holds is not None:
        return b.of(node.then if holds else node.otherwise, unit)
    if isinstance(node.then, e.Blank) or isinstance(node.otherwise, e.Blank):  # blank: not filled in yet
        return b.of(node.otherwise if isinstance(node.then, e.Blank) else node.then, unit)
    found: list[Found] = []
    for branch, yes in ((node.then, True), (node.otherwise, False)):
        with b.within(node.condition, yes, branch, unit):
            found.append(b.of(branch, unit))
    return union(found)


def _clamp(b: Bounds, node: e.Clamp, unit: int) -> Found:
    span = b.of(node.value, unit)
    if span is None:
        return NOTHING
    low, high = span.low, span.high
    if node.high is not None and (top := b.of(node.high, unit)) is not None and top.high is not None:
        high = top.high if high is None else min(high, top.high)
        low = low if low is None or top.low is None else min(low, top.low)
    if node.low is not None and (floor := b.of(node.low, unit)) is not None and floor.low is not None:
        low = floor.low if low is None else max(low, floor.low)
        high = high if high is None or floor.high is None else max(high, floor.high)
    return Span(low, high, span.absent)


def _products(b: Bounds, node: e.SumOfProducts, unit: int) -> Found:
    spans: list[Found] = []
    for left, right in node.pairs:
        one, other = b.of(left, unit), b.of(right, unit)
        spans.append(times(one, other) if one is not None and other is not None else NOTHING)
    return total(spans)


def _fold(b: Bounds, node: e.Fold, unit: int) -> Found:
    if not all(isinstance(part, e.Row) for part in node.over):
        return _folded(b, node, unit)
    at = (id(node), b.plan.group_of[unit][0] if unit >= 0 else -1)  # the units of a group see the same row
    if at not in b.folds:
        b.folds[at] = _folded(b, node, unit)
    return b.folds[at]


def _folded(b: Bounds, node: e.Fold, unit: int) -> Found:
    spans = list(b.spread(node.over, unit))
    there = [s for s in spans if s is not None]
    match node.how:
        case "size":
            return point(Decimal(len(spans)))
        case "count" | "filled":
            return Span(Decimal(sum(not s.absent for s in there)), Decimal(len(there)))
        case "sum":
            return total(spans)
    if not there:
        return NOTHING
    around = union([*there])
    assert around is not None
    if node.how == "max":
        lows = [s.low for s in there if s.low is not None and not s.absent]
        return Span(max(lows, default=around.low), around.high, around.absent)
    if node.how == "min":
        highs = [s.high for s in there if s.high is not None and not s.absent]
        return Span(around.low, min(highs, default=around.high), around.absent)
    return Span(around.low, around.high)


def _rank(b: Bounds, node: e.Rank, unit: int) -> Found:
    others = [s for s in b.row(node.among, unit) if s is not None]
    return Span(Decimal(1), Decimal(max(len(others), 1)))


def _of_table(b: Bounds, column: e.TableColumn) -> Found:
    numbers = [v for v in b.tables[column.table].columns[column.column] if isinstance(v, Decimal)]
    return Span(min(numbers), max(numbers)) if numbers else NOTHING


def _tagged(b: Bounds, node: e.Tagged, unit: int) -> Found:
    if node.how == "blanks":
        return point(Decimal(0))
    spans = [b.cell(key, unit) for key in node.lines]
    if node.how == "sum":
        return total(spans)
    if node.how == "applying":
        words = sum(b.plan.lines[key].format is Format.TEXT and b.plan.lines[key].constant(unit) is None for key in node.lines)
        sure = sum(span is not None and not span.absent for span in spans)
        return Span(Decimal(sure + words), Decimal(sum(span is not None for span in spans) + words))
    return Span(Decimal(0), Decimal(len(spans)))


def _round(b: Bounds, node: e.Round, unit: int) -> Found:
    span = b.of(node.value, unit)
    if span is None:
        return NOTHING
    low, high = (v if v is None else round_half_up(v, node.digits) for v in (span.low, span.high))
    return Span(low, high, span.absent)


def _whole(b: Bounds, node: e.Whole | e.Floor, unit: int) -> Found:
    span = b.of(node.value, unit)
    if span is None:
        return NOTHING
    low, high = (v if v is None else v.to_integral_value("ROUND_FLOOR") for v in (span.low, span.high))
    return Span(low, high, span.absent)


def _no_number(b: Bounds, node: e.Expression, unit: int) -> Found:
    """A text, or true and false."""
    return NOTHING


_READ: dict[type, Callable[..., Found]] = {
    e.Number: lambda b, n, u: point(n.value),
    e.Text: _no_number,
    e.Blank: _no_number,
    e.Compare: _no_number,
    e.All: _no_number,
    e.Either: _no_number,
    e.Not: _no_number,
    e.Provided: _no_number,
    e.Found: _no_number,
    e.IsNumber: _no_number,
    e.IsError: _no_number,
    e.Saved: lambda b, n, u: b.of(n.value, u),
    e.Cell: lambda b, n, u: b.cell(n.line, u),
    e.Fixed: lambda b, n, u: b.fixed(n.line, n.column, u),
    e.OfUnit: lambda b, n, u: b.cell(n.line, n.unit),
    e.Binary: _binary,
    e.If: _if,
    e.Clamp: _clamp,
    e.Sum: lambda b, n, u: total([b.of(p, u) for p in n.parts]),
    e.SumOfProducts: _products,
    e.Round: _round,
    e.Fold: _fold,
    e.CountLike: lambda b, n, u: Span(Decimal(0), Decimal(sum(1 for _ in b.spread(n.over, u)))),
    e.CountOf: lambda b, n, u: Span(Decimal(0), Decimal(sum(1 for _ in b.spread(n.over, u)))),
    e.Rank: _rank,
    e.Whole: _whole,
    e.Floor: _whole,
    e.Band: lambda b, n, u: _of_table(b, n.result),
    e.Lookup: lambda b, n, u: _of_table(b, n.result),
    e.Tagged: _tagged,
}
enter("bounds", _READ, within=RANGES)


def depends_on_inputs(plan: Plan, tree: e.Expression, seen: set[str] | None = None) -> bool:
    """Whether anything that officials fill in bears upon a tree; that a cell is －, nobody fills in."""
    seen = set() if seen is None else seen
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, e.Compare) and isinstance(node.right, e.Text) and node.right.value == e.NONE_MARK:
            continue
        stack += e.children(node)
        keys: tuple[str, ...] = ()
        if isinstance(node, (e.Cell, e.Row, e.OfUnit, e.Fixed)):
            keys = (node.line,)
        elif isinstance(node, e.Tagged):
            keys = node.lines
        for key in keys:
            if key in seen:
                continue
            seen.add(key)
            line = plan.lines[key]
            inner: Any = line.formula
            if line.input is not None or (isinstance(inner, e.Expression) and depends_on_inputs(plan, inner, seen)):
                return True
            figure = line.standard.value if line.standard else None
            if isinstance(figure, e.Expression) and depends_on_inputs(plan, figure, seen):
                return True
    return False
