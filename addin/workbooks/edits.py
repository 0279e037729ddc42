"""What an audit says and what it would change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from addin.workbooks.findings import Finding
from generator.sheets.sheet import Formula
from generator.value import Value, alike
from generator.xlsx.charts import Bars
from generator.xlsx.dress import Outfit


class Edit(NamedTuple):
    """A change to one cell. content: a formula with its value, or a constant; was: what stood there.

    value_only: the formula is right, only the value that it shows is not.
    """

    sheet: str
    cell: str
    content: Value | Formula
    was: str
    reason: str
    value_only: bool = False


RENEWED = "换成新的写法"
"""The reason for changes to a book of an earlier format: it was not tampered with, and comes to the same."""


class Sorted(NamedTuple):
    """Changes by what they are for: put back, written in the way of now, or only the value that a formula shows."""

    restored: list[Edit]
    renewed: list[Edit]
    updated: list[Edit]

    @classmethod
    def of(cls, changes: list[Edit]) -> Sorted:
        restored = [edit for edit in changes if not edit.value_only and edit.reason != RENEWED]
        renewed = [edit for edit in changes if edit.reason == RENEWED]
        return cls(restored, renewed, [edit for edit in changes if edit.value_only and not edit.sheet.startswith("_")])


class Redress(NamedTuple):
    """An input cell that is to look and take values again as it should. lost: what it lost, in words."""

    sheet: str
    outfit: Outfit
    lost: str


class Redrawn(NamedTuple):
    """A chart, by its position among those of its sheet, that is to show other cells."""

    sheet: str
    number: int
    bars: Bars


@dataclass(frozen=True)
class Audit:
    """What a check finds. restore: puts back what was tampered with; fix: corrections with one safe meaning;
    values: formula cells whose shown value is not the exact one; expected: what every formula cell must show, by sheet
    and address; dress: input cells whose look, lock or rule is put back; charts: those that are to show their own cells
    again."""

    findings: list[Finding] = field(default_factory=list)
    restore: list[Edit] = field(default_factory=list)
    fix: list[Edit] = field(default_factory=list)
    values: list[Edit] = field(default_factory=list)
    expected: dict[str, dict[str, Value]] = field(default_factory=dict)
    dress: list[Redress] = field(default_factory=list)
    charts: list[Redrawn] = field(default_factory=list)

    def __add__(self, more: Audit) -> Audit:
        return Audit(
            self.findings + more.findings,
            self.restore + more.restore,
            self.fix + more.fix,
            self.values + more.values,
            {sheet: self.expected.get(sheet, {}) | more.expected.get(sheet, {}) for sheet in self.expected | more.expected},
            self.dress + more.dress,
            self.charts + more.charts,
        )


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """A formula's text without what programs write differently: quotes of sheet names, blanks, case of functions, FALSE, which
    LibreOffice saves as a function, and RANK, which Gnumeric saves under the name that Excel 2010 gave it."""
    parts = text.removeprefix("=").split('"')
    for i in range(0, len(parts), 2):
        plain = re.sub(r"'((?:[^']|'')*)'(!?)", lambda m: m[1].replace("''", "'") + "!" if m[2] else m[0], parts[i])
        parts[i] = re.sub(r"\s+", "", plain).upper().replace("_XLFN.", "").replace("RANK.EQ(", "RANK(").replace("FALSE()", "FALSE")
    return '"'.join(parts)


def same_formula(one: str, other: str) -> bool:
    """Whether two formula texts say the same, with or without the leading ``=``."""
    return one == other or one.removeprefix("=") == other.removeprefix("=") or normal(one) == normal(other)


def same_value(shown: Value, wanted: Value) -> bool:
    """Whether two values are the same, but for what binary arithmetic does."""
    if isinstance(shown, Decimal) and isinstance(wanted, Decimal):
        return shown == wanted or alike(shown, wanted)
    one, other = (None if isinstance(value, str) and not value else value for value in (shown, wanted))
    if isinstance(one, Decimal) and not isinstance(other, bool):
        return False  # told here, since a decimal takes long to see that it is no text
    return one == other
