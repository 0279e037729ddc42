"""The rooms of the house: each uses only rooms below it, which `make lint` checks.

Requirements: an import upwards fails the check, also one for types alone, and so does a room that has no place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
TREE = Path("generator/tree/exact.py")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code that may be changed."""
    for package in ("addin", "generator"):
        shutil.copytree(TOP / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    return tmp_path


def check(house: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def test_the_house_stands(house: Path) -> None:
    code, said = check(house)
    assert code == 0, said


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param("import generator.sheets.book\n", id="at run time"),
        pytest.param("if TYPE_CHECKING:\n    from generator.plan.plan import Plan\n", id="for types"),
        pytest.param("def late() -> None:\n    import addin.actions\n", id="in a function"),
    ],
)
def test_an_import_upwards(house: Path, planted: str) -> None:
    file = house / TREE
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{planted}", encoding="utf-8")
    code, said = check(house)
    assert code == 1
    assert "generator.tree.exact -> " in said


def test_a_room_without_a_place(house: Path) -> None:
    (house / "generator" / "attic.py").write_text("", encoding="utf-8")
    code, said = check(house)
    assert code == 1
    assert "attic" in said
