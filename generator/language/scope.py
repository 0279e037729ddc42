"""What names mean where a formula of a scheme stands, and what a formula needs before it can be worked out.

Before any line is planned, every name of a scheme is entered on the `Board`: inputs, figures, quantities, scores, each
in the `Scope` of the indicator, group, period or scheme that declares it. A name is looked up from the inside out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from generator.language import compiler
from generator.language.declared import Asked, Bands, Quantity
from generator.lines.line import Figure, Line, Role, Table
from generator.problems import FormulaError, SchemeFault
from generator.rules.item import Item
from generator.suggestion import listed, suggestion
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Fixed, Round, every, some
from generator.tree.readers import enter

GUARD, GUARD_OF_SHARES = 10, 13
"""A quantity is rounded to so many decimals: far below what counts, and above what binary arithmetic leaves behind. Shares
(``%``) are multiplied by points and weights: what is cut off them must still be lost in the guard of the score's rounding."""
DATA, FIGURE, QUANTITY = "数", "参数", "算"


@dataclass
class Symbol:
    """What a name stands for: the line ``key``, of one kind: ``input``, ``figure``, ``points``,
    ``quantity``, ``score`` or ``text``."""

    name: str
    key: str
    kind: str
    scope: Scope
    shared: bool = False
    asked: Asked | None = None
    quantity: Quantity | None = None
    path: tuple[str | int, ...] = ()
    extra: list[Line] = field(default_factory=list)
    tree: Expression | None = None
    ready: Expression | None = None

    def cell(self) -> Expression:
        """The cell of this unit, or the one figure for all."""
        if self.kind == "quantity":
            self.work_out()
        counts_nothing = self.asked is not None and self.asked.ask in ("events", "amount") and not self.shared
        if self.kind == "score" or counts_nothing:
            return e.Sum((Cell(self.key),))
        if self.kind == "points":
            return Fixed(self.key, "points")
        return Fixed(self.key, "standard") if self.shared else Cell(self.key)

    def high(self) -> Expression | Decimal | None:
        """The most that may be typed into this input. Raises SchemeFault where its name is none of a number that is there."""
        assert self.asked is not None
        name = self.asked.high
        if not isinstance(name, str):
            return name
        what = f"“{self.name}”的上限"
        other = self._other("high", name, what)
        asked = other.asked
        if other is self or other.kind not in ("input", "figure") or (asked and asked.ask not in ("quantity", "count", "score")):
            raise SchemeFault(f"{what}“{name}”不是另一个必须填的数", (*self.path, "high"), "请写一个数，或另一个填报项的名称")
        if self.shared and not other.shared:
            raise SchemeFault(f"“{self.name}”全方案只填一个数，上限“{name}”却是各单位一个数", (*self.path, "high"), '请给它也写 for: "*"')
        return other.cell()

    def whole(self) -> str:
        """The key of what this input is a part of, '' where it is none. Raises SchemeFault where that is no number that is there."""
        assert self.asked is not None
        name = self.asked.part_of
        if not name:
            return ""
        what = f"“{self.name}”的 part_of"
        other = self._other("part_of", name, what)
        if other is self or other.shared or other.asked is None or other.asked.ask not in ("quantity", "count"):
            raise SchemeFault(f"{what}“{name}”不是各单位填的另一个数", (*self.path, "part_of"), "请写另一个填报项的名称")
        return other.key

    def _other(self, key: str, name: str, what: str) -> Symbol:
        """The input or figure that a key of this input names."""
        try:
            return self.scope.symbol(name)
        except FormulaError as error:
            raise SchemeFault(f"{what}：{error.message}", (*self.path, key), error.remedy) from None

    def work_out(self) -> None:
        """Compile a quantity, once; the formula decides whether it is the same for all units."""
        if self.tree is not None:
            return
        assert self.quantity is not None
        board = self.scope.board
        if self in board.open:
            around = "→".join(s.name for s in [*board.open[board.open.index(self) :], self])
            raise FormulaError(f"循环定义：{around}", "请改正其中一个公式")
        board.open.append(self)
        try:
            with self.scope.collecting(self.name, self.extra):
                tree = compiler.compile_formula(self.quantity.formula, self.scope)
        finally:
            board.open.pop()
        self.tree = tree
        self.ready = board.requirement(tree)
        self.shared = not self.quantity.carriers and not any(
            isinstance(n, (Cell, e.Tagged)) or (isinstance(n, e.Row) and n.own_group) for n in e.walk(tree)
        )

    def lines(self, owner: str, applies: tuple[bool, ...]) -> list[Line]:
        """The rows of a quantity: the figures that its formula brings along, and its own."""
        try:
            self.work_out()
        except FormulaError as error:
            raise SchemeFault(f"“{self.name}”：{error.message}", self.path, error.remedy) from None
        assert self.quantity is not None
        assert self.tree is not None
        guard = GUARD_OF_SHARES if self.quantity.measure == "%" else GUARD
        digits = guard if self.quantity.decimals is None else self.quantity.decimals
        texts = gives_text(self.tree, self.scope.board)
        whole = isinstance(self.tree, (e.Rank, e.CountOf)) or (isinstance(self.tree, e.Fold) and self.tree.how == "count")
        whole = whole or texts
        value = self.tree if whole else Round(self.tree, digits, sum_only=self.quantity.decimals is None)
        formula = value if self.ready is None else e.when(self.ready, value, e.Blank())
        percent = self.quantity.measure == "%"
        shown = self.quantity.decimals or 0
        place = (
            "text"
            if texts
            else "percent"
            if percent
            else "count"
            if whole
            else "score"
            if self.quantity.decimals is not None
            else "general"
        )
        if self.shared:
            own = Line(self.key, owner, Role.WORKING, self.name, standard=Figure(formula), applies=applies, shared=True, decimals=shown)
        else:
            own = Line(self.key, owner, Role.WORKING, self.name, formula=formula, applies=applies, place=place, decimals=shown)
        return [*self.extra, own]


