"""A group → its heading, its data, its children and its sum; and a group with periods, where periods become one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import le, not_

from generator.language.scope import Compiled, Scope
from generator.lines.keys import DUE_LABEL, RAW_LABEL, SUM_LABEL, Key, Owner
from generator.lines.line import Figure, Format, Line, Role
from generator.plan.draft import Around, Draft, Units, both
from generator.plan.indicators import plan_indicator
from generator.plan.plan import Block, BlockKind
from generator.problems import FormulaError, SchemeFault
from generator.rules.base import Gives
from generator.scheme.model import Group, Indicator, rule_without
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, Blank, Cell, Expression, Fixed, Text, clamp, when
from generator.value import Percent


def plan_node(draft: Draft, node: Group | Indicator, around: Around) -> str:
    """Add the blocks of a node and of all below it; returns the key of its score line ('' where it has none)."""
    if isinstance(node, Indicator):
        return plan_indicator(draft, node, around)
    return _Periods(draft, node, around).planned() if node.periods else _Sum(draft, node, around).planned()


@dataclass
class _Sum:
    """A group that adds its children up, in one way or another; with ``period``, one period of its group.

    extra: lines besides the sum's own that stand in the group's heading.
    """

    draft: Draft
    node: Group
    around: Around
    period: str = ""
    extra: list[Line] = field(default_factory=list)

    @property
    def own(self) -> Owner:
        """What the group is called on the sheet."""
        return self.draft.names.heading(self.node, self.around.path, self.around.at, "here")

    @property
    def key(self) -> Key:
        return self.own.line(SUM_LABEL)

    @property
    def scope(self) -> Scope:
        return self.draft.scope(self.around)

    @property
    def applies(self) -> Units:
        return both(self.around.units, self.draft.scheme.carriers_of(self.node))

    def planned(self) -> str:
        draft, node, around = self.draft, self.node, self.around
        position = len(draft.blocks)
        if node.form == "list":
            draft.lists[self.own] = node.name
        inside = around.inside(
            draft.names.tag(self.own),
            units=self.applies,
            questions=(*around.questions, *draft.questions(node, around)),
            listing=self.own if node.form == "list" else around.listing,
            raw=self.raw,
        )
        where = f"{node.name}·{self.period}" if self.period else node.name
        draft.data(self.scope, node.inputs, draft.names.figures_of(node, around.at), f"{where}数据", inside)
        keys = [plan_node(draft, child, inside.child(number)) for number, child in enumerate(node.children)]
        children = tuple(key for key in keys if key)
        draft.quantities(self.scope, node.quantities, f"{where}计算", inside)
        lines: list[Line] = []
        if children:
            lines = [self.sum_line(inside, children), *self.extra]
        else:
            self.refuse_empty()
        draft.add(self.block(lines), position)
        if not lines:
            return ""
        if node.id or self.period:
            draft.scores[self.own] = self.key
        if not self.period:
            draft.top(node, around, self.key)
        return self.key

    @property
    def raw(self) -> str:
        """What marks the children's scores before they are rounded, where the group wants these; else ''. Raises SchemeFault."""
        node, path = self.node, (*self.around.path, "round_last")
        if not node.round_last:
            return ""
        if not node.rescale or node.formula:
            raise SchemeFault(f"分组“{node.name}”写了 round_last，却没有 rescale", path, "round_last 只用在放大到分值的分组上")
        if any(isinstance(child, Group) or child.no_task != "exclude" for child in node.children):
            words = f"分组“{node.name}”写了 round_last，下面却有分组，或没有任务时不是“不计”的指标"
            raise SchemeFault(words, path, "请把指标直接放在这个分组里，no_task 写 exclude")
        return f"{self.draft.names.tag(self.own)}放大前"

    def block(self, lines: list[Line]) -> Block:
        node = self.node
        kind, id, name = (BlockKind.PERIOD, "", self.period) if self.period else (BlockKind.GROUP, node.id, node.name)
        return Block(kind, id, name, lines, self.around.depth, assessor=node.assessor, clause=node.clause)

    def refuse_empty(self) -> None:
        """Without any score below there must be duties at least, and nothing to work out."""
        node, path = self.node, self.around.path
        if node.formula:
            raise SchemeFault(f"分组“{node.name}”里没有计分的指标，不能写 score", path)
        if not any(isinstance(c, Group) or c.how.gives is Gives.DUTY for c in node.children):
            raise SchemeFault(f"分组“{node.name}”里没有计分的指标，请把否决项直接放在 indicators 下", path)

    def sum_line(self, inside: Around, children: tuple[str, ...]) -> Line:
        """The line of the group's own score."""
        node, decimals = self.node, self.draft.scheme.decimals
        added: Expression = e.Tagged("sum", inside.tag, children)
        summed, ready = self.summed(added, children)
        summed = self.bounded(summed)
        formula: Expression
        if len(children) == 1 and isinstance(summed, e.Tagged) and node.form != "list":
            formula = Cell(children[0])  # blank, － or a score: the group's is the same
        else:
            formula = e.Round(summed, decimals, sum_only=not (node.formula or node.rescale))
            if ready is not None:
                formula = when(ready, formula, Blank())
            if inside.questions or any(vanishing(self.draft, node, self.around)):
                formula = when(e.Tagged("applying", inside.tag, children).is_(0), Text(NONE_MARK), formula)
            formula = when(e.Tagged("blanks", inside.tag, children) > 0, Blank(), formula)
        due = self.own.line(DUE_LABEL)
        if due in self.scope.dues:
            worth: Expression = when(Cell(self.key).is_(NONE_MARK), Text(NONE_MARK), Fixed(self.key, "points"))
            self.extra.append(Line(due, self.own, Role.DUE, DUE_LABEL, formula=worth, format=Format.SCORE, decimals=decimals))
        never = () if all(self.applies) else tuple(not a for a in self.applies)
        return Line(
            self.key,
            self.own,
            Role.GROUP,
            SUM_LABEL,
            self.around.tag,
            formula=formula,
            points=_points(node),
            outside=never,
            format=Format.SCORE,
            decimals=decimals,
        )

    def summed(self, added: Expression, children: tuple[str, ...]) -> tuple[Expression, Expression | None]:
        """The children's scores as one number, before limits and rounding, and what a formula of the group's own needs."""
        node, points = self.node, Fixed(self.key, "points")
        if node.formula:
            compiled = self.formula()
            self.extra += compiled.figures
            return compiled.tree, compiled.ready
        if node.rescale:
            if self.raw:
                lines = tuple(self.draft.lines[key].owner.line(RAW_LABEL) for key in children)
                added = e.Tagged("sum", self.raw, lines)
            weight, decimals = self.own.line("适用分值"), self.draft.scheme.decimals
            whole = e.Tagged("sum", "due", tuple(self.scope.dues), by="role")
            self.extra.append(Line(weight, self.own, Role.WORKING, "适用分值", formula=whole, format=Format.SCORE, decimals=decimals))
            return points * added / Cell(weight), None
        return points + added if node.base == "full" else added, None

    def formula(self) -> Compiled:
        try:
            return self.scope.compile(self.node.formula, "score")
        except FormulaError as error:
            words = f"分组“{self.node.name}”的 score：{error.message}"
            raise SchemeFault(words, (*self.around.path, "score"), error.remedy) from None

    def bounded(self, summed: Expression) -> Expression:
        """Held between the group's limits, each with a line of its own; zero needs none."""
        limits: list[Expression | None] = []
        for label, value in (("最低", self.node.at_least), ("最高", self.node.at_most)):
            if not value:
                limits.append(None if value is None else e.lift(0))
                continue
            key = self.own.line(label)
            self.extra.append(Line(key, self.own, Role.PARAMETER, label, standard=Figure(value, label + "{}")))
            limits.append(Fixed(key, "standard"))
        return summed if limits == [None, None] else clamp(summed, *limits)


