"""What may be typed into the cells of a sheet of a file and when they change colour, and putting that back where it was lost.

Data validations and conditional formats stand behind the cells of a sheet; only that tail is read, and only its own bytes
change.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeVar
from xml.parsers import expat

from generator.columns import column_of, letters_of
from generator.layout.addresses import place_of
from generator.xlsx import xml

MOST_MARKS, MOST_STEPS = 400_000, 4_000_000
"""A tail with more tags, or ranges that take more comparisons, is not judged: no spreadsheet program writes such a one."""
MOST_COVERED = 100_000
"""Merged ranges of so many cells are spelt out cell by cell, so that cells outside them are told at a glance."""
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?")
_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z0-9:$]{5,30})["']""")
_END_OF_CELLS = re.compile(rb"</((?:\w+:)?)sheetData\s*>")
AFTER = {
    *("hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties"),
    *("cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture"),
    *("oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
}
"""What stands behind the data validations of a sheet."""

Box = tuple[int, int, int, int]
"""Top, left, bottom, right."""


class Rule(NamedTuple):
    """A data validation. kind: its type, ``none`` where it has none; said: what it shows beside the cell; start, end: its bytes;
    far: an extension of newer programs, which they write for lists that stand on another sheet."""

    kind: str
    said: str
    boxes: list[Box]
    start: int
    end: int
    far: bool


class Mark(NamedTuple):
    """A conditional format. formulas: how many formulas say when cells change colour; otherwise as a `Rule`."""

    formulas: int
    boxes: list[Box]
    start: int
    end: int
    far: bool


Lying = TypeVar("Lying", Rule, Mark)
Spread = dict[int, list[Lying] | dict[int, list[Lying]]]
"""What lies on cells by their row: on all that were asked for, or by column."""


class Tail:
    """The data validations and conditional formats of a sheet. sound: whether they could be read; where: the bytes of the element
    that holds the validations; next: where it would have to stand; priority: the highest of any format."""

    def __init__(self, data: bytes) -> None:
        self.data, self.rules, self.marks = data, list[Rule](), list[Mark]()
        self.where: tuple[int, int] | None = None
        self.next = -1
        self.priority = 0
        self.path: list[str] = []
        self._open: tuple[str, str, str, int] | None = None
        self._coloured: tuple[str, int] | None = None
        self._formulas = 0
        self._far: list[str] | None = None
        ends = list(_END_OF_CELLS.finditer(data))
        self.sound = bool(ends) and data.count(b"<", ends[-1].end()) <= MOST_MARKS
        if self.sound:
            self.prefix, self._from = ends[-1][1].decode(), ends[-1].end()
            self._read()

    def _read(self) -> None:
        parser = self.parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._stop
        parser.CharacterDataHandler = lambda text: self._far.append(text) if self._far is not None else None
        wrapper = b"<r>"
        self._from -= len(wrapper)
        try:
            parser.Parse(wrapper + self.data[self._from + len(wrapper) :], True)
        except expat.ExpatError:  # at the latest where the sheet itself ends
            self.sound = self.next >= 0

    def _here(self) -> int:
        return self._from + self.parser.CurrentByteIndex

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.path.append(local)
        if len(self.path) == 2 and local in AFTER and self.next < 0:
            self.next = self._here()
        if local == "dataValidations" and len(self.path) == 2:
            self.where = self._here(), -1
        elif local == "dataValidation":
            shown = " ".join((attributes.get("promptTitle", "") + "\n" + attributes.get("prompt", "")).split())
            self._open = attributes.get("type", "none"), shown, attributes.get("sqref", ""), self._here()
        elif local == "conditionalFormatting":
            self._coloured, self._formulas = (attributes.get("sqref", ""), self._here()), 0
        elif local == "cfRule":
            self._formulas += attributes.get("type") == "expression"
            number = attributes.get("priority", "")
            self.priority = max(self.priority, int(number) if number.isdecimal() and len(number) < 10 else 0)
        elif local == "sqref":
            self._far = []

    def _stop(self, name: str) -> None:
        local = self.path.pop()
        if local == "dataValidations" and self.where and not self.path[1:]:
            self.where = self.where[0], self._end(self.where[0])
        elif local == "dataValidation" and self._open:
            kind, said, ranges, start = self._open
            far = not ranges
            self.rules.append(Rule(kind, said, list(_boxes(ranges or "".join(self._far or ()))), start, self._end(start), far))
            self._open = self._far = None
        elif local == "conditionalFormatting" and self._coloured:
            ranges, start = self._coloured
            far = not ranges
            self.marks.append(Mark(self._formulas, list(_boxes(ranges or "".join(self._far or ()))), start, self._end(start), far))
            self._coloured = self._far = None

    def _end(self, start: int) -> int:
        """Behind the element that began at ``start`` and ends now; of an empty one there is no tag to stand at."""
        tag = _TAG.match(self.data, start)
        if tag is None or not tag[0].endswith(b"/>"):
            tag = _TAG.match(self.data, self._here())
        return tag.end() if tag else self._here()


def _boxes(ranges: str) -> Iterator[Box]:
    for text in ranges.split():
        if match := _RANGE.fullmatch(text):
            rows, columns = [int(match[2]), int(match[4] or match[2])], [column_of(match[1]), column_of(match[3] or match[1])]
            yield min(rows), min(columns), max(rows), max(columns)


class Worn(NamedTuple):
    """What lies on a cell. rule: the data validation, None for none; formulas: how many say when it changes colour."""

    rule: Rule | None
    formulas: int


class WornOn:
    """What lies on each of some cells: the same object where that is the same."""

    def __init__(self, rules: Spread[Rule], marks: Spread[Mark]) -> None:
        self._rules, self._marks = rules, marks
        self._known: dict[tuple[int, int], Worn] = {}
        self._rows: dict[int, Worn | None] = {}

    def on(self, row: int, column: int) -> Worn:
        """What lies on a cell."""
        if row not in self._rows:
            rules, marks = self._rules.get(row, []), self._marks.get(row, [])
            self._rows[row] = self._worn(rules, marks) if isinstance(rules, list) and isinstance(marks, list) else None
        return self._rows[row] or self._worn(_in(self._rules, row, column), _in(self._marks, row, column))

    def _worn(self, rules: list[Rule], marks: list[Mark]) -> Worn:
        how = id(rules) if rules else 0, id(marks) if marks else 0
        if how not in self._known:
            self._known[how] = Worn(rules[-1] if rules else None, sum(mark.formulas for mark in marks))
        return self._known[how]


def worn(data: bytes, cells: Collection[tuple[int, int]]) -> WornOn | None:
    """What lies on some cells; None where that cannot be told."""
    tail = Tail(data)
    columns: dict[int, set[int]] = defaultdict(set)
    for row, column in cells:
        columns[row].add(column)
    rules = _lying(tail.rules, columns) if tail.sound else None
    marks = _lying(tail.marks, columns) if tail.sound else None
    return None if rules is None or marks is None else WornOn(rules, marks)


def _lying(all_: list[Lying], columns: Mapping[int, set[int]]) -> Spread[Lying] | None:
    """What lies on the cells of some rows, in the order of the file; None where telling takes too many steps."""
    rows, steps = sorted(columns), 0
    spans: dict[int, list[tuple[int, int, Lying]]] = defaultdict(list)
    for one in all_:
        for top, left, bottom, right in one.boxes:
            for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
                steps += 1 + len(columns[row])
                spans[row].append((left, right, one))
            if steps > MOST_STEPS:
                return None
            steps += 1
    found: Spread[Lying] = {}
    known: dict[Hashable, dict[int, list[Lying]]] = {}
    throughout: dict[tuple[int, ...], list[Lying]] = {}
    for row, own in spans.items():
        low, high = min(columns[row]), max(columns[row])
        near = [span for span in own if span[0] <= high and low <= span[1]]
        if all(left <= low and high <= right for left, right, _ in near):
            lying = [one for *_, one in near]
            found[row] = throughout.setdefault(tuple(map(id, lying)), lying)
            continue
        how = tuple([(left, right, id(one)) for left, right, one in near]), tuple(columns[row])
        if how not in known:
            each = {column: [one for left, right, one in near if left <= column <= right] for column in columns[row]}
            known[how] = {column: own for column, own in each.items() if own}
        found[row] = known[how]
    return found


def _in(spread: Spread[Lying], row: int, column: int) -> list[Lying]:
    """What lies on a cell."""
    own = spread.get(row, [])
    return own.get(column, []) if isinstance(own, dict) else own


def merged(data: bytes, cells: Collection[str]) -> dict[str, str]:
    """The merged range that each of some cells lies in, of those that do; nothing where telling takes too many steps."""
    ends = list(_END_OF_CELLS.finditer(data))
    ranges = [match[1].decode() for match in _MERGED.finditer(data, ends[-1].end())] if ends else []
    merges = [Mark(number, list(_boxes(text)), 0, 0, False) for number, text in enumerate(ranges)]
    boxes = [box for one in merges for box in one.boxes]
    if sum(map(_size, boxes)) <= MOST_COVERED:
        covered = {
            f"{letters_of(c)}{row}" for top, left, bottom, right in boxes for c in range(left, right + 1) for row in range(top, bottom + 1)
        }
        cells = [at for at in cells if at in covered]
    places = {place_of(at): at for at in cells}
    columns: dict[int, set[int]] = defaultdict(set)
    for row, column in places:
        columns[row].add(column)
    spread = _lying(merges, columns) or {}
    first = {place: over[0].formulas for place in places if (over := _in(spread, *place))}
    return {places[place]: ranges[first[place]] for place in sorted(first, key=lambda place: (first[place], place))}


def _size(box: Box) -> int:
    """How many cells a range has."""
    top, left, bottom, right = box
    return (bottom - top + 1) * (right - left + 1)


def put_back(data: bytes, elements: str, cells: Collection[tuple[int, int]]) -> bytes:
    """A sheet with these data validations (their XML) added, and those that lie on their cells taken off them."""
    tail = Tail(data)
    if not tail.sound:
        return data
    changes: list[tuple[int, int, bytes]] = []
    count = elements.count("<dataValidation ")
    for rule in tail.rules:
        count += not rule.far
        left = _taken_off(data, rule, cells)
        if left is not None:
            changes.append(left)
            count -= not left[2]
    own = re.sub(r"<(/?)(?=\w)", rf"<\g<1>{tail.prefix}", elements).encode()
    name = tail.prefix.encode() + b"dataValidations"
    if tail.where:
        start, end = tail.where
        tag = _TAG.match(data, start)
        assert tag
        head = re.sub(rb"""(\scount\s*=\s*)(?:"\d*"|'\d*')""", rb'\1"%d"' % count, tag[0])
        empty = tag.end() == end
        changes.append((start, tag.end(), head[:-2].rstrip() + b">" if empty else head))
        closing = end if empty else data.rindex(b"</", start, end)
        changes.append((closing, closing, own + (b"</" + name + b">" if empty else b"")))
    else:
        at = tail.next if tail.next >= 0 else data.rindex(b"</")
        changes.append((at, at, b"<" + name + b' count="%d">' % count + own + b"</" + name + b">"))
    return _changed(data, changes)


def recoloured(data: bytes, elements: str, cells: Collection[tuple[int, int]]) -> bytes:
    """A sheet with these conditional formats (their XML, with priorities from 1 on) added after all others, and those that lie on
    their cells taken off them."""
    tail = Tail(data)
    if not tail.sound:
        return data
    changes = [left for mark in tail.marks if (left := _taken_off(data, mark, cells)) is not None]
    own = re.sub(r"<(/?)(?=\w)", rf"<\g<1>{tail.prefix}", elements)
    own = re.sub(r' priority="(\d+)"', lambda m: f' priority="{int(m[1]) + tail.priority}"', own)
    last = max((mark.end for mark in tail.marks if not mark.far), default=-1)
    before = tail.where[0] if tail.where else tail.next if tail.next >= 0 else data.rindex(b"</")
    at = last if last >= 0 else before
    changes.append((at, at, own.encode()))
    return _changed(data, changes)


def _changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for start, end, new in sorted(changes, reverse=True):
        data = data[:start] + new + data[end:]
    return data


def _taken_off(data: bytes, one: Rule | Mark, cells: Collection[tuple[int, int]]) -> tuple[int, int, bytes] | None:
    """The change that takes a rule or a format off some cells; None where it does not lie on any of them, or belongs to newer
    programs alone."""
    left = [] if one.far else [box for own in one.boxes for box in _without(own, cells)]
    if one.far or left == one.boxes:
        return None
    if not left:
        return one.start, one.end, b""
    sqref = " ".join(map(_written, left)).encode()
    tag = _TAG.match(data, one.start)
    assert tag
    kept = re.sub(rb"""(\ssqref\s*=\s*)(?:"[^"]*"|'[^']*')""", rb'\1"' + sqref + b'"', tag[0])
    inside = data[tag.end() : one.end]
    return one.start, one.end, kept + _FORMULA.sub(partial(_moved, _corner(one.boxes), _corner(left)), inside)


_FORMULA = re.compile(rb"(<(?:\w+:)?formula[12]?\s*>)([^<]*)(?=</)")


def _corner(boxes: list[Box]) -> str:
    """The cell that formulas over some ranges are written for."""
    return f"{letters_of(min(left for _, left, _, _ in boxes))}{min(top for top, *_ in boxes)}"


def _moved(was: str, now: str, match: re.Match[bytes]) -> bytes:
    """A formula that was written for one cell, written for another."""
    from openpyxl.formula.translate import Translator  # seldom needed, and slow to import

    text = match[2]
    with suppress(Exception):  # openpyxl meets what is no formula with errors of every kind
        moved = Translator(f"={xml.plain(text.decode())}", was).translate_formula(now) if was != now else ""
        text = xml.escaped(moved[1:]).encode() if moved else text
    return match[1] + text


def _without(box: Box, cells: Collection[tuple[int, int]]) -> list[Box]:
    """A range without some cells: what lies above, left, right and below each."""
    left_over = [box]
    for row, column in cells:
        for own in [own for own in left_over if own[0] <= row <= own[2] and own[1] <= column <= own[3]]:
            top, left, bottom, right = own
            parts = [
                (top, left, row - 1, right),
                (row, left, row, column - 1),
                (row, column + 1, row, right),
                (row + 1, left, bottom, right),
            ]
            at = left_over.index(own)
            left_over[at : at + 1] = [part for part in parts if part[0] <= part[2] and part[1] <= part[3]]
    return left_over


def _written(box: Box) -> str:
    first, last = (f"{letters_of(column)}{row}" for row, column in (box[:2], box[2:]))
    return first if first == last else f"{first}:{last}"
