"""What a criterion says in the text's own words, without what the book adds."""

from __future__ import annotations

import re
from functools import cache

_BOOK = re.compile(r"（[^（）]*本簿[^（）]*）|[^，；。（）]*本簿[^；。]*|，?见“说明”")


@cache
def of_text(criteria: str) -> str:
    """A criterion without what stands in it for the book's own part (“本簿…”), which the regulation does not say."""
    return _BOOK.sub("", criteria)


def parts(criteria: str) -> list[str]:
    """A criterion's sentences, cut at semicolons and full stops."""
    return [part for part in re.split("[；。]", of_text(criteria)) if part]
