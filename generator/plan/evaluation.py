"""A plan with inputs, evaluated exactly: what every cell of a book holds."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import compress

from generator.lines.keys import GRADE, MISSING, RANK, TOTAL
from generator.plan.plan import Plan
from generator.tree import exact, explain
from generator.tree.expression import NONE_MARK, Expression
from generator.value import Value

Inputs = Mapping[tuple[str, int], Value]
"""What officials typed: (line key, position of the unit) → value; what is absent is blank. −1 stands for the whole scheme."""


class Evaluation:
    """The values of all lines for all units. Computed on demand, each once."""

    def __init__(self, plan: Plan, inputs: Inputs) -> None:
        self.plan, self.inputs = plan, inputs
        self._known: dict[tuple[str, int], Value] = {}
        self._asked = False
        self._tables = {t.key: t for t in plan.tables}
        self._carried: dict[tuple[str, ...], list[list[str]]] = {}

    def value(self, key: str, unit: int) -> Value:
        """What the unit's cell on a line holds. ``unit`` is a position, from 0."""
        at = (key, unit)
        if at not in self._known:
            line = self.plan.lines[key]
            if unit >= 0 and line.carried and not line.carried[unit]:  # most cells, where each unit has its own indicators
                return NONE_MARK
            self._known[at] = self._worked_out(key, unit) if self._asked else self._first_asked(key, unit)
        return self._known[at]

    def _worked_out(self, key: str, unit: int) -> Value:
        line = self.plan.lines[key]
        given = line.constant(unit) if unit >= 0 else None
        if given is not None:
            return given
        if line.formula is not None:
            return exact.value(line.formula, _Here(self, unit))
        return self.inputs.get((key, unit)) if line.input else None

    def _first_asked(self, key: str, unit: int) -> Value:
        """A cell that nobody's formula asks for. Where it leads too far back (what is left each week, carried over for a
        year), the whole book is worked out from its ends, so that every cell finds the ones before it done."""
        self._asked = True
        try:
            return self._worked_out(key, unit)
        except RecursionError:
            lines = list(self.plan.lines.values())
            for line in [*lines, *reversed(lines)]:
                for u in self.plan.places(line):
                    with suppress(RecursionError):
                        self.at(line.key, u)
            return self._worked_out(key, unit)
        finally:
            self._asked = False

    def fixed(self, key: str, column: str) -> Value:
        """The figure beside a line."""
        line = self.plan.lines[key]
        if line.shared and line.input:
            return self.inputs.get((key, -1))
        figure = line.standard if column == "standard" else line.points
        assert figure is not None, f"{key} has no figure in {column}"
        if isinstance(figure.value, Expression):
            at = (f"{key}:{column}", -1)
            if at not in self._known:
                self._known[at] = exact.value(figure.value, _Here(self, -1))
            return self._known[at]
        return figure.value

    def row(self, key: str, unit: int, own_group: bool) -> list[Value]:
        """The values of all units on a line, or of the unit's group."""
        units = self.plan.group_of[unit] if own_group else range(len(self.plan.units))
        return [self.value(key, u) for u in units]

    def tagged(self, lines: tuple[str, ...], unit: int) -> list[Value]:
        """The unit's values on the lines that can be for it."""
        if unit < 0:
            return [self.value(key, unit) for key in lines]
        if lines not in self._carried:
            by_unit: list[list[str]] = [[] for _ in self.plan.units]
            for key in lines:
                carried = self.plan.lines[key].carried
                for listed in compress(by_unit, carried) if carried else by_unit:
                    listed.append(key)
            self._carried[lines] = by_unit
        return [self.value(key, unit) for key in self._carried[lines][unit]]

    def table(self, key: str, column: str) -> list[Value]:
        """A column of a lookup table."""
        return list(self._tables[key].columns[column])

    def seen_by(self, unit: int) -> exact.Cells:
        """The cells as one unit's formulas see them; without a unit (−1), as the figures beside the lines do."""
        return _Here(self, unit)

    def explain(self, key: str, unit: int) -> explain.Derivation:
        """How the value of a computed line came about, or the one figure that all units share."""
        line = self.plan.lines[key]
        formula = line.standard.value if line.shared and line.standard else line.formula
        assert isinstance(formula, Expression)
        here = _Here(self, unit)
        return explain.derive(formula, here, here)

    def result(self, unit: int) -> Result:
        """A unit's scores, total, rank and grade."""
        scores = {id: _number(self.at(key, unit)) for id, key in self.plan.scores.items()}
        grade = self.value(GRADE, unit) if GRADE in self.plan.lines else None
        if not self.plan.scored:
            return Result(scores=scores, grade=grade if isinstance(grade, str) else None, complete=self.value(MISSING, unit) == 0)
        rank = _number(self.value(RANK, unit))
        total = _number(self.value(TOTAL, unit))
        return Result(
            scores=scores,
            total=total,
            rank=None if rank is None else int(rank),
            grade=grade if isinstance(grade, str) else None,
            complete=total is not None,
        )

    def at(self, key: str, unit: int) -> Value:
        """What a unit has on a line: its own cell, or the one figure that all share."""
        line = self.plan.lines[key]
        alone = line.standard is not None and line.formula is None and line.values is None and not line.input
        return self.fixed(key, "standard") if line.shared or alone else self.value(key, unit)


@dataclass(frozen=True)
class Result:
    """What a unit gets. scores: by indicator id, None where blank or not applicable; rank: within its group."""

    scores: dict[str, Decimal | None] = field(default_factory=dict)
    total: Decimal | None = None
    rank: int | None = None
    grade: str | None = None
    complete: bool = False


class _Here:
    """The sheet as one unit's formulas see it."""

    def __init__(self, book: Evaluation, unit: int) -> None:
        self.book, self.unit = book, unit

    def cell(self, line: str) -> Value:
        return self.book.value(line, self.unit)

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return self.book.tagged(lines, self.unit)

    def fixed(self, line: str, column: str) -> Value:
        return self.book.fixed(line, column)

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self.book.row(line, self.unit, own_group)

    def of_unit(self, line: str, unit: int) -> Value:
        return self.book.value(line, unit)

    def unit_name(self, unit: int) -> str:
        return self.book.plan.units[unit]

    def table(self, table: str, column: str) -> list[Value]:
        return self.book.table(table, column)

    def percent(self, line: str) -> bool:
        return self.book.plan.lines[line].percent

    def cell_name(self, line: str) -> str:
        found = self.book.plan.lines[line]
        if found.label in ("得分", "小计"):
            name = next((b.name for b in self.book.plan.blocks if found in b.lines), "")
            return f"{name}{found.label}"
        return found.label

    def fixed_name(self, line: str, column: str) -> str:
        if column == "points":
            return "分值"
        found = self.book.plan.lines[line]
        if found.shared:
            return found.label
        figure = found.standard
        if figure is not None and figure.form == "{}":
            return found.label
        return figure.form.replace("{}", "").strip() or "标准" if figure else "标准"


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
