"""汇总: each unit's totals, rank and grade, and the same once more in order of rank, with bars."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from math import floor

from generator.columns import letters_of
from generator.layout.addresses import address, sheet_prefix
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.layout.pages import FILLED, LEAST_LAST, page_width, shape
from generator.layout.place_summary import FIRST, HEAD, KEY, ORDER, TITLE, UNITS_FROM, column_keys, line_of
from generator.layout.ranking_pages import WORTH, Pages, Stretch, table_breaks
from generator.layout.spoken import spoken, words_need, wrapped
from generator.layout.text_size import PAPERS, POINTS_PER_MILLIMETRE, height_of, lines_needed, millimetres, text_width
from generator.layout.wording import filled
from generator.lines.keys import MISSING, RANK, TOTAL
from generator.plan.evaluation import Evaluation
from generator.plan.summary_note import PEERS, note, texts
from generator.scheme.model import IN_POINTS
from generator.sheets.scoring import number_format
from generator.sheets.sheet import BarChart, Bars, Formula, Sheet
from generator.tree import exact
from generator.tree.at_hand import AddressesAtHand, ValuesAtHand
from generator.tree.expression import NONE_MARK, Blank, Cell, CountLike, Expression, Fold, IsNumber, Rank, Row, walk, when
from generator.tree.formula import OWN_ROW, formula
from generator.value import Value

SMALLEST = 0.71
"""Down to this scale the summary is printed upright, or lying, or on larger paper; its texts have 10 points."""
EASY = 0.78
"""At this scale texts are still easy to read."""
CAPTION, TITLED = 19.0, 130.0
"""How high the headings of a list are, and bars must be to have a title of their own; in points."""
LOWEST = 19.0
"""How high the row of a unit is at least, in points."""
NARROWEST, SHORT = 7.5, 25
"""How narrow a column of scores may get, in characters; and how many units have room on an upright page when texts take two lines."""
FEW_BARS = 4
"""Of fewer units no bars are drawn."""
OWN, WHOLE, ABOVE = Cell("@own"), Row("@whole"), Row("@above")


def place_in_list(ascending: bool = False) -> Expression:
    """A unit's place in its group's list: by its total, or where that is not what ranks units by its rank (ascending); ties in the order
    of the table, unfinished ones last. Above: the totals, or ranks, of the group down to the unit's own."""
    return when(
        IsNumber(OWN),
        Rank(OWN, WHOLE, ascending) + CountLike(OWN, (ABOVE,)) - 1,
        Fold("count", (WHOLE,)) + Fold("size", (ABOVE,)) - Fold("count", (ABOVE,)),
    )


def build(layout: Layout, values: Evaluation, bare: bool = False) -> Sheet:
    """The summary sheet of a book. bare: what is shown of the units is left out, for who asks for the rest alone."""
    return _Builder(layout, values, bare).filled()


