"""The commands about scheme files: listed, checked, proven; what they ask for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from addin.terminal.commands import FINDINGS, Cannot, chosen, needing, progress_bar
from addin.terminal.options import All, AsJson, Printed, Schemes
from addin.terminal.printing import err, out, plain, say_json
from generator.files import write_atomically
from generator.problems import SourceError
from generator.scheme import library

if TYPE_CHECKING:
    from generator.scheme.load import SchemeFile

SHOWN = 40
"""How many disagreements `verify` lists of one scheme."""


def list_schemes(as_json: AsJson = False) -> None:
    """列出全部考核方案。"""
    from generator.scheme import listed

    found = [*listed.all_schemes()]
    broken = [str(one) for one in found if isinstance(one, SourceError)]
    rows = [one for one in found if isinstance(one, listed.Listed)]
    if as_json:
        left_out = ("full",)
        say_json([{key: plain(value) for key, value in row._asdict().items() if key not in left_out} for row in rows])
    else:
        heads = {"scheme": "编号", "title": "名称", "full": "满分", "units": "单位", "indicators": "指标"}
        table = Table()
        for key, head in heads.items():
            table.add_column(head, overflow="fold", no_wrap=key != "title")
        for row in rows:
            shown = row if row.full_marks is None else row._replace(full=str(plain(row.full_marks)))
            table.add_row(*(str(getattr(shown, key)) for key in heads))
        out.print(table)
    for message in broken:
        err.print(message)
    if broken:
        raise typer.Exit(FINDINGS)


def validate(
    files: Annotated[list[Path], typer.Argument(metavar="方案文件…", readable=False, help="要检查的 .yaml 方案文件", show_default=False)],
) -> None:
    """检查方案文件写得对不对，各种读法都试一遍：逐条指出哪一行、哪一项、怎么改。"""
    from addin import actions

    wrong = False
    for path in files:
        try:
            file = actions.validate(str(path))
        except SourceError as error:
            wrong = True
            out.print(str(error))
            continue
        found = [*file.warnings, *actions.doubts(file)]
        for problem in found:
            out.print(str(problem))
        errors = sum(problem.severity == "error" for problem in found)
        wrong |= bool(errors)
        end = f"{errors} 处错误" if errors else "没有错误"
        out.print(f"{path.name}：{end}，{len(found) - errors} 条提醒")
    if wrong:
        raise typer.Exit(FINDINGS)


def cases(names: Schemes = None, everything: All = False) -> None:
    """手算案例：按方案精确算一遍，与案例里写的得分、总分、位次、等次比对（不生成工作簿，很快）。"""
    from addin import actions

    wrong = False
    for name in chosen(names, everything):
        worked = actions.work_cases(name)
        for words in worked.failures:
            out.print(words)
        end = f"{len(worked.failures)} 处不符" if worked.failures else "全部相符"
        out.print(f"{name}：{worked.count} 个案例，{end}")
        wrong |= bool(worked.failures)
    if wrong:
        raise typer.Exit(FINDINGS)


def lint(
    names: Schemes = None,
    everything: All = False,
    full: Annotated[bool, typer.Option("--full", help="每条里的指标、单位全部列出，不写“等几项”")] = False,
    as_json: AsJson = False,
) -> None:
    """印发前把关：办法里没有写明或写错的地方，逐条指出条款、问题和可以补上的写法。"""
    from generator import lint as linter

    found = {name: linter.lint(load(name), full or as_json) for name in chosen(names, everything)}
    if as_json:
        say_json({"schemes": {name: [r.as_dict() for r in remarks] for name, remarks in found.items()}})
    else:
        for name, remarks in found.items():
            told, declared = [r for r in remarks if not r.declared], [r for r in remarks if r.declared]
            out.print(f"{name}：{len(told)} 处" if told else f"{name}：没有发现问题", style="bold")
            for r in [*told, *declared]:
                if declared and r is declared[0]:
                    out.print(f"　方案自己写明有几种理解的 {len(declared)} 处：", style="bold")
                out.print(f"　{r.message}　［{r.clause}］")
                out.print(f"　　　可以写：{r.wording}")
    if any(found.values()):
        raise typer.Exit(FINDINGS)


def schema(output: Printed = None) -> None:
    """输出方案文件的 JSON Schema，编辑器用它来提示和检查。"""
    from generator.scheme.editor_schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
    if output:
        write_atomically(output, text.encode())
    else:
        sys.stdout.write(text)


def inputs(
    scheme: Annotated[str, typer.Argument(metavar="方案", help="方案编号或文件", show_default=False)], as_json: AsJson = False
) -> None:
    """列出一个方案要填的全部格子：指标编号、格子名称、填什么。数值文件按这里的编号和名称写。"""
    from generator.lines.accepts import requirement, taken_from
    from generator.plan.evaluation import Evaluation
    from generator.plan.planner import make_plan
    from generator.plan.typed import high_value

    plan = make_plan(load(scheme).scheme)
    blank = Evaluation(plan, {})
    rows: list[dict[str, Any]] = []
    for line in plan.inputs:
        asked = line.input
        assert asked
        rows.append(
            {
                "indicator": line.owner,
                "input": asked.name,
                "asks": asked.ask.value,
                "required": not asked.accepts.blank,
                "options": list(asked.accepts.options),
                "wanted": requirement(asked, high_value(line, blank)),
                "units": [u for i, u in enumerate(plan.units) if line.constant(i) is None],
                "imports": [vars(source) for source in asked.imports],
            }
        )
    if as_json:
        say_json(rows)
        return
    table = Table()
    for head in ("指标", "格子", "填什么", "单位数"):
        table.add_column(head, overflow="fold", no_wrap=head == "指标")
    for row, line in zip(rows, plan.inputs, strict=True):
        wanted = "。".join(words for words in (row["wanted"], line.input and taken_from(line.input)) if words)
        table.add_row(row["indicator"], row["input"], wanted, str(len(row["units"])))
    out.print(table)


def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="方案…", help="方案编号、方案文件，或一本生成的 .xlsx", show_default=False)
    ] = None,
    everything: All = False,
    count: Annotated[int, typer.Option("--random", metavar="N", min=0, help="另加 N 份随机填报")] = 0,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="随机数种子")] = 1,
) -> None:
    """核对：同样的填报，精确算法、formulas 库、LibreOffice 三方逐格比对，并核对手算案例。"""
    wrong = False
    for name in chosen(names, everything):
        report = verified(name, count, seed)
        cells = "，".join(f"{engine} {n} 格" for engine, n in report.cells.items())
        words = f"{report.scheme}：{report.cases} 个案例，{report.fillings} 份填报，比对 {cells}"
        different = [*report.failures, *map(str, report.disagreements)]
        for line in different[:SHOWN]:
            out.print(line)
        if len(different) > SHOWN:
            out.print(f"……共 {len(different)} 处，只列出前 {SHOWN} 处")
        end = "全部一致" if report.fine else f"{len(report.disagreements)} 处不一致，{len(report.failures)} 个案例不符"
        out.print(f"{words}，{end}")
        wrong |= not report.fine
    if wrong:
        raise typer.Exit(FINDINGS)


def verified(name: str, count: int, seed: int) -> Any:
    """Verify one scheme, or one generated workbook."""
    with needing("verify", "核对"):
        from generator.verification import compare
    from generator.office import LibreOfficeError

    try:
        with progress_bar("核对") as report:
            if name.endswith(".xlsx"):
                from addin.workbooks import snapshot

                taken = snapshot.take(Path(name))
                path = library.ids().get(taken.plan.scheme.id) if taken.plan.view.whole else None
                return compare.verify(taken.file, path, Path(name), count, seed, report, taken.design, taken.plan)
            return compare.verify(load(name), library.find(name), None, count, seed, report)
    except LibreOfficeError as error:
        raise Cannot(str(error)) from None


def load(name: str) -> SchemeFile:
    """A scheme by id or path."""
    from addin import actions

    return actions.load_scheme(name)
