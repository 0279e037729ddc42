"""Makes the pictures of the manuals: books filled with the demonstration figures, printed by LibreOffice.

Run from the top of the repository: ``python docs/pictures.py``. Needs LibreOffice, Chinese fonts and pdftoppm.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from addin import actions
from generator.verification import libreoffice

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"

# name → (scheme, filled?, words on the wanted page, crop at 110 dpi: x, y, width, height)
WANTED = {
    "scoring": ("towns", True, "业务工作考核评分表", (10, 40, 1270, 800)),
    "scoring-parks": ("parks", True, "业务工作考核评分表", (10, 40, 1270, 800)),
    "blank": ("parks", False, "业务工作考核评分表", (10, 40, 1270, 800)),
    "summary": ("towns", True, "业务工作考核汇总表", (10, 30, 900, 1060)),
    "checks": ("parks", False, "填报校验", (10, 30, 900, 700)),
    "guide": ("towns", False, "怎样填写", (10, 30, 900, 1200)),
    "quota": ("towns", True, "等次名额与计分标准", (10, 30, 900, 470)),
}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        books = {(topic, filled): _book(Path(folder), topic, filled) for topic, filled, _, _ in WANTED.values()}
        list(libreoffice.convert(list(books.values()), "pdf", Path(folder)))
        for name, (topic, filled, words, crop) in WANTED.items():
            pdf = books[topic, filled].with_suffix(".pdf")
            x, y, width, height = map(str, crop)
            page = str(_page_with(pdf, words))
            area = ["-x", x, "-y", y, "-W", width, "-H", height, "-png"]
            subprocess.run(["pdftoppm", "-r", "110", "-singlefile", "-f", page, "-l", page, *area, pdf, PICTURES / name], check=True)
            print(f"docs/pictures/{name}.png")


def _book(folder: Path, topic: str, filled: bool) -> Path:
    [made] = actions.generate([f"panshan-2019-{topic}"], folder / f"{topic}-{filled}")
    book = made.rename(folder / f"{topic}-{filled}.xlsx")
    if filled:
        actions.fill(book, HERE / "demo" / f"{topic}.values.yaml")
        actions.recompute(book, book)
    return book


def _page_with(pdf: Path, words: str) -> int:
    """The first page that says this."""
    pages = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    return next(i for i, text in enumerate(pages, 1) if words in text.replace(" ", ""))


if __name__ == "__main__":
    main()
