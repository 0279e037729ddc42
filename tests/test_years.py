"""Two years compared: what differs between two schemes, and last year's figures under this year's rules.

Requirements of `diff`: an indicator is the same one by its id, else by its name; figures are compared unit by unit, through what the
units were called; what merely speaks of another year is told apart; it does not matter whether something is written on an indicator or
in what a group says for all. Of `what-if`: values find their cells by keys and by what the units were called; values of merged units
are added up only where that makes sense; whatever is not carried over is told with its reason; an indicator of which nothing is
known, and a unit of which something is not, are left out and keep nobody else from a total.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from addin import actions
from addin.cli import run
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Refusal
from generator.scheme.load import loads
from generator.value import Value
from generator.years.carrying import Carried, carried
from generator.years.difference import NONE, Difference, differences
from generator.years.what_if import WhatIf, what_if

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"
PARKS = "panshan-2019-parks"

OLD = """\
scheme: some-2019-towns
title: 2019年度考核
place: 某县
year: 2019
source: {document: 某政办〔2019〕1号}
full_marks: 10
units: [甲镇, 乙镇]
indicators:
- name: 任务
  defaults: {rule: ratio}
  children:
  - {id: 1, name: 投资, points: 5, in: 亿元, target: [10, 20]}
- {id: 2, name: 评价, points: 5, rule: direct, criteria: 比2018年好}
- {id: 否决, name: 事故, rule: veto, grade: 不合格, when: [比2018年多几起]}
"""
NEW = """\
scheme: some-2020-towns
title: 2020年度考核
place: 某县
year: 2020
source: {document: 某政办〔2020〕3号}
full_marks: 15
units: [丙镇, 乙镇, 丁镇]
formerly: {丙镇: [甲镇]}
indicators:
- name: 任务
  children:
  - {id: 1, name: 投资, points: 5, in: 亿元, rule: ratio, target: [5, 40, 30]}
  - {id: 2, name: 评价, points: 5, rule: direct, criteria: 比2019年好}
