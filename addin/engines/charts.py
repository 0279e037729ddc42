"""Charts of an open workbook: let one show other cells."""

from __future__ import annotations

from typing import Any

from xlwings import Sheet

from addin.engines.adapter import is_libreoffice, is_mac
from generator.xlsx.charts import Bars

_OFFICE_CHART = "com.sun.star.drawing.OLE2Shape"


def let_show(sheet: Sheet, number: int, bars: Bars) -> None:
    """Let the first series of a chart show other cells. number: its position among those of the sheet, from 0. The sheet must not be
    protected at that moment."""
    app = sheet.book.app
    if is_libreoffice(app):
        _office(sheet.api, number, bars)
    elif not is_mac(app):
        series = sheet.api.ChartObjects(number + 1).Chart.SeriesCollection(1)
        series.XValues, series.Values = f"={bars.names}", f"={bars.values}"


def _office(sheet: Any, number: int, bars: Bars) -> None:
    page = sheet.getDrawPage()
    shapes = (page.getByIndex(i) for i in range(page.getCount()))
    model = [shape.Model for shape in shapes if shape.getShapeType() == _OFFICE_CHART and shape.Model is not None][number]
    plane = model.getFirstDiagram().getCoordinateSystems()[0]
    axis = plane.getAxisByDimension(0, 0)
    scale = axis.getScaleData()
    scale.Categories.setValues(_sequence(model, bars.names, "categories"))
    axis.setScaleData(scale)
    plane.getChartTypes()[0].getDataSeries()[0].getDataSequences()[0].setValues(_sequence(model, bars.values, "values-y"))


def _sequence(model: Any, range_: str, role: str) -> Any:
    sheet, _, cells = range_.rpartition("!")
    made = model.getDataProvider().createDataSequenceByRangeRepresentation(f"${sheet}.{cells}")
    made.setPropertyValue("Role", role)
    return made
