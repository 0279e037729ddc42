"""The rule kinds, one small file a family. Drop a file in here and its kinds exist; nothing else names them.

To write a new kind, read `ratio` and `base`, then write a class with a ``rule: Literal["…"]`` field, a ``score`` and a
``sentence``. Sheets, validation, explanation, recompute and the three engines follow by themselves.
"""

from __future__ import annotations

import functools
import importlib
import operator
import pkgutil
from typing import Annotated, Any, get_args

from pydantic import Field

from generator.rules.base import Rule

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")


def _concrete(parent: Any) -> list[type[Rule]]:
    found: list[type[Rule]] = []
    for child in parent.__subclasses__():
        found += [child] if "rule" in child.model_fields else []
        found += _concrete(child)
    return found


KINDS: dict[str, type[Rule]] = {
    name: kind for kind in sorted(_concrete(Rule), key=lambda k: k.__name__) for name in get_args(kind.model_fields["rule"].annotation)
}
"""Every rule kind by the name that schemes use."""

AnyRule: Any = Annotated[functools.reduce(operator.or_, KINDS.values()), Field(discriminator="rule")]
