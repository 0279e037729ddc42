"""What is known of a plan's cells before anybody types, and how the rest is worked out: once a plan, for every evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import compress

from generator.lines.line import Line
from generator.tree import compiled
from generator.tree.expression import NONE_MARK, walk
from generator.value import Value


class PreparedLine:
    """A line's cells. constants: what stands there for ever, by unit; open: the units whose cells are typed or worked out."""

    def __init__(self, line: Line, constants: Sequence[Value], open_: Sequence[int]) -> None:
        self.line, self.constants, self.open = line, constants, open_
        alone = line.standard is not None and line.formula is None and line.values is None and not line.input
        self.one_for_all = line.shared or alone
        """Whether the one figure beside the line stands for what each unit has."""

    @cached_property
    def formula(self) -> compiled.Compiled:
        """Works out the open cells."""
        return compiled.compile(self.line.nodes_of_formula)

    @cached_property
    def fault(self) -> compiled.Compiled:
        """Says which of the open cells are at fault; the cell at hand is the input."""
        return compiled.compile(tuple(walk(self.line.fault)))

    @cached_property
    def figure(self) -> compiled.Compiled:
        """Works out the figure beside the line."""
        made = compiled.compile(self.line.nodes_of_figure)
        assert made.part.varies == compiled.NOWHERE, f"the figure of {self.line.key} is not the same for all units"
        return made

    def filled(self, values: Sequence[Value]) -> Sequence[Value]:
        """All cells, with values of the open ones."""
        if len(values) == len(self.constants):
            return values
        cells = [*self.constants]
        for unit, value in zip(self.open, values, strict=True):
            cells[unit] = value
        return cells


class Prepared(dict[str, PreparedLine]):
    """The lines of a plan by key, each prepared when it is first asked for."""

    def __init__(self, lines: Mapping[str, Line], units: int) -> None:
        super().__init__()
        self.lines, self.everybody = lines, range(units)
        self._masks: dict[tuple[bool, ...], tuple[Sequence[Value], Sequence[int]]] = {(): ((None,) * units, self.everybody)}
        self._carried: dict[tuple[str, ...], list[list[str]]] = {}

    def __missing__(self, key: str) -> PreparedLine:
        line = self.lines[key]
        mask = line.carried
        if mask not in self._masks:
            self._masks[mask] = [None if carried else NONE_MARK for carried in mask], [*compress(self.everybody, mask)]
        constants, open_ = self._masks[mask]
        if line.values is not None:
            constants = [a or b for a, b in zip(constants, line.values, strict=True)] if mask else line.values
            if line.formula is not None or line.input:
                open_ = [unit for unit in self.everybody if constants[unit] is None]
        self[key] = made = PreparedLine(line, constants, open_)
        return made

    def carried(self, lines: tuple[str, ...]) -> list[list[str]]:
        """For each unit, those of some lines that can be for it."""
        if lines not in self._carried:
            by_unit: list[list[str]] = [[] for _ in self.everybody]
            for key in lines:
                mask = self.lines[key].carried
                for listed in compress(by_unit, mask) if mask else by_unit:
                    listed.append(key)
            self._carried[lines] = by_unit
        return self._carried[lines]
