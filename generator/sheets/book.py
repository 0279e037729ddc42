"""A scoring book put together, sheet by sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from generator.layout.design import Design, with_views
from generator.layout.design import load as load_design
from generator.layout.lay_out import lay_out
from generator.layout.layout import Layout
from generator.layout.matrix import Matrix
from generator.plan.evaluation import Evaluation, Inputs
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.view import Kind
from generator.problems import Problem, SchemeFault, SourceError
from generator.scheme.load import Choice, SchemeFile
from generator.sheets import catalog, checks, guide, limits, meta, references, remarks, roster, scoring, summary, tables
from generator.sheets import listing as lists
from generator.sheets.sheet import Sheet
from generator.value import Value


@dataclass
class Book:
    """A workbook before it is a file. sheets: in the order of the tabs."""

    plan: Plan
    layout: Layout
    sheets: list[Sheet]


def compose(
    scheme: SchemeFile,
    inputs: Inputs | None = None,
    design: Design | None = None,
    plan: Plan | None = None,
    approved: Mapping[str, Value] | None = None,
    layout: Layout | None = None,
) -> Book:
    """Build every sheet of a scheme's book, filled with ``inputs``: the office's, or the one that a plan is for. Raises SourceError
    where Excel would not take it as it is. approved: see `forms`; layout: of the scheme's plan, where it is laid out already, which
    stands for plan and design."""
    try:
        if layout is None:
            plan = plan or make_plan(scheme.scheme)
            design = design or load_design()
            layout = lay_out(plan, design if plan.view.whole else with_views(design))
        plan = layout.plan
        sheets = build_sheets(layout, scheme, Evaluation(plan, inputs or {}), approved or {})
    except SchemeFault as error:
        raise SourceError([scheme.placed(Problem(error.message, error.path, remedy=error.remedy))]) from None
    limits.refuse(sheets, scheme, layout.design)
    return Book(plan, layout, sheets)


def build_sheets(layout: Layout, scheme: SchemeFile, values: Evaluation, approved: Mapping[str, Value]) -> list[Sheet]:
    """Every sheet of a book, in the order of the tabs."""
    listing, counter = checks.build(layout, values)
    about = meta.build(scheme, layout.design, layout.plan.view)
    return [*forms(layout, values, approved, scheme.choices), listing, *parameters(layout, values), counter, about]


def forms(
    layout: Layout,
    values: Evaluation,
    approved: Mapping[str, Value] = MappingProxyType({}),
    choices: Sequence[Choice] = (),
    bare: bool = False,
) -> list[Sheet]:
    """The sheets that people read and fill in. approved: what a unit's form shows as 核定分, by line; choices: where the book is
    read otherwise than the scheme takes it; bare: what units have on the lines is left out."""
    filled: list[Sheet] = []
    for grid in layout.grids:
        if isinstance(grid, Matrix):
            filled.append(scoring.build(layout, grid, values, approved, bare))
        else:
            filled.append(roster.build(layout, grid, values, bare))
    filled += [lists.build(layout, one, values, bare) for one in layout.lists]
    if not layout.plan.view.whole:
        filled += [remarks.build(layout)] if layout.plan.view.kind is Kind.DEPARTMENT else []
    else:
        total = summary.build(layout, values, bare)
        filled = [total, *filled] if layout.apart else [*filled, total]
        filled += [catalog.build(layout, bare)] if layout.has_catalog else []
    return [guide.build(layout, filled, choices, bare), *filled]


def parameters(layout: Layout, values: Evaluation) -> list[Sheet]:
    """The sheets with the tables that formulas look things up in."""
    own = tables.build(layout, values)
    return [*([own] if own else []), *references.build(layout)]
