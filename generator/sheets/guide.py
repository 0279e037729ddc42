"""说明: what the book is, how to fill it in, what the colours mean, and how unclear clauses are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat
from math import floor

from generator.layout.addresses import address
from generator.layout.design import DepartmentBook, Design
from generator.layout.layout import Layout
from generator.layout.pages import FILLED, on_pages, page_width, upright_height
from generator.layout.ranking_pages import table_breaks
from generator.layout.text_size import PAPERS, POINTS_PER_MILLIMETRE, height_of, lines_needed, shared_out
from generator.layout.wording import filled
from generator.lines.line import Role
from generator.plan.plan import Plan
from generator.plan.view import Kind
from generator.scheme.assessors import indicators_by_body
from generator.scheme.load import Choice
from generator.sheets.sheet import Sheet

FIRST = 2
LINE = 15.0
"""How high a row is whose height is not set, in points."""
FULL = 0.99
"""How much of a page headings that are repeated may fill it to: where pages end is said."""
NARROWEST = 12.0
"""How narrow a column of notes may get, in characters: what the facts are called stands in one of them."""
MOST_NAMED = 3
"""So many sheets are named one by one."""


def _to_fill(layout: Layout) -> str:
    """The sheets that officials fill in, in words."""
    if layout.by_unit:
        first = "各单位名称的表" if layout.plan.view.kind is Kind.DEPARTMENT else "本单位名称的表"
    elif layout.apart:
        first = f"各单位所在的表（“{layout.grids[0].sheet}”等{len(layout.grids)}张，从“{layout.design.summary.sheet}”点单位名称跳过去）"
    else:
        first = f"“{layout.grids[0].sheet}”"
    return "和".join([first, *(f"“{listing.sheet}”" for listing in layout.lists)])


def _to_the_units(layout: Layout, label: str, row: int) -> dict[tuple[int, int], tuple[str, str]]:
    """A link from what the book says of its units to the summary, from where each unit's sheet is a click away."""
    there = layout.apart and label == layout.design.guide.facts.get("units")
    return {(row, FIRST + 1): (layout.design.summary.sheet, "A1")} if there else {}


def _paper(sheets: Sequence[Sheet]) -> str:
    """What paper the sheets are printed on, in words."""
    larger = [sheet.name for sheet in sheets if sheet.paper != "A4"]
    if not larger:
        return "A4 纸"
    which = "".join(f"“{name}”" for name in larger[:MOST_NAMED]) + (f"等{len(larger)}张" if len(larger) > MOST_NAMED else "")
    return f"A4 纸，{which}用 A3 纸（没有 A3 纸的，打印时选“适合纸张大小”）"


def _named(id: str, name: str) -> str:
    """An indicator by its id and name, or its name alone where that says the id."""
    return name if id in name else f"{id} {name}".strip()


def _besides(layout: Layout) -> str:
    """What counts beside the full marks, in words; until the fifth form it was said to add to them, though it may take from them."""
    scheme = layout.plan.scheme
    if scheme.bonus is None or scheme.full_marks is None:
        return ""
    return f"，{scheme.bonus.name}另计" if layout.design.form > 5 else "，另有加分"


def _facts(layout: Layout, choices: Sequence[Choice]) -> dict[str, str]:
    """What there is to say of the scheme and of whose book it is, by label."""
    scheme, labels = layout.plan.scheme, layout.design.guide.facts
    groups = scheme.groups
    named = [f"{g}（{len(m)}个{'，不参加考核' * (g in scheme.outside)}）" for g, m in groups.items()]
    facts = {
        "place": scheme.place,
        "year": f"{scheme.year}年",
        "issuer": scheme.issuer,
        "document": f"{scheme.source.document} {scheme.source.part}" + (f"（{scheme.source.date}）" if scheme.source.date else ""),
        "full": scheme.full_words() + _besides(layout),
        "units": "、".join(named) if len(groups) > 1 else f"{len(scheme.unit_names)}个",
        "indicators": f"{scheme.indicator_count()}项",
        "version": f"{scheme.id}　第{scheme.version}版{_taken(choices)}",
    }
    if layout.design.own(layout.plan.view):
        return _own_facts(layout, facts)
    return {label: facts[key] for key, label in labels.items() if facts[key] or layout.design.form < 5}


