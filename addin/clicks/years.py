"""两年对比 and 新办法试算: two schemes compared in words, and a filled book scored by other rules; each a workbook that is opened."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from addin import year_papers, years
from addin.clicks import definition
from addin.clicks.choosing import choose
from addin.clicks.folders import folder_for_new
from addin.live.desk import Desk
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.snapshot import Snapshot
from generator.problems import SourceError
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta

FILE, LISTED = "另一个文件（考核簿或定义簿）……", "已有的考核方案……"


def compare(desk: Desk) -> None:
    """What differs between the scheme in front, or one that is chosen, and another one; the older is told first."""
    folder = folder_for_new(desk)
    file = _scheme_in_front(desk) or (None if _is_ours(desk) else choose(desk, "拿哪一个方案来比？"))
    if file is None:
        return
    other = _other(desk, file, f"“{file.scheme.title}”同哪一个比？", folder, file.scheme.year - 1)
    if other is None:
        return
    before, after = year_papers.in_order(file, other)
    path = folder / year_papers.difference_name(before, after)
    desk.say("正在对比")
    desk.open_new(path, year_papers.difference_book(before, after))
    words = f"“{before.scheme.title}”在前，“{after.scheme.title}”在后。"
    desk.tell(f"已写好并打开“{path.name}”，一行一处不同，可以筛选。\n{words}\n放在：{folder}")


def what_if(desk: Desk) -> None:
    """A filled book under other rules. The book in front is the one that is filled; a blank one, or a definition workbook, in front
    has the rules."""
    folder, taken = folder_for_new(desk), _book_in_front(desk)
    if taken is not None and taken.inputs:
        file = _other(desk, taken.file, f"“{taken.name}”里的数，按哪一个办法算？", folder, taken.file.scheme.year + 1)
    else:
        file = _scheme_in_front(desk) or (None if _is_ours(desk) else choose(desk, "按哪一个办法算？"))
        chosen = desk.choose_file("用哪一本填好的总簿来算", folder) if file is not None else None
        if chosen is None:
            return
        taken = snapshot.take(chosen)
    if file is None:
        return
    path = folder / year_papers.what_if_name(taken.file, file)
    desk.say("正在试算")
    found = years.scored_otherwise(taken, file)
    desk.open_new(path, year_papers.what_if_book(taken.file, file, found))
    lines = [f"已写好并打开“{path.name}”：各单位的总分、位次原来是多少、会是多少。", *years.what_if_limits(found), f"放在：{folder}"]
    desk.tell("\n".join(lines))


def _is_ours(desk: Desk) -> bool:
    return desk.has_book and (meta.NAME in desk.book.sheet_names or definition.is_in_front(desk))


def _book_in_front(desk: Desk) -> Snapshot | None:
    if not desk.has_book or meta.NAME not in desk.book.sheet_names:
        return None
    live = desk.live()
    return snapshot.of_package(live, live.name)


def _scheme_in_front(desk: Desk) -> SchemeFile | None:
    """The scheme of the book or the definition workbook in front; None where there is none, or it is not one yet, which is told."""
    if definition.is_in_front(desk):
        taken = definition.taken_in(desk)
        return taken.file if taken is not None else None
    book = _book_in_front(desk)
    return book.file if book is not None else None


def _other(desk: Desk, file: SchemeFile, question: str, folder: Path, year: int) -> SchemeFile | None:
    """Another scheme: the one of a year that goes with this one, if there is one; one in a file; one that is known."""
    near = _of_year(file, year)
    first = [f"{near.scheme.year} 年度：{near.scheme.title}"] if near is not None else []
    chosen = desk.choose(question, [*first, FILE, LISTED])
    if chosen is None:
        return None
    if near is not None and chosen == 0:
        return near
    if chosen == len(first):
        path = desk.choose_file("考核簿或定义簿", folder)
        return None if path is None else years.scheme_of(_a_book(path))
    return choose(desk, question)


def _a_book(path: Path) -> str:
    if path.suffix.lower() not in years.BOOKS:
        raise BookError(f"“{path.name}”不是 .xlsx 工作簿。请选考核簿或定义簿")
    return str(path)


def _of_year(file: SchemeFile, year: int) -> SchemeFile | None:
    """The same scheme of another year, by its id."""
    id = file.scheme.id.replace(str(file.scheme.year), str(year))
    path = library.ids().get(id) if id != file.scheme.id else None
    if path is not None:
        with suppress(SourceError):
            return schemes.load(path)
    return None
