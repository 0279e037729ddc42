"""LibreOffice Calc as an xlwings engine, over UNO.

    app = libreoffice.start()                     # an own, windowless LibreOffice
    app = libreoffice.attach("pipe:scorebook")    # one that runs already and listens
    app = libreoffice.embedded(context)           # the one this Python runs in

Each gives an ordinary ``xlwings.App`` and makes the engine xlwings' active one. What is not supported raises
NotImplementedError with a Chinese sentence; docs/libreoffice-engine.md lists it.
"""

from __future__ import annotations

import os
from typing import Any

import xlwings

from addin.engines.libreoffice import office
from addin.engines.libreoffice.app import App, engine


def register() -> xlwings.Engine:
    """Make the engine known to xlwings as ``libreoffice`` (once) and active, so that ``xlwings.App()`` starts LibreOffice."""
    if engine.name not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.Engine(impl=engine))
    known = xlwings.engines(engine.name)
    known.activate()
    return known


def start(visible: bool = False, add_book: bool = False, timeout: float = office.START_SECONDS) -> xlwings.App:
    """Start an own LibreOffice with an empty profile in a temporary folder; it ends with `App.quit`, or with this process.

    visible: with windows, where there is a display. timeout: seconds to wait for it. Raises LibreOfficeError where
    LibreOffice or its Python modules are missing, or it does not answer in time.
    """
    register()
    return _wrapped(engine.apps.join(App(office.launch(visible, timeout), visible), add_book))


def attach(where: str, timeout: float = office.ATTACH_SECONDS) -> xlwings.App:
    """Connect to a LibreOffice that was started with ``--accept``.

    where: ``pipe:NAME``, ``socket:HOST:PORT`` or a whole ``uno:…`` URL. Its user's windows stay: `App.quit` only
    disconnects. Raises LibreOfficeError where nothing answers within `timeout` seconds.
    """
    register()
    return _wrapped(engine.apps.join(App(office.connect(where, timeout), visible=True)))


def embedded(context: Any) -> xlwings.App:
    """The LibreOffice that this Python runs inside of, given its component context (``XSCRIPTCONTEXT`` or an add-on's)."""
    register()
    for known in engine.apps:
        if known.pid == os.getpid():
            engine.apps.front(known)
            return _wrapped(known)
    return _wrapped(engine.apps.join(App(office.inside(context), visible=True)))


def _wrapped(app: App) -> xlwings.App:
    return xlwings.App(impl=app)
