"""Places in a scheme's data, in words: which indicator or group, and what of it."""

from __future__ import annotations

from typing import Any

from generator.definition import words
from generator.problems import Where

_NAMED = ("what", "name", "id", "title", "says")
"""By what an entry of a list is called, if by anything."""


def label(node: dict[str, Any]) -> str:
    """An indicator or a group: ``3 规模以上工业总产值``."""
    parts = [str(node[key]) for key in ("id", "name") if node.get(key) not in (None, "")]
    return " ".join(parts) or "没有名称的一项"


def place_words(data: Any, path: Where) -> str:
    """Where a value stands: ``“3 规模以上工业总产值”的目标``."""
    head, tail = "", list[str]()
    here = data
    for part in path:
        inner = _inner(here, part)
        if isinstance(part, int):
            if isinstance(inner, dict) and ("name" in inner and ("rule" in inner or "children" in inner or "id" in inner)):
                head, tail = f"“{label(inner)}”", []
            else:
                tail.append(_entry(inner, part))
        elif part == "bonus":
            head, tail = f"“{label(inner)}”" if isinstance(inner, dict) else "加分", []
        elif part in ("indicators", "children", "options", "set"):
            tail += [] if part != "set" else ["改动"]
        else:
            tail.append(_key(here, str(part)))
        here = inner
    listed = "".join(filter(None, tail))
    return f"{head}的{listed}" if head and listed else head or listed or "方案"


def _inner(here: Any, part: str | int) -> Any:
    """What stands at a key or a position; None where nothing does."""
    if isinstance(here, dict):
        return here.get(part)
    return here[part] if isinstance(here, list) and isinstance(part, int) and part < len(here) else None


def _key(here: Any, key: str) -> str:
    name = words.NAMES.get(key)
    return name if name is not None and not _is_free(here, key) else f"“{key}”"


def _is_free(here: Any, key: str) -> bool:
    """Whether a key is a name that the scheme gives, although there is a key of that spelling."""
    return isinstance(here, dict) and not key.isascii()


def _entry(inner: Any, number: int) -> str:
    if isinstance(inner, dict):
        named = next((str(inner[key]) for key in _NAMED if inner.get(key) not in (None, "")), "")
        if named:
            return f"“{named}”"
        if "reading" in inner:
            return f"第{number + 1}条"
    return ""
