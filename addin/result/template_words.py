"""What the words of a template may do: name what there is, go through lists, choose. A template may lie beside a stranger's book, so it
calls nothing, makes nothing large out of something small, and goes through no more than a paper can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from addin.result import word_marks

MARKS, ROUNDS, MADE = 10_000, 200_000, 32 << 20
"""How many marks a part may have, how often it may go through something, how many characters it may come to. The notice of 1,900 units
goes through 60,000."""
FILTERS = ("default", "first", "last", "length", "trim")
"""What may be done to a word on the way, besides joining several."""
_NODES = frozenset(
    [
        *(
            "Template",
            "Output",
            "TemplateData",
            "For",
            "If",
            "Assign",
            "Name",
            "Getattr",
            "Getitem",
            "Slice",
            "Const",
            "List",
            "Tuple",
            "Dict",
            "Pair",
            "Keyword",
            "Compare",
        ),
        *("Operand", "And", "Or", "Not", "CondExpr", "Filter", "Test", "Add", "Sub", "Div", "FloorDiv", "Mul", "Mod", "Pow", "Neg", "Pos"),
    ]
)
"""What a template may be made of."""
_ROUND = "\x00"
"""Stands in the text at each round of a loop; no part holds it."""


class Made:
    """A part's words, ready to be filled in. Raises what Jinja raises, and ValueError where there are too many."""

    def __init__(self, xml: str) -> None:
        if xml.count("{{") + xml.count("{%") > MARKS:
            raise ValueError(f"大括号多于 {MARKS} 处")
        from jinja2 import nodes
        from jinja2.exceptions import SecurityError

        words = _environment()
        tree = words.parse(xml)
        for node in tree.find_all(nodes.Node):
            if type(node).__name__ not in _NODES:
                raise SecurityError("模板里不能用 ~" if isinstance(node, nodes.Concat) else "模板里只能写词、for、if 和 set")
            if isinstance(node, nodes.For):
                node.body.insert(0, nodes.Output([nodes.TemplateData(_ROUND)]))
        self._template = words.from_string(tree)

    def filled(self, words: Mapping[str, Any]) -> str:
        """The part with its words. Raises what Jinja raises, and ValueError where there is too much of it."""
        return "".join(_within(self._template.generate({**words, _LEFT: [MADE]})))


_LEFT = "joined"
"""By this name a template that is filled keeps how much it may still join; nobody writes it, since it is no word of ours."""


def _within(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces of text without the signs of rounds, as long as both are within bounds. Raises ValueError."""
    rounds, characters = ROUNDS, MADE
    for piece in pieces:
        if _ROUND in piece:
            rounds -= piece.count(_ROUND)
            piece = piece.replace(_ROUND, "")
        characters -= len(piece)
        if characters < 0 or rounds < 0:
            raise ValueError("太长")
        yield piece


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import StrictUndefined, pass_context
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Words(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(("*", "**", "%", "+"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "+" and isinstance(left, (int, float)) and isinstance(right, (int, float)):
                return left + right
            raise SecurityError(f"模板里不能用 {operator}")

        def is_safe_callable(self, obj: Any) -> bool:
            return False

    @pass_context
    def join(context: Any, values: Iterable[Any], between: str = "") -> str:
        texts, left = [*map(str, values)], context[_LEFT]
        left[0] -= sum(map(len, texts)) + len(str(between)) * max(0, len(texts) - 1)
        if left[0] < 0:
            raise ValueError("太长")
        return str(between).join(texts)

    made = Words(undefined=StrictUndefined, finalize=word_marks.value, keep_trailing_newline=True)
    made.filters = {name: made.filters[name] for name in FILTERS} | {"join": join}
    made.globals.clear()
    return made
