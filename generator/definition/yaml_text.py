"""A scheme's data as the text of a scheme file: what fits stands on one line, the rest one line an entry."""

from __future__ import annotations

from typing import Any

from generator.definition.flow import flow, key

WIDTH = 150
FIRST_LINE = "# yaml-language-server: $schema=../../../docs/scheme.schema.json"
_APART = ("indicators", "bonus", "readings", "notes", "references")
"""Keys with an empty line before them."""
_TREE = ("indicators", "children")


def text_of(data: dict[str, Any]) -> str:
    """The whole file."""
    lines = [FIRST_LINE]
    for name, value in data.items():
        if name in _APART:
            lines.append("")
        lines += entry(name, value, 0)
    return "\n".join(lines) + "\n"


def entry(name: str, value: Any, indent: int) -> list[str]:
    """A key with its value, in lines."""
    head = f"{' ' * indent}{key(str(name))}:"
    line = f"{head} {flow(value)}" if value is not None else head
    if not _needs_block(name, value) and (_width(line) <= WIDTH or not isinstance(value, (dict, list)) or not value):
        return [line]
    if isinstance(value, list):
        return [head, *items(value, indent)]
    return [head, *(line for inner, own in value.items() for line in entry(inner, own, indent + 2))]


def items(values: list[Any], indent: int) -> list[str]:
    """The entries of a list, each with its dash."""
    return [line for value in values for line in item(value, indent)]


def item(value: Any, indent: int) -> list[str]:
    """One entry of a list."""
    pad = " " * indent
    line = f"{pad}- {flow(value)}"
    if not isinstance(value, dict) or not value or ("children" not in value and _width(line) <= WIDTH):
        return [line]
    lines = [line for name, own in value.items() for line in entry(name, own, indent + 2)]
    return [f"{pad}- {lines[0][indent + 2 :]}", *lines[1:]]


def _needs_block(name: str, value: Any) -> bool:
    """Whether something stands in lines whatever its length: the tree, and what is a list of mappings."""
    if not isinstance(value, list) or not value:
        return isinstance(value, dict) and "children" in value
    return name in (*_TREE, "notes", "readings")


def _width(line: str) -> int:
    """How wide a line looks, Chinese characters being twice as wide."""
    return sum(1 + (ch > "\u2e7f") for ch in line) * 2 // 3
