"""The language of formulas.

Requirements: every function gives what is worked out by hand, at its edges too: ties, one unit alone, binary noise,
division by zero, the edges of bands, blanks that count as none and blanks that are waited for, － in sums, the first
period and periods not taken part in; only the branch that is taken is waited for; figures shared by all units and a
unit's own. The exact reading, the ``formulas`` library and LibreOffice agree on every one of them. What is wrong with a
formula is told in Chinese, with its line; what is not in the language is refused, whatever Python would make of it.
"""

from __future__ import annotations

import builtins
import contextlib
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
import tiny

from generator.fillings.cases import Filling
from generator.layout.matrix import Matrix
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Problem, SchemeFault, SourceError
from generator.scheme import load
from generator.sheets.book import compose
from generator.tree.expression import Fixed
from generator.verification import compare, libreoffice_engine
from generator.xlsx import writer

Inputs = dict[str, object]


class Row(NamedTuple):
    """A formula, what is filled in (a list by unit, or one value for all), and what it gives each of the six units."""

    formula: str
    inputs: Inputs
    gives: object
    """A list by unit, or the same for all; None: blank."""


# 三个镇、两个局、一个办：并列、分组、只有一个单位的组
UNITS = "{镇: [一镇, 二镇, 三镇], 局: [四局, 五局], 办: [六办]}"
RANKED = [5, 9, 9, 1, 5, 2]
"""Two first, two third, then a fifth and a sixth; within the groups 3 1 1, 2 1 and 1."""

