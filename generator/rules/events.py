"""Deductions and additions by event: 每次扣…分，扣完为止; 每项加…分，最多加…分; 酌情加分."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generator.language.declared import Asked
from generator.language.figures import Floor, SchemeFigure
from generator.lines.input import YES
from generator.lines.line import Figure
from generator.rules.base import Declarations, Rule
from generator.rules.item import Item
from generator.tree import expression as e
from generator.tree.expression import Expression, clamp, total, when
from generator.value import Assumed, Percent, show


class Event(BaseModel):
    """Something that costs or earns points.

    what: its name, which is also the name of the input.
    each: points for one; at_most: the most that this event alone can cost or earn; up_to: how often it can happen.
    between: the assessor chooses points within this band, both ends included, or none (扣0.5—1分).
    zero: where it happens, the whole item gives nothing (本项不得分).
    must: what has to be done, answered 是 or 否; without it the whole item gives nothing. Unlike a count it cannot be left blank, so
    that an item nobody looked at is not full marks.
    short_of: a rate that should be reached: each ``per`` below it costs ``each``; ``填报`` where the target is each
    unit's own and is typed in too; beyond: one not to be exceeded. highest: the greatest value of the rate that can occur: 100%
    for a share of a whole, which is never less than nothing then.
    whole: only whole steps of ``per`` count, unless the rule says so for all its events; in: the unit of the rate, ``%`` unless given.
    per_what: what is counted, where it is not 次: 天, 项, 个镇.
    for: roles, units, groups or sets, where only those can lose or earn by it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    what: str
    each: SchemeFigure | None = Field(default=None, gt=0)
    at_most: SchemeFigure | None = Field(default=None, gt=0)
    up_to: int | None = Field(default=None, ge=1)
    between: tuple[SchemeFigure, SchemeFigure] | None = None
    zero: bool = False
    must: bool = False
    short_of: SchemeFigure | Literal["填报"] | None = None
    beyond: SchemeFigure | None = None
    highest: SchemeFigure | None = None
    per: SchemeFigure | None = Field(default=None, gt=0)
    whole: bool | None = None
    counted: str = Field(default="", alias="per_what")
    measure: str = Field(default="%", alias="in")
    carriers: list[str] = Field(default_factory=list, alias="for")

    @model_validator(mode="after")
    def _one_form(self) -> Event:
        rate = self.short_of is not None or self.beyond is not None
        if sum((self.each is not None, self.between is not None, self.zero, self.must)) != 1:
            raise ValueError("每个事项写 each（每次几分）、between（在几分到几分之间酌情）、zero（不得分）、must（没有做到不得分）中的一个")
        if rate != (self.per is not None) or (rate and self.each is None):
            raise ValueError("与标准比的事项要写 short_of（或 beyond）、per（每差多少）和 each（扣几分）")
        if self.highest is not None and not rate:
            raise ValueError("highest 只能写在与标准比的事项上")
        if self.short_of is not None and self.beyond is not None:
            raise ValueError("short_of 和 beyond 只能写一个")
        if self.between is not None and not 0 <= self.between[0] <= self.between[1]:
            raise ValueError("between 要从小到大")
        return self

    @property
    def by_rate(self) -> bool:
        return self.per is not None

    @property
    def fatal(self) -> bool:
        """Whether it leaves nothing of the whole item."""
        return self.zero or self.must

    @property
    def most(self) -> Decimal | None:
        """The most that it can cost or earn; None where that has no end."""
        if self.at_most is not None:
            return self.at_most
        if self.between is not None:
            return self.between[1]
        if self.each is not None and self.per is not None:
            share = isinstance(self.short_of, Decimal) and (self.measure != "%" or self.highest is not None)
            return self.short_of / self.per * self.each if share and isinstance(self.short_of, Decimal) else None
        return self.each * self.up_to if self.each is not None and self.up_to is not None else None

    def words(self, verb: str, whole: bool = False) -> str:
        """The event as part of a sentence."""
        own = f"（最多{verb}{show(self.at_most)}）" if self.at_most is not None else ""
        if self.zero or self.must:
            return f"{self.what}，{'没有做到的' if self.must else ''}本项不得分"
        if self.between is not None:
            return f"{self.what}，{verb}{show(self.between[0])}—{show(self.between[1])}"
        assert self.each is not None
        if self.per is not None:
            limit = self.short_of if self.short_of is not None else self.beyond
            percent = self.measure == "%"
            shown = "目标" if not isinstance(limit, Decimal) else f"{show(limit * 100)}%" if percent else f"{show(limit)}{self.measure}"
            step = f"{show(self.per * 100)}个百分点" if percent else f"{show(self.per)}{self.measure}"
            side = "低于" if self.short_of is not None else "高于"
            if limit == 0:
                side = shown = ""
            part = "（不足不算）" if (whole if self.whole is None else self.whole) else ""
            return f"{self.what}{side}{shown}，每{step}{verb}{show(self.each)}{part}{own}"
        count = self.counted or "次"
        return f"{self.what}，{verb if self.up_to == 1 else f'每{count}{verb}'}{show(self.each)}{own}"


