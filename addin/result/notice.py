"""通报: what the ranking notice says, in the words that its template asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from addin.result.account import Account, Accounts, NoAccount, number_words, of_office, verbs
from addin.result.papers import NOTICE, Template
from addin.result.standing import Group, Standing, standings
from addin.workbooks.readings import GRADE, RANK, Progress, other_readings
from addin.workbooks.snapshot import Snapshot
from generator.scheme.model import IN_POINTS, Scheme
from generator.tree.derivation import quoted
from generator.value import Percent, Value, round_half_up, show

LEADING, LOSSES, COLUMNS, NAMED = 3, 5, 5, 6
"""So many first units and so many of the indicators with the heaviest losses are named; so many parts stand side by side in a
table; so many units are named in a sentence."""
TITLE = 19
"""So many characters of a title stand in a line."""
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Heading:
    """What an office says of itself. Empty: by the scheme. issuer: who signs; to: whom it is sent to."""

    issuer: str = ""
    to: str = ""
    day: date | None = None


def notice(taken: Snapshot, heading: Heading, template: Path | None = None, report: Progress | None = None) -> bytes:
    """The notice of a filled book as a .docx. report: see `other_readings`. Raises NoAccount where there is nothing to tell, PaperError for
    the template."""
    return Template(template or NOTICE.own).filled(words(taken, heading, report))


def words(taken: Snapshot, heading: Heading, report: Progress | None = None) -> dict[str, Any]:
    """The words of the template. Raises NoAccount."""
    plan, scheme = taken.plan, taken.file.scheme
    accounts = Accounts(of_office(taken))
    everyone = list(accounts.all())
    groups = standings(plan, accounts.values)
    if not any(group.ranked for group in groups):
        raise NoAccount(f"“{taken.name}”里还没有一个单位填完，出不了通报；请先填完，再点“检查”核对")
    issuer = heading.issuer or scheme.issuer or scheme.place
    source = scheme.source
    return {
        "标题": _title(f"关于{scheme.title}结果的通报"),
        "主送机关": heading.to or "各被考核单位",
        "依据": f"《{source.document}》" if "〔" not in source.document else source.document,
        "考核机关": issuer,
        "考核名称": scheme.title,
        "地区": scheme.place,
        "年度": str(scheme.year),
        "单位数": str(len(everyone)),
        "分组": [_group(number, group, len(groups), scheme, everyone) for number, group in enumerate(groups)],
        "评定": list(_graded(groups, everyone)),
        "失分": list(_losses(everyone, scheme.measure)),
        "说明": list(_remarks(taken, groups, report)),
        "得分表": [table for group in groups for table in _tables(group, {a.unit: a for a in everyone}, scheme.decimals, len(groups))],
        "署名": issuer,
        "成文日期": _day(heading.day or date.today()),
    }


def _title(text: str) -> str:
    """A title too long for a line, parted near its middle where a word ends."""
    if len(text) <= TITLE:
        return text
    ends = [match.start() for match in re.finditer("考核|结果的|工作|目标|业务", text)] + [
        m.end() for m in re.finditer("年度|）|、|和", text)
    ]
    fitting = [end for end in ends if len(text) - TITLE <= end <= TITLE]
    at = min(fitting, key=lambda end: abs(2 * end - len(text)), default=len(text) // 2)
    return f"{text[:at]}\n{text[at:]}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _number(value: Value, decimals: int) -> str:
    """A score with as many decimals as all others; a share as such."""
    if isinstance(value, Percent):
        return number_words(value)
    return f"{round_half_up(value, decimals):f}" if isinstance(value, Decimal) else show(value) if value is not None else ""


def _group(number: int, group: Group, count: int, scheme: Scheme, everyone: list[Account]) -> dict[str, Any]:
    ranked, decimals, measure = group.ranked, scheme.decimals, scheme.measure
    said = f"{'' if count > 1 else '参加排名的'}共{len(ranked)}个单位"
    if ranked:
        totals = [one.total for one in ranked if one.total is not None]
        mean = _number(sum(totals, Decimal(0)) / len(totals), decimals)
        leading = "、".join(one.name for one in ranked if one.rank and one.rank <= LEADING)
        best, worst = (_some([one.name for one in ranked if one.total == total]) for total in (max(totals), min(totals)))
        said += (
            f"，最高{_number(max(totals), decimals)}{measure}（{best}），最低{_number(min(totals), decimals)}{measure}（{worst}），"
            f"平均{mean}{measure}"
        )
        said += f"。前{LEADING}名是{leading}" if len(ranked) > LEADING else ""
    decided = {account.unit: account.decided for account in everyone}
    return {
        "序号": NUMERALS[number] if number < len(NUMERALS) else str(number + 1),
        "名称": group.name if count > 1 else "",
        "概况": said + "，全部位次见附件1。",
        "单位": [
            {
                "位次": str(one.rank or "－"),
                "单位": one.name,
                "总分": _number(one.total, decimals) + (measure if measure != IN_POINTS and one.total is not None else ""),
                "等次": one.grade,
                "备注": "并列" if one.tied else "一票否决" if decided[one.name] else "" if one.rank else "未填完",
            }
            for one in group.units
        ],
    }


def _some(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + (f"等{len(names)}个单位" if len(names) > NAMED else "")


def _graded(groups: list[Group], everyone: list[Account]) -> Iterator[str]:
    """Who has which grade, and why a veto fixed it."""
    graded: dict[str, list[str]] = {}
    for one in (one for group in groups for one in group.units):
        if one.grade:
            graded.setdefault(one.grade, []).append(one.name)
    if graded:
        yield "；".join(f"评为“{grade}”的有{'、'.join(names)}" for grade, names in graded.items()) + "。"
    for account in everyone:
        for entry in account.decided:
            yield f"{account.unit}：{entry.heading}（{entry.clause}）。"
        for entry in account.undecided:
            yield f"{account.unit}：否决项{quoted(entry.heading)}还不能判断，{entry.reason}（{entry.clause}）。"


def _losses(everyone: list[Account], measure: str) -> Iterator[str]:
    """The indicators on which most was lost, a period's together with the others: in points of the total, where that can be said of all."""
    lost: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    weights: dict[str, Decimal] = defaultdict(Decimal)
    folded: set[str] = set()
    entries = [(account.unit, entry) for account in everyone for entry in account.losses]
    comparable = all(entry.in_total is not None for _, entry in entries if entry.scale)
    for unit, entry in entries:
        whose = "，各期合计" if entry.period else f"，{quoted(entry.scale)}里的分" if entry.scale else ""
        name = f"“{entry.name}”（{entry.id.partition('@')[0]}{whose}）"
        lost[name][unit] += entry.lost
        weights[name] += entry.in_total if comparable and entry.in_total is not None else entry.lost
        folded |= {name} if comparable and entry.scale else set()
    heaviest = sorted(lost.items(), key=lambda item: (-weights[item[0]], -sum(item[1].values())))[:LOSSES]
    for number, (name, units) in enumerate(heaviest, 1):
        mean = show(round_half_up(sum(units.values(), Decimal(0)) / len(units), 2))
        worst = max(units.values())
        who = _some([unit for unit, points in units.items() if points == worst])
        less, _ = verbs(measure)
        what = "失分" if less == "失" else "扣减"
        mean += measure
        mean += f"（折合总分{show(round_half_up(weights[name] / len(units), 2))}{measure}）" if name in folded else ""
        yield f"{number}．{name}：{len(units)}个单位{what}，平均{less}{mean}，{what}最多的是{who}（{show(worst)}{measure}）。"


