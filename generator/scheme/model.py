"""What a scheme is: units, indicators, rules, bonus, notes; and how a scheme file is read.

The models say what may stand in a scheme file; `diagnosis` says in Chinese what is wrong with one that does not fit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, GetJsonSchemaHandler, PrivateAttr, Tag, model_validator

from generator.language.declared import AskedByName, Bands, Model, Quantity
from generator.language.figures import Floor, PerUnit, SchemeFigure, no_figure
from generator.lines.input import Import
from generator.problems import Where
from generator.rules import AnyRule
from generator.rules.base import Rule
from generator.scheme.parts import Grades, Reading, Reference
from generator.value import show


class Origin(Model):
    """Where the scheme comes from. document: its number; part: the annex; date: when it was issued."""

    document: str
    part: str = ""
    date: datetime.date | None = None


class Fact(Model):
    """Something about a unit that decides what applies to it and that the regulation leaves open.

    id: its name, used by ``only_if`` and in value files; answered 是 or 否.
    """

    id: str
    about: str = ""
    groups: list[str] = Field(default_factory=list, alias="for")
    clause: str = ""


class Note(Model):
    """How an unclear clause is read. at: the indicator's id, or nothing for the whole scheme.

    reading: what the scheme does; otherwise: what else the text could mean; clause: where it stands.
    conflict: two places of the text give different figures. answers: the remark of ``lint`` that it settles, by its code.
    """

    at: str = ""
    reading: str
    otherwise: str = ""
    conflict: bool = False
    answers: str = ""
    clause: str = ""


class Count(Model):
    """A number of things that the regulation names. says: the number; of: the groups, sets or units, ``*`` for all units, or the
    indicator group whose parts are counted; what: what they are called; clause: where it stands.
    """

    says: int = Field(ge=0)
    of: list[str] = Field(min_length=1)
    what: str = ""
    clause: str = ""


class Indicator(Model):
    """One scored line of the regulation.

    id: the regulation's own number; points: for all units or one each; in: the unit of measure.
    for: the groups, sets or units that carry the task (default: all), or the same by role, where the scheme has roles;
    no_task: what the others get: ``exclude`` nothing (－), ``average`` of the units with the task, ``full`` marks or ``zero``.
    nobody: what an average gives where no unit at all has the task: ``blank``, or ``full`` marks.
    may_be_none: the assessor may type 无 for a unit without the task.
    only_if: what must be 是, unless: what must be 否: a fact, or a yes_no input of the group around.
    criteria: replaces the rule's own sentence in the 计分办法 column.
    """

    id: str
    name: str
    points: PerUnit = Decimal(0)
    measure: str = Field(default="", alias="in")
    assessor: str = ""
    clause: str = ""
    criteria: str = ""
    due: str = ""
    carriers: list[str] | dict[str, list[str]] = Field(default_factory=list, alias="for")
    no_task: Literal["exclude", "average", "full", "zero"] = "exclude"
    nobody: Literal["blank", "full"] = "blank"
    may_be_none: bool = False
    only_if: str = ""
    unless: str = ""
    how: AnyRule

    @model_validator(mode="before")
    @classmethod
    def _gather_rule(cls, data: Any) -> Any:
        """In a file the rule's parameters stand beside the indicator's; here they become one model."""
        if not isinstance(data, dict) or "how" in data:
            return data
        own = _own_keys(cls)
        how = {k: v for k, v in data.items() if k not in own}
        return {k: v for k, v in data.items() if k in own} | {"how": how}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """For editors: the indicator's keys and its rule's keys side by side, as they stand in a file."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        own = {k: v for k, v in schema["properties"].items() if k != "how"}
        choices = [handler.resolve_ref_schema(c) for c in schema["properties"]["how"]["oneOf"]]
        variants = [
            {
                "title": choice["title"],
                "description": choice.get("description", ""),
                "type": "object",
                "properties": own | choice["properties"],
                "required": [k for k in schema["required"] if k != "how"] + choice["required"],
                "additionalProperties": False,
            }
            for choice in choices
        ]
        return {"title": "Indicator", "description": schema.get("description", ""), "anyOf": variants}


@lru_cache
def _own_keys(model: type[Model]) -> frozenset[str]:
    """The keys in a file that are an indicator's and not its rule's."""
    return frozenset(f.alias or name for name, f in model.model_fields.items()) - {"how"}


