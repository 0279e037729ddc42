"""What a user can do, without a terminal and without Excel: generate, fill, score, explain, check, recompute."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin.garbage import collection_seldom
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import back_up, books_in, other_books_in, refuse_busy
from addin.workbooks.snapshot import Snapshot
from generator import files
from generator.files import note, noting, so_far, write_atomically
from generator.layout import design as designs
from generator.layout.design import Design
from generator.layout.lay_out import lay_out
from generator.layout.layout import Layout
from generator.lines.keys import DONE, DUTIES, UNDONE
from generator.plan.evaluation import Evaluation, Inputs, Result
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.results import result_line
from generator.plan.view import OFFICE, View
from generator.problems import Problem, Refusal, SchemeFault, SourceError
from generator.scheme import library, shared
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile, fingerprint
from generator.scheme.readings import NOTHING
from generator.sheets import meta
from generator.value import Value, show
from generator.xlsx import package

if TYPE_CHECKING:  # whoever only wants scores waits for no more than they need; the rest is imported where it is used
    from addin.workbooks import repair
    from addin.workbooks.edits import Audit, Edit, Redrawn, Redress
    from addin.workbooks.findings import Finding
    from generator.fillings import value_file

MOST_OF_NAME = 24
"""So many letters of a book's name say how it is read; with its id and title it must stay below the 255 bytes of a name."""
Progress = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and what is at work."""


def load_scheme(name: str) -> SchemeFile:
    """A scheme by id or path. Raises SourceError, also where its parts do not fit together."""
    return planned(name)[0]


def planned(name: str, takes: Mapping[str, str] = NOTHING) -> tuple[SchemeFile, Plan]:
    """A scheme by id or path, read with these options of its readings, with its plan, for which a book can be laid out. Raises
    SourceError."""
    file, layout = _laid_out(name, takes)
    return file, layout.plan


def _laid_out(name: str, takes: Mapping[str, str] = NOTHING) -> tuple[SchemeFile, Layout]:
    file = schemes.load(library.find(name), takes)
    try:
        return file, lay_out(make_plan(file.scheme), designs.load())
    except SchemeFault as error:
        raise SourceError([file.placed(Problem(error.message, error.path, remedy=error.remedy))]) from None


def validate(name: str) -> SchemeFile:
    """A scheme by id or path, after all that making its book asks of it. Raises SourceError."""
    from generator.sheets.book import compose

    file, layout = _laid_out(name)
    compose(file, layout=layout)
    return file


@dataclass(frozen=True)
class Worked:
    """What the worked cases of a scheme came to: how many there are, and where the exact reading gives something else."""

    count: int
    failures: list[str]


def work_cases(name: str) -> Worked:
    """Hold the exact reading against the cases beside a scheme. Raises SourceError, also where there are no cases."""
    from generator.fillings import cases

    path = library.cases_file(library.find(name))
    count, found = 0, []
    for takes in cases.choices(path):
        plan = planned(name, takes)[1]
        listed = cases.load(path, plan, takes)
        count += len(listed)
        found += [words for filling in listed for words in cases.failures(filling, plan, Evaluation(plan, filling.inputs))]
    return Worked(count, found)


def book_name(file: SchemeFile) -> str:
    """The name of a scheme's workbook: the title first, for people, the id last, without spaces, for commands."""
    title = "".join(files.nameable(file.scheme.title).split())
    return f"{title}{_read_as(file)}_{file.scheme.id}.xlsx"


def _read_as(file: SchemeFile) -> str:
    """What the name of a book says of the readings that it takes otherwise than the scheme does."""
    words = "、".join(f"{choice.reading}取{choice.option}" for choice in file.choices)
    if len(words) > MOST_OF_NAME:
        words = f"{len(file.choices)}处另选读法{hashlib.sha256(words.encode()).hexdigest()[:4]}"
    return f"（{files.nameable(words)}）" if words else ""


def generate(
    names: Iterable[str],
    folder: Path,
    design: Design | None = None,
    progress: Progress | None = None,
    takes: Mapping[str, str] = NOTHING,
) -> list[Path]:
    """Write the blank scoring book of every scheme; returns the files. Files with data in them are kept as backups.

    takes: options of readings to take instead of the scheme's own, by reading.
    """
    from generator.sheets.book import compose
    from generator.xlsx import writer  # openpyxl is slow to import, and only this needs it

    listed = list(names)
    files = [_laid_out(name, takes) for name in listed]
    written = []
    for done, (file, layout) in enumerate(files):
        if progress:
            progress(done, len(files), file.scheme.title)
        path = folder / book_name(file)
        if path.exists():
            _back_up_filled(path)
        book = compose(file, layout=layout) if design is None else compose(file, design=design, plan=layout.plan)
        writer.write(book, path)
        written.append(path)
    if progress:
        progress(len(files), len(files), "")
    return written


