"""`score` and `check` at a terminal: of a folder, of duties, at 80 columns, and what makes their exit code.

Requirements: a folder is gone through book by book, what cannot be read is said and does not stop the rest; only what somebody
has to see to ends with 1, a reminder does not; ids and addresses of cells stay whole; of duties it is told how many are done.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny

from addin import actions, cli
from addin.terminal import printing, shown
from addin.workbooks.book import BookError
from addin.workbooks.files import refuse_busy
from addin.workbooks.findings import finding
from generator.problems import path_text
from generator.scheme import library

SCORED = tiny.text("- {id: 1, name: 评价, points: 10, rule: direct}")
DUTIES = tiny.text("- {id: 1, name: 巡查, rule: duty}\n- {id: 2, name: 上报, rule: duty}", full="null")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A filled book, one with two gaps in a folder within, and one of another format."""
    (tmp_path / "乙").mkdir()
    tiny.book(SCORED, tmp_path / "甲.xlsx", tiny.typed({"1/评分": [9, 8, 7]}))
    tiny.book(SCORED, tmp_path / "乙" / "缺.xlsx", tiny.typed({"1/评分": [9]}))
    (tmp_path / "旧.xls").write_bytes(b"old")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.run([str(a) for a in arguments])
    return code, capsys.readouterr().out


def test_check_goes_through_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "check", folder)
    assert code == 1
    assert "甲.xlsx：没有发现问题" in out
    assert f"{Path('乙') / '缺.xlsx'}：错误 0 条" in out
    assert "旧.xls：没有检查" in out
    assert "共 3 本，1 本没有要改、要填的，2 本有" in out
    found = json.loads(said(capsys, "check", folder, "--json")[1])["books"]
    assert found["甲.xlsx"] == {"findings": []}
    assert {one["code"] for one in found[str(Path("乙") / "缺.xlsx")]["findings"]} == {"input-missing", "incomplete"}
    assert "error" in found["旧.xls"]


def test_score_goes_through_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "score", folder, "--json")
    assert code == 1  # one of them could not be read
    books = json.loads(out)["books"]
    assert [unit["total"] for unit in books["甲.xlsx"]["units"].values()] == [9, 8, 7]
    assert [unit["total"] for unit in books[str(Path("乙") / "缺.xlsx")]["units"].values()] == [9, None, None]
    assert "旧.xls\n没有算：" in said(capsys, "score", folder)[1]


def test_a_folder_without_workbooks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "score"):
        assert cli.run([command, str(tmp_path)]) == 2
        assert "里没有工作簿" in capsys.readouterr().err


def test_a_reminder_alone_is_no_failure() -> None:
    reminder, gap = finding("input-outlier"), finding("input-missing")
    assert not shown.to_be_seen_to([reminder])
    assert shown.to_be_seen_to([reminder, gap])
    assert not shown.to_be_seen_to([])


def test_duties_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tiny.book(DUTIES, tmp_path / "职责.xlsx", tiny.typed({"1/是否落实": ["是", "否"], "2/是否落实": ["是", "否"]}))
    scored = actions.score(book)
    counts = [[*map(str, counted.values())] for counted in scored.duties.values()]
    assert counts[:2] == [["2", "2", "0"], ["2", "0", "2"]]
    out = said(capsys, "score", book)[1]
    assert all(word in out for word in ("应落实", "已落实", "未落实"))
    assert "总分" not in out


def test_ids_and_addresses_stay_whole_at_80_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing.out, "width", 80)
    shown.show_findings([finding("input-missing", "一句说得很长很长的话" * 5, "一张名称很长很长很长的填报与计分表", "AB1234")])
    assert "AB1234" in capsys.readouterr().out
    listed = said(capsys, "list")[1]
    assert all(id in listed for id in library.ids())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "--version")
    assert (code, out.startswith("考核簿 ")) == (0, True)


def test_messages_have_no_english_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["fill", "a", "b", "c", "d"]) == 2
    assert "多了参数（c d）" in capsys.readouterr().err
    bad = tmp_path / "bad.yaml"
    bad.write_text("a:\n- b\n  - c: d\n e", encoding="utf-8")
    words = said(capsys, "validate", bad)[1]
    assert "YAML 写法有误" in words
    assert not any(word in words for word in ("found", "expected", "mapping"))
    assert path_text(("indicators", 0, "children", 4, "target")) == "指标[1].下级[5].target"


def test_a_left_over_lock_file_is_named(folder: Path) -> None:
    (folder / "~$甲.xlsx").write_bytes(b"")
    with pytest.raises(BookError, match=r"请删去同一文件夹里的“~\$甲.xlsx”"):
        refuse_busy(folder / "甲.xlsx")


@pytest.mark.parametrize(
    ("typed", "meant"), [("panshan-2019-tonws", "“panshan-2019-towns”"), ("tcm", "“zhengzhou-2020-tcm”"), ("某县-2019-城建", "")]
)
def test_only_a_scheme_that_is_alike_is_suggested(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["cases", typed]) == 2
    words = capsys.readouterr().err
    assert (f"是不是{meant}" in words) == bool(meant)
    assert ("是不是" in words) == bool(meant)
