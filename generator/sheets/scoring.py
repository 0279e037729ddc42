"""填报与计分: every indicator a block of rows, every unit a column; inputs, workings and scores side by side.

`Builder` has what this sheet shares with the one where every unit is a row (`roster`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from generator.layout.addresses import address
from generator.layout.apart import echoes
from generator.layout.design import Design
from generator.layout.grid import HEAD_ROW, KEY, KEY_ROW, ROLE, TAG, UNIT, Grid
from generator.layout.layout import Area, Layout
from generator.layout.matrix import Matrix
from generator.layout.needs import text_need
from generator.layout.pages import SIGN_HEIGHT, first_printed, paginate, roomy, segments
from generator.layout.roster import Roster
from generator.layout.sheet_names import cut
from generator.layout.spoken import input_style, named, spoken, wrapped
from generator.layout.text_size import lines_needed
from generator.layout.wording import filled
from generator.lines.accepts import requirement, taken_from
from generator.lines.input import Input
from generator.lines.keys import MISSING as MISSING_LINE
from generator.lines.keys import TOTAL, Owner
from generator.lines.line import SHARED, Figure, Format, Line, Role, answered
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Block, BlockKind, Plan
from generator.plan.typed import high_value
from generator.plan.unlikely import unlikely
from generator.plan.view import Kind
from generator.sheets.sheet import Formula, Highlight, Sheet, Validation
from generator.tree.at_hand import HERE, AddressesAtHand
from generator.tree.expression import NONE_MARK, Binary, Cell, Compare, Expression, If, Not, Text, Whole, children, every, walk
from generator.tree.formula import Addresses, formula, quote
from generator.value import Percent, Value, show

FOLDABLE_ROWS = 120
LAST_PAGE, NEXT_PAGE = "（见上页）", "（见下页）"
"""Stand beside the rows of an indicator that goes on on another page, which has room for how it is scored."""
FAR = "1E+15"
"""Stands for no limit, where a data validation wants one."""
GAP = " {3,}|　{2,}"
"""The room to write in on a line to sign on, which may be less."""
WRITTEN = ("evidence", "remark", "approved")
"""The columns of a unit's form that people write in, beside each indicator."""
APPROVED = ("核定分", "由考核部门核定后填写，自评时空着", "核定分要填数。")
"""Title, prompt and error of the cells for approved scores."""
CELL_STYLE = {
    Role.PARAMETER: "parameter",
    Role.INPUT: "input",
    Role.WORKING: "working",
    Role.SCORE: "score",
    Role.DUE: "working",
    Role.GROUP: "group_score",
    Role.RESULT: "total",
}


def build(layout: Layout, grid: Matrix, values: Evaluation, approved: Mapping[str, Value], bare: bool = False) -> Sheet:
    """A scoring sheet of a book: of all units, or of one. approved: what a unit's form shows as 核定分, by line; bare: see
    `Builder`."""
    return _Builder(layout, grid, values, approved, bare).filled()


def own_cells(line: Line) -> bool:
    """Whether units have cells on a line that hold anything of their own."""
    return not line.shared and (line.formula is not None or line.input is not None or line.values is not None)


def number_format(line: Line) -> str:
    """The number format of a line's cells."""
    if line.format is Format.SCORE:
        digits = min(line.decimals, 2) if line.role is Role.WORKING else line.decimals
        return "0." + "0" * digits + "#" * (line.decimals - digits) if line.decimals else "0"
    if line.format is Format.PERCENT:
        digits = max(line.decimals - 2, 0)
        worked = line.formula is not None and not digits
        return "0.00%" if line.input or worked else f"0{'.' + '0' * digits if digits else ''}%"
    if line.format is Format.GENERAL:
        return "0.00" if line.formula is not None and _divides(line.formula) else "General"
    if line.format is Format.COUNT:
        return "0"
    if line.format is Format.TEXT or line.input:
        return "0" if line.input and line.input.counted else "General"
    return "#,##0" + ("." + "0" * line.decimals if line.decimals else "")


def _divides(tree: Expression) -> bool:
    """Whether what a tree comes to is a quotient, or a product of what is worked out, which may have digits without end; one that is cut to
    whole has not."""
    if isinstance(tree, Whole):
        return False
    below = (tree.then, tree.otherwise) if isinstance(tree, If) else children(tree)
    if isinstance(tree, Binary) and tree.operator == "*":
        return all(any(isinstance(node, Cell) for node in walk(side)) for side in (tree.left, tree.right)) or any(map(_divides, below))
    return (isinstance(tree, Binary) and tree.operator == "/") or any(map(_divides, below))


