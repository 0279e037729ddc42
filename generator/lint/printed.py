"""What is printed beside an indicator against the rule that counts: figures and measures that are not the same in both."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pydantic import BaseModel

from generator.lines.accepts import thing_counted
from generator.lint.lists import some
from generator.lint.subject import Node, Subject, shown
from generator.lint.words import of_text, parts
from generator.rules.banded import Situations
from generator.rules.completion import AllOrNothing, Checklist, Highest
from generator.rules.events import Event, PerEvent
from generator.rules.formula import Formula
from generator.rules.ratio import Ratio
from generator.scheme.model import Group, Indicator, walk
from generator.value import Percent, show

_POINTS = re.compile(r"(?<![\d.〔—－-])(\d+(?:\.\d+)?)(?:[—－-](\d+(?:\.\d+)?))?分(?![钟类别析管级期])")
"""Points as they are printed: 扣0.5分, 扣1—3分."""
_SHARES = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)%")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ALL = re.compile("不得分|扣完|为0|得0分|全扣|不计分")
"""How a text says that nothing is left, without a figure."""
_TOGETHER = re.compile("合计|合用|共|该项|本项|大项")
"""How a criterion speaks of the points of the group that it stands in."""
_OR_NOTHING = re.compile("否则|不得分")
_EXACT = (PerEvent, AllOrNothing, Situations, Checklist, Highest, Formula, Ratio)
"""The rules whose figures are known to the last one."""
_MEASURE = "天|日|周|月|季度|年|项|件|起|个|条|篇|家|户|人|名|例|处|次|期|笔|场|份|幅|座|辆|批"
_EACH = re.compile(rf"每[^，；。、（）每\d]{{0,6}}?(?:一|1)?({_MEASURE})|(?:(?<![第同\d.])1|(?<![第同十])一)({_MEASURE})")
"""What points are for each of: 每件, 每发现一处, 缺1次, 一起."""
_LEVEL = re.compile(r"(?<![\d.])(\d+[^\d，；。、]{1,2}[市省县区]级)(以上)?")
"""So many of a level, and whether those above it are among them."""
NEAR = 18
"""So many characters before its points a measure is looked for."""


def check(s: Subject) -> None:
    """Everything about what is printed and what is counted."""
    figures(s)
    measures(s)


# Figures ------------------------------------------------------------------------------------------------------------


def figures(s: Subject) -> None:
    """Points and percentages in a criterion that its rule does not have, and the other way round."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if node.criteria and isinstance(node.how, _EXACT) and not node.how.imports():
            if whole := _twice_whole(s, node):
                found.append(
                    (node, f"{s.label(node)}计分办法里有 {whole} 处各得 {show(s.points(node))} 分，分值只有 {show(s.points(node))} 分")
                )
            elif unused := list(dict.fromkeys(_unused(s, node))):
                found.append((node, f"{s.label(node)}计分办法里写的“{'”“'.join(unused)}”，分值和计分规则里没有这个数"))
            elif unsaid := list(dict.fromkeys(_unsaid(s, node))):
                found.append((node, f"{s.label(node)}规则里的{'、'.join(unsaid)}，计分办法里没有这个数"))
        if words := _two_levels(of_text(node.criteria)):
            found.append((node, f"{s.label(node)}一处写“{words}”，一处写“{words}以上”"))
    found += _scored_twice(s)
    if found:
        s.say("figures-differ", [n for n, _ in found], some([w for _, w in found], 8, "项", "；"))


def _two_levels(text: str) -> str:
    """A number of things of a level that a criterion has also with those above it."""
    found: dict[str, set[str]] = {}
    for words, above in _LEVEL.findall(text):
        found.setdefault(words, set()).add(above)
    return next((words for words, said in found.items() if len(said) > 1), "")


def _scored_twice(s: Subject) -> Iterator[tuple[Node, str]]:
    """Items of one name in two parts that each score the same units in full, and that are worth more in one than in the other."""
    whole = [g for g in s.scheme.indicators if isinstance(g, Group) and g.points]
    for one, other in itertools.combinations(whole, 2):
        if one.points != other.points:
            continue
        named = {n.name: n for n in walk(one) if n is not one}
        for second in (n for n in walk(other) if n is not other and n.name in named):
            first = named[second.name]
            here, there = _points(first), _points(second)
            if here and there and here != there and any(a and b for a, b in zip(_for(s, first), _for(s, second), strict=True)):
                yield second, f"“{second.name}”{s.own(first)}是 {show(here)} 分，{s.own(second)}是 {show(there)} 分"


def _points(node: Node) -> Decimal | None:
    """What a node is worth, where that is one figure."""
    return node.points if isinstance(node.points, Decimal) else None


def _for(s: Subject, node: Node) -> Sequence[bool]:
    """For each unit, whether a node is for it."""
    own = s.carries(node) if isinstance(node, Indicator) else s.scheme.carriers_of(node)
    return [a and b for a, b in zip(s.around(node), own, strict=True)]


def _held(value: object, found: set[Decimal]) -> None:
    """The numbers in a model, those in its words too."""
    if isinstance(value, Decimal):
        found.add(abs(Decimal(value)))
    elif isinstance(value, int) and not isinstance(value, bool):
        found.add(Decimal(value))
    elif isinstance(value, str):
        found.update(d for n in _NUMBER.findall(value) for d in (Decimal(n), Decimal(n) / 100))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _held(getattr(value, name), found)
    elif isinstance(value, dict):
        for key, below in value.items():
            _held(key, found)
            _held(below, found)
    elif isinstance(value, (list, tuple)):
        for below in value:
            _held(below, found)


