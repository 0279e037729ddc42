"""The books of departments and units.

Requirements: a department's book has its indicators and no others, an indicator of several assessors is in the book of each; a unit's
has what the unit is assessed by. Keys, fingerprint and checks are the office's; what a cell shows there is what the office's
book shows, or 待汇总 where it needs what is not in the book; ranks, grades and the summary are the office's alone. What people
write beside an indicator survives. From a filled book the values come along. File names are safe and different.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import actions, cli, hand_out
from addin.hand_out import Office
from addin.workbooks import explanation, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.readings import other_readings
from generator.columns import letters_of
from generator.fillings.random_filling import odd_filling, random_filling
from generator.layout import design as designs
from generator.layout.addresses import address
from generator.lines.keys import GRADE, MISSING, RANK, SO_FAR, TOTAL
from generator.plan.evaluation import Evaluation
from generator.plan.open_lines import COUNTS
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.selection import selected, views
from generator.plan.view import OFFICE, Kind, View
from generator.problems import Refusal, SchemeFault, SourceError
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.assessors import bodies
from generator.sheets import meta
from generator.sheets.book import compose
from generator.tree.expression import OPEN
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.package import Package

TWO = """
- {id: 1, name: 投资, points: 4, in: 亿元, assessor: 县发改局、县统计局, rule: ratio, target: [10, 20, 40]}
- {id: 2, name: 环境, points: 3, assessor: 县环保局, rule: direct}
- {id: 3, name: 创新, points: 3, assessor: 县环保局, rule: direct, for: [甲, 乙], no_task: average}
"""
RANKED = """
- {id: 1, name: 甲项, points: 6, assessor: 县发改局, rule: direct}
- id: 2
  name: 乙项
  points: 4
  assessor: 县统计局
  rule: formula
  inputs: {量: {in: 个}}
  quantities: {名次: rank(量)}
  score: 分值 / 名次
