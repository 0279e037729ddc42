"""Getting hold of a LibreOffice: starting one, connecting to one, or being inside one."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.office import LibreOfficeError, environment, program

START_SECONDS = 90.0
"""A first start on a slow disk takes long; on a warm machine it is one or two seconds."""
ATTACH_SECONDS = 10.0
QUIT_SECONDS = 15.0
MODULES = "/usr/lib/python3/dist-packages"
"""Where Debian's python3-uno puts ``uno.py`` and ``unohelper.py``."""

_numbers = itertools.count(1)


def load_uno() -> Any:
    """LibreOffice's ``uno`` module, from wherever this Python can get it.

    Debian's copy serves any Python of the same version. Its folder holds much else that must not shadow or mend what an
    environment lacks, so it is searched last and only for this. Raises LibreOfficeError.
    """
    try:
        import uno
    except ImportError:
        before = list(sys.path)
        sys.path += [MODULES, str(Path(shutil.which("soffice") or MODULES).resolve().parent)]
        try:
            import uno
            import unohelper  # noqa: F401  kept in sys.modules for later users
        except ImportError as error:
            version = ".".join(map(str, sys.version_info[:2]))
            raise LibreOfficeError(
                f"这个 Python（{version}）不能使用 LibreOffice 的 uno 模块（{error}）；"
                "请安装 python3-uno（Debian：apt-get install python3-uno），并使用与系统相同版本的 Python，"
                "或改用 LibreOffice 自带的 Python"
            ) from None
        finally:
            sys.path[:] = before
    return uno


def struct(name: str, **members: Any) -> Any:
    """A UNO struct, such as ``com.sun.star.lang.Locale``, with some members set."""
    made = load_uno().createUnoStruct(name)
    for member, value in members.items():
        setattr(made, member, value)
    return made


def properties(**values: Any) -> tuple[Any, ...]:
    """Arguments as UNO wants them: a sequence of PropertyValue. What is None is left out."""
    return tuple(struct("com.sun.star.beans.PropertyValue", Name=name, Value=value) for name, value in values.items() if value is not None)


def enum(name: str, value: str) -> Any:
    """A value of a UNO enumeration, such as ``com.sun.star.sheet.CellInsertMode``."""
    return load_uno().Enum(name, value)


class Office:
    """A LibreOffice: its component context and desktop, and its process where it is ours.

    pid: of the process; for a LibreOffice somebody else started, which does not tell, a negative number that is unique
    here. url: where it listens, for `connect`; "" from inside. windowless: started without any windows, which no setting
    brings back.
    """

    def __init__(
        self,
        context: Any,
        pid: int,
        url: str = "",
        process: subprocess.Popen[bytes] | None = None,
        profile: str = "",
        windowless: bool = False,
    ) -> None:
        self.context, self.pid, self.url, self.windowless = context, pid, url, windowless
        self._process, self._profile, self._ended = process, profile, False
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name: str) -> Any:
        """An instance of a UNO service."""
        return self.context.getServiceManager().createInstanceWithContext(name, self.context)

    @property
    def own(self) -> bool:
        """Whether it was started here and may be ended from here."""
        return self._process is not None

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        if self._process is not None and self._process.poll() is not None:
            return False
        try:
            self.desktop.getFrames()
        except Exception:  # DisposedException, or whatever a broken bridge gives
            return False
        return True

    def terminate(self) -> None:
        """Ask an own LibreOffice to end, dropping unsaved changes; kill it where it does not. Others are left alone."""
        if self._process is None or self._ended:
            return
        with suppress(Exception):  # the bridge breaks under the call when all goes well
            self.desktop.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(QUIT_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End an own LibreOffice at once and remove its profile. Raises NotImplementedError for one that is not ours."""
        if self._process is None:
            raise NotImplementedError("这个 LibreOffice 不是由考核簿启动的，不能强行结束")
        if self._ended:  # its number may belong to another process by now
            return
        _end(self._process)
        self._ended = True
        shutil.rmtree(self._profile, ignore_errors=True)
        atexit.unregister(self.kill)


def launch(visible: bool = False, timeout: float = START_SECONDS) -> Office:
    """Start LibreOffice on a named pipe, with a profile of its own; see `addin.engines.libreoffice.start`."""
    uno = load_uno()
    soffice = program()
    windowless = not visible or not _has_display()
    profile = tempfile.mkdtemp(prefix="scorebook-lo-")
    pipe = f"scorebook-{os.getpid()}-{next(_numbers)}"
    command = [
        soffice,
        *(["--headless", "--invisible"] if windowless else []),
        "--norestore",
        "--nologo",
        "--nodefault",
        f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}",
        f"--accept=pipe,name={pipe};urp;",
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )
    try:
        url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        office = Office(_resolve(url, timeout, process), process.pid, url, process, profile, windowless)
    except BaseException:
        _end(process)
        shutil.rmtree(profile, ignore_errors=True)
        raise
    atexit.register(office.kill)
    return office


def connect(where: str, timeout: float = ATTACH_SECONDS) -> Office:
    """Connect to a running LibreOffice; see `addin.engines.libreoffice.attach`."""
    kind, _, rest = where.partition(":")
    if kind == "pipe" and rest:
        where = f"uno:pipe,name={rest};urp;StarOffice.ComponentContext"
    elif kind == "socket" and ":" in rest:
        host, _, port = rest.rpartition(":")
        where = f"uno:socket,host={host},port={port},tcpNoDelay=1;urp;StarOffice.ComponentContext"
    elif kind != "uno":
        raise ValueError(f"不认识的连接地址“{where}”；应为 pipe:名称、socket:主机:端口 或 uno: 开头的地址")
    return Office(_resolve(where, timeout), -next(_numbers), where)


def inside(context: Any) -> Office:
    """The LibreOffice whose component context this is, in this very process."""
    return Office(context, os.getpid())


def _has_display() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _resolve(url: str, timeout: float, process: subprocess.Popen[bytes] | None = None) -> Any:
    """The component context behind a URL, waited for. Raises LibreOfficeError."""
    local = load_uno().getComponentContext()
    resolver = local.getServiceManager().createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + timeout
    while True:
        try:
            return resolver.resolve(url)
        except Exception as error:  # NoConnectException until it listens; its class is only known to a loaded uno
            if process is not None and process.poll() is not None:
                raise LibreOfficeError(f"LibreOffice 启动后自己退出了（退出码 {process.returncode}）") from None
            if time.monotonic() > deadline:
                raise LibreOfficeError(f"LibreOffice 在 {timeout:g} 秒内没有应答（{url}：{error}）") from None
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a LibreOffice with its helpers: soffice is a script around the real program."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(QUIT_SECONDS)
