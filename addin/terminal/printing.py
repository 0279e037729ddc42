"""Where commands print, and how values look in JSON."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from functools import partial
from typing import Any

from rich.console import Console

# What is printed comes from files: brackets and colons in a name are no markup.
console = partial(Console, markup=False, emoji=False, highlight=False, soft_wrap=True)
out = console()
err = console(stderr=True)


def plain(value: Any) -> Any:
    """A decimal as a JSON number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def say_json(data: Any) -> None:
    """Print JSON, and nothing else."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
