"""Next year's scheme.

Requirements: the year moves on wherever the scheme speaks of it, and nowhere else: not in the number of last year's document, in
names of other documents, in quotations or plans of several years; ids, comments, order and line breaks stay; what was changed and
what is left to people is listed; targets are the same, still to be decided, or grown by a rate with the digits they had; units are
renamed, merged, split, added and dropped in every place that names or counts them, and what they were called is kept.
"""

from __future__ import annotations

import difflib
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from conftest import ALL, file_of

from addin import years
from addin.cli import run
from generator import source
from generator.definition.exchange import take
from generator.language.figures import UNDECIDED
from generator.problems import Refusal, SourceError
from generator.scheme import load
from generator.scheme.load import loads
from generator.xlsx.package import Package
from generator.years.moving import moved, moved_id
from generator.years.next_year import INHERITED, next_year
from generator.years.places import place_words
from generator.years.targets import Targets, understood
from generator.years.unit_list import lists
from generator.years.units import Change, after, listed_anew

TOWNS = "panshan-2019-towns"

# The year in texts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2019年度考核", "2020年度考核"),
        ("比2018年多几起", "比2019年多几起"),
        ("2020年1月15日前报", "2021年1月15日前报"),
        ("2019-12-31", "2020-12-31"),
        ("2019/6/30", "2020/6/30"),
        ("二〇一九年十二月", "二〇二〇年十二月"),
        ("盘县政办发〔2019〕147号", None),
        ("济政办[2019)12号", None),
        ("《2019年全省抽检计划》", None),
        ("标题叫“2019年度考核办法”", None),
        ("2018—2020年行动计划", None),
        ("2015年以来", None),
        ("2025年前达到", None),
        ("昆仑2019行动", None),
        ("每2019人", None),
    ],
)
def test_what_moves_with_the_year_and_what_does_not(text: str, then: str | None) -> None:
    assert moved(text, 2019, 1).text == (then or text)


def test_the_last_of_february() -> None:
    assert moved("2020年2月29日前、2020-02-29", 2020, 1).text == "2021年2月28日前、2021-02-28"
    assert moved("2020年2月29日", 2020, 4).text == "2024年2月29日"


def test_what_speaks_of_a_year_and_stays_is_told() -> None:
    assert moved("2019年底前落实《2018年意见》和2018—2020年计划，2015年起", 2019, 1).left == ["《2018年意见》", "2018—2020年", "2015年"]


def test_ids() -> None:
    assert moved_id("panshan-2019-towns", 2019, 1) == "panshan-2020-towns"
    assert moved_id("towns", 2019, 2) == "towns-2021"


# A scheme -------------------------------------------------------------------------------------------------------------

SCHEME = """\
# 某县的方案
scheme: some-2019-towns
title: 2019年度考核   # 通知的标题
place: 某县
year: 2019
source: {document: 某政办〔2019〕1号, date: 2019-12-20}
version: 3
full_marks: 20
units: [甲镇, 乙镇, 丙街]   # 三个
formerly: {甲镇: [旧镇]}
counts: [{says: 3, of: ["*"], clause: 2019年通知}]

indicators:
# 先说增长
- {id: 2019-1, name: 投资, points: 5, in: 亿元, rule: ratio,
   target: [3.00, 2.50, 13]}   # 亿元
- {id: 2, name: 失业率, points: 5, in: "%", rule: ratio, target: 3%, better: lower, due: 2019年12月}
- {id: 3, name: 甲镇和丙街的事, points: [5, null, 5], rule: direct, for: [甲镇, 丙街], criteria: 甲镇看2018年的基数}
- {id: 4, name: 丙街的事, points: 5, rule: direct, for: [丙街], no_task: average}
bonus: {id: 加, name: 加分, rule: award, items: [2019年获奖], at_most: 1}

notes:
- {at: 4, reading: 只有丙街, clause: 2019年通知第一条}
"""


def made(targets: str = "same", *changes: Change, year: int | None = None) -> tuple[str, list[str], list[str]]:
    """Next year's file, what was changed and what is left."""
    result = next_year(loads(SCHEME), year, understood(targets), changes)
    return result.text, [str(one) for one in result.altered], result.left


def lines_changed(before: str, now: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), now.splitlines()) if line[0] in "+"]


