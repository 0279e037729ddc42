"""“Did you mean …?”: what a word that nobody knows was perhaps meant to be, said in one way everywhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LIKE = 0.5
"""From so much likeness on (1 is the same word), a known word is worth mentioning."""


def suggestion(word: str, known: Iterable[str], most: int = 1, least: float = LIKE) -> str:
    """``是不是“…”？`` with the known words that are most like a word, ``most`` of them at most; '' where none is like it.

    least: how like a word must be.
    """
    close = difflib.get_close_matches(word, list(known), n=most, cutoff=least)
    return f"是不是{'、'.join(f'“{one}”' for one in close)}？" if close else ""


def listed(known: list[str], most: int = 20) -> str:
    """``甲、乙、丙``: what there is, as far as anybody reads on."""
    return "、".join(known[:most]) + ("等" if len(known) > most else "")
