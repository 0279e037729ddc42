"""Garbage collection, which comes seldom while a command or a button is at work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 1_000_000, 2, 2
"""Thresholds as `gc.set_threshold` takes them: a command on one book, be it the largest, ends before the first collection; one that
makes many books still gives back what each of them took (without any collection 25 books take three times the memory)."""


@contextmanager
def collection_seldom() -> Iterator[None]:
    """Let Python's garbage collection pause for longer than it does by itself: among the many small objects of a book there is
    next to no garbage that only a collection finds, and each collection goes through them all."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        # What is left of the work has been made to stay, such as the plan of a scheme. The first thing made afterwards would let Python
        # go through all of it, which on a large book takes a tenth of the work's own time: it is put with what is old instead.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)
