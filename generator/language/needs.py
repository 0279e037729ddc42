"""The requirement reader: what must be there before a tree can be worked out.

A reader of the tree like `formula`, `exact` and `explain`, and like them it knows nothing of any rule. What is only needed
in one branch is only asked for where that branch is taken: an official should not have to fill in what does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol, TypeVar

from generator.language.symbols import Kind, Symbol
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Fixed, every, some
from generator.tree.readers import enter

_About = TypeVar("_About")


class Known(Protocol):
    """What the reader must know of the lines that a tree looks at."""

    @property
    def by_key(self) -> Mapping[str, Symbol]: ...

    def high(self, symbol: Symbol) -> Expression | Decimal | None:
        """The most that may be typed into an input."""
        ...

    def gives_text(self, node: Expression) -> bool:
        """Whether a tree gives a word and not a number."""
        ...


def requirement(tree: Expression, known: Known) -> Expression | None:
    """What must hold before a tree can be worked out, None where nothing must: its inputs are there and in their ranges, whole
    rows where it looks across units, and nothing is divided by zero."""
    needs = _Needs(known)
    needs.read(tree)
    return needs.condition()


class _Needs:
    """Collects what a tree needs: by kind, for cells of one kind share one test."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.numbers: dict[Expression, Symbol | None] = {}
        """Cells that must hold a number."""
        self.events: dict[Expression, Symbol | None] = {}
        """Cells that may be blank and must hold a number where they are not."""
        self.others: dict[Expression, None] = {}
        """Any other condition."""
        self.sums: dict[Expression, None] = {}
        """Conditions that are arithmetic themselves: only safe to look at once the rest holds."""

    def read(self, node: Expression, safe: tuple[Expression, ...] = ()) -> None:
        """Collect what a node needs. safe: divisors that a condition around it keeps from being zero."""
        _READ[type(node)](self, node, safe)

    def parts(self, node: Expression, safe: tuple[Expression, ...]) -> None:
        """What the parts need and nothing more."""
        for child in e.children(node):
            self.read(child, safe)

    def nothing(self, node: Expression, safe: tuple[Expression, ...]) -> None:
        """A value of its own."""

    def fixed(self, node: Fixed, safe: tuple[Expression, ...]) -> None:
        if node.column != "points":  # what an indicator is worth stands in the scheme
            self.cell(node, self.known.by_key.get(node.line))

    def of_unit(self, node: e.OfUnit, safe: tuple[Expression, ...]) -> None:
        self.numbers[node] = None

    def row(self, node: e.Row, safe: tuple[Expression, ...]) -> None:
        complete = (e.Fold("count", (node,)) + e.CountOf((node,), e.NONE_MARK)).is_(e.Fold("size", (node,)))
        self.others[complete] = None

    def tagged(self, node: e.Tagged, safe: tuple[Expression, ...]) -> None:
        self.others[e.Tagged("blanks", node.mark, node.lines, node.by).is_(0)] = None

    def sum(self, node: e.Sum, safe: tuple[Expression, ...]) -> None:
        for part in node.parts:
            self.added(part, safe)

    def binary(self, node: e.Binary, safe: tuple[Expression, ...]) -> None:
        self.parts(node, safe)
        if node.operator == "/" and node.right not in safe and self.can_be_zero(node.right):
            self.sums[e.zero_test("<>", node.right)] = None

    def added(self, part: Expression, safe: tuple[Expression, ...]) -> None:
        """A part of a sum: what does not apply (－) counts for nothing there, so it only has to be filled in."""
        symbol = self.known.by_key.get(part.line) if isinstance(part, Cell) else None
        if symbol is not None and symbol.kind in (Kind.QUANTITY, Kind.SCORE) and symbol.quantity is not None and symbol.quantity.carriers:
            self.others[e.Compare("<>", part, e.Text(""))] = None
        else:
            self.read(part, safe)

    def branches(self, node: e.If, safe: tuple[Expression, ...]) -> None:
        """What a branch needs is needed only where the branch is taken; what both need, always."""
        self.read(node.condition, safe)
        zero = (node.condition.left,) if isinstance(node.condition, e.Compare) and _is_zero_test(node.condition) else ()
        then, otherwise = _Needs(self.known), _Needs(self.known)
        then.read(node.then, safe)
        otherwise.read(node.otherwise, (*safe, *zero))
        _common(self.numbers, then.numbers, otherwise.numbers)
        _common(self.events, then.events, otherwise.events)
        _common(self.others, then.others, otherwise.others)
        _common(self.sums, then.sums, otherwise.sums)
        first, second = then.condition(), otherwise.condition()
        if first is not None or second is not None:
            yes: Expression = e.Number(Decimal(1))
            self.sums[e.If(node.condition, first or yes, second or yes)] = None

    def cell(self, node: Expression, symbol: Symbol | None) -> None:
        """What a cell must hold, by what it is."""
        if symbol is None or symbol.kind in (Kind.FIGURE, Kind.POINTS, Kind.TEXT):
            return
        if symbol.kind is Kind.SCORE or (symbol.kind is Kind.QUANTITY and self.known.gives_text(node)):
            self.others[e.Compare("<>", node, e.Text(""))] = None
        elif symbol.asked is not None and symbol.asked.ask in ("choice", "yes_no"):
            options = symbol.asked.as_input("").options
            closed = [node.is_(e.NONE_MARK)] if symbol.asked.carriers and not symbol.shared else []
            self.others[some(*(node.is_(o) for o in options), *closed)] = None
        elif symbol.asked is not None and symbol.asked.ask in ("events", "amount"):
            self.events[node] = symbol
        else:
            self.numbers[node] = symbol

    def can_be_zero(self, node: Expression) -> bool:
        """Whether a divisor needs watching: figures of the scheme and counts that are held above zero do not."""
        if isinstance(node, e.Fold) and node.how == "max" and any(isinstance(p, e.Number) and p.value > 0 for p in node.over):
            return False
        if isinstance(node, e.Number):
            return node.value == 0
        cells = [n for n in e.walk(node) if isinstance(n, (Cell, Fixed, e.Row, e.OfUnit, e.Tagged))]
        return not all(isinstance(n, Fixed) and self.is_figure(n.line) for n in cells)

    def is_figure(self, key: str) -> bool:
        symbol = self.known.by_key.get(key)
        return symbol is None or symbol.kind is Kind.FIGURE

    def condition(self) -> Expression | None:
        """All that was collected as one condition, cheap tests first."""
        for symbol in [*self.numbers.values(), *self.events.values()]:
            if symbol is not None and symbol.asked is not None and isinstance(symbol.asked.high, str):
                limit = self.known.high(symbol)
                assert isinstance(limit, (Cell, Fixed))
                self.cell(limit, self.known.by_key.get(limit.line))
        parts: list[Expression] = []
        own = tuple(n for n in self.numbers if isinstance(n, Cell))
        if len(own) > 1:
            parts.append(e.Fold("count", own).is_(len(own)))
        elif own:
            parts.append(e.IsNumber(own[0]))
        parts += [e.IsNumber(n) for n in self.numbers if not isinstance(n, Cell)]
        parts += self.limits()
        if self.events:
            cells = tuple(self.events)
            parts += [e.Fold("count", cells).is_(e.Fold("filled", cells)), e.Fold("min", cells) >= 0]
            parts += [n <= high for n, s in self.events.items() if s and s.asked and (high := self.known.high(s)) is not None]
        parts += self.others
        if not self.sums:
            return every(*parts) if parts else None
        return e.If(every(*parts), every(*self.sums), e.Number(Decimal(0))) if parts else every(*self.sums)

    def limits(self) -> list[Expression]:
        """The ranges that numbers must lie in; all whose lower limit is zero share one test."""
        parts: list[Expression] = []
        asked = [(n, s, s.asked) for n, s in self.numbers.items() if s is not None and s.asked is not None]
        floor = tuple(n for n, _, a in asked if a.low == 0)
        if len(floor) > 1:
            parts.append(e.Fold("min", floor) >= 0)
        elif floor:
            parts.append(floor[0] >= 0)
        parts += [n >= a.low for n, _, a in asked if a.low is not None and a.low != 0]
        parts += [n <= high for n, s, _ in asked if (high := self.known.high(s)) is not None]
        return parts


