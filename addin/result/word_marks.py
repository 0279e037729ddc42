"""A part of a Word document whose text has marks in double braces, as a Jinja template of its XML, and what is made of that.

Word cuts a text into runs wherever it likes, in the middle of a mark too, and writes quotation marks as it sees fit; both are
put right here. ``{%p … %}``, ``{%tr … %}`` and ``{%tc … %}`` stand for the paragraph, the row or the cell around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from xml.parsers import expat

_PARAGRAPH = re.compile(r"(</?w:p(?:\s[^<>]*)?>)")
_TEXT = re.compile(r"<w:t(?:\s[^<>]*)?>([^<]*)</w:t>")
_MARK = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}")
_AROUND = r"\{%(p|tr|tc)\s([^{}]*)%\}"
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\xa0": " "})
_SPACE_KEPT = '<w:t xml:space="preserve">'
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold."""
_FITTED = "<w:tblGrid><!--as many columns as cells-->"
_FITTED_TABLE = re.compile(rf"{_FITTED}(.*?)</w:tblGrid>(.*?</w:tr>)", re.DOTALL)


class Misplaced(ValueError):
    """A mark for a paragraph, a row or a cell that stands in none."""


def template(xml: str) -> str:
    """The template of a part. Raises Misplaced."""
    pieces = _PARAGRAPH.split(xml)
    pieces[::2] = map(_whole, pieces[::2])
    text = "".join(pieces)
    if "{%tc" in text:
        text = "".join(_grids(text))
    for name in ("tr", "tc", "p"):
        text = "".join(_without(name, text))
    return text


def _whole(piece: str) -> str:
    """What lies between two ends of paragraphs, every mark of it in one text."""
    found = list(_TEXT.finditer(piece))
    joined = "".join(text[1] for text in found)
    marks = list(_MARK.finditer(joined))
    if not marks:
        return piece
    ends = list(accumulate(len(text[1]) for text in found))
    texts, number, at = [""] * len(found), 0, 0
    for mark in [*marks, None]:
        stop = mark.start() if mark else len(joined)
        while at < stop:
            while ends[number] <= at:
                number += 1
            end = min(stop, ends[number])
            texts[number] += joined[at:end]
            at = end
        if mark:
            while ends[number] <= at:
                number += 1
            texts[number] += _said(mark[0])
            at = mark.end()
    made, at = [], 0
    for text, new in zip(found, texts, strict=True):
        made += [piece[at : text.start()], f"{_SPACE_KEPT}{new}</w:t>"]
        at = text.end()
    return "".join([*made, piece[at:]])


def _said(mark: str) -> str:
    """A mark as Jinja reads it."""
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        mark = mark.replace(name, sign)
    return mark.translate(_PLAIN)


def _without(name: str, text: str) -> Iterator[str]:
    """The text with elements that only carry marks replaced by these."""
    if f"{{%{name}" not in text:
        yield text
        return
    close, at, start = f"</w:{name}>", 0, -1
    for found in re.finditer(rf"<w:{name}(?=[\s>])|{_AROUND}", text):
        if not found[1]:
            start = max(start, found.start())
        elif found[1] == name:
            if found.start() >= at:
                end = text.find(close, found.end())
                if start < at or end < 0:
                    raise Misplaced(found[0])
                yield text[at:start]
                at = end + len(close)
            yield f"{{% {found[2]}%}}"
    yield text[at:]


def _grids(text: str) -> Iterator[str]:
    """The text with the tables that have as many columns as there are things to tell known again."""
    at, grid = 0, -1
    for found in re.finditer(r"<w:tblGrid>|\{%tc\s", text):
        if found[0] == "<w:tblGrid>":
            grid = found.start()
        elif grid >= at:
            yield text[at:grid] + _FITTED
            at = grid + len("<w:tblGrid>")
    yield text[at:]


def value(given: object) -> str:
    """A word as it stands in the text of a part: line ends and tabs are Word's own."""
    text = _ILLEGAL.sub("", str(given)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\n", f"</w:t><w:br/>{_SPACE_KEPT}").replace("\t", f"</w:t><w:tab/>{_SPACE_KEPT}")


def finished(xml: str) -> bytes:
    """What was made of a template as a part: tables as wide as before, their columns as many as they have cells. Raises
    ValueError where it is no XML any more."""
    made = _FITTED_TABLE.sub(lambda table: f"<w:tblGrid>{_columns(table[1], table[2])}</w:tblGrid>{table[2]}", xml).encode()
    try:
        expat.ParserCreate().Parse(made, True)
    except expat.ExpatError as error:
        raise ValueError(f"第 {error.lineno} 行不成文件") from None
    return made


def _columns(grid: str, row: str) -> str:
    width = sum(map(int, re.findall(r'w:w="(\d{1,6})"', grid)))
    count = max(1, len(re.findall(r"<w:tc[\s>]", row)))
    return f'<w:gridCol w:w="{width // count}"/>' * count
