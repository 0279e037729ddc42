"""Sheets of rows put together again as a scheme's data, with the cell that every value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from generator.definition import look_up, words
from generator.definition.grids import UNIT, Found, fact_notation, references, unit_names
from generator.definition.kind import Kind
from generator.definition.notation import Notation, NotationError, Typed
from generator.definition.overrides import unfolded
from generator.definition.shapes import Row, Shape, ShapeError
from generator.definition.vocabulary import (
    fact_rows,
    heading,
    node_keys,
    notation,
    round_columns,
    scheme_keys,
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
    LEVEL,
    OWNER,
    REST,
    SORT,
    SORTS,
    VALUE,
    WHAT,
)
from generator.problems import Problem, Where, path_text
from generator.suggestion import suggestion

Place = tuple[str, str]
"""Sheet and cell."""
_MISSING = object()
DEEPEST = 12
"""How deep groups may be nested; regulations go down to four."""
_FIGURE = Notation(Kind(number=True), {})


@dataclass
class Gathered:
    """A scheme's data as it stands in a book. cells: where each value came from; problems: what cannot be understood; torn: whether
    rows were left out for that, so that things are missing that are not."""

    data: dict[str, Any] = field(default_factory=dict)
    torn: bool = False
    cells: dict[Where, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def say(self, place: Place, message: str, value: object = None, remedy: str = "", severity: str = "error") -> None:
        """Note a problem of a cell."""
        self.problems.append(Problem(message, value=value, remedy=remedy, severity=severity, file="!".join(filter(None, place))))

    @cached_property
    def by_text(self) -> dict[str, Place]:
        """The cells by their paths as messages spell them. Asked for when everything is gathered."""
        return {path_text(where): place for where, place in self.cells.items()}

    def place(self, where: Where) -> Place:
        """The cell of a value, or of the nearest thing around it."""
        while where and where not in self.cells:
            where = where[:-1]
        return self.cells.get(where, ("", ""))


def gather(found: Mapping[str, Found]) -> Gathered:
    """Put sheets together; what is not there counts as empty."""
    return _Gatherer(found).gathered()


class _Gatherer:
    def __init__(self, found: Mapping[str, Found]) -> None:
        self.found = found
        self.result = Gathered()
        self.data = self.result.data
        self.owners: dict[str, list[tuple[Where, dict[str, Any]]]] = {}
        self.elsewhere: dict[Where, Place] = {}
        self.lost_nodes = False

    def gathered(self) -> Gathered:
        self._facts()
        if tree := self.found.get(words.TREE):
            self._tree(tree)
        for where, node, ref in references(self.data):
            self.owners.setdefault(ref, []).append((where, node))
        for sheet in tables():
            if sheet in self.found:
                self._table(self.found[sheet])
        for sheet, put in ((words.ROUNDS, self._rounds), (words.FIGURES, self._figures)):
            if sheet in self.found:
                put(self.found[sheet])
        lost = words.FIGURES in self.found and any(
            problem.file.startswith(f"{self.found[words.FIGURES].name}!") for problem in self.result.problems
        )
        for where, place in self.elsewhere.items():
            self._node_at(where[:-1])[str(where[-1])] = Decimal(0)  # so that nobody calls it missing as well
            if not lost:
                self.result.say(place, "“目标”表里没有这一项", remedy="请在“目标”表补上一行，或在这里写各单位相同的数")
        self.data = unfolded(self.data, self._no_unit)
        order = [*dict.fromkeys(key.partition(".")[0] for key in fact_rows()), *scheme_keys(), "indicators", "bonus", "readings", "notes"]
        rank = {key: number for number, key in enumerate(order)} | {"references": len(order)}
        ordered = sorted(self.data.items(), key=lambda item: rank.get(item[0], len(order)))
        self.result.data = {key: _ordered(value) if key in ("indicators", "bonus") else value for key, value in ordered}
        return self.result

    def _no_unit(self, where: Where, name: str) -> None:
        names = unit_names(self.data)
        self.result.say(self.result.place(where), f"没有“{name}”这个单位", remedy=f"{suggestion(name, names)}请与“单位”表一致")

    def _node_at(self, where: Where) -> dict[str, Any]:
        found: Any = self.data
        for part in where:
            found = found[part]
        assert isinstance(found, dict)
        return found

    # Cells ------------------------------------------------------------------------------------------------------------

    def _read(self, found: Found, row: int, column: str, cell: Typed, by: Notation) -> Any:
        """What a cell says; `_MISSING`, and a problem, where it cannot be understood."""
        try:
            return by.read(cell)
        except NotationError as error:
            self.result.say((found.name, found.at(row, column)), str(error), cell.value, "请改正，或照“规则”表的例子写")
            return _MISSING

    def _row(self, found: Found, number: int, cells: dict[str, Typed], columns: Mapping[str, Kind]) -> Row:
        read = {c: self._read(found, number, c, cell, notation(c, columns[c])) for c, cell in cells.items() if c in columns}
        return {column: value for column, value in read.items() if value is not _MISSING}

    def _note(self, where: Where, found: Found, row: int, column: str) -> None:
        self.result.cells.setdefault(where, (found.name, found.at(row, column)))

    # The scheme itself ------------------------------------------------------------------------------------------------

    def _facts(self) -> None:
        found = self.found.get(words.FACTS)
        if found is None:
            return
        self.result.cells[()] = (found.name, found.at(found.head, WHAT))
        names = {heading(key, words.FACTS): key for key in fact_rows()} | {key: key for key in fact_rows()}
        seen: set[str] = set()
        for number, cells in found.rows:
            named = str(cells[WHAT].value or "").strip() if WHAT in cells else ""
            key = names.get(named, "")
            if not key or key in seen:
                words_ = f"“{named}”写了两行" if key else f"不认识“{named}”这一项" if named else "少了项目的名称"
                self.result.say((found.name, found.at(number, WHAT)), words_, remedy=suggestion(named, names) or "请删去这一行")
                continue
            seen.add(key)
            where = tuple(key.split("."))
            self._note(where, found, number, CONTENT)
            self._note(where[:1], found, number, CONTENT)
            value = self._read(found, number, CONTENT, cells[CONTENT], fact_notation(key)) if CONTENT in cells else _MISSING
            if value is _MISSING:
                continue
            if key == REST:
                self._rest(self.data, value, (), (found.name, found.at(number, CONTENT)))
            elif len(where) > 1:
                self.data.setdefault(where[0], {})[where[1]] = value
            else:
                self.data[key] = value

    def _rest(self, target: dict[str, Any], value: Any, where: Where, place: Place) -> None:
        """Put what stands in the column 其他 to the rest."""
        if not isinstance(value, dict):
            self.result.say(place, "“其他”里要写“名称：值”，一行一个", value)
            return
        for key, inner in value.items():
            self.result.cells.setdefault((*where, key), place)
            if key in target:
                self.result.say(place, f"“{key}”在别的栏里已经写了", remedy="请只留一处")
            else:
                target[key] = inner

    # The tree -----------------------------------------------------------------------------------------------------------

    def _tree(self, found: Found) -> None:
        self.result.cells["indicators",] = (found.name, found.at(found.head, LEVEL))
        self.data["indicators"] = []
        open_: list[tuple[Where, dict[str, Any] | None]] = []
        for number, cells in found.rows:
            row = self._row(found, number, cells, tree_columns())
            level, sort = row.pop(LEVEL, None), row.pop(SORT, None)
            if wrong := _wrong_row(level, sort, len(open_)):
                column, message, remedy = wrong
                value = cells[column].value if column in cells else None
                self.result.say((found.name, found.at(number, column)), message, value, remedy)
                self.lost_nodes = self.result.torn = True
                continue
            depth = int(level)
            del open_[depth - 1 :]
            around, parent = open_[-1] if open_ else ((), None)
            if depth > 1 and parent is None:
                words_ = "上面一行是指标，它下面不能再有"
                self.result.say((found.name, found.at(number, LEVEL)), words_, level, "请把上面的改成“分组”，或改这一行的层级")
                self.lost_nodes = self.result.torn = True
                continue
            where, node = self._placed(sort, around, parent, (found.name, found.at(number, SORT)))
            if node is None:
                continue
            self._note(where, found, number, "name" if sort != COMMON else SORT)
            for column in found.letters:
                self._note((*where, column), found, number, column)
            self._fill(found, number, where, node, row)
            if sort != COMMON:
                open_.append((where, node if sort in (GROUP, BONUS_GROUP) else None))

    def _placed(self, sort: str, around: Where, parent: dict[str, Any] | None, place: Place) -> tuple[Where, dict[str, Any] | None]:
        """Where a new row of the tree belongs, and the empty node there; None, and a problem, where it cannot be."""
        node: dict[str, Any] = {"children": []} if sort in (GROUP, BONUS_GROUP) else {}
        if sort == COMMON:
            if parent is None or "defaults" in parent:
                self.result.say(place, "“各项相同”写在一个分组下面，一个分组只写一行", remedy="请核对层级")
                return (), None
            parent["defaults"] = node
            return (*around, "defaults"), node
        if sort in (BONUS, BONUS_GROUP):
            if parent is not None or "bonus" in self.data:
                self.result.say(place, "加分只能有一个，层级是 1", remedy="几项加分请放进一个“加分分组”")
                return (), None
            self.data["bonus"] = node
            return ("bonus",), node
        siblings = parent["children"] if parent is not None else self.data["indicators"]
        siblings.append(node)
        return (*around, "children" if parent is not None else "indicators", len(siblings) - 1), node

    def _fill(self, found: Found, number: int, where: Where, node: dict[str, Any], row: Row) -> None:
        rest = row.pop(REST, None)
        for key, value in row.items():
            if value == ELSEWHERE:
                self.elsewhere[(*where, key)] = (found.name, found.at(number, key))
            else:
                node[key] = value
        if rest is not None:
            self._rest(node, rest, where, (found.name, found.at(number, REST)))

    # Rows that belong to something ------------------------------------------------------------------------------------

    def _owner(self, found: Found, number: int, ref: Any) -> tuple[Where, dict[str, Any]] | None:
        """What a row belongs to: the scheme itself where nothing is written."""
        if ref is None:
            return (), self.data
        owners = self.owners.get(str(ref), [])
        if len(owners) == 1:
            return owners[0]
        message = f"编号或名称是“{ref}”的有 {len(owners)} 个，不知道属于哪一个" if owners else f"没有编号或名称是“{ref}”的指标或分组"
        remedy = "请先把编号改成不同的" if owners else f"{suggestion(str(ref), self.owners)}请与“指标”表的编号一致"
        if owners or not self.lost_nodes:
            self.result.say((found.name, found.at(number, OWNER)), message, remedy=remedy)
        self.result.torn = True
        return None

    def _table(self, found: Found) -> None:
        table = tables()[found.sheet]
        gathered: dict[tuple[str | None, str], list[tuple[int, Row]]] = {}
        columns = table.columns | (look_up.cells(look_up.MOST) if found.sheet == words.LOOK_UP else {})
        for number, cells in found.rows:
            row = look_up.joined(self._row(found, number, cells, columns))
            ref, what = row.pop(OWNER, None), row.pop(WHAT, None)
            if WHAT not in table.columns:
                what = next(iter(table.keys))
            known = table.of_scheme if ref is None else table.of_nodes
            if not isinstance(what, str) or what not in known:
                self._odd_row(found, number, ref, what, list(known))
            else:
                gathered.setdefault((None if ref is None else str(ref), what), []).append((number, row))
        for (ref, what), rows in gathered.items():
            owner = self._owner(found, rows[0][0], ref)
            if owner is not None:
                self._fold(found, owner, what, known_kind(ref, what), rows)

    def _odd_row(self, found: Found, number: int, ref: Any, what: Any, known: list[str]) -> None:
        self.result.torn = True
        names = "、".join(heading(key, found.sheet) for key in known)
        if ref is None and not known:
            self.result.say((found.name, found.at(number, OWNER)), "没有写属于哪个指标", remedy="请填“指标”表里的编号")
        else:
            message = "没有写是哪一种" if what is None else "这里没有这一种"
            self.result.say((found.name, found.at(number, WHAT)), message, what, f"可以是：{names}")

    def _fold(self, found: Found, owner: tuple[Where, dict[str, Any]], what: str, kind: Kind, rows: list[tuple[int, Row]]) -> None:
        where, target = owner
        if what in target:
            self.result.say((found.name, found.at(rows[0][0], WHAT)), f"“{words.name_of(what)}”在“其他”里已经写了", remedy="请只留一处")
            return

        def note(within: Where, place: int, column: str) -> None:
            self._note((*where, what, *within), found, rows[place][0], column)

        try:
            target[what] = Shape(kind, words.PRIMARY.get(what, "")).value([row for _, row in rows], note)
        except ShapeError as error:
            self.result.say((found.name, found.at(rows[error.row][0], error.column or VALUE)), error.message)

    def _rounds(self, found: Found) -> None:
        for number, cells in found.rows:
            row = self._row(found, number, cells, round_columns())
            ref = row.pop(OWNER, None)
            owner = self._owner(found, number, "" if ref is None else ref)
            for key, value in row.items() if owner else ():
                where, node = owner if owner else ((), {})
                self._note((*where, key), found, number, key)
                node[key] = value

    # Figures by unit --------------------------------------------------------------------------------------------------

    def _figures(self, found: Found) -> None:
        names = unit_names(self.data)
        picked = {heading(key, words.FIGURES): key for key in ("points", "target")}
        self._unit_columns(found, names)
        for number, cells in found.rows:
            ref = self._read(found, number, OWNER, cells[OWNER], notation(OWNER, Kind(text=True))) if OWNER in cells else ""
            owner = self._owner(found, number, ref)
            key = picked.get(str(cells[WHAT].value or "").strip(), "") if WHAT in cells else ""
            if not key:
                self.result.say((found.name, found.at(number, WHAT)), "没有写是分值还是目标", remedy=f"可以是：{'、'.join(picked)}")
            if not key or owner is None:
                continue
            where, node = owner
            if self.elsewhere.pop((*where, key), None) is None and key in node:
                place = "!".join(self.result.place((*where, key)))
                self.result.say((found.name, found.at(number, OWNER)), f"{place} 也写了这一项", remedy="请只留一处")
                continue
            node[key] = []
            self.result.cells[*where, key] = (found.name, found.at(number, OWNER))
            for unit, name in enumerate(names):
                cell = cells.get(UNIT + name, Typed(None))
                value = None if cell.value is None else self._read(found, number, UNIT + name, cell, _FIGURE)
                node[key].append(None if value is _MISSING else value)
                self._note((*where, key, unit), found, number, UNIT + name)

    def _unit_columns(self, found: Found, names: list[str]) -> None:
        """The columns of units must be just the units there are, where there is any row."""
        have = [column.removeprefix(UNIT) for column in found.letters if column.startswith(UNIT)]
        if not found.rows:
            return
        for name in names:
            if name not in have:
                remedy = f"请加一栏，表头写“{name}”；没有任务的填“－”"
                self.result.say((found.name, found.at(found.head, OWNER)), f"少了“{name}”一栏", remedy=remedy)
        for name in have:
            if name not in names:
                remedy = f"{suggestion(name, names)}请与“单位”表一致"
                self.result.say((found.name, f"{found.letters[UNIT + name]}{found.head}"), f"没有“{name}”这个单位", remedy=remedy)


def known_kind(ref: str | None, what: str) -> Kind:
    """What may stand under a key, of the scheme or of a node."""
    return (scheme_keys() if ref is None else node_keys())[what]


def _wrong_row(level: Any, sort: Any, deepest: int) -> tuple[str, str, str] | None:
    """Why a row can be no row of the tree: column, message, way out."""
    if not isinstance(level, Decimal) or level != level.to_integral_value() or level < 1:
        return LEVEL, "层级要写 1、2、3 这样的整数", ""
    if level > deepest + 1:
        return LEVEL, f"层级从 {deepest} 跳到 {level}", "请按上下级逐层写"
    if level > DEEPEST:
        return LEVEL, f"层级最多到 {DEEPEST}", "请减少层次"
    if sort not in SORTS:
        return SORT, "没有写是分组还是指标" if sort is None else "没有这种类别", f"可以是：{'、'.join(SORTS)}"
    return None


def _ordered(data: Any) -> Any:
    """Nodes with their keys in the order in which people write them: what is said for all parts and the parts themselves last."""
    if isinstance(data, list):
        return [_ordered(node) for node in data]
    rank = {key: number for number, key in enumerate([*tree_columns(), *words.ROUND_KEYS, *node_keys()])}
    rank |= {"criteria": 1000, "clause": 999, "due": 998, "defaults": 1001, "children": 1002}
    late = {key: value for key, value in data.items() if key in ("defaults", "children")}
    ordered = dict(sorted(data.items(), key=lambda item: rank.get(item[0], 997)))
    return ordered | {key: _ordered(value) if value else value for key, value in late.items()}