def test_only_the_year_is_another() -> None:
    text, altered, left = made()
    assert lines_changed(SCHEME, text) == [
        "+ scheme: some-2020-towns",
        "+ title: 2020年度考核   # 通知的标题",
        "+ year: 2020",
        "+ version: 1",
        '+ - {id: 2, name: 失业率, points: 5, in: "%", rule: ratio, target: 3%, better: lower, due: 2020年12月}',
        "+ - {id: 3, name: 甲镇和丙街的事, points: [5, null, 5], rule: direct, for: [甲镇, 丙街], criteria: 甲镇看2019年的基数}",
        "+ bonus: {id: 加, name: 加分, rule: award, items: [2020年获奖], at_most: 1}",
        "+ - {reading: 依据仍是2019年度的办法（某政办〔2019〕1号）；2020年度的办法印发后，请改依据和各条出处，并删去这一条}",
    ]
    assert "formerly" not in text
    assert "“3 甲镇和丙街的事”的计分办法：甲镇看2018年的基数 → 甲镇看2019年的基数" in altered
    assert "年度：2019 → 2020" in altered
    assert left == ["依据（某政办〔2019〕1号）和各条出处还是 2019 年度的，办法印发后请改"]
    assert loads(text).scheme.year == 2020


def test_the_year_after_that_says_once_whose_document_it_is() -> None:
    once = next_year(loads(SCHEME)).text
    twice = next_year(loads(once), 2023).text
    assert twice.count(INHERITED) == 1
    assert "scheme: some-2023-towns" in twice
    assert "依据仍是2019年度的办法（某政办〔2019〕1号）；2023年度的办法印发后" in twice  # the document is still that of 2019


@pytest.mark.parametrize("year", [2019, 2018, 2101])
def test_a_year_that_makes_no_sense(year: int) -> None:
    with pytest.raises(Refusal, match="新的年度要在它以后"):
        made(year=year)


@pytest.mark.parametrize("name", ALL[::4])
def test_every_scheme_has_a_next_year(name: str) -> None:
    file = file_of(name)
    result = next_year(file, known=ALL)
    found = loads(result.text).scheme
    assert (found.id, found.year) == (name.replace(str(file.scheme.year), str(file.scheme.year + 1)) if str(file.scheme.year) in name
                                      else f"{name}-{file.scheme.year + 1}", file.scheme.year + 1)  # fmt: skip
    assert [node.id for node in found.walk()] == [node.id for node in file.scheme.walk()]
    assert found.source == file.scheme.source
    gone = [line for line in difflib.ndiff(file.text.splitlines(), result.text.splitlines()) if line[0] == "-"]
    assert len(gone) <= len(result.altered)  # nothing else is another


def test_comments_and_order_stay() -> None:
    file = file_of(TOWNS)
    assert [line for line in file.text.splitlines() if "#" in line] == [line for line in next_year(file).text.splitlines() if "#" in line]


# Targets --------------------------------------------------------------------------------------------------------------


def test_targets_grow_with_the_digits_they_have() -> None:
    text, altered, left = made("+5%")
    # 3.00 × 1.05 = 3.15; 2.50 × 1.05 = 2.625; 13 × 1.05 = 13.65
    assert "target: [3.15, 2.63, 13.65]}   # 亿元" in text
    assert "target: 3%, better: lower" in text
    assert "“2019-1 投资”的目标：3.00、2.50、13 → 3.15、2.63、13.65" in altered
    assert "“2 失业率”的目标是百分数或越低越好，没有随增长率改；请核对" in left


def test_targets_that_are_still_to_be_decided() -> None:
    result = next_year(loads(SCHEME), targets=Targets(blank=True))
    assert "target: [待定, 待定, 待定]}" in result.text
    assert "target: 待定, better: lower" in result.text
    assert result.undecided == 4
    with pytest.raises(SourceError) as error:
        loads(result.text)
    assert [problem.message for problem in error.value.problems] == ["这个数还没有定"] * 4


@pytest.mark.parametrize(("text", "rate"), [("same", 0), ("+5%", "0.05"), ("-2.5%", "-0.025"), ("＋10％", "0.1"), ("5%", "0.05")])
def test_rates_as_they_are_typed(text: str, rate: object) -> None:
    assert understood(text) == Targets(Decimal(str(rate)))


@pytest.mark.parametrize("text", ["5", "五成", "-100%", "+5", "1e9%", "+99999%"])
def test_rates_that_make_no_sense(text: str) -> None:
    with pytest.raises(Refusal):
        understood(text)


# Units ----------------------------------------------------------------------------------------------------------------


def test_a_renamed_unit_is_renamed_everywhere() -> None:
    text, altered, _ = made("same", Change(("甲镇",), ("甲街道",)))
    assert "units: [甲街道, 乙镇, 丙街]   # 三个" in text
    assert "formerly: {甲街道: [甲镇]}" in text
    assert "name: 甲街道和丙街的事" in text
    assert "for: [甲街道, 丙街], criteria: 甲街道看2019年的基数" in text
    assert "单位：甲镇 → 甲街道" in altered


