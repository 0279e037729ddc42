"""What is wrong with one input: the same few rules as a formula, as a Python function and as a message."""

from __future__ import annotations

from decimal import Decimal

from generator.lines.input import NO_TASK, Ask, Input
from generator.tree.expression import NONE_MARK, Expression
from generator.tree.formula import Addresses, formula, quote
from generator.value import Value, show

MISSING = "未填写"


def requirement(asked: Input, high: Value = None) -> str:
    """What may be typed, in words. ``high``: the value of the upper limit where it stands in a cell."""
    limit = high if isinstance(high, Decimal) else asked.high if isinstance(asked.high, Decimal) else None
    limit = None if asked.high_name else limit
    least = show(asked.low)
    match asked.ask:
        case Ask.CHOICE:
            return "从列表中选：" + "、".join(asked.options)
        case Ask.COUNT if asked.low is not None and asked.low > 0:
            text = f"填整数：{least}—{show(limit)}" if limit is not None else "填正整数" if asked.low == 1 else f"填整数：不小于{least}"
        case Ask.COUNT:
            text = "填次数：0或正整数" if limit is None else f"填次数：0—{show(limit)}的整数"
        case Ask.AMOUNT if asked.or_nothing and limit is not None:
            text = f"填分数：{least}—{show(limit)}"
        case Ask.AMOUNT | Ask.SCORE if asked.low is not None:
            text = f"填分数：不小于{least}" if limit is None else f"填分数：{least}—{show(limit)}"
        case _:
            kind = "百分数，如 7.5%" if asked.percent else "数"
            text = f"填{kind}" + ("" if asked.low is None else "，不小于" + show(asked.low))
            text += "" if limit is None else f"，不大于{show(limit * 100)}%" if asked.percent else f"，不大于{show(limit)}"
            text += f"（{asked.measure}）" if asked.measure and not asked.percent else ""
    if asked.high_name:
        text += f"，不大于“{asked.high_name}”"
    if not asked.required:
        text += "；没有就不填"
    return text + (f"；没有这项任务填“{NO_TASK}”" if asked.no_task else "")


def fault(asked: Input, value: Value, high: Value = None) -> str:
    """What is wrong with a value: '' when it is fine, MISSING when it is wanted and absent, else what is wanted."""
    if value is None or value == "":
        return MISSING if asked.required else ""
    if value == NONE_MARK or (asked.no_task and value == NO_TASK):
        return ""
    if asked.ask is Ask.CHOICE:
        return "" if value in asked.options else requirement(asked)
    limit = high if high is not None else asked.high if isinstance(asked.high, Decimal) else None
    if asked.or_nothing and value == 0:
        return ""
    wrong = (
        not isinstance(value, Decimal)
        or (asked.low is not None and value < asked.low)
        or (isinstance(limit, Decimal) and value > limit)
        or (asked.ask is Ask.COUNT and value != value.to_integral_value())
    )
    return requirement(asked, limit) if wrong else ""


def fault_formula(asked: Input, cell: str, at: Addresses) -> str:
    """A condition, without ``=``, that holds exactly where `fault` finds something, for a cell with a value or without."""
    if not asked.required:
        return f'AND({cell}<>"",{_wrong(asked, cell, at)})'
    return _wrong(asked, cell, at)


def wrong_formula(asked: Input, cell: str, at: Addresses) -> str:
    """A condition that holds where something is typed and it is not right."""
    return f'AND({cell}<>"",{_wrong(asked, cell, at)})'


def _wrong(asked: Input, cell: str, at: Addresses) -> str:
    if asked.ask is Ask.CHOICE:
        parts = [f"{cell}<>{quote(o)}" for o in asked.options]
    else:
        limits = [f"NOT(ISNUMBER({cell}))"]
        if asked.low is not None:
            limits.append(f"{cell}<{show(asked.low)}")
        if asked.high is not None:
            high = formula(asked.high, at)[1:] if isinstance(asked.high, Expression) else show(asked.high)
            limits.append(f"IF(ISNUMBER({high}),{cell}>{high})" if asked.high_name else f"{cell}>{high}")
        if asked.ask is Ask.COUNT:
            limits.append(f"IF(ISNUMBER({cell}),INT({cell})<>{cell})")
        parts = [limits[0] if len(limits) == 1 else f"OR({','.join(limits)})"]
    if asked.or_nothing:
        parts.append(f"{cell}<>0")
    parts.append(f"{cell}<>{quote(NONE_MARK)}")
    if asked.no_task:
        parts.append(f"{cell}<>{quote(NO_TASK)}")
    return f"AND({','.join(parts)})"
