"""A unit's account: what it scored, where points were lost or added, why, and by which clause."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from addin.result.scale import scale_of
from addin.result.weight import Weights
from addin.workbooks.explanation import amiss_in, clause_of, no_such_unit, steps_to
from addin.workbooks.grading import grade_words, undecided
from addin.workbooks.snapshot import Snapshot
from generator.lines.keys import COEFFICIENT, RESULT_LABEL, ROLE_LABEL, SCORE_LABEL, SUM_LABEL, TOTAL, WORKED, Key, Owner
from generator.lines.line import Line, Role
from generator.plan import called
from generator.plan.evaluation import Evaluation
from generator.plan.plan import HEADINGS, Block, BlockKind, Plan
from generator.plan.worth import POINTS, worth
from generator.problems import Refusal
from generator.scheme.model import IN_POINTS, walk
from generator.tree.derivation import BECAUSE, Derivation, quoted
from generator.tree.derivation import told as told_number
from generator.tree.expression import NONE_MARK, UNFINISHED
from generator.value import Percent, Value, show

PLAIN_SUM = re.compile(r"[-+ ]*[\d.,]+(?: [-+] [\d.,]+)*")
"""Figures that are only added up."""
_ARITHMETIC = re.compile(r"[（+×÷]| - |^-|^\d")
"""What words have that are more than the name of a figure."""
MISSED = "未得"
"""What is said of points that nobody took off, and that were not earned."""
COUNTERS = tuple("个处项家起件条名")
"""Words that count things, before what is counted."""
TIED = 3
"""So many units of the same place are named."""
UNEARNED = 6
"""So many of the events that would have earned points are named."""
BENEATH = 8
"""So many figures are told that quantities beneath others rest on."""
AMISS = 5
"""So many cells that show something else than they should are named."""
LONG = 60
"""Of a quantity that a score rests on, the arithmetic is told in words that are no longer."""


class NoAccount(Refusal):
    """There is no account to give: no such unit, or a book without scores."""


def of_office(taken: Snapshot) -> Snapshot:
    """The book, if it is the office's. Raises NoAccount for one that was handed out: it has not everything."""
    if not taken.plan.view.whole:
        raise NoAccount(f"“{taken.name}”是{taken.plan.view.who}的分簿，内容不全；请用考核办公室的总簿")
    return taken


@dataclass(frozen=True)
class Entry:
    """What happened to a unit on one indicator.

    points: what it is worth for the unit, None where it only adds; score: what the unit has, None where there is none yet;
    lost: how many points it lost, below zero where points were added; missed: how many it could have earned besides, by what did not
    happen; reason: the figures; clause: with the document; scale: the group whose points they are, '' where they are the total's;
    in_total: what the lost ones would have added to the total, where they are of another scale and that can be said; unit: whose it is.
    """

    id: str
    name: str
    part: str
    period: str
    points: Decimal | None
    score: Decimal | None
    lost: Decimal
    reason: str
    rule: str
    clause: str
    missed: Decimal = Decimal(0)
    scale: str = ""
    in_total: Decimal | None = None
    unit: str = ""

    @property
    def heading(self) -> str:
        """The indicator as people call it: number, name, period."""
        return called.heading(Owner(self.id).id, self.name, self.period)

    @property
    def own_heading(self) -> str:
        """The same for the unit itself, which does not put its own name before its numbers."""
        return called.heading(called.own_number(Owner(self.id).id, [self.unit]), self.name, self.period)


@dataclass(frozen=True)
class Neighbour:
    """The unit right before or behind in the ranking. total: what it is ranked by; gap: how many points lie between."""

    unit: str
    total: Decimal
    gap: Decimal


