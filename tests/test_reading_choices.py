"""Readings taken otherwise, alone and together.

Requirements: two options that set the same differently are refused with line and remedy unless one says what holds for both;
what is said of both comes before either; every pair of the bundled schemes composes, and all of them can be planned; an option
is chosen without touching the scheme file, by the command and by the button, and the book carries it (name, 说明, metadata) so
that check, recompute and readings work with it; a choice that is none is refused, also in a stranger's book; `readings` needs
the book alone, tells every result that changes and in a line what does not; a case may choose readings.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import tiny
from conftest import ALL, file_of
from test_reading_cases import FEW, LARGE

from addin import actions, cli
from addin.clicks import readings as clicked
from addin.terminal import readings
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.readings import other_readings
from generator import source
from generator.fillings.random_filling import random_filling
from generator.plan import options
from generator.plan.evaluation import Evaluation
from generator.plan.planner import make_plan
from generator.problems import SourceError
from generator.scheme import library, load
from generator.sheets import meta
from generator.sheets.book import compose
from generator.xlsx import writer
from generator.xlsx.package import Package

TREE = """
- {id: 1, name: 事故, points: 10, rule: deduct, events: [{what: 事故, each: 6}]}
- {id: 2, name: 投资, points: 10, rule: ratio, target: 4}
"""
READINGS = """
quantities: {上报得分: score("1") + score("2")}
readings:
- id: 扣到几分
  at: 1
  clause: 第三条
  takes: 到零
  options:
    到零: {says: 扣到0分为止}
    为负: {says: 可以为负, set: {1: {floor: null}}}
- id: 怎样扣
  at: 1
  takes: 每次
  options:
    每次: {says: 每次扣6分}
    减半: {says: 每次扣3分，最低2分, set: {1: {events: [{what: 事故, each: 3}], floor: 2}}WITH}
- id: 目标
  at: 2
  takes: 年初
  options:
    年初: {says: 年初的目标}
    调整后: {says: 调整后的目标, set: {2: {target: 8}}}
