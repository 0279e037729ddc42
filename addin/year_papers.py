"""两年对比 and 新办法试算 as workbooks to look at; they hold no formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from addin import years
from addin.result.table import SCORE, SIGNED, Shown, Table, centred, left
from generator.files import nameable
from generator.layout import design as designs
from generator.plan.evaluation import Result
from generator.scheme.load import SchemeFile
from generator.sheets.sheet import Sheet
from generator.value import Value
from generator.xlsx.writer import About, packed
from generator.years.difference import Difference, differences
from generator.years.what_if import Outcome, WhatIf

DIFFERENCES, OUTCOMES, SCORES, LOST = "两年对比", "新办法试算", "得分变了的", "带不过来的数"
WIDE = 24
"""So many units are named in a row."""


def in_order(one: SchemeFile, other: SchemeFile) -> tuple[SchemeFile, SchemeFile]:
    """Two schemes to be compared, the older first."""
    return (one, other) if other.scheme.year > one.scheme.year else (other, one)


def difference_name(before: SchemeFile, after: SchemeFile) -> str:
    """What the workbook of `difference_book` is called."""
    return f"{_name(after)}（与{before.scheme.year}年度对比）.xlsx"


def what_if_name(former: SchemeFile, file: SchemeFile) -> str:
    """What the workbook of `what_if_book` is called."""
    return f"{_name(file)}（用{former.scheme.year}年度的数试算）.xlsx"


def _name(file: SchemeFile) -> str:
    return nameable(file.scheme.title)[:80]


def difference_book(before: SchemeFile, after: SchemeFile) -> bytes:
    """What differs between two schemes, a row each."""
    found = differences(before, after)
    told = [one for one in found if not one.only_year]
    table = Table(DIFFERENCES, f"{after.scheme.title}（与{before.scheme.year}年度对比）", [10, 34, 18, 26, 40, 40])
    if len(told) < len(found):
        table.say(f"另有 {len(found) - len(told)} 处文字只是年度改了，没有列出。")
    if not told:
        table.say("两个方案没有不同。" if not found else "除此以外没有不同。")
    head = table.row
    table.head(["部分", "指标", "哪一项", "单位", f"原来（{before.scheme.year}）", f"现在（{after.scheme.year}）"])
    for one in told:
        units = "、".join(one.units[:WIDE]) + (f"等 {len(one.units)} 个" if len(one.units) > WIDE else "")
        table.line([centred(one.section), left(one.where), left(one.what), left(units), *_sides(one)])
    sheet = table.done(landscape=True)
    sheet.title_rows, sheet.freeze, sheet.filter = (head, head), f"A{head + 1}", f"A{head}:F{max(table.row - 1, head + 1)}"
    return _packed([sheet], after)


def _sides(one: Difference) -> list[Shown]:
    return [Shown(one.before, "sentence"), Shown(one.after, "sentence")]


def what_if_book(former: SchemeFile, file: SchemeFile, found: WhatIf) -> bytes:
    """Each unit's total, place and grade before and after; which scores are others; which figures could not be carried over."""
    sheets = [_outcomes(former, file, found), _scores(found, file), *([_lost(found)] if found.lost else [])]
    return _packed(sheets, file)


def _outcomes(former: SchemeFile, file: SchemeFile, found: WhatIf) -> Sheet:
    graded = any(r.grade is not None for one in found.units for r in (*one.before.values(), one.after))
    grades = ["原等次", "新等次"] if graded else []
    widths = [28, 12, 12, 11, 10, 10, 11, *([11, 11] if graded else [])]
    table = Table(OUTCOMES, f"{file.scheme.title}（用{former.scheme.year}年度的数试算）", widths)
    for line in years.what_if_limits(found):
        table.say(line)
    table.head(["被考核单位", "原总分", "新总分", "总分增减", "原位次", "新位次", "名次升降", *grades])
    first = table.row
    for one in found.units:
        table.line(_outcome(one, graded))
    if any(_more(one) for one in found.units):
        table.chart("总分增减", first, first + len(found.units) - 1, 1, 4, below_zero=True)
    return table.done(landscape=True)


def _outcome(one: Outcome, graded: bool) -> list[Shown]:
    was, now = list(one.before.values()), one.after
    alone = was[0] if len(was) == 1 else None
    climbed = alone.rank - now.rank if alone is not None and alone.rank and now.rank else None
    words = "" if climbed is None else "持平" if not climbed else f"升 {climbed} 位" if climbed > 0 else f"降 {-climbed} 位"
    cells = [
        left(years.unit_words(one)),
        _total([result.total for result in was], not was),
        Shown(now.total, "score", SCORE) if now.total is not None else centred("算不出"),
        Shown(_more(one), "working", SIGNED),
        centred(_rank(was)),
        centred(Decimal(now.rank) if now.rank else None),
        centred(words or ("合并" if len(was) > 1 else None)),
    ]
    return [*cells, centred("、".join(r.grade or "－" for r in was) or None), centred(now.grade)] if graded else cells


def _more(one: Outcome) -> Decimal | None:
    """By how much a unit's total is another."""
    was = [*one.before.values()]
    if len(was) != 1 or was[0].total is None or one.after.total is None:
        return None
    return one.after.total - was[0].total


def _total(totals: Sequence[Decimal | None], new: bool) -> Shown:
    if new:
        return centred("新单位")
    if len(totals) == 1:
        return Shown(totals[0], "working", SCORE)
    return centred("、".join("－" if total is None else f"{total:.2f}" for total in totals))


def _rank(was: Sequence[Result]) -> Value:
    if len(was) == 1:
        return Decimal(was[0].rank) if was[0].rank else None
    return "、".join(str(result.rank or "－") for result in was) or None


def _scores(found: WhatIf, file: SchemeFile) -> Sheet:
    """The scores that are others, by unit."""
    names = {node.id: node.name for node in file.scheme.walk() if node.id}
    table = Table(SCORES, "得分变了的指标", [24, 12, 40, 13, 13, 13])
    if not any(one.scores for one in found.units):
        table.say("没有一个单位的得分变了。")
        return table.done(landscape=True)
    head = table.row
    table.head(["被考核单位", "编号", "指标", "原得分", "新得分", "增减"])
    for one in found.units:
        for id, (before, after) in one.scores.items():
            more = after - before if before is not None and after is not None else None
            scores = [Shown(before, "working", SCORE), Shown(after, "score", SCORE), Shown(more, "working", SIGNED)]
            table.line([left(one.unit), centred(id), left(names.get(id) or ""), *scores])
    sheet = table.done(landscape=True)
    sheet.title_rows, sheet.freeze, sheet.filter = (head, head), f"A{head + 1}", f"A{head}:F{max(table.row - 1, head + 1)}"
    return sheet


def _lost(found: WhatIf) -> Sheet:
    """The figures of last year that have no place in the other scheme."""
    table = Table(LOST, "没有带过来的数", [22, 14, 34, 16, 46])
    table.head(["原单位", "指标", "格子", "数", "为什么"])
    for one in found.lost:
        table.line([left(one.unit), left(one.owner), left(one.label), centred(one.shown), left(one.why)])
    return table.done(landscape=True)


def _packed(sheets: Iterable[Sheet], file: SchemeFile) -> bytes:
    made = [*sheets]
    return packed(made, designs.load(), made[0].name, About.of(file.scheme))
