"""What is wrong with a template besides its form: texts, names and colours that no book can be made with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.layout import sheet_names
from generator.layout.wording import FIELDS, unknown
from generator.problems import Problem, Where
from generator.suggestion import suggestion

LONGEST_TEXT, MOST_ENTRIES = 1000, 200
"""A template is looked at with every book that carries it: nobody needs longer texts or lists."""

NEEDED: dict[tuple[str, ...], str] = {
    ("colours",): "line missing wrong parameter bar",
    ("styles",): "title subtitle heading group group_note group_score number name measure label standard points sentence assessor"
    " parameter input working score total absent text plain sign listed listed_centre hidden",
    ("summary", "headings"): "number group unit",
    ("summary", "widths"): "number group unit score total rank grade result duties done undone state hidden",
    ("tables", "headings"): "grade share points group places taken state stage part situation gives from up_to rest",
    ("listing", "widths"): "name unit",
    ("print", "margins"): "left right top bottom",
}
"""The entries that every template must have."""
SINCE_FORM: dict[int, dict[tuple[str, ...], str]] = {
    2: {("styles",): "link unit_link"},
    3: {("summary", "headings"): "remark", ("summary", "widths"): "remark", ("styles",): "grade remark choice score_words total_words"},
    6: {("scoring",): "duties", ("tables", "titles"): "quota bands stages situations", ("tables", "headings"): "worth"},
}
"""The entries that a template must have from a form on."""
UNTIL_FORM: dict[int, dict[tuple[str, ...], str]] = {3: {("summary",): "ranking_headings chart_title"}}
"""The entries that a template must have until a form."""
NEEDED_IN_VIEWS: dict[tuple[str, ...], str] = {
    ("styles",): "form_title written approved",
    ("views", "remarks", "headings"): "number name assessor evidence remark",
    ("views", "remarks", "widths"): "number name assessor evidence remark",
}
"""The entries that a template for the books of departments and units must have."""
FACTS = ("place", "year", "issuer", "document", "full", "units", "indicators", "version")
COLUMNS = ("label", "standard", "points", "units")
"""The columns that a scoring sheet cannot do without, in the order in which they must follow each other."""
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


def faults(data: dict[str, Any]) -> list[Problem]:
    """Everything that is wrong with a template of the right form."""
    return [*_sizes(data, ()), *_places(data), *_sheets(data), *_needed(data), *_colours(data), *_columns(data)]


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _sizes(data: Any, path: Where) -> Iterator[Problem]:
    if isinstance(data, str) and len(data) > LONGEST_TEXT:
        yield Problem(f"这段文字有 {len(data)} 个字", path, remedy=f"请写在 {LONGEST_TEXT} 个字以内")
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if isinstance(data, (dict, list)) and len(data) > MOST_ENTRIES:
        yield Problem(f"这里列了 {len(data)} 项", path, remedy=f"请只写 {MOST_ENTRIES} 项以内")
        return
    for key, child in children:
        yield from _sizes(child, (*path, key))


def _places(data: dict[str, Any]) -> Iterator[Problem]:
    """Places in texts that stand for nothing."""
    for path, known in FIELDS.items():
        written = _at(data, path)
        for number, text in enumerate(written if isinstance(written, list) else [written]):
            wrong = unknown(text, known) if isinstance(text, str) else ""
            if wrong:
                where: Where = (*path, number) if isinstance(written, list) else path
                listed = "、".join(f"{{{name}}}" for name in known)
                message = f"花括号没有配对（{wrong}）" if wrong in "{}" else f"不认识“{wrong}”"
                yield Problem(message, where, text, f"这里可以写 {listed}，别处不能用花括号")


def _sheets(data: dict[str, Any]) -> Iterator[Problem]:
    """Sheets whose name Excel would not take, or that have the same."""
    seen: dict[str, str] = {}
    parts: list[tuple[str, ...]] = [("guide",), ("scoring",), ("summary",), ("checks",), ("tables",)]
    parts += [("catalog",)] if data.get("catalog") else []
    parts += [("views", "unit"), ("views", "remarks")] if "views" in data else []
    for part in parts:
        name, where = str(_at(data, (*part, "sheet"))), (*part, "sheet")
        if fault := sheet_names.fault(name):
            yield Problem(fault, where, name, "请换一个短而普通的名称")
        elif name.casefold() in seen:
            yield Problem(f"“{name}”与 {seen[name.casefold()]}.sheet 同名", where, remedy="请换一个名称")
        seen.setdefault(name.casefold(), ".".join(part))


def _needed(data: dict[str, Any]) -> Iterator[Problem]:
    own = NEEDED_IN_VIEWS if "views" in data else {}
    form = data.get("form", 1)
    since = [entry for first, entries in SINCE_FORM.items() if form >= first for entry in entries.items()]
    until = [entry for last, entries in UNTIL_FORM.items() if form <= last for entry in entries.items()]
    for path, names in [*NEEDED.items(), *own.items(), *since, *until]:
        given = _at(data, path)
        for name in names.split():
            if name not in given:
                yield Problem(f"少了“{name}”", path, remedy=f"请补上 {name}，可照 templates/scoring-book.yaml 的写法")
    for name in _at(data, ("guide", "facts")):
        if name not in FACTS:
            yield Problem(f"不认识“{name}”", ("guide", "facts", name), remedy=f"可用的有：{'、'.join(FACTS)}")


def _colours(data: dict[str, Any]) -> Iterator[Problem]:
    """Colours that are none, and styles and legends that name one that is not there."""
    colours, styles = data["colours"], data["styles"]
    for name, colour in colours.items():
        if not _COLOUR.fullmatch(str(colour)):
            yield Problem("这不是颜色", ("colours", name), str(colour), "请写六位十六进制数，如 FF9B9B（红、绿、蓝各两位）")
    named: list[tuple[Where, str, Any, dict[str, Any]]] = [
        (("styles", style, key), "颜色", look.get(key), colours) for style, look in styles.items() for key in ("fill", "colour")
    ]
    for number, entry in enumerate(_at(data, ("guide", "legend"))):
        where: Where = ("guide", "legend", number)
        if not entry.get("style") and not entry.get("colour"):
            yield Problem("图例要写 style 或 colour", where, remedy="style 写 styles 里的名称，colour 写 colours 里的名称")
        named += [((*where, "style"), "样式", entry.get("style"), styles), ((*where, "colour"), "颜色", entry.get("colour"), colours)]
    for where, what, name, known in named:
        if name and str(name) not in known:
            yield Problem(f"没有这个{what}", where, str(name), f"{suggestion(str(name), known)}可用的有：{'、'.join(known)}")


def _columns(data: dict[str, Any]) -> Iterator[Problem]:
    """Columns of the scoring sheet that are missing, there twice or in an order that its headings cannot have."""
    written = [column.get("key") for column in _at(data, ("views", "unit", "columns")) or ()]
    if len(set(written)) != len(written):
        yield Problem("自评表有一栏写了两次", ("views", "unit", "columns"), remedy="请删去重复的")
    path: Where = ("scoring", "columns")
    keys = [column.get("key") for column in _at(data, ("scoring", "columns"))]
    missing = [key for key in COLUMNS if key not in keys]
    if missing:
        yield Problem(f"评分表少了这几列：{'、'.join(missing)}", path, remedy="请补上，可照 templates/scoring-book.yaml 的写法")
    elif len(set(keys)) != len(keys):
        yield Problem("评分表有一列写了两次", path, remedy="请删去重复的")
    elif [key for key in keys if key in COLUMNS] != [*COLUMNS]:
        yield Problem("评分表这几列的先后不对", path, remedy=f"请依次写 {'、'.join(COLUMNS)}")
