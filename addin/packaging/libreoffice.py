"""The extension in LibreOffice: installed and removed with its own ``unopkg``, and looked over."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import addin
from addin.packaging import oxt
from addin.packaging.machine import InstallError, Machine, Remark, examine
from generator import office


def folders() -> list[str]:
    """Where Scorebook and the libraries it uses are, for a Python that has not got them: this one's."""
    paths = sysconfig.get_paths()
    own = Path(addin.__file__).resolve().parents[1]
    return list(dict.fromkeys([str(own), paths["purelib"], paths["platlib"]]))


def install(machine: Machine, arguments: Sequence[str] = ()) -> None:
    """Build the extension for this machine and add it to LibreOffice. Raises InstallError.

    arguments: more of them for unopkg, as ``-env:UserInstallation=…`` for another profile.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, oxt.NAME)
        path.write_bytes(oxt.build(folders()))
        _unopkg(machine, "add", "--force", *_everyone(), *arguments, str(path))


def uninstall(machine: Machine, arguments: Sequence[str] = ()) -> bool:
    """Remove the extension from LibreOffice; whether it was there. Raises InstallError."""
    if not is_installed(machine, arguments):
        return False
    _unopkg(machine, "remove", *_everyone(), *arguments, oxt.IDENTIFIER)
    return True


def is_installed(machine: Machine, arguments: Sequence[str] = ()) -> bool:
    """Whether LibreOffice has the extension. Raises InstallError when there is no LibreOffice."""
    return f"Identifier: {oxt.IDENTIFIER}" in _unopkg(machine, "list", *_everyone(), *arguments)


def status(machine: Machine, arguments: Sequence[str] = ()) -> list[Remark]:
    """How the extension stands on this machine."""
    try:
        soffice = office.program()
        if not is_installed(machine, arguments):
            return [
                Remark("fine", f"LibreOffice：{soffice}"),
                Remark("error", "LibreOffice 扩展没有安装，请运行 scorebook addin install --libreoffice"),
            ]
        python = Path(office.interpreter(soffice))
        problem = examine(machine, python, folders(), Path(sys.executable))
    except (office.LibreOfficeError, InstallError) as error:
        return [Remark("error", str(error))]
    remarks = [Remark("fine", f"LibreOffice：{soffice}"), Remark("fine", f"扩展 {version('scorebook')}：已安装")]
    return [*remarks, Remark("error", f"LibreOffice 的 Python“{python}”{problem}")] if problem else remarks


def _everyone() -> list[str]:
    """unopkg lets the superuser install for everyone only."""
    return ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _unopkg(machine: Machine, *arguments: str) -> str:
    try:
        folder = Path(office.program()).resolve().parent
    except office.LibreOfficeError as error:
        raise InstallError(str(error)) from None
    program = folder / ("unopkg.com" if machine.windows else "unopkg")
    code, said = machine.run([str(program), *arguments], folder)
    if code:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else f"代码 {code}")
        raise InstallError(f"LibreOffice 的扩展管理没有成功（{reason}）；请先关闭 LibreOffice 的全部窗口再试")
    return said
