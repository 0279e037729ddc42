"""考核簿.html in a real browser, opened from the disk, with the network cut.

Requirements: what the page makes and mends, papers too, equals the command's to the byte; its findings too; hostile files get a
sentence and do nothing; what comes from a file is text and never HTML; nothing can be connected to; work can be stopped and begun
again; nobody loses work by closing the page; it has no barriers that axe knows and the keyboard is enough; the largest book has
bounds; the last Chromium of Windows 7 will do, and an older browser is told so; building it again gives the same bytes.
"""

from __future__ import annotations

import datetime
import hashlib
import http.server
import io
import json
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tiny
from playwright.sync_api import Browser, FileChooser, Locator, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as Late

from addin import actions, hand_out, importing, year_papers, years
from addin.gathering import desk
from addin.packaging import page as builder
from addin.result import analysis, notice, statement
from addin.workbooks import explanation, repair, snapshot
from addin.workbooks.book import BookError
from generator.plan.view import Kind
from generator.sheets import meta
from generator.value import Value
from generator.xlsx.package import Package

pytestmark = pytest.mark.xdist_group("page")
TOP = Path(__file__).resolve().parents[1]
VALUES = TOP / "docs" / "demo"
TOOLS = Path(__file__).parent / "browsing" / "node_modules"
BROWSER: dict[str, Any] = {"executable_path": shutil.which("chromium")} if shutil.which("chromium") else {"channel": "msedge"}
"""On Windows, the one that comes with it."""
SETTINGS = ["--no-sandbox", "--disable-gpu"]
WAIT = 180_000
"""Milliseconds; a loaded machine takes long to compile Python."""


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    opened = player.chromium.launch(args=SETTINGS, **BROWSER)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on a path as people have them."""
    path = tmp_path_factory.mktemp("我的 文件") / builder.NAME
    path.write_bytes(builder.built())
    return path


def opened(browser: Browser, html: Path, ready: bool = True, **settings: Any) -> Page:
    page = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 1366, "height": 768}, **settings).new_page()
    page.set_default_timeout(WAIT)
    page.goto(html.as_uri())
    if ready:
        page.get_by_text("准备好了").wait_for()
    return page


@pytest.fixture(scope="module")
def page(browser: Browser, html: Path) -> Iterator[Page]:
    """One page for the tests that leave it as it was."""
    asked: list[str] = []
    faults: list[str] = []
    page = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 1366, "height": 768}).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.set_default_timeout(WAIT)
    page.goto(html.as_uri())
    page.get_by_text("准备好了").wait_for()
    yield page
    assert faults == []
    assert [address for address in asked if not address.startswith(("file://", "blob:"))] == []


def given(page: Page, *files: Path) -> Locator:
    """Files handed to the page; the box of the first, once it is done."""
    page.set_input_files("#files", list(files))
    box = page.locator("#books article").first
    done = box.locator(".verdict:is(.error, .warning, .todo, .fine)")
    done.first.wait_for()
    return box


def saved(page: Page, link: Locator, path: Path) -> Path:
    with page.expect_download() as waiting:
        link.click()
    waiting.value.save_as(path)
    return path


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled book with a formula typed over, a number with its measure behind it, and an input left out."""
    folder = tmp_path_factory.mktemp("filled")
    (blank,) = actions.generate(["panshan-2019-parks"], folder)
    book = folder / "园区 & <b>填好的</b>.xlsx"
    actions.fill(blank, VALUES / "parks.values.yaml", book)
    taken = snapshot.take(book)
    pack = Package.open(book)
    lines = [line for line in taken.plan.inputs if line.owner in ("1", "2", "3")]
    places = [*(taken.place(line.key, 0) for line in lines[:2]), taken.place(taken.plan.scores["3"], 0)]
    values: list[Value] = ["21.5亿元", None, Decimal(9)]
    for place, value in zip(places, values, strict=True):
        assert place
        pack.sheet(place[0]).set(place[1], value)
    book.write_bytes(pack.to_bytes())
    return book


