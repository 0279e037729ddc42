"""Schemes and templates that would make a bad file.

Requirements: what Excel would "repair" or show wrongly is refused before there is a file, with the line and a way out:
choices that its list cannot offer, formulas with too many arguments, levels or letters, rows too high for their text,
numbers with more digits than it keeps, names of sheets it does not take; in a template also places that stand for nothing,
colours that are none, and columns that no sheet can be made of. Nothing in a template's texts is ever evaluated. A scheme
holds no more than a book can.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import tiny

from addin import actions
from addin.cli import run
from addin.terminal.commands import CANNOT, FINDINGS
from addin.workbooks import snapshot
from generator import source
from generator.layout import design, sheet_names
from generator.layout.template_faults import NEEDED
from generator.layout.text_size import PAPERS
from generator.layout.wording import filled
from generator.lines.line import Figure
from generator.problems import FormulaError, Problem, Refusal, SourceError
from generator.scheme import library, load, size
from generator.sheets import summary
from generator.sheets.book import compose
from generator.sheets.scoring import figure_format
from generator.tree import excel
from generator.value import too_long
from generator.xlsx import writer

TEMPLATE = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
PLAIN = "- {id: 1, name: 投资, points: 10, rule: ratio, target: 1}"


def refused(tmp_path: Path, indicators: str, **more: str) -> Problem:
    """The one thing that is wrong with a scheme, as ``validate`` and ``generate`` tell it."""
    path = tmp_path / "tiny.yaml"
    path.write_text(tiny.text(indicators, **more), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        actions.validate(str(path))
    with pytest.raises(Refusal) as again:
        actions.generate([str(path)], tmp_path / "out")
    assert str(again.value) == str(caught.value)
    assert not [*tmp_path.glob("out/*")]
    [only] = caught.value.problems
    return only


def asking(inputs: str, score: str) -> str:
    return f"- {{id: 1, name: 甲, points: 10, rule: formula, inputs: {{{inputs}}}, score: '{score}'}}"


# Formulas and choices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicators", "message", "remedy"),
    [
        (asking("档: {ask: choice, options: ['好*', 差]}", 'if(档 == "差", 0, 分值)'), "当作条件", "全角"),
        (asking("档: {ask: choice, options: ['<60分', 差]}", 'if(档 == "差", 0, 分值)'), "当作条件", "全角"),
        (asking("档: {ask: choice, options: ['好,很好', 差]}", 'if(档 == "差", 0, 分值)'), "英文逗号", "中文逗号"),
        (asking("档: {ask: choice, options: [' 好', 差]}", 'if(档 == "差", 0, 分值)'), "选不中", "空格"),
        (asking(f"档: {{ask: choice, options: [{'好' * 254}, 差]}}", 'if(档 == "差", 0, 分值)'), "256 个字", "写短"),
        (asking("数: {ask: count}", f"max({','.join(['数'] * 256)})"), "256 项", "有名称的量"),
        (asking("数: {ask: count}", "max(" * 70 + "数" + ",1)" * 70), "层", "有名称的量"),
        (asking("数: {ask: count}", f'if(数 == 1, "{"长" * 256}", "短")'), "256 个字的文字", "写短"),
        (asking("数: {ask: count}", "divide(1," * 20 + "数" + ",if_zero=0)" * 20), "太长", "有名称的量"),
    ],
)
def test_formulas_and_choices_that_excel_does_not_take(tmp_path: Path, indicators: str, message: str, remedy: str) -> None:
    problem = refused(tmp_path, indicators)
    assert message in problem.message
    assert "指标 1“甲”" in problem.message
    assert remedy in problem.remedy
    assert problem.line == 10


def test_what_is_just_within_the_limits_is_made(tmp_path: Path) -> None:
    options = f"{'好' * 126}, {'差' * 128}"  # with the comma between them 255
    indicators = [
        asking(f"档: {{ask: choice, options: [{options}]}}", f'if(档 == "{"差" * 128}", 0, 分值)'),
        asking("数: {ask: count}", f"max({','.join(['数'] * 255)})").replace("id: 1", "id: 2"),
        asking("量: {ask: count}", "max(" * 59 + "量" + ",1)" * 59).replace("id: 1", "id: 3"),
    ]
    tiny.book(tiny.text("\n".join(indicators)), tmp_path / "b.xlsx")


def test_a_quotation_mark_in_a_choice_is_offered_as_it_is(tmp_path: Path) -> None:
    indicators = asking("""档: {ask: choice, options: [评为"好", 差]}""", 'if(档 == "差", 0, 分值)')
    made = openpyxl.load_workbook(tiny.book(tiny.text(indicators), tmp_path / "b.xlsx"))["填报与计分"]
    lists = [v.formula1 for v in made.data_validations.dataValidation if v.type == "list"]
    assert lists == ['"评为""好"",差"']


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("=MAX(" + ",".join("1" * 255) + ")", True),
        ("=MAX(" + ",".join("1" * 256) + ")", False),
        ("=MAX(SUM(1,2)," + ",".join("1" * 254) + ")", True),
        ("=" + "MAX(" * 64 + "1" + ")" * 64, True),
        ("=" + "MAX(" * 65 + "1" + ")" * 65, False),
        ('="' + "长" * 255 + '"', True),
        ('="' + "长" * 256 + '"', False),
        ('="' + '""' * 255 + '"', True),
        ('="' + '""' * 256 + '"', False),
        ('="' + "(" * 200 + '"&MAX(1,"' + "," * 200 + "\",'甲(,'!A1)", True),
        ("=1" + "+1" * 4095, True),
        ("=1" + "+1" * 4096, False),
    ],
)
def test_what_excel_takes_of_a_formula(text: str, fine: bool) -> None:
    if fine:
        excel.refuse(text)
    else:
        with pytest.raises(FormulaError, match="Excel 最多"):
            excel.refuse(text)


def test_quotation_marks_in_a_number_format() -> None:
    assert figure_format(Figure(Decimal(1), '每个"坏"点扣{}')) == '"每个"\\""坏"\\""点扣"General'


# Rows, texts, numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicators", "extra", "line", "sheets"),
    [
        (PLAIN.replace("投资", "长" * 3000), "", 9, "填报与计分"),
        (PLAIN.replace("target", f"criteria: {'长' * 3000}, target"), "", 9, "填报与计分"),
        (PLAIN, f"notes: [{{reading: {'长' * 3000}}}]", 8, "说明"),
    ],
)
def test_a_row_too_high_for_its_text(tmp_path: Path, indicators: str, extra: str, line: int, sheets: str) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(tiny.text(indicators, extra=extra), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        actions.validate(str(path))
    first = caught.value.problems[0]
    assert f"“{sheets}”" in first.message
    assert "409 磅" in first.message
    assert "写短" in first.remedy
    written = path.read_text(encoding="utf-8").splitlines()
    assert "长长长" in written[(first.line or 0) - 1]


@pytest.mark.parametrize("number", ["9" * 400, "1" * 16, "0.1234567890123456"])
def test_numbers_with_more_digits_than_excel_keeps(tmp_path: Path, number: str) -> None:
    problem = refused(tmp_path, PLAIN.replace("target: 1", f"target: {number}"))
    assert "15 位" in problem.message
    assert "四舍五入" in problem.remedy


@pytest.mark.parametrize(("number", "fine"), [("123456789012345", True), ("1000000000000000", False), ("0.00000000000000001", True)])
def test_what_excel_keeps_of_a_number(number: str, fine: bool) -> None:
    assert (too_long(Decimal(number)) == "") == fine


def test_a_long_number_is_not_filled_in(tmp_path: Path) -> None:
    book = tiny.book(tiny.text(PLAIN), tmp_path / "b.xlsx")
    before = book.read_bytes()
    values = tmp_path / "v.yaml"
    values.write_text(f"scheme: tiny\nvalues: {{甲: {{1: {'9' * 400}}}}}\n", encoding="utf-8")
    with pytest.raises(SourceError, match="400 位"):
        actions.fill(book, values)
    assert book.read_bytes() == before


def test_a_long_number_typed_as_text_stays_text(tmp_path: Path) -> None:
    made = tiny.load(PLAIN)
    writer.write(compose(made, {("1/完成", 0): "9" * 400}), tmp_path / "b.xlsx")
    done = actions.recompute(tmp_path / "b.xlsx", tmp_path / "out.xlsx", fix=True)
    assert "input-text" in {f.code for f in done.findings}
    assert not [e for e in done.changes if e.reason == "文字改成数字"]


def test_a_number_beyond_all_bounds_is_reckoned_with_like_any_other(tmp_path: Path) -> None:
    """Pasted past the rule on what may be typed: 1E+45, doubled."""
    indicator = '- {id: 1, name: 办件, points: 5, rule: formula, inputs: {件数: {ask: count}}, score: "分值 - rank(件数) + 1"}'
    more = "quantities: {两倍: 收入 * 2}\ninputs: {收入: {ask: quantity}}"
    huge = Decimal("1E+45")
    typed = {(key, unit): huge if unit == 0 else Decimal(unit) for key in ("收入/数", "1/件数") for unit in range(3)}
    path = tiny.book(tiny.text(indicator, full="null", extra=more), tmp_path / "b.xlsx", typed)
    assert [snapshot.take(path).value("两倍/算", unit) for unit in range(3)] == [huge * 2, 2, 4]
    assert [f.code for f in actions.check(path).findings] == ["input-outlier"]
    assert actions.recompute(path).changes == []


def test_control_characters_are_refused(tmp_path: Path) -> None:
    assert "控制字符" in refused(tmp_path, PLAIN.replace("投资", '"投\\u0001资"')).message


# Sheets ---------------------------------------------------------------------------------------------------------------


def test_units_that_share_the_name_of_a_sheet_of_ours(tmp_path: Path) -> None:
    units = "[history, _scorebook, _校验, 说明, 汇总]"
    book = tiny.book(tiny.text(PLAIN, units=units, extra="layout: units"), tmp_path / "b.xlsx")
    names = openpyxl.load_workbook(book).sheetnames
    assert {"history(2)", "_scorebook(2)", "_校验(2)", "说明(2)", "汇总(2)"} < {*names}
    assert all(sheet_names.fault(n) == "" for n in names if n not in (sheet_names.COUNTER, sheet_names.META))
    assert actions.score(book).units.keys() == {"history", "_scorebook", "_校验", "说明", "汇总"}


def test_a_summary_wider_than_any_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results side by side, too many for the paper even at 1%; Excel prints at 10% at the least."""
    monkeypatch.setattr(summary, "PAPERS", dict.fromkeys(PAPERS, (45.0, 45.0)))
    rows = "\n".join(f"- {{id: {i}, name: 投资{i}, points: 1, rule: ratio, target: 1}}" for i in range(1, 41))
    book = tiny.book(tiny.text(rows, units="[甲]", full="40"), tmp_path / "b.xlsx")
    assert int(openpyxl.load_workbook(book)["汇总"].page_setup.scale) >= 10


