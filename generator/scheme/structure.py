"""What can be said of a scheme file before pydantic looks at it: what stands twice, what is missing, which names there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.problems import Problem, Where, path_text
from generator.scheme.readings import unknown_targets
from generator.suggestion import suggestion


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


def structural(data: dict[str, Any]) -> list[Problem]:
    """What only the whole tree shows: ids and units used twice, groups, units and facts that do not exist.

    Works on plain data, so that these are reported together with the errors of single fields.
    """
    problems: list[Problem] = []
    units = data.get("units")
    groups = units if isinstance(units, dict) else {"": units}
    names = [str(u) for members in groups.values() if isinstance(members, list) for u in members]
    for name in sorted({n for n in names if names.count(n) > 1}):
        problems.append(Problem(f"被考核单位“{name}”写了两次", ("units",), remedy="请删去重复的"))
    if not names:
        problems.append(Problem("没有被考核单位", ("units",), remedy="请在 units 里列出单位"))
    raw_facts = data.get("facts")
    facts = raw_facts if isinstance(raw_facts, list) else []
    fact_ids = [str(f.get("id")) for f in facts if isinstance(f, dict)]
    raw_sets = data.get("sets")
    sets = raw_sets if isinstance(raw_sets, dict) else {}
    known = {*names, *(str(g) for g in groups if g)}
    for name, members in sets.items():
        problems += _check_names({"for": members}, ("sets", str(name)), known, direct=True)
    known |= {str(name) for name in sets}
    raw_roles = data.get("roles")
    roles = {str(r) for r in raw_roles} if isinstance(raw_roles, dict) else set()
    for number, option, where in unknown_targets(data):
        path: Where = ("readings", number, "options", option, "set", where)
        problems.append(Problem(f"没有编号为“{where}”的指标或分组", path, remedy='请写指标或分组的编号；整个方案写 "*"'))
    seen: dict[str, Where] = {name: ("facts", i) for i, name in enumerate(fact_ids)}
    for i, fact in enumerate(facts):
        problems += _check_names(fact, ("facts", i), known)
    questions = {
        str(name)
        for node in [data, *(node for _, node in _nodes(data))]
        for name, asked in (node.get("inputs") or {}).items()
        if isinstance(node.get("inputs"), dict) and isinstance(asked, dict) and asked.get("ask") == "yes_no"
    }
    for path, node in _nodes(data):
        for role in node["for"] if isinstance(node.get("for"), dict) else ():
            if role not in roles:
                problems.append(Problem(f"没有“{role}”这个角色", (*path, "for", role), remedy=f"roles 里有：{'、'.join(sorted(roles))}"))
        identity = str(node["id"]) if node.get("id") is not None else ""
        if identity and identity in seen:
            first = path_text(seen[identity])
            problems.append(Problem(f"编号“{identity}”已经用在 {first}", (*path, "id"), remedy="每个指标的编号只能用一次"))
        elif identity:
            seen[identity] = path
        problems += _check_names(node, path, known)
        for key in ("only_if", "unless"):
            needed = node.get(key)
            if needed and str(needed) not in {*fact_ids, *questions}:
                remedy = f"{suggestion(str(needed), fact_ids)}请先在 facts 里写明，或在 inputs 里写成 ask: yes_no"
                problems.append(Problem("没有这个单位情况", (*path, key), str(needed), remedy))
        if "/" in identity or "@" in identity:
            problems.append(Problem("编号里不能有“/”和“@”", (*path, "id"), identity))
    raw_notes = data.get("notes")
    for i, note in enumerate(raw_notes if isinstance(raw_notes, list) else []):
        at = str(note["at"]) if isinstance(note, dict) and note.get("at") is not None else ""
        if at and at not in seen:
            problems.append(Problem("注释指的指标不存在", ("notes", i, "at"), at, "请核对编号"))
    return problems


def _check_names(node: Any, path: Where, known: set[str], direct: bool = False) -> list[Problem]:
    """Units, groups and sets that a ``for`` names and the scheme has not. direct: ``path`` is the list's own."""
    listed = node.get("for") if isinstance(node, dict) else None
    lists = (
        [((), listed)]
        if isinstance(listed, list)
        else [((role,), names) for role, names in (listed or {}).items()]
        if isinstance(listed, dict)
        else []
    )
    return [
        Problem(
            "没有这个单位或分组",
            (*path, *(() if direct else ("for",)), *where, i),
            str(name),
            f"{suggestion(str(name), sorted(known))}请核对 units",
        )
        for where, names in lists
        for i, name in enumerate(names if isinstance(names, list) else [])
        if str(name) not in known
    ]


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
