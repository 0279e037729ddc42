"""Whether the points of a scheme add up to what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator import problems
from generator.scheme.model import Group, Indicator, Scheme


@dataclass(frozen=True)
class WrongSum:
    """Points that do not add up.

    node: the group, or None for the full marks; path: where in the file; within: its own id and those of the groups around
    it. stated: the points written there; total: those of all its parts together, whoever carries them; by_unit: what the
    parts make for each unit for which they are wrong; everywhere: there is no unit for which they are right.
    """

    node: Group | None
    path: problems.Where
    within: tuple[str, ...]
    stated: Decimal
    total: Decimal
    by_unit: dict[int, Decimal]
    everywhere: bool


def wrong_sums(scheme: Scheme) -> Iterator[WrongSum]:
    """Every group whose points are not the sum of its parts, and the full marks where they are not.

    Where scores are scaled up to the points of a group, units need not carry everything in it: all parts together must make
    the points there.
    """
    for i, top in enumerate(scheme.indicators):
        yield from _wrong_below(top, ("indicators", i), ("",), scheme, scaled=False)
    if scheme.full_marks is not None and not scheme.formula:
        sums = _points_by_unit(scheme.indicators, scheme)
        off = {unit: value for unit, value in enumerate(sums) if value != scheme.full_marks}
        if off:
            total = sum((printed_points(node) for node in scheme.indicators), Decimal(0))
            yield WrongSum(None, ("full_marks",), ("",), scheme.full_marks, total, off, len(off) == len(sums))


def _wrong_below(
    node: Group | Indicator, path: problems.Where, around: tuple[str, ...], scheme: Scheme, scaled: bool
) -> Iterator[WrongSum]:
    if not isinstance(node, Group):
        return
    within = (*around, node.id or node.name)
    scaled = scaled or node.rescale
    added_up = node.base == "zero" and (not node.formula or "sum(得分)" in node.formula)
    if node.points is not None and added_up:
        sums = _points_by_unit(node.children, scheme)
        carried = [unit for unit, carries in enumerate(scheme.carriers_of(node)) if carries and sums[unit]]
        off = {unit: sums[unit] for unit in carried if sums[unit] != node.points}
        everywhere = len(off) == len(carried)
        total = sum((printed_points(child) for child in node.children), Decimal(0))
        if off and (not scaled or total != node.points):
            yield WrongSum(node, (*path, "points"), within, node.points, total, off, everywhere)
    for i, child in enumerate(node.children):
        yield from _wrong_below(child, (*path, "children", i), within, scheme, scaled)


def printed_points(node: Group | Indicator) -> Decimal:
    """The points written at a node; those of its parts where it has none, the most where units have their own."""
    if isinstance(node, Group):
        return node.points if node.points is not None else sum((printed_points(child) for child in node.children), Decimal(0))
    return max((p for p in node.points if p is not None), default=Decimal(0)) if isinstance(node.points, list) else node.points


def _points_by_unit(nodes: list[Any], scheme: Scheme) -> list[Decimal]:
    """What the points of some nodes add up to for each unit: those that a node is not for count nothing of it."""
    count = len(scheme.unit_names)
    sums = [Decimal(0)] * count
    for node in nodes:
        if isinstance(node, Group):
            given = [node.points] * count if node.points is not None else _points_by_unit(node.children, scheme)
        else:
            given = node.points if isinstance(node.points, list) else [node.points] * count
        carries = scheme.carriers_of(node)
        if isinstance(node, Indicator) and node.no_task != "exclude":
            carries = (True,) * count
        sums = [a + ((b or 0) if c else 0) for a, b, c in zip(sums, given, carries, strict=True)]
    return sums
