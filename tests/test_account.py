"""A unit's account: where points were lost or added, why, and by which clause.

Requirements: every lost point with its figures and clause; what only adds is nobody's loss; points by unit and by role
count as the unit's own; the neighbours with the gaps; the veto and the grade with their reasons; what has no score yet says
why; the command prints it, also as JSON.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import cli
from addin.result import account, notice, statement
from addin.workbooks import explanation, snapshot
from addin.workbooks.readings import other_readings
from generator.xlsx.package import Package

TEXT = """
- name: 业务
  clause: 第二条
  children:
  - {id: 1, name: 投资, points: 10, in: 亿元, rule: ratio, target: [4, 8, null]}
  - {id: 2, name: 办件, points: [4, 6, 8], rule: deduct, events: [{what: 超期, each: 0.5}, {what: 退件, each: 1}]}
- {id: 3, name: 宣传, points: 3, rule: add, at_most: 3, events: [{what: 稿件, each: 1}]}
- {id: 4, name: 安全, rule: veto, grade: 不合格, when: [死亡]}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("accounts") / "b.xlsx"
    inputs = {"1/完成": [3, 8, None], "2/超期": [None, 3, 1], "2/退件": [1, None, None], "3/稿件": [2, None, 1], "4/死亡": [None, 1, None]}
    return tiny.book(tiny.text(TEXT, full="null"), path, tiny.typed(inputs))


@pytest.fixture(scope="module")
def accounts(book: Path) -> account.Accounts:
    return account.Accounts(snapshot.take(book))


def row(entry: account.Entry) -> tuple[str, float | None, float | None, float]:
    """Number, points, score, loss."""
    points, score = (None if value is None else float(value) for value in (entry.points, entry.score))
    return entry.id, points, score, float(entry.lost)


def test_every_lost_point_has_its_figures_and_its_clause(accounts: account.Accounts) -> None:
    first = accounts.of("甲")
    # 10 × 3 ÷ 4 = 7.5; 4 − 1 = 3; 2 articles
    assert [row(e) for e in first.losses] == [("1", 10, 7.5, 2.5), ("2", 4, 3, 1)]
    assert first.losses[0].reason == "目标 4，完成 3亿元；10 × 3 ÷ 4 = 7.5"
    assert first.losses[0].clause == "某文〔2024〕1号 第二条"
    assert first.losses[1].reason == "退件 1；4 - 1 × 1 = 3"
    assert [row(e) for e in first.gains] == [("3", None, 2, -2)]
    assert (first.total, first.rank, first.of) == (Decimal("12.5"), 2, 3)


def test_the_neighbours_stand_with_the_gaps(accounts: account.Accounts) -> None:
    # 甲 7.5 + 3 + 2 = 12.5; 乙 10 + (6 − 1.5) = 14.5; 丙 8 − 0.5 + 1 = 8.5, of whom 投资 is not asked
    first, second, third = accounts.all()
    assert (first.ahead, first.behind) == (
        account.Neighbour("乙", Decimal("14.5"), Decimal(2)),
        account.Neighbour("丙", Decimal("8.5"), Decimal(4)),
    )
    assert second.ahead is None
    assert third.behind is None
    assert [e.id for e in third.losses] == ["2"]


def test_a_veto_is_told_with_its_reason(accounts: account.Accounts) -> None:
    second = accounts.of("乙")
    assert (second.grade, second.grade_reason) == ("不合格", "因为“死亡”填了 1")
    assert [e.heading for e in second.decided] == ["4 安全：不合格"]
    assert "等次的由来：因为“死亡”填了 1" in account.told(second)


FOLDED = """
- id: 一
  name: 业务
  at_most: 6
  children:
  - {id: 1, name: 信息, points: 0, rule: add, at_most: 9, events: [{what: 采用, each: 2}]}
  - {id: 2, name: 约稿, points: 0, rule: add, at_most: 9, events: [{what: 完成, each: 1}]}
- {id: 3, name: 安全, points: 4, rule: deduct, events: [{what: 事故, each: 1}]}
"""
TOTALS = """
score: if(通报 > 0, 0, score("一") + score("3"))
inputs: {通报: {ask: count, in: 次}}
quantities: {排名用分: "总分 * 2"}
rank_by: 排名用分
"""


