"""What a scheme is: units, indicators, rules, bonus, notes; and how a scheme file is read.

The models say what may stand in a scheme file; `diagnosis` says in Chinese what is wrong with one that does not fit.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, GetJsonSchemaHandler, PrivateAttr, Tag, ValidationError, model_validator

from generator import diagnosis, garbage, source
from generator.elements import EVERYBODY, Bands, Grades, Inputs_, Model, Quantity, Reading, Reference
from generator.figures import Figure_, Floor, PerUnit, no_figure
from generator.readings import as_read
from generator.rules import KINDS, AnyRule, Rule
from generator.source import Problem, Source, SourceError

SUFFIX = ".yaml"
CASES_SUFFIX = ".cases.yaml"


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
        own = {f.alias or name for name, f in cls.model_fields.items()} - {"how"}
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


class Group(Model):
    """Indicators that belong together, and how their scores become one.

    id: where the regulation numbers the group; points: what the children should add up to.
    defaults: what every child has unless it says otherwise.
    base: ``zero`` adds the children up; ``full`` starts from the points, for children that only deduct.
    at_least, at_most: limits of the group's score; at_least ``assumed`` is 0 where the regulation does not say so.
    rescale: scores over the children that apply to a unit are scaled up to the group's points.
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
    points: Figure_ | None = None
    assessor: str = ""
    clause: str = ""
    carriers: list[str] = Field(default_factory=list, alias="for")
    base: Literal["zero", "full"] = "zero"
    at_least: Floor | None = None
    at_most: Figure_ | None = None
    rescale: bool = False
    only_if: str = ""
    unless: str = ""
    periods: list[str] = Field(default_factory=list)
    fold: Literal["sum", "average", "participated"] = "average"
    weights: list[Figure_] = Field(default_factory=list)
    inputs: Inputs_ = Field(default_factory=dict)
    figures: dict[str, PerUnit] = Field(default_factory=dict)
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    period_figures: dict[str, list[Figure_]] = Field(default_factory=dict)
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


class Scheme(Model):
    """A scoring scheme, as the assessment office would write it if it wrote carefully.

    scheme: its id; place, year, issuer, source: whose it is; full_marks: what the indicators' points should make,
    ``null`` for a list of duties without points. decimals: how many a score keeps.
    units: a list, or lists by group; sets: lists of units that are named together often; an empty set is a body that the
    regulation names and does not assess. outside: groups that stand in the book and are not assessed either. unlisted: the
    groups (``"*"``: all units) that the regulation does not list by name.
    assessors: assessor → the assessed units that it is, or that sit in it. counts: see `Count`. facts: see `Fact`.
    roles: coefficient by role (牵头 1, 一类 0.8). inputs, figures, quantities, bands: what formulas use; score: the
    total as a formula (else the sum of all); grades: see `Grades`; ties: where the regulation says what happens to ties.
    bonus: an indicator or group outside the full marks. notes: see `Note`. readings: see `Reading`.
    references: tables to look things up in. layout: ``matrix`` units side by side on one sheet, ``rows`` one below
    the other, ``units`` one sheet each; ``auto`` by how many indicators and units there are and how many they share.
    """

    scheme: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    place: str
    year: int = Field(ge=1990, le=2100)
    issuer: str = ""
    source: Origin
    version: str = "1"
    full_marks: Figure_ | None
    decimals: int = Field(default=2, ge=0, le=6)
    units: list[str] | dict[str, list[str]]
    sets: dict[str, list[str]] = Field(default_factory=dict)
    outside: list[str] = Field(default_factory=list)
    unlisted: list[str] = Field(default_factory=list)
    assessors: dict[str, list[str]] = Field(default_factory=dict)
    counts: list[Count] = Field(default_factory=list)
    roles: dict[str, Figure_] = Field(default_factory=dict)
    facts: list[Fact] = Field(default_factory=list)
    inputs: Inputs_ = Field(default_factory=dict)
    figures: dict[str, PerUnit] = Field(default_factory=dict)
    quantities: dict[str, Quantity] = Field(default_factory=dict)
    bands: dict[str, Bands] = Field(default_factory=dict)
    formula: str = Field(default="", alias="score")
    grades: Grades | None = None
    ties: str = ""
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

    def walk(self) -> Iterator[Group | Indicator]:
        """Every group and indicator, in the order of the file, the bonus last."""
        for node in [*self.indicators, *([self.bonus] if self.bonus else [])]:
            yield from walk(node)

    def indicator_count(self) -> int:
        """How many scored lines make up the full marks (bonus and vetoes do not count), or how many duties where none is scored."""
        leaves = [below for node in self.indicators for below in walk(node) if isinstance(below, Indicator)]
        return sum(node.how.scored for node in leaves) or len(leaves)


def walk(node: Group | Indicator) -> Iterator[Group | Indicator]:
    """A node and everything below it."""
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)


Group.model_rebuild()
Scheme.model_rebuild()


