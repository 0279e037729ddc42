"""The engine, its running LibreOffices and their open documents: xlwings' Engine, Apps, App and Books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from xlwings import XlwingsError, base_classes

from addin.engines.libreoffice import office, values
from addin.engines.libreoffice.book import Book
from addin.engines.libreoffice.formulas import FunctionNames, Shapes
from addin.engines.libreoffice.range import Range
from addin.engines.libreoffice.support import Collection, implements
from generator.office import program

_CALC = "com.sun.star.sheet.SpreadsheetDocument"
_BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}  # of com.sun.star.awt.MessageBoxButtons
_ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}  # of com.sun.star.awt.MessageBoxResults


class Engine:
    """What xlwings knows the engine by, and its conversion of values."""

    name = "libreoffice"
    type = "desktop"

    @cached_property
    def apps(self) -> Apps:
        return Apps()

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        return values.prepared(x)

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Callable[..., Any], empty_as: Any, number_builder: Callable[[float], Any] | None, err_to_str: bool
    ) -> list[list[Any]]:
        return values.cleaned(data, datetime_builder, empty_as, number_builder, err_to_str)


engine = Engine()


class Apps:
    """The LibreOffices started or connected to from this process, the active one first."""

    def __init__(self) -> None:
        self._apps: list[App] = []

    def join(self, app: App, add_book: bool = False) -> App:
        """Take in a LibreOffice as the active one."""
        self._apps.insert(0, app)
        if add_book:
            app.books.add()
        return app

    def add(self, spec: str | None = None, add_book: bool | None = None, xl: Any = None, visible: bool | None = None) -> App:
        """What ``xlwings.App()`` calls: start a LibreOffice, or with `spec` connect to one (``pipe:…``, ``socket:…``)."""
        found = office.connect(spec) if spec else office.launch(bool(visible))
        return self.join(App(found, bool(visible)), bool(add_book))

    def front(self, app: App) -> None:
        """Make an app the active one."""
        self._apps.remove(app)
        self._apps.insert(0, app)

    def leave(self, app: App) -> None:
        """Forget an app that has ended."""
        if app in self._apps:
            self._apps.remove(app)

    def cleanup(self) -> None:
        """Forget what no longer answers."""
        self._apps = [app for app in self._apps if app.office.alive]

    def keys(self) -> list[int]:
        return [app.pid for app in self]

    def __iter__(self) -> Iterator[App]:
        self.cleanup()
        return iter(list(self._apps))

    def __len__(self) -> int:
        self.cleanup()
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        for app in self:
            if app.pid == pid:
                return app
        raise KeyError(pid)


@implements(base_classes.App)
class App:
    """A LibreOffice. Settings that Excel has and LibreOffice has not (`enable_events`, `display_alerts`, `interactive`)
    are only remembered."""

    engine = engine
    hwnd = None
    display_alerts: bool
    enable_events: bool
    interactive: bool

    def __init__(self, found: office.Office, visible: bool) -> None:
        self.office = found
        self._visible = visible
        self.display_alerts = self.enable_events = self.interactive = True
        self.copied: Range | None = None
        self.shapes: Shapes = {}
        self._semiautomatic = False
        self._calculation = "automatic"
        self._status: tuple[Any, str] | None = None
        self._locked: list[Any] = []
        self._screen_updating = True

    @property
    def api(self) -> Any:
        """The UNO desktop."""
        return self.office.desktop

    @property
    def pid(self) -> int:
        return self.office.pid

    @cached_property
    def version(self) -> str:
        settings = self.office.service("com.sun.star.configuration.ConfigurationProvider").createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", office.properties(nodepath="/org.openoffice.Setup/Product")
        )
        return str(settings.getByName("ooSetupVersion"))

    @property
    def path(self) -> str:
        return str(Path(program()).resolve().parent)

    @cached_property
    def function_names(self) -> FunctionNames:
        """What this LibreOffice calls Excel's functions. Needs an open book the first time."""
        return FunctionNames(self.documents()[0])

    def documents(self) -> list[Any]:
        """The open spreadsheets in the order they were opened."""
        components = self.office.desktop.getComponents().createEnumeration()
        found = []
        while components.hasMoreElements():
            component = components.nextElement()
            if getattr(component, "supportsService", None) and component.supportsService(_CALC):
                found.append(component)
        return sorted(found, key=lambda document: int(document.getPropertyValue("RuntimeUID")))

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, value: bool) -> None:
        """Show or hide the windows; of a LibreOffice without a display this is only remembered."""
        self._visible = bool(value)
        if not self.office.windowless:
            for document in self.documents():
                document.getCurrentController().getFrame().getContainerWindow().setVisible(self._visible)

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range | None:
        active = self.books.active
        return active.selection if active else None

    def activate(self, steal_focus: bool = False) -> None:
        """Make it the active one; `steal_focus` also brings the window of its active book to the front."""
        engine.apps.front(self)
        active = self.books.active if steal_focus else None
        if active:
            active.controller.getFrame().getContainerWindow().toFront()

    def calculate(self) -> None:
        for document in self.documents():
            document.calculate()

    @property
    def calculation(self) -> str:
        documents = self.documents()
        if documents and not self._semiautomatic:
            self._calculation = "automatic" if documents[-1].isAutomaticCalculationEnabled() else "manual"
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "manual", "semiautomatic"):
            raise ValueError(f"不认识的重算方式“{value}”")
        self._calculation = value
        self._semiautomatic = value == "semiautomatic"
        for document in self.documents():
            document.enableAutomaticCalculation(value != "manual")

    @property
    def screen_updating(self) -> bool:
        return self._screen_updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if not value and self._screen_updating:
            self._locked = self.documents()
            for document in self._locked:
                document.lockControllers()
                document.addActionLock()
        elif value:
            for document in self._locked:
                with suppress(Exception):  # closed in the meantime
                    document.removeActionLock()
                    document.unlockControllers()
            self._locked = []
        self._screen_updating = bool(value)

    @property
    def status_bar(self) -> str | bool:
        return self._status[1] if self._status else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        if self._status:
            with suppress(Exception):  # its window may be gone
                self._status[0].end()
            self._status = None
        active = self.books.active
        if isinstance(value, str) and active:
            indicator = active.controller.getFrame().createStatusIndicator()
            indicator.start(value, 0)
            self._status = indicator, value

    @property
    def cut_copy_mode(self) -> str | None:
        return "copy" if self.copied else None

    @cut_copy_mode.setter
    def cut_copy_mode(self, value: bool) -> None:
        if not value:
            self.copied = None

    def alert(self, prompt: str, title: str | None, buttons: str | None, mode: str | None, callback: Any) -> str:
        active = self.books.active
        if not active:
            raise XlwingsError("没有打开的工作簿，不能显示消息")
        window = active.controller.getFrame().getContainerWindow()
        kind = office.enum("com.sun.star.awt.MessageBoxType", {"info": "INFOBOX", "critical": "ERRORBOX"}.get(mode or "", "MESSAGEBOX"))
        box = window.getToolkit().createMessageBox(window, kind, _BUTTONS[buttons or "ok"], title or "", prompt or "")
        return _ANSWERS[box.execute()]

    def quit(self) -> None:
        """End an own LibreOffice, dropping unsaved changes; leave another one alone and forget it."""
        engine.apps.leave(self)
        if self.office.own and self.office.alive:
            for document in self.documents():
                with suppress(Exception):  # one that will not close is ended with the process
                    document.close(True)
        self.office.terminate()

    def kill(self) -> None:
        self.office.kill()
        engine.apps.leave(self)


