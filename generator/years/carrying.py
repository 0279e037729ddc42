"""A filled book's values carried over to the rules of another year: by the keys of their lines, and by what the units were called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from generator.lines import accepts
from generator.lines.input import Ask, Input
from generator.lines.keys import Owner
from generator.lines.line import SHARED, Line
from generator.plan.evaluation import Evaluation, Inputs
from generator.plan.plan import Plan
from generator.plan.typed import high_value
from generator.value import Value, show
from generator.years.matching import origins_of
from generator.years.moving import moved

GONE = "这个单位不再考核"


@dataclass(frozen=True)
class Lost:
    """A value that could not be carried over. owner, label: of which cell; shown: the value as it looks; why: a clause, for people."""

    unit: str
    owner: str
    label: str
    value: Value
    shown: str
    why: str


@dataclass
class Carried:
    """What was typed into a book, as the inputs of another plan. origins: for each unit of it, what it was; lost: what was left."""

    origins: dict[str, tuple[str, ...]]
    inputs: dict[tuple[str, int], Value] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)


def carried(old: Plan, inputs: Inputs, new: Plan) -> Carried:
    """The inputs of one plan as far as another one takes them."""
    return _Carrying(old, inputs, new).done()


class _Carrying:
    def __init__(self, old: Plan, inputs: Inputs, new: Plan) -> None:
        self.old, self.inputs, self.new = old, inputs, new
        self.year, self.by = old.scheme.year, new.scheme.year - old.scheme.year
        self.result = Carried(origins_of(new.scheme, old.units))
        self.empty = Evaluation(new, {})
        self.became: dict[str, list[str]] = {unit: [] for unit in old.units}
        for unit, origins in self.result.origins.items():
            for origin in origins:
                self.became[origin].append(unit)
        self.known_owners = {line.owner.id for line in new.inputs}

    def done(self) -> Carried:
        for line in self.old.inputs:
            places = [SHARED] if line.shared else range(len(self.old.units))
            typed = {unit: value for unit in places if (value := self.inputs.get((line.key, unit))) is not None}
            if typed:
                self._line(line, typed)
        return self.result

    def _lose(self, line: Line, unit: int, value: Value, why: str) -> None:
        self.result.lost.append(Lost(self.old.who(unit), line.owner.words, line.label, value, show(value, line.percent), why))

    def _line(self, line: Line, typed: Mapping[int, Value]) -> None:
        now = self._now(line)
        if now is None or (why := self._unlike(line, now)):
            gone = "没有这一格了" if line.owner.id in self.known_owners else "没有这个指标了"
            for unit, value in typed.items():
                self._lose(line, unit, value, gone if now is None else why)
            return
        if line.shared:
            self._put(line, now, SHARED, [SHARED], typed[SHARED])
            return
        by_name = {self.old.units[unit]: unit for unit in typed}
        told: set[int] = set()
        for place, name in enumerate(self.new.units):
            origins = [by_name[former] for former in self.result.origins[name] if former in by_name]
            parts = [self.old.units[one] for one in origins if len(self.became[self.old.units[one]]) > 1]
            if parts:
                for one in {*origins} - told:
                    self._lose(line, one, typed[one], f"“{'、'.join(parts)}”已经拆分，分不出各占多少")
                told |= {*origins}
            elif origins:
                self._together(line, now, place, origins, typed)
        for unit, value in typed.items():
            if not self.became[self.old.units[unit]]:
                self._lose(line, unit, value, GONE)

    def _together(self, line: Line, now: Line, place: int, origins: Sequence[int], typed: Mapping[int, Value]) -> None:
        """The value of a unit that was one or several."""
        values = [typed[one] for one in origins]
        former = [self.old.units.index(name) for name in self.result.origins[self.new.units[place]]]
        whole = sum(line.constant(one) is None for one in former)
        if whole == 1 or (len(values) == whole and len(set(map(str, values))) == 1 and not _adds_up(line)):
            self._put(line, now, place, origins, values[0])
        elif _adds_up(line) and all(isinstance(one, Decimal) for one in values) and (len(values) == whole or _asked(line).accepts.blank):
            self._put(line, now, place, origins, sum((one for one in values if isinstance(one, Decimal)), Decimal(0)))
        else:
            why = "合并前几个单位的数不能相加" if len(values) == whole else "合并前的单位有的没有填"
            for one in origins:
                self._lose(line, one, typed[one], why)

    def _put(self, line: Line, now: Line, place: int, origins: Sequence[int], value: Value) -> None:
        why = ""
        if place != SHARED and now.constant(place) is not None:
            why = "新办法里没有这项任务（－）"
        elif fault := accepts.fault(_asked(now), value, high_value(now, self.empty)):
            why = f"新办法要{fault}"
        if not why:
            self.result.inputs[now.key, place] = value
            return
        for one in origins:
            self._lose(line, one, self.inputs.get((line.key, one)), why)

    def _now(self, line: Line) -> Line | None:
        """The line of the other plan that asks for the same; its name may speak of another year."""
        for what in (line.key.what, moved(line.key.what, self.year, self.by).text):
            for owner in (line.owner, Owner(moved(line.owner, self.year, self.by).text)):
                found = self.new.lines.get(owner.line(what))
                if found is not None and found.input is not None:
                    return found
        return None

    def _unlike(self, line: Line, now: Line) -> str:
        """Why a line of the same key asks for something else; '' where it does not."""
        before, after = _asked(line), _asked(now)
        if line.shared != now.shared:
            return "原来全部单位一个数，现在各单位一个" if line.shared else "原来各单位一个数，现在全部单位一个"
        if before.measure != after.measure:
            return f"计量单位由“{before.measure or '无'}”改为“{after.measure or '无'}”"
        if (before.ask is Ask.CHOICE) != (after.ask is Ask.CHOICE):
            return "填的内容变了"
        return ""


def _asked(line: Line) -> Input:
    assert line.input is not None
    return line.input


def _adds_up(line: Line) -> bool:
    """Whether the values of two units make that of both together: amounts and counts do, shares and scores do not."""
    return _asked(line).ask in (Ask.QUANTITY, Ask.COUNT) and not _asked(line).percent
