"""Whatever hands do to a book, no wrong or missing number stays without a word.

Random operations (`hands`) on books of every layout that are open in LibreOffice; then the file is checked and recomputed.
What it should show is worked out apart from all that: the inputs are read by the hidden keys, put into a fresh book of the
same scheme, and its figures compared with those of the damaged one, found by what a reader sees: the heading and the name.

Requirements: every figure shown is exact, or a finding says what is broken; after a recompute that was not refused, every
figure is exact, the inputs are what they were, and nothing locked is found changed; a refusal is one Chinese sentence.

SCOREBOOK_HANDS sets how many books (by default a bounded slice), SCOREBOOK_HANDS_FROM the first seed.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import hands
import pytest
import sight
import tiny
import xlwings
from conftest import file_of

from addin import actions
from addin.engines import adapter, libreoffice
from addin.engines.libreoffice.office import load_uno, properties
from addin.live.book import LiveBook
from addin.workbooks import repair
from addin.workbooks.edits import Redrawn
from addin.workbooks.findings import Finding
from generator.columns import letters_of
from generator.fillings.random_filling import odd_filling, random_filling
from generator.layout.addresses import place_of
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.selection import selected
from generator.plan.view import Kind, View
from generator.problems import Refusal
from generator.scheme import load
from generator.scheme.load import SchemeFile
from generator.sheets.book import Book, compose
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.charts import Bars
from generator.xlsx.package import Package

pytestmark = pytest.mark.xdist_group("hands")  # one LibreOffice for all

OLD = Path(__file__).parent / "books"
BOOKS = int(os.environ.get("SCOREBOOK_HANDS", "20"))
FROM = int(os.environ.get("SCOREBOOK_HANDS_FROM", "0"))
MATRIX = tiny.text(
    """
    - name: 业务
      children:
      - {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [4, 8, 5]}
      - {id: 2, name: 安全, points: 5, rule: deduct, events: [{what: 事故, each: 1}, {what: 通报, each: 0.5}]}
    - name: 办件
      periods: [上半年, 下半年]
      weights: [40%, 60%]
      children:
      - {id: 4, name: 办件, points: 5, rule: formula, inputs: {件: {ask: count}}, figures: {每: 2}, score: "clamp(件 / 每, 0, 分值)"}
    - {id: 3, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}
    - {id: 5, name: 排序, points: 5, rule: formula, inputs: {件数: {ask: count}}, score: "分值 - rank(件数) + 1"}
    """,
    full="null",
    extra="quantities: {最多: 'over_units(max, 业务分)', 业务分: score('业务')}",
)
SCHEMES = {"matrix": MATRIX, "rows": tiny.ROWS, "units": tiny.UNITS, "list": tiny.LISTED}
BUNDLED = ["panshan-2019-parks", "jiyuan-2020-livelihood", "zhengzhou-2020-arrears-clearing", "zhengzhou-2020-illegal-construction"]
"""Small ones: of a figure for each unit, of marks, of look-up tables; and one whose groups have sheets of their own."""
PARTS = {
    "rows@县发改局": View(Kind.DEPARTMENT, "县发改局"),
    "rows@乙镇": View(Kind.UNIT, "乙镇"),
    "units@甲镇": View(Kind.UNIT, "甲镇"),
    "zhengzhou-2020-arrears-clearing@郑东新区": View(Kind.UNIT, "郑东新区"),
}
"""Books of a department and of units, by the scheme that they are of."""

PROMISED = {"formula-overwritten", "formula-changed", "formula-deleted", "parameter-changed", "label-changed"}
"""What a recompute has put right: a check finds none of it afterwards."""
FORMULAS = {"input-formula", "input-link"}
"""Then what was typed changes whenever a program calculates, and may go in a circle."""
TOLD = (
    PROMISED
    | FORMULAS
    | {
        *(
            "row-missing",
            "row-duplicated",
            "row-moved",
            "row-counted",
            "column-missing",
            "column-duplicated",
            "column-moved",
            "column-counted",
        ),
        *("sheet-missing", "sheet-foreign", "scheme-damaged"),
    }
)
"""Findings that say that a figure may be wrong. The others promise that it is not."""
BESIDE = {"formula-added", "text-added", "heading-missing"}
"""Findings of what may be taken for something else: left beside a table, or gone from over it."""


@dataclass
class Case:
    """A book and what is done to it."""

    name: str
    seed: int
    steps: list[int]
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([f"{self.name} 种子 {self.seed}，操作 {self.steps}", *self.said, "→", *self.faults])


@pytest.fixture(scope="module")
def app() -> Iterator[xlwings.App]:
    app = libreoffice.start()
    yield app
    app.quit()


@lru_cache(maxsize=16)
def scheme_of(name: str) -> tuple[SchemeFile, Plan]:
    if name in PARTS:
        file, whole = scheme_of(name.partition("@")[0])
        return file, selected(whole, PARTS[name])
    file = load.loads(SCHEMES[name], "tiny.yaml") if name in SCHEMES else file_of(name)
    return file, make_plan(file.scheme)


@lru_cache(maxsize=16)
def blank_of(name: str) -> tuple[Book, dict[tuple[str, int], sight.Keys]]:
    """The blank book of a scheme, and the keys of its cells."""
    blank = made_with(name, {})
    return blank, sight.cells_of(blank)


def made_with(name: str, inputs: dict[tuple[str, int], Value]) -> Book:
    file, plan = scheme_of(name)
    return compose(file, inputs, plan=plan)


@contextmanager
def opened(app: xlwings.App, path: Path) -> Iterator[xlwings.Book]:
    """A book in LibreOffice without its protection; saved as LibreOffice calculates it."""
    book = app.books.open(str(path))
    try:
        book.api.unprotect("")
        for sheet in book.sheets:
            adapter.unprotect(sheet)
        yield book
        book.api.calculateAll()
        book.save(str(path))
    finally:
        book.close()


def filled_sensibly(name: str, path: Path) -> Book:
    made = made_with(name, tiny.sensible(scheme_of(name)[1]))
    writer.write(made, path)
    return made


def work(app: xlwings.App, case: Case, path: Path, made: Book) -> None:
    """Do the steps of a case to a book."""
    spots = hands.spots_of(made)
    saved_as: list[str] = []
    with opened(app, path) as book:
        for step in case.steps:
            dice = random.Random(f"{case.seed}/{step}")
            words = dice.choice(list(hands.HANDS))
            case.said.append(f"{words}：{hands.HANDS[words](hands.Desk(book, dice, spots, saved_as))}")
    for ending in saved_as:
        saved_and_back(app, path, ending)


def saved_and_back(app: xlwings.App, path: Path, ending: str) -> None:
    """A book that is saved in another format, opened from there, and saved as it was."""
    other = path.with_name(f"other.{ending}")
    for source, target, kind in ((path, other, hands.OLD_FORMATS[ending]), (other, path, "Calc MS Excel 2007 XML")):
        book = app.books.open(str(source))
        book.api.storeToURL(load_uno().systemPathToFileUrl(str(target)), properties(FilterName=kind))
        book.close()


def recalculated(app: xlwings.App, path: Path, to: Path) -> Package:
    """A file as LibreOffice calculates it afresh."""
    book = app.books.open(str(path))
    try:
        book.api.calculateAll()
        book.save(str(to))
    finally:
        book.close()
    return Package.open(to)


@dataclass
class Seen:
    """What a reader sees in a book. wrong: figures that differ from those of a fresh book with the same inputs; unsure: what
    may be taken for something else."""

    name: str
    package: Package
    wrong: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        blank, cells = blank_of(self.name)
        pages = sight.of_file(self.package)
        self.inputs = inputs_of(self.name, pages)
        values = Evaluation(blank.plan, self.inputs)
        shown, wanted = sight.read(pages, blank, cells), sight.results(blank, values, cells)
        self.wrong = [
            f"{key} {unit} 显示 {shown.get((key, unit))}，应为 {value}"
            for (key, unit), value in wanted.items()
            if not sight.same(shown.get((key, unit)), None if value == "" else value)
        ]
        self.unsure = sight.doubts(pages, blank)
        title = blank.layout.design.summary.sheet
        self.has_summary = title in pages
        if self.has_summary:
            tables = sight.summary(pages[title]), sight.summary(sight.of_book(made_with(self.name, self.inputs))[title])
            self.wrong += sight.differing(*tables)
            self.unsure += sight.doubled(*tables)
        elif blank.plan.view.whole:
            self.unsure.append(f"没有 {title}")


def inputs_of(name: str, pages: sight.Pages) -> dict[tuple[str, int], Value]:
    """What was typed in, by key."""
    blank, cells = blank_of(name)
    plan = blank.plan
    asked = [(line, unit) for line in plan.inputs for unit in plan.places(line) if unit == SHARED or line.constant(unit) is None]
    return sight.read(pages, blank, {(line.key, unit): cells[line.key, unit] for line, unit in asked})


def refused(case: Case, words: str) -> None:
    """A refusal is one sentence in Chinese."""
    if "程序内部出错" in words or "\n" in words or not any("一" <= ch <= "鿿" for ch in words):
        case.faults.append(f"说的是：{words}")


def judge(app: xlwings.App, case: Case, path: Path) -> None:
    """Check and recompute a book that hands were on."""
    seen = Seen(case.name, Package.open(path))
    try:
        found = actions.check(path).findings
    except Refusal as error:
        refused(case, str(error))
        return
    codes = {f.code for f in found}
    if (seen.wrong and not TOLD & codes) or (seen.unsure and not (TOLD | BESIDE) & codes):
        case.faults += ["检查没有说：", *seen.wrong[:6], *seen.unsure, *told(found)]
    done = actions.recompute_one(path)
    if done.error:
        refused(case, done.error)
        if not TOLD & codes:
            case.faults.append(f"不能重算，检查却没有说：{done.error}")
        return
    if done.count:
        case.faults += after_recomputing(app, case.name, path, seen)
    elif not codes & FORMULAS:  # the file is as it was
        case.faults += [f"重算没有改：{fault}" for fault in seen.wrong[:6]]


def after_recomputing(app: xlwings.App, name: str, path: Path, before: Seen) -> list[str]:
    """What is not right after a recompute that was not refused."""
    left = actions.check(path).findings
    codes = {f.code for f in left}
    file, calculated = Seen(name, Package.open(path)), Seen(name, recalculated(app, path, path.with_name("after.xlsx")))
    faults = [f"重算后文件里：{fault}" for fault in file.wrong[:6]]
    if not codes & FORMULAS:
        faults += [f"重新计算后：{fault}" for fault in calculated.wrong[:6]]
        faults += ["重算动了填报"] if calculated.inputs != before.inputs else []
    if codes & (PROMISED | {"values-stale"}) or (calculated.unsure and not (TOLD | BESIDE) & codes):
        faults += ["重算后检查还说：", *told(left), *calculated.unsure]
    return faults


def told(findings: Sequence[Finding]) -> list[str]:
    return [f"  {f.code} {f.sheet}!{f.cell} {f.message}" for f in findings if f.code != "protection-off"]


def case_of(seed: int) -> Case:
    """The case of a seed: mostly a small book."""
    dice = random.Random(seed)
    name = dice.choice([*SCHEMES] * 3 + BUNDLED + [*PARTS])
    return Case(name, seed, list(range(dice.choice([1, 1, 2, 3, 4, 6]))))


def played(app: xlwings.App, case: Case, folder: Path) -> Case:
    """A case from the fresh book to what is wrong with it."""
    _, plan = scheme_of(case.name)
    fillings = [tiny.sensible(plan), random_filling(plan, str(case.seed)).inputs, odd_filling(plan, str(case.seed), 0.1).inputs]
    made = made_with(case.name, {**random.Random(f"{case.seed}/填").choice(fillings)})
    path = folder / "book.xlsx"
    writer.write(made, path)
    work(app, case, path, made)
    judge(app, case, path)
    return case


def reduced(app: xlwings.App, case: Case, folder: Path) -> Case:
    """The same fault by fewer operations."""
    for step in list(case.steps):
        fewer = [other for other in case.steps if other != step]
        again = played(app, Case(case.name, case.seed, fewer), folder) if fewer else case
        case = again if again.faults else case
    return case


Act = Callable[[xlwings.Sheet, str, str], object]
"""What is done to a sheet: given the letters of a column and the number of a row, those of an input of the second unit."""


def copied(cells: xlwings.Range, to: xlwings.Range, way: str) -> None:
    to.insert(way)
    cells.copy(cells.sheet[to.address])


def added(line: xlwings.Range, at: str, name: str) -> None:
    line.insert("down" if line.shape[0] == 1 else "right")
    line.sheet[at].value = name


def sorted_down(sheet: xlwings.Sheet, row: str) -> None:
    """The rows of two units by the first one's larger figure, whole rows, as one sorts a list."""
    top = int(row) - 1
    sheet[f"H{top}"].value, sheet[f"H{row}"].value = 9, 1
    hands.sort_cells(sheet[f"A{top}:AH{row}"], 7)


