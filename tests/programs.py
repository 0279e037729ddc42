"""Every bundled book, recalculated by other programs than the test suite's two: Gnumeric, IronCalc, formualizer.

Run: ``make programs``, which installs them. The office's book of each scheme, one of its departments' and one of its units'; two
fillings of each, one with error values, wildcards, brackets and 400 digits in every kind of input cell; every
formula cell's old value is the blank book's. Prints what each program makes of the cells that are not as they should be, and
ends with 1 where that is not by a known fault of the program's own (`KNOWN`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from addin.workbooks import snapshot
from generator.fillings.cases import Filling
from generator.fillings.random_filling import odd_filling, random_filling
from generator.layout.addresses import place_of
from generator.plan.evaluation import Evaluation
from generator.plan.planner import make_plan
from generator.plan.selection import selected, views
from generator.plan.view import Kind
from generator.scheme import library, load
from generator.sheets.book import Book, compose
from generator.value import Value
from generator.verification.compare import exact_values, same
from generator.xlsx import writer
from generator.xlsx.package import Package

Place = tuple[str, str]
Found = list[tuple[Place, Value, Value]]
REFERENCE = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[^\s!'(),;:+*/&<>=^-]+)!)?(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d*)(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d*))?(?![\w(])"
)
SHOWN = 3
"""So many cells are shown of each book and program."""
KNOWN: dict[str, tuple[str, re.Pattern[str]]] = {
    "Gnumeric": ("INDEX over a single cell is an error: =INDEX(A1:A1,1)", re.compile(r"INDEX\((\$?[A-Z]+\$?\d+):\1,")),
    "IronCalc": ('COUNTIF over a single cell is an error: =COUNTIF(A1,"x")', re.compile(r"COUNTIF\(\$?[A-Z]+\$?\d+,")),
}
"""Programs with a fault of their own that a book here meets: what it is, with the smallest case, and formulas that meet it. What
looks at a cell that is wrong for it is wrong for it too."""


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


def differing(wanted: dict[Place, Value], path: Path) -> Found:
    """The cells of a recalculated file that do not show what they should."""
    package = Package.open(path)
    found = []
    for (sheet, at), value in wanted.items():
        shown = package.sheet(sheet).value(at) if sheet in package.sheet_paths else None
        if not same(value, shown):
            found.append(((sheet, at), value, shown))
    return found


def books_of(name: str) -> Iterator[tuple[str, Book]]:
    """The books of a scheme that are compared, with what each is called."""
    file = load.load(library.find(name))
    plan = make_plan(file.scheme)
    yield name, compose(file, plan=plan)
    for kind in (Kind.DEPARTMENT, Kind.UNIT):
        for view in views(file.scheme, kind)[:1]:
            yield f"{name}｜{view.who}", compose(file, plan=selected(plan, view))


def unexplained(program: str, source: Package, found: Found) -> Found:
    """What differs for no known fault: neither the cell's own formula nor a cell that it looks at, near or far, has it."""
    if program not in KNOWN:
        return found
    _, fault = KNOWN[program]
    texts = {place: source.sheet(place[0]).formula(place[1]) or "" for place, *_ in found}
    excused = {place for place, text in texts.items() if fault.search(text)}
    while more := {place for place, text in texts.items() if place not in excused and _looks_at(text, place[0], excused)}:
        excused |= more
    return [one for one in found if one[0] not in excused]


def _looks_at(text: str, own: str, cells: set[Place]) -> bool:
    """Whether a formula looks at any of some cells."""
    for match in REFERENCE.finditer("".join(text.split('"')[::2])):
        sheet = (match["sheet"] or "").strip("'").replace("''", "'") or own
        top, left = place_of(match["first"].replace("$", ""))
        bottom, right = place_of((match["last"] or match["first"]).replace("$", ""))
        for name, at in cells:
            row, column = place_of(at)
            if name == sheet and top <= row <= bottom and left <= column <= right:
                return True
    return False


def compared(name: str, book: Book, folder: Path, counts: Counter[str], wrong: Counter[str], known: Counter[str]) -> None:
    """One book through all programs."""
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
            known[program] += len(found)
            found = unexplained(program, Package.open(source), found)
            known[program] -= len(found)
            wrong[program] += len(found)
            for (sheet, at), value, shown in found[:SHOWN]:
                text = Package.open(source).sheet(sheet).formula(at) or ""
                print(f"{name}｜{filling.name}｜{program}｜{sheet}!{at} should be {value}, is {shown}　={text[:200]}")
            if len(found) > SHOWN:
                print(f"    … {len(found)} cells")


def main(names: list[str]) -> int:
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    known: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in names or sorted(library.ids()):
            for title, book in books_of(name):
                compared(title, book, Path(folder), counts, wrong, known)
    for program in PROGRAMS:
        own = f", and {known[program]} for its own fault ({KNOWN[program][0]})" if program in KNOWN else ""
        print(f"{program}: {counts[program]} cells, {wrong[program]} not as they should be{own}")
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
