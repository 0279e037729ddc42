"""A scheme file read, understood and judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generator import source
from generator.language.declared import EVERYBODY
from generator.problems import Problem, SourceError, Where
from generator.rules import KINDS
from generator.scheme import diagnosis, shared, structure
from generator.scheme.model import Group, Indicator, Scheme
from generator.scheme.points import wrong_sums
from generator.scheme.readings import NOTHING, as_read, clashes, pair_clashes, unknown_choices
from generator.scheme.size import too_much
from generator.scheme.structure import structural
from generator.source import Piece, Source

MOST_PROBLEMS = 200
"""Nobody reads more at once."""


@dataclass(frozen=True)
class Choice:
    """An option that somebody takes of a reading. own: the one that the scheme file takes instead."""

    reading: str
    option: str
    own: str


@dataclass(frozen=True)
class SchemeFile:
    """A scheme with the text it was read from, whole, and what is worth a warning in it. choices: where it is read otherwise than
    the text takes it; lines, pieces, elsewhere: where it was written, see `Source`."""

    scheme: Scheme
    text: str
    file: str
    warnings: list[Problem]
    lines: dict[Where, int] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    pieces: Sequence[Piece] = ()
    elsewhere: dict[Where, str] = field(default_factory=dict)

    def parsed(self) -> Source:
        """The text parsed anew, with data to change."""
        return source.parse(self.text, self.file, self.pieces)

    def placed(self, problem: Problem) -> Problem:
        """A problem with the file and the line of its path."""
        return diagnosis.placed(problem, Source(self.file, self.text, None, self.lines, elsewhere=self.elsewhere))

    @property
    def takes(self) -> dict[str, str]:
        """The options taken instead of those of the text, by reading."""
        return {choice.reading: choice.option for choice in self.choices}

    @property
    def fingerprint(self) -> str:
        """A hash of the content, the same whatever the line ends."""
        return fingerprint(self.text)


def fingerprint(text: str) -> str:
    """SHA-256 of a scheme's text, line ends and trailing blanks aside."""
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    return hashlib.sha256(lines.encode()).hexdigest()


def load(path: Path, takes: Mapping[str, str] = NOTHING) -> SchemeFile:
    """Read a scheme file, with what it shares with others (`shared`). Raises SourceError with every problem found, each with its line
    and a way out. takes: see `understand`."""
    return understand(shared.read(path), takes)


def loads(text: str, file: str = "", takes: Mapping[str, str] = NOTHING) -> SchemeFile:
    """Read a scheme from a whole text, such as the copy inside a workbook. takes: see `understand`."""
    return understand(source.parse(text, file), takes)


def understand(read: Source, takes: Mapping[str, str] = NOTHING) -> SchemeFile:
    """Turn a parsed file into a scheme; see `load`. takes: options to take instead of those the file takes, by reading."""
    if not isinstance(read.data, dict):
        raise SourceError([Problem("考核方案应当是“键: 值”的形式", file=read.file, line=1)])
    refuse_size(read.data, read)
    if unknown := list(unknown_choices(read.data, takes)):
        raise SourceError(unknown)
    if refused := list(clashes(read.data, takes, _COMMON)):
        raise SourceError([diagnosis.placed(p, read) for p in refused])
    data = as_read(read.data, takes, _COMMON)
    refuse_size(data, read)
    for key in ("indicators", "bonus"):
        if key in data:
            data[key] = with_defaults(data[key])
    count = _count_units(data.get("units"))
    problems = [*islice(structural(data), MOST_PROBLEMS)]
    scheme: Scheme | None = None
    try:
        scheme = Scheme.model_validate(data, context={"units": count, "places": structure.places(data)})
    except ValidationError as error:
        problems = diagnosis.translate(error, data, _vocabulary()) + problems
    if scheme is not None and not problems:
        problems += _semantic(scheme)
    wrong = any(p.severity == "error" for p in problems)
    if wrong and shared.KEY in read.text:
        problems = list(shared.untaken(read.data)) or problems  # what is not there makes much else wrong
    problems = [diagnosis.placed(p, read) for p in problems]
    if wrong:
        raise SourceError(problems)
    assert scheme is not None
    own = [str(reading["takes"]) for reading in read.data.get("readings") or []]
    choices = [Choice(r.id, r.takes, was) for r, was in zip(scheme.readings, own, strict=True) if r.takes != was]
    return SchemeFile(scheme, read.text, read.file, problems, read.lines, choices, read.pieces, read.elsewhere)


def clashing_pairs(read: Source) -> list[Problem]:
    """Every two options of different readings of which one would be lost if both were taken."""
    return [diagnosis.placed(problem, read) for problem in pair_clashes(read.data, _COMMON)]


def refuse_size(data: dict[str, Any], read: Source) -> None:
    """Raise SourceError where there is more than a book can hold."""
    problem = too_much(data)
    if problem:
        raise SourceError([diagnosis.placed(problem, read)])


def with_defaults(data: Any, inherited: dict[str, Any] | None = None) -> Any:
    """Give every indicator what the groups around it say for all their children."""
    if isinstance(data, list):
        return [with_defaults(child, inherited) for child in data]
    if not isinstance(data, dict):
        return data
    if "children" not in data:
        return {**_fitting(inherited or {}, data), **data}
    defaults = data.get("defaults") if isinstance(data.get("defaults"), dict) else {}
    return {**data, "children": with_defaults(data["children"], {**(inherited or {}), **(defaults or {})})}


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
    for name in scheme.formerly:
        if name not in scheme.unit_names:
            yield Problem("没有这个被考核单位", ("formerly", name), name, "formerly 里写现在的名称，请核对 units")
    for assessor, units in scheme.assessors.items():
        for name in units:
            if name not in scheme.unit_names:
                yield Problem("没有这个被考核单位", ("assessors", assessor), name, "请核对 units")
    for number, count in enumerate(scheme.counts):
        for name in count.of:
            if name not in places | nodes | {EVERYBODY}:
                yield Problem("没有这个单位、分组或指标分组", ("counts", number, "of"), name, "请核对名称")
