"""校验: a live list of what is missing or wrong, by formulas alone.

A hidden sheet counts the faults along every row of input cells, so that the visible list can find the first, second, …
fault with two look-ups and no array formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from generator.columns import letters_of
from generator.layout.addresses import address, place_of, sheet_prefix
from generator.layout.layout import Area, Layout, Place
from generator.layout.listing import Listing
from generator.layout.pages import shape
from generator.layout.roster import Roster
from generator.layout.sheet_names import COUNTER
from generator.layout.text_size import lines_needed, millimetres
from generator.lines.accepted import Accepted
from generator.lines.accepts import MISSING, requirement
from generator.lines.line import SHARED, Line
from generator.plan.evaluation import Evaluation
from generator.plan.typed import has_value, high_value, typed
from generator.sheets.sheet import BORDER, Box, Formula, Highlight, Sheet
from generator.tree import exact
from generator.tree.at_hand import HERE, AddressesAtHand, ValuesAtHand
from generator.tree.expression import Cell, Expression, Floor, If, IsError, Number, Saved, when
from generator.tree.formula import Addresses, formula
from generator.value import Value

FIRST, TITLE, NOTE, HEAD = 2, 2, 3, 4
ALL_FILLED = "该填的都填了，类型和范围也都对；填的数合不合理、公式和表格有没有被改动，请点“检查”"
"""What a list says that has nothing in it: no more than what formulas can see."""
GONE = "行已删除"
TWO_LINES = 26.0
"""How high a row is for two lines of 9 points."""
INDICATOR, LABEL = 3, 4
"""Which columns of the list say what indicator it is about, and which of its rows."""
KEY_AT, SHEET_AT, ROW_AT, COLUMN_AT, UNIT_AT, ID_AT, LABEL_AT, WANTED_AT, HEAD_AT, BEFORE_AT, ZERO_AT, CELLS_AT = range(1, 13)
BEFORE, INPUT = Cell("@before"), Cell("@input")
"""The cell before the one at hand in the counter, and the input that it counts, by its place on the sheet."""
BEFORE_MARK, INPUT_MARK = "\ua66a", "\ua66c"
"""Stand for their addresses while a formula is written for a whole group: letters that nobody writes."""
MARKS = {BEFORE.line: BEFORE_MARK, INPUT.line: INPUT_MARK}
ROW_MARK, INPUT_ROW_MARK, BETWEEN = "\ua66e", "\ua680", "\ua682"
"""Stand for the row of the counter and the row of the inputs while the formulas of a whole row are written, and part them."""
FAULT = Cell("@fault")
"""Whether an input is at fault, where that is known already."""


def counted(fault: Expression) -> Expression:
    """What a cell of the counter holds: the faults up to and including its own input, and a half where that is not filled in.
    An error value is a fault and spoils no other count."""
    own = If(fault, when(INPUT.is_(""), Number(Decimal("1.5")), 1), Number(Decimal(0)))
    return Floor(BEFORE) + Saved(own, when(IsError(INPUT), 1, 0))


PASSED = Floor(BEFORE)
"""What it holds where there is no input."""
NO_FAULT = Decimal(0)
"""What it holds as long as nothing is at fault."""


@dataclass(frozen=True)
class Fault:
    """An input at fault: where it is in the counter (row of it, position from 1) and in the book."""

    counter_row: int
    position: int
    sheet: str
    cell: str
    unit: str
    indicator: str
    label: str
    wrong: str


class Counts(NamedTuple):
    """The cells of a row of the counter that count, from `CELLS_AT` on: their formulas and what these come to."""

    row: int
    formulas: list[str]
    values: list[Decimal]

    @property
    def cells(self) -> list[str]:
        """Where they stand."""
        return [f"{letters_of(column)}{self.row}" for column in range(CELLS_AT, CELLS_AT + len(self.formulas))]


def build(layout: Layout, values: Evaluation) -> tuple[Sheet, Sheet]:
    """The list, and the hidden counter behind it."""
    shown, counter, counts = parted(layout, values)
    for own in counts:
        for column, formula_ in enumerate(map(Formula, own.formulas, own.values), CELLS_AT):
            counter.cells[own.row, column] = Box(formula_, "hidden")
    return shown, counter


def parted(layout: Layout, values: Evaluation) -> tuple[Sheet, Sheet, list[Counts]]:
    """The list, and the counter without the cells that count, which are many and apart: for who looks them over a row at a time."""
    counter = _Counter(layout, values)
    counter.fill()
    return _list(layout, counter), counter.sheet, counter.counts_by_row


@dataclass
class _Strip:
    """One row of the counter: input cells that stand side by side on a sheet.

    lines: all of them; cells: (line, unit) of each, None where the cell between is no input.
    unit, label, wanted: what all of them share; '' where it is the column's and stands in the head row.
    """

    area: Area
    key: str
    lines: Sequence[Line]
    cells: list[tuple[Line, int] | None]
    unit: str
    label: str
    wanted: str
    head: int

    @property
    def is_shared(self) -> bool:
        """Whether it is the one cell that all units share."""
        first = self.cells[0]
        return first is not None and first[1] == SHARED


class _Counter:
    """The hidden sheet. A cell holds how many faults there are up to and including it in its row, plus a half where it is
    itself simply not filled in: so the list can find the n-th fault with two exact matches, and say which kind it is."""

    def __init__(self, layout: Layout, values: Evaluation) -> None:
        self.layout, self.values = layout, values
        self.sheet = Sheet(COUNTER, state="veryHidden")
        self.names = {b.id: b.name for b in layout.plan.blocks if b.id}
        self.found: list[Fault] = []
        self.counts_known: dict[tuple[Decimal, bool, bool], Decimal] = {}
        self.texts: dict[tuple[str, str], dict[int, str]] = {}
        """The formula of a line of a sheet, by group: written for any unit of it."""
        self.texts_alone: dict[Accepted, str] = {}
        """The formula where what is accepted depends on the input alone."""
        self.alone_of: dict[int, str] = {}
        """The same, by the very object that the plan holds: told sooner than that two are alike."""
        self.rows_written: dict[tuple[str | int, ...], str] = {}
        """The formulas of rows of inputs in the same columns of a sheet, where each is the same as in other rows."""
        self.row = 1
        self.strips: list[_Strip] = []
        self.width = 1
        self.first = self.last = 0
        """The rows of the strips."""
        self.before = Decimal(0)
        self.counts_by_row: list[Counts] = []

    def fill(self) -> None:
        """Put on the sheet all that stands there, but for the cells that count."""
        self.heads()
        self.first = self.row + 1
        self.last = self.row + len(self.strips)
        for number, strip in enumerate(self.strips):
            self.strip(self.first + number, strip)

    # Which cells ----------------------------------------------------------------------------------------------------

    def heads(self) -> None:
        """Lay out the strips, and above them for each sheet a head row: the units or the labels of its columns."""
        plan = self.layout.plan
        for area in self.layout.areas:
            if isinstance(area, Listing):
                self.listing(area)
            elif isinstance(area, Roster):
                self.roster(area)
            else:
                head = self.head([plan.units[u] for u in area.units])
                for line in area.lines:
                    if line.input is not None:
                        units = [SHARED] if line.shared else area.units
                        unit = "全部单位" if line.shared else plan.units[units[0]] if len(units) == 1 else ""
                        self.add(area, line.key, [line], [(line, u) for u in units], unit, line.label, head)

    def roster(self, area: Roster) -> None:
        """A strip for each unit and indicator, so that a unit's faults follow each other."""
        asked: dict[str, dict[int, Line]] = {}
        for line in area.lines:
            if line.input and line.shared:
                self.add(area, line.key, [line], [(line, SHARED)], self.layout.plan.who(SHARED), line.label, self.row)
            elif line.input:
                asked.setdefault(line.owner, {})[area.columns[line.key]] = line
        strips = []
        for by_column in asked.values():
            lines = [by_column.get(c) for c in range(min(by_column), max(by_column) + 1)]
            strips.append((lines, self.asking(lines)))
        for unit in area.units:
            name = self.layout.plan.units[unit]
            for (owner, _), (lines, head) in zip(asked.items(), strips, strict=True):
                cells = [(line, unit) if line else None for line in lines]
                self.add(area, f"{owner}|{name}", [line for line in lines if line], cells, name, "", head)

    def asking(self, lines: Sequence[Line | None]) -> int:
        """Two head rows for columns of inputs: what they are called, and what may be typed; gives the upper one."""
        head = self.head([self.shortened(line.label, LABEL) if line else "" for line in lines])
        for offset, line in enumerate(lines):
            if line and line.input:
                self.sheet.put(head + 1, CELLS_AT + offset, self.wanted(line), "hidden")
        self.row += 1
        return head

    def listing(self, area: Listing) -> None:
        first = list(area.blocks[0].lines)
        asked = [i for i, line in enumerate(first) if line.input]
        if not asked:
            return
        columns = sorted(area.columns[first[i].label] for i in asked)
        by_column = {area.columns[line.label]: line for line in first}
        span = range(columns[0], columns[-1] + 1)
        head = self.asking([by_column.get(c) for c in span])
        for block, unit in area.entries:
            own = {line.label: line for line in block.lines}
            cells = [(own[by_column[c].label], unit) if c in columns else None for c in span]
            lines, name = [cell[0] for cell in cells if cell], self.layout.plan.units[unit]
            self.add(area, f"{block.id}|{name}", lines, cells, name, "", head)

    def head(self, titles: list[str]) -> int:
        self.row += 1
        for offset, title in enumerate(titles):
            self.sheet.put(self.row, CELLS_AT + offset, title, "hidden")
        return self.row

    def add(
        self, area: Area, key: str, lines: Sequence[Line], cells: list[tuple[Line, int] | None], unit: str, label: str, head: int
    ) -> None:
        self.strips.append(_Strip(area, key, lines, cells, unit, label, self.wanted(lines[0]) if label else "", head))
        self.width = max(self.width, len(cells))

    # What they hold -------------------------------------------------------------------------------------------------

    def strip(self, row: int, strip: _Strip) -> None:
        sheet, area = self.sheet, strip.area
        prefix = sheet_prefix(area.sheet)
        shift, (first, unit) = next((shift, cell) for shift, cell in enumerate(strip.cells) if cell)
        at = area.cell(first.key, unit)
        corner, where = prefix + at, place_of(at)
        indicator = self.shortened(f"{first.owner.words} {self.names.get(first.owner, '')}".strip(), INDICATOR)
        beside: list[tuple[int, Value | Formula]] = [
            (KEY_AT, strip.key),
            (SHEET_AT, prefix),
            (ROW_AT, Formula(f"=ROW({corner})", Decimal(where[0]))),
            (COLUMN_AT, Formula(f"=COLUMN({corner})" + (f"-{shift}" if shift else ""), Decimal(where[1] - shift))),
            (UNIT_AT, strip.unit),
            (ID_AT, indicator),
            (LABEL_AT, self.shortened(strip.label, LABEL)),
            (WANTED_AT, strip.wanted),
            (HEAD_AT, Decimal(strip.head)),
        ]
        for column, content in beside:
            sheet.put(row, column, content, "hidden")
        above = f"{address(row - 1, BEFORE_AT)}+INT({address(row - 1, CELLS_AT + len(self._cells_above(row)) - 1)})"
        sheet.put(row, BEFORE_AT, Formula("=0" if row == self.first else f"={above}", self.before), "hidden")
        sheet.put(row, ZERO_AT, Decimal(0), "hidden")
        texts, counts = self.written(row, strip, prefix, where[0]), self.counts_of(row, strip, indicator)
        self.counts_by_row.append(Counts(row, texts, counts))
        self.before += int(counts[-1])

    def counts_of(self, row: int, strip: _Strip, indicator: str) -> list[Decimal]:
        """What each cell of a row comes to; notes the faults."""
        faults = {line.key: self.values.at_fault(line) for line in strip.lines}
        if not any(True in own.values() for own in faults.values()):
            return [NO_FAULT] * len(strip.cells)
        counts, count = [], NO_FAULT
        for position, cell in enumerate(strip.cells, 1):
            before, fault = count, cell is not None and faults[cell[0].key].get(cell[1], False)
            if cell is not None and fault:
                line, unit = cell
                count = self.count(before, fault, not has_value(typed(line, unit, self.values)))
                wrong = MISSING if count > int(count) else self.wanted(line, unit)
                place, name = strip.area.cell(line.key, unit), self.layout.plan.who(unit)
                label = self.shortened(line.label, LABEL)
                self.found.append(Fault(row - self.first + 1, position, strip.area.sheet, place, name, indicator, label, wrong))
            elif before is not NO_FAULT:
                count = self.count(before, False, False)
            counts.append(count)
        return counts

    def count(self, before: Decimal, fault: bool, blank: bool) -> Decimal:
        """What a cell of the counter comes to. fault: whether its input has one; blank: of an input that has, that it is not
        filled in."""
        how = before, fault, blank
        if how not in self.counts_known:
            known: dict[str, Value] = {BEFORE.line: before, FAULT.line: fault, INPUT.line: None if blank else Decimal(1)}
            self.counts_known[how] = exact.number(counted(FAULT), ValuesAtHand(known))
        return self.counts_known[how]

    def wanted(self, line: Line, unit: int = SHARED) -> str:
        """What may be typed, in words."""
        assert line.input is not None
        return requirement(line.input, high_value(line, self.values, unit), self.layout.design.form > 4)

    def _cells_above(self, row: int) -> list[tuple[Line, int] | None]:
        return self.strips[row - 1 - self.first].cells if row > self.first else [None]

    def written(self, row: int, strip: _Strip, prefix: str, inputs: int) -> list[str]:
        """The formula of each cell of a row. inputs: the row of its inputs."""
        alone: dict[str, str] = {line.key: self.alone(line) for line in strip.lines if self.stands_alone(line)}
        if len(alone) < len(strip.lines) or strip.is_shared:
            return self.each(strip, self.counting(strip, prefix, alone), prefix, str(row))
        kind: tuple[str | int, ...] = strip.area.sheet, strip.head, *(alone[cell[0].key] if cell else "" for cell in strip.cells)
        if kind not in self.rows_written:
            texts = [alone[cell[0].key] if cell else self.passed for cell in strip.cells]
            self.rows_written[kind] = BETWEEN.join(self.each(strip, texts, prefix, ROW_MARK, INPUT_ROW_MARK))
        return self.rows_written[kind].replace(ROW_MARK, str(row)).replace(INPUT_ROW_MARK, str(inputs)).split(BETWEEN)

    def each(self, strip: _Strip, texts: list[str], prefix: str, row: str, inputs: str = "") -> list[str]:
        """The formula of each cell of a row, as written with marks for the cell before it and for its input's. row, inputs: of the
        counter and of the inputs, or what stands for it; no row of the inputs where it is their own."""
        found, area, before = [], strip.area, f"{letters_of(CELLS_AT - 1)}{row}"
        for column, (cell, text) in enumerate(zip(strip.cells, texts, strict=True), CELLS_AT):
            text = text.replace(BEFORE_MARK, before)
            if cell is not None:
                at = area.cell(cell[0].key, cell[1])
                text = text.replace(INPUT_MARK, prefix + (letters_of(place_of(at)[1]) + inputs if inputs else at))
            found.append(text)
            before = f"{letters_of(column)}{row}"
        return found

    def counting(self, strip: _Strip, prefix: str, alone: Mapping[str, str]) -> list[str]:
        """The formula of each cell, with marks for the cell before it and for its input's. alone: of lines that stand alone."""
        area, groups, found = strip.area, self.layout.plan.group_of, []
        of, written = None, dict[int, str]()
        for cell in strip.cells:
            if cell is None:
                found.append(self.passed)
                continue
            line, unit = cell
            if line.key in alone:
                found.append(alone[line.key])
            elif isinstance(area, Listing) or strip.is_shared:
                found.append(self.formula(line, unit, self.layout.seen_from(area, line.key, unit, prefix), prefix))
            else:
                if line is not of:
                    of, written = line, self.texts.setdefault((area.sheet, line.key), {})
                group = groups[unit][0]
                if group not in written:
                    written[group] = self.formula(line, unit, Place(self.layout, area, unit, area.any_unit, prefix), prefix)
                found.append(written[group].replace(area.any_unit, area.own[unit]))
        return found

    @cached_property
    def passed(self) -> str:
        """The formula of a cell between inputs."""
        return formula(PASSED, AddressesAtHand(MARKS, self.layout.at(SHARED)))

    def stands_alone(self, line: Line) -> bool:
        """Whether it depends on the input alone if it is accepted."""
        assert line.input is not None
        return not line.wanted_if and not isinstance(line.input.accepts.high, Expression)

    def alone(self, line: Line) -> str:
        assert line.input is not None
        accepts = line.input.accepts
        if id(accepts) not in self.alone_of:
            if accepts not in self.texts_alone:
                at = AddressesAtHand({HERE.line: INPUT_MARK, **MARKS})
                self.texts_alone[accepts] = self.layout.write(line, counted(line.fault), at)
            self.alone_of[id(accepts)] = self.texts_alone[accepts]
        return self.alone_of[id(accepts)]

    def formula(self, line: Line, unit: int, at: Addresses, prefix: str) -> str:
        shared = self.layout.area(line.key, SHARED) if unit == SHARED else None
        here = prefix + shared.cell(line.key, SHARED) if shared else at.cell(line.key)
        return self.layout.write(line, counted(line.fault), AddressesAtHand({HERE.line: here, **MARKS}, at))

    # How the list refers to it --------------------------------------------------------------------------------------

    def column(self, at: int) -> str:
        letters = letters_of(at)
        return f"{COUNTER}!${letters}${self.first}:${letters}${self.last}"

    @property
    def counts(self) -> str:
        return f"{COUNTER}!${letters_of(CELLS_AT)}${self.first}:${letters_of(CELLS_AT + self.width - 1)}${self.last}"

    @property
    def titles(self) -> str:
        """The head rows, over all columns, from the top of the sheet."""
        return f"{COUNTER}!${letters_of(CELLS_AT)}$1:${letters_of(CELLS_AT + self.width - 1)}${self.first}"

    def shortened(self, text: str, column: int) -> str:
        """What has room in a row of the list; until the fourth form all of it, though the end was cut off on paper."""
        design, most = self.layout.design, len(text)
        while design.form > 4 and lines_needed(text[:most] + "…" * (most < len(text)), design.checks.widths[column], 9, True) > 2:
            most -= 1
        return text if most == len(text) else f"{text[:most]}…"

    @property
    def total(self) -> str:
        if not self.strips:
            return "0"
        end = address(self.last, CELLS_AT + len(self.strips[-1].cells) - 1)
        return f"{COUNTER}!{_absolute(address(self.last, BEFORE_AT))}+INT({COUNTER}!{_absolute(end)})"


