"""What people write in words in the books that they send back: into the office's book, with who, about what, from where.

Requirements: everything that is written arrives once, beside its indicator; figures are not touched by it; again changes nothing; a
file that comes again replaces its own words and takes none back by leaving them blank; sheets may have been renamed; text stays text;
it survives recompute and check; without any there is no such sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
import tiny

from addin import actions, cli, hand_out
from addin.gathering import desk, remark_sheet
from addin.gathering.records import RemarkRecord
from addin.workbooks import ledgers
from generator.plan.view import Kind
from generator.scheme import load as schemes
from generator.sheets.book import compose
from generator.xlsx import writer
from generator.xlsx.package import Package

SCHEME = tiny.text(
    """
    - {id: 1, name: 投资, points: 10, in: 亿元, assessor: 发改局, rule: ratio, target: [8, 4, 2]}
    - {id: 2, name: 收入, points: 10, assessor: 发改局、财政局, rule: direct}
    """,
    full="20",
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(desk, "FEW", 1000)
    path = tmp_path / "总簿.xlsx"
    path.write_bytes(writer.to_bytes(compose(schemes.loads(SCHEME, "tiny.yaml"))))
    return path


@pytest.fixture
def department(office: Path) -> Path:
    [path] = hand_out.split(office, Kind.DEPARTMENT, ["发改局"], office.parent / "收").files
    return path


@pytest.fixture
def unit(office: Path) -> Path:
    [path] = hand_out.split(office, Kind.UNIT, ["乙"], office.parent / "收").files
    return path


def write(path: Path, sheet: str, cells: Mapping[str, str]) -> None:
    package = Package.open(path)
    for at, text in cells.items():
        package.sheet(sheet).set(at, text)
    path.write_bytes(package.to_bytes())


def beside(path: Path, sheet: str, mark: str, label: str, column: str) -> str:
    """The address in a row that has a label, under the head that is marked so in the hidden row of keys."""
    part = Package.open(path).sheet(sheet)
    row = next(row for row, cells in part.rows() for _, at in cells if part.value(at) == label)
    letters = next(letters for _, cells in part.rows() for letters, at in cells if part.value(at) == mark) if mark else column
    return f"{letters}{row}"


def cover(path: Path, **said: str) -> None:
    write(path, "说明", {beside(path, "说明", "", label, "C"): text for label, text in said.items()})


def found(office: Path) -> list[tuple[str, str, str, str]]:
    """The sheet of the office's book: who, about what, under which heading, what."""
    return sorted((r.whose, r.about, r.what, r.text) for r in records(office))


def records(office: Path) -> list[RemarkRecord]:
    return remark_sheet.read(Package.open(office).sheet(ledgers.REMARKS))


def gather(office: Path) -> int:
    done = desk.gather(office, [office.parent / "收"]).gathered
    before = office.read_bytes()
    assert not desk.gather(office, [office.parent / "收"]).gathered.changed
    assert office.read_bytes() == before
    return done.remarks


