"""How the units of a book that no page has room for are shared out over several scoring sheets.

A sheet has a group, some small groups, or a part of a group whose units have little in common; and only the indicators that
some of its units have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from generator.lines.line import Figure, Line
from generator.plan.plan import HEADINGS, Block, absent_units
from generator.tree.expression import Fixed

CUT_BELOW = 0.6
"""A group is cut where its units carry less than this share of the indicators that any of them has; else it stays together,
and is printed on several pages side by side."""


class Part(NamedTuple):
    """The units of a sheet, and what it is called."""

    title: str
    units: list[int]


Room = Callable[[list[int]], bool]
"""Whether a page has room for some units beside each other."""


def parts(groups: Mapping[str, list[int]], own: Sequence[Sequence[Block]], sheet: str, room: Room) -> list[Part]:
    """The sheets, in the order of the groups. own: the blocks of each unit; sheet: what the only one would be called."""
    found: list[Part] = []
    for group, members in groups.items():
        pieces = [members]
        if not room(members) and _shared(members, own) < CUT_BELOW:
            pieces = next(p for count in range(2, len(members) + 1) if all(map(room, p := _cut(members, count))) or count == len(members))
        name = group if len(group) > 1 else f"{sheet}{group}"
        for number, units in enumerate(pieces, 1):
            title = f"{name}{number}" if len(pieces) > 1 else name
            if found and len(pieces) == 1 and room([*found[-1].units, *units]):
                found[-1] = Part(f"{found[-1].title}、{title.removeprefix(sheet)}", found[-1].units + units)
            else:
                found.append(Part(title, units))
    return found


def _cut(units: list[int], count: int) -> list[list[int]]:
    """Units in so many pieces of about the same size."""
    edges = [len(units) * number // count for number in range(count + 1)]
    return [units[a:b] for a, b in pairwise(edges)]


def _shared(units: Sequence[int], own: Sequence[Sequence[Block]]) -> float:
    """How much of what any of some units has they have on average."""
    mine = [{block.id for block in own[unit] if block.kind not in HEADINGS} for unit in units]
    return sum(map(len, mine)) / (len(mine) * max(1, len(set().union(*mine))))


def asked_elsewhere(parts: Sequence[Part], own: Sequence[Sequence[Block]], blocks: Sequence[Block], count: int) -> list[set[str]]:
    """For each sheet, the lines for all units that another one asks for: the first that has the indicator for one of its units, or else
    the first that has it at all. count: of all units."""
    found: list[set[str]] = [set() for _ in parts]
    mine = [{id(block) for unit in part.units for block in own[unit]} for part in parts]
    for block in blocks:
        keys = {line.key for line in block.lines if line.shared and line.input}
        there = [number for number, wanted in enumerate(mine) if id(block) in wanted] if keys else []
        if there:
            none = absent_units(block, count)
            asking = next((number for number in there if not all(none[unit] for unit in parts[number].units)), there[0])
            for number in there:
                found[number] |= keys if number != asking else set()
    return found


def blocks_of(units: Sequence[int], own: Sequence[Sequence[Block]], blocks: Sequence[Block], shown: set[str]) -> Iterator[Block]:
    """What the sheet of some units shows. shown: the lines for all units that another sheet asks for, to which this one's are added;
    they are asked for once."""
    wanted = {id(block) for unit in units for block in own[unit]}
    for block in blocks:
        if id(block) in wanted:
            asked = [line.key for line in block.lines if line.shared and line.input]
            yield replace(block, lines=[_echo(line) if line.key in shown else line for line in block.lines]) if asked else block
            shown.update(asked)


def _echo(line: Line) -> Line:
    """A line for all units as it stands on a further sheet: it repeats what is typed on the first, so that what may be typed into
    a cell never depends on a cell of another sheet, which the oldest programs do not allow."""
    return replace(line, input=None, standard=Figure(Fixed(line.key, "standard")))


def echoes(line: Line) -> bool:
    """Whether a line repeats what is typed on another sheet."""
    return line.standard is not None and line.standard.value == Fixed(line.key, "standard")