def cell_style(design: Design, plan: Plan, line: Line) -> str:
    """The style of a line's cells."""
    if line.role is Role.INPUT:
        return input_style(design, line)
    if named(line) and "parameter_words" in design.styles:
        return "parameter_words"
    style = "score" if line.key.endswith("/结果") else CELL_STYLE[line.role]
    if wrapped(design) and spoken(plan, line):
        return "total_words" if style == "total" else "score_words"
    return style


def figure_format(figure: Figure, line: Line | None = None) -> str:
    """A number format that says what the figure is: ``"每次扣"General``. line: of the figure, where it may be a step that all units share,
    which is shown as units' own steps are."""
    before, _, after = figure.form.partition("{}")
    shared = line is not None and line.shared and not line.decimals
    number = "0.##%" if isinstance(figure.value, Percent) else "0.00" if isinstance(figure.value, Expression) and not shared else "General"
    if isinstance(figure.value, Expression) and line is not None and line.format is Format.PERCENT:
        number = "0.00%"
    if isinstance(figure.value, Percent) and (figure.value * 100) % 1 == 0:
        number = "0%"
    before, after = (_literally(part) for part in (before, after))
    pattern = f"{before}{number}{after}"
    if isinstance(figure.value, Decimal) and figure.value < 0 and before:
        return f"{pattern};{before}-{number}{after}"  # the sign stands before the number, not before the words
    return pattern


def _literally(text: str) -> str:
    """A text in a number format. Between quotes everything but a quote stands for itself."""
    return '\\"'.join(f'"{part}"' if part else "" for part in text.split('"'))


NO_POINTS = "General;-General;"
"""The number format of points that are none, such as those of a bonus: nothing is shown."""


def figure_style(line: Line, column: str) -> str:
    """The style of what stands beside a line, in the 标准 or the 分值 column."""
    if line.role in (Role.GROUP, Role.RESULT) and not line.key.endswith("/结果"):
        return "group_score" if line.role is Role.GROUP else "total"
    return column


def missing_in_all(layout: Layout, grid: Grid, values: Evaluation) -> Formula:
    """The line above the table that says how many scores are missing."""
    line = f"{grid.cell(MISSING_LINE, grid.units[0])}:{grid.cell(MISSING_LINE, grid.units[-1])}"
    counts = (values.value(MISSING_LINE, unit) for unit in grid.units)
    missing = sum((v for v in counts if isinstance(v, Decimal)), Decimal(0))
    what = "未填得分项：" if layout.plan.scored else "未填项："
    return Formula(f'="{what}"&SUM({line})', f"{what}{missing}")


def figure_content(layout: Layout, area: Area, line: Line, column: str, unit: int, values: Evaluation) -> Value | Formula:
    """What stands in the cell of a figure beside a line. unit: whose row it stands in on a list, `SHARED` elsewhere."""
    figure = area.figure(line, column)
    assert figure is not None
    if echoes(line):
        typed = layout.fixed_elsewhere(line.key, column)
        return Formula(f'=IF({typed}="","",{typed})', values.fixed(line.key, column))
    if isinstance(figure.value, Expression):
        tree = layout.plan.written_figure(line, figure.value)
        return Formula(layout.write(line, tree, layout.seen_from(area, line.key, unit)), values.fixed(line.key, column))
    return figure.value


def closer(text: str, width: float, size: float) -> str:
    """A line to sign on with less between its words, where columns of ``width`` characters have no room for all."""
    while lines_needed(text, width, size, True) > 1 and re.search(GAP, text):
        text = re.sub(GAP, lambda gap: gap[0][1:], text)
    return text


