"""What an installed copy does to its user's desk, and takes back: the command in the search path, the add-in in Excel.

Run by the installer and by the uninstaller: ``python -m addin.packaging.windows.desk install`` (or ``uninstall``). Only the
user's own settings are touched, so nobody has to be an administrator.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from addin.packaging import excel, xlam
from addin.packaging.machine import this_machine
from generator.problems import Refusal

HOME = Path(sys.prefix).parent
"""Where this copy was put: the folder around its Python."""
_ENVIRONMENT = "Environment"


def with_entry(path: str, folder: str) -> str:
    """A search path with a folder at its end, once."""
    return path if folder.lower() in _entries(path) else ";".join([*filter(None, [path.rstrip(";")]), folder])


def without_entry(path: str, folder: str) -> str:
    """A search path without a folder; the others stay as they are written."""
    return ";".join(entry for entry in path.split(";") if entry.strip().rstrip("\\").lower() != folder.lower())


def _entries(path: str) -> set[str]:
    return {entry.strip().rstrip("\\").lower() for entry in path.split(";")}


def _change_path(change: Callable[[str, str], str]) -> None:
    """Change this user's search path, and let programs that start from now on know."""
    if sys.platform != "win32":
        return
    import ctypes
    import winreg

    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _ENVIRONMENT) as key:
        try:
            before, kind = winreg.QueryValueEx(key, "Path")
        except FileNotFoundError:
            before, kind = "", winreg.REG_EXPAND_SZ
        after = change(before, str(HOME))
        if after == before:
            return
        if after:
            winreg.SetValueEx(key, "Path", 0, kind, after)
        else:
            winreg.DeleteValue(key, "Path")
    everybody, changed, patient, milliseconds = 0xFFFF, 0x001A, 0x0002, 2000
    ctypes.windll.user32.SendMessageTimeoutW(everybody, changed, 0, _ENVIRONMENT, patient, milliseconds, None)


def install() -> str:
    """Put the command into the search path and the add-in into Excel's start folder; says what was done."""
    _change_path(with_entry)
    try:
        path = excel.install(this_machine(), (HOME / xlam.NAME).read_bytes(), Path(sys.executable))
    except Refusal as error:
        return f"没有装 Excel 的“考核”选项卡：{error}"
    return f"Excel 的“考核”选项卡已装好：{path}"


def uninstall() -> str:
    """Take both back; says what was done. An add-in that another copy put there stays."""
    _change_path(without_entry)
    machine = this_machine()
    path = excel.start_folder(machine) / xlam.NAME
    try:
        own = Path(xlam.read_settings(path.read_bytes()).get(xlam.INTERPRETER, "")) == Path(sys.executable)
    except (OSError, Refusal):
        own = False
    try:
        removed = excel.uninstall(machine) if own else None
    except Refusal as error:
        return str(error)
    return f"已删除 {removed}" if removed else "没有要从 Excel 里拿走的"


if __name__ == "__main__":
    print({"install": install, "uninstall": uninstall}[sys.argv[1]]())
