"""The command ``scorebook``: what the office does with schemes and workbooks, at a terminal.

Exit codes: 0 fine, 1 findings, 2 cannot do it (one clear Chinese sentence, no traceback).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from addin import cli_addin, cli_books, cli_hand_out, cli_readings, cli_result, cli_scheme, cli_years
from addin.cli_books import console, out, plain
from addin.commands import CANNOT, FINDINGS, FINE, Commands, progress_bar
from addin.garbage import collection_seldom
from generator.files import noting, reason, so_far, write_atomically
from generator.problems import Refusal, SourceError
from generator.scheme import library
from generator.value import show

if TYPE_CHECKING:
    from addin.actions import Recomputed, Scored
    from addin.workbooks.findings import Finding
    from generator.scheme.load import SchemeFile

INTERRUPTED = 130
"""What typer makes of Ctrl+C."""
SHOWN = 40
"""How many disagreements `verify` lists of one scheme."""

app = Commands("考核簿：把考核办法变成会自己算分的 Excel 工作簿。")
app.add_typer(cli_addin.app, name="addin")
app.add_typer(cli_scheme.app, name="scheme")
cli_years.add_to(app)
err = console(stderr=True)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"考核簿 {version('scorebook')}")
        raise typer.Exit(FINE)


@app.callback()
def about(
    asked: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="是哪一版，然后退出")] = False,
) -> None:
    """考核簿：把考核办法变成会自己算分的 Excel 工作簿。"""


AsIs = Annotated[bool, typer.Option("--as-is", help="检查时会提问的数（超出范围、像是错了单位等）也照写，不再问")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]
Book = Annotated[Path, typer.Argument(metavar="工作簿", readable=False, help="考核簿生成的 .xlsx 文件", show_default=False)]
BookOrFolder = Annotated[
    Path, typer.Argument(metavar="工作簿或文件夹", readable=False, help="一本工作簿，或装着许多工作簿的文件夹", show_default=False)
]
Schemes = Annotated[list[str] | None, typer.Argument(metavar="方案…", help="方案编号（见 list），或方案文件的路径", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="全部方案")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到这个文件；不写则改原文件", show_default=False)
]


class Cannot(Refusal):
    """What a command was asked to do makes no sense or lacks something it needs."""


@app.command("list")
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def schema(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到文件；不写则打印", show_default=False)
    ] = None,
) -> None:
    """输出方案文件的 JSON Schema，编辑器用它来提示和检查。"""
    from generator.scheme.editor_schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
    if output:
        write_atomically(output, text.encode())
    else:
        sys.stdout.write(text)


@app.command()
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


@app.command()
def generate(
    names: Schemes = None,
    everything: All = False,
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")] = Path(),
    template: Annotated[
        Path | None, typer.Option("--template", metavar="文件", readable=False, help="自己的版式文件（见 templates/）", show_default=False)
    ] = None,
    view: cli_hand_out.View = cli_hand_out.Whose.OFFICE,
    whose: cli_hand_out.For = None,
    reading: cli_readings.Chosen = None,
    as_json: AsJson = False,
) -> None:
    """生成空白的考核评分簿：总簿，或各部门的填报簿、各单位的自评簿（--view）。已有数据的同名文件会先备份。
    --reading 另选一种读法，方案文件不动。"""
    from addin import actions
    from generator.layout import design as designs

    wanted = chosen(names, everything)
    takes = cli_readings.chosen(reading or [], wanted)
    look = designs.load(template) if template else None
    if view is not cli_hand_out.Whose.OFFICE:
        cli_hand_out.generate(wanted, view, whose or [], folder, look, takes, as_json)
        return
    if whose:
        raise Cannot("--for 要与 --view department 或 --view unit 一起写")
    with progress_bar("生成") as report:
        files = actions.generate(wanted, folder, look, report, takes)
    if as_json:
        say_json({"files": [str(f) for f in files]})
    else:
        for file in files:
            out.print(f"已生成 {file}")


app.command()(cli_hand_out.split)


@app.command()
def fill(
    book: Book,
    values: Annotated[
        Path,
        typer.Argument(
            metavar="数值文件",
            readable=False,
            help="values 读出的 .xlsx 或 .yaml，填好了值",
            show_default=False,
        ),
    ],
    output: Output = None,
    as_is: AsIs = False,
) -> None:
    """把数值文件里的值填进工作簿的黄色格，得分随之更新，别的什么都不动。有一个值不能用就一个也不填。"""
    from addin import actions

    count = actions.fill(book, values, output, as_is)
    out.print(f"已填 {count} 格：{output or book}")


@app.command()
def values(
    book: Book,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="文件", readable=False, help="写到 .yaml 或 .xlsx 文件；不写则打印", show_default=False),
    ] = None,
) -> None:
    """读数：把工作簿里填的数全部读出来，成为数值文件（YAML 或 .xlsx 表格），fill 可以原样填回去。不改工作簿。"""
    from addin import actions

    read = actions.values_of(book, output)
    if output is None:
        sys.stdout.write(read.text)
    else:
        out.print(f"已读出 {read.count} 格：{output}")
    if read.doubtful:
        err.print(f"其中有 {len(read.doubtful)} 格填得可疑或不能用，已照抄；fill 时会逐个指出：")
        for f in read.doubtful[:SHOWN]:
            err.print(f"　{f.sheet}!{f.cell} {f.unit}：{f.message}")
        raise typer.Exit(FINDINGS)


@app.command()
def score(book: BookOrFolder, as_json: AsJson = False) -> None:
    """按工作簿里填的数重新精确算分，给出得分、总分、位次、等次（不看表里公式显示的数，也不改文件）；给文件夹则逐本列出。"""
    from addin import actions

    if book.is_dir():
        results = in_folder(book, actions.score)
        if as_json:
            say_json({"books": {name: {"error": r} if isinstance(r, str) else cli_books.scores_as_json(r) for name, r in results}})
        for name, result in () if as_json else results:
            out.print(name, style="bold")
            out.print(f"没有算：{result}") if isinstance(result, str) else show_scored(result)
        if any(isinstance(result, str) for _, result in results):
            raise typer.Exit(FINDINGS)
        return
    scored = actions.score(book)
    if as_json:
        say_json(cli_books.scores_as_json(scored))
    else:
        show_scored(scored)


def show_scored(scored: Scored) -> None:
    """The results of one workbook."""
    if not scored.view.whole:
        cli_books.show_part(scored)
        return
    cli_books.show_scores(scored)
    for line in cli_readings.taken_otherwise(scored.file):
        out.print(line)


def in_folder(folder: Path, work: Callable[[Path], Any]) -> list[tuple[str, Any]]:
    """What came of each workbook of a folder. Raises Cannot where there is none."""
    with progress_bar("处理") as report:
        found = []
        for number, one in enumerate(cli_books.each(folder, work), 1):
            found.append(one)
            report(number, number, one[0])
    if not found:
        raise Cannot(f"“{folder}”里没有工作簿")
    return found


app.command()(cli_readings.readings)


@app.command()
def manual(folder: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")] = Path()) -> None:
    """使用手册：写成 Word 文档，发给填报的人，或打印。"""
    from addin.manual import text, word

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{text.NAME}.docx"
    write_atomically(path, word.document())
    out.print(f"已写好 {path}")


@app.command(name="import")
def import_(
    book: Book,
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="来源工作簿…", readable=False, help="别的方案填好的考核簿，或装着它们的文件夹", show_default=False),
    ],
    output: Output = None,
    as_is: AsIs = False,
    as_json: AsJson = False,
) -> None:
    """取数：把别的方案的考核簿算出的总分、某一项的得分、否决等结果，取到这本簿里要它的格子。单位按名称对应（括号里的不计）。"""
    from addin import importing

    done = importing.import_results(book, sources, output, as_is)
    if as_json:
        say_json({"counts": dict(done.counts), "replaced": done.replaced, "remarks": done.words})
        return
    for id, count in done.counts.items():
        out.print(f"从 {id} 取了 {count} 个数：{output or book}")
    for words in done.words:
        out.print(words)


@app.command()
def gather(
    book: Book,
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="文件或文件夹…", readable=False, help="收上来的考核簿，或装着它们的文件夹", show_default=False),
    ],
    output: Output = None,
    as_json: AsJson = False,
    scheduler: Annotated[str, typer.Option("--scheduler", metavar="tcp://…", help="收上来的文件交给 Dask 集群读")] = "",
) -> None:
    """汇总：把收上来的考核簿里填的数收进督考办的总簿，每个数记下来源；几本报的不一样的列出来等人选，原文件先备份。"""
    from addin import cli_gather
    from addin.gathering import desk

    try:
        with progress_bar("汇总") as report:
            done = desk.gather(book, sources, output, scheduler, report)
    except ModuleNotFoundError as error:
        raise Cannot(f"--scheduler 需要另装程序库 {error.name}：pip install 'scorebook[cluster]'") from None
    if as_json:
        say_json(cli_gather.as_dict(done))
    else:
        cli_gather.show_gathered(done, out)
    if done.gathered.troubled:
        raise typer.Exit(FINDINGS)


app.command()(cli_result.explain)
app.command()(cli_result.notice)
app.command()(cli_result.statement)
app.command()(cli_result.analysis)
app.command()(cli_result.robustness)


@app.command()
def check(
    book: BookOrFolder,
    as_json: AsJson = False,
    write: Annotated[bool, typer.Option("--write", help="把结果写到工作簿的“校验”表上，带跳转链接（先备份）")] = False,
    by_formulas: Annotated[bool, typer.Option("--formulas", help="另请 formulas 库按簿中的公式算一遍，与精确得分比对")] = False,
) -> None:
    """检查：没填的、填错的、被改动的，逐条指出在哪里、是什么、怎么办；给文件夹则每本一行。不改文件（除非 --write）。"""
    from addin import actions

    def checked(path: Path) -> list[Finding]:
        found = actions.check(path, by_formulas).findings
        if write:
            actions.write_findings(path, found)
        return found

    try:
        if book.is_dir():
            results = in_folder(book, checked)
            if as_json:
                listed = {name: {"error": f} if isinstance(f, str) else {"findings": [one.as_dict() for one in f]} for name, f in results}
                say_json({"books": listed})
            else:
                cli_books.show_checked(results)
            wrong = any(isinstance(f, str) or cli_books.to_be_seen_to(f) for _, f in results)
        else:
            found = checked(book)
            if as_json:
                say_json({"findings": [f.as_dict() for f in found]})
            else:
                cli_books.show_findings(found)
            wrong = cli_books.to_be_seen_to(found)
    except ModuleNotFoundError as error:
        raise Cannot(f"--formulas 需要另装程序库 {error.name}：pip install 'scorebook[verify]'") from None
    if wrong:
        raise typer.Exit(FINDINGS)


@app.command()
def recompute(
    book: BookOrFolder,
    output: Output = None,
    fix: Annotated[bool, typer.Option("--fix", help="同时改正只有一种意思的填报错误（如全角数字、带单位的数字）")] = False,
    scheduler: Annotated[str, typer.Option("--scheduler", metavar="tcp://…", help="文件夹里的工作簿交给 Dask 集群重算")] = "",
) -> None:
    """重算：恢复被改动的公式和参数，重新算出每个得分写进去；填的数和其他内容都不动，原文件先备份。"""
    from addin import actions

    if book.is_dir():
        if output:
            raise Cannot("重算整个文件夹时不能用 -o，结果写回各文件，原文件都有备份")
        try:
            with progress_bar("重算") as report:
                away = scheduler and actions.recompute_on_cluster(book, scheduler, fix, report)
                many = away or actions.recompute_folder(book, fix, progress=report)
        except ModuleNotFoundError as error:
            raise Cannot(f"--scheduler 需要另装程序库 {error.name}：pip install 'scorebook[cluster]'") from None
        if not many:
            raise Cannot(f"“{book}”里没有工作簿")
        for done in many:
            words = f"没有处理：{done.error}" if done.error else f"改动 {done.count} 格，待处理 {len(done.findings)} 条"
            out.print(f"{done.path.name}：{words}")
        bad = sum(bool(d.error) for d in many)
        out.print(f"共 {len(many)} 本，{len(many) - bad} 本已重算，{bad} 本没有处理")
        if bad:
            raise typer.Exit(FINDINGS)
        return
    show_recomputed(actions.recompute(book, output, fix))


def show_recomputed(done: Recomputed) -> None:
    """What recomputing did to a book; exits where errors are left."""
    from addin.workbooks.edits import Sorted
    from generator.sheets.sheet import Formula

    tampered, renewed, updated = Sorted.of(done.changes)
    if renewed:
        out.print(f"本簿由以前的版本生成，{len(renewed)} 格公式和文字已换成现在的写法，算法不变")
    for edit in [*done.chosen, *tampered, *updated][:30]:
        now = edit.content.value if isinstance(edit.content, Formula) else edit.content
        out.print(f"{edit.sheet}!{edit.cell}　{edit.reason}：原为 {edit.was}，现为 {show(now)}")
    if len(done.chosen) + len(tampered) + len(updated) > 30:
        chosen = f"按“待定”表的选择填入 {len(done.chosen)} 格，" if done.chosen else ""
        out.print(f"……共{chosen}恢复 {len(tampered)} 格，更新 {len(updated)} 格")
    for one in done.dressed[:30]:
        out.print(f"{one.sheet}!{one.outfit.at}　恢复格子的样子，填的数不变：原来{one.lost}")
    if len(done.dressed) > 30:
        out.print(f"……共恢复 {len(done.dressed)} 个填写的格子")
    backup = f"；原文件备份为 {done.backup.name}" if done.backup else ""
    out.print(f"已重算：{done.path}{backup}" if done.count else f"{done.path}：得分都对，没有要改的")
    errors = [f for f in done.findings if f.severity == "error"]
    if errors:
        cli_books.show_findings(errors)
        raise typer.Exit(FINDINGS)


@app.command()
def page(
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")] = Path(),
) -> None:
    """写出网页版“考核簿.html”：一个文件，用浏览器打开就能检查、重算、生成空白表，不用安装，不联网。"""
    from addin.packaging import page as page_file

    path = folder / page_file.NAME
    write_atomically(path, page_file.built())
    out.print(f"已写出 {path}；双击用浏览器打开")


@app.command()
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
    try:
        from generator.verification import compare
    except ModuleNotFoundError as error:
        raise Cannot(f"核对需要另装程序库 {error.name}：pip install 'scorebook[verify]'") from None
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


def chosen(names: list[str] | None, everything: bool) -> list[str]:
    """The schemes that were asked for."""
    if everything:
        return sorted(library.ids())
    if not names:
        raise Cannot("请写明方案编号，或用 --all 表示全部方案（用 scorebook list 查看）")
    return names


def say_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


_USAGE = {
    "MissingParameter": "少了参数",
    "NoSuchOption": "没有这个选项",
    "NoSuchCommand": "没有这个命令",
    "BadParameter": "参数写得不对",
    "BadOptionUsage": "选项写得不对",
    "BadArgumentUsage": "参数写得不对",
    "NoArgsIsHelpError": "",
}


def _usage_words(error: Any) -> str:
    message = str(getattr(error, "message", "") or "")
    if message.startswith("No such command"):
        return f"没有 {message.split(chr(39))[1]} 这个命令；用 scorebook --help 查看用法"
    if message.startswith("Got unexpected extra argument"):
        return f"多了参数（{message.rpartition('(')[2].rstrip(')')}）；用 scorebook --help 查看用法"
    words = _USAGE.get(type(error).__name__, "命令写得不对")
    named = (
        getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "metavar", None) or getattr(error, "param_hint", None)
    )
    detail = named if isinstance(named, str) else ""
    return f"{words}{f'（{detail}）' if detail else ''}；用 scorebook --help 查看用法"


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Never lets an exception through."""
    with noting() as written:
        try:
            with collection_seldom():
                code = app(arguments, standalone_mode=False)
            if code == INTERRUPTED:
                raise KeyboardInterrupt
            return code if isinstance(code, int) else FINE
        except typer.Exit as stop:
            return stop.exit_code
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            return FINE
        except (Exception, KeyboardInterrupt) as error:
            words = _why(error, so_far(written))
            if words is None:
                if os.environ.get("SCOREBOOK_DEBUG"):
                    raise
                what = f"程序内部出错（{type(error).__name__}：{error}），{so_far(written)}"
                words = f"{what}；请设 SCOREBOOK_DEBUG=1 重试并把输出发给维护者"
            if words:
                err.print(words)
    return CANNOT


def _why(error: BaseException, state: str) -> str | None:
    """Why a command did not do its work, in a sentence; None for a fault of our own. state: of the files by then."""
    match error:
        case Refusal():
            return f"{error}\n确认要这样，请加 {error.option}" if error.option else str(error)
        case KeyboardInterrupt() | typer.Abort():
            return f"已中止，{state}"
        case MemoryError():
            return f"内存不够，{state}；请关闭其他程序再试"
        case OSError():
            return f"读写文件时出错：{reason(error)}（{error.filename or ''}）"
    if hasattr(error, "format_message") and getattr(error, "exit_code", None) is not None:
        return "" if type(error).__name__ == "NoArgsIsHelpError" else _usage_words(error)
    return None


def main() -> None:
    """Entry point of the command ``scorebook``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run())
