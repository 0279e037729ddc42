"""The part of a plan that a department or a unit gets: its lines, its units, and the same keys.

What a cell shows there is what the office's book shows for the same inputs. Ranks, grades and the office's totals stay with
the office; what rests on something that is not there says so (see `open_lines`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from generator.language.scope import NOBODY
from generator.lines.keys import BAND, GRADE, MISSING, PLACE, RANK, SCORE_LABEL, SELF_LABEL, SO_FAR, TOTAL
from generator.lines.line import Format, Line, Role
from generator.lines.looks import looks_of
from generator.plan.open_lines import COUNTS, opened
from generator.plan.plan import HEADINGS, Block, BlockKind, Plan
from generator.plan.view import Kind, View
from generator.problems import SchemeFault
from generator.scheme.assessors import indicators_by_body
from generator.scheme.model import Group, Indicator, Scheme
from generator.suggestion import listed, suggestion
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, Expression, walk
from generator.tree.rewriting import rewritten

Own = TypeVar("Own")
RANKING = (RANK, PLACE, BAND, GRADE)
_TOGETHER = {
    Kind.DEPARTMENT: "（要与其他部门考核的结果一起算的，由考核办公室汇总后得出）",
    Kind.UNIT: "（要与其他单位放在一起算的，由考核办公室汇总后得出）",
}
"""What the 计分办法 column adds where something stays open."""


def views(scheme: Scheme, kind: Kind) -> list[View]:
    """The books of a kind that a scheme has, in the order of the file: one for each body that assesses, or each unit that is
    assessed."""
    if kind is Kind.DEPARTMENT:
        return [View(kind, body) for body in indicators_by_body(scheme) if body]
    outside = {unit for group in scheme.outside for unit in scheme.groups[group]}
    return [View(kind, unit) for unit in scheme.unit_names if unit not in outside]


def view_for(scheme: Scheme, kind: Kind, who: str) -> View:
    """The book of a kind for somebody. Raises SchemeFault where the scheme does not know him."""
    found = View(kind, who)
    known = [view.who for view in views(scheme, kind)]
    if who not in known:
        what = "考核主体" if kind is Kind.DEPARTMENT else "被考核单位"
        guess = suggestion(who, known) or (f"可用的有：{listed(known)}" if known else "方案里没有写")
        raise SchemeFault(f"方案“{scheme.title}”里没有{what}“{who}”", (), guess)
    return found


def selected(plan: Plan, view: View) -> Plan:
    """The part of a whole plan that a view shows. Raises SchemeFault where the scheme has no such view."""
    if view.whole:
        return plan
    view_for(plan.scheme, view.kind, view.who)
    return _Department(plan, view).plan() if view.kind is Kind.DEPARTMENT else _Unit(plan, view).plan()


class _Selection:
    """What is chosen. lines: as they stand in the book, by key; kept: those that do."""

    def __init__(self, whole: Plan, view: View, gone: set[str], units: Sequence[int]) -> None:
        self.whole, self.view, self.units = whole, view, units
        self.lines = opened(whole, gone, units)
        self.kept: set[str] = set()

    def changed(self, line: Line) -> bool:
        """Whether a line is perhaps open."""
        return line is not self.whole.lines[line.key] and (line.formula is not None or line.standard is not None)

    def looked_at(self, lines: Iterable[str]) -> set[str]:
        """Some lines, and all that they look at by name, what that looks at, and so on."""
        found: set[str] = set()
        todo = [*lines]
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += [look.line for look in looks_of(_nodes(self.lines[key])) if look.how != "tagged" and look.line in self.lines]
        return found

    def closed(self, line: Line) -> bool:
        """Whether all that a line rests on is there."""
        return self.lines[line.key] is line

    def headings(self, wanted: Callable[[Block, bool], bool]) -> set[int]:
        """The numbers of the headings that stand over something, or are wanted. wanted: asked of each heading, and whether it
        does."""
        found: set[int] = set()
        chain: list[int] = []
        blocks = self.whole.blocks
        over: set[int] = set()
        for number, block in enumerate(blocks):
            while chain and blocks[chain[-1]].depth >= block.depth:
                chain.pop()
            if block.kind in HEADINGS:
                chain.append(number)
            elif block.kind is not BlockKind.TOTAL and any(line.key in self.kept for line in block.lines):
                over |= set(chain)
        for number, block in enumerate(blocks):
            if block.kind in HEADINGS and wanted(block, number in over):
                found.add(number)
        return found

    def planned(self, blocks: list[Block], units: Sequence[int]) -> Plan:
        """The plan of what is chosen."""
        whole = self.whole
        self.kept = {line.key for block in blocks for line in block.lines}
        change = _Change(self.kept, units if len(units) < len(whole.units) else ())
        made = [replace(block, lines=[change.line(line) for line in block.lines]) for block in blocks]
        used = {node.table for block in made for line in block.lines for node in _nodes(line) if isinstance(node, e.TableColumn)}
        scheme = whole.scheme if len(units) == len(whole.units) else _with_units(whole.scheme, [whole.units[u] for u in units])
        return Plan(
            scheme,
            made,
            [table for table in whole.tables if table.key in used],
            {name: key for name, key in whole.scores.items() if key in self.kept},
            [(name, key) for name, key in whole.tops if key in self.kept and self.view.kind is Kind.UNIT],
            {own: title for own, title in whole.lists.items() if any(block.listed == own for block in made)},
            self.view,
        )

    def counts(self) -> list[Line]:
        """What is missing in the book, and of duties how many there are."""
        there = [self.lines[key] for key in COUNTS if key in self.lines]
        return [line for line in self.whole.blocks[-1].lines if line in there]


class _Department(_Selection):
    """What a department assesses, for all units that have any of it."""

    def __init__(self, whole: Plan, view: View) -> None:
        own = set(indicators_by_body(whole.scheme)[view.who])
        self.own = {n for n, block in enumerate(whole.blocks) if block.kind is BlockKind.INDICATOR and (block.number or block.id) in own}
        strangers: set[str] = {
            line.key
            for number, block in enumerate(whole.blocks)
            for line in block.lines
            if (block.kind is BlockKind.INDICATOR and number not in self.own) or (block.kind is BlockKind.TOTAL and line.key not in COUNTS)
        }
        super().__init__(whole, view, strangers, range(len(whole.units)))

    def plan(self) -> Plan:
        whole = self.whole
        mine = [line.key for number in self.own for line in whole.blocks[number].lines]
        self.kept = {*mine}
        heads = self.headings(lambda block, over: over)
        sums = {n for n in heads if all(self.closed(line) for line in whole.blocks[n].lines)}
        self.kept = self.looked_at([*mine, *(line.key for number in sums for line in whole.blocks[number].lines)])
        heads |= self.headings(lambda block, over: any(line.key in self.kept for line in block.lines))
        blocks = [self.block(number, block, heads, sums) for number, block in enumerate(whole.blocks)]
        return self.planned([block for block in blocks if block is not None], self.concerned())

    def block(self, number: int, block: Block, heads: set[int], sums: set[int]) -> Block | None:
        if block.kind is BlockKind.TOTAL:
            return replace(block, lines=self.counts())
        if number in heads:
            return replace(block, lines=[self.lines[line.key] for line in block.lines if number in sums or line.key in self.kept])
        lines = [self.lines[line.key] for line in block.lines if line.key in self.kept]
        return replace(block, lines=lines, sentence=_said(self, block, lines)) if lines else None

    def concerned(self) -> Sequence[int]:
        """The units: all where something looks across them, else those that have anything."""
        lines = [self.lines[key] for key in self.kept]
        if any(look.how in ("row", "unit") for line in lines for look in looks_of(_nodes(line))):
            return self.units
        if any(table.kind == "quota" and table.line in self.kept for table in self.whole.tables):
            return self.units
        mine = [self.lines[line.key] for number in self.own for line in self.whole.blocks[number].lines]
        return [unit for unit in self.units if any(_is_for(line, unit) for line in mine)] or self.units


class _Unit(_Selection):
    """What a unit is assessed by."""

    def __init__(self, whole: Plan, view: View) -> None:
        self.unit = whole.units.index(view.who)
        super().__init__(whole, view, {key for key in RANKING if key in whole.lines}, [self.unit])

    def plan(self) -> Plan:
        whole, unit = self.whole, self.unit
        own = [
            block
            for block in whole.blocks
            if block.kind not in (*HEADINGS, BlockKind.TOTAL) and any(_is_for(self.lines[line.key], unit) for line in block.lines)
        ]
        last = [self.lines[line.key] for line in whole.blocks[-1].lines if line.key in self.lines]
        so_far = self.so_far()
        self.lines |= {line.key: line for line in so_far}
        last = [*(line for line in last if line.key != TOTAL), *so_far, *(line for line in last if line.key == TOTAL)]
        roots = [
            line.key for block in own for line in block.lines if block.kind is BlockKind.INDICATOR or _is_for(self.lines[line.key], unit)
        ]
        self.kept = {*roots}
        heads = self.headings(self.counts_for_it)
        roots += [line.key for number in heads for line in whole.blocks[number].lines]
        self.kept = self.looked_at([*roots, *(line.key for line in last)])
        blocks: list[Block] = []
        for number, block in enumerate(whole.blocks):
            lines = [self.lines[line.key] for line in block.lines if line.key in self.kept and line.key in self.lines]
            if block.kind is BlockKind.TOTAL:
                lines = last
            if block.kind in HEADINGS and not lines and number not in heads:
                continue
            if lines or number in heads:
                if block.kind is BlockKind.INDICATOR:
                    lines = [self.lines[line.key] for line in block.lines]
                blocks.append(replace(block, lines=lines, sentence=_said(self, block, lines), listed=""))
        return replace(self.planned([replace(b, lines=[*map(_self_scored, b.lines)]) for b in blocks], [unit]), lists={})

    def so_far(self) -> list[Line]:
        """What the scores come to that are there, where the total waits for others and is nothing but the sum of all."""
        scheme = self.whole.scheme
        total = self.lines.get(TOTAL)
        if total is None or total is self.whole.lines[TOTAL] or scheme.formula or not all(map(_adds_up, scheme.walk())):
            return []
        leaves = tuple(line.key for line in self.lines.values() if line.role is Role.SCORE)
        added = e.Round(e.Tagged("sum", Role.SCORE, leaves, by="role"), scheme.decimals, sum_only=True)
        return [Line(SO_FAR, NOBODY, Role.RESULT, SO_FAR.what, formula=added, format=Format.SCORE, decimals=scheme.decimals)]

    def counts_for_it(self, block: Block, over: bool) -> bool:
        """Whether a heading belongs on the unit's form: over something of its own, or itself worth points."""
        worth = any(look.how == "points" for line in block.lines for look in line.looks_of_formula)
        return over or (worth and any(_is_for(self.lines[line.key], self.unit) for line in block.lines))


