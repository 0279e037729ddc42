"""What input cells wear: their look, whether they are locked, the rule on what may be typed, the colours that they change to. Read
and put back in a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from generator.layout.addresses import place_of
from generator.sheets.sheet import Highlight, Sheet, Validation
from generator.xlsx import cell_rules, rules_read
from generator.xlsx.styles_read import Look, Style

if TYPE_CHECKING:
    from generator.xlsx.package import Package


class Dress(NamedTuple):
    """What a cell wears, as far as it can be told (None: it cannot). rule: the type of its data validation, '' for none; said: what
    that says beside the cell; colours: how many formulas say when it changes colour."""

    look: Look | None
    rule: str | None
    said: str | None
    colours: int | None


class Outfit(NamedTuple):
    """What to put on a cell. style: None where it has its own still; like: a cell, by sheet and address, that wears that
    style; rule: None where it has its own still; colours: the conditional formats, with their colours as RRGGBB, likewise."""

    at: str
    style: Style | None
    like: tuple[str, str] | None
    rule: Validation | None
    colours: tuple[Highlight, ...] = ()


def worn(package: Package, sheet: str, cells: Sequence[str]) -> list[Dress | None]:
    """What each of some cells of a sheet wears; the same object where that is the same. None for a cell that the file leaves out,
    as some programs do where the row or the column has its style."""
    part, looks = package.sheet(sheet), package.looks
    places = [*map(place_of, cells)]
    lying = rules_read.worn(package.parts[part.path], places)
    known: dict[tuple[int, int], Dress] = {}
    found: list[Dress | None] = []
    for (row, column), number in zip(places, part.styles(cells), strict=True):
        if number is None:
            found.append(None)
            continue
        lies = lying.on(row, column) if lying is not None else None
        how = number, id(lies)
        if how not in known:
            look = looks[number] if number < len(looks) else None
            if lies is None:
                known[how] = Dress(look, None, None, None)
            else:
                known[how] = Dress(look, lies.rule.kind if lies.rule else "", lies.rule.said if lies.rule else "", lies.formulas)
        found.append(known[how])
    return found


def put_on(package: Package, sheet: str, outfits: Sequence[Outfit]) -> None:
    """Dress cells of a sheet."""
    part = package.sheet(sheet)
    for outfit in outfits:
        if outfit.style is not None:
            number = package.sheet(outfit.like[0]).style(outfit.like[1]) if outfit.like else package.style_number(outfit.style)
            if number is not None:
                part.set_style(outfit.at, number)
    rules = [outfit.rule for outfit in outfits if outfit.rule is not None]
    if rules:
        xml = cell_rules.data_validations(Sheet(sheet, validations=rules))
        inner = xml[xml.index(">") + 1 : xml.rindex("</")]
        cells = [place_of(outfit.at) for outfit in outfits if outfit.rule is not None]
        package.change_tail(part.path, partial(rules_read.put_back, elements=inner, cells=cells))
    colours = [colour for outfit in outfits for colour in outfit.colours]
    numbers = {colour.colour: package.fill_number(colour.colour) for colour in colours}
    if colours and None not in numbers.values():
        xml = cell_rules.conditional_formats(Sheet(sheet, highlights=colours), lambda colour: numbers[colour] or 0)
        cells = [place_of(outfit.at) for outfit in outfits if outfit.colours]
        package.change_tail(part.path, partial(rules_read.recoloured, elements=xml, cells=cells))
