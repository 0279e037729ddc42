"""The ``formulas`` library as a calculator: it parses and evaluates the workbook's own formula text.

The library is independent of ours and slow (about a millisecond a call), so each distinct formula is compiled once and
evaluated over all cells and all fillings at a time: single cells come as columns of an array, ranges as stacks of
arrays, and functions that fold many values into one are applied row by row. Parser, operators and functions stay the
library's own, but for ROUND (version 1.3.4 gives 1.0 for ROUND(1.005,2), where every spreadsheet gives 1.01),
ISNUMBER (it takes a text of digits for a number), and ROWS and COLUMNS, which want the library's own range objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import formulas
import numpy as np
import schedula
from formulas.functions import XlError, get_functions
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils.cell import range_boundaries

from generator.exact import Value
from generator.sheet import address

Place = tuple[str, str]
"""(sheet, address)."""

NUMERIC = {"MAX", "MIN", "SUM", "COUNT", "AVERAGE", "SUMPRODUCT"}
"""These pass over text in cells; the library would read digits in it (also full-width ones) as a number."""
FOLDING = [
    "AND",
    "OR",
    "MAX",
    "MIN",
    "SUM",
    "COUNT",
    "COUNTA",
    "AVERAGE",
    "COUNTIF",
    "COUNTIFS",
    "SUMIFS",
    "SUMPRODUCT",
    "RANK",
    "INDEX",
    "MATCH",
]


class _Stack:
    """A range of cells for each row of a batch."""

    def __init__(self, arrays: list[Any]) -> None:
        self.arrays = arrays


@dataclass(frozen=True)
class _Argument:
    """A reference of a formula: its cells, in rows, and whether it is a range."""

    cells: tuple[tuple[Place, ...], ...]
    is_range: bool


@dataclass(frozen=True)
class _Cell:
    place: Place
    shape: str
    arguments: tuple[_Argument, ...]


class Library:
    """The formulas of a workbook, ready to be evaluated for many fillings at once.

    texts: formula text by place; constants: what the other cells hold.
    """

    def __init__(self, texts: Mapping[Place, str], constants: Mapping[Place, Value]) -> None:
        self.cells = {place: _analyse(place, text) for place, text in texts.items()}
        self.constants = constants
        self.levels = self._levels()

    def evaluate(self, fillings: list[Mapping[Place, Value]]) -> dict[Place, list[Value]]:
        """For every formula cell, its value under each filling (what is typed into input cells)."""
        count = len(fillings)
        known: dict[Place, list[Any]] = {}

        def values(place: Place) -> list[Any]:
            if place not in known:
                given = self.constants.get(place)
                known[place] = [_inward(f.get(place, given)) for f in fillings]
            return known[place]

        for level in self.levels:
            by_shape: dict[str, list[_Cell]] = {}
            for cell in level:
                by_shape.setdefault(cell.shape, []).append(cell)
            for shape, cells in by_shape.items():
                wanted: dict[tuple[Any, ...], int] = {}
                rows: list[int] = []
                for cell in cells:
                    columns = [[[values(p) for p in row] for row in a.cells] for a in cell.arguments]
                    for i in range(count):
                        row = tuple(
                            tuple(tuple(v[i] for v in line) for line in column) if a.is_range else column[0][0][i]
                            for a, column in zip(cell.arguments, columns, strict=True)
                        )
                        rows.append(wanted.setdefault(row, len(wanted)))
                results = self._batch(shape, cells[0].arguments, list(wanted))
                for number, cell in enumerate(cells):
                    known[cell.place] = [results[r] for r in rows[number * count : (number + 1) * count]]
        return {place: [_outward(v) for v in known[place]] for place in self.cells}

    def _levels(self) -> list[list[_Cell]]:
        depth: dict[Place, int] = {}
        visiting: set[Place] = set()

        def measure(place: Place) -> int:
            cell = self.cells.get(place)
            if cell is None:
                return 0
            if place not in depth:
                if place in visiting:
                    raise ValueError(f"circular reference at {place}")
                visiting.add(place)
                depth[place] = 1 + max((measure(p) for a in cell.arguments for row in a.cells for p in row), default=0)
                visiting.discard(place)
            return depth[place]

        levels: dict[int, list[_Cell]] = {}
        for place, cell in self.cells.items():
            levels.setdefault(measure(place), []).append(cell)
        return [levels[d] for d in sorted(levels)]

    def _batch(self, shape: str, arguments: tuple[_Argument, ...], rows: list[tuple[Any, ...]]) -> list[Any]:
        function = _compiled(shape)
        _batch.size = len(rows)
        given: dict[str, Any] = {}
        for i, argument in enumerate(arguments):
            column = [row[i] for row in rows]
            given[_name(i)] = _Stack([np.array(v, dtype=object) for v in column]) if argument.is_range else _column(column)
        result = function(*(given[name] for name in function.inputs))
        return _spread(result, len(rows))


class _Batch:
    """How many rows the batch at work has; the folding functions inside compiled formulas ask."""

    size = 1


_batch = _Batch()


@lru_cache(maxsize=4096)
def _compiled(shape: str) -> Any:
    """A formula's shape as a function: compiling costs tens of milliseconds, so each is compiled once a process."""
    with _own_functions(lambda: _batch.size):
        return formulas.Parser().ast(shape)[1].compile()


