"""What `scorebook gather` says, at a terminal and as JSON."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from rich.console import Console
from rich.table import Table

from addin.gathering.desk import Saved
from addin.gathering.incoming import Offer
from addin.gathering.merge import FileReport
from addin.gathering.records import Standing
from addin.gathering.reported import Share
from addin.gathering.round import Gathered, Waiting
from addin.terminal.printing import plain
from addin.workbooks.pending import Kind
from generator.value import show

LEFT_OUT = 6
"""So many characters are left out of the names of files where all begin with them."""
_STRANGE = (Standing.FOREIGN, Standing.DAMAGED, Standing.OWN)
SHOWN = 30
"""So many of each list are told; `--json` and the book have them all."""


def show_gathered(done: Saved, out: Console) -> None:
    """A table of the files, and what people have to see to."""
    gathered = done.gathered
    table = Table()
    for head in ("文件", "谁报的", "情况", "新收", "已有", "待定", "不能收"):
        table.add_column(head, overflow="fold", no_wrap=head not in ("文件", "谁报的"))
    shared = _shared([report.incoming.name for report in gathered.files if report.standing not in _STRANGE])
    for report in gathered.files:
        counts = (len(report.taken), len(report.same) + len(report.left), len(report.waiting), len(report.refused) + len(report.homeless))
        one = report.incoming
        name = f"…{one.name.removeprefix(shared).removesuffix('.xlsx')}" if shared and one.name.startswith(shared) else one.name
        table.add_row(name, one.whose, report.standing.value, *(str(n or "") for n in counts))
    if shared:
        out.print(f"文件名以“{shared}”开头的，下表里写成“…”，末尾的 .xlsx 略去")
    out.print(table)
    _some(out, "要看一看的文件", [f"{report.incoming.name}：{'；'.join(report.words)}" for report in gathered.files if report.words])
    _some(out, "要人来选的格子（在“待定”表里选）", [_waiting_words(waiting) for waiting in gathered.waiting])
    refused = [
        f"{report.incoming.name} {offer.place} {offer.unit}：{offer.refused}" for report in gathered.files for offer in report.refused
    ]
    _some(out, "不能收的数", refused)
    late = [share for share in gathered.departments if share.missing]
    _some(out, "还没有报齐的考核部门", [f"{share.name}（{share.state}，还缺 {share.missing} 格）" for share in late])
    if gathered.remarks:
        out.print(f"备注、佐证材料和填报人 {gathered.remarks} 条，见“备注”表")
    backup = f"；原文件备份为 {done.backup.name}" if done.backup else ""
    words = f"新收 {gathered.count} 格：{done.path}{backup}" if gathered.count else f"{done.path}：没有新的数" + backup
    out.print(f"共 {len(gathered.files)} 个文件，{words}")


def _shared(names: list[str]) -> str:
    """What the names of many files begin with alike, as books that were handed out do; '' where that is not worth leaving out."""
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False)) if len(names) > 1 else ()
    shared = "".join(signs[0] for signs in alike).rstrip("（(")
    return shared if len(shared) >= LEFT_OUT else ""


def _waiting_words(waiting: Waiting) -> str:
    offers = [
        f"{candidate.origin.file} {show(candidate.value)}" + (f"（{candidate.why}）" if candidate.kind is Kind.DOUBTFUL else "")
        for candidate in waiting.candidates
        if candidate.kind is not Kind.REFUSED
    ]
    return f"{waiting.sheet}!{waiting.cell} {waiting.label}（{waiting.unit}）：{'，'.join(offers)}"


def _some(out: Console, head: str, lines: list[str]) -> None:
    if lines:
        out.print(f"{head}：{len(lines)}", style="bold")
        for line in lines[:SHOWN]:
            out.print(f"　{line}")
        if len(lines) > SHOWN:
            out.print(f"　……另有 {len(lines) - SHOWN} 条")


def as_dict(done: Saved) -> dict[str, Any]:
    """For JSON."""
    gathered: Gathered = done.gathered
    return {
        "book": str(done.path),
        "backup": str(done.backup) if done.backup else None,
        "changed": gathered.changed,
        "filled": gathered.count,
        "files": [_file(report) for report in gathered.files],
        "waiting": [
            {
                "indicator": waiting.label,
                "unit": waiting.unit,
                "sheet": waiting.sheet,
                "cell": waiting.cell,
                "candidates": [
                    {
                        "value": plain(c.value),
                        "kind": c.kind.value,
                        "file": c.origin.file,
                        "place": c.origin.place,
                        "saved": c.origin.saved,
                        "why": c.why,
                        "state": c.state,
                    }
                    for c in waiting.candidates
                ],
            }
            for waiting in gathered.waiting
        ],
        "departments": [_share(share) for share in gathered.departments],
        "units": [_share(share) for share in gathered.units],
    }


def _file(report: FileReport) -> dict[str, Any]:
    one = report.incoming
    return {
        "file": one.name,
        "standing": report.standing.value,
        "from": one.whose,
        "saved": one.saved,
        "saved_by": one.by,
        "taken": len(report.taken),
        "same": len(report.same),
        "waiting": len(report.waiting),
        "left": len(report.left),
        "refused": [_offer(offer) for offer in report.refused],
        "homeless": [_offer(offer) for offer in report.homeless],
        "missing": len(one.missing),
        "tampered": [finding.as_dict() for finding in one.tampered],
        "remarks": [{"indicator": r.about, "item": r.what, "text": r.text, "place": r.place} for r in one.remarks],
        "words": report.words,
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {"sheet": offer.sheet, "cell": offer.cell, "unit": offer.unit, "value": plain(offer.value), "why": offer.refused}


def _share(share: Share) -> dict[str, Any]:
    return {"name": share.name, "state": share.state, "wanted": share.wanted, "filled": share.filled, "missing": share.missing}
