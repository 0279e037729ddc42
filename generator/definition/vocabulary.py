"""Which sheets there are, what stands on each, and in which columns: put together from the models of schemes and rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from generator.definition import words
from generator.definition.changes import DEFAULTS, ChangesNotation, Words
from generator.definition.kind import NONE, Kind, container_of, fields_of
from generator.definition.notation import Notation
from generator.definition.words import CELL, NAME, NODE_SHEETS, OWNER, REST, SCHEME_SHEETS, SORT, VALUE, WHAT
from generator.lint.catalogue import CATALOGUE
from generator.rules import KINDS
from generator.scheme.model import Group, Indicator, Scheme

CHANGES, TOGETHER, ANSWERS = "set", "with", "answers"
"""The column of what an option of a reading changes."""
APART = {"children", "defaults", "how", "indicators", "bonus"}
"""Keys that make the tree."""
_TEXT = Kind(text=True)


def _merged(models: Iterable[type]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for model in models:
        for key, kind in fields_of(model).items():
            found[key] = found.get(key, NONE) | kind
    return found


@cache
def scheme_keys() -> dict[str, Kind]:
    """The keys of a scheme itself."""
    return {key: kind for key, kind in fields_of(Scheme).items() if key not in APART}


@cache
def node_keys() -> dict[str, Kind]:
    """The keys that indicators and groups may have, whatever the rule."""
    return {key: kind for key, kind in _merged([Indicator, Group, *KINDS.values()]).items() if key not in APART}


def sheet_of(key: str, of_scheme: bool) -> str:
    """On which sheet the rows of a key stand; '' for what is one cell beside its owner."""
    known = SCHEME_SHEETS if of_scheme else NODE_SHEETS
    kind = (scheme_keys() if of_scheme else node_keys()).get(key, NONE)
    return known.get(key) or (words.EVENTS if kind.tabular else "")


@dataclass(frozen=True)
class Table:
    """A sheet of rows. of_scheme, of_nodes: the keys whose rows they are; columns: all of them, in order."""

    sheet: str
    of_scheme: dict[str, Kind]
    of_nodes: dict[str, Kind]
    columns: dict[str, Kind]

    @property
    def keys(self) -> dict[str, Kind]:
        """Both together."""
        return {key: self.of_scheme.get(key, NONE) | self.of_nodes.get(key, NONE) for key in (*self.of_scheme, *self.of_nodes)}


@cache
def tables() -> dict[str, Table]:
    """The sheets of rows, in the order of the tabs."""
    made = {}
    for sheet in words.SHEETS:
        scheme = {key: kind for key, kind in scheme_keys().items() if sheet_of(key, True) == sheet}
        nodes = {key: kind for key, kind in node_keys().items() if sheet_of(key, False) == sheet}
        if scheme or nodes:
            made[sheet] = Table(sheet, scheme, nodes, _columns(scheme, nodes))
    return made


def _columns(scheme: dict[str, Kind], nodes: dict[str, Kind]) -> dict[str, Kind]:
    both = [*scheme.items(), *nodes.items()]
    found: dict[str, Kind] = {}
    if nodes:
        found[OWNER] = _TEXT
    if len(dict(both)) > 1:
        found[WHAT] = Kind(choices=tuple(dict(both)))
    if any(kind.member for _, kind in both) or any(container_of(m) and fields_of(m)[container_of(m)].member for m in _models(both)):
        found[NAME] = _TEXT
    value, fields = NONE, {}
    for key, kind in both:
        if key in words.PRIMARY:
            fields[words.PRIMARY[key]] = _TEXT
        elif not kind.records:
            value = value | _entry(kind)
        for model in kind.records:
            for field, own in fields_of(model).items():
                if field == container_of(model):
                    value = value | (own.item if own.item and own.item.item else NONE)
                else:
                    fields[field] = fields.get(field, NONE) | own
    found |= ({VALUE: value} if value != NONE else {}) | fields | {VALUE: value}
    if NAME in found and not any(kind.member for _, kind in both):
        return _named_within(found, _models(both))
    return found


def _named_within(columns: dict[str, Kind], models: list[type]) -> dict[str, Kind]:
    """The columns with the name of an entry after the heads of what it is an entry of."""
    inner = next(model for model in models if not container_of(model))
    before = next(iter(fields_of(inner)))
    names = [column for column in columns if column != NAME]
    names.insert(names.index(before), NAME)
    return {column: columns[column] for column in names}


def _models(both: list[tuple[str, Kind]]) -> list[type]:
    return [model for _, kind in both for model in kind.records]


def _entry(kind: Kind) -> Kind:
    """What one row of it holds."""
    while not kind.alone and (inner := kind.member or kind.item):
        kind = inner
    return kind


@cache
def round_columns() -> dict[str, Kind]:
    """The columns of the sheet of periods."""
    return {OWNER: _TEXT} | {key: node_keys()[key] for key in words.ROUND_KEYS}


@cache
def tree_columns() -> dict[str, Kind]:
    """All columns that the tree can have."""
    own = {k: kind for k, kind in node_keys().items() if not sheet_of(k, False) and k not in words.ROUND_KEYS}
    ordered = {key: own[key] for key in words.ALWAYS if key in own} | own
    ordered["rule"] = Kind(choices=tuple(KINDS))
    return {words.LEVEL: Kind(number=True), SORT: Kind(choices=words.SORTS)} | ordered | {REST: Kind(text=True, member=_TEXT)}


@cache
def fact_rows() -> dict[str, Kind]:
    """What the sheet of facts lists: the scheme's own single values, and the parts of its origin."""
    found: dict[str, Kind] = {}
    for key, kind in scheme_keys().items():
        if not sheet_of(key, True):
            found |= {f"{key}.{part}": own for m in kind.models for part, own in fields_of(m).items()} if kind.models else {key: kind}
    return found | {REST: Kind(text=True, member=_TEXT)}


@cache
def rule_words() -> dict[str, str]:
    """What each rule kind is called: what its own sentence begins with, or its name."""
    found: dict[str, str] = {}
    for name, kind in KINDS.items():
        told = (kind.__doc__ or "").partition(":")[0].partition(".")[0].strip()
        found[name] = told if told and not told.isascii() and told not in found.values() else name
    return found


def choices(key: str, kind: Kind) -> dict[str, str]:
    """The closed choices of a column, by what the file holds, in words."""
    if key == "rule":
        return rule_words()
    if key == WHAT:
        return {choice: words.name_of(choice) for choice in kind.choices}
    if key == ANSWERS:
        return {code: kind.title for code, kind in CATALOGUE.items()}
    own = words.CHOICES.get(key, {})
    listed = {choice: own.get(choice, choice) for choice in kind.choices}
    return listed | {choice: word for choice, word in own.items() if not kind.choices or choice == "assumed"}


@cache
def _changes_words() -> Words:
    """The words in which readings tell what they change."""

    def called(key: str, sheet: str) -> str:
        return words.COMMON if key == DEFAULTS else words.name_of(key, sheet or words.TREE)

    return Words(scheme_keys(), {**node_keys(), "rule": Kind(choices=tuple(KINDS))}, called, sheet_of, choices)


@cache
def notation(key: str, kind: Kind) -> Notation:
    """How the cells of a column are written."""
    if key in (CHANGES, TOGETHER):
        return ChangesNotation(kind, {}, say=_changes_words(), lead=2 if key == TOGETHER else 0)
    return Notation(kind, choices(key, kind), key in (OWNER, NAME) or key.startswith(CELL))


def heading(key: str, sheet: str) -> str:
    """What stands above a column."""
    return words.name_of(key, sheet)
