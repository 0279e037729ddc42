"""The package layer: change cells, leave the rest alone, refuse what is not sound, never leave half a file.

Requirements: filling changes input cells and no other byte of any other part; text stays text; a write is whole or
not at all; encrypted, broken, oversized and hostile files are refused with a Chinese sentence.
"""

from __future__ import annotations

import io
import os
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from addin import actions, snapshot
from generator import package
from generator.package import Package, PackageError

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
    assert [n for n in before if before[n] != after[n]] == ["xl/worksheets/sheet2.xml"]
    old, new = (openpyxl.load_workbook(p)["填报与计分"] for p in (blank_books[TOWNS], filled))
    changed = {}
    for row in old.iter_rows():
        for cell in row:
            twin = new[cell.coordinate]
            assert (twin._style, twin.protection.locked) == (cell._style, cell.protection.locked)
            if twin.value != cell.value:
                changed[cell.coordinate] = twin.value
    assert sorted(map(str, changed.values())) == ["1.5", "好", "无"]


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
    once = fill(blank_books[TOWNS], "  太平街道: {1: 1.5, 2: 3}\n", tmp_path)
    again = fill(once, "  太平街道: {1: null}\n", tmp_path)
    assert snapshot.take(again).inputs == {("2/完成", 0): Decimal(3)}


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
    taken = snapshot.of_package(pack, "t")
    at = taken.address("1/完成", 0)
    assert at
    taken.sheet.set(at, '=cmd|"/c calc"!A1')
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
    with pytest.raises(PackageError, match="写不了"):
        package.write_atomically(target, b"new")
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


def test_files_that_are_not_sound_are_refused_in_chinese(blank_books: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    book = blank_books[TOWNS]
    good = book.read_bytes()
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
    external = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook/>'
    bad = {
        "empty": b"",
        "text": b"hello",
        "truncated": good[: len(good) // 2],
        "encrypted": package.OLE_MAGIC + b"x" * 600,
        "another zip": zipped({"a.txt": b"1"}),
        "entities": with_part(book, "xl/workbook.xml", entity),
        "external": with_part(book, "xl/workbook.xml", external),
        "not xml": with_part(book, "xl/worksheets/sheet2.xml", b"<worksheet><c"),
        "deep": with_part(book, "xl/worksheets/sheet2.xml", b"<a>" * 100_000),
        "path trick": with_part(book, "../evil.xml", b"<x/>"),
    }
    for what, data in bad.items():
        with pytest.raises(PackageError, match=r"[一-鿿]{2}"):
            pytest.fail(f"{what}: {snapshot.of_package(Package(data, '表.xlsx'), '表.xlsx')}")
    monkeypatch.setattr(package, "MAX_WHOLE", 10_000)
    with pytest.raises(PackageError, match="过大"):
        Package(good, "表.xlsx")


def test_a_foreign_workbook_is_recognised_as_foreign(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(PackageError, match="不是考核簿生成的"):
        snapshot.take(tmp_path / "x.xlsx")


def test_bit_flips_never_give_anything_but_a_chinese_sentence(blank_books: dict[str, Path]) -> None:
    good = blank_books["panshan-2019-parks"].read_bytes()
    for step in range(40):
        at = (step * 7919 + 13) % len(good)
        data = good[:at] + bytes([good[at] ^ (1 << step % 8)]) + good[at + 1 :]
        said = "读得出来"
        try:
            snapshot.of_package(Package(data, "表.xlsx"), "表.xlsx").inputs  # noqa: B018
        except PackageError as error:
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
