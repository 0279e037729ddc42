"""得分说明单: the paper that a unit gets, with every point it lost, why, and by which clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from addin.result.account import MISSED, Account, Accounts, Entry, Neighbour, number_words, of_office, together, verbs
from addin.result.papers import STATEMENT, Template
from addin.workbooks.readings import OtherReadings, Progress, other_readings
from addin.workbooks.snapshot import Snapshot
from generator.files import nameable
from generator.tree.derivation import told as told_number
from generator.value import Value, show


def statements(
    taken: Snapshot, units: Iterable[str] = (), template: Path | None = None, report: Progress | None = None
) -> Iterator[tuple[str, bytes]]:
    """File name and .docx of each unit's statement. units: those that are wanted, all that are assessed unless told;
    report: told of the other readings that are tried, which takes a while for the largest schemes.

    Raises NoAccount for a unit that is not there, PaperError for the template.
    """
    paper = Template(template or STATEMENT.own)
    accounts, readings = Accounts(of_office(taken)), other_readings(taken, report)
    for account in [accounts.of(unit) for unit in units] or accounts.all():
        yield f"{nameable(account.unit)}得分说明单.docx", paper.filled(words(taken, account, readings))


def words(taken: Snapshot, account: Account, readings: OtherReadings) -> dict[str, Any]:
    """The words of the template for one unit."""
    scheme = taken.file.scheme
    return {
        "单位": account.unit,
        "组别": account.group,
        "年度": str(scheme.year),
        "考核名称": scheme.title,
        "依据": f"{scheme.source.document} {scheme.source.part}".strip(),
        "总分": "未填完" if account.total is None else account.shown(account.total),
        "位次": account.place,
        "等次": account.grade or "－",
        "比前一名": _gap(account, account.ahead, "低"),
        "比后一名": _gap(account, account.behind, "高"),
        "结果说明": list(_about(account)),
        "部分": [_part(*part) for part in account.parts],
        "失分小结": _short(account),
        "失分项": [_entry(entry, scheme.source.document) for entry in (*account.losses, *account.missed)] or [_nothing()],
        "加分小结": _whole(account.gains, verbs(account.measure)[1], account.measure),
        "加分项": [_entry(entry, scheme.source.document) for entry in account.gains],
        "待定项": [{"指标": entry.own_heading, "原因": entry.reason} for entry in account.waiting],
        "读法": list(_readings(account.unit, readings)),
    }


def _gap(account: Account, neighbour: Neighbour | None, sign: str) -> str:
    return f"{sign} {show(neighbour.gap)} {account.measure}（{neighbour.unit}）" if neighbour else "－"


def _about(account: Account) -> Iterator[str]:
    if account.grade_reason:
        yield f"等次“{account.grade}”：{account.grade_reason}。"
    for entry in account.decided:
        yield f"一票否决：{entry.own_heading}（{entry.clause}）。"
    for entry in account.undecided:
        yield f"否决项还不能判断：{entry.own_heading}，{entry.reason}（{entry.clause}）。"
    for name, value in account.results:
        yield f"{name}：{account.result_words(name, value)}。"
    for name, how in account.folded:
        yield f"{name}怎样得出：{how}。"


def _part(name: str, points: Decimal | None, score: Value) -> dict[str, str]:
    lost = told_number(points - score) if points and isinstance(score, Decimal) else "－"
    return {
        "名称": name,
        "分值": show(points) if points else "－",
        "得分": "未填完" if score is None else number_words(score),
        "失分": lost,
    }


def _whole(entries: list[Entry], verb: str, measure: str, in_total: Decimal | None = None) -> str:
    return f"（{len(entries)} 项，{together(entries, verb, measure, in_total)}）" if entries else "：没有"


def _short(account: Account) -> str:
    """What was lost, and what could have been earned besides."""
    lost = _whole(account.losses, verbs(account.measure)[0], account.measure, account.lost_in_total)
    return lost + (f"；没有得到的{_whole(account.missed, MISSED, account.measure)}" if account.missed else "")


def _entry(entry: Entry, document: str) -> dict[str, str]:
    """A row of a table. document: stands at the head of the paper, and need not be repeated in every row."""
    return {
        "指标": entry.own_heading,
        "分值": show(entry.points) if entry.points else "－",
        "得分": show(entry.score),
        "差": show(abs(entry.lost)) if entry.lost else f"{MISSED} {show(entry.missed)}",
        "原因": entry.reason,
        "依据": entry.clause.removeprefix(document).strip(),
    }


def _nothing() -> dict[str, str]:
    return dict.fromkeys(("指标", "分值", "得分", "差", "原因", "依据"), "－")


def _readings(unit: str, readings: OtherReadings) -> Iterator[str]:
    """Under which other readings of the text this unit would come out differently."""
    tried = [other for other in readings.tried if not other.error]
    moved = 0
    for other in tried:
        if moves := other.changes.get(unit):
            moved += 1
            clause = f"（{other.clause}）" if other.clause else ""
            told = "，".join(f"{move.result} {told_number(move.now)} → {told_number(move.then)}" for move in moves)
            yield f"{moved}．“{other.reading}”{clause}现取“{other.takes}”，若取“{other.option}”：{told}。"
    if not readings.tried and not readings.left:
        yield "这个办法没有可以换的读法。"
    elif not moved:
        yield f"原文有几种理解的条款，另外 {len(tried)} 种理解{'' if readings.left else '都'}试过，本单位的总分、位次、等次都不变。"
    if readings.left:
        yield f"{readings.left_words}。"
