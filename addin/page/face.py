"""What the page can ask of Python, and what it is told: plain data as JSON, files by their paths.

The work itself is that of `actions`, the same that the command does; a person's files lie in memory under ``/books``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from addin import actions
from addin.garbage import collection_seldom
from addin.workbooks import explanation, snapshot
from addin.workbooks.edits import Edit, Sorted
from addin.workbooks.files import books_in
from addin.workbooks.findings import SEVERITY, Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.problems import Refusal, SourceError
from generator.scheme.model import Indicator
from generator.sheets.sheet import Formula
from generator.value import show
from generator.xlsx.package import Package

OUT = Path("/out")
"""Where files are made that the page takes away."""
SHOWN = 2000
"""So many changes of a book are told one by one."""

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
    told = [*changes.restored, *changes.updated]
    return {
        "count": done.count,
        "restored": len(changes.restored),
        "renewed": len(changes.renewed),
        "updated": len(changes.updated),
        "changes": [_change(edit) for edit in told[:SHOWN]],
        "dressed": [{"sheet": one.sheet, "cell": one.outfit.at, "lost": one.lost} for one in done.dressed[:SHOWN]],
        "findings": _findings(taken, done.findings),
        **_results(taken),
        "files": [str(out)],
    }


def generate(scheme: str, say: Say) -> dict[str, Any]:
    """The blank books of a scheme."""
    return {"files": [str(path) for path in actions.generate([scheme], OUT)]}


def explain(path: str, unit: str, indicator: str, say: Say) -> dict[str, Any]:
    """Why a unit has the score it has."""
    head, *lines = explanation.told(explanation.explain(Path(path), unit, indicator))
    return {"head": head, "lines": lines}


def readings(path: str, say: Say) -> dict[str, Any]:
    """Whose result would change if an unclear clause were read another way."""
    taken = snapshot.take(Path(path))
    found = actions.other_readings(taken.file.scheme.id, Path(path))
    return {"readings": [_reading(one) for one in found]}


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


def forget(path: str, say: Say) -> dict[str, Any]:
    """Give back the memory of a book."""
    for book in books_in(Path(path).parent):
        book.unlink()
    return {}


_ASKED: dict[str, Callable[..., dict[str, Any]]] = {
    work.__name__: work for work in (look, recompute, generate, explain, readings, definition_book, blank_of_definition, forget)
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
        return {"kind": "definition", "title": file.name, "problems": [_problem(str(p), p.severity) for p in error.problems], "remarks": []}
    problems = [*taken.problems, *map(taken.in_cells, actions.doubts(taken.file))]
    return {
        "kind": "definition",
        "title": taken.file.scheme.title,
        "problems": [_problem(str(p), p.severity) for p in problems],
        "remarks": [{"cell": cell, "text": r.message, "clause": r.clause, "wording": r.wording} for cell, r in taken.remarks],
    }


def _problem(text: str, severity: str) -> dict[str, str]:
    return {"text": text, "severity": severity, "word": SEVERITY.get(severity, "")}


def _about(taken: Snapshot) -> dict[str, Any]:
    scheme = taken.file.scheme
    return {"scheme": scheme.id, "title": scheme.title, "decimals": scheme.decimals, "readings": len(scheme.readings)}


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


def _reading(one: actions.OtherReading) -> dict[str, Any]:
    changes = [
        {"unit": unit, "now": [now.total, now.rank, now.grade], "then": [then.total, then.rank, then.grade]}
        for unit, (now, then) in one.changes.items()
    ]
    told = {"reading": one.reading, "clause": one.clause, "takes": one.takes, "option": one.option, "says": one.says}
    return {**told, "error": one.error, "changes": changes}


def _plain(value: object) -> str:
    """A number for a person; JSON knows no decimals."""
    return show(value) if isinstance(value, Decimal) else str(value)
