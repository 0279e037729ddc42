"""Bands, steps, targets, quotas of grades, ranks: where an edge, a fraction or a tie is left open."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from generator.language.declared import Band, Bands
from generator.lines.keys import TOTAL_TAG
from generator.lines.line import Line, Role
from generator.lint.bounds import depends_on_inputs
from generator.lint.lists import some
from generator.lint.subject import Node, Subject, shown
from generator.lint.words import of_text
from generator.plan.evaluation import Evaluation
from generator.rules.banded import Banded, Stages
from generator.rules.events import Event, PerEvent
from generator.rules.formula import Formula
from generator.rules.grading import GradeQuota
from generator.rules.veto import Veto
from generator.scheme.model import Group, Indicator
from generator.scheme.parts import Grades
from generator.tree import expression as e
from generator.value import show


def check(s: Subject) -> None:
    """Everything about tables and ranks."""
    for node, name, table in tables(s):
        bands(s, node, name, table)
    steps(s)
    quotas(s)
    final_grades(s)
    ranks(s)


def tables(s: Subject) -> Iterator[tuple[Node | None, str, Bands]]:
    """Every table of bands, with the node it belongs to and its name."""
    for node in s.nodes:
        if isinstance(node, Group):
            yield from ((node, f"{s.label(node)}“{name}”", table) for name, table in node.bands.items())
        elif isinstance(node.how, Banded):
            yield node, s.label(node), node.how.bands
        elif isinstance(node.how, Formula):
            yield from ((node, f"{s.label(node)}“{name}”", table) for name, table in node.how.bands.items())
    yield from ((None, f"“{name}”", table) for name, table in s.scheme.bands.items())


def bands(s: Subject, node: Node | None, name: str, table: Bands) -> None:
    """Bands as printed: where they overlap, leave a gap or do not cover everything."""
    percent = isinstance(node, Indicator) and node.measure == "%"
    clause = (
        next((q.clause for q in s.scheme.quantities.values() if q.clause and name.strip("“”") in q.formula), "") if node is None else ""
    )

    def edge(value: Decimal | None) -> str:
        return "" if value is None else shown(value, percent)

    def say(code: str, words: str) -> None:
        s.say(code, node, f"{name}{words}", clause=clause)

    printed = sorted((b for b in table.bands if b.lower is not None or b.upper is not None), key=_limits)
    unsaid = _neighbours(printed, table, edge, say)
    for band in table.bands:
        if band.assumed and not (band.gives == 0 and {band.lower, band.upper} & set(unsaid)):
            limits = (
                f"{edge(band.lower)} 及以上"
                if band.lower is not None
                else f"{edge(band.upper)} 及以下"
                if band.upper is not None
                else "其余"
            )
            gives = band.gives if isinstance(band.gives, str) else f"{show(band.gives)} 分"
            say("band-open", f"{limits}的没有写，现计 {gives}")
    if any(b.lower is None and b.upper is None for b in table.bands) or not printed:
        return
    top, bottom = printed[-1], printed[0]
    if table.highest is not None and top.upper is not None and top.upper < table.highest:
        say("band-open", f"高于 {edge(top.upper)} 的")
    if bottom.lower is not None and bottom.lower > 0:
        say("band-open", f"低于 {edge(bottom.lower)} 的")


def _limits(band: Band) -> tuple[Decimal, Decimal]:
    """The limits of a band, for putting bands in order."""
    far = Decimal("1e9")
    return band.lower if band.lower is not None else -far, band.upper if band.upper is not None else far


def _neighbours(printed: list[Band], table: Bands, edge: Callable[[Decimal | None], str], say: Callable[[str, str], None]) -> list[Decimal]:
    """Where two bands that follow each other overlap or leave a gap; returns the limits of which neither is said to hold them."""
    settled = table.stated if isinstance(table.stated, list) else []
    both: list[Decimal] = []
    unsaid: list[Decimal] = []
    for low, high in itertools.pairwise(printed):
        if low.upper is None or high.lower is None:
            continue
        if low.upper == high.lower and table.stated is not True and high.lower not in settled:
            (unsaid if low.assumed or high.assumed else both).append(high.lower)
        elif low.upper > high.lower:
            say("band-overlap", f"从 {edge(high.lower)} 到 {edge(low.upper)} 在两档里")
        elif low.upper < high.lower and not table.whole:
            say("band-gap", f"大于 {edge(low.upper)}、小于 {edge(high.lower)} 的")
    taken = "低" if table.by_upper else "高"
    if both:
        say("band-overlap", f"正好 {'、'.join(edge(v) for v in both)} 的在两档里都有，现归较{taken}的一档")
    if unsaid:
        say("band-overlap", f"含不含 {'、'.join(edge(v) for v in unsaid)} 没有写，现归较{taken}的一档")
    return unsaid


# Steps --------------------------------------------------------------------------------------------------------------


def _set_by_readings(s: Subject, node: Indicator, key: str) -> bool:
    """Whether a reading decides a parameter of an indicator, by itself or through the groups around it."""
    around: list[Node] = [node, *s.above[id(node)]]
    ids = {s.own(n) for n in around}
    for reading in s.scheme.readings:
        for option in reading.options.values():
            for where, keys in option.sets.items():
                if where in ids and (key in keys or (isinstance(inherited := keys.get("defaults"), dict) and key in inherited)):
                    return True
    return False


_STEPS = re.compile(r"whole\([^()]*(?:\([^()]*\)[^()]*)?/")
_STEPS_SAID = re.compile("每满|每增加满|不足|满[^，；。]{0,6}(?:扣|加)|整数")
"""How a text says what becomes of a part of a step."""


def _whole_steps(s: Subject) -> list[Indicator]:
    """Formulas that count whole steps only, where the criterion says nothing of a part of one."""
    found = []
    for node in s.leaves:
        how = node.how
        texts = [how.formula, *(q.formula for q in how.quantities.values())] if isinstance(how, Formula) else []
        if any(_STEPS.search(text) for text in texts) and not _STEPS_SAID.search(of_text(node.criteria)):
            found.append(node)
    return found


def steps(s: Subject) -> None:
    """Deductions by steps, by ranges, by stages."""
    parts: list[tuple[Indicator, Event]] = []
    ranges: list[tuple[Indicator, Event]] = []
    stages: list[Node] = []
    for node in s.leaves:
        how = node.how
        if isinstance(how, PerEvent):
            for event in how.events:
                unsettled = (event.whole is None and how.whole is None) or _set_by_readings(s, node, "whole")
                if event.by_rate and unsettled and not (event.measure != "%" and event.per == 1):
                    parts.append((node, event))
                if event.between is not None and event.between[0] > 0:
                    ranges.append((node, event))
        elif isinstance(how, Stages):
            stages.append(node)
    formulas = _whole_steps(s)
    if parts or formulas:
        by_step: dict[str, list[Indicator]] = {}
        for node, event in parts:
            per = event.per or Decimal(0)
            step = f"{show(per * 100)} 个百分点" if event.measure == "%" else f"{show(per)}{event.measure}"
            by_step.setdefault(step, []).append(node)
        words = [f"每差 {step}扣分的{s.listed(list({id(n): n for n in nodes}.values()))}" for step, nodes in by_step.items()]
        words += [f"按档扣分的{s.listed(formulas)}"] if formulas else []
        nodes = sorted({id(n): n for n in [*formulas, *(n for n, _ in parts)]}.values(), key=lambda n: s.place[id(n)])
        s.say("partial-step", nodes, f"{'；'.join(words)}，不满一档的部分（如差了两档半的半档）按比例扣还是不扣")
    if ranges:
        words = [f"{s.label(n)}的“{v.what}”{show(v.between[0])}—{show(v.between[1])} 分" for n, v in ranges if v.between is not None]
        s.say("range-open", [n for n, _ in ranges], some(words, 8, "处", "；"))
    if stages:
        due = "，完成时限在另一栏，过了时限才到的" if any(isinstance(n, Indicator) and n.due for n in stages) else ""
        s.say("stage-between", stages, f"{s.listed(stages)}，在两个阶段之间的{due}怎么计没有写，现按已经到的阶段计")


# Grades and ranks ---------------------------------------------------------------------------------------------------


_APART = re.compile("分类|分组|分别确定|各组|各类|本组|本类|一起|全部单位")
"""How a text says among whom places are shared out."""


def quotas(s: Subject) -> None:
    """Shares of the places that do not come to whole units, and of which it is not said among whom."""
    open_: list[Node] = [n for n in s.leaves if isinstance(n.how, GradeQuota) and not _APART.search(n.criteria)]
    if open_:
        s.say("rank-scope", open_, f"{s.listed(open_)}的名额现在在本簿的 {len(s.names)} 个单位里算")
    alike: dict[tuple[tuple[str, Decimal], ...], list[Indicator]] = {}
    for node in s.leaves:
        if isinstance(node.how, GradeQuota):
            alike.setdefault(tuple((g.name, g.share) for g in node.how.grades), []).append(node)
    for named, nodes in alike.items():
        for group, units in s.scheme.groups.items():
            detail = _quota(list(named), len(units))
            if detail:
                s.say("quota-uneven", nodes, f"{s.listed(nodes)}，{group or '全部'}（{len(units)} 个单位）{detail}")


def final_grades(s: Subject) -> None:
    """Grades that are named and not defined, shares of the places that do not come to whole units, what a veto leaves open."""
    grades = s.scheme.grades
    vetoes = [n for n in s.leaves if isinstance(n.how, Veto)]
    if grades is None:
        graded = [n for n in vetoes if isinstance(n.how, Veto) and not n.how.grade.startswith(("取消", "不得", "不能"))]
        if graded:
            words = [f"{s.label(n)}定为“{n.how.grade}”" for n in graded if isinstance(n.how, Veto)]
            s.say("grade-missing", graded, f"{'；'.join(words)}，分几个等次、怎样定没有写")
        return
    _grades_by_points(s, grades)
    barred: list[Node] = [n for n in vetoes if _BARRED.search(f"{n.name}{n.criteria}")]
    if barred:
        s.say("grade-open", barred, f"{s.listed(barred)}只写了不能评为什么等次，改定什么等次没有写", "写明不能评优秀的定为哪一等次")
    if grades.by == "rank_share" and not grades.rounded:
        sizes = {"": len(s.names)} if grades.within == "全部" else {g: len(units) for g, units in s.scheme.groups.items()}
        details = ((group, size, _quota(_shares(grades), size)) for group, size in sizes.items())
        words = [f"{group or '全部'}（{size} 个单位）{detail}" for group, size, detail in details if detail]
        if words:
            s.say("quota-uneven", None, "；".join(words), clause=grades.clause)
    for number, band in enumerate(grades.bands):
        if band.needs:
            before_it = grades.bands[number - 1].name
            s.say("grade-open", None, f"名次落在“{band.name}”、又不是“{band.needs}”的，现定为“{before_it}”", clause=grades.clause)
    if vetoes and grades.by != "score":
        s.say("veto-place", vetoes, f"{s.listed(vetoes)}直接定等次，这些单位现在仍占名次和名额")


_BARRED = re.compile("不(?:能|得|予)评(?:定|选)?为")
"""How a text keeps a unit from a grade."""


def _grades_by_points(s: Subject, grades: Grades) -> None:
    """Grades by points of which one ends, as printed, below where the next begins."""
    gaps = [
        f"“{low.name}”到 {show(low.up_to)} 分、“{high.name}”从 {show(high.at_least)} 分起，"
        f"{show(low.up_to)} 分多、不到 {show(high.at_least)} 分的"
        for high, low in itertools.pairwise(grades.bands)
        if grades.by == "score" and low.up_to is not None and high.at_least is not None and low.up_to < high.at_least
    ]
    if gaps:
        s.say("band-gap", None, "；".join(gaps), clause=grades.clause)


def _shares(grades: Grades) -> list[tuple[str, Decimal]]:
    """The share of the places that each grade has."""
    before = Decimal(0)
    shares: list[tuple[str, Decimal]] = []
    for band in grades.bands:
        if band.up_to is not None:
            shares.append((band.name, band.up_to - before))
            before = band.up_to
    return shares if before >= 1 else [*shares, (grades.bands[-1].name, 1 - before)]


def _quota(shares: list[tuple[str, Decimal]], units: int) -> str:
    """What shares come to, where not whole: the numbers, and what rounding makes of them."""
    counts = [(name, share * units) for name, share in shares]
    if not any(n % 1 for _, n in counts):
        return ""
    rounded = [int(n.to_integral_value(ROUND_HALF_UP)) for _, n in counts]
    words = "、".join(f"{name} {show(n)} 个" for name, n in counts)
    end = f"四舍五入成 {'、'.join(map(str, rounded))} 个"
    if sum(rounded) != units:
        end += f"，合起来是 {sum(rounded)} 个"
    none = [name for (name, _), n in zip(counts, rounded, strict=True) if n == 0]
    if none:
        end += f"，“{'”“'.join(none)}”一个名额也没有"
    return f"{words}；{end}"


def ranks(s: Subject) -> None:
    """Ranks that a score or a grade depends on, the printed 位次 aside."""
    ranked = [line for line in s.plan.lines.values() if not line.key.startswith(f"{TOTAL_TAG}/") and _ranks(line)]
    counted = list({line.label: line for line in ranked}.values())
    grades = s.scheme.grades
    if not s.scheme.ties and (counted or s.scheme.rank_by or (grades is not None and grades.by != "score")):
        placed = f"按“{s.scheme.rank_by}”排的位次" if s.scheme.rank_by and grades is None else "定等次的位次"
        what = f"“{'”“'.join(line.label for line in counted)}”" if counted else placed
        clause = next((c for line in counted if (c := quantity_clause(s, line.label))), grades.clause if grades else "")
        s.say("ties-open", None, f"{what}，现都取较好的名次", clause=clause)
    across = len(s.scheme.groups) - len(s.scheme.outside) > 1
    wide = [line for line in counted if across and any(not tree.among.own_group for tree in _ranks(line))]
    if wide:
        names = "”“".join(line.label for line in wide)
        s.say("rank-scope", None, f"“{names}”，{len(s.names)} 个单位现在一起排", clause=quantity_clause(s, wide[0].label))
    for line in counted:
        for tree in _ranks(line):
            built_in(s, line, tree)
            by_load(s, line, tree)
    extremes(s, across)
    unnamed = across and set(s.scheme.unlisted) >= {g for g in s.scheme.groups if g not in s.scheme.outside}
    unnamed |= across and "*" in s.scheme.unlisted
    own = [line for line in counted if unnamed and all(tree.among.own_group for tree in _ranks(line))]
    own += [line for line in s.plan.lines.values() if unnamed and line.role is Role.WORKING and any(map(_among_own, _walk(line)))]
    labels = list({line.label: line for line in own})
    if labels:
        words = f"“{'”“'.join(labels)}”只在本组里比，哪些单位一组没有列出"
        nodes = [n for line in own if (n := owner_of(s, line))]
        s.say("rank-scope", sorted({id(n): n for n in nodes}.values(), key=lambda n: s.place[id(n)]) or None, words)


def _walk(line: Line) -> Iterator[e.Expression]:
    figure = line.standard.value if line.standard else None
    for tree in (line.formula, figure):
        if isinstance(tree, e.Expression):
            yield from e.walk(tree)


def _ranks(line: Line) -> list[e.Rank]:
    return [tree for tree in _walk(line) if isinstance(tree, e.Rank)]


def quantity_clause(s: Subject, name: str) -> str:
    """The clause of a quantity, or of one that is worked out from it."""
    every = {**s.scheme.quantities, **{n: q for g in s.groups for n, q in g.quantities.items()}}
    own = every[name].clause if name in every else ""
    return own or next((q.clause for q in every.values() if q.clause and name in q.formula), "")


def built_in(s: Subject, line: Line, tree: e.Rank) -> None:
    """Ties that are there whatever is filled in, or once everything is done."""
    looked = s.plan.lines[tree.among.line]
    blank = Evaluation(s.plan, {})
    before = [blank.value(looked.key, unit) for unit in range(len(s.names))]
    if any(isinstance(v, Decimal) and v for v in before) and not depends_on_inputs(s.plan, e.Row(looked.key)):
        tied, why = _tied(s, tree, before), "由承担的任务定，填报前就一样"
    else:
        tied = _tied(s, tree, [_tasks(s, looked, unit) or None for unit in range(len(s.names))])
        why = "承担的任务和角色相同的，都完成时就一样"
    if tied:
        words = some([some(units, 3) for units in tied], 4, "组", "；")
        s.say("ties-built-in", None, f"“{line.label}”看“{looked.label}”，{why}：{words}", clause=quantity_clause(s, line.label))


def by_load(s: Subject, line: Line, tree: e.Rank) -> None:
    """A rank by what units carry: with everything done, those that carry less stand behind all the same."""
    looked = s.plan.lines[tree.among.line]
    owners, trees = _looked_at(s, looked)
    own = any(isinstance(n, e.Binary) and n.operator == "/" and isinstance(n.right, (e.Cell, e.Tagged)) for n in trees)
    if own or line.key not in s.plan.dependencies.looked_at("cell") or not owners or tree.ascending:
        return
    loads: dict[str, dict[str, Decimal]] = {}
    for unit, name in enumerate(s.names):
        group = next(g for g, units in s.scheme.groups.items() if name in units)
        carried = [n for n in s.leaves if n.id in owners and s.carries(n)[unit] and not isinstance(n.points, list)]
        load = sum((s.points(n) * s.scheme.roles.get(s.scheme.roles_in(n)[unit], Decimal(1)) for n in carried), Decimal(0))
        if group not in s.scheme.outside:
            loads.setdefault(group if tree.among.own_group else "", {})[name] = load
    apart = [among for among in loads.values() if len(set(among.values())) > 1]
    if apart:
        among = apart[0]
        most, least = max(among, key=lambda n: among[n]), min(among, key=lambda n: among[n])
        sure = not any(n.only_if or n.unless for n in s.nodes)  # what depends on an answer may not be there
        first, last = (f"{name}（{show(among[name])} 分的任务）" if sure else name for name in (most, least))
        words = f"“{line.label}”看“{looked.label}”，任务都完成时{first}在前，{last}在后"
        s.say("rank-by-load", None, words, clause=quantity_clause(s, line.label))


def _tied(s: Subject, tree: e.Rank, values: Sequence[object]) -> list[list[str]]:
    """The units that are ranked together and alike in something, the largest lot first."""
    alike: dict[tuple[object, str], list[str]] = {}
    for value, name in zip(values, s.names, strict=True):
        group = next(g for g, units in s.scheme.groups.items() if name in units)
        if group not in s.scheme.outside and value is not None:
            alike.setdefault((value, group if tree.among.own_group else ""), []).append(name)
    return sorted((units for units in alike.values() if len(units) > 1), key=len, reverse=True)


def _looked_at(s: Subject, line: Line) -> tuple[set[str], list[e.Expression]]:
    """The indicators whose scores or points a line looks at, and every node on the way there."""
    owners: set[str] = set()
    trees: list[e.Expression] = []
    seen: set[str] = set()
    stack: list[str] = [line.key]
    while stack:
        key = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        here = s.plan.lines[key]
        if here.role in (Role.SCORE, Role.DUE):
            owners.add(here.owner)
            continue
        for tree in _walk(here):
            trees.append(tree)
            if isinstance(tree, e.Tagged) and tree.how == "sum":
                stack += tree.lines
            elif isinstance(tree, e.Cell):
                stack.append(tree.line)
    return owners, trees


def _tasks(s: Subject, line: Line, unit: int) -> tuple[tuple[str, str], ...]:
    """What a unit carries of the scores that a line looks at: each indicator with its role."""
    owners, _ = _looked_at(s, line)
    mine = [n for n in s.leaves if n.id in owners and s.carries(n)[unit]]
    return tuple((n.id, s.scheme.roles_in(n)[unit]) for n in mine)


def extremes(s: Subject, across: bool) -> None:
    """The largest or the smallest: among whom, and what if several are."""
    first = {p for g in s.groups for p in g.periods[:1]}
    ties: dict[str, list[Line]] = {}
    for line in s.plan.lines.values():
        period = "@".join(line.key.owner.periods)
        if period and not set(period.split("@")) <= first:
            continue
        means = line.label.startswith(("平均", "计算得分"))
        for node in _walk(line):
            if across and line.role is Role.WORKING and not means and _among_all(node):
                words = f"“{line.label}”，现在是全部单位里最{'高' if isinstance(node, e.Fold) and node.how == 'max' else '低'}的"
                s.say("rank-scope", owner_of(s, line), words, clause=quantity_clause(s, line.label))
            if isinstance(node, e.Compare) and not any(isinstance(n, (e.Number, e.Text)) for n in (node.left, node.right)):
                best = next((n for n in (node.left, node.right) if _is_extreme(s, n)), None)
                if isinstance(best, (e.Cell, e.Fixed)):
                    ties.setdefault(s.plan.lines[best.line].label, []).append(line)
    for what, lines in ties.items():
        used = "、".join(dict.fromkeys(s.line_label(line.key) for line in lines))
        nodes = [n for line in lines if (n := owner_of(s, line))]
        s.say("extremum-ties", nodes or None, f"“{what}”同时有几个单位时，{used}按哪一个算")


def _among_own(node: e.Expression) -> bool:
    return isinstance(node, e.Fold) and node.how in ("max", "min") and any(isinstance(p, e.Row) and p.own_group for p in node.over)


def _among_all(node: e.Expression) -> bool:
    return isinstance(node, e.Fold) and node.how in ("max", "min") and any(isinstance(p, e.Row) and not p.own_group for p in node.over)


def owner_of(s: Subject, line: Line) -> Node | None:
    """The indicator or group that a line belongs to; for data of a group, that group."""
    names = (line.owner.id, line.key.owner.id)
    found = next((n for n in s.nodes if names[0] and s.own(n) == names[0]), None)
    return found or next((g for g in s.groups if names[1] in g.quantities), None)


def _is_extreme(s: Subject, node: e.Expression) -> bool:
    """The largest or smallest figure among the units."""
    whole = s.bounds.resolved(node)
    return isinstance(whole, e.Fold) and whole.how in ("max", "min") and any(isinstance(p, e.Row) for p in whole.over)
