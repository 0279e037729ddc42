"""The one door to XML: parts are parsed here and nowhere else, by the parser of the standard library.

A part is worked on as *raw* text, one character a byte: offsets are those of the file, what is ASCII needs no decoding, and
what nobody changes is written back as it came. `plain` reads a piece of it, `escaped` makes one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol
from xml.parsers import expat

from generator.problems import PackageError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"

MAX_DEPTH, MAX_TEXT = 256, 10_000_000
"""How deep elements may stand in each other, and how many bytes may follow each other without a tag."""
_DOCTYPE = "文件里带有不允许的文档类型声明，为安全起见不打开"
_BLANK = "[ \t\r\n]"
_TAG = re.compile(r"""<[^<>"']*+(?:"[^"]*+"[^<>"']*+|'[^']*+'[^<>"']*+)*+>""")
_ATTRIBUTE = re.compile(rf"""{_BLANK}+([^ \t\r\n=<>/"']+){_BLANK}*={_BLANK}*("[^"]*"|'[^']*')""")
_NAME = re.compile("<[^ \t\r\n/>]+")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold; an official's text never has it."""
_REFERENCE = re.compile("&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|quot|apos|amp));")
_IN_VALUE = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_ENCODING = re.compile(rf"""(\A(?:\xef\xbb\xbf)?<\?xml[^<>]*?{_BLANK}encoding{_BLANK}*={_BLANK}*["'])([^<>"']*)""")


class TooDeep(Exception):
    """Elements stand in each other deeper than any program writes them."""


Parser = expat.XMLParserType


class Reader(Protocol):
    """What is told of a part while it is parsed. Names are those of `named`."""

    parser: Parser
    """Set before anything is told."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; the parser's CurrentByteIndex is where. Raises TooDeep."""

    def end(self, name: str) -> None:
        """An element ends; the parser's CurrentByteIndex is where its end tag begins."""

    def text(self, piece: str) -> None:
        """A piece of text; a long one comes in several."""


def named(local: str, namespace: str = MAIN) -> str:
    """The name of an element or an attribute in a namespace, as a `Reader` is told it."""
    return f"{namespace}\n{local}"


def damaged(part: str) -> PackageError:
    """What is said of a part that is no XML."""
    return PackageError(f"文件内部的 {part} 已损坏，打不开；请用备份，或用 Excel 打开后另存一份再试")


def decoded(data: bytes, part: str) -> bytes:
    """A part in UTF-8. Raises PackageError where it has a document type, or text as long as nobody's.

    It is read as UTF-8 whatever it calls itself: no odd encoding hides a mark from those who look for it or count it.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            raise damaged(part) from None
    if b"<!DOCTYPE" in data:  # without one there are no entities, and nothing to fetch
        raise PackageError(_DOCTYPE)
    at = 0
    while len(data) - at > MAX_TEXT:
        at = data.rfind(b"<", at, at + MAX_TEXT) + 1
        if not at:
            raise damaged(part)
    return data


def walk(data: bytes, part: str, reader: Reader | None = None, *, prefixed: bool = False) -> None:
    """Parse a decoded part, and tell a reader of it. Raises PackageError where it is not well formed, or too deep.

    prefixed: names are told with the prefixes they have in the part, and so are the declarations of namespaces.
    """
    parser = expat.ParserCreate("utf-8", None if prefixed else "\n")
    if reader is not None:
        reader.parser = parser
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, TooDeep):
        raise damaged(part) from None
    finally:
        if reader is not None:
            del reader.parser  # else the two keep each other, and all that was read, until memory is next cleared


class Element(NamedTuple):
    """An element of a part. inside: the offset behind its start tag; close: of its end tag, or its end where it has none."""

    name: str
    attributes: dict[str, str]
    text: str
    start: int
    inside: int
    close: int
    end: int


class _Elements:
    """Gathers the elements of some names, which do not stand in each other."""

    parser: expat.XMLParserType

    def __init__(self, raw: str, names: tuple[str, ...]) -> None:
        self.raw, self.names = raw, names
        self.found: list[Element] = []
        self.depth = 0
        self.open: tuple[int, dict[str, str], int] | None = None
        self.pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        if self.open is None and name in self.names:
            self.open, self.pieces = (self.depth, attributes, self.parser.CurrentByteIndex), []

    def end(self, name: str) -> None:
        if self.open is not None and self.open[0] == self.depth:
            _, attributes, start = self.open
            inside = tag_end(self.raw, start)
            close, end = ends(self.raw, inside, self.parser.CurrentByteIndex)
            self.found.append(Element(name, attributes, "".join(self.pieces), start, inside, close, end))
            self.open = None
        self.depth -= 1

    def text(self, piece: str) -> None:
        if self.open is not None:
            self.pieces.append(piece)


def elements(data: bytes, part: str, *names: str) -> list[Element]:
    """The elements of some names (see `named`) in a decoded part, in order. Raises PackageError; see `walk`."""
    reader = _Elements(raw_of(data), names)
    walk(data, part, reader)
    return reader.found


# Text ------------------------------------------------------------------------------------------------------------------


def xml_text(text: str) -> str:
    """A text as it stands between two tags."""
    return marked(legal(text)) if _SPECIAL.search(text) else text


def marked(text: str) -> str:
    """A text with references for the signs that begin or end something in XML."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def in_value(text: str) -> str:
    """A text as it stands in the value of an attribute, but for the quotes in it."""
    text = marked(text)
    for sign, reference in _IN_VALUE.items():
        text = text.replace(sign, reference)
    return text


def quoted(text: str) -> str:
    """A text as the value of an attribute, in the quotes that do not stand in it."""
    text = in_value(text)
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"{}"'.format(text.replace('"', "&quot;"))


def legal(text: str) -> str:
    """A text without what XML cannot hold."""
    return _ILLEGAL.sub("", text)


# Raw text --------------------------------------------------------------------------------------------------------------


def raw_of(data: bytes) -> str:
    """A part as raw text."""
    return data.decode("latin-1")


def spliced(raw: str, changes: list[tuple[int, int, str]]) -> bytes:
    """A part with some pieces replaced by others: from an offset to another. What calls itself anything but UTF-8 no longer does."""
    declared = _ENCODING.match(raw)
    if declared and declared[2].lower() != "utf-8":
        changes = [(*declared.span(2), "UTF-8"), *changes]
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        pieces += (raw[done:start], new)
        done = end
    return "".join([*pieces, raw[done:]]).encode("latin-1")


def plain(raw: str) -> str:
    """What a piece of text of a well-formed part says."""
    text = raw if raw.isascii() else raw.encode("latin-1").decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" not in text:
        return text
    if "&#" in text:
        return _REFERENCE.sub(_referred, text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'").replace("&amp;", "&")


def _referred(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    return _NAMED[name] if name else chr(int(hexadecimal, 16) if hexadecimal else int(decimal))


def escaped(text: str) -> str:
    """A text as a piece of a part; what XML cannot hold is left out."""
    text = xml_text(text)
    if "\r" in text:
        text = text.replace("\r", "&#13;")  # as it stands it would be read as the end of a line
    return text if text.isascii() else text.encode().decode("latin-1")


def tag_end(raw: str, start: int) -> int:
    """Where a tag of a well-formed part ends that begins here."""
    found = _TAG.match(raw, start)
    assert found
    return found.end()


def ends(raw: str, inside: int, told: int) -> tuple[int, int]:
    """Where an element's end tag begins and ends. inside: behind its start tag; told: the parser's index when it ended."""
    return (inside, inside) if raw[inside - 2] == "/" else (told, raw.index(">", told) + 1)


def parted(tag: str) -> tuple[str, str]:
    """A start tag, as far as behind the element's name, and its attributes."""
    found = _NAME.match(tag)
    assert found
    return found[0], tag[found.end() :].removesuffix(">").removesuffix("/")


def prefix(head: str) -> str:
    """The prefix of an element's name, with its colon; head: see `parted`."""
    before, colon, _ = head[1:].rpartition(":")
    return before + colon


def attribute(attributes: str, name: str) -> str | None:
    """An attribute's value; attributes: what stands in a tag behind the element's name."""
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] == name:
            return plain(re.sub(_BLANK, " ", found[2][1:-1].replace("\r\n", "\n")))
    return None


def with_attributes(attributes: str, changes: Mapping[str, str | None]) -> str:
    """Attributes with some of them changed, added, or (None) left out."""
    left, pieces, done = dict(changes), [], 0
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] in left:
            pieces.append(attributes[done : found.start()])
            pieces.append(_written(found[1], left.pop(found[1])))
            done = found.end()
    added = "".join(_written(*each) for each in left.items())
    rest = attributes[done:]
    return "".join([*pieces, rest.rstrip(" \t\r\n") if added else rest, added])


def _written(name: str, value: str | None) -> str:
    return "" if value is None else f' {name}="{escaped(value).replace(chr(34), "&quot;")}"'
