"""Which sheet, row and column each line of a plan gets, and how wide and high they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.design import Column, Design
from generator.expression import Cell, Fixed, OfUnit, Row, Tagged
from generator.grid import HEAD_ROW, Matrix
from generator.layout import LIST_FIRST, Layout, Listing
from generator.lines import Line
from generator.plan import Block, Plan
from generator.rosters import roster
from generator.scheme import Indicator
from generator.scopes import SchemeFault
from generator.sheet import height_of, lines_needed, text_width

FEW_UNITS = 6
ALONE = 15.0
"""How wide the column of a unit is at most on a sheet of its own."""
MANY_UNITS, SHARED = 8, 0.3
"""From so many units on, each gets a sheet of its own where less than this share of indicators × units is carried."""
MAX_SHEET_NAME = 31


def lay_out(plan: Plan, design: Design) -> Layout:
    """Place a plan's lines: all units side by side, a sheet each where they have little in common, or a row each where they
    are many and the lines few."""
    layout = Layout(plan, design)
    taken = {design.guide.sheet, design.summary.sheet, design.checks.sheet, design.tables.sheet, design.scoring.sheet}
    blocks = [b for b in plan.blocks if not b.listed]
    if one_sheet_a_unit(plan):
        for unit, own in enumerate(_own_blocks(plan, blocks)):
            layout.grids.append(_grid(plan, design, _sheet_name(plan.units[unit], taken), [unit], own))
    else:
        everybody = list(range(len(plan.units)))
        below = roster(plan, design, design.scoring.sheet, everybody, blocks)
        layout.grids.append(below or _grid(plan, design, design.scoring.sheet, everybody, blocks))
    for key, title in plan.lists.items():
        layout.lists.append(_listing(plan, design, key, _sheet_name(re.split("[“（：，、]", title)[0] or title, taken)))
    layout.references = [_sheet_name(reference.title, taken) for reference in plan.scheme.references]
    _refuse_single_items(layout)
    return layout


def _refuse_single_items(layout: Layout) -> None:
    """An item of a list has rows only for the units that carry it: formulas elsewhere take the list's sum, never one item."""
    if not layout.lists:
        return
    for line in layout.plan.lines.values():
        for node in line.nodes:
            if not isinstance(node, (Cell, Row, OfUnit)) or node.line not in layout.list_of:
                continue
            other = layout.plan.lines[node.line].owner
            one_row = isinstance(node, OfUnit) and layout.place(node.line, node.unit) is not None
            if other != line.owner and not one_row:
                raise SchemeFault(f"清单里的“{other}”不能单独用在别处的公式里", (), "请用清单的合计，或把它移出清单（form: list）")


def one_sheet_a_unit(plan: Plan) -> bool:
    """Whether each unit gets a sheet of its own: where the scheme says so, or the units share few of their indicators."""
    asked_once = any(line.shared and line.input for line in plan.lines.values())
    if plan.scheme.layout == "units" and asked_once:
        raise SchemeFault(
            "全方案只填一个数的方案不能每个单位一张表", ("layout",), '请去掉 layout: units，或把 for: "*" 的填报项改成各单位填'
        )
    if plan.scheme.layout != "auto":
        return plan.scheme.layout == "units"
    if any(line.shared for line in plan.lines.values()) or plan.lists or len(plan.units) < MANY_UNITS:
        return False
    indicators = [b for b in plan.blocks if b.kind == "indicator" and b.lines]
    carried = sum(_absent(b, len(plan.units)).count(False) for b in indicators)
    return carried < SHARED * len(indicators) * len(plan.units)


def _absent(block: Block, units: int) -> tuple[bool, ...]:
    """For each unit, whether it can never have anything but － on an indicator."""
    masks = {line.applies for line in block.lines if line.applies and not line.shared}
    return tuple(not any(column) for column in zip(*masks, strict=True)) if masks else (False,) * units


