"""The ``formulas`` library as a calculator: it parses and evaluates the workbook's own formula text.

The library is independent of ours and slow (about a millisecond a call), so each distinct formula is compiled once and
evaluated over all cells and all fillings at a time: single cells come as columns of an array, ranges as stacks of
arrays, and functions that fold many values into one are applied row by row. Parser, operators and functions stay the
library's own, but for ROUND (version 1.3.4 gives 1.0 for ROUND(1.005,2), where every spreadsheet gives 1.01),
ISNUMBER (it takes a text of digits for a number), ROWS and COLUMNS, which want the library's own range objects, and RANK,
for which alone scipy's statistics would be imported: that takes longer than all the formulas of a book.

A formula that the library cannot make sense of is ``#NAME?``, one that goes in a circle ``#CIRC!``: books come from
people, and one odd formula must not hide what the others say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache, reduce
from importlib import import_module
from typing import Any

import formulas
import numpy as np
import schedula
from formulas.functions import XlError, get_functions
from openpyxl.utils.cell import range_boundaries

from generator.layout.addresses import address
from generator.value import ErrorValue, Value

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
    "LOOKUP",
    "INDEX",
    "MATCH",
]
SLOW = ["scipy.stats", "scipy.linalg", "scipy.interpolate"]
"""What the library imports for functions of statistics."""
MAX_RANGE = 100_000
"""How many cells a range may have; we never write a whole column."""
UNREADABLE, CIRCULAR = XlError("#NAME?"), XlError("#CIRC!")
_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*")|(?<![\w.$!\]':])((?:'(?:[^'\[]|'')+'!|[^\W\d][\w.]*!)?\$?[A-Z]{1,3}\$?[1-9]\d*"""
    r"""(?::\$?[A-Z]{1,3}\$?[1-9]\d*)?)(?![\w.!(:])"""
)
"""A text, which holds no references, or a reference: to a cell or a range, on this sheet or another of the same book."""


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
        self.constants = constants
        self._references: dict[tuple[str, str], _Argument] = {}
        self.cells = {place: self._analyse(place, text) for place, text in texts.items()}
        self.levels, self.circular = self._levels()

    def _analyse(self, place: Place, text: str) -> _Cell:
        """Split a formula into its shape, with names for references, and the references."""
        sheet = place[0]
        names: dict[str, str] = {}

        def named(found: re.Match[str]) -> str:
            reference = found[2]
            return names.setdefault(reference, _name(len(names))) if reference else found[1]

        shape = _REFERENCE.sub(named, text)
        try:
            return _Cell(place, shape, tuple(self._reference(sheet, reference) for reference in names))
        except ValueError:
            return _Cell(place, "", ())

    def _reference(self, sheet: str, text: str) -> _Argument:
        if (sheet, text) not in self._references:
            self._references[sheet, text] = _reference(sheet, text)
        return self._references[sheet, text]

    def evaluate(self, fillings: list[Mapping[Place, Value]]) -> dict[Place, list[Value]]:
        """For every formula cell, its value under each filling (what is typed into input cells)."""
        count = len(fillings)
        known: dict[Place, list[Any]] = {place: [CIRCULAR] * count for place in self.circular}

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

    def _levels(self) -> tuple[list[list[_Cell]], list[Place]]:
        """The cells in waves, each needing only earlier ones, and those that wait for each other."""
        needs: dict[Place, int] = {}
        needed_by: dict[Place, list[Place]] = {}
        for place, cell in self.cells.items():
            own = {p for a in cell.arguments for row in a.cells for p in row if p in self.cells}
            needs[place] = len(own)
            for other in own:
                needed_by.setdefault(other, []).append(place)
        levels = []
        wave = [place for place, number in needs.items() if not number]
        while wave:
            levels.append([self.cells[place] for place in wave])
            following = []
            for place in wave:
                del needs[place]
                for other in needed_by.get(place, ()):
                    needs[other] -= 1
                    if not needs[other]:
                        following.append(other)
            wave = following
        return levels, list(needs)

    def _batch(self, shape: str, arguments: tuple[_Argument, ...], rows: list[tuple[Any, ...]]) -> list[Any]:
        _batch.size = len(rows)
        given: dict[str, Any] = {}
        for i, argument in enumerate(arguments):
            column = [row[i] for row in rows]
            given[_name(i)] = _Stack([np.array(v, dtype=object) for v in column]) if argument.is_range else _column(column)
        try:
            function = _compiled(shape)
            result = function(*(given[name] for name in function.inputs))
        except Exception:  # of the library's parser and functions, which meet nonsense with errors of every kind
            return [UNREADABLE] * len(rows)
        return _spread(result, len(rows))


