"""Schemes edited in Excel: the definition workbook.

Requirements: a scheme comes back from its workbook as it was, down to the digits of its numbers and the words of its file; the
same scheme always makes the same bytes; whatever the models allow has a place, also a key that no scheme uses yet.
"""

from __future__ import annotations

import datetime
import io
import os
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from conftest import ALL, file_of
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import BaseModel

from addin.cli import run
from generator import source
from generator.columns import letters_of
from generator.definition import words
from generator.definition.draw import sheets_of
from generator.definition.examples import Example, examples
from generator.definition.exchange import Taken, blank, export, take
from generator.definition.flow import flow, same
from generator.definition.gather import gather
from generator.definition.grids import Found, Grid, spread
from generator.definition.kind import fields_of
from generator.definition.notation import NotationError, Typed, typed
from generator.definition.renewal import renewed
from generator.definition.shapes import Shape
from generator.definition.vocabulary import notation, tree_columns
from generator.definition.words import LEVEL
from generator.definition.yaml_text import text_of
from generator.language.declared import Model
from generator.language.figures import SchemeFigure
from generator.layout.design import load as load_design
from generator.lint.catalogue import CATALOGUE
from generator.problems import PackageError, SourceError
from generator.rules.ratio import Ratio
from generator.scheme.model import Indicator
from generator.value import Value
from generator.xlsx.package import Package
from generator.xlsx.writer import About, packed

BOOKS: dict[str, bytes] = {}


def book(name: str) -> bytes:
    """The definition workbook of a bundled scheme, made once."""
    if name not in BOOKS:
        BOOKS[name] = export(file_of(name))
    return BOOKS[name]


def found_in(grids: list[Grid]) -> dict[str, Found]:
    """Grids as they are found again in a book that nobody has touched."""
    found = {}
    for grid in grids:
        rows = []
        for number, row in enumerate(grid.rows, 3):
            cells = {c: typed(grid.notation(c, row).write(v)) if c != LEVEL else Typed(source.parse(str(v)).data) for c, v in row.items()}
            rows.append((number, cells))
        found[grid.sheet] = Found(grid.sheet, grid.sheet, {c: letters_of(n) for n, c in enumerate(grid.columns, 1)}, rows)
    return found


@pytest.mark.parametrize("name", ALL)
def test_data_survives_the_sheets(name: str) -> None:
    data = source.parse(file_of(name).text).data
    gathered = gather(found_in(spread(data)))
    assert gathered.problems == []
    assert same(gathered.data, data)
    names = [(list(node.get("figures", [])), list(node.get("inputs", []))) for node in (data, gathered.data)]
    assert names[0] == names[1]


@pytest.mark.parametrize("name", ALL)
def test_data_survives_the_text_written_anew(name: str) -> None:
    data = source.parse(file_of(name).text).data
    assert same(source.parse(text_of(data)).data, data)


SOME = [
    "panshan-2019-parks",
    "panshan-2019-towns",
    "zhengzhou-2020-tcm",
    "jiyuan-2020-digital-city-management",
    "city-county-guarantee-targets",
]


@pytest.mark.parametrize("name", ALL if "SCOREBOOK_FUZZ" in os.environ else SOME)
def test_a_scheme_survives_the_file(name: str) -> None:
    taken = take(Package(book(name), "定义.xlsx"), "x.yaml")
    assert taken.text == file_of(name).text
    assert taken.file.scheme.model_dump() == file_of(name).scheme.model_dump()
    assert [str(problem) for problem in taken.problems] == []


def test_the_same_scheme_makes_the_same_bytes() -> None:
    assert export(file_of("panshan-2019-towns")) == book("panshan-2019-towns")


def test_an_official_sees_points_rule_and_targets() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book("panshan-2019-parks")))
    tree = opened[words.TREE]
    heads = {cell.value: cell.column for cell in tree[2]}
    rows = {row[heads["编号"] - 1].value: row for row in tree.iter_rows(min_row=3)}
    assert rows["12"][heads["规则"] - 1].value == "每发生一次扣…分"
    assert rows["12"][heads["扣到几分"] - 1].value == "－"
    assert rows["12"][heads["最多"] - 1].value == 2.5
    assert rows["1"][heads["目标"] - 1].value == "见“目标”表"
    figures = opened[words.FIGURES]
    targets = [[cell.value for cell in row] for row in figures.iter_rows(min_row=3, max_row=4)]
    assert [[row[0], *row[2:]] for row in targets] == [["1", "分值", 10, 10, 10, "－"], ["1", "目标", 23.6, 7, 5, "－"]]
    assert figures["D4"].number_format == "0.00"  # 23.60 as the regulation prints it


