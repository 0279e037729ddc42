"""The manual for officials, as a Word document and as a page.

Requirements: one text for both; every button is in it by its name; no jargon before the annexes, and six commands there at most
for each line of work; pictures and tables are all there, heads of tables repeated; the same bytes each time; it prints.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document

from addin.cli import run
from addin.manual import html, text, word
from addin.packaging import ribbon

SOURCE = text.source().read_text(encoding="utf-8")
BEFORE_ANNEXES = SOURCE.split("## 附录")[0]


@pytest.fixture(scope="module")
def document() -> bytes:
    return word.document()


def test_every_button_is_in_it() -> None:
    assert not [button.label for button in ribbon.tab().buttons if button.label not in SOURCE and button.label != "帮助"]


@pytest.mark.parametrize("word", ["YAML", "JSON", "schema", "lint", "引擎", "Python", "scorebook", "命令行", "元数据", "哈希"])
def test_no_jargon_before_the_annexes(word: str) -> None:
    assert word.casefold() not in BEFORE_ANNEXES.casefold()


def test_a_short_annex_of_commands() -> None:
    rows = [line for line in SOURCE.split("## 附录：信息科")[1].splitlines() if line.startswith("|") and "scorebook" in line]
    assert 1 <= len(rows) <= 6


def test_the_word_document_has_all_of_the_text(document: bytes) -> None:
    made = Document(io.BytesIO(document))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    said = "".join([paragraph.text for paragraph in made.paragraphs] + cells)
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)|^\s*(#+|-|\d+\.)\s|[*`|\n]|^\|[ |-]+$|\\", "", SOURCE, flags=re.MULTILINE)
    assert set(re.findall(r"[一-鿿]+", plain)) <= set(re.findall(r"[一-鿿]+", said)) | set(_joined(plain, said))
    assert len(made.inline_shapes) == SOURCE.count("](../pictures/")
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in made.tables)


def _joined(plain: str, said: str) -> list[str]:
    """What runs on where a line of the source ends."""
    return [words for words in re.findall(r"[一-鿿]+", plain) if words in said]


def test_the_same_bytes_each_time(document: bytes) -> None:
    assert word.document() == document
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_page_is_one_file() -> None:
    page = html.page("Excel 16")
    assert "第三章" in page
    assert re.findall(r'<img src="([^:"]*)', page) == ["data"] * SOURCE.count("](../pictures/")


def test_it_prints(tmp_path: Path, soffice: str) -> None:
    assert run(["manual", "-o", str(tmp_path)]) == 0
    paper = tmp_path / f"{text.NAME}.docx"
    command = [soffice, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(paper)], check=True, capture_output=True, timeout=180)
    printed = subprocess.run(["pdftotext", str(paper.with_suffix(".pdf")), "-"], check=True, capture_output=True, text=True).stdout
    assert text.NAME in printed
    assert "第三章" in printed
