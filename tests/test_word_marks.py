"""Marks in a Word document: how Word cuts them up, where they may stand, what comes of words with signs of XML in them.

Requirements: a mark cut into runs is one mark; what stands around it stays; quotation marks as Word writes them are understood;
a mark for a row takes the row's place, and one that stands in no row is refused; what a word says is text; a table has as many
columns as cells, and its width; nothing grows without end.
"""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from addin.result import papers, template_words, word_marks

HEAD, TAIL = '<w:document xmlns:w="w"><w:body>', "</w:body></w:document>"


def filled(body: str, folder: Path, **words: object) -> str:
    """What the body of a template becomes."""
    path = folder / "t.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", HEAD + body + TAIL)
        archive.writestr("word/media/logo.png", b"{{as it is}}")
    with zipfile.ZipFile(io.BytesIO(papers.Template(path).filled(words))) as archive:
        assert archive.read("word/media/logo.png") == b"{{as it is}}"
        return archive.read("word/document.xml").decode().removeprefix(HEAD).removesuffix(TAIL)


def text(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def kept(*runs: str) -> str:
    return text(*runs).replace("<w:t>", '<w:t xml:space="preserve">')


def test_a_mark_cut_into_runs_is_one(tmp_path: Path) -> None:
    assert filled(text("第{", "{位", "次}", "}名", "。"), tmp_path, 位次=3) == kept("第3", "", "", "名", "。")
    assert filled(text("{{甲}}，{", "{乙}}"), tmp_path, 甲="a", 乙="b") == kept("a，b", "")
    assert filled("<w:p/>" + text("没有词"), tmp_path) == "<w:p/>" + text("没有词")


def test_quotation_marks_of_word_are_understood(tmp_path: Path) -> None:
    assert filled(text("{% if 等次 == “优秀” and 1 &lt; 2 %}好{% endif %}"), tmp_path, 等次="优秀") == kept("好")


def test_a_mark_takes_the_place_of_its_paragraph(tmp_path: Path) -> None:
    body = text("前") + text("{%p for 句 in 说明 %}") + text("{{句}}") + text("{%p endfor %}") + text("后")
    assert filled(body, tmp_path, 说明=["一", "二"]) == text("前") + kept("一") + kept("二") + text("后")


def row(*cells: str) -> str:
    return "<w:tr><w:trPr/>" + "".join(f"<w:tc>{text(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def test_rows_and_columns_are_as_many_as_there_are_things(tmp_path: Path) -> None:
    grid = "<w:tblGrid>" + '<w:gridCol w:w="1000"/>' * 3 + "</w:tblGrid>"
    looped = row("{%tr for 行 in 行们 %}", "") + row("{%tc for 值 in 行 %}", "{{值}}", "{%tc endfor %}") + row("{%tr endfor %}")
    told = filled(f"<w:tbl>{grid}{looped}</w:tbl>", tmp_path, 行们=[["1", "2"], ["3", "4"]])
    columns = '<w:tblGrid><w:gridCol w:w="1500"/><w:gridCol w:w="1500"/></w:tblGrid>'
    cells = [f"<w:tc>{kept(number)}</w:tc>" for number in "1234"]
    rows = [f"<w:tr><w:trPr/>{cells[at]}{cells[at + 1]}</w:tr>" for at in (0, 2)]
    assert told == f"<w:tbl>{columns}{''.join(rows)}</w:tbl>"


@pytest.mark.parametrize("written", ["{%tr for 行 in 行们 %}", "{%tc if 1 %}"])
def test_a_mark_outside_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(papers.PaperError, match=r"不在一段、一行或一格里"):
        filled(text(written), tmp_path, 行们=[])


def test_a_word_is_text(tmp_path: Path) -> None:
    told = filled(text("{{词}}"), tmp_path, 词="<w:p> & {{词}}\n二\t三\x0b")
    space = '<w:t xml:space="preserve">'
    assert told == f"<w:p><w:r>{space}&lt;w:p&gt; &amp; {{{{词}}}}</w:t><w:br/>{space}二</w:t><w:tab/>{space}三</w:t></w:r></w:p>"


def test_what_becomes_no_document_is_told(tmp_path: Path) -> None:
    with pytest.raises(papers.PaperError, match="填不了"):
        filled(text("{%p if 词 %}") + text("{% endif %}"), tmp_path, 词="")


def test_a_paper_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = "{% for a in 位 %}" * 5 + "长长长长" + "{% endfor %}" * 5
    assert filled(text(nested), tmp_path, 位="0123456789").count("长") == 400_000
    monkeypatch.setattr(template_words, "MADE", 300_000)
    with pytest.raises(papers.PaperError, match="太长"):
        filled(text(nested), tmp_path, 位="0123456789")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{% for a in 位 %}" * 6 + "{% endfor %}" * 6, "太长"),
        ("{% set x = 位|join %}" + "{% set x = x|join(x) %}" * 9, "太长"),
        ("{% for a in 位 %}{% for b in 位 %}{% for c in 位 %}{% if 词|join(词) == a %}{% endif %}" + "{% endfor %}" * 3, "太长"),
        ("{% set x = 位 %}" + "{% set x = x + x %}" * 40, "不能用 \\+"),
        ("{% set x = 词 %}" + "{% set x = x ~ x %}" * 40, "不能用 ~"),
        ("{% set x = 词 * 1000 %}", "不能用 \\*"),
        ("{% macro f() %}{% endmacro %}", "只能写词"),
        ("{% set x %}{% for a in 位 %}{% endfor %}{% endset %}", "只能写词"),
        ("{{ 位 }}" * 10_001, "多于 10000 处"),
        ("{{ 位.append(1) }}", "填不了"),
        ("{{ joined }}{{ joined.append(1) }}", "填不了"),
    ],
)
def test_nothing_large_comes_of_something_small(tmp_path: Path, written: str, said: str) -> None:
    since = time.process_time()
    with pytest.raises(papers.PaperError, match=said):
        filled(text(written), tmp_path, 位="0123456789", 词="长" * 3000)
    assert time.process_time() - since < 5


def test_numbers_may_be_added_and_lists_joined(tmp_path: Path) -> None:
    assert filled(text("{{ 3 + 4 }}{{ 位|join(“、”) }}"), tmp_path, 位=["甲", "乙"]) == kept("7甲、乙")


def test_a_text_larger_than_any_template(tmp_path: Path) -> None:
    with pytest.raises(papers.PaperError, match="文字太多（超过 8 MB）"):
        filled(" " * (9 << 20), tmp_path)


def test_many_marks_are_read_in_one_pass() -> None:
    since = time.process_time()
    word_marks.template(text(*["{", "{a}", "}"] * 20_000) + text("{%p if a %}") * 20_000)
    assert time.process_time() - since < 5  # quadratic work on these takes minutes
