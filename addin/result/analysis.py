"""结果分析: a workbook to look at, beside the book: the units in order of rank, where points were lost, what changed since last
year, how firm the ranking stands. It holds no formulas: it says what the book came to when it was made."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from decimal import Decimal
from typing import NamedTuple

from addin.result.account import Account, Accounts, NoAccount, of_office
from addin.result.robustness import MOST, Pair, Robustness, limits, range_words, robustness
from addin.result.standing import Group, Standing, standings
from addin.result.table import FIRST, HEAD, SCORE, SIGNED, Shown, Table, centred, left
from addin.workbooks.readings import Progress
from addin.workbooks.snapshot import Snapshot
from generator.layout.addresses import address
from generator.sheets.sheet import Sheet
from generator.value import Value, round_half_up
from generator.xlsx.writer import About, packed


class Last(NamedTuple):
    """What a unit came to last year. was: the units that it was, or is made of; became: 合并 or 拆分 where it is not still that one
    unit, called otherwise perhaps; then places do not compare."""

    was: tuple[Standing, ...]
    became: str


APART = "合并、拆分的单位：上年各单位的位次、总分分别写出，不能与今年的比升降；要比，用新办法试算上一年度的数。"


def analysis(taken: Snapshot, last: Snapshot | None = None, most: int = MOST, report: Progress | None = None) -> bytes:
    """The workbook's bytes. last: last year's book, to compare with; most, report: see `robustness`. Raises NoAccount where nobody is
    finished, or where the other book has none of these units."""
    accounts = Accounts(of_office(taken))
    everyone = list(accounts.all())
    groups = standings(taken.plan, accounts.values)
    if not any(group.ranked for group in groups):
        raise NoAccount(f"“{taken.name}”里还没有一个单位填完，没有结果可以分析；请先填完")
    before = _of_last_year(taken, last) if last is not None else {}
    found = robustness(taken, most, report)
    title = taken.file.scheme.title
    sheets = [_ranking(title, groups, before), _losses(title, everyone), firmness(found)]
    return packed(sheets, taken.design, sheets[0].name, About.of(taken.file.scheme))


def firm_book(taken: Snapshot, found: Robustness) -> bytes:
    """A workbook with 排名稳不稳 alone."""
    return packed([firmness(found)], taken.design, FIRM, About.of(taken.file.scheme))


def bare(name: str) -> str:
    """A unit's name without what stands in brackets."""
    return re.sub(r"[（(].*?[）)]", "", name).strip()


def _of_last_year(taken: Snapshot, last: Snapshot) -> dict[str, Last]:
    """Last year's results of each unit, by what the scheme says that it was called, or made of, then."""
    then = {bare(one.name): one for group in standings(last.plan, Accounts(last).values) for one in group.units}
    origins = {unit: [bare(old) for old in taken.file.scheme.formerly.get(unit, [unit])] for unit in taken.plan.units}
    uses = Counter(old for names in origins.values() for old in names)
    found = {}
    for unit, names in origins.items():
        was = tuple(then[name] for name in names if name in then)
        if was:
            found[unit] = Last(was, "合并" if len(names) > 1 else "拆分" if uses[names[0]] > 1 else "")
    if not found:
        raise NoAccount(f"“{last.name}”里没有一个单位与“{taken.name}”的同名，没有可比的")
    return found


def _ranking(title: str, groups: list[Group], before: dict[str, Last]) -> Sheet:
    """名次表: the units of each group in order of rank, beside last year's places, with bars."""
    table = Table("名次表", f"{title}名次表", [8, 26, 11, 14, 11, 11, 12, 12] if before else [8, 30, 14, 18])
    if any(last.became for last in before.values()):
        table.say(APART)
    for group in groups:
        if len(groups) > 1:
            table.say(group.name, "group")
        table.head(["位次", "被考核单位", "总分", "等次", *(["上年位次", "上年总分", "名次升降", "总分增减"] if before else [])])
        first = table.row
        for one in group.units:
            table.line(_ranked(one, before.get(one.name) if before else None, bool(before)))
        if group.ranked:
            name = group.name if len(groups) > 1 else ""
            table.chart(f"{name}总分", first, first + len(group.ranked) - 1, 2, 3)
            if before:
                table.chart(f"{name}总分比上年增减", first, first + len(group.ranked) - 1, 2, 8, below_zero=True)
    return table.done(landscape=bool(before))


