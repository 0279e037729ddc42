"""A scoring sheet as a grid of lines and units.

On a `Matrix` the lines run down, indicator by indicator, and the units across; on a `Roster` every unit has a row and the
lines run across. Only these two know which way their sheet lies: everybody else asks them for the cell of a line and a
unit.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from generator.layout.addresses import absolute, address
from generator.layout.design import Column, Design
from generator.layout.text_size import height_of, lines_needed
from generator.layout.wording import filled
from generator.lines.input import Ask
from generator.lines.line import Figure, Format, Line
from generator.plan.plan import Block, BlockKind, Plan
from generator.plan.view import Kind
from generator.value import Percent

KEY, ROLE, TAG = 1, 2, 3
"""Hidden columns of a matrix, and hidden rows of a roster: a line's key, what it is for, the group whose sum it enters."""
KEY_ROW, HEAD_ROW = 1, 4
UNIT_NAME = "unit"
UNIT = "unit:"
"""Before a unit's name in the key of its row or column."""
UNITS = "units"
"""The key of the column with the units' names on a roster."""
PLAIN = "", "%", "次", "个", "分"
"""Units of measure that nobody has to be told of."""
DECLARED = ("inputs", "quantities")
ABOUT, TOLD = re.compile("[：＝]"), re.compile("；(?=[^；：＝]+[：＝])")
"""What stands between data and what is told of it, and between what is told of one and of the next."""
DATED = re.compile(r"\d[年月日-]|[前底]$")
"""What tells a date, such as 6月底前."""