def test_what_is_more_than_a_sum_is_told_step_by_step(tmp_path: Path) -> None:
    """A cap on a group, a total that falls to nothing, and a place by another figure than the total: without them what was lost and
    what was added do not come to the total."""
    inputs = {"1/采用": [3, 1, 1], "2/完成": [2, None, None], "3/事故": [1, None, None], "通报/数": [0, 0, 1]}
    path = tiny.book(tiny.text(FOLDED, full="null", extra=TOTALS), tmp_path / "b.xlsx", tiny.typed(inputs))
    first, second, third = account.Accounts(snapshot.take(path)).all()
    assert [float(one.total or 0) for one in (first, second, third)] == [9, 6, 0]  # 6 + 3; 2 + 4; a notice
    assert first.folded[0] == ("业务", "信息得分 + 约稿得分 = 6 + 2 = 8，封顶 6，得 6")
    assert dict(first.folded)["排名用分"] == "总分 × 2 = 9 × 2 = 18"
    assert [name for name, _ in second.folded] == ["计算总分", "排名用分"]
    assert dict(third.folded)["计算总分"] == "0，因为“通报”填了 1"
    assert second.ahead == account.Neighbour("甲", Decimal(18), Decimal(6))  # 18 − 12, what they are ranked by
    lines = account.told(second)
    assert "比前一名甲（排名用分 18）低 6 分" in lines
    assert lines[lines.index("合成得分：") + 2] == "　排名用分：总分 × 2 = 6 × 2 = 12"


def test_a_plain_sum_is_not_told(accounts: account.Accounts) -> None:
    assert accounts.of("甲").folded == []


def test_what_has_no_score_says_why(tmp_path: Path) -> None:
    path = tiny.book(tiny.text(TEXT, full="null"), tmp_path / "open.xlsx", tiny.typed({"1/完成": ["三亿", None, None]}))
    taken = account.Accounts(snapshot.take(path))
    assert taken.of("甲").waiting[0].reason.endswith("还没有结果，“完成”填的是文字“三亿”，不是数")
    assert taken.of("乙").waiting[0].reason.endswith("还没有结果，“完成”还没有填")
    assert taken.of("乙").total is None


def test_what_a_role_earns_is_what_it_can_lose(tmp_path: Path) -> None:
    text = """
    - {id: 1, name: 协同, points: 10, for: {牵头: [甲], 配合: [乙, 丙]}, rule: direct}
    """
    extra = "roles: {牵头: 1, 配合: 0.6}"
    path = tiny.book(tiny.text(text, extra=extra), tmp_path / "roles.xlsx", tiny.typed({"1/评分": [10, 9, 10]}))
    accounts = account.Accounts(snapshot.take(path))
    # 0.6 × 9 = 5.4 of 0.6 × 10 = 6
    assert [row(e) for e in accounts.of("乙").losses] == [("1", 6, 5.4, 0.6)]
    assert accounts.of("甲").losses == []


MONEY = """
- {id: 1, name: 补贴, points: 0, rule: formula, at_most: null, inputs: {吨数: {in: 吨}}, figures: {每吨: 300},
   quantities: {应补: {is: 吨数 * 每吨, in: 元}}, score: 应补}
- {id: 2, name: 扣回, points: 0, rule: formula, at_least: null, inputs: {扣回资金: {ask: amount, in: 元}}, score: 0 - 扣回资金}
"""


