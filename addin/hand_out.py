"""Handing out: the books of the departments that assess and of the units that are assessed, blank from a scheme or filled from
the office's book."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from addin import actions
from addin.actions import Progress
from addin.workbooks import snapshot, structure
from addin.workbooks.book import BookError
from addin.workbooks.files import back_up
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.files import nameable, write_atomically
from generator.layout.design import Design
from generator.lines.keys import TOTAL
from generator.lines.line import SHARED, Role
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.selection import selected, view_for, views
from generator.plan.view import Kind, View
from generator.problems import Refusal, SchemeFault
from generator.scheme.assessors import indicators_by_body
from generator.scheme.load import SchemeFile
from generator.scheme.model import Indicator, Scheme
from generator.scheme.readings import NOTHING
from generator.sheets.book import compose
from generator.value import Value

LONGEST_NAME = 180
"""How many bytes the name of a file may have, so that it finds room on every disk, also with 备份 and a date behind it."""


@dataclass(frozen=True)
class HandedOut:
    """Books that were written. unassigned: the indicators that are in no department's book, since it is not said who assesses
    them."""

    files: list[Path] = field(default_factory=list)
    unassigned: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Office:
    """What is handed out from: a scheme with its plan, and what the office's book holds. values: None where it is blank."""

    file: SchemeFile
    plan: Plan
    design: Design | None = None
    values: Evaluation | None = None

    @classmethod
    def of_scheme(cls, name: str, design: Design | None = None, takes: Mapping[str, str] = NOTHING) -> Office:
        """Blank books of a scheme by id or path, read with these options of its readings. Raises SourceError."""
        file, plan = actions.planned(name, takes)
        return cls(file, plan, design)

    @classmethod
    def of_book(cls, taken: Snapshot, with_values: bool = True) -> Office:
        """The books of the scheme in the office's book, with what stands there. Raises BookError where it is not the office's, or
        rows or columns are gone."""
        if not taken.plan.view.whole:
            raise BookError(f"“{taken.name}”是{taken.plan.view.who}的分簿，不能再往下分；请用考核办公室的总簿")
        places = structure.rows_and_columns(taken, Names(taken.plan))
        if not structure.is_whole(taken, places):
            broken = next((found for found in places if found.code in structure.BROKEN), None)
            why = f"{broken.message}。{broken.fix}" if broken else f"少了“{'”“'.join(taken.lost)}”表。请用备份"
            raise BookError(f"“{taken.name}”不能下发：{why}")
        return cls(taken.file, taken.plan, taken.design, Evaluation(taken.plan, taken.inputs) if with_values else None)

    def views(self, kind: Kind, whose: Sequence[str] = ()) -> list[View]:
        """The books of a kind, all or those for some. Raises Refusal where there are none, or nobody is called so."""
        try:
            found = [view_for(self.plan.scheme, kind, who) for who in dict.fromkeys(whose)] or views(self.plan.scheme, kind)
        except SchemeFault as error:
            raise Refusal(f"{error.message}；{error.remedy}") from None
        if not found:
            raise Refusal(f"方案“{self.plan.scheme.title}”没有写明考核主体，分不出各部门的填报簿；请先在方案的指标上写明由谁考核")
        return found

    def inputs(self, part: Plan) -> dict[tuple[str, int], Value]:
        """What stands in the office's book, as the inputs of a part of it."""
        if self.values is None:
            return {}
        number = {name: unit for unit, name in enumerate(self.plan.units)}
        unit_of = {number[name]: unit for unit, name in enumerate(part.units)} | {SHARED: SHARED}
        asked = {line.key for line in part.inputs}
        return {(key, unit_of[unit]): value for (key, unit), value in self.values.inputs.items() if key in asked and unit in unit_of}

    def approved(self, view: View) -> Mapping[str, Value]:
        """What a unit has by the office's book, by line: for its 核定分."""
        if self.values is None or view.kind is not Kind.UNIT:
            return {}
        unit = self.plan.units.index(view.who)
        scores = {line.key: self.values.at(line.key, unit) for line in self.plan.lines.values() if line.role is Role.SCORE}
        if self.plan.scored:
            scores[TOTAL] = self.values.value(TOTAL, unit)
        return {key: value for key, value in scores.items() if not isinstance(value, str)}


def hand_out(office: Office, chosen: Sequence[View], folder: Path, progress: Progress | None = None) -> HandedOut:
    """Write a book for each view; other files of their names are kept as backups. Raises SourceError where Excel would not take one
    of them; those before it are written by then."""
    from generator.xlsx import writer  # openpyxl is slow to import, and only this needs it

    scheme = office.plan.scheme
    names = file_names(scheme, chosen)
    written = []
    for done, (view, name) in enumerate(zip(chosen, names, strict=True)):
        if progress:
            progress(done, len(chosen), view.who)
        part = selected(office.plan, view)
        book = compose(office.file, office.inputs(part), office.design, part, office.approved(view))
        _write(folder / name, writer.to_bytes(book))
        written.append(folder / name)
    if progress:
        progress(len(chosen), len(chosen), "")
    by_department = any(view.kind is Kind.DEPARTMENT for view in chosen)
    return HandedOut(written, unassigned(scheme) if by_department else [])


def _write(path: Path, data: bytes) -> None:
    """Write a book; another one of its name, perhaps with remarks in it, is kept as a backup."""
    if path.exists():
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
        back_up(path)
    write_atomically(path, data)


def split(book: Path, kind: Kind, whose: Sequence[str], folder: Path, progress: Progress | None = None) -> HandedOut:
    """The books of departments or units from the office's filled book, with what stands in it. The book is not changed."""
    office = Office.of_book(snapshot.take(book))
    return hand_out(office, office.views(kind, whose), folder, progress)


def unassigned(scheme: Scheme) -> list[str]:
    """The indicators of which it is not said who assesses them, by id and name."""
    named = {node.id: node.name for node in scheme.walk() if isinstance(node, Indicator)}
    return [f"{id} {named[id]}" for id in indicators_by_body(scheme).get("", [])]


def told(found: HandedOut) -> str:
    """A sentence on the indicators that are in no department's book; '' where there are none."""
    if not found.unassigned:
        return ""
    some = "、".join(found.unassigned[:3]) + ("等" if len(found.unassigned) > 3 else "")
    return f"有 {len(found.unassigned)} 项指标没有写考核主体（{some}），不在任何部门的填报簿里，请在总簿里填"


_NAMED: dict[Kind, Callable[[str], str]] = {Kind.DEPARTMENT: "（{}填报）".format, Kind.UNIT: "（{}自评）".format}


def file_names(scheme: Scheme, chosen: Sequence[View]) -> list[str]:
    """What the files are called: the title first, then whose it is; names that every system takes, each different."""
    taken: set[str] = set()
    found = []
    for view in chosen:
        tail = _NAMED[view.kind](nameable(view.who))
        tail = _cut(tail, LONGEST_NAME // 2)
        title = _cut(nameable(scheme.title), LONGEST_NAME - len(tail.encode()))
        name, number = f"{title}{tail}", 1
        while name.casefold() in taken:
            number += 1
            name = f"{title}{tail}({number})"
        taken.add(name.casefold())
        found.append(f"{name}.xlsx")
    return found


def folder_name(scheme: Scheme) -> str:
    """What the folder for a scheme's books is called."""
    return f"{_cut(nameable(scheme.title), LONGEST_NAME)}（下发）"


def _cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many bytes."""
    return text.encode()[:most].decode(errors="ignore")
