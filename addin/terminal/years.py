"""The commands that lead from one year to the next: ``next-year``, ``diff``, ``what-if``."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from addin.terminal.options import AsJson
from addin.terminal.printing import say_json
from addin.workbooks.book import BookError

if TYPE_CHECKING:
    from generator.years.what_if import WhatIf

Several = list[str] | None


def next_year(
    scheme: Annotated[
        str,
        typer.Argument(metavar="方案", help="方案编号、方案文件，或上一年度的考核簿、定义簿 .xlsx；用 --from 时不写", show_default=False),
    ] = "",
    year: Annotated[int | None, typer.Option("--year", metavar="年度", help="哪一年度；不写就是下一年", show_default=False)] = None,
    book: Annotated[
        Path | None, typer.Option("--from", metavar="工作簿", readable=False, help="用这本考核簿里的方案", show_default=False)
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="文件夹或文件", readable=False, help="写到哪里；.xlsx 写成定义簿，.yaml 写成方案文件")
    ] = Path(),
    targets: Annotated[
        str, typer.Option("--targets", metavar="怎么定", help="目标：same 照上一年度，blank 待定，或增长的百分数，如 +5%")
    ] = "same",
    units: Annotated[
        Path | None,
        typer.Option(
            "--units", metavar="名单", readable=False, help="本单位的名单（文本、.xlsx 的一栏或一本考核簿），换掉代称", show_default=False
        ),
    ] = None,
    renamed: Annotated[Several, typer.Option("--rename", metavar="旧=新", help="单位改名", show_default=False)] = None,
    merged: Annotated[Several, typer.Option("--merge", metavar="甲+乙=丙", help="单位合并", show_default=False)] = None,
    split: Annotated[Several, typer.Option("--split", metavar="甲=乙+丙", help="单位拆分", show_default=False)] = None,
    added: Annotated[Several, typer.Option("--add", metavar="单位[=分组]", help="增加单位", show_default=False)] = None,
    dropped: Annotated[Several, typer.Option("--drop", metavar="单位", help="不再考核的单位", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """下一年度的方案：年度改到各处，编号、注释、次序不变；改了哪些、还有哪些要人核对，逐条列出。同名的文件先备份。"""
    from addin import years

    if (book is not None) == bool(scheme):
        raise BookError("请写明方案，或用 --from 写明考核簿，两样写一样")
    if book is not None and book.suffix.lower() not in years.BOOKS:
        raise BookError(f"“{book.name}”不是 .xlsx 工作簿；--from 要一本考核簿或定义簿")
    changes = years.changes_of(renamed or (), merged or (), split or (), added or (), dropped or ())
    made = years.begin(str(book) if book else scheme, year, targets, changes, units)
    path = years.write(made, output)
    if as_json:
        altered = [{"what": one.what, "where": one.where, "before": one.before, "after": one.after} for one in made.altered]
        say_json({"scheme": made.id, "file": str(path), "undecided": made.undecided, "changed": altered, "left": made.left})
        return
    typer.echo(f"已写入 {path}")
    typer.echo(f"改了 {len(made.altered)} 处：")
    for one in made.altered:
        typer.echo(f"　{one}")
    typer.echo(f"要人核对的 {len(made.left)} 条：")
    for line in made.left:
        typer.echo(f"　{line}")


Side = Annotated[str, typer.Argument(metavar="方案", help="方案编号、方案文件、考核簿或定义簿 .xlsx", show_default=False)]


Paper = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="文件", readable=False, help="写成一本 .xlsx；不写则打印", show_default=False),
]


def diff(old: Side, new: Side, output: Paper = None, as_json: AsJson = False) -> None:
    """两个方案（两个年度）哪里不同：单位、分值、目标、规则、等次、读法，按指标用中文逐条说。"""
    from addin import years
    from generator.years.difference import differences

    before, after = years.scheme_of(old), years.scheme_of(new)
    if output:
        from addin import year_papers

        _write(output, year_papers.difference_book(before, after))
        return
    found = differences(before, after)
    if as_json:
        say_json({"old": before.scheme.id, "new": after.scheme.id, "differences": [one.as_dict() for one in found]})
        return
    typer.echo(f"{before.scheme.title}（{before.scheme.id}） → {after.scheme.title}（{after.scheme.id}）")
    told = [one for one in found if not one.only_year]
    for section, group in groupby(told, key=lambda one: one.section):
        typer.echo(f"【{section}】")
        for where, listed in groupby(group, key=lambda one: one.where):
            if where:
                typer.echo(f"　{where}")
            for line in years.in_words(listed):
                typer.echo(f"　{'　' if where else ''}{line}")
    if len(told) < len(found):
        typer.echo(f"另有 {len(found) - len(told)} 处文字只是年度改了")
    if not found:
        typer.echo("没有不同")


def what_if(
    scheme: Annotated[str, typer.Argument(metavar="方案", help="新办法：方案编号、方案文件或定义簿", show_default=False)],
    book: Annotated[Path, typer.Argument(metavar="工作簿", readable=False, help="上一年度填好的考核簿", show_default=False)],
    output: Paper = None,
    as_json: AsJson = False,
) -> None:
    """用新办法算上一年度的数：各单位的总分、位次、等次以前是多少、会是多少，哪些数带不过来。不改文件。"""
    from addin import years

    former, file, found = years.by_other_rules(scheme, book)
    if output:
        from addin import year_papers

        _write(output, year_papers.what_if_book(former, file, found))
        return
    if as_json:
        say_json({"book": former.scheme.id, "scheme": file.scheme.id, **years.what_if_data(found)})
        return
    typer.echo(f"{former.scheme.title}的数，按{file.scheme.title}算：")
    Console(markup=False, emoji=False, highlight=False).print(_outcomes(found, file.scheme.decimals))
    for line in years.what_if_words(found):
        typer.echo(line)


def _outcomes(found: WhatIf, decimals: int) -> Table:
    """Total, rank and grade of each unit before and after."""
    from addin import years

    heads, rows = years.what_if_table(found, decimals)
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    return table


def _write(path: Path, data: bytes) -> None:
    from addin.result import papers

    papers.put(path, data)
    typer.echo(f"已生成 {path}")
