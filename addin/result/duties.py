"""What a unit has not carried out, in a book of duties that gives no points."""

from __future__ import annotations

from dataclasses import dataclass

from addin.result.account import NoAccount, of_office
from addin.workbooks.explanation import clause_of, no_such_unit
from addin.workbooks.snapshot import Snapshot
from generator.lines.input import NO, YES
from generator.lines.keys import DUTY_TAG, Owner
from generator.plan.evaluation import Evaluation


@dataclass(frozen=True)
class Duty:
    """A duty that was not carried out, or of which nobody has said yet whether it was."""

    id: str
    name: str
    clause: str


@dataclass(frozen=True)
class Duties:
    """How a unit stands with its duties. done: how many it carried out; undone: those that it did not; unanswered: those left blank."""

    unit: str
    done: int
    undone: list[Duty]
    unanswered: list[Duty]


def of(taken: Snapshot, unit: str) -> Duties:
    """The duties of a unit, by its name. Raises NoAccount."""
    plan = of_office(taken).plan
    if unit not in plan.units:
        raise NoAccount(no_such_unit(plan, unit))
    values, position = Evaluation(plan, taken.inputs), plan.units.index(unit)
    answers = [
        (values.at(line.key, position), Duty(Owner(block.id).id, block.name, clause_of(plan, block)))
        for block in plan.blocks
        for line in block.lines
        if line.tag == DUTY_TAG
    ]
    return Duties(
        unit,
        sum(answer == YES for answer, _ in answers),
        [duty for answer, duty in answers if answer == NO],
        [duty for answer, duty in answers if answer is None],
    )


def told(duties: Duties) -> list[str]:
    """The same as lines of text."""
    lines = [
        duties.unit,
        f"已落实 {duties.done} 项，未落实 {len(duties.undone)} 项，没有填的 {len(duties.unanswered)} 项；只列职责、不计分",
    ]
    for title, listed in (("未落实", duties.undone), ("没有填", duties.unanswered)):
        lines += [f"{title}（{len(listed)} 项）："] if listed else []
        lines += [f"　{duty.id} {duty.name}，依据{duty.clause}" for duty in listed]
    return lines
