"""What officials type into the cells of a line."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from generator.frozen import dataclass
from generator.lines.accepted import Accepted
from generator.tree.expression import Expression

NO_TASK = "无"
"""What an official types into an input when the unit has no such task."""

YES, NO = "是", "否"
COUNTED = frozenset(["人", "名", "户", "人次", "户次", "家", "台", "辆", "所", "株", "头", "套", "幅", "篇", "期"])
"""What is counted in these is a whole number. Projects and the like may be shared, and count as halves."""


class Ask(StrEnum):
    """What kind of thing an input asks for."""

    QUANTITY = "quantity"
    COUNT = "count"
    SCORE = "score"
    AMOUNT = "amount"
    CHOICE = "choice"


@dataclass(frozen=True)
class Import:
    """Where a value comes from that need not be typed: what the unit of the same name came to in another scheme's book.

    scheme: the id of that scheme; result: which of its results, '' for the total, see `generator.plan.results`; whose: the
    group, set or unit that it is for, '' for all.
    """

    scheme: str
    result: str = ""
    whose: str = ""

    @property
    def words(self) -> str:
        """Which result it is, in words."""
        id, _, what = self.result.partition("/")
        if not id or id in TOTALS:
            return id or TOTALS[0]
        return f"“{id}”填的“{what}”" if what else f"“{id}”的结果"


TOTALS = ("总分", "位次", "等次")
"""What a unit comes to in all, by the names that a scheme file has for it; the first is meant where it names nothing."""


@dataclass(frozen=True)
class Input:
    """What officials type into the cells of a line. What a cell then accepts is said by `accepts` alone.

    measure: the unit of measure; percentages (``%``) are stored as fractions of one.
    required: a blank leaves the score blank; otherwise a blank means that nothing happened.
    low, high: the range a value must lie in, both ends included; an expression is a figure in a cell.
    high_name: what the upper limit is called, where officials fill it in themselves.
    whole: the key of the line of what this is a part of, '' where it is none.
    or_nothing: zero may be typed although it lies below ``low`` (a deduction within a band, or none).
    options: the texts to choose from.
    no_task: 无 may be typed instead of a value.
    imports: the books of other schemes that hold the value.
    """

    name: str
    ask: Ask
    measure: str = ""
    required: bool = True
    low: Decimal | None = None
    high: Decimal | Expression | None = None
    high_name: str = ""
    whole: str = ""
    or_nothing: bool = False
    options: tuple[str, ...] = ()
    no_task: bool = False
    hint: str = ""
    imports: tuple[Import, ...] = ()

    @property
    def percent(self) -> bool:
        return self.measure == "%"

    @property
    def counted(self) -> bool:
        """Whether only a whole number makes sense of what is measured here. Programs are told so; a book of before that has 0.5 is not
        wrong for it."""
        return self.ask is Ask.QUANTITY and self.measure in COUNTED

    @cached_property
    def accepts(self) -> Accepted:
        """What a cell may hold."""
        return Accepted(
            blank=not self.required,
            options=self.options if self.ask is Ask.CHOICE else (),
            low=self.low,
            high=self.high,
            high_name=self.high_name,
            whole=self.ask is Ask.COUNT,
            also=(Decimal(0),) if self.or_nothing else (),
            words=(NO_TASK,) if self.no_task else (),
        )
