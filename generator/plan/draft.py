"""A plan while it is being made: what is already there, and where in the scheme the planner stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import and_
from typing import Any

from generator.language.declared import Asked, Quantity
from generator.language.figures import percent_format
from generator.language.scope import Scope
from generator.language.symbols import DATA, Symbol
from generator.language.wording import in_words
from generator.lines.input import NO, YES
from generator.lines.keys import TOTAL_TAG, Key, Owner
from generator.lines.line import Figure, Line, Role, Table
from generator.plan.naming import Names
from generator.plan.plan import Block, BlockKind
from generator.plan.size import Size
from generator.problems import SchemeFault, Where
from generator.scheme.model import Group, Indicator, Scheme
from generator.tree.expression import Cell, Expression, walk
from generator.value import Value, decimals_of

Units = tuple[bool, ...]
"""For each unit, whether it is one of them."""
Question = tuple[Expression, str]
"""A cell that is asked first, and the answer that is wanted."""


@dataclass(frozen=True)
class Around:
    """Where a node stands.

    units: those that what is around it is for; tag: marks the rows that enter the sum above; path: where in the file; at: the
    suffix of the period; questions: what must be answered for anything here; listing: the list sheet that its rows go to.
    """

    units: Units
    path: Where
    tag: str = TOTAL_TAG
    at: str = ""
    depth: int = 0
    questions: tuple[Question, ...] = ()
    listing: str = ""
    raw: str = ""

    def inside(self, tag: str, **changes: Any) -> Around:
        """One level further in."""
        return replace(self, tag=tag, depth=self.depth + 1, **changes)

    def child(self, number: int) -> Around:
        """Where one of a group's children stands."""
        return replace(self, path=(*self.path, "children", number))


@dataclass(frozen=True)
class Made:
    """An indicator's part of a plan, and what it was made of.

    owned: whether somebody adds up what it is worth; said: the sentence that its list had before; sentence: the rule in words; key: of
    the score line, '' where there is none. alone: no name was looked up for it, so that nothing declared elsewhere has a say in it.
    """

    node: Indicator
    around: Around
    owned: bool
    said: str
    sentence: str
    block: Block
    tables: list[Table]
    key: str
    alone: bool

    def fits(self, node: Indicator, around: Around, owned: bool, said: str) -> bool:
        """Whether the same would be made of these."""
        return self.alone and (owned, said, around) == (self.owned, self.said, self.around) and node == self.node