BY_HAND: dict[str, tuple[str, Act, set[str], bool]] = {
    "整格粘贴到黄格": ("matrix", lambda s, c, r: s["G6"].copy(s[f"{c}{r}"]), {"input-text", "input-locked", "incomplete"}, True),
    "键入日期": ("matrix", lambda s, c, r: setattr(s[f"{c}{r}"], "number_format", "m月d日"), {"input-date"}, True),
    "单位之间插入列": ("matrix", lambda s, c, r: s[f"{c}:{c}"].insert("right"), {"column-added"}, True),
    "插入复制的单位列": ("matrix", lambda s, c, r: copied(s["J:J"], s["K:K"], "right"), {"column-counted"}, False),
    "最后一个单位后面插入它的复制": ("matrix", lambda s, c, r: copied(s["L:L"], s["M:M"], "right"), {"column-duplicated"}, False),
    "一行一个单位的表插入列": ("rows", lambda s, c, r: s[f"{c}:{c}"].insert("right"), set(), True),
    "一行一个单位的表插入复制的列": ("rows", lambda s, c, r: copied(s[f"{c}:{c}"], s["I:I"], "right"), {"column-duplicated"}, False),
    "删除行": ("matrix", lambda s, c, r: s[f"{r}:{r}"].delete("up"), {"row-missing", "incomplete"}, False),
    "删除指标名称列": ("matrix", lambda s, c, r: s["E:E"].delete("left"), {"column-missing"}, False),
    "删除单位的行": ("rows", lambda s, c, r: s[f"{r}:{r}"].delete("up"), {"row-missing", "incomplete"}, False),
    "插入复制的行": ("matrix", lambda s, c, r: copied(s[f"{r}:{r}"], s["8:8"], "down"), {"row-duplicated"}, False),
    "各单位的行排序": ("rows", lambda s, c, r: sorted_down(s, r), {"row-moved"}, False),
    "在最后一个单位后面添一个单位": ("matrix", lambda s, c, r: added(s["M:M"], "M4", "丁"), {"column-added"}, True),
    "在最后一行后面添一个单位": ("rows", lambda s, c, r: added(s["19:19"], "D19", "戊街"), {"row-added"}, True),
    "在清单下面添一项": ("list", lambda s, c, r: setattr(s.book.sheets["服务事项清单"]["E10"], "value", "甲镇"), {"row-added"}, True),
    "最左边插入列": ("matrix", lambda s, c, r: s["A:A"].insert("right"), {"column-moved"}, False),
    "删除隐藏的标记列": ("matrix", lambda s, c, r: s["B:B"].delete("left"), {"column-moved"}, False),
    "删除单位名称的一行": ("matrix", lambda s, c, r: s["4:4"].delete("up"), {"row-missing"}, False),
    "删除列名的一行": ("rows", lambda s, c, r: s["14:14"].delete("up"), {"heading-missing"}, True),
    "在位次表下面另写一个单位": ("rows", lambda s, c, r: setattr(s.book.sheets["汇总"]["E17"], "value", "戊街"), {"text-added"}, True),
    "在两张位次表之间另写": ("rows", lambda s, c, r: setattr(s.book.sheets["汇总"]["E12"], "value", 5), {"text-added"}, True),
    "删除汇总表隐藏的列": ("matrix", lambda s, c, r: s.book.sheets["汇总"]["A:A"].delete("left"), {"column-moved"}, False),
    "在汇总表隐藏的列左边插入列": ("rows", lambda s, c, r: s.book.sheets["汇总"]["A:A"].insert("right"), {"column-moved"}, False),
    "复制工作表": ("matrix", lambda s, c, r: s.impl.copy(s.impl, None), {"sheet-foreign"}, True),
}
"""What one does, to which book, what a check says of it then, and whether the book can be recomputed."""


