"""A value of a scheme written on one line as YAML: how a scheme file holds what is small, and a cell what has no cells of its own."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from generator.value import NUMBER

_WORDS = {"", "~", "null", "Null", "NULL", "true", "True", "false", "False"}
"""What a YAML reader takes for something else than a word; as `generator.source` does."""
_SPECIAL = re.compile(r"[\[\]{},\n\r\t\"]|: |:$| #|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_BEGINS = re.compile(r"[-?:](?:\s|$)|[!&*#|>%@`'\"]|---|\.\.\.")
_PLAIN_KEY = re.compile(r"[^:\[\]{},\"'#]+")


def scalar(value: Any) -> str:
    """A single value: words as plain as may be, everything else so that it reads back the same."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return word(str(value))


def word(text: str) -> str:
    """A text, in quotes where it would be taken for something else."""
    odd = text in _WORDS or NUMBER.fullmatch(text) or text != text.strip() or _SPECIAL.search(text) or _BEGINS.match(text)
    return json.dumps(text, ensure_ascii=False) if odd else text


def key(text: str) -> str:
    """A key of a mapping; a number as a key is the text it is written as."""
    return text if _PLAIN_KEY.fullmatch(text) and text == text.strip() and not _BEGINS.match(text) else json.dumps(text, ensure_ascii=False)


def flow(value: Any) -> str:
    """Any value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same down to the digits of their numbers; the order of a mapping's keys counts for nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and str(one) == str(other)
