"""The buttons on a workbook that is open in a real LibreOffice; only their dialogs are stood in for.

Requirements: check puts the findings the command line gives onto the 校验 sheet, marks cells and selects the first;
recompute leaves every cell as the command line does; both in few calls, however large the book; explain says what the
command line says; undo puts back exactly what recompute changed, after a restart too, and refuses when it would cover later
work; generate chooses among bundled and own schemes and opens the book; help opens a manual that is whole. Books that are
not ours, read-only, shared, unsaved, protected by a password: each told kindly. Protection, calculation, selection, scroll
position and status bar are as before, after an error too; failures end in one Chinese message and a log; there is a backup
before the first change.
"""

from __future__ import annotations

import re
import shutil
import sys
import webbrowser
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tiny
import xlwings
from lxml import etree

from addin import actions, buttons
from addin.clicks import choosing
from addin.engines import adapter, libreoffice
from addin.engines.libreoffice.range import Range
from addin.gathering import desk as gathering
from addin.live import desk, local
from addin.live.book import LiveBook
from addin.live.marks import MOST_MARKS, marks_of
from addin.live.sheet import LiveSheet, same_content
from addin.manual import html as manual
from addin.packaging import ribbon
from addin.packaging.xlam import BuildError
from addin.workbooks import edits, explanation, files, repair, snapshot
from addin.workbooks.findings import CATALOGUE
from generator.layout import design
from generator.layout.layout import Layout
from generator.plan.planner import make_plan
from generator.problems import FileError
from generator.scheme import library, load
from generator.sheets import checks
from generator.sheets.book import compose
from generator.xlsx.package import Package
from generator.xlsx.xml import MAIN

pytestmark = pytest.mark.xdist_group("buttons")  # one LibreOffice for all

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"
SCORING, CHECKS, SUMMARY, TABLES = "填报与计分", "校验", "汇总", "名额与标准"
LIST = checks.HEAD + design.load().checks.rows + 2
"""Where the findings begin on the 校验 sheet."""


@dataclass
class Said:
    """Dialogs: keeps what is told and asked, gives prepared answers."""

    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)
    grave: bool = False
    yes: bool = True
    choices: list[int | None] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    typed: list[str | None] = field(default_factory=list)
    folders: list[Path | None] = field(default_factory=list)

    def tell(self, app: xlwings.App, title: str, text: str, grave: bool = False) -> None:
        assert title.startswith("考核簿 · ")
        assert app.status_bar is False  # nothing of ours is left there while the user reads
        self.told.append(text)
        self.grave = grave

    def ask(self, app: xlwings.App, title: str, text: str) -> bool:
        self.asked.append(text)
        return self.yes

    def prompt(self, app: xlwings.App, title: str, text: str, default: str = "") -> str | None:
        self.prompts.append(text)
        return self.typed.pop(0)

    def folder(self, app: xlwings.App, title: str, start: Path) -> Path | None:
        return self.folders.pop(0)

    def file(self, app: xlwings.App, title: str, start: Path) -> Path | None:
        return self.folders.pop(0)

    def choose(self, app: xlwings.App, title: str, text: str, options: list[str]) -> int | None:
        self.options.append(list(options))
        return self.choices.pop(0)

    @property
    def last(self) -> str:
        return self.told[-1]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder."""
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setattr(local, "_kept", {})
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    made = Said()
    monkeypatch.setattr(desk, "dialogs", made)
    return made


@pytest.fixture(scope="module")
def app() -> Iterator[xlwings.App]:
    app = libreoffice.start()
    yield app
    app.quit()


@pytest.fixture(autouse=True)
def closed(app: xlwings.App) -> Iterator[None]:
    """No test leaves a book open."""
    yield
    for book in list(app.books):
        book.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("parks")
    [book] = actions.generate(["panshan-2019-parks"], folder)
    actions.fill(book, DEMO / "parks.values.yaml")
    actions.recompute(book, book)
    return book.read_bytes()


@pytest.fixture
def file(filled: bytes, tmp_path: Path) -> Path:
    """A filled and recomputed book."""
    path = tmp_path / "园区.xlsx"
    path.write_bytes(filled)
    return path


@pytest.fixture
def book(app: xlwings.App, file: Path) -> xlwings.Book:
    return app.books.open(str(file))


@cache
def laid_out(name: str) -> Layout:
    """Where everything is in a bundled scheme's book."""
    return compose(load.load(library.find(name))).layout


def places(path: Path) -> Callable[[str, int], str]:
    """Line and unit → address on the scoring sheet."""
    layout = laid_out("own-2031-a" if "own-2031-a" in path.name else "panshan-2019-parks")

    def at(key: str, unit: int) -> str:
        place = layout.place(key, unit)
        assert place
        return place[1]

    return at


@cache
def tampered(filled: bytes) -> bytes:
    """A book spoilt in every way that recompute puts right, three times and more a sheet, and in some that it does not."""
    package = Package(filled)
    scoring, at = package.sheet(SCORING), places(Path("园区.xlsx"))
    scoring.set(at("1/得分", 0), Decimal("9.99"))
    scoring.set_formula(at("2/得分", 1), "=1+1", Decimal(2))
    scoring.set(at("3/得分", 2), None)
    scoring.set(at("4/目标", 0), Decimal(1))
    scoring.set("E5", "别的字")
    scoring.set(at("1/完成", 3), Decimal(5))  # the unit does not carry it
    scoring.set(at("5/完成", 0), "１２")
    scoring.set(at("5/完成", 1), "8亿元")
    scoring.set(at("6/完成", 1), "3月5日")
    for name, count in ((SUMMARY, 4), (TABLES, 3), (CHECKS, 5), ("_校验", 3)):
        part = package.sheet(name)
        spoilt = [cell for cell in part.addresses if part.formula(cell) is not None][:: 7 if count > 3 else 1][:count]
        for number, cell in enumerate(spoilt):
            part.set(cell, Decimal(7 + number))
        assert len(spoilt) == count
    return package.to_bytes()


def tamper(path: Path) -> None:
    """Spoil a filled book; see `tampered`."""
    path.write_bytes(tampered(path.read_bytes()))


def everything(path: Path) -> dict[tuple[str, str], tuple[str | None, Any]]:
    """Formula and value of every cell that has any, but for who recomputed when."""
    package = Package.open(path)
    found = {}
    for name in package.sheet_paths:
        part = package.sheet(name)
        for at in part.addresses:
            text, value = part.formula(at), part.value(at)
            if text is not None or value is not None:
                found[name, at] = text, value
    hidden = {at[1:] for (name, at), (_, v) in found.items() if name == "_scorebook" and str(v).startswith("recomputed:")}
    return {place: content for place, content in found.items() if place[0] != "_scorebook" or place[1][1:] not in hidden}


