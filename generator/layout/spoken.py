"""What words the cells of a line may show, so that there is room for the longest."""

from __future__ import annotations

from collections.abc import Iterator

from generator.layout.design import Design
from generator.layout.text_size import height_of, lines_needed, text_width
from generator.lines.keys import GRADE, GRADE_TABLE
from generator.lines.line import Format, Line, Role
from generator.plan.plan import Plan
from generator.tree.expression import NONE_MARK, Cell, Expression, If, Text, walk

SIZE, LEADING = 9, 1.3
"""Of words in units' cells, in points, and how high a line is against that."""


def spoken(plan: Plan, line: Line) -> list[str]:
    """The words to choose from; of a result the words that it may come to."""
    if line.input is not None:
        return [*line.input.accepts.options]
    if line.role is not Role.RESULT or line.format is not Format.TEXT or line.formula is None:
        return []
    found = {node.value for node in walk(line.formula) if isinstance(node, Text)}
    for key in _passed_on(line.formula):
        found.update(spoken(plan, plan.lines[key]))
    if line.key == GRADE and GRADE_TABLE in plan.tables_by_key:
        found |= {word for word in plan.tables_by_key[GRADE_TABLE].columns["得分"] if isinstance(word, str)}
    return sorted(found - {"", NONE_MARK})


def _passed_on(formula: Expression) -> Iterator[str]:
    """The lines whose words a formula shows as they are."""
    if isinstance(formula, If):
        yield from _passed_on(formula.then)
        yield from _passed_on(formula.otherwise)
    elif isinstance(formula, Cell):
        yield formula.line


def named(line: Line) -> list[str]:
    """The words that a scheme gives to units on a line, such as their roles."""
    return sorted({value for value in line.values or () if isinstance(value, str)} - {NONE_MARK})


def longest(plan: Plan, line: Line) -> str:
    """The longest of them, '' where there are none."""
    return max(spoken(plan, line), key=text_width, default="")


def words_need(plan: Plan, line: Line, width: float) -> float:
    """How high a cell so wide must be for any of them, in points."""
    return max((height_of(lines_needed(text, width, SIZE), SIZE, LEADING) for text in spoken(plan, line)), default=0.0)


def wrapped(design: Design) -> bool:
    """Whether words in units' cells take several lines; before they were printed smaller."""
    return design.form > 2


def input_style(design: Design, line: Line) -> str:
    """The style of a line's input cells."""
    return "choice" if wrapped(design) and line.input is not None and line.input.accepts.options else "input"
