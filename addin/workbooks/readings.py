"""What would come out if a clause were read another way: every result of a filled book under each other option."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from addin.workbooks.snapshot import Snapshot
from generator.lines import keys
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.size import steps
from generator.problems import Refusal, shorten
from generator.scheme import load as schemes
from generator.scheme.parts import Reading
from generator.value import Value

TOTAL, RANK, GRADE = "总分", "位次", "等次"
Progress = Callable[[int, int, str], None]
"""Told how many are done, of how many, and what is being done now."""
MOST = 45_000_000
"""So much is worked out for other readings at most before the rest is left, about four seconds: cells that are looked at to work out
what a reading changes, and what it takes to plan the book anew, in as many cells. The largest real book, with 13 other readings, comes
to 38 million."""
A_VALUE, A_LINE, A_NEW_LINE = 80, 250, 450
"""As many cells are looked at in the time that a value of the scheme's file takes, each line of the plan, and each line that is not as
it was."""


class Move(NamedTuple):
    """A result that changes. then: None where it would be blank."""

    result: str
    now: Value
    then: Value


@dataclass(frozen=True)
class OtherReading:
    """What would change if a clause were read another way.

    changes: unit → its results that change; others: how many units keep all of theirs; same: the results that change for
    nobody; asks: what has to be filled in for it and this book has no cell for; error: why it cannot be worked out.
    """

    reading: str
    clause: str
    takes: str
    option: str
    says: str
    changes: dict[str, list[Move]] = field(default_factory=dict)
    others: int = 0
    same: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class OtherReadings:
    """The other readings of a book's scheme. tried: what each would change; left: those (reading, option) that were not tried because
    there was too much to work out already."""

    tried: list[OtherReading]
    left: list[tuple[str, str]] = field(default_factory=list)

    @property
    def left_words(self) -> str:
        """What was not tried, in a sentence; '' where all was."""
        if not self.left:
            return ""
        counts = Counter(reading for reading, _ in self.left)
        named = [f"{shorten(reading)}{f'的 {count} 种' if count > 1 else ''}" for reading, count in counts.items()]
        return f"读法太多，一次试不完，还有 {len(self.left)} 种没有试：{'、'.join(named)}"


def other_readings(
    taken: Snapshot, report: Progress | None = None, only: Collection[tuple[str, str]] = (), most: int = MOST
) -> OtherReadings:
    """For a filled book, whose results would change under each other option of the readings of its scheme. Raises BookError for
    the book of a department or a unit.

    only: these (reading, option) alone, if any are given; most: how much is worked out before the rest is left, see `MOST`.
    """
    taken.refuse_part("没有总分和位次，看不出换一种读法谁会变")
    file = taken.file
    others = [(r, name) for r in file.scheme.readings for name in r.options if name != r.takes and (not only or (r.id, name) in only)]
    search = _Search(taken)
    found: list[OtherReading] = []
    for number, (reading, name) in enumerate(others):
        if search.spent >= most:
            return OtherReadings(found, [(left.id, option) for left, option in others[number:]])
        if report:
            report(number, len(others), f"试读法“{reading.id}”")
        found.append(search.tried(reading, name))
    return OtherReadings(found)


class _Search:
    """A filled book that is read in one other way after the other. spent: how much was worked out for it so far, see `MOST`."""

    def __init__(self, taken: Snapshot) -> None:
        self.taken, self.read = taken, taken.file.parsed()
        self.values = Evaluation(taken.plan, taken.inputs)
        self.now = _results(self.values)
        self.spent = 0

    def tried(self, reading: Reading, name: str) -> OtherReading:
        about = (reading.id, reading.clause, reading.takes, name, reading.options[name].says)
        self.spent += A_VALUE * len(self.read.lines) + A_LINE * len(self.taken.plan.lines)
        try:
            then, plan = self.otherwise({**self.taken.file.takes, reading.id: name})
        except Refusal as error:
            return OtherReading(*about, error=str(error))
        now = self.now
        changes = {unit: moves for unit in now if (moves := list(_moves(now[unit], then[unit])))}
        moved = {move.result for moves in changes.values() for move in moves}
        known = dict.fromkeys(result for of_unit in (*now.values(), *then.values()) for result in of_unit)
        lines = self.taken.plan.lines
        asks = [line.input.name for line in plan.inputs if line.input and line.input.required and line.key not in lines]
        same = [result for result in known if result not in moved]
        return OtherReading(*about, changes, len(now) - len(changes), same, [*dict.fromkeys(asks)])

    def otherwise(self, takes: Mapping[str, str]) -> tuple[dict[str, dict[str, Value]], Plan]:
        """The results with these options, and the plan. Raises a Refusal."""
        plan = make_plan(schemes.understand(self.read, takes).scheme, self.taken.plan)
        altered = plan.altered(self.taken.plan)
        new = sum(key not in self.taken.plan.lines or line is not self.taken.plan.lines[key] for key, line in plan.lines.items())
        self.spent += A_NEW_LINE * new + steps(plan, (key for key in altered if key in plan.lines))
        return _results(self.values.read_otherwise(plan, altered)), plan


def _results(evaluation: Evaluation) -> dict[str, dict[str, Value]]:
    """Every result of every unit: total, rank, grade, and the scheme's own that stand beside them on the summary."""
    plan = evaluation.plan
    found: dict[str, dict[str, Value]] = {}
    wanted: dict[str, tuple[str, type]] = {}
    if plan.scored:
        wanted |= {TOTAL: (keys.TOTAL, Decimal), RANK: (keys.RANK, Decimal)}
    if keys.GRADE in plan.lines:
        wanted[GRADE] = keys.GRADE, str
    wanted |= {words: (key, Decimal) for words, key in plan.results}
    for unit, name in enumerate(plan.units):
        seen = ((words, evaluation.at(key, unit) if key in plan.lines else None, kind) for words, (key, kind) in wanted.items())
        found[name] = {words: value if isinstance(value, kind) else None for words, value, kind in seen}
    return found


def _moves(now: dict[str, Value], then: dict[str, Value]) -> Iterator[Move]:
    for result in dict.fromkeys([*now, *then]):
        if now.get(result) != then.get(result):
            yield Move(result, now.get(result), then.get(result))
