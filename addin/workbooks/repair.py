"""Put a workbook right in place: restore formulas and parameters, recompute, write the values, touch nothing else.

Works on a package in memory; `actions` reads and writes files around it.
"""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from addin.workbooks import audit, dress, pending, snapshot
from addin.workbooks.book import Book, BookError
from addin.workbooks.dress import DRESS
from addin.workbooks.edits import Audit, Edit, Redrawn, Redress
from addin.workbooks.findings import SEVERITY, Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from addin.workbooks.structure import BROKEN
from generator.columns import letters_of
from generator.layout.addresses import sheet_prefix
from generator.layout.design import Design
from generator.layout.text_size import height_of, lines_needed
from generator.scheme.load import SchemeFile
from generator.sheets import checks, meta
from generator.sheets.sheet import Formula
from generator.tree.formula import quote
from generator.value import Value
from generator.xlsx.package import Package
from generator.xlsx.sheet_part import SheetPart
from generator.xlsx.styles_read import Style

RESULTS_TITLE = "检查结果"
STAMP = "recomputed"


@dataclass(frozen=True)
class Done:
    """What was changed, and what is left for people to do. expected: what every formula cell must show now, by sheet and
    address; dressed: input cells whose look, lock or rule was put back; chosen: inputs that were filled in as was chosen on the
    sheet 待定; redrawn: charts that show their own cells again."""

    changes: list[Edit]
    findings: list[Finding]
    expected: dict[str, dict[str, Value]] = field(default_factory=dict)
    dressed: list[Redress] = field(default_factory=list)
    chosen: list[Edit] = field(default_factory=list)
    redrawn: list[Redrawn] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was."""
        return bool(self.changes or self.dressed or self.chosen or self.redrawn)


def recompute(
    package: Book, name: str, fix: bool = False, in_force: Callable[[SchemeFile], SchemeFile | None] | None = None, who: str | None = None
) -> Done:
    """Recompute a workbook in memory.

    fix: also make the corrections that have one safe meaning (digits typed as text, 无 for －). Inputs are otherwise
    never changed, but for those that somebody has chosen a value for on the sheet 待定.

    Raises BookError when rows or columns are gone, doubled or out of order, or a sheet that formulas look at.
    """
    changes: list[Edit] = []
    found = _examine(package, name, in_force)
    chosen = pending.apply(package, name)
    if chosen:
        found = _examine(package, name, in_force)
    if fix and found.fix:
        changes += _apply(package, found.fix)
        found = _examine(package, name, in_force)
    # Exact values come from the scheme and the inputs, so what is restored changes none of them.
    changes += _apply(package, found.restore)
    changes += _apply(package, found.values)
    for sheet in dict.fromkeys(one.sheet for one in found.dress):
        package.put_on(sheet, [one.outfit for one in found.dress if one.sheet == sheet])
    for chart in found.charts:
        package.let_show(chart.sheet, chart.number, chart.bars)
    if changes or chosen or found.dress or found.charts:
        _stamp(package, who)
    repaired = {(edit.sheet, edit.cell) for edit in found.restore}
    mended = {"values-stale", "format-misleads", "chart-moved", *DRESS}
    left = [f for f in found.findings if f.code not in mended and (f.sheet, f.cell) not in repaired]
    return Done(changes, left, found.expected, found.dress, chosen, found.charts)


def refresh(package: Book, name: str) -> None:
    """Give every formula that is as it should be the value it has now, after inputs were changed.

    A program that does not calculate when it opens a file (LibreOffice, a preview) would show the old scores. Nothing is
    written where rows or columns are gone: that book must be put right first.
    """
    _apply(package, audit.stale(snapshot.of_package(package, name)) or [])


def on_bytes(
    data: bytes, name: str, fix: bool = False, in_force: Callable[[SchemeFile], SchemeFile | None] | None = None, who: str | None = None
) -> tuple[bytes, Done]:
    """`recompute` from bytes to bytes, for work that happens away from the file."""
    package = Package(data, name)
    done = recompute(package, name, fix, in_force, who)
    return package.to_bytes(), replace(done, expected={})


def _examine(package: Book, name: str, in_force: Callable[[SchemeFile], SchemeFile | None] | None) -> Audit:
    taken = snapshot.of_package(package, name)
    found = audit.examine(taken, in_force(taken.file) if in_force else None)
    gone = {f.sheet for f in found.findings if f.code == "sheet-missing"}
    needed = {*taken.lost, *(sheet for sheet in gone if _looked_at(sheet, found.restore))}
    broken = [f for f in found.findings if f.code in BROKEN or (f.code == "sheet-missing" and f.sheet in needed)]
    if broken:
        raise BookError(f"“{name}”不能重算：{broken[0].message}。{broken[0].fix}")
    return found


def _looked_at(sheet: str, edits: list[Edit]) -> bool:
    """Whether a formula that is to be put back looks at a sheet; one at a sheet that is not there would be an error."""
    spelt = sheet_prefix(sheet), f"{sheet}!"
    return any(isinstance(edit.content, Formula) and any(prefix in edit.content.text for prefix in spelt) for edit in edits)


def _apply(package: Book, edits: list[Edit]) -> list[Edit]:
    for edit in edits:
        part = package.sheet(edit.sheet)
        if not isinstance(edit.content, Formula):
            part.set(edit.cell, edit.content)
        elif edit.value_only:
            part.set_result(edit.cell, edit.content.value)
        else:
            part.set_formula(edit.cell, edit.content.text, edit.content.value)
    return edits


def _stamp(package: Book, who: str | None) -> None:
    """Note on the hidden sheet who recomputed when, with which version."""
    part = package.sheet(meta.NAME)
    rows = {part.value(f"A{row}"): row for row, _ in part.rows()}
    about_row = rows.get("format")
    if about_row and part.value(f"B{about_row}") != str(meta.FORMAT):
        part.set(f"B{about_row}", str(meta.FORMAT))
    entries = {"at": datetime.datetime.now().isoformat(timespec="seconds"), "by": who or user(), "with": own_version()}
    for key, value in entries.items():
        row = rows.setdefault(f"{STAMP}:{key}", max(rows.values()) + 1)
        part.set(f"A{row}", f"{STAMP}:{key}")
        part.set(f"B{row}", value)


@lru_cache(maxsize=1)
def own_version() -> str:
    """Which Scorebook this is."""
    try:
        return version("scorebook")
    except PackageNotFoundError:
        return "unknown"


def user() -> str:
    """Who is at work: the name of the account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