PLAIN = [
    # sum: adds; blank events are none, a blank amount that is asked for is waited for
    Row("sum(甲, 乙)", {"甲": [1, 0, None, -2, 0.1, 7], "乙": [2, 0, 3, 5, 0.2, None]}, [3, 0, None, 3, 0.3, None]),
    Row("sum(次, 奖)", {"次": [2, None, None, 0, 1, 3], "奖": [1.5, None, 0.5, None, 0, 5]}, [3.5, 0, 0.5, 0, 1, 8]),
    Row("sum(次, 又次)", {"次": [2, "两次", -1, None, 1.5, None]}, [2, None, None, 0, 1.5, 0]),
    # － (a quantity of the towns only) counts for nothing in a sum, and is not waited for
    Row("sum(镇数, 乙)", {"甲": [1, 2, 3, None, None, None], "乙": [5] * 6}, [7, 9, 11, 5, 5, 5]),
    # min and max: MIN passes over an empty cell in a spreadsheet, so blank events must count as 0
    Row("min(甲, 乙, 丙)", {"甲": [1, -3, 0, 5, 2, 2], "乙": [2, -4, 0, 4, 2, 1], "丙": [3, 9, 0, 6, 2, None]}, [1, -4, 0, 4, 2, None]),
    Row("min(次, 又次)", {"次": [2, None, 4, None, 0, 3], "又次": [3, 3, 1, None, 5, None]}, [2, 0, 1, 0, 0, 0]),
    Row("max(甲, 次)", {"甲": [-2, -2, 5, 0, 1, None], "次": [None, 1, 6, None, 0, 4]}, [0, 1, 6, 0, 1, None]),
    Row("max(甲, 乙)", {"甲": [1, -3, 0, 5, 2, 2], "乙": [2, -4, 0, 4, 2, 3]}, [2, -3, 0, 5, 2, 3]),
    Row("average(甲, 乙)", {"甲": [1, -3, 0, 5, 2, None], "乙": [2, 3, 0, 4, 2, 1]}, [1.5, 0, 0, 4.5, 2, None]),
    Row("average(次, 又次)", {"次": [4, None, 1, None, 3, 2]}, [2, 0, 0.5, 0, 1.5, 1]),
    # round: half away from zero, where binary arithmetic gives 1.00, 0.28 and 2
    Row("round(甲, 2)", {"甲": [1.005, 0.285, -2.675, 0.125, 0.124, -0.001]}, [1.01, 0.29, -2.68, 0.13, 0.12, 0]),
    Row("round(甲 * 100, 0)", {"甲": [0.285, 0.025, -0.025, 0.005, 0.0049, 0]}, [29, 3, -3, 1, 0, 0]),
    # whole: 0.29 × 100 is 28.999999999999996 and 0.15 ÷ 0.05 is 2.9999999999999996 in binary
    Row("whole(甲 * 100)", {"甲": [0.29, 0.57, 0.295, 2, 0, 0.0099]}, [29, 57, 29, 200, 0, 0]),
    Row("whole(甲 / 步长)", {"甲": [0.15, 0.149, 0.3, 0.35, 0.05, -0.02]}, [3, 2, 6, 7, 1, -1]),
    # clamp: below, at the floor, within, at the cap, above; a cap below the floor gives the floor
    Row("clamp(甲, 0, 乙)", {"甲": [-1, 0, 3, 5, 6, 4], "乙": [5, 5, 5, 5, 5, -2]}, [0, 0, 3, 5, 5, 0]),
    # if and comparisons: 0.1 × 3 is 0.30000000000000004 in binary, and not above 0.3
    Row("if(甲 >= 乙, 100, 0)", {"甲": [2, 3, 4, -1, 0, None], "乙": [3, 3, 3, -2, 0, 1]}, [0, 100, 100, 100, 100, None]),
    Row("if(甲 * 三 <= 乙, 1, 0)", {"甲": [0.1, 0.1, 0.1, 0.2, 0.7, 0], "乙": [0.3, 0.29, 0.31, 0.6, 2.1, 0]}, [1, 0, 1, 1, 1, 1]),
    Row("if(甲 * 三 == 乙, 1, 0)", {"甲": [0.1, 0.1, 0.2, 0.7, 0, 1], "乙": [0.3, 0.31, 0.6, 2.1, 0, 2]}, [1, 0, 1, 1, 1, 0]),
    Row("if(甲 * 三 > 乙, 1, 0)", {"甲": [0.1, 0.11, 0.2, 0.7, 0, 1], "乙": [0.3, 0.3, 0.6, 2.1, 0, 2]}, [0, 1, 0, 0, 0, 1]),
    Row("if(甲 * 三 != 乙, 1, 0)", {"甲": [0.1, 0.11, 0.2, 0.7, 0, 1], "乙": [0.3, 0.3, 0.6, 2.1, 0, 2]}, [0, 1, 0, 0, 0, 1]),
    Row("if(甲 * 三 < 乙, 1, 0)", {"甲": [0.1, 0.1, 0.2, 0.7, 0, 1], "乙": [0.3, 0.31, 0.6, 2.1, 0, 2]}, [0, 1, 0, 0, 0, 0]),
    Row("if(0 < 甲 <= 乙, 1, 2)", {"甲": [0, 1, 2, 3, -1, 2], "乙": [2] * 6}, [2, 1, 1, 2, 2, 1]),
    Row("if(甲 > 0 and 乙 > 0, 1, 0)", {"甲": [1, 1, 0, 0, 2, 2], "乙": [1, 0, 1, 0, 2, None]}, [1, 0, 0, 0, 1, None]),
    Row("if(甲 > 0 or 乙 > 0, 1, 0)", {"甲": [1, 1, 0, 0, 2, 2], "乙": [1, 0, 1, 0, 2, None]}, [1, 1, 1, 0, 1, None]),
    Row("if(not 甲 > 0, 1, 0)", {"甲": [1, 0, -1, 2, 0, None]}, [0, 1, 1, 0, 1, None]),
    Row('if(评 == "好", 100, 0)', {"评": ["好", "中", "差", "好", None, "优"]}, [100, 0, 0, 100, None, None]),
    Row('if(评 != "好", 1, 2)', {"评": ["好", "中", "差", "好", None, "优"]}, [2, 1, 1, 2, None, None]),
    # only the branch that is taken is waited for; what both need, always
    Row(
        'if(问一 == "是", 甲, 乙)',
        {"问一": ["是", "是", "否", "否", None, "对"], "甲": [5, None, None, 5, 5, 5], "乙": [None, 3, 3, None, 3, 3]},
        [5, None, 3, None, None, None],
    ),
    Row(
        'if(问一 == "是", 甲 + 丙, 丙)',
        {"问一": ["是", "否", "否", "是", "是", "否"], "甲": [5, None, None, 5, None, 1], "丙": [1, 1, None, None, 1, 2]},
        [6, 1, None, None, None, 2],
    ),
    Row(
        'if(问一 == "是", if(甲 > 0, 乙, 0), 丙)',
        {
            "问一": ["是", "是", "是", "否", "否", None],
            "甲": [1, 0, 1, None, 1, 1],
            "乙": [7, None, None, None, 7, 7],
            "丙": [None] * 4 + [9, 9],
        },
        [7, 0, None, None, 9, None],
    ),
    # divide: by nothing what the regulation says; a plain quotient is blank then
    Row("divide(甲, 乙, if_zero=0)", {"甲": [1, 1, 0, 0, -3, 1], "乙": [4, 0, 0, 5, 2, None]}, [0.25, 0, 0, 0, -1.5, None]),
    Row("divide(甲, 乙, if_zero=100)", {"甲": [1, 1, 0, 3, -3, None], "乙": [4, 0, 0, 0, 2, 0]}, [0.25, 100, 100, 100, -1.5, 100]),
    Row(
        "divide(甲, 乙, if_zero=丙)",
        {"甲": [1, 1, 0, 3, -3, 1], "乙": [4, 0, 0, 0, 2, 5], "丙": [None, 8, None, 9, None, None]},
        [0.25, 8, None, 9, -1.5, 0.2],
    ),
    Row(
        "divide(甲, 乙 * 三 - 丙, if_zero=2)",
        {"甲": [1, 1, 1, 1, 1, 1], "乙": [0.1, 0.2, 0.7, 1, 0, 0.1], "丙": [0.3, 0.6, 2.1, 2, 0, 0.2]},
        [2, 2, 2, 1, 2, 10],
    ),
    Row("甲 / 乙", {"甲": [1, 1, 0, 9, -3, 1], "乙": [4, 0, 0, 3, 2, None]}, [0.25, None, None, 3, -1.5, None]),
    Row("甲 / (乙 - 2)", {"甲": [1, 1, 0, 9, -3, 1], "乙": [4, 2, 2, 5, 0, None]}, [0.5, None, None, 3, 1.5, None]),
    Row(
        "甲 / (乙 * 三 - 丙)",
        {"甲": [1, 1, 1, 1, 1, 1], "乙": [0.1, 0.2, 0.7, 1, 0, 0.1], "丙": [0.3, 0.6, 2.1, 2, 0, 0.2]},
        [None, None, None, 1, None, 10],
    ),
    # how operators bind
    Row("甲 - (乙 - 丙)", {"甲": [9] * 6, "乙": [5, 2, 0, -1, 5, 5], "丙": [3, 3, 3, 3, 5, None]}, [7, 10, 12, 13, 9, None]),
    Row("甲 - 乙 - 丙", {"甲": [9] * 6, "乙": [5, 2, 0, -1, 5, 5], "丙": [3, 3, 3, 3, 5, 0]}, [1, 4, 6, 7, -1, 4]),
    Row("甲 / (乙 * 丙)", {"甲": [12] * 6, "乙": [2, 3, 4, 1, 6, 12], "丙": [3, 2, 1, 1, 1, 0.5]}, [2, 2, 3, 12, 2, 2]),
    Row("-甲 + 乙 * 2", {"甲": [1, 2, 3, -4, 0, 0.5], "乙": [1, 1, 1, 1, 0, 0.25]}, [1, 0, -1, 6, 0, 0]),
    Row("甲 * 100% - 1", {"甲": [1, 2, 3, -4, 0, 0.5]}, [0, 1, 2, -5, -1, -0.5]),
    # count: every question must be answered
    Row(
        'count("是", 问一, 问二, 问三)',
        {
            "问一": ["是", "是", "否", "否", "是", "是"],
            "问二": ["是", "否", "否", "是", "是", "对"],
            "问三": ["是", "否", "否", "否", None, "是"],
        },
        [3, 1, 0, 1, None, None],
    ),
    Row('count("中", 评)', {"评": ["好", "中", "差", "中", None, "中"]}, [0, 1, 0, 1, None, 1]),
    # band: an edge belongs to the band above it (from), or below it (up_to)
    Row("band(甲, 下限档)", {"甲": [90, 89.99, 60, 59.99, -5, 1000]}, [3, 2, 2, 0, 0, 3]),
    Row("band(甲, 上限档)", {"甲": [90, 90.01, 60, 60.01, -5, 1000]}, [2, 3, 0, 2, 0, 3]),
    Row("band(甲 * 三, 细下限档)", {"甲": [0.1, 0.0999, 0.2, 0.7, 0, None]}, [1, 0, 2, 3, 0, None]),
    Row("band(甲 * 三, 细上限档)", {"甲": [0.1, 0.1001, 0.2, 0.7, 0, None]}, [0, 1, 1, 2, 0, None]),
    Row("band(甲, 评语档)", {"甲": [90, 89, 0, -1, 60, None]}, ["优", "良", "差", "差", "良", None]),
    # rank: ties share the better place
    Row("rank(甲)", {"甲": RANKED}, [3, 1, 1, 6, 3, 5]),
    Row("rank(甲, order=升)", {"甲": RANKED}, [3, 5, 5, 1, 3, 2]),
    Row("rank(甲, within=组)", {"甲": RANKED}, [3, 1, 1, 2, 1, 1]),
    Row("rank(甲, order=升, within=组)", {"甲": RANKED}, [1, 2, 2, 1, 2, 1]),
    Row("rank(甲, within=全部)", {"甲": [0] * 6}, 1),
    Row("rank(甲)", {"甲": [5, 9, None, 1, 5, 2]}, None),  # until everybody is there, nobody has a place
    Row("rank(甲, within=组)", {"甲": [5, 9, None, 1, 5, 2]}, [None, None, None, 2, 1, 1]),
    Row("rank(积)", {"甲": [0.1, 0.3, 0.2, 0.3, 1, 0], "乙": [3, 1, 1.5, 1, 0, 9]}, [1, 1, 1, 1, 5, 5]),  # 0.1×3 = 0.3×1 = 0.2×1.5
    Row("rank(镇数)", {"甲": [1, 3, 3, None, None, None]}, [3, 1, 1, None, None, None]),  # － has no place and takes none
    # descending: the first 100, the last 70, the same step between; ties alike; one alone is first
    Row("descending(甲位, first=100, last=70)", {"甲": [5, 9, 8, 1, 4, 2]}, [88, 100, 94, 70, 82, 76]),
    Row("descending(甲位, first=100, last=70)", {"甲": RANKED}, [88, 100, 100, 70, 88, 76]),
    Row("descending(甲位, first=100, last=70)", {"甲": [5, 5, 5, 5, 1, 1]}, [100, 100, 100, 100, 76, 76]),
    Row("descending(组内位, first=100, last=70, within=组)", {"甲": RANKED}, [70, 100, 100, 70, 100, 100]),
    Row("descending(组内位, first=100, last=70, within=组)", {"甲": [3, 2, 1, 4, 4, 9]}, [100, 85, 70, 100, 100, 100]),
    Row("descending(甲位, first=三, last=步长)", {"甲": [6, 5, 4, 3, 2, 1]}, [3, 2.41, 1.82, 1.23, 0.64, 0.05]),
    # over_units: blank is waited for, － is passed over
    Row("over_units(sum, 甲)", {"甲": RANKED}, 31),
    Row("over_units(max, 甲)", {"甲": [-5, -9, -9, -1, -5, -2]}, -1),
    Row("over_units(min, 甲)", {"甲": RANKED}, 1),
    Row("over_units(average, 甲)", {"甲": [1, 2, 3, 4, 5, 9]}, 4),
    Row("over_units(count, 甲)", {"甲": RANKED}, 6),
    Row("over_units(sum, 甲)", {"甲": [5, 9, None, 1, 5, 2]}, None),
    Row("over_units(sum, 甲, within=组)", {"甲": RANKED}, [23, 23, 23, 6, 6, 2]),
    Row("over_units(average, 甲, within=组)", {"甲": [1, 2, 6, 3, 4, 7]}, [3, 3, 3, 3.5, 3.5, 7]),
    Row("over_units(max, 甲, within=组)", {"甲": [1, 2, 6, None, 4, 7]}, [6, 6, 6, None, None, 7]),
    Row("over_units(count, 镇数)", {"甲": [1, 2, 6, None, None, None]}, 3),
    Row("over_units(average, 镇数)", {"甲": [1, 2, 6, None, None, None]}, 6),  # (2 + 4 + 12) ÷ 3
    Row("甲 / 最大甲", {"甲": [5, 10, 0, 2, 4, 1]}, [0.5, 1, 0, 0.2, 0.4, 0.1]),
    Row("甲 / 最大甲", {"甲": [0] * 6}, None),
    # of_unit
    Row('of_unit("二镇", 甲)', {"甲": RANKED}, 9),
    Row('of_unit("二镇", 甲)', {"甲": [1, None, 1, 1, 1, 1]}, None),
    Row('甲 / of_unit("六办", 甲)', {"甲": [4, 3, 0, 1, 2, 2]}, [2, 1.5, 0, 0.5, 1, 1]),
    Row('of_unit("四局", 镇数)', {"甲": [1, 2, 6, None, None, None]}, None),
    # one figure for the whole scheme; a figure of each unit's own; a name that is no name in a formula
    Row("甲 / 总数", {"甲": [5, 0, 10, 1, 2, 3], "总数": 10}, [0.5, 0, 1, 0.1, 0.2, 0.3]),
    Row("甲 / 总数", {"甲": [5, 0, 10, 1, 2, 3]}, None),
    Row("甲 / 总数", {"甲": [5, 0, 10, 1, 2, 3], "总数": 0}, None),
    Row("总数 * 2 + 三", {"总数": 10}, 23),
    Row("甲 * 各自", {"甲": [2] * 6}, [2, 4, 6, 8, 10, 12]),
    Row('value("12345件（%）") + 1', {"12345件（%）": [0, 1, 2, 3, 4, None]}, [1, 2, 3, 4, 5, None]),
    Row('value("甲") + 甲', {"甲": [1, 2, 3, 4, 5, 6]}, [2, 4, 6, 8, 10, 12]),
    # scores: of an indicator, of a group, of all of them
    Row('score("1")', {"1/评分": [5, 0, 10, None, 11, 7.5]}, [5, 0, 10, None, None, 7.5]),
    Row('score("1") * 2', {"1/评分": [5, 0, 10, None, 11, 7.5]}, [10, 0, 20, None, None, 15]),
    # how it is written makes no difference
    Row("（甲＋乙）×2－丙÷2", {"甲": [1, 2, 3, 4, 5, 6], "乙": [1] * 6, "丙": [2, 4, 6, 8, 10, 12]}, [3, 4, 5, 6, 7, 8]),
    Row("if （甲＞乙，1，0）".replace("＞", ">"), {"甲": [1, 2, 3, 4, 5, 6], "乙": [3] * 6}, [0, 0, 0, 1, 1, 1]),
    Row("if(评 == “好”, 1, 0)", {"评": ["好", "中", "差", "好", "好", "中"]}, [1, 0, 0, 1, 1, 0]),
    Row("if(甲 >= 0,\n  甲,\n  0)".replace("\n", " "), {"甲": [1, -2, 3, -4, 5, -6]}, [1, 0, 3, 0, 5, 0]),
]

