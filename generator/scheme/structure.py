"""What can be said of a scheme file before pydantic looks at it: what stands twice, what is missing, which names there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.problems import Problem, Where, path_text
from generator.scheme.readings import unknown_companions, unknown_targets
from generator.suggestion import suggestion
from generator.tree import excel


def places(data: dict[str, Any]) -> dict[str, list[int]]:
    """The positions of the units that a name stands for: a unit, a group or a set."""
    units = data.get("units")
    groups = units if isinstance(units, dict) else {"": units}
    found: dict[str, list[int]] = {}
    position = 0
    for group, members in groups.items():
        for member in members if isinstance(members, list) else []:
            found[str(member)] = [position]
            found.setdefault(str(group), []).append(position)
            position += 1
    sets = data.get("sets")
    for name, members in sets.items() if isinstance(sets, dict) else ():
        found[str(name)] = [p for m in members or [] for p in found.get(str(m), [])]
    return found


def structural(data: dict[str, Any]) -> Iterator[Problem]:
    """What only the whole tree shows: ids and units used twice, groups, units and facts that do not exist.

    Works on plain data, so that these are reported together with the errors of single fields.
    """
    units = data.get("units")
    groups = units if isinstance(units, dict) else {"": units}
    names = [str(u) for members in groups.values() if isinstance(members, list) for u in members]
    sets, facts, notes = _mapping(data.get("sets")), _list(data.get("facts")), _list(data.get("notes"))
    known = {*names, *(str(g) for g in groups if g)}
    every = known | {str(name) for name in sets}
    seen: dict[str, Where] = {str(f.get("id")): ("facts", i) for i, f in enumerate(facts) if isinstance(f, dict)}
    yield from _units(names)
    for name, members in sets.items():
        yield from _check_names({"for": members}, ("sets", str(name)), known, direct=True)
    yield from _targets(data)
    for i, fact in enumerate(facts):
        yield from _check_names(fact, ("facts", i), every)
    yield from _nodes_apart(data, every, list(seen), seen)
    yield from _notes(notes, seen)


def _mapping(data: Any) -> dict[Any, Any]:
    return data if isinstance(data, dict) else {}


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def _units(names: list[str]) -> Iterator[Problem]:
    for name in sorted(name for name, times in Counter(names).items() if times > 1):
        yield Problem(f"被考核单位“{name}”写了两次", ("units",), remedy="请删去重复的")
    for name in filter(excel.misread, dict.fromkeys(names)):
        yield Problem(f"单位名称“{name}”会被认错：{excel.MISREAD}", ("units",), remedy=excel.WRITE_WIDE)
    if not names:
        yield Problem("没有被考核单位", ("units",), remedy="请在 units 里列出单位")


def _targets(data: dict[str, Any]) -> Iterator[Problem]:
    yield from unknown_companions(data)
    for path, where in unknown_targets(data):
        yield Problem(f"没有编号为“{where}”的指标或分组", path, remedy='请写指标或分组的编号；整个方案写 "*"')


def _nodes_apart(data: dict[str, Any], known: set[str], facts: list[str], seen: dict[str, Where]) -> Iterator[Problem]:
    """What is wrong with each node. seen: where each id is used, to which those of the nodes are added."""
    roles = {str(r) for r in _mapping(data.get("roles"))}
    questions = {
        str(name)
        for node in [data, *(node for _, node in _nodes(data))]
        for name, asked in _mapping(node.get("inputs")).items()
        if isinstance(asked, dict) and asked.get("ask") == "yes_no"
    }
    questions |= {str(name) for node in [data, *(node for _, node in _nodes(data))] for name in _mapping(node.get("quantities"))}
    for path, node in _nodes(data):
        for role in _mapping(node.get("for")):
            if role not in roles:
                yield Problem(f"没有“{role}”这个角色", (*path, "for", role), remedy=f"roles 里有：{'、'.join(sorted(roles))}")
        identity = str(node["id"]) if node.get("id") is not None else ""
        if identity and identity in seen:
            yield Problem(f"编号“{identity}”已经用在 {path_text(seen[identity])}", (*path, "id"), remedy="每个指标的编号只能用一次")
        elif identity:
            seen[identity] = path
        yield from _check_names(node, path, known)
        for key in ("only_if", "unless"):
            needed = node.get(key)
            if needed and str(needed) not in {*facts, *questions}:
                remedy = f"{suggestion(str(needed), facts)}请先在 facts 里写明，或在 inputs 里写成 ask: yes_no，或写成得“是”“否”的量"
                yield Problem("没有这个单位情况", (*path, key), str(needed), remedy)
        if "/" in identity or "@" in identity:
            yield Problem("编号里不能有“/”和“@”", (*path, "id"), identity)


def _notes(notes: list[Any], seen: dict[str, Where]) -> Iterator[Problem]:
    for i, note in enumerate(notes):
        at = str(note["at"]) if isinstance(note, dict) and note.get("at") is not None else ""
        if at and at not in seen:
            yield Problem("注释指的指标不存在", ("notes", i, "at"), at, "请核对编号")


def _check_names(node: Any, path: Where, known: set[str], direct: bool = False) -> Iterator[Problem]:
    """Units, groups and sets that a ``for`` names and the scheme has not. direct: ``path`` is the list's own."""
    listed = node.get("for") if isinstance(node, dict) else None
    lists: list[tuple[Where, Any]] = [((), listed)]
    if isinstance(listed, dict):
        lists = [((str(role),), names) for role, names in listed.items()]
    for where, names in lists:
        for i, name in enumerate(names if isinstance(names, list) else []):
            if str(name) not in known:
                place = (*path, *(() if direct else ("for",)), *where, i)
                yield Problem("没有这个单位或分组", place, str(name), f"{suggestion(str(name), sorted(known))}请核对 units")


def _nodes(data: dict[str, Any]) -> Iterator[tuple[Where, dict[str, Any]]]:
    stack: list[tuple[Where, Any]] = []
    tops = data.get("indicators")
    for i, node in enumerate(tops if isinstance(tops, list) else []):
        stack.append((("indicators", i), node))
    stack.append((("bonus",), data.get("bonus")))
    while stack:
        path, node = stack.pop(0)
        if not isinstance(node, dict):
            continue
        yield path, node
        children = node.get("children")
        below = [((*path, "children", i), child) for i, child in enumerate(children if isinstance(children, list) else [])]
        stack = below + stack
