"""The reader in words: a tree of expressions as a derivation that an official can check with a pocket calculator.

``5 × 2.1 ÷ 3 = 3.5`` in figures, ``分值 × 完成 ÷ 目标`` in words; only the branch that was taken is told, and a cap or
a floor is mentioned only where it binds. What was worked out is told to four decimals, and ``≈`` says that there are more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from generator.tree import exact
from generator.tree import expression as e
from generator.tree.derivation import BECAUSE, NO_LOSS, NO_TASK, NOTHING, ROUNDED, Derivation, Names, equals, quoted, told
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
_OF_PLACES = str.maketrans("高低", "大小")
"""The same of places: the first is the best, and to say that the tenth is the higher one would be taken for the opposite."""
_PLACE = re.compile(r"(?:位次|名次|排名)(?:（.*）)?$")
"""How what is called ends that is a place in an order."""
_LIMIT = re.compile(r"(?:不少于|不低于|不多于|不高于|不超过|至少|至多)$")
"""How a figure is called that would run together with the words of a comparison."""
_MIRRORED = {"=": "=", "<>": "<>", ">=": "<=", ">": "<", "<=": ">=", "<": ">"}
"""The same comparison from the other side."""
_REASONS = 3
"""So many conditions are told as the reason for a branch."""
_FAR = Decimal("1e9")
"""What stands for no limit at the open end of a table of bands."""
_SHOWN = 4
"""So many numbers, of which the largest or the smallest counts, are shown."""
_ALIKE = 6
"""From so many parts of the same name on, a sum is told by its name."""
_FEW = 3
"""So many scores of a sum that are full, or that are nothing and worth nothing, are told together."""
_NAMED = 20
"""Up to so many units are named one by one in a mean."""
_ROWS = 12
"""A sum of more scores than that tells at most so many of those that fell short, and of the others how many there are."""
_SHARES = re.compile(r"-?[\d.]+%(?: [-+] -?[\d.]+%)*")
"""A percentage, or several that are added up."""


def derive(node: e.Expression, cells: exact.Cells, names: Names, percent: bool = False) -> Derivation:
    """Explain a tree for one unit. Never raises for blank or bad inputs: the branch that says so is then explained.

    percent: the result is shown as a percentage.
    """
    remarks: list[str] = []
    reader = _Reader(cells, names, remarks, percent)
    try:
        last = reader.last(node)
        taken = reader.taken_off(last)  # a deduction that stands alone is told as the deduction
        reader.outermost = last = last if taken is None else taken
        words, figures = reader.read(node)[:2]
    except exact.ErrorMet as met:
        return Derivation("", "", None, [f"用到的格子里是错误值 {met.value}"])
    limited = bool(reader.limit(last)) if isinstance(last, e.Clamp) else isinstance(last, (e.Lookup, e.Band)) or reader.from_others(last)
    result = exact.value(node, cells)
    limited &= isinstance(result, Decimal)
    if not remarks and isinstance(last, e.Cell) and result is None:
        reader.want(last.line)
    [*alone] = last.parts if isinstance(last, e.Sum) else (last,)
    if len(alone) == 1 and isinstance(alone[0], e.Cell) and names.optional(line := alone[0].line) and cells.cell(line) is None:
        remarks[:] = [f"{quoted(names.cell_name(line))}没有填"] if NOTHING not in remarks else remarks
    if isinstance(result, str):  # that another cell says the same is no reason
        remarks = [remark for remark in remarks if not (remark.startswith(BECAUSE) and remark.endswith(f"是{quoted(result)}"))]
    if not remarks and result == e.NONE_MARK:
        remarks.append(NO_TASK)
    if NOTHING in remarks and any(remark.startswith(BECAUSE) for remark in remarks):
        remarks.remove(NOTHING)
    return Derivation(words, figures, result, remarks, limited, percent, list(dict.fromkeys(reader.used)))


class _Reader:
    def __init__(self, cells: exact.Cells, names: Names, remarks: list[str], percent: bool) -> None:
        self.percent = percent
        self.cells, self.names, self.remarks = cells, names, remarks
        self.outermost: e.Expression | None = None
        self.told: set[str] = set()
        self.used: list[str] = []
        """The lines whose cells were read, in order."""
        self.off = False
        """Whether what is read is taken off something."""

    def read(self, node: e.Expression) -> tuple[str, str, int]:
        """Words, figures, and how strongly the outermost sign binds."""
        return _READ[type(node)](self, node)

    def value(self, node: e.Expression) -> Value:
        return exact.value(node, self.cells)

    def leaf(self, node: e.Expression, words: str, percent: bool = False) -> tuple[str, str, int]:
        return words, told(self.value(node), percent), _ATOM

    def cell(self, node: e.Cell) -> tuple[str, str, int]:
        self.used.append(node.line)
        behind = self.names.behind(node.line)
        if behind is not None:
            self.read(behind)  # why there is a verdict, among the remarks
        return self.leaf(node, self.names.cell_name(node.line), self.names.percent(node.line))

    def fixed(self, node: e.Fixed) -> tuple[str, str, int]:
        value = self.value(node)
        if node.column == "standard":
            self.used.append(node.line)
        words = self.names.fixed_name(node.line, node.column)
        shared = node.column == "standard" and self.names.shared(node.line)
        percent = isinstance(value, Percent) or (shared and self.names.percent(node.line))
        behind = self.names.behind(node.line, node.column)
        if behind is not None and value is None:
            self.read(behind)  # what it waits for
        elif behind is not None:
            said = len(self.remarks)
            figures = self.read(behind)[1]
            del self.remarks[said:]  # that nobody is missing in it
            plain = told(value, percent)
            whole = figures == plain or figures.endswith(f" {plain}")  # of one unit alone
            self.remarks.append(f"{words} {figures}" if whole else f"{words} {figures}{equals(value, percent)}{plain}")
        return self.leaf(node, words, percent)

    def binary(self, node: e.Binary) -> tuple[str, str, int]:
        if node.operator in "+-":
            return self.added(node)
        if (counting := self.without_factor(node)) is not None:
            return self.read(counting)
        own = _STRENGTH[node.operator]
        sides = []
        for side, tight in ((node.left, False), (node.right, node.operator == "/")):
            words, figures, strength = self.read(side)
            if strength < own or (tight and strength == own):
                words, figures = f"（{words}）", f"（{figures}）"
            sides.append((words, figures))
        if node.operator == "*" and any(side == ("0", "0") for side in sides):
            return "0", "0", _ATOM  # of nothing that happened
        sign = _SIGNS[node.operator]
        return sides[0][0] + sign + sides[1][0], _joined(sides[0][1], node.operator, sides[1][1]), own

    def without_factor(self, node: e.Binary) -> e.Expression | None:
        """What a unit's coefficient is multiplied with, where the coefficient changes nothing."""
        if node.operator != "*":
            return None
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, e.Cell) and self.names.factor(side.line) and (self.value(side) == 1 or self.value(other) == 0):
                return other
        return None

    def parts(self, node: e.Binary) -> tuple[e.Expression, list[tuple[str, e.Expression]], bool]:
        """What a sum begins with, the parts after it of which something came, with their signs, and whether it begins with nothing."""
        parts: list[tuple[str, e.Expression]] = []
        first: e.Expression = node
        while isinstance(first, e.Binary) and first.operator in "+-":
            parts.insert(0, (first.operator, first.right))
            first = first.left
        return first, parts, self.starts_at_nothing(first) or self.idle(first, "+")

    def added(self, node: e.Binary) -> tuple[str, str, int]:
        """Parts that are added or taken off, but for those of which nothing came."""
        first, parts, from_nothing = self.parts(node)
        cells = [first, *(part for _, part in parts)]
        if len(cells) > _FEW and all(sign == "+" for sign, _ in parts) and self.scores(cells):
            return self.listing(node, cells)
        kept = [(sign, part) for sign, part in parts if not self.idle(part, sign)]
        for part in [first] * from_nothing + [part for sign, part in parts if sign == "+" and (sign, part) not in kept]:
            self.miss(part)
        if not kept:
            return self.untouched(first, [part for sign, part in parts if sign == "-"], from_nothing)
        if from_nothing and len(kept) == 1 and kept[0][0] == "+":
            return self.read(kept[0][1])
        words, figures = self.read(first)[:2] if not from_nothing else ("", "")
        for sign, part in kept:
            words, figures = self.joined(words, figures, sign, part)
        return words or "0", figures or "0", 2

    def joined(self, words: str, figures: str, sign: str, part: e.Expression) -> tuple[str, str]:
        """The words and figures of a sum with one part more. Both '' where the sum begins with nothing."""
        around, self.off = self.off, sign == "-"
        own_words, own_figures, own = self.read(part)
        self.off = around
        if sign == "-" and own_figures == "0" and isinstance(self.last(part), (e.Band, e.Lookup)):
            return words, figures  # a table takes nothing off, and which of its rows is told
        if own < 2 or (sign == "-" and own == 2):
            own_words, own_figures = f"（{own_words}）", f"（{own_figures}）"
        return _continued(words, sign, own_words), _continued(figures, sign, own_figures)

    def untouched(self, first: e.Expression, off: list[e.Expression], from_nothing: bool) -> tuple[str, str, int]:
        """A sum to which nothing was added and from which nothing was taken. off: what could have been."""
        if len(off) == 1 and isinstance(off[0], e.If):
            self.read(off[0])  # the one answer because of which nothing is lost
        elif off and (from_nothing or isinstance(first, e.Fixed)):
            self.remarks.append(NOTHING if all(self.of_events(part) for part in off) else NO_LOSS)
        elif from_nothing and NOTHING not in self.remarks:
            self.remarks.append(NOTHING)
        return ("0", "0", _ATOM) if from_nothing else self.read(first)

    def miss(self, part: e.Expression) -> None:
        """Of a part of which nothing came: why, and the counts that it hangs on, which are nothing."""
        typed = [node.line for node in e.walk(part) if isinstance(node, e.Cell) and self.names.typed(node.line)]
        self.used += [line for line in typed if not self.names.optional(line)]
        while isinstance(part, (e.Round, e.Clamp)):
            part = part.value
        here, there = self.branches(part) if isinstance(part, e.If) else (None, None)
        if here is not None and there is not None and here < there:
            self.read(part)

    def scores(self, parts: list[e.Expression]) -> bool:
        """Whether all parts of a sum are scores, none of them that of a group, or all are what such are out of."""
        lines = [part.line for part in parts if isinstance(part, e.Cell)]
        return len(lines) == len(parts) and (all(self.names.scored(line) for line in lines) or all(self.names.due(line) for line in lines))

    def taken_off(self, node: e.Expression) -> e.Expression | None:
        """What is taken off where nothing else counts and a limit binds it; None for anything else."""
        if isinstance(node, e.Binary) and node.operator in "+-":
            _, parts, from_nothing = self.parts(node)
            kept = [(sign, part) for sign, part in parts if not self.idle(part, sign)]
            if from_nothing and len(kept) == 1 and kept[0][0] == "-":
                last = self.last(kept[0][1])
                return last if isinstance(last, e.Clamp) and self.limit(last) else None
        return None

    def starts_at_nothing(self, node: e.Expression) -> bool:
        """Whether a sum begins with nothing, or with points that are none."""
        return node == e.Number(Decimal(0)) or (isinstance(node, e.Fixed) and node.column == "points" and self.value(node) == 0)

    def of_events(self, node: e.Expression) -> bool:
        """Whether a part is so much for each time that something happened."""
        node = node.value if isinstance(node, (e.Round, e.Clamp)) else node
        if isinstance(node, e.Sum):
            return all(self.of_events(part) for part in node.parts)
        if isinstance(node, e.Cell):
            return self.names.typed(node.line)
        if isinstance(node, e.Binary):
            return node.operator == "*" and not isinstance(node.left, e.CountOf)
        return isinstance(node, (e.SumOfProducts, e.Fold))

    def idle(self, node: e.Expression, sign: str) -> bool:
        """Whether nothing came of a part of a sum, because nothing of it happened: it need not be told."""
        match node:
            case e.Round() | e.Clamp():
                return self.value(node) == 0 and self.idle(node.value, sign)
            case e.If():
                return self.idle(node.then if self.value(node.condition) else node.otherwise, sign)
            case e.Sum():
                return all(self.idle(part, sign) or (sign == "-" and self.value(part) in (None, 0)) for part in node.parts)
            case e.Number() | e.SumOfProducts():
                return self.value(node) == 0
            case e.Binary() if node.operator == "*" and self.value(node) == 0:
                counts = [part for side in (node.left, node.right) for part in _summands(side)]
                return sign == "-" or any(isinstance(part, e.Cell) and self.names.typed(part.line) for part in counts)
            case e.Fold():
                limited = self.limited(node)
                return self.value(node) == 0 and (sign == "-" or (limited is not None and self.idle(limited.value, sign)))
            case e.Cell():
                rate = self.names.percent(node.line)
                if sign == "+":
                    return self.names.optional(node.line) and self.value(node) in (None, 0)
                return not (rate or self.names.typed(node.line)) and self.value(node) == 0
        return False

    def branch(self, node: e.If) -> tuple[str, str, int]:
        """The branch that was taken, and why; not where the other one only says that something is still missing."""
        holds = bool(self.value(node.condition))
        waiting = any(isinstance(b, e.Blank) or (isinstance(b, e.Text) and b.value == UNFINISHED) for b in (node.then, node.otherwise))
        taken, left = (node.then, node.otherwise) if holds else (node.otherwise, node.then)
        applies = self.has_no_task(left) and not self.has_no_task(taken)
        # what had to be done, and was, is no reason for what became of the rest
        leaf = isinstance(taken, (e.Number, e.Text, e.Fixed))
        applies |= holds and (left == e.Number(Decimal(0)) or not leaf) and self.is_yes(node.condition)
        applies |= self.makes_no_difference(node, taken)
        if (waiting and isinstance(taken, e.Blank)) or taken == e.Text(UNFINISHED):
            self.wait(self.first_that_holds(node.condition) if holds else node.condition)
        if (not waiting and not applies) or (isinstance(taken, e.Text) and taken.value not in (UNFINISHED, e.NONE_MARK)):
            reasons = [reason for reason in dict.fromkeys(self.reasons(node.condition)) if reason not in self.told]
            self.told |= {*reasons}
            if reasons:
                self.remarks.append(f"{BECAUSE}{'，且'.join(reasons[:_REASONS])}")
        return self.read(taken)

    def makes_no_difference(self, node: e.If, taken: e.Expression) -> bool:
        """Whether a condition is no reason: both branches come to the same, or it asks for something that nobody said had happened."""
        here, there = self.branches(node)
        if here is None or there is None:
            return False
        alike = here == there and not isinstance(taken, (e.Number, e.Text))
        return alike or (here > there and self.quiet(node.condition))

    def branches(self, node: e.If) -> tuple[Decimal | None, Decimal | None]:
        """What the branch that was taken comes to, and what the other one would; None for what is no number."""
        holds = bool(self.value(node.condition))
        found = list[Decimal | None]()
        for branch in (node.then, node.otherwise) if holds else (node.otherwise, node.then):
            try:
                value = self.value(branch)
            except (exact.ErrorMet, exact.NotANumber, ArithmeticError, ValueError):  # nobody works the other branch out
                value = None
            found.append(value if isinstance(value, Decimal) else None)
        return found[0], found[1]

    def quiet(self, condition: e.Expression) -> bool:
        """Whether a condition looks only at what can happen, and did not."""
        lines = {node.line for node in e.walk(condition) if isinstance(node, e.Cell)}
        lines = {line for line in lines if not self.names.of_scheme(line)}
        return bool(lines) and all(self.cells.cell(line) in (None, 0) and self.of_happenings(line) for line in lines)

    def summands_of(self, line: str) -> tuple[e.Expression, ...]:
        """What a quantity adds up, as far as it is that; nothing for another line."""
        node = self.names.helper(line)
        while isinstance(node, e.If):
            node = node.then if self.value(node.condition) else node.otherwise
            node = node.value if isinstance(node, (e.Round, e.Saved)) else node
        return _summands(node) if node is not None else ()

    def of_happenings(self, line: str) -> bool:
        """Whether a cell says how often something happened, or adds up such cells."""
        if self.names.typed(line):
            return self.names.optional(line)
        parts = self.summands_of(line)
        return bool(parts) and all(isinstance(part, e.Cell) and self.of_happenings(part.line) for part in parts)

    def is_yes(self, condition: e.Expression) -> bool:
        """Whether somebody answered 是 to something, or to several things."""
        parts = condition.parts if isinstance(condition, e.All) else (condition,)
        return all(isinstance(part, e.Compare) and part.operator == "=" and part.right == e.Text("是") for part in parts)

    def has_no_task(self, node: e.Expression) -> bool:
        """Whether a branch says that a unit has no such task, once that is known."""
        while isinstance(node, e.If) and isinstance(node.then, e.Blank):
            node = node.otherwise
        return node == e.Text(e.NONE_MARK)

    def first_that_holds(self, condition: e.Expression) -> e.Expression:
        if isinstance(condition, e.Either):
            return next((part for part in condition.parts if bool(self.value(part))), condition)
        return condition

    def want(self, line: str) -> None:
        """Remark what a cell that is blank waits for."""
        self.wait(e.Cell(line))

    def helped(self, node: e.Expression) -> bool:
        """Remark what a helper waits for. Returns whether there is anything."""
        while isinstance(node, (e.If, e.Round, e.Saved)):
            if not isinstance(node, e.If):
                node = node.value
                continue
            holds = bool(self.value(node.condition))
            taken = node.then if holds else node.otherwise
            if isinstance(taken, e.Blank) or taken == e.Text(UNFINISHED):
                return self.wait(self.first_that_holds(node.condition) if holds else node.condition)
            node = taken
        return False

    def wait(self, condition: e.Expression) -> bool:
        """Remark what the result waits for: the cells that the condition looks at, and what is wrong with them. Returns whether there is
        anything, be it told already."""
        lines: dict[str, None] = {}
        waits = False
        for node in reversed([*e.walk(condition)]):  # as it is written
            if isinstance(node, e.Row):
                waits |= self.wait_for_others(node)
            elif isinstance(node, e.Cell) or (isinstance(node, e.Fixed) and node.column == "standard"):
                lines[node.line] = None
            elif isinstance(node, e.Tagged):
                lines |= dict.fromkeys(line for line in node.lines if self.cells.cell(line) is None)
        wanting = []
        for line in lines:
            words = self.names.wanting(line)
            waits |= bool(words)
            if not words or words in self.told:
                continue
            helper = self.names.waiting(line)
            self.told.add(words)
            if helper is None or not self.helped(helper):
                wanting.append(words)
        self.remarks += wanting[:_SHOWN]
        if len(wanting) > _SHOWN:
            self.remarks.append(f"另有 {len(wanting) - _SHOWN} 项")
        return waits

    def wait_for_others(self, row: e.Row) -> bool:
        """The same of the cells of other units; where a quantity of all units waits for another one, that one is told."""
        helper = self.names.waiting(row.line)
        if helper is not None and self.of_all_units(helper) and self.helped(helper):
            return True
        own = self.names.own_name() if helper is not None and self.helped(helper) else ""
        values = zip(self.names.peers(row.own_group), self.cells.row(row.line, row.own_group), strict=True)
        who = [name for name, value in values if (value is None or value == UNFINISHED) and name != own]
        some = "、".join(who[:_SHOWN]) + (f"等 {len(who)} 个单位" if len(who) > _SHOWN else "")
        words = f"{some}的{quoted(self.names.cell_name(row.line))}还没有得出"
        if who and words not in self.told:
            self.told.add(words)
            self.remarks.append(words)
        return bool(who or own)

    def of_all_units(self, helper: e.Expression) -> bool:
        """Whether a helper looks at all units, be it by way of another one that waits."""
        for node in e.walk(helper):
            if isinstance(node, e.Row):
                return True
            behind = self.names.waiting(node.line) if isinstance(node, e.Cell) else None
            if behind is not None and self.of_all_units(behind):
                return True
        return False

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
        nothing = node.right == e.Number(Decimal(0))
        if nothing and (said := self.against_nothing(node, holds)) is not None:
            return said
        fixed = self.given(node.left) and not (isinstance(node.left, e.Fixed) and self.names.helper(node.left.line) is not None)
        if fixed and isinstance(node.right, e.Number):
            return ""  # a switch of the scheme's, which says nothing of the unit
        if self.given(node.left) and isinstance(node.right, e.Cell) and not self.given(node.right):
            return self.compared(e.Compare(_MIRRORED[node.operator], node.right, node.left), holds)
        if any(isinstance(part, e.Row) for side in (node.left, node.right) for part in e.walk(side)):
            return ""  # how many units have something
        sides = self.sides(node)
        if not all(figures for _, figures in sides) or all(words == figures for words, figures in sides):
            return ""  # nothing there, or nothing with a name
        if nothing and node.operator == "=":
            return f"{sides[0][0]}为 0"
        place = any(_PLACE.search(words) for words, _ in sides)
        left, right = (f" {figures}" if words in ("", figures) else f"{words}（{figures}）" for words, figures in sides)
        return f"{left.lstrip()}{_said(node.operator, holds, place)}{right}"

    def sides(self, node: e.Compare) -> list[tuple[str, str]]:
        """What is held against what: words and figures, those of arithmetic with what it comes to, and a share beside a share as such."""
        told_before = len(self.remarks)
        sides = [self.read(side)[:2] for side in (node.left, node.right)]
        del self.remarks[told_before:]  # how the sides came about is no part of how the result did
        shares = [_SHARES.fullmatch(figures) is not None for _, figures in sides]
        for at, side in enumerate((node.left, node.right)):
            words, figures = sides[at]
            if shares[not at] and not shares[at] and isinstance(side, (e.Cell, e.Fixed)):
                figures = told(self.value(side), True)
            elif isinstance(side, e.Binary) and figures not in ("", told(self.value(side))):
                figures += f"{equals(self.value(side), shares[at])}{told(self.value(side), shares[at])}"
            sides[at] = quoted(words) if _LIMIT.search(words) else words, figures
        return sides

    def against_nothing(self, node: e.Compare, holds: bool) -> str | None:
        """How something compares with nothing, in words; '' where that says nothing, None where it is told like all else."""
        more = node.operator == ">"
        match node.left:
            case e.CountOf() if node.operator in (">", "="):
                return self.which(node.left)
            case e.Binary(operator="-"):
                return self.compared(e.Compare(node.operator, node.left.left, node.left.right), holds)
        if more and (happened := self.happened(node.left)) is not None:
            return "，".join(f"{quoted(words)}填了 {figures}" for words, figures in happened)
        if more and isinstance(node.left, e.Cell):
            words, figures = self.read(node.left)[:2]
            return f"{quoted(words)}有 {figures}" if holds else f"{words}为 0" if figures == "0" else f"{words}（{figures}）不高于 0"
        if holds is more:
            return ""  # a divisor that is not nothing
        return "下面各项都没有这项任务" if holds and isinstance(node.left, e.Tagged) else None

    def happened(self, counts: e.Expression) -> list[tuple[str, str]] | None:
        """Of cells that say how often something happened, those that are not nothing; None for what is no such sum."""
        found: list[tuple[str, str]] = []
        for part in _summands(counts):
            if not isinstance(part, e.Cell):
                return None
            if self.names.typed(part.line):
                found += [self.read(part)[:2]] if isinstance(self.value(part), Decimal) and self.value(part) else []
                continue
            behind = [self.happened(one) for one in self.summands_of(part.line)]
            if not behind or None in behind:
                return None
            found += [one for happened in behind for one in happened or ()]
        return found

    def answered(self, node: e.Compare, holds: bool) -> str:
        value = self.value(node.left)
        if not isinstance(value, str) or not value or not isinstance(node.right, e.Text) or not node.right.value:
            return ""
        words = self.read(node.left)[0]
        if e.NONE_MARK in (value, node.right.value):
            return "没有这项任务" if holds else ""
        return f"{quoted(words)}是{quoted(value)}"

    def which(self, node: e.CountOf) -> str:
        """Which cells hold a text that is counted; nothing where they are other units' cells."""
        if not all(isinstance(cell, e.Cell) for cell in node.over):
            return ""
        found = [self.read(cell)[0] for cell in node.over if self.value(cell) == node.text]
        said = [f"{'、'.join(map(quoted, found))}是{quoted(node.text)}"] if found else []
        others = [self.read(cell)[0] for cell in node.over if self.value(cell) == "否"] if node.text == "是" else []
        said += [f"{'、'.join(map(quoted, others))}是“否”"] if others else []
        return "，".join(said) or f"没有一项是{quoted(node.text)}"

    def count_of(self, node: e.CountOf) -> tuple[str, str, int]:
        which = self.which(node) if self.value(node) or node.text == "是" else ""
        if which and which not in self.told:
            self.told.add(which)
            self.remarks.append(BECAUSE + which)
        return self.leaf(node, f"{quoted(node.text)}的项数")

    def clamp(self, node: e.Clamp) -> tuple[str, str, int]:
        """Where a limit binds, the limit is the figure that counts, and how it came to that is remarked."""
        words, figures, strength = self.read(node.value)
        limit = self.limit(node)
        if not limit:
            return words, figures, strength
        number = exact.number(node.value, self.cells)
        percent = _SHARES.fullmatch(figures) is not None or (self.percent and node == self.outermost)
        limit = self.limit(node, percent)
        inner = told(number, percent)
        within = "" if node == self.outermost else "其中 "
        if figures not in ("", inner):
            said = f"{figures}{equals(number, percent)}{inner}"
        else:
            said = f"{words} {inner}" if strength == _ATOM and words not in ("", "0", figures) else inner
        self.remarks.append(f"{within}{said}，{limit}")
        bare = strength == _ATOM or (node == self.outermost and not self.off)
        return words if bare else f"（{words}）", told(self.value(node), percent), _ATOM

    def limit(self, node: e.Clamp, percent: bool = False) -> str:
        """The cap or floor that binds, in words."""
        inner = exact.number(node.value, self.cells)
        if node.high is not None and inner > (high := exact.number(node.high, self.cells)):
            return f"{'最多扣' if self.off else '封顶'} {told(high, percent)}"
        if node.low is not None and inner < (low := exact.number(node.low, self.cells)):
            return f"最低 {told(low, percent)}"
        return ""

    def from_others(self, node: e.Expression) -> bool:
        """Whether a result is a mean of others that takes the place of a score."""
        return isinstance(node, e.Fixed) and self.names.behind(node.line, node.column) is not None

    def last(self, node: e.Expression) -> e.Expression:
        """What the result comes straight from: the branch taken, rounding and limits that do not bind aside."""
        while isinstance(node, (e.If, e.Round, e.Clamp, e.Fold, e.Sum, e.Binary)):
            if isinstance(node, (e.Sum, e.Binary)):
                alone = self.alone(node)
                if alone is None:
                    break
                node = alone
                continue
            if isinstance(node, e.Fold):
                limited = self.limited(node)
                if limited is None:
                    break
                node = limited
            if isinstance(node, e.If):
                node = node.then if self.value(node.condition) else node.otherwise
            elif isinstance(node, e.Clamp) and self.limit(node):
                break
            else:
                node = node.value
        return node

    def alone(self, node: e.Sum | e.Binary) -> e.Expression | None:
        """The one part of a sum that is told, or what a coefficient that changes nothing is multiplied with; else None."""
        if isinstance(node, e.Sum):
            telling = [part for part in node.parts if self.value(part) not in (None, e.NONE_MARK) and not self.idle(part, "+")]
            return telling[0] if len(telling) == 1 else None
        if node.operator not in "+-":
            return self.without_factor(node)
        first, parts, from_nothing = self.parts(node)
        kept = [(sign, part) for sign, part in parts if not self.idle(part, sign)]
        if not kept and not from_nothing:
            return first
        return kept[0][1] if from_nothing and len(kept) == 1 and kept[0][0] == "+" else None

    def round(self, node: e.Round) -> tuple[str, str, int]:
        words, figures, strength = self.read(node.value)
        if not node.sum_only:
            unrounded = exact.number(node.value, self.cells)
            if unrounded != round_half_up(unrounded, node.digits):
                self.remarks.append(f"{ROUNDED}到 {node.digits} 位小数")
        return words, figures, strength

    def listing(self, node: e.Expression, parts: list[e.Expression]) -> tuple[str, str, int]:
        counted = [p for p in parts if self.value(p) not in (None, e.NONE_MARK)]
        scores = [p for p in counted if isinstance(p, e.Cell) and not self.names.typed(p.line)]
        if len(scores) == len(counted) and (len(counted) > _ROWS or (len(counted) > _FEW and self.scores(counted))):
            return self.folded(scores)
        telling = [p for p in counted if not (self.value(p) == 0 if self.off else self.idle(p, "+"))]
        read = [self.read(p) for p in telling or counted]  # what was met costs nothing, and is no reason
        if not read:
            return self.read(parts[0])[0] if len(parts) == 1 else "0", "0", _ATOM
        if not telling and len(read) > 1 and self.value(node) == 0:
            return "0", "0", _ATOM
        named = {r[0] for r in read}
        if len(read) >= _ALIKE and len(named) == 1:
            return f"{named.pop()}合计（{len(read)}项）", told(self.value(node)), _ATOM
        words, figures = read[0][:2]
        for part in read[1:]:
            words, figures = _joined(words, "+", part[0]), _joined(figures, "+", part[1])
        if len(read) > 1 and len(named) == 1 and any(sign.isalpha() for sign in read[0][0]):
            words = f"{len(read)} 项{read[0][0]}"  # the same name again and again tells nothing
        return words, figures, 2 if len(read) > 1 else read[0][2]

    def folded(self, cells: list[e.Cell]) -> tuple[str, str, int]:
        """A sum of many scores: those that fell short one by one, the others together."""
        self.used += [cell.line for cell in cells]
        if all(self.names.due(cell.line) for cell in cells):
            return f"{len(cells)} 项应得分合计", told(sum((exact.number(cell, self.cells) for cell in cells), Decimal(0))), _ATOM
        gaps = {cell: abs((self.names.worth(cell.line) or Decimal(0)) - exact.number(cell, self.cells)) for cell in cells}
        whole = [cell for cell in cells if self.names.worth(cell.line) and not gaps[cell]]
        none = [cell for cell in cells if not self.names.worth(cell.line) and not gaps[cell]]
        few = _FEW if len(cells) <= _ROWS else 1  # so few can as well be named
        whole, none = (found if len(found) >= few else [] for found in (whole, none))
        whole = whole if len(whole) > 1 else []
        telling = [(gaps[cell], cell) for cell in cells if cell not in whole and cell not in none]
        got_none = [(gap, cell) for gap, cell in telling if not self.value(cell)]
        if len(cells) > _ROWS and len(got_none) > _SHOWN:
            telling = [pair for pair in telling if pair not in got_none]
            none = [*none, *(cell for _, cell in got_none)]
        full, nothing = [exact.number(cell, self.cells) for cell in whole], len(none)
        least = sorted((gap for gap, _ in telling), reverse=True)[_ROWS - 1 : _ROWS]
        named = [cell for gap, cell in telling if not least or gap >= least[0]][:_ROWS]
        others = [exact.number(cell, self.cells) for _, cell in telling if cell not in named]
        parts = [(f"得满分的 {len(full)} 项", told(sum(full, Decimal(0))))] if full else []
        parts += [(self.names.cell_name(cell.line), told(self.value(cell))) for cell in named]
        parts += [(f"其余 {len(others)} 项", told(sum(others, Decimal(0))))] if others else []
        if not parts:
            return f"{nothing} 项都得 0 分", "0", _ATOM
        figures = parts[0][1]
        for _, part in parts[1:]:
            figures = _joined(figures, "+", part)
        words = " + ".join(words for words, _ in parts) + (f"（另有 {nothing} 项得 0 分）" if nothing else "")
        return words, figures, 2 if len(parts) > 1 else _ATOM

    def products(self, node: e.SumOfProducts) -> tuple[str, str, int]:
        happened = [(a, b) for a, b in node.pairs if isinstance(self.value(a), Decimal) and self.value(a)]
        if not happened:
            self.remarks += [NOTHING] if NOTHING not in self.remarks else []
            return "0", "0", _ATOM
        read = [(self.read(a), self.read(b)) for a, b in happened]
        words = " + ".join(f"{a[0]} × {b[0]}" for a, b in read)
        figures = ""
        for a, b in read:
            product = _joined(a[1], "*", b[1])
            figures = _joined(figures, "+", product) if figures else product
        return words, figures, 2 if len(read) > 1 else 3

    def fold(self, node: e.Fold) -> tuple[str, str, int]:
        if node.how == "average":
            return self.mean(node)
        if node.how == "sum" and not any(isinstance(part, e.Row) for part in node.over):
            happened = [part for part in node.over if self.value(part) != 0]
            return self.listing(node, happened if happened and len(node.over) > _FEW else list(node.over))
        what = {"count": "个数", "filled": "已填数", "min": "最小值", "max": "最大值", "sum": "合计", "size": "单位数"}[node.how]
        over = node.over[0]
        if isinstance(over, e.Row):
            percent = node.how in ("min", "max", "sum") and self.names.percent(over.line)
            if node.how in ("min", "max"):
                who = [name for name, value in self.of_units(over) if value == self.value(node)]
                self.remarks += [f"是{'、'.join(who[:_REASONS])}{'等' * (len(who) > _REASONS)}的"] if who else []
            if node.how == "size":
                return self.leaf(node, "单位数")
            return self.leaf(node, f"各单位“{self.names.cell_name(over.line)}”的{what}", percent)
        if node.how not in ("min", "max") or len(node.over) > _SHOWN:
            return self.leaf(node, what)
        limited = self.limited(node)
        if limited is not None:
            return self.clamp(limited)
        telling = [part for part in node.over if not (node.how == "max" and self.idle(part, "+"))]
        if len(telling) < 2:
            self.remarks += [NOTHING] if not telling and NOTHING not in self.remarks else []
            return self.read(telling[0]) if telling else ("0", "0", _ATOM)
        parts = [self.read(part) for part in telling]
        taken = f"取{'较' if len(parts) == 2 else '最'}{'小' if node.how == 'min' else '大'}"
        return f"（{'、'.join(p[0] for p in parts)} {taken}）", f"（{'、'.join(p[1] for p in parts)} {taken}）", _ATOM

    def limited(self, node: e.Fold) -> e.Clamp | None:
        """A cap or a floor that is written as the smaller or the larger of two."""
        limits, others = ([part for part in node.over if self.given(part) is so] for so in (True, False))
        if node.how not in ("min", "max") or len(limits) != 1 or len(others) != 1 or isinstance(others[0], e.Row):
            return None
        low, high = (limits[0], None) if node.how == "max" else (None, limits[0])
        return e.Clamp(others[0], low, high)

    def given(self, node: e.Expression) -> bool:
        """Whether a number is the scheme's own, so that what is held against it is capped by it."""
        if isinstance(node, e.Cell):
            return self.names.of_scheme(node.line)
        return isinstance(node, e.Number) or (isinstance(node, e.Fixed) and self.names.behind(node.line, node.column) is None)

    def of_units(self, row: e.Row) -> list[tuple[str, Decimal]]:
        """The units that have a number on a line, and the number."""
        values = zip(self.names.peers(row.own_group), self.cells.row(row.line, row.own_group), strict=True)
        return [(name, value) for name, value in values if isinstance(value, Decimal)]

    def mean(self, node: e.Fold) -> tuple[str, str, int]:
        """The units or parts that a mean is taken over, each with its number."""
        over = node.over[0]
        if not isinstance(over, e.Row):
            read = [self.read(p)[:2] for p in node.over if isinstance(self.value(p), Decimal)]
            if not read:
                return "平均", "", _ATOM
            figures = " + ".join(_bracketed(figures) for _, figures in read)
            return f"（{' + '.join(words for words, _ in read)}）÷ {len(read)}", f"（{figures}）÷ {len(read)}", 3
        found, percent = self.of_units(over), self.names.percent(over.line)
        words = f"各单位“{self.names.cell_name(over.line)}”的平均"
        if not found:
            return words, "", _ATOM
        if len(found) == 1:
            return words, f"{found[0][0]} {told(found[0][1], percent)}", _ATOM
        if len(found) > _NAMED:
            return words, f"{len(found)} 个单位合计 {told(sum((v for _, v in found), Decimal(0)), percent)} ÷ {len(found)}", 3
        return words, f"（{' + '.join(f'{name} {told(value, percent)}' for name, value in found)}）÷ {len(found)}", 3

    def lookup(self, node: e.Lookup) -> tuple[str, str, int]:
        words, figures, _ = self.read(node.value)
        self.remarks.append(f"{words}{quoted(figures)}")
        share = any(isinstance(value, Percent) for value in self.cells.table(node.result.table, node.result.column))
        return f"{words}对应的{'比例' if share else '分数'}", told(self.value(node), share), _ATOM

    def band(self, node: e.Band) -> tuple[str, str, int]:
        words, figures, _ = self.read(node.value)
        self.remarks.append(f"{words} {figures} {self.within(node, words)}".rstrip() if figures else words)
        found = self.value(node)
        return f"按{words}分档" if isinstance(found, str) else f"{words}所在档的分数", told(found), _ATOM

    def within(self, node: e.Band, words: str) -> str:
        """Between which limits the band lies that a number fell into. words: what it is called."""
        number = exact.number(node.value, self.cells)
        limits = [edge for edge in self.cells.table(node.edges.table, node.edges.column) if isinstance(edge, Decimal)]
        low: Decimal | None
        high: Decimal | None
        if node.upper:
            at = next((i for i, edge in enumerate(limits) if number <= edge), len(limits) - 1)
            low, high = limits[at - 1] if at else None, limits[at]
            below, above = "高于", "不高于"
        else:
            at = max((i for i, edge in enumerate(limits) if number >= edge), default=0)
            low, high = limits[at], limits[at + 1] if at + 1 < len(limits) else None
            below, above = "不低于", "低于"
        percent = isinstance(node.value, e.Cell) and self.names.percent(node.value.line)
        if high is not None and node.upper and _PLACE.search(words):
            return _among_places(low, high)
        sides = ((below, low), (above, high))
        said = [
            f"{word} {told(edge, percent or isinstance(edge, Percent))}" for word, edge in sides if edge is not None and abs(edge) < _FAR
        ]
        return "、".join(said) or "所在的档"

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
        own = exact.number(node.value, self.cells)
        place = exact.number(node, self.cells)
        row, percent = self.of_units(node.among), self.names.percent(node.among.line)
        ahead = [(v, name) for name, v in row if (v < own if node.ascending else v > own)]
        ahead.sort(key=lambda unit: unit[0], reverse=not node.ascending)  # the best first
        than = "低" if node.ascending else "高"
        who = f"（{'，'.join(f'{name} {told(v, percent)}' for v, name in ahead)}）" if 0 < len(ahead) <= _REASONS else ""
        self.remarks.append(f"有 {show(place - 1)} 个单位更{than}{who}" if place > 1 else f"没有单位更{than}")
        equal = sum(v == own for _, v in row) - 1
        if equal > 0:
            self.remarks.append(f"另有 {equal} 个单位相同，并列")
        return "位次", show(place), _ATOM


