"""What an option of a reading changes, as lines in a cell, each a path and what stands there then.

``3·没有任务的：平均得分`` is an indicator's column, ``3·目标·石新镇：－`` a unit's figure, ``4·填报·完成：计量单位=%；下限=－`` an entry
that has a name, ``21·扣分加分事项·第1项：事项=通报表扬；每次几分=3`` one of a list. What cannot be said so stands in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.definition.flow import flow, same, scalar
from generator.definition.kind import Kind, container_of, fields_of
from generator.definition.notation import APART as SEVERAL
from generator.definition.notation import Notation, NotationError, Typed, Written, single
from generator.definition.overrides import AS_THERE, BY_UNIT, REST
from generator.definition.words import NO, NOTHING, YES

WHOLE = "整个方案"
APART, IS, EQUALS, ALSO = "·", "：", "=", "；"
DEFAULTS = "defaults"
_COLON = re.compile("[：:]")
_ITEM = re.compile(r"第(\d+)项")

Path = tuple[str, ...]
Line = tuple[Path, str]
"""The parts of a path, and what is said there."""


@dataclass(frozen=True)
class Words:
    """What keys and choices are called. scheme, node: what may stand under each key of the whole scheme, of an indicator or a group;
    called: a key on a sheet; sheet_of: where the rows of a key stand; choices_of: the closed choices of a key."""

    scheme: Mapping[str, Kind]
    node: Mapping[str, Kind]
    called: Callable[[str, str], str]
    sheet_of: Callable[[str, bool], str]
    choices_of: Callable[[str, Kind], Mapping[str, str]]

    def kinds(self, whole: bool) -> Mapping[str, Kind]:
        """What may stand under each key."""
        return self.scheme if whole else {**self.node, DEFAULTS: Kind()}


@dataclass(frozen=True)
class _At:
    """Where a value stands: under which key, what may stand there, and the sheet that has the words for it."""

    key: str
    kind: Kind
    sheet: str

    def under(self, kind: Kind | None) -> _At:
        return _At(self.key, kind or Kind(), self.sheet)

    @property
    def entry(self) -> _At:
        """An entry of its list; a table may be written as the list of its rows alone."""
        rows = (fields_of(model)[key].item for model in self.kind.models if (key := container_of(model)))
        return self.under(self.kind.item or next(rows, None))


@dataclass(frozen=True)
class ChangesNotation(Notation):
    """The way of that column. lead: how many names stand before the id: none, or the other reading and its option."""

    say: Words = field(default_factory=lambda: Words({}, {}, lambda key, _: key, lambda *_: "", lambda *_: {}))
    lead: int = 0

    # Writing

    def _ways(self, data: Any) -> list[Written]:
        lines = [*self._lines(data, (), self.lead)] if isinstance(data, dict) and data else []
        return [*([Written("\n".join(lines), "@")] if lines else []), *super()._ways(data)]

    def _lines(self, data: Any, before: Path, lead: int) -> Iterator[str]:
        for name, inner in data.items() if isinstance(data, dict) else ():
            if lead:
                yield from self._lines(inner, (*before, str(name)), lead - 1)
                continue
            for key, value in inner.items() if isinstance(inner, dict) else ():
                at = self._at(key, name == "*")
                head = (*before, WHOLE if name == "*" else str(name), self._named(key, ""))
                spread = [*self._spread(head, at, value)]
                if not self._come_back(spread, head, at, value):
                    spread = [(head, flow(value) if isinstance(value, (list, dict)) else scalar(value))]
                yield from (f"{APART.join(path)}{IS}{said}" for path, said in spread)

    def _at(self, key: str, whole: bool) -> _At:
        return _At(key, self.say.kinds(whole).get(key, Kind()), self.say.sheet_of(key, whole))

    def _named(self, key: str, sheet: str) -> str:
        return self.say.called(key, sheet)

    def _come_back(self, spread: list[Line], head: Path, at: _At, value: Any) -> bool:
        """Whether lines say a value, and nothing else."""
        if any("\n" in said or any(_COLON.search(part) or APART in part for part in path) for path, said in spread):
            return False
        try:
            return bool(spread) and same(self._built([(path[len(head) :], said) for path, said in spread], at), value)
        except NotationError:
            return False

    def _spread(self, path: Path, at: _At, value: Any, entry: bool = False) -> Iterator[Line]:
        """A value as lines. entry: it is one of several, and what is in it may stand in one line."""
        if isinstance(value, dict) and value.get(REST) == AS_THERE:
            yield from (((*path, unit), self._said(at, one)) for unit, one in value.items() if unit != REST)
        elif isinstance(value, dict) and value and at.kind.member is not None:
            for name, one in value.items():
                yield from self._spread((*path, str(name)), at.under(at.kind.member), one, entry=True)
        elif isinstance(value, dict) and value and entry and not any(isinstance(one, dict) or _are_dicts(one) for one in value.values()):
            inside = self._inside(at)
            pairs = (
                f"{self._named(k, at.sheet)}{EQUALS}{self._said(_At(k, inside.get(k, Kind()), at.sheet), v)}" for k, v in value.items()
            )
            yield path, ALSO.join(pairs)
        elif isinstance(value, dict) and value:
            inside = self._inside(at)
            for key, one in value.items():
                yield from self._spread((*path, self._named(key, at.sheet)), _At(key, inside.get(key, Kind()), at.sheet), one)
        elif _are_dicts(value):
            for number, one in enumerate(value, 1):
                yield from self._spread((*path, f"第{number}项"), at.entry, one, entry=True)
        else:
            yield path, self._said(at, value)

    def _inside(self, at: _At) -> Mapping[str, Kind]:
        """What may stand in a record there."""
        if at.key == DEFAULTS:
            return self.say.node
        return {key: kind for model in at.kind.models for key, kind in fields_of(model).items()}

    def _said(self, at: _At, value: Any) -> str:
        """A single value, or a list of such, in words that read back the same."""
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return YES if value else NO
        ways = [scalar(value)] if not isinstance(value, (list, dict)) else []
        if isinstance(value, str):
            ways = [self.say.choices_of(at.key, at.kind).get(value, value), value, *ways]
        elif isinstance(value, list) and value and not any(isinstance(one, (list, dict)) for one in value):
            ways = [ALSO.join(scalar(one) for one in value)]
        return next((way for way in ways if self._reads(at, way, value)), flow(value))

    def _reads(self, at: _At, text: str, value: Any) -> bool:
        try:
            return "\n" not in text and same(self._meant(at, text), value)
        except NotationError:
            return False

    # Reading

    def read(self, cell: Typed) -> Any:
        text = cell.value
        if not isinstance(text, str) or text.strip()[:1] in ("{", "[", '"', "") or APART not in text:
            return super().read(cell)
        found: dict[Path, dict[str, list[Line]]] = {}
        for line in filter(None, map(str.strip, text.split("\n"))):
            head, *rest = _COLON.split(line, maxsplit=1)
            parts = tuple(part.strip() for part in head.split(APART))
            if not rest or len(parts) < self.lead + 2:
                before = "读法·取值·" if self.lead else ""
                raise NotationError(f"这一行看不懂：“{line[:30]}”，要写成“{before}编号·栏名：值”或“{before}编号·栏名·单位：值”")
            who, name = parts[self.lead : self.lead + 2]
            key = self._key(name, self.say.kinds(who == WHOLE), "")
            where = (*parts[: self.lead], "*" if who == WHOLE else who)
            found.setdefault(where, {}).setdefault(key, []).append((parts[self.lead + 2 :], rest[0].strip()))
        made: dict[str, Any] = {}
        for where, keys in found.items():
            inner = made
            for name in where:
                inner = inner.setdefault(name, {})
            inner |= {key: self._built(lines, self._at(key, where[-1] == "*")) for key, lines in keys.items()}
        return made

    def _key(self, name: str, kinds: Iterable[str], sheet: str) -> str:
        return next((key for key in kinds if self._named(key, sheet) == name), name)

    def _built(self, lines: list[Line], at: _At) -> Any:
        """The value that lines say. Raises NotationError where they do not go together."""
        whole = [said for path, said in lines if not path]
        if whole and len(lines) > 1:
            raise NotationError(f"“{self._named(at.key, '')}”写了两次，或者又写整个、又写其中一项")
        if whole:
            return self._meant(at, whole[0])
        parts: dict[str, list[Line]] = {}
        for path, said in lines:
            parts.setdefault(path[0], []).append((path[1:], said))
        if all(_ITEM.fullmatch(name) for name in parts):
            return [self._built(inner, at.entry) for inner in parts.values()]
        if at.key in BY_UNIT:
            return {REST: AS_THERE} | {name: self._built(inner, at.under(None)) for name, inner in parts.items()}
        if at.kind.member is not None:
            return {name: self._built(inner, at.under(at.kind.member)) for name, inner in parts.items()}
        inside = self._inside(at)
        made = {}
        for name, inner in parts.items():
            key = self._key(name, inside, at.sheet)
            made[key] = self._built(inner, _At(key, inside.get(key, Kind()), at.sheet))
        return made

    def _meant(self, at: _At, said: str) -> Any:
        if (record := self._record(at, said)) is not None:
            return record
        if at.kind.flag and said in (YES, NO):
            return said == YES
        for choice, word in self.say.choices_of(at.key, at.kind).items():
            if said == word:
                return choice
        several = at.kind.item is not None and said[:1] not in ("[", "{", '"') and said != NOTHING
        if several and (not at.kind.alone or ALSO in said):
            return [single(part) for part in SEVERAL.split(said) if part.strip()]
        return single(said)

    def _record(self, at: _At, said: str) -> dict[str, Any] | None:
        """What is told as 栏=值；栏=值; None where it is not told so."""
        inside = self._inside(at) if at.kind.models else {}
        names = {self._named(key, at.sheet): key for key in inside}
        if not names:
            return None
        heads = re.compile(f"(?:^|[；;])\\s*({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\\s*=(?!=)")
        found = [*heads.finditer(said)]
        if not found or found[0].start():
            return None
        ends = [match.start() for match in found[1:]] + [len(said)]
        keys = [names[match[1]] for match in found]
        if len({*keys}) < len(keys):
            raise NotationError(f"同一项写了两次：“{said[:30]}”")
        values = (said[match.end() : end].strip() for match, end in zip(found, ends, strict=True))
        return {key: self._meant(_At(key, inside[key], at.sheet), text) for key, text in zip(keys, values, strict=True)}


def _are_dicts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
