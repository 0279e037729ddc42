"""What people add to a book is still there after it is recomputed, in files that programs really wrote.

Requirements: in a book that LibreOffice saved with a sheet, pictures, charts, comments, a conditional format and a
macro of somebody's own, and in one that XlsxWriter wrote with a chart sheet, a table, sparklines, a button and printer
settings besides, recompute restores what was spoilt and leaves every other part of the file byte for byte, and
everything but those cells in the sheets that it changes; LibreOffice opens the result and draws the same.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

from addin import actions
from addin.actions import Recomputed
from addin.workbooks import snapshot
from generator import office as libreoffice
from generator.xlsx.package import Package
from generator.xlsx.xml import MAIN

pytestmark = pytest.mark.xdist_group("preservation")  # the files are saved once

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "quota.png"
SCORING, OWN = "填报与计分", "我的备注"
FILES = ["calc.xlsx", "calc.xlsm", "xlsxwriter.xlsm"]


@dataclass
class Kept:
    """A decorated book, the same spoilt and recomputed, and what LibreOffice sees in both."""

    before: Path
    after: Path
    spoilt: str
    done: Recomputed
    seen_before: Any
    seen_after: Any


def office(jobs: list[dict[str, object]]) -> list[Any]:
    """Have LibreOffice do some jobs; see the worker."""
    program = libreoffice.program()
    with tempfile.TemporaryDirectory(prefix="scorebook-lo-") as profile:
        request = json.dumps({"program": program, "profile": profile, "jobs": jobs})
        command = [libreoffice.interpreter(program), str(Path(__file__).with_name("office_worker.py"))]
        done = subprocess.run(command, input=request, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {n: archive.read(n) for n in archive.namelist()}


def by_xlsxwriter(book: Path, macros: Path, target: Path) -> None:
    """The same sheets written by XlsxWriter, with what only it writes."""
    made = xlsxwriter.Workbook(target)
    cover = made.add_chartsheet("封面图")
    for source in openpyxl.load_workbook(book).worksheets:
        sheet = made.add_worksheet(source.title)
        for row in source.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    sheet.write_formula(cell.row - 1, cell.column - 1, cell.value)
                elif isinstance(cell.value, str):
                    sheet.write_string(cell.row - 1, cell.column - 1, cell.value)
                elif cell.value is not None:
                    sheet.write(cell.row - 1, cell.column - 1, cell.value)
        sheet.protect()
        if source.title == SCORING:
            sheet.insert_image("B8", PICTURE, {"x_scale": 0.3, "y_scale": 0.3})
            sheet.write_comment("C9", "请核实")
            sheet.set_header("&C&G", {"image_center": str(PICTURE)})
            sheet.conditional_format("D6:G9", {"type": "data_bar", "data_bar_2010": True})
    own = made.add_worksheet(OWN)
    own.add_table("A1:B4", {"data": [["甲", 3], ["乙", 5], ["丙", 4]], "columns": [{"header": "项目"}, {"header": "数"}]})
    own.add_sparkline("D2", {"range": f"{OWN}!B2:B4"})
    own.write_comment("D6", "请核实")
    own.insert_button("F2", {"macro": "Remarks", "caption": "备注"})
    own.insert_textbox("F6", "不要动")
    own.set_paper(9)
    for chart, put in (
        (made.add_chart({"type": "bar"}), lambda c: own.insert_chart("H2", c)),
        (made.add_chart({"type": "pie"}), cover.set_chart),
    ):
        chart.add_series({"categories": f"={OWN}!$A$2:$A$4", "values": f"={OWN}!$B$2:$B$4"})
        put(chart)
    made.define_name("我的区域", f"={OWN}!$A$1:$B$4")
    made.add_vba_project(str(macros))
    made.close()


def with_printer_settings(path: Path, sheet: str) -> None:
    """Add the settings of a printer as Windows keeps them, which nothing but Excel writes."""
    found = parts(path)
    part = Package.open(path).sheet_paths[sheet]
    links = f"xl/worksheets/_rels/{part.rsplit('/', 1)[1]}.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/printerSettings"
    link = f'<Relationship Id="rIdPrinter" Type="{kind}" Target="../printerSettings/printerSettings1.bin"/></Relationships>'.encode()
    found[links] = found[links].replace(b"</Relationships>", link)
    assert b"<pageSetup " in found[part]
    found[part] = found[part].replace(b"<pageSetup ", b'<pageSetup r:id="rIdPrinter" ')
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    override = f'<Override PartName="/xl/printerSettings/printerSettings1.bin" ContentType="{types}"/></Types>'.encode()
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(b"</Types>", override)
    device = "办公室打印机".encode("utf-16-le").ljust(64, b"\0")
    found["xl/printerSettings/printerSettings1.bin"] = (
        device + struct.pack("<4HI5h", 0x401, 0x600, 220, 0, 0x303, 2, 9, 2970, 2100, 100) + bytes(138)
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    path.write_bytes(stream.getvalue())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    folder = tmp_path_factory.mktemp("kept")
    [made] = actions.generate(["panshan-2019-parks"], folder)
    book = made.rename(folder / "parks.xlsx")
    actions.fill(book, ROOT / "docs" / "demo" / "parks.values.yaml")
    actions.recompute(book, book)
    kinds = {"calc.xlsx": "Calc MS Excel 2007 XML", "calc.xlsm": "Calc MS Excel 2007 VBA XML"}
    save = {str(folder / name): kind for name, kind in kinds.items()}
    office([{"do": "decorate", "file": str(book), "picture": str(PICTURE), "own": OWN, "on": SCORING, "save": save}])
    (folder / "vbaProject.bin").write_bytes(parts(folder / "calc.xlsm")["xl/vbaProject.bin"])
    by_xlsxwriter(book, folder / "vbaProject.bin", folder / "xlsxwriter.xlsm")
    with_printer_settings(folder / "xlsxwriter.xlsm", OWN)
    spoilt, done = {}, {}
    for name in FILES:
        package = Package.open(folder / name)
        sheet, spoilt[name] = snapshot.of_package(package, name).place("1/得分", 0) or ("", "")
        package.sheet(sheet).set(spoilt[name], Decimal("3.21"))
        (folder / f"new-{name}").write_bytes(package.to_bytes())
        done[name] = actions.recompute(folder / f"new-{name}")
    files = [file for name in FILES for file in (folder / name, folder / f"new-{name}")]
    seen = office([{"do": "look", "file": str(file), "folder": str(folder)} for file in files])
    return {
        name: Kept(files[2 * i], files[2 * i + 1], spoilt[name], done[name], seen[2 * i], seen[2 * i + 1]) for i, name in enumerate(FILES)
    }


HELD = {
    "calc.xlsx": ["xl/charts/chart1.xml", "xl/comments2.xml", "xl/drawings/vmlDrawing1.vml", "xl/sharedStrings.xml"],
    "calc.xlsm": ["xl/vbaProject.bin", "xl/comments2.xml", "xl/drawings/drawing1.xml"],
    "xlsxwriter.xlsm": [
        "xl/chartsheets/sheet1.xml",
        "xl/tables/table1.xml",
        "xl/vbaProject.bin",
        "xl/drawings/vmlDrawing1.vml",
        "xl/printerSettings/printerSettings1.bin",
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_every_other_part_is_byte_identical(kept: dict[str, Kept], name: str) -> None:
    book = kept[name]
    before, after = parts(book.before), parts(book.after)
    assert set(HELD[name]) <= before.keys()
    assert PICTURE.read_bytes() in before.values()
    assert list(after) == list(before)
    sheets = Package.open(book.after).sheet_paths
    changed = {sheets[edit.sheet] for edit in book.done.changes} | {sheets["_scorebook"]}
    changed |= {sheets[dressed.sheet] for dressed in book.done.dressed} | ({"xl/styles.xml"} if book.done.dressed else set())
    assert {part for part in after if after[part] != before[part]} <= changed
    assert sheets[OWN] not in changed


def without_cells(sheet: bytes) -> tuple[bytes, dict[str, bytes]]:
    """A sheet's XML but for its cells, and its cells, all in canonical form."""
    root = etree.fromstring(sheet)
    cells = {}
    for cell in list(root.iter(f"{{{MAIN}}}c")):
        cell.tail = None
        cells[cell.get("r")] = etree.tostring(cell, method="c14n")
        cell.getparent().remove(cell)
    return etree.tostring(root, method="c14n"), cells


