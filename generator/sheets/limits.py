"""What Excel would "repair" or cut off in a book's sheets, found before there is a file.

The texts come from the scheme or from the template; a text is looked up there again, so that a message can name its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from generator import source
from generator.layout.design import Design
from generator.layout.sheet_names import length
from generator.problems import FormulaError, Problem, SourceError, Where
from generator.scheme import diagnosis
from generator.scheme.load import SchemeFile
from generator.sheets.sheet import Formula, Sheet
from generator.source import Source
from generator.tree import excel

HIGHEST, WIDEST, LONGEST_TEXT, LONGEST_FORMAT, MOST_BREAKS = 409.0, 255.0, 32_767, 255, 1026
"""Points, characters, and how many page breaks a sheet may have."""


def refuse(sheets: list[Sheet], file: SchemeFile, design: Design) -> None:
    """Raise SourceError naming everything in a book's sheets that Excel would not take as it is."""
    found = [fault for sheet in sheets for fault in _faults(sheet)]
    if found:
        origin = _Origin(file, design)
        raise SourceError([*dict.fromkeys(origin.placed(*fault) for fault in found)])


_Fault = tuple[str, str, str]
"""A message, what to do, and the text that it is about."""


def _faults(sheet: Sheet) -> Iterator[_Fault]:
    yield from _high_rows(sheet)
    for box in sheet.cells.values():
        content = box.content
        if isinstance(content, Formula):
            yield from _formula(sheet, content.text)
        elif isinstance(content, str) and length(content) > LONGEST_TEXT:
            yield f"“{sheet.name}”表里有一格有 {length(content)} 个字，Excel 一格最多 {LONGEST_TEXT} 个", "请写短一些", content
        if len(box.format) > LONGEST_FORMAT:
            yield f"“{sheet.name}”表里有一格的数字格式太长，Excel 最多 {LONGEST_FORMAT} 个字", "请把数前后的文字写短", box.format
    for rule in sheet.validations:
        for text in (rule.first, rule.second or ""):
            yield from _formula(sheet, text)
    for highlight in sheet.highlights:
        yield from _formula(sheet, highlight.formula)
    if max(len(sheet.row_breaks), len(sheet.column_breaks)) > MOST_BREAKS:
        yield f"“{sheet.name}”表要印 {MOST_BREAKS} 页以上，Excel 排不下", "请把方案分成几个", ""


def _high_rows(sheet: Sheet) -> Iterator[_Fault]:
    """Rows that their texts make too high, each with the longest text that reaches over it."""
    high = {row: height for row, height in sheet.heights.items() if height > HIGHEST}
    if not high:
        return
    bottoms = {(top, left): bottom for top, left, bottom, _ in sheet.merges}
    longest = dict.fromkeys(high, "")
    for (row, column), box in sheet.cells.items():
        if isinstance(box.content, str) and box.style != "hidden":
            for reached in high.keys() & range(row, bottoms.get((row, column), row) + 1):
                longest[reached] = max(longest[reached], box.content, key=len)
    for text, row in {text: row for row, text in sorted(longest.items(), reverse=True)}.items():
        words = f"“{sheet.name}”表第 {row} 行要高 {high[row]:.0f} 磅，Excel 最多 {HIGHEST:.0f} 磅"
        yield words, "请把这段文字写短，或分成几条", text


def _formula(sheet: Sheet, text: str) -> Iterator[_Fault]:
    try:
        excel.refuse(text)
    except FormulaError as error:
        yield f"“{sheet.name}”表的{error.message}", error.remedy, text


class _Origin:
    """Where the texts of a book come from."""

    def __init__(self, file: SchemeFile, design: Design) -> None:
        self.file, self.design = file, design

    @cached_property
    def written(self) -> list[tuple[str, Where, Source]]:
        """Every text of the scheme and of the template, the longest first."""
        sources = self.file.parsed(), source.parse(self.design.text, "版式")
        texts = [(text, path, read) for read in sources for text, path in _texts(read.data, ())]
        return sorted(texts, key=lambda entry: -len(entry[0]))

    def placed(self, message: str, remedy: str, text: str) -> Problem:
        """A problem with the line of the text that most of this one was made with."""
        for part, path, read in self.written if text else ():
            if len(part) * 3 > len(text) and part in text:
                return diagnosis.placed(Problem(message, path, part, remedy), read)
        return Problem(message, value=text or None, remedy=remedy, file=self.file.file)


def _texts(data: Any, path: Where) -> Iterator[tuple[str, Where]]:
    if isinstance(data, str):
        yield data, path
    for key, child in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _texts(child, (*path, key))
