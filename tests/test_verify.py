"""Three engines: the exact reading, the formulas library on the workbook's own formulas, LibreOffice on the file.

Requirements: hand-worked cases hold (those that take other readings: test_reading_cases.py); all three agree on every case and
on random fillings (of the largest books on some of the cases); a deliberately wrong formula in the built workbook is caught.
Everything, and long fuzzing: ``scorebook verify --all --random 200``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from conftest import ALL, book_of, file_of

from addin import cli
from generator import source
from generator.fillings import cases
from generator.plan.evaluation import Evaluation
from generator.scheme import library, load
from generator.value import ErrorValue
from generator.verification import compare, libreoffice_engine
from generator.xlsx.package import Package

ROOT = Path(__file__).resolve().parents[1]
RANDOM = 2
LISTED = 3
"""How many fillings have their 校验 list compared as well."""
LARGE, MOST = 4000, 60_000
"""A book is large from so many formulas on; then so many cells are compared, spread over the cases."""


@pytest.mark.parametrize("name", ALL)
def test_cases_hold(name: str) -> None:
    plan = book_of(name).plan
    path = library.cases_file(library.ids()[name])
    fillings = cases.load(path, plan)
    assert len(fillings) >= 5
    wrong = [w for f in fillings for w in cases.failures(f, plan, Evaluation(plan, f.inputs))]
    assert wrong == []


@pytest.mark.parametrize("name", ALL)
def test_every_case_says_what_it_probes_and_shows_its_arithmetic(name: str) -> None:
    """No arithmetic is wanted where every total is the one that the case began with."""
    plan = book_of(name).plan
    file = cases.CaseFile.model_validate(source.read(library.cases_file(library.ids()[name])).data)
    begun = {key: Evaluation(plan, cases._begin(start, plan, [], ())) for key, start in file.starts.items()}
    assert [case.name for case in file.cases if not case.probes] == []
    silent = []
    for case in file.cases:
        totals = {plan.units.index(unit): e.total for unit, e in case.expect.items() if e.total is not None}
        moved = [u for u, total in totals.items() if case.start not in begun or begun[case.start].result(u).total != total]
        silent += [case.name] if moved and not case.working else []
    assert silent == []


@pytest.mark.parametrize("name", ALL)
def test_engines_agree(name: str, soffice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of(name)
    formulas = sum(len(sheet.formulas) for sheet in book.sheets)
    step = 1
    if formulas > LARGE:
        worked = len(cases.load(library.cases_file(library.ids()[name]), book.plan))
        step = max(1, worked * formulas // MOST)
    whole = compare.fillings_of
    monkeypatch.setattr(compare, "LISTED", LISTED)
    monkeypatch.setattr(compare, "fillings_of", lambda *about: whole(*about)[: -RANDOM - 1 : step] + whole(*about)[-RANDOM - 1 :])
    monkeypatch.setattr(cases, "choices", lambda path: [{}])  # other readings have a book each: `scorebook verify` compares these
    report = compare.verify(file_of(name), library.ids()[name], None, RANDOM, seed=20260)
    assert [str(d) for d in report.disagreements[:5]] == []
    assert report.failures == []
    assert report.fillings >= RANDOM + 2
    cells = sum(
        len(area.units_of(line)) for area in book.layout.areas for line in area.lines if line.formula is not None and not line.shared
    )
    assert report.cells["LibreOffice"] > cells
    assert report.cells["formulas"] > cells


WEIGHTED = """
scheme: weighted
title: 分期
place: 某县
year: 2020
source: {document: 甲}
full_marks: 10
units: [甲镇, 乙镇]
indicators:
- name: 季度
  points: 10
  periods: [一季度, 二季度, 三季度, 年终]
  weights: [20%, 20%, 20%, 40%]
  inputs: {有任务: {ask: yes_no}}
  children: [{id: 1, name: 任务, points: 10, only_if: 有任务, rule: direct}]
