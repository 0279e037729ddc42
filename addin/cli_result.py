"""What a filled book comes to, at the terminal: explanations, accounts, papers."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from addin.result.account import Account, Entry
    from addin.workbooks.explanation import Explanation

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]
Book = Annotated[Path, typer.Argument(metavar="工作簿", readable=False, help="考核簿生成的 .xlsx 文件", show_default=False)]


def explain(
    book: Book,
    unit: Annotated[str, typer.Option("--unit", "-u", metavar="单位", help="被考核单位", show_default=False)],
    indicator: Annotated[
        str,
        typer.Option(
            "--indicator", "-i", metavar="指标", help="指标的编号、序号或名称，或“总分”；不写则列出全部失分和加分", show_default=False
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """说明一个得分是怎么来的：算式、数字、依据的条款；不写指标，就逐项说明一个单位在哪里失了分、为什么。"""
    from addin.result import account as accounts
    from addin.workbooks import explanation as explaining
    from addin.workbooks import snapshot

    if indicator:
        one = explaining.explain(book, unit, indicator)
        lines, said = explaining.told(one), _of_explanation(one)
    else:
        account = accounts.Accounts(snapshot.take(book)).of(unit)
        lines, said = accounts.told(account), _of_account(account)
    if as_json:
        _say_json(said)
        return
    head, *rest = lines
    typer.secho(head, bold=True)
    for line in rest:
        typer.echo(line)


def _of_explanation(one: Explanation) -> dict[str, Any]:
    steps = [
        {
            "label": step.label,
            "value": _plain(step.value),
            "note": step.note,
            "words": step.derivation.words if step.derivation else "",
            "derivation": str(step.derivation) if step.derivation else "",
        }
        for step in one.steps
    ]
    about = {"unit": one.unit, "indicator": one.id, "name": one.name, "rule": one.rule, "clause": one.clause}
    return {**about, "steps": steps, "notes": one.notes, "amiss": one.amiss}


def _of_account(account: Account) -> dict[str, Any]:
    return {
        "unit": account.unit,
        "group": account.group,
        "total": _plain(account.total),
        "rank": account.rank,
        "of": account.of,
        "grade": account.grade,
        "grade_reason": account.grade_reason,
        "parts": [{"name": name, "points": _plain(points), "score": _plain(score)} for name, points, score in account.parts],
        "results": {name: _plain(value) for name, value in account.results},
        "losses": [_of_entry(entry) for entry in account.losses],
        "gains": [_of_entry(entry) for entry in account.gains],
        "waiting": [_of_entry(entry) for entry in account.waiting],
        "vetoes": [_of_entry(entry) for entry in account.decided],
    }


def _of_entry(entry: Entry) -> dict[str, Any]:
    return {
        "indicator": entry.id,
        "name": entry.name,
        "points": _plain(entry.points),
        "score": _plain(entry.score),
        "lost": _plain(entry.lost),
        "reason": entry.reason,
        "clause": entry.clause,
    }


def _plain(value: Any) -> Any:
    """A decimal as a JSON number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _say_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
