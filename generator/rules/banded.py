"""Bands, stages and situations: 达到…得…分，…至…得…分; 完成到哪一步得百分之几; 属于哪种情形得…分."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from generator.language.declared import Bands
from generator.language.figures import SchemeFigure
from generator.rules.base import Rule
from generator.rules.item import Item
from generator.tree import expression as e
from generator.tree.expression import Expression
from generator.value import Percent, Value, show


class Banded(Rule):
    """分档得分: the points of the band that a measured value falls into.

    bands: each ``{from: …, gives: …}`` (its least value, included) or ``{up_to: …, gives: …}`` (its greatest, included).
    name: what the input is called; min: the least value that makes sense.
    """

    rule: Literal["bands"]
    bands: Bands
    name: str = "完成"
    min: SchemeFigure | None = Decimal(0)

    def score(self, item: Item) -> Expression:
        cell = item.quantity(self.name, self.min, self.bands.highest)
        columns = self.bands.columns()
        item.table("bands", f"{self.name}分档", columns, by_upper=self.bands.by_upper)
        edges, gives = (e.TableColumn(item.id, c) for c in ("界", "得分"))
        return e.Band(cell, edges, gives, len(columns["界"]), self.bands.by_upper)

    def sentence(self, item: Item) -> str:
        def shown(value: Decimal) -> str:
            return f"{show(value * 100)}%" if isinstance(value, Percent) or item.measure == "%" else show(value)

        words = []
        for band in self.bands.bands:
            gives = band.gives if isinstance(band.gives, str) else f"{show(band.gives)}分"
            low, high = band.lower, band.upper
            if low is not None and high is not None:
                words.append(f"{shown(low)}—{shown(high)}{gives}")
            elif low is not None:
                words.append(f"{'高于' * self.bands.by_upper}{shown(low)}{'及以上' * (not self.bands.by_upper)}{gives}")
            elif high is not None:
                words.append(f"{'不到' * (not self.bands.by_upper)}{shown(high)}{'及以下' * self.bands.by_upper}{gives}")
            else:
                words.append(f"其余{gives}")
        return f"按{self.name}分档：{'；'.join(words)}。"


class Stages(Rule):
    """按阶段得分: the stage that was reached earns its share of the points.

    stages: name → share, such as ``{完成初稿: 30%, 文件印发: 100%}``; before: what stands for no stage reached.
    """

    rule: Literal["stages"]
    stages: dict[str, SchemeFigure] = Field(min_length=1)
    before: str = "未启动"
    name: str = "完成阶段"

    def score(self, item: Item) -> Expression:
        steps: dict[str, Decimal] = {self.before: Percent(0), **self.stages}
        columns: dict[str, tuple[Value, ...]] = {
            "阶段": tuple(steps),
            "比例": tuple(Percent(v) for v in steps.values()),
        }
        reached = item.choice(self.name, list(steps))
        item.table("stages", "阶段与比例", columns, self.name)
        return item.points * item.rated(reached, "阶段", "比例")

    def sentence(self, item: Item) -> str:
        return "按完成阶段得分：" + "；".join(f"{name}得{show(share * 100)}%" for name, share in self.stages.items()) + "。"


class Situations(Rule):
    """按情形得分: of several situations, such as 全部纳入、部分纳入、都未纳入, the one that is chosen earns its points.

    situations: name → points, such as ``{全部纳入: 5, 都未纳入: 0}``; name: what the input is called.
    """

    rule: Literal["situations"]
    situations: dict[str, SchemeFigure] = Field(min_length=2)
    name: str = "情形"

    def score(self, item: Item) -> Expression:
        columns: dict[str, tuple[Value, ...]] = {"情形": tuple(self.situations), "得分": tuple(self.situations.values())}
        chosen = item.choice(self.name, list(self.situations))
        item.table("situations", "情形与得分", columns, self.name)
        return item.rated(chosen, "情形", "得分")

    def sentence(self, item: Item) -> str:
        return "；".join(f"{name}得{show(points)}分" for name, points in self.situations.items()) + "。"
