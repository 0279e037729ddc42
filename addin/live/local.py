"""What Scorebook keeps on this computer, in the user's own folder: a log, and what the last recompute of a book changed."""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path

from addin.live.sheet import Change
from generator.files import write_atomically
from generator.problems import FileError
from generator.settings import FOLDER_VARIABLE as FOLDER_VARIABLE
from generator.settings import folder as folder

LOG_BYTES, OLD_LOGS, OLD_CHANGES = 1 << 20, 2, 50


def documents() -> Path:
    """Where the user keeps documents."""
    if sys.platform == "win32":
        import ctypes

        found = ctypes.create_unicode_buffer(260)
        if ctypes.windll.shell32.SHGetFolderPathW(None, 5, None, 0, found) == 0:  # CSIDL_PERSONAL
            return Path(found.value)
    return next((place for name in ("Documents", "文档") if (place := Path.home() / name).is_dir()), Path.home())


def log_file() -> Path:
    """The log that is written now."""
    return folder() / "scorebook.log"


def log() -> logging.Logger:
    """The log; where it cannot be written, nothing is."""
    return _log(log_file())


@cache
def _log(path: Path) -> logging.Logger:
    logger = logging.getLogger(f"scorebook.{path}")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=OLD_LOGS, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    return logger


@dataclass(frozen=True)
class Changes:
    """What a recompute changed in a book."""

    book: str
    fingerprint: str
    at: str
    cells: list[Change]


_kept: dict[str, Changes] = {}
"""In memory too, for a folder that cannot be written."""


def remember(book: str, fingerprint: str, cells: Iterable[Change]) -> bool:
    """Keep what is about to be changed in a book, in place of what was kept before; whether it will outlast this process."""
    when = datetime.datetime.now().isoformat(timespec="seconds")
    changes = _kept[_key(book, fingerprint)] = Changes(book, fingerprint, when, list(cells))
    path = _file(book, fingerprint)
    try:
        write_atomically(path, json.dumps(asdict(changes), ensure_ascii=False).encode())
    except FileError:
        return False
    with suppress(OSError):
        for old in sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-OLD_CHANGES]:
            old.unlink()
    return True


def recall(book: str, fingerprint: str) -> Changes | None:
    """What the last recompute of a book changed, unless it is taken back already."""
    key = _key(book, fingerprint)
    if key not in _kept:
        with suppress(OSError, ValueError, KeyError, TypeError):  # no such file, or a damaged one
            found = json.loads(_file(book, fingerprint).read_bytes())
            return Changes(found["book"], found["fingerprint"], found["at"], [Change(*cell) for cell in found["cells"]])
    return _kept.get(key)


def forget(book: str, fingerprint: str) -> None:
    """Let go of what `recall` tells."""
    _kept.pop(_key(book, fingerprint), None)
    with suppress(OSError):
        _file(book, fingerprint).unlink()


def _key(book: str, fingerprint: str) -> str:
    return hashlib.sha256(f"{book}\n{fingerprint}".encode()).hexdigest()[:24]


def _file(book: str, fingerprint: str) -> Path:
    return folder() / "undo" / f"{_key(book, fingerprint)}.json"
