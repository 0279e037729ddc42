"""名额与标准: what formulas look up: places of grades, shares of stages, points of bands and situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generator.layout.addresses import address, sheet_prefix
from generator.layout.layout import Layout
from generator.layout.place_tables import BODY, COLUMNS, FIRST, TITLE, height
from generator.lines.line import Table
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.sheets.sheet import Formula, Sheet
from generator.value import Percent, Value, round_half_up


def build(layout: Layout, book: Evaluation) -> Sheet | None:
    """The tables sheet, or nothing where a scheme needs none."""
    if not layout.plan.tables:
        return None
    design = layout.design.tables
    sheet = Sheet(design.sheet)
    words = design.headings
    last = FIRST + len(design.widths) - 1
    sheet.span(TITLE, FIRST, TITLE, last, design.title, "title")
    sheet.heights[TITLE] = 30
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(design.widths)}}
    row = BODY
    blocks = {b.id: b for b in layout.plan.blocks if b.kind == "indicator"}
    for table in layout.plan.tables:
        block = blocks.get(table.owner)
        title = f"{block.number or block.id}　{block.name}：{table.title}" if block else table.title
        heads: tuple[str, ...]
        match table.kind:
            case "quota":
                sheet.span(row, FIRST, row, last, f"{title}（原则上）", "group")
                heads = ("grade", "share", "points", "group", "places", "taken", "state")
                _quota(sheet, layout, book, table, row + 2)
            case "stages":
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("stage", "part")
                _plain(sheet, table, row + 2)
            case "situations":
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("situation", "gives")
                _plain(sheet, table, row + 2)
            case _:
                sheet.span(row, FIRST, row, last, title, "group")
                heads = ("up_to" if table.by_upper else "from", "gives")
                _plain(sheet, table, row + 2, words["rest"])
        for offset, key in enumerate(heads):
            sheet.put(row + 1, FIRST + offset, words[key], "heading")
        row += height(layout.plan, table)
    for r in range(BODY, row):
        sheet.heights.setdefault(r, 20)
    sheet.freeze = address(BODY, 1)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(row - 1, last)}"
    return sheet


def _plain(sheet: Sheet, table: Table, top: int, rest: str = "") -> None:
    """A table's columns side by side. An edge that stands for all that is left shows as a word, and stays a number."""
    for offset, column in enumerate(COLUMNS[table.kind]):
        for i, value in enumerate(table.columns[column]):
            style = "number" if column in ("阶段", "情形") else "parameter"
            pattern = _pattern(value)
            if column == "界" and isinstance(value, Decimal) and abs(value) >= 10**9:
                pattern = f'"{rest}";"{rest}"'
            sheet.put(top + i, FIRST + offset, value, style, pattern)


def _pattern(value: Value) -> str:
    if isinstance(value, Percent):
        return "0%" if (value * 100) % 1 == 0 else "0.##%"
    return "General"


@dataclass(frozen=True)
class Places:
    """How many of a group may have a grade, and how many have it."""

    group: str
    grade: str
    due: Decimal
    taken: Decimal

    @property
    def exceeded(self) -> bool:
        """Whether more have it than may: by a whole one, for places are seldom whole numbers."""
        return self.taken >= self.due + 1


def places(plan: Plan, table: Table, book: Evaluation) -> Iterator[Places]:
    """The places of a table of grades, group by group."""
    start = 0
    for group, members in plan.scheme.groups.items():
        units = range(start, start + len(members))
        start += len(members)
        for grade, share in zip(table.columns["等次"], table.columns["比例"], strict=True):
            taken = Decimal(sum(book.value(table.line, u) == grade for u in units))
            yield Places(group, str(grade), Decimal(str(share)) * len(units), taken)


def _quota(sheet: Sheet, layout: Layout, book: Evaluation, table: Table, top: int) -> None:
    names, shares, points = (table.columns[k] for k in COLUMNS["quota"])
    row = top
    start = 0
    counted = places(layout.plan, table, book)
    for number, (group, members) in enumerate(layout.plan.scheme.groups.items()):
        units = list(range(start, start + len(members)))
        start += len(members)
        for i, name in enumerate(names):
            if number == 0:
                sheet.put(row, FIRST, name, "number")
                sheet.put(row, FIRST + 1, shares[i], "parameter", "0%")
                sheet.put(row, FIRST + 2, points[i], "parameter", "General")
            else:
                for offset in range(3):
                    sheet.put(row, FIRST + offset, name if offset == 0 else None, "number")
            sheet.put(row, FIRST + 3, group or "全部", "number")
            share, key = f"$C{top + i}", f"$B{top + i}"
            own = next(counted)
            due, taken = address(row, FIRST + 4), address(row, FIRST + 5)
            size, count = _counted(layout, table.line, units, key)
            sheet.put(row, FIRST + 4, Formula(f"=ROUND({share}*{size},2)", round_half_up(own.due, 2)), "working", "0.00")
            sheet.put(row, FIRST + 5, Formula(f"={count}", own.taken), "working", "0")
            state = "超出名额" if own.exceeded else None
            sheet.put(row, FIRST + 6, Formula(f'=IF({taken}>={due}+1,"超出名额","")', state), "working")
            row += 1


def _counted(layout: Layout, line: str, units: list[int], key: str) -> tuple[str, str]:
    """How many units there are, and how many of them have a grade, as formulas."""
    place = layout.at(units[0], sheet_prefix(layout.grid_of[units[0]].sheet))
    across = place.row(line, own_group=True)
    size = f"ROWS({across})" if layout.by_unit else place.grid.size(units, place.prefix, line)
    return size, f"COUNTIF({across},{key})"
