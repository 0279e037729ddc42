"""Formula text between Excel's English A1 syntax and the one LibreOffice's programming interface reads and writes.

    ='填报与计分'!A1+SUM(B1:B3,{1,2;3,4})     Excel
    =$'填报与计分'.A1+SUM(B1:B3;{1;2|3;4})    LibreOffice ("API English")

Both are split into words by one regular expression each and written back word by word, so that a whole range of formulas
crosses as text in one call. What LibreOffice does not know is passed on as it stands; the cell then shows an error, as
Excel's does for an unknown name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from typing import Any

from addin.engines.libreoffice.office import load_uno

CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
AREA = rf"(?:{CELL}(?::{CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]*:\$?[1-9][0-9]*)(?![\w.(])"
_SHEET = rf"(?:\$?'(?:[^']|'')+'\.|\$\w+\.|\w+\.(?=\#REF!|{AREA}))"
_FIRST = r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!))
  | (?P<truth>(?:TRUE|FALSE)\(\))
  | (?P<function>[^\W\d][\w.]*\()
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.:]))"""
_LAST = rf"""
  | (?P<plain>{AREA})
  | (?P<table>\w+\[(?:[^\[\]]|\[[^\]]*\])*\])
  | (?P<name>[\w.\\?$]+)
  | (?P<space>\s+)
  | (?P<other>.)"""
_EXCEL = re.compile(
    rf"{_FIRST} | (?P<sheet>'(?:[^']|'')+'!|(?:\[[^\]]+\])?[\w.]+(?::[\w.]+)?!)(?P<area>\#REF!|{AREA})? {_LAST}", re.VERBOSE | re.DOTALL
)
_OFFICE = re.compile(
    rf"{_FIRST} | (?:(?P<file>'(?:[^']|'')*')\#)?(?P<sheet>{_SHEET})(?P<area>{CELL}(?::{_SHEET}{CELL})?)? {_LAST}",
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r"[^\W\d][\w.]*")
_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[rR][0-9]*[cC]?[0-9]*|[cC][0-9]*")
_OPERANDS = ("sheet", "plain", "table", "name")


class FunctionNames:
    """What Excel and LibreOffice call a function. Most names agree; Excel's EOMONTH, for one, is printed by LibreOffice as
    ``COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.GETEOMONTH``."""

    def __init__(self, document: Any) -> None:
        """Asks the document's FormulaOpCodeMapper: two calls, some 30 ms."""
        mapper = document.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
        own = dict(_mapping(mapper, "ENGLISH"))
        pairs = []
        for code, excel in _mapping(mapper, "OOXML"):
            if _BARE.fullmatch(excel) and not excel.startswith(("COM.SUN.STAR.", "ORG.")):
                pairs.append((own.get(code, excel), excel, bool(code[1])))
        # Where LibreOffice has several functions for one of Excel's, the built-in one and then the namesake is better.
        pairs.sort(key=lambda pair: (pair[0] == pair[1], not pair[2]))
        self._office = {excel: office for office, excel, _ in pairs}
        self._excel = {office: excel for office, excel, _ in pairs}
        # A function of an add-in is read by its short name and printed by its long one.
        short = {office: excel for office, excel, _ in pairs}
        self._excel |= {added.upper(): short[name] for (_, added), name in own.items() if added and name in short}

    def excel(self, name: str) -> str:
        """Excel's name of a function that LibreOffice printed; it prints what it does not know in small letters."""
        return self._excel.get(name.upper(), name.upper())

    def office(self, name: str) -> str:
        """LibreOffice's name of a function as Excel writes it, with or without the prefix of later additions."""
        plain = re.sub(r"^(?:_xlfn\.|_xlws\.)+", "", name, flags=re.IGNORECASE).upper()
        return self._office.get(plain, plain)


def _mapping(mapper: Any, language: str) -> Iterator[tuple[tuple[int, str], str]]:
    """Of each function of a formula language: what identifies it, and its name."""
    uno = load_uno()
    number = uno.getConstantByName(f"com.sun.star.sheet.FormulaLanguage.{language}")
    for entry in mapper.getAvailableMappings(number, uno.getConstantByName("com.sun.star.sheet.FormulaMapGroup.ALL_EXCEPT_SPECIAL")):
        yield (entry.Token.OpCode, entry.Token.Data or ""), entry.Name.removeprefix("_xlfn.")


def to_office(formula: str, names: Callable[[], FunctionNames]) -> str:
    """Excel's formula text, with its ``=``, in LibreOffice's words."""
    out: list[str] = []
    brackets: list[str] = []
    before = ""
    for match in _EXCEL.finditer(formula):
        word = match.group()
        kind = "sheet" if match["sheet"] else match.lastgroup or ""
        if kind == "function":
            brackets.append("call")
            word = names().office(word[:-1]) + "("
        elif kind == "sheet":
            word = _office_reference(_unquoted(match["sheet"][:-1]), match["area"] or "")
        elif kind == "name" and word.upper() in ("TRUE", "FALSE"):
            word += "()"
        elif kind == "space" and before in (*_OPERANDS, ")") and _operand_at(formula, match.end()):
            word = "!"  # Excel's intersection operator is a blank
        elif kind == "other":
            word = _office_sign(word, brackets)
        out.append(word)
        before = match.group() if kind == "other" else kind
    return "".join(out)