def _own_facts(layout: Layout, facts: dict[str, str]) -> dict[str, str]:
    """The facts of a department's or a unit's book, by label. facts: what there is to say of the scheme, by key."""
    plan, labels = layout.plan, layout.design.guide.facts
    own, view = layout.design.own(plan.view), plan.view
    assert own is not None
    listed = [block for block in plan.blocks if block.kind == "indicator"]
    scored = [block for block in listed if any(line.role is Role.SCORE for line in block.lines)] or listed
    count = f"{len({block.number for block in scored})}项"
    if count != facts["indicators"]:
        facts = {**facts, "indicators": f"{count}（整个考核{facts['indicators']}）"}
    left_out = "units" if view.kind is Kind.UNIT else "full"
    told = {own.whose: view.who} | {label: facts[key] for key, label in labels.items() if key != left_out}
    if isinstance(own, DepartmentBook) and (shared := _together(plan)):
        told[own.together] = shared
    return told


def _together(plan: Plan) -> str:
    """The indicators of a department that others assess as well, and who."""
    others: dict[str, list[str]] = {}
    for body, ids in indicators_by_body(plan.scheme).items():
        for id in ids if body != plan.view.who else ():
            others.setdefault(id, []).append(body)
    names = {block.number: block.name for block in plan.blocks if block.kind == "indicator"}
    return "；".join(f"{_named(id, name)}（与{'、'.join(others[id])}）" for id, name in names.items() if id in others)


def _understood(layout: Layout, choices: Sequence[Choice]) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """How unclear clauses are read, and the readings that can be changed, as rows of three texts; in the book of a department or
    a unit those that concern it. choices: where the book is read otherwise than the scheme takes it."""
    instead = {choice.reading: f"（生成本簿时选定；方案取“{choice.own}”）" for choice in choices}
    scheme = layout.plan.scheme
    names = {b.number or b.id: b.name for b in layout.plan.blocks if b.kind in ("group", "indicator") and b.id}

    def here(at: str) -> bool:
        return layout.plan.view.whole or not at or at in names

    noted = [
        (
            _named(note.at, names.get(note.at, "")) or "全部",
            note.reading,
            "；".join(t for t in (f"也可理解为：{note.otherwise}" if note.otherwise else "", note.clause) if t),
        )
        for note in scheme.notes
        if here(note.at)
    ]
    read = [
        (
            f"{reading.id}（{reading.clause}）" if reading.clause else reading.id,
            f"{reading.takes}：{reading.options[reading.takes].says}{instead.get(reading.id, '')}",
            "；".join(f"{name}：{option.says}" for name, option in reading.options.items() if name != reading.takes),
        )
        for reading in scheme.readings
        if here(reading.at)
    ]
    return [*noted, *(_imported(layout, here) if layout.design.form > 2 else [])], read


def _imported(layout: Layout, here: Callable[[str], bool]) -> list[tuple[str, str, str]]:
    """Which results of other books the book takes, a row for each of these books."""
    asked: dict[str, dict[str, None]] = {}
    for node, name, source in layout.plan.scheme.imports():
        if node is None or here(node.id):
            what = _named(node.id, node.name) if node and node.id else node.name if node else name
            of = f"{source.whose}的" if source.whose else ""
            asked.setdefault(source.scheme, {})[f"{of}“{what}”：{source.words}"] = None
    whence = "取自 {} 考核簿" if layout.design.form > 4 else "用“取数”从填好的 {} 考核簿取来"
    return [("取数", "；".join(told), whence.format(scheme)) for scheme, told in asked.items()]


