"""Three engines: the exact reading, the formulas library on the workbook's own formulas, LibreOffice on the file.

Requirements: hand-worked cases hold; all three agree on every case and on random fillings; a deliberately wrong
formula in the built workbook is caught. Long fuzzing: ``scorebook verify --all --random 200``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ALL

from addin import cli
from generator import cases, library, scheme, source
from generator.evaluation import Evaluation
from generator.package import Package
from generator.plan import make_plan
from generator.verification import compare, libreoffice

RANDOM = 12


@pytest.mark.parametrize("name", ALL)
def test_cases_hold(name: str) -> None:
    path = library.ids()[name]
    plan = make_plan(scheme.load(path).scheme)
    fillings = cases.load(library.cases_file(path), plan)
    assert len(fillings) >= 15
    wrong = [w for f in fillings for w in cases.failures(f, plan, Evaluation(plan, f.inputs))]
    assert wrong == []


@pytest.mark.parametrize("name", ALL)
def test_every_case_says_what_it_probes_and_shows_its_arithmetic(name: str) -> None:
    data = source.read(library.cases_file(library.ids()[name])).data
    assert [c["name"] for c in data["cases"] if not c.get("probes")] == []
    silent = [c["name"] for c in data["cases"] if not c.get("working") and any(e.get("total") is not None for e in c["expect"].values())]
    assert silent == []


@pytest.mark.parametrize("name", ALL)
def test_engines_agree(name: str, soffice: str) -> None:
    path = library.ids()[name]
    report = compare.verify(scheme.load(path), path, None, RANDOM, seed=20260)
    assert [str(d) for d in report.disagreements[:5]] == []
    assert report.failures == []
    plan = make_plan(scheme.load(path).scheme)
    scored = len(plan.scores) * len(plan.units) * report.fillings
    assert report.cells["LibreOffice"] > scored
    assert report.cells["formulas"] > scored


def test_a_spreadsheet_program_that_dies_is_started_again(blank_books: dict[str, Path], soffice: str) -> None:
    with libreoffice.Calculator(blank_books["panshan-2019-parks"]) as calculator:
        first = calculator.calculate([], ["汇总"])
        assert calculator._process
        calculator._process.kill()
        assert calculator.calculate([], ["汇总"]) == first


def spoilt(book: Path, target: Path, old: str, new: str) -> None:
    """The workbook with one occurrence changed in one formula cell."""
    package = Package.open(book)
    part = package.sheet("填报与计分")
    at = next(a for a in part.elements if old in (part.formula(a) or ""))
    formula = next(c for c in part.elements[at] if c.tag.endswith("}f"))
    formula.text = formula.text.replace(old, new, 1)
    package.touch(part.path)
    target.write_bytes(package.to_bytes())


@pytest.mark.parametrize(("old", "new"), [("MIN(", "MAX("), ("ISNUMBER(", "NOT("), ("ROUND(ROUND(", "ROUND(0.01+ROUND(")])
def test_one_wrong_formula_is_caught_by_both(blank_books: dict[str, Path], tmp_path: Path, soffice: str, old: str, new: str) -> None:
    name = "panshan-2019-parks"
    book = tmp_path / "spoilt.xlsx"
    spoilt(blank_books[name], book, old, new)
    report = compare.verify(scheme.load(library.ids()[name]), library.ids()[name], book, 10, seed=3)
    assert {d.engine for d in report.disagreements} == {"formulas", "LibreOffice"}
    assert len({(d.sheet, d.cell) for d in report.disagreements if d.sheet == "填报与计分"}) >= 1


def test_the_command_reports_and_sets_its_exit_code(
    blank_books: dict[str, Path], tmp_path: Path, soffice: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["verify", str(blank_books["panshan-2019-parks"]), "--random", "2"]) == 0
    assert "全部一致" in capfd.readouterr().out
    book = tmp_path / "spoilt.xlsx"
    spoilt(blank_books["panshan-2019-parks"], book, "MIN(", "MAX(")
    assert cli.run(["verify", str(book), "--random", "2"]) == 1
    assert "不一致" in capfd.readouterr().out
