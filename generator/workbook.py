"""Scheme → .xlsx: the sheets put together, written with openpyxl, and every formula given its value.

openpyxl cannot write a formula together with its value, nor the same bytes twice; `package` does both afterwards.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart as XlsxBarChart
from openpyxl.chart import Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from generator import package
from generator.design import Design
from generator.design import load as load_design
from generator.evaluation import Evaluation, Inputs
from generator.layout import Layout, lay_out
from generator.plan import Plan, make_plan
from generator.scheme import SchemeFile
from generator.sheet import BORDER, BarChart, Box, Formula, Sheet
from generator.sheets import checks, guide, meta, references, scoring, summary, tables
from generator.sheets import listing as lists


@dataclass
class Book:
    """A workbook before it is a file. sheets: in the order of the tabs."""

    plan: Plan
    layout: Layout
    sheets: list[Sheet]


def compose(scheme: SchemeFile, inputs: Inputs | None = None, design: Design | None = None, plan: Plan | None = None) -> Book:
    """Build every sheet of the office's scoring book, filled with ``inputs``."""
    plan = plan or make_plan(scheme.scheme)
    layout = lay_out(plan, design or load_design())
    reserve(layout)
    book = Evaluation(plan, inputs or {})
    return Book(plan, layout, build_sheets(layout, scheme, book))


def reserve(layout: Layout) -> None:
    """Let the sheets that formulas of others look at say where their cells will stand."""
    tables.reserve(layout)
    summary.reserve(layout)


def build_sheets(layout: Layout, scheme: SchemeFile, book: Evaluation) -> list[Sheet]:
    """Every sheet of a book, in the order of the tabs."""
    listing, counter = checks.build(layout, book)
    built: list[Sheet | None] = [guide.build(layout)]
    if layout.by_unit:
        built.append(summary.build(layout, book))
    built += [scoring.build(layout, grid, book) for grid in layout.grids]
    built += [lists.build(layout, one, book) for one in layout.lists]
    if not layout.by_unit:
        built.append(summary.build(layout, book))
    built += [listing, tables.build(layout, book), *references.build(layout), counter, meta.build(scheme, layout.design)]
    return [sheet for sheet in built if sheet is not None]


def write(book: Book, path: Path) -> None:
    """Write the file, whole or not at all."""
    package.write_atomically(path, to_bytes(book))


