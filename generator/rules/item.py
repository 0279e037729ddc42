"""`Item`: the indicator that a rule scores, while the rule is at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from generator.language.declared import Asked, Bands
from generator.language.scope import Scope
from generator.lines.input import NO, YES, Ask, Import, Input
from generator.lines.keys import COEFFICIENT, Key, Owner
from generator.lines.line import Figure, Format, Line, Role, Table
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression, Fixed, every, when
from generator.value import Percent, Value


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
        measure: str = "",
        may_be_none: bool = False,
        scope: Scope | None = None,
        roles: tuple[str, ...] = (),
        members: Callable[[Sequence[str]], tuple[bool, ...]] | None = None,
    ) -> None:
        self.id, self.measure, self.applies, self.decimals = Owner(id), measure, applies, decimals
        self.may_be_none, self.roles, self.members = may_be_none, roles, members
        self._scope = scope
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self.limit: Figure | None = None
        self.coefficient: Expression | None = None
        self.only_for: dict[str, tuple[bool, ...]] = {}
        self.by_unit = isinstance(points, list)
        self.least_points = min((p for p in points if p is not None), default=Decimal(0)) if isinstance(points, list) else points
        """The fewest points that a unit can have here."""
        self.asked_around = False
        """Whether what the scheme declares around the indicator has a say in it."""
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
        percent = any(isinstance(v, Percent) for v in row) or (self.measure == "%" and label != "分值")
        format = Format.PERCENT if percent else Format.QUANTITY
        if label == COEFFICIENT:
            format = Format.GENERAL  # 1, not 1.0 beside another indicator's 1
        return self._add(label, Role.PARAMETER, values=tuple(row), format=format, decimals=max(digits, 0))

    def words(self, label: str, words: Sequence[str]) -> Expression:
        """A row of texts of the scheme, one a unit (its role)."""
        row: tuple[Value, ...] = tuple(w or None if a else None for w, a in zip(words, self.applies, strict=True))
        return self._add(label, Role.PARAMETER, values=row, format=Format.TEXT)

    def constant(self, label: str, value: Decimal, form: str = "{}") -> Expression:
        """A figure with a row of its own, for what finds no place beside an input."""
        self._add(label, Role.PARAMETER, standard=Figure(value, form))
        return Fixed(self._key(label), "standard")

    def cap(self, value: Decimal, form: str) -> Expression:
        """A figure beside the score itself: a cap, a floor."""
        self.limit = Figure(value, form)
        return Fixed(self._key("得分"), "standard")

    def working(
        self, label: str, value: Expression, ready: Expression | None, format: Format = Format.SCORE, decimals: int = 4
    ) -> Expression:
        """A named helper row: a step of the calculation, blank until what it needs is there."""
        formula = value if ready is None else when(ready, value, e.Blank())
        return self._add(label, Role.WORKING, formula=formula, format=format, decimals=decimals)

    def restrict(self, name: str, names: Sequence[str]) -> None:
        """Only units with one of these roles, or of these names, groups and sets, have a cell on an input to come."""
        roles = self.roles or ("",) * len(self.applies)
        named = self.members([n for n in names if n not in roles]) if self.members and any(n not in roles for n in names) else None
        self.only_for[name] = tuple(
            a and (r in names or bool(named and named[i])) for i, (a, r) in enumerate(zip(self.applies, roles, strict=True))
        )

    def formula(self, text: str, key: str) -> Expression:
        """A formula written in the scheme; the score waits for what it needs. Raises FormulaError. key: of the file's key."""
        compiled = self._around.compile(text, key)
        self.lines += compiled.figures
        if compiled.ready is not None:
            self.need(compiled.ready)
        return compiled.tree

    def bands(self, name: str, bands: Bands) -> None:
        """A table of bands that the scheme declares here."""
        self._around.declare_bands(name, bands, self.id)

    def figured(self, name: str) -> None:
        """The rows of a quantity that the scheme declares here. Raises SchemeFault."""
        self.lines += self._around.quantity_rows(name, self.id, self.applies)

    @property
    def _around(self) -> Scope:
        assert self._scope is not None, "a formula needs the scheme around it"
        self.asked_around = True
        return self._scope

    def need(self, condition: Expression) -> None:
        """The score waits until this holds."""
        self._conditions.append(condition)

    def table(self, kind: str, title: str, columns: dict[str, tuple[Value, ...]], line: str = "", by_upper: bool = False) -> None:
        """A lookup table: what the choices of an input line are worth, or the bands a number falls into."""
        self.tables.append(Table(self.id, kind, title, columns, self._key(line) if line else "", by_upper, self.id))

    # What officials fill in -----------------------------------------------------------------------------------------

    def quantity(self, name: str, low: Decimal | None = None, high: Decimal | None = None, hint: str = "", part_of: str = "") -> Expression:
        """A measured amount in the indicator's unit of measure; required. part_of: the row of what it is a part of."""
        whole = self._key(part_of) if part_of else ""
        asked = Input(name, Ask.QUANTITY, self.measure, low=low, high=high, no_task=self.may_be_none, hint=hint, whole=whole)
        cell = self._ask(asked, format=Format.PERCENT if asked.percent else Format.QUANTITY)
        self._conditions.append(asked.accepts.usable(cell))
        return cell

    def mark(self, name: str, high: Expression, figure: Figure | None = None, imports: tuple[Import, ...] = ()) -> Expression:
        """A score given by somebody, from 0 to ``high``; required."""
        asked = Input(name, Ask.SCORE, "分", low=Decimal(0), high=high, no_task=self.may_be_none, imports=imports)
        cell = self._ask(asked, standard=figure)
        self._conditions.append(asked.accepts.usable(cell, high))
        return cell

    def raw_mark(self, name: str, full: Decimal, imports: tuple[Import, ...] = ()) -> tuple[Expression, Expression]:
        """A score given by somebody on another scale, and the full marks of that scale, shown beside it; required."""
        high = Fixed(self._key(name), "standard")
        return self.mark(name, high, Figure(full, "满分{}"), imports), high

    def asked(self, name: str, spec: Asked) -> Expression:
        """An input that the scheme itself describes."""
        question = self._question(name, spec)
        if self.may_be_none:
            question = replace(question, no_task=True)
        return self._ask(question, format=spec.format)

    def _question(self, name: str, spec: Asked) -> Input:
        return spec.as_input(name, self._around.limit_of(name), self._around.whole_of(name))

    def shared(self, name: str, spec: Asked) -> Expression:
        """An input that is the same for all units."""
        self._add(name, Role.INPUT, input=self._question(name, spec), format=spec.format, shared=True)
        return Fixed(self._key(name), "standard")

    def rate(self, name: str, measure: str, standard: Figure | None, high: Decimal | None = None) -> tuple[Expression, Expression]:
        """A rate or amount that is held against a standard shown beside it; required. high: the most that there can be of a share,
        which cannot be less than nothing then."""
        low = None if measure == "%" and high is None else Decimal(0)
        asked = Input(name, Ask.QUANTITY, measure, low=low, high=high)
        cell = self._ask(asked, standard=standard, format=Format.PERCENT if measure == "%" else Format.QUANTITY)
        return cell, Fixed(self._key(name), "standard")

    def share(self, name: str, hint: str = "") -> Expression:
        """A share of one, typed as a percentage; the rule itself says when it is wanted."""
        asked = Input(name, Ask.QUANTITY, "%", required=False, low=Decimal(0), high=Decimal(1), hint=hint)
        return self._ask(asked, format=Format.PERCENT)

    def chosen(self, name: str, low: Decimal, high: Decimal, verb: str, hint: str = "") -> Expression:
        """Points chosen within a band, or none; blank means none."""
        asked = Input(name, Ask.AMOUNT, "分", required=False, low=low, high=high, or_nothing=True, hint=hint)
        cell = self._ask(asked, standard=Figure(high, f"{verb}{low.normalize():f}—{{}}"))
        self._conditions.append(e.some(cell.is_(""), asked.accepts.usable(cell, Fixed(self._key(name), "standard"))))
        return e.Sum((cell,))

    def counts(
        self,
        events: Sequence[tuple[str, Figure | None, Decimal | None]],
        hint: str = "",
        imports: Mapping[str, tuple[Import, ...]] = MappingProxyType({}),
        measures: Mapping[str, str] = MappingProxyType({}),
    ) -> list[tuple[Expression, Expression]]:
        """How often each event happened, beside what one costs or earns. Blank means never. By the event: imports, where it is told;
        measures, what is counted where it is not 次."""
        return self._events(events, Ask.COUNT, Format.COUNT, hint, imports, measures)

    def amounts(self, events: Sequence[tuple[str, Figure | None, Decimal | None]], hint: str = "") -> list[Expression]:
        """Points typed in for each event, where the regulation names no amount. Blank means none."""
        return [cell for cell, _ in self._events(events, Ask.AMOUNT, Format.QUANTITY, hint)]

    def choice(self, name: str, options: Sequence[str], hint: str = "") -> Expression:
        """One of several texts; required."""
        return self._ask(Input(name, Ask.CHOICE, options=tuple(options), hint=hint), format=Format.TEXT)

    def yes_or_no(self, questions: Sequence[tuple[str, Figure | None]], hint: str = "") -> list[tuple[Expression, Expression]]:
        """是 or 否 for each question, beside its figure; every one is required."""
        asked: list[tuple[Expression, Expression]] = []
        for name, figure in questions:
            cell = self._ask(Input(name, Ask.CHOICE, options=(YES, NO), hint=hint), standard=figure, format=Format.TEXT)
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

    def key(self, label: str) -> Key:
        """The key of a row of this indicator."""
        return self._key(label)

    def _key(self, label: str) -> Key:
        return self.id.line(label)

    def _ask(
        self, asked: Input, standard: Figure | None = None, format: Format = Format.QUANTITY, only: tuple[bool, ...] = ()
    ) -> Expression:
        return self._add(asked.name, Role.INPUT, input=asked, standard=standard, format=format, applies=only or self.applies)

    def _events(
        self,
        events: Sequence[tuple[str, Figure | None, Decimal | None]],
        ask: Ask,
        format: Format,
        hint: str,
        imports: Mapping[str, tuple[Import, ...]] = MappingProxyType({}),
        measures: Mapping[str, str] = MappingProxyType({}),
    ) -> list[tuple[Expression, Expression]]:
        asked: list[tuple[Expression, Expression]] = []
        masked = False
        for name, figure, most in events:
            told, counted = imports.get(name, ()), measures.get(name, "")
            question = Input(name, ask, counted, required=False, low=Decimal(0), high=most, hint=hint, imports=told)
            only = self.only_for.get(name, ())
            masked |= bool(only) and only != self.applies
            asked.append((self._ask(question, standard=figure, format=format, only=only), Fixed(self._key(name), "standard")))
        cells = tuple(cell for cell, _ in asked)
        filled: Expression = e.Fold("filled", cells)
        if masked:
            filled = filled - e.CountOf(cells, e.NONE_MARK)
        self._conditions.append(every(e.Fold("count", cells).is_(filled), e.Fold("min", cells) >= 0))
        return asked

    def _add(self, label: str, role: Role, **details: Any) -> Expression:
        key = self._key(label)
        if any(line.key == key for line in self.lines):
            raise ValueError(label)
        self.lines.append(Line(key, self.id, role, label, **{"applies": self.applies, **details}))
        return Cell(key)
