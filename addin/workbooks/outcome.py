"""What comes out: values that are out of date, too many of a grade, scores that stay open, units that are not finished."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from addin.workbooks.dress import DRESS
from addin.workbooks.edits import Audit
from addin.workbooks.findings import Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from addin.workbooks.structure import BROKEN
from generator.lines.keys import BAND, GRADE, Owner
from generator.lines.line import Line, Role
from generator.plan.evaluation import Evaluation
from generator.plan.view import Kind
from generator.rules.events import PerEvent
from generator.scheme.model import Indicator
from generator.sheets import tables
from generator.sheets.sheet import Formula
from generator.value import show


def examine(taken: Snapshot, values: Evaluation, names: Names, so_far: Audit) -> Iterator[Finding]:
    """Look over the results. so_far: what is known of the inputs and of what the cells show."""
    yield from _out_of_date(taken, names, so_far)
    yield from _quotas(taken, values, names)
    yield from _ties(taken, values, names)
    yield from _repeated(taken, names)
    known = {f.code for f in so_far.findings if f.severity != "warning" and f.code not in DRESS}
    if not any(code in BROKEN or code.startswith("input-") for code in known):  # then that is why
        yield from _open_scores(taken, values, names)
    if not taken.plan.view.whole:
        return  # nobody is ranked there
    unfinished = [name for unit, name in enumerate(taken.plan.units) if not values.complete(unit)]
    if unfinished:
        yield names.finding("incomplete", f"{_some(unfinished, 5)} {len(unfinished)} 个单位", taken.layout.grids[0].sheet)


def _out_of_date(taken: Snapshot, names: Names, so_far: Audit) -> Iterator[Finding]:
    stale = [edit for edit in so_far.values if edit.sheet in taken.sheets]
    if stale:
        first = stale[0]
        assert isinstance(first.content, Formula)
        detail = f"{len(stale)} 格，例如 {first.cell} 显示 {first.was}，应为 {show(first.content.value)}"
        yield names.finding("values-stale", detail, first.sheet, first.cell)


def _quotas(taken: Snapshot, values: Evaluation, names: Names) -> Iterator[Finding]:
    """Grades that were given to more units than there are places."""
    for table in taken.plan.tables:
        if table.kind != "quota" or taken.plan.view.kind is Kind.UNIT:  # one unit alone exceeds nothing
            continue
        line = taken.plan.lines[table.line]
        for places in tables.places(taken.plan, table, values):
            if places.exceeded:
                detail = f"{names.label(line)}“{places.grade}”应有 {show(places.due)} 个，评了 {show(places.taken)} 个"
                yield names.finding("quota-exceeded", detail, taken.design.tables.sheet, line=line)


def _ties(taken: Snapshot, values: Evaluation, names: Names) -> Iterator[Finding]:
    """Grades by a share of the places: units that tie all get the better grade, however many they are. Who has another
    grade for want of a condition, or by a veto, is no tie."""
    plan, grades = taken.plan, taken.plan.scheme.grades
    if grades is None or GRADE not in plan.lines or grades.by != "rank_share":
        return
    by_place = BAND if BAND in plan.lines else GRADE
    groups = {tuple(g) for g in plan.group_of} if grades.within == "组" else {tuple(range(len(plan.units)))}
    for group in sorted(groups):
        below = Decimal(0)
        for band in grades.bands:
            if band.up_to is None:
                break
            due = grades.places(band.up_to, len(group)) - grades.places(below, len(group))
            below = band.up_to
            given = sum(values.value(by_place, unit) == band.name for unit in group)
            if given >= due + 1:
                detail = f"“{band.name}”应有 {show(due)} 个，因并列有 {given} 个"
                yield names.finding("quota-exceeded", detail, taken.design.summary.sheet)


def _repeated(taken: Snapshot, names: Names) -> Iterator[Finding]:
    """Several events of an indicator where one matter counts once, by the highest: what is typed does not tell whether they
    are one matter."""
    rules = {node.id for node in taken.plan.scheme.walk() if isinstance(node, Indicator) and _once(node)}
    events: dict[Owner, list[Line]] = {}
    for line in taken.plan.inputs:
        if line.owner.id in rules and line.input is not None and not line.input.required:
            events.setdefault(line.owner, []).append(line)
    for lines in events.values():
        for unit in range(len(taken.plan.units)):
            typed = [line for line in lines if isinstance(value := taken.value(line.key, unit), Decimal) and value > 0]
            if len(typed) > 1:
                words = "、".join(f"“{line.label}”" for line in typed)
                sheet, at = taken.place(typed[0].key, unit) or ("", "")
                yield names.finding("matter-repeated", f"{names.of_owner(typed[0].owner)} {words}", sheet, at, typed[0], unit)


def _once(node: Indicator) -> bool:
    return isinstance(node.how, PerEvent) and node.how.same_matter == "highest"


def _open_scores(taken: Snapshot, values: Evaluation, names: Names) -> Iterator[Finding]:
    """Scores that are blank although everything has been filled in: nobody has the task, something is divided by nothing."""
    for line in taken.plan.lines.values():
        if line.role is not Role.SCORE:
            continue
        units = [unit for unit in taken.plan.places(line) if values.at(line.key, unit) is None]
        if units:
            sheet, at = taken.place(line.key, units[0]) or ("", "")
            who = _some([taken.plan.units[unit] for unit in units], 3)
            yield names.finding("score-open", f"{names.label(line)}（{who} {len(units)} 个单位）", sheet, at, line)


def _some(names: list[str], most: int) -> str:
    return "、".join(names[:most]) + ("等" if len(names) > most else "")
