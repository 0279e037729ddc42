"""Points: whether they add up, what can be reached, deducted and added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator import expression as e
from generator.elements import EVERYBODY
from generator.explain import show
from generator.figures import Assumed
from generator.keys import RANK, TOTAL
from generator.lint.bounds import Span
from generator.lint.subject import Node, Subject, some
from generator.rules.completion import Checklist, Highest
from generator.rules.duty import Duty
from generator.rules.events import Add, Award, Deduct, Event, PerEvent
from generator.rules.formula import Formula
from generator.scheme import Group, Indicator, WrongSum, walk, wrong_sums

Limit = Decimal | None
SLIGHT = 40
"""From so many events on that it takes to use the points up, a deduction is called slight."""


def check(s: Subject) -> None:
    """Everything about points."""
    counts(s)
    sums(s)
    duties(s)
    reach(s)
    uneven(s)
    shared(s)
    deductions(s)
    floors(s)
    additions(s)
    capped(s)


# Sums ---------------------------------------------------------------------------------------------------------------


def counts(s: Subject) -> None:
    """Numbers of units or parts that the regulation names."""
    scheme = s.scheme
    places = {*scheme.groups, *scheme.sets, *s.names}
    for count in scheme.counts:
        if set(count.of) <= places:
            there, what = sum(scheme.members(count.of)), "名单里"
        else:
            groups = [g for g in s.groups if {g.id, g.name} & set(count.of)]
            there, what = sum(len(g.children) for g in groups), "细则里"
        if there != count.says:
            unit = count.what or "个"
            s.say("count-differs", None, f"写的是 {count.says} {unit}，{what}是 {there} 个", clause=count.clause, first=True)
    if scheme.unlisted:
        who = "各单位" if EVERYBODY in scheme.unlisted else f"“{'”“'.join(scheme.unlisted)}”"
        compared = sorted({line.label for line in s.plan.lines.values() if _looks_at_group(line.formula)} - {"位次", "位次占比"})
        why = (
            f"{'、'.join(compared[:3])}按组比较，分组不清结果就不同"
            if compared and len(scheme.groups) > 1
            else "谁要考核、按什么分组，要有名单"
        )
        s.say("units-unlisted", None, f"{who}用的是代称。{why}", first=True)


def _looks_at_group(tree: e.Expression | None) -> bool:
    return tree is not None and any(isinstance(n, e.Row) and n.own_group for n in e.walk(tree))


def sums(s: Subject) -> None:
    """Points that do not add up, at every level."""
    inside: list[Group] = []
    words: list[str] = []
    for wrong in wrong_sums(s.scheme):
        if wrong.node is None and (wrong.total == wrong.stated or not wrong.everywhere):
            continue  # what some units cannot reach is said elsewhere
        what = s.label(wrong.node) if wrong.node else "满分"
        stated = f"{what}写的是 {show(wrong.stated)} 分"
        if wrong.everywhere:
            alone = set(wrong.by_unit.values()) != {wrong.total}
            by_unit = f"（按各单位承担的加，{_by_sum(s, wrong)}）" if alone else ""
            words.append(f"{stated}，下面各项的分值加起来是 {show(wrong.total)} 分{by_unit}")
        else:
            words.append(f"{stated}，下面各项加起来，{_by_sum(s, wrong)}")
        inside += [wrong.node] if wrong.node else []
    if words:
        scaled = any(g.rescale for node in inside for g in s.above[id(node)])
        end = "。折算时用哪个数作分母，结果不同" if scaled else ""
        s.say("sum-differs", inside or None, "；".join(words) + end)


def _by_sum(s: Subject, wrong: WrongSum) -> str:
    by_sum: dict[Decimal, list[str]] = {}
    for unit, value in wrong.by_unit.items():
        by_sum.setdefault(value, []).append(s.names[unit])
    parts = [f"{some(units, 2)}是 {show(value)} 分" for value, units in sorted(by_sum.items(), key=lambda p: -p[0])]
    return "、".join(parts[:4])


def duties(s: Subject) -> None:
    """A list of duties without any points."""
    listed = [n for n in s.leaves if isinstance(n.how, Duty)]
    if not listed:
        return
    each = [sum(column) for column in zip(*(s.carries(n) for n in listed), strict=True)]
    least, most = min(each), max(each)
    detail = f"{len(listed)} 项职责都没有分值，做到一部分怎么计也没有写"
    if least != most:
        fewest, longest = ([name for name, n in zip(s.names, each, strict=True) if n == k] for k in (least, most))
        detail += f"。各单位的项数不同，最少 {least} 项（{some(fewest, 3)}），最多 {most} 项（{some(longest, 3)}），不能每项平均给分"
    s.say("points-missing", listed, detail)
    by_name: dict[str, list[Indicator]] = {}
    for node in listed:
        by_name.setdefault(node.name, []).append(node)
    for group in s.groups:
        parts = [c for c in group.children if isinstance(c, Group)]
        for name, nodes in by_name.items():
            if len(parts) > 2 and all(any(n is c for c in p.children for n in nodes) for p in parts):
                s.say("item-repeated", nodes, f"“{name}”在{s.label(group)}下面 {len(parts)} 个部分里各写了一次")


# What can be reached ------------------------------------------------------------------------------------------------


def reach(s: Subject) -> None:
    """The full marks: who cannot reach them, who can go beyond, who can fall below zero."""
    full = s.scheme.full_marks
    if full is None or TOTAL not in s.plan.lines:
        return
    spans = {name: span for unit, name in enumerate(s.names) if (span := s.bounds.total(TOTAL, unit)) is not None}
    short: dict[Decimal, list[str]] = {}
    for name, span in spans.items():
        if span.high is not None and span.high < full:
            short.setdefault(span.high, []).append(name)
    if short:
        parts = [
            f"{'所有单位' if len(units) == len(s.names) else some(units, 4)}最多 {show(most)} 分"
            for most, units in sorted(short.items(), reverse=True)
        ]
        s.say("points-out-of-reach", None, f"满分 {show(full)} 分，{'；'.join(parts)}，与别的单位不能直接比")
    if s.scheme.roles and not any(isinstance(n, e.Rank) for line in s.plan.lines.values() if line.key != RANK for n in _walk(line.formula)):
        due_of_units(s)
    unlimited = [n for n in s.leaves if _gives_without_limit(s, n)]
    highs = [span.high for span in spans.values()]
    if unlimited and any(high is None for high in highs):
        s.say("cap-missing", unlimited, f"{s.listed(unlimited)}，总分也就没有上限（满分 {show(full)} 分）")
    elif not any(high is None for high in highs) and (most := max((h for h in highs if h is not None), default=full)) > full:
        s.say("total-exceeds", s.scheme.bonus, f"满分 {show(full)} 分，加分后最多可以到 {show(most)} 分")
    if any(span.low is None or span.low < 0 for span in spans.values()):
        below = [n for n in s.leaves if _takes_without_limit(s, n)]
        if below:
            s.say("floor-missing", below, f"{s.listed(below)}扣分没有下限，总分也就没有下限")
            return
        beyond: list[tuple[Node, Decimal]] = [(g, -g.at_least) for g in s.groups if g.at_least is not None and g.at_least < 0]
        beyond += [(n, -least) for n in s.leaves if (least := _below_zero(s, n)) is not None]
        if beyond:
            words = "、".join(f"{s.label(n)}最多扣 {show(most)} 分" for n, most in beyond)
            s.say("floor-missing", [n for n, _ in beyond], f"{words}，不在分值之内，别的得分少时总分低于 0")


def _walk(tree: e.Expression | None) -> Iterator[e.Expression]:
    return e.walk(tree) if tree is not None else iter(())


def due_of_units(s: Subject) -> None:
    """Where nothing but the total counts, what everybody could earn at most must be alike."""
    due = [Decimal(0)] * len(s.names)
    for node in s.leaves:
        if id(node) in s.bonus or not node.how.scored:
            continue
        for unit, (carries, role) in enumerate(zip(s.carries(node), s.scheme.roles_in(node), strict=True)):
            due[unit] += s.points(node) * s.scheme.roles.get(role, Decimal(1)) if carries else 0
    some_due = {name: d for name, d in zip(s.names, due, strict=True) if d}
    if some_due and max(some_due.values()) > 2 * min(some_due.values()):
        least, most = min(some_due, key=lambda n: some_due[n]), max(some_due, key=lambda n: some_due[n])
        detail = f"分值乘系数合计，{least}只有 {show(some_due[least])} 分，{most}有 {show(some_due[most])} 分，不换算就没法比"
        s.say("due-uneven", None, detail)


def _gives_without_limit(s: Subject, node: Indicator) -> bool:
    if s.held(node, "at_most"):
        return False
    if isinstance(node.how, Add):
        return node.how.at_most is None and _together(node.how.events) is None
    return (
        isinstance(node.how, Formula)
        and node.how.at_most is None
        and any(a.ask == "amount" for a in node.how.inputs.values())
        and any(span.high is None for span in _spans(s, node))
    )


def _takes_without_limit(s: Subject, node: Indicator) -> bool:
    if s.held(node, "at_least"):
        return False
    if isinstance(node.how, Deduct):
        return node.how.floor is None and node.how.at_most is None and _together(node.how.events) is None
    return _counts(s, node) and any(span.low is None for span in _spans(s, node))


def _below_zero(s: Subject, node: Indicator) -> Limit:
    """The least that an indicator beside the points can come to, or None where that is not below zero."""
    if s.held(node, "at_least") or not (isinstance(node.how, Deduct) or (isinstance(node.how, Formula) and not s.points(node))):
        return None
    lows = [span.low for span in _spans(s, node) if span.low is not None and span.low < 0]
    return min(lows, default=None)


def _counts(s: Subject, node: Indicator) -> bool:
    """Whether a formula without a floor counts events, or takes away what somebody decides."""
    how = node.how
    if not isinstance(how, Formula) or how.at_least is not None:
        return False
    named = {**s.scheme.inputs, **{n: a for g in s.above[id(node)] for n, a in g.inputs.items()}, **how.inputs}
    quantities = {**s.scheme.quantities, **{n: q for g in s.above[id(node)] for n, q in g.quantities.items()}, **how.quantities}
    text = how.formula
    for _ in range(3):
        text += "".join(q.formula for name, q in quantities.items() if name in text)
    return any(a.ask in ("events", "amount") for name, a in named.items() if name in text)


def _spans(s: Subject, node: Indicator) -> list[Span]:
    """What an indicator can give each unit, in every period."""
    keys = [k for owner, k in s.plan.scores.items() if owner.partition("@")[0] == node.id]
    found = [s.bounds.cell(key, unit) for key in keys for unit, carries in enumerate(s.carries(node)) if carries]
    return [span for span in found if span is not None]


def uneven(s: Subject) -> None:
    """Points that differ for one thing, that hang on one thing, or that others earn."""
    by_name: dict[str, list[Indicator]] = {}
    for node in s.leaves:
        if s.points(node) and not isinstance(node.points, list):
            by_name.setdefault(node.name, []).append(node)
    unlike: list[tuple[list[Indicator], str]] = []
    for name, nodes in by_name.items():
        by_points: dict[Decimal, list[Indicator]] = {}
        for node in nodes:
            by_points.setdefault(s.points(node), []).append(node)
        usual = max(by_points, key=lambda p: len(by_points[p]))
        carried = [sum(column) for column in zip(*(s.carries(n) for n in nodes), strict=True)]
        if len(by_points) < 2 or 3 * len(by_points[usual]) < 2 * len(nodes) or max(carried) > 1:
            continue
        parts = [f"{some([_who(s, n) for n in ns], 3)} {show(p)} 分" for p, ns in sorted(by_points.items()) if p != usual]
        unlike.append(([n for p, ns in by_points.items() if p != usual for n in ns], f"“{name}”多数 {show(usual)} 分，{'，'.join(parts)}"))
    if unlike:
        s.say("points-uneven", [n for nodes, _ in unlike for n in nodes], "；".join(words for _, words in unlike))
    if s.scheme.formula:
        return
    heavy: dict[int, tuple[Indicator, Decimal, Decimal]] = {}
    for unit in range(len(s.names)):
        worth = [(s.points(n), n) for n in s.leaves if id(n) not in s.bonus and n.how.scored and s.carries(n)[unit]]
        whole = sum((p for p, _ in worth), Decimal(0))
        top = max(worth, key=lambda w: w[0], default=None)
        if top and whole and top[0] * 2 > whole:
            heavy[unit] = (top[1], top[0], whole)
    if heavy and len(heavy) < len(s.names):
        parts = [f"{s.names[unit]} {show(whole)} 分里 {show(points)} 分是{s.label(node)}" for unit, (node, points, whole) in heavy.items()]
        more = f"等 {len(parts)} 个单位" if len(parts) > 8 else ""
        s.say("share-uneven", [node for node, _, _ in heavy.values()], "；".join(parts[:8]) + more)


def _who(s: Subject, node: Indicator) -> str:
    units = s.units(s.carries(node))
    return units[0] if len(units) == 1 else s.own(node)


def shared(s: Subject) -> None:
    """Rows without points of their own, and points that come from the average of others."""
    together: list[str] = []
    about: list[Node] = []
    for group in s.groups:
        rows = [
            c
            for c in group.children
            if isinstance(c, Indicator) and c.how.scored and not s.points(c) and not isinstance(c.how, (Add, Award))
        ]
        if len(rows) < 2 or id(group) in s.bonus:
            continue
        whole = group.points or sum((s.points(n) for n in walk(group) if isinstance(n, Indicator)), Decimal(0)) or group.at_most
        together.append(
            f"{'、'.join(s.own(r) for r in rows)}合用{s.label(group)}的 {show(whole)} 分"
            if whole
            else f"{'、'.join(s.own(r) for r in rows)}分值是 0，从总分里扣"
        )
        about.append(group)
    if about:
        s.say("rows-share-points", about, "；".join(together))
    for top in s.scheme.indicators:
        if not isinstance(top, Group) or not top.points:
            continue
        group, whole = top, top.points
        borrowed = [Decimal(0)] * len(s.names)
        for node in walk(group):
            if isinstance(node, Indicator) and node.no_task == "average":
                borrowed = [b + (0 if c else s.points(node)) for b, c in zip(borrowed, s.carries(node), strict=True)]
        much: dict[Decimal, list[str]] = {}
        for name, points in zip(s.names, borrowed, strict=True):
            if points * 2 > whole:
                much.setdefault(points, []).append(name)
        if much:
            parts = [f"{some(units)}只有 {show(whole - p)} 分有自己的任务" for p, units in sorted(much.items(), reverse=True)]
            s.say("borrowed-points", group, f"{s.label(group)}{show(whole)} 分，{'；'.join(parts)}，其余现按别的单位的平均分计")


# Deductions ---------------------------------------------------------------------------------------------------------


def _most(event: Event) -> Limit:
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


def _once(event: Event) -> Decimal:
    """What an event costs when it happens once."""
    return event.between[1] if event.between is not None else (event.each or Decimal(0)) if not event.by_rate else Decimal(0)


def _together(events: Sequence[Event]) -> Limit:
    most = [_most(v) for v in events if not v.zero]
    return None if any(m is None for m in most) else sum((m for m in most if m is not None), Decimal(0))


def _lost(node: Indicator) -> Limit:
    """The most that an indicator can lose, or None where that is not limited."""
    how = node.how
    if isinstance(how, Deduct):
        together = _together(how.events)
        if any(v.zero for v in how.events):
            return None
        return together if how.at_most is None else how.at_most if together is None else min(together, how.at_most)
    if isinstance(how, Checklist):
        return sum((c.each for c in how.items), Decimal(0))
    if isinstance(how, Highest) and how.minus:
        return max(c.each for c in how.items)
    return None


def deductions(s: Subject) -> None:
    """Deductions against the points behind them."""
    left: list[tuple[Indicator, str]] = []
    beyond: dict[tuple[str, Decimal, Decimal, str], list[Node]] = {}
    single: list[tuple[Indicator, str]] = []
    slight: dict[tuple[Decimal, Decimal], list[Indicator]] = {}
    some_caps: list[tuple[Indicator, str]] = []
    for node in s.leaves:
        points, how = s.points(node), node.how
        lost = _lost(node)
        if points and lost is not None and lost < points and id(node) not in s.bonus:
            left.append(
                (node, f"{s.label(node)}{show(points)} 分，写明的最多扣 {show(lost)} 分，还有 {show(points - lost)} 分怎么扣没有写")
            )
        elif points and isinstance(how, Formula) and "分值" in how.formula:
            spans = _spans(s, node)
            if spans and all(span.low is not None and 0 < span.low < points and span.high == points for span in spans):
                low = min(span.low for span in spans if span.low is not None)
                left.append(
                    (node, f"{s.label(node)}{show(points)} 分，写明的最多扣 {show(points - low)} 分，还有 {show(low)} 分怎么扣没有写")
                )
        if isinstance(how, Deduct) and points:
            once = sum((_once(v) for v in how.events), Decimal(0))
            all_of: Decimal = once if lost is None else lost
            fatal = [v.what for v in how.events if not v.zero and not v.by_rate and _once(v) == points]
            if all_of > points and len(how.events) > 1:
                words = f"（其中“{'”“'.join(fatal[:2])}”一次就扣完）" if fatal and len(fatal) < len(how.events) and points > 1 else ""
                verb = "各扣一次就是" if lost is None else "最多可扣"
                beyond.setdefault((verb, points, all_of, words), []).append(node)
            elif lost is not None and lost > points:
                beyond.setdefault(("最多可扣", points, lost, ""), []).append(node)
        elif isinstance(how, Checklist) and lost is not None and lost > points > 0:
            beyond.setdefault(("全缺要扣", points, lost, ""), []).append(node)
        if isinstance(how, Deduct):
            worth = s.worth(node)
            over = [v.what for v in how.events if not v.by_rate and _once(v) > worth]
            if worth and over:
                single.append((node, f"{s.label(node)}{show(worth)} 分，“{'”“'.join(over[:3])}”一次就扣得更多"))
            open_ended = [v.each for v in how.events if v.each is not None and not v.by_rate and _most(v) is None]
            others = [v for v in how.events if v.zero or v.by_rate or v.between or (v.each is not None and _most(v) is not None)]
            if worth and open_ended and not others and how.at_most is None and max(open_ended) < 1 and worth >= SLIGHT * max(open_ended):
                slight.setdefault((worth, max(open_ended)), []).append(node)
            caps = [v for v in how.events if v.at_most is not None]
            bare = [v for v in how.events if _most(v) is None and not v.zero and not v.by_rate]
            if caps and bare and how.at_most is None:
                some_caps.append((node, f"{s.label(node)}只有“{caps[0].what}”写了最多扣 {show(caps[0].at_most or Decimal(0))} 分"))
    for group in s.groups:
        if group.base == "full" and group.points and not group.formula:
            lost_by = [_lost(n) if isinstance(n, Indicator) else None for n in group.children]
            all_lost = sum((v for v in lost_by if v is not None), Decimal(0))
            if all(v is not None for v in lost_by) and all_lost > group.points:
                beyond.setdefault(("最多可扣", group.points, all_lost, ""), []).append(group)
    if left:
        s.say("points-left-over", [n for n, _ in left], "；".join(w for _, w in left))
    if beyond:
        entries = sorted(beyond.items(), key=lambda item: s.place[id(item[1][0])])
        parts = [
            f"{s.listed(ns, 4)}{'各' if len(ns) > 1 else ''} {show(p)} 分，{verb} {show(v)} 分{words}"
            for (verb, p, v, words), ns in entries
        ]
        nodes = [n for _, ns in entries for n in ns]
        more = f"；等 {len(nodes)} 项" if len(parts) > 8 else ""
        s.say("deduction-exceeds", nodes, "；".join(parts[:8]) + more)
    if single:
        s.say("single-exceeds", [n for n, _ in single], "；".join(w for _, w in single))
    if slight:
        parts = []
        for (worth, each), ns in slight.items():
            times = show((worth / each).to_integral_value("ROUND_CEILING"))
            parts.append(f"{s.listed(ns, 4)}{'各' if len(ns) > 1 else ''} {show(worth)} 分，每次扣 {show(each)} 分，要 {times} 次")
        s.say("deduction-slight", [n for ns in slight.values() for n in ns], "；".join(parts[:8]))
    if some_caps:
        s.say("cap-on-some", [n for n, _ in some_caps], "；".join(w for _, w in some_caps))


def floors(s: Subject) -> None:
    """Where the regulation does not say at what a deduction stops."""
    found: list[Node] = []
    for node in s.nodes:
        if isinstance(node, Group):
            if isinstance(node.at_least, Assumed) and _can_fall(s, node):
                found.append(node)
        elif isinstance(node.how, Deduct) and isinstance(node.how.floor, Assumed):
            lost = _lost(node)
            if any(v.zero for v in node.how.events) or lost is None or lost > s.points(node):
                found.append(node)
        elif isinstance(node.how, Formula) and isinstance(node.how.at_least, Assumed):
            found.append(node)
    if found:
        s.say("floor-assumed", found, f"{s.listed(found)}，扣分多的时候是扣到 0 分为止还是可以为负，现按扣到 0 分为止")


def _can_fall(s: Subject, group: Group) -> bool:
    """Whether what is below a group could come to less than nothing: something in it goes below zero by itself."""
    return any(isinstance(n, Indicator) and any(span.low is None or span.low < 0 for span in _spans(s, n)) for n in walk(group))


# Additions ----------------------------------------------------------------------------------------------------------


def additions(s: Subject) -> None:
    """Points that are earned by events, awarded freely, or capped."""
    earned = [n for n in s.leaves if isinstance(n.how, Add) and id(n) not in s.bonus and s.points(n)]
    if earned:
        parts = [f"{s.label(n)}{show(s.points(n))} 分在满分之内" for n in earned]
        s.say("earned-only-by-events", earned, f"{'；'.join(parts)}，没有这些情形的单位这一项得 0 分")
    inside = [n for n in s.leaves if id(n) not in s.bonus and n.how.scored and s.points(n)]
    down = [n for n in inside if isinstance(n.how, (Deduct, Checklist)) or (isinstance(n.how, Highest) and n.how.minus)]
    up = [n for n in inside if n not in earned and _adds(s, n)]
    if up and len(down) > len(inside) / 2:
        s.say("adds-among-deductions", up, s.listed(up))
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
    if amounts:
        s.say("amount-open", [n for n, _ in amounts], "；".join(w for _, w in amounts))
    same = [n for n in s.leaves if isinstance(n.how, PerEvent) and n.how.same_matter == "highest"]
    if same:
        s.say("same-matter", same, s.listed(same))
    for node in s.leaves:
        if isinstance(node.how, PerEvent):
            together = _together(node.how.events)
            if node.how.at_most is not None and together is not None and together < node.how.at_most:
                detail = f"{s.label(node)}合计最多 {show(node.how.at_most)} 分，各情形加起来最多 {show(together)} 分"
                s.say("cap-unreachable", node, detail)
            for event in node.how.events:
                times = event.each * event.up_to if event.each is not None and event.up_to is not None else None
                if event.at_most is not None and times is not None and times < event.at_most:
                    detail = f"{s.label(node)}“{event.what}”最多 {show(event.at_most)} 分，{event.up_to} 次只有 {show(times)} 分"
                    s.say("cap-unreachable", node, detail)
    for group in s.groups:
        high = _sum_of_children(s, group)
        if group.at_most is not None and not group.formula and high is not None and high < group.at_most:
            s.say("cap-unreachable", group, f"{s.label(group)}最高 {show(group.at_most)} 分，下面各项加起来最多 {show(high)} 分")


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


def capped(s: Subject) -> None:
    """Formulas that come to more than the points."""
    open_cap: list[Indicator] = []
    over: list[tuple[Indicator, str]] = []
    for node in s.leaves:
        if not isinstance(node.how, Formula) or node.how.at_most != "points" or not s.points(node):
            continue
        raw = _before_cap(s, node)
        if raw is None:
            continue
        if raw.high is None:
            open_cap += [node] if "at_most" not in node.how.model_fields_set else []
        elif raw.high > s.points(node):
            more = show(raw.high - s.points(node))
            written = "at_most" in node.how.model_fields_set
            end = f"超过的不计，等于少得 {more} 分以内仍是满分" if written else "超过的现在不计"
            over.append((node, f"{s.label(node)}{show(s.points(node))} 分，算出来最多 {show(raw.high)} 分，{end}"))
    if open_cap:
        s.say("cap-assumed", open_cap, f"{s.listed(open_cap)}按比例计分，完成数超过计算基数时得分超过分值，现按分值封顶")
    if over:
        s.say("over-points", [n for n, _ in over], "；".join(w for _, w in over))


def _raw(s: Subject, node: Indicator) -> e.Expression | None:
    """A formula before it is held at the points."""
    keys = [key for owner, key in s.plan.scores.items() if owner.partition("@")[0] == node.id]
    return next((n.value for key in keys for n in _walk(s.plan.lines[key].formula) if isinstance(n, e.Clamp)), None)


def _before_cap(s: Subject, node: Indicator) -> Span | None:
    """The widest span that a formula has for anybody before it is held at the points."""
    tree = _raw(s, node)
    spans = [s.bounds.of(tree, unit) for unit, carries in enumerate(s.carries(node)) if carries] if tree is not None else []
    there = [span for span in spans if span is not None]
    if not there or any(span.high is None for span in there):
        return next(iter([span for span in there if span.high is None]), None)
    return max(there, key=lambda span: span.high or Decimal(0))
