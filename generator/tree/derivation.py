"""What a derivation is: how a value came about, in words and in figures; how its numbers are told; what its reader asks of cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from generator.tree.expression import Expression
from generator.value import Value, round_half_up, show

_DIGITS = 4
"""So many decimals of a number that was worked out are told; of one that is near nothing, so many digits."""


class Names(Protocol):
    """What cells are called in words."""

    def cell_name(self, line: str) -> str: ...

    def fixed_name(self, line: str, column: str) -> str: ...

    def unit_name(self, unit: int) -> str: ...

    def peers(self, own_group: bool) -> list[str]:
        """The names of all units, or of those of this unit's group, in the order of a row."""
        ...

    def typed(self, line: str) -> bool:
        """Whether somebody fills the cells of a line in."""
        ...

    def optional(self, line: str) -> bool:
        """Whether somebody fills the cells of a line in, and a blank one means that nothing happened."""
        ...

    def of_scheme(self, line: str) -> bool:
        """Whether the cells of a line are figures of the scheme, one for each unit."""
        ...

    def shared(self, line: str) -> bool:
        """Whether a line has one cell for all units, so that the figure beside it is what it is about."""
        ...

    def percent(self, line: str) -> bool:
        """Whether the cells of a line are shown as percentages."""
        ...

    def behind(self, line: str, column: str = "") -> Expression | None:
        """The tree to be told along with a cell, or with the figure beside a line (column): of a verdict, or of a mean that
        takes the place of a score. None where the cell is told elsewhere."""
        ...

    def wanting(self, line: str) -> str:
        """What is missing or wrong in a cell, in words; '' where it can be used."""
        ...

    def waiting(self, line: str) -> Expression | None:
        """The tree of a helper that has no value yet: what it waits for is told instead of it."""
        ...

    def helper(self, line: str) -> Expression | None:
        """The tree of a quantity that is worked out on the way to a score; None for any other line."""
        ...

    def own_name(self) -> str:
        """The name of the unit whose cells these are; '' where they are nobody's."""
        ...

    def factor(self, line: str) -> bool:
        """Whether the cells of a line are the coefficient by which a unit's scores are multiplied."""
        ...

    def scored(self, line: str) -> bool:
        """Whether the cells of a line are the scores of an indicator, not the sums of a group."""
        ...

    def due(self, line: str) -> bool:
        """Whether the cells of a line are what scores are out of."""
        ...

    def worth(self, line: str) -> Decimal | None:
        """The most that a score can come to; None where that is not said, or the score only adds."""
        ...


@dataclass
class Derivation:
    """How a value came about.

    words: the arithmetic with names; figures: the same with numbers; result: the value; remarks: what led to a figure in
    it and what was done to the result, in order; limited: whether a cap, a floor, a table or the others decided the result; percent: it
    is shown as a percentage; used: the unit's own lines that it was worked out from; rounded: it was rounded, and no remark says so.
    """

    words: str
    figures: str
    result: Value
    remarks: list[str] = field(default_factory=list)
    limited: bool = False
    percent: bool = False
    used: list[str] = field(default_factory=list)
    rounded: bool = False

    def __str__(self) -> str:
        return self.told()

    def told(self, measure: str = "") -> str:
        """The figures and what led to them. measure: stands behind the result."""
        if self.result is None and self.remarks:
            return "，".join(["还没有结果", *self.remarks])
        plain = told(self.result, self.percent)
        bare, plain = plain, plain + measure
        remarks = _said_once(self.remarks)
        if self.limited:
            return "，".join([*remarks, f"得 {plain}"])
        tail = "".join(f"，{remark}" for remark in remarks)
        if self.figures in ("", bare, told(self.result)):
            return plain + tail
        if self.figures == told(self.result, True):  # a share that is shown as such
            return self.figures + tail
        rounded = self.rounded or any(remark.startswith(ROUNDED) for remark in remarks)
        sign = " ≈ " if rounded else equals(self.result, self.percent)
        return f"{self.figures}{sign}{plain}{tail}"


BECAUSE, NOTHING, NO_LOSS, ROUNDED, NO_TASK = "因为", "没有发生", "没有扣分的情形", "四舍五入", "因为没有这项任务"


def quoted(text: str) -> str:
    """A name in quotation marks, those within it single."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


_COMPARED = re.compile(r"(?P<what>[^，]+）)(?P<how>不?[高低大小]于)(?P<limit>.+)")
"""A reason that holds something against a limit."""


def _said_once(remarks: Sequence[str]) -> list[str]:
    """Remarks, with one 因为 for reasons that follow each other, and one subject for limits that the same number is held against."""
    said: list[str] = []
    for remark in remarks:
        last = _COMPARED.fullmatch(said[-1]) if said and said[-1].startswith(BECAUSE) else None
        here = _COMPARED.fullmatch(remark) if remark.startswith(BECAUSE) else None
        if last is None or here is None or last["what"] != here["what"]:
            said.append(remark)
        elif last["how"] == here["how"]:
            said[-1] = remark  # the limit that was looked at last is the nearer one
        else:
            said[-1] += f"、{here['how']}{here['limit']}"
    before = ["", *said]
    return [r.removeprefix(BECAUSE) if b.startswith(BECAUSE) else r for b, r in zip(before, said, strict=False)]


def told(value: Value, percent: bool = False) -> str:
    """A value that was worked out, as people write it: no more decimals than anybody looks at."""
    return show(_short(value, percent), percent)


def equals(value: Value, percent: bool = False) -> str:
    """The sign before a value as it is `told`."""
    return " = " if _short(value, percent) == value else " ≈ "


def _short(value: Value, percent: bool) -> Value:
    if not isinstance(value, Decimal) or not value:
        return value
    # a percentage is shown two digits further to the left
    return round_half_up(value, max(_DIGITS + 2 * percent, _DIGITS - 1 - value.adjusted()))
