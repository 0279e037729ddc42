"""校验: a live list of what is missing or wrong, by formulas alone.

A hidden sheet counts the faults along every input row (each cell holds how many there are up to and including its
unit), so that the visible list can find the first, second, … fault with two look-ups and no array formula.
"""

from __future__ import annotations

from decimal import Decimal

from generator.checking import MISSING, fault_formula, high_value, line_fault, requirement
from generator.evaluation import Evaluation
from generator.exact import Value
from generator.layout import Layout, Place, sheet_prefix
from generator.lines import YES, Line
from generator.sheet import BORDER, Formula, Highlight, Sheet, address

COUNTER = "_校验"
FIRST, TITLE, NOTE, HEAD = 2, 2, 3, 4
KEY_AT, ROW_AT, ID_AT, LABEL_AT, WANTED_AT, BEFORE_AT, ZERO_AT, UNITS_AT = range(1, 9)


def build(layout: Layout, book: Evaluation) -> tuple[Sheet, Sheet]:
    """The list, and the hidden counter behind it."""
    counter = _Counter(layout, book)
    return _list(layout, counter), counter.sheet


class _Counter:
    def __init__(self, layout: Layout, book: Evaluation) -> None:
        self.layout, self.book = layout, book
        self.lines = layout.plan.inputs
        self.sheet = Sheet(COUNTER, state="veryHidden")
        self.names = {b.id: b.name for b in layout.plan.blocks if b.id}
        self.found: list[tuple[Line, int, str]] = []
        self.first, self.last = 2, 1 + len(self.lines)
        for number, line in enumerate(self.lines):
            self.row(self.first + number, line)
        for at, text in (
            (KEY_AT, "key"),
            (ROW_AT, "row"),
            (ID_AT, "indicator"),
            (LABEL_AT, "label"),
            (WANTED_AT, "wanted"),
            (BEFORE_AT, "before"),
        ):
            self.sheet.put(1, at, text, "hidden")
        for unit, name in enumerate(layout.plan.units):
            self.sheet.put(1, UNITS_AT + unit, f"unit:{name}", "hidden")

    def row(self, row: int, line: Line) -> None:
        assert line.input is not None
        layout, sheet = self.layout, self.sheet
        prefix = sheet_prefix(layout.sheet)
        before = Decimal(len(self.found))
        sheet.put(row, KEY_AT, line.key, "hidden")
        sheet.put(row, ROW_AT, Formula(f"=ROW({prefix}{layout.cell(line.key, 0)})", Decimal(layout.rows[line.key])), "hidden")
        sheet.put(row, ID_AT, f"{line.owner} {self.names.get(line.owner, '')}".strip(), "hidden")
        sheet.put(row, LABEL_AT, line.label, "hidden")
        sheet.put(row, WANTED_AT, requirement(line.input, high_value(line, self.book)), "hidden")
        above = f"{address(row - 1, BEFORE_AT)}+{address(row - 1, UNITS_AT + len(layout.plan.units) - 1)}"
        text = "=0" if row == self.first else f"={above}"
        sheet.put(row, BEFORE_AT, Formula(text, before), "hidden")
        sheet.put(row, ZERO_AT, Decimal(0), "hidden")
        conditions = layout.for_each_unit(lambda at: self.condition(line, at))
        count = 0
        for unit in range(len(layout.plan.units)):
            wrong = line_fault(line, unit, self.book)
            if wrong:
                count += 1
                self.found.append((line, unit, wrong))
            left = address(row, UNITS_AT + unit - 1)
            sheet.put(row, UNITS_AT + unit, Formula(f"={left}+IF({conditions[unit]},1,0)", Decimal(count)), "hidden")

    def condition(self, line: Line, at: Place) -> str:
        """A condition that holds where the input of a unit is at fault, as seen from this sheet."""
        assert line.input is not None
        outside = _Outside(at, sheet_prefix(self.layout.sheet))
        condition = fault_formula(line.input, outside.cell(line.key), outside)
        return f'AND({outside.cell(line.only_if)}="{YES}",{condition})' if line.only_if else condition

    def column(self, at: int) -> str:
        letters = address(1, at)[:-1]
        return f"{COUNTER}!${letters}${self.first}:${letters}${self.last}"

    @property
    def counts(self) -> str:
        first, last = address(self.first, UNITS_AT), address(self.last, UNITS_AT + len(self.layout.plan.units) - 1)
        return f"{COUNTER}!{_absolute(first)}:{_absolute(last)}"

    @property
    def total(self) -> str:
        last = address(self.last, UNITS_AT + len(self.layout.plan.units) - 1)
        return f"{COUNTER}!{_absolute(address(self.last, BEFORE_AT))}+{COUNTER}!{_absolute(last)}"


