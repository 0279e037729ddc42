"""The manual that the button 帮助 opens: one HTML page about the buttons, what a check can say, and this installation.

Composed from what the ribbon and the catalogue of findings say themselves, so that it cannot fall behind them.
"""

from __future__ import annotations

import platform
import sys
from html import escape
from importlib.metadata import PackageNotFoundError, version

from addin.live import local
from addin.packaging import ribbon
from addin.workbooks.findings import CATALOGUE
from addin.workbooks.repair import own_version
from generator.scheme import library

SEVERITIES = {"error": "错误", "warning": "提醒", "todo": "待填"}
_STYLE = """
body { font-family: "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; line-height: 1.6 }
table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #bbb; padding: .3em .6em; text-align: left }
th { background: #dce6f1 } h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 2em }
.error td:first-child { color: #b00 } .todo td:first-child { color: #777 } td:first-child { white-space: nowrap }
"""
_STEPS = (
    "只填黄色格；橙色是还没有填的，红色是填得不对的，灰色格已经锁定，自动算分。",
    "填好后点“检查”：问题逐条列在“校验”表的下方，点“位置”可以跳过去；被改动的和填错的格子上另有一条“检查：”开头的批注，"
    "下一次检查时会自动换掉。",
    "公式或参数被改动了，点“重算”恢复；不满意可以点“撤销重算”放回去。",
    "想知道一个得分怎么来的，选中那一格，点“说明得分”。",
)


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
        "<h1>考核簿使用手册</h1>",
        "<h2>怎样用</h2><ol>" + "".join(f"<li>{escape(step)}</li>" for step in _STEPS) + "</ol>",
        "<h2>按钮</h2>" + _table(("按钮", "做什么"), [(row, "") for row in buttons]),
        "<h2>检查会说什么</h2>" + _table(("程度", "问题", "怎么办"), [(row[:3], row[3]) for row in findings]),
        "<h2>这台电脑</h2>" + _table(("项目", "内容"), [(row, "") for row in facts(program).items()]),
    ]
    head = f'<meta charset="utf-8"><title>考核簿使用手册</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html><html lang="zh"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _table(heads: tuple[str, ...], rows: list[tuple[tuple[str, ...], str]]) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    for cells, kind in rows:
        lines.append(f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(lines)}</table>"