@dataclass(frozen=True)
class Account:
    """What a unit comes to.

    of: how many units are ranked with it; parts: name, points and score of what the total is put together from; results:
    the scheme's own results besides the total; decided: vetoes that fix the grade, with the reason; undecided: those of which nothing
    can be said yet; tied: who has the same place; waiting: what has no score yet;
    missed: where nothing was lost and points could have been earned; measure: what scores are counted in; measures: what results are
    counted in, by name, where that is said; amiss: where the sheet shows another result than it should; lost_in_total: by how much the
    total would be higher without the losses, where some are of another scale; working: gives `folded`.
    """

    unit: str
    group: str
    total: Decimal | None
    rank: int | None
    of: int
    grade: str
    grade_reason: str
    parts: list[tuple[str, Decimal | None, Value]]
    results: list[tuple[str, Value]]
    losses: list[Entry]
    gains: list[Entry]
    waiting: list[Entry]
    decided: list[Entry] = field(default_factory=list)
    undecided: list[Entry] = field(default_factory=list)
    missed: list[Entry] = field(default_factory=list)
    tied: list[str] = field(default_factory=list)
    measure: str = IN_POINTS
    measures: dict[str, str] = field(default_factory=dict)
    amiss: list[str] = field(default_factory=list)
    lost_in_total: Decimal | None = None
    working: Callable[[], list[tuple[str, str]]] = field(default=list, repr=False, compare=False)
    ranked_by: str = ""
    """What units are ranked by instead of their totals, with a blank behind it."""
    ahead: Neighbour | None = None
    behind: Neighbour | None = None

    def shown(self, value: Value) -> str:
        """A score as it stands in a sentence or a cell: with what it is counted in where that is no points."""
        return show(value) if self.measure == IN_POINTS else f"{show(value)} {self.measure}"

    def result_words(self, name: str, value: Value) -> str:
        """One of the scheme's own results, with what it is counted in."""
        measure = self.measures.get(name, "")
        return "还没有填完" if value in (None, "") else number_words(value) + (f" {measure}" if measure else "")

    @property
    def place(self) -> str:
        """The place, and whether it is shared."""
        return f"{'并列' if self.tied else ''}第 {self.rank} 名（共 {self.of} 个单位）" if self.rank else "还没有位次"

    @property
    def place_in_full(self) -> str:
        """The place, with those who share it."""
        if not self.rank or not self.tied:
            return self.place
        with_whom = "、".join(self.tied) if len(self.tied) <= TIED else f"另外 {len(self.tied)} 个单位"
        return f"第 {self.rank} 名（共 {self.of} 个单位，与{with_whom}并列）"

    @cached_property
    def folded(self) -> list[tuple[str, str]]:
        """Name and working of each group, and of the total, that is more than the sum of what is in it, the total last. Not every
        reader of accounts asks, and it takes as long as all the rest."""
        return self.working()

    @property
    def by_period(self) -> bool:
        """Whether some of the losses are a month's or a quarter's, which enter the year by their share."""
        return any(entry.period and entry.scale for entry in self.losses)


