"""Lists and mappings as rows, and back: one row an entry, named ones with their names, tables with heads in their first row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from generator.definition.flow import same
from generator.definition.kind import Kind, container_of, fields_of, is_list_alone, primary_of
from generator.definition.words import NAME, VALUE
from generator.problems import Where

Row = dict[str, Any]
"""Column → what it holds."""


class ShapeError(Exception):
    """Rows that make no sense together. row: the position of the one that is wrong; column: of the cell."""

    def __init__(self, message: str, row: int, column: str = "") -> None:
        super().__init__(message)
        self.message, self.row, self.column = message, row, column


Note = Callable[[Where, int, str], None]
"""Told where in the data the cell of a row (by its position) and a column ends up; '' is the row itself."""


def _nobody(where: Where, row: int, column: str) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True)
class Shape:
    """How the value of one key becomes rows. kind: what may stand there; primary: the column in which values stand that are
    single texts."""

    kind: Kind
    primary: str = ""

    def rows(self, value: Any) -> list[Row]:
        """The rows of a value; one with everything in it where there is no better way."""
        try:
            rows = self._unfold(value, self.kind)
            if rows and same(self.value(rows), value):
                return rows
        except ShapeError:
            pass
        return [{VALUE: value}]

    def value(self, rows: list[Row], note: Note = _nobody) -> Any:
        """The value that rows stand for. Raises ShapeError."""
        return self._fold(list(enumerate(rows)), self.kind, (), note)

    # Unfolding --------------------------------------------------------------------------------------------------------

    def _unfold(self, value: Any, kind: Kind) -> list[Row]:
        head = _headed(kind)
        if head and (isinstance(value, list) or (isinstance(value, dict) and container_of(head) in value)):
            return self._unfold_table(value, head)
        if kind.member is not None and isinstance(value, dict):
            rows = []
            for name, inner in value.items():
                rows += [{NAME: name} | row for row in self._unfold_part(inner, kind.member)]
            return rows
        if kind.item is not None and isinstance(value, list):
            return [row for inner in value for row in self._unfold_part(inner, kind.item)]
        return self._entry(value, kind)

    def _unfold_part(self, value: Any, kind: Kind) -> list[Row]:
        """An entry of a list or a mapping: one row, or several where it is a list or a table itself."""
        head = _headed(kind)
        if head or (kind.item is not None and not kind.alone):
            rows = self._unfold(value, kind)
            return rows or [{VALUE: value}]
        return self._entry(value, kind)

    def _unfold_table(self, value: Any, model: Any) -> list[Row]:
        key = container_of(model)
        inner = value if isinstance(value, list) else value[key]
        own = fields_of(model)
        heads = {k: v for k, v in value.items() if k != key} if isinstance(value, dict) else {}
        kind = own[key]
        rows = [self._entry(one, kind.item)[0] for one in inner] if kind.item and isinstance(inner, list) else self._unfold(inner, kind)
        if not rows or not heads.keys() <= own.keys():
            return [{VALUE: value}]
        return [heads | rows[0], *rows[1:]]

    def _entry(self, value: Any, kind: Kind) -> list[Row]:
        primary = self._primary(kind)
        if not kind.models:
            return [{primary or VALUE: value}]
        known = {key for model in kind.models for key in fields_of(model)}
        if value is None:
            return [{}]
        if isinstance(value, dict) and value and value.keys() <= known and set(value) != {primary}:
            return [dict(value)]
        if primary and isinstance(value, str):
            return [{primary: value}]
        return [{VALUE: value}]

    def _primary(self, kind: Kind) -> str:
        """The column of what is a single text; '' where it stands with the values."""
        if self.primary and kind.text:
            return self.primary
        return next((p for m in kind.models if (p := primary_of(m))), "")

    # Folding ----------------------------------------------------------------------------------------------------------

    def _fold(self, rows: list[tuple[int, Row]], kind: Kind, where: Where, note: Note) -> Any:
        note(where, rows[0][0], "")
        only = rows[0][1].get(VALUE) if len(rows) == 1 and set(rows[0][1]) == {VALUE} else None
        if isinstance(only, dict) or (isinstance(only, list) and not (kind.item and kind.item.item)):
            note(where, rows[0][0], VALUE)
            return only
        head = _headed(kind)
        named = any(NAME in row for _, row in rows)
        if kind.item is not None and (inner := _headed(kind.item)):
            return [self._fold_table(part, inner, (*where, number), note) for number, part in enumerate(_parts(rows, _heads(inner)))]
        if head and not (named and kind.member is not None):
            return self._fold_table(rows, head, where, note)
        if kind.member is not None and (named or kind.item is None):
            return self._fold_named(rows, kind.member, where, note)
        if kind.item is not None:
            return [self._one(place, row, kind.item, (*where, number), note) for number, (place, row) in enumerate(rows)]
        if len(rows) > 1:
            raise ShapeError("这一项只能写一行", rows[1][0])
        return self._one(*rows[0], kind, where, note)

    def _fold_named(self, rows: list[tuple[int, Row]], kind: Kind, where: Where, note: Note) -> dict[str, Any]:
        gathered: dict[str, list[tuple[int, Row]]] = {}
        several = _headed(kind) is not None or (kind.item is not None and not kind.alone)
        last = ""
        for place, row in rows:
            name = str(row.get(NAME) if row.get(NAME) is not None else last if several else "")
            if not name:
                raise ShapeError("少了名称", place, NAME)
            if name in gathered and not several:
                raise ShapeError(f"“{name}”写了两行", place, NAME)
            gathered.setdefault(name, []).append((place, {k: v for k, v in row.items() if k != NAME}))
            last = name
        found = {}
        for name, part in gathered.items():
            within = (*where, name)
            note(within, part[0][0], NAME)
            found[name] = self._fold(part, kind, within, note) if several else self._one(*part[0], kind, within, note)
        return found

    def _fold_table(self, rows: list[tuple[int, Row]], model: Any, where: Where, note: Note) -> Any:
        key = container_of(model)
        names = _heads(model)
        heads: Row = {}
        for place, row in rows:
            for name in names & row.keys():
                if name in heads:
                    raise ShapeError("这一栏只在表的第一行写", place, name)
                heads[name] = row[name]
                note((*where, name), place, name)
        bare = [(place, {k: v for k, v in row.items() if k not in names}) for place, row in rows]
        only = bare[0][1].get(VALUE) if len(bare) == 1 and not heads and set(bare[0][1]) == {VALUE} else None
        if isinstance(only, (dict, list)):
            note(where, bare[0][0], VALUE)
            return only
        alone = not heads and is_list_alone(model)
        inner = self._fold(bare, fields_of(model)[key], where if alone else (*where, key), note)
        return inner if alone else heads | {key: inner}

    def _one(self, place: int, row: Row, kind: Kind, where: Where, note: Note) -> Any:
        """The entry of one row."""
        row = {k: v for k, v in row.items() if k != NAME} if not kind.models else row
        if NAME in row:
            raise ShapeError("这一行不要写名称", place, NAME)
        note(where, place, "")
        if VALUE in row:
            if len(row) > 1:
                raise ShapeError("这一行写了值，别的栏就要空着", place, next(k for k in row if k != VALUE))
            note(where, place, VALUE)
            return row[VALUE]
        primary = self._primary(kind)
        if primary and set(row) == {primary}:
            note(where, place, primary)
            return row[primary]
        for name in row:
            note((*where, name), place, name)
        return dict(row) or None


def _headed(kind: Kind) -> Any:
    """The model of a table with heads that a kind may be; None where it is none."""
    return next((model for model in kind.models if container_of(model)), None)


def _heads(model: Any) -> set[str]:
    return fields_of(model).keys() - {container_of(model)}


def _parts(rows: list[tuple[int, Row]], heads: set[str]) -> Iterable[list[tuple[int, Row]]]:
    """Rows cut where a row has a head in it."""
    part: list[tuple[int, Row]] = []
    for place, row in rows:
        if part and heads & row.keys():
            yield part
            part = []
        part.append((place, row))
    if part:
        yield part