@pytest.mark.parametrize("name", FILES)
def test_in_the_changed_sheets_only_those_cells_change(kept: dict[str, Kept], name: str) -> None:
    book = kept[name]
    before, after = parts(book.before), parts(book.after)
    about = Package.open(book.after).sheet("_scorebook")
    reasons = {(e.sheet, e.cell): e.reason for e in book.done.changes}
    assert reasons[SCORING, book.spoilt] == "恢复公式"
    for sheet, path in Package.open(book.after).sheet_paths.items():
        (frame, cells), (new_frame, new_cells) = without_cells(before[path]), without_cells(after[path])
        differing = {at for at in cells.keys() | new_cells.keys() if cells.get(at) != new_cells.get(at)}
        if sheet == "_scorebook":
            assert {about.value(f"A{at[1:]}") for at in differing} == {"recomputed:at", "recomputed:by", "recomputed:with"}
        else:
            dressed = {one.outfit.at for one in book.done.dressed if one.sheet == sheet}
            assert dressed or new_frame == frame
            assert differing <= {at for name_of, at in reasons if name_of == sheet} | dressed


@pytest.mark.parametrize("name", FILES)
def test_libreoffice_draws_the_same(kept: dict[str, Kept], name: str) -> None:
    before, after = kept[name].seen_before, kept[name].seen_after
    if kept[name].done.dressed:  # with the colours that say what is wrong
        assert after["sheets"][SCORING].pop("conditions") > before["sheets"][SCORING].pop("conditions")
    assert after == before
    own, scoring = after["sheets"][OWN], after["sheets"][SCORING]
    [picture] = scoring["drawn"]["GraphicObjectShape"]
    [chart] = own["drawn"]["OLE2Shape"]
    assert picture[0] > 3000
    assert chart[0] > 1500
    assert (own["comments"], scoring["comments"]) == (["请核实"], ["请核实"])
    assert "leave me alone" in after["macros"].get("Remarks", "") if name.endswith("m") else after["macros"] == {}


@pytest.mark.filterwarnings("ignore:.*not supported and will be removed")  # by openpyxl, which only reads here
@pytest.mark.parametrize("name", FILES)
def test_the_book_is_right_again(kept: dict[str, Kept], name: str) -> None:
    found = actions.check(kept[name].after).findings
    assert {f.code for f in found} == {"sheet-added"} | ({"macro-inside"} if name.endswith("m") else set())
    value = openpyxl.load_workbook(kept[name].after, data_only=True)[SCORING][kept[name].spoilt].value
    assert value == 9.39  # 10 × 22.15 ÷ 23.60 = 9.386
