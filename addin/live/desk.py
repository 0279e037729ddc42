"""What a button works at: the workbook in front, its dialogs, and putting everything back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import xlwings

from addin.engines import adapter
from addin.engines import dialogs as real_dialogs
from addin.live import local
from addin.live.book import LiveBook
from addin.live.sheet import Change, Content
from addin.workbooks import files
from addin.workbooks.book import BookError
from addin.workbooks.files import BackupError
from generator.files import write_atomically
from generator.sheets import meta

dialogs: Any = real_dialogs
"""How the user is told and asked."""
SHOWN = 8
"""So many of several lines are named in a message."""


def few(lines: Sequence[str], measure: str = "处") -> list[str]:
    """The first few of many lines for a message, and how many more there are. measure: what they are counted in."""
    rest = len(lines) - SHOWN
    return [f"· {line}" for line in lines[:SHOWN]] + ([f"……另有 {rest} {measure}"] if rest > 0 else [])


def _rewrite(book: xlwings.Book, cells: Iterable[tuple[str, str, Content]]) -> None:
    """Let cells, by sheet and address, hold what stood there once."""
    live = LiveBook(book)
    for sheet, at, content in cells:
        live.sheet(sheet).put_back(at, content)
    with adapter.quiet(book.app), live.unlocked(live.changed):
        live.write()


class Desk:
    """The program and the workbook in front, and what the buttons do with them. began: changes are being written."""

    def __init__(self, title: str, app: xlwings.App, book: xlwings.Book | None) -> None:
        self.title, self.app, self._book = title, app, book
        self.log = local.log()
        self.began = self.stays = False

    @property
    def book(self) -> xlwings.Book:
        """The workbook in front. Raises BookError when there is none."""
        if self._book is None:
            raise BookError("没有打开的工作簿。文件若在“受保护的视图”里打开，请先点黄色提示条上的“启用编辑”，再点按钮")
        return self._book

    @contextmanager
    def as_it_was(self) -> Iterator[None]:
        """Put the status bar back afterwards, and what the window shows, unless the work leads somewhere (`go_to`)."""
        status = self.app.status_bar
        view = adapter.view(self._book) if self._book is not None else None
        try:
            yield
        finally:
            with suppress(Exception):
                if self._book is not None and view is not None and not self.stays and adapter.view(self._book) != view:
                    adapter.restore_view(self._book, view)
            with suppress(Exception):
                self.app.status_bar = status

    def say(self, words: str) -> None:
        """Progress, in the status bar."""
        self.app.status_bar = f"考核簿：{words}……" if words else False

    def progress(self, done: int, total: int, words: str) -> None:
        """How far work on many files has come, in the status bar."""
        self.say(f"{self.title} {done}/{total} {words}")

    def tell(self, text: str, grave: bool = False) -> None:
        """A message box."""
        self.say("")
        dialogs.tell(self.app, f"考核簿 · {self.title}", text, grave)

    def ask(self, text: str) -> bool:
        """A question with Yes and No."""
        self.say("")
        return bool(dialogs.ask(self.app, f"考核簿 · {self.title}", text))

    def choose(self, text: str, options: Sequence[str]) -> int | None:
        """One of several, by its position; None where nothing is chosen."""
        self.say("")
        chosen: int | None = dialogs.choose(self.app, f"考核簿 · {self.title}", text, options)
        return chosen

    @contextmanager
    def laid_aside(self) -> Iterator[None]:
        """Save the book and let go of its file while that is written over; it is opened again afterwards, whatever happens."""
        self.book.save()
        again = adapter.lay_aside(self.book)
        self._book, self.stays = None, True
        try:
            yield
        finally:
            self._book = again()

    def prompt(self, text: str, default: str = "") -> str | None:
        """Something typed in; None where that is broken off."""
        self.say("")
        typed: str | None = dialogs.prompt(self.app, f"考核簿 · {self.title}", text, default)
        return typed

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """A folder; None where none is chosen."""
        self.say("")
        chosen: Path | None = dialogs.folder(self.app, f"考核簿 · {title}", start)
        return chosen

    def choose_file(self, title: str, start: Path) -> Path | None:
        """A workbook on the disk; None where none is chosen."""
        self.say("")
        chosen: Path | None = dialogs.file(self.app, f"考核簿 · {title}", start)
        return chosen

    def open_new(self, path: Path, data: bytes) -> None:
        """Write a workbook that is made to be looked at, and open it. Raises BookError where one of that name is open."""
        self.refuse_open(path)
        if path.exists() and path.read_bytes() != data:
            files.back_up(path)
        write_atomically(path, data)
        self.app.books.open(str(path))
        self.stays = True

    def refuse_open(self, path: Path) -> None:
        """Raise BookError where a workbook of that name is open."""
        if any(Path(book.name).name.casefold() == path.name.casefold() for book in self.app.books):
            raise BookError(f"“{path.name}”正开着。请先关闭它，再点“{self.title}”")

    @property
    def has_book(self) -> bool:
        """Whether there is a workbook in front."""
        return self._book is not None

    def live(self) -> LiveBook:
        """The workbook in front, recognised as one of ours. Raises BookError."""
        self.say("正在读取工作簿")
        live = LiveBook(self.book)
        if meta.NAME not in live.sheet_names:
            raise BookError(
                f"“{live.name}”不是考核簿，这个按钮只处理考核簿生成的工作簿。请切换到要处理的考核簿再点；要新建一本，点“生成空白表”"
            )
        return live

    def obstacle(self) -> str:
        """Why nothing can be written into the book, or nothing."""
        if adapter.is_read_only(self.book):
            return f"“{self.book.name}”是以只读方式打开的，改了也存不回去。请用“文件—另存为”另存一份，再点“{self.title}”"
        if adapter.is_shared(self.book):
            return f"“{self.book.name}”是共享工作簿，共享时不能改受保护的表。请先在“审阅”里取消共享，再点“{self.title}”"
        return ""

    @property
    def file(self) -> Path | None:
        """The workbook's file; None where it has not been saved yet, or lies in a cloud."""
        with suppress(Exception):  # xlwings cannot tell where some files in a cloud are
            path = Path(self.book.fullname)
            return path if path.is_file() else None
        return None

    def file_to_change(self) -> Path:
        """The file of one of our books, that can be written over. Raises BookError where there is none."""
        self.live()
        if obstacle := self.obstacle():
            raise BookError(obstacle)
        path = self.file
        if path is None:
            raise BookError(f"这本簿还没有存成文件，或者存在云盘里。请先“另存为”到本机的文件夹，再点“{self.title}”")
        return path

    @property
    def identity(self) -> str:
        """What the workbook is known by on this computer."""
        with suppress(Exception):
            return str(self.book.fullname)
        return self.book.name

    def back_up(self) -> Path | None:
        """Copy the file as it was last saved, beside itself or else into our own folder, unless the newest copy is the same.

        Raises BackupError where neither works. A book that has no file yet has nothing to copy.
        """
        path = self.file
        if path is None:
            return None
        folder = local.folder() / "backups"
        with suppress(OSError):  # a folder that cannot be looked into
            known = [p for f in (path.parent, folder) if f.is_dir() for p in f.iterdir() if p.name.startswith(f"{path.stem}.备份")]
            newest = max(known, key=lambda p: p.stat().st_mtime_ns, default=None)
            if newest is not None and newest.read_bytes() == path.read_bytes():
                return newest
        try:
            return files.back_up(path)
        except BackupError:
            with suppress(OSError):  # then the backup says why
                folder.mkdir(parents=True, exist_ok=True)
            return files.back_up(path, folder)

    @contextmanager
    def changing(
        self, live: LiveBook, needed: Sequence[str], wanted: Sequence[str] = (), cells: Sequence[Change] = ()
    ) -> Iterator[list[str]]:
        """Change the book undisturbed, with these sheets' protection off; gives those where that was possible.

        cells: what becomes a step of LibreOffice's undo list; without them there is none. Raises WrongPassword before anything is
        changed where one of the `needed` sheets has a password.
        """
        self.say("正在写入")
        book = self.book
        back = partial(_rewrite, book, [(change.sheet, change.at, change.before) for change in cells])
        forth = partial(_rewrite, book, [(change.sheet, change.at, change.after) for change in cells])
        step = adapter.one_step(book, f"考核簿：{self.title}", *((back, forth) if cells else ()))
        with step, adapter.quiet(self.app):
            try:
                with live.unlocked(needed, wanted) as opened:
                    self.began = True
                    yield opened
            except adapter.WrongPassword as error:
                raise adapter.WrongPassword(f"{error}。请先在“审阅—撤销工作表保护”里输入密码取消保护，再点“{self.title}”") from None
        self.began = False

    def go_to(self, sheet: str, at: str) -> None:
        """Show a cell, select it, and stay there."""
        self.stays = True
        adapter.go_to(self.book.sheets[sheet][at])
