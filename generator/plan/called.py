"""What the cells of a plan are called in an explanation, and what is wrong with those that a result waits for.

On the sheet a label stands beside its indicator and its period; in a sentence about another one these must be said.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.lines.input import NO_TASK, Ask
from generator.lines.keys import MISSING, RESULT_LABEL, SCORE_LABEL, SELF_LABEL, SUM_LABEL, Owner
from generator.lines.line import Figure, Line
from generator.plan.plan import BlockKind, Plan
from generator.tree.derivation import quoted
from generator.tree.expression import NONE_MARK, UNFINISHED, Expression, Tagged
from generator.value import ErrorValue, Value, show

_NEXT_TO = {"低于": "标准", "高于": "标准", "不低于": "标准", "不高于": "标准", "平均": "平均得分"}
"""What a figure is, by the words that stand around it on the sheet."""
_VERBS = ("扣", "加", "计", "最低", "最高", "最多")
_STEP, _EACH = "每差", "每档"
"""How the rows end that say how far apart the steps of a deduction lie, and what each costs."""
NO_SCORE_YET = "还没有得分"
"""What is said of a score that a result waits for."""
_LISTED = 5
"""So many things that are missing are named."""


def label(line: Line) -> str:
    """What a row is called where it stands in an explanation."""
    form = line.standard.form if line.standard else ""
    if line.label.endswith(_STEP) and form == "每{}":
        return f"{line.label.removesuffix(_STEP)}一档的幅度"
    if line.label.endswith(_EACH) and form in ("扣{}", "加{}"):
        return f"{line.label.removesuffix(_EACH)}每档{form[0]}分"
    return {"最低": "最低分", "最高": "最高分"}.get(line.label, line.label)


def cell(plan: Plan, key: str, own: Owner) -> str:
    """What a cell is called in an explanation of the owner's."""
    line, block = plan.lines[key], plan.block_of[key]
    new = [period for period in line.owner.periods if period not in own.periods]
    when = "·".join(new)
    if line.label == RESULT_LABEL:
        return f"{when}否决项{quoted(block.name)}"
    if line.label in (SCORE_LABEL, SELF_LABEL, SUM_LABEL):
        return f"{'' if block.kind is BlockKind.PERIOD else when}{block.name.removesuffix(line.label)}{line.label}"
    if block.kind is BlockKind.INDICATOR and own and line.owner.id != own.id and line.label in plan.shared_labels:
        return f"{when}{block.name}的{label(line)}"
    return f"{when}{label(line)}"


def figure(line: Line, column: str) -> str:
    """What the figure beside a row is called."""
    if column == "points":
        return "分值"
    form = line.standard.form if line.standard else "{}"
    if line.shared or form == "{}" or label(line) != line.label:
        return label(line)
    stem = form.replace("{}", "").strip()
    return _NEXT_TO.get(stem) or (f"{stem}分" if stem.endswith(_VERBS) else stem or "标准")


def behind(line: Line, column: str, value: Value) -> Expression | None:
    """See `generator.tree.derivation.Names.behind`. value: what the cell holds."""
    if not column:
        return line.formula if line.label == RESULT_LABEL and value else None
    beside: Figure | None = line.standard if column == "standard" and not line.shared else None
    return beside.value if beside is not None and isinstance(beside.value, Expression) else None


def wanting(plan: Plan, line: Line, value: Value, wanted: str, name: str, blank: list[str]) -> str:
    """What is missing or wrong in a cell that a result waits for, '' where nothing is.

    wanted: what a check would accept, '' where it accepts the value; name: what the cell is called; blank: for the line of what is
    missing, the lines that are blank.
    """
    name = quoted(name)
    if isinstance(value, ErrorValue):
        return f"{name}里是错误值 {value}"
    if line.key == MISSING and blank:
        names = [_heading(plan, key) for key in blank]
        return f"还有 {len(names)} 项没有得分：{'、'.join(names[:_LISTED])}{'等' * (len(names) > _LISTED)}"
    if line.input is None:
        if line.label == RESULT_LABEL:
            return ""  # nothing is decided, and that is well
        computed = line.formula is not None or (line.standard is not None and isinstance(line.standard.value, Expression))
        if computed and value in (None, "", UNFINISHED):
            return f"{name}{NO_SCORE_YET}" if line.label in (SCORE_LABEL, SELF_LABEL, SUM_LABEL) else f"{name}还算不出"
        return ""
    if value is None or value == "":
        return "" if line.input.accepts.blank else f"{name}还没有填"
    if value == NONE_MARK and not wanted:
        return ""  # it is not for this unit
    if isinstance(value, str) and line.input.ask is not Ask.CHOICE:
        if value == NO_TASK and line.input.no_task:
            return ""
        return f"{name}填的是文字{quoted(value)}，不是数" if value.strip() else f"{name}填的是空格，不是数"
    return f"{name}填的{quoted(show(value, line.percent))}不能用（{wanted}）" if wanted else ""


def _heading(plan: Plan, key: str) -> str:
    block = plan.block_of[key]
    number = own_number(Owner(block.id).id, plan.units)
    return heading(number, block.name, "·".join(plan.lines[key].owner.periods))


def heading(number: str, name: str, period: str) -> str:
    """An indicator as people call it: number, name, period."""
    numbered = any(sign.isdigit() for sign in number) and number != name  # an id without any digit numbers nothing
    return (f"{number} {name}" if numbered else name) + (f"（{period}）" if period else "")


def own_number(number: str, units: Iterable[str]) -> str:
    """A number without the name of the unit whose own it is, which stands before it where each unit has a sheet."""
    return next((number.removeprefix(f"{unit}-") for unit in units if unit and number.startswith(f"{unit}-")), number)


def blanks(line: Line) -> tuple[str, ...]:
    """The lines whose blanks a line counts."""
    return line.formula.lines if isinstance(line.formula, Tagged) and line.formula.how == "blanks" else ()
