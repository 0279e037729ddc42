"""The commands ``scorebook scheme …``: schemes edited in Excel by people who write no YAML."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from addin.terminal.commands import FINDINGS, Commands
from addin.workbooks.files import write_kept
from generator import files
from generator.problems import Refusal, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.lint.catalogue import Remark
    from generator.problems import Problem
    from generator.xlsx.package import Package

app = Commands("定义簿：在 Excel 里编写和修改考核方案。")

Book = Annotated[Path, typer.Argument(metavar="定义簿", readable=False, help="定义簿 .xlsx 文件", show_default=False)]


@app.command()
def export(
    scheme: Annotated[str, typer.Argument(metavar="方案", help="方案编号（见 list），或方案文件的路径", show_default=False)],
    book: Book,
) -> None:
    """把方案写成定义簿：指标、目标、事项、公式各在一张表上，在 Excel 里改。同名的文件先备份。"""
    from generator.definition import exchange
    from generator.scheme import library, load

    data = exchange.export(load.load(library.find(scheme)))
    write_kept(book, data)
    typer.echo(f"已生成 {book}")


@app.command()
def new(
    title: Annotated[str, typer.Option("--title", metavar="标题", help="方案的标题", show_default=False)],
    units: Annotated[
        list[str],
        typer.Option("--units", metavar="单位", help="被考核单位：甲镇、乙镇；分组的每组写一次：镇街道：甲镇、乙镇", show_default=False),
    ],
    place: Annotated[str, typer.Option("--place", metavar="地区", help="哪里的方案", show_default=False)] = "",
    year: Annotated[
        int | None, typer.Option("--year", metavar="年度", min=1990, max=2100, help="不写就用标题里的", show_default=False)
    ] = None,
    id: Annotated[str, typer.Option("--id", metavar="编号", help="小写字母、数字、短横线", show_default=False)] = "",
    book: Annotated[Path, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到哪个文件")] = Path("定义簿.xlsx"),
) -> None:
    """新建一本空的定义簿：只有标题和单位，从这里开始编方案。同名的文件先备份。"""
    from generator.definition import exchange

    named = re.search(r"(19[9]\d|20\d\d)", title)
    when = year or (int(named[1]) if named else 0)
    facts = {"scheme": id, "place": place, "year": Decimal(when) if when else None}
    write_kept(book, exchange.blank(title, _groups(units), **{key: value for key, value in facts.items() if value}))
    typer.echo(f"已生成 {book}")


@app.command(name="import")
def import_(
    book: Book,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="方案文件", readable=False, help="写到这个 .yaml 文件；不写则打印", show_default=False),
    ] = None,
) -> None:
    """把定义簿读成方案文件：写错的地方逐条指出哪张表、哪一格；读成了就把关，结果写进定义簿的“把关”表（先备份）。"""
    from addin import actions
    from generator.definition import exchange
    from generator.xlsx.package import Package

    since = files.seen(book)
    package = Package.open(book)
    try:
        taken = exchange.take(package, output.name if output else book.with_suffix(".yaml").name)
        problems = [*taken.problems, *map(taken.in_cells, actions.doubts(taken.file))]
        if any(problem.severity == "error" for problem in problems):
            raise SourceError(problems)
    except SourceError as error:
        for problem in error.problems:
            typer.echo(str(problem))
        errors = sum(problem.severity == "error" for problem in error.problems)
        typer.echo(f"{book.name}：{errors} 处错误，没有写方案文件")
        _remark(book, since, package, error.problems, [])
        raise typer.Exit(FINDINGS) from None
    if output:
        write_kept(output, taken.text.encode())
        typer.echo(f"已写入 {output}")
    else:
        sys.stdout.write(taken.text)
    for problem in problems:
        typer.echo(str(problem), err=True)
    for cell, remark in taken.remarks:
        typer.echo(f"{cell}　{remark.message}　［{remark.clause}］".strip(), err=True)
    typer.echo(f"{book.name}：没有错误，{len(problems)} 条提醒，办法里有 {len(taken.remarks)} 处可以写得更明白", err=True)
    _remark(book, since, package, problems, taken.remarks)


def _groups(units: list[str]) -> dict[str, list[str]]:
    """Units by group as they were given; under '' where they are in none."""
    found: dict[str, list[str]] = {}
    for given in units:
        group, colon, names = given.replace(":", "：").partition("：")
        listed = [name.strip() for name in re.split("[、,，;；]", names if colon else group) if name.strip()]
        found.setdefault(group.strip() if colon else "", []).extend(listed)
    return found


def _remark(book: Path, since: files.Seen, package: Package, problems: Iterable[Problem], remarks: Iterable[tuple[str, Remark]]) -> None:
    """Write what was found into the workbook; where that cannot be, say so: what was read is good all the same."""
    from addin.workbooks.files import back_up, refuse_busy
    from generator.definition import exchange

    try:
        refuse_busy(book)
        if exchange.write_remarks(package, problems, remarks):
            files.refuse_changed(book, since)
            back_up(book)
            files.write_atomically(book, package.to_bytes(), since=since)
            typer.echo(f"结果已写进“{book.name}”的“把关”表", err=True)
    except Refusal as error:
        typer.echo(f"结果没有写进工作簿：{error}", err=True)
