"""What may be typed into a cell: ranges, whole numbers, limits that stand in another cell; other readings of a scheme.

Requirements: what is outside its range is told in words that fit the range, is not scored, and is refused by the sheet
itself; a limit that is not filled in yet limits nothing, and what hangs on it is not scored; a name that can be no limit is
told with its line; every option of a reading is tried by ``validate``, and one may name another rule. What an input accepts
is said once: the check in Python, the check of the sheet and the data validation agree on every kind of input and value, and
random fillings are what inputs accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import actions
from generator.fillings import random_filling
from generator.lines import accepts
from generator.lines.input import Ask, Input
from generator.plan.evaluation import Evaluation
from generator.plan.planner import make_plan
from generator.plan.typed import line_fault
from generator.plan.unlikely import unlikely
from generator.scheme import load
from generator.sheets import scoring
from generator.sheets.book import compose
from generator.sheets.sheet import Validation
from generator.tree import exact
from generator.tree.at_hand import HERE, AddressesAtHand, ValuesAtHand
from generator.tree.expression import Fixed
from generator.tree.formula import formula
from generator.value import Value
from generator.verification import compare, formulas_engine, libreoffice_engine

RANKS = """
- id: 1
  name: 全省排名
  points: 10
  rule: formula
  inputs: {名次: {ask: count, low: 1, high: 城市数}}
  figures: {最后几名: 3}
  score: if(名次 > 城市数 - 最后几名, 0, max(0, 分值 - 名次))
- id: 2
  name: 清退
  points: 5
  rule: formula
  inputs: {应退: {ask: count}, 已退: {ask: events, high: 应退}}
  score: divide(已退, 应退, if_zero=1) * 分值
