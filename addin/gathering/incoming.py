"""One file that came in: whether it belongs to the office's book, what it offers, what was done to it. Changes nothing."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from addin.gathering import bodies
from addin.gathering.remarks import Written, approved, written
from addin.workbooks import audit, snapshot
from addin.workbooks.findings import Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Found, Snapshot
from generator.columns import column_of
from generator.layout.addresses import address
from generator.layout.grid import UNIT
from generator.layout.matrix import Matrix
from generator.lines.line import SHARED, Line, Role
from generator.plan.evaluation import Evaluation
from generator.plan.view import Kind
from generator.problems import Refusal
from generator.scheme.load import fingerprint
from generator.sheets import meta
from generator.sheets.sheet import Formula
from generator.value import Value, show
from generator.xlsx import properties
from generator.xlsx.package import Package

TAMPERED = {
    *("formula-overwritten", "formula-changed", "formula-deleted", "parameter-changed", "label-changed"),
    *("row-missing", "row-duplicated", "row-moved", "row-counted", "column-missing", "column-duplicated", "column-moved"),
    *("column-counted", "sheet-missing", "sheet-foreign"),
}
"""Findings about what people were not to change. The office's book has formulas and figures of its own, so what was typed is
taken all the same, and these are told."""
DOUBTS = {"input-outlier", "input-beyond"}
"""Findings about values that may stand, if somebody says so."""
MOST_TOLD = 200
"""So many changes to locked cells of one file are kept; it is plain by then what was done to it."""


LONGEST = 60
"""So much is kept of a text that is of no use."""
MOST_NOTES = 5


class Status(StrEnum):
    """What a file is to the office's book."""

    READ = "read"
    OWN = "own"
    SAME = "same"
    FOREIGN = "foreign"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Offer:
    """A value in an input cell. unit: its name, '' for the cell that all share; doubt: why somebody should look at it first;
    refused: why it is of no use."""

    key: str
    unit: str
    value: Value
    sheet: str
    cell: str
    doubt: str = ""
    refused: str = ""

    @property
    def place(self) -> str:
        """Where it stands in its file."""
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Scored:
    """What a unit scores by its own figures, on a line."""

    key: str
    unit: str
    value: Value


@dataclass
class Incoming:
    """A file as it came in. digest: of its bytes; saved, by: see `properties.Saved`; view: whose kind of book it is;
    whose: the department or the unit it is from, as far as it can be told; reason: why nothing is taken from it."""

    name: str
    digest: str = ""
    saved: str = ""
    by: str = ""
    view: str = ""
    whose: str = ""
    status: Status = Status.READ
    reason: str = ""
    offers: list[Offer] = field(default_factory=list)
    scores: list[Scored] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    tampered: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: list[Written] = field(default_factory=list)

    @property
    def from_unit(self) -> bool:
        """Whether it is a unit's assessment of itself."""
        return self.view == Kind.UNIT


@dataclass(frozen=True)
class Wanted:
    """The office's book, as far as the files have to fit it. readings: how its ambiguous clauses are read."""

    scheme: str
    title: str
    year: str
    version: str
    fingerprint: str
    units: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]

    @classmethod
    def by(cls, taken: Snapshot) -> Wanted:
        """What a book asks of the files."""
        scheme = taken.file.scheme
        own = fingerprint(taken.file.text)
        return cls(
            scheme.id, scheme.title, str(scheme.year), scheme.version, own, tuple(taken.plan.units), tuple(sorted(taken.file.takes.items()))
        )


class _Foreign(Refusal):
    """A book, but of something else."""


def read(data: bytes, name: str, wanted: Wanted) -> Incoming:
    """Read a file for the office's book. Whatever is wrong with it stands in the result."""
    found = Incoming(name, hashlib.sha256(data).hexdigest()[:20])
    try:
        package = Package.of(data, name.rpartition("/")[2])
        found.saved, found.by = properties.saved(package)
        _refuse_stranger(package, wanted)
        taken = snapshot.of_package(package, package.name)
        _look_over(taken, found)
        if tuple(sorted(taken.file.takes.items())) != wanted.readings:
            found.notes.append("这本取的读法与本簿不同，得分以本簿的读法为准")
    except _Foreign as error:
        found.status, found.reason = Status.FOREIGN, str(error)
    except Refusal as error:
        found.status, found.reason = Status.DAMAGED, str(error)
    return found


def unread(name: str, reason: str) -> Incoming:
    """A file that could not be read at all."""
    return Incoming(name, status=Status.DAMAGED, reason=reason)


def itself(name: str) -> Incoming:
    """The office's own book among the files."""
    return Incoming(name, status=Status.OWN, reason="就是督考办的这本簿，不从它自己收")


