"""Scheme → lines: everything a scoring book shows, asks and computes, before anybody thinks of cells.

A plan is the one description that the layout, the exact evaluation, the checks and the explanation share.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from generator import expression as e
from generator.expression import NONE_MARK, Blank, Cell, Expression, Fixed, Text, clamp, every, some, when
from generator.lines import NO, NO_TASK, YES, Ask, Figure, Input, Line, Role, Table
from generator.rules.base import Item
from generator.scheme import Group, Indicator, Scheme, rule_without

TOTAL_TAG = "合计"
SCORE_LABEL = "得分"
UNFINISHED = "未填完"
MISSING, TOTAL, RANK, GRADE = (f"合计/{label}" for label in ("未填项数", "总分", "位次", "等次"))


@dataclass
class Block:
    """Lines that belong together on a sheet: an indicator, a group's heading, the facts, the totals.

    kind: ``group``, ``indicator``, ``facts`` or ``total``; depth: how deep a group is nested, from 0.
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


@dataclass
class Plan:
    """The lines of a scheme's book.

    lines: by key, in the order of the sheet. scores: indicator or group id → key of its score line.
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

    @property
    def inputs(self) -> list[Line]:
        return [line for line in self.lines.values() if line.input]

    @cached_property
    def units(self) -> list[str]:
        """The names of all units, in the order of the columns."""
        return self.scheme.unit_names

    def block(self, id: str) -> Block | None:
        return next((b for b in self.blocks if b.id == id and b.kind in ("indicator", "facts", "group")), None)

    def inputs_of(self, owner: str) -> list[Line]:
        return [line for line in self.inputs if line.owner == owner]


class PlanError(Exception):
    """The scheme is well formed, but its parts cannot be put together. The message is for users."""


def make_plan(scheme: Scheme) -> Plan:
    """Compile a scheme. Raises PlanError in Chinese where an indicator cannot be laid out."""
    return _Planner(scheme).plan


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
        self.facts()
        tops = [self.node(node, TOTAL_TAG, self.everybody, 0) for node in scheme.indicators]
        if scheme.bonus:
            tops.append(self.node(scheme.bonus, TOTAL_TAG, self.everybody, 0))
        self.plan.lines = {line.key: line for block in self.plan.blocks for line in block.lines}
        self.totals([key for key in tops if key])

    def add(self, block: Block) -> None:
        self.plan.blocks.append(block)
        for line in block.lines:
            if line.key in self.plan.lines:
                raise PlanError(f"“{line.key}”出现了两次，请把同一指标下的名称改得不同")
            self.plan.lines[line.key] = line

    # Facts ----------------------------------------------------------------------------------------------------------

    def facts(self) -> None:
        lines = []
        for fact in self.scheme.facts:
            asked = Input(fact.id, Ask.CHOICE, options=(YES, NO), hint=fact.about)
            applies = self.scheme.members(fact.groups)
            lines.append(Line(_fact_key(fact.id), fact.id, Role.INPUT, fact.id, input=asked, applies=applies, place="text"))
        if lines:
            about = "；".join(f"{f.id}：{f.about}" for f in self.scheme.facts if f.about)
            self.add(Block("facts", "", "单位情况", lines, sentence=about))

    # Indicators -----------------------------------------------------------------------------------------------------

    def node(self, node: Group | Indicator, tag: str, around: tuple[bool, ...], depth: int) -> str:
        """Add a node's blocks; returns the key of its score line ('' for a veto)."""
        if isinstance(node, Group):
            return self.group(node, tag, around, depth)
        try:
            return self.indicator(node, tag, around, depth)
        except ValueError as error:
            raise PlanError(f"指标 {node.id}“{node.name}”：同一指标下有两个名称相同的项目（{error}），请改名") from None

    def indicator(self, node: Indicator, tag: str, around: tuple[bool, ...], depth: int) -> str:
        outside_units = rule_without(node.how, node.points, self.count)
        carriers = self.scheme.members(node.carriers)
        applies = tuple(a and c and not o for a, c, o in zip(around, carriers, outside_units, strict=True))
        decimals = self.scheme.decimals
        item = Item(node.id, node.points, applies, decimals=decimals, unit=node.measure, may_be_none=node.may_be_none)
        score = node.how.score(item)
        sentence = node.criteria or node.how.sentence(item)
        if node.nobody == "full" and item.by_unit:
            raise PlanError(f"指标 {node.id}“{node.name}”：各单位分值不同时不能用 nobody: full，因为没有共同的满分")
        if node.may_be_none and len(item.inputs) != 1:
            raise PlanError(f"指标 {node.id}“{node.name}”：may_be_none 只能用在只填一个数的规则上，请改用 only_if")
        block = Block("indicator", node.id, node.name, [], depth, node.measure, node.assessor, sentence, node.clause, node.due)
        key = f"{node.id}/{SCORE_LABEL}"
        ready = item.ready
        self.plan.tables += item.tables
        absent = self.absent(item, node)
        lines = self.only_if(item.lines, node)
        if not node.how.scored:
            verdict = self.guarded(when(ready, score, Blank()) if ready else score, Text(NONE_MARK), absent, node)
            lines.append(Line(f"{node.id}/结果", node.id, Role.RESULT, "结果", formula=verdict, place="text"))
            block.lines = lines
            self.add(block)
            self.verdicts.append(lines[-1].key)
            return ""
        rounded: Expression = e.Round(score, decimals)
        core = when(ready, rounded, Blank()) if ready else rounded
        limit = item.limit
        if node.no_task == "average" and (absent or node.only_if):
            base = f"{node.id}/计算得分"
            worked = self.guarded(core, Text(NONE_MARK), absent, node)
            lines.append(Line(base, node.id, Role.WORKING, "计算得分", formula=worked, place="score", decimals=decimals))
            where = key if limit is None else f"{node.id}/平均得分"
            mean = Figure(self.average(base, item.points if node.nobody == "full" else Blank()), "平均{}")
            if limit is None:
                limit = mean
            else:
                lines.append(Line(where, node.id, Role.WORKING, "平均得分", standard=mean))
            formula = when(Cell(base).is_(NONE_MARK), Fixed(where, "standard"), Cell(base))
        else:
            outside = {"exclude": Text(NONE_MARK), "full": item.points, "zero": e.Number(Decimal(0))}.get(node.no_task, Text(NONE_MARK))
            formula = self.guarded(core, outside, absent, node)
        points = None if isinstance(node.points, list) else Figure(node.points)
        lines.append(
            Line(
                key, node.id, Role.SCORE, SCORE_LABEL, tag, formula=formula, standard=limit, points=points, place="score", decimals=decimals
            )
        )
        block.lines = lines
        self.add(block)
        self.plan.scores[node.id] = key
        if depth == 0:
            self.plan.tops.append((node.name, key))
        return key

    def only_if(self, lines: list[Line], node: Indicator) -> list[Line]:
        if not node.only_if:
            return list(lines)
        return [replace(line, only_if=_fact_key(node.only_if)) if line.input else line for line in lines]

    def absent(self, item: Item, node: Indicator) -> list[Expression]:
        """What shows in a unit's cells that it has no such task."""
        if not item.lines:
            return []
        first = Cell(item.inputs[0].key if item.inputs else item.lines[0].key)
        signs = []
        if not all(item.applies):
            signs.append(first.is_(NONE_MARK))
        if node.may_be_none:
            signs.append(first.is_(NO_TASK))
        return signs

    def guarded(self, core: Expression, outside: Expression, absent: list[Expression], node: Indicator) -> Expression:
        """``core`` for units with the task, ``outside`` for the others, blank while it is not known which they are."""
        formula = core
        if node.only_if:
            fact = Cell(_fact_key(node.only_if))
            formula = when(fact.is_(YES), core, when(fact.is_(""), Blank(), outside))
        return when(some(*absent), outside, formula) if absent else formula

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

    def group(self, node: Group, tag: str, around: tuple[bool, ...], depth: int) -> str:
        own = node.id or node.name
        while f"{own}/小计" in self.labels:
            own += "′"
        key, group_tag = f"{own}/小计", _tag(own)
        self.labels.add(key)
        applies = tuple(a and b for a, b in zip(around, self.scheme.members(node.carriers), strict=True))
        block = Block("group", node.id, node.name, [], depth, assessor=node.assessor, clause=node.clause)
        position = len(self.plan.blocks)
        children = [k for k in (self.node(child, group_tag, applies, depth + 1) for child in node.children) if k]
        if not children:
            raise PlanError(f"分组“{node.name}”里没有计分的指标，请把否决项直接放在 indicators 下")
        lines: list[Line] = []
        decimals = self.scheme.decimals
        summed: Expression = e.Tagged("sum", group_tag, tuple(children))
        points = Fixed(key, "points")
        if node.rescale:
            weight = f"{own}/适用分值"
            parts = [when(e.IsNumber(Cell(k)), self.points_of(k), 0) for k in children]
            lines.append(Line(weight, own, Role.WORKING, "适用分值", formula=e.Sum(tuple(parts)), place="score", decimals=decimals))
            summed = points * summed / Cell(weight)
        elif node.base == "full":
            summed = points + summed
        if node.at_least is not None or node.at_most is not None:
            low, high = self.limits(node, own, lines)
            summed = clamp(summed, low, high)
        formula: Expression = e.Round(summed, decimals, sum_only=not node.rescale)
        if any(self.vanishing(node, around)):
            none, size = (e.Tagged(how, group_tag, tuple(children)) for how in ("none", "size"))
            formula = when(none.is_(size), Text(NONE_MARK), formula)
        formula = when(e.Tagged("blanks", group_tag, tuple(children)) > 0, Blank(), formula)
        figure = Figure(node.points) if node.points is not None else None
        score = Line(key, own, Role.GROUP, "小计", tag, formula=formula, points=figure, place="score", decimals=decimals)
        block.lines = [score, *lines]
        self.plan.blocks.insert(position, block)
        for line in block.lines:
            self.plan.lines[line.key] = line
        if node.id:
            self.plan.scores[node.id] = key
        if depth == 0:
            self.plan.tops.append((node.name, key))
        return key

    def points_of(self, key: str) -> Expression:
        own = key.rsplit("/", 1)[0]
        return Cell(f"{own}/分值") if f"{own}/分值" in self.plan.lines else Fixed(key, "points")

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
        applies = tuple(a and b for a, b in zip(around, self.scheme.members(node.carriers), strict=True))
        if isinstance(node, Group):
            below = [self.vanishing(child, applies) for child in node.children if not _verdict(child)]
            return tuple(all(column) for column in zip(*below, strict=True))
        if node.no_task != "exclude":
            return (False,) * self.count
        if node.only_if or node.may_be_none:
            return self.everybody
        without = rule_without(node.how, node.points, self.count)
        return tuple(not a or w for a, w in zip(applies, without, strict=True))

    # Totals ---------------------------------------------------------------------------------------------------------

    def totals(self, tops: list[str]) -> None:
        decimals = self.scheme.decimals
        leaves = tuple(line.key for line in self.plan.lines.values() if line.role == Role.SCORE)
        summed = e.Tagged("sum", TOTAL_TAG, tuple(tops))
        missing = Cell(MISSING)
        total = when(missing > 0, Text(UNFINISHED), e.Round(summed, decimals, sum_only=True))
        rank = when(e.IsNumber(Cell(TOTAL)), e.Rank(Cell(TOTAL), e.Row(TOTAL, own_group=True)), Blank())
        entries = [(MISSING, e.Tagged("blanks", "", leaves, role=True), "count"), (TOTAL, total, "score"), (RANK, rank, "count")]
        if self.verdicts:
            verdict: Expression = Blank()
            for key in reversed(self.verdicts):
                verdict = when(some(Cell(key).is_(""), Cell(key).is_(NONE_MARK)), verdict, Cell(key))
            entries.append((GRADE, verdict, "text"))
        full = Figure(self.scheme.full_marks)
        lines = [
            Line(
                key,
                "",
                Role.RESULT,
                key.split("/")[1],
                formula=formula,
                points=full if key == TOTAL else None,
                place=place,
                decimals=decimals,
            )
            for key, formula, place in entries
        ]
        self.add(Block("total", "", "合计", lines))


def _verdict(node: Group | Indicator) -> bool:
    return isinstance(node, Indicator) and not node.how.scored


def _tag(own: str) -> str:
    """What marks the rows of a group. COUNTIFS would read "1-3" as a date, "1.10" as 1.1 and * as anything."""
    return "组" + own.translate(str.maketrans("*?~", "＊？～"))


def _fact_key(name: str) -> str:
    return f"{name}/情况"
