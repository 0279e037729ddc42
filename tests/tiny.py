"""Tiny schemes written in the test itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from addin import actions
from generator.files import write_atomically
from generator.layout import design
from generator.layout.design import Design
from generator.lines.input import YES, Ask
from generator.lines.line import Role
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.plan.typed import high_value
from generator.problems import Problem, SourceError
from generator.scheme import load as scheme
from generator.sheets.book import compose
from generator.value import Value
from generator.xlsx import writer
from generator.xlsx.package import Package

HEAD = """\
scheme: tiny
title: 小考核
place: 某县
year: 2024
source: {{document: 某文〔2024〕1号, part: 附件1}}
full_marks: {full}
units: {units}
{extra}
indicators:
"""


def text(indicators: str, units: str = "[甲, 乙, 丙]", full: str = "10", extra: str = "") -> str:
    """A scheme file around some indicators."""
    return HEAD.format(units=units, full=full, extra=dedent(extra).strip("\n")) + dedent(indicators).strip("\n") + "\n"


def load(indicators: str, **more: str) -> scheme.SchemeFile:
    """Parse such a scheme."""
    return scheme.loads(text(indicators, **more), "tiny.yaml")


def plan(indicators: str, **more: str) -> Plan:
    """Compile such a scheme."""
    return make_plan(load(indicators, **more).scheme)


def evaluate(made: Plan, inputs: Mapping[str, object]) -> Evaluation:
    """Evaluate with inputs by line key: a list with one value a unit (None: blank), or the one value of the whole scheme."""
    return Evaluation(made, typed(inputs))


def typed(inputs: Mapping[str, object]) -> dict[tuple[str, int], Value]:
    """Inputs as the evaluation takes them; see `evaluate`."""
    found: dict[tuple[str, int], Value] = {}
    for key, row in inputs.items():
        for unit, value in enumerate(row) if isinstance(row, list) else [(-1, row)]:
            if value is not None:
                found[key, unit] = value if isinstance(value, str) else Decimal(str(value))
    return found


def scores(made: Plan, inputs: Mapping[str, object], key: str = "1/得分") -> list[object]:
    """What each unit scores, as strings (None: blank)."""
    evaluation = evaluate(made, inputs)
    values = [evaluation.at(key, u) for u in range(len(made.units))]
    return [str(v) if v is not None else None for v in values]


def numbers(made: Plan, inputs: Mapping[str, object], key: str = "1/得分") -> list[object]:
    """The same as plain numbers, which equal each other whatever their decimals."""
    evaluation = evaluate(made, inputs)
    values = [evaluation.at(key, u) for u in range(len(made.units))]
    return [float(v) if isinstance(v, Decimal) else v for v in values]


def problem(tmp_path: Path, indicators: str, **more: str) -> Problem:
    """The one thing that is wrong with a scheme, with its line, as a user is told."""
    return problem_in(tmp_path, text(indicators, **more))


def problem_in(tmp_path: Path, written: str) -> Problem:
    """The same for a whole file."""
    path = tmp_path / "tiny.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        actions.load_scheme(str(path))
    [only] = caught.value.problems
    return only


def book(written: str, path: Path, inputs: Mapping[tuple[str, int], Value] | None = None) -> Path:
    """The workbook of a scheme file's text."""
    writer.write(compose(scheme.loads(written, "tiny.yaml"), inputs), path)
    return path


def of_form(form: int) -> Design:
    """The template of now, laying sheets out in an earlier form, with what that needs."""
    text = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8").replace("\nform: 6\n", f"\nform: {form}\n")
    own = "  ranking_headings: [位次, 被考核单位, 总分]\n  chart_title: '{group}总分排名'\n"
    return design.loads(text.replace("  ranking_title:", own + "  ranking_title:"))


def forget_values(path: Path) -> None:
    """Take away what formulas show, as a program leaves them that writes formulas and does not calculate."""
    package = Package.open(path)
    for name in package.sheet_paths:
        sheet = package.sheet(name)
        for at in sheet.addresses:
            if sheet.formula(at) is not None:
                sheet.set_result(at, None)
    write_atomically(path, package.to_bytes())


def rewritten(package: Package, part: str, pattern: str, new: str) -> Package:
    """A book with something else in one place of a part."""
    whole = Package(package.to_bytes(), package.name)
    whole.parts[part], count = re.subn(pattern.encode(), new.encode(), whole.parts[part])
    assert count == 1
    return Package(whole.to_bytes(), package.name)


def sensible(made: Plan) -> dict[tuple[str, int], Value]:
    """A filling that nobody would question: targets met, marks below the highest, no events, the choices in turn."""
    blank = Evaluation(made, {})
    found: dict[tuple[str, int], Value] = {}
    for line in made.inputs:
        asked = line.input
        assert asked is not None
        high = high_value(line, Evaluation(made, found) if asked.high_name else blank)
        high = asked.high if high is None and isinstance(asked.high, Decimal) else high
        others = (t for t in made.lines.values() if t.owner == line.owner and t.role is Role.PARAMETER and t.values)
        target = made.target_of(line) or next(others, None)
        for number, unit in enumerate(made.places(line)):
            if (unit >= 0 and line.constant(unit) is not None) or not asked.required:
                continue
            value: Value
            if asked.ask is Ask.CHOICE:
                value = YES if YES in asked.options else asked.options[number % len(asked.options)]
            elif asked.ask is Ask.SCORE:
                value = (
                    (high * Decimal("0.9") - Decimal("0.01") * (number % 7)).quantize(Decimal("0.01"))
                    if isinstance(high, Decimal)
                    else Decimal(8)
                )
                value = max(value, Decimal(0))
            else:
                given = target.values[unit] if target and target.values and unit >= 0 else None
                value = given if isinstance(given, Decimal) else Decimal("0.9") if asked.percent else Decimal(5)
                if asked.ask is Ask.COUNT:
                    value = value.to_integral_value()
                value = max(value, asked.low) if asked.low is not None else value
                value = min(value, high) if isinstance(high, Decimal) else value
            found[line.key, unit] = value
    return found