@cache
def _asked() -> Asked:
    """How often something happened; one for all, because there are thousands."""
    return Asked(ask="events")


class PerEvent(Rule):
    """What `Deduct` and `Add` share: a list of events, each with its price."""

    events: list[Event] = Field(min_length=1)
    at_most: SchemeFigure | None = Field(default=None, gt=0)
    same_matter: Literal["each", "highest"] = "each"
    whole: bool | None = None

    def declares(self) -> Declarations:
        """How often each event happened can be spoken of in formulas by the event's name."""
        counted = [v.what for v in self.events if v.zero or (v.each is not None and not v.by_rate)]
        return Declarations(inputs=dict.fromkeys(counted, _asked()), written_in=dict.fromkeys(counted, "events"))

    @property
    def speaks_of_roles(self) -> bool:
        return any(event.carriers for event in self.events)

    def _sum(self, item: Item, verb: str) -> Expression:
        """Σ count × each, every event under its own cap, all together under the shared one."""
        plain = [v for v in self.events if v.each is not None and not v.by_rate]
        for event in self.events:
            if event.carriers:
                item.restrict(event.what, event.carriers)
        hint = "同一件事只按最高的一档填一次" if self.same_matter == "highest" else ""
        figures = [
            (
                v.what,
                Figure(v.each or Decimal(0), f"{'' if v.up_to == 1 else '每' + (v.counted or '次')}{verb}{{}}"),
                None if v.up_to is None else Decimal(v.up_to),
            )
            for v in plain
        ]
        pairs = item.counts(figures, hint, measures={v.what: v.counted for v in plain}) if figures else []
        if len(plain) == 1 or any(v.at_most is not None for v in plain):
            # not every product is inside a SUMPRODUCT, which passes over the － of a unit that an event is not for; SUM does too
            pairs = [(e.Sum((count,)) if v.carriers else count, each) for (count, each), v in zip(pairs, plain, strict=True)]
        free = tuple(p for p, v in zip(pairs, plain, strict=True) if v.at_most is None)
        parts: list[Expression] = [e.SumOfProducts(free)] if free else []
        for (count, each), event in zip(pairs, plain, strict=True):
            if event.at_most is not None:
                parts.append(self._own_cap(item, event, e.SumOfProducts(((count, each),)), verb))
        for event in self.events:
            if event.between is not None:
                parts.append(item.chosen(event.what, *event.between, verb))
            elif event.by_rate:
                parts.append(self._own_cap(item, event, self._by_rate(item, event, verb), verb))
        together = total(parts) if parts else e.Number(Decimal(0))
        if self.at_most is not None:
            together = clamp(together, high=item.cap(self.at_most, f"最多{verb}{{}}"))
        return together

    def _own_cap(self, item: Item, event: Event, points: Expression, verb: str) -> Expression:
        if event.at_most is None:
            return points
        return clamp(points, high=item.constant(f"{event.what}最多{verb}", event.at_most, f"最多{verb}{{}}"))

    def _by_rate(self, item: Item, event: Event, verb: str) -> Expression:
        """Each so much short of a standard (or beyond it) costs so much: one helper row."""
        limit = event.short_of if event.short_of is not None else event.beyond
        assert limit is not None
        assert event.per is not None
        assert event.each is not None
        percent = event.measure == "%"
        if isinstance(limit, Decimal):
            form = ("低于" if event.short_of is not None else "高于") + "{}"
            figure = Figure(_as_percent(limit, percent), form)
            actual, standard = item.rate(event.what, event.measure, figure, event.highest)
        else:
            standard, _ = item.rate(f"{event.what}目标", event.measure, None, event.highest)
            actual, _ = item.rate(event.what, event.measure, None, event.highest)
        step = item.constant(f"{event.what}每差", _as_percent(event.per, percent), "每{}")
        each = item.constant(f"{event.what}每档", event.each, f"{verb}{{}}")
        gap = standard - actual if event.short_of is not None else actual - standard
        steps: Expression = gap / step
        if self.whole if event.whole is None else event.whole:
            steps = e.Whole(steps)
        lost = when(gap <= 0, 0, steps * each)
        ready: Expression = e.IsNumber(actual)
        if not isinstance(limit, Decimal):
            ready = e.Fold("count", (standard, actual)).is_(2)
        if not percent:
            ready = e.every(ready, actual >= 0)
        cell = item.working(f"{event.what}{verb}分", lost, ready)
        item.need(e.IsNumber(cell))
        return cell

    def _none_of(self, item: Item, score: Expression) -> Expression:
        """``score``, or nothing where an event happened that costs the whole item, or something was not done that had to be."""
        fatal = [(v.what, None, None if v.up_to is None else Decimal(v.up_to)) for v in self.events if v.zero]
        if fatal:
            happened = [count for count, _ in item.counts(fatal)]
            score = when(total(happened) > 0, 0, score)
        musts = [(v.what, None) for v in self.events if v.must]
        if musts:
            answers = [answer for answer, _ in item.yes_or_no(musts)]
            score = when(e.every(*(answer.is_(YES) for answer in answers)), score, 0)
        return score

    def _list(self, verb: str) -> str:
        shared = f"；合计最多{verb}{show(self.at_most)}分" if self.at_most is not None else ""
        same = "；同一事项只按最高的计一次" if self.same_matter == "highest" else ""
        return "；".join(v.words(verb, bool(self.whole)) for v in self.events) + shared + same


