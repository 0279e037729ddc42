"""What `score` and `check` print: of one workbook, or of every workbook in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.table import Table

from addin.terminal.printing import out, plain
from generator.files import reason
from generator.problems import Refusal
from generator.value import show

if TYPE_CHECKING:
    from addin.actions import Scored
    from addin.workbooks.findings import Finding

T = TypeVar("T")


def each(folder: Path, work: Callable[[Path], T]) -> Iterator[tuple[str, T | str]]:
    """Do something with every workbook of a folder: its path in the folder, and what came of it, or why nothing did."""
    from addin.workbooks.files import books_in, other_books_in

    for path in sorted([*books_in(folder), *other_books_in(folder)]):
        name = str(path.relative_to(folder))
        try:
            yield name, work(path)
        except Refusal as error:
            yield name, str(error)
        except OSError as error:
            yield name, f"读文件时出错（{reason(error)}）"


# Scores -----------------------------------------------------------------------------------------------------------------


def scores_as_json(scored: Scored) -> dict[str, Any]:
    """A workbook's results for JSON."""
    return {
        "scheme": scored.file.scheme.id,
        "readings": {r.id: r.takes for r in scored.file.scheme.readings},
        "units": {
            name: {
                "scores": {id: plain(v) for id, v in r.scores.items()},
                "total": plain(r.total),
                "rank": r.rank,
                "grade": r.grade,
                "complete": r.complete,
                **({"duties": {word: plain(v) for word, v in scored.duties[name].items()}} if scored.duties else {}),
            }
            for name, r in scored.units.items()
        },
    }


def show_scores(scored: Scored) -> None:
    """A workbook's results as a table, in the order of ranks; of a book of duties, how many are done."""
    scheme = scored.file.scheme
    grouped = len(scheme.groups) > 1
    results = [name for name, _ in scored.results]
    counted = list(next(iter(scored.duties.values()), {}))
    heads = ["组别"] if grouped else []
    heads = [*heads, "被考核单位", *counted] if counted else ["位次", *heads, "被考核单位", scheme.total_words, "等次", *results]
    table = Table(*heads, "填报", title=scheme.title)
    groups = [g for g, members in scheme.groups.items() for _ in members]
    listed = list(zip(groups, scored.units.items(), strict=True))
    order = list(scheme.groups)
    for group, (name, r) in sorted(listed, key=lambda row: (order.index(row[0]), row[1][1].rank or 10**6)):
        missing = "已填完" if r.complete else "未填完"
        own = [group] if grouped else []
        if counted:
            table.add_row(*own, name, *map(show, scored.duties[name].values()), missing)
            continue
        total = "" if r.total is None else f"{r.total:.{scheme.decimals}f}"
        others = ["" if r.scores[result] is None else show(r.scores[result]) for result in results]
        table.add_row(str(r.rank or ""), *own, name, total, r.grade or "", *others, missing)
    out.print(table)


def show_part(scored: Scored) -> None:
    """The scores of a department's or a unit's book, an indicator or group a row: there is no total, or it waits for the office."""
    out.print(f"{scored.file.scheme.title}（{scored.view.who}）", style="bold")
    table = Table("被考核单位", "指标", "得分")
    for name, r in scored.units.items():
        for id, value in r.scores.items():
            table.add_row(name, id, "" if value is None else f"{value:.{scored.file.scheme.decimals}f}")
        if r.total is not None:
            table.add_row(name, scored.file.scheme.total_words, f"{r.total:.{scored.file.scheme.decimals}f}")
    out.print(table)


# Findings ---------------------------------------------------------------------------------------------------------------


def to_be_seen_to(found: list[Finding]) -> bool:
    """Whether somebody has to do something: reminders alone leave a book in order."""
    return any(one.severity != "warning" for one in found)


def show_findings(found: list[Finding], most: int = 60) -> None:
    """Findings as a table, gravest first; what is simply not filled in yet comes last."""
    if not found:
        out.print("没有发现问题")
        return
    from addin.workbooks.findings import SEVERITY

    listed = sorted(found, key=lambda f: list(SEVERITY).index(f.severity))
    table = Table()
    for head in ("程度", "表", "格", "单位", "问题", "怎么办"):
        table.add_column(head, overflow="fold", no_wrap=head in ("程度", "格"))
    for f in listed[:most]:
        table.add_row(SEVERITY[f.severity], f.sheet, f.cell, f.unit, f.message, f.fix)
    out.print(table)
    out.print(counts_of(found) + (f"（上面列出前 {most} 条，全部见 --json）" if len(found) > most else ""))


def counts_of(found: list[Finding]) -> str:
    """How many findings there are of each severity, in words."""
    from addin.workbooks.findings import SEVERITY

    return "，".join(f"{word} {sum(f.severity == s for f in found)} 条" for s, word in SEVERITY.items())


def show_checked(results: list[tuple[str, list[Finding] | str]]) -> None:
    """A line a workbook of a folder."""
    for name, found in results:
        words = f"没有检查：{found}" if isinstance(found, str) else counts_of(found) if found else "没有发现问题"
        out.print(f"{name}：{words}")
    fine = sum(not isinstance(found, str) and not to_be_seen_to(found) for _, found in results)
    out.print(f"共 {len(results)} 本，{fine} 本没有要改、要填的，{len(results) - fine} 本有；各条见单独检查那一本，或用 --json")
