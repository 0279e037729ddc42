"""Makes the picture of 考核簿.html in the manual, a book with faults in it dropped into the page; and README's first picture, the page
beside the sheet.

Run from the top of the repository, after ``make page`` and ``python docs/pictures.py``: ``python docs/page_pictures.py``. Needs
Chromium and Chinese fonts.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import sync_playwright

from addin import actions
from addin.packaging import page as builder
from addin.workbooks import snapshot
from generator.value import Value
from generator.xlsx.package import Package

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
FIRST = """<style>
body {{ margin: 0; display: grid; grid-template: auto 1fr / 1fr 1fr; gap: 10px 24px; padding: 14px 20px; }}
body {{ box-sizing: border-box; height: 100vh; font: 20px sans-serif; }}
div {{ overflow: hidden; border: 1px solid #888; box-shadow: 0 2px 8px #0004; }}
img {{ width: 100%; display: block; }}
p {{ margin: 0; text-align: center; }}
</style>
<p>考核簿.html：拖进浏览器，检查、改正、汇总、出通报</p><p>工作簿：Excel、WPS、LibreOffice，自己算分</p>
<div><img src="{}"></div><div><img src="{}"></div>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        folder = Path(name)
        html = folder / builder.NAME
        html.write_bytes(builder.built())
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1366, "height": 1000}, offline=True).new_page()
        page.set_default_timeout(300_000)
        page.goto(html.as_uri())
        page.get_by_text("准备好了").wait_for()
        page.set_input_files("#files", [_spoilt(folder)])
        page.get_by_role("button", name="重算并改正").wait_for()
        page.screenshot(path=PICTURES / "page.png")
        both = browser.new_page(viewport={"width": 1600, "height": 550})
        both.set_content(FIRST.format(*map(_address, ("page.png", "scoring.png"))))
        both.screenshot(path=PICTURES / "first.png")
        browser.close()
    print("docs/pictures/page.png, first.png")


def _address(name: str) -> str:
    """A picture as a page carries it."""
    return f"data:image/png;base64,{base64.b64encode((PICTURES / name).read_bytes()).decode()}"


def _spoilt(folder: Path) -> Path:
    """A filled book in which a measure stands behind a number, an input is missing, one is negative, a formula typed over."""
    (blank,) = actions.generate(["panshan-2019-towns"], folder)
    book = folder / "各镇街道评分簿.xlsx"
    actions.fill(blank, HERE / "demo" / "towns.values.yaml", book)
    taken, pack = snapshot.take(book), Package.open(book)
    first, second, third, *_ = (line.key for line in taken.plan.inputs)
    spoilt: list[tuple[str, int, Value]] = [(first, 0, "2.87亿元"), (second, 3, None), (third, 5, Decimal(-3))]
    for key, unit, value in [*spoilt, (taken.plan.scores["5"], 2, Decimal(3))]:
        place = taken.place(key, unit)
        assert place
        pack.sheet(place[0]).set(place[1], value)
    book.write_bytes(pack.to_bytes())
    return book


if __name__ == "__main__":
    main()
