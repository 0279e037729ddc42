"""An indicator of every rule kind, as it is filled in and as it then reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from generator import source
from generator.definition import words
from generator.definition.grids import UNIT, Grid, spread
from generator.definition.kind import fields_of
from generator.definition.notation import Written
from generator.definition.vocabulary import heading, rule_words, sheet_of
from generator.definition.words import CONTENT, LEVEL, OWNER, WHAT
from generator.layout.design import TEMPLATES
from generator.plan.planner import make_plan
from generator.rules import KINDS
from generator.scheme import load
from generator.value import Percent, show

FILE = TEMPLATES / "definition-examples.yaml"


@dataclass(frozen=True)
class Example:
    """A rule kind. word: what it is called; name, sentence: of an indicator scored by it, '' where there is no example; cells:
    what is filled in for that, line by line; columns: what can be filled in."""

    kind: str
    word: str
    name: str = ""
    sentence: str = ""
    cells: str = ""
    columns: str = ""


@cache
def examples() -> tuple[Example, ...]:
    """One of each rule kind, in the order of the examples."""
    read = source.read(FILE)
    scheme = load.understand(read).scheme
    plan = make_plan(scheme)
    grids = spread(read.data)
    said = {block.id: block.sentence for block in plan.blocks}
    made = {}
    for node in read.data["indicators"]:
        kind, id_ = str(node["rule"]), str(node["id"])
        lines = [_words(grid, row) for grid in grids for row in grid.rows if id_ in (row.get(OWNER), row.get("id"))]
        made[kind] = Example(kind, rule_words()[kind], str(node["name"]), said[id_], "\n".join(lines), _columns(kind))
    rest = {kind: Example(kind, rule_words()[kind], columns=_columns(kind)) for kind in KINDS}
    return tuple((made | {kind: one for kind, one in rest.items() if kind not in made}).values())


def _columns(kind: str) -> str:
    """The columns and sheets in which the parameters of a kind are filled in."""
    found = []
    for key in fields_of(KINDS[kind]):
        if key not in ("rule", "name"):
            sheet = sheet_of(key, False)
            found.append(f"“{sheet}”表的{heading(key, sheet)}" if sheet else heading(key, words.TREE))
    return "、".join(found)


def _words(grid: Grid, row: dict[str, Any]) -> str:
    """A row in words."""
    cells = []
    for column, value in row.items():
        if column not in (OWNER, LEVEL, CONTENT) and value is not None:
            text = _shown(grid.notation(column, row).write(value)) if column != WHAT or grid.sheet != words.FIGURES else heading(value, "")
            cells.append(f"{grid.heading(column)}={text}" if not column.startswith(UNIT) else f"{grid.heading(column)} {text}")
    return f"{grid.sheet}：{'；'.join(cells)}"


def _shown(written: Written) -> str:
    """A cell as it looks."""
    value = written.value
    if written.format.endswith("%") and not isinstance(value, (str, bool)) and value is not None:
        return f"{show(Percent(value) * 100)}%"
    return show(value)