def _as_percent(value: Decimal, percent: bool) -> Decimal:
    return Percent(value) if percent else value


class Deduct(PerEvent):
    """每发生一次扣…分: the points, less so much for each event.

    floor: where the score stops: 0 is 扣完为止; ``null`` lets it go below zero (约束性指标只扣分不加分); ``assumed`` is 0
    where the regulation does not say so.
    same_matter: ``highest``: one matter is counted once, where it costs most (同一事项取最高).
    whole: only whole steps count, where an event is measured against a standard.
    """

    rule: Literal["deduct"]
    floor: Floor | None = Decimal(0)

    def score(self, item: Item) -> Expression:
        left = item.points - self._sum(item, "扣")
        if self.floor is not None:
            left = clamp(left, 0 if self.floor == 0 else item.constant("最低得分", self.floor, "最低{}"))
        return self._none_of(item, left)

    def sentence(self, item: Item) -> str:
        if isinstance(self.floor, Assumed) or not self._stops(item):
            return f"{self._list('扣')}。"
        return f"{self._list('扣')}{f'，最低{show(self.floor)}分' if self.floor else '，扣完为止'}。"

    def assumes(self, item: Item) -> str:
        return "本簿扣到0分为止" if isinstance(self.floor, Assumed) and self._stops(item) else ""

    def _stops(self, item: Item) -> bool:
        """Whether the events can cost so much that the floor is reached."""
        ends = [event.most for event in self.events if not event.fatal]
        together = None if None in ends else sum((end for end in ends if end is not None), Decimal(0))
        most = min((m for m in (together, self.at_most) if m is not None), default=None)
        return self.floor is not None and (most is None or most > item.least_points - self.floor)


class Add(PerEvent):
    """每发生一次加…分: so much for each event, up to the cap.

    same_matter: ``highest``: one matter is counted once, where it earns most (同一事项取最高).
    whole: only whole steps count, where an event is measured against a standard.
    """

    rule: Literal["add"]
    only_adds: ClassVar[bool] = True

    def score(self, item: Item) -> Expression:
        return self._none_of(item, self._sum(item, "加"))

    def sentence(self, item: Item) -> str:
        return f"{self._list('加')}。"


class Award(Rule):
    """酌情加分: the assessor types the points for each matter; together they stop at the cap.

    items: the matters, each the name of an input; at_most: the cap on all of them together.
    """

    rule: Literal["award"]
    only_adds: ClassVar[bool] = True
    items: list[str] = Field(min_length=1)
    at_most: SchemeFigure = Field(gt=0)

    def score(self, item: Item) -> Expression:
        cells = item.amounts([(name, None, self.at_most) for name in self.items])
        # MIN passes over an empty cell, so even a single one is summed: blank means none
        return clamp(e.Sum(tuple(cells)), high=item.cap(self.at_most, "最多加{}"))

    def sentence(self, item: Item) -> str:
        return f"符合所列情形的酌情加分，合计最多加{show(self.at_most)}分。"
