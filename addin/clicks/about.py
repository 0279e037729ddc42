"""帮助: the version, where things are, and the manual."""

from __future__ import annotations

import webbrowser

from addin.engines import adapter
from addin.live import local
from addin.live.desk import Desk
from generator.files import write_atomically
from generator.problems import Refusal


def help(desk: Desk) -> None:
    """What the button does."""
    from addin.manual import html

    program = f"{'LibreOffice' if adapter.is_libreoffice(desk.app) else 'Excel'} {desk.app.version}"
    lines = [f"{name}：{text}" for name, text in html.facts(program).items()]
    if desk.ask("\n".join([*lines, "", "要打开使用手册吗？"])):
        path = local.folder() / "manual.html"
        write_atomically(path, html.page(program).encode())
        if not webbrowser.open(path.as_uri()):
            raise Refusal(f"没有找到浏览器。使用手册在这里，请自己打开：\n{path}")
