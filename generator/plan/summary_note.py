"""What there is to say of a unit's place on the summary: why the first is not the best, why a score is not what decides, who ties."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lines.input import NO, YES
from generator.lines.keys import BAND, GRADE, MISSING, RANK, RESULT_LABEL, TOTAL, fact_key
from generator.lines.line import Role
from generator.plan.plan import Plan
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, Blank, Cell, Compare, Expression, Not, Row, Text, every, when
from generator.value import show

UNFINISHED, OPEN, OUTSIDE, TIED, WRONG = "不排名", "算不出总分", "不参加排名", "位次并列", "填了错误值"
PEERS = "@ranks"
"""Stands for the ranks of a unit's group."""


def note(plan: Plan, form: int) -> Expression:
    """A unit's remark, as a text. It looks at the unit's own cells and at the ranks of its group only. form: of the book."""
    tied = every(e.IsNumber(Cell(RANK)), e.CountLike(Cell(RANK), (Row(PEERS),)) > 1)
    found: Expression = when(tied, Text(TIED), Blank())
    for holds, words in reversed([*_reasons(plan, form)]):
        found = when(holds, Text(words), found)
    if plan.scheme.outside:
        found = when(Cell(RANK).is_(NONE_MARK), Text(OUTSIDE), found)
    unfinished = when(Cell(MISSING) > 0, Text(UNFINISHED), Text(OPEN))
    return e.Saved(when(Not(e.IsNumber(Cell(TOTAL))), unfinished, found), Text(WRONG))


def texts(plan: Plan, form: int) -> list[str]:
    """Everything that may be said, so that there is room for it."""
    said = [words for _, words in _reasons(plan, form)]
    return [*said, UNFINISHED, OPEN, TIED, WRONG, *([OUTSIDE] if plan.scheme.outside else [])]


def _reasons(plan: Plan, form: int) -> Iterator[tuple[Expression, str]]:
    """Why a grade is not what the place or the total alone would say: when that is so, and in words."""
    for line in plan.lines.values():
        if line.key.what == RESULT_LABEL and line.role is Role.RESULT and line.formula is not None:
            name = plan.block_of[line.key].name.partition("（")[0]
            fixed = {node.value for node in e.walk(line.formula) if isinstance(node, Text)} - {"", NONE_MARK, YES, NO}
            yield _decided(line.key), _because(name, fixed.pop(), form) if len(fixed) == 1 else f"等次按“{name}”定"
    grades = plan.scheme.grades
    if grades is None or GRADE not in plan.lines:
        return
    for band in grades.bands:
        if band.needs:
            needed = when(Cell(BAND).is_(band.name), Cell(fact_key(band.needs)), Text(YES))  # the others' fact may hold anything
            yield Compare("<>", needed, Text(YES)), f"没有“{band.needs}”，不定“{band.name}”"
    best = grades.bands[0]
    first = every(Cell(RANK).is_(1), Compare("<>", Cell(GRADE), Text("")), Compare("<>", Cell(GRADE), Text(best.name)))
    if grades.by == "score":
        yield first, f"总分不到“{best.name}”的 {show(best.at_least)} 分"
    elif grades.within != "组" and len(plan.scheme.groups) > 1:
        yield first, "等次按全部单位的位次定"
    elif grades.by == "rank_share":
        yield first, f"单位少，第 1 名也超过“{best.name}”的名额"


def _because(name: str, result: str, form: int) -> str:
    """What decided a grade: a veto by its name and result; by the longer of them alone, from the sixth form on, where that says both."""
    short, long = sorted((name, result), key=len)
    return f"有{long}的情形" if form > 5 and short in long else f"{name}：{result}"


def _decided(verdict: str) -> Expression:
    """Whether a veto or the like has decided something."""
    return every(Compare("<>", Cell(verdict), Text("")), Compare("<>", Cell(verdict), Text(NONE_MARK)))