HEAD = f"""\
scheme: language
title: 语言
place: 某县
year: 2024
source: {{document: 某文}}
full_marks: null
units: {UNITS}
inputs:
  甲: {{low: null}}
  乙: {{low: null}}
  丙: {{low: null}}
  次: {{ask: events}}
  又次: {{ask: events}}
  奖: {{ask: amount, high: 5}}
  问一: {{ask: yes_no}}
  问二: {{ask: yes_no}}
  问三: {{ask: yes_no}}
  评: {{ask: choice, options: [好, 中, 差]}}
  总数: {{ask: count, for: "*"}}
  12345件（%）:
figures: {{步长: 0.05, 三: 3, 各自: [1, 2, 3, 4, 5, 6]}}
bands:
  下限档: [{{from: 90, gives: 3}}, {{from: 60, gives: 2}}, {{gives: 0}}]
  上限档: [{{up_to: 60, gives: 0}}, {{up_to: 90, gives: 2}}, {{gives: 3}}]
  细下限档: [{{from: 2.1, gives: 3}}, {{from: 0.6, gives: 2}}, {{from: 0.3, gives: 1}}, {{gives: 0}}]
  细上限档: [{{up_to: 0.3, gives: 0}}, {{up_to: 0.6, gives: 1}}, {{up_to: 2.1, gives: 2}}, {{gives: 3}}]
  评语档: [{{from: 90, gives: 优}}, {{from: 60, gives: 良}}, {{gives: 差}}]
indicators:
- {{id: 1, name: 评价, points: 10, rule: direct}}
quantities:
  镇数: {{is: 甲 * 2, for: [镇]}}
  积: 甲 * 乙
  最大甲: over_units(max, 甲)
  甲位: rank(甲)
  组内位: rank(甲, within=组)
"""
FORMULAS = list(dict.fromkeys(row.formula for row in PLAIN))
TEXT = HEAD + "".join(f"  式{i}: {formula!r}\n" for i, formula in enumerate(FORMULAS))


