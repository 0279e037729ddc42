"""Scheme + snapshot → findings and edits. Pure: reads a snapshot, changes nothing, knows no Excel.

What a book should hold is composed afresh from the scheme inside it, at the places where its keyed rows and columns
were found, and compared cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator

from addin.workbooks import dress, inputs, merged, outcome, shown, structure
from addin.workbooks.edits import Audit, Edit
from addin.workbooks.findings import Finding, finding
from addin.workbooks.locked import Locked
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.plan.evaluation import Evaluation
from generator.scheme.load import SchemeFile, fingerprint
from generator.sheets import meta


def examine(taken: Snapshot, published: SchemeFile | None = None) -> Audit:
    """Check a workbook. published: the scheme of the same id that is in force, where there is one."""
    names, values = Names(taken.plan), Evaluation(taken.plan, taken.inputs)
    places = structure.rows_and_columns(taken, names)
    whole = structure.is_whole(taken, places)
    found = Audit([*_about(taken, published), *structure.sheets(taken, names), *places]) + inputs.examine(taken, values, names)
    found += dress.examine(taken, values, names, whole) + shown.examine(taken, names) + Audit([*merged.examine(taken, names)])
    locked = Locked(taken, values, names)
    if whole:
        locked.lines()
        locked.other_sheets()
    locked.texts(whole, {one.sheet for one in places if one.code == "column-moved"})
    found += locked.found
    return found + Audit([*outcome.examine(taken, values, names, found)])


def stale(taken: Snapshot) -> list[Edit] | None:
    """The formulas that show another value than they have now, without the rest of a check; None where the book is broken."""
    names = Names(taken.plan)
    if not structure.is_whole(taken, structure.rows_and_columns(taken, names)):
        return None
    locked = Locked(taken, Evaluation(taken.plan, taken.inputs), names)
    locked.lines()
    locked.other_sheets()
    locked.counts_above()
    return locked.found.values


def _about(taken: Snapshot, published: SchemeFile | None) -> Iterator[Finding]:
    """What the file says of itself."""
    own, book = taken.file, taken.package
    if taken.about.get("fingerprint") != fingerprint(own.text):
        yield finding("scheme-damaged", sheet=meta.NAME)
    elif published is not None and published.fingerprint != own.fingerprint:
        mine, now = own.scheme.version, published.scheme.version
        versions = f"簿中是第{mine}版，现行是第{now}版" if mine != now else f"都是第{now}版，内容有出入"
        yield finding("scheme-differs", f"{own.scheme.id}，{versions}", sheet=meta.NAME)
    if taken.older:
        yield finding("format-older")
    if book.has_macros:
        yield finding("macro-inside")
    if book.has_links:
        yield finding("link-outside")
    if book.calculates_by_hand:
        yield finding("calculation-manual")
    if book.calculates_as_shown:
        yield finding("calculation-as-shown")
