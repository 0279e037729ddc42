"""What the page can ask of Python, and what it is told: plain data as JSON, files by their paths.

The work itself is that of `actions`, the same that the command does; a person's files lie in memory under ``/books``.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from addin import actions, hand_out, importing
from addin.garbage import collection_seldom
from addin.gathering import desk
from addin.gathering.merge import FileReport
from addin.gathering.round import Waiting
from addin.result import account as accounts
from addin.result import papers
from addin.workbooks import explanation, snapshot, value_table
from addin.workbooks.book import BookError
from addin.workbooks.edits import Edit, Sorted
from addin.workbooks.findings import SEVERITY, Finding
from addin.workbooks.naming import Names
from addin.workbooks.pending import Kind as Offered
from addin.workbooks.readings import OtherReading, other_readings
from addin.workbooks.snapshot import Snapshot
from generator.files import EPOCH, nameable
from generator.plan.view import Kind
from generator.problems import Refusal, SourceError
from generator.scheme.model import Indicator
from generator.sheets import meta
from generator.sheets.sheet import Formula
from generator.value import Value, show
from generator.xlsx.package import Package

OUT = Path("/out")
"""Where files are made that the page takes away."""
SHOWN = 2000
"""So many changes of a book are told one by one."""
FEW = 3
"""So many files are taken away one by one; more of them in an archive."""

Say = Callable[[str], None]
"""Told in words what is at work."""


def answer(request: str, say: Say) -> str:
    """Do what the page asks for. request: JSON with ``do``, one of `_ASKED`, and what that takes. The answer has ``refused``, a
    sentence, where it cannot be done."""
    asked = json.loads(request)
    work = _ASKED[asked.pop("do")]
    try:
        with collection_seldom():
            told = work(say=say, **asked)
    except SourceError as error:
        told = {"refused": "\n".join(map(str, error.problems))}
    except Refusal as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": "内存不够；请关掉别的网页和程序，再试一次"}
    except Exception as error:
        told = {"refused": f"程序内部出错（{type(error).__name__}：{error}），原文件没有动；请把文件发给维护者"}
    return json.dumps(told, ensure_ascii=False, default=_plain)


def look(path: str, say: Say) -> dict[str, Any]:
    """Check a book and score it, or read a definition workbook."""
    file = Path(path)
    package = Package.open(file)
    if _is_definition(package):
        return _definition(package, file, say)
    if value_table.is_table(package) and meta.NAME not in package.sheet_names:
        raise BookError("这是从考核簿导出的数据，不是考核簿；打开要填的那本考核簿，点“导入数据”，就能填进去")
    taken = snapshot.of_package(package, file.name)
    say("正在检查")
    found = actions.check_in(taken).findings
    say("正在算分")
    return {"kind": "book", **_about(taken), "findings": _findings(taken, found), **_results(taken)}


def recompute(path: str, fix: bool, write: bool, say: Say) -> dict[str, Any]:
    """Put a book right. fix: also correct what has one safe meaning; write: also put what is left on its 校验 sheet."""
    out = OUT / Path(path).name
    done = actions.recompute(Path(path), out, fix)
    taken = snapshot.take(out)
    if write:
        say("正在写检查结果")
        actions.write_findings(out, actions.check_in(taken).findings)
        for other in OUT.glob("*.备份*"):
            other.unlink()
    changes = Sorted.of(done.changes)
    told = [*done.chosen, *changes.restored, *changes.updated]
    return {
        "count": done.count,
        "chosen": len(done.chosen),
        "restored": len(changes.restored),
        "renewed": len(changes.renewed),
        "updated": len(changes.updated),
        "changes": [_change(edit) for edit in told[:SHOWN]],
        "dressed": [{"sheet": one.sheet, "cell": one.outfit.at, "lost": one.lost} for one in done.dressed[:SHOWN]],
        "redrawn": len(done.redrawn),
        "findings": _findings(taken, done.findings),
        **_results(taken),
        "files": [str(out)],
    }


def generate(scheme: str, view: str, takes: dict[str, str], say: Say) -> dict[str, Any]:
    """The blank books of a scheme. view: a `Kind`; takes: options of readings that are taken instead of the scheme's own."""
    kind = Kind(view)
    if kind is Kind.OFFICE:
        return {"files": [str(path) for path in actions.generate([scheme], OUT, takes=takes)]}
    return _handed_out(hand_out.Office.of_scheme(scheme, None, takes), kind, say)


def split(path: str, view: str, say: Say) -> dict[str, Any]:
    """The books of departments or units from the office's, with what stands in it."""
    return _handed_out(hand_out.Office.of_book(snapshot.take(Path(path))), Kind(view), say)


