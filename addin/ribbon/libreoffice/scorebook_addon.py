"""The menu and toolbar 考核 in LibreOffice: a click calls the function of the same name in ``addin/buttons.py``.

This runs inside LibreOffice's own Python, which has not got Scorebook installed and may be older than Scorebook needs:
nothing here takes more than Python 3.7, and whatever is missing is told in Chinese.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback

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


class Buttons(unohelper.Base, XJobExecutor):
    """What the URLs ``service:org.scorebook.Buttons?<function>`` of menu and toolbar reach."""

    def __init__(self, context):
        self.context = context

    def trigger(self, name):
        """Call a function of ``addin.buttons`` on the document in front. Nothing is ever raised into LibreOffice."""
        try:
            function(self.context, name)()
        except Missing as error:
            tell(self.context, str(error))
        except Exception as error:
            traceback.print_exc()
            tell(self.context, "这一步没有做完（{}：{}），请把这段话发给管理员。".format(type(error).__name__, error))


def function(context, name):
    """The function of a button, with xlwings attached to this LibreOffice. Raises Missing."""
    if sys.version_info < NEEDED:
        own = "{}.{}".format(*sys.version_info)
        raise Missing("LibreOffice 自带的 Python 是 {}，考核簿要 {}.{} 以上。请换用较新的 LibreOffice。".format(own, *NEEDED))
    find_scorebook()
    try:
        attach = importlib.import_module("addin.engines.libreoffice").attach
        buttons = importlib.import_module("addin.buttons")
    except ImportError as error:
        if (error.name or "").split(".")[0] == "addin":
            raise Missing("LibreOffice 找不到考核簿程序。{}，或用环境变量 {} 指明它装在哪个文件夹。".format(AGAIN, VARIABLE))
        raise Missing("考核簿用到的程序库 {} 在 LibreOffice 里用不了（{}）。{}。".format(error.name, error, AGAIN))
    wanted = getattr(buttons, name, None)
    # A link in a document can name anything: only what the module itself offers is called.
    if name.startswith("_") or getattr(wanted, "__module__", "") != buttons.__name__:
        raise Missing("考核簿没有“{}”这个按钮。{}。".format(name, AGAIN))
    attach(context)
    return wanted


def find_scorebook():
    """Put the folders that hold Scorebook and its libraries first in the search path: those of the variable, or those
    written down when the extension was installed."""
    text = os.environ.get(VARIABLE, "").replace(os.pathsep, "\n")
    if not text and os.path.exists(PATHS):
        with open(PATHS, encoding="utf-8") as file:
            text = file.read()
    folders = [line.strip() for line in text.splitlines() if line.strip()]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]


def tell(context, text):
    """A message box over the window in front."""
    service = context.ServiceManager.createInstanceWithContext
    desktop = service("com.sun.star.frame.Desktop", context)
    frame = desktop.getCurrentFrame()
    window = frame.getContainerWindow() if frame else None
    box = service("com.sun.star.awt.Toolkit", context).createMessageBox(window, ERRORBOX, 1, "考核簿", text)
    box.execute()


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Buttons, SERVICE, (SERVICE,))
