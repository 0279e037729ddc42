"""How much a scheme may hold, counted before anything is made of it: a scheme inside a workbook is a stranger's words.

The largest real book has 6,350 rows × 72 units, most of them on a list; the bounds leave each figure twice that and more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.problems import Problem, Where

MOST_UNITS = 2000
MOST_NODES = 5000
"""Indicators and groups."""
MOST_PERIODS = 120
"""Of a group, with those of the groups around it."""
MOST_ENTRIES = 300
"""Of one list: events, items, grades, bands, options."""
MOST_ROWS, MOST_CELLS = 10_000, 1_000_000
"""Rows × units, whether a unit carries them or not."""
MOST_VALUES = 300_000
"""Values of all indicators, with what they take over from the groups around them."""
MOST_CHANGES = 2_000_000
"""Nodes × what the readings set."""
MOST_READINGS = 100
MOST_LOOKED_UP = 50_000
"""Cells of all tables to look things up in."""
LONGEST_TITLE = 200

_APART = "请把方案分成几个，或去掉没有用的"
_ROWS = ("inputs", "figures", "quantities", "events", "items")
"""What has a row for each entry."""


def too_much(data: dict[str, Any]) -> Problem | None:
    """The first thing of which a scheme's data has more than any book can hold; only what stands in the file is looked at."""
    return next(_faults(data), None)


def _faults(data: dict[str, Any]) -> Iterator[Problem]:
    title = data.get("title")
    if isinstance(title, str) and len(title) > LONGEST_TITLE:
        yield Problem(f"名称有 {len(title)} 个字", ("title",), remedy=f"请写在 {LONGEST_TITLE} 个字以内")
    units = _units(data.get("units"))
    if units > MOST_UNITS:
        yield Problem(f"被考核单位有 {units} 个，一本考核簿最多 {MOST_UNITS} 个", ("units",), remedy="请把方案分成几个")
    yield from _long_lists(data, ())
    yield from _readings(data)
    yield from _tables(data)
    yield from _Count(units).faults(data)


def _units(data: Any) -> int:
    groups = data.values() if isinstance(data, dict) else [data]
    return sum(len(members) for members in groups if isinstance(members, list))


def _long_lists(data: Any, path: Where) -> Iterator[Problem]:
    """Lists of mappings or of choices with more entries than anybody reads. What has bounds of its own is left out."""
    if isinstance(data, dict):
        for key, child in data.items():
            if not path and key in ("units", "sets", "indicators", "notes", "references", "readings", "facts", "counts", "assessors"):
                child = child if key == "indicators" else None
            yield from _long_lists(child, (*path, key))
    elif isinstance(data, list):
        mappings = any(isinstance(entry, dict) for entry in data)
        inner = path[-1:] not in (("children",), ("indicators",))
        if len(data) > MOST_ENTRIES and inner and (mappings or path[-1] == "options"):
            yield Problem(f"这里列了 {len(data)} 项，最多 {MOST_ENTRIES} 项", path, remedy="请合并相近的，或分成几个指标")
        elif mappings:
            for number, entry in enumerate(data):
                yield from _long_lists(entry, (*path, number))


def _readings(data: dict[str, Any]) -> Iterator[Problem]:
    listed = data.get("readings")
    readings = [r for r in listed if isinstance(r, dict)] if isinstance(listed, list) else []
    options = [o for r in readings if isinstance(r.get("options"), dict) for o in r["options"].values() if isinstance(o, dict)]
    if max(len(readings), len(options)) > MOST_READINGS:
        yield Problem(f"读法有 {len(options)} 种，最多 {MOST_READINGS} 种", ("readings",), remedy=_APART)
    nodes = sum(1 for _ in _nodes(data))
    if nodes > MOST_NODES:
        yield Problem(f"指标和分组有 {nodes} 个，最多 {MOST_NODES} 个", ("indicators",), remedy="请把方案分成几个")
    if nodes * sum(_values([option.get("set"), option.get("with")]) for option in options) > MOST_CHANGES:
        yield Problem("读法要改的内容太多", ("readings",), remedy=_APART)


def _tables(data: dict[str, Any]) -> Iterator[Problem]:
    listed = data.get("references")
    cells = _values(listed)
    if cells > MOST_LOOKED_UP:
        yield Problem(f"查询表共有 {cells} 格，最多 {MOST_LOOKED_UP} 格", ("references",), remedy="请只留要查的")


def _nodes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    tops = data.get("indicators")
    todo: list[Any] = [*(tops if isinstance(tops, list) else []), data.get("bonus")]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            yield node
            children = node.get("children")
            todo += children if isinstance(children, list) else []


def _values(data: Any) -> int:
    """How many values stand in something."""
    count, todo = 0, [data]
    while todo:
        here = todo.pop()
        count += 1
        if isinstance(here, dict):
            todo += here.values()
        elif isinstance(here, list):
            todo += here
    return count


class _Count:
    """Adds up rows and values, node by node. units: how many there are."""

    def __init__(self, units: int) -> None:
        self.units, self.rows, self.values = max(units, 1), 0, 0

    def faults(self, data: dict[str, Any]) -> Iterator[Problem]:
        self.rows += sum(_entries(data[key]) for key in _ROWS if key in data)
        tops = data.get("indicators")
        for number, node in enumerate(tops if isinstance(tops, list) else []):
            yield from self._node(node, ("indicators", number), 1, {}, 0)
        yield from self._node(data.get("bonus"), ("bonus",), 1, {}, 0)

    def _node(self, node: Any, path: Where, rounds: int, inherited: dict[str, int], heavy: int) -> Iterator[Problem]:
        """inherited: how many rows an indicator takes over under each key; heavy: how many values in all."""
        if not isinstance(node, dict):
            return
        periods, children, defaults = node.get("periods"), node.get("children"), node.get("defaults")
        if isinstance(periods, list) and periods:
            rounds *= len(periods)
            if rounds > MOST_PERIODS:
                yield Problem(f"这里要分 {rounds} 期，最多 {MOST_PERIODS} 期", (*path, "periods"), remedy="请减少期数")
        own = {key: _entries(node[key]) for key in _ROWS if key in node}
        if isinstance(children, list):
            if isinstance(defaults, dict):
                inherited = inherited | {key: _entries(defaults[key]) for key in _ROWS if key in defaults}
                heavy += _values(defaults)
            self.rows += (1 + sum(own.values())) * rounds
            self.values += _values({key: value for key, value in node.items() if key != "children"})
        else:
            self.rows += (2 + sum((inherited | own).values())) * rounds
            self.values += _values(node) + heavy
        if self.rows > MOST_ROWS or self.rows * self.units > MOST_CELLS:
            words = f"到这里已有 {self.rows} 行、{self.units} 个单位，一本考核簿放不下"
            yield Problem(words, path, remedy="请把方案分成几个，或减少期数和事项")
        if self.values > MOST_VALUES:
            yield Problem("到这里内容已经太多（各指标从 defaults 取得的也算）", path, remedy="请把方案分成几个")
        for number, child in enumerate(children if isinstance(children, list) else []):
            yield from self._node(child, (*path, "children", number), rounds, inherited, heavy)


def _entries(data: Any) -> int:
    return len(data) if isinstance(data, (dict, list)) else 0
