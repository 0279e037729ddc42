"""Who is assessed, by whom, and who carries what in which role."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from decimal import Decimal

from generator.lint.imported import sources_of
from generator.lint.lists import some
from generator.lint.subject import Node, Subject, body
from generator.rules.duty import Duty
from generator.rules.events import PerEvent
from generator.scheme.model import Group, Indicator, walk
from generator.value import show


def check(s: Subject) -> None:
    """Everything about units, roles and assessors."""
    untouched(s)
    carriers(s)
    left_out(s)
    named_twice(s)
    roles(s)
    assessors(s)
    own_assessors(s)
    averages(s)
    facts(s)
    weighed_already(s)


# Units --------------------------------------------------------------------------------------------------------------


def untouched(s: Subject) -> None:
    """Units that carry nothing, in all or in a group."""
    outside = {u for g in s.scheme.outside for u in s.scheme.groups[g]}
    touched = [any(column) for column in zip(*(s.carries(n) for n in s.leaves), strict=True)]
    alone = [u for u in s.units(not t for t in touched) if u not in outside]
    if alone:
        s.say("unit-untouched", None, some(alone), first=True)
    for group in s.scheme.indicators:
        leaves = [n for n in walk(group) if isinstance(n, Indicator)] if isinstance(group, Group) else []
        if len(leaves) < 2:
            continue
        here = [any(column) for column in zip(*(s.carries(n) for n in leaves), strict=True)]
        meant = s.scheme.carriers_of(group)
        nothing = [u for u, m, h in zip(s.names, meant, here, strict=True) if m and not h and u not in alone and u not in outside]
        if nothing:
            s.say("unit-untouched", group, f"在{s.label(group)}里，{some(nothing)}没有任何一项")


def carriers(s: Subject) -> None:
    """Bodies that are no units, and rows that nobody carries."""
    empty = {name for name, members in s.scheme.sets.items() if not members}
    strangers: dict[str, list[Node]] = {}
    nobody: list[Node] = []
    for node in s.nodes:
        names = _named(node)
        if names and not any(s.scheme.carriers_of(node)):
            nobody.append(node)
            continue
        for name in names:
            if name in empty:
                strangers.setdefault(name, []).append(node)
    looked_at = {s.names[look.unit] for line in s.plan.lines.values() for look in s.plan.dependencies.looks(line, "unit")}
    for group_name in s.scheme.outside:
        for unit in (u for u in s.scheme.groups[group_name] if u not in looked_at):
            own = [n for n in s.leaves if not all(s.scheme.carriers_of(n)) or not all(s.around(n))]
            there: list[Node] = [n for n in own if s.carries(n)[s.names.index(unit)]]
            if there:
                strangers[unit] = there
    if strangers:
        words = [f"{name}（{s.listed(nodes, 3) if len(nodes) > 1 else s.own(nodes[0])}）" for name, nodes in strangers.items()]
        s.say("unit-outside", _ordered(s, (n for nodes in strangers.values() for n in nodes)), "、".join(words))
    if nobody:
        s.say("carrier-missing", nobody, s.listed(nobody))


def _named(node: Node) -> list[str]:
    return [n for names in node.carriers.values() for n in names] if isinstance(node.carriers, dict) else list(node.carriers)


def _ordered(s: Subject, nodes: Iterable[Node]) -> list[Node]:
    return sorted({id(n): n for n in nodes}.values(), key=lambda n: s.place[id(n)])


def left_out(s: Subject) -> None:
    """A unit that stands in every indicator of a group but one, where most others stand in all."""
    for group in s.scheme.indicators:
        leaves = [n for n in walk(group) if isinstance(n, Indicator) and n.how.scored] if isinstance(group, Group) else []
        if len(leaves) < 6:
            continue
        rows = [s.carries(n) for n in leaves]
        held = [sum(column) for column in zip(*rows, strict=True)]
        everything = sum(h == len(leaves) for h in held)
        for node, row in zip(leaves, rows, strict=True):
            missing = [name for name, h, there in zip(s.names, held, row, strict=True) if h == len(leaves) - 1 and not there]
            if missing and len(missing) <= 3 and everything >= 5 * len(missing):
                s.say("left-out-once", node, f"{s.label(group)}里，{some(missing)}只在{s.label(node)}没有列出")


# Roles --------------------------------------------------------------------------------------------------------------


def named_twice(s: Subject) -> None:
    """The same unit named twice in one list, or in the lists of two roles."""
    twice: list[tuple[Node, str]] = []
    both: list[tuple[Node, str]] = []
    for node in s.leaves:
        lists: Mapping[str, list[str]] = node.carriers if isinstance(node.carriers, dict) else {"": node.carriers}
        seen: dict[str, str] = {}
        doubled: dict[tuple[str, str], list[str]] = {}
        for role, names in lists.items():
            again = sorted({n for n in names if names.count(n) > 1})
            if again:
                twice.append((node, f"{s.label(node)}{role}栏的{some(again)}"))
            members = s.units(s.scheme.members(names)) if names else []
            for unit in members:
                if unit in seen and seen[unit] != role:
                    doubled.setdefault((seen[unit], role), []).append(unit)
                seen.setdefault(unit, role)
        for (one, other), units in doubled.items():
            both.append((node, f"{s.label(node)}{some(units)}既列在{one}、又列在{other}"))
    if twice:
        s.say("unit-twice", [n for n, _ in twice], "；".join(w for _, w in twice))
    if both:
        words = [w for _, w in both]
        s.say(
            "role-twice",
            [n for n, _ in both],
            some(words, 8, "处", "；") + "，现按系数高的一栏",
        )


def roles(s: Subject) -> None:
    """Roles that no unit has, and several leads."""
    used = {role for n in s.leaves for role in s.scheme.roles_in(n)}
    used |= {name for n in s.leaves if isinstance(n.how, PerEvent) for v in n.how.events for name in v.carriers}
    unused = [role for role in s.scheme.roles if role not in used]
    if unused:
        words = [f"“{role}”的系数是 {show(s.scheme.roles[role])}" for role in unused]
        s.say("role-unused", None, f"{'、'.join(words)}，没有一项列出这样的单位")
    leads: list[Node] = []
    top = max(s.scheme.roles.values(), default=Decimal(1))
    for node in s.leaves:
        if isinstance(node.carriers, dict):
            leading = [r for r in s.scheme.roles_in(node) if r and s.scheme.roles[r] == top and r == next(iter(node.carriers))]
            if 1 < len(leading) <= 5:
                leads.append(node)
    if leads:
        s.say("several-leads", leads, f"{s.listed(leads)}，现各按全分计")


# Assessors ----------------------------------------------------------------------------------------------------------


def _bodies(s: Subject, assessor: str) -> list[str]:
    """The assessed units that an assessor is, or that sit in it."""
    found: dict[str, None] = {}
    for word, names in s.scheme.assessors.items():
        if word == assessor or word in _parts(assessor):
            found.update(dict.fromkeys(names))
    parts = {body(p) for p in _parts(assessor)}
    for unit in s.names:
        if body(unit) in parts:
            found[unit] = None
    return list(found)


def _parts(assessor: str) -> list[str]:
    for sign in "，,；;和及与":
        assessor = assessor.replace(sign, "、")
    return [p.strip() for p in assessor.split("、") if p.strip()]


def assessors(s: Subject) -> None:
    """Indicators without an assessor, and one with two names."""
    missing: list[Node] = [n for n in s.leaves if not s.assessor(n)]
    if missing:
        whole = len(missing) == len(s.leaves)
        s.say("assessor-missing", missing, f"全部 {len(missing)} 项" if whole else s.listed(missing))
    spelled: dict[str, list[str]] = {}
    where: dict[str, Node] = {}
    for node in s.leaves:
        for part in _parts(s.assessor(node)):
            where.setdefault(part, node)
            if part not in spelled.setdefault(body(part), []):
                spelled[body(part)].append(part)
    for names in spelled.values():
        if len(names) > 1:
            s.say("assessor-two-names", [where[n] for n in names], "、".join(f"“{n}”（{s.own(where[n])}）" for n in names))


def own_assessors(s: Subject) -> None:
    """Units that assess themselves."""
    selves: dict[str, list[Node]] = {}
    for node in s.leaves:
        if isinstance(node.how, Duty):
            continue
        carried = set(s.units(s.carries(node)))
        for unit in _bodies(s, s.assessor(node)):
            if unit in carried:
                selves.setdefault(unit, []).append(node)
    if selves:
        alike: dict[tuple[str, ...], list[str]] = {}
        for unit, nodes in selves.items():
            alike.setdefault(tuple(s.own(n) for n in nodes), []).append(unit)
        words = [f"{'、'.join(units)}（{_short(ids)}）" for ids, units in alike.items()]
        s.say("assesses-itself", _ordered(s, (n for nodes in selves.values() for n in nodes)), "；".join(words))


def _short(ids: tuple[str, ...]) -> str:
    return some(ids, 6, "项")


# Tasks and facts ----------------------------------------------------------------------------------------------------


def averages(s: Subject) -> None:
    """Averages of one, of none, and for nobody."""
    few: list[tuple[Node, str]] = []
    unused: list[Node] = []
    for node in s.leaves:
        if node.no_task != "average":
            continue
        count = sum(s.carries(node))
        open_ended = bool(node.may_be_none or node.only_if or node.unless)
        if count <= 1:
            few.append(
                (node, f"{s.label(node)}有任务的只有 {count} 个单位（{some(s.units(s.carries(node)))}），别的单位的“平均分”就是它的得分")
            )
        elif open_ended and node.nobody == "blank":
            few.append((node, f"{s.label(node)}可能一个有任务的单位都没有，那时没有平均分"))
        elif count == len(s.names) and not open_ended:
            unused.append(node)
    if few:
        s.say("average-of-few", [n for n, _ in few], "；".join(w for _, w in few))
    if unused:
        s.say("average-unused", unused, s.listed(unused))


def facts(s: Subject) -> None:
    """What decides who has a task, and is not listed."""
    words: list[str] = []
    about: list[Node] = []
    for fact in s.scheme.facts:
        nodes: list[Node] = [n for n in s.nodes if fact.id in (n.only_if, n.unless)]
        graded = s.scheme.grades is not None and any(b.needs == fact.id for b in s.scheme.grades.bands)
        if graded and not nodes:
            continue  # said with the grade
        words.append(f"“{fact.id}”（{f'{s.listed(nodes)}看它' if nodes else fact.about}）")
        about += nodes
    if words:
        clauses = list(dict.fromkeys(f.clause for f in s.scheme.facts if f.clause))
        detail = f"哪些单位算{'、'.join(words)}，由考核部门认定"
        s.say("fact-open", about or None, detail, clause=clauses[0] if len(clauses) == 1 else "")
    optional: list[Node] = [n for n in s.leaves if n.may_be_none and not _listed_elsewhere(s, n)]
    if optional:
        s.say("fact-open", optional, f"{s.listed(optional)}哪些单位没有这项任务，填报时才定")


def _listed_elsewhere(s: Subject, node: Indicator) -> bool:
    """Whether the scheme that an indicator takes its results from lists who has one."""
    named = sources_of(node)
    others = [s.find(name) for name in named]
    return bool(named) and all(o is not None and not o.facts and not o.unlisted for o in others)


def weighed_already(s: Subject) -> None:
    """Deductions that are smaller for a role by its coefficient already, and are multiplied by it again."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if not isinstance(node.how, PerEvent) or not isinstance(node.carriers, dict):
            continue
        each = {role: v.each for v in node.how.events for role in v.carriers if role in s.scheme.roles and v.each is not None}
        for one, other in itertools.permutations(each, 2):
            ratio = s.scheme.roles[other] / s.scheme.roles[one] if s.scheme.roles[one] else None
            if ratio is not None and ratio < 1 and each[other] == each[one] * ratio and not any(n is node for n, _ in found):
                words = f"{one}扣 {show(each[one])} 分、{other}扣 {show(each[other])} 分"
                found.append((node, f"{s.label(node)}{words}，正好是{other}的系数 {show(ratio)}，得分又再乘一次"))
    if found:
        nodes = list({id(n): n for n, _ in found}.values())
        s.say("coefficient-twice", nodes, "；".join(dict.fromkeys(w for _, w in found)), "写明扣的分是没有乘系数的，或这里不再乘")
