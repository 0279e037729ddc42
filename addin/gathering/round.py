"""One round of gathering: what came in goes into a book in memory, with the sheets that tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from addin.gathering import keeping
from addin.gathering.draw import Drawing
from addin.gathering.incoming import Incoming, Status
from addin.gathering.merge import FileReport, Merged, merge
from addin.gathering.records import Candidate, Cell
from addin.gathering.reported import Share, shares
from addin.gathering.table import numbers_in
from addin.workbooks import inputs, ledgers, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.edits import same_formula
from addin.workbooks.naming import Names
from addin.workbooks.pending import State
from addin.workbooks.snapshot import Snapshot
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.value import Value
from generator.xlsx import added
from generator.xlsx.package import Package

MOST_WAITING = 20_000
"""So many rows can stand on the list of what waits; nobody chooses among more."""


@dataclass(frozen=True)
class Waiting:
    """A cell that somebody has to choose for. sheet, cell: where it is in the office's book."""

    label: str
    unit: str
    sheet: str
    cell: str
    candidates: list[Candidate]


@dataclass
class Gathered:
    """What a round came to. count: how many cells were filled in; changed: whether the book is another one now; departments,
    units: what each still owes; remarks: how many texts the files have."""

    files: list[FileReport]
    count: int
    changed: bool
    waiting: list[Waiting] = field(default_factory=list)
    departments: list[Share] = field(default_factory=list)
    units: list[Share] = field(default_factory=list)
    remarks: int = 0

    @property
    def troubled(self) -> bool:
        """Whether people have to see to something."""
        return bool(self.waiting) or any(report.troubled for report in self.files)


def gather(package: Package, incoming: Sequence[Incoming]) -> Gathered:
    """Take what came in into the office's book. Raises a Refusal where that book cannot be used."""
    taken = snapshot.of_package(package, package.name)
    before = keeping.read(package, taken)
    cells = [(key, unit) for key, unit in _cells(taken) if taken.place(key, _position(taken, unit)) is not None]
    present: dict[Cell, Value] = {cell: taken.value(cell[0], _position(taken, cell[1])) for cell in cells}
    merged = merge(cells, present, before, incoming)
    _fill(taken, merged.edits)
    if _ask_again(taken, merged, incoming):
        _fill(taken, {cell: present[cell] for cell in merged.edits})
        merged = merge(cells, present, before, incoming)
        _fill(taken, merged.edits)
    rows = sum(map(len, merged.ledger.pending.values()))
    if rows > MOST_WAITING:
        why = "多半是交错了文件，或者发下去的簿里带着旧数"
        raise BookError(f"要人来选的有 {len(merged.ledger.pending)} 格、{rows} 行，太多了，没有汇总；{why}，请先核对，或分几次汇总")
    if merged.edits:
        repair.refresh(package, package.name)
    values = Evaluation(taken.plan, taken.inputs)
    changed = _keep(package, taken, merged, values) or bool(merged.edits)
    departments, units = shares(taken.plan, values)
    remarks = sum(len(one.remarks) for one in incoming if one.status is Status.READ)
    return Gathered(merged.files, len(merged.edits), changed, _waiting(taken, merged), departments, units, remarks)


def _fill(taken: Snapshot, values: Mapping[Cell, Value]) -> None:
    for (key, unit), value in values.items():
        place = taken.place(key, _position(taken, unit))
        assert place is not None
        taken.sheets[place[0]].part.set(place[1], value)


def _ask_again(taken: Snapshot, merged: Merged, incoming: Sequence[Incoming]) -> bool:
    """Judge what was just filled in beside all that stands in the office's book, which no file alone shows: a part that is more
    than the whole of another department's. What is odd goes back among the offers as such; whether there is any."""
    filled = {taken.place(key, _position(taken, unit)): (key, unit) for key, unit in merged.edits}
    said = {filled[finding.sheet, finding.cell]: finding for finding in inputs.questions(taken, {place for place in filled if place})}
    for one in incoming:
        for number, offer in enumerate(one.offers):
            finding = said.get((offer.key, offer.unit))
            if finding is not None and not offer.doubt and not offer.refused and not one.from_unit:
                grave = finding.severity == "error"
                one.offers[number] = (
                    replace(offer, refused=f"{finding.message}。{finding.fix}") if grave else replace(offer, doubt=finding.message)
                )
    return bool(said)


def _cells(taken: Snapshot) -> list[Cell]:
    return [
        (line.key, "" if unit == SHARED else taken.plan.units[unit])
        for line in taken.plan.inputs
        for unit in taken.plan.places(line)
        if taken.is_open(line, unit)
    ]


def _position(taken: Snapshot, unit: str) -> int:
    return taken.plan.units.index(unit) if unit else SHARED


def _keep(package: Package, taken: Snapshot, merged: Merged, values: Evaluation) -> bool:
    """Draw the sheets; whether any of them is another one than before."""
    known = keeping.marked(package, taken)
    wanted = {ledgers.SELF: bool(merged.ledger.own), ledgers.REMARKS: bool(merged.ledger.remarks)}
    roles = [role for role in ledgers.ROLES if wanted.get(role, True) or role in known]
    if not merged.ledger.files and not known:
        return False
    names: dict[str, str] = {}
    for role in roles:
        names[role] = ledgers.enter(package, role, {**known, **names})
    numbers = numbers_in(package, taken.design)
    drawn = Drawing(taken, merged.ledger, values, names).sheets()
    changed = [added.put(package, sheet, taken.design, numbers, same_formula) for sheet in drawn]  # every one of them
    return any(changed)


def _waiting(taken: Snapshot, merged: Merged) -> list[Waiting]:
    names = Names(taken.plan)
    found = []
    for (key, unit), rows in merged.ledger.pending.items():
        if any(row.state in (State.OPEN, State.MANY) for row in rows):
            sheet, at = taken.place(key, _position(taken, unit)) or ("", "")
            found.append(Waiting(names.label(taken.plan.lines[key]), taken.plan.who(_position(taken, unit)), sheet, at, rows))
    return found