def test_money_is_not_called_points(tmp_path: Path) -> None:
    extra = """
    in: 元
    quantities: {户均: {is: "总分 / 2", in: 元}}
    """
    typed = tiny.typed({"1/吨数": [2, 1, 1], "2/扣回资金": [50, None, None]})
    path = tiny.book(tiny.text(MONEY, full="null", extra=extra), tmp_path / "money.xlsx", typed)
    lines = account.told(account.Accounts(snapshot.take(path)).of("甲"))
    # 2 × 300 − 50 = 550, the others 300
    assert lines[1] == "总分 550 元，第 1 名（共 3 个单位）"
    assert "比后一名乙（300）高 250 元" in lines
    assert "户均：275 元" in lines
    assert lines[lines.index("扣减（1 项，共扣 50 元）：") + 1] == "　2 扣回：扣 50 元（得 -50）"
    assert lines[lines.index("计入（1 项，共计 600 元）：") + 2] == "　　应补 = 吨数 × 每吨 = 2 × 300 = 600"
    taken = snapshot.take(path)
    paper = statement.words(taken, account.Accounts(taken).of("甲"), other_readings(taken))
    assert (paper["总分"], paper["比后一名"], paper["失分小结"]) == ("550 元", "高 250 元（乙）", "（1 项，共扣 50 元）")
    told = notice.words(taken, notice.Heading())
    assert "最高550.00元（甲），最低300.00元（乙、丙），平均383.33元" in told["分组"][0]["概况"]  # 1150 ÷ 3
    assert told["分组"][0]["单位"][0]["总分"] == "550.00元"
    assert told["失分"] == ["1．“扣回”（2）：1个单位扣减，平均扣50元，扣减最多的是甲（50元）。"]
    heads = [cell.value for row in openpyxl.load_workbook(path)["汇总"].iter_rows(max_row=5) for cell in row]
    assert "总分（元）" in heads
    assert "总分" not in heads


GRADED = """
- {id: 1, name: 评议, points: 100, rule: direct}
- {id: 2, name: 安全, rule: veto, grade: 差, when: [死亡]}
"""
BY_SHARE = """
facts: [{id: 问题突出, about: 有突出问题}]
grades: {by: rank_share, bands: [{name: 好, up_to: 30%}, {name: 中, up_to: 80%}, {name: 差, needs: 问题突出}]}
"""
BY_SCORE = "grades: {by: score, bands: [{name: 优秀, at_least: 90}, {name: 合格, at_least: 60}, {name: 差}]}"


def grades_of(tmp_path: Path, extra: str, inputs: dict[str, object]) -> list[str]:
    """What is said of each unit's grade."""
    units, typed = "[甲, 乙, 丙, 丁, 戊]", tiny.typed(inputs)
    path = tiny.book(tiny.text(GRADED, units=units, full="100", extra=extra), tmp_path / "graded.xlsx", typed)
    return [one.grade_reason for one in account.Accounts(snapshot.take(path)).all()]


def test_a_grade_by_points_says_what_the_next_would_have_wanted(tmp_path: Path) -> None:
    told = grades_of(tmp_path, BY_SCORE, {"1/评分": [95, 88.5, 60, 59, 70]})
    assert told[0] == "总分 95 不低于 90"
    assert told[1] == "总分 88.5 不低于 60、低于 90；要评“优秀”，总分要不低于 90，还差 1.5 分"
    assert told[3] == "总分 59 低于 60；要评“合格”，总分要不低于 60，还差 1 分"


def test_a_grade_by_place_says_which_place_and_what_it_would_be_without_the_veto(tmp_path: Path) -> None:
    """Of five units 30 % are the first, 80 % the first four."""
    inputs = {"1/评分": [95, 90, 80, 70, 60], "问题突出/情况": ["否", "否", "否", "否", "是"], "2/死亡": [None, 1]}
    told = grades_of(tmp_path, BY_SHARE, inputs)
    assert told[0] == "5 个单位中位次第 1，在前 30% 以内"
    assert told[1] == "因为“死亡”填了 1；没有这一情形的话，5 个单位中位次第 2，在前 30% 以外，在前 80% 以内，是“中”"
    assert told[3] == "5 个单位中位次第 4，在前 30% 以外，在前 80% 以内；要评“好”，位次要进前 1 名"
    assert told[4] == "5 个单位中位次第 5，在前 80% 以外，“问题突出”是“是”；要评“中”，位次要进前 4 名"


def test_a_worst_grade_that_wants_a_fact_is_not_given_without_it(tmp_path: Path) -> None:
    told = grades_of(tmp_path, BY_SHARE, {"1/评分": [95, 90, 80, 70, 60], "问题突出/情况": ["否"] * 5})
    last = "5 个单位中位次第 5，在前 80% 以外，初定“差”；没有“问题突出”的情形，定为“中”；要评“好”，位次要进前 1 名"
    assert told[4] == last


CAPPED = """
- {id: 1, name: 评议, points: 100, rule: direct}
- {id: 2, name: 不评优秀, rule: veto, grade: 合格, if: 通报 > 0 and 实得 >= 优秀线}
"""
BY_WORKED = f"""
inputs: {{通报: {{ask: events}}}}
figures: {{优秀线: 90}}
quantities: {{实得: "score('1')"}}
score: 实得
{BY_SCORE}
"""