- {id: 3, name: 丙项, points: 2, assessor: 县统计局, rule: formula, inputs: {份: {in: 个}}, score: 份 + score("1")}
"""


def view(made: Plan, kind: Kind, who: str) -> Plan:
    return selected(made, View(kind, who))


def department(made: Plan, who: str) -> Plan:
    return view(made, Kind.DEPARTMENT, who)


def unit(made: Plan, who: str) -> Plan:
    return view(made, Kind.UNIT, who)


def part_of(whole: Plan, part: Plan, inputs: dict[tuple[str, int], Value]) -> dict[tuple[str, int], Value]:
    """Those of the inputs that a part asks for."""
    at = {whole.units.index(name): number for number, name in enumerate(part.units)} | {-1: -1}
    asked = {line.key for line in part.inputs}
    return {(key, at[u]): value for (key, u), value in inputs.items() if key in asked and u in at}


# What is in a book.


@pytest.mark.parametrize(
    ("assessor", "names"),
    [
        ("县发改局、县统计局", ["县发改局", "县统计局"]),
        ("市纪委、市委组织部、市扶贫办和督查巡查组", ["市纪委", "市委组织部", "市扶贫办", "督查巡查组"]),
        ("发展改革和统计局", ["发展改革和统计局"]),
        ("人力资源和社会保障局", ["人力资源和社会保障局"]),
        ("县政府办（督查室、信息科）", ["县政府办（督查室、信息科）"]),
        ("县发改局，县发改局", ["县发改局"]),
        ("", []),
    ],
)
def test_the_bodies_of_an_assessor(assessor: str, names: list[str]) -> None:
    assert bodies(assessor) == names


def test_a_department_has_its_indicators_and_one_of_several_assessors_is_in_the_book_of_each() -> None:
    made = tiny.plan(TWO)
    own = {who: [b.id for b in department(made, who).blocks if b.kind == "indicator"] for who in ("县发改局", "县统计局", "县环保局")}
    assert own == {"县发改局": ["1"], "县统计局": ["1"], "县环保局": ["2", "3"]}
    assert [v.who for v in views(made.scheme, Kind.DEPARTMENT)] == list(own)


def test_a_departments_first_sheet_says_what_others_assess_too() -> None:
    file = tiny.load(TWO)
    book = compose(file, plan=department(make_plan(file.scheme), "县统计局"))
    guide = {box.content for box in book.sheets[0].cells.values()}
    assert {"县统计局", "共同考核的指标", "1 投资（与县发改局）", "填报人", "审核人", "联系电话", "报送截止"} <= guide


def test_an_indicator_has_the_assessor_of_its_group_unless_it_says_otherwise() -> None:
    made = tiny.plan("""
    - name: 一组
      assessor: 县纪委
      children:
      - {id: 1, name: 一, points: 5, rule: direct}
      - {id: 2, name: 二, points: 5, rule: direct, assessor: 县环保局}
    """)
    assert [b.id for b in department(made, "县纪委").blocks if b.kind == "indicator"] == ["1"]


def test_ranks_grades_and_totals_are_the_offices() -> None:
    made = tiny.plan(TWO, extra="grades: {by: score, bands: [{name: 好, at_least: 6}, {name: 差}]}")
    assert {RANK, GRADE, TOTAL} <= made.lines.keys()
    assert not {RANK, GRADE, TOTAL} & department(made, "县环保局").lines.keys()
    assert {RANK, GRADE, TOTAL} & unit(made, "甲").lines.keys() == {TOTAL}


def test_a_unit_has_only_itself_and_what_it_is_assessed_by() -> None:
    made = tiny.plan("""
    - {id: 1, name: 一, points: 5, rule: direct, for: [甲]}
    - {id: 2, name: 二, points: 5, rule: direct, for: [乙]}
    """)
    mine = unit(made, "乙")
    assert mine.units == ["乙"]
    assert [b.id for b in mine.blocks if b.kind == "indicator"] == ["2"]
    assert mine.scheme.unit_names == ["乙"]
    assert made.scheme.unit_names == ["甲", "乙", "丙"]


def test_a_department_need_not_look_at_units_that_it_has_nothing_for() -> None:
    made = tiny.plan("- {id: 1, name: 一, points: 10, assessor: 县局, rule: direct, for: [甲, 丙]}")
    assert department(made, "县局").units == ["甲", "丙"]


def test_a_groups_sum_is_there_where_all_of_it_is() -> None:
    made = tiny.plan("""
    - name: 一组
      children: [{id: 1, name: 一, points: 3, assessor: 甲局, rule: direct}, {id: 2, name: 二, points: 2, assessor: 甲局, rule: direct}]
    - name: 二组
      children: [{id: 3, name: 三, points: 3, assessor: 甲局, rule: direct}, {id: 4, name: 四, points: 2, assessor: 乙局, rule: direct}]
    """)
    own = department(made, "甲局")
    assert "一组/小计" in own.lines
    assert "二组/小计" not in own.lines
    assert [b.name for b in own.blocks if b.kind == "group"] == ["一组", "二组"]
    assert tiny.numbers(own, {"1/评分": [1, 2, 3], "2/评分": [1, 1, None]}, "一组/小计") == [2, 3, None]


def test_nobody_of_that_name_is_told_with_who_is_meant() -> None:
    made = tiny.plan(TWO)
    with pytest.raises(SchemeFault, match="没有考核主体“县发展局”"):
        department(made, "县发展局")
    with pytest.raises(SchemeFault, match="没有被考核单位“丁”"):
        unit(made, "丁")


# What stays open.


def test_in_a_departments_book_what_needs_another_departments_results_is_open() -> None:
    made = tiny.plan(RANKED)
    own = department(made, "县统计局")
    # 2: ranked among the units, all of which are there: 4 ÷ 1, 4 ÷ 2, 4 ÷ 3; 3 rests on the score of 1, which is assessed by others
    inputs = {"2/量": [30, 20, 10], "3/份": [1, 1, 1]}
    assert tiny.numbers(own, inputs, "2/得分") == [4, 2, 1.33]
    assert tiny.scores(own, inputs, "3/得分") == [OPEN] * 3
    assert "由考核办公室汇总后得出" in next(b.sentence for b in own.blocks if b.id == "3")
    assert "汇总" not in next(b.sentence for b in own.blocks if b.id == "2")


def test_in_a_units_book_what_needs_the_others_is_open_and_the_rest_is_not() -> None:
    made = tiny.plan(TWO)
    first, third = unit(made, "甲"), unit(made, "丙")
    # 甲 has the task of 3 and its own score, 丙 gets the average of the others: only that waits
    inputs = {"1/完成": [5], "2/评分": [2], "3/评分": [1.5]}
    assert tiny.numbers(first, inputs, "1/得分") == [2]
    assert tiny.numbers(first, inputs, "3/得分") == [1.5]
    assert tiny.scores(third, {"1/完成": [5], "2/评分": [2]}, "3/得分") == [OPEN]
    assert tiny.scores(third, {"1/完成": [5], "2/评分": [2]}, TOTAL) == [OPEN]


def test_a_units_scores_are_added_up_as_far_as_they_are_there() -> None:
    third = unit(tiny.plan(TWO), "丙")
    assert tiny.scores(third, {"1/完成": [5], "2/评分": [2]}, "1/得分") == ["0.50"]  # 4 × 5 ÷ 40
    assert tiny.numbers(third, {"1/完成": [5], "2/评分": [2]}, SO_FAR) == [2.5]
    alone = unit(tiny.plan("- {id: 1, name: 一, points: 10, rule: direct}"), "甲")
    assert SO_FAR not in alone.lines


def test_what_is_open_is_not_counted_as_missing() -> None:
    mine = unit(tiny.plan(RANKED), "乙")
    assert tiny.scores(mine, {}, "2/名次") == [OPEN]
    assert tiny.numbers(mine, {}, MISSING) == [2]  # 1 and 3
    assert tiny.numbers(mine, {"1/评分": [6], "3/份": [1]}, MISSING) == [0]


SAMPLE = ["panshan-2019-towns", "panshan-2019-parks", "jiyuan-2020-gov-info", "jiyuan-2020-mayor-hotline-12345", "zhengzhou-2020-tcm"]


@pytest.mark.parametrize("id", SAMPLE)
def test_a_cell_shows_what_the_offices_shows_or_is_open(id: str) -> None:
    made = make_plan(schemes.load(library.ids()[id]).scheme)
    for filling in (random_filling(made, "1"), odd_filling(made, "2")):
        office = Evaluation(made, filling.inputs)
        for chosen in (*views(made.scheme, Kind.DEPARTMENT)[:6], *views(made.scheme, Kind.UNIT)[:2]):
            own = selected(made, chosen)
            mine = Evaluation(own, part_of(made, own, dict(filling.inputs)))
            for key in own.lines.keys() - {*COUNTS, SO_FAR}:
                for number, name in enumerate(own.units):
                    shown = mine.at(key, number)
                    assert shown == OPEN or shown == office.at(key, made.units.index(name)), (chosen, key, name)


# Books.


def made_book(folder: Path, kind: Kind, who: str, text: str = TWO) -> Path:
    file = tiny.load(text)
    path = folder / f"{who}.xlsx"
    writer.write(compose(file, plan=view(make_plan(file.scheme), kind, who)), path)
    return path


@pytest.mark.parametrize(("kind", "who"), [(Kind.DEPARTMENT, "县环保局"), (Kind.UNIT, "甲"), (Kind.UNIT, "丙")])
def test_a_book_says_whose_it_is_and_nothing_is_wrong_with_it(tmp_path: Path, kind: Kind, who: str) -> None:
    path = made_book(tmp_path, kind, who)
    taken = snapshot.take(path)
    assert taken.plan.view == View(kind, who)
    assert taken.about["fingerprint"] == tiny.load(TWO).fingerprint
    assert "汇总" not in taken.package.sheet_names
    assert {found.code for found in actions.check(path).findings} <= {"input-missing"}
    assert actions.recompute(path).changes == []


def test_a_departments_rows_can_be_filtered_by_what_they_are(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(made_book(tmp_path, Kind.DEPARTMENT, "县环保局"))["填报与计分"]
    first, last = sheet[sheet.auto_filter.ref][0][0], sheet[sheet.auto_filter.ref][-1][0]
    assert (first.value, first.column, last.value) == ("项目", last.column, "得分")
    assert {cell.value for (cell,) in sheet[sheet.auto_filter.ref][1:]} >= {"评分", "得分"}
    assert sheet.protection.autoFilter is False  # that is: allowed
    office = tiny.load(TWO)
    writer.write(compose(office), tmp_path / "总簿.xlsx")
    assert openpyxl.load_workbook(tmp_path / "总簿.xlsx")["填报与计分"].auto_filter.ref is None


def test_tampering_is_found_and_put_right(tmp_path: Path) -> None:
    path = made_book(tmp_path, Kind.DEPARTMENT, "县环保局")
    taken = snapshot.take(path)
    places = {key: taken.place(key, 0) for key in ("2/得分", "2/评分")}
    package = Package.open(path)
    for key, value in (("2/得分", Decimal(3)), ("2/评分", Decimal("1.5"))):
        place = places[key]
        assert place
        package.sheet(place[0]).set(place[1], value)
    path.write_bytes(package.to_bytes())
    assert "formula-overwritten" in {found.code for found in actions.check(path).findings}
    actions.recompute(path)
    after = snapshot.take(path)
    assert after.value("2/得分", 0) == Decimal("1.5")
    assert {found.code for found in actions.check(path).findings} == {"input-missing"}


def written_cells(path: Path) -> dict[tuple[str, str], str]:
    """Every cell that may be written into and asks for nothing, by sheet and address, found by its column or label."""
    taken = snapshot.take(path)
    own = {place for line in taken.plan.inputs for unit in taken.plan.places(line) if (place := taken.place(line.key, unit))}
    book = compose(taken.file, design=taken.design, plan=taken.plan)
    free = [(s.name, at) for s in book.sheets for at, box in s.cells.items() if not box.locked]
    return {(name, address(*at)): f"写在{name}{number}" for number, (name, at) in enumerate(free) if (name, address(*at)) not in own}


@pytest.mark.parametrize(("kind", "who"), [(Kind.DEPARTMENT, "县环保局"), (Kind.UNIT, "甲")])
def test_what_people_write_beside_the_indicators_survives(tmp_path: Path, kind: Kind, who: str) -> None:
    path = made_book(tmp_path, kind, who)
    notes = written_cells(path)
    assert len(notes) > 6
    package = Package.open(path)
    for (sheet, at), text in notes.items():
        package.sheet(sheet).set(at, text)
    path.write_bytes(package.to_bytes())
    assert {found.code for found in actions.check(path).findings} == {"input-missing"}
    actions.recompute(path, fix=True)
    after = Package.open(path)
    assert {place: after.sheet(place[0]).value(place[1]) for place in notes} == notes


def test_an_unknown_kind_of_book_and_an_unknown_body_end_in_a_sentence(tmp_path: Path) -> None:
    path = made_book(tmp_path, Kind.DEPARTMENT, "县环保局")
    for key, value, words in (("for", "别的局", "已损坏"), ("view", "audit", "不认识")):
        package = Package.open(path)
        part = package.sheet(meta.NAME)
        row = next(row for row, _ in part.rows() if part.value(f"A{row}") == key)
        part.set(f"B{row}", value)
        other = tmp_path / "其他.xlsx"
        other.write_bytes(package.to_bytes())
        with pytest.raises(BookError, match=re.escape(words)):
            snapshot.take(other)


def test_the_offices_words_do_not_stand_in_its_parts(tmp_path: Path) -> None:
    path = made_book(tmp_path, Kind.DEPARTMENT, "县环保局")
    with pytest.raises(explanation.NotExplained, match="没有总分"):
        explanation.explain(path, "甲", "总分")
    assert actions.score(path).units["甲"].total is None
    with pytest.raises(BookError, match="请用考核办公室的总簿"):
        other_readings(snapshot.take(path))


LIST = """
- name: 事项清单
  form: list
  assessor: 县督查室
  children: [{id: a1, name: 事一, points: 3, rule: direct, for: [甲, 乙]}, {id: a2, name: 事二, points: 3, rule: direct, for: [丙]}]