"""
CITIES = 'inputs: {城市数: {ask: count, low: 4, in: 个, for: "*"}}'


@pytest.fixture(scope="module")
def made() -> load.SchemeFile:
    return tiny.load(RANKS, full="15", extra=CITIES)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Input("次", Ask.COUNT, low=Decimal(0)), "填次数：0或正整数"),
        (Input("次", Ask.COUNT, low=Decimal(0), high=Decimal(4)), "填次数：0—4的整数"),
        (Input("镇", Ask.COUNT, "个问题镇", low=Decimal(0)), "填问题镇数：0或正整数"),
        (Input("镇", Ask.COUNT, "少一镇", low=Decimal(0)), "填镇数：0或正整数"),
        (Input("月", Ask.COUNT, "个月", low=Decimal(0)), "填月数：0或正整数"),
        (Input("个", Ask.COUNT, "个", low=Decimal(0)), "填个数：0或正整数"),
        (Input("批次", Ask.COUNT, "批次", low=Decimal(0)), "填批次数：0或正整数"),
        (Input("项", Ask.COUNT, "一项", low=Decimal(0)), "填项数：0或正整数"),
        (Input("人", Ask.COUNT, "人次", low=Decimal(0)), "填人次：0或正整数"),
        (Input("人", Ask.COUNT, "位", low=Decimal(0), high=Decimal(2)), "填人数：0—2的整数"),
        (Input("次", Ask.COUNT, low=Decimal(1)), "填正整数"),
        (Input("个", Ask.COUNT, low=Decimal(4)), "填整数：不小于4"),
        (Input("个", Ask.COUNT, low=Decimal(4), high=Decimal(18)), "填整数：4—18"),
        (Input("名次", Ask.COUNT, low=Decimal(1), high=Fixed("x", "standard"), high_name="城市数"), "填正整数，不大于“城市数”"),
        (Input("分", Ask.SCORE, low=Decimal(2), high=Decimal(5)), "填分数：2—5"),
        (Input("分", Ask.SCORE, low=Decimal(2)), "填分数：不小于2"),
        (Input("数", Ask.QUANTITY, low=None), "填数"),
        (Input("率", Ask.QUANTITY, "%", low=Decimal("0.3"), high=Decimal("0.7")), "填百分数，如 7.5%，不小于30%，不大于70%"),
        (Input("率", Ask.QUANTITY, "%", low=Decimal(0), high=Decimal(1)), "填百分数，如 7.5%，不小于0，不大于100%"),
    ],
)
def test_what_may_be_typed_is_said_as_it_is(asked: Input, words: str) -> None:
    assert accepts.requirement(asked) == words


@pytest.mark.parametrize(
    ("cities", "ranks", "scores"),
    [
        (18, [1, 8, 16], [9, 2, 0]),  # 10 − 1; 10 − 8; the last three of 18 are 16, 17 and 18
        (18, [18, 19, 17], [0, None, 0]),  # there is no nineteenth of eighteen
        (18, [0, -1, None], [None, None, None]),
        (None, [1, 2, 3], [None, None, None]),
        (3, [1, 2, 3], [None, None, None]),  # fewer cities than there can be
    ],
)
def test_a_rank_is_within_the_number_of_cities(
    made: load.SchemeFile, cities: int | None, ranks: list[object], scores: list[object]
) -> None:
    inputs = {"城市数/数": cities, "1/名次": ranks} if cities else {"1/名次": ranks}
    assert tiny.numbers(make_plan(made.scheme), inputs) == scores


def test_events_are_within_another_number_of_the_same_unit(made: load.SchemeFile) -> None:
    plan = make_plan(made.scheme)
    # 3 of 4 × 5; 5 of 4 cannot be; nothing of 0 is all
    assert tiny.numbers(plan, {"2/应退": [4, 4, 0], "2/已退": [3, 5, None]}, "2/得分") == [3.75, None, 5]


def test_what_is_above_the_limit_is_found_and_told(made: load.SchemeFile, tmp_path: Path) -> None:
    inputs = {"城市数/数": 18, "1/名次": [1, 19, 18], "2/应退": [4, 4, 4], "2/已退": [4, 5, 0]}
    book = tiny.book(made.text, tmp_path / "b.xlsx", tiny.typed(inputs))
    found = {(f.unit, f.indicator): f for f in actions.check(book).findings if f.code != "incomplete"}
    assert {(f.unit, f.code) for f in found.values()} == {("乙", "input-range")}
    assert len(found) == 2
    assert any("填的是 19，应填正整数，不大于“城市数”" in f.message for f in found.values())
    assert any("填的是 5，应填次数：0或正整数，不大于“应退”" in f.message for f in found.values())


def test_the_sheet_itself_refuses_it(made: load.SchemeFile, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(tiny.book(made.text, tmp_path / "b.xlsx"))["填报与计分"]
    limits = {v.promptTitle: (v.formula1, v.formula2) for v in sheet.data_validations.dataValidation}
    low, high = limits["名次"]
    assert low == "1"
    assert high.startswith("IF(ISNUMBER($")
    assert high.endswith(",1E+15)")  # before the number of cities is known, nothing is refused
    assert limits["已退"][1].startswith("IF(ISNUMBER(")


def test_the_engines_agree_on_limits(made: load.SchemeFile, soffice: str) -> None:
    report = compare.verify(made, count=12)
    assert [str(d) for d in report.disagreements[:3]] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("high: 城市", "没有定义"),
        ("high: 数", "不是另一个必须填的数"),
        ("high: 次", "不是另一个必须填的数"),
        ("high: 倍", "不是另一个必须填的数"),
        ('high: 各, for: "*"', "却是各单位一个数"),
        ("high: true", "这里要一个数"),
        ("high: [1]", "数"),
        ("part_of: 没有的", "没有的"),
        ("part_of: 次", "不是各单位填的另一个数"),
        ("part_of: 倍", "不是各单位填的另一个数"),
    ],
)
def test_what_can_be_no_limit_is_told(tmp_path: Path, given: str, message: str) -> None:
    text = f"""
    - id: 1
      name: 甲
      points: 5
      rule: formula
      inputs: {{数: {{{given}}}, 各: {{}}, 次: {{ask: events}}}}
      quantities: {{倍: 各 * 2}}
      score: 数 + 倍 + 次
    """
    problem = tiny.problem(tmp_path, text, full="5")
    assert message in problem.message
    assert problem.line


# What is wanted ----------------------------------------------------------------------------------------------------------

BRANCH = """
- id: 1
  name: 信息
  points: 2
  rule: formula
  inputs: {没有报送: {ask: events, high: 1}, 完成率: {in: "%"}}
  score: if(没有报送 > 0, 0, min(分值, 完成率 * 分值))
