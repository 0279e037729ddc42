"""Next year's targets: as they were, still to be decided, or grown by a rate."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.language.figures import UNDECIDED
from generator.problems import Refusal, Where
from generator.value import NUMBER, number, round_half_up
from generator.years.walking import KEEP, is_target, walked

SAME, BLANK = "same", "blank"
_RATE = re.compile(r"([-+＋－−]?)(\d{1,3}(?:\.\d{1,4})?)[%％]")


@dataclass(frozen=True)
class Targets:
    """What becomes of targets. rate: by how much they grow, as a fraction; blank: they are still to be decided."""

    rate: Decimal = Decimal(0)
    blank: bool = False


def understood(text: str) -> Targets:
    """``same``, ``blank`` or a rate such as ``+5%``, as it is typed. Raises Refusal."""
    word = text.strip()
    if word in (SAME, "照旧", "不变", ""):
        return Targets()
    if word in (BLANK, UNDECIDED, "空着"):
        return Targets(blank=True)
    found = _RATE.fullmatch(word)
    if not found:
        raise Refusal(f"目标怎么定写得不对（“{text}”）；可以写 same（照上一年度）、blank（待定），或增长的百分数，如 +5%")
    rate = Decimal(found[2]) / 100
    rate = -rate if found[1] in ("-", "－", "−") else rate
    if rate <= -1:
        raise Refusal(f"目标不能减少 {found[2]}%；请写小于 100% 的数")
    return Targets(rate)


@dataclass
class Grown:
    """A scheme's data with its targets as they will be. changed: the places of those that are another now; kept: of rates and of
    what had better be less, which do not grow with the rest."""

    data: dict[str, Any]
    changed: list[tuple[Where, Any, Any]] = field(default_factory=list)
    kept: list[Where] = field(default_factory=list)


def grown(data: dict[str, Any], targets: Targets) -> Grown:
    """The targets of a scheme's data for next year."""
    result = Grown(data)
    if not targets.blank and not targets.rate:
        return result

    def visit(value: Any, path: Where) -> Any:
        if not is_target(path) or value is None:
            return KEEP
        if not targets.blank and (_is_rate(value) or _less_is_better(data, path)):
            result.kept.append(path)
            return value
        new = _undecided(value) if targets.blank else _times(value, 1 + targets.rate)
        if new != value:
            result.changed.append((path, value, new))
        return new

    result.data = walked(data, visit)
    return result


def _undecided(value: Any) -> Any:
    if isinstance(value, list):
        return [None if one is None else UNDECIDED for one in value]
    if isinstance(value, dict):
        return {name: None if one is None else UNDECIDED for name, one in value.items()}
    return UNDECIDED


def _figures(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]


def _is_rate(value: Any) -> bool:
    """Whether figures are percentages: a growth of 8 % is not 8.4 % the year after because amounts grow by 5 %."""
    return any(isinstance(one, str) and one.endswith("%") and number(one) is not None for one in _figures(value))


def _less_is_better(data: Any, path: Where) -> bool:
    """Whether the indicator of a target, or what the groups around it say, wants as little as possible."""
    found: Any = data
    said = None
    for part in path[:-1]:
        found = found[part]
        if isinstance(found, dict):
            common = found.get("defaults")
            said = found.get("better") or (common.get("better") if isinstance(common, dict) else None) or said
    return said == "lower"


def _times(value: Any, factor: Decimal) -> Any:
    """Figures multiplied, each with the digits that the most exact of them has."""
    known = [Decimal(str(one)) for one in _figures(value) if _is_plain(one)]
    digits = max((max(0, -int(one.as_tuple().exponent)) for one in known), default=0)

    def one(figure: Any) -> Any:
        return round_half_up(Decimal(str(figure)) * factor, digits) if _is_plain(figure) and Decimal(str(figure)) else figure

    if isinstance(value, list):
        return [one(figure) for figure in value]
    return {name: one(figure) for name, figure in value.items()} if isinstance(value, dict) else one(value)


def _is_plain(figure: Any) -> bool:
    return isinstance(figure, Decimal) or (isinstance(figure, str) and NUMBER.fullmatch(figure) is not None)
