"""The papers: the notice laid out after GB/T 9704-2012, and a 得分说明单 for each unit.

Requirements: the page, the fonts by name, 22 lines of 28 characters, page numbers in dashes odd right and even left, the
heads of tables repeated, as a word processor prints it; the figures are those of the book, in order of rank, ties and vetoes
marked; the office's own template is used and a wrong one is told in a sentence; the same book gives the same bytes; a
paper that is there already is kept.
"""

from __future__ import annotations

import importlib.util
import io
import itertools
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
import tiny

from addin import cli
from addin.result import notice, papers, statement
from addin.result.account import NoAccount
from addin.workbooks import snapshot
from addin.workbooks.snapshot import Snapshot
from generator.verification import libreoffice_engine

HERE = Path(__file__).resolve().parent
TEXT = """
- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [4, 8, 5, 6]}
- {id: 2, name: 办件, points: 5, clause: 第三条, rule: deduct, events: [{what: 超期, each: 0.5}]}
- {id: 3, name: 安全, rule: veto, grade: 不合格, when: [死亡]}
"""
EXTRA = """
readings:
- id: 超期的分
  clause: 第三条
  takes: 半分
  options: {半分: {says: 每次扣半分}, 两分: {says: 每次扣两分, set: {2: {events: [{what: 超期, each: 2}]}}}}
"""
UNITS = "{镇: [甲镇, 乙镇, 丙镇], 街道: [丁街]}"
DAY = date(2025, 1, 9)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("papers") / "b.xlsx"
    inputs = {"1/完成": [2, 8, 2.5, 6], "2/超期": [1, 2, 1, None], "3/死亡": [None, 1, None, None]}
    return tiny.book(tiny.text(TEXT, units=UNITS, full="15", extra=EXTRA), path, tiny.typed(inputs))


@pytest.fixture(scope="module")
def taken(book: Path) -> Snapshot:
    return snapshot.take(book)


