"""The places of a joint remark, written as one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator.lint import lists

_ENDS = re.compile(r"(?:部分|[条款项表）”]|附[件表]?\d+)$")
"""What a head that several places share may end with."""
_ITEM = re.compile(r"(.*?)第(\d+)([条款项])")
"""A numbered place: 附件1第7项."""
_NUMBER = re.compile(r"\d+(?:[—-]\d+)?项?")
_JOINS = "、；，—-0123456789"
"""What follows a place where more is meant than a part of it: another place, a range, or the rest of a number."""


def joined(clauses: Iterable[str], most: int = 3) -> str:
    """Places in their order: those within another left out, their common head written once, cut short with 等."""
    every = list(dict.fromkeys(c for c in clauses if c))
    apart = [c for c in every if not any(_within(c, other) for other in every)]
    shown = lists.first(apart, most)
    end = "等" if len(shown) < len(apart) else ""
    if len(shown) > 1 and len({_ITEM.sub(r"\1第\3", c) for c in shown if _ITEM.fullmatch(c)}) == 1 and all(map(_ITEM.fullmatch, shown)):
        first, kind = _ITEM.sub(r"\1第", shown[0]), shown[0][-1]
        return first + "、".join(_ITEM.sub(r"\2", c) for c in shown) + kind + end
    head = _head(shown)
    tails = [c[len(head) :] for c in shown]
    return head + ("、" if all(_NUMBER.fullmatch(t) for t in tails) else "；").join(tails) + end


def _within(place: str, other: str) -> bool:
    """Whether a place is a part of another."""
    return place != other and place.startswith(other) and place[len(other)] not in _JOINS and other[-1] not in "一二三四五六七八九十"


def _head(places: Sequence[str]) -> str:
    """What all places begin with, up to where a part, an annex or a number ends."""
    first = places[0] if len(places) > 1 else ""
    for end in range(len(first), 1, -1):
        if not all(p.startswith(first[:end]) for p in places):
            continue
        head, tails = first[:end], [p[end:] for p in places]
        if all(_NUMBER.fullmatch(t) for t in tails) and head[-1] not in "第0123456789":
            return head
        if head[-1].isdigit() and all(t.startswith("（") for t in tails):
            return head
        if _ENDS.search(head) and all(t and t[0] not in _JOINS for t in tails) and not re.search(r"附[件表]$", head):
            return head
    return ""
