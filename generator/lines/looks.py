"""How a formula looks at lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from generator.tree import expression as e

How = Literal["cell", "standard", "points", "row", "unit", "tagged"]
"""How a formula looks at a line: at the unit's own cell, a figure beside it, all cells of a row, a certain unit's cell, or
at the unit's own cell among those of a tag."""


class Look(NamedTuple):
    """One way in which a formula looks at a line. unit: whose cell, where it is a certain unit's."""

    line: str
    how: How
    unit: int = -1


def looks_of(nodes: Iterable[e.Expression]) -> Iterator[Look]:
    """How some nodes look at lines."""
    for node in nodes:
        if type(node) not in e.LEAVES:
            continue
        match node:
            case e.Cell(line):
                yield Look(line, "cell")
            case e.Fixed(line, column):
                yield Look(line, "standard" if column == "standard" else "points")
            case e.Row(line):
                yield Look(line, "row")
            case e.OfUnit(line, unit):
                yield Look(line, "unit", unit)
            case e.Tagged():
                yield from (Look(line, "tagged") for line in node.lines)