def _analyse(place: Place, text: str) -> _Cell:
    """Split a formula into its shape, with names for references, and the references."""
    arguments: list[_Argument] = []
    names: dict[str, str] = {}
    parts = []
    for token in Tokenizer(text).items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            if token.value not in names:
                names[token.value] = _name(len(names))
                arguments.append(_reference(place[0], token.value))
            parts.append(names[token.value])
        else:
            parts.append(token.value)
    return _Cell(place, "=" + "".join(parts), tuple(arguments))


def _name(position: int) -> str:
    return f"ZZ_{chr(65 + position // 26)}{chr(65 + position % 26)}_"


def _reference(sheet: str, text: str) -> _Argument:
    if "!" in text:
        sheet, text = text.rsplit("!", 1)
        sheet = sheet.strip("'").replace("''", "'")
    left, top, right, bottom = range_boundaries(text.replace("$", ""))
    cells = tuple(tuple((sheet, address(r, c)) for c in range(left, right + 1)) for r in range(top, bottom + 1))
    return _Argument(cells, ":" in text)


def _inward(value: Value) -> Any:
    if value is None:
        return schedula.EMPTY
    return float(value) if isinstance(value, Decimal) else value


def _outward(value: Any) -> Value:
    if value is schedula.EMPTY or value is None or (isinstance(value, str) and not isinstance(value, XlError) and value == ""):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.number)):
        return Decimal(repr(float(value)))
    return str(value)


def _column(values: list[Any]) -> Any:
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = values
    return column


def _spread(result: Any, size: int) -> list[Any]:
    flat = list(np.asarray(result, dtype=object).ravel())
    return flat * size if len(flat) == 1 else flat


@contextmanager
def _own_functions(size: Callable[[], int]) -> Iterator[None]:
    """While formulas are compiled, functions that fold take a row of the batch at a time, and ROUND is faithful."""
    registry = get_functions()
    before = {name: registry[name] for name in [*FOLDING, "ROUND", "ISNUMBER", "ROWS", "COLUMNS"]}
    try:
        for name in FOLDING:
            own = before[name]
            text = "text" if name in NUMERIC else None
            if isinstance(own, dict):
                registry[name] = {**own, "function": _by_row(own["function"], size, text)}
            else:
                registry[name] = _by_row(own, size, text)
        registry["ROUND"] = _round
        registry["ISNUMBER"] = _is_number
        registry["ROWS"] = _by_row(lambda cells: cells.shape[0], size)
        registry["COLUMNS"] = _by_row(lambda cells: cells.shape[1], size)
        yield
    finally:
        registry.update(before)


def _by_row(function: Callable[..., Any], size: Callable[[], int], text: str | None = None) -> Callable[..., Any]:
    """Apply a folding function to each row of a batch. text: what stands for any text in the cells."""

    def folded(*arguments: Any) -> Any:
        count = size()
        results = [function(*(_row(a, i, count, text) for a in arguments)) for i in range(count)]
        return _column([np.asarray(r, dtype=object).ravel()[0] for r in results])

    return folded


def _row(argument: Any, i: int, count: int, text: str | None) -> Any:
    if isinstance(argument, _Stack):
        cells = argument.arrays[i]
    elif isinstance(argument, np.ndarray) and argument.shape == (count, 1):
        cells = argument[i : i + 1]
    else:
        return argument
    if text is None or not any(type(v) is str and v for v in cells.flat):
        return cells
    cells = cells.copy()
    for at, value in np.ndenumerate(cells):
        if type(value) is str and value:
            cells[at] = text
    return cells


def _is_number(value: Any) -> Any:
    """ISNUMBER as spreadsheets have it; the library's says yes to a text of digits."""
    values = np.asarray(value, dtype=object)
    result = np.empty(values.shape, dtype=object)
    for at, one in np.ndenumerate(values):
        result[at] = isinstance(one, (int, float, np.number)) and not isinstance(one, (bool, np.bool_))
    return result


def _round(number: Any, digits: Any) -> Any:
    """ROUND as spreadsheets have it: half away from zero on the decimal that the binary number stands for."""
    places = Decimal(1).scaleb(-int(np.asarray(digits).ravel()[0]))

    def one(value: Any) -> Any:
        if isinstance(value, XlError):
            return value
        if value is schedula.EMPTY:
            return 0.0
        try:
            return float(Decimal(repr(float(value))).quantize(places, rounding=ROUND_HALF_UP))
        except (ValueError, ArithmeticError):
            return XlError("#VALUE!")

    values = np.asarray(number, dtype=object)
    if values.ndim == 0:
        return one(values.item())
    result = np.empty(values.shape, dtype=object)
    for at, value in np.ndenumerate(values):
        result[at] = one(value)
    return result
