"""Every name of a scheme, entered before any line is planned: in which scope it stands and which line it will be.

The scopes are made in the order of the file, a scope for each period of a group with periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.language.declared import Asked, Quantity
from generator.language.scope import Board, Scope
from generator.language.symbols import DATA, FIGURE, QUANTITY, Kind, Symbol
from generator.lines.input import NO, YES
from generator.lines.keys import COEFFICIENT, DUE_LABEL, ROLE_LABEL, SCORE_LABEL, SUM_LABEL, TOTAL, TOTAL_TAG, Owner, fact_key
from generator.problems import SchemeFault, Where
from generator.scheme.model import Group, Indicator, Scheme


class Names:
    """The board of a scheme, and the scope of each node in each period.

    scopes: by (path, period suffix); root: the scheme's own.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.board = Board(scheme.unit_names)
        self.root = Scope(self.board, None, tag=TOTAL_TAG)
        self.scopes: dict[tuple[Where, str], Scope] = {}
        self._weighted = bool(scheme.roles)
        self._labels: set[str] = set()
        self._tags: dict[str, int] = {}
        self._owns: dict[tuple[Where, str, str], Owner] = {}

    @classmethod
    def of(cls, scheme: Scheme) -> Names:
        """All the names of a scheme."""
        names = cls(scheme)
        names._enter_all(scheme)
        return names

    def tag(self, own: str) -> str:
        """What marks the rows of a group: a word that COUNTIFS takes for nothing else, and short."""
        return f"组{self._tags.setdefault(own, len(self._tags) + 1)}"

    def heading(self, node: Group, path: Where, at: str, period: str) -> Owner:
        """A group's own name on the sheet, unlike any other's."""
        name = _own_name(node) + at
        if (path, at, period) not in self._owns:
            while name in self._labels:
                name += "′"
            self._labels.add(name)
            self._owns[path, at, period] = Owner(name)
        return self._owns[path, at, period]

    def figures_of(self, node: Group, at: str) -> dict[str, Any]:
        """A group's figures, with those of this period."""
        own: dict[str, Any] = dict(node.figures)
        if node.periods:
            number = node.periods.index(Owner(at).periods[-1])
            for name, row in node.period_figures.items():
                if len(row) != len(node.periods):
                    raise SchemeFault(f"分组“{node.name}”有 {len(node.periods)} 期，“{name}”写了 {len(row)} 个数")
                own[name] = row[number]
        return own

    def _enter_all(self, scheme: Scheme) -> None:
        self._declare(self.root, "", scheme.inputs, scheme.figures, scheme.quantities, "", ())
        self.board.enter(Symbol("总分", TOTAL, Kind.TOTAL), self.root)
        for fact in scheme.facts:
            asked = Asked.model_validate({"ask": "yes_no", "for": fact.groups})
            self.board.enter(Symbol(fact.id, fact_key(fact.id), Kind.INPUT, asked=asked), self.root)
        for name, bands in scheme.bands.items():
            self.root.declare_bands(name, bands)
        for number, node in enumerate(scheme.indicators):
            self._enter(node, self.root, ("indicators", number), "", self._weighted)
        if scheme.bonus:
            self._enter(scheme.bonus, Scope(self.board, self.root), ("bonus",), "", False)

    def _declare(
        self,
        scope: Scope,
        own: str,
        inputs: Mapping[str, Asked],
        figures: Mapping[str, Any],
        quantities: Mapping[str, Quantity],
        at: str,
        path: Where,
    ) -> None:
        """Enter what a group or the scheme declares."""
        for name, asked in inputs.items():
            symbol = Symbol(name, Owner(f"{name}{at}").line(DATA), Kind.INPUT, at, asked.shared, asked, path=(*path, "inputs", name))
            self.board.enter(symbol, scope)
        for name, figure in figures.items():
            key = self._inside(own, name, at).line(FIGURE)
            shared = not isinstance(figure, list)
            self.board.enter(Symbol(name, key, Kind.FIGURE, at, shared, path=(*path, "figures", name)), scope)
        for name, quantity in quantities.items():
            key = self._inside(own, name, at).line(QUANTITY)
            where = (*path, "quantities", name)
            self.board.enter(Symbol(name, key, Kind.QUANTITY, at, quantity=quantity, path=where), scope)

    def _inside(self, own: str, name: str, at: str) -> Owner:
        """What a figure or quantity is called in the book: by its name, or where another group has the same, after its group."""
        taken = {s.key.owner for s in self.board.loose.get(name, [])}
        return Owner(f"{name}{at}" if f"{name}{at}" not in taken else f"{own}·{name}")

    def _enter(self, node: Group | Indicator, parent: Scope, path: Where, at: str, due: bool) -> None:
        """Enter a node and everything below it, in every period. due: somebody adds up what indicators are worth."""
        if isinstance(node, Indicator):
            self._enter_indicator(node, parent, path, at, due)
        elif node.periods:
            self._enter_periods(node, parent, path, at, due)
        else:
            self._enter_group(node, parent, path, at, due, None)

    def _enter_periods(self, node: Group, parent: Scope, path: Where, at: str, due: bool) -> None:
        own = self.heading(node, path, at, "")
        self.board.enter(Symbol(_own_name(node) + at, own.line(SUM_LABEL), Kind.SCORE, at), parent)
        outer = Scope(self.board, parent, at, tag=self.tag(own))
        rounds: list[Scope] = []
        for period in node.periods:
            self._enter_group(node, outer, path, f"{at}@{period}", due, rounds)
        if outer.below:
            parent.adds(own.line(SUM_LABEL))
        parent.owes(outer.dues)

    def _enter_group(self, node: Group, parent: Scope, path: Where, at: str, due: bool, rounds: list[Scope] | None) -> None:
        own = self.heading(node, path, at, "here")
        pool = node.base == "full"  # the children only take away from its points: the points are the group's
        scope = Scope(
            self.board,
            parent,
            at,
            tag=self.tag(own),
            asked_first=[(name, answer) for name, answer in ((node.only_if, YES), (node.unless, NO)) if name] if node.periods else (),
            rounds=rounds,
            due=own.line(DUE_LABEL) if pool and (due or self._weighted) else "",
        )
        self.scopes[path, at] = scope
        self.board.enter(Symbol(_own_name(node) + at, own.line(SUM_LABEL), Kind.SCORE, at), scope)
        self._declare(scope, own, node.inputs, self.figures_of(node, at), node.quantities, at, path)
        for name, bands in node.bands.items():
            scope.declare_bands(name, bands)
        wanted = (due or node.rescale or self._weighted) and not pool
        for number, child in enumerate(node.children):
            self._enter(child, scope, (*path, "children", number), at, wanted)
        if scope.below:
            parent.adds(own.line(SUM_LABEL))
        parent.owes(scope.dues)

    def _enter_indicator(self, node: Indicator, parent: Scope, path: Where, at: str, due: bool) -> None:
        owner = Owner(node.id + at)
        scope = Scope(self.board, parent, at, owner=owner)
        self.scopes[path, at] = scope
        score = owner.line(SCORE_LABEL)
        own = isinstance(node.points, list)
        scope.has(Symbol("分值", owner.line("分值") if own else score, Kind.FIGURE if own else Kind.POINTS, at))
        scope.has(Symbol(ROLE_LABEL, owner.line(ROLE_LABEL), Kind.TEXT, at))
        scope.has(Symbol(COEFFICIENT, owner.line(COEFFICIENT), Kind.FIGURE, at))
        declared = node.how.declares()
        for name, asked in declared.inputs.items():
            where = (*path, declared.written_in.get(name, "inputs"), name)
            self.board.enter(Symbol(name, owner.line(name), Kind.INPUT, at, asked.shared, asked, path=where), scope)
        for name, figure in declared.figures.items():
            shared = not isinstance(figure, list)
            self.board.enter(Symbol(name, owner.line(name), Kind.FIGURE, at, shared, path=(*path, "figures", name)), scope)
        for name, quantity in declared.quantities.items():
            where = (*path, "quantities", name)
            self.board.enter(Symbol(name, owner.line(name), Kind.QUANTITY, at, quantity=quantity, path=where), scope)
        if node.how.scored:
            self.board.enter(Symbol(owner, score, Kind.SCORE, at), scope)
            parent.adds(score)
            if due:
                parent.owes([owner.line(DUE_LABEL)])


def _own_name(node: Group) -> str:
    return node.id or node.name
