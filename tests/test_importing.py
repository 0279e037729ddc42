"""取数: results of one scheme's book in the cells of another's.

Requirements: a total, a place, a grade, an indicator's or a group's score, a verdict, a quantity and what was filled in can be
taken, by the same unit's name, by what stands outside brackets or by what the unit was called; － becomes 无 where that may be
typed and is told where not; what is open, of another scheme or year, tampered with, missing or of another kind is refused in a
sentence, and then the book is as it was; what a check would ask about is asked about. A folder gives what is wanted of it. The
prompt, 说明, `inputs` and an explanation say where a value comes from; the definition workbook gives the very file back; the
next year takes from the next year's scheme.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tiny import book, load, plan, text

from addin import cli
from addin.actions import Questionable, check
from addin.importing import Taken, import_results
from addin.workbooks import explanation, snapshot
from addin.workbooks.book import BookError
from generator.definition.exchange import export, take
from generator.problems import SchemeFault, SourceError
from generator.scheme.load import loads
from generator.value import Value
from generator.xlsx.package import Package
from generator.years.next_year import next_year

UNITS = "[甲镇, 乙街道（含园区）, 丙镇]"
SOURCE = """
- id: 公开
  name: 政务公开
  children:
  - {id: 1, name: 上报, points: 6, rule: deduct, events: [{what: 未上报, each: 2}]}
  - {id: 2, name: 目录, points: 4, for: [甲镇, 乙街道（含园区）], rule: all_or_nothing, ask: 制定目录}
- {id: 3, name: 事故, rule: veto, grade: 不合格, when: [较大事故]}
"""
EXTRA = "quantities: {上报得分: 总分 / 2}"


def source(id: str = "source-2024") -> str:
    return text(SOURCE, UNITS, "10", EXTRA).replace("scheme: tiny", f"scheme: {id}")


FILLED: dict[tuple[str, int], Value] = {
    ("1/未上报", 0): Decimal(1),  # 6 − 2 = 4
    ("2/制定目录", 0): "是",  # 4: 8 in all, the second place
    ("2/制定目录", 1): "是",  # 6 + 4 = 10
    ("3/较大事故", 2): Decimal(1),  # 6 in all, and the veto
}
TAKES = "scheme: source-2024"
ASKED = f"""
- id: 5
  name: 汇总
  points: 10
  rule: formula
  inputs:
    总: {{ask: score, {TAKES}}}
    名次: {{ask: count, {TAKES}, result: 位次}}
    公开分: {{ask: score, {TAKES}, result: 公开}}
    上报分: {{ask: score, {TAKES}, result: 1}}
    否决: {{ask: yes_no, {TAKES}, result: 3}}
    迟报: {{ask: events, {TAKES}, result: 1/未上报}}
    折半: {{ask: quantity, {TAKES}, result: 上报得分}}
  score: 总 + 公开分 + 上报分 + 折半 + 名次 + 迟报
