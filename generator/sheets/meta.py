"""The hidden sheet that makes a workbook speak for itself: which scheme, which year, which view, the scheme and the template."""

from __future__ import annotations

from collections.abc import Mapping

from generator.layout.design import Design
from generator.layout.sheet_names import META
from generator.plan.view import OFFICE, Kind, View
from generator.scheme.load import SchemeFile
from generator.sheets.sheet import Sheet

NAME = META
FORMAT = 2
"""How formulas and texts are written; raised when either changes, so that a book of before is not taken for tampered with."""
READING = "reading:"
"""Before the name of a reading of which the book takes another option than the scheme's text does."""
CHUNK = 30_000
"""A cell holds 32,767 characters."""


def build(scheme: SchemeFile, design: Design, view: View) -> Sheet:
    """Keys in the first column, values in the second; scheme and template in pieces of one cell each."""
    sheet = Sheet(NAME, state="veryHidden")
    entries = [
        ("format", str(FORMAT)),
        ("scheme", scheme.scheme.id),
        ("year", str(scheme.scheme.year)),
        ("version", scheme.scheme.version),
        ("fingerprint", scheme.fingerprint),
        ("view", view.kind.value),
        *((READING + choice.reading, choice.option) for choice in scheme.choices),
        ("for", view.who or scheme.scheme.issuer or scheme.scheme.place),
        ("file", scheme.file),
        *_pieces("text", scheme.text),
        *_pieces("template", design.text),
    ]
    for row, (key, value) in enumerate(entries, 1):
        sheet.put(row, 1, key, "hidden")
        sheet.put(row, 2, value, "hidden")
    return sheet


def view_of(about: Mapping[str, str]) -> View | None:
    """Whose book it is by what it says of itself; None where that is nothing we know."""
    kind = about.get("view", OFFICE.kind.value)
    if kind not in Kind._value2member_map_:
        return None
    return OFFICE if kind == OFFICE.kind else View(Kind(kind), about.get("for", ""))


def takes(about: Mapping[str, str]) -> dict[str, str]:
    """The options that a book takes instead of those of the scheme's text, by reading."""
    return {key.removeprefix(READING): option for key, option in about.items() if key.startswith(READING)}


def _pieces(name: str, text: str) -> list[tuple[str, str]]:
    return [(f"{name}:{i}", text[start : start + CHUNK]) for i, start in enumerate(range(0, len(text), CHUNK))]


def joined(about: dict[str, str], name: str) -> str:
    """A text put together again from its pieces."""
    return "".join(about[f"{name}:{i}"] for i in range(len(about)) if f"{name}:{i}" in about)
