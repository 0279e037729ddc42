"""What Excel takes of a formula's text. It calls a file damaged that holds more, and takes the formula out."""

from __future__ import annotations

import re

from generator.problems import FormulaError

MOST_ARGUMENTS, DEEPEST, LONGEST_TEXT, LONGEST = 255, 64, 255, 8192
_LONG_TEXT = re.compile(f'"[^"]{{{LONGEST_TEXT + 1},}}"')
_QUOTED = re.compile("""("(?:[^"]|"")*")|'(?:[^']|'')*'""")
"""Texts, and names of sheets, which may hold brackets and commas of their own."""


MISREAD = "Excel 查找和计数时会把“*”“?”“~”和开头的“<”“>”“=”当作条件，不当作文字"
WRITE_WIDE = "请改用全角的＊？～＜＞＝，或换一种写法"


def misread(text: str) -> bool:
    """Whether MATCH, COUNTIF and SUMIF take a text for more than itself: for any signs at all, or for a comparison."""
    return any(sign in text for sign in "*?~") or text[:1] in ("<", ">", "=")


def refuse(text: str) -> None:
    """Raise FormulaError where a formula is more than Excel takes."""
    if len(text) > LONGEST:
        raise FormulaError(f"公式有 {len(text)} 个字符，Excel 最多 {LONGEST} 个", "请拆成几个有名称的量")
    many = text.count(",") >= MOST_ARGUMENTS or text.count("(") > DEEPEST
    if many or (len(text) > LONGEST_TEXT and '""' in text) or _LONG_TEXT.search(text):
        _refuse_parts(text)


def _refuse_parts(text: str) -> None:
    longest = max((len(quoted[1:-1].replace('""', '"')) for quoted in _QUOTED.findall(text)), default=0)
    if longest > LONGEST_TEXT:
        raise FormulaError(f"公式里有一段 {longest} 个字的文字，Excel 最多 {LONGEST_TEXT} 个字", "请把选项、等次、条件里的文字写短")
    deepest, most = _extent(_QUOTED.sub("", text))
    if deepest > DEEPEST:
        raise FormulaError(f"公式里函数和括号套了 {deepest} 层，Excel 最多 {DEEPEST} 层", "请把里层的算式写成有名称的量")
    if most > MOST_ARGUMENTS:
        words = f"公式里有一个函数要算 {most} 项，Excel 最多 {MOST_ARGUMENTS} 项"
        raise FormulaError(words, "请分成几个有名称的量，各算一部分，再合到一起")


def _extent(plain: str) -> tuple[int, int]:
    """How deep brackets stand in each other, and how many arguments a function has at most."""
    counts, deepest, most = [1], 0, 0
    for sign in re.findall("[(),]", plain):
        if sign == "(":
            counts.append(1)
            deepest = max(deepest, len(counts) - 1)
        elif sign == ",":
            counts[-1] += 1
        elif len(counts) > 1:
            most = max(most, counts.pop())
    return deepest, most
