"""A scheme file brought up to date: only what changed is written anew, so comments, order and line breaks stay where they are.

Next year's file is then last year's with a visible difference. Whether the result says what it should is read back at the
end; where it does not, or the former file is written in a way that is not known here, the whole file is written anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import yaml

from generator import source
from generator.definition.flow import flow, key, same
from generator.definition.yaml_text import entry, item, text_of
from generator.problems import SourceError

Edit = tuple[int, int, str]
"""From an offset to another: the text that goes there."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Apart(Exception):
    """Something cannot be changed where it stands; what is around it has to be written anew."""


def renewed(text: str, data: dict[str, Any]) -> str:
    """The text of a scheme file that says ``data``, as much as possible of it as in the former one."""
    try:
        former = source.parse(text).data
        if same(former, data):
            return text
        root = yaml.compose(text, Loader=_Loader)
        assert root is not None  # or there would be no data
        changed = _applied(text, list(_Renewal(text).change(root, former, data)))
        if same(source.parse(changed).data, data):
            return changed
    except (SourceError, _Apart, yaml.YAMLError):
        pass
    return text_of(data)


def _applied(text: str, edits: list[Edit]) -> str:
    pieces, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < done:
            raise _Apart
        pieces += [text[done:start], new]
        done = end
    return "".join(pieces) + text[done:]


