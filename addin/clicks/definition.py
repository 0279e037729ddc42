"""The definition workbook in front, and new ones. Officials see these only; the scheme files that come of them are kept in the
office's own folder."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from addin import actions
from addin.clicks.folders import FILES
from addin.engines import adapter
from addin.live.desk import Desk, few
from addin.workbooks.book import BookError
from addin.workbooks.files import write_kept
from generator.definition import exchange, words
from generator.definition.exchange import Taken
from generator.files import nameable
from generator.lint.catalogue import Remark
from generator.problems import Problem, SourceError
from generator.scheme import library
from generator.xlsx.package import Package


def is_in_front(desk: Desk) -> bool:
    """Whether the workbook in front is a definition workbook."""
    names = {*desk.book.sheet_names} if desk.has_book else set()
    return words.HIDDEN in names or {words.FACTS, words.TREE} <= names


def taken_in(desk: Desk) -> Taken | None:
    """The scheme in the definition workbook in front; what is wrong with it, or left open by it, onto its sheet 把关. None where it is
    no scheme yet, which is told."""
    desk.say("正在读取定义簿")
    package = _as_it_is(desk)
    try:
        taken = exchange.take(package, f"{Path(package.name).stem}.yaml")
        problems = [*taken.problems, *map(taken.in_cells, actions.doubts(taken.file))]
        if any(problem.severity == "error" for problem in problems):
            raise SourceError(problems)
    except SourceError as error:
        _remark(desk, error.problems, [])
        wrong = [problem for problem in error.problems if problem.severity == "error"]
        desk.tell("\n".join([f"还有 {len(wrong)} 处要改，都列在“{words.REMARKS}”表上：", *few([*map(str, wrong)])]), grave=True)
        _go_to(desk, wrong[0].file if wrong else "")
        return None
    _remark(desk, problems, taken.remarks)
    return taken


def _as_it_is(desk: Desk) -> Package:
    """The workbook in front with what has been typed and not been saved yet."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{Path(desk.book.name).stem}.xlsx"
        if adapter.store_copy(desk.book, copy):
            return Package.open(copy)
    if desk.file is None:
        raise BookError(f"“{desk.book.name}”还没有保存过。请先保存，再点“{desk.title}”")
    return Package.open(desk.file)


def _remark(desk: Desk, problems: list[Problem], remarks: list[tuple[str, Remark]]) -> None:
    if words.REMARKS not in desk.book.sheet_names or desk.obstacle():
        return
    head, lines = exchange.remark_lines(problems, remarks)
    sheet, first = desk.book.sheets[words.REMARKS], exchange.REMARKS_FROM
    with adapter.quiet(desk.app):
        sheet["A1"].value = head
        cells = sheet[f"A{first}:E{first + len(lines) - 1}"]
        cells.number_format = "@"  # whatever a text looks like, it is one
        cells.value = [[text or None for text in line] for line in lines]


def _go_to(desk: Desk, place: str) -> None:
    sheet, _, cell = place.partition("!")
    if sheet in desk.book.sheet_names and re.fullmatch(r"[A-Z]{1,3}\d+", cell):
        desk.go_to(sheet, cell)


def check(desk: Desk) -> None:
    """Whether the definition workbook in front is a scheme, and what it leaves open."""
    taken = taken_in(desk)
    if taken is not None:
        count = len(taken.problems) + len(taken.remarks)
        found = f"有 {count} 条提醒，列在“{words.REMARKS}”表上" if count else "也没有提醒"
        desk.tell(f"没有错误，可以点“生成空白表”。{found}。")


def place_for(taken: Taken, folder: Path) -> Path:
    """Where the file of a scheme belongs: in the place of the one that it was made from, or into the office's folder. Raises BookError
    where another scheme of the office has its id."""
    id = taken.file.scheme.id
    own = folder / FILES / f"{id}.yaml"
    other = library.ids().get(id)
    if other is None or other == own or other.is_relative_to(library.SCHEMES):
        return own
    if library.id_in(taken.former) == id:
        return other
    raise BookError(f"编号 {id} 已经是另一个方案的（{other.name}）；请在“{words.FACTS}”表换一个方案编号")


def path_of(folder: Path, title: str, year: int = 0) -> Path:
    """Where a definition workbook goes; two years of a scheme whose title has no year are two files."""
    when = f"{year}年度 " if year and str(year) not in title else ""
    return folder / f"{when}{nameable(title)[:80]}（定义簿）.xlsx"


def open_new(desk: Desk, path: Path, data: bytes) -> None:
    """Write a definition workbook and open it. Raises BookError where one of that name is open."""
    if any(Path(book.name).name.casefold() == path.name.casefold() for book in desk.app.books):
        raise BookError(f"“{path.name}”正开着。请接着在里面改；要重新来，先关闭它再点“{desk.title}”")
    write_kept(path, data)
    desk.app.books.open(str(path))
    desk.stays = True


def may_replace(desk: Desk, path: Path) -> bool:
    """Whether a definition workbook may be written there: asked where there is one."""
    return not path.exists() or desk.ask(f"“{path.parent}”里已经有“{path.name}”。\n要重新写吗？原来的会先备份。")
