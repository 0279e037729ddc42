"""Additions: points that are earned by events, awarded freely or capped, and formulas that come to more than the points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generator.lint.deductions import together
from generator.lint.spans import Limit, Span
from generator.lint.subject import Node, Subject, trees
from generator.rules.completion import Checklist, Highest
from generator.rules.events import Add, Award, Deduct, PerEvent
from generator.rules.formula import Formula
from generator.rules.ratio import Ratio
from generator.scheme.model import Group, Indicator, Note
from generator.scheme.parts import Reading
from generator.tree import expression as e
from generator.value import show

_LUCK = re.compile("荣誉|表扬|表彰|奖|推广|报道|批示|采用|肯定|示范|会议")
"""What a unit earns points by when others take notice of it."""
_SAME = re.compile("(?:内容|事项|问题|事件|案件|稿件|对象)(?:完全|基本)?(?:相同|一致)")
"""How a regulation says what makes two matters one."""
_AMONG = re.compile(r"^if\(.+, 1, 0\)$")
"""Whether a unit is among some, and nothing more."""


def check(s: Subject) -> None:
    """Everything about additions."""
    by_events(s)
    open_amounts(s)
    same_matter(s)
    unreachable(s)
    capped(s)


def by_events(s: Subject) -> None:
    """Points that are earned by events within the full marks, and additions where nearly all else deducts."""
    earned = [n for n in s.leaves if id(n) not in s.bonus and s.points(n) and _by_luck(s, n)]
    if earned:
        parts = [f"{s.label(n)}{show(s.points(n))} 分在满分之内" for n in earned]
        s.say("earned-only-by-events", earned, f"{'；'.join(parts)}，没有这些情形的单位这一项得 0 分")
    inside = [n for n in s.leaves if id(n) not in s.bonus and n.how.scored and s.points(n)]
    down = [n for n in inside if isinstance(n.how, (Deduct, Checklist)) or (isinstance(n.how, Highest) and n.how.minus)]
    up = [n for n in inside if n not in earned and _adds(s, n)]
    if up and len(down) > len(inside) / 2:
        s.say("adds-among-deductions", up, s.listed(up))


def open_amounts(s: Subject) -> None:
    """Points that are awarded freely, and units that are to get or lose points of which nothing is said."""
    amounts: list[tuple[Node, str]] = []
    for node in s.leaves:
        if isinstance(node.how, Award):
            amounts.append((node, f"{s.label(node)}只写了最多加 {show(node.how.at_most)} 分"))
        elif isinstance(node.how, Formula):
            names = [name for name, a in node.how.inputs.items() if a.ask == "amount"]
            amounts += [(node, f"{s.label(node)}的“{'”“'.join(names)}”")] if names else []
        elif isinstance(node.how, PerEvent):
            names = [v.what for v in node.how.events if v.between is not None and v.between[0] == 0]
            amounts += [(node, f"{s.label(node)}的“{'”“'.join(names)}”")] if names else []
    listed = [name for name, q in s.scheme.quantities.items() if re.search("加分|扣分", name) and _AMONG.match(q.formula)]
    words = [w for _, w in amounts] + [f"“{name}”只看得出是哪几个单位" for name in listed]
    if words:
        s.say("amount-open", [n for n, _ in amounts] or None, "；".join(words))


def same_matter(s: Subject) -> None:
    """Events of which only the highest counts for one matter, where nothing says what makes two matters one."""
    once = [n for n in s.leaves if isinstance(n.how, PerEvent) and n.how.same_matter == "highest"]
    noted = {note.at for note in s.scheme.notes if says_what_is_the_same(note)}
    clear = {n.name for n in once if s.own(n) in noted or _SAME.search(n.criteria)}
    same = [n for n in once if n.name not in clear]
    if same:
        s.say("same-matter", same, s.listed(same))


def unreachable(s: Subject) -> None:
    """Caps that lie above all there is to be earned."""
    for node in s.leaves:
        if isinstance(node.how, PerEvent):
            for detail in _never_reached(s, node, node.how):
                s.say("cap-unreachable", node, detail)
    for group in s.groups:
        if group.at_most is None or group.formula:
            continue
        high = _sum_of_children(s, group)
        if high is not None and high < group.at_most:
            s.say("cap-unreachable", group, f"{s.label(group)}最高 {show(group.at_most)} 分，下面各项加起来最多 {show(high)} 分")


def _never_reached(s: Subject, node: Indicator, how: PerEvent) -> Iterator[str]:
    """The caps of an indicator and of its events that nothing reaches, in words."""
    whole = together(how.events)
    if how.at_most is not None and whole is not None and whole < how.at_most:
        yield f"{s.label(node)}合计最多 {show(how.at_most)} 分，各情形加起来最多 {show(whole)} 分"
    for event in how.events:
        times = event.each * event.up_to if event.each is not None and event.up_to is not None else None
        if event.at_most is not None and times is not None and times < event.at_most:
            yield f"{s.label(node)}“{event.what}”最多 {show(event.at_most)} 分，{event.up_to} 次只有 {show(times)} 分"


def _by_luck(s: Subject, node: Indicator) -> bool:
    """Whether points are only for what may or may not happen to a unit."""
    how = node.how
    if isinstance(how, Formula):
        events = [name for name, asked in how.inputs.items() if asked.ask == "events"]
        others = [asked for asked in how.inputs.values() if asked.ask not in ("events", "amount", "quantity")]
        never_less = all(span.low is not None and span.low >= 0 for span in s.spans(node))
        return len(events) > 1 and not others and never_less and _adds(s, node)
    return isinstance(how, Add) and not _measured(how)


def _measured(how: Add) -> bool:
    """Whether it counts how much was done (个领域, 项制度) and not what may or may not happen to a unit (次, 起, praise)."""
    return all(event.counted not in ("", "起") and not _LUCK.search(event.what) for event in how.events)


def says_what_is_the_same(note: Note | Reading) -> bool:
    """Whether a note tells the text's own words for what makes two matters one, so that only the rest of it is open."""
    return isinstance(note, Note) and note.answers == "same-matter" and bool(_SAME.search(note.reading))


