"""The extension as a user has it: installed, in a LibreOffice with windows on a virtual screen, its own Python, real dialogs.

Requirements: pressing the buttons checks, recomputes, explains, undoes, offers schemes and opens the blank book; what each
says is to be read in its dialog; the screen shows it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from addin import actions
from generator.scheme import library

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    """The script that makes the pictures for the manual."""
    spec = importlib.util.spec_from_file_location("addin_pictures", DOCS / "addin_pictures.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def desktop(pictures: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    at = pictures.Desktop(tmp_path_factory.mktemp("desktop"))
    try:
        at.start()
        yield at
    finally:
        at.stop()


def test_the_buttons_in_a_window(pictures: ModuleType, desktop: Any, tmp_path: Path) -> None:
    [blank] = actions.generate(["panshan-2019-parks"], tmp_path)
    book = blank.rename(tmp_path / "园区.xlsx")
    actions.fill(book, DOCS / "demo" / "parks.values.yaml")
    actions.recompute(book, book)
    document = desktop.open(book)
    pictures.tampered(document)
    scoring = document.getSheets().getByName("填报与计分")
    place = scoring.getCellRangeByName
    dialogs: list[Any] = []

    def fine(dialog: Any) -> None:
        dialogs.append(dialog)
        dialog.click(*pictures.OK)

    [said] = desktop.press(document, "check", fine)
    assert "发现 6 条：错误 3 条，提醒 1 条，待填 2 条" in said
    assert document.getCurrentSelection().getCellAddress().Row == 15
    assert place("J9").getAnnotation().getString().startswith("检查：公式被数值盖掉了")
    results = document.getSheets().getByName("校验").getCellRangeByName("B38:G45").getDataArray()
    assert "：6 条（" in results[0][0]
    assert [row[1] for row in results[2:7]] == ["L16", "J20", "J9", "K11", "K5"]
    left, top, width, height = dialogs[0].place
    rows = pictures.screen_of((desktop.folder / "screen" / "Xvfb_screen0").read_bytes())
    assert len(rows) == pictures.HEIGHT
    assert 0 < left < left + width < pictures.WIDTH
    assert 0 < top < top + height < pictures.HEIGHT
    assert len({bytes(row[3 * x : 3 * x + 3]) for row in rows[150:500] for x in range(600, 1200)}) > 10  # something is drawn

    [said] = desktop.press(document, "recompute", fine)
    assert "已恢复 2 格" in said
    assert "填报与计分!L16" in said
    assert (place("J9").getFormula()[:1], place("J9").getValue(), place("K11").getValue()) == ("=", 9.39, 1200)
    assert scoring.isProtected()

    document.getCurrentController().select(place("K9"))
    [said] = desktop.press(document, "explain", fine)
    assert "高升经济区｜1 固定资产投资" in said
    assert "10 × 6.7 ÷ 7" in said
    assert "依据：盘县政办发〔2019〕147号" in said

    [said] = desktop.press(document, "undo_recompute", fine)
    assert "已放回 2 格" in said
    assert (place("J9").getFormula(), place("K11").getValue()) == ("10", 600)

    years = sorted({path.parent.name for path in library.ids().values()}, reverse=True)
    offered: list[str] = []

    def pick(words: str) -> Any:
        def answer(dialog: Any) -> None:
            offered.extend(dialog.named("LIST_ITEM"))
            dialog.pick(words)
            dialog.click(*pictures.OK)

        return answer

    desktop.press(document, "generate", pick("2019"), pick("经济园区"), fine)
    assert len([line for line in offered if "年度（" in line]) == len(years)
    [made] = tmp_path.glob("*_panshan-2019-parks.xlsx")
    assert desktop.office.desktop.getCurrentComponent().getURL().endswith(".xlsx")
    assert [path.name for path in tmp_path.glob("园区.备份*.xlsx")]
    assert "Traceback" not in (desktop.data / "scorebook.log").read_text(encoding="utf-8")
    assert made.stat().st_size > 10_000
