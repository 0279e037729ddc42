"""What lies over the cells of a sheet: xlwings' Shapes and Pictures. Lengths are points, as in Excel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.engines.libreoffice.look import Characters, Font
from addin.engines.libreoffice.measures import to_hundredths, to_points
from addin.engines.libreoffice.office import load_uno, properties, struct
from addin.engines.libreoffice.support import Collection, implements

if TYPE_CHECKING:
    from addin.engines.libreoffice.sheet import Sheet


_PICTURE = "com.sun.star.drawing.GraphicObjectShape"
_TYPES = {
    _PICTURE: "picture",
    "com.sun.star.drawing.OLE2Shape": "chart",
    "com.sun.star.drawing.TextShape": "text_box",
    "com.sun.star.drawing.LineShape": "line",
    "com.sun.star.drawing.GroupShape": "group",
    "com.sun.star.drawing.ControlShape": "form_control",
}


@implements(base_classes.Shape)
class Shape:
    """A drawing object."""

    api: Any
    parent: Sheet

    def __init__(self, sheet: Sheet, shape: Any) -> None:
        self.parent, self.api = sheet, shape

    @property
    def name(self) -> str:
        return str(self.api.getPropertyValue("Name"))

    @name.setter
    def name(self, value: str) -> None:
        self.api.setPropertyValue("Name", value)

    @property
    def type(self) -> str:
        return _TYPES.get(self.api.getShapeType(), "auto_shape")

    @property
    def left(self) -> float:
        return to_points(self.api.getPosition().X)

    @left.setter
    def left(self, value: float) -> None:
        self.api.setPosition(struct("com.sun.star.awt.Point", X=to_hundredths(value), Y=self.api.getPosition().Y))

    @property
    def top(self) -> float:
        return to_points(self.api.getPosition().Y)

    @top.setter
    def top(self, value: float) -> None:
        self.api.setPosition(struct("com.sun.star.awt.Point", X=self.api.getPosition().X, Y=to_hundredths(value)))

    @property
    def width(self) -> float:
        return to_points(self.api.getSize().Width)

    @width.setter
    def width(self, value: float) -> None:
        self.api.setSize(struct("com.sun.star.awt.Size", Width=to_hundredths(value), Height=self.api.getSize().Height))

    @property
    def height(self) -> float:
        return to_points(self.api.getSize().Height)

    @height.setter
    def height(self, value: float) -> None:
        self.api.setSize(struct("com.sun.star.awt.Size", Width=self.api.getSize().Width, Height=to_hundredths(value)))

    @property
    def text(self) -> str | None:
        return self.api.getString() or None

    @text.setter
    def text(self, value: str) -> None:
        self.api.setString(value)

    @property
    def font(self) -> Font:
        return Font(self.api)

    @property
    def characters(self) -> Characters:
        return Characters(self.api)

    def delete(self) -> None:
        self.parent.api.getDrawPage().remove(self.api)


@implements(base_classes.Picture)
class Picture(Shape):
    """A picture."""

    def update(self, filename: str) -> Picture:
        """Show another file in its place; position, size and name stay."""
        self.api.setPropertyValue("Graphic", _graphic(self.parent, filename))
        return self


class Shapes(Collection):
    """All drawing objects of a sheet but the frames of notes."""

    wrap: type[Shape] = Shape
    types: tuple[str, ...] = ()

    def __init__(self, sheet: Sheet) -> None:
        self.parent = sheet

    @property
    def api(self) -> Any:
        """The UNO draw page."""
        return self.parent.api.getDrawPage()

    def items(self) -> list[Any]:
        page = self.api
        shapes = [page.getByIndex(index) for index in range(page.getCount())]
        return [self.wrap(self.parent, shape) for shape in shapes if not self.types or shape.getShapeType() in self.types]


class Pictures(Shapes):
    """The pictures of a sheet."""

    wrap = Picture
    types = (_PICTURE,)

    def add(
        self,
        filename: str,
        link_to_file: bool,
        save_with_document: bool,
        left: float | None,
        top: float | None,
        width: float | None,
        height: float | None,
        anchor: Any = None,
    ) -> Picture:
        """Put a picture from a file on the sheet; without a size it gets its own, or that of its pixels at 96 an inch."""
        graphic = _graphic(self.parent, filename)
        shape = self.parent.book.api.createInstance(_PICTURE)
        self.api.add(shape)
        shape.setPropertyValue("Graphic", graphic)
        picture = Picture(self.parent, shape)
        own, pixels = graphic.getPropertyValue("Size100thMM"), graphic.getPropertyValue("SizePixel")
        natural = (to_points(own.Width), to_points(own.Height)) if own.Width else (pixels.Width * 0.75, pixels.Height * 0.75)
        picture.width = natural[0] if width in (None, -1) else width or 0
        picture.height = natural[1] if height in (None, -1) else height or 0
        picture.left = anchor.left if anchor else left or 0
        picture.top = anchor.top if anchor else top or 0
        return picture


def _graphic(sheet: Sheet, filename: str) -> Any:
    provider = sheet.book.app.office.service("com.sun.star.graphic.GraphicProvider")
    return provider.queryGraphic(properties(URL=load_uno().systemPathToFileUrl(str(Path(filename).resolve()))))
