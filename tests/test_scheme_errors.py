"""Scheme files that are wrong.

Requirements: every error names file, line, path, value and a way out, in Chinese; all errors come at once; sums that do
not add up are warnings with both numbers; YAML's guesses do no harm.
"""

from __future__ import annotations

import jsonschema
import pytest
import tiny
import yaml
from conftest import ALL

from generator import source
from generator.plan.planner import make_plan
from generator.problems import Problem, SchemeFault, SourceError, path_text
from generator.scheme import library, load
from generator.scheme.editor_schema import json_schema

GOOD = "- {id: 1, name: 投资, points: 10, rule: ratio, target: [1, 2, 3]}"


def complaints(indicators: str, **more: str) -> list[Problem]:
    with pytest.raises(SourceError) as caught:
        tiny.load(indicators, **more)
    return caught.value.problems


@pytest.mark.parametrize(
    ("indicators", "message", "path"),
    [
        ("- {id: 1, name: 甲, points: 10, rule: ration, target: 1}", "没有这种计分规则", "指标[1].rule"),
        ("- {id: 1, name: 甲, points: 10}", "少了计分规则", "指标[1]"),
        ("- {id: 1, name: 甲, points: 10, rule: ratio}", "少了“target”", "指标[1]"),
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: [1, 2]}", "这里有 2 个数，被考核单位有 3 个", "指标[1].target"),
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: 三亿}", "要一个数", "指标[1].target"),
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, asessor: 乙}", "不认识“asessor”", "指标[1].asessor"),
        (
            "- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, quantities: {乙: 1}}",
            "不认识“quantities”这一项",
            "指标[1].quantities",
        ),
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, better: more}", "没有这个选项", "指标[1].better"),
        ("- {name: 甲, points: 10, rule: ratio, target: 1}", "少了“id”", "指标[1]"),
        ("- {id: 1, name: 甲, points: 10, rule: direct, for: [丁]}", "没有这个单位或分组", "指标[1].for[1]"),
        ("- {id: 1, name: 甲, points: 10, rule: direct, only_if: 执法}", "没有这个单位情况", "指标[1].only_if"),
        ("- {id: 1, name: 甲, points: 10, rule: deduct, events: [{what: 迟报, each: -1}]}", "要大于 0", "指标[1].事项[1].each"),
        (f"{GOOD}\n- {{id: 1, name: 乙, points: 0, rule: direct}}", "已经用在", "指标[2].id"),
    ],
)
def test_one_error_is_told_with_its_place(indicators: str, message: str, path: str) -> None:
    [problem] = complaints(indicators)
    assert message in problem.message
    assert path_text(problem.path) == path
    assert problem.file == "tiny.yaml"
    assert problem.line is not None
    text = tiny.text(indicators).splitlines()[problem.line - 1]
    assert "id: 1" in text or "name: 甲" in text
    assert "tiny.yaml:" in str(problem)
    assert problem.remedy or "要大于" in problem.message


def test_a_slip_of_spelling_gets_a_suggestion() -> None:
    assert "assessor" in complaints("- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, asessor: 乙}")[0].remedy
    assert "ratio" in complaints("- {id: 1, name: 甲, points: 10, rule: ration, target: 1}")[0].remedy


def test_all_errors_come_at_once() -> None:
    problems = complaints(
        """
        - {id: 1, name: 甲, points: 十, rule: ratio, target: [1, 2]}
        - {id: 1, name: 乙, points: 5, rule: direct, for: [丁]}
        - {id: 3, name: 丙, points: 5, rule: 比例}
        """
    )
    assert len(problems) == 5, [str(p) for p in problems]
    assert len({p.line for p in problems}) == 3


def test_points_that_do_not_sum_are_a_warning_with_both_numbers() -> None:
    file = tiny.load("- {name: 甲类, points: 60, children: [{id: 1, name: 甲, points: 58, rule: direct}]}", full="100")
    words = [str(w) for w in file.warnings]
    assert any("60" in w and "58" in w for w in words)
    assert any("100" in w and "60" in w for w in words)
    assert all(w.severity == "warning" and w.line for w in file.warnings)


