"""填报与计分: every indicator a block of rows, every unit a column; inputs, workings and scores side by side."""

from __future__ import annotations

from decimal import Decimal

from generator.checking import fault_formula, high_value, requirement, wrong_formula
from generator.evaluation import Evaluation
from generator.exact import Value
from generator.explain import show
from generator.expression import NONE_MARK, Expression
from generator.formula import formula
from generator.layout import (
    FIRST_VISIBLE,
    HEAD_ROW,
    KEY,
    KEY_ROW,
    ROLE,
    SUBTITLE_ROW,
    TAG,
    TITLE_ROW,
    Layout,
    paginate,
    segments,
)
from generator.lines import NO, YES, Ask, Figure, Input, Line, Role
from generator.plan import MISSING as MISSING_LINE
from generator.plan import Block
from generator.sheet import Formula, Highlight, Sheet, Validation, address

SIGN_HEIGHT = 30.0
_CELL_STYLE = {
    Role.PARAMETER: "parameter",
    Role.INPUT: "input",
    Role.WORKING: "working",
    Role.SCORE: "score",
    Role.GROUP: "group_score",
    Role.RESULT: "total",
}


def build(layout: Layout, book: Evaluation) -> Sheet:
    """The scoring sheet of a book."""
    return _Builder(layout, book).sheet


def number_format(line: Line) -> str:
    """The number format of a line's cells."""
    if line.place == "score":
        return "0." + "0" * line.decimals if line.decimals else "0"
    if line.place == "percent":
        digits = max(line.decimals - 2, 0)
        return "0.00%" if line.input else f"0{'.' + '0' * digits if digits else ''}%"
    if line.place == "count":
        return "0"
    if line.place == "text" or line.input:
        return "General"
    return "#,##0" + ("." + "0" * line.decimals if line.decimals else "")


def figure_format(figure: Figure) -> str:
    """A number format that says what the figure is: ``"每次扣"General``."""
    before, _, after = figure.form.partition("{}")
    number = "0.00" if isinstance(figure.value, Expression) else "General"
    return "".join(f'"{part}"' if quoted and part else part for part, quoted in ((before, True), (number, False), (after, True)))


def unit_formulas(line: Line, layout: Layout) -> list[str]:
    """The formula of each unit's cell on a line; empty for a line without one."""
    tree = line.formula
    return [] if tree is None else layout.for_each_unit(lambda at: formula(tree, at))


def missing_in_all(layout: Layout, book: Evaluation) -> Formula:
    """The line above the table that says how many scores are missing."""
    row = layout.rows[MISSING_LINE]
    line = f"{address(row, layout.unit_columns[0])}:{address(row, layout.unit_columns[-1])}"
    counts = (book.value(MISSING_LINE, unit) for unit in range(len(layout.plan.units)))
    missing = sum((v for v in counts if isinstance(v, Decimal)), Decimal(0))
    return Formula(f'="未填得分项："&SUM({line})', f"未填得分项：{missing}")


def figure_content(figure: Figure, key: str, column: str, layout: Layout, book: Evaluation) -> Value | Formula:
    """What stands in the cell of a figure beside a line."""
    if isinstance(figure.value, Expression):
        return Formula(formula(figure.value, layout.at(-1)), book.fixed(key, column))
    return figure.value


