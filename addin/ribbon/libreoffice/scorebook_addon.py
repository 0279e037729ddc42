"""The menu and toolbar 考核 in LibreOffice: a click calls the function of the same name in ``addin/buttons.py``.

This runs inside LibreOffice's own Python, which has not got Scorebook installed and may be older than Scorebook needs:
nothing here takes more than Python 3.7, and whatever is missing is told in Chinese.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import Any

import unohelper
from com.sun.star.awt.MessageBoxType import ERRORBOX
from com.sun.star.task import XJobExecutor

SERVICE = "org.scorebook.Buttons"
VARIABLE = "SCOREBOOK_PYTHONPATH"
PATHS = os.path.join(os.path.dirname(__file__), "pythonpath.txt")
NEEDED = (3, 11)
AGAIN = "请在命令行运行 scorebook addin install --libreoffice 重新安装扩展"


class Missing(Exception):
    """Scorebook cannot be used from here; the message is for the user."""


class Buttons(unohelper.Base, XJobExecutor):  # type: ignore[misc]
    """What the URLs ``service:org.scorebook.Buttons?<function>`` of menu and toolbar reach."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def trigger(self, name: str) -> None:
        """Call a function of ``addin.buttons`` on the document in front. Nothing is ever raised into LibreOffice."""
        try:
            function(self.context, name)()
        except Missing as error:
            tell(self.context, str(error))
        except Exception as error:
            traceback.print_exc()
            tell(self.context, f"这一步没有做完（{type(error).__name__}：{error}），请把这段话发给管理员。")


def function(context: Any, name: str) -> Any:
    """The function of a button, with this LibreOffice made the one xlwings works on. Raises Missing."""
    if sys.version_info < NEEDED:
        own = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Missing(f"LibreOffice 自带的 Python 是 {own}，考核簿要 {NEEDED[0]}.{NEEDED[1]} 以上。请换用较新的 LibreOffice。")
    find_scorebook()
    try:
        engine = importlib.import_module("addin.engines.libreoffice")
        buttons = importlib.import_module("addin.buttons")
    except ImportError as error:
        if (error.name or "").split(".")[0] == "addin":
            words = f"LibreOffice 找不到考核簿程序。{AGAIN}，或用环境变量 {VARIABLE} 指明它装在哪个文件夹。"
        else:
            words = f"考核簿用到的程序库 {error.name} 在 LibreOffice 里用不了（{error}）。{AGAIN}。"
        raise Missing(words) from None
    wanted = getattr(buttons, name, None)
    # A link in a document can name anything: only what the module itself offers is called.
    if name.startswith("_") or getattr(wanted, "__module__", "") != buttons.__name__:
        raise Missing(f"考核簿没有“{name}”这个按钮。{AGAIN}。")
    engine.embedded(context)
    return wanted


def find_scorebook() -> None:
    """Put the folders that hold Scorebook and its libraries first in the search path: those of the variable, or those
    written down when the extension was installed."""
    text = os.environ.get(VARIABLE, "").replace(os.pathsep, "\n")
    if not text and os.path.exists(PATHS):
        with open(PATHS, encoding="utf-8") as file:
            text = file.read()
    folders = [line.strip() for line in text.splitlines() if line.strip()]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]


def tell(context: Any, text: str) -> None:
    """A message box over the window in front."""
    service = context.ServiceManager.createInstanceWithContext
    desktop = service("com.sun.star.frame.Desktop", context)
    frame = desktop.getCurrentFrame()
    window = frame.getContainerWindow() if frame else None
    box = service("com.sun.star.awt.Toolkit", context).createMessageBox(window, ERRORBOX, 1, "考核簿", text)
    box.execute()


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Buttons, SERVICE, (SERVICE,))
