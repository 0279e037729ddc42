"""Rows, columns and sizes of a `Listing`."""

from __future__ import annotations

from generator.layout.design import Design
from generator.layout.listing import LIST_FIRST, Listing
from generator.layout.pages import page_width, shape
from generator.layout.text_size import lines_needed, millimetres, text_width
from generator.plan.plan import Block, Plan, absent_units
from generator.problems import SchemeFault
from generator.scheme.model import Indicator
from generator.tree.expression import Expression, Fixed


def _shape(block: Block) -> list[tuple[object, ...]]:
    """What must be the same for the items of a list: the rows with their figures, and the range of what is filled in."""
    own = repr(f"{block.id}/")[:-1]
    found: list[tuple[object, ...]] = []
    for line in block.lines:
        figure, asked = line.standard, line.input
        by_itself = asked is None or not (asked.whole or isinstance(asked.high, Expression))
        worked_out = figure is not None and isinstance(figure.value, Expression)
        found.append(
            (
                *(line.label, line.role),
                repr(figure).replace(own, "'") if worked_out else figure,
                asked if by_itself else repr(asked).replace(own, "'"),
            )
        )
    marked = any(line.input and isinstance(line.input.high, Fixed) for line in block.lines)
    return [*found, (*(line.points for line in block.lines if line.points),)] if marked else found


WIDEST_UNIT = 24.0
"""How wide the column of the units may get, in characters."""
WHOLE_PERCENT = 0.985
"""How much of a page is used: programs fit a sheet to it by whole percents, down."""


def _widened(listing: Listing) -> None:
    """Let the names of units and items have what a page has left, so that they take fewer lines."""
    setup = listing.design.print
    paper, landscape = shape(setup, sum(map(millimetres, listing.widths.values())), setup.smallest_scale / 100)
    room = page_width(listing.design, paper=paper, upright=not landscape) * WHOLE_PERCENT
    for key, texts, most in (("unit", listing.plan.units, WIDEST_UNIT), ("name", [block.name for block in listing.blocks], 255.0)):
        column = listing.columns[key]
        spare = room - sum(listing.widths.values())
        longest = min(most, max(map(text_width, texts)) * 1.2 + 1)
        listing.widths[column] += max(0.0, min(spare, longest - listing.widths[column]))


def listing(plan: Plan, design: Design, own: str, sheet: str) -> Listing:
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
    if design.form > 1:
        _widened(listing)
    row = listing.first_row
    for block in blocks:
        for unit, absent in enumerate(absent_units(block, len(plan.units))):
            if not absent:
                listing.entries.append((block, unit))
                listing.row_of[block.id, unit] = row
                row += 1
    if design.form > 4:
        _balanced(listing)
    return listing


def _balanced(listing: Listing) -> None:
    """Share what the names of items and of units have between them out so that the rows take the fewest lines."""
    name, unit = (listing.columns[key] for key in ("name", "unit"))
    texts = [(block.name, listing.plan.units[number]) for block, number in listing.entries]
    now, both = listing.widths[unit], listing.widths[name] + listing.widths[unit]

    def lines(width: float) -> int:
        return sum(max(lines_needed(a, both - width, 10, True), lines_needed(b, width, 10, True)) for a, b in texts)

    best = min((now, *(float(width) for width in range(int(WIDEST_UNIT), int(both - WIDEST_UNIT)))), key=lines)
    listing.widths |= {name: both - best, unit: best}
