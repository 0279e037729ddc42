"""取数: results of other schemes' filled books go into the input cells that ask for them.

Units match by name, what stands in brackets aside, or by what they were called the year before where the scheme says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from addin.actions import ask_about, in_force, write_back
from addin.gathering.incoming import TAMPERED
from addin.workbooks import audit, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import books_in
from addin.workbooks.snapshot import Snapshot
from generator import files
from generator.lines.input import TOTALS, Import
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.results import as_typed, fits, result_line, unfinished
from generator.problems import PackageError, shorten
from generator.scheme.model import Scheme
from generator.sheets import meta
from generator.value import ErrorValue, Value
from generator.xlsx import package

_SPOILT = (TAMPERED - {"label-changed"}) | {"scheme-damaged"}
"""Findings about a source after which its results are not to be relied on."""
_NAMED = 5


@dataclass(frozen=True)
class Want:
    """An input cell that takes a result from elsewhere."""

    line: Line
    unit: int
    source: Import


@dataclass
class Taken:
    """What came of taking results. counts: cells filled, by scheme; replaced: how many of them held something else before; without:
    units that a source does not have, by scheme; none: those that have no such task there, by scheme and result; drafts: books
    whose scheme is not word for word the one in force."""

    counts: Counter[str] = field(default_factory=Counter)
    replaced: int = 0
    without: dict[str, dict[str, None]] = field(default_factory=dict)
    none: dict[str, list[str]] = field(default_factory=dict)
    drafts: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What is left to people, in sentences."""
        told = [f"{id} 的考核簿里没有这些单位，没有取：{_some([*units])}" for id, units in self.without.items()]
        told += [f"{what}，这些单位在那里没有这一项（－），没有取：{_some(units)}" for what, units in self.none.items()]
        told += [f"“{name}”里的方案与现行公布的不是同一稿，请核对取来的数还对不对" for name in self.drafts]
        return [*told, *([f"有 {self.replaced} 格原来填的是别的数，换成了取来的"] if self.replaced else [])]


def wants(taken: Snapshot) -> list[Want]:
    """The input cells of a book that take a result from elsewhere."""
    scheme, found = taken.plan.scheme, []
    for line in taken.plan.inputs:
        left = set(range(len(taken.plan.units)))
        for source in line.input.imports if line.input else ():
            meant = scheme.members([source.whose] if source.whose else [])
            units = [unit for unit in sorted(left) if meant[unit]]
            left -= {*units}
            found += [Want(line, unit, source) for unit in units if taken.is_open(line, unit)]
    return found


def import_results(book: Path, sources: Iterable[Path], out: Path | None = None, as_is: bool = False) -> Taken:
    """Take results from books, or from those in a folder that this one asks for.

    Nothing is written when a source is of no scheme or year that this book asks for, was tampered with, or has no result yet.
    Raises BookError, and Questionable for results that `check` would ask about, unless they are to be taken as they are.
    """
    since = files.seen(book)
    pack = package.Package.open(book)
    target = snapshot.of_package(pack, book.name)
    wanted = wants(target)
    if not wanted:
        raise BookError(f"“{book.name}”里没有从别的考核簿取数的格子")
    done, written, used = Taken(), set[tuple[str, str]](), dict[str, str]()
    for path in _each(book, [*sources], {want.source.scheme for want in wanted}):
        source = snapshot.take(path)
        id = source.file.scheme.id
        mine = [want for want in wanted if want.source.scheme == id]
        _refuse(source, mine, {want.source.scheme for want in wanted}, done)
        if id in used:
            raise BookError(f"“{used[id]}”和“{path.name}”都是 {id} 的考核簿，分不清用哪一本；请只留一本")
        used[id] = path.name
        for want, value in _given(source, target, mine, done):
            place = target.place(want.line.key, want.unit)
            if place is None:
                raise BookError(f"“{book.name}”里找不到“{want.line.owner} {want.line.label}”的格子，行或列可能被删掉了")
            part = target.sheets[place[0]].part
            done.replaced += part.value(place[1]) not in (None, "", value)
            part.set(place[1], value)
            written.add(place)
            done.counts[id] += 1
        if not done.counts[id] and not done.none:
            raise BookError(f"“{path.name}”里没有一个单位与这本簿的同名")
    if not as_is:
        ask_about(target, written)
    repair.refresh(pack, book.name)
    write_back(pack, book, out, since)
    return done


def _each(book: Path, sources: Sequence[Path], asked: set[str]) -> Iterator[Path]:
    """The books that are named, and those of a folder that are of a scheme that is asked for. Raises BookError where a folder has
    none."""
    for path in sources:
        if not path.is_dir():
            yield path
            continue
        found = [one for one in books_in(path) if one.absolute() != book.absolute() and _scheme_of(one) in asked]
        if not found:
            raise BookError(f"“{path}”里没有这本簿要取数的考核簿；这本簿要的是：{'、'.join(sorted(asked))}")
        yield from found


