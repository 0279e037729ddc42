"""Every bundled book, recalculated by other programs than the test suite's two: Gnumeric, IronCalc, formualizer.

Run: ``make programs``, which installs them. Two fillings of each scheme, one with error values, wildcards and brackets among what is
typed; every formula cell's old value is the blank book's. Prints what each program makes of the cells that are not as they
should be, and ends with 1 where any program but one with a known fault of its own (`KNOWN`) does not agree.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from addin.workbooks import snapshot
from generator.fillings.cases import Filling
from generator.fillings.random_filling import odd_filling, random_filling
from generator.plan.evaluation import Evaluation
from generator.scheme import library, load
from generator.sheets.book import Book, compose
from generator.value import Value
from generator.verification.compare import exact_values, same
from generator.xlsx import writer
from generator.xlsx.package import Package

Place = tuple[str, str]
SHOWN = 3
"""So many cells are shown of each book and program."""
KNOWN: dict[str, str] = {"IronCalc": 'COUNTIF over a single cell is an error: =COUNTIF(A1,"x")'}
"""Programs with a fault of their own that a book here meets: what it is, with the smallest case."""


def gnumeric(source: Path, target: Path) -> None:
    command = ["ssconvert", "--recalc", "--export-type=Gnumeric_Excel:xlsx2", str(source), str(target)]
    subprocess.run(command, check=True, capture_output=True)


def ironcalc(source: Path, target: Path) -> None:
    import ironcalc

    book = ironcalc.load_from_xlsx(str(source), "en", "UTC", "en")
    book.evaluate()
    book.save_to_xlsx(str(target))


def formualizer(source: Path, target: Path) -> None:
    import formualizer

    formualizer.recalculate_xlsx_file(str(source), str(target))


PROGRAMS: dict[str, Callable[[Path, Path], None]] = {"Gnumeric": gnumeric, "IronCalc": ironcalc, "formualizer": formualizer}


def filled(book: Book, filling: Filling) -> bytes:
    """The book with inputs typed in and every formula's value as it was."""
    package = Package(writer.to_bytes(book), "book.xlsx")
    taken = snapshot.of_package(package, "book.xlsx")
    for (key, unit), value in filling.inputs.items():
        if place := taken.place(key, unit):
            package.sheet(place[0]).set(place[1], value)
    return package.to_bytes()


def differing(wanted: dict[Place, Value], path: Path) -> list[tuple[Place, Value, Value]]:
    """The cells of a recalculated file that do not show what they should."""
    package = Package.open(path)
    found = []
    for (sheet, at), value in wanted.items():
        shown = package.sheet(sheet).value(at) if sheet in package.sheet_paths else None
        if not same(value, shown):
            found.append(((sheet, at), value, shown))
    return found


def compared(name: str, folder: Path, counts: Counter[str], wrong: Counter[str]) -> None:
    """One scheme through all programs."""
    book = compose(load.load(library.find(name)))
    for filling in (random_filling(book.plan, "programs"), odd_filling(book.plan, "programs")):
        source = folder / "book.xlsx"
        source.write_bytes(filled(book, filling))
        wanted = exact_values(book, Evaluation(book.plan, filling.inputs), with_list=False)
        for program, recalculate in PROGRAMS.items():
            target = folder / f"{program}.xlsx"
            target.unlink(missing_ok=True)
            try:
                recalculate(source, target)
                found = differing(wanted, target)
            except Exception as error:  # whatever a program says of a file that it cannot do
                print(f"{name}｜{filling.name}｜{program} cannot: {str(error).splitlines()[-1][:160]}")
                wrong[program] += 1
                continue
            counts[program] += len(wanted)
            wrong[program] += len(found)
            for (sheet, at), value, shown in found[:SHOWN]:
                text = Package.open(source).sheet(sheet).formula(at) or ""
                print(f"{name}｜{filling.name}｜{program}｜{sheet}!{at} should be {value}, is {shown}　={text[:200]}")
            if len(found) > SHOWN:
                print(f"    … {len(found)} cells")


def main(names: list[str]) -> int:
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in names or sorted(library.ids()):
            compared(name, Path(folder), counts, wrong)
    for program in PROGRAMS:
        known = f" ({KNOWN[program]})" if program in KNOWN else ""
        print(f"{program}: {counts[program]} cells, {wrong[program]} not as they should be{known}")
    return int(any(wrong[program] for program in PROGRAMS if program not in KNOWN))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
