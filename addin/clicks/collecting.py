"""汇总: what the books of a folder hold goes into the office's book in front."""

from __future__ import annotations

from addin.engines import adapter
from addin.gathering import desk as gathering
from addin.live.desk import SHOWN, Desk, few
from addin.workbooks.book import BookError


def work(desk: Desk) -> None:
    """What the button does."""
    path = desk.file_to_change()
    folder = desk.choose_folder("收上来的考核簿在哪个文件夹", path.parent)
    if folder is None:
        return
    count = gathering.count(path, folder)
    if not count:
        raise BookError(f"“{folder}”里没有考核簿。请先把收上来的文件放进一个文件夹，再点“汇总”")
    if not desk.ask(f"“{folder}”里有 {count} 个文件。\n汇总以前先保存“{path.name}”，并另存一份备份；汇总以后重新打开它。\n要开始吗？"):
        return
    desk.say("正在汇总")
    with desk.laid_aside():
        saved = gathering.gather(path, [folder], progress=desk.progress, alone=adapter.is_libreoffice(desk.app))
    desk.tell("\n".join(_gathered(saved)))


def _gathered(saved: gathering.Saved) -> list[str]:
    """What gathering came to, in sentences."""
    done = saved.gathered
    lines = [f"收到 {len(done.files)} 个文件，新收 {done.count} 格。" if done.count else f"收到 {len(done.files)} 个文件，没有新的数。"]
    if done.waiting:
        lines.append(f"有 {len(done.waiting)} 格等着选：在“待定”表里选“√”，再点“重算”。")
    if refused := sum(len(report.refused) for report in done.files):
        lines.append(f"有 {refused} 个数不能收，列在“待定”表里，请对方改正后重报。")
    if done.remarks:
        lines.append(f"备注、佐证材料和填报人 {done.remarks} 条，见“备注”表。")
    odd = [f"{report.incoming.name}：{'；'.join(report.words)}" for report in done.files if report.troubled and report.words]
    lines += few(odd, "个文件")
    late = [share.name for share in done.departments if share.missing]
    if late:
        lines.append(f"还没有报齐的考核部门：{'、'.join(late[:SHOWN])}{'等' if len(late) > SHOWN else ''}（{len(late)} 个），见“报送”表。")
    return [*lines, *([f"汇总前的文件备份为 {saved.backup.name}。"] if saved.backup else [])]
