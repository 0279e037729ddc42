"""One cell, and all the values that it could have: which one it gets, or that somebody has to choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from addin.gathering.records import OWN_BOOK, Candidate, Origin
from addin.workbooks.edits import same_value
from addin.workbooks.pending import Kind, State
from generator.value import Value


@dataclass
class Outcome:
    """What becomes of a cell. value: what is put into it, None where it stays as it is; taken: the candidate whose value stands
    there from now on; rows: what goes onto the list of what waits, and of what was chosen."""

    value: Value = None
    taken: Candidate | None = None
    rows: list[Candidate] = field(default_factory=list)


def settle(present: Value, known: Sequence[Candidate], new: Sequence[Candidate], again: Iterable[str]) -> Outcome:
    """Decide on a cell, as far as that can be done without asking.

    present: what stands in the office's book; known: what the list has of the cell; new: what this round offers; again: the
    files of this round, whose former offers are void unless they were chosen from.
    """
    present = None if present == "" else present
    ticked = [candidate for candidate in known if candidate.chosen and candidate.kind is not Kind.REFUSED]
    if ticked and all(same_value(candidate.value, ticked[0].value) for candidate in ticked):
        return _chosen(present, ticked[0], known, new)
    if typed := _typed_since(present, known):
        return _chosen(present, typed, [*known] if typed in known else [typed, *known], new)
    if ticked:
        rows = _merged(known, new)
        return Outcome(rows=[replace(row, state=State.MANY.value) if row.chosen else row for row in rows])
    void = set(again)
    left = [
        row
        for row in known
        if any(row.is_like(offered) for offered in new)
        or (row.origin.file not in void and not (row.kind is Kind.REFUSED and present is not None))
    ]
    return _open(present, _merged(left, new))


def _typed_since(present: Value, known: Sequence[Candidate]) -> Candidate | None:
    """What somebody typed into the cell himself after it was put on the list: that is a choice too."""
    if present is None or not known or all(row.kind is Kind.REFUSED for row in known):
        return None
    own = next((row for row in known if row.kind is Kind.OWN), None)
    if own is not None and same_value(own.value, present):
        return None
    same = next((row for row in known if row.kind is not Kind.REFUSED and same_value(row.value, present)), None)
    return same or _own(present, "后来在本簿里直接填的")


def _own(present: Value, why: str) -> Candidate:
    return Candidate(present, Kind.OWN, Origin(OWN_BOOK), why)


def _chosen(present: Value, choice: Candidate, known: Sequence[Candidate], new: Sequence[Candidate]) -> Outcome:
    """A cell that somebody has chosen for. A value that was not on the list then opens the question again."""
    applied = choice.state == State.TAKEN.value
    if applied and not same_value(choice.value, present):
        if present is None:
            return _open(None, _merged([row.become(State.OPEN) for row in known if row.kind is not Kind.OWN], new))
        choice = next((row for row in known if same_value(row.value, present)), None) or _own(present, "后来在本簿里直接填的")
        known = [*known] if choice in known else [choice, *known]
    strange = [row for row in new if row.kind is not Kind.REFUSED and not any(same_value(row.value, old.value) for old in known)]
    value = choice.value if not same_value(choice.value, present) else None
    if strange:
        own = replace(choice, kind=Kind.OWN, why="已经选定的").become(State.OPEN)
        rows = [own, *(row.become(State.OPEN) for row in known if row is not choice and row.kind is not Kind.OWN)]
        return Outcome(value, choice, _merged(rows, [replace(row, why=_joined(row.why, "选定以后又报来的")) for row in strange]))
    rows = [row.become(State.TAKEN if row is choice else State.LEFT) for row in known]
    others = [row.become(State.LEFT) for row in new if not same_value(row.value, choice.value)]
    return Outcome(value, choice, _merged(rows, others))


def _open(present: Value, rows: list[Candidate]) -> Outcome:
    """A cell that nobody has chosen for: it is taken where all agree and nothing is odd about it."""
    refused = [row for row in rows if row.kind is Kind.REFUSED]
    offered = [row for row in rows if row.kind in (Kind.GIVEN, Kind.DOUBTFUL)]
    if present is not None:
        others = [row for row in offered if not same_value(row.value, present)]
        if not others:
            return Outcome(rows=refused)
        own = next((row for row in rows if row.kind is Kind.OWN and same_value(row.value, present)), None)
        return Outcome(rows=[own or _own(present, "本簿里现在的数"), *others, *refused])
    sound = [row for row in offered if row.kind is Kind.GIVEN]
    if sound and all(same_value(row.value, sound[0].value) for row in offered):
        return Outcome(sound[0].value, sound[0], refused)
    if len(sound) > 1 and len({str(row.value) for row in sound}) > 1:
        offered = [row if row.why else replace(row, why="几本报的不一样") for row in offered]
    return Outcome(rows=[*offered, *refused])


def _merged(old: Sequence[Candidate], new: Sequence[Candidate]) -> list[Candidate]:
    """Old rows, and the new ones that are not among them."""
    rows = [*old]
    rows += [row for row in new if not any(row.is_like(other) for other in rows)]
    return rows


def _joined(*words: str) -> str:
    return "；".join(word for word in words if word)
