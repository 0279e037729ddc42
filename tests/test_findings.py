"""Every finding of the catalogue, provoked.

Requirements: for each code there is a change to a book that is fine, after which `check` says just that; the finding has
the catalogue's severity and remedy. A code that nothing here provokes fails.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import actions
from addin.workbooks import snapshot
from addin.workbooks.findings import CATALOGUE, Finding
from generator.layout.addresses import place_of
from generator.scheme import library, load
from generator.sheets import meta
from generator.value import Value
from generator.xlsx import rules_read
from generator.xlsx.package import Package

PARKS = "panshan-2019-parks"
SCORING = "填报与计分"


@dataclass
class Book:
    """A filled book of four parks in a folder of its own, and a place for other books."""

    path: Path
    others: dict[str, Path]
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.package = Package.open(self.path)
        self.taken = snapshot.of_package(self.package, self.path.name)
        self.sheet = self.package.sheet(SCORING)

    def at(self, key: str, unit: int = 0) -> str:
        place = self.taken.place(key, unit)
        assert place
        return place[1]

    def check(self, by_formulas: bool = False) -> list[Finding]:
        """What a check says of the book as it is now."""
        self.path.write_bytes(self.package.to_bytes())
        return actions.check(self.path, by_formulas).findings

    def typed(self, key: str, value: Value, unit: int = 0) -> list[Finding]:
        self.sheet.set(self.at(key, unit), value)
        return self.check()

    def formula(self, key: str, text: str) -> list[Finding]:
        self.sheet.set_formula(self.at(key), text, Decimal(2))
        return self.check()

    def tiny(self, text: str, inputs: Mapping[tuple[str, int], Value]) -> list[Finding]:
        """What a check says of another, small book."""
        return actions.check(tiny.book(tiny.text(text), self.path.with_name("tiny.xlsx"), {**inputs})).findings

    def by_openpyxl(self, change: Callable[[openpyxl.Workbook], object], sheets: bool = False) -> list[Finding]:
        """What a check says after somebody edits the workbook in a program that writes it anew."""
        book = openpyxl.load_workbook(self.path)
        for area in [] if sheets else list(book[SCORING].merged_cells.ranges):
            book[SCORING].unmerge_cells(str(area))
        change(book)
        book.save(self.path)
        return actions.check(self.path).findings

    def right(self) -> int:
        """The first column right of everything."""
        return max(place_of(at)[1] for at in self.sheet.addresses) + 1

    def rows(self) -> dict[str, int]:
        return self.taken.sheets[SCORING].rows

    def rewritten(self, part: str, pattern: str, new: str) -> list[Finding]:
        """What a check says with something else in one place of a part."""
        self.package = tiny.rewritten(self.package, part, pattern, new)
        return self.check()

    def with_part(self, name: str, data: bytes) -> list[Finding]:
        with zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr(name, data)
        return actions.check(self.path).findings


def chart_of_others(book: Book) -> list[Finding]:
    """A book of the third form, which had charts."""
    made = Path(shutil.copy(Path(__file__).parent / "books" / "form-3-parks.xlsx", book.path.with_name("before.xlsx")))
    return Book(made, book.others, book.monkeypatch).rewritten("xl/charts/chart1.xml", r"\$E\$11:\$E\$14", "$E$13:$E$16")


def error_value(book: Book) -> list[Finding]:
    book.sheet.set(book.at("1/完成"), Decimal(1))
    return book.rewritten(book.sheet.path, f'(<c r="{book.at("1/完成")}"[^>]*)><v>1<', r'\1 t="e"><v>#N/A<')


def percent(book: Book) -> list[Finding]:
    towns = Book(Path(shutil.copy(book.others["panshan-2019-towns"], book.path.with_name("towns.xlsx"))), book.others, book.monkeypatch)
    return towns.typed("4/完成", Decimal(7))


def part_of_more(book: Book) -> list[Finding]:
    inputs = "{已办结: {ask: count}, 按期: {ask: count, part_of: 已办结}}"
    text = f"- {{id: 1, name: 办结, points: 10, rule: formula, inputs: {inputs}, score: 分值 * 按期 / 已办结}}"
    return book.tiny(text, {("1/已办结", u): Decimal(2) for u in range(3)} | {("1/按期", u): Decimal(3 - u) for u in range(3)})


def band(book: Book) -> list[Finding]:
    text = "- {id: 1, name: 报送, points: 5, rule: deduct, events: [{what: 失实, between: [0.5, 1]}]}"
    return book.tiny(text, {("1/失实", 0): Decimal("0.3")})


def nobody(book: Book) -> list[Finding]:
    text = "- {id: 1, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}"
    return book.tiny(text, {("1/评分", unit): "无" for unit in range(3)})


def relabelled(book: Book) -> list[Finding]:
    book.sheet.set("E6", "别的名字")
    return book.check()


def below_the_places(book: Book) -> list[Finding]:
    rows = [row for row, _ in book.package.sheet("汇总").rows()]
    book.package.sheet("汇总").set(f"E{max(rows) + 2}", "新材料二区")
    return book.check()


def beside_the_summary(book: Book) -> list[Finding]:
    book.package.sheet("汇总").set_formula("Z9", "=1+1", Decimal(2))
    return book.check()


def unprotected(book: Book) -> list[Finding]:
    return book.rewritten(book.sheet.path, "<sheetProtection[^>]*/>", "")


def foreign_sheet(book: Book) -> list[Finding]:
    path = tiny.book(tiny.UNITS, book.path.with_name("units.xlsx"))
    other = openpyxl.load_workbook(path)
    other.copy_worksheet(other["乙镇"]).title = "乙镇 (2)"
    other.save(path)
    return actions.check(path).findings


def copied_row(book: Book) -> list[Finding]:
    row = book.rows()["加分/得分"] + 20
    return book.by_openpyxl(lambda b: b[SCORING].cell(row, 1, "2/完成"))


def swapped_rows(book: Book) -> list[Finding]:
    def swap(opened: openpyxl.Workbook) -> None:
        one, other = (opened[SCORING].cell(book.rows()[key], 1) for key in ("2/目标", "2/完成"))
        one.value, other.value = other.value, one.value

    return book.by_openpyxl(swap)


def swapped_columns(book: Book) -> list[Finding]:
    one, other = book.sheet.value("J1"), book.sheet.value("K1")
    book.sheet.set("J1", other)
    book.sheet.set("K1", one)
    return book.check()


def published(book: Book, *changes: tuple[str, str]) -> list[Finding]:
    """The scheme in force is another than that in the book."""
    text = load.load(library.ids()[PARKS]).text
    for was, now in changes:
        assert was in text
        text = text.replace(was, now)
    book.path.with_name("parks.yaml").write_text(text, encoding="utf-8")
    book.monkeypatch.setenv(library.FOLDERS_VARIABLE, str(book.path.parent))
    return book.check()


def wrong_fingerprint(book: Book) -> list[Finding]:
    hidden = book.package.sheet("_scorebook")
    [row] = [r for r, _ in hidden.rows() if hidden.value(f"A{r}") == "fingerprint"]
    hidden.set(f"B{row}", "0" * 64)
    return book.check()


def manual(book: Book) -> list[Finding]:
    return book.rewritten("xl/workbook.xml", "<calcPr ", '<calcPr calcMode="manual" ')


def as_shown(book: Book) -> list[Finding]:
    return book.rewritten("xl/workbook.xml", "<calcPr ", '<calcPr fullPrecision="0" ')


def stale(book: Book) -> list[Finding]:
    book.sheet.set_result(book.at("1/得分"), Decimal("9.99"))
    return book.check()


def another_formula(book: Book) -> list[Finding]:
    book.sheet.set(book.at("1/完成"), Decimal("11.8"))
    at = book.at("1/得分")
    book.sheet.set_formula(at, f"={book.sheet.formula(at)}".replace("MIN(", "MAX("), book.sheet.value(at))
    return book.check(by_formulas=True)


def pasted(book: Book, style: str = "", rule: bool = False) -> list[Finding]:
    """An input cell with the style of another cell, or without its rule."""
    if style:
        number = book.sheet.style(book.at(style))
        assert number is not None
        book.sheet.set_style(book.at("1/完成"), number)
    if rule:
        bare = partial(rules_read.put_back, elements="", cells=[place_of(book.at("1/完成"))])
        book.package.change_tail(book.sheet.path, bare)
    return book.check()


def merged(book: Book) -> list[Finding]:
    """An input with the target above it."""
    row = int(book.at("1/完成").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    column = book.at("1/完成").rstrip("0123456789")
    return book.by_openpyxl(lambda opened: opened[SCORING].merge_cells(f"{column}{row - 1}:{column}{row}"), sheets=True)


def dated(book: Book) -> list[Finding]:
    """What Excel makes of 3-1."""

    def type_in(opened: openpyxl.Workbook) -> None:
        cell = opened[SCORING][book.at("1/完成")]
        cell.value, cell.number_format = 45352, 'm"月"d"日"'

    return book.by_openpyxl(type_in, sheets=True)


def white(book: Book) -> list[Finding]:
    return book.by_openpyxl(lambda w: setattr(w[SCORING][book.at("1/完成")], "fill", openpyxl.styles.PatternFill()), sheets=True)


def inserted(book: Book, rule: str, copied: bool = False) -> list[Finding]:
    """A column between two units of a small book, empty or the copy of its neighbour, key and all."""
    text = tiny.text(f"- {{id: 1, name: 评价, points: 5, rule: direct{rule}}}")
    path = tiny.book(text, book.path.with_name("tiny.xlsx"), {("1/评分", unit): Decimal(4) for unit in range(3)})
    taken = snapshot.take(path)
    place = taken.place("1/评分", 1)
    assert place
    opened = openpyxl.load_workbook(path)
    for area in list(opened[SCORING].merged_cells.ranges):
        opened[SCORING].unmerge_cells(str(area))
    row, column = place_of(place[1])
    opened[SCORING].insert_cols(column)
    for line in range(1, row + 1) if copied else ():
        opened[SCORING].cell(line, column).value = opened[SCORING].cell(line, column + 1).value
    opened.save(path)
    return actions.check(path).findings


def item_of_nobody(book: Book) -> list[Finding]:
    """Somebody adds an item to a list by hand."""
    path = tiny.book(tiny.LISTED, book.path.with_name("tiny.xlsx"))
    taken = snapshot.take(path)
    [listing] = taken.layout.lists
    opened = openpyxl.load_workbook(path)
    opened[listing.sheet].insert_rows(listing.first_row + 1)
    opened[listing.sheet].cell(listing.first_row + 1, listing.columns["unit"]).value = "甲镇"
    opened.save(path)
    return actions.check(path).findings


def older(book: Book) -> list[Finding]:
    """A book of the first format, whose averages counted columns."""
    part = book.package.sheet(meta.NAME)
    part.set("B1", "1")
    return book.check()


def too_many_good(book: Book) -> list[Finding]:
    for unit in range(4):
        book.sheet.set(book.at("14/等次", unit), "好")
    return book.check()


def matter_twice(book: Book) -> list[Finding]:
    """Somebody is criticised at two levels; it may be for one matter."""
    text = tiny.text(
        "- {id: 1, name: 通报, points: 10, rule: deduct, same_matter: highest, events: [{what: 省级, each: 2}, {what: 市级, each: 1}]}"
    )
    typed = tiny.typed({"1/省级": [1, 1, 0], "1/市级": [0, 2, 3]})
    return actions.check(tiny.book(text, book.path.parent / "matter.xlsx", typed)).findings


PROVOKE: dict[str, Callable[[Book], list[Finding]]] = {
    "input-missing": lambda b: b.typed("1/完成", None),
    "input-text": lambda b: b.typed("1/完成", "约三亿"),
    "input-number-as-text": lambda b: b.typed("1/完成", "1,200.5亿元"),
    "input-date": dated,
    "input-percent": percent,
    "input-range": lambda b: b.typed("1/完成", Decimal(-3)),
    "chosen-outside-band": band,
    "input-choice": lambda b: b.typed("14/等次", "优秀"),
    "input-formula": lambda b: b.formula("1/完成", "=1+1"),
    "input-link": lambda b: b.formula("1/完成", "=[1]Sheet1!A1"),
    "input-error": error_value,
    "input-outlier": lambda b: b.typed("2/完成", Decimal(120000000)),
    "input-beyond": part_of_more,
    "matter-repeated": matter_twice,
    "input-not-applicable": lambda b: b.typed("1/完成", Decimal(5), unit=3),
    "input-locked": lambda b: pasted(b, "1/得分"),
    "cells-merged": lambda b: merged(b),
    "format-misleads": lambda b: b.by_openpyxl(
        lambda opened: setattr(opened[SCORING][b.at("1/得分")], "number_format", '"10.00"'), sheets=True
    ),
    "input-look": white,
    "input-unruled": lambda b: pasted(b, rule=True),
    "formula-overwritten": lambda b: b.typed("1/得分", Decimal(10)),
    "formula-changed": lambda b: b.formula("2/得分", "=10"),
    "formula-deleted": lambda b: b.typed("3/得分", None),
    "formula-added": beside_the_summary,
    "text-added": below_the_places,
    "chart-moved": chart_of_others,
    "parameter-changed": lambda b: b.typed("4/目标", Decimal(1)),
    "label-changed": relabelled,
    "protection-off": unprotected,
    "sheet-missing": lambda b: b.by_openpyxl(lambda w: w.remove(w["校验"]), sheets=True),
    "sheet-renamed": lambda b: b.by_openpyxl(lambda w: setattr(w[SCORING], "title", "评分"), sheets=True),
    "sheet-hidden": lambda b: b.by_openpyxl(lambda w: setattr(w["说明"], "sheet_state", "hidden"), sheets=True),
    "sheet-added": lambda b: b.by_openpyxl(lambda w: w.create_sheet("我的备注"), sheets=True),
    "sheet-foreign": foreign_sheet,
    "row-missing": lambda b: b.by_openpyxl(lambda w: w[SCORING].delete_rows(b.rows()["2/完成"])),
    "row-duplicated": copied_row,
    "row-moved": swapped_rows,
    "heading-missing": lambda b: b.by_openpyxl(lambda w: w[SCORING].delete_rows(3)),
    "row-added": lambda b: b.by_openpyxl(lambda w: w[SCORING].insert_rows(b.rows()["2/完成"])),
    "column-missing": lambda b: b.by_openpyxl(lambda w: w[SCORING].delete_cols(11)),
    "column-duplicated": lambda b: b.by_openpyxl(lambda w: w[SCORING].cell(1, b.right(), w[SCORING].cell(1, 10).value)),
    "column-moved": swapped_columns,
    "row-counted": item_of_nobody,
    "column-added": lambda b: inserted(b, ""),
    "column-counted": lambda b: inserted(b, ", may_be_none: true, no_task: average", copied=True),
    "format-older": older,
    "scheme-differs": lambda b: published(b, ("at_most: 2.5", "at_most: 3")),
    "scheme-superseded": lambda b: published(b, ("panshan-2019", "panshan-2021"), ("year: 2019", "year: 2021")),
    "scheme-damaged": wrong_fingerprint,
    "macro-inside": lambda b: b.with_part("xl/vbaProject.bin", b"macro"),
    "link-outside": lambda b: b.with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    "calculation-manual": manual,
    "calculation-as-shown": as_shown,
    "values-stale": stale,
    "formulas-disagree": another_formula,
    "quota-exceeded": too_many_good,
    "score-open": nobody,
    "incomplete": lambda b: b.typed("15/评分", None),
}


@pytest.fixture
def book(filled_books: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    return Book(Path(shutil.copy(filled_books[PARKS], tmp_path / "parks.xlsx")), filled_books, monkeypatch)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_finding_is_found(code: str, book: Book) -> None:
    assert actions.check(book.path).findings == []
    found = [f for f in PROVOKE[code](book) if f.code == code]
    assert found
    assert {(f.severity, f.fix) for f in found} == {(CATALOGUE[code].severity, CATALOGUE[code].remedy)}
    assert all(f.message.startswith(CATALOGUE[code].title) for f in found)


def test_nothing_is_provoked_that_the_catalogue_has_not() -> None:
    assert PROVOKE.keys() == CATALOGUE.keys()


def test_what_a_renamed_sheet_changes_behind_the_list_is_told_once(book: Book) -> None:
    found = book.by_openpyxl(lambda opened: setattr(opened[SCORING], "title", "评分"), sheets=True)
    [told] = [f for f in found if f.code == "label-changed"]
    assert told.message.endswith("“校验”表靠它们找到填错的地方")
    assert told.sheet == "_校验"
