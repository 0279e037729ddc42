"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.problems import FileError

EPOCH = (1980, 1, 1, 0, 0, 0)


_noted: list[list[Path]] = []


@contextmanager
def noting() -> Iterator[list[Path]]:
    """Which files are written meanwhile: a failure afterwards must not say that nothing has changed."""
    written: list[Path] = []
    _noted.append(written)
    try:
        yield written
    finally:
        _noted.pop()


def note(path: Path) -> None:
    """Tell `noting` of a file that is written, or of a folder whose files other processes are about to write."""
    for written in _noted:
        written.append(path)


def so_far(written: list[Path]) -> str:
    """What became of the files until something failed, for people."""
    if not written:
        return "文件没有改动"
    names = "、".join(f"“{path.name}”" for path in dict.fromkeys(written[:3])) + ("等" if len(written) > 3 else "")
    return f"但{names}可能已有改动，请打开核对"


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that at every moment there is either the old one or the new one, whole. Raises FileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise FileError(f"写不了“{path}”：{error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
        note(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise FileError(f"写不了“{path}”：{error.strerror}。如果文件正在 Excel 里打开，请先关闭") from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
