"""Formula text between Excel's English A1 syntax and the one LibreOffice's programming interface reads and writes.

    ='填报与计分'!A1+SUM(B1:B3,{1,2;3,4})     Excel
    =$'填报与计分'.A1+SUM(B1:B3;{1;2|3;4})    LibreOffice ("API English")

Both sides are split into words by one regular expression each and written back word by word, so that a whole range of
formulas crosses as text in one call. What only one of the two programs knows (`@`, `A1#`) is passed on as it stands and
LibreOffice then shows an error in the cell, as Excel does for a name it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from addin.engines.libreoffice.office import load_uno

CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
AREA = rf"(?:{CELL}(?::{CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[1-9][0-9]*:\$?[1-9][0-9]*)(?![\w.(])"
_COMMON = r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!))
  | (?P<function>[^\W\d][\w.]*\()
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.:]))
"""
_EXCEL = re.compile(
    rf"""{_COMMON}
  | (?P<sheet>'(?:[^']|'')+'!|(?:\[[^\]]+\])?[\w.]+(?::[\w.]+)?!) (?P<area>{AREA})?
  | (?P<plain>{AREA})
  | (?P<table>\w+\[(?:[^\[\]]|\[[^\]]*\])*\])
  | (?P<name>[\w.\\?$]+)
  | (?P<space>\s+)
  | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SHEET = r"\$?(?:'(?:[^']|'')+'|\w+)\."
_OFFICE = re.compile(
    rf"""{_COMMON}
  | (?:(?P<file>'(?:[^']|'')*')\#)? (?P<sheet>{_SHEET}) (?P<area>{CELL}(?::{_SHEET}{CELL})?)?
  | (?P<plain>{AREA})
  | (?P<table>\w+\[(?:[^\[\]]|\[[^\]]*\])*\])
  | (?P<name>[\w.\\?$]+)
  | (?P<space>\s+)
  | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r"[^\W\d][\w.]*")
_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[rR][0-9]*[cC]?[0-9]*|[cC][0-9]*")
_OPERANDS = {"sheet", "plain", "name", "table"}


class FunctionNames:
    """Names of functions, Excel's and LibreOffice's, as a document's FormulaOpCodeMapper gives them.

    Most agree. Excel's EOMONTH, for one, comes back from LibreOffice as
    ``COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.GETEOMONTH``.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """entries: (LibreOffice's name, Excel's name), the better of two for one Excel name last."""
        self._excel, self._office = {}, {}
        for office, excel in entries:
            self._excel[office] = excel
            self._office[excel] = office

    @classmethod
    def of(cls, document: Any) -> FunctionNames:
        """The names of a LibreOffice. Two calls, some 30 ms."""
        mapper = document.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
        uno = load_uno()
        every = uno.getConstantByName("com.sun.star.sheet.FormulaMapGroup.ALL_EXCEPT_SPECIAL")

        def names(language: str) -> Iterable[tuple[tuple[int, str], str]]:
            number = uno.getConstantByName(f"com.sun.star.sheet.FormulaLanguage.{language}")
            for entry in mapper.getAvailableMappings(number, every):
                yield (entry.Token.OpCode, entry.Token.Data or ""), entry.Name.removeprefix("_xlfn.")

        own = dict(names("ENGLISH"))
        pairs = []
        for (code, added), excel in names("OOXML"):
            if not _BARE.fullmatch(excel) or excel.startswith(("COM.SUN.STAR.", "ORG.")):
                continue
            pairs.append((own.get((code, added), excel), excel, bool(added)))
            if added:  # a function of an add-in is set by its short name and printed by its whole one
                pairs.append((added.upper(), excel, True))
        # Where LibreOffice has several functions for one of Excel's, the built-in one and then the namesake is better.
        pairs.sort(key=lambda pair: (pair[0] == pair[1], not pair[2]))
        known = cls(())
        for office, excel, whole in pairs:
            known._excel[office] = excel
            if not (whole and "." in office):
                known._office[excel] = office
        return known

    def excel(self, name: str) -> str:
        """Excel's name of a function that LibreOffice printed; unknown ones come in small letters."""
        return self._excel.get(name.upper(), name.upper())

    def office(self, name: str) -> str:
        """LibreOffice's name of a function as Excel writes it."""
        plain = re.sub(r"^(?:_xlfn\.|_xlws\.)+", "", name, flags=re.IGNORECASE).upper()
        return self._office.get(plain, plain)


