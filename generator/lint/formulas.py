"""Formulas: what they divide by, what they weigh, what they look back or across at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generator.language.declared import EVERYBODY
from generator.lines.keys import WORKED
from generator.lines.line import Line, Role
from generator.lint.bounds import depends_on_inputs
from generator.lint.clauses import joined
from generator.lint.lists import some
from generator.lint.spans import Found, Span
from generator.lint.subject import Node, Subject, trees
from generator.lint.tables import owner_of, quantity_clause
from generator.rules.events import PerEvent
from generator.rules.formula import Formula
from generator.scheme.model import Group, Indicator
from generator.tree import expression as e
from generator.value import Percent, show

_SINCE = re.compile("^(?!.*(?:时间|天数)).*[较比](上年|上月|上季度|上期|去年|年初)")
"""What a growth is measured against."""


def check(s: Subject) -> None:
    """Everything about formulas."""
    denominators(s)
    weights(s)
    periods(s)
    looking(s)
    steps(s)


def _trees(line: Line) -> Iterator[e.Expression]:
    for tree in (line.formula, line.standard.value if line.standard else None):
        if isinstance(tree, e.Expression):
            yield tree


def _lines(s: Subject) -> Iterator[tuple[Line, e.Expression]]:
    """Every formula, those of a group with periods once."""
    first = {p for g in s.groups for p in g.periods[:1]}
    for line in s.plan.lines.values():
        period = "@".join(line.key.owner.periods)
        if not period or set(period.split("@")) <= first:
            for tree in _trees(line):
                yield line, tree


# Division -----------------------------------------------------------------------------------------------------------


def denominators(s: Subject) -> None:
    """What a formula divides by and can be zero: amounts that officials fill in, or figures that are zero for some units."""
    zero: dict[str, list[str]] = {}
    idle: dict[str, list[str]] = {}
    about: dict[bool, list[Node]] = {True: [], False: []}
    clauses: dict[bool, list[str]] = {True: [], False: []}
    for line, tree in _lines(s):
        node = owner_of(s, line)
        if isinstance(node, Indicator) and not isinstance(node.how, Formula):
            continue  # a rule of its own kind says what happens then
        for bottom, possible in _zeros(s, line, tree):
            tasks = _is_due(s, bottom)
            about[tasks] += [node] if node else []
            clauses[tasks].append(_own_clause(s, line) or (s.clause(node) if node else ""))
            name = _name(s, bottom)
            always = [s.names[u] for u, span in possible if span.exact and span.low == 0]
            who = some(always, 4) if always and len(always) == len(possible) and len(always) < len(s.names) else ""
            where = s.own(node) if isinstance(node, Indicator) else line.label
            idle_here = f"{who}没有任务，“{name}”是 0" if who else f"没有任务的单位“{name}”是 0"
            busy_here = f"{who}的{name}" if who else name
            found = idle.setdefault(idle_here, []) if tasks else zero.setdefault(busy_here, [])
            found += [] if where in found else [where]

    def say(tasks: bool, detail: str, wording: str = "") -> None:
        places = clauses[tasks]
        s.say("zero-denominator", about[tasks] or None, detail, wording, joined(places) if all(places) else "")

    for leaf in s.leaves:
        for event in leaf.how.events if isinstance(leaf.how, PerEvent) else []:
            if event.by_rate and event.measure == "%" and (since := _SINCE.search(event.what)):
                zero.setdefault(f"“{event.what}”的{since[1]}数", []).append(s.own(leaf))
                about[False].append(leaf)
                clauses[False].append(s.clause(leaf))
    if zero:
        say(False, f"{'；'.join(f'{name}（{_where(where)}）' for name, where in zero.items())}为 0 时，率算不出来")
    if idle:
        parts = [f"{name}，“{some(where, 4, '处', '”“')}”算不出来" for name, where in idle.items()]
        say(True, "；".join(parts), "写明没有任务的单位怎么计")


def _own_clause(s: Subject, line: Line) -> str:
    """The clause of the quantity that a line is, if it is one."""
    named = {**s.scheme.quantities, **{n: q for g in s.groups for n, q in g.quantities.items()}}
    return quantity_clause(s, line.label) if line.label in named else ""


def _where(words: list[str]) -> str:
    return some(words, 8, "处")


def _zeros(s: Subject, line: Line, tree: e.Expression) -> Iterator[tuple[e.Expression, list[tuple[int, Span]]]]:
    """What a line divides by and can be zero where the division is made, with the units that this can happen to."""
    if not any(isinstance(n, e.Binary) and n.operator == "/" for n in e.walk(tree)):
        return
    outside = {unit for g in s.scheme.outside for unit in s.scheme.groups[g]}
    units = [u for u, name in enumerate(s.names) if _there(s, line, u) and name not in outside]
    if line.shared or not units:
        units = [0]
    found: dict[int, tuple[e.Expression, list[tuple[int, Span]]]] = {}
    for unit in units:
        for bottom, span in _divisors(s, tree, unit):
            if span is not None and (span.low is None or span.low <= 0) and not _settled(s, bottom):
                found.setdefault(id(bottom), (bottom, []))[1].append((unit, span))
    yield from found.values()


def _divisors(s: Subject, tree: e.Expression, unit: int) -> Iterator[tuple[e.Expression, Found]]:
    """Every divisor and its span, under the conditions around it."""
    if isinstance(tree, e.If):
        yield from _divisors(s, tree.condition, unit)
        holds = None if _is_zero_test(tree.condition) else s.bounds.holds(tree.condition, unit)
        for branch, yes in ((tree.then, True), (tree.otherwise, False)):
            if holds in (None, yes):
                with s.bounds.within(tree.condition, yes, branch, unit):
                    yield from _divisors(s, branch, unit)
        return
    if isinstance(tree, e.Binary) and tree.operator == "/":
        yield tree.right, s.bounds.of(tree.right, unit)
    for child in e.children(tree):
        yield from _divisors(s, child, unit)


def _is_zero_test(test: e.Expression) -> bool:
    """Whether a condition is the scheme's own care for a divisor of zero, which the text may not have."""
    return isinstance(test, e.Compare) and test.operator == "=" and isinstance(test.right, e.Number) and test.right.value == 0


