"""What the buttons about schemes do: blank books, next year, a scheme edited in its definition workbook, a new one.

Officials see definition workbooks only; the scheme files that come of them are kept in the office's own folder.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from addin import actions, years
from addin.engines import adapter
from addin.live import local
from addin.live.choosing import choose_readings
from addin.live.desk import Desk, few
from addin.workbooks import files, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import write_kept
from generator import settings
from generator.definition import exchange, words
from generator.definition.exchange import Taken
from generator.files import nameable
from generator.lint.catalogue import Remark
from generator.problems import FileError, Problem, Refusal, SourceError
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta
from generator.xlsx.package import Package
from generator.years import targets
from generator.years.next_year import next_year as moved_on
from generator.years.units import are_placeholders, listed_anew

FOLDER, FILES = "考核方案", "方案文件"
"""The office's folder of schemes, and the folder in it for what no official needs to see."""
SEARCH = "按名称查找"


@dataclass(frozen=True)
class Known:
    """A scheme that can be used. own: the office's, not one of the examples."""

    file: SchemeFile
    own: bool

    @property
    def words(self) -> str:
        """In a list."""
        scheme = self.file.scheme
        return f"{scheme.title}（{scheme.place}）"


def known_schemes() -> tuple[list[Known], list[str]]:
    """The office's own schemes and those that come with Scorebook, and what is wrong with others."""
    found, broken = [], []
    for path in library.ids().values():
        try:
            found.append(Known(schemes.load(path), not path.is_relative_to(library.SCHEMES)))
        except SourceError as error:
            broken.append(str(error))
    return sorted(found, key=lambda one: (-one.file.scheme.year if one.own else 0, one.file.scheme.place, one.file.scheme.title)), broken


# -- choosing a scheme


def choose(desk: Desk, question: str) -> SchemeFile | None:
    """A scheme: the office's own first, then the examples by year; or found by a few words of its name."""
    desk.say("正在读取考核方案")
    known, broken = known_schemes()
    if not known:
        raise Refusal("没有找到可用的考核方案。" + "".join(broken[:1]))
    odd = f"\n（另有 {len(broken)} 个方案文件有错，没有列出）" if broken else ""
    own, others = [one for one in known if one.own], [one for one in known if not one.own]
    if not own:
        return _by_year(desk, question, others, known)
    more = [SEARCH, *([f"各地的例子（{len(others)} 个方案）"] if others else [])]
    chosen = desk.choose(f"{question}{odd}", [f"{one.file.scheme.year}　{one.words}" for one in own] + more)
    if chosen is None:
        return None
    if chosen < len(own):
        return own[chosen].file
    return _search(desk, known) if chosen == len(own) else _by_year(desk, question, others, known)


def _by_year(desk: Desk, question: str, listed: list[Known], known: list[Known]) -> SchemeFile | None:
    """One of the examples: the year first."""
    counts = Counter(one.file.scheme.year for one in listed)
    years_ = sorted(counts, reverse=True)
    chosen = desk.choose("要哪一年度的考核方案？", [*(f"{year} 年度（{counts[year]} 个方案）" for year in years_), SEARCH])
    if chosen is None:
        return None
    if chosen == len(years_):
        return _search(desk, known)
    of_year = [one for one in listed if one.file.scheme.year == years_[chosen]]
    place = desk.choose(f"{years_[chosen]} 年度的方案。{question}", [one.words for one in of_year])
    return None if place is None else of_year[place].file


def _search(desk: Desk, known: list[Known]) -> SchemeFile | None:
    """A scheme by words of its title, place, year or id."""
    typed = desk.prompt("输入名称、地区、年度里的几个字，中间可以空格：")
    if not typed:
        return None
    wanted = typed.split()
    told = {number: f"{one.file.scheme.id} {one.file.scheme.year} {one.words}" for number, one in enumerate(known)}
    found = [known[number] for number, text in told.items() if all(word in text for word in wanted)]
    if not found:
        raise Refusal(f"没有名称里有“{typed}”的考核方案。请换几个字，再点一次“{desk.title}”")
    chosen = desk.choose(f"名称里有“{typed}”的方案：", [f"{one.file.scheme.year}　{one.words}" for one in found])
    return None if chosen is None else found[chosen].file


def in_front(desk: Desk) -> SchemeFile | None:
    """The scheme of the book in front: the one in force under its id, or the one it carries; None where it is no book of ours."""
    if not desk.has_book or meta.NAME not in desk.book.sheet_names:
        return None
    taken = snapshot.of_package(desk.live(), desk.book.name).file
    return actions.published(taken.scheme.id) or taken


# -- the office's own folder


