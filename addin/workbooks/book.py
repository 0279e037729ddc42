"""What a workbook must offer to be read, looked over and put right, wherever it is.

A file on disk offers it (`generator.xlsx.package.Package`), and so does a book that is open in a spreadsheet program
(`addin.live.book.LiveBook`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Protocol

from generator.problems import Refusal

if TYPE_CHECKING:
    from generator.value import Value
    from generator.xlsx.charts import Bars
    from generator.xlsx.dress import Dress, Outfit
    from generator.xlsx.styles_read import Look


class BookError(Refusal):
    """A workbook is not fit for what is asked of it: not one of ours, in use, without the cells that are needed."""


class Cells(Protocol):
    """The cells of one sheet, by their addresses."""

    def value(self, at: str) -> Value:
        """What a cell holds or its formula shows. An error value is its text, such as #N/A."""

    def formula(self, at: str) -> str | None:
        """A cell's formula in English, without ``=``; None where there is none."""

    def spells(self, at: str, formula: str) -> bool:
        """Whether a cell has a formula (with ``=``), spelt like this to the letter; told at a glance, so that what is not told may
        still come to the same."""

    def keeps(self, at: str, value: Value) -> bool:
        """Whether a cell has no formula and holds just this; told at a glance as well."""

    def values(self, at: Sequence[str]) -> list[Value]:
        """`value` of each of some cells."""

    def spell(self, at: Sequence[str], formulas: Sequence[str]) -> bool:
        """`spells` of each of some cells, told of all at once."""

    def keep(self, at: Sequence[str], values: Sequence[Value]) -> bool:
        """`keeps` of each of some cells, told of all at once."""

    def plain(self, at: Sequence[str]) -> bool:
        """Whether none of some cells has a formula or an error value; told of all at once."""

    def kind(self, at: str) -> str:
        """``e`` for an error value."""

    def rows(self) -> Iterator[tuple[int, Sequence[tuple[str, str]]]]:
        """Each row from the top with its cells as (column letters, address)."""

    def set(self, at: str, value: Value) -> None:
        """Put a constant into a cell. Text stays text, also when it begins with ``=``."""

    def set_formula(self, at: str, text: str, value: Value) -> None:
        """Put a formula (with ``=``) into a cell. value: what it comes to."""

    def set_result(self, at: str, value: Value) -> None:
        """Let a formula that stands there show what it comes to."""

    @property
    def protected(self) -> bool:
        """Whether the sheet's protection is on."""


class Book(Protocol):
    """A workbook. Changes stay in memory until they are written, which each kind of book does in its own way."""

    @property
    def name(self) -> str:
        """Of the file, without the folder."""

    @property
    def sheet_names(self) -> Set[str]:
        """The sheets, in the order of the tabs, hidden ones too."""

    def is_visible(self, name: str) -> bool:
        """Whether a sheet is there to be seen."""

    @property
    def has_macros(self) -> bool:
        """Whether macros come along."""

    @property
    def has_links(self) -> bool:
        """Whether there are links to other files."""

    @property
    def calculates_by_hand(self) -> bool:
        """Whether the program calculates only when it is asked to."""

    @property
    def calculates_as_shown(self) -> bool:
        """Whether programs are told to calculate with numbers as they are shown."""

    def looks_of(self, sheet: str, cells: Sequence[str]) -> list[Look | None]:
        """How each of some cells of a sheet looks; None where it cannot be told. Those that look alike have the same object."""

    def worn(self, sheet: str, cells: Sequence[str]) -> list[Dress | None]:
        """What each of some cells of a sheet looks like, and what may be typed into it; None where it cannot be told. Those that
        are dressed alike have the same object."""

    def merged(self, sheet: str, cells: Collection[str]) -> dict[str, str]:
        """The merged range that each of some cells lies in, of those that do."""

    def put_on(self, sheet: str, outfits: Sequence[Outfit]) -> None:
        """Give cells of a sheet the look and the rule that they should have."""

    def charts(self, sheet: str, most: int) -> list[Bars]:
        """What the first so many charts on a sheet show, in their order; only of a book of which it can be told."""

    def let_show(self, sheet: str, number: int, bars: Bars) -> None:
        """Let a chart of a sheet, by its position among them, show other cells."""

    def sheet(self, name: str) -> Cells:
        """A sheet by its name. Raises a Refusal where there is none or it cannot be read."""