class _Renewal:
    def __init__(self, text: str) -> None:
        self.text = text

    def change(self, node: yaml.Node, old: Any, new: Any) -> Iterator[Edit]:
        """What to edit so that a value becomes another. Raises _Apart."""
        if same(old, new):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(new, dict) and new and old:
            yield from self._flow_mapping(node, old, new) if node.flow_style else self._mapping(node, old, new)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and not node.flow_style and new:
            yield from self._sequence(node, old, new)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and len(new) == len(old):
            for child, before, after in zip(node.value, old, new, strict=True):
                yield from self.change(child, before, after)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and new and not any(isinstance(one, dict) for one in old):
            yield from self._flow_sequence(node, old, new)
        elif isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style):
            start, end = node.start_mark.index, _end(node)
            yield start, end, flow(new) if self.text[start - 1 : start] != ":" else f" {flow(new)}"
        else:
            raise _Apart

    # Mappings -------------------------------------------------------------------------------------------------------

    def _mapping(self, node: yaml.MappingNode, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Edit]:
        nodes = {str(name.value): (name, value) for name, value in node.value}
        column = node.value[0][0].start_mark.column
        for name, (at, value) in nodes.items():
            if name not in new:
                yield self._line_start(at), self._line_end(_end(value)) + 1, ""
            else:
                yield from self._entry(at, value, name, old[name], new[name])
        for names, before in _added(new, nodes):
            if before is None:
                raise _Apart
            lines = [line for name in names for line in entry(name, new[name], column)]
            place = self._line_end(_end(nodes[before][1]))
            yield place, place, "".join(f"\n{line}" for line in lines)

    def _entry(self, at: yaml.Node, value: yaml.Node, name: str, old: Any, new: Any) -> list[Edit]:
        """A key and its value; both written anew where the value cannot be changed where it stands."""
        try:
            return list(self.change(value, old, new))
        except _Apart:
            lines = entry(name, new, at.start_mark.column)
            return [(at.start_mark.index, _end(value), "\n".join(lines).lstrip(" "))]

    def _flow_mapping(self, node: yaml.MappingNode, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Edit]:
        nodes = {str(name.value): (name, value) for name, value in node.value}
        kept = [name for name in nodes if name in new]
        if not kept:
            yield node.start_mark.index, _end(node), flow(new)
            return
        ends = [node.start_mark.index + 1, *(_end(value) for _, value in nodes.values())]
        starts = [name.start_mark.index for name, _ in nodes.values()]
        gone = True
        for number, (name, (_, value)) in enumerate(nodes.items()):
            if name in new:
                yield from self.change(value, old[name], new[name])
                gone = False
            elif gone:  # the first ones, with the commas after them
                yield starts[number], starts[number + 1], ""
            else:
                yield ends[number], ends[number + 1], ""
        for names, before in _added(new, nodes):
            words = [f"{key(name)}: {flow(new[name])}" for name in names]
            if before is None:
                place = nodes[kept[0]][0].start_mark.index
                yield place, place, "".join(f"{word}, " for word in words)
            else:
                place = _end(nodes[before][1])
                yield place, place, "".join(f", {word}" for word in words)

    def _flow_sequence(self, node: yaml.SequenceNode, old: list[Any], new: list[Any]) -> Iterator[Edit]:
        """A list in brackets, whose line breaks and remarks stay."""
        matcher = SequenceMatcher(None, [*map(flow, old)], [*map(flow, new)], autojunk=False)
        gone: set[int] = set()
        added: dict[int, list[str]] = {}
        for _, start, end, first, last in matcher.get_opcodes():
            both = min(end - start, last - first)
            for number in range(both):
                yield from self.change(node.value[start + number], old[start + number], new[first + number])
            gone |= {*range(start + both, end)}
            if last > first + both:
                added[start + both] = [*map(flow, new[first + both : last])]
        kept = [number for number in range(len(old)) if number not in gone]
        if not kept:
            raise _Apart
        for number in gone:
            child = node.value[number]
            if number < kept[0]:
                yield child.start_mark.index, node.value[number + 1].start_mark.index, ""
            else:
                yield _end(node.value[number - 1]), _end(child), ""
        for before, listed in added.items():
            known = [number for number in kept if number < before]
            place = _end(node.value[known[-1]]) if known else node.value[kept[0]].start_mark.index
            yield place, place, "".join(f", {one}" for one in listed) if known else "".join(f"{one}, " for one in listed)

    # Lists in lines -------------------------------------------------------------------------------------------------

    def _sequence(self, node: yaml.SequenceNode, old: list[Any], new: list[Any]) -> Iterator[Edit]:
        dashes = [self.text.rfind("-", 0, child.start_mark.index) for child in node.value]
        column = dashes[0] - self._start_of_line(dashes[0])
        matcher = SequenceMatcher(None, [_name(one) for one in old], [_name(one) for one in new], autojunk=False)
        for _, start, end, first, last in matcher.get_opcodes():
            both = min(end - start, last - first)
            for number in range(both):
                yield from self._item(dashes[start + number], node.value[start + number], old[start + number], new[first + number])
            for child, dash in zip(node.value[start + both : end], dashes[start + both : end], strict=True):
                yield self._line_start_at(dash), self._line_end(_end(child)) + 1, ""
            lines = [line for value in new[first + both : last] for line in item(value, column)]
            if lines and start + both:
                place = self._line_end(_end(node.value[start + both - 1]))
                yield place, place, "".join(f"\n{line}" for line in lines)
            elif lines:
                place = self._line_start_at(dashes[0])
                yield place, place, "".join(f"{line}\n" for line in lines)

    def _item(self, dash: int, child: yaml.Node, old: Any, new: Any) -> list[Edit]:
        try:
            return list(self.change(child, old, new))
        except _Apart:
            lines = item(new, dash - self._start_of_line(dash))
            return [(dash, _end(child), "\n".join(lines).lstrip(" "))]

    # Lines ------------------------------------------------------------------------------------------------------------

    def _start_of_line(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_start(self, node: yaml.Node) -> int:
        return self._line_start_at(node.start_mark.index)

    def _line_start_at(self, at: int) -> int:
        """Where a line begins that begins with what stands at an offset. Raises _Apart where something stands before it."""
        start = self._start_of_line(at)
        if self.text[start:at].strip():
            raise _Apart
        return start

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return end if end >= 0 else len(self.text)


def _added(new: dict[str, Any], known: dict[str, Any]) -> Iterator[tuple[list[str], str | None]]:
    """New keys, those that follow each other together, with the known key before them."""
    before: str | None = None
    names: list[str] = []
    for name in new:
        if name in known:
            if names:
                yield names, before
            before, names = name, []
        else:
            names.append(name)
    if names:
        yield names, before


def _end(node: yaml.Node) -> int:
    """Where a value ends; a block as YAML sees it goes on to what comes next."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _name(value: Any) -> str:
    """By what an entry of a list is known to be the same one although something in it changed."""
    if isinstance(value, dict):
        for name in ("id", "what", "name", "reading"):
            if name in value:
                return flow(value[name])
    return flow(value)
