"""The Excel reader: a tree of expressions as formula text.

Only functions that Excel 2007, WPS and LibreOffice share, nothing volatile, no array entry. Spreadsheet programs
compute in binary, so every rounding that could meet a half and every comparison with a band's edge first rounds to ten
decimals: ``ROUND(ROUND(x,10),2)``. Ten, because scores stay below a thousand, where binary noise sits around the
thirteenth decimal, and because a true value can come nearer than 1e-8 to a half when a target has six digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from generator.columns import column_of
from generator.tree import excel
from generator.tree import expression as e
from generator.tree.readers import enter
from generator.value import GUARD_DIGITS

OWN_COLUMN, OWN_ROW = "\ua66e", "\u0de6"
"""Stand for a unit's own column or row while a formula is written for all units at once: a letter and a digit that nobody
writes."""
_DIGITS = "0123456789" + OWN_ROW

_STRENGTH = {"=": 1, "<>": 1, ">=": 1, "<=": 1, ">": 1, "<": 1, "+": 2, "-": 2, "*": 3, "/": 3}
_ATOM = 9


@dataclass(frozen=True)
class Stretch:
    """Cells of which some belong to a unit: ``values``, and beside each of them its role and its tag.

    owner: a further condition of COUNTIFS that picks the unit's cells (``range,name``); '' where all are the unit's.
    """

    values: str
    roles: str
    tags: str
    owner: str = ""


class Addresses(Protocol):
    """Where the formula reader finds the addresses of cells, as seen from the cell that holds the formula."""

    def cell(self, line: str) -> str: ...

    def fixed(self, line: str, column: str) -> str: ...

    def row(self, line: str, own_group: bool) -> str: ...

    def of_unit(self, line: str, unit: int) -> str: ...

    def size(self, line: str, own_group: bool) -> str:
        """How many units a row is long, as a number or a formula."""
        ...

    def table(self, table: str, column: str) -> str: ...

    def table_cell(self, table: str, column: str, position: int) -> str: ...

    def tagged(self, lines: tuple[str, ...]) -> list[Stretch]:
        """Where this unit's cells on the lines are."""
        ...


def formula(node: e.Expression, at: Addresses) -> str:
    """The formula text of a tree, with the leading ``=``. Raises FormulaError where it is more than Excel takes."""
    text = "=" + _text(node, at)[0]
    excel.refuse(text)
    return text


def quote(text: str) -> str:
    """A text as it stands in a formula."""
    return '"' + text.replace('"', '""') + '"'


def _text(node: e.Expression, at: Addresses) -> tuple[str, int]:
    return _READ[type(node)](node, at)


def _plain(node: e.Expression, at: Addresses) -> str:
    return _text(node, at)[0]


def _call(name: str, *arguments: str) -> tuple[str, int]:
    return f"{name}({','.join(arguments)})", _ATOM


def _binary(node: e.Binary, at: Addresses) -> tuple[str, int]:
    own = _STRENGTH[node.operator]
    left, left_strength = _text(node.left, at)
    right, right_strength = _text(node.right, at)
    if left_strength < own:
        left = f"({left})"
    if right_strength < own or (right_strength == own and node.operator in "-/"):
        right = f"({right})"
    return f"{left}{node.operator}{right}", own


def _compare(node: e.Compare, at: Addresses) -> tuple[str, int]:
    if node.guard:
        zero = isinstance(node.right, e.Number) and node.right.value == 0
        difference = _plain(node.left if zero else node.left - node.right, at)
        return f"ROUND({difference},{GUARD_DIGITS}){node.operator}0", 1
    return f"{_plain(node.left, at)}{node.operator}{_plain(node.right, at)}", 1


def _clamp(node: e.Clamp, at: Addresses) -> tuple[str, int]:
    text = _plain(node.value, at)
    if node.high is not None:
        text = f"MIN({_plain(node.high, at)},{text})"
    if node.low is not None:
        text = f"MAX({_plain(node.low, at)},{text})"
    return text, _ATOM