@dataclass
class Grid(ABC):
    """A scoring sheet: lines on one axis, some units (all of them, or one) on the other.

    columns, rows: key → position. widths, heights: by position. spans: block → (first, last) of its rows or columns.
    any_unit: stands for a unit's own row or column while a formula is written for all units at once.
    """

    any_unit: ClassVar[str]
    title_row: ClassVar[int]
    """The first visible row; the subtitle stands below."""
    first_visible: ClassVar[int]
    """The first visible column."""

    plan: Plan
    design: Design
    sheet: str
    units: list[int]
    blocks: list[Block]
    columns: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    spans: list[tuple[Block, int, int]] = field(default_factory=list)
    first_row: int = 0
    """The first row below the head."""
    last_row: int = 0
    last_column: int = 0
    above: dict[str, str] = field(default_factory=dict)
    """A line whose units have no cells of their own → the line in whose row or over whose column its figure stands."""

    @cached_property
    def lines(self) -> list[Line]:
        """The lines on this sheet, in the order of the scheme."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def form_columns(self) -> Sequence[Column]:
        """The columns of the form, from the left; a unit's own has some to write in."""
        own = self.design.parts.unit.columns if self.plan.view.kind is Kind.UNIT else []
        return [*self.design.scoring.columns, *own]

    def heading(self, column: Column) -> str:
        """Of a column of the form."""
        duties = None if self.plan.scored else self.design.scoring.duties
        return duties.sentence if duties and column.key == "sentence" else column.heading

    @property
    def title(self) -> str:
        """What stands above the table."""
        own, view = self.design.own(self.plan.view), self.plan.view
        duties = None if self.plan.scored else self.design.scoring.duties
        form = own.form if own else duties.title if duties else self.design.scoring.title
        text = filled(form, title=self.plan.scheme.title, who=view.who)
        if len(self.units) == len(self.plan.units):
            return text
        return f"{self.plan.units[self.units[0]] if len(self.units) == 1 else self.sheet}　{text}"

    def title_height(self, room: float) -> float:
        """How high the title is, in points; room: how wide a page is, in characters. A title of the office's has one line."""
        if self.plan.view.whole:
            return 30
        width = min(sum(self.widths.values()), room)
        return max(30.0, height_of(lines_needed(self.title, width, self.design.styles["form_title"].size), 16))

    def subtitle_height(self, width: float) -> float:
        """How high the line below the title is, in points, where it is so wide, in characters."""
        source = self.plan.scheme.source
        words = filled(self.design.scoring.subtitle, document=source.document, part=source.part)
        lines = lines_needed(words, width, 10) if self.design.form > 2 else 1
        return max(18.0, height_of(lines, 10))

    def number(self, block: Block) -> str:
        """What stands in the column of numbers: on a unit's own sheet without the unit's name; until the fourth form also where it is the
        indicator's name."""
        number = block.number or block.id
        if len(self.units) == 1:
            number = number.removeprefix(self.plan.units[self.units[0]]).lstrip("-") or number
        return "" if number == block.name and self.design.form > 4 else number

    def called(self, line: Line) -> str:
        """What a line is called on the sheet: with the unit of measure in which it is filled in, where that is not plain."""
        asked = line.input
        if self.design.form < 6 or asked is None or asked.ask is not Ask.QUANTITY or asked.measure in PLAIN or asked.measure in line.label:
            return line.label
        return line.label if asked.measure == self._measures.get(line.key) else f"{line.label}（{asked.measure}）"

    @cached_property
    def _measures(self) -> dict[str, str]:
        """The unit of measure that stands beside each line."""
        return {line.key: block.measure for block in self.blocks for line in block.lines}

    def said(self, block: Block) -> str:
        """How an indicator is scored, and by when; what is no date is said to be a term."""
        before = "时限：" if self.design.form > 4 and not DATED.search(block.due) else ""
        own = _told_once(self._of_its_data(block)) if block.kind == BlockKind.DATA and self.design.form > 4 else block.sentence
        return own + (f"（{before}{block.due}）" if block.due else "")

    def _of_its_data(self, block: Block) -> str:
        """What is told of data, without what a department or a unit does not have."""
        if self.plan.view.whole:
            return block.sentence
        scheme, here = self.plan.scheme, {line.label for line in block.lines}
        away = {name for node in (scheme, *scheme.walk()) for named in DECLARED for name in getattr(node, named, ())} - here
        return "；".join(part for part in TOLD.split(block.sentence) if ABOUT.split(part)[0] not in away)

    @property
    def grouped(self) -> bool:
        return len(self.plan.scheme.groups) > 1

    def groups(self) -> Iterator[tuple[str, list[int]]]:
        """The groups that have units on this sheet, with these units."""
        start = 0
        here = set(self.units)
        for name, members in self.plan.scheme.groups.items():
            own = [u for u in range(start, start + len(members)) if u in here]
            start += len(members)
            if own:
                yield name, own

    @property
    @abstractmethod
    def head_column(self) -> int:
        """The last of the columns that say what a row is; pages side by side repeat them."""

    @property
    def frozen_column(self) -> int:
        """The last column that stays in sight on a screen."""
        return self.head_column

    @abstractmethod
    def has(self, key: str) -> bool:
        """Whether units have cells on a line here."""

    @abstractmethod
    def at(self, key: str, unit: int) -> tuple[int, int]:
        """Row and column of a unit's cell on a line; of the one cell that all share for −1."""

    @abstractmethod
    def along(self, key: str) -> list[tuple[int, int, int]]:
        """Each unit's cell on a line: unit, row, column."""

    @cached_property
    @abstractmethod
    def own(self) -> dict[int, str]:
        """Each unit's own row or column, as addresses write it; '' for −1."""

    @abstractmethod
    def seen(self, key: str, own: str) -> str | None:
        """The address of a line's cell in one's own row or column, or None where the line is on another sheet."""

    @abstractmethod
    def fixed(self, key: str, column: str) -> str:
        """The address of the figure beside a line, as formulas write it."""

    @abstractmethod
    def name(self, own: str) -> str:
        """The address of the unit's name in one's own row or column."""

    @abstractmethod
    def over(self, key: str, units: list[int]) -> str:
        """The range of a line over some units, as formulas of all these units write it."""

    @abstractmethod
    def size(self, units: list[int], prefix: str) -> str:
        """A formula that counts some units by what nobody inserts along with an empty row or column: their keys, or their names."""

    @abstractmethod
    def picked(self, key: str, position: str, prefix: str) -> str:
        """A formula for one unit's cell on a line. position: a formula that says which unit of `whole` it is."""

    @abstractmethod
    def stretch(self, keys: list[str], own: str) -> tuple[str, str, str]:
        """The cells of some lines in one's own row or column, and beside them the lines' roles and tags."""

    @cached_property
    @abstractmethod
    def names(self) -> str:
        """The range of the units' names, absolute."""

    @property
    @abstractmethod
    def row_keys(self) -> dict[str, int]:
        """The rows that must be there, by what their hidden column says."""

    @property
    @abstractmethod
    def column_keys(self) -> dict[str, int]:
        """The columns that must be there, by what their hidden row says."""

    @abstractmethod
    def subject(self, row: int, column: int) -> tuple[str, int]:
        """The line and the unit that a cell is about: "" and −1 where there is none."""

    @abstractmethod
    def figures(self, line: Line) -> Iterator[tuple[str, str]]:
        """(``standard`` or ``points``, address) of the figures beside a line."""

    def figure(self, line: Line, column: str) -> Figure | None:
        """What stands there; of a number that is the same for all units, the number with its name."""
        if column == "standard" and line.key in self.above:
            figure, host = lone_figure(line), self.plan.lines[self.above[line.key]]
            return _said_once(line, figure, host.label) if figure else None
        if column == "standard" and line.standard is not None:
            before, _, after = line.standard.form.partition("{}")
            return Figure(line.standard.value, "{}" + after) if _ends(line.label, before) else line.standard
        return line.points if column == "points" else None

    def units_of(self, line: Line) -> list[int]:
        """The units that have a cell on a line here."""
        return [] if line.shared or line.key in self.above else self.units

    def cell(self, key: str, unit: int) -> str:
        """The address of a unit's cell on a line; of the one cell that all share for −1."""
        return address(*self.at(key, unit))

    def whole(self, key: str) -> str:
        """The range of a line over all units here, absolute."""
        return f"{absolute(self.cell(key, self.units[0]))}:{absolute(self.cell(key, self.units[-1]))}"


