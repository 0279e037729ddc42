"""Value files written: what was typed into a book, as `value_file` reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from generator.language.declared import EVERYBODY
from generator.lines.keys import Owner
from generator.lines.line import SHARED, Line
from generator.plan.evaluation import Inputs
from generator.plan.plan import Plan
from generator.value import NUMBER, Value, plain, show

_PLAIN = re.compile(r"\w[\w（）·、，。—－@.-]*")
"""Texts that need no quotation marks, as long as they are not read as a number or a word of YAML."""
_RESERVED = {"true", "false", "null", "~"}
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def text(plan: Plan, inputs: Inputs) -> str:
    """A value file: blank cells are left out, units and indicators stand in the order of the book."""
    lines = [f"scheme: {_word(plan.scheme.id)}", "values:"]
    tree = nested(plan, inputs)
    for unit, items in tree.items():
        lines.append(f"  {_key(unit)}:")
        lines += [f"    {_key(owner)}: {_written(given)}" for owner, given in items.items()]
    return "\n".join(lines if tree else [lines[0], "values: {}"]) + "\n"


def nested(plan: Plan, inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Unit → indicator → value; deeper by period, and by the input's name where an indicator has several."""
    found: dict[str, dict[str, Any]] = {}
    listed = [(SHARED, EVERYBODY), *enumerate(plan.units)]
    by_unit: dict[int, list[Line]] = {}
    for line in plan.inputs:
        for unit in plan.places(line):
            if inputs.get((line.key, unit)) not in (None, ""):
                by_unit.setdefault(unit, []).append(line)
    for unit, name in listed:
        for line in by_unit.get(unit, []):
            top, periods = _path(plan, line.owner)
            steps = [*periods, *([line.input.name] if line.input and len(_beside(plan, line)) > 1 else [])]
            at: dict[str, Any] = found.setdefault(name, {})
            for step in [top, *steps][:-1]:
                at = at.setdefault(step, {})
            at[[top, *steps][-1]] = _shown(line, inputs[line.key, unit])
    return found


def _beside(plan: Plan, line: Line) -> list[Line]:
    """The inputs among which a value file has to name this one."""
    return [other for other in plan.inputs_of(line.owner) if other.shared == line.shared]


def _path(plan: Plan, owner: Owner) -> tuple[str, list[str]]:
    """Under which key an owner's values stand, and in which periods below it. Where the indicator itself is asked something
    too, its name is taken for that, and the owner's own is written out."""
    names = [Owner("@".join([owner.id, *owner.periods[:depth]])) for depth in range(len(owner.periods) + 1)]
    free = max((depth + 1 for depth, name in enumerate(names[:-1]) if plan.inputs_of(name)), default=0)
    return names[free], list(owner.periods[free:])


def _shown(line: Line, value: Value) -> Value:
    """A percentage is written as one: 0.077 as 7.7%."""
    percent = bool(line.input and line.input.percent)
    return f"{plain(value * 100)}%" if percent and isinstance(value, Decimal) else value


def _written(given: Any) -> str:
    if isinstance(given, Mapping):
        return "{" + ", ".join(f"{_key(name)}: {_written(inner)}" for name, inner in given.items()) + "}"
    if isinstance(given, Decimal):
        return plain(given)
    if isinstance(given, str) and given.endswith("%") and NUMBER.fullmatch(given[:-1]):
        return given
    return _word(given if isinstance(given, str) else show(given))


def _key(word: str) -> str:
    """A key is taken as it is written, whatever it looks like."""
    return word if _PLAIN.fullmatch(word) else _quoted(word)


def _word(word: str) -> str:
    simple = _PLAIN.fullmatch(word) and word.lower() not in _RESERVED and not NUMBER.fullmatch(word) and not word[0].isdecimal()
    return word if simple else _quoted(word)


def _quoted(word: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(word, ensure_ascii=False))
