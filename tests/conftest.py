"""Shared fixtures: the bundled schemes and their books, each built when it is first asked for.

`make test` runs them in several processes at once; modules whose tests share an open LibreOffice or a costly fixture keep
to one process by their mark ``xdist_group``. What a whole run shares are files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny
from hypothesis import settings

from addin import actions
from generator import office
from generator.plan.planner import make_plan
from generator.scheme import library, load
from generator.scheme.load import SchemeFile
from generator.sheets.book import Book, compose
from generator.xlsx import writer

os.environ.setdefault("SCOREBOOK_DATA", os.path.join(tempfile.gettempdir(), "scorebook-tests"))  # not what this user has set
ALL = sorted(library.ids())
PANSHAN = [name for name in ALL if name.startswith("panshan-")]
DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"
_FILES: dict[str, SchemeFile] = {}
_BOOKS: dict[str, Book] = {}


def file_of(name: str) -> SchemeFile:
    """A bundled scheme, read once."""
    if name not in _FILES:
        _FILES[name] = load.load(library.ids()[name])
    return _FILES[name]


def book_of(name: str) -> Book:
    """The blank book of a bundled scheme, composed once, not to be changed."""
    if name not in _BOOKS:
        _BOOKS[name] = compose(file_of(name))
    return _BOOKS[name]


# How long an example takes says something of the machine only. The suite tries the same examples each time, `make fuzz` others.
settings.register_profile("scorebook", deadline=None, derandomize="SCOREBOOK_FUZZ" not in os.environ)
settings.load_profile("scorebook")


class Books(dict[str, Path]):
    """Workbooks on disk by scheme, made on demand, once for all processes of the run. make: writes a book to a path."""

    def __init__(self, folder: Path, make: Callable[[str, Path], object]) -> None:
        super().__init__()
        self.folder, self.make = folder, make

    def __missing__(self, name: str) -> Path:
        self[name] = path = self.folder / f"{name}.xlsx"
        if not path.exists():  # two processes may both make it; the bytes are the same
            with tempfile.TemporaryDirectory(dir=self.folder) as own:
                self.make(name, Path(own) / path.name)
                (Path(own) / path.name).replace(path)
        return path


def shared_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all processes of the run have in common."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def blank_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The blank scoring book of every bundled scheme."""
    return Books(shared_folder(tmp_path_factory, "books"), lambda name, path: writer.write(book_of(name), path))


@pytest.fixture(scope="session")
def filled_books(tmp_path_factory: pytest.TempPathFactory, blank_books: dict[str, Path]) -> dict[str, Path]:
    """Every book filled in and recomputed: with its demonstration figures where it has some, else with the like."""

    def make(name: str, path: Path) -> None:
        demo = DEMO / f"{library.ids()[name].stem}.values.yaml"
        if name in PANSHAN:
            actions.fill(blank_books[name], demo, path)
            actions.recompute(path, path)
        else:
            plan = make_plan(file_of(name).scheme)
            writer.write(compose(file_of(name), tiny.sensible(plan), plan=plan), path)

    return Books(shared_folder(tmp_path_factory, "filled"), make)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice must be there: a missing engine is a failure, not a skip."""
    return office.program()
