"""What hands do to a book that is open in LibreOffice, one operation each, and where the cells are that they do it to.

Every operation takes a `Desk`, throws its dice, and says in a few words what it did; '' where there was nothing to do it to.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import xlwings

from addin.engines.libreoffice.office import enum, load_uno, properties, struct
from generator.columns import letters_of
from generator.layout.addresses import address
from generator.sheets.book import Book
from generator.sheets.sheet import Formula

TYPED = [
    *("0", "3", "7.25", "-1", "0.5%", "95%", "9500%", "1e3", "2024-3-1", "12:30", "TRUE", "1/2", "９５", "３．５", "3.5分", "约5"),
    *(
        "5（估计）",
        "[3]",
        "*",
        "?*",
        "~",
        "<5",
        ">=0",
        '"',
        "'",
        " ",
        "　",
        "无",
        "是",
        "否",
        "－",
        "-",
        "好",
        "#N/A",
        "=1+1",
        "=1/0",
        "=NA()",
    ),
    *(
        "1,234",
        "1，234",
        " 5 ",
        "5 %",
        "５％",
        "12.5万",
        "3月5日",
        "1 000",
        "￥5",
        "1e400",
        "-0",
        "是 ",
        "√",
        "' 5",
        "'1,234",
        "'95%",
        "'2024-3-5",
    ),
    *("'5", "9" * 400, "0.1234567890123456789", "123456789012345678", "甲镇", "key", "unit:甲"),
]
"""What people type, as they type it."""
OLD_FORMATS = {"xls": "MS Excel 97", "ods": "calc8", "xlsm": "Calc MS Excel 2007 VBA XML"}
"""By the ending of a file: what LibreOffice calls it."""
PATTERNS = ["0%", "0.00", "@", "yyyy-m-d", '0"分"', ";;;"]
COLOURS = [0xFFFFFF, 0xFFFF99, 0xFF0000]
EDGE = 3
"""So many rows and columns beyond the used ones are touched too."""


@dataclass
class Desk:
    """A book on the desk. spots: by kind (``input``, ``formula``, ``parameter``, ``text``), (sheet, address) as it was made."""

    book: xlwings.Book
    dice: random.Random
    spots: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    saved_as: list[str] = field(default_factory=list)
    """The formats that the book is saved in, one after the other, before it becomes an .xlsx again."""

    @property
    def sheets(self) -> list[xlwings.Sheet]:
        """The sheets that can be seen, but for the one with the instructions."""
        return [sheet for sheet in self.book.sheets if sheet.visible and sheet.name != "说明"]

    def sheet(self) -> xlwings.Sheet:
        """One of them, more often one to fill in."""
        filled = {name for name, _ in self.spots["input"]}
        return self.dice.choice([s for s in self.sheets for _ in range(4 if s.name in filled else 1)])

    def cell(self, *kinds: str) -> xlwings.Range | None:
        """A cell of one of some kinds, as far as it is still where it was."""
        names = {sheet.name for sheet in self.sheets}
        there = [spot for kind in kinds for spot in self.spots.get(kind, ()) if spot[0] in names]
        if not there:
            return None
        name, at = self.dice.choice(there)
        return self.book.sheets[name][at]

    def any_cell(self, sheet: xlwings.Sheet) -> xlwings.Range:
        """A cell of the used range or right beside it, in what is not hidden."""
        used = sheet.used_range
        while True:
            row = self.dice.randint(1, used.row + used.shape[0] - 1 + EDGE)
            column = self.dice.randint(1, used.column + used.shape[1] - 1 + EDGE)
            cell = sheet[row - 1, column - 1]
            if not (cell.impl.row_hidden or cell.impl.column_hidden):
                return cell

    def block(self, cell: xlwings.Range, rows: int = 3, columns: int = 3) -> xlwings.Range:
        """A small block from a cell on."""
        return cell.resize(self.dice.randint(1, rows), self.dice.randint(1, columns))


def spots_of(made: Book) -> dict[str, list[tuple[str, str]]]:
    """Where what stands in a book as it was made, on the sheets that people see."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for sheet in made.sheets:
        if sheet.state == "visible" and sheet.name != "说明":
            for (row, column), box in sheet.cells.items():
                if row not in sheet.hidden_rows and column not in sheet.hidden_columns:
                    found[_kind(box.locked, box.content)].append((sheet.name, address(row, column)))
    return dict(found)


