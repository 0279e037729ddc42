"""A plan: the lines of a scheme's book, the one description that layout, evaluation, checks and explanation share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from generator.lines.keys import TOTAL, WORKED, Owner
from generator.lines.line import SHARED, Line, Role, Table
from generator.plan.dependencies import Dependencies, Node
from generator.plan.prepared import Prepared
from generator.plan.view import OFFICE, View
from generator.problems import Where
from generator.scheme.model import Indicator, Scheme, walk
from generator.tree import expression as e
from generator.tree.expression import Cell, Expression

if TYPE_CHECKING:
    from generator.plan.draft import Made


def absent_units(block: Block, units: int) -> tuple[bool, ...]:
    """For each unit, whether it can never have anything but － on an indicator."""
    masks = {line.applies for line in block.lines if line.applies and not line.shared}
    return tuple(not any(column) for column in zip(*masks, strict=True)) if masks else (False,) * units


class BlockKind(StrEnum):
    """What a block is."""

    GROUP = "group"
    PERIOD = "period"
    INDICATOR = "indicator"
    DATA = "data"
    TOTAL = "total"


TARGET = "目标"
"""How the lines end that inputs are held against."""
HEADINGS = (BlockKind.GROUP, BlockKind.PERIOD)
"""The kinds of blocks that have others below them."""


NUMERALS = frozenset("〇一二三四五六七八九十百")
"""An id of these is a number, whatever the name says."""


@dataclass(frozen=True)
class Block:
    """Lines that belong together on a sheet: an indicator, a group's heading, data that formulas use, the totals.

    depth: how deep a group is nested, from 0.
    listed: the list sheet that the block stands on, '' for the scoring sheets; number: what stands in the 序号 column, where
    it is not the id.
    """

    kind: BlockKind
    id: str
    name: str
    lines: list[Line]
    depth: int = 0
    measure: str = ""
    assessor: str = ""
    sentence: str = ""
    clause: str = ""
    due: str = ""
    listed: str = ""
    number: str = ""

    @property
    def heading(self) -> str:
        """A group's name, after its id where it does not say it already."""
        return f"{self.id}　{self.name}" if self.id and self.name not in self.id else self.name

    def titled(self, form: int) -> str:
        """The same; from the fifth form of a book on, a word of the name that serves as the id is not said twice either
        (任务　武装工作任务)."""
        word = form > 4 and not self.id.isascii() and not NUMERALS.issuperset(self.id)
        return self.name if word and self.id in self.name else self.heading