class Accounts:
    """The accounts of a book's units. Raises NoAccount where the book has no scores at all."""

    def __init__(self, taken: Snapshot) -> None:
        self.taken, self.plan = taken, taken.plan
        self.values = Evaluation(taken.plan, taken.inputs)
        scheme = taken.plan.scheme
        self._weights = Weights(self.values)
        self._scales: dict[str, str] = {}
        """What is known of `scale_of`: it is the same for all units."""
        self._outside = scheme.members(scheme.outside) if scheme.outside else (False,) * len(taken.plan.units)

    @cached_property
    def _groups(self) -> list[str]:
        """The group of each unit."""
        return [group for group, members in self.plan.scheme.groups.items() for _ in members]

    @cached_property
    def _assessed(self) -> dict[int, int]:
        """How many units of each group are ranked. A group goes by its first unit, here and below."""
        groups = {group[0]: group for group in self.plan.group_of}
        return {first: sum(not self._outside[unit] for unit in group) for first, group in groups.items()}

    @cached_property
    def _totals(self) -> dict[int, list[tuple[Decimal, int]]]:
        """What the units of each group are ranked by, in order, of equals the first in the table first."""
        found = {}
        for group in {group[0]: group for group in self.plan.group_of}.values():
            known = ((self.values.value(self.plan.ranked_by, unit), unit) for unit in group)
            found[group[0]] = sorted((total, unit) for total, unit in known if isinstance(total, Decimal))
        return found

    def of(self, unit: str) -> Account:
        """The account of a unit, by its name. Raises NoAccount."""
        plan = self.plan
        if unit not in plan.units:
            raise NoAccount(no_such_unit(plan, unit))
        if not plan.scored:
            of_office(self.taken)
            raise NoAccount(f"“{self.taken.name}”只列职责、不计分，没有得分可以说明；用 scorebook score 看已落实、未落实的项数")
        return self._account(plan.units.index(unit))

    def all(self) -> Iterator[Account]:
        """The accounts of all units that are assessed, in the order of the table."""
        for unit, name in enumerate(self.plan.units):
            if not self._outside[unit]:
                yield self.of(name)

    def _account(self, unit: int) -> Account:
        plan, values = self.plan, self.values
        result = values.result(unit)
        entries = list(self._entries(unit))
        losses = [entry for entry in entries if entry.score is not None and entry.lost > 0]
        ahead, behind = self._neighbours(unit)
        return Account(
            plan.units[unit],
            self._groups[unit],
            result.total,
            result.rank,
            self._assessed[plan.group_of[unit][0]],
            result.grade or "",
            "；".join([*([veto] if (veto := self._verdict(unit)) else []), *grade_words(values, unit)]) if result.grade else "",
            [(name, worth(plan.lines[key], values, unit), self._shown(key, unit)) for name, key in plan.columns],
            [(name, self._shown(key, unit)) for name, key in plan.results],
            losses,
            [entry for entry in entries if entry.score is not None and entry.lost < 0],
            [entry for entry in entries if entry.score is None],
            list(self._vetoes(unit)),
            list(self._undecided(unit)),
            [entry for entry in entries if entry.score is not None and entry.missed and not entry.lost],
            self._tied(unit),
            plan.scheme.measure,
            {name: quantity.measure for name, quantity in plan.scheme.quantities.items() if quantity.measure not in ("", "%")},
            list(self._amiss(unit)),
            self._in_total(unit, losses) if any(entry.scale for entry in losses) else None,
            lambda: self._folded(unit, bool(entries) and any(entry.score is None for entry in entries)),
            f"{plan.scheme.rank_by} " if plan.scheme.rank_by else "",
            ahead,
            behind,
        )

    def _shown(self, key: str, unit: int) -> Value:
        """What a unit has on a line: a share as such."""
        value = self.values.at(key, unit)
        return Percent(value) if self.plan.lines[key].percent and isinstance(value, Decimal) else value

    def _tied(self, unit: int) -> list[str]:
        """Who has the same place."""
        own = self.values.value(self.plan.ranked_by, unit)
        if not isinstance(own, Decimal) or self._outside[unit]:
            return []
        totals = self._totals[self.plan.group_of[unit][0]]
        return [self.plan.units[other] for total, other in totals if total == own and other != unit and not self._outside[other]]

    def _folded(self, unit: int, waiting: bool) -> list[tuple[str, str]]:
        """See `Account.folded`. waiting: what has no score yet is told elsewhere, and what waits for it need not be."""
        steps = [*self._groups_folded(unit), *self._total_folded(unit)]
        open_steps = [step for step in steps if step[1].startswith(("还没有结果", UNFINISHED))]
        return [step for step in steps if step not in open_steps] + ([] if waiting else open_steps[-1:])

    def _amiss(self, unit: int) -> Iterator[str]:
        """Which scores, sums and results the sheet shows otherwise."""
        for line in self.plan.lines.values():
            if line.role in (Role.SCORE, Role.GROUP, Role.RESULT):
                block = self.plan.block_of[line.key]
                name = block.name if block.kind is not BlockKind.TOTAL else ""
                yield from (f"{name}{words}" for words in amiss_in(self.taken, self.values, line, unit))

    def _verdict(self, unit: int) -> str:
        """Why a veto fixes the grade; '' where none does."""
        reasons = [entry.reason for entry in self._vetoes(unit)]
        return reasons[0] if reasons else ""

    def _groups_folded(self, unit: int) -> Iterator[tuple[str, str]]:
        """Groups with a cap, a floor, a weight or another working of their own; not those of one month, which are in the whole year's."""
        for block in self.plan.blocks:
            owner = Owner(block.id)
            key = owner.line(SUM_LABEL)
            if block.kind in HEADINGS and not owner.periods and key in self.plan.lines:
                derivation = self.values.explain(key, unit) if isinstance(self.values.at(key, unit), Decimal) else None
                if derivation is not None and not _adds_up(derivation):
                    name = f"{owner} {block.name}" if any(sign.isdigit() for sign in owner) else block.name
                    yield name, _with_names(derivation)

    def _total_folded(self, unit: int) -> Iterator[tuple[str, str]]:
        """What the total is worked out from, step by step, where it is more than a sum."""
        lines = [line for key in dict.fromkeys((WORKED, TOTAL, self.plan.ranked_by)) if (line := self.plan.lines.get(key))]
        steps = [(step.label, step.derivation) for step in steps_to(self.values, lines, unit, of_periods=False) if step.derivation]
        if all(_adds_up(derivation) for _, derivation in steps):
            return
        for label, derivation in steps:
            words = str(derivation)
            if not PLAIN_SUM.fullmatch(words):  # it says more than the value
                yield label, _with_names(derivation)

    def _neighbours(self, unit: int) -> tuple[Neighbour | None, Neighbour | None]:
        """The nearest units above and below in the unit's group; of equals the first in the table."""
        own = self.values.value(self.plan.ranked_by, unit)
        if not isinstance(own, Decimal) or self._outside[unit]:
            return None, None
        totals = self._totals[self.plan.group_of[unit][0]]
        above = next(iter(totals[bisect_right(totals, own, key=itemgetter(0)) :]), None)
        first_below = bisect_left(totals, own, key=itemgetter(0)) - 1
        below = None
        if first_below >= 0:
            below = totals[bisect_left(totals, totals[first_below][0], key=itemgetter(0))]
        names = self.plan.units
        return (
            Neighbour(names[above[1]], above[0], above[0] - own) if above else None,
            Neighbour(names[below[1]], below[0], own - below[0]) if below else None,
        )

    def _entries(self, unit: int) -> Iterator[Entry]:
        plan, values = self.plan, self.values
        for block, path in _indicators(plan):
            key = Owner(block.id).line(SCORE_LABEL)
            line = plan.lines.get(key)
            score = values.at(key, unit) if line is not None else NONE_MARK
            if line is None or isinstance(score, str):
                continue  # no points are given here, or the unit has no such task
            assert score is None or isinstance(score, Decimal)
            adds = Owner(block.id).id in plan.adding
            points = None if adds and Owner(block.id).id not in self._earned else worth(line, values, unit)
            lost = Decimal(0) if score is None else (points or Decimal(0)) - score
            entry = self._entry(block, path, unit, key, points, score, lost)
            missed = Decimal(0)
            if points and lost > 0:
                missed = lost if adds else self._missed(block, key, unit, points)
                if unearned := self._unearned(block, key, unit, points):
                    entry = replace(entry, reason=f"{entry.reason}；没有得分的：{unearned}")
            if adds and points and score is not None:
                lost = missed - score  # who has earned a part of them has lost nothing
            if key not in self._scales:
                self._scales[key] = scale_of(plan, key, path)
            entry = replace(entry, lost=lost - missed, missed=missed, scale=self._scales[key])
            yield replace(entry, in_total=self._in_total(unit, [entry])) if entry.scale and entry.lost > 0 else entry

    def _in_total(self, unit: int, entries: Sequence[Entry]) -> Decimal | None:
        """What the lost points of some entries would have added to the total."""
        return self._weights.in_total(unit, {Owner(entry.id).line(SCORE_LABEL): entry.lost for entry in entries})

    @cached_property
    def _earned(self) -> set[str]:
        """The indicators that only add, and of whose points the full marks are made up too."""
        scheme = self.plan.scheme
        extra = {node.id for node in walk(scheme.bonus)} if scheme.bonus else set()
        return self.plan.adding - extra if scheme.full_marks is not None else set()

    def _missed(self, block: Block, key: Key, unit: int, points: Decimal) -> Decimal:
        """How many of the points that a unit fell short were never there to be lost: they are earned by what happens, and what happened
        did not earn as many. The rest was taken off by something else that happened."""
        asked = [line for line in block.lines if line.input]
        if not asked or not all(line.input and line.input.accepts.blank for line in asked):
            return Decimal(0)
        quiet, score = self._quiet.at(key, unit), self.values.at(key, unit)
        if quiet != 0 or not isinstance(score, Decimal):
            return Decimal(0)
        values = self.values
        for line in asked:
            if not values.at(line.key, unit):
                continue  # it did not happen
            without = values.with_one(line.key, unit, None)
            spared = without.at(key, unit)
            if isinstance(spared, Decimal) and spared > score:
                values = without
        earned = values.at(key, unit)
        return points - earned if isinstance(earned, Decimal) else Decimal(0)

    def _unearned(self, block: Block, key: Key, unit: int, points: Decimal) -> str:
        """What did not happen and would have earned points."""
        quiet, score = self._quiet.at(key, unit), self.values.at(key, unit)
        if not isinstance(quiet, Decimal) or not isinstance(score, Decimal) or quiet >= points:
            return ""
        found = []
        for line in block.lines:
            asked = line.input
            if asked is None or not asked.accepts.blank or asked.options or self.values.at(line.key, unit) not in (None, 0):
                continue
            low = asked.accepts.low if isinstance(asked.accepts.low, Decimal) else Decimal(0)
            more = self.values.with_one(line.key, unit, max(Decimal(1), low)).at(key, unit)
            found += [called.cell(self.plan, line.key, Owner(block.id))] if isinstance(more, Decimal) and more > score else []
        return "、".join(map(quoted, found[:UNEARNED])) + ("等" if len(found) > UNEARNED else "")

    @cached_property
    def _quiet(self) -> Evaluation:
        """The values if nothing of all that can happen or not had happened."""
        lines = self.plan.lines
        kept = {at: value for at, value in self.taken.inputs.items() if not ((asked := lines[at[0]].input) and asked.accepts.blank)}
        return Evaluation(self.plan, kept)

    def _undecided(self, unit: int) -> Iterator[Entry]:
        """The vetoes that wait for something, or that hang on what cannot be used."""
        for block, reason in undecided(self.values, unit):
            path = next(path for one, path in _indicators(self.plan) if one is block)
            entry = self._entry(block, path, unit, Owner(block.id).line(RESULT_LABEL), None, None, Decimal(0))
            yield replace(entry, reason=reason)

    def _vetoes(self, unit: int) -> Iterator[Entry]:
        for block, path in _indicators(self.plan):
            key = Owner(block.id).line(RESULT_LABEL)
            verdict = self.values.value(key, unit) if key in self.plan.lines else None
            if verdict not in (None, "", NONE_MARK):
                entry = self._entry(block, path, unit, key, None, None, Decimal(0))
                *facts, told = self._told(block, unit, key)
                told = told.removeprefix(f"{show(verdict)}，")
                reason = "；".join([told, *(fact for fact in facts if not all(one.split(" ")[0] in told for one in fact.split("，")))])
                name = block.name if block.name == verdict else f"{block.name}：{show(verdict)}"
                yield replace(entry, name=name, reason=reason)

    def _entry(
        self, block: Block, path: list[Block], unit: int, key: Key, points: Decimal | None, score: Decimal | None, lost: Decimal
    ) -> Entry:
        owner, plan = Owner(block.id), self.plan
        return Entry(
            owner,
            block.name,
            path[0].name if path else "",
            "·".join(owner.periods),
            points,
            score,
            lost,
            self._reason(block, unit, key),
            block.sentence,
            clause_of(plan, block),
            unit=plan.units[unit],
        )

    def _reason(self, block: Block, unit: int, key: Key) -> str:
        """The figures that were filled in, and what was made of them."""
        return "；".join(self._told(block, unit, key))

    def _told(self, block: Block, unit: int, key: Key) -> list[str]:
        """See `_reason`, part by part: what was filled in, the quantities between, and the result, where these do not end in it."""
        derivation = self.values.explain(key, unit)
        if derivation.result is None:
            return [str(derivation)]
        remarks = [remark for remark in derivation.remarks if not remark.startswith("四舍五入")]
        rounded = len(remarks) < len(derivation.remarks)
        told = str(replace(derivation, remarks=remarks, rounded=rounded))
        facts = [
            fact
            for fact, *signs in self._facts(block, unit, [*derivation.used, *self._beneath(block, unit, derivation.used)], key)
            if not any(sign in told for sign in (fact, *signs))
        ]
        quantities = [fact for fact in facts if " = " in fact or " ≈ " in fact]
        facts = [fact for fact in facts if fact not in quantities]
        last = quantities[-1] if quantities else facts[-1] if len(facts) == 1 else ""
        alone = re.search(rf"[ ≈=得] ?{re.escape(told)}(?:，.*)?$", last)  # a score that was typed as it is, or a quantity
        if rounded and not quantities and not remarks and len(facts) == 1 and facts[0].endswith(f" {derivation.figures}"):
            return [f"{facts[0]}，四舍五入得 {show(derivation.result)}"]
        return [*(["，".join(facts)] if facts else []), *quantities, *([] if alone else [told])]

    def _beneath(self, block: Block, unit: int, used: list[str]) -> list[str]:
        """What was filled in for quantities that only other quantities rest on: nothing else in the account tells it."""
        own: dict[str, Line] = {line.key: line for line in block.lines}
        worked_out = {key for key, line in own.items() if line.role is Role.WORKING}
        todo = [below for key in used if key in worked_out for below in self._parts_of(key, unit) if below not in used]
        found: list[str] = []
        for key in todo:
            below = [one for one in self._parts_of(key, unit) if one not in used] if key in worked_out else []
            todo += [one for one in below if one not in todo]
            found += [one for one in below if one in own and own[one].input and one not in found]
        return found[:BENEATH]

    def _parts_of(self, key: str, unit: int) -> list[str]:
        """The lines that a quantity was worked out from."""
        line = self.plan.lines[key]
        return self.values.explain(key, unit).used if line.formula is not None or self.plan.worked_out(line) else []

    def _facts(self, block: Block, unit: int, used: list[str], whole: Key) -> Iterator[tuple[str, ...]]:
        """What a score was worked out from, the figures of the indicator first, each with what is in an explanation that tells it too.
        whole: the line of the score."""
        own = [line.key for line in block.lines if line.key in used]
        for key in [*own, *(key for key in used if key not in own)]:
            line = self.plan.lines[key]
            name, value = called.cell(self.plan, key, Owner(block.id)), self.values.at(key, unit)
            if value in (None, "", NONE_MARK) or line.label == ROLE_LABEL or line.label.endswith(POINTS) or key == whole:
                continue
            shown = told_number(value, line.percent)
            if line.label == COEFFICIENT:
                if value != 1:
                    yield f"{name} {shown}", quoted(name)
            elif line.input:
                signs = (
                    (quoted(name), quoted(value))
                    if isinstance(value, str)
                    else (f"{quoted(name)}填了", f"{name}（{shown}）", f"{name} {shown}，")
                )
                yield f"{name} {show(value, line.percent)}{_counted(line, value)}", *signs
            elif line.role is Role.PARAMETER and line.values is not None:
                yield f"{name} {show(value, line.percent)}", quoted(name)
            elif line.role is Role.WORKING and (line.formula is not None or self.plan.worked_out(line)):
                yield self._worked_out(key, name, unit), f"{name} {shown}"
            elif line.role in (Role.SCORE, Role.GROUP):
                yield f"{name} {shown}", quoted(name)

    def _worked_out(self, key: str, name: str, unit: int) -> str:
        """A quantity that a score rests on, with how it came about."""
        derivation = self.values.explain(key, unit)
        told, words = _with_names(derivation), derivation.words
        if told == str(derivation) == derivation.figures and words not in ("", name, told) and not _ARITHMETIC.search(words):
            return f"{name} = {words} = {told}"  # it is another figure by its own name
        return f"{name} {derivation}" if told == str(derivation) else f"{name} = {told}"