# Notation -------------------------------------------------------------------------------------------------------------

ODD: list[tuple[str, object]] = [
    ("assessor", "1"),
    ("assessor", "true"),
    ("assessor", "－"),
    ("assessor", "[甲]"),
    ("assessor", '"引号"'),
    ("assessor", " 前后有空格 "),
    ("assessor", "一行\n又一行"),
    ("assessor", ""),
    ("id", "4.10"),
    ("at_least", "assumed"),
    ("at_most", "points"),
    ("points", ["1", "2"]),
    ("for", []),
    ("for", ["甲；乙", "丙：丁"]),
    ("for", ["甲"]),
    ("for", {"牵头": ["甲"], "一类": []}),
    ("by", "得分"),
    ("rescale", False),
    ("scheme", {"甲": "a-2020", "乙": "b-2020"}),
    ("target", "8.50%"),
    ("target", {"甲": "8%", "乙": None}),
]


@pytest.mark.parametrize(("key", "data"), ODD, ids=lambda value: str(value))
def test_whatever_may_stand_in_a_cell_reads_back(key: str, data: object) -> None:
    by = notation(key, tree_columns()[key])
    assert same(by.read(typed(by.write(data))), data)
    assert same(source.parse(flow(data)).data, data)


@pytest.mark.parametrize(
    ("key", "typed_in", "means"),
    [
        ("for", "甲镇；乙镇", ["甲镇", "乙镇"]),
        ("for", "甲镇\n乙镇;丙街", ["甲镇", "乙镇", "丙街"]),
        ("for", "牵头：甲镇；乙镇\n一类：丙街", {"牵头": ["甲镇", "乙镇"], "一类": ["丙街"]}),
        ("no_task", "平均得分", "average"),
        ("no_task", "average", "average"),
        ("may_be_none", "是", True),
        ("floor", "－", None),
        ("rule", "完成得满分，未完成按比例", "ratio"),
    ],
)
def test_what_officials_type(key: str, typed_in: Value, means: object) -> None:
    assert same(notation(key, tree_columns()[key]).read(Typed(typed_in)), means)


def test_brackets_that_do_not_close() -> None:
    with pytest.raises(NotationError, match="没有配对"):
        notation("for", tree_columns()["for"]).read(Typed("[甲镇"))


# Whatever else a file may hold ----------------------------------------------------------------------------------------

AWKWARD = """\
scheme: awkward
title: 什么都有
place: 某县
year: 2024
source: {document: 某文, remark: 还没有的键}
full_marks: 10
units: [甲, 乙]
sets: {空的: [], 一个: [甲]}
figures: {各不同: [1, 2], 比例: 8.0%}
inputs: {什么都没写: , 全空: {}}
quantities: {短: 各不同 + 1, 长: {is: 各不同 + 1}, 更长: {is: 各不同, decimals: 1}}
bands:
  只有档: [{from: 5, gives: 3}, {gives: 0}]
  有表名: {title: 表, ends: upper, bands: [{from: 5, gives: 3}, {gives: 其余}]}
  只写档: {bands: [{from: 5, gives: 3}, {gives: 0}]}
later: {还没有: [的, 键]}
indicators:
- name: 同名
  defaults: {rule: deduct, events: [{what: 迟报, each: 1}]}
  children:
  - {id: 1, name: 一, points: [5, null], events: [{what: 漏报, each: 0.50, unknown: 1}]}
- name: 同名
  figures: {甲: 1}
  defaults: {}
  periods: [上半年, 下半年]
  children:
  - {id: "2", name: "3", points: [1, 2, 3], rule: 还没有的规则, levels: [{a: 1}, {b: [2]}], how: {rule: direct}}
bonus: {name: 加分, children: [{id: 加, name: 加, rule: award, items: [甲：乙, 丙；丁], at_most: 1}]}
"""


def test_what_has_no_column_yet_is_kept() -> None:
    data = source.parse(AWKWARD).data
    gathered = gather(found_in(spread(data)))
    assert [str(problem) for problem in gathered.problems] == []
    assert same(gathered.data, data)
    assert same(source.parse(text_of(data)).data, data)