@dataclass(frozen=True)
class _Periods:
    """A group that is scored in every period."""

    draft: Draft
    node: Group
    around: Around

    def planned(self) -> str:
        draft, node, around = self.draft, self.node, self.around
        if node.weights and len(node.weights) != len(node.periods):
            words = f"分组“{node.name}”有 {len(node.periods)} 期，weights 写了 {len(node.weights)} 个"
            raise SchemeFault(words, (*around.path, "weights"))
        own = draft.names.heading(node, around.path, around.at, "")
        key, tag, position = own.line(SUM_LABEL), draft.names.tag(own), len(draft.blocks)
        tops = tuple(_Sum(draft, node, around.inside(tag, at=f"{around.at}@{period}"), period).planned() for period in node.periods)
        if not all(tops):
            raise SchemeFault(f"分组“{node.name}”里没有计分的指标，不能按期计分", around.path)
        weights = [
            Line(own.line(f"{period}权重"), own, Role.PARAMETER, f"{period}权重", standard=Figure(Percent(weight)))
            for period, weight in zip(node.periods, node.weights, strict=False)
        ]
        decimals = draft.scheme.decimals
        formula: Expression = e.Round(self.folded(tag, tops, weights), decimals, sum_only=node.fold == "sum" and not weights)
        if any(vanishing(draft, node, around)):
            formula = when(e.Tagged("applying", tag, tops).is_(0), Text(NONE_MARK), formula)
        formula = when(e.Tagged("blanks", tag, tops) > 0, Blank(), formula)
        line = Line(
            key, own, Role.GROUP, SUM_LABEL, around.tag, formula=formula, points=_points(node), format=Format.SCORE, decimals=decimals
        )
        block = Block(BlockKind.GROUP, node.id, node.name, [line, *weights], around.depth, assessor=node.assessor, clause=node.clause)
        draft.add(block, position)
        draft.scores[own] = key
        draft.top(node, around, key)
        return key

    def folded(self, tag: str, tops: tuple[str, ...], weights: list[Line]) -> Expression:
        """The periods as one number: by weights, the sum, the mean, or the mean of those that a unit took part in."""
        if weights:
            absent = any(vanishing(self.draft, self.node, self.around))  # a period that is － is a text, which no program multiplies
            scores: list[Expression] = [e.Sum((Cell(top),)) if absent else Cell(top) for top in tops]
            return e.SumOfProducts(tuple((score, Fixed(line.key, "standard")) for score, line in zip(scores, weights, strict=True)))
        added = e.Tagged("sum", tag, tops)
        if self.node.fold == "average":
            return added / len(tops)
        return added / e.Tagged("applying", tag, tops) if self.node.fold == "participated" else added


def _points(node: Group) -> Figure | None:
    return None if node.points is None else Figure(node.points)


def vanishing(draft: Draft, node: Group | Indicator, around: Around, known: dict[tuple[int, Units], Units] | None = None) -> Units:
    """For each unit, whether the node's score can be －. around: where the node stands; known: what was found below."""
    known = {} if known is None else known
    everybody = draft.everybody
    applies = both(around.units, draft.scheme.carriers_of(node))
    if isinstance(node, Group):
        if node.only_if or node.unless:
            return everybody
        if (id(node), applies) not in known:
            inside = replace(around, units=applies)
            below = [vanishing(draft, child, inside, known) for child in node.children if isinstance(child, Group) or child.how.scored]
            known[id(node), applies] = tuple(map(all, zip(*below, strict=True))) if below else tuple(map(not_, everybody))
        return known[id(node), applies]
    if node.no_task != "exclude":
        return tuple(map(not_, around.units))
    if node.only_if or node.unless or node.may_be_none or around.questions:
        return everybody
    return tuple(map(le, applies, rule_without(node.how, node.points, len(everybody))))  # not asked, or without a figure
