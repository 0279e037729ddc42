"""Rectangles of cells: few large calls instead of many small ones."""

from __future__ import annotations

from collections.abc import Collection

Box = tuple[int, int, int, int]
"""Top, left, bottom, right."""


def blocks(places: Collection[tuple[int, int]]) -> list[Box]:
    """The one or two rectangles that hold all of some cells, given by row and column, and as few others as may be."""
    best = [_around(places)]
    for axis in (0, 1):
        ordered = sorted(places, key=lambda place: place[axis])
        before, after = _growing(ordered), _growing(ordered[::-1])[::-1]
        for i in range(1, len(ordered)):
            if ordered[i - 1][axis] < ordered[i][axis] and area(before[i - 1]) + area(after[i]) < sum(map(area, best)):
                best = [before[i - 1], after[i]]
    return best


def runs(places: Collection[tuple[int, int]]) -> list[Box]:
    """Rectangles that hold some cells and no others: side by side in a row."""
    found: list[Box] = []
    for row, column in sorted(places):
        if found and found[-1][0] == row and found[-1][3] == column - 1:
            found[-1] = (*found[-1][:3], column)
        else:
            found.append((row, column, row, column))
    return found


def _growing(places: list[tuple[int, int]]) -> list[Box]:
    """The rectangle around the first, the first two, … of some cells."""
    found: list[Box] = []
    for row, column in places:
        top, left, bottom, right = found[-1] if found else (row, column, row, column)
        found.append((min(top, row), min(left, column), max(bottom, row), max(right, column)))
    return found


def _around(places: Collection[tuple[int, int]]) -> Box:
    return _growing(list(places))[-1]


def area(box: Box) -> int:
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
