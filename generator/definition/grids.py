"""A scheme's data spread over sheets of rows, and what a reader found on such sheets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from generator.definition import look_up, words
from generator.definition.kind import NONE, Kind
from generator.definition.notation import Notation, Typed
from generator.definition.overrides import folded
from generator.definition.shapes import Row, Shape
from generator.definition.vocabulary import (
    fact_rows,
    heading,
    node_keys,
    notation,
    round_columns,
    scheme_keys,
    sheet_of,
    tables,
    tree_columns,
)
from generator.definition.words import (
    BONUS,
    BONUS_GROUP,
    COMMON,
    CONTENT,
    ELSEWHERE,
    GROUP,
    INDICATOR,
    LEVEL,
    OWNER,
    REST,
    SORT,
    VALUE,
    WHAT,
)
from generator.problems import Where

UNIT = "unit:"
"""What the key of a unit's own column begins with."""
HEAD = 2
"""The row of the headings in a book that nobody has touched."""
_FIGURE = Kind(number=True)
_PICKED = Kind(choices=("points", "target"))


@dataclass
class Grid:
    """The rows of one sheet, each value as the scheme file holds it. columns: their keys and what may stand in them."""

    sheet: str
    columns: dict[str, Kind]
    rows: list[Row] = field(default_factory=list)

    def heading(self, column: str) -> str:
        """What stands above a column."""
        return column.removeprefix(UNIT) if column.startswith(UNIT) else heading(column, self.sheet)

    def notation(self, column: str, row: Row) -> Notation:
        """How a cell is written. On the sheet of facts that is a matter of the row."""
        if column == CONTENT:
            return fact_notation(str(row[WHAT]))
        return notation(column, self.columns[column])


def fact_notation(key: str) -> Notation:
    """How the content of a row of the sheet of facts is written."""
    return notation(key, fact_rows()[key])


@dataclass
class Found:
    """What was found on a sheet. name: what it is called in the file; letters: where each column is; rows: (number, the cells
    that hold something)."""

    sheet: str
    name: str
    letters: dict[str, str]
    rows: list[tuple[int, dict[str, Typed]]]
    head: int = HEAD

    def at(self, row: int, column: str) -> str:
        """The address of a cell; the beginning of the row where there is no such column."""
        return f"{self.letters.get(column) or next(iter(self.letters.values()), 'A')}{row}"


def spread(data: dict[str, Any]) -> list[Grid]:
    """All grids of a scheme, in the order of the tabs."""
    return _Spreader(folded(data)).grids()


