"""汇总: each unit's totals, rank and grade, the units in order of rank, and a chart of that order."""

from __future__ import annotations

from decimal import Decimal

from generator.layout.addresses import address, sheet_prefix
from generator.layout.layout import Layout
from generator.layout.place_summary import FIRST, HEAD, KEY, ORDER, TITLE, UNITS_FROM, column_keys, line_of
from generator.layout.text_size import A4, POINTS_PER_MILLIMETRE, height_of, lines_needed, millimetres
from generator.layout.wording import filled
from generator.lines.keys import MISSING, RANK, TOTAL
from generator.plan.evaluation import Evaluation
from generator.sheets.scoring import number_format
from generator.sheets.sheet import BarChart, Formula, Sheet
from generator.tree import exact
from generator.tree.at_hand import AddressesAtHand, ValuesAtHand
from generator.tree.expression import NONE_MARK, Cell, CountLike, Fold, IsNumber, Rank, Row, when
from generator.tree.formula import formula
from generator.value import Value

UPRIGHT = 0.66
"""Down to this scale the summary is printed upright, where it has room for its chart."""
OWN, WHOLE, ABOVE = Cell("@own"), Row("@whole"), Row("@above")
PLACE_IN_LIST = when(
    IsNumber(OWN),
    Rank(OWN, WHOLE) + CountLike(OWN, (ABOVE,)) - 1,
    Fold("count", (WHOLE,)) + Fold("size", (ABOVE,)) - Fold("count", (ABOVE,)),
)
"""A unit's place in its group's list: by rank, ties in the order of the table, unfinished ones last. Above: the totals of the
group down to the unit's own."""


def build(layout: Layout, book: Evaluation) -> Sheet:
    """The summary sheet of a book."""
    return _Builder(layout, book).sheet


