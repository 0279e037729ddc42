"""Points: whether they add up, and where they are alike or not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generator.language.declared import EVERYBODY
from generator.lint.clauses import joined
from generator.lint.lists import some
from generator.lint.subject import Subject
from generator.rules.duty import Duty
from generator.rules.events import Add, Award
from generator.scheme.model import Group, Indicator, walk
from generator.scheme.points import WrongSum, wrong_sums
from generator.tree import expression as e
from generator.value import show


def check(s: Subject) -> None:
    """Everything about points."""
    counts(s)
    sums(s)
    duties(s)
    uneven(s)
    one_sided(s)
    shared(s)
    borrowed(s)


# Sums ---------------------------------------------------------------------------------------------------------------


def counts(s: Subject) -> None:
    """Numbers of units or parts that the regulation names."""
    scheme = s.scheme
    places = {*scheme.groups, *scheme.sets, *s.names, EVERYBODY}
    unlike: list[str] = []
    clauses: dict[str, None] = {}
    for count in scheme.counts:
        if set(count.of) <= places:
            there, what = sum(scheme.members(() if EVERYBODY in count.of else count.of)), "名单里"
        else:
            there, what = sum(len(g.children) for g in s.groups if {g.id, g.name} & set(count.of)), "细则里"
        if there != count.says:
            unlike.append(f"写的是 {count.says} {count.what or '个'}，{what}是 {there} 个")
            clauses |= {count.clause: None} if count.clause else {}
    if unlike:
        s.say("count-differs", None, "；".join(unlike), clause=joined(clauses), first=True)
    if scheme.unlisted:
        who = "各单位" if EVERYBODY in scheme.unlisted else f"“{'”“'.join(scheme.unlisted)}”"
        compared = sorted({line.label for line in s.plan.lines.values() if _looks_at_group(line.formula)} - {"位次", "位次占比"})
        why = (
            f"{some(compared, 3)}按组比较，分组不清结果就不同" if compared and len(scheme.groups) > 1 else "谁要考核、按什么分组，要有名单"
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
        scaled = wrong.node is not None and any(g.rescale for g in s.above[id(wrong.node)])
        if wrong.everywhere or scaled:
            alone = set(wrong.by_unit.values()) != {wrong.total}
            by_unit = f"（按各单位承担的加，{_by_sum(s, wrong)}）" if alone else ""
            words.append(f"{stated}，下面各项的分值加起来是 {show(wrong.total)} 分{by_unit}")
        else:
            words.append(f"{stated}，下面各项加起来，{_by_sum(s, wrong)}")
        inside += [wrong.node] if wrong.node else []
    if words:
        divides = any(g.rescale for node in inside for g in s.above[id(node)])
        end = "。折算时用哪个数作分母，结果不同" if divides else ""
        s.say("sum-differs", inside or None, "；".join(words) + end)


def _by_sum(s: Subject, wrong: WrongSum) -> str:
    by_sum: dict[Decimal, list[str]] = {}
    for unit, value in wrong.by_unit.items():
        by_sum.setdefault(value, []).append(s.names[unit])
    parts = [f"{some(units, 2)}是 {show(value)} 分" for value, units in sorted(by_sum.items(), key=lambda p: -p[0])]
    return some(parts, 4)


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


# Alike and unlike ----------------------------------------------------------------------------------------------------


def uneven(s: Subject) -> None:
    """Points that differ for one thing."""
    unlike = [*_unlike_by_name(s), *_unlike_by_unit(s)]
    if unlike:
        unlike.sort(key=lambda found: s.place[id(found[0][0])])
        s.say("points-uneven", [n for nodes, _ in unlike for n in nodes], some([words for _, words in unlike], 8, "项", "；"))


def _unlike_by_name(s: Subject) -> Iterator[tuple[list[Indicator], str]]:
    """Indicators of one name whose points differ from one unit's to another's, in words."""
    by_name: dict[str, list[Indicator]] = {}
    for node in s.leaves:
        if s.points(node) and not isinstance(node.points, list):
            by_name.setdefault(node.name, []).append(node)
    for name in [n for n in by_name if "，" in n]:
        if len(by_name.get(head := name.partition("，")[0], [])) > 2:
            by_name[head] += by_name.pop(name)
    for name, nodes in by_name.items():
        by_points: dict[Decimal, list[Indicator]] = {}
        for node in nodes:
            by_points.setdefault(s.points(node), []).append(node)
        usual = max(by_points, key=lambda p: len(by_points[p]))
        carried = [sum(column) for column in zip(*(s.carries(n) for n in nodes), strict=True)]
        if len(by_points) < 2 or max(carried) > 1:
            continue
        if 3 * len(by_points[usual]) < 2 * len(nodes):
            parts = [f"{some([_who(s, n) for n in ns], 3)} {show(p)} 分" for p, ns in sorted(by_points.items())]
            if len({_group(s, n) for n in nodes}) == 1:
                yield nodes, f"“{name}”{'，'.join(parts)}"
            continue
        parts = [f"{some([_who(s, n) for n in ns], 3)} {show(p)} 分" for p, ns in sorted(by_points.items()) if p != usual]
        yield [n for p, ns in by_points.items() if p != usual for n in ns], f"“{name}”多数 {show(usual)} 分，{'，'.join(parts)}"


def _unlike_by_unit(s: Subject) -> Iterator[tuple[list[Indicator], str]]:
    """Indicators with points by unit of which some differ from most, in words."""
    for node in s.leaves:
        listed = {name: p for name, p in zip(s.names, node.points, strict=True) if p} if isinstance(node.points, list) else {}
        values = list(listed.values())
        usual = max(values, key=values.count, default=Decimal(0))
        others = [f"{name} {show(p)} 分" for name, p in listed.items() if p != usual]
        if others:
            yield [node], f"{s.label(node)}多数 {show(usual)} 分，{some(others)}"


def one_sided(s: Subject) -> None:
    """Units of whose points more than half hang on one thing, where others' do not."""
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
        s.say("share-uneven", [node for node, _, _ in heavy.values()], some(parts, 8, "个单位", "；"))


