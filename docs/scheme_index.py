"""Makes schemes/README.md, the index of the schemes that come with Scorebook: one row a scheme.

Run from the top of the repository: ``python docs/scheme_index.py``. A test compares the file with what this makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.scheme import library, load
from generator.scheme.model import Indicator, Scheme

INDEX = Path(__file__).resolve().parents[1] / "schemes" / "README.md"
HEADS = ("编号", "地方", "年度", "名称", "单位", "指标", "满分", "计分规则", "读法", "注")
INTRODUCTION = """# 考核方案

随考核簿提供的考核方案，每行一个。**单位**是被考核单位的个数，**指标**是计分的行数（不含加分和否决），**计分规则**是用到的规则，\
写法见 [docs/scheme-files.md](../docs/scheme-files.md)；**读法**是原文可以有两种理解、簿中可以切换的地方，**注**是原文的疑点和本簿的处理。
手算的案例在各方案旁边的 `.cases.yaml`，几个方案共用的内容在同一文件夹的 `shared.yaml`。本页由 `python docs/scheme_index.py` 生成。
"""


def text() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, _row(HEADS), _row(["---"] * len(HEADS)), *_rows(), ""])


def _rows() -> Iterator[str]:
    for name, path in sorted(library.ids().items()):
        scheme = load.load(path).scheme
        place = path.relative_to(INDEX.parent).as_posix()
        yield _row([f"[{name}]({place})", scheme.place, str(scheme.year), scheme.title, *_figures(scheme)])


def _figures(scheme: Scheme) -> list[str]:
    kinds = sorted({node.how.rule for node in scheme.walk() if isinstance(node, Indicator)})
    counts = (len(scheme.unit_names), scheme.indicator_count())
    return [*map(str, counts), scheme.full_words(), "、".join(kinds), str(len(scheme.readings)), str(len(scheme.notes))]


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '｜') for cell in cells)} |"


if __name__ == "__main__":
    INDEX.write_text(text(), encoding="utf-8")