def _scheme_of(path: Path) -> str:
    """The id of the scheme whose whole book a file is; '' for anything else."""
    try:
        about = snapshot.about_of(package.Package.open(path))
    except (BookError, PackageError):
        return ""
    view = meta.view_of(about)
    return about.get("scheme", "") if view is not None and view.whole else ""


def _refuse(source: Snapshot, mine: Sequence[Want], asked: set[str], done: Taken) -> None:
    """Raise BookError where nothing can be taken from a book."""
    name, scheme = source.name, source.file.scheme
    if not source.plan.view.whole:
        raise BookError(f"“{name}”是{source.plan.view.who}的分簿，没有全部结果可取；请用那个方案的总簿")
    if not mine:
        other = next((id for id in sorted(asked) if id != scheme.id and _undated(id) == _undated(scheme.id)), "")
        if other:
            raise BookError(f"“{name}”是 {scheme.year} 年度的（{scheme.id}），这本簿要的是 {other}；请换成那一年度的考核簿")
        raise BookError(f"“{name}”是 {scheme.id} 的考核簿，这本簿不从它取数；这本簿要的是：{'、'.join(sorted(asked))}")
    found = audit.examine(source, in_force(source.file)).findings
    done.drafts += [name] if any(one.code == "scheme-differs" for one in found) else []
    spoilt = [one for one in found if one.code in _SPOILT]
    if spoilt:
        first = spoilt[0]
        where = f"{first.sheet}!{first.cell}" if first.cell else first.sheet
        more = f"等 {len(spoilt)} 处" if len(spoilt) > 1 else ""
        words = f"{where} {shorten(first.message)}".strip()
        raise BookError(f"“{name}”有不能放心的地方（{words}{more}）；请先对它点“检查”，改好或“重算”以后再取数")
    for want in {want.source.result: want for want in mine}.values():
        line, what = result_line(source.plan, want.source.result), f"“{want.line.owner} {want.line.label}”"
        if line is None:
            raise BookError(f"{what}要取{want.source.words}，“{name}”里没有；请核对两个方案的编号是不是一致")
        if want.line.input and not fits(line, want.line.input):
            raise BookError(f"{what}要取{want.source.words}，“{name}”里的不是{_kind(want.line)}，填不进去；请核对方案")


def _kind(line: Line) -> str:
    return "百分数" if line.percent else "可选的词" if line.input and line.input.options else "数"


def _given(source: Snapshot, target: Snapshot, mine: Sequence[Want], done: Taken) -> list[tuple[Want, Value]]:
    """What a book gives for each cell that asks for it. Raises BookError where a result is still to come."""
    id, plan = source.file.scheme.id, source.plan
    results = Evaluation(plan, source.inputs)
    there = _matched(target.plan.scheme, plan.scheme)
    found: list[tuple[Want, Value]] = []
    waiting: dict[str, None] = {}
    for want in mine:
        unit, who = there.get(want.unit), target.plan.units[want.unit]
        if unit is None:
            done.without.setdefault(id, {})[who] = None
            continue
        line = result_line(plan, want.source.result)
        assert line is not None
        assert want.line.input is not None
        value = results.at(line.key, unit)
        if isinstance(value, ErrorValue) or unfinished(line, value):
            waiting[f"{who}的{want.source.words}"] = None
            continue
        if want.source.result in TOTALS[1:]:  # a place is one among all, so all must have their totals
            waiting |= {f"{name}的{TOTALS[0]}": None for name in _open(results)}
        typed = as_typed(line, value, want.line.input)
        if typed is None:
            done.none.setdefault(f"{id} 的{want.source.words}", []).append(who)
        else:
            found.append((want, typed))
    if waiting:
        raise BookError(f"“{source.name}”还没有填完（{_some([*waiting])}还没有），先填完再取数")
    return found


def _open(results: Evaluation) -> list[str]:
    """The units that have no total yet."""
    return [name for unit, name in enumerate(results.plan.units) if results.result(unit).total is None]


def _matched(here: Scheme, there: Scheme) -> dict[int, int]:
    """The positions of the same units in two schemes: by name, else by the one name of the year before that only one unit has."""
    known = {_bare(name): number for number, name in enumerate(there.unit_names)}
    former = {_bare(old): known[_bare(now)] for now, [old] in _renamed(there) if _bare(now) in known}
    before = {_bare(now): _bare(old) for now, [old] in _renamed(here)}
    found = {}
    for number, unit in enumerate(here.unit_names):
        name = _bare(unit)
        match = known.get(name, known.get(before.get(name, ""), former.get(name)))
        if match is not None:
            found[number] = match
    return found


def _renamed(scheme: Scheme) -> list[tuple[str, list[str]]]:
    """Units that another name stood for alone, with that name."""
    times = Counter(old for names in scheme.formerly.values() for old in names)
    return [(now, names) for now, names in scheme.formerly.items() if len(names) == 1 and times[names[0]] == 1]


def _bare(name: str) -> str:
    """A unit's name without what stands in brackets."""
    return re.sub(r"[（(].*?[）)]", "", name).strip()


def _undated(id: str) -> str:
    return re.sub(r"\d{4}", "", id)


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")