class Builder:
    """What scoring sheets have in common, whichever way they lie. segments: the columns of each printed page; bare: what units
    have on the lines is left out, for who asks for the rest alone."""

    def __init__(self, layout: Layout, grid: Matrix | Roster, values: Evaluation, bare: bool) -> None:
        self.layout, self.values, self.plan, self.design = layout, values, layout.plan, layout.design
        self.bare = bare
        self.sheet = Sheet(grid.sheet)
        self.pages = paginate(grid, SIGN_HEIGHT)
        self.segments = segments(grid, self.pages.column_breaks)
        self.side_by_side = len(self.segments) > 1 and self.design.form > 1
        """Whether pages stand side by side, with the title at the head of each."""

    def titles(self, grid: Matrix | Roster, start: int, middle: int) -> None:
        """Title and subtitle, from column ``start`` to ``middle``; after it, how much is missing."""
        sheet, scheme = self.sheet, self.plan.scheme
        style = "title" if self.plan.view.whole else "form_title"
        title, spans = grid.title, self.segments
        if self.side_by_side:  # a cell that each page repeats is in the middle of none
            sheet.header, start, middle = title, grid.first_visible, grid.head_column
            spans = [(start, self.segments[0][1])]
        for first, last in spans:
            sheet.span(grid.title_row, first, grid.title_row, last, title, style)
        source = scheme.source
        words = filled(self.design.scoring.subtitle, document=source.document, part=source.part)
        _, last = self.segments[0]
        row, middle = grid.title_row + 1, min(middle, last - 1)
        sheet.span(row, start, row, middle, words, "subtitle")
        sheet.span(row, middle + 1, row, last, missing_in_all(self.layout, grid, self.values), "subtitle")
        sheet.put(KEY_ROW, KEY, "key", "hidden")

    def cells(self, grid: Matrix | Roster, line: Line) -> None:
        """The units' cells on a line."""
        if self.bare and own_cells(line):
            return
        sheet, pattern = self.sheet, number_format(line)
        style = cell_style(self.design, self.plan, line)
        texts = self.layout.formulas(line, grid)
        for unit, row, column in grid.along(line.key):
            constant = line.constant(unit)
            if unit in texts:
                sheet.put(row, column, Formula(texts[unit], self.values.value(line.key, unit)), style, pattern)
            elif line.input is not None and constant is None and not line.shared:
                sheet.put(row, column, self.values.value(line.key, unit), style, pattern, locked=False)
            elif constant == NONE_MARK or constant is None:
                sheet.put(row, column, constant if (line.values or line.input or line.formula) and not line.shared else None, "absent")
            else:
                sheet.put(row, column, constant, style, pattern)
        if line.input is not None and not self.bare:
            self.watch(grid, line, line.input)

    def watch(self, grid: Matrix | Roster, line: Line, asked: Input) -> None:
        """What may be typed, and the colours that say so before anybody clicks."""
        units = grid.units
        runs = [(SHARED, SHARED)] if line.shared else [(units[a], units[b]) for a, b in _runs([line.constant(u) is None for u in units])]
        for start, end in runs:
            first, last = grid.cell(line.key, start), grid.cell(line.key, end)
            range_ = first if first == last else f"{first}:{last}"
            watch_cells(self.sheet, self.layout, grid, line, asked, start, range_, self.values)

    def figure(self, grid: Matrix | Roster, line: Line, column: str) -> Value | Formula:
        """What stands beside a line."""
        return figure_content(self.layout, grid, line, column, SHARED, self.values)

    def finish(self, grid: Grid) -> None:
        """Sizes, the line to sign on, what stays in sight, and how it is printed."""
        sheet = self.sheet
        sheet.heights = {**grid.heights}
        row = grid.last_row + 1
        first, last = self.segments[-1]
        sign = (self.design.own(self.plan.view) or self.design.scoring).sign
        repeated = range(grid.first_visible, grid.head_column + 1)
        room, left = (sum(grid.widths[column] for column in columns) for columns in (range(first, last + 1), repeated))
        if self.side_by_side and (roomy(grid) or (self.design.form > 4 and room < left)):
            first, last, room = repeated[0], repeated[-1], left
        sign = closer(sign, room, self.design.styles["sign"].size) if self.design.form > 4 else sign
        sheet.span(row, first, row, last, sign, "sign")
        sheet.heights[row] = SIGN_HEIGHT
        sheet.freeze = address(grid.first_row, grid.frozen_column + 1)
        top = first_printed(grid, self.side_by_side)
        sheet.title_rows = (top, grid.first_row - 1)
        pages = self.pages
        if pages.column_breaks:
            sheet.title_columns = (grid.first_visible, grid.head_column)
        sheet.paper, sheet.landscape, sheet.scale = pages.paper, pages.landscape, pages.scale
        sheet.row_breaks, sheet.column_breaks = pages.row_breaks, pages.column_breaks
        sheet.print_area = f"{address(top, grid.first_visible)}:{address(row, grid.last_column)}"