def to_office(formula: str, names: Callable[[], FunctionNames]) -> str:
    """Excel's formula text in LibreOffice's words. What does not start with ``=`` is taken as the rest of a formula."""
    out: list[str] = []
    brackets: list[str] = []
    before = ""
    matches = list(_EXCEL.finditer(formula))
    for at, match in enumerate(matches):
        kind, word = match.lastgroup or "", match.group()
        kind = "sheet" if match["sheet"] else kind
        if kind == "function":
            brackets.append("call")
            word = names().office(word[:-1]) + "("
        elif kind == "sheet":
            word = _office_reference(match["sheet"][:-1], match["area"])
        elif kind == "name" and word.upper() in ("TRUE", "FALSE"):
            word = word.upper() + "()"
        elif kind == "space":
            after = matches[at + 1].lastgroup if at + 1 < len(matches) else ""
            starts = after in _OPERANDS or after in ("area", "function") or formula[match.end() : match.end() + 1] == "("
            if before in (*_OPERANDS, ")") and starts:
                word = "!"  # Excel's intersection operator is a blank
        elif word in "({":
            brackets.append(word)
        elif word in ")}" and brackets:
            brackets.pop()
        elif word == ",":
            word = ";" if brackets and brackets[-1] in ("call", "{") else "~"
        elif word == ";" and brackets and brackets[-1] == "{":
            word = "|"
        out.append(word)
        before = match.group() if kind == "other" else kind
    return "".join(out)


def to_excel(formula: str, names: Callable[[], FunctionNames]) -> str:
    """LibreOffice's formula text in Excel's words. An array formula's braces are left off."""
    if formula.startswith("{=") and formula.endswith("}"):
        formula = formula[1:-1]
    out: list[str] = []
    array = 0
    for match in _OFFICE.finditer(formula):
        word = match.group()
        if match["function"]:
            word = names().excel(word[:-1]) + "("
        elif match["sheet"]:
            word = _excel_reference(match["file"], match["sheet"], match["area"] or "")
        elif match["other"]:
            array += (word == "{") - (word == "}")
            word = {";": ",", "~": ",", "!": " ", "|": ";" if array else "|"}.get(word, word)
        out.append(word)
    return re.sub(r"\b(TRUE|FALSE)\(\)", r"\1", "".join(out)) if "E()" in formula else "".join(out)


def quoted(sheet: str, book: str = "") -> str:
    """A sheet's name as Excel writes it before the ``!``, in quotes where it needs them."""
    bare = _BARE.fullmatch(sheet) and not _LIKE_CELL.fullmatch(sheet) and (not book or re.fullmatch(r"[\w.]+", book))
    whole = f"[{book}]{sheet}" if book else sheet
    return whole if bare else "'" + whole.replace("'", "''") + "'"


def office_sheet(sheet: str) -> str:
    """A sheet's name as LibreOffice reads it, with the dot."""
    return "$'" + sheet.replace("'", "''") + "'."


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _office_reference(sheet: str, area: str | None) -> str:
    name = _unquoted(sheet)
    if "[" in name:
        folder, _, rest = name.partition("[")
        file, _, name = rest.partition("]")
        url = load_uno().systemPathToFileUrl(folder + file) if folder else file
        return f"'{url}'#{office_sheet(name)}{area or ''}"
    first, colon, last = name.partition(":")
    if colon and area:  # Sheet1:Sheet3!A1:B2, a block through several sheets
        start, _, end = area.partition(":")
        return f"{office_sheet(first)}{start}:{office_sheet(last)}{end or start}"
    return office_sheet(name) + (area or "")


def _excel_reference(file: str | None, sheet: str, area: str) -> str:
    name = _unquoted(sheet.removeprefix("$")[:-1])
    if file:
        path = load_uno().fileUrlToSystemPath(_unquoted(file))
        cut = max(path.rfind("/"), path.rfind("\\")) + 1
        whole = f"{path[:cut]}[{path[cut:]}]{name}"
        return "'" + whole.replace("'", "''") + "'!" + area
    start, colon, rest = area.partition(":")
    if colon:
        last, end = re.fullmatch(rf"({_SHEET})({CELL})", rest, re.DOTALL).groups()  # type: ignore[union-attr]
        last = _unquoted(last.removeprefix("$")[:-1])
        return f"{quoted(name)[:-1]}:{last}'!{start}:{end}" if quoted(name)[0] == "'" else f"{name}:{last}!{start}:{end}"
    return f"{quoted(name)}!{start}"
