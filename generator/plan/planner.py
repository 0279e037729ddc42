"""Scheme → lines: everything a scoring book shows, asks and computes, before anybody thinks of cells.

A plan is the one description that the layout, the exact evaluation, the checks and the explanation share.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from operator import and_, gt, le, not_
from typing import Any

from generator.language.declared import Asked, Quantity
from generator.language.figures import percent_place
from generator.language.scope import DATA, Scope, of_branches
from generator.language.wording import in_words
from generator.lines.input import NO, NO_TASK, YES, Ask, Input
from generator.lines.keys import (
    COEFFICIENT,
    DONE,
    DUE_LABEL,
    DUTIES,
    DUTY_TAG,
    RESULT_LABEL,
    ROLE_LABEL,
    SCORE_LABEL,
    SUM_LABEL,
    TOTAL_TAG,
    UNDONE,
    fact_key,
)
from generator.lines.line import Figure, Line, Role
from generator.plan.indicators import OTHERS, guarded, is_verdict
from generator.plan.naming import Names, Path
from generator.plan.plan import Block, Plan
from generator.plan.totals import total_lines
from generator.problems import FormulaError, SchemeFault
from generator.rules.item import Item
from generator.scheme.model import Group, Indicator, Scheme, rule_without
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, Blank, Cell, Expression, Fixed, Text, clamp, every, when
from generator.value import Percent, Value


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
        self.sentences: dict[str, str] = {}
        self.vanished: dict[tuple[object, ...], tuple[bool, ...]] = {}
        self.names = Names(scheme)
        self.board, self.root, self.scopes = self.names.board, self.names.root, self.names.scopes
        self.facts()
        self.data(self.root, scheme.inputs, scheme.figures, "基础数据", "")
        tops = [self.node(node, TOTAL_TAG, self.everybody, 0, ("indicators", i), "") for i, node in enumerate(scheme.indicators)]
        if scheme.bonus:
            tops.append(self.node(scheme.bonus, TOTAL_TAG, self.everybody, 0, ("bonus",), ""))
        self.quantities(self.root, scheme.quantities, "综合计算", "")
        last = total_lines(scheme, self.plan.lines, self.names, [key for key in tops if key], self.verdicts)
        self.add(Block("total", "", "合计", last))
        self.plan.scores |= {line.label: line.key for line in last if line.key in (DUTIES, DONE, UNDONE)}
        self.plan.lines = {line.key: line for block in self.plan.blocks for line in block.lines}
        self.plan.tables += self.board.tables
        self.plan.dependencies.refuse_circles(self.board)

    def add(self, block: Block) -> None:
        self.plan.blocks.append(block)
        for line in block.lines:
            if line.key in self.plan.lines:
                raise SchemeFault(f"“{line.key}”出现了两次，请把同一指标下的名称改得不同")
            self.plan.lines[line.key] = line

    # Facts and data -------------------------------------------------------------------------------------------------

    def facts(self) -> None:
        lines = []
        for fact in self.scheme.facts:
            asked = Input(fact.id, Ask.CHOICE, options=(YES, NO), hint=fact.about)
            applies = self.scheme.members(fact.groups)
            lines.append(Line(fact_key(fact.id), fact.id, Role.INPUT, fact.id, input=asked, applies=applies, place="text"))
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
            key, question = f"{name}{at}/{DATA}", asked.as_input(name, scope.limit_of(name), scope.whole_of(name))
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
            words = "；".join(f"{name}＝{in_words(q.formula)}" for name, q in declared.items())
            self.add(Block("data", "", title, lines, depth, sentence=words))

    @staticmethod
    def both(one: tuple[bool, ...], other: tuple[bool, ...]) -> tuple[bool, ...]:
        return tuple(map(and_, one, other))

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
        applies = tuple(map(gt, self.both(around, carriers), outside_units))  # asked, and with figures of its own
        decimals = self.scheme.decimals
        owner = node.id + at
        roles = self.scheme.roles_in(node)
        scope = self.scopes[path, at]
        item = Item(
            owner,
            node.points,
            applies,
            decimals=decimals,
            measure=node.measure,
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
        asked_first = (*self.conditions, *self.asked_first(node, scope, path))
        absent = self.absent(item, node, asked_first)
        if absent or asked_first:
            block.sentence += OTHERS.get(node.no_task, "") if "平均" not in sentence else ""
        unscored = ((Cell(key), ""),)
        in_branches = of_branches(ready) if ready and node.how.scored else set()
        lines = [
            replace(line, wanted_if=(*asked_first, *(unscored if line.input.required and line.key in in_branches else ())))
            if line.input and not line.shared
            else line
            for line in item.lines
        ]
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
        never = tuple(not a for a in applies) if absent and node.no_task == "exclude" and not all(applies) else ()
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
            outside=never,
            place="score",
            decimals=decimals,
        )
        lines.append(line)
        if scope.parent is not None and f"{owner}/{DUE_LABEL}" in scope.parent.dues:
            factor = item.coefficient
            whole = item.points if factor is None else item.points * factor
            worth = guarded(whole, Text(NONE_MARK) if node.no_task == "exclude" else whole, absent, asked_first)
            due = Line(f"{owner}/{DUE_LABEL}", owner, Role.DUE, DUE_LABEL, formula=worth, place="score", decimals=decimals)
            lines.append(replace(due, applies=outside_all, outside=never))
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

    def absent(self, item: Item, node: Indicator, asked_first: tuple[tuple[Expression, str], ...]) -> list[Expression]:
        """What shows in a unit's cells that it has no such task, and is not asked first in any case."""
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
        asked_of = [self.plan.lines[q.line].applies for q, wanted in asked_first if wanted == YES and isinstance(q, Cell)]
        if not all(item.applies) and item.applies not in asked_of:
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
        own = self.names.heading(node, path, at, "here")
        key = f"{own}/{SUM_LABEL}"
        scope = self.scopes[path, at]
        group_tag = self.names.tag(own)
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
        self.data(scope, node.inputs, self.names.figures_of(node, at), f"{where}数据", at, depth + 1, applies)
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
        if len(children) == 1 and isinstance(summed, e.Tagged) and node.form != "list":
            formula = Cell(children[0])  # blank, － or a score: the group's is the same
        figure = Figure(node.points) if node.points is not None else None
        never = tuple(not a for a in applies) if not all(applies) else ()
        score = Line(key, own, Role.GROUP, SUM_LABEL, tag, formula=formula, points=figure, outside=never, place="score", decimals=decimals)
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
        own = self.names.heading(node, path, at, "")
        key = f"{own}/{SUM_LABEL}"
        block = Block("group", node.id, node.name, [], depth, assessor=node.assessor, clause=node.clause)
        self.plan.blocks.append(block)
        tops = [self.group(node, self.names.tag(own), around, depth + 1, path, f"{at}@{period}", period) for period in node.periods]
        if not all(tops):
            raise SchemeFault(f"分组“{node.name}”里没有计分的指标，不能按期计分", path)
        lines: list[Line] = []
        tagged = (self.names.tag(own), tuple(tops))
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
            known = (id(node), applies, self.conditions)
            if known not in self.vanished:
                below = [self.vanishing(child, applies) for child in node.children if not is_verdict(child)]
                nothing = (False,) * self.count
                self.vanished[known] = tuple(all(column) for column in zip(*below, strict=True)) if below else nothing
            return self.vanished[known]
        if node.no_task != "exclude":
            return tuple(map(not_, around))
        if node.only_if or node.unless or node.may_be_none or self.conditions:
            return self.everybody
        without = rule_without(node.how, node.points, self.count)
        return tuple(map(le, applies, without))  # not asked, or without a figure
