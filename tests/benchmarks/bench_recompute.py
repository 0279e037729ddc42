"""How long recomputing and checking a book take, beside other engines that calculate the same file.

Run: ``make bench``, which installs them. Engines take turns, each run in a process of its own; what counts is the
processor time of the work without the imports, the median of the runs, and the ratio to ours. ``formulas`` is the
library's own ExcelModel on the whole file. Not a test: nothing fails here.
"""

from __future__ import annotations

import random
import resource
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
from addin.workbooks import repair, snapshot
from generator.fillings.random_filling import random_filling
from generator.plan.planner import make_plan
from generator.scheme import library, load
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
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
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


SIZES = {(48, 13): 9, (193, 50): 3, (386, 100): 3}
"""Indicators and units of the books that are recomputed, and how often."""
WORK = """
import sys, time
from pathlib import Path
source, target, small = map(Path, sys.argv[1:])
{imports}
def work(source, target):
    {work}
work(small, target)
start, began = time.process_time(), time.perf_counter()
work(source, target)
print(time.process_time() - start, time.perf_counter() - began)
"""
OURS = "from addin import actions\nfrom addin.garbage import collection_seldom"
"""What the command and the buttons import, who work like this."""
ENGINES = {
    "ours": (OURS, "with collection_seldom():\n        actions.recompute(source, target)"),
    "formualizer": ("import formualizer", "formualizer.recalculate_xlsx_file(str(source), str(target))"),
    "IronCalc": (
        "import ironcalc",
        "book = ironcalc.load_from_xlsx(str(source), 'en', 'UTC', 'en')\n"
        "    book.evaluate()\n    target.unlink(True)\n    book.save_to_xlsx(str(target))",
    ),
}
CHECKED = (OURS, "with collection_seldom():\n        actions.check(source)")
LARGE = "zhengzhou-2020-gov-service-reform"


class Cannot(Exception):
    """An engine that does not do this book; the message is its own last line."""


def timed(engine: tuple[str, str], source: Path, target: Path) -> tuple[float, float]:
    """Seconds of processor and of waiting that a piece of work takes in a process that has done the same with another, very
    small book: what an engine imports and sets up once a process is left out."""
    imports, work = engine
    small = source.with_name("small.xlsx")
    if not small.exists():
        small.write_bytes(of_size(1, 2))
    command = [sys.executable, "-c", WORK.format(imports=imports, work=work), str(source), str(target), str(small)]
    target.unlink(missing_ok=True)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Cannot((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:160])
    processor, wall = map(float, done.stdout.split())
    return processor, wall


def in_turn(engines: dict[str, tuple[str, str]], rounds: int, source: Path, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """The runs of each engine that can do it, round after round, so that a machine that slows down slows them all."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name in [*runs]:
            try:
                runs[name].append(timed(engines[name], source, folder / f"{name}.xlsx"))
            except Cannot as error:
                print(f"    {name} cannot: {error}")
                del runs[name]
    return runs


def side_by_side() -> None:
    """Books whose values are all stale, recomputed and written: ours, formualizer, IronCalc."""
    print("recomputing a book whose values are all stale, to the written file; seconds of processor, medians in turn")
    for (indicators, units), rounds in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "stale.xlsx"
            source.write_bytes(of_size(indicators, units))
            print(f"  {indicators} indicators × {units} units, {rounds} runs each")
            runs = in_turn(ENGINES, rounds, source, Path(folder))
            own = [processor for processor, _ in runs["ours"]]
            for name, found in runs.items():
                ratios = statistics.median(processor / ours for (processor, _), ours in zip(found, own, strict=True))
                median, wall = (statistics.median(run[i] for run in found) for i in (0, 1))
                other = f", {ratios:.2f} times ours; {agreement(Path(folder), name)}" if name != "ours" else ""
                print(f"    {name:12} {median:7.3f} (waiting {wall:.3f}){other}")


def agreement(folder: Path, engine: str) -> str:
    """How many of the values that an engine wrote are ours."""
    ours, theirs = (Package.open(folder / f"{name}.xlsx") for name in ("ours", engine))
    same = different = 0
    for name in ours.sheet_paths:
        mine, other = ours.sheet(name), theirs.sheet(name)
        for at in (at for _, cells in mine.rows() for _, at in cells):
            if mine.formula(at) is not None:
                one, two = mine.value(at), other.value(at)
                close = (
                    abs(one - two) < Decimal("1e-6")
                    if isinstance(one, Decimal) and isinstance(two, Decimal)
                    else (one or "") == (two or "")
                )
                same, different = same + close, different + (not close)
    return f"{same} values as ours, {different} not"


def large() -> None:
    """Check and recompute of the largest bundled book, filled in."""
    file = load.load(library.find(LARGE))
    plan = make_plan(file.scheme)
    filling = random_filling(plan, "bench")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stale, right = folder / "stale.xlsx", folder / "right.xlsx"
        package = Package(writer.to_bytes(compose(file, plan=plan)), "stale.xlsx")
        taken = snapshot.of_package(package, "stale.xlsx")
        for (key, unit), value in filling.inputs.items():
            if place := taken.place(key, unit):
                taken.sheets[place[0]].part.set(place[1], value)
        stale.write_bytes(package.to_bytes())
        actions.recompute(stale, right)
        checks = in_turn({"check": CHECKED}, 3, right, folder)["check"]
        repairs = in_turn({"recompute": ENGINES["ours"]}, 3, stale, folder)["recompute"]
        cells = sum(len(cells) for sheet in package.sheet_paths for _, cells in package.sheet(sheet).rows())
        print(f"{LARGE}, {cells} cells; seconds of processor, medians of 3:", end=" ")
        print(f"check {statistics.median(p for p, _ in checks):.2f}, recompute {statistics.median(p for p, _ in repairs):.2f}")


def start_up() -> None:
    """Whole processes of the short commands, beside a Python that does nothing and one that loads what draws the help."""
    with tempfile.TemporaryDirectory() as folder:
        [book] = actions.generate(["panshan-2019-parks"], Path(folder))
        scorebook = "import sys; from addin.cli import main; main()"
        commands = {
            "Python itself": ["pass"],
            "its libraries": ["import typer, rich.console, rich.table, pydantic, yaml"],
            "--help": [scorebook, "--help"],
            "list": [scorebook, "list"],
            "score": [scorebook, "score", str(book)],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, arguments in commands.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run([sys.executable, "-c", *arguments], stdout=subprocess.DEVNULL, check=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                taken[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"starting up, seconds of processor of whole processes, medians of {ROUNDS} in turn:", end=" ")
    print(", ".join(f"{name} {statistics.median(times):.2f}" for name, times in taken.items()))


def main() -> None:
    start_up()
    large()
    side_by_side()
    with tempfile.TemporaryDirectory() as folder:
        [book] = actions.generate(["panshan-2019-departments"], Path(folder))
        filled = Path(folder) / "departments.xlsx"
        actions.fill(book, DEMO / "departments.values.yaml", filled)
        data = filled.read_bytes()
        runs = in_turn(ENGINES, 9, filled, Path(folder))
        own = statistics.median(processor for processor, _ in runs["ours"])
        words = (f"{name} {(p := statistics.median(t for t, _ in found)):.3f} ({p / own:.2f})" for name, found in runs.items())
        print(f"34 departments, first in its process, seconds of processor (and times ours): {', '.join(words)}")
        [again] = medians(ROUNDS, partial(ours, data))
        print(f"34 departments again in the same process: recompute {again:.3f} (median of {ROUNDS})")
        beside_the_model(filled, again)


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
