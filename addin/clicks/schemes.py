"""生成空白表, 下一年度, 编辑方案, 新建方案: blank books, and schemes begun or edited in their definition workbooks."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from addin import actions, years
from addin.clicks import definition
from addin.clicks.choosing import choose, in_front, read_as_chosen
from addin.clicks.folders import folder_for_new, office_folder
from addin.live.desk import Desk, few
from addin.workbooks.book import BookError
from addin.workbooks.files import write_kept
from generator.definition import exchange, words
from generator.problems import Refusal
from generator.scheme import library
from generator.scheme.load import SchemeFile
from generator.years import targets
from generator.years.next_year import next_year as moved_on
from generator.years.units import are_placeholders, listed_anew


def generate(desk: Desk) -> None:
    """A blank book of the definition workbook in front, or of a scheme that is chosen, beside the book in front; it is opened."""
    if definition.is_in_front(desk):
        _from_definition(desk)
        return
    file = choose(desk, "要生成哪一个方案的空白表？")
    if file is not None:
        _generate(desk, file, library.find(file.scheme.id))


def _from_definition(desk: Desk) -> None:
    taken = definition.taken_in(desk)
    if taken is None:
        return
    folder = office_folder(desk)
    if folder is None:
        return
    path = definition.place_for(taken, folder)
    write_kept(path, taken.text.encode())
    _generate(desk, taken.file, path)


def _generate(desk: Desk, written: SchemeFile, source: Path) -> None:
    file = read_as_chosen(desk, written)
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


def next_year(desk: Desk) -> None:
    """Next year's definition workbook of the scheme in front, or of one that is chosen; it is opened."""
    if definition.is_in_front(desk):
        taken = definition.taken_in(desk)
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
    path = definition.path_of(folder, made.title, made.year)
    if not definition.may_replace(desk, path):
        return
    definition.open_new(desk, path, years.definition(made))
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


def edit_scheme(desk: Desk) -> None:
    """The definition workbook of the scheme in front, or of one that is chosen; it is opened."""
    if definition.is_in_front(desk):
        desk.tell("这就是定义簿，直接改。改好后点“生成空白表”，有错的会列在“把关”表上。")
        return
    file = in_front(desk) or choose(desk, "要编辑哪一个方案？")
    if file is None:
        return
    folder = office_folder(desk)
    if folder is None:
        return
    path = definition.path_of(folder, file.scheme.title, file.scheme.year)
    if definition.may_replace(desk, path):
        desk.say("正在写定义簿")
        definition.open_new(desk, path, exchange.export(file))
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
    path = definition.path_of(folder, title)
    if not definition.may_replace(desk, path):
        return
    year = re.search(r"(?:19|20)\d\d", title)
    facts = {"year": Decimal(year[0])} if year else {}
    definition.open_new(desk, path, exchange.blank(title, groups, **facts))
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