class _Spreader:
    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.names = unit_names(data)
        self.refs = Counter(ref for _, _, ref in references(data))
        self.tables = {name: Grid(name, table.columns) for name, table in tables().items()}
        self.tree = Grid(words.TREE, tree_columns())
        self.figures = Grid(words.FIGURES, {OWNER: Kind(text=True), WHAT: _PICKED} | {UNIT + name: _FIGURE for name in self.names})
        self.rounds = Grid(words.ROUNDS, round_columns())
        self.facts = Grid(words.FACTS, {WHAT: Kind(choices=tuple(fact_rows())), CONTENT: Kind()})

    def grids(self) -> list[Grid]:
        self._scheme()
        for sort, level, node in _rows_of_tree(self.data):
            self._node(sort, level, node)
        used = {key for row in self.tree.rows for key in row}
        shown = {LEVEL, SORT, *words.ALWAYS, REST} | used
        self.tree.columns = {key: kind for key, kind in self.tree.columns.items() if key in shown}
        table = self.tables[words.LOOK_UP]
        table.rows = [look_up.parted(row) for row in table.rows]
        table.columns = table.columns | look_up.cells(look_up.width(table.rows))
        if not any(VALUE in row for row in table.rows):
            table.columns = {key: kind for key, kind in table.columns.items() if key != VALUE}
        for grid in self.tables.values():
            if VALUE not in grid.columns:
                continue
            if grid.columns[VALUE] == NONE and not any(VALUE in row for row in grid.rows):
                grid.columns = {key: kind for key, kind in grid.columns.items() if key != VALUE}
        made = {grid.sheet: grid for grid in (self.facts, self.tree, self.figures, self.rounds, *self.tables.values())}
        return [made[sheet] for sheet in words.SHEETS]

    def _scheme(self) -> None:
        facts: Row = dict.fromkeys(fact_rows())
        given: set[str] = set()
        rest: Row = {}
        for key, value in self.data.items():
            if key in ("indicators", "bonus"):
                continue
            parts = {f"{key}.{part}": own for part, own in value.items()} if isinstance(value, dict) else {}
            if sheet := sheet_of(key, True):
                self._table(sheet, key, value, scheme_keys()[key], "")
            elif parts and parts.keys() <= facts.keys():
                facts, given = facts | parts, given | parts.keys()
            elif key in facts:
                facts[key] = value
                given.add(key)
            else:
                rest[key] = value
        if rest:
            facts[REST] = rest
            given.add(REST)
        self.facts.rows = [{WHAT: key} | ({CONTENT: value} if key in given else {}) for key, value in facts.items()]

    def _node(self, sort: str, level: int, node: dict[str, Any]) -> None:
        ref = _ref(node["#of"]) + COMMON_MARK if sort == COMMON else _ref(node)
        row: Row = {LEVEL: level, SORT: sort}
        rest: Row = {}
        rounds: Row = {}
        for key, value in node.items():
            if key in ("children", "defaults", "#of"):
                continue
            kind = node_keys().get(key)
            if kind is None or (self.refs[ref] > 1 and (sheet_of(key, False) or key in words.ROUND_KEYS)):
                rest[key] = value
            elif sheet := sheet_of(key, False):
                self._table(sheet, key, value, kind, ref)
            elif key in words.ROUND_KEYS:
                rounds[key] = value
            elif self.refs[ref] == 1 and self._by_unit(key, value):
                row[key] = ELSEWHERE
                self.figures.rows.append({OWNER: ref, WHAT: key} | {UNIT + n: v for n, v in zip(self.names, value, strict=True)})
            else:
                row[key] = value
        if rounds:
            self.rounds.rows.append({OWNER: ref} | rounds)
        self.tree.rows.append(row | ({REST: rest} if rest else {}))

    def _by_unit(self, key: str, value: Any) -> bool:
        """Whether a value is a list of figures, one for each unit."""
        fits = isinstance(value, list) and len(value) == len(self.names) == len(set(self.names))
        return fits and key in _PICKED.choices and not any(isinstance(one, (list, dict)) for one in value)

    def _table(self, sheet: str, key: str, value: Any, kind: Kind, ref: str) -> None:
        grid = self.tables[sheet]
        for row in Shape(kind, words.PRIMARY.get(key, "")).rows(value):
            about = {OWNER: ref} if ref else {}
            grid.rows.append(about | ({WHAT: key} if WHAT in grid.columns else {}) | row)


COMMON_MARK = "／" + COMMON
"""What is added to a group's name where what all its parts have in common is meant."""


def _ref(node: dict[str, Any]) -> str:
    return str(node.get("id") if node.get("id") is not None else node.get("name"))


def unit_names(data: dict[str, Any]) -> list[str]:
    """The units of a scheme's data, in order."""
    units = data.get("units")
    groups = list(units.values()) if isinstance(units, dict) else [units]
    return [str(name) for members in groups if isinstance(members, list) for name in members]


def references(data: dict[str, Any]) -> list[tuple[Where, dict[str, Any], str]]:
    """Every node, and what a group says for all its parts, with its path and the name by which rows elsewhere refer to it."""
    found: list[tuple[Where, dict[str, Any], str]] = []
    tops: list[tuple[Where, Any]] = [(("indicators", i), node) for i, node in enumerate(data.get("indicators") or [])]
    todo = [*tops, *([(("bonus",), data["bonus"])] if "bonus" in data else [])]
    while todo:
        where, node = todo.pop(0)
        if not isinstance(node, dict):
            continue
        found.append((where, node, _ref(node)))
        if isinstance(node.get("defaults"), dict):
            found.append(((*where, "defaults"), node["defaults"], _ref(node) + COMMON_MARK))
        children = node.get("children")
        todo = [((*where, "children", i), child) for i, child in enumerate(children if isinstance(children, list) else [])] + todo
    return found


def _rows_of_tree(data: dict[str, Any]) -> list[tuple[str, int, dict[str, Any]]]:
    """Every row of the tree: what it is, its level, the node or what the group says for all (with the group as ``#of``)."""
    found: list[tuple[str, int, dict[str, Any]]] = []

    def walk(node: dict[str, Any], level: int, sorts: tuple[str, str]) -> None:
        found.append((sorts["children" in node], level, node))
        if "defaults" in node:
            found.append((COMMON, level + 1, node["defaults"] | {"#of": node}))
        for child in node.get("children", []):
            walk(child, level + 1, (INDICATOR, GROUP))

    for top in data["indicators"]:
        walk(top, 1, (INDICATOR, GROUP))
    if "bonus" in data:
        walk(data["bonus"], 1, (BONUS, BONUS_GROUP))
    return found