def _counted(line: Line, value: Value) -> str:
    """What stands behind the number in an input: what it is counted in, as far as its name has not said so already."""
    measure = line.input.measure if line.input and isinstance(value, Decimal) else ""
    if measure in ("%", IN_POINTS):
        return ""
    return measure[0] if measure[:1] in COUNTERS and measure[1:] and line.label.endswith(measure[1:]) else measure


def _with_names(derivation: Derivation) -> str:
    """How something came about, the arithmetic first in words where these are short and no reason tells the names."""
    words, told = derivation.words, str(derivation)
    reasons = any(remark.startswith(BECAUSE) for remark in derivation.remarks)
    limits = derivation.limited and not any(sign in told for sign in ("封顶", "最低"))  # a table, or the others
    if reasons or limits or len(words) > LONG or words in ("", derivation.figures) or told.startswith(f"{words} "):
        return told
    if not derivation.limited and derivation.figures == told_number(derivation.result, derivation.percent):
        return told
    return f"{words} = {told}"


def _adds_up(derivation: Derivation) -> bool:
    """Whether something is the plain sum of what is in it."""
    remarks = [remark for remark in derivation.remarks if not remark.startswith("四舍五入")]
    return not derivation.limited and not remarks and (not derivation.figures or PLAIN_SUM.fullmatch(derivation.figures) is not None)