def _adds_up(node: Group | Indicator) -> bool:
    """Whether a group is worth what its children come to, neither more nor less."""
    if isinstance(node, Indicator):
        return True
    changed = node.formula or node.periods or node.rescale or node.base == "full"
    return not changed and node.at_least is None and node.at_most is None


def _self_scored(line: Line) -> Line:
    return replace(line, label=SELF_LABEL) if line.role is Role.SCORE and line.label == SCORE_LABEL else line


def _said(of: _Selection, block: Block, lines: list[Line]) -> str:
    """The sentence of an indicator, with what has to wait for others."""
    waits = block.kind is BlockKind.INDICATOR and any(map(of.changed, lines))
    return block.sentence + _TOGETHER[of.view.kind] if waits else block.sentence


def _is_for(line: Line, unit: int) -> bool:
    """Whether a unit has anything on a line but －; a figure that is the same for all is nobody's own."""
    if line.values is not None and line.formula is None and line.input is None:
        return line.values[unit] not in (None, NONE_MARK) and (not line.applies or line.applies[unit])
    if line.formula is None and line.input is None:
        return False
    return line.shared or not line.carried or line.carried[unit]


def _nodes(line: Line) -> list[Expression]:
    """Every node that a line is made of, with what is asked before it and what bounds it."""
    found = [*line.nodes, *(node for question, _ in line.wanted_if for node in walk(question))]
    high = line.input.high if line.input else None
    return [*found, *walk(high)] if isinstance(high, Expression) else found


