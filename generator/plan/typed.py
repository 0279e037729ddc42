"""Which inputs of a plan are wanted, and what is wrong with what was typed."""

from __future__ import annotations

from generator.lines.accepts import fault
from generator.lines.input import YES
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.tree.expression import Cell, Expression, Fixed
from generator.tree.formula import Addresses, formula
from generator.value import Value


def line_fault(line: Line, unit: int, book: Evaluation) -> str:
    """What is wrong with a unit's input on a line, as `fault` puts it; nothing where no input is wanted."""
    assert line.input is not None
    if unit < 0:
        return fault(line.input, book.fixed(line.key, "standard"), high_value(line, book, unit))
    if line.constant(unit) is not None:
        return ""
    value = book.value(line.key, unit)
    for question, wanted in line.wanted_if:
        # what a score can do without may be blank, but what is typed must be right
        if not _answered(question, wanted, unit, book) and (wanted or not has_value(value)):
            return ""
    return fault(line.input, value, high_value(line, book, unit))


def has_value(value: Value) -> bool:
    return value is not None and value != ""


def _answered(question: Expression, wanted: str, unit: int, book: Evaluation) -> bool:
    """Whether a question has the answer that makes an input wanted; － is as good as 否. wanted: see `Line.wanted_if`."""
    if not wanted:
        return not has_value(book.value(question.line, unit))  # type: ignore[attr-defined]
    given = book.fixed(question.line, "standard") if isinstance(question, Fixed) else book.value(question.line, unit)  # type: ignore[attr-defined]
    return given == YES if wanted == YES else given not in (YES, None, "")


def answered_formula(question: Expression, wanted: str, at: Addresses) -> str:
    """The same as a condition, without ``=``."""
    cell = formula(question, at)[1:]
    if not wanted:
        return f'{cell}=""'
    return f'{cell}="{YES}"' if wanted == YES else f'AND({cell}<>"",{cell}<>"{YES}")'


def high_value(line: Line, book: Evaluation, unit: int = -1) -> Value:
    """The upper limit of a unit's input where it stands in a cell; without a unit, where it is the same for all."""
    high = line.input.high if line.input else None
    if isinstance(high, Cell):
        return None if unit < 0 else book.value(high.line, unit)
    return book.fixed(high.line, high.column) if isinstance(high, Fixed) else None
