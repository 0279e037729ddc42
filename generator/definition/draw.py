"""The sheets of a definition workbook: grids with headings, drop-downs and live checks, and the sheets that explain them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from math import ceil
from typing import Any

from generator.columns import letters_of
from generator.definition import words
from generator.definition.checks import NOBODY, UNSEEN, WHOSE, TreeChecks, columns_of
from generator.definition.examples import Example
from generator.definition.grids import HEAD, UNIT, Grid
from generator.definition.kind import Kind
from generator.definition.notation import MOST
from generator.definition.vocabulary import choices, tables
from generator.definition.words import COMMON, CONTENT, GROUP, LEVEL, NO, OWNER, REMARKS, RULES, SORT, VERDICT, WHAT, YES
from generator.layout.text_size import height_of, text_width
from generator.problems import Problem, SourceError
from generator.sheets.sheet import Highlight, Sheet, Validation

SPARE = 60
"""Empty rows below a table that have the drop-downs and checks already."""
CHUNK = 30_000
NARROWEST, WIDEST = 7.0, 44.0
SIZE = 10
"""Points of the letters in the tables."""
TALLEST = 400.0
"""Points of a row; Excel takes 409."""
LONGEST_LIST = 250
"""Characters of a drop-down's choices; Excel takes 255."""
REMARK_ROWS = 300
REMARK_HEADS = ("位置", "程度", "问题", "怎么办", "出处")
HIDDEN_KEYS = ("format", "columns", "text")
FORMAT = "1"


def sheets_of(grids: list[Grid], text: str, examples: Iterable[Example]) -> list[Sheet]:
    """Every sheet of a book. text: the scheme file it is made from, kept for its comments."""
    by_name = {grid.sheet: grid for grid in grids}
    tree = by_name[words.TREE]
    checks = TreeChecks(tree, by_name[words.FORMULAS], HEAD + 1, HEAD + len(tree.rows) + SPARE)
    made = []
    for grid in grids:
        if grid is tree:
            made.append(_tree(grid, checks))
        elif grid.sheet == words.FACTS:
            made.append(_facts(grid, checks))
        else:
            made.append(_table(grid, columns_of(grid), checks))
    return [*made, _rules(examples), _remarks(), _hidden(grids, text)]


def _table(grid: Grid, columns: list[str], checks: TreeChecks, spare: int = SPARE) -> Sheet:
    """A sheet with the headings and rows of a grid."""
    sheet = Sheet(grid.sheet, landscape=True, freeze=f"A{HEAD + 1}", title_rows=(HEAD, HEAD), protected=False)
    sheet.put(1, 1, f"{grid.sheet}：{words.SHEETS[grid.sheet]}", "sign")
    for number, column in enumerate(columns, 1):
        sheet.put(HEAD, number, grid.heading(column), "heading")
    for number, row in enumerate(grid.rows, HEAD + 1):
        for place, column in enumerate(columns, 1):
            _cell(sheet, number, place, grid, column, row)
    _sizes(sheet, [text_width(grid.heading(column)) + 2 for column in columns], HEAD + len(grid.rows))
    end = HEAD + len(grid.rows) + spare
    for number in range(HEAD + 1 + len(grid.rows), end + 1):
        for place, column in enumerate(columns, 1):
            sheet.put(number, place, None, "name", _format(grid, column), locked=False)
    if WHOSE in columns:
        _whose(sheet, grid, checks, end)
        told = f"从下拉框里选，或写“{words.TREE}”表里的编号；没有编号的写名称"
        sheet.validations.append(Validation(f"A{HEAD + 1}:A{end}", "list", None, checks.owners, None, grid.heading(OWNER), told, ""))
    for place, column in enumerate(columns, 1):
        if column in grid.columns and (rule := _drop_down(column, grid, f"{letters_of(place)}{HEAD + 1}:{letters_of(place)}{end}")):
            sheet.validations.append(rule)
    return sheet