"""


def test_what_only_the_other_branch_needs_is_not_missing(tmp_path: Path, soffice: str) -> None:
    made = tiny.load(BRANCH, full="2")
    inputs = {"1/没有报送": [1, None, None], "1/完成率": [None, 0.5, None]}
    assert tiny.numbers(make_plan(made.scheme), inputs) == [0, 1, None]
    book = tiny.book(made.text, tmp_path / "b.xlsx", tiny.typed(inputs))
    assert [(f.unit, f.code) for f in actions.check(book).findings if f.code != "incomplete"] == [("丙", "input-missing")]
    with libreoffice_engine.Calculator(book) as calculator:
        rows = calculator.calculate([], ["校验"])["校验"]
        words = ["".join(str(cell) for cell in row) for row in rows]
        assert any("还有1处" in line for line in words)
        assert not any("甲" in line and "完成率" in line for line in words)
    assert [str(d) for d in compare.verify(made, count=10).disagreements[:3]] == []


def test_what_is_typed_for_the_other_branch_must_be_right(tmp_path: Path, soffice: str) -> None:
    """任务 0 gives the points at once; 7 of 0 done is wrong all the same, and 0 of 0 is not."""
    made = tiny.load(
        """
        - id: 1
          name: 任务
          points: 2
          rule: formula
          inputs: {任务数: {ask: count}, 完成数: {ask: count, high: 任务数}}
          score: if(任务数 == 0, 分值, 分值 * 完成数 / 任务数)
        """,
        full="2",
    )
    inputs = {"1/任务数": [0, 0, 0], "1/完成数": [7, 0, None]}
    assert tiny.numbers(make_plan(made.scheme), inputs) == [2, 2, 2]
    book = tiny.book(made.text, tmp_path / "b.xlsx", tiny.typed(inputs))
    assert [(f.unit, f.code) for f in actions.check(book).findings] == [("甲", "input-range")]
    with libreoffice_engine.Calculator(book) as calculator:
        words = ["".join(str(cell) for cell in row) for row in calculator.calculate([], ["校验"])["校验"]]
    assert any("还有1处" in line for line in words)
    assert any("甲" in line and "完成数" in line for line in words)
    assert [str(d) for d in compare.verify(made, count=10).disagreements[:3]] == []


# Said once ----------------------------------------------------------------------------------------------------------------

LIMIT = Fixed("x", "standard")
KINDS = {
    "any number": Input("数", Ask.QUANTITY),
    "a quantity": Input("数", Ask.QUANTITY, "亿元", low=Decimal(0), no_task=True),
    "a share": Input("数", Ask.QUANTITY, "%", required=False, low=Decimal(0), high=Decimal(1)),
    "below nothing": Input("数", Ask.QUANTITY, low=Decimal("-1.50"), high=Decimal("0.5")),
    "a count": Input("次", Ask.COUNT, low=Decimal(0)),
    "events": Input("次", Ask.COUNT, required=False, low=Decimal(0), high=Decimal(4)),
    "a rank": Input("名次", Ask.COUNT, low=Decimal(1), high=LIMIT, high_name="城市数"),
    "a mark": Input("分", Ask.SCORE, "分", low=Decimal(0), high=LIMIT, no_task=True),
    "a mark within": Input("分", Ask.SCORE, "分", low=Decimal(2), high=Decimal(5)),
    "an amount": Input("分", Ask.AMOUNT, "分", required=False, low=Decimal(0)),
    "within a band, or none": Input("分", Ask.AMOUNT, "分", required=False, low=Decimal(1), high=Decimal(3), or_nothing=True),
    "yes or no": Input("是否", Ask.CHOICE, options=("是", "否")),
    "a choice": Input("等次", Ask.CHOICE, options=("好", "3", "A"), required=False),
    "a choice, or no task": Input("等次", Ask.CHOICE, options=("好", "差"), no_task=True),
}
TYPED: list[Value] = [
    *(None, "", " ", "无", "－", "-", "是", "否", "好", "差", "A", "甲", "3", "3.5分", "１２", "75%", "#N/A", "#VALUE!", True, False),
    *(Decimal(n) for n in ("0", "-1", "-1.5", "-1.51", "0.5", "1", "1.0", "1.5", "2", "3", "3.01", "4", "5", "5.5", "1000000", "1E+14")),
]


@dataclass(frozen=True)
class Cells:
    """The cell at hand is A1, the upper limit B1."""

    limit: Value = None

    def cell(self, line: str) -> str:
        raise AssertionError(line)

    def fixed(self, line: str, column: str) -> str:
        return "$B$1"


class Held(Cells):
    def fixed(self, line: str, column: str) -> Value:  # type: ignore[override]
        return self.limit


def evaluated(text: str, limit: Value) -> list[bool]:
    """A formula about A1 for everything that is typed there, by the ``formulas`` library."""
    place = ("表", "C1")
    library = formulas_engine.Library({place: text}, {})
    # one at a time: together, the library takes FALSE and 0 for one value
    results = [library.evaluate([{("表", "A1"): value, ("表", "B1"): limit}])[place][0] for value in TYPED]
    assert all(isinstance(r, bool) for r in results), [*zip(TYPED, results, strict=True)]
    return [bool(r) for r in results]


def refused(v: Validation, limit: Value) -> list[bool]:
    """What a data validation refuses of all that is typed."""
    if v.kind == "custom":
        return [not fine for fine in evaluated(f"={v.first}", limit)]
    if v.kind == "list":
        return [value not in v.first.strip('"').split(",") for value in TYPED]
    top = evaluated_number(v.second or "", limit)
    return [
        not isinstance(value, Decimal) or not Decimal(v.first) <= value <= top or (v.kind == "whole" and value != value.to_integral_value())
        for value in TYPED
    ]


def evaluated_number(text: str, limit: Value) -> Decimal:
    place = ("表", "C1")
    [result] = formulas_engine.Library({place: f"={text}"}, {}).evaluate([{("表", "B1"): limit}])[place]
    assert isinstance(result, Decimal)
    return result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [Decimal(3), None])
def test_everybody_agrees_on_what_an_input_accepts(kind: str, limit: Decimal | None) -> None:
    asked = KINDS[kind]
    if limit is None and not asked.high_name:
        limit = Decimal(4)  # a limit of the scheme is always there
    at = AddressesAtHand({HERE.line: "A1"}, Cells())  # type: ignore[arg-type]
    python = [bool(accepts.fault(asked, value, limit)) for value in TYPED]
    in_book = [bool(exact.value(asked.accepts.fault, ValuesAtHand({HERE.line: v}, Held(limit)))) for v in TYPED]  # type: ignore[arg-type]
    by_sheet = evaluated(formula(asked.accepts.fault, at), limit)
    assert dict(zip(map(repr, TYPED), python, strict=True)) == dict(zip(map(repr, TYPED), by_sheet, strict=True))
    assert in_book == python
    wrong = evaluated(formula(asked.accepts.wrong, at), limit)
    assert wrong == [fault and value not in (None, "") for fault, value in zip(python, TYPED, strict=True)]
    if asked.accepts.options and asked.accepts.words:
        return  # 无 is no choice of the list
    validated = refused(scoring.validation(asked, "A1", at, "数"), limit)
    for value, no, fault in zip(TYPED, validated, python, strict=True):
        if value not in (None, "", "－") and not isinstance(value, bool):  # it says nothing of blanks; nobody types －
            assert no == fault, value


@pytest.mark.parametrize(("value", "wrong"), [(None, False), (0, False), (1, False), (0.5, True), (3.5, True), (False, True), (True, True)])
def test_false_is_not_nothing(value: float | bool | None, wrong: bool) -> None:
    plan = tiny.plan("- {id: 1, name: 事故, points: 10, rule: deduct, events: [{what: 事故, between: [1, 3]}]}")
    typed = value if isinstance(value, bool) or value is None else Decimal(str(value))
    assert bool(line_fault(plan.lines["1/事故"], 0, Evaluation(plan, {("1/事故", 0): typed}))) == wrong


def test_the_least_that_a_cell_counts_for() -> None:
    assert KINDS["within a band, or none"].accepts.least == 0
    assert KINDS["a mark within"].accepts.least == 2
    assert KINDS["below nothing"].accepts.least == Decimal("-1.5")
    assert Input("次", Ask.COUNT, required=False).accepts.least is None


def test_random_fillings_are_what_inputs_accept(made: load.SchemeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_filling, "_SLIPS", (None,))
    bands = "- {id: 1, name: 事故, points: 10, rule: deduct, events: [{what: 事故, between: [1, 3]}, {what: 迟报, each: 1, up_to: 4}]}"
    asked = "{率: {in: '%', high: 1}, 数: {high: 总}, 总: {low: 2}, 评: {ask: score, low: 2, high: 5}, 选: {ask: yes_no}}"
    free = f"- {{id: 1, name: 甲, points: 10, rule: formula, inputs: {asked}, score: '率 + 数 + 总 + 评'}}"
    marks = "- {id: 1, name: 评价, points: 5, rule: direct, may_be_none: true, no_task: average}"
    for plan in (make_plan(made.scheme), tiny.plan(bands), tiny.plan(free), tiny.plan(marks)):
        for seed in range(40):
            book = Evaluation(plan, random_filling.random_filling(plan, str(seed)).inputs)
            faults = {line_fault(line, unit, book) for line in plan.inputs for unit in plan.places(line)}
            assert faults <= {"", accepts.MISSING}


# Readings -----------------------------------------------------------------------------------------------------------------

READ = """\
readings:
- id: 扣分
  at: 1
  clause: 第三条
  takes: 扣完为止
  options:
    扣完为止: {{says: 扣完为止}}
    另一种: {{says: 另一种, set: {{1: {{{sets}}}}}}}