def _handed_out(office: hand_out.Office, kind: Kind, say: Say) -> dict[str, Any]:
    done = hand_out.hand_out(office, office.views(kind), OUT, _counting(say))
    words = "各部门填报簿" if kind is Kind.DEPARTMENT else "各单位自评簿"
    return {"files": _few(done.files, f"{office.file.scheme.id} {words}.zip"), "words": hand_out.told(done)}


def _few(paths: list[Path], name: str) -> list[str]:
    """Files to be taken away; many of them as one archive."""
    if len(paths) <= FEW:
        return [str(path) for path in paths]
    with zipfile.ZipFile(OUT / name, "w") as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path.name, EPOCH), path.read_bytes())
            path.unlink()
    return [str(OUT / name)]


def gather(path: str, sources: str, say: Say) -> dict[str, Any]:
    """Take filled books into the office's one. sources: the folder that they lie in."""
    out = OUT / Path(path).name
    out.parent.mkdir(parents=True, exist_ok=True)
    done = desk.gather(Path(path), [Path(sources)], out, progress=_counting(say)).gathered
    return {
        "count": done.count,
        "reports": [_report(report) for report in done.files],
        "waiting": [_waiting(one) for one in done.waiting],
        "late": [f"{share.name}（{share.state}，还缺 {share.missing} 格）" for share in done.departments if share.missing],
        **_changed(out),
    }


def take(path: str, sources: str, as_is: bool, say: Say) -> dict[str, Any]:
    """Take results of other schemes' books. sources: the folder that they lie in; as_is: also those that a check would ask about."""
    out = OUT / Path(path).name
    try:
        done = importing.import_results(Path(path), [Path(sources)], out, as_is)
    except actions.Questionable as doubt:
        return {"doubts": doubt.lines[:SHOWN]}
    return {"counts": dict(done.counts), "words": done.words, **_changed(out)}


def values(path: str, say: Say) -> dict[str, Any]:
    """What was typed into a book, as a table in a workbook."""
    read = actions.values_typed(snapshot.take(Path(path)))
    doubtful = f"其中 {len(read.doubtful)} 个填得可疑，照抄了。" if read.doubtful else ""
    out = OUT / f"{Path(path).stem}数据.xlsx"
    papers.put(out, read.table)
    return {"files": [str(out)], "words": f"导出了 {read.count} 个数。{doubtful}改了以后，在这里点“导入数据”就填回去。"}


def fill(path: str, source: str, as_is: bool, say: Say) -> dict[str, Any]:
    """Put values into a book. source: a table of values, a value file, or another book; as_is: also those that a check would ask
    about."""
    out = OUT / Path(path).name
    try:
        count = actions.fill(Path(path), Path(source), out, as_is)
    except actions.Questionable as doubt:
        return {"doubts": doubt.lines[:SHOWN]}
    return {"count": count, **_changed(out)}


def _changed(book: Path) -> dict[str, Any]:
    """What there is to say of a book that was changed, and that is taken away."""
    taken = snapshot.take(book)
    return {"findings": _findings(taken, actions.check_in(taken).findings), **_results(taken), "files": [str(book)]}


def explain(path: str, unit: str, indicator: str, say: Say) -> dict[str, Any]:
    """Why a unit has the score it has."""
    head, *lines = explanation.told(explanation.explain(Path(path), unit, indicator))
    return {"head": head, "lines": lines}


def account(path: str, unit: str, say: Say) -> dict[str, Any]:
    """A unit's whole account: what it scored, where points were lost or added, and why."""
    head, *lines = accounts.told(accounts.Accounts(snapshot.take(Path(path))).of(unit))
    return {"head": head, "lines": lines}


def notice(path: str, say: Say) -> dict[str, Any]:
    """The ranking notice as a .docx."""
    from addin.result import notice as notices

    taken = snapshot.take(Path(path))
    return _made(taken, "通报.docx", notices.notice(taken, notices.Heading(), report=_counting(say)))


def statements(path: str, unit: str, say: Say) -> dict[str, Any]:
    """得分说明单: of one unit, or of every one. unit: empty for all."""
    from addin.result import statement

    taken = snapshot.take(Path(path))
    written = []
    for name, data in statement.statements(taken, [unit] if unit else [], report=_counting(say)):
        say(name)
        written.append(OUT / name)
        papers.put(written[-1], data)
    return {"files": _few(written, f"{nameable(taken.file.scheme.title)}得分说明单.zip")}


