"""From one year to the next, for whoever asks: a scheme moved on, two schemes compared, a filled book scored by other rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from addin import actions
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import write_kept
from generator.definition import exchange, words
from generator.problems import Refusal
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta
from generator.xlsx.package import Package
from generator.xlsx.writer import About
from generator.years import unit_list
from generator.years.next_year import NextYear, next_year
from generator.years.targets import understood
from generator.years.units import Change, groups_of, listed_anew

_BECOMES = re.compile(r"=>|->|→|＝|=")
_AND = re.compile(r"[+＋、]")
BOOKS = (".xlsx", ".xlsm")


def scheme_of(name: str) -> SchemeFile:
    """A scheme by its id, its file, a book that carries it, or its definition workbook. Raises a Refusal."""
    if not name.lower().endswith(BOOKS):
        return actions.load_scheme(name)
    return scheme_in(Package.open(Path(name)))


def scheme_in(package: Package) -> SchemeFile:
    """The scheme that a book or a definition workbook holds. Raises a Refusal."""
    if is_definition(package):
        return exchange.take(package, f"{Path(package.name).stem}.yaml").file
    about = snapshot.about_of(package)
    return schemes.loads(meta.joined(about, "text"), about.get("file", ""))


def is_definition(package: Package) -> bool:
    """Whether a workbook is a definition workbook."""
    return words.HIDDEN in package.sheet_names or {words.FACTS, words.TREE} <= package.sheet_names


def begin(name: str, year: int | None = None, targets: str = "same", changes: Iterable[Change] = (), units: Path | None = None) -> NextYear:
    """Next year's scheme. name: see `scheme_of`; targets: see `understood`; units: a list that takes the place of the units there are.

    Raises a Refusal.
    """
    file = scheme_of(name)
    listed = None
    if units is not None:
        if changes := list(changes):
            raise Refusal("名单和单位的改名、合并、拆分、增减不能一起用；请先用名单生成，再改")
        listed = listed_anew({"units": file.scheme.units, "unlisted": file.scheme.unlisted}, units_in(units))
    return next_year(file, year, understood(targets), list(changes), listed, library.ids())


def units_in(path: Path) -> dict[str, list[str]]:
    """An office's list of units, from a text file, a column of a workbook, or a book of ours. Raises a Refusal."""
    if path.suffix.lower() in BOOKS:
        package = Package.open(path)
        if is_definition(package) or meta.NAME in package.sheet_names:
            return groups_of({"units": scheme_in(package).scheme.units})
    return unit_list.lists(path)


def write(made: NextYear, out: Path) -> Path:
    """Write next year's scheme: a scheme file, its definition workbook where a name ends in .xlsx; into a folder under its id."""
    path = out if out.suffix in (".yaml", ".yml", ".xlsx") else out / f"{made.id}.yaml"
    write_kept(path, definition(made) if path.suffix == ".xlsx" else made.text.encode())
    return path


def definition(made: NextYear) -> bytes:
    """The definition workbook of next year's scheme."""
    issued = f"{made.year}-01-01"
    return exchange.unfinished(made.text, About(made.title, str(made.data.get("issuer") or made.data.get("place") or ""), made.id, issued))


def changes_of(
    renamed: Iterable[str], merged: Iterable[str], split: Iterable[str], added: Iterable[str], dropped: Iterable[str]
) -> list[Change]:
    """What happens to units, as it is typed: ``旧=新``, ``甲+乙=丙``, ``甲=乙+丙``, ``丁`` or ``丁=分组``, ``戊``. Raises BookError."""
    found = []
    for text, many_before, many_after in (
        *((text, False, False) for text in renamed),
        *((text, True, False) for text in merged),
        *((text, False, True) for text in split),
    ):
        old, new = _sides(text)
        if not old or not new or (len(old) > 1) != many_before or (len(new) > 1) != many_after:
            example = "甲镇+乙镇=丙镇" if many_before else "甲镇=乙镇+丙镇" if many_after else "甲镇=甲街道"
            raise BookError(f"单位的变动写得不对（“{text}”）；请写成 {example} 的样子")
        found.append(Change(old, new))
    for text in added:
        name, *group = [part.strip() for part in _BECOMES.split(text)]
        found.append(Change((), (name,), group[0] if group else ""))
    return found + [Change((text.strip(),), ()) for text in dropped]


def _sides(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, *after = _BECOMES.split(text)
    old, new = (tuple(one.strip() for one in _AND.split(side) if one.strip()) for side in (before, after[0] if len(after) == 1 else ""))
    return old, new
