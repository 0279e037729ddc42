"""Formula text → syntax tree, by Python's own `ast`; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from generator.problems import FormulaError

MAX_LENGTH, MAX_DEPTH = 600, 80
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_IF = re.compile(r"(?<![\w.])if\s*\(")
_QUOTED = re.compile("""("[^"]*"|“[^”]*”|'[^']*')""")
_FULL_WIDTH = str.maketrans("（），＋－×÷＊／：　", "(),+-*/*/: ")


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The syntax tree of a formula. Raises FormulaError where it is not one, or uses what the language has not."""
    if len(text) > MAX_LENGTH:
        raise FormulaError("公式太长", "请拆成几个有名称的量")
    plain = "".join(map(_plain, _QUOTED.split(text.strip())))
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("公式写得不对", "请检查括号是否配对、运算符是否齐全（+ - * / 和比较号 == != >= <= > <）") from None
    if _depth(tree) > MAX_DEPTH:
        raise FormulaError("公式套得太深", "请拆成几个有名称的量")
    if not unicodedata.is_normalized("NFKC", plain):  # Python reads Ａ as A; a scheme's names are what it says
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = ast.get_source_segment(plain, node) or node.id
    return tree


def _depth(tree: ast.expr) -> int:
    """How deep the parts of a formula stand in each other."""
    deepest, todo = 0, [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        deepest = max(deepest, depth)
        todo += [(child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return deepest


def _plain(part: str) -> str:
    """A piece of a formula as Python spells it; what stands in quotes stays as it is."""
    if _QUOTED.fullmatch(part):
        return repr(part[1:-1])
    part = _PERCENT.sub(lambda m: f"({Decimal(m[1]) / 100:f})", part.translate(_FULL_WIDTH))
    return _IF.sub("if_(", part)
