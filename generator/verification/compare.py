"""Holds the workbook's formulas, evaluated by two programs that are not ours, against the exact reader."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.fillings import cases
from generator.fillings.cases import Filling
from generator.fillings.random_filling import odd_filling, random_filling
from generator.layout import sheet_names
from generator.layout.addresses import address, place_of
from generator.layout.design import Design
from generator.layout.layout import Layout
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.scheme import library
from generator.scheme.load import SchemeFile, loads
from generator.sheets import checks, summary, tables
from generator.sheets.book import Book, compose
from generator.value import ErrorValue, Value, alike, decimal_of
from generator.verification.formulas_engine import Library, Place
from generator.verification.libreoffice_engine import Calculator
from generator.xlsx import writer
from generator.xlsx.package import Package

AT_ONCE, FEWEST = 400_000, 4
"""So many formula cells are held in memory at once, in as few fillings at least; they take gigabytes otherwise."""
LISTED = 12
"""How many fillings have their 校验 list compared as well, which costs more than all the rest."""

ERRORS = {"#N/A": "=NA()", "#DIV/0!": "=1/0", "#REF!": "=#REF!", "#VALUE!": '=1+"x"', "#NAME?": "=#NAME?", "#NUM!": "=SQRT(-1)"}
"""Formulas that come to error values."""
SOME_ERROR = "（错误）"
"""What LibreOffice is taken to show where it does not say which error."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Disagreement:
    """A formula cell for which an engine gives something else than the exact reader."""

    engine: str
    filling: str
    sheet: str
    cell: str
    formula: str
    exact: Value
    got: object

    def __str__(self) -> str:
        return f"{self.engine}｜{self.filling}｜{self.sheet}!{self.cell}：应为 {self.exact}，算得 {self.got}　{self.formula[:160]}"


@dataclass
class Report:
    """What was compared. cells: by engine; failures: cases that the exact reader does not meet."""

    scheme: str
    fillings: int = 0
    cases: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.disagreements and not self.failures


def fillings_of(file: SchemeFile, book: Book, path: Path | None, count: int, seed: int) -> list[Filling]:
    """A scheme's cases, the blank book, one with odd things in its cells, then random fillings."""
    cases_path = library.cases_file(path) if path else None
    worked = cases.load(cases_path, book.plan, file.takes) if cases_path and cases_path.exists() else []
    blank = Filling("空白", {}, {})
    odd = odd_filling(book.plan, str(seed))
    return [*worked, blank, odd, *(random_filling(book.plan, f"{seed}-{i + 1}") for i in range(count))]


def verify(
    file: SchemeFile,
    path: Path | None = None,
    workbook_path: Path | None = None,
    count: int = 0,
    seed: int = 1,
    progress: Progress | None = None,
    design: Design | None = None,
    plan: Plan | None = None,
) -> Report:
    """Compare all three engines for one scheme, and for each way of reading it that its cases choose.

    path: the scheme's file, beside which its cases are; workbook_path: a generated workbook to examine instead of a
    fresh one; count: how many random fillings; design: the template it was made with;
    plan: what a department's or a unit's book has of the scheme. Raises LibreOfficeError, PackageError or SourceError.
    """
    book = compose(file, design=design, plan=plan)
    report = Report(file.scheme.id)
    _compare(report, book, fillings_of(file, book, path, count, seed), workbook_path, progress)
    cases_path = library.cases_file(path) if path and workbook_path is None and plan is None else None
    if cases_path and cases_path.exists():
        for takes in cases.choices(cases_path)[1:]:
            other = compose(loads(file.text, file.file, takes), design=design)
            _compare(report, other, cases.load(cases_path, other.plan, takes), None, progress)
    return report


