"""Scheme file → definition workbook → scheme file: the two ways, and what is said of a workbook that cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from generator import lint, source
from generator.definition import words
from generator.definition.draw import REMARK_HEADS, REMARK_ROWS, sheets_of
from generator.definition.examples import examples
from generator.definition.flow import same
from generator.definition.gather import Gathered, gather
from generator.definition.grids import Found, spread
from generator.definition.renewal import renewed
from generator.definition.vocabulary import choices, fact_rows, node_keys, rule_words, scheme_keys, tables
from generator.definition.workbook import contents
from generator.definition.yaml_text import text_of
from generator.layout.design import load as load_design
from generator.lint.catalogue import CATALOGUE, Remark
from generator.problems import Problem, SchemeFault, SourceError, Where
from generator.scheme import load
from generator.scheme.load import SchemeFile
from generator.sheets.book import compose
from generator.suggestion import suggestion
from generator.xlsx.package import Package
from generator.xlsx.writer import About, packed


def export(file: SchemeFile) -> bytes:
    """The definition workbook of a scheme, always the same bytes. Raises SourceError where something does not fit into a cell."""
    return unfinished(file.text, About.of(file.scheme))


def unfinished(text: str, about: About) -> bytes:
    """The definition workbook of a scheme file that need not be right yet: what is wrong is told when the workbook is read."""
    data = source.parse(text).data
    return packed(sheets_of(spread(data), text, examples()), load_design(), words.TREE, about)


def blank(title: str, units: dict[str, list[str]], **facts: Any) -> bytes:
    """A definition workbook with nothing but the names of a scheme and its units in it. units: by group, or under '' all of them;
    facts: what else is known, by its key.
    """
    listed: Any = units[""] if set(units) == {""} else units
    data = {"title": title, "full_marks": Decimal(100), **facts, "units": listed, "indicators": []}
    year = data.get("year") or 1990
    return packed(sheets_of(spread(data), "", examples()), load_design(), words.TREE, About(title, "", "", f"{year}-01-01"))


@dataclass(frozen=True)
class Taken:
    """A scheme taken from a workbook. text: its scheme file; file: the same, understood; problems: warnings, each with its cell;
    remarks: what `lint` says, each with its cell; gathered: where everything stands; former: the scheme file that the workbook was made
    from, '' where there is none."""

    text: str
    file: SchemeFile
    problems: list[Problem]
    remarks: list[tuple[str, Remark]]
    gathered: Gathered
    former: str = ""

    def in_cells(self, problem: Problem) -> Problem:
        """What somebody else says of a place in the scheme, as something about a cell."""
        return _in_cells(problem, self.gathered)


def take(package: Package, file: str) -> Taken:
    """Read a scheme out of a definition workbook. file: what the scheme file will be called.

    Raises SourceError with everything that is wrong, each with its sheet and cell.
    """
    read = contents(package)
    if read.torn:
        raise SourceError(read.problems)  # what is missing now would only be called missing in many more places
    return judged(read.found, read.text, file, read.problems)


def judged(found: Mapping[str, Found], former: str, file: str, told: Iterable[Problem] = ()) -> Taken:
    """The scheme that stands on some sheets. former: the scheme file that they were made from, '' where there is none; told: what was
    said of the workbook already. Raises SourceError, see `take`.
    """
    gathered = gather(found)
    problems = [*told, *gathered.problems]
    try:
        text, understood = _understood(gathered, former, file)
    except SourceError as error:
        raise SourceError(_in_order(problems + _news(error.problems, problems, gathered))) from None
    if any(problem.severity == "error" for problem in problems):
        raise SourceError(_in_order(problems))
    problems += [_in_cells(problem, gathered) for problem in understood.warnings]
    remarks = [(_cell_of(gathered, understood, remark.at), remark) for remark in lint.lint(understood)]
    return Taken(text, understood, problems, remarks, gathered, former)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Problems from sheet to sheet and from the top down."""
    tabs = list(words.SHEETS)

    def place(problem: Problem) -> tuple[int, int, str]:
        sheet, _, cell = problem.file.partition("!")
        row = re.search(r"\d+", cell)
        return tabs.index(sheet) if sheet in tabs else -1, int(row[0]) if row else 0, cell

    listed = sorted(problems, key=place)
    if len(listed) <= load.MOST_PROBLEMS:
        return listed
    grave = sorted(listed, key=lambda problem: problem.severity != "error")[: load.MOST_PROBLEMS]
    more = Problem(f"还有 {len(listed) - len(grave)} 处，没有列出", remedy="请先改正上面的", severity="warning", file=grave[-1].file)
    return [*grave, more]


def _news(found: list[Problem], told: list[Problem], gathered: Gathered) -> list[Problem]:
    """What is wrong with a scheme as far as it says something new: of the same cells nothing, and nothing is called missing that
    stands in a row which was left out."""
    cells = {problem.file for problem in told}
    listed = [p for p in found if not gathered.torn or not _CONSEQUENCE.match(p.message)]
    return [p for p in (_in_cells(problem, gathered) for problem in listed or ([] if told else found)) if p.file not in cells]


_CONSEQUENCE = re.compile(r"少了|注释指的|这里不能是空的|这里列得太少|否决项写|没有编号为")


