"""Which sheet, row and column each line of a plan gets, and how wide and high they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.layout import apart, sheet_names
from generator.layout.design import Design
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.pages import fits, paginate
from generator.layout.place_listing import listing
from generator.layout.place_matrix import across, matrix
from generator.layout.place_roster import roster
from generator.layout.roster import Roster
from generator.plan.plan import HEADINGS, Block, BlockKind, Plan, absent_units
from generator.plan.view import Kind
from generator.problems import SchemeFault

MANY_UNITS, SHARED = 8, 0.3
"""From so many units on, each gets a sheet of its own where less than this share of indicators × units is carried."""


def lay_out(plan: Plan, design: Design) -> Layout:
    """Place a plan's lines: all units side by side, a sheet each where they have little in common, a row each where they are
    many and the lines few, or a sheet for each group where a page has no room for all."""
    taken = {design.guide.sheet, design.summary.sheet, design.checks.sheet, design.tables.sheet, design.scoring.sheet}
    if design.catalog:
        taken.add(design.catalog.sheet)
    if not plan.view.whole:
        taken |= {design.parts.unit.sheet, design.parts.remarks.sheet}
    grids = _grids(plan, design, taken)
    lists = [
        listing(plan, design, key, sheet_names.free(re.split("[“（：，、]", title)[0] or title, taken)) for key, title in plan.lists.items()
    ]
    references = [sheet_names.free(reference.title, taken) for reference in plan.scheme.references]
    layout = Layout(plan, design, grids, lists, references, apart=len(grids) > 1)
    _refuse_single_items(layout)
    return layout


def _grids(plan: Plan, design: Design, taken: set[str]) -> list[Matrix | Roster]:
    """The scoring sheets. taken: the names of sheets that are there already."""
    blocks = [b for b in plan.blocks if not b.listed]
    if plan.view.kind is Kind.UNIT:
        return [matrix(plan, design, design.parts.unit.sheet, [0], blocks)]
    if one_sheet_a_unit(plan):
        own = enumerate(_own_blocks(plan, blocks))
        return [matrix(plan, design, sheet_names.free(plan.units[unit], taken), [unit], mine) for unit, mine in own]
    everybody = list(range(len(plan.units)))
    below = roster(plan, design, design.scoring.sheet, everybody, blocks)
    if below:
        return [below]
    whole = matrix(plan, design, design.scoring.sheet, everybody, blocks)
    if design.form < 2 or plan.scheme.layout != "auto" or not plan.view.whole or fits(whole):
        return [whole]
    return _apart(plan, design, taken, whole, blocks) or [whole]


def _apart(plan: Plan, design: Design, taken: set[str], whole: Matrix, every: list[Block]) -> list[Matrix | Roster]:
    """Sheets for groups of units, or nothing where there would be only one. whole: that one; every: the blocks of the plan on it, without
    the headings that its pages repeat."""
    own = [*_own_blocks(plan, every, alone=False)]

    def blocks(units: list[int], shown: set[str]) -> list[Block]:
        return [*apart.blocks_of(units, own, every, shown)]

    def room(units: list[int]) -> bool:
        return fits(across(plan, design, "", units, blocks(units, set())))

    parts = apart.parts(dict(whole.groups()), own, design.scoring.sheet, room)
    if len(parts) < 2:
        return []
    names = [sheet_names.free(part.title, taken) for part in parts]
    shown: set[str] = set()  # until the fifth form the first sheet asks for all it has, and each tells the next
    elsewhere = apart.asked_elsewhere(parts, own, every, len(plan.units)) if design.form > 5 else [shown] * len(parts)
    sheets = [
        matrix(plan, design, name, part.units, blocks(part.units, away)) for name, part, away in zip(names, parts, elsewhere, strict=True)
    ]
    return [*sheets] if sum(map(_long, sheets)) < _long(whole) else []


def _long(grid: Matrix) -> int:
    """How many rows a sheet has on all its pages side by side."""
    return (len(grid.rows) - len(grid.hidden)) * (1 + len(paginate(grid, 0.0).column_breaks))


def _refuse_single_items(layout: Layout) -> None:
    """An item of a list has rows only for the units that carry it: formulas elsewhere take the list's sum, never one item."""
    if not layout.lists:
        return
    listed, looks = layout.list_of, layout.plan.dependencies.all_looks
    at_them = {node.line for node, own in looks.items() if any(look.line in listed for look in own)}
    for line in (line for key, line in layout.plan.lines.items() if key in at_them):
        for look in layout.plan.dependencies.looks(line, "cell", "row", "unit"):
            if look.line not in layout.list_of:
                continue
            other = layout.plan.lines[look.line].owner
            one_row = look.how == "unit" and layout.place(look.line, look.unit) is not None
            if other != line.owner and not one_row:
                raise SchemeFault(f"清单里的“{other}”不能单独用在别处的公式里", (), "请用清单的合计，或把它移出清单（form: list）")