def _taken(choices: Sequence[Choice]) -> str:
    """Which readings the book takes otherwise than the scheme, in words; nothing where there are none."""
    listed = "、".join(f"{choice.reading}取“{choice.option}”" for choice in choices)
    return f"；生成时另选读法：{listed}" if listed else ""


def build(layout: Layout, others: Sequence[Sheet], choices: Sequence[Choice] = (), bare: bool = False) -> Sheet:
    """The first sheet of a book: in larger print, or where that takes a page less, in the smallest with more on a line. others: the sheets
    that people fill in, read and print; choices: where it is read otherwise than the scheme takes it; bare: its cells alone, for who asks
    for no sizes."""
    given = layout.design.guide.widths
    sheet = _build(layout, others, choices, given, bare)
    if bare or layout.design.form < 6 or (count := _pages(sheet, layout.design)) == 1:
        return sheet
    wider = page_width(layout.design, paper=layout.design.print.papers[0], upright=True) - sum(given)
    other = _build(layout, others, choices, [*given[:-1], floor(given[-1] + wider)])
    return other if _pages(other, layout.design) < count else sheet


def _pages(sheet: Sheet, design: Design) -> int:
    """How many pages a guide takes."""
    if sheet.row_breaks:
        return len(sheet.row_breaks) + 1
    assert sheet.scale is not None
    last = max(row for row, _ in sheet.cells)
    breaks, _ = table_breaks(
        [(row, sheet.heights.get(row, LINE)) for row in range(2, last + 1)], upright_height(design) / (sheet.scale / 100)
    )
    return len(breaks) + 1


def _build(layout: Layout, others: Sequence[Sheet], choices: Sequence[Choice], given: Sequence[float], bare: bool = False) -> Sheet:
    """The same with columns of these widths, in characters."""
    design, scheme = layout.design.guide, layout.plan.scheme
    sheet = Sheet(design.sheet)
    noted, read = _understood(layout, choices)
    widths, heights = (given, repeat(LINE)) if bare else _sized(layout, [*noted, *read], given)
    sheet.widths = {1: 2, **{FIRST + i: w for i, w in enumerate(widths)}}
    last = FIRST + len(widths) - 1
    whole = sum(widths)

    wide = partial(_wide, sheet, layout)
    own, who = layout.design.own(layout.plan.view), layout.plan.view.who
    words = own or (design if layout.plan.scored or design.duties is None else design.duties)
    sheet.span(2, FIRST, 2, last, filled(own.title if own else design.title, title=scheme.title, who=who), "title")
    sheet.heights[2] = 34
    wide(3, filled(words.about, who=who), "plain")
    row = 5
    for label, text in _facts(layout, choices).items():
        sheet.put(row, FIRST, label, "heading")
        sheet.span(row, FIRST + 1, row, last, text, "text")
        sheet.links |= _to_the_units(layout, label, row)
        sheet.heights[row] = height_of(lines_needed(text, sum(widths[1:]), 11), 11, layout.design.leading) + 2
        row += 1
    row += 1
    if own:
        wide(row, own.cover_title, "group")
        for label in own.cover:
            row += 1
            sheet.put(row, FIRST, label, "heading")
            sheet.span(row, FIRST + 1, row, last, None, "written", locked=False)
            sheet.heights[row] = 22
        row += 2
    wide(row, design.steps_title, "group")
    for number, step in enumerate(words.steps, 1):
        row += 1
        wide(row, f"{number}．{filled(step, sheets=_to_fill(layout), paper=_paper(others))}", "plain")
    row += 2
    wide(row, design.legend_title, "group")
    for entry in design.legend:
        row += 1
        sheet.put(row, FIRST, "示例" if entry.style else None, entry.style or f"fill:{entry.colour}")
        sheet.span(row, FIRST + 1, row, last, entry.text, "text")
        sheet.heights[row] = 18
    ends = row
    row, heads = _tables(sheet, layout, (noted, read), heights, row)
    sheet.print_area = f"{address(2, FIRST)}:{address(row, last)}"
    if not bare:
        above, below = (sum(sheet.heights.get(at, LINE) for at in rows) for rows in (range(2, ends + 1), range(ends + 1, row + 1)))
        sheet.scale, apart = on_pages(layout.design, whole, above, below)
        sheet.row_breaks = [ends] if apart else []
        _headed(sheet, layout.design, [*heads, row + 1][:2], row)
    return sheet