@dataclass(frozen=True)
class SchemeFile:
    """A scheme with the text it was read from and what is worth a warning in it."""

    scheme: Scheme
    text: str
    file: str
    warnings: list[Problem]
    lines: dict[source.Path_, int] = field(default_factory=dict)

    def placed(self, problem: Problem) -> Problem:
        """A problem with the file's name and the line of its path."""
        return diagnosis.placed(problem, Source(self.file, self.text, None, self.lines))

    @property
    def fingerprint(self) -> str:
        """A hash of the content, the same whatever the line ends."""
        return fingerprint(self.text)


def fingerprint(text: str) -> str:
    """SHA-256 of a scheme's text, line ends and trailing blanks aside."""
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    return hashlib.sha256(lines.encode()).hexdigest()


@garbage.kept()
def load(path: Path) -> SchemeFile:
    """Read a scheme file. Raises SourceError with every problem found, each with its line and a way out."""
    return understand(source.read(path))


def loads(text: str, file: str = "") -> SchemeFile:
    """Read a scheme from text, such as the copy inside a workbook."""
    return understand(source.parse(text, file))


@garbage.kept()
def understand(read: Source, takes: Mapping[str, str] | None = None) -> SchemeFile:
    """Turn a parsed file into a scheme; see `load`. takes: options to take instead of those the file takes, by reading."""
    if not isinstance(read.data, dict):
        raise SourceError([Problem("考核方案应当是“键: 值”的形式", file=read.file, line=1)])
    data = as_read(read.data, takes, _COMMON)
    for key in ("indicators", "bonus"):
        if key in data:
            data[key] = _with_defaults(data[key])
    count = _count_units(data.get("units"))
    problems = diagnosis.structural(data)
    scheme: Scheme | None = None
    try:
        scheme = Scheme.model_validate(data, context={"units": count, "places": diagnosis.places(data)})
    except ValidationError as error:
        problems = diagnosis.translate(error, data, _vocabulary()) + problems
    if scheme is not None and not problems:
        problems += _semantic(scheme)
    problems = [diagnosis.placed(p, read) for p in problems]
    if any(p.severity == "error" for p in problems):
        raise SourceError(problems)
    assert scheme is not None
    return SchemeFile(scheme, read.text, read.file, problems, read.lines)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of scheme files, for editors."""
    schema = Scheme.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "考核方案", **schema}


def _with_defaults(data: Any, inherited: dict[str, Any] | None = None) -> Any:
    """Give every indicator what the groups around it say for all their children."""
    if isinstance(data, list):
        return [_with_defaults(child, inherited) for child in data]
    if not isinstance(data, dict):
        return data
    if "children" not in data:
        return {**_fitting(inherited or {}, data), **data}
    defaults = data.get("defaults") if isinstance(data.get("defaults"), dict) else {}
    return {**data, "children": _with_defaults(data["children"], {**(inherited or {}), **(defaults or {})})}


def _fitting(inherited: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """What a child takes over: where it names a rule of its own, nothing that belongs to the inherited rule."""
    rule = data.get("rule")
    if rule is None or rule == inherited.get("rule") or rule not in KINDS:
        return inherited
    known = {f.alias or name for name, f in (Indicator.model_fields | KINDS[rule].model_fields).items()}
    return {key: value for key, value in inherited.items() if key in known}


def _count_units(units: Any) -> int:
    if isinstance(units, dict):
        return sum(len(v) for v in units.values() if isinstance(v, list))
    return len(units) if isinstance(units, list) else 0


_COMMON = {f.alias or name for name, f in Indicator.model_fields.items()} - {"how"}
"""The keys that indicators of every rule have."""


def _vocabulary() -> diagnosis.Vocabulary:
    return diagnosis.Vocabulary(
        kinds=list(KINDS),
        keys={
            "scheme": [f.alias or n for n, f in Scheme.model_fields.items()],
            "group": [f.alias or n for n, f in Group.model_fields.items()],
            **{kind: [*sorted(_COMMON), *(f.alias or n for n, f in rule.model_fields.items())] for kind, rule in KINDS.items()},
        },
    )


def _semantic(scheme: Scheme) -> list[Problem]:
    settled = {(note.at, note.answers) for note in scheme.notes}
    problems: list[Problem] = []
    for wrong in wrong_sums(scheme):
        if any((at, "sum-differs") in settled for at in wrong.within) or (not wrong.node and ("", "points-out-of-reach") in settled):
            continue
        what = f"“{wrong.node.name}”的分值" if wrong.node else "满分"
        off: dict[Decimal, list[str]] = {}
        for unit, value in wrong.by_unit.items():
            off.setdefault(value, []).append(scheme.unit_names[unit])
        for value, units in off.items():
            who = "" if len(off) == 1 and wrong.everywhere else f"（{'、'.join(units[:5])}{'等' if len(units) > 5 else ''}）"
            message = f"{what}写的是 {wrong.stated}，下面各项加起来{who}是 {value}"
            remedy = "如原文如此，请在 notes 里注明，写上 answers: sum-differs；否则请改正"
            problems.append(Problem(message, path=wrong.path, severity="warning", remedy=remedy))
    return problems + list(_unknown_names(scheme))


def _unknown_names(scheme: Scheme) -> Iterator[Problem]:
    """Names in the scheme's own lists that nothing in it has."""
    places = {*scheme.groups, *scheme.sets, *scheme.unit_names}
    nodes = {name for node in scheme.walk() if isinstance(node, Group) for name in (node.id, node.name)}
    for key, names in (("unlisted", {*scheme.groups, EVERYBODY}), ("outside", {*scheme.groups})):
        for name in getattr(scheme, key):
            if name not in names:
                yield Problem("没有这个分组", (key,), name, '请写 units 里的分组；unlisted 可以写 "*"（全部单位）')
    for assessor, units in scheme.assessors.items():
        for name in units:
            if name not in scheme.unit_names:
                yield Problem("没有这个被考核单位", ("assessors", assessor), name, "请核对 units")
    for number, count in enumerate(scheme.counts):
        for name in count.of:
            if name not in places | nodes | {EVERYBODY}:
                yield Problem("没有这个单位、分组或指标分组", ("counts", number, "of"), name, "请核对名称")