class Level(Model):
    """A part of a rule that nobody has written yet."""

    what: str
    gives: SchemeFigure | None = None


class Stairs(BaseModel):
    """Such a rule."""

    levels: list[Level]
    mode: Literal["up", "down"] = "up"
    heights: dict[str, list[SchemeFigure]] = {}


def test_a_rule_that_nobody_has_written_yet_has_its_rows_and_choices() -> None:
    kinds = fields_of(Stairs)
    levels = source.parse("[{what: 一级, gives: 2.50}, {what: 二级}]").data
    rows = Shape(kinds["levels"]).rows(levels)
    assert [sorted(row) for row in rows] == [["gives", "what"], ["what"]]
    assert same(Shape(kinds["levels"]).value(rows), levels)
    assert kinds["levels"].tabular
    assert kinds["mode"].choices == ("up", "down")
    assert notation("heights", kinds["heights"]).read(Typed("甲：1；2\n乙：3")) == {"甲": [1, 2], "乙": [3]}


# What people do to a workbook -----------------------------------------------------------------------------------------

PARKS, CREDIT = "panshan-2019-parks", "zhengzhou-2020-social-credit-districts"


def changed(name: str, change: Callable[[Workbook], object]) -> bytes:
    """A definition workbook after somebody worked on it in another program."""
    opened = openpyxl.load_workbook(io.BytesIO(book(name)))
    change(opened)
    stream = io.BytesIO()
    opened.save(stream)
    return stream.getvalue()


def taken(name: str, change: Callable[[Workbook], object]) -> Taken:
    """The scheme taken from such a workbook."""
    return take(Package(changed(name, change), "定义.xlsx"), "x.yaml")


def wrong(name: str, change: Callable[[Workbook], object]) -> list[str]:
    """What is said of it."""
    with pytest.raises(SourceError) as error:
        taken(name, change)
    return [str(problem) for problem in error.value.problems]


def at(sheet: Worksheet, row: int, heading: str) -> str:
    """The address of a cell by the heading of its column."""
    return str(next(cell.coordinate for cell in sheet[row] if sheet.cell(2, cell.column).value == heading))


def put(sheet: str, row: int, heading: str, value: object) -> Callable[[Workbook], object]:
    """An edit of one cell."""

    def change(opened: Workbook) -> None:
        opened[sheet][at(opened[sheet], row, heading)] = value

    return change


def test_points_and_targets_that_were_changed() -> None:
    def change(opened: Workbook) -> None:
        put("指标", 5, "计量单位", "万元")(opened)
        put("目标", 4, "高升经济区", 7.25)(opened)
        put("目标", 4, "新材料", "－")(opened)

    first = taken(PARKS, change).file.scheme.find("1")[1]
    assert isinstance(first, Indicator)
    assert first.measure == "万元"
    assert isinstance(first.how, Ratio)
    assert first.how.target == [None, Decimal("7.25"), Decimal("5"), None]


def test_a_percentage_typed_as_one() -> None:
    def change(opened: Workbook) -> None:
        cell = opened["分档"][at(opened["分档"], 3, "比例")]
        cell.value, cell.number_format = 0.355, "0.0%"

    scheme = taken(PARKS, change).text
    assert "{name: 好, share: 35.5%, points: 8}" in scheme


def test_a_date_typed_as_one() -> None:
    def change(opened: Workbook) -> None:
        row = next(row for row in opened["概况"].iter_rows(min_row=3) if row[0].value == "印发日期")
        row[1].value = datetime.date(2020, 1, 3)

    assert taken(PARKS, change).file.scheme.source.date == datetime.date(2020, 1, 3)


def test_a_column_that_was_not_shown() -> None:
    def change(opened: Workbook) -> None:
        tree = opened["指标"]
        free = tree.max_column + 1
        tree.cell(2, free).value, tree.cell(5, free).value = "最小值", 0
        tree.cell(2, free + 1).value, tree.cell(5, free + 1).value = "better", "越低越好"

    first = taken(PARKS, change).file.scheme.find("1")[1]
    assert isinstance(first, Indicator)
    assert isinstance(first.how, Ratio)
    assert first.how.min == 0
    assert first.how.better == "lower"


