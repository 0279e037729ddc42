"""What belongs together in two schemes: which unit was which, and which indicator or group is the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.scheme.model import Scheme


def origins_of(scheme: Scheme, former: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each unit of a scheme, the units of another year that it was, or that it is made of; () for one that is new."""
    return {unit: tuple(old for old in scheme.formerly.get(unit, [unit]) if old in former) for unit in scheme.unit_names}


@dataclass
class Node:
    """An indicator or a group of a scheme's data. ref: its id, or its name where it has none; parent: the ref of the group around;
    below: the refs of everything in it."""

    data: dict[str, Any]
    ref: str
    parent: str
    below: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.data.get("name", ""))

    @property
    def is_group(self) -> bool:
        return "children" in self.data


def nodes_of(data: Mapping[str, Any]) -> list[Node]:
    """Every indicator and group of a scheme's data, in order."""
    tops = [*(data.get("indicators") or []), *([data["bonus"]] if data.get("bonus") else [])]
    return [found for top in tops for found in _walk(top, "")]


def _walk(data: dict[str, Any], parent: str) -> Iterator[Node]:
    node = Node(data, str(data["id"] if data.get("id") is not None else data.get("name", "")), parent)
    below = [inner for child in data.get("children") or [] for inner in _walk(child, node.ref)]
    node.below = {inner.ref for inner in below}
    yield node
    yield from below


def pairs(old: Sequence[Node], new: Sequence[Node]) -> list[tuple[Node | None, Node | None]]:
    """Nodes with what they were, in the order of the new ones, what is gone after what stood before it: by id, else by a name that only
    one has on either side, groups also by what is in them."""
    partner: dict[int, int] = {}
    _pair(old, new, partner, lambda node: (node.is_group, node.ref))
    _pair(old, new, partner, lambda node: (node.is_group, node.name))
    taken = set(partner.values())
    for place, node in enumerate(new):
        if place in partner or not node.is_group:
            continue
        likely = [(len(node.below & other.below), p) for p, other in enumerate(old) if p not in taken and other.is_group]
        shared, best = max(likely, default=(0, -1), key=lambda pair: (pair[0], -pair[1]))
        if shared * 2 > len(node.below):
            partner[place] = best
            taken.add(best)
    return _in_order(old, new, partner)


def _pair(old: Sequence[Node], new: Sequence[Node], partner: dict[int, int], key: Any) -> None:
    """Pair what is still alone and has a key that nobody else on its side has."""
    sides: list[dict[Any, list[int]]] = [{}, {}]
    taken = set(partner.values())
    for side, nodes, done in ((sides[0], old, taken), (sides[1], new, partner.keys())):
        for place, node in enumerate(nodes):
            if place not in done:
                side.setdefault(key(node), []).append(place)
    for name, places in sides[1].items():
        if len(places) == 1 and len(sides[0].get(name, [])) == 1:
            partner[places[0]] = sides[0][name][0]


def _in_order(old: Sequence[Node], new: Sequence[Node], partner: Mapping[int, int]) -> list[tuple[Node | None, Node | None]]:
    back = {before: now for now, before in partner.items()}
    gone: dict[int, list[Node]] = {}
    last = -1
    for place, node in enumerate(old):
        if place in back:
            last = back[place]
        else:
            gone.setdefault(last, []).append(node)
    found: list[tuple[Node | None, Node | None]] = [(node, None) for node in gone.get(-1, [])]
    for place, node in enumerate(new):
        found.append((old[partner[place]] if place in partner else None, node))
        found += [(lost, None) for lost in gone.get(place, [])]
    return found
