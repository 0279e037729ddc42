"""A workbook as it was read: which scheme it belongs to, where its cells are, and what was typed into them.

Cells are found by the hidden keys of their rows and columns, so inserted rows, moved columns and renamed sheets do not
matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from addin.workbooks import ledgers
from addin.workbooks.book import Book, BookError, Cells
from generator.columns import column_of, letters_of
from generator.layout import design as designs
from generator.layout.addresses import address
from generator.layout.design import Design
from generator.layout.grid import HEAD_ROW, KEY, UNIT, UNITS
from generator.layout.lay_out import lay_out
from generator.layout.layout import Area, Layout
from generator.layout.listing import Listing
from generator.layout.matrix import Matrix
from generator.layout.roster import Roster
from generator.lines.line import SHARED, Line
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.selection import selected
from generator.plan.view import OFFICE, View
from generator.problems import Refusal, SchemeFault, SourceError, shorten
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta
from generator.sheets.listing import FIGURES, LIST_MARK
from generator.value import Value
from generator.xlsx.package import Package

KEY_ROWS = 5
"""The row of column keys is the first of the sheet; rows inserted above it may push it down a little."""


ReadAs = tuple[tuple[str, str], ...]
"""The options that a book takes instead of those of the scheme's text: (reading, option)."""


Held = dict[str, list[tuple[int, str]]]
"""Cells of a line by sheet: unit, address."""


class Head(NamedTuple):
    """The row of column keys. columns: the place of each key, of a column and its copy the first, which is meant; copies:
    the others, as (key, column)."""

    row: int
    columns: dict[str, int]
    copies: list[tuple[str, int]]

    @property
    def key(self) -> int:
        """The column of row keys."""
        return self.columns.get("key", KEY)


@dataclass(frozen=True)
class Found:
    """A sheet with cells of lines, as it is in the file. area: where they are now; original: where they were put.

    copies: rows whose key stands further up already, as (key, row).
    """

    area: Area
    original: Area
    part: Cells
    head: Head
    copies: list[tuple[str, int]] = field(default_factory=list)

    @property
    def rows(self) -> dict[str, int]:
        """The keyed rows that are there."""
        return self.area.row_keys

    @property
    def in_place(self) -> bool:
        """Whether every keyed row and column is where it was put."""
        area, original = self.area, self.original
        return self.rows == original.row_keys and (area.columns, area.column_keys) == (original.columns, original.column_keys)