@dataclass
class Plan:
    """The lines of a scheme's book.

    lines: by key, in the order of the sheet. scores: indicator, group or quantity → key of its line.
    tops: name and score line of each top-level group, for the summary's columns. lists: key of a list sheet → its title.
    view: whose book it is; but for the office's, a plan has a part of the scheme (see `selection`).
    made: the indicators' parts by owner, for a plan of the scheme read otherwise (see `make_plan`).
    """

    scheme: Scheme
    blocks: list[Block]
    tables: list[Table]
    scores: dict[str, str]
    tops: list[tuple[str, str]]
    lists: dict[str, str]
    view: View = OFFICE
    made: Mapping[str, Made] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {line.key: line for block in self.blocks for line in block.lines}

    @cached_property
    def block_of(self) -> dict[str, Block]:
        """The block that each line stands in."""
        return {line.key: block for block in self.blocks for line in block.lines}

    @cached_property
    def shared_labels(self) -> set[str]:
        """The labels that stand in more than one indicator."""
        owners: dict[str, set[str]] = {}
        for line in self.lines.values():
            owners.setdefault(line.label, set()).add(line.owner.id)
        return {label for label, found in owners.items() if len(found) > 1}

    @cached_property
    def adding(self) -> set[str]:
        """The indicators that only add: who has none of their points has lost nothing."""
        adding = {node.id for node in self.scheme.walk() if isinstance(node, Indicator) and node.how.only_adds}
        return adding | ({node.id for node in walk(self.scheme.bonus)} if self.scheme.bonus else set())

    @property
    def ranked_by(self) -> str:
        """The line by which units are ranked: their totals, or a quantity of the scheme's."""
        return self.scores[self.scheme.rank_by] if self.scheme.rank_by else TOTAL

    @cached_property
    def group_of(self) -> list[list[int]]:
        """For each unit, which units form its group (positions)."""
        found: list[list[int]] = []
        for members in self.scheme.groups.values():
            block = list(range(len(found), len(found) + len(members)))
            found += [block] * len(members)
        return found

    @cached_property
    def dependencies(self) -> Dependencies:
        """Which lines look at which. For a plan that is finished."""
        return Dependencies(self.lines)

    @cached_property
    def prepared(self) -> Prepared:
        """What evaluations of the plan share."""
        return Prepared(self.lines, len(self.units))

    def altered(self, before: Plan) -> Collection[str]:
        """The lines that can hold something else than they do in another plan of the scheme, with the same inputs."""
        if self.scheme.units != before.scheme.units:
            return self.lines.keys()
        was = before.lines
        todo = [key for key, line in self.lines.items() if (former := was.get(key)) is not line and former != line]
        todo += was.keys() - self.lines.keys()
        tables = {key for key, table in self.tables_by_key.items() if table != before.tables_by_key.get(key)}
        if tables:
            todo += [key for key, line in self.lines.items() if any(isinstance(n, e.TableColumn) and n.table in tables for n in line.nodes)]
        users: dict[str, list[str]] = {}
        for node, looks in self.dependencies.all_looks.items():
            for look in looks:
                users.setdefault(look.line, []).append(node.line)
        found: set[str] = set()
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo += users.get(here, ())
        return found

    @cached_property
    def tables_by_key(self) -> dict[str, Table]:
        return {table.key: table for table in self.tables}

    @cached_property
    def inputs(self) -> list[Line]:
        """The lines that ask for something."""
        return [line for line in self.lines.values() if line.input]

    @cached_property
    def units(self) -> list[str]:
        """The names of all units, in the order of the columns."""
        return self.scheme.unit_names

    @cached_property
    def results(self) -> list[tuple[str, str]]:
        """Name and line of the scheme's own quantities that nothing else rests on: what the units are told besides their total."""
        if not self.scheme.quantities:
            return []
        used = self.dependencies.looked_at("cell", "standard", "points", "row", "unit")
        keys = {name: self.scores[name] for name in self.scheme.quantities if name in self.scores}
        return [(name, key) for name, key in keys.items() if key not in used and not self.lines[key].shared]

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """Name and line of the scheme's own quantities that the total is put together from: without them nobody could follow
        it on the summary."""
        whole = self.lines[WORKED].formula if WORKED in self.lines else None
        names = {self.scores[name]: name for name in self.scheme.quantities if name in self.scores}
        read = dict.fromkeys(_amounts(whole)) if whole is not None else {}
        return [(names[key], key) for key in read if key in names and not self.lines[key].shared]

    @cached_property
    def columns(self) -> list[tuple[str, str]]:
        """What a unit's total is put together from, by name and line: the top-level groups, and the `parts`."""
        return [*self.tops, *self.parts]

    @cached_property
    def scored(self) -> bool:
        """Whether there is a total at all; a list of duties has none."""
        return TOTAL in self.lines

    @cached_property
    def _by_owner(self) -> dict[Owner, list[Line]]:
        found: dict[Owner, list[Line]] = {}
        for line in self.inputs:
            found.setdefault(line.owner, []).append(line)
        return found

    def target_of(self, line: Line) -> Line | None:
        """What an input is held against: its indicator's 目标, or what is called after the input, as 税收收入目标 is."""
        return next((one for one in self._targets.get(line.owner, ()) if one.label in (TARGET, f"{line.label}{TARGET}")), None)

    @cached_property
    def _targets(self) -> dict[Owner, list[Line]]:
        found: dict[Owner, list[Line]] = {}
        for line in self.lines.values():
            if line.role is Role.PARAMETER and line.values and line.label.endswith(TARGET):
                found.setdefault(line.owner, []).append(line)
        return found

    def worked_out(self, line: Line) -> bool:
        """Whether a line's one figure for all units is worked out and not given."""
        return line.shared and not line.input and line.standard is not None and isinstance(line.standard.value, Expression)

    def block(self, id: str) -> Block | None:
        return next((b for b in self.blocks if b.id == id and b.kind in (BlockKind.INDICATOR, BlockKind.DATA, BlockKind.GROUP)), None)

    def clause_of(self, block: Block) -> str:
        """Where one of the plan's blocks stands in the text: its own clause, or that of the nearest group around it."""
        return self._clauses[id(block)]

    @cached_property
    def _clauses(self) -> dict[int, str]:
        """By identity: blocks that look the same may stand in different groups."""
        found: dict[int, str] = {}
        around: list[tuple[int, str]] = []
        for block in self.blocks:
            if block.kind in HEADINGS:
                around = [(depth, clause) for depth, clause in around if depth < block.depth]
            found[id(block)] = block.clause or next((clause for depth, clause in reversed(around) if depth < block.depth), "")
            if block.kind in HEADINGS:
                around.append((block.depth, found[id(block)]))
        return found

    def written(self, line: Line) -> Expression | None:
        """A line's formula as it stands in its cells: an error value that was pasted into an input leaves the score open, and
        spoils nothing that rests on the score."""
        return e.Saved(line.formula, e.Blank()) if line.formula is not None and Node(line.key, "cell") in self._at_risk else line.formula

    def written_figure(self, line: Line, figure: Expression) -> Expression:
        """The same for the figure beside a line."""
        return e.Saved(figure, e.Blank()) if Node(line.key, "standard") in self._at_risk else figure

    @cached_property
    def _at_risk(self) -> set[Node]:
        """What looks at cells into which people type."""
        typed = {line.key for line in self.inputs}
        return {node for node, looks in self.dependencies.all_looks.items() if not typed.isdisjoint(look.line for look in looks)}

    def inputs_of(self, owner: str) -> list[Line]:
        return self._by_owner.get(Owner(owner), [])

    def periods_of(self, owner: str) -> list[str]:
        """The periods in which something is asked under a name, in order."""
        depth = len(Owner(owner).periods)
        return list(dict.fromkeys(o.periods[depth] for o in self._by_owner if o != owner and o.within(owner)))

    def named(self, line: Line) -> tuple[str, Where]:
        """What a line is called in a message, and where in the scheme's file it comes from."""
        where, node = self.scheme.find(line.owner.id)
        if isinstance(node, Indicator):
            return f"指标 {node.id}“{node.name}”的“{line.label}”", where
        return f"“{line.owner.id}”的“{line.label}”" if line.owner and line.owner.id != line.label else f"“{line.label}”", where

    def who(self, unit: int) -> str:
        """A unit's name; of the one cell that all share, that it is everybody's."""
        return "全部单位" if unit == SHARED else self.units[unit]

    def places(self, line: Line) -> Sequence[int]:
        """The units that have a cell of their own on a line; `SHARED` for the one cell that all share."""
        return (SHARED,) if line.shared else range(len(self.units))


def _amounts(tree: Expression) -> Iterator[str]:
    """The lines whose values go into a result; what is only compared does not."""
    if isinstance(tree, Cell):
        yield tree.line
    elif not isinstance(tree, (e.Compare, e.IsNumber)):
        for child in e.children(tree):
            yield from _amounts(child)