def _kind(locked: bool, content: object) -> str:
    if not locked:
        return "input"
    if isinstance(content, Formula):
        return "formula"
    return "empty" if content is None else "text" if isinstance(content, str) else "parameter"


Hand = Callable[[Desk], str]
HANDS: dict[str, Hand] = {}
"""Every operation by what it is called."""


def hand(words: str) -> Callable[[Hand], Hand]:
    """Put an operation into the catalogue."""

    def put(made: Hand) -> Hand:
        HANDS[words] = made
        return made

    return put


def _told(cells: xlwings.Range) -> str:
    return f"{cells.sheet.name}!{cells.address.replace('$', '')}"


# Typing and clearing -------------------------------------------------------------------------------------------------


@hand("在填报格里键入")
def type_in(desk: Desk) -> str:
    cell, typed = desk.cell("input"), desk.dice.choice(TYPED)
    if cell is None:
        return ""
    cell.formula = typed
    return f"{_told(cell)} {typed[:30]!r}"


@hand("在填报格里引用别的格子")
def refer(desk: Desk) -> str:
    cell, other = desk.cell("input"), desk.cell("input", "formula", "parameter")
    if cell is None or other is None:
        return ""
    text = f"='{other.sheet.name}'!{other.address.replace('$', '')}"
    cell.formula = text
    return f"{_told(cell)} {text}"


@hand("设成文本格式再键入")
def type_as_text(desk: Desk) -> str:
    cell, typed = desk.cell("input"), desk.dice.choice(["5", "3.25", "95%", "1,234", " 7", "７", "2024-3-5", "是"])
    if cell is None:
        return ""
    cell.number_format = "@"
    cell.formula = typed
    return f"{_told(cell)} {typed!r}"


@hand("清除内容")
def clear_contents(desk: Desk) -> str:
    cell = desk.cell("input", "input", "formula", "parameter", "text")
    if cell is None:
        return ""
    cells = desk.block(cell)
    cells.clear_contents()
    return _told(cells)


@hand("全部清除")
def clear_all(desk: Desk) -> str:
    cell = desk.cell("input", "input", "formula", "parameter", "text")
    if cell is None:
        return ""
    cells = desk.block(cell)
    cells.clear()
    return _told(cells)


@hand("把公式改成数")
def overwrite(desk: Desk) -> str:
    cell = desk.cell("formula")
    if cell is None:
        return ""
    number = desk.dice.choice([0, 3, 9.99, 100, cell.value if isinstance(cell.value, float) else 5])
    cell.value = number
    return f"{_told(cell)} {number}"


@hand("改公式")
def change_formula(desk: Desk) -> str:
    cell = desk.cell("formula")
    text = cell.formula if cell is not None else ""
    if cell is None or not str(text).startswith("="):
        return ""
    change = desk.dice.choice(["{}+1", "{}*1", "ROUND({},0)", "IF(TRUE,{},0)", '{}&""'])
    cell.formula = "=" + change.format(f"({text[1:]})")
    return f"{_told(cell)} {change}"


@hand("改参数")
def change_parameter(desk: Desk) -> str:
    cell = desk.cell("parameter")
    if cell is None:
        return ""
    new = desk.dice.choice(["1", "0", "99", "0.5", "-1", "无", "=1+1", "#N/A"])
    cell.formula = new
    return f"{_told(cell)} {new}"


@hand("改文字")
def change_text(desk: Desk) -> str:
    cell, other = desk.cell("text"), desk.cell("text")
    if cell is None or other is None:
        return ""
    new = desk.dice.choice([f"{cell.value}（改）", str(other.value), f" {cell.value}", "5"])
    cell.value = f"'{new}"
    return f"{_told(cell)} {new[:20]!r}"


@hand("对调两处文字")
def swap_texts(desk: Desk) -> str:
    one, other = desk.cell("text"), desk.cell("text")
    if one is None or other is None:
        return ""
    one.value, other.value = f"'{other.value}", f"'{one.value}"
    return f"{_told(one)} {_told(other)}"


@hand("改格式")
def change_format(desk: Desk) -> str:
    cell, pattern, colour = desk.cell("input", "formula", "parameter"), desk.dice.choice(PATTERNS), desk.dice.choice(COLOURS)
    if cell is None:
        return ""
    cells = desk.block(cell)
    cells.number_format = pattern
    cells.impl.color = (colour >> 16, colour >> 8 & 255, colour & 255)
    return f"{_told(cells)} {pattern} {colour:06X}"