def text_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [" ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_notice_says_what_the_book_came_to(taken: Snapshot) -> None:
    told = text_of(notice.notice(taken, notice.Heading("县督考办", "各镇、街道", DAY)))
    # 甲 10 × 2 ÷ 4 + 4.5 = 9.5; 乙 10 + 4 = 14; 丙 10 × 2.5 ÷ 5 + 4.5 = 9.5; 丁 10 + 5 = 15
    assert "共3个单位，最高14.00分（乙镇），最低9.50分（甲镇、丙镇），平均11.00分，全部位次见附件1。" in told
    assert "1 乙镇 14.00 不合格 一票否决" in told
    assert "2 甲镇 9.50  并列" in told
    assert "2 丙镇 9.50  并列" in told
    assert "1 丁街 15.00" in told
    assert "1．“投资”（1）：2个单位失分，平均失5分，失分最多的是甲镇、丙镇（5分）。" in told
    assert "2．“办件”（2）：3个单位失分，平均失0.67分，失分最多的是乙镇（1分）。" in told
    assert "总分相同的位次并列：甲镇、丙镇。" in told
    assert "各镇、街道：" in told
    assert "县督考办\n2025年1月9日" in told
    assert "2 丙镇 5.00 4.50" in told


def test_a_statement_gives_every_reason_and_what_readings_would_change(taken: Snapshot) -> None:
    made = dict(statement.statements(taken))
    assert list(made) == ["甲镇得分说明单.docx", "乙镇得分说明单.docx", "丙镇得分说明单.docx", "丁街得分说明单.docx"]
    told = text_of(made["甲镇得分说明单.docx"])
    assert "9.5 并列第 2 名（共 3 个单位） － 低 4.5 分（乙镇） －" in told
    assert "1 投资 10 5 5 目标 4，完成 2亿元；10 × 2 ÷ 4 = 5 附件1序号1" in told
    assert "2 办件 5 4.5 0.5 超期 1；5 - 1 × 0.5 = 4.5 第三条" in told
    # one event at 2 points: 5 + 3 = 8; the place stays
    assert "1．“超期的分”（第三条）现取“半分”，若取“两分”：总分 9.5 → 8。" in told
    assert "另外 1 种理解都试过，本单位的总分、位次、等次都不变" in text_of(made["丁街得分说明单.docx"])
    assert "一票否决：3 安全：不合格" in text_of(made["乙镇得分说明单.docx"])
    assert made == dict(statement.statements(taken))


def test_the_templates_are_what_their_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("paper_templates", HERE.parent / "docs" / "paper_templates.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    for kind, made in ((papers.NOTICE, script.notice()), (papers.STATEMENT, script.statement())):
        assert parts(papers.packed(made)) == parts(kind.own.read_bytes())


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


FONTS = {
    "公文标题": ("方正小标宋简体", 44),
    "Normal": ("仿宋_GB2312", 32),
    "一级标题": ("黑体", 32),
    "二级标题": ("楷体_GB2312", 32),
    "主送机关": ("仿宋_GB2312", 32),
    "页码右": ("宋体", 28),
}
"""Font and size in half points of the styles, after GB/T 9704-2012, 7.2 to 7.5."""


def test_a_paper_made_on_windows_has_the_same_bytes(taken: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive says what it was made on, unless it is told not to."""
    import types

    here = notice.notice(taken, notice.Heading()), papers.packed(docx.Document())
    monkeypatch.setattr(zipfile, "sys", types.SimpleNamespace(**{**vars(sys), "platform": "win32"}))
    assert zipfile.ZipInfo("a").create_system == 0
    assert (notice.notice(taken, notice.Heading()), papers.packed(docx.Document())) == here


def test_the_fonts_are_named_and_not_shipped(taken: Snapshot) -> None:
    made = parts(notice.notice(taken, notice.Heading(day=DAY)))
    styles = made["word/styles.xml"].decode()
    for name, (font, size) in FONTS.items():
        style = re.search(rf'<w:style [^>]*>\s*<w:name w:val="{name}"/>.*?</w:style>', styles, re.DOTALL)
        assert style is not None, name
        assert f'w:eastAsia="{font}"' in style[0], name
        assert f'<w:sz w:val="{size}"/>' in style[0], name
    assert not [name for name in made if "font" in name.lower() and not name.endswith("fontTable.xml")]
    document = made["word/document.xml"].decode()
    assert document.count("<w:tblHeader/>") == document.count("<w:tbl>") == 4  # both groups in both attachments


@pytest.fixture(scope="module")
def printed(taken: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long notice as LibreOffice prints it: every paragraph fills its lines."""
    folder = tmp_path_factory.mktemp("printed")
    words = notice.words(taken, notice.Heading("县督考办", day=DAY))
    group = words["分组"][0]
    many = {**group, "单位": group["单位"] * 20, "概况": "核" * 26}
    path = folder / "notice.docx"
    path.write_bytes(
        papers.Template(papers.NOTICE.own).filled({**words, "分组": [many], "说明": ["考" * (28 * 60 - 2)], "评定": [], "失分": []})
    )
    [pdf] = libreoffice_engine.convert([path], "pdf", folder)
    return pdf


def said(*command: str | Path) -> str:
    """What a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def words_on(pdf: Path, page: int) -> list[tuple[float, float, float, float, str]]:
    """The words of a page with their boxes, in millimetres."""
    told = subprocess.run(
        ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', told)
    return [(*(float(side) * 25.4 / 72 for side in sides), text) for *sides, text in found]


def test_the_page_is_that_of_the_standard(printed: Path) -> None:
    size = said("pdfinfo", printed)
    assert "595" in size.partition("Page size:")[2][:20]
    assert "841" in size.partition("Page size:")[2][:30]
    body = [word for word in words_on(printed, 2) if set(word[4]) == {"考"}]
    assert len(body) == 22  # lines on a full page
    assert {len(word[4]) for word in body} == {28}  # characters in a full line
    assert min(word[0] for word in body) == pytest.approx(28, abs=0.6)
    assert max(word[2] for word in body) == pytest.approx(210 - 26, abs=0.6)
    tops = [word[1] for word in body]
    assert [round((b - a) * 72 / 25.4, 1) for a, b in itertools.pairwise(tops)] == pytest.approx([28.95] * 21, abs=0.11)
    # 22 lines from the top margin of 37 mm down end at the bottom margin of 35 mm
    assert tops[0] >= 37 - 1
    assert body[-1][3] <= 297 - 35 + 0.5


def test_page_numbers_stand_in_dashes_odd_right_and_even_left(printed: Path) -> None:
    for page in (1, 2, 3):
        words = words_on(printed, page)
        dashes = [word for word in words if word[4] == "—" or word[4].startswith("—")]
        assert "".join(word[4] for word in words[-3:]).replace(" ", "") == f"—{page}—"
        left, right, top = min(d[0] for d in dashes), max(d[2] for d in dashes), dashes[0][1]
        # one character of 14 points in from the edge of the text
        assert (right == pytest.approx(184 - 4.94, abs=1)) if page % 2 else (left == pytest.approx(28 + 4.94, abs=1))
        assert top > 297 - 35  # below the text


def test_heads_of_tables_are_on_every_page(printed: Path) -> None:
    pages = int(re.findall(r"Pages:\s+(\d+)", said("pdfinfo", printed))[0])
    with_rows = [page for page in range(1, pages + 1) if sum(word[4] == "甲镇" for word in words_on(printed, page)) > 3]
    assert len(with_rows) > 1
    assert all(any(word[4] == "被考核单位" for word in words_on(printed, page)) for page in with_rows)


def test_the_office_s_own_template_beside_the_book_is_used(book: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / book.name
    own.write_bytes(book.read_bytes())
    out = tmp_path / "通报.docx"
    assert cli.run(["notice", str(own), "--edit-template"]) == 0
    document = docx.Document(str(tmp_path / "通报模板.docx"))
    document.add_paragraph("抄送：{{地区}}纪委，{{主送机关}}。")
    document.save(str(tmp_path / "通报模板.docx"))
    assert cli.run(["notice", str(own), "-o", str(out), "--date", "2025-01-09", "--to", "各镇"]) == 0
    assert "抄送：某县纪委，各镇。" in text_of(out.read_bytes())
    assert cli.run(["notice", str(own), "-o", str(out), "--date", "2025-01-10"]) == 0
    assert len([path for path in tmp_path.iterdir() if "备份" in path.name]) == 1  # what was there is kept
    assert cli.run(["statement", str(own), "-u", "丁街", "-o", str(tmp_path / "单")]) == 0
    assert [path.name for path in (tmp_path / "单").iterdir()] == ["丁街得分说明单.docx"]
    assert cli.run(["explain", str(own), "-u", "丁街", "-o", str(tmp_path / "丁.docx")]) == 0
    assert (tmp_path / "丁.docx").read_bytes() == (tmp_path / "单" / "丁街得分说明单.docx").read_bytes()
    assert cli.run(["explain", str(own), "-u", "丁街", "-i", "1", "-o", str(tmp_path / "丁.docx")]) == 2
    capfd.readouterr()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{{没有的词}}", "里要的“没有的词”没有；可以用的有：标题"),
        ("{% for 组 in 分组 %}", "大括号没有写对"),
        ("{{''.__class__.__mro__}}", "填不了"),
        ("{{主送机关", "大括号没有写对"),
        ("{{'长' * 1000000000}}", "填不了"),
        ("{{'长'|center(1000000000)}}", "大括号没有写对"),
        ("{{'{:>1000000000}'.format(1)}}", "填不了"),
        ("{% for n in range(1000000000) %}{% endfor %}", "填不了"),
    ],
)
def test_a_wrong_template_is_told_in_a_sentence(taken: Snapshot, tmp_path: Path, written: str, said: str) -> None:
    document = docx.Document()
    document.add_paragraph(written)
    document.save(str(tmp_path / "t.docx"))
    with pytest.raises(papers.PaperError, match=said):
        notice.notice(taken, notice.Heading(day=DAY), tmp_path / "t.docx")


def test_what_is_no_template_or_no_result_is_told(taken: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(b"nothing")
    with pytest.raises(papers.PaperError, match=r"不是 \.docx 文件"):
        notice.notice(taken, notice.Heading(day=DAY), tmp_path / "t.docx")
    blank = tiny.book(tiny.text(TEXT, units=UNITS, full="15"), tmp_path / "blank.xlsx")
    with pytest.raises(NoAccount, match="还没有一个单位填完"):
        notice.notice(snapshot.take(blank), notice.Heading(day=DAY))
    duties = tiny.book(tiny.text("- {id: 1, name: 值班, rule: duty}", full="null"), tmp_path / "duties.xlsx")
    with pytest.raises(NoAccount, match="只列职责"):
        notice.notice(snapshot.take(duties), notice.Heading(day=DAY))