def test_a_blank_book_is_the_command_s(page: Page, tmp_path: Path) -> None:
    if not page.locator("#search").is_visible():
        page.get_by_text("要一份空白表").click()
    page.fill("#search", "园区 盘山")
    assert page.locator("#schemes option").count() == 1
    page.click("#generate")
    link = page.locator("#made a.save").first
    link.wait_for()
    made = saved(page, link, tmp_path / "made.xlsx")
    (blank,) = actions.generate(["panshan-2019-parks"], tmp_path)
    assert made.read_bytes() == blank.read_bytes()


def test_findings_and_scores_are_the_command_s(page: Page, spoilt: Path) -> None:
    box = given(page, spoilt)
    found = actions.check(spoilt).findings
    assert {"formula-overwritten", "input-number-as-text", "input-missing"} <= {one.code for one in found}
    rows = box.locator("details", has_text="问题（").locator("tbody tr")
    texts = [re.sub(r"\s+", "", row) for row in rows.all_inner_texts()]
    assert len(texts) == len(found)
    for one in found:
        wanted = f"{one.sheet}!{one.cell}" if one.cell else one.sheet
        assert any(re.sub(r"\s+", "", wanted) in text and re.sub(r"\s+", "", one.message) in text for text in texts), one
    box.get_by_label("程度").select_option("错误")
    assert rows.count() == sum(one.severity == "error" for one in found)
    box.locator("summary", has_text="得分和位次").click()
    for unit, result in actions.score(spoilt).units.items():
        row = box.locator("tr", has=page.get_by_role("button", name=unit, exact=True))
        assert ("" if result.total is None else f"{result.total:.2f}") in row.inner_text()


def test_a_score_is_explained(page: Page, spoilt: Path) -> None:
    box = given(page, spoilt)
    box.locator("summary", has_text="得分和位次").click()
    box.get_by_role("button", name="电商物流园", exact=True).click()
    box.locator(".scores button").first.click()
    told = page.locator("#told")
    told.wait_for()
    head, *lines = explanation.told(explanation.explain(spoilt, "电商物流园", "1"))
    assert told.locator("h2").inner_text() == head
    assert told.locator("#told-lines p").all_inner_texts() == lines
    page.keyboard.press("Escape")
    assert not told.is_visible()