@hand("在表旁另写")
def write_beside(desk: Desk) -> str:
    sheet = desk.sheet()
    cell = desk.any_cell(sheet)
    used = sheet.used_range
    side = desk.dice.choice([sheet[cell.row - 1, used.column + used.shape[1] - 1], sheet[used.row + used.shape[0] - 1, cell.column - 1]])
    side.value = desk.dice.choice([5, "丁", "合计"])
    return f"{_told(side)} {side.value}"


# Copying and moving --------------------------------------------------------------------------------------------------


@hand("整格粘贴到填报格")
def paste(desk: Desk) -> str:
    target, source = desk.cell("input"), desk.cell("input", "formula", "parameter", "text")
    if target is None or source is None:
        return ""
    cells = desk.block(source, 2, 2)
    cells.copy(target)
    return f"{_told(cells)} → {_told(target)}"


@hand("粘贴数值到填报格")
def paste_values(desk: Desk) -> str:
    target, source = desk.cell("input"), desk.cell("input", "formula", "parameter")
    if target is None or source is None:
        return ""
    cells = desk.block(source, 2, 2)
    target.resize(*cells.shape).value = cells.options(err_to_str=True).value
    return f"{_told(cells)} → {_told(target)}"


@hand("整格粘贴到任意处")
def paste_anywhere(desk: Desk) -> str:
    target, source = desk.cell("formula", "parameter", "text"), desk.cell("input", "formula", "parameter", "text")
    if target is None or source is None:
        return ""
    cells = desk.block(source)
    cells.copy(target)
    return f"{_told(cells)} → {_told(target)}"


@hand("剪切后粘贴")
def cut(desk: Desk) -> str:
    target, source = desk.cell("input", "formula"), desk.cell("input", "input", "formula", "parameter")
    if target is None or source is None:
        return ""
    cells = desk.block(source, 2, 2)
    cells.impl.move(target)
    return f"{_told(cells)} → {_told(target)}"


@hand("向下或向右填充")
def fill(desk: Desk) -> str:
    cell, way = desk.cell("input", "input", "formula"), desk.dice.choice(["TO_BOTTOM", "TO_RIGHT"])
    if cell is None:
        return ""
    count = desk.dice.randint(2, 4)
    cells = cell.resize(count, 1) if way == "TO_BOTTOM" else cell.resize(1, count)
    cells.api.fillAuto(enum("com.sun.star.sheet.FillDirection", way), 1)
    return f"{_told(cells)} {way}"


@hand("查找替换")
def replace(desk: Desk) -> str:
    sheet, found = desk.sheet(), desk.cell("text")
    if found is None or not found.value:
        return ""
    asked = sheet.api.createReplaceDescriptor()
    asked.setSearchString(str(found.value)[:2])
    asked.setReplaceString(desk.dice.choice(["", "改", "甲"]))
    sheet.api.replaceAll(asked)
    return f"{sheet.name} {asked.getSearchString()!r} → {asked.getReplaceString()!r}"


@hand("查找替换数字和符号")
def replace_signs(desk: Desk) -> str:
    sheet, whole = desk.sheet(), desk.dice.random() < 0.3
    old, new = desk.dice.choice([("0", ""), ("1", "2"), (".", "，"), ("(", "（"), ("0", "-"), ("－", ""), ("$", ""), (",", "，")])
    asked = sheet.api.createReplaceDescriptor()
    asked.setSearchString(old)
    asked.setReplaceString(new)
    asked.setPropertyValue("SearchWords", whole)
    sheet.api.replaceAll(asked)
    return f"{sheet.name} {old!r} → {new!r}{'，整格' if whole else ''}"


@hand("拖动填充到各单位")
def fill_far(desk: Desk) -> str:
    cell, way = desk.cell("input"), desk.dice.choice(["TO_BOTTOM", "TO_RIGHT"])
    if cell is None:
        return ""
    count = desk.dice.randint(4, 12)
    cells = cell.resize(count, 1) if way == "TO_BOTTOM" else cell.resize(1, count)
    linear, day = enum("com.sun.star.sheet.FillMode", "LINEAR"), enum("com.sun.star.sheet.FillDateMode", "FILL_DATE_DAY")
    cells.api.fillSeries(enum("com.sun.star.sheet.FillDirection", way), linear, day, 1.0, 1e9)
    return f"{_told(cells)} {way}"