def test_merged_units_have_the_sum_of_their_targets() -> None:
    text, _, left = made("same", Change(("甲镇", "乙镇"), ("新镇",)))
    # 3.00 + 2.50 = 5.50; 甲镇 has 5 points for 3 and 乙镇 no such task
    assert "units: [新镇, 丙街]" in text
    assert "target: [5.50, 13]" in text
    assert "points: [5, 5], rule: direct, for: [新镇, 丙街]" in text
    assert "formerly: {新镇: [甲镇, 乙镇]}" in text
    assert "“个数”里原文写的是 3，单位现在有 2 个" in left


def test_what_parts_of_a_unit_are_to_do_nobody_knows() -> None:
    result = next_year(loads(SCHEME), changes=[Change(("丙街",), ("丙街", "丁街"))])
    assert "units: [甲镇, 乙镇, 丙街, 丁街]" in result.text
    assert "target: [3.00, 2.50, 待定, 待定]" in result.text
    assert "points: [5, null, 5, 5], rule: direct, for: [甲镇, 丙街, 丁街]" in result.text
    assert "formerly: {丙街: [丙街], 丁街: [丙街]}" in result.text
    assert "单位变了，“2019-1 投资”的目标的数要重新定" in result.left


def test_a_unit_that_is_new() -> None:
    text, altered, _ = made("same", Change((), ("戊镇",)))
    assert "units: [甲镇, 乙镇, 丙街, 戊镇]" in text
    assert "target: [3.00, 2.50, 13, 待定]" in text
    assert "points: [5, null, 5, 待定]" in text
    assert "formerly" not in text
    assert "单位：（无） → 戊镇" in altered