def _back_up_filled(path: Path) -> None:
    try:
        filled = bool(snapshot.take(path).inputs)
    except Refusal:
        filled = True
    if filled:
        back_up(path)


class Questionable(Refusal):
    """Values that may stand where they were to go, but that `check` would ask about. findings: which, and why; lines: the same in words."""

    option = "--as-is"

    def __init__(self, book: str, findings: list[Finding]) -> None:
        self.findings = findings
        self.lines = [f"{f.sheet}!{f.cell} {f.unit}：{f.message}" for f in findings]
        super().__init__("\n  ".join([f"有 {len(findings)} 个数要先核对，“{book}”没有改动：", *self.lines]))


def fill(book: Path, values: Path, out: Path | None = None, as_is: bool = False) -> int:
    """Put values into input cells; returns how many. Nothing is written when one is refused. values: a value file, a table of
    values, or another filled book of the same scheme.

    Formulas stay as they are and show their new values; nothing else is touched. Raises Questionable for values that `check`
    would ask about, unless they are to be taken as they are.
    """
    from addin.workbooks import repair

    since = files.seen(book)
    pack = package.Package.open(book)
    taken = snapshot.of_package(pack, book.name)
    entries = _entries(values, taken.plan)
    places = [taken.place(e.line.key, e.unit) for e in entries]
    for entry, place in zip(entries, places, strict=True):
        if place is None or not pack.sheet(place[0]).has(place[1]):
            who = taken.plan.who(entry.unit)
            raise BookError(f"“{book.name}”里找不到“{entry.line.owner} {entry.line.label}”（{who}）的格子，行或列可能被删掉了")
    for entry, place in zip(entries, places, strict=True):
        if place is not None:
            taken.sheets[place[0]].part.set(place[1], entry.value)
    if not as_is:
        ask_about(taken, {place for place in places if place is not None})
    repair.refresh(pack, book.name)
    write_back(pack, book, out, since)
    return len(entries)


def _entries(values: Path, plan: Plan) -> list[value_file.Entry]:
    """What a file has for the cells of a plan. Raises a Refusal."""
    from addin.workbooks import value_table
    from generator.fillings import value_file, value_text

    if values.suffix.lower() not in value_table.SUFFIXES:
        return value_file.read(values, plan)
    pack = package.Package.open(values)
    if meta.NAME not in pack.sheet_names:
        return value_table.read(pack, plan)
    other = snapshot.of_package(pack, values.name)
    if other.file.scheme.id != plan.scheme.id:
        raise BookError(f"“{values.name}”是 {other.file.scheme.id} 的考核簿，要填的是 {plan.scheme.id} 的，数不能照搬")
    problems: list[Problem] = []
    entries = list(value_file.parse(value_text.nested(other.plan, other.inputs), plan, problems))
    if problems:
        raise SourceError([replace(one, file=values.name) for one in problems])
    return entries


@dataclass(frozen=True)
class Values:
    """What was typed into a workbook. count: how many cells; doubtful: those that `fill` would not take back without being told to."""

    plan: Plan
    inputs: Inputs
    doubtful: list[Finding]

    @property
    def count(self) -> int:
        """How many cells."""
        return len(self.inputs)

    @property
    def text(self) -> str:
        """As a value file."""
        from generator.fillings import value_text

        return value_text.text(self.plan, self.inputs)

    @property
    def table(self) -> bytes:
        """As a table in a workbook."""
        from addin.workbooks import value_table

        return value_table.to_bytes(self.plan, self.inputs)


def values_of(book: Path, out: Path | None = None) -> Values:
    """Read all inputs out of a workbook, and write them to a file: a table where it is to be an .xlsx, else YAML. What `fill`
    makes of that file is what stands in the book."""
    from addin.workbooks import value_table

    read = values_in(snapshot.take(book))
    if out is not None:
        write_atomically(out, read.table if out.suffix.lower() == value_table.SUFFIX else read.text.encode())
    return read