@hand("整行粘贴数值")
def paste_row_values(desk: Desk) -> str:
    """Of the same row, as it comes from another copy of the book, or of another one; with what the hidden columns say."""
    line, way = _line(desk, rows=True), desk.dice.choice([0, 0, 1, 2])
    sheet, right = line.sheet, line.sheet.used_range.shape[1] + line.sheet.used_range.column - 1
    source, target = (sheet.range((row, 1), (row, right)) for row in (line.row, line.row + way))
    target.value = source.options(err_to_str=True).value
    return f"{_told(source)} → {_told(target)}"


@hand("整表粘贴数值")
def paste_sheet_values(desk: Desk) -> str:
    sheet = desk.sheet()
    sheet.used_range.value = sheet.used_range.options(err_to_str=True).value
    return sheet.name


@hand("整行粘贴到另一行")
def paste_row(desk: Desk) -> str:
    line, way = _line(desk, rows=True), desk.dice.choice([1, 2, 3])
    line.copy(line.sheet[f"{line.row + way}:{line.row + way}"])
    return f"{_told(line)} → {line.row + way}"


@hand("全选复制到新表，删去原表")
def copy_cells_to_new_sheet(desk: Desk) -> str:
    sheet = desk.sheet()
    name, used = sheet.name, sheet.used_range
    new = desk.book.sheets.add(after=sheet)
    used.copy(new[used.row - 1, used.column - 1])
    sheet.delete()
    new.name = name
    return name


@hand("清除格式")
def clear_formats(desk: Desk) -> str:
    cell, sheet = desk.cell("input", "formula"), desk.sheet()
    cells = desk.block(cell, 6, 6) if cell is not None and desk.dice.random() < 0.7 else sheet.used_range
    cells.clear_formats()
    return _told(cells)


@hand("撤销一步")
def undo(desk: Desk) -> str:
    manager = desk.book.api.getUndoManager()
    if not manager.isUndoPossible():
        return ""
    said = str(manager.getCurrentUndoActionTitle())
    manager.undo()
    return said


@hand("另存为旧格式再存回")
def save_as(desk: Desk) -> str:
    desk.saved_as.append(desk.dice.choice([*OLD_FORMATS]))
    return desk.saved_as[-1]


# Rows and columns ----------------------------------------------------------------------------------------------------


def _line(desk: Desk, rows: bool) -> xlwings.Range:
    """A whole row or column that can be seen."""
    cell = desk.any_cell(desk.sheet())
    return cell.sheet[f"{cell.row}:{cell.row}"] if rows else cell.sheet[f"{letters_of(cell.column)}:{letters_of(cell.column)}"]


@hand("插入行")
def insert_row(desk: Desk) -> str:
    line = _line(desk, rows=True)
    line.insert("down")
    return _told(line)


@hand("插入列")
def insert_column(desk: Desk) -> str:
    line = _line(desk, rows=False)
    line.insert("right")
    return _told(line)


@hand("插入行并填写")
def insert_filled_row(desk: Desk) -> str:
    return _insert_filled(desk, rows=True)


@hand("插入列并填写")
def insert_filled_column(desk: Desk) -> str:
    return _insert_filled(desk, rows=False)


def _insert_filled(desk: Desk, rows: bool) -> str:
    line = _line(desk, rows)
    line.insert("down" if rows else "right")
    others = [desk.any_cell(line.sheet) for _ in range(3)]
    places = [(line.row, cell.column) if rows else (cell.row, line.column) for cell in others]
    for row, column in places:
        line.sheet[row - 1, column - 1].value = desk.dice.choice([5, "新单位", "是"])
    return f"{_told(line)} {[f'{letters_of(column)}{row}' for row, column in places]}"


@hand("删除行")
def delete_row(desk: Desk) -> str:
    line = _line(desk, rows=True)
    line.delete("up")
    return _told(line)


@hand("删除列")
def delete_column(desk: Desk) -> str:
    line = _line(desk, rows=False)
    line.delete("left")
    return _told(line)


@hand("插入复制的行")
def insert_copied_row(desk: Desk) -> str:
    line, way = _line(desk, rows=True), desk.dice.choice([1, 1, 2, 4])
    number = line.row + way
    line.sheet[f"{number}:{number}"].insert("down")
    line.copy(line.sheet[f"{number}:{number}"])
    return f"{_told(line)} → {number}"


@hand("插入复制的列")
def insert_copied_column(desk: Desk) -> str:
    line, way = _line(desk, rows=False), desk.dice.choice([1, 1, 2, 4])
    letters = letters_of(line.column + way)
    line.sheet[f"{letters}:{letters}"].insert("right")
    line.copy(line.sheet[f"{letters}:{letters}"])
    return f"{_told(line)} → {letters}"


