"""The commands ``scorebook addin …``: the Excel add-in and the LibreOffice extension, built, installed and looked over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from addin.terminal.commands import FINDINGS, Commands
from generator.files import write_atomically

if TYPE_CHECKING:
    from addin.packaging.machine import Remark


app = Commands("Excel 加载项和 LibreOffice 扩展：生成、安装、卸载、查看。")

InLibreOffice = Annotated[bool, typer.Option("--libreoffice", help="LibreOffice 的扩展，不是 Excel 的加载项")]
Everyone = Annotated[bool, typer.Option("--all-users", help="这台电脑的全部用户（要管理员身份）")]
Interpreter = Annotated[
    str,
    typer.Option("--interpreter", metavar="python.exe", help="加载项用哪个 Python：python.exe 的完整路径，可含 %变量%", show_default=False),
]


@app.command()
def build(
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")] = Path(),
    interpreter: Interpreter = "",
) -> None:
    """生成加载项 scorebook.xlam 和 LibreOffice 扩展 scorebook.oxt，不需要 Excel；同样的版本生成的文件逐字节相同。"""
    from addin.packaging import oxt, xlam

    for name, data in ((xlam.NAME, _add_in(interpreter)), (oxt.NAME, oxt.build())):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, data)
        typer.echo(f"已生成 {folder / name}")


@app.command()
def install(
    to_libreoffice: InLibreOffice = False,
    everyone: Everyone = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="scorebook.xlam", readable=False, help="用这个生成好的（或签过名的）加载项，不现做", show_default=False
        ),
    ] = None,
    interpreter: Annotated[
        Path | None,
        typer.Option("--interpreter", metavar="python.exe", help="加载项用哪个 Python；不写就用现在这个", show_default=False),
    ] = None,
) -> None:
    """把加载项放进 Excel 的启动文件夹并指明用哪个 Python，或把扩展装进 LibreOffice；然后检查能不能用。"""
    from addin.packaging import excel, libreoffice
    from addin.packaging.machine import this_machine

    machine = this_machine()
    if to_libreoffice:
        libreoffice.install(machine)
        typer.echo("已安装 LibreOffice 扩展；请重新打开 LibreOffice，菜单和工具栏上会有“考核”")
        _tell(libreoffice.status(machine))
        return
    excel.start_folder(machine, everyone)  # says why not before anything is built
    data = file.read_bytes() if file else _add_in()
    path = excel.install(machine, data, interpreter or _own_interpreter(), everyone)
    typer.echo(f"已安装 {path}；请关闭全部 Excel 窗口再打开，功能区会有“考核”")
    _tell(excel.status(machine))


@app.command()
def uninstall(from_libreoffice: InLibreOffice = False, everyone: Everyone = False) -> None:
    """把加载项从 Excel 的启动文件夹里拿走，或从 LibreOffice 里卸掉扩展。工作簿不受影响。"""
    from addin.packaging import excel, libreoffice
    from addin.packaging.machine import this_machine

    machine = this_machine()
    if from_libreoffice:
        typer.echo("已卸载 LibreOffice 扩展" if libreoffice.uninstall(machine) else "LibreOffice 里没有这个扩展")
        return
    path = excel.uninstall(machine, everyone)
    typer.echo(f"已删除 {path}" if path else "加载项没有安装")


@app.command()
def status(of_libreoffice: InLibreOffice = False) -> None:
    """看加载项装好没有、能不能用：Excel、文件、Python、宏设置，逐项说明，有问题的说怎么办。"""
    from addin.packaging import excel, libreoffice
    from addin.packaging.machine import this_machine

    machine = this_machine()
    _tell(libreoffice.status(machine) if of_libreoffice else excel.status(machine))


def _add_in(interpreter: str = "") -> bytes:
    from addin.packaging import xlam

    try:
        return xlam.build(interpreter)
    except ModuleNotFoundError as error:
        raise xlam.BuildError(
            f"生成加载项需要另装程序库 {error.name}：pip install 'scorebook[build]'；安装也可以用 --file 指明生成好的 scorebook.xlam"
        ) from None


def _own_interpreter() -> Path:
    """This Python, as a program with a console: the buttons hide it themselves."""
    path = Path(sys.executable)
    return path.with_name(path.name.replace("pythonw", "python"))


def _tell(remarks: list[Remark]) -> None:
    """Print what was looked at; ends with exit code 1 where something is wrong."""
    marks = {"fine": "　　", "warning": "提醒", "error": "错误"}
    for remark in remarks:
        typer.echo(f"{marks[remark.severity]} {remark.text}")
    if any(remark.severity == "error" for remark in remarks):
        raise typer.Exit(FINDINGS)
