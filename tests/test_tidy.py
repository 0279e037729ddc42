"""Requirements: books come out the same with lxml and without it, to the byte; nothing else in the core asks for lxml."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.problems import PackageError
from generator.xlsx.tidy import tidied

WITHOUT = """
import sys
sys.modules["lxml"] = None
from pathlib import Path
from addin import actions
from generator.definition import exchange
from generator.scheme import library, load
actions.generate(["panshan-2019-parks"], Path(sys.argv[1]))
Path(sys.argv[1], "definition.xlsx").write_bytes(exchange.export(load.load(library.find("panshan-2019-parks"))))
actions.check(next(Path(sys.argv[1]).glob("*_panshan*")))
"""


def made(folder: Path, script: str) -> dict[str, bytes]:
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True, env=environment)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_books_are_the_same_without_lxml(tmp_path: Path) -> None:
    """A browser has no lxml; openpyxl then writes through the standard library."""
    with_lxml = made(tmp_path / "a", WITHOUT.replace('sys.modules["lxml"] = None\n', "import lxml.etree\n"))
    assert with_lxml == made(tmp_path / "b", WITHOUT)
    assert len(with_lxml) == 2


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ('<a xmlns="m"><b x="1"/></a>', '<a xmlns="m"><b x="1" ></b></a>'),
        (
            '<a xmlns="m"><b xmlns:r="n" r:id="1"/><b xmlns:r="n" r:id="2"/></a>',
            '<a xmlns:r="n" xmlns="m"><b r:id="1" /><b r:id="2" /></a>',
        ),
        (
            '<p:a xmlns:p="m"><p:b>1 &lt; 2 &amp; "3"</p:b></p:a>',
            '<p:a xmlns:p="m" xmlns:q="unused"><p:b>1 &lt; 2 &amp; &quot;3&quot;</p:b></p:a>',
        ),
        ('<a><b xml:space="preserve"> 字 </b></a>', "<a><b xml:space='preserve'> &#23383; </b></a>"),
        ('<a x="&quot;&#10;&gt;"/>', "<a x='\"&#10;>' />"),
    ],
)
def test_two_ways_to_write_become_one(written: str, other: str) -> None:
    assert tidied(other.encode(), "x") == written.encode()
    assert tidied(written.encode(), "x") == written.encode()


def test_text_may_be_written_in_references() -> None:
    assert tidied("<oddFooter>第</oddFooter>".encode(), "x", "ascii") == b"<oddFooter>&#31532;</oddFooter>"
    assert tidied(b"<oddHeader />", "x") == b"<oddHeader></oddHeader>"


def test_what_is_not_well_formed_is_refused() -> None:
    with pytest.raises(PackageError):
        tidied(b"<a><b></a>", "x")