@hand("剪切行到别处")
def move_row(desk: Desk) -> str:
    line, way = _line(desk, rows=True), desk.dice.choice([2, 3, 5])
    number = line.row + way
    line.sheet[f"{number}:{number}"].insert("down")
    line.impl.move(line.sheet[f"{number}:{number}"])
    line.delete("up")
    return f"{_told(line)} → {number}"


@hand("剪切列到别处")
def move_column(desk: Desk) -> str:
    line, way = _line(desk, rows=False), desk.dice.choice([2, 3])
    letters = letters_of(line.column + way)
    line.sheet[f"{letters}:{letters}"].insert("right")
    line.impl.move(line.sheet[f"{letters}:{letters}"])
    line.delete("left")
    return f"{_told(line)} → {letters}"


@hand("在隐藏的行列处插入")
def insert_at_marks(desk: Desk) -> str:
    sheet = desk.sheet()
    line = sheet[desk.dice.choice(["1:1", "2:2", "3:3", "A:A", "B:B", "C:C", "D:D"])]
    line.insert("down" if line.shape[0] == 1 else "right")
    return _told(line)


@hand("删除隐藏的行列")
def delete_marks(desk: Desk) -> str:
    sheet = desk.sheet()
    line = sheet[desk.dice.choice(["1:1", "2:2", "3:3", "A:A", "B:B", "C:C"])]
    line.delete("up" if line.shape[0] == 1 else "left")
    return _told(line)


@hand("插入单元格")
def insert_cells(desk: Desk) -> str:
    cells, way = desk.block(desk.any_cell(desk.sheet())), desk.dice.choice(["down", "right"])
    cells.insert(way)
    return f"{_told(cells)} {way}"


@hand("删除单元格")
def delete_cells(desk: Desk) -> str:
    cells, way = desk.block(desk.any_cell(desk.sheet())), desk.dice.choice(["up", "left"])
    cells.delete(way)
    return f"{_told(cells)} {way}"


@hand("隐藏行列")
def hide_lines(desk: Desk) -> str:
    line = _line(desk, rows=desk.dice.random() < 0.5)
    if line.shape[0] == 1:
        line.impl.row_hidden = True
    else:
        line.impl.column_hidden = True
    return _told(line)


@hand("取消隐藏")
def show_lines(desk: Desk) -> str:
    sheet = desk.sheet()
    sheet.api.getRows().setPropertyValue("IsVisible", True)
    sheet.api.getColumns().setPropertyValue("IsVisible", True)
    return sheet.name


@hand("拖动列宽、行高")
def drag(desk: Desk) -> str:
    cell, size = desk.any_cell(desk.sheet()), desk.dice.choice([0, 1, 5, 60])
    if desk.dice.random() < 0.5:
        cell.column_width = size
    else:
        cell.row_height = size
    return f"{_told(cell)} {size}"


@hand("筛选")
def filter_rows(desk: Desk) -> str:
    sheet = desk.sheet()
    used, cell = sheet.used_range, desk.any_cell(sheet)
    bottom, right = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
    if not (cell.row < bottom and cell.column <= right):
        return ""
    cells = sheet.range((cell.row, 1), (bottom, right))
    wanted = sheet[desk.dice.randint(cell.row, bottom) - 1, cell.column - 1].value
    asked = cells.api.createFilterDescriptor(True)
    same = enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    text = str(wanted) if wanted is not None else ""
    one = struct("com.sun.star.sheet.TableFilterField", Field=cell.column - 1, Operator=same, IsNumeric=False, StringValue=text)
    asked.setFilterFields((one,))
    asked.setPropertyValue("ContainsHeader", True)
    cells.api.filter(asked)
    return f"{_told(cells)} 按 {letters_of(cell.column)} 为 {text[:10]!r}"


@hand("加批注")
def annotate(desk: Desk) -> str:
    cell = desk.cell("input", "formula", "text")
    if cell is None or cell.note is not None:
        return ""
    cell.add_note("请核对")
    return _told(cell)


@hand("取消合并")
def unmerge(desk: Desk) -> str:
    cells = desk.block(desk.any_cell(desk.sheet()), 4, 4)
    cells.impl.unmerge()
    return _told(cells)


@hand("合并单元格")
def merge(desk: Desk) -> str:
    cells = desk.block(desk.any_cell(desk.sheet()), 2, 2)
    cells.impl.merge(False)
    return _told(cells)


