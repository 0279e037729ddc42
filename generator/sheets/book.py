"""A scoring book put together, sheet by sheet."""

from __future__ import annotations

from dataclasses import dataclass

from generator.layout.design import Design
from generator.layout.design import load as load_design
from generator.layout.lay_out import lay_out
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.plan.evaluation import Evaluation, Inputs
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Problem, SchemeFault, SourceError
from generator.scheme.load import SchemeFile
from generator.sheets import checks, guide, limits, meta, references, roster, scoring, summary, tables
from generator.sheets import listing as lists
from generator.sheets.sheet import Sheet


@dataclass
class Book:
    """A workbook before it is a file. sheets: in the order of the tabs."""

    plan: Plan
    layout: Layout
    sheets: list[Sheet]


def compose(scheme: SchemeFile, inputs: Inputs | None = None, design: Design | None = None, plan: Plan | None = None) -> Book:
    """Build every sheet of the office's scoring book, filled with ``inputs``. Raises SourceError where Excel would not take it
    as it is."""
    try:
        plan = plan or make_plan(scheme.scheme)
        layout = lay_out(plan, design or load_design())
        sheets = build_sheets(layout, scheme, Evaluation(plan, inputs or {}))
    except SchemeFault as error:
        raise SourceError([scheme.placed(Problem(error.message, error.path, remedy=error.remedy))]) from None
    limits.refuse(sheets, scheme, layout.design)
    return Book(plan, layout, sheets)


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