@dataclass(frozen=True)
class Snapshot:
    """A workbook and what Scorebook knows of it.

    layout: where everything is in the file; original: where it was generated; sheets: by their names in the file.
    lost: sheets that should be there and are not; strangers: scoring sheets of another unit or another book, by their
    names, with the unit that each is of or the sheet that it is a copy of. ledgers: the sheets that gathering added, by role.
    """

    name: str
    package: Book
    about: dict[str, str]
    file: SchemeFile
    design: Design
    plan: Plan
    layout: Layout
    original: Layout
    sheets: dict[str, Found]
    lost: list[str]
    strangers: dict[str, str] = field(default_factory=dict)
    ledgers: dict[str, str] = field(default_factory=dict)

    @property
    def older(self) -> bool:
        """Whether its formulas are written in the way of an earlier version."""
        return self.about.get("format", "").isdecimal() and int(self.about["format"]) < meta.FORMAT

    @property
    def read_as(self) -> ReadAs:
        """The readings that it takes otherwise than the scheme's text."""
        return tuple(self.file.takes.items())

    def place(self, key: str, unit: int) -> tuple[str, str] | None:
        """(sheet, address) of a unit's cell on a line (−1: the cell all share), or None where row, column or sheet is gone."""
        at = key, unit
        if at not in self._places:
            self._places[at] = self._place(key, unit)
        return self._places[at]

    @cached_property
    def _places(self) -> dict[tuple[str, int], tuple[str, str] | None]:
        return {}

    def _place(self, key: str, unit: int) -> tuple[str, str] | None:
        try:
            found = self.layout.place(key, unit)
        except KeyError:
            return None
        return found if found and found[0] in self.sheets else None

    def cells_of(self, line: Line) -> Held:
        """Every cell of a line that is there, but for figures that stand beside it."""
        if line.key not in self._cells_of:
            self._cells_of[line.key] = self._found_cells(line)
        return self._cells_of[line.key]

    @staticmethod
    def by_sheet(held: Iterable[tuple[Line, Held]]) -> dict[str, list[tuple[Line, list[tuple[int, str]]]]]:
        """The cells of some lines sheet by sheet, in the order of the lines."""
        found: dict[str, list[tuple[Line, list[tuple[int, str]]]]] = {}
        for line, cells in held:
            for sheet, own in cells.items():
                found.setdefault(sheet, []).append((line, own))
        return found

    @cached_property
    def _cells_of(self) -> dict[str, Held]:
        return {}

    def _found_cells(self, line: Line) -> Held:
        if line.shared:
            at = self.place(line.key, SHARED)
            return {at[0]: [(SHARED, at[1])]} if at else {}
        listing = self.layout.list_of.get(line.key)
        areas: Sequence[Area] = [listing] if listing else [grid for grid in self.layout.grids if grid.has(line.key)]
        found: Held = {}
        for area in areas:
            own = []
            for unit in area.units_of(line) if area.sheet in self.sheets else ():
                try:
                    own.append((unit, area.cell(line.key, unit)))
                except KeyError:  # a row or a column that is gone
                    continue
            if own:
                found[area.sheet] = own
        return found

    def value(self, key: str, unit: int) -> Value:
        """What stands in that cell."""
        at = self.place(key, unit)
        return self.sheets[at[0]].part.value(at[1]) if at else None

    @property
    def inputs(self) -> dict[tuple[str, int], Value]:
        """What was typed, by line and unit, as it stands there: a formula sees the blanks of a text too. What is nothing but
        blanks is no number and none of the choices, so its score stays open, and a check tells of it."""
        found: dict[tuple[str, int], Value] = {}
        for line in self.plan.inputs:
            key, cells = line.key, self.open_cells_of(line)
            for sheet, own in cells.items():
                values = self.sheets[sheet].part.values([at for _, at in own])
                found |= {(key, unit): value for (unit, _), value in zip(own, values, strict=True) if value is not None}
        return found

    def open_cells_of(self, line: Line) -> Held:
        """The cells of an input line that are there to be typed into."""
        if line.key not in self._open_cells_of:
            cells = self.cells_of(line)
            if line.applies or line.values is not None:
                there = {sheet: [(unit, at) for unit, at in own if self.is_open(line, unit)] for sheet, own in cells.items()}
                cells = {sheet: own for sheet, own in there.items() if own}
            self._open_cells_of[line.key] = cells
        return self._open_cells_of[line.key]

    @cached_property
    def _open_cells_of(self) -> dict[str, Held]:
        return {}

    def refuse_part(self, why: str) -> None:
        """Raise BookError where this is not the office's book. why: what the book of a department or a unit lacks."""
        if not self.plan.view.whole:
            raise BookError(f"“{self.name}”是{self.plan.view.who}的分簿，{why}；请用考核办公室的总簿")

    def is_open(self, line: Line, unit: int) -> bool:
        """Whether the unit's cell on an input line is there to be typed into."""
        return unit == SHARED or line.constant(unit) is None


def take(path: Path) -> Snapshot:
    """Read a workbook. Raises PackageError where the file is none, BookError where it is not one of ours or cannot be used."""
    return of_package(Package.open(path), path.name)


