"""Who assesses what, as far as it tells who a file is from and who has not sent anything."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.lines.keys import Key, Owner
from generator.plan.plan import Plan

if TYPE_CHECKING:
    from addin.gathering.incoming import Offer

MANY = "几个部门"
"""What is said of a file with values that no one body assesses."""


def by_indicator(plan: Plan) -> dict[str, list[str]]:
    """The bodies that assess each indicator."""
    return _by_indicator(tuple((block.id, block.assessor) for block in plan.blocks if block.id))


@lru_cache(maxsize=16)
def _by_indicator(assessors: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    return {id: [assessor] for id, assessor in assessors if assessor}


def id_of(owner: str) -> str:
    """The indicator that something belongs to, without its periods."""
    return Owner(owner).id


def whose(plan: Plan, offers: Iterable[Offer]) -> str:
    """The body that assesses all that a file offers; `MANY` where there is none, '' where nobody knows."""
    known = by_indicator(plan)
    each = [set(known.get(id, ())) for id in {Key(offer.key).owner.id for offer in offers}]
    if not each or not any(each):
        return ""
    common = set.intersection(*[found for found in each if found])
    return min(common) if len(common) == 1 and all(each) else MANY


def indicators(plan: Plan, body: str) -> set[str]:
    """What a body assesses."""
    return {id for id, found in by_indicator(plan).items() if body in found}
