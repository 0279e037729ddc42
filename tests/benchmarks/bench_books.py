"""How long a book takes to generate and to score, beside a bare openpyxl loop that writes the same cells and styles.

Run: ``make bench``. Everything is measured in one process, in turn, and the medians are compared: machines are noisy,
ratios are not. Not a test: nothing fails here.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl

from addin import actions
from generator.scheme import library, load
from generator.sheets.book import compose
from generator.xlsx import writer

ROUNDS = 7
DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"


def bare_loop(model: openpyxl.Workbook) -> bytes:
    """Write every cell of a workbook again, with its style, and nothing else."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name in ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles"):
        setattr(made, name, getattr(model, name))
    for sheet in model.worksheets:
        target = made.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                twin = target.cell(cell.row, cell.column, cell.value)
                twin._style = cell._style
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def generate(path: Path) -> bytes:
    return writer.to_bytes(compose(load.load(path)))


def main() -> None:
    print(f"{'scheme':28} {'cells':>7} {'generate':>9} {'bare loop':>10} {'ratio':>6} {'score':>8}   medians of {ROUNDS}, seconds")
    filled_ones = {f"panshan-2019-{path.name.split('.')[0]}": path for path in DEMO.glob("*.values.yaml")}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in sorted(library.ids().items()):
            file = load.load(path)
            book = writer.to_bytes(compose(file))
            model = openpyxl.load_workbook(io.BytesIO(book))
            cells = sum(1 for s in model.worksheets for row in s.iter_rows() for c in row if c.value is not None or c.has_style)
            filled = Path(folder) / f"{name}.xlsx"
            filled.write_bytes(book)
            if name in filled_ones:
                actions.fill(filled, filled_ones[name])
            made, bare, scored = [], [], []
            for _ in range(ROUNDS):
                made.append(seconds(partial(generate, path)))
                bare.append(seconds(partial(bare_loop, model)))
                scored.append(seconds(partial(actions.score, filled)))
            one, other, third = (statistics.median(times) for times in (made, bare, scored))
            print(f"{name:28} {cells:7} {one:9.3f} {other:10.3f} {one / other:6.2f} {third:8.3f}")


if __name__ == "__main__":
    main()