class Group(Model):
    """Indicators that belong together, and how their scores become one.

    id: where the regulation numbers the group; points: what the children should add up to.
    defaults: what every child has unless it says otherwise.
    base: ``zero`` adds the children up; ``full`` starts from the points, for children that only deduct.
    at_least, at_most: limits of the group's score; at_least ``assumed`` is 0 where the regulation does not say so.
    rescale: scores over the children that apply to a unit are scaled up to the group's points; round_last: before they are rounded,
    so that only what comes out is.
    only_if, unless: as on an indicator, for everything in the group; in a group with periods asked anew in each.
    periods: the months, quarters or other rounds in each of which the children are scored again.
    fold: how the periods become one: ``average``, ``sum``, ``participated`` (average of those that are not －); weights:
    the share of each period.
    inputs, figures, period_figures (one for each period), quantities, bands: what formulas in the group use; score: the
    group's score as a formula.
    form: ``list`` puts the children on a sheet of their own, one row for each indicator and unit, where all have the
    same rule.
    """

    id: str = ""
    name: str
    points: SchemeFigure | None = None
    assessor: str = ""
    clause: str = ""
    carriers: list[str] = Field(default_factory=list, alias="for")
    base: Literal["zero", "full"] = "zero"
    at_least: Floor | None = None
    at_most: SchemeFigure | None = None
    rescale: bool = False
    round_last: bool = False
    only_if: str = ""
    unless: str = ""
    periods: list[str] = Field(default_factory=list)
    fold: Literal["sum", "average", "participated"] = "average"
    weights: list[SchemeFigure] = Field(default_factory=list)
    inputs: AskedByName = Field(default_factory=dict)
    figures: dict[str, PerUnit] = Field(default_factory=dict)
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    period_figures: dict[str, list[SchemeFigure]] = Field(default_factory=dict)
    bands: dict[str, Bands] = Field(default_factory=dict)
    formula: str = Field(default="", alias="score")
    form: Literal["matrix", "list"] = "matrix"
    defaults: dict[str, Any] = Field(default_factory=dict)
    children: list[Node] = Field(min_length=1)


def _kind_of_node(data: Any) -> str:
    if isinstance(data, dict):
        return "group" if "children" in data else "indicator"
    return "group" if isinstance(data, Group) else "indicator"


Node = Annotated[Annotated[Group, Tag("group")] | Annotated[Indicator, Tag("indicator")], Discriminator(_kind_of_node)]


IN_POINTS = "分"
"""What scores are counted in, unless a scheme says otherwise."""


