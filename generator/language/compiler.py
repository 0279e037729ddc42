"""Formulas written in a scheme, in its own words: text → expression.

``完成率 * 贡献度 + 加减分`` is parsed with Python's `ast`, checked against a whitelist and turned into the same tree
that the rule kinds build; nothing is ever evaluated as code. What the names stand for is the business of a `Scope`.
Every function is one method here with one line of documentation, and docs/language.md has an example of each.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from generator.language.parser import parse
from generator.lines.keys import SCORE_LABEL
from generator.problems import FormulaError
from generator.suggestion import suggestion
from generator.tree import expression as e
from generator.tree.expression import Expression

STRUCTURAL = {Decimal(0), Decimal(1), Decimal(2), Decimal(100)}
"""Numbers that may stand in a formula; every other figure has a name, so that it gets a cell of its own."""


_OPERATORS: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type, str] = {ast.Eq: "=", ast.NotEq: "<>", ast.GtE: ">=", ast.LtE: "<=", ast.Gt: ">", ast.Lt: "<"}


class Scope(Protocol):
    """What names mean where a formula stands."""

    def name(self, name: str) -> Expression:
        """The cell of this unit, or the figure, that a name stands for. Raises FormulaError for an unknown name."""
        ...

    def row(self, name: str, own_group: bool) -> Expression:
        """What all units have under a name."""
        ...

    def of_unit(self, unit: str, name: str) -> Expression: ...

    def previous(self, name: str) -> tuple[Expression, Expression | None] | None:
        """The same cell one period before, and the condition under which the unit took part; None in the first period."""
        ...

    def earlier(self, name: str) -> list[Expression]:
        """The same cell in all periods before this one."""
        ...

    def periods(self, name: str) -> list[Expression]:
        """The cells of a name in every period."""
        ...

    def over_indicators(self, what: str) -> Expression:
        """Σ over the indicators that a unit carries: ``得分`` or ``应得分`` (points × coefficient)."""
        ...

    def constant(self, label: str, value: Decimal) -> Expression:
        """A figure that the formula brings along, with a cell of its own."""
        ...

    def is_text(self, node: Expression) -> bool:
        """Whether an expression gives a word and not a number."""
        ...

    def table(self, name: str) -> tuple[str, int, bool]:
        """A table of bands: its key, how many bands it has, and whether they include their upper ends."""
        ...


INDICATOR_SUMS = ("得分", "应得分")
FOLDS = ("sum", "max", "min", "average", "count")


def compile_formula(text: str, scope: Scope) -> Expression:
    """A formula as an expression. Raises FormulaError."""
    return _Compiler(text, scope).read(parse(text))


@lru_cache(maxsize=64)
def _signature(method: Callable[..., Expression]) -> inspect.Signature:
    return inspect.signature(method)


@dataclass(frozen=True)
class Function:
    """A function of the language. says: the sentence it stands for; usage: how it is written."""

    name: str
    says: str
    usage: str


class _Compiler:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text, self.scope = text, scope

    def read(self, node: ast.expr) -> Expression:
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self.binary(_OPERATORS[type(op)], self.read(left), self.read(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return e.lift(0) - self.read(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return e.Not(self.read(operand))
            case ast.BoolOp(op=op, values=values):
                parts = [self.read(v) for v in values]
                return e.every(*parts) if isinstance(op, ast.And) else e.some(*parts)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.compare([left, *comparators], ops)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                return self.call(name, arguments, {k.arg or "": k.value for k in keywords})
            case ast.Name(id=name):
                return self.scope.name(name)
            case ast.Constant(value=str() as value):
                return e.Text(value)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self.number(Decimal(str(value)))
        raise FormulaError(f"公式里不能写“{ast.unparse(node)}”", "可用的有：名称、数、+ - * /、比较、and or not 和列出的函数")

    def number(self, value: Decimal) -> Expression:
        if value not in STRUCTURAL:
            raise FormulaError(f"公式里直接写了数 {value}", "请在 figures 里给它起个名字，让表上看得见，公式里用名字")
        return e.Number(value)

    def binary(self, operator: str, left: Expression, right: Expression) -> Expression:
        if operator == "/" and right == e.Number(Decimal(0)):
            raise FormulaError("公式里除以 0", "请改正")
        return e.Binary(operator, left, right)

    def compare(self, sides: list[ast.expr], operators: list[ast.cmpop]) -> Expression:
        values = [self.read(s) for s in sides]
        parts: list[Expression] = []
        for left, op, right in zip(values, operators, values[1:], strict=False):
            if type(op) not in _COMPARISONS:
                raise FormulaError("公式里有不认识的比较号", "可用的有：== != >= <= > <")
            texts = self.scope.is_text(left) or self.scope.is_text(right)
            parts.append(e.Compare(_COMPARISONS[type(op)], left, right, guard=not texts))
        return e.every(*parts)

    def call(self, name: str, arguments: list[ast.expr], keywords: dict[str, ast.expr]) -> Expression:
        method = _FUNCTIONS.get(name.rstrip("_"))
        if method is None:
            raise FormulaError(f"没有“{name}”这个函数", f"{suggestion(name, _FUNCTIONS)}可用的有：{'、'.join(sorted(_FUNCTIONS))}")
        try:
            _signature(method).bind(self, *arguments, **keywords)
        except TypeError:
            raise FormulaError(f"函数 {name.rstrip('_')} 的写法不对", f"应写成 {functions()[name.rstrip('_')].usage}") from None
        return method(self, *arguments, **keywords)

    # What arguments may be ------------------------------------------------------------------------------------------

    def word(self, node: ast.expr, what: str) -> str:
        """An argument that is a name, bare or in quotes."""
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise FormulaError(f"这里要一个{what}，不能是“{ast.unparse(node)}”", "请先在 quantities 里给这个算式起个名字，再用名字")

    def fold_word(self, node: ast.expr) -> str:
        word = self.word(node, "汇总方式")
        if word not in FOLDS:
            raise FormulaError(f"没有“{word}”这种汇总方式", f"可用的有：{'、'.join(FOLDS)}")
        return word

    def own_group(self, within: ast.expr | None) -> bool:
        if within is None:
            return False
        word = self.word(within, "范围")
        if word not in ("组", "全部"):
            raise FormulaError(f"没有“{word}”这种范围", "可以写 within=组（本组各单位）或 within=全部")
        return word == "组"

    def figure(self, node: ast.expr, label: str) -> Expression:
        """A number written in the call: it gets a cell of its own; or a name."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return self.scope.constant(label, Decimal(str(node.value)))
        return self.read(node)

    def digits(self, node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and 0 <= node.value <= 8:
            return node.value
        raise FormulaError("小数位数要写成 0 到 8 的整数")

    # The functions --------------------------------------------------------------------------------------------------

    def sum(self, first: ast.expr, *more: ast.expr) -> Expression:
        """合计: 几个数相加；sum(得分)、sum(应得分)（即 sum(分值 * 系数)）是本单位各项指标之和|sum(甲, 乙)"""
        if not more:
            if isinstance(first, ast.Name) and first.id in INDICATOR_SUMS:
                return self.scope.over_indicators(first.id)
            if ast.unparse(first).replace(" ", "") in ("分值*系数", "系数*分值"):
                return self.scope.over_indicators("应得分")
        return e.total([self.read(a) for a in (first, *more)])

    def min(self, first: ast.expr, second: ast.expr, *more: ast.expr) -> Expression:
        """最小: 几个数里最小的|min(甲, 乙)"""
        return e.Fold("min", tuple(self.read(a) for a in (first, second, *more)))

    def max(self, first: ast.expr, second: ast.expr, *more: ast.expr) -> Expression:
        """最大: 几个数里最大的|max(甲, 乙)"""
        return e.Fold("max", tuple(self.read(a) for a in (first, second, *more)))

    def average(self, first: ast.expr, second: ast.expr, *more: ast.expr) -> Expression:
        """平均: 几个数的平均|average(甲, 乙)"""
        return e.Fold("average", tuple(self.read(a) for a in (first, second, *more)))

    def round(self, value: ast.expr, digits: ast.expr) -> Expression:
        """四舍五入到几位小数|round(甲, 2)"""
        return e.Round(self.read(value), self.digits(digits))

    def whole(self, value: ast.expr) -> Expression:
        """取整: 每满一个才算（不足一个不算）|whole(甲 / 步长)"""
        return e.Whole(self.read(value))

    def clamp(self, value: ast.expr, low: ast.expr, high: ast.expr) -> Expression:
        """不低于、不高于（扣完为止、封顶）|clamp(甲, 0, 分值)"""
        return e.Clamp(self.read(value), self.read(low), self.read(high))

    def if_(self, condition: ast.expr, then: ast.expr, otherwise: ast.expr) -> Expression:
        """条件成立得前一个，否则得后一个|if(甲 >= 乙, 分值, 0)"""
        return e.If(self.read(condition), self.read(then), self.read(otherwise))

    def divide(self, value: ast.expr, by: ast.expr, if_zero: ast.expr) -> Expression:
        """相除；除数为0时得 if_zero（原文没有规定时写明怎么算）|divide(甲, 乙, if_zero=0)"""
        top, bottom = self.read(value), self.read(by)
        return e.If(e.zero_test("=", bottom), self.read(if_zero), top / bottom)

    def count(self, answer: ast.expr, first: ast.expr, *more: ast.expr) -> Expression:
        """几个选项里有几个是这个答案|count("是", 甲, 乙)"""
        return e.CountOf(tuple(self.read(a) for a in (first, *more)), self.word(answer, "答案"))

    def band(self, value: ast.expr, table: ast.expr) -> Expression:
        """分档: 落在哪一档就得哪一档的分|band(完成率, 完成率档)"""
        key, size, upper = self.scope.table(self.word(table, "分档表"))
        return e.Band(self.read(value), e.TableColumn(key, "界"), e.TableColumn(key, "得分"), size, upper)

    def rank(
        self, what: ast.expr, order: ast.expr | None = None, within: ast.expr | None = None, among: ast.expr | None = None
    ) -> Expression:
        """位次: 从高到低（order=升 从低到高），并列取较好的；within=组 只在本组里排；among=量 在另一个量里排|rank(贡献率, within=组)"""
        name = self.word(what, "量的名称")
        row = self.scope.row(self.word(among, "量的名称") if among is not None else name, self.own_group(within))
        assert isinstance(row, e.Row)
        ascending = order is not None and self.word(order, "次序") in ("升", "asc")
        return e.Rank(self.scope.name(name), row, ascending)

    def descending(self, place: ast.expr, first: ast.expr, last: ast.expr, within: ast.expr | None = None) -> Expression:
        """按位次等差递减: 第一名得 first，最后一名得 last，中间等差|descending(位次, first=100, last=70)"""
        name = self.word(place, "位次的名称")
        top, bottom = self.figure(first, f"{name}第一名得"), self.figure(last, f"{name}最后一名得")
        ranked = e.Fold("count", (self.scope.row(name, self.own_group(within)),))
        return top - (self.scope.name(name) - 1) * (top - bottom) / e.Fold("max", (e.lift(1), ranked - 1))

    def over_units(self, fold: ast.expr, what: ast.expr, within: ast.expr | None = None) -> Expression:
        """跨单位汇总: 各单位的合计、最大、最小、平均、个数（sum max min average count）；within=组 只算本组|over_units(max, 受理量)"""
        row = self.scope.row(self.word(what, "量的名称"), self.own_group(within))
        return e.Fold(self.fold_word(fold), (row,))

    def of_unit(self, unit: ast.expr, what: ast.expr) -> Expression:
        """某一个单位的数|of_unit("某区", 得分率)"""
        return self.scope.of_unit(self.word(unit, "单位"), self.word(what, "量的名称"))

    def of_role(self, role: ast.expr, then: ast.expr, otherwise: ast.expr) -> Expression:
        """本单位在这项指标里是这个角色得前一个，否则得后一个|of_role("牵头", 甲, 乙)"""
        name = e.Text(self.word(role, "角色"))
        return e.If(e.Compare("=", self.scope.name("角色"), name), self.read(then), self.read(otherwise))

    def over_periods(self, fold: ast.expr, what: ast.expr) -> Expression:
        """跨期汇总: 各月（季）的合计、平均、最大、最小、个数|over_periods(average, 月得分)"""
        return e.Fold(self.fold_word(fold), tuple(self.scope.periods(self.word(what, "量的名称"))))

    def previous(self, what: ast.expr, first: ast.expr) -> Expression:
        """上一期的数；第一期没有上一期、或上一期没有参加，用 first|previous(满意率, first=满意率)"""
        before = self.scope.previous(self.word(what, "量的名称"))
        if before is None:
            return self.read(first)
        cell, took_part = before
        return cell if took_part is None else e.If(took_part, cell, self.read(first))

    def before(self, what: ast.expr) -> Expression:
        """本期以前各期的合计；第一期是0|before(积压数)"""
        cells = self.scope.earlier(self.word(what, "量的名称"))
        return e.total(cells) if cells else e.Number(Decimal(0))

    def score(self, id: ast.expr) -> Expression:
        """某项指标或分组的得分，写编号|score("1.1")"""
        return self.scope.name(f"{self.word(id, '编号')}/{SCORE_LABEL}")

    def value(self, name: ast.expr) -> Expression:
        """名称里有标点、或以数字开头，不能直接写进公式的量|value("12345受理量")"""
        return self.scope.name(self.word(name, "名称"))


_FUNCTIONS: dict[str, Callable[..., Expression]] = {
    name.rstrip("_"): method
    for name, method in vars(_Compiler).items()
    if inspect.isfunction(method) and "|" in (method.__doc__ or "") and not name.startswith("_")
}


def functions() -> dict[str, Function]:
    """Every function of the language by its name."""
    found: dict[str, Function] = {}
    for name, method in _FUNCTIONS.items():
        says, usage = (method.__doc__ or "").rsplit("|", 1)
        found[name] = Function(name, says, usage)
    return found