@dataclass(frozen=True)
class WrongSum:
    """Points that do not add up.

    node: the group, or None for the full marks; path: where in the file; within: its own id and those of the groups around
    it. stated: the points written there; total: those of all its parts together, whoever carries them; by_unit: what the
    parts make for each unit for which they are wrong; everywhere: there is no unit for which they are right.
    """

    node: Group | None
    path: source.Path_
    within: tuple[str, ...]
    stated: Decimal
    total: Decimal
    by_unit: dict[int, Decimal]
    everywhere: bool


def wrong_sums(scheme: Scheme) -> Iterator[WrongSum]:
    """Every group whose points are not the sum of its parts, and the full marks where they are not.

    Where scores are scaled up to the points of a group, units need not carry everything in it: all parts together must make
    the points there.
    """
    for i, top in enumerate(scheme.indicators):
        yield from _wrong_below(top, ("indicators", i), ("",), scheme, scaled=False)
    if scheme.full_marks is not None and not scheme.formula:
        sums = _points_by_unit(scheme.indicators, scheme)
        off = {unit: value for unit, value in enumerate(sums) if value != scheme.full_marks}
        if off:
            total = sum((printed_points(node) for node in scheme.indicators), Decimal(0))
            yield WrongSum(None, ("full_marks",), ("",), scheme.full_marks, total, off, len(off) == len(sums))


def _wrong_below(node: Group | Indicator, path: source.Path_, around: tuple[str, ...], scheme: Scheme, scaled: bool) -> Iterator[WrongSum]:
    if not isinstance(node, Group):
        return
    within = (*around, node.id or node.name)
    scaled = scaled or node.rescale
    added_up = node.base == "zero" and (not node.formula or "sum(得分)" in node.formula)
    if node.points is not None and added_up:
        sums = _points_by_unit(node.children, scheme)
        carried = [unit for unit, carries in enumerate(scheme.carriers_of(node)) if carries and sums[unit]]
        off = {unit: sums[unit] for unit in carried if sums[unit] != node.points}
        everywhere = len(off) == len(carried)
        total = sum((printed_points(child) for child in node.children), Decimal(0))
        if off and (not scaled or total != node.points):
            yield WrongSum(node, (*path, "points"), within, node.points, total, off, everywhere)
    for i, child in enumerate(node.children):
        yield from _wrong_below(child, (*path, "children", i), within, scheme, scaled)


def printed_points(node: Group | Indicator) -> Decimal:
    """The points written at a node; those of its parts where it has none, the most where units have their own."""
    if isinstance(node, Group):
        return node.points if node.points is not None else sum((printed_points(child) for child in node.children), Decimal(0))
    return max((p for p in node.points if p is not None), default=Decimal(0)) if isinstance(node.points, list) else node.points


def _points_by_unit(nodes: list[Any], scheme: Scheme) -> list[Decimal]:
    """What the points of some nodes add up to for each unit: those that a node is not for count nothing of it."""
    count = len(scheme.unit_names)
    sums = [Decimal(0)] * count
    for node in nodes:
        if isinstance(node, Group):
            given = [node.points] * count if node.points is not None else _points_by_unit(node.children, scheme)
        else:
            given = node.points if isinstance(node.points, list) else [node.points] * count
        carries = scheme.carriers_of(node)
        if isinstance(node, Indicator) and node.no_task != "exclude":
            carries = (True,) * count
        sums = [a + ((b or 0) if c else 0) for a, b, c in zip(sums, given, carries, strict=True)]
    return sums


def rule_without(rule: Rule, points: Any, count: int) -> tuple[bool, ...]:
    """For each unit, whether the target or the points say that it has no such task."""
    if not isinstance(points, list):
        return rule.without(count)
    return tuple(a or b for a, b in zip(rule.without(count), no_figure(points, count), strict=True))