def _round(node: e.Round, at: Addresses) -> tuple[str, int]:
    inner = _plain(node.value, at)
    return _call("ROUND", inner if node.sum_only else f"ROUND({inner},{GUARD_DIGITS})", str(node.digits))


_FOLDS = {"count": "COUNT", "filled": "COUNTA", "sum": "SUM", "average": "AVERAGE", "min": "MIN", "max": "MAX"}


def _fold(node: e.Fold, at: Addresses) -> tuple[str, int]:
    cells = merge_ranges([_plain(p, at) for p in node.over])
    if node.how == "size":
        assert isinstance(node.over[0], e.Row)
        return at.size(node.over[0].line, node.over[0].own_group), _ATOM
    return _call(_FOLDS[node.how], *cells)


def _count_of(node: e.CountOf, at: Addresses) -> tuple[str, int]:
    return _counted_in([_plain(p, at) for p in node.over], quote(node.text))


def _counted_in(cells: list[str], wanted: str) -> tuple[str, int]:
    ranges = merge_ranges(cells)
    return "+".join(f"COUNTIF({r},{wanted})" for r in ranges), _ATOM if len(ranges) == 1 else 2


def _products(node: e.SumOfProducts, at: Addresses) -> tuple[str, int]:
    left = merge_ranges([_plain(a, at) for a, _ in node.pairs])
    right = merge_ranges([_plain(b, at) for _, b in node.pairs])
    if len(left) == len(right) == 1 and len(node.pairs) > 1:
        return _call("SUMPRODUCT", left[0], right[0])
    return "+".join(f"{_plain(a, at)}*{_plain(b, at)}" for a, b in node.pairs), 2 if len(node.pairs) > 1 else 3


def _lookup(node: e.Lookup, at: Addresses) -> tuple[str, int]:
    position = f"MATCH({_plain(node.value, at)},{_plain(node.keys, at)},0)"
    return _call("INDEX", _plain(node.result, at), position)


def _found(node: e.Found, at: Addresses) -> tuple[str, int]:
    """MATCH takes ``*`` and ``?`` in what it looks for as any signs at all, so what it found is compared."""
    value, keys = _plain(node.value, at), _plain(node.keys, at)
    return _call("IFERROR", f"INDEX({keys},MATCH({value},{keys},0))={value}", "FALSE")


def _tagged(node: e.Tagged, at: Addresses) -> tuple[str, int]:
    parts = [_counted(node, stretch) for stretch in at.tagged(node.lines)] or ["0"]
    return "+".join(parts), _ATOM if len(parts) == 1 and "-" not in parts[0] else 2


def _counted(node: e.Tagged, s: Stretch) -> str:
    marked = s.roles if node.by == "role" else s.tags
    own = ",".join([*([f"{marked},{quote(node.mark)}"] if marked else []), *([s.owner] if s.owner else [])])
    match node.how:
        case "sum":
            return f"SUMIFS({s.values},{own})"
        case "blanks":
            return f'COUNTIFS({own},{s.values},"")'
        case "applying":
            return f"COUNTIFS({own})-COUNTIFS({own},{s.values},{quote(e.NONE_MARK)})"
        case "yes" | "no":
            return f"COUNTIFS({own},{s.values},{quote('是' if node.how == 'yes' else '否')})"
    raise TypeError(node.how)


def _rank(node: e.Rank, at: Addresses) -> tuple[str, int]:
    return _call("RANK", _plain(node.value, at), _plain(node.among, at), *(["1"] if node.ascending else []))


def _band(node: e.Band, at: Addresses) -> tuple[str, int]:
    value = f"ROUND({_plain(node.value, at)},{GUARD_DIGITS})"
    if not node.upper:
        return _call("LOOKUP", value, _plain(node.edges, at), _plain(node.result, at))
    text = at.table_cell(node.result.table, node.result.column, node.size - 1)
    for i in reversed(range(node.size - 1)):
        edge, result = (at.table_cell(c.table, c.column, i) for c in (node.edges, node.result))
        text = f"IF({value}<={edge},{result},{text})"
    return text, _ATOM


