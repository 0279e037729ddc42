"""Which scheme a button is about: the one in front, or one that is chosen from a list and read as the user wants it read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from addin import actions
from addin.clicks.readings import choose_readings
from addin.live.desk import Desk
from addin.workbooks import snapshot
from generator.problems import Refusal, SourceError
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta

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


def read_as_chosen(desk: Desk, file: SchemeFile) -> SchemeFile | None:
    """A scheme, read as the user chooses; None where he changes his mind."""
    takes = choose_readings(desk, file)
    return None if takes is None else schemes.loads(file.text, file.file, takes)
