"""Where the manual's text and pictures are, and its marks."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

_INSTALLED, _HERE = Path(__file__).with_name("text"), Path(__file__).parents[2] / "docs" / "manual"
NAME = "考核簿使用手册"


def source() -> Path:
    """The file with the text; a wheel carries it along, a checkout has it among its docs."""
    return next(folder for folder in (_INSTALLED, _HERE) if folder.is_dir()) / "manual.md"


def picture(name: str) -> Path:
    """A picture that the text names. Raises FileNotFoundError where there is none."""
    return (source().parent / name).resolve(strict=True)


def reader() -> MarkdownIt:
    """What reads the marks: CommonMark with tables. Where a line ends in the source, Chinese has no space."""
    made = MarkdownIt("commonmark").enable("table")
    made.add_render_rule("softbreak", lambda self, tokens, at, options, env: "")
    return made


def tokens() -> list[Token]:
    """The text, mark by mark."""
    return reader().parse(source().read_text(encoding="utf-8"))