class _Outside:
    """Addresses on the scoring sheet as seen from another sheet."""

    def __init__(self, place: Place, prefix: str) -> None:
        self.place, self.prefix = place, prefix

    def cell(self, line: str) -> str:
        return self.prefix + self.place.cell(line)

    def fixed(self, line: str, column: str) -> str:
        return self.prefix + self.place.fixed(line, column)

    def row(self, line: str, own_group: bool) -> str:
        return self.prefix + self.place.row(line, own_group)

    def table(self, table: str, column: str) -> str:
        return self.place.table(table, column)

    def tagged(self, lines: tuple[str, ...]) -> tuple[str, str, str]:
        column, roles, tags = (self.prefix + part for part in self.place.tagged(lines))
        return column, roles, tags


def _list(layout: Layout, counter: _Counter) -> Sheet:
    design = layout.design.checks
    sheet = Sheet(design.sheet)
    last = FIRST + len(design.widths) - 1
    place_at, line_at, unit_at = last + 1, last + 2, last + 3
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(design.widths)}, place_at: 6, line_at: 6, unit_at: 6}
    sheet.hidden_columns = [place_at, line_at, unit_at]
    sheet.span(TITLE, FIRST, TITLE, last, design.title, "title")
    sheet.heights |= {TITLE: 30, NOTE: 20, HEAD: 22}
    shown = design.rows
    count = len(counter.found)
    tail = f"，下面列出前{shown}处" if count > shown else ""
    words = f"还有{count}处没有填或填得不对{tail}" if count else "没有发现问题"
    more = f'IF({counter.total}>{shown},"，下面列出前{shown}处","")'
    text = f'=IF({counter.total}=0,"没有发现问题","还有"&({counter.total})&"处没有填或填得不对"&{more})'
    sheet.span(NOTE, FIRST, NOTE, last, Formula(text, words), "subtitle")
    for offset, heading in enumerate(design.headings):
        sheet.put(HEAD, FIRST + offset, heading, "heading")
    grid = sheet_prefix(layout.sheet)
    first_unit, last_unit = layout.unit_columns[0], layout.unit_columns[-1]
    head = layout.head_row
    names = f"{grid}{_absolute(address(head, first_unit))}:{_absolute(address(head, last_unit))}"
    body = f"{grid}{_absolute(address(1, first_unit))}:{_absolute(address(layout.last_row, last_unit))}"
    for number in range(1, shown + 1):
        row = HEAD + number
        place, line, unit = (address(row, c) for c in (place_at, line_at, unit_at))
        found = counter.found[number - 1] if number <= count else None
        line_value: Value = Decimal(counter.lines.index(found[0]) + 1) if found else None
        unit_value: Value = Decimal(found[1] + 1) if found else None
        sheet.put(
            row, line_at, Formula(f'=IF({place}>{counter.total},"",MATCH({place}-1,{counter.column(BEFORE_AT)},1))', line_value), "hidden"
        )
        within = f"{place}-INDEX({counter.column(BEFORE_AT)},{line})"
        sheet.put(row, unit_at, Formula(f'=IF({line}="","",MATCH({within},INDEX({counter.counts},{line},0),0))', unit_value), "hidden")
        sheet_row = f"INDEX({counter.column(ROW_AT)},{line})"
        where = f"ADDRESS({sheet_row},{unit}+{first_unit - 1},4)"
        spot = layout.cell(found[0].key, found[1]) if found else None
        link = f'=IF({line}="","",HYPERLINK("#{grid}"&{where},{where}))'
        texts: list[tuple[str, Value]] = [
            (link, spot),
            (f'=IF({line}="","",INDEX({names},{unit}))', layout.plan.units[found[1]] if found else None),
            (
                f'=IF({line}="","",INDEX({counter.column(ID_AT)},{line}))',
                f"{found[0].owner} {counter.names.get(found[0].owner, '')}".strip() if found else None,
            ),
            (f'=IF({line}="","",INDEX({counter.column(LABEL_AT)},{line}))', found[0].label if found else None),
            (
                f'=IF({line}="","",IF(INDEX({body},{sheet_row},{unit})="","{MISSING}",INDEX({counter.column(WANTED_AT)},{line})))',
                found[2] if found else None,
            ),
        ]
        sheet.put(row, FIRST, Formula(f'=IF({line}="","",{place})', Decimal(number) if found else None), "listed_centre")
        sheet.put(row, place_at, Decimal(number), "hidden")
        for offset, (content, value) in enumerate(texts, 1):
            sheet.put(row, FIRST + offset, Formula(content, value), "listed" if offset > 2 else "listed_centre")
        sheet.heights[row] = 24
    listed = f"{address(HEAD + 1, FIRST)}:{address(HEAD + shown, last)}"
    sheet.highlights.append(Highlight(listed, f'${address(HEAD + 1, line_at)}<>""', BORDER))
    sheet.freeze = address(HEAD + 1, 1)
    sheet.title_rows = (TITLE, HEAD)
    sheet.print_area = f"{address(TITLE, FIRST)}:{address(HEAD + shown, last)}"
    return sheet


def _absolute(at: str) -> str:
    letters = at.rstrip("0123456789")
    return f"${letters}${at[len(letters) :]}"