"""
WITH = ", with: {扣到几分: {为负: {1: {floor: 1}}}}"


def text(together: str = WITH) -> str:
    return tiny.text(TREE, full="20", extra=READINGS.replace("WITH", together))


def line_of(part: str, written: str) -> int:
    return next(number for number, line in enumerate(written.splitlines(), 1) if part in line)


# Together -----------------------------------------------------------------------------------------------------------------


def test_two_options_that_set_the_same_are_told_with_line_and_remedy() -> None:
    written = text("")
    [problem] = list(options.faults(load.loads(written, "tiny.yaml")))
    assert problem.line == line_of("减半: {says", written)
    assert "“扣到几分”选“为负”、“怎样扣”选“减半”" in problem.message
    assert "“1”的 floor" in problem.message
    assert "with: {扣到几分: {为负: {…}}}" in problem.remedy


def test_they_cannot_be_taken_together() -> None:
    takes = {"扣到几分": "为负", "怎样扣": "减半"}
    with pytest.raises(SourceError, match="后一种会盖掉前一种"):
        load.loads(text(""), "tiny.yaml", takes)
    with pytest.raises(SourceError, match="后一种会盖掉前一种"):  # nor when the file itself takes both
        load.loads(text("").replace("takes: 到零", "takes: 为负").replace("takes: 每次", "takes: 减半"), "tiny.yaml")


def test_what_is_said_of_both_comes_before_either() -> None:
    """Four accidents: 10 − 4 × 6 = −14, to zero 0; at 3 each −2, not below 2; both together not below 1."""
    assert list(options.faults(load.loads(text(), "tiny.yaml"))) == []
    scores = {}
    for below in ("到零", "为负"):
        for each in ("每次", "减半"):
            plan = make_plan(load.loads(text(), "tiny.yaml", {"扣到几分": below, "怎样扣": each}).scheme)
            scores[below, each] = tiny.numbers(plan, {"1/事故": [4, 4, 4]})[0]
    assert scores == {("到零", "每次"): 0, ("为负", "每次"): -14, ("到零", "减半"): 2, ("为负", "减半"): 1}


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("floor: null", "at_most: 3", False),  # different keys
        ("floor: 1", "floor: 1", False),  # the same is set
        ("floor: 1", "floor: 2", True),
        ("events: [{what: 甲, each: 1}]", "events: [{what: 甲, each: 2}]", True),
        ("criteria: 甲", "rule: direct", False),  # whatever the rule is
        ("floor: null", "rule: direct", True),  # of which the new rule knows nothing
    ],
)
def test_what_clashes(one: str, other: str, clash: bool) -> None:
    extra = f"""
    readings:
    - {{id: 甲读法, takes: 原, options: {{原: {{says: 原}}, 甲: {{says: 甲, set: {{1: {{{one}}}}}}}}}}}
    - {{id: 乙读法, takes: 原, options: {{原: {{says: 原}}, 乙: {{says: 乙, set: {{1: {{{other}}}}}}}}}}}
    """
    found = load.clashing_pairs(source.parse(tiny.text(TREE, full="20", extra=extra), "tiny.yaml"))
    assert [len(found), *(("甲" in p.message and "乙" in p.message) for p in found)] == ([1, True] if clash else [0])


@pytest.mark.parametrize(
    ("together", "message"),
    [
        ("with: {没有的: {为负: {1: {floor: 1}}}}", "“没有的”不是别的读法"),
        ("with: {怎样扣: {每次: {1: {floor: 1}}}}", "“怎样扣”不是别的读法"),
        ("with: {扣到几分: {没有的: {1: {floor: 1}}}}", "没有“没有的”这个选项"),
        ("with: {扣到几分: {为负: {9: {floor: 1}}}}", "没有编号为“9”的指标或分组"),
    ],
)
def test_a_with_that_names_what_is_not_there(tmp_path: Path, together: str, message: str) -> None:
    written = text(f", {together}")
    problem = tiny.problem_in(tmp_path, written)
    assert message in problem.message
    assert problem.line == line_of("减半: {says", written)


def test_a_pair_that_cannot_be_worked_out_is_told() -> None:
    extra = """
    figures: {几分: 3}
    readings:
    - {id: 甲读法, takes: 原, options: {原: {says: 原}, 甲: {says: 甲, set: {1: {rule: direct}}}}}
    - {id: 乙读法, takes: 原, options: {原: {says: 原}, 乙: {says: 乙, set: {2: {rule: formula, score: 事故 * 几分}}}}}
    """
    found = list(options.faults(load.loads(tiny.text(TREE, full="20", extra=extra), "tiny.yaml")))
    assert [("“甲读法”选“甲”、“乙读法”选“乙”" in p.message, "没有定义" in p.message) for p in found] == [(True, True)]


@pytest.mark.parametrize(("score", "told"), [("分值 * 没有的量", True), ("分值", False)])
def test_an_item_far_down_a_long_list_is_tried(score: str, told: bool) -> None:
    """A few items stand for the rest of a list, but not for one that a reading changes."""
    items = "\n".join(f"  - {{id: 事{n}, name: 事项{n}}}" for n in range(1, 21))
    tree = f"- id: 单\n  name: 清单\n  form: list\n  defaults: {{rule: direct, points: 1}}\n  children:\n{items}\n"
    extra = f"""
    notes: [{{at: 事20, reading: 照原文}}]
    readings:
    - {{id: 甲读法, takes: 原, options: {{原: {{says: 原}}, 甲: {{says: 甲, set: {{事19: {{rule: formula, score: {score}}}}}}}}}}}
    """
    found = list(options.faults(load.loads(tiny.text(tree, full="20", extra=extra), "tiny.yaml")))
    assert [("没有定义" in p.message) for p in found] == ([True] if told else [])


@pytest.mark.parametrize("name", ALL)
def test_no_two_options_of_a_bundled_scheme_lose_anything(name: str) -> None:
    assert [str(problem) for problem in load.clashing_pairs(source.read(library.ids()[name]))] == []


@pytest.mark.parametrize("name", ["jiyuan-2020-digital-city-management", "zhengzhou-2020-social-credit-districts"])
def test_all_options_can_be_planned(name: str) -> None:
    """Of two quick schemes; `scorebook validate` does it for each."""
    assert list(options.faults(load.load(library.ids()[name]))) == []


# In a book ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    path = tmp_path / "小.yaml"
    path.write_text(text(), encoding="utf-8")
    return path


@pytest.fixture
def chosen(scheme: Path, tmp_path: Path) -> Path:
    """A filled book that reads two clauses otherwise."""
    file = load.load(scheme, {"扣到几分": "为负", "目标": "调整后"})
    book = tmp_path / actions.book_name(file)
    given = tiny.typed({"1/事故": [2, 0, 0], "2/完成": [4, 8, 9]})
    writer.write(compose(file, given), book)
    return book


def test_the_command_takes_other_options(scheme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = scheme.read_bytes()
    assert cli.run(["generate", str(scheme), "--reading", "扣到几分=为负", "--reading", "目标＝调整后", "-o", str(tmp_path)]) == 0
    assert scheme.read_bytes() == before
    [book] = tmp_path.glob("*_tiny.xlsx")
    assert "扣到几分取为负、目标取调整后" in book.name
    taken = snapshot.take(book)
    assert taken.file.takes == {"扣到几分": "为负", "目标": "调整后"}
    assert taken.file.fingerprint == load.load(scheme).fingerprint == taken.about["fingerprint"]
    told = [cell.content for cell in next(s for s in compose(taken.file).sheets if s.name == "说明").cells.values()]
    assert any("扣到几分取“为负”" in str(t) for t in told)
    assert any("方案取“到零”" in str(t) for t in told)
    capsys.readouterr()
    assert cli.run(["score", str(book)]) == 0
    assert "本簿另选了读法：目标 取“调整后”（方案取“年初”）" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["扣到几分"], "读法=选项"),
        (["扣到几分=为负", "扣到几分=到零"], "选了两种"),
        (["扣几分=为负"], "是不是“扣到几分”？"),
        (["扣到几分=没有"], "可以选：到零、为负"),
    ],
)
def test_a_choice_that_is_none(scheme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str) -> None:
    flags = [word for one in given for word in ("--reading", one)]
    assert cli.run(["generate", str(scheme), *flags, "-o", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.glob("*.xlsx")) == []


def test_a_choice_is_for_one_scheme() -> None:
    with pytest.raises(readings.NotAChoice, match="只能用于一个方案"):
        readings.chosen(["甲=乙"], ["a", "b"])


def test_names_of_many_choices_stay_short_and_apart() -> None:
    file = load.loads(text(), "tiny.yaml", {"扣到几分": "为负", "怎样扣": "减半", "目标": "调整后"})
    other = load.loads(text(), "tiny.yaml", {"怎样扣": "减半", "目标": "调整后"})
    assert len({actions.book_name(f) for f in (file, other, load.loads(text(), "tiny.yaml"))}) == 3
    assert len(actions.book_name(file)) < 60


def test_check_and_recompute_keep_to_the_choice(chosen: Path) -> None:
    """10 − 6 × 2 = −2, 4 of 8 is 5: 3; the others 10 + 10."""
    assert [str(r.total) for r in actions.score(chosen).units.values()] == ["3.00", "20.00", "20.00"]
    assert [f.code for f in actions.check(chosen).findings] == []
    package = Package.open(chosen)
    place = snapshot.take(chosen).place("1/得分", 0)
    assert place
    package.sheet(place[0]).set(place[1], Decimal(9))
    chosen.write_bytes(package.to_bytes())
    assert "formula-overwritten" in {f.code for f in actions.check(chosen).findings}
    actions.recompute(chosen)
    assert Package.open(chosen).sheet(place[0]).value(place[1]) == -2


def test_a_book_that_takes_what_its_scheme_has_not_is_refused(chosen: Path) -> None:
    package = Package.open(chosen)
    sheet = package.sheet(meta.NAME)
    [row] = [row for row, _ in sheet.rows() if sheet.value(f"A{row}") == "reading:目标"]
    sheet.set(f"B{row}", "瞎写的")
    chosen.write_bytes(package.to_bytes())
    with pytest.raises(BookError, match="没有“瞎写的”这个选项"):
        snapshot.take(chosen)


def test_readings_of_a_book_tell_every_result_that_changes(chosen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the first target 4 of 4 is 10, and 上报得分 goes with the total; at 3 each 10 − 6 = 4 instead of −2."""
    found = {(r.reading, r.option): r for r in other_readings(snapshot.take(chosen)).tried}
    assert found.keys() == {("扣到几分", "到零"), ("怎样扣", "减半"), ("目标", "年初")}
    first = found["目标", "年初"]
    moves = {m.result: (float(str(m.now)), float(str(m.then))) for m in first.changes["甲"]}
    assert moves == {"总分": (3, 8), "上报得分": (3, 8)}
    assert (first.others, first.same) == (2, ["位次"])
    assert {m.result: str(m.then) for m in found["怎样扣", "减半"].changes["甲"]}["总分"] == "9.00"
    assert cli.run(["readings", str(chosen)]) == 0
    said = capsys.readouterr().out
    assert "甲：总分 3 → 8，上报得分 3 → 8" in said
    assert "不变：其余 2 个单位、各单位的位次" in said
    assert cli.run(["readings", str(chosen), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["takes"] == {"扣到几分": "为负", "目标": "调整后"}
    assert {r["option"]: r["changes"]["甲"]["总分"] for r in told["readings"]}["年初"] == {"now": 3, "then": 8}


def test_what_changes_nothing_is_said_in_one_line(scheme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tiny.book(text(), tmp_path / "b.xlsx", tiny.typed({"1/事故": [0, 0, 0], "2/完成": [8, 8, 8]}))
    assert cli.run(["readings", str(book)]) == 0
    assert capsys.readouterr().out == "换了什么都不变的：扣到几分取“为负”；怎样扣取“减半”；目标取“调整后”\n"
    assert cli.run(["readings", str(tiny.book(text(), tmp_path / "c.xlsx"))]) == 0
    assert "还没有填" in capsys.readouterr().out
    assert cli.run(["readings", str(scheme)]) == 0
    assert "到零（方案现取）：扣到0分为止" in capsys.readouterr().out


def test_a_reading_that_asks_for_more_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extra = """
    readings:
    - {id: 甲读法, takes: 原, options: {原: {says: 原}, 甲: {says: 另有评价, set: {1: {rule: direct, name: 评价}}}}}
    """
    book = tiny.book(tiny.text(TREE, full="20", extra=extra), tmp_path / "b.xlsx", tiny.typed({"1/事故": [0, 1, 0], "2/完成": [4, 4, 4]}))
    assert cli.run(["readings", str(book)]) == 0
    assert "这种读法还要填：评分" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in ALL if file_of(name).scheme.readings])
def test_a_plan_that_takes_parts_of_another_is_the_same_as_one_made_anew(name: str) -> None:
    """Every option of every reading; and what of its values is not worked out again is the same too."""
    file = file_of(name)
    read, base = source.parse(file.text, file.file), make_plan(file.scheme)
    others = [(r.id, option) for r in file.scheme.readings for option in r.options if option != r.takes]
    if len(base.lines) * len(base.units) > LARGE and "SCOREBOOK_FUZZ" not in os.environ:
        others = others[:: max(1, len(others) // FEW)]
    values = Evaluation(base, random_filling(base, "读法").inputs)
    for key, unit in product(base.lines, range(len(base.units))):
        values.at(key, unit)
    for takes in others:
        scheme = load.understand(read, dict([takes])).scheme
        plan, anew = make_plan(scheme, base), make_plan(scheme)
        for part in ("blocks", "tables", "scores", "tops", "lists"):
            assert getattr(plan, part) == getattr(anew, part), (takes, part)
        otherwise = values.read_otherwise(plan, plan.altered(base))
        fresh = Evaluation(anew, {at: value for at, value in values.inputs.items() if at[0] in anew.lines})
        for key, line in anew.lines.items():
            if line.formula is not None:
                assert [*map(repr, otherwise.cells(key))] == [*map(repr, fresh.cells(key))], (takes, key)
            if line.nodes_of_figure:
                assert otherwise.fixed(key, "standard") == fresh.fixed(key, "standard"), (takes, key)


def test_most_of_a_plan_is_taken_from_another() -> None:
    """Else all other readings of the largest book take twice as long."""
    file = file_of("zhengzhou-2020-gov-service-reform")
    base = make_plan(file.scheme)
    plan = make_plan(load.loads(file.text, file.file, {"正好20件": "按少于20件"}).scheme, base)
    assert sum(line is base.lines[key] for key, line in plan.lines.items()) > 5000
    assert len(plan.altered(base)) < 1200


# The button ---------------------------------------------------------------------------------------------------------------


class Asked:
    """A desk whose user chooses these, by position."""

    def __init__(self, *answers: int | None) -> None:
        self.answers, self.shown = list(answers), list[list[str]]()

    def choose(self, _: str, listed: list[str]) -> int | None:
        self.shown.append(listed)
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "takes"),
    [
        ((0,), {}),
        ((1, 1, 0), {"扣到几分": "为负"}),
        ((1, 1, 3, 1, 0), {"扣到几分": "为负", "目标": "调整后"}),
        ((1, 1, 1, 0, 0), {}),  # and back to the scheme's own
        ((1, None, 0), {}),
        ((None,), None),
    ],
)
def test_readings_are_chosen_from_a_list(answers: tuple[int | None, ...], takes: dict[str, str] | None) -> None:
    desk = Asked(*answers)
    assert clicked.choose_readings(desk, load.loads(text(), "tiny.yaml")) == takes  # type: ignore[arg-type]
    assert desk.answers == []
    assert desk.shown[0] == [
        clicked.AS_IT_IS,
        "扣到几分：到零（方案所取），扣到0分为止",
        "怎样扣：每次（方案所取），每次扣6分",
        "目标：年初（方案所取），年初的目标",
    ]


def test_without_readings_nothing_is_asked() -> None:
    assert clicked.choose_readings(Asked(), tiny.load(TREE, full="20")) == {}  # type: ignore[arg-type]


# Cases --------------------------------------------------------------------------------------------------------------------

CASES = """\
scheme: tiny
starts: {两起: {everyone: {1: {事故: 2}}}}
cases:
- {name: 照方案, probes: 下限, start: 两起, expect: {甲: {scores: {1: 0}}}, working: 10 − 12，到0为止}
- {name: 可以为负, probes: 读法, start: 两起, readings: {扣到几分: 为负}, expect: {甲: {scores: {1: -2}}}, working: 10 − 12}
- {name: 一起取, probes: 读法, start: 两起, readings: {扣到几分: 为负, 怎样扣: 减半}, expect: {甲: {scores: {1: 5}}}, working: 错的}
"""


def test_a_case_may_choose_readings(scheme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library.cases_file(scheme).write_text(CASES, encoding="utf-8")
    assert cli.run(["cases", str(scheme)]) == 1
    said = capsys.readouterr().out
    assert "3 个案例，1 处不符" in said
    assert "案例“一起取”：甲 指标 1 应为 5，算得 4" in said


def test_a_case_that_chooses_what_is_not_there(scheme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library.cases_file(scheme).write_text(CASES.replace("{扣到几分: 为负}", "{扣到几分: 没有}"), encoding="utf-8")
    assert cli.run(["cases", str(scheme)]) == 2
    assert "没有“没有”这个选项" in capsys.readouterr().err