- {id: 2, name: 二, points: 4, assessor: 县局, rule: direct}
"""
DUTIES = "- {id: 1, name: 一, assessor: 县督查室, rule: duty}\n- {id: 2, name: 二, assessor: 县局, rule: duty}"
VETO = """
- {id: 1, name: 一, points: 10, assessor: 县局, rule: direct}
- {id: v, name: 否, assessor: 县督查室, rule: veto, grade: 不合格, when: [出事]}
"""
APART = "\n".join(f"- {{id: {i}, name: 项{i}, points: 1, assessor: 县督查室, rule: direct, for: [u{i}]}}" for i in range(1, 11))


@pytest.mark.parametrize(
    ("text", "more", "sheets"),
    [
        (LIST, {}, ["填报与计分", "事项清单", "备注与佐证"]),
        (DUTIES, {"full": "null"}, ["填报与计分", "备注与佐证"]),
        (VETO, {}, ["填报与计分", "备注与佐证"]),
        (APART, {"units": str([f"u{i}" for i in range(1, 11)])}, [*(f"u{i}" for i in range(1, 11)), "备注与佐证"]),
    ],
    ids=["list", "duties", "veto", "apart"],
)
def test_books_of_every_form_are_whole(tmp_path: Path, text: str, more: dict[str, str], sheets: list[str]) -> None:
    file = tiny.load(text, **more)
    whole = make_plan(file.scheme)
    inputs = dict(random_filling(whole, "3").inputs)
    for chosen in (View(Kind.DEPARTMENT, "县督查室"), View(Kind.UNIT, whole.units[0])):
        own = selected(whole, chosen)
        book = compose(file, part_of(whole, own, inputs), plan=own)
        path = tmp_path / f"{chosen.who}.xlsx"
        writer.write(book, path)
        wanted = sheets if chosen.kind is Kind.DEPARTMENT else ["自评表"]
        assert [sheet.name for sheet in book.sheets] == ["说明", *wanted, "校验", "_校验", "_scorebook"]
        assert actions.check(path).findings == []
        assert actions.recompute(path).changes == []


@pytest.mark.parametrize(("kind", "who"), [(Kind.DEPARTMENT, "县环保局"), (Kind.UNIT, "甲")])
@pytest.mark.parametrize(
    "asked",
    [["notice"], ["statement"], ["analysis"], ["robustness"], ["what-if", "panshan-2019-towns"]],
    ids=lambda asked: asked[0],
)
def test_what_is_the_offices_to_say_is_refused_in_a_sentence(
    tmp_path: Path, kind: Kind, who: str, asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = made_book(tmp_path, kind, who)
    assert cli.run([*asked, str(path)]) == 2
    assert f"是{who}的分簿" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_view_is_the_same_file(tmp_path: Path) -> None:
    one = made_book(tmp_path, Kind.UNIT, "甲").read_bytes()
    assert made_book(tmp_path, Kind.UNIT, "甲").read_bytes() == one


# Splitting.


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "总簿.xlsx"
    return tiny.book(tiny.text(TWO), path, tiny.typed({"1/完成": [5, 20, 80], "2/评分": [2, "三", None], "3/评分": [1, 2]}))


def test_a_split_book_has_the_values_even_wrong_ones(tmp_path: Path, filled: Path) -> None:
    before = filled.read_bytes()
    found = hand_out.split(filled, Kind.DEPARTMENT, [], tmp_path / "分")
    assert [path.name for path in found.files] == [f"小考核（{who}填报）.xlsx" for who in ("县发改局", "县统计局", "县环保局")]
    own = snapshot.take(found.files[2])
    assert own.inputs == {("2/评分", 0): 2, ("2/评分", 1): "三", ("3/评分", 0): 1, ("3/评分", 1): 2}
    assert filled.read_bytes() == before
    assert actions.recompute(found.files[2]).changes == []


def test_a_unit_gets_what_the_office_gives_it_as_approved_scores(tmp_path: Path, filled: Path) -> None:
    [path] = hand_out.split(filled, Kind.UNIT, ["丙"], tmp_path).files
    taken = snapshot.take(path)
    [found] = taken.sheets.values()
    column = found.head.columns["approved"]
    shown = {
        key: found.part.value(f"{letters_of(column)}{min(row for k, row in found.rows.items() if k.startswith(key))}") for key in "123"
    }
    # 丙 did 80 of 40, capped at 4; has no 环境 yet; and on 创新 the average of 1 and 2
    assert shown == {"1": 4, "2": None, "3": Decimal("1.5")}
    assert taken.value("3/得分", 0) == OPEN


def test_a_part_is_not_split_again_and_a_broken_book_not_at_all(tmp_path: Path, filled: Path) -> None:
    [path] = hand_out.split(filled, Kind.UNIT, ["甲"], tmp_path).files
    with pytest.raises(BookError, match="不能再往下分"):
        hand_out.split(path, Kind.UNIT, [], tmp_path)
    place = snapshot.take(filled).place("1/完成", 0)
    assert place
    package = Package.open(filled)
    package.sheet(place[0]).set(f"A{place[1].lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}", None)
    filled.write_bytes(package.to_bytes())
    with pytest.raises(BookError, match="不能下发"):
        hand_out.split(filled, Kind.UNIT, [], tmp_path)


def test_another_file_of_that_name_is_kept(tmp_path: Path, filled: Path) -> None:
    [path] = hand_out.split(filled, Kind.UNIT, ["甲"], tmp_path).files
    hand_out.split(filled, Kind.UNIT, ["甲"], tmp_path)
    assert not list(tmp_path.glob("*备份*"))
    path.write_bytes(b"notes of somebody's")
    hand_out.split(filled, Kind.UNIT, ["甲"], tmp_path)
    [backup] = tmp_path.glob("*备份*")
    assert backup.read_bytes() == b"notes of somebody's"


def test_file_names_are_safe_and_different() -> None:
    made = tiny.load(TWO.replace("县发改局、县统计局", "县局/甲、县局?甲、" + "长" * 150 + "局"), units="[甲, 乙, 丙]").scheme
    long = made.model_copy(update={"title": "甲:乙*" + "考核" * 200})
    names = hand_out.file_names(long, views(made, Kind.DEPARTMENT))
    assert len({name.casefold() for name in names}) == len(names) == 5
    assert all(len(name.encode()) <= hand_out.LONGEST_NAME + 20 for name in names)
    assert not any(set(name) & set('\\/:*?"<>|') for name in names)


def test_a_scheme_that_does_not_say_who_assesses(tmp_path: Path) -> None:
    made = tiny.load("- {id: 1, name: 一, points: 10, rule: direct}")
    office = Office(made, make_plan(made.scheme))
    with pytest.raises(Refusal, match="没有写明考核主体"):
        office.views(Kind.DEPARTMENT)
    mixed = tiny.load(TWO.replace(", assessor: 县环保局, rule: direct}", ", rule: direct}", 1))
    office = Office(mixed, make_plan(mixed.scheme))
    found = hand_out.hand_out(office, office.views(Kind.DEPARTMENT, ["县环保局"]), tmp_path)
    assert "1 项指标没有写考核主体（2 环境）" in hand_out.told(found)


def test_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["generate", "panshan-2019-parks", "--view", "unit", "--for", "新材料", "-o", str(tmp_path)]) == 0
    [made] = tmp_path.glob("*.xlsx")
    assert made.name == "2019年度各经济园区业务工作考核（新材料自评）.xlsx"
    assert cli.run(["score", str(made)]) == 0
    assert "新材料" in capsys.readouterr().out
    assert cli.run(["generate", "panshan-2019-parks", "--view", "unit", "--for", "新材", "-o", str(tmp_path)]) == 2
    assert "是不是“新材料”" in capsys.readouterr().err
    assert cli.run(["split", str(made), "--view", "office"]) == 2
    assert "不用拆分" in capsys.readouterr().err
    assert cli.run(["generate", "panshan-2019-parks", "--for", "新材料"]) == 2


def test_a_value_for_an_indicator_of_others_is_refused_and_says_why(tmp_path: Path) -> None:
    path = made_book(tmp_path, Kind.DEPARTMENT, "县环保局")
    values = tmp_path / "v.yaml"
    values.write_text("scheme: tiny\nvalues: {甲: {1: 3, 2: 1}}", encoding="utf-8")
    with pytest.raises(Refusal, match="县环保局的分簿里没有这个指标"):
        actions.fill(path, values)


def test_a_template_of_the_offices_own_serves_the_views_too() -> None:
    own = designs.loads(designs.load().text.replace("font: 宋体", "font: 黑体"))
    made = designs.with_views(own)
    assert (made.font, made.parts.unit.sheet) == ("黑体", "自评表")
    assert designs.with_views(made) is made
    for wrong, words in (
        (made.text.replace("sheet: 自评表", "sheet: 说明"), "同名"),
        (made.text.replace("{key: remark, heading: 备注", "{key: evidence, heading: 备注"), "写了两次"),
        (made.text.replace("{title}·{who}自评簿", "{nobody}"), "不认识“{nobody}”"),
    ):
        with pytest.raises(SourceError, match=re.escape(words)):
            designs.loads(wrong)


def test_the_offices_view_is_the_whole_plan() -> None:
    made = tiny.plan(TWO)
    assert selected(made, OFFICE) is made
