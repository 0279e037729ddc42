"""A workbook read into plain values: which scheme it belongs to, and what was typed into it.

Cells are found by the hidden keys of their rows and columns, so inserted rows, moved columns and renamed sheets do not
matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from generator import design as designs
from generator import scheme as schemes
from generator.design import Design
from generator.exact import Value
from generator.layout import KEY
from generator.lines import Line
from generator.package import Package, PackageError, SheetPart
from generator.plan import Plan, make_plan
from generator.scopes import SchemeFault
from generator.scheme import SchemeFile
from generator.sheet import address
from generator.sheets import meta
from generator.source import SourceError

KEY_ROWS = 5
"""The row of column keys is the first of the sheet; rows inserted above it may push it down a little."""
UNIT = "unit:"


@dataclass
class Snapshot:
    """A workbook and what Scorebook knows of it.

    sheet: the scoring sheet; rows: line key → row; columns: column key → letters (units as ``unit:name``).
    copies: rows whose key stands further up already; head_row: the row of the units' names.
    """

    name: str
    package: Package
    about: dict[str, str]
    file: SchemeFile
    design: Design
    plan: Plan
    sheet: SheetPart
    sheet_name: str
    rows: dict[str, int]
    columns: dict[str, str]
    copies: list[tuple[str, int]]
    head_row: int

    def address(self, key: str, unit: int) -> str | None:
        """The cell of a unit on a line, or None where its row or column is gone."""
        row, column = self.rows.get(key), self.columns.get(UNIT + self.plan.units[unit])
        return f"{column}{row}" if row and column else None

    @property
    def inputs(self) -> dict[tuple[str, int], Value]:
        """What was typed, by line and unit. Texts are stripped of blanks at their ends; what is only blanks is blank."""
        found: dict[tuple[str, int], Value] = {}
        for line in self.plan.inputs:
            for unit in range(len(self.plan.units)):
                at = self.address(line.key, unit) if self.is_open(line, unit) else None
                value = self.sheet.value(at) if at else None
                if value is not None:
                    found[line.key, unit] = value
        return found

    def is_open(self, line: Line, unit: int) -> bool:
        """Whether the unit's cell on an input line is there to be typed into."""
        return line.constant(unit) is None


def take(path: Path) -> Snapshot:
    """Read a workbook. Raises PackageError where it is not one of ours or cannot be used."""
    return of_package(Package.open(path), path.name)


def of_package(package: Package, name: str) -> Snapshot:
    """Read an opened workbook; see `take`."""
    about = _about(package)
    try:
        file, plan = _understood(meta.joined(about, "text"), about.get("file", ""))
        design = designs.loads(meta.joined(about, "template"))
    except (SourceError, SchemeFault):
        raise PackageError(f"“{name}”里保存的考核方案或版式已损坏，无法核算；请用备份，或重新生成空白表后把数据填入") from None
    for sheet_name in package.sheet_paths:
        if sheet_name.startswith("_"):
            continue
        sheet = package.sheet(sheet_name)
        found = _keys(sheet, plan)
        if found:
            return Snapshot(name, package, about, file, design, plan, sheet, sheet_name, *found)
    raise PackageError(f"“{name}”里找不到填报与计分表（隐藏的行列标记可能被删掉了）；请用备份，或重新生成空白表")


@lru_cache(maxsize=32)
def _understood(text: str, file: str) -> tuple[SchemeFile, Plan]:
    """A scheme and its plan, once for all the workbooks that carry the same text."""
    read = schemes.loads(text, file)
    return read, make_plan(read.scheme)


def _about(package: Package) -> dict[str, str]:
    if meta.NAME not in package.sheet_paths:
        raise PackageError(f"“{package.name}”不是考核簿生成的工作簿（没有找到其中的考核方案）")
    sheet = package.sheet(meta.NAME)
    about: dict[str, str] = {}
    for row, _ in sheet.rows():
        key, value = sheet.value(address(row, 1)), sheet.value(address(row, 2))
        if isinstance(key, str):
            about[key] = "" if value is None else str(value)
    return about


def _keys(sheet: SheetPart, plan: Plan) -> tuple[dict[str, int], dict[str, str], list[tuple[str, int]], int] | None:
    """The rows and columns of a scoring sheet, or None for a sheet of another kind."""
    columns: dict[str, str] = {}
    rows: dict[str, int] = {}
    copies: list[tuple[str, int]] = []
    head_row = 0
    key_column = address(1, KEY)[:-1]
    first_unit = plan.units[0]
    for count, (row, cells) in enumerate(sheet.rows()):
        if not columns:
            if count >= KEY_ROWS:
                return None
            texts = {letters: sheet.value(at) for letters, at in cells}
            if "label" in texts.values() and any(str(t).startswith(UNIT) for t in texts.values()):
                columns = {str(text): letters for letters, text in texts.items() if isinstance(text, str)}
                key_column = next((letters for letters, text in texts.items() if text == "key"), key_column)
            continue
        if not head_row and not rows and sheet.value(f"{columns.get(UNIT + first_unit, 'A')}{row}") == first_unit:
            head_row = row
        key = sheet.value(f"{key_column}{row}")
        if isinstance(key, str) and key in plan.lines:
            if key in rows:
                copies.append((key, row))
            else:
                rows[key] = row
    if not rows or not columns:
        return None
    return rows, columns, copies, head_row or min(rows.values()) - 1
