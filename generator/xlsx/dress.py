"""What input cells wear: their look, whether they are locked, the rule on what may be typed. Read and put back in a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.layout.addresses import place_of
from generator.sheets.sheet import Sheet, Validation
from generator.xlsx import cell_rules, rules_read
from generator.xlsx.styles_read import Look, Style

if TYPE_CHECKING:
    from generator.xlsx.package import Package


class Dress(NamedTuple):
    """What a cell wears, as far as it can be told (None: it cannot). rule: the type of its data validation, '' for none."""

    look: Look | None
    rule: str | None


class Outfit(NamedTuple):
    """What to put on a cell. style: None where it has its own still; like: a cell, by sheet and address, that wears that
    style; rule: None where it has its own still."""

    at: str
    style: Style | None
    like: tuple[str, str] | None
    rule: Validation | None


def worn(package: Package, sheet: str, cells: Collection[str]) -> dict[str, Dress]:
    """What some cells of a sheet wear. A cell that the file leaves out, as some programs do where the row or the column has
    its style, is none of them."""
    part, looks = package.sheet(sheet), package.looks
    places = [place_of(at) for at in cells]
    rules = rules_read.kinds(package.parts[part.path], places)
    known: dict[tuple[int, str | None], Dress] = {}
    found: dict[str, Dress] = {}
    for at, place in zip(cells, places, strict=True):
        number = part.style(at)
        if number is not None:
            how = number, None if rules is None else rules.get(place, "")
            if how not in known:
                known[how] = Dress(looks[number] if number < len(looks) else None, how[1])
            found[at] = known[how]
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
        package.add_rules(part.path, inner, [place_of(outfit.at) for outfit in outfits if outfit.rule is not None])
