"""Deductions against the points behind them, and where they stop."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from generator.lint.lists import some
from generator.lint.spans import Limit
from generator.lint.subject import Node, Subject
from generator.rules.completion import Checklist, Highest
from generator.rules.events import Deduct, Event, PerEvent
from generator.rules.formula import Formula
from generator.scheme.model import Group, Indicator, walk
from generator.value import Assumed, show

SLIGHT = 40
"""From so many events on that it takes to use the points up, a deduction is called slight."""


def check(s: Subject) -> None:
    """Everything about deductions."""
    left_over(s)
    beyond(s)
    single(s)
    slight(s)
    caps(s)
    floors(s)


# What events cost ---------------------------------------------------------------------------------------------------


def most(event: Event) -> Limit:
    """The most that one event can cost or earn, or None where it can happen any number of times."""
    if event.between is not None:
        return event.between[1]
    if event.at_most is not None:
        return event.at_most
    if event.up_to is not None and event.each is not None:
        return event.each * event.up_to
    if isinstance(event.short_of, Decimal) and event.measure != "%" and event.per and event.each is not None:
        return event.short_of / event.per * event.each
    return None


def together(events: Sequence[Event]) -> Limit:
    """The most that events can cost or earn together, those aside that cost everything."""
    each = [most(v) for v in events if not v.fatal]
    return None if any(m is None for m in each) else sum((m for m in each if m is not None), Decimal(0))


def once(event: Event) -> Decimal:
    """What an event costs when it happens once."""
    if event.between is not None:
        return event.between[1]
    return event.each if event.each is not None and not event.by_rate else Decimal(0)


def events_of(s: Subject, node: Indicator, how: PerEvent) -> list[tuple[list[Event], list[str]]]:
    """The events that can happen to a unit, with the units to which just these can: some are for certain roles or units only."""
    found: dict[tuple[int, ...], list[str]] = {}
    roles = s.scheme.roles_in(node)
    for unit, carries in enumerate(s.carries(node)):
        if carries:
            mine = [
                i
                for i, v in enumerate(how.events)
                if not v.carriers or roles[unit] in v.carriers or any(s.names[unit] in s.named(name) for name in v.carriers)
            ]
            found.setdefault(tuple(mine), []).append(s.names[unit])
    return [([how.events[i] for i in mine], units) for mine, units in found.items()]


def lost(node: Indicator, events: Sequence[Event] | None = None) -> Limit:
    """The most that an indicator can lose, or None where that is not limited. events: those that can happen to a unit."""
    how = node.how
    if isinstance(how, Deduct):
        mine = how.events if events is None else events
        if any(v.fatal for v in mine):
            return None
        whole = together(mine)
        return whole if how.at_most is None else how.at_most if whole is None else min(whole, how.at_most)
    if isinstance(how, Checklist):
        return sum((c.each for c in how.items), Decimal(0))
    return max(c.each for c in how.items) if isinstance(how, Highest) and how.minus else None


# Checks -------------------------------------------------------------------------------------------------------------


def left_over(s: Subject) -> None:
    """Points that no deduction reaches."""
    found: list[tuple[Node, str]] = []

    def add(node: Indicator, least: Decimal, who: str = "") -> None:
        points = s.points(node)
        words = f"写明的最多扣 {show(points - least)} 分，还有 {show(least)} 分怎么扣没有写"
        found.append((node, f"{s.label(node)}{show(points)} 分，{who}{words}"))

    for node in s.leaves:
        points, how = s.points(node), node.how
        if not points or id(node) in s.bonus:
            continue
        if isinstance(how, Deduct):
            sets = events_of(s, node, how)
            for mine, units in sets:
                taken = lost(node, mine)
                if taken is not None and taken < points:
                    add(node, points - taken, f"{some(units, 3)}" if len(sets) > 1 else "")
        elif (taken := lost(node)) is not None and taken < points:
            add(node, points - taken)
        elif isinstance(how, Formula) and "分值" in how.formula:
            spans = s.spans(node)
            if spans and all(span.low is not None and 0 < span.low < points and span.high == points for span in spans):
                add(node, min(span.low for span in spans if span.low is not None))
    if found:
        s.say("points-left-over", [n for n, _ in found], "；".join(words for _, words in found))


def beyond(s: Subject) -> None:
    """Deductions that come to more than the points, counted once each where they can happen often."""
    alike: dict[str, list[Node]] = {}
    for node in s.leaves:
        points, how = s.points(node), node.how
        if isinstance(how, Deduct) and points:
            sets = [(*_beyond(node, mine, points), units) for mine, units in events_of(s, node, how)]
            whole, words, units = max(sets, key=lambda found: found[0], default=(Decimal(0), "", []))
            who = some(units, 3) if len({found[0] for found in sets}) > 1 else ""
            if whole > points:
                alike.setdefault(f" {show(points)} 分，{who}{words}", []).append(node)
        elif isinstance(how, Checklist) and (taken := lost(node)) is not None and taken > points > 0:
            alike.setdefault(f" {show(points)} 分，全缺要扣 {show(taken)} 分", []).append(node)
    for group in s.groups:
        if group.base == "full" and group.points and not group.formula:
            taken_by = [lost(n) if isinstance(n, Indicator) else None for n in group.children]
            whole = sum((v for v in taken_by if v is not None), Decimal(0))
            if all(v is not None for v in taken_by) and whole > group.points:
                alike.setdefault(f" {show(group.points)} 分，最多可扣 {show(whole)} 分", []).append(group)
    if alike:
        entries = sorted(alike.items(), key=lambda entry: s.place[id(entry[1][0])])
        parts = [f"{s.listed(nodes, 4)}{'各' if len(nodes) > 1 else ''}{words}" for words, nodes in entries]
        nodes = [n for _, ns in entries for n in ns]
        s.say("deduction-exceeds", nodes, some(parts, 8, "种", "；"))


def _beyond(node: Indicator, events: list[Event], points: Decimal) -> tuple[Decimal, str]:
    """What a unit's events come to, and how it is said."""
    taken = lost(node, events)
    if taken is not None:
        return taken, f"最多可扣 {show(taken)} 分"
    if len(events) < 2:
        return Decimal(0), ""
    whole = sum((once(v) for v in events), Decimal(0))
    fatal = [v.what for v in events if not v.fatal and not v.by_rate and once(v) == points]
    aside = f"（其中“{some(fatal, 2, '种', '”“')}”一次就扣完）" if fatal and len(fatal) < len(events) and points > 1 else ""
    return whole, f"各扣一次就是 {show(whole)} 分{aside}"


