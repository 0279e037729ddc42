"""Write ``wheels.txt`` anew: which wheels a Windows folder is made of, each by its sha256.

Run: ``python -m addin.packaging.windows.lock FOLDER``, which downloads them into the folder too.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

from addin.packaging.windows.bundle import MINOR, WHEELS

HEAD = """\
# Wheels of the Windows folder. Made by: python -m addin.packaging.windows.lock FOLDER
# Fetched by: pip download --require-hashes --no-deps --only-binary=:all: --platform win_amd64 --python-version 3.11 -r wheels.txt
"""
PLATFORM = ["--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp", "--python-version", ".".join(map(str, MINOR))]


def requirements() -> list[str]:
    """What runs here needs; pywin32 by name, because xlwings asks for it only where pip itself runs on Windows."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["excel"], "pywin32"]


def line_of(wheel: Path) -> str:
    """A wheel as pip reads it, and its file's name before it."""
    name, version = wheel.name.split("-")[:2]
    return f"# {wheel.name}\n{name.replace('_', '-')}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def main(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *PLATFORM, "-d", str(folder), *requirements()], check=True)
    WHEELS.write_text(HEAD + "".join(map(line_of, sorted(folder.glob("*.whl")))), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