def analysis(path: str, say: Say) -> dict[str, Any]:
    """The workbook of places, losses and how firm the ranking stands."""
    from addin.result import analysis as analyses

    say("逐个数试算，可能要一两分钟")
    taken = snapshot.take(Path(path))
    return _made(taken, "结果分析.xlsx", analyses.analysis(taken, report=_counting(say)))


def compare(path: str, other: str, say: Say) -> dict[str, Any]:
    """What differs between two schemes, told and as a workbook; the older first. other: an id, or the path of a book or a
    definition workbook."""
    from addin import year_papers, years
    from generator.years.difference import differences

    say("正在对比")
    before, after = year_papers.in_order(years.scheme_of(path), years.scheme_of(other))
    found = differences(before, after)
    told = [one for one in found if not one.only_year]
    out = OUT / year_papers.difference_name(before, after)
    papers.put(out, year_papers.difference_book(before, after))
    only = f"另有 {len(found) - len(told)} 处文字只是年度改了，没有列出。" if len(told) < len(found) else ""
    return {
        "files": [str(out)],
        "words": f"“{before.scheme.title}”在前，“{after.scheme.title}”在后，{len(told)} 处不同。{only}",
        "years": [before.scheme.year, after.scheme.year],
        "differences": [one.as_dict() for one in told[:SHOWN]],
    }


def what_if(rules: str, book: str, say: Say) -> dict[str, Any]:
    """A filled book's figures under another scheme, told and as a workbook. rules: see `compare`."""
    from addin import year_papers, years

    say("正在试算")
    former, file, found = years.by_other_rules(rules, Path(book))
    out = OUT / year_papers.what_if_name(former, file)
    papers.put(out, year_papers.what_if_book(former, file, found))
    heads, rows = years.what_if_table(found, file.scheme.decimals)
    words = f"{former.scheme.title}的数，按{file.scheme.title}算。"
    return {"files": [str(out)], "words": words, "heads": heads, "rows": rows, "lines": years.what_if_words(found)}


def next_year(path: str, say: Say) -> dict[str, Any]:
    """Next year's definition workbook, its targets as they are."""
    from addin import years

    made = years.begin(path)
    out = OUT / f"{nameable(made.title)}定义簿.xlsx"
    papers.put(out, years.definition(made))
    return {"files": [str(out)], "words": "要核对的列在它的“把关”表上；在 Excel 里改好，再拖进来。"}


def _counting(say: Say) -> Callable[[int, int, str], None]:
    """Says how many are done, of how many, and what is being done."""
    return lambda done, count, what: say(f"{what}（{done}／{count}）")


def _made(taken: Snapshot, what: str, data: bytes) -> dict[str, Any]:
    out = OUT / f"{nameable(taken.file.scheme.title)}{what}"
    papers.put(out, data)
    return {"files": [str(out)]}


def readings(path: str, say: Say) -> dict[str, Any]:
    """Whose results would change if an unclear clause were read another way."""
    found = other_readings(snapshot.take(Path(path)))
    return {"readings": [_reading(one) for one in found.tried], "left": found.left_words}


def definition_book(scheme: str, say: Say) -> dict[str, Any]:
    """A scheme as a definition workbook."""
    from generator.definition import exchange

    file = actions.load_scheme(scheme)
    out = OUT / f"{file.scheme.id} 定义簿.xlsx"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(exchange.export(file))
    return {"files": [str(out)]}


def blank_of_definition(path: str, say: Say) -> dict[str, Any]:
    """The blank book and the scheme file of a definition workbook that has no errors."""
    from generator.definition import exchange

    file = Path(path)
    taken = exchange.take(Package.open(file), file.with_suffix(".yaml").name)
    scheme = OUT / f"{taken.file.scheme.id}.yaml"
    scheme.parent.mkdir(parents=True, exist_ok=True)
    scheme.write_bytes(taken.text.encode())
    return {"files": [str(scheme), *map(str, actions.generate([str(scheme)], OUT))]}


_ASKED: dict[str, Callable[..., dict[str, Any]]] = {
    work.__name__: work
    for work in (
        *(look, recompute, generate, split, gather, take, explain, account, readings, definition_book, blank_of_definition),
        *(values, fill, compare, what_if, notice, statements, analysis, next_year),
    )
}


def _is_definition(package: Package) -> bool:
    from generator.definition import words

    return words.TREE in package.sheet_names


