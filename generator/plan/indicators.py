"""One indicator → its block of lines: what its rule declares, and what becomes of units without the task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import gt

from generator.language.needs import of_branches
from generator.language.quantities import GUARD
from generator.lines.input import NO_TASK, YES
from generator.lines.keys import COEFFICIENT, DUE_LABEL, DUTY_TAG, RAW_LABEL, RESULT_LABEL, ROLE_LABEL, SCORE_LABEL, Owner
from generator.lines.line import Figure, Format, Line, Role
from generator.plan.draft import Around, Draft, Made, Question, Units, both
from generator.plan.plan import Block, BlockKind
from generator.problems import FormulaError, SchemeFault
from generator.rules.base import Gives
from generator.rules.item import Item
from generator.scheme.model import Indicator, Scheme, rule_without
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, Blank, Cell, Expression, Fixed, Text, every, some, when

_OTHERS = {
    "average": "本簿：没有任务的按有任务单位的平均得分计。",
    "full": "本簿：没有任务的得满分。",
    "zero": "本簿：没有任务的不得分。",
}
"""What the 计分办法 column says of units without the task, by ``no_task``: the book's own words, where the text does not say it."""


@dataclass(frozen=True)
class _Task:
    """Who has the task. absent: signs in a unit's cells that it has none; questions: what is asked first."""

    absent: Sequence[Expression]
    questions: tuple[Question, ...]

    @property
    def open(self) -> bool:
        """Whether a unit can turn out to be without the task."""
        return bool(self.absent or self.questions)

    def guarded(self, core: Expression, outside: Expression) -> Expression:
        """``core`` for units with the task, ``outside`` for the others, blank while it is not known which they are.

        A unit that is not asked at all (－) has not said 是.
        """
        formula = core
        for question, wanted in reversed(self.questions):
            yes, no = (formula, outside) if wanted == YES else (outside, formula)
            formula = when(question.is_(YES), yes, when(question.is_(""), Blank(), no))
        return when(some(*self.absent), outside, formula) if self.absent else formula


def plan_indicator(draft: Draft, node: Indicator, around: Around) -> str:
    """Add an indicator's block; returns the key of its score line ('' where it has none). Raises SchemeFault."""
    owned, said = _owned(draft, node, around), draft.sentences.get(around.listing, "")
    made = draft.like.get(Owner(node.id + around.at))
    if made is None or not made.fits(node, around, owned, said):
        made = _made(draft, node, around, owned, said)
    draft.made[made.block.id] = made
    draft.tables += made.tables
    if around.listing:
        draft.sentences[around.listing] = made.sentence
    if node.how.gives is Gives.VERDICT:
        draft.verdicts.append(made.block.lines[-1].key)
    if made.key:
        draft.scores[made.block.id] = made.key
        draft.top(node, around, made.key)
    draft.add(made.block)
    return made.key


def _made(draft: Draft, node: Indicator, around: Around, owned: bool, said: str) -> Made:
    try:
        return _planned(draft, node, around, owned, said)
    except FormulaError as error:
        words = f"指标 {node.id}“{node.name}”：{error.message}"
        raise SchemeFault(words, (*around.path, node.how.written_in), error.remedy) from None
    except ValueError as error:
        raise SchemeFault(f"指标 {node.id}“{node.name}”：同一指标下有两个名称相同的项目（{error}），请改名", around.path) from None