@pytest.mark.parametrize("what", BY_HAND)
def test_what_a_check_says_of(what: str, app: xlwings.App, tmp_path: Path) -> None:
    name, act, codes, whole = BY_HAND[what]
    path, key = tmp_path / "book.xlsx", "1/差评" if name == "list" else "1/完成"
    made = filled_sensibly(name, path)
    with opened(app, path) as book:
        place = made.layout.place(key, 1)
        assert place
        row, column = place_of(place[1])
        act(book.sheets[place[0]], letters_of(column), str(row))
    assert {f.code for f in actions.check(path).findings} - {"protection-off"} == codes
    assert (not actions.recompute_one(path).error) == whole


def test_texts_are_put_back_where_they_were_moved_to(app: xlwings.App, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    filled_sensibly("matrix", path)
    with opened(app, path) as book:
        sheet = book.sheets["填报与计分"]
        sheet["7:7"].insert("down")
        sheet["J4"].value, sheet["K4"].value = "乙", "甲"  # the names over two columns
        sheet["G12"].value = "数"
    found = [(f.code, f.cell) for f in actions.check(path).findings if f.code != "protection-off"]
    assert found[0] == ("row-added", "A7")
    assert {("label-changed", "J4"), ("label-changed", "K4"), ("label-changed", "G12")} <= set(found)
    actions.recompute(path)
    package = Package.open(path)
    assert [package.sheet("填报与计分").value(at) for at in ("J4", "K4", "G12")] == ["甲", "乙", "得分"]
    assert [f.code for f in actions.check(path).findings if f.code != "protection-off"] == ["row-added"]


def test_a_heading_is_known_by_its_words_beside_an_inserted_row(app: xlwings.App, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    filled_sensibly("rows@县发改局", path)
    with opened(app, path) as book:
        sheet = book.sheets["填报与计分"]
        sheet["G11"].value = "丁街"  # was 完成
        sheet["9:9"].insert("down")
    found = [(f.code, f.cell) for f in actions.check(path).findings if f.code != "protection-off"]
    assert found == [("row-added", "A9"), ("label-changed", "G12")]
    actions.recompute(path)
    assert Package.open(path).sheet("填报与计分").value("G12") == "完成"


@pytest.mark.parametrize(("name", "sheet"), [("rows", "名额与标准"), ("units", "汇总")])
@pytest.mark.parametrize("how", ["改名", "删除"])
def test_no_formula_is_put_back_that_looks_at_a_sheet_that_is_gone(
    name: str, sheet: str, how: str, app: xlwings.App, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    filled_sensibly(name, path)
    with opened(app, path) as book:
        if how == "改名":
            book.sheets[sheet].name = "新表"
        else:
            book.sheets[sheet].delete()
    before = path.read_bytes()
    done = actions.recompute_one(path)
    assert f"工作表被删除或改了名：{sheet}。改了名的请改回原名" in done.error
    assert path.read_bytes() == before
    if how == "改名":
        with opened(app, path) as book:
            book.sheets["新表"].name = sheet
        assert {f.code for f in actions.check(path).findings} <= {"protection-off", "quota-exceeded"}


def test_a_chart_shows_its_own_cells_again(app: xlwings.App, tmp_path: Path) -> None:
    """In a book of the third form, which had charts."""
    path, live_path = Path(shutil.copy(OLD / "form-3-parks.xlsx", tmp_path / "book.xlsx")), tmp_path / "live.xlsx"
    own = Bars("汇总!$D$11:$D$14", "汇总!$E$11:$E$14")  # four parks below the heads of the list in order of rank
    with opened(app, path) as book:
        book.sheets["汇总"]["5:7"].insert("down")
    assert Package.open(path).charts("汇总", 9) == [Bars("汇总!$D$14:$D$17", "汇总!$E$14:$E$17")]
    assert "chart-moved" in {f.code for f in actions.check(path).findings}

    book = app.books.open(str(path))
    live = LiveBook(book)
    assert repair.recompute(live, live.name).redrawn == [Redrawn("汇总", 0, Bars("'汇总'!$D$11:$D$14", "'汇总'!$E$11:$E$14"))]
    with live.unlocked(live.changed):
        live.write()
    book.save(str(live_path))
    book.close()
    assert Package.open(live_path).charts("汇总", 9) == [own]

    done = actions.recompute(path)
    assert len(done.redrawn) == 1
    assert "chart-moved" not in {f.code for f in [*done.findings, *actions.check(path).findings]}
    recalculated(app, path, tmp_path / "after.xlsx")
    assert Package.open(tmp_path / "after.xlsx").charts("汇总", 9) == [own]


def test_what_is_left_beside_a_restored_summary_is_told(app: xlwings.App, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    filled_sensibly("matrix", path)
    with opened(app, path) as book:
        book.sheets["汇总"]["7:9"].insert("down")
    actions.recompute(path)
    left = [f for f in actions.check(path).findings if f.code != "protection-off"]
    assert [(f.code, f.sheet) for f in left] == [("formula-added", "汇总"), ("text-added", "汇总")]


def test_no_figure_is_wrong_without_a_word(app: xlwings.App, tmp_path: Path) -> None:
    cases = (played(app, case_of(seed), tmp_path) for seed in range(FROM, FROM + BOOKS))
    faulty = [str(reduced(app, case, tmp_path)) for case in cases if case.faults]
    assert not faulty, "\n\n".join(faulty)
