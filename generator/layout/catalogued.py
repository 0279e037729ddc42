"""Which indicators a list of all of them names."""

from __future__ import annotations

from generator.plan.plan import Block, BlockKind, Plan

LEAST = 10
"""So many indicators are worth a list of their own."""


def catalogued(plan: Plan) -> list[tuple[Block, str]]:
    """Every indicator of the scoring sheets once, however many periods it is scored in, with the group it stands in."""
    found: dict[str, tuple[Block, str]] = {}
    group = ""
    for block in plan.blocks:
        if block.kind == BlockKind.GROUP:
            group = block.heading
        elif block.kind == BlockKind.INDICATOR and block.lines and not block.listed:
            found.setdefault(block.number or block.id, (block, group))
    return list(found.values())
