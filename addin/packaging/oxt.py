"""Builds ``scorebook.oxt``, the LibreOffice extension: a menu and a toolbar 考核 with the buttons of the ribbon.

The file is the same, byte for byte, wherever it is built.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from lxml import etree

from addin.packaging import archive, ribbon
from addin.packaging.ribbon import Button

NAME = "scorebook.oxt"
IDENTIFIER = "org.scorebook.addin"
SERVICE = "org.scorebook.Buttons"
PATHS = "pythonpath.txt"
SIZES = {"ImageSmallURL": 16, "ImageBigURL": 26}
"""Pixels of the pictures in menus and on toolbars."""

_SOURCES = ribbon.SOURCES / "libreoffice"
_ICONS = ribbon.SOURCES / "icons"
_CALC = "com.sun.star.sheet.SpreadsheetDocument"
_OOR = "http://openoffice.org/2001/registry"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"


def build(folders: Iterable[str] = ()) -> bytes:
    """The extension as a file. folders: where Scorebook and its libraries are on the machine it is for; without them
    the extension goes by the environment variable SCOREBOOK_PYTHONPATH.
    """
    parts = {path: _text(path).encode() for path in ("META-INF/manifest.xml", "CalcWindowState.xcu", "scorebook_addon.py")}
    parts["description.xml"] = _text("description.xml").replace("{version}", version("scorebook")).encode()
    parts["description/zh.txt"] = _text("description/zh.txt").encode()
    parts["Addons.xcu"] = addons()
    for button in ribbon.tab().buttons:
        picture = (_ICONS / f"{button.name}.svg").read_text(encoding="utf-8")
        for size in SIZES.values():
            parts[_icon(button, size)] = picture.replace('width="26" height="26"', f'width="{size}" height="{size}"').encode()
    listed = "".join(f"{folder}\n" for folder in folders)
    if listed:
        parts[PATHS] = listed.encode()
    return archive.pack(parts)


def command(button: Button) -> str:
    """The URL a click dispatches."""
    return f"service:{SERVICE}?{button.name}"


def addons() -> bytes:
    """The configuration part that adds menu, toolbar and pictures, made from the list of buttons."""
    root = etree.Element(f"{{{_OOR}}}component-data", nsmap={"oor": _OOR, "xs": _SCHEMA})
    root.set(f"{{{_OOR}}}name", "Addons")
    root.set(f"{{{_OOR}}}package", "org.openoffice.Office")
    ui = _node(root, "AddonUI", replace=False)
    tab = ribbon.tab()

    menu = _node(_node(ui, "OfficeMenuBar", replace=False), "org.scorebook.menu")
    _property(menu, "Title", tab.label, language="zh")
    _property(menu, "Context", _CALC)
    entries = _node(menu, "Submenu", replace=False)
    toolbar = _node(_node(ui, "OfficeToolBar", replace=False), "org.scorebook.toolbar")
    for position, group in enumerate(tab.groups):
        if position:
            for parent in (entries, toolbar):
                _property(_node(parent, f"item{position}0"), "URL", "private:separator")
        for number, button in enumerate(group.buttons, 1):
            for parent in (entries, toolbar):
                entry = _node(parent, f"item{position}{number}")
                _property(entry, "URL", command(button))
                _property(entry, "Title", button.label, language="zh")
                _property(entry, "Target", "_self")
                _property(entry, "Context", _CALC)

    images = _node(ui, "Images", replace=False)
    for button in tab.buttons:
        image = _node(images, f"org.scorebook.image.{button.name}")
        _property(image, "URL", command(button))
        pictures = _node(image, "UserDefinedImages", replace=False)
        for name, size in SIZES.items():
            _property(pictures, name, f"%origin%/{_icon(button, size)}")
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _icon(button: Button, size: int) -> str:
    return f"icons/{button.name}_{size}.svg"


def _node(parent: Any, name: str, replace: bool = True) -> Any:
    node = etree.SubElement(parent, "node")
    node.set(f"{{{_OOR}}}name", name)
    if replace:
        node.set(f"{{{_OOR}}}op", "replace")
    return node


def _property(parent: Any, name: str, text: str, language: str = "") -> None:
    element = etree.SubElement(parent, "prop")
    element.set(f"{{{_OOR}}}name", name)
    element.set(f"{{{_OOR}}}type", "xs:string")
    value = etree.SubElement(element, "value")
    value.text = text
    if language:
        # Other languages fall back on the value without one.
        value.set("{http://www.w3.org/XML/1998/namespace}lang", language)
        etree.SubElement(element, "value").text = text


def _text(path: str) -> str:
    return (_SOURCES / path).read_text(encoding="utf-8")
