"""The ``formulas`` library as a calculator for whole books.

Requirements: every reference of a formula is found and nothing else is taken for one; what the library cannot read and
what goes in a circle is an error value and hides nothing else; functions of ours that stand in for the library's give
what it gives; scipy's statistics are imported only for formulas that need them.
"""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import formulas
import numpy as np
import pytest

from addin import actions
from addin.workbooks import snapshot
from generator.value import Value
from generator.verification import formulas_engine
from generator.verification.formulas_engine import Library
from generator.xlsx.package import Package

S = "s"


def results(texts: dict[str, str], constants: dict[str, Value] | None = None) -> dict[str, Value]:
    """What formulas on one sheet give."""
    engine = Library({(S, at): text for at, text in texts.items()}, {(S, at): value for at, value in (constants or {}).items()})
    return {at: values[0] for (_, at), values in engine.evaluate([{}]).items()}


@pytest.mark.parametrize(
    ("text", "shape", "first", "last"),
    [
        ("=A1+$B$2*A1", "={0}+{1}*{0}", ("s", "A1"), ("s", "B2")),
        ('="A1"&A1&"a ""B1"" c"', '="A1"&{0}&"a ""B1"" c"', ("s", "A1"), ("s", "A1")),
        ("=SUM(A1:C1,'汇 总'!D1,汇总!$E$1)", "=SUM({0},{1},{2})", ("s", "A1"), ("汇总", "E1")),
        ("='it''s A1'!B2", "={0}", ("it's A1", "B2"), ("it's A1", "B2")),
        ("=LOG10(A1)+ATAN2(1,2)", "=LOG10({0})+ATAN2(1,2)", ("s", "A1"), ("s", "A1")),
        ("=IF(AB12<>AB13,AB12:AB13,1E5)", "=IF({0}<>{1},{2},1E5)", ("s", "AB12"), ("s", "AB13")),
    ],
)
def test_references_are_found(text: str, shape: str, first: tuple[str, str], last: tuple[str, str]) -> None:
    [cell] = Library({(S, "Z9"): text}, {}).cells.values()
    assert cell.shape == shape.format("ZZ_AA_", "ZZ_AB_", "ZZ_AC_")
    assert (cell.arguments[0].cells[0][0], cell.arguments[-1].cells[-1][-1]) == (first, last)


@pytest.mark.parametrize("text", ["=A1name+B1_+_C1+D1.e", "=[1]表!A1", "='[外.xlsx]表'!A1", "=甲:乙!A1", "=A0+ABCD1", "=fA1(1)", "=B1!C"])
def test_what_is_no_reference_of_this_book_is_left(text: str) -> None:
    [cell] = Library({(S, "Z9"): text}, {}).cells.values()
    assert (cell.shape, cell.arguments) == (text, ())


@pytest.mark.parametrize("odd", ["=foo+1", "=SUM(A:A)", "=[1]表!A1", '="abc', "=)(", "=", "=NOSUCH(A1)+", "=SUM(B1:XFD1048576)"])
def test_what_cannot_be_read_hides_nothing_else(odd: str) -> None:
    assert results({"C1": odd, "C2": "=A1*2", "C3": "=C1+1"}, {"A1": Decimal(3)}) == {"C1": "#NAME?", "C2": 6, "C3": "#NAME?"}


def test_what_goes_in_a_circle_is_said_and_long_chains_are_no_circle() -> None:
    circle = {"A1": "=B1", "B1": "=SUM(A1:A2)", "C1": "=A1+1", "D1": "=D1", "E1": "=1+1"}
    assert results(circle) == {"A1": "#CIRC!", "B1": "#CIRC!", "C1": "#CIRC!", "D1": "#CIRC!", "E1": 2}
    chain = {f"A{row}": f"=A{row + 1}+1" for row in range(1, 3000)}
    assert results(chain, {"A3000": Decimal(1)})["A1"] == 3000


