"""What people write in words beside the figures: who filled a book in, what proves a figure, what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from addin.workbooks.book import Cells
from addin.workbooks.edits import same_value
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import KEY_ROWS, Found, Snapshot
from generator.columns import letters_of
from generator.layout.addresses import address
from generator.layout.matrix import Matrix
from generator.lines.keys import TOTAL
from generator.lines.line import Role
from generator.plan.evaluation import Evaluation
from generator.plan.plan import BlockKind
from generator.plan.view import Kind
from generator.problems import Refusal
from generator.sheets import guide, remarks
from generator.value import show
from generator.xlsx.xml import legal

LONGEST = 8_000
"""So much is kept of a text; Excel's cells hold 32,767 characters."""
MOST = 20_000
"""So many texts of one file are kept: no book of ours has room for more."""


@dataclass(frozen=True)
class Written:
    """A text that somebody wrote. about: the indicator's block, '' for what stands on the first sheet; what: the heading or the label
    that it stands under."""

    about: str
    what: str
    text: str
    sheet: str
    cell: str

    @property
    def place(self) -> str:
        """Where it stands in its file."""
        return f"{self.sheet}!{self.cell}"


def written(taken: Snapshot) -> list[Written]:
    """What was written in the book of a department or a unit. The office's own book has no such places."""
    if taken.plan.view.whole:
        return []
    found = [*_cover(taken), *(_beside(taken) if taken.plan.view.kind is Kind.UNIT else _listed(taken))]
    return found[:MOST]


def _cover(taken: Snapshot) -> Iterator[Written]:
    """The first sheet: each label with what stands on its right."""
    own = taken.design.own(taken.plan.view)
    labels = [*own.cover] if own else []
    label, value = letters_of(guide.FIRST), letters_of(guide.FIRST + 1)
    for name, part in _others(taken, taken.design.guide.sheet):
        rows = {part.value(f"{label}{row}"): row for row, _ in reversed([*part.rows()])}
        if not labels or not {*labels} <= rows.keys():
            continue
        for text in labels:
            yield from _text(part, name, f"{value}{rows[text]}", "", text)
        return


def _listed(taken: Snapshot) -> Iterator[Written]:
    """A department's sheet of remarks: a row for each indicator."""
    design = taken.design.parts.remarks
    known = {block.number for block in taken.plan.blocks if block.kind == BlockKind.INDICATOR}
    for name, part in _others(taken, design.sheet):
        columns = _columns(part)
        if columns is None:
            continue
        for row, _ in part.rows():
            marked = (part.value(f"{letters}{row}") for letters in (letters_of(remarks.KEY), columns["number"]))
            number = next((text for value in marked if (text := show(value)) in known), "")
            for key in remarks.WRITTEN if number else ():
                yield from _text(part, name, f"{columns[key]}{row}", number, design.headings[key])
        return


def _columns(part: Cells) -> dict[str, str] | None:
    """The letters of the columns of a sheet of remarks; None where it is none."""
    wanted = {"number", *remarks.WRITTEN}
    for _, (_, cells) in zip(range(KEY_ROWS), part.rows(), strict=False):
        found = {part.value(at): letters for letters, at in cells}
        if wanted <= found.keys():
            return {key: found[key] for key in wanted}
    return None


def _beside(taken: Snapshot) -> Iterator[Written]:
    """A unit's form: the columns beside its indicators."""
    headings = {column.key: column.heading for column in taken.design.parts.unit.columns}
    for name, found in taken.sheets.items():
        if not isinstance(found.area, Matrix):
            continue
        for block in taken.plan.blocks:
            rows = sorted(found.area.rows[line.key] for line in block.lines if line.key in found.area.rows)
            if block.kind != BlockKind.INDICATOR or not rows:
                continue
            for key in remarks.WRITTEN:
                if key in headings and (column := found.head.columns.get(key)) is not None:
                    at = _first_filled(found, column, rows)
                    yield from _text(found.part, name, at, block.id, headings[key])


APPROVED = "approved"
"""The column of a unit's form for what the department approves in the end."""


def approved(taken: Snapshot, values: Evaluation) -> list[tuple[str, str]]:
    """Where a unit's form gives another score as approved than it comes to itself: what it is about, and the cell. Gathering takes no
    scores from there, so somebody must be told."""
    if taken.plan.view.kind is not Kind.UNIT:
        return []
    names = Names(taken.plan)
    found = []
    for name, sheet in taken.sheets.items():
        column = sheet.head.columns.get(APPROVED)
        if column is None or not isinstance(sheet.area, Matrix):
            continue
        for block in taken.plan.blocks:
            scored = next((line for line in block.lines if line.role is Role.SCORE or line.key == TOTAL), None)
            rows = sorted(sheet.area.rows[line.key] for line in block.lines if line.key in sheet.area.rows)
            if scored is None or not rows:
                continue
            at = _first_filled(sheet, column, rows)
            given = sheet.part.value(at)
            if given not in (None, "") and not same_value(given, values.at(scored.key, 0)):
                about = scored.label if scored.key == TOTAL else names.of_owner(scored.owner)
                found.append((about, f"{name}!{at}"))
    return found


def _first_filled(found: Found, column: int, rows: list[int]) -> str:
    """Of an indicator's cells in a column, which are one until somebody parts them, the one that holds something."""
    cells = [address(row, column) for row in rows]
    return next((at for at in cells if found.part.value(at) not in (None, "")), cells[0])


def _text(part: Cells, sheet: str, at: str, about: str, what: str) -> Iterator[Written]:
    value = part.value(at)
    text = legal(show(value)).strip() if value is not None else ""
    if text:
        yield Written(about, what, text if len(text) <= LONGEST else f"{text[:LONGEST]}……", sheet, at)


def _others(taken: Snapshot, name: str) -> Iterator[tuple[str, Cells]]:
    """The sheets without figures, first the one that should have this name, which somebody may have given another."""
    left = [one for one in taken.package.sheet_names if not one.startswith("_") and one not in {*taken.sheets, *taken.strangers}]
    for one in sorted(left, key=lambda other: other != name):
        try:
            yield one, taken.package.sheet(one)
        except Refusal:
            continue  # a sheet of the user's own that cannot be read
