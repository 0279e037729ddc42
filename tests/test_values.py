"""What was typed into a book, read out and put in again.

Requirements: `fill` of what `values` wrote is the identity, for every bundled scheme (so for every layout), as YAML and as a
table; what cannot go back is copied all the same and named; a table that people have edited is refused with the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import tiny
from conftest import ALL, file_of

from addin import actions, cli
from addin.workbooks import snapshot, value_table
from addin.workbooks.book import BookError
from generator import source
from generator.fillings import value_file, value_text
from generator.fillings.random_filling import random_filling
from generator.lines.accepts import fault
from generator.plan.evaluation import Inputs
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Problem, SourceError
from generator.value import Value
from generator.xlsx.package import Package


def accepted(plan: Plan, seed: str) -> dict[tuple[str, int], Value]:
    """A random filling without what no cell takes."""
    inputs = random_filling(plan, seed).inputs
    return {
        (key, unit): value
        for (key, unit), value in inputs.items()
        if (asked := plan.lines[key].input) is not None and not fault(asked, value, None)
    }


def read_back(plan: Plan, text: str) -> tuple[Inputs, list[Problem]]:
    problems: list[Problem] = []
    found: dict[tuple[str, int], Value] = {
        (e.line.key, e.unit): e.value for e in value_file.parse(source.parse(text).data["values"], plan, problems)
    }
    return found, problems


@pytest.mark.parametrize("name", ALL)
def test_what_is_written_as_yaml_is_what_is_read(name: str) -> None:
    plan = make_plan(file_of(name).scheme)
    typed = accepted(plan, "a")
    assert typed
    found, problems = read_back(plan, value_text.text(plan, typed))
    # what is beyond a limit in another cell is refused here as by `fill`, and nothing else is
    assert {p.message.partition("的值不能用")[1] for p in problems} <= {"的值不能用"}
    assert len(found) + len(problems) == len(typed)
    assert {place: typed[place] for place in found} == found


LAYOUTS = {
    "units": tiny.UNITS,
    "list": tiny.LISTED,
    "matrix": tiny.text("- {id: 1, name: 投资, points: 10, in: '%', rule: ratio, target: 8%}"),
}


def books(tmp_path: Path) -> Iterator[tuple[Path, Path, Inputs]]:
    """Filled and blank books of every layout."""
    layouts = {**LAYOUTS, "rows": tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 8}", extra="layout: rows")}
    for name, text in layouts.items():
        blank = tiny.book(text, tmp_path / f"{name}.blank.xlsx")
        plan = snapshot.take(blank).plan
        typed = tiny.sensible(plan)
        yield tiny.book(text, tmp_path / f"{name}.xlsx", typed), blank, typed


@pytest.mark.parametrize("suffix", ["yaml", "xlsx"])
def test_fill_of_values_is_the_identity(tmp_path: Path, suffix: str) -> None:
    for book, blank, typed in books(tmp_path):
        before = book.read_bytes()
        given = tmp_path / f"{book.stem}.values.{suffix}"
        read = actions.values_of(book, given)
        assert (read.count, read.doubtful) == (len(typed), [])
        again = given.read_bytes()
        actions.values_of(book, given)
        assert given.read_bytes() == again
        actions.fill(blank, given)
        assert snapshot.take(blank).inputs == typed
        assert blank.read_bytes() == before  # the blank book, filled, is the book that was made filled
        actions.fill(book, given)
        assert book.read_bytes() == before


def test_texts_that_yaml_would_take_for_something_else() -> None:
    options = ["1", "是", "no", "null", "50%", "a: b", "# 无", "'", '"', "- x", "{x}", "第一行\n第二行", "07", "~", "*好", "true"]
    listed = ", ".join(f"{option!r}: {number}" for number, option in enumerate(options[1:11], 1))
    plan = tiny.plan(f"- {{id: 1, name: 投资, points: 10, rule: situations, situations: {{{listed}}}}}")
    [line] = plan.inputs
    for option in options:
        typed: dict[tuple[str, int], Value] = {(line.key, 0): option}
        data = source.parse(value_text.text(plan, typed)).data
        assert data == {"scheme": "tiny", "values": {"甲": {"1": option}}}


def test_a_pasted_third_goes_back_as_it_is(tmp_path: Path) -> None:
    text = tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 8}")
    third = Decimal("0.3333333333333333")
    book, blank = tiny.book(text, tmp_path / "a.xlsx", {("1/完成", 0): third}), tiny.book(text, tmp_path / "b.xlsx")
    actions.values_of(book, tmp_path / "v.yaml")
    actions.fill(blank, tmp_path / "v.yaml")
    assert snapshot.take(blank).inputs == {("1/完成", 0): third}


def test_what_cannot_go_back_is_copied_and_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 8}")
    book = tiny.book(text, tmp_path / "a.xlsx", {("1/完成", 0): "3.5分", ("1/完成", 1): Decimal(3)})
    assert cli.run(["values", str(book)]) == 1
    said = capfd.readouterr()
    assert source.parse(said.out).data["values"] == {"甲": {"1": "3.5分"}, "乙": {"1": Decimal(3)}}
    sheet, at = snapshot.take(book).place("1/完成", 0) or ("", "")
    assert f"{sheet}!{at} 甲" in said.err
    assert "3.5分" in said.err


def test_a_table_that_was_edited_wrongly_is_refused_with_the_cell(tmp_path: Path) -> None:
    text = tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 8}")
    book = tiny.book(text, tmp_path / "a.xlsx", {("1/完成", unit): Decimal(3 + unit) for unit in range(3)})
    table = tmp_path / "v.xlsx"
    for changes, wanted in (
        ({"E4": "三"}, ["数值!E4", "1 完成"]),
        ({"A5": "丁"}, ["数值!A5", "没有被考核单位“丁”"]),
        ({"B5": "9"}, ["数值!B5", "没有这个指标"]),
        ({"D6": "别的"}, ["数值!D6", "没有“别的”这一格"]),
        ({"A5": "甲"}, ["数值!E5", "写了两次"]),
        ({"B1": "another"}, ["数值!B1", "方案编号与工作簿不一致"]),
    ):
        actions.values_of(book, table)
        package = Package.open(table)
        for at, value in changes.items():
            package.sheet(value_table.SHEET).set(at, value)
        table.write_bytes(package.to_bytes())
        with pytest.raises(SourceError) as caught:
            actions.fill(book, table)
        [problem] = caught.value.problems
        assert all(words in str(problem) for words in wanted), str(problem)
    package = Package.open(table)
    package.parts["xl/workbook.xml"] = package.parts["xl/workbook.xml"].replace(value_table.SHEET.encode(), "别的".encode())
    table.write_bytes(package.to_bytes())
    with pytest.raises(SourceError, match="没有“数值”工作表"):
        actions.fill(book, table)


def test_values_come_from_another_book_of_the_scheme(tmp_path: Path) -> None:
    """What is blank there stays as it is here; a book of another scheme, and what no cell takes, is refused and changes nothing."""
    text = tiny.text("- {id: 1, name: 投资, points: 10, rule: ratio, target: 8}")
    other = tiny.book(text, tmp_path / "a.xlsx", {("1/完成", 0): Decimal(4), ("1/完成", 1): Decimal(2)})
    book = tiny.book(text, tmp_path / "b.xlsx", {("1/完成", 0): Decimal(8), ("1/完成", 2): Decimal(6)})
    assert actions.fill(book, other) == 2
    assert snapshot.take(book).inputs == {("1/完成", 0): Decimal(4), ("1/完成", 1): Decimal(2), ("1/完成", 2): Decimal(6)}
    before = book.read_bytes()
    stranger = tiny.book(text.replace("scheme: tiny", "scheme: large"), tmp_path / "c.xlsx", {("1/完成", 0): Decimal(1)})
    with pytest.raises(BookError, match="large"):
        actions.fill(book, stranger)
    odd = tiny.book(text, tmp_path / "d.xlsx", {("1/完成", 0): "3.5分", ("1/完成", 1): Decimal(1)})
    with pytest.raises(SourceError, match="1 完成"):
        actions.fill(book, odd)
    assert book.read_bytes() == before
