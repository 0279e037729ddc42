"""Formulas: what they divide by, what they weigh, what they look back or across at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generator import expression as e
from generator.elements import EVERYBODY
from generator.explain import show
from generator.figures import Percent
from generator.keys import WORKED
from generator.lines import Line, Role
from generator.lint.bounds import depends_on_inputs
from generator.lint.subject import Node, Subject, some
from generator.lint.tables import owner_of
from generator.rules.formula import Formula
from generator.scheme import Group, Indicator


def check(s: Subject) -> None:
    """Everything about formulas."""
    denominators(s)
    weights(s)
    periods(s)
    looking(s)


def _trees(line: Line) -> Iterator[e.Expression]:
    for tree in (line.formula, line.standard.value if line.standard else None):
        if isinstance(tree, e.Expression):
            yield tree


def _lines(s: Subject) -> Iterator[tuple[Line, e.Expression]]:
    """Every formula, those of a group with periods once."""
    first = {p for g in s.groups for p in g.periods[:1]}
    for line in s.plan.lines.values():
        period = line.key.partition("@")[2].partition("/")[0]
        if not period or set(period.split("@")) <= first:
            for tree in _trees(line):
                yield line, tree


# Division -----------------------------------------------------------------------------------------------------------


def denominators(s: Subject) -> None:
    """What a formula divides by and can be zero: amounts that officials fill in, or figures that are zero for some units."""
    zero: dict[str, list[str]] = {}
    nodes: list[Node] = []
    for line, tree in _lines(s):
        for division in (n for n in e.walk(tree) if isinstance(n, e.Binary) and n.operator == "/"):
            name = _can_be_zero(s, line, division.right)
            if not name:
                continue
            node = owner_of(s, line)
            if isinstance(node, Indicator) and not isinstance(node.how, Formula):
                continue  # a rule of its own kind says what happens then
            nodes += [node] if node else []
            where = s.own(node) if isinstance(node, Indicator) else line.label
            if where not in zero.setdefault(name, []):
                zero[name].append(where)
    if zero:
        parts = [f"{name}（{_where(where)}）" for name, where in zero.items()]
        s.say("zero-denominator", nodes or None, f"{'；'.join(parts)}为 0 时，率算不出来")


def _where(words: list[str]) -> str:
    return "、".join(words[:8]) + (f"等 {len(words)} 处" if len(words) > 8 else "")


def _can_be_zero(s: Subject, line: Line, bottom: e.Expression) -> str:
    """The name of a divisor that can be zero, '' where it cannot, or where the plan itself sees to it."""
    if isinstance(bottom, e.Number) or (isinstance(bottom, e.Fold) and bottom.how in ("max", "size", "count") and not _rows(bottom)):
        return ""
    if isinstance(bottom, e.Fold) and any(isinstance(p, e.Number) and p.value > 0 for p in bottom.over):
        return ""
    if isinstance(bottom, e.Tagged):
        return ""  # a period in which a unit took no part: see `periods`
    if isinstance(bottom, e.Cell) and s.plan.lines[bottom.line].values is not None:
        return ""  # a target: see `targets`
    outside = {unit for g in s.scheme.outside for unit in s.scheme.groups[g]}
    units = [u for u, name in enumerate(s.names) if _there(s, line, u) and name not in outside]
    if line.shared or not units:
        units = [0]
    spans = [(u, span) for u in units if (span := s.bounds.of(bottom, u)) is not None]
    possible = [(u, span) for u, span in spans if span.low is None or span.low <= 0]
    if not possible:
        return ""
    name = _name(s, bottom)
    always = [s.names[u] for u, span in possible if span.exact and span.low == 0]
    if always and len(always) == len(possible) and len(always) < len(s.names):
        return f"{some(always, 4)}的{name}"
    return name


def _there(s: Subject, line: Line, unit: int) -> bool:
    return not (line.applies and not line.applies[unit]) and not (line.outside and line.outside[unit])


def _rows(node: e.Expression) -> bool:
    return any(isinstance(n, (e.Row, e.Tagged)) for n in e.walk(node))


def _name(s: Subject, node: e.Expression) -> str:
    """A divisor by the names of what it is made of."""
    names = [s.plan.lines[n.line].label for n in e.walk(node) if isinstance(n, (e.Cell, e.Fixed, e.Row, e.OfUnit))]
    return "＋".join(dict.fromkeys(names))


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
    always: list[Node] = []
    never: list[Node] = []
    for group in s.groups:
        if group.periods and not group.weights and group.fold == "average":
            always.append(group)
        optional = group.only_if or group.unless or any(isinstance(n, Indicator) and n.may_be_none for n in group.children)
        if group.periods and group.fold == "participated" and optional and not group.carriers:
            never.append(group)
    words = [f"{s.label(g)}总按 {len(g.periods)} 期平均" for g in always if isinstance(g, Group)]
    words += [f"{s.label(g)}只平均参加了的期，一期也没有的没有分" for g in never]
    if words:
        s.say("period-missing", [*always, *never], "；".join(words))
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


# Across and outside -------------------------------------------------------------------------------------------------


def looking(s: Subject) -> None:
    """Figures from outside, scores that depend on nothing or on another unit, tasks that may be cancelled for all."""
    figures = {name: a for name, a in s.scheme.inputs.items() if a.carriers == EVERYBODY and a.ask in ("quantity", "count", "score")}
    used = {name: _mentions(s, name) for name in figures}
    if figures:
        words = [f"{name}（{'、'.join(used[name][:4])}要用）" if used[name] else name for name in figures]
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
            span = next((b for u, c in enumerate(s.carries(node)) if c and (b := s.bounds.cell(keys[0], u))), None)
            points = f"，都得 {show(span.low)} 分" if span and span.exact and span.low is not None else ""
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