_READ: dict[type, Callable[..., tuple[str, int]]] = {
    e.Number: lambda n, at: (format(n.value, "f"), _ATOM if n.value >= 0 else 2),
    e.Text: lambda n, at: (quote(n.value), _ATOM),
    e.Blank: lambda n, at: ('""', _ATOM),
    e.Cell: lambda n, at: (at.cell(n.line), _ATOM),
    e.Fixed: lambda n, at: (at.fixed(n.line, n.column), _ATOM),
    e.Row: lambda n, at: (at.row(n.line, n.own_group), _ATOM),
    e.OfUnit: lambda n, at: (at.of_unit(n.line, n.unit), _ATOM),
    e.TableColumn: lambda n, at: (at.table(n.table, n.column), _ATOM),
    e.Binary: _binary,
    e.Compare: _compare,
    e.All: lambda n, at: _call("AND", *(_plain(p, at) for p in n.parts)),
    e.Either: lambda n, at: _call("OR", *(_plain(p, at) for p in n.parts)),
    e.Not: lambda n, at: _call("NOT", _plain(n.condition, at)),
    e.Provided: lambda n, at: _call("IF", _plain(n.condition, at), _plain(n.then, at)),
    e.If: lambda n, at: _call("IF", *(_plain(p, at) for p in (n.condition, n.then, n.otherwise))),
    e.Clamp: _clamp,
    e.Sum: lambda n, at: _call("SUM", *merge_ranges([_plain(p, at) for p in n.parts])),
    e.SumOfProducts: _products,
    e.Round: _round,
    e.Fold: _fold,
    e.CountOf: _count_of,
    e.CountLike: lambda n, at: _counted_in([_plain(p, at) for p in n.over], _plain(n.value, at)),
    e.Rank: _rank,
    e.Whole: lambda n, at: _call("INT", f"ROUND({_plain(n.value, at)},{GUARD_DIGITS})"),
    e.Floor: lambda n, at: _call("INT", _plain(n.value, at)),
    e.Band: _band,
    e.Lookup: _lookup,
    e.Found: _found,
    e.IsNumber: lambda n, at: _call("ISNUMBER", _plain(n.value, at)),
    e.IsError: lambda n, at: _call("ISERROR", _plain(n.value, at)),
    e.Saved: lambda n, at: _call("IFERROR", _plain(n.value, at), _plain(n.otherwise, at)),
    e.Tagged: _tagged,
}
enter("formula", _READ)


def merge_ranges(addresses: list[str]) -> list[str]:
    """``H5, H6, H7, H9`` → ``H5:H7, H9``: cells that follow each other down a column or along a row become one range."""
    merged: list[list[str]] = []
    for address in addresses:
        if merged and _follows(merged[-1], address):
            merged[-1].append(address)
        else:
            merged.append([address])
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1].rpartition('!')[2]}" for run in merged]


def _follows(run: list[str], address: str) -> bool:
    (column, row), (next_column, next_row) = _split(run[-1]), _split(address)
    if not row or not next_row:
        return False
    down = column == next_column and int(next_row) == int(row) + 1
    along = row == next_row and _position(next_column) == _position(column) + 1
    if len(run) > 1:
        was_down = _split(run[0])[0] == column
        return down if was_down else along
    return down or along


def _split(address: str) -> tuple[str, str]:
    head = address.rstrip(_DIGITS)
    digits = address[len(head) :]
    return (head, digits) if digits and head.replace("$", "").isalpha() else (address, "")


@lru_cache(maxsize=4096)
def _position(column: str) -> int:
    letters = column.replace("$", "")
    return column_of(letters) if letters.isascii() else -9