def lone_figure(line: Line) -> Figure | None:
    """The one figure of a line on which units have no cells of their own, or all have the same number; else nothing."""
    if line.input is not None or line.formula is not None or line.points is not None:
        return None
    if line.values is None:
        figure = line.standard
    else:
        one = line.values[0]
        if not isinstance(one, Decimal) or any(value != one for value in line.values) or not all(line.applies):
            return None
        figure = Figure(Percent(one) if line.format is Format.PERCENT else one)
    if figure is None or line.label in figure.form:
        return figure
    return Figure(figure.value, line.label + figure.form)


def _said_once(line: Line, figure: Figure, beside: str) -> Figure:
    """A lone figure with nothing said twice: neither what the row says beside which it stands, nor the word that its name ends with.
    beside: the label of that row."""
    if not figure.form.startswith(line.label):
        return figure
    label = line.label.removeprefix(beside) or line.label
    before, _, after = figure.form.removeprefix(line.label).partition("{}")
    return Figure(figure.value, label + ("" if _ends(label, before) else before) + "{}" + after)


def _ends(label: str, before: str) -> bool:
    """Whether a name says at its end what stands before a figure: 最多扣, or 每差 before 每1%."""
    return bool(before) and label.endswith((before, f"{before}差"))


def _told_once(hints: str) -> str:
    """What is told of several data, ``甲：填0；乙：填0``, once for all of which it is told: ``甲、乙：填0``."""
    parts = [part.partition("：") for part in hints.split("；")]
    if not all(name and about for name, _, about in parts):
        return hints
    named: dict[str, list[str]] = {}
    for name, _, about in parts:
        named.setdefault(about, []).append(name)
    return "；".join(f"{'、'.join(names)}：{about}" for about, names in named.items())