class _Builder(Builder):
    def __init__(self, layout: Layout, grid: Matrix, values: Evaluation, approved: Mapping[str, Value], bare: bool) -> None:
        super().__init__(layout, grid, values, bare)
        self.grid, self.approved = grid, approved
        self.columns = grid.columns

    def filled(self) -> Sheet:
        """The sheet with all that stands on it."""
        grid = self.grid
        self.heading()
        for block, first, last in grid.spans:
            self.block(block, first, last)
        sheet = self.sheet
        sheet.widths = {**dict.fromkeys((KEY, ROLE, TAG), 12.0), **grid.widths}
        unseen = [self.columns["points"]] if grid.pointless else []
        sheet.hidden_columns, sheet.hidden_rows = [KEY, ROLE, TAG, *unseen], [KEY_ROW, *grid.hidden]
        sheet.outline = outline(grid)
        if self.plan.view.kind is Kind.DEPARTMENT:
            sheet.filter = self.rows_by_label()
        self.finish(grid)
        sheet.heights |= dict.fromkeys(grid.hidden, self.design.row_height)
        return sheet

    def rows_by_label(self) -> str | None:
        """The column of what a row is, to be filtered: who fills in sees the rows to fill in alone, or the scores alone. What stands
        beside an indicator's rows is one cell for all of them, and a filter would take that for the first row only."""
        rows = [last for block, _, last in self.grid.spans if block.kind == BlockKind.INDICATOR]
        label = self.columns["label"]
        return f"{address(self.grid.head_row, label)}:{address(max(rows), label)}" if rows else None

    def heading(self) -> None:
        sheet, grid = self.sheet, self.grid
        _, last = self.segments[0]
        middle = max(grid.first_unit, last - 3) if len(grid.units) > 3 else grid.first_unit
        self.titles(grid, grid.first_visible, middle)
        head = grid.head_row
        for column in grid.form_columns:
            if column.key in self.columns:
                at = self.columns[column.key]
                sheet.span(HEAD_ROW, at, head, at, grid.heading(column), "heading")
                sheet.put(KEY_ROW, at, column.key, "hidden")
        for unit in grid.units:
            sheet.put(head, grid.unit_columns[unit], self.plan.units[unit], "heading")
            sheet.put(KEY_ROW, grid.unit_columns[unit], f"{UNIT}{self.plan.units[unit]}", "hidden")
        if grid.grouped:
            for group, members in grid.groups():
                own = [grid.unit_columns[u] for u in members]
                for first, last in self.segments:
                    if shown := [c for c in own if first <= c <= last]:
                        sheet.span(HEAD_ROW, shown[0], HEAD_ROW, shown[-1], group, "heading")

    def block(self, block: Block, first: int, last: int) -> None:
        match block.kind:
            case "group" | "period":
                self.labelled(block, first, block.titled(self.design.form))
            case "total":
                self.totals(first, last)
            case _:
                self.described(block, first, last)
                self.to_write(block, first, last)
        for line in block.lines:
            if line.key not in self.grid.above:
                self.line(line)
        for line in block.lines:
            if line.key in self.grid.above:
                self.beside(line)

    def described(self, block: Block, first: int, last: int) -> None:
        """What stands beside an indicator's rows; once more where they go on on the next page."""
        number = self.grid.number(block)
        texts = {
            "number": Decimal(number) if number.isdigit() else number,
            "name": block.name,
            "measure": block.measure,
            "sentence": self.grid.said(block),
            "assessor": block.assessor,
        }
        ends = [row for row in self.pages.row_breaks if first <= row < last]
        needed, told = self.needed(block), dict.fromkeys(texts, False)
        for top, bottom in zip([first, *(row + 1 for row in ends)], [*ends, last], strict=True):
            room = sum(self.grid.heights[row] for row in range(top, bottom + 1))
            for key, text in texts.items():
                if key in self.columns:
                    short = bool(ends) and room < needed.get(key, 0.0)
                    shown = (LAST_PAGE if told[key] else NEXT_PAGE) if short else text
                    if key == "name" and top > first:
                        shown = f"{shown}{self.period(block)}"
                    self.sheet.span(top, self.columns[key], bottom, self.columns[key], shown or None, self.design.beside(key))
                    told[key] = told[key] or not short
        for line in block.lines:
            if line.key not in self.grid.above:
                self.sheet.put(self.grid.rows[line.key], self.columns["label"], self.grid.called(line), self.design.beside("label"))

    def period(self, block: Block) -> str:
        """The period of an indicator that goes on on another page, where its heading is not seen."""
        periods = Owner(block.id).periods if self.design.form > 5 else ()
        return f"（{' '.join(periods)}）" if periods else ""

    def needed(self, block: Block) -> dict[str, float]:
        """How high rows must be for all of how an indicator is scored to stand beside them, and from the fifth form on for its name; in
        points."""
        keys = [key for key, form in (("sentence", 3), ("name", 5)) if key in self.columns and self.design.form >= form]
        return {key: text_need(self.grid, block, key, self.grid.widths[self.columns[key]]) for key in keys}

    def beside(self, line: Line) -> None:
        """A figure in the row of a neighbour."""
        figure = self.grid.figure(line, "standard")
        assert figure is not None
        content = self.figure(self.grid, line, "standard")
        self.sheet.put(self.grid.row(line.key), self.columns["standard"], content, "standard", figure_format(figure, line))

    def labelled(self, block: Block, first: int, text: str) -> None:
        """A group's heading runs over the columns left of its figures; its workings are labelled like any other row."""
        sheet = self.sheet
        stop = min(c for k, c in self.columns.items() if k in ("points", "standard")) - 1
        sheet.span(first, self.grid.first_visible, first, self.columns["points"] - 1, text, "group")
        if not block.lines:
            for column in range(self.columns["points"], self.grid.last_column + 1):
                sheet.put(first, column, None, "group")
        for line in block.lines[1:]:
            row = self.grid.rows[line.key]
            sheet.span(row, self.grid.first_visible, row, stop, f"　　{line.label}", self.design.beside("label"))
        for line in block.lines:
            for key in ("sentence", "assessor", *WRITTEN):
                if key in self.columns:
                    text = block.assessor if key == "assessor" and block.kind == "group" else ""
                    sheet.put(self.grid.rows[line.key], self.columns[key], text or None, "group_note")

    def totals(self, first: int, last: int) -> None:
        stop = self.grid.first_unit - 1
        rows = {self.grid.rows[line.key]: line for line in self.grid.lines if line.key in self.grid.rows}
        for row in range(first, last + 1):
            line = rows[row]
            points = self.columns["points"]
            self.sheet.span(row, self.grid.first_visible, row, min(stop, points - 1), line.label, "total")
            for column in range(min(stop, points - 1) + 1, stop + 1):
                self.sheet.put(row, column, None, "total")
            for column in range(self.grid.last_unit + 1, self.grid.last_column + 1):
                self.sheet.put(row, column, None, "total")
            if line.key == TOTAL and "approved" in self.columns:
                self.to_approve(line, row, row)

    def to_write(self, block: Block, first: int, last: int) -> None:
        """What people write beside an indicator, if this is a form with room for it."""
        scored = next((line for line in block.lines if line.role is Role.SCORE), None)
        for key in WRITTEN:
            if key not in self.columns:
                continue
            at = self.columns[key]
            if block.kind != "indicator" or (key == "approved" and scored is None):
                self.sheet.span(first, at, last, at, None, "approved")
            elif key == "approved" and scored is not None:
                self.to_approve(scored, first, last)
            else:
                self.sheet.span(first, at, last, at, None, "written", locked=False)

    def to_approve(self, line: Line, first: int, last: int) -> None:
        """The cell for the score that is approved in the end."""
        at = self.columns["approved"]
        self.sheet.span(first, at, last, at, self.approved.get(line.key), "approved", number_format(line), locked=False)
        self.sheet.validations.append(Validation(address(first, at), "decimal", "between", f"-{FAR}", FAR, *APPROVED))

    def line(self, line: Line) -> None:
        sheet, row = self.sheet, self.grid.rows[line.key]
        for column, text in ((KEY, line.key), (ROLE, line.role.value), (TAG, line.tag)):
            sheet.put(row, column, text or None, "hidden")
        for key, figure in (("standard", self.grid.figure(line, "standard")), ("points", line.points)):
            if key not in self.columns or (figure is None and (row, self.columns[key]) in sheet.cells):
                continue
            style = figure_style(line, key)
            if key == "standard" and line.shared and line.input is not None:
                sheet.put(
                    row,
                    self.columns[key],
                    self.values.fixed(line.key, key),
                    input_style(self.design, line),
                    number_format(line),
                    locked=False,
                )
            elif figure is None:
                sheet.put(row, self.columns[key], None, style)
            else:
                pattern = NO_POINTS if key == "points" and figure.value == 0 else figure_format(figure, line)
                if echoes(line):
                    pattern = "0.00%" if line.format is Format.PERCENT else "General"
                sheet.put(row, self.columns[key], self.figure(self.grid, line, key), style, pattern)
        self.cells(self.grid, line)


