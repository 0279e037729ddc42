"""A unit's grade in words: by which condition it has it, and what the next better one would have wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generator.lines.input import YES
from generator.lines.keys import BAND, GRADE, PLACE, RESULT_LABEL, TOTAL, WORKED, Key, Owner
from generator.plan import called
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Block, BlockKind, Plan
from generator.scheme.parts import Grades
from generator.tree import exact
from generator.tree.derivation import quoted, told
from generator.tree.expression import NONE_MARK, Cell, Expression, If, IsNumber, Round
from generator.value import Percent, show


def undecided(values: Evaluation, unit: int) -> Iterator[tuple[Block, str]]:
    """The vetoes of which nothing can be said yet, because something is missing or cannot be used, with what that is; not those that
    wait for scores, which are told as what they are."""
    for block in values.plan.blocks:
        line = values.plan.lines.get(Owner(block.id).line(RESULT_LABEL)) if block.kind is BlockKind.INDICATOR else None
        if line is not None and line.formula is not None and values.value(line.key, unit) in (None, ""):
            remarks = [remark for remark in values.explain(line.key, unit).remarks if not remark.endswith(called.NO_SCORE_YET)]
            if remarks:
                yield block, "，".join(remarks)


def grade_words(values: Evaluation, unit: int) -> list[str]:
    """Why a unit has its grade by the table of grades, and how it would have had the next better one; nothing where there is no table, or
    no grade yet."""
    grades = values.plan.scheme.grades
    if grades is None or not isinstance(values.value(TOTAL, unit), Decimal):
        return []
    tree, vetoed = _without_vetoes(values, unit)
    name = exact.value(tree, values.seen_by(unit))
    at = next((number for number, band in enumerate(grades.bands) if band.name == name), None)
    if at is None:
        return []
    table = _Table(values, grades, unit)
    if vetoed and values.value(GRADE, unit) == name:
        return [f"没有这一情形，{table.where(at)}，也是{quoted(grades.bands[at].name)}"]
    if vetoed:
        return [f"没有这一情形的话，{table.where(at)}，是{quoted(grades.bands[at].name)}"]
    said = [table.where(table.first(at)) + table.fact(at)]
    if not at or not (wanted := table.wanted(at - 1)):
        return said
    return [*said, f"要评{quoted(grades.bands[at - 1].name)}，{wanted}", *table.barred(at - 1)]


def _without_vetoes(values: Evaluation, unit: int) -> tuple[Expression, bool]:
    """What decides the grade besides the vetoes, and whether one of these did."""
    tree, vetoed = values.plan.lines[GRADE].formula, False
    assert tree is not None
    while isinstance(tree, If) and isinstance(tree.otherwise, Cell) and Key(tree.otherwise.line).what == RESULT_LABEL:
        vetoed |= not exact.value(tree.condition, values.seen_by(unit))
        tree = tree.then
    return tree, vetoed


@dataclass(frozen=True)
class _Table:
    """The table of grades for one unit."""

    values: Evaluation
    grades: Grades
    unit: int

    @property
    def peers(self) -> int:
        """How many units are graded together."""
        plan = self.values.plan
        return len(plan.group_of[self.unit] if self.grades.within == "组" else plan.units)

    @property
    def place(self) -> Decimal:
        """The unit's place among them."""
        place = exact.number(Cell(PLACE), self.values.seen_by(self.unit))
        if self.grades.by == "rank":
            return place
        share = place * self.peers
        return (share * 2 + 1) / 2 if self.grades.rounded else share

    def last(self, share: Decimal) -> int:
        """The last place within a share of the units."""
        return int(self.grades.places(share, self.peers))

    def first(self, at: int) -> int:
        """The grade that the limits give, where the unit has another one because a fact is wanted; else its own."""
        if BAND not in self.values.plan.lines:
            return at
        return next(number for number, band in enumerate(self.grades.bands) if band.name == self.values.value(BAND, self.unit))

    def where(self, at: int) -> str:
        """Where the unit stands, between the limits of a grade."""
        bands = self.grades.bands
        own, better = bands[at], bands[at - 1] if at else None
        if self.grades.by == "score":
            total = self.values.value(TOTAL, self.unit)
            low = [f"不低于 {show(own.at_least)}"] if own.at_least is not None else []
            high = [f"低于 {show(better.at_least)}"] if better is not None and better.at_least is not None else []
            return f"总分 {told(total)} {'、'.join([*low, *high])}"
        among = f"{self.peers} 个单位中位次第 {told(self.place)}"
        if self.grades.by == "rank":
            limits = [f"在第 {show(better.up_to)} 名以后"] if better is not None and better.up_to is not None else []
            limits += [f"在前 {show(own.up_to)} 名以内"] if own.up_to is not None else []
        else:
            limits = [f"在前 {_share(better.up_to)} 以外"] if better is not None and better.up_to is not None else []
            limits += [f"在前 {_share(own.up_to)} 以内"] if own.up_to is not None else []
        return "，".join([among, *limits])

    def fact(self, at: int) -> str:
        """The fact that a grade wants, or without which the unit has the one before it; '' where there is none."""
        bands = self.grades.bands
        if (first := self.first(at)) != at:
            below = bands[first]
            return f"，初定{quoted(below.name)}；没有{quoted(below.needs)}的情形，定为{quoted(bands[at].name)}"
        return f"，{quoted(bands[at].needs)}是{quoted(YES)}" if bands[at].needs else ""

    def wanted(self, at: int) -> str:
        """What a grade would have wanted of the unit; '' where there is no room for it."""
        band = self.grades.bands[at]
        if self.grades.by == "score":
            total = self.values.value(TOTAL, self.unit)
            if band.at_least is None or not isinstance(total, Decimal):
                return ""
            return f"总分要不低于 {show(band.at_least)}，还差 {told(band.at_least - total)} {self.values.plan.scheme.measure}"
        if band.up_to is None:
            return ""
        last = int(band.up_to) if self.grades.by == "rank" else self.last(band.up_to)
        return f"位次要进前 {last} 名" if 0 < last < self.place else ""

    def barred(self, at: int) -> Iterator[str]:
        """The veto that would keep the unit from a grade by points, even had it the points."""
        wanted = self.grades.bands[at].at_least
        if self.grades.by != "score" or wanted is None:
            return
        supposed = self.values.supposing(_summed_up(self.values.plan), self.unit, wanted)
        for block in self.values.plan.blocks:
            key = Owner(block.id).line(RESULT_LABEL)
            verdict = supposed.value(key, self.unit) if block.kind is BlockKind.INDICATOR and key in self.values.plan.lines else None
            if verdict not in (None, "", NONE_MARK):
                why = str(supposed.explain(key, self.unit)).removeprefix(show(verdict))
                yield f"不过到了 {show(wanted)} {self.values.plan.scheme.measure}，也只能定为{quoted(show(verdict))}{why}"
                return


def _summed_up(plan: Plan) -> str:
    """The line that the total only repeats or rounds, whatever name it has there."""
    key = WORKED if WORKED in plan.lines else TOTAL
    while True:
        tree = plan.lines[key].formula
        while isinstance(tree, If | Round):
            tree = (
                tree.then
                if isinstance(tree, If) and isinstance(tree.condition, IsNumber)
                else tree.value
                if isinstance(tree, Round)
                else None
            )
        if not isinstance(tree, Cell):
            return key
        key = Key(tree.line)


def _share(value: Decimal | None) -> str:
    return show(None if value is None else Percent(value), True)
