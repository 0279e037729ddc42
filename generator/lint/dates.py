"""Time limits and periods that were over when the regulation was issued."""

from __future__ import annotations

import calendar
import datetime
import re

from generator.lint.subject import Node, Subject
from generator.rules.completion import Checklist
from generator.rules.events import PerEvent
from generator.scheme.model import Group, Indicator

_BY_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|份)?(?:之|以)?前")
_IN_MONTH = re.compile(r"(?<![\d至—-])\d{1,2}月(?=[^，；。]{0,8}(?:教育月|宣传月|活动月))")
_ROUND = re.compile(r"(?:(\d{1,2})月|第?([一二三四])季度)")


def check(s: Subject) -> None:
    """Tasks whose time was over when the regulation was issued."""
    issued = s.scheme.source.date
    if issued is None:
        return
    late: dict[str, list[Node]] = {}
    settled: list[tuple[Node, str]] = []
    for node in s.leaves:
        own = isinstance(node.how, Checklist) and any(_BY_DATE.search(part) for part in _parts(node))
        if _past(s, node.due, issued) and not own:  # where the parts have dates, the last of them is what ``due`` says
            late.setdefault(node.due, []).append(node)
        elif (named := _BY_DATE.search(node.name) or _IN_MONTH.search(node.name)) and _past(s, named[0], issued):
            late.setdefault(named[0], []).append(node)
        elif dated := [part for part in _parts(node) if (limit := _BY_DATE.search(part)) and _past(s, limit[0], issued)]:
            settled.append((node, f"{s.label(node)}的“{'”“'.join(dated)}”"))
    words = [f"{s.listed(nodes, 4)}（{due}）" for due, nodes in late.items()]
    ends = [f"{'；'.join(words)}，过了时限才完成的怎么计没有写"] if late else []
    ends += [f"{'；'.join(what for _, what in settled)}，得失在印发以前就定了"] if settled else []
    if ends:
        nodes = sorted([*(n for ns in late.values() for n in ns), *(n for n, _ in settled)], key=lambda n: s.place[id(n)])
        s.say("deadline-past", nodes, f"{issued.isoformat()} 印发，{'；'.join(ends)}")
    over: list[tuple[Group, str]] = []
    for group in s.groups:
        gone = [p for p in group.periods if (match := _ROUND.fullmatch(p)) and _end(s.scheme.year, match) < issued]
        if gone:
            span = gone[0] if len(gone) == 1 else f"{gone[0]}至{gone[-1]}"
            over.append((group, f"{s.label(group)}分 {len(group.periods)} 期，其中{span}已经过去"))
    if over:
        s.say("period-past", [g for g, _ in over], f"{issued.isoformat()} 印发，{'；'.join(w for _, w in over)}")


def _parts(node: Indicator) -> list[str]:
    """What an indicator lists one by one."""
    if isinstance(node.how, Checklist):
        return [c.what for c in node.how.items]
    return [v.what for v in node.how.events] if isinstance(node.how, PerEvent) else []


def _past(s: Subject, due: str, day: datetime.date) -> bool:
    """Whether the last of the days and months that a time limit names, such as 2020年6月 or 7月底前, was before a day."""
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", due):
        return datetime.date(*map(int, match.groups())) < day
    named = due.replace("次年", f"{s.scheme.year + 1}年")
    found = re.findall(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?", named)
    days = [_day(int(year or s.scheme.year), int(month), int(at or 31)) for year, month, at in found if 1 <= int(month) <= 12]
    return bool(days) and max(days) < day


def _day(year: int, month: int, day: int) -> datetime.date:
    """A day, or the last of its month where the month is shorter."""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _end(year: int, named: re.Match[str]) -> datetime.date:
    """The last day of a month or a quarter."""
    month = int(named[1]) if named[1] else 3 * ("一二三四".index(named[2]) + 1)
    return _day(year, min(month, 12), 31)
