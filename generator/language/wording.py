"""A formula of a scheme in Chinese, as an official reads it: ``divide(甲, 乙, if_zero=0)`` → 甲÷乙（乙为0时0）."""

from __future__ import annotations

import ast
from collections.abc import Callable

from generator.language.parser import parse
from generator.problems import FormulaError

_SIGNS: dict[type, tuple[str, int]] = {ast.Add: ("＋", 1), ast.Sub: ("－", 1), ast.Mult: ("×", 2), ast.Div: ("÷", 2)}
_COMPARED: dict[type, str] = {ast.Eq: "为", ast.NotEq: "不为", ast.GtE: "≥", ast.LtE: "≤", ast.Gt: "＞", ast.Lt: "＜"}
_FOLDED = {"sum": "合计", "max": "最大值", "min": "最小值", "average": "平均", "count": "个数"}
_ATOM = 9


def in_words(text: str) -> str:
    """A formula in words; one that is not right stays as it is, for its error is told elsewhere."""
    try:
        return _read(parse(text))[0]
    except (FormulaError, KeyError, IndexError):
        return text


def _read(node: ast.expr) -> tuple[str, int]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            sign, own = _SIGNS[type(op)]
            tight = isinstance(op, (ast.Sub, ast.Div))
            return _within(left, own) + sign + _within(right, own + tight), own
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "－" + _within(operand, 2), 1
        case ast.UnaryOp(operand=operand):
            return f"不是{_within(operand, 1)}", 0
        case ast.BoolOp(op=op, values=values):
            return ("且" if isinstance(op, ast.And) else "或").join(_within(v, 1) for v in values), 0
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            words = _within(left, 1)
            for compared, right in zip(ops, comparators, strict=True):
                words += _COMPARED[type(compared)] + _within(right, 1)
            return words, 0
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
            words = _CALLS[name.rstrip("_")](arguments, {k.arg or "": k.value for k in keywords})
            return words, 2 if name == "divide" else 1 if name == "sum" and len(arguments) > 1 else _ATOM
        case ast.Name(id=name):
            return name, _ATOM
        case ast.Constant(value=value):
            return str(value), _ATOM
    return ast.unparse(node), _ATOM


def _within(node: ast.expr, strength: int) -> str:
    """A part of something wider, in brackets where it binds less."""
    words, own = _read(node)
    return f"（{words}）" if own < strength else words


def _words(node: ast.expr) -> str:
    return _read(node)[0]


def _scope(keywords: dict[str, ast.expr]) -> str:
    return "本组" if "within" in keywords and _words(keywords["within"]) == "组" else "各"


def _sum(arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> str:
    if len(arguments) == 1:
        return f"各项{_words(arguments[0])}之和"
    return "＋".join(_within(a, 1) for a in arguments)


def _listed(arguments: list[ast.expr]) -> str:
    return "、".join(map(_words, arguments))


_CALLS: dict[str, Callable[[list[ast.expr], dict[str, ast.expr]], str]] = {
    "sum": _sum,
    "min": lambda a, k: f"{_listed(a)}中较小的",
    "max": lambda a, k: f"{_listed(a)}中较大的",
    "average": lambda a, k: f"{_listed(a)}的平均",
    "round": lambda a, k: f"{_within(a[0], 2)}（保留{_words(a[1])}位小数）",
    "whole": lambda a, k: f"{_within(a[0], 3)}取整",
    "clamp": lambda a, k: f"{_within(a[0], 3)}（不低于{_words(a[1])}、不高于{_words(a[2])}）",
    "if": lambda a, k: f"（{_words(a[0])}的{_words(a[1])}，否则{_words(a[2])}）",
    "divide": lambda a, k: f"{_within(a[0], 2)}÷{_within(a[1], 3)}（{_words(a[1])}为0时{_words(k.get('if_zero', a[-1]))}）",
    "count": lambda a, k: f"{_listed(a[1:])}中“{_words(a[0])}”的个数",
    "band": lambda a, k: f"{_words(a[0])}按“{_words(a[1])}”分档",
    "rank": lambda a, k: f"{_words(a[0])}在{_scope(k)}单位中的位次",
    "descending": lambda a, k: f"按{_words(a[0])}等差递减（第一名{_words(k['first'])}，最后一名{_words(k['last'])}）",
    "over_units": lambda a, k: f"{_scope(k)}单位{_words(a[1])}的{_FOLDED[_words(a[0])]}",
    "of_unit": lambda a, k: f"{_words(a[0])}的{_words(a[1])}",
    "of_role": lambda a, k: f"（{_words(a[0])}{_words(a[1])}，其他{_words(a[2])}）",
    "over_periods": lambda a, k: f"各期{_words(a[1])}的{_FOLDED[_words(a[0])]}",
    "previous": lambda a, k: f"上一期的{_words(a[0])}",
    "before": lambda a, k: f"以前各期{_words(a[0])}之和",
    "score": lambda a, k: f"“{_words(a[0])}”得分",
    "value": lambda a, k: _words(a[0]),
}