def office_folder(desk: Desk) -> Path | None:
    """Where the office keeps its schemes; asked for once. None where nothing is chosen."""
    for folder in library.own_folders():
        if folder.is_dir() and files.is_writable(folder):
            return folder
    proposed = local.documents() / FOLDER
    if not desk.ask(f"本单位的考核方案放在这里，以后不再问：\n{proposed}\n\n要放到别的文件夹（如单位的共享文件夹），请选“否”。"):
        chosen = desk.choose_folder("本单位的考核方案放在哪里", local.documents())
        if chosen is None:
            return None
        proposed = chosen if chosen.name == FOLDER else chosen / FOLDER
    try:
        proposed.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"建不了文件夹“{proposed}”。请换一个能写的文件夹，再点“{desk.title}”") from error
    settings.put(settings.SCHEMES, str(proposed))
    return proposed


def _definition_path(folder: Path, title: str, year: int = 0) -> Path:
    """Where a definition workbook goes; two years of a scheme whose title has no year are two files."""
    when = f"{year}年度 " if year and str(year) not in title else ""
    return folder / f"{when}{nameable(title)[:80]}（定义簿）.xlsx"


def _open_new(desk: Desk, path: Path, data: bytes) -> None:
    """Write a definition workbook and open it. Raises BookError where one of that name is open."""
    if any(Path(book.name).name.casefold() == path.name.casefold() for book in desk.app.books):
        raise BookError(f"“{path.name}”正开着。请接着在里面改；要重新来，先关闭它再点“{desk.title}”")
    write_kept(path, data)
    desk.app.books.open(str(path))
    desk.stays = True


def _may_replace(desk: Desk, path: Path) -> bool:
    return not path.exists() or desk.ask(f"“{path.parent}”里已经有“{path.name}”。\n要重新写吗？原来的会先备份。")


# -- 生成空白表


def generate(desk: Desk) -> None:
    """A blank book of the definition workbook in front, or of a scheme that is chosen, beside the book in front; it is opened."""
    if is_definition(desk):
        _from_definition(desk)
        return
    file = choose(desk, "要生成哪一个方案的空白表？")
    if file is not None:
        _generate(desk, file, library.find(file.scheme.id))


def to_hand_out(desk: Desk, verb: str) -> SchemeFile | None:
    """A scheme that is chosen, read as the user chooses; None where he changes his mind. verb: what is done with its blank books."""
    file = choose(desk, f"要{verb}哪一个方案的空白表？")
    return None if file is None else _read_as_chosen(desk, file)


def _read_as_chosen(desk: Desk, file: SchemeFile) -> SchemeFile | None:
    takes = choose_readings(desk, file)
    return None if takes is None else schemes.loads(file.text, file.file, takes)


def _generate(desk: Desk, written: SchemeFile, source: Path) -> None:
    file = _read_as_chosen(desk, written)
    if file is None:
        return
    path = folder_for_new(desk) / actions.book_name(file)
    if any(Path(book.name).name.casefold() == path.name.casefold() for book in desk.app.books):
        raise BookError(f"“{path.name}”正开着。请先关闭它，再点“生成空白表”；要在里面填数，直接用它就行")
    if path.exists() and not desk.ask(f"“{path.parent}”里已经有“{path.name}”。\n要重新生成吗？里面填过数的，会先备份。"):
        return
    desk.say("正在生成")
    [made] = actions.generate([str(source)], path.parent, takes=file.takes)
    desk.app.books.open(str(made))
    desk.stays = True
    desk.tell(f"已生成并打开“{made.name}”。\n放在：{made.parent}\n请先看“说明”表，再在黄色格里填数。")


def folder_for_new(desk: Desk) -> Path:
    """The folder of the book in front, or the user's documents where there is none that can be written to."""
    own = desk.file.parent if desk.has_book and desk.file is not None else None
    for folder in (own, local.documents()):
        if folder is not None and files.is_writable(folder):
            return folder
    raise FileError(f"文件夹“{own or local.documents()}”写不进去。请先把工作簿另存到能写的文件夹，再点“{desk.title}”")


# -- the definition workbook in front


def is_definition(desk: Desk) -> bool:
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


def _from_definition(desk: Desk) -> None:
    taken = taken_in(desk)
    if taken is None:
        return
    folder = office_folder(desk)
    if folder is None:
        return
    path = _place_for(taken, folder)
    write_kept(path, taken.text.encode())
    _generate(desk, taken.file, path)


def _place_for(taken: Taken, folder: Path) -> Path:
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


# -- 下一年度