def of_package(package: Book, name: str) -> Snapshot:
    """Read an opened workbook; see `take`."""
    about = about_of(package)
    try:
        view = _view(about, name)
        file, plan = understood(meta.joined(about, "text"), about.get("file", ""), view, tuple(meta.takes(about).items()))
        design = designs.loads(meta.joined(about, "template"), views=not view.whole)
        original = pristine(file.text, file.file, design.text, view, tuple(file.takes.items()))
    except (SourceError, SchemeFault) as error:
        why = error.problems[0].message if isinstance(error, SourceError) else error.message
        words = f"“{name}”里保存的考核方案或版式已损坏（{shorten(why).strip('“”')}），无法核算"
        raise BookError(f"{words}；请用备份，或重新生成空白表后把数据填入") from None
    areas: dict[str, Area] = {sign: area for area in original.areas for sign in [_sign(area)]}
    sheets: dict[str, Found] = {}
    strangers: dict[str, str] = {}
    own = {area.sheet for area in original.areas}
    kept = {role: name for role, name in ledgers.of(package, about).items() if name not in own}
    # Of a sheet and its copy the one that kept its name is meant: Excel puts a copy before all others.
    for sheet_name in sorted(package.sheet_names, key=lambda name: name not in own):
        if sheet_name.startswith("_") or sheet_name in kept.values():
            continue
        try:
            sheet = package.sheet(sheet_name)
        except Refusal:
            if sheet_name in own:
                raise
            continue  # a sheet of the user's own that cannot be read is none of our business
        head = _head(sheet)
        area = next((a for sign, a in areas.items() if head and sign in head.columns), None)
        if head is None:
            continue
        if area is None or any(f.original is area for f in sheets.values()):
            copied = area.sheet if area is not None else ""
            whose = next((t.removeprefix(UNIT) for t in head.columns if t.startswith(UNIT)), "清单")
            strangers[sheet_name] = f"“{copied}”的副本" if copied else whose
            continue
        found = _found(sheet, sheet_name, area, head)
        if found is not None:
            sheets[sheet_name] = found
    if not sheets:
        raise BookError(f"“{name}”里找不到填报与计分表（隐藏的行列标记可能被删掉了）；请用备份，或重新生成空白表")
    sheets = {name: sheets[name] for name in package.sheet_names if name in sheets}
    by_original = {id(f.original): f.area for f in sheets.values()}
    here = [by_original[id(area)] for area in original.areas if id(area) in by_original]
    grids, lists = [area for area in here if not isinstance(area, Listing)], [area for area in here if isinstance(area, Listing)]
    layout = Layout(plan, design, grids, lists, apart=original.apart)
    lost = [area.sheet for area in original.areas if id(area) not in by_original]
    if not layout.grids:
        raise BookError(f"“{name}”里找不到填报与计分表（隐藏的行列标记可能被删掉了）；请用备份，或重新生成空白表")
    return Snapshot(name, package, about, file, design, plan, layout, original, sheets, lost, strangers, kept)


@lru_cache(maxsize=16)
def pristine(text: str, file: str, template: str, view: View = OFFICE, read_as: ReadAs = ()) -> Layout:
    """Where everything stands in a freshly generated book."""
    return lay_out(understood(text, file, view, read_as)[1], designs.loads(template, views=not view.whole))


@lru_cache(maxsize=32)
def understood(text: str, file: str, view: View = OFFICE, read_as: ReadAs = ()) -> tuple[SchemeFile, Plan]:
    """A scheme and its plan, or the part of it that a view has, once for all the workbooks that carry the same text and take the
    same readings."""
    if not view.whole:
        read, whole = understood(text, file, OFFICE, read_as)
        return read, selected(whole, view)
    read = schemes.loads(text, file, dict(read_as))
    return read, make_plan(read.scheme)


def about_of(package: Book) -> dict[str, str]:
    """What a workbook says of itself on its hidden sheet. Raises BookError where it is not one of ours."""
    if meta.NAME not in package.sheet_names:
        raise BookError(f"“{package.name}”不是考核簿生成的工作簿（没有找到其中的考核方案）")
    sheet = package.sheet(meta.NAME)
    about: dict[str, str] = {}
    for row, _ in sheet.rows():
        key, value = sheet.value(address(row, 1)), sheet.value(address(row, 2))
        if isinstance(key, str):
            about[key] = "" if value is None else str(value)
    return about


def _view(about: dict[str, str], name: str) -> View:
    """Whose book it is. Raises BookError where nobody knows such a book."""
    view = meta.view_of(about)
    if view is None:
        raise BookError(f"“{name}”是另一种考核簿（{shorten(about['view'])}），这个版本的程序不认识；请装新的版本再打开")
    return view


def _sign(area: Area) -> str:
    """What stands in the row of column keys of this sheet and of no other."""
    if isinstance(area, Roster):
        return UNITS
    return f"{UNIT}{area.plan.units[area.units[0]]}" if isinstance(area, Matrix) else f"{LIST_MARK}{area.own}"


