"""考核簿.html: everything that the page needs, Python among it, in one file that a browser opens without a server.

The same sources and packages always give the same bytes. Node compiles the Python, by the Python that the page carries.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from addin.packaging import page_packages
from generator.files import EPOCH, write_atomically
from generator.problems import Refusal
from generator.scheme import library, load

NAME = "考核簿.html"
SOURCES = Path(__file__).resolve().parents[1] / "page"
BUILT = SOURCES / "built" / NAME
"""Where ``make page`` puts the page, and a wheel carries it."""
BESIDE = Path(sys.prefix).parent / NAME
"""Where the Windows folder has it: beside its Python."""
TOP = SOURCES.parents[1]
ADDRESS = "https://page.invalid/"
"""Stands before the names of files that the runtime asks for; nothing is there, and nobody asks the network."""

_NOT_IN_THE_PAGE = {
    *("__main__.py", "buttons.py", "cli.py", "clicks", "manual", "terminal"),
    *("engines", "live", "packaging", "ribbon", "verification", "office.py", "__pycache__", "built"),
}
"""What of ours needs a terminal, a spreadsheet program or another Python: the commands and the buttons among it."""
_NOT_NEEDED = re.compile(
    r"(?:_pyrepl|_pyio|asyncio/(?:proactor|windows)_|bdb|cmd\.|compileall|configparser|ctypes|curses|dbm|doctest|ensurepip|filecmp"
    r"|fileinput|ftplib|html/parser|http|idlelib|imaplib|lib2to3|logging/[ch]|mailbox|modulefinder|multiprocessing|netrc"
    r"|optparse|pdb|pickletools|plistlib|poplib|profile|pstats|pyclbr|pydoc|pyodide/http|rlcompleter|sched|shelve|smtplib|socketserver"
    r"|sqlite3|sysconfig/__main__|tabnanny|timeit|tkinter|trace\.|turtle|unittest|venv|wave|wsgiref|xdrlib|xmlrpc|zipapp"
    r"|concurrent/(?:futures/process|interpreters)|email/mime|encodings/(?:mac_|cp(?!437|936)|iso2022|hp_|kz|koi|ptcp|tis|johab|euc_|shift_))"
)
"""Of the standard library, what nothing in the page imports."""
_PACKAGE_PARTS = re.compile(r"(?:(?!.*/tests?/|pydantic/(?:mypy|v1/)).*\.(?:py|so)|.*\.dist-info/METADATA)")


class CannotBuild(Refusal):
    """The page cannot be made here."""


def built() -> bytes:
    """The page that came with this installation. Raises CannotBuild where none did."""
    for path in (BUILT, BESIDE):
        if path.is_file():
            return path.read_bytes()
    raise CannotBuild("这份安装里没有做好的网页；在源代码的文件夹里运行 make page，再试一次")


def build(packages: Path) -> bytes:
    """The page, from a folder with the pinned packages. Raises CannotBuild, or PackageMissing."""
    found = page_packages.checked(packages)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        runtime = _unpacked(next(path for file, path in found.items() if file.startswith("pyodide-")), work)
        site = {**_libraries(path for file, path in found.items() if file.endswith(".whl")), **_ours()}
        library_parts = _standard_library(runtime)
        compiled = _compiled(
            {**{f"site/{n}": d for n, d in site.items()}, **{f"std/{n}": d for n, d in library_parts.items()}}, runtime, work
        )
        return assemble(
            {
                "runtime": _script(runtime),
                "wasm": (runtime / "pyodide.asm.wasm").read_bytes(),
                "library": _zipped({n.removeprefix("std/"): d for n, d in compiled.items() if n.startswith("std/")}),
                "site": _joined({n.removeprefix("site/"): d for n, d in compiled.items() if n.startswith("site/")}),
            },
            {"lock": _lock(runtime), "schemes": catalogue(), "address": ADDRESS},
        )


def assemble(parts: dict[str, bytes], facts: dict[str, Any]) -> bytes:
    """The page from its parts. facts: what the script of the page and the worker have to know."""
    text, style, look, script = (
        SOURCES.joinpath(name).read_text(encoding="utf-8") for name in ("page.html", "page.css", "look.js", "page.js")
    )
    known = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    script = f"const KNOWN = {known};\n{script}"
    pieces = {
        "policy": _policy(style, look, script),
        "style": style,
        "look": look,
        "script": script,
        "parts": "\n".join(f'<script type="text/plain" id="part-{name}">{_packed(data)}</script>' for name, data in parts.items()),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: pieces[found[1]], text).encode()


def _policy(style: str, *scripts: str) -> str:
    """What the page may do: run what it carries, and connect to nothing."""

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    allowed = " ".join(map(hashed, scripts))
    return (
        f"default-src 'none'; script-src {allowed} blob: 'wasm-unsafe-eval'; worker-src blob:; style-src {hashed(style)}; "
        "img-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def catalogue() -> list[dict[str, Any]]:
    """What the page says of every scheme before any is read."""
    listed = []
    for id, path in sorted(library.ids().items()):
        if library.SCHEMES in path.parents:
            scheme = load.load(path).scheme
            about = {"id": id, "title": scheme.title, "place": scheme.place, "year": scheme.year}
            readings = [
                {"id": one.id, "takes": one.takes, "options": {name: option.says for name, option in one.options.items()}}
                for one in scheme.readings
            ]
            listed.append({**about, "units": len(scheme.unit_names), "indicators": scheme.indicator_count(), "readings": readings})
    return listed


def _unpacked(file: Path, work: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(work / "npm", filter="data")
    return work / "npm" / "package"


def _script(runtime: Path) -> bytes:
    """What the worker runs: the runtime as one script, and our own behind it."""
    core = (runtime / "pyodide.asm.mjs").read_text(encoding="utf-8")
    loader = (runtime / "pyodide.js").read_text(encoding="utf-8")
    loader = re.sub(r"//# sourceMappingURL=.*", "", loader)
    core, count = re.subn(r"export default (\w+);", r"globalThis.createPyodideModule = \1;", core)
    if count != 1:
        raise CannotBuild("pyodide.asm.mjs 和以前的写法不同；请核对版本")
    core = core.replace("import.meta.url", json.dumps(ADDRESS))
    # From file:// a browser starts no worker that is a module, so the runtime is kept from finding out that this one is none.
    before = 'self.importScripts = () => { throw new TypeError("nothing is imported"); };'
    return "\n".join([before, loader, core, (SOURCES / "worker.js").read_text(encoding="utf-8")]).encode()


def _lock(runtime: Path) -> dict[str, Any]:
    """The runtime's list of packages, of which it is to fetch none."""
    return {"info": json.loads((runtime / "pyodide-lock.json").read_text(encoding="utf-8"))["info"], "packages": {}}


