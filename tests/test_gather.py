"""Filled books gathered into the office's one.

Requirements: values go into the office's book by keys, each once, and the book is then the one that would have been filled by
hand; nothing else in it changes; again changes nothing. What differs or is odd waits until somebody chooses, what is of no use
is named with file, sheet and cell. Files of something else, damaged ones, copies and tampered ones are each told in a sentence.
Every value that was offered is accounted for, once. Killed in the middle, the book is whole.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import tiny

from addin import actions, cli, hand_out
from addin.gathering import desk
from addin.gathering.merge import FileReport
from addin.gathering.records import Standing
from addin.gathering.round import Gathered
from addin.workbooks import ledgers, pending, repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.pending import Row, State
from generator.plan.planner import make_plan
from generator.plan.view import Kind
from generator.problems import Refusal
from generator.scheme import load as schemes
from generator.sheets import meta
from generator.sheets.book import compose
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.package import Package

INDICATORS = """
- {id: 1, name: 投资, points: 10, in: 亿元, assessor: 发改局, rule: ratio, target: [8, 4, 2]}
- {id: 2, name: 收入, points: 10, in: "%", assessor: 财政局, rule: ratio, target: 8%}
- {id: 3, name: 台账, points: 5, assessor: 应急局, rule: direct}
- {id: 4, name: 事故, points: 5, assessor: 应急局, rule: deduct, events: [{what: 一般事故, each: 1}]}
- {id: 5, name: 方案, points: 3, assessor: 政府办, rule: all_or_nothing, ask: 是否印发}
"""
TEXT = tiny.text(INDICATORS, full="33").replace("scheme: tiny\n", "scheme: tiny-2024\n")
Cells = Mapping[tuple[str, int], Value]
D = Decimal
MINE: dict[str, dict[tuple[str, int], Value]] = {
    "发改局": {("1/完成", 0): D("7.5"), ("1/完成", 1): D("4.2"), ("1/完成", 2): D("1.9")},
    "财政局": {("2/完成", 0): D("0.077"), ("2/完成", 1): D("0.081"), ("2/完成", 2): D("0.06")},
    "应急局": {("3/评分", 0): D(5), ("3/评分", 1): D("4.5"), ("3/评分", 2): D(4), ("4/一般事故", 1): D(2)},
    "政府办": {("5/是否印发", 0): "是", ("5/是否印发", 1): "否", ("5/是否印发", 2): "是"},
}
ALL: dict[tuple[str, int], Value] = {place: value for own in MINE.values() for place, value in own.items()}
SCORING = "填报与计分"


@cache
def blank(text: str) -> bytes:
    """The blank book of a scheme."""
    return writer.to_bytes(compose(schemes.loads(text, "tiny.yaml")))


def made(path: Path, inputs: Cells | None = None, text: str = TEXT) -> Path:
    """A book of the scheme, and what was typed into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(filled(text, tuple((key, unit, value) for (key, unit), value in (inputs or {}).items())))
    return path


