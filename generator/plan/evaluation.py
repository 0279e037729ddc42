"""A plan with inputs, evaluated exactly: what every cell of a book holds."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any, cast

from generator.language.scope import NOBODY
from generator.lines.accepted import Accepted
from generator.lines.accepts import requirement
from generator.lines.keys import COEFFICIENT, GRADE, MISSING, RANK, RESULT_LABEL, TOTAL, Owner
from generator.lines.line import SHARED, Line, Role
from generator.plan import called
from generator.plan.dependencies import Node
from generator.plan.plan import Plan
from generator.plan.prepared import PreparedLine
from generator.plan.typed import high_value
from generator.plan.worth import worth
from generator.tree import exact, explain
from generator.tree.at_hand import HERE, ValuesAtHand
from generator.tree.compiled import Compiled, Units
from generator.tree.derivation import Derivation
from generator.tree.expression import UNFINISHED, Cell, Expression, IsError, Saved, walk
from generator.value import CONTEXT, ErrorValue, Value

Inputs = Mapping[tuple[str, int], Value]
"""What officials typed: (line key, position of the unit) → value; what is absent is blank. −1 stands for the whole scheme."""


class Evaluation:
    """The values of all lines for all units. Worked out a line at a time when one of its cells is first asked for, after the
    lines that it looks at, each once."""

    def __init__(self, plan: Plan, inputs: Inputs) -> None:
        self.plan, self.inputs = plan, inputs
        self._known: dict[str, Sequence[Value]] = {}
        self._figures: dict[str, Value | Exception] = {}
        self._done: set[Node] | _Rest = set()
        self._lately = frozenset[Node]()
        self._needed: dict[Node, list[Node]] = {}
        """What was to be worked out for a node, where this differs from another evaluation: the same for all that differ in that input."""
        self._after: dict[str, dict[Node, list[Node]]] = {}
        """The same by the line of the input, for those that differ from this one."""
        self._faults: dict[str, dict[int, bool]] = {}
        self._judged: dict[Accepted, dict[tuple[type, Value], bool]] = {}
        self._moved, self._former = SHARED, dict[Node, Sequence[Value]]()
        """Where this differs from another evaluation in one unit's input: the unit, and the cells there that only change for it."""
        self._spoilt = {key for (key, _), value in inputs.items() if isinstance(value, ErrorValue)}
        """The inputs of which some hold error values."""

    def value(self, key: str, unit: int) -> Value:
        """What the unit's cell on a line holds. ``unit`` is a position, from 0. Raises NotANumber where a spreadsheet would
        show #VALUE!."""
        if unit < 0:
            return self.inputs.get((key, unit)) if self.plan.lines[key].input else None
        return (self._known.get(key) or self.cells(key))[unit]

    def cells(self, key: str) -> Sequence[Value]:
        """What all units' cells on a line hold. To look at one raises NotANumber where a spreadsheet would show #VALUE!."""
        if key not in self._known:
            self._work_out(Node(key, "cell"))
        return self._known[key]

    def _work_out(self, node: Node) -> None:
        across = _Across(self, self._known)
        needed = self._needed.get(node)
        if needed is None:
            known = _Rest(self._done.there, self._done.reached) if isinstance(self._done, _Rest) else self._done
            needed = self.plan.dependencies.needed(node, known)
        if isinstance(self._done, _Rest):
            self._needed[node] = needed
        with localcontext(CONTEXT):
            for here in needed:
                if here in self._done:
                    continue
                key = here.line
                prepared = self.plan.prepared[key]
                if self._spoilt and not self._spoilt.isdisjoint(look.line for look in self.plan.dependencies.all_looks.get(here, ())):
                    self._with_errors(here)
                elif here.part == "standard":
                    if prepared.line.nodes_of_figure:
                        [self._figures[key]], _ = _values(prepared.figure, across, [0])
                elif prepared.line.formula is not None:
                    self._known[key] = self._formulas(here, prepared, across)
                elif here in self._former:
                    self._known[key] = cells = [*self._former[here]]
                    cells[self._moved] = self.inputs.get((key, self._moved))
                elif prepared.line.input:
                    self._known[key] = prepared.filled([self.inputs.get((key, unit)) for unit in prepared.open])
                else:
                    self._known[key] = prepared.constants
                self._done.add(here)

    def _formulas(self, here: Node, prepared: PreparedLine, across: _Across) -> Sequence[Value]:
        """The cells of a line with formulas; those of other units as they were, where only one unit's can be others."""
        units, former = prepared.open, self._former.get(here)
        if former is not None:
            units = [self._moved] if self._moved in units else []
        values, broken = _values(prepared.formula, across, units)
        if former is None:
            cells = prepared.filled(values)
        else:
            cells = [*former]
            for unit, value in zip(units, values, strict=True):
                cells[unit] = value
        return _Broken(cells) if broken else cells

    def with_one(self, key: str, unit: int, value: Value) -> Evaluation:
        """The same with another value in one input. What does not rest on it is not worked out again."""
        other, dependencies = copy(self), self.plan.dependencies
        reached = dependencies.reached(key)
        other.inputs = ChainMap({(key, unit): value}, cast(dict[tuple[str, int], Value], self.inputs))  # read only
        other._known, other._figures, other._done = dict(self._known), dict(self._figures), _Rest(self._done_by_now(), reached)
        for node in reached:
            (other._known if node.part == "cell" else other._figures).pop(node.line, None)
        other._lately = frozenset()
        other._needed = self._after.setdefault(key, {})
        other._after, other._faults = {}, {}
        other._moved, other._former = unit, {}
        if unit != SHARED:
            for node in dependencies.reached_alone(key):
                cells = self._known.get(node.line)
                if cells is not None and not isinstance(cells, _Broken):
                    other._former[node] = cells
        other._spoilt = self._spoilt | ({key} if isinstance(value, ErrorValue) else set())
        return other

    def supposing(self, key: str, unit: int, value: Value) -> Evaluation:
        """The same, had a formula come to another value for a unit."""
        other = self.with_one(key, unit, value)
        cells = [*self.cells(key)]
        cells[unit] = value
        other._known[key] = cells
        other._done.add(Node(key, "cell"))
        return other

    def _done_by_now(self) -> frozenset[Node]:
        """What is worked out, as a set that does not grow: others that differ from this one know no more."""
        if len(self._done) != len(self._lately):
            self._lately = frozenset(self._done)
        return self._lately

    def read_otherwise(self, plan: Plan, altered: Collection[str]) -> Evaluation:
        """The same inputs in another plan of the scheme, as far as it has lines for them. What is known here and cannot be different
        there is not worked out again. altered: what can be, see `Plan.altered`."""
        gone = self.plan.lines.keys() - plan.lines.keys()
        other = Evaluation(plan, {at: value for at, value in self.inputs.items() if at[0] not in gone} if gone else self.inputs)
        other._known.update((key, cells) for key, cells in self._known.items() if key not in altered)
        other._figures.update((key, figure) for key, figure in self._figures.items() if key not in altered)
        other._done = {node for node in self._done if node.line not in altered}
        return other

    def at_fault(self, line: Line) -> Mapping[int, bool]:
        """Which units' inputs on a line are missing although they are wanted, or are not accepted; of the one input that all
        units share, under −1."""
        if line.key not in self._faults:
            units = [SHARED] if line.shared else self.plan.prepared[line.key].open
            self._faults[line.key] = dict(zip(units, self._faults_of(line, units), strict=True))
        return self._faults[line.key]

    def _faults_of(self, line: Line, units: Units) -> Sequence[bool]:
        assert line.input is not None
        accepts = line.input.accepts
        typed = [self.fixed(line.key, "standard")] if line.shared else [self.value(line.key, unit) for unit in units]
        if not line.wanted_if and not isinstance(accepts.high, Expression):
            known = self._judged.setdefault(accepts, {})
            return [known[how] if (how := (type(v), v)) in known else known.setdefault(how, _refused(accepts, v)) for v in typed]
        looked = {node.line for node in walk(line.fault) if isinstance(node, Cell) and node != HERE}
        if line.shared or not self._spoilt.isdisjoint({line.key, *looked}):
            tree = Saved(line.fault, IsError(HERE))
            here = (ValuesAtHand({HERE.line: value}, self.seen_by(unit)) for value, unit in zip(typed, units, strict=True))
            return [bool(exact.value(tree, at_hand)) for at_hand in here]
        for key in looked:
            self.cells(key)
        across = _Across(self, ChainMap({HERE.line: self.cells(line.key)}, self._known))
        with localcontext(CONTEXT):
            return [bool(_sound(found)) for found in _values(self.plan.prepared[line.key].fault, across, units)[0]]

    def _with_errors(self, here: Node) -> None:
        """Work out what looks at inputs of which some hold error values: cell by cell, as `exact` reads them."""
        line, prepared = self.plan.lines[here.line], self.plan.prepared[here.line]
        if here.part == "standard":
            figure = line.standard.value if line.standard else None
            assert isinstance(figure, Expression)
            self._figures[here.line] = self._read(self.plan.written_figure(line, figure), SHARED)
            return
        tree = self.plan.written(line)
        assert tree is not None
        cells = prepared.filled([self._read(tree, unit) for unit in prepared.open])
        self._known[here.line] = _Broken(cells) if any(isinstance(cell, Exception) for cell in cells) else cells

    def _read(self, tree: Expression, unit: int) -> Any:
        try:
            return exact.value(tree, _Here(self, unit))
        except Exception as fault:  # whatever it is, whoever asks for the cell is told
            return fault

    def fixed(self, key: str, column: str) -> Value:
        """The figure beside a line."""
        line = self.plan.lines[key]
        if line.shared and line.input:
            return self.inputs.get((key, -1))
        figure = line.standard if column == "standard" else line.points
        assert figure is not None, f"{key} has no figure in {column}"
        if not isinstance(figure.value, Expression):
            return figure.value
        assert column == "standard", f"{key} has points that are worked out"
        if key not in self._figures:
            self._work_out(Node(key, "standard"))
        return _sound(self._figures[key])

    def row(self, key: str, unit: int, own_group: bool) -> list[Value]:
        """The values of all units on a line, or of the unit's group."""
        units = self.plan.group_of[unit] if own_group else range(len(self.plan.units))
        cells = self.cells(key)
        return [cells[u] for u in units]

    def tagged(self, lines: tuple[str, ...], unit: int) -> list[Value]:
        """The unit's values on the lines that can be for it."""
        return [self.value(key, unit) for key in (lines if unit < 0 else self.plan.prepared.carried(lines)[unit])]

    def table(self, key: str, column: str) -> list[Value]:
        """A column of a lookup table."""
        return list(self.plan.tables_by_key[key].columns[column])

    def seen_by(self, unit: int) -> exact.Cells:
        """The cells as one unit's formulas see them; without a unit (−1), as the figures beside the lines do."""
        return _Here(self, unit)

    def explain(self, key: str, unit: int) -> Derivation:
        """How the value of a computed line came about, or the one figure that all units share."""
        line = self.plan.lines[key]
        formula = line.standard.value if line.shared and line.standard else line.formula
        assert isinstance(formula, Expression)
        here = _Here(self, unit, line.owner)
        return explain.derive(formula, here, here, line.percent)

    def result(self, unit: int) -> Result:
        """A unit's scores, total, rank and grade."""
        scores = {id: _number(self.at(key, unit)) for id, key in self.plan.scores.items()}
        grade = self.value(GRADE, unit) if GRADE in self.plan.lines else None
        if not self.plan.scored:
            return Result(scores=scores, grade=grade if isinstance(grade, str) else None, complete=self.complete(unit))
        rank = _number(self.value(RANK, unit)) if RANK in self.plan.lines else None
        total = _number(self.value(TOTAL, unit))
        return Result(
            scores=scores,
            total=total,
            rank=None if rank is None else int(rank),
            grade=grade if isinstance(grade, str) else None,
            complete=self.complete(unit),
        )

    def complete(self, unit: int) -> bool:
        """Whether all that a unit's results need is filled in."""
        if self.plan.scored and self.plan.view.whole:
            return isinstance(self.value(TOTAL, unit), Decimal)
        return self.value(MISSING, unit) == 0

    def at(self, key: str, unit: int) -> Value:
        """What a unit has on a line: its own cell, or the one figure that all share."""
        return self.fixed(key, "standard") if self.plan.prepared[key].one_for_all else self.value(key, unit)


