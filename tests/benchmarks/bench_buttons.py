"""What a click costs in Python, besides the spreadsheet program's own time.

Run: ``make bench``. The 34-department book, open in LibreOffice; every call over UNO is timed and taken off the total.
Seconds of the processor, which other programs on the machine do not stretch; beside them what the click took in all.
Not a test: nothing fails here. ``bench_buttons.counted`` also serves the tests.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin import actions, buttons
from addin.engines import adapter, libreoffice
from addin.live import desk

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
ROUNDS = 9


class Clock:
    """How long calls over UNO took, those within others not counted twice."""

    def __init__(self) -> None:
        self.spent, self.depth = 0.0, 0

    def timed(self, work: Any) -> Any:
        """Do some work and add its time."""
        self.depth += 1
        start = time.process_time()
        try:
            return work()
        finally:
            self.depth -= 1
            if not self.depth:
                self.spent += time.process_time() - start


class Timed:
    """Stands before a UNO object; whatever is asked of it, and of what it gives, is timed."""

    def __init__(self, target: Any, clock: Clock) -> None:
        object.__setattr__(self, "_target", target)
        object.__setattr__(self, "_clock", clock)

    def __getattr__(self, name: str) -> Any:
        found = self._clock.timed(lambda: getattr(self._target, name))
        if callable(found):
            return lambda *given: wrapped(self._clock.timed(lambda: found(*map(bare, given))), self._clock)
        return wrapped(found, self._clock)


def wrapped(found: Any, clock: Clock) -> Any:
    """UNO objects behind a `Timed`; anything else as it is."""
    if isinstance(found, tuple):
        return tuple(wrapped(one, clock) for one in found) if any(type(one).__name__ == "pyuno" for one in found) else found
    return Timed(found, clock) if type(found).__name__ == "pyuno" and hasattr(found, "queryInterface") else found


def bare(given: Any) -> Any:
    """What stands behind a `Timed`."""
    if isinstance(given, tuple):
        return tuple(map(bare, given))
    return given._target if isinstance(given, Timed) else given


class Silent:
    """Dialogs that nobody sees."""

    def tell(self, *_: Any) -> None:
        pass

    def ask(self, *_: Any) -> bool:
        return False


def main() -> None:
    desk.dialogs = Silent()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SCOREBOOK_DATA"] = folder
        [blank] = actions.generate(["panshan-2019-departments"], Path(folder))
        filled = Path(folder) / "departments.xlsx"
        actions.fill(blank, DEMO / "departments.values.yaml", filled)
        actions.recompute(filled, filled)
        app = libreoffice.start()
        try:
            measure(app, filled)
        finally:
            app.quit()


def measure(app: Any, filled: Path) -> None:
    """Click on a book as it is opened, again with nothing to do, and after somebody wrote over formulas."""
    clock = Clock()
    office = app.impl.office
    office.desktop, office.context = Timed(office.desktop, clock), Timed(office.context, clock)
    book = app.books.open(str(filled))
    summary = book.sheets["汇总"]
    adapter.unprotect(summary)

    def tamper() -> None:
        summary["H5"].value = summary["I9"].value = summary["G12"].value = 99

    works: list[tuple[str, Callable[[], None], Callable[[], None], int]] = [
        ("重算, first click in this process", buttons.recompute, lambda: None, 1),
        ("重算, nothing to change", buttons.recompute, lambda: None, ROUNDS),
        ("重算, three formulas written over", buttons.recompute, tamper, ROUNDS),
        ("检查", buttons.check, lambda: None, ROUNDS),
    ]
    for name, work, before, rounds in works:
        own, whole = [], []
        for _ in range(rounds):
            before()
            clock.spent, start, began = 0.0, time.process_time(), time.perf_counter()
            work()
            whole.append(time.perf_counter() - began)
            own.append(time.process_time() - start - clock.spent)
        print(f"{name}: {statistics.median(own):.3f} s of Python ({min(own):.3f} at best), {statistics.median(whole):.3f} s in all")


if __name__ == "__main__":
    main()
