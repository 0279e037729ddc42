"""A definition workbook read: its sheets found, their headings understood, and what a person did to them that cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from generator.definition import look_up, words
from generator.definition.checks import COMPUTED
from generator.definition.draw import HIDDEN_KEYS
from generator.definition.grids import HEAD, UNIT, Found
from generator.definition.notation import Typed
from generator.definition.vocabulary import heading, round_columns, tables, tree_columns
from generator.definition.words import CONTENT, HIDDEN, OWNER, REMARKS, RULES, WHAT
from generator.layout.addresses import place_of
from generator.problems import PackageError, Problem
from generator.suggestion import suggestion
from generator.value import ErrorValue, Value
from generator.xlsx import xml
from generator.xlsx.package import Package

MOST_ROWS = 20_000
"""Rows of one sheet that hold something; no scheme has a quarter of it."""
_MERGE = xml.named("mergeCell")
_ADDRESS = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6})(?::([A-Z]{1,3}[1-9][0-9]{0,6}))?")


@dataclass
class Contents:
    """What was found in a workbook. text: the scheme file that it was made from, '' where that is gone; torn: sheets or columns
    are missing, or cells are merged."""

    found: dict[str, Found] = field(default_factory=dict)
    text: str = ""
    torn: bool = False
    problems: list[Problem] = field(default_factory=list)

    def say(self, place: str, message: str, value: object = None, remedy: str = "", severity: str = "error") -> None:
        """Note a problem. place: a sheet, or sheet and cell."""
        self.problems.append(Problem(message, value=value, remedy=remedy, severity=severity, file=place))


def contents(package: Package) -> Contents:
    """Read a workbook. Raises PackageError for one that is no definition workbook at all."""
    result = Contents()
    about = _about(package)
    if not about and not {words.FACTS, words.TREE} & package.sheet_names:
        raise PackageError(f"“{package.name}”不是定义簿；请用 scorebook scheme export 或 scorebook scheme new 生成一本")
    result.text = "".join(about[f"text:{i}"] for i in range(len(about)) if f"text:{i}" in about)
    if not about:
        remedy = "请核对各表的栏有没有少；少了的栏里的内容不会读到"
        result.say(HIDDEN, "隐藏的表被删掉了，看不出有没有少了的栏", remedy=remedy, severity="warning")
    expected = _expected(about)
    named = _sheets(package, result)
    for sheet in words.SHEETS:
        if sheet not in named:
            remedy = "请撤销删除，或从备份里把这张表复制回来；用不着的表也请留着"
            result.say(sheet, f"少了“{sheet}”这张表", remedy=remedy)
            result.torn = True
            continue
        if found := _found(package, sheet, named[sheet], result):
            result.found[sheet] = found
            for column in expected.get(sheet, []):
                if column not in found.letters:
                    remedy = "请撤销删除，或在表头那一行补上这一栏；用不着的栏也请留着"
                    result.say(f"{found.name}!A{found.head}", f"少了“{heading(column, sheet)}”一栏", remedy=remedy)
                    result.torn = True
    return result


def _about(package: Package) -> dict[str, str]:
    """What the hidden sheet says, by its keys."""
    if HIDDEN not in package.sheet_names:
        return {}
    part = package.sheet(HIDDEN)
    pairs = ((part.value(f"A{number}"), part.value(f"B{number}")) for number, _ in part.rows())
    return {key: str(value) for key, value in pairs if isinstance(key, str) and key.partition(":")[0] in HIDDEN_KEYS}


def _expected(about: dict[str, str]) -> dict[str, list[str]]:
    """The columns that each sheet had when the book was made."""
    try:
        told = json.loads(about.get("columns", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(s): [c for c in columns if isinstance(c, str)] for s, columns in told.items() if isinstance(columns, list)}


def _sheets(package: Package, result: Contents) -> dict[str, str]:
    """The name in the file of every sheet there is; one that was renamed is known by what stands above its table."""
    named = {sheet: sheet for sheet in words.SHEETS if sheet in package.sheet_names}
    for name in package.sheet_names:
        if name in {*words.SHEETS, RULES, REMARKS, HIDDEN}:
            continue
        above = package.sheet(name).value("A1")
        own = str(above).partition("：")[0] if isinstance(above, str) else ""
        if own in words.SHEETS and own not in named:
            named[own] = name
            result.say(f"{name}!A1", f"这张表原来叫“{own}”，已照“{own}”读", remedy=f"请把名称改回“{own}”", severity="warning")
        else:
            result.say(name, "这张表不是定义簿的，没有读", severity="warning")
    return named


@cache
def _headings(sheet: str) -> dict[str, str]:
    """Heading → column; a key of the file does as well."""
    own: Iterable[str] = tables()[sheet].columns if sheet in tables() else _apart(sheet)
    own = [*own, *look_up.cells(look_up.MOST)] if sheet == words.LOOK_UP else own
    computed = {heading(column, sheet): column for column in COMPUTED}
    return {column: column for column in own} | computed | {heading(column, sheet): column for column in own}


def _apart(sheet: str) -> Iterable[str]:
    """The columns of the sheets that are not simply rows of something."""
    if sheet == words.TREE:
        return tree_columns()
    if sheet == words.ROUNDS:
        return round_columns()
    return (WHAT, CONTENT) if sheet == words.FACTS else (OWNER, WHAT)


def _found(package: Package, sheet: str, name: str, result: Contents) -> Found | None:
    """A sheet's headings and rows; None, and a problem, where there is nothing that could be them."""
    part = package.sheet(name)
    known = _headings(sheet)
    head, letters, strange = 0, dict[str, str](), dict[str, str]()
    for number, cells in part.rows():
        texts = {column: str(value).strip() for column, at in cells if isinstance(value := part.value(at), str)}
        wanted = min(2, len(known))
        if sum(text in known for text in texts.values()) >= wanted:
            head = number
            break
        if number > 20:
            break
    if not head:
        names = [text for text, column in known.items() if text != column and column not in COMPUTED][:6]
        result.say(f"{name}!A{HEAD}", "找不到表头", remedy=f"请恢复第 {HEAD} 行：{'、'.join(names)}等")
        result.torn = True
        return None
    for column, text in texts.items():
        key = known.get(text) or (UNIT + text if sheet == words.FIGURES else "")
        if not key:
            strange[column] = text
        elif key in letters:
            result.say(f"{name}!{column}{head}", f"“{text}”这一栏有两个", remedy="请只留一个")
        elif key not in COMPUTED:
            letters[key] = column
    computed = {column for column, text in texts.items() if known.get(text) in COMPUTED}
    found = Found(sheet, name, letters, [], head)
    _merged(package, part.path, found, result)
    _rows(package, found, strange, computed, result)
    return found


