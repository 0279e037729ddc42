"""Which columns the summary has and where they stand, for formulas that look at it."""

from __future__ import annotations

from generator.layout.design import Design
from generator.layout.grid import UNIT_NAME
from generator.lines.keys import DONE, DUTIES, GRADE, RANK, TOTAL, UNDONE
from generator.plan.plan import Plan

KEY, ORDER, FIRST = 1, 2, 3
TITLE, HEAD = 2, 3
UNITS_FROM = HEAD + 1
"""The row of the first unit."""


def mirrored(plan: Plan, design: Design) -> dict[str, int]:
    """In a book with several scoring sheets: line → the column of the summary where all units stand below each other."""
    return {line: position for position, key in enumerate(column_keys(plan, design, True), FIRST) if (line := line_of(key))}


def column_keys(plan: Plan, design: Design, apart: bool) -> list[str]:
    """The summary's columns from the left: what identifies a unit, its scores, what there is to say of its place, and where there
    are several scoring sheets, hidden ones that formulas look across."""
    keys = ["number", *(["group"] if len(plan.scheme.groups) > 1 else []), "unit"]
    keys += [f"score:{key}" for _, key in plan.columns]
    if plan.scored:
        keys += ["total", "rank", *(["grade"] if GRADE in plan.lines else []), *(f"result:{key}" for _, key in plan.results)]
    else:
        keys += ["duties", "done", "undone"]
    keys += ["state", *(["remark"] if plan.scored and "remark" in design.summary.headings else [])]
    shown = {line_of(key) for key in keys}
    return keys + [f"hidden:{line}" for line in looked_across(plan) if line not in shown] if apart else keys


def looked_across(plan: Plan) -> list[str]:
    """The lines that some formula looks at for all units at once, in the order of the plan."""
    used = plan.dependencies.looked_at("row") | {table.line for table in plan.tables if table.kind == "quota"}
    return [key for key in plan.lines if key in used]


LINES = {"total": TOTAL, "rank": RANK, "grade": GRADE, "duties": DUTIES, "done": DONE, "undone": UNDONE, "unit": UNIT_NAME}


def line_of(key: str) -> str:
    """The line that a column shows, '' for one that shows none."""
    return LINES.get(key) or (key.partition(":")[2] if ":" in key else "")