def test_an_indicator_and_its_event_that_were_added() -> None:
    def change(opened: Workbook) -> None:
        tree = opened["指标"]
        row = next(r for r in range(3, tree.max_row) if tree.cell(r, 1).value is None)
        for heading, value in {
            "层级": 1,
            "类别": "指标",
            "编号": "18",
            "指标名称": "信访",
            "分值": 0,
            "规则": "每发生一次扣…分",
            "扣到几分": "－",
        }.items():
            tree[at(tree, row, heading)] = value
        events = opened["事项"]
        row = next(r for r in range(3, events.max_row) if events.cell(r, 1).value is None)
        for heading, value in {"所属": 18, "项目": "扣分加分事项", "事项": "越级上访", "每次几分": 0.5}.items():
            events[at(events, row, heading)] = value

    new = taken(PARKS, change).file.scheme.model_dump(by_alias=True)["indicators"][-1]
    assert (new["id"], new["how"]["rule"], new["how"]["floor"]) == ("18", "deduct", None)
    assert [(event["what"], str(event["each"])) for event in new["how"]["events"]] == [("越级上访", "0.5")]


def lose_column(opened: Workbook) -> None:
    tree = opened["指标"]
    tree.delete_cols(tree[at(tree, 2, "分值")].column)


def circle(opened: Workbook) -> None:
    sheet = opened["公式"]
    row = next(r for r in range(3, sheet.max_row) if sheet[at(sheet, r, "名称")].value == "共享量名次")
    sheet[at(sheet, row, "公式")] = "共享量名次 + 1"


def many_indicators(opened: Workbook) -> None:
    tree = opened["指标"]
    places = {heading: tree[at(tree, 2, heading)].column for heading in ("层级", "类别", "编号", "指标名称", "规则")}
    for row in range(30, 10_030):
        values = {"层级": 1, "类别": "指标", "编号": f"x{row}", "指标名称": "一项", "规则": "评分"}
        for heading, value in values.items():
            tree.cell(row, places[heading]).value = value


def text_for_numbers(opened: Workbook) -> None:
    put("指标", 3, "分值", "八十分")(opened)
    put("目标", 4, "新材料", "23亿")(opened)
    put("概况", 6, "内容", "二〇一九")(opened)


BROKEN: list[tuple[str, Callable[[Workbook], object], list[str]]] = [
    (PARKS, lose_column, ["指标!A2：【错误】少了“分值”一栏"]),
    (CREDIT, circle, ["公式!D34：【错误】“共享量名次”：循环定义"]),
    (PARKS, put("指标", 17, "编号", "14"), ["指标!C20：【错误】编号“14”已经用在 指标!D17", "分档!A3：【错误】编号或名称是“14”的有 2 个"]),
    (PARKS, lambda opened: opened["指标"].merge_cells("D4:D5"), ["指标!D4:D5：【错误】这几格合并了"]),
    (PARKS, many_indicators, ["指标!A2：【错误】指标和分组有 10022 个，最多 5000 个"]),
    (
        PARKS,
        text_for_numbers,
        ["指标!E3：【错误】这里要一个数（现在是 “八十分”）", "目标!D4：【错误】这里要一个数", "概况!B6：【错误】这里要整数"],
    ),
    (PARKS, lambda opened: opened.remove(opened["事项"]), ["事项：【错误】少了“事项”这张表"]),
    (PARKS, lambda opened: opened["指标"].delete_rows(2), ["指标!A2：【错误】找不到表头"]),
    (PARKS, put("指标", 5, "层级", 4), ["指标!A5：【错误】层级从 1 跳到 4"]),
    (PARKS, put("指标", 5, "类别", "组"), ["指标!B5：【错误】没有这种类别"]),
    (PARKS, put("指标", 5, "指标名称", None), ["指标!D5：【错误】少了“指标名称”"]),
    (PARKS, put("指标", 21, "规则", "比例"), ["指标!J21：【错误】没有这种计分规则"]),
    (PARKS, put("指标", 21, "规则", None), ["指标!J21：【错误】少了计分规则"]),
    (PARKS, put("指标", 3, "分值", "=40+40"), ["指标!E3：【错误】这里是公式"]),
    (PARKS, put("指标", 3, "其他", "beter：lower"), ["指标!Z3：【错误】不认识“beter”这一项"]),
    (PARKS, put("事项", 3, "所属", "120"), ["事项!A3：【错误】没有编号或名称是“120”的指标或分组。是不是“12”"]),
    (PARKS, put("单位", 3, "单位或系数", "新材料园"), ["目标!A2：【错误】少了“新材料园”一栏", "目标!D2：【错误】没有“新材料”这个单位"]),
    (PARKS, put("指标", 8, "适用单位", "[甲"), ["指标!L8：【错误】括号或引号没有配对"]),
]


