"""From one year to the next, for whoever asks: a scheme moved on, two schemes compared, a filled book scored by other rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from addin import actions
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import write_kept
from addin.workbooks.snapshot import Snapshot
from generator.definition import exchange, words
from generator.plan.evaluation import Result
from generator.problems import Problem, Refusal
from generator.scheme import library
from generator.scheme import load as schemes
from generator.scheme.load import SchemeFile
from generator.sheets import meta
from generator.value import Value, show
from generator.xlsx.package import Package
from generator.xlsx.writer import About
from generator.years import unit_list
from generator.years.carrying import GONE
from generator.years.difference import NONE, Difference
from generator.years.next_year import NextYear, next_year
from generator.years.targets import understood
from generator.years.units import Change, groups_of, listed_anew
from generator.years.what_if import Outcome, WhatIf, what_if

_BECOMES = re.compile(r"=>|->|→|＝|=")
_AND = re.compile(r"[+＋、]")
FEW = 12
"""So many units are told by name."""
MOST = 5
"""So many scores of a unit that are another are told."""
BOOKS = (".xlsx", ".xlsm")


def scheme_of(name: str) -> SchemeFile:
    """A scheme by its id, its file, a book that carries it, or its definition workbook. Raises a Refusal."""
    if not name.lower().endswith(BOOKS):
        return actions.load_scheme(name)
    return scheme_in(Package.open(Path(name)))


def scheme_in(package: Package) -> SchemeFile:
    """The scheme that a book or a definition workbook holds. Raises a Refusal."""
    if is_definition(package):
        return exchange.take(package, f"{Path(package.name).stem}.yaml").file
    about = snapshot.about_of(package)
    return schemes.loads(meta.joined(about, "text"), about.get("file", ""))


def is_definition(package: Package) -> bool:
    """Whether a workbook is a definition workbook."""
    return words.HIDDEN in package.sheet_names or {words.FACTS, words.TREE} <= package.sheet_names


def scored_otherwise(taken: Snapshot, file: SchemeFile) -> WhatIf:
    """What a filled book's figures come to under another scheme. Raises a Refusal."""
    taken.refuse_part("只有一部分指标或一个单位的数，算不出总分")
    return what_if(taken.plan, taken.inputs, file)


def by_other_rules(name: str, book: Path) -> tuple[SchemeFile, SchemeFile, WhatIf]:
    """What a filled book's figures come to under another scheme: the book's scheme, the other one, and the outcome. Raises a Refusal."""
    file = scheme_of(name)
    taken = snapshot.take(book)
    return taken.file, file, scored_otherwise(taken, file)


def begin(name: str, year: int | None = None, targets: str = "same", changes: Iterable[Change] = (), units: Path | None = None) -> NextYear:
    """Next year's scheme. name: see `scheme_of`; targets: see `understood`; units: a list that takes the place of the units there are.

    Raises a Refusal.
    """
    file = scheme_of(name)
    listed = None
    if units is not None:
        if changes := list(changes):
            raise Refusal("名单和单位的改名、合并、拆分、增减不能一起用；请先用名单生成，再改")
        listed = listed_anew({"units": file.scheme.units, "unlisted": file.scheme.unlisted}, units_in(units))
    return next_year(file, year, understood(targets), list(changes), listed, library.ids())


def units_in(path: Path) -> dict[str, list[str]]:
    """An office's list of units, from a text file, a column of a workbook, or a book of ours. Raises a Refusal."""
    if path.suffix.lower() in BOOKS:
        package = Package.open(path)
        if is_definition(package) or meta.NAME in package.sheet_names:
            return groups_of({"units": scheme_in(package).scheme.units})
    return unit_list.lists(path)


def write(made: NextYear, out: Path) -> Path:
    """Write next year's scheme: a scheme file, its definition workbook where a name ends in .xlsx; into a folder under its id."""
    path = out if out.suffix in (".yaml", ".yml", ".xlsx") else out / f"{made.id}.yaml"
    write_kept(path, definition(made) if path.suffix == ".xlsx" else made.text.encode())
    return path


def definition(made: NextYear) -> bytes:
    """The definition workbook of next year's scheme, with what is left to people on its sheet 把关."""
    issued = f"{made.year}-01-01"
    about = About(made.title, str(made.data.get("issuer") or made.data.get("place") or ""), made.id, issued)
    package = Package(exchange.unfinished(made.text, about), f"{made.id}.xlsx")
    exchange.write_remarks(package, [Problem(line, severity="warning") for line in made.left], [])
    return package.to_bytes()


def in_words(found: Iterable[Difference]) -> list[str]:
    """Differences of one indicator, or of the scheme, a line each; what is another for each unit together."""
    lines: list[str] = []
    for (what, by_unit), group in groupby(found, key=lambda one: (one.what, bool(one.units))):
        listed = list(group)
        if by_unit:
            lines.append(f"{what}：" + "；".join(f"{_some(one.units)} {one.before} → {one.after}" for one in listed))
        for one in () if by_unit else listed:
            verb = "" if what[:2] in ("新增", "删去", "增加", "不再") else "增加" if one.before == NONE else "去掉"
            alone = NONE in (one.before, one.after)
            lines.append(
                f"{verb}{what}：{one.after if one.before == NONE else one.before}" if alone else f"{what}：{one.before} → {one.after}"
            )
    return lines


def _some(units: Sequence[str]) -> str:
    return "、".join(units[:FEW]) + (f"等 {len(units)} 个单位" if len(units) > FEW else "")


