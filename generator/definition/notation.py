"""How a value stands in one cell: numbers as numbers, choices in words, lists as 甲；乙, mappings as 名称：值 a line; and back.

Whatever cannot be said so stands as YAML on one line, `[…]` or `{…}`; a text that would be taken for something else stands in
quotes. Each way is tried, and the first one is taken that reads back the same.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from generator import source
from generator.definition.flow import flow, same, scalar
from generator.definition.kind import Kind
from generator.definition.words import NO, NOTHING, YES
from generator.problems import Refusal, SourceError
from generator.value import NUMBER, ErrorValue, Value, number, plain, round_half_up, too_long

_PERCENT = re.compile(r"-?\d+(\.\d+)?%")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
APART = re.compile(r"[；;\n]")
"""Between the values of a list in one cell."""
_EPOCH = datetime.date(1899, 12, 30)
MOST = 32_767
"""How long a text in a cell may be."""


class NotationError(Refusal):
    """What stands in a cell cannot be understood. The message is for users, without the cell."""


class Written(NamedTuple):
    """A cell's content and its number format."""

    value: Value
    format: str = "General"


@dataclass(frozen=True)
class Typed:
    """What was found in a cell. percent: whether it is shown as a percentage; decimals: how many its format shows at least;
    date: whether it is shown as a date."""

    value: Value
    percent: bool = False
    decimals: int = 0
    date: bool = False


def typed(written: Written) -> Typed:
    """A cell as it is found again when nobody has touched it."""
    body = written.format.partition(".")[2].rstrip("%")
    return Typed(written.value, written.format.endswith("%"), len(body))


@dataclass(frozen=True)
class Notation:
    """The way of one column. words: its choices, by what the file holds. name: it holds names, which are texts whatever they look
    like."""

    kind: Kind
    words: Mapping[str, str]
    name: bool = False

    def write(self, data: Any) -> Written:
        """The cell for a value."""
        if self.name:
            return Written(str(data), "@")
        for written in self._ways(data):
            if written.value is not None and self._reads_back(written, data):
                return written
        return Written(flow(data), "@")

    def _reads_back(self, written: Written, data: Any) -> bool:
        try:
            return same(self.read(typed(written)), data)
        except NotationError:
            return False

    def _ways(self, data: Any) -> list[Written]:
        ways: list[Written] = []
        if data is None:
            return [Written(NOTHING, "@")]
        if isinstance(data, bool):
            ways.append(Written(YES if data else NO, "@"))
        elif isinstance(data, Decimal):
            decimals = max(0, -int(data.as_tuple().exponent))
            if not self.kind.wordy and not too_long(data):
                ways.append(Written(data, f"0.{'0' * decimals}" if decimals else "General"))
            ways.append(Written(format(data, "f"), "@"))
        elif isinstance(data, str):
            if _PERCENT.fullmatch(data) and not self.kind.wordy:
                decimals = len(data.partition(".")[2].rstrip("%"))
                ways.append(Written(number(data), f"0.{'0' * decimals}%" if decimals else "0%"))
            ways += [Written(self.words.get(data, data), "@"), Written(json.dumps(data, ensure_ascii=False), "@")]
        elif isinstance(data, list):
            ways.append(Written("；".join(map(_part, data)), "@"))
        elif isinstance(data, dict):
            lines = [f"{k}：{'；'.join(map(_part, v)) if isinstance(v, list) else _part(v)}" for k, v in data.items()]
            ways.append(Written("\n".join(lines), "@"))
        return ways

    def read(self, cell: Typed) -> Any:
        """What a cell says. Raises NotationError."""
        value = cell.value
        if isinstance(value, ErrorValue):
            raise NotationError(f"这里是错误值 {value}")
        if self.name:
            return plain(value) if isinstance(value, Decimal) else str(value).strip()
        if isinstance(value, Decimal):
            return self._number(value, cell)
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text[:1] in '[{"':
            return _parsed(text)
        if self.kind.flag and text in (YES, NO):
            return text == YES
        for choice, word in self.words.items():
            if text == word:
                return choice
        if self.kind.member is not None and (pairs := self._pairs(text)) is not None:
            return pairs
        if self.kind.item is not None and (not self.kind.alone or APART.search(text)):
            return [single(part) for part in APART.split(text) if part.strip()]
        return single(text)

    def _number(self, value: Decimal, cell: Typed) -> Any:
        if self.kind.date and (cell.date or value > 20_000) and value < 100_000:
            return (_EPOCH + datetime.timedelta(days=int(value))).isoformat()
        if cell.percent and not self.kind.wordy:
            return f"{_padded(value * 100, cell.decimals)}%"
        read: Any = value if self.kind.wordy else Decimal(_padded(value, cell.decimals))
        return [read] if self.kind.item is not None and not self.kind.alone else read

    def _pairs(self, text: str) -> dict[str, Any] | None:
        """A mapping, one entry a line; None where it is none."""
        lines = [line.partition("：") for line in text.split("\n") if line.strip()]
        inner = self.kind.member
        if not lines or not all(colon for _, colon, _ in lines) or inner is None:
            return None
        if len({name.strip() for name, _, _ in lines}) < len(lines):
            raise NotationError("同一个名称写了两行")
        listed = inner.item is not None and (not inner.alone)
        return {
            name.strip(): [single(part) for part in APART.split(rest) if part.strip()] if listed else single(rest.strip())
            for name, _, rest in lines
        }


def _padded(value: Decimal, decimals: int) -> str:
    """A number with at least so many decimals, and none lost."""
    text = plain(value)
    own = len(text.partition(".")[2])
    return text if own >= decimals else format(round_half_up(value, decimals), "f")


def _part(value: Any) -> str:
    """One of several values in a cell."""
    return NOTHING if value is None else scalar(value)


def single(text: str) -> Any:
    """A single value as it is typed."""
    text = text.strip()
    if text[:1] in '[{"':
        return _parsed(text)
    if text == NOTHING:
        return None
    return Decimal(text) if NUMBER.fullmatch(text) else text


def _parsed(text: str) -> Any:
    """YAML on one line."""
    try:
        return source.parse(text).data
    except SourceError:
        raise NotationError("括号或引号没有配对，或里面写得不对") from None
