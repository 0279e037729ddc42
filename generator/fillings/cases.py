"""Worked cases: ``<topic>.cases.yaml`` beside a scheme, calculated by hand from the regulation.

A case says what is typed in and what must come out. ``starts`` name fillings that many cases begin with; in them,
``everyone`` holds for every unit that has the line, and 目标 stands for the unit's own target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator import source
from generator.fillings import value_file
from generator.language.figures import SchemeFigure
from generator.lines.line import Line, Role
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.problems import Problem, SourceError, Where
from generator.scheme import diagnosis
from generator.scheme.readings import NOTHING
from generator.value import Value

TARGET = "目标"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Start(_Model):
    """A filling to begin with. everyone: {indicator: value}; units: {unit: {indicator: value}}."""

    everyone: dict[str, Any] = Field(default_factory=dict)
    units: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Expected(_Model):
    """What a unit must get; what is not named is not checked, ``null`` must be blank or －."""

    scores: dict[str, SchemeFigure | None] = Field(default_factory=dict)
    total: SchemeFigure | None = None
    rank: int | None = None
    grade: str | None = None
    complete: bool | None = None


class Case(_Model):
    """name: in the regulation's words; probes: what it is there to catch; working: the arithmetic; readings: the options that
    it takes instead of the scheme's own, by reading."""

    name: str
    probes: str = ""
    start: str = ""
    readings: dict[str, str] = Field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    expect: dict[str, Expected] = Field(min_length=1)
    working: str = ""


class CaseFile(_Model):
    scheme: str
    starts: dict[str, Start] = Field(default_factory=dict)
    cases: list[Case] = Field(min_length=1)


@dataclass(frozen=True)
class Filling:
    """Inputs with a name, and what a case expects of them (nothing for random ones)."""

    name: str
    inputs: dict[tuple[str, int], Value]
    expect: dict[str, Expected]


def choices(path: Path) -> list[dict[str, str]]:
    """The readings that the cases of a file choose, each set once: first none, which is the scheme as it stands."""
    found: list[dict[str, str]] = [{}]
    for case in _read(path)[1].cases:
        found += [case.readings] if case.readings not in found else []
    return found


def _read(path: Path) -> tuple[source.Source, CaseFile]:
    read = source.read(path)
    try:
        return read, CaseFile.model_validate(read.data)
    except ValidationError as error:
        problems = diagnosis.translate(error, read.data, diagnosis.Vocabulary([], {"scheme": list(CaseFile.model_fields)}))
        raise SourceError([diagnosis.placed(p, read) for p in problems]) from None


def load(path: Path, plan: Plan, takes: Mapping[str, str] = NOTHING) -> list[Filling]:
    """The cases of a scheme that choose these readings, as fillings. Raises SourceError with every value that does not fit.

    plan: of the scheme read in this way; takes: the options chosen instead of the scheme's own, by reading.
    """
    read, file = _read(path)
    found: list[Problem] = []
    if file.scheme != plan.scheme.id:
        found.append(Problem("案例不是这个方案的", ("scheme",), file.scheme, f"应为 {plan.scheme.id}"))
    fillings = []
    begun: dict[str, dict[tuple[str, int], Value]] = {}
    for i, case in enumerate(file.cases):
        if case.readings != takes:
            continue
        if case.start and case.start not in file.starts:
            found.append(Problem("没有这个起点", ("cases", i, "start"), case.start, "请先写在 starts 里"))
            continue
        inputs: dict[tuple[str, int], Value] = {}
        if case.start:
            if case.start not in begun:
                begun[case.start] = _begin(file.starts[case.start], plan, found, ("starts", case.start))
            inputs |= begun[case.start]
        for entry in value_file.parse(case.inputs, plan, found, ("cases", i, "inputs")):
            inputs[entry.line.key, entry.unit] = entry.value
        for unit in case.expect:
            if unit not in plan.units:
                found.append(Problem("没有这个被考核单位", ("cases", i, "expect"), unit))
        unknown = {id for e in case.expect.values() for id in e.scores if id not in plan.scores}
        found += [Problem("没有这个指标", ("cases", i, "expect"), id) for id in sorted(unknown)]
        fillings.append(Filling(case.name, inputs, case.expect))
    if found:
        raise SourceError([diagnosis.placed(p, read) for p in found])
    return fillings


def _begin(start: Start, plan: Plan, problems: list[Problem], path: Where) -> dict[tuple[str, int], Value]:
    inputs: dict[tuple[str, int], Value] = {}
    lines_of: dict[str, list[Line]] = {owner: [] for owner in start.everyone}
    for line in plan.inputs:
        for around in accumulate(line.owner.split("@"), "{}@{}".format):
            if around in lines_of:
                lines_of[around].append(line)
    for position, unit in enumerate(plan.units):
        items = {}
        for owner, given in start.everyone.items():
            lines = lines_of[owner]
            if not lines or any(line.constant(position) is None for line in lines):
                items[owner] = _target(plan, owner, position) if given == TARGET else given
        for entry in value_file.parse({unit: items}, plan, problems, path):
            inputs[entry.line.key, entry.unit] = entry.value
    for entry in value_file.parse(start.units, plan, problems, path):
        inputs[entry.line.key, entry.unit] = entry.value
    return inputs


def _target(plan: Plan, owner: str, unit: int) -> Value:
    for line in plan.lines.values():
        if line.owner == owner and line.role is Role.PARAMETER and line.values and line.label != "分值":
            return line.constant(unit)
    return None


def failures(filling: Filling, plan: Plan, evaluation: Evaluation) -> list[str]:
    """Where the exact reader does not give what the case expects, in words."""
    found = []
    for unit, expected in filling.expect.items():
        result = evaluation.result(plan.units.index(unit))
        pairs: list[tuple[str, object, object]] = [(f"指标 {id}", want, result.scores[id]) for id, want in expected.scores.items()]
        for name, words in (("total", "总分"), ("rank", "位次"), ("grade", "等次"), ("complete", "是否填完")):
            if name in expected.model_fields_set:
                pairs.append((words, getattr(expected, name), getattr(result, name)))
        found += [f"案例“{filling.name}”：{unit} {what} 应为 {want}，算得 {got}" for what, want, got in pairs if want != got]
    return found
