"""What a rule kind is made of: `Rule`, the pydantic model, and `Item`, the indicator that it scores.

A kind is one class in one file of this folder: its parameters are fields, its ``rule`` names it in a scheme, and
``score`` declares what the sheet must show and ask for while it composes the score. Declaring and composing in one
place keeps the two from drifting apart.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError

from generator import expression as e
from generator.exact import Value
from generator.expression import Cell, Expression, Fixed, clamp, every, when
from generator.lines import NO, YES, Ask, Figure, Input, Line, Role, Table
from generator.source import number


def _decimal(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("not_a_number", "这里要一个数")
    if isinstance(value, str):
        parsed = number(value)
        if parsed is None:
            raise PydanticCustomError("not_a_number", "这里要一个数")
        return parsed
    return value


Figure_ = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(str),
    Field(json_schema_extra={"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[-+]?\d+(\.\d+)?%$"}]}),
]
"""A figure of a scheme: a plain number, or a percentage such as ``8%``."""


def _aligned(value: Any, info: ValidationInfo) -> Any:
    count = (info.context or {}).get("units")
    if isinstance(value, list) and count and len(value) != count:
        raise PydanticCustomError("misaligned", "这里有 {given} 个数，被考核单位有 {count} 个", {"given": len(value), "count": count})
    return value


PerUnit = Annotated[Figure_ | list[Figure_ | None], BeforeValidator(_aligned)]
"""One figure for all units, or a list in the order of the units; ``null`` where a unit has none (－)."""


class Rule(BaseModel):
    """A way of scoring. Subclasses name themselves in a ``rule: Literal[...]`` field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scored: ClassVar[bool] = True
    """False for a rule whose result is a verdict and not points."""

    @abstractmethod
    def score(self, item: Item) -> Expression:
        """The score of one unit, before rounding. Inputs are declared on the way, with ``item.ask`` and its like."""

    @abstractmethod
    def sentence(self, item: Item) -> str:
        """The rule as one concise Chinese sentence, for the 计分办法 column."""

    def without(self, count: int) -> tuple[bool, ...]:
        """For each unit, whether the rule itself says that it has no such task (a target of －)."""
        return (False,) * count


def no_figure(values: Decimal | Sequence[Decimal | None], count: int) -> tuple[bool, ...]:
    """For each unit, whether a per-unit figure is missing."""
    return tuple(v is None for v in values) if isinstance(values, (list, tuple)) else (False,) * count