def test_a_veto_that_would_keep_a_unit_from_the_next_grade_is_told_before_it_does(tmp_path: Path) -> None:
    """Of the units with less than 90 those with a notice would not be 优秀 with 90 either; the one without would."""
    typed = tiny.typed({"1/评分": [95, 88.5, 88.5, 50], "通报/数": [1, 2, None, 1]})
    path = tiny.book(tiny.text(CAPPED, units="[甲, 乙, 丙, 丁]", full="100", extra=BY_WORKED), tmp_path / "capped.xlsx", typed)
    accounts = account.Accounts(snapshot.take(path))
    told = [one.grade_reason for one in accounts.all()]
    assert told[0] == "因为“通报”填了 1，且实得（95）不低于优秀线（90）；没有这一情形的话，总分 95 不低于 90，是“优秀”"
    short = "总分 88.5 不低于 60、低于 90；要评“优秀”，总分要不低于 90，还差 1.5 分"
    assert told[1] == short + "；不过到了 90 分，也只能定为“合格”，因为“通报”填了 2，且实得（90）不低于优秀线（90）"
    assert told[2] == short
    assert told[3] == "总分 50 低于 60；要评“合格”，总分要不低于 60，还差 10 分"
    assert [accounts.values.value("2/结果", unit) for unit in range(4)] == ["合格", None, None, None]  # the others only supposed
    assert [one.total for one in accounts.all()] == [Decimal(95), Decimal("88.5"), Decimal("88.5"), Decimal(50)]


MONTHLY = """
- id: 月
  name: 月评
  points: 10
  periods: [1月]
  inputs: {办件: {ask: count, in: 件}}
  figures: {界限: 20}
  children:
  - {id: 1, name: 办结, points: 10, rule: formula, inputs: {办结数: {ask: count, in: 件}},
     quantities: {办结率: {is: 办结数 / 办件, in: "%"}}, score: 分值 * 办结率}
  - {id: 2, name: 监察, points: 10, rule: formula, inputs: {超期: {ask: events, in: 件}}, figures: {少扣: 1, 多扣: 0.5},
     score: "分值 - 超期 * if(办件 < 界限, 少扣, 多扣)"}
"""


def test_what_a_group_asks_and_what_is_worked_out_between_are_named(tmp_path: Path) -> None:
    typed = tiny.typed({"办件@1月/数": [10, 10, 10], "1@1月/办结数": [8, 10, 10], "2@1月/超期": [2, None, None]})
    path = tiny.book(tiny.text(MONTHLY, full="10"), tmp_path / "monthly.xlsx", typed)
    losses = {e.id: e.reason for e in account.Accounts(snapshot.take(path)).of("甲").losses}
    assert losses["1@1月"] == "办结率 = 办结数 ÷ 办件 = 8 ÷ 10 = 80%；10 × 80% = 8"
    assert losses["2@1月"] == "超期 2件；10 - 2 × 1 = 8，因为办件（10）低于界限（20）"


SCALES = """
- id: 一
  name: 体系
  points: 100
  score: sum(得分)
  children:
  - {id: 1, name: 制度, points: 60, rule: direct}
  - {id: 2, name: 执法, points: 40, rule: direct}
- {id: 3, name: 日常, points: 10, rule: deduct, events: [{what: 迟报, each: 0.5}]}
"""


def test_losses_of_another_scale_are_told_apart(tmp_path: Path) -> None:
    """A hundred points that count as ten: what was lost in them is not added to what was lost of the total's own."""
    extra = """
    figures: {占: 10%}
    score: score("一") * 占 + score("3")
    """
    typed = tiny.typed({"1/评分": [50, 60, 50], "2/评分": [35, 40, 40], "3/迟报": [3, 3, None]})
    path = tiny.book(tiny.text(SCALES, full="20", extra=extra), tmp_path / "scales.xlsx", typed)
    told = [account.told(one) for one in account.Accounts(snapshot.take(path)).all()]
    assert "失分（3 项，“体系”里失 15 分，其余失 1.5 分；共折合总分 3 分）：" in told[0]
    assert "　1 制度：失 10 分（得 50，分值 60，折合总分 1 分）" in told[0]
    assert "失分（1 项，共失 1.5 分）：" in told[1]
    assert "失分（1 项，“体系”里失 10 分；共折合总分 1 分）：" in told[2]