def single(s: Subject) -> None:
    """One event that costs more than the points."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if isinstance(node.how, Deduct) and (worth := s.worth(node)):
            over = [v.what for v in node.how.events if once(v) > worth]
            if over:
                found.append((node, f"{s.label(node)}{show(worth)} 分，“{some(over, 3, '种', '”“')}”一次就扣得更多"))
    if found:
        s.say("single-exceeds", [n for n, _ in found], "；".join(words for _, words in found))


def slight(s: Subject) -> None:
    """Deductions so small that it takes dozens to use the points up."""
    alike: dict[tuple[Decimal, Decimal], list[Indicator]] = {}
    for node in s.leaves:
        how, worth = node.how, s.worth(node)
        if not isinstance(how, Deduct) or not worth or how.at_most is not None:
            continue
        each = [v.each for v in how.events if v.each is not None and not v.by_rate and most(v) is None]
        if len(each) == len(how.events) and max(each) < 1 and worth >= SLIGHT * max(each):
            alike.setdefault((worth, max(each)), []).append(node)
    if alike:
        parts = []
        for (worth, step), nodes in alike.items():
            times = show((worth / step).to_integral_value(ROUND_CEILING))
            parts.append(f"{s.listed(nodes, 4)}{'各' if len(nodes) > 1 else ''} {show(worth)} 分，每次扣 {show(step)} 分，要 {times} 次")
        s.say("deduction-slight", [n for nodes in alike.values() for n in nodes], some(parts, 8, "种", "；"))


def caps(s: Subject) -> None:
    """A limit on some of the events only."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if isinstance(node.how, Deduct) and node.how.at_most is None:
            limited = [v for v in node.how.events if v.at_most is not None]
            free = [v for v in node.how.events if most(v) is None and not v.fatal and not v.by_rate]
            if limited and free:
                limit = show(limited[0].at_most or Decimal(0))
                found.append((node, f"{s.label(node)}只有“{limited[0].what}”写了最多扣 {limit} 分"))
    if found:
        s.say("cap-on-some", [n for n, _ in found], "；".join(words for _, words in found))


def floors(s: Subject) -> None:
    """Where the regulation does not say at what a deduction stops."""
    found: list[Node] = []
    for node in s.nodes:
        if isinstance(node, Group):
            if isinstance(node.at_least, Assumed) and _can_fall(s, node):
                found.append(node)
        elif isinstance(node.how, Deduct) and isinstance(node.how.floor, Assumed):
            taken = [lost(node, mine) for mine, _ in events_of(s, node, node.how)]
            if any(v is None or v > s.points(node) for v in taken):
                found.append(node)
        elif isinstance(node.how, Formula) and isinstance(node.how.at_least, Assumed):
            found.append(node)
    if found:
        s.say("floor-assumed", found, f"{s.listed(found)}，扣分多的时候是扣到 0 分为止还是可以为负，现按扣到 0 分为止")


def _can_fall(s: Subject, group: Group) -> bool:
    """Whether something in a group goes below zero by itself."""
    leaves = [n for n in walk(group) if isinstance(n, Indicator)]
    return any(span.low is None or span.low < 0 for n in leaves for span in s.spans(n))
