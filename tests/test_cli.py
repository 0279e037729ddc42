"""The command ``scorebook``: the contract that scripts rely on.

Requirements: JSON shapes as documented; exit codes 0, 1, 2; one clear Chinese sentence and no traceback for whatever
goes wrong; nothing written when a value is refused.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import tiny

from addin import actions, cli
from addin.engines import adapter
from addin.packaging.machine import InstallError
from addin.packaging.xlam import BuildError
from addin.terminal import books, commands, printing, shown
from addin.workbooks import repair, snapshot
from addin.workbooks.book import BookError
from addin.workbooks.explanation import NotExplained
from addin.workbooks.files import BackupError
from generator.office import LibreOfficeError
from generator.problems import FileError, FormulaError, PackageError, Refusal, SchemeFault
from generator.scheme import library
from generator.xlsx.package import Package

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"
TOWNS, PARKS = "panshan-2019-towns", "panshan-2019-parks"


class Out:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> object:
        return json.loads(self.out)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*arguments: object) -> Out:
        capfd.readouterr()
        code = cli.run([str(a) for a in arguments])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Out(code, captured.out, captured.err)

    return call


@pytest.fixture
def parks(blank_books: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(blank_books[PARKS], tmp_path / "parks.xlsx"))


def values(tmp_path: Path, text: str, scheme: str = PARKS) -> Path:
    path = tmp_path / "values.yaml"
    path.write_text(f"scheme: {scheme}\nvalues:\n{text}", encoding="utf-8")
    return path


def test_list(run) -> None:  # type: ignore[no-untyped-def]
    rows = {r["scheme"]: r for r in run("list", "--json").json}
    # 13, 4 and 34 units by the notice's lists; annex 4 names all 51 of them; 40 rows, 17 rows, 16 scored rows
    counts = {k: (r["units"], r["indicators"], r["full_marks"]) for k, r in rows.items()}
    assert counts[TOWNS] == (13, 40, 100)
    assert counts[PARKS] == (4, 17, 100)
    assert counts["panshan-2019-departments"] == (34, 16, 100)
    assert counts["panshan-2019-common"][::2] == (51, 100)
    assert rows[TOWNS].keys() == {"scheme", "title", "place", "year", "full_marks", "units", "indicators"}
    assert run("list").code == 0


def test_generate_fill_score(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    made = run("generate", PARKS, "-o", tmp_path / "out", "--json")
    [book] = map(Path, made.json["files"])
    assert book.exists()
    full = "{1: 23.6, 2: 12000, 3: 0.355, 4: 600, 5: 12, 6: 10500, 7: 125, 8: 16, 9: 6, 10: 6, 11: 1.6, 14: 好, 15: 5, 16: 5, 17: 好}"
    filled = run("fill", book, values(tmp_path, f"  新材料: {full}\n  高升经济区: {{1: 3.5, 12: 2}}\n"), "-o", tmp_path / "f.xlsx")
    assert filled.code == 0, filled.err
    data = run("score", tmp_path / "f.xlsx", "--json").json
    assert data["scheme"] == PARKS
    first, second = data["units"]["新材料"], data["units"]["高升经济区"]
    assert (first["total"], first["rank"], first["grade"], first["complete"]) == (100, 1, None, True)
    # 10 × 3.5 ÷ 7 = 5; two accidents cost 1
    assert (second["scores"]["1"], second["scores"]["12"], second["scores"]["2"]) == (5, -1, None)
    assert (second["total"], second["rank"], second["complete"]) == (None, None, False)
    assert data["units"]["辽河口生态经济区"]["scores"]["1"] is None
    assert "新材料" in run("score", tmp_path / "f.xlsx").out


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("  新材料: {1: 3.5分}\n", "1 完成"),
        ("  新材料: {1: -3}\n", "1 完成"),
        ("  新材料: {15: 5.5}\n", "15 评分"),
        ("  新材料: {12: 1.5}\n", "12 一般以上生产安全事故"),
        ("  新材料: {14: 优秀}\n", "14 等次"),
        ("  新材料: {99: 1}\n", "99"),
        ("  新材料: {加分: 3}\n", "加分"),
        ("  新材料: {加分: {别的: 3}}\n", "别的"),
        ("  新城: {1: 3}\n", "新城"),
        ("  辽河口生态经济区: {1: 3}\n", "－"),
        ("  新材料: {1: [1, 2]}\n", "1 完成"),
        ("  新材料: 5\n", "新材料"),
    ],
)
def test_a_value_that_no_cell_takes_is_named_and_nothing_is_written(run, parks: Path, tmp_path: Path, text: str, names: str) -> None:  # type: ignore[no-untyped-def]
    before = parks.read_bytes()
    answer = run("fill", parks, values(tmp_path, "  高升经济区: {1: 3}\n" + text))
    assert answer.code == 2
    assert names in answer.err
    assert "values.yaml:" in answer.err
    assert parks.read_bytes() == before


def test_every_refused_value_is_named_at_once(run, parks: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("fill", parks, values(tmp_path, "  新材料: {1: 三, 15: 9}\n  新城: {1: 3}\n"))
    assert len(answer.err.strip().splitlines()) == 3


@pytest.mark.parametrize(
    ("scheme", "text", "said", "code"),
    [
        (TOWNS, "  太平街道: {4: 7.5}\n", "750%", "input-percent"),  # 7.5 was meant as a percentage
        # 万元 where 亿元 is asked
        (PARKS, "  新材料: {1: 23.6}\n  高升经济区: {1: 7}\n  电商物流园: {1: 50000}\n", "50000", "input-outlier"),
    ],
)
def test_what_check_would_ask_about_is_asked_before_it_is_written(  # type: ignore[no-untyped-def]
    run, blank_books: dict[str, Path], tmp_path: Path, scheme: str, text: str, said: str, code: str
) -> None:
    book = tmp_path / "book.xlsx"
    shutil.copy(blank_books[scheme], book)
    before = book.read_bytes()
    answer = run("fill", book, values(tmp_path, text, scheme))
    assert answer.code == 2
    assert said in answer.err
    assert "确认要这样，请加 --as-is" in answer.err
    assert "有 1 个数" in answer.err
    assert book.read_bytes() == before
    assert run("fill", book, values(tmp_path, text, scheme), "--as-is").code == 0
    assert [f["code"] for f in run("check", book, "--json").json["findings"] if said in f["message"]] == [code]


def test_values_of_another_scheme_are_refused(run, parks: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    answer = run("fill", parks, values(tmp_path, "  新材料: {1: 3}\n", TOWNS))
    assert answer.code == 2
    assert PARKS in answer.err


def test_ways_of_writing_a_value(run, blank_books: dict[str, Path], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    book = Path(shutil.copy(blank_books[TOWNS], tmp_path / "t.xlsx"))
    given = values(tmp_path, "  太平街道: {4: 4%, 38: －, 18: 0.04}\n  胡家镇: {38: 4}\n", TOWNS)
    assert run("fill", book, given).code == 0
    scores = run("score", book, "--json").json["units"]["太平街道"]["scores"]
    # 3 × 4 ÷ 8 = 1.5; 2 × 3 ÷ 4 = 1.5
    assert (scores["4"], scores["18"]) == (1.5, 1.5)


def test_explain(run, parks: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("fill", parks, values(tmp_path, "  新材料: {1: 11.8, 12: 6}\n"))
    told = run("explain", parks, "--unit", "新材料", "--indicator", "1")
    assert told.code == 0
    assert "10 × 11.8 ÷ 23.6 = 5" in told.out
    assert "附件2序号1" in told.out
    assert "最多扣 2.5" in run("explain", parks, "-u", "新材料", "-i", "12").out
    assert run("explain", parks, "-u", "新材料", "-i", "12", "--json").json["steps"][-1]["value"] == -2.5
    for wrong in (("-u", "没有", "-i", "1"), ("-u", "新材料", "-i", "999")):
        answer = run("explain", parks, *wrong)
        assert answer.code == 2
        assert "没有" in answer.err
    assert run("explain", parks, "-u", "新材料", "-i", "总分").code == 0


def test_recompute_writes_values_and_keeps_the_old_file(run, parks: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import openpyxl

    run("fill", parks, values(tmp_path, "  新材料: {1: 11.8}\n"))
    tiny.forget_values(parks)
    stale = parks.read_bytes()
    done = run("recompute", parks)
    assert done.code == 0
    [backup] = [p for p in tmp_path.iterdir() if "备份" in p.name]
    assert backup.read_bytes() == stale
    shown = openpyxl.load_workbook(parks, data_only=True)["填报与计分"]
    formulas = openpyxl.load_workbook(parks)["填报与计分"]
    before = openpyxl.load_workbook(backup)["填报与计分"]
    row = next(r for r in range(1, 60) if formulas.cell(r, 1).value == "1/得分")
    column = next(c for c in range(1, 20) if formulas.cell(1, c).value == "unit:新材料")
    assert shown.cell(row, column).value == 5
    assert {c.coordinate: c.value for r in formulas.iter_rows() for c in r} == {
        c.coordinate: c.value for r in before.iter_rows() for c in r
    }


def test_inputs_lists_what_a_value_file_may_name(run) -> None:  # type: ignore[no-untyped-def]
    rows = {(r["indicator"], r["input"]): r for r in run("inputs", PARKS, "--json").json}
    assert rows["1", "完成"]["units"] == ["新材料", "高升经济区", "电商物流园"]
    assert rows["14", "等次"]["options"] == ["好", "较好", "合格", "基本合格或不合格"]
    assert run("inputs", PARKS).code == 0


def test_validate(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from generator.scheme import library, load

    good = library.ids()[PARKS]
    assert run("validate", good).code == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text(load.load(good).text.replace("rule: award", "rule: reward").replace("points: 80", "points: 八十"), encoding="utf-8")
    answer = run("validate", good, bad)
    assert answer.code == 1
    assert "bad.yaml:" in answer.out
    assert "award" in answer.out
    assert "八十" in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "no-such-scheme"],
        ["generate"],
        ["generate", "missing.yaml"],
        ["score", "missing.xlsx"],
        ["score", "docs"],
        ["fill", "missing.xlsx", "missing.yaml"],
        ["explain", "missing.xlsx", "-u", "甲", "-i", "1"],
        ["explain", "missing.xlsx"],
        ["recompute", "missing.xlsx"],
        ["verify"],
        ["verify", "no-such-scheme"],
        ["list", "--nonsense"],
        ["nonsense"],
        ["validate"],
    ],
)
def test_whatever_goes_wrong_is_one_chinese_sentence(run, arguments: list[str]) -> None:  # type: ignore[no-untyped-def]
    answer = run(*arguments)
    assert answer.code in (1, 2)
    said = (answer.err + answer.out).strip()
    assert any("一" <= ch <= "鿿" for ch in said)
    assert len(said.splitlines()) == 1, said


def test_help_is_in_chinese(run) -> None:  # type: ignore[no-untyped-def]
    for command in ([], ["generate"], ["fill"], ["score"], ["explain"], ["verify"]):
        assert "选项" in run(*command, "--help").out


def test_the_help_has_the_commands_by_what_they_are_for(run) -> None:  # type: ignore[no-untyped-def]
    """Each in one panel; the panels in the order of an office's year, and none besides them."""
    text = run("--help").out
    found = [line.strip("╭─╮ ") for line in text.splitlines() if line.startswith("╭")]
    assert found == ["选项", "一本考核簿", "下发和汇总", "结果", "下一年度", "考核方案", "手册、网页版和加载项"]
    listed = [line[1:].split()[0] for line in text.splitlines() if re.match("│ [a-z]", line)]
    assert sorted(listed) == sorted({*listed})
    assert {"generate", "what-if", "scheme", "addin"} < {*listed}