def _indicators(plan: Plan) -> Iterator[tuple[Block, list[Block]]]:
    """Every indicator with the groups around it, the outermost first."""
    path: list[Block] = []
    for block in plan.blocks:
        while path and path[-1].depth >= block.depth:
            path.pop()
        if block.kind in HEADINGS:
            path.append(block)
        elif block.kind is BlockKind.INDICATOR:
            yield block, list(path)


def told(account: Account) -> list[str]:
    """An account as lines of text."""
    where = f"（{account.group}）" if account.group else ""
    total = "总分：还没有填完" if account.total is None else f"总分 {account.shown(account.total)}"
    lines = [f"{account.unit}{where}", "，".join([total, account.place_in_full, *([f"等次“{account.grade}”"] if account.grade else [])])]
    lines += [f"等次的由来：{account.grade_reason}"] if account.grade_reason else []
    for words, one, sign in (("前一名", account.ahead, "低"), ("后一名", account.behind, "高")):
        if one is not None:
            lines.append(f"比{words}{one.unit}（{account.ranked_by}{show(one.total)}）{sign} {show(one.gap)} {account.measure}")
    lines += [f"{name}：{account.result_words(name, value)}" for name, value in account.results]
    lines += ["各部分：" + "；".join(_part(*part) for part in account.parts)] if account.parts else []
    lines += ["合成得分：", *(f"　{name}：{how}" for name, how in account.folded)] if account.folded else []
    lines += [f"否决：{entry.own_heading}，{entry.reason}，依据{entry.clause}" for entry in account.decided]
    lines += [f"否决项还不能判断：{entry.own_heading}，{entry.reason}，依据{entry.clause}" for entry in account.undecided]
    less, more = verbs(account.measure)
    lines += _listed("失分" if less == "失" else "扣减", less, account.losses, account.measure, account.lost_in_total)
    lines += _listed("没有得到的", MISSED, account.missed, account.measure) if account.missed else []
    lines += _listed("加分" if more == "加" else "计入", more, account.gains, account.measure)
    if account.waiting:
        lines += [f"还没有得分的（{len(account.waiting)} 项）：", *(f"　{entry.own_heading}：{entry.reason}" for entry in account.waiting)]
    lines += [f"注意：{words}" for words in account.amiss[:AMISS]]
    lines += (
        [f"注意：另有 {len(account.amiss) - AMISS} 格显示的也不是按现在的填报应有的；点“重算”更新"] if len(account.amiss) > AMISS else []
    )
    return lines