def _planned(draft: Draft, node: Indicator, around: Around, owned: bool, said: str) -> Made:
    item = _item(draft, node, around)
    factor = _coefficient(node, item, draft.scheme)
    score = node.how.score(item)
    if factor is not None:
        score = factor * score
    own = said or node.how.sentence(item)
    sentence = _assuming(node.criteria or own, node.how.assumes(item))
    _refuse(node, item, around)
    questions = (*around.questions, *draft.questions(node, around))
    task = _Task(_absent(draft, item, node, questions), questions)
    if task.open and "平均" not in sentence:
        sentence += _OTHERS.get(node.no_task, "")
    lines = _inputs(node, item, questions)
    key = ""
    match node.how.gives:
        case Gives.DUTY:
            lines = [replace(line, tag=DUTY_TAG) for line in lines]
        case Gives.VERDICT:
            verdict = task.guarded(when(item.ready, score, Blank()) if item.ready else score, Text(NONE_MARK))
            lines.append(Line(item.id.line(RESULT_LABEL), item.id, Role.RESULT, RESULT_LABEL, formula=verdict, format=Format.TEXT))
        case Gives.POINTS:
            lines += _score(draft, node, item, score, task, around, owned)
            key = item.id.line(SCORE_LABEL)
    block = Block(
        BlockKind.INDICATOR,
        item.id,
        node.name,
        lines,
        around.depth,
        node.measure,
        node.assessor,
        sentence,
        node.clause,
        node.due,
        listed=around.listing,
        number=node.id,
    )
    return Made(node, around, owned, said, own, block, item.tables, key, alone=not (questions or item.asked_around))


def _owned(draft: Draft, node: Indicator, around: Around) -> bool:
    """Whether somebody around an indicator adds up what it is worth."""
    parent = draft.scope(around).parent
    return parent is not None and Owner(node.id + around.at).line(DUE_LABEL) in parent.dues


def _item(draft: Draft, node: Indicator, around: Around) -> Item:
    """The indicator for its rule to work at. Units are asked and have figures where the task is theirs."""
    without = rule_without(node.how, node.points, len(around.units))
    return Item(
        node.id + around.at,
        node.points,
        tuple(map(gt, both(around.units, draft.scheme.carriers_of(node)), without)),
        decimals=draft.scheme.decimals,
        measure=node.measure,
        may_be_none=node.may_be_none,
        scope=draft.scope(around),
        roles=draft.scheme.roles_in(node),
        members=draft.scheme.members,
    )


def _coefficient(node: Indicator, item: Item, scheme: Scheme) -> Expression | None:
    """The row of role coefficients, and of the roles by name where the rule speaks of them. Returns what the score is
    multiplied by, unless the rule's own formula takes it."""
    if not isinstance(node.carriers, dict):
        return None
    if node.how.speaks_of_roles:
        item.words(ROLE_LABEL, item.roles)
    item.coefficient = item.parameter(COEFFICIENT, [scheme.roles.get(r) for r in item.roles])
    return None if node.how.weighs else item.coefficient


def _assuming(sentence: str, assumed: str) -> str:
    """A sentence with what the book assumes in brackets before its full stop, unless it speaks of that itself."""
    if not assumed or assumed in sentence:
        return sentence
    return f"{sentence.removesuffix('。')}（{assumed}）。"


def _refuse(node: Indicator, item: Item, around: Around) -> None:
    if node.nobody == "full" and item.by_unit:
        words = f"指标 {node.id}“{node.name}”：各单位分值不同时不能用 nobody: full，因为没有共同的满分"
        raise SchemeFault(words, around.path)
    if node.may_be_none and len(item.inputs) != 1:
        raise SchemeFault(f"指标 {node.id}“{node.name}”：may_be_none 只能用在只填一个数的规则上，请改用 only_if", around.path)


def _absent(draft: Draft, item: Item, node: Indicator, questions: tuple[Question, ...]) -> list[Expression]:
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
    asked_of = [draft.lines[q.line].applies for q, wanted in questions if wanted == YES and isinstance(q, Cell) and q.line in draft.lines]
    signs = []
    if not all(item.applies) and item.applies not in asked_of:
        signs.append(first.is_(NONE_MARK))
    if node.may_be_none:
        signs.append(first.is_(NO_TASK))
    return signs


