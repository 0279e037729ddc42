"""Scheme + snapshot → findings and edits. Pure: reads a snapshot, changes nothing, knows no Excel.

What a book should hold is composed afresh from the scheme inside it, at the places where its keyed rows and columns
were found, and compared cell by cell.
"""

from __future__ import annotations

import statistics
import unicodedata
from decimal import Decimal

from addin.workbooks.book import Cells
from addin.workbooks.edits import Audit, Edit, same_formula, same_value
from addin.workbooks.expected import locked_constants
from addin.workbooks.findings import finding
from addin.workbooks.snapshot import Found, Snapshot
from generator.layout.addresses import address
from generator.layout.grid import UNIT, Grid
from generator.layout.listing import Listing
from generator.lines import accepts
from generator.lines.input import Ask, Input
from generator.lines.keys import BAND, GRADE
from generator.lines.line import Line, Role
from generator.plan.evaluation import Evaluation
from generator.plan.typed import high_value, line_fault
from generator.rules.ratio import Ratio
from generator.scheme.load import SchemeFile, fingerprint
from generator.scheme.model import Indicator
from generator.sheets import checks, meta, summary, tables
from generator.sheets.scoring import figure_content, missing_in_all
from generator.sheets.sheet import Formula, Sheet
from generator.tree.expression import NONE_MARK
from generator.tree.formula import formula
from generator.value import Value, number, show
from generator.xlsx.package import MAIN

FAR = 100
"""How many times further from its target than the middle unit a value must be to look like a slip of unit."""


def examine(taken: Snapshot, published: SchemeFile | None = None) -> Audit:
    """Check a workbook. published: the scheme of the same id that is in force, where there is one."""
    auditor = _Auditor(taken)
    auditor.everything(published)
    return auditor.audit


def stale(taken: Snapshot) -> list[Edit] | None:
    """The formulas that show another value than they have now, without the rest of a check; None where the book is broken."""
    auditor = _Auditor(taken)
    if not auditor.structure():
        return None
    auditor.scoring()
    auditor.other_sheets()
    auditor.counts_above()
    return auditor.audit.values


