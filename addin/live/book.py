"""A workbook that is open in a spreadsheet program, as snapshot, audit and recompute see any workbook.

Sheets are read whole, once: their values in one call, their formulas in another. What is changed stays in memory, where
it is read back at once, until `LiveBook.write` puts it into the program, one or two blocks of cells a sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

import xlwings
from lxml import etree

from addin.engines import adapter
from addin.live.sheet import Change, LiveSheet
from addin.workbooks.book import BookError
from addin.workbooks.edits import same_value
from generator.value import Value
from generator.xlsx.package import MAIN


class LiveBook:
    """An open workbook."""

    def __init__(self, book: xlwings.Book) -> None:
        self.book = book
        self.name: str = book.name
        self._sheets: dict[str, LiveSheet] = {}

    @cached_property
    def _tabs(self) -> dict[str, xlwings.Sheet]:
        return {sheet.name: sheet for sheet in self.book.sheets}

    @cached_property
    def sheet_paths(self) -> Mapping[str, str]:
        """The sheets by name, in the order of the tabs."""
        return {name: name for name in self._tabs}

    @cached_property
    def sheet_states(self) -> Mapping[str, str]:
        """Whether a sheet is to be seen."""
        return {name: "visible" if sheet.visible else "hidden" for name, sheet in self._tabs.items()}

    @cached_property
    def parts(self) -> Mapping[str, bytes]:
        """The parts that saving would make for macros and for links to other files, as far as there are any."""
        macros, links = adapter.has_macros(self.book), adapter.has_links(self.book)
        return {**({"xl/vbaProject.bin": b""} if macros else {}), **({"xl/externalLinks/externalLink1.xml": b""} if links else {})}

    def xml(self, path: str) -> Any:
        """``xl/workbook.xml`` with the mode of calculation, and nothing else."""
        root = etree.Element(f"{{{MAIN}}}workbook")
        etree.SubElement(root, f"{{{MAIN}}}calcPr", calcMode="manual" if self.book.app.calculation == "manual" else "auto")
        return root

    def sheet(self, name: str) -> LiveSheet:
        """A sheet by its name. Raises BookError when there is none."""
        if name not in self._sheets:
            if name not in self._tabs:
                raise BookError(f"工作簿里没有“{name}”工作表")
            self._sheets[name] = LiveSheet(self._tabs[name], name)
        return self._sheets[name]

    @property
    def changed(self) -> list[str]:
        """The sheets with changes that are not written yet."""
        return [name for name, sheet in self._sheets.items() if sheet.changes]

    @property
    def changes(self) -> list[Change]:
        """Every change not written yet that makes a difference."""
        return [(name, at, *pair) for name, sheet in self._sheets.items() for at, pair in sheet.changes.items() if pair[0] != pair[1]]

    @contextmanager
    def unlocked(self, needed: Collection[str], wanted: Iterable[str] = ()) -> Iterator[list[str]]:
        """Work on sheets without their protection, which is put back as it was; gives those where that was possible.

        Raises WrongPassword, before the work, where a `needed` one has a password.
        """
        with ExitStack() as stack:
            opened = []
            for name in dict.fromkeys([*needed, *wanted]):
                try:
                    stack.enter_context(adapter.unprotected(self._tabs[name]))
                    opened.append(name)
                except adapter.WrongPassword:
                    if name in needed:
                        raise
            yield opened

    def write(self) -> None:
        """Put all changes into the program; their sheets must be `unlocked`."""
        for name in self.changed:
            self._sheets[name].write()

    def differing(self, expected: Mapping[tuple[str, str], Value]) -> list[tuple[str, str, Value, Value]]:
        """Which cells show something else than they should, now that the program has calculated: sheet, address, what they
        should show and what they do. Reads every sheet's values once more."""
        for name in {sheet for sheet, _ in expected}:
            self.sheet(name).refresh()
        found = []
        for (name, at), wanted in expected.items():
            shown = self._sheets[name].value(at)
            if not same_value(shown, wanted):
                found.append((name, at, wanted, shown))
        return found
