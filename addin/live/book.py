"""A workbook that is open in a spreadsheet program, as snapshot, audit and recompute see any workbook.

Sheets are read whole, once: their values in one call, their formulas in another. What is changed stays in memory, where
it is read back at once, until `LiveBook.write` puts it into the program, one or two blocks of cells a sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, KeysView, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property

import xlwings

from addin.engines import adapter, charts, dress
from addin.live.sheet import Change, LiveSheet, same_content
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.edits import same_value
from generator.problems import Refusal
from generator.value import Value
from generator.xlsx.charts import Bars
from generator.xlsx.dress import Dress, Outfit
from generator.xlsx.package import Package
from generator.xlsx.styles_read import Look


class LiveBook:
    """An open workbook."""

    def __init__(self, book: xlwings.Book) -> None:
        self.book = book
        self.name: str = book.name
        self._sheets: dict[str, LiveSheet] = {}
        self._outfits: dict[str, dict[str, Outfit]] = {}
        """What cells are to wear, by sheet and address; not written yet."""
        self._bars: dict[str, dict[int, Bars]] = {}
        """What charts are to show, by sheet and position; not written yet."""

    @cached_property
    def _tabs(self) -> dict[str, xlwings.Sheet]:
        return {sheet.name: sheet for sheet in self.book.sheets}

    @property
    def sheet_names(self) -> KeysView[str]:
        """The sheets, in the order of the tabs, hidden ones too."""
        return self._tabs.keys()

    @cached_property
    def _visible(self) -> set[str]:
        return {name for name, sheet in self._tabs.items() if sheet.visible}

    def is_visible(self, name: str) -> bool:
        """Whether a sheet is there to be seen."""
        return name in self._visible

    @cached_property
    def has_macros(self) -> bool:
        """Whether macros come along."""
        return adapter.has_macros(self.book)

    @cached_property
    def has_links(self) -> bool:
        """Whether there are links to other files."""
        return adapter.has_links(self.book)

    @property
    def calculates_by_hand(self) -> bool:
        """Whether the program calculates only when it is asked to."""
        return bool(self.book.app.calculation == "manual")

    @property
    def calculates_as_shown(self) -> bool:
        """Whether the program calculates with numbers as they are shown."""
        return adapter.calculates_as_shown(self.book)

    def sheet(self, name: str) -> LiveSheet:
        """A sheet by its name. Raises BookError when there is none."""
        if name not in self._sheets:
            if name not in self._tabs:
                raise BookError(f"工作簿里没有“{name}”工作表")
            self._sheets[name] = LiveSheet(self._tabs[name], name)
        return self._sheets[name]

    def looks_of(self, sheet: str, cells: Sequence[str]) -> list[Look | None]:
        """How some cells of a sheet look; see `workbooks.book.Book`."""
        return self._copy.looks_of(sheet, cells) if self._copy is not None and sheet in self._copy.sheet_paths else [None] * len(cells)

    def worn(self, sheet: str, cells: Sequence[str]) -> list[Dress | None]:
        """What some cells of a sheet look like; see `workbooks.book.Book`. Nothing where the program writes no copy."""
        return self._copy.worn(sheet, cells) if self._copy is not None and sheet in self._copy.sheet_paths else [None] * len(cells)

    def merged(self, sheet: str, cells: Collection[str]) -> dict[str, str]:
        """The merged range that each of some cells lies in; see `workbooks.book.Book`."""
        return self._copy.merged(sheet, cells) if self._copy is not None and sheet in self._copy.sheet_paths else {}

    @cached_property
    def _copy(self) -> Package | None:
        """The book as the program would save it now."""
        data = dress.copied(self.book)
        with suppress(Refusal):
            return Package(data, self.name) if data else None
        return None

    def charts(self, sheet: str, most: int) -> list[Bars]:
        """What the first so many charts on a sheet show, in their order. Nothing where the program writes no copy."""
        return self._copy.charts(sheet, most) if self._copy is not None and sheet in self._copy.sheet_paths else []

    def let_show(self, sheet: str, number: int, bars: Bars) -> None:
        """Let a chart of a sheet, by its position among them, show other cells."""
        self._bars.setdefault(sheet, {})[number] = bars

    def put_on(self, sheet: str, outfits: Sequence[Outfit]) -> None:
        """Give cells the look and the rule that they should have."""
        self._outfits.setdefault(sheet, {}).update({outfit.at: outfit for outfit in outfits})

    @property
    def changed(self) -> list[str]:
        """The sheets with changes that are not written yet."""
        return [*dict.fromkeys([*(name for name, sheet in self._sheets.items() if sheet.changes), *self._outfits, *self._bars])]

    @property
    def changes(self) -> list[Change]:
        """Every change not written yet that makes a difference."""
        return [Change(name, at, *pair) for name, sheet in self._sheets.items() for at, pair in sheet.changes.items() if pair[0] != pair[1]]

    @property
    def fingerprint(self) -> str:
        """Of the scheme inside."""
        return snapshot.about_of(self).get("fingerprint", "")

    def take_back(self, changes: Iterable[Change]) -> list[tuple[str, str]]:
        """Let cells hold what stood there before some changes; gives those that hold something else than either by now."""
        since = []
        for change in changes:
            now = self.sheet(change.sheet).content(change.at) if change.sheet in self.sheet_names else None
            if now is not None and same_content(now, change.after):
                self.sheet(change.sheet).put_back(change.at, change.before)
            elif now is None or not same_content(now, change.before):
                since.append((change.sheet, change.at))
        return since

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
            if name in self._sheets and self._sheets[name].changes:
                self._sheets[name].write()
            for outfit in self._outfits.pop(name, {}).values():
                dress.put_on(self._tabs[name].range(outfit.at), outfit.style, outfit.rule, outfit.colours)
            for number, bars in self._bars.pop(name, {}).items():
                charts.let_show(self._tabs[name], number, bars)

    def differing(self, expected: Mapping[str, Mapping[str, Value]]) -> list[tuple[str, str, Value, Value]]:
        """Which cells show something else than they should, now that the program has calculated: sheet, address, what they
        should show and what they do. Reads every sheet's values once more."""
        found = []
        for name, cells in expected.items():
            self.sheet(name).refresh()
            shown = [self._sheets[name].value(at) for at in cells]
            found += [
                (name, at, wanted, now) for (at, wanted), now in zip(cells.items(), shown, strict=True) if not same_value(now, wanted)
            ]
        return found
