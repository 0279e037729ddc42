"""Styles of the template as openpyxl's, each made once."""

from __future__ import annotations

from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart as XlsxBarChart
from openpyxl.chart import Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from generator.columns import letters_of
from generator.layout.addresses import address, place_of, quoted
from generator.layout.design import Design
from generator.layout.pages import HEADER
from generator.sheets.sheet import BORDER, BarChart, Box, Sheet

PAPER_CODES = {"A4": 9, "A3": 8}
"""The numbers of papers in the file format."""


class Styles:
    """Turns styles of the template into openpyxl's, each once."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.known: dict[tuple[str, str, bool], int] = {}
        self.looks: dict[str, int] = {}

    def draw(self, target: Worksheet, sheet: Sheet) -> None:
        """Everything of a sheet but its rows, cells and the rules of cells."""
        for column, width in sheet.widths.items():
            dimension = target.column_dimensions[letters_of(column)]
            dimension.width = width
            dimension.hidden = column in sheet.hidden_columns
        if sheet.outline:
            target.sheet_properties.outlinePr.summaryBelow = False
            target.sheet_format.outlineLevelRow = max(sheet.outline.values())
        if sheet.filter:
            target.auto_filter.ref = sheet.filter
        for at, (other, cell) in sheet.links.items():
            target._hyperlinks.append(Hyperlink(ref=address(*at), location=f"{quoted(other)}!{cell}"))
        for chart in sheet.charts:
            self.chart(target, chart)
        self.print_setup(target, sheet)
        if sheet.protected:
            self.protect(target)
        target.sheet_state = sheet.state
        target.freeze_panes = sheet.freeze
        target.sheet_view.showGridLines = False
        self.put_cursor(target, sheet)

    def put_cursor(self, target: Worksheet, sheet: Sheet) -> None:
        """Into the first cell to fill, among those that can be scrolled."""
        top, left = place_of(sheet.freeze) if sheet.freeze else (1, 1)
        places = [at for at, box in sheet.cells.items() if not box.locked and at[0] >= top and at[1] >= left]
        if places:
            selection = target.sheet_view.selection[-1]
            selection.activeCell = selection.sqref = address(*min(places))

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
        drawn.title, drawn.legend = chart.title or None, None
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
        if chart.below_zero:
            drawn.x_axis.tickLblPos = "low"
        else:
            drawn.y_axis.scaling.min = 0
        drawn.width, drawn.height = chart.width_mm / 10, chart.height_mm / 10
        target.add_chart(drawn, chart.anchor)

    def print_setup(self, target: Worksheet, sheet: Sheet) -> None:
        setup = self.design.print
        page, margins = target.page_setup, target.page_margins
        page.paperSize, page.orientation = PAPER_CODES[sheet.paper], "landscape" if sheet.landscape else "portrait"
        if sheet.scale is None:
            target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
            page.fitToWidth, page.fitToHeight = 1, 0
        else:
            page.scale = sheet.scale
        for side in ("left", "right", "top", "bottom"):
            setattr(margins, side, setup.margins[side] / 25.4)
        margins.header, margins.footer = 0.2, 0.25
        if sheet.header:
            margins.top += HEADER / 25.4
            title, head = self.design.styles["title"], target.oddHeader.center
            head.text, head.size, head.font = sheet.header.replace("&", "&&"), int(title.size), f"{self.design.font},Bold"
        target.print_options.horizontalCentered = True
        target.oddFooter.center.text = setup.footer
        if sheet.print_area:
            target.print_area = sheet.print_area
        if sheet.title_rows:
            target.print_title_rows = f"{sheet.title_rows[0]}:{sheet.title_rows[1]}"
        if sheet.title_columns:
            first, last = (letters_of(c) for c in sheet.title_columns)
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