@pytest.mark.parametrize(("name", "change", "told"), BROKEN, ids=[str(number) + told[0] for number, (_, _, told) in enumerate(BROKEN)])
def test_what_was_broken_is_told_with_its_cell(name: str, change: Callable[[Workbook], object], told: list[str]) -> None:
    said = wrong(name, change)
    for words_ in told:
        assert any(line.startswith(words_) for line in said), said
    assert len(said) <= len(told) + 1, said  # nothing that merely follows from it


def test_several_faults_at_once() -> None:
    def change(opened: Workbook) -> None:
        put("指标", 3, "分值", "八十分")(opened)
        put("事项", 3, "每次几分", "半分")(opened)
        put("说明", 3, "指标", "99")(opened)

    assert [line.partition("：")[0] for line in wrong(PARKS, change)] == ["指标!E3", "事项!E3", "说明!A3"]


def test_points_that_do_not_add_up_are_a_warning() -> None:
    said = [str(problem) for problem in taken(PARKS, put("指标", 3, "分值", 75)).problems]
    assert said[0].startswith("指标!E3：【提醒】“重点指标”的分值写的是 75，下面各项加起来是 80")
    assert said[1].startswith("概况!B12：【提醒】满分写的是 100")


def test_what_a_note_settles_stands_in_words() -> None:
    name = "zhengzhou-2020-gov-integrity-municipal"
    opened = openpyxl.load_workbook(io.BytesIO(book(name)))
    shown = {cell.value for sheet in opened.worksheets for row in sheet.iter_rows() for cell in row}
    assert "不足一档怎么扣没有写" in shown
    assert not shown & set(CATALOGUE)
    said = [str(problem) for problem in taken(PARKS, put("指标", 3, "分值", 75)).problems]
    assert "“回答把关”写“分值加起来不对”" in said[0]


def test_another_reading_that_cannot_be_computed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "镇街.xlsx"
    path.write_bytes(changed("panshan-2019-towns", put("读法", 4, "改动", '{"3": {target: 多少}}')))
    assert run(["scheme", "import", str(path), "-o", str(tmp_path / "x.yaml")]) == 1
    assert "读法!G4：【错误】读法“目标为零”选“不计分”时算不了" in capsys.readouterr().out
    assert not (tmp_path / "x.yaml").exists()


def test_a_renamed_sheet_is_known_again() -> None:
    def change(opened: Workbook) -> None:
        opened["事项"].title = "扣分"

    result = taken(PARKS, change)
    assert result.text == file_of(PARKS).text
    assert [str(problem) for problem in result.problems] == ["扣分!A1：【提醒】这张表原来叫“事项”，已照“事项”读。请把名称改回“事项”"]


def test_what_stands_outside_the_table_is_not_dropped_in_silence() -> None:
    def change(opened: Workbook) -> None:
        opened.create_sheet("草稿")["A1"] = "随手写的"
        opened["指标"]["AH30"] = "随手写的"

    assert [line.partition("。")[0] for line in wrong(PARKS, change)] == [
        "草稿：【提醒】这张表不是定义簿的，没有读",
        "指标!AH30：【错误】这一栏没有表头，不知道是什么",
    ]


def test_a_workbook_of_somebody_else(blank_books: dict[str, Path]) -> None:
    with pytest.raises(PackageError, match="不是定义簿"):
        take(Package.open(blank_books[PARKS]), "x.yaml")


def deep(opened: Workbook) -> None:
    tree = opened["指标"]
    places = {heading: tree[at(tree, 2, heading)].column for heading in ("层级", "类别", "指标名称")}
    for row in range(30, 1_030):
        for heading, value in {"层级": row - 29, "类别": "分组", "指标名称": "组"}.items():
            tree.cell(row, places[heading]).value = value


def nested(opened: Workbook) -> None:
    opened["指标"][at(opened["指标"], 8, "其他")] = "{a: " * 60 + "1" + "}" * 60


def aliases(opened: Workbook) -> None:
    lines = "[&a [x, x, x, x, x, x, x, x, x, x]" + "".join(
        f", &{b} [{', '.join(['*' + a] * 10)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    opened["单位"]["C3"] = lines + "]"


