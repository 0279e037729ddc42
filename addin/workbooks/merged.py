"""Cells of the book that somebody merged with others: what stands in them is not seen, and nothing can be typed there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from addin.workbooks.findings import Finding
from addin.workbooks.naming import Names, some
from addin.workbooks.snapshot import Snapshot


def examine(taken: Snapshot, names: Names) -> Iterator[Finding]:
    """One finding for each range that somebody merged over inputs or formulas; the books themselves have none there."""
    lines = (line for line in taken.plan.lines.values() if line.input is not None or line.formula is not None)
    for sheet, held in taken.by_sheet((line, taken.cells_of(line)) for line in lines).items():
        ranges: dict[str, list[str]] = defaultdict(list)
        for at, range_ in taken.package.merged(sheet, [at for _, own in held for _, at in own]).items():
            ranges[range_].append(at)
        for range_, hidden in ranges.items():
            line, unit = next((line, unit) for line, own in held for unit, at in own if at == hidden[0])
            yield names.finding("cells-merged", f"{range_} 里有 {some(hidden)}", sheet, hidden[0], line, unit)