def _refuse_stranger(package: Package, wanted: Wanted) -> None:
    """Raise where a file is no book of the same scheme, year and version."""
    if meta.NAME not in package.sheet_names:
        if any(_has_keys(package, name) for name in package.sheet_names):
            raise _Foreign("只有从考核簿里复制出来的工作表，没有考核方案，认不出是哪一年度、哪一版；请对方报送整本考核簿")
        raise _Foreign("不是考核簿生成的工作簿；请确认有没有交错文件")
    about = snapshot.about_of(package)
    id, year, version = (about.get(name, "") for name in ("scheme", "year", "version"))
    if id != wanted.scheme:
        if year != wanted.year and _undated(id) == _undated(wanted.scheme):
            raise _Foreign(f"是 {year} 年度的考核簿，本簿是 {wanted.year} 年度；请对方用 {wanted.year} 年度的表重报")
        raise _Foreign(f"是另一个方案（{id[:60]}）的考核簿，本簿是“{wanted.title}”；请确认有没有交错文件")
    if about.get("fingerprint") != fingerprint(meta.joined(about, "text")):
        raise _Foreign("簿里的考核方案被改动过，与它自己的指纹不符；请对方用原来发的表重报")
    if about.get("fingerprint") != wanted.fingerprint:
        raise _Foreign(_other_version(package, version, wanted))
    if about.get("view") == Kind.UNIT and about.get("for", "") not in wanted.units:
        raise _Foreign(f"是“{about.get('for', '')[:40]}”的自评表，本方案现在没有这个被考核单位；请核对单位名称")


def _other_version(package: Package, version: str, wanted: Wanted) -> str:
    """What to say of a book of another version of the same scheme."""
    try:
        units = snapshot.of_package(package, package.name).file.scheme.unit_names
    except Refusal:
        units = []
    gone = [unit for unit in units if unit not in wanted.units]
    which = f"第{version}版，本簿是第{wanted.version}版" if version != wanted.version else "另一稿，方案的内容与本簿不同"
    words = f"；其中的单位“{'、'.join(gone[:3])}”现在没有了" if gone else ""
    return f"是同一方案的{which}{words}；请对方用现行的表重报"


def _undated(id: str) -> str:
    return re.sub(r"\d{4}", "", id)


def _has_keys(package: Package, name: str) -> bool:
    """Whether a sheet bears the marks of one of ours."""
    try:
        part = package.sheet(name)
        rows = [cells for _, (_, cells) in zip(range(snapshot.KEY_ROWS), part.rows(), strict=False)]
    except Refusal:
        return False
    texts = {part.value(at) for cells in rows for _, at in cells}
    return "key" in texts and any((isinstance(text, str) and text.startswith(UNIT)) or text == "units" for text in texts)


def _look_over(taken: Snapshot, found: Incoming) -> None:
    """What a book offers, and what was done to it."""
    judged = audit.examine(taken)
    by_cell: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in judged.findings:
        if finding.code.startswith(("input-", "chosen-")):
            by_cell[finding.sheet, finding.cell].append(finding)
    meant = {(edit.sheet, edit.cell): edit.content for edit in judged.fix if not isinstance(edit.content, Formula)}
    moved = _Moved(judged.findings)
    for line, unit, sheet, at in _cells(taken):
        value = taken.sheets[sheet].part.value(at)
        if value is None or value == "":
            continue
        who = "" if unit == SHARED else taken.plan.units[unit]
        offer = Offer(line.key, who, value, sheet, at)
        found.offers.append(_judged(offer, by_cell.get((sheet, at), []), meant.get((sheet, at)), moved))
    found.offers += _not_theirs(judged.findings, taken)
    view = taken.plan.view
    found.view, found.whose = view.kind.value, view.who[:60] or bodies.whose(taken.plan, found.offers)
    found.missing = _missing(taken, judged.findings, found)
    found.tampered = [finding for finding in judged.findings if finding.code in TAMPERED and not _follows(finding, judged.findings)][
        :MOST_TOLD
    ]
    found.notes = [*_notes(judged.findings)][:MOST_NOTES] + (["这本自己也汇总过别的文件，像是总簿的副本"] if taken.ledgers else [])
    found.remarks = written(taken)
    if found.from_unit:
        values = Evaluation(taken.plan, taken.inputs)
        found.notes += _approved(approved(taken, values))
        who = taken.plan.units[0]
        lines = [line for line in taken.plan.lines.values() if line.role in (Role.SCORE, Role.GROUP, Role.RESULT) and not line.shared]
        found.scores = [Scored(line.key, who, value) for line in lines if isinstance(value := values.at(line.key, 0), Decimal)]


def _follows(finding: Finding, findings: list[Finding]) -> bool:
    """Whether something was not done by hand, but is what a sheet's new name makes of the names on the hidden sheets."""
    return finding.sheet.startswith("_") and finding.code == "label-changed" and any(one.code == "sheet-renamed" for one in findings)


def _cells(taken: Snapshot) -> Iterator[tuple[Line, int, str, str]]:
    """Every input cell, and those of copied rows and columns: who typed into the copy must not have typed in vain."""
    for line in taken.plan.inputs:
        for sheet, own in taken.open_cells_of(line).items():
            for unit, at in own:
                yield line, unit, sheet, at
    for name, found in taken.sheets.items():
        if isinstance(found.area, Matrix):
            for key, unit, row, column in _copies(found, found.area, taken.plan.units):
                line = taken.plan.lines[key]
                if line.input and not line.shared and taken.is_open(line, unit):
                    yield line, unit, name, address(row, column)


