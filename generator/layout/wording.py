"""The texts of a template with places in them, and how these are filled: by the text itself, nothing is ever evaluated."""

from __future__ import annotations

import re

FIELDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("guide", "title"): ("title",),
    ("guide", "steps"): ("sheets", "paper"),
    ("guide", "duties", "steps"): ("sheets", "paper"),
    ("scoring", "title"): ("title",),
    ("scoring", "duties", "title"): ("title",),
    ("scoring", "subtitle"): ("document", "part"),
    ("summary", "title"): ("title",),
    ("catalog", "title"): ("title",),
    ("summary", "ranking_title"): ("group",),
    ("summary", "chart_title"): ("group",),
    **{
        ("views", book, text): fields
        for book in ("department", "unit")
        for text, fields in (("title", ("title", "who")), ("form", ("title", "who")), ("about", ("who",)), ("steps", ("sheets",)))
    },
    ("views", "remarks", "title"): ("title",),
}
"""The texts that may have places, by where they stand in a template, and what these are called."""
_PLACE = re.compile(r"\{(\w+)\}")


def filled(text: str, **values: str) -> str:
    """A text with each place replaced by what it stands for, once; all else stays as it is."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def unknown(text: str, known: tuple[str, ...]) -> str:
    """The first place in a text that stands for nothing, or a brace that belongs to none; '' where there is neither."""
    wrong = next((place[0] for place in _PLACE.finditer(text) if place[1] not in known), "")
    return wrong or next((ch for ch in _PLACE.sub("", text) if ch in "{}"), "")