def _list(layout: Layout, counter: _Counter) -> Sheet:
    design = layout.design.checks
    sheet = Sheet(design.sheet)
    last = FIRST + len(design.widths) - 1
    place_at, line_at, cell_at = last + 1, last + 2, last + 3
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(design.widths)}, place_at: 6, line_at: 6, cell_at: 6}
    sheet.hidden_columns = [place_at, line_at, cell_at]
    sheet.span(TITLE, FIRST, TITLE, last, design.title, "title")
    sheet.heights |= {TITLE: 30, NOTE: 20, HEAD: 22}
    shown = design.rows
    count = len(counter.found)
    tail = f"，下面列出前{shown}处" if count > shown else ""
    words = f"还有{count}处没有填或填得不对{tail}" if count else ALL_FILLED
    more = f'IF({counter.total}>{shown},"，下面列出前{shown}处","")'
    text = f'=IF({counter.total}=0,"{ALL_FILLED}","还有"&({counter.total})&"处没有填或填得不对"&{more})'
    sheet.span(NOTE, FIRST, NOTE, last, Formula(text, words), "subtitle")
    for offset, heading in enumerate(design.headings):
        sheet.put(HEAD, FIRST + offset, heading, "heading")
    before, counts = counter.column(BEFORE_AT), counter.counts
    for number in range(1, shown + 1):
        row = HEAD + number
        place, line, cell = (address(row, c) for c in (place_at, line_at, cell_at))
        found = counter.found[number - 1] if number <= count else None
        line_value: Value = Decimal(found.counter_row) if found else None
        cell_value: Value = Decimal(found.position) if found else None
        sheet.put(row, line_at, Formula(f'=IF({place}>{counter.total},"",COUNTIF({before},"<="&({place}-1)))', line_value), "hidden")
        within = f"{place}-INDEX({before},{line})"
        strip = f"INDEX({counts},{line},0)"
        position = f"IFERROR(MATCH({within}+0.5,{strip},0),MATCH({within},{strip},0))"
        sheet.put(row, cell_at, Formula(f'=IF({line}="","",{position})', cell_value), "hidden")

        def of(at: int, line: str = line) -> str:
            return f"INDEX({counter.column(at)},{line})"

        def titled(at: int, below: int = 0, line: str = line, cell: str = cell) -> str:
            head = f"{of(HEAD_AT, line)}+{below}" if below else of(HEAD_AT, line)
            return f'IF({of(at, line)}="",INDEX({counter.titles},{head},{cell}),{of(at, line)})'

        where = f"ADDRESS({of(ROW_AT)},{of(COLUMN_AT)}+{cell}-1,4)"
        missing = f"INDEX({counts},{line},{cell})>INT(INDEX({counts},{line},{cell}))"
        texts: list[tuple[str, Value]] = [
            (f'=IF({line}="","",IFERROR(HYPERLINK("#"&{of(SHEET_AT)}&{where},{where}),"{GONE}"))', found.cell if found else None),
            (f'=IF({line}="","",{titled(UNIT_AT)})', found.unit if found else None),
            (f'=IF({line}="","",{of(ID_AT)})', found.indicator if found else None),
            (f'=IF({line}="","",{titled(LABEL_AT)})', found.label if found else None),
            (f'=IF({line}="","",IF({missing},"{MISSING}",{titled(WANTED_AT, 1)}))', found.wrong if found else None),
        ]
        sheet.put(row, FIRST, Formula(f'=IF({line}="","",{place})', Decimal(number) if found else None), "listed_centre")
        sheet.put(row, place_at, Decimal(number), "hidden")
        for offset, (content, value) in enumerate(texts, 1):
            sheet.put(row, FIRST + offset, Formula(content, value), "listed" if offset > 2 else "listed_centre")
        sheet.heights[row] = TWO_LINES
    listed = f"{address(HEAD + 1, FIRST)}:{address(HEAD + shown, last)}"
    sheet.highlights.append(Highlight(listed, f'${address(HEAD + 1, line_at)}<>""', BORDER))
    sheet.freeze = address(HEAD + 1, 1)
    sheet.title_rows = (TITLE, HEAD)
    setup = layout.design.print
    sheet.paper, sheet.landscape = shape(setup, sum(map(millimetres, design.widths)), setup.smallest_scale / 100)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(HEAD + shown, last)}"
    return sheet


def _absolute(at: str) -> str:
    letters = at.rstrip("0123456789")
    return f"${letters}${at[len(letters) :]}"