def test_a_mended_book_is_the_command_s(page: Page, spoilt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = given(page, spoilt)
    box.get_by_role("button", name="重算并改正").click()
    link = box.locator("a.save")
    link.wait_for()
    made = saved(page, link, tmp_path / "made.xlsx")
    moment = datetime.datetime.fromisoformat(stamped(made, "at"))

    class Then(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Then:
            return cls(*moment.timetuple()[:6])

    monkeypatch.setattr("addin.workbooks.repair.datetime.datetime", Then)
    monkeypatch.setattr(repair, "user", lambda: stamped(made, "by"))
    done = actions.recompute(spoilt, tmp_path / "command.xlsx", fix=True)
    assert done.count > 2
    assert made.read_bytes() == (tmp_path / "command.xlsx").read_bytes()


def test_books_of_departments_are_gathered(page: Page, spoilt: Path, tmp_path: Path) -> None:
    """And what is done next is done to the gathered book."""
    office = hand_out.Office.of_book(snapshot.take(spoilt))
    reported = hand_out.hand_out(office, office.views(Kind.DEPARTMENT)[:2], tmp_path / "in").files
    (blank,) = actions.generate(["panshan-2019-parks"], tmp_path)
    done = desk.gather(blank, [tmp_path / "in"], tmp_path / "command.xlsx").gathered
    box = given(page, blank)
    box.get_by_role("button", name="汇总收上来的表").click()
    box.locator(".gathering input[multiple]").set_input_files(reported)
    link = box.locator("a.save")
    link.wait_for()
    assert f"收了 2 个文件，新收 {done.count} 格" in box.locator(".verdict").inner_text()
    gathered = snapshot.take(saved(page, link, tmp_path / "page.xlsx")).inputs
    assert gathered == snapshot.take(tmp_path / "command.xlsx").inputs
    assert len(gathered) == done.count > 10
    box.get_by_role("button", name="重算并改正").click()
    box.get_by_text("保存改正后的工作簿").wait_for()
    assert snapshot.take(saved(page, link, tmp_path / "again.xlsx")).inputs.keys() == gathered.keys()


def test_results_of_other_books_are_taken(page: Page, tmp_path: Path) -> None:
    theirs = tiny.text("- {id: 1, name: 上报, points: 6, rule: deduct, events: [{what: 未上报, each: 2}]}", "[甲镇, 乙镇]", "6")
    source = tiny.book(theirs.replace("scheme: tiny", "scheme: source-2024"), tmp_path / "来源.xlsx", {("1/未上报", 0): Decimal(1)})
    asking = "- {id: 5, name: 汇总, points: 6, rule: formula, inputs: {总: {ask: score, scheme: source-2024}}, score: 总}"
    mine = tiny.book(tiny.text(asking, "[乙镇, 甲镇]", "6"), tmp_path / "本簿.xlsx")
    box = given(page, mine)
    box.get_by_role("button", name="取别的考核的结果").click()
    box.locator(".gathering input[multiple]").set_input_files([source])
    link = box.locator("a.save")
    link.wait_for()
    assert "从 source-2024 取了 2 个数" in box.locator(".verdict").inner_text()
    made = saved(page, link, tmp_path / "page.xlsx")
    importing.import_results(mine, [source], tmp_path / "command.xlsx")
    assert made.read_bytes() == (tmp_path / "command.xlsx").read_bytes()
    assert [actions.score(made).units[unit].total for unit in ("甲镇", "乙镇")] == [4, 6]  # 6 − 2


RULES = "- {id: 1, name: 投资, points: 6, rule: ratio, target: TARGET}"


def ruled(target: int, year: int) -> str:
    """A scheme of two units and one target."""
    written = tiny.text(RULES.replace("TARGET", str(target)), "[甲镇, 乙镇]", "6")
    return written.replace("scheme: tiny", f"scheme: town-{year}").replace("year: 2024", f"year: {year}")


def test_values_are_taken_out_and_put_in(page: Page, tmp_path: Path) -> None:
    """A table, and another book; what is doubtful is asked about before it is filled in, what cannot be is refused."""
    full = tiny.book(ruled(4, 2024), tmp_path / "填好的.xlsx", {("1/完成", 0): Decimal(2), ("1/完成", 1): Decimal(4000)})
    blank = tiny.book(ruled(4, 2024), tmp_path / "空白.xlsx")
    table = tmp_path / "填好的数据.xlsx"
    assert made_by(given(page, full), "导出数据", page, table) == actions.values_of(full).table
    for source in (table, full):
        box = given(page, blank)
        box.get_by_role("button", name="导入数据").click()
        box.locator(".gathering input[type=file]").set_input_files([source])
        box.get_by_role("button", name="核对过了，照着填").click()
        link = box.locator("a.save", has_text="保存导入数据后的工作簿")
        made = saved(page, link, tmp_path / "page.xlsx")
        assert "已填 2 格" in box.locator(".verdict").first.inner_text()
        with pytest.raises(actions.Questionable):  # 4000 of 4
            actions.fill(blank, source, tmp_path / "command.xlsx")
        actions.fill(blank, source, tmp_path / "command.xlsx", as_is=True)
        assert made.read_bytes() == (tmp_path / "command.xlsx").read_bytes()
    assert actions.score(made).units["甲镇"].total == 3  # 6 × 2 ÷ 4
    assert "点“导入数据”" in given(page, table).locator(".verdict").inner_text()
    box = given(page, tiny.book(ruled(4, 2023), tmp_path / "去年.xlsx"))
    box.get_by_role("button", name="导入数据").click()
    box.get_by_label("从这里选").select_option(label=full.name)
    box.get_by_role("button", name="就用选中的").click()
    box.locator(".verdict.error").wait_for()
    assert "town-2024" in box.locator(".verdict").inner_text()


def test_two_years_are_compared(page: Page, tmp_path: Path) -> None:
    """The book of one year with that of another, then with a scheme that is known."""
    last, this = (tiny.book(ruled(target, year), tmp_path / f"{year}.xlsx") for target, year in ((4, 2023), (8, 2024)))
    box = given(page, this)
    box.get_by_role("button", name="两年对比").click()
    box.locator(".gathering input[type=file]").set_input_files([last])
    made = box.locator(".made article").first
    row = made.locator("tbody tr", has_text="目标")
    row.wait_for()
    assert row.locator("td").all_inner_texts()[-2:] == ["4", "8"]
    before, after = (years.scheme_of(str(path)) for path in (last, this))
    book = saved(page, made.locator("a.save"), tmp_path / "page.xlsx")
    assert book.read_bytes() == year_papers.difference_book(before, after)
    box.get_by_role("button", name="两年对比").click()
    box.get_by_label("按地方、年份或名称里的字来找").fill("园区 盘山")
    box.get_by_label("从这里选").select_option("panshan-2019-parks")
    box.get_by_role("button", name="就用选中的").click()
    made = box.locator(".made article").nth(1)
    made.locator("a.save").wait_for()
    known = years.scheme_of("panshan-2019-parks")
    book = saved(page, box.locator(".made article").first.locator("a.save"), tmp_path / "known.xlsx")
    assert book.read_bytes() == year_papers.difference_book(known, after)


@pytest.mark.parametrize("from_rules", [False, True], ids=["from the filled book", "from the definition workbook"])
def test_a_book_is_scored_by_other_rules(page: Page, tmp_path: Path, from_rules: bool) -> None:
    from generator.definition import exchange

    filled = tiny.book(ruled(4, 2023), tmp_path / "2023.xlsx", {("1/完成", 0): Decimal(2), ("1/完成", 1): Decimal(4)})
    rules = tmp_path / "新办法.xlsx"
    rules.write_bytes(exchange.export(years.scheme_of(str(tiny.book(ruled(8, 2024), tmp_path / "2024.xlsx")))))
    mine, other = (rules, filled) if from_rules else (filled, rules)
    box = given(page, mine)
    box.get_by_role("button", name="新办法试算").click()
    box.locator(".gathering input[type=file]").set_input_files([other])
    made = box.locator(".made article").first
    made.locator("a.save").wait_for()
    table = made.locator("table").first
    heads = table.locator("th").all_inner_texts()
    assert heads[:3] == ["被考核单位", "原总分", "新总分"]
    # 6 × 2 ÷ 4 and 6 × 2 ÷ 8; 6 × 4 ÷ 4 and 6 × 4 ÷ 8
    assert [row[:3] for row in by_row(table)] == [["甲镇", "3.00", "1.50"], ["乙镇", "6.00", "3.00"]]
    former, file, found = years.by_other_rules(str(rules), filled)
    assert saved(page, made.locator("a.save"), tmp_path / "page.xlsx").read_bytes() == year_papers.what_if_book(former, file, found)


def by_row(table: Locator) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]


def test_books_of_departments_are_handed_out(page: Page, tmp_path: Path) -> None:
    if not page.locator("#search").is_visible():
        page.get_by_text("要一份空白表").click()
    page.fill("#search", "园区 盘山")
    page.locator("#view").select_option("department")
    page.click("#generate")
    link = page.locator("#made a.save", has_text=".zip").first
    link.wait_for()
    office = hand_out.Office.of_scheme("panshan-2019-parks")
    written = hand_out.hand_out(office, office.views(Kind.DEPARTMENT), tmp_path / "command").files
    with zipfile.ZipFile(saved(page, link, tmp_path / "page.zip")) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {path.name: path.read_bytes() for path in written}
    page.locator("#view").select_option("scoring")


def made_by(box: Locator, button: str, page: Page, path: Path) -> bytes:
    """What the page writes when a button of a book is clicked."""
    made = box.locator(".made article")
    before = made.count()
    box.get_by_role("button", name=button, exact=True).click()
    made.nth(before).locator("a.save").wait_for()
    return saved(page, made.first.locator("a.save"), path).read_bytes()


def test_papers_and_next_year_s_book_are_the_command_s(page: Page, tmp_path: Path) -> None:
    (book,) = actions.generate(["panshan-2019-parks"], tmp_path)
    actions.fill(book, VALUES / "parks.values.yaml")
    taken, box = snapshot.take(book), given(page, book)
    written = dict(statement.statements(taken))
    with zipfile.ZipFile(io.BytesIO(made_by(box, "得分说明单", page, tmp_path / "all.zip"))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == written
    assert made_by(box, "通报", page, tmp_path / "n.docx") == notice.notice(taken, notice.Heading())
    assert made_by(box, "下一年度的定义簿", page, tmp_path / "d.xlsx") == years.definition(years.begin(str(book)))
    if not box.locator(".scores").count():
        box.get_by_role("button", name="电商物流园", exact=True).click()
    assert made_by(box, "存成得分说明单（Word）", page, tmp_path / "one.docx") == written["电商物流园得分说明单.docx"]
    assert made_by(box, "结果分析", page, tmp_path / "a.xlsx") == analysis.analysis(taken)


def stamped(book: Path, what: str) -> str:
    sheet = Package.open(book).sheet(meta.NAME)
    (row,) = [row for row, _ in sheet.rows() if sheet.value(f"A{row}") == f"{repair.STAMP}:{what}"]
    return str(sheet.value(f"B{row}"))


def test_what_a_file_says_is_text(page: Page, spoilt: Path) -> None:
    """The name of the book has tags in it."""
    box = given(page, spoilt)
    assert box.locator("h3").first.inner_text() == spoilt.name
    assert box.locator("b").count() == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("entities.xlsx", b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', "文档类型声明"),
        ("no-book.xlsx", b"", "不是完好的"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式"),
    ],
)
def test_hostile_files_get_a_sentence(page: Page, spoilt: Path, tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if content.startswith(b"<!DOCTYPE"):
        pack = Package.open(spoilt)
        pack.parts["xl/workbook.xml"] = content + pack.parts["xl/workbook.xml"]
        path.write_bytes(pack.to_bytes())
    with pytest.raises(Exception, match=says):
        actions.check(path)
    verdict = given(page, path).locator(".verdict").first.inner_text()
    assert says in verdict
    assert "Traceback" not in verdict


@pytest.mark.parametrize(("name", "says"), [("收上来的.zip", "先解压"), ("数值.yaml", "点“导入数据”"), ("通知.pdf", "不是 Excel 工作簿")])
def test_other_kinds_of_files_are_told_from_books(page: Page, tmp_path: Path, name: str, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"something")
    assert says in given(page, path).locator(".verdict").first.inner_text()


def test_a_book_is_moved_away(page: Page, spoilt: Path) -> None:
    """What is not saved yet only after a question."""
    before = page.locator("#books article").count()
    box = given(page, spoilt)
    box.get_by_role("button", name="重算并改正").click()
    box.locator("a.save").wait_for()
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", answer)
    away = box.get_by_role("button", name=f"移走 {spoilt.name}")
    away.click()
    assert page.locator("#books article").count() == before + 1
    away.click()
    page.remove_listener("dialog", answer)
    assert page.locator("#books article").count() == before
    assert all("还没有保存" in words for words in asked)
    assert len(asked) == 2


def test_a_definition_workbook(page: Page, tmp_path: Path) -> None:
    from generator.definition import exchange, words

    book = tmp_path / "定义簿.xlsx"
    book.write_bytes(exchange.export(actions.load_scheme("panshan-2019-parks")))
    box = given(page, book)
    assert "没有错误" in box.locator(".verdict").inner_text()
    box.get_by_role("button", name="生成空白表").click()
    box.locator(".made a.save", has_text=".yaml").wait_for()
    links = box.locator(".made a.save")
    assert len([name for name in links.all_inner_texts() if name.endswith(".xlsx")]) == 1
    pack = Package.open(book)
    sheet = pack.sheet(words.TREE)
    at = next(at for _, cells in sheet.rows() for _, at in cells if sheet.value(at) == "固定资产投资")
    sheet.set(at, None)
    book.write_bytes(pack.to_bytes())
    assert "处错误" in given(page, book).locator(".verdict").inner_text()


def test_nothing_can_be_reached(browser: Browser, html: Path) -> None:
    """Not even where there is a network: the page forbids itself every connection."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    try:
        page.goto(html.as_uri())
        there = f"http://127.0.0.1:{server.server_port}/"
        script = """async (there) => {
          const image = new Image(); image.src = there + "image";
          navigator.sendBeacon(there + "beacon");
          const worker = new Worker(URL.createObjectURL(new Blob([`fetch("${there}worker").catch(() => 0)`])));
          return fetch(there).then(() => "reached", () => "refused");
        }"""
        assert page.evaluate(script, there) == "refused"
        page.wait_for_timeout(300)
    finally:
        page.close()
        server.shutdown()
    assert asked == []


def test_work_is_stopped_and_begun_again(browser: Browser, html: Path, spoilt: Path) -> None:
    page = opened(browser, html, ready=False)
    page.set_input_files("#files", [spoilt])
    page.locator("#stop").click()
    box = page.locator("#books article").first
    box.get_by_text("停下了").wait_for()
    box.get_by_role("button", name="再检查一次").click()
    box.locator(".verdict.error").wait_for()
    box.get_by_role("button", name="重算并改正").click()
    box.locator("a.save").wait_for()
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)  # a mended book is not saved yet
    box.locator("a.save").wait_for()
    assert asked == ["beforeunload"]
    page.context.close()


def test_no_barriers(page: Page, spoilt: Path) -> None:
    """With everything unfolded, on a desk and on a phone, and with an explanation open."""
    box = given(page, spoilt)
    box.locator("summary", has_text="得分和位次").click()
    box.get_by_role("button", name="电商物流园", exact=True).click()
    box.get_by_role("button", name="两年对比").click()
    if not page.locator("#search").is_visible():
        page.get_by_text("要一份空白表").click()
    page.evaluate((TOOLS / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert barriers(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.set_viewport_size({"width": 1366, "height": 768})
    box.locator(".scores button").first.click()
    page.locator("#told").wait_for()
    assert barriers(page) == []
    page.keyboard.press("Escape")


def barriers(page: Page) -> list[tuple[str, list[Any]]]:
    """What axe finds wrong, and where."""
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


def entered(page: Page) -> FileChooser:
    """The dialog that Enter opens on the first button of the page; once more where a busy browser drops it."""
    for seconds in (20, 40, 80):
        assert page.evaluate("() => document.activeElement.id") == "files"
        with suppress(Late):
            with page.expect_file_chooser(timeout=seconds * 1000) as chooser:
                page.keyboard.press("Enter")
            return chooser.value
    raise AssertionError("Enter opens no dialog")


def test_the_keyboard_is_enough(page: Page, spoilt: Path, tmp_path: Path) -> None:
    """From the top of the page to a mended book that is saved."""
    page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
    page.locator("h1").click()
    page.keyboard.press("Tab")
    entered(page).set_files([spoilt])
    box = page.locator("#books article").first
    box.locator(".verdict.error").wait_for()
    while page.evaluate("() => document.activeElement.textContent") != "重算并改正":
        before = page.evaluate("() => document.activeElement.outerHTML")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.outerHTML") != before
    page.keyboard.press("Enter")
    box.locator("a.save").wait_for()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")  # the link to save it has the focus
    waiting.value.save_as(tmp_path / "made.xlsx")
    assert not [one for one in actions.check(tmp_path / "made.xlsx").findings if one.severity == "error"]


def most_memory(browser: Browser) -> int:
    """Of the processes that show pages, the most that one has taken so far, in MB."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    found = [Path(f"/proc/{one['id']}/status").read_text() for one in told if one["type"] == "renderer"]
    return max(int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) for status in found) // 1024


def test_the_largest_book_of_an_office(page: Page, browser: Browser, tmp_path: Path) -> None:
    """Over 150,000 cells, one of them wrong; the page answers while it works, and the memory has bounds. The last that is done to
    the page, which keeps the book."""
    indicators = "\n".join(f"- {{id: {number}, name: 指标{number}, points: 1, rule: ratio, target: 2}}" for number in range(386))
    units = ", ".join(f"单位{number}" for number in range(100))
    filled = {(f"{number}/完成", unit): Decimal(1) for number in range(386) for unit in range(100)}
    book = tiny.book(tiny.text(indicators, f"[{units}]", "386"), tmp_path / "大簿.xlsx", filled | {("7/完成", 3): Decimal(-1)})
    with zipfile.ZipFile(book) as archive:
        assert sum(archive.read(name).count(b"<c ") for name in archive.namelist() if "/worksheets/" in name) > 150_000
    page.set_input_files("#files", [book])
    box = page.locator("#books article").first
    waited = []
    for _ in range(WAIT // 500):
        if box.locator(".verdict.error").count():
            break
        since = time.perf_counter()
        page.evaluate("() => document.querySelector('#doing').textContent")
        waited.append(time.perf_counter() - since)
        page.wait_for_timeout(500)
    assert sorted(waited)[len(waited) // 2] < 1
    assert "1 处错误" in box.locator(".verdict").inner_text()
    box.locator("summary", has_text="得分和位次").click()
    assert box.locator("tr", has=page.get_by_role("button", name="单位1", exact=True)).locator("td.number").all_inner_texts() == [
        "1",
        "193.00",
    ]  # 386 × 1 ÷ 2
    if sys.platform == "linux":
        assert most_memory(browser) < 1200


@pytest.mark.skipif(sys.platform == "win32", reason="the old Chromium that npm has is one for Linux")
def test_the_last_chromium_of_windows_7(player: Playwright, tmp_path: Path, html: Path, spoilt: Path) -> None:
    packed = TOOLS / "@sparticuz" / "chromium" / "bin" / "chromium.br"
    program = tmp_path / "chromium"
    read = "require('zlib').brotliDecompressSync(fs.readFileSync(process.argv[1]))"
    unpack = f"const fs = require('fs'); fs.writeFileSync(process.argv[2], {read})"
    subprocess.run(["node", "-e", unpack, str(packed), str(program)], check=True)
    program.chmod(0o755)
    old = player.chromium.launch(executable_path=program, args=SETTINGS)
    assert old.version.startswith("109.")
    page = opened(old, html)
    assert "处错误" in given(page, spoilt).locator(".verdict").inner_text()
    old.close()


def test_an_older_browser_is_told(browser: Browser, html: Path) -> None:
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(html.as_uri())
    assert "太旧" in page.locator(".too-old").inner_text()
    assert not page.locator("#page").is_visible()
    page.close()


def test_built_again_it_is_the_same() -> None:
    """And the page that is tested is made from what lies here."""
    again = builder.build(TOP / "out" / "page-packages")
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(builder.built()).hexdigest()
    assert len(again) < 16_000_000


def test_another_package_is_refused(tmp_path: Path) -> None:
    from addin.packaging import page_packages

    for files in page_packages.pinned().values():
        for name in files:
            (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(page_packages.PackageMissing, match="sha256"):
        builder.build(tmp_path)


def test_faults_of_our_own_are_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from addin.page import face

    def fault(**_: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    def refused(**_: Any) -> dict[str, Any]:
        raise BookError("不行")

    monkeypatch.setitem(face._ASKED, "fault", fault)
    monkeypatch.setitem(face._ASKED, "refused", refused)
    said = json.loads(face.answer('{"do": "fault"}', print))["refused"]
    assert said.startswith("程序内部出错（ZeroDivisionError")
    assert json.loads(face.answer('{"do": "refused"}', print)) == {"refused": "不行"}
