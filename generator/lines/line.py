"""What the rows of a scoring book are: lines of parameters, inputs, workings and scores, one cell a unit.

A line knows nothing of sheets. `rules` makes the lines of one indicator, `plan` those of a whole scheme, `layout` gives
them addresses.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from generator.frozen import dataclass
from generator.lines.accepted import EMPTY, FILLED
from generator.lines.input import YES, Input
from generator.lines.keys import Key, Owner
from generator.lines.looks import Look, looks_of
from generator.tree.expression import NONE_MARK, All, Compare, Either, Expression, Text, walk
from generator.value import Value

SHARED = -1
"""Stands where a unit's position would, for the one cell that all units share."""


class Format(StrEnum):
    """How the numbers of a line are shown."""

    SCORE = "score"
    QUANTITY = "quantity"
    PERCENT = "percent"
    COUNT = "count"
    GENERAL = "general"
    TEXT = "text"


class Role(StrEnum):
    """What a line is for."""

    PARAMETER = "parameter"
    INPUT = "input"
    WORKING = "working"
    SCORE = "score"
    DUE = "due"
    GROUP = "group"
    RESULT = "result"


@dataclass(frozen=True)
class Figure:
    """A figure beside a line, the same for all units.

    value: a number of the scheme, or an expression over other figures.
    form: how it is shown, with ``{}`` for the number: ``每次扣{}``.
    """

    value: Decimal | Expression
    form: str = "{}"


@dataclass(frozen=True)
class Line:
    """One row of a book.

    key: names the row in the workbook, whatever becomes of its place: ``4.2/完成``.
    owner: id of the indicator or group it belongs to.
    tag: the group whose sum it enters.
    label: what stands in the 项目 column.
    values: what each unit has here, for parameters.
    formula: the same tree for every unit, for workings, scores and results.
    standard, points: figures in the 标准 and 分值 columns.
    applies: which units the line is for; the others show －.
    outside: units for which the formula always gives －, so it need not be worked out.
    wanted_if: (question, 是 or 否): what must be answered for the input to be wanted at all; (score, ''): wanted as long as
    there is no score without it.
    shared: the line has one cell for all units, in the 标准 column.
    """

    key: Key
    owner: Owner
    role: Role
    label: str
    tag: str = ""
    values: tuple[Value, ...] | None = None
    input: Input | None = None
    formula: Expression | None = None
    standard: Figure | None = None
    points: Figure | None = None
    applies: tuple[bool, ...] = ()
    outside: tuple[bool, ...] = ()
    wanted_if: tuple[tuple[Expression, str], ...] = ()
    shared: bool = False
    format: Format = Format.QUANTITY
    decimals: int = 0

    def constant(self, unit: int) -> Value:
        """What stands in a unit's cell before anybody types: a parameter, － or nothing."""
        if self.applies and not self.applies[unit]:
            return NONE_MARK
        return self.values[unit] if self.values is not None else None

    @property
    def carried(self) -> tuple[bool, ...]:
        """Which units can have anything but － here; () for all."""
        return self._inside if self.outside else self.applies

    @cached_property
    def _inside(self) -> tuple[bool, ...]:
        """Which units the line is for and not outside of."""
        applies = self.applies or (True,) * len(self.outside)
        return tuple(a > o for a, o in zip(applies, self.outside, strict=True))

    @cached_property
    def fault(self) -> Expression:
        """Holds where something is wrong with the input in the cell at hand, as far as it is wanted."""
        assert self.input is not None
        condition = self.input.accepts.fault
        for question, wanted in self.wanted_if:
            asked = answered(question, wanted)
            # what a score can do without may be blank, but what is typed must be right
            condition = All((asked if wanted else Either((FILLED, asked)), condition))
        return condition

    @cached_property
    def missing(self) -> Expression:
        """Holds where nothing is typed into the cell at hand, although it is wanted."""
        condition = EMPTY
        for question, wanted in self.wanted_if:
            condition = All((answered(question, wanted), condition))
        return condition

    @property
    def percent(self) -> bool:
        """Whether its cells are shown as percentages."""
        return self.format is Format.PERCENT or bool(self.input and self.input.percent)

    @property
    def computed(self) -> bool:
        """Whether anything of it is worked out: its cells or the figure beside it."""
        return self.formula is not None or (self.standard is not None and isinstance(self.standard.value, Expression))

    @property
    def nodes(self) -> tuple[Expression, ...]:
        """Every node of its formula and of the figure beside it."""
        return self.nodes_of_formula + self.nodes_of_figure if self.computed else ()

    @cached_property
    def nodes_of_formula(self) -> tuple[Expression, ...]:
        return () if self.formula is None else tuple(walk(self.formula))

    @cached_property
    def nodes_of_figure(self) -> tuple[Expression, ...]:
        figure = self.standard.value if self.standard else None
        return tuple(walk(figure)) if isinstance(figure, Expression) else ()

    @cached_property
    def looks_of_formula(self) -> tuple[Look, ...]:
        """How its formula looks at lines, each way once, in the order of the formula."""
        return tuple(dict.fromkeys(looks_of(self.nodes_of_formula)))

    @cached_property
    def looks_of_figure(self) -> tuple[Look, ...]:
        """The same for the figure beside it."""
        return tuple(dict.fromkeys(looks_of(self.nodes_of_figure)))


def answered(question: Expression, wanted: str) -> Expression:
    """Holds where a question has the answer that makes an input wanted; － is as good as 否. wanted: see `Line.wanted_if`."""
    if not wanted:
        return question.is_("")
    return question.is_(YES) if wanted == YES else All((Compare("<>", question, Text("")), Compare("<>", question, Text(YES))))


@dataclass(frozen=True)
class Table:
    """A lookup table on the tables sheet.

    kind: ``quota`` (grades with places), ``stages`` (a word gives a share of the points), ``situations`` (a word gives
    points) or ``bands`` (a number falls into a band). columns: name → values, all of the same length. line: the input line
    whose choices the table rates.
    by_upper: bands are given by their upper ends. owner: the indicator it belongs to, if any.
    """

    key: str
    kind: str
    title: str
    columns: dict[str, tuple[Value, ...]]
    line: str = ""
    by_upper: bool = False
    owner: str = ""
