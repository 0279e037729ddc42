"""Commands at a terminal whose help is in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from generator.problems import Refusal

FINE, FINDINGS, CANNOT = 0, 1, 2
"""Exit codes: all is well; something was found that people have to see to; it cannot be done."""
Function = TypeVar("Function", bound=Callable[..., Any])


class Cannot(Refusal):
    """What a command was asked to do makes no sense or lacks something it needs."""


def chosen(names: list[str] | None, everything: bool) -> list[str]:
    """The schemes that were asked for. Raises Cannot where none is named."""
    if everything:
        from generator.scheme import library

        return sorted(library.ids())
    if not names:
        raise Cannot("请写明方案编号，或用 --all 表示全部方案（用 scorebook list 查看）")
    return names


def _in_chinese(command: Any, ctx: Any) -> None:
    """Give the panels of a help text their headings, and its options no names of types, such as ``<bool>``. Only here is what draws
    them imported: it is slow, and few ask for help."""
    from rich import columns
    from rich.table import Table
    from typer import rich_utils

    class Folding(Table):
        """Goes on on the next line where it would cut off Chinese, which has no blanks to break at."""

        def add_row(self, *cells: Any, **more: Any) -> None:
            super().add_row(*cells, **more)
            for column in self.columns:
                column.overflow = "fold"

    for module in (rich_utils, columns):
        setattr(module, "Table", Folding)  # noqa: B010
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "错误"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None
        elif getattr(param, "is_flag", False):
            param.metavar = ""
        if "--help" in param.opts:
            param.help = "显示这一页"


def _unasked(option: Any) -> Any:
    """The option ``--help``, which is not asked for unless somebody does: a None in its place is made a value by pydantic, which
    takes as long to import as all else that a short command needs."""
    if option is not None:
        option.default = False
    return option


def _usage(words: str) -> str:
    return words.replace("Usage: ", "用法：", 1).replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 [参数]…")


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Work that needs libraries which are not part of every installation. extra: the set of pyproject.toml that has them; what: needs
    them, in words. Raises Cannot where one is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Cannot(f"{what}需要另装程序库 {error.name}：pip install 'scorebook[{extra}]'") from None


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
    def get_help_option(self, ctx: Any) -> Any:
        return _unasked(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _in_chinese(self, ctx)
        super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        return _usage(super().get_usage(ctx))


class _Group(TyperGroup):
    def get_help_option(self, ctx: Any) -> Any:
        return _unasked(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _in_chinese(self, ctx)
        super().format_help(ctx, formatter)

    def get_usage(self, ctx: Any) -> str:
        return _usage(super().get_usage(ctx))


class Commands(typer.Typer):
    """A set of commands; ``-h`` shows what there is. help: in a sentence, what they are for."""

    def __init__(self, help: str) -> None:
        settings = {"help_option_names": ["-h", "--help"]}
        super().__init__(cls=_Group, help=help, no_args_is_help=True, add_completion=False, context_settings=settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        """See `typer.Typer.command`."""
        return super().command(name, cls=_Command, **settings)
