"""What the tree's own sheet checks while somebody types: whether the points of the parts make those of the group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.columns import letters_of
from generator.definition import words
from generator.definition.grids import COMMON_MARK, Grid
from generator.definition.words import BONUS_GROUP, COMMON, GROUP, INDICATOR, LEVEL, OWNER, SORT, SUM, VERDICT, WHAT
from generator.layout.addresses import sheet_prefix
from generator.sheets.sheet import Formula
from generator.value import Value, show

WHOSE = "#whose"
"""The name of what a row belongs to, beside its number."""
PARENT, POINTS, SHARED = "#parent", "#points", "#shared"
"""Hidden columns: the row of the group that a row is in, the points that count, those of parts that have none of their own."""
REF = "#ref"
"""The hidden column that holds how rows elsewhere refer to a row; what is chosen from when they say what they belong to."""
UNSEEN = (PARENT, POINTS, SHARED, REF)
NOBODY, EVERYTHING = "没有这一项", "整个方案"
COMPUTED = (SUM, VERDICT, WHOSE, *UNSEEN)
"""Columns that are worked out and never read."""


def columns_of(grid: Grid) -> list[str]:
    """The columns of a grid's sheet with those that are worked out: what is about points beside them, hidden helpers at the end."""
    own = list(grid.columns)
    if "points" in own and LEVEL in own:
        after = own.index("points") + 1
        return [*own[:after], SUM, VERDICT, *own[after:], *UNSEEN]
    return [OWNER, WHOSE, *own[1:]] if OWNER in own else own


def letters_in(grid: Grid) -> dict[str, str]:
    """Where the columns of a grid's sheet are."""
    return {column: letters_of(number) for number, column in enumerate(columns_of(grid), 1)}


@dataclass
class _Line:
    """A row of the tree, as the formulas see it. partly: not every unit gets its points; excused: its points need not be those of
    its parts; ref: how rows elsewhere refer to it; common: the points of its parts that have none of their own; inherited: its own, if
    it has none."""

    row: int
    level: int
    sort: str
    points: Any
    partly: bool
    excused: bool
    ref: str = ""
    parent: int = 0
    sum: Value = ""
    counts: Value = ""
    common: Value = Decimal(0)
    inherited: Value = Decimal(0)


