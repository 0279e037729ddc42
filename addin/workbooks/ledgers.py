"""The sheets that gathering adds to the office's book. The book says on its hidden sheet which they are, so that a check takes
them for its own, and nothing that looks for scores has to read them."""

from __future__ import annotations

from collections.abc import Mapping

from addin.workbooks.book import Book
from generator.layout import sheet_names
from generator.problems import Refusal
from generator.sheets import meta

FILES, PENDING, SOURCES, SELF, REMARKS = "报送", "待定", "来源", "自评", "备注"
ROLES = (FILES, PENDING, SOURCES, SELF, REMARKS)
"""What came from whom; what waits for somebody to choose; where each value is from; what the units gave themselves; what people wrote
in words."""
_ENTRY, _MARK = "sheet:", "scorebook:"
MARKED = "A1"


def mark(role: str) -> str:
    """What stands in the first cell of such a sheet, whatever it is called by now."""
    return f"{_MARK}{role}"


def of(package: Book, about: Mapping[str, str]) -> dict[str, str]:
    """Which of these sheets a book has, by role. about: what it says of itself."""
    said = {role: name for role in ROLES if (name := about.get(f"{_ENTRY}{role}"))}
    found = {role: name for role, name in said.items() if name in package.sheet_names}
    for role in [one for one in said if one not in found]:  # somebody gave it another name
        for name in package.sheet_names:
            if not name.startswith("_") and name not in found.values() and _is_marked(package, name, role):
                found[role] = name
                break
    return found


def _is_marked(package: Book, name: str, role: str) -> bool:
    try:
        return package.sheet(name).value(MARKED) == mark(role)
    except Refusal:
        return False


def enter(package: Book, role: str, known: Mapping[str, str]) -> str:
    """The name of the sheet for a role: the one that it has, or else a new one, which is noted on the hidden sheet."""
    name = known.get(role) or sheet_names.free(role, set(package.sheet_names) | set(known.values()))
    part = package.sheet(meta.NAME)
    rows = {part.value(f"A{row}"): row for row, _ in part.rows()}
    row = rows.get(f"{_ENTRY}{role}") or max(number for number, _ in part.rows()) + 1
    if part.value(f"B{row}") != name:
        part.set(f"A{row}", f"{_ENTRY}{role}")
        part.set(f"B{row}", name)
    return name