def _remarks(taken: Snapshot, groups: list[Group], report: Progress | None) -> Iterator[str]:
    """What is to be said besides: who is not finished, ties, and how clauses were read of which places hang."""
    scheme = taken.file.scheme
    yield f"得分按考核办法计算，保留{scheme.decimals}位小数。"
    missing = [one.name for group in groups for one in group.units if one.rank is None]
    if missing:
        yield f"{'、'.join(missing)}还没有填完，没有参加排名。"
    ties = [one.name for group in groups for one in group.units if one.tied]
    if ties:
        yield f"总分相同的位次并列：{'、'.join(ties)}。"
    told: set[str] = set()
    others = other_readings(taken, report)
    for other in others.tried:
        moved = any(move.result in (RANK, GRADE) for moves in other.changes.values() for move in moves)
        if moved and other.reading not in told:
            told.add(other.reading)
            yield f"对“{other.reading}”{f'（{other.clause}）' if other.clause else ''}的规定，按“{other.takes}”计算。"
    if others.left:
        yield f"{others.left_words}。"


def _tables(group: Group, accounts: dict[str, Account], decimals: int, groups: int) -> Iterator[dict[str, Any]]:
    """The scores of the parts, so many side by side as a page is wide."""
    names = [name for name, _, _ in accounts[group.units[0].name].parts] if group.units else []
    for start in range(0, len(names), COLUMNS):
        part = f"（{start // COLUMNS + 1}）" if len(names) > COLUMNS else ""
        yield {
            "名称": (group.name if groups > 1 else "") + part,
            "列": names[start : start + COLUMNS],
            "行": [_row(one, accounts[one.name], start, decimals) for one in group.units],
        }


def _row(one: Standing, account: Account, start: int, decimals: int) -> dict[str, Any]:
    scores = [score for _, _, score in account.parts[start : start + COLUMNS]]
    return {"位次": str(one.rank or "－"), "单位": one.name, "值": [_number(score, decimals) for score in scores]}
