"""Scheme → lines: everything a scoring book shows, asks and computes, before anybody thinks of cells.

A plan is the one description that the layout, the exact evaluation, the checks and the explanation share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from generator import expression as e
from generator.elements import Asked, Grades, Quantity
from generator.exact import Value
from generator.expression import NONE_MARK, Blank, Cell, Expression, Fixed, Text, clamp, every, some, when
from generator.figures import Percent
from generator.language import FormulaError
from generator.lines import NO, NO_TASK, YES, Ask, Figure, Input, Line, Role, Table
from generator.rules.base import Item
from generator.scheme import Group, Indicator, Scheme, rule_without
from generator.scopes import DATA, FIGURE, QUANTITY, Board, SchemeFault, Scope, Symbol, percent_place

TOTAL_TAG = "合计"
DUTY_TAG = "职责"
SCORE_LABEL, DUE_LABEL, SUM_LABEL, RESULT_LABEL = "得分", "应得分", "小计", "结果"
COEFFICIENT, ROLE_LABEL = "系数", "角色"
UNFINISHED = "未填完"
MISSING, WORKED, TOTAL, RANK, GRADE = (f"合计/{label}" for label in ("未填项数", "计算总分", "总分", "位次", "等次"))
PLACE, BAND = "合计/位次占比", "合计/档次"
DUTIES, DONE, UNDONE = (f"合计/{label}" for label in ("应落实项数", "已落实", "未落实"))
GRADE_TABLE = "等次"
Path = tuple[str | int, ...]


@dataclass
class Block:
    """Lines that belong together on a sheet: an indicator, a group's heading, data that formulas use, the totals.

    kind: ``group``, ``period``, ``indicator``, ``data`` or ``total``; depth: how deep a group is nested, from 0.
    listed: the list sheet that the block stands on, '' for the scoring sheets.
    """

    kind: str
    id: str
    name: str
    lines: list[Line]
    depth: int = 0
    measure: str = ""
    assessor: str = ""
    sentence: str = ""
    clause: str = ""
    due: str = ""
    listed: str = ""
    number: str = ""
    """What stands in the 序号 column, where it is not the id."""


@dataclass
class Plan:
    """The lines of a scheme's book.

    lines: by key, in the order of the sheet. scores: indicator, group or quantity → key of its line.
    group_of: for each unit, which units form its group (positions).
    """

    scheme: Scheme
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    scores: dict[str, str] = field(default_factory=dict)
    group_of: list[list[int]] = field(default_factory=list)
    tops: list[tuple[str, str]] = field(default_factory=list)
    """Name and score line of each top-level group, for the summary's columns."""
    lists: dict[str, str] = field(default_factory=dict)
    """List sheets: key → title."""

    @cached_property
    def inputs(self) -> list[Line]:
        """The lines that ask for something."""
        return [line for line in self.lines.values() if line.input]

    @cached_property
    def units(self) -> list[str]:
        """The names of all units, in the order of the columns."""
        return self.scheme.unit_names

    @cached_property
    def scored(self) -> bool:
        """Whether there is a total at all; a list of duties has none."""
        return TOTAL in self.lines

    @cached_property
    def _by_owner(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.inputs:
            found.setdefault(line.owner, []).append(line)
        return found

    def block(self, id: str) -> Block | None:
        return next((b for b in self.blocks if b.id == id and b.kind in ("indicator", "data", "group")), None)

    def inputs_of(self, owner: str) -> list[Line]:
        return self._by_owner.get(owner, [])

    def periods_of(self, owner: str) -> list[str]:
        """The periods in which something is asked under a name, in order."""
        start = f"{owner}@"
        return list(dict.fromkeys(o[len(start) :].split("@")[0] for o in self._by_owner if o.startswith(start)))

    def places(self, line: Line) -> Sequence[int]:
        """The units that have a cell of their own on a line; −1 stands for the one cell that all share."""
        return (-1,) if line.shared else range(len(self.units))


def make_plan(scheme: Scheme) -> Plan:
    """Compile a scheme. Raises SchemeFault in Chinese where its parts cannot be put together."""
    try:
        return _Planner(scheme).plan
    except FormulaError as error:
        raise SchemeFault(error.message, (), error.remedy) from None
    except RecursionError:
        raise SchemeFault("公式互相引用得太深，可能是循环定义") from None


class _Planner:
    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.count = len(scheme.unit_names)
        self.plan = Plan(scheme)
        start = 0
        for members in scheme.groups.values():
            block = list(range(start, start + len(members)))
            self.plan.group_of += [block] * len(members)
            start += len(members)
        self.everybody = (True,) * self.count
        self.verdicts: list[str] = []
        self.labels: set[str] = set()
        self.tags: dict[str, int] = {}
        self.sentences: dict[str, str] = {}
        self.board = Board(scheme.unit_names)
        self.scopes: dict[tuple[Path, str], Scope] = {}
        self.owns: dict[tuple[Path, str, str], str] = {}
        self.dues = bool(scheme.roles)
        self.facts()
        self.root = self.enter_all()
        self.data(self.root, scheme.inputs, scheme.figures, "基础数据", "")
        tops = [self.node(node, TOTAL_TAG, self.everybody, 0, ("indicators", i), "") for i, node in enumerate(scheme.indicators)]
        if scheme.bonus:
            tops.append(self.node(scheme.bonus, TOTAL_TAG, self.everybody, 0, ("bonus",), ""))
        self.quantities(self.root, scheme.quantities, "综合计算", "")
        self.totals([key for key in tops if key])
        self.plan.lines = {line.key: line for block in self.plan.blocks for line in block.lines}
        self.plan.tables += self.board.tables
        self.acyclic()

    def tag(self, own: str) -> str:
        """What marks the rows of a group: a word that COUNTIFS takes for nothing else, and short."""
        return f"组{self.tags.setdefault(own, len(self.tags) + 1)}"

    def add(self, block: Block) -> None:
        self.plan.blocks.append(block)
        for line in block.lines:
            if line.key in self.plan.lines:
                raise SchemeFault(f"“{line.key}”出现了两次，请把同一指标下的名称改得不同")
            self.plan.lines[line.key] = line

    # Names, before anything else ------------------------------------------------------------------------------------

    def enter_all(self) -> Scope:
        """Enter every name of the scheme on the board."""
        scheme = self.scheme
        root = Scope(self.board, None)
        self.declare(root, scheme.inputs, scheme.figures, scheme.quantities, "", ())
        self.board.enter(Symbol("总分", TOTAL, "quantity-done", root))
        for fact in scheme.facts:
            asked = Asked.model_validate({"ask": "yes_no", "for": fact.groups})
            self.board.enter(Symbol(fact.id, _fact_key(fact.id), "input", root, asked=asked))
        for name, bands in scheme.bands.items():
            root.declare_bands(name, bands)
        root.tag = TOTAL_TAG
        for i, node in enumerate(scheme.indicators):
            self.enter(node, root, ("indicators", i), "", self.dues)
        if scheme.bonus:
            self.enter(scheme.bonus, Scope(self.board, root), ("bonus",), "", False)
        return root

    def declare(
        self, scope: Scope, inputs: dict[str, Asked], figures: dict[str, Any], quantities: dict[str, Quantity], at: str, path: Path
    ) -> None:
        """Enter what a group or the scheme declares."""
        for name, asked in inputs.items():
            key = f"{name}{at}/{DATA}"
            self.board.enter(Symbol(name, key, "input", scope, asked.shared, asked, path=(*path, "inputs", name)))
        for name, figure in figures.items():
            key = f"{self.inside(scope, name, at)}/{FIGURE}"
            self.board.enter(Symbol(name, key, "figure", scope, not isinstance(figure, list), path=(*path, "figures", name)))
        for name, quantity in quantities.items():
            where = (*path, "quantities", name)
            key = f"{self.inside(scope, name, at)}/{QUANTITY}"
            self.board.enter(Symbol(name, key, "quantity", scope, quantity=quantity, path=where))

    def inside(self, scope: Scope, name: str, at: str) -> str:
        """What a figure or quantity is called in the book: by its name, or where another group has the same, after its group."""
        taken = {s.key.partition("/")[0] for s in self.board.loose.get(name, [])}
        return f"{name}{at}" if f"{name}{at}" not in taken else f"{scope.tag.removeprefix('组')}·{name}"

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
        if (path, at, period) not in self.owns:
            while name in self.labels:
                name += "′"
            self.labels.add(name)
            self.owns[path, at, period] = name
        return self.owns[path, at, period]

    def enter_group(self, node: Group, scope: Scope, path: Path, at: str, due: bool) -> None:
        own = self.heading(node, path, at, "here")
        scope.tag = self.tag(own)
        self.board.enter(Symbol(self.own_name(node) + at, f"{own}/{SUM_LABEL}", "score", scope))
        self.declare(scope, node.inputs, self.figures_of(node, at), node.quantities, at, path)
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

    # Facts and data -------------------------------------------------------------------------------------------------

    def facts(self) -> None:
        lines = []
        for fact in self.scheme.facts:
            asked = Input(fact.id, Ask.CHOICE, options=(YES, NO), hint=fact.about)
            applies = self.scheme.members(fact.groups)
            lines.append(Line(_fact_key(fact.id), fact.id, Role.INPUT, fact.id, input=asked, applies=applies, place="text"))
        if lines:
            about = "；".join(f"{f.id}：{f.about}" for f in self.scheme.facts if f.about)
            self.add(Block("data", "", "单位情况", lines, sentence=about))

    def data(
        self,
        scope: Scope,
        inputs: dict[str, Asked],
        figures: dict[str, Any],
        title: str,
        at: str,
        depth: int = 0,
        around: tuple[bool, ...] = (),
    ) -> None:
        """The block of what a group or the scheme asks for and declares as figures."""
        around = around or self.everybody
        lines = []
        for name, asked in inputs.items():
            key, question = f"{name}{at}/{DATA}", asked.as_input(name)
            if asked.shared:
                lines.append(Line(key, f"{name}{at}", Role.INPUT, name, input=question, place=asked.place, shared=True))
                continue
            applies = self.both(around, self.scheme.members(list(asked.carriers)))
            first = tuple(c for c in self.conditions if c[0] != Cell(key))
            lines.append(Line(key, f"{name}{at}", Role.INPUT, name, input=question, applies=applies, place=asked.place, wanted_if=first))
        if figures:
            for name, figure in figures.items():
                key = scope.names[name].key
                lines.append(self.figure(key, key.partition("/")[0], name, figure, around))
        if lines:
            hints = "；".join(f"{name}：{a.hint}" for name, a in inputs.items() if a.hint)
            self.add(Block("data", "", title, lines, depth, sentence=hints))
            self.plan.scores |= {line.owner: line.key for line in lines if not line.input}

    def figure(self, key: str, owner: str, name: str, figure: Any, applies: tuple[bool, ...]) -> Line:
        if not isinstance(figure, list):
            return Line(key, owner, Role.PARAMETER, name, standard=Figure(figure))
        row: tuple[Value, ...] = tuple(v if a else None for v, a in zip(figure, applies, strict=True))
        digits = max((-int(v.as_tuple().exponent) for v in row if isinstance(v, Decimal)), default=0)
        return Line(key, owner, Role.PARAMETER, name, values=row, applies=applies, place=percent_place(figure), decimals=max(digits, 0))

    def quantities(
        self, scope: Scope, declared: dict[str, Quantity], title: str, at: str, depth: int = 0, around: tuple[bool, ...] = ()
    ) -> None:
        """The block of a group's or the scheme's named quantities."""
        around = around or self.everybody
        lines: list[Line] = []
        for name, quantity in declared.items():
            applies = self.both(around, self.scheme.members(quantity.carriers))
            owner = scope.names[name].key.partition("/")[0]
            lines += scope.names[name].lines(owner, applies if not all(applies) else ())
            self.plan.scores[owner] = lines[-1].key
        if lines:
            words = "；".join(f"{name}＝{q.formula}" for name, q in declared.items())
            self.add(Block("data", "", title, lines, depth, sentence=words))

    @staticmethod
    def both(one: tuple[bool, ...], other: tuple[bool, ...]) -> tuple[bool, ...]:
        return tuple(a and b for a, b in zip(one, other, strict=True))

    # Indicators -----------------------------------------------------------------------------------------------------

    def node(self, node: Group | Indicator, tag: str, around: tuple[bool, ...], depth: int, path: Path, at: str) -> str:
        """Add a node's blocks; returns the key of its score line ('' where it has none)."""
        if isinstance(node, Group):
            return self.periods(node, tag, around, depth, path, at) if node.periods else self.group(node, tag, around, depth, path, at)
        try:
            return self.indicator(node, tag, around, depth, path, at)
        except FormulaError as error:
            raise SchemeFault(
                f"指标 {node.id}“{node.name}”：{error.message}", (*path, "score" if node.how.scored else "if"), error.remedy
            ) from None
        except ValueError as error:
            raise SchemeFault(f"指标 {node.id}“{node.name}”：同一指标下有两个名称相同的项目（{error}），请改名", path) from None

    def indicator(self, node: Indicator, tag: str, around: tuple[bool, ...], depth: int, path: Path, at: str) -> str:
        outside_units = rule_without(node.how, node.points, self.count)
        carriers = self.scheme.carriers_of(node)
        applies = tuple(a and c and not o for a, c, o in zip(around, carriers, outside_units, strict=True))
        decimals = self.scheme.decimals
        owner = node.id + at
        roles = self.scheme.roles_in(node)
        scope = self.scopes[path, at]
        item = Item(
            owner,
            node.points,
            applies,
            decimals=decimals,
            unit=node.measure,
            may_be_none=node.may_be_none,
            scope=scope,
            roles=roles,
            members=self.scheme.members,
        )
        scope.item = item
        coefficient = self.coefficient(node, item, roles)
        score = node.how.score(item)
        if coefficient is not None:
            score = coefficient * score
        sentence = node.criteria or self.sentence(node, item)
        if node.nobody == "full" and item.by_unit:
            raise SchemeFault(f"指标 {node.id}“{node.name}”：各单位分值不同时不能用 nobody: full，因为没有共同的满分", path)
        if node.may_be_none and len(item.inputs) != 1:
            raise SchemeFault(f"指标 {node.id}“{node.name}”：may_be_none 只能用在只填一个数的规则上，请改用 only_if", path)
        block = Block(
            "indicator", owner, node.name, [], depth, node.measure, node.assessor, sentence, node.clause, node.due, number=node.id
        )
        block.listed = self.listing
        key = f"{owner}/{SCORE_LABEL}"
        ready = item.ready
        self.plan.tables += item.tables
        absent = self.absent(item, node)
        asked_first = (*self.conditions, *self.asked_first(node, scope, path))
        lines = [replace(line, wanted_if=asked_first) if line.input and not line.shared else line for line in item.lines]
        if node.how.rule == "duty":
            block.lines = [replace(line, tag=DUTY_TAG) for line in lines]
            self.add(block)
            return ""
        if not node.how.scored:
            verdict = guarded(when(ready, score, Blank()) if ready else score, Text(NONE_MARK), absent, asked_first)
            lines.append(Line(f"{owner}/{RESULT_LABEL}", owner, Role.RESULT, RESULT_LABEL, formula=verdict, place="text"))
            block.lines = lines
            self.add(block)
            self.verdicts.append(lines[-1].key)
            return ""
        rounded: Expression = e.Round(score, decimals)
        core = when(ready, rounded, Blank()) if ready else rounded
        limit = item.limit
        if node.no_task == "average" and (absent or asked_first):
            base = f"{owner}/计算得分"
            worked = guarded(core, Text(NONE_MARK), absent, asked_first)
            lines.append(Line(base, owner, Role.WORKING, "计算得分", formula=worked, place="score", decimals=decimals))
            where = key if limit is None else f"{owner}/平均得分"
            mean = Figure(self.average(base, item.points if node.nobody == "full" else Blank()), "平均{}")
            if limit is None:
                limit = mean
            else:
                lines.append(Line(where, owner, Role.WORKING, "平均得分", standard=mean))
            formula = when(Cell(base).is_(NONE_MARK), Fixed(where, "standard"), Cell(base))
        else:
            outside = {"exclude": Text(NONE_MARK), "full": item.points, "zero": e.Number(Decimal(0))}.get(node.no_task, Text(NONE_MARK))
            formula = guarded(core, outside, absent, asked_first)
        points = None if isinstance(node.points, list) else Figure(node.points)
        outside_all = () if all(applies) or absent or node.no_task != "exclude" else applies
        if node.no_task != "exclude" and not all(around):
            outside_all = around  # what the others get is for units of the group only
        line = Line(
            key,
            owner,
            Role.SCORE,
            SCORE_LABEL,
            tag,
            formula=formula,
            standard=limit,
            points=points,
            applies=outside_all,
            place="score",
            decimals=decimals,
        )
        lines.append(line)
        if scope.parent is not None and f"{owner}/{DUE_LABEL}" in scope.parent.dues:
            factor = item.coefficient
            whole = item.points if factor is None else item.points * factor
            worth = guarded(whole, Text(NONE_MARK) if node.no_task == "exclude" else whole, absent, asked_first)
            due = Line(f"{owner}/{DUE_LABEL}", owner, Role.DUE, DUE_LABEL, formula=worth, place="score", decimals=decimals)
            lines.append(replace(due, applies=outside_all))
        block.lines = lines
        self.add(block)
        self.plan.scores[owner] = key
        if depth == 0:
            self.plan.tops.append((node.name, key))
        return key

    def sentence(self, node: Indicator, item: Item) -> str:
        """The rule in words; on a list, where all have the same rule, worked out once."""
        if self.listing not in self.sentences or not self.listing:
            self.sentences[self.listing] = node.how.sentence(item)
        return self.sentences[self.listing]

    def coefficient(self, node: Indicator, item: Item, roles: tuple[str, ...]) -> Expression | None:
        """The row of role coefficients, and of the roles by name where the rule speaks of them."""
        if not isinstance(node.carriers, dict):
            return None
        events = getattr(node.how, "events", [])
        texts = [getattr(node.how, "formula", ""), *(q.formula for q in getattr(node.how, "quantities", {}).values())]
        if any(v.carriers for v in events) or any("of_role" in t or ROLE_LABEL in t for t in texts):
            item.words(ROLE_LABEL, roles)
        item.coefficient = item.parameter(COEFFICIENT, [self.scheme.roles.get(r) for r in roles])
        return None if any(t and COEFFICIENT in t for t in texts) else item.coefficient

    def asked_first(self, node: Indicator | Group, scope: Scope, path: Path) -> tuple[tuple[Expression, str], ...]:
        """The questions of ``only_if`` and ``unless``, with the answers that are wanted."""
        found = []
        for key, name, wanted in (("only_if", node.only_if, YES), ("unless", node.unless, NO)):
            if name:
                symbol = scope.symbol(name)
                if symbol.asked is None or symbol.asked.ask != "yes_no":
                    raise SchemeFault(f"“{name}”不是填“是”或“否”的项，不能写在 {key} 里", (*path, key))
                found.append((symbol.cell(), wanted))
        return tuple(found)

    def absent(self, item: Item, node: Indicator) -> list[Expression]:
        """What shows in a unit's cells that it has no such task."""
        lines = [
            line
            for line in item.lines
            if line.applies == item.applies and not line.shared and (line.values is not None or line.input or line.formula is not None)
        ]
        if not lines:
            return []
        asked = [line for line in lines if line.input]
        first = Cell((asked or lines)[0].key)
        signs = []
        if not all(item.applies):
            signs.append(first.is_(NONE_MARK))
        if node.may_be_none:
            signs.append(first.is_(NO_TASK))
        return signs

    def average(self, base: str, nobody: Expression) -> Expression:
        """按其他单位的平均分: the mean of the scores, as printed, of the units with the task, once every one has its own."""
        row = e.Row(base)
        scored = e.Fold("count", (row,))
        spoken_for = scored + e.CountOf((row,), NONE_MARK)
        complete = every(scored > 0, spoken_for.is_(e.Fold("size", (row,))))
        mean = e.Round(e.Fold("average", (row,)), self.scheme.decimals)
        if isinstance(nobody, Blank):
            return when(complete, mean, nobody)
        return when(complete, mean, when(e.CountOf((row,), NONE_MARK).is_(e.Fold("size", (row,))), nobody, Blank()))

    # Groups ---------------------------------------------------------------------------------------------------------

    conditions: tuple[tuple[Expression, str], ...] = ()
    """What must be answered for anything in the group that is being planned."""

    listing = ""
    """The list sheet that indicators go to while a group of the form ``list`` is planned."""

    def group(
        self,
        node: Group,
        tag: str,
        around: tuple[bool, ...],
        depth: int,
        path: Path,
        at: str,
        title: str = "",
    ) -> str:
        """A group's heading, its data, its children and its quantities; with ``title`` as one period of its group."""
        own = self.heading(node, path, at, "here")
        key = f"{own}/{SUM_LABEL}"
        scope = self.scopes[path, at]
        group_tag = self.tag(own)
        applies = self.both(around, self.scheme.carriers_of(node))
        kind = "period" if title else "group"
        block = Block(kind, "" if title else node.id, title or node.name, [], depth, assessor=node.assessor, clause=node.clause)
        position = len(self.plan.blocks)
        if node.form == "list":
            self.plan.lists[own] = node.name
            self.listing = own
        where = f"{node.name}" + (f"·{title}" if title else "")
        outer = self.conditions
        self.conditions = (*outer, *self.asked_first(node, scope, path))
        self.data(scope, node.inputs, self.figures_of(node, at), f"{where}数据", at, depth + 1, applies)
        below = [self.node(child, group_tag, applies, depth + 1, (*path, "children", i), at) for i, child in enumerate(node.children)]
        self.listing = ""
        vanishing = any(self.vanishing(node, around)) or bool(self.conditions)
        self.conditions = outer
        children = [k for k in below if k]
        duties = any(isinstance(c, Indicator) and c.how.rule == "duty" for c in node.children)
        self.quantities(scope, node.quantities, f"{where}计算", at, depth + 1, applies)
        if not children:
            if node.formula:
                raise SchemeFault(f"分组“{node.name}”里没有计分的指标，不能写 score", path)
            if not duties and not any(isinstance(c, Group) for c in node.children):
                raise SchemeFault(f"分组“{node.name}”里没有计分的指标，请把否决项直接放在 indicators 下", path)
            self.plan.blocks.insert(position, block)
            return ""
        lines: list[Line] = []
        decimals = self.scheme.decimals
        summed: Expression = e.Tagged("sum", group_tag, tuple(children))
        points = Fixed(key, "points")
        exact_sum = True
        if node.formula:
            summed, exact_sum = self.formula_of(node, scope, path, lines), False
        elif node.rescale:
            weight = f"{own}/适用分值"
            whole = e.Tagged("sum", "due", tuple(scope.dues), by="role")
            lines.append(Line(weight, own, Role.WORKING, "适用分值", formula=whole, place="score", decimals=decimals))
            summed, exact_sum = points * summed / Cell(weight), False
        elif node.base == "full":
            summed = points + summed
        if node.at_least is not None or node.at_most is not None:
            low, high = self.limits(node, own, lines)
            summed = clamp(summed, low, high)
        formula: Expression = e.Round(summed, decimals, sum_only=exact_sum)
        if node.formula:
            ready = self.board.requirement(summed)
            formula = formula if ready is None else when(ready, formula, Blank())
        applying = e.Tagged("applying", group_tag, tuple(children))
        if vanishing:
            formula = when(applying.is_(0), Text(NONE_MARK), formula)
        formula = when(e.Tagged("blanks", group_tag, tuple(children)) > 0, Blank(), formula)
        figure = Figure(node.points) if node.points is not None else None
        score = Line(key, own, Role.GROUP, SUM_LABEL, tag, formula=formula, points=figure, place="score", decimals=decimals)
        due = f"{own}/{DUE_LABEL}"
        if due in scope.dues:
            worth: Expression = when(Cell(key).is_(NONE_MARK), Text(NONE_MARK), points)
            lines.append(Line(due, own, Role.DUE, DUE_LABEL, formula=worth, place="score", decimals=decimals))
        block.lines = [score, *lines]
        self.plan.blocks.insert(position, block)
        for line in block.lines:
            self.plan.lines[line.key] = line
        if node.id or title:
            self.plan.scores[own] = key
        if depth == 0 and not title:
            self.plan.tops.append((node.name, key))
        return key

    def formula_of(self, node: Group, scope: Scope, path: Path, lines: list[Line]) -> Expression:
        try:
            tree, _ = scope.compile(node.formula, "score")
        except FormulaError as error:
            raise SchemeFault(f"分组“{node.name}”的 score：{error.message}", (*path, "score"), error.remedy) from None
        return tree

    def periods(self, node: Group, tag: str, around: tuple[bool, ...], depth: int, path: Path, at: str) -> str:
        """A group that is scored in every period, and how the periods become one."""
        if node.weights and len(node.weights) != len(node.periods):
            raise SchemeFault(f"分组“{node.name}”有 {len(node.periods)} 期，weights 写了 {len(node.weights)} 个", (*path, "weights"))
        own = self.heading(node, path, at, "")
        key = f"{own}/{SUM_LABEL}"
        block = Block("group", node.id, node.name, [], depth, assessor=node.assessor, clause=node.clause)
        self.plan.blocks.append(block)
        tops = [self.group(node, self.tag(own), around, depth + 1, path, f"{at}@{period}", period) for period in node.periods]
        if not all(tops):
            raise SchemeFault(f"分组“{node.name}”里没有计分的指标，不能按期计分", path)
        lines: list[Line] = []
        tagged = (self.tag(own), tuple(tops))
        folded: Expression = e.Tagged("sum", *tagged)
        if node.weights:
            pairs = []
            for period, weight, top in zip(node.periods, node.weights, tops, strict=True):
                label = f"{period}权重"
                lines.append(Line(f"{own}/{label}", own, Role.PARAMETER, label, standard=Figure(Percent(weight))))
                pairs.append((Cell(top), Fixed(f"{own}/{label}", "standard")))
            folded = e.SumOfProducts(tuple(pairs))
        elif node.fold == "average":
            folded = folded / len(tops)
        elif node.fold == "participated":
            folded = folded / e.Tagged("applying", *tagged)
        formula: Expression = e.Round(folded, self.scheme.decimals, sum_only=node.fold == "sum" and not node.weights)
        if any(self.vanishing(node, around)):
            formula = when(e.Tagged("applying", *tagged).is_(0), Text(NONE_MARK), formula)
        formula = when(e.Tagged("blanks", *tagged) > 0, Blank(), formula)
        figure = Figure(node.points) if node.points is not None else None
        block.lines = [
            Line(key, own, Role.GROUP, SUM_LABEL, tag, formula=formula, points=figure, place="score", decimals=self.scheme.decimals),
            *lines,
        ]
        for line in block.lines:
            self.plan.lines[line.key] = line
        self.plan.scores[own] = key
        if depth == 0:
            self.plan.tops.append((node.name, key))
        return key

    def limits(self, node: Group, own: str, lines: list[Line]) -> tuple[Expression | None, Expression | None]:
        found: list[Expression | None] = []
        for label, value in (("最低", node.at_least), ("最高", node.at_most)):
            if value is None or value == 0:
                found.append(None if value is None else e.Number(Decimal(0)))
                continue
            lines.append(Line(f"{own}/{label}", own, Role.PARAMETER, label, standard=Figure(value, label + "{}")))
            found.append(Fixed(f"{own}/{label}", "standard"))
        return found[0], found[1]

    def vanishing(self, node: Group | Indicator, around: tuple[bool, ...]) -> tuple[bool, ...]:
        """For each unit, whether the node's score can be －."""
        applies = self.both(around, self.scheme.carriers_of(node))
        if isinstance(node, Group) and (node.only_if or node.unless):
            return self.everybody
        if isinstance(node, Group):
            below = [self.vanishing(child, applies) for child in node.children if not _verdict(child)]
            return tuple(all(column) for column in zip(*below, strict=True)) if below else (False,) * self.count
        if node.no_task != "exclude":
            return (False,) * self.count
        if node.only_if or node.unless or node.may_be_none or self.conditions:
            return self.everybody
        without = rule_without(node.how, node.points, self.count)
        return tuple(not a or w for a, w in zip(applies, without, strict=True))

    # Totals ---------------------------------------------------------------------------------------------------------

    def totals(self, tops: list[str]) -> None:
        decimals = self.scheme.decimals
        leaves = tuple(line.key for line in self.plan.lines.values() if line.role == Role.SCORE)
        duties = tuple(line.key for line in self.plan.lines.values() if line.tag == DUTY_TAG)
        entries: list[tuple[str, Expression, str]] = []
        if duties:
            yes, no = (e.Tagged(how, DUTY_TAG, duties) for how in ("yes", "no"))
            entries += [(DUTIES, e.Tagged("applying", DUTY_TAG, duties), "count"), (DONE, yes, "count"), (UNDONE, no, "count")]
            self.plan.scores |= {key.partition("/")[2]: key for key in (DUTIES, DONE, UNDONE)}
        if not leaves and not self.scheme.formula:
            missing = Cell(DUTIES) - Cell(DONE) - Cell(UNDONE)
            self.finish([*entries, (MISSING, missing, "count")])
            return
        entries.append((MISSING, e.Tagged("blanks", "score", leaves, by="role"), "count"))
        unfinished: Expression = Cell(MISSING) > 0
        total: Expression = e.Round(e.Tagged("sum", TOTAL_TAG, tuple(tops)), decimals, sum_only=True)
        blank_tops = [k for k in tops if self.plan.lines[k].role is Role.GROUP and self.can_wait(k)]
        if self.scheme.formula:
            try:
                tree, ready = self.root.compile(self.scheme.formula, "score")
            except FormulaError as error:
                raise SchemeFault(f"总分的 score：{error.message}", ("score",), error.remedy) from None
            value = e.Round(tree, decimals)
            entries.append((WORKED, when(ready, value, Blank()) if ready else value, "score"))
            total, unfinished = Cell(WORKED), some(unfinished, Cell(WORKED).is_(""))
        elif blank_tops:
            unfinished = some(unfinished, *(Cell(k).is_("") for k in blank_tops))
        total = when(unfinished, Text(UNFINISHED), total)
        peers = e.Row(TOTAL, own_group=True)
        rank = when(e.IsNumber(Cell(TOTAL)), e.Rank(Cell(TOTAL), peers), Blank())
        entries += [(TOTAL, total, "score"), (RANK, rank, "count")]
        grade: Expression = Blank()
        if self.scheme.grades is not None:
            grade = self.grade(self.scheme.grades, entries)
        for key in reversed(self.verdicts):
            grade = when(some(Cell(key).is_(""), Cell(key).is_(NONE_MARK)), grade, Cell(key))
        if self.verdicts or self.scheme.grades is not None:
            entries.append((GRADE, grade, "text"))
        self.finish(entries)

    def can_wait(self, key: str) -> bool:
        """Whether a group's score can be blank although every indicator below has its score: a formula waits for others."""
        return any(isinstance(n, Group) and (n.formula or n.quantities) for n in self.scheme.walk())

    def grade(self, grades: Grades, entries: list[tuple[str, Expression, str]]) -> Expression:
        """The grade by points, rank or share of the places, once the unit has a total."""
        by_upper = grades.by != "score"
        far = Decimal("1e9") * (1 if by_upper else -1)
        rows = [(b.up_to if by_upper else b.at_least, b.name) for b in grades.bands]
        edges = sorted(((far if edge is None else edge), name) for edge, name in rows)
        if len({edge for edge, _ in edges}) != len(edges):
            raise SchemeFault(
                "等次的界限有重复，或有几档没有写界限",
                ("grades", "bands"),
                f"每档写 {'up_to' if by_upper else 'at_least'}，只有一档可以不写",
            )
        columns: dict[str, tuple[Value, ...]] = {"界": tuple(edge for edge, _ in edges), "得分": tuple(name for _, name in edges)}
        self.board.tables.append(Table(GRADE_TABLE, "bands", "等次", columns, by_upper=by_upper))
        own = grades.within == "组"
        row = e.Row(TOTAL, own)
        complete: Expression = e.IsNumber(Cell(TOTAL))
        value: Expression = Cell(TOTAL)
        if grades.by != "score":
            complete = every(complete, e.Fold("count", (row,)).is_(e.Fold("size", (row,))))
            place: Expression = Cell(RANK) if own else e.Rank(Cell(TOTAL), row)
            if grades.by == "rank_share":
                place = place / e.Fold("size", (row,))
            entries.append((PLACE, when(complete, place, Blank()), "score"))
            value, complete = Cell(PLACE), e.IsNumber(Cell(PLACE))
        band: Expression = e.Band(value, e.TableColumn(GRADE_TABLE, "界"), e.TableColumn(GRADE_TABLE, "得分"), len(edges), by_upper)
        needing = [(number, entry) for number, entry in enumerate(grades.bands) if entry.needs]
        if needing:
            entries.append((BAND, when(complete, band, Blank()), "text"))
            band = Cell(BAND)
        for number, entry in needing:
            if not number or entry.needs not in {f.id for f in self.scheme.facts}:
                where: Path = ("grades", "bands", number, "needs")
                raise SchemeFault(f"等次“{entry.name}”的 needs 要写 facts 里的一项，且不能是最好的一档", where)
            fact = Cell(_fact_key(entry.needs))
            band = when(every(Cell(BAND).is_(entry.name), e.Not(fact.is_(YES))), Text(grades.bands[number - 1].name), band)
        return band if needing else when(complete, band, Blank())

    def finish(self, entries: list[tuple[str, Expression, str]]) -> None:
        full = Figure(self.scheme.full_marks) if self.scheme.full_marks is not None else None
        lines = [
            Line(
                key,
                "",
                Role.RESULT,
                key.split("/")[1],
                formula=formula,
                points=full if key == TOTAL else None,
                place=place,
                decimals=self.scheme.decimals,
            )
            for key, formula, place in entries
        ]
        self.add(Block("total", "", "合计", lines))

    def acyclic(self) -> None:
        """No cell may depend on itself, not even across units or through a sum. Raises SchemeFault naming the circle."""
        seen: dict[tuple[str, str], int] = {}
        chain: list[tuple[str, str]] = []

        def visit(at: tuple[str, str]) -> None:
            key, part = at
            if seen.get(at) == 2 or key not in self.plan.lines:
                return
            if seen.get(at) == 1:
                around = [k for k, _ in chain[chain.index(at) :]]
                names = [self.board.by_key[k].name if k in self.board.by_key else self.plan.lines[k].label for k in around]
                symbol = next((s for k in around if (s := self.board.by_key.get(k)) and s.path), None)
                raise SchemeFault(f"循环定义：{'→'.join([*names, names[0]])}", symbol.path if symbol else (), "请改正其中一个公式")
            seen[at] = 1
            chain.append(at)
            line = self.plan.lines[key]
            tree = line.formula if part == "cell" else line.standard.value if line.standard else None
            if isinstance(tree, Expression):
                for used in sorted(used_lines(tree)):
                    visit(used)
            chain.pop()
            seen[at] = 2

        for key in self.plan.lines:
            visit((key, "cell"))
            visit((key, "standard"))


def used_lines(tree: Expression) -> set[tuple[str, str]]:
    """What a tree looks at: the keys of lines, each with ``cell`` or, for the figure beside it, ``standard``."""
    found: set[tuple[str, str]] = set()
    for node in e.walk(tree):
        if isinstance(node, (Cell, e.Row, e.OfUnit)):
            found.add((node.line, "cell"))
        elif isinstance(node, Fixed) and node.column == "standard":
            found.add((node.line, "standard"))
        elif isinstance(node, e.Tagged):
            found |= {(key, "cell") for key in node.lines}
    return found


def guarded(core: Expression, outside: Expression, absent: list[Expression], asked_first: tuple[tuple[Expression, str], ...]) -> Expression:
    """``core`` for units with the task, ``outside`` for the others, blank while it is not known which they are.

    A unit that is not asked at all (－) has not said 是.
    """
    formula = core
    for question, wanted in reversed(asked_first):
        yes, no = (formula, outside) if wanted == YES else (outside, formula)
        formula = when(question.is_(YES), yes, when(question.is_(""), Blank(), no))
    return when(some(*absent), outside, formula) if absent else formula


def _verdict(node: Group | Indicator) -> bool:
    return isinstance(node, Indicator) and not node.how.scored


def _fact_key(name: str) -> str:
    return f"{name}/情况"
