"""A sheet as plain data: cells, sizes, print set-up. The sheet builders make it, `generator.xlsx` writes it.

Nothing here knows a scheme, and nothing here knows a file format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from generator.layout.addresses import address
from generator.value import Value


class Formula(NamedTuple):
    """A formula and the value it has now (cached in the file, so that a preview shows numbers)."""

    text: str
    value: Value


Content = Value | Formula


class Box(NamedTuple):
    """One cell. style: a style of the template; format: an Excel number format; locked: not to be typed into."""

    content: Content
    style: str
    format: str = "General"
    locked: bool = True


@dataclass(frozen=True)
class Validation:
    """What may be typed into cells. kind: openpyxl's data validation type; formulas without ``=``; error: what is said where something
    else is typed, '' where anything may be."""

    range: str
    kind: str
    operator: str | None
    first: str
    second: str | None
    prompt_title: str
    prompt: str
    error: str


BORDER = "border"


@dataclass(frozen=True)
class Highlight:
    """Conditional format: a colour of the template, or a `BORDER`, where the formula holds."""

    range: str
    formula: str
    colour: str


@dataclass(frozen=True)
class Bars:
    """A bar in each cell of a range, as long as its number is against the greatest there; none below zero, and none where no number is.
    colour: of the template."""

    range: str
    colour: str


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars. Ranges as (first row, last row, column), 1-based; anchor: the top left cell; below_zero: values may be
    negative."""

    title: str
    names: tuple[int, int, int]
    values: tuple[int, int, int]
    anchor: str
    width_mm: float
    height_mm: float
    below_zero: bool = False


@dataclass
class Sheet:
    """A sheet. Rows and columns count from 1; widths in characters, heights in points.

    outline: row → how deep it can be folded away. state: ``visible`` or ``veryHidden``; protected: only unlocked cells can be
    typed into;
    title_rows, title_columns: repeated on every printed page, as (first, last).
    """

    name: str
    cells: dict[tuple[int, int], Box] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_columns: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    highlights: list[Highlight] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)
    charts: list[BarChart] = field(default_factory=list)
    freeze: str | None = None
    outline: dict[int, int] = field(default_factory=dict)
    links: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    """Cells that a click leads away from: to which sheet, and which cell."""
    filter: str | None = None
    """A range whose rows can be filtered by their values."""
    header: str = ""
    """What stands at the head of each printed page, where no cell can."""
    paper: str = "A4"
    state: str = "visible"
    protected: bool = True
    landscape: bool = False
    scale: int | None = None
    """In percent; None fits the width to one page and lets pages end where they may."""
    title_rows: tuple[int, int] | None = None
    title_columns: tuple[int, int] | None = None
    row_breaks: list[int] = field(default_factory=list)
    column_breaks: list[int] = field(default_factory=list)
    print_area: str | None = None

    def put(self, row: int, column: int, content: Content, style: str, format: str = "General", locked: bool = True) -> None:
        """Set a cell."""
        self.cells[row, column] = Box(content, style, format, locked)

    def span(
        self, top: int, left: int, bottom: int, right: int, content: Content, style: str, format: str = "General", locked: bool = True
    ) -> None:
        """Set a merged block; its other cells get the style, so that borders close."""
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.put(row, column, None, style, locked=locked)
        self.put(top, left, content, style, format, locked)
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    @property
    def formulas(self) -> dict[str, Formula]:
        """Every formula by its address."""
        return {address(r, c): box.content for (r, c), box in self.cells.items() if isinstance(box.content, Formula)}