@hand("排序")
def sort(desk: Desk) -> str:
    sheet, whole = desk.sheet(), desk.dice.random() < 0.5
    used, first = sheet.used_range, desk.any_cell(sheet)
    left = 1 if whole else first.column
    last = used.column + used.shape[1] - 1
    right = last if whole else min(last, left + desk.dice.randint(1, 6))
    bottom = min(used.row + used.shape[0] - 1, first.row + desk.dice.randint(1, 5))
    if right < left or bottom <= first.row:
        return ""
    cells = sheet.range((first.row, left), (bottom, right))
    key = desk.dice.randint(0, right - left)
    sort_cells(cells, key, desk.dice.random() < 0.5)
    return f"{_told(cells)} 按 {letters_of(left + key)}"


@hand("左右排序")
def sort_across(desk: Desk) -> str:
    cell = desk.cell("input", "formula")
    if cell is None:
        return ""
    right = cell.sheet.used_range.shape[1] + cell.sheet.used_range.column - 1
    cells = cell.sheet.range((1 if desk.dice.random() < 0.3 else max(1, cell.row - 3), cell.column), (cell.row + 2, right))
    kind = "com.sun.star.table.TableSortField"
    fields = load_uno().Any(f"[]{kind}", (struct(kind, Field=cells.shape[0] - 1, IsAscending=True),))
    cells.api.sort(properties(SortFields=fields, ContainsHeader=False, IsSortColumns=True))
    return _told(cells)


def sort_cells(cells: xlwings.Range, key: int, ascending: bool = True) -> None:
    """Sort rows by one of their columns, counted from 0."""
    kind = "com.sun.star.table.TableSortField"
    fields = load_uno().Any(f"[]{kind}", (struct(kind, Field=key, IsAscending=ascending),))
    cells.api.sort(properties(SortFields=fields, ContainsHeader=False, IsSortColumns=False))


# Sheets --------------------------------------------------------------------------------------------------------------


@hand("给工作表改名")
def rename_sheet(desk: Desk) -> str:
    sheet = desk.sheet()
    was, new = sheet.name, desk.dice.choice(["新表", f"{sheet.name}（定稿）", "汇总2", "甲乙"])
    if new in {other.name for other in desk.book.sheets}:
        return ""
    sheet.name = new
    return f"{was} → {new}"


@hand("复制工作表")
def copy_sheet(desk: Desk) -> str:
    sheet, beside = desk.sheet(), desk.sheet()
    sheet.impl.copy(*desk.dice.choice([(beside.impl, None), (None, beside.impl)]))
    return f"{sheet.name}，放在 {beside.name} 旁"


@hand("复制工作表，在副本上填")
def copy_and_fill(desk: Desk) -> str:
    cell = desk.cell("input")
    if cell is None:
        return ""
    at, sheet = cell.address, cell.sheet
    names = {other.name for other in desk.book.sheets}
    sheet.impl.copy(*desk.dice.choice([(sheet.impl, None), (None, sheet.impl)]))
    copy = next(other for other in desk.book.sheets if other.name not in names)
    copy[at].value = 1
    return f"{sheet.name} → {copy.name} {at}"


@hand("复制工作表，删去原来的")
def copy_and_delete(desk: Desk) -> str:
    sheet = desk.sheet()
    name, names = sheet.name, {other.name for other in desk.book.sheets}
    sheet.impl.copy(None, sheet.impl)
    copy = next(other for other in desk.book.sheets if other.name not in names)
    sheet.delete()
    copy.name = name
    return name


@hand("删除工作表")
def delete_sheet(desk: Desk) -> str:
    sheet = desk.sheet()
    if len(desk.sheets) < 2:
        return ""
    name = sheet.name
    sheet.delete()
    return name


@hand("隐藏工作表")
def hide_sheet(desk: Desk) -> str:
    sheet = desk.sheet()
    if len(desk.sheets) < 2:
        return ""
    sheet.visible = False
    return sheet.name


@hand("调换工作表次序")
def move_sheet(desk: Desk) -> str:
    sheet, beside = desk.sheet(), desk.sheet()
    sheet.impl.move(None, beside.impl)
    return f"{sheet.name} 到 {beside.name} 后"


@hand("加一张自己的表")
def add_sheet(desk: Desk) -> str:
    cell = desk.cell("formula", "input")
    if cell is None:
        return ""
    own = desk.book.sheets.add(after=desk.book.sheets[-1])
    own["A1"].formula = f"='{cell.sheet.name}'!{cell.address}*2"
    return f"{own.name} {_told(cell)}"
