"""Shared fixtures: the bundled schemes and their books, built once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import library, scheme, workbook
from generator.verification import libreoffice

ALL = sorted(library.ids())


@pytest.fixture(scope="session")
def blank_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The blank scoring book of every bundled scheme, on disk."""
    folder = tmp_path_factory.mktemp("books")
    paths = {}
    for name, file in library.ids().items():
        paths[name] = folder / f"{name}.xlsx"
        workbook.write(workbook.compose(scheme.load(file)), paths[name])
    return paths


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice must be there: a missing engine is a failure, not a skip."""
    return libreoffice.program()