def _own_blocks(plan: Plan, blocks: list[Block]) -> Iterator[list[Block]]:
    """What each unit's sheet shows: its indicators, the groups that have any, and whatever their formulas look at."""
    owner = {line.key: i for i, block in enumerate(blocks) for line in block.lines}
    listed = {line.key for block in plan.blocks if block.listed for line in block.lines}
    looked = [_looked_at(block, owner) - {i} for i, block in enumerate(blocks)]
    over: list[list[int]] = []
    """For each block, the headings it stands under."""
    chain: list[int] = []
    titles = [block.kind in ("group", "period") for block in blocks]
    for i, block in enumerate(blocks):
        while chain and blocks[chain[-1]].depth >= block.depth:
            chain.pop()
        over.append([*chain])
        if titles[i]:
            chain.append(i)
    always = [i for i, block in enumerate(blocks) if titles[i] and _sums_a_list(block, listed)]
    mine: list[list[int]] = [[] for _ in plan.units]
    for i, block in enumerate(blocks):
        if not titles[i]:
            for unit, none in enumerate(_absent(block, len(plan.units))):
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


def _sums_a_list(block: Block, listed: set[str]) -> bool:
    """Whether a block adds up what stands on a list sheet."""
    return any(isinstance(node, Tagged) and not listed.isdisjoint(node.lines) for line in block.lines for node in line.nodes)


def _looked_at(block: Block, owner: dict[str, int]) -> set[int]:
    """The blocks whose cells the formulas of a block look at."""
    nodes = (node for line in block.lines for node in line.nodes)
    return {owner[node.line] for node in nodes if isinstance(node, (Cell, Fixed)) and node.line in owner}


def _sheet_name(title: str, taken: set[str]) -> str:
    """A sheet's name: 31 characters at most, none that Excel forbids, unlike any other."""
    plain = "".join("　" if ch in "[]:*?/\\" else ch for ch in title).strip("'")[:MAX_SHEET_NAME] or "表"
    name, number = plain, 1
    while name.lower() in {other.lower() for other in taken}:
        number += 1
        tail = f"({number})"
        name = plain[: MAX_SHEET_NAME - len(tail)] + tail
    taken.add(name)
    return name


def _grid(plan: Plan, design: Design, sheet: str, units: list[int], blocks: list[Block]) -> Matrix:
    grid = Matrix(plan, design, sheet, units, blocks)
    _columns(grid)
    _rows(grid)
    return grid


def _shape(block: Block) -> list[tuple[str, ...]]:
    """What must be the same for the items of a list: the rows with their figures, and the range of what is filled in."""
    own = repr(f"{block.id}/")[:-1]
    points = [line.points for line in block.lines if line.points]
    found: list[tuple[str, ...]] = [
        (line.label, line.role, repr(line.standard).replace(own, "'"), repr(line.input).replace(own, "'")) for line in block.lines
    ]
    marked = any(line.input and isinstance(line.input.high, Fixed) for line in block.lines)
    return [*found, (repr(points),)] if marked else found


def _listing(plan: Plan, design: Design, own: str, sheet: str) -> Listing:
    """Place a list group: every indicator of it must have the same rows and figures, which become columns."""
    blocks = [b for b in plan.blocks if b.listed == own]
    shape = _shape(blocks[0])
    elsewhere = {node.id: node.no_task for node in plan.scheme.walk() if isinstance(node, Indicator) and node.no_task != "exclude"}
    for block in blocks:
        if block.number in elsewhere:
            what = elsewhere[block.number]
            raise SchemeFault(
                f"清单“{sheet}”里 {block.id}“{block.name}”写了 no_task: {what}，清单里没有承担的单位没有这一行", (), "请去掉 no_task"
            )
        if _shape(block) != shape:
            raise SchemeFault(f"清单“{sheet}”里 {block.id}“{block.name}”的计分办法与第一项不同，不能排成清单", (), "请去掉 form: list")
        if any(line.shared for line in block.lines):
            raise SchemeFault(f"清单“{sheet}”里不能有全方案共用的填报项", (), "请把它写在方案或上一级分组的 inputs 里")
    listing = Listing(plan, design, own, sheet, blocks)
    columns = design.listing
    listing.labels = [line.label for line in blocks[0].lines]
    position = LIST_FIRST
    for key in ("number", "name", "unit", *(label for label in listing.labels if label != "得分"), "points", "得分"):
        if key == "points" and not any(line.points for line in listing.lines):
            continue
        listing.columns[key] = position
        listing.widths[position] = columns.widths.get(key, columns.label_width)
        position += 1
    row = listing.first_row
    for block in blocks:
        for unit, absent in enumerate(_absent(block, len(plan.units))):
            if not absent:
                listing.entries.append((block, unit))
                listing.row_of[block.id, unit] = row
                row += 1
    return listing


