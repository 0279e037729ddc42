"""What a cell accepts, in words, and what is wrong with a value."""

from __future__ import annotations

import re
from decimal import Decimal

from generator.lines.input import Ask, Input
from generator.tree import exact
from generator.tree.at_hand import HERE, ValuesAtHand
from generator.value import Value, show

MISSING = "未填写"


def requirement(asked: Input, high: Value = None, lately: bool = True) -> str:
    """What may be typed, in words. ``high``: the value of the upper limit where it stands in a cell; lately: as books say it from the
    fifth form on, the lower limit of a percentage as one, and what is counted by its name."""
    wanted = asked.accepts.limited(high)
    low, limit = wanted.low, None if wanted.high_name else wanted.high
    least, most = show(low, lately and asked.percent and low != 0), show(limit) if isinstance(limit, Decimal) else ""
    if wanted.options:
        return "从列表中选：" + "、".join(wanted.options)
    if wanted.whole and low is not None and low > 0:
        text = f"填整数：{least}—{most}" if most else "填正整数" if low == 1 else f"填整数：不小于{least}"
    elif wanted.whole:
        counted = _counted(asked.measure) if lately else "次数"
        text = f"填{counted}：0—{most}的整数" if most else f"填{counted}：0或正整数"
    elif asked.ask in (Ask.AMOUNT, Ask.SCORE) and low is not None:
        text = f"填分数：{least}—{most}" if most else f"填分数：不小于{least}"
    else:
        text = f"填{'百分数，如 7.5%' if asked.percent else '数'}" + ("" if low is None else f"，不小于{least}")
        text += f"，不大于{show(limit, asked.percent)}" if isinstance(limit, Decimal) else ""
        text += f"（{asked.measure}）" if asked.measure and not asked.percent else ""
    text += f"，不大于“{wanted.high_name}”" if wanted.high_name else ""
    text += "；没有就不填" if wanted.blank else ""
    return text + "".join(f"；没有这项任务填“{word}”" for word in wanted.words)


_EACH = re.compile("^[少缺超]?一?(?:个(?=.))?")
"""What stands before the thing itself in 少一镇, 超一天, 个问题镇."""


def thing_counted(measure: str) -> str:
    """The thing that is counted: 镇 of 少一镇."""
    return _EACH.sub("", measure)


def _counted(measure: str) -> str:
    """What is filled in where things are counted: 次数 where nothing else is said, or 项数, 人次, 人数."""
    thing = thing_counted(measure)
    if thing in ("", "次"):
        return "次数"
    return thing if thing in ("人次", "件次", "项次") else f"{'人' if thing == '位' else thing}数"


def taken_from(asked: Input) -> str:
    """The books of other schemes that a value can be taken from, in words; '' where there are none."""
    told = dict.fromkeys(f"{one.whose}{'：' if one.whose else ''}{one.scheme} 的{one.words}" for one in asked.imports)
    return f"可用“取数”取自考核簿 {'；'.join(told)}" if told else ""


def fault(asked: Input, value: Value, high: Value = None) -> str:
    """What is wrong with a value: '' when it is fine, MISSING when it is wanted and absent, else what is wanted.

    high: the value of the upper limit where it stands in a cell; until it is a number, nothing is too much.
    """
    if not exact.value(asked.accepts.limited(high).fault, ValuesAtHand({HERE.line: value})):
        return ""
    return MISSING if value in (None, "") else requirement(asked, high)