class _Builder:
    def __init__(self, layout: Layout, book: Evaluation) -> None:
        self.layout, self.book, self.plan = layout, book, layout.plan
        self.words = layout.design.summary
        self.sheet = Sheet(self.words.sheet)
        self.columns: dict[str, int] = {}
        self.parts = {key for _, key in self.plan.parts}
        self.places: dict[int, int] = {}
        """Of each unit, its place in the list of its group."""
        self.set_columns()
        self.first = UNITS_FROM
        self.last = HEAD + len(self.plan.units)
        self.table()
        row = self.rankings(self.last + 2)
        self.finish(row)

    def set_columns(self) -> None:
        sheet, widths = self.sheet, self.words.widths
        keys = column_keys(self.plan, self.layout.by_unit)
        for at, key in enumerate(keys, FIRST):
            self.columns[key] = at
            sheet.widths[at] = widths[key.split(":")[0]]
        sheet.widths |= {KEY: 12, ORDER: 8}
        sheet.hidden_columns, sheet.hidden_rows = [KEY, ORDER], [1]
        sheet.hidden_columns += [at for key, at in self.columns.items() if key.startswith("hidden:")]
        self.right = self.columns["state"]

    def table(self) -> None:
        sheet, words = self.sheet, self.words.headings
        scheme = self.plan.scheme
        sheet.span(TITLE, FIRST, TITLE, self.right, filled(self.words.title, title=scheme.title), "title")
        names = {f"score:{key}": name for name, key in self.plan.columns} | {f"result:{key}": name for name, key in self.plan.results}
        for key, at in self.columns.items():
            sheet.put(HEAD, at, names.get(key) or words.get(key), "heading")
            sheet.put(1, at, key, "hidden")
        if self.plan.scored:
            sheet.put(1, ORDER, "order", "hidden")
        start = 0
        for group, members in scheme.groups.items():
            if self.plan.scored:
                self.places |= self.listed(range(start, start + len(members)))
            for offset in range(len(members)):
                self.unit(start + offset, group, range(start, start + len(members)))
            start += len(members)

    def pulled(self, key: str, unit: int, row: int) -> str:
        """A line of the scoring sheet for the unit of this row: found by its name, or on the unit's own sheet."""
        grid = self.layout.grid_of[unit]
        prefix = sheet_prefix(grid.sheet)
        if self.layout.by_unit:
            if not grid.has(key):
                return f'"{NONE_MARK}"'
            cell = prefix + grid.cell(key, unit)
            # Excel shows a reference to an empty cell as 0
            return f'IF({cell}="","",{cell})' if self.plan.lines[key].input else cell
        position = f"MATCH(${address(row, self.columns['unit'])},{prefix}{grid.names},0)"
        return grid.picked(key, position, prefix)

    def unit(self, unit: int, group: str, peers: range) -> None:
        sheet, book, row = self.sheet, self.book, self.first + unit
        sheet.put(row, KEY, f"unit:{self.plan.units[unit]}", "hidden")
        sheet.put(row, self.columns["number"], Decimal(unit + 1), "number")
        if "group" in self.columns:
            sheet.put(row, self.columns["group"], group, "number")
        sheet.put(row, self.columns["unit"], self.plan.units[unit], "name")
        for name, column in self.columns.items():
            key = line_of(name)
            if name != "unit" and key:
                line = self.plan.lines[key]
                value = book.value(key, unit)
                if self.layout.by_unit and not self.layout.grid_of[unit].has(key):
                    value = NONE_MARK
                style = "working" if name.startswith(("score:", "hidden:")) else "score"
                pattern = number_format(line)
                if key in self.parts:
                    pattern = "0.00%" if line.percent else "0.00##"
                sheet.put(row, column, Formula("=" + self.pulled(key, unit, row), value), style, pattern)
        missing = book.value(MISSING, unit)
        pulled = self.pulled(MISSING, unit, row)
        words = "已填完" if missing == 0 else f"缺{missing}项"
        text = f'IF({pulled}=0,"已填完","缺"&{pulled}&"项")'
        if self.plan.scored:
            total = address(row, self.columns["total"])
            text = f'IF(ISNUMBER({total}),"已填完",IF({pulled}=0,"待汇总","缺"&{pulled}&"项"))'
            if missing == 0 and not isinstance(book.value(TOTAL, unit), Decimal):
                words = "待汇总"
        sheet.put(row, self.columns["state"], Formula(f"={text}", words), "working")
        if self.plan.scored:
            sheet.put(row, ORDER, self.order(unit, row, peers), "hidden", "0")
        sheet.heights[row] = self.height(self.plan.units[unit], group, self.columns["unit"])

    def order(self, unit: int, row: int, peers: range) -> Formula:
        """The unit's place in its group's list."""
        column = self.columns["total"]
        top, bottom = self.first + peers[0], self.first + peers[-1]
        own, whole = address(row, column), f"{_fixed(top, column)}:{_fixed(bottom, column)}"
        above = f"{_fixed(top, column)}:{own}"
        names = f"{_fixed(top, self.columns['unit'], True)}:{address(row, self.columns['unit'])}"
        at = AddressesAtHand({OWN.line: own, WHOLE.line: whole, ABOVE.line: above}, sizes={ABOVE.line: f"COUNTA({names})"})
        return Formula(formula(PLACE_IN_LIST, at), Decimal(self.places[unit]))

    def listed(self, peers: range) -> dict[int, int]:
        """The place of each unit of a group in its list."""
        totals = [self.book.value(TOTAL, unit) for unit in peers]
        found: dict[int, int] = {}
        for number, unit in enumerate(peers):
            rows = {WHOLE.line: totals, ABOVE.line: totals[: number + 1]}
            found[unit] = int(exact.number(PLACE_IN_LIST, ValuesAtHand({OWN.line: totals[number]}, rows=rows)))
        return found

    def rankings(self, row: int) -> int:
        if not self.plan.scored:
            return self.last + 1
        sheet = self.sheet
        start = 0
        unit_at = self.columns["unit"]
        for group, members in self.plan.scheme.groups.items():
            peers = range(start, start + len(members))
            start += len(members)
            if group in self.plan.scheme.outside:
                continue
            sheet.span(row, FIRST, row, self.right, filled(self.words.ranking_title, group=group), "group")
            sheet.heights[row] = 20
            head, first, last = row + 1, row + 2, row + 1 + len(members)
            value_at = unit_at + 1
            for at, text in zip((FIRST, unit_at, value_at), self.words.ranking_headings, strict=True):
                sheet.put(head, at, text, "heading")
            if "group" in self.columns:
                sheet.put(head, unit_at - 1, self.words.headings["group"], "heading")
            for place, unit in enumerate(sorted(peers, key=self.places.__getitem__)):
                at = first + place
                self.ranked(at, place + 1, unit, peers, group, (FIRST, unit_at, value_at))
            height = max(60.0, sum(sheet.heights.get(r, 19) for r in range(head, last + 1)) / POINTS_PER_MILLIMETRE)
            left = sum(millimetres(sheet.widths[c]) for c in range(FIRST, value_at + 1))
            width = sum(millimetres(sheet.widths[c]) for c in range(FIRST, self.right + 1)) - left - 2
            sheet.charts.append(
                BarChart(
                    filled(self.words.chart_title, group=group),
                    (first, last, unit_at),
                    (first, last, value_at),
                    address(head, value_at + 1),
                    width,
                    height,
                )
            )
            row = max(last, head + int(height * POINTS_PER_MILLIMETRE / 19) + 1) + 2
            sheet.row_breaks.append(row - 1)
        del sheet.row_breaks[-1:]
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
        if "group" in self.columns:
            sheet.put(at, columns[1] - 1, group, "number")
        sheet.heights[at] = self.height(self.plan.units[unit], group, columns[1])

    def height(self, name: str, group: str, column: int) -> float:
        """Of a row with a unit's name in a column, and its group's name before it."""
        widths = self.sheet.widths
        lines = lines_needed(name, widths[column], 10)
        if "group" in self.columns:
            lines = max(lines, lines_needed(group, widths[column - 1], 10))
        return max(19.0, height_of(lines, 10))

    def finish(self, row: int) -> None:
        sheet, setup = self.sheet, self.layout.design.print
        heads = [
            *((f"score:{key}", name) for name, key in self.plan.columns),
            *((f"result:{key}", name) for name, key in self.plan.results),
        ]
        names = [(name, sheet.widths[self.columns[key]]) for key, name in heads]
        sheet.heights |= {TITLE: 34, HEAD: max([30.0, *(height_of(lines_needed(n, w, 10), 10) for n, w in names)])}
        sheet.span(row, FIRST, row, self.right, self.words.sign, "sign")
        sheet.heights[row] = 30
        sheet.freeze = address(self.first, self.columns["unit"] + 1)
        sheet.title_rows = (TITLE, HEAD)
        whole = sum(millimetres(sheet.widths[c]) for c in range(FIRST, self.right + 1))
        sides = setup.margins["left"] + setup.margins["right"]
        sheet.landscape = whole * UPRIGHT > A4[0] - sides
        sheet.scale = max(setup.smallest_scale, min(100, int((A4[sheet.landscape] - sides) / whole * 100)))
        room = (A4[not sheet.landscape] - setup.margins["top"] - setup.margins["bottom"]) * POINTS_PER_MILLIMETRE / (sheet.scale / 100)
        if sum(sheet.heights.get(r, 15.0) for r in range(TITLE, row + 1)) > room * 0.97:
            sheet.row_breaks.insert(0, self.last + 1)
            if sum(sheet.heights.get(r, 15.0) for r in range(TITLE, self.last + 1)) <= room * 0.97:
                sheet.title_rows = (TITLE, TITLE)  # the lists in order of rank, on pages of their own, have other columns
        else:
            sheet.row_breaks = []
        sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, self.right)}"


def _fixed(row: int, column: int, both: bool = False) -> str:
    letters = address(1, column)[:-1]
    return f"{'$' if both else ''}{letters}${row}"