def _sum_of_children(s: Subject, group: Group) -> Limit:
    """The most that a group's parts give anybody together."""
    highs: list[Decimal] = []
    for unit in range(len(s.names)):
        spans = [
            span
            for n in group.children
            if isinstance(n, Indicator)
            for key in [s.plan.scores.get(n.id)]
            if key and (span := s.bounds.cell(key, unit))
        ]
        if any(isinstance(n, Group) for n in group.children) or any(span.high is None for span in spans):
            return None
        highs.append(
            sum((span.high for span in spans if span.high is not None), group.points or Decimal(0) if group.base == "full" else Decimal(0))
        )
    return max(highs, default=None)


def _adds(s: Subject, node: Indicator) -> bool:
    """Whether an indicator starts from nothing and counts up."""
    how = node.how
    if isinstance(how, Formula):
        counted = any(a.ask in ("events", "yes_no") for a in how.inputs.values())
        tree = _raw(s, node)
        return counted and tree is not None and not _from_points(tree) and not any("分值" in q.formula for q in how.quantities.values())
    return isinstance(how, (Add, Award)) or (isinstance(how, Highest) and not how.minus)


def _from_points(tree: e.Expression) -> bool:
    """Whether the points stand in a formula otherwise than as its cap."""
    if isinstance(tree, e.Fold) and tree.how == "min":
        return False
    if isinstance(tree, (e.Fixed, e.Cell)) and (getattr(tree, "column", "") == "points" or tree.line.endswith("/分值")):
        return True
    return any(_from_points(child) for child in e.children(tree))


_RATE = re.compile("完成率|完成比例")
"""Rates of what was done of what was set, which can be beyond 100%."""
_CAPPED = re.compile("^[^（]*(?:得满分|为满分|封顶|最多|最高)")
"""How a text says, outside what is put in brackets beside it, that no more than the points is given."""


def capped(s: Subject) -> None:
    """Formulas that come to more than the points."""
    open_cap: list[Indicator] = []
    over: list[tuple[Indicator, str]] = []
    for node in s.leaves:
        how = node.how
        if (
            isinstance(how, Ratio)
            and how.target == 1
            and how.highest is None
            and _RATE.search(how.actual)
            and not _CAPPED.search(node.criteria)
        ):
            open_cap.append(node)
        if not isinstance(how, Formula) or how.at_most != "points" or not s.points(node):
            continue
        raw = _before_cap(s, node)
        if raw is None or "at_most" in how.model_fields_set:
            continue
        if raw.high is None or _held_at_whole(s, node) or (raw.high > s.points(node) and _of_target(s, node)):
            open_cap.append(node)
        elif raw.high > s.points(node):
            over.append((node, f"{s.label(node)}{show(s.points(node))} 分，算出来最多 {show(raw.high)} 分，超过的现在不计"))
    if open_cap:
        s.say("cap-assumed", open_cap, f"{s.listed(open_cap)}按比例计分，完成数超过计算基数时得分超过分值，现按分值封顶")
    if over:
        s.say("over-points", [n for n, _ in over], "；".join(w for _, w in over))


def _of_target(s: Subject, node: Indicator) -> bool:
    """Whether a score is in proportion to a target that stands in the scheme."""
    made = s.made_of(s.plan.lines[s.keys(node)[0]])
    quotients = [n for line in made for n in trees(line.formula) if isinstance(n, e.Binary) and n.operator == "/"]
    return any(isinstance(n.right, e.Fixed) for n in quotients)


def _held_at_whole(s: Subject, node: Indicator) -> bool:
    """Whether the scheme itself holds a rate without an end at 100%, where the text may not say so."""
    tree = _raw(s, node)
    unit = next((u for u, c in enumerate(s.carries(node)) if c), -1)
    held = [n for n in trees(tree) if isinstance(n, e.Fold) and n.how == "min" and any(p == e.Number(Decimal(1)) for p in n.over)]
    return any((span := s.meant.of(p, unit)) is not None and span.high is None for n in held for p in n.over)


def _raw(s: Subject, node: Indicator) -> e.Expression | None:
    """A formula before it is held at the points."""
    keys = s.keys(node)
    return next((n.value for key in keys for n in trees(s.plan.lines[key].formula) if isinstance(n, e.Clamp)), None)


def _before_cap(s: Subject, node: Indicator) -> Span | None:
    """The widest span that a formula has for anybody before it is held at the points."""
    tree = _raw(s, node)
    spans = [s.meant.of(tree, unit) for unit, carries in enumerate(s.carries(node)) if carries] if tree is not None else []
    there = [span for span in spans if span is not None]
    if not there or any(span.high is None for span in there):
        return next(iter([span for span in there if span.high is None]), None)
    return max(there, key=lambda span: span.high or Decimal(0))