def _ranked(one: Standing, last: Last | None, compared: bool) -> list[Shown]:
    place: Value = Decimal(one.rank) if one.rank else "未填完"
    cells = [centred(place), left(one.name), Shown(one.total, "score", SCORE), centred(one.grade or None)]
    if not compared:
        return cells
    if last is None:
        return [*cells, centred("上年没有"), *[centred(None)] * 3]
    if last.became:
        ranks = "、".join(f"{was.name} {was.rank or '－'}" for was in last.was)
        totals = "、".join(f"{was.total:.2f}" if was.total is not None else "－" for was in last.was)
        return [*cells, centred(ranks), centred(totals), centred(last.became), centred(None)]
    [was] = last.was
    cells[1] = left(one.name if bare(was.name) == bare(one.name) else f"{one.name}（上年{was.name}）")
    climbed = None if was.rank is None or one.rank is None else was.rank - one.rank
    words = "" if climbed is None else "持平" if not climbed else f"升 {climbed} 位" if climbed > 0 else f"降 {-climbed} 位"
    more = None if was.total is None or one.total is None else one.total - was.total
    then = centred(Decimal(was.rank) if was.rank else None)
    return [*cells, then, Shown(was.total, "working", SCORE), centred(words), Shown(more, "working", SIGNED)]


def _losses(title: str, everyone: list[Account]) -> Sheet:
    """失分: by indicator, heaviest first, with bars; and by unit and part."""
    parts = [name for name, points, _ in everyone[0].parts if points] if everyone else []
    table = Table("失分", f"{title}失分", [34, 10, 12, 12, 34, *[12] * max(0, len(parts) - 3)])
    lost: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for account in everyone:
        for entry in account.losses:
            lost[entry.heading.partition("（")[0] if entry.period else entry.heading][account.unit] += entry.lost
    by_period = any(account.by_period for account in everyone)
    scaled = any(entry.scale for account in everyone for entry in account.losses)
    table.say(
        "按指标：失分合计最多的在前"
        + ("；按月（季）计的是各期相加，没有折算进总分" if by_period else "；要折算进总分的，是折算前的分" if scaled else "")
    )
    table.head(["指标", "失分单位", "失分合计", "平均失分", "失分最多的单位"])
    first = table.row
    for name, units in sorted(lost.items(), key=lambda item: -sum(item[1].values())):
        whole, worst = sum(units.values(), Decimal(0)), max(units.values())
        who = [unit for unit, points in units.items() if points == worst]
        told = "、".join(who[:3]) + (f"等 {len(who)} 个" if len(who) > 3 else "")
        mean = round_half_up(whole / len(units), 2)
        counted = [centred(Decimal(len(units))), Shown(whole, "score", SCORE), Shown(mean, "working", SCORE)]
        table.line([left(name), *counted, left(told)])
    if lost:
        table.chart("失分合计最多的指标", first, table.row - 1, 1, 3)
    if parts:
        table.say("按部分：各单位失了几分")
        table.head(["被考核单位", *parts])
        for account in everyone:
            gaps = [points - score if isinstance(score, Decimal) else None for _, points, score in account.parts if points]
            table.line([left(account.unit), *(Shown(gap, "working", SCORE) for gap in gaps)])
        table.sheet.row_breaks.append(table.row)
    return table.done(landscape=len(parts) > 4)


FIRM = "排名稳不稳"


def firmness(found: Robustness) -> Sheet:
    """排名稳不稳: of each two neighbours what would swap them; of each unit between which places it stays."""
    table = Table(FIRM, f"{found.title}排名稳不稳", [7, 16, 16, 10, 11, 40, 40, 30])
    grouped = len({pair.group for pair in found.pairs}) > 1
    table.say(limits(found))
    table.head(["位次", "单位", "后一名", "高几分", "稳不稳", "最小的改动：数", "最小的改动：次数、选项", "换读法"])
    group = ""
    for pair in found.pairs:
        if grouped and pair.group != group:
            group = pair.group
            table.say(group, "group")
        table.line(_pair(pair))
    table.sheet.row_breaks.append(table.row - 1)
    table.say("各单位可能的位次：有一个数差 1% 以内、5% 以内，或差一两次、换一个选项，或换一种读法")
    table.head(["位次", "单位", "组别", "差 1%", "差 5%", "差一两次、换一个选项", "换读法", ""])
    for standing in found.groups:
        for one in standing.ranked:
            places = found.places[one.name]
            spans = [range_words(between) for between in (places.small, places.some, places.events, places.readings)]
            table.line([centred(Decimal(one.rank or 0)), left(one.name), *map(centred, [standing.name, *spans])])
    table.sheet.freeze = address(HEAD + 2, FIRST)
    table.sheet.row_breaks.append(table.row)
    return table.done(landscape=True)


def _pair(pair: Pair) -> list[Shown]:
    told = ["\n".join(map(str, changes)) for changes in (pair.numbers, pair.events)]
    reasons = [Shown(text, "sentence") for text in (*told, "\n".join(pair.readings))]
    pair_cells = [centred(Decimal(pair.rank)), left(pair.upper), left(pair.lower)]
    return [*pair_cells, Shown(pair.gap, "score", SCORE), centred(pair.verdict), *reasons]
