"""What came in, held against the office's book, the rounds before and each other: what goes in, what waits, what is no use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from addin.gathering import bodies, dispute
from addin.gathering.incoming import Incoming, Offer, Status, told
from addin.gathering.records import Candidate, Cell, FileRecord, Ledger, Origin, RemarkRecord, SelfRecord, Source, Standing
from addin.workbooks.edits import same_value
from addin.workbooks.pending import Kind, State
from generator.value import Value

_STANDING = {
    Status.OWN: Standing.OWN,
    Status.SAME: Standing.SAME,
    Status.FOREIGN: Standing.FOREIGN,
    Status.DAMAGED: Standing.DAMAGED,
}
MOST_WORDS = 1000
"""So much is kept of what there is to say of a file."""
_SAME = "与“{}”一模一样，只是文件名不同，不重复收"


@dataclass
class FileReport:
    """What became of a file's values in this round; each of them is in one of the lists. taken: put into the book now; same: there
    already; waiting: somebody has to choose; left: another was chosen; refused: of no use; homeless: the office's book has no
    such cell any more."""

    incoming: Incoming
    taken: list[Offer] = field(default_factory=list)
    same: list[Offer] = field(default_factory=list)
    waiting: list[Offer] = field(default_factory=list)
    left: list[Offer] = field(default_factory=list)
    refused: list[Offer] = field(default_factory=list)
    homeless: list[Offer] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        """What the file has come to."""
        status = self.incoming.status
        if status is not Status.READ:
            return _STANDING[status]
        if not self.incoming.offers:
            return Standing.EMPTY
        return Standing.SELF if self.incoming.from_unit else Standing.GATHERED

    @property
    def troubled(self) -> bool:
        """Whether people have to see to something."""
        bad = self.standing in (Standing.SAME, Standing.FOREIGN, Standing.DAMAGED)
        return bad or bool(self.waiting or self.refused or self.homeless or self.incoming.tampered)


@dataclass
class Merged:
    """What a round comes to. edits: what is put into the office's book; ledger: all that is known afterwards."""

    edits: dict[Cell, Value]
    ledger: Ledger
    files: list[FileReport]


def merge(cells: Sequence[Cell], present: Mapping[Cell, Value], before: Ledger, incoming: Sequence[Incoming]) -> Merged:
    """Merge what came in. cells: all input cells that the office's book has, in its order; present: what stands in them."""
    _screen(incoming, before)
    reports = [FileReport(one) for one in incoming]
    ledger = Ledger(dict(before.files), dict(before.sources))
    edits: dict[Cell, Value] = {}
    offered: dict[Cell, list[tuple[FileReport, Offer]]] = defaultdict(list)
    there = set(cells)
    for report in reports:
        one = report.incoming
        for offer in one.offers if one.status is Status.READ and not one.from_unit else ():
            cell = (offer.key, offer.unit)
            if cell in there:
                offered[cell].append((report, offer))
            else:
                report.homeless.append(offer)
    again = {one.name for one in incoming if one.status in (Status.READ, Status.SAME)}
    for cell in cells:
        given, known = offered.get(cell, []), before.pending.get(cell, [])
        if not given and not known:
            continue
        new = [_candidate(report.incoming, offer) for report, offer in given]
        outcome = dispute.settle(present.get(cell), known, new, again)
        if outcome.value is not None:
            edits[cell] = outcome.value
        if outcome.rows:
            ledger.pending[cell] = outcome.rows
        _note_source(ledger, cell, outcome)
        _count(given, outcome, edits.get(cell, present.get(cell)), ledger.sources.get(cell))
    _own_figures(ledger, before, incoming)
    _remarks(ledger, before, incoming)
    _describe(reports, ledger, before)
    return Merged(edits, ledger, reports)


def _candidate(one: Incoming, offer: Offer) -> Candidate:
    kind = Kind.REFUSED if offer.refused else Kind.DOUBTFUL if offer.doubt else Kind.GIVEN
    state = State.REFUSED if offer.refused else State.OPEN
    return Candidate(offer.value, kind, Origin(one.name, offer.place, one.saved), offer.refused or offer.doubt, state=state.value)


def _note_source(ledger: Ledger, cell: Cell, outcome: dispute.Outcome) -> None:
    taken = outcome.taken
    old = ledger.sources.get(cell)
    if taken is not None and taken.kind is not Kind.OWN and (outcome.value is not None or old is None or old.origin is None):
        ledger.sources[cell] = Source(taken.value, taken.origin)
    waits = any(row.state in (State.OPEN, State.MANY) for row in outcome.rows)
    known = ledger.sources.get(cell)
    if waits and known is None:
        ledger.sources[cell] = Source(None, None)
    elif not waits and known is not None and known.origin is None:
        del ledger.sources[cell]


def _count(given: Iterable[tuple[FileReport, Offer]], outcome: dispute.Outcome, now: Value, source: Source | None) -> None:
    """Put each offer into the list of what became of it. now: what stands in the cell afterwards."""
    for report, offer in given:
        origin = Origin(report.incoming.name, offer.place)
        if offer.refused:
            report.refused.append(offer)
        elif same_value(offer.value, now):
            from_here = (
                source is not None
                and source.origin is not None
                and (source.origin.file, source.origin.place) == (origin.file, origin.place)
            )
            (report.taken if from_here and outcome.value is not None else report.same).append(offer)
        elif any(
            row.state == State.LEFT.value and (row.origin.file, row.origin.place) == (origin.file, origin.place) for row in outcome.rows
        ):
            report.left.append(offer)
        else:
            report.waiting.append(offer)