def assert_same_cells(one: Path, other: Path, from_row: int = 0) -> None:
    first, second = everything(one), everything(other)
    if from_row:  # of the 校验 sheet
        kept = {place for place in first.keys() | second.keys() if place[0] == CHECKS and int(place[1][1:]) >= from_row}
        first, second = ({place: found[place] for place in kept & found.keys()} for found in (first, second))
        assert len(first) > 20
    for place in first.keys() | second.keys():
        (text, value), (other_text, other_value) = first.get(place, (None, None)), second.get(place, (None, None))
        assert (text is None) == (other_text is None), (place, text, other_text)
        assert text is None or edits.same_formula(text, other_text or ""), (place, text, other_text)
        if isinstance(value, str) and value.startswith(repair.RESULTS_TITLE):
            value, other_value = (re.sub(r"（.*?）", "", str(v)) for v in (value, other_value))
        assert edits.same_value(value, other_value), (place, value, other_value)


def contents(book: xlwings.Book) -> dict[tuple[str, str], Any]:
    """What stands in every cell of an open book, but for the hidden sheet about it."""
    opened, found = LiveBook(book), {}
    for name in opened.sheet_names:
        for at in (at for row in opened.sheet(name)._addresses for at in row if name != "_scorebook"):
            if (content := opened.sheet(name).content(at)) != "":
                found[name, at] = content
    return found


# The same as at the command line.


@pytest.mark.parametrize("fix", [False, True])
def test_recompute_leaves_the_cells_that_the_command_line_leaves(
    app: xlwings.App, file: Path, said: Said, tmp_path: Path, fix: bool
) -> None:
    tamper(file)
    by_command, by_button = tmp_path / "command.xlsx", tmp_path / "button.xlsx"
    done = actions.recompute(file, by_command, fix=fix)
    book = app.books.open(str(file))
    said.yes = fix
    buttons.recompute()
    book.save(str(by_button))
    book.close()
    assert_same_cells(by_command, by_button)
    assert len([edit for edit in done.changes if not edit.value_only]) > 15
    assert "已恢复" in said.last
    [question] = said.asked
    assert "１２" in question
    assert ("５/完成" in question) is False
    left = [f for f in done.findings if f.severity == "error"]
    assert f"还有 {len(left)} 处错误要人来改" in said.last
    assert actions.check(by_button).findings == actions.check(by_command).findings


def test_check_finds_and_writes_what_the_command_line_does(app: xlwings.App, file: Path, said: Said, tmp_path: Path) -> None:
    tamper(file)
    by_command, by_button = tmp_path / "command.xlsx", tmp_path / "button.xlsx"
    by_command.write_bytes(file.read_bytes())
    findings = actions.check(by_command).findings
    actions.write_findings(by_command, findings)
    book = app.books.open(str(file))
    buttons.check()
    first = next(f for f in findings if f.cell and not f.sheet.startswith("_"))
    view = adapter.view(book)
    assert (view.sheet, view.selection.replace("$", "")) == (first.sheet, first.cell)
    book.save(str(by_button))
    book.close()
    assert_same_cells(by_command, by_button, LIST)
    counts = Counter(f.severity for f in findings)
    assert said.last.startswith(f"发现 {len(findings)} 条：错误 {counts['error']} 条")
    assert f"已选中第一处：{first.sheet}!{first.cell}" in said.last


def test_a_shorter_list_replaces_a_longer_one(book: xlwings.Book, file: Path, said: Said) -> None:
    scoring, at = book.sheets[SCORING], places(file)
    for unit in range(3):
        scoring[at("1/完成", unit)].value = None
    buttons.check()
    sheet = book.sheets[CHECKS]
    assert "：4 条（" in str(sheet[f"B{LIST}"].value)
    assert (sheet.page_setup.print_area or "").endswith(f"${LIST + 5}")
    assert not is_seen(sheet, 4, LIST - 2)  # what was found is the first thing on the sheet
    assert is_seen(sheet, LIST, LIST + 5)
    for unit, value in enumerate((22.15, 6.7, 4.98)):
        scoring[at("1/完成", unit)].value = value
    buttons.check()
    assert said.last.startswith("没有发现问题")
    assert str(sheet[f"B{LIST}"].value).endswith("没有发现问题")
    assert is_seen(sheet, 4, LIST - 2)
    assert [value for row in sheet[f"B{LIST + 1}"].resize(9, 6).value for value in row if value is not None] == []


def test_findings_look_like_the_live_list(book: xlwings.Book, file: Path) -> None:
    book.sheets[SCORING][places(file)("1/完成", 0)].value = None
    buttons.check()
    sheet = book.sheets[CHECKS]
    live, ours = sheet["G5"], sheet[f"G{LIST + 2}"]
    assert (ours.font.size, ours.font.name, ours.wrap_text, ours.horizontal_alignment, ours.vertical_alignment) == (
        live.font.size,
        live.font.name,
        live.wrap_text,
        live.horizontal_alignment,
        live.vertical_alignment,
    )
    link = sheet[f"C{LIST + 2}"]
    assert str(link.formula).startswith("=HYPERLINK(\"#'填报与计分'!")
    assert link.font.color == (0x05, 0x63, 0xC1)
    assert sheet[f"B{LIST + 1}"].resize(1, 6).value == ["程度", "位置", "被考核单位", "指标", "工作表", "问题和怎么办"]
    assert sheet[f"B{LIST + 2}"].value == "待填"
    assert adapter.is_locked(ours) is True


# Few calls.


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Counter[str]]:
    """How often values or formulas are read and written, by sheet."""
    counted: dict[str, Counter[str]] = {"read": Counter(), "write": Counter()}
    for name in ("raw_value", "formula", "formula2", "formula_array"):
        own: property = getattr(Range, name)

        def read(self: Range, own: property = own) -> Any:
            counted["read"][self.sheet.name] += 1
            return own.fget(self)  # type: ignore[misc]

        def write(self: Range, value: Any, own: property = own) -> None:
            counted["write"][self.sheet.name] += 1
            own.fset(self, value)  # type: ignore[misc]

        monkeypatch.setattr(Range, name, property(read, write))
    return counted


