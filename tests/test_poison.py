"""Cells that could poison others: error values, and signs that look-ups and counts take for more than they are.

That LibreOffice and the formulas library agree on every other cell is compared for every scheme with `odd_filling`, in
test_verify; here is what people see.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from addin import actions
from addin.workbooks import snapshot
from generator.plan.evaluation import Evaluation
from generator.tree import exact
from generator.tree import expression as e
from generator.tree.at_hand import ValuesAtHand
from generator.tree.formula import formula
from generator.value import ErrorValue, Value
from generator.verification.compare import exact_values
from generator.xlsx.package import Package

TOWNS = "panshan-2019-towns"
NA = ErrorValue("#N/A")
A, B = e.Cell("a"), e.Cell("b")


def with_inputs(path: Path, typed: dict[tuple[str, int], Value]) -> Path:
    taken = snapshot.take(path)
    for (key, unit), value in typed.items():
        sheet, at = taken.place(key, unit) or ("", "")
        taken.sheets[sheet].part.set(at, value)
    assert isinstance(taken.package, Package)
    path.write_bytes(taken.package.to_bytes())
    return path


def test_an_error_value_in_one_cell_is_as_good_as_a_blank_one_for_everybody_else(filled_books: dict[str, Path]) -> None:
    taken = snapshot.take(filled_books[TOWNS])
    pasted, blank = ({**taken.inputs, ("4/完成", 0): value} for value in (NA, None))
    with_error, without = Evaluation(taken.plan, pasted), Evaluation(taken.plan, {k: v for k, v in blank.items() if v is not None})
    for unit in range(len(taken.plan.units)):
        assert with_error.result(unit) == without.result(unit)
    assert with_error.result(0).rank is None
    assert with_error.result(1).rank is not None


def test_check_names_the_cell_and_recompute_leaves_it(filled_books: dict[str, Path], tmp_path: Path) -> None:
    path = with_inputs(Path(shutil.copy(filled_books[TOWNS], tmp_path / "towns.xlsx")), {("4/完成", 0): NA})
    at = (snapshot.take(path).place("4/完成", 0) or ("", ""))[1]
    actions.recompute(path, path)
    found = actions.check(path).findings
    assert {(f.code, f.cell) for f in found if f.severity == "error"} == {("input-error", at)}
    taken = snapshot.take(path)
    assert isinstance(taken.value("4/完成", 0), ErrorValue)
    cells = [(sheet.part, a) for sheet in taken.sheets.values() for _, row in sheet.part.rows() for _, a in row]
    assert [a for part, a in cells if isinstance(part.value(a), ErrorValue)] == [at]


@pytest.mark.parametrize(
    ("tree", "text", "value"),
    [  # what Excel makes of #N/A in a
        (A + 1, "=A1+1", NA),
        (e.Sum((A, B)), "=SUM(A1:B1)", NA),
        (e.Fold("count", (A, B)), "=COUNT(A1:B1)", Decimal(1)),
        (e.Fold("filled", (A, B)), "=COUNTA(A1:B1)", Decimal(2)),
        (e.Fold("max", (A, B)), "=MAX(A1:B1)", NA),
        (e.CountOf((A, B), "是"), '=COUNTIF(A1:B1,"是")', Decimal(0)),
        (e.IsNumber(A), "=ISNUMBER(A1)", False),
        (e.IsError(A), "=ISERROR(A1)", True),
        (e.every(B > 5, A > 1), "=AND(B1>5,A1>1)", NA),
        (e.some(B > 1, A > 1), "=OR(B1>1,A1>1)", NA),
        (e.when(B > 1, 1, A), "=IF(B1>1,1,A1)", Decimal(1)),
        (e.Saved(A + 1, e.Number(Decimal(7))), "=IFERROR(A1+1,7)", Decimal(7)),
        (e.Saved(B + 1, e.Number(Decimal(7))), "=IFERROR(B1+1,7)", Decimal(4)),
    ],
)
def test_error_values_go_through_formulas_as_in_excel(tree: e.Expression, text: str, value: Value) -> None:
    class Places:
        def cell(self, line: str) -> str:
            return f"{line.upper()}1"

    assert formula(tree, Places()) == text  # type: ignore[arg-type]
    known = ValuesAtHand({"a": NA, "b": Decimal(3)})
    if value is NA:
        with pytest.raises(exact.ErrorMet):
            exact.value(tree, known)
    else:
        assert exact.value(tree, known) == value


@pytest.mark.parametrize("typed", ["*", "好*", "?", "~好"])
def test_a_wildcard_is_no_choice(filled_books: dict[str, Path], typed: str) -> None:
    taken = snapshot.take(filled_books[TOWNS])
    choice = next(line for line in taken.plan.inputs if line.label == "等次")
    score = taken.plan.scores[choice.owner.id]
    assert Evaluation(taken.plan, {**taken.inputs, (choice.key, 0): typed}).value(score, 0) is None


def test_every_formula_cell_of_a_book_with_errors_has_a_value_that_is_none(filled_books: dict[str, Path]) -> None:
    from generator.sheets.book import Book

    taken = snapshot.take(filled_books[TOWNS])
    spoilt: dict[tuple[str, int], Value] = {**taken.inputs, **{(line.key, 0): NA for line in taken.plan.inputs}}
    values = exact_values(Book(taken.plan, taken.layout, []), Evaluation(taken.plan, spoilt), with_list=True)
    assert not [place for place, value in values.items() if isinstance(value, ErrorValue)]
