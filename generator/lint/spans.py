"""What a number can be: the least and the most, and how they are added, multiplied and divided."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.value import CONTEXT

Limit = Decimal | None
"""A number, or None where nothing limits it."""


@dataclass(frozen=True)
class Span:
    """From ``low`` to ``high``; absent: there may be no number at all (－, nothing)."""

    low: Limit
    high: Limit
    absent: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high and not self.absent


ANYTHING = Span(None, None)
NOTHING = None
"""Where no number can stand."""
Found = Span | None


def point(value: Decimal) -> Span:
    """The span of one number."""
    return Span(value, value)


def union(spans: list[Found]) -> Found:
    """The span around several."""
    there = [s for s in spans if s is not None]
    if not there:
        return NOTHING
    lows, highs = [s.low for s in there], [s.high for s in there]
    return Span(
        None if any(low is None for low in lows) else min(low for low in lows if low is not None),
        None if any(high is None for high in highs) else max(high for high in highs if high is not None),
        len(there) < len(spans) or any(s.absent for s in there),
    )


def above(one: Limit, other: Limit) -> bool:
    return one is not None and other is not None and one > other


def plus(a: Limit, b: Limit) -> Limit:
    return None if a is None or b is None else a + b


def total(spans: list[Found]) -> Span:
    """A sum, in which nothing counts for nothing."""
    low: Limit = Decimal(0)
    high: Limit = Decimal(0)
    for s in spans:
        if s is None:
            continue
        least = s.low if not s.absent or s.low is None else min(s.low, Decimal(0))
        most = s.high if not s.absent or s.high is None else max(s.high, Decimal(0))
        low, high = plus(low, least), plus(high, most)
    return Span(low, high)


def times(left: Span, right: Span) -> Span:
    """A product. No limit times nothing is nothing."""

    def product(a: Limit, b: Limit, a_sign: int, b_sign: int) -> tuple[int, Decimal]:
        """(direction of no limit, or 0; value)"""
        if a is not None and b is not None:
            return 0, CONTEXT.multiply(a, b)
        if a == 0 or b == 0:
            return 0, Decimal(0)
        sign = (a_sign if a is None else (1 if a > 0 else -1)) * (b_sign if b is None else (1 if b > 0 else -1))
        return sign, Decimal(0)

    corners = [product(a, b, i, j) for a, i in ((left.low, -1), (left.high, 1)) for b, j in ((right.low, -1), (right.high, 1))]
    finite = [v for sign, v in corners if sign == 0]
    low = None if any(sign < 0 for sign, _ in corners) else min(finite, default=Decimal(0))
    high = None if any(sign > 0 for sign, _ in corners) else max(finite, default=Decimal(0))
    return Span(low, high, left.absent or right.absent)


def over(left: Span, right: Span) -> Span:
    """A quotient; what is divided by zero has no value, so zero is left out at an end of the divisor."""
    if right.low is None or right.low < 0:
        if right.high is None or right.high > 0:
            return ANYTHING
        turned = over(Span(minus(left.high), minus(left.low)), Span(minus(right.high), minus(right.low)))
        return Span(turned.low, turned.high, left.absent or right.absent)
    least = None if right.high is None else CONTEXT.divide(Decimal(1), right.high) if right.high else None
    most = CONTEXT.divide(Decimal(1), right.low) if right.low else None
    inverse = Span(Decimal(0) if right.high is None else least, most)
    return times(left, Span(inverse.low, inverse.high, right.absent))


def floored(top: Limit, quotient: Limit) -> Limit:
    """The least share: nothing, unless what is divided can itself be less."""
    return Decimal(0) if top is not None and top >= 0 else quotient


def minus(value: Limit) -> Limit:
    return None if value is None else -value
