"""What the engine's classes share: saying clearly what is not supported, and xlwings' collections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)


def implements(base: type) -> Callable[[Class], Class]:
    """Class decorator: what xlwings' base class has and the class lacks raises NotImplementedError, naming itself.

    The class does not inherit from the base, whose methods would fail without a word. Attributes that `__init__` sets must
    be declared in the class.
    """

    def fill(cls: Class) -> Class:
        declared = {name for kind in cls.__mro__ for name in vars(kind).get("__annotations__", ())}
        for name in vars(base):
            if not name.startswith("_") and not hasattr(cls, name) and name not in declared:
                setattr(cls, name, _unsupported(f"{base.__name__}.{name}"))
        return cls

    return fill


def _unsupported(what: str) -> property:
    def refuse(*_: Any) -> Any:
        raise NotImplementedError(f"LibreOffice 引擎不支持 {what}")

    return property(refuse, refuse)


class Collection:
    """An xlwings collection over a list that is read anew each time: by name, or by position from 1."""

    api: Any = None

    def items(self) -> list[Any]:
        """The members in order; each has a `name`."""
        raise NotImplementedError

    def __call__(self, key: Any) -> Any:
        items = self.items()
        if isinstance(key, str):
            for item in items:
                if item.name.lower() == key.lower():
                    return item
        elif 1 <= key <= len(items):
            return items[int(key) - 1]
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items())

    def __contains__(self, key: Any) -> bool:
        try:
            self(key)
        except KeyError:
            return False
        return True
