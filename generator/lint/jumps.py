"""Where a score falls off: a little less done, and many points fewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generator.lines.input import Ask
from generator.lines.line import Format, Line, Role
from generator.lint.subject import Node, Subject
from generator.rules.completion import Gated
from generator.rules.formula import Formula
from generator.tree import expression as e
from generator.value import Value, show


def check(s: Subject) -> None:
    """Full points when all is done, and a lower ceiling short of that; formulas that fall off at a limit."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if isinstance(node.how, Gated) and node.how.below < s.points(node):
            points, below = s.points(node), node.how.below
            words = f"完成得 {show(points)} 分，没有完成的最高 {show(below)} 分，只差一点完成也差 {show(points - below)} 分"
            found.append((node, f"{s.label(node)}{words}"))
    found += jumps(s)
    for line in s.plan.lines.values():
        if line.role is Role.WORKING and line.formula is not None and (words := _cliff(s, line)):
            s.say("score-gap", None, words)
    if found:
        found.sort(key=lambda entry: s.place[id(entry[0])])
        s.say("score-gap", [n for n, _ in found], "；".join(words for _, words in found))


@dataclass(frozen=True)
class Edge:
    """A condition of a formula that compares a number that is counted with a limit.

    line: where it stands; branch: the whole ``if``; counted: what is counted; limit: what it is compared with.
    """

    line: Line
    branch: e.If
    counted: Line
    operator: str
    limit: e.Expression


def _cliff(s: Subject, line: Line) -> str:
    """What is left of a quantity below a limit of the scheme's own: nothing; '' where it does not fall off."""
    for node in e.walk(line.formula) if line.formula is not None else ():
        if not (isinstance(node, e.If) and isinstance(node.condition, e.Compare) and node.then == e.Number(Decimal(0))):
            continue
        left, limit = node.condition.left, node.condition.right
        if node.condition.operator in ("<", "<=") and isinstance(left, e.Cell) and isinstance(limit, e.Fixed):
            value = s.bounds.of(limit, -1 if s.plan.lines[limit.line].shared else 0)
            itself = [node.otherwise, *e.children(node.otherwise)] if isinstance(node.otherwise, (e.Clamp, e.Fold)) else [node.otherwise]
            if value is not None and value.exact and value.low and left in itself:
                name = s.plan.lines[left.line].label
                return f"“{name}”{show(value.low)} 分的照计，只差一点就计 0 分"
    return ""


def jumps(s: Subject) -> list[tuple[Node, str]]:
    """Formulas that pay by steps and fall off at a limit, or that pay one thing very differently on its two sides."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        unit = next((u for u, carries in enumerate(s.carries(node)) if carries), None)
        if not isinstance(node.how, Formula) or unit is None or not s.keys(node):
            continue
        said = [words for edge in _edges(s, s.plan.lines[s.keys(node)[0]]) if (words := _falls(s, edge, unit))]
        if said:
            found.append((node, f"{s.label(node)}{'，'.join(dict.fromkeys(said))}"))
    return found


def _edges(s: Subject, line: Line) -> Iterator[Edge]:
    """The limits in a score's formula and in the quantities that it uses."""
    for below in s.made_of(line):
        for branch in below.nodes:
            if below.format is not Format.PERCENT and isinstance(branch, e.If) and isinstance(branch.condition, e.Compare):
                test = branch.condition
                for side, limit, operator in ((test.left, test.right, test.operator), (test.right, test.left, _TURNED.get(test.operator))):
                    counted = s.plan.lines[side.line] if isinstance(side, (e.Cell, e.Fixed)) else None
                    if counted and counted.input and counted.input.ask is Ask.COUNT and operator in _BEYOND:
                        yield Edge(below, branch, counted, operator, limit)


_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_BEYOND = {">": (0, 1), ">=": (-1, 0), "<": (-1, 0), "<=": (0, 1)}
"""How far from the limit the last number on its lower side is, and the first on its upper."""
SAMPLE = Decimal(20)
"""How many there are of what all units share, where an example is worked out."""


def _falls(s: Subject, edge: Edge, unit: int) -> str:
    """What happens at a limit, by an example; '' where the two sides meet or cannot be compared."""
    parts = (edge.branch.then, edge.branch.otherwise)
    others = [s.asked_by(part) for part in (*parts, edge.limit)]
    named = {line.key: line for lines in others for line in lines if line.key != edge.counted.key}
    if edge.counted in others[2] or any(line.input and line.input.ask is not Ask.COUNT for line in named.values()):
        return ""
    samples: dict[str, Value] = {key: _sample(line) for key, line in named.items()}
    answers = {**samples}
    limit = s.bounds.where(unit, answers).of(edge.limit, unit)
    if limit is None or not limit.exact or limit.low is None:
        return ""

    def at(number: Decimal) -> Decimal | None:
        span = s.bounds.where(unit, {**answers, edge.counted.key: number}).of(edge.branch, unit)
        return span.low if span is not None and span.exact else None

    before, after = (limit.low + n for n in _BEYOND[edge.operator])
    flat = [not lines for lines in others[:2]]
    near, far = (before, after) if flat[0] == (edge.operator in (">", ">=")) else (after, before)
    inner = at(near + (near - far))
    one, other = at(near), at(far)
    if one is None or other is None or inner is None or edge.counted not in others[0] + others[1]:
        return ""
    sizes = "、".join(f"{line.label} {show(samples[key])}" for key, line in named.items())
    sides = "，".join(f"{edge.counted.label} {show(number)} 时是 {show(value)}" for number, value in ((near, one), (far, other)))
    words = f"“{edge.line.label}”{sides}{f'（{sizes} 时）' if sizes else ''}"
    if common := "、".join(f"“{line.label}”" for line in named.values() if line.shared):
        change = f"就从逐个计变成 {show(other)}" if any(flat) else "的前后两边相差一倍以上"
        words = f"“{edge.line.label}”在{edge.counted.label}到了按{common}算出的界时{change}"
    if any(flat):
        step = abs(one - inner)
        return words if not all(flat) and 0 < GREAT * step < abs(other - one) else ""
    shared = [line for line in others[0] if line in others[1] and line is not edge.counted]
    return words if shared and min(abs(one), abs(other)) * 2 <= max(abs(one), abs(other)) > 0 else ""


def _sample(line: Line) -> Decimal:
    """A number that may be typed: one, or of what all units share so many as are common."""
    low = line.input.low if line.input and line.input.low is not None else Decimal(0)
    return max(low, SAMPLE if line.shared else Decimal(1))


GREAT = 5
"""A fall of more than so many steps is called one."""