def to_bytes(book: Book) -> bytes:
    """The file's bytes: the same for the same scheme, inputs and template."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    pen = _Pen(book.layout.design)
    workbook._named_styles["Normal"].font = Font(name=book.layout.design.font, size=11)
    for sheet in book.sheets:
        pen.draw(workbook.create_sheet(sheet.name), sheet)
    workbook.active = 1
    for worksheet in workbook.worksheets:
        worksheet.sheet_view.tabSelected = worksheet.title == book.sheets[1].name
    workbook.security = WorkbookProtection(lockStructure=True)
    scheme = book.plan.scheme
    properties = workbook.properties
    properties.title, properties.creator = scheme.title, "Scorebook"
    properties.subject, properties.identifier = f"{scheme.source.document} {scheme.source.part}", scheme.scheme
    workbook.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    workbook.save(stream)
    values = {sheet.name: {at: f.value for at, f in sheet.formulas.items()} for sheet in book.sheets}
    date = scheme.source.date.isoformat() if scheme.source.date else f"{scheme.year}-01-01"
    return package.finish(stream.getvalue(), values, f"{date}T00:00:00Z")


class _Pen:
    """Turns styles of the template into openpyxl's, each once."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.known: dict[tuple[str, str, bool], object] = {}

    def draw(self, target: Worksheet, sheet: Sheet) -> None:
        for (row, column), box in sheet.cells.items():
            self.cell(target, row, column, box)
        for top, left, bottom, right in sheet.merges:
            target.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
        for column, width in sheet.widths.items():
            dimension = target.column_dimensions[get_column_letter(column)]
            dimension.width = width
            dimension.hidden = column in sheet.hidden_columns
        for row, height in sheet.heights.items():
            target.row_dimensions[row].height = round(height, 1)
        for row in sheet.hidden_rows:
            target.row_dimensions[row].hidden = True
        for row, level in sheet.outline.items():
            target.row_dimensions[row].outlineLevel = level
        if sheet.outline:
            target.sheet_properties.outlinePr.summaryBelow = False
        if sheet.filter:
            target.auto_filter.ref = sheet.filter
        self.rules(target, sheet)
        for chart in sheet.charts:
            self.chart(target, chart)
        self.print_setup(target, sheet)
        self.protect(target)
        target.sheet_state = sheet.state
        target.freeze_panes = sheet.freeze
        target.sheet_view.showGridLines = False

    def cell(self, target: Worksheet, row: int, column: int, box: Box) -> None:
        cell = target.cell(row, column)
        content = box.content
        if isinstance(content, Formula):
            cell.value = content.text
        elif content is not None:
            cell.value = content
            if isinstance(content, str) and content.startswith("="):
                cell.data_type = "s"
        cell._style = self.style(cell, box)

    def style(self, cell: object, box: Box) -> object:
        key = (box.style, box.format, box.locked)
        if key not in self.known:
            self.apply(cell, box)
            self.known[key] = cell._style  # type: ignore[attr-defined]
        return self.known[key]

    def apply(self, cell: object, box: Box) -> None:
        design = self.design
        if box.style.startswith("fill:"):
            cell.fill, cell.border = self.fill(box.style[5:]), self.border()  # type: ignore[attr-defined]
            return
        style = design.styles[box.style]
        colour = design.colours.get(style.colour, "000000")
        cell.font = Font(name=design.font, size=style.size, bold=style.bold, color=f"FF{colour}")  # type: ignore[attr-defined]
        cell.alignment = Alignment(  # type: ignore[attr-defined]
            horizontal=style.align, vertical="center", wrap_text=style.wrap, shrink_to_fit=style.shrink
        )
        if style.fill:
            cell.fill = self.fill(style.fill)  # type: ignore[attr-defined]
        if style.border:
            cell.border = self.border()  # type: ignore[attr-defined]
        cell.number_format = box.format  # type: ignore[attr-defined]
        cell.protection = Protection(locked=box.locked)  # type: ignore[attr-defined]

    def fill(self, colour: str) -> PatternFill:
        return PatternFill("solid", fgColor=f"FF{self.design.colours[colour]}")

    def border(self) -> Border:
        side = Side(style="thin", color=f"FF{self.design.colours['line']}")
        return Border(left=side, right=side, top=side, bottom=side)

    def rules(self, target: Worksheet, sheet: Sheet) -> None:
        for v in sheet.validations:
            rule = DataValidation(
                type=v.kind,
                operator=v.operator,
                formula1=v.first,
                formula2=v.second,
                allow_blank=True,
                showErrorMessage=True,
                showInputMessage=True,
            )
            rule.promptTitle, rule.prompt, rule.errorTitle, rule.error = v.prompt_title, v.prompt, "填得不对", v.error
            rule.add(v.range)
            target.add_data_validation(rule)
        for h in sheet.highlights:
            colour = f"FF{self.design.colours['line' if h.colour == BORDER else h.colour]}"
            fill = PatternFill(bgColor=colour, fill_type="solid", fgColor=colour)
            rule = (
                FormulaRule(formula=[h.formula], border=self.border())
                if h.colour == BORDER
                else FormulaRule(formula=[h.formula], fill=fill)
            )
            target.conditional_formatting.add(h.range, rule)

    def chart(self, target: Worksheet, chart: BarChart) -> None:
        drawn = XlsxBarChart()
        drawn.type, drawn.style, drawn.gapWidth = "bar", 10, 45
        drawn.title, drawn.legend = chart.title, None
        first, last, column = chart.values
        drawn.add_data(Reference(target, min_col=column, max_col=column, min_row=first, max_row=last), titles_from_data=False)
        first, last, column = chart.names
        drawn.set_categories(Reference(target, min_col=column, max_col=column, min_row=first, max_row=last))
        series = drawn.series[0]
        series.graphicalProperties.solidFill = self.design.colours["bar"]
        series.dLbls = DataLabelList()
        series.dLbls.showVal = True
        for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(series.dLbls, name, False)
        drawn.x_axis.scaling.orientation = "maxMin"
        drawn.x_axis.delete, drawn.y_axis.delete = False, True
        drawn.x_axis.tickLblSkip = 1
        drawn.y_axis.majorGridlines = None
        drawn.y_axis.scaling.min = 0
        drawn.width, drawn.height = chart.width_mm / 10, chart.height_mm / 10
        target.add_chart(drawn, chart.anchor)

    def print_setup(self, target: Worksheet, sheet: Sheet) -> None:
        setup = self.design.print
        page, margins = target.page_setup, target.page_margins
        page.paperSize, page.orientation = 9, "landscape" if sheet.landscape else "portrait"
        if sheet.scale is None:
            target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            page.fitToWidth, page.fitToHeight = 1, 0
        else:
            page.scale = sheet.scale
        for side in ("left", "right", "top", "bottom"):
            setattr(margins, side, setup.margins[side] / 25.4)
        margins.header, margins.footer = 0.2, 0.25
        target.print_options.horizontalCentered = True
        target.oddFooter.center.text = setup.footer
        if sheet.print_area:
            target.print_area = sheet.print_area
        if sheet.title_rows:
            target.print_title_rows = f"{sheet.title_rows[0]}:{sheet.title_rows[1]}"
        if sheet.title_columns:
            first, last = (get_column_letter(c) for c in sheet.title_columns)
            target.print_title_cols = f"{first}:{last}"
        for row in sheet.row_breaks:
            target.row_breaks.append(Break(id=row))
        for column in sheet.column_breaks:
            target.col_breaks.append(Break(id=column))

    def protect(self, target: Worksheet) -> None:
        """Everything locked but inputs; sizes and formats may be changed, since an official may want a wider column."""
        protection = target.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False
        protection.autoFilter = False
        protection.objects = protection.scenarios = True


__all__ = ["Book", "compose", "to_bytes", "write"]