@cache
def filled(text: str, cells: tuple[tuple[str, int, Value], ...]) -> bytes:
    """The book of a scheme with something typed into it."""
    if not cells:
        return blank(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(blank(text))
        return put(path, *cells).read_bytes()


def put(path: Path, *cells: tuple[str, int, Value]) -> Path:
    """Type into a book, by line and unit."""
    if not cells:
        return path
    package = Package.open(path)
    taken = snapshot.of_package(package, path.name)
    for key, unit, value in cells:
        sheet, at = taken.place(key, unit) or ("", "")
        package.sheet(sheet).set(at, value)
    path.write_bytes(package.to_bytes())
    return path


def at(key: str, unit: int) -> str:
    """Where a cell of the scheme's book is."""
    from generator.layout.design import load
    from generator.layout.lay_out import lay_out

    place = lay_out(make_plan(schemes.loads(TEXT, "").scheme), load()).place(key, unit)
    assert place
    return place[1]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, which is quicker for a few small ones."""
    monkeypatch.setattr(desk, "FEW", 1000)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office's book, blank."""
    return made(tmp_path / "总簿.xlsx")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """What came in: every department has filled in its part of the same blank book."""
    for number, (name, own) in enumerate(MINE.items()):
        made(tmp_path / "收" / f"{number}{name}.xlsx", own)
    return tmp_path / "收"


def gather(office: Path, *sources: Path) -> Gathered:
    """Gather, and again: the second time nothing may change; gives the first."""
    done = desk.gather(office, sources).gathered
    for report in done.files:
        listed = [report.taken, report.same, report.waiting, report.left, report.refused, report.homeless]
        told = sorted((offer.key, offer.unit, offer.cell) for offers in listed for offer in offers)
        offered = sorted((o.key, o.unit, o.cell) for o in report.incoming.offers) if report.incoming.status == "read" else []
        assert told == offered, report.incoming.name
    before = office.read_bytes()
    again = desk.gather(office, sources).gathered
    assert (again.changed, again.count) == (False, 0)
    assert office.read_bytes() == before
    return done


def report_of(done: Gathered, name: str) -> FileReport:
    [found] = [report for report in done.files if report.incoming.name == name]
    return found


def words_of(done: Gathered, name: str) -> str:
    return "；".join(report_of(done, name).words)


def typed(path: Path) -> dict[tuple[str, int], Value]:
    return dict(snapshot.take(path).inputs)


def waiting(path: Path) -> list[Row]:
    """The sheet 待定."""
    package = Package.open(path)
    return pending.rows(package.sheet(snapshot.of_package(package, "").ledgers[ledgers.PENDING]))


def tick(path: Path, wanted: Callable[[Row], bool], mark: str | None = pending.TICK) -> None:
    """Choose rows of the sheet 待定."""
    package = Package.open(path)
    part = package.sheet(snapshot.of_package(package, "").ledgers[ledgers.PENDING])
    for row in pending.rows(part):
        if wanted(row):
            part.set(f"{pending.TAKE}{row.number}", mark)
    path.write_bytes(package.to_bytes())


def sources(path: Path) -> dict[str, tuple[Value, Value, Value]]:
    """The sheet 来源: value, file and place by cell."""
    package = Package.open(path)
    part = package.sheet(snapshot.of_package(package, "").ledgers[ledgers.SOURCES])
    rows = [row for row, _ in part.rows() if row >= pending.SOURCE_FIRST]
    columns = pending.SOURCE_VALUE, pending.SOURCE_FILE, pending.SOURCE_PLACE
    return {str(part.value(f"{pending.SOURCE_KEY}{row}")): tuple(part.value(f"{c}{row}") for c in columns) for row in rows}  # type: ignore[misc]


# What goes in -------------------------------------------------------------------------------------------------------------


def test_all_parts_together_are_the_book_filled_by_hand(office: Path, inbox: Path) -> None:
    before = Package.open(office)
    done = gather(office, inbox)
    assert {r.incoming.name: (r.incoming.whose, len(r.taken)) for r in done.files} == {
        "0发改局.xlsx": ("发改局", 3),
        "1财政局.xlsx": ("财政局", 3),
        "2应急局.xlsx": ("应急局", 4),
        "3政府办.xlsx": ("政府办", 3),
    }
    assert (done.count, done.troubled, typed(office)) == (13, False, ALL)
    after, by_hand = Package.open(office), Package(writer.to_bytes(compose(schemes.loads(TEXT, "tiny.yaml"), ALL)))
    for name in by_hand.sheet_names - {meta.NAME}:  # the values that formulas show as well
        assert after.parts[after.sheet_paths[name]] == by_hand.parts[by_hand.sheet_paths[name]], name
    assert [share.state for share in done.departments] == ["已报齐"] * 4
    changed = {name for name in before.parts if after.parts[name] != before.parts[name]}
    lists = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"}
    assert changed <= lists | {path for name, path in before.sheet_paths.items() if name != "说明"}
    assert list(after.sheet_names)[-3:] == ["报送", "待定", "来源"]


def test_each_value_has_its_source_and_the_sheets_are_the_books_own(office: Path, inbox: Path) -> None:
    gather(office, inbox)
    found = sources(office)
    assert len(found) == 13
    assert found["1/完成|甲"] == (D("7.5"), "0发改局.xlsx", f"{SCORING}!{at('1/完成', 0)}")
    assert found["4/一般事故|乙"] == (D(2), "2应急局.xlsx", f"{SCORING}!{at('4/一般事故', 1)}")
    assert actions.check(office).findings == []
    names, before = list(Package.open(office).sheet_names), Package.open(office)
    tiny.forget_values(office)
    actions.recompute(office)
    after = Package.open(office)
    assert list(after.sheet_names) == names
    for name in ("报送", "待定", "来源"):
        assert after.sheet(name).value("A1") == f"scorebook:{name}"
        assert [after.sheet(name).value(cell) for cell in after.sheet(name).addresses] == [
            before.sheet(name).value(cell) if before.sheet(name).formula(cell) is None else after.sheet(name).value(cell)
            for cell in before.sheet(name).addresses
        ]


def test_the_former_book_is_kept_and_another_file_may_be_written(office: Path, inbox: Path, tmp_path: Path) -> None:
    blank = office.read_bytes()
    saved = desk.gather(office, [inbox], tmp_path / "出" / "汇总后.xlsx")
    assert (office.read_bytes(), saved.backup, typed(saved.path)) == (blank, None, ALL)
    saved = desk.gather(office, [inbox])
    assert saved.backup is not None
    assert saved.backup.read_bytes() == blank


def test_in_several_rounds(office: Path, inbox: Path) -> None:
    first, *others = sorted(inbox.iterdir())
    done = gather(office, first)
    assert [share.state for share in done.departments] == ["已报齐", "未报", "未报", "未报"]
    done = gather(office, *others)
    assert typed(office) == ALL
    assert {file for _, file, _ in sources(office).values()} == {path.name for path in (first, *others)}
    assert [share.state for share in done.departments] == ["已报齐"] * 4


def test_who_has_not_reported(office: Path, inbox: Path) -> None:
    (inbox / "3政府办.xlsx").unlink()
    put(inbox / "1财政局.xlsx", ("2/完成", 2, None))
    done = gather(office, inbox)
    assert [(s.name, s.state, s.wanted, s.filled) for s in done.departments] == [
        ("发改局", "已报齐", 3, 3),
        ("财政局", "未报齐", 3, 2),
        ("应急局", "已报齐", 3, 3),  # events that did not happen are nobody's duty
        ("政府办", "未报", 3, 0),
    ]
    assert [(s.name, s.missing) for s in done.units] == [("甲", 1), ("乙", 1), ("丙", 2)]
    assert "还有 1 格没有填：2 收入（丙）" in words_of(done, "1财政局.xlsx")
    part = Package.open(office).sheet("报送")
    assert "还没有报齐的考核部门 2 个：财政局、政府办" in str(part.value("B3"))


# What waits ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(office: Path, inbox: Path) -> Path:
    """Two persons of one department report different values for one cell."""
    made(inbox / "发改局李.xlsx", {**MINE["发改局"], ("1/完成", 0): D(6)})
    return inbox


def test_two_values_for_one_cell_wait_until_somebody_chooses(office: Path, disputed: Path) -> None:
    done = gather(office, disputed)
    assert ("1/完成", 0) not in typed(office)
    [cell] = done.waiting
    assert (cell.sheet, cell.cell, cell.unit) == (SCORING, at("1/完成", 0), "甲")
    assert [(c.value, c.origin.file, c.state) for c in cell.candidates] == [
        (D("7.5"), "0发改局.xlsx", State.OPEN),
        (D(6), "发改局李.xlsx", State.OPEN),
    ]
    assert done.troubled
    assert "报来不止一本，还有“发改局李.xlsx”" in words_of(done, "0发改局.xlsx")
    assert sources(office)["1/完成|甲"] == (None, None, None)
    assert len(report_of(done, "发改局李.xlsx").same) == 2


@pytest.mark.parametrize("by_recompute", [False, True])
def test_what_was_chosen_is_put_in_once(office: Path, disputed: Path, by_recompute: bool) -> None:
    gather(office, disputed)
    tick(office, lambda row: row.file == "发改局李.xlsx")
    if by_recompute:
        done = actions.recompute(office)
        assert [(edit.cell, edit.content) for edit in done.chosen] == [(at("1/完成", 0), D(6))]
        assert actions.recompute(office).chosen == []
    result = gather(office, disputed)
    assert typed(office) == {**ALL, ("1/完成", 0): D(6)}
    assert sources(office)["1/完成|甲"] == (D(6), "发改局李.xlsx", f"{SCORING}!{at('1/完成', 0)}")
    assert [(row.given, row.state, row.ticked) for row in waiting(office)] == [(D("7.5"), "未采用", False), (D(6), "已采用", True)]
    assert (result.waiting, len(report_of(result, "0发改局.xlsx").left)) == ([], 1)
    assert actions.check(office).findings == []


def test_changing_one_s_mind(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    tick(office, lambda row: row.given == D(6))
    gather(office, disputed)
    tick(office, lambda row: row.given == D(6), None)
    tick(office, lambda row: row.given == D("7.5"))
    gather(office, disputed)
    assert typed(office) == ALL


def test_two_ticks_that_say_different_things_are_no_choice(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    tick(office, lambda row: True)
    done = gather(office, disputed)
    assert ("1/完成", 0) not in typed(office)
    assert {row.state for row in waiting(office)} == {"选了不止一个"}
    assert len(done.waiting) == 1
    assert repair.recompute(Package.open(office), "").chosen == []


def test_two_ticks_that_say_the_same_are_one(office: Path, disputed: Path) -> None:
    made(disputed / "发改局王.xlsx", {("1/完成", 0): D(6)})
    gather(office, disputed)
    tick(office, lambda row: row.given == D(6))
    gather(office, disputed)
    assert typed(office)["1/完成", 0] == D(6)


def test_what_is_in_the_office_s_book_already_is_not_written_over(office: Path, inbox: Path) -> None:
    put(office, ("1/完成", 0, D(3)))
    done = gather(office, inbox)
    assert typed(office)["1/完成", 0] == D(3)
    assert [(c.value, c.origin.file) for c in done.waiting[0].candidates] == [(D(3), "本簿"), (D("7.5"), "0发改局.xlsx")]
    tick(office, lambda row: row.file == "本簿")
    done = gather(office, inbox)
    assert (typed(office)["1/完成", 0], done.waiting) == (D(3), [])


def test_a_corrected_book_under_the_same_name(office: Path, inbox: Path) -> None:
    gather(office, inbox)
    put(inbox / "0发改局.xlsx", ("1/完成", 0, D(7)), ("1/完成", 1, None))
    done = gather(office, inbox)
    assert typed(office) == ALL  # neither written over nor taken away
    assert len(done.waiting) == 1
    assert "有 1 格上次报了数、这次空着" in words_of(done, "0发改局.xlsx")
    tick(office, lambda row: row.given == D(7))
    gather(office, inbox)
    assert typed(office)["1/完成", 0] == D(7)


def test_typing_into_the_book_is_a_choice_too(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    put(office, ("1/完成", 0, D("6.5")))
    done = gather(office, disputed)
    assert (typed(office)["1/完成", 0], done.waiting) == (D("6.5"), [])
    assert next((row.given, row.file, row.state) for row in waiting(office)) == (D("6.5"), "本簿", "已采用")


def test_a_new_value_opens_the_question_again(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    tick(office, lambda row: row.given == D(6))
    gather(office, disputed)
    made(disputed / "发改局王.xlsx", {("1/完成", 0): D(9)})
    done = gather(office, disputed)
    assert (typed(office)["1/完成", 0], len(done.waiting)) == (D(6), 1)
    tick(office, lambda row: row.given == D(9))
    gather(office, disputed)
    assert typed(office)["1/完成", 0] == D(9)


def test_a_dispute_that_settles_itself(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    put(disputed / "发改局李.xlsx", ("1/完成", 0, D("7.5")))
    done = gather(office, disputed)
    assert (typed(office), done.waiting, waiting(office)) == (ALL, [], [])


def test_remarks_stay(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    package = Package.open(office)
    part = package.sheet("待定")
    first = pending.rows(part)[0].number
    part.set(f"{pending.REMARK}{first}", "=电话核实过")
    office.write_bytes(package.to_bytes())
    gather(office, disputed)
    assert waiting(office)[0].remark == "=电话核实过"
    assert Package.open(office).sheet("待定").formula(f"{pending.REMARK}{first}") is None


# What was typed wrongly ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("三", "refused", "应填数的格子里是文字"),
        ("3.5亿元", "doubtful", "即 3.5"),
        (D(-1), "refused", "数值不在允许的范围内"),
        ("#N/A", "refused", "应填数的格子里是文字"),
    ],
)
def test_a_value_that_the_checks_would_ask_about(office: Path, inbox: Path, value: Value, kind: str, words: str) -> None:
    put(inbox / "0发改局.xlsx", ("1/完成", 0, value))
    done = gather(office, inbox)
    assert ("1/完成", 0) not in typed(office)
    [row] = waiting(office)
    assert (row.kind, row.file, row.place) == (kind, "0发改局.xlsx", f"{SCORING}!{at('1/完成', 0)}")
    assert words in row.why
    tick(office, lambda _: True)
    gather(office, inbox)
    assert typed(office).get(("1/完成", 0)) == (D("3.5") if kind == "doubtful" else None)
    assert done.troubled


def test_formulas_and_dates_and_values_of_another_s_are_refused(office: Path, inbox: Path) -> None:
    package = Package.open(inbox / "0发改局.xlsx")
    package.sheet(SCORING).set_formula(at("1/完成", 0), "=1+2", D(3))
    (inbox / "0发改局.xlsx").write_bytes(package.to_bytes())
    done = gather(office, inbox)
    [offer] = report_of(done, "0发改局.xlsx").refused
    assert (offer.cell, "填写的格子里是公式" in offer.refused) == (at("1/完成", 0), True)


def test_an_odd_value_may_stand_if_somebody_says_so(office: Path, inbox: Path) -> None:
    put(inbox / "0发改局.xlsx", ("1/完成", 2, D(19000)))  # 万元 for 亿元
    done = gather(office, inbox)
    [cell] = done.waiting
    assert "可能弄错了计量单位" in cell.candidates[0].why
    tick(office, lambda _: True)
    gather(office, inbox)
    assert typed(office)["1/完成", 2] == D(19000)


# What does not belong -----------------------------------------------------------------------------------------------------


def only_sheet(path: Path, target: Path) -> Path:
    """One sheet copied out of a book, as 移动或复制 makes it."""
    import openpyxl

    workbook = openpyxl.load_workbook(path)
    for sheet in [name for name in workbook.sheetnames if name != SCORING]:
        del workbook[sheet]
    workbook.save(target)
    return target


def test_files_of_something_else_are_told_each_in_a_sentence(office: Path, inbox: Path, tmp_path: Path) -> None:
    made(inbox / "别的.xlsx", None, TEXT.replace("tiny-2024", "others-2024"))
    made(inbox / "去年.xlsx", None, TEXT.replace("tiny-2024", "tiny-2023").replace("year: 2024", "year: 2023"))
    made(inbox / "老稿.xlsx", None, TEXT.replace("units: [甲, 乙, 丙]", "units: [甲, 乙, 丁]"))
    made(inbox / "二版.xlsx", None, TEXT.replace("year: 2024", "year: 2024\nversion: '2'"))
    tampered = Package.open(made(inbox / "改方案.xlsx", ALL))
    row = next(r for r, _ in tampered.sheet(meta.NAME).rows() if tampered.sheet(meta.NAME).value(f"A{r}") == "text:0")
    text = str(tampered.sheet(meta.NAME).value(f"B{row}"))
    tampered.sheet(meta.NAME).set(f"B{row}", text.replace("points: 10", "points: 20"))
    (inbox / "改方案.xlsx").write_bytes(tampered.to_bytes())
    only_sheet(made(tmp_path / "x.xlsx", ALL), inbox / "一张表.xlsx")
    shutil.copy(inbox / "0发改局.xlsx", inbox / "改了名.xlsx")
    (inbox / "断的.xlsx").write_bytes((inbox / "0发改局.xlsx").read_bytes()[:3000])
    (inbox / "旧的.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (inbox / "空的.xlsx").write_bytes(b"")
    made(inbox / "没填.xlsx")
    done = gather(office, inbox, office)
    assert typed(office) == ALL
    wanted = {
        "别的.xlsx": (Standing.FOREIGN, "是另一个方案（others-2024）的考核簿"),
        "去年.xlsx": (Standing.FOREIGN, "是 2023 年度的考核簿，本簿是 2024 年度"),
        "老稿.xlsx": (Standing.FOREIGN, "其中的单位“丁”现在没有了"),
        "二版.xlsx": (Standing.FOREIGN, "是同一方案的第2版，本簿是第1版"),
        "改方案.xlsx": (Standing.FOREIGN, "考核方案被改动过"),
        "一张表.xlsx": (Standing.FOREIGN, "只有从考核簿里复制出来的工作表"),
        "改了名.xlsx": (Standing.SAME, "与“0发改局.xlsx”一模一样"),
        "断的.xlsx": (Standing.DAMAGED, "不是完好的 Excel 工作簿"),
        "旧的.xls": (Standing.DAMAGED, "旧格式"),
        "空的.xlsx": (Standing.DAMAGED, "不是完好的 Excel 工作簿"),
        "没填.xlsx": (Standing.EMPTY, ""),
        "总簿.xlsx": (Standing.OWN, "就是督考办的这本簿"),
    }
    for name, (standing, words) in wanted.items():
        assert report_of(done, name).standing is standing, name
        assert words in words_of(done, name), words_of(done, name)
        assert report_of(done, name).taken == []


def test_a_renamed_file_and_a_renamed_sheet(office: Path, inbox: Path) -> None:
    gather(office, inbox / "0发改局.xlsx")
    shutil.copy(inbox / "0发改局.xlsx", inbox / "最终版.xlsx")
    (inbox / "0发改局.xlsx").unlink()
    book = inbox / "1财政局.xlsx"
    package = tiny.rewritten(Package.open(book), "xl/workbook.xml", f'name="{SCORING}"', 'name="财政局填报"')
    for path, content in package.parts.items():  # as a program does that renames a sheet: formulas follow, texts do not
        if path.startswith("xl/worksheets/"):
            package.parts[path] = re.sub(rb"<f>[^<]*</f>", lambda f: f[0].replace(SCORING.encode(), "财政局填报".encode()), content)
    book.write_bytes(package.to_bytes())
    done = gather(office, inbox)
    assert not report_of(done, "1财政局.xlsx").incoming.tampered
    assert typed(office) == ALL
    assert report_of(done, "最终版.xlsx").standing is Standing.SAME
    assert "工作表改了名" in words_of(done, "1财政局.xlsx")
    assert sources(office)["2/完成|甲"][1:] == ("1财政局.xlsx", f"财政局填报!{at('2/完成', 0)}")


def test_one_name_for_the_files_of_two_departments(office: Path, inbox: Path, tmp_path: Path) -> None:
    for number, name in enumerate(MINE):
        (tmp_path / name).mkdir()
        shutil.copy(inbox / f"{number}{name}.xlsx", tmp_path / name / "填报.xlsx")
    gather(office, tmp_path / "发改局")
    gather(office, tmp_path / "财政局")
    done = gather(office, *(tmp_path / name / "填报.xlsx" for name in MINE))
    assert typed(office) == ALL
    assert {str(file) for _, file, _ in sources(office).values()} == {
        "填报.xlsx",
        "填报.xlsx（财政局）",
        "应急局/填报.xlsx",
        "政府办/填报.xlsx",
    }
    assert not done.waiting


# What was done to them ----------------------------------------------------------------------------------------------------


def test_locked_cells_that_were_changed_are_told_and_what_was_typed_is_taken(office: Path, inbox: Path) -> None:
    package = Package.open(inbox / "0发改局.xlsx")
    package.sheet(SCORING).set(at("1/得分", 0), D(10))
    package.sheet(SCORING).set(at("1/目标", 1), D(1))
    (inbox / "0发改局.xlsx").write_bytes(package.to_bytes())
    done = gather(office, inbox)
    assert typed(office) == ALL
    words = words_of(done, "0发改局.xlsx")
    assert "锁定的部分被改动过" in words
    assert {finding.cell for finding in report_of(done, "0发改局.xlsx").incoming.tampered} == {at("1/得分", 0), at("1/目标", 1)}
    # 10 × 7.5 ÷ 8 = 9.375, the office's own formula
    assert snapshot.take(office).value("1/得分", 0) == D("9.38")
    assert done.troubled


def test_values_beside_changed_labels_may_be_in_the_wrong_row(office: Path, inbox: Path) -> None:
    """Who sorts without the hidden column takes names and values elsewhere, and leaves the keys."""
    package = Package.open(inbox / "2应急局.xlsx")
    part = package.sheet(SCORING)
    column = next(cell for cell in part.addresses if part.value(cell) == "台账").rstrip("0123456789")
    row = at("3/评分", 0).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    label = next(cell for cell in part.addresses if part.value(cell) == "评分" and cell.endswith(row))
    part.set(label, "完成")
    (inbox / "2应急局.xlsx").write_bytes(package.to_bytes())
    done = gather(office, inbox)
    assert column
    assert {cell.unit for cell in done.waiting} == {"甲", "乙", "丙"}
    assert all("可能错了位" in cell.candidates[0].why for cell in done.waiting)


def test_a_copied_row_with_other_values_is_a_dispute(office: Path, inbox: Path) -> None:
    package = Package.open(inbox / "0发改局.xlsx")
    part = package.sheet(SCORING)
    row = int(at("1/完成", 0).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    last = max(number for number, _ in part.rows()) + 2
    for letters, cell in next(list(cells) for number, cells in part.rows() if number == row):
        value = part.value(cell)
        part.set(f"{letters}{last}", D(1) if cell == at("1/完成", 0) else value)
    (inbox / "0发改局.xlsx").write_bytes(package.to_bytes())
    done = gather(office, inbox)
    [waiting] = done.waiting
    assert [candidate.value for candidate in waiting.candidates] == [D("7.5"), D(1)]
    assert "一行被复制了" in words_of(done, "0发改局.xlsx")


def test_names_that_no_cell_holds_and_names_alike(office: Path, inbox: Path, tmp_path: Path) -> None:
    odd = ["发 改\x01局.xlsx", "=1+1.xlsx"]
    for name, own in zip(odd, ("发改局", "财政局"), strict=True):
        made(tmp_path / "a" / "x" / name, MINE[own])
    made(tmp_path / "b" / "x" / "报.xlsx", MINE["应急局"])
    made(tmp_path / "c" / "x" / "报.xlsx", MINE["政府办"])
    done = gather(
        office, *(tmp_path / "a" / "x" / name for name in odd), tmp_path / "b" / "x" / "报.xlsx", tmp_path / "c" / "x" / "报.xlsx"
    )
    assert typed(office) == ALL
    assert sorted(report.incoming.name for report in done.files) == ["=1+1.xlsx", "x/报.xlsx", "x/报.xlsx（2）", "发 改局.xlsx"]
    part = Package.open(office).sheet("来源")
    assert not any(part.formula(cell) for cell in part.addresses)


def test_more_to_choose_than_anybody_can_is_refused(office: Path, disputed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addin.gathering.round.MOST_WAITING", 1)
    before = office.read_bytes()
    with pytest.raises(BookError, match="要人来选的有 1 格、2 行，太多了"):
        desk.gather(office, [disputed])
    assert office.read_bytes() == before


def test_a_part_that_is_more_than_the_whole_of_another_department_s(tmp_path: Path) -> None:
    """What no file alone shows: each is judged once more beside what the others gave."""
    text = tiny.text(
        """
- {id: 1, name: 任务数, points: 2, assessor: 甲局, rule: formula, inputs: {任务: {ask: count}}, score: "clamp(任务, 0, 2)"}
- {id: 2, name: 欠账, points: 2, assessor: 乙局, rule: formula, inputs: {欠: {ask: count, part_of: 任务}}, score: "clamp(2 - 欠, 0, 2)"}
""",
        extra="inputs: {总数: {ask: count}}",
    )
    text = text.replace("part_of: 任务", "part_of: 总数").replace('score: "clamp(任务, 0, 2)"', 'score: "clamp(总数, 0, 2)"')
    text = text.replace("inputs: {任务: {ask: count}}, ", "")
    office = made(tmp_path / "总簿.xlsx", None, text)
    plan = snapshot.take(office).plan
    whole, part = (next(line.key for line in plan.inputs if line.label.startswith(name)) for name in ("总数", "欠"))
    one, other = made(tmp_path / "a.xlsx", {(whole, 0): D(3)}, text), made(tmp_path / "b.xlsx", {(part, 0): D(5)}, text)
    done = gather(office, one, other)
    assert typed(office) == {(whole, 0): D(3)}
    assert "一部分比全部还多" in done.waiting[0].candidates[0].why


def test_a_broken_office_book_loses_nothing(office: Path, inbox: Path) -> None:
    package = Package.open(office)
    package.sheet(SCORING).set(f"A{at('1/完成', 0).lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}", None)
    office.write_bytes(package.to_bytes())
    done = desk.gather(office, [inbox]).gathered
    assert len(report_of(done, "0发改局.xlsx").homeless) == 3
    assert "在本簿里找不到格子" in words_of(done, "0发改局.xlsx")
    assert {key for key, _ in typed(office)} == {"2/完成", "3/评分", "4/一般事故", "5/是否印发"}


def test_a_sheet_of_the_user_s_own_with_such_a_name_is_left_alone(office: Path, inbox: Path) -> None:
    package = tiny.rewritten(Package.open(office), "xl/workbook.xml", 'name="说明"', 'name="来源"')
    office.write_bytes(package.to_bytes())
    before = package.parts[package.sheet_paths["来源"]]
    gather(office, inbox)
    after = Package.open(office)
    assert after.parts[after.sheet_paths["来源"]] == before
    assert "来源(2)" in after.sheet_names
    assert len(sources(office)) == 13


def test_renamed_lists_are_known_again(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    package = tiny.rewritten(Package.open(office), "xl/workbook.xml", 'name="待定"', 'name="等着选"')
    office.write_bytes(package.to_bytes())
    tick(office, lambda row: row.given == D(6))
    gather(office, disputed)
    assert typed(office)["1/完成", 0] == D(6)
    assert "待定" not in Package.open(office).sheet_names


# Books of departments and units ------------------------------------------------------------------------------------------


@pytest.fixture
def handed_out(office: Path, tmp_path: Path) -> Path:
    """The departments' own books, and two units' assessments of themselves, filled in."""
    folder = tmp_path / "收"
    found = [*hand_out.split(office, Kind.DEPARTMENT, [], folder).files, *hand_out.split(office, Kind.UNIT, ["甲", "乙"], folder).files]
    for path in found:
        own = snapshot.take(path).plan
        for (key, unit), value in ALL.items():
            name = "甲乙丙"[unit]
            if key in own.lines and name in own.units and own.lines[key].input:
                put(path, (key, own.units.index(name), D(8) if own.view.kind is Kind.UNIT and key == "1/完成" else value))
    return folder


def test_departments_books_go_in_and_units_own_figures_stand_beside(office: Path, handed_out: Path) -> None:
    done = gather(office, handed_out)
    assert typed(office) == ALL
    assert sorted((r.incoming.whose, r.standing.value) for r in done.files) == [
        ("乙", "自评"),
        ("发改局", "已收"),
        ("应急局", "已收"),
        ("政府办", "已收"),
        ("甲", "自评"),
        ("财政局", "已收"),
    ]
    package = Package.open(office)
    part = package.sheet("自评")
    rows = {
        (part.value(f"B{row}"), part.value(f"A{row}")): [part.value(f"{column}{row}") for column in "EFG"]
        for row, _ in part.rows()
        if row >= 5
    }
    assert rows["甲", "1/完成|甲"] == [D(8), D("7.5"), D("0.5")]
    assert rows["甲", "1/得分|甲"] == [D(10), D("9.38"), D("0.62")]  # 10 × 8 ÷ 8, and 10 × 7.5 ÷ 8 rounded
    assert rows["乙", "1/得分|乙"] == [D(10), D(10), None]  # more than the target
    assert rows["甲", "5/是否印发|甲"] == ["是", "是", None]
    assert not any(unit == "丙" for unit, _ in rows)
    office_cell = part.formula(f"F{next(row for row, _ in part.rows() if part.value(f'A{row}') == '1/完成|甲')}")
    assert office_cell == f"IF('{SCORING}'!{at('1/完成', 0)}=\"\",\"\",'{SCORING}'!{at('1/完成', 0)})"
    assert actions.check(office).findings == []
    listed = package.sheet("报送")
    assert any(listed.value(cell) == "还没有报自评" for cell in listed.addresses)


def test_a_self_assessment_never_writes_over_and_comes_again(office: Path, handed_out: Path) -> None:
    [own] = handed_out.glob("*甲自评*")
    done = gather(office, own)
    assert (typed(office), done.count) == ({}, 0)
    put(own, ("1/完成", 0, D(4)))
    gather(office, own)
    part = Package.open(office).sheet("自评")
    assert [part.value(f"E{row}") for row, _ in part.rows() if part.value(f"A{row}") == "1/完成|甲"] == [D(4)]


def test_a_unit_that_is_no_more_and_a_book_that_is_no_office_s(office: Path, handed_out: Path, inbox: Path) -> None:
    [own] = handed_out.glob("*甲自评*")
    package = Package.open(own)
    meta_part = package.sheet(meta.NAME)
    row = next(r for r, _ in meta_part.rows() if meta_part.value(f"A{r}") == "for")
    meta_part.set(f"B{row}", "丁")
    own.write_bytes(package.to_bytes())
    done = gather(office, own)
    assert (report_of(done, own.name).standing, "没有这个被考核单位" in words_of(done, own.name)) == (Standing.FOREIGN, True)
    [department] = handed_out.glob("*发改局填报*")
    with pytest.raises(BookError, match="不是督考办的总簿"):
        desk.gather(department, [inbox])


# Fifty books --------------------------------------------------------------------------------------------------------------


def test_fifty_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Departments of a larger scheme, some of them twice; what is planted in them is what is told. Several processes read them."""
    monkeypatch.setattr(desk, "FEW", 3)
    units = [f"镇{number}" for number in range(1, 5)]
    rows = [f"- {{id: {n}, name: 指标{n}, points: 2, assessor: 部门{n}, rule: ratio, target: 10}}" for n in range(1, 31)]
    text = tiny.text("\n".join(rows), units=f"[{', '.join(units)}]", full="60").replace("scheme: tiny\n", "scheme: tiny-2024\n")
    dice = random.Random(5)
    office, inbox = made(tmp_path / "总簿.xlsx", None, text), tmp_path / "收"
    wanted: dict[tuple[str, int], Value] = {}
    disputes, odd, refused = set(), set(), set()
    for number in range(1, 31):
        own: dict[tuple[str, int], Value] = {(f"{number}/完成", unit): D(dice.randint(5, 15)) for unit in range(4)}
        made(inbox / f"a{number:02}.xlsx", own, text)
        wanted |= own
        if number <= 5:  # a second person of the department, of another opinion about one unit
            made(inbox / f"b{number:02}.xlsx", {**own, (f"{number}/完成", 2): D(20)}, text)
            disputes.add((f"{number}/完成", 2))
        elif number <= 8:
            put(inbox / f"a{number:02}.xlsx", (f"{number}/完成", 1, "约5"))
            refused.add((f"{number}/完成", 1))
        elif number <= 10:
            put(inbox / f"a{number:02}.xlsx", (f"{number}/完成", 3, "７分"))
            odd.add((f"{number}/完成", 3))
        elif number <= 13:
            shutil.copy(inbox / f"a{number:02}.xlsx", inbox / f"c{number:02}.xlsx")
        elif number <= 16:
            package = Package.open(inbox / f"a{number:02}.xlsx")
            package.sheet(SCORING).set((snapshot.of_package(package, "").place(f"{number}/得分", 0) or ("", ""))[1], D(2))
            (inbox / f"a{number:02}.xlsx").write_bytes(package.to_bytes())
    for number in range(4):
        made(inbox / f"d{number}.xlsx", wanted, text.replace("tiny-2024", "tiny-2023").replace("year: 2024", "year: 2023"))
        (inbox / f"e{number}.xlsx").write_bytes((inbox / "a01.xlsx").read_bytes()[: 2000 + 500 * number])
        made(inbox / f"f{number}.xlsx", wanted, text.replace("指标1,", "指标一,"))
    assert len(list(inbox.iterdir())) == 50
    done = gather(office, inbox)
    expected = {place: value for place, value in wanted.items() if place not in disputes | odd | refused}
    assert typed(office) == expected
    assert done.count == len(expected)
    cells = {(c.label.split()[0] + "/完成", units.index(c.unit)) for c in done.waiting}
    assert cells == disputes | odd
    standing: dict[Standing, int] = {}
    for report in done.files:
        standing[report.standing] = standing.get(report.standing, 0) + 1
    assert standing == {Standing.GATHERED: 35, Standing.SAME: 3, Standing.FOREIGN: 8, Standing.DAMAGED: 4}
    assert {r.incoming.name for r in done.files if r.incoming.tampered} == {"a14.xlsx", "a15.xlsx", "a16.xlsx"}
    assert sorted(o.key for r in done.files for o in r.refused) == ["6/完成", "7/完成", "8/完成"]
    assert [s.name for s in done.departments if s.missing] == [f"部门{n}" for n in range(1, 11)]
    assert len(sources(office)) == len(expected) + len(disputes | odd)
    tick(office, lambda row: row.file.startswith("a"))
    actions.recompute(office)
    assert typed(office) == {**expected, **{place: D(7) if place in odd else wanted[place] for place in disputes | odd}}


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is what is tested; Windows has no such signal")
@pytest.mark.parametrize("where", ["addin.gathering.round.merge", "os.replace"])
def test_killed_in_the_middle_the_book_is_whole(office: Path, inbox: Path, where: str) -> None:
    before = office.read_bytes()
    program = (
        "import importlib, os, signal, sys\n"
        f"module, name = {where.rpartition('.')[0]!r}, {where.rpartition('.')[2]!r}\n"
        "from addin import cli\nfrom addin.gathering import desk\n"
        "setattr(importlib.import_module(module), name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))\n"
        "cli.run(['gather', *sys.argv[1:]])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(office), str(inbox)], env={**os.environ}, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert office.read_bytes() == before
    gather(office, inbox)
    assert typed(office) == ALL


# The command --------------------------------------------------------------------------------------------------------------


def test_the_command(office: Path, disputed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["gather", str(office), str(disputed), "--json"]) == 1
    said = json.loads(capfd.readouterr().out)
    assert (said["filled"], said["changed"], len(said["files"]), len(said["waiting"])) == (12, True, 5, 1)
    assert said["files"][0]["from"] == "发改局"
    assert [candidate["value"] for candidate in said["waiting"][0]["candidates"]] == [7.5, 6]
    tick(office, lambda row: row.given == D(6))
    assert cli.run(["gather", str(office), str(disputed)]) == 0
    text = capfd.readouterr().out
    assert "新收 1 格" in text
    assert "要看一看的文件" in text
    assert cli.run(["gather", str(office), str(disputed / "没有.xlsx")]) == 1
    assert "找不到这个文件" in capfd.readouterr().out


def test_what_cannot_be_done(office: Path, inbox: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "空").mkdir()
    assert cli.run(["gather", str(office), str(tmp_path / "空")]) == 2
    assert "没有可以汇总的文件" in capfd.readouterr().err
    before = office.read_bytes()
    office.with_name(f"~${office.name}").touch()
    with pytest.raises(BookError, match="正在 Excel、WPS 或 LibreOffice 里打开"):
        desk.gather(office, [inbox])
    assert office.read_bytes() == before
    with pytest.raises(Refusal, match="不是完好的 Excel 工作簿"):
        desk.gather(made_of_nothing(tmp_path), [inbox])


def made_of_nothing(folder: Path) -> Path:
    path = folder / "坏.xlsx"
    path.write_bytes(b"PK")
    return path


def test_when_and_by_whom_a_file_was_saved_is_its_own_word(office: Path, inbox: Path) -> None:
    path = inbox / "0发改局.xlsx"
    package = Package.open(path)
    core = package.parts["docProps/core.xml"].decode()
    core = core.replace("2024-01-01T00:00:00Z</dcterms:modified>", "2024-12-05T08:30:00Z</dcterms:modified>")
    core = core.replace("<dc:creator", "<cp:lastModifiedBy>张三</cp:lastModifiedBy><dc:creator", 1)
    package.parts["docProps/core.xml"] = core.encode()
    path.write_bytes(package.to_bytes())
    done = gather(office, inbox)
    one = report_of(done, "0发改局.xlsx").incoming
    assert (one.saved, one.by) == ("2024-12-05 16:30", "张三")  # eight hours ahead of UTC
    assert report_of(done, "1财政局.xlsx").incoming.saved == ""  # made, and not saved by any program since
    part = Package.open(office).sheet("来源")
    assert part.value(f"{pending.SOURCE_SAVED}{pending.SOURCE_FIRST}") == "2024-12-05 16:30"


def test_the_file_is_a_sound_package(office: Path, disputed: Path) -> None:
    gather(office, disputed)
    with zipfile.ZipFile(office) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert len(names) == len(set(names))
    import openpyxl

    workbook = openpyxl.load_workbook(office)
    assert workbook.sheetnames[-3:] == ["报送", "待定", "来源"]
    assert all(workbook[name].protection.sheet for name in workbook.sheetnames[-3:])


# A cluster ----------------------------------------------------------------------------------------------------------------


def test_on_a_cluster_the_book_is_the_same(office: Path, disputed: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    (disputed / "坏.xlsx").write_bytes(b"PK")
    here = desk.gather(office, [disputed], tmp_path / "本机.xlsx").gathered
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster:
        away = desk.gather(office, [disputed], tmp_path / "集群.xlsx", cluster.scheduler_address).gathered
    assert (tmp_path / "集群.xlsx").read_bytes() == (tmp_path / "本机.xlsx").read_bytes()
    assert [(r.incoming.name, r.standing, r.words) for r in away.files] == [(r.incoming.name, r.standing, r.words) for r in here.files]


def test_a_cluster_that_is_not_there_is_told(office: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def refused(*_: object, **__: object) -> None:
        raise OSError("nobody there")

    monkeypatch.setattr(distributed, "Client", refused)
    before = office.read_bytes()
    with pytest.raises(desk.ClusterError, match="连不上计算集群"):
        desk.gather(office, [inbox], scheduler="tcp://127.0.0.1:9")
    assert office.read_bytes() == before
