"""What is remembered on this computer for this user: the folder for it, and a few settings in a file there."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator import files
from generator.problems import UnreadableError

FOLDER_VARIABLE = "SCOREBOOK_DATA"
"""Environment variable: another folder than the system's own for such things."""
SCHEMES = "schemes"
"""The setting that says where the office keeps its own schemes."""
_MOST = 100_000


def folder() -> Path:
    """The folder; it need not exist yet."""
    own = os.environ.get(FOLDER_VARIABLE)
    if own:
        return Path(own)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Scorebook"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Scorebook"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "scorebook"


def get(name: str) -> str:
    """A setting; '' where there is none, or the file of them cannot be read."""
    value = _all().get(name, "")
    return value if isinstance(value, str) else ""


def put(name: str, value: str) -> None:
    """Remember a setting. Raises FileError where it cannot be written."""
    text = json.dumps(_all() | {name: value}, ensure_ascii=False, indent=1)
    files.write_atomically(_file(), f"{text}\n".encode())


def _all() -> dict[str, Any]:
    with suppress(UnreadableError, ValueError, RecursionError):
        found = json.loads(files.contents(_file(), _MOST))
        if isinstance(found, dict):
            return found
    return {}


def _file() -> Path:
    return folder() / "settings.json"