class TreeChecks:
    """The formulas of one tree. formulas: what stands on the sheet of formulas; first, last: the tree's rows, spare ones included."""

    def __init__(self, grid: Grid, formulas: Grid, first: int, last: int) -> None:
        self.letters, self.first, self.last = letters_in(grid), first, last
        self.of_formulas = letters_in(formulas)
        self.names = {str(row.get("id", row.get("name"))): str(row.get("name", "")) for row in grid.rows if row[SORT] != COMMON}
        self.scored = {str(row.get(OWNER)) for row in formulas.rows if row[WHAT] == "score" and OWNER in row}
        self.whole = any(row[WHAT] == "score" and OWNER not in row for row in formulas.rows)
        self.lines = {row: self._line(row, data) for row, data in enumerate(grid.rows, first)}
        self._work_out()

    def _line(self, row: int, data: dict[str, Any]) -> _Line:
        ref = str(data.get("id", data.get("name")))
        partly = "for" in data and data.get("no_task", "exclude") == "exclude"
        return _Line(row, data[LEVEL], data[SORT], data.get("points"), partly, data.get("base") == "full" or ref in self.scored, ref)

    def _work_out(self) -> None:
        """What the formulas come to."""
        around: list[_Line] = []
        parts: dict[int, list[_Line]] = {}
        for line in self.lines.values():
            del around[line.level - 1 :]
            if around:
                line.parent, line.common = around[-1].row, around[-1].common
            if line.sort == COMMON:
                line.ref = around[-1].ref + COMMON_MARK if around else ""
                if around and line.points is not None:
                    around[-1].common = line.points if isinstance(line.points, Decimal) else ""
                continue
            parts.setdefault(line.parent, []).append(line)
            line.inherited = line.common
            around.append(line)
        for line in reversed(self.lines.values()):
            group = line.sort in (GROUP, BONUS_GROUP)
            if group:
                line.sum = self._total(parts.get(line.row, []))
            if isinstance(line.points, Decimal):
                line.counts = line.points
            elif line.points is None:
                line.counts = line.sum if group else line.inherited

    def _total(self, lines: list[_Line]) -> Value:
        known = all(isinstance(other.counts, Decimal) for other in lines) and not any(other.partly for other in lines)
        return sum((other.counts for other in lines if isinstance(other.counts, Decimal)), Decimal(0)) if known else ""

    def _below(self, key: str, row: int) -> str:
        """The cells of a column from a row down to the last one."""
        return f"{self.letters[key]}${row}:{self.letters[key]}${self.last + 1}"

    def cells(self, row: int) -> dict[str, Formula]:
        """The computed cells of a row."""
        line = self.lines.get(row) or _Line(row, 0, "", None, False, False, counts=Decimal(0))
        return {
            SUM: Formula(f"={self._sum(row)}", line.sum),
            VERDICT: Formula(f"={self._differs(row)}", self._verdict(line)),
            PARENT: Formula(f"={self._parent(row)}", Decimal(line.parent)),
            POINTS: Formula(f"={self._counts(row)}", line.counts),
            SHARED: Formula(f"={self._shared(row)}", line.common if line.sort != COMMON else self._around(line)),
            REF: Formula(f"={self._ref(row)}", line.ref),
        }

    def _ref(self, row: int) -> str:
        sort, id_, name, parent = (self._at(key, row) for key in (SORT, "id", "name", PARENT))
        common = f'IF({parent}>0,{self._of_parent(REF, row)}&"{COMMON_MARK}","")'
        return f'IF({sort}="{COMMON}",{common},IF({id_}<>"",{id_}&"",{name}&""))'

    @property
    def owners(self) -> str:
        """The formula of the range that holds what a row elsewhere may belong to. As Excel 2007 takes it, which looks at no other
        sheet otherwise when it offers choices."""
        sheet, column = sheet_prefix(words.TREE), self.letters[REF]
        cells = f'INDIRECT("{sheet}${column}${self.first}:${column}${self.last}")'
        return f'OFFSET(INDIRECT("{sheet}${column}${self.first}"),0,0,MAX(1,COUNTIF({cells},"?*")),1)'

    def _around(self, line: _Line) -> Value:
        return self.lines[line.parent].common if line.parent else Decimal(0)

    def _at(self, key: str, row: int) -> str:
        return f"{self.letters[key]}{row}"

    def _parent(self, row: int) -> str:
        """The last row above whose level is one less."""
        levels, sorts = (f"{self.letters[key]}${self.first - 1}:{self.letters[key]}{row - 1}" for key in (LEVEL, SORT))
        level = self._at(LEVEL, row)
        return f'IF(N({level})>1,SUMPRODUCT(MAX(({levels}={level}-1)*({sorts}<>"{COMMON}")*ROW({levels}))),0)'

    def _is_group(self, row: int) -> str:
        sort = self._at(SORT, row)
        return f'OR({sort}="{GROUP}",{sort}="{BONUS_GROUP}")'

    def _sum(self, row: int) -> str:
        """What the parts of a group make; nothing where that is not the same for all units."""
        parents, points, sorts = (self._below(key, row + 1) for key in (PARENT, POINTS, SORT))
        own = f'({parents}=ROW())*({sorts}<>"{COMMON}")'
        unknown = f"SUMPRODUCT({own}*(ISTEXT({points})+{self._partly(lambda key: self._below(key, row + 1))}))"
        total = f'SUMIFS({points},{parents},ROW(),{sorts},"<>{COMMON}")'
        return f'IF({self._is_group(row)},IF({unknown}>0,"",{total}),"")'

    @staticmethod
    def _partly(cells: Callable[[str], str]) -> str:
        """1 for each row whose points some units do not get."""
        nothing = words.CHOICES["no_task"]["exclude"]
        return f'({cells("for")}<>"")*(({cells("no_task")}="")+({cells("no_task")}="{nothing}"))'

    def _counts(self, row: int) -> str:
        """The points of a row: its own, those of its parts, or those that the groups around it say for all."""
        points, parent = self._at("points", row), self._at(PARENT, row)
        inherited = f"IF({parent}>0,{self._of_parent(SHARED, row)},0)"
        open_ = f"IF({self._is_group(row)},{self._at(SUM, row)},{inherited})"
        return f'IF(ISNUMBER({points}),{points},IF(ISTEXT({points}),"",{open_}))'

    def _shared(self, row: int) -> str:
        """The points that a row says for all its parts, or else what the row around it says."""
        parents, sorts, points = (self._below(key, row + 1) for key in (PARENT, SORT, "points"))
        own = f'({parents}=ROW())*({sorts}="{COMMON}")'
        around = f"IF({self._at(PARENT, row)}>0,{self._of_parent(SHARED, row)},0)"
        told = f'SUMIFS({points},{parents},ROW(),{sorts},"{COMMON}")'
        return f'IF(SUMPRODUCT({own}*({points}<>""))=0,{around},IF(SUMPRODUCT({own}*ISTEXT({points}))>0,"",{told}))'

    def _of_parent(self, key: str, row: int) -> str:
        """What the row of the group around has in a column."""
        return f"INDEX({self.letters[key]}$1:{self.letters[key]}{row - 1},{self._at(PARENT, row)})"

    def _differs(self, row: int) -> str:
        points, total = self._at("points", row), self._at(SUM, row)
        name = f'IF({self._at("id", row)}="",{self._at("name", row)},{self._at("id", row)})'
        excused = f'COUNTIFS({self._formulas(OWNER)},{name},{self._formulas(WHAT)},"{self._score}")>0'
        if "base" in self.letters:
            excused = f'OR({excused},{self._at("base", row)}="{words.CHOICES["base"]["full"]}")'
        fits = f"ROUND({points}-{total},6)=0,{total}=0"  # parts without points get theirs elsewhere
        told = f'IF(OR({fits},{excused}),"","分值写的是"&{points}&"，下面加起来是"&{total})'
        return f'IF(AND(ISNUMBER({points}),ISNUMBER({total})),{told},"")'

    _score = words.name_of("score")

    def _formulas(self, column: str) -> str:
        letters = self.of_formulas[column]
        return f"{sheet_prefix(words.FORMULAS)}${letters}$3:${letters}$2000"

    @staticmethod
    def _verdict(line: _Line) -> str:
        known = isinstance(line.points, Decimal) and isinstance(line.sum, Decimal)
        if not known or line.sum in (0, line.points) or line.excused:
            return ""
        return f"分值写的是{show(line.points)}，下面加起来是{show(line.sum)}"

    def full_marks(self, at: str, stated: Any) -> Formula:
        """The cell beside the full marks. at: where they stand."""
        column = {key: sheet_prefix(words.TREE) + self._absolute(key) for key in (LEVEL, SORT, POINTS, "for", "no_task")}
        top = f'({column[LEVEL]}=1)*(({column[SORT]}="{GROUP}")+({column[SORT]}="{INDICATOR}"))'
        unknown = f"SUMPRODUCT({top}*(ISTEXT({column[POINTS]})+{self._partly(column.__getitem__)}))"
        parts = (f'SUMIFS({column[POINTS]},{column[LEVEL]},1,{column[SORT]},"{sort}")' for sort in (GROUP, INDICATOR))
        total = "+".join(parts)
        whole = f'SUMPRODUCT(({self._formulas(OWNER)}="")*({self._formulas(WHAT)}="{self._score}"))'
        text = f'=IF(AND(ISNUMBER({at}),{unknown}=0,{whole}=0),IF(ROUND({at}-({total}),6)=0,"","各项加起来是"&({total})),"")'
        tops = [other for other in self.lines.values() if other.level == 1 and other.sort in (GROUP, INDICATOR)]
        made = self._total(tops)
        wrong = isinstance(stated, Decimal) and isinstance(made, Decimal) and made != stated and not self.whole
        return Formula(text, f"各项加起来是{show(made)}" if wrong else "")

    def _absolute(self, key: str) -> str:
        return f"${self.letters[key]}${self.first}:${self.letters[key]}${self.last + 1}"

    def whose(self, row: int, ref: Any, whole: bool, filled: str) -> Formula:
        """The cell that says in words what a row belongs to. ref: what stands there; whole: nothing may, for what is the whole
        scheme's; filled: the cell that is not empty in a row that is used."""
        at, ids, names = f"A{row}", sheet_prefix(words.TREE) + self._absolute("id"), sheet_prefix(words.TREE) + self._absolute("name")
        by_id = f'INDEX({names},MATCH({at}&"",{ids},0))'
        by_number = f"INDEX({names},MATCH(VALUE({at}),{ids},0))"
        by_name = f'INDEX({names},MATCH({at}&"",{names},0))'
        found = f'IFERROR({by_id},IFERROR({by_number},IFERROR({by_name},"{NOBODY}")))'
        common = f'IF(RIGHT({at},{len(COMMON_MARK)})="{COMMON_MARK}",{at},{found})'
        nothing = f'IF({filled}="","","{EVERYTHING if whole else NOBODY}")'
        name = str(ref) if str(ref).endswith(COMMON_MARK) else self.names.get(str(ref), NOBODY)
        return Formula(f'=IF({at}="",{nothing},{common})', name if ref is not None else EVERYTHING if whole else "")
