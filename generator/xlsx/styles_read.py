"""What the style numbers of a file stand for, and a style more where none of them will do.

Every program numbers styles its own way when it saves; what a number stands for stays the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from generator.xlsx import xml

PART = "xl/styles.xml"
_PERCENT = {"9", "10"}
"""Number formats that programs know by their number: 0% and 0.00%."""
_DECIMALS = {"2": 2, "4": 2, "10": 2}
"""Those of the formats 0.00, #,##0.00 and 0.00%, which programs know by their number too."""
_AS_IT_IS = {"0", "49"}
"""General, and text."""
_DATES = {str(number) for first, last in ((14, 22), (27, 36), (45, 47), (50, 58)) for number in range(first, last + 1)}
"""Of dates and times, in Chinese programs too."""
_UNSHOWN = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^]]*\]', re.IGNORECASE)
"""What a number format writes as it stands, leaves room for, or says of colour, condition and language."""


class Look(NamedTuple):
    """What a style says of a cell. fill: its colour as RRGGBB, '' for none, None for one that only the program knows;
    percent, date: whether a number is shown as one; decimals: how many it is shown with at most; general: whether it is shown as it
    is; hides: whether nothing of it is shown, or a thousandth."""

    locked: bool
    fill: str | None
    percent: bool
    date: bool = False
    decimals: int = 0
    general: bool = False
    hides: bool = False


class Style(NamedTuple):
    """A style of the template in full. Colours as RRGGBB; border: the colour of all four sides, '' for none."""

    font: str
    size: float
    bold: bool
    colour: str
    fill: str
    border: str
    align: str
    wrap: bool
    shrink: bool
    format: str
    locked: bool


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.looks: list[Look] = []
        self.fills: list[str | None] = []
        self.formats: dict[str, str] = {}
        self.path: list[str] = []
        self.pattern = "none"
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, lambda _: self.path.pop()
        parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name.rpartition(":")[2])
        match self.path[1:]:
            case ["numFmts", "numFmt"]:
                self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case ["fills", "fill"]:
                self.fills.append("")
            case ["fills", "fill", "patternFill"]:
                self.pattern = attributes.get("patternType", "none")
                self.fills[-1] = "" if self.pattern == "none" else None
            case ["fills", "fill", "patternFill", "fgColor"] if self.pattern == "solid" and "rgb" in attributes:
                self.fills[-1] = attributes["rgb"][-6:].upper()
            case ["cellXfs", "xf"]:
                fill, id = attributes.get("fillId", "0"), attributes.get("numFmtId", "0")
                own = self.fills[int(fill)] if fill.isdecimal() and int(fill) < len(self.fills) else None
                self.looks.append(Look(True, own, *self._shown_as(id)))
            case ["cellXfs", "xf", "protection"]:
                self.looks[-1] = self.looks[-1]._replace(locked=attributes.get("locked", "1") in ("1", "true"))

    def _shown_as(self, id: str) -> tuple[bool, bool, int, bool, bool]:
        """Whether a number format shows percentages, whether dates or times, how many decimals at most, whether numbers as they
        are, and whether it hides them."""
        if id not in self.formats:
            return id in _PERCENT, id in _DATES, _DECIMALS.get(id, 0), id in _AS_IT_IS, False
        code = _UNSHOWN.sub("", self.formats[id])
        decimals = re.search(r"\.([0#?]+)", code.partition(";")[0])
        first = code.partition(";")[0]
        general = bool(re.search("general|通用格式|@", first, re.IGNORECASE))
        date = bool(re.search("[ymdhs]", code, re.IGNORECASE)) and not general
        hides = not (general or date) and (not re.search("[0#?]", first) or bool(re.search("[0#?],+(?![0#?])", first)))
        return "%" in code, date, len(decimals[1]) if decimals else 0, general, hides


def looks(styles: bytes) -> list[Look]:
    """What each style number stands for; none of them where the part is damaged."""
    try:
        return _Reader(styles).looks
    except (expat.ExpatError, RecursionError):
        return []


