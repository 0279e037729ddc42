"""The buttons of the tab 考核, on the workbook in front: Excel's through RunPython, LibreOffice's through the extension.

Each is a function without arguments that never raises: whatever happens ends in one Chinese message, with the details in
the log. What the user sees and has set is put back as it was. What each one does is in `clicks`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress

import xlwings

from addin.clicks import about, collecting, handing_out, result, schemes, scoring, values, years
from addin.garbage import collection_seldom
from addin.live import local
from addin.live.desk import Desk
from generator.problems import Refusal

BUSY = {-2147418111, -2146777998}
"""What COM says while a cell is being edited or a dialog is open: RPC_E_CALL_REJECTED, VBA_E_IGNORE."""


def check() -> None:
    """检查: findings onto the 校验 sheet, marks onto the cells, the first one selected."""
    _press("检查", scoring.check)


def recompute() -> None:
    """重算: restore what was tampered with and calculate every score anew, in place."""
    _press("重算", scoring.recompute)


def explain() -> None:
    """说明得分: how the score in the selected cell came about, and by which clause."""
    _press("说明得分", scoring.explain)


def undo_recompute() -> None:
    """撤销重算: put back what the last recompute changed."""
    _press("撤销重算", scoring.undo_recompute)


def generate() -> None:
    """生成空白表: a blank book of the definition workbook in front or of a scheme that is chosen, and read as the user wants its
    unclear clauses read, beside it; it is opened."""
    _press("生成空白表", schemes.generate)


def next_year() -> None:
    """下一年度: next year's definition workbook of the scheme in front or of one that is chosen; it is opened."""
    _press("下一年度", schemes.next_year)


def edit_scheme() -> None:
    """编辑方案: the definition workbook of the scheme in front or of one that is chosen; it is opened."""
    _press("编辑方案", schemes.edit_scheme)


def new_scheme() -> None:
    """新建方案: an empty definition workbook, opened."""
    _press("新建方案", schemes.new_scheme)


def hand_out() -> None:
    """下发: a book for each department or each unit, from the office's book in front or from a scheme that is chosen."""
    _press("下发", handing_out.work)


def gather() -> None:
    """汇总: what the books of a folder hold goes into the one in front, which is saved before and opened again afterwards."""
    _press("汇总", collecting.work)


def import_results() -> None:
    """取数: results of other schemes' books in a folder go into the one in front, which is saved before and opened again afterwards."""
    _press("取数", values.take_results)


def notice() -> None:
    """通报: the ranking notice of the book in front, a .docx beside it."""
    _press("通报", result.notice)


def statement() -> None:
    """得分说明单: a .docx for each unit, in a folder beside the book in front."""
    _press("得分说明单", result.statement)


def analysis() -> None:
    """结果分析: a workbook of places, losses and how firm the ranking stands, beside the book in front; it is opened."""
    _press("结果分析", result.analysis)


def export_values() -> None:
    """导出数据: what was typed into the book in front, as a table beside it; it is opened."""
    _press("导出数据", values.take_out)


def import_values() -> None:
    """导入数据: such a table into the book in front, which is saved before and opened again afterwards."""
    _press("导入数据", values.put_in)


def compare_years() -> None:
    """两年对比: what differs between the scheme in front and another one, in a workbook that is opened."""
    _press("两年对比", years.compare)


def what_if() -> None:
    """新办法试算: last year's figures under this year's rules, in a workbook that is opened."""
    _press("新办法试算", years.what_if)


def help() -> None:
    """帮助: the version, where things are, and the manual."""
    _press("帮助", about.help)


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
