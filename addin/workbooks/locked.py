"""Locked cells against what they should hold: formulas, parameters, texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from addin.workbooks import drawn
from addin.workbooks.book import Cells
from addin.workbooks.edits import RENEWED, Audit, Edit, same_formula, same_value
from addin.workbooks.expected import locked_constants
from addin.workbooks.moved import Moved
from addin.workbooks.naming import Names, some
from addin.workbooks.snapshot import Found, Snapshot
from generator.layout.addresses import address
from generator.layout.grid import Grid
from generator.layout.listing import Listing
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.sheets import catalog, checks, summary, tables
from generator.sheets.scoring import figure_content, missing_in_all
from generator.sheets.sheet import Formula, Sheet
from generator.value import Value, show

At = TypeVar("At")
Held = TypeVar("Held")
AT_ONCE = 250
"""So many cells are looked at together; one by one only where not all of them are as they should be."""


@dataclass(frozen=True)
class Locked:
    """The locked cells of a book. found: what has been looked at so far."""

    taken: Snapshot
    values: Evaluation
    names: Names
    found: Audit = field(default_factory=Audit)

    def lines(self) -> None:
        """The cells of lines. Only of a book that is whole."""
        for name, found in self.taken.sheets.items():
            cells = _Cells(self, name, found.part)
            for line in found.area.lines:
                self._figures(cells, found, line)
                self._line(cells, found, line)

    def _figures(self, cells: _Cells, found: Found, line: Line) -> None:
        """What stands beside a line, the same for all units."""
        area, layout = found.area, self.taken.layout
        for column, at in area.figures(line):
            unit = area.units_of(line)[0] if isinstance(area, Listing) else -1
            content = figure_content(layout, area, line, column, unit, self.values)
            cells.compare(at, content, line)

    def _line(self, cells: _Cells, found: Found, line: Line) -> None:
        area, key = found.area, line.key
        fixed = line.input is None and (line.values is not None or line.formula is not None)
        if not fixed and line.formula is None:
            return
        texts = self.taken.layout.formulas(line, area)
        values = self.values.cells(key) if texts else ()
        at = [area.cell(key, unit) for unit in texts]
        spelt = cells.formulas(at, [*texts.values()], [values[unit] for unit in texts])
        for unit in area.units_of(line) if fixed or not spelt else ():
            text = texts.get(unit)
            if text is None and fixed:
                cells.constant(area.cell(key, unit), line.constant(unit), line, unit)
            elif text is not None and not spelt:
                cells.formula(area.cell(key, unit), text, values[unit], line, unit)

    def other_sheets(self) -> None:
        """The summary, the tables, the list of indicators, and the list of faults with all that stands there. Only of a book that is
        whole."""
        layout, values, book = self.taken.layout, self.values, self.taken.package
        faults, counter, counts = checks.parted(layout, values)
        listed = {faults.name, counter.name}
        total = summary.build(layout, values) if self.taken.plan.view.whole else None
        built: list[Sheet | None] = [total, tables.build(layout, values), faults, counter]
        links = catalog.build(layout, bare=True) if layout.has_catalog else None
        built.append(links)
        for sheet in built:
            if sheet is None or sheet.name not in book.sheet_names:
                continue
            cells = _Cells(self, sheet.name, book.sheet(sheet.name))
            if links is not None and sheet.name == links.name:
                for place, box in sheet.cells.items():
                    if isinstance(box.content, Formula):
                        cells.formula_text(address(*place), box.content)
            else:
                told = len(self.found.findings)
                self._sheet(cells, sheet, sheet.name in listed)
                if sheet is counter:
                    self._counts(cells, counts)
                    self._as_one(told, sheet.name)
            if sheet.name not in listed:
                moved = drawn.examine(self.taken, self.names, sheet)
                self.found.findings.extend(moved.findings)
                self.found.charts.extend(moved.charts)
                self._strays(sheet, book.sheet(sheet.name))

    def _as_one(self, told: int, sheet: str) -> None:
        """Texts of a hidden sheet that are not as they should be, all in one finding: nobody can go and look at them. told: how many
        findings there were before."""
        texts = [found for found in self.found.findings[told:] if found.code == "label-changed"]
        if len(texts) > 1:
            rest = [found for found in self.found.findings[told:] if found not in texts]
            words = f"隐藏的“{sheet}”表 {len(texts)} 格，“{self.taken.design.checks.sheet}”表靠它们找到填错的地方"
            self.found.findings[told:] = [*rest, self.names.finding("label-changed", words, sheet, texts[0].cell)]

    def _sheet(self, cells: _Cells, sheet: Sheet, with_texts: bool) -> None:
        """The formulas of a sheet with their values, and its texts where these are asked for."""
        for some_of in _in_turn(sheet.cells):
            held = [(address(*place), box) for place, box in some_of]
            formulas = [(at, box.content) for at, box in held if isinstance(box.content, Formula)]
            texts = [(at, box.content) for at, box in held if with_texts and box.locked and not isinstance(box.content, Formula)]
            spelt = cells.formulas([at for at, _ in formulas], [own.text for _, own in formulas], [own.value for _, own in formulas])
            kept = cells.keep([at for at, _ in texts], [content for _, content in texts])
            for at, box in held if not (spelt and kept) else ():
                content = box.content
                if not isinstance(content, Formula):
                    if with_texts and box.locked and not kept:
                        cells.label(at, content)
                elif not spelt:
                    cells.formula(at, content.text, content.value)

    def _counts(self, cells: _Cells, counts: list[checks.Counts]) -> None:
        """The cells of the counter that count."""
        for own in counts:
            if not cells.formulas(own.cells, own.formulas, own.values):
                for at, text, value in zip(own.cells, own.formulas, own.values, strict=True):
                    cells.formula(at, text, value)

    def _strays(self, sheet: Sheet, part: Cells) -> None:
        """What stands where there is nothing of ours: formulas that were pushed aside when a row or a column was inserted or deleted,
        since the sheet is restored at its old place; what somebody wrote below a table or beside it."""
        own = {address(*at) for at in sheet.cells}
        strays = [at for _, cells in part.rows() for _, at in cells if at not in own]
        formulas = [at for at in strays if part.formula(at) is not None]
        written = [at for at in strays if part.formula(at) is None and part.value(at) not in (None, "")]
        for code, cells in (("formula-added", formulas), ("text-added", written)):
            if cells:
                self.found.findings.append(self.names.finding(code, some(cells), sheet.name, cells[0]))

    def counts_above(self) -> None:
        """How many scores are missing, which stands above each scoring table and belongs to no line."""
        for name, found in self.taken.sheets.items():
            if isinstance(found.area, Grid) and found.in_place:
                wanted = missing_in_all(self.taken.layout, found.area, self.values)
                cells, above = _Cells(self, name, found.part), found.area.title_row + 1
                for _, at in next((places for row, places in found.part.rows() if row == above), []):
                    if found.part.formula(at) is not None:
                        cells.compare(at, wanted)

    def texts(self, whole: bool, displaced: Collection[str] = ()) -> None:
        """Headings, names, sentences and empty locked cells, on every sheet that still has its original shape; of a book that
        is whole also where they were moved to. displaced: sheets of which nothing is where it was."""
        taken = self.taken
        by_original = {found.original.sheet: found for found in taken.sheets.values()}
        for sheet, wanted in locked_constants(taken).items():
            own = by_original.get(sheet)
            name = own.area.sheet if own else sheet
            elsewhere = own is not None and not own.in_place
            if name not in taken.package.sheet_names or name in displaced or (elsewhere and not whole):
                continue
            cells, moved = _Cells(self, name, taken.package.sheet(name)), Moved(own, wanted) if own else None
            for some_of in _in_turn(wanted):
                texts = [(at, content) for at, content in some_of if not isinstance(content, Formula)]
                kept = not elsewhere and cells.keep([at for at, _ in texts], [content for _, content in texts])
                for put, content in some_of if not kept or len(texts) < len(some_of) else ():
                    at = moved.now(put) if moved and elsewhere else put
                    if at is None:
                        continue
                    if not isinstance(content, Formula):
                        if not kept:
                            self._text(cells, moved, put, at, content)
                    elif own is None:
                        cells.formula_text(at, content)
                    elif whole and isinstance(own.area, Grid):  # belongs to no line: the count above a table
                        cells.compare(at, missing_in_all(taken.layout, own.area, self.values))

    def _text(self, cells: _Cells, moved: Moved | None, put: str, at: str, content: Value) -> None:
        """One text, where it was put or somewhat below."""
        below = moved.below(put, at) if moved and content is not None and not cells.holds(at, content) else []
        cells.label(next((lower for lower in below if cells.holds(lower, content)), at), content)


def _in_turn(cells: Mapping[At, Held]) -> Iterator[list[tuple[At, Held]]]:
    """Cells in their order, so many at once as are looked at together."""
    listed = [*cells.items()]
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


class _Cells:
    """The cells of one sheet, compared one by one; what differs is told, with how to put it right."""

    def __init__(self, of: Locked, sheet: str, part: Cells) -> None:
        self.sheet, self.names, self.found = sheet, of.names, of.found
        self.part, self.value_at, self.formula_at = part, part.value, part.formula
        self.spells, self.keeps, self.keep = part.spells, part.keeps, part.keep
        self.values, self.restore, self.older = of.found.values, of.found.restore, of.taken.older
        self.expected = of.found.expected.setdefault(sheet, {})

    def compare(self, at: str, wanted: Value | Formula, line: Line | None = None) -> None:
        """A cell that is no unit's own."""
        if isinstance(wanted, Formula):
            self.formula(at, wanted.text, wanted.value, line)
        else:
            self.constant(at, wanted, line)

    def formula(self, at: str, wanted: str, value: Value, line: Line | None = None, unit: int | None = None) -> None:
        """A cell that should hold a formula and show its value."""
        self.expected[at] = value
        shown = self.value_at(at)
        if self.spells(at, wanted):
            self._value(at, wanted, shown, value)
            return
        text = self.formula_at(at)
        if text is not None and (self.older or same_formula(text, wanted)):
            if not same_formula(text, wanted):
                self.restore.append(Edit(self.sheet, at, Formula(wanted, value), f"={text}", RENEWED))
            self._value(at, wanted, shown, value)
            return
        what = self.names.label(line) if line else ""
        if text is not None:
            code, detail, was = "formula-changed", f"{what}，现在是 ={text[:80]}", f"={text}"
        elif shown is not None:
            code, detail, was = "formula-overwritten", f"{what}，现在是 {show(shown)}", show(shown)
        else:
            code, detail, was = "formula-deleted", what, show(shown)
        self._restore(Edit(self.sheet, at, Formula(wanted, value), was, "恢复公式"), code, detail.strip("，"), line, unit)

    def formulas(self, at: Sequence[str], wanted: Sequence[str], values: Sequence[Value]) -> bool:
        """Cells that should hold formulas and show their values, at a glance: whether all are spelt so, and then also what they
        show has been looked at."""
        if not self.part.spell(at, wanted):
            return False
        self.expected.update(zip(at, values, strict=True))
        shown = self.part.values(at)
        if shown != [*values]:
            for own in zip(at, wanted, shown, values, strict=True):
                self._value(*own)
        return True

    def _value(self, at: str, wanted: str, shown: Value, value: Value) -> None:
        if not same_value(shown, value):
            self.values.append(Edit(self.sheet, at, Formula(wanted, value), show(shown), "更新得分", value_only=True))

    def constant(self, at: str, wanted: Value, line: Line | None = None, unit: int | None = None) -> None:
        """A parameter."""
        if self.keeps(at, wanted):
            return
        text, shown = self.formula_at(at), self.value_at(at)
        if text is None and same_value(shown, wanted):
            return
        now = show(shown) if text is None else f"={text}"
        what = self.names.label(line) if line else ""
        edit = Edit(self.sheet, at, wanted, now, "恢复参数")
        self._restore(edit, "parameter-changed", f"{what}，应为 {show(wanted)}，现在是 {now}", line, unit)

    def holds(self, at: str, wanted: Value) -> bool:
        """Whether a cell shows a value, and no formula gives it."""
        return self.formula_at(at) is None and same_value(self.value_at(at), wanted)

    def label(self, at: str, wanted: Value) -> None:
        """A heading, a name, a sentence, or nothing."""
        if self.keeps(at, wanted):
            return
        text, shown = self.formula_at(at), self.value_at(at)
        if text is None and same_value(shown, wanted):
            return
        now = show(shown) if text is None else f"={text}"
        if self.older:
            self.restore.append(Edit(self.sheet, at, wanted, now, RENEWED))
            return
        edit = Edit(self.sheet, at, wanted, now, "恢复文字")
        self._restore(edit, "label-changed", f"应为{show(wanted)[:40]}，现在是{now[:40]}")

    def formula_text(self, at: str, wanted: Formula) -> None:
        """A formula whose value is nobody's result: only its text must be right."""
        text = self.formula_at(at)
        if text is not None and same_formula(text, wanted.text):
            return
        was = show(self.value_at(at)) if text is None else f"={text}"
        if self.older and text is not None:
            self.restore.append(Edit(self.sheet, at, wanted, was, RENEWED))
            return
        code = "formula-overwritten" if text is None else "formula-changed"
        self._restore(Edit(self.sheet, at, wanted, was, "恢复公式"), code, f"现在是 {was[:80]}")

    def _restore(self, edit: Edit, code: str, detail: str, line: Line | None = None, unit: int | None = None) -> None:
        self.found.findings.append(self.names.finding(code, detail, self.sheet, edit.cell, line, unit))
        self.found.restore.append(edit)
