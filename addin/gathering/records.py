"""What is known of a round and of those before it: as the sheets of the office's book keep it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from addin.workbooks.edits import same_value
from addin.workbooks.pending import Kind, State
from generator.value import Value

Cell = tuple[str, str]
"""Line key and the unit's name; '' for the cell that all units share."""
OWN_BOOK = "本簿"
"""Stands where a file's name would, for what is in the office's book already."""


@dataclass(frozen=True)
class Origin:
    """Where a value is from. place: sheet and cell; saved: when the file was saved last, by what it says itself."""

    file: str
    place: str = ""
    saved: str = ""


@dataclass(frozen=True)
class Source:
    """The value that was taken into a cell, and where it is from. origin: None while it waits for somebody to choose."""

    value: Value
    origin: Origin | None


@dataclass(frozen=True)
class Candidate:
    """One of the values that a cell could have. chosen: somebody ticked it; state: what has become of it."""

    value: Value
    kind: Kind
    origin: Origin
    why: str = ""
    chosen: bool = False
    state: str = State.OPEN.value
    remark: str = ""

    def is_like(self, other: Candidate) -> bool:
        """Whether it is the same value from the same place."""
        return (self.origin.file, self.origin.place) == (other.origin.file, other.origin.place) and same_value(self.value, other.value)

    def become(self, state: State) -> Candidate:
        """The same in another state; only what was taken keeps its tick."""
        return self if self.kind is Kind.REFUSED else replace(self, state=state.value, chosen=state is State.TAKEN)


class Standing(StrEnum):
    """What a file has come to, in a word."""

    GATHERED = "已收"
    EMPTY = "没有填数"
    SELF = "自评"
    SAME = "重复"
    OWN = "本簿"
    FOREIGN = "不是这本簿的"
    DAMAGED = "打不开"


@dataclass(frozen=True)
class FileRecord:
    """A file of this round or one before. same: how many of its values stood in the book already, from elsewhere."""

    name: str
    digest: str
    whose: str
    by: str
    saved: str
    standing: str
    same: int
    words: str


@dataclass(frozen=True)
class SelfRecord:
    """A figure of a unit's own, or what it scores by them. place: '' for a score."""

    cell: Cell
    value: Value
    origin: Origin


@dataclass(frozen=True)
class RemarkRecord:
    """A text that a department or a unit wrote. about: the indicator, '' for what stands on the first sheet of a book; what: under
    which heading or label."""

    about: str
    what: str
    text: str
    whose: str
    origin: Origin


@dataclass
class Ledger:
    """All that is known: files by name, sources and candidates by cell, the units' own figures, what people wrote in words."""

    files: dict[str, FileRecord] = field(default_factory=dict)
    sources: dict[Cell, Source] = field(default_factory=dict)
    pending: dict[Cell, list[Candidate]] = field(default_factory=dict)
    own: list[SelfRecord] = field(default_factory=list)
    remarks: list[RemarkRecord] = field(default_factory=list)
