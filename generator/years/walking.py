"""A scheme's data walked through and made anew, value by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.problems import Where

Visit = Callable[[Any, Where], Any]
"""Given a value and its place, what stands there instead; `KEEP` to go on inside it."""
KEEP = object()
PER_UNIT = ("points", "target")
"""Keys of figures for each unit; every entry of ``figures`` is one too."""


def walked(value: Any, visit: Visit, key: Callable[[str, Where], str] | None = None, path: Where = ()) -> Any:
    """A copy of a value in which everything that `visit` speaks of is what it says. key: what becomes of a mapping's keys."""
    said = visit(value, path)
    if said is not KEEP:
        return said
    if isinstance(value, dict):
        names = {name: key(name, path) if key else name for name in value}
        if len(set(names.values())) < len(names):
            names = {name: name for name in value}  # two would become one
        return {names[name]: walked(inner, visit, key, (*path, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [walked(inner, visit, key, (*path, number)) for number, inner in enumerate(value)]
    return value


def is_per_unit(path: Where) -> bool:
    """Whether a value is one figure for all units or one for each."""
    if not path or not isinstance(path[-1], str):
        return False
    return (path[-1] in PER_UNIT and "grades" not in path) or (len(path) > 1 and path[-2] == "figures")


def is_target(path: Where) -> bool:
    """Whether a value is an indicator's target."""
    return bool(path) and path[-1] == "target"
