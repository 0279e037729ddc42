"""What a command imports: starting takes most of the time of the short ones, and imports take most of starting.

Requirements: help, the list and the scores of a book come without openpyxl, lxml, the builder of the add-in, xlwings and
the formulas library. The list does not read the schemes that come along, and says of them what it would if it did.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.scheme import library, listed, load

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


def test_the_written_list_is_that_of_now() -> None:
    bundled = [path for _, path in sorted(library.ids().items()) if path.is_relative_to(library.SCHEMES)]
    assert listed.written(bundled) == listed.WRITTEN.read_text(encoding="utf-8"), "run: python docs/scheme_list.py"


def test_the_list_reads_no_scheme_that_it_knows() -> None:
    assert heavy_imports(["list"], ["yaml", "pydantic", "generator.scheme.model"]) == "imported: []"


def test_the_list_says_what_stands_in_the_schemes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written down is what comes out of reading each file; one that has changed is read."""
    known = [one for one in listed.all_schemes() if isinstance(one, listed.Listed)]
    one = library.find("panshan-2019-parks")
    changed = load.load(one).text.replace("title: ", "title: 改过的", 1)
    (tmp_path / "own.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(tmp_path))
    [own] = [row for row in listed.all_schemes() if isinstance(row, listed.Listed) and row.title.startswith("改过的")]
    assert own.scheme == "panshan-2019-parks"
    monkeypatch.delenv(library.FOLDERS_VARIABLE)
    monkeypatch.setattr(listed, "WRITTEN", tmp_path / "nothing.json")
    assert [*listed.all_schemes()] == known


def test_score(filled_books: dict[str, Path]) -> None:
    assert heavy_imports(["score", str(filled_books["panshan-2019-parks"])], HEAVY) == "imported: []"


def test_scores_wait_for_nothing_that_checks_or_writes(filled_books: dict[str, Path]) -> None:
    others = ["addin.workbooks.audit", "addin.workbooks.repair", "generator.sheets.book", "generator.fillings", "generator.plan.options"]
    assert heavy_imports(["score", str(filled_books["panshan-2019-parks"])], others) == "imported: []"
