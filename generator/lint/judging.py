"""How it is judged: where a regulation leaves it to the assessor, asks the same twice, or comes too late."""

from __future__ import annotations

import calendar
import datetime
import difflib
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from generator.evaluation import Evaluation
from generator.exact import Value
from generator.explain import show
from generator.lines import NO, YES, Ask
from generator.lint.subject import Node, Subject, some
from generator.rules.completion import AllOrNothing, Checklist
from generator.rules.events import Deduct, PerEvent
from generator.rules.formula import Formula
from generator.rules.marks import Direct
from generator.scheme import Indicator

LIKE = 0.85
"""From this likeness on, two events may be the same matter."""
_FIGURE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?\s*(?:%|[^\d\s年月日号，、；（）%]{1})")


def check(s: Subject) -> None:
    """Everything about the way of judging."""
    marks(s)
    conditions(s)
    targets(s)
    repeated(s)
    deadlines(s)
    rounding(s)


def marks(s: Subject) -> None:
    """Scores that the assessor simply gives."""
    free: list[Node] = [n for n in s.leaves if isinstance(n.how, Direct)]
    if not free:
        return
    points = sum((s.points(n) for n in free if isinstance(n, Indicator)), Decimal(0))
    figures = [n for n in free if _FIGURE.search(re.sub(r"\d{4}年?度?", "", n.name))]
    detail = s.listed(free) + (f"（{show(points)} 分）" if len(free) == 1 else "")
    if figures:
        example = figures[0].name if len(figures[0].name) < 30 else f"{figures[0].name[:28]}…"
        detail += f"；其中 {len(figures)} 项写了数量或比例（如“{example}”），完成一部分得几分也没有写"
    s.say("direct-judgement", free, detail)


def conditions(s: Subject) -> None:
    """Several conditions, and full points or nothing."""
    found: list[Node] = []
    for node in s.leaves:
        if isinstance(node.how, Formula) and not s.held(node, "periods") and len(node.how.inputs) > 1 and s.points(node):
            outcomes = _outcomes(s, node)
            if outcomes and outcomes == {Decimal(0), s.points(node)}:
                found.append(node)
    if found:
        s.say("partial-credit", found, s.listed(found))


def _outcomes(s: Subject, node: Indicator) -> set[Decimal]:
    """What an indicator comes to over the corners of its inputs; nothing where they are too many to try."""
    lines = s.plan.inputs_of(node.id)
    unit = next((u for u, c in enumerate(s.carries(node)) if c), -1)
    if not lines or unit < 0 or len(lines) > 6 or any(line.shared for line in lines):
        return set()
    choices: list[list[Value]] = []
    for line in lines:
        asked = line.input
        assert asked is not None
        if asked.ask is Ask.CHOICE:
            choices.append(list(asked.options))
        else:
            top = asked.high if isinstance(asked.high, Decimal) else Decimal(1) if asked.percent else Decimal(1000)
            choices.append([asked.low or Decimal(0), Decimal(1) if not asked.percent else top / 2, top])
    found: set[Decimal] = set()
    for filled in itertools.product(*choices):
        inputs = {(line.key, unit): value for line, value in zip(lines, filled, strict=True)}
        value = Evaluation(s.plan, inputs).value(f"{node.id}/得分", unit)
        if not isinstance(value, Decimal):
            return set()
        found.add(value)
    return found if any(YES in c or NO in c for c in choices) else set()


def targets(s: Subject) -> None:
    """Several targets under one score, and figures that are only about."""
    several: list[Node] = []
    about: list[tuple[Node, str]] = []
    for node in s.leaves:
        one = isinstance(node.how, (Direct, AllOrNothing)) or (isinstance(node.how, Formula) and len(node.how.inputs) == 1)
        name = re.sub(r"\d{4}年?度?|“[^”]*”|《[^》]*》", "", node.name)
        parts = [p for p in re.split(r"[，、；,;：:]", name) if _FIGURE.search(p)]
        if one and node.how.scored and len(parts) > 1:
            several.append(node)
        if match := re.search(r"\d+(?:\.\d+)?%?左右", f"{node.name} {node.criteria}"):
            about.append((node, f"{s.label(node)}的“{match[0]}”"))
    if several:
        example = f"（如{s.label(several[0])}）" if len(several) > 1 else ""
        s.say("several-targets", several, f"{s.listed(several)}{example}")
    if about:
        s.say("about-figure", [n for n, _ in about], "；".join(w for _, w in about))


# Twice --------------------------------------------------------------------------------------------------------------


def repeated(s: Subject) -> None:
    """The same rate, event or matter in more than one indicator of the same unit."""
    rates: dict[tuple[str, str], list[Indicator]] = {}
    for node in s.leaves:
        if isinstance(node.how, PerEvent):
            for event in node.how.events:
                if event.by_rate and isinstance(event.short_of, Decimal) and event.measure == "%":
                    rates.setdefault((event.what, str(event.short_of)), []).append(node)
    found: dict[str, int] = {}
    about: dict[int, Node] = {}
    units: dict[str, None] = {}
    for (what, _), nodes in rates.items():
        times = [sum(column) for column in zip(*(s.carries(n) for n in nodes), strict=True)]
        if max(times) > 1:
            found[what] = max(times)
            about.update({id(n): n for n in nodes})
            units.update(dict.fromkeys(name for name, n in zip(s.names, times, strict=True) if n > 1))
    if found:
        most = max(found.values())
        detail = f"“{'”“'.join(list(found)[:4])}”，{some(list(units), 4)}有 {most if most == min(found.values()) else f'2—{most}'} 项都考它"
        s.say("same-measure-twice", sorted(about.values(), key=lambda n: s.place[id(n)]), detail)
    for one, other, what in _same_matters(s):
        s.say("matter-twice", [one, other], what)
    alike = [(one, other) for one, other in _pairs(s) if _like(s, one, other)]
    if alike:
        words = [f"{s.label(one)}和{s.label(other)}{_by(s, one, other)}" for one, other in alike]
        s.say("counted-twice", [n for pair in alike for n in pair], "；".join(words))