def keyed(made: Plan, inputs: Inputs) -> Inputs:
    """Inputs by line key, for as many units as there are."""
    found: Inputs = {}
    for name, given in inputs.items():
        key = name if name in made.lines else f"{name}/数"
        found[key] = given
    return found


@pytest.fixture(scope="module")
def made() -> Plan:
    return make_plan(load.loads(TEXT, "language.yaml").scheme)


@pytest.mark.parametrize("row", PLAIN, ids=[f"{i}: {row.formula}" for i, row in enumerate(PLAIN)])
def test_what_a_formula_gives(made: Plan, row: Row) -> None:
    key = f"式{FORMULAS.index(row.formula)}/算"
    wanted = row.gives if isinstance(row.gives, list) else [row.gives] * 6
    assert tiny.numbers(made, keyed(made, row.inputs), key) == wanted
    if not made.lines[key].shared:  # and it can be told in words
        book = tiny.evaluate(made, keyed(made, row.inputs))
        assert all(str(book.explain(key, unit)) for unit in range(6) if wanted[unit] is not None)


def engines_agree(made: Plan, text: str, fillings: list[Inputs], monkeypatch: pytest.MonkeyPatch) -> compare.Report:
    """All three engines on the same workbook, for every formula under every filling."""
    listed = [Filling(f"第{i}份", tiny.typed(keyed(made, inputs)), {}) for i, inputs in enumerate(fillings, 1)]
    monkeypatch.setattr(compare, "fillings_of", lambda *_: listed)
    monkeypatch.setattr(compare, "LISTED", 2)
    report = compare.verify(load.loads(text, "language.yaml"))
    assert [str(d) for d in report.disagreements[:10]] == []
    assert report.fillings == len(fillings)
    return report