def _compare(report: Report, book: Book, listed: list[Filling], workbook_path: Path | None, progress: Progress | None) -> None:
    """Compare the engines for one book and some fillings, and hold these against what their cases expect."""
    report.fillings += len(listed)
    report.cases += sum(bool(f.expect) for f in listed)
    with tempfile.TemporaryDirectory(prefix="scorebook-") as folder:
        target = workbook_path or Path(folder) / "book.xlsx"
        if workbook_path is None:
            writer.write(book, target)
        texts, constants = read_formulas(target, book)
        names = {area.sheet for area in book.layout.areas} | {book.layout.design.summary.sheet, book.layout.design.tables.sheet}
        engine = Library({p: t for p, t in texts.items() if p[0] in names}, constants)
        step = max(FEWEST, AT_ONCE // max(len(texts), 1))
        with Calculator(target) as calculator, ThreadPoolExecutor(1) as pool:
            for start in range(0, len(listed), step):
                part = listed[start : start + step]
                office = pool.submit(_libreoffice, calculator, book, listed, range(start, start + len(part)), progress)
                evaluations = [Evaluation(book.plan, f.inputs) for f in part]
                for filling, evaluation in zip(part, evaluations, strict=True):
                    report.failures += cases.failures(filling, book.plan, evaluation)
                expected = [exact_values(book, e, with_list=i < LISTED) for i, e in enumerate(evaluations, start)]
                _hold(report, "formulas", texts, part, expected, _library(engine, book, part))
                _hold(report, "LibreOffice", texts, part, expected, office.result())


def read_formulas(path: Path, book: Book) -> tuple[dict[Place, str], dict[Place, Value]]:
    """The formulas of a file as they stand in it, and what its other cells hold."""
    package = Package.open(path)
    texts: dict[Place, str] = {}
    constants: dict[Place, Value] = {}
    for name in (sheet.name for sheet in book.sheets if sheet.formulas or sheet.name == book.layout.design.tables.sheet):
        part = package.sheet(name)
        for at in part.addresses:
            text = part.formula(at)
            if text is not None:
                texts[name, at] = f"={text}"
            elif (value := part.value(at)) is not None:
                constants[name, at] = value
    return texts, constants


def exact_values(book: Book, evaluation: Evaluation, with_list: bool) -> dict[Place, Value]:
    """What every formula cell must show, by the exact reader."""
    layout = book.layout
    found = dict(_line_values(layout, evaluation))
    built = [tables.build(layout, evaluation)]
    if layout.plan.view.whole:
        built.append(summary.build(layout, evaluation))
    if with_list:
        built += checks.build(layout, evaluation)
    for sheet in built:
        if sheet is not None:
            found |= {(sheet.name, at): formula.value for at, formula in sheet.formulas.items()}
    return found


def _line_values(layout: Layout, evaluation: Evaluation) -> Iterator[tuple[Place, Value]]:
    for area in layout.areas:
        for line in area.lines:
            if line.formula is not None and not line.shared:
                for unit in area.units_of(line):
                    if line.constant(unit) is None:
                        yield (area.sheet, area.cell(line.key, unit)), evaluation.value(line.key, unit)
            for column, at in area.figures(line):
                figure = line.standard if column == "standard" else line.points
                if figure is not None and not isinstance(figure.value, Decimal):
                    yield (area.sheet, at), evaluation.fixed(line.key, column)


def _library(engine: Library, book: Book, listed: list[Filling]) -> list[dict[Place, object]]:
    typed: list[dict[Place, Value]] = []
    for filling in listed:
        places = ((book.layout.place(key, unit), value) for (key, unit), value in filling.inputs.items())
        typed.append({place: value for place, value in places if place is not None})
    results = engine.evaluate(typed)  # type: ignore[arg-type]
    return [{place: values[i] for place, values in results.items()} for i in range(len(listed))]


def _libreoffice(
    calculator: Calculator, book: Book, listed: list[Filling], numbers: range, progress: Progress | None
) -> list[dict[Place, object]]:
    layout = book.layout
    always = [area.sheet for area in layout.areas]
    always += [layout.design.summary.sheet] if layout.plan.view.whole else []
    always += [layout.design.tables.sheet] if book.plan.tables else []
    results: list[dict[Place, object]] = []
    for number in numbers:
        names = [*always, layout.design.checks.sheet, sheet_names.COUNTER] if number < LISTED else always
        results.append(_places(calculator.calculate(list(_typed(book, listed[number])), names)))
        if progress:
            progress(number + 1, len(listed), f"{book.plan.scheme.id} {listed[number].name}")
    return results


def _typed(book: Book, filling: Filling) -> Iterator[tuple[str, int, int, list[Any]]]:
    """What is typed into each stretch of input cells: (sheet, row from 0, column from 0, values)."""
    for area in book.layout.areas:
        cells: dict[int, dict[int, Any]] = {}
        for line in area.lines:
            if line.input is None:
                continue
            for unit in [SHARED] if line.shared else area.units_of(line):
                row, column = place_of(area.cell(line.key, unit))
                given = line.constant(unit) if unit != SHARED else None
                value = filling.inputs.get((line.key, unit)) if given is None else given
                cells.setdefault(row, {})[column] = _sent(value)
        for row, values in cells.items():
            for first, last in _stretches(sorted(values)):
                yield area.sheet, row - 1, first - 1, [values[c] for c in range(first, last + 1)]


def _sent(value: Value) -> Any:
    """A value as it goes to LibreOffice, which takes an error value only from a formula."""
    if isinstance(value, ErrorValue):
        return {"formula": ERRORS[value]}
    return float(value) if isinstance(value, Decimal) else "" if value is None else value


def _stretches(columns: list[int]) -> Iterator[tuple[int, int]]:
    start = previous = columns[0]
    for column in columns[1:]:
        if column != previous + 1:
            yield start, previous
            start = column
        previous = column
    yield start, previous


def _places(sheets: dict[str, list[list[Any]]]) -> dict[Place, object]:
    """LibreOffice gives an error as nothing, and an empty cell or text as the empty text."""
    found: dict[Place, object] = {}
    for name, rows in sheets.items():
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                found[name, address(r, c)] = SOME_ERROR if value is None else None if value == "" else value
    return found


def _hold(
    report: Report,
    engine: str,
    texts: Mapping[Place, str],
    listed: list[Filling],
    expected: list[dict[Place, Value]],
    results: list[dict[Place, object]],
) -> None:
    count = 0
    for filling, wanted, got in zip(listed, expected, results, strict=True):
        for place, value in wanted.items():
            if place not in got and place in texts:
                continue
            count += 1
            shown = got.get(place, "（没有公式）")
            if not same(value, shown):
                report.disagreements.append(Disagreement(engine, filling.name, *place, texts.get(place, ""), value, shown))
    report.cells[engine] = report.cells.get(engine, 0) + count


def same(exact: Value, shown: object) -> bool:
    """Whether an engine's value is the exact one, binary noise in the last place aside."""
    if isinstance(exact, Decimal):
        if isinstance(shown, bool) or not isinstance(shown, (int, float, Decimal)):
            return False
        return alike(decimal_of(shown), exact)
    if isinstance(exact, ErrorValue):  # the copy of a shared input on another sheet, into which one was pasted
        return shown in (exact, SOME_ERROR)
    return (exact or None) == (shown or None)
