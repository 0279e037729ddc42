"""Which indicators a list of all of them names."""

from __future__ import annotations

from generator.plan.plan import Block, BlockKind, Plan

LEAST = 10
"""So many indicators are worth a list of their own."""


def catalogued(plan: Plan, form: int) -> list[tuple[Block, str]]:
    """Every indicator of the scoring sheets once, however many periods it is scored in, with the group it stands in. Until the
    fourth form the last group before it was said, also where that had ended."""
    found: dict[str, tuple[Block, str]] = {}
    around: list[Block] = []
    for block in plan.blocks:
        while form > 4 and around and around[-1].depth >= block.depth:
            around.pop()
        if block.kind == BlockKind.GROUP:
            around.append(block)
        elif block.kind == BlockKind.INDICATOR and block.lines and not block.listed:
            found.setdefault(block.number or block.id, (block, around[-1].titled(form) if around else ""))
    return list(found.values())
