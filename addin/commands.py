"""Commands at a terminal whose help is in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

FINE, FINDINGS, CANNOT = 0, 1, 2
"""Exit codes: all is well; something was found that people have to see to; it cannot be done."""
Function = TypeVar("Function", bound=Callable[..., Any])


def _in_chinese() -> None:
    """Give the panels of a help text their headings. Only here is what draws them imported: it is slow, and few ask for help."""
    from typer import rich_utils

    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "错误"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.DEFAULT_STRING = "[默认：{}]"


@contextmanager
def progress_bar(verb: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on the terminal's error stream; silent where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    err = Console(stderr=True)
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int, words: str) -> None:
            bar.update(task, completed=done, total=total, description=words)

        yield report


class _Command(TyperCommand):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        _in_chinese()
        super().format_help(ctx, formatter)


class _Group(TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        _in_chinese()
        super().format_help(ctx, formatter)


class Commands(typer.Typer):
    """A set of commands; ``-h`` shows what there is. help: in a sentence, what they are for."""

    def __init__(self, help: str) -> None:
        settings = {"help_option_names": ["-h", "--help"]}
        super().__init__(cls=_Group, help=help, no_args_is_help=True, add_completion=False, context_settings=settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        """See `typer.Typer.command`."""
        return super().command(name, cls=_Command, **settings)