def _known(s: Subject, node: Indicator) -> set[Decimal]:
    """Every figure that an indicator has, and those around it that its rule can use."""
    known: set[Decimal] = {Decimal(0), Decimal(1)}
    values: list[object] = [node.points, node.how, node.name, node.due, s.scheme.full_marks, s.scheme.roles]
    groups = s.above[id(node)]
    if not s.points(node) or _TOGETHER.search(node.criteria):
        values += [group.points for group in groups]
    for group in groups:
        values += [group.at_most, group.at_least]
    if isinstance(node.how, Formula):
        values += [s.scheme.figures, s.scheme.bands, [q.formula for q in s.scheme.quantities.values()]]
        for group in groups:
            values += [group.figures, group.bands, group.quantities, group.period_figures]
        for figures in (node.how.figures, s.scheme.figures):
            known |= {one + other for one, other in itertools.combinations([f for f in figures.values() if isinstance(f, Decimal)], 2)}
    for value in values:
        _held(value, known)
    return known


def _twice_whole(s: Subject, node: Indicator) -> int:
    """How many sentences of a criterion give all the points, or none, each by itself; 0 where not more than one does."""
    amount = re.compile(rf"(?<![\d.扣减]){re.escape(show(s.points(node)))}分")
    full = [part for part in parts(node.criteria) if s.points(node) and _OR_NOTHING.search(part) and amount.search(part)]
    return len(full) if len(full) > 1 and not isinstance(node.points, list) and not isinstance(node.carriers, dict) else 0


def _unused(s: Subject, node: Indicator) -> Iterator[str]:
    """What a criterion prints and its rule does not know."""
    text = of_text(node.criteria)
    known = _known(s, node)
    for match in _POINTS.finditer(text):
        if any(n is not None and Decimal(n) not in known for n in match.groups()):
            yield match[0]
    if not any(isinstance(v, Percent) for v in _percents(node)):
        return
    for match in _SHARES.finditer(text):
        if Decimal(match[1]) / 100 not in known:
            yield match[0]


def _percents(node: Indicator) -> list[Decimal]:
    """The percentages that a rule compares with: those of its events, its figures and its tables."""
    how = node.how
    found: list[Decimal | None] = []
    if isinstance(how, PerEvent):
        found += [limit if isinstance(limit, Decimal) else None for v in how.events for limit in (v.short_of, v.beyond)]
    elif isinstance(how, Formula):
        found += [f for f in how.figures.values() if isinstance(f, Decimal)]
        found += [limit for table in how.bands.values() for band in table.bands for limit in (band.lower, band.upper)]
    return [f for f in found if f is not None]


def _unsaid(s: Subject, node: Indicator) -> Iterator[str]:
    """What a rule takes or gives for one thing and its criterion, which names points for others, does not print."""
    text = of_text(node.criteria)
    if not _POINTS.search(text):
        return
    printed: set[Decimal] = {s.points(node)} if _ALL.search(text) else set()
    printed |= {group.points for group in s.above[id(node)] if group.points is not None} if _ALL.search(text) else set()
    _held(text, printed)
    printed |= {Decimal(n) for word, n in _NUMERALS.items() if word in text}
    for what, amount in _amounts(node):
        if amount not in printed and amount:
            yield f"“{what}”{show(amount)} 分"


def _amounts(node: Indicator) -> Iterator[tuple[str, Decimal]]:
    """What a rule gives or takes for each thing that it names."""
    how = node.how
    if isinstance(how, PerEvent):
        for event in how.events:
            yield from ((event.what, amount) for amount in (event.each, *(event.between or ())) if amount is not None)
    elif isinstance(how, Situations):
        yield from how.situations.items()
    elif isinstance(how, (Checklist, Highest)):
        yield from ((item.what, item.each) for item in how.items)


# Measures -----------------------------------------------------------------------------------------------------------


def measures(s: Subject) -> None:
    """So much for each case in a criterion, where the rule counts something else: 每件 beside 每次."""
    alike: dict[str, list[Node]] = {}
    for node in s.leaves:
        if node.criteria and isinstance(node.how, PerEvent):
            words = [w for event in node.how.events if event.each is not None and not event.by_rate and (w := _unlike(node, event))]
            if words:
                alike.setdefault("、".join(dict.fromkeys(words)), []).append(node)
    if alike:
        nodes = sorted((n for ns in alike.values() for n in ns), key=lambda n: s.place[id(n)])
        s.say("measure-differs", nodes, some([f"{s.listed(ns)}{words}" for words, ns in alike.items()], 8, "种", "；"))


def _unlike(node: Indicator, event: Event) -> str:
    """How a criterion and an event differ in what they count; '' where they do not, or nothing is counted."""
    sentence = _sentence(node, event)
    named = [a or b for a, b in _EACH.findall(sentence)]
    counted = event.counted or "次"
    if (
        not named or event.up_to == 1 or named[-1] in counted or f"{named[-1]}{thing_counted(counted)}" in sentence
    ):  # 每少一个镇 beside 少一镇
        return ""
    return f"计分办法按{named[-1]}计，规则按{counted}计（“{event.what}”）"


def _sentence(node: Indicator, event: Event) -> str:
    """The part of a criterion in which an event's points are; '' where it cannot be told."""
    assert event.each is not None
    amount = re.compile(rf"(?<![\d.]){re.escape(shown(event.each))}分")
    there: list[str] = []
    for part in parts(node.criteria):
        before = 0
        for match in _POINTS.finditer(part):
            if amount.match(part, match.start()):
                there.append(part[max(before, match.start() - NEAR) : match.end()])
            before = match.end()
    if len(there) < 2:
        return next(iter(there), "")
    likeness = sorted(((len(set(event.what) & set(part)), part) for part in there), reverse=True)
    return likeness[0][1] if likeness[0][0] > likeness[1][0] else ""
