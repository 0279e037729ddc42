"""The texts that cells share."""

from __future__ import annotations

from xml.parsers import expat

from generator.xlsx import xml

_SI, _T, _RPH = map(xml.named, ("si", "t", "rPh"))


def texts(data: bytes, part: str) -> list[str]:
    """The texts of a decoded part, in order, without the notes on how to pronounce them. Raises PackageError; see `xml.walk`."""
    reader = _Texts()
    xml.walk(data, part, reader)
    return reader.found


class _Texts:
    """path: the names of the elements that are open. sink: the item that is, while in its text."""

    parser: expat.XMLParserType

    def __init__(self) -> None:
        self.found: list[str] = []
        self.path: list[str] = []
        self.item: list[str] | None = None
        self.sink: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        path = self.path
        if len(path) >= xml.MAX_DEPTH:
            raise xml.TooDeep
        self.sink = None
        if name == _SI:
            self.item = []
        elif name == _T and path[-1:] != [_RPH]:
            self.sink = self.item
        path.append(name)

    def end(self, name: str) -> None:
        self.path.pop()
        self.sink = None
        if name == _SI:
            self.found.append("".join(self.item or []))
            self.item = None

    def text(self, piece: str) -> None:
        if self.sink is not None:
            self.sink.append(piece)
