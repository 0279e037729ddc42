"""检查, 重算, 撤销重算, 说明得分: the filled book in front. The pure core decides (snapshot → audit → edits), and all edits are written
at once."""

from __future__ import annotations

from collections import Counter, defaultdict

from addin import actions
from addin.clicks import definition
from addin.engines import adapter
from addin.live import local, results
from addin.live.desk import SHOWN, Desk, few
from addin.live.marks import MARK, unmark
from addin.workbooks import explanation, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.edits import Sorted
from addin.workbooks.findings import Finding
from generator.value import show

FIXABLE = {"input-number-as-text", "input-percent"}
"""Findings that `recompute` corrects where the user agrees."""


def check(desk: Desk) -> None:
    """Findings onto the sheet 校验, marks onto the cells, the first one selected; of a definition workbook, what is wrong with it."""
    if definition.is_in_front(desk):
        definition.check(desk)
        return
    live = desk.live()
    taken = snapshot.of_package(live, live.name)
    desk.say("正在检查")
    found = actions.check_in(taken).findings
    obstacle = desk.obstacle()
    if not obstacle and taken.design.checks.sheet not in live.sheet_names:
        obstacle = f"没有“{taken.design.checks.sheet}”工作表"
    if not obstacle:
        desk.back_up()
        try:
            results.put(desk, live, taken, found)
        except adapter.WrongPassword as error:
            obstacle = str(error)
    place = next(((f.sheet, f.cell) for f in found if f.cell and live.is_visible(f.sheet)), None)
    if place:
        desk.go_to(*place)
    desk.tell(_summary(found, place, "" if obstacle else taken.design.checks.sheet, obstacle))


def _summary(found: list[Finding], place: tuple[str, str] | None, sheet: str, obstacle: str) -> str:
    if not found:
        return f"没有发现问题。{obstacle}"
    counts = Counter(str(f.severity) for f in found)
    words = "，".join(f"{name} {counts[s]} 条" for s, name in (("error", "错误"), ("warning", "提醒"), ("todo", "待填")) if counts[s])
    lines = [f"发现 {len(found)} 条：{words}。"]
    if sheet:
        lines.append(f"已逐条列在“{sheet}”表下方，点“位置”可以跳过去；填错的和被改动的格子上有“{MARK}”开头的批注。")
    else:
        lines.append(f"结果没有写进工作簿：{obstacle}")
        lines += ["", *few([f"{_place(f.sheet, f.cell)}　{f.message}。{f.fix}" for f in found])]
    if place:
        lines.append(f"\n已选中第一处：{_place(*place)}")
    return "\n".join(lines)


def recompute(desk: Desk) -> None:
    """Restore what was tampered with and calculate every score anew, in place."""
    live = desk.live()
    if obstacle := desk.obstacle():
        raise BookError(obstacle)
    desk.say("正在核算")
    done = repair.recompute(live, live.name, in_force=actions.in_force)
    changes, dressed, chosen = list(done.changes), len(done.dressed), len(done.chosen)
    offered = [f for f in done.findings if f.code in FIXABLE]
    if offered and desk.ask(_offer(offered)):
        done = repair.recompute(live, live.name, fix=True, in_force=actions.in_force)
        changes += done.changes
    errors = [f"{_place(f.sheet, f.cell)}　{f.message}。{f.fix}" for f in done.findings if f.severity == "error"]
    left = [f"还有 {len(errors)} 处错误要人来改，点“检查”逐条看：", *few(errors)] if errors else []
    if not changes and not dressed and not chosen and not done.redrawn:
        desk.tell("\n".join(["得分都对，没有要改的。", *left]))
        return
    restored, renewed, updated = Sorted.of(changes)
    backup = desk.back_up()
    changed = live.changes
    lasting = local.remember(desk.identity, live.fingerprint, changed)
    cells: dict[str, set[str]] = defaultdict(set)
    for edit in changes:
        cells[edit.sheet].add(edit.cell)
    with desk.changing(live, live.changed, cells=changed) as opened:
        live.write()
        for name in opened:
            if cells[name]:
                unmark(desk.book.sheets[name], cells[name])
    if desk.app.calculation == "manual":
        desk.app.calculate()
    wrong = live.differing(done.expected)
    desk.log.info("restored %d, updated %d, differing %d", len(restored), len(updated), len(wrong))
    lines = _changed(Sorted(restored, renewed, updated), dressed, chosen)
    lines += [f"{len(done.redrawn)} 张图改回了原来的区域。"] if done.redrawn else []
    lines += few([f"{_place(e.sheet, e.cell)}　{e.reason}，原为 {e.was}" for e in restored])
    if wrong:
        sheet, at, wanted, shown = wrong[0]
        example = f"例如 {_place(sheet, at)} 应为 {show(wanted)}，算得 {show(shown)}"
        lines.append(f"有 {len(wrong)} 格算得的与精确得分不同，{example}；请把文件发给维护者。")
    lines += left
    if restored or renewed:
        lines.append("点“撤销重算”可以放回。" if lasting else "这次重算的记录写不下来，关闭后不能撤销。")
    lines += [f"改动前的文件备份为 {backup.name}。"] if backup else []
    desk.tell("\n".join(lines))