def values_in(taken: Snapshot) -> Values:
    """All inputs of a workbook that was read."""
    from addin.workbooks import inputs

    typed = {place: value for place, value in taken.inputs.items() if value != ""}
    cells = {place for key, unit in typed if (place := taken.place(key, unit)) is not None}
    return Values(taken.plan, typed, inputs.questions(taken, cells))


def values_typed(taken: Snapshot) -> Values:
    """See `values_in`. Raises BookError where nothing was typed."""
    read = values_in(taken)
    if not read.count:
        raise BookError(f"“{taken.name}”里还没有填数，没有可以导出的")
    return read


def ask_about(taken: Snapshot, cells: set[tuple[str, str]]) -> None:
    """Raise Questionable for values just written that `check` would ask about."""
    from addin.workbooks import inputs

    found = inputs.questions(taken, cells)
    if found:
        raise Questionable(taken.name, found)


def write_back(pack: package.Package, book: Path, out: Path | None, since: files.Seen) -> None:
    """Write a changed book back, or to another file. since: the version that was read."""
    if out is None or out.absolute() == book.absolute():
        write_atomically(book, pack.to_bytes(), since=since)
    else:
        write_atomically(out, pack.to_bytes())


@dataclass(frozen=True)
class Scored:
    """A workbook's results. units: by name, in the order of the table; results: what there is besides the total, see `Plan`; view:
    whose book it is."""

    file: SchemeFile
    units: dict[str, Result]
    results: list[tuple[str, str]] = field(default_factory=list)
    view: View = OFFICE
    duties: dict[str, dict[str, Value]] = field(default_factory=dict)
    """Of a book of duties, how many each unit has, has done and has not done, by what that is called."""


def score(book: Path) -> Scored:
    """Score a workbook from the inputs in it, by the exact reading; what its formulas show is not looked at."""
    return score_in(snapshot.take(book))


def score_in(taken: Snapshot) -> Scored:
    """See `score`."""
    evaluation = Evaluation(taken.plan, taken.inputs)
    units = {name: evaluation.result(i) for i, name in enumerate(taken.plan.units)}
    counted = {line.label: line.key for line in map(taken.plan.lines.get, (DUTIES, DONE, UNDONE)) if line}
    duties = {name: {label: evaluation.value(key, i) for label, key in counted.items()} for i, name in enumerate(units) if counted}
    return Scored(taken.file, units, taken.plan.results, taken.plan.view, duties)


def doubts(file: SchemeFile) -> list[Problem]:
    """What is wrong with parts of a scheme that come into play later: other readings, alone and two by two, and schemes that it
    takes results from."""
    from generator.plan import options

    found = list(options.faults(file))
    known, plans = library.ids(), dict[str, Plan | None]()
    for node, name, taken in file.scheme.imports():
        what = f"“{node.name if node and node.name else name}”从方案 {taken.scheme} 取"
        if taken.scheme not in known:
            words, remedy = f"{what}数，方案库里没有这个方案", "编好那个方案后才能取数"
            found.append(Problem(words, severity="warning", file=file.file, remedy=remedy))
            continue
        if taken.scheme not in plans:
            plans[taken.scheme] = _plan_of(known[taken.scheme])
        plan = plans[taken.scheme]
        if plan is not None and result_line(plan, taken.result) is None:
            words, remedy = f"{what}{taken.words}，那里没有", "请核对取数写的编号或名称"
            found.append(Problem(words, severity="warning", file=file.file, remedy=remedy))
    return list(dict.fromkeys(found))


def _plan_of(path: Path) -> Plan | None:
    """The plan of a scheme file; None where it has none."""
    try:
        return make_plan(schemes.load(path).scheme)
    except (SourceError, SchemeFault):
        return None


def published(id: str) -> SchemeFile | None:
    """The scheme in force under an id, where there is one and it can be read."""
    path = library.ids().get(id)
    try:
        return schemes.load(path) if path else None
    except SourceError:
        return None


def in_force(own: SchemeFile) -> SchemeFile | None:
    """The scheme in force under the id of a book's own, where there is one and it can be read: the same, where it says the same."""
    path = library.ids().get(own.scheme.id)
    try:
        if path and fingerprint(shared.text_of(path)) == own.fingerprint:
            return own
    except SourceError:
        return None
    return published(own.scheme.id)