def test_an_approved_score_in_a_units_form_is_told(office: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("scheme: tiny\nvalues:\n  乙: {1: 4, 2: 8}", encoding="utf-8")
    actions.fill(office, values)
    [unit] = hand_out.split(office, Kind.UNIT, ["乙"], tmp_path / "收").files

    def words() -> str:
        [report] = desk.gather(office, [tmp_path / "收"]).gathered.files
        return "；".join(report.words)

    assert "核定分" not in words()  # the office's own score of 8
    approved = beside(unit, "自评表", "approved", "收入", "")
    package = Package.open(unit)
    package.sheet("自评表").set(approved, Decimal(6))
    unit.write_bytes(package.to_bytes())
    assert f"“核定分”栏填的与本表算出的不同（2 收入 自评表!{approved}），这一栏不收" in words()
    assert actions.score(office).units["乙"].scores["2"] == 8


def test_all_that_is_written_arrives_once(office: Path, department: Path, unit: Path) -> None:
    cover(department, 填报人="张三", 联系电话="0427-123")
    cover(unit, 填报人="李四")
    evidence = beside(department, "备注与佐证", "evidence", "投资", "")
    write(department, "备注与佐证", {evidence: "统计年报", beside(department, "备注与佐证", "remark", "收入", ""): "甲有调整"})
    write(unit, "自评表", {beside(unit, "自评表", "evidence", "投资", ""): "项目清单"})
    assert gather(office) == 6
    assert found(office) == [
        ("乙", "", "填报人", "李四"),
        ("乙", "1", "佐证材料", "项目清单"),
        ("发改局", "", "填报人", "张三"),
        ("发改局", "", "联系电话", "0427-123"),
        ("发改局", "1", "佐证材料", "统计年报"),
        ("发改局", "2", "备注", "甲有调整"),
    ]
    [one] = [record for record in records(office) if record.text == "统计年报"]
    assert (one.origin.file, one.origin.place) == (department.name, f"备注与佐证!{evidence}")
    part = Package.open(office).sheet(ledgers.REMARKS)
    [row] = [row for row, _ in part.rows() if part.value(f"E{row}") == "统计年报"]
    assert part.value(f"C{row}") == "1 投资"
    assert str(part.formula(f"C{row}")).startswith("HYPERLINK(\"#'填报与计分'!")
    before = records(office)
    assert [f.code for f in actions.check(office).findings if f.severity != "todo"] == []
    actions.recompute(office)
    assert records(office) == before


def test_a_file_that_comes_again(office: Path, department: Path) -> None:
    evidence, remark = (beside(department, "备注与佐证", key, "投资", "") for key in ("evidence", "remark"))
    write(department, "备注与佐证", {evidence: "旧的", remark: "留着"})
    gather(office)
    write(department, "备注与佐证", {evidence: "=新的", remark: ""})
    gather(office)
    assert found(office) == [("发改局", "1", "佐证材料", "=新的"), ("发改局", "1", "备注", "留着")]
    part = Package.open(office).sheet(ledgers.REMARKS)
    assert not any(part.formula(at) for at in part.addresses if part.value(at) == "=新的")


def test_a_round_with_some_of_the_files_changes_nothing(office: Path, department: Path, unit: Path) -> None:
    cover(department, 联系电话="0427-123")
    cover(unit, 填报人="李四", 联系电话="0427-456", 审核人="王五")
    gather(office)
    part = Package.open(office).sheet(ledgers.REMARKS)
    [head] = [row for row, _ in part.rows() if part.value(f"A{row}") == remark_sheet.HEAD_MARK]
    assert [part.value(f"{column}{head}") for column in "BCDEF"] == ["谁报的", "填报人", "审核人", "联系电话", "文件"]
    before = office.read_bytes()
    for one in (department, unit):
        assert not desk.gather(office, [one]).gathered.changed
    assert office.read_bytes() == before


def test_sheets_with_other_names(office: Path, department: Path, unit: Path) -> None:
    write(unit, "自评表", {beside(unit, "自评表", "remark", "收入", ""): "见附件"})
    write(department, "备注与佐证", {beside(department, "备注与佐证", "remark", "收入", ""): "见说明"})
    cover(unit, 审核人="王五")
    for path, names in ((unit, ("说明", "自评表")), (department, ("说明", "备注与佐证"))):
        package = Package.open(path)
        book = package.parts["xl/workbook.xml"].decode()
        for name in names:
            book = book.replace(f'name="{name}"', f'name="我的{name}"')
        package.parts["xl/workbook.xml"] = book.encode()
        path.write_bytes(package.to_bytes())
    gather(office)
    assert found(office) == [("乙", "", "审核人", "王五"), ("乙", "2", "备注", "见附件"), ("发改局", "2", "备注", "见说明")]


def test_without_any_there_is_no_such_sheet(office: Path, department: Path, unit: Path) -> None:
    assert gather(office) == 0
    assert ledgers.REMARKS not in Package.open(office).sheet_names


def test_at_the_terminal(office: Path, department: Path, unit: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Names of files that begin alike are told without that, so that the table can be read."""
    cover(department, 填报人="张三")
    assert cli.run(["gather", str(office), str(department), str(unit), "--json"]) == 0
    said = {one["from"]: one["remarks"] for one in json.loads(capfd.readouterr().out)["files"]}
    assert [(one["indicator"], one["item"], one["text"]) for one in said["发改局"]] == [("", "填报人", "张三")]
    title = "很长的小考核名称"
    renamed = [path.rename(path.with_name(path.name.replace("小考核", title))) for path in (department, unit)]
    assert cli.run(["gather", str(office), *map(str, renamed), "-o", str(office.with_name("另存.xlsx"))]) == 1  # they came before
    text = capfd.readouterr().out
    assert title not in text.partition("┏")[2].partition("└")[0]
    assert "…（发改局填报） " in text


def test_a_long_text_is_cut_and_a_sheet_of_that_name_is_left_alone(office: Path, department: Path) -> None:
    package = Package.open(office)
    book = package.parts["xl/workbook.xml"].decode().replace('name="校验"', f'name="{ledgers.REMARKS}"')
    package.parts["xl/workbook.xml"] = book.encode()
    office.write_bytes(package.to_bytes())
    write(department, "备注与佐证", {beside(department, "备注与佐证", "remark", "投资", ""): "长" * 30_000})
    desk.gather(office, [department])
    package = Package.open(office)
    [name] = [n for n in package.sheet_names if n.startswith(ledgers.REMARKS) and n != ledgers.REMARKS]
    part = package.sheet(name)
    assert [len(record.text) for record in remark_sheet.read(part)] == [8_002]
