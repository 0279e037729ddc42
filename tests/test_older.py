"""Books that earlier versions made (tests/books): they stay readable, and 重算 writes them in the way of now."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from addin import actions
from addin.gathering import remarks
from addin.workbooks import snapshot
from generator.plan.view import Kind, View
from generator.sheets import meta
from generator.xlsx.package import Package

BOOKS = Path(__file__).parent / "books"
PARKS, DISTRICTS = "format-1-parks.xlsx", "format-1-gov-integrity-districts.xlsx"
DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"


@pytest.fixture
def parks(tmp_path: Path) -> Path:
    return Path(shutil.copy(BOOKS / PARKS, tmp_path / "parks.xlsx"))


def codes(path: Path) -> list[str]:
    """What a check says of a book, but for what is not filled in; that the bundled scheme has been bettered since is no matter."""
    aside = ("input-missing", "scheme-differs")
    return [found.code for found in actions.check(path).findings if found.severity != "todo" and found.code not in aside]


def test_a_filled_book_of_before_scores_as_one_of_now(parks: Path, tmp_path: Path) -> None:
    assert codes(parks) == ["format-older"]
    [blank] = actions.generate(["panshan-2019-parks"], tmp_path / "now")
    now = tmp_path / "now.xlsx"
    actions.fill(blank, DEMO / "parks.values.yaml", now)
    before, after = actions.score(parks), actions.score(now)
    assert (before.units, before.results) == (after.units, after.results)


def test_recompute_writes_it_in_the_way_of_now_and_changes_no_score(parks: Path) -> None:
    before = actions.score(parks)
    typed = snapshot.take(parks).inputs
    actions.recompute(parks, parks)
    assert codes(parks) == []
    taken = snapshot.take(parks)
    assert (taken.inputs, taken.about["format"], actions.score(parks)) == (typed, str(meta.FORMAT), before)
    texts = [text for found in taken.sheets.values() for _, row in found.part.rows() for _, at in row if (text := found.part.formula(at))]
    assert not any("COLUMNS(" in text for text in texts)
    assert any("IFERROR(" in text for text in texts)


def test_a_blank_book_of_before_is_taken_for_tampered_with_by_nobody(tmp_path: Path) -> None:
    path = Path(shutil.copy(BOOKS / DISTRICTS, tmp_path / "districts.xlsx"))
    assert codes(path) == ["format-older"]
    actions.recompute(path, path)
    assert codes(path) == []


def test_a_book_of_the_third_form_keeps_its_lists_and_charts(tmp_path: Path) -> None:
    """Nothing in it is told, and 重算 leaves its bytes alone: it is laid out as it was made."""
    path = BOOKS / "form-3-parks.xlsx"
    taken = snapshot.take(path)
    assert taken.design.form == 3
    assert codes(path) == []
    again = tmp_path / "again.xlsx"
    assert actions.recompute(path, again).count == 0
    assert again.read_bytes() == path.read_bytes()
    assert len(Package.open(again).charts("汇总", 9)) == 1


def test_a_book_of_the_fourth_form_keeps_the_groups_of_its_list(tmp_path: Path) -> None:
    path = BOOKS / "form-4-common.xlsx"
    assert snapshot.take(path).design.form == 4
    assert codes(path) == []
    again = tmp_path / "again.xlsx"
    assert actions.recompute(path, again).count == 0
    assert again.read_bytes() == path.read_bytes()


def test_a_book_of_the_fifth_form_keeps_its_rows_and_words(tmp_path: Path) -> None:
    """Its pages do not say which quarter they go on with, and its list has its hint below the title."""
    path = BOOKS / "form-5-gov-info.xlsx"
    assert snapshot.take(path).design.form == 5
    assert [code for code in codes(path) if code != "scheme-differs"] == []
    again = tmp_path / "again.xlsx"
    assert actions.recompute(path, again).count == 0
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("name", "view"), [("department", View(Kind.DEPARTMENT, "发改局")), ("unit", View(Kind.UNIT, "乙镇"))])
def test_the_books_of_departments_and_units_carry_their_own_words(name: str, view: View) -> None:
    """Each has in it the part `views` of its template, as that was when it was made: whatever comes to that part may be missing."""
    path = BOOKS / f"format-2-{name}.xlsx"
    taken = snapshot.take(path)
    assert taken.plan.view == view
    assert taken.design.views is not None
    assert "views:" in meta.joined(taken.about, "template")
    assert taken.inputs["1/完成", 0] == Decimal("3.5")
    assert [(found.what, found.text) for found in remarks.written(taken)] == [("填报人", "张三")]
    assert [f.code for f in actions.check(path).findings if f.severity == "error"] == []


def test_what_was_done_to_it_is_told_all_the_same(parks: Path) -> None:
    taken = snapshot.take(parks)
    for key, content in (("1/得分", Decimal(9)), ("4/目标", Decimal(1))):
        sheet, at = taken.place(key, 0) or ("", "")
        taken.sheets[sheet].part.set(at, content)
    sheet, at = taken.place("2/得分", 0) or ("", "")
    taken.sheets[sheet].part.set_formula(at, "=10", Decimal(10))
    assert isinstance(taken.package, Package)
    parks.write_bytes(taken.package.to_bytes())
    found = actions.check(parks).findings
    told = sorted(f.code for f in found if f.code != "scheme-differs")
    assert told == ["format-older", "formula-overwritten", "parameter-changed", "values-stale"]
    [stale] = [f for f in found if f.code == "values-stale"]
    assert stale.cell == at
    actions.recompute(parks, parks)
    assert codes(parks) == []
