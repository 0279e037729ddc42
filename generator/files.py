"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from generator.problems import FileError, UnreadableError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
"""What an archive says it was made on, wherever it was."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def nameable(text: str) -> str:
    """A text without what no file's name may have, on any system."""
    return _NOT_IN_NAMES.sub("", text).strip(" .")


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


_REASONS = {
    errno.ENOENT: ("找不到这个文件", "请核对路径和文件名"),
    errno.EISDIR: ("这是文件夹，不是文件", "请给出文件名"),
    errno.ENOTDIR: ("找不到这个文件", "请核对路径和文件名"),
    errno.EACCES: ("没有权限", "请核对文件和文件夹的权限"),
    errno.EPERM: ("没有权限", "请核对文件和文件夹的权限"),
    errno.EROFS: ("磁盘是只读的", "请换一个文件夹"),
    errno.ENOSPC: ("磁盘满了", "请清出空间再试"),
    errno.EDQUOT: ("磁盘的配额用完了", "请清出空间再试"),
    errno.EFBIG: ("文件太大", ""),
    errno.ENAMETOOLONG: ("文件名太长", "请用短一些的文件名"),
    errno.ETXTBSY: ("文件正在使用", "请先关闭"),
    errno.EBUSY: ("文件正在使用", "请先关闭"),
    errno.EMFILE: ("打开的文件太多", "请关闭其他程序再试"),
    errno.ELOOP: ("链接绕成了圈", "请核对路径"),
    errno.EIO: ("磁盘出错", "请换一个磁盘"),
}


def reason(error: OSError) -> str:
    """Why the system did not do something with a file, in Chinese."""
    return _REASONS.get(error.errno or 0, ("系统不允许", ""))[0]


def contents(path: Path, most: int) -> bytes:
    """What is in a file of at most so many bytes. Raises UnreadableError; a pipe or a device is never waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            kind = os.fstat(handle).st_mode
            if stat.S_ISDIR(kind):
                raise IsADirectoryError(errno.EISDIR, "")
            if not stat.S_ISREG(kind):
                raise UnreadableError(path, "这不是普通文件", "请给出磁盘上的文件")
            data = stream.read(most + 1)
    except OSError as error:
        code = errno.EISDIR if path.is_dir() else error.errno  # Windows does not open a folder for want of a permission
        raise UnreadableError(path, *_REASONS.get(code or 0, ("系统不让读这个文件", "请核对文件和权限"))) from None
    if len(data) > most:
        raise UnreadableError(path, "文件太大，不像考核方案、数值文件或工作簿", "请确认选对了文件")
    return data


Seen = tuple[int, int, int] | None
"""What tells one version of a file from another: its place on the disk, the time it was written, its length; None where there
is no file."""


def seen(path: Path) -> Seen:
    """Which version of a file is there now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def refuse_changed(path: Path, since: Seen) -> None:
    """Raise FileError where a file is not the version any more that was seen."""
    if seen(path) != since:
        raise FileError(f"“{path.name}”在处理的这段时间里被别人改过，这次的结果没有写进去；请再做一次")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes that do the same out of a folder, where the system can."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every network drive can
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_atomically(path: Path, data: bytes, *, since: Seen | Literal["any"] = "any") -> None:
    """Write a file so that at every moment there is either the old one or the new one, whole. Raises FileError.

    since: the version that the new one was made from; nothing is written over another one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.stem[:80]}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise FileError(f"写不了“{path}”：{reason(error)}") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        with _alone(path.parent):
            if since != "any":
                refuse_changed(path, since)
            os.replace(temporary, path)
        note(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise FileError(f"写不了“{path}”：{reason(error)}。如果文件正在 Excel 里打开，请先关闭") from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