"""
EVENTS = "- {id: 1, name: 事故, points: 10, rule: deduct, events: [{what: 事故, each: 6}]}"


def read_as(sets: str) -> load.SchemeFile:
    return tiny.load(EVENTS, extra=READ.format(sets=sets))


def test_a_reading_may_name_another_rule() -> None:
    file = read_as("rule: direct, name: 事故评价")
    other = make_plan(load.loads(file.text, file.file, {"扣分": "另一种"}).scheme)
    assert [line.input.name for line in other.inputs if line.input] == ["评分"]
    assert tiny.numbers(other, {"1/评分": [7, 0, 10]}) == [7, 0, 10]
    assert actions.doubts(file) == []


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ("floor: abc", "数"),
        ("rule: formula, score: 没有的量 * 2", "没有定义"),
        ("rule: formula, score: 1 +", "公式"),
        ("flor: 0", "flor"),
    ],
)
def test_an_option_that_cannot_be_is_told(sets: str, message: str) -> None:
    [problem] = actions.doubts(read_as(sets))
    assert "读法“扣分”选“另一种”时算不了" in problem.message
    assert message in problem.message
    assert (
        problem.line
        == tiny.text(EVENTS, extra=READ.format(sets=sets)).splitlines().index("    另一种: {says: 另一种, set: {1: {" + sets + "}}}") + 1
    )


def test_a_scheme_to_take_results_from_that_is_not_there_is_told() -> None:
    [problem] = actions.doubts(tiny.load("- {id: 1, name: 甲, points: 10, rule: imported, by: 某考核, scheme: no-such-scheme}"))
    assert problem.severity == "warning"
    assert "no-such-scheme" in problem.message
    known = "- {id: 1, name: 甲, points: 10, rule: imported, by: 某考核, scheme: panshan-2019-parks}"
    assert actions.doubts(tiny.load(known)) == []


def test_a_limit_known_only_in_part_is_no_fault_of_the_others(made: load.SchemeFile) -> None:
    plan = make_plan(made.scheme)
    book = Evaluation(plan, tiny.typed({"2/应退": [4, None, None], "2/已退": [5, 5, 5]}))
    line = plan.lines["2/已退"]
    assert [bool(line_fault(line, unit, book)) for unit in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("measure", "typed", "slip"),
    [
        ("%", "95", True),  # 95 for 95%, against 95%
        ("%", "0.95", False),
        ("%", "1.2", False),
        ("%", "18.99", False),  # under twenty times the target
        ("亿元", "95.1", True),  # more than a hundred times 0.95
        ("亿元", "94", False),
        ("亿元", "0.009", True),
        ("亿元", "0.0095", False),
        ("亿元", "0", False),
        ("亿元", "约三亿", False),  # no number; that is told otherwise
    ],
)
def test_what_is_far_from_its_target_turns_red(measure: str, typed: str, slip: bool) -> None:
    text = f'- {{id: 1, name: 完成率, points: 10, rule: ratio, in: "{measure}", target: [0.95, 0.95, 0.96]}}'
    book = compose(tiny.load(text))
    line = book.plan.lines["1/完成"]
    tree = unlikely(book.plan, line)
    assert tree is not None
    value = Decimal(typed) if typed[0].isdigit() else typed
    here = ValuesAtHand({HERE.line: value}, Evaluation(book.plan, {}).seen_by(0))
    assert exact.value(tree, here) is slip
    [area] = book.layout.areas
    sheet = next(sheet for sheet in book.sheets if sheet.name == area.sheet)
    texts = [h.formula for h in sheet.highlights if h.colour == "wrong" and area.cell("1/目标", 0) in h.formula]
    assert len(texts) == 1


@pytest.mark.parametrize(("typed", "codes"), [("11290", []), ("120", []), ("119", ["input-outlier"]), ("1200001", ["input-outlier"])])
def test_a_check_tells_what_is_red_and_the_target_is_not_the_points(tmp_path: Path, typed: str, codes: list[str]) -> None:
    """Where units have points of their own, these stand first; 11290 of 12000 is no thousand times 10."""
    text = tiny.text("- {id: 1, name: 收入, points: [10, 5, 5], rule: ratio, in: 万元, target: [12000, 1200, 1320]}", full="null")
    path = tiny.book(text, tmp_path / "b.xlsx", {("1/完成", 0): Decimal(typed)})
    assert [f.code for f in actions.check(path).findings if f.severity == "warning"] == codes


def test_books_of_before_keep_their_words() -> None:
    asked = Input("率", Ask.QUANTITY, "%", low=Decimal("0.3"), high=Decimal("0.7"))
    assert accepts.requirement(asked, lately=False) == "填百分数，如 7.5%，不小于0.3，不大于70%"
    assert accepts.requirement(Input("镇", Ask.COUNT, "个问题镇", low=Decimal(0)), lately=False) == "填次数：0或正整数"