def test_a_total_that_takes_the_groups_below_one_by_one_has_their_scale(tmp_path: Path) -> None:
    """By way of a quantity, past the heading above them."""
    text = """
    - id: 甲类
      name: 甲类
      children:
      - {id: 一, name: 业务, children: [{id: 1, name: 制度, points: 6, rule: direct}]}
      - id: 二
        name: 减分
        at_least: -3
        children: [{id: 2, name: 通报, points: 0, rule: deduct, floor: null, events: [{what: 次数, each: 2}]}]
    """
    extra = """
    quantities: {合得: "score('一') + score('二')"}
    score: max(合得, 0)
    """
    typed = tiny.typed({"1/评分": [5, 6, 6], "2/次数": [1, None, None]})
    path = tiny.book(tiny.text(text, full="6", extra=extra), tmp_path / "past.xlsx", typed)
    assert "失分（2 项，共失 3 分）：" in account.told(account.Accounts(snapshot.take(path)).of("甲"))


PRAISED = """
- {id: 1, name: 表扬, points: 10, rule: formula, at_least: null, inputs: {表扬: {ask: events}, 批评: {ask: events}}, figures: {每次: 3},
   score: "min(表扬 * 每次, 分值) - 批评 * 每次"}
"""


def test_what_was_never_earned_is_not_called_lost(tmp_path: Path) -> None:
    typed = tiny.typed({"1/表扬": [None, 2, None], "1/批评": [None, None, 1]})
    path = tiny.book(tiny.text(PRAISED, full="10"), tmp_path / "praised.xlsx", typed)
    first, second, third = (account.told(one) for one in account.Accounts(snapshot.take(path)).all())
    assert "失分：没有" in first
    assert first[first.index("没有得到的（1 项，共未得 10 分）：") + 1] == "　1 表扬：未得 10 分（得 0，分值 10）"
    assert "　1 表扬：未得 4 分（得 6，分值 10）" in second  # 2 × 3
    assert "　1 表扬：失 3 分，另有 10 分未得（得 -3，分值 10）" in third


def test_what_was_earned_and_taken_off_again_was_lost(tmp_path: Path) -> None:
    typed = tiny.typed({"1/表扬": [2, None, None], "1/批评": [3, None, None]})
    path = tiny.book(tiny.text(PRAISED, full="10"), tmp_path / "both.xlsx", typed)
    told = account.told(account.Accounts(snapshot.take(path)).of("甲"))
    # 2 × 3 earned of 10, and 3 × 3 taken off
    assert "　1 表扬：失 9 分，另有 4 分未得（得 -3，分值 10）" in told
    assert "　　表扬 2，批评 3；2 × 3 - 3 × 3 = -3" in told


TYPED = """
- {id: 1, name: 产值, rule: formula, at_most: null, inputs: {目标1分值: {in: 分}, 完成率: {in: "%"}}, score: 目标1分值 * 完成率}
- {id: 2, name: 评议, rule: formula, at_most: null, inputs: {评议分值: {in: 分, for: "*"}, 评分: {ask: score, high: 评议分值}},
   score: 评分}
"""


def test_points_that_are_typed_in_are_what_can_be_lost(tmp_path: Path) -> None:
    typed = tiny.typed({"1/目标1分值": [80, 60, 60], "1/完成率": [0.9, 1, 1], "2/评议分值": 20, "2/评分": [20, 15, 20]})
    path = tiny.book(tiny.text(TYPED, full="null"), tmp_path / "typed.xlsx", typed)
    accounts = account.Accounts(snapshot.take(path))
    # 80 × 90 % = 72; 15 of 20
    assert [row(e) for e in accounts.of("甲").losses] == [("1", 80, 72, 8)]
    assert [row(e) for e in accounts.of("乙").losses] == [("2", 20, 15, 5)]
    assert accounts.of("丙").gains == []


