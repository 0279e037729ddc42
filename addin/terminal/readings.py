"""Readings at the terminal: which a scheme has, what a book would come to under others, and choosing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from addin.terminal.options import AsJson
from addin.terminal.printing import plain, say_json
from generator.problems import Refusal, shorten
from generator.suggestion import listed, suggestion
from generator.value import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from addin.workbooks.readings import OtherReading
    from generator.scheme.load import SchemeFile
    from generator.scheme.parts import Reading

Chosen = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="读法=选项", help="另选一种读法，可以写几次（有哪些读法见 readings）", show_default=False),
]
WAY = "写成 --reading 读法=选项，如 --reading 并列=取较差"


class NotAChoice(Refusal):
    """What was given for ``--reading`` is none."""


def chosen(given: Iterable[str], names: list[str]) -> dict[str, str]:
    """The options that were asked for, by reading. names: the schemes that they are for. Raises NotAChoice."""
    takes: dict[str, str] = {}
    for text in given:
        reading, sign, option = (part.strip() for part in text.replace("＝", "=").partition("="))
        if not (reading and sign and option):
            raise NotAChoice(f"“{text}”看不懂，请{WAY}")
        if takes.setdefault(reading, option) != option:
            raise NotAChoice(f"读法“{reading}”选了两种：{takes[reading]}、{option}；请只留一种")
    if takes and len(names) != 1:
        raise NotAChoice("--reading 只能用于一个方案，请一次写一个方案编号")
    return takes


def readings(
    name: Annotated[str, typer.Argument(metavar="工作簿或方案", help="填好的考核簿（.xlsx），或方案编号、方案文件", show_default=False)],
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="读法[=选项]", help="只试这一个读法（或它的一个选项），可以写几次", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """读法：原文有几种理解的条款，换一种理解，这本簿谁的哪个结果会变。写方案编号的，列出有哪些读法。不改文件。"""
    if not name.casefold().endswith((".xlsx", ".xlsm")):
        if reading:
            raise NotAChoice("--reading 只能用于填好的考核簿；方案有哪些读法，不写 --reading 就会全部列出")
        _of_scheme(name, as_json)
        return
    from addin.workbooks import snapshot
    from addin.workbooks.readings import other_readings

    taken = snapshot.take(Path(name))
    others = other_readings(taken, only=wanted(reading or [], taken.file.scheme.readings))
    found = others.tried
    if as_json:
        left = [{"reading": id, "option": option} for id, option in others.left]
        say_json({"takes": taken.file.takes, "readings": [_as_dict(r) for r in found], "left": left})
        return
    for line in taken_otherwise(taken.file):
        typer.echo(line)
    if not taken.inputs:
        typer.echo("这本簿还没有填，填了才看得出换一种理解会怎样")
    elif not found:
        typer.echo("这个方案没有可以换的读法")
    for r in found:
        if r.changes or r.error or r.asks:
            _tell(r)
    same = [f"{r.reading}取“{r.option}”" for r in found if not (r.changes or r.error or r.asks)]
    if same and taken.inputs:
        typer.echo(f"换了什么都不变的：{'；'.join(same)}")
    if others.left:
        id, option = others.left[0]
        typer.echo(
            f"{others.left_words}。请逐个试：scorebook readings {name} --reading {id}（一个读法选项太多的，写 --reading {id}={option}）"
        )


def wanted(given: Iterable[str], readings: Sequence[Reading]) -> list[tuple[str, str]]:
    """The options that are to be tried alone: all other ones of a reading, or a certain one. Raises NotAChoice."""
    others = {r.id: [name for name in r.options if name != r.takes] for r in readings}
    found: list[tuple[str, str]] = []
    for text in given:
        reading, sign, option = (part.strip() for part in text.replace("＝", "=").partition("="))
        if reading not in others:
            known = f"这本簿的读法有：{listed(list(others), 12)}" if others else "这个方案没有可以换的读法"
            raise NotAChoice(f"没有{shorten(reading)}这个读法；{suggestion(reading, list(others))}{known}")
        if sign and option not in others[reading]:
            raise NotAChoice(f"读法“{reading}”没有{shorten(option)}这个别的选项；可以试：{listed(others[reading], 12)}")
        found += [(reading, option)] if sign else [(reading, name) for name in others[reading]]
    return found


def taken_otherwise(file: SchemeFile) -> list[str]:
    """Which readings a book takes otherwise than its scheme, in a sentence each."""
    return [f"本簿另选了读法：{c.reading} 取“{c.option}”（方案取“{c.own}”）" for c in file.choices]


def _tell(r: OtherReading) -> None:
    clause = f"（{r.clause}）" if r.clause else ""
    typer.secho(f"{r.reading}{clause}：现取“{r.takes}”，若取“{r.option}”（{r.says}）", bold=True)
    if r.error:
        typer.echo(f"　　这种读法算不了：{r.error}")
    if r.asks:
        typer.echo(f"　　这种读法还要填：{'、'.join(r.asks)}；本簿没有这些格子，请另选这种读法生成一本")
    for unit, moves in r.changes.items():
        typer.echo(f"　　{unit}：{'，'.join(f'{m.result} {_shown(m.now)} → {_shown(m.then)}' for m in moves)}")
    same = [f"其余 {r.others} 个单位" if r.others else "", *(f"各单位的{result}" for result in r.same)]
    if r.changes and any(same):
        typer.echo(f"　　不变：{'、'.join(filter(None, same))}")


def _of_scheme(name: str, as_json: bool) -> None:
    from addin import actions

    file = actions.load_scheme(name)
    if as_json:
        listed = [
            {"reading": r.id, "clause": r.clause, "takes": r.takes, "options": {key: o.says for key, o in r.options.items()}}
            for r in file.scheme.readings
        ]
        say_json({"scheme": file.scheme.id, "readings": listed})
        return
    if not file.scheme.readings:
        typer.echo("这个方案没有可以换的读法")
        return
    for r in file.scheme.readings:
        typer.secho(f"{r.id}（{r.clause}）" if r.clause else r.id, bold=True)
        for key, option in r.options.items():
            typer.echo(f"　　{key}{'（方案现取）' if key == r.takes else ''}：{option.says}")
    last = file.scheme.readings[-1]
    other = next(key for key in last.options if key != last.takes)
    typer.echo(f"另选一种来生成：scorebook generate {name} --reading {last.id}={other}")


def _as_dict(r: OtherReading) -> dict[str, Any]:
    changes = {unit: {m.result: {"now": plain(m.now), "then": plain(m.then)} for m in moves} for unit, moves in r.changes.items()}
    return {
        "reading": r.reading,
        "clause": r.clause,
        "takes": r.takes,
        "option": r.option,
        "says": r.says,
        "error": r.error,
        "asks": r.asks,
        "changes": changes,
        "same": r.same,
    }


def _shown(value: Any) -> str:
    return "（空）" if value is None else show(value)
