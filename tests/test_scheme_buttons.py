"""The buttons about schemes in a real LibreOffice: 下一年度, 编辑方案, 新建方案, and 生成空白表 from a definition workbook.

Requirements: where the office keeps its schemes is asked once; nobody sees a scheme file; what has been typed and not saved counts;
what is wrong stands on the sheet 把关, the first place selected; the round from one year to the next works with the buttons alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings
from test_buttons import OWN, Said

from addin import buttons
from addin.clicks import folders, schemes
from addin.engines import libreoffice
from addin.live import desk, local
from addin.workbooks import snapshot
from generator import settings
from generator.definition import words
from generator.rules.ratio import Ratio
from generator.scheme import library, load
from generator.scheme.model import Indicator

pytestmark = pytest.mark.xdist_group("buttons")


@pytest.fixture(scope="module")
def app() -> Iterator[xlwings.App]:
    app = libreoffice.start()
    yield app
    app.quit()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's documents; nothing is remembered yet."""
    monkeypatch.setenv(local.FOLDER_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(library.FOLDERS_VARIABLE, raising=False)
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.setattr(local, "documents", lambda: folder)
    return folder


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    made = Said()
    monkeypatch.setattr(desk, "dialogs", made)
    return made


@pytest.fixture(autouse=True)
def closed(app: xlwings.App) -> Iterator[None]:
    yield
    for book in list(app.books):
        book.close()


def at(sheet: xlwings.Sheet, row: int, heading: str) -> xlwings.Range:
    """A cell by the heading of its column."""
    heads = sheet["A2:AZ2"].value
    return sheet[row - 1, heads.index(heading)]


def row_of(sheet: xlwings.Sheet, heading: str, value: object) -> int:
    """The row that has a value in a column."""
    column = sheet["A2:AZ2"].value.index(heading)
    return 1 + [row[column] for row in sheet["A1:AZ80"].value].index(value)


def test_from_one_year_to_the_next_with_buttons(app: xlwings.App, home: Path, said: Said) -> None:
    (home / "a.yaml").write_text(OWN, encoding="utf-8")
    settings.put(settings.SCHEMES, str(home))
    app.books.add()
    said.choices = [0]
    buttons.generate()
    scoring = app.books.active
    assert scoring.name == "本县自己的考核_own-2031-a.xlsx"

    said.choices, said.typed = [2], ["10%", None]  # 都按一个百分数增长; 甲 and 乙 stay
    buttons.next_year()
    assert said.options[-1][1] == "先不定，写“待定”，在“目标”表里填"
    definition = app.books.active
    assert definition.name == "2032年度 本县自己的考核（定义簿）.xlsx"
    assert ["年度", 2032] in definition.sheets[words.FACTS]["A3:B20"].value
    remarks = definition.sheets[words.REMARKS]["C3:C8"].value
    assert any("依据" in str(text) and "2031" in str(text) for text in remarks)
    assert "要您核对的" in said.last

    tree = definition.sheets[words.TREE]
    row = row_of(tree, "编号", "1")
    at(tree, row, "分值").value = 9  # typed, and not saved
    buttons.generate()
    assert "已生成并打开" in said.last, said.last
    made = app.books.active
    assert made.name == "本县自己的考核_own-2032-a.xlsx"
    node = load.load(home / folders.FILES / "own-2032-a.yaml").scheme.find("1")[1]
    assert isinstance(node, Indicator)
    assert node.points == 9
    assert isinstance(node.how, Ratio)
    assert node.how.target == [Decimal("1"), Decimal("2")]  # 1.1 and 2.2 have no digit after the point
    assert snapshot.take(Path(made.fullname)).file.scheme.year == 2032


def test_what_is_wrong_stands_on_a_sheet(app: xlwings.App, home: Path, said: Said) -> None:
    (home / "a.yaml").write_text(OWN, encoding="utf-8")
    settings.put(settings.SCHEMES, str(home))
    app.books.add()
    said.choices = [0]
    buttons.edit_scheme()
    definition = app.books.active
    assert definition.name == "2031年度 本县自己的考核（定义簿）.xlsx"
    tree = definition.sheets[words.TREE]
    row = row_of(tree, "编号", "1")
    at(tree, row, "分值").value = "十分"
    definition.sheets[words.FACTS].activate()
    buttons.generate()
    assert said.grave
    assert "还有 1 处要改" in said.last
    wanted = at(tree, row, "分值").address.replace("$", "")
    assert definition.sheets[words.REMARKS]["A3:C3"].value == [f"{words.TREE}!{wanted}", "错误", "这里要一个数"]
    assert definition.sheets.active.name == words.TREE
    assert not (home / folders.FILES).exists()
    buttons.edit_scheme()
    assert "这就是定义簿" in said.last
    at(tree, row, "分值").value = 10
    buttons.check()
    assert "没有错误，可以点“生成空白表”" in said.last
    at(tree, row, "分值").value = 8
    buttons.generate()
    assert "已生成并打开" in said.last
    assert "points: 8" in (home / "a.yaml").read_text(encoding="utf-8")  # where it was made from
    assert len(list(home.glob("a.备份*"))) == 1
    assert definition.sheets[words.REMARKS]["A3"].value is None or "错误" not in definition.sheets[words.REMARKS]["B3:B9"].value


def test_the_offices_folder_is_asked_for_once(app: xlwings.App, home: Path, said: Said, tmp_path: Path) -> None:
    app.books.add()
    share = tmp_path / "share"
    share.mkdir()
    said.yes, said.folders = False, [share]
    said.typed = ["2033年度考核", "镇：甲镇、乙镇；部门：丙局"]
    buttons.new_scheme()
    assert str(home / "考核方案") in said.asked[0]
    definition = app.books.active
    assert Path(definition.fullname).parent == share / "考核方案"
    assert settings.get(settings.SCHEMES) == str(share / "考核方案")
    assert [row[:3] for row in definition.sheets[words.UNITS]["A3:C5"].value] == [
        ["单位", "镇", "甲镇"],
        ["单位", "镇", "乙镇"],
        ["单位", "部门", "丙局"],
    ]
    said.typed = ["2034年度考核", "甲镇、乙镇"]
    buttons.new_scheme()
    assert len(said.asked) == 1
    said.typed = ["2034年度考核", None]
    buttons.new_scheme()
    assert len(list((share / "考核方案").glob("*.xlsx"))) == 2


def test_the_id_of_another_scheme_is_refused(app: xlwings.App, home: Path, said: Said) -> None:
    settings.put(settings.SCHEMES, str(home))
    (home / "a.yaml").write_text(OWN, encoding="utf-8")
    app.books.add()
    said.choices = [0]
    buttons.edit_scheme()
    definition = app.books.active
    (home / "a.yaml").write_text(OWN.replace("own-2031-a", "own-2031-c"), encoding="utf-8")
    facts = definition.sheets[words.FACTS]
    row = 3 + [line[0] for line in facts["A3:A20"].options(ndim=2).value].index("方案编号")
    facts[f"B{row}"].value = "own-2031-c"
    buttons.generate()
    assert "编号 own-2031-c 已经是另一个方案的（a.yaml）" in said.last


def test_placeholders_are_asked_about(app: xlwings.App, home: Path, said: Said) -> None:
    settings.put(settings.SCHEMES, str(home))
    app.books.add()
    said.choices, said.typed = [0], ["甲局、乙局"]
    file = load.load(library.find("jiyuan-2020-work-safety"))
    made = schemes._own_names(desk.Desk("下一年度", app, app.books.active), file)
    assert made == ["甲局", "乙局"]
    assert "代称（单位一、单位二、单位三等 8 个）" in said.prompts[-1]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("甲镇、乙镇", {"": ["甲镇", "乙镇"]}),
        ("镇:甲镇,乙镇;部门:丙局", {"镇": ["甲镇", "乙镇"], "部门": ["丙局"]}),
        ("、、", {}),
    ],
)
def test_units_as_they_are_typed(text: str, groups: dict[str, list[str]]) -> None:
    assert schemes.units_typed(text) == groups
