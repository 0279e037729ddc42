"""What a list of schemes says of each: enough to choose one by, without understanding all that is in it.

Of the schemes that come along it is written down beside them, under the hash of each text, so that a list need not read them
whole; a file that has changed since is read, like an office's own. ``docs/scheme_list.py`` writes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.problems import SourceError
from generator.scheme import library

if TYPE_CHECKING:
    from generator.scheme.model import Scheme

WRITTEN = library.SCHEMES / "list.json"


class Listed(NamedTuple):
    """A scheme as a list shows it. full: the full marks in words; units, indicators: how many."""

    scheme: str
    title: str
    place: str
    year: int
    full_marks: Decimal | None
    full: str
    units: int
    indicators: int


def of(scheme: Scheme) -> Listed:
    """What there is to say of a scheme."""
    counts = len(scheme.unit_names), scheme.indicator_count()
    return Listed(scheme.id, scheme.title, scheme.place, scheme.year, scheme.full_marks, scheme.full_words(), *counts)


def all_schemes() -> Iterator[Listed | SourceError]:
    """Every scheme that can be found, by id, or what is wrong with its file."""
    known = _known()
    for _, path in sorted(library.ids().items()):
        found = known.get(_hash(path))
        yield found if found is not None else _read(path)


def written(paths: list[Path]) -> str:
    """What is to be written down of scheme files, for a list to find it. Raises SourceError."""
    from generator.scheme import load

    rows = {_hash(path): of(load.load(path).scheme) for path in paths}
    lines = (f"{json.dumps(key)}: {json.dumps(row, ensure_ascii=False, default=str)}" for key, row in rows.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _known() -> dict[str, Listed]:
    """What is written down, by the hash of the file that it is about."""
    try:
        rows = json.loads(WRITTEN.read_text(encoding="utf-8"))
    except OSError:
        return {}
    return {key: Listed(*row)._replace(full_marks=None if row[4] is None else Decimal(row[4])) for key, row in rows.items()}


def _read(path: Path) -> Listed | SourceError:
    from generator.scheme import load  # slow to import, and of the schemes that come along nothing need be read

    try:
        return of(load.load(path).scheme)
    except SourceError as error:
        return error


def _hash(path: Path) -> str:
    """Of the file and of what it may share with others."""
    data, beside = path.read_bytes(), path.with_name(library.SHARED)
    if library.SHARED_KEY.encode() in data and beside.is_file():
        data += beside.read_bytes()
    return hashlib.sha256(data).hexdigest()
