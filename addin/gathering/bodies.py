"""Who assesses what, as far as it tells who a file is from and who has not sent anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from generator.lines.keys import Key, Owner
from generator.plan.plan import Plan
from generator.scheme.assessors import indicators_by_body

if TYPE_CHECKING:
    from addin.gathering.incoming import Offer

MANY = "几个部门"
"""What is said of a file with values that no one body assesses."""


def by_indicator(plan: Plan) -> dict[str, list[str]]:
    """The bodies that assess what has an id in the book."""
    known: dict[str, list[str]] = {}
    for body, ids in indicators_by_body(plan.scheme).items():
        for id in ids if body else ():
            known.setdefault(id, []).append(body)
    return {block.id: known[id] for block in plan.blocks if block.id and (id := block.number or block.id) in known}


def id_of(owner: str) -> str:
    """The indicator that something belongs to, without its periods."""
    return Owner(owner).id


def whose(plan: Plan, offers: Iterable[Offer]) -> str:
    """The body that assesses all that a file offers; `MANY` where there is none, '' where nobody knows."""
    known = by_indicator(plan)
    each = [set(known.get(id, ())) for id in {Key(offer.key).owner.id for offer in offers}]
    if not any(each):
        return ""
    common = set.intersection(*each)
    return min(common) if len(common) == 1 else MANY


def indicators(plan: Plan, body: str) -> set[str]:
    """What a body assesses."""
    return {id for id, found in by_indicator(plan).items() if body in found}