def test_points_by_unit_are_summed_for_each_unit() -> None:
    file = tiny.load("- {name: 甲类, points: 10, children: [{id: 1, name: 甲, points: [10, 10, 9], rule: direct}]}")
    assert ["丙" in str(w) and "9" in str(w) for w in file.warnings] == [True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "空的"),
        ("a: [1, 2", "方括号|收尾|YAML"),
        ("a: 1\na: 2", "写了两次"),
        ("- 1\n- 2", "键: 值"),
        ("a: &x [*x]", "太深|别名|YAML"),
        ("a: b: c", "冒号"),
    ],
)
def test_broken_yaml_is_told_in_chinese(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        load.loads(text, "broken.yaml")
    assert any(part in str(caught.value) for part in message.split("|")), str(caught.value)


def test_a_bomb_of_aliases_is_refused_quickly() -> None:
    levels = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"] + [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(SourceError, match="别名"):
        source.parse("\n".join(levels))


def test_numbers_keep_their_digits_and_words_stay_words() -> None:
    data = source.parse("4.10: {no: yes, on: 23.60, 百分: 8%, t: '5', d: 2019-12-20}").data
    assert {k: str(v) for k, v in data["4.10"].items()} == {"no": "yes", "on": "23.60", "百分": "8%", "t": "5", "d": "2019-12-20"}


@pytest.mark.parametrize(
    "indicators",
    [
        "- {id: 1, name: 甲, points: 5, rule: deduct, events: [{what: 迟报, each: 1}, {what: 迟报, each: 2}]}",
        "- {id: 1, name: 甲, points: 5, rule: checklist, may_be_none: true, items: [{what: 一, each: 1}, {what: 二, each: 1}]}",
        "- {name: 空组, children: [{id: 1, name: 甲, rule: veto, grade: 差, when: [事故]}]}",
    ],
)
def test_parts_that_do_not_fit_together_are_told(indicators: str) -> None:
    with pytest.raises(SchemeFault, match=r"[一-鿿]"):
        make_plan(tiny.load(indicators).scheme)


@pytest.mark.parametrize("name", ALL)
def test_bundled_schemes_have_no_warnings_and_fit_the_json_schema(name: str) -> None:
    path = library.ids()[name]
    file = load.load(path)
    assert [str(w) for w in file.warnings] == []
    make_plan(file.scheme)
    data = yaml.load(file.text, Loader=yaml.SafeLoader)
    data["source"]["date"] = str(data["source"].get("date"))
    for key in ("indicators", "bonus"):  # what groups say for all their children is the loader's business
        if key in data:
            data[key] = load.with_defaults(data[key])
    jsonschema.Draft202012Validator(json_schema()).validate(_words(data))


def _words(node: object) -> object:
    """Ids, clauses, versions and dates are written without quotes, and read as words."""
    if isinstance(node, dict):
        return {k: str(v) if k in ("id", "at", "due", "clause", "version", "result") else _words(v) for k, v in node.items()}
    return [_words(n) for n in node] if isinstance(node, list) else node


def test_short_forms_fit_the_json_schema() -> None:
    """An editor must not underline what the loader takes: a formula alone, bands as a list, an input without anything."""
    data = yaml.safe_load(
        tiny.text(
            """
            - {id: "1", name: 甲, points: 10, rule: formula, inputs: {数: }, bands: {档: [{from: 1, gives: 2}, {gives: 0}]},
               quantities: {倍: 数 * 2}, score: "band(倍, 档)"}
            """
        )
    )
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.validate(data)
    data["indicators"][0]["quantities"]["倍"] = {"was": "数 * 2"}
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    ("indicators", "remedy"),
    [
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, quantities: {乙: 1}}", "这种规则没有这一项，请删去，或换一种规则"),
        ("- {id: 1, name: 甲, points: 10, rule: ratio, target: 1, asessor: 乙}", "是不是“assessor”？"),
    ],
)
def test_what_belongs_to_another_rule_is_not_taken_for_a_slip(indicators: str, remedy: str) -> None:
    with pytest.raises(SourceError) as error:
        tiny.load(indicators)
    assert [problem.remedy for problem in error.value.problems] == [remedy]
