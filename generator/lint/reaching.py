"""The full marks: who cannot reach them, who can go beyond, who can fall below zero."""

from __future__ import annotations

from decimal import Decimal

from generator.lines.keys import RANK, TOTAL
from generator.lint.deductions import together
from generator.lint.lists import some
from generator.lint.spans import Limit
from generator.lint.subject import Node, Subject, trees
from generator.rules.events import Add, Deduct
from generator.rules.formula import Formula
from generator.scheme.model import Indicator
from generator.scheme.points import wrong_sums
from generator.tree import expression as e
from generator.value import show


def check(s: Subject) -> None:
    """The full marks: who cannot reach them, who can go beyond, who can fall below zero."""
    full = s.scheme.full_marks
    if TOTAL not in s.plan.lines:
        return
    spans = {name: span for unit, name in enumerate(s.names) if (span := s.bounds.cell(TOTAL, unit)) is not None}
    if full is None:
        if spans and all(span.high == 0 for span in spans.values()) and (free := [n for n in s.leaves if not s.held(n, "at_least")]):
            s.say("floor-missing", free, f"只扣分，{s.listed(free)}合计最多扣几分没有写")
        elif any(span.low is None for span in spans.values()) and (
            below := [n for n in s.leaves if isinstance(n.how, Deduct) and _takes_without_limit(s, n)]
        ):
            s.say("floor-missing", below, f"{s.listed(below)}扣分没有下限，总分也就没有下限")
        return
    short_of(s, full, {name: span.high for name, span in spans.items() if span.high is not None})
    if s.scheme.roles and not any(isinstance(n, e.Rank) for line in s.plan.lines.values() if line.key != RANK for n in trees(line.formula)):
        due_of_units(s)
    unlimited = [n for n in s.leaves if _gives_without_limit(s, n)]
    highs = [span.high for span in spans.values()]
    if unlimited and any(high is None for high in highs):
        s.say("cap-missing", unlimited, f"{s.listed(unlimited)}，总分也就没有上限（满分 {show(full)} 分）")
    elif not any(high is None for high in highs) and (most := max((h for h in highs if h is not None), default=full)) > full:
        s.say("total-exceeds", s.scheme.bonus or _beyond(s), f"满分 {show(full)} 分，加分后最多可以到 {show(most)} 分")
    if any(span.low is None or span.low < 0 for span in spans.values()):
        below = [n for n in s.leaves if _takes_without_limit(s, n)]
        if below:
            s.say("floor-missing", below, f"{s.listed(below)}扣分没有下限，总分也就没有下限")
            return
        beyond: list[tuple[Node, Decimal]] = [(g, -g.at_least) for g in s.groups if g.at_least is not None and g.at_least < 0]
        beyond += [(n, -least) for n in s.leaves if (least := _below_zero(s, n)) is not None]
        if beyond:
            words = "、".join(f"{s.label(n)}最多扣 {show(most)} 分" for n, most in beyond)
            s.say("floor-missing", [n for n, _ in beyond], f"{words}，不在分值之内，别的得分少时总分低于 0")


def short_of(s: Subject, full: Decimal, highs: dict[str, Decimal]) -> None:
    """Who cannot reach the full marks. highs: the most that each unit can come to."""
    short: dict[Decimal, list[str]] = {}
    for name, high in highs.items():
        if high < full:
            short.setdefault(high, []).append(name)
    if short:
        parts = [
            f"{'各单位都' if len(units) == len(s.names) else some(units, 4)}最多 {show(most)} 分"
            for most, units in sorted(short.items(), reverse=True)
        ]
        why = "" if sum(map(len, short.values())) == len(s.names) else "，与别的单位不能直接比"
        lacking = sum((w.stated - w.total for w in wrong_sums(s.scheme) if w.node is not None and w.everywhere), Decimal(0))
        same = len(short) == 1 and sum(map(len, short.values())) == len(highs) and full - next(iter(short)) == lacking
        wording = "补上缺的各项，或改正加不起来的分值" if same else ""
        s.say("points-out-of-reach", None, f"满分 {show(full)} 分，{'；'.join(parts)}{why}", wording)


def _beyond(s: Subject) -> list[Node]:
    """The groups that can come to more than they are worth, those whose parts do aside."""
    over = []
    for group in s.groups:
        spans = [s.bounds.cell(s.plan.scores[key], unit) for key in (group.id,) if key in s.plan.scores for unit in range(len(s.names))]
        if group.points and any(span is not None and span.high is not None and span.high > group.points for span in spans):
            over.append(group)
    return [g for g in over if not any(g in s.above[id(other)] for other in over)]


def due_of_units(s: Subject) -> None:
    """Where nothing but the total counts, what everybody could earn at most must be alike."""
    due = [Decimal(0)] * len(s.names)
    for node in s.leaves:
        if id(node) in s.bonus or not node.how.scored:
            continue
        for unit, (carries, role) in enumerate(zip(s.carries(node), s.scheme.roles_in(node), strict=True)):
            due[unit] += s.points(node) * s.scheme.roles.get(role, Decimal(1)) if carries else 0
    some_due = {name: d for name, d in zip(s.names, due, strict=True) if d}
    if some_due and max(some_due.values()) > 2 * min(some_due.values()):
        least, most = min(some_due, key=lambda n: some_due[n]), max(some_due, key=lambda n: some_due[n])
        detail = f"分值乘系数合计，{least}只有 {show(some_due[least])} 分，{most}有 {show(some_due[most])} 分，不换算就没法比"
        s.say("due-uneven", None, detail)


def _gives_without_limit(s: Subject, node: Indicator) -> bool:
    if s.held(node, "at_most"):
        return False
    if isinstance(node.how, Add):
        return node.how.at_most is None and together(node.how.events) is None
    return (
        isinstance(node.how, Formula)
        and node.how.at_most is None
        and any(a.ask == "amount" for a in node.how.inputs.values())
        and any(span.high is None for span in s.spans(node))
    )


def _takes_without_limit(s: Subject, node: Indicator) -> bool:
    if s.held(node, "at_least"):
        return False
    if isinstance(node.how, Deduct):
        return node.how.floor is None and node.how.at_most is None and together(node.how.events) is None
    return _counts(s, node) and any(span.low is None for span in s.spans(node))


def _below_zero(s: Subject, node: Indicator) -> Limit:
    """The least that an indicator beside the points can come to, or None where that is not below zero."""
    if s.held(node, "at_least") or not (isinstance(node.how, Deduct) or (isinstance(node.how, Formula) and not s.points(node))):
        return None
    lows = [span.low for span in s.spans(node) if span.low is not None and span.low < 0]
    return min(lows, default=None)


def _counts(s: Subject, node: Indicator) -> bool:
    """Whether a formula without a floor counts events, or takes away what somebody decides."""
    how = node.how
    if not isinstance(how, Formula) or how.at_least is not None:
        return False
    named = {**s.scheme.inputs, **{n: a for g in s.above[id(node)] for n, a in g.inputs.items()}, **how.inputs}
    quantities = {**s.scheme.quantities, **{n: q for g in s.above[id(node)] for n, q in g.quantities.items()}, **how.quantities}
    text = how.formula
    for _ in range(3):
        text += "".join(q.formula for name, q in quantities.items() if name in text)
    return any(a.ask in ("events", "amount") for name, a in named.items() if name in text)