@dataclass(frozen=True)
class Listed:
    """Findings as they stand on the 校验 sheet. row: of the title, each row of the list follows, its heads first; cells: of
    each row, from the left; styles: of the title, the heads, and each column below. empty: addresses where an earlier list stands
    that this one does not reach; live: the first and last row of the live list above, which is folded away as long as there
    are findings, so that they are what is seen first."""

    sheet: str
    row: int
    title: str
    cells: list[list[Value | Formula]]
    styles: tuple[Style, Style, list[Style]]
    empty: list[str]
    live: tuple[int, int]

    @property
    def last(self) -> int:
        """The last row."""
        return self.row + len(self.cells)


HEADS = ("程度", "位置", "被考核单位", "指标", "工作表", "问题和怎么办")
"""Of the list of findings."""
COLUMNS = [letters_of(checks.FIRST + i) for i in range(len(HEADS))]
LINK = "0563C1"
"""The colour of what leads somewhere."""


def listed(taken: Snapshot, findings: list[Finding]) -> Listed:
    """What goes below the live list of the 校验 sheet: the findings, each with a link to its cell."""
    name = taken.design.checks.sheet
    if name not in taken.package.sheet_names:
        raise BookError(f"没有“{name}”工作表，检查结果无处可写；请用备份，或重新生成空白表后把数据填入")
    live = checks.HEAD, checks.HEAD + taken.design.checks.rows
    first = live[1] + 2
    when = datetime.datetime.now().strftime("%Y-%m-%d %H:%M")
    counts = f"{len(findings)} 条（上面实时的清单已收起：第 {live[0]}—{live[1]} 行）" if findings else "没有发现问题"
    title = f"{RESULTS_TITLE}（{when}）：{counts}"
    names = Names(taken.plan)
    rows: list[list[Value | Formula]] = [[*HEADS]] if findings else []
    for found in findings:
        where: Value | Formula = found.cell or found.sheet
        if found.cell and found.sheet in taken.package.sheet_names:
            target = "#'" + found.sheet.replace("'", "''") + "'!" + found.cell
            where = Formula(f"=HYPERLINK({quote(target)},{quote(found.cell)})", found.cell)
        about = names.of_owner(found.indicator) if found.indicator else ""
        rows.append([SEVERITY[found.severity], where, found.unit, about, found.sheet, f"{found.message}。{found.fix}"])
    used = {f"{COLUMNS[0]}{first}", *(f"{c}{first + 1 + i}" for i in range(len(rows)) for c in COLUMNS)}
    old = [at for row, cells in taken.package.sheet(name).rows() if row >= first for _, at in cells]
    return Listed(name, first, title, rows, _styles(taken.design), [at for at in old if at not in used], live)


def _styles(design: Design) -> tuple[Style, Style, list[Style]]:
    """Of the title of a list of findings, its heads, and its columns."""
    line = design.colours["line"]
    centre, left = (dress.style_of(design, name)._replace(border=line) for name in ("listed_centre", "listed"))
    title = dress.style_of(design, "plain")._replace(bold=True, wrap=False)
    return title, dress.style_of(design, "heading"), [centre, centre._replace(colour=LINK), centre, left, left, left]


def write_findings(package: Package, taken: Snapshot, findings: list[Finding]) -> None:
    """Put findings below the live list of the 校验 sheet of a file; earlier ones are replaced."""
    found = listed(taken, findings)
    part = package.sheet(found.sheet)
    for at in found.empty:
        part.set(at, None)
    title, head, columns = found.styles
    _put(part, f"{COLUMNS[0]}{found.row}", found.title, package.style_number(title))
    for row, texts in enumerate(found.cells, found.row + 1):
        styles = [head] * len(texts) if row == found.row + 1 else columns
        for column, content, style in zip(COLUMNS, texts, styles, strict=True):
            _put(part, f"{column}{row}", content, package.style_number(style))
        widths = taken.design.checks.widths
        lines = max(lines_needed(str(t), w, 9) for t, w in zip(texts, widths, strict=True) if isinstance(t, str))
        part.set_height(row, height_of(lines, 9) + 2)
    for row in range(found.live[0], found.live[1] + 1):
        part.set_hidden(row, bool(findings))
    package.extend_print_area(found.sheet, found.last)


def _put(part: SheetPart, at: str, content: Value | Formula, style: int | None) -> None:
    if isinstance(content, Formula):
        part.set_formula(at, content.text, content.value)
    else:
        part.set(at, content or None)
    if style:
        part.set_style(at, style)