- {id: 3, name: 新事, points: 5, rule: direct, for: [乙镇, 丁镇], no_task: average}
- {id: 否决, name: 事故, rule: veto, grade: 不合格, when: [比2019年多几起]}
"""

# Differences ----------------------------------------------------------------------------------------------------------


def told(old: str, new: str) -> list[tuple[str, str, str, str, str]]:
    """The differences that are not only the year."""
    return [(d.section, d.ref, d.what, d.before, d.after) for d in differences(loads(old), loads(new)) if not d.only_year]


def test_a_year_later() -> None:
    assert told(OLD, NEW) == [
        ("概况", "", "方案编号", "some-2019-towns", "some-2020-towns"),
        ("概况", "", "年度", "2019", "2020"),
        ("概况", "", "依据·文号", "某政办〔2019〕1号", "某政办〔2020〕3号"),
        ("概况", "", "满分", "10", "15"),
        ("单位", "", "改名", "甲镇", "丙镇"),
        ("单位", "", "增加", NONE, "丁镇"),
        ("指标", "1", "目标", "10", "5"),
        ("指标", "1", "目标", "20", "40"),
        ("指标", "1", "目标", NONE, "30"),
        ("指标", "2", "所在分组", NONE, "任务"),
        ("指标", "3", "新增指标", NONE, "分值 5；规则 评分"),
    ]
    texts = [d.what for d in differences(loads(OLD), loads(NEW)) if d.only_year]
    assert texts == ["标题", "计分办法", "否决情形"]


def test_whose_figures_differ() -> None:
    targets = [d.units for d in differences(loads(OLD), loads(NEW)) if d.what == "目标"]
    assert targets == [("丙镇",), ("乙镇",), ("丁镇",)]


def test_nothing_differs() -> None:
    assert differences(loads(OLD), loads(OLD)) == []
    spelt = (
        OLD.replace("  defaults: {rule: ratio}\n", "")
        .replace("in: 亿元,", "in: 亿元, rule: ratio,")
        .replace("[10, 20]", "{甲镇: 10, 乙镇: 20}")
    )
    assert told(OLD, spelt) == []


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("{id: 2,", "{id: 5,", ("指标", "5", "编号", "2", "5")),
        ("name: 评价", "name: 测评", ("指标", "2", "指标名称", "评价", "测评")),
        ("points: 5, rule: direct", "points: 6, rule: direct", ("指标", "2", "分值", "5", "6")),
        ("rule: direct, criteria", "rule: all_or_nothing, criteria", ("指标", "2", "规则", "评分", "完成得满分，否则不得分")),
        ("- name: 任务", "- name: 重点", ("指标", "重点", "指标名称", "任务", "重点")),
        ("- name: 任务", "- name: 任务\n  at_most: 4", ("指标", "任务", "最多", NONE, "4")),
        ("比2018年多几起]", "比2018年多几起, 死亡]", ("指标", "否决", "否决情形", "比2018年多几起", "比2018年多几起、死亡")),
        ("full_marks: 10", "full_marks: 10\ndecimals: 1", ("概况", "", "保留小数", NONE, "1")),
        ("target: [10, 20]", "target: [10, null]", ("指标", "1", "目标", "20", "－")),
        ("target: [10, 20]", "target: 12", ("指标", "1", "目标", "10", "12")),
    ],
)
def test_one_thing_is_another(before: str, after: str, difference: tuple[str, ...]) -> None:
    assert before in OLD
    assert difference in told(OLD, OLD.replace(before, after))


def test_parts_of_a_list_by_their_names() -> None:
    first = OLD + "grades: {by: score, bands: [{name: 优秀, at_least: 9}, {name: 一般}]}\nnotes: [{reading: 照表, at: 1}]\n"
    second = OLD + "grades: {by: score, bands: [{name: 优秀, at_least: 9.5}, {name: 一般}]}\nnotes: [{reading: 另一条}]\n"
    assert told(first, second) == [
        ("等次", "", "等次·分档“优秀”·最低", "9", "9.5"),
        ("说明", "", "说明“另一条”", NONE, "本方案怎么算 另一条"),
        ("说明", "", "说明“照表”", "本方案怎么算 照表；指标 1", NONE),
    ]


def test_merged_and_split_units() -> None:
    merged = OLD.replace("units: [甲镇, 乙镇]", "units: [丙镇]\nformerly: {丙镇: [甲镇, 乙镇]}").replace("[10, 20]", "[30]")
    assert ("单位", "", "合并", "甲镇、乙镇", "丙镇") in told(OLD, merged)
    assert ("指标", "1", "目标", "10、20", "30") in told(OLD, merged)
    split = OLD.replace("units: [甲镇, 乙镇]", "units: [甲镇, 乙镇, 新镇]\nformerly: {乙镇: [乙镇], 新镇: [乙镇]}").replace(
        "[10, 20]", "[10, 12, 8]"
    )
    assert ("单位", "", "拆分", "乙镇", "乙镇、新镇") in told(OLD, split)


def test_a_reading_that_only_one_scheme_has() -> None:
    reading = "readings:\n- {id: 甲, takes: 一, options: {一: {says: 这样}, 二: {says: 那样, set: {2: {points: 4}}}}}\n"
    text = "现取“一”：这样；也可“二”：那样"
    assert told(OLD, OLD + reading) == [("读法", "", "读法“甲”", "（无）", text)]
    assert told(OLD + reading, OLD) == [("读法", "", "读法“甲”", text, "（无）")]


def test_a_difference_for_programs() -> None:
    found = Difference("指标", "1 投资", "目标", "10", "5", "1", ("丙镇",)).as_dict()
    assert json.loads(json.dumps(found))["units"] == ["丙镇"]


def test_the_commands_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, text in (("a.yaml", OLD), ("b.yaml", NEW)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(["diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 0
    said = capsys.readouterr().out
    assert "　1 投资\n　　目标：丙镇 10 → 5；乙镇 20 → 40；丁镇 （无） → 30\n" in said
    assert "　3 新事\n　　新增指标：分值 5；规则 评分\n" in said
    assert "另有 3 处文字只是年度改了\n" in said
    assert run(["diff", PARKS, PARKS, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == []


# Values carried over --------------------------------------------------------------------------------------------------

TYPED: dict[tuple[str, int], Value] = {
    ("1/完成", 0): Decimal(5),
    ("1/完成", 1): Decimal(20),
    ("2/评分", 0): Decimal(4),
    ("2/评分", 1): Decimal(3),
    ("否决/比2018年多几起", 1): Decimal(2),
}


def plan(text: str) -> Plan:
    return make_plan(loads(text).scheme)


def typed() -> dict[tuple[str, int], Value]:
    """What was typed, by the keys of the lines that there are."""
    known = {line.label: line.key for line in plan(OLD).inputs if line.owner == "否决"}
    return {(known.get(key.partition("/")[2], key), unit): value for (key, unit), value in TYPED.items()}


def moved_to(new: str) -> Carried:
    return carried(plan(OLD), typed(), plan(new))


def lost(new: str) -> list[tuple[str, str, str]]:
    return [(one.unit, one.owner, one.why) for one in moved_to(new).lost]


def test_values_find_their_cells_through_names_and_years() -> None:
    found = moved_to(NEW)
    assert found.lost == []
    assert found.origins == {"丙镇": ("甲镇",), "乙镇": ("乙镇",), "丁镇": ()}
    veto = next(line.key for line in plan(NEW).inputs if line.label == "比2019年多几起")
    assert found.inputs == {
        ("1/完成", 0): 5, ("1/完成", 1): 20, ("2/评分", 0): 4, ("2/评分", 1): 3, (veto, 1): 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("in: 亿元", "in: 万元", ("甲镇", "1", "计量单位由“亿元”改为“万元”")),
        ("points: 5, rule: direct", "points: 3.5, rule: direct", ("甲镇", "2", "新办法要填分数：0—3.5")),
        ("rule: direct, criteria", "rule: all_or_nothing, criteria", ("甲镇", "2", "没有这一格了")),
        ("{id: 2,", "{id: 9,", ("甲镇", "2", "没有这个指标了")),
        ("target: [10, 20]", "target: [null, 20]", ("甲镇", "1", "新办法里没有这项任务（－）")),
        ("units: [甲镇, 乙镇]", "units: [乙镇, 丙镇]", ("甲镇", "1", "这个单位不再考核")),
        (
            "units: [甲镇, 乙镇]",
            "units: [甲镇, 丙镇]\nformerly: {丙镇: [甲镇], 甲镇: [甲镇]}",
            ("甲镇", "1", "“甲镇”已经拆分，分不出各占多少"),
        ),
    ],
)
def test_what_is_not_carried_over_and_why(before: str, after: str, expected: tuple[str, str, str]) -> None:
    assert before in OLD
    assert expected in lost(OLD.replace(before, after))


def test_merged_units() -> None:
    new = OLD.replace("units: [甲镇, 乙镇]", "units: [丙镇]\nformerly: {丙镇: [甲镇, 乙镇]}").replace("[10, 20]", "[30]")
    found = moved_to(new)
    assert found.inputs[("1/完成", 0)] == 25  # 5 + 20
    assert ("2/评分", 0) not in found.inputs
    assert [(one.unit, one.owner, one.shown) for one in found.lost] == [("甲镇", "2", "4"), ("乙镇", "2", "3")]
    assert {one.why for one in found.lost} == {"合并前几个单位的数不能相加"}


# Last year's figures under this year's rules ----------------------------------------------------------------------------


def outcome(new: str) -> WhatIf:
    return what_if(plan(OLD), typed(), loads(new))


def test_totals_and_ranks_before_and_after() -> None:
    found = outcome(NEW)
    # 甲镇 5×5÷10 + 4 = 6.5 and 乙镇 5 + 3 = 8; now 丙镇 5 + 4 = 9 and 乙镇 5×20÷40 + 3 = 5.5; 新事 is known of nobody
    assert {one.unit: (list(one.before), one.after.total, one.after.rank) for one in found.units} == {
        "丙镇": (["甲镇"], 9, 1),
        "乙镇": (["乙镇"], Decimal("5.5"), 2),
        "丁镇": ([], None, None),
    }
    assert [(r.total, r.rank) for one in found.units for r in one.before.values()] == [(Decimal("6.5"), 2), (8, 1)]
    assert found.units[0].scores == {"1": (Decimal("2.5"), Decimal(5))}
    assert (found.left_out, found.apart, found.open) == (["3 新事"], ["丁镇"], False)


def test_under_its_own_rules_nothing_is_another() -> None:
    found = outcome(OLD)
    assert [(one.before[one.unit].total, one.after.total, one.scores) for one in found.units] == [
        (Decimal("6.5"), Decimal("6.5"), {}),
        (8, 8, {}),
    ]
    assert (found.lost, found.left_out, found.apart) == ([], [], [])


def test_a_new_unit_has_no_total_even_where_nothing_has_to_be_typed() -> None:
    counted = "indicators:\n- {id: 8, name: 事故, points: 5, rule: deduct, events: [{what: 事故, each: 1}]}\n"
    old, new = (f"{text.partition('indicators:')[0]}{counted}" for text in (OLD, NEW))
    found = what_if(plan(old), {}, loads(new))
    assert [(one.unit, one.after.total) for one in found.units] == [("丙镇", 5), ("乙镇", 5), ("丁镇", None)]


def test_schemes_without_a_unit_in_common_are_refused() -> None:
    with pytest.raises(Refusal, match="没有一个单位是同一个"):
        outcome(OLD.replace("units: [甲镇, 乙镇]", "units: [丙镇, 丁镇]"))


def test_an_average_does_not_wait_for_a_unit_of_which_nothing_is_known() -> None:
    new = NEW.replace("{id: 2, name", "{id: 2, may_be_none: true, no_task: average, name")
    found = what_if(plan(OLD), typed() | {("2/评分", 0): "无"}, loads(new))
    # 丙镇 has the average of the others, which is 乙镇's 3; 丁镇 has none: 5 + 3 = 8
    assert [one.after.total for one in found.units] == [8, Decimal("5.5"), None]


def test_a_new_indicator_that_the_total_is_written_with_stays() -> None:
    new = NEW.replace("indicators:", "score: 新量\nindicators:", 1)
    new = new.replace("- {id: 3, ", "- name: 新\n  quantities: {新量: sum(得分)}\n  children:\n  - {id: 3, ")
    found = outcome(new)
    assert found.open
    assert [one.after.total for one in found.units] == [None, None, None]


def book(tmp_path: Path) -> Path:
    [path] = actions.generate([PARKS], tmp_path)
    actions.fill(path, DEMO / "parks.values.yaml")
    return path


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path)
    before = path.read_bytes()
    assert run(["next-year", PARKS, "--rename", "新材料=新材料产业园", "-o", str(tmp_path)]) == 0
    capsys.readouterr()
    assert run(["what-if", str(tmp_path / "panshan-2020-parks.yaml"), str(path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    old = {name: (r.total, r.rank) for name, r in actions.score(path).units.items()}
    assert {name: (one["after"]["total"], one["after"]["rank"]) for name, one in data["units"].items()} == {
        name.replace("新材料", "新材料产业园"): (float(total or 0), rank) for name, (total, rank) in old.items()
    }
    assert data["lost"] == []
    assert run(["what-if", str(tmp_path / "panshan-2020-parks.yaml"), str(path)]) == 0
    assert "新材料产业园（原新材料）" in capsys.readouterr().out.replace("\n", "")
    assert path.read_bytes() == before


def test_a_workbook_that_is_no_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK")
    assert run(["what-if", PARKS, str(path)]) == 2
    assert run(["diff", PARKS, str(path)]) == 2
    assert "x.xlsx" in capsys.readouterr().err
