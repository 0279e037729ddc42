"""What would come out if a clause were read another way: every result of a filled book under each other option."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from addin.workbooks.snapshot import Snapshot
from generator.lines import keys
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Refusal
from generator.scheme import load as schemes
from generator.value import Value

TOTAL, RANK, GRADE = "总分", "位次", "等次"
Progress = Callable[[int, int, str], None]
"""Told how many are done, of how many, and what is being done now."""


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


def other_readings(taken: Snapshot, report: Progress | None = None) -> list[OtherReading]:
    """For a filled book, whose results would change under each other option of the readings of its scheme. Raises BookError for
    the book of a department or a unit."""
    taken.refuse_part("没有总分和位次，看不出换一种读法谁会变")
    file, inputs = taken.file, taken.inputs
    read = file.parsed()
    now = _results(taken.plan, inputs)
    found: list[OtherReading] = []
    count = sum(len(reading.options) - 1 for reading in file.scheme.readings)
    for reading in file.scheme.readings:
        for name, option in reading.options.items():
            if name == reading.takes:
                continue
            if report:
                report(len(found), count, f"试读法“{reading.id}”")
            about = (reading.id, reading.clause, reading.takes, name, option.says)
            try:
                plan = make_plan(schemes.understand(read, {**file.takes, reading.id: name}).scheme)
                then = _results(plan, inputs)
            except Refusal as error:
                found.append(OtherReading(*about, error=str(error)))
                continue
            changes = {unit: moves for unit in now if (moves := list(_moves(now[unit], then[unit])))}
            moved = {move.result for moves in changes.values() for move in moves}
            known = dict.fromkeys(result for of_unit in (*now.values(), *then.values()) for result in of_unit)
            asks = [line.input.name for line in plan.inputs if line.input and line.input.required and line.key not in taken.plan.lines]
            same = [result for result in known if result not in moved]
            found.append(OtherReading(*about, changes, len(now) - len(changes), same, [*dict.fromkeys(asks)]))
    return found


def _results(plan: Plan, inputs: Mapping[tuple[str, int], Value]) -> dict[str, dict[str, Value]]:
    """Every result of every unit: total, rank, grade, and the scheme's own that stand beside them on the summary."""
    evaluation = Evaluation(plan, {key: value for key, value in inputs.items() if key[0] in plan.lines})
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
