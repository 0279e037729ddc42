"""Whether the sheets, rows and columns of a book are there, once and in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from addin.workbooks.findings import Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Found, Snapshot
from generator.layout import sheet_names
from generator.sheets import meta

BROKEN = {"row-missing", "row-duplicated", "row-moved", "column-missing", "column-moved"}
"""Findings that leave no safe place to write to."""


def is_whole(taken: Snapshot, places: Iterable[Finding]) -> bool:
    """Whether every keyed row and column is there, once and in order; without that, formulas cannot be compared.

    places: what `rows_and_columns` found.
    """
    return not taken.lost and not any(found.code in BROKEN for found in places)


def sheets(taken: Snapshot, names: Names) -> Iterator[Finding]:
    """Sheets that are missing, renamed, hidden, unprotected or none of ours."""
    design, book = taken.design, taken.package
    wanted = [design.guide.sheet, design.summary.sheet, design.checks.sheet, sheet_names.COUNTER, meta.NAME]
    wanted += [design.tables.sheet] if taken.plan.tables else []
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
            yield names.finding("sheet-foreign", f"{name}（{taken.strangers[name] or '清单'}）", name)
        elif name not in known:
            yield names.finding("sheet-added", name, name)
        elif not name.startswith("_") and not book.is_visible(name):
            yield names.finding("sheet-hidden", name, name)
        if name in known and not book.sheet(name).protected:
            yield names.finding("protection-off", name, name)


def rows_and_columns(taken: Snapshot, names: Names) -> list[Finding]:
    """Rows and columns that are missing, doubled, moved or added on the sheets with cells of lines."""
    return [finding for found in taken.sheets.values() for finding in [*_rows(found, names), *_columns(found, names)]]


def _rows(found: Found, names: Names) -> list[Finding]:
    sheet, rows, wanted = found.area.sheet, found.rows, found.original.row_keys
    said = [names.about_key("row-missing", key, sheet) for key in wanted if key not in rows]
    said += [names.about_key("row-duplicated", key, sheet, f"A{row}") for key, row in found.copies]
    if said:
        return said
    order, places = list(wanted), sorted(wanted, key=lambda key: rows[key])
    if places != order:
        first = next(a for a, b in zip(order, places, strict=True) if a != b)
        return [names.about_key("row-moved", first, sheet, f"A{rows[first]}")]
    return [names.finding("row-added", f"第{row}行", sheet, f"A{row}") for row in _added(rows, wanted)]


def _added(rows: dict[str, int], wanted: dict[str, int]) -> list[int]:
    """Rows between the keyed ones that are none of ours. Ours may have rows without a key between them, such as a heading."""
    empty = set(range(min(wanted.values()), max(wanted.values()) + 1)) - set(wanted.values())
    own = set(rows.values())
    for row in empty:
        before = max((key for key in wanted if wanted[key] < row), key=lambda key: wanted[key])
        own.add(rows[before] + row - wanted[before])
    return sorted(set(range(min(rows.values()), max(rows.values()) + 1)) - own)


def _columns(found: Found, names: Names) -> list[Finding]:
    sheet, wanted, present = found.area.sheet, found.original.column_keys, found.area.column_keys
    said = [names.about_key("column-missing", key, sheet) for key in wanted if key not in present]
    order = [present[key] for key in sorted(wanted, key=lambda key: wanted[key]) if key in present]
    if order != sorted(order):
        said.append(names.finding("column-moved", sheet=sheet))
    return said
