"""LibreOffice as a calculator: a workbook is opened once, then filled and recalculated as often as wanted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from generator.office import LibreOfficeError, environment, interpreter, program

WORKER = Path(__file__).with_name("libreoffice_worker.py")

Rows = list[tuple[str, int, int, list[Any]]]
"""(sheet, row, first column, values), counted from 0."""


class Calculator:
    """A workbook open in LibreOffice. Use as a context manager.

    Every calculation states all its inputs, so a program that died is simply started again.
    """

    def __init__(self, workbook: Path, tries: int = 3) -> None:
        self.workbook, self.tries = workbook.resolve(), tries
        self._process: subprocess.Popen[str] | None = None
        self._profile = ""

    def __enter__(self) -> Calculator:
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def calculate(self, rows: Rows, read: Iterable[str]) -> dict[str, list[list[Any]]]:
        """Fill rows of cells, recalculate everything, and read whole sheets from A1. Raises LibreOfficeError."""
        names = list(read)
        for left in range(self.tries - 1, -1, -1):
            answer = self._ask({"rows": rows, "read": names})
            if "error" not in answer:
                return answer
            self._stop()
            if left:
                self._start()
        raise LibreOfficeError(f"LibreOffice 没能重算“{self.workbook.name}”（{answer['error']}）")

    def _start(self) -> None:
        soffice = program()
        self._profile = tempfile.mkdtemp(prefix="scorebook-lo-")
        self._process = subprocess.Popen(
            [interpreter(soffice), str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(),
            start_new_session=True,
        )
        self._send({"program": soffice, "profile": self._profile, "file": str(self.workbook)})

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        assert process.stdout
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        if hasattr(os, "killpg"):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        if not self._send(message):
            return {"error": "the program ended"}
        assert self._process
        assert self._process.stdout
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the program ended"}
        return answer

    def _send(self, message: dict[str, Any]) -> bool:
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError:
            return False
        return True


def convert(files: list[Path], kind: str, folder: Path) -> Iterator[Path]:
    """Convert files with LibreOffice (``pdf``, ``xlsx``), in one run of the program."""
    with tempfile.TemporaryDirectory(prefix="scorebook-lo-") as profile:
        command = [
            program(),
            "--headless",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
        ]
        subprocess.run([*command, *map(str, files)], capture_output=True, check=False, timeout=600)
    for file in files:
        made = folder / f"{file.stem}.{kind.split(':')[0]}"
        if not made.exists():
            raise LibreOfficeError(f"LibreOffice 没能转换“{file.name}”")
        yield made
