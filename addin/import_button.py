"""取数: results of other schemes' filled books, out of a folder, go into the book in front."""

from __future__ import annotations

from pathlib import Path

from addin import importing
from addin.actions import Questionable
from addin.live.desk import Desk
from addin.workbooks import snapshot
from addin.workbooks.book import BookError

SHOWN = 8
"""So many values to look at are named in the message."""


def work(desk: Desk) -> None:
    """What the button does."""
    live = desk.live()
    if obstacle := desk.obstacle():
        raise BookError(obstacle)
    asked = sorted({want.source.scheme for want in importing.wants(snapshot.of_package(live, live.name))})
    if not asked:
        raise BookError("这本簿里没有从别的考核簿取数的格子")
    path = desk.file
    if path is None:
        raise BookError("这本簿还没有存成文件，或者存在云盘里。请先“另存为”到本机的文件夹，再点“取数”")
    folder = desk.choose_folder("填好的来源考核簿在哪个文件夹", path.parent)
    if folder is None:
        return
    what = f"要取的是 {'、'.join(asked)} 的结果（文件名里有这些编号）。"
    if not desk.ask(f"{what}\n取数以前先保存“{path.name}”，并另存一份备份；以后重新打开它。\n要开始吗？"):
        return
    desk.book.save()
    backup = desk.back_up()
    try:
        done = _take(desk, path, folder)
    except Questionable as doubt:
        listed = [f"· {found.sheet} {found.cell} {found.unit}：{found.message}" for found in doubt.findings[:SHOWN]]
        more = [f"……另有 {len(doubt.findings) - SHOWN} 个"] if len(doubt.findings) > SHOWN else []
        words = "\n".join([f"有 {len(doubt.findings)} 个数要核对：", *listed, *more, "照取来的填吗？选“否”就都不填。"])
        if not desk.ask(words):
            return
        done = _take(desk, path, folder, as_is=True)
    lines = [f"从 {id} 取了 {count} 个数。" for id, count in done.counts.items()]
    missing = [id for id in asked if id not in done.counts]
    lines += [f"没有取到的：{'、'.join(missing)}，文件夹里没有它的考核簿。"] if missing else []
    desk.tell("\n".join([*lines, *done.words, *([f"取数前的文件备份为 {backup.name}。"] if backup else [])]))


def _take(desk: Desk, path: Path, folder: Path, as_is: bool = False) -> importing.Taken:
    desk.say("正在取数")
    with desk.laid_aside():
        return importing.import_results(path, [folder], as_is=as_is)
