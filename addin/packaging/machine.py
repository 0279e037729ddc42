"""What the computer at hand knows, read through one narrow door: all above it runs, and is tested, on any system."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator import office
from generator.files import reason
from generator.problems import Refusal

Registry = Callable[[str, str], Mapping[str, object]]
"""The values of a registry key by their names in lower case, variables expanded where the value is of that kind; none where
there is no such key. The hive is HKCU or HKLM."""
Run = Callable[[Sequence[str], Path], tuple[int, str]]
"""Run a program in a folder; its exit code, and all it printed."""
Severity = Literal["fine", "warning", "error"]


class InstallError(Refusal):
    """The add-in or the extension cannot be installed, removed or looked over."""


@dataclass(frozen=True)
class Remark:
    """One thing that was looked at, and how it stands."""

    severity: Severity
    text: str


@dataclass(frozen=True)
class Machine:
    """A computer. windows: whether it runs Windows."""

    windows: bool
    environment: Mapping[str, str]
    registry: Registry
    run: Run

    def expand(self, text: str) -> str:
        """Text with every ``%NAME%`` that is set replaced, as Windows does it."""
        values = {name.upper(): value for name, value in self.environment.items()}
        return re.sub(r"%([^%]+)%", lambda name: values.get(name[1].upper(), name[0]), text)


def this_machine() -> Machine:
    """The computer this runs on."""
    return Machine(sys.platform == "win32", os.environ, read_registry, run)


def run(command: Sequence[str], folder: Path) -> tuple[int, str]:
    """See `Run`. Raises InstallError when the program hangs or cannot be started."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": office.environment()["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=180,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallError(f"等了三分钟，“{command[0]}”没有回应") from None
    except OSError as error:
        raise InstallError(f"“{command[0]}”启动不了（{reason(error)}）") from None
    return done.returncode, done.stdout


def read_registry(hive: str, key: str) -> Mapping[str, object]:
    """See `Registry`. A 32-bit Python sees the 64-bit keys too."""
    values: dict[str, object] = {}
    if sys.platform == "win32":
        import winreg

        root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
        for view in (winreg.KEY_WOW64_32KEY, winreg.KEY_WOW64_64KEY):
            try:
                with winreg.OpenKey(root, key, 0, winreg.KEY_READ | view) as opened:
                    for number in range(winreg.QueryInfoKey(opened)[1]):
                        name, value, kind = winreg.EnumValue(opened, number)
                        values[name.lower()] = winreg.ExpandEnvironmentStrings(value) if kind == winreg.REG_EXPAND_SZ else value
            except OSError:
                continue
    return values


PROBE = """\
import sys
sys.path[:0] = {folders!r}
if sys.version_info < (3, 11):
    sys.exit('OLD %d.%d' % sys.version_info[:2])
import xlwings, addin.buttons
"""


def examine(machine: Machine, python: Path, folders: Sequence[str] = (), installer: Path | None = None) -> str:
    """What keeps a Python from doing what the buttons ask of it: the end of a Chinese sentence, or nothing.

    folders: what is put into its search path first. installer: the Python whose libraries those are, and which they are to
    be installed with; without it, the Python itself.
    """
    code, said = machine.run([str(python), "-B", "-c", PROBE.format(folders=list(folders))], python.parent)
    if code == 0:
        return ""
    last = said.strip().splitlines()[-1] if said.strip() else f"代码 {code}"
    if last.startswith("OLD "):
        return f"是 {last[4:]}，太旧，考核簿要 3.11 以上"
    lacking = re.search(r"No module named '([\w.]+)'", last)
    if lacking:
        return f'里缺少 {lacking[1]}，请安装："{installer or python}" -m pip install "scorebook[excel]"'
    return f"用不了考核簿（{last}）"
