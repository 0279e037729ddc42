"""Results that come from another scheme: its units, its coefficients and its parts against what is taken here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from generator.language.declared import EVERYBODY
from generator.lines.input import Import, Input
from generator.lines.line import Line
from generator.lint.lists import some
from generator.lint.subject import Node, Subject, body
from generator.plan.plan import Plan
from generator.plan.results import fits, result_line
from generator.scheme.model import Indicator, Scheme
from generator.value import show


def check(s: Subject) -> None:
    """Everything about what is taken from other schemes."""
    compared: set[tuple[str, str]] = set()
    for line in s.plan.inputs:
        _, node = s.scheme.find(line.owner.id)
        for name, whose in _whose(line.input.imports if line.input else ()).items():
            other = s.find(name)
            if other is not None and (line.owner, name) not in compared:
                compared.add((line.owner, name))
                _compare(s, node, line, other, s.scheme.members(whose))
        for source in line.input.imports if line.input else ():
            there = s.plan_of(source.scheme)
            if there is not None:
                _part(s, node, line, source, there)


def sources_of(node: Indicator) -> dict[str, list[str]]:
    """The schemes that an indicator takes its results from, each with the groups, sets or units for which it does."""
    return _whose(source for sources in node.how.imports().values() for source in sources)


def _whose(sources: Iterable[Import]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for source in sources:
        found.setdefault(source.scheme, {}).update({source.whose: None} if source.whose else {})
    return {name: [*whose] for name, whose in found.items()}


def _asked(line: Line, meant: tuple[bool, ...]) -> Iterator[bool]:
    """For each unit, whether it is asked for a result of those that are meant."""
    return (m and (not line.applies or line.applies[unit]) for unit, m in enumerate(meant))


def _listed(scheme: Scheme) -> Iterator[bool]:
    """For each unit, whether the text itself names it."""
    return (EVERYBODY not in scheme.unlisted and g not in scheme.unlisted for g, units in scheme.groups.items() for _ in units)


def _label(s: Subject, node: Node | None, line: Line) -> str:
    return s.label(node) if node else f"“{line.label}”"


def _compare(s: Subject, node: Node | None, line: Line, other: Scheme, meant: tuple[bool, ...]) -> None:
    """The units and coefficients of another scheme against those for whom its results are taken. meant: for whom they are. Names that
    stand for a list which the text does not have are nobody's."""
    asked = zip(_asked(line, meant), _listed(s.scheme), strict=True)
    here = {body(u): u for u in s.units(a and named for a, named in asked)}
    outside = {u for group in other.outside for u in other.groups[group]}
    there = {body(u): u for u, named in zip(other.unit_names, _listed(other), strict=True) if named and u not in outside}
    known = {body(u) for u in s.units(meant)}
    only_here = [u for key, u in here.items() if key not in there and not other.unlisted]
    only_there = [u for key, u in there.items() if key in known and key not in here]
    parts = [f"这里列了、那里不考核的有{some(only_here, 8)}"] if only_here else []
    parts += [f"那里考核、这里没有列的有{some(only_there, 8)}"] if only_there else []
    if parts:
        s.say("import-mismatch", node, f"{_label(s, node, line)}采用《{other.title}》的结果，{'；'.join(parts)}")
    carriers = node.carriers if node else []
    if other.roles and isinstance(carriers, dict) and len(set(s.scheme.roles.values())) > 1:
        detail = f"《{other.title}》里已经乘过系数，{_label(s, node, line)}再按{'、'.join(carriers)}的系数乘一次"
        s.say("coefficient-twice", node, detail)


def _part(s: Subject, node: Node | None, line: Line, source: Import, other: Plan) -> None:
    """A result that the other scheme does not have, has not for all who are asked for it, or that is of another kind or size than what
    is asked for here."""
    assert line.input is not None
    there, what = result_line(other, source.result), f"{_label(s, node, line)}采用《{other.scheme.title}》的{source.words}"
    if there is None:
        s.say("import-part", node, f"{what}，那里没有这一项")
        return
    never = {body(unit) for number, unit in enumerate(other.units) if there.carried and not there.carried[number]}
    asked = s.units(_asked(line, s.scheme.members([source.whose] if source.whose else [])))
    if without := [unit for unit in asked if body(unit) in never]:
        s.say("import-part", node, f"{what}，那里{some(without, 8)}没有这一项")
    if not fits(there, line.input):
        s.say("import-part", node, f"{what}，那里的不是这里要填的那一种")
    full, high = _full(there), _high(s.plan, line.input, line)
    if full is not None and high is not None and full != high:
        s.say("import-scale", node, f"{what}，那里满分{show(full)}，这里按{show(high)}")


def _full(line: Line) -> Decimal | None:
    """What a result is out of, where that is one number for all."""
    return line.points.value if line.points and isinstance(line.points.value, Decimal) else None


def _high(plan: Plan, asked: Input, line: Line) -> Decimal | None:
    """The most that may be typed, where that is one number for all."""
    if isinstance(asked.high, Decimal):
        return asked.high
    beside = line.standard or next((one.points for one in plan.block_of[line.key].lines if one.points), None)
    return beside.value if asked.high is not None and beside and isinstance(beside.value, Decimal) else None
