"""The packages that the page carries: Python for browsers from npm, libraries from PyPI, each pinned by its sha256.

They are fetched by the ordinary clients, ``npm`` and ``pip``, and only when the page is built.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from generator.problems import Refusal

LOCK = Path(__file__).resolve().parents[1] / "page" / "packages.json"
PYTHON, ABI, PLATFORM = "3.14", "cp314", "pyemscripten_2026_0_wasm32"
"""Of the Python in the page."""


class PackageMissing(Refusal):
    """A package is not there, or is another than the one that is pinned."""


def pinned() -> dict[str, dict[str, str]]:
    """By registry, the files with their sha256."""
    found: dict[str, dict[str, str]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return found


def checked(folder: Path) -> dict[str, Path]:
    """The pinned files in a folder. Raises PackageMissing for one that is not there or not the same."""
    found = {}
    for files in pinned().values():
        for name, digest in files.items():
            path = folder / name
            if not path.is_file():
                raise PackageMissing(f"“{folder}”里没有 {name}；请先运行 make page，或照 addin/page/packages.json 取来")
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise PackageMissing(f"“{path}”与 addin/page/packages.json 里的 sha256 不符，不能用")
            found[name] = path
    return found


def fetch(folder: Path) -> None:
    """Fetch what is not there yet. Raises PackageMissing where something else comes than what is pinned."""
    folder.mkdir(parents=True, exist_ok=True)
    for registry, files in pinned().items():
        for name in files:
            if not (folder / name).is_file():
                command = _by_npm(name) if registry == "npm" else _by_pip(name)
                subprocess.run([*command, str(folder)], check=True, stdout=subprocess.DEVNULL)
    checked(folder)


def _by_npm(file: str) -> list[str]:
    name, _, version = file.removesuffix(".tgz").rpartition("-")
    return [shutil.which("npm") or "npm", "pack", "--silent", f"{name}@{version}", "--pack-destination"]


def _by_pip(file: str) -> list[str]:
    """PyYAML and MarkupSafe have no wheel for browsers; their Python alone is taken, which is the same in every wheel."""
    name, version, python, abi, platform = file.removesuffix(".whl").split("-", 4)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", f"{name}=={version}"]
    if platform == "any":
        return [*command, "--python-version", PYTHON, "--dest"]
    digits = python.removeprefix("cp")
    tags = [word for name in platform.split(".") for word in ("--platform", name)]
    return [*command, "--python-version", f"{digits[0]}.{digits[1:]}", "--implementation", "cp", "--abi", abi, *tags, "--dest"]


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
