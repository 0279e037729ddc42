"""What a filled book comes to, at the terminal: explanations, accounts, papers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from addin.terminal.commands import progress_bar
from addin.terminal.options import AsJson, Book
from addin.terminal.printing import plain, say_json

if TYPE_CHECKING:
    from addin.result.account import Account, Entry
    from addin.result.papers import Kind
    from addin.result.robustness import Change, Robustness
    from addin.workbooks.explanation import Explanation


def explain(
    book: Book,
    unit: Annotated[str, typer.Option("--unit", "-u", metavar="单位", help="被考核单位", show_default=False)],
    indicator: Annotated[
        str,
        typer.Option(
            "--indicator", "-i", metavar="指标", help="指标的编号、序号或名称，或“总分”；不写则列出全部失分和加分", show_default=False
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="文件", readable=False, help="不写指标时，写成一份得分说明单（.docx）", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """说明一个得分是怎么来的：算式、数字、依据的条款；不写指标，就逐项说明一个单位在哪里失了分、为什么。"""
    from addin.result import account as accounts
    from addin.result import duties
    from addin.workbooks import explanation as explaining
    from addin.workbooks import snapshot

    if output:
        _write_statement(book, unit, indicator, output)
        return
    if indicator:
        one = explaining.explain(book, unit, indicator)
        lines, said = explaining.told(one), _of_explanation(one)
    elif not (taken := snapshot.take(book)).plan.scored:
        standing = duties.of(taken, unit)
        lines, said = duties.told(standing), asdict(standing)
    else:
        account = accounts.Accounts(taken).of(unit)
        lines, said = accounts.told(account), _of_account(account)
    if as_json:
        say_json(said)
        return
    head, *rest = lines
    typer.secho(head, bold=True)
    for line in rest:
        typer.echo(line)


def _write_statement(book: Path, unit: str, indicator: str, output: Path) -> None:
    from addin.result import papers
    from addin.result import statement as statements
    from addin.result.account import NoAccount
    from addin.workbooks import snapshot

    if indicator:
        raise NoAccount("-o 写的是一个单位的得分说明单，不能同时写 --indicator；一项得分的说明请直接看屏幕上的")
    [(_, data)] = statements.statements(snapshot.take(book), [unit], papers.STATEMENT.template(book))
    papers.put(output, data)
    typer.echo(f"已生成 {output}")


Template = Annotated[
    Path | None,
    typer.Option("--template", metavar="文件", readable=False, help="自己的模板；不写则用工作簿旁边的，没有就用自带的", show_default=False),
]
EditTemplate = Annotated[bool, typer.Option("--edit-template", help="不出文件，把模板放到工作簿旁边：用 Word 改好，以后就按它出")]


def notice(
    book: Book,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到这个 .docx 文件")] = Path("通报.docx"),
    issuer: Annotated[str, typer.Option("--issuer", metavar="署名", help="发文机关署名；不写则用方案里的", show_default=False)] = "",
    to: Annotated[str, typer.Option("--to", metavar="主送机关", help="不写则是“各被考核单位”", show_default=False)] = "",
    day: Annotated[
        datetime | None, typer.Option("--date", metavar="年-月-日", formats=["%Y-%m-%d"], help="成文日期；不写则是今天", show_default=False)
    ] = None,
    template: Template = None,
    edit_template: EditTemplate = False,
) -> None:
    """通报：按公文格式（GB/T 9704—2012）出考核结果的通报，附位次表和各部分得分表，可以在 Word 里接着改。"""
    from addin.result import notice as notices
    from addin.result import papers
    from addin.workbooks import snapshot

    if edit_template:
        _copy(papers.NOTICE, book)
        return
    heading = notices.Heading(issuer, to, day.date() if day else None)
    with progress_bar("通报") as report:
        data = notices.notice(snapshot.take(book), heading, template or papers.NOTICE.template(book), report)
    papers.put(output, data)
    typer.echo(f"已生成 {output}")


def statement(
    book: Book,
    units: Annotated[
        list[str] | None,
        typer.Option("--unit", "-u", metavar="单位", help="只出这个单位的，可以写几次；不写则都出", show_default=False),
    ] = None,
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")] = Path("得分说明单"),
    template: Template = None,
    edit_template: EditTemplate = False,
) -> None:
    """得分说明单：每个单位一份 .docx，逐项写明失了几分、为什么、依据哪一条，位次和等次，换一种读法会怎样。"""
    from addin.result import papers
    from addin.result import statement as statements
    from addin.workbooks import snapshot

    if edit_template:
        _copy(papers.STATEMENT, book)
        return
    with progress_bar("得分说明单") as report:
        made = list(statements.statements(snapshot.take(book), units or (), template or papers.STATEMENT.template(book), report))
    for name, data in made:
        papers.put(folder / name, data)
    typer.echo(f"已生成 {len(made)} 份得分说明单：{folder}")


def robustness(
    book: Book,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="文件", readable=False, help="另存成一本 .xlsx；不写则打印", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """排名稳不稳：逐个数试，差多少就会和前后一名换位；换一种读法，谁的位次会变。不改文件。"""
    from addin.result import analysis as analyses
    from addin.result import papers
    from addin.result import robustness as firm
    from addin.workbooks import snapshot

    taken = snapshot.take(book)
    with progress_bar("排名稳不稳") as report:
        found = firm.robustness(taken, report=report)
    if as_json:
        say_json(_of_robustness(found))
    elif output:
        papers.put(output, analyses.firm_book(taken, found))
        typer.echo(f"已生成 {output}")
    else:
        for line in firm.told(found):
            typer.echo(line)


def analysis(
    book: Book,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到这个 .xlsx 文件")] = Path(
        "结果分析.xlsx"
    ),
    last: Annotated[
        Path | None, typer.Option("--last", metavar="工作簿", readable=False, help="上年的考核簿，单位按名称对应", show_default=False)
    ] = None,
) -> None:
    """结果分析：另出一本 .xlsx，有名次表、失分排行、与上年比、排名稳不稳，配上图。不改原来的文件。"""
    from addin.result import analysis as analyses
    from addin.result import papers
    from addin.workbooks import snapshot

    with progress_bar("结果分析") as report:
        data = analyses.analysis(snapshot.take(book), snapshot.take(last) if last else None, report=report)
    papers.put(output, data)
    typer.echo(f"已生成 {output}")


def _of_robustness(found: Robustness) -> dict[str, Any]:
    pairs = [
        {
            "group": pair.group,
            "upper": pair.upper,
            "lower": pair.lower,
            "rank": pair.rank,
            "gap": plain(pair.gap),
            "verdict": pair.verdict,
            "numbers": [_of_change(change) for change in pair.numbers],
            "events": [_of_change(change) for change in pair.events],
            "readings": pair.readings,
        }
        for pair in found.pairs
    ]
    places = {unit: asdict(one) for unit, one in found.places.items()}
    return {"pairs": pairs, "places": places, "tried": found.tried, "cells": found.cells, "left": found.left}


def _of_change(change: Change) -> dict[str, Any]:
    return {**asdict(change), "share": plain(change.share)}


def _copy(kind: Kind, book: Path) -> None:
    from addin.result import papers

    place = book.parent / kind.office
    papers.put(place, kind.own.read_bytes())
    typer.echo(f"模板已放到 {place}；双大括号里的词会换成结果，其余的字和格式都可以改。改好后再出，就按它")


def _of_explanation(one: Explanation) -> dict[str, Any]:
    steps = [
        {
            "label": step.when + step.label,
            "value": plain(step.value),
            "note": step.note,
            "words": step.derivation.words if step.derivation else "",
            "derivation": str(step.derivation) if step.derivation else "",
        }
        for step in one.steps
    ]
    about = {"unit": one.unit, "indicator": one.id, "name": one.name, "rule": one.rule, "clause": one.clause}
    return {**about, "steps": steps, "notes": one.notes, "amiss": one.amiss, "graded": one.graded}


def _of_account(account: Account) -> dict[str, Any]:
    return {
        "unit": account.unit,
        "group": account.group,
        "total": plain(account.total),
        "in": account.measure,
        "rank": account.rank,
        "of": account.of,
        "grade": account.grade,
        "grade_reason": account.grade_reason,
        "parts": [{"name": name, "points": plain(points), "score": plain(score)} for name, points, score in account.parts],
        "results": {name: plain(value) for name, value in account.results},
        "folded": [{"name": name, "how": how} for name, how in account.folded],
        "losses": [_of_entry(entry) for entry in account.losses],
        "missed": [_of_entry(entry) for entry in account.missed],
        "gains": [_of_entry(entry) for entry in account.gains],
        "waiting": [_of_entry(entry) for entry in account.waiting],
        "vetoes": [_of_entry(entry) for entry in account.decided],
        "undecided": [_of_entry(entry) for entry in account.undecided],
        "tied": account.tied,
        "amiss": account.amiss,
    }


def _of_entry(entry: Entry) -> dict[str, Any]:
    return {
        "indicator": entry.id,
        "name": entry.name,
        "points": plain(entry.points),
        "score": plain(entry.score),
        "lost": plain(entry.lost),
        "missed": plain(entry.missed),
        "scale": entry.scale,
        "in_total": plain(entry.in_total),
        "reason": entry.reason,
        "clause": entry.clause,
    }