def _libraries(wheels: Iterator[Path]) -> dict[str, bytes]:
    found = {}
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            for info in wheel.infolist():
                native = info.filename.endswith(".so") and "wasm32" not in info.filename
                if _PACKAGE_PARTS.fullmatch(info.filename) and not native:
                    found[info.filename] = wheel.read(info)
    return found


def _ours() -> dict[str, bytes]:
    """The packages of the project, with the schemes and the templates as they lie."""
    from importlib.metadata import version

    found = {"scorebook.dist-info/METADATA": f"Metadata-Version: 2.1\nName: scorebook\nVersion: {version('scorebook')}\n".encode()}
    for folder in ("addin", "generator", "templates", "schemes"):
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".docx") and not path.name.endswith(library.CASES_SUFFIX):
                inner = path.relative_to(TOP)
                if not _NOT_IN_THE_PAGE & set(inner.parts):
                    found[inner.as_posix()] = path.read_bytes()
    return found


def _standard_library(runtime: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(runtime / "python_stdlib.zip") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not _NOT_NEEDED.match(name)]
        return {name: archive.read(name) for name in names}


def _compiled(files: dict[str, bytes], runtime: Path, work: Path) -> dict[str, bytes]:
    """The files, of Python the byte code instead."""
    source, target = work / "source", work / "target"
    target.mkdir()
    found = {}
    for name, data in files.items():
        if name.endswith(".py"):
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        else:
            found[name] = data
    try:
        command = ["node", str(SOURCES / "compile.cjs"), str(runtime), str(source), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    except OSError:
        raise CannotBuild("做网页要用 Node.js 18 或更新的版本；请先安装") from None
    if done.returncode:
        raise CannotBuild(f"编译网页里的 Python 时出错：{done.stderr[-400:]}")
    found |= {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*.pyc")}
    return dict(sorted(found.items()))


def _zipped(files: dict[str, bytes]) -> bytes:
    """An archive that Python imports from; it is packed as a whole afterwards."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return stream.getvalue()


def _joined(files: dict[str, bytes]) -> bytes:
    """Files one behind the other, and before them where each begins: a line of JSON."""
    sizes = [[name, len(data)] for name, data in files.items()]
    return json.dumps(sizes, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + b"".join(files.values())


if __name__ == "__main__":
    write_atomically(BUILT, build(Path(sys.argv[1])))
