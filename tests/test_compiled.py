"""The exact reading of whole lines.

Requirements: it gives what the reading of one cell gives, digit for digit, on random trees and on every cell of every
scheme; what is an error in one cell is one there alone, and only where a branch asks for it; what is the same for all
units is worked out once; texts and truth values compare as in Excel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
import tiny
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.fillings import cases
from generator.fillings.random_filling import random_filling
from generator.lines.keys import Owner
from generator.plan.evaluation import Evaluation, Inputs, _Here
from generator.plan.planner import make_plan
from generator.scheme import library
from generator.scheme import load as scheme
from generator.tree import compiled, exact
from generator.tree import expression as e
from generator.tree.expression import Cell, Fixed, when
from generator.value import Percent, Value

UNITS, GROUPS = 5, ((0, 1, 2), (3, 4))
TABLES: dict[str, list[Value]] = {
    "键": ["好", "a", Decimal(1)],
    "值": [Decimal(8), Decimal("5.50"), "无"],
    "界": [Decimal(-100), Decimal(0), Decimal("2.5")],
}


class Sheet:
    """Lines of several units, for both readings: all cells, and those of one unit."""

    everybody: Sequence[int] = range(UNITS)

    def __init__(self, known: Mapping[str, Sequence[Value]], unit: int = 0) -> None:
        self.known, self.unit = known, unit

    def group(self, unit: int) -> tuple[int, ...]:
        return next(g for g in GROUPS if unit in g)

    def groups(self, units: Sequence[int]) -> list[int]:
        return [self.group(unit)[0] for unit in units]

    def fixed(self, line: str, column: str) -> Value:
        return self.known[line][0]

    def table(self, table: str, column: str) -> list[Value]:
        return TABLES[column]

    def cell(self, line: str) -> Value:
        return self.known[line][self.unit]

    def of_unit(self, line: str, unit: int) -> Value:
        return self.known[line][unit]

    def row(self, line: str, which: int) -> list[Value]:
        """Of a group, by its first unit; or for one cell, of its own group or of all."""
        return [self.known[line][u] for u in self.group(which)]

    def tagged(self, lines: tuple[str, ...], units: Sequence[int]) -> list[list[Value]]:
        return [[self.known[line][u] for line in lines] for u in units]


class One(Sheet):
    def row(self, line: str, own_group: bool) -> list[Value]:  # type: ignore[override]
        return [self.known[line][u] for u in (self.group(self.unit) if own_group else self.everybody)]

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:  # type: ignore[override]
        return [self.known[line][self.unit] for line in lines]


LINES = [f"c{i}" for i in range(4)]
VALUE = st.one_of(
    st.decimals(-9, 9, places=2),
    st.integers(-3, 3).map(Decimal),
    st.sampled_from([None, None, "", "－", "A", "a", "好", "是", "否", Percent("0.08"), True, False]),
)
NAME = st.sampled_from(LINES)
ROW = st.builds(e.Row, NAME, st.booleans())
KEYS, RESULT, EDGES = (e.TableColumn("表", column) for column in TABLES)
LEAF = st.one_of(
    NAME.map(Cell),
    st.builds(Fixed, NAME, st.just("standard")),
    st.builds(e.OfUnit, NAME, st.integers(0, UNITS - 1)),
    st.sampled_from([Decimal(0), Decimal(1), Decimal("2.50")]).map(e.Number),
    st.sampled_from(["", "a", "－", "好"]).map(e.Text),
    st.just(e.Blank()),
    st.builds(e.Tagged, st.sampled_from(["sum", "blanks", "applying", "yes", "no"]), st.just("标"), st.lists(NAME).map(tuple)),
)
HOW = st.sampled_from(["count", "filled", "sum", "min", "max", "size", "average"])


def _grow(inner: st.SearchStrategy[e.Expression]) -> st.SearchStrategy[e.Expression]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    ranges = st.lists(st.one_of(inner, ROW, ROW), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(e.Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(e.Compare, st.sampled_from(["=", "<>", ">=", "<=", ">", "<"]), inner, inner, st.booleans()),
        st.builds(e.All, some),
        st.builds(e.Either, some),
        st.builds(e.Not, inner),
        st.builds(e.Provided, inner, inner),
        st.builds(e.If, inner, inner, inner),
        st.builds(e.Clamp, inner, st.none() | inner, st.none() | inner),
        st.builds(e.Sum, ranges),
        st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(lambda p: e.SumOfProducts(tuple(p))),
        st.builds(e.Round, inner, st.integers(0, 3), st.booleans()),
        st.builds(e.Fold, HOW, ranges),
        st.builds(e.CountOf, ranges, st.sampled_from(["a", "－"])),
        st.builds(e.Rank, inner, ROW, st.booleans()),
        st.builds(e.Whole, inner),
        st.builds(e.Floor, inner),
        st.builds(lambda v, upper: e.Band(v, EDGES, RESULT, 3, upper), inner, st.booleans()),
        st.builds(lambda v: e.Lookup(v, KEYS, RESULT), inner),
        st.builds(lambda v: e.Found(v, KEYS), inner),
        st.builds(e.IsNumber, inner),
        st.builds(e.IsError, inner),
        st.builds(e.Saved, inner, inner),
    )


TREE = st.recursive(LEAF, _grow, max_leaves=10)
KNOWN = st.fixed_dictionaries({line: st.lists(VALUE, min_size=UNITS, max_size=UNITS) for line in LINES})


def outcome(work: Any) -> object:
    """A value to the last digit, or the kind of error."""
    try:
        return repr(work())
    except Exception as error:
        return type(error)


def compile(tree: e.Expression) -> compiled.Compiled:
    return compiled.compile(tuple(e.walk(tree)))


@settings(max_examples=400, deadline=None)
@example(e.IsError(e.Lookup(Cell("c0"), KEYS, RESULT)), {line: [Decimal(0)] * UNITS for line in LINES})
@given(TREE, KNOWN)
def test_random_trees_mean_the_same_for_one_cell_and_for_a_line(tree: e.Expression, known: dict[str, list[Value]]) -> None:
    whole, sheet = compile(tree), Sheet(known)
    single = [outcome(lambda unit=unit: exact.value(tree, One(known, unit))) for unit in range(UNITS)]
    assert [outcome(lambda unit=unit: whole.values(sheet, [unit])[0]) for unit in range(UNITS)] == single
    together = outcome(lambda: [*whole.values(sheet, sheet.everybody)])
    errors = [got for got in single if isinstance(got, type)]
    assert together in errors if errors else together == f"[{', '.join(map(str, single))}]"


@pytest.mark.parametrize("name", library.ids())
def test_every_cell_of_every_scheme_is_what_its_own_formula_gives(name: str) -> None:
    path = library.ids()[name]
    plan = make_plan(scheme.load(path).scheme)
    listed: list[Inputs] = [f.inputs for f in cases.load(library.cases_file(path), plan)[:3]]
    listed += [{}, *(random_filling(plan, f"compiled {seed}").inputs for seed in range(2))]
    step = 1 + len(plan.lines) * len(plan.units) // 20_000  # not every unit of the largest: one cell at a time takes long
    for inputs in listed[-3:] if step > 3 else listed:
        values = Evaluation(plan, inputs)
        for line in plan.lines.values():
            if line.formula is not None:
                for unit in range(0, len(plan.units), step):
                    if line.constant(unit) is None and not (line.carried and not line.carried[unit]):
                        assert repr(values.value(line.key, unit)) == repr(exact.value(line.formula, _Here(values, unit))), line.key
            if line.nodes_of_figure:
                assert line.standard is not None
                assert repr(values.fixed(line.key, "standard")) == repr(exact.value(line.standard.value, _Here(values, -1)))  # type: ignore[arg-type]


def test_an_error_is_told_where_it_is_asked_for_and_nowhere_else() -> None:
    extra = "quantities:\n  倍: score('1') * 2\n  和: over_units(sum, 倍)\n  稳: if(倍 > 0, 倍, 0)"
    plan = tiny.plan("- {id: 1, name: 投资, points: 10, rule: direct}", extra=extra)
    score = plan.lines["1/得分"]
    broken = type(score)(
        Owner("1").line("得分"),
        Owner("1"),
        score.role,
        "得分",
        formula=when(e.IsNumber(Cell("1/评分")), Cell("1/评分"), Cell("1/评分") + 1),
    )
    plan.lines["1/得分"] = broken
    del plan.__dict__["dependencies"]
    values = tiny.evaluate(plan, {"1/评分": [3, "三", None]})
    assert values.value("1/得分", 0) == 3
    assert values.value("1/得分", 2) == 1  # a blank counts as nothing
    for _ in range(2):
        with pytest.raises(exact.NotANumber):
            values.value("1/得分", 1)
    with pytest.raises(exact.NotANumber):
        values.at(plan.scores["和"], 0)  # the sum of all
    with pytest.raises(exact.NotANumber):
        values.value(plan.scores["稳"], 1)
    assert values.value(plan.scores["稳"], 0) == 6


def test_what_is_the_same_for_all_units_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(exact, "folded", lambda how, values: asked.append(1) or Decimal(7))  # type: ignore[func-returns-value]
    known: dict[str, list[Value]] = {"c0": [Decimal(1)] * UNITS}
    for row, times in ((e.Row("c0"), 1), (e.Row("c0", own_group=True), 2)):
        asked.clear()
        compile(Cell("c0") / e.Fold("max", (row,))).values(Sheet(known), range(UNITS))
        assert len(asked) == times
    asked.clear()
    compile(when(Cell("c0") > 5, e.Fold("max", (e.Row("c0"),)), 0)).values(Sheet(known), range(UNITS))
    assert not asked  # nobody takes the branch


def test_trees_of_one_shape_are_read_once() -> None:
    first, second = (compile(Cell(line) / Fixed(line, "standard") * 3) for line in ("a", "b"))
    assert first.part is second.part
    assert first.part is not compile(Cell("a") / Fixed("a", "standard") * 4).part


def test_a_quantity_may_rest_on_a_thousand_others() -> None:
    chain = "\n".join(f"  量{i}: 量{i - 1} + 1" for i in range(1, 1000))
    plan = tiny.plan("- {id: 1, name: 投资, points: 10, rule: direct}", extra=f"quantities:\n  量0: score('1')\n{chain}")
    assert tiny.numbers(plan, {"1/评分": [1, 2, None]}, plan.scores["量999"]) == [1000, 1001, None]


@pytest.mark.parametrize(
    ("left", "sign", "right", "holds"),
    [
        ("a", "=", "A", True),
        ("Ａ", "=", "ａ", True),
        ("a", "<>", "A", False),
        ("a", "<", "B", True),
        ("b", ">", "A", True),
        ("a", ">=", "A", True),
        (Decimal(99), "<", "a", True),
        (Decimal(99), "<", "", True),
        ("z", "<", False, True),
        (False, "<", True, True),
        (True, ">", Decimal(99), True),
        (True, "=", Decimal(1), False),
        (None, "=", False, True),
        (None, "=", "", True),
        (None, "=", Decimal(0), True),
        (None, "<", True, True),
        (None, "<", "a", True),
        (None, "=", None, True),
    ],
)
def test_values_compare_as_excel_documents_it(left: Value, sign: str, right: Value, holds: bool) -> None:
    """Microsoft: numbers, text, FALSE, TRUE in this order; comparisons do not heed capital letters."""
    tree = e.Compare(sign, Cell("l"), Cell("r"))
    known = {"l": [left] * UNITS, "r": [right] * UNITS}
    assert exact.value(tree, One(known)) is holds
    assert [*compile(tree).values(Sheet(known), range(UNITS))] == [holds] * UNITS


def test_looking_for_a_text_does_not_heed_capital_letters() -> None:
    known: dict[str, list[Value]] = {"l": ["a", "A", "ab", None, Decimal(1)]}
    assert exact.value(e.CountOf((e.Row("l"),), "A"), One(known)) == 2
    assert exact.value(e.Lookup(e.Text("A"), KEYS, RESULT), One(known)) == Decimal("5.50")
    assert exact.value(e.Found(e.Text("A"), KEYS), One(known)) is True