def test_a_result_that_was_written_over_is_told(book: Path, tmp_path: Path) -> None:
    pack = Package.open(book)
    sheet, at = snapshot.take(book).place("2/得分", 0) or ("", "")
    pack.sheet(sheet).set(at, Decimal(4))
    path = tmp_path / "over.xlsx"
    path.write_bytes(pack.to_bytes())
    told = account.told(account.Accounts(snapshot.take(path)).of("甲"))
    # what it should be is what the account tells: 4 − 1
    assert "　2 办件：失 1 分（得 3，分值 4）" in told
    assert told[-1] == f"注意：办件“得分”（{sheet}!{at}）的公式被盖掉了，表里显示 4，应为 3；用“重算”恢复"
    assert not [line for line in account.told(account.Accounts(snapshot.take(book)).of("甲")) if line.startswith("注意")]


def test_the_command_prints_the_account(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", str(book), "-u", "甲"]) == 0
    told = capfd.readouterr().out
    assert "总分 12.5，第 2 名（共 3 个单位）" in told
    assert "失分（2 项，共失 3.5 分）：" in told
    assert "加分（1 项，共加 2 分）：" in told
    assert cli.run(["explain", str(book), "-u", "甲", "--json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert (data["total"], data["rank"], [e["lost"] for e in data["losses"]]) == (12.5, 2, [2.5, 1])
    assert cli.run(["explain", str(book), "-u", "戊"]) == 2
    assert "没有被考核单位“戊”" in capfd.readouterr().err


DUTIES = """
- {id: 1, name: 值班, rule: duty, clause: 第一条}
- {id: 2, name: 检查, rule: duty, clause: 第二条}
- {id: 3, name: 演练, rule: duty}
"""


def test_of_duties_those_not_carried_out_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {"1/是否落实": ["是", "否", "是"], "2/是否落实": ["否", "否", "是"]}
    book = tiny.book(tiny.text(DUTIES, full="null"), tmp_path / "d.xlsx", tiny.typed(answers))
    assert cli.run(["explain", str(book), "--unit", "甲"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "甲",
        "已落实 1 项，未落实 1 项，没有填的 1 项；只列职责、不计分",
        "未落实（1 项）：",
        "　2 检查，依据某文〔2024〕1号 第二条",
        "没有填（1 项）：",
        "　3 演练，依据某文〔2024〕1号 附件1序号3",
    ]
    assert cli.run(["explain", str(book), "--unit", "乙", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["done"] == 0
    assert [duty["name"] for duty in said["undone"]] == ["值班", "检查"]
    assert cli.run(["explain", str(book), "--unit", "丁"]) != 0


VETOED = """
- {id: 1, name: 评议, points: 100, rule: direct}
- {id: 2, name: 安全, rule: veto, grade: 差, when: [死亡, 重伤], clause: 第五条}
"""


def test_a_veto_of_which_nothing_can_be_said_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The count is no number: the unit has its total and its place, and its grade is not certain."""
    typed = tiny.typed({"1/评分": [95, 90, 40], "2/死亡": ["约5", None, 1]})
    path = tiny.book(tiny.text(VETOED, full="100", extra=BY_SCORE), tmp_path / "v.xlsx", typed)
    first, second, third = account.Accounts(snapshot.take(path)).all()
    wrong = "否决项还不能判断：2 安全，“死亡”填的是文字“约5”，不是数，依据某文〔2024〕1号 第五条"
    assert wrong in account.told(first)
    assert not second.undecided
    # 40 is 差 without the veto as well
    assert third.grade_reason == "因为“死亡”填了 1；没有这一情形，总分 40 低于 60，也是“差”"
    told = explanation.told(explanation.explain(path, "甲", "总分"))
    assert "等次怎样定：否决项“安全”还不能判断，“死亡”填的是文字“约5”，不是数" in told
    plain = tiny.book(tiny.text(VETOED, full="100"), tmp_path / "p.xlsx", typed)
    assert "等次：还不能定" in explanation.told(explanation.explain(plain, "甲", "总分"))
    assert "等次：没有否决的情形，不另定等次" in explanation.told(explanation.explain(plain, "乙", "总分"))
    taken = snapshot.take(path)
    assert (
        "甲：否决项“2 安全”还不能判断，“死亡”填的是文字“约5”，不是数（某文〔2024〕1号 第五条）。"
        in notice.words(taken, notice.Heading())["评定"]
    )
    assert cli.run(["explain", str(path), "-u", "甲", "--json"]) == 0
    assert [e["indicator"] for e in json.loads(capsys.readouterr().out)["undecided"]] == ["2"]


ALIKE = """
- id: 月
  name: 月评
  points: 10
  periods: [1月, 2月, 3月]
  children:
  - {id: 1, name: 报送, points: 6, rule: deduct, events: [{what: 迟报, each: 1}]}
  - {id: 2, name: 采用, points: 4, rule: add, at_most: 4, events: [{what: 市采用, each: 1}, {what: 省采用, each: 2}]}
- {id: 3, name: 亮点, points: 5, rule: add, at_most: 5, events: [{what: 荣誉, each: 2}]}
- {id: 4, name: 测评, points: 5, rule: direct}
"""


def test_what_is_the_same_in_several_months_is_said_once(tmp_path: Path) -> None:
    inputs = {"1@1月/迟报": [2, 0, 0], "1@3月/迟报": [2, 0, 0], "2@2月/市采用": [1, 0, 0], "3/荣誉": [1, 1, 3], "4/评分": [4, 5, 5]}
    path = tiny.book(tiny.text(ALIKE, full="20"), tmp_path / "m.xlsx", tiny.typed(inputs))
    lines = account.told(account.Accounts(snapshot.take(path)).of("甲"))
    at = lines.index("失分（3 项，“月评”里的分月计，其余失 1 分；共折合总分 2.33 分）：")  # 4 ÷ 3 + 1
    assert lines[at + 1 : at + 3] == ["　1 报送（1月、3月）：各失 2 分（各得 4，分值 6，各折合总分 0.67 分）", "　　迟报 2；6 - 2 × 1 = 4"]
    # what only adds, and of whose points the full marks are made up: what was missed is said
    at = lines.index("没有得到的（2 项，“月评”里的分月计，折算进总分，不能直接相加）：")
    assert lines[at + 1] == "　2 采用（1月、3月）：各未得 4 分（各得 0，分值 4）"
    assert lines[at + 2] == "　　0，没有发生；没有得分的：“市采用”、“省采用”"
    at = lines.index("　3 亮点：加 2 分，另有 3 分未得（得 2，分值 5）")
    assert lines[at + 1] == "　　荣誉 1；1 × 2 = 2"
    assert "　　市采用 1；1 × 1 = 1；没有得分的：“省采用”" in lines


NUMBERED = """
scheme: tiny-own
title: 小清单考核
place: 某县
year: 2024
source: {document: 某文〔2024〕2号, part: 附件}
full_marks: null
layout: units
units: [甲镇, 乙镇]
quantities: {完成占: {is: "divide(score('目标'), 满分, if_zero=0)", in: "%"}}
figures: {满分: 20}
score: 完成占 * 满分
indicators:
- name: 目标
  id: 目标
  children:
  - {id: 甲镇-1, name: 修路, points: 10, for: [甲镇], rule: direct}
  - {id: 甲镇-2, name: 种树, points: 10, for: [甲镇], rule: deduct, events: [{what: 没有管护的问题村, per_what: 个问题村, each: 2}]}
  - {id: 乙镇-1, name: 通水, points: 20, for: [乙镇], rule: direct}
"""


def test_a_unit_s_own_numbers_are_told_without_its_name(tmp_path: Path) -> None:
    """And a share among the parts as a share, and what is counted once where its name has said so."""
    typed = tiny.typed({"甲镇-1/评分": [None, None], "甲镇-2/没有管护的问题村": [3, None], "乙镇-1/评分": [None, 15]})
    path = tiny.book(NUMBERED, tmp_path / "own.xlsx", typed)
    first, second = account.Accounts(snapshot.take(path)).all()
    lines = account.told(first)
    assert "　2 种树：失 6 分（得 4，分值 10）" in lines
    assert "　　没有管护的问题村 3个；10 - 3 × 2 = 4" in lines
    assert "　1 修路：还没有结果，“评分”还没有填" in lines
    assert "合成得分：" not in lines  # what is open is told above
    assert explanation.told(explanation.explain(path, "甲镇", "甲镇-2"))[0] == "甲镇｜2 种树"
    assert "完成占 75%" in next(line for line in account.told(second) if line.startswith("各部分："))


DEEP = """
- id: 1
  name: 收入
  points: 10
  rule: formula
  inputs: {预算收入: {in: 万元}, 税收: {in: 万元}}
  figures: {预算目标: 200, 税收目标: 100}
  quantities:
    预算完成率: {is: "clamp(预算收入 / 预算目标, 0, 1)", in: "%"}
    税收完成率: {is: "clamp(税收 / 税收目标, 0, 1)", in: "%"}
    完成率: {is: "average(预算完成率, 税收完成率)", in: "%"}
  score: 分值 * 完成率
- {id: 2, name: 亮点, points: 5, rule: add, at_most: 5, events: [{what: 荣誉, each: 2}, {what: 成效, between: [0, 5]}]}
"""


def test_what_was_filled_in_beneath_a_quantity_is_told(tmp_path: Path) -> None:
    """Without it nobody would know why a rate is nothing."""
    inputs = {"1/预算收入": [200, 100, 200], "1/税收": [0, 100, 100], "2/成效": [0, None, 5]}
    path = tiny.book(tiny.text(DEEP, full="15"), tmp_path / "deep.xlsx", tiny.typed(inputs))
    first, second, _ = account.Accounts(snapshot.take(path)).all()
    mean = "完成率 = （预算完成率 + 税收完成率）÷ 2 = （100% + 0%）÷ 2 = 50%；10 × 50% = 5"
    assert first.losses[0].reason == f"预算收入 200万元，税收 0万元；{mean}"
    assert first.missed[0].reason == "成效 0；0，没有发生；没有得分的：“荣誉”、“成效”"
    assert second.losses[0].lost == Decimal("2.5")


FOLDED_TWICE = """
- id: 季
  name: 季度
  points: 100
  periods: [一季度, 二季度]
  children: [{id: 1, name: 办结, points: 100, rule: direct}]
- {id: 2, name: 日常, points: 90, rule: formula, figures: {占: 90%}, score: 'score("季") * 占'}
- {id: 3, name: 其他, points: 10, rule: deduct, events: [{what: 通报, each: 1}, {what: 曝光, each: 8}]}
"""


def test_what_is_lost_in_other_points_is_told_in_those_of_the_total(tmp_path: Path) -> None:
    """By what the total would be without it: once, although it is also what the year's line has lost; not what changes others' results."""
    extra = 'score: score("2") + score("3")'
    inputs = {"1@一季度/评分": [60, 100, 100], "1@二季度/评分": [100, 100, 90], "3/通报": [None, 3, None], "3/曝光": [None, 1, 1]}
    path = tiny.book(tiny.text(FOLDED_TWICE, full="100", extra=extra), tmp_path / "twice.xlsx", tiny.typed(inputs))
    taken = snapshot.take(path)
    first, second, third = account.Accounts(taken).all()
    # 40 of one quarter are 20 of the year, and 18 of the total
    assert [(e.id, e.in_total) for e in first.losses] == [("1@一季度", Decimal(18)), ("2", None)]
    assert first.lost_in_total == Decimal(18)
    assert second.lost_in_total is None  # 3 and 8 of 10: all its points are the total's own
    assert third.lost_in_total == Decimal("12.5")  # 10 ÷ 2 × 90 % + 8
    # 通报 orders by what the total lost: 18 + 4.5 of the quarters, as much of the year's line, 10 + 8 of the last
    told = notice.words(taken, notice.Heading())["失分"]
    assert told[0] == "1．“办结”（1，各期合计）：2个单位失分，平均失25分（折合总分11.25分），失分最多的是甲（40分）。"
    assert told[1] == "2．“日常”（2）：2个单位失分，平均失11.25分，失分最多的是甲（18分）。"
    assert told[2] == "3．“其他”（3）：2个单位失分，平均失9分，失分最多的是乙（10分）。"


def test_losses_that_a_rank_passes_on_are_not_told_in_points_of_the_total(tmp_path: Path) -> None:
    extra = """
    quantities: {体系分: "score('一')", 位次: "rank(体系分)"}
    figures: {每位: 10, 满: 100}
    score: "满 - 位次 * 每位"
    """
    typed = tiny.typed({"1/评分": [50, 60, 50], "2/评分": [35, 40, 40], "3/迟报": [3, 3, None]})
    path = tiny.book(tiny.text(SCALES, full="null", extra=extra), tmp_path / "rank.xlsx", typed)
    first = account.Accounts(snapshot.take(path)).of("甲")
    assert [e.in_total for e in first.losses] == [None, None, None]
    assert first.lost_in_total is None
