"""The command ``scorebook split``, and what ``scorebook generate --view`` does: the books of departments and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from addin.terminal.commands import progress_bar
from addin.terminal.options import AsJson, Folder
from addin.terminal.printing import say_json
from generator.problems import Refusal

if TYPE_CHECKING:
    from addin.hand_out import HandedOut
    from generator.layout.design import Design
    from generator.plan.view import Kind


class Whose(StrEnum):
    """Whose books."""

    OFFICE = "office"
    DEPARTMENT = "department"
    UNIT = "unit"


View = Annotated[
    Whose,
    typer.Option(
        "--view",
        metavar="office|department|unit",
        help="office 总簿；department 各考核部门的填报簿；unit 各被考核单位的自评簿",
        show_choices=False,
    ),
]
For = Annotated[
    list[str] | None, typer.Option("--for", metavar="名称", help="只要这个部门或单位的，可以写几次；不写则每个一本", show_default=False)
]


def generate(
    names: Sequence[str],
    view: Whose,
    whose: Sequence[str],
    folder: Path,
    design: Design | None,
    takes: Mapping[str, str],
    as_json: bool,
) -> None:
    """Blank books of departments or units. With many schemes, those that do not say who assesses are named and left out."""
    from addin import hand_out
    from addin.hand_out import HandedOut, Office

    offices = [Office.of_scheme(name, design, takes) for name in names]
    made, left = HandedOut(), []
    with progress_bar("生成") as report:
        for office in offices:
            try:
                chosen = office.views(_kind(view), whose)
            except Refusal as error:
                if len(offices) == 1:
                    raise
                left.append(str(error))
                continue
            found = hand_out.hand_out(office, chosen, folder, report)
            made.files.extend(found.files)
            made.unassigned.extend(found.unassigned)
    if offices and len(left) == len(offices):
        raise Refusal("\n".join(left))
    _tell(made, as_json)
    for words in left:
        typer.echo(words, err=True)


def split(
    book: Annotated[Path, typer.Argument(metavar="总簿", readable=False, help="考核办公室的评分簿 .xlsx", show_default=False)],
    view: View,
    whose: For = None,
    folder: Folder = Path(),
    as_json: AsJson = False,
) -> None:
    """拆分：把总簿分成各部门的填报簿或各单位的自评簿，已填的数一并带上；单位的“核定分”栏是总簿里的得分。总簿不改。"""
    from addin import hand_out

    if view is Whose.OFFICE:
        raise Refusal("总簿不用拆分；请写 --view department（各考核部门）或 --view unit（各被考核单位）")
    with progress_bar("拆分") as report:
        found = hand_out.split(book, _kind(view), whose or [], folder, report)
    _tell(found, as_json)


def _kind(view: Whose) -> Kind:
    from generator.plan.view import Kind

    return Kind.DEPARTMENT if view is Whose.DEPARTMENT else Kind.UNIT


def _tell(found: HandedOut, as_json: bool) -> None:
    from addin import hand_out

    if as_json:
        say_json({"files": [str(f) for f in found.files], "unassigned": found.unassigned})
        return
    for file in found.files:
        typer.echo(f"已生成 {file}")
    if words := hand_out.told(found):
        typer.echo(words)
