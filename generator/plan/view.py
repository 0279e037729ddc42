"""For whom a book is: the office has everything, a department what it assesses, a unit what it is assessed by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a book is for; so it stands on the hidden sheet."""

    OFFICE = "scoring"
    DEPARTMENT = "department"
    UNIT = "unit"


@dataclass(frozen=True)
class View:
    """One of the books of a scheme. who: the assessing body or the assessed unit, as the scheme calls it; '' for the office's."""

    kind: Kind
    who: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is the office's own book, with everything."""
        return self.kind is Kind.OFFICE


OFFICE = View(Kind.OFFICE)
