"""What goes wrong, in one place: every refusal ends in one Chinese sentence for the user."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

Where = tuple[str | int, ...]
"""Where a value stands in a document: keys and positions from the top."""


@dataclass(frozen=True)
class Problem:
    """Something to be said about a place in a file: an error that stops, or a warning that does not."""

    message: str
    path: Where = ()
    value: object = None
    remedy: str = ""
    severity: str = "error"
    line: int | None = None
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = path_text(self.path)
        head = f"{where}  {place}".strip()
        shown = "" if self.value is None else f"（现在是 {shorten(self.value)}）"
        remedy = f"。{self.remedy}" if self.remedy else ""
        label = "错误" if self.severity == "error" else "提醒"
        return f"{head}：【{label}】{self.message}{shown}{remedy}" if head else f"【{label}】{self.message}{shown}{remedy}"


class Refusal(Exception):
    """Something that cannot be done. Shown to a user, the message is one clear Chinese sentence; every known refusal is one of
    these, and whatever else is raised is a fault of the program."""

    option = ""
    """What the command takes to do it all the same; the buttons ask instead."""


class SourceError(Refusal):
    """The file cannot be used; ``problems`` says everything that is wrong with it, not only the first thing."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


PLACES = {"indicators": "指标", "children": "下级", "events": "事项", "notes": "注", "readings": "读法", "bands": "分档", "counts": "计数"}
"""What lists of a scheme's file are called in a message."""


def path_text(path: Where) -> str:
    """``('indicators', 0, 'target')`` → ``指标[1].target``; positions count from 1, as people do."""
    text = ""
    for part, after in zip_longest(path, path[1:]):
        part = PLACES.get(str(part), part) if isinstance(after, int) else part
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def shorten(value: object, limit: int = 60) -> str:
    """A value for a message: short, on one line."""
    text = f"“{value}”" if isinstance(value, str) else str(value)
    if isinstance(value, list):
        text = "[" + ", ".join("null" if v is None else str(v) for v in value) + "]"
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class FormulaError(Refusal):
    """What is wrong with a formula, in Chinese, and a way out."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


class SchemeFault(Refusal):
    """The scheme is well formed, but its parts cannot be put together. path: where in the file; the message is for users."""

    def __init__(self, message: str, path: tuple[str | int, ...] = (), remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.path, self.remedy = message, path, remedy


class UnreadableError(Refusal):
    """A file cannot be read. reason: why, without the file's name; remedy: what to do."""

    def __init__(self, path: object, reason: str, remedy: str = "") -> None:
        super().__init__(f"“{path}”：{reason}" + (f"；{remedy}" if remedy else ""))
        self.reason, self.remedy = reason, remedy


class FileError(Refusal):
    """A file cannot be written."""


class PackageError(Refusal):
    """A file cannot be read or written as a workbook."""