def _said(operator: str, holds: bool, place: bool) -> str:
    """How a comparison is told. place: it is one of places."""
    words = _SAID[operator][not holds]
    return words.translate(_OF_PLACES) if place else words


def _among_places(low: Decimal | None, high: Decimal) -> str:
    """Between which places: after one, up to another. '' where it is one place alone, which is told."""
    first = (low or Decimal(0)) + 1
    if abs(high) >= _FAR:
        return f"在第 {show(first - 1)} 名以后"
    return f"在第 {show(first)}—{show(high)} 名" if first < high else ""


def _summands(node: e.Expression) -> tuple[e.Expression, ...]:
    """What is added up in a sum, however it is written."""
    if isinstance(node, e.Binary) and node.operator == "+":
        return (*_summands(node.left), *_summands(node.right))
    if isinstance(node, (e.Round, e.Saved)):
        return _summands(node.value)
    return node.parts if isinstance(node, e.Sum) else (node,)


def _joined(left: str, operator: str, right: str) -> str:
    """Two numbers with a sign between them: nothing is added to, or multiplied with, a bare minus."""
    if operator == "+" and right.startswith("-"):
        return f"{left} - {right[1:]}"
    return left + _SIGNS[operator] + _bracketed(right)


def _continued(before: str, sign: str, part: str) -> str:
    """A sum with one part more; before: '' where it begins with this part."""
    if before:
        return _joined(before, sign, part)
    return f"-{_bracketed(part)}" if sign == "-" else part


def _bracketed(figures: str) -> str:
    return f"（{figures}）" if figures.startswith("-") else figures


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
    e.CountOf: _Reader.count_of,
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
