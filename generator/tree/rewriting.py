"""A tree with some of its nodes replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from generator.tree.expression import Expression

Change = Callable[[Expression], Expression | None]
"""What stands in the place of a node; None where it stays and what is below it is looked at."""


def rewritten(tree: Expression, change: Change, known: dict[int, Expression] | None = None) -> Expression:
    """A tree with its nodes changed, from the top. What stays as it is, is the same node. known: what has been done already, by
    the identity of nodes: trees share their parts."""
    known = {} if known is None else known
    if id(tree) not in known:
        changed = change(tree)
        known[id(tree)] = _below(tree, change, known) if changed is None else changed
    return known[id(tree)]


def _below(tree: Expression, change: Change, known: dict[int, Expression]) -> Expression:
    new: dict[str, Any] = {}
    for field in fields(tree):
        old = getattr(tree, field.name)
        made = _value(old, change, known)
        if made is not old:
            new[field.name] = made
    return replace(tree, **new) if new else tree


def _value(old: Any, change: Change, known: dict[int, Expression]) -> Any:
    if isinstance(old, Expression):
        return rewritten(old, change, known)
    if isinstance(old, tuple):
        made = tuple(_value(part, change, known) for part in old)
        return old if all(a is b for a, b in zip(old, made, strict=True)) else made
    return old
