"""What a cell can hold, and how a number is read, rounded and written out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

Value = Decimal | str | bool | None
"""What a cell can hold. ``None`` is an empty cell (in Excel: empty, or the text of length zero)."""


class ErrorValue(str):
    """What a cell shows whose formula failed, or into which such a thing was pasted: #N/A, #REF! and their like. Formulas that
    look at it show it too, unless they take care; for everybody else it is a text."""


CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
GUARD_DIGITS = 10
"""What is rounded is first rounded to so many decimals, as in the formulas: a third times three is one here too."""


def decimal_of(number: float | int | str | Decimal) -> Decimal:
    """The shortest decimal that reads back as the same binary number: what a person sees in the cell."""
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError(number)
        return Decimal(repr(number))
    return Decimal(number)


def decimals_of(values: Iterable[Value]) -> int:
    """How many decimals the numbers among some values were printed with, at most."""
    return max((0, *(-int(v.as_tuple().exponent) for v in values if isinstance(v, Decimal))))


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """Half away from zero; never ``-0``. A number with more digits than are reckoned with has nothing to round."""
    if value.adjusted() + digits >= CONTEXT.prec - 1:
        return value
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=CONTEXT)
    return abs(rounded) if rounded == 0 else rounded


def alike(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers are the same, but for what binary arithmetic does: in the ninth decimal, or of large ones in the
    fourteenth digit."""
    return abs(one - other) <= max(NOISE, abs(other) * NOISE_OF_LARGE)


NOISE, NOISE_OF_LARGE = Decimal("1e-9"), Decimal("1e-14")
MOST_DIGITS = 15
"""How many digits of a number Excel keeps, and how many it may have before the point."""


def too_long(value: Decimal) -> str:
    """Why Excel cannot keep a number as it is; '' where it can."""
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    if len(digits) > MOST_DIGITS or (value and value.adjusted() >= MOST_DIGITS):
        count = max(len(digits), value.adjusted() + 1)
        return f"这个数有 {count} 位，Excel 只记得住 {MOST_DIGITS} 位"
    return ""


class Percent(Decimal):
    """A figure that was written as a percentage: 8% is 0.08, and is shown as 8% again."""


class Assumed(Decimal):
    """A limit that the regulation does not write and that is taken for it."""


NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")


def number(text: str) -> Decimal | None:
    """A decimal from plain digits, or from a percentage such as ``8%``; None when the text is neither."""
    if text.endswith("%") and NUMBER.fullmatch(text[:-1]):
        return Decimal(text[:-1]) / 100
    return Decimal(text) if NUMBER.fullmatch(text) else None


def plain(value: Decimal) -> str:
    """A number as a file holds it: no exponent, no zeros at the end."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def show(value: Value, percent: bool = False) -> str:
    """A value as a person writes it: ``3.50`` → ``3.5``, blank → （空）; as a percentage ``0.075`` → ``7.5%``."""
    if percent and isinstance(value, Decimal):
        return f"{show(value * 100)}%"
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        text = format(value, "f")
        if "." in text:
            if len(text.split(".")[1]) > 10:
                text = format(round_half_up(value, 6), "f")
            text = text.rstrip("0").rstrip(".")
        return text or "0"
    return value
