"""The sheets that gathering keeps in the office's book: 报送, 待定, 来源; where units assess themselves, 自评; where somebody wrote
something, 备注."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from addin.gathering import keeping, remark_sheet
from addin.gathering.records import Candidate, Cell, Ledger, SelfRecord, Standing
from addin.gathering.reported import Share, shares
from addin.gathering.table import LINKED, SHADED, Table, linked, short, text
from addin.workbooks import ledgers, pending
from addin.workbooks.edits import same_value
from addin.workbooks.naming import Names
from addin.workbooks.pending import Kind, State
from addin.workbooks.snapshot import Snapshot
from generator.layout.addresses import sheet_prefix
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.sheets import scoring
from generator.sheets.sheet import Content, Formula, Sheet
from generator.value import Value, show

Known = TypeVar("Known")

SHOWN = 12
"""So many files of one sender are named beside it."""
HOW_TO_CHOOSE = (
    "这些格子不能直接收：几本报的不一样，或与本簿现有的不同，或数有疑问。请在每一格要用的那一行“采用”里选“√”（一格只选一行），"
    "再点“重算”或再汇总一次，数就填进去。也可以直接在本簿的黄色格里填。“不能收”的请对方改正后重报。"
)
HOW_TO_READ_SELF = "单位自评的数和分，与本簿核定的并排；自评不改动核定的数。“核定”随本簿自动更新。"


@dataclass(frozen=True)
class Drawing:
    """What the sheets are drawn from. taken: the office's book with the round's values in it; names: what the sheets are called."""

    taken: Snapshot
    ledger: Ledger
    values: Evaluation
    names: dict[str, str]

    def sheets(self) -> list[Sheet]:
        """All of them, in the order of the tabs."""
        drawn = [self.files(), self.waiting(), self.sources()]
        drawn += [self.own()] if ledgers.SELF in self.names else []
        names = self.names
        return [*drawn, remark_sheet.draw(self.taken, self.ledger.remarks, names[ledgers.REMARKS])] if ledgers.REMARKS in names else drawn

    # -- 报送

    def files(self) -> Sheet:
        """Who has sent in what, and who has not."""
        columns = {
            "A": ("", 4),
            "B": ("文件", 28),
            "C": ("谁报的", 16),
            "D": ("保存人", 9),
            "E": ("保存时间", 15),
            "F": ("情况", 11),
            "G": ("采用", 6),
            "H": ("相同", 6),
            "I": ("待定", 6),
            "J": ("未采用", 7),
            "K": ("不能收", 7),
            "L": ("说明", 44),
        }
        departments, units = shares(self.taken.plan, self.values)
        table = Table(ledgers.FILES, self.names[ledgers.FILES], "报送情况", columns, "A")
        table.row = 3
        table.line(self._in_short(departments, units))
        table.row = 4
        self._shares(table, ("考核部门", "报来的文件"), departments, units=False)
        self._shares(table, ("被考核单位", "自评表"), units, units=True)
        table.row += 2
        table.line("收到的文件", "group")
        table.heads(table.row + 1, filtered=False)
        counts = self._counts()
        for record in sorted(self.ledger.files.values(), key=lambda one: one.name):
            taken, waiting, left, refused = counts.get(record.name, (0, 0, 0, 0))
            figures = (taken, record.same, waiting, left, refused)
            table.add(
                {
                    "A": (f"{keeping.FILE_MARK}{record.digest}", "hidden"),
                    keeping.FILE_NAME: text(record.name),
                    keeping.FILE_WHOSE: text(record.whose),
                    keeping.FILE_BY: text(record.by),
                    keeping.FILE_SAVED: short(record.saved),
                    keeping.FILE_STANDING: short(record.standing),
                    **{column: short(Decimal(count) if count else None) for column, count in zip("GHIJK", figures, strict=True)},
                    keeping.FILE_WORDS: text(record.words),
                }
            )
        return table.sheet

    def _in_short(self, departments: list[Share], units: list[Share]) -> str:
        late = [share.name for share in departments if share.missing]
        open_cells = sum(any(row.state in (State.OPEN, State.MANY) for row in rows) for rows in self.ledger.pending.values())
        words = [f"收到 {len(self.ledger.files)} 个文件"]
        some = "、".join(late[:SHOWN]) + ("等" if len(late) > SHOWN else "")
        words.append(f"还没有报齐的考核部门 {len(late)} 个：{some}" if late else "考核部门都已报齐")
        words.append(f"没有填完的单位 {sum(share.missing > 0 for share in units)} 个")
        if open_cells:
            words.append(f"有 {open_cells} 格等着选，见“{self.names[ledgers.PENDING]}”表")
        return "；".join(words) + "。"

    def _shares(self, table: Table, heads: tuple[str, str], listed: list[Share], units: bool) -> None:
        """What each has to fill in, and the files it sent. heads: of the first column and the last."""
        senders = self._senders(units)
        absent = "还没有报自评" if units and senders else None
        head, last = heads
        table.row += 1
        columns = {"B": head, "C": "情况", "D": "应填", "E": "已填", "F": "还缺"}
        for letters, words in columns.items():
            table.sheet.put(table.row, "ABCDEF".index(letters) + 1, words, "heading")
        table.sheet.span(table.row, 7, table.row, 12, last, "heading")
        for share in listed:
            sent = senders.get(share.name, [])
            files = "、".join(sent[:SHOWN]) + (f"等 {len(sent)} 个" if len(sent) > SHOWN else "") or absent
            state = share.state if share.wanted or units else "已报" if sent else "没有见到表"
            counts = {"D": share.wanted, "E": share.filled, "F": share.missing}
            table.add({"B": text(share.name), "C": short(state), **{column: short(Decimal(n)) for column, n in counts.items()}})
            table.sheet.span(table.row, 7, table.row, 12, files, "listed")
        table.row += 1

    def _senders(self, units: bool) -> dict[str, list[str]]:
        """The files of each department, or of each unit."""
        wanted = (Standing.SELF,) if units else (Standing.GATHERED, Standing.EMPTY)
        found: dict[str, list[str]] = {}
        for record in sorted(self.ledger.files.values(), key=lambda one: one.name):
            if record.standing in wanted and record.whose:
                found.setdefault(record.whose, []).append(record.name)
        return found

    def _counts(self) -> dict[str, tuple[int, int, int, int]]:
        """Of each file: how many cells have its value, how many wait, how many have another that was chosen, how many are of no
        use."""
        counts: dict[str, list[int]] = {}
        for source in self.ledger.sources.values():
            if source.origin is not None:
                counts.setdefault(source.origin.file, [0, 0, 0, 0])[0] += 1
        where = {State.OPEN: 1, State.MANY: 1, State.LEFT: 2, State.REFUSED: 3}
        for rows in self.ledger.pending.values():
            for row in rows:
                state = State(row.state) if row.state in State._value2member_map_ else State.OPEN
                if row.kind is not Kind.OWN and state in where:
                    counts.setdefault(row.origin.file, [0, 0, 0, 0])[where[state]] += 1
        return {name: (a, b, c, d) for name, (a, b, c, d) in counts.items()}

    # -- 待定

    def waiting(self) -> Sheet:
        """What waits for somebody to choose, and what was chosen."""
        columns = {
            "A": ("", 4),
            "B": ("", 4),
            "C": ("采用", 6),
            "D": ("指标", 24),
            "E": ("被考核单位", 13),
            "F": ("数", 10),
            "G": ("来自", 24),
            "H": ("位置", 15),
            "I": ("文件保存时间", 15),
            "J": ("为什么", 32),
            "K": ("结果", 9),
            "L": ("备注", 14),
        }
        table = Table(ledgers.PENDING, self.names[ledgers.PENDING], "待定的数", columns, "AB", HOW_TO_CHOOSE)
        head = pending.FIRST - 1
        table.heads(head)
        for number, (cell, rows) in enumerate(self._in_order(self.ledger.pending)):
            for row in rows:
                self._candidate(table, cell, row, SHADED if number % 2 else "")
        table.filter(head)
        if table.row > head:
            table.choice(f"C{pending.FIRST}:C{table.row}", pending.TICK, "采用这一行的数就选√；一格只能选一行")
        return table.sheet

    def _candidate(self, table: Table, cell: Cell, row: Candidate, shade: str) -> None:
        """shade: what the rows of every other cell wear, so that those of one cell are seen to belong together."""
        free = row.kind is not Kind.REFUSED
        label, place = self._named(cell)
        listed: dict[str, tuple[Content, str]] = {
            pending.LABEL: (linked(*place, label), LINKED) if place else text(label),
            pending.UNIT: text(self._who(cell)),
            pending.GIVEN: short(row.value),
            pending.FILE: text(row.origin.file),
            pending.PLACE: text(row.origin.place),
            pending.SAVED: short(row.origin.saved),
            pending.WHY: text(row.why),
            pending.STATE: short(row.state),
        }
        table.add(
            {
                pending.KEY: (pending.cell_key(*cell), "hidden"),
                pending.KIND: (row.kind.value, "hidden"),
                pending.TAKE: (pending.TICK if row.chosen else None, "input" if free else "absent"),
                **{column: (content, style + shade) for column, (content, style) in listed.items()},
                pending.REMARK: (row.remark or None, "input"),
            },
            {pending.GIVEN: self._format(cell, row.value)},
            f"{pending.TAKE}{pending.REMARK}" if free else pending.REMARK,
        )

    # -- 来源

    def sources(self) -> Sheet:
        """Where each value is from."""
        columns = {
            "A": ("", 4),
            "B": ("指标", 30),
            "C": ("被考核单位", 14),
            "D": ("收来的数", 11),
            "E": ("文件", 28),
            "F": ("位置", 17),
            "G": ("文件保存时间", 15),
            "H": ("说明", 26),
        }
        table = Table(ledgers.SOURCES, self.names[ledgers.SOURCES], "数的来源", columns, "A")
        head = pending.SOURCE_FIRST - 1
        table.heads(head)
        for cell, source in self._in_order(self.ledger.sources):
            label, _ = self._named(cell)
            origin = source.origin
            table.add(
                {
                    pending.SOURCE_KEY: (pending.cell_key(*cell), "hidden"),
                    pending.SOURCE_LABEL: text(label),
                    pending.SOURCE_UNIT: text(self._who(cell)),
                    pending.SOURCE_VALUE: short(source.value),
                    pending.SOURCE_FILE: text(origin.file if origin else ""),
                    pending.SOURCE_PLACE: text(origin.place if origin else ""),
                    pending.SOURCE_SAVED: short(origin.saved if origin else ""),
                    pending.SOURCE_NOTE: text(self._remark(cell, source.value, origin is None)),
                },
                {pending.SOURCE_VALUE: self._format(cell, source.value)},
            )
        table.filter(head)
        return table.sheet

    def _remark(self, cell: Cell, value: Value, waits: bool) -> str:
        if waits:
            return f"还没有收，等着选，见“{self.names[ledgers.PENDING]}”表"
        now = self.taken.value(cell[0], self._unit(cell))
        return "" if same_value(now, value) else f"本簿里后来改成了 {show(now)}"

    # -- 自评

    def own(self) -> Sheet:
        """What the units gave themselves, beside what the office has."""
        columns = {
            "A": ("", 4),
            "B": ("被考核单位", 14),
            "C": ("指标", 28),
            "D": ("项目", 11),
            "E": ("自评", 10),
            "F": ("核定", 10),
            "G": ("自评－核定", 10),
            "H": ("文件", 26),
            "I": ("位置", 16),
            "J": ("文件保存时间", 15),
        }
        table = Table(ledgers.SELF, self.names[ledgers.SELF], "自评与核定", columns, "A", HOW_TO_READ_SELF)
        head = keeping.SELF_FIRST - 1
        table.heads(head)
        lines = {key: number for number, key in enumerate(self.taken.plan.lines)}
        units = {name: number for number, name in enumerate(self.taken.plan.units)}
        known = [record for record in self.ledger.own if record.cell[0] in lines and (record.cell[1] in units or not record.cell[1])]
        for record in sorted(known, key=lambda one: (units.get(one.cell[1], -1), lines[one.cell[0]], one.origin.file)):
            self._figure(table, record)
        table.filter(head)
        return table.sheet

    def _figure(self, table: Table, record: SelfRecord) -> None:
        key, unit = record.cell[0], self._unit(record.cell)
        line, place = self.taken.plan.lines[key], self.taken.place(key, unit)
        office = self.values.at(key, unit) if unit != SHARED else self.values.fixed(key, "standard")
        row, scored = table.row + 1, line.input is None
        cell = sheet_prefix(place[0]) + place[1] if place else ""
        shown: Content = Formula(f'=IF({cell}="","",{cell})', office) if place else None
        gap: Content = None
        if place:
            ours, theirs = f"E{row}", f"F{row}"
            differ = f'IF(AND(ISNUMBER({ours}),ISNUMBER({theirs})),ROUND({ours}-{theirs},8),"不同")'
            formula = f'=IF(OR({ours}="",{theirs}="",{ours}={theirs}),"",{differ})'
            gap = Formula(formula, _gap(record.value, office))
        style, form = ("score" if scored else "listed_centre"), scoring.number_format(line)
        table.add(
            {
                keeping.SELF_KEY: (pending.cell_key(*record.cell), "hidden"),
                keeping.SELF_UNIT: text(self._who(record.cell)),
                keeping.SELF_LABEL: text(Names(self.taken.plan).of_owner(line.owner)),
                keeping.SELF_ITEM: text(line.label),
                keeping.SELF_OWN: (record.value, style),
                keeping.SELF_OFFICE: (shown, style),
                keeping.SELF_GAP: (gap, style),
                keeping.SELF_FILE: text(record.origin.file),
                keeping.SELF_PLACE: text(record.origin.place or "（自动算出）"),
                keeping.SELF_SAVED: short(record.origin.saved),
            },
            dict.fromkeys((keeping.SELF_OWN, keeping.SELF_OFFICE, keeping.SELF_GAP), form),
        )

    # -- words

    def _in_order(self, found: Mapping[Cell, Known]) -> Iterable[tuple[Cell, Known]]:
        """What is known of cells, in the order of the book."""
        for key, unit in pending.places(self.taken.plan).values():
            cell = (key, "" if unit == SHARED else self.taken.plan.units[unit])
            if cell in found:
                yield cell, found[cell]

    def _unit(self, cell: Cell) -> int:
        return self.taken.plan.units.index(cell[1]) if cell[1] else SHARED

    def _who(self, cell: Cell) -> str:
        return cell[1] or self.taken.plan.who(SHARED)

    def _named(self, cell: Cell) -> tuple[str, tuple[str, str] | None]:
        """What a cell is called, and where it is."""
        return Names(self.taken.plan).label(self.taken.plan.lines[cell[0]]), self.taken.place(cell[0], self._unit(cell))

    def _format(self, cell: Cell, value: Value) -> str:
        line = self.taken.plan.lines[cell[0]]
        return "0.0#########%" if line.percent and isinstance(value, Decimal) else "General"


def _gap(own: Value, office: Value) -> Value:
    """What the formula of the difference comes to."""
    if own in (None, "") or office in (None, "") or own == office:
        return None
    return own - office if isinstance(own, Decimal) and isinstance(office, Decimal) else "不同"