"""


def target(tmp_path: Path, indicators: str, units: str = "[乙街道, 甲镇, 丙镇]", extra: str = "") -> Path:
    return book(text(indicators, units, extra=extra), tmp_path / "本簿.xlsx")


def given(tmp_path: Path, filled: dict[tuple[str, int], Value] | None = None, written: str = "") -> Path:
    return book(written or source(), tmp_path / "来源.xlsx", FILLED if filled is None else filled)


def typed(path: Path, key: str) -> list[Value]:
    taken = snapshot.take(path)
    return [taken.value(key, unit) for unit in range(len(taken.plan.units))]


def test_every_kind_of_result(tmp_path: Path) -> None:
    mine = target(tmp_path, ASKED)
    done = import_results(mine, [given(tmp_path)])
    assert done == Taken(Counter({"source-2024": 21}))
    assert typed(mine, "5/总") == [10, 8, 6]
    assert typed(mine, "5/名次") == [1, 2, 3]
    assert typed(mine, "5/公开分") == [10, 8, 6]
    assert typed(mine, "5/上报分") == [6, 4, 6]
    assert typed(mine, "5/否决") == ["否", "否", "是"]
    assert typed(mine, "5/迟报") == [0, 1, 0]
    assert typed(mine, "5/折半") == [5, 4, 3]
    shown = openpyxl.load_workbook(mine, data_only=True)["汇总"]
    assert {10} == {cell.value for row in shown.iter_rows() for cell in row if cell.value in (10, 8, 6)}  # min(10, …) each


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    mine, theirs = target(tmp_path, ASKED), given(tmp_path)
    import_results(mine, [theirs])
    before = mine.read_bytes()
    assert import_results(mine, [theirs]).replaced == 0
    assert mine.read_bytes() == before


def test_what_was_typed_before_is_counted(tmp_path: Path) -> None:
    mine = book(text(ASKED, "[乙街道, 甲镇, 丙镇]"), tmp_path / "本簿.xlsx", {("5/总", 0): Decimal(3)})
    done = import_results(mine, [given(tmp_path)])
    assert (done.replaced, done.words) == (1, ["有 1 格原来填的是别的数，换成了取来的"])


def test_a_grade_and_the_events_of_a_veto(tmp_path: Path) -> None:
    mine = target(
        tmp_path,
        f"""
        - {{id: 1, name: 等次, points: 10, rule: formula, inputs: {{档: {{ask: choice, options: [不合格, 合格], {TAKES}, result: 等次}}}},
           score: 'if(档 == "合格", 分值, 0)'}}
        - {{id: 2, name: 否决, rule: veto, grade: 差, when: [较大事故], {TAKES}, result: 3}}
        """,
    )
    grades = f"{EXTRA}\ngrades: {{by: score, bands: [{{name: 合格, at_least: 8}}, {{name: 不合格}}]}}"
    written = text(SOURCE, UNITS, "10", grades).replace("scheme: tiny", "scheme: source-2024")
    import_results(mine, [given(tmp_path, written=written)])
    assert typed(mine, "1/档") == ["合格", "合格", "不合格"]
    assert typed(mine, "2/较大事故") == [0, 0, 1]


def test_no_task_there(tmp_path: Path) -> None:
    mine = target(
        tmp_path,
        f"- {{id: 7, name: 目录, points: 2, rule: convert, raw: 4, by: 甲办, {TAKES}, result: 2, may_be_none: true, no_task: average}}",
    )
    import_results(mine, [given(tmp_path)])
    assert typed(mine, "7/原始分") == [4, 4, "无"]
    other = target(tmp_path, f"- {{id: 7, name: 目录, points: 2, rule: convert, raw: 4, by: 甲办, {TAKES}, result: 2}}")
    done = import_results(other, [given(tmp_path)])
    assert typed(other, "7/原始分") == [4, 4, None]
    assert done.words == ["source-2024 的“2”的结果，这些单位在那里没有这一项（－），没有取：丙镇"]


def test_units_of_another_name(tmp_path: Path) -> None:
    one = f"- {{id: 1, name: 得分, points: 10, rule: imported, by: 甲办, {TAKES}}}"
    mine = target(tmp_path, one, "[新甲镇, 乙街道, 丁镇]", "formerly: {新甲镇: [甲镇]}")
    done = import_results(mine, [given(tmp_path)])
    assert typed(mine, "1/评分") == [8, 10, None]
    assert done.words == ["source-2024 的考核簿里没有这些单位，没有取：丁镇"]
    merged = target(tmp_path, one, "[甲乙镇, 丙镇]", "formerly: {甲乙镇: [甲镇, 乙街道]}")
    import_results(merged, [given(tmp_path)])
    assert typed(merged, "1/评分") == [None, 6]


def test_a_result_for_some_units_only(tmp_path: Path) -> None:
    one = "- {id: 1, name: 得分, points: 10, rule: imported, by: 甲办, scheme: {镇: source-2024, 街道: other-2024}, result: 公开}"
    mine = target(tmp_path, one, "{镇: [甲镇, 丙镇], 街道: [乙街道]}")
    other = book(source("other-2024"), tmp_path / "另一本.xlsx", FILLED | {("1/未上报", 1): Decimal(2)})
    import_results(mine, [given(tmp_path), other])
    assert typed(mine, "1/评分") == [8, 6, 6]  # 乙街道: 6 − 2 × 2 + 4


def test_a_folder(tmp_path: Path) -> None:
    mine = target(tmp_path, ASKED)
    folder = tmp_path / "收上来的"
    (folder / "空的").mkdir(parents=True)
    given(folder)
    book(source("other-2024"), folder / "别的.xlsx")
    (folder / "坏的.xlsx").write_bytes(b"x")
    assert import_results(mine, [folder]).counts == {"source-2024": 21}
    (folder / "来源.xlsx").rename(folder / "来源1.xlsx")
    given(folder)
    with pytest.raises(BookError, match=r"“来源.xlsx”和“来源1.xlsx”都是 source-2024 的考核簿，分不清用哪一本"):
        import_results(mine, [folder])
    with pytest.raises(BookError, match="里没有这本簿要取数的考核簿；这本簿要的是：source-2024"):
        import_results(mine, [folder / "空的"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("scheme: source-2024, result: 9", r"“5 数”要取“9”的结果，“来源.xlsx”里没有；请核对两个方案的编号是不是一致"),
        ("scheme: source-2024, result: 1/没有", r"“5 数”要取“1”填的“没有”，“来源.xlsx”里没有"),
        ("scheme: source-2024, result: 等次", r"“5 数”要取等次，“来源.xlsx”里的不是数，填不进去"),
        ("scheme: source-2024, result: 3", r"“5 数”要取“3”的结果，“来源.xlsx”里的不是数"),
        ("scheme: source-2023", r"“来源.xlsx”是 2024 年度的（source-2024），这本簿要的是 source-2023；请换成那一年度的考核簿"),
        ("scheme: else", r"“来源.xlsx”是 source-2024 的考核簿，这本簿不从它取数；这本簿要的是：else"),
    ],
)
def test_refused(tmp_path: Path, asked: str, said: str) -> None:
    mine = target(tmp_path, f"- {{id: 5, name: 甲, points: 5, rule: formula, inputs: {{数: {{{asked}}}}}, score: 数}}")
    before = mine.read_bytes()
    with pytest.raises(BookError) as caught:
        import_results(mine, [given(tmp_path)])
    assert said in str(caught.value)
    assert mine.read_bytes() == before


def test_what_is_still_open(tmp_path: Path) -> None:
    open_ = {key: value for key, value in FILLED.items() if key != ("2/制定目录", 1)}
    theirs = given(tmp_path, open_)
    scored = target(tmp_path, f"- {{id: 1, name: 甲, points: 6, rule: imported, by: 甲办, {TAKES}, result: 1}}")
    assert import_results(scored, [theirs]).counts == {"source-2024": 3}  # what is asked for is there
    mine = target(tmp_path, f"- {{id: 1, name: 甲, points: 10, rule: imported, by: 甲办, {TAKES}}}")
    with pytest.raises(BookError, match=r"“来源.xlsx”还没有填完（乙街道的总分还没有），先填完再取数"):
        import_results(mine, [theirs])
    places = target(tmp_path, f"- {{id: 1, name: 甲, points: 10, rule: imported, by: 甲办, {TAKES}, result: 位次}}", "[甲镇]")
    with pytest.raises(BookError, match=r"乙街道（含园区）的总分还没有"):
        import_results(places, [theirs])


def test_what_was_tampered_with(tmp_path: Path) -> None:
    mine, theirs = target(tmp_path, ASKED), given(tmp_path)
    pack = Package.open(theirs)
    sheet, at = next(place for place in [snapshot.take(theirs).place("1/得分", 0)] if place)
    pack.sheet(sheet).set(at, Decimal(99))
    theirs.write_bytes(pack.to_bytes())
    with pytest.raises(BookError, match=rf"“来源.xlsx”有不能放心的地方（{sheet}!{at} .*被数值盖掉了.*）；请先对它点“检查”"):
        import_results(mine, [theirs])


def test_what_a_check_asks_about(tmp_path: Path) -> None:
    mine = target(tmp_path, f"- {{id: 1, name: 甲, points: 5, rule: imported, by: 甲办, {TAKES}}}")
    before = mine.read_bytes()
    with pytest.raises(Questionable, match="有 3 个数要先核对"):
        import_results(mine, [given(tmp_path)])
    assert mine.read_bytes() == before
    import_results(mine, [given(tmp_path)], as_is=True)
    assert typed(mine, "1/评分") == [10, 8, 6]


def test_a_book_that_asks_for_nothing(tmp_path: Path) -> None:
    mine = target(tmp_path, "- {id: 1, name: 甲, points: 5, rule: direct}")
    with pytest.raises(BookError, match=r"“本簿.xlsx”里没有从别的考核簿取数的格子"):
        import_results(mine, [given(tmp_path)])


@pytest.mark.parametrize(
    ("indicators", "said"),
    [
        ("- {id: 1, name: 甲, points: 5, rule: imported, by: 乙, result: 1}", "写了 result（取哪个结果），却没有写 scheme"),
        ("- {id: 1, name: 甲, rule: veto, grade: 差, when: [事故], scheme: a}", "scheme（哪个方案）、result（其中哪一项）都要写"),
        (
            "- {id: 1, name: 甲, points: 5, rule: formula, inputs: {数: {scheme: a, for: '*'}}, score: 数}",
            "各单位共用的一个数",
        ),
    ],
)
def test_a_scheme_that_does_not_say_from_where(indicators: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        load(indicators)


def test_a_part_that_the_other_scheme_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tiny.yaml"
    one = "- {id: 1, name: 甲, points: 10, rule: imported, by: 乙, scheme: panshan-2019-common, result: 9}"
    path.write_text(text(one, "[财政局]"), encoding="utf-8")
    assert cli.run(["validate", str(path)]) == 0
    assert "“甲”从方案 panshan-2019-common 取“9”的结果，那里没有" in capsys.readouterr().out
    path.write_text(text(one.replace("common", "nothing"), "[财政局]"), encoding="utf-8")
    cli.run(["validate", str(path)])
    assert "方案库里没有这个方案" in capsys.readouterr().out


def test_no_result_of_a_year_in_a_month() -> None:
    with pytest.raises(SchemeFault, match="指标 1“甲”的“评分”每期填一次，不能从别的方案取数"):
        plan("- {name: 月, periods: [1月], children: [{id: 1, name: 甲, points: 5, rule: imported, by: 乙, scheme: a}]}")


def test_where_it_comes_from_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = target(tmp_path, ASKED)
    guide = [cell.value for row in openpyxl.load_workbook(mine)["说明"].iter_rows() for cell in row if cell.value]
    assert "取自 source-2024 考核簿" in guide
    [told] = [words for words in guide if "“5 汇总”：总分" in str(words)]
    assert "“5 汇总”：“1”填的“未上报”" in told
    prompts = [v.prompt for v in openpyxl.load_workbook(mine)["填报与计分"].data_validations.dataValidation]
    assert any("可用“取数”取自考核簿 source-2024 的总分" in str(prompt) for prompt in prompts)
    assert "还没有填：5 汇总 总，可用“取数”取自考核簿 source-2024 的总分" in {finding.message for finding in check(mine).findings}
    import_results(mine, [given(tmp_path)])
    account = "\n".join(explanation.told(explanation.explain(mine, "甲镇", "5")))
    assert "名次（可用“取数”取自考核簿 source-2024 的位次）：2" in account
    path = tmp_path / "tiny.yaml"
    path.write_text(text(ASKED), encoding="utf-8")
    cli.run(["inputs", str(path), "--json"])
    [first, *_] = json.loads(capsys.readouterr().out)
    assert first["imports"] == [{"scheme": "source-2024", "result": "", "whose": ""}]
    cli.run(["inputs", str(path)])
    assert "source-2024" in capsys.readouterr().out


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, out = target(tmp_path, ASKED, "[甲镇, 丁镇]"), tmp_path / "新.xlsx"
    assert cli.run(["import", str(mine), str(given(tmp_path)), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert "从 source-2024 取了 7 个数" in told
    assert "没有取：丁镇" in told
    assert typed(out, "5/总") == [8, None]
    assert cli.run(["import", str(mine), str(given(tmp_path)), "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"source-2024": 7}
    assert typed(mine, "5/总") == [None, None]


def test_the_definition_workbook_gives_the_file_back() -> None:
    written = text(
        ASKED + f"- {{id: 6, name: 否决, rule: veto, grade: 差, when: [较大事故], {TAKES}, result: 3}}\n"
        "- {id: 7, name: 甲, points: 5, rule: imported, by: 乙, scheme: {甲: a-2024, 乙: b-2024}, result: '1.10'}"
    )
    assert take(Package.of(export(loads(written, "tiny.yaml")), "x.xlsx"), "tiny.yaml").text == written


def test_next_year_takes_from_next_years_scheme() -> None:
    made = next_year(load(ASKED + "- {id: 7, name: 甲, points: 5, rule: imported, by: 乙, scheme: {甲: a-2024}, result: 1}"))
    assert made.text.count("source-2025") == 7
    assert "scheme: {甲: a-2025}" in made.text
    assert "2024" not in made.text.replace("某文〔2024〕1号", "").partition("indicators:")[2].partition("notes:")[0]