def _changed(changes: Sorted, dressed: int, chosen: int) -> list[str]:
    """What recomputing changed, in sentences. dressed: how many input cells were put right; chosen: how many were filled in."""
    restored, renewed, updated = changes
    lines = [f"按“待定”表的选择填入 {chosen} 格。"] if chosen else []
    lines.append(f"已恢复 {len(restored)} 格，更新 {len(updated)} 格得分。" if restored else f"已更新 {len(updated)} 格得分。")
    if dressed:
        lines.append(f"{dressed} 个格子被弄掉了底色、锁定、数字格式、变色提示或填报限制，已放回，填的数没有动。")
    if renewed:
        lines.append(f"本簿由以前的版本生成，{len(renewed)} 格公式和文字已换成现在的写法，算法不变。")
    return lines


def _offer(offered: list[Finding]) -> str:
    lines = few([f"{_place(f.sheet, f.cell)}　{f.message}" for f in offered])
    return "\n".join([f"有 {len(offered)} 格填得不规范，但意思只有一种：", *lines, "", "要一并改正吗？选“否”则填的数都不动。"])


def undo_recompute(desk: Desk) -> None:
    """Put back what the last recompute changed."""
    live = desk.live()
    if obstacle := desk.obstacle():
        raise BookError(obstacle)
    kept = local.recall(desk.identity, live.fingerprint)
    if kept is None:
        desk.tell("这本工作簿没有可以撤销的重算：在这台电脑上没有用“重算”改动过它，或者已经撤销了。")
        return
    since = [_place(*place) for place in live.take_back(kept.cells)]
    if since:
        some = "、".join(since[:SHOWN]) + ("等" if len(since) > SHOWN else "")
        desk.tell(
            f"没有撤销：重算（{kept.at.replace('T', ' ')}）以后，{some} {len(since)} 格又改过，放回去会盖掉后来的内容。\n"
            "需要重算前的样子，请打开工作簿旁边名字里有“备份”的文件。",
            grave=True,
        )
        return
    changed = live.changes
    count = sum(not name.startswith("_") for name, *_ in changed)
    if changed:
        with desk.changing(live, live.changed, cells=changed):
            live.write()
    local.forget(desk.identity, live.fingerprint)
    desk.tell(f"已放回 {count} 格，和 {kept.at.replace('T', ' ')} 重算之前一样。" if count else "这些格子已经是重算之前的样子。")


def explain(desk: Desk) -> None:
    """How the score in the selected cell came about, and by which clause."""
    live = desk.live()
    view = adapter.view(desk.book)
    if not view.cell:
        raise explanation.NotExplained("请先选中一个得分、合计或总分的格子，再点“说明得分”")
    taken = snapshot.of_package(live, live.name)
    desk.tell("\n".join(explanation.told(explanation.explain_cell(taken, view.sheet, view.cell))))


def _place(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}" if cell else sheet
