"""Workbooks as files on a disk: backups, files that are in use, folders."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from pathlib import Path

from addin.workbooks.book import BookError
from generator.files import contents, reason, write_atomically
from generator.problems import Refusal


class BackupError(Refusal):
    """A file cannot be backed up, so it is not changed either."""


def back_up(path: Path, folder: Path | None = None) -> Path:
    """Copy a file beside itself, or into another folder, dated; never over another backup. Raises BackupError."""
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        tail = f"-{number}" if number else ""
        copy = (folder or path.parent) / f"{path.stem}.备份{stamp}{tail}{path.suffix}"
        if copy.exists():
            continue
        try:
            shutil.copy2(path, copy)
        except OSError as error:
            copy.unlink(missing_ok=True)  # half a backup is none
            raise BackupError(f"改动之前要先备份，但备份写不下（{reason(error)}）。请检查磁盘空间和文件夹的权限，再试一次") from None
        return copy
    raise BackupError(f"“{path.name}”的备份太多了，请先清理")


def is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder; of a network drive only trying tells."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def refuse_busy(book: Path) -> None:
    """Raise BookError when a file is open in a spreadsheet program or may not be written."""
    locks = [book.with_name(f"~${book.name}"), book.with_name(f"~${book.name[2:]}"), book.with_name(f".~lock.{book.name}#")]
    lock = next((lock for lock in locks if lock.exists()), None)
    if lock is not None:
        left = f"谁也没有打开的，是上次意外退出留下的，请删去同一文件夹里的“{lock.name}”（隐藏文件）"
        raise BookError(f"“{book.name}”正在 Excel、WPS 或 LibreOffice 里打开，请先保存并关闭；{left}")
    if book.exists() and not os.access(book, os.W_OK):
        raise BookError(f"“{book.name}”是只读文件，请先取消只读，或用 -o 写到另一个文件")


def write_kept(path: Path, data: bytes) -> None:
    """Write a file; one that is there and says something else is kept as a backup."""
    if path.suffix == ".xlsx":
        refuse_busy(path)
    if path.exists() and contents(path, 1 << 30) != data:
        back_up(path)
    write_atomically(path, data)


OTHER_FORMATS = (".xls", ".xlsb", ".xlt", ".et", ".ett", ".ods", ".uos", ".csv")


def books_in(folder: Path) -> list[Path]:
    """The workbooks of a folder and the folders in it, without backups and the lock files of open programs."""
    return _files_in(folder, (".xlsx", ".xlsm"))


def other_books_in(folder: Path) -> list[Path]:
    """The same of workbooks in formats that Scorebook does not read."""
    return _files_in(folder, OTHER_FORMATS)


def _files_in(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.suffix.lower() in endings)
    return sorted(p for p in found if not p.name.startswith(("~$", ".")) and ".备份" not in p.name)
