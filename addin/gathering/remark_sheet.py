"""The sheet 备注 of the office's book: who filled in the files that came, and what they wrote beside the figures; drawn and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from addin.gathering.records import Origin, RemarkRecord
from addin.gathering.table import LINKED, SIZE, Table, linked, short, text
from addin.workbooks import ledgers
from addin.workbooks.book import Cells
from addin.workbooks.snapshot import Snapshot
from generator.layout.design import with_views
from generator.layout.text_size import height_of, lines_needed
from generator.lines.keys import Owner
from generator.plan.plan import Block, BlockKind, Plan
from generator.sheets.sheet import Sheet
from generator.value import show

KEY, WHOSE, ABOUT, WHAT, TEXT, FILE, PLACE, SAVED = "ABCDEFGH"
"""The columns of the texts about indicators; the first, hidden, says which indicator."""
LABELS, SENT = "CDEF", "文件"
"""The columns for what first sheets ask for, one each, and the heading of what follows: the file."""
LAST = 8
TEXT_MARK, HEAD_MARK, FILE_MARK = "about:", "labels", "contact"
"""What stands in the hidden column of a row."""
COVER = "填报信息"
EXPLAINED = (
    "各部门填报簿的“备注与佐证”表、各单位自评表右边和两者“说明”表上写的字，汇总时收到这里，不影响得分。同一个文件再报来就换成新写的，"
    "这次空着的留着上次的；要改请改原来的文件重报。"
)


def draw(taken: Snapshot, found: Sequence[RemarkRecord], name: str) -> Sheet:
    """The sheet. found: all that is known; name: what it is called."""
    columns = {
        KEY: ("", 4.0),
        WHOSE: ("谁写的", 18.0),
        ABOUT: ("指标", 26.0),
        WHAT: ("项目", 12.0),
        TEXT: ("内容", 46.0),
        FILE: ("文件", 26.0),
        PLACE: ("位置", 16.0),
        SAVED: ("文件保存时间", 15.0),
    }
    table = Table(ledgers.REMARKS, name, "备注与佐证材料", columns, KEY, EXPLAINED)
    labels = _labels(taken, found)
    _contacts(table, found, labels)
    head = table.row + 1
    table.heads(head)
    for record in _in_order(taken.plan, found, labels):
        label, place = _named(taken, record)
        table.add(
            {
                KEY: (f"{TEXT_MARK}{record.about}", "hidden"),
                WHOSE: text(record.whose),
                ABOUT: (linked(*place, label), LINKED) if place else text(label),
                WHAT: short(record.what),
                TEXT: text(record.text),
                FILE: text(record.origin.file),
                PLACE: text(record.origin.place),
                SAVED: short(record.origin.saved),
            }
        )
    table.filter(head)
    return table.sheet


def read(part: Cells) -> list[RemarkRecord]:
    """What the sheet holds."""
    found: list[RemarkRecord] = []
    labels: dict[str, str] = {}
    for row, _ in part.rows():
        mark = part.value(f"{KEY}{row}")
        if not isinstance(mark, str):
            continue
        said = {letters: "" if (value := part.value(f"{letters}{row}")) is None else show(value) for letters in "BCDEFGH"}
        if mark == HEAD_MARK:
            heads = [said[letters] for letters in "CDEFG"]
            labels = dict(zip(LABELS, heads[: heads.index(SENT)] if SENT in heads else heads, strict=False))
        elif mark == FILE_MARK:
            origin = Origin(said["CDEFG"[len(labels)]])
            found += [RemarkRecord("", label, said[at], said[WHOSE], origin) for at, label in labels.items() if said[at]]
        elif mark.startswith(TEXT_MARK):
            origin = Origin(said[FILE], said[PLACE], said[SAVED])
            found.append(RemarkRecord(mark.removeprefix(TEXT_MARK), said[WHAT], said[TEXT], said[WHOSE], origin))
    return found


def _labels(taken: Snapshot, found: Sequence[RemarkRecord]) -> list[str]:
    """What first sheets ask for, as far as there is room for it, in the order that it has there."""
    parts = with_views(taken.design).parts
    order = [*dict.fromkeys([*parts.department.cover, *parts.unit.cover])]
    labels = {record.what for record in found if not record.about}
    return sorted(labels, key=lambda label: (order.index(label) if label in order else len(order), label))[: len(LABELS)]


def _contacts(table: Table, found: Sequence[RemarkRecord], labels: list[str]) -> None:
    """A row for each file of which it is known who filled it in."""
    files: dict[tuple[str, str], dict[str, str]] = {}
    for record in found:
        if not record.about and record.what in labels:
            files.setdefault((record.whose, record.origin.file), {})[record.what] = record.text
    if not files:
        return
    table.row += 1
    table.line(COVER, "group")
    table.row += 1
    table.sheet.put(table.row, 1, HEAD_MARK, "hidden")
    for column, words in enumerate(["谁报的", *labels], 2):
        table.sheet.put(table.row, column, words, "heading")
    first = len(labels) + 3
    table.sheet.span(table.row, first, table.row, LAST, SENT, "heading")
    table.sheet.heights[table.row] = 20
    room = sum(table.sheet.widths[column] for column in range(first, LAST + 1))
    for (whose, file), said in sorted(files.items()):
        cells = {at: text(said.get(label, "")) for at, label in zip(LABELS, labels, strict=False)}
        table.add({KEY: (FILE_MARK, "hidden"), WHOSE: text(whose), **cells})
        table.sheet.span(table.row, first, table.row, LAST, file, "listed")
        table.sheet.heights[table.row] = max(table.sheet.heights[table.row], height_of(lines_needed(file, room, SIZE), SIZE) + 2)
    table.row += 2
    table.line("备注与佐证材料", "group")


def _in_order(plan: Plan, found: Sequence[RemarkRecord], labels: list[str]) -> Iterator[RemarkRecord]:
    """The texts about indicators in the order of the book, what first sheets have more than there is room for above before them."""
    order = {id: number for number, block in enumerate(plan.blocks) for id in (block.id, block.number) if id}
    units = {name: number for number, name in enumerate(plan.units)}

    def place(record: RemarkRecord) -> tuple[int, int, str, str, str]:
        return order.get(record.about, -1), units.get(record.whose, -1), record.whose, record.origin.file, record.what

    listed = [record for record in found if record.about or record.what not in labels]
    yield from sorted(listed, key=place)


def _named(taken: Snapshot, record: RemarkRecord) -> tuple[str, tuple[str, str] | None]:
    """What a text is about, and where that is."""
    block = _block(taken.plan, record.about)
    if block is None:
        return COVER if not record.about else record.about, None
    periods = Owner(block.id).periods if record.about == block.id else ()
    label = f"{block.number or Owner(block.id).id} {block.name}" + (f"（{'·'.join(periods)}）" if periods else "")
    unit = taken.plan.units.index(record.whose) if record.whose in taken.plan.units else 0
    places = (taken.place(line.key, unit) for line in block.lines if not line.shared)
    return label, next((place for place in places if place), None)


def _block(plan: Plan, about: str) -> Block | None:
    listed = [block for block in plan.blocks if block.kind == BlockKind.INDICATOR]
    return next((block for block in listed if block.id == about), None) or next((b for b in listed if b.number == about), None)
