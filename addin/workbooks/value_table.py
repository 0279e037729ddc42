"""Values as a table in a workbook, one row a cell: what was typed into a book, read out and put in again."""

from __future__ import annotations

from decimal import Decimal

from generator.columns import letters_of
from generator.fillings import value_file
from generator.fillings.value_file import Entry
from generator.language.declared import EVERYBODY
from generator.layout import design as designs
from generator.lines.keys import Owner
from generator.lines.line import SHARED
from generator.plan.evaluation import Inputs
from generator.plan.plan import Plan
from generator.problems import Problem, SourceError
from generator.sheets.sheet import Sheet
from generator.value import Value
from generator.xlsx.package import Package

SUFFIX = ".xlsx"
SUFFIXES = (SUFFIX, ".xlsm")
"""Of files that may be such a table, or a book."""
SHEET = "数值"
HEADS = ("被考核单位", "指标编号", "期", "格子", "值", "指标名称")
"""The name of the indicator is there for people; what is read are the columns before it."""
WIDTHS = (18, 12, 10, 28, 14, 36)
SCHEME_ROW, HEAD_ROW = 1, 3
IN_PERIOD = " › "
"""Between a period and one inside it."""


def to_bytes(plan: Plan, inputs: Inputs) -> bytes:
    """The table as a file: blank cells are left out, rows stand in the order of the book."""
    from generator.xlsx import writer  # openpyxl is slow to import, and few write a table

    names = {block.id: block.name for block in plan.blocks}
    sheet = Sheet(SHEET, protected=False, freeze=f"A{HEAD_ROW + 1}", title_rows=(HEAD_ROW, HEAD_ROW))
    sheet.widths.update(enumerate(WIDTHS, 1))
    sheet.put(SCHEME_ROW, 1, "方案", "plain")
    sheet.put(SCHEME_ROW, 2, plan.scheme.id, "sign")
    for column, head in enumerate(HEADS, 1):
        sheet.put(HEAD_ROW, column, head, "heading")
    row = HEAD_ROW
    for line in plan.inputs:
        for unit in plan.places(line):
            value = inputs.get((line.key, unit))
            if value in (None, "") or line.input is None:
                continue
            row += 1
            who = EVERYBODY if unit == SHARED else plan.units[unit]
            texts: list[Value] = [
                who,
                line.owner.id,
                IN_PERIOD.join(line.owner.periods),
                line.input.name,
                value,
                names.get(line.owner.id, ""),
            ]
            styles = ("name", "number", "number", "name", "label", "sentence")
            percent = line.input.percent and isinstance(value, Decimal)
            for column, (text, style) in enumerate(zip(texts, styles, strict=True), 1):
                sheet.put(row, column, text, style, "0.0#########%" if percent and column == 5 else "General")
    sheet.filter = f"A{HEAD_ROW}:{letters_of(len(HEADS))}{max(row, HEAD_ROW + 1)}"
    return writer.packed([sheet], designs.load(), SHEET, writer.About.of(plan.scheme))


def read(package: Package, plan: Plan) -> list[Entry]:
    """Read such a table for a plan. Raises SourceError naming the cell of every value that no cell of the book takes."""
    if not is_table(package):
        remedy = "请用从考核簿导出的数据（scorebook values 读出的），或同一方案填好的另一本考核簿"
        raise SourceError([Problem(f"没有“{SHEET}”工作表，不是数值表，也不是考核簿", file=package.name, remedy=remedy)])
    part = package.sheet(SHEET)
    problems: list[Problem] = []
    given: dict[str, dict[str, dict[str, Value]]] = {}
    rows: dict[tuple[str | int, ...], int] = {}
    scheme = part.value(f"B{SCHEME_ROW}")
    if scheme != plan.scheme.id:
        problems.append(_at(package.name, f"B{SCHEME_ROW}", "方案编号与工作簿不一致", scheme, f"这本工作簿的方案是 {plan.scheme.id}"))
    for row, _ in part.rows():
        if row <= HEAD_ROW or part.value(f"E{row}") is None:
            continue
        unit, id, periods, name = (_text(part.value(f"{column}{row}")) for column in "ABCD")
        owner = str(Owner("@".join([id, *(periods.split(IN_PERIOD) if periods else [])])))
        if (unit, owner, name) in rows:
            problems.append(
                _at(
                    package.name, f"E{row}", f"{unit} {id} {name} 写了两次，上面第 {rows[unit, owner, name]} 行已经有了", None, "请只留一个"
                )
            )
            continue
        rows[unit, owner, name] = row
        given.setdefault(unit, {}).setdefault(owner, {})[name] = part.value(f"E{row}")
    wrong: list[Problem] = []
    entries = list(value_file.parse(given, plan, wrong))
    for problem in wrong:
        row = next((number for place, number in rows.items() if place[: len(problem.path)] == problem.path), HEAD_ROW)
        column = "ABD"[len(problem.path) - 1] if len(problem.path) < 3 else "E" if problem.value is not None else "D"
        problems.append(_at(package.name, f"{column}{row}", problem.message, None, problem.remedy))
    if problems:
        raise SourceError(problems)
    return entries


def is_table(package: Package) -> bool:
    """Whether a workbook is such a table."""
    return SHEET in package.sheet_names


def _text(value: Value) -> str:
    """A name as it stands in the table; Excel makes numbers of names that look like one."""
    return "" if value is None else str(value)


def _at(name: str, cell: str, message: str, value: object, remedy: str) -> Problem:
    return Problem(message, (), value, remedy, file=f"{name} {SHEET}!{cell}")
