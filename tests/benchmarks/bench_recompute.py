"""How long recomputing a book takes, beside two engines that calculate the same file.

Run: ``make bench``. One process, in turn, medians and ratios. ``formulas`` is the library's own ExcelModel on the whole
file; formualizer is measured where it is installed (``pip install formualizer``). Not a test: nothing fails here.
"""

from __future__ import annotations

import io
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from decimal import Decimal
from pathlib import Path

from addin import actions, recomputing
from generator import scheme, workbook
from generator.package import Package

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
ROUNDS = 21


def medians(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Each work in turn, round after round, so that a machine that slows down slows them all."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def ours(data: bytes) -> bytes:
    """Open, restore, recompute everything, write."""
    package = Package(data, "book.xlsx")
    recomputing.recompute(package, "book.xlsx", who="bench")
    return package.to_bytes()


def excel_model(path: Path) -> None:
    """What the formulas library offers for a whole file."""
    import formulas

    logging.disable(logging.CRITICAL)
    with redirect_stderr(io.StringIO()):
        formulas.ExcelModel().loads(str(path)).finish().calculate()


def of_size(indicators: int, units: int) -> bytes:
    """A book of so many ratio indicators and units, filled in at random, its values not computed."""
    names = ", ".join(f"单位{u + 1}" for u in range(units))
    lines = "".join(f"- {{id: {i + 1}, name: 指标{i + 1}, points: 1, rule: ratio, target: {i % 9 + 1}}}\n" for i in range(indicators))
    head = f"scheme: size\ntitle: 规模\nplace: 某县\nyear: 2024\nsource: {{document: 某文}}\nfull_marks: {indicators}\n"
    file = scheme.loads(f"{head}units: [{names}]\nindicators:\n{lines}")
    blank = workbook.compose(file)
    dice = random.Random(1)
    package = Package(workbook.to_bytes(blank))
    sheet = package.sheet(blank.layout.sheet)
    for line in blank.plan.inputs:
        for unit in range(units):
            sheet.set(blank.layout.cell(line.key, unit), Decimal(dice.randint(0, 120)) / 10)
    return package.to_bytes()


def growth() -> None:
    """Time per cell as books grow: about the same where the time grows linearly."""
    for indicators, units in ((48, 13), (96, 25), (193, 50), (386, 100)):
        data = of_size(indicators, units)
        [taken] = medians(3, lambda data=data: ours(data))
        cells = indicators * units
        print(f"{indicators:4} indicators × {units:3} units: {taken:6.2f} s, {taken / cells * 1e6:5.0f} µs for each indicator and unit")


def main() -> None:
    growth()
    with tempfile.TemporaryDirectory() as folder:
        [book] = actions.generate(["panshan-2019-departments"], Path(folder))
        filled = Path(folder) / "departments.xlsx"
        actions.fill(book, DEMO / "departments.values.yaml", filled)
        data = filled.read_bytes()
        try:
            import formualizer
        except ModuleNotFoundError:
            [own] = medians(ROUNDS, lambda: ours(data))
            print("formualizer is not installed; pip install formualizer to compare")
        else:
            target = str(Path(folder) / "f.xlsx")
            own, other = medians(ROUNDS, lambda: ours(data), lambda: formualizer.recalculate_xlsx_file(str(filled), target))
            print(f"formualizer.recalculate_xlsx_file {other:.3f}: {other / own:.2f} times ours")
        print(f"34 departments, seconds: recompute {own:.3f} (medians of {ROUNDS}, in turn)")
        if "--quick" not in sys.argv:
            [library] = medians(1, lambda: excel_model(filled))
            print(f"formulas.ExcelModel {library:.1f} (one run): {library / own:.0f} times ours")


if __name__ == "__main__":
    main()
