"""The sheet 待定: values that wait until somebody chooses, one row each; those of one cell stand together.

Gathering draws it (`addin.gathering`); what was chosen is put into its cell by the next gathering or by recomputing,
whichever comes first. So its form is told here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from addin.workbooks import ledgers, snapshot
from addin.workbooks.book import Book, Cells
from addin.workbooks.edits import Edit, same_value
from addin.workbooks.snapshot import Snapshot
from generator.lines.line import SHARED
from generator.plan.plan import Plan
from generator.value import Value, show

TICK = "√"
TICKS = {TICK, "✓", "✔", "v", "V", "y", "Y", "是", "对", "1", "采用"}
"""What people write who mean a tick."""
FIRST = 5
"""The first row below the heads."""
KEY, KIND, TAKE, LABEL, UNIT, GIVEN, FILE, PLACE, SAVED, WHY, STATE, REMARK = "ABCDEFGHIJKL"
"""The columns; the first two are hidden."""
SOURCE_FIRST = 4
SOURCE_KEY, SOURCE_LABEL, SOURCE_UNIT, SOURCE_VALUE, SOURCE_FILE, SOURCE_PLACE, SOURCE_SAVED, SOURCE_NOTE = "ABCDEFGH"
"""Of the sheet 来源."""
CHOSEN = "按“待定”表的选择填入"


class Kind(StrEnum):
    """Where a value comes from, and whether it may be taken: from the book itself, from a file, from a file but odd, of no use."""

    OWN = "own"
    GIVEN = "given"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


class State(StrEnum):
    """What has become of a value."""

    OPEN = "待选"
    MANY = "选了不止一个"
    TAKEN = "已采用"
    LEFT = "未采用"
    REFUSED = "不能收"


def cell_key(key: str, unit: str) -> str:
    """What a unit's cell on a line is called on the sheets that gathering adds. unit: its name, '' for the cell that all share."""
    return f"{key}|{unit}"


def places(plan: Plan) -> dict[str, tuple[str, int]]:
    """Line and unit by what their cell is called."""
    return {
        cell_key(line.key, "" if unit == SHARED else plan.units[unit]): (line.key, unit)
        for line in plan.inputs
        for unit in plan.places(line)
    }


@dataclass(frozen=True)
class Row:
    """A row of the sheet. number: where it stands; ticked: whether somebody chose it."""

    number: int
    key: str
    kind: Kind
    ticked: bool
    given: Value
    file: str
    place: str
    saved: str
    why: str
    state: str
    remark: str


def rows(part: Cells) -> list[Row]:
    """What stands on the sheet."""
    found = []
    for number, _ in part.rows():
        kind, key = part.value(f"{KIND}{number}"), part.value(f"{KEY}{number}")
        if number < FIRST or kind not in Kind._value2member_map_ or not isinstance(key, str):
            continue
        texts = (_text(part, f"{column}{number}") for column in (FILE, PLACE, SAVED, WHY, STATE, REMARK))
        ticked = _text(part, f"{TAKE}{number}").strip() in TICKS
        found.append(Row(number, key, Kind(str(kind)), ticked, part.value(f"{GIVEN}{number}"), *texts))
    return found


def _text(part: Cells, at: str) -> str:
    value = part.value(at)
    return "" if value is None else show(value)


def chosen(group: Iterable[Row]) -> Row | None:
    """The row that is chosen of those about one cell, the first of several that say the same; None where there is none, or where
    they say different things."""
    ticked = [row for row in group if row.ticked and row.kind is not Kind.REFUSED]
    return ticked[0] if ticked and all(same_value(row.given, ticked[0].given) for row in ticked) else None


def apply(package: Book, name: str) -> list[Edit]:
    """Put what was chosen into its cells, once; gives what was changed of the inputs. name: of the book."""
    if ledgers.PENDING not in ledgers.of(package, snapshot.about_of(package)):
        return []
    taken = snapshot.of_package(package, name)
    part, known = package.sheet(taken.ledgers[ledgers.PENDING]), places(taken.plan)
    if part.value(ledgers.MARKED) != ledgers.mark(ledgers.PENDING):
        return []
    groups: dict[str, list[Row]] = {}
    for row in rows(part):
        groups.setdefault(row.key, []).append(row)
    edits, sources = [], _Sources(package, taken)
    for key, group in groups.items():
        choice = chosen(group)
        place = taken.place(*known[key]) if key in known else None
        if choice is None or choice.state == State.TAKEN or place is None:
            continue
        sheet, at = place
        was = taken.sheets[sheet].part.value(at)
        if not same_value(was, choice.given):
            package.sheet(sheet).set(at, choice.given)
            edits.append(Edit(sheet, at, choice.given, show(was), CHOSEN))
        for other in group:
            if other.kind is not Kind.REFUSED:
                part.set(f"{STATE}{other.number}", State.TAKEN.value if other is choice else State.LEFT.value)
        if choice.kind is not Kind.OWN:
            sources.note(choice)
    return edits


@dataclass
class _Sources:
    """The rows of the sheet 来源, by what their cell is called."""

    package: Book
    taken: Snapshot
    found: dict[str, int] | None = None

    def note(self, row: Row) -> None:
        """Say of a cell that its value is from this row."""
        name = self.taken.ledgers.get(ledgers.SOURCES)
        if name is None:
            return
        part = self.package.sheet(name)
        if self.found is None:
            self.found = {str(part.value(f"{SOURCE_KEY}{number}")): number for number, _ in part.rows() if number >= SOURCE_FIRST}
        number = self.found.get(row.key)
        if number is not None:
            about = {SOURCE_VALUE: row.given, SOURCE_FILE: row.file, SOURCE_PLACE: row.place, SOURCE_SAVED: row.saved, SOURCE_NOTE: None}
            for column, value in about.items():
                part.set(f"{column}{number}", value or None if isinstance(value, str) else value)