class _Batch:
    """How many rows the batch at work has; the folding functions inside compiled formulas ask."""

    size = 1


_batch = _Batch()


@lru_cache(maxsize=4096)
def _compiled(shape: str) -> Any:
    """A formula's shape as a function: compiling costs milliseconds, so each is compiled once a process."""
    with _own_functions(lambda: _batch.size):
        return formulas.Parser().ast(shape)[1].compile()


def _name(position: int) -> str:
    return f"ZZ_{chr(65 + position // 26)}{chr(65 + position % 26)}_"


def _reference(sheet: str, text: str) -> _Argument:
    if "!" in text:
        sheet, text = text.rsplit("!", 1)
        sheet = sheet.strip("'").replace("''", "'")
    left, top, right, bottom = range_boundaries(text.replace("$", ""))
    if (right - left + 1) * (bottom - top + 1) > MAX_RANGE:
        raise ValueError(text)
    cells = tuple(tuple((sheet, address(r, c)) for c in range(left, right + 1)) for r in range(top, bottom + 1))
    return _Argument(cells, ":" in text)


def _inward(value: Value) -> Any:
    if value is None:
        return schedula.EMPTY
    if isinstance(value, ErrorValue):
        return XlError(str(value))
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


class _Later:
    """Something of a module that is imported when it is called."""

    def __init__(self, module: str, *names: str) -> None:
        self._module, self._names = module, names

    def __getattr__(self, name: str) -> _Later:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Later(self._module, *self._names, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        found: Any = reduce(getattr, self._names, import_module(self._module))
        return found(*arguments, **options)


@lru_cache(maxsize=1)
def _registry() -> dict[str, Any]:
    """The library's functions; what they need of scipy is imported when one of them is called that needs it."""
    put_off: dict[str, Any] = {name: _Later(name) for name in SLOW if name not in sys.modules}
    sys.modules.update(put_off)
    try:
        return get_functions()  # type: ignore[no-any-return]
    finally:
        for name in put_off:
            del sys.modules[name]


@contextmanager
def _own_functions(size: Callable[[], int]) -> Iterator[None]:
    """While formulas are compiled, functions that fold take a row of the batch at a time, and ROUND is faithful."""
    registry = _registry()
    before = {name: registry[name] for name in [*FOLDING, "ROUND", "ISNUMBER", "RANK", "ROWS", "COLUMNS"]}
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
        registry["RANK"] = _by_row(_rank, size)
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


def _rank(number: Any, cells: Any, order: Any = 0) -> Any:
    """RANK as spreadsheets have it: numbers only, equal ones share the better rank."""
    own, ascending = np.asarray(number, dtype=object).ravel()[0], bool(np.asarray(order, dtype=object).ravel()[0])
    values = list(np.asarray(cells, dtype=object).ravel())
    wrong = next((v for v in (own, *values) if isinstance(v, XlError)), None)
    if wrong is not None:
        return wrong
    numbers = [v for v in values if isinstance(v, (int, float, np.number)) and not isinstance(v, (bool, np.bool_))]
    if own not in numbers:
        return XlError("#N/A")
    return float(1 + sum(v < own if ascending else v > own for v in numbers))


EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
"""Places enough for any binary number, also where it is beyond what decimals usually hold."""


def _round(number: Any, digits: Any) -> Any:
    """ROUND as spreadsheets have it: half away from zero on the decimal that the binary number stands for."""
    places = Decimal(1).scaleb(-int(np.asarray(digits).ravel()[0]))

    def one(value: Any) -> Any:
        if isinstance(value, XlError):
            return value
        if value is schedula.EMPTY:
            return 0.0
        try:
            return float(Decimal(repr(float(value))).quantize(places, context=EXACT))
        except (ValueError, ArithmeticError):
            return XlError("#VALUE!")

    values = np.asarray(number, dtype=object)
    if values.ndim == 0:
        return one(values.item())
    result = np.empty(values.shape, dtype=object)
    for at, value in np.ndenumerate(values):
        result[at] = one(value)
    return result