class _Builder:
    def __init__(self, layout: Layout, book: Evaluation) -> None:
        self.layout, self.book, self.plan, self.design = layout, book, layout.plan, layout.design
        self.sheet = Sheet(layout.sheet)
        self.columns = layout.columns
        self.pages = paginate(layout, SIGN_HEIGHT)
        self.segments = segments(layout, self.pages.column_breaks)
        self.heading()
        for block, first, last in layout.spans:
            self.block(block, first, last)
        self.finish()

    def heading(self) -> None:
        sheet, layout, scheme = self.sheet, self.layout, self.plan.scheme
        title = self.design.scoring.title.format(title=scheme.title)
        for first, last in self.segments:
            sheet.span(TITLE_ROW, first, TITLE_ROW, last, title, "title")
        source = scheme.source
        words = self.design.scoring.subtitle.format(document=source.document, part=source.part)
        first, last = self.segments[0]
        middle = max(layout.unit_columns[0] + 1, last - 3)
        sheet.span(SUBTITLE_ROW, FIRST_VISIBLE, SUBTITLE_ROW, middle, words, "subtitle")
        sheet.span(SUBTITLE_ROW, middle + 1, SUBTITLE_ROW, last, missing_in_all(layout, self.book), "subtitle")
        sheet.put(KEY_ROW, KEY, "key", "hidden")
        head = layout.head_row
        for column in self.design.scoring.columns:
            if column.key in self.columns:
                at = self.columns[column.key]
                sheet.span(HEAD_ROW, at, head, at, column.heading, "heading")
                sheet.put(KEY_ROW, at, column.key, "hidden")
        for unit, name in enumerate(self.plan.units):
            sheet.put(head, layout.unit_columns[unit], name, "heading")
            sheet.put(KEY_ROW, layout.unit_columns[unit], f"unit:{name}", "hidden")
        if layout.grouped:
            start = 0
            for group, members in scheme.groups.items():
                own = layout.unit_columns[start : start + len(members)]
                for first, last in self.segments:
                    if shown := [c for c in own if first <= c <= last]:
                        sheet.span(HEAD_ROW, shown[0], HEAD_ROW, shown[-1], group, "heading")
                start += len(members)

    def block(self, block: Block, first: int, last: int) -> None:
        match block.kind:
            case "group":
                self.labelled(block, first, f"{block.id}　{block.name}" if block.id else block.name)
            case "total":
                self.totals(first, last)
            case _:
                texts = {
                    "number": Decimal(block.id) if block.id.isdigit() else block.id,
                    "name": block.name,
                    "measure": block.measure,
                    "sentence": block.sentence + (f"（{block.due}）" if block.due else ""),
                    "assessor": block.assessor,
                }
                for key, text in texts.items():
                    if key in self.columns:
                        self.sheet.span(first, self.columns[key], last, self.columns[key], text or None, key)
                for line in block.lines:
                    self.sheet.put(self.layout.rows[line.key], self.columns["label"], line.label, "label")
        for line in block.lines:
            self.line(line)

    def labelled(self, block: Block, first: int, text: str) -> None:
        """A group's heading runs over the columns left of its figures; its workings are labelled like any other row."""
        sheet = self.sheet
        stop = min(c for k, c in self.columns.items() if k in ("points", "standard")) - 1
        sheet.span(first, FIRST_VISIBLE, first, self.columns["points"] - 1, text, "group")
        for line in block.lines[1:]:
            row = self.layout.rows[line.key]
            sheet.span(row, FIRST_VISIBLE, row, stop, f"　　{line.label}", "label")
        for line in block.lines:
            for key in ("sentence", "assessor"):
                if key in self.columns:
                    sheet.put(self.layout.rows[line.key], self.columns[key], block.assessor or None if key == "assessor" else None, "group")

    def totals(self, first: int, last: int) -> None:
        stop = self.layout.unit_columns[0] - 1
        for row in range(first, last + 1):
            line = next(line for line in self.plan.lines.values() if self.layout.rows[line.key] == row)
            points = self.columns["points"]
            self.sheet.span(row, FIRST_VISIBLE, row, min(stop, points - 1), line.label, "total")
            for column in range(min(stop, points - 1) + 1, stop + 1):
                self.sheet.put(row, column, None, "total")
            for column in range(self.layout.unit_columns[-1] + 1, self.layout.last_column + 1):
                self.sheet.put(row, column, None, "total")

    def line(self, line: Line) -> None:
        sheet, row = self.sheet, self.layout.rows[line.key]
        for column, text in ((KEY, line.key), (ROLE, "score" if line.role is Role.SCORE else line.role.value), (TAG, line.tag)):
            sheet.put(row, column, text or None, "hidden")
        grouped = line.role in (Role.GROUP, Role.RESULT) and not line.key.endswith("/结果")
        for key, figure in (("standard", line.standard), ("points", line.points)):
            if key not in self.columns or (figure is None and (row, self.columns[key]) in sheet.cells):
                continue
            style = ("group_score" if line.role is Role.GROUP else "total") if grouped else key
            if figure is None:
                sheet.put(row, self.columns[key], None, style)
            else:
                content = figure_content(figure, line.key, key, self.layout, self.book)
                sheet.put(row, self.columns[key], content, style, figure_format(figure))
        pattern = number_format(line)
        style = "score" if line.key.endswith("/结果") else _CELL_STYLE[line.role]
        texts = unit_formulas(line, self.layout)
        for unit, column in enumerate(self.layout.unit_columns):
            constant = line.constant(unit)
            if texts:
                sheet.put(row, column, Formula(texts[unit], self.book.value(line.key, unit)), style, pattern)
            elif line.input is not None and constant is None:
                sheet.put(row, column, self.book.value(line.key, unit), style, pattern, locked=False)
            elif constant == NONE_MARK or constant is None:
                sheet.put(row, column, constant if line.values or line.input else None, "absent")
            else:
                sheet.put(row, column, constant, style, pattern)
        if line.input is not None:
            self.watch(line, line.input, row)

    def watch(self, line: Line, asked: Input, row: int) -> None:
        """What may be typed, and the colours that say so before anybody clicks."""
        for start, end in _runs([line.constant(u) is None for u in range(len(self.plan.units))]):
            first, last = (address(row, self.layout.unit_columns[u]) for u in (start, end))
            range_ = first if first == last else f"{first}:{last}"
            at = self.layout.at(start)
            wanted = requirement(asked, high_value(line, self.book))
            self.sheet.validations.append(self.validation(asked, range_, first, start, wanted))
            missing = f'{first}=""'
            if line.only_if:
                fact = self.layout.cell(line.only_if, start)
                missing = f'AND({fact}="{YES}",{missing})'
                self.sheet.highlights.append(Highlight(range_, f'{fact}="{NO}"', "parameter"))
            if asked.required:
                self.sheet.highlights.append(Highlight(range_, missing, "missing"))
            self.sheet.highlights.append(Highlight(range_, wrong_formula(asked, first, at), "wrong"))

    def validation(self, asked: Input, range_: str, first: str, unit: int, wanted: str) -> Validation:
        title, prompt = asked.name[:30], wanted + (f"。{asked.hint}" if asked.hint else "")
        error = f"这里要{wanted}。"
        at = self.layout.at(unit)
        common = (title, prompt[:250], error[:220])
        if asked.ask is Ask.CHOICE:
            return Validation(range_, "list", None, '"' + ",".join(asked.options) + '"', None, *common)
        if asked.no_task:
            return Validation(range_, "custom", None, f"NOT({fault_formula(asked, first, at)})", None, *common)
        kind = "whole" if asked.ask is Ask.COUNT else "decimal"
        low = "-1E+15" if asked.low is None else show(asked.low)
        high = asked.high
        top = "1E+15" if high is None else formula(high, at)[1:] if isinstance(high, Expression) else show(high)
        return Validation(range_, kind, "between", low, top, *common)

    def finish(self) -> None:
        sheet, layout = self.sheet, self.layout
        sheet.widths = {**dict.fromkeys((KEY, ROLE, TAG), 12.0), **layout.widths}
        sheet.heights = {**layout.heights}
        sheet.hidden_columns, sheet.hidden_rows = [KEY, ROLE, TAG], [KEY_ROW]
        row = layout.last_row + 1
        first, last = self.segments[-1]
        sheet.span(row, first, row, last, self.design.scoring.sign, "sign")
        sheet.heights[row] = SIGN_HEIGHT
        sheet.freeze = address(layout.first_row, layout.unit_columns[0])
        sheet.title_rows = (TITLE_ROW, layout.first_row - 1)
        pages = self.pages
        if pages.column_breaks:
            sheet.title_columns = (FIRST_VISIBLE, layout.unit_columns[0] - 1)
        sheet.landscape, sheet.scale = pages.landscape, pages.scale
        sheet.row_breaks, sheet.column_breaks = pages.row_breaks, pages.column_breaks
        sheet.print_area = f"{address(TITLE_ROW, FIRST_VISIBLE)}:{address(row, layout.last_column)}"


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """The stretches of True: ``[T, T, F, T]`` → ``[(0, 1), (3, 3)]``."""
    runs: list[tuple[int, int]] = []
    for i, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        elif flag:
            runs.append((i, i))
    return runs