def _sizes(sheet: Sheet, heads: list[float], last: int) -> None:
    """Columns as wide as what stands in them, rows as high as the texts that are wider. heads: the widths that the headings want."""
    texts = [
        (row, column, str(box.content)) for (row, column), box in sheet.cells.items() if HEAD < row <= last and box.content is not None
    ]
    widest = [*heads]
    for _, column, text in texts:
        widest[column - 1] = max(widest[column - 1], *map(text_width, text.split("\n")))
    sheet.widths |= {column: min(WIDEST, max(NARROWEST, width * 0.95)) for column, width in enumerate(widest, 1)}
    for row, column, text in texts:
        lines = _lines(text, sheet.widths[column])
        if lines > 1:
            sheet.heights[row] = max(sheet.heights.get(row, 0), min(TALLEST, height_of(lines, SIZE)))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a cell so wide."""
    return sum(max(1, ceil(text_width(part) * 0.95 / width)) for part in text.split("\n"))


def _format(grid: Grid, column: str) -> str:
    """The number format of an empty cell: what is a text whatever it looks like stays one when it is typed."""
    kind = grid.columns.get(column)
    return "@" if kind is not None and kind.wordy and not kind.member else "General"


def _whose(sheet: Sheet, grid: Grid, checks: TreeChecks, end: int) -> None:
    """In every row the name of what it belongs to."""
    whole = grid.sheet in tables() and bool(tables()[grid.sheet].of_scheme)
    for row in range(HEAD + 1, end + 1):
        data = grid.rows[row - HEAD - 1] if row - HEAD - 1 < len(grid.rows) else None
        formula = checks.whose(row, data.get(OWNER) if data else None, whole, f"C{row}")
        sheet.put(row, 2, formula if data else formula._replace(value=""), "working")
    sheet.widths[2] = 22
    sheet.highlights.append(Highlight(f"B{HEAD + 1}:B{end}", f'B{HEAD + 1}="{NOBODY}"', "wrong"))


def _cell(sheet: Sheet, row: int, place: int, grid: Grid, column: str, data: dict[str, Any]) -> None:
    style = "group" if data.get(SORT) in (GROUP, words.BONUS_GROUP) else "parameter" if data.get(SORT) == COMMON else "name"
    if column not in data:
        sheet.put(row, place, None, style, _format(grid, column), locked=False)
        return
    if column == LEVEL:
        sheet.put(row, place, Decimal(data[column]), style, locked=False)
        return
    written = grid.notation(column, data).write(data[column])
    if isinstance(written.value, str) and len(written.value) > MOST:
        what = f"“{grid.sheet}”表“{grid.heading(column)}”一栏有一格放不下（{len(written.value)} 个字，Excel 一格最多 {MOST} 个）"
        raise SourceError([Problem(what, remedy="这个方案请直接改方案文件")])
    sheet.put(row, place, written.value, style, written.format, locked=False)


def _drop_down(column: str, grid: Grid, cells: str) -> Validation | None:
    """The drop-down of a closed choice; None where anything may be written."""
    kind: Kind = grid.columns[column]
    if kind.text or kind.number or kind.date or kind.item or kind.member or not (kind.choices or kind.flag):
        return None
    if grid.sheet == words.FACTS:
        return None
    listed = [*choices(column, kind).values(), *([YES, NO] if kind.flag else [])]
    if grid.sheet == words.FIGURES and column == WHAT:
        listed = [words.name_of(key) for key in kind.choices]
    text = ",".join(listed)
    if len(text) > LONGEST_LIST or any("," in word for word in listed):
        return None
    heading = grid.heading(column)
    return Validation(cells, "list", None, f'"{text}"', None, heading, "请从下拉框里选", f"“{heading}”只能从下拉框里选")


def _tree(grid: Grid, checks: TreeChecks) -> Sheet:
    columns = columns_of(grid)
    sheet = _table(grid, columns, checks)
    places = {column: number for number, column in enumerate(columns, 1)}
    for row in range(HEAD + 1, checks.last + 1):
        for column, formula in checks.cells(row).items():
            sheet.put(row, places[column], formula, "working")
    sheet.hidden_columns = [places[column] for column in UNSEEN]
    sheet.widths[places[VERDICT]] = 16
    span = f"{letters_of(places[VERDICT])}{HEAD + 1}:{letters_of(places[VERDICT])}{checks.last}"
    sheet.highlights.append(Highlight(span, f'{letters_of(places[VERDICT])}{HEAD + 1}<>""', "wrong"))
    id_ = letters_of(places["id"])
    twice = f'AND({id_}{HEAD + 1}<>"",COUNTIF(${id_}${HEAD + 1}:${id_}${checks.last},{id_}{HEAD + 1})>1)'
    sheet.highlights.append(Highlight(f"{id_}{HEAD + 1}:{id_}{checks.last}", twice, "wrong"))
    return sheet


def _facts(grid: Grid, checks: TreeChecks) -> Sheet:
    sheet = _table(grid, [*grid.columns, VERDICT], checks, spare=0)
    sheet.widths |= {1: 16, 2: WIDEST, 3: 24}
    for number, row in enumerate(grid.rows, HEAD + 1):
        sheet.put(number, 1, grid.notation(WHAT, row).write(row[WHAT]).value, "heading")
        sheet.put(number, 3, None, "name")
        if row[WHAT] == "full_marks":
            sheet.put(number, 3, checks.full_marks(f"B{number}", row.get(CONTENT)), "working")
            sheet.highlights.append(Highlight(f"C{number}:C{number}", f'C{number}<>""', "wrong"))
        notation = grid.notation(CONTENT, row)
        if notation.kind.choices and not notation.kind.text:
            listed = ",".join(notation.words.values())
            cells = f"B{number}:B{number}"
            sheet.validations.append(Validation(cells, "list", None, f'"{listed}"', None, "", "请从下拉框里选", "只能从下拉框里选"))
    return sheet


def _rules(examples: Iterable[Example]) -> Sheet:
    """Every rule kind with its sentence, what it needs and an example."""
    sheet = Sheet(RULES, landscape=True, freeze="A3", title_rows=(2, 2), protected=False)
    sheet.put(1, 1, "规则：每种计分规则怎么说、要填哪些栏、怎样填", "sign")
    for column, (head, width) in enumerate((("规则", 22), ("例子", 24), ("例子的计分办法", 44), ("例子怎样填", 60), ("可以填的栏", 40)), 1):
        sheet.put(2, column, head, "heading")
        sheet.widths[column] = width
    for row, one in enumerate(examples, 3):
        texts = (one.word, one.name, one.sentence, one.cells, one.columns)
        for column, text in enumerate(texts, 1):
            sheet.put(row, column, text or None, "name")
        lines = max(_lines(text, sheet.widths[column]) for column, text in enumerate(texts, 1))
        sheet.heights[row] = min(TALLEST, height_of(lines, SIZE))
    return sheet


def _remarks() -> Sheet:
    """Where what `scorebook scheme import` finds is written."""
    sheet = Sheet(REMARKS, landscape=True, freeze="A3", title_rows=(2, 2), protected=False)
    sheet.put(1, 1, "把关：导入时查出的问题写在这里；还没有导入过", "sign")
    for column, (head, width) in enumerate(zip(REMARK_HEADS, (14, 8, 56, 48, 20), strict=True), 1):
        sheet.put(2, column, head, "heading")
        sheet.widths[column] = width
    for row in range(3, 3 + REMARK_ROWS):
        for column in range(1, len(REMARK_HEADS) + 1):
            sheet.put(row, column, None, "name")
    return sheet


def _hidden(grids: list[Grid], text: str) -> Sheet:
    """Which columns there were, so that a lost one is missed; and the scheme file, whose comments have no cell."""
    sheet = Sheet(words.HIDDEN, state="veryHidden", protected=False)
    columns = {grid.sheet: [c for c in grid.columns if not c.startswith(UNIT)] for grid in grids}
    entries = [("format", FORMAT), ("columns", json.dumps(columns, ensure_ascii=False))]
    entries += [(f"text:{i}", text[start : start + CHUNK]) for i, start in enumerate(range(0, len(text), CHUNK))]
    for row, (key, value) in enumerate(entries, 1):
        sheet.put(row, 1, key, "hidden")
        sheet.put(row, 2, value, "hidden")
    return sheet
