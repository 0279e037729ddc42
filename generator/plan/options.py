"""Every reading of a scheme tried: each other option by itself, and every two together, whether a book can be made of them.

Two options are planned together only where one can have to do with the other: both change the same part of the tree, or what
one writes names something of what the other changes. Any other two are as good together as each is by itself. Of long lists
of items that are scored alike a few stand for all, so that hundreds need not be planned again and again; what cannot be planned
then is tried once more with all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from generator import source
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import Problem, SchemeFault, SourceError
from generator.scheme.load import SchemeFile, clashing_pairs, understand
from generator.scheme.parts import Option
from generator.scheme.readings import LOST

FEW = 8
"""So many items of a long list are planned to try an option."""
_SIGNS = re.compile(r"[\s()（）,，+\-*/<>=:：、]+")
_NUMBER = re.compile(r"[\d.]+")
_NAMING = ("inputs", "figures", "quantities", "bands", "period_figures", "facts", "sets", "roles")
"""What a scheme or a node gives names to that formulas and lists use."""


@dataclass(frozen=True)
class _Tried:
    """An option besides those that the scheme takes. changed: the nodes that it changes; around: these and the groups around
    them; names: what these and all in them are called and declare; words: all that it writes."""

    number: int
    reading: str
    option: str
    words: str
    changed: set[int] = field(default_factory=set)
    around: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def regards(self, other: _Tried) -> bool:
        """Whether the two can have to do with each other."""
        return bool(self.changed & other.around or self.around & other.changed) or self.speaks_of(other) or other.speaks_of(self)

    def speaks_of(self, other: _Tried) -> bool:
        """Whether it names something of what the other one changes."""
        return any(_spoken(name) in self.words for name in other.names)


def faults(file: SchemeFile) -> Iterator[Problem]:
    """What is wrong with other options of a scheme's readings, alone and two by two, each with its line."""
    read = file.parsed()
    yield from clashing_pairs(read)
    tree = _Tree(read.data)
    every = [option for reading in file.scheme.readings for option in reading.options.values()]
    few = replace(read, data={**_with_few(read.data, "\n".join(_texts([[o.sets, o.together] for o in every]))), "notes": []})
    good: list[_Tried] = []
    tries = _Tries((few, read))
    for number, reading in enumerate(file.scheme.readings):
        for name, option in reading.options.items():
            if name == reading.takes:
                continue
            wrong = tries.why_not({**file.takes, reading.id: name})
            if wrong:
                where = ("readings", number, "options", name)
                yield file.placed(Problem(f"读法“{reading.id}”选“{name}”时算不了：{wrong.message}", where, remedy=wrong.remedy))
            else:
                good.append(tree.tried(number, reading.id, name, option))
    for one, other in combinations(good, 2):
        if one.number == other.number or not one.regards(other):
            continue
        wrong = tries.why_not({**file.takes, one.reading: one.option, other.reading: other.option})
        if wrong and LOST not in wrong.message:
            words = f"读法“{one.reading}”选“{one.option}”、“{other.reading}”选“{other.option}”时算不了：{wrong.message}"
            yield file.placed(Problem(words, ("readings", other.number, "options", other.option), remedy=wrong.remedy))


class _Tries:
    """The sources of a scheme, planned with one choice of options after the other; what was planned first serves the others."""

    def __init__(self, reads: tuple[source.Source, ...]) -> None:
        self.reads = reads
        self.first: dict[int, Plan] = {}

    def why_not(self, takes: Mapping[str, str]) -> Problem | None:
        """Why no book can be made with these options; None where one can, of any of the sources."""
        wrong = None
        for number, read in enumerate(self.reads):
            try:
                plan = make_plan(understand(read, takes).scheme, self.first.get(number))
            except SourceError as error:
                wrong = error.problems[0]
            except SchemeFault as error:
                wrong = Problem(error.message, remedy=error.remedy)
            else:
                self.first.setdefault(number, plan)
                return None
        return wrong


def _with_few(node: Any, words: str) -> Any:
    """The data with a few items of each long list, and those of which the readings speak. words: all that these write."""
    if isinstance(node, list):
        return [_with_few(child, words) for child in node]
    if not isinstance(node, dict):
        return node
    found = {key: _with_few(value, words) if key in ("indicators", "children") else value for key, value in node.items()}
    if node.get("form") == "list" and isinstance(node.get("children"), list):
        spoken = [
            child for child in found["children"][FEW:] if isinstance(child, dict) and any(text in words for text in _texts(child.get("id")))
        ]
        found["children"] = [*found["children"][:FEW], *spoken]
    return found


def _spoken(name: str) -> str:
    """A name as it stands among the words of an option; a number is a name only where a formula asks for it in quotes."""
    return f'"{name}"' if _NUMBER.fullmatch(name) else f" {_SIGNS.sub(' ', name)} "


class _Tree:
    """The nodes of a scheme's data, to tell which parts of it an option has to do with."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.nodes: list[dict[str, Any]] = []
        self.around: list[set[int]] = []
        tops = [*(data.get("indicators") or []), data.get("bonus")]
        for top in tops:
            self._enter(top, set())

    def _enter(self, node: Any, around: set[int]) -> None:
        if not isinstance(node, dict):
            return
        own = around | {len(self.nodes)}
        self.nodes.append(node)
        self.around.append(own)
        for child in node.get("children") or []:
            self._enter(child, own)

    def tried(self, number: int, reading: str, name: str, option: Option) -> _Tried:
        """An option with what it has to do with."""
        every = [option.sets, *(sets for others in option.together.values() for sets in others.values())]
        words = f" {_SIGNS.sub(' ', ' '.join(_texts(every)))} "
        found = _Tried(number, reading, name, words + words.replace('"', " ").replace("'", " "))
        for sets in every:
            for where, keys in sets.items():
                found.names.update(_names(keys))
                changed = {i for i, node in enumerate(self.nodes) if where in (str(node.get("id")), str(node.get("name")))}
                found.changed.update(changed)
                found.around.update(*(self.around[i] for i in changed))
                for node, around in zip(self.nodes, self.around, strict=True):
                    if around & changed:
                        found.names.update((str(node.get("id") or node.get("name")), *_names(node)))
        return found


def _names(node: dict[str, Any]) -> Iterator[str]:
    """What a node, or what is set of one, gives names to."""
    for key in _NAMING:
        held = node.get(key)
        yield from (str(name) for name in held) if isinstance(held, dict) else ()
        yield from (str(fact["id"]) for fact in held if isinstance(fact, dict) and "id" in fact) if isinstance(held, list) else ()
    for key in ("events", "items", "when"):
        held = node.get(key)
        for entry in held if isinstance(held, list) else ():
            yield str(entry["what"] if isinstance(entry, dict) and "what" in entry else entry)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data