def _common(always: dict[Expression, _About], one: dict[Expression, _About], other: dict[Expression, _About]) -> None:
    """Move what both branches need, and what is needed in any case, out of the branches."""
    for key in [k for k in one if k in other or k in always]:
        always.setdefault(key, one[key])
    for key in always:
        one.pop(key, None)
        other.pop(key, None)


_READ: dict[type, Callable[..., None]] = {
    e.Cell: lambda needs, node, safe: needs.cell(node, needs.known.by_key.get(node.line)),
    e.Fixed: _Needs.fixed,
    e.OfUnit: _Needs.of_unit,
    e.Row: _Needs.row,
    e.Tagged: _Needs.tagged,
    e.Sum: _Needs.sum,
    e.If: _Needs.branches,
    e.Binary: _Needs.binary,
    **dict.fromkeys((e.Number, e.Text, e.Blank, e.TableColumn), _Needs.nothing),
    **dict.fromkeys(
        (e.Compare, e.All, e.Either, e.Not, e.Clamp, e.SumOfProducts, e.Round, e.Fold, e.CountOf, e.CountLike, e.Rank), _Needs.parts
    ),
    **dict.fromkeys((e.CountLike, e.Rank, e.Lookup, e.Whole, e.Band, e.Found, e.Floor, e.Provided), _Needs.parts),
    **dict.fromkeys((e.IsNumber, e.IsError, e.Saved), _Needs.parts),
}
enter("requirement", _READ)


def of_branches(ready: Expression) -> set[str]:
    """The lines that a requirement names only where a branch of the formula is taken that needs them."""
    always: set[str] = set()
    todo = [ready]
    while todo:
        node = todo.pop()
        match node:
            case e.All(parts):
                todo += parts
            case e.If(condition, then, otherwise) if otherwise == e.Number(Decimal(0)):
                todo += [condition, then]
            case e.If(condition):
                todo.append(condition)
            case _:
                always |= {n.line for n in e.walk(node) if isinstance(n, Cell)}
    return {n.line for n in e.walk(ready) if isinstance(n, Cell)} - always


def _is_zero_test(node: e.Compare) -> bool:
    return node.operator == "=" and node.right == e.Number(Decimal(0))
