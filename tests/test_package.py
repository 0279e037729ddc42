"""The package layer: change cells, leave the rest alone, refuse what is not sound, never leave half a file.

Requirements: filling changes input cells and no other byte of any other part; text stays text; a write is whole or
not at all; encrypted and broken files are refused with a Chinese sentence (hostile ones: ``test_hostile``); what Excel
writes and we do not (shared formulas, a calculation chain, chart sheets) is read and stays sound.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from addin import actions
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from generator.files import write_atomically
from generator.problems import FileError, PackageError, Refusal
from generator.xlsx import package, xml
from generator.xlsx.package import Package

TOWNS = "panshan-2019-towns"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def fill(book: Path, values: str, tmp_path: Path) -> Path:
    (tmp_path / "v.yaml").write_text(f"scheme: {TOWNS}\nvalues:\n{values}", encoding="utf-8")
    actions.fill(book, tmp_path / "v.yaml", tmp_path / "filled.xlsx")
    return tmp_path / "filled.xlsx"


def test_filling_touches_only_the_cells(blank_books: dict[str, Path], tmp_path: Path) -> None:
    filled = fill(blank_books[TOWNS], "  太平街道: {1: 1.5, 36: 好, 38: 无}\n", tmp_path)
    before, after = parts(blank_books[TOWNS]), parts(filled)
    assert before.keys() == after.keys()
    assert {n.rsplit("/", 1)[0] for n in before if before[n] != after[n]} == {"xl/worksheets"}
    old, new = (openpyxl.load_workbook(p) for p in (blank_books[TOWNS], filled))
    changed = {}
    for sheet in old:
        for row in sheet.iter_rows():
            for cell in row:
                twin = new[sheet.title][cell.coordinate]
                assert (twin._style, twin.protection.locked) == (cell._style, cell.protection.locked)
                if twin.value != cell.value:
                    changed[sheet.title, cell.coordinate] = twin.value
    assert {name for name, _ in changed} == {"填报与计分"}
    assert sorted(map(str, changed.values())) == ["1.5", "好", "无"]


def test_formulas_show_their_new_values_at_once(blank_books: dict[str, Path], tmp_path: Path) -> None:
    """LibreOffice and previews do not calculate when they open a file. 固定资产投资 of 太平街道: 5 × 0.75 ÷ 3.00."""
    filled = fill(blank_books[TOWNS], "  太平街道: {1: 0.75}\n", tmp_path)
    assert "values-stale" not in {found.code for found in actions.check(filled).findings}
    book, formulas = openpyxl.load_workbook(filled, data_only=True), openpyxl.load_workbook(filled)
    shown, written = book["填报与计分"], formulas["填报与计分"]
    row = next(r for r in range(1, 60) if written.cell(r, 1).value == "1/得分")
    column = next(c for c in range(1, 20) if written.cell(1, c).value == "unit:太平街道")
    assert isinstance(written.cell(row, column).value, str)
    assert shown.cell(row, column).value == 1.25


def test_what_was_filled_is_read_back(blank_books: dict[str, Path], tmp_path: Path) -> None:
    filled = fill(blank_books[TOWNS], "  太平街道: {1: 1.10, 4: 7.5%, 36: 好}\n  石新镇: {3: 0, 否决: {较大及以上事故: 1}}\n", tmp_path)
    inputs = snapshot.take(filled).inputs
    assert inputs == {
        ("1/完成", 0): Decimal("1.1"),
        ("4/完成", 0): Decimal("0.075"),
        ("36/等次", 0): "好",
        ("3/完成", 12): Decimal(0),
        ("否决/较大及以上事故", 12): Decimal(1),
    }


def test_null_clears_a_cell(blank_books: dict[str, Path], tmp_path: Path) -> None:
    once = fill(blank_books[TOWNS], "  太平街道: {1: 1.5, 2: 3000}\n", tmp_path)
    again = fill(once, "  太平街道: {1: null}\n", tmp_path)
    assert snapshot.take(again).inputs == {("2/完成", 0): Decimal(3000)}


def test_cells_are_found_by_keys_after_rows_and_columns_moved(blank_books: dict[str, Path], tmp_path: Path) -> None:
    filled = fill(blank_books[TOWNS], "  太平街道: {1: 1.5}\n", tmp_path)
    book = openpyxl.load_workbook(filled)
    sheet = book["填报与计分"]
    sheet.title = "我的评分"
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(3, 2)
    sheet.insert_cols(9, 1)
    book.save(tmp_path / "moved.xlsx")
    assert snapshot.take(tmp_path / "moved.xlsx").inputs == {("1/完成", 0): Decimal("1.5")}


def test_text_stays_text(blank_books: dict[str, Path], tmp_path: Path) -> None:
    pack = Package.open(blank_books[TOWNS])
    place = snapshot.of_package(pack, "t").place("1/完成", 0)
    assert place
    sheet, at = place
    pack.sheet(sheet).set(at, '=cmd|"/c calc"!A1')
    (tmp_path / "t.xlsx").write_bytes(pack.to_bytes())
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx")["填报与计分"][at]
    assert cell.data_type != "f"
    assert cell.value == '=cmd|"/c calc"!A1'


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "book.xlsx"
    target.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="写不了"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_part(book: Path, name: str, data: bytes) -> bytes:
    return zipped(parts(book) | {name: data})


def test_files_that_are_not_sound_are_refused_in_chinese(blank_books: dict[str, Path]) -> None:
    book = blank_books[TOWNS]
    good = book.read_bytes()
    bad = {
        "empty": b"",
        "text": b"hello",
        "truncated": good[: len(good) // 2],
        "encrypted": package.OLE_MAGIC + b"x" * 600,
        "another zip": zipped({"a.txt": b"1"}),
        "not xml": with_part(book, "xl/worksheets/sheet2.xml", b"<worksheet><c"),
    }
    for what, data in bad.items():
        with pytest.raises(PackageError, match=r"[一-鿿]{2}"):
            pytest.fail(f"{what}: {snapshot.of_package(Package(data, '表.xlsx'), '表.xlsx')}")


def test_a_foreign_workbook_is_recognised_as_foreign(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(BookError, match="不是考核簿生成的"):
        snapshot.take(tmp_path / "x.xlsx")


def test_bit_flips_never_give_anything_but_a_chinese_sentence(blank_books: dict[str, Path]) -> None:
    good = blank_books["panshan-2019-parks"].read_bytes()
    for step in range(40):
        at = (step * 7919 + 13) % len(good)
        data = good[:at] + bytes([good[at] ^ (1 << step % 8)]) + good[at + 1 :]
        said = "读得出来"
        try:
            snapshot.of_package(Package(data, "表.xlsx"), "表.xlsx").inputs  # noqa: B018
        except Refusal as error:
            said = str(error)
        assert any("一" <= ch <= "鿿" for ch in said)


def test_generating_over_a_filled_book_keeps_it(tmp_path: Path) -> None:
    [book] = actions.generate([TOWNS], tmp_path)
    actions.generate([TOWNS], tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    (tmp_path / "v.yaml").write_text(f"scheme: {TOWNS}\nvalues: {{太平街道: {{1: 1.5}}}}", encoding="utf-8")
    actions.fill(book, tmp_path / "v.yaml")
    actions.generate([TOWNS], tmp_path)
    backups = [p for p in tmp_path.iterdir() if "备份" in p.name]
    assert [snapshot.take(p).inputs for p in backups] == [{("1/完成", 0): Decimal("1.5")}]
    assert snapshot.take(book).inputs == {}


# What Excel writes ----------------------------------------------------------------------------------------------------


MAIN = f'xmlns="{xml.MAIN}"'
BOOK = f'<workbook {MAIN} xmlns:r="{xml.RELATION}"><sheets><sheet name="表" sheetId="7" r:id="r1"/></sheets></workbook>'
LINKS = f'<Relationships xmlns="{xml.PACKAGE_RELATION}"><Relationship Id="r1" Target="s.xml"/></Relationships>'


def cells(rows: str, others: dict[str, str] | None = None) -> Package:
    """A package with one sheet that holds these rows, and other parts."""
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    texts = {"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": LINKS, "xl/s.xml": sheet}
    return Package(zipped({name: text.encode() for name, text in (texts | (others or {})).items()}), "表.xlsx")


SHARED = """<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f><v>1</v></c></row>
<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>3</v></c></row>"""


def test_shared_formulas_are_read_and_outlive_the_cell_that_spells_them_out() -> None:
    pack = cells(SHARED)
    sheet = pack.sheet("表")
    assert [sheet.formula(f"A{r}") for r in (1, 2, 3)] == ["B1*$C$1", "B2*$C$1", "B3*$C$1"]
    sheet.set("A1", Decimal(9))
    assert (sheet.formula("A1"), sheet.value("A1")) == (None, Decimal(9))
    again = Package(pack.to_bytes()).sheet("表")
    assert [(again.formula(f"A{r}"), again.value(f"A{r}")) for r in (2, 3)] == [("B2*$C$1", Decimal(2)), ("B3*$C$1", Decimal(3))]


@pytest.mark.parametrize("text", ['"never closed', "ZZY1", ")(", "B1}"])
def test_a_shared_formula_that_cannot_be_is_no_formula_of_ours(text: str) -> None:
    right = '<row r="4"><c r="D4"><f t="shared" si="0"/><v>4</v></c><c r="?"><f t="shared" si="0"/></c><c r="E4"><f t="shared"/></c></row>'
    sheet = cells(SHARED.replace("B1*$C$1", text) + right).sheet("表")
    assert [sheet.formula(at) for at in ("A1", "D4", "?", "E4", "F4")] == [text, "", "", "", None]


def test_of_a_formula_only_as_much_is_read_as_excel_takes() -> None:
    sheet = cells(SHARED.replace("B1*$C$1", "A" * 9000)).sheet("表")
    assert [sheet.formula(f"A{r}") for r in (1, 2)] == ["A" * 8192, "A" * 8192]


def test_cells_without_a_formula_leave_the_calculation_chain() -> None:
    links = '<c r="A2" i="3"/><c r="A1" i="7"/><c r="A2"/><c r="A3" l="1"/><c r="A1" i="4"/><c r="A3"/>'
    chain = f"<calcChain {MAIN}>{links}</calcChain>"
    untouched = cells(SHARED, others={package.CHAIN: chain})
    untouched.sheet("表").set_formula("A1", "=1+1", Decimal(2))
    assert Package(untouched.to_bytes()).parts[package.CHAIN] == chain.encode()
    pack = cells(SHARED, others={package.CHAIN: chain})
    pack.sheet("表").set("A1", Decimal(1))
    pack.sheet("表").set("A2", None)
    pack.sheet("表").set("D9", "no formula stood here")
    left = [(c.get("i"), c.get("r")) for c in etree.fromstring(Package(pack.to_bytes()).parts[package.CHAIN])]
    assert left == [("3", "A2"), ("7", "A3"), ("4", "A1"), (None, "A3")]


def test_cells_are_made_in_their_places() -> None:
    pack = cells('<row r="2"><c r="B2"><v>1</v></c><c r="AA2"><v>2</v></c></row><row r="5"/>')
    sheet = pack.sheet("表")
    for at in ("C2", "A1", "B7", "A2", "C6", "AB2", "A5"):
        sheet.set(at, at)
    shape = [(2, ["A2", "B2", "C2", "AA2", "AB2"]), (5, ["A5"]), (6, ["C6"]), (7, ["B7"])]
    for read in (sheet, Package(pack.to_bytes()).sheet("表")):
        assert [(row, [at for _, at in found]) for row, found in read.rows()] == [(1, ["A1"]), *shape]
        assert read.value("AA2") == Decimal(2)
    sheet.set_height(6, 30)
    rows = etree.fromstring(Package(pack.to_bytes()).parts["xl/s.xml"]).iter(f"{{{xml.MAIN}}}row")
    assert [(r.get("r"), r.get("ht")) for r in rows if r.get("ht")] == [("6", "30")]


def test_what_is_written_is_read_back_and_leaves_the_style() -> None:
    pack = cells('<row r="1"><c r="A1" s="4" t="e" vm="1"><f>NA()</f><v>#N/A</v></c><c r="B1" s="5" t="s" cm="1"><v>99</v></c></row>')
    sheet = pack.sheet("表")
    for value in (Decimal("0.10"), True, False, " 两边 有空 ", "", None, "<&>"):
        sheet.set_result("A1", value)
        sheet.set("B1", value)
        again = Package(pack.to_bytes()).sheet("表")
        for read in (sheet, again):
            assert (read.value("A1"), read.value("B1")) == (value or None if isinstance(value, str) else value,) * 2
            assert (read.formula("A1"), read.formula("B1")) == ("NA()", None)
        assert [again.style(at) for at in ("A1", "B1")] == [4, 5]
        assert b" cm=" not in pack.parts["xl/s.xml"]
    assert Package(pack.to_bytes()).sheet("表").kind("B1") == "inlineStr"


@pytest.mark.parametrize("index", ["²", "9" * 5000, "-1", "1.0", "3"])
def test_a_text_that_is_not_in_the_table_of_texts_is_said(index: str) -> None:
    strings = f'<sst {MAIN}><si><t>甲</t></si><si><r><t>乙</t></r><r><t>丙</t></r><rPh sb="0" eb="1"><t>yi</t></rPh></si></sst>'
    row = f'<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>{index}</v></c></row>'
    sheet = cells(row, others={"xl/sharedStrings.xml": strings}).sheet("表")
    assert sheet.value("A1") == "乙丙"
    with pytest.raises(PackageError, match="文字表已损坏"):
        sheet.value("B1")


def test_a_chart_sheet_has_no_cells() -> None:
    pack = cells("", others={"xl/s.xml": f'<chartsheet {MAIN}><sheetProtection sheet="1"/></chartsheet>'})
    assert list(pack.sheet("表").rows()) == []
    assert pack.sheet("表").value("A1") is None
    assert pack.sheet("表").protected
    with pytest.raises(PackageError, match="不是普通工作表"):
        pack.sheet("表").set("A1", "改")


def test_utf_16_is_read_and_odd_encodings_are_not_believed() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row>'
    sheet = f'<?xml version="1.0" encoding="UTF-16"?><worksheet {MAIN}><sheetData>{row}</sheetData></worksheet>'
    parts = {i: cells("").parts[i] for i in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")}
    wide = Package(zipped(parts | {"xl/s.xml": sheet.encode("utf-16")}))
    assert wide.sheet("表").value("A1") == "甲"
    narrow = Package(zipped(parts | {"xl/s.xml": sheet.replace("UTF-16", "GBK").encode("gbk")}))
    with pytest.raises(PackageError, match="已损坏"):
        narrow.sheet("表")


# The zip --------------------------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_copied_as_it_was_compressed(tmp_path: Path) -> None:
    noise, stream = os.urandom(5000), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in cells(SHARED).parts.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED, 9)
        archive.writestr(zipfile.ZipInfo("xl/media/图.png", (2024, 5, 6, 7, 8, 10)), noise, zipfile.ZIP_STORED)
        archive.writestr("xl/media/", b"")
        archive.writestr("empty.bin", b"")
    pack = Package(b"before the zip" + stream.getvalue(), "表.xlsx")
    pack.sheet("表").set("A1", "改")
    path = tmp_path / "copied.xlsx"
    path.write_bytes(pack.to_bytes())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/s.xml", "xl/media/图.png", "empty.bin"]
        picture = archive.getinfo("xl/media/图.png")
        assert (picture.compress_type, picture.date_time) == (zipfile.ZIP_STORED, (2024, 5, 6, 7, 8, 10))
        assert archive.read("xl/media/图.png") == noise
        hardest = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = hardest.compress(pack.parts["xl/workbook.xml"]) + hardest.flush()
        assert packed in path.read_bytes()
        assert archive.getinfo("xl/workbook.xml").compress_size == len(packed)
    assert Package.open(path).sheet("表").value("A1") == "改"


def test_many_cells_are_told_at_once_as_one_by_one(filled_books: dict[str, Path]) -> None:
    """Also of formulas whose signs another program refers to in another way, and of a cell that is not there."""
    package = Package.open(filled_books["panshan-2019-parks"])
    for name in package.sheet_names:
        raw = package.parts[package.sheet_paths[name]]
        quoted = re.sub(rb"<f>[^<]*</f>", lambda m: m[0].replace(b'"', b"&quot;").replace(b"'", b"&#39;"), raw)
        for written in (raw, quoted):
            package.replace_sheet(name, written)
            part = package.sheet(name)
            at = [at for _, cells in part.rows() for _, at in cells]
            formulas = {one: f"={text}" for one in at if (text := part.formula(one)) is not None}
            texts = [one for one in at if one not in formulas]
            assert part.values(["XFD9", *at]) == [None, *map(part.value, at)]
            assert part.spell([*formulas], [*formulas.values()])
            assert part.keep(["XFD9", *texts], [None, *map(part.value, texts)])
            for one, text in [*formulas.items()][:20]:
                assert part.spells(one, text)
                assert not part.spell([*formulas], [f"{own}+0" if place == one else own for place, own in formulas.items()])
                assert not part.keep([*texts, one], [*map(part.value, [*texts, one])])
            assert not part.spell([*formulas, "XFD9"], [*formulas.values(), "=1"])
            assert part.keep([], [])
            assert part.spell([], [])