def test_an_odd_formula_in_a_book_is_a_finding(blank_books: dict[str, Path], tmp_path: Path) -> None:
    package = Package.open(blank_books["panshan-2019-parks"])
    taken = snapshot.of_package(package, "t")
    places = [taken.place(key, 0) or ("", "") for key in ("1/得分", "2/得分")]
    spoilt = {at: text for (_, at), text in zip(places, ("=全部得分+1", f"={places[1][1]}"), strict=True)}
    for at, text in spoilt.items():
        package.sheet(places[0][0]).set_formula(at, text, Decimal(5))
    (tmp_path / "b.xlsx").write_bytes(package.to_bytes())
    found = [f for f in actions.check(tmp_path / "b.xlsx", by_formulas=True).findings if f.code == "formulas-disagree"]
    said = {f.cell: f.message for f in found if f.cell in spoilt}
    assert [words[-7:].rstrip("）") for words in said.values()] == [" #NAME?", " #CIRC!"]


@pytest.mark.parametrize("order", ["", ",0", ",1"])
def test_ranks_are_the_librarys(order: str) -> None:
    numbers = [3.5, 7, 3.5, -1, 7, 0]
    own = results({f"C{i}": f"=RANK(A{i},A1:A6{order})" for i in range(1, 7)}, {f"A{i}": Decimal(str(v)) for i, v in enumerate(numbers, 1)})
    theirs = formulas.Parser().ast(f"=RANK(A1,A1:A6{order})")[1].compile()
    column = np.array(numbers)[:, None]
    expected = [float(np.ravel(theirs(np.array([[v]]), column))[0]) for v in numbers]
    assert list(own.values()) == expected
    assert sorted(expected) == [1, 1, 3, 3, 5, 6] or sorted(expected) == [1, 2, 3, 3, 5, 5]


def test_ranks_of_what_is_no_number() -> None:
    texts = {"C1": "=RANK(A1,A2:A4)", "C2": "=RANK(A2,A2:A4)", "C3": "=RANK(A2,A2:A5)"}
    constants: dict[str, Value] = {"A1": Decimal(9), "A2": Decimal(5), "A3": "７", "A4": Decimal(6)}
    assert results(texts, constants) == {"C1": "#N/A", "C2": 2, "C3": 2}
    assert results(texts | {"A5": "=1/0"}, constants)["C3"] == "#DIV/0!"


NEEDS = """
import sys
from generator.verification.formulas_engine import Library
cells = {("s", "A1"): 1, ("s", "A2"): 2}
print(Library({("s", "B1"): "=RANK(A1,A1:A2)+COUNTIF(A1:A2,1)+ROUND(AVERAGE(A1:A2),1)"}, cells).evaluate([{}]))
print("scipy.stats" in sys.modules, "scipy.interpolate" in sys.modules)
print(Library({("s", "B1"): "=ROUND(POISSON(0,A1,TRUE),6)"}, cells).evaluate([{}]))
print("scipy.stats" in sys.modules)
"""


def test_statistics_are_imported_when_they_are_called() -> None:
    said = subprocess.run([sys.executable, "-c", NEEDS], capture_output=True, text=True, check=True).stdout.splitlines()
    one_over_e = "{('s', 'B1'): [Decimal('0.367879')]}"
    assert said == ["{('s', 'B1'): [Decimal('4.5')]}", "False False", one_over_e, "True"]


def test_a_number_beyond_all_bounds_is_rounded_to_itself() -> None:
    cells = {("s", "A1"): Decimal("1E+45"), ("s", "A2"): Decimal(100)}
    [value] = Library({("s", "B1"): "=ROUND(ROUND(A1*A2,10),2)"}, cells).evaluate([{}])["s", "B1"]
    assert float(value) == pytest.approx(1e47)  # type: ignore[arg-type]


def test_numbers_beyond_the_usual_places_are_rounded_too() -> None:
    """A figure typed with dozens of zeros, divided by its target: spreadsheets leave it as it is."""
    assert formulas_engine._round(1e44, 13) == 1e44
    assert formulas_engine._round(1.005, 2) == 1.01