def _merged(package: Package, path: str, found: Found, result: Contents) -> None:
    """Only the first of merged cells holds anything."""
    for merge in xml.elements(xml.decoded(package.parts[path], path), path, _MERGE)[:100]:
        area = _ADDRESS.fullmatch(merge.attributes.get("ref", ""))
        if area and area[2] and place_of(area[2])[0] >= found.head:
            remedy = "请取消合并，每一格都写上内容"
            result.say(f"{found.name}!{area[0]}", "这几格合并了，只有左上角一格的内容读得到", remedy=remedy)
            result.torn = True


def _rows(package: Package, found: Found, strange: dict[str, str], computed: set[str], result: Contents) -> None:
    """Everything below the headings, into ``found``."""
    part = package.sheet(found.name)
    columns = {letters: column for column, letters in found.letters.items()}
    told: set[str] = set()
    for number, cells in part.rows():
        if number <= found.head:
            continue
        row: dict[str, Typed] = {}
        for letters, at in cells:
            if letters in computed:
                continue
            value = part.value(at)
            formula = part.formula(at)
            empty = value is None or (isinstance(value, str) and not value.strip() and not isinstance(value, ErrorValue))
            if formula is not None:
                result.say(f"{found.name}!{at}", "这里是公式", f"={formula}", "请改成算好的数或文字")
            elif empty:
                continue
            elif letters in columns:
                row[columns[letters]] = _typed(package, part.style(at), value)
            elif letters not in told:
                told.add(letters)
                result.say(*_homeless(found, letters, at, strange))
        if row:
            found.rows.append((number, row))
        if len(found.rows) > MOST_ROWS:
            result.say(f"{found.name}!A{number}", f"这张表超过 {MOST_ROWS} 行，后面的没有读", remedy="请核对是不是粘贴多了")
            return


def _homeless(found: Found, letters: str, at: str, strange: dict[str, str]) -> tuple[str, str, object, str]:
    """What is said of content in a column that nobody knows."""
    if letters not in strange:
        return f"{found.name}!{at}", "这一栏没有表头，不知道是什么", None, f"请在第 {found.head} 行写上表头，或删去"
    heads = [text for text in _headings(found.sheet) if not text.startswith("#")]
    remedy = suggestion(strange[letters], heads) or "请改成定义簿里有的名称，或删去这一栏"
    return f"{found.name}!{letters}{found.head}", f"不认识“{strange[letters]}”这一栏", None, remedy


def _typed(package: Package, style: int | None, value: Value) -> Typed:
    """A cell with what its number format says of it."""
    look = package.looks[style] if style is not None and style < len(package.looks) else None
    return Typed(value) if look is None else Typed(value, look.percent, min(look.decimals, 15), look.date)
