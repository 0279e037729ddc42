"""名额与标准: what formulas look up: places of grades, shares of stages, points of bands and situations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from generator.layout.addresses import address, sheet_prefix
from generator.layout.layout import Layout
from generator.layout.place_tables import BODY, COLUMNS, FIRST, TITLE, height
from generator.layout.text_size import height_of, lines_needed
from generator.lines.line import Table
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.view import Kind
from generator.sheets.sheet import Formula, Sheet
from generator.tree import exact
from generator.tree.at_hand import AddressesAtHand, ValuesAtHand
from generator.tree.expression import Blank, Cell, CountLike, Fold, Round, Row, when
from generator.tree.formula import formula
from generator.value import Percent, Value

LOWEST = 20.0
"""How high a row is at least, in points."""


def build(layout: Layout, values: Evaluation) -> Sheet | None:
    """The tables sheet, or nothing where a scheme needs none."""
    if not layout.plan.tables:
        return None
    design = layout.design.tables
    sheet = Sheet(design.sheet)
    words = design.headings
    last = FIRST + len(design.widths) - 1
    named = dict.fromkeys(design.titles.get(table.kind, design.title) for table in layout.plan.tables)
    sheet.span(TITLE, FIRST, TITLE, last, "、".join(named), "title")
    sheet.heights[TITLE] = 30
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(design.widths)}}
    row = BODY
    blocks = {b.id: b for b in layout.plan.blocks if b.kind == "indicator"}
    for table in layout.plan.tables:
        block = blocks.get(table.owner)
        title = f"{block.number or block.id}　{block.name}：{table.title}" if block else table.title
        heads: tuple[str, ...]
        match table.kind:
            case "quota" if layout.plan.view.kind is Kind.UNIT:  # how many have which grade is not for one unit to see
                sheet.span(row, FIRST, row, last, f"{title}（原则上）", "group")
                heads = ("grade", "share", "points")
                _plain(sheet, table, row + 2)
            case "quota":
                sheet.span(row, FIRST, row, last, f"{title}（原则上）", "group")
                heads = ("grade", "share", "points", "group", "places", "taken", "state")
                _quota(sheet, layout, values, table, row + 2)
            case "stages":
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("stage", "part")
                _plain(sheet, table, row + 2)
            case "situations":
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("situation", _result(table, words))
                _plain(sheet, table, row + 2)
            case _:
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("up_to" if table.by_upper else "from", _result(table, words))
                _plain(sheet, table, row + 2, words["rest"])
        for offset, key in enumerate(heads):
            sheet.put(row + 1, FIRST + offset, words[key], "heading")
        row += height(layout.plan, table)
    for r in range(BODY, row):
        box = sheet.cells.get((r, FIRST))
        text = box.content if box and box.style != "group" and isinstance(box.content, str) else ""
        sheet.heights.setdefault(r, max(LOWEST, height_of(lines_needed(text, design.widths[0], 10, True), 10, layout.design.leading)))
    sheet.freeze = address(BODY, 1)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row - 1, last)}"
    return sheet


def _result(table: Table, words: Mapping[str, str]) -> str:
    """The heading of what a table gives: points may be given or taken; a grade is neither."""
    points = all(isinstance(value, Decimal) for value in table.columns["得分"])
    return "worth" if points and "worth" in words else "gives"


def _plain(sheet: Sheet, table: Table, top: int, rest: str = "") -> None:
    """A table's columns side by side. An edge that stands for all that is left shows as a word, and stays a number."""
    for offset, column in enumerate(COLUMNS[table.kind]):
        for i, value in enumerate(table.columns[column]):
            style = "number" if column in ("阶段", "情形", "等次") else "parameter"
            pattern = _pattern(value)
            if column == "界" and isinstance(value, Decimal) and abs(value) >= 10**9:
                pattern = f'"{rest}";"{rest}"'
            sheet.put(top + i, FIRST + offset, value, style, pattern)


def _pattern(value: Value) -> str:
    if isinstance(value, Percent):
        return "0%" if (value * 100) % 1 == 0 else "0.##%"
    return "General"


SHARE, GRADE, GIVEN = Cell("@share"), Cell("@grade"), Row("@given")
DUE, TAKEN = Cell("@due"), Cell("@taken")
DUE_PLACES = Round(SHARE * Fold("size", (GIVEN,)), 2, sum_only=True)
"""How many of a group may have a grade: its share of the units."""
TAKEN_PLACES = CountLike(GRADE, (GIVEN,))
"""How many have it."""
EXCEEDED = when(TAKEN >= DUE + 1, "超出名额", Blank())
"""Whether more have it than may: by a whole one, for places are seldom whole numbers."""


@dataclass(frozen=True)
class Places:
    """How many of a group may have a grade, and how many have it; units: their positions."""

    group: str
    grade: str
    units: list[int]
    due: Value
    taken: Value
    exceeded: Value


def places(plan: Plan, table: Table, values: Evaluation) -> Iterator[Places]:
    """The places of a table of grades, group by group."""
    start = 0
    for group, members in plan.scheme.groups.items():
        units = list(range(start, start + len(members)))
        start += len(members)
        given = [values.value(table.line, unit) for unit in units]
        for grade, share in zip(table.columns["等次"], table.columns["比例"], strict=True):
            here = ValuesAtHand({SHARE.line: share, GRADE.line: grade}, rows={GIVEN.line: given})
            due, taken = exact.value(DUE_PLACES, here), exact.value(TAKEN_PLACES, here)
            exceeded = exact.value(EXCEEDED, ValuesAtHand({DUE.line: due, TAKEN.line: taken}))
            yield Places(group, str(grade), units, due, taken, exceeded)


def _quota(sheet: Sheet, layout: Layout, values: Evaluation, table: Table, top: int) -> None:
    names, shares, points = (table.columns[k] for k in COLUMNS["quota"])
    for number, own in enumerate(places(layout.plan, table, values)):
        i, row = number % len(names), top + number
        first = number < len(names)
        sheet.put(row, FIRST, names[i], "number")
        sheet.put(row, FIRST + 1, shares[i] if first else None, *(("parameter", "0%") if first else ("number",)))
        sheet.put(row, FIRST + 2, points[i] if first else None, "parameter" if first else "number")
        sheet.put(row, FIRST + 3, own.group or "全部", "number")
        at = _addresses(layout, table.line, own.units, row, top + i)
        sheet.put(row, FIRST + 4, Formula(formula(DUE_PLACES, at), own.due), "working", "0")
        sheet.put(row, FIRST + 5, Formula(formula(TAKEN_PLACES, at), own.taken), "working", "0")
        sheet.put(row, FIRST + 6, Formula(formula(EXCEEDED, at), own.exceeded), "working")


def _addresses(layout: Layout, line: str, units: list[int], row: int, first: int) -> AddressesAtHand:
    """Where the figures of a row of places are. first: the row with the grade's share."""
    place = layout.at(units[0], sheet_prefix(layout.grid_of[units[0]].sheet))
    across = place.row(line, own_group=True)
    size = place.size(line, own_group=True)
    cells = {SHARE: f"$C{first}", GRADE: f"$B{first}", DUE: address(row, FIRST + 4), TAKEN: address(row, FIRST + 5)}
    return AddressesAtHand({cell.line: at for cell, at in cells.items()} | {GIVEN.line: across}, sizes={GIVEN.line: size})
