"""Makes the pictures of the buttons: the extension in LibreOffice on a virtual screen, pressed as a user presses it.

Run from the top of the repository: ``python docs/addin_pictures.py``. Needs LibreOffice with python3-uno, Chinese fonts
and Xvfb (Debian: apt-get install xvfb).
"""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from addin import actions
from addin.engines.libreoffice import office as bridge
from addin.packaging import libreoffice as extension
from addin.packaging import oxt
from addin.packaging.machine import this_machine
from generator import office

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
WIDTH, HEIGHT = 1360, 860
PATIENCE = 60.0


class Desktop:
    """A LibreOffice with the extension on a virtual screen of its own.

    folder: for its profile and for what the buttons keep. The superuser's unopkg would install for everyone; it is kept to
    the same folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        places = {"UserInstallation": folder / "profile", "UNO_SHARED_PACKAGES_CACHE": folder / "shared"}
        for place in (*places.values(), folder / "screen"):
            place.mkdir(parents=True)
        self.profile = [f"-env:{name}={place.as_uri()}" for name, place in places.items()]
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Install the extension, put up the screen, start LibreOffice and connect to it."""
        extension.install(this_machine(), self.profile)
        _settings(self.folder / "profile")
        number = self._screen()
        pipe = f"scorebook-pictures-{os.getpid()}"
        own = {"DISPLAY": f":{number}", "SCOREBOOK_DATA": str(self.data), "SAL_USE_VCLPLUGIN": "gen", "LANG": "C.UTF-8"}
        command = [office.program(), "--norestore", "--nologo", "--nodefault", *self.profile, f"--accept=pipe,name={pipe};urp"]
        self._run(command, env=office.environment() | own)
        found = bridge.connect(f"pipe:{pipe}", PATIENCE)
        self.service, self.office = found.service, found

    def _screen(self) -> int:
        read, write = os.pipe()
        screen = ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(self.folder / "screen"), "-nolisten", "tcp", "-nocursor"]
        self._run(["Xvfb", "-displayfd", str(write), *screen], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as stream:
            return int(stream.readline())

    def _run(self, command: list[str], **options: Any) -> None:
        silent: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.running.append(subprocess.Popen(command, start_new_session=True, **silent, **options))

    def stop(self) -> None:
        """End LibreOffice, which would ask about unsaved changes otherwise, and the screen."""
        for process in reversed(self.running):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    def open(self, path: Path) -> Any:
        """Open a workbook in a window that fills the screen; gives the document."""
        url = bridge.load_uno().systemPathToFileUrl(str(path))
        document = self.office.desktop.loadComponentFromURL(url, "_blank", 0, ())
        window = document.getCurrentController().getFrame().getContainerWindow()
        window.setPosSize(0, 0, WIDTH, HEIGHT, 15)
        window.setFocus()
        return document

    def press(self, document: Any, button: str, *answers: Callable[[Dialog], None]) -> list[str]:
        """Press a button of the extension and answer its dialogs, one after the other; gives what each said."""
        frame, said = document.getCurrentController().getFrame(), []
        url = f"service:{oxt.SERVICE}?{button}"
        dispatch = self.service("com.sun.star.frame.DispatchHelper").executeDispatch
        pressed = threading.Thread(target=dispatch, args=(frame, url, "", 0, ()))
        pressed.start()
        for answer in answers:
            said.append(self._answered(pressed, answer))
        pressed.join(PATIENCE)
        assert not pressed.is_alive(), f"{button} did not come to an end"
        return said

    def _answered(self, pressed: threading.Thread, answer: Callable[[Dialog], None]) -> str:
        """What the next dialog says, once it has had its answer and closed."""
        dialog = self.dialog(pressed)
        said = dialog.text
        answer(dialog)
        self._until(lambda: not dialog.open, pressed)
        return said

    def dialog(self, pressed: threading.Thread) -> Dialog:
        """The dialog that is open, once there is one."""
        found = self._until(self._in_front, pressed)
        assert found is not None, "no dialog"
        time.sleep(0.4)  # until it is drawn
        return Dialog(*found)

    def _in_front(self) -> tuple[Any, Any] | None:
        """The window of an open dialog and what it tells a screen reader; windows come and go while they are looked at."""
        toolkit = self.service("com.sun.star.awt.Toolkit")
        for number in range(toolkit.getTopWindowCount()):
            with suppress(Exception):  # None in its place, a DisposedException, or a RuntimeException that says nothing
                window = toolkit.getTopWindow(number)
                context = window.getAccessibleContext() if window.isVisible() else None
                if context is not None and context.getAccessibleRole() in (role("DIALOG"), role("ALERT")):
                    return window, context
        return None

    @staticmethod
    def _until(sought: Callable[[], Any], pressed: threading.Thread) -> Any:
        """What is sought, once it is there; None when the button has come to its end, or patience has."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and pressed.is_alive():
            if found := sought():
                return found
            time.sleep(0.05)
        return None

    def shot(self, name: str, height: int = HEIGHT, dialog: Dialog | None = None) -> None:
        """The upper part of what the screen shows, as docs/pictures/addin-<name>.png; around a dialog goes the frame that a
        desktop with a window manager draws."""
        time.sleep(0.5)
        rows = screen_of((self.folder / "screen" / "Xvfb_screen0").read_bytes())
        if dialog is not None:
            frame(rows, *dialog.place)
        path = PICTURES / f"addin-{name}.png"
        path.write_bytes(png(rows[:height]))
        print(path.relative_to(HERE.parent))


def role(name: str) -> int:
    """The number of a com.sun.star.accessibility.AccessibleRole."""
    return int(bridge.load_uno().getConstantByName(f"com.sun.star.accessibility.AccessibleRole.{name}"))


class Dialog:
    """A dialog, known by what it tells a screen reader."""

    def __init__(self, window: Any, context: Any) -> None:
        self.window, self.parts = window, list(_parts(context))
        at = window.getPosSize()
        self.place = at.X, at.Y, at.Width, at.Height

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        try:
            return bool(self.window.isVisible())
        except Exception:  # a DisposedException
            return False

    def named(self, *roles: str) -> dict[str, Any]:
        """Its parts of some roles, by their names."""
        wanted = {role(name) for name in roles}
        return {part.getAccessibleName(): part for part in self.parts if part.getAccessibleRole() in wanted}

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join(self.named("STATIC", "LABEL", "TEXT"))

    def click(self, *names: str) -> None:
        """Press the first of these buttons that it has; programs in other languages call them otherwise."""
        buttons = {name.replace("~", ""): part for name, part in self.named("PUSH_BUTTON").items()}
        next(part for name, part in buttons.items() if name in names).doAccessibleAction(0)

    def pick(self, words: str) -> None:
        """Select the entry of its list that has these words in it."""
        items = self.named("LIST_ITEM")
        [found] = [part for name, part in items.items() if words in name]
        parent = found.getAccessibleParent().getAccessibleContext()
        parent.selectAccessibleChild(found.getAccessibleIndexInParent())


def _parts(context: Any, depth: int = 0) -> Iterator[Any]:
    yield context
    for number in range(min(context.getAccessibleChildCount(), 60) if depth < 8 else 0):
        yield from _parts(context.getAccessibleChild(number).getAccessibleContext(), depth + 1)


def _settings(profile: Path) -> None:
    """No greeting, no tip of the day."""
    items = {
        ("/org.openoffice.Office.Common/Misc", "FirstRun"): "false",
        ("/org.openoffice.Office.Common/Misc", "ShowTipOfTheDay"): "false",
        ("/org.openoffice.Setup/Product", "ooSetupLastVersion"): "99.9",
        ("/org.openoffice.Setup/Product", "LastTimeGetInvolvedShown"): "2000000000",
        ("/org.openoffice.Setup/Product", "LastTimeDonateShown"): "2000000000",
    }
    lines = [
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in items.items()
    ]
    head = '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    file = profile / "user" / "registrymodifications.xcu"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(lines)}</oor:items>', encoding="utf-8")


def screen_of(data: bytes) -> list[bytearray]:
    """Rows of red, green, blue from a screen in the X window dump format with 32 bits a pixel."""
    head = struct.unpack(">25I", data[:100])
    start, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
    first = start + 12 * colours
    rows = []
    for y in range(height):
        row = data[first + y * line : first + y * line + 4 * width]
        pixels = bytearray(3 * width)
        pixels[0::3], pixels[1::3], pixels[2::3] = row[2::4], row[1::4], row[0::4]
        rows.append(pixels)
    return rows


def frame(rows: list[bytearray], left: int, top: int, width: int, height: int, colour: bytes = b"\x40\x60\x90") -> None:
    """Draw a line around a part of a picture, two pixels wide."""
    for y in range(max(0, top - 2), min(len(rows), top + height + 2)):
        edge = y < top or y >= top + height
        spans = [(left - 2, left + width + 2)] if edge else [(left - 2, left), (left + width, left + width + 2)]
        for start, end in spans:
            rows[y][3 * start : 3 * end] = colour * (end - start)


def png(rows: list[bytearray]) -> bytes:
    """A picture as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@contextmanager
def desktop() -> Iterator[Desktop]:
    """A `Desktop`, ended and cleared away afterwards."""
    with tempfile.TemporaryDirectory(prefix="scorebook-pictures-", ignore_cleanup_errors=True) as folder:
        made = Desktop(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()


OK = ("OK", "确定")


def tampered(document: Any) -> None:
    """What happens to books: a score typed over, a target made smaller, a text for a number, a cell left empty."""
    sheet = document.getSheets().getByName("填报与计分")
    sheet.unprotect("")
    sheet.getCellRangeByName("J9").setValue(10)
    sheet.getCellRangeByName("K11").setValue(600)
    sheet.getCellRangeByName("L16").setString("约两千万")
    sheet.getCellRangeByName("J20").setString("")
    sheet.protect("")


def main() -> None:
    if not shutil.which("Xvfb"):
        sys.exit("Xvfb is missing: apt-get install xvfb")
    with desktop() as at:
        [blank] = actions.generate(["panshan-2019-parks"], at.folder)
        book = blank.rename(at.folder / "2019年度各经济园区业务工作考核.xlsx")
        actions.fill(book, HERE / "demo" / "parks.values.yaml")
        actions.recompute(book, book)
        document = at.open(book)
        tampered(document)
        take(at, document)


def take(at: Desktop, document: Any) -> None:
    """Press every button that shows something, and take its picture."""

    def shown(name: str, height: int) -> Callable[[Dialog], None]:
        def answer(dialog: Dialog) -> None:
            at.shot(name, height, dialog)
            dialog.click(*OK)

        return answer

    def picked(words: str) -> Callable[[Dialog], None]:
        def answer(dialog: Dialog) -> None:
            dialog.pick(words)
            dialog.click(*OK)

        return answer

    def cancelled(dialog: Dialog) -> None:
        at.shot("generate", 620, dialog)
        dialog.click("取消")

    controller, sheets = document.getCurrentController(), document.getSheets()
    scoring = sheets.getByName("填报与计分")
    at.press(document, "check", shown("check", 640))
    note = scoring.getCellRangeByName("J9").getAnnotation()
    note.setIsVisible(True)
    at.shot("mark", 480)
    note.setIsVisible(False)
    controller.setActiveSheet(sheets.getByName("校验"))
    controller.setFirstVisibleRow(37)
    at.shot("findings", 520)
    controller.setActiveSheet(scoring)
    at.press(document, "recompute", shown("recompute", 640))
    controller.select(scoring.getCellRangeByName("K9"))
    at.press(document, "explain", shown("explain", 640))
    at.press(document, "generate", picked("2019"), cancelled)


if __name__ == "__main__":
    main()