@pytest.mark.parametrize("topic", ["parks", "departments", "rows"])
def test_three_reads_and_two_writes_a_sheet(
    app: xlwings.App, topic: str, tmp_path: Path, calls: dict[str, Counter[str]], said: Said
) -> None:
    if topic == "rows":
        path = tiny.book(tiny.ROWS, tmp_path / "rows.xlsx", tiny.sensible(make_plan(load.loads(tiny.ROWS).scheme)))
    else:
        [path] = actions.generate([f"panshan-2019-{topic}"], tmp_path)
        actions.fill(path, DEMO / f"{topic}.values.yaml")
    package = Package.open(path)
    spoilt = Counter[str]()
    for name in (SCORING, SUMMARY, CHECKS, "_校验"):
        part = package.sheet(name)
        formulas = [cell for cell in part.addresses if part.formula(cell) is not None]
        for cell in formulas[:: len(formulas) // 9]:
            part.set(cell, Decimal(7))
            spoilt[name] += 1
    path.write_bytes(package.to_bytes())
    assert min(spoilt.values()) > 8
    app.books.open(str(path))
    for button, written in ((buttons.check, {CHECKS: 1}), (buttons.recompute, None), (buttons.explain, {}), (buttons.undo_recompute, None)):
        for counter in calls.values():
            counter.clear()
        button()
        assert max(calls["read"].values()) <= 3, (button.__name__, calls)
        assert max(calls["write"].values(), default=0) <= 2, (button.__name__, calls)
        if written is None:
            assert set(spoilt) <= set(calls["write"])
        else:
            assert calls["write"] == written
    assert "已放回" in said.last


# What the user has set.


def protection_of(path: Path) -> dict[str, dict[str, str]]:
    """The options of protection of every sheet, as they are saved."""
    with zipfile.ZipFile(path) as archive:
        parts = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        roots = {n: etree.fromstring(archive.read(n)) for n in parts}
    return {n: dict(found.attrib) for n, root in roots.items() if (found := root.find(f"{{{MAIN}}}sheetProtection")) is not None}


def test_protection_and_its_options_are_put_back(app: xlwings.App, file: Path, tmp_path: Path) -> None:
    tamper(file)
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    book = app.books.open(str(file))
    adapter.unprotect(book.sheets[SUMMARY])
    book.save(str(before))
    buttons.recompute()
    buttons.check()
    assert [adapter.is_protected(sheet) for sheet in book.sheets] == [sheet.name != SUMMARY for sheet in book.sheets]
    book.save(str(after))
    book.close()
    kept = protection_of(after)
    assert kept == protection_of(before)
    assert len(kept) == 7
    assert any(options.get("formatColumns") == "false" or options.get("formatColumns") == "0" for options in kept.values())


@pytest.mark.parametrize("button", [buttons.recompute, buttons.undo_recompute, buttons.explain, buttons.help])
def test_what_the_window_shows_stays(book: xlwings.Book, monkeypatch: pytest.MonkeyPatch, button: Any) -> None:
    adapter.unprotect(book.sheets[SUMMARY])
    book.sheets[SUMMARY]["H5"].value = 99
    if button is buttons.undo_recompute:
        buttons.recompute()
    sheet = book.sheets[SCORING]
    sheet.activate()
    sheet["K21:L25"].select()
    adapter.restore_view(book, adapter.View(SCORING, 18, 10, "$K$21:$L$25"))
    before = adapter.view(book)
    assert (before.row, before.selection) == (18, "$K$21:$L$25")
    monkeypatch.setattr(webbrowser, "open", lambda _: True)
    button()
    assert adapter.view(book) == before


def test_calculation_stays_manual_and_scores_are_right_all_the_same(app: xlwings.App, book: xlwings.Book, file: Path, said: Said) -> None:
    at = places(file)
    scoring = book.sheets[SCORING]
    app.calculation = "manual"
    try:
        scoring[at("1/完成", 0)].value = 23.6
        assert scoring[at("1/得分", 0)].value != 10
        buttons.recompute()
        assert scoring[at("1/得分", 0)].value == 10
        assert app.calculation == "manual"
        assert "不同" not in said.last
    finally:
        app.calculation = "automatic"


def test_progress_is_shown_and_the_status_bar_is_put_back(app: xlwings.App, book: xlwings.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    impl = type(app.impl)
    own: property = impl.status_bar

    def show(self: Any, words: object) -> None:
        shown.append(words)
        own.fset(self, words)  # type: ignore[misc]

    monkeypatch.setattr(impl, "status_bar", property(own.fget, show))
    app.status_bar = "别的程序写的话"
    monkeypatch.setattr(Said, "tell", lambda *_: None)
    buttons.check()
    assert app.status_bar == "别的程序写的话"
    assert [words for words in shown if isinstance(words, str)][1:-1] == [
        "考核簿：正在读取工作簿……",
        "考核簿：正在检查……",
        "考核簿：正在写入……",
    ]
    app.status_bar = False


def test_an_error_while_writing_puts_everything_back(
    app: xlwings.App, file: Path, said: Said, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(file)
    book = app.books.open(str(file))
    before, view = contents(book), adapter.view(book)
    write = LiveSheet.write
    written: list[object] = []

    def fail(self: LiveSheet) -> None:
        if len(written) == 3:
            raise ZeroDivisionError("division by zero")
        write(self)
        written.append(self.name)

    monkeypatch.setattr(LiveSheet, "write", fail)
    buttons.recompute()
    assert said.grave
    assert "没有做完（ZeroDivisionError）" in said.last
    assert "撤销重算" in said.last
    assert "Traceback" not in said.last
    assert str(data / "scorebook.log") in said.last
    assert "Traceback" in (data / "scorebook.log").read_text(encoding="utf-8")
    assert all(adapter.is_protected(sheet) for sheet in book.sheets)
    assert (app.calculation, app.screen_updating, app.enable_events, app.status_bar) == ("automatic", True, True, False)
    assert adapter.view(book) == view
    assert contents(book) != before
    monkeypatch.setattr(LiveSheet, "write", write)
    buttons.undo_recompute()  # of the half that was written
    assert "已放回" in said.last
    assert contents(book) == before


# Books in all states.


def test_a_book_that_is_not_ours_is_told_kindly_and_left_alone(app: xlwings.App, said: Said) -> None:
    book = app.books.add()
    book.sheets[0]["A1"].value = "别的"
    for button in (buttons.check, buttons.recompute, buttons.explain, buttons.undo_recompute):
        button()
        assert "不是考核簿" in said.last
        assert "请切换到要处理的考核簿" in said.last
    assert book.sheets[0].used_range.address == "$A$1"


def test_no_book_at_all(app: xlwings.App, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(app.books) == 0
    monkeypatch.setattr(type(app.impl), "status_bar", False)
    buttons.check()
    assert "没有打开的工作簿" in said.last
    assert "启用编辑" in said.last


def test_no_program_at_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], app: xlwings.App) -> None:
    monkeypatch.setattr(xlwings, "apps", type("None_", (), {"active": None}))
    buttons.help()
    assert "没有找到打开的 Excel 或 LibreOffice" in capsys.readouterr().err


def test_excel_names_the_book_on_the_command_line(
    app: xlwings.App, file: Path, said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Several Excels may be open; RunPython says which book of which of them the button was pressed on."""
    other = tmp_path / "另一本.xlsx"
    other.write_bytes(file.read_bytes())
    named, front = app.books.open(str(file)), app.books.open(str(other))
    assert app.books.active.name == front.name
    monkeypatch.setattr(sys, "argv", ["-c", f"--wb={named.name}", "--from_xl=1"])
    monkeypatch.setattr(xlwings.Book, "caller", lambda: named)
    buttons.check()
    assert [str(book.sheets[CHECKS][f"B{LIST}"].value)[:4] for book in (named, front)] == ["检查结果", "None"]

    def unreadable() -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(xlwings.Book, "caller", unreadable)  # as of a name with = in it
    buttons.check()
    assert str(front.sheets[CHECKS][f"B{LIST}"].value)[:4] == "检查结果"


def test_a_damaged_book_is_told_what_to_do(app: xlwings.App, file: Path, said: Said) -> None:
    package = Package.open(file)
    hidden = package.sheet("_scorebook")
    row = next(at[1:] for at in hidden.addresses if str(hidden.value(at)).startswith("text"))
    hidden.set(f"B{row}", "scheme: [")
    file.write_bytes(package.to_bytes())
    app.books.open(str(file))
    buttons.recompute()
    assert "已损坏" in said.last
    assert "备份" in said.last


def test_rows_out_of_order_are_not_recomputed(app: xlwings.App, file: Path, said: Said) -> None:
    package = Package.open(file)
    at = places(file)
    row = at("2/完成", 0)[1:]
    package.sheet(SCORING).set(f"A{row}", None)
    file.write_bytes(package.to_bytes())
    book = app.books.open(str(file))
    before = contents(book)
    buttons.recompute()
    assert "不能重算：一行被删除了" in said.last
    assert contents(book) == before


@pytest.mark.parametrize(("state", "words"), [("is_read_only", "只读"), ("is_shared", "共享")])
def test_a_book_that_cannot_be_changed(
    app: xlwings.App, file: Path, said: Said, monkeypatch: pytest.MonkeyPatch, state: str, words: str
) -> None:
    tamper(file)
    book = app.books.open(str(file))
    before = contents(book)
    monkeypatch.setattr(adapter, state, lambda _: True)
    for button in (buttons.recompute, buttons.undo_recompute):
        button()
        assert words in said.last
        assert said.grave
    buttons.check()
    assert "结果没有写进工作簿" in said.last
    assert words in said.last
    assert "公式被" in said.last
    assert contents(book) == before
    assert list(file.parent.glob("*备份*")) == []


def test_read_only_is_seen(app: xlwings.App, file: Path, said: Said) -> None:
    app.books.open(str(file), read_only=True)
    buttons.recompute()
    assert "只读" in said.last


def test_a_sheet_with_a_password(app: xlwings.App, file: Path, said: Said) -> None:
    tamper(file)
    book = app.books.open(str(file))
    for name in (SUMMARY, CHECKS):
        adapter.unprotect(book.sheets[name])
        adapter.protect(book.sheets[name], "secret")
    before = contents(book)
    buttons.recompute()
    assert "保护密码不对" in said.last or "密码" in said.last
    assert "撤销工作表保护" in said.last
    buttons.check()
    assert "结果没有写进工作簿" in said.last
    assert contents(book) == before
    assert all(adapter.is_protected(sheet) for sheet in book.sheets)
    assert adapter.view(book).sheet != CHECKS


def test_a_book_without_a_file(app: xlwings.App, file: Path, said: Said, tmp_path: Path) -> None:
    """Not saved yet, or its file is where no program finds it."""
    tamper(file)
    book = app.books.open(str(file))
    file.unlink()
    before = contents(book)
    buttons.recompute()
    assert "已恢复" in said.last
    assert "备份" not in said.last
    buttons.undo_recompute()
    assert contents(book) == before
    assert list(tmp_path.glob("*备份*")) == []


def test_a_book_that_was_never_saved(app: xlwings.App, file: Path, said: Said, tmp_path: Path) -> None:
    tamper(file)
    url = file.as_uri()
    template = app.impl.books._load(url, AsTemplate=True)
    assert not template.api.getURL()
    buttons.recompute()
    assert "已恢复" in said.last
    assert "备份" not in said.last
    buttons.undo_recompute()
    assert "已放回" in said.last
    assert list(tmp_path.glob("*备份*")) == []


def test_every_window_of_a_book_stays_as_it_is(app: xlwings.App, file: Path, said: Said) -> None:
    tamper(file)
    book = app.books.open(str(file))
    first = book.impl.controller
    dispatcher = app.impl.office.service("com.sun.star.frame.DispatchHelper")
    dispatcher.executeDispatch(first.getFrame(), ".uno:NewWindow", "", 0, ())
    second = next(c for c in controllers(book) if c != first)
    for controller, name, at, row in ((second, SUMMARY, "G6:H6", 3), (first, SCORING, "K20", 12)):
        controller.setActiveSheet(book.sheets[name].api)
        controller.select(book.sheets[name][at].api)
        controller.setFirstVisibleRow(row)
    before = [seen(controller) for controller in (first, second)]
    buttons.recompute()
    assert "已恢复" in said.last
    assert [seen(controller) for controller in (first, second)] == before


def controllers(book: xlwings.Book) -> list[Any]:
    """The views of a book, one a window."""
    listed, found = book.api.getControllers(), []
    while listed.hasMoreElements():
        found.append(listed.nextElement())
    return found


def seen(controller: Any) -> tuple[str, str, int]:
    """What a window shows: sheet, selection, first row."""
    at = controller.getSelection().getRangeAddress()
    sheet = controller.getActiveSheet().getName()
    return sheet, f"{at.StartRow},{at.StartColumn},{at.EndRow},{at.EndColumn}", controller.getFirstVisibleRow()


# Backups.


def test_a_backup_before_the_first_change_and_no_second_one(book: xlwings.Book, file: Path, filled: bytes, said: Said) -> None:
    buttons.recompute()
    assert "得分都对" in said.last
    assert list(file.parent.glob("*备份*")) == []  # nothing was changed
    adapter.unprotect(book.sheets[SUMMARY])
    for _ in range(2):
        book.sheets[SUMMARY]["H5"].value = 99
        buttons.recompute()
        buttons.check()
        [backup] = file.parent.glob("*备份*")
        assert backup.read_bytes() == filled
    book.save()
    book.sheets[SUMMARY]["H5"].value = 98
    buttons.recompute()
    assert len(list(file.parent.glob("*备份*"))) == 2
    assert "改动前的文件备份为 园区.备份" in said.last


def test_a_backup_goes_elsewhere_or_nothing_is_changed(
    book: xlwings.Book, file: Path, data: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter.unprotect(book.sheets[SUMMARY])
    book.sheets[SUMMARY]["H5"].value = 99
    own = shutil.copy2

    def read_only(path: Path, copy: Path) -> object:
        if copy.parent == file.parent:
            raise PermissionError(13, "Permission denied")
        return own(path, copy)

    monkeypatch.setattr(shutil, "copy2", read_only)
    buttons.recompute()
    [backup] = (data / "backups").iterdir()
    assert backup.read_bytes() == file.read_bytes()
    backup.unlink()
    book.sheets[SUMMARY]["H5"].value = 99

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    buttons.recompute()
    assert "备份写不下" in said.last
    assert book.sheets[SUMMARY]["H5"].value == 99


# Marks.


def marks(book: xlwings.Book, sheet: str = SCORING) -> dict[str, str]:
    return {note.location.address.replace("$", ""): note.text for note in book.sheets[sheet].notes}


def test_cells_are_marked_and_marks_come_and_go(book: xlwings.Book, file: Path) -> None:
    at, scoring = places(file), book.sheets[SCORING]
    adapter.unprotect(scoring)
    score, target, typed, empty, noted = at("1/得分", 0), at("4/目标", 0), at("5/完成", 0), at("5/完成", 1), at("2/得分", 1)
    scoring[score].value, scoring[target].value, scoring[typed].value, scoring[empty].value = 9.99, 1, "约十二", None
    scoring[noted].value = 3
    scoring[noted].add_note("请核实")
    scoring["D2"].add_note("检查一下")
    adapter.protect(scoring)
    buttons.check()
    found = marks(book)
    assert set(found) == {score, target, typed, noted, "D2", at("4/得分", 0)}  # which came out otherwise by the target
    assert found[score].startswith("检查：公式被数值盖掉了")
    assert "用“重算”恢复" in found[score]
    assert found[typed].startswith("检查：应填数的格子里是文字")
    assert (found[noted], found["D2"]) == ("请核实", "检查一下")
    buttons.check()
    assert marks(book) == found  # replaced, not added to
    buttons.recompute()
    assert set(marks(book)) == {typed, noted, "D2"}
    scoring[typed].value = 12
    buttons.check()
    assert set(marks(book)) == {noted, "D2"}
    assert adapter.is_protected(scoring)


def test_marks_are_limited_and_say_all_of_a_cell() -> None:
    from addin.workbooks.findings import finding

    found = [
        finding("input-text", "一", "表", "A1"),
        finding("input-percent", "二", "表", "A1"),
        finding("input-missing", "三", "表", "A2"),
    ]
    [(at, text)] = marks_of(found)["表"].items()
    assert at == "A1"
    assert text.startswith("检查：")
    assert text.count("\n") == 1
    assert marks_of([finding("macro-inside")]) == {}
    many = marks_of([finding("input-text", "", "表", f"A{n}") for n in range(1, 500)])
    assert len(many["表"]) == MOST_MARKS


# Explaining.


@pytest.mark.parametrize(
    ("sheet", "line", "unit", "indicator"),
    [(SCORING, "1/得分", 0, "1"), (SCORING, "1/完成", 1, "1"), (SCORING, "TOTAL", 2, "总分"), (SUMMARY, "", 1, "总分")],
)
def test_explain_says_what_the_command_line_says(
    book: xlwings.Book, file: Path, said: Said, sheet: str, line: str, unit: int, indicator: str
) -> None:
    taken = snapshot.take(file)
    name = taken.plan.units[unit]
    if sheet == SCORING:
        from generator.lines.keys import TOTAL

        at = places(file)(TOTAL if line == "TOTAL" else line, unit)
    else:
        part = Package.open(file).sheet(SUMMARY)
        column, row = (next(at for at in part.addresses if part.value(at) == text) for text in ("total", name))
        at = column[0] + row[1:]
    book.sheets[sheet].activate()
    book.sheets[sheet][at].select()
    before = contents(book)
    buttons.explain()
    assert said.last == "\n".join(explanation.told(explanation.explain(file, name, indicator)))
    assert said.last.startswith(f"{name}｜")
    assert "依据：盘县政办发〔2019〕147号" in said.last
    assert contents(book) == before


def test_explain_from_the_list_of_findings(book: xlwings.Book, file: Path, said: Said) -> None:
    book.sheets[SCORING][places(file)("3/完成", 1)].value = None
    buttons.check()
    book.sheets[CHECKS].activate()
    book.sheets[CHECKS][f"G{LIST + 2}"].select()
    buttons.explain()
    assert said.last.startswith("高升经济区｜3 向上争取资金")


@pytest.mark.parametrize(
    ("sheet", "at", "words"), [(SCORING, "J2", "不是得分"), (SCORING, "E8", "不属于哪一个单位"), ("说明", "B5", "不是得分")]
)
def test_a_cell_without_a_score_is_told(book: xlwings.Book, said: Said, sheet: str, at: str, words: str) -> None:
    book.sheets[sheet].activate()
    book.sheets[sheet][at].select()
    buttons.explain()
    assert words in said.last
    assert "再点“说明得分”" in said.last


def test_nothing_selected(book: xlwings.Book, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "view", lambda _: adapter.View(SCORING, 1, 1, ""))
    buttons.explain()
    assert "请先选中一个得分" in said.last


# Undoing.


def test_undo_puts_back_exactly_what_was_there(app: xlwings.App, file: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    tamper(file)
    book = app.books.open(str(file))
    before = contents(book)
    about = book.sheets["_scorebook"].used_range.value
    buttons.recompute()
    assert contents(book) != before
    at = places(file)("7/完成", 0)
    book.sheets[SCORING][at].value = 3.25  # typed in afterwards
    monkeypatch.setattr(local, "_kept", {})  # a new process
    buttons.undo_recompute()
    assert re.match(r"已放回 \d\d 格，和 \d{4}-\d\d-\d\d", said.last)
    after = contents(book)
    assert after.pop((SCORING, at)) == 3.25
    before.pop((SCORING, at))
    assert after == before
    assert [row for row in book.sheets["_scorebook"].used_range.value if row[0]] == about
    assert all(adapter.is_protected(sheet) for sheet in book.sheets)
    buttons.undo_recompute()
    assert "没有可以撤销的重算" in said.last


def test_undo_refuses_to_cover_later_work(app: xlwings.App, file: Path, said: Said) -> None:
    tamper(file)
    book = app.books.open(str(file))
    buttons.recompute()
    cell = book.sheets[SCORING][places(file)("1/得分", 0)]
    right = cell.formula
    adapter.unprotect(book.sheets[SCORING])
    cell.value = 5
    before = contents(book)
    buttons.undo_recompute()
    assert said.grave
    assert "没有撤销：重算（" in said.last
    assert f"{SCORING}!{cell.address.replace('$', '')} 1 格又改过" in said.last
    assert contents(book) == before
    cell.formula = right
    buttons.undo_recompute()
    assert "已放回" in said.last


def test_what_is_back_already_is_said(app: xlwings.App, file: Path, said: Said) -> None:
    """LibreOffice's own undo takes a recompute back in one step; then there is nothing left to put back."""
    tamper(file)
    book = app.books.open(str(file))
    before = contents(book)
    buttons.recompute()
    after = contents(book)
    manager = book.api.getUndoManager()
    for _ in range(3):
        assert manager.getCurrentUndoActionTitle() == "考核簿：重算"
        manager.undo()
        assert contents(book) == before
        manager.redo()
        assert contents(book) == after
    manager.undo()
    assert manager.getAllUndoActionTitles() == ()
    assert all(adapter.is_protected(sheet) for sheet in book.sheets)
    buttons.undo_recompute()
    assert "已经是重算之前的样子" in said.last


def test_contents_are_the_same_however_formulas_are_spelt() -> None:
    assert same_content("='表'!A1+1", "=表!a1 + 1")
    assert not same_content("=A1", "'=A1")
    assert not same_content("=A1", "=A2")
    assert not same_content(1.0, "'1")
    assert same_content(0.1, 0.1)


# Generating.

OWN = """\
scheme: own-2031-a
title: 本县自己的考核
place: 某县
year: 2031
source: {document: 某文〔2031〕1号}
full_marks: 10
units: [甲, 乙]
indicators:
- {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [1, 2]}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's own folder of schemes: one that is right and one that is not."""
    folder = tmp_path / "schemes"
    folder.mkdir()
    (folder / "a.yaml").write_text(OWN, encoding="utf-8")
    (folder / "b.yaml").write_text("scheme: own-2031-b\ntitle: [", encoding="utf-8")
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(folder))
    return folder


def test_generate_offers_the_offices_own_first(app: xlwings.App, book: xlwings.Book, file: Path, said: Said, own: Path) -> None:
    said.choices = [0]
    buttons.generate()
    [listed] = said.options
    assert listed == ["2031　本县自己的考核（某县）", "按名称查找", f"各地的例子（{len(library.ids()) - 2} 个方案）"]
    made = file.parent / "本县自己的考核_own-2031-a.xlsx"
    assert snapshot.take(made).plan.units == ["甲", "乙"]
    assert app.books.active.name == made.name
    assert str(made.parent) in said.last
    app.books.active.close()


def test_the_papers_of_the_book_in_front_stand_beside_it(app: xlwings.App, book: xlwings.Book, file: Path, said: Said) -> None:
    before = file.read_bytes()
    buttons.notice()
    made = file.parent / "2019年度各经济园区业务工作考核通报.docx"
    assert made.is_file(), said.last
    assert made.name in said.last
    buttons.statement()
    written = sorted(path.name for path in (file.parent / "2019年度各经济园区业务工作考核得分说明单").iterdir())
    assert written == sorted(f"{unit}得分说明单.docx" for unit in ("新材料", "高升经济区", "电商物流园", "辽河口生态经济区"))
    assert "4 份" in said.last
    said.yes = False  # no last year to compare with
    buttons.analysis()
    opened = app.books.active
    assert opened.name == "2019年度各经济园区业务工作考核结果分析.xlsx"
    assert [sheet.name for sheet in opened.sheets] == ["名次表", "失分", "排名稳不稳"]
    book.activate()
    buttons.analysis()
    assert "正开着" in said.last
    assert file.read_bytes() == before


def test_papers_of_what_is_not_filled_in_are_refused(app: xlwings.App, file: Path, said: Said) -> None:
    [blank] = actions.generate(["panshan-2019-parks"], file.parent / "空")
    app.books.open(str(blank))
    said.yes = False
    for button in (buttons.notice, buttons.statement, buttons.analysis):
        button()
        if button is buttons.statement:
            assert "4 份" in said.last  # a unit may see what is still missing
        else:
            assert "还没有一个单位填完" in said.last


def test_every_bundled_scheme_can_be_chosen(app: xlwings.App, book: xlwings.Book, said: Said) -> None:
    offered = 0
    known, broken = choosing.known_schemes()
    assert broken == []
    for number in range(len({one.file.scheme.year for one in known})):
        said.choices = [number, None]
        buttons.generate()
        offered += len(said.options[-1])
    assert offered == len(known) == len(library.ids())


def test_a_scheme_is_found_by_words_of_its_name(book: xlwings.Book, said: Said, own: Path) -> None:
    said.choices, said.typed = [1, None], ["2019 镇"]
    buttons.generate()
    assert said.options[-1] == ["2019　2019年度各镇（街道）业务工作考核（盘山县）"]
    said.choices, said.typed = [1], ["没有的"]
    buttons.generate()
    assert "没有名称里有“没有的”的考核方案" in said.last


@pytest.mark.parametrize("choices", [[None], [2, None], [2, 0, None]])
def test_choosing_nothing_does_nothing(book: xlwings.Book, file: Path, said: Said, own: Path, choices: list[int | None]) -> None:
    said.choices = choices
    buttons.generate()
    assert said.told == []
    assert [path.name for path in file.parent.glob("*.xlsx")] == [file.name]


def test_a_book_of_that_name_is_not_lost(app: xlwings.App, book: xlwings.Book, file: Path, said: Said, own: Path) -> None:
    said.choices = [0]
    buttons.generate()
    made = file.parent / "本县自己的考核_own-2031-a.xlsx"
    said.choices = [0]
    book.activate()
    buttons.generate()
    assert "正开着" in said.last
    new = app.books[made.name]
    new.sheets[SCORING][places(made)("1/完成", 0)].value = 1
    new.save()
    new.close()
    filled, said.yes, said.choices = made.read_bytes(), False, [0]
    buttons.generate()
    assert "要重新生成吗" in said.asked[-1]
    assert made.read_bytes() == filled
    said.yes, said.choices = True, [0]
    buttons.generate()
    assert made.read_bytes() != filled
    [backup] = file.parent.glob("*own-2031-a*备份*")
    assert backup.read_bytes() == filled
    app.books.active.close()


def test_generate_without_a_folder_goes_to_the_documents(
    app: xlwings.App, said: Said, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.books.add()
    (tmp_path / "documents").mkdir()
    monkeypatch.setattr(local, "documents", lambda: tmp_path / "documents")
    said.choices = [0]
    buttons.generate()
    assert (tmp_path / "documents" / "本县自己的考核_own-2031-a.xlsx").exists()
    app.books.active.close()
    monkeypatch.setattr(files, "is_writable", lambda _: False)
    said.choices = [0]
    buttons.generate()
    assert "写不进去" in said.last


def test_no_schemes_at_all(book: xlwings.Book, said: Said, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own / "a.yaml").unlink()
    monkeypatch.setattr(library, "SCHEMES", own)
    buttons.generate()
    assert "没有找到可用的考核方案" in said.last
    assert "b.yaml" in said.last


# Gathering.


@pytest.fixture
def inbox(tmp_path: Path, filled: bytes) -> Path:
    """What came in: the demonstration's figures in two books, of which one has one figure more."""
    folder = tmp_path / "收"
    folder.mkdir()
    (folder / "甲.xlsx").write_bytes(filled)
    package = Package(filled)
    package.sheet(SCORING).set(places(Path("园区.xlsx"))("1/完成", 1), Decimal("6.8"))
    (folder / "乙.xlsx").write_bytes(package.to_bytes())
    (folder / "坏.xlsx").write_bytes(b"PK")
    return folder


def test_gather_takes_the_books_of_a_folder_into_the_one_in_front(app: xlwings.App, said: Said, tmp_path: Path, inbox: Path) -> None:
    [office] = actions.generate(["panshan-2019-parks"], tmp_path)
    app.books.open(str(office))
    said.folders = [inbox, inbox]
    buttons.gather()
    assert "里有 3 个文件" in said.asked[-1]
    assert "收到 3 个文件" in said.last
    assert "有 1 格等着选" in said.last
    assert "坏.xlsx" in said.last
    book = app.books.active
    assert book.name == office.name
    assert [sheet.name for sheet in book.sheets][-3:] == ["报送", "待定", "来源"]
    assert len(snapshot.take(office).inputs) == len(snapshot.take(inbox / "甲.xlsx").inputs) - 1
    [backup] = office.parent.glob("*备份*")
    assert snapshot.take(backup).inputs == {}
    at = places(Path("园区.xlsx"))("1/完成", 1)
    assert book.sheets[SCORING][at].value is None

    waiting = book.sheets["待定"]
    ticked = next(row for row in range(5, 9) if waiting[f"F{row}"].value == 6.8)
    waiting[f"C{ticked}"].value = "√"
    buttons.recompute()
    assert "按“待定”表的选择填入 1 格" in said.last
    assert book.sheets[SCORING][at].value == 6.8
    assert waiting[f"K{ticked}"].value == "已采用"
    buttons.undo_recompute()
    assert book.sheets[SCORING][at].value is None
    buttons.check()
    assert "不属于本簿的工作表" not in said.last
    buttons.recompute()
    book.save()
    buttons.gather()
    assert "没有新的数" in said.last
    app.books.active.close()


def test_gathering_that_is_not_begun_changes_nothing(app: xlwings.App, book: xlwings.Book, file: Path, said: Said, tmp_path: Path) -> None:
    before = file.read_bytes()
    said.folders = [None]
    buttons.gather()
    assert said.asked == []
    (tmp_path / "空").mkdir()
    said.folders = [tmp_path / "空", tmp_path / "空"]
    buttons.gather()
    assert "里没有考核簿" in said.last
    (tmp_path / "空" / "甲.xlsx").write_bytes(before)
    said.yes = False
    buttons.gather()
    assert "要开始吗" in said.asked[-1]
    assert file.read_bytes() == before


def test_gathering_that_fails_opens_the_book_again(
    app: xlwings.App, book: xlwings.Book, file: Path, said: Said, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FileError("磁盘满了")

    monkeypatch.setattr(gathering, "gather", fail)
    said.folders = [inbox, inbox]
    buttons.gather()
    assert "磁盘满了" in said.last
    assert app.books.active.name == file.name
    app.books.active.close()


# Taking results from other schemes.


def test_import_takes_the_results_of_a_folder_into_the_book_in_front(app: xlwings.App, said: Said, tmp_path: Path) -> None:
    [office] = actions.generate(["panshan-2019-parks"], tmp_path)
    (tmp_path / "来源").mkdir()
    [common] = actions.generate(["panshan-2019-common"], tmp_path / "来源")
    place = snapshot.take(common).place("6.4/较大及以上事故", 13)  # the first park, after thirteen towns
    assert place
    package = Package.open(common)
    package.sheet(place[0]).set(place[1], Decimal(2))
    common.write_bytes(package.to_bytes())
    app.books.open(str(office))
    said.folders = [tmp_path / "来源"]
    buttons.import_results()
    assert "panshan-2019-common" in said.asked[-1]
    assert "从 panshan-2019-common 取了 8 个数" in said.last
    assert len([*tmp_path.glob("*备份*")]) == 1
    here = places(office)
    assert app.books.active.sheets[SCORING][here("否决/较大及以上事故", 0)].value == 2
    assert app.books.active.sheets[SCORING][here("否决/比2018年多几起", 3)].value == 0
    app.books.active.close()


def test_import_where_nothing_is_asked_for(book: xlwings.Book, said: Said, tmp_path: Path) -> None:
    said.folders = [tmp_path]
    buttons.import_results()
    assert "里没有这本簿要取数的考核簿" in said.last


# Help.


def test_help_tells_the_installation_and_opens_the_manual(
    app: xlwings.App, book: xlwings.Book, said: Said, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) is None)  # type: ignore[func-returns-value]
    buttons.help()
    [question] = said.asked
    assert f"LibreOffice {app.version}" in question
    assert str(data / "scorebook.log") in question
    [url] = opened
    assert url == (data / "manual.html").as_uri()
    assert (data / "manual.html").read_text(encoding="utf-8") == manual.page(f"LibreOffice {app.version}")
    said.yes = False
    buttons.help()
    assert len(opened) == 1
    said.yes = True
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    buttons.help()
    assert "请自己打开" in said.last
    assert "manual.html" in said.last


def test_the_manual_is_whole() -> None:
    root = etree.HTML(manual.page("Excel <16>"))
    cells = {"".join(cell.itertext()) for cell in root.iter("td")}
    for button in ribbon.tab().buttons:
        assert {button.label, button.supertip} <= cells
    for kind in CATALOGUE.values():
        assert {kind.title, kind.remedy, manual.SEVERITIES[kind.severity]} <= cells
    assert "Excel <16>" in cells


# Failures.


def test_a_busy_program_is_told(book: xlwings.Book, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    class ComError(Exception):
        hresult = -2147418111

    def busy(*_: object) -> None:
        raise ComError("Call was rejected by callee.")

    monkeypatch.setattr(snapshot, "of_package", busy)
    buttons.check()
    assert "正忙" in said.last
    assert "Esc" in said.last


def test_a_refusal_is_its_own_sentence_without_a_traceback(
    book: xlwings.Book, data: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BuildError("这件事现在做不了")

    monkeypatch.setattr(snapshot, "of_package", refuse)
    buttons.check()
    assert said.last == "这件事现在做不了"
    log = (data / "scorebook.log").read_text(encoding="utf-8")
    assert "这件事现在做不了" in log
    assert "Traceback" not in log
    assert "ERROR" not in log


def test_dialogs_that_fail_end_in_the_log(book: xlwings.Book, data: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no screen")

    monkeypatch.setattr(said, "tell", broken)
    buttons.check()
    assert "no screen" in (data / "scorebook.log").read_text(encoding="utf-8")


def test_a_formula_that_the_program_calculates_otherwise_is_told(book: xlwings.Book, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    own = repair.recompute

    def otherwise(*given: Any, **more: Any) -> repair.Done:
        done = own(*given, **more)
        place = next(iter(done.expected[SUMMARY]))
        return repair.Done(done.changes, done.findings, {SUMMARY: {place: Decimal("-1")}})

    adapter.unprotect(book.sheets[SUMMARY])
    book.sheets[SUMMARY]["H5"].value = 99
    monkeypatch.setattr(repair, "recompute", otherwise)
    buttons.recompute()
    assert "有 1 格算得的与精确得分不同" in said.last
    assert "应为 -1" in said.last


# Ordinary paste -----------------------------------------------------------------------------------------------------


def pasted_onto(book: xlwings.Book, source: str, *targets: str) -> None:
    """Ctrl+C on one cell and Ctrl+V on others of the scoring sheet, which somebody has unprotected."""
    sheet = book.sheets[SCORING]
    with adapter.unprotected(sheet):
        for target in targets:
            value = sheet[target].value
            sheet[source].copy(sheet[target])
            sheet[target].value = value


def test_buttons_tell_of_pasted_cells_and_put_back_what_they_lost(book: xlwings.Book, file: Path, said: Said, tmp_path: Path) -> None:
    at = places(file)
    amount, choice, unlike = at("1/完成", 0), at("14/等次", 1), at("15/评分", 2)
    typed = {cell: book.sheets[SCORING][cell].value for cell in (amount, choice, unlike)}
    pasted_onto(book, at("1/得分", 0), amount, choice, unlike)
    buttons.check()
    assert f"{amount}、{choice}、{unlike} 3 格" in listed_on(book)
    buttons.recompute()
    assert "3 个格子被弄掉了底色、锁定、数字格式、变色提示或填报限制" in said.last
    saved = tmp_path / "saved.xlsx"
    book.save(str(saved))
    assert {cell: book.sheets[SCORING][cell].value for cell in typed} == typed
    assert actions.check(saved).findings == []
    for cell in typed:
        assert adapter.is_locked(book.sheets[SCORING][cell]) is False


def test_rules_put_back_still_refuse_what_they_refused(book: xlwings.Book, file: Path, said: Said) -> None:
    at = places(file)
    cells = [at("1/完成", 0), at("14/等次", 1), at("15/评分", 2)]
    before, colours = [rule_of(book, cell) for cell in cells], [colours_of(book, cell) for cell in cells]
    assert all(colours)
    pasted_onto(book, at("1/得分", 0), *cells)
    assert [rule_of(book, cell)[0] for cell in cells] == ["ANY"] * 3
    assert [colours_of(book, cell) for cell in cells] == [[]] * 3
    buttons.recompute()
    assert [rule_of(book, cell) for cell in cells] == before
    now = [colours_of(book, cell) for cell in cells]
    assert [len(one) for one in now] == [3, 2, 2]  # missing, wrong, and far from the target; LibreOffice tells the first of a file
    assert set(colours[0]) <= set(now[0])
    assert all({shade for _, shade in was} <= {shade for _, shade in then} for was, then in zip(colours, now, strict=True))


def colours_of(book: xlwings.Book, cell: str) -> list[tuple[str, int]]:
    """When a cell changes colour, and to which."""
    own = book.sheets[SCORING][cell].api.getPropertyValue("ConditionalFormat")
    styles = book.api.StyleFamilies.getByName("CellStyles")
    entries = [own.getByIndex(number) for number in range(own.getCount())]
    return [(entry.getFormula1(), styles.getByName(entry.getStyleName()).CellBackColor) for entry in entries]


def rule_of(book: xlwings.Book, cell: str) -> tuple[str, ...]:
    rule = book.sheets[SCORING][cell].api.getPropertyValue("Validation")
    texts = (rule.getPropertyValue(name) for name in ("InputTitle", "InputMessage", "ErrorMessage"))
    return rule.getPropertyValue("Type").value, rule.getFormula1(), rule.getFormula2(), rule.getOperator().value, *texts


def is_seen(sheet: xlwings.Sheet, first: int, last: int) -> bool:
    """Whether all of some rows are seen; asserts that it is the same for all of them."""
    [seen] = {sheet.api.getRows().getByIndex(row - 1).getPropertyValue("IsVisible") for row in range(first, last + 1)}
    return bool(seen)


def listed_on(book: xlwings.Book) -> str:
    """All that stands on the 校验 sheet."""
    return "\n".join(str(cell) for row in book.sheets[CHECKS].used_range.value for cell in row if cell is not None)


# Handing out.


def test_hand_out_the_book_in_front_with_what_is_in_it(app: xlwings.App, book: xlwings.Book, file: Path, said: Said) -> None:
    said.choices = [0]
    buttons.hand_out()
    [options] = said.options
    assert options[0] == "各考核部门的填报簿（8 本）"
    assert options[1] == "各被考核单位的自评簿（4 本）"
    assert "已经填了" in said.asked[-1]
    folder = file.parent / "2019年度各经济园区业务工作考核（下发）"
    assert len(list(folder.glob("*填报）.xlsx"))) == 8
    assert str(folder) in said.last
    tax = snapshot.take(folder / "2019年度各经济园区业务工作考核（县税务局填报）.xlsx")
    whole = snapshot.take(file)
    assert tax.inputs
    for (key, unit), value in tax.inputs.items():
        assert whole.value(key, whole.plan.units.index(tax.plan.units[unit])) == value


def test_hand_out_one_book_blank_and_not_from_a_part(app: xlwings.App, book: xlwings.Book, file: Path, said: Said) -> None:
    said.yes, said.choices = False, [3, 8]
    buttons.hand_out()
    made = file.parent / "2019年度各经济园区业务工作考核（下发）" / "2019年度各经济园区业务工作考核（新材料自评）.xlsx"
    assert snapshot.take(made).inputs == {}
    app.books.open(str(made))
    buttons.hand_out()
    assert "不能再往下分" in said.last
    said.choices = []
    buttons.check()
    assert "待填" in said.last
    buttons.recompute()
    assert said.last == "得分都对，没有要改的。"
    app.books.active.close()


def test_hand_out_nothing_where_nothing_is_chosen(book: xlwings.Book, file: Path, said: Said) -> None:
    said.choices = [None]
    buttons.hand_out()
    assert said.told == []
    assert not list(file.parent.glob("*（下发）"))


def test_hand_out_from_a_scheme_where_no_book_of_ours_is_in_front(
    app: xlwings.App, said: Said, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.books.add()
    (tmp_path / "documents").mkdir()
    monkeypatch.setattr(local, "documents", lambda: tmp_path / "documents")
    said.choices = [0, 0]
    buttons.hand_out()
    assert said.options[-1] == ["各被考核单位的自评簿（2 本）", "只给其中一个……"]  # it does not say who assesses
    made = tmp_path / "documents" / "本县自己的考核（下发）"
    assert sorted(path.name for path in made.iterdir()) == ["本县自己的考核（乙自评）.xlsx", "本县自己的考核（甲自评）.xlsx"]
    app.books.active.close()