@dataclass(frozen=True)
class Result:
    """What a unit gets. scores: by indicator id, None where blank or not applicable; rank: within its group."""

    scores: dict[str, Decimal | None] = field(default_factory=dict)
    total: Decimal | None = None
    rank: int | None = None
    grade: str | None = None
    complete: bool = False


class _Rest:
    """The nodes that are known in an evaluation which differs from another one: those known there that are not `reached` by what is
    different, and those worked out since."""

    def __init__(self, there: frozenset[Node], reached: frozenset[Node]) -> None:
        self.there, self.reached, self.own = there, reached, set[Node]()

    def __contains__(self, node: object) -> bool:
        return node in self.own or (node not in self.reached and node in self.there)

    def __iter__(self) -> Iterator[Node]:
        yield from (self.there - self.reached) | self.own

    def __len__(self) -> int:
        return len((self.there - self.reached) | self.own)

    def add(self, node: Node) -> None:
        self.own.add(node)


class _Broken(list[Any]):
    """Cells of which some cannot be worked out: an exception stands there, and is raised for whoever reads them."""

    def __getitem__(self, unit: Any) -> Any:
        return _sound(super().__getitem__(unit))

    def __iter__(self) -> Iterator[Any]:
        return map(_sound, super().__iter__())


def _sound(value: Value | Exception) -> Value:
    if isinstance(value, Exception):
        raise value
    return value