def outline(grid: Matrix) -> dict[int, int]:
    """Outline levels of a long sheet's rows: what lies below a group's heading can be folded away."""
    if grid.last_row - grid.first_row < FOLDABLE_ROWS:
        return {}
    return {
        row: min(block.depth, 7)
        for block, first, last in grid.spans
        if block.kind != "total" and block.depth
        for row in range(first, last + 1)
    }


def watch_cells(sheet: Sheet, layout: Layout, area: Area, line: Line, asked: Input, unit: int, range_: str, values: Evaluation) -> None:
    """Validation and colours for a range of input cells; ``unit``: whose cell the first of them is."""
    sheet.validations.append(rule_for(layout, area, line, asked, unit, range_, values))
    sheet.highlights += colours_for(layout, area, line, asked, unit, range_)


def colours_for(layout: Layout, area: Area, line: Line, asked: Input, unit: int, range_: str) -> list[Highlight]:
    """When cells of a range change colour; ``unit``: whose cell the first of them is."""
    at = AddressesAtHand({HERE.line: area.cell(line.key, unit)}, layout.seen_from(area, line.key, unit))
    return [Highlight(range_, layout.write(line, when, at)[1:], colour) for when, colour in _occasions(layout.plan, line, asked)]


def colours_count(plan: Plan, line: Line, asked: Input) -> int:
    """How many formulas say when the cells of a line change colour."""
    return len(_occasions(plan, line, asked))