@dataclass
class Board:
    """Every name of a scheme.

    loose: all symbols of a name wherever declared; scores: id (with its period) → key of its score line.
    tables: bands by key.
    """

    units: list[str]
    by_key: dict[str, Symbol] = field(default_factory=dict)
    loose: dict[str, list[Symbol]] = field(default_factory=dict)
    scores: dict[str, Symbol] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    open: list[Symbol] = field(default_factory=list)

    def enter(self, symbol: Symbol) -> None:
        """Make a symbol known."""
        self.by_key[symbol.key] = symbol
        if symbol.kind == "score":
            self.scores[symbol.name] = symbol
            return
        self.loose.setdefault(symbol.name, []).append(symbol)
        if symbol.name in symbol.scope.names:
            raise SchemeFault(f"“{symbol.name}”在同一处定义了两次", symbol.path, "请改名")
        symbol.scope.names[symbol.name] = symbol

    def requirement(self, tree: Expression) -> Expression | None:
        """What must hold before a tree can be worked out: its inputs are there, whole rows where it looks across units,
        and nothing is divided by zero."""
        needs = _Needs(self)
        needs.read(tree)
        return needs.condition()


class Scope:
    """The names of one indicator, group, period or scheme. Implements `language.Scope`."""

    def __init__(self, board: Board, parent: Scope | None, at: str = "") -> None:
        self.board, self.parent, self.at = board, parent, at
        self.names: dict[str, Symbol] = {}
        self.tables: dict[str, str] = {}
        self.rounds: list[Scope] = []
        """The same scope in every period, in order; this one among them."""
        self.dues: list[str] = []
        """The lines of what every indicator below is worth to a unit."""
        self.asked_first: list[tuple[str, str]] = []
        """The names of ``only_if`` and ``unless`` with the answers that are wanted."""
        self.below: list[str] = []
        """The score lines right below, and the tag that marks their rows."""
        self.tag = ""
        self.sinks: list[tuple[str, list[Line]]] = []
        self.item: Item | None = None

    # language.Scope -------------------------------------------------------------------------------------------------

    def name(self, name: str) -> Expression:
        return self.symbol(name).cell()

    def row(self, name: str, own_group: bool) -> Expression:
        symbol = self.symbol(name)
        if symbol.kind == "quantity":
            symbol.work_out()
        if symbol.shared:
            raise FormulaError(f"“{name}”各单位是同一个数，不能跨单位汇总或排名", "请写各单位各有的量")
        return e.Row(symbol.key, own_group)

    def of_unit(self, unit: str, name: str) -> Expression:
        if unit not in self.board.units:
            raise FormulaError(f"没有“{unit}”这个被考核单位", "请核对 units")
        symbol = self.symbol(name)
        symbol.cell()
        return e.OfUnit(symbol.key, self.board.units.index(unit))

    def previous(self, name: str) -> tuple[Expression, Expression | None] | None:
        rounds, number, symbol = self._round(name)
        if not number:
            return None
        before = rounds[number - 1]
        there: list[Expression] = []
        for question, answer in self.questions(before):
            there.append(question.is_(answer))
        return self._in(before, rounds[number], symbol).cell(), every(*there) if there else None

    @staticmethod
    def questions(scope: Scope) -> list[tuple[Expression, str]]:
        """What must be answered for a period to count for a unit: the question's cell and the answer."""
        found = []
        for name, answer in scope.asked_first:
            symbol = scope.symbol(name)
            if symbol.scope is scope:
                found.append((symbol.cell(), answer))
        return found

    def earlier(self, name: str) -> list[Expression]:
        rounds, number, symbol = self._round(name)
        return [self._in(before, rounds[number], symbol).cell() for before in rounds[:number]]

    def periods(self, name: str) -> list[Expression]:
        found = [s for s in self.board.loose.get(name, []) if s.scope.at]
        if name.endswith("/得分"):
            owner = name.removesuffix("/得分")
            found = [s for id, s in self.board.scores.items() if id.startswith(f"{owner}@")]
        if not found:
            raise FormulaError(f"“{name}”不是按月（季）各有一个的量", "over_periods 只用于 periods 里的量")
        return [s.cell() for s in found]

    def over_indicators(self, what: str) -> Expression:
        here: Scope = self
        while not here.below and here.parent is not None:
            here = here.parent
        if what == "得分":
            if not here.below:
                raise FormulaError("这里没有可以合计得分的指标")
            return e.Tagged("sum", here.tag, tuple(here.below))
        if not here.dues:
            raise FormulaError("没有应得分可以合计", "应得分＝分值×系数，只在方案写了 roles（角色系数）或分组写了 rescale 时才有")
        return e.Tagged("sum", "due", tuple(here.dues), by="role")

    def constant(self, label: str, value: Decimal) -> Expression:
        name, lines = self.sinks[-1]
        owner = self.item.id if self.item else self.at
        key = f"{owner}/{name}·{label}"
        if not any(line.key == key for line in lines):
            lines.append(Line(key, owner, Role.PARAMETER, label, standard=Figure(value)))
        return Fixed(key, "standard")

    @contextmanager
    def collecting(self, name: str, lines: list[Line]) -> Iterator[None]:
        """While a formula is compiled, figures written in it get lines of their own."""
        self.sinks.append((name, lines))
        yield
        self.sinks.pop()

    def table(self, name: str) -> tuple[str, int, bool]:
        here: Scope | None = self
        while here is not None:
            if name in here.tables:
                key = here.tables[name]
                table = next(t for t in self.board.tables if t.key == key)
                return key, len(table.columns["界"]), table.by_upper
            here = here.parent
        raise FormulaError(f"没有叫“{name}”的分档表", "请先写在 bands 里")

    def is_text(self, node: Expression) -> bool:
        return gives_text(node, self.board)

    # For rules and the plan -----------------------------------------------------------------------------------------

    def compile(self, text: str, key: str) -> tuple[Expression, Expression | None]:
        """A formula and what it needs. Raises FormulaError. key: under which key of the file it stands."""
        extra: list[Line] = []
        with self.collecting(key, extra):
            tree = compiler.compile_formula(text, self)
        if self.item is not None:
            self.item.lines += extra
        return tree, self.board.requirement(tree)

    def limit_of(self, name: str) -> Expression | None:
        """The cell that holds the most that may be typed into an input, where the scheme names one. Raises SchemeFault."""
        high = self.names[name].high() if name in self.names else None
        return high if isinstance(high, Expression) else None

    def whole_of(self, name: str) -> str:
        """The key of what an input is a part of, '' where it is none. Raises SchemeFault."""
        return self.names[name].whole() if name in self.names and self.names[name].asked else ""

    def declare_quantity(self, name: str, quantity: Quantity, item: Item) -> None:
        """Add a quantity's rows to an indicator."""
        item.lines += self.names[name].lines(item.id, item.applies)

    def declare_bands(self, name: str, bands: Bands, item: Item | None = None) -> None:
        """Enter a table of bands."""
        owner = item.id if item else self.at
        key = f"{owner}/{name}" if owner else name
        if name not in self.tables:
            self.tables[name] = key
            title = bands.title or name
            self.board.tables.append(Table(key, "bands", title, bands.columns(), by_upper=bands.by_upper, owner=item.id if item else ""))

    def symbol(self, name: str) -> Symbol:
        """What a name stands for here. Raises FormulaError."""
        if name.endswith("/得分"):
            return self._score(name.removesuffix("/得分"))
        here: Scope | None = self
        while here is not None:
            if name in here.names:
                return here.names[name]
            here = here.parent
        loose = self.board.loose.get(name, [])
        near = [s for s in loose if self.at == s.scope.at or self.at.startswith(f"{s.scope.at}@") or not s.scope.at]
        if len(near) == 1:
            return near[0]
        if len(near) > 1:
            raise FormulaError(f"“{name}”在几个指标里都有，分不清是哪一个", "请改成不同的名称")
        if loose:
            raise FormulaError(f"“{name}”每期各有一个", "请写 over_periods(average, …) 等，说明怎样汇总各期")
        known = sorted({*self.board.loose, *self.names})
        words = suggestion(name, known) or (f"这里可用的名称有：{listed(known, 12)}" if known else "")
        raise FormulaError(f"公式里的“{name}”没有定义", words)

    def _score(self, id: str) -> Symbol:
        at = self.at
        while True:
            if id + at in self.board.scores:
                return self.board.scores[id + at]
            if not at:
                break
            at = at.rpartition("@")[0]
        raise FormulaError(f"没有编号为“{id}”的指标或分组", suggestion(id, self.board.scores))

    def _round(self, name: str) -> tuple[list[Scope], int, Symbol]:
        """The periods in which a name has a cell each, which of them this is, and what the name stands for in it."""
        symbol = self.symbol(name)
        here: Scope | None = symbol.scope
        while here is not None and not here.rounds:
            here = here.parent
        if here is None:
            raise FormulaError(f"“{name}”不是按月（季）各有一个的量", "previous 和 before 只用于写了 periods 的分组里的量")
        return here.rounds, here.rounds.index(here), symbol

    def _in(self, other: Scope, own: Scope, symbol: Symbol) -> Symbol:
        """What stands for the same in another period."""
        at = other.at + symbol.scope.at[len(own.at) :]
        if symbol.kind == "score":
            return self.board.scores[symbol.name[: len(symbol.name) - len(symbol.scope.at)] + at]
        return next(s for s in self.board.loose[symbol.name] if s.scope.at == at and s.path == symbol.path)


