"""The reader in words: a tree of expressions as a derivation that an official can check with a pocket calculator.

``5 × 2.1 ÷ 3 = 3.5`` in figures, ``分值 × 完成 ÷ 目标`` in words; only the branch that was taken is told, and a cap or
a floor is mentioned only where it binds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from generator.tree import exact
from generator.tree import expression as e
from generator.tree.expression import UNFINISHED
from generator.tree.readers import RANGES, enter
from generator.value import Percent, Value, round_half_up, show

_SIGNS = {"+": " + ", "-": " - ", "*": " × ", "/": " ÷ "}
_STRENGTH = {"+": 2, "-": 2, "*": 3, "/": 3}
_ATOM = 9
_SAID = {
    "=": ("等于", "不等于"),
    "<>": ("不等于", "等于"),
    ">=": ("不低于", "低于"),
    ">": ("高于", "不高于"),
    "<=": ("不高于", "高于"),
    "<": ("低于", "不低于"),
}
"""How a comparison is told where it holds, and where it does not."""
_REASONS = 3
"""So many conditions are told as the reason for a branch."""
_SHOWN = 4
"""So many numbers, of which the largest or the smallest counts, are shown."""
_ALIKE = 6
"""From so many parts of the same name on, a sum is told by its name."""


class Names(Protocol):
    """What cells are called in words."""

    def cell_name(self, line: str) -> str: ...

    def fixed_name(self, line: str, column: str) -> str: ...

    def unit_name(self, unit: int) -> str: ...

    def percent(self, line: str) -> bool:
        """Whether the cells of a line are shown as percentages."""
        ...


@dataclass
class Derivation:
    """How a value came about.

    words: the arithmetic with names; figures: the same with numbers; result: the value; remarks: what led to a figure in
    it and what was done to the result, in order; limited: whether a cap or a floor decided the result.
    """

    words: str
    figures: str
    result: Value
    remarks: list[str] = field(default_factory=list)
    limited: bool = False

    def __str__(self) -> str:
        plain = show(self.result)
        if self.limited:
            return "，".join([*self.remarks, f"得 {plain}"])
        tail = "".join(f"，{remark}" for remark in self.remarks)
        if self.figures in ("", plain):
            return plain + tail
        return f"{self.figures} = {plain}{tail}"


def derive(node: e.Expression, cells: exact.Cells, names: Names) -> Derivation:
    """Explain a tree for one unit. Never raises for blank or bad inputs: the branch that says so is then explained."""
    remarks: list[str] = []
    reader = _Reader(cells, names, remarks)
    try:
        reader.outermost = last = reader.last(node)
        words, figures = reader.read(node)[:2]
    except exact.ErrorMet as met:
        return Derivation("", "", None, [f"用到的格子里是错误值 {met.value}"])
    return Derivation(words, figures, exact.value(node, cells), remarks, isinstance(last, e.Clamp) and bool(reader.limit(last)))


class _Reader:
    def __init__(self, cells: exact.Cells, names: Names, remarks: list[str]) -> None:
        self.cells, self.names, self.remarks = cells, names, remarks
        self.outermost: e.Expression | None = None
        self.told: set[str] = set()

    def read(self, node: e.Expression) -> tuple[str, str, int]:
        """Words, figures, and how strongly the outermost sign binds."""
        return _READ[type(node)](self, node)

    def value(self, node: e.Expression) -> Value:
        return exact.value(node, self.cells)

    def leaf(self, node: e.Expression, words: str, percent: bool = False) -> tuple[str, str, int]:
        return words, show(self.value(node), percent), _ATOM

    def cell(self, node: e.Cell) -> tuple[str, str, int]:
        return self.leaf(node, self.names.cell_name(node.line), self.names.percent(node.line))

    def fixed(self, node: e.Fixed) -> tuple[str, str, int]:
        value = self.value(node)
        return self.leaf(node, self.names.fixed_name(node.line, node.column), isinstance(value, Percent))

    def binary(self, node: e.Binary) -> tuple[str, str, int]:
        own = _STRENGTH[node.operator]
        sides = []
        for side, tight in ((node.left, False), (node.right, node.operator in "-/")):
            words, figures, strength = self.read(side)
            if strength < own or (tight and strength == own):
                words, figures = f"（{words}）", f"（{figures}）"
            elif figures.startswith("-") and tight:
                figures = f"（{figures}）"
            sides.append((words, figures))
        sign = _SIGNS[node.operator]
        return sides[0][0] + sign + sides[1][0], sides[0][1] + sign + sides[1][1], own

    def branch(self, node: e.If) -> tuple[str, str, int]:
        """The branch that was taken, and why; not where the other one only says that something is still missing."""
        holds = bool(self.value(node.condition))
        waiting = any(isinstance(b, e.Blank) or (isinstance(b, e.Text) and b.value == UNFINISHED) for b in (node.then, node.otherwise))
        applies = not holds and node.then == e.Text(e.NONE_MARK)
        if not waiting and not applies:
            reasons = [reason for reason in dict.fromkeys(self.reasons(node.condition)) if reason not in self.told]
            self.told |= {*reasons}
            if reasons:
                self.remarks.append(f"因为{'，且'.join(reasons[:_REASONS])}")
        return self.read(node.then if holds else node.otherwise)

    def reasons(self, condition: e.Expression) -> list[str]:
        """Why a condition holds or not, in words; nothing where that says nothing to an official."""
        holds = bool(self.value(condition))
        match condition:
            case e.Compare():
                told = self.compared(condition, holds)
                return [told] if told else []
            case e.Not(inner):
                return self.reasons(inner)
            case e.All(parts) | e.Either(parts):
                telling = parts
                if isinstance(condition, e.All) != holds:  # the first part that decides; what follows may not even be a number
                    telling = (next(part for part in parts if bool(self.value(part)) == holds),)
                return [reason for part in telling for reason in self.reasons(part)]
        return []

    def compared(self, node: e.Compare, holds: bool) -> str:
        if isinstance(node.right, e.Text):
            return self.answered(node, holds)
        nothing = node.right == e.Number(Decimal(0)) and node.operator == "="
        if nothing and not holds:
            return ""  # a divisor that is not nothing
        said = len(self.remarks)
        sides = [self.read(side)[:2] for side in (node.left, node.right)]
        del self.remarks[said:]  # how the sides came about is no part of how the result did
        if not all(figures for _, figures in sides):
            return ""
        left, right = (figures if words in ("", figures) else f"{words}（{figures}）" for words, figures in sides)
        return f"{sides[0][0]}为 0" if nothing else f"{left}{_SAID[node.operator][not holds]}{right}"

    def answered(self, node: e.Compare, holds: bool) -> str:
        value = self.value(node.left)
        if not isinstance(value, str) or not value or not isinstance(node.right, e.Text) or not node.right.value:
            return ""
        words = self.read(node.left)[0]
        if e.NONE_MARK in (value, node.right.value):
            return "没有这项任务" if holds else ""
        return f"“{words}”是“{value}”"

    def clamp(self, node: e.Clamp) -> tuple[str, str, int]:
        """Where a limit binds, the limit is the figure that counts, and how it came to that is remarked."""
        words, figures, strength = self.read(node.value)
        limit = self.limit(node)
        if not limit:
            return words, figures, strength
        inner = show(exact.number(node.value, self.cells))
        within = "" if node is self.outermost else "其中 "
        self.remarks.append(within + (f"{figures} = {inner}，{limit}" if figures not in ("", inner) else f"{inner}，{limit}"))
        return words if strength == _ATOM else f"（{words}）", show(self.value(node)), _ATOM

    def limit(self, node: e.Clamp) -> str:
        """The cap or floor that binds, in words."""
        inner = exact.number(node.value, self.cells)
        if node.high is not None and inner > (high := exact.number(node.high, self.cells)):
            return f"封顶 {show(high)}"
        if node.low is not None and inner < (low := exact.number(node.low, self.cells)):
            return f"最低 {show(low)}"
        return ""

    def last(self, node: e.Expression) -> e.Expression:
        """What the result comes straight from: the branch taken, rounding aside."""
        while isinstance(node, (e.If, e.Round)):
            node = node.value if isinstance(node, e.Round) else node.then if self.value(node.condition) else node.otherwise
        return node

    def round(self, node: e.Round) -> tuple[str, str, int]:
        words, figures, strength = self.read(node.value)
        if not node.sum_only:
            unrounded = exact.number(node.value, self.cells)
            if unrounded != round_half_up(unrounded, node.digits):
                self.remarks.append(f"四舍五入到 {node.digits} 位小数")
        return words, figures, strength

    def listing(self, node: e.Expression, parts: list[e.Expression]) -> tuple[str, str, int]:
        read = [self.read(p) for p in parts if self.value(p) is not None]
        if not read:
            return "0", "0", _ATOM
        named = {r[0] for r in read}
        if len(read) >= _ALIKE and len(named) == 1:
            return f"{named.pop()}合计（{len(read)}项）", show(self.value(node)), _ATOM
        figures = read[0][1] + "".join(f" - {r[1][1:]}" if r[1].startswith("-") else f" + {r[1]}" for r in read[1:])
        return " + ".join(r[0] for r in read), figures, 2 if len(read) > 1 else read[0][2]

    def products(self, node: e.SumOfProducts) -> tuple[str, str, int]:
        happened = [(a, b) for a, b in node.pairs if self.value(a)]
        if not happened:
            return "没有发生", "0", _ATOM
        read = [(self.read(a), self.read(b)) for a, b in happened]
        words = " + ".join(f"{a[0]} × {b[0]}" for a, b in read)
        figures = " + ".join(f"{a[1]} × {b[1]}" for a, b in read)
        return words, figures, 2 if len(read) > 1 else 3

    def fold(self, node: e.Fold) -> tuple[str, str, int]:
        if node.how != "average":
            what = {"count": "个数", "filled": "已填数", "min": "最小值", "max": "最大值", "sum": "合计", "size": "单位数"}[node.how]
            if isinstance(node.over[0], e.Row):
                return self.leaf(node, f"各单位“{self.names.cell_name(node.over[0].line)}”的{what}")
            if node.how not in ("min", "max") or len(node.over) > _SHOWN:
                return self.leaf(node, what)
            parts = [self.read(part) for part in node.over]
            return f"{what}（{'，'.join(p[0] for p in parts)}）", f"{what}（{'，'.join(p[1] for p in parts)}）", _ATOM
        if not isinstance(node.over[0], e.Row):
            numbers = [self.value(p) for p in node.over]
            shown = [show(v) for v in numbers if isinstance(v, Decimal)]
            return "平均", f"（{' + '.join(shown)}）÷ {len(shown)}", 3
        numbers = [v for p in node.over if isinstance(p, e.Row) for v in self.cells.row(p.line, p.own_group)]
        shown = [show(v) for v in numbers if isinstance(v, Decimal)]
        name = self.names.cell_name(node.over[0].line) if isinstance(node.over[0], e.Row) else ""
        return f"其他单位“{name}”的平均", f"（{' + '.join(shown)}）÷ {len(shown)}", 3

    def lookup(self, node: e.Lookup) -> tuple[str, str, int]:
        words, figures, _ = self.read(node.value)
        self.remarks.append(f"{words}“{figures}”")
        return f"{words}对应的分数", show(self.value(node)), _ATOM

    def band(self, node: e.Band) -> tuple[str, str, int]:
        words, figures, _ = self.read(node.value)
        self.remarks.append(f"{words} {figures} 所在的档" if figures else words)
        return f"{words}所在档的分数", show(self.value(node)), _ATOM

    def whole(self, node: e.Whole | e.Floor) -> tuple[str, str, int]:
        words, figures, _ = self.read(node.value)
        return f"取整（{words}）", f"取整（{figures}）", _ATOM

    def of_unit(self, node: e.OfUnit) -> tuple[str, str, int]:
        return self.leaf(node, f"{self.names.unit_name(node.unit)}的{self.names.cell_name(node.line)}")

    def tagged(self, node: e.Tagged) -> tuple[str, str, int]:
        if node.how != "sum":
            return self.leaf(node, {"blanks": "未填项数", "applying": "适用项数", "yes": "已落实项数", "no": "未落实项数"}[node.how])
        return self.listing(node, [e.Cell(line) for line in node.lines if self.value(e.Cell(line)) != e.NONE_MARK])

    def rank(self, node: e.Rank) -> tuple[str, str, int]:
        higher = exact.number(node, self.cells) - 1
        than = "低" if node.ascending else "高"
        self.remarks.append(f"有 {show(higher)} 个单位更{than}" if higher else f"没有单位更{than}")
        return "位次", show(higher + 1), _ATOM


_READ: dict[type, Callable[..., tuple[str, str, int]]] = {
    e.Number: lambda r, n: r.leaf(n, show(n.value)),
    e.Text: lambda r, n: r.leaf(n, n.value),
    e.Blank: lambda r, n: ("", "", _ATOM),
    e.Cell: _Reader.cell,
    e.Fixed: _Reader.fixed,
    e.OfUnit: _Reader.of_unit,
    e.Binary: _Reader.binary,
    e.Compare: lambda r, n: r.leaf(n, "条件"),
    e.All: lambda r, n: r.leaf(n, "条件"),
    e.Either: lambda r, n: r.leaf(n, "条件"),
    e.Not: lambda r, n: r.leaf(n, "条件"),
    e.Provided: lambda r, n: r.leaf(n, "条件"),
    e.If: _Reader.branch,
    e.Clamp: _Reader.clamp,
    e.Sum: lambda r, n: r.listing(n, list(n.parts)),
    e.SumOfProducts: _Reader.products,
    e.Round: _Reader.round,
    e.Fold: _Reader.fold,
    e.CountOf: lambda r, n: r.leaf(n, "个数"),
    e.CountLike: lambda r, n: r.leaf(n, "个数"),
    e.Rank: _Reader.rank,
    e.Lookup: _Reader.lookup,
    e.Whole: _Reader.whole,
    e.Floor: _Reader.whole,
    e.Band: _Reader.band,
    e.Found: lambda r, n: r.leaf(n, "条件"),
    e.IsNumber: lambda r, n: r.leaf(n, "是否数字"),
    e.IsError: lambda r, n: r.leaf(n, "是否错误值"),
    e.Saved: lambda r, n: r.read(n.value),
    e.Tagged: _Reader.tagged,
}
enter("explain", _READ, within=RANGES)
