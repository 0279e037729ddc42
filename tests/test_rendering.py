"""What an official sees on paper, as LibreOffice prints it.

Requirements: nothing cut to ####; every indicator and every unit is on the pages; the scoring sheet of one group keeps
all its units on one page's width; titles are repeated; no page is empty.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ALL

from addin import actions
from generator import library, scheme
from generator.scheme import Indicator
from generator.verification import libreoffice

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, soffice: str) -> dict[str, list[str]]:
    """The text of every printed page of every book, filled with the demonstration figures."""
    folder = tmp_path_factory.mktemp("print")
    books = []
    for name, path in library.ids().items():
        [made] = actions.generate([name], folder / name)
        book = made.rename(folder / f"{name}.xlsx")
        actions.fill(book, DEMO / f"{path.stem}.values.yaml")
        books.append(book)
    texts = {}
    for pdf in libreoffice.convert(books, "pdf", folder):
        said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        texts[pdf.stem] = said.split("\f")[:-1]
    return texts


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_cut_and_no_page_is_empty(name: str, pages: dict[str, list[str]]) -> None:
    for number, text in enumerate(pages[name], 1):
        assert "###" not in text, f"page {number}"
        assert not re.search(r"#(REF|VALUE|NAME|DIV/0|N/A)", text), f"page {number}"
        assert len(squeezed(text)) > 60, f"page {number}: {text!r}"
        assert f"第{number}页共{len(pages[name])}页" in squeezed(text)


@pytest.mark.parametrize("name", ALL)
def test_every_unit_and_indicator_is_printed(name: str, pages: dict[str, list[str]]) -> None:
    file = scheme.load(library.ids()[name]).scheme
    whole = squeezed("".join(pages[name]))
    for unit in file.unit_names:
        assert unit in whole
    for node in file.walk():
        if isinstance(node, Indicator):
            letters = [ch for ch in squeezed(node.name) if ch not in "，、。“”"]
            assert "".join(letters[:4]) in re.sub("[，、。“”]", "", whole), node.name


@pytest.mark.parametrize("name", ALL)
def test_scoring_pages_have_their_titles(name: str, pages: dict[str, list[str]]) -> None:
    file = scheme.load(library.ids()[name]).scheme
    scoring = [p for p in pages[name] if squeezed(f"{file.title}评分表") in squeezed(p)]
    assert len(scoring) >= 2
    assert all("序号" in p and "项目" in p and "分值" in p for p in scoring)
    if len(file.groups) == 1 and len(file.unit_names) <= 13:
        assert all(u in squeezed(scoring[0]) for u in file.unit_names)
    assert any("盖章" in p for p in scoring)