REFUSALS = [
    actions.ClusterError,
    adapter.WrongPassword,
    commands.Cannot,
    BackupError,
    BookError,
    BuildError,
    FileError,
    FormulaError,
    InstallError,
    LibreOfficeError,
    NotExplained,
    PackageError,
    SchemeFault,
]


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_is_its_own_sentence_and_no_fault(  # type: ignore[no-untyped-def]
    run, kind: type[Refusal], parks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the command line, for one book and in a folder, here and on a worker."""

    def refuse(*_: object, **__: object) -> None:
        raise kind("这件事现在做不了，请换一个办法")

    for module, name in ((snapshot, "take"), (repair, "recompute"), (repair, "on_bytes")):
        monkeypatch.setattr(module, name, refuse)
    answer = run("score", parks)
    assert (answer.code, answer.err) == (2, "这件事现在做不了，请换一个办法\n")
    assert actions.recompute_one(parks).error == "这件事现在做不了，请换一个办法"
    assert actions._away(b"", "a.xlsx", False, "") == "这件事现在做不了，请换一个办法"


def test_a_backup_that_cannot_be_written_is_told_and_the_file_left_alone(  # type: ignore[no-untyped-def]
    run, parks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    run("fill", parks, DEMO / "parks.values.yaml")
    tiny.forget_values(parks)
    before = parks.read_bytes()
    monkeypatch.setattr(shutil, "copy2", full)
    answer = run("recompute", parks)
    assert answer.code == 2
    assert "备份写不下（磁盘满了）" in answer.err
    assert "备份写不下" in actions.recompute_one(parks).error
    assert parks.read_bytes() == before


# What looks like the terminal's markup ------------------------------------------------------------------------------------

MARKS = ("[red]", "[/]", "[link=http://x.y]", ":star:", "[bold")
BRACKETS = """
- name: 业务[/]
  children:
  - {id: 1, name: "投资[red]", points: 4, in: "元[/]", assessor: "[link=http://x.y]局", rule: ratio, target: 3}
  - {id: 2, name: "评价[/]", points: 3, rule: checklist, items: [{what: "有[/red]", each: 1}]}
  - {id: 3, name: ":star:表", points: 2, rule: direct}
"""


@pytest.fixture
def bracketed(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A scheme file, its book and a file of values, all with such texts in them; the book's cells have some too."""
    units = "['[red]甲', '[/]乙', '[link=http://x.y]丙:star:']"
    text = tiny.text(BRACKETS, units=units, extra="readings: []").replace("title: 小考核", "title: '小[/]考[red]核'")
    scheme = tmp_path / "方案" / "方[red]案[bold.yaml"
    scheme.parent.mkdir()
    scheme.write_text(text.replace("readings: []\n", ""), encoding="utf-8")
    (scheme.parent / "方[red]案[bold.cases.yaml").write_text(
        "scheme: tiny\ncases:\n- {name: '例[/]', probes: a, working: a, inputs: {'[/]乙': {1: 3}}, expect: {'[/]乙': {scores: {1: 3}}}}\n",
        encoding="utf-8",
    )
    book = tiny.book(
        scheme.read_text(encoding="utf-8"), tmp_path / "簿[link=x]a[bold.xlsx", {("1/完成", 0): "4257[/]", ("3/评分", 0): "[red]"}
    )
    given = tmp_path / "值[bold.yaml"
    given.write_text("scheme: tiny\nvalues: {'[/]乙': {1: 2}}\n", encoding="utf-8")
    return scheme, book, given


def test_texts_that_look_like_markup_are_printed_as_they_stand(
    run: Callable[..., Out], bracketed: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme, book, given = bracketed
    monkeypatch.setenv("SCOREBOOK_DEBUG", "1")
    monkeypatch.setattr(printing.out, "width", 300)
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(scheme.parent))
    before = book.read_bytes()
    checked = run("check", book)
    assert (checked.code, "4257[/]" in checked.out, "填的是“[red]”" in checked.out) == (1, True, True)
    assert all(name in checked.out for name in ("[red]甲", "[/]乙", "投资[red]", "评价[/]", ":star:表"))
    assert book.read_bytes() == before
    assert "小[/]考[red]核" in run("list").out
    assert "元[/]" in run("inputs", scheme).out
    scored = run("score", book)
    assert (scored.code, "小[/]考[red]核" in scored.out, "[link=http://x.y]丙:star:" in scored.out) == (0, True, True)
    told = run("explain", book, "-u", "[/]乙", "-i", "1")
    assert (told.code, "[/]乙" in told.out, "投资[red]" in told.out) == (0, True, True)
    assert "[/]没有" in run("explain", book, "-u", "[/]没有", "-i", "1").err
    filled = run("fill", book, given)
    assert (filled.code, book.name in filled.out) == (0, True)
    assert run("check", book, "--write").code == 1
    for command in (["validate", scheme], ["cases", scheme], ["lint", scheme], ["generate", scheme, "-o", scheme.parent / "出[red]"]):
        answer = run(*command)
        assert answer.code in (0, 1), answer.err
        assert "[red]" in answer.out, command
    assert run("readings", scheme).code == run("readings", book).code == 0
    assert "[link=x]" in run("import", book, book).err
    assert "[bold" in run("score", scheme.parent / "没有[bold.xlsx").err


def test_recompute_prints_texts_that_look_like_markup(
    run: Callable[..., Out], bracketed: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, book, _ = bracketed
    monkeypatch.setenv("COLUMNS", "300")
    package = Package.open(book)
    place = snapshot.take(book).place("1/得分", 1)
    assert place
    package.sheet("填报与计分").set(place[1], "[/]")
    book.write_bytes(package.to_bytes())
    done = run("recompute", book)
    assert (done.code, done.err) == (1, "")
    assert "原为 [/]" in done.out
    assert "4257[/]" in done.out
    assert run("recompute", book.parent).code == 0  # a folder
    assert run("recompute", book.parent, "-o", "a[/]").code == 2


def test_a_failure_after_the_file_was_written_does_not_say_that_nothing_changed(
    run: Callable[..., Out], parks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("坏了")

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place = snapshot.take(parks).place("1/得分", 0)
    assert place
    monkeypatch.setattr(shown, "show_findings", fail)
    given = values(tmp_path, "  新材料: {1: 2}\n")
    assert "文件没有改动" in run("check", parks).err
    assert run("fill", parks, given).code == 0
    for stopped, words in ((fail, "程序内部出错"), (stop, "已中止"), (lambda *_: int("x"), "程序内部出错")):
        monkeypatch.setattr(books, "show", stopped)
        package = Package.open(parks)
        package.sheet("填报与计分").set(place[1], Decimal(9))
        parks.write_bytes(package.to_bytes())
        answer = run("recompute", parks)
        assert answer.code == 2
        assert words in answer.err
        assert "没有改动" not in answer.err
        assert "“parks.xlsx”可能已有改动" in answer.err
    monkeypatch.setattr(repair, "recompute", fail)
    assert "文件没有改动" in actions.recompute_one(parks).error
