"""What comes along with Scorebook, written out: the manual, and the page that needs nothing but a browser."""

from __future__ import annotations

from pathlib import Path

from addin.terminal.options import Folder
from addin.terminal.printing import out
from generator.files import write_atomically


def manual(folder: Folder = Path()) -> None:
    """使用手册：写成 Word 文档，发给填报的人，或打印。"""
    from addin.manual import text, word

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{text.NAME}.docx"
    write_atomically(path, word.document())
    out.print(f"已写好 {path}")


def page(
    folder: Folder = Path(),
) -> None:
    """写出网页版“考核簿.html”：一个文件，用浏览器打开就能检查、重算、生成空白表，不用安装，不联网。"""
    from addin.packaging import page as page_file

    path = folder / page_file.NAME
    write_atomically(path, page_file.built())
    out.print(f"已写出 {path}；双击用浏览器打开")
