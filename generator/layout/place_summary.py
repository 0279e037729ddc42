"""Which columns the summary has and where they stand, for formulas that look at it."""

from __future__ import annotations

from generator.layout.grid import UNIT_NAME
from generator.layout.layout import Layout
from generator.lines.keys import DONE, DUTIES, GRADE, RANK, TOTAL, UNDONE

KEY, ORDER, FIRST = 1, 2, 3
TITLE, HEAD = 2, 3


def reserve(layout: Layout) -> None:
    """Tell the layout of a book with one sheet a unit in which columns of the summary its lines stand below each other."""
    layout.summary_first = HEAD + 1
    if layout.by_unit:
        keys = column_keys(layout)
        at = {line_of(key): position for position, key in enumerate(keys, FIRST)}
        layout.mirror = {line: position for line, position in at.items() if line}


def column_keys(layout: Layout) -> list[str]:
    """The summary's columns from the left: what identifies a unit, its scores, and hidden ones that formulas look across."""
    plan = layout.plan
    keys = ["number", *(["group"] if len(plan.scheme.groups) > 1 else []), "unit"]
    keys += [f"score:{key}" for _, key in plan.columns]
    if plan.scored:
        keys += ["total", "rank", *(["grade"] if GRADE in plan.lines else []), *(f"result:{key}" for _, key in plan.results)]
    else:
        keys += ["duties", "done", "undone"]
    keys.append("state")
    shown = {line_of(key) for key in keys}
    return keys + [f"hidden:{line}" for line in looked_across(layout) if line not in shown] if layout.by_unit else keys


def looked_across(layout: Layout) -> list[str]:
    """The lines that some formula looks at for all units at once, in the order of the plan."""
    used = layout.plan.dependencies.looked_at("row") | {table.line for table in layout.plan.tables if table.kind == "quota"}
    return [key for key in layout.plan.lines if key in used]


LINES = {"total": TOTAL, "rank": RANK, "grade": GRADE, "duties": DUTIES, "done": DONE, "undone": UNDONE, "unit": UNIT_NAME}


def line_of(key: str) -> str:
    return LINES.get(key) or (key.partition(":")[2] if ":" in key else "")
