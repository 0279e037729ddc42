"""Value files: what to put into which input cells.

``{scheme: ID, values: {UNIT: {INDICATOR: value | {INPUT: value}}}}``; what is asked in every period stands one level
deeper, ``{UNIT: {INDICATOR: {PERIOD: …}}}``; ``"*"`` in the place of a unit is the whole scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator import source
from generator.language.declared import EVERYBODY
from generator.lines import accepts
from generator.lines.input import NO, NO_TASK, YES, Input
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.typed import high_value
from generator.problems import Problem, SourceError, Where
from generator.scheme.diagnosis import placed
from generator.suggestion import listed, suggestion
from generator.value import MOST_DIGITS, Value, decimal_of, too_long
from generator.value import number as number_of

_NO_TASK_WORDS = {NO_TASK, "无任务", "－", "—", "-"}


@dataclass(frozen=True)
class Entry:
    """One value for one cell: the line, the unit's position, the value."""

    line: Line
    unit: int
    value: Value


def read(path: Path, plan: Plan) -> list[Entry]:
    """Read a value file for a plan. Raises SourceError naming every value that no cell takes or that is of the wrong kind."""
    read_file = source.read(path)
    problems: list[Problem] = []
    data = read_file.data
    if not isinstance(data, dict) or not isinstance(data.get("values"), dict):
        problems.append(Problem("数值文件要写成 scheme: 方案编号、values: {单位: {指标编号: 值}}"))
        raise SourceError([placed(p, read_file) for p in problems])
    if str(data.get("scheme")) != plan.scheme.id:
        remedy = f"这本工作簿的方案是 {plan.scheme.id}"
        problems.append(Problem("方案编号与工作簿不一致", ("scheme",), str(data.get("scheme")), remedy))
    for key in [one for one in data if one not in ("scheme", "values")]:
        problems.append(Problem(f"不认识“{key}”这一项", (key,), remedy="这里只有 scheme 和 values"))
    entries = list(parse(data["values"], plan, problems, ("values",)))
    if problems:
        raise SourceError([placed(p, read_file) for p in problems])
    return entries


def parse(values: dict[str, Any], plan: Plan, problems: list[Problem], path: Where = ()) -> Iterator[Entry]:
    """The entries of a mapping of values; what is wrong is added to ``problems``."""
    units = {name: i for i, name in enumerate(plan.units)} | {EVERYBODY: -1}
    blank = Evaluation(plan, {})
    for unit, items in values.items():
        if unit not in units:
            problems.append(Problem(f"没有被考核单位“{unit}”", (*path, unit), remedy=_guess(unit, list(units))))
            continue
        if not isinstance(items, dict):
            problems.append(Problem("单位下面要写 {指标编号: 值}", (*path, unit), items))
            continue
        for owner, given in items.items():
            for line, value, where in _targets(plan, owner, given, (*path, unit, owner), problems, shared=unit == EVERYBODY):
                if not line.shared and line.constant(units[unit]) is not None:
                    others = [other for other in plan.inputs_of(line.owner) if other.constant(units[unit]) is None]
                    words = (
                        f"{unit}在“{line.owner}”里没有“{line.label}”这一格（－），不能填"
                        if others
                        else f"{unit}没有“{line.owner}”这项任务（－），不能填“{line.label}”"
                    )
                    problems.append(Problem(words, where, value))
                    continue
                converted = _convert(line, value, where, problems, blank)
                if not isinstance(converted, Problem):
                    yield Entry(line, units[unit], converted)


def _targets(plan: Plan, owner: str, given: Any, path: Where, problems: list[Problem], shared: bool) -> Iterator[tuple[Line, Any, Where]]:
    """The lines that a value goes to: those of the owner, or of the owner in each period that is named."""
    every = plan.inputs_of(owner)
    lines = {line.input.name: line for line in every if line.input and line.shared == shared}
    if not every:
        periods = plan.periods_of(owner)
        if periods and isinstance(given, dict):
            for period, value in given.items():
                if period not in periods:
                    problems.append(Problem(f"{owner} 没有“{period}”这一期", (*path, period), remedy=f"可填的有：{'、'.join(periods)}"))
                else:
                    yield from _targets(plan, f"{owner}@{period}", value, (*path, period), problems, shared)
            return
        if periods:
            problems.append(Problem(f"{owner} 每期各填一次，请写成 {{期: 值}}", path, given, f"期有：{'、'.join(periods)}"))
            return
        known = list(dict.fromkeys(line.owner.id for line in plan.inputs))
        here = "" if plan.view.whole else f"{plan.view.who}的分簿里"
        reason = f"{here}这个指标没有要填的格子" if owner in plan.scores else f"{here}没有这个指标"
        problems.append(Problem(f"{reason}（{owner}）", path, remedy=_guess(owner, known)))
        return
    if not lines:
        who = '要写在各单位下面，不写在 "*" 下面' if shared else '是全方案一个数，要写在 "*" 下面'
        problems.append(Problem(f"{owner} {who}", path, given))
        return
    if not isinstance(given, dict):
        if len(lines) > 1:
            names = _listed(lines)
            problems.append(Problem(f"指标 {owner} 有几个要填的格子，请写成 {{名称: 值}}", path, given, f"名称有：{names}"))
            return
        yield next(iter(lines.values())), given, path
        return
    for name, value in given.items():
        if name not in lines:
            problems.append(Problem(f"指标 {owner} 没有“{name}”这一格", (*path, name), remedy=f"可填的有：{_listed(lines)}"))
        else:
            yield lines[name], value, (*path, name)


def _listed(names: Iterable[str]) -> str:
    """Names in quotation marks: many have commas of their own."""
    return "".join(f"“{name}”" for name in names)


def _convert(line: Line, value: Any, path: Where, problems: list[Problem], blank: Evaluation) -> Value | Problem:
    asked = line.input
    assert asked is not None
    converted = convert(asked, value)
    high = high_value(line, blank)
    fault = "" if converted is None else accepts.fault(asked, converted, high)
    if isinstance(value, (dict, list)):
        fault = accepts.requirement(asked, high)
    if fault := (fault and f"要{fault}") or (too_long(converted) if isinstance(converted, Decimal) and not _from_cell(converted) else ""):
        problem = Problem(f"“{line.owner} {line.label}”的值不能用：{fault}", path, value)
        problems.append(problem)
        return problem
    return converted


def _from_cell(value: Decimal) -> bool:
    """Whether a number with more digits than anybody types is one that a cell can hold, such as a pasted third."""
    return value.adjusted() < MOST_DIGITS and decimal_of(float(value)) == value


def convert(asked: Input, value: Any) -> Value:
    """A value as it goes into a cell: 是/否 for true/false, 7.5% as 0.075, the ways of writing 无 as 无."""
    if isinstance(value, bool):
        return (YES if value else NO) if asked.accepts.options == (YES, NO) else str(value)
    if NO_TASK in asked.accepts.words and isinstance(value, str) and value.strip() in _NO_TASK_WORDS:
        return NO_TASK
    if isinstance(value, str):
        if asked.percent and value.endswith("%") and (number := number_of(value)) is not None:
            return number
        return value
    if isinstance(value, (int, Decimal)):
        return str(value) if asked.accepts.options else Decimal(value)
    return None if value is None else str(value)


def _guess(word: str, known: list[str]) -> str:
    return suggestion(word, known) or f"可用的有：{listed(known)}"
