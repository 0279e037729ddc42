"""What a regulation leaves open or gets wrong, found from the structure of its scheme before it is printed.

Everything said here is true of the scheme as it is written; whether the text itself says more, its authors know. Each
remark names its clause and the wording that would close it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal

from generator import expression as e
from generator.elements import Bands
from generator.evaluation import Evaluation
from generator.explain import show
from generator.expression import Expression
from generator.figures import Percent
from generator.plan import Plan, make_plan
from generator.rules.banded import Banded, Stages
from generator.rules.completion import Checklist, Gated, Highest
from generator.rules.events import Award, Event, PerEvent
from generator.rules.formula import Formula
from generator.rules.grading import GradeQuota
from generator.rules.ratio import Ratio
from generator.scheme import Group, Indicator, Scheme, SchemeFile

Figure = Decimal | None
"""An attainable number, or None where nothing limits it."""


@dataclass(frozen=True)
class Kind:
    """A kind of remark. title: in a few words; wording: what a regulation would have to say."""

    title: str
    wording: str


CATALOGUE: dict[str, Kind] = {
    "sum-differs": Kind("分值加起来不对", "改正分项或合计的分值，使各项之和等于合计"),
    "points-out-of-reach": Kind("有的单位得不到满分", "写明没有这项任务的单位怎么计：折算、取平均分，或另定分值"),
    "points-left-over": Kind("写明的扣分扣不完分值", "写明其余分值怎么扣，或把分值改为扣得完的数"),
    "deduction-exceeds": Kind("扣分超过分值", "写“扣完为止”或写明可以扣成负分"),
    "single-exceeds": Kind("一次就扣完或扣超", "核对每次扣分与分值"),
    "floor-missing": Kind("没有下限，可以扣成负数", "写“扣完为止”，或写明负分怎么计入总分"),
    "floor-assumed": Kind("扣到几分为止没有写", "写“扣完为止”，或写明可以为负"),
    "cap-unreachable": Kind("封顶达不到", "改低封顶，或增加可得分的情形"),
    "cap-missing": Kind("加分没有上限", "写“最多加…分”"),
    "earned-only-by-events": Kind("没有发生就得不到分", "写明没有这类情形的单位怎么计，或列为加分项"),
    "total-exceeds": Kind("总分可以超过满分", "写明加分后总分是否封顶"),
    "band-overlap": Kind("相邻两档的端点重叠", "写明端点归哪一档，如“以上含本数”"),
    "band-gap": Kind("两档之间有空档", "补上空档，或写明落在空档里怎么计"),
    "band-open": Kind("有的数不在任何一档", "补上最低（最高）一档"),
    "partial-step": Kind("不足一档怎么扣没有写", "写“不足…的按比例计”或“不足…的不计”"),
    "zero-denominator": Kind("分母可能为0", "写明没有发生（数量为0）时怎么计分"),
    "zero-target": Kind("目标为0", "写明目标为0的怎么计"),
    "quota-uneven": Kind("名额比例算出来不是整数", "写明怎样取整，或直接写名额数"),
    "ties-open": Kind("并列怎么排没有写", "写明并列的取同一名次，其后名次空出或顺延"),
    "ties-built-in": Kind("还没有填就已经并列", "写明并列时再比什么"),
    "rank-scope": Kind("在哪些单位里排名没有写", "写明各组分别排名还是一起排名"),
    "extremum-ties": Kind("最高（最低）的有几个时怎么办没有写", "写明并列时全部适用，或再比什么"),
    "average-of-few": Kind("平均分只有一个或没有单位可平均", "写明有任务的单位太少时怎么计"),
    "weights-differ": Kind("权重加起来不是100%", "改正权重"),
    "unit-untouched": Kind("有的单位没有任何指标", "把它列入有关指标，或从被考核单位里去掉"),
    "assessor-missing": Kind("没有写考核主体", "写明由谁考核"),
    "assesses-itself": Kind("自己考核自己", "改由别的部门考核，或写明回避办法"),
    "role-twice": Kind("同一单位在一项里有两个角色", "只留一个角色，或写明按哪个计"),
    "unit-twice": Kind("同一单位写了两次", "删去重复的"),
    "several-leads": Kind("一项有几个牵头单位，是各得全分还是分摊没有写", "写明各牵头单位各按全分计，或怎样分摊"),
    "same-as-role": Kind("只有一个单位承担", "核对是否还有别的承担单位"),
    "period-missing": Kind("有的期没有考核时怎么算没有写", "写明只平均参加了的期，或按几期平均"),
    "first-period": Kind("第一期没有上一期可比", "写明第一期怎么计"),
    "direct-judgement": Kind("没有计分办法，只能由考核主体评分", "写明得分、扣分的标准"),
    "two-readings": Kind("一条有几种理解", "照现取的读法写明白"),
    "figures-differ": Kind("两处写的数不一样", "改成一致"),
}


@dataclass(frozen=True)
class Remark:
    """One remark. at: the indicator or group, '' for the whole scheme; clause: where it stands in the text."""

    code: str
    at: str
    clause: str
    message: str
    wording: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def lint(file: SchemeFile) -> list[Remark]:
    """What the scheme leaves open or gets wrong, in the order of the text. Raises SchemeFault for one that does not compile."""
    return _Linter(file.scheme).remarks


@dataclass(frozen=True)
class Reach:
    """The least and the most that an indicator can give a unit that carries it."""

    low: Figure
    high: Figure


class _Linter:
    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.plan: Plan = make_plan(scheme)
        self.remarks: list[Remark] = []
        self.settled = {key for reading in scheme.readings for option in reading.options.values() for key in _keys(option.sets)}
        self.nodes = list(scheme.walk())
        self.leaves = [n for n in self.nodes if isinstance(n, Indicator)]
        self.sums()
        for node in self.leaves:
            self.indicator(node)
        for group in self.nodes:
            if isinstance(group, Group):
                self.group(group)
        self.who()
        self.formulas()
        self.reach_of_units()
        self.ranks()
        self.declared()

    def say(self, code: str, at: str, detail: str, clause: str = "") -> None:
        kind = CATALOGUE[code]
        source = f"{self.scheme.source.document} {clause or self.scheme.source.part}".strip()
        self.remarks.append(Remark(code, at, source, f"{kind.title}：{detail}" if detail else kind.title, kind.wording))

    def label(self, node: Indicator | Group) -> str:
        return f"{node.id} {node.name}".strip()

    # Points ---------------------------------------------------------------------------------------------------------

    def sums(self) -> None:
        """Points that do not add up, at every level."""
        names = self.scheme.unit_names
        for node in self.nodes:
            if not isinstance(node, Group) or node.points is None or node.base == "full" or node.formula:
                continue
            sums = self.given(node.children)
            carried = [i for i, c in enumerate(self.scheme.carriers_of(node)) if c and sums[i]]
            off = {i: sums[i] for i in carried if sums[i] != node.points}
            if off and not self.deducts_only(node):
                self.say("sum-differs", node.id or node.name, self.differing(self.label(node), node.points, off, names), node.clause)
        if self.scheme.full_marks is not None and not self.scheme.formula:
            sums = self.given(self.scheme.indicators)
            off = {i: s for i, s in enumerate(sums) if s != self.scheme.full_marks}
            if off:
                self.say("sum-differs", "", self.differing("满分", self.scheme.full_marks, off, names))

    def differing(self, what: str, stated: Decimal, off: dict[int, Decimal], names: list[str]) -> str:
        by_sum: dict[Decimal, list[str]] = {}
        for unit, value in off.items():
            by_sum.setdefault(value, []).append(names[unit])
        parts = [f"{show(v)}（{_some(units)}）" if len(units) < len(names) else show(v) for v, units in by_sum.items()]
        return f"“{what}”写的是 {show(stated)}，下面各项加起来是 {'、'.join(parts[:4])}"

    def deducts_only(self, node: Group) -> bool:
        leaves = [n for n in _below(node) if isinstance(n, Indicator)]
        return all(not isinstance(n.points, list) and n.points == 0 for n in leaves)

    def given(self, nodes: list[Group | Indicator]) -> list[Decimal]:
        count = len(self.scheme.unit_names)
        sums = [Decimal(0)] * count
        for node in nodes:
            if isinstance(node, Group):
                row: list[Decimal | None] = [node.points] * count if node.points is not None else list(self.given(node.children))
            else:
                row = list(node.points) if isinstance(node.points, list) else [node.points] * count
            carries = self.scheme.carriers_of(node)
            if isinstance(node, Indicator) and node.no_task != "exclude":
                carries = (True,) * count
            sums = [a + ((b or Decimal(0)) if c else 0) for a, b, c in zip(sums, row, carries, strict=True)]
        return sums

    # One indicator --------------------------------------------------------------------------------------------------

    def indicator(self, node: Indicator) -> None:
        at, how = node.id, node.how
        points = node.points if not isinstance(node.points, list) else max((p for p in node.points if p is not None), default=Decimal(0))
        if isinstance(how, PerEvent):
            self.events(node, how, points)
        elif isinstance(how, Award):
            if how.at_most > len(how.items) * how.at_most:
                self.say("cap-unreachable", at, self.label(node), node.clause)
        elif isinstance(how, Checklist):
            lost = sum((c.each for c in how.items), Decimal(0))
            self.exhausts(node, points, lost)
        elif isinstance(how, GradeQuota):
            for group, units in self.groups():
                shares = [f"{g.name} {show(g.share * 100)}%即 {show(g.share * units)} 个" for g in how.grades if (g.share * units) % 1]
                if shares:
                    self.say("quota-uneven", at, f"“{self.label(node)}”{group}{units} 个单位：{'，'.join(shares)}", node.clause)
        elif isinstance(how, Ratio):
            targets = how.target if isinstance(how.target, list) else [how.target]
            zero = [self.scheme.unit_names[i] for i, t in enumerate(targets) if t == 0]
            if zero:
                self.say("zero-target", at, f"“{self.label(node)}”{_some(zero)}", node.clause)
            if how.better == "lower":
                self.say("zero-denominator", at, f"“{self.label(node)}”的{how.actual}", node.clause)
        elif isinstance(how, Banded):
            self.bands(at, self.label(node), how.bands, node.clause)
        elif isinstance(how, Formula):
            for name, bands in how.bands.items():
                self.bands(at, name, bands, node.clause)
        if node.no_task == "average":
            self.average(node)

    def events(self, node: Indicator, how: PerEvent, points: Decimal) -> None:
        at, label = node.id, f"“{self.label(node)}”"
        most = [_most(event) for event in how.events if not event.zero]
        deducts = how.rule == "deduct"  # type: ignore[attr-defined]
        for event in how.events:
            if event.by_rate and event.whole is None and how.whole is None:
                self.say(
                    "partial-step",
                    at,
                    f"{label}{event.what}，每{show((event.per or Decimal(0)) * 100)}个百分点"
                    if event.measure == "%"
                    else f"{label}{event.what}",
                    node.clause,
                )
        together = None if any(m is None for m in most) else sum((m for m in most if m is not None), Decimal(0))
        if how.at_most is not None and together is not None and together < how.at_most:
            self.say("cap-unreachable", at, f"{label}合计最多{show(how.at_most)}，各情形加起来最多{show(together)}", node.clause)
        if not deducts:
            if how.at_most is None and together is None:
                self.say("cap-missing", at, label, node.clause)
            if node.id not in self.bonus_ids() and how.at_most is not None:
                self.say("earned-only-by-events", at, f"{label}{show(how.at_most)} 分计入满分，没有这些情形的单位得 0 分", node.clause)
            return
        floor = getattr(how, "floor", Decimal(0))
        cap = how.at_most if how.at_most is not None else together
        if points and cap is not None:
            self.exhausts(node, points, cap if together is None else min(cap, together), has_zero=any(v.zero for v in how.events))
        big = [v.what for v in how.events if v.each is not None and not v.by_rate and v.each > points]
        if points and big:
            self.say("single-exceeds", at, f"{label}{show(points)} 分，{_some(big)}一次就扣得更多", node.clause)
        if floor is None and points and (together is None or together > points):
            self.say("floor-missing", at, label, node.clause)
        if floor == "assumed" or (floor == 0 and "floor" in self.settled_for(node)):
            self.say("floor-assumed", at, f"{label}（现按扣到 0 分为止）", node.clause)

    def exhausts(self, node: Indicator, points: Decimal, lost: Decimal, has_zero: bool = False) -> None:
        if lost < points and not has_zero:
            detail = f"“{self.label(node)}”{show(points)} 分，写明的各项全扣也只扣 {show(lost)} 分，还剩 {show(points - lost)} 分"
            self.say("points-left-over", node.id, detail, node.clause)
        elif lost > points:
            self.say("deduction-exceeds", node.id, f"“{self.label(node)}”{show(points)} 分，各项加起来可扣 {show(lost)} 分", node.clause)

    def settled_for(self, node: Indicator) -> set[str]:
        return {
            key
            for reading in self.scheme.readings
            for o in reading.options.values()
            for w, keys in o.sets.items()
            for key in keys
            if w == node.id
        }

    def average(self, node: Indicator) -> None:
        carriers = sum(self.scheme.carriers_of(node))
        open_ended = node.may_be_none or node.only_if or node.unless
        if carriers <= 1 or (open_ended and node.nobody == "blank"):
            who = f"有任务的只有 {carriers} 个单位" if carriers <= 1 else "可能所有单位都没有任务，那时没有平均分"
            self.say("average-of-few", node.id, f"“{self.label(node)}”{who}", node.clause)

    def bands(self, at: str, name: str, table: Bands, clause: str) -> None:
        """Bands as printed: where they overlap, leave a gap or do not cover everything."""
        both = sorted((b for b in table.bands if b.lower is not None and b.upper is not None), key=lambda b: b.lower or Decimal(0))
        edges = [b for b in table.bands if b.lower is not None or b.upper is not None]
        printed = sorted(edges, key=lambda b: (b.lower if b.lower is not None else b.upper) or Decimal(0))
        for low, high in itertools.pairwise(printed):
            if low.upper is None or high.lower is None:
                continue
            if low.upper == high.lower and not table.stated:
                self.say("band-overlap", at, f"“{name}”两档都到 {_shown(high.lower)}", clause)
            elif low.upper > high.lower:
                self.say("band-overlap", at, f"“{name}”{_shown(high.lower)}—{_shown(low.upper)} 在两档里", clause)
            elif low.upper < high.lower and not table.whole:
                self.say("band-gap", at, f"“{name}”{_shown(low.upper)} 与 {_shown(high.lower)} 之间", clause)
        rest = any(b.lower is None and b.upper is None for b in table.bands)
        if both and not rest:
            top = both[-1]
            if table.highest is not None and top.upper is not None and top.upper < table.highest:
                self.say("band-open", at, f"“{name}”高于 {_shown(top.upper)} 的", clause)
        if not rest and not table.by_upper:
            lowest = min((b.lower for b in table.bands if b.lower is not None), default=Decimal(0))
            if lowest > 0:
                self.say("band-open", at, f"“{name}”低于 {_shown(lowest)} 的", clause)

    def bonus_ids(self) -> set[str]:
        bonus = self.scheme.bonus
        return {n.id for n in _below(bonus) if isinstance(n, Indicator)} | {bonus.id} if bonus else set()

    # Groups ---------------------------------------------------------------------------------------------------------

    def group(self, node: Group) -> None:
        at = node.id or node.name
        for name, bands in node.bands.items():
            self.bands(at, name, bands, node.clause)
        if node.periods and node.fold == "average" and not node.weights:
            self.say("period-missing", at, f"“{self.label(node)}”按 {len(node.periods)} 期平均", node.clause)
        if node.weights and sum(node.weights, Decimal(0)) != 1:
            self.say("weights-differ", at, f"“{self.label(node)}”各期权重合计 {show(sum(node.weights, Decimal(0)) * 100)}%", node.clause)
        if node.at_most is not None:
            reach = self.reach(node, None)
            if reach.high is not None and reach.high < node.at_most:
                self.say(
                    "cap-unreachable",
                    at,
                    f"“{self.label(node)}”最高 {show(node.at_most)}，下面各项加起来最多 {show(reach.high)}",
                    node.clause,
                )

    # Who ------------------------------------------------------------------------------------------------------------

    def who(self) -> None:
        names = self.scheme.unit_names
        touched = [False] * len(names)
        for node in self.leaves:
            for position, carries in enumerate(self.carries(node)):
                touched[position] |= carries
        alone = [n for n, t in zip(names, touched, strict=True) if not t]
        if alone:
            self.say("unit-untouched", "", _some(alone))
        missing = [n.id for n in self.leaves if not self.assessor(n)]
        if missing:
            whole = len(missing) == len(self.leaves)
            self.say("assessor-missing", "" if whole else missing[0], "全部指标" if whole else f"{_some(missing)} {len(missing)} 项")
        selves: dict[str, list[str]] = {}
        for node in self.leaves:
            for unit, carries in zip(names, self.carries(node), strict=True):
                if carries and _same_body(unit, self.assessor(node)):
                    selves.setdefault(unit, []).append(node.id)
        for unit, ids in selves.items():
            self.say("assesses-itself", ids[0], f"{unit}考核本单位的 {_some(ids)}")
        leads = []
        for node in self.leaves:
            self.lists(node)
            if isinstance(node.carriers, dict):
                top = max(self.scheme.roles.values(), default=Decimal(1))
                if sum(1 for r in self.scheme.roles_in(node) if r and self.scheme.roles[r] == top) > 1:
                    leads.append(node.id)
        if leads:
            self.say("several-leads", leads[0], f"{_some(leads)} {len(leads)} 项")

    def carries(self, node: Indicator) -> tuple[bool, ...]:
        without = node.how.without(len(self.scheme.unit_names))
        around = (True,) * len(without)
        for group in self.nodes:
            if isinstance(group, Group) and any(child is node for child in _below(group)):
                around = tuple(a and b for a, b in zip(around, self.scheme.carriers_of(group), strict=True))
        points = node.points if isinstance(node.points, list) else [Decimal(0)] * len(without)
        own = self.scheme.carriers_of(node)
        return tuple(a and c and not w and p is not None for a, c, w, p in zip(around, own, without, points, strict=True))

    def assessor(self, node: Indicator) -> str:
        if node.assessor:
            return node.assessor
        around = [g for g in self.nodes if isinstance(g, Group) and g.assessor and any(child is node for child in _below(g))]
        return around[-1].assessor if around else ""

    def lists(self, node: Indicator) -> None:
        if not isinstance(node.carriers, dict):
            names = list(node.carriers)
            twice = sorted({n for n in names if names.count(n) > 1})
            if twice:
                self.say("unit-twice", node.id, f"“{self.label(node)}”{_some(twice)}", node.clause)
            return
        seen: dict[str, str] = {}
        for role, names in node.carriers.items():
            members = self.scheme.members(names) if names else ()
            twice = sorted({n for n in names if list(names).count(n) > 1})
            if twice:
                self.say("unit-twice", node.id, f"“{self.label(node)}”{role}：{_some(twice)}", node.clause)
            both = [n for n, m in zip(self.scheme.unit_names, members, strict=False) if m and n in seen and n in names]
            for name in both:
                self.say("role-twice", node.id, f"“{self.label(node)}”{name}既是{seen[name]}又是{role}", node.clause)
            for name, member in zip(self.scheme.unit_names, members, strict=False):
                if member:
                    seen.setdefault(name, role)

    # Formulas -------------------------------------------------------------------------------------------------------

    def formulas(self) -> None:
        zero: dict[str, list[str]] = {}
        for block in self.plan.blocks:
            for line in block.lines:
                for tree in (line.formula, line.standard.value if line.standard else None):
                    if isinstance(tree, Expression):
                        for bottom in self.divisors(tree):
                            zero.setdefault(bottom, []).append(f"{block.number or block.id or block.name} {line.label}".strip())
        for bottom, where in zero.items():
            listed = list(dict.fromkeys(where))
            self.say("zero-denominator", "", f"{bottom}为 0 时，{_some(listed)} 怎么算")
        for name, bands in self.scheme.bands.items():
            self.bands("", name, bands, "")
        if self.scheme.formula:
            weights = self.weights()
            if len(weights) > 1 and sum(weights.values(), Decimal(0)) != 1:
                words = "、".join(f"{k} {show(v * 100)}%" for k, v in weights.items())
                self.say("weights-differ", "", f"{words}，合计 {show(sum(weights.values(), Decimal(0)) * 100)}%")

    def weights(self) -> dict[str, Decimal]:
        """Percentages that the total's parts are multiplied by."""
        from generator.keys import WORKED

        line = self.plan.lines.get(WORKED)
        found: dict[str, Decimal] = {}
        if line is None or line.formula is None:
            return found
        for node in e.walk(line.formula):
            if isinstance(node, e.Binary) and node.operator == "*":
                for side in (node.left, node.right):
                    if isinstance(side, e.Fixed):
                        figure = self.plan.lines[side.line].standard
                        if figure and isinstance(figure.value, Percent):
                            found[self.plan.lines[side.line].label] = figure.value
        return found

    def divisors(self, tree: Expression) -> Iterator[str]:
        """What a formula divides by and can be zero, by name: quantities that officials fill in, or sums of such."""
        for node in e.walk(tree):
            if not (isinstance(node, e.Binary) and node.operator == "/"):
                continue
            cells = [n for n in e.walk(node.right) if isinstance(n, (e.Cell, e.Row, e.Fixed, e.Tagged, e.OfUnit))]
            if isinstance(node.right, e.Fold) and node.right.how in ("max", "size", "count"):
                cells = [c for c in cells if isinstance(c, e.Row)] if node.right.how == "max" else []
                if any(isinstance(p, e.Number) for p in node.right.over):
                    cells = []
            for cell in cells:
                if isinstance(cell, e.Tagged):
                    yield "适用分值合计"
                elif isinstance(cell, e.Fixed) and not self.plan.lines[cell.line].shared:
                    continue
                else:
                    line = self.plan.lines[cell.line]
                    if line.values is None or any(v == 0 for v in line.values):
                        yield line.label

    # What can be reached --------------------------------------------------------------------------------------------

    def reach(self, node: Group | Indicator, unit: int | None) -> Reach:
        """What a node can give: a unit, or anybody who carries everything (None)."""
        if isinstance(node, Indicator):
            return self.reach_of(node, unit)
        if node.formula:
            return Reach(None, None)
        parts = [self.reach(child, unit) for child in node.children if isinstance(child, Group) or child.how.scored]
        base = (node.points or Decimal(0)) if node.base == "full" else Decimal(0)
        low = None if any(p.low is None for p in parts) else base + sum((p.low for p in parts if p.low is not None), Decimal(0))
        high = None if any(p.high is None for p in parts) else base + sum((p.high for p in parts if p.high is not None), Decimal(0))
        if node.at_least is not None:
            low = node.at_least if low is None else max(low, node.at_least)
        if node.at_most is not None:
            high = node.at_most if high is None else min(high, node.at_most)
        if node.rescale and node.points is not None and parts:
            return Reach(low, node.points)
        return Reach(low, high)

    def reach_of(self, node: Indicator, unit: int | None) -> Reach:
        how = node.how
        points = (
            node.points
            if not isinstance(node.points, list)
            else (node.points[unit] if unit is not None else max(p or Decimal(0) for p in node.points))
        )
        worth = points or Decimal(0)
        if unit is not None and not self.carries(node)[unit] and node.no_task == "exclude":
            return Reach(Decimal(0), Decimal(0))
        if isinstance(how, PerEvent):
            most = [_most(v) for v in how.events if not v.zero]
            together = None if any(m is None for m in most) else sum((m for m in most if m is not None), Decimal(0))
            cap = how.at_most if together is None else together if how.at_most is None else min(together, how.at_most)
            if how.rule == "deduct":  # type: ignore[attr-defined]
                floor = getattr(how, "floor", Decimal(0))
                low = None if floor is None and cap is None else (worth - cap if cap is not None and floor is None else Decimal(0))
                return Reach(low, worth)
            return Reach(Decimal(0), cap)
        if isinstance(how, Award):
            return Reach(Decimal(0), how.at_most)
        if isinstance(how, Formula):
            return Reach(how.at_least, worth if how.at_most == "points" else how.at_most if isinstance(how.at_most, Decimal) else None)
        if isinstance(how, Banded):
            gives = [b.gives for b in how.bands.bands if isinstance(b.gives, Decimal)]
            return Reach(min(gives, default=None), max(gives, default=None))
        if isinstance(how, GradeQuota):
            return Reach(min(g.points for g in how.grades), max(g.points for g in how.grades))
        if isinstance(how, Highest):
            best = max(c.each for c in how.items)
            return Reach(max(worth - best, Decimal(0)), worth) if how.minus else Reach(Decimal(0), best)
        if isinstance(how, (Checklist, Stages, Gated, Ratio)) or how.scored:
            return Reach(Decimal(0), worth)
        return Reach(Decimal(0), Decimal(0))

    def reach_of_units(self) -> None:
        full = self.scheme.full_marks
        if full is None or self.scheme.formula:
            return
        names = self.scheme.unit_names
        short: dict[Decimal, list[str]] = {}
        for unit, name in enumerate(names):
            parts = [self.reach(n, unit) for n in self.scheme.indicators if isinstance(n, Group) or n.how.scored]
            if all(p.high is not None for p in parts):
                most = sum((p.high for p in parts if p.high is not None), Decimal(0))
                if most < full:
                    short.setdefault(most, []).append(name)
        for most, units in sorted(short.items()):
            who = "所有单位" if len(units) == len(names) else f"{_some(units)}"
            self.say("points-out-of-reach", "", f"满分 {show(full)}，{who}最多得 {show(most)}")
        if self.scheme.bonus is not None:
            bonus = self.reach(self.scheme.bonus, None)
            more = f"最多 {show(full + bonus.high)}" if bonus.high is not None else "没有上限"
            self.say("total-exceeds", "", f"加分不在满分 {show(full)} 之内，{more}")

    # Ranks ----------------------------------------------------------------------------------------------------------

    def groups(self) -> Iterator[tuple[str, int]]:
        for name, members in self.scheme.groups.items():
            yield name, len(members)

    def ranks(self) -> None:
        grades = self.scheme.grades
        counted = self.counting_ranks()
        if (counted or (grades is not None and grades.by != "score")) and not self.scheme.ties:
            what = "、".join(self.plan.lines[k].label for k in counted) or "等次"
            self.say("ties-open", "", f"{what}（现取较好的名次）")
        if grades is not None and grades.by == "rank_share":
            whole = [("", len(self.scheme.unit_names))] if grades.within == "全部" else list(self.groups())
            for group, units in whole:
                shares = [
                    f"{b.name}到 {show(b.up_to * 100)}%即 {show(b.up_to * units)} 名"
                    for b in grades.bands
                    if b.up_to is not None and (b.up_to * units) % 1
                ]
                if shares:
                    self.say("quota-uneven", "等次", f"{group}{units} 个单位：{'，'.join(shares)}", grades.clause)
        blank = Evaluation(self.plan, {})
        several = len(self.scheme.groups) > 1
        for key in counted:
            line = self.plan.lines[key]
            trees = [n for n in e.walk(line.formula or e.Blank()) if isinstance(n, e.Rank)]
            for tree in trees:
                if several and not tree.among.own_group:
                    self.say("rank-scope", "", f"{line.label}现在全部单位一起排")
                values: dict[Decimal, list[str]] = {}
                for unit, name in enumerate(self.plan.units):
                    value = blank.value(tree.among.line, unit)
                    if isinstance(value, Decimal):
                        values.setdefault(value, []).append(name)
                tied = [units for units in values.values() if len(units) > 1]
                if tied:
                    self.say("ties-built-in", "", f"{line.label}：{'；'.join(f'{_some(u)}（{len(u)} 个）' for u in tied[:4])}")
        for line in self.plan.lines.values():
            for node in e.walk(line.formula or e.Blank()):
                if isinstance(node, e.Compare) and node.operator == "=" and any(_extreme(s) for s in (node.left, node.right)):
                    self.say("extremum-ties", line.owner, line.label)
                if (
                    several
                    and isinstance(node, e.Fold)
                    and node.how in ("max", "min", "average")
                    and any(isinstance(p, e.Row) and not p.own_group for p in node.over)
                ):
                    looked = next(p for p in node.over if isinstance(p, e.Row))
                    if not line.label.startswith("平均") and line.role.value == "working":
                        self.say("rank-scope", "", f"{line.label}现在按全部单位的{self.plan.lines[looked.line].label}算")
        for line in self.plan.lines.values():
            if line.shared and line.standard is not None and isinstance(line.standard.value, Expression) and several:
                for node in e.walk(line.standard.value):
                    if isinstance(node, e.Fold) and node.how in ("max", "min") and any(isinstance(p, e.Row) for p in node.over):
                        self.say("rank-scope", "", f"{line.label}现在按全部单位算")
                        break

    def counting_ranks(self) -> list[str]:
        """Lines with a rank that a score depends on, the printed 位次 aside."""
        from generator.keys import RANK

        return [
            key
            for key, line in self.plan.lines.items()
            if key != RANK and line.formula is not None and any(isinstance(n, e.Rank) for n in e.walk(line.formula)) and line.owner
        ]

    # What the scheme itself declares --------------------------------------------------------------------------------

    def declared(self) -> None:
        for reading in self.scheme.readings:
            others = [f"{name}：{o.says}" for name, o in reading.options.items() if name != reading.takes]
            figures = any(_figures_only(o.sets) for o in reading.options.values() if o.sets)
            code = "figures-differ" if figures else "two-readings"
            self.say(code, reading.at, f"{reading.id}（现取“{reading.takes}”；{'；'.join(others)}）", reading.clause)
        for note in self.scheme.notes:
            if note.conflict:
                self.say("figures-differ", note.at, note.reading, note.clause)
            elif note.otherwise:
                self.say("two-readings", note.at, f"{note.reading}（也可理解为：{note.otherwise}）", note.clause)