def _head(sheet: Cells) -> Head | None:
    """The row of column keys; only the first few rows are looked at."""
    for count, (row, cells) in enumerate(sheet.rows()):
        if count >= KEY_ROWS:
            return None
        columns: dict[str, int] = {}
        copies: list[tuple[str, int]] = []
        for letters, at in cells:
            if isinstance(text := sheet.value(at), str):
                column = column_of(letters)
                if columns.setdefault(text, column) != column:
                    copies.append((text, column))
        if "key" in columns and ("label" in columns or UNITS in columns or any(t.startswith(LIST_MARK) for t in columns)):
            return Head(row, columns, copies)
    return None


def _keyed_rows(sheet: Cells, head: Head, known: Collection[str]) -> tuple[dict[str, int], list[tuple[str, int]]]:
    rows: dict[str, int] = {}
    copies: list[tuple[str, int]] = []
    letters = letters_of(head.key)
    for row, _ in sheet.rows():
        key = sheet.value(f"{letters}{row}") if row > head.row else None
        if isinstance(key, str) and key in known:
            if key in rows:
                copies.append((key, row))
            else:
                rows[key] = row
    return rows, copies


def _found(sheet: Cells, name: str, area: Area, head: Head) -> Found | None:
    match area:
        case Matrix():
            return _found_matrix(sheet, name, area, head)
        case Roster():
            return _found_roster(sheet, name, area, head)
        case Listing():
            return _found_list(sheet, name, area, head)


def _found_matrix(sheet: Cells, name: str, area: Matrix, head: Head) -> Found | None:
    columns = head.columns
    rows, copies = _keyed_rows(sheet, head, area.rows)
    if not rows:
        return None
    units = {u: columns[UNIT + area.plan.units[u]] for u in area.units if UNIT + area.plan.units[u] in columns}
    own = {key: columns[key] for key in area.columns if key in columns}
    first = min(rows.values())
    found = replace(
        area,
        sheet=name,
        rows=rows,
        columns=own,
        unit_columns=units,
        first_row=first,
        last_row=max(rows.values()),
        key_row=head.row,
        head_row=_head_row(sheet, area, head.row, first),
    )
    return Found(found, area, sheet, head, copies)


def _head_row(sheet: Cells, area: Matrix, above: int, below: int) -> int:
    """Of the rows between two, the one with the units' names, or else as far below the headings as it was put."""
    rows = [(row, {sheet.value(at) for _, at in cells}) for row, cells in takewhile(lambda at: at[0] < below, sheet.rows()) if row > above]
    for words, further in (
        ({area.plan.units[unit] for unit in area.units}, 0),
        ({column.heading for column in area.form_columns}, area.head_row - HEAD_ROW),
    ):
        count, row = max(((len(texts & words), row) for row, texts in rows), default=(0, 0))
        if count:
            return row + further
    return below - 1


def _found_roster(sheet: Cells, name: str, area: Roster, head: Head) -> Found | None:
    columns = head.columns
    rows, copies = _keyed_rows(sheet, head, area.row_keys)
    units = {u: rows[UNIT + area.plan.units[u]] for u in area.units if UNIT + area.plan.units[u] in rows}
    if not units:
        return None
    own = {key: columns[key] for key in area.columns if key in columns}
    above = {key: rows[key] for key in area.rows if key in rows}
    found = replace(area, sheet=name, rows=above, columns=own, unit_rows=units, first_row=min(units.values()), last_row=max(units.values()))
    return Found(found, area, sheet, head, copies)


def _found_list(sheet: Cells, name: str, area: Listing, head: Head) -> Found | None:
    columns = head.columns
    known = dict(zip(area.row_keys, area.row_of, strict=True))
    rows, copies = _keyed_rows(sheet, head, {*known, FIGURES})
    figures = rows.pop(FIGURES, None)
    if not rows:
        return None
    own = {key: columns[key] for key in area.columns if key in columns}
    first = min(rows.values())
    row_of = {known[key]: row for key, row in rows.items()}
    found = replace(area, sheet=name, row_of=row_of, columns=own, first_row=first, figure_row=figures or first - 1)
    return Found(found, area, sheet, head, copies)