class _Change:
    """Makes a line one of the book. kept: the lines that are there; units: the positions of the units, none where all are."""

    def __init__(self, kept: set[str], units: Sequence[int]) -> None:
        self.kept, self.units = kept, units
        self.position = {unit: position for position, unit in enumerate(units)}
        self.known: dict[int, Expression] = {}
        self.held: list[Expression] = []
        """The trees that `known` speaks of: they must not go while it does."""

    def line(self, line: Line) -> Line:
        made = line
        if line.formula is not None:
            made = replace(made, formula=self.tree(self.counted(line)))
        if line.standard is not None and isinstance(line.standard.value, Expression):
            made = replace(made, standard=replace(line.standard, value=self.tree(line.standard.value)))
        if line.wanted_if:
            made = replace(made, wanted_if=tuple((self.tree(question), wanted) for question, wanted in line.wanted_if))
        if not self.units:
            return made
        values = None if line.values is None else self.of(line.values)
        return replace(made, values=values, applies=self.of(line.applies), outside=self.of(line.outside))

    def of(self, row: tuple[Own, ...]) -> tuple[Own, ...]:
        """What the units have of a row; a row that is empty says the same of all."""
        return tuple(row[unit] for unit in self.units) if row else row

    def counted(self, line: Line) -> Expression:
        """A line's formula; of the number of missing scores in a book that has none, of the duties."""
        assert line.formula is not None
        if line.key == MISSING and isinstance(line.formula, e.Tagged) and self.kept.isdisjoint(line.formula.lines):
            return e.lift(0)
        return line.formula

    def tree(self, tree: Expression) -> Expression:
        self.held.append(tree)
        return rewritten(tree, self.change, self.known)

    def change(self, node: Expression) -> Expression | None:
        if isinstance(node, e.Tagged):
            return replace(node, lines=tuple(key for key in node.lines if key in self.kept))
        if isinstance(node, e.OfUnit) and self.units:
            return e.OfUnit(node.line, self.position[node.unit])
        return None


def _with_units(scheme: Scheme, names: list[str]) -> Scheme:
    """A scheme as if only some of its units were there."""
    groups = {group: [unit for unit in members if unit in names] for group, members in scheme.groups.items()}
    left = {group: members for group, members in groups.items() if members}
    made = scheme.model_copy(update={"units": left if isinstance(scheme.units, dict) else names})
    made._known = {}
    return made