def as_number(text: str, asked: Input) -> Decimal | None:
    """The one number that a text can mean: full-width digits, thousands separators, the unit of measure typed along."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace(" ", "")
    for word in (asked.measure, "分", "次", "个", "元"):
        if word and word != "%" and plain.endswith(word):
            plain = plain.removesuffix(word)
            break
    if plain.endswith("%") and not asked.percent:
        return None
    return number(plain)


class _Auditor:
    def __init__(self, taken: Snapshot) -> None:
        self.taken, self.plan = taken, taken.plan
        self.audit = Audit()
        self.names = {b.id: b.name for b in self.plan.blocks if b.id}
        self.book = Evaluation(self.plan, taken.inputs)
        self.undone = {
            node.id: f"{node.id}/{node.how.target_name}"
            for node in self.plan.scheme.walk()
            if isinstance(node, Indicator) and isinstance(node.how, Ratio) and node.how.counts == "undone"
        }

    def everything(self, published: SchemeFile | None) -> None:
        self.about(published)
        self.check_sheets()
        whole = self.structure()
        self.inputs()
        if whole:
            self.scoring()
            self.other_sheets()
        self.labels(whole)
        self.results()

    def say(self, code: str, detail: str = "", sheet: str = "", cell: str = "", line: Line | None = None, unit: int | None = None) -> None:
        owner = line.owner if line else ""
        name = "" if unit is None else "全部单位" if unit < 0 else self.plan.units[unit]
        self.audit.findings.append(finding(code, detail, sheet, cell, owner, name))

    # The file as a whole --------------------------------------------------------------------------------------------

    def about(self, published: SchemeFile | None) -> None:
        own = self.taken.file
        if self.taken.about.get("fingerprint") != fingerprint(own.text):
            self.say("scheme-damaged", sheet=meta.NAME)
        elif published is not None and published.fingerprint != own.fingerprint:
            versions = f"簿中是第{own.scheme.version}版，现行是第{published.scheme.version}版"
            self.say("scheme-differs", f"{own.scheme.scheme}，{versions}", sheet=meta.NAME)
        parts = self.taken.package.parts
        if any(name.lower().endswith("vbaproject.bin") for name in parts):
            self.say("macro-inside")
        if any(name.startswith("xl/externalLinks/") for name in parts):
            self.say("link-outside")
        settings = self.taken.package.xml("xl/workbook.xml").find(f"{{{MAIN}}}calcPr")
        if settings is not None and settings.get("calcMode") == "manual":
            self.say("calculation-manual")

    def check_sheets(self) -> None:
        taken, design = self.taken, self.taken.design
        wanted = [design.guide.sheet, design.summary.sheet, design.checks.sheet, checks.COUNTER, meta.NAME]
        wanted += [design.tables.sheet] if self.plan.tables else []
        wanted += taken.original.references
        present = taken.package.sheet_paths
        for name in [*wanted, *taken.lost]:
            if name not in present or name in taken.lost:
                self.say("sheet-missing", name, sheet=name)
        for name, found in taken.sheets.items():
            if name != found.original.sheet:
                self.say("sheet-renamed", f"{found.original.sheet} → {name}", sheet=name)
        known = {*wanted, *taken.sheets}
        states = taken.package.sheet_states
        for name in present:
            if name in taken.strangers:
                self.say("sheet-foreign", f"{name}（{taken.strangers[name] or '清单'}）", sheet=name)
            elif name not in known:
                self.say("sheet-added", name, sheet=name)
            elif not name.startswith("_") and states.get(name, "visible") != "visible":
                self.say("sheet-hidden", name, sheet=name)
            if name in known and not taken.package.sheet(name).protected:
                self.say("protection-off", name, sheet=name)

    def structure(self) -> bool:
        """Whether every keyed row and column is there, once and in order; without that, formulas cannot be compared."""
        return all([not self.taken.lost, *[self.sound(found) for found in self.taken.sheets.values()]])

    def sound(self, found: Found) -> bool:
        sheet, rows, wanted = found.area.sheet, found.rows, found.original.row_keys
        sound = True
        for key in wanted:
            if key not in rows:
                sound = False
                self.say("row-missing", self.key_name(key), sheet=sheet, line=self.plan.lines.get(key), unit=self.unit_of(key))
        for key, row in found.copies:
            sound = False
            self.say("row-duplicated", self.key_name(key), sheet, f"A{row}", self.plan.lines.get(key), self.unit_of(key))
        order = [key for key in wanted if key in rows]
        if sound and sorted(order, key=lambda k: rows[k]) != order:
            sound = False
            first = next(a for a, b in zip(order, sorted(order, key=lambda k: rows[k]), strict=True) if a != b)
            self.say("row-moved", self.key_name(first), sheet, f"A{rows[first]}", self.plan.lines.get(first), self.unit_of(first))
        if sound:
            span = range(min(rows.values()), max(rows.values()) + 1)
            empty = set(range(min(wanted.values()), max(wanted.values()) + 1)) - set(wanted.values())
            own = {
                rows[before] + row - wanted[before]
                for row in empty
                for before in [max(wanted, key=lambda k: (wanted[k] < row) * wanted[k])]
            }
            for row in sorted(set(span) - set(rows.values()) - own):
                self.say("row-added", f"第{row}行", sheet, f"A{row}")
        return self.columns_sound(found) and sound

    def columns_sound(self, found: Found) -> bool:
        sheet, wanted, present = found.area.sheet, found.original.column_keys, found.area.column_keys
        sound = True
        for key in wanted:
            if key not in present:
                sound = False
                self.say("column-missing", self.key_name(key), sheet=sheet, line=self.plan.lines.get(key), unit=self.unit_of(key))
        order = [present[key] for key in sorted(wanted, key=lambda k: wanted[k]) if key in present]
        if order != sorted(order):
            sound = False
            self.say("column-moved", sheet=sheet)
        return sound

    def key_name(self, key: str) -> str:
        """What a row or column is, in words."""
        return self.label(self.plan.lines[key]) if key in self.plan.lines else key.removeprefix(UNIT).replace("|", " ")

    def unit_of(self, key: str) -> int | None:
        """The unit whose row or column has a key."""
        return self.plan.units.index(key.removeprefix(UNIT)) if key.startswith(UNIT) else None

    def label(self, line: Line) -> str:
        return f"{line.owner} {self.names.get(line.owner, '')} {line.label}".replace("  ", " ").strip()

    # What was typed in ----------------------------------------------------------------------------------------------

    def inputs(self) -> None:
        for line in self.plan.inputs:
            assert line.input
            found: dict[int, Value] = {}
            for unit in self.plan.places(line):
                place = self.taken.place(line.key, unit)
                if place is None:
                    continue
                if not self.taken.is_open(line, unit):
                    self.closed(line, unit, *place)
                elif self.usable(line, line.input, unit, *place):
                    found[unit] = self.taken.value(line.key, unit)
            self.outliers(line, found)
            self.beyond(line, found)

    def closed(self, line: Line, unit: int, sheet: str, at: str) -> None:
        value = self.taken.sheets[sheet].part.value(at)
        if value != NONE_MARK:
            self.say("input-not-applicable", f"{self.label(line)}，填了 {show(value)}", sheet, at, line, unit)
            self.audit.restore.append(Edit(sheet, at, NONE_MARK, show(value), "该单位没有这项任务"))

    def usable(self, line: Line, asked: Input, unit: int, name: str, at: str) -> bool:
        """Say what is wrong with one input; whether it is a value that can be compared with others."""
        sheet = self.taken.sheets[name].part
        text = sheet.formula(at)
        if text is not None:
            code = "input-link" if "[" in text or "|" in text else "input-formula"
            self.say(code, f"{self.label(line)}，={text[:60]}", name, at, line, unit)
            return False
        value = sheet.value(at)
        if sheet.kind(at) == "e":
            self.say("input-error", f"{self.label(line)}，{value}", name, at, line, unit)
            return False
        if not line_fault(line, unit, self.book):
            return isinstance(value, Decimal)
        fault = accepts.fault(asked, value, high_value(line, self.book, unit))
        where = (name, at, line, unit)
        if value is None:
            self.say("input-missing", self.label(line), *where)
        elif asked.ask is Ask.CHOICE:
            self.say("input-choice", f"{self.label(line)}，填的是“{show(value)}”", *where)
        elif isinstance(value, str):
            self.text(line, asked, value, where)
        elif asked.or_nothing:
            self.say("chosen-outside-band", f"{self.label(line)}，填的是 {show(value)}，应{fault}", *where)
        else:
            self.say("input-range", f"{self.label(line)}，填的是 {show(value)}，应{fault}", *where)
        return False

    def text(self, line: Line, asked: Input, value: str, where: tuple[str, str, Line, int]) -> None:
        number = as_number(value, asked)
        if number is None or accepts.fault(asked, number, high_value(line, self.book, where[3])):
            self.say("input-text", f"{self.label(line)}，填的是“{value[:30]}”", *where)
            return
        self.say("input-number-as-text", f"{self.label(line)}，填的是“{value[:30]}”，即 {show(number)}", *where)
        self.audit.fix.append(Edit(where[0], where[1], number, value, "文字改成数字"))

    def outliers(self, line: Line, found: dict[int, Value]) -> None:
        """Values far from the other units', measured against each unit's own target where there is one."""
        assert line.input
        if line.input.ask is not Ask.QUANTITY:
            return
        targets = next((t for t in self.plan.lines.values() if t.owner == line.owner and t.role is Role.PARAMETER and t.values), None)
        ratios: dict[int, Decimal] = {}
        for unit, value in found.items():
            target = targets.values[unit] if targets and targets.values else Decimal(1)
            if isinstance(value, Decimal) and isinstance(target, Decimal) and value > 0 and target > 0:
                ratios[unit] = value / target
        if line.input.percent:
            slips = {u for u, r in ratios.items() if r >= 20 and found[u] >= 1}  # type: ignore[operator]
        elif len(ratios) >= 3:
            middle = statistics.median(ratios.values())
            slips = {u for u, r in ratios.items() if r > middle * FAR or r * FAR < middle}
        else:
            slips = set()
        for unit in sorted(slips):
            place, value = self.taken.place(line.key, unit), found[unit]
            assert place
            where = (*place, line, unit)
            if line.input.percent and isinstance(value, Decimal):
                self.say("input-percent", f"{self.label(line)}，填的是 {show(value * 100)}%", *where)
                self.audit.fix.append(Edit(*place, value / 100, show(value), "百分数除以一百"))
            else:
                self.say("input-outlier", f"{self.label(line)}，填的是 {show(value)}", *where)

    def beyond(self, line: Line, found: dict[int, Value]) -> None:
        """More of a part than there is of the whole, more left undone than there was to do."""
        assert line.input
        whole = self.plan.lines.get(line.input.whole or self.undone.get(line.owner, ""))
        for unit, value in found.items():
            most = self.book.value(whole.key, unit) if whole else None
            if whole and isinstance(most, Decimal) and isinstance(value, Decimal) and value > most:
                place = self.taken.place(line.key, unit)
                assert place
                self.say("input-beyond", f"{self.label(line)} {show(value)}，{whole.label} {show(most)}", *place, line, unit)

    # What is locked -------------------------------------------------------------------------------------------------

    def scoring(self) -> None:
        layout = self.taken.layout
        for name, found in self.taken.sheets.items():
            area, part = found.area, found.part
            for line in area.lines:
                for key, at in area.figures(line):
                    figure = area.figure(line, key)
                    unit = area.units_of(line)[0] if isinstance(area, Listing) else -1
                    assert figure is not None
                    self.locked(
                        part, name, at, figure_content(figure, line.key, key, layout.seen_from(area, line.key, unit), self.book), line, None
                    )
                texts = layout.formulas(line, area, formula)
                for unit in area.units_of(line):
                    at = area.cell(line.key, unit)
                    if unit in texts:
                        self.locked(part, name, at, Formula(texts[unit], self.book.value(line.key, unit)), line, unit)
                    elif line.input is None and (line.values is not None or line.formula is not None):
                        self.locked(part, name, at, line.constant(unit), line, unit)

    def other_sheets(self) -> None:
        layout, present = self.taken.layout, self.taken.package.sheet_paths
        built: list[Sheet | None] = [summary.build(layout, self.book), tables.build(layout, self.book), *checks.build(layout, self.book)]
        for sheet in built:
            if sheet is None or sheet.name not in present:
                continue
            part = self.taken.package.sheet(sheet.name)
            for (row, column), box in sheet.cells.items():
                if isinstance(box.content, Formula):
                    self.locked(part, sheet.name, address(row, column), box.content, None, None)

    def locked(self, part: Cells, sheet: str, at: str, wanted: Value | Formula, line: Line | None, unit: int | None) -> None:
        """Compare one locked cell; remember how to put it right."""
        what = self.label(line) if line else ""
        shown = part.value(at)
        if not isinstance(wanted, Formula):
            if part.formula(at) is not None or not same_value(shown, wanted):
                now = f"={part.formula(at)}" if part.formula(at) is not None else show(shown)
                self.say("parameter-changed", f"{what}，应为 {show(wanted)}，现在是 {now}", sheet, at, line, unit)
                self.audit.restore.append(Edit(sheet, at, wanted, now, "恢复参数"))
            return
        self.audit.expected[sheet, at] = wanted.value
        text = part.formula(at)
        if text is None:
            code = "formula-deleted" if shown is None else "formula-overwritten"
            self.say(code, what if shown is None else f"{what}，现在是 {show(shown)}".strip("，"), sheet, at, line, unit)
            self.audit.restore.append(Edit(sheet, at, wanted, show(shown), "恢复公式"))
        elif not same_formula(text, wanted.text):
            self.say("formula-changed", f"{what}，现在是 ={text[:80]}".strip("，"), sheet, at, line, unit)
            self.audit.restore.append(Edit(sheet, at, wanted, f"={text}", "恢复公式"))
        elif not same_value(shown, wanted.value):
            self.audit.values.append(Edit(sheet, at, wanted, show(shown), "更新得分", value_only=True))

    def counts_above(self) -> None:
        """How many scores are missing, which stands above each scoring table and belongs to no line."""
        for name, found in self.taken.sheets.items():
            if isinstance(found.area, Grid) and found.in_place:
                wanted = missing_in_all(self.taken.layout, found.area, self.book)
                above = found.area.title_row + 1
                for _, at in next((cells for row, cells in found.part.rows() if row == above), []):
                    if found.part.formula(at) is not None:
                        self.locked(found.part, name, at, wanted, None, None)

    def labels(self, whole: bool) -> None:
        """Headings, names, sentences and empty locked cells, on every sheet that still has its original shape."""
        taken = self.taken
        by_original = {found.original.sheet: found for found in taken.sheets.values()}
        for sheet, cells in locked_constants(taken).items():
            own = by_original.get(sheet)
            name = own.area.sheet if own else sheet
            if name not in taken.package.sheet_paths or (own and not own.in_place):
                continue
            part = taken.package.sheet(name)
            for at, wanted in cells.items():
                if isinstance(wanted, Formula):  # what belongs to no line: the count above a table, a look-up
                    if whole and own and isinstance(own.area, Grid):
                        self.locked(part, name, at, missing_in_all(taken.layout, own.area, self.book), None, None)
                    elif own is None:
                        self.formula_text(part, name, at, wanted)
                    continue
                text = part.formula(at)
                shown = part.value(at)
                if text is not None or not same_value(shown, wanted):
                    now = f"={text}" if text is not None else show(shown)
                    self.say("label-changed", f"应为{show(wanted)[:40]}，现在是{now[:40]}", name, at)
                    self.audit.restore.append(Edit(name, at, wanted, now, "恢复文字"))

    def formula_text(self, part: Cells, sheet: str, at: str, wanted: Formula) -> None:
        """A formula whose value is nobody's result: only its text is held."""
        text = part.formula(at)
        if text is None or not same_formula(text, wanted.text):
            was = f"={text}" if text is not None else show(part.value(at))
            self.say("formula-changed" if text is not None else "formula-overwritten", f"现在是 {was[:80]}", sheet, at)
            self.audit.restore.append(Edit(sheet, at, wanted, was, "恢复公式"))

    # What comes out -------------------------------------------------------------------------------------------------

    def results(self) -> None:
        scored = [e for e in self.audit.values if e.sheet in self.taken.sheets]
        if scored:
            detail = f"{len(scored)} 格，例如 {scored[0].cell} 显示 {scored[0].was}，应为 {show(scored[0].content.value)}"  # type: ignore[union-attr]
            self.say("values-stale", detail, scored[0].sheet, scored[0].cell)
        for table in (t for t in self.plan.tables if t.kind == "quota"):
            for group in sorted({tuple(g) for g in self.plan.group_of}):
                for grade, share in zip(table.columns["等次"], table.columns["比例"], strict=True):
                    taken = sum(self.book.value(table.line, u) == grade for u in group)
                    due = Decimal(str(share)) * len(group)
                    if taken >= due + 1:
                        line = self.plan.lines[table.line]
                        detail = f"{self.label(line)}“{grade}”应有 {show(due)} 个，评了 {taken} 个"
                        self.say("quota-exceeded", detail, self.taken.design.tables.sheet, line=line)
        self.ties_over_quota()
        self.open_scores()
        unfinished = [name for u, name in enumerate(self.plan.units) if not self.book.result(u).complete]
        if unfinished:
            some = "、".join(unfinished[:5]) + ("等" if len(unfinished) > 5 else "")
            self.say("incomplete", f"{some} {len(unfinished)} 个单位", self.taken.layout.grids[0].sheet)

    def ties_over_quota(self) -> None:
        """Grades by a share of the places: units that tie all get the better grade, however many they are. Who has another
        grade for want of a condition, or by a veto, is no tie."""
        grades = self.plan.scheme.grades
        if grades is None or grades.by != "rank_share":
            return
        by_place = BAND if BAND in self.plan.lines else GRADE
        groups = {tuple(g) for g in self.plan.group_of} if grades.within == "组" else {tuple(range(len(self.plan.units)))}
        for group in sorted(groups):
            below = Decimal(0)
            for band in grades.bands:
                if band.up_to is None:
                    break
                due, below = (band.up_to - below) * len(group), band.up_to
                taken = sum(self.book.value(by_place, u) == band.name for u in group)
                if taken >= due + 1:
                    self.say("quota-exceeded", f"“{band.name}”应有 {show(due)} 个，因并列有 {taken} 个", self.taken.design.summary.sheet)

    def open_scores(self) -> None:
        """Scores that are blank although everything has been filled in: nobody has the task, something is divided by nothing."""
        if any(f.code.startswith("input-") and f.severity != "warning" for f in self.audit.findings):
            return
        for line in self.plan.lines.values():
            units = [u for u in self.plan.places(line) if line.role is Role.SCORE and self.book.at(line.key, u) is None]
            if units:
                place = self.taken.place(line.key, units[0])
                who = "、".join(self.plan.units[u] for u in units[:3]) + ("等" if len(units) > 3 else "")
                self.say("score-open", f"{self.label(line)}（{who} {len(units)} 个单位）", *(place or ("", "")), line=line)
