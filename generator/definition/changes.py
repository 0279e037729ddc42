"""What an option of a reading changes, as lines in a cell: ``3·没有任务的：平均得分``, ``3·目标·石新镇：－``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.definition.flow import flow, scalar
from generator.definition.kind import Kind
from generator.definition.notation import Notation, NotationError, Typed, Written, single
from generator.definition.overrides import AS_THERE, REST
from generator.definition.words import NO, NOTHING, YES

WHOLE = "整个方案"
APART, IS = "·", "："
_COLON = re.compile("[：:]")


@dataclass(frozen=True)
class ChangesNotation(Notation):
    """The way of that column. kinds: what may stand under each key; called: what each key is called on sheets; choices_of: the closed
    choices of a key in words."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    choices_of: Callable[[str], Mapping[str, str]] = lambda _: {}

    def _ways(self, data: Any) -> list[Written]:
        lines = [*self._lines(data)] if isinstance(data, dict) and data else []
        return [*([Written("\n".join(lines), "@")] if lines and all(lines) else []), *super()._ways(data)]

    def _lines(self, data: dict[str, Any]) -> list[str]:
        found = []
        for ref, keys in data.items():
            who = WHOLE if ref == "*" else str(ref)
            for key, value in keys.items() if isinstance(keys, dict) else ():
                head = f"{who}{APART}{self.called.get(key, key)}"
                if isinstance(value, dict) and value.get(REST) == AS_THERE:
                    found += [f"{head}{APART}{unit}{IS}{self._said(key, one)}" for unit, one in value.items() if unit != REST]
                else:
                    found.append(f"{head}{IS}{self._said(key, value)}")
        return found

    def _said(self, key: str, value: Any) -> str:
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, str):
            return self.choices_of(key).get(value) or scalar(value)
        return flow(value) if isinstance(value, (list, dict)) else scalar(value)

    def read(self, cell: Typed) -> Any:
        text = cell.value
        if not isinstance(text, str) or text.strip()[:1] in ("{", "[", '"', "") or APART not in text:
            return super().read(cell)
        found: dict[str, dict[str, Any]] = {}
        for line in filter(None, map(str.strip, text.split("\n"))):
            head, *rest = _COLON.split(line, maxsplit=1)
            said = "".join(rest)
            parts = [part.strip() for part in head.split(APART)]
            if not rest or len(parts) not in (2, 3):
                raise NotationError(f"这一行看不懂：“{line[:30]}”，要写成“编号·栏名：值”或“编号·栏名·单位：值”")
            who, key = "*" if parts[0] == WHOLE else parts[0], self._key(parts[1])
            value = self._meant(key, said.strip())
            if len(parts) == 3:
                found.setdefault(who, {}).setdefault(key, {REST: AS_THERE})[parts[2]] = value
            else:
                found.setdefault(who, {})[key] = value
        return found

    def _key(self, name: str) -> str:
        return next((key for key, called in self.called.items() if called == name), name)

    def _meant(self, key: str, said: str) -> Any:
        if self.kinds.get(key, Kind()).flag and said in (YES, NO):
            return said == YES
        for choice, word in self.choices_of(key).items():
            if said == word:
                return choice
        return single(said)
