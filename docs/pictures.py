"""Makes the pictures of the manuals: books filled with the demonstration figures, printed by LibreOffice.

Run from the top of the repository: ``python docs/pictures.py``. Needs LibreOffice, Chinese fonts and pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path

from addin import actions, hand_out
from addin.gathering import desk
from addin.workbooks import snapshot
from generator.files import write_atomically
from generator.fillings import cases
from generator.plan.planner import make_plan
from generator.plan.view import Kind, View
from generator.scheme import library
from generator.sheets.book import compose
from generator.value import Value
from generator.verification import libreoffice_engine
from generator.xlsx import writer
from generator.xlsx.package import Package

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"

GATHERED = "gathered"
"""Stands for the book of the parks into which the departments' books were gathered, with something for people to see to."""

# name → (scheme, filled?, words on the wanted page, crop at 110 dpi: x, y, width, height)
WANTED = {
    "scoring": ("panshan-2019-towns", True, "业务工作考核评分表", (10, 40, 1270, 800)),
    "scoring-parks": ("panshan-2019-parks", True, "业务工作考核评分表", (10, 40, 1270, 800)),
    "blank": ("panshan-2019-parks", False, "业务工作考核评分表", (10, 40, 1270, 800)),
    "summary": ("panshan-2019-towns", True, "业务工作考核汇总表", (10, 30, 900, 1130)),
    "checks": ("panshan-2019-parks", False, "填报校验", (10, 30, 900, 700)),
    "guide": ("panshan-2019-towns", False, "怎样填写", (10, 30, 900, 780)),
    "quota": ("panshan-2019-towns", True, "县政府领导评价：等次名额", (10, 30, 900, 470)),
    "unit-sheet": ("jiyuan-2017-poverty", True, "教育局济源市市直部门", (10, 30, 900, 1100)),
    "periods": ("jiyuan-2020-mayor-hotline-12345", True, "责任单位考核评分表", (10, 30, 1270, 860)),
    "reference": ("jiyuan-2020-digital-city-management", False, "城市部件立案、处置、结案标准", (10, 30, 1270, 700)),
    "list": ("zhengzhou-2020-gov-service-reform", True, "承担单位", (10, 30, 1270, 800)),
    "reported": (GATHERED, True, "收到的文件", (10, 30, 1270, 860)),
    "waiting": (GATHERED, True, "待定的数", (10, 30, 1270, 330)),
}

# name → (scheme, whose book, words on the wanted page, crop)
VIEWS = {
    "department": ("panshan-2019-towns", View(Kind.DEPARTMENT, "县招商服务中心"), "（县招商服务中心填报）", (10, 40, 900, 640)),
    "self-assessment": ("panshan-2019-towns", View(Kind.UNIT, "太平街道"), "业务工作考核自评表", (10, 40, 1270, 800)),
}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        books = {(name, filled): _book(Path(folder), name, filled) for name, filled, _, _ in WANTED.values()}
        parts = {name: _part(books[scheme, True], view, Path(folder) / name) for name, (scheme, view, _, _) in VIEWS.items()}
        list(libreoffice_engine.convert([*books.values(), *parts.values()], "pdf", Path(folder)))
        for name, (scheme, filled, words, crop) in WANTED.items():
            _picture(books[scheme, filled].with_suffix(".pdf"), name, words, crop)
        for name, (_, _, words, crop) in VIEWS.items():
            _picture((Path(folder) / parts[name].name).with_suffix(".pdf"), name, words, crop)


def _picture(pdf: Path, name: str, words: str, crop: tuple[int, int, int, int]) -> None:
    x, y, width, height = map(str, crop)
    page = str(_page_with(pdf, words))
    area = ["-x", x, "-y", y, "-W", width, "-H", height, "-png"]
    subprocess.run(["pdftoppm", "-r", "110", "-singlefile", "-f", page, "-l", page, *area, pdf, PICTURES / name], check=True)
    print(f"docs/pictures/{name}.png")


def _part(book: Path, view: View, folder: Path) -> Path:
    """The book of a department or a unit, from the office's."""
    [made] = hand_out.split(book, view.kind, [view.who], folder).files
    return made


def _gathered(folder: Path) -> Path:
    """The departments' books of the parks gathered: one has not come, one has come twice, one has a text for a number."""
    full = _book(folder, "panshan-2019-parks", True)
    inbox = folder / "inbox"
    files = {path.name: path for path in hand_out.split(full, Kind.DEPARTMENT, [], inbox).files}
    own = {body: next(path for name, path in files.items() if f"（{body}填报）" in name) for body in ("县发改局", "县财政局", "县营商局")}
    again = own["县发改局"].with_name("县发改局（更正）.xlsx")
    shutil.copy(own["县发改局"], again)
    for path, key, value in ((again, "1/完成", Decimal("24.6")), (own["县财政局"], "2/完成", "约1.1万")):
        package = Package.open(path)
        sheet, at = snapshot.of_package(package, path.name).place(key, 0) or ("", "")
        package.sheet(sheet).set(at, value)
        write_atomically(path, package.to_bytes())
    own["县营商局"].unlink()
    (inbox / "打不开的.xlsx").write_bytes(b"PK")
    hand_out.split(full, Kind.UNIT, ["新材料"], inbox)
    office = folder / f"{GATHERED}.xlsx"
    writer.write(compose(actions.load_scheme("panshan-2019-parks")), office)
    desk.gather(office, [inbox])
    return office


def _book(folder: Path, name: str, filled: bool) -> Path:
    """A scheme's book: blank, with the demonstration figures, or else with the fullest of its worked cases."""
    if name == GATHERED:
        return _gathered(folder)
    book = folder / f"{name}-{filled}.xlsx"
    file = actions.load_scheme(name)
    inputs: dict[tuple[str, int], Value] = {}
    demo = HERE / "demo" / f"{name.rsplit('-', 1)[1]}.values.yaml"
    if filled and not name.startswith("panshan"):
        listed = cases.load(library.cases_file(library.find(name)), make_plan(file.scheme))
        inputs = max((filling.inputs for filling in listed), key=len)
    writer.write(compose(file, inputs), book)
    if filled and name.startswith("panshan"):
        actions.fill(book, demo)
        actions.recompute(book, book)
    return book


def _page_with(pdf: Path, words: str) -> int:
    """The first page that says this."""
    pages = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    return next(i for i, text in enumerate(pages, 1) if words in text.replace(" ", ""))


if __name__ == "__main__":
    main()
