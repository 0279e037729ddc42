"""What sheets may be called, and the names that a book needs for its own."""

from __future__ import annotations

import re

COUNTER, META = "_校验", "_scorebook"
"""The hidden sheets: the counter behind the list of faults, and what the workbook says of itself."""
RESERVED = frozenset({"history"})
"""Names that Excel keeps for itself, in any spelling."""
LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def length(text: str) -> int:
    """How long a text is for Excel, which counts a rare character twice."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def cut(text: str, most: int) -> str:
    """The beginning of a text, as much as Excel takes."""
    text = text[:most]
    while length(text) > most:
        text = text[:-1]
    return text


def fault(name: str) -> str:
    """Why a sheet cannot have a name; '' where it can."""
    if not name:
        return "工作表的名称是空的"
    if length(name) > LONGEST:
        return f"工作表的名称有 {length(name)} 个字，Excel 最多 {LONGEST} 个"
    if _FORBIDDEN.search(name):
        return "工作表的名称里有 Excel 不许用的字符（[ ] : * ? / \\ 或换行）"
    if name.startswith("'") or name.endswith("'"):
        return "工作表的名称不能以单引号开头或结尾"
    if name.casefold() in RESERVED | {COUNTER, META}:
        return f"工作表不能叫“{name}”，这个名称 Excel 或考核簿自己要用"
    return ""


def free(title: str, taken: set[str]) -> str:
    """A name for a sheet after its title: one that Excel takes, unlike any that is taken, to which it is added."""
    plain = cut(_FORBIDDEN.sub("　", title), LONGEST).strip("'") or "表"
    name, number = plain, 1
    others = {other.lower() for other in taken} | RESERVED | {COUNTER, META}
    while name.lower() in others:
        number += 1
        tail = f"({number})"
        name = cut(plain, LONGEST - len(tail)) + tail
    taken.add(name)
    return name