def test_the_engines_agree_on_every_formula(made: Plan, soffice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fillings = list({repr(row.inputs): row.inputs for row in PLAIN}.values())
    report = engines_agree(made, TEXT, fillings, monkeypatch)
    computed = sum(1 if line.shared else 6 for line in made.lines.values() if line.key.startswith("式"))
    assert report.cells["LibreOffice"] > computed * len(fillings)
    assert report.cells["formulas"] > computed * len(fillings)


# Periods, roles and scores ------------------------------------------------------------------------------------------------

YEAR = """\
scheme: year
title: 全年
place: 某县
year: 2024
source: {document: 某文}
full_marks: null
units: [甲局, 乙局, 丙局, 丁局]
roles: {牵头: 1, 一类: 0.8, 二类: 0.6}
figures: {牵头加: 2}
indicators:
- id: 月度
  name: 月考核
  points: 100
  periods: [1月, 2月, 3月]
  fold: participated
  only_if: 参加
  inputs: {参加: {ask: yes_no}, 件数: {ask: count}, 满意率: {in: "%", high: 1}}
  period_figures: {计划: [20, 25, 30]}
  quantities:
    上期件数: previous(件数, first=计划)
    比上期: 件数 - previous(件数, first=件数)
    计件: if(参加 == "是", 件数, 0)
    以前件数: before(计件)
    累计件数: 以前件数 + 计件
    件数之前: before(件数)
    满意率降低: {is: "max(0, previous(满意率, first=满意率) - 满意率)", in: "%"}
    计次: if(参加 == "是", 1, 0)
  children:
  - {id: 完成, name: 完成计划, points: 100, rule: formula, score: 件数 / 计划 * 分值}
- id: 季度
  name: 季考核
  periods: [一季, 二季]
  inputs: {积压: {ask: count}, 办结: {ask: count}}
  quantities: {季余: "max(0, 以前积压 + 积压 - 办结)", 以前积压: "previous(季余, first=0)"}
  children:
  - {id: 积压率, name: 积压, points: 10, rule: formula, score: "if(季余 > 0, 0, 分值)"}
- name: 任务
  children:
  - {id: 1, name: 第一项, points: 10, for: {牵头: [甲局], 一类: [乙局], 二类: [丙局]}, rule: direct}
  - {id: 2, name: 第二项, points: 20, for: {牵头: [乙局], 一类: [甲局, 丙局]}, rule: formula, inputs: {比例: {in: "%", high: 1}},
     score: "of_role(\\"牵头\\", 分值, 比例 * 分值)"}
  - {id: 3, name: 第三项, points: 5, for: {牵头: [甲局], 二类: [丁局]}, rule: formula, inputs: {点数: {ask: count}},
     score: "分值 * 系数 - 点数 * of_role(\\"牵头\\", 0, 1)", at_most: null}
  - {id: 4, name: 扣分项, points: 5, rule: deduct, for: {牵头: [甲局, 乙局, 丙局, 丁局]}, events: [{what: 迟报, each: 1}]}
  quantities: {任务实得: sum(得分), 任务应得: sum(应得分), 任务率: {is: "divide(任务实得, 任务应得, if_zero=0)", in: "%", decimals: 4}}
quantities:
  参加次数: over_periods(sum, 计次)
  全年件数: over_periods(sum, 计件)
  全季积压: over_periods(sum, 积压)
  最多积压: over_periods(max, 积压)
  最少积压: over_periods(min, 积压)
  平均积压: over_periods(average, 积压)
  积压期数: over_periods(count, 积压)
  全部应得: sum(分值 * 系数)
  迟报次数: 迟报 * 2
  任务得分加: score("任务") + 牵头加
  季分: score("季度")
score: score("任务")
"""


@pytest.fixture(scope="module")
def year() -> Plan:
    return make_plan(load.loads(YEAR, "year.yaml").scheme)


MONTHS: Inputs = {
    # 甲局 takes part in all months, 乙局 not in February, 丙局 not in January, 丁局 never
    "参加@1月/数": ["是", "是", "否", "否"],
    "参加@2月/数": ["是", "否", "是", "否"],
    "参加@3月/数": ["是", "是", "是", "否"],
    "件数@1月/数": [10, 16, None, None],
    "件数@2月/数": [20, None, 5, None],
    "件数@3月/数": [30, 12, 9, None],
    "满意率@1月/数": [0.9, 0.8, None, None],
    "满意率@2月/数": [0.85, None, 0.7, None],
    "满意率@3月/数": [0.95, 0.7, 0.6, None],
}


@pytest.mark.parametrize(
    ("key", "gives"),
    [
        # the first period has nothing before it; nor has one after a period not taken part in
        ("上期件数@1月/算", [20, 20, 20, 20]),
        ("上期件数@2月/算", [10, 16, 25, 25]),
        ("上期件数@3月/算", [20, 30, 5, 30]),
        ("比上期@1月/算", [0, 0, None, None]),
        ("比上期@2月/算", [10, None, 0, None]),
        ("比上期@3月/算", [10, 0, 4, None]),
        ("满意率降低@2月/算", [0.05, None, 0, None]),
        ("满意率降低@3月/算", [0, 0, 0.1, None]),
        # before: nothing in the first period, then what came before
        ("以前件数@1月/算", [0, 0, 0, 0]),
        ("以前件数@2月/算", [10, 16, 0, 0]),
        ("以前件数@3月/算", [30, 16, 5, 0]),
        ("累计件数@3月/算", [60, 28, 14, 0]),
        ("件数之前@2月/算", [10, 16, None, None]),  # an input that nobody fills in is waited for: 计件 makes it 0
        ("全年件数/算", [60, 28, 14, 0]),
        # 10 ÷ 20, 20 ÷ 25, 30 ÷ 30 of a hundred; 80 and 40; 20 and 30; only months taken part in are averaged
        ("完成@1月/得分", [50, 80, "－", "－"]),
        ("完成@2月/得分", [80, "－", 20, "－"]),
        ("完成@3月/得分", [100, 40, 30, "－"]),
        ("月度/小计", [76.67, 60, 25, "－"]),
        ("参加次数/算", [3, 2, 2, 0]),
    ],
)
def test_periods(year: Plan, key: str, gives: list[object]) -> None:
    assert tiny.numbers(year, MONTHS, key) == gives


def test_before_and_over_periods_wait_for_every_period_that_is_wanted(year: Plan) -> None:
    blank = {**MONTHS, "件数@1月/数": [None, 16, None, None]}
    assert tiny.numbers(year, blank, "以前件数@2月/算") == [None, 16, 0, 0]
    assert tiny.numbers(year, blank, "全年件数/算") == [None, 28, 14, 0]


QUARTERS: Inputs = {
    "积压@一季/数": [5, 0, 3, None],
    "办结@一季/数": [2, 4, 3, 0],
    "积压@二季/数": [1, 2, 0, 1],
    "办结@二季/数": [4, 1, 1, 1],
}


@pytest.mark.parametrize(
    ("key", "gives"),
    [
        # what is left is carried into the next quarter: 5 − 2 = 3, 3 + 1 − 4 = 0; 0, 0 + 2 − 1 = 1
        ("季余@一季/算", [3, 0, 0, None]),
        ("以前积压@二季/算", [3, 0, 0, None]),
        ("季余@二季/算", [0, 1, 0, None]),
        ("全季积压/算", [6, 2, 3, None]),
        ("最多积压/算", [5, 2, 3, None]),
        ("最少积压/算", [1, 0, 0, None]),
        ("平均积压/算", [3, 1, 1.5, None]),
        ("积压期数/算", [2, 2, 2, None]),
        ("积压率@一季/得分", [0, 10, 10, None]),
        ("季分/算", [5, 5, 10, None]),
    ],
)
def test_carried_over_and_over_periods(year: Plan, key: str, gives: list[object]) -> None:
    assert tiny.numbers(year, QUARTERS, key) == gives


TASKS: Inputs = {"1/评分": [9, 8, 5, None], "2/比例": [0.5, None, 1, None], "3/点数": [2, None, None, 1], "4/迟报": [1, None, 6, None]}


@pytest.mark.parametrize(
    ("key", "gives"),
    [
        ("1/得分", [9, 6.4, 3, "－"]),  # 9 × 1, 8 × 0.8, 5 × 0.6
        ("2/得分", [8, 20, 16, "－"]),  # 0.5 × 20 × 0.8; who leads gets the points whatever 比例 says; 1 × 20 × 0.8
        ("3/得分", [5, "－", "－", 2]),  # 5 × 1 − 2 × 0; 5 × 0.6 − 1 × 1: the coefficient is in the formula
        ("1/应得分", [10, 8, 6, "－"]),
        ("任务应得/算", [36, 33, 27, 8]),  # 10 + 16 + 5 + 5; 8 + 20 + 5; 6 + 16 + 5; 3 + 5
        ("任务实得/算", [26, 31.4, 19, 7]),  # 9 + 8 + 5 + 4; 6.4 + 20 + 5; 3 + 16 + 0; 2 + 5
        ("任务率/算", [0.7222, 0.9515, 0.7037, 0.875]),  # 26 ÷ 36, 31.4 ÷ 33, 19 ÷ 27, 7 ÷ 8
        ("任务得分加/算", [28, 33.4, 21, 9]),
        ("迟报次数/算", [2, 0, 12, 0]),  # an event by its name; blank is none
    ],
)
def test_roles_and_sums_of_scores(year: Plan, key: str, gives: list[object]) -> None:
    assert tiny.numbers(year, TASKS, key) == gives


def test_what_all_indicators_are_worth_to_a_unit(year: Plan) -> None:
    """100 a month taken part in, 10 a quarter, and the tasks: 300 + 20 + 36, 200 + 20 + 33, 200 + 20 + 27, 0 + 20 + 8."""
    quarters = {key: [v or 0 for v in row] for key, row in QUARTERS.items() if isinstance(row, list)}
    assert tiny.numbers(year, MONTHS | quarters | TASKS, "全部应得/算") == [356, 253, 247, 28]


def test_the_engines_agree_on_periods_roles_and_scores(year: Plan, soffice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    half: dict[str, object] = {
        key: [v if u % 2 else None for u, v in enumerate(row)] for key, row in (MONTHS | QUARTERS | TASKS).items() if isinstance(row, list)
    }
    engines_agree(year, YEAR, [{}, MONTHS, QUARTERS, TASKS, MONTHS | QUARTERS | TASKS, half], monkeypatch)


def test_percentages_and_decimals_are_shown_as_such() -> None:
    book = compose(load.loads(YEAR, "year.yaml"))
    grid = book.layout.grids[0]
    assert isinstance(grid, Matrix)
    cells = next(s for s in book.sheets if s.name == grid.sheet).cells

    def shown(key: str) -> str:
        return cells[grid.rows[key], grid.unit_columns[0]].format

    assert shown("任务率/算") == "0.00%"
    assert shown("满意率降低@2月/算").endswith("%")
    assert shown("满意率@1月/数").endswith("%")
    assert shown("1/得分") == "0.00"


# What is wrong with a formula -----------------------------------------------------------------------------------------------


def fault(tmp_path: Path, formula: str, declared: str = "") -> Problem:
    """What a user is told of a formula; its line must be the one it stands on."""
    extra = f"inputs: {{完成数: {{}}, 合格数: {{}}, 评价: {{ask: choice, options: [好, 差]}}, 总数: {{for: '*'}}}}\n{declared}"
    text = tiny.text(
        f"- {{id: 1, name: 投资, points: 10, rule: direct}}\n- {{id: 9, name: 算, points: 1, rule: formula, score: {formula!r}}}",
        extra=extra,
    )
    found = tiny.problem_in(tmp_path, text)
    assert found.line is not None
    assert "算, points: 1" in text.splitlines()[found.line - 1], found
    assert re.search("[一-鿿]", found.message)
    assert "Traceback" not in str(found)
    return found


@pytest.mark.parametrize(
    ("formula", "message", "remedy"),
    [
        # names
        ("完成率 * 2", "“完成率”没有定义", "完成数"),
        ("完成数 * 系教", "“系教”没有定义", "系数"),
        ("value('没有的量')", "“没有的量”没有定义", ""),
        ("score('1.1')", "没有编号为“1.1”的指标或分组", ""),
        ("score('l')", "没有编号为“l”的指标或分组", ""),
        ("of_unit('戊', 完成数)", "没有“戊”这个被考核单位", "units"),
        ("band(完成数, 完成档)", "没有叫“完成档”的分档表", "bands"),
        # functions
        ("suma(完成数, 合格数)", "没有“suma”这个函数", "sum"),
        ("平均(完成数, 合格数)", "没有“平均”这个函数", "average"),
        ("eval(完成数)", "没有“eval”这个函数", "可用的有"),
        ("round(完成数)", "函数 round 的写法不对", "round(甲, 2)"),
        ("round(完成数, 1.5)", "小数位数", ""),
        ("round(完成数, 合格数)", "小数位数", ""),
        ("clamp(完成数, 0)", "函数 clamp 的写法不对", "clamp(甲, 0, 分值)"),
        ("divide(完成数, 合格数)", "函数 divide 的写法不对", "if_zero=0"),
        ("divide(完成数, 合格数, zero=0)", "函数 divide 的写法不对", "if_zero=0"),
        ("if(完成数 > 0, 1)", "函数 if 的写法不对", "if(甲 >= 乙, 分值, 0)"),
        ("rank(完成数 * 2)", "这里要一个量的名称", "quantities"),
        ("rank(完成数, within=区)", "没有“区”这种范围", "within=组"),
        ("over_units(median, 完成数)", "没有“median”这种汇总方式", "average"),
        ("over_units(sum, 总数)", "各单位是同一个数", ""),
        ("over_periods(sum, 完成数)", "不是按月（季）各有一个的量", "periods"),
        ("previous(完成数, first=0)", "不是按月（季）各有一个的量", "periods"),
        ("before(完成数)", "不是按月（季）各有一个的量", "periods"),
        ("sum(应得分)", "没有应得分可以合计", "roles"),
        # numbers
        ("完成数 * 3", "直接写了数 3", "figures"),
        ("完成数 * 0.5", "直接写了数 0.5", "figures"),
        ("完成数 * 15%", "直接写了数 0.15", "figures"),
        ("完成数 / 0", "除以 0", ""),
        # what is not in the language
        ("完成数 +", "公式写得不对", "括号"),
        ("(完成数 + 合格数", "公式写得不对", "括号"),
        ("完成数 ! 合格数", "公式写得不对", ""),
        ("完成数 合格数", "公式写得不对", ""),
        ("'没有收尾", "公式写得不对", ""),
        ("", "公式写得不对", ""),
        ("完成数.real", "公式里不能写", "可用的有"),
        ("完成数.__class__.__mro__", "公式里不能写", ""),
        ("().__class__", "公式里不能写", ""),
        ("(lambda: 1)()", "公式里不能写", ""),
        ("[完成数 for 完成数 in (1, 2)]", "公式里不能写", ""),
        ("{完成数: 1}", "公式里不能写", ""),
        ("完成数[0]", "公式里不能写", ""),
        ("完成数 ** 2", "公式里不能写", ""),
        ("完成数 // 2", "公式里不能写", ""),
        ("完成数 @ 2", "公式里不能写", ""),
        ("完成数 & 1", "公式里不能写", ""),
        ("~完成数", "公式里不能写", ""),
        ("1 if 完成数 else 0", "公式里不能写", ""),
        ("True", "公式里不能写", ""),
        ("None", "公式里不能写", ""),
        ("...", "公式里不能写", ""),
        ("1j", "公式里不能写", ""),
        ("b'1'", "公式里不能写", ""),
        ("f'{完成数}'", "公式里不能写", ""),
        ("(完成数 := 1)", "公式里不能写", ""),
        ("sum(*完成数)", "公式里不能写", ""),
        ("完成数 is 合格数", "不认识的比较号", "=="),
        ("完成数 in 合格数", "不认识的比较号", "=="),
        ("__import__('os').system('true')", "公式里不能写", ""),
        ("__import__('os')", "没有“__import__”这个函数", ""),
        ("open('/etc/passwd')", "没有“open”这个函数", ""),
        ("import os", "公式写得不对", ""),
        ("完成数 = 1", "公式写得不对", ""),
        ("完成数; 合格数", "公式写得不对", ""),
        ("完成数" + " + 完成数" * 200, "公式太长", "拆成"),
        ("(" * 590, "公式写得不对", ""),
    ],
)
def test_what_is_wrong_with_a_formula_is_told(tmp_path: Path, formula: str, message: str, remedy: str) -> None:
    found = fault(tmp_path, formula)
    assert message in found.message
    assert remedy in found.remedy


SCORE = "- {id: 1, name: 投资, points: 10, rule: direct}"


@pytest.mark.parametrize("text", ["-" * 590 + "甲量", "0" + "+甲量" * 190, "if(甲量 > 0, " * 45 + "1" + ", 0)" * 45])
def test_a_formula_that_goes_too_deep_is_told(tmp_path: Path, text: str) -> None:
    found = tiny.problem(tmp_path, SCORE, extra=f"inputs: {{甲量: {{}}}}\nquantities: {{得: '{text}'}}")
    assert re.search("公式(写得不对|套得太深|太长)", found.message)


@pytest.mark.parametrize(
    ("text", "gives"), [("0" + "+甲量" * 75, 75), ("(" * 150 + "甲量" + ")" * 150, 1), ("sum(0" + ", 甲量" * 140 + ")", 140)]
)
def test_a_formula_as_long_as_may_be_is_worked_out(tmp_path: Path, text: str, gives: float) -> None:
    extra = f"inputs: {{甲量: {{}}}}\nquantities: {{得: '{text}'}}"
    made = tiny.plan(SCORE, extra=extra)
    assert tiny.numbers(made, {"甲量/数": [1, 1, 1]}, "得/算") == [gives] * 3
    if gives == 140:  # its words would need a row higher than Excel has
        with pytest.raises(SourceError, match="409"):
            compose(tiny.load(SCORE, extra=extra))
    else:
        compose(tiny.load(SCORE, extra=extra))


def test_long_chains_are_worked_out_whichever_end_is_asked_for() -> None:
    """What is left each week is carried over for a year; a hundred quantities each name the one before."""
    weeks = [f"第{i}周" for i in range(1, 54)]
    carried = f"""
    - name: 周
      periods: {weeks}
      inputs: {{新增: {{}}}}
      quantities: {{余: "max(0, 前余 + 新增 - 1)", 前余: "previous(余, first=0)"}}
      children: [{{id: 1, name: 清零, points: 1, rule: formula, score: "if(余 > 0, 0, 分值)"}}]
    """
    made = tiny.plan(carried)
    inputs: Inputs = {f"新增@{week}/数": [1, 2, 0] for week in weeks}
    assert tiny.numbers(made, inputs, "余@第53周/算") == [0, 53, 0]
    for order in (range(100), reversed(range(100))):
        chain = "".join(f"  q{i}: {f'q{i - 1}' if i else '甲量'} + 1\n" for i in order)
        made = tiny.plan(SCORE, extra=f"inputs: {{甲量: {{}}}}\nquantities:\n{chain}")
        assert tiny.numbers(made, {"甲量/数": [0, 1, 2]}, "q99/算") == [100, 101, 102]


@pytest.mark.parametrize(
    ("quantities", "around"),
    [
        ("甲量: 甲量 + 1", "甲量→甲量"),
        ("甲量: 乙量 + 1\n  乙量: 甲量 * 2", "甲量→乙量→甲量"),
        ("甲量: 乙量\n  乙量: 丙量\n  丙量: 甲量", "甲量→乙量→丙量→甲量"),
        ("甲量: over_units(sum, 甲量)", "甲量→甲量"),
        ("甲量: of_unit('甲', 乙量)\n  乙量: rank(甲量)", "甲量→乙量→甲量"),
    ],
)
def test_circles_are_told_with_their_names(tmp_path: Path, quantities: str, around: str) -> None:
    found = tiny.problem(tmp_path, "- {id: 1, name: 投资, points: 10, rule: direct}", extra=f"quantities:\n  {quantities}")
    assert f"循环定义：{around}" in found.message
    assert found.line is not None
    assert "甲量" in (tmp_path / "tiny.yaml").read_text(encoding="utf-8").splitlines()[found.line - 1]


@pytest.mark.parametrize(
    "indicators",
    [
        "- {id: 1, name: 甲, points: 1, rule: formula, score: score('2')}\n- {id: 2, name: 乙, rule: formula, score: score('1')}",
        "- {id: 1, name: 甲, points: 1, rule: formula, score: sum(得分)}",
        "- {id: 1, name: 甲, points: 1, rule: formula, score: 总分 - 1}",
        "- {id: 一, name: 一, children: [{id: 1, name: 甲, points: 1, rule: formula, score: score('一')}]}",
        "- {id: 1, name: 甲, points: 1, rule: formula, score: 合量}\nquantities: {合量: sum(得分)}",
    ],
)
def test_circles_through_scores_and_sums_are_told(tmp_path: Path, indicators: str) -> None:
    found = tiny.problem(tmp_path, indicators)
    assert "循环定义" in found.message
    assert "→" in found.message


def test_a_name_in_two_indicators_is_clear_inside_each_and_ambiguous_outside(tmp_path: Path) -> None:
    one = "- {id: 1, name: 甲, points: 10, rule: formula, inputs: {完成数: {}}, score: 完成数}"
    two = "- {id: 2, name: 乙, points: 10, rule: formula, inputs: {完成数: {}}, score: 完成数 * 2}"
    made = tiny.plan(f"{one}\n{two}")
    inputs: Inputs = {"1/完成数": [1, 2, 3], "2/完成数": [4, 5, 6]}
    assert tiny.numbers(made, inputs, "1/得分") == [1, 2, 3]
    assert tiny.numbers(made, inputs, "2/得分") == [8, 10, 10]  # at most its points
    found = tiny.problem(tmp_path, f"{one}\n{two}", extra="quantities: {合: 完成数 + 1}")
    assert "在几个指标里都有" in found.message


def test_a_name_of_every_period_needs_a_fold(tmp_path: Path) -> None:
    group = "- {name: 月, periods: [1月, 2月], inputs: {件数: {}}, children: [{id: 1, name: 甲, points: 10, rule: direct}]}"
    found = tiny.problem(tmp_path, group, extra="quantities: {合: 件数 + 1}")
    assert "每期各有一个" in found.message
    assert "over_periods" in found.remedy


@pytest.mark.parametrize(
    "extra",
    [
        "inputs: {甲量: {}}\nfigures: {甲量: 3}",
        "figures: {甲量: 3}\nquantities: {甲量: 1 + 1}",
        "inputs: {甲量: {}}\nquantities: {甲量: 1 + 1}",
    ],
)
def test_a_name_defined_twice_in_one_place_is_told(tmp_path: Path, extra: str) -> None:
    found = tiny.problem(tmp_path, "- {id: 1, name: 投资, points: 10, rule: direct}", extra=extra)
    assert "定义了两次" in found.message or "出现了两次" in found.message


def test_the_inner_name_wins() -> None:
    """An indicator's own figure is meant before the scheme's of the same name."""
    made = tiny.plan(
        "- {id: 1, name: 甲, points: 100, rule: formula, inputs: {数: {}}, figures: {每: 5}, score: 数 * 每}\n"
        "- {id: 2, name: 乙, points: 100, rule: formula, inputs: {个: {}}, score: 个 * 每}",
        extra="figures: {每: 3}",
    )
    inputs: Inputs = {"1/数": [1, 2, 0], "2/个": [1, 2, 0]}
    assert tiny.numbers(made, inputs, "1/得分") == [5, 10, 0]
    assert tiny.numbers(made, inputs, "2/得分") == [3, 6, 0]


def test_names_with_wide_letters_are_found() -> None:
    """Python reads Ａ as A and Ⅰ as I; a scheme's names are what it says."""
    made = tiny.plan("- {id: 1, name: 甲, points: 100, rule: formula, inputs: {Ａ率: {}, Ⅰ类: {}}, score: Ａ率 + Ⅰ类}")
    assert tiny.numbers(made, {"1/Ａ率": [1, 2, 0], "1/Ⅰ类": [1, 1, 1]}) == [2, 3, 1]


def test_a_formula_never_runs_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that stands in a scheme reaches eval or exec."""
    ran: list[object] = []
    for name in ("eval", "exec"):
        monkeypatch.setattr(builtins, name, lambda *a, **k: ran.append(a))
    for text in ("__import__('os').system('true')", "eval('1')", "(lambda: 1)()", "数 + 1"):
        with contextlib.suppress(SchemeFault):
            tiny.plan(f"- {{id: 1, name: 甲, points: 9, rule: formula, inputs: {{数: {{}}}}, score: {text!r}}}")
    assert ran == []


# Halves -------------------------------------------------------------------------------------------------------------------

HALVES = """
- name: 办结
  inputs: {办结数: {ask: count}, 应办结数: {ask: count}}
  quantities: {办结率: {is: "divide(办结数, 应办结数, if_zero=1)", in: "%"}, 人均: "divide(办结数, 应办结数, if_zero=1)"}
  children:
  - {id: 1, name: 办结率, points: 3, rule: formula, score: 办结率 * 分值}
  - {id: 2, name: 两率, points: 60, rule: formula, score: 办结率 * 分值 * 人均}
"""


def test_halves_are_found_through_shares_that_never_end(soffice: str) -> None:
    """101 ÷ 600 × 3 = 0.505; 1 ÷ 30 × 1 ÷ 30 × 60 = 0.0666…; 7 ÷ 600 × 3 = 0.035: halves go up, in every program."""
    made = tiny.load(HALVES, full="63")
    plan = make_plan(made.scheme)
    inputs = {"办结数/数": [101, 1, 7], "应办结数/数": [600, 30, 600]}
    assert tiny.numbers(plan, inputs, "1/得分") == [0.51, 0.1, 0.04]
    # 60 × (101 ÷ 600)² = 1.70016…, 60 ÷ 900 = 0.0666…, 60 × (7 ÷ 600)² = 0.008166…
    assert tiny.numbers(plan, inputs, "2/得分") == [1.7, 0.07, 0.01]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.xlsx"
        writer.write(compose(made, tiny.typed(inputs)), path)
        with libreoffice_engine.Calculator(path) as calculator:
            rows = calculator.calculate([], ["汇总"])["汇总"]
    column = rows[0].index("total")
    totals = {row[0]: row[column] for row in rows if str(row[0]).startswith("unit:")}
    assert {unit: round(value, 9) for unit, value in totals.items()} == {"unit:甲": 2.21, "unit:乙": 0.17, "unit:丙": 0.05}


def test_figures_in_the_formula_of_a_total_or_a_group_have_rows() -> None:
    """``first=100`` stands in a cell wherever the formula stands; by hand: places 1, 2, 3 of three give 100, 85, 70."""
    marks = "- {id: 1, name: 甲, points: 10, rule: direct}"
    extra = "quantities: {得: score('1'), 名次: rank(得)}\nscore: descending(名次, first=100, last=70)"
    made = tiny.plan(marks, full="null", extra=extra)
    inputs = {"1/评分": [10, 5, 1]}
    assert tiny.numbers(made, inputs, "合计/总分") == [100, 85, 70]
    group = """
    - name: 组
      quantities: {得: "score('1')", 名次: rank(得)}
      score: descending(名次, first=100, last=70)
      children: [{id: 1, name: 甲, points: 10, rule: direct}]
    """
    made = tiny.plan(group, full="null")
    assert tiny.numbers(made, inputs, "组/小计") == [100, 85, 70]
    for plan in (made, tiny.plan(marks, full="null", extra=extra)):
        used = {node.line for line in plan.lines.values() for node in line.nodes if isinstance(node, Fixed)}
        assert used <= plan.lines.keys()


def test_tables_of_one_name_in_two_groups_are_two_tables() -> None:
    groups = "".join(
        f"""
- name: {name}
  bands: {{档: [{{from: 5, gives: {high}}}, {{gives: {low}}}]}}
  children:
  - {{id: {id}, name: {name}, points: {high}, rule: formula, inputs: {{数{name}: }}, score: "band(数{name}, 档)"}}"""
        for id, name, high, low in ((1, "一", 3, 0), (2, "二", 7, 1))
    )
    made = tiny.plan(groups)
    inputs = {"1/数一": [5, 4, 9], "2/数二": [5, 4, 9]}
    assert tiny.numbers(made, inputs, "1/得分") == [3, 0, 3]
    assert tiny.numbers(made, inputs, "2/得分") == [7, 1, 7]


def test_a_chain_of_quantities_may_be_as_long_as_a_scheme() -> None:
    """Each looks at the one written after it: nothing recurses, however long the chain."""
    count = 1500
    chain = "".join(f"  量{n}: 量{n + 1} + 甲数\n" for n in range(count))
    extra = f"inputs: {{甲数: }}\nquantities:\n{chain}  量{count}: 甲数"
    made = tiny.plan("- {id: 1, name: 甲, points: 10, rule: direct}", full="null", extra=extra)
    assert tiny.numbers(made, {"甲数/数": [1, 2, 0]}, "量0/算") == [count + 1, 2 * (count + 1), 0]


def test_a_circle_through_many_quantities_is_named(tmp_path: Path) -> None:
    extra = "inputs: {甲数: }\nquantities: {一: 二 + 甲数, 二: 三 + 1, 三: 一 * 2}"
    found = tiny.problem(tmp_path, "- {id: 1, name: 甲, points: 10, rule: direct}", full="null", extra=extra)
    assert "循环定义" in found.message
    assert "一→二→三→一" in found.message