def test_a_task_of_a_unit_that_is_gone_is_nobodys_and_not_everybodys() -> None:
    text, _, left = made("same", Change(("丙街",), ()))
    scheme = loads(text).scheme
    node = scheme.find("4")[1]
    assert node is not None
    assert scheme.carriers_of(node) == (False, False)
    assert scheme.sets == {"丙街": []}
    assert "“4 丙街的事”的适用单位写的只有“丙街”，已不再考核，现在没有单位适用这一项；请改写适用单位，或删去这一项" in left
    assert "“4 丙街的事”的指标名称里提到“丙街”，单位已经变了；请核对" in left


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([Change(("丁镇",), ("x",))], "没有“丁镇”这个被考核单位"),
        ([Change(("甲镇",), ("乙镇",))], "已经是被考核单位"),
        ([Change(("甲镇",), ("x",)), Change(("甲镇",), ())], "写了两次"),
        ([Change((), ("x",), "部门")], "没有“部门”这个分组"),
        ([Change((u,), ()) for u in ("甲镇", "乙镇", "丙街")], "一个被考核单位也没有了"),
    ],
)
def test_changes_that_make_no_sense(changes: list[Change], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        made("same", *changes)


def test_figures_by_name() -> None:
    text = SCHEME.replace("target: [3.00, 2.50, 13]", "target: {甲镇: 3.00, 乙镇: 2.50}")
    result = next_year(loads(text), changes=[Change(("甲镇", "乙镇"), ("新镇",)), Change((), ("戊镇",))])
    assert "target: {新镇: 5.50, 戊镇: 待定}" in result.text


def test_groups_keep_their_places() -> None:
    units = after({"镇": ["甲", "乙"], "街": ["丙"]}, [Change(("乙", "丙"), ("新",)), Change((), ("丁",), "街")])
    assert units.after == {"镇": ["甲", "新"], "街": ["丁"]}
    assert units.formerly == {"新": ["乙", "丙"]}


# An office's own list ---------------------------------------------------------------------------------------------------


def test_placeholders_give_way_to_the_offices_own_list() -> None:
    result = years.begin("jiyuan-2020-work-safety", units=None)
    file = file_of("jiyuan-2020-work-safety")
    listed = listed_anew({"units": file.scheme.units, "unlisted": ["*"]}, {"": ["甲局", "乙局", "丙局"]})
    result = next_year(file, listed=listed)
    scheme = loads(result.text).scheme
    assert scheme.unit_names == ["甲局", "乙局", "丙局"]
    assert scheme.unlisted == []
    assert scheme.formerly == {}  # nobody was ever called 单位一
    assert str(result.altered[-1]).startswith("单位：8 个代称（单位一、")


def test_the_one_group_of_placeholders_is_meant() -> None:
    units = listed_anew({"units": {"部门": ["财政局", "教育局"], "成员": ["成员单位一", "成员单位二"]}}, {"": ["甲局"]})
    assert units.after == {"部门": ["财政局", "教育局"], "成员": ["甲局"]}


def test_which_group_is_meant_has_to_be_said() -> None:
    with pytest.raises(Refusal, match="名单里请写明哪些单位在哪一组"):
        listed_anew({"units": {"部门": ["财政局"], "镇": ["东山镇"]}}, {"": ["甲局"]})
    with pytest.raises(Refusal, match="没有“部们”这个分组。是不是“部门”"):
        listed_anew({"units": {"部门": ["财政局"], "镇": ["东山镇"]}}, {"部们": ["甲局"]})


def test_lists_of_every_kind(tmp_path: Path) -> None:
    text = tmp_path / "名单.txt"
    text.write_bytes("镇街道：甲镇、乙街道\n部门：\n财政局\n教育局\n".encode("gb18030"))
    assert lists(text) == {"镇街道": ["甲镇", "乙街道"], "部门": ["财政局", "教育局"]}
    book = openpyxl.Workbook()
    for row in (("2020年名单", None), ("序号", "分组", "单位名称"), (1, "镇", "甲镇"), (2, None, "乙镇"), (3, "部门", "财政局")):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    assert lists(tmp_path / "名单.xlsx") == {"镇": ["甲镇", "乙镇"], "部门": ["财政局"]}


@pytest.mark.parametrize(("data", "said"), [(b"", "没有找到单位"), (b"\xff\xfe\x00\x01", "不是文字文件"), (b"x" * 80, "太长")])
def test_lists_that_are_none(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "名单.txt"
    path.write_bytes(data)
    with pytest.raises(Refusal, match=said):
        lists(path)


def test_a_book_as_a_list(blank_books: dict[str, Path]) -> None:
    assert years.units_in(blank_books["panshan-2019-parks"]) == {"": ["新材料", "高升经济区", "电商物流园", "辽河口生态经济区"]}


# Words and commands -----------------------------------------------------------------------------------------------------


def test_places_in_words() -> None:
    data = source.parse(SCHEME).data
    assert place_words(data, ("indicators", 0, "target")) == "“2019-1 投资”的目标"
    assert place_words(data, ("notes", 0, "reading")) == "说明第1条本方案怎么算"
    assert place_words(data, ("title",)) == "标题"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["next-year", TOWNS, "--targets", "+5%", "-o", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "“5 实际利用外资”的目标：50 → 53" in said  # 50 × 1.05 = 52.5
    assert load.load(tmp_path / "panshan-2020-towns.yaml").scheme.year == 2020
    assert run(["next-year", TOWNS, "-o", str(tmp_path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["scheme"], data["undecided"]) == ("panshan-2020-towns", 0)
    assert len(list(tmp_path.glob("*备份*"))) == 1


def test_from_a_book_into_a_definition_workbook(tmp_path: Path, blank_books: dict[str, Path]) -> None:
    path = tmp_path / "园区.xlsx"
    assert run(["next-year", "--from", str(blank_books["panshan-2019-parks"]), "--targets", "blank", "-o", str(path)]) == 0
    with pytest.raises(SourceError) as error:
        take(Package.open(path), "x.yaml")
    assert {str(p).partition("（")[0] for p in error.value.problems if p.file.startswith("目标!")} == {
        f"目标!{cell}：【错误】这个数还没有定"
        for cell in [p.file.partition("!")[2] for p in error.value.problems if p.file.startswith("目标!")]
    }
    book = openpyxl.load_workbook(path)
    figures = book["目标"]
    for row in figures.iter_rows(min_row=3):
        for cell in row:
            if cell.value == UNDECIDED:
                cell.value = 7
    tree = book["指标"]
    for row in tree.iter_rows(min_row=3):
        for cell in row:
            if cell.value == UNDECIDED:
                cell.value = 7
    book.save(path)
    assert take(Package.open(path), "x.yaml").file.scheme.id == "panshan-2020-parks"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "请写明方案"),
        ([TOWNS, "--rename", "太平街道"], "甲镇=甲街道"),
        ([TOWNS, "--merge", "太平街道=太平镇"], "甲镇+乙镇=丙镇"),
        ([TOWNS, "--split", "太平街道=太平镇"], "甲镇=乙镇+丙镇"),
        ([TOWNS, "--rename", "太平街=太平镇"], "是不是“太平街道”"),
        ([TOWNS, "--targets", "多一点"], "增长的百分数"),
        ([TOWNS, "--year", "2019"], "新的年度要在它以后"),
        (["--from", "名单.txt"], "--from 要一本考核簿或定义簿"),
        (["no-such"], "没有编号为“no-such”的考核方案"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["next-year", *arguments, "-o", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
