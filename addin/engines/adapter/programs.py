"""Which program an app is."""

from __future__ import annotations

import sys

from xlwings import App


def is_libreoffice(app: App) -> bool:
    """Whether an app is a LibreOffice."""
    return app.engine.name == "libreoffice"


def is_mac(app: App) -> bool:
    """Whether an app is an Excel for macOS."""
    return sys.platform == "darwin" and not is_libreoffice(app)
