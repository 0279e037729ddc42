"""What was typed in: missing, of the wrong kind, out of range, unlikely."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from addin.workbooks.edits import Audit, Edit
from addin.workbooks.findings import Finding
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.lines import accepts
from generator.lines.input import Ask, Input
from generator.lines.line import Line
from generator.plan.evaluation import Evaluation
from generator.plan.typed import high_value
from generator.plan.unlikely import AS_PERCENT, FAR, unlikely
from generator.tree import exact
from generator.tree.at_hand import HERE, ValuesAtHand
from generator.tree.expression import NONE_MARK
from generator.value import ErrorValue, Value, number, show, too_long

Place = tuple[str, str, Line, int]
"""Of an input: sheet, address, line, unit."""


def examine(taken: Snapshot, values: Evaluation, names: Names) -> Audit:
    """Look over every input, one by one and beside those of the other units."""
    typed = _Typed(taken, values, names)
    for line in taken.plan.inputs:
        typed.line(line)
    return typed.found


def questions(taken: Snapshot, cells: Collection[tuple[str, str]]) -> list[Finding]:
    """What `check` would ask about some input cells, but for those that are blank. cells: by sheet and address."""
    found = examine(taken, Evaluation(taken.plan, taken.inputs), Names(taken.plan)).findings
    return [f for f in found if f.code != "input-missing" and (f.sheet, f.cell) in cells]


def as_number(text: str, asked: Input) -> Decimal | None:
    """The one number that a text can mean: full-width digits, thousands separators, the unit of measure typed along."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace(" ", "")
    for word in (asked.measure, "分", "次", "个", "元"):
        if word and word != "%" and plain.endswith(word):
            plain = plain.removesuffix(word)
            break
    if plain.endswith("%") and not asked.percent:
        return None
    meant = number(plain)
    return None if meant is None or too_long(meant) else meant


