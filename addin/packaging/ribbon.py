"""The list of buttons, read from the ribbon XML: what the .xlam carries, and what the LibreOffice extension is made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

SOURCES = Path(__file__).resolve().parents[1] / "ribbon"
"""The texts everything is built from."""
CUSTOM_UI = "http://schemas.microsoft.com/office/2006/01/customui"
"""The ribbon of Excel 2007 and later; nothing in the tab needs the one of 2010."""
RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
"""What a ribbon in that namespace is reached by; the relationship of 2010 goes with the namespace of 2010."""


@dataclass(frozen=True)
class Button:
    """A button. name: its function in ``addin/buttons.py``; sub: the VBA procedure it calls, with its module."""

    name: str
    sub: str
    label: str
    screentip: str
    supertip: str
    large: bool
    image: str


@dataclass(frozen=True)
class Group:
    """Buttons that stand together."""

    label: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Tab:
    """The tab of the ribbon."""

    label: str
    groups: tuple[Group, ...]

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in order."""
        return [button for group in self.groups for button in group.buttons]


def source() -> bytes:
    """The ribbon XML as it goes into the .xlam."""
    return (SOURCES / "customUI.xml").read_bytes().replace(b"\r\n", b"\n")


@cache
def tab() -> Tab:
    """The tab 考核."""
    names = {"ui": CUSTOM_UI}
    (element,) = etree.fromstring(source()).xpath("ui:ribbon/ui:tabs/ui:tab", namespaces=names)
    groups = [
        Group(group.get("label", ""), tuple(_button(button) for button in group.xpath("ui:button", namespaces=names)))
        for group in element.xpath("ui:group", namespaces=names)
    ]
    return Tab(element.get("label", ""), tuple(groups))


def _button(element: etree._Element) -> Button:
    get = element.attrib
    return Button(
        name=get["id"],
        sub=get["onAction"],
        label=get["label"],
        screentip=get["screentip"],
        supertip=get["supertip"],
        large=get.get("size") == "large",
        image=get["imageMso"],
    )
