"""What cannot be worked out in a book that has only a part of the scheme: it says so, and stays open.

A formula that needs what is not there says 待汇总 in the place of what it would need it for; its other branches stay as they
are. So an indicator that only units without the task have from the others' average still gives the others their score.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from generator.lines.keys import DONE, DUTIES, MISSING, UNDONE
from generator.lines.line import Line
from generator.lines.looks import Look, looks_of
from generator.plan.plan import Plan
from generator.tree.expression import OPEN, Cell, Expression, If, Text, walk

_OPEN = Text(OPEN)
COUNTS = (DUTIES, DONE, UNDONE, MISSING)
"""The lines that count what is in the book, whatever that is."""


def opened(plan: Plan, gone: Collection[str], units: Collection[int]) -> dict[str, Line]:
    """The lines of a part of a plan, open where they need what is not in it.

    gone: keys of the lines that are not in it; units: the positions of the units that are.
    """
    return _Opening(plan, gone, units).lines


class _Opening:
    def __init__(self, plan: Plan, gone: Collection[str], units: Collection[int]) -> None:
        self.plan, self.gone, self.units = plan, gone, frozenset(units)
        self.lines = {key: line for key, line in plan.lines.items() if key not in gone}
        self.cells: set[str] = set()
        """The lines of which a unit's cell can say that it is open."""
        self.figures: set[str] = set()
        """The lines beside which the figure is open."""
        looks = plan.dependencies.all_looks
        for node in sorted(looks, key=plan.dependencies.order.__getitem__):
            if node.line in gone or node.line in COUNTS or not any(map(self.is_missing, looks[node])):
                continue
            line = self.lines[node.line]
            if node.part == "cell":
                assert line.formula is not None
                self.cells.add(line.key)
                self.lines[line.key] = replace(line, formula=self.open(line.formula), applies=line.carried, outside=())
            else:
                assert line.standard is not None
                assert isinstance(line.standard.value, Expression)
                self.figures.add(line.key)
                self.lines[line.key] = replace(line, standard=replace(line.standard, value=self.open(line.standard.value)))
        for line in [*self.lines.values()]:
            if line.input is not None:
                self.lines[line.key] = self.asking(line)

    def is_missing(self, look: Look) -> bool:
        """Whether something is looked at that is not there, or perhaps open."""
        if look.line in self.gone or look.line in (self.figures if look.how == "standard" else self.cells):
            return look.how != "points" or look.line in self.gone
        if look.how == "unit":
            return look.unit not in self.units
        return look.how == "row" and len(self.units) < len(self.plan.units)

    def lacks(self, tree: Expression) -> bool:
        """Whether anything that a tree looks at is not there, or perhaps open."""
        return any(map(self.is_missing, looks_of(walk(tree))))

    def open(self, tree: Expression) -> Expression:
        """A tree that says that it is open where it needs what is not there."""
        if isinstance(tree, Cell) and tree.line not in self.gone:
            return tree  # what is perhaps open says so itself
        if not self.lacks(tree):
            return tree
        if isinstance(tree, If) and not self.lacks(tree.condition):
            return If(tree.condition, self.open(tree.then), self.open(tree.otherwise))
        return _OPEN

    def asking(self, line: Line) -> Line:
        """An input that is wanted, and bounded, by what is there."""
        assert line.input is not None
        wanted = tuple(pair for pair in line.wanted_if if not self.lacks(pair[0]))
        high = line.input.high
        if isinstance(high, Expression) and self.lacks(high):
            line = replace(line, input=replace(line.input, high=None))
        return line if wanted == line.wanted_if else replace(line, wanted_if=wanted)
