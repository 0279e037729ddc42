"""Papers from templates: a .docx with words in double braces, which an office changes in Word or WPS, filled with what a book
comes to. A template says which words it wants; it cannot run anything."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.result import word_marks
from addin.result.template_words import Made
from addin.workbooks.files import back_up
from generator.files import EPOCH, UNIX, contents, write_atomically
from generator.problems import Refusal

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LARGEST, UNPACKED, TEXTS = 16 << 20, 128 << 20, 8 << 20
"""Of a template, in bytes: the file, what is in it, and the texts of that."""
_WITH_WORDS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")


@dataclass(frozen=True)
class Kind:
    """A kind of paper. own: the template that comes along; office: what an office calls its own, beside the book."""

    own: Path
    office: str

    def template(self, book: Path | None) -> Path:
        """The template for a book: the office's, where it lies beside the book."""
        theirs = book.parent / self.office if book is not None else None
        return theirs if theirs is not None and theirs.is_file() else self.own


NOTICE = Kind(TEMPLATES / "notice.docx", "通报模板.docx")
STATEMENT = Kind(TEMPLATES / "statement.docx", "得分说明单模板.docx")


class PaperError(Refusal):
    """A paper cannot be made of its template."""


class Template:
    """A template. Raises PaperError where the file is none."""

    def __init__(self, path: Path) -> None:
        self.name, self._data = path.name, contents(path, LARGEST)
        self._made: dict[str, Made] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as parts:
                sizes = {part.filename: part.file_size for part in parts.infolist()}
                texts = sum(size for name, size in sizes.items() if _WITH_WORDS.fullmatch(name))
                if texts > TEXTS:
                    raise PaperError(f"“{self.name}”里的文字太多（超过 {TEXTS >> 20} MB），不能用作模板；请对照原来的模板改好")
                if sum(sizes.values()) > UNPACKED or "word/document.xml" not in sizes:
                    raise PaperError(f"“{self.name}”不能用作模板：要用 Word 或 WPS 保存的 .docx 文件")
        except zipfile.BadZipFile:
            raise PaperError(f"“{self.name}”不是 .docx 文件；请用 Word 或 WPS 另存为“Word 文档（.docx）”") from None

    def filled(self, words: Mapping[str, Any]) -> bytes:
        """The paper with its words; the same bytes whenever it is made. Raises PaperError where the template asks for words that
        there are not, or is not well formed."""
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self._data)) as parts, zipfile.ZipFile(stream, "w") as archive:
            for part in parts.infolist():
                data = parts.read(part)
                if _WITH_WORDS.fullmatch(part.filename):
                    data = self._part(part.filename, data, words)
                archive.writestr(_entry(part.filename), data, zipfile.ZIP_DEFLATED)
        return stream.getvalue()

    def _part(self, name: str, data: bytes, words: Mapping[str, Any]) -> bytes:
        from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

        try:
            if name not in self._made:
                self._made[name] = Made(word_marks.template(data.decode()))
            return word_marks.finished(self._made[name].filled(words))
        except UndefinedError as error:
            known = "、".join(words)
            raise PaperError(f"模板“{self.name}”里要的“{_quoted(error)}”没有；可以用的有：{known}") from None
        except TemplateSyntaxError as error:
            raise PaperError(f"模板“{self.name}”里的大括号没有写对（{error.message}）；请对照原来的模板改好") from None
        except word_marks.Misplaced as error:
            raise PaperError(f"模板“{self.name}”里的大括号没有写对：{error} 不在一段、一行或一格里；请对照原来的模板改好") from None
        except (TemplateError, KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise PaperError(f"模板“{self.name}”填不了（{error}）；请对照原来的模板改好") from None


def _quoted(error: Exception) -> str:
    """The name between quotes in a message."""
    parts = str(error).split("'")
    return parts[-2] if len(parts) > 2 else str(error)


def packed(document: Any) -> bytes:
    """A document of python-docx as a file that is the same, byte for byte, whenever it is written."""
    saved, stream = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.infolist():
            how = zipfile.ZIP_STORED if part.filename.endswith(".png") else zipfile.ZIP_DEFLATED  # a picture is packed already
            archive.writestr(_entry(part.filename), parts.read(part), how)
    return stream.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A part of an archive, which says neither when nor on what system it was made."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    return entry


def put(path: Path, data: bytes) -> None:
    """Write a paper; one of the same name that says something else, and may have been worked on, is kept as a backup."""
    if path.exists() and contents(path, UNPACKED) != data:
        back_up(path)
    try:
        write_atomically(path, data)
    except PermissionError:
        raise PaperError(f"“{path}”写不进去：可能正开着，或文件夹不能写；请关闭它再试") from None
