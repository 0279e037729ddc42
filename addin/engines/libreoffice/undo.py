"""A step of a document's undo list that this program carries out itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from addin.engines.libreoffice.office import load_uno


def step(title: str, undo: Callable[[], None], redo: Callable[[], None]) -> Any:
    """A UNO XUndoAction. It lives as long as this process, which in the extension is LibreOffice itself."""
    return _step()(title, undo, redo)


@cache
def _step() -> Any:
    """The class, whose base is there only once UNO is."""
    load_uno()
    import unohelper
    from com.sun.star.document import XUndoAction

    class Step(unohelper.Base, XUndoAction):  # type: ignore[misc]
        def __init__(self, title: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
            self.Title, self._undo, self._redo = title, undo, redo

        def undo(self) -> None:
            self._undo()

        def redo(self) -> None:
            self._redo()

    return Step
