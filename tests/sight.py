"""What a reader sees in a book, by the headings and the hidden keys, with nothing of what checks it.

A book is a few pages, a page its cells by row and column. Cells of lines go by the keys of their row and column, as a fresh
book of the same scheme has them; the figures of 汇总 by the unit's name and the heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from generator.layout.addresses import place_of
from generator.lines.line import SHARED
from generator.plan.evaluation import Evaluation
from generator.sheets.book import Book
from generator.sheets.sheet import Formula
from generator.value import Value
from generator.xlsx.package import Package

Page = Mapping[tuple[int, int], Value]
Pages = Mapping[str, Page]
Keys = tuple[str, str, str]
"""Of a cell: the sign of its sheet, the key of its row, the key of its column."""
Tables = list[dict[str, list[tuple[Value, ...]]]]
HEAD_ROWS = 8
"""The row of keys, wherever rows were inserted above it, is one of so many."""
NAMING = ("label", "units", "unit", "name")
"""The columns that say what a row is."""
FIGURES = ("label", "points", "standard")
"""What stands beside the units' columns and is more than words."""
NOISE = Decimal("1e-9")


def of_file(package: Package) -> dict[str, Page]:
    """What a file shows."""
    found: dict[str, Page] = {}
    for name in package.sheet_names:
        part = package.sheet(name)
        cells = ((at, part.value(at)) for _, row in part.rows() for _, at in row)
        found[name] = {place_of(at): value for at, value in cells if value not in (None, "")}
    return found


def of_book(made: Book, worked_out: bool = True) -> dict[str, Page]:
    """What a fresh book shows, with or without what formulas come to."""
    found: dict[str, Page] = {}
    for sheet in made.sheets:
        cells = {at: box.content for at, box in sheet.cells.items() if worked_out or not isinstance(box.content, Formula)}
        shown = ((at, content.value if isinstance(content, Formula) else content) for at, content in cells.items())
        found[sheet.name] = {at: value for at, value in shown if value not in (None, "")}
    return found


def same(one: Value, other: Value) -> bool:
    """Whether two cells show the same, but for what binary arithmetic does."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= NOISE
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True)
class Keyed:
    """A page with keys. rows, columns: every place of each key."""

    sign: str
    page: Page
    rows: dict[str, list[int]]
    columns: dict[str, list[int]]

    @property
    def doubled(self) -> list[str]:
        """Keys that stand twice, but for columns with nothing but words, such as how points are given."""
        wordy = [key for key in self.columns if self.sign.startswith("unit:") and not key.startswith("unit:") and key not in FIGURES]
        twice = [key for lines in (self.rows, self.columns) for key, places in lines.items() if len(places) > 1]
        return [key for key in twice if key not in wordy]

    def at(self, row: str, column: str) -> tuple[int, int] | None:
        """Where the cell with two keys is."""
        return (self.rows[row][0], self.columns[column][0]) if row in self.rows and column in self.columns else None

    def words(self) -> dict[str, list[str]]:
        """What a reader goes by: what stands beside each row's key, and over each column with one, the nearest first."""
        keyed = {row for places in self.rows.values() for row in places}
        naming = [at for key in NAMING for at in self.columns.get(key, ())]
        found = {key: list(self._texts((row, at) for row in rows for at in naming)) for key, rows in self.rows.items()}
        first = min((rows[0] for key, rows in self.rows.items() if self.sign != "units" or key.startswith("unit:")), default=0)
        heads = sorted({row for row, _ in self.page if self.head < row < first} - keyed, reverse=True)
        return found | {key: list(self._texts((row, places[0]) for row in heads)) for key, places in self.columns.items()}

    @property
    def head(self) -> int:
        """The row of the columns' keys."""
        return next(row for row in range(1, HEAD_ROWS + 1) if "key" in (v for (r, _), v in self.page.items() if r == row))

    def _texts(self, places: Iterator[tuple[int, int]]) -> Iterator[str]:
        return (value for at in places if isinstance(value := self.page.get(at), str))


def keyed(page: Page) -> Keyed | None:
    """A page by its keys; None for one without."""
    for row in range(1, HEAD_ROWS + 1):
        heads = {column: value for (r, column), value in page.items() if r == row and isinstance(value, str)}
        start = next((column for column, value in sorted(heads.items()) if value == "key"), None)
        sign = next((value for _, value in sorted(heads.items()) if value.startswith(("unit:", "list:")) or value == "units"), None)
        if start is not None and sign is not None:
            columns: dict[str, list[int]] = {}
            for column, key in sorted(heads.items()):
                columns.setdefault(key, []).append(column)
            rows: dict[str, list[int]] = {}
            for (r, column), value in sorted(page.items()):
                if column == start and r > row and isinstance(value, str):
                    rows.setdefault(value, []).append(r)
            return Keyed("units" if "units" in columns else sign, page, rows, columns)
    return None


