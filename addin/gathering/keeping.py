"""What the office's book remembers of the rounds before, read back from the sheets that gathering added."""

from __future__ import annotations

from decimal import Decimal

from addin.gathering import remark_sheet
from addin.gathering.records import Candidate, Cell, FileRecord, Ledger, Origin, SelfRecord, Source
from addin.workbooks import ledgers, pending
from addin.workbooks.book import Cells
from addin.workbooks.snapshot import Snapshot
from generator.plan.plan import Plan
from generator.value import Value, show
from generator.xlsx.package import Package

FILE_DIGEST, FILE_NAME, FILE_WHOSE, FILE_BY, FILE_SAVED, FILE_STANDING = "ABCDEF"
FILE_TAKEN, FILE_SAME, FILE_WAITING, FILE_LEFT, FILE_REFUSED, FILE_WORDS = "GHIJKL"
"""The columns of the list of files on the sheet 报送; a row of it is known by what stands in the first, which is hidden."""
FILE_MARK = "file:"
SELF_FIRST = 5
SELF_KEY, SELF_UNIT, SELF_LABEL, SELF_ITEM, SELF_OWN, SELF_OFFICE, SELF_GAP, SELF_FILE, SELF_PLACE, SELF_SAVED = "ABCDEFGHIJ"
"""The columns of the sheet 自评."""


def read(package: Package, taken: Snapshot) -> Ledger:
    """What a book remembers. A sheet that bears the name of one of ours without being one is left alone, and so unknown."""
    found = Ledger()
    parts = {role: package.sheet_apart(name) for role, name in taken.ledgers.items()}
    parts = {role: part for role, part in parts.items() if part.value(ledgers.MARKED) == ledgers.mark(role)}
    cells = _cells(taken.plan)
    if ledgers.FILES in parts:
        found.files = {record.name: record for record in _files(parts[ledgers.FILES])}
    if ledgers.SOURCES in parts:
        found.sources = _sources(parts[ledgers.SOURCES], cells)
    if ledgers.PENDING in parts:
        for row in pending.rows(parts[ledgers.PENDING]):
            if row.key in cells:
                origin = Origin(row.file, row.place, row.saved)
                candidate = Candidate(row.given, row.kind, origin, row.why, row.ticked, row.state, row.remark)
                found.pending.setdefault(cells[row.key], []).append(candidate)
    if ledgers.SELF in parts:
        found.own = [
            *_own(
                parts[ledgers.SELF], {pending.cell_key(line, unit): (line, unit) for line in taken.plan.lines for unit in taken.plan.units}
            )
        ]
    if ledgers.REMARKS in parts:
        found.remarks = remark_sheet.read(parts[ledgers.REMARKS])
    return found


def marked(package: Package, taken: Snapshot) -> dict[str, str]:
    """The sheets of ours that really are, by role."""
    return {role: name for role, name in taken.ledgers.items() if package.sheet_apart(name).value(ledgers.MARKED) == ledgers.mark(role)}


def _cells(plan: Plan) -> dict[str, Cell]:
    return {called: (key, "" if unit < 0 else plan.units[unit]) for called, (key, unit) in pending.places(plan).items()}


def _files(part: Cells) -> list[FileRecord]:
    records = []
    for row, _ in part.rows():
        mark = part.value(f"{FILE_DIGEST}{row}")
        if isinstance(mark, str) and mark.startswith(FILE_MARK):
            name, whose, by, saved, standing, words = (
                _text(part, f"{column}{row}") for column in (FILE_NAME, FILE_WHOSE, FILE_BY, FILE_SAVED, FILE_STANDING, FILE_WORDS)
            )
            same = part.value(f"{FILE_SAME}{row}")
            count = int(same) if isinstance(same, Decimal) else 0
            records.append(FileRecord(name, mark.removeprefix(FILE_MARK), whose, by, saved, standing, count, words))
    return records


def _sources(part: Cells, cells: dict[str, Cell]) -> dict[Cell, Source]:
    found: dict[Cell, Source] = {}
    for row, _ in part.rows():
        key = part.value(f"{pending.SOURCE_KEY}{row}")
        if row >= pending.SOURCE_FIRST and isinstance(key, str) and key in cells:
            file, place, saved = (
                _text(part, f"{column}{row}") for column in (pending.SOURCE_FILE, pending.SOURCE_PLACE, pending.SOURCE_SAVED)
            )
            value = part.value(f"{pending.SOURCE_VALUE}{row}")
            found[cells[key]] = Source(value, Origin(file, place, saved) if file else None)
    return found


def _own(part: Cells, cells: dict[str, Cell]) -> list[SelfRecord]:
    found = []
    for row, _ in part.rows():
        key = part.value(f"{SELF_KEY}{row}")
        if row >= SELF_FIRST and isinstance(key, str) and key in cells:
            file, place, saved = (_text(part, f"{column}{row}") for column in (SELF_FILE, SELF_PLACE, SELF_SAVED))
            value: Value = part.value(f"{SELF_OWN}{row}")
            found.append(SelfRecord(cells[key], value, Origin(file, place, saved)))
    return found


def _text(part: Cells, at: str) -> str:
    value = part.value(at)
    return "" if value is None else show(value)