@dataclass
class Draft:
    """What is there so far. Blocks stand in the order of the sheet; a line's key is taken once.

    tops: name and score line of each top-level group; lists: key of a list sheet → its title; verdicts: lines that decide a
    grade. like: the parts of another plan that are taken where the same would be made; made: the parts of this one.
    """

    scheme: Scheme
    names: Names
    like: Mapping[str, Made] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    scores: dict[str, str] = field(default_factory=dict)
    tops: list[tuple[str, str]] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    sentences: dict[str, str] = field(default_factory=dict)
    """The rule in words for each list sheet: all its items have the same."""

    @cached_property
    def size(self) -> Size:
        """How much there is so far."""
        return Size(len(self.names.board.units))

    @property
    def everybody(self) -> Units:
        return (True,) * len(self.names.board.units)

    def scope(self, around: Around) -> Scope:
        """The scope of the node that stands there."""
        return self.names.scopes[around.path, around.at]

    def add(self, block: Block, position: int | None = None) -> None:
        """Put a block last, or where one was to come before those below it. Raises SchemeFault where a line is there already."""
        self.size.add(block.lines)
        self.blocks.insert(len(self.blocks) if position is None else position, block)
        for line in block.lines:
            if line.key in self.lines:
                raise SchemeFault(f"“{line.key}”出现了两次，请把同一指标下的名称改得不同")
            self.lines[line.key] = line

    def top(self, node: Group | Indicator, around: Around, key: str) -> None:
        """Note a score that the total is put together from."""
        if around.depth == 0:
            self.tops.append((node.name, key))

    def questions(self, node: Indicator | Group, around: Around) -> tuple[Question, ...]:
        """The questions of ``only_if`` and ``unless``, with the answers that are wanted."""
        scope = self.scope(around)
        found = []
        for key, name, wanted in (("only_if", node.only_if, YES), ("unless", node.unless, NO)):
            if name:
                symbol = scope.symbol(name)
                if not self._answers(symbol):
                    words = f"“{name}”不是填“是”或“否”的项，也不是得“是”或“否”的量，不能写在 {key} 里"
                    raise SchemeFault(words, (*around.path, key))
                found.append((self.names.board.cell(symbol), wanted))
        return tuple(found)

    def _answers(self, symbol: Symbol) -> bool:
        """Whether a name stands for 是 or 否: asked, or worked out from what is."""
        if symbol.quantity is not None:
            return self.names.board.worked(symbol).text and not self.names.board.is_shared(symbol)
        return symbol.asked is not None and symbol.asked.ask == "yes_no"

    def _rests_on(self, question: Expression, key: Key) -> bool:
        """Whether what decides if an input is wanted is that input, or worked out from it."""
        todo, seen = [question], set[str]()
        while todo:
            for node in walk(todo.pop()):
                if isinstance(node, Cell) and node.line not in seen:
                    seen.add(node.line)
                    symbol = self.names.board.by_key.get(node.line)
                    todo += [self.names.board.worked(symbol).tree] if symbol is not None and symbol.quantity is not None else []
        return key in seen

    # What a group or the scheme declares ------------------------------------------------------------------------------

    def data(self, scope: Scope, inputs: dict[str, Asked], figures: dict[str, Any], title: str, around: Around) -> None:
        """The block of what a group or the scheme asks for and declares as figures."""
        lines = [self._asked(scope, name, asked, around) for name, asked in inputs.items()]
        lines += [_figure(scope.names[name].key, name, figure, around.units) for name, figure in figures.items()]
        if lines:
            hints = "；".join(f"{name}：{a.hint}" for name, a in inputs.items() if a.hint)
            self.add(Block(BlockKind.DATA, "", title, lines, around.depth, sentence=hints))
            self.scores |= {line.owner: line.key for line in lines if not line.input}

    def _asked(self, scope: Scope, name: str, asked: Asked, around: Around) -> Line:
        owner = Owner(f"{name}{around.at}")
        key, question = owner.line(DATA), asked.as_input(name, scope.limit_of(name), scope.whole_of(name))
        if asked.shared:
            return Line(key, owner, Role.INPUT, name, input=question, format=asked.format, shared=True)
        applies = both(around.units, self.scheme.members(list(asked.carriers)))
        first = tuple(question for question in around.questions if not self._rests_on(question[0], key))
        return Line(key, owner, Role.INPUT, name, input=question, applies=applies, format=asked.format, wanted_if=first)

    def quantities(self, scope: Scope, declared: dict[str, Quantity], title: str, around: Around) -> None:
        """The block of a group's or the scheme's named quantities."""
        lines: list[Line] = []
        for name, quantity in declared.items():
            applies = both(around.units, self.scheme.members(quantity.carriers))
            owner = scope.names[name].key.owner
            lines += scope.quantity_rows(name, owner, applies if not all(applies) else ())
            self.scores[owner] = lines[-1].key
        if lines:
            words = "；".join(f"{name}＝{in_words(q.formula)}" for name, q in declared.items())
            self.add(Block(BlockKind.DATA, "", title, lines, around.depth, sentence=words))


def both(one: Units, other: Units) -> Units:
    """The units that are among both."""
    return tuple(map(and_, one, other))


def _figure(key: Key, name: str, figure: Any, applies: Units) -> Line:
    owner = key.owner
    if not isinstance(figure, list):
        return Line(key, owner, Role.PARAMETER, name, standard=Figure(figure))
    row: tuple[Value, ...] = tuple(v if a else None for v, a in zip(figure, applies, strict=True))
    return Line(key, owner, Role.PARAMETER, name, values=row, applies=applies, format=percent_format(figure), decimals=decimals_of(row))