def check(book: Path, by_formulas: bool = False) -> Audit:
    """What is missing, wrong or tampered with in a workbook. Changes nothing.

    by_formulas: also let the ``formulas`` library evaluate the workbook's own formula text, and compare.
    """
    from addin.workbooks.edits import Audit

    taken = snapshot.take(book)
    found = check_in(taken)
    return found + Audit(_disagreements(taken, found)) if by_formulas else found


def check_in(taken: Snapshot) -> Audit:
    """See `check`."""
    from addin.workbooks import audit
    from addin.workbooks.edits import Audit
    from addin.workbooks.findings import finding

    found = audit.examine(taken, in_force(taken.file))
    newer = _later_year(taken.file)
    if not newer:
        return found
    return found + Audit([finding("scheme-superseded", f"簿中是 {taken.file.scheme.id}，现有 {newer}")])


def _later_year(file: SchemeFile) -> str:
    """The id of the same scheme for a later year, where there is one: ids differ only in the year."""
    own, year = file.scheme.id, str(file.scheme.year)
    later = [id for id in library.ids() for y in re.findall(r"\d{4}", id) if y > year and id == own.replace(year, y)]
    return max(later, default="")


def _disagreements(taken: Snapshot, found: Audit) -> list[Finding]:
    """Where the workbook's formulas, evaluated by a library that is not ours, give something else than they should."""
    from addin.workbooks.findings import finding
    from generator.verification.compare import same
    from generator.verification.formulas_engine import Library

    design = taken.design
    wanted = {*taken.sheets, design.summary.sheet, design.tables.sheet}
    names = [name for name in taken.package.sheet_names if name in wanted]
    texts: dict[tuple[str, str], str] = {}
    constants: dict[tuple[str, str], Value] = {}
    for name in names:
        part = taken.package.sheet(name)
        for at in (at for _, cells in part.rows() for _, at in cells):
            text = part.formula(at)
            if text:
                texts[name, at] = f"={text}"
            elif (value := part.value(at)) is not None:
                constants[name, at] = value
    results = Library(texts, constants).evaluate([{}])
    return [
        finding("formulas-disagree", f"应为 {show(exact)}，算得 {show(shown)}", sheet, at)
        for sheet, at in texts
        if at in found.expected.get(sheet, {}) and not same(exact := found.expected[sheet][at], (shown := results[sheet, at][0]))
    ]


def write_findings(book: Path, findings: list[Finding]) -> None:
    """Put findings onto the workbook's 校验 sheet with links to the cells; the old file is kept."""
    from addin.workbooks import repair

    refuse_busy(book)
    since = files.seen(book)
    pack = package.Package.open(book)
    repair.write_findings(pack, snapshot.of_package(pack, book.name), findings)
    files.refuse_changed(book, since)
    back_up(book)
    write_atomically(book, pack.to_bytes(), since=since)


@dataclass(frozen=True)
class Recomputed:
    """What recomputing did to one file. changes: every cell with what stood there; findings: what is left to be done
    by people; error: why the file was left alone, or nothing; dressed: input cells whose look, lock or rule was put back;
    chosen: inputs that were filled in as was chosen on the sheet 待定; redrawn: charts that show their own cells again."""

    path: Path
    changes: list[Edit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    backup: Path | None = None
    error: str = ""
    dressed: list[Redress] = field(default_factory=list)
    chosen: list[Edit] = field(default_factory=list)
    redrawn: list[Redrawn] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, done: repair.Done, backup: Path | None) -> Recomputed:
        """What was done to a file in memory, now that it is written."""
        return cls(path, done.changes, done.findings, backup, dressed=done.dressed, chosen=done.chosen, redrawn=done.redrawn)

    @property
    def count(self) -> int:
        """How many cells and charts were changed."""
        return len(self.changes) + len(self.dressed) + len(self.chosen) + len(self.redrawn)


def recompute(book: Path, out: Path | None = None, fix: bool = False) -> Recomputed:
    """Restore what was tampered with, recompute every score, write the values; see `workbooks.repair`.

    fix: also make the corrections that have one safe meaning. The former file is kept as a dated backup beside it.
    Raises a Refusal where the file cannot be used; then it is as it was.
    """
    from addin.workbooks import repair

    if out is None:
        refuse_busy(book)
    since = files.seen(book)
    pack = package.Package.open(book)
    done = repair.recompute(pack, book.name, fix, in_force=in_force)
    changed = done.changed
    if out is None and changed:
        files.refuse_changed(book, since)
    backup = back_up(book) if out is None and changed else None
    if changed or out is not None:
        write_back(pack, book, out, since)
    return Recomputed.of(out or book, done, backup)