def _settled(s: Subject, bottom: e.Expression) -> bool:
    """Whether a divisor cannot be zero, or the plan itself or another check sees to it."""
    if isinstance(bottom, e.Number) or (isinstance(bottom, e.Fold) and bottom.how in ("max", "size", "count") and not _rows(bottom)):
        return True
    if isinstance(bottom, e.Fold) and any(isinstance(p, e.Number) and p.value > 0 for p in bottom.over):
        return True
    if isinstance(bottom, e.Tagged):
        return True  # a period in which a unit took no part: see `periods`
    return isinstance(bottom, e.Cell) and s.plan.lines[bottom.line].values is not None  # a target: see `targets`


def _is_due(s: Subject, bottom: e.Expression) -> bool:
    """Whether a divisor is what a unit's tasks are worth."""
    whole = s.bounds.resolved(bottom)
    return isinstance(whole, e.Tagged) and whole.mark == "due"


def _there(s: Subject, line: Line, unit: int) -> bool:
    return not line.carried or line.carried[unit]


def _rows(node: e.Expression) -> bool:
    return any(isinstance(n, (e.Row, e.Tagged)) for n in e.walk(node))


def _name(s: Subject, node: e.Expression) -> str:
    """A divisor by the names of what it is made of."""
    names = [s.plan.lines[n.line].label for n in e.walk(node) if isinstance(n, (e.Cell, e.Fixed, e.Row, e.OfUnit))]
    return "＋".join(dict.fromkeys(names))


def steps(s: Subject) -> None:
    """So much for each percentage point, in a formula: a part of a point is taken in proportion."""
    found: list[Node] = []
    for node in s.leaves:
        if not isinstance(node.how, Formula) or not s.keys(node):
            continue
        made = s.made_of(s.plan.lines[s.keys(node)[0]])
        whole = {id(n) for line in made for tree in trees(line.formula) if isinstance(tree, (e.Whole, e.Floor)) for n in e.walk(tree)}
        if any(_by_steps(s, n) and id(n) not in whole for line in made for n in trees(line.formula)):
            found.append(node)
    if found:
        s.say("partial-step", found, f"{s.listed(found)}按每差几个百分点计分，不足一档的现按比例算")


def _by_steps(s: Subject, node: e.Expression) -> bool:
    """Whether a difference is divided by a step of some percentage points."""
    if not (isinstance(node, e.Binary) and node.operator == "/" and isinstance(node.right, e.Fixed)):
        return False
    figure = s.plan.lines[node.right.line].standard
    step = figure is not None and isinstance(figure.value, Percent) and Decimal(0) < figure.value < Decimal(1)
    return step and isinstance(s.bounds.resolved(node.left), e.Binary)


# Weights ------------------------------------------------------------------------------------------------------------


def weights(s: Subject) -> None:
    """Percentages that the parts of a sum are multiplied by, and that do not make 100%."""
    for group in s.groups:
        if group.weights and (whole := sum(group.weights, Decimal(0))) != 1:
            s.say("weights-differ", group, f"{s.label(group)}各期权重合计 {show(whole * 100)}%")
    for line, tree in _lines(s):
        if line.role not in (Role.WORKING, Role.SCORE, Role.GROUP) and line.key != WORKED:
            continue
        for node in _sums(tree):
            found = dict(_weights(s, node))
            if len(found) > 1 and (whole := sum(found.values(), Decimal(0))) != 1:
                words = "、".join(f"{k} {show(v * 100)}%" for k, v in found.items())
                s.say("weights-differ", owner_of(s, line), f"{words}，合计 {show(whole * 100)}%")


def _sums(tree: e.Expression) -> Iterator[e.Expression]:
    """The outermost additions of a tree."""
    if isinstance(tree, e.Binary) and tree.operator in "+-":
        yield tree
        return
    for child in e.children(tree):
        yield from _sums(child)


