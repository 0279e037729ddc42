"""The scheme that is looked at: its tree with its ancestors, who carries what, and the remarks made so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property

from generator.lines.keys import Owner
from generator.lines.line import Line, Role
from generator.lint import lists
from generator.lint.bounds import Bounds
from generator.lint.catalogue import CATALOGUE, Remark
from generator.lint.clauses import joined
from generator.lint.lists import some
from generator.lint.spans import Span
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.scheme.model import Group, Indicator, Note, Scheme, walk
from generator.scheme.parts import Reading
from generator.tree import expression as e
from generator.value import Percent, show

Node = Group | Indicator


@dataclass
class Draft:
    """A remark while it is written. order: where it belongs; about: the nodes it speaks of."""

    remark: Remark
    order: int
    about: tuple[str, ...]


@dataclass
class Subject:
    """What every check looks at. find: another scheme by its id, where the scheme takes its results from; plan_of: its plan."""

    scheme: Scheme
    find: Callable[[str], Scheme | None]
    plan_of: Callable[[str], Plan | None]
    drafts: list[Draft] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan: Plan = make_plan(self.scheme)
        self.bounds = Bounds(self.plan)
        self.meant = Bounds(self.plan, apart=True)
        self.names = self.scheme.unit_names
        self.nodes: list[Node] = list(self.scheme.walk())
        self.leaves = [n for n in self.nodes if isinstance(n, Indicator)]
        self.groups = [n for n in self.nodes if isinstance(n, Group)]
        self.place = {id(n): i for i, n in enumerate(self.nodes)}
        self.above: dict[int, list[Group]] = {}
        self._made: dict[str, list[Line]] = {}
        self._keys: dict[str, list[str]] = {}
        for owner, key in self.plan.scores.items():
            self._keys.setdefault(Owner(owner).id, []).append(key)
        self._carried: dict[int, tuple[bool, ...]] = {}
        for top in [*self.scheme.indicators, *([self.scheme.bonus] if self.scheme.bonus else [])]:
            self._enter(top, [])

    def _enter(self, node: Node, above: list[Group]) -> None:
        self.above[id(node)] = above
        if isinstance(node, Group):
            for child in node.children:
                self._enter(child, [*above, node])

    # The tree -------------------------------------------------------------------------------------------------------

    def label(self, node: Node) -> str:
        """A node as it is named in a remark."""
        words = lists.name(node.name)
        return f"“{node.id} {words}”" if node.id and node.id not in node.name else f"“{words}”"

    def own(self, node: Node) -> str:
        return node.id or node.name

    def listed(self, nodes: Sequence[Node], most: int = 8) -> str:
        """Nodes by their ids: one with its name, many with their number."""
        if len(nodes) == 1:
            return self.label(nodes[0])
        if len(nodes) == len(self.leaves):
            return f"全部 {len(nodes)} 项"
        return some([self.own(n) for n in nodes], most, "项")

    def clause(self, node: Node) -> str:
        """Where a node stands in the text: its own clause or that of the group around it."""
        return node.clause or next((g.clause for g in reversed(self.above[id(node)]) if g.clause), "")

    def assessor(self, node: Node) -> str:
        return node.assessor or next((g.assessor for g in reversed(self.above[id(node)]) if g.assessor), "")

    @cached_property
    def bonus(self) -> set[int]:
        """The nodes outside the full marks."""
        return {id(n) for n in walk(self.scheme.bonus)} if self.scheme.bonus else set()

    def points(self, node: Indicator) -> Decimal:
        """What an indicator is worth; the most where units have their own."""
        if isinstance(node.points, list):
            return max((p for p in node.points if p is not None), default=Decimal(0))
        return node.points

    def pool(self, node: Indicator) -> Group | None:
        """The group whose points an indicator without points of its own takes away from."""
        around = next(iter(reversed(self.above[id(node)])), None)
        if around is None or not around.points or self.points(node):
            return None
        return around if around.base == "full" or around.at_least is not None else None

    def worth(self, node: Indicator) -> Decimal:
        """The points that an indicator can take away from: its own, or those of the group."""
        pool = self.pool(node)
        return (pool.points or Decimal(0)) if pool else self.points(node)

    def held(self, node: Node, limit: str) -> bool:
        """Whether a group around a node sets a limit (``at_least`` or ``at_most``)."""
        return any(getattr(g, limit) is not None for g in self.above[id(node)])

    def around(self, node: Node) -> tuple[bool, ...]:
        """For each unit, whether the groups around a node are for it."""
        rows = [self.scheme.carriers_of(g) for g in self.above[id(node)]]
        return tuple(all(column) for column in zip(*rows, strict=True)) if rows else (True,) * len(self.names)

    def carries(self, node: Indicator) -> tuple[bool, ...]:
        """For each unit, whether it has the task."""
        if id(node) not in self._carried:
            without = node.how.without(len(self.names))
            points = node.points if isinstance(node.points, list) else [Decimal(0)] * len(self.names)
            columns = zip(self.around(node), self.scheme.carriers_of(node), without, points, strict=True)
            self._carried[id(node)] = tuple(a and c and not w and p is not None for a, c, w, p in columns)
        return self._carried[id(node)]

    def keys(self, node: Indicator) -> list[str]:
        """The lines of an indicator's score, one for each period."""
        return self._keys.get(node.id, [])

    def spans(self, node: Indicator) -> list[Span]:
        """What an indicator can give each unit that carries it, in every period."""
        found = [self.bounds.cell(key, unit) for key in self.keys(node) for unit, carries in enumerate(self.carries(node)) if carries]
        return [span for span in found if span is not None]

    def made_of(self, line: Line) -> list[Line]:
        """A line and the quantities that its formula uses, those that other scores or units give aside."""
        if line.key not in self._made:
            found = {line.key: line}
            todo = [line]
            while todo:
                for below in self.plan.dependencies.uses(todo.pop()):
                    if below.key not in found and below.role not in (Role.SCORE, Role.GROUP):
                        found[below.key] = below
                        todo.append(below)
            self._made[line.key] = list(found.values())
        return self._made[line.key]

    def asked_by(self, tree: e.Expression) -> list[Line]:
        """What officials fill in and a tree looks at, in this unit."""
        direct = [self.plan.lines[n.line] for n in e.walk(tree) if isinstance(n, (e.Cell, e.Fixed))]
        return list({below.key: below for line in direct for below in self.made_of(line) if below.input}.values())

    def named(self, name: str) -> list[str]:
        """The units that a name stands for: a unit, a group or a set."""
        return self.scheme.sets.get(name) or self.scheme.groups.get(name) or [name]

    def units(self, which: Iterable[bool]) -> list[str]:
        return [name for name, there in zip(self.names, which, strict=True) if there]

    def line_label(self, key: str) -> str:
        """A line of the book by what it belongs to and its own name."""
        line = self.plan.lines[key]
        owner = line.owner.id
        node = next((n for n in self.nodes if self.own(n) == owner), None)
        if node is None or line.label not in ("得分", "小计"):
            return line.label
        return self.label(node).strip("“”")

    # What is said ---------------------------------------------------------------------------------------------------

    def say(
        self,
        code: str,
        nodes: Node | Sequence[Node] | None,
        detail: str,
        wording: str = "",
        clause: str = "",
        first: bool = False,
        found: bool = True,
    ) -> None:
        """Make a remark. nodes: what it is about, in the order of the text; first: it is about the scheme's head; found: see `Remark`."""
        kind = CATALOGUE[code]
        about = [] if nodes is None else [nodes] if isinstance(nodes, (Group, Indicator)) else list(nodes)
        clauses = [clause] if clause else [self.clause(n) for n in about]
        where = joined(clauses) if clauses and all(clauses) else self.scheme.source.part
        remark = Remark(
            code,
            self.own(about[0]) if about else "",
            f"{self.scheme.source.document} {where}".strip(),
            f"{kind.title}：{detail}" if detail else kind.title,
            wording or kind.wording,
            found,
        )
        order = self.place[id(about[0])] if about else -1 if first else len(self.nodes)
        self.drafts.append(Draft(remark, order, tuple(self.own(n) for n in about)))

    def answered(self, source: Reading | Note, words: str) -> bool:
        """Add to the remark that a reading or a note settles what it says. False where there is none."""
        below = {self.own(n) for top in self.nodes if source.at and source.at in (top.id, top.name) for n in walk(top)}
        fitting = [d for d in self.drafts if d.remark.code == source.answers]
        nearest = [d for d in fitting if source.at in d.about] or [d for d in fitting if below & set(d.about)]
        draft = next(iter([*nearest, *fitting]), None)
        if draft is None:
            return False
        about = set(draft.about)
        if len(about) > 1 and (source.at in about or (below & about and not about <= below)):
            words = f"{source.at}：{words}"
        clause = f"{self.scheme.source.document} {source.clause}" if source.clause and not draft.about else draft.remark.clause
        draft.remark = replace(draft.remark, message=f"{draft.remark.message}。{words}", clause=clause)
        return True

    def remarks(self) -> list[Remark]:
        """In the order of the text."""
        return [d.remark for d in sorted(self.drafts, key=lambda d: d.order)]


def shown(value: Decimal, percent: bool = False) -> str:
    """A figure as it is written."""
    return f"{show(value * 100)}%" if percent or isinstance(value, Percent) else show(value)


@cache
def body(name: str) -> str:
    """A body's name without its place, what stands in brackets, and blanks."""
    plain = re.sub(r"（[^）]*）|\([^)]*\)|\s", "", name)
    return re.sub(r"^[省市县区]+(?=..)", "", plain)


def trees(formula: e.Expression | None) -> Iterator[e.Expression]:
    """A formula and everything below it; nothing where there is none."""
    return e.walk(formula) if formula is not None else iter(())
