"""YAML with a memory: every value keeps the line it came from, every number the digits it was printed with.

YAML's own guesses are left out on purpose: ``no`` stays the word it is, ``4.10`` as a key stays ``4.10``, and
``23.60`` becomes the decimal 23.60 and not a binary float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from generator import files
from generator.problems import Problem, SourceError, UnreadableError, Where
from generator.value import NUMBER

_NONE = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "false": False, "False": False}
MAX_DEPTH = 40
MAX_BYTES = 4_000_000
_MARKS = ",:[{-\n"
MAX_MARKS = 500_000
"""How many signs that part values a file may hold: each value takes some 500 bytes once parsed."""
MAX_VALUES = 200_000
"""Aliases let a few lines stand for billions of values; no honest scheme comes near this many."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Reads nodes without YAML's guess at what each scalar is: `_scalar` decides that, and guessing takes a third of the time."""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        return

    def ascend_resolver(self) -> None:
        return

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return ""


@dataclass
class Source:
    """A parsed YAML file.

    data: plain dicts, lists, strings, ``Decimal``, ``bool`` and ``None``.
    lines: for every path in it, the line (from 1) where the value begins.
    """

    file: str
    text: str
    data: Any
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, path: Where) -> int | None:
        """The line of the value at ``path``, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read(path: Path) -> Source:
    """Parse a YAML file. Raises SourceError in Chinese when it cannot be read or is not one YAML mapping."""
    return parse(text_of(path), path.name)


def text_of(path: Path) -> str:
    """What stands in a YAML file. Raises SourceError in Chinese when it cannot be read."""
    try:
        return files.contents(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError([Problem("文件不是 UTF-8 编码", file=path.name, remedy="请用编辑器另存为 UTF-8")]) from None
    except UnreadableError as error:
        raise SourceError([Problem(error.reason, file=str(path), remedy=error.remedy)]) from None


def parse(text: str, file: str = "") -> Source:
    """Parse YAML text; see `read`."""
    if len(text) > MAX_BYTES or sum(map(text.count, _MARKS)) > MAX_MARKS:
        raise SourceError([Problem("内容太多，不像考核方案或数值文件", file=file, remedy="请确认选对了文件")])
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = Problem(
            f"YAML 写法有误：{_yaml_words(error.problem or '')}",
            file=file,
            line=line,
            remedy="请检查缩进、冒号后的空格、括号和引号是否配对",
        )
        raise SourceError([problem]) from None
    except yaml.YAMLError:
        raise SourceError([Problem("YAML 里有不能用的字符", file=file, remedy="请删除不可见的控制字符")]) from None
    if node is None:
        raise SourceError([Problem("文件是空的", file=file)])
    source = Source(file, text, None)
    problems: list[Problem] = []
    source.data = _build(node, (), source, problems, 0)
    if problems:
        raise SourceError(problems)
    return source


def _build(node: yaml.Node, path: Where, source: Source, problems: list[Problem], depth: int) -> Any:
    line = node.start_mark.line + 1
    if path not in source.lines:
        source.lines[path] = line
    if depth > MAX_DEPTH or len(source.lines) > MAX_VALUES:
        message = "层次太深" if depth > MAX_DEPTH else "内容太多，可能是别名（*）套别名"
        raise SourceError([Problem(message, path=path, file=source.file, line=line)])
    if isinstance(node, yaml.ScalarNode):
        if node.style == '"' and _CONTROL.search(str(node.value)):
            problems.append(Problem("文字里有看不见的控制字符", path, file=source.file, line=line, remedy="请删去 \\ 开头的控制字符"))
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, i), source, problems, depth + 1) for i, child in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, child in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem("键必须是一个词或一个编号", path=path, file=source.file, line=key_line))
            continue
        key = str(key_node.value)
        if key in result:
            problems.append(
                Problem(f"“{key}”写了两次", path=(*path, key), file=source.file, line=key_line, remedy="请只留一个，否则前一个会被悄悄丢掉")
            )
            continue
        within = (*path, key)
        source.lines[within] = key_line
        result[key] = _build(child, within, source, problems, depth + 1)
    return result


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What a workbook cannot hold; only an escape in double quotes can bring it along."""


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in _NONE:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if NUMBER.fullmatch(text):
        return Decimal(text)
    return text


_YAML_WORDS = {
    "mapping values are not allowed": "这一行不该有第二个冒号（含冒号的文字请加引号）",
    "could not find expected ':'": "少了冒号",
    "did not find expected ',' or ']'": "方括号里少了逗号或没有收尾",
    "did not find expected ',' or '}'": "花括号里少了逗号或没有收尾",
    "did not find expected key": "缩进对不齐，或少了键名",
    "found character that cannot start any token": "有不能用在这里的字符（如制表符）",
    "found undefined alias": "用了没有定义的别名 *",
    "found unexpected end of stream": "引号没有收尾",
    "did not find expected '-' indicator": "缩进对不齐，或列表里有一行没有“- ”",
    "did not find expected <document start>": "前面的内容已经结束，这一行放不下",
    "did not find expected whitespace or line break": "竖线、大于号后面多了字",
    "found a tab character": "缩进里有制表符，请改成空格",
    "found duplicate anchor": "有两处用了同名的 &",
    "found unknown escape character": "双引号里的反斜杠 \\ 要写两个，或改用单引号",
    "block sequence entries are not allowed": "这里不能用“- ”",
    "mapping keys are not allowed": "这里不能用“? ”",
    "control characters are not allowed": "有不能用的控制字符",
    "found unexpected document indicator": "多了一行“---”或“...”",
    "did not find the expected": "少了收尾的括号或引号",
    "could not determine a constructor for the tag": "用了不认识的 ! 标记",
    "while": "这里写得不完整",
}


def _yaml_words(problem: str) -> str:
    for start, words in _YAML_WORDS.items():
        if problem.startswith(start):
            return words
    return "这一行不合写法"