@dataclass(frozen=True)
class _Typed:
    taken: Snapshot
    values: Evaluation
    names: Names
    found: Audit = field(default_factory=Audit)

    def say(self, code: str, detail: str, place: Place) -> None:
        sheet, at, line, unit = place
        words = self.names.label(line)
        self.found.findings.append(self.names.finding(code, f"{words}{detail}", sheet, at, line, unit))

    def line(self, line: Line) -> None:
        asked = line.input
        assert asked
        usable: dict[int, tuple[Place, Decimal]] = {}
        for sheet, own in self.taken.cells_of(line).items():
            part, faults, typed = self.taken.sheets[sheet].part, self.values.at_fault(line), self.values.inputs
            plain = part.plain([at for _, at in own])
            for unit, at in own:
                place: Place = sheet, at, line, unit
                if plain and not faults.get(unit, True):  # told at a glance
                    value = typed.get((line.key, unit))
                    if isinstance(value, Decimal):
                        usable[unit] = place, value
                    continue
                value = part.value(at)
                if not self.taken.is_open(line, unit):
                    self.closed(place, value)
                elif self.is_usable(asked, value, place, faults[unit]) and isinstance(value, Decimal):
                    usable[unit] = place, value
        if asked.ask is Ask.QUANTITY:
            self.unlikely(line, asked, usable)
        self.beyond(line, asked, usable)

    def closed(self, place: Place, value: Value) -> None:
        """Something typed where the unit has no task."""
        if value != NONE_MARK:
            sheet, at, *_ = place
            self.say("input-not-applicable", f"，填了 {show(value)}", place)
            self.found.restore.append(Edit(sheet, at, NONE_MARK, show(value), "该单位没有这项任务"))

    def is_usable(self, asked: Input, value: Value, place: Place, at_fault: bool) -> bool:
        """Whether an input is as it should be. Says what is wrong with it. at_fault: whether what it holds is."""
        name, at, line, unit = place
        cells = self.taken.sheets[name].part
        text = cells.formula(at)
        if text is not None:
            code = "input-link" if "[" in text or "|" in text else "input-formula"
            self.say(code, f"，={text[:60]}", place)
            return False
        if (value is None or isinstance(value, ErrorValue)) and cells.kind(at) == "e":
            self.say("input-error", f"，{value}", place)
            return False
        if not at_fault:
            return True
        if value is None:
            self.say("input-missing", f"，{accepts.taken_from(asked)}" if asked.imports else "", place)
            return False
        fault = accepts.fault(asked, value, high_value(line, self.values, unit))
        if asked.ask is Ask.CHOICE:
            self.say("input-choice", f"，填的是{_quoted(show(value))}", place)
        elif isinstance(value, str):
            self.text(asked, value, place)
        elif asked.or_nothing:
            self.say("chosen-outside-band", f"，填的是 {show(value)}，应{fault}", place)
        else:
            self.say("input-range", f"，填的是 {show(value)}，应{fault}", place)
        return False

    def text(self, asked: Input, value: str, place: Place) -> None:
        """A text where a number is wanted; a correction where it can mean only one."""
        sheet, at, line, unit = place
        meant = as_number(value, asked)
        if meant is None or accepts.fault(asked, meant, high_value(line, self.values, unit)):
            self.say("input-text", f"，填的是{_quoted(value[:30])}", place)
            return
        self.say("input-number-as-text", f"，填的是“{value[:30]}”，即 {show(meant)}", place)
        self.found.fix.append(Edit(sheet, at, meant, value, "文字改成数字"))

    def unlikely(self, line: Line, asked: Input, typed: dict[int, tuple[Place, Decimal]]) -> None:
        """Values far from their target, as the sheet paints them red, or from the other units', measured against each unit's own target
        where there is one."""
        red = unlikely(self.taken.plan, line)
        target_line = self.taken.plan.target_of(line)
        targets = target_line.values if target_line else None
        ratios: dict[int, Decimal] = {}
        for unit, (_, value) in typed.items():
            target = targets[unit] if targets else Decimal(1)
            if isinstance(target, Decimal) and value > 0 and target > 0:
                ratios[unit] = value / target
        if asked.percent:
            slips = {unit for unit, ratio in ratios.items() if ratio >= AS_PERCENT and typed[unit][1] >= 1}
        elif len(ratios) >= 3:
            middle = statistics.median(ratios.values())
            slips = {unit for unit, ratio in ratios.items() if ratio > middle * FAR or ratio * FAR < middle}
        else:
            slips = set()
        if red is not None:
            slips |= {unit for unit, (_, value) in typed.items() if exact.value(red, self._at_hand(value, target_line, unit))}
        for unit in sorted(slips):
            place, value = typed[unit]
            if asked.percent:
                self.say("input-percent", f"，填的是 {show(value * 100)}%", place)
                self.found.fix.append(Edit(place[0], place[1], value / 100, show(value), "百分数除以一百"))
            else:
                self.say("input-outlier", f"，填的是 {show(value)}", place)

    def _at_hand(self, value: Decimal, target: Line | None, unit: int) -> ValuesAtHand:
        """A number and the unit's target."""
        return ValuesAtHand({HERE.line: value} | ({target.key: self.values.value(target.key, unit)} if target else {}))

    def beyond(self, line: Line, asked: Input, typed: dict[int, tuple[Place, Decimal]]) -> None:
        """More of a part than there is of the whole, such as more left undone than there was to do."""
        whole = self.taken.plan.lines.get(asked.whole)
        if whole is None:
            return
        for unit, (place, value) in typed.items():
            most = self.values.value(whole.key, unit)
            if isinstance(most, Decimal) and value > most:
                self.say("input-beyond", f" {show(value)}，{whole.label} {show(most)}", place)


def _quoted(text: str) -> str:
    """A text as it was typed, also where nobody can see it."""
    return f"“{text}”" if text.strip() else "空格（看着像没填，请按 Delete 键清掉）"
