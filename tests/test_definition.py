"""Schemes edited in Excel: the definition workbook.

Requirements: a scheme comes back from its workbook as it was, down to the digits of its numbers and the words of its file; the
same scheme always makes the same bytes; whatever the models allow has a place, also a key that no scheme uses yet.
"""

from __future__ import annotations

import io

import openpyxl
import pytest
from conftest import ALL, file_of

from generator import source
from generator.definition import words
from generator.definition.exchange import export, take
from generator.definition.flow import flow, same
from generator.definition.gather import gather
from generator.definition.grids import Found, Grid, letters, spread
from generator.definition.notation import NotationError, Typed, typed
from generator.definition.vocabulary import notation, tree_columns
from generator.definition.words import LEVEL
from generator.definition.yaml_text import text_of
from generator.value import Value
from generator.xlsx.package import Package

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
        found[grid.sheet] = Found(grid.sheet, grid.sheet, letters(grid), rows)
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


@pytest.mark.parametrize("name", ["panshan-2019-parks", "zhengzhou-2020-tcm", "jiyuan-2020-digital-city-management"])
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
    assert targets == [["1", "分值", 10, 10, 10, "－"], ["1", "目标", 23.6, 7, 5, "－"]]
    assert figures["C4"].number_format == "0.00"  # 23.60 as the regulation prints it


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
