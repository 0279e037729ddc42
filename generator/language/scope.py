"""Where names are looked up: the `Board` with every name of a scheme, and the `Scope` of each place that declares some.

Before any line is planned, every name is entered on the board, each in the scope of the indicator, group, period or scheme
that declares it; so a formula may speak of what stands further down. A name is looked up from the inside out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from generator.language.compiler import compile_formula
from generator.language.declared import Bands
from generator.language.needs import requirement
from generator.language.quantities import Worked, is_shared, rows
from generator.language.symbols import Kind, Symbol
from generator.lines.keys import SCORE_LABEL, Owner
from generator.lines.line import Figure, Line, Role, Table
from generator.problems import FormulaError, SchemeFault
from generator.suggestion import listed, suggestion
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Fixed, every

NOBODY = Owner("")
_SCORE = f"/{SCORE_LABEL}"
"""After an id: its score, where a name would stand."""


class _First(Exception):
    """A formula looks at a quantity that must be worked out first."""

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol


class Board:
    """Every name of a scheme, and what its quantities come to. Implements `needs.Known`.

    loose: all symbols of a name wherever declared; scores: id (with its period) → symbol of its score.
    """

    def __init__(self, units: Sequence[str]) -> None:
        self.units = units
        self.by_key: dict[str, Symbol] = {}
        self.loose: dict[str, list[Symbol]] = {}
        self.scores: dict[str, Symbol] = {}
        self.tables: dict[str, Table] = {}
        self._scopes: dict[str, Scope] = {}
        self._worked: dict[str, Worked] = {}
        self._compiling = False

    def enter(self, symbol: Symbol, scope: Scope) -> None:
        """Make a symbol known, in the scope that declares it. Raises SchemeFault where the scope has the name already."""
        self.by_key[symbol.key] = symbol
        self._scopes[symbol.key] = scope
        if symbol.kind is Kind.SCORE:
            self.scores[symbol.name] = symbol
            return
        self.loose.setdefault(symbol.name, []).append(symbol)
        if symbol.name in scope.names:
            raise SchemeFault(f"“{symbol.name}”在同一处定义了两次", symbol.path, "请改名")
        scope.names[symbol.name] = symbol

    def scope_of(self, symbol: Symbol) -> Scope | None:
        """The scope that declares a symbol; none for what an indicator has without declaring it (分值)."""
        return self._scopes.get(symbol.key)

    def cell(self, symbol: Symbol) -> Expression:
        """The cell of this unit that a symbol stands for, or the one figure for all. Raises FormulaError."""
        if symbol.kind is Kind.SCORE or symbol.counts_nothing:
            return e.Sum((Cell(symbol.key),))
        if symbol.kind is Kind.POINTS:
            return Fixed(symbol.key, "points")
        return Fixed(symbol.key, "standard") if self.is_shared(symbol) else Cell(symbol.key)

    def is_shared(self, symbol: Symbol) -> bool:
        """Whether there is one value for all units. Raises FormulaError."""
        return self.worked(symbol).shared if symbol.kind is Kind.QUANTITY else symbol.shared

    def worked(self, symbol: Symbol) -> Worked:
        """A quantity's formula, compiled once, and before it those that it looks at: one after the other, however long the
        chain (what is left each week, carried over for a year). Raises FormulaError, also for a circle."""
        if symbol.key in self._worked:
            return self._worked[symbol.key]
        if self._compiling:
            raise _First(symbol)
        open_ = [symbol]
        while open_:
            try:
                self._worked[open_[-1].key] = self._work_out(open_[-1])
                open_.pop()
            except _First as first:
                if first.symbol in open_:
                    around = "→".join(s.name for s in [*open_[open_.index(first.symbol) :], first.symbol])
                    raise FormulaError(f"循环定义：{around}", "请改正其中一个公式") from None
                open_.append(first.symbol)
        return self._worked[symbol.key]

    def _work_out(self, symbol: Symbol) -> Worked:
        assert symbol.quantity is not None
        self._compiling = True
        try:
            tree, figures = self._scopes[symbol.key].read(symbol.quantity.formula, symbol.name)
            return Worked(tree, requirement(tree, self), tuple(figures), is_shared(symbol, tree), self.gives_text(tree))
        finally:
            self._compiling = False

    def quantity_rows(self, symbol: Symbol, owner: Owner, applies: tuple[bool, ...]) -> list[Line]:
        """The rows of a quantity in the book. Raises SchemeFault."""
        try:
            return rows(symbol, self.worked(symbol), owner, applies)
        except FormulaError as error:
            raise SchemeFault(f"“{symbol.name}”：{error.message}", symbol.path, error.remedy) from None

    def high(self, symbol: Symbol) -> Expression | Decimal | None:
        """The most that may be typed into an input. Raises SchemeFault where its name is none of a number that is there."""
        assert symbol.asked is not None
        name = symbol.asked.high
        if not isinstance(name, str):
            return name
        what = f"“{symbol.name}”的上限"
        other = self._named(symbol, "high", name, what)
        asked = other.asked
        kinds = (Kind.INPUT, Kind.FIGURE)
        if other == symbol or other.kind not in kinds or (asked and asked.ask not in ("quantity", "count", "score")):
            raise SchemeFault(f"{what}“{name}”不是另一个必须填的数", (*symbol.path, "high"), "请写一个数，或另一个填报项的名称")
        if symbol.shared and not other.shared:
            where = (*symbol.path, "high")
            raise SchemeFault(f"“{symbol.name}”全方案只填一个数，上限“{name}”却是各单位一个数", where, '请给它也写 for: "*"')
        return self.cell(other)

    def whole(self, symbol: Symbol) -> str:
        """The key of what an input is a part of, '' where it is none. Raises SchemeFault where that is no number that is there."""
        assert symbol.asked is not None
        name = symbol.asked.part_of
        if not name:
            return ""
        what = f"“{symbol.name}”的 part_of"
        other = self._named(symbol, "part_of", name, what)
        if other == symbol or other.shared or other.asked is None or other.asked.ask not in ("quantity", "count"):
            raise SchemeFault(f"{what}“{name}”不是各单位填的另一个数", (*symbol.path, "part_of"), "请写另一个填报项的名称")
        return other.key

    def _named(self, symbol: Symbol, key: str, name: str, what: str) -> Symbol:
        """The input or figure that a key of an input names."""
        try:
            return self._scopes[symbol.key].symbol(name)
        except FormulaError as error:
            raise SchemeFault(f"{what}：{error.message}", (*symbol.path, key), error.remedy) from None

    def gives_text(self, node: Expression) -> bool:
        """Whether a tree gives a word and not a number."""
        match node:
            case e.Text():
                return True
            case e.If(_, then, otherwise):
                return self.gives_text(then) or self.gives_text(otherwise)
            case e.Band(result=result):
                table = self.tables.get(result.table)
                return table is not None and any(isinstance(v, str) for v in table.columns[result.column])
            case Cell(key) | Fixed(key, _) if key in self.by_key:
                symbol = self.by_key[key]
                if symbol.asked is not None:
                    return symbol.asked.ask in ("choice", "yes_no")
                return symbol.kind is Kind.TEXT or (key in self._worked and self._worked[key].text)
        return False


@dataclass(frozen=True)
class Compiled:
    """A formula of a scheme, compiled. ready: what must hold before; figures: lines of figures that it brings along."""

    tree: Expression
    ready: Expression | None
    figures: tuple[Line, ...]


MOST_NODES = 4000
"""Of a formula written out; no formula that Excel takes has more."""


class Scope:
    """The names of one indicator, group, period or scheme. Implements `compiler.Scope`.

    at: the suffix of the period, '' outside; owner: whose lines the figures of its formulas become; tag: what marks the rows
    of the scores right below. asked_first: the names of ``only_if`` and ``unless`` with the answers that are wanted.
    rounds: where this is a period of a group, the list of all its periods, which it joins. due: the line of what the whole
    group is worth, where that takes the place of what its indicators are.
    """

    def __init__(
        self,
        board: Board,
        parent: Scope | None,
        at: str = "",
        *,
        owner: Owner = NOBODY,
        tag: str = "",
        asked_first: Sequence[tuple[str, str]] = (),
        rounds: list[Scope] | None = None,
        due: str = "",
    ) -> None:
        self.board, self.parent, self.at, self.tag, self.asked_first = board, parent, at, tag, tuple(asked_first)
        self.names: dict[str, Symbol] = {}
        self.below: list[str] = []
        """The score lines right below."""
        self.owner = owner or Owner(at)
        self.rounds = [] if rounds is None else rounds
        if rounds is not None:
            rounds.append(self)
        self._due, self._dues = due, list[str]()
        self._tables: dict[str, str] = {}
        self._sinks: list[tuple[str, list[Line]]] = []

    @property
    def dues(self) -> Sequence[str]:
        """The lines of what every indicator below is worth to a unit."""
        return [self._due] if self._due else self._dues

    def has(self, symbol: Symbol) -> None:
        """Know a name here that nobody else may use: what an indicator has without declaring it (分值)."""
        self.names[symbol.name] = symbol

    def adds(self, score: str) -> None:
        """Note a score line right below."""
        self.below.append(score)

    def owes(self, lines: Sequence[str]) -> None:
        """Note lines of what indicators below are worth."""
        self._dues += lines

    # compiler.Scope ---------------------------------------------------------------------------------------------------

    def name(self, name: str) -> Expression:
        return self.board.cell(self.symbol(name))

    def row(self, name: str, own_group: bool) -> Expression:
        symbol = self.symbol(name)
        if self.board.is_shared(symbol):
            raise FormulaError(f"“{name}”各单位是同一个数，不能跨单位汇总或排名", "请写各单位各有的量")
        return e.Row(symbol.key, own_group)

    def of_unit(self, unit: str, name: str) -> Expression:
        if unit not in self.board.units:
            raise FormulaError(f"没有“{unit}”这个被考核单位", "请核对 units")
        symbol = self.symbol(name)
        self.board.cell(symbol)
        return e.OfUnit(symbol.key, self.board.units.index(unit))

    def previous(self, name: str) -> tuple[Expression, Expression | None] | None:
        rounds, number, symbol = self._round(name)
        if not number:
            return None
        before = rounds[number - 1]
        there = [question.is_(answer) for question, answer in before._questions()]
        cell = self.board.cell(self._in(before, rounds[number], symbol))
        return cell, every(*there) if there else None

    def earlier(self, name: str) -> list[Expression]:
        rounds, number, symbol = self._round(name)
        return [self.board.cell(self._in(before, rounds[number], symbol)) for before in rounds[:number]]

    def periods(self, name: str) -> list[Expression]:
        found = [s for s in self.board.loose.get(name, []) if s.at]
        if name.endswith(_SCORE):
            owner = name.removesuffix(_SCORE)
            found = [s for id, s in self.board.scores.items() if id != owner and Owner(id).within(owner)]
        if not found:
            raise FormulaError(f"“{name}”不是按月（季）各有一个的量", "over_periods 只用于 periods 里的量")
        return [self.board.cell(s) for s in found]

    def over_indicators(self, what: str) -> Expression:
        here = next((scope for scope in self._outwards() if scope.below or scope.parent is None), self)
        if what == "得分":
            if not here.below:
                raise FormulaError("这里没有可以合计得分的指标")
            return e.Tagged("sum", here.tag, tuple(here.below))
        if not here.dues:
            raise FormulaError("没有应得分可以合计", "应得分＝分值×系数，只在方案写了 roles（角色系数）或分组写了 rescale 时才有")
        return e.Tagged("sum", "due", tuple(here.dues), by="role")

    def constant(self, label: str, value: Decimal) -> Expression:
        name, lines = self._sinks[-1]
        key = self.owner.line(f"{name}·{label}")
        if not any(line.key == key for line in lines):
            lines.append(Line(key, self.owner, Role.PARAMETER, label, standard=Figure(value)))
        return Fixed(key, "standard")

    def table(self, name: str) -> tuple[str, int, bool]:
        for scope in self._outwards():
            if name in scope._tables:
                table = self.board.tables[scope._tables[name]]
                return table.key, len(table.columns["界"]), table.by_upper
        raise FormulaError(f"没有叫“{name}”的分档表", "请先写在 bands 里")

    def is_text(self, node: Expression) -> bool:
        return self.board.gives_text(node)

    # For rules and the plan -----------------------------------------------------------------------------------------

    def read(self, text: str, name: str) -> tuple[Expression, list[Line]]:
        """A formula as a tree, and lines for the figures written in it. Raises FormulaError. name: what they are called after."""
        with self._collecting(name) as figures:
            tree = compile_formula(text, self)
        if e.size(tree) > MOST_NODES:
            raise FormulaError("公式写成 Excel 的公式会太长（除数、条件在里面要写好几遍）", "请把除数和条件写成有名称的量")
        return tree, figures

    def compile(self, text: str, name: str) -> Compiled:
        """A formula, what it needs and what it brings along; see `read`."""
        tree, figures = self.read(text, name)
        return Compiled(tree, requirement(tree, self.board), tuple(figures))

    def limit_of(self, name: str) -> Expression | None:
        """The cell that holds the most that may be typed into an input, where the scheme names one. Raises SchemeFault."""
        high = self.board.high(self.names[name]) if name in self.names else None
        return high if isinstance(high, Expression) else None

    def whole_of(self, name: str) -> str:
        """The key of what an input is a part of, '' where it is none. Raises SchemeFault."""
        return self.board.whole(self.names[name]) if name in self.names and self.names[name].asked else ""

    def quantity_rows(self, name: str, owner: Owner, applies: tuple[bool, ...]) -> list[Line]:
        """The rows of a quantity declared here. Raises SchemeFault."""
        return self.board.quantity_rows(self.names[name], owner, applies)

    def declare_bands(self, name: str, bands: Bands, indicator: str = "") -> None:
        """Enter a table of bands. indicator: the one that it belongs to, where it is an indicator's own."""
        if name not in self._tables:
            owner = indicator or self.at
            key = f"{owner}/{name}" if owner else name
            while key in self.board.tables:
                key += "′"  # another group has a table of this name
            self._tables[name] = key
            self.board.tables[key] = Table(key, "bands", bands.title or name, bands.columns(), by_upper=bands.by_upper, owner=indicator)

    def symbol(self, name: str) -> Symbol:
        """What a name stands for here. Raises FormulaError."""
        if name.endswith(_SCORE):
            return self._score(name.removesuffix(_SCORE))
        for scope in self._outwards():
            if name in scope.names:
                return scope.names[name]
        loose = self.board.loose.get(name, [])
        near = [s for s in loose if self.at == s.at or self.at.startswith(f"{s.at}@") or not s.at]
        if len(near) == 1:
            return near[0]
        if len(near) > 1:
            raise FormulaError(f"“{name}”在几个指标里都有，分不清是哪一个", "请改成不同的名称")
        if loose:
            raise FormulaError(f"“{name}”每期各有一个", "请写 over_periods(average, …) 等，说明怎样汇总各期")
        known = sorted({*self.board.loose, *self.names})
        words = suggestion(name, known) or (f"这里可用的名称有：{listed(known, 12)}" if known else "")
        raise FormulaError(f"公式里的“{name}”没有定义", words)

    def _outwards(self) -> Iterator[Scope]:
        """This scope and those around it."""
        here: Scope | None = self
        while here is not None:
            yield here
            here = here.parent

    @contextmanager
    def _collecting(self, name: str) -> Iterator[list[Line]]:
        """While a formula is compiled, figures written in it get lines of their own."""
        lines: list[Line] = []
        self._sinks.append((name, lines))
        try:
            yield lines
        finally:
            self._sinks.pop()

    def _questions(self) -> list[tuple[Expression, str]]:
        """What must be answered for this period to count for a unit: the question's cell and the answer."""
        asked = [(self.symbol(name), answer) for name, answer in self.asked_first]
        return [(self.board.cell(symbol), answer) for symbol, answer in asked if self.board.scope_of(symbol) is self]

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
        declared = self.board.scope_of(symbol)
        here = next((scope for scope in declared._outwards() if scope.rounds), None) if declared else None
        if here is None or (symbol.kind is not Kind.SCORE and symbol.name not in self.board.loose):
            raise FormulaError(f"“{name}”不是按月（季）各有一个的量", "previous 和 before 只用于写了 periods 的分组里的量")
        return here.rounds, here.rounds.index(here), symbol

    def _in(self, other: Scope, own: Scope, symbol: Symbol) -> Symbol:
        """What stands for the same in another period."""
        at = other.at + symbol.at[len(own.at) :]
        if symbol.kind is Kind.SCORE:
            return self.board.scores[symbol.name[: len(symbol.name) - len(symbol.at)] + at]
        return next(s for s in self.board.loose[symbol.name] if s.at == at and s.path == symbol.path)
