"""Charts that show other cells than they should: their range moves along with rows that somebody inserts or deletes, while the sheet is
restored at its old place."""

from __future__ import annotations

from addin.workbooks.edits import Audit, Redrawn, normal
from addin.workbooks.naming import Names
from addin.workbooks.snapshot import Snapshot
from generator.columns import letters_of
from generator.layout.addresses import sheet_prefix
from generator.plan.evaluation import Evaluation
from generator.sheets import summary
from generator.sheets.sheet import Sheet
from generator.xlsx.charts import Bars

OTHERS = 20
"""So many charts that somebody drew beside ours are looked at."""


def examine(taken: Snapshot, names: Names, wanted: Sheet) -> Audit:
    """Compare the charts on a sheet with those of the sheet as it should be. One that somebody deleted is not missed; one of somebody's
    own stays as it is."""
    found = Audit()
    own = _bars(wanted)
    there = dict(enumerate(taken.package.charts(wanted.name, len(own) + OTHERS))) if own else {}
    if any(not any(_same(shown, bars) for shown in there.values()) for bars in own):
        # which of the units share a chart goes by the order they were in when the book was made: mostly when it was blank
        own = _bars(summary.build(taken.layout, Evaluation(taken.plan, {})))
    for bars in list(own):  # those that are right
        number = next((number for number, shown in there.items() if _same(shown, bars)), None)
        if number is not None:
            del there[number]
            own.remove(bars)
    there = {number: shown for number, shown in there.items() if shown.values and _is_of(shown, wanted.name)}
    if own and there:
        found.findings.append(names.finding("chart-moved", f"{len(own)} 张", wanted.name))
    for bars, number in zip(own, there, strict=False):
        found.charts.append(Redrawn(wanted.name, number, bars))
    return found


def _bars(sheet: Sheet) -> list[Bars]:
    return [Bars(*(_range(sheet.name, *cells) for cells in (chart.names, chart.values))) for chart in sheet.charts]


def _range(sheet: str, first: int, last: int, column: int) -> str:
    letters = letters_of(column)
    return f"{sheet_prefix(sheet)}${letters}${first}:${letters}${last}"


def _same(one: Bars, other: Bars) -> bool:
    return all(normal(a) == normal(b) for a, b in zip(one, other, strict=True))


def _is_of(shown: Bars, sheet: str) -> bool:
    """Whether a chart shows cells of a sheet, or of none that is there any more."""
    return normal(shown.values).startswith((normal(sheet_prefix(sheet)), "#REF!")) or "#REF!" in shown.values
