"""汇总: each unit's totals, rank and grade, the units in order of rank, and a chart of that order."""

from __future__ import annotations

from decimal import Decimal

from generator.evaluation import Evaluation
from generator.exact import Value
from generator.layout import Layout, sheet_prefix
from generator.plan import GRADE, MISSING, RANK, TOTAL
from generator.sheet import A4, POINTS_PER_MILLIMETRE, BarChart, Formula, Sheet, address, height_of, lines_needed, millimetres
from generator.sheets.scoring import number_format

KEY, ORDER, FIRST = 1, 2, 3
TITLE, HEAD = 2, 3
UPRIGHT = 0.66
"""Down to this scale the summary is printed upright, where it has room for its chart."""


def build(layout: Layout, book: Evaluation) -> Sheet:
    """The summary sheet of a book."""
    return _Builder(layout, book).sheet


class _Builder:
    def __init__(self, layout: Layout, book: Evaluation) -> None:
        self.layout, self.book, self.plan = layout, book, layout.plan
        self.words = layout.design.summary
        self.sheet = Sheet(self.words.sheet)
        self.columns: dict[str, int] = {}
        self.set_columns()
        self.first = HEAD + 1
        self.last = HEAD + len(self.plan.units)
        self.table()
        row = self.rankings(self.last + 2)
        self.finish(row)

    def set_columns(self) -> None:
        sheet, widths = self.sheet, self.words.widths
        keys = ["number", *(["group"] if self.layout.grouped else []), "unit"]
        keys += [f"score:{key}" for _, key in self.plan.tops] + ["total", "rank"]
        keys += (["grade"] if GRADE in self.plan.lines else []) + ["state"]
        for at, key in enumerate(keys, FIRST):
            self.columns[key] = at
            sheet.widths[at] = widths[key.split(":")[0]]
        sheet.widths |= {KEY: 12, ORDER: 8}
        sheet.hidden_columns, sheet.hidden_rows = [KEY, ORDER], [1]
        self.right = FIRST + len(keys) - 1

    def table(self) -> None:
        sheet, words = self.sheet, self.words.headings
        scheme = self.plan.scheme
        sheet.span(TITLE, FIRST, TITLE, self.right, self.words.title.format(title=scheme.title), "title")
        names = {f"score:{key}": name for name, key in self.plan.tops}
        for key, at in self.columns.items():
            sheet.put(HEAD, at, names.get(key) or words[key], "heading")
            sheet.put(1, at, key, "hidden")
        sheet.put(1, ORDER, "order", "hidden")
        start = 0
        for group, members in scheme.groups.items():
            for offset in range(len(members)):
                self.unit(start + offset, group, range(start, start + len(members)))
            start += len(members)

    def pulled(self, key: str, row: int) -> str:
        """A line of the scoring sheet for the unit named in this row, found by its name."""
        prefix = sheet_prefix(self.layout.sheet)
        head = self.layout.head_row
        first, last = self.layout.unit_columns[0], self.layout.unit_columns[-1]
        names = f"{prefix}${_fixed(head, first)}:${_fixed(head, last)}"
        at = self.layout.rows[key]
        line = f"{prefix}${_fixed(at, first)}:${_fixed(at, last)}"
        return f"INDEX({line},MATCH(${address(row, self.columns['unit'])},{names},0))"

    def unit(self, unit: int, group: str, peers: range) -> None:
        sheet, book, row = self.sheet, self.book, self.first + unit
        sheet.put(row, KEY, f"unit:{self.plan.units[unit]}", "hidden")
        sheet.put(row, self.columns["number"], Decimal(unit + 1), "number")
        if self.layout.grouped:
            sheet.put(row, self.columns["group"], group, "number")
        sheet.put(row, self.columns["unit"], self.plan.units[unit], "name")
        for _, key in self.plan.tops:
            line = self.plan.lines[key]
            content = Formula("=" + self.pulled(key, row), book.value(key, unit))
            sheet.put(row, self.columns[f"score:{key}"], content, "working", number_format(line))
        for name, key in (("total", TOTAL), ("rank", RANK), ("grade", GRADE)):
            if name in self.columns:
                content = Formula("=" + self.pulled(key, row), book.value(key, unit))
                sheet.put(row, self.columns[name], content, "score", number_format(self.plan.lines[key]))
        missing = book.value(MISSING, unit)
        pulled = self.pulled(MISSING, row)
        state = Formula(f'=IF({pulled}=0,"已填完","缺"&{pulled}&"项")', "已填完" if missing == 0 else f"缺{missing}项")
        sheet.put(row, self.columns["state"], state, "working")
        sheet.put(row, ORDER, self.order(unit, row, peers), "hidden", "0")
        sheet.heights[row] = 19

    def order(self, unit: int, row: int, peers: range) -> Formula:
        """The unit's place in its group's list: by rank, ties in the order of the table, unfinished ones last."""
        column = self.columns["total"]
        top, bottom = self.first + peers[0], self.first + peers[-1]
        own, whole = address(row, column), f"{_fixed(top, column)}:{_fixed(bottom, column)}"
        above = f"{_fixed(top, column)}:{own}"
        text = f"=IF(ISNUMBER({own}),RANK({own},{whole})+COUNTIF({above},{own})-1,COUNT({whole})+ROWS({above})-COUNT({above}))"
        return Formula(text, Decimal(self.ordered(peers).index(unit) + 1))

    def ordered(self, peers: range) -> list[int]:
        def place(unit: int) -> tuple[bool, Decimal, int]:
            total = self.book.value(TOTAL, unit)
            return (not isinstance(total, Decimal), -total if isinstance(total, Decimal) else Decimal(0), unit)

        return sorted(peers, key=place)

    def rankings(self, row: int) -> int:
        sheet = self.sheet
        start = 0
        unit_at = self.columns["unit"]
        for group, members in self.plan.scheme.groups.items():
            peers = range(start, start + len(members))
            start += len(members)
            sheet.span(row, FIRST, row, self.right, self.words.ranking_title.format(group=group), "group")
            sheet.heights[row] = 20
            head, first, last = row + 1, row + 2, row + 1 + len(members)
            value_at = unit_at + 1
            for at, text in zip((FIRST, unit_at, value_at), self.words.ranking_headings, strict=True):
                sheet.put(head, at, text, "heading")
            if self.layout.grouped:
                sheet.put(head, unit_at - 1, self.words.headings["group"], "heading")
            for place, unit in enumerate(self.ordered(peers)):
                at = first + place
                self.ranked(at, place + 1, unit, peers, group, (FIRST, unit_at, value_at))
            height = max(60.0, sum(sheet.heights.get(r, 19) for r in range(head, last + 1)) / POINTS_PER_MILLIMETRE)
            left = sum(millimetres(sheet.widths[c]) for c in range(FIRST, value_at + 1))
            width = sum(millimetres(sheet.widths[c]) for c in range(FIRST, self.right + 1)) - left - 2
            sheet.charts.append(
                BarChart(
                    self.words.chart_title.format(group=group),
                    (first, last, unit_at),
                    (first, last, value_at),
                    address(head, value_at + 1),
                    width,
                    height,
                )
            )
            row = max(last, head + int(height * POINTS_PER_MILLIMETRE / 19) + 1) + 2
            if start < len(self.plan.units):
                sheet.row_breaks.append(row - 1)
        return row - 1

    def ranked(self, at: int, place: int, unit: int, peers: range, group: str, columns: tuple[int, int, int]) -> None:
        sheet, book = self.sheet, self.book
        top, bottom = self.first + peers[0], self.first + peers[-1]
        order = f"{_fixed(top, ORDER, True)}:{_fixed(bottom, ORDER, True)}"
        sheet.put(at, ORDER, Decimal(place), "hidden", "0")
        position = f"MATCH(${address(at, ORDER)},{order},0)"
        entries: tuple[tuple[int, str, Value, str, str], ...] = (
            (columns[0], "rank", book.value(RANK, unit), "number", "0"),
            (columns[1], "unit", self.plan.units[unit], "name", "General"),
            (columns[2], "total", book.value(TOTAL, unit), "score", number_format(self.plan.lines[TOTAL])),
        )
        for column, key, value, style, pattern in entries:
            source = self.columns[key]
            text = f"=INDEX({_fixed(top, source, True)}:{_fixed(bottom, source, True)},{position})"
            sheet.put(at, column, Formula(text, value), style, pattern)
        if self.layout.grouped:
            sheet.put(at, columns[1] - 1, group, "number")
        sheet.heights[at] = 19

    def finish(self, row: int) -> None:
        sheet, setup = self.sheet, self.layout.design.print
        names = [(name, sheet.widths[self.columns[f"score:{key}"]]) for name, key in self.plan.tops]
        sheet.heights |= {TITLE: 34, HEAD: max(30.0, *(height_of(lines_needed(n, w, 10), 10) for n, w in names))}
        sheet.span(row, FIRST, row, self.right, self.words.sign, "sign")
        sheet.heights[row] = 30
        sheet.freeze = address(self.first, self.columns["unit"] + 1)
        sheet.title_rows = (TITLE, HEAD)
        whole = sum(millimetres(sheet.widths[c]) for c in range(FIRST, self.right + 1))
        sides = setup.margins["left"] + setup.margins["right"]
        sheet.landscape = whole * UPRIGHT > A4[0] - sides
        sheet.scale = min(100, int((A4[sheet.landscape] - sides) / whole * 100))
        room = (A4[not sheet.landscape] - setup.margins["top"] - setup.margins["bottom"]) * POINTS_PER_MILLIMETRE / (sheet.scale / 100)
        if sum(sheet.heights.get(r, 15.0) for r in range(TITLE, row + 1)) > room * 0.97:
            sheet.row_breaks.insert(0, self.last + 1)
        else:
            sheet.row_breaks = []
        sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, self.right)}"


def _fixed(row: int, column: int, both: bool = False) -> str:
    letters = address(1, column)[:-1]
    return f"{'$' if both else ''}{letters}${row}"