def _screen(incoming: Sequence[Incoming], before: Ledger) -> None:
    """Mark files that are the same as another, and give a file that only shares another's name one of its own."""
    known = {record.digest: record for record in before.files.values() if record.standing != Standing.SAME and record.digest}
    seen: dict[str, str] = {}
    for one in incoming:
        if one.status is not Status.READ:
            continue
        record = known.get(one.digest)
        if record is not None and record.name != one.name and record.name.startswith(f"{one.name}（"):
            one.name = record.name
        elif record is None and one.name in before.files and _of_others(before.files[one.name], one):
            one.name = f"{one.name}（{one.whose}）"
        if record is not None and record.name != one.name:
            one.status, one.reason = Status.SAME, _SAME.format(record.name)
        elif one.digest in seen:
            one.status, one.reason = Status.SAME, _SAME.format(seen[one.digest])
        else:
            seen[one.digest] = one.name


def _of_others(record: FileRecord, one: Incoming) -> bool:
    """Whether a file of before that had this name was somebody else's."""
    return bool(record.whose and one.whose) and bodies.MANY not in (record.whose, one.whose) and record.whose != one.whose


def _own_figures(ledger: Ledger, before: Ledger, incoming: Sequence[Incoming]) -> None:
    """What the units gave themselves; a file that comes again replaces what it gave before."""
    mine = [one for one in incoming if one.status is Status.READ and one.from_unit]
    names = {one.name for one in mine}
    ledger.own = [record for record in before.own if record.origin.file not in names]
    for one in mine:
        good = [offer for offer in one.offers if not offer.refused]
        ledger.own += [SelfRecord((o.key, o.unit), o.value, Origin(one.name, o.place, one.saved)) for o in good]
        ledger.own += [SelfRecord((s.key, s.unit), s.value, Origin(one.name, "", one.saved)) for s in one.scores]


def _remarks(ledger: Ledger, before: Ledger, incoming: Sequence[Incoming]) -> None:
    """What was written in words: a file that comes again replaces what it said at the same place before, and takes nothing back by
    leaving it blank."""
    new = [
        RemarkRecord(found.about, found.what, found.text, one.whose, Origin(one.name, found.place, one.saved))
        for one in incoming
        if one.status is Status.READ
        for found in one.remarks
    ]
    again = {(record.origin.file, record.about, record.what) for record in new}
    ledger.remarks = [record for record in before.remarks if (record.origin.file, record.about, record.what) not in again] + new


def _describe(reports: list[FileReport], ledger: Ledger, before: Ledger) -> None:
    """Say of every file in sentences what is to be known of it, and enter it among the files."""
    for report in reports:
        one = report.incoming
        report.words = [words for words in (one.reason, told(one), *one.notes) if words]
        if one.status is Status.READ and one.from_unit:
            report.refused = [offer for offer in one.offers if offer.refused]
            report.same = [offer for offer in one.offers if not offer.refused]
        if report.homeless:
            first = report.homeless[0]
            report.words.append(
                f"有 {len(report.homeless)} 个数在本簿里找不到格子（如 {first.place}），行、列或工作表可能被删掉了；请先修好本簿再汇总"
            )
        gone = _blank_now(one, before) if one.status is Status.READ else 0
        if gone:
            report.words.append(f"有 {gone} 格上次报了数、这次空着，本簿里的数没有动")
        if one.missing and one.status is Status.READ:
            some = "、".join(one.missing[:3]) + ("等" if len(one.missing) > 3 else "")
            report.words.append(f"还有 {len(one.missing)} 格没有填：{some}")
    _tell_of_two(reports, ledger)
    for report in reports:
        one = report.incoming
        if one.status is not Status.OWN:
            same = _elsewhere(report, ledger)
            words = "；".join(report.words)[:MOST_WORDS]
            ledger.files[one.name] = FileRecord(one.name, one.digest, one.whose, one.by, one.saved, report.standing.value, same, words)


def _elsewhere(report: FileReport, ledger: Ledger) -> int:
    """How many of a file's values stand in the book, but are from elsewhere."""
    sources = (ledger.sources.get((offer.key, offer.unit)) for offer in report.same)
    return sum(source is None or source.origin is None or source.origin.file != report.incoming.name for source in sources)


def _blank_now(one: Incoming, before: Ledger) -> int:
    """How many cells a file of that name gave a value for that it leaves blank now."""
    given = {(offer.key, offer.unit) for offer in one.offers}
    return sum(
        source.origin is not None and source.origin.file == one.name and cell not in given for cell, source in before.sources.items()
    )


def _tell_of_two(reports: list[FileReport], ledger: Ledger) -> None:
    """Two files of one department or one unit are told of each other."""
    by_sender: dict[tuple[bool, str], set[str]] = defaultdict(set)
    read = [report for report in reports if report.incoming.status is Status.READ and report.incoming.offers]
    for report in read:
        by_sender[report.incoming.from_unit, report.incoming.whose].add(report.incoming.name)
    names = {report.incoming.name for report in reports}
    for record in ledger.files.values():
        if record.standing in (Standing.GATHERED, Standing.SELF) and record.name not in names:
            by_sender[record.standing == Standing.SELF, record.whose].add(record.name)
    for report in read:
        one = report.incoming
        others = sorted(by_sender[one.from_unit, one.whose] - {one.name})
        if others and one.whose not in ("", bodies.MANY):
            listed = "、".join(f"“{name}”" for name in others[:3])
            report.words.append(f"“{one.whose}”报来不止一本，还有{listed}；相同的数只收一次，不同的列在“待定”表里")
