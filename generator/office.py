"""Where LibreOffice is on this machine, and the Python that can talk to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from generator.problems import Refusal

PROGRAM_VARIABLE = "SCOREBOOK_SOFFICE"
_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


class LibreOfficeError(Refusal):
    """LibreOffice is missing or failed. The message is one Chinese sentence."""


def program() -> str:
    """Where LibreOffice is. Raises LibreOfficeError when it is not installed."""
    places = [os.environ.get(PROGRAM_VARIABLE), shutil.which("soffice"), shutil.which("libreoffice"), *_PLACES]
    for place in places:
        if place and Path(place).exists():
            return place
    raise LibreOfficeError(
        "没有找到 LibreOffice；请先安装（Debian：apt-get install libreoffice-calc python3-uno），"
        f"或用环境变量 {PROGRAM_VARIABLE} 指明 soffice 的位置"
    )


def interpreter(soffice: str) -> str:
    """A Python that can import uno: LibreOffice's own, the system's, or this one."""
    real = Path(soffice).resolve().parent
    places = [real / "python", real / "python.exe", Path("/usr/bin/python3"), Path(sys.executable)]
    for place in places:
        if place.exists() and subprocess.run([str(place), "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return str(place)
    raise LibreOfficeError("找到了 LibreOffice，但没有能用它的 Python；请安装 python3-uno")


def environment() -> dict[str, str]:
    """The environment for a LibreOffice: its own Python must not take itself for ours.

    It takes its libraries from the first python3 on the path, which fails in a virtual environment of another build.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    folders = kept.get("PATH", "").split(os.pathsep)
    return kept | {"PATH": os.pathsep.join(f for f in folders if not Path(f, "..", "pyvenv.cfg").exists())}
