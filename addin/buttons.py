"""The buttons of the tab 考核, on the workbook in front: Excel's through RunPython, LibreOffice's through the extension.

Each is a function without arguments that never raises: whatever happens ends in one Chinese message, with the details in
the log. A button reads the book, lets the pure core decide (snapshot → audit → edits), and writes all edits at once;
what the user sees and has set is put back as it was.
"""

from __future__ import annotations

import re
import sys
import webbrowser
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import xlwings

from addin import actions, gather_button, hand_out_button, result_buttons, scheme_buttons, value_buttons, year_buttons
from addin.engines import adapter
from addin.garbage import collection_seldom
from addin.live import local, results
from addin.live.desk import SHOWN, Desk, few
from addin.live.marks import MARK, unmark
from addin.workbooks import explanation, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.edits import Sorted
from addin.workbooks.findings import Finding
from generator.files import write_atomically
from generator.problems import Refusal
from generator.value import show

FIXABLE = {"input-number-as-text", "input-percent"}
"""Findings that `recompute` corrects where the user agrees."""
BUSY = {-2147418111, -2146777998}
"""What COM says while a cell is being edited or a dialog is open: RPC_E_CALL_REJECTED, VBA_E_IGNORE."""


def check() -> None:
    """检查: findings onto the 校验 sheet, marks onto the cells, the first one selected."""
    _press("检查", _check)


def recompute() -> None:
    """重算: restore what was tampered with and calculate every score anew, in place."""
    _press("重算", _recompute)


def explain() -> None:
    """说明得分: how the score in the selected cell came about, and by which clause."""
    _press("说明得分", _explain)


def undo_recompute() -> None:
    """撤销重算: put back what the last recompute changed."""
    _press("撤销重算", _undo_recompute)


def generate() -> None:
    """生成空白表: a blank book of the definition workbook in front or of a scheme that is chosen, and read as the user wants its
    unclear clauses read, beside it; it is opened."""
    _press("生成空白表", scheme_buttons.generate)


def next_year() -> None:
    """下一年度: next year's definition workbook of the scheme in front or of one that is chosen; it is opened."""
    _press("下一年度", scheme_buttons.next_year)


def edit_scheme() -> None:
    """编辑方案: the definition workbook of the scheme in front or of one that is chosen; it is opened."""
    _press("编辑方案", scheme_buttons.edit_scheme)


def new_scheme() -> None:
    """新建方案: an empty definition workbook, opened."""
    _press("新建方案", scheme_buttons.new_scheme)


def hand_out() -> None:
    """下发: a book for each department or each unit, from the office's book in front or from a scheme that is chosen."""
    _press("下发", _hand_out)


def gather() -> None:
    """汇总: what the books of a folder hold goes into the one in front, which is saved before and opened again afterwards."""
    _press("汇总", gather_button.work)


def import_results() -> None:
    """取数: results of other schemes' books in a folder go into the one in front, which is saved before and opened again afterwards."""
    _press("取数", value_buttons.take_results)


def notice() -> None:
    """通报: the ranking notice of the book in front, a .docx beside it."""
    _press("通报", lambda desk: result_buttons.notice(desk, scheme_buttons.folder_for_new(desk)))


def statement() -> None:
    """得分说明单: a .docx for each unit, in a folder beside the book in front."""
    _press("得分说明单", lambda desk: result_buttons.statement(desk, scheme_buttons.folder_for_new(desk)))


def analysis() -> None:
    """结果分析: a workbook of places, losses and how firm the ranking stands, beside the book in front; it is opened."""
    _press("结果分析", lambda desk: result_buttons.analysis(desk, scheme_buttons.folder_for_new(desk)))


def export_values() -> None:
    """导出数据: what was typed into the book in front, as a table beside it; it is opened."""
    _press("导出数据", lambda desk: value_buttons.take_out(desk, scheme_buttons.folder_for_new(desk)))


def import_values() -> None:
    """导入数据: such a table into the book in front, which is saved before and opened again afterwards."""
    _press("导入数据", value_buttons.put_in)


def compare_years() -> None:
    """两年对比: what differs between the scheme in front and another one, in a workbook that is opened."""
    _press("两年对比", lambda desk: year_buttons.compare(desk, scheme_buttons.folder_for_new(desk)))


def what_if() -> None:
    """新办法试算: last year's figures under this year's rules, in a workbook that is opened."""
    _press("新办法试算", lambda desk: year_buttons.what_if(desk, scheme_buttons.folder_for_new(desk)))


