"""Scheme → .xlsx: the sheets put together, written with openpyxl, and every formula given its value.

openpyxl cannot write a formula together with its value, nor the same bytes twice; `package` does both afterwards.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart as XlsxBarChart
from openpyxl.chart import Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from generator import cell_rules, cells, garbage, package
from generator.design import Design
from generator.design import load as load_design
from generator.evaluation import Evaluation, Inputs
from generator.grid import Matrix
from generator.layout import Layout
from generator.placing import lay_out
from generator.plan import Plan, make_plan
from generator.scheme import SchemeFile
from generator.sheet import BORDER, BarChart, Box, Sheet
from generator.sheets import checks, guide, meta, references, roster, scoring, summary, tables
from generator.sheets import listing as lists

COMPRESSION = 4


@dataclass
class Book:
    """A workbook before it is a file. sheets: in the order of the tabs."""

    plan: Plan
    layout: Layout
    sheets: list[Sheet]


@garbage.kept()
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
    for grid in layout.grids:
        built.append(scoring.build(layout, grid, book) if isinstance(grid, Matrix) else roster.build(layout, grid, book))
    built += [lists.build(layout, one, book) for one in layout.lists]
    if not layout.by_unit:
        built.append(summary.build(layout, book))
    built += [listing, tables.build(layout, book), *references.build(layout), counter, meta.build(scheme, layout.design)]
    return [sheet for sheet in built if sheet is not None]


def write(book: Book, path: Path) -> None:
    """Write the file, whole or not at all."""
    package.write_atomically(path, to_bytes(book))


@garbage.kept()
def to_bytes(book: Book) -> bytes:
    """The file's bytes: the same for the same scheme, inputs and template."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    pen = _Pen(book.layout.design)
    workbook._named_styles["Normal"].font = Font(name=book.layout.design.font, size=11)
    parts = []
    for sheet in book.sheets:
        target = workbook.create_sheet(sheet.name)
        pen.draw(target, sheet)
        rows = cells.sheet_data(sheet, pen.style_in(target))
        looks = cell_rules.conditional_formats(sheet, pen.looks_in(workbook))
        parts.append((cells.extent(sheet), rows, cells.merges(sheet) + looks + cell_rules.data_validations(sheet)))
    workbook.active = next(i for i, sheet in enumerate(book.sheets) if sheet.name == book.layout.grids[0].sheet)
    for worksheet in workbook.worksheets:
        worksheet.sheet_view.tabSelected = worksheet.title == book.layout.grids[0].sheet
    workbook.security = WorkbookProtection(lockStructure=True)
    scheme = book.plan.scheme
    properties = workbook.properties
    properties.title, properties.creator = scheme.title, "Scorebook"
    properties.subject, properties.identifier = f"{scheme.source.document} {scheme.source.part}", scheme.scheme
    workbook.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    workbook.save(stream)
    date = scheme.source.date.isoformat() if scheme.source.date else f"{scheme.year}-01-01"
    return _assemble(stream.getvalue(), parts, f"{date}T00:00:00Z")


_DIMENSION = re.compile(rb"<dimension[^>]*/>")
_AFTER_RULES = re.compile(rb"<(?:hyperlinks|printOptions|pageMargins)\b")
_EMPTY_DATA = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def _assemble(data: bytes, parts: list[tuple[str, str, str]], date: str) -> bytes:
    """openpyxl's file with the cells put in, and without anything that changes from run to run.

    parts: of each sheet in order, its range, its rows, and its merged cells with the rules of cells.
    date: the moment that the file says it was made at (ISO, UTC).
    """
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if sheet := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", info.filename):
                extent, body, rules = (text.encode() for text in parts[int(sheet[1]) - 1])
                before, after = _EMPTY_DATA.split(_DIMENSION.sub(b'<dimension ref="' + extent + b'"/>', content))
                after_rules = _AFTER_RULES.search(after)
                at = after_rules.start() if after_rules else len(after)
                content = before + body + after[:at] + rules + after[at:]
            elif info.filename == "docProps/core.xml":
                content = _DATES.sub(lambda m: m[1] + date.encode(), content)
            copy = zipfile.ZipInfo(info.filename, package.EPOCH)
            copy.compress_type, copy.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
            target.writestr(copy, content, compresslevel=COMPRESSION)
    return result.getvalue()


class _Pen:
    """Turns styles of the template into openpyxl's, each once."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.known: dict[tuple[str, str, bool], int] = {}
        self.looks: dict[str, int] = {}

    def draw(self, target: Worksheet, sheet: Sheet) -> None:
        """Everything of a sheet but its rows, cells and the rules of cells."""
        for column, width in sheet.widths.items():
            dimension = target.column_dimensions[get_column_letter(column)]
            dimension.width = width
            dimension.hidden = column in sheet.hidden_columns
        if sheet.outline:
            target.sheet_properties.outlinePr.summaryBelow = False
            target.sheet_format.outlineLevelRow = max(sheet.outline.values())
        if sheet.filter:
            target.auto_filter.ref = sheet.filter
        for chart in sheet.charts:
            self.chart(target, chart)
        self.print_setup(target, sheet)
        self.protect(target)
        target.sheet_state = sheet.state
        target.freeze_panes = sheet.freeze
        target.sheet_view.showGridLines = False

    def style_in(self, target: Worksheet) -> Callable[[Box], int]:
        """The number of a cell's style in the file, each worked out once."""

        def style(box: Box) -> int:
            key = box[1:]  # style, format, locked
            number = self.known.get(key)
            if number is None:
                sample = Cell(target, row=1, column=1)
                self.apply(sample, box)
                number = self.known[key] = int(sample.style_id)
            return number

        return style

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

    def looks_in(self, workbook: Workbook) -> Callable[[str], int]:
        """The number of a conditional look in the file, each made once."""

        def look(colour: str) -> int:
            number = self.looks.get(colour)
            if number is None:
                shade = f"FF{self.design.colours['line' if colour == BORDER else colour]}"
                fill = PatternFill(bgColor=shade, fill_type="solid", fgColor=shade)
                style = DifferentialStyle(border=self.border()) if colour == BORDER else DifferentialStyle(fill=fill)
                number = self.looks[colour] = workbook._differential_styles.add(style)
            return number

        return look

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