def _below(node: Group | Indicator | None) -> Iterator[Group | Indicator]:
    if node is None:
        return
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from _below(child)


def _most(event: Event) -> Figure:
    """The most that one event can cost or earn, or None where it can happen any number of times."""
    if event.between is not None:
        return event.between[1]
    if event.at_most is not None:
        return event.at_most
    if event.up_to is not None and event.each is not None:
        return event.each * event.up_to
    return None


def _extreme(node: Expression) -> bool:
    return isinstance(node, e.Fold) and node.how in ("max", "min") and any(isinstance(p, e.Row) for p in node.over)


def _keys(sets: dict[str, dict[str, object]]) -> Iterator[str]:
    for keys in sets.values():
        yield from keys


def _figures_only(sets: dict[str, dict[str, object]]) -> bool:
    """Whether an option changes plain figures and nothing else."""

    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return bool(value) and all(plain(v) for v in value.values())
        return isinstance(value, (Decimal, int)) and not isinstance(value, bool)

    return bool(sets) and all(plain({k: v for k, v in keys.items() if k != "rule"}) for keys in sets.values())


def _same_body(unit: str, assessor: str) -> bool:
    """Whether an assessor is the unit itself: the same name, the place before it and what stands in brackets aside."""
    plain = unit.partition("（")[0]
    return any(part.strip().lstrip("市县区") == plain.lstrip("市县区") for part in assessor.replace("、", "，").split("，") if part.strip())


def _shown(value: Decimal) -> str:
    return f"{show(value * 100)}%" if isinstance(value, Percent) else show(value)


def _some(names: list[str], most: int = 6) -> str:
    return "、".join(names[:most]) + ("等" if len(names) > most else "")