def test_rare_characters_count_twice() -> None:
    assert len(sheet_names.free("𠮷" * 20, set())) == 15


# Templates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "remedy"),
    [
        ("sheet: 填报与计分", "sheet: History", "scoring.sheet", "不能叫", "换一个"),
        ("sheet: 填报与计分", f"sheet: {'长' * 32}", "scoring.sheet", "31 个", "换一个"),
        ("sheet: 填报与计分", "sheet: 填报/计分", "scoring.sheet", "不许用的字符", "换一个"),
        ("sheet: 填报与计分", "sheet: 说明", "scoring.sheet", "同名", "换一个"),
        ('"{title}评分表"', '"{titel}评分表"', "scoring.title", "不认识“{titel}”", "{title}"),
        ('"{title}评分表"', '"{title评分表"', "scoring.title", "花括号没有配对", "{title}"),
        ('"{title}评分表"', '"{title:>2000000000}评分表"', "scoring.title", "花括号没有配对", "{title}"),
        ('"{title}评分表"', '"{title.__class__.__mro__}评分表"', "scoring.title", "花括号没有配对", "{title}"),
        ("打开{sheets}，只", "打开{sheet}，只", "guide.steps[1]", "不认识“{sheet}”", "{sheets}"),
        ("heading: DCE6F1", "heading: red", "colours.heading", "不是颜色", "六位"),
        (
            "fill: heading, border: true}\n  group:",
            "fill: haeding, border: true}\n  group:",
            "styles.heading.fill",
            "没有这个颜色",
            "heading",
        ),
        ("  sign: {size: 11, align: left}\n", "", "styles", "少了“sign”", "补上"),
        ("  bar: 5B8DB8\n", "", "colours", "少了“bar”", "补上"),
        ("{left: 9, right: 9, top: 10, bottom: 13}", "{left: 9, right: 9, top: 10}", "print.margins", "少了“bottom”", "补上"),
        ("facts: {place: 地区", "facts: {palce: 地区", "guide.facts.palce", "不认识", "place"),
        ("  - {key: points, heading: 分值, width: 5}\n", "", "scoring.columns", "少了这几列：points", "补上"),
        ("key: number, heading", "key: name, heading", "scoring.columns", "写了两次", "重复"),
        ("look_up: 在黄色格", f"look_up: {'长' * 1001}在黄色格", "reference.look_up", "个字", "1000"),
    ],
)
def test_a_template_that_no_book_can_be_made_with(tmp_path: Path, old: str, new: str, path: str, message: str, remedy: str) -> None:
    assert old in TEMPLATE
    own = tmp_path / "own.yaml"
    own.write_text(TEMPLATE.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        design.load(own)
    [problem] = [p for p in caught.value.problems if message in p.message]
    assert str(problem).startswith(f"own.yaml:{problem.line}  {path}：")
    assert remedy in problem.remedy
    scheme = tmp_path / "tiny.yaml"
    scheme.write_text(tiny.text(PLAIN), encoding="utf-8")
    assert run(["generate", str(scheme), "-o", str(tmp_path / "out"), "--template", str(own)]) == CANNOT
    assert not [*tmp_path.glob("out/*")]


def test_a_template_without_columns(tmp_path: Path) -> None:
    start = TEMPLATE.index("  columns:\n")
    text = TEMPLATE[:start] + "  columns: []\n" + TEMPLATE[TEMPLATE.index("  sign:", start) :]
    with pytest.raises(SourceError, match=r"scoring\.columns.*不能是空的"):
        design.loads(text)


def test_a_text_of_a_template_that_makes_a_formula_too_long(tmp_path: Path) -> None:
    look = design.loads(TEMPLATE.replace("nothing: 没有这一项", f"nothing: {'没' * 256}"))
    file = tiny.load(PLAIN, extra="references: [{title: 代码, columns: [a, b], rows: [[A, B]]}]")
    with pytest.raises(SourceError, match=r"reference\.nothing.*256 个字的文字"):
        compose(file, design=look)


def test_places_are_filled_once_and_by_the_text_itself() -> None:
    assert filled("{document} {part}", document="{part}", part="{0.__class__}") == "{part} {0.__class__}"


def test_what_every_template_needs_is_in_ours() -> None:
    data = {key: getattr(design.load(), key[0]) for key in NEEDED}
    for key, names in NEEDED.items():
        given = data[key] if len(key) == 1 else getattr(data[key], key[1])
        assert {*names.split()} <= {*given}


# Size -----------------------------------------------------------------------------------------------------------------


def names(count: int, word: str = "单位") -> str:
    return ", ".join(f"{word}{i}" for i in range(count))


def many(count: int, keys: str = "points: 1, rule: direct") -> str:
    return "\n".join(f"- {{id: {i}, name: 指标{i}, {keys}}}" for i in range(count))


EVENTS = ", ".join(f"{{what: 事{i}, each: 1}}" for i in range(300))


@pytest.mark.parametrize(
    ("indicators", "units", "extra", "message"),
    [
        (many(1000), f"[{names(1000)}]", "", "放不下"),
        (many(1), f"[{names(2001)}]", "", "2001 个"),
        (f"- {{name: 组, periods: [{names(121, '期')}], children: [{{id: 1, name: 甲, points: 1, rule: direct}}]}}", "[甲]", "", "121 期"),
        (
            "- {name: 年, periods: [甲季, 乙季], children: [{name: 季, periods: "
            f"[{names(61, '期')}], children: [{{id: 1, name: 甲, points: 1, rule: direct}}]}}]}}",
            "[甲]",
            "",
            "122 期",
        ),
        (
            f"- {{id: 1, name: 甲, points: 1, rule: deduct, events: [{', '.join(f'{{what: 事{i}, each: 1}}' for i in range(301))}]}}",
            "[甲]",
            "",
            "301 项",
        ),
        (many(1), "[甲]", f"grades: {{by: rank, bands: [{', '.join(f'{{name: 等{i}, up_to: {i}}}' for i in range(301))}]}}", "301 项"),
        (many(5001), "[甲]", "", "5001 个"),
        (
            f"- {{name: 组, defaults: {{rule: deduct, points: 1, events: [{EVENTS}]}}, "
            f"children: [{', '.join(f'{{id: {i}, name: 甲{i}}}' for i in range(100))}]}}",
            "[甲]",
            "",
            "放不下",
        ),
        (many(700), f"[{names(100)}]", "", "放不下"),
    ],
)
def test_more_than_a_book_can_hold(tmp_path: Path, indicators: str, units: str, extra: str, message: str) -> None:
    problem = refused(tmp_path, indicators, units=units, extra=extra, full="null")
    assert message in problem.message
    assert problem.remedy


def test_a_title_longer_than_a_line(tmp_path: Path) -> None:
    assert "201 个字" in tiny.problem_in(tmp_path, tiny.text(PLAIN).replace("小考核", "长" * 201)).message


def test_the_size_is_counted_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "as_read", lambda *_: pytest.fail("the scheme was worked on"))
    with pytest.raises(SourceError, match="放不下"):
        tiny.load(many(1000), units=f"[{names(1000)}]")


def test_formulas_that_look_at_too_many_cells(tmp_path: Path) -> None:
    quantities = ", ".join(f"和{i}: sum(得分)" for i in range(200))
    children = ", ".join(f"{{id: {i}, name: 指标{i}, points: 1, rule: direct}}" for i in range(200))
    group = f"- {{name: 组, children: [{children}], quantities: {{{quantities}}}}}"
    assert "要看的格子" in refused(tmp_path, group, units=f"[{names(120)}]", full="null").message


def test_the_bundled_schemes_are_well_within() -> None:
    for path in library.ids().values():
        read = source.read(path)
        assert size.too_much(read.data) is None


def test_many_errors_are_told_in_bounded_time(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        tiny.load(many(2400, "points: ten, rule: ratioo, for: [nobody], tarrget: x"), units=f"[{names(200)}]")
    assert 200 <= len(caught.value.problems) <= 500


def test_validate_says_it_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(tiny.text(PLAIN.replace("投资", "长" * 3000)), encoding="utf-8")
    assert run(["validate", str(path)]) == FINDINGS
    assert "409 磅" in capsys.readouterr().out