def _columns(grid: Matrix) -> None:
    position = grid.first_visible
    for column in grid.design.scoring.columns:
        if column.key == "units":
            width = _unit_width(grid, column)
            for unit in grid.units:
                grid.unit_columns[unit] = position
                grid.widths[position] = width
                position += 1
            continue
        if column.key == "measure" and not any(b.measure for b in grid.blocks):
            continue
        if column.key == "standard" and not any(line.standard or line.shared for line in grid.lines):
            continue
        grid.columns[column.key] = position
        grid.widths[position] = _own_width(grid, column)
        position += 1
    grid.last_column = position - 1


def _own_width(grid: Matrix, column: Column) -> float:
    """The width of a column beside the units: as designed, or wider where its texts need it."""
    if column.key == "label":
        return _label_width(grid, column)
    if column.key == "number":
        longest = max((text_width(b.number or b.id) for b in grid.blocks if b.kind == "indicator"), default=0)
        return min(column.widest or column.width, max(column.width, longest * 1.15 + 1))
    if column.key == "name" and len(grid.units) == 1:
        return column.widest or column.width
    return column.width


def _label_width(grid: Matrix, column: Column) -> float:
    longest = max(text_width(line.label) for line in grid.lines)
    lines = 1 if longest <= 10 else 2 if longest <= 28 else 3
    return min(column.widest, max(column.width, longest / lines * 1.35 + 1))


def _unit_width(grid: Matrix, column: Column) -> float:
    """Unit names stand on one line where units are few, else on two; numbers of the table must fit."""
    lines = 1 if len(grid.units) <= FEW_UNITS else 2
    names = max(text_width(grid.plan.units[u]) for u in grid.units) / lines * 1.2 + 1
    figures = 0.0
    for line in grid.lines:
        for value in line.values or ():
            if value is not None and not isinstance(value, (str, bool)):
                figures = max(figures, len(f"{value:,f}") * 1.1 + 1)
    widest = ALONE if len(grid.units) == 1 else column.widest or 255
    return min(widest, max(column.width, names, figures))


def _rows(grid: Matrix) -> None:
    row = grid.first_row = HEAD_ROW + (2 if grid.grouped else 1)
    base = grid.design.row_height
    for block in grid.blocks:
        first = row
        for line in block.lines:
            grid.rows[line.key] = row
            grid.heights[row] = max(base, _row_need(grid, line))
            row += 1
        if not block.lines:  # a heading alone
            grid.heights[row] = base
            row += 1
        grid.spans.append((block, first, row - 1))
        if block.kind in ("indicator", "data"):
            _stretch(grid, block, first, row - 1)
    grid.last_row, grid.head_row = row - 1, grid.first_row - 1
    grid.heights[grid.title_row], grid.heights[grid.title_row + 1] = 30, 18
    head = max(lines_needed(grid.plan.units[u], grid.widths[grid.first_unit], 10) for u in grid.units)
    grid.heights[grid.first_row - 1] = max(30.0, height_of(head, 10))
    if grid.grouped:
        width = sum(grid.widths[c] for c in grid.unit_columns.values())
        names = max(lines_needed(name, width, 10) for name, _ in grid.groups()) if len(grid.units) == 1 else 1
        grid.heights[HEAD_ROW] = max(18.0, height_of(names, 10))


def _row_need(grid: Matrix, line: Line) -> float:
    column = grid.columns.get("label")
    need = height_of(lines_needed(line.label, grid.widths[column], 10), 10) if column else 0.0
    if line.standard and "standard" in grid.columns:
        shown = line.standard.form.replace("{}", "0.00")
        need = max(need, height_of(lines_needed(shown, grid.widths[grid.columns["standard"]], 9), 9))
    return need


def _stretch(grid: Matrix, block: Block, first: int, last: int) -> None:
    """Make a block high enough for its merged texts."""
    needs = [0.0]
    for key, text, size in (
        ("name", block.name, 10),
        ("sentence", block.sentence, 9),
        ("assessor", block.assessor, 9),
        ("measure", block.measure, 10),
    ):
        if key in grid.columns and text:
            needs.append(height_of(lines_needed(text, grid.widths[grid.columns[key]], size), size))
    short = max(needs) - sum(grid.heights[r] for r in range(first, last + 1))
    if short > 0:
        for row in range(first, last + 1):
            grid.heights[row] += short / (last - first + 1)