def rows_without_end(opened: Workbook) -> None:
    for row in range(3, 22_000):
        opened["说明"].cell(row, 2).value = "一条"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (deep, "指标!A42：【错误】层级最多到 12"),
        (nested, "指标!Z8：【错误】括号或引号没有配对"),
        (aliases, "单位!C3：【错误】括号或引号没有配对"),
        (rows_without_end, "说明!A20003：【错误】这张表超过 20000 行"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_meant_to_break_it(change: Callable[[Workbook], object], told: str) -> None:
    said = wrong(PARKS, change)
    assert any(line.startswith(told) for line in said), said[:5]
    assert len(said) <= 201


def test_texts_of_every_kind_stay_texts() -> None:
    for text in ("=SUM(A1)", "a: b #c", "-", "- 甲", "&甲", "#N/A", "它说“好”", '"', "1e5", "0x1F", "2024-01-01", "是", "null"):
        assert same(source.parse(flow([text, {"a": text}])).data, [text, {"a": text}])
        by = notation("assessor", tree_columns()["assessor"])
        assert by.read(typed(by.write(text))) == text


def scribble(opened: Workbook, chance: random.Random) -> None:
    """A few edits such as a hurried person makes."""
    values = [
        None,
        "甲",
        "0.5",
        3,
        -1,
        "100%",
        True,
        "－",
        "[a",
        "{a: 1}",
        '"x',
        "是",
        "甲；乙",
        "甲：乙\n丙：丁",
        1e20,
        " ",
        "分组",
        "公式",
    ]
    for _ in range(chance.choice([1, 2, 4])):
        sheet = opened[chance.choice(list(words.SHEETS))]
        row, column = chance.randint(2, 40), chance.randint(1, sheet.max_column)
        match chance.randint(0, 4):
            case 0:
                sheet.delete_rows(row)
            case 1:
                sheet.insert_rows(row)
            case _:
                sheet.cell(row, column).value = chance.choice(values)


@pytest.mark.parametrize("seed", range(12))
def test_random_edits_end_in_a_scheme_or_in_cells(seed: int) -> None:
    for number in range(3):
        try:
            result = taken(CREDIT if number else PARKS, lambda opened, n=number: scribble(opened, random.Random(seed * 10 + n)))  # type: ignore[misc]
        except SourceError as error:
            for problem in error.problems:
                sheet, _, cell = problem.file.partition("!")
                assert sheet in words.SHEETS, str(problem)
                assert cell, str(problem)
        else:
            assert same(source.parse(result.text).data, source.parse(text_of(source.parse(result.text).data)).data)


# The former file, brought up to date ----------------------------------------------------------------------------------

COMMENTED = """\
# 某县的方案
scheme: tiny
title: 小考核   # 通知的标题
units: [甲, 乙]   # 两个

indicators:
# 先说增长
- name: 增长   # 一组
  children:
  - {id: 1, name: 投资, points: 5,
     target: [23.60, null]}   # 亿元
  - id: 2
    name: 税收
    events:
    - {what: 迟报, each: 0.5}   # 每次
    # 下面的很少
    - {what: 漏报, each: 1}
# 再说别的
- {id: 3, name: 评价, rule: direct}
notes:
- {at: 1, reading: 照表}
"""


def edit(path: str, value: str) -> tuple[str, str]:
    """What a test changes: a place such as ``indicators.0.name``, and the new value as YAML, nothing to strike it out."""
    return path, value


@pytest.mark.parametrize(
    ("edits", "before", "after"),
    [
        pytest.param([edit("title", "大考核")], "title: 小考核   #", "title: 大考核   #", id="text"),
        pytest.param([edit("indicators.0.children.0.target.0", "25.00")], "[23.60, null]", "[25.00, null]", id="figure"),
        pytest.param([edit("indicators.0.children.0.in", "亿元")], "[23.60, null]}", "[23.60, null], in: 亿元}", id="key on a line"),
        pytest.param([edit("indicators.0.children.0.points", "")], ", points: 5,", ",", id="no key on a line"),
        pytest.param([edit("indicators.0.points", "5")], "  children:\n", "  points: 5\n  children:\n", id="key before the children"),
        pytest.param([edit("indicators.0.children.1.events.1.each", "2")], "{what: 漏报, each: 1}", "{what: 漏报, each: 2}", id="event"),
        pytest.param([edit("indicators.0.children.1.events.1", "")], "    - {what: 漏报, each: 1}\n", "", id="no event"),
        pytest.param([edit("units.2", "丙")], "[甲, 乙]   # 两个", "[甲, 乙, 丙]   # 两个", id="unit"),
        pytest.param([edit("units.0", "")], "[甲, 乙]   # 两个", "[乙]   # 两个", id="no unit"),
        pytest.param([edit("indicators.0.children.0.target.2", "7")], "[23.60, null]}", "[23.60, null, 7]}", id="one figure more"),
        pytest.param([edit("notes.1", "{reading: 另一条}")], "照表}\n", "照表}\n- {reading: 另一条}\n", id="note"),
    ],
)
def test_only_what_changed_is_written_anew(edits: list[tuple[str, str]], before: str, after: str) -> None:
    data = source.parse(COMMENTED).data
    for path, value in edits:
        *parts, last = path.split(".")
        here = data
        for part in parts:
            here = here[int(part) if part.isdecimal() else part]
        place = int(last) if last.isdecimal() else last
        if not value:
            del here[place]
        elif place == len(here):
            here.append(source.parse(value).data)
        else:
            here[place] = source.parse(value).data
            if "children" in here:
                here["children"] = here.pop("children")
    made = renewed(COMMENTED, data)
    assert same(source.parse(made).data, data)
    assert before in COMMENTED
    assert made == COMMENTED.replace(before, after)


def test_an_edited_book_changes_the_lines_it_has_to() -> None:
    former = file_of(PARKS).text.splitlines()
    new = taken(PARKS, put("目标", 4, "高升经济区", 7.25)).text.splitlines()
    differing = [(a, b) for a, b in zip(former, new, strict=True) if a != b]
    assert [(a.replace("7.00", "7.25"), b) for a, b in differing] == [(differing[0][1], differing[0][1])]


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (["甲", "丙"], "units: [甲,   # 二\n  丙]\n"),
        (["乙", "丙"], "units: [乙,   # 二\n  丙]\n"),
        (["丙"], "units: [丙]\n"),
        (["新", "甲", "乙", "又", "丙", "末"], "units: [新, 甲, 乙, 又,   # 二\n  丙, 末]\n"),
        (["丁", "戊"], "units: [丁, 戊]\n"),
    ],
)
def test_a_list_in_brackets_keeps_its_lines(now: list[str], text: str) -> None:
    made = renewed("units: [甲, 乙,   # 二\n  丙]\n", {"units": now})
    assert source.parse(made).data == {"units": now}
    assert made == text