def _tables(
    sheet: Sheet, layout: Layout, told: tuple[Sequence[Sequence[str]], ...], heights: Iterator[float], row: int
) -> tuple[int, list[int]]:
    """The notes and the readings. told: the rows of each; heights: of all of them; row: the last above. Returns the last row, and those of
    the headings."""
    design, heads = layout.design.guide, list[int]()
    titles = (design.notes_title, design.notes_headings), (design.readings_title, design.readings_headings)
    for (title, headings), rows in zip(titles, told, strict=True):
        if not rows:
            continue
        row += 2
        _wide(sheet, layout, row, title, "group")
        row += 1
        for offset, text in enumerate(headings):
            sheet.put(row, FIRST + offset, text, "heading")
        sheet.heights[row] = 20
        heads.append(row)
        for texts in rows:
            row += 1
            for offset, text in enumerate(texts):
                sheet.put(row, FIRST + offset, text, "sentence")
            sheet.heights[row] = next(heights)
    return row, heads


def _wide(sheet: Sheet, layout: Layout, row: int, text: str, style: str) -> None:
    """A text over the whole width of the sheet."""
    columns = range(FIRST, FIRST + len(layout.design.guide.widths))
    sheet.span(row, columns[0], row, columns[-1], text, style)
    lines = lines_needed(text, sum(sheet.widths[column] for column in columns), 11)
    sheet.heights[row] = height_of(lines, 11, layout.design.leading) + 2


def _sized(layout: Layout, rows: Sequence[Sequence[str]], given: Sequence[float]) -> tuple[Sequence[float], Iterator[float]]:
    """How wide the columns of the notes are, and how high their rows, in points: until the fifth form the given widths, then those at
    which the notes take the fewest lines."""
    leading, tight = layout.design.leading, layout.design.form > 4
    if layout.design.form > 5 and rows:
        widths, lines = shared_out(given, rows, (9, 9, 9), NARROWEST)
    else:
        widths, lines = [*given], [max(lines_needed(t, w, 9, tight) for t, w in zip(texts, given, strict=True)) for texts in rows]
    return widths, (max(18, height_of(count, 9, leading) + 2) for count in lines)


def _headed(sheet: Sheet, design: Design, table: Sequence[int], last: int) -> None:
    """Repeat the headings of a table that goes on on other pages, if these begin with nothing else and it takes no page more, a little
    smaller where it must. table: the row of the headings, and that where the next table has its own; last: row of the sheet."""
    if len(table) < 2 or sheet.row_breaks:
        return
    assert sheet.scale is not None
    head, after = table
    high = (PAPERS[design.print.papers[0]][1] - design.print.margins["top"] - design.print.margins["bottom"]) * POINTS_PER_MILLIMETRE
    heights = [(row, sheet.heights.get(row, LINE)) for row in range(2, last + 1)]
    most, _ = table_breaks(heights, high * FILLED / (sheet.scale / 100))
    for scale in range(sheet.scale, design.print.smallest_scale - 1, -1):
        room, ends = high * FULL / (scale / 100), list[int]()
        used = 0.0
        for row, height in heights:
            if used + height > room:
                ends.append(row - 1)
                used = sheet.heights[head]
            used += height
        if ends and len(ends) <= len(most) and all(head < end < after - 2 for end in ends):
            sheet.scale, sheet.title_rows, sheet.row_breaks = scale, (head, head), ends
            return
