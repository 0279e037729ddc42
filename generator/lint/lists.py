"""Lists in remarks: cut short for the screen, whole where everything is asked for (``--full``, ``--json``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

_T = TypeVar("_T")
_whole: ContextVar[bool] = ContextVar("whole", default=False)


@contextmanager
def whole(wanted: bool) -> Iterator[None]:
    """While remarks are made: whether lists and names in them are given whole."""
    token = _whole.set(wanted)
    try:
        yield
    finally:
        _whole.reset(token)


def first(items: Sequence[_T], most: int) -> Sequence[_T]:
    """The first of many, or all of them."""
    return items if _whole.get() else items[:most]


def some(words: Sequence[str], most: int = 6, what: str = "个", joint: str = "、") -> str:
    """A list of words, cut short with their number. what: what they are counted in."""
    shown = first(words, most)
    if len(shown) == len(words):
        return joint.join(words)
    return f"{joint.join(shown)}{joint if joint != '、' else ''}等 {len(words)} {what}"


def name(text: str, most: int = 24) -> str:
    """A name, cut short where it is long."""
    return text if len(first(text, most)) == len(text) else f"{text[: most - 1]}…"