def test_a_former_file_in_another_style_is_written_anew() -> None:
    aliased = "scheme: &a tiny\ntitle: *a\nindicators: []\n"
    data = source.parse(aliased).data | {"title": "别的"}
    assert same(source.parse(renewed(aliased, data)).data, data)


# Beginning anew, and the commands -----------------------------------------------------------------------------------


def test_a_new_workbook_says_what_is_still_missing() -> None:
    package = Package(blank("2024年度考核", {"镇": ["甲", "乙"], "部门": ["丙"]}), "新.xlsx")
    with pytest.raises(SourceError) as error:
        take(package, "x.yaml")
    said = [str(problem) for problem in error.value.problems]
    assert "概况!B3：【错误】少了“方案编号”。请补上“方案编号”" in said
    assert any(line.startswith("指标!A2：【错误】这里") for line in said)
    assert all("!" in line.partition("：")[0] for line in said)


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, made = tmp_path / "园区.xlsx", tmp_path / "园区.yaml"
    assert run(["scheme", "export", PARKS, str(path)]) == 0
    assert run(["scheme", "import", str(path), "-o", str(made)]) == 0
    assert made.read_text(encoding="utf-8") == file_of(PARKS).text
    capsys.readouterr()
    assert run(["scheme", "import", str(path)]) == 0
    assert capsys.readouterr().out == file_of(PARKS).text


def test_remarks_are_written_into_the_workbook_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "园区.xlsx"
    path.write_bytes(changed(PARKS, put("指标", 3, "分值", "八十分")))
    before = {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in openpyxl.load_workbook(path).worksheets}
    assert run(["scheme", "import", str(path), "-o", str(tmp_path / "x.yaml")]) == 1
    assert not (tmp_path / "x.yaml").exists()
    after = {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in openpyxl.load_workbook(path).worksheets}
    remarks = after.pop(words.REMARKS)
    before.pop(words.REMARKS)
    assert after == before
    assert remarks[0][0] == "把关：共 1 条"
    assert remarks[2][:3] == ["指标!E3", "错误", "这里要一个数"]
    assert len(list(tmp_path.glob("*备份*"))) == 1
    path.write_bytes(book(PARKS))
    assert run(["scheme", "import", str(path), "-o", str(tmp_path / "x.yaml")]) == 0
    lint_said = [row for row in openpyxl.load_workbook(path)[words.REMARKS].iter_rows(min_row=3, values_only=True) if row[2]]
    assert any(row[0] == "指标!D25" and row[2].startswith("总分可以超过满分") for row in lint_said)


