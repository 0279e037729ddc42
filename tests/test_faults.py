"""Killed at any moment, a file is the old one or the new one, never half; broken packages end in a sentence.

SCOREBOOK_FAULTS and SCOREBOOK_FUZZ set how often (by default a bounded slice).
"""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from addin import actions
from addin.workbooks import audit, repair, snapshot
from generator.problems import Refusal
from generator.xlsx.package import Package

KILLS = int(os.environ.get("SCOREBOOK_FAULTS", "40"))
FUZZ = int(os.environ.get("SCOREBOOK_FUZZ", "150"))
PARKS = "panshan-2019-parks"
DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"

LOOP = """
import sys
from pathlib import Path
from addin import actions
from generator.files import write_atomically
book = Path(sys.argv[1])
spoilt = Path(sys.argv[2]).read_bytes()
print("ready", flush=True)
while True:
    write_atomically(book, spoilt)
    actions.recompute(book)
    for copy in book.parent.glob("*备份*"):
        copy.unlink()
"""


@pytest.fixture
def filled(blank_books: dict[str, Path], tmp_path: Path) -> Path:
    book = Path(shutil.copy(blank_books[PARKS], tmp_path / "filled.xlsx"))
    actions.fill(book, DEMO / "parks.values.yaml")
    actions.recompute(book, book)
    return book


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is what is tested; Windows has no such signal")
def test_killed_at_random_moments_the_file_is_whole(filled: Path, tmp_path: Path) -> None:
    package = Package.open(filled)
    sheet, at = snapshot.of_package(package, "t").place("1/得分", 0) or ("", "")
    package.sheet(sheet).set(at, Decimal(1))
    spoilt = tmp_path / "spoilt.xlsx"
    spoilt.write_bytes(package.to_bytes())
    dice = random.Random(1)
    folder = tmp_path / "work"
    folder.mkdir()
    book = folder / "book.xlsx"
    shutil.copy(spoilt, book)
    whole = 0
    while whole < KILLS:
        loop = subprocess.Popen([sys.executable, "-c", LOOP, str(book), str(spoilt)], stdout=subprocess.PIPE, text=True)
        assert loop.stdout
        assert loop.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0, 0.4))
        loop.send_signal(signal.SIGKILL)
        loop.wait()
        found = audit.examine(snapshot.take(book))
        assert {f.code for f in found.findings} <= {"formula-overwritten", "values-stale"}
        assert snapshot.take(book).inputs == snapshot.take(filled).inputs
        for stray in folder.glob(".book-*.tmp"):
            stray.unlink()
        whole += 1


JUNK = [
    "",
    "²",
    "-1",
    "1e999",
    "nan",
    "x",
    "A0",
    "XFD1048577",
    "9" * 20,
    '"',
    "&amp;",
    "shared",
    "array",
    "s",
    "e",
    "inlineStr",
    "c",
    "f",
    "row",
]
PLACES = re.compile(r'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)|(?<=<)[a-zA-Z]+|(?<=</)[a-zA-Z]+')
"""Values of attributes, texts, and names of elements."""


def damaged(data: bytes, dice: random.Random) -> bytes:
    """A package with one thing wrong: bits, a truncation, a part cut short, shuffled or replaced, words of its XML changed."""
    kind = dice.randrange(7)
    if kind == 0:
        at = dice.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
    if kind == 1:
        return data[: dice.randrange(len(data))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = dice.choice([n for n in parts if n.endswith((".xml", ".rels"))])
    part = parts[name]
    if kind == 2:
        parts[name] = part[: dice.randrange(len(part))]
    elif kind == 3:
        start, end = sorted((dice.randrange(len(part)), dice.randrange(len(part))))
        parts[name] = part[:start] + part[end:]
    elif kind == 4:
        digits = [i for i, b in enumerate(part) if 48 <= b <= 57]
        for at in dice.sample(digits, min(5, len(digits))):
            part = part[:at] + bytes([48 + dice.randrange(10)]) + part[at + 1 :]
        parts[name] = part
    elif kind == 5:
        text = part.decode()
        for place in sorted(dice.sample(found := list(PLACES.finditer(text)), min(3, len(found))), key=lambda p: -p.start()):
            text = text[: place.start()] + dice.choice(JUNK) + text[place.end() :]
        parts[name] = text.encode()
    else:
        parts[name] = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><a/></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return stream.getvalue()


def test_damaged_packages_end_in_a_chinese_sentence_or_work(filled: Path) -> None:
    data = filled.read_bytes()
    dice = random.Random(2)
    for number in range(FUZZ):
        hurt = damaged(data, dice)
        said = "做得了"
        start = time.monotonic()
        try:
            package = Package(hurt, "表.xlsx")
            repair.recompute(package, "表.xlsx", fix=True, who="test")
            Package(package.to_bytes(), "表.xlsx")
        except Refusal as error:
            said = str(error)
        assert any("一" <= ch <= "鿿" for ch in said), number
        assert time.monotonic() - start < 20, number
