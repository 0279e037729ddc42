"""Circular definitions: no cell may depend on itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.language.scope import Board
from generator.lines.line import Line
from generator.problems import SchemeFault
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Fixed


def refuse_circles(lines: Mapping[str, Line], board: Board) -> None:
    """No cell may depend on itself, not even across units or through a sum. Raises SchemeFault naming the circle."""
    seen: dict[tuple[str, str], int] = {}
    chain: list[tuple[str, str]] = []

    def visit(at: tuple[str, str]) -> None:
        key, part = at
        if seen.get(at) == 2 or key not in lines:
            return
        if seen.get(at) == 1:
            around = [k for k, _ in chain[chain.index(at) :]]
            names = [board.by_key[k].name if k in board.by_key else lines[k].label for k in around]
            symbol = next((s for k in around if (s := board.by_key.get(k)) and s.path), None)
            raise SchemeFault(f"循环定义：{'→'.join([*names, names[0]])}", symbol.path if symbol else (), "请改正其中一个公式")
        seen[at] = 1
        chain.append(at)
        line = lines[key]
        for used in sorted(used_lines(line.nodes_of_formula if part == "cell" else line.nodes_of_figure)):
            visit(used)
        chain.pop()
        seen[at] = 2

    for key in lines:
        visit((key, "cell"))
        visit((key, "standard"))


def used_lines(nodes: Iterable[Expression]) -> set[tuple[str, str]]:
    """What nodes look at: the keys of lines, each with ``cell`` or, for the figure beside it, ``standard``."""
    found: set[tuple[str, str]] = set()
    for node in nodes:
        if isinstance(node, (Cell, e.Row, e.OfUnit)):
            found.add((node.line, "cell"))
        elif isinstance(node, Fixed) and node.column == "standard":
            found.add((node.line, "standard"))
        elif isinstance(node, e.Tagged):
            found |= {(key, "cell") for key in node.lines}
    return found
