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
    return [*forms(layout, book), listing, *parameters(layout, book), counter, meta.build(scheme, layout.design)]


def forms(layout: Layout, book: Evaluation) -> list[Sheet]:
    """The sheets that people read and fill in."""
    total = summary.build(layout, book)
    filled: list[Sheet] = []
    for grid in layout.grids:
        filled.append(scoring.build(layout, grid, book) if isinstance(grid, Matrix) else roster.build(layout, grid, book))
    filled += [lists.build(layout, one, book) for one in layout.lists]
    filled = [total, *filled] if layout.apart else [*filled, total]
    return [guide.build(layout, filled), *filled]


def parameters(layout: Layout, book: Evaluation) -> list[Sheet]:
    """The sheets with the tables that formulas look things up in."""
    own = tables.build(layout, book)
    return [*([own] if own else []), *references.build(layout)]