def _weights(s: Subject, tree: e.Expression) -> Iterator[tuple[str, Decimal]]:
    if isinstance(tree, e.Binary) and tree.operator in "+-":
        yield from _weights(s, tree.left)
        yield from _weights(s, tree.right)
    elif isinstance(tree, e.Binary) and tree.operator == "*":
        for side in (tree.left, tree.right):
            if isinstance(side, e.Fixed):
                figure = s.plan.lines[side.line].standard
                if figure and isinstance(figure.value, Percent):
                    yield s.plan.lines[side.line].label, figure.value


# Periods ------------------------------------------------------------------------------------------------------------


def periods(s: Subject) -> None:
    """Periods without a score, and a first period that looks back."""
    always: list[Group] = []
    never: list[Group] = []
    for group in s.groups:
        if group.periods and not group.weights and group.fold == "average":
            always.append(group)
        optional = group.only_if or group.unless or any(isinstance(n, Indicator) and n.may_be_none for n in group.children)
        if group.periods and group.fold == "participated" and optional and _times(group) == "期":
            never.append(group)
    if always:
        words = [f"{s.label(g)}总按 {len(g.periods)} 期平均，少一期的怎么算没有写" for g in always]
        s.say("period-missing", always, "；".join(words))
    if never:
        words = [f"{s.label(g)}只平均参加了的，{len(g.periods)} 期一期也没有的怎么计没有写" for g in never]
        s.say("period-missing", never, "；".join(words), "写明一次也没有参加的不计这一部分，还是按 0 分计")
    back: list[tuple[Node, str]] = []
    for node in s.nodes:
        how = node.how if isinstance(node, Indicator) and isinstance(node.how, Formula) else node if isinstance(node, Group) else None
        if how is None:
            continue
        texts = {"": how.formula, **{name: q.formula for name, q in how.quantities.items()}}
        for name, text in texts.items():
            if match := re.search(r"previous\((.+?), *first *= *(.+?)\)", text):
                then = f"{s.label(node)}{name}" if name else s.label(node)
                took = "不比" if match[2] == match[1] else f"按 {match[2]}"
                back.append((node, f"{then}要看上一期的{match[1]}，第一期现{took}"))
    if back:
        s.say("first-period", [n for n, _ in back], "；".join(w for _, w in back))


def _times(group: Group) -> str:
    """What one of a group's rounds is called."""
    return "期" if all(re.search("[月季期旬周年]", period) for period in group.periods) else "项"


# Across and outside -------------------------------------------------------------------------------------------------


def looking(s: Subject) -> None:
    """Figures from outside, scores that depend on nothing or on another unit, tasks that may be cancelled for all."""
    figures = {name: a for name, a in s.scheme.inputs.items() if a.carriers == EVERYBODY and a.ask in ("quantity", "count", "score")}
    used = {name: _mentions(s, name) for name in figures}
    if figures:
        words = [f"{name}（{some(used[name], 4, '处')}要用）" if used[name] else name for name in figures]
        s.say("figure-outside", None, f"{'、'.join(words)}要每年另填", first=True)
    asked = [name for name, a in s.scheme.inputs.items() if a.carriers == EVERYBODY and a.ask == "yes_no"]
    away: dict[str, list[Node]] = {name: [n for n in s.nodes if name in (n.only_if, n.unless)] for name in asked}
    words = [f"{s.listed(nodes)}看“{name}”" for name, nodes in away.items() if nodes]
    if words:
        nodes = [n for ns in away.values() for n in ns]
        s.say("may-fall-away", nodes, f"{'；'.join(words)}，为“否”时各单位都不计，应得分随着变小")
    for node in s.leaves:
        keys = s.keys(node)
        if not isinstance(node.how, Formula) or not keys:
            continue
        tree = s.plan.lines[keys[0]].formula
        assert tree is not None
        if not depends_on_inputs(s.plan, tree):
            spans = {b for u, c in enumerate(s.carries(node)) if c and (b := s.bounds.cell(keys[0], u))}
            alike = next(iter(spans)) if len(spans) == 1 else None
            points = f"，都得 {show(alike.low)} 分" if alike and alike.exact and alike.low is not None else ""
            s.say("nothing-asked", node, f"{s.label(node)}（{some(s.units(s.carries(node)), 4)}）没有填报的内容{points}")
        others = [n for n in e.walk(tree) if isinstance(n, e.OfUnit)]
        if others:
            units = s.units(s.carries(node))
            s.say("borrows-score", node, f"{s.label(node)}（{some(units, 4)}）照{s.names[others[0].unit]}的计")


def _mentions(s: Subject, name: str) -> list[str]:
    """The nodes whose formulas use a name."""
    found = []
    for node in s.nodes:
        how = node.how if isinstance(node, Indicator) and isinstance(node.how, Formula) else node if isinstance(node, Group) else None
        if how is not None and any(name in text for text in (how.formula, *(q.formula for q in how.quantities.values()))):
            found.append(s.own(node))
    return found