def _values(tree: Compiled, across: _Across, units: Units) -> tuple[Sequence[Any], bool]:
    """What a tree gives for some units: for all together, or one by one where it cannot be worked out for each of them;
    and whether that is so."""
    try:
        return tree.in_context(across, units) if units else [], False
    except Exception:
        values: list[Any] = []
        for unit in units:
            try:
                values += tree.in_context(across, [unit])
            except Exception as fault:  # whatever it is, whoever asks for the cell is told
                values.append(fault)
        return values, True


def _refused(accepts: Accepted, value: Value) -> bool:
    """Whether a value is at fault, where that depends on nothing else."""
    return bool(exact.value(Saved(accepts.fault, IsError(HERE)), ValuesAtHand({HERE.line: value})))


class _Across:
    """The sheet as the formulas of a whole line see it."""

    def __init__(self, values: Evaluation, known: Mapping[str, Sequence[Value]]) -> None:
        self.values, self.plan = values, values.plan
        self.known: Mapping[str, Sequence[Value]] = known
        self.everybody: Units = self.plan.prepared.everybody

    def tagged(self, lines: tuple[str, ...], units: Units) -> Sequence[Sequence[Value]]:
        known, carried = self.known, self.plan.prepared.carried(lines)
        return [[known[line][unit] for line in carried[unit]] for unit in units]

    def fixed(self, line: str, column: str) -> Value:
        return self.values.fixed(line, column)

    def row(self, line: str, group: int) -> Sequence[Value]:
        cells = self.known[line]
        return [cells[unit] for unit in self.plan.group_of[group]]

    def groups(self, units: Units) -> Sequence[int]:
        """A group goes by its first unit."""
        return [self.plan.group_of[unit][0] for unit in units]

    def table(self, table: str, column: str) -> Sequence[Value]:
        return self.plan.tables_by_key[table].columns[column]


