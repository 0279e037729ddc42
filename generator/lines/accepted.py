"""What a cell may hold: said once, by an `Input`, and read by whoever has to know.

`Accepted` gives it as a tree about the cell at hand: its formula is the check of the sheet, its exact value the check in
Python. The data validation, the prompt's words, lint's bounds and the random fillings read the same object.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from generator.frozen import dataclass
from generator.tree import expression as e
from generator.tree.at_hand import HERE
from generator.tree.expression import NONE_MARK, Expression, Floor, Number, Provided, Text, lift
from generator.value import Value, plain


@dataclass(frozen=True)
class Accepted:
    """What a cell may hold.

    blank: it may be left empty.
    options: the texts to choose from; none where a number is wanted.
    low, high: between which a number must lie, both ends included; an expression is a figure in a cell.
    high_name: what the upper limit is called, where officials fill it in themselves: until it is a number, nothing is too much.
    whole: only whole numbers.
    also: numbers that may be typed although they lie outside.
    words: texts that may be typed instead of a value.
    """

    blank: bool = False
    options: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | Expression | None = None
    high_name: str = ""
    whole: bool = False
    also: tuple[Decimal, ...] = ()
    words: tuple[str, ...] = ()

    def limited(self, high: Value) -> Accepted:
        """The same with a value for the cell that holds the upper limit; what is no number limits nothing."""
        if not isinstance(self.high, Expression):
            return self
        return replace(self, high=high if isinstance(high, Decimal) else None)

    @property
    def least(self) -> Decimal | None:
        """The least number that a cell counts for, None where there is none; left empty it counts for nothing."""
        return None if self.low is None else min([self.low, *self.also, *([Decimal(0)] if self.blank else [])])

    @property
    def ranges(self) -> bool:
        """Whether it is all said by a range of numbers: － aside, which nobody types."""
        return not (self.options or self.also or self.words)

    def usable(self, cell: Expression, high: Expression | None = None) -> Expression:
        """Holds where a cell has a number that can be scored, be it odd. high: the cell with the upper limit."""
        tests: list[Expression] = [e.IsNumber(cell)]
        if self.least is not None:
            tests.append(cell >= self.least)
        if high is not None:
            tests.append(cell <= high)
        return e.every(*tests)

    @cached_property
    def wrong(self) -> Expression:
        """Holds where something is typed, and it is not accepted."""
        return e.All((FILLED, self._refused))

    @cached_property
    def fault(self) -> Expression:
        """Holds where something is wrong: what is typed is not accepted, or nothing is typed where something must be."""
        return self.wrong if self.blank else self._refused

    @property
    def _refused(self) -> Expression:
        apart: list[Expression] = [differs(option) for option in self.options]
        if not self.options:
            apart = [e.some(*self._outside()), *(e.Compare("<>", HERE, Number(number)) for number in self.also)]
        return e.All((*apart, differs(NONE_MARK), *(differs(word) for word in self.words)))

    def _outside(self) -> list[Expression]:
        """What makes a value no number, or none of those that are wanted."""
        cell: Expression = HERE
        number = e.IsNumber(cell)
        tests: list[Expression] = [e.Not(number)]
        if self.low is not None:
            tests.append(cell < _printed(self.low))
        if isinstance(self.high, Expression):
            tests.append(Provided(e.IsNumber(self.high), cell > self.high) if self.high_name else cell > self.high)
        elif self.high is not None:
            tests.append(cell > _printed(self.high))
        if self.whole:
            tests.append(Provided(number, e.Compare("<>", Floor(cell), cell)))
        return tests


def differs(text: str) -> Expression:
    """Holds where something else stands in the cell at hand."""
    return e.Compare("<>", HERE, Text(text))


FILLED, EMPTY = differs(""), HERE.is_("")


def _printed(limit: Decimal) -> Expression:
    """A limit as it stands in formulas: without zeros at the end."""
    return lift(Decimal(plain(limit)))