def changes_of(
    renamed: Iterable[str], merged: Iterable[str], split: Iterable[str], added: Iterable[str], dropped: Iterable[str]
) -> list[Change]:
    """What happens to units, as it is typed: ``旧=新``, ``甲+乙=丙``, ``甲=乙+丙``, ``丁`` or ``丁=分组``, ``戊``. Raises BookError."""
    found = []
    for text, many_before, many_after in (
        *((text, False, False) for text in renamed),
        *((text, True, False) for text in merged),
        *((text, False, True) for text in split),
    ):
        old, new = _sides(text)
        if not old or not new or (len(old) > 1) != many_before or (len(new) > 1) != many_after:
            example = "甲镇+乙镇=丙镇" if many_before else "甲镇=乙镇+丙镇" if many_after else "甲镇=甲街道"
            raise BookError(f"单位的变动写得不对（“{text}”）；请写成 {example} 的样子")
        found.append(Change(old, new))
    for text in added:
        name, *group = [part.strip() for part in _BECOMES.split(text)]
        found.append(Change((), (name,), group[0] if group else ""))
    return found + [Change((text.strip(),), ()) for text in dropped]


def _sides(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, *after = _BECOMES.split(text)
    old, new = (tuple(one.strip() for one in _AND.split(side) if one.strip()) for side in (before, after[0] if len(after) == 1 else ""))
    return old, new


def unit_words(one: Outcome) -> str:
    """A unit, and what it was before if it was called otherwise or made of others."""
    return one.unit if list(one.before) in ([one.unit], []) else f"{one.unit}（原{'、'.join(one.before)}）"


def what_if_table(found: WhatIf, decimals: int) -> tuple[list[str], list[list[str]]]:
    """Total, rank and grade of each unit before and after: the heads, and a row a unit. decimals: of a total."""
    graded = any(r.grade is not None for one in found.units for r in (*one.before.values(), one.after))
    whats = {"total": "总分", "rank": "位次"} | ({"grade": "等次"} if graded else {})
    rows = []
    for one in found.units:
        row = [unit_words(one)]
        for what in whats:
            was = "、".join(_shown(getattr(r, what), decimals) for r in one.before.values()).strip("、")
            row += [was if one.before or what != "total" else "新单位", _shown(getattr(one.after, what), decimals)]
        rows.append(row)
    return ["被考核单位", *(f"{when}{word}" for word in whats.values() for when in ("原", "新"))], rows


def _shown(value: object, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}" if isinstance(value, Decimal) else str(value)


def what_if_limits(found: WhatIf) -> list[str]:
    """How far an outcome goes: what was carried over, what is left out, who cannot be compared."""
    lines = [f"带过来 {found.count} 个数"]
    if merged := [unit_words(one) for one in found.units if len(one.before) > 1]:
        how = "数量、次数相加，评分、比例等不能相加的没有带过来；原来的总分、位次分别写出"
        lines.append(f"合并的单位 {len(merged)} 个，{how}：{'、'.join(merged)}")
    if found.left_out:
        done = "没法去掉，总分空着" if found.open else "没有算，满分少这几项"
        lines.append(f"没有上一年度的数的指标 {len(found.left_out)} 个，{done}：{'、'.join(found.left_out)}")
    if found.apart:
        done = "没法去掉，要比平均、比排名的空着" if found.open else "不参加比较"
        lines.append(f"数不全的单位 {len(found.apart)} 个，{done}：{'、'.join(found.apart)}")
    return lines


def what_if_words(found: WhatIf) -> list[str]:
    """What is to be said of an outcome besides its table."""
    lines = what_if_limits(found)
    for outcome in found.units:
        known = [(id, a, b) for id, (a, b) in outcome.scores.items() if a is not None and b is not None]
        told = [f"{id} {show(a)} → {show(b)}" for id, a, b in sorted(known, key=lambda one: -abs(one[2] - one[1]))]
        if told:
            lines.append(f"　{outcome.unit}得分变了 {len(told)} 项：{'；'.join(told[:MOST])}{'等' if len(told) > MOST else ''}")
    groups: dict[tuple[str, str, str], list[str]] = {}
    for lost in found.lost:
        if lost.why != GONE:
            groups.setdefault((lost.owner, lost.label, lost.why), []).append(f"{lost.unit} {lost.shown}")
    if found.lost:
        lines.append(f"带不过来的 {len(found.lost)} 个数：")
    gone = Counter(lost.unit for lost in found.lost if lost.why == GONE)
    lines += [f"　{unit}：不再考核，{count} 个数" for unit, count in gone.items()]
    for (owner, label, why), values in groups.items():
        lines.append(f"　{owner} {label}：{why}（{'、'.join(values[:FEW])}{f'等 {len(values)} 个' if len(values) > FEW else ''}）")
    return lines


def what_if_data(found: WhatIf) -> dict[str, Any]:
    """An outcome for programs."""

    def result(one: Result) -> dict[str, Any]:
        return {"total": _plain(one.total), "rank": one.rank, "grade": one.grade, "complete": one.complete}

    units = {
        one.unit: {
            "before": {name: result(was) for name, was in one.before.items()},
            "after": result(one.after),
            "scores": {id: [_plain(a), _plain(b)] for id, (a, b) in one.scores.items()},
        }
        for one in found.units
    }
    lost = [{"unit": x.unit, "indicator": x.owner, "input": x.label, "value": _plain(x.value), "why": x.why} for x in found.lost]
    return {"carried": found.count, "units": units, "lost": lost, "left_out": found.left_out, "apart": found.apart}


def _plain(value: Value) -> Any:
    """A decimal as a JSON number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