def help() -> None:
    """帮助: the version, where things are, and the manual."""
    _press("帮助", _help)


# -- what every button does


def _press(title: str, work: Callable[[Desk], None]) -> None:
    desk = None
    try:
        app, book = _in_front()
        desk = Desk(title, app, book)
        desk.log.info("%s: %s", title, book.name if book else "-")
        with desk.as_it_was(), collection_seldom():
            work(desk)
    except Exception as error:
        _fail(title, desk, error)


def _in_front() -> tuple[xlwings.App, xlwings.Book | None]:
    """The program that the button was pressed in, and its workbook in front."""
    if any(argument.startswith("--from_xl=1") for argument in sys.argv):
        with suppress(Exception):  # a name that xlwings cannot read from the command line
            book = xlwings.Book.caller()
            return book.app, book
    app = xlwings.apps.active
    if app is None:
        raise Refusal("没有找到打开的 Excel 或 LibreOffice")
    with suppress(Exception):  # Excel has books open and none of them in front
        if len(app.books):
            book = app.books.active
            return app, book if book.name else None
    return app, None


def _fail(title: str, desk: Desk | None, error: Exception) -> None:
    """Tell that a button did not do its work, and what to do."""
    known = isinstance(error, Refusal)
    local.log().log(20 if known else 40, "%s: %s", title, error, exc_info=not known)
    if known:
        text = str(error)
    elif getattr(error, "hresult", None) in BUSY:
        text = "表格程序正忙：可能正在编辑单元格，或开着别的对话框。请按 Esc 结束编辑、关掉对话框，再点一次。"
    else:
        said = str(error) if re.search("[一-鿿]", str(error)) else type(error).__name__
        text = f"“{title}”没有做完（{said}）。请再试一次；还是不行，请把日志文件发给管理员：\n{local.log_file()}"
    if desk is not None and desk.began:
        text += "\n\n改动可能只做了一部分，保存前请核对；“重算”改动的格子可以用“撤销重算”放回。"
    try:
        assert desk is not None
        desk.tell(text, grave=True)
    except Exception:
        local.log().exception("%s: no message box", title)
        print(f"{title}：{text}", file=sys.stderr)


# -- 检查


def _check(desk: Desk) -> None:
    if scheme_buttons.is_definition(desk):
        scheme_buttons.check(desk)
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


# -- 重算


def _recompute(desk: Desk) -> None:
    live = desk.live()
    if obstacle := desk.obstacle():
        raise BookError(obstacle)
    desk.say("正在核算")
    done = repair.recompute(live, live.name, library_of=actions.in_force)
    changes, dressed, chosen = list(done.changes), len(done.dressed), len(done.chosen)
    offered = [f for f in done.findings if f.code in FIXABLE]
    if offered and desk.ask(_offer(offered)):
        done = repair.recompute(live, live.name, fix=True, library_of=actions.in_force)
        changes += done.changes
    errors = [f"{_place(f.sheet, f.cell)}　{f.message}。{f.fix}" for f in done.findings if f.severity == "error"]
    left = [f"还有 {len(errors)} 处错误要人来改，点“检查”逐条看：", *few(errors)] if errors else []
    if not changes and not dressed and not chosen:
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


# -- 撤销重算


def _undo_recompute(desk: Desk) -> None:
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


# -- 说明得分


def _explain(desk: Desk) -> None:
    live = desk.live()
    view = adapter.view(desk.book)
    if not view.cell:
        raise explanation.NotExplained("请先选中一个得分、合计或总分的格子，再点“说明得分”")
    taken = snapshot.of_package(live, live.name)
    desk.tell("\n".join(explanation.told(explanation.explain_cell(taken, view.sheet, view.cell))))


# -- 下发


def _hand_out(desk: Desk) -> None:
    hand_out_button.work(desk, partial(scheme_buttons.to_hand_out, desk), partial(scheme_buttons.folder_for_new, desk))


# -- 帮助


def _help(desk: Desk) -> None:
    from addin.manual import html

    program = f"{'LibreOffice' if adapter.is_libreoffice(desk.app) else 'Excel'} {desk.app.version}"
    lines = [f"{name}：{text}" for name, text in html.facts(program).items()]
    if desk.ask("\n".join([*lines, "", "要打开使用手册吗？"])):
        path = local.folder() / "manual.html"
        write_atomically(path, html.page(program).encode())
        if not webbrowser.open(path.as_uri()):
            raise Refusal(f"没有找到浏览器。使用手册在这里，请自己打开：\n{path}")


# -- words


def _place(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}" if cell else sheet