class _Here:
    """The sheet as one unit's formulas see it."""

    def __init__(self, values: Evaluation, unit: int, own: Owner = NOBODY) -> None:
        self.values, self.unit, self.own = values, unit, own

    def cell(self, line: str) -> Value:
        return self.values.value(line, self.unit)

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return self.values.tagged(lines, self.unit)

    def fixed(self, line: str, column: str) -> Value:
        return self.values.fixed(line, column)

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self.values.row(line, self.unit, own_group)

    def of_unit(self, line: str, unit: int) -> Value:
        return self.values.value(line, unit)

    def unit_name(self, unit: int) -> str:
        return self.values.plan.units[unit]

    def table(self, table: str, column: str) -> list[Value]:
        return self.values.table(table, column)

    def percent(self, line: str) -> bool:
        return self.values.plan.lines[line].percent

    def typed(self, line: str) -> bool:
        return self.values.plan.lines[line].input is not None

    def of_scheme(self, line: str) -> bool:
        found = self.values.plan.lines[line]
        return found.role is Role.PARAMETER and found.values is not None

    def shared(self, line: str) -> bool:
        return self.values.plan.lines[line].shared

    def optional(self, line: str) -> bool:
        asked = self.values.plan.lines[line].input
        return asked is not None and asked.accepts.blank

    def peers(self, own_group: bool) -> list[str]:
        plan = self.values.plan
        return [plan.units[unit] for unit in plan.group_of[self.unit]] if own_group else plan.units

    def cell_name(self, line: str) -> str:
        return called.cell(self.values.plan, line, self.own)

    def fixed_name(self, line: str, column: str) -> str:
        return called.figure(self.values.plan.lines[line], column)

    def behind(self, line: str, column: str = "") -> Expression | None:
        found = self.values.plan.lines[line]
        return called.behind(found, column, None if column else self.values.at(line, self.unit))

    def wanting(self, line: str) -> str:
        values, found = self.values, self.values.plan.lines[line]
        blank = [key for key in called.blanks(found) if values.value(key, self.unit) is None]
        at_fault = bool(found.input) and values.at_fault(found).get(SHARED if found.shared else self.unit, False)
        wanted = requirement(found.input, high_value(found, values, self.unit)) if found.input and at_fault else ""
        return called.wanting(values.plan, found, values.at(line, self.unit), wanted, self.cell_name(line), blank)

    def waiting(self, line: str) -> Expression | None:
        found = self.values.plan.lines[line]
        helper = found.role in (Role.WORKING, Role.RESULT) and found.label != RESULT_LABEL
        return _tree(found) if helper and self.values.at(line, self.unit) in (None, "", UNFINISHED) else None

    def helper(self, line: str) -> Expression | None:
        found = self.values.plan.lines[line]
        return _tree(found) if found.role is Role.WORKING else None

    def own_name(self) -> str:
        return self.values.plan.units[self.unit] if self.unit != SHARED else ""

    def factor(self, line: str) -> bool:
        return self.values.plan.lines[line].label == COEFFICIENT

    def scored(self, line: str) -> bool:
        return self.values.plan.lines[line].role is Role.SCORE

    def due(self, line: str) -> bool:
        return self.values.plan.lines[line].role is Role.DUE

    def worth(self, line: str) -> Decimal | None:
        found = self.values.plan.lines[line]
        return None if found.owner.id in self.values.plan.adding else worth(found, self.values, self.unit)


def _tree(line: Line) -> Expression | None:
    """What a line is worked out by: for each unit, or once for all."""
    figure = line.standard.value if line.shared and line.standard else None
    return figure if isinstance(figure, Expression) else line.formula


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
