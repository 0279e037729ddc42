"""Random fillings: what officials might type, with the edges and slips that they do type."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal

from generator.fillings.cases import Filling
from generator.lines.accepts import fault
from generator.lines.input import Ask, Input
from generator.lines.line import SHARED, Line, Role
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.typed import high_value
from generator.scheme.model import Indicator
from generator.tree.expression import Cell, Fixed
from generator.value import ErrorValue, Value

ODD: tuple[Value, ...] = (ErrorValue("#N/A"), ErrorValue("#DIV/0!"), "*", "?*", "~", "4257[/]", "<5", "9" * 400)
"""What gets into a sheet by pasting: error values, signs that look-ups and counts take for more than they are, digits without end."""
_SLIPS: tuple[Value, ...] = ("3.5分", "１２", "约5", Decimal("-1"), " ")


def random_filling(plan: Plan, seed: str) -> Filling:
    """One filling, the same for the same seed. Most are complete; some have gaps, a few have slips."""
    dice = random.Random(f"{plan.scheme.id}/{seed}")
    gaps = dice.choice([0.0, 0.0, 0.0, 0.02, 0.2])
    slips = dice.choice([0.0, 0.0, 0.0, 0.01])
    values = Evaluation(plan, {})
    inputs: dict[tuple[str, int], Value] = {}
    ties = dice.random() < 0.3
    for line in plan.inputs:
        assert line.input
        high = high_value(line, values)
        shared = _typed(dice, plan, line, line.input, high, 0)
        limit = line.input.accepts.high if line.input.accepts.high_name else None
        for unit in plan.places(line):
            if unit != SHARED and line.constant(unit) is not None:
                continue
            if isinstance(limit, (Cell, Fixed)):
                high = inputs.get((limit.line, -1 if isinstance(limit, Fixed) else unit))
            fresh = _typed(dice, plan, line, line.input, high, unit)
            alike = ties and line.input.ask is not Ask.QUANTITY and dice.random() < 0.8
            value = shared if alike and not fault(line.input, shared, high) else fresh
            if not line.input.accepts.blank and dice.random() < gaps:
                value = None
            if dice.random() < slips:
                value = dice.choice(_SLIPS)
            if value is not None:
                inputs[line.key, unit] = value
    return Filling(f"随机 {seed}", inputs, {})


def odd_filling(plan: Plan, seed: str, share: float = 1.0) -> Filling:
    """A random filling with everything odd in every kind of input cell, as far as there are cells; or in such a share of these."""
    dice = random.Random(f"{plan.scheme.id}/{seed}/odd")
    inputs = {**random_filling(plan, seed).inputs}
    rules = {node.id: type(node.how).__name__ for node in plan.scheme.walk() if isinstance(node, Indicator)}
    kinds: dict[tuple[object, ...], list[tuple[str, int]]] = defaultdict(list)
    for line in plan.inputs:
        assert line.input
        kind = line.input.ask, line.input.percent, line.input.accepts.blank, rules.get(line.owner.id)
        kinds[kind] += [(line.key, unit) for unit in plan.places(line) if unit == SHARED or line.constant(unit) is None]
    for cells in kinds.values():
        dice.shuffle(cells)
        odd = dice.sample(ODD, len(ODD))
        inputs |= {at: value for at, value in zip(cells, odd, strict=False) if dice.random() < share}
    return Filling(f"怪值 {seed}", inputs, {})


def _typed(dice: random.Random, plan: Plan, line: Line, asked: Input, high: Value, unit: int) -> Value:
    accepts = asked.accepts.limited(high)
    limit = accepts.high if isinstance(accepts.high, Decimal) else None
    if accepts.words and dice.random() < 0.15:
        return accepts.words[0]
    if accepts.options:
        return dice.choice(accepts.options)
    if accepts.whole:
        least = accepts.low if accepts.low is not None else Decimal(0)
        most = (4 if limit is None else min(int(limit), 6)) if accepts.blank else 400 if limit is None else min(int(limit), 40)
        fresh = Decimal(dice.randint(int(least), max(int(least), most)))
        return dice.choice([None, None, least, fresh] if accepts.blank else [least, fresh])
    if asked.ask in (Ask.SCORE, Ask.AMOUNT):
        most_points = Decimal(10) if limit is None else limit
        if accepts.also:
            return dice.choice([None, *accepts.also, accepts.low, most_points])
        if accepts.blank and dice.random() < 0.5:
            return None
        share = dice.choice([Decimal(0), Decimal(1), Decimal(dice.randint(0, 1000)) / 1000])
        points = (most_points * share).quantize(Decimal(1).scaleb(-dice.choice([0, 1, 2, 2, 3]))).min(most_points)
        return points if accepts.low is None else points.max(accepts.low)
    value = _around(dice, _target(plan, line, unit), asked.percent)
    value = value.to_integral_value() if asked.counted else value
    value = value if limit is None else min(value, limit)
    return value if accepts.low is None else max(value, accepts.low)


def _target(plan: Plan, line: Line, unit: int) -> Decimal:
    for other in plan.lines.values():
        if other.owner == line.owner and other.role is Role.PARAMETER and other.values and other.label != "分值":
            value = other.values[max(unit, 0)]
            return value if isinstance(value, Decimal) else Decimal(1)
    return Decimal(1)


def _around(dice: random.Random, target: Decimal, percent: bool) -> Decimal:
    """A quantity near its target, often on it or at nothing, with as many digits as officials type."""
    factor = dice.choice(
        [Decimal(0), Decimal(1), Decimal(1), Decimal(dice.randint(0, 1500)) / 1000, Decimal(dice.randint(900, 1010)) / 1000]
    )
    digits = dice.choice([3, 4]) if percent else dice.choice([0, 1, 2, 3])
    value = ((target or Decimal(1)) * factor).quantize(Decimal(1).scaleb(-digits))
    return -value if percent and dice.random() < 0.05 else value
