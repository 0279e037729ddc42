"""导出数据, 导入数据 and 取数: what was typed into the book in front as a table beside it, such a table into the book, and what other
schemes' books came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from addin import actions, importing
from addin.clicks.folders import folder_for_new
from addin.live.desk import Desk, few
from addin.workbooks import snapshot
from addin.workbooks.book import BookError

T = TypeVar("T")


def take_out(desk: Desk) -> None:
    """Write the table, and open it."""
    folder, live = folder_for_new(desk), desk.live()
    taken = snapshot.of_package(live, live.name)
    path = folder / f"{Path(live.name).stem}数据.xlsx"
    read = actions.values_typed(taken)
    desk.open_new(path, read.table)
    lines = [f"已导出 {read.count} 个数，并打开“{path.name}”。", f"放在：{path.parent}", "改了以后，回到考核簿点“导入数据”就填回去。"]
    if read.doubtful:
        doubtful = [f"{found.sheet}!{found.cell}　{found.message}" for found in read.doubtful]
        lines += [f"其中 {len(doubtful)} 个填得可疑，照抄了：", *few(doubtful)]
    desk.tell("\n".join(lines))


def put_in(desk: Desk) -> None:
    """Fill the book in front from a table: it is saved and backed up before, and opened again afterwards."""
    path = desk.file_to_change()
    table = desk.choose_file("从考核簿导出的数据，或填好的另一本", path.parent)
    if table is None or not desk.ask(
        f"把“{table.name}”里的数填进“{path.name}”，一样的格子换成表里的数。\n填以前先保存，并另存一份备份；填完重新打开。要开始吗？"
    ):
        return
    done = _put(desk, lambda as_is: actions.fill(path, table, as_is=as_is))
    if done is not None:
        count, backup = done
        desk.tell(f"已填 {count} 格，得分随之更新。\n{backup}")


def take_results(desk: Desk) -> None:
    """Take results of other schemes' filled books, out of a folder, into the book in front."""
    path, live = desk.file_to_change(), desk.live()
    asked = sorted({want.source.scheme for want in importing.wants(snapshot.of_package(live, live.name))})
    if not asked:
        raise BookError("这本簿里没有从别的考核簿取数的格子")
    folder = desk.choose_folder("填好的来源考核簿在哪个文件夹", path.parent)
    what = f"要取的是 {'、'.join(asked)} 的结果（文件名里有这些编号）。"
    if folder is None or not desk.ask(f"{what}\n取数以前先保存“{path.name}”，并另存一份备份；以后重新打开它。\n要开始吗？"):
        return
    done = _put(desk, lambda as_is: importing.import_results(path, [folder], as_is=as_is))
    if done is None:
        return
    taken, backup = done
    lines = [f"从 {id} 取了 {count} 个数。" for id, count in taken.counts.items()]
    missing = [id for id in asked if id not in taken.counts]
    lines += [f"没有取到的：{'、'.join(missing)}，文件夹里没有它的考核簿。"] if missing else []
    desk.tell("\n".join([*lines, *taken.words, backup]))


def _put(desk: Desk, work: Callable[[bool], T]) -> tuple[T, str] | None:
    """Save the book in front, back it up, and change its file; None where somebody did not want the doubtful values. work: does it,
    given whether doubtful values are to be taken as they are. Returns what it came to and where the backup is, in words."""
    desk.say(f"正在{desk.title}")
    desk.book.save()
    backup = desk.back_up()
    try:
        with desk.laid_aside():
            done = work(False)
    except actions.Questionable as doubt:
        question = [f"有 {len(doubt.lines)} 个数要核对：", *few(doubt.lines, "个"), "照这些数填吗？选“否”就一个也不填。"]
        if not desk.ask("\n".join(question)):
            return None
        with desk.laid_aside():
            done = work(True)
    return done, f"改动前的文件备份为 {backup.name}。" if backup else ""