def keyed_pages(pages: Pages, wanted: Pages) -> dict[str, list[Keyed]]:
    """The pages with keys by their sign; of several the one that kept its name first."""
    found: dict[str, list[Keyed]] = {}
    for name in sorted(pages, key=lambda name: name not in wanted):
        one = keyed(pages[name]) if not name.startswith("_") else None
        if one is not None:
            found.setdefault(one.sign, []).append(one)
    return found


def cells_of(made: Book) -> dict[tuple[str, int], Keys]:
    """The keys of every cell of a line in a fresh book; unit −1 for what all share."""
    pages = of_book(made)
    found: dict[tuple[str, int], Keys] = {}
    for line in made.plan.lines.values():
        for unit in [SHARED] if line.shared else range(len(made.plan.units)):
            place = made.layout.place(line.key, unit) if line.input or not line.shared else None
            if place is not None:
                row, column = place_of(place[1])
                one = keyed(pages[place[0]])
                assert one
                own = next((key for key, rows in one.rows.items() if row in rows), "")
                above = next((key for key, columns in one.columns.items() if column in columns), "")
                found[line.key, unit] = one.sign, own, above
    return found


def read(pages: Pages, made: Book, cells: Mapping[tuple[str, int], Keys]) -> dict[tuple[str, int], Value]:
    """What stands in cells of lines, as far as they are there; blanks left out."""
    there = keyed_pages(pages, of_book(made))
    found: dict[tuple[str, int], Value] = {}
    for own, (sign, row, column) in cells.items():
        one = there[sign][0] if sign in there else None
        at = one.at(row, column) if one else None
        if one and at and at in one.page:
            found[own] = one.page[at]
    return found


def doubts(pages: Pages, made: Book) -> list[str]:
    """Why a reader cannot be sure which cell is which: keys and sheets that stand twice, other words beside a key. What is
    gone shows in the figures."""
    fresh = of_book(made, worked_out=False)
    there, wanted = keyed_pages(pages, fresh), keyed_pages(fresh, fresh)
    found = [f"两张 {sign}" for sign, ones in there.items() if len(ones) > 1]
    found += [f"没有 {sign}" for sign in wanted if sign not in there]
    for sign, [one] in wanted.items():
        if sign in there:
            now, words = there[sign][0], {key: texts if key in one.rows else texts[:1] for key, texts in one.words().items()}
            said = now.words()
            found += [f"{sign} 有两个 {key}" for key in now.doubled if key in words]
            gone = {key: [text for text in words[key] if text not in said[key]] for key in words if key in said}
            found += [f"{sign} {key}：{texts}" for key, texts in gone.items() if texts]
    return found


def summary(page: Page) -> Tables:
    """The tables of 汇总: each row's values by heading, in the order of the rows, left to right where a heading recurs. A list in order
    of rank begins at its caption, and without headings of its own has those above."""
    heads = {row: column for (row, column), value in sorted(page.items(), reverse=True) if value == "被考核单位"}
    captions = {row for (row, _), value in page.items() if isinstance(value, str) and value.endswith("位次表") and row + 1 not in heads}
    begins = sorted({*heads, *captions})
    found = []
    columns: dict[str, list[int]] = {}
    for row, end in zip(begins, [*begins[1:], max(r for r, _ in page) + 1], strict=True):
        if row in heads:
            columns = {}
            for (r, column), value in sorted(page.items()):
                if r == row and isinstance(value, str):
                    columns.setdefault(value, []).append(column)
        unit = next(iter(columns.get("被考核单位", ())), 0)
        rows = [r for r in range(row + 1, end) if (r, unit) in page]
        found.append({name: [tuple(page.get((r, c)) for c in at) for r in rows] for name, at in columns.items()})
    return found


def differing(shown: Tables, wanted: Tables) -> list[str]:
    """Where the tables of 汇总 show something else than they should. What stands there once more is another matter."""
    found = [] if len(shown) == len(wanted) else [f"汇总 {len(shown)} 张表，应有 {len(wanted)} 张"]
    for one, other in zip(shown, wanted, strict=False):
        for name, rows in other.items():
            have = one.get(name, [])
            if len(have) < len(rows) or not all(map(_alike, have, rows)):
                found.append(f"汇总 {name} 显示 {have}，应为 {rows}")
    return found


def doubled(shown: Tables, wanted: Tables) -> list[str]:
    """Where the tables of 汇总 have more rows or columns than they should."""
    return [
        f"汇总 {name} 多了"
        for one, other in zip(shown, wanted, strict=False)
        for name, rows in other.items()
        if len(one.get(name, [])) > len(rows) or any(len(a) > len(b) for a, b in zip(one.get(name, []), rows, strict=False))
    ]


def _alike(one: tuple[Value, ...], other: tuple[Value, ...]) -> bool:
    return len(one) >= len(other) and all(map(same, one, other))


def results(made: Book, values: Evaluation, cells: Mapping[tuple[str, int], Keys]) -> dict[tuple[str, int], Value]:
    """What every formula of a line comes to."""
    return {
        (key, unit): values.value(key, unit)
        for key, unit in cells
        if made.plan.lines[key].formula is not None and unit != SHARED and made.plan.lines[key].constant(unit) is None
    }
