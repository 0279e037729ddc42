"""The same bytes for the same XML, whichever library wrote it.

openpyxl writes through lxml where that is installed and through the standard library elsewhere; the two declare namespaces in
other places and end empty elements in other ways.
"""

from __future__ import annotations

from generator.xlsx import xml

_DECLARED = "xmlns"
_XML = {"xml": "http://www.w3.org/XML/1998/namespace"}
_TEXTS = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
"""Elements that hold a text, be it an empty one."""


def tidied(data: bytes, part: str, encoding: str = "utf-8") -> bytes:
    """A part of few elements and without a declaration, with each namespace declared where it is first used and nothing else
    changed but how it is written: in ``utf-8``, or in ``ascii`` with references. Raises PackageError; see `xml.walk`."""
    writer = _Writer()
    xml.walk(data, part, writer, prefixed=True)
    return "".join(writer.pieces).encode(encoding, "xmlcharrefreplace")


class _Writer:
    """Writes what the parser tells. given, made: of each open element, the namespaces by prefix, as they were and as written."""

    parser: xml.Parser

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.given: list[dict[str, str]] = [_XML]
        self.made: list[dict[str, str]] = [_XML]
        self.empty = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._filled()
        declared = {key.partition(":")[2]: value for key, value in attributes.items() if key.partition(":")[0] == _DECLARED}
        given, made = {**self.given[-1], **declared}, self.made[-1]
        own = {key: value for key, value in attributes.items() if key.partition(":")[0] != _DECLARED}
        used = [_prefix(name), *(_prefix(key) for key in own if ":" in key)]
        new = {prefix: given[prefix] for prefix in used if given.get(prefix, "") != made.get(prefix, "")}
        self.given.append(given)
        self.made.append({**made, **new})
        spaces = "".join(_written(f"{_DECLARED}:{prefix}" if prefix else _DECLARED, uri) for prefix, uri in new.items())
        self.pieces.append(f"<{name}{spaces}{''.join(_written(*each) for each in own.items())}")
        self.empty = True

    def end(self, name: str) -> None:
        if name in _TEXTS:
            self._filled()
        self.pieces.append("/>" if self.empty else f"</{name}>")
        self.empty = False
        self.given.pop()
        self.made.pop()

    def text(self, piece: str) -> None:
        self._filled()
        self.pieces.append(xml.marked(piece))

    def _filled(self) -> None:
        if self.empty:
            self.pieces.append(">")
            self.empty = False


def _prefix(name: str) -> str:
    before, _, _ = name.rpartition(":")
    return before


def _written(name: str, value: str) -> str:
    return ' {}="{}"'.format(name, xml.in_value(value).replace('"', "&quot;"))
