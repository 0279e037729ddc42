"""What a name of a scheme stands for, as plain data: which line, of which kind, and what the scheme says of it."""

from __future__ import annotations

from enum import StrEnum

from generator.frozen import dataclass
from generator.language.declared import Asked, Quantity
from generator.lines.keys import Key
from generator.problems import Where

DATA, FIGURE, QUANTITY = "数", "参数", "算"
"""The labels of lines that a group or the scheme declares."""


class Kind(StrEnum):
    """What kind of line a name stands for."""

    INPUT = "input"
    FIGURE = "figure"
    POINTS = "points"
    QUANTITY = "quantity"
    TOTAL = "total"
    SCORE = "score"
    TEXT = "text"


@dataclass(frozen=True)
class Symbol:
    """What a name stands for: the line ``key``.

    at: the suffix of the period in which it stands, '' outside periods; shared: one figure for all units (of a quantity only
    its formula tells); asked, quantity: what the scheme declares; path: where in the file.
    """

    name: str
    key: Key
    kind: Kind
    at: str = ""
    shared: bool = False
    asked: Asked | None = None
    quantity: Quantity | None = None
    path: Where = ()

    @property
    def counts_nothing(self) -> bool:
        """Whether a blank means that nothing happened, so that the cell is summed and not looked at."""
        return self.asked is not None and self.asked.ask in ("events", "amount") and not self.shared
