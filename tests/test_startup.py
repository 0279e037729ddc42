"""What a command imports: starting takes most of the time of the short ones, and imports take most of starting.

Requirements: help, the list and the scores of a book come without openpyxl, lxml, the builder of the add-in, xlwings and
the formulas library.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
HEAVY = ["openpyxl", "lxml", "numpy", "xlwings", "formulas", "schedula", "distributed", "multiprocessing", "addin.packaging"]
SCRIPT = """
import sys
from addin.cli import run
code = run(sys.argv[2:])
print("imported:", [name for name in sys.argv[1].split() if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def heavy_imports(arguments: list[str], heavy: list[str]) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, " ".join(heavy), *arguments], capture_output=True, text=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    return done.stderr.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="help"),
        pytest.param(["recompute", "--help"], id="help of one"),
        pytest.param(["addin", "--help"], id="help of addin"),
        pytest.param(["list"], id="list"),
    ],
)
def test_no_workbook(arguments: list[str]) -> None:
    assert heavy_imports(arguments, HEAVY) == "imported: []"


def test_help_knows_no_schemes() -> None:
    assert heavy_imports(["--help"], ["pydantic", "yaml", "generator.scheme.model"]) == "imported: []"


def test_score(filled_books: dict[str, Path]) -> None:
    assert heavy_imports(["score", str(filled_books["panshan-2019-parks"])], HEAVY) == "imported: []"
