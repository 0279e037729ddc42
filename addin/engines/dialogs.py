"""Message boxes and lists to choose from, in Excel and in LibreOffice, without anything that either does not bring along."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xlwings import App

from addin.engines import adapter

PROMPT = 250
"""Excel shows no input box for a prompt of more than 255 characters."""
NEXT = "0"
_TEXT = 2
"""Of Application.InputBox: what is typed is taken as text."""
_FILE_PICKER, _FOLDER_PICKER = 3, 4
"""Of Application.FileDialog."""
_BOOKS = "Excel 工作簿"
_POSITION = 3
"""Of com.sun.star.awt.PosSize."""
_WIDTH, _WIDEST, _LINE, _MOST_LINES = 260, 480, 10, 16
"""Of LibreOffice's dialogs, in its own units (a quarter of a letter's width, an eighth of its height)."""
_LETTER, _SIDES = 8, 40
"""What a Chinese character takes of the width, and what stands beside the text of a list."""


def tell(app: App, title: str, text: str, grave: bool = False) -> None:
    """A message. grave: something did not work."""
    app.alert(text, title, mode="critical" if grave else "info")


def ask(app: App, title: str, text: str) -> bool:
    """A question with Yes and No."""
    return str(app.alert(text, title, buttons="yes_no")) == "yes"


def choose(app: App, title: str, text: str, options: Sequence[str]) -> int | None:
    """Let the user choose one of several; its position, or None where nothing was chosen."""
    if adapter.is_libreoffice(app):
        return _from_list(app, title, text, options)
    return _by_number(app, title, text, options)


def prompt(app: App, title: str, text: str, default: str = "") -> str | None:
    """Let the user type something; None where that is broken off."""
    if adapter.is_libreoffice(app):
        typed = _from_field(app, title, text, default)
    else:
        answer = app.api.InputBox(Prompt=text[:PROMPT], Title=title, Default=default, Type=_TEXT)
        typed = None if answer is False else str(answer)
    return None if typed is None else typed.strip()


def folder(app: App, title: str, start: Path) -> Path | None:
    """Let the user choose a folder; None where none is chosen."""
    if adapter.is_libreoffice(app):
        return _picked(app, title, start)
    if adapter.is_mac(app):
        typed = prompt(app, title, "放在哪个文件夹？请写出完整的位置：", str(start))
        return Path(typed) if typed else None
    picker = app.api.FileDialog(_FOLDER_PICKER)
    picker.Title, picker.InitialFileName = title, f"{start}\\"
    return Path(str(picker.SelectedItems(1))) if picker.Show() == -1 else None


def file(app: App, title: str, start: Path) -> Path | None:
    """Let the user choose a workbook on the disk; None where none is chosen. start: the folder that is shown first."""
    if adapter.is_libreoffice(app):
        return _picked_file(app, title, start)
    if adapter.is_mac(app):
        typed = prompt(app, title, "是哪个文件？请写出完整的位置：", f"{start}/")
        return Path(typed) if typed else None
    picker = app.api.FileDialog(_FILE_PICKER)
    picker.Title, picker.InitialFileName, picker.AllowMultiSelect = title, f"{start}\\", False
    picker.Filters.Clear()
    picker.Filters.Add(_BOOKS, "*.xlsx;*.xlsm")
    return Path(str(picker.SelectedItems(1))) if picker.Show() == -1 else None


# -- Excel


def _by_number(app: App, title: str, text: str, options: Sequence[str]) -> int | None:
    """The options are numbered, over several pages where they are many, and the number is typed in."""
    shown, page, remark = pages(text, options), 0, ""
    while True:
        answer = app.api.InputBox(Prompt=remark + shown[page], Title=title, Type=_TEXT)
        if answer is False:
            return None
        number = unicodedata.normalize("NFKC", str(answer)).strip()
        if number == NEXT and len(shown) > 1:
            page, remark = (page + 1) % len(shown), ""
        elif number.isdecimal() and 1 <= int(number) <= len(options):
            return int(number) - 1
        else:
            remark = f"请输入 1 到 {len(options)}。\n"


def pages(text: str, options: Sequence[str]) -> list[str]:
    """Numbered options as prompts that are short enough for Excel."""
    room = PROMPT - len(text) - 40
    groups: list[list[str]] = [[]]
    for number, option in enumerate(options, 1):
        line = f"{number}  {option}"[: room - 1]
        if groups[-1] and sum(len(known) + 1 for known in groups[-1]) + len(line) > room:
            groups.append([])
        groups[-1].append(line)
    more = f"\n{NEXT}  看其余的" if len(groups) > 1 else ""
    return ["\n".join([text, *group]) + more for group in groups]


# -- LibreOffice


def _from_list(app: App, title: str, text: str, options: Sequence[str]) -> int | None:
    """A dialog with a list."""
    height = _LINE * max(4, min(len(options), _MOST_LINES))
    width = min(_WIDEST, max(_WIDTH, *(len(option) * _LETTER + _SIDES for option in options), 0))
    with _dialog(app, title, text, "ListBox", height + 2, width) as (box, listed):
        listed.addItems(tuple(options), 0)
        listed.selectItemPos(0, True)
        done, chosen = box.execute(), listed.getSelectedItemPos()
    return int(chosen) if done == 1 and chosen >= 0 else None


def _from_field(app: App, title: str, text: str, default: str) -> str | None:
    """A dialog with a line to type into."""
    with _dialog(app, title, text, "Edit", _LINE + 5) as (box, field):
        field.setText(default)
        done, typed = box.execute(), str(field.getText())
    return typed if done == 1 else None


@contextmanager
def _dialog(app: App, title: str, text: str, kind: str, height: int, width: int = _WIDTH) -> Iterator[tuple[Any, Any]]:
    """A dialog with a text, one control, and two buttons: itself and the control."""
    office = app.impl.office
    lines = _LINE * sum(1 + len(line) * _LETTER // (width - _SIDES // 2) for line in text.split("\n"))
    dialog = office.service("com.sun.star.awt.UnoControlDialogModel")
    _set(dialog, Width=width, Height=height + lines + 36, Title=title, Closeable=True)

    def add(kind: str, name: str, **properties: Any) -> None:
        model = dialog.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
        _set(model, Name=name, **properties)
        dialog.insertByName(name, model)

    add("FixedText", "text", PositionX=8, PositionY=6, Width=width - 16, Height=lines, Label=text, MultiLine=True, NoLabel=True)
    top = lines + 8
    add(kind, "control", PositionX=8, PositionY=top, Width=width - 16, Height=height)
    for name, label, button, left in (("ok", "确定", 1, 104), ("cancel", "取消", 2, 52)):  # of com.sun.star.awt.PushButtonType
        place = {"PositionX": width - left, "PositionY": top + height + 6, "Width": 44, "Height": 15}
        add("Button", name, **place, Label=label, PushButtonType=button, DefaultButton=button == 1)
    box = office.service("com.sun.star.awt.UnoControlDialog")
    box.setModel(dialog)
    active = app.impl.books.active
    parent = active.controller.getFrame().getContainerWindow() if active else None
    box.createPeer(office.service("com.sun.star.awt.Toolkit"), parent)
    if parent is not None:
        around, own = parent.getPosSize(), box.getPosSize()
        box.setPosSize(max(0, (around.Width - own.Width) // 2), max(0, (around.Height - own.Height) // 3), 0, 0, _POSITION)
    try:
        yield box, box.getControl("control")
    finally:
        box.dispose()


def _picked(app: App, title: str, start: Path) -> Path | None:
    """The program's own dialog for folders."""
    picker = app.impl.office.service("com.sun.star.ui.dialogs.FolderPicker")
    picker.setTitle(title)
    picker.setDisplayDirectory(adapter.url_of(start))
    return adapter.path_of(picker.getDirectory()) if picker.execute() == 1 else None


def _picked_file(app: App, title: str, start: Path) -> Path | None:
    """The program's own dialog for files."""
    picker = app.impl.office.service("com.sun.star.ui.dialogs.FilePicker")
    picker.setTitle(title)
    picker.setDisplayDirectory(adapter.url_of(start))
    picker.appendFilter(_BOOKS, "*.xlsx;*.xlsm")
    return adapter.path_of(picker.getFiles()[0]) if picker.execute() == 1 else None


def _set(model: Any, **properties: Any) -> None:
    for name, value in properties.items():
        model.setPropertyValue(name, value)
