"""Where schemes are found: those that come with Scorebook, and an office's own folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from generator import settings
from generator.problems import Problem, SourceError
from generator.suggestion import suggestion

SCHEMES = Path(__file__).resolve().parents[2] / "schemes"
FOLDERS_VARIABLE = "SCOREBOOK_SCHEMES"
"""Environment variable: more folders of schemes, separated as the system separates paths."""

ALIKE = 0.8
"""Ids have much in common, as places and years: from so much likeness on one is perhaps meant."""
HEAD = 2000
"""So many letters of a scheme file are looked at first."""
_ID = re.compile(r"^scheme:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)


def own_folders() -> list[Path]:
    """The office's own folders: those of the variable, and the one that is remembered on this computer."""
    named = [*os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep), settings.get(settings.SCHEMES)]
    return [Path(p) for p in dict.fromkeys(named) if p]


def folders() -> list[Path]:
    """The folders that are searched, the office's own before the bundled one."""
    return [*own_folders(), SCHEMES]


def files() -> Iterator[Path]:
    """Every file that may be a scheme's, sorted by place."""
    for folder in folders():
        for path in sorted(folder.rglob(f"*{SUFFIX}")):
            if not path.name.endswith(CASES_SUFFIX):
                yield path


def id_in(text: str) -> str:
    """The id that a scheme file gives itself; '' where there is none."""
    match = _ID.search(text)
    return match[1] if match else ""


def ids() -> dict[str, Path]:
    """Scheme id → file; the office's own win over bundled ones of the same id."""
    found: dict[str, Path] = {}
    for path in files():
        about = path.stat()
        if id := _id_of(path, about.st_mtime_ns, about.st_size):
            found.setdefault(id, path)
    return found


@lru_cache(maxsize=2000)
def _id_of(path: Path, changed: int, size: int) -> str:
    """The id that a scheme file gives itself, which mostly stands at its head; read anew when the file is another one."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(HEAD)
        match = _ID.search(head)
        if match and match.end() < len(head):
            return match[1]
        return id_in(head + file.read())


def find(name: str) -> Path:
    """A scheme file by its id or its path. Raises SourceError when there is none."""
    if name.endswith((SUFFIX, ".yml")):
        return Path(name)
    known = ids()
    if name in known:
        return known[name]
    within = sorted(id for id in known if name in id)
    meant = suggestion(name, within or known, least=0.0 if within else ALIKE)
    raise SourceError([Problem(f"没有编号为“{name}”的考核方案", remedy=f"{meant}用 scorebook list 查看全部方案")])


def cases_file(scheme: Path) -> Path:
    """The worked cases beside a scheme file."""
    return scheme.with_name(scheme.name.removesuffix(SUFFIX) + CASES_SUFFIX)


SUFFIX = ".yaml"
CASES_SUFFIX = ".cases.yaml"
SHARED = "shared.yaml"
"""What the schemes of a folder share; it gives itself no id."""
SHARED_KEY = "shared"
"""With what a scheme names a part of it."""
