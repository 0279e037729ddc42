"""`dataclass` for what a plan has ten thousands of: nodes of trees, lines, inputs.

Nobody changes them, and mypy sees to it, which takes this for the library's own decorator with ``frozen=True``. At run time they
lack the guard against a change: with it each field is set by a call of its own, and a plan takes a sixth longer to make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    from dataclasses import dataclass as _made

    def dataclass(*, frozen: bool):
        """A class of values that are alike where their fields are, and can be looked up by them."""
        assert frozen
        return _made(unsafe_hash=True)