def number_words(value: Value) -> str:
    """A number as people write it: a share as such."""
    return told_number(value, isinstance(value, Percent))


def _part(name: str, points: Decimal | None, score: Value) -> str:
    none = "没有这项任务" if score == NONE_MARK else "未填完" if score is None else ""
    return f"{name} {none or number_words(score)}" + (f"/{show(points)}" if points and score != NONE_MARK else "")


def verbs(measure: str) -> tuple[str, str]:
    """What is said of what a unit lost, and of what was added: points are lost, money is taken off."""
    return ("失", "加") if measure == IN_POINTS else ("扣", "计")


def together(entries: Sequence[Entry], verb: str, measure: str, in_total: Decimal | None = None) -> str:
    """What entries come to, as far as their points are of one scale: 共失 3 分. in_total: the same in points of the total."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    spans: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.period and entry.scale:
            spans["" if entry.scale in entry.period.split("·") else entry.scale].append(entry.period)
        else:
            sums[entry.scale] += entry.missed if verb == MISSED else abs(entry.lost)
    if set(sums) == {""} and not spans:
        return f"共{verb} {show(sums[''])} {measure}"
    parts = [f"{quoted(scale)}里的分{_span(periods)}计" for scale, periods in spans.items() if scale]
    parts += [f"各{_span(spans[''])}分别计"] if "" in spans else []
    parts += [f"{quoted(scale)}里{verb} {show(points)} {measure}" for scale, points in sums.items() if scale]
    parts += [f"其余{verb} {show(sums[''])} {measure}"] if "" in sums else []
    if in_total is not None:
        return f"{'，'.join(parts)}；共折合总分 {told_number(in_total)} {measure}"
    if len(parts) == 1:
        return f"{parts[0]}，折算进总分" + ("，不能直接相加" if spans else "")
    return "，".join(parts) + "；各按自己的分值折算进总分，不能直接相加"


def _span(periods: Sequence[str]) -> str:
    """Over what the points of a group are taken: 月, 季度, other stretches of time, or things."""
    for sign, words in (("月", "月"), ("季度", "季")):
        if all(period.endswith(sign) for period in periods):
            return words
    return "期" if any(re.search("月|季|年|期", period) for period in periods) else "项"


def short_words(entry: Entry, verb: str, measure: str) -> str:
    """What happened to a unit on an indicator: 失 2 分; 失 3 分，另有 10 分未得."""
    if verb == MISSED:
        return f"{verb} {show(entry.missed)} {measure}"
    return f"{verb} {show(abs(entry.lost))} {measure}" + (f"，另有 {show(entry.missed)} {measure}{MISSED}" if entry.missed else "")


def _listed(title: str, verb: str, entries: list[Entry], measure: str, in_total: Decimal | None = None) -> list[str]:
    if not entries:
        return [f"{title}：没有"]
    lines = [f"{title}（{len(entries)} 项，{together(entries, verb, measure, in_total)}）："]
    for alike in _alike(entries):
        entry = alike[0]
        heading, each = entry.own_heading, "各" if len(alike) > 1 else ""
        if each:
            heading = replace(entry, period="、".join(one.period for one in alike)).own_heading
        worth = f"，分值 {show(entry.points)}" if entry.points else ""
        if entry.in_total is not None:
            worth += f"，{each}折合总分 {told_number(entry.in_total)} {measure}" if entry.in_total else "，总分不因此减少"
        lines.append(f"　{heading}：{each}{short_words(entry, verb, measure)}（{each}得 {show(entry.score)}{worth}）")
        lines.append(f"　　{entry.reason}")
        lines.append(f"　　依据：{entry.clause}")
    return lines


def _alike(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries in order, those of one indicator together of which the same is to be said in several periods."""
    found: dict[Entry, list[Entry]] = {}
    for entry in entries:
        alike = replace(entry, id=Owner(entry.id).id, period="") if entry.period else entry
        found.setdefault(alike, []).append(entry)
    return list(found.values())
