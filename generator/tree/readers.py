"""The readers of the tree. Each enters here what it makes of every kind of node, so that none is forgotten or passed over.

A kind of node that a reader has nothing to say of is an error when the reader's module is imported, not an answer that is
silently wrong later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from generator.tree import expression as e

KINDS = frozenset(c for c in vars(e).values() if isinstance(c, type) and issubclass(c, e.Expression) and c is not e.Expression)
"""Every kind of node."""
RANGES = frozenset({e.Row, e.TableColumn})
"""Many cells at once: only ever inside a node that makes one value of them."""
READERS: dict[str, Mapping[type, object]] = {}
"""The readers by name, with what they make of each kind of node."""


def enter(name: str, table: Mapping[type, object], within: Collection[type] = ()) -> None:
    """Enter a reader. Raises TypeError where it forgets a kind of node. within: kinds that it reads with the nodes around."""
    missing = KINDS - table.keys() - {*within}
    if missing:
        raise TypeError(f"the {name} reader has no {', '.join(sorted(kind.__name__ for kind in missing))}")
    READERS[name] = table
