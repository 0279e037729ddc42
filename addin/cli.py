"""The command ``scorebook``: what the office does with schemes and workbooks, at a terminal.

Exit codes: 0 fine, 1 findings, 2 cannot do it (one clear Chinese sentence, no traceback).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from copy import copy
from typing import Annotated, Any

import typer

from addin.garbage import collection_seldom
from addin.terminal import add_in, along, books, definition, hand_out, readings, result, schemes, years
from addin.terminal.commands import CANNOT, FINE, Commands
from addin.terminal.printing import err, out
from generator.files import noting, reason, so_far
from generator.problems import Refusal

INTERRUPTED = 130
"""What typer makes of Ctrl+C."""

app = Commands("考核簿：把考核办法变成会自己算分的 Excel 工作簿。")
PANELS: dict[str, dict[str, Callable[..., None]]] = {
    "一本考核簿": {
        "generate": books.generate,
        "fill": books.fill,
        "check": books.check,
        "recompute": books.recompute,
        "score": books.score,
        "explain": result.explain,
        "values": books.values,
        "import": books.import_,
        "readings": readings.readings,
    },
    "下发和汇总": {"split": hand_out.split, "gather": books.gather},
    "结果": {
        "notice": result.notice,
        "statement": result.statement,
        "analysis": result.analysis,
        "robustness": result.robustness,
    },
    "下一年度": {"next-year": years.next_year, "diff": years.diff, "what-if": years.what_if},
    "考核方案": {
        "list": schemes.list_schemes,
        "validate": schemes.validate,
        "lint": schemes.lint,
        "cases": schemes.cases,
        "inputs": schemes.inputs,
        "verify": schemes.verify,
        "schema": schemes.schema,
    },
    "手册、网页版和加载项": {"manual": along.manual, "page": along.page},
}
"""Every command by its name, in the panels and the order of the help."""
for panel, commands in PANELS.items():
    for name, does in commands.items():
        app.command(name, rich_help_panel=panel)(does)
app.add_typer(definition.app, name="scheme", rich_help_panel="考核方案")
app.add_typer(add_in.app, name="addin", rich_help_panel="手册、网页版和加载项")


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"考核簿 {version('scorebook')}")
        raise typer.Exit(FINE)


@app.callback()
def about(
    asked: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="是哪一版，然后退出")] = False,
) -> None:
    """考核簿：把考核办法变成会自己算分的 Excel 工作簿。"""


_USAGE = {
    "MissingParameter": "少了参数",
    "NoSuchOption": "没有这个选项",
    "NoSuchCommand": "没有这个命令",
    "BadParameter": "参数写得不对",
    "BadOptionUsage": "选项写得不对",
    "BadArgumentUsage": "参数写得不对",
    "NoArgsIsHelpError": "",
}


def _usage_words(error: Any) -> str:
    message = str(getattr(error, "message", "") or "")
    if message.startswith("No such command"):
        return f"没有 {message.split(chr(39))[1]} 这个命令；用 scorebook --help 查看用法"
    if message.startswith("Got unexpected extra argument"):
        return f"多了参数（{message.rpartition('(')[2].rstrip(')')}）；用 scorebook --help 查看用法"
    words = _USAGE.get(type(error).__name__, "命令写得不对")
    named = (
        getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "metavar", None) or getattr(error, "param_hint", None)
    )
    detail = named if isinstance(named, str) else ""
    return f"{words}{f'（{detail}）' if detail else ''}；用 scorebook --help 查看用法"


def _asked_for(arguments: list[str]) -> typer.Typer:
    """The commands; where one of them is named first, that one alone: putting all of them together takes longer than many a command."""
    asked = [command for command in app.registered_commands if arguments[:1] == [command.name]]
    if not asked:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = asked, []
    return alone


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Never lets an exception through."""
    with noting() as written:
        try:
            with collection_seldom():
                given = sys.argv[1:] if arguments is None else arguments
                code = _asked_for(given)(given, standalone_mode=False)
            if code == INTERRUPTED:
                raise KeyboardInterrupt
            return code if isinstance(code, int) else FINE
        except typer.Exit as stop:
            return stop.exit_code
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            return FINE
        except (Exception, KeyboardInterrupt) as error:
            words = _why(error, so_far(written))
            if words is None:
                if os.environ.get("SCOREBOOK_DEBUG"):
                    raise
                what = f"程序内部出错（{type(error).__name__}：{error}），{so_far(written)}"
                words = f"{what}；请设 SCOREBOOK_DEBUG=1 重试并把输出发给维护者"
            if words:
                err.print(words)
    return CANNOT


def _why(error: BaseException, state: str) -> str | None:
    """Why a command did not do its work, in a sentence; None for a fault of our own. state: of the files by then."""
    match error:
        case Refusal():
            return f"{error}\n确认要这样，请加 {error.option}" if error.option else str(error)
        case KeyboardInterrupt() | typer.Abort():
            return f"已中止，{state}"
        case MemoryError():
            return f"内存不够，{state}；请关闭其他程序再试"
        case OSError():
            return f"读写文件时出错：{reason(error)}（{error.filename or ''}）"
    if hasattr(error, "format_message") and getattr(error, "exit_code", None) is not None:
        return "" if type(error).__name__ == "NoArgsIsHelpError" else _usage_words(error)
    return None


def main() -> None:
    """Entry point of the command ``scorebook``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    with collection_seldom():
        code = run()
        gc.freeze()  # the process ends: what it holds goes with it, and need not be searched for garbage before
    sys.exit(code)
