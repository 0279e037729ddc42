"""导出数据 and 导入数据: what was typed into the book in front as a table beside it, and such a table into the book."""

from __future__ import annotations

from pathlib import Path

from addin import actions
from addin.live.desk import Desk
from addin.workbooks import files, snapshot
from addin.workbooks.book import BookError

SHOWN = 8
"""So many doubtful cells are named in the message."""


def take_out(desk: Desk, folder: Path) -> None:
    """Write the table, and open it."""
    live = desk.live()
    taken = snapshot.of_package(live, live.name)
    path = folder / f"{Path(live.name).stem}数据.xlsx"
    read = actions.values_in(taken)
    if not read.count:
        raise BookError(f"“{live.name}”里还没有填数，没有可以导出的")
    desk.open_new(path, read.table)
    lines = [f"已导出 {read.count} 个数，并打开“{path.name}”。", f"放在：{path.parent}", "改了以后，回到考核簿点“导入数据”就填回去。"]
    if read.doubtful:
        some = [f"· {found.sheet}!{found.cell}　{found.message}" for found in read.doubtful[:SHOWN]]
        more = [f"……另有 {len(read.doubtful) - SHOWN} 处"] if len(read.doubtful) > SHOWN else []
        lines += [f"其中 {len(read.doubtful)} 个填得可疑，照抄了：", *some, *more]
    desk.tell("\n".join(lines))


def put_in(desk: Desk) -> None:
    """Fill the book in front from a table: it is saved and backed up before, and opened again afterwards."""
    desk.live()
    if obstacle := desk.obstacle():
        raise BookError(obstacle)
    path = desk.file
    if path is None:
        raise BookError(f"这本簿还没有存成文件，或者存在云盘里。请先“另存为”到本机的文件夹，再点“{desk.title}”")
    table = desk.choose_file("从考核簿导出的数据", path.parent)
    if table is None:
        return
    if not desk.ask(
        f"把“{table.name}”里的数填进“{path.name}”，一样的格子换成表里的数。\n填以前先保存，并另存一份备份；填完重新打开。要开始吗？"
    ):
        return
    with desk.laid_aside():
        backup = files.back_up(path)
        asked = None
        try:
            count = actions.fill(path, table)
        except actions.Questionable as error:
            asked = error
    if asked is not None:
        if not desk.ask(f"{asked}\n\n要照表里的填吗？选“否”就一个也不填。"):
            backup.unlink(missing_ok=True)
            return
        with desk.laid_aside():
            count = actions.fill(path, table, as_is=True)
    desk.tell(f"已填 {count} 格，得分随之更新。\n填以前的文件备份为 {backup.name}。")
