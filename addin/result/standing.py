"""The units in order of rank, group by group."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.lines.keys import RANK
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan


@dataclass(frozen=True)
class Standing:
    """A unit's place. unit: its position in the table; total, rank: None where it is not finished; tied: others have the same
    rank."""

    unit: int
    name: str
    total: Decimal | None
    rank: int | None
    grade: str
    tied: bool


@dataclass(frozen=True)
class Group:
    """The units of a group in order of rank, the unfinished ones last; equals in the order of the table."""

    name: str
    units: list[Standing]

    @property
    def ranked(self) -> list[Standing]:
        """Those that have a place."""
        return [one for one in self.units if one.rank is not None]


def standings(plan: Plan, values: Evaluation) -> list[Group]:
    """Every group that is assessed, in order of rank. For a plan that gives points."""
    found, start = [], 0
    for name, members in plan.scheme.groups.items():
        positions = range(start, start + len(members))
        start += len(members)
        if name in plan.scheme.outside:
            continue
        ranks = [values.value(RANK, unit) for unit in positions]
        rows = []
        for unit, rank in zip(positions, ranks, strict=True):
            result = values.result(unit)
            tied = isinstance(rank, Decimal) and ranks.count(rank) > 1
            rows.append(Standing(unit, plan.units[unit], result.total, result.rank, result.grade or "", tied))
        found.append(Group(name, sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.unit))))
    return found
