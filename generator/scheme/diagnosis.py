"""What is wrong with a scheme file, in Chinese: pydantic's errors translated, and what only the whole tree shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from generator.problems import Problem, Where
from generator.source import Source
from generator.suggestion import suggestion


@dataclass(frozen=True)
class Vocabulary:
    """The words a scheme may use: rule kinds, and the keys that go with each kind of mapping."""

    kinds: list[str]
    keys: dict[str, list[str]]


_TYPE_WORDS = {
    "string_type": ("这里要文字", "请写成文字；像数字的文字请加引号"),
    "int_type": ("这里要整数", ""),
    "int_parsing": ("这里要整数", ""),
    "int_from_float": ("这里要整数", "请去掉小数"),
    "decimal_type": ("这里要一个数", "请只写数字，单位写在 in 里"),
    "decimal_parsing": ("这里要一个数", "请只写数字，单位写在 in 里"),
    "not_a_number": ("这里要一个数", "请只写数字（百分数可写成 8%），单位写在 in 里"),
    "undecided": ("这个数还没有定", "请填上定下的数"),
    "bool_type": ("这里要 true 或 false", ""),
    "bool_parsing": ("这里要 true 或 false", ""),
    "list_type": ("这里要一个列表", "请写成 [甲, 乙]，或每行一个“- ”"),
    "dict_type": ("这里要“键: 值”", ""),
    "model_type": ("这里要“键: 值”", ""),
    "model_attributes_type": ("这里要“键: 值”", ""),
    "date_from_datetime_parsing": ("日期要写成 2019-12-20 的样子", ""),
    "date_parsing": ("日期要写成 2019-12-20 的样子", ""),
    "date_type": ("日期要写成 2019-12-20 的样子", ""),
    "too_short": ("这里列得太少", ""),
    "too_long": ("这里列得太多", ""),
    "string_too_short": ("这里不能是空的", ""),
    "string_too_long": ("这段文字太长", "请写短一些"),
    "int_parsing_size": ("这个数太大", ""),
    "float_type": ("这里要一个数", ""),
    "float_parsing": ("这里要一个数", ""),
    "string_pattern_mismatch": ("编号只能用小写字母、数字和短横线", "例如 panshan-2019-towns"),
    "too_many_digits": ("", "请换一个计量单位，或四舍五入到需要的位数"),
    "finite_number": ("这里要一个普通的数", ""),
}


MOST = 200
"""How many errors are told at once."""


def translate(error: ValidationError, data: Any, words: Vocabulary) -> list[Problem]:
    """Every error of a validation as a Problem; the same place and message is said once."""
    details = [(dict(detail), _one(dict(detail), data, words)) for detail in error.errors(include_url=False)[:MOST]]
    problems: dict[tuple[Where, str], Problem] = {}
    for detail, problem in details:
        others = [other for _, other in details if other is not problem]
        if not _beside_the_point(str(detail["type"]), detail.get("input"), problem, others):
            problems.setdefault((problem.path, problem.message), problem)
    return list(problems.values())


def _beside_the_point(kind: str, value: object, problem: Problem, others: list[Problem]) -> bool:
    """Where a number or a list may stand, pydantic complains about both; only the one that was meant is told."""
    if kind == "list_type":
        return any(o.path == problem.path for o in others)
    if isinstance(value, list) and kind in ("not_a_number", "undecided", "decimal_type"):
        return any(o.path[: len(problem.path)] == problem.path for o in others)
    return False


def _one(detail: dict[str, Any], data: Any, words: Vocabulary) -> Problem:
    path, here = _real_path(detail["loc"], data)
    kind, context, value = detail["type"], detail.get("ctx") or {}, detail.get("input")
    shown = None if isinstance(value, dict) else value
    match kind:
        case "missing":
            key = str(detail["loc"][-1])
            return Problem(f"少了“{key}”", path, remedy=f"请补上 {key}")
        case "extra_forbidden":
            return _unknown_key(path, data, words)
        case "union_tag_invalid" | "union_tag_not_found":
            rule = here.get("rule") if isinstance(here, dict) else None
            remedy = f"{suggestion(str(rule), words.kinds)}可用的有：{'、'.join(words.kinds)}"
            if rule is None:
                return Problem("少了计分规则 rule", path, remedy=remedy)
            return Problem("没有这种计分规则", (*path, "rule"), rule, remedy)
        case "misaligned":
            message = f"这里有 {context['given']} 个数，被考核单位有 {context['count']} 个"
            return Problem(message, path, shown, "请与 units 一一对齐；没有任务的单位写 null")
        case "unknown_place":
            return Problem(f"没有“{context['name']}”这个单位或分组", path, remedy="请核对 units 和 sets")
        case "value_error":
            return Problem(str(context.get("error", "这里写得不对")), path)
        case "literal_error":
            return Problem("没有这个选项", path, shown, f"可以是 {str(context.get('expected', '')).replace(' or ', ' 或 ')}")
        case "model_type" | "model_attributes_type" if value is None and path:
            return _cut_in_two(path)
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign = {"greater_than": "大于", "greater_than_equal": "不小于", "less_than": "小于", "less_than_equal": "不大于"}[kind]
            limit = next(v for k, v in context.items() if k in ("gt", "ge", "lt", "le"))
            return Problem(f"这里要{sign} {limit}", path, shown)
    message, remedy = _TYPE_WORDS.get(kind, ("这里写得不对", "请对照已有的方案改正"))
    if kind == "too_short" and not value:
        message = "这里不能是空的"
    return Problem(message or str(detail["msg"]), path, shown, remedy)


def _real_path(loc: tuple[Any, ...], data: Any) -> tuple[Where, Any]:
    """The path as it stands in the file: what pydantic adds (tags of unions, our gathered rule) falls away."""
    path: list[str | int] = []
    here = data
    for i, part in enumerate(loc):
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            here = here[part]
        elif i == len(loc) - 1 and isinstance(part, str) and isinstance(here, dict) and part.isidentifier():
            return tuple(path), here
        else:
            continue
        path.append(part)
    return tuple(path), here


def _unknown_key(path: Where, data: Any, words: Vocabulary) -> Problem:
    key = str(path[-1])
    around = data
    for part in path[:-1]:
        around = around[part]
    if around.get(path[-1], "") is None and isinstance(around, dict):
        return _cut_in_two(path)
    kind = "scheme" if len(path) == 1 else "group" if "children" in around else str(around.get("rule"))
    known = words.keys.get(kind, [])
    elsewhere = any(key in keys for name, keys in words.keys.items() if name != "scheme")
    if elsewhere and kind != "scheme":  # spelt well: it is in the wrong place, and like nothing else
        what = "分组没有这一项，请写在下面的指标上" if kind == "group" else "这种规则没有这一项，请删去，或换一种规则"
        return Problem(f"不认识“{key}”这一项", path, remedy=what)
    remedy = suggestion(key, known) or (f"这里可用的有：{'、'.join(known)}" if known else "请删去或改正")
    return Problem(f"不认识“{key}”这一项", path, remedy=remedy.strip("；"))


def _cut_in_two(path: Where) -> Problem:
    return Problem(f"多出了“{path[-1]}”", path, remedy="写在 { } 里的公式有逗号时，整个公式要加引号")


def placed(problem: Problem, read: Source) -> Problem:
    """The problem with its file and line."""
    return replace(problem, file=read.file_of(problem.path), line=problem.line or read.line(problem.path))