class Item:
    """One indicator while its rule is at work: what it shows, what it asks, and what it is worth.

    The methods return expressions, so that a rule can use what it has just declared.
    """

    def __init__(
        self,
        id: str,
        points: Decimal | list[Decimal | None],
        applies: tuple[bool, ...],
        *,
        decimals: int = 2,
        unit: str = "",
        may_be_none: bool = False,
    ) -> None:
        self.id, self.unit, self.applies, self.decimals = id, unit, applies, decimals
        self.may_be_none = may_be_none
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self.limit: Figure | None = None
        self.by_unit = isinstance(points, list)
        self._conditions: list[Expression] = []
        if isinstance(points, list):
            self.parameter("分值", points)

    # What the sheet shows -------------------------------------------------------------------------------------------

    @property
    def points(self) -> Expression:
        """The indicator's points: a figure in the 分值 column, or this unit's cell where units have their own."""
        return Cell(self._key("分值")) if self.by_unit else Fixed(self._key("得分"), "points")

    def parameter(self, label: str, values: Decimal | Sequence[Decimal | None]) -> Expression:
        """A row of figures of the scheme, one a unit (a target, points of its own)."""
        row: list[Value] = [values] * len(self.applies) if isinstance(values, Decimal) else list(values)
        row = [v if a else None for v, a in zip(row, self.applies, strict=True)]
        digits = max((-int(v.as_tuple().exponent) for v in row if isinstance(v, Decimal)), default=0)
        place = "percent" if self.unit == "%" and label != "分值" else "quantity"
        return self._add(label, Role.PARAMETER, values=tuple(row), place=place, decimals=max(digits, 0))

    def constant(self, label: str, value: Decimal, form: str = "{}") -> Expression:
        """A figure with a row of its own, for what finds no place beside an input."""
        self._add(label, Role.PARAMETER, standard=Figure(value, form))
        return Fixed(self._key(label), "standard")

    def cap(self, value: Decimal, form: str) -> Expression:
        """A figure beside the score itself: a cap, a floor."""
        self.limit = Figure(value, form)
        return Fixed(self._key("得分"), "standard")

    def table(self, title: str, columns: dict[str, tuple[Value, ...]], line: str) -> None:
        """A lookup table that rates the choices of an input line."""
        self.tables.append(Table(self.id, title, columns, self._key(line)))

    # What officials fill in -----------------------------------------------------------------------------------------

    def quantity(self, name: str, low: Decimal | None = None, hint: str = "") -> Expression:
        """A measured amount in the indicator's unit of measure; required."""
        asked = Input(name, Ask.QUANTITY, self.unit, low=low, no_task=self.may_be_none, hint=hint)
        cell = self._ask(asked, place="percent" if asked.percent else "quantity")
        self._conditions.append(every(*self._in_range(cell, low, None)))
        return cell

    def mark(self, name: str, high: Expression, figure: Figure | None = None) -> Expression:
        """A score given by somebody, from 0 to ``high``; required."""
        asked = Input(name, Ask.SCORE, "分", low=Decimal(0), high=high, no_task=self.may_be_none)
        cell = self._ask(asked, standard=figure)
        self._conditions.append(every(*self._in_range(cell, Decimal(0), high)))
        return cell

    def raw_mark(self, name: str, full: Decimal) -> tuple[Expression, Expression]:
        """A score given by somebody on another scale, and the full marks of that scale, shown beside it; required."""
        high = Fixed(self._key(name), "standard")
        return self.mark(name, high, Figure(full, "满分{}")), high

    def counts(self, events: Sequence[tuple[str, Figure | None, Decimal | None]], hint: str = "") -> list[tuple[Expression, Expression]]:
        """How often each event happened, beside what one costs or earns. Blank means never."""
        return self._events(events, Ask.COUNT, "count", hint)

    def amounts(self, events: Sequence[tuple[str, Figure | None, Decimal | None]], hint: str = "") -> list[Expression]:
        """Points typed in for each event, where the regulation names no amount. Blank means none."""
        return [cell for cell, _ in self._events(events, Ask.AMOUNT, "quantity", hint)]

    def choice(self, name: str, options: Sequence[str], hint: str = "") -> Expression:
        """One of several texts; required."""
        return self._ask(Input(name, Ask.CHOICE, options=tuple(options), hint=hint), place="text")

    def yes_or_no(self, questions: Sequence[tuple[str, Figure | None]], hint: str = "") -> list[tuple[Expression, Expression]]:
        """是 or 否 for each question, beside its figure; every one is required."""
        asked: list[tuple[Expression, Expression]] = []
        for name, figure in questions:
            cell = self._ask(Input(name, Ask.CHOICE, options=(YES, NO), hint=hint), standard=figure, place="text")
            asked.append((cell, Fixed(self._key(name), "standard")))
        cells = tuple(cell for cell, _ in asked)
        answered = e.CountOf(cells, YES) + e.CountOf(cells, NO)
        self._conditions.append(answered.is_(len(cells)) if len(cells) > 1 else e.some(cells[0].is_(YES), cells[0].is_(NO)))
        return asked

    def rated(self, cell: Expression, keys: str, result: str) -> Expression:
        """The figure that the table of this indicator gives for a choice."""
        lookup_keys = e.TableColumn(self.id, keys)
        self._conditions.append(e.Found(cell, lookup_keys))
        return e.Lookup(cell, lookup_keys, e.TableColumn(self.id, result))

    # For the plan ---------------------------------------------------------------------------------------------------

    @property
    def ready(self) -> Expression | None:
        """Holds when every required input is there and every input can be used."""
        return every(*self._conditions) if self._conditions else None

    @property
    def inputs(self) -> list[Line]:
        return [line for line in self.lines if line.input]

    def _key(self, label: str) -> str:
        return f"{self.id}/{label}"

    def _ask(self, asked: Input, standard: Figure | None = None, place: str = "quantity") -> Expression:
        return self._add(asked.name, Role.INPUT, input=asked, standard=standard, place=place)

    def _events(
        self, events: Sequence[tuple[str, Figure | None, Decimal | None]], ask: Ask, place: str, hint: str
    ) -> list[tuple[Expression, Expression]]:
        asked: list[tuple[Expression, Expression]] = []
        for name, figure, most in events:
            question = Input(name, ask, required=False, low=Decimal(0), high=most, hint=hint)
            asked.append((self._ask(question, standard=figure, place=place), Fixed(self._key(name), "standard")))
        cells = tuple(cell for cell, _ in asked)
        numbers_only = e.Fold("count", cells).is_(e.Fold("filled", cells))
        self._conditions.append(every(numbers_only, e.Fold("min", cells) >= 0))
        return asked

    def _in_range(self, cell: Expression, low: Decimal | None, high: Expression | None) -> list[Expression]:
        conditions: list[Expression] = [e.IsNumber(cell)]
        if low is not None:
            conditions.append(cell >= low)
        if high is not None:
            conditions.append(cell <= high)
        return conditions

    def _add(self, label: str, role: Role, **details: Any) -> Expression:
        key = self._key(label)
        if any(line.key == key for line in self.lines):
            raise ValueError(f"{key}: two lines of one name")
        self.lines.append(Line(key, self.id, role, label, applies=self.applies, **details))
        return Cell(key)


__all__ = ["Figure", "Figure_", "Item", "PerUnit", "Rule", "clamp", "every", "no_figure", "when"]
