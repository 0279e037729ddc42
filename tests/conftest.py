"""Shared fixtures: the bundled schemes and their books, each built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tiny

from addin import actions
from generator import office
from generator.plan.planner import make_plan
from generator.scheme import library, load
from generator.scheme.load import SchemeFile
from generator.sheets.book import Book, compose
from generator.xlsx import writer

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


class Books(dict[str, Path]):
    """Workbooks on disk by scheme, made on demand."""

    def __init__(self, make: Callable[[str], Path]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> Path:
        self[name] = self.make(name)
        return self[name]


@pytest.fixture(scope="session")
def blank_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The blank scoring book of every bundled scheme."""
    folder = tmp_path_factory.mktemp("books")

    def make(name: str) -> Path:
        writer.write(book_of(name), folder / f"{name}.xlsx")
        return folder / f"{name}.xlsx"

    return Books(make)


@pytest.fixture(scope="session")
def filled_books(tmp_path_factory: pytest.TempPathFactory, blank_books: dict[str, Path]) -> dict[str, Path]:
    """Every book filled in and recomputed: with its demonstration figures where it has some, else with the like."""
    folder = tmp_path_factory.mktemp("filled")

    def make(name: str) -> Path:
        path = folder / f"{name}.xlsx"
        demo = DEMO / f"{library.ids()[name].stem}.values.yaml"
        if name in PANSHAN:
            actions.fill(blank_books[name], demo, path)
            actions.recompute(path, path)
        else:
            plan = make_plan(file_of(name).scheme)
            writer.write(compose(file_of(name), tiny.sensible(plan), plan=plan), path)
        return path

    return Books(make)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice must be there: a missing engine is a failure, not a skip."""
    return office.program()