"""


def test_a_period_that_a_unit_has_no_part_in_counts_for_nothing_by_weights(soffice: str) -> None:
    report = compare.verify(load.loads(WEIGHTED, "weighted.yaml"), count=20)
    assert [str(d) for d in report.disagreements[:5]] == []


def test_a_spreadsheet_program_that_dies_is_started_again(blank_books: dict[str, Path], soffice: str) -> None:
    with libreoffice_engine.Calculator(blank_books["panshan-2019-parks"]) as calculator:
        first = calculator.calculate([], ["汇总"])
        assert calculator._process
        calculator._process.kill()
        assert calculator.calculate([], ["汇总"]) == first


WAIT = """
import sys, time
from pathlib import Path
from generator.verification.libreoffice_engine import Calculator
with Calculator(Path(sys.argv[1])) as calculator:
    calculator.calculate([], ["汇总"])
    print(calculator._profile, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found under /proc")
def test_nothing_stays_behind_when_the_program_is_killed(blank_books: dict[str, Path], soffice: str) -> None:
    command = [sys.executable, "-c", WAIT, str(blank_books["panshan-2019-parks"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}) as waiting:
        assert waiting.stdout
        profile = waiting.stdout.readline().strip()
        assert running_with(profile)
        waiting.kill()
    until = time.monotonic() + 60
    while running_with(profile) or Path(profile).exists():
        assert time.monotonic() < until
        time.sleep(0.2)


def running_with(text: str) -> list[str]:
    """The programs whose command line holds a text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [process.name] if text.encode() in (process / "cmdline").read_bytes() else []
    return found


def spoilt(book: Path, target: Path, old: str, new: str) -> None:
    """The workbook with one occurrence changed in one formula cell."""
    package = Package.open(book)
    part = package.sheet("填报与计分")
    at = next(a for a in part.addresses if old in (part.formula(a) or ""))
    part.set_formula(at, (part.formula(at) or "").replace(old, new, 1), part.value(at))
    target.write_bytes(package.to_bytes())


@pytest.mark.parametrize(("old", "new"), [("MIN(", "MAX("), ("ISNUMBER(", "NOT("), ("ROUND(ROUND(", "ROUND(0.01+ROUND(")])
def test_one_wrong_formula_is_caught_by_both(blank_books: dict[str, Path], tmp_path: Path, soffice: str, old: str, new: str) -> None:
    name = "panshan-2019-parks"
    book = tmp_path / "spoilt.xlsx"
    spoilt(blank_books[name], book, old, new)
    report = compare.verify(file_of(name), library.ids()[name], book, 10, seed=3)
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


def test_an_error_that_is_handed_on_is_the_same_whichever_it_is_called() -> None:
    """A shared input is shown again on every sheet; LibreOffice tells that there is an error, not which."""
    assert compare.same(ErrorValue("#DIV/0!"), compare.SOME_ERROR)
    assert compare.same(ErrorValue("#DIV/0!"), "#DIV/0!")
    assert not compare.same(ErrorValue("#DIV/0!"), "#N/A")
    assert not compare.same("", compare.SOME_ERROR)


def test_what_stands_in_a_cell_already_need_not_be_written_again(tmp_path: Path, soffice: str) -> None:
    """But what is another value by then, in a stretch however cut, or of another kind, is. A sum of 1 and 2 is 3, of 5 and 2 is 7."""
    path = tmp_path / "sum.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active["C1"] = "=SUM(A1:B1)"
    book.active["D1"] = "=IF(ISTEXT(A1),1,0)"
    book.save(path)
    with libreoffice_engine.Calculator(path) as calculator:
        seen = []
        first: list[object] = [1.0, 2.0]
        written: list[tuple[int, list[object]]] = [
            (0, first),
            (0, first),
            (0, [5.0]),
            (0, first),
            (0, ["1", 2.0]),
            (1, [4.0]),
            (0, ["", ""]),
        ]
        for column, values in written:
            answer = calculator.calculate([("表", 0, column, values)], ["表"])
            seen.append(tuple(answer["表"][0][2:4]))
    assert seen == [(3, 0), (3, 0), (7, 0), (3, 0), (2, 1), (4, 1), (0, 0)]