@implements(base_classes.Books)
class Books(Collection):
    """The open spreadsheets of a LibreOffice."""

    app: App

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        return self.app.api.getComponents()

    def items(self) -> list[Book]:
        return [Book(self.app, document) for document in self.app.documents()]

    @property
    def active(self) -> Book | None:
        """The book in front, or else the one opened last."""
        current = self.app.api.getCurrentComponent()
        if current is not None and getattr(current, "supportsService", None) and current.supportsService(_CALC):
            return Book(self.app, current)
        documents = self.app.documents()
        return Book(self.app, documents[-1]) if documents else None

    def add(self) -> Book:
        book = self._load("private:factory/scalc")
        first = book.api.getSheets().getByIndex(0)
        if first.getName() != "Sheet1":  # named in the language of the user interface
            first.setName("Sheet1")
        return book

    def open(
        self,
        fullname: str,
        update_links: bool | None = None,
        read_only: bool | None = None,
        format: str | None = None,
        password: str | None = None,
        *others: Any,
    ) -> Book:
        """Open a file. Macros in it never run. Raises XlwingsError where LibreOffice cannot read it."""
        url = office.load_uno().systemPathToFileUrl(str(Path(fullname).resolve()))
        return self._load(url, ReadOnly=read_only, Password=password, UpdateDocMode=3 if update_links else None)

    def _load(self, url: str, **options: Any) -> Book:
        hidden = not (self.app.visible or self.app.office.windowless)
        try:
            document = self.app.api.loadComponentFromURL(
                url, "_blank", 0, office.properties(Hidden=hidden or None, MacroExecutionMode=0, **options)
            )
        except Exception as error:  # CannotConvertException, IOException …: the class depends on the filter
            raise XlwingsError(f"LibreOffice 打不开“{url}”（{error}）") from None
        if document is None or not document.supportsService(_CALC):
            raise XlwingsError(f"LibreOffice 打不开“{url}”：文件已损坏、有密码，或不是电子表格")
        if self.app.calculation == "manual":
            document.enableAutomaticCalculation(False)
        return Book(self.app, document)
