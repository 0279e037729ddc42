"""The last rows of a book: what is missing, the total, the rank, the grade; or of a list of duties, how many are done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from generator.language.scope import NOBODY
from generator.lines.input import YES
from generator.lines.keys import (
    BAND,
    DONE,
    DUTIES,
    DUTY_TAG,
    GRADE,
    GRADE_TABLE,
    MISSING,
    PLACE,
    RANK,
    TOTAL,
    TOTAL_TAG,
    UNDONE,
    WORKED,
    Key,
    fact_key,
)
from generator.lines.line import Figure, Format, Line, Role, Table
from generator.plan.naming import Names
from generator.problems import FormulaError, SchemeFault, Where
from generator.scheme.model import Group, Scheme
from generator.scheme.parts import Grades
from generator.tree import expression as e
from generator.tree.expression import NONE_MARK, UNFINISHED, Blank, Cell, Expression, Text, every, some, when
from generator.value import Value


def total_lines(scheme: Scheme, lines: Mapping[str, Line], names: Names, tops: list[str], verdicts: list[str]) -> list[Line]:
    """The lines of the totals. lines: everything above; tops: what the total adds up; verdicts: lines that decide a grade."""
    return _Totals(scheme, lines, names, verdicts).made(tops)


class _Totals:
    def __init__(self, scheme: Scheme, lines: Mapping[str, Line], names: Names, verdicts: list[str]) -> None:
        self.scheme, self.lines, self.names, self.verdicts = scheme, lines, names, verdicts
        self.figures: tuple[Line, ...] = ()
        """Figures that the formula of the total brings along."""

    def made(self, tops: list[str]) -> list[Line]:
        full = Figure(self.scheme.full_marks) if self.scheme.full_marks is not None else None
        outside = self.scheme.members(self.scheme.outside) if self.scheme.outside else (False,) * len(self.scheme.unit_names)
        assessed = tuple(not o for o in outside)
        entries = self._entries(tops)
        return [*self.figures] + [
            Line(
                key,
                NOBODY,
                Role.RESULT,
                "初定等次" if key == BAND else key.what,
                formula=formula,
                points=full if key == TOTAL else None,
                applies=assessed if any(outside) and key in (RANK, PLACE, BAND, GRADE) else (),
                format=format,
                decimals=self.scheme.decimals,
            )
            for key, formula, format in entries
        ]

    def _entries(self, tops: list[str]) -> list[tuple[Key, Expression, Format]]:
        decimals = self.scheme.decimals
        leaves = tuple(line.key for line in self.lines.values() if line.role == Role.SCORE)
        duties = tuple(line.key for line in self.lines.values() if line.tag == DUTY_TAG)
        entries: list[tuple[Key, Expression, Format]] = []
        if duties:
            yes, no = (e.Tagged(how, DUTY_TAG, duties) for how in ("yes", "no"))
            entries += [
                (DUTIES, e.Tagged("applying", DUTY_TAG, duties), Format.COUNT),
                (DONE, yes, Format.COUNT),
                (UNDONE, no, Format.COUNT),
            ]
        if not leaves and not self.scheme.formula:
            missing = Cell(DUTIES) - Cell(DONE) - Cell(UNDONE)
            return [*entries, (MISSING, missing, Format.COUNT)]
        entries.append((MISSING, e.Tagged("blanks", "score", leaves, by="role"), Format.COUNT))
        unfinished: Expression = Cell(MISSING) > 0
        total: Expression = e.Round(e.Tagged("sum", TOTAL_TAG, tuple(tops)), decimals, sum_only=True)
        blank_tops = [k for k in tops if self.lines[k].role is Role.GROUP and self._can_wait()]
        if self.scheme.formula:
            try:
                compiled = self.names.root.compile(self.scheme.formula, Format.SCORE)
            except FormulaError as error:
                raise SchemeFault(f"总分的 score：{error.message}", ("score",), error.remedy) from None
            value = e.Round(compiled.tree, decimals)
            entries.append((WORKED, when(compiled.ready, value, Blank()) if compiled.ready else value, Format.SCORE))
            self.figures = compiled.figures
            total, unfinished = Cell(WORKED), some(unfinished, Cell(WORKED).is_(""))
        elif blank_tops:
            unfinished = some(unfinished, *(Cell(k).is_("") for k in blank_tops))
        total = when(unfinished, Text(UNFINISHED), total)
        basis = self._basis()
        placed = every(*(e.IsNumber(Cell(key)) for key in dict.fromkeys((TOTAL, basis))))
        rank = when(placed, e.Rank(Cell(basis), e.Row(basis, own_group=True)), Blank())
        entries += [(TOTAL, total, Format.SCORE), (RANK, rank, Format.COUNT)]
        grade: Expression = Blank()
        if self.scheme.grades is not None:
            grade = self._grade(self.scheme.grades, entries)
        for key in reversed(self.verdicts):
            grade = when(some(Cell(key).is_(""), Cell(key).is_(NONE_MARK)), grade, Cell(key))
        if self.verdicts or self.scheme.grades is not None:
            entries.append((GRADE, grade, Format.TEXT))
        return entries

    def _basis(self) -> Key:
        """The line by which units are ranked: their totals, or a quantity of the scheme's. Raises SchemeFault."""
        name = self.scheme.rank_by
        if not name:
            return TOTAL
        if name not in self.scheme.quantities:
            raise SchemeFault(f"rank_by 写的“{name}”不是方案一级的量", ("rank_by",), "请在方案最外层的 quantities 里写明按什么排名")
        symbol = self.names.root.symbol(name)
        if self.names.board.is_shared(symbol):
            raise SchemeFault(f"rank_by 写的“{name}”各单位是同一个数，排不出名次", ("rank_by",))
        return symbol.key

    def _can_wait(self) -> bool:
        """Whether a group's score can be blank although every indicator below has its score: a formula waits for others."""
        return any(isinstance(n, Group) and (n.formula or n.quantities) for n in self.scheme.walk())

    def _grade(self, grades: Grades, entries: list[tuple[Key, Expression, Format]]) -> Expression:
        """The grade by points, rank or share of the places, once the unit has a total."""
        by_upper = grades.by != "score"
        far = Decimal("1e9") * (1 if by_upper else -1)
        rows = [(b.up_to if by_upper else b.at_least, b.name) for b in grades.bands]
        edges = sorted(((far if edge is None else edge), name) for edge, name in rows)
        if len({edge for edge, _ in edges}) != len(edges):
            raise SchemeFault(
                "等次的界限有重复，或有几档没有写界限",
                ("grades", "bands"),
                f"每档写 {'up_to' if by_upper else 'at_least'}，只有一档可以不写",
            )
        columns: dict[str, tuple[Value, ...]] = {"界": tuple(edge for edge, _ in edges), "得分": tuple(name for _, name in edges)}
        self.names.board.tables[GRADE_TABLE] = Table(GRADE_TABLE, "bands", "等次", columns, by_upper=by_upper)
        own = grades.within == "组"
        row = e.Row(TOTAL, own)
        complete: Expression = e.IsNumber(Cell(TOTAL))
        value: Expression = Cell(TOTAL)
        if grades.by != "score":
            complete = every(complete, e.Fold("count", (row,)).is_(e.Fold("size", (row,))))
            basis = self._basis()
            if basis != TOTAL:
                complete = every(complete, e.IsNumber(Cell(basis)))
            place: Expression = Cell(RANK) if own else e.Rank(Cell(basis), e.Row(basis, own))
            if grades.by == "rank_share":
                # Share × units rounds to the rank or more just where the middle of the rank's own place is within the share.
                units = e.Fold("size", (row,))
                place = (place * 2 - 1) / (units * 2) if grades.rounded else place / units
            entries.append((PLACE, when(complete, place, Blank()), Format.PERCENT if grades.by == "rank_share" else Format.COUNT))
            value, complete = Cell(PLACE), e.IsNumber(Cell(PLACE))
        band: Expression = e.Band(value, e.TableColumn(GRADE_TABLE, "界"), e.TableColumn(GRADE_TABLE, "得分"), len(edges), by_upper)
        needing = [(number, entry) for number, entry in enumerate(grades.bands) if entry.needs]
        if needing:
            entries.append((BAND, when(complete, band, Blank()), Format.TEXT))
            band = Cell(BAND)
        for number, entry in needing:
            if not number or entry.needs not in {f.id for f in self.scheme.facts}:
                where: Where = ("grades", "bands", number, "needs")
                raise SchemeFault(f"等次“{entry.name}”的 needs 要写 facts 里的一项，且不能是最好的一档", where)
            fact = Cell(fact_key(entry.needs))
            band = when(every(Cell(BAND).is_(entry.name), e.Not(fact.is_(YES))), Text(grades.bands[number - 1].name), band)
        return band if needing else when(complete, band, Blank())
