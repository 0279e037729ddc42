"""The page that the button 帮助 opens: the manual, the buttons, what a check can say, and this installation."""

from __future__ import annotations

import base64
import platform
import re
import sys
from html import escape
from importlib.metadata import PackageNotFoundError, version

from addin.live import local
from addin.manual import text
from addin.packaging import ribbon
from addin.workbooks.findings import CATALOGUE
from addin.workbooks.repair import own_version
from generator.scheme import library

SEVERITIES = {"error": "错误", "warning": "提醒", "todo": "待填"}
_STYLE = """
body { font-family: "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; line-height: 1.6 }
table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #bbb; padding: .3em .6em; text-align: left }
th { background: #dce6f1 } img { max-width: 100%; border: 1px solid #ddd } h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em }
.error td:first-child { color: #b00 } .todo td:first-child { color: #777 } td:first-child { white-space: nowrap }
"""
_PICTURE = re.compile(r'<img src="([^"]+)"')


def facts(program: str) -> dict[str, str]:
    """This installation. program: the spreadsheet program and its version."""
    try:
        engine = version("xlwings")
    except PackageNotFoundError:
        engine = "?"
    return {
        "考核簿": own_version(),
        "表格程序": program,
        "Python": f"{platform.python_version()}（{sys.executable}）",
        "xlwings": engine,
        "考核方案": "；".join(str(folder) for folder in library.folders()),
        "日志": str(local.log_file()),
    }


def page(program: str) -> str:
    """The manual as HTML."""
    buttons = [(button.label, button.supertip) for button in ribbon.tab().buttons]
    findings = [(SEVERITIES[kind.severity], kind.title, kind.remedy, kind.severity) for kind in CATALOGUE.values()]
    parts = [
        _PICTURE.sub(_within, text.reader().render(text.source().read_text(encoding="utf-8"))),
        "<h2>按钮</h2>" + _table(("按钮", "做什么"), [(row, "") for row in buttons]),
        "<h2>检查会说什么</h2>" + _table(("程度", "问题", "怎么办"), [(row[:3], row[3]) for row in findings]),
        "<h2>这台电脑</h2>" + _table(("项目", "内容"), [(row, "") for row in facts(program).items()]),
    ]
    head = f'<meta charset="utf-8"><title>{text.NAME}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html><html lang="zh"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _within(image: re.Match[str]) -> str:
    """A picture in the page itself, which is one file."""
    return f'<img src="data:image/png;base64,{base64.b64encode(text.picture(image[1]).read_bytes()).decode()}"'


def _table(heads: tuple[str, ...], rows: list[tuple[tuple[str, ...], str]]) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    for cells, kind in rows:
        lines.append(f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(lines)}</table>"