def _understood(gathered: Gathered, former: str, file: str) -> tuple[str, SchemeFile]:
    """The scheme that the gathered data is, and its text: the former one as far as nothing has changed. Raises SourceError."""
    text = renewed(former, gathered.data) if former else text_of(gathered.data)
    if not same(source.parse(text, file).data, gathered.data):
        raise SourceError([Problem("有的内容写进方案文件就读不回来", remedy="请把这本定义簿发给维护者")])
    understood = load.understand(source.Source(file, text, gathered.data))
    try:
        compose(understood)
    except SchemeFault as error:
        raise SourceError([Problem(error.message, error.path, remedy=error.remedy)]) from None
    return text, understood


def _in_cells(problem: Problem, gathered: Gathered) -> Problem:
    """A problem of a place in the data as one of a cell, in the words of the workbook."""
    missing = _MISSING.match(problem.message)
    within = (*problem.path, missing[1]) if missing else problem.path
    if problem.message in ("少了计分规则 rule", "没有这种计分规则"):
        wanted = list(rule_words().values())
        like = suggestion(str(problem.value), wanted) if problem.value else ""
        problem = replace(problem, message=problem.message.removesuffix(" rule"), remedy=f"{like}请从下拉框里选，例子见“规则”表")
        within = within if within[-1] == "rule" else (*within, "rule")
    if problem.message == "没有这个选项" and within and (told := _options(str(within[-1]))):
        problem = replace(problem, remedy=f"可以是：{told}")
    sheet, cell = gathered.place(within)
    where = f"{sheet}!{cell}" if cell else sheet or problem.file
    said = {"message": _in_words(problem.message, gathered), "remedy": _in_words(problem.remedy, gathered)}
    return replace(problem, path=() if sheet else problem.path, line=None, file=where, **said)


def _options(key: str) -> str:
    """The closed choices of a key, in the words of the drop-downs."""
    kind = {**scheme_keys(), **node_keys()}.get(key) or next((t.columns[key] for t in tables().values() if key in t.columns), None)
    return "、".join(choices(key, kind).values()) if kind is not None else ""


_PHRASES = (
    ("写成 ask: yes_no", "让“填什么”是“是或否”"),
    ("写上 answers: sum-differs", f"“回答把关”写“{CATALOGUE['sum-differs'].title}”"),
    ("没有任务的单位写 null", "没有任务的写“－”"),
    ("这里要 true 或 false", "这里要“是”或“否”"),
    ("这里要一个列表", "这里要几个名称"),
    ("请写成 [甲, 乙]，或每行一个“- ”", "请写成“甲；乙”"),
    ("、defaults、children", ""),
    ('；unlisted 可以写 "*"（全部单位）', "；全部单位写 *"),
)
"""What somebody who writes the file is told, and what it is on sheets."""
_MISSING = re.compile(r"少了“(\w+)”")
_PATH = re.compile(r"(?:指标|读法|注|计数|bonus|facts)(?:\[\d+\]|\.\w+)+")
_KEY = re.compile(r"“(\w+)”|(?<![\w“])([a-z_]{2,})(?![\w”])")


@cache
def _known() -> frozenset[str]:
    """All keys that a message may speak of."""
    columns = (column for table in tables().values() for column in table.columns)
    return frozenset({*fact_rows(), *scheme_keys(), *node_keys(), *columns})


def _in_words(text: str, gathered: Gathered) -> str:
    """A message with cells for paths of the file and headings for its keys."""
    for said, here in _PHRASES:
        text = text.replace(said, here)
    text = _PATH.sub(lambda m: "!".join(gathered.by_text[m[0]]) if m[0] in gathered.by_text else m[0], text)

    def named(found: re.Match[str]) -> str:
        key = found[1] or found[2]
        return f"“{words.name_of(key)}”" if key in _known() and key in words.NAMES else found[0]

    text = re.sub(r"” (?=[一-鿿])", "”", _KEY.sub(named, text).replace(" “", "“"))
    return text.replace("这里要“键: 值”", "这一行没有填全")


def _cell_of(gathered: Gathered, file: SchemeFile, at: str) -> str:
    """Where the indicator or group of a remark stands; '' for the whole scheme."""
    where: Where = file.scheme.find(at)[0] if at else ()
    return "!".join(gathered.place(where)) if where else ""


REMARKS_FROM = 3
"""The first row of what was found."""
SEVERITIES = {"error": "错误", "warning": "提醒", "lint": "办法"}


def remark_lines(problems: Iterable[Problem], remarks: Iterable[tuple[str, Remark]]) -> tuple[str, list[tuple[str, ...]]]:
    """What was found as it stands on the workbook's own sheet for it: the line above, and a fixed number of rows."""
    told = [(p.file, SEVERITIES[p.severity], p.message, p.remedy, "") for p in problems]
    told += [(cell, SEVERITIES["lint"], r.message, r.wording, r.clause) for cell, r in remarks]
    head = f"把关：共 {len(told)} 条" + (f"，只列出前 {REMARK_ROWS} 条" if len(told) > REMARK_ROWS else "")
    nothing = ("",) * len(REMARK_HEADS)
    return head if told else "把关：没有发现问题", (told + [nothing] * REMARK_ROWS)[:REMARK_ROWS]


def write_remarks(package: Package, problems: Iterable[Problem], remarks: Iterable[tuple[str, Remark]]) -> bool:
    """Put what was found onto the workbook's own sheet for it, instead of what was found before; whether there is such a sheet."""
    if words.REMARKS not in package.sheet_names:
        return False
    part = package.sheet(words.REMARKS)
    head, lines = remark_lines(problems, remarks)
    part.set("A1", head)
    for row, line in enumerate(lines, REMARKS_FROM):
        for letters, text in zip("ABCDE", line, strict=True):
            at = f"{letters}{row}"
            if text or part.has(at):
                part.set(at, text or None)
    return True
