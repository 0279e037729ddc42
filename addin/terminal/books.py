"""The commands about one workbook or a folder of them: made, filled, scored, checked, recomputed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from addin.terminal import hand_out, readings, shown
from addin.terminal.commands import FINDINGS, Cannot, chosen, needing, progress_bar
from addin.terminal.options import All, AsIs, AsJson, Book, BookOrFolder, Folder, Output, Schemes
from addin.terminal.printing import err, out, say_json
from generator.value import show

if TYPE_CHECKING:
    from addin.actions import Recomputed, Scored
    from addin.workbooks.findings import Finding

SHOWN = 40
"""How many doubtful values `values` lists."""


def generate(
    names: Schemes = None,
    everything: All = False,
    folder: Folder = Path(),
    template: Annotated[
        Path | None, typer.Option("--template", metavar="文件", readable=False, help="自己的版式文件（见 templates/）", show_default=False)
    ] = None,
    view: hand_out.View = hand_out.Whose.OFFICE,
    whose: hand_out.For = None,
    reading: readings.Chosen = None,
    as_json: AsJson = False,
) -> None:
    """生成空白的考核评分簿：总簿，或各部门的填报簿、各单位的自评簿（--view）。已有数据的同名文件会先备份。
    --reading 另选一种读法，方案文件不动。"""
    from addin import actions
    from generator.layout import design as designs

    wanted = chosen(names, everything)
    takes = readings.chosen(reading or [], wanted)
    look = designs.load(template) if template else None
    if view is not hand_out.Whose.OFFICE:
        hand_out.generate(wanted, view, whose or [], folder, look, takes, as_json)
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


def fill(
    book: Book,
    values: Annotated[
        Path,
        typer.Argument(
            metavar="数值文件",
            readable=False,
            help="values 读出的 .xlsx 或 .yaml，填好了值；或同一方案填好的另一本簿",
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


def score(book: BookOrFolder, as_json: AsJson = False) -> None:
    """按工作簿里填的数重新精确算分，给出得分、总分、位次、等次（不看表里公式显示的数，也不改文件）；给文件夹则逐本列出。"""
    from addin import actions

    if book.is_dir():
        results = in_folder(book, actions.score)
        if as_json:
            say_json({"books": {name: {"error": r} if isinstance(r, str) else shown.scores_as_json(r) for name, r in results}})
        for name, result in () if as_json else results:
            out.print(name, style="bold")
            out.print(f"没有算：{result}") if isinstance(result, str) else show_scored(result)
        if any(isinstance(result, str) for _, result in results):
            raise typer.Exit(FINDINGS)
        return
    scored = actions.score(book)
    if as_json:
        say_json(shown.scores_as_json(scored))
    else:
        show_scored(scored)


def show_scored(scored: Scored) -> None:
    """The results of one workbook."""
    if not scored.view.whole:
        shown.show_part(scored)
        return
    shown.show_scores(scored)
    for line in readings.taken_otherwise(scored.file):
        out.print(line)


def in_folder(folder: Path, work: Callable[[Path], Any]) -> list[tuple[str, Any]]:
    """What came of each workbook of a folder. Raises Cannot where there is none."""
    with progress_bar("处理") as report:
        found = []
        for number, one in enumerate(shown.each(folder, work), 1):
            found.append(one)
            report(number, number, one[0])
    if not found:
        raise Cannot(f"“{folder}”里没有工作簿")
    return found


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
    from addin.gathering import desk
    from addin.terminal import gathered

    with needing("cluster", "--scheduler "), progress_bar("汇总") as report:
        done = desk.gather(book, sources, output, scheduler, report)
    if as_json:
        say_json(gathered.as_dict(done))
    else:
        gathered.show_gathered(done, out)
    if done.gathered.troubled:
        raise typer.Exit(FINDINGS)


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

    with needing("verify", "--formulas "):
        if book.is_dir():
            results = in_folder(book, checked)
            if as_json:
                listed = {name: {"error": f} if isinstance(f, str) else {"findings": [one.as_dict() for one in f]} for name, f in results}
                say_json({"books": listed})
            else:
                shown.show_checked(results)
            wrong = any(isinstance(f, str) or shown.to_be_seen_to(f) for _, f in results)
        else:
            found = checked(book)
            if as_json:
                say_json({"findings": [f.as_dict() for f in found]})
            else:
                shown.show_findings(found)
            wrong = shown.to_be_seen_to(found)
    if wrong:
        raise typer.Exit(FINDINGS)


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
        with needing("cluster", "--scheduler "), progress_bar("重算") as report:
            away = scheduler and actions.recompute_on_cluster(book, scheduler, fix, report)
            many = away or actions.recompute_folder(book, fix, progress=report)
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
    if done.redrawn:
        out.print(f"{done.redrawn[0].sheet}　{len(done.redrawn)} 张图改回原来的区域")
    backup = f"；原文件备份为 {done.backup.name}" if done.backup else ""
    out.print(f"已重算：{done.path}{backup}" if done.count else f"{done.path}：得分都对，没有要改的")
    errors = [f for f in done.findings if f.severity == "error"]
    if errors:
        shown.show_findings(errors)
        raise typer.Exit(FINDINGS)
