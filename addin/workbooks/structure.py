"""Whether the sheets, rows and columns of a book are there, once and in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import gt, lt

from addin.workbooks import added
from addin.workbooks.expected import locked_constants
from addin.workbooks.findings import Finding
from addin.workbooks.moved import Moved
from addin.workbooks.naming import Names, some
from addin.workbooks.snapshot import Found, Snapshot
from generator.columns import letters_of
from generator.layout import sheet_names
from generator.layout.addresses import address
from generator.layout.grid import KEY, KEY_ROW, ROLE, TAG
from generator.layout.matrix import Matrix
from generator.plan.view import Kind
from generator.problems import shorten
from generator.sheets import meta
from generator.value import Value

BROKEN = {
    *("row-missing", "row-duplicated", "row-moved", "row-counted"),
    *("column-missing", "column-duplicated", "column-moved", "column-counted"),
}
"""Findings that leave no safe place to write to, or that change what formulas come to as soon as a program calculates."""


def is_whole(taken: Snapshot, places: Iterable[Finding]) -> bool:
    """Whether every keyed row and column is there, once and in order; without that, formulas cannot be compared.

    places: what `rows_and_columns` found.
    """
    return not taken.lost and not any(found.code in BROKEN for found in places)


def sheets(taken: Snapshot, names: Names) -> Iterator[Finding]:
    """Sheets that are missing, renamed, hidden, unprotected or none of ours."""
    design, book = taken.design, taken.package
    wanted = [design.guide.sheet, design.checks.sheet, sheet_names.COUNTER, meta.NAME]
    if taken.plan.view.whole:
        wanted.insert(1, design.summary.sheet)
    elif taken.plan.view.kind is Kind.DEPARTMENT:
        wanted.insert(1, design.parts.remarks.sheet)
    wanted += [design.tables.sheet] if taken.plan.tables else []
    wanted += [design.catalog.sheet] if taken.original.has_catalog and design.catalog else []
    wanted += taken.original.references
    for name in [*wanted, *taken.lost]:
        if name not in book.sheet_names or name in taken.lost:
            yield names.finding("sheet-missing", name, name)
    for name, found in taken.sheets.items():
        if name != found.original.sheet:
            yield names.finding("sheet-renamed", f"{found.original.sheet} → {name}", name)
    known = {*wanted, *taken.sheets}
    for name in book.sheet_names:
        if name in taken.strangers:
            yield names.finding("sheet-foreign", f"{name}（{taken.strangers[name]}）", name)
        elif name not in known and name not in taken.ledgers.values():
            yield names.finding("sheet-added", name, name)
        elif not name.startswith("_") and not book.is_visible(name):
            yield names.finding("sheet-hidden", name, name)
        if name in known and not book.sheet(name).protected:
            yield names.finding("protection-off", name, name)


def rows_and_columns(taken: Snapshot, names: Names) -> list[Finding]:
    """Rows and columns that are missing, doubled, moved or added on the sheets with cells of lines."""
    found = [f for found in taken.sheets.values() for f in [*_rows(taken, found, names), *_columns(taken, found, names)]]
    return [*found, *_summary(taken, names)]


def _rows(taken: Snapshot, found: Found, names: Names) -> list[Finding]:
    sheet, rows, wanted = found.area.sheet, found.rows, found.original.row_keys
    said = [names.about_key("row-missing", key, sheet) for key in wanted if key not in rows]
    said += [names.about_key("row-duplicated", key, sheet, f"A{row}", f"，多出的是第{row}行") for key, row in found.copies]
    if said:
        return said
    order, places = list(wanted), sorted(wanted, key=lambda key: rows[key])
    if places != order:
        first = next(a for a, b in zip(order, places, strict=True) if a != b)
        return [names.about_key("row-moved", first, sheet, f"A{rows[first]}")]
    if rows != wanted or found.head.row != KEY_ROW:
        said += _between(taken, found, names)
    below = added.below(found)
    if below:
        said.append(names.finding("row-added", f"表的下面写了 {some(below)}", sheet, below[0]))
    return said


def _between(taken: Snapshot, found: Found, names: Names) -> Iterator[Finding]:
    """Rows without a key that are gone, and those that somebody put between ours."""
    sheet = found.area.sheet
    moved = Moved(found, locked_constants(taken).get(found.original.sheet, {}))
    for row, words in moved.gone:
        looked_at = isinstance(found.original, Matrix) and row == found.original.head_row
        yield names.finding("row-missing" if looked_at else "heading-missing", shorten(words), sheet)
    counted = added.Rows(taken, found)
    for first, last in moved.added:
        filled = counted.within(first, last)
        words = (f"第{first}行" if first == last else f"第{first}—{last}行") + (f"，里面有内容：{some(filled)}" if filled else "")
        yield names.finding("row-counted" if filled else "row-added", words, sheet, filled[0] if filled else f"A{first}")


def _summary(taken: Snapshot, names: Names) -> Iterator[Finding]:
    """Whether the hidden columns of 汇总 are where they were: put back beside others, what they hold would be seen under headings."""
    title = taken.design.summary.sheet
    if title not in taken.package.sheet_names:
        return
    there: dict[str, set[Value]] = {"A": set(), "B": set()}
    part = taken.package.sheet(title)
    for letters, at in (cell for _, cells in part.rows() for cell in cells):
        if letters in there:
            there[letters].add(part.value(at))
    for letters, seen in there.items():
        wanted = locked_constants(taken).get(title, {})
        marks = {text for at, text in wanted.items() if isinstance(text, str) and at[0] == letters and at[1:].isdigit()}
        if len(marks & seen) * 2 < len(marks):
            yield names.finding("column-moved", "左边隐藏的标记列（A、B 列）不在原处；插入的列请删去，删掉的请从备份找回", title)
            return


def _is_marked(taken: Snapshot, found: Found) -> bool:
    """Whether what a row is for, and the group whose sum it enters, stands in the columns where formulas look for it. They have no
    key: a few changed cells are told as such, all of them mean that the column is another one."""
    wanted = locked_constants(taken).get(found.original.sheet, {})
    for column in (ROLE, TAG):
        marks = {key: wanted.get(address(row, column)) for key, row in found.original.row_keys.items()}
        texts = {key: text for key, text in marks.items() if isinstance(text, str) and text}
        kept = sum(found.part.value(address(found.rows[key], column)) == text for key, text in texts.items() if key in found.rows)
        if texts and kept * 2 < len(texts):
            return False
    return found.head.key == KEY


def _columns(taken: Snapshot, found: Found, names: Names) -> list[Finding]:
    sheet, wanted, present = found.area.sheet, found.original.column_keys, found.area.column_keys
    said = [names.about_key("column-missing", key, sheet) for key in wanted if key not in present]
    if not said and isinstance(found.area, Matrix) and not _is_marked(taken, found):
        return [names.finding("column-moved", "左边隐藏的标记列（A—C 列）不在原处；插入的列请删去，删掉的请从备份找回", sheet)]
    order = [present[key] for key in sorted(wanted, key=lambda key: wanted[key]) if key in present]
    if order != sorted(order):
        said.append(names.finding("column-moved", sheet=sheet))
    between = set(found.area.unit_columns.values()) if isinstance(found.area, Matrix) else set()
    for key, column in found.head.copies:
        if key in wanted and not (between and min(between) < column < max(between)):  # between units it is told below
            said.append(
                names.about_key("column-duplicated", key, sheet, address(found.head.row, column), f"，多出的是 {letters_of(column)} 列")
            )
    if said or not isinstance(found.area, Matrix):
        return said
    columns = sorted(found.area.unit_columns.values())
    who = {column: names.plan.units[unit] for unit, column in found.area.unit_columns.items()}
    for column in sorted(set(range(columns[0], columns[-1])) - set(columns)):
        counts, filled = added.in_column(taken, found, column)
        before, after = (who[step(c for c in columns if inside(c, column))] for step, inside in ((max, lt), (min, gt)))
        words = f"{letters_of(column)} 列（在“{before}”和“{after}”之间）" + (f"，里面有内容：{some(filled)}" if filled else "")
        at = filled[0] if filled else address(found.area.head_row, column)
        said.append(names.finding("column-counted" if counts else "column-added", words, sheet, at))
    beyond = added.beyond(found.area, found.part)
    if beyond:
        said.append(names.finding("column-added", f"“{who[columns[-1]]}”的后面写了 {some(beyond)}", sheet, beyond[0]))
    return said
