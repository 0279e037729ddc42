"""Every name of a scheme, entered before any line is planned: in which scope it stands and which line it will be.

The scopes are made in the order of the file, a scope for each period of a group with periods.
"""

from __future__ import annotations

from typing import Any

from generator.language.declared import Asked, Quantity
from generator.language.scope import DATA, FIGURE, QUANTITY, Board, Scope, Symbol
from generator.lines.input import NO, YES
from generator.lines.keys import COEFFICIENT, DUE_LABEL, ROLE_LABEL, SCORE_LABEL, SUM_LABEL, TOTAL, TOTAL_TAG, fact_key
from generator.problems import SchemeFault
from generator.scheme.model import Group, Indicator, Scheme

Path = tuple[str | int, ...]
"""Where in the file."""


class Names:
    """The board of a scheme, and the scope of each node in each period.

    scopes: by (path, period suffix); root: the scheme's own.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.board = Board(scheme.unit_names)
        self.scopes: dict[tuple[Path, str], Scope] = {}
        self.dues = bool(scheme.roles)
        self._labels: set[str] = set()
        self._tags: dict[str, int] = {}
        self._owns: dict[tuple[Path, str, str], str] = {}
        self.root = self._enter_all()

    def tag(self, own: str) -> str:
        """What marks the rows of a group: a word that COUNTIFS takes for nothing else, and short."""
        return f"组{self._tags.setdefault(own, len(self._tags) + 1)}"

    def _enter_all(self) -> Scope:
        scheme = self.scheme
        root = Scope(self.board, None)
        self.declare(root, "", scheme.inputs, scheme.figures, scheme.quantities, "", ())
        self.board.enter(Symbol("总分", TOTAL, "quantity-done", root))
        for fact in scheme.facts:
            asked = Asked.model_validate({"ask": "yes_no", "for": fact.groups})
            self.board.enter(Symbol(fact.id, fact_key(fact.id), "input", root, asked=asked))
        for name, bands in scheme.bands.items():
            root.declare_bands(name, bands)
        root.tag = TOTAL_TAG
        for i, node in enumerate(scheme.indicators):
            self.enter(node, root, ("indicators", i), "", self.dues)
        if scheme.bonus:
            self.enter(scheme.bonus, Scope(self.board, root), ("bonus",), "", False)
        return root

    def declare(
        self,
        scope: Scope,
        own: str,
        inputs: dict[str, Asked],
        figures: dict[str, Any],
        quantities: dict[str, Quantity],
        at: str,
        path: Path,
    ) -> None:
        """Enter what a group or the scheme declares."""
        for name, asked in inputs.items():
            key = f"{name}{at}/{DATA}"
            self.board.enter(Symbol(name, key, "input", scope, asked.shared, asked, path=(*path, "inputs", name)))
        for name, figure in figures.items():
            key = f"{self.inside(own, name, at)}/{FIGURE}"
            self.board.enter(Symbol(name, key, "figure", scope, not isinstance(figure, list), path=(*path, "figures", name)))
        for name, quantity in quantities.items():
            where = (*path, "quantities", name)
            key = f"{self.inside(own, name, at)}/{QUANTITY}"
            self.board.enter(Symbol(name, key, "quantity", scope, quantity=quantity, path=where))

    def inside(self, own: str, name: str, at: str) -> str:
        """What a figure or quantity is called in the book: by its name, or where another group has the same, after its group."""
        taken = {s.key.partition("/")[0] for s in self.board.loose.get(name, [])}
        return f"{name}{at}" if f"{name}{at}" not in taken else f"{own}·{name}"

    def enter(self, node: Group | Indicator, parent: Scope, path: Path, at: str, due: bool) -> None:
        """Enter a node and everything below it, in every period."""
        if isinstance(node, Indicator):
            self.enter_indicator(node, parent, path, at, due)
        elif node.periods:
            own = self.heading(node, path, at, "")
            self.board.enter(Symbol(self.own_name(node) + at, f"{own}/{SUM_LABEL}", "score", parent))
            outer = Scope(self.board, parent, at)
            outer.tag = self.tag(own)
            rounds = []
            for period in node.periods:
                here = f"{at}@{period}"
                scope = Scope(self.board, outer, here)
                rounds.append(scope)
                self.scopes[path, here] = scope
                scope.asked_first = [(name, answer) for name, answer in ((node.only_if, YES), (node.unless, NO)) if name]
                self.enter_group(node, scope, path, here, due)
            for scope in rounds:
                scope.rounds = rounds
            if outer.below:
                parent.below.append(f"{own}/{SUM_LABEL}")
            parent.dues += outer.dues
        else:
            scope = Scope(self.board, parent, at)
            self.scopes[path, at] = scope
            self.enter_group(node, scope, path, at, due)

    def own_name(self, node: Group) -> str:
        return node.id or node.name

    def heading(self, node: Group, path: Path, at: str, period: str) -> str:
        """A group's own name on the sheet, unlike any other's."""
        name = self.own_name(node) + at
        if (path, at, period) not in self._owns:
            while name in self._labels:
                name += "′"
            self._labels.add(name)
            self._owns[path, at, period] = name
        return self._owns[path, at, period]

    def enter_group(self, node: Group, scope: Scope, path: Path, at: str, due: bool) -> None:
        own = self.heading(node, path, at, "here")
        scope.tag = self.tag(own)
        self.board.enter(Symbol(self.own_name(node) + at, f"{own}/{SUM_LABEL}", "score", scope))
        self.declare(scope, own, node.inputs, self.figures_of(node, at), node.quantities, at, path)
        for name, bands in node.bands.items():
            scope.declare_bands(name, bands)
        pool = self.is_pool(node)
        for i, child in enumerate(node.children):
            self.enter(child, scope, (*path, "children", i), at, (due or node.rescale or self.dues) and not pool)
        if pool and (due or self.dues):
            scope.dues = [f"{own}/{DUE_LABEL}"]
        assert scope.parent is not None
        if scope.below:
            scope.parent.below.append(f"{own}/{SUM_LABEL}")
        scope.parent.dues += scope.dues

    def figures_of(self, node: Group, at: str) -> dict[str, Any]:
        """A group's figures, with those of this period."""
        own: dict[str, Any] = dict(node.figures)
        if node.periods:
            number = node.periods.index(at.rpartition("@")[2])
            for name, row in node.period_figures.items():
                if len(row) != len(node.periods):
                    raise SchemeFault(f"分组“{node.name}”有 {len(node.periods)} 期，“{name}”写了 {len(row)} 个数")
                own[name] = row[number]
        return own

    def is_pool(self, node: Group) -> bool:
        """A group whose children only take away from its points: the points are the group's."""
        return node.base == "full"

    def enter_indicator(self, node: Indicator, parent: Scope, path: Path, at: str, due: bool) -> None:
        owner = node.id + at
        scope = Scope(self.board, parent, at)
        self.scopes[path, at] = scope
        for attribute, kind in (("inputs", "input"), ("figures", "figure"), ("quantities", "quantity")):
            for name, what in getattr(node.how, attribute, {}).items():
                symbol = Symbol(name, f"{owner}/{name}", kind, scope, path=(*path, attribute, name))
                if kind == "input":
                    symbol.asked, symbol.shared = what, what.shared
                elif kind == "figure":
                    symbol.shared = not isinstance(what, list)
                else:
                    symbol.quantity = what
                self.board.enter(symbol)
        score = f"{owner}/{SCORE_LABEL}"
        per_unit = isinstance(node.points, list)
        scope.names["分值"] = Symbol("分值", f"{owner}/分值" if per_unit else score, "figure" if per_unit else "points", scope)
        scope.names[ROLE_LABEL] = Symbol(ROLE_LABEL, f"{owner}/{ROLE_LABEL}", "text", scope)
        scope.names[COEFFICIENT] = Symbol(COEFFICIENT, f"{owner}/{COEFFICIENT}", "figure", scope)
        for name in [v.what for v in getattr(node.how, "events", []) if v.each is not None and not v.by_rate]:
            events = Asked.model_validate({"ask": "events"})
            self.board.enter(Symbol(name, f"{owner}/{name}", "input", scope, asked=events, path=(*path, "events", name)))
        if node.how.scored:
            self.board.enter(Symbol(owner, score, "score", scope))
            parent.below.append(score)
            if due:
                parent.dues.append(f"{owner}/{DUE_LABEL}")
