"""How long recomputing and checking a book take, beside two engines that calculate the same file.

Run: ``make bench``. Medians and ratios of runs in turn. ``formulas`` is the library's own ExcelModel on the whole file;
formualizer is measured where it is installed (``pip install formualizer``). Not a test: nothing fails here.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from addin import actions
from addin.workbooks import repair
from generator.scheme import load
from generator.sheets.book import compose
from generator.xlsx import writer
from generator.xlsx.package import Package

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
ROUNDS = 21
MODEL = """
import contextlib, io, logging, sys, time
{imports}
logging.disable(logging.CRITICAL)
start = time.perf_counter()
with contextlib.redirect_stderr(io.StringIO()):
    import formulas
    formulas.ExcelModel().loads(sys.argv[1]).finish().calculate()
print(time.perf_counter() - start)
"""
CHECK = """
import sys, time
from pathlib import Path
from addin import actions
{imports}
start = time.perf_counter()
actions.check(Path(sys.argv[1]), by_formulas=True)
print(time.perf_counter() - start)
"""
LIBRARY_LOADED = "import formulas; formulas.get_functions(); formulas.ExcelModel"


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
    repair.recompute(package, "book.xlsx", who="bench")
    return package.to_bytes()


def fresh(code: str, imports: str, book: Path) -> tuple[float, float]:
    """Seconds that a piece of work takes in a process of its own, and those of the whole process."""
    start = time.perf_counter()
    command = [sys.executable, "-c", code.format(imports=imports), str(book)]
    inside = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return inside, time.perf_counter() - start


def of_size(indicators: int, units: int) -> bytes:
    """A book of so many ratio indicators and units, filled in at random, its values not computed."""
    names = ", ".join(f"单位{u + 1}" for u in range(units))
    lines = "".join(f"- {{id: {i + 1}, name: 指标{i + 1}, points: 1, rule: ratio, target: {i % 9 + 1}}}\n" for i in range(indicators))
    head = f"scheme: size\ntitle: 规模\nplace: 某县\nyear: 2024\nsource: {{document: 某文}}\nfull_marks: {indicators}\n"
    file = load.loads(f"{head}units: [{names}]\nindicators:\n{lines}")
    blank = compose(file)
    dice = random.Random(1)
    package = Package(writer.to_bytes(blank))
    for line in blank.plan.inputs:
        for unit in range(units):
            place = blank.layout.place(line.key, unit)
            assert place
            package.sheet(place[0]).set(place[1], Decimal(dice.randint(0, 120)) / 10)
    return package.to_bytes()


def growth() -> None:
    """Time per cell as books grow: about the same where the time grows linearly."""
    for indicators, units in ((48, 13), (96, 25), (193, 50), (386, 100)):
        data = of_size(indicators, units)
        [taken] = medians(3, partial(ours, data))
        cells = indicators * units
        print(f"{indicators:4} indicators × {units:3} units: {taken:6.2f} s, {taken / cells * 1e6:5.0f} µs for each indicator and unit")


def main() -> None:
    if "--quick" not in sys.argv:
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
            beside_the_model(filled, own)


def beside_the_model(filled: Path, recompute: float) -> None:
    """ExcelModel in fresh processes, beside recompute and ``check --formulas``, with the library's imports and without."""
    filled.write_bytes(ours(filled.read_bytes()))
    for imports, words in (("", "its imports included"), (LIBRARY_LOADED, "formulas imported before")):
        runs = [(fresh(MODEL, imports, filled), fresh(CHECK, imports, filled)) for _ in range(3)]
        model, check = (statistics.median(run[i][0] for run in runs) for i in (0, 1))
        print(f"formulas.ExcelModel {model:.1f} ({words}): {model / recompute:.0f} times recompute, ", end="")
        print(f"{model / check:.0f} times check --formulas ({check:.2f}, first in its process)")
        model, check = (statistics.median(run[i][1] for run in runs) for i in (0, 1))
        print(f"  … whole processes, Python's start and our own imports included: {model:.1f} and {check:.2f}, {model / check:.0f} times")


if __name__ == "__main__":
    main()
