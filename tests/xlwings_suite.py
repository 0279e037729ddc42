"""Runs xlwings' own tests over the LibreOffice engine: ``python tests/xlwings_suite.py CHECKOUT [pytest arguments…]``.

CHECKOUT is a checkout of https://github.com/xlwings/xlwings. Its tests make an ``xw.App`` each, which the active engine
starts; they run against the xlwings that is installed. Prints every test that did not pass with the last line of why, and
the counts by file. docs/libreoffice-engine.md says what to expect.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from addin.engines import libreoffice

FILES = ("active", "app", "book", "characters", "chunking", "conversion", "fileformats", "font", "names", "ndim", "range", "shape", "sheet")
"""The test files that drive a spreadsheet program and are no matter of one licence, platform or product."""


class Outcomes:
    """A pytest plugin that keeps what became of each test."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.others: list[tuple[str, str, str]] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            self._add(report.nodeid, "failed" if report.failed else report.outcome, report)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._add(report.nodeid, "not collected", report)

    def _add(self, test: str, outcome: str, report: Any) -> None:
        file, _, name = test.partition("::")
        self.counts[Path(file).name][outcome] += 1
        if outcome != "passed":
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            lines = [line for line in why.splitlines() if line.startswith("E ")] or why.splitlines()[-1:]
            self.others.append((f"{Path(file).name}::{name}", outcome, lines[0].removeprefix("E").strip() if lines else ""))

    def print(self) -> None:
        for test, outcome, why in self.others:
            print(f"{outcome:8} {test}\n         {why}")
        print()
        for file, counts in sorted(self.counts.items()):
            print(f"{file:24} " + ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())))
        total = sum(self.counts.values(), Counter[str]())
        print("total:                   " + ", ".join(f"{number} {outcome}" for outcome, number in sorted(total.items())))


def main(checkout: str, *arguments: str) -> int:
    """Run the tests. Gives 0 when the engine's LibreOffice could be started at all: some failures are expected."""
    engine = libreoffice.register()
    outcomes = Outcomes()
    root = Path(checkout).resolve()
    chosen = [argument for argument in arguments if argument.endswith(".py") or "::" in argument]
    files = [] if chosen else [str(root / "tests" / f"test_{name}.py") for name in FILES]
    options = ["--rootdir", str(root), "-c", str(root / "tests" / "pytest.ini"), "-o", "addopts=", "-q", "--no-header", "--tb=short"]
    code = pytest.main(
        [*options, "-p", "no:cacheprovider", "--no-summary", "--continue-on-collection-errors", *files, *arguments], plugins=[outcomes]
    )
    for app in list(engine.apps):
        app.kill()
    outcomes.print()
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
