"""Which cells a cell looks at: one graph of a plan's lines, for everybody who asks."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal, NamedTuple

from generator.language.scope import Board
from generator.lines.line import Line
from generator.lines.looks import How, Look
from generator.problems import SchemeFault
from generator.tree.expression import Expression

Part = Literal["cell", "standard"]


class Node(NamedTuple):
    """What can be looked at, and looks at others: all cells of a line, or the figure beside it."""

    line: str
    part: Part


class Dependencies:
    """What the lines of a plan look at. Made once, when all lines are there."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self.lines = lines
        both = ((Node(key, part), looks) for key, line in lines.items() for part, looks in _parts(line))
        self.all_looks: dict[Node, Sequence[Look]] = {node: looks for node, looks in both if looks}
        """How the cells of each line, and the figure beside it, look at others, each way once, in the order of their formulas; most
        look at nothing and are not here."""

    # Order ----------------------------------------------------------------------------------------------------------

    @cached_property
    def before(self) -> dict[Node, list[Node]]:
        """For each node that looks at others, what must be known before it; sorted."""
        return {
            node: sorted(
                {
                    Node(look.line, "standard" if look.how == "standard" else "cell")
                    for look in looks
                    if look.how != "points" and look.line in self.lines
                }
            )
            for node, looks in self.all_looks.items()
        }

    @cached_property
    def order(self) -> dict[Node, int]:
        """The place of every node that looks at others in an order in which whatever it looks at comes first. Raises CycleError."""
        users_first: TopologicalSorter[Node] = TopologicalSorter()  # so that a circle is told from where it is first met
        for node in self.before:
            users_first.add(node)
        for node, looked_at in self.before.items():
            for other in looked_at:
                if other in self.before:
                    users_first.add(other, node)
        return {node: place for place, node in enumerate(reversed([*users_first.static_order()]))}

    def needed(self, node: Node, known: Container[Node]) -> list[Node]:
        """What must be worked out for a node, itself last, in order; what is known already aside."""
        if all(other in known for other in self.before.get(node, ())):
            return [] if node in known else [node]
        found: set[Node] = set()
        todo = [node]
        while todo:
            here = todo.pop()
            if here not in found and here not in known:
                found.add(here)
                todo += self.before.get(here, ())
        return sorted(found, key=lambda node: self.order.get(node, -1))  # what looks at nothing comes first

    @cached_property
    def _users(self) -> dict[Node, list[Node]]:
        users: dict[Node, list[Node]] = {}
        for node, looked_at in self.before.items():
            for other in looked_at:
                users.setdefault(other, []).append(node)
        return users

    def reached(self, key: str) -> frozenset[Node]:
        """Everything that is worked out from the cells of a line, or from the figure beside it, itself included."""
        if key not in self._reached:
            found: set[Node] = set()
            todo = [Node(key, "cell"), Node(key, "standard")]
            while todo:
                here = todo.pop()
                if here not in found:
                    found.add(here)
                    todo += self._users.get(here, ())
            self._reached[key] = frozenset(found)
        return self._reached[key]

    def reached_for_all(self, key: str) -> frozenset[Node]:
        """Of what is worked out from a line's cells, what one unit's cell can change for other units too."""
        if key not in self._for_all:
            reached = self.reached(key) - {Node(key, "standard")}
            todo = [node for node in reached if node.part == "standard" or self._looks_across(node, reached)]
            found: set[Node] = set()
            while todo:
                here = todo.pop()
                if here not in found:
                    found.add(here)
                    todo += self._users.get(here, ())
            self._for_all[key] = frozenset(found)
        return self._for_all[key]

    def reached_alone(self, key: str) -> Sequence[Node]:
        """The rest of it: cells that only change for the unit whose cell on the line is changed."""
        if key not in self._alone:
            self._alone[key] = [node for node in self.reached(key) - self.reached_for_all(key) if node.part == "cell"]
        return self._alone[key]

    def _looks_across(self, node: Node, at: Container[Node]) -> bool:
        return any(look.how in ("row", "unit") and Node(look.line, "cell") in at for look in self.all_looks.get(node, ()))

    @cached_property
    def _alone(self) -> dict[str, Sequence[Node]]:
        return {}

    @cached_property
    def _for_all(self) -> dict[str, frozenset[Node]]:
        return {}

    @cached_property
    def _reached(self) -> dict[str, frozenset[Node]]:
        return {}

    def refuse_circles(self, board: Board) -> None:
        """No cell may depend on itself, not even across units or through a sum. Raises SchemeFault naming the circle."""
        try:
            _ = self.order
        except CycleError as error:
            around = [node.line for node in error.args[1]]
            names = [board.by_key[k].name if k in board.by_key else self.lines[k].label for k in around]
            symbol = next((s for k in around if (s := board.by_key.get(k)) and s.path), None)
            raise SchemeFault(f"循环定义：{'→'.join(names)}", symbol.path if symbol else (), "请改正其中一个公式") from None

    # Questions ------------------------------------------------------------------------------------------------------

    def looks(self, line: Line, *how: How) -> list[Look]:
        """How a line looks at others, in the order of its formula; only certain ways, if any are named."""
        here = self.lines[line.key]
        return [look for look in dict.fromkeys(here.looks_of_formula + here.looks_of_figure) if not how or look.how in how]

    def uses(self, line: Line) -> list[Line]:
        """The lines that a line looks at by name in the same unit, in the order of its formula."""
        keys = dict.fromkeys(look.line for look in self.looks(line, "cell", "standard", "points"))
        return [self.lines[key] for key in keys if key in self.lines]

    def looked_at(self, *how: How) -> frozenset[str]:
        """The lines that any line looks at in certain ways."""
        return frozenset().union(*(self._looked_at[way] for way in how if way in self._looked_at))

    @cached_property
    def _looked_at(self) -> dict[How, set[str]]:
        found: dict[How, set[str]] = {}
        for looks in self.all_looks.values():
            for look in looks:
                found.setdefault(look.how, set()).add(look.line)
        return found


def _parts(line: Line) -> Iterator[tuple[Part, Sequence[Look]]]:
    if line.formula is not None:
        yield "cell", line.looks_of_formula
    if line.standard is not None and isinstance(line.standard.value, Expression):
        yield "standard", line.looks_of_figure
