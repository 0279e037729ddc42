"""An office's own list of units, from a text file or a column of a workbook that is none of ours."""

from __future__ import annotations

import re
from pathlib import Path

from generator import files
from generator.problems import Refusal, UnreadableError
from generator.xlsx.package import Package

MOST = 2_000
MOST_BYTES = 1_000_000
LONGEST = 60
_APART = re.compile(r"[、,，;；\t]")
_HEADS = ("被考核单位", "单位名称", "单位", "名称", "考核对象")
_GROUPS = ("分组", "组别", "类别")
_HEAD_ROWS = 10


def lists(path: Path) -> dict[str, list[str]]:
    """Units by group; under '' those of which no group is said.

    A text file has a unit a line, or a group and its units (``镇街道：甲镇、乙镇``). A workbook has them in the column headed 单位 of its
    first sheet, or in the only column, with their groups beside them under 分组. Raises Refusal.
    """
    found = _of_book(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _of_text(path)
    units = [unit for listed in found.values() for unit in listed]
    if not units:
        raise Refusal(f"“{path.name}”里没有找到单位；请一行写一个单位，或在表头写“单位”")
    if len(units) > MOST:
        raise Refusal(f"“{path.name}”里有 {len(units)} 个单位，最多 {MOST} 个；请确认选对了文件")
    if long := next((unit for unit in units if len(unit) > LONGEST), ""):
        raise Refusal(f"“{path.name}”里的“{long[:20]}…”太长，不像单位的名称；请确认选对了文件")
    return found


def _of_text(path: Path) -> dict[str, list[str]]:
    data = files.contents(path, MOST_BYTES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableError(path, "不是文字文件", "请另存为 UTF-8 的文本文件，一行写一个单位")
    found: dict[str, list[str]] = {}
    group = ""
    for line in text.replace(":", "：").splitlines():
        head, colon, rest = line.strip().lstrip("﻿").partition("：")
        group = head.strip() if colon else group
        names = [name.strip() for name in _APART.split(rest if colon else head) if name.strip()]
        found.setdefault(group, []).extend(names)
    return {group: names for group, names in found.items() if names}


def _of_book(path: Path) -> dict[str, list[str]]:
    package = Package.open(path)
    sheet = next((name for name in package.sheet_names if package.is_visible(name)), "")
    rows = []
    if sheet:
        part = package.sheet(sheet)
        for number, cells in part.rows():
            texts = {column: value.strip() for column, at in cells if isinstance(value := part.value(at), str) and value.strip()}
            if texts:
                rows.append((number, texts))
            if len(rows) > MOST + _HEAD_ROWS:
                break
    unit, group, first = _columns(rows)
    found: dict[str, list[str]] = {}
    last = ""
    for _, texts in rows[first:]:
        last = texts.get(group, last) if group else ""
        if unit in texts:
            found.setdefault(last, []).append(texts[unit])
    return found


def _columns(rows: list[tuple[int, dict[str, str]]]) -> tuple[str, str, int]:
    """The columns of units and of groups, and which row is the first below the headings."""
    for place, (_, texts) in enumerate(rows[:_HEAD_ROWS]):
        for head in _HEADS:
            if column := next((letters for letters, text in texts.items() if text == head), ""):
                return column, next((letters for letters, text in texts.items() if text in _GROUPS), ""), place + 1
    return next((letters for _, texts in rows for letters in texts), "A"), "", 0