def _copies(found: Found, area: Matrix, units: list[str]) -> Iterator[tuple[str, int, int, int]]:
    """The cells of copied rows and columns: line key, unit, row, column."""
    for key, row in found.copies:
        for unit, column in area.unit_columns.items():
            yield key, unit, row, column
    for key, column in found.head.copies:
        if key.startswith(UNIT) and key.removeprefix(UNIT) in units:
            for row_key, row in area.rows.items():
                yield row_key, units.index(key.removeprefix(UNIT)), row, column


class _Moved:
    """Where locked texts were changed: whoever sorted or pasted there may have taken values to the wrong row."""

    def __init__(self, findings: list[Finding]) -> None:
        self.rows: set[tuple[str, str]] = set()
        self.columns: set[tuple[str, int]] = set()
        for finding in findings:
            if finding.code == "label-changed" and finding.cell:
                letters = finding.cell.rstrip("0123456789")
                self.rows.add((finding.sheet, finding.cell[len(letters) :]))
                self.columns.add((finding.sheet, column_of(letters)))

    def touches(self, offer: Offer) -> bool:
        """Whether a value stands in such a row or column."""
        letters = offer.cell.rstrip("0123456789")
        return (offer.sheet, offer.cell[len(letters) :]) in self.rows or (offer.sheet, column_of(letters)) in self.columns


def _judged(offer: Offer, findings: list[Finding], meant: Value, moved: _Moved) -> Offer:
    """An offer with what a check says of it. meant: the one thing that an ill-typed value can mean, if there is one."""
    grave = [finding for finding in findings if finding.severity == "error" and finding.code != "input-locked"]
    if len(grave) == 1 and meant is not None:
        return replace(offer, value=meant, doubt=f"{grave[0].message}；照这个意思列出")
    if grave:
        value = offer.value[:LONGEST] if isinstance(offer.value, str) else offer.value
        return replace(offer, value=value, refused=f"{grave[0].message}。{grave[0].fix}")
    doubts = [finding.message for finding in findings if finding.code in DOUBTS]
    if moved.touches(offer):
        doubts.append("这一行或这一列锁定的文字被改动过，数可能错了位")
    return replace(offer, doubt="；".join(doubts))


def _not_theirs(findings: list[Finding], taken: Snapshot) -> Iterator[Offer]:
    """What was typed where the unit has no task."""
    wrong = {(finding.sheet, finding.cell): finding for finding in findings if finding.code == "input-not-applicable"}
    for line in taken.plan.inputs if wrong else ():
        for sheet, at in ((sheet, at) for sheet, own in taken.cells_of(line).items() for _, at in own):
            if (sheet, at) in wrong:
                finding = wrong[sheet, at]
                value = taken.sheets[sheet].part.value(at)
                shown = value[:LONGEST] if isinstance(value, str) else value
                yield Offer(line.key, finding.unit, shown, sheet, at, refused=f"{finding.message}。{finding.fix}")


def _missing(taken: Snapshot, findings: list[Finding], found: Incoming) -> list[str]:
    """What the sender has not filled in yet, in words; nothing where it cannot be told what was his to fill in."""
    names = Names(taken.plan)
    listed = [finding for finding in findings if finding.code == "input-missing"]
    if taken.plan.view.whole:
        own = bodies.indicators(taken.plan, found.whose)
        listed = [finding for finding in listed if bodies.id_of(finding.indicator) in own]
    return [f"{names.of_owner(finding.indicator)}（{finding.unit}）" for finding in listed]


def _notes(findings: list[Finding]) -> Iterator[str]:
    """What else should be known of a file."""
    for finding in findings:
        if finding.code == "sheet-renamed":
            yield f"工作表改了名（{finding.message.partition('：')[2]}），照表里的标记收"
        elif finding.code in ("macro-inside", "link-outside"):
            yield f"{finding.message}，没有打开"
        elif finding.code == "sheet-added":
            yield f"多了一张不属于考核簿的表（{finding.message.partition('：')[2]}），没有收"


def _approved(cells: list[tuple[str, str]]) -> Iterator[str]:
    """What is said of scores that a unit's form gives as approved."""
    if cells:
        about, at = cells[0]
        more = f"等 {len(cells)} 处" if len(cells) > 1 else ""
        yield f"“核定分”栏填的与本表算出的不同（{about} {at}{more}），这一栏不收；核定的数请考核部门填在填报簿里"


def told(found: Incoming) -> str:
    """What was done to the locked part of a file, in a sentence; '' where nothing was."""
    if not found.tampered:
        return ""
    first = found.tampered[0]
    where = f"{first.sheet}!{first.cell} " if first.cell else f"{first.sheet} " if first.sheet else ""
    more = f"等 {len(found.tampered)} 处" if len(found.tampered) > 1 else ""
    return f"锁定的部分被改动过：{where}{show(first.message)[:120]}{more}；填的数照收，公式和参数以本簿为准"
