"""What the sheets that gathering adds have in common: a marked first row, a title, heads, and rows below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from addin.workbooks import dress, ledgers
from addin.workbooks.repair import LINK
from generator.columns import column_of, letters_of
from generator.layout.design import Design
from generator.layout.text_size import height_of, lines_needed
from generator.sheets.sheet import Box, Content, Formula, Sheet, Validation
from generator.tree.formula import quote
from generator.value import Value
from generator.xlsx.package import Package

LINKED = "link"
"""A style of ours beside those of the template: what leads to a cell."""
SHADED = "+"
"""Behind a style: the same, darker."""
SIZE = 9
"""Of the smallest letters, by which rows are made high enough."""
TALLEST = 400
"""Excel's rows are not higher than 409 points."""
_LONGEST = 120
"""A text in a formula may have 255 characters."""


@dataclass
class Table:
    """A sheet in the making. columns: letters → (head, width in characters), from the left."""

    role: str
    name: str
    title: str
    columns: Mapping[str, tuple[str, float]]
    hidden: Sequence[str]
    explained: str = ""
    sheet: Sheet = field(init=False)
    row: int = field(init=False, default=2)

    def __post_init__(self) -> None:
        self.sheet = Sheet(self.name, landscape=True, hidden_columns=[column_of(letters) for letters in self.hidden], hidden_rows=[1])
        self.sheet.widths = {column_of(letters): width for letters, (_, width) in self.columns.items()}
        self.sheet.put(1, 1, ledgers.mark(self.role), "hidden")
        first, last = self._shown[0], self._shown[-1]
        self.sheet.span(2, first, 2, last, self.title, "title")
        self.sheet.heights[2] = 30
        if self.explained:
            self.row = 3
            self.line(self.explained)

    @property
    def _shown(self) -> list[int]:
        return [column for letters in self.columns if (column := column_of(letters)) not in self.sheet.hidden_columns]

    def line(self, words: str, style: str = "listed") -> None:
        """A sentence across the whole sheet, in the row where the table is."""
        width = sum(self.sheet.widths[column] for column in self._shown)
        self.sheet.span(self.row, self._shown[0], self.row, self._shown[-1], words, style)
        self.sheet.heights[self.row] = min(height_of(lines_needed(words, width, SIZE), SIZE) + 4, TALLEST)

    def heads(self, row: int, filtered: bool = True) -> None:
        """The heads of the columns; they stay in sight, and stand on every page."""
        self.row = row
        for column in self._shown:
            self.sheet.put(row, column, self.columns[letters_of(column)][0], "heading")
        self.sheet.heights[row] = 20
        if filtered:
            self.sheet.freeze, self.sheet.title_rows = f"A{row + 1}", (row, row)

    def add(self, contents: Mapping[str, tuple[Content, str]], formats: Mapping[str, str] = {}, open_cells: str = "") -> None:
        """A row below the last, as high as its texts need. contents: by column, with the style; open_cells: the columns that may be
        typed into."""
        self.row += 1
        lines = 1
        for letters, (content, style) in contents.items():
            column = column_of(letters)
            self.sheet.put(self.row, column, content, style, formats.get(letters, "General"), letters not in open_cells)
            text = content.value if isinstance(content, Formula) else content
            if isinstance(text, str) and column not in self.sheet.hidden_columns:
                lines = max(lines, lines_needed(text, self.sheet.widths[column], SIZE))
        self.sheet.heights[self.row] = min(height_of(lines, SIZE) + 2, TALLEST)

    def filter(self, first: int) -> None:
        """Let the rows of the table be filtered. first: the row of its heads."""
        shown = self._shown
        self.sheet.filter = f"{letters_of(shown[0])}{first}:{letters_of(shown[-1])}{max(self.row, first + 1)}"

    def choice(self, cells: str, words: str, prompt: str) -> None:
        """Let cells take one word from a list."""
        self.sheet.validations.append(Validation(cells, "list", None, quote(words), None, "选择", prompt, f"只能选“{words}”，或清空"))


def linked(sheet: str, at: str, text: str) -> Formula:
    """A text that leads to a cell."""
    target = "#'" + sheet.replace("'", "''") + "'!" + at
    shown = text[:_LONGEST]
    return Formula(f"=HYPERLINK({quote(target)},{quote(shown)})", shown)


def numbers_in(package: Package, design: Design) -> _Numbers:
    """The numbers of styles in a file, each looked up once."""
    return _Numbers(package, design)


class _Numbers:
    def __init__(self, package: Package, design: Design) -> None:
        self.package, self.design = package, design
        self.of = lru_cache(maxsize=None)(self._of)

    def __call__(self, box: Box) -> int:
        return self.of(box.style, box.format, box.locked)

    def _of(self, name: str, pattern: str, locked: bool) -> int:
        plain = name.removesuffix(SHADED)
        style = dress.style_of(self.design, "listed" if plain == LINKED else plain, pattern, locked)
        if plain.startswith("listed") or plain == LINKED:
            style = style._replace(border=self.design.colours["line"])
        if plain == LINKED:
            style = style._replace(colour=LINK)
        if plain != name:
            style = style._replace(fill=self.design.colours["result"].upper())
        return self.package.style_number(style) or 0


def text(value: Value) -> tuple[Content, str]:
    """A text of a list."""
    return value or None if isinstance(value, str) else value, "listed"


def short(value: Value) -> tuple[Content, str]:
    """A figure or a word of a list."""
    return value or None if isinstance(value, str) else value, "listed_centre"