class Scheme(Model):
    """A scoring scheme, as the assessment office would write it if it wrote carefully.

    scheme: its id; place, year, issuer, source: whose it is; full_marks: what the indicators' points should make,
    ``null`` for a list of duties without points, or where points are only added up or deducted; in: what scores are counted in, 分
    unless it is money. decimals: how many a score keeps.
    units: a list, or lists by group; sets: lists of units that are named together often; an empty set is a body that the
    regulation names and does not assess. outside: groups that stand in the book and are not assessed either. unlisted: the
    groups (``"*"``: all units) that the regulation does not list by name.
    formerly: unit → what it was called the year before, or of which units it was made, where that is another name.
    assessors: assessor → the assessed units that it is, or that sit in it. counts: see `Count`. facts: see `Fact`.
    roles: coefficient by role (牵头 1, 一类 0.8). inputs, figures, quantities, bands: what formulas use; score: the
    total as a formula (else the sum of all); grades: see `Grades`; ties: where the regulation says what happens to ties.
    rank_by: the quantity by which units are ranked instead of their totals; who has a word there and no number has no place.
    bonus: an indicator or group outside the full marks. notes: see `Note`. readings: see `Reading`.
    references: tables to look things up in. layout: ``matrix`` units side by side on one sheet, ``rows`` one below
    the other, ``units`` one sheet each; ``auto`` by how many indicators and units there are and how many they share.
    """

    id: str = Field(alias="scheme", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    place: str
    year: int = Field(ge=1990, le=2100)
    issuer: str = ""
    source: Origin
    version: str = "1"
    full_marks: SchemeFigure | None
    measure: str = Field(default=IN_POINTS, alias="in")
    decimals: int = Field(default=2, ge=0, le=6)
    units: list[str] | dict[str, list[str]]
    sets: dict[str, list[str]] = Field(default_factory=dict)
    formerly: dict[str, list[str]] = Field(default_factory=dict)
    outside: list[str] = Field(default_factory=list)
    unlisted: list[str] = Field(default_factory=list)
    assessors: dict[str, list[str]] = Field(default_factory=dict)
    counts: list[Count] = Field(default_factory=list)
    roles: dict[str, SchemeFigure] = Field(default_factory=dict)
    facts: list[Fact] = Field(default_factory=list)
    inputs: AskedByName = Field(default_factory=dict)
    figures: dict[str, PerUnit] = Field(default_factory=dict)
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    bands: dict[str, Bands] = Field(default_factory=dict)
    formula: str = Field(default="", alias="score")
    grades: Grades | None = None
    ties: str = ""
    rank_by: str = ""
    layout: Literal["auto", "matrix", "rows", "units"] = "auto"
    indicators: list[Node] = Field(min_length=1)
    bonus: Node | None = None
    notes: list[Note] = Field(default_factory=list)
    readings: list[Reading] = Field(default_factory=list)
    references: list[Reference] = Field(default_factory=list)

    @property
    def groups(self) -> dict[str, list[str]]:
        """Units by group; a scheme without groups has one, without a name."""
        return self.units if isinstance(self.units, dict) else {"": self.units}

    _known: dict[tuple[str, ...], tuple[bool, ...]] = PrivateAttr(default_factory=dict)
    _places: dict[str, tuple[Where, Group | Indicator | None]] = PrivateAttr(default_factory=dict)

    @property
    def unit_names(self) -> list[str]:
        """All units, in the order of the sheets' columns."""
        return [unit for units in self.groups.values() for unit in units]

    def members(self, names: Sequence[str]) -> tuple[bool, ...]:
        """For each unit, whether one of the names is its own, its group's or its set's; no names means everybody."""
        key = tuple(names)
        if key not in self._known:
            wanted = {unit for name in names for unit in self.sets.get(name, [name])}
            self._known[key] = tuple(
                not names or unit in wanted or group in wanted for group, units in self.groups.items() for unit in units
            )
        return self._known[key]

    def carriers_of(self, node: Group | Indicator) -> tuple[bool, ...]:
        """For each unit, whether a node is for it."""
        if isinstance(node.carriers, dict):
            return tuple(role != "" for role in self.roles_in(node))
        return self.members(node.carriers)

    def roles_in(self, node: Indicator | Group) -> tuple[str, ...]:
        """For each unit, its role in an indicator: the first that names it; '' where there is none."""
        if not isinstance(node.carriers, dict):
            return ("",) * len(self.unit_names)
        found = [""] * len(self.unit_names)
        for role, names in reversed(node.carriers.items()):
            for unit, member in enumerate(self.members(names) if names else ()):
                if member:
                    found[unit] = role
        return tuple(found)

    def imports(self) -> Iterator[tuple[Group | Indicator | None, str, Import]]:
        """What is taken from other schemes: the indicator or group that asks for it (None: the scheme itself), by which name, and
        from where."""
        for node in (None, *self.walk()):
            asked = node.how.imports() if isinstance(node, Indicator) else {n: a.imports for n, a in (node or self).inputs.items()}
            for name, sources in asked.items():
                yield from ((node, name, one) for one in sources)

    def walk(self) -> Iterator[Group | Indicator]:
        """Every group and indicator, in the order of the file, the bonus last."""
        for node in [*self.indicators, *([self.bonus] if self.bonus else [])]:
            yield from walk(node)

    def find(self, name: str) -> tuple[Where, Group | Indicator | None]:
        """Where in the file an id, a group's name or a declared name stands, and the node that has it; () where nothing has."""
        if not self._places:
            for (known, where), node in self._named():
                self._places.setdefault(known, (where, node))
        return self._places.get(name, ((), None))

    def _named(self) -> Iterator[tuple[tuple[str, Where], Group | Indicator | None]]:
        """Every name with where it stands, and the node that has it; what is nearer to the beginning first."""
        yield from (((name, (key, name)), None) for key in _DECLARING for name in getattr(self, key))
        tops: list[tuple[Where, Group | Indicator]] = [(("indicators", i), node) for i, node in enumerate(self.indicators)]
        todo = [*tops, *([(("bonus",), self.bonus)] if self.bonus else [])][::-1]
        while todo:
            where, node = todo.pop()
            yield (node.id, where), node
            if isinstance(node, Group):
                yield (node.name, where), node
                yield from (((name, (*where, key, name)), node) for key in _DECLARING for name in getattr(node, key))
                todo += [((*where, "children", i), child) for i, child in enumerate(node.children)][::-1]

    @property
    def scored(self) -> bool:
        """Whether anything gives points; not so where a scheme only lists duties."""
        return any(isinstance(node, Indicator) and node.how.scored for node in self.walk())

    @property
    def total_words(self) -> str:
        """What the total is called, with what it is counted in where that is no points."""
        return "总分" if self.measure == IN_POINTS else f"总分（{self.measure}）"

    def full_words(self) -> str:
        """The full marks, in words."""
        if self.full_marks is None:
            return "没有满分" if self.scored else "不计分"
        return f"{show(self.full_marks)}{self.measure}"

    def indicator_count(self) -> int:
        """How many scored lines make up the full marks (bonus and vetoes do not count), or how many duties where none is scored."""
        leaves = [below for node in self.indicators for below in walk(node) if isinstance(below, Indicator)]
        return sum(node.how.scored for node in leaves) or len(leaves)


_DECLARING = ("inputs", "figures", "quantities")
"""What a scheme or a group gives names of its own in."""


def walk(node: Group | Indicator) -> Iterator[Group | Indicator]:
    """A node and everything below it."""
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)


def rule_without(rule: Rule, points: Any, count: int) -> tuple[bool, ...]:
    """For each unit, whether the target or the points say that it has no such task."""
    if not isinstance(points, list):
        return rule.without(count)
    return tuple(a or b for a, b in zip(rule.without(count), no_figure(points, count), strict=True))