UNITS = """\
scheme: tiny-units
title: 小清单考核
place: 某县
year: 2024
source: {document: 某文〔2024〕2号, part: 附件}
full_marks: null
layout: units
units: {镇: [甲镇, 乙镇], 局: [丙局, 丁局]}
quantities:
  最多: over_units(max, 上报数)
  得分率: {is: "divide(项目得分, 最多, if_zero=0)", in: "%"}
  率位次: rank(得分率, within=组)
inputs: {上报数: {ask: count, in: 件}}
indicators:
- name: 业务
  children:
  - {id: 1, name: 甲镇修路, points: 10, for: [甲镇], rule: ratio, in: 公里, target: [4, null, null, null]}
  - {id: 2, name: 乙镇种树, points: 10, for: [乙镇], rule: deduct, events: [{what: 死亡, each: 0.5}]}
  - {id: 3, name: 各局办件, points: 10, for: [局], rule: bands, bands: [{from: 90, gives: 10}, {from: 60, gives: 6}, {gives: 0}]}
  - {id: 4, name: 领导评价, points: 5, rule: grade_quota, grades: [{name: 好, share: 50%, points: 5}, {name: 差, share: 50%, points: 2}]}
- id: 项目
  name: 项目清单
  form: list
  quantities: {项目得分: score("项目")}
  defaults: {rule: deduct, points: 3, events: [{what: 迟报, each: 1}, {what: 退回, each: 0.5}]}
  children:
  - {id: x1, name: 修桥, for: [甲镇, 丙局]}
  - {id: x2, name: 建校, for: [乙镇]}
  - {id: x3, name: 通水, for: [甲镇, 乙镇, 丙局, 丁局]}
grades:
  by: rank
  bands: [{name: 先进, up_to: 1}, {name: 合格}]
"""
"""One sheet a unit, and a list of projects that several units carry."""


LISTED = """\
scheme: tiny-list
title: 小项目考核
place: 某县
year: 2024
source: {document: 某文〔2024〕3号}
full_marks: null
units: [甲镇, 乙镇]
inputs: {总件数: {ask: count, for: "*"}}
indicators:
- {id: 1, name: 群众评价, points: 10, rule: formula, inputs: {差评: {ask: count}},
   score: "clamp(分值 - divide(差评, 总件数, if_zero=0) * 分值, 0, 分值)"}
- id: 事项
  name: 服务事项清单
  form: list
  defaults: {rule: deduct, points: 3, events: [{what: 超期, each: 1}, {what: 退件, each: 0.5}]}
  children:
  - {id: y1, name: 办证, for: [甲镇]}
  - {id: y2, name: 发照}
  - {id: y3, name: 验收, for: [乙镇]}
references:
- title: 部门代码
  columns: [代码, 部门, 电话]
  rows: [[A1, 公安局, "110"], [A2, 民政局, "114"]]
"""
"""Units side by side, a list, one figure for all units, and a table to look things up in."""


ROWS = """\
scheme: tiny-rows
title: 小乡镇考核
place: 某县
year: 2024
source: {document: 某文〔2024〕4号, part: 附件}
full_marks: null
layout: rows
units: {镇: [甲镇, 乙镇], 街道: [丙街, 丁街]}
inputs: {总件数: {ask: count, for: "*"}}
quantities: {业务分: score('业务'), 业务位次: "rank(业务分, within=组)"}
indicators:
- name: 业务
  children:
  - {id: 1, name: 投资, points: [10, 10, 8, 8], in: 亿元, assessor: 县发改局, rule: ratio, target: [4, 8, 5, 5]}
  - {id: 2, name: 失业率, points: 5, in: "%", assessor: 县人社局, rule: ratio, target: 4%, better: lower, min: 0}
  - {id: 3, name: 安全, points: 5, for: [镇], rule: deduct, events: [{what: 事故, each: 1}]}
- name: 办件
  periods: [上半年, 下半年]
  weights: [40%, 60%]
  children:
  - {id: 4, name: 办件数, points: 5, rule: formula, inputs: {办件量: {ask: count}}, figures: {每: 2}, score: "clamp(办件量 / 每, 0, 分值)"}
- {id: 5, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}
- {id: 6, name: 群众意见, points: 5, rule: formula, inputs: {差评: {ask: count}},
   score: "clamp(分值 - divide(差评, 总件数, if_zero=0) * 分值, 0, 分值)"}
- id: 项目
  name: 项目清单
  form: list
  defaults: {rule: deduct, points: 3, events: [{what: 迟报, each: 1}, {what: 退回, each: 0.5}]}
  children:
  - {id: x1, name: 修桥, for: [甲镇, 丙街]}
  - {id: x2, name: 建校, for: [乙镇, 丁街]}
grades:
  by: rank
  bands: [{name: 先进单位, up_to: 1}, {name: 达标单位, up_to: 2}, {name: 基本达标单位}]
"""
"""One row a unit: figures of each unit's own and of all, periods, one figure for all units, and a list beside them."""