def one_sheet_a_unit(plan: Plan) -> bool:
    """Whether each unit gets a sheet of its own: where the scheme says so, or the units share few of their indicators."""
    if plan.view.kind is Kind.DEPARTMENT:
        # there is no summary that formulas could look at, and what all have is better filled in for all at once
        return _little_in_common(plan) and not _looks_across(plan) and _most_have_their_own(plan)
    asked_once = any(line.shared and line.input for line in plan.lines.values())
    if plan.scheme.layout == "units" and asked_once:
        raise SchemeFault(
            "全方案只填一个数的方案不能每个单位一张表", ("layout",), '请去掉 layout: units，或把 for: "*" 的填报项改成各单位填'
        )
    if plan.scheme.layout != "auto":
        return plan.scheme.layout == "units"
    return _little_in_common(plan)


def _looks_across(plan: Plan) -> bool:
    """Whether anything looks at all units at once, or at a certain other one."""
    return bool(plan.dependencies.looked_at("row", "unit")) or any(table.kind == "quota" for table in plan.tables)


def _most_have_their_own(plan: Plan) -> bool:
    """Whether more than half of the units have an indicator that at most half of them have."""
    count = len(plan.units)
    absent = [absent_units(block, count) for block in plan.blocks if block.kind == "indicator"]
    rare = [mask for mask in absent if mask.count(False) * 2 <= count]
    return sum(not all(column) for column in zip(*rare, strict=True)) * 2 > count


def _little_in_common(plan: Plan) -> bool:
    """Whether there are many units that share few of their indicators."""
    if any(line.shared for line in plan.lines.values()) or plan.lists or len(plan.units) < MANY_UNITS:
        return False
    indicators = [b for b in plan.blocks if b.kind == "indicator" and b.lines]
    carried = sum(absent_units(b, len(plan.units)).count(False) for b in indicators)
    return carried < SHARED * len(indicators) * len(plan.units)


def _own_blocks(plan: Plan, blocks: list[Block], alone: bool = True) -> Iterator[list[Block]]:
    """What each unit's sheet shows: its indicators, the groups that have any, and whatever their formulas look at. alone: there are
    no other units on it."""
    owner = {line.key: i for i, block in enumerate(blocks) for line in block.lines}
    listed: set[str] = {line.key for block in plan.blocks if block.listed for line in block.lines}
    uses = plan.dependencies.uses
    looked = [{owner[used.key] for line in block.lines for used in uses(line) if used.key in owner} - {i} for i, block in enumerate(blocks)]
    over: list[list[int]] = []
    """For each block, the headings it stands under."""
    chain: list[int] = []
    titles = [block.kind in HEADINGS for block in blocks]
    for i, block in enumerate(blocks):
        while chain and blocks[chain[-1]].depth >= block.depth:
            chain.pop()
        over.append([*chain])
        if titles[i]:
            chain.append(i)
    always = [i for i, block in enumerate(blocks) if titles[i] and _sums_a_list(plan, block, listed)]
    always += [i for i, block in enumerate(blocks) if block.kind == BlockKind.TOTAL and not alone]
    mine: list[list[int]] = [[] for _ in plan.units]
    for i, block in enumerate(blocks):
        if not titles[i]:
            for unit, none in enumerate(absent_units(block, len(plan.units))):
                if not none:
                    mine[unit].append(i)
    for own in mine:
        kept = {*always, *own}
        for i in [*kept]:
            kept.update(over[i])
        todo = [*kept]
        while todo:
            more = looked[todo.pop()] - kept
            kept |= more
            todo += more
        yield [blocks[i] for i in sorted(kept)]


def _sums_a_list(plan: Plan, block: Block, listed: set[str]) -> bool:
    """Whether a block adds up what stands on a list sheet."""
    return any(look.line in listed for line in block.lines for look in plan.dependencies.looks(line, "tagged"))