def next_year(desk: Desk) -> None:
    """Next year's definition workbook of the scheme in front, or of one that is chosen; it is opened."""
    if is_definition(desk):
        taken = taken_in(desk)
        file = taken.file if taken is not None else None
    else:
        file = in_front(desk) or choose(desk, "从哪一个方案开始下一年度？")
    if file is None:
        return
    then = file.scheme.year + 1
    ways = ["照上一年度的", "先不定，写“待定”，在“目标”表里填", "都按一个百分数增长"]
    chosen = desk.choose(f"“{file.scheme.title}”的下一年度（{then}）：目标怎么定？", ways)
    if chosen is None:
        return
    rate: str | None = (targets.SAME, targets.BLANK, "")[chosen]
    if not rate and not (rate := desk.prompt("增长百分之几？减少的写负数，如 -2%", "5%")):
        return
    listed = None
    if (names := _own_names(desk, file)) is not None:
        listed = listed_anew({"units": file.scheme.units, "unlisted": file.scheme.unlisted}, {"": names})
    made = moved_on(file, then, targets.understood(rate), listed=listed, known=library.ids())
    folder = office_folder(desk)
    if folder is None:
        return
    path = _definition_path(folder, made.title, made.year)
    if not _may_replace(desk, path):
        return
    _open_new(desk, path, years.definition(made))
    done = f"已写好并打开“{path.name}”，改了 {len(made.altered)} 处。\n放在：{path.parent}\n要您核对的（都列在“{words.REMARKS}”表上）："
    desk.tell("\n".join([done, *few(made.left, "条"), "改好后点“生成空白表”。"]))


def _own_names(desk: Desk, file: SchemeFile) -> list[str] | None:
    """The office's own units, where the scheme has placeholders and somebody gives a list."""
    groups = {group: units for group, units in file.scheme.groups.items() if group in file.scheme.unlisted or are_placeholders(units)}
    if len(groups) != 1 and len(file.scheme.groups) != 1:
        return None
    [units] = list(groups.values()) or [[]]
    if not units or not (file.scheme.unlisted or are_placeholders(units)):
        return None
    typed = desk.prompt(f"方案里的单位用的是代称（{'、'.join(units[:3])}等 {len(units)} 个）。请写上自己的单位，用顿号隔开；不换就空着：")
    names = [name.strip() for name in re.split("[、,，;；\n]", typed or "") if name.strip()]
    return names or None


# -- 编辑方案, 新建方案


def edit_scheme(desk: Desk) -> None:
    """The definition workbook of the scheme in front, or of one that is chosen; it is opened."""
    if is_definition(desk):
        desk.tell("这就是定义簿，直接改。改好后点“生成空白表”，有错的会列在“把关”表上。")
        return
    file = in_front(desk) or choose(desk, "要编辑哪一个方案？")
    if file is None:
        return
    folder = office_folder(desk)
    if folder is None:
        return
    path = _definition_path(folder, file.scheme.title, file.scheme.year)
    if _may_replace(desk, path):
        desk.say("正在写定义簿")
        _open_new(desk, path, exchange.export(file))
        desk.tell(f"已写好并打开“{path.name}”。\n放在：{path.parent}\n改好后点“生成空白表”，有错的会列在“{words.REMARKS}”表上。")
        return
    desk.app.books.open(str(path))
    desk.stays = True


def new_scheme(desk: Desk) -> None:
    """An empty definition workbook with a title and units in it; it is opened."""
    title = desk.prompt("方案的标题，例如：2025年度镇（街道）综合考核")
    if not title:
        return
    typed = desk.prompt("被考核单位，用顿号隔开；分组的写成“镇：甲镇、乙镇；部门：丙局”：")
    if not typed:
        return
    groups = units_typed(typed)
    if not any(groups.values()):
        raise Refusal(f"没有写被考核单位。请再点“{desk.title}”，至少写一个")
    folder = office_folder(desk)
    if folder is None:
        return
    path = _definition_path(folder, title)
    if not _may_replace(desk, path):
        return
    year = re.search(r"(?:19|20)\d\d", title)
    facts = {"year": Decimal(year[0])} if year else {}
    _open_new(desk, path, exchange.blank(title, groups, **facts))
    desk.tell(
        f"已写好并打开“{path.name}”。\n放在：{path.parent}\n请填“{words.FACTS}”和“{words.TREE}”两张表，规则怎么填看“{words.RULES}”表；填好后点“生成空白表”。"
    )


def units_typed(text: str) -> dict[str, list[str]]:
    """Units by group as they are typed on one line; under '' where they are in none."""
    found: dict[str, list[str]] = {}
    group = ""
    for part in re.split("[；;\n]", text.replace(":", "：")):
        head, colon, rest = part.partition("：")
        group = head.strip() if colon else group
        found.setdefault(group, []).extend(name.strip() for name in re.split("[、,，]", rest if colon else head) if name.strip())
    return {group: names for group, names in found.items() if names}
