"""The parts of a file: as they came, as they are now, and how much of them may be read.

Its sheets look here and not at the package that holds them: what looks at each other is not given back before Python looks for
such circles, and a large book is many small objects.
"""

from __future__ import annotations

from functools import cached_property

from generator.problems import PackageError
from generator.xlsx import xml
from generator.xlsx.strings import texts

MAX_MARKS = 2_400_000
"""How many ``<`` and ``=`` the sheets that are read may hold together: each may cost some 200 bytes once read. A book of
386 indicators × 100 units has 1.7 million, a sheet with a million formatted empty rows over four."""
STRINGS = "xl/sharedStrings.xml"


class Parts:
    """name: of the file; now: its parts by path, which may be changed; original: as they came; held: the paths of the sheets that are
    kept; sheet_ids: by path; bare: cells that have lost their formula, by the id of their sheet."""

    def __init__(self, name: str, parts: dict[str, bytes]) -> None:
        self.name, self.now, self.original = name, parts, dict(parts)
        self.held: set[str] = set()
        self.sheet_ids: dict[str, str] = {}
        self.bare: set[tuple[str, str]] = set()
        self._marks: dict[str, int] = {}

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings, in order."""
        return texts(self.decoded(STRINGS), STRINGS) if STRINGS in self.now else []

    def lost_formula(self, path: str, at: str) -> None:
        """Note that a cell of a sheet has no formula any more."""
        self.bare.add((self.sheet_ids[path], at))

    def decoded(self, path: str, alone: bool = False) -> bytes:
        """A part to be parsed. Raises PackageError where that would take too much, or is not safe. alone: it is not kept with the
        sheets that are held."""
        held = {path} if alone else self.held | {path}
        # Counting takes as long as parsing, and a few bytes cannot hold many marks.
        if sum(len(self.original[part]) for part in held) > MAX_MARKS and sum(map(self._marks_of, held)) > MAX_MARKS:
            raise PackageError(
                f"“{self.name}”里的格子过多，或有大量带格式的空行，不像填报用的工作簿；"
                "请在 Excel 里删除数据下方的空行和右侧的空列，另存后再试"
            )
        return xml.decoded(self.now[path], path)

    def _marks_of(self, path: str) -> int:
        """How many marks there are in a part as it came."""
        if path not in self._marks:
            data = self.original[path]
            self._marks[path] = data.count(b"<") + data.count(b"=")
        return self._marks[path]