def _occasions(plan: Plan, line: Line, asked: Input) -> list[tuple[Expression, str]]:
    """When a cell changes colour, and to which."""
    found: list[tuple[Expression, str]] = []
    for question, needed in line.wanted_if:
        if needed:
            unasked = every(Compare("<>", question, Text("")), Not(answered(question, needed)))
            found.append((unasked, "parameter"))
    if not asked.accepts.blank:
        found.append((line.missing, "missing"))
    found.append((asked.accepts.wrong, "wrong"))
    slip = unlikely(plan, line)
    return [*found, (slip, "wrong")] if slip is not None else found


def rule_for(layout: Layout, area: Area, line: Line, asked: Input, unit: int, range_: str, values: Evaluation) -> Validation:
    """What may be typed into a range of input cells; ``unit``: whose cell the first of them is."""
    at = AddressesAtHand({HERE.line: area.cell(line.key, unit)}, layout.seen_from(area, line.key, unit))
    return validation(asked, range_, at, requirement(asked, high_value(line, values), layout.design.form > 4))


def rule_kind(asked: Input) -> str:
    """The type of the data validation on an input."""
    accepts = asked.accepts
    return "list" if accepts.options else "custom" if not accepts.ranges else "whole" if accepts.whole or asked.counted else "decimal"


def prompt(asked: Input, wanted: str) -> tuple[str, str]:
    """What is said beside a cell: a title and a text."""
    words = "。".join(words for words in (_whole(asked, wanted), asked.hint, taken_from(asked)) if words)
    return cut(asked.name, 30), cut(words, 250)


def _whole(asked: Input, wanted: str) -> str:
    """What is wanted, with the word that it is a whole number."""
    return wanted.replace("填数", "填整数", 1) if asked.counted else wanted


def validation(asked: Input, range_: str, at: Addresses, wanted: str) -> Validation:
    """What may be typed into a range of cells, with a prompt and an error message."""
    common = (*prompt(asked, wanted), cut(f"这里要{_whole(asked, wanted)}。", 220))
    accepts = asked.accepts
    if accepts.options:
        return Validation(range_, "list", None, quote(",".join(accepts.options)), None, *common)
    if not accepts.ranges:
        return Validation(range_, "custom", None, formula(Not(accepts.fault), at)[1:], None, *common)
    low, high = accepts.low, accepts.high
    top = FAR if high is None else formula(high, at)[1:] if isinstance(high, Expression) else show(high)
    if accepts.high_name:
        top = f"IF(ISNUMBER({top}),{top},{FAR})"
    return Validation(range_, rule_kind(asked), "between", f"-{FAR}" if low is None else show(low), top, *common)


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """The stretches of True: ``[T, T, F, T]`` → ``[(0, 1), (3, 3)]``."""
    runs: list[tuple[int, int]] = []
    for i, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        elif flag:
            runs.append((i, i))
    return runs
