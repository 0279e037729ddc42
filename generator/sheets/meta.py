"""The hidden sheet that makes a workbook speak for itself: which scheme, which year, which view, and the scheme."""

from __future__ import annotations

from generator.scheme import SchemeFile
from generator.sheet import Sheet

NAME = "_scorebook"
VIEW = "scoring"
CHUNK = 30_000
"""A cell holds 32,767 characters."""


def build(scheme: SchemeFile) -> Sheet:
    """Keys in the first column, values in the second; the scheme's text in pieces of one cell each."""
    sheet = Sheet(NAME, state="veryHidden")
    pieces = [scheme.text[i : i + CHUNK] for i in range(0, len(scheme.text), CHUNK)]
    entries = [
        ("format", "1"),
        ("scheme", scheme.scheme.scheme),
        ("year", str(scheme.scheme.year)),
        ("version", scheme.scheme.version),
        ("fingerprint", scheme.fingerprint),
        ("view", VIEW),
        ("for", scheme.scheme.issuer or scheme.scheme.place),
        ("file", scheme.file),
        *((f"text:{i}", piece) for i, piece in enumerate(pieces)),
    ]
    for row, (key, value) in enumerate(entries, 1):
        sheet.put(row, 1, key, "hidden")
        sheet.put(row, 2, value, "hidden")
    return sheet