def _group(s: Subject, node: Indicator) -> str:
    """The group of the first unit that carries an indicator."""
    first = next(iter(s.units(s.carries(node))), "")
    return next((g for g, units in s.scheme.groups.items() if first in units), "")


def _who(s: Subject, node: Indicator) -> str:
    units = s.units(s.carries(node))
    return units[0] if len(units) == 1 else s.own(node)


def _held_together(s: Subject, group: Group) -> bool:
    """Whether a formula stops at a group's points what its parts come to."""
    key = s.plan.scores.get(group.id, "")
    spans = [span for unit in range(len(s.names)) if key and (span := s.bounds.cell(key, unit)) is not None]
    return bool(spans) and all(span.high is not None and group.points is not None and span.high <= group.points for span in spans)


def shared(s: Subject) -> None:
    """Rows without points of their own."""
    found = [*_rows_without_points(s), *_rows_under_a_cap(s)]
    if found:
        about = sorted((group for group, _ in found), key=lambda n: s.place[id(n)])
        s.say("rows-share-points", about, "；".join(words for _, words in found))


def _rows_without_points(s: Subject) -> Iterator[tuple[Group, str]]:
    held: dict[int, Group] = {}
    for group in s.groups:
        rows = [
            c
            for c in group.children
            if isinstance(c, Indicator) and c.how.scored and not s.points(c) and not isinstance(c.how, (Add, Award)) and not c.how.imports()
        ]
        if len(rows) < 2 or id(group) in s.bonus:
            continue
        whole = group.points or sum((s.points(n) for n in walk(group) if isinstance(n, Indicator)), Decimal(0)) or group.at_most
        if not whole and (outer := _pointless_but_for(s, group)):
            held[id(outer)] = outer
            continue
        if not whole:
            rows = [row for row in rows if not _only_adds(s, row)]
            if len(rows) < 2:
                continue
        others = [c for c in group.children if isinstance(c, Indicator) and c.how.scored and s.points(c)]
        beside = f"（{'、'.join(s.own(c) for c in others)}的得分也在里面）" if others else ""
        yield (
            group,
            f"{'、'.join(s.own(r) for r in rows)}合用{s.label(group)}的 {show(whole)} 分{beside}"
            if whole
            else f"{'、'.join(s.own(r) for r in rows)}分值是 0，从总分里扣",
        )
    for group in held.values():
        names = [s.own(n) for n in walk(group) if isinstance(n, Indicator) and n.how.scored]
        yield group, f"{some(names)}合用{s.label(group)}的 {show(group.points or Decimal(0))} 分"


def _pointless_but_for(s: Subject, group: Group) -> Group | None:
    """The nearest group around that has points, where nothing inside it has any."""
    outer = next((g for g in reversed(s.above[id(group)]) if g.points), None)
    inside = [n for n in walk(outer) if n is not outer] if outer else []
    return None if any(s.points(n) if isinstance(n, Indicator) else n.points for n in inside) else outer


def _only_adds(s: Subject, node: Indicator) -> bool:
    """Whether an indicator without points never takes any from the rest."""
    spans = s.spans(node)
    return bool(spans) and all(span.low is not None and span.low >= 0 for span in spans)


def _rows_under_a_cap(s: Subject) -> Iterator[tuple[Group, str]]:
    for group in s.groups:
        capped = [c for c in group.children if isinstance(c, Indicator) and s.points(c)]
        every = len(capped) == len(group.children) > 1 and group.formula
        if every and group.points and group.points < sum((s.points(c) for c in capped), Decimal(0)) and _held_together(s, group):
            yield group, f"{'、'.join(s.own(c) for c in capped)}合用{s.label(group)}的 {show(group.points)} 分"


def borrowed(s: Subject) -> None:
    """Groups most of whose points come to a unit from the average of others."""
    for top in s.scheme.indicators:
        if not isinstance(top, Group) or not top.points:
            continue
        group, whole = top, top.points
        averaged = [Decimal(0)] * len(s.names)
        for node in walk(group):
            if isinstance(node, Indicator) and node.no_task == "average":
                averaged = [b + (0 if c else s.points(node)) for b, c in zip(averaged, s.carries(node), strict=True)]
        much: dict[Decimal, list[str]] = {}
        for name, points in zip(s.names, averaged, strict=True):
            if points * 2 > whole:
                much.setdefault(points, []).append(name)
        if much:
            parts = [f"{some(units)}只有 {show(whole - p)} 分有自己的任务" for p, units in sorted(much.items(), reverse=True)]
            s.say("borrowed-points", group, f"{s.label(group)}{show(whole)} 分，{'；'.join(parts)}，其余现按别的单位的平均分计")