def _same_matters(s: Subject) -> Iterator[tuple[Indicator, Indicator, str]]:
    """Neighbouring indicators with several deductions that are all but named alike."""
    for group in s.groups:
        rows = [n for n in group.children if isinstance(n, Indicator) and isinstance(n.how, Deduct)]
        for one, other in itertools.combinations(rows if len(rows) <= 20 else [], 2):
            if not (isinstance(one.how, Deduct) and isinstance(other.how, Deduct) and _both(s, one, other)):
                continue
            pairs = [
                (a.what, b.what)
                for a in one.how.events
                for b in other.how.events
                if a.what != b.what and min(len(a.what), len(b.what)) >= 8 and difflib.SequenceMatcher(None, a.what, b.what).ratio() >= LIKE
            ]
            if len(pairs) > 1:
                words = "、".join(f"“{a}”和“{b}”" for a, b in pairs)
                yield one, other, f"{s.own(one)}与 {s.own(other)}：{words}"


def _pairs(s: Subject) -> list[tuple[Indicator, Indicator]]:
    """Indicators of one unit, with the same assessor."""
    found: dict[tuple[str, str], tuple[Indicator, Indicator]] = {}
    scored = [n for n in s.leaves if n.how.scored and id(n) not in s.bonus and len(n.name) >= 5]
    for unit in range(len(s.names)):
        mine = [n for n in scored if s.carries(n)[unit]]
        for one, other in itertools.combinations(mine, 2):
            found.setdefault((one.id, other.id), (one, other))
    return [(a, b) for a, b in found.values() if a.name != b.name and s.assessor(a) == s.assessor(b)]


def _like(s: Subject, one: Indicator, other: Indicator) -> bool:
    """Names of different groups that differ in one character, or one of which is a part of the other set off by a comma."""
    if len(one.name) == len(other.name) and s.above[id(one)][-1:] != s.above[id(other)][-1:]:
        return sum(a != b for a, b in zip(one.name, other.name, strict=True)) == 1
    short, long = sorted((one.name, other.name), key=len)
    parts = re.split("[，、；：]", long)
    return len(parts) > 1 and any(part.endswith(short) for part in parts)


def _by(s: Subject, one: Indicator, other: Indicator) -> str:
    return f"，都由{s.assessor(one)}考核" if s.assessor(one) else f"（{some(s.units(s.carries(one)), 2)}）"


def _both(s: Subject, one: Indicator, other: Indicator) -> bool:
    return any(x and y for x, y in zip(s.carries(one), s.carries(other), strict=True))


# Time ---------------------------------------------------------------------------------------------------------------


def deadlines(s: Subject) -> None:
    """Tasks whose time was over when the regulation was issued."""
    issued = s.scheme.source.date
    if issued is None:
        return
    late: dict[str, list[Node]] = {}
    for node in s.leaves:
        last = _last_day(node.due, s.scheme.year)
        if last and last < issued and not isinstance(node.how, Checklist):
            late.setdefault(node.due, []).append(node)
    if late:
        words = [f"{s.listed(nodes, 4)}（{due}）" for due, nodes in late.items()]
        nodes = [n for ns in late.values() for n in ns]
        detail = f"{issued.isoformat()} 印发，{'；'.join(words)}，过了时限才完成的怎么计没有写"
        s.say("deadline-past", sorted(nodes, key=lambda n: s.place[id(n)]), detail)


def _last_day(due: str, year: int) -> datetime.date | None:
    """The last day of a time limit that names one day or month, such as 2020年6月 or 7月底前."""
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", due):
        return datetime.date(*map(int, match.groups()))
    found = re.findall(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?", due)
    if len(found) != 1 or not 1 <= int(found[0][1]) <= 12:
        return None
    in_year, month, day = found[0]
    length = calendar.monthrange(int(in_year or year), int(month))[1]
    return datetime.date(int(in_year or year), int(month), min(int(day), length) if day else length)


# Rounding -----------------------------------------------------------------------------------------------------------


def rounding(s: Subject) -> None:
    """How many decimals a score keeps, and how many the regulation's own points have."""
    if not s.plan.scored or "decimals" in s.scheme.model_fields_set:
        return
    points = [s.points(n) for n in s.leaves]
    points += [v.each for n in s.leaves if isinstance(n.how, PerEvent) for v in n.how.events if v.each is not None]
    finest = min((p.normalize() for p in points if p), key=lambda p: (int(p.as_tuple().exponent), p), default=Decimal(0))
    digits = -int(finest.as_tuple().exponent)
    fine = f"；办法里有 {show(finest)} 分，至少要 {digits} 位" if digits > 1 else ""
    s.say("rounding-open", None, f"现取 {s.scheme.decimals} 位，逐项四舍五入{fine}")