_OF_PARTS = (
    *(e.Number, e.Text, e.Blank, e.TableColumn, e.Binary, e.Compare, e.All, e.Either, e.Not, e.Provided, e.Clamp, e.SumOfProducts),
    *(e.Round, e.Fold, e.CountOf, e.Rank, e.Lookup, e.Whole, e.Floor, e.Band, e.Found, e.IsNumber),
)
"""Nodes that need what their parts need, and nothing of their own (a quotient aside)."""
enter("needs", dict.fromkeys((*_OF_PARTS, Cell, Fixed, e.OfUnit, e.Row, e.Tagged, e.Sum, e.If)))


class _Needs:
    """Collects what a tree needs."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.numbers: dict[Expression, Symbol | None] = {}
        self.events: dict[Expression, Symbol | None] = {}
        self.others: dict[Expression, Symbol | None] = {}
        self.sums: dict[Expression, Symbol | None] = {}
        """Conditions that are arithmetic themselves: only safe to look at once the rest holds."""

    def read(self, node: Expression, safe: tuple[Expression, ...] = ()) -> None:
        match node:
            case Fixed(_, "points"):
                pass  # what an indicator is worth stands in the scheme
            case Cell(key) | Fixed(key, _):
                self.cell(node, self.board.by_key.get(key))
            case e.OfUnit(key, _):
                self.numbers[node] = None
            case e.Row():
                complete = (e.Fold("count", (node,)) + e.CountOf((node,), e.NONE_MARK)).is_(e.Fold("size", (node,)))
                self.others[complete] = None
            case e.Tagged():
                self.others[e.Tagged("blanks", node.mark, node.lines, node.by).is_(0)] = None
            case e.Sum(parts):
                for part in parts:
                    self.added(part, safe)
            case e.If():
                self.branches(node, safe)
            case e.Binary("/", left, right):
                self.read(left, safe)
                self.read(right, safe)
                if right not in safe and self.can_be_zero(right):
                    self.sums[e.zero_test("<>", right)] = None
            case _ if type(node) in _OF_PARTS:
                for child in e.children(node):
                    self.read(child, safe)
            case _:
                raise TypeError(f"the needs reader has no {type(node).__name__}")

    def added(self, part: Expression, safe: tuple[Expression, ...]) -> None:
        """A part of a sum: what does not apply (－) counts for nothing there, so it only has to be filled in."""
        symbol = self.board.by_key.get(part.line) if isinstance(part, Cell) else None
        if symbol is not None and symbol.kind in ("quantity", "score") and symbol.quantity is not None and symbol.quantity.carriers:
            self.others[e.Compare("<>", part, e.Text(""))] = None
        else:
            self.read(part, safe)

    def branches(self, node: e.If, safe: tuple[Expression, ...]) -> None:
        """What a branch needs is needed only where the branch is taken; what both need, always."""
        self.read(node.condition, safe)
        zero = (node.condition.left,) if _is_zero_test(node.condition) else ()  # type: ignore[attr-defined]
        then, otherwise = _Needs(self.board), _Needs(self.board)
        then.read(node.then, safe)
        otherwise.read(node.otherwise, (*safe, *zero))
        for mine, one, other in (
            (self.numbers, then.numbers, otherwise.numbers),
            (self.events, then.events, otherwise.events),
            (self.others, then.others, otherwise.others),
            (self.sums, then.sums, otherwise.sums),
        ):
            for key in [k for k in one if k in other or k in mine]:
                mine.setdefault(key, one[key])
            for key in mine:
                one.pop(key, None)
                other.pop(key, None)
        first, second = then.condition(), otherwise.condition()
        if first is not None or second is not None:
            yes: Expression = e.Number(Decimal(1))
            self.sums[e.If(node.condition, first or yes, second or yes)] = None

    def cell(self, node: Expression, symbol: Symbol | None) -> None:
        if symbol is None or symbol.kind in ("figure", "points", "text"):
            return
        if (symbol.kind == "quantity" and symbol.tree is not None and gives_text(symbol.tree, self.board)) or symbol.kind == "score":
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
        constant = all(isinstance(n, Fixed) and ((s := self.board.by_key.get(n.line)) is None or s.kind == "figure") for n in cells)
        return not constant

    def condition(self) -> Expression | None:
        for symbol in [*self.numbers.values(), *self.events.values()]:
            if symbol is not None and symbol.asked is not None and isinstance(symbol.asked.high, str):
                limit = symbol.high()
                assert isinstance(limit, (Cell, Fixed))
                self.cell(limit, self.board.by_key.get(limit.line))
        parts: list[Expression] = []
        own = tuple(n for n in self.numbers if isinstance(n, Cell))
        if len(own) > 1:
            parts.append(e.Fold("count", own).is_(len(own)))
        elif own:
            parts.append(e.IsNumber(own[0]))
        parts += [e.IsNumber(n) for n in self.numbers if not isinstance(n, Cell)]
        parts += self.limits(self.numbers)
        if self.events:
            cells = tuple(self.events)
            parts += [e.Fold("count", cells).is_(e.Fold("filled", cells)), e.Fold("min", cells) >= 0]
            parts += [n <= high for n, s in self.events.items() if s and s.asked and (high := s.high()) is not None]
        parts += self.others
        if not self.sums:
            return every(*parts) if parts else None
        return e.If(every(*parts), every(*self.sums), e.Number(Decimal(0))) if parts else every(*self.sums)

    def limits(self, cells: dict[Expression, Symbol | None]) -> list[Expression]:
        """The ranges that inputs must lie in; all whose lower limit is zero share one test."""
        parts: list[Expression] = []
        typed = [(n, s) for n, s in cells.items() if s is not None and s.asked is not None]
        asked = [(n, s.asked) for n, s in typed if s.asked is not None]
        floor = tuple(n for n, a in asked if a.low == 0)
        if len(floor) > 1:
            parts.append(e.Fold("min", floor) >= 0)
        elif floor:
            parts.append(floor[0] >= 0)
        parts += [n >= a.low for n, a in asked if a.low is not None and a.low != 0]
        parts += [n <= high for n, s in typed if (high := s.high()) is not None]
        return parts


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


def _is_zero_test(node: Expression) -> bool:
    return isinstance(node, e.Compare) and node.operator == "=" and node.right == e.Number(Decimal(0))


def gives_text(node: Expression, board: Board) -> bool:
    """Whether a tree gives a word and not a number."""
    match node:
        case e.Text():
            return True
        case e.If(_, then, otherwise):
            return gives_text(then, board) or gives_text(otherwise, board)
        case e.Band(result=result):
            table = next((t for t in board.tables if t.key == result.table), None)
            return table is not None and any(isinstance(v, str) for v in table.columns[result.column])
        case Cell(key) | Fixed(key, _):
            symbol = board.by_key.get(key)
            if symbol is None:
                return False
            if symbol.asked is not None:
                return symbol.asked.ask in ("choice", "yes_no")
            return symbol.kind == "text" or (symbol.tree is not None and gives_text(symbol.tree, board))
    return False