class _Builder:
    def __init__(self, layout: Layout, values: Evaluation, bare: bool) -> None:
        self.layout, self.values, self.plan, self.bare = layout, values, layout.plan, bare
        self.texts: dict[str, str] = {}
        """What takes a line from the one scoring sheet, written for any row."""
        self.words = layout.design.summary
        self.said = note(self.plan, self.layout.design.form) if self.plan.scored else Blank()
        self.sheet = Sheet(self.words.sheet)
        self.columns: dict[str, int] = {}
        self.parts = {key for _, key in self.plan.parts}
        self.places: dict[int, int] = {}
        """Of each unit, its place in the list of its group."""
        self.lists: list[tuple[str, int, int]] = []
        """The lists in order of rank: the group, and the first and the last row of its units."""
        self.by_rank = bool(self.plan.scheme.rank_by) and layout.design.form > 5
        """Whether the lists are put in order by rank: totals do not rank units."""
        self.placing = place_in_list(ascending=self.by_rank)
        self.first, self.last = UNITS_FROM, HEAD + len(self.plan.units)
        self.right, self.lowest = FIRST, LOWEST

    def filled(self) -> Sheet:
        """The sheet with all that stands on it."""
        self.set_columns()
        self.table()
        row = self.rankings(self.last + 2)
        self.finish(row)
        return self.sheet

    def set_columns(self) -> None:
        sheet, widths = self.sheet, self.words.widths
        keys = column_keys(self.plan, self.layout.design, self.layout.apart)
        for at, key in enumerate(keys, FIRST):
            self.columns[key] = at
            sheet.widths[at] = widths[key.split(":")[0]]
        if self.layout.design.form > 1:
            longest = max(map(text_width, self.plan.units)) * 1.2 + 1
            at = self.columns["unit"]
            sheet.widths[at] = max(sheet.widths[at], min(longest, sheet.widths[at] * 1.4))
        sheet.widths |= {KEY: 12, ORDER: 8}
        sheet.hidden_columns, sheet.hidden_rows = [KEY, ORDER], [1]
        sheet.hidden_columns += [at for key, at in self.columns.items() if key.startswith("hidden:")]
        self.right = self.columns.get("remark", self.columns["state"])
        if "remark" in self.columns:
            longest = max(map(text_width, texts(self.plan, self.layout.design.form))) * 1.2 + 1
            sheet.widths[self.right] = min(widths["remark"], longest)
        if self.layout.design.form > 2:
            self.squeeze()
        if self.layout.design.form > 3:
            self.widen()
        self.lowest = self.room_for_words()

    def squeeze(self) -> None:
        """Make columns narrower where that saves turning the paper, or larger paper."""
        widths, printed = self.sheet.widths, range(FIRST, self.right + 1)
        names = max(map(text_width, self.plan.units)) * 1.2 + 1
        scores = [at for key, at in self.columns.items() if key.startswith("score:") and line_of(key) not in self.parts]
        least = dict.fromkeys(scores, NARROWEST)
        least |= {self.right: NARROWEST * 1.5, self.columns["unit"]: max(NARROWEST * 1.5, names)}
        spare = {at: max(0.0, widths[at] - narrow) for at, narrow in least.items()}
        for upright in (True, False):
            room = page_width(self.layout.design, SMALLEST, self.layout.design.print.papers[0], upright)
            excess = sum(widths[at] for at in printed) - room
            if excess <= 0:
                break
            if excess <= sum(spare.values()) and (not upright or len(self.plan.units) <= SHORT):
                share = excess / sum(spare.values())
                widths |= {at: floor((widths[at] - width * share) * 100) / 100 for at, width in spare.items()}
                break

    def widen(self) -> None:
        """Names on one line where the page has room for that: each row of a list in order of rank must hold the longest."""
        widths, setup = self.sheet.widths, self.layout.design.print
        longest = {"unit": self.plan.units, "group": [*self.plan.scheme.groups]}
        wider = dict(widths)
        for key, names in longest.items():
            at = self.columns.get(key, 0)
            while at and max(lines_needed(name, wider[at], 10, True) for name in names) > 1:
                wider[at] += 0.5
        paper, lying = shape(setup, sum(millimetres(widths[at]) for at in range(FIRST, self.right + 1)), SMALLEST)
        if sum(wider[at] for at in range(FIRST, self.right + 1)) <= page_width(self.layout.design, SMALLEST, paper, not lying):
            widths |= wider

    def room_for_words(self) -> float:
        """How high the rows of units must be for the words in them, in points."""
        widths, need = self.sheet.widths, [LOWEST]
        if "remark" in self.columns:
            need += [height_of(lines_needed(text, widths[self.right], 10), 10) for text in texts(self.plan, self.layout.design.form)]
        if wrapped(self.layout.design):
            worded = {at: self.plan.lines[line_of(key)] for key, at in self.columns.items() if key == "grade" or key.startswith("result:")}
            need += [words_need(self.plan, line, widths[at]) for at, line in worded.items()]
        return max(need)

    def table(self) -> None:
        sheet, words = self.sheet, self.words.headings
        scheme = self.plan.scheme
        sheet.span(TITLE, FIRST, TITLE, self.right, filled(self.words.title, title=scheme.title), "title")
        names = {f"score:{key}": name for name, key in self.plan.columns} | {f"result:{key}": name for name, key in self.plan.results}
        for key, at in self.columns.items():
            own = scheme.total_words if key == "total" and scheme.measure != IN_POINTS else words.get(key)
            sheet.put(HEAD, at, names.get(key) or own, "heading")
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
        """A line of the scoring sheet for the unit of this row: found by its name, or where its cell is on one of several."""
        grid = self.layout.grid_of[unit]
        prefix = sheet_prefix(grid.sheet)
        if self.layout.apart:
            if not grid.has(key):
                return f'"{NONE_MARK}"'
            cell = prefix + grid.cell(key, unit)
            # Excel shows a reference to an empty cell as 0
            return f'IF({cell}="","",{cell})' if self.plan.lines[key].input else cell
        if key not in self.texts:
            position = f"MATCH(${letters_of(self.columns['unit'])}{OWN_ROW},{prefix}{grid.names},0)"
            self.texts[key] = grid.picked(key, position, prefix)
        return self.texts[key].replace(OWN_ROW, str(row))

    def seen(self, key: str, unit: int) -> Value:
        """What `pulled` comes to."""
        if self.layout.apart and not self.layout.grid_of[unit].has(key):
            return NONE_MARK
        return self.values.value(key, unit)

    def unit(self, unit: int, group: str, peers: range) -> None:
        sheet, values, row = self.sheet, self.values, self.first + unit
        sheet.put(row, KEY, f"unit:{self.plan.units[unit]}", "hidden")
        sheet.put(row, self.columns["number"], Decimal(unit + 1), "number")
        if "group" in self.columns:
            sheet.put(row, self.columns["group"], group, "number")
        grid = self.layout.grid_of[unit]
        linked = self.layout.apart and self.layout.design.form > 1 and isinstance(grid, Matrix)
        sheet.put(row, self.columns["unit"], self.plan.units[unit], "unit_link" if linked else "name")
        if linked and isinstance(grid, Matrix):
            sheet.links[row, self.columns["unit"]] = grid.sheet, address(grid.head_row, grid.unit_columns[unit])
        sheet.heights[row] = max(self.lowest, self.height(self.plan.units[unit], group, self.columns["unit"]))
        if self.bare:
            return
        for key, column, style, pattern in self.shown:
            sheet.put(row, column, Formula("=" + self.pulled(key, unit, row), self.seen(key, unit)), style, pattern)
        missing = values.value(MISSING, unit)
        pulled = self.pulled(MISSING, unit, row)
        words = "已填完" if missing == 0 else f"缺{missing}项"
        text = f'IF({pulled}=0,"已填完","缺"&{pulled}&"项")'
        if self.plan.scored:
            total = address(row, self.columns["total"])
            text = f'IF(ISNUMBER({total}),"已填完",IF({pulled}=0,"待汇总","缺"&{pulled}&"项"))'
            if missing == 0 and not isinstance(values.value(TOTAL, unit), Decimal):
                words = "待汇总"
        sheet.put(row, self.columns["state"], Formula(f"={text}", words), "working")
        if self.plan.scored:
            sheet.put(row, ORDER, self.order(unit, row, peers), "hidden", "0")
        if "remark" in self.columns:
            sheet.put(row, self.columns["remark"], self.remark(unit, row, peers), "remark")

    @cached_property
    def shown(self) -> list[tuple[str, int, str, str]]:
        """The lines that are shown of each unit: key, column, style, number format."""
        found = []
        for name, column in self.columns.items():
            key = line_of(name)
            if name != "unit" and key:
                line = self.plan.lines[key]
                style = "working" if name.startswith(("score:", "hidden:")) else "score"
                if wrapped(self.layout.design) and spoken(self.plan, line) and style == "score":
                    style = "grade"
                pattern = number_format(line)
                if key in self.parts:
                    pattern = "0.00%" if line.percent else "0.00"
                found.append((key, column, style, pattern))
        return found

    def remark(self, unit: int, row: int, peers: range) -> Formula:
        """What there is to say of a unit's place. What the summary shows is taken from there."""
        shown = {line_of(key): at for key, at in self.columns.items() if not key.startswith("hidden:")}
        known, values = {}, {}
        for key in dict.fromkeys(node.line for node in walk(self.said) if isinstance(node, Cell)):
            known[key] = address(row, shown[key]) if key in shown else self.pulled(key, unit, row)
            values[key] = self.seen(key, unit)
        top, bottom = (_fixed(self.first + peer, self.columns["rank"]) for peer in (peers[0], peers[-1]))
        ranks = [self.values.value(RANK, peer) for peer in peers]
        at = AddressesAtHand({**known, PEERS: f"{top}:{bottom}"})
        return Formula(formula(self.said, at), exact.value(self.said, ValuesAtHand(values, rows={PEERS: ranks})))

    def order(self, unit: int, row: int, peers: range) -> Formula:
        """The unit's place in its group's list."""
        column = self.columns["rank" if self.by_rank else "total"]
        top, bottom = self.first + peers[0], self.first + peers[-1]
        own, whole = address(row, column), f"{_fixed(top, column)}:{_fixed(bottom, column)}"
        above = f"{_fixed(top, column)}:{own}"
        names = f"{_fixed(top, self.columns['unit'], True)}:{address(row, self.columns['unit'])}"
        at = AddressesAtHand({OWN.line: own, WHOLE.line: whole, ABOVE.line: above}, sizes={ABOVE.line: f"COUNTA({names})"})
        return Formula(formula(self.placing, at), Decimal(self.places[unit]))

    def listed(self, peers: range) -> dict[int, int]:
        """The place of each unit of a group in its list."""
        if self.bare:
            return {unit: number for number, unit in enumerate(peers)}
        totals = [self.values.value(RANK if self.by_rank else TOTAL, unit) for unit in peers]
        found: dict[int, int] = {}
        for number, unit in enumerate(peers):
            rows = {WHOLE.line: totals, ABOVE.line: totals[: number + 1]}
            found[unit] = int(exact.number(self.placing, ValuesAtHand({OWN.line: totals[number]}, rows=rows)))
        return found

    def rankings(self, row: int) -> int:
        if not self.plan.scored:
            return self.last + 1
        sheet = self.sheet
        start = 0
        for group, members in self.plan.scheme.groups.items():
            peers = range(start, start + len(members))
            start += len(members)
            if group in self.plan.scheme.outside:
                continue
            sheet.span(row, FIRST, row, self.right, filled(self.words.ranking_title, group=group), "group")
            sheet.heights[row] = 20
            listed = self.in_order if self.layout.design.form > 3 else self.beside_bars
            row = listed(row, group, peers)
        return row - 1

    def in_order(self, row: int, group: str, peers: range) -> int:
        """The units of a group by rank, each with all that the table says of it, in the table's own columns, so that one heading is
        right on every page; bars in their totals. row: of the caption; returns where the next one may stand."""
        sheet, first = self.sheet, row + 1
        last = row + len(peers)
        highest = max(sheet.heights[self.first + unit] for unit in peers)
        for at, unit in enumerate(sorted(peers, key=self.places.__getitem__), first):
            sheet.put(at, ORDER, Decimal(at - row), "hidden", "0")
            sheet.put(at, self.columns["number"], Decimal(at - row), "number")
            for key, column in self.columns.items():
                if key == "group":
                    sheet.put(at, column, group, "number")
                elif key != "number" and not key.startswith("hidden:") and not self.bare:
                    box = sheet.cells[self.first + unit, column]
                    content = box.content if isinstance(box.content, Formula) else Formula("", box.content)
                    style = "name" if key == "unit" else box.style
                    sheet.put(at, column, Formula(self.picked(at, column, peers), content.value), style, box.format)
            sheet.heights[at] = highest
        total = self.columns["total"]
        sheet.bars.append(Bars(f"{address(first, total)}:{address(last, total)}", "bar"))
        self.lists.append((group, first, last))
        return last + 2

    def picked(self, at: int, column: int, peers: range) -> str:
        """What the table says in a column of the unit whose place is beside this row."""
        top, bottom = self.first + peers[0], self.first + peers[-1]
        order = f"{_fixed(top, ORDER, True)}:{_fixed(bottom, ORDER, True)}"
        position = f"MATCH(${address(at, ORDER)},{order},0)"
        return f"=INDEX({_fixed(top, column, True)}:{_fixed(bottom, column, True)},{position})"

    def beside_bars(self, row: int, group: str, peers: range) -> int:
        """Until the third form: places, names and totals of a group's units, with room for a chart beside them; as `in_order`."""
        sheet, unit_at = self.sheet, self.columns["unit"]
        head, first, last = row + 1, row + 2, row + 1 + len(peers)
        value_at = unit_at + 1
        for at, text in zip((FIRST, unit_at, value_at), self.words.ranking_headings, strict=True):
            sheet.put(head, at, text, "heading")
        if "group" in self.columns:
            sheet.put(head, unit_at - 1, self.words.headings["group"], "heading")
        for place, unit in enumerate(sorted(peers, key=self.places.__getitem__)):
            at = first + place
            self.ranked(at, place + 1, unit, peers, group, (FIRST, unit_at, value_at))
        sheet.heights.setdefault(head, CAPTION)
        self.lists.append((group, first, last))
        return last + 2 if self.layout.design.form > 1 else max(last, head + _rows_of_chart(sheet, head, last)) + 2

    def ranked(self, at: int, place: int, unit: int, peers: range, group: str, columns: tuple[int, int, int]) -> None:
        sheet, values = self.sheet, self.values
        sheet.put(at, ORDER, Decimal(place), "hidden", "0")
        entries: tuple[tuple[int, str, Value, str, str], ...] = (
            (columns[0], "rank", values.value(RANK, unit), "number", "0"),
            (columns[1], "unit", self.plan.units[unit], "name", "General"),
            (columns[2], "total", values.value(TOTAL, unit), "score", number_format(self.plan.lines[TOTAL])),
        )
        for column, key, value, style, pattern in entries:
            sheet.put(at, column, Formula(self.picked(at, self.columns[key], peers), value), style, pattern)
        if "group" in self.columns:
            sheet.put(at, columns[1] - 1, group, "number")
        sheet.heights[at] = self.height(self.plan.units[unit], group, columns[1])

    def height(self, name: str, group: str, column: int) -> float:
        """Of a row with a unit's name in a column, and its group's name before it."""
        widths = self.sheet.widths
        tight = self.layout.design.form > 3
        lines = lines_needed(name, widths[column], 10, tight)
        if "group" in self.columns:
            lines = max(lines, lines_needed(group, widths[column - 1], 10, tight))
        return max(LOWEST, height_of(lines, 10))

    def chart(self, group: str, part: Stretch, most: float) -> None:
        """Bars beside some rows of a list. most: how high they may be, in points."""
        sheet, unit_at = self.sheet, self.columns["unit"]
        value_at = unit_at + 1
        height = min(most, sum(sheet.heights[r] for r in range(part.first, part.last + 1)))
        left, whole = (sum(millimetres(sheet.widths[c]) for c in range(FIRST, end + 1)) for end in (value_at, self.right))
        title = filled(self.words.chart_title, group=group) if height > TITLED else ""
        names, values = ((part.first, part.last, column) for column in (unit_at, value_at))
        at = address(part.first, value_at + 1)
        sheet.charts.append(BarChart(title, names, values, at, whole - left - 2, height / POINTS_PER_MILLIMETRE))

    def paginate(self, row: int, room: float) -> None:
        """Where pages end, and which bars are beside which rows. row: the one to sign on; room: the height of a page, in
        points."""
        sheet, whole = self.sheet, self.layout.design.form > 3
        above = sum(sheet.heights.get(r, 15.0) for r in range(TITLE, self.first))
        breaks, used = table_breaks([(r, sheet.heights[r]) for r in range(self.first, self.last + 1)], room - above)
        pages = Pages(room - above, used + 15.0)
        for number, (group, first, last) in enumerate(self.lists, 1):
            tail = sheet.heights[row] + 15.0 if number == len(self.lists) else 0.0
            head = first - (1 if whole else 2)
            caption = sum(sheet.heights[r] for r in range(head, first))
            for part in pages.put(head, first, caption, [sheet.heights[r] for r in range(first, last + 1)], tail, whole):
                if not whole and part.last - part.first + 1 >= FEW_BARS and self.right > self.columns["unit"] + 1:
                    self.chart(group, part, room)
            pages.used += 15.0
        sheet.row_breaks = [*breaks, *pages.breaks]
        if whole:
            self.even_out(row, room - above)
        if not whole and not breaks and pages.breaks and pages.breaks[0] <= self.last + 1:
            sheet.title_rows = (TITLE, TITLE)  # the lists in order of rank, on pages of their own, have other columns

    def even_out(self, row: int, room: float) -> None:
        """A last page that is nearly empty takes more of the page before: rather whole lists than some units of one. row: the one
        to sign on; room: for rows on a page."""
        sheet = self.sheet
        if not sheet.row_breaks:
            return
        last = sheet.row_breaks[-1]
        page = sheet.row_breaks[-2] if len(sheet.row_breaks) > 1 else self.first - 1

        def high(first: int) -> float:
            return sum(sheet.heights.get(r, 15.0) for r in range(first, row + 1))

        if high(last + 1) >= LEAST_LAST * room:
            return
        heads = [first - 2 for _, first, _ in self.lists]
        within = [r for _, first, end in self.lists for r in range(first + WORTH - 1, end - WORTH + 1)]
        for ends in (heads, within):
            fair = [r for r in ends if page < r < last and min(high(r + 1), high(page + 1) - high(r + 1)) >= LEAST_LAST * room]
            if fair := [r for r in fair if high(r + 1) <= room]:
                sheet.row_breaks[-1] = max(fair)
                return

    def on_fewer_pages(self, row: int, high: float) -> None:
        """A little smaller, where that saves a page, or the table's last rows one of their own. high: of a page, in points of paper."""
        sheet = self.sheet
        assert sheet.scale is not None
        before = sheet.scale, sheet.row_breaks
        alone = self.alone()
        for scale in range(sheet.scale - 1, int(SMALLEST * 100) - 1, -1):
            self.paginate(row, high / (scale / 100))
            if (len(sheet.row_breaks), self.alone()) < (len(before[1]), alone):
                sheet.scale = scale
                return
        sheet.scale, sheet.row_breaks = before

    def alone(self) -> bool:
        """Whether so few units of the table stand at the head of a page that nobody looks for them there."""
        return any(0 < self.last - end < WORTH for end in self.sheet.row_breaks)

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
        if self.layout.design.form > 1:
            sheet.filter = f"{address(HEAD, FIRST)}:{address(self.last, self.right)}"
        whole = sum(millimetres(sheet.widths[c]) for c in range(FIRST, self.right + 1))
        sides = setup.margins["left"] + setup.margins["right"]
        sheet.paper, sheet.landscape = shape(setup, whole, SMALLEST)
        scale = min(1.0, (PAPERS[sheet.paper][sheet.landscape] - sides) / whole)
        high = (PAPERS[sheet.paper][not sheet.landscape] - setup.margins["top"] - setup.margins["bottom"]) * POINTS_PER_MILLIMETRE * FILLED
        if sum(sheet.heights.get(r, 15.0) for r in range(TITLE, self.last + 1)) * scale > high:
            scale = min(scale, EASY)  # so long a list is better on fewer pages than large
        sheet.scale = max(int(SMALLEST * 100), int(scale * 100))
        self.paginate(row, high / (sheet.scale / 100))
        if self.layout.design.form > 3 and sheet.row_breaks:
            self.on_fewer_pages(row, high)
        sheet.print_area = f"{address(TITLE, FIRST)}:{address(row, self.right)}"


def _rows_of_chart(sheet: Sheet, head: int, last: int) -> int:
    """How many rows the bars of a list took in the first form of a book."""
    height = max(60.0 * POINTS_PER_MILLIMETRE, sum(sheet.heights.get(r, 19) for r in range(head, last + 1)))
    return int(height / 19) + 1


def _fixed(row: int, column: int, both: bool = False) -> str:
    letters = address(1, column)[:-1]
    return f"{'$' if both else ''}{letters}${row}"