def _inputs(node: Indicator, item: Item, questions: tuple[Question, ...]) -> list[Line]:
    """The rule's lines, each input with what must be answered for it to be wanted."""
    unscored: tuple[Question, ...] = ((Cell(item.id.line(SCORE_LABEL)), ""),)
    in_branches = of_branches(item.ready) if item.ready and node.how.scored else set()
    lines = []
    for line in item.lines:
        if line.input and not line.shared:
            wanted = (*questions, *(unscored if line.input.required and line.key in in_branches else ()))
            lines.append(replace(line, wanted_if=wanted) if wanted != line.wanted_if else line)
        else:
            lines.append(line)
    return lines


def _score(draft: Draft, node: Indicator, item: Item, score: Expression, task: _Task, around: Around, owned: bool) -> list[Line]:
    """The line of the score with its helpers, and that of what the indicator is worth where somebody adds that up."""
    decimals, key = draft.scheme.decimals, item.id.line(SCORE_LABEL)
    core: Expression = e.Round(score, decimals)
    if item.ready:
        core = when(item.ready, core, Blank())
    lines: list[Line] = []
    limit = item.limit
    if node.no_task == "average" and task.open:
        base, worked = item.id.line("计算得分"), task.guarded(core, Text(NONE_MARK))
        lines.append(Line(base, item.id, Role.WORKING, "计算得分", formula=worked, format=Format.SCORE, decimals=decimals))
        mean = Figure(_average(base, item.points if node.nobody == "full" else Blank(), decimals), "平均{}")
        where = key if limit is None else item.id.line("平均得分")
        if limit is None:
            limit = mean
        else:
            lines.append(Line(where, item.id, Role.WORKING, "平均得分", standard=mean))
        formula = when(Cell(base).is_(NONE_MARK), Fixed(where, "standard"), Cell(base))
    else:
        outside = {"exclude": Text(NONE_MARK), "full": item.points, "zero": e.lift(0)}.get(node.no_task, Text(NONE_MARK))
        formula = task.guarded(core, outside)
    points = None if item.by_unit else Figure(item.least_points)
    applies, never = _shown(node, item, task, around)
    line = Line(
        key,
        item.id,
        Role.SCORE,
        SCORE_LABEL,
        around.tag,
        formula=formula,
        standard=limit,
        points=points,
        applies=applies,
        outside=never,
        format=Format.SCORE,
        decimals=decimals,
    )
    lines.append(line)
    if around.raw:
        exact = when(item.ready, e.Round(score, GUARD), Blank()) if item.ready else e.Round(score, GUARD)
        formula = task.guarded(exact, Text(NONE_MARK))
        label = RAW_LABEL
        lines.append(Line(item.id.line(label), item.id, Role.WORKING, label, around.raw, formula=formula, applies=applies, outside=never))
    if owned:
        whole = item.points if item.coefficient is None else item.points * item.coefficient
        worth = task.guarded(whole, Text(NONE_MARK) if node.no_task == "exclude" else whole)
        lines.append(
            replace(line, key=item.id.line(DUE_LABEL), role=Role.DUE, label=DUE_LABEL, tag="", formula=worth, standard=None, points=None)
        )
    return lines


def _shown(node: Indicator, item: Item, task: _Task, around: Around) -> tuple[Units, Units]:
    """Which units have a score here at all, and which of these can only have －."""
    if node.no_task != "exclude":
        # what the others get is for units of the group only
        return () if all(around.units) else around.units, ()
    if all(item.applies):
        return (), ()
    return ((), tuple(not a for a in item.applies)) if task.absent else (item.applies, ())


def _average(base: str, nobody: Expression, decimals: int) -> Expression:
    """按其他单位的平均分: the mean of the scores, as printed, of the units with the task, once every one has its own."""
    row = e.Row(base)
    scored = e.Fold("count", (row,))
    without = e.CountOf((row,), NONE_MARK)
    complete = every(scored > 0, (scored + without).is_(e.Fold("size", (row,))))
    mean = e.Round(e.Fold("average", (row,)), decimals)
    if isinstance(nobody, Blank):
        return when(complete, mean, nobody)
    return when(complete, mean, when(without.is_(e.Fold("size", (row,))), nobody, Blank()))