def to_excel(formula: str, names: Callable[[], FunctionNames], sheets: Callable[[], Container[str]]) -> str:
    """LibreOffice's formula text in Excel's words. An array formula's braces are left off.

    sheets: the document's sheets, asked for only where a word may be a name of a sheet's own (``Sheet2.total``).
    """
    if formula.startswith("{=") and formula.endswith("}"):
        formula = formula[1:-1]
    out: list[str] = []
    in_array = False
    for match in _OFFICE.finditer(formula):
        word = match.group()
        if match["function"]:
            word = names().excel(word[:-1]) + "("
        elif match["truth"]:
            word = word[:-2]
        elif match["sheet"]:
            word = _excel_reference(match["file"], match["sheet"], match["area"] or "")
        elif match["name"] and "." in word and word.partition(".")[0] in sheets():
            word = "!".join(word.split(".", 1))
        elif match["other"]:
            in_array = word == "{" or (in_array and word != "}")
            word = {";": ",", "~": ",", "!": " ", "|": ";" if in_array else "|"}.get(word, word)
        out.append(word)
    return "".join(out)


Shapes = dict[str, tuple[str, ...]]
"""Formulas of LibreOffice without the cells they refer to, and what stands between these cells in Excel's words; nothing
where a formula has to be read word by word."""
MOST_SHAPES = 20_000
_CELL_APART = re.compile(r"""\"(?:[^"]|"")*"|'(?:[^']|'')*'|(?<![\w$])\$?[A-Z]{1,3}\$?[1-9][0-9]*(?![\w.(!])""")


def to_excel_alike(formula: str, shapes: Shapes, names: Callable[[], FunctionNames], sheets: Callable[[], Container[str]]) -> str:
    """`to_excel`, ten times as fast for formulas that differ only in the cells they refer to, as those of a table do.

    shapes: what was read before, which grows.
    """
    cells: list[str] = []
    shape = _CELL_APART.sub(lambda match: _taken_out(match.group(), cells), formula)
    between = shapes.get(shape)
    if between is None:
        if len(shapes) >= MOST_SHAPES:
            shapes.clear()
        between = shapes[shape] = _between(shape, names, sheets)
    if len(between) != len(cells) + 1:
        return to_excel(formula, names, sheets)
    return "".join(part for pair in zip(between, cells, strict=False) for part in pair) + between[-1]


def _taken_out(word: str, cells: list[str]) -> str:
    """A numbered cell in place of a cell; texts and names of sheets stay."""
    if word[0] in "\"'":
        return word
    cells.append(word)
    return f"XFA{len(cells)}"


def _between(shape: str, names: Callable[[], FunctionNames], sheets: Callable[[], Container[str]]) -> tuple[str, ...]:
    """What stands between the numbered cells of a shape, in Excel's words."""
    asked: list[bool] = []
    words = to_excel(shape, names, lambda: asked.append(True) or sheets())  # type: ignore[func-returns-value]
    parts, found, start = [], [], 0
    for match in _CELL_APART.finditer(words):
        if match.group()[0] not in "\"'":
            parts.append(words[start : match.start()])
            found.append(match.group())
            start = match.end()
    # Sheets come and go, and a block through several of them is written by what its corners are.
    if asked or ":$" in shape or found != [f"XFA{number}" for number in range(1, len(found) + 1)]:
        return ()
    return (*parts, words[start:])


def _operand_at(formula: str, position: int) -> bool:
    match = _EXCEL.match(formula, position)
    return bool(match and (match["sheet"] or match["function"] or match.lastgroup in _OPERANDS or match.group() == "("))


def _office_sign(sign: str, brackets: list[str]) -> str:
    """A sign of Excel's in LibreOffice's words. Commas part arguments, columns of an array, or areas of a union."""
    if sign in "({":
        brackets.append(sign)
    elif sign in ")}" and brackets:
        brackets.pop()
    elif sign == ",":
        return ";" if brackets and brackets[-1] != "(" else "~"
    elif sign == ";":
        return "|"
    elif sign == "@":
        return ""  # LibreOffice intersects implicitly anyway
    return sign


def quoted(sheet: str, book: str = "") -> str:
    """A sheet's name as Excel writes it before the ``!``: in quotes only where it needs them."""
    whole = f"[{book}]{sheet}" if book else sheet
    bare = _BARE.fullmatch(sheet) and not _LIKE_CELL.fullmatch(sheet) and re.fullmatch(r"[\w.]*", book)
    return whole if bare else "'" + whole.replace("'", "''") + "'"


def office_sheet(sheet: str) -> str:
    """A sheet's name as LibreOffice reads it, with the dot."""
    return "$'" + sheet.replace("'", "''") + "'."


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _office_reference(sheet: str, area: str) -> str:
    if "[" in sheet:  # another workbook
        folder, _, rest = sheet.partition("[")
        file, _, sheet = rest.partition("]")
        url = load_uno().systemPathToFileUrl(folder + file) if folder else file
        return f"'{url}'#{office_sheet(sheet)}{area}"
    if area == "#REF!":
        return area
    first, colon, last = sheet.partition(":")
    if colon:  # a block through several sheets
        start, _, end = area.partition(":")
        return f"{office_sheet(first)}{start}:{office_sheet(last)}{end or start}"
    return office_sheet(sheet) + area


def _excel_reference(file: str | None, sheet: str, area: str) -> str:
    name = _office_name(sheet)
    if file:
        path = load_uno().fileUrlToSystemPath(_unquoted(file))
        cut = max(path.rfind("/"), path.rfind("\\")) + 1
        return "'" + f"{path[:cut]}[{path[cut:]}]{name}".replace("'", "''") + "'!" + area
    through = re.fullmatch(rf"({CELL}):({_SHEET})({CELL})", area, re.DOTALL)
    if through:
        start, last, end = through.groups()
        both = (quoted(name), quoted(_office_name(last)))
        whole = ":".join(part.strip("'") for part in both)
        return (f"'{whole}'!" if "'" in "".join(both) else f"{whole}!") + (start if start == end else f"{start}:{end}")
    return f"{quoted(name)}!{area}"


def _office_name(sheet: str) -> str:
    return _unquoted(sheet.removeprefix("$")[:-1])
