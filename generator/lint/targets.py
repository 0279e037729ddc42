"""Targets: of zero, far off the others', to be undercut, several in one formula; actuals that can be negative."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.lines.input import Ask
from generator.lines.line import Line
from generator.lint.subject import Node, Subject, shown, trees
from generator.rules.formula import Formula
from generator.rules.ratio import Ratio
from generator.scheme.model import Indicator
from generator.tree import expression as e
from generator.value import Percent

_GROWTH = re.compile("增长|增速|增幅")
FEW = 4
"""With so many targets at most there is no middle to compare with."""
FAR = 10
"""So many times the middle one, or so small a part of it, is far off."""


def check(s: Subject) -> None:
    """Targets of zero, far off, or to be undercut; actuals that can be negative."""
    zero: list[tuple[Indicator, str]] = []
    off: list[tuple[Indicator, str]] = []
    negative: list[Node] = []
    for node in s.leaves:
        how = node.how
        if isinstance(how, Formula):
            figures = {name: f for name, f in how.figures.items() if isinstance(f, list) and any(isinstance(v, Percent) for v in f)}
            off += [(node, f"{s.label(node)}{name}：{far}") for name, f in figures.items() if (far := _far(s, f, ""))]
        if not isinstance(how, Ratio):
            continue
        listed = how.target if isinstance(how.target, list) else []
        if none := [name for name, t in zip(s.names, listed, strict=False) if t == 0] or (list(s.names) if how.target == 0 else []):
            zero.append((node, f"{s.label(node)}{'、'.join(none[:6])}"))
        if far := _far(s, listed, node.measure):
            off.append((node, f"{s.label(node)}{far}"))
        if how.better == "lower":
            s.say("lower-is-better", node, s.label(node))
        elif node.measure == "%" and how.min is None:
            negative.append(node)
    if zero:
        s.say("zero-target", [n for n, _ in zero], "；".join(w for _, w in zero) + "，按“完成÷目标”算不出来，现按完成值不小于0即得满分")
    if off:
        s.say("target-outlier", [n for n, _ in off], "；".join(w for _, w in off))
    negative += [
        node for node in s.leaves if isinstance(node.how, Formula) and any(_may_fall(asked, node) for asked, _ in _compared(s, node))
    ]
    if negative:
        s.say("negative-actual", negative, f"{s.listed(negative)}按比例计会得负分，现按 0 分计")


def _far(s: Subject, listed: Sequence[Decimal | None], measure: str) -> str:
    """The targets that are ten times the middle one or a tenth of it, in words."""
    given = {name: t for name, t in zip(s.names, listed, strict=False) if t}
    positive = sorted(t for t in given.values() if t > 0)
    middle = positive[len(positive) // 2] if positive else Decimal(0)
    far = {name: t for name, t in given.items() if middle and (t >= FAR * middle or t * FAR <= middle)}
    if len(positive) <= FEW or not far:
        return ""
    words = "、".join(f"{name} {shown(t)}" for name, t in far.items())
    return f"{words}{measure}（居中的是 {shown(middle)}）"


def several(s: Subject, node: Indicator) -> bool:
    """Whether a formula has several targets with figures of their own, or is the average of how far several were reached."""
    if not isinstance(node.how, Formula):
        return False
    return len({target.key for _, target in _compared(s, node)}) > 1 or any(_averaged(s, node))


def _averaged(s: Subject, node: Indicator) -> Iterator[bool]:
    """For each average in an indicator's own formulas, whether it is one of shares that were worked out from what was typed."""
    own = set(node.how.quantities) if isinstance(node.how, Formula) else set()
    for key in s.keys(node)[:1]:
        for line in s.made_of(s.plan.lines[key]):
            for tree in trees(line.formula):
                if isinstance(tree, e.Fold) and tree.how == "average":
                    shares = [s.plan.lines[part.line] for part in tree.over if isinstance(part, e.Cell)]
                    yield sum(share.label in own and share.formula is not None for share in shares) > 1


def _compared(s: Subject, node: Indicator) -> Iterator[tuple[Line, Line]]:
    """What is typed and the figure of the indicator's own that it is divided by, for each target in a formula."""
    keys = s.keys(node)
    for line in s.made_of(s.plan.lines[keys[0]]) if keys else ():
        for tree in trees(line.formula):
            if isinstance(tree, e.Binary) and tree.operator == "/":
                left, right = tree.left, tree.right
                if isinstance(left, e.Cell) and isinstance(right, (e.Cell, e.Fixed)):
                    asked, target = s.plan.lines[left.line], s.plan.lines[right.line]
                    if asked.input and asked.input.ask is Ask.QUANTITY and target.input is None and target.formula is None:
                        yield asked, target


def _may_fall(line: Line, node: Indicator) -> bool:
    """Whether a growth may be typed that is less than nothing."""
    accepts = line.input.accepts if line.input else None
    return accepts is not None and accepts.low is None and bool(_GROWTH.search(f"{node.name}{line.label}"))
