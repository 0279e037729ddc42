"""通报, 得分说明单, 结果分析: the papers of the book in front, beside it."""

from __future__ import annotations

from addin.clicks.folders import folder_for_new
from addin.live.desk import Desk
from addin.result import analysis as analyses
from addin.result import notice as notices
from addin.result import papers
from addin.result import statement as statements
from addin.workbooks import snapshot
from addin.workbooks.snapshot import Snapshot
from generator.files import nameable


def notice(desk: Desk) -> None:
    """The ranking notice."""
    folder, taken = folder_for_new(desk), _taken(desk)
    desk.say("正在写通报")
    data = notices.notice(taken, notices.Heading(), papers.NOTICE.template(desk.file), desk.progress)
    path = folder / f"{_title(taken)}通报.docx"
    papers.put(path, data)
    _told(desk, [f"已写好“{path.name}”。", f"放在：{folder}", "主送机关、署名和日期请在 Word 或 WPS 里核对，可以接着改。"])


def statement(desk: Desk) -> None:
    """A statement for each unit, in a folder."""
    folder, taken = folder_for_new(desk), _taken(desk)
    place, count = folder / f"{_title(taken)}得分说明单", 0
    for name, data in statements.statements(taken, template=papers.STATEMENT.template(desk.file), report=desk.progress):
        count += 1
        desk.say(f"正在写第 {count} 份得分说明单")
        papers.put(place / name, data)
    _told(desk, [f"已写好 {count} 份得分说明单，每个单位一份。", f"放在：{place}"])


def analysis(desk: Desk) -> None:
    """The workbook of places, losses and how firm the ranking stands, beside last year's if the user has it; it is opened."""
    folder, taken = folder_for_new(desk), _taken(desk)
    path = folder / f"{_title(taken)}结果分析.xlsx"
    desk.refuse_open(path)
    last = None
    if desk.ask("要同上一年度的考核簿比吗？\n选“是”，接着选那本填好的总簿；选“否”，只分析这一年的。"):
        chosen = desk.choose_file("上一年度填好的总簿", folder)
        if chosen is None:
            return
        last = snapshot.take(chosen)
    desk.say("正在逐个数试算，可能要一两分钟")
    desk.open_new(path, analyses.analysis(taken, last, report=desk.progress))
    compared = f"，与“{last.name}”比了名次和总分" if last is not None else ""
    _told(desk, [f"已写好并打开“{path.name}”。", f"放在：{folder}", f"里面有名次表、失分和排名稳不稳{compared}。"])


def _taken(desk: Desk) -> Snapshot:
    live = desk.live()
    return snapshot.of_package(live, live.name)


def _title(taken: Snapshot) -> str:
    return nameable(taken.file.scheme.title)


def _told(desk: Desk, lines: list[str]) -> None:
    desk.tell("\n".join(lines))