def _definition(package: Package, file: Path, say: Say) -> dict[str, Any]:
    """What is wrong in a definition workbook, by sheet and cell, and what the regulation leaves open."""
    from generator.definition import exchange

    say("正在读定义簿")
    try:
        taken = exchange.take(package, file.with_suffix(".yaml").name)
    except SourceError as error:
        return {
            "kind": "definition",
            "scheme": "",
            "title": file.name,
            "problems": [_problem(str(p), p.severity) for p in error.problems],
            "remarks": [],
        }
    problems = [*taken.problems, *map(taken.in_cells, actions.doubts(taken.file))]
    return {
        "kind": "definition",
        "scheme": taken.file.scheme.id,
        "title": taken.file.scheme.title,
        "problems": [_problem(str(p), p.severity) for p in problems],
        "remarks": [{"cell": cell, "text": r.message, "clause": r.clause, "wording": r.wording} for cell, r in taken.remarks],
    }


def _problem(text: str, severity: str) -> dict[str, str]:
    return {"text": text, "severity": severity, "word": SEVERITY.get(severity, "")}


def _about(taken: Snapshot) -> dict[str, Any]:
    scheme = taken.file.scheme
    view = taken.plan.view
    title = f"{scheme.title}（{view.who}）" if view.who else scheme.title
    about: dict[str, Any] = {"scheme": scheme.id, "title": title, "whole": view.whole, "scored": scheme.scored}
    about["asks"] = sorted({want.source.scheme for want in importing.wants(taken)})
    return {**about, "readings": len(scheme.readings) if view.whole else 0}


def _findings(taken: Snapshot, found: list[Finding]) -> list[dict[str, str]]:
    """Findings, gravest first, with words for the indicator and the severity."""
    names = Names(taken.plan)
    order = list(SEVERITY)
    listed = sorted(found, key=lambda one: order.index(one.severity))
    return [
        {**one.as_dict(), "word": SEVERITY[one.severity], "about": names.of_owner(one.indicator) if one.indicator else ""} for one in listed
    ]


def _results(taken: Snapshot) -> dict[str, Any]:
    """Totals, ranks and grades of a book by unit, and the scores below them."""
    scored = actions.score_in(taken)
    scheme = taken.file.scheme
    group_of = {unit: group for group, members in scheme.groups.items() for unit in members}
    grouped = len(scheme.groups) > 1
    units = [
        {
            "name": name,
            "group": group_of.get(name, "") if grouped else "",
            "total": None if result.total is None else f"{result.total:.{scheme.decimals}f}",
            "rank": result.rank,
            "grade": result.grade,
            "complete": result.complete,
            "scores": {id: None if value is None else show(value) for id, value in result.scores.items()},
        }
        for name, result in scored.units.items()
    ]
    indicators = [{"id": node.id, "name": node.name} for node in scheme.walk() if isinstance(node, Indicator)]
    known = {one["id"] for one in indicators}
    others = [{"id": name, "name": name} for name, _ in scored.results if name not in known]
    return {"units": units, "indicators": [*indicators, *others]}


def _change(edit: Edit) -> dict[str, str]:
    now = edit.content.value if isinstance(edit.content, Formula) else edit.content
    return {"sheet": edit.sheet, "cell": edit.cell, "reason": edit.reason, "was": edit.was, "now": show(now)}


def _reading(one: OtherReading) -> dict[str, Any]:
    moves = {
        unit: [f"{move.result} {_or_blank(move.now)} → {_or_blank(move.then)}" for move in found] for unit, found in one.changes.items()
    }
    told = {"reading": one.reading, "clause": one.clause, "takes": one.takes, "option": one.option, "says": one.says}
    return {**told, "error": one.error, "changes": moves, "asks": one.asks}


def _or_blank(value: Value) -> str:
    return "（空）" if value is None else show(value)


def _report(report: FileReport) -> dict[str, Any]:
    """What became of a file that was gathered."""
    one = report.incoming
    counts = (len(report.taken), len(report.same) + len(report.left), len(report.waiting), len(report.refused) + len(report.homeless))
    refused = [f"{offer.place} {offer.unit}：{offer.refused}" for offer in report.refused]
    return {"file": one.name, "whose": one.whose, "standing": report.standing.value, "counts": counts, "words": [*report.words, *refused]}


def _waiting(one: Waiting) -> dict[str, str]:
    """A cell for which somebody has to choose."""
    offers = [
        f"{candidate.origin.file}：{show(candidate.value)}" + (f"（{candidate.why}）" if candidate.why else "")
        for candidate in one.candidates
        if candidate.kind is not Offered.REFUSED
    ]
    return {"cell": f"{one.sheet}!{one.cell}", "label": one.label, "unit": one.unit, "offers": "；".join(offers)}


def _plain(value: object) -> str:
    """A number for a person; JSON knows no decimals."""
    return show(value) if isinstance(value, Decimal) else str(value)
