"""How long recomputing a book takes, beside two engines that calculate the same file.

Run: ``make bench``. One process, in turn, medians and ratios. ``formulas`` is the library's own ExcelModel on the whole
file; formualizer is measured where it is installed (``pip install formualizer``). Not a test: nothing fails here.
"""

from __future__ import annotations

import io
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

from addin import actions, recomputing
from generator.package import Package

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
ROUNDS = 7


def median(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        [book] = actions.generate(["panshan-2019-departments"], Path(folder))
        filled = Path(folder) / "departments.xlsx"
        actions.fill(book, DEMO / "departments.values.yaml", filled)
        data = filled.read_bytes()
        own = median(lambda: ours(data), ROUNDS)
        print(f"34 departments, seconds: recompute {own:.3f} (median of {ROUNDS})")
        try:
            import formualizer
        except ModuleNotFoundError:
            print("formualizer is not installed; pip install formualizer to compare")
        else:
            other = median(lambda: formualizer.recalculate_xlsx_file(str(filled), str(Path(folder) / "f.xlsx")), ROUNDS)
            print(f"formualizer.recalculate_xlsx_file {other:.3f}: {other / own:.1f} times ours")
        if "--quick" not in sys.argv:
            library = median(lambda: excel_model(filled), 1)
            print(f"formulas.ExcelModel {library:.1f} (one run): {library / own:.0f} times ours")


if __name__ == "__main__":
    main()