def test_new_command(tmp_path: Path) -> None:
    path = tmp_path / "新.xlsx"
    assert run(["scheme", "new", "--title", "2024年度考核", "--units", "镇：甲、乙", "--units", "部门：丙", "-o", str(path)]) == 0
    opened = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row][:3] for row in opened["单位"].iter_rows(min_row=3, max_row=5)]
    assert rows == [["单位", "镇", "甲"], ["单位", "镇", "乙"], ["单位", "部门", "丙"]]
    facts = {row[0].value: row[1].value for row in opened["概况"].iter_rows(min_row=3)}
    assert (facts["标题"], facts["年度"], facts["满分"]) == ("2024年度考核", 2024, 100)


# What the workbook checks by itself -----------------------------------------------------------------------------------


def test_groups_whose_parts_make_something_else_are_marked() -> None:
    data = source.parse(file_of("panshan-2019-towns").text).data
    data["indicators"][0]["points"] = source.parse("60").data  # 58 in the regulation
    opened = openpyxl.load_workbook(io.BytesIO(packed_data(data)), data_only=True)
    tree, facts = opened["指标"], opened["概况"]
    marked = [
        (tree[at(tree, r, "指标名称")].value, tree[at(tree, r, "核对")].value) for r in range(3, 60) if tree[at(tree, r, "核对")].value
    ]
    assert marked == [("个性指标·“重强抓”专项行动任务重点指标及重点任务", "分值写的是60，下面加起来是58")]
    assert [row[2].value for row in facts.iter_rows(min_row=3) if row[0].value == "满分"] == ["各项加起来是102"]


def packed_data(data: dict[str, object]) -> bytes:
    """The workbook of a scheme's data, right or wrong."""
    about = About("", "", "", "2020-01-01")
    return packed(sheets_of(spread(data), "", examples()), load_design(), words.TREE, about)


def test_every_row_says_what_it_belongs_to() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(PARKS)), data_only=True)
    assert [opened["事项"]["B3"].value, opened["目标"]["B5"].value] == ["安全生产工作", "一般公共预算收入"]
    assert opened["公式"]["B3"].value is None


@pytest.mark.parametrize("name", ALL)
def test_no_row_belongs_to_nothing(name: str) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(name)), data_only=True)
    for sheet in opened.worksheets:
        if sheet["B2"].value == "是哪一项":
            assert "没有这一项" not in {row[0] for row in sheet.iter_rows(min_row=3, min_col=2, max_col=2, values_only=True)}


@pytest.mark.parametrize("name", ALL)
def test_no_false_alarms(name: str) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(name)), data_only=True)
    tree = opened["指标"]
    column = tree[at(tree, 2, "核对")].column
    alarms = {tree.cell(row, 4).value for row in range(3, tree.max_row + 1) if tree.cell(row, column).value}
    warned = {problem.message.partition("”")[0].removeprefix("“") for problem in file_of(name).warnings if "加起来" in problem.message}
    noted = {note.at for note in file_of(name).scheme.notes if note.answers in ("sum-differs", "points-out-of-reach")}
    assert not alarms or warned or noted, alarms


@pytest.mark.parametrize("one", examples(), ids=lambda one: one.kind)
def test_every_rule_kind_has_its_sentence_and_example(one: Example) -> None:
    assert one.sentence
    assert f"规则={one.word}" in one.cells


def test_closed_choices_have_drop_downs() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(PARKS)))
    for sheet, heading, choice in (
        ("指标", "规则", "评分"),
        ("指标", "可填“无”", "是"),
        ("指标", "类别", "分组"),
        ("事项", "不得分", "否"),
    ):
        column = at(opened[sheet], 3, heading)
        rules = [rule for rule in opened[sheet].data_validations.dataValidation if column in rule.sqref]
        assert [choice in rule.formula1.strip('"').split(",") for rule in rules] == [True], heading
