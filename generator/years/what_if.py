"""Last year's figures under this year's rules: total, rank and grade of each unit before and after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator import source
from generator.plan.evaluation import Evaluation, Inputs, Result
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Refusal
from generator.scheme import load
from generator.scheme.load import SchemeFile
from generator.scheme.model import Indicator
from generator.years.carrying import Carried, Lost, carried
from generator.years.units import Change, groups_of, regrouped
from generator.years.units import after as after_changes


@dataclass(frozen=True)
class Outcome:
    """A unit under both rules. before: the results of what it was, by name; scores: the indicators whose score is another, for a unit
    that is what it was, by id."""

    unit: str
    before: dict[str, Result]
    after: Result
    scores: dict[str, tuple[Decimal | None, Decimal | None]]


@dataclass(frozen=True)
class WhatIf:
    """What would be. count: how many values were carried over; lost: those that could not be; left_out: indicators that are not scored
    because last year's book has no figure for them, in words; apart: units that something is not known of, without which the others
    are scored; open: whether the scheme does not hold together without such, so that totals stay open."""

    units: list[Outcome]
    count: int
    lost: list[Lost]
    left_out: list[str]
    apart: list[str]
    open: bool


def what_if(old: Plan, inputs: Inputs, file: SchemeFile) -> WhatIf:
    """A filled book's values under the rules of another scheme. Raises SchemeFault where that cannot be planned, Refusal where
    they have no unit in common."""
    new = make_plan(file.scheme)
    taken = carried(old, inputs, new)
    if not any(taken.origins.values()):
        raise Refusal("两个方案里没有一个单位是同一个；改了名的请先在新方案里写上一年度的名称（formerly），再算")
    unknown = [node for node in file.scheme.walk() if isinstance(node, Indicator) and _is_unknown(node.id, new, taken)]
    ids = {node.id for node in unknown}
    plan, after = _evaluated(old, inputs, new, _without(ids, set(), file) if ids else new)
    gaps = _gaps(after)
    apart = [name for unit, name in enumerate(plan.units) if unit in gaps or not taken.origins[name]]
    whole = plan is not new or not ids
    if apart and len(apart) < len(plan.units) and (less := _without(ids if whole else set(), {*apart}, file)):
        plan, after = _evaluated(old, inputs, plan, less)
    before = Evaluation(old, inputs)
    results = {unit: after.result(place) for place, unit in enumerate(plan.units)}
    units = []
    for unit in new.units:
        was = {origin: before.result(old.units.index(origin)) for origin in taken.origins[unit]}
        units.append(Outcome(unit, was, results.get(unit, Result()), _changed(was, results.get(unit))))
    left_out = [f"{node.id} {node.name}" for node in unknown]
    return WhatIf(units, len(taken.inputs), taken.lost, left_out, apart, not whole or any(unit in results for unit in apart))


def _evaluated(old: Plan, inputs: Inputs, plan: Plan, less: Plan | None) -> tuple[Plan, Evaluation]:
    """A plan with the values that it takes of a book. less: a smaller one that is taken instead where there is one."""
    chosen = less or plan
    return chosen, Evaluation(chosen, carried(old, inputs, chosen).inputs)


def _gaps(values: Evaluation) -> set[int]:
    """The units that something is missing of which is wanted."""
    return {unit for line in values.plan.inputs for unit, wrong in values.at_fault(line).items() if wrong and unit >= 0}


def _changed(was: dict[str, Result], now: Result | None) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The scores that are another, of a unit that was one."""
    if len(was) != 1 or now is None:
        return {}
    only = next(iter(was.values()))
    ids = {**only.scores, **now.scores}
    return {id: (only.scores.get(id), now.scores.get(id)) for id in ids if only.scores.get(id) != now.scores.get(id)}


def _is_unknown(id: str, plan: Plan, taken: Carried) -> bool:
    """Whether an indicator cannot be scored for any unit, because something that it asks for is known of none."""
    for line in plan.inputs:
        if line.owner.id != id or line.input is None or line.input.accepts.blank or line.wanted_if:
            continue
        places = [unit for unit in plan.places(line) if unit < 0 or line.constant(unit) is None]
        if places and not any((line.key, unit) in taken.inputs for unit in places):
            return True
    return False


def _without(ids: set[str], units: set[str], file: SchemeFile) -> Plan | None:
    """The plan of a scheme without some of its indicators and units; None where it does not hold together without them."""
    data = file.parsed().data
    if units:
        formerly = {unit: old for unit, old in (data.get("formerly") or {}).items() if unit not in units}
        data = regrouped(data, after_changes(groups_of(data), [Change((unit,), ()) for unit in sorted(units)])).data
        data["formerly"] = formerly
    data["indicators"] = _pruned(data["indicators"], ids)
    if "bonus" in data and not (bonus := _pruned([data["bonus"]], ids)):
        del data["bonus"]
    elif "bonus" in data:
        data["bonus"] = bonus[0]
    kept = {str(node.get("id", node.get("name"))) for node in _nodes([*data["indicators"], data.get("bonus")])}
    data["notes"] = [note for note in data.get("notes") or [] if not note.get("at") or str(note["at"]) in kept]
    data["readings"] = [r for r in data.get("readings") or [] if _targets(r) <= kept | {"*"}]
    try:
        return make_plan(load.understand(source.Source(file.file, file.text, data)).scheme)
    except Refusal:
        return None


def _pruned(nodes: list[Any], ids: set[str]) -> list[Any]:
    found = []
    for node in nodes:
        if "children" not in node:
            found += [] if str(node.get("id")) in ids else [node]
        elif children := _pruned(node["children"], ids):
            found.append(node | {"children": children})
    return found


def _nodes(nodes: list[Any]) -> list[dict[str, Any]]:
    return [inner for node in nodes if node for inner in (node, *_nodes(node.get("children") or []))]


def _targets(reading: dict[str, Any]) -> set[str]:
    """The ids that a reading's options change."""
    return {str(id) for option in reading["options"].values() for id in (option.get("set") or {})}
