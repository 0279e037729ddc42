"""Scheme → plan: everything a scoring book shows, asks and computes, before anybody thinks of cells."""

from __future__ import annotations

from collections.abc import Mapping

from generator.lines.input import NO, YES, Ask, Input
from generator.lines.keys import DONE, DUTIES, UNDONE, Owner, fact_key
from generator.lines.line import Format, Line, Role
from generator.plan.choices import refuse_choices
from generator.plan.draft import Around, Draft, Made
from generator.plan.groups import plan_node
from generator.plan.naming import Names
from generator.plan.plan import Block, BlockKind, Plan
from generator.plan.size import refuse_long_work
from generator.plan.totals import total_lines
from generator.problems import FormulaError, SchemeFault
from generator.scheme.model import Scheme

_BY_NAME = {"inputs", "figures", "quantities", "bands", "facts"}
"""What a scheme declares besides its indicators: who uses any of it looks its name up."""
_OF_THE_WHOLE = {"indicators", "bonus", "formula", "grades", "ties", "rank_by", "notes", "readings"}
"""What has no say in the part of the plan that a single indicator has."""


def make_plan(scheme: Scheme, like: Plan | None = None) -> Plan:
    """Compile a scheme. Raises SchemeFault in Chinese where its parts cannot be put together.

    like: a plan of the scheme read otherwise; what would be made anew just as it is there is taken from it. The plan gives the
    same values as without it; a figure that was only written otherwise, 1.0 for 1, may look as it does there.
    """
    alike = like is not None and all(
        getattr(scheme, name) == getattr(like.scheme, name) for name in Scheme.model_fields if name not in _BY_NAME | _OF_THE_WHOLE
    )
    try:
        return _planned(scheme, like.made if like is not None and alike else {})
    except FormulaError as error:
        raise SchemeFault(error.message, (), error.remedy) from None


def _planned(scheme: Scheme, like: Mapping[str, Made]) -> Plan:
    draft = Draft(scheme, Names.of(scheme), like)
    root = draft.names.root
    around = Around(draft.everybody, ())
    _facts(draft)
    draft.data(root, scheme.inputs, scheme.figures, "基础数据", around)
    nodes = [(node, Around(draft.everybody, ("indicators", number))) for number, node in enumerate(scheme.indicators)]
    if scheme.bonus:
        nodes.append((scheme.bonus, Around(draft.everybody, ("bonus",))))
    keys = [plan_node(draft, node, where) for node, where in nodes]
    draft.quantities(root, scheme.quantities, "综合计算", around)
    last = total_lines(scheme, draft.lines, draft.names, [key for key in keys if key], draft.verdicts)
    draft.add(Block(BlockKind.TOTAL, "", "合计", last))
    draft.scores |= {line.label: line.key for line in last if line.key in (DUTIES, DONE, UNDONE)}
    board = draft.names.board
    plan = Plan(scheme, draft.blocks, [*draft.tables, *board.tables.values()], draft.scores, draft.tops, draft.lists, made=draft.made)
    plan.dependencies.refuse_circles(board)
    refuse_choices(plan)
    _refuse_imports(plan)
    refuse_long_work(plan)
    return plan


def _refuse_imports(plan: Plan) -> None:
    """Another scheme's results are those of the year, so nothing in a period can take them. Raises SchemeFault."""
    for line in plan.inputs:
        if line.input and line.input.imports and line.owner.periods:
            what, where = plan.named(line)
            raise SchemeFault(f"{what}每期填一次，不能从别的方案取数（scheme）", where, "请把它放在不分期的地方，或删去 scheme")


def _facts(draft: Draft) -> None:
    """The block of the facts about units that decide what applies to them."""
    lines = []
    for fact in draft.scheme.facts:
        asked = Input(fact.id, Ask.CHOICE, options=(YES, NO), hint=fact.about)
        applies = draft.scheme.members(fact.groups)
        lines.append(Line(fact_key(fact.id), Owner(fact.id), Role.INPUT, fact.id, input=asked, applies=applies, format=Format.TEXT))
    if lines:
        about = "；".join(f"{f.id}：{f.about}" for f in draft.scheme.facts if f.about)
        draft.add(Block(BlockKind.DATA, "", "单位情况", lines, sentence=about))