def recompute_one(path: Path, fix: bool = False) -> Recomputed:
    """`recompute` for work on many files: an error becomes part of the result."""
    with noting() as written:
        try:
            with collection_seldom():
                return recompute(path, fix=fix)
        except Refusal as error:
            return Recomputed(path, error=str(error))
        except OSError as error:
            return Recomputed(path, error=_unread(error, written))
        except Exception as error:
            return Recomputed(path, error=f"程序内部出错（{type(error).__name__}：{error}），{so_far(written)}")


def _unread(error: OSError, written: list[Path]) -> str:
    return f"读写文件时出错（{files.reason(error)}），{so_far(written)}"


def recompute_folder(folder: Path, fix: bool = False, workers: int | None = None, progress: Progress | None = None) -> list[Recomputed]:
    """Recompute every workbook of a folder, several at a time; one bad file never stops the rest."""

    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed

    books = books_in(folder)
    results = _left_alone(folder)
    note(folder)  # what its files are like, the other processes know
    with ProcessPoolExecutor(workers) as pool:
        tasks = {pool.submit(recompute_one, book, fix): book for book in books}
        for task in as_completed(tasks):
            book = tasks[task]
            try:
                results[book] = task.result()
            except BrokenExecutor:
                results[book] = Recomputed(book, error="处理这个文件的进程意外退出；文件是完好的，请单独重算它")
            if progress:
                progress(len(results), len(books), book.name)
    return [results[book] for book in sorted(results)]


def _left_alone(folder: Path) -> dict[Path, Recomputed]:
    """The workbooks of a folder that are no .xlsx, so that nobody takes them for done."""
    words = "不是 .xlsx 工作簿，没有重算；请用 Excel 或 WPS 另存为“Excel 工作簿（.xlsx）”再试"
    return {path: Recomputed(path, error=words) for path in other_books_in(folder)}


class ClusterError(Refusal):
    """The workers of a cluster cannot be reached."""


def recompute_on_cluster(folder: Path, scheduler: str, fix: bool = False, progress: Progress | None = None) -> list[Recomputed]:
    """`recompute_folder`, with the work done by the workers of a Dask cluster; files are read and written here.

    scheduler: its address, ``tcp://host:port``. A worker that dies has its files done by another. Raises ClusterError
    when the cluster cannot be reached.
    """
    import distributed

    from addin.workbooks import repair

    dask: Any = distributed
    books = books_in(folder)
    results = _left_alone(folder)
    try:
        client = dask.Client(scheduler, timeout=20)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(f"连不上计算集群“{scheduler}”（{type(error).__name__}）；请核对地址，或去掉 --scheduler 在本机重算") from None
    with client:
        tasks = {}
        since = {}
        for book in books:
            try:
                refuse_busy(book)
                since[book] = files.seen(book)
                task = client.submit(_away, files.contents(book, package.MAX_FILE), book.name, fix, repair.user(), pure=False, retries=3)
            except Refusal as error:
                results[book] = Recomputed(book, error=str(error))
            except OSError as error:
                results[book] = Recomputed(book, error=_unread(error, []))
            else:
                tasks[task] = book
        for task in dask.as_completed(list(tasks)):
            book = tasks[task]
            results[book] = _home(book, task, since[book])
            if progress:
                progress(len(results), len(books), book.name)
    return [results[book] for book in sorted(results)]


def _away(data: bytes, name: str, fix: bool, who: str) -> tuple[bytes, repair.Done] | str:
    """The work of one file on a worker: the new bytes and what was done, or why not."""
    from addin.workbooks import repair

    try:
        return repair.on_bytes(data, name, fix, in_force, who)
    except Refusal as error:
        return str(error)


def _home(book: Path, task: Any, since: files.Seen) -> Recomputed:
    """Write what a worker sends back."""
    with noting() as written:
        try:
            answer = task.result()
            if isinstance(answer, str):
                return Recomputed(book, error=answer)
            data, done = answer
            if done.changed:
                files.refuse_changed(book, since)
            backup = back_up(book) if done.changed else None
            if done.changed:
                write_atomically(book, data, since=since)
            return Recomputed.of(book, done, backup)
        except Refusal as error:
            return Recomputed(book, error=str(error))
        except OSError as error:
            return Recomputed(book, error=_unread(error, written))
        except Exception as error:
            return Recomputed(book, error=f"集群没有算成（{type(error).__name__}），{so_far(written)}")
