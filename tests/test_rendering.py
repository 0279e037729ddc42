"""What an official sees on paper, as LibreOffice prints it.

Requirements: nothing cut to ####; every indicator and every unit is on the pages; the scoring sheet of one group keeps
all its units on one page's width; titles are repeated; no page is empty. Books of every layout: units side by side, one
row or one sheet a unit, periods below each other, lists and reference tables.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import tiny
from conftest import PANSHAN, file_of

from generator.layout.lay_out import one_sheet_a_unit
from generator.plan.planner import make_plan
from generator.scheme import model
from generator.scheme.load import loads
from generator.scheme.model import Indicator
from generator.verification import libreoffice_engine

pytestmark = pytest.mark.xdist_group("rendering")  # the pages are printed once

BUNDLED = [
    *PANSHAN,
    "city-county-guarantee-targets",
    "jiyuan-2020-digital-city-management",
    "jiyuan-2020-fire",
    "jiyuan-2020-mayor-hotline-12345",
    "zhengzhou-2020-tcm",
]
TINY = {"tiny-units": tiny.UNITS, "tiny-list": tiny.LISTED, "tiny-rows": tiny.ROWS}
PRINTED = [*BUNDLED, *TINY]


def scheme_of(name: str) -> model.Scheme:
    return loads(TINY[name]).scheme if name in TINY else file_of(name).scheme


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, filled_books: dict[str, Path], soffice: str) -> dict[str, list[str]]:
    """The text of every printed page of the books, filled in."""
    folder = tmp_path_factory.mktemp("print")
    books = [filled_books[name] for name in BUNDLED]
    for name, text in TINY.items():
        books.append(tiny.book(text, folder / f"{name}.xlsx", tiny.sensible(make_plan(scheme_of(name)))))
    texts: dict[str, list[str]] = {}
    for pdf in libreoffice_engine.convert(books, "pdf", folder):
        said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        texts[pdf.stem] = said.split("\f")[:-1]
    return texts


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", PRINTED)
def test_nothing_is_cut_and_no_page_is_empty(name: str, pages: dict[str, list[str]]) -> None:
    assert pages[name], "no page at all"
    for number, text in enumerate(pages[name], 1):
        assert "###" not in text, f"page {number}"
        assert not re.search(r"#(REF|VALUE|NAME|DIV/0|N/A)", text), f"page {number}"
        assert len(squeezed(text)) > 30 or "该填的都填了" in text, f"page {number}: {text!r}"
        assert f"第{number}页共{len(pages[name])}页" in squeezed(text)


@pytest.mark.parametrize("name", PRINTED)
def test_every_unit_and_indicator_is_printed(name: str, pages: dict[str, list[str]]) -> None:
    file = scheme_of(name)
    whole = squeezed("".join(pages[name]))
    for unit in file.unit_names:
        assert unit in whole
    for node in file.walk():
        if isinstance(node, Indicator):
            letters = [ch for ch in squeezed(node.name) if ch not in "，、。“”"]
            assert "".join(letters[:4]) in re.sub("[，、。“”]", "", whole), node.name


@pytest.mark.parametrize("name", PRINTED)
def test_scoring_pages_have_their_titles(name: str, pages: dict[str, list[str]]) -> None:
    file, plan = scheme_of(name), make_plan(scheme_of(name))
    title = f"{file.title}{'评分表' if plan.scored else '职责落实情况表'}"
    scoring = [p for p in pages[name] if squeezed(title) in squeezed(p)]
    assert scoring, "no page of the scoring sheet"
    label = "被考核单位" if file.layout == "rows" else "项目"
    heads = ["序号", label, *(["分值"] if plan.scored else [])]  # duties have no points
    assert all(head in p for head in heads for p in scoring)
    assert any("盖章" in p for p in scoring)
    if one_sheet_a_unit(plan):
        for unit in file.unit_names:
            assert any(squeezed(f"{unit}{title}") in squeezed(p) for p in scoring), unit
    elif len(file.groups) == 1 and len(file.unit_names) <= 13:
        page = squeezed(scoring[0])
        assert all(ch in page for unit in file.unit_names for ch in unit)  # a name may stand on several lines


@pytest.mark.parametrize("name", sorted(TINY))
def test_lists_and_references_are_printed_with_their_headings(name: str, pages: dict[str, list[str]]) -> None:
    plan = make_plan(scheme_of(name))
    for title in plan.lists.values():
        [page] = [squeezed(p) for p in pages[name] if squeezed(f"{plan.scheme.title}{title}") in squeezed(p)]
        assert all(word in page for word in ("事项", "承担单位", "得分"))
    for reference in plan.scheme.references:
        [page] = [squeezed(p) for p in pages[name] if all(column in p for column in reference.columns)]
        assert all(cell in page for row in reference.rows for cell in row if cell)