def with_style(data: bytes, style: Style) -> tuple[bytes, int] | None:
    """The part with one more style, and its number; None where it is not built as every program builds it."""
    side = f'style="thin"><{{p}}color rgb="FF{style.border}"/>'
    borders = "".join(
        f"<{{p}}{name} {side}</{{p}}{name}>" if style.border else f"<{{p}}{name}/>" for name in ("left", "right", "top", "bottom")
    )
    bold = "<{p}b/>" if style.bold else ""
    size, face = f'<{{p}}sz val="{style.size:g}"/>', f"<{{p}}name val={_literal(style.font)}/>"
    pattern = f'<{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="FF{style.fill}"/></{{p}}patternFill>'
    pieces = {
        "fonts": f'<{{p}}font>{bold}{size}<{{p}}color rgb="FF{style.colour}"/>{face}</{{p}}font>',
        "fills": f"<{{p}}fill>{pattern if style.fill else '<{p}patternFill/>'}</{{p}}fill>",
        "borders": f"<{{p}}border>{borders}<{{p}}diagonal/></{{p}}border>",
    }
    ids: dict[str, int] = {}
    found: tuple[bytes, int] | None
    for name, piece in pieces.items():
        found = _appended(data, name, piece)
        if found is None:
            return None
        data, ids[name] = found
    with_format = _with_format(data, style.format)
    if with_format is None:
        return None
    data, format_id = with_format
    alignment = f'<{{p}}alignment horizontal="{style.align}" vertical="center" wrapText="{style.wrap:d}" shrinkToFit="{style.shrink:d}"/>'
    applied = " ".join(f'apply{what}="1"' for what in ("NumberFormat", "Font", "Fill", "Border", "Alignment", "Protection"))
    numbers = f'numFmtId="{format_id}" fontId="{ids["fonts"]}" fillId="{ids["fills"]}" borderId="{ids["borders"]}" xfId="0"'
    return _appended(data, "cellXfs", f'<{{p}}xf {numbers} {applied}>{alignment}<{{p}}protection locked="{style.locked:d}"/></{{p}}xf>')


def with_fill(data: bytes, colour: str) -> tuple[bytes, int] | None:
    """The part with a conditional look that fills a cell with a colour (RRGGBB), and its number; None as above."""
    piece = (
        f'<{{p}}dxf><{{p}}fill><{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="FF{colour}"/><{{p}}bgColor rgb="FF{colour}"/>'
        "</{p}patternFill></{p}fill></{p}dxf>"
    )
    opened = re.search(rb"<((?:\w+:)?)dxfs\b[^>]*>", data)
    if opened and opened[0].endswith(b"/>"):
        data = data[: opened.start()] + b'<%sdxfs count="0"></%sdxfs>' % (opened[1], opened[1]) + data[opened.end() :]
    elif opened is None:
        behind = re.search(rb"<((?:\w+:)?)(?:tableStyles|colors|extLst)\b|</((?:\w+:)?)styleSheet\s*>", data)
        if behind is None:
            return None
        prefix = behind[1] or behind[2] or b""
        data = data[: behind.start()] + b'<%sdxfs count="0"></%sdxfs>' % (prefix, prefix) + data[behind.start() :]
    return _appended(data, "dxfs", piece)


def _literal(text: str) -> str:
    """A text as an attribute, to be formatted along with what stands around it."""
    return xml.quoted(text).replace("{", "{{").replace("}", "}}")


def _appended(data: bytes, name: str, piece: str) -> tuple[bytes, int] | None:
    """A list of the part with one more entry, and the entry's number; one that is there to the letter is taken as it is."""
    match = re.search(rb"<((?:\w+:)?)%s\b[^>]*>" % name.encode(), data)
    end = data.find(b"</%s%s>" % (match[1], name.encode()), match.end()) if match else -1
    if match is None or end < 0:
        return None
    own = piece.format(p=match[1].decode())
    single = re.match(r"<([\w:]+)", own)
    assert single
    body, entry = data[match.end() : end], re.compile(rb"<%s[\s/>]" % single[1].encode())
    if (there := body.find(own.encode())) >= 0:
        return data, len(entry.findall(body[:there]))
    count = len(entry.findall(body))
    head = re.sub(rb'\scount="\d+"', b' count="%d"' % (count + 1), match[0])
    return data[: match.start()] + head + body + own.encode() + data[end:], count


def _with_format(data: bytes, code: str) -> tuple[bytes, int] | None:
    built_in = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10}
    if code in built_in:
        return data, built_in[code]
    taken = {int(number) for number in re.findall(rb'<(?:\w+:)?numFmt\b[^>]*\bnumFmtId="(\d+)"', data)}
    number = max({163, *taken}) + 1
    if not taken:
        root = re.search(rb"<((?:\w+:)?)styleSheet\b[^>]*>", data)
        if root is None:
            return None
        empty = b'<%snumFmts count="0"></%snumFmts>' % (root[1], root[1])
        data = data[: root.end()] + empty + data[root.end() :]
    written = b"formatCode=" + xml.quoted(code).encode()
    for known in re.findall(rb"<(?:\w+:)?numFmt\b[^>]*>", data):
        if written in known and (id := re.search(rb'\bnumFmtId="(\d+)"', known)):
            return data, int(id[1])
    found = _appended(data, "numFmts", f'<{{p}}numFmt numFmtId="{number}" formatCode={_literal(code)}/>')
    return None if found is None else (found[0], number)
