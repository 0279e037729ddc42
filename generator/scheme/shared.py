"""What several schemes share, written once: a scheme file names it, and its text is put in where it is named.

``{shared: 区县}`` in a scheme file stands for what ``shared.yaml`` in the same folder has under that name; in a list, what is a list
itself gives its items. The text is put in before anything is made of it, so the copy in a workbook, the definition workbook and
next year's scheme are whole, and nothing has to be looked up. There are only names and only that one file, and it is read for
schemes of the library and of an office's own folder alone: what came in from elsewhere reaches no other file. Lines stay those
of the file in which somebody wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from generator import source
from generator.problems import Problem, SourceError, Where
from generator.scheme import library
from generator.source import Piece, Source
from generator.suggestion import listed, suggestion

FILE, KEY = library.SHARED, library.SHARED_KEY
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for YAML."""


@dataclass(frozen=True)
class _Taking:
    """Where a scheme file names something shared. start, end: the signs it takes up; line: of `end`, from 0; around: what it is a
    value or an item of; column: where that key or item begins."""

    name: str
    path: Where
    node: Any
    start: int
    end: int
    line: int
    around: Any
    column: int


def read(path: Path) -> Source:
    """Parse a scheme file, with all that it shares put in. Raises SourceError, also where something shared cannot be had."""
    whole = _whole(path)
    return source.parse(whole.text, whole.file, whole.pieces)


def text_of(path: Path) -> str:
    """The whole text of a scheme file, as books carry it. Raises as `read` does."""
    return _whole(path).text


def _whole(path: Path) -> Source:
    """The whole text, not parsed."""
    text = source.text_of(path)
    if path.name == FILE and not library.id_in(text):
        remedy = f"请检查取用它的方案：在方案里写 {{{KEY}: 名称}}"
        raise SourceError([Problem("这是几个方案共用的内容，本身不是方案", file=FILE, remedy=remedy)])
    own = Source(path.name, text, None)
    takings = sorted(_takings(source.compose(own)), key=lambda taking: taking.start) if KEY in text else []
    return _Whole(own, takings, _parts(path, takings[0])).put_together() if takings else own


def untaken(data: Any, path: Where = ()) -> Iterator[Problem]:
    """Where a scheme that was not read from its folder names something shared."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        where = (*path, key)
        if isinstance(value, dict) and [*value] == [KEY] and isinstance(value[KEY], str):
            yield Problem(f"要取用共用的“{value[KEY]}”，可是这份方案不是从方案文件夹里读的", where, remedy="请把那部分内容写全")
        else:
            yield from untaken(value, where)


def _takings(top: yaml.Node) -> Iterator[_Taking]:
    """Every mapping with nothing but the name of something shared."""
    stack: list[tuple[yaml.Node, Where]] = [(top, ())]
    seen = {id(top)}  # an alias stands for what was seen already
    while stack:
        node, path = stack.pop()
        inner: list[tuple[yaml.Node, str | int, int]] = []
        if isinstance(node, yaml.MappingNode):
            inner = [(value, str(key.value), key.start_mark.column) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            inner = [(item, i, item.start_mark.column) for i, item in enumerate(node.value)]
        child: Any
        for child, part, column in inner:
            if id(child) in seen:
                continue
            seen.add(id(child))
            name = _named(child)
            if name is None:
                stack.append((child, (*path, part)))
                continue
            value = child.value[0][1]
            first, last = (child.start_mark, child.end_mark) if child.flow_style else (child.value[0][0].start_mark, value.end_mark)
            yield _Taking(name, (*path, part), child, first.index, last.index, last.line, node, column)


def _named(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if isinstance(key, yaml.ScalarNode) and key.value == KEY and isinstance(value, yaml.ScalarNode):
            return str(value.value)
    return None


def _parts(path: Path, first: _Taking) -> Source:
    """The shared file beside a scheme file. Raises SourceError where there is none for it."""
    own = path.resolve()
    beside = (own.parent / FILE).resolve()
    home = next((folder for folder in map(Path.resolve, library.folders()) if own.is_relative_to(folder)), None)
    why = way = ""
    if home is None:
        why, way = "这个文件不在方案文件夹里", "请把文件放进方案文件夹"
    elif own.name == FILE or not beside.is_relative_to(home) or not beside.is_file():
        why, way = f"旁边没有 {FILE}", f"请把 {FILE} 放在同一个文件夹里"
    if why:
        words, line = f"要取用共用的“{first.name}”，可是{why}", first.node.start_mark.line + 1
        raise SourceError([Problem(words, first.path, file=path.name, line=line, remedy=f"{way}，或把那部分内容写全")])
    parts = source.read(beside)
    if not isinstance(parts.data, dict) or library.id_in(parts.text):
        raise SourceError([Problem("这里要写几个方案共用的内容", file=FILE, line=1, remedy="请写成“名称: 内容”，一项一个名称")])
    return parts


class _Whole:
    """The whole text of a scheme file put together. own: the file; parts: the shared one."""

    def __init__(self, own: Source, takings: list[_Taking], parts: Source) -> None:
        self.own, self.takings, self.parts = own, takings, parts
        top = source.compose(parts)
        self.nodes: dict[str, Any] = {str(key.value): value for key, value in top.value}
        self.text: list[str] = []
        self.length = self.line = 0
        self.pieces: list[Piece] = []
        self.problems = [
            Problem("共用的内容里不能再取用共用的", inner.path, file=FILE, line=inner.node.start_mark.line + 1, remedy="请把那部分内容写全")
            for inner in _takings(top)
        ]

    def put_together(self) -> Source:
        """See the module."""
        for taking in self.takings:
            self._look_at(taking)
        if self.problems:
            raise SourceError(self.problems)
        at = line = 0
        for taking in self.takings:
            end = self._take(taking, at, line)
            at, line = end, taking.line
        self._add(self.own.text[at:], self.own.file, line)
        return Source(self.own.file, "".join(self.text), None, pieces=self.pieces)

    def _look_at(self, taking: _Taking) -> None:
        """Tell what keeps something from being put in."""
        node, name = self.nodes.get(taking.name), f"共用的“{taking.name}”"
        told = Problem("", taking.path, file=self.own.file, line=taking.node.start_mark.line + 1)
        if node is None:
            known = list(self.nodes)
            remedy = f"{suggestion(taking.name, known)}那里有：{listed(known)}"
            self.problems.append(replace(told, message=f"{FILE} 里没有“{taking.name}”", remedy=remedy))
        elif taking.path == ("scheme",):
            self.problems.append(replace(told, message="方案的编号不能取用共用的内容", remedy="请直接写编号"))
        elif isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            line = node.start_mark.line + 1
            self.problems.append(Problem(f"{name}用了 {node.style}", file=FILE, line=line, remedy="请写在一行里，或加引号"))
        elif _flows(taking.around) and not isinstance(node, yaml.ScalarNode) and not _flows(node):
            remedy = f"请在 {FILE} 里改用方括号、花括号写，或把这里分行写"
            self.problems.append(replace(told, message=f"{name}是分行写的，放不进方括号、花括号里", remedy=remedy))
        elif _spread(taking, node) and not node.value:
            self.problems.append(replace(told, message=f"{name}里一项也没有", remedy="请把这一处删去"))

    def _take(self, taking: _Taking, at: int, line: int) -> int:
        """Put in something shared, after the scheme's own text from ``at`` on; where the scheme's text goes on."""
        node, text, own = self.nodes[taking.name], self.own.text, self.own.file
        start = text.index("{", taking.start) if taking.node.flow_style else taking.start  # behind an anchor
        flowing = _flows(taking.around)
        if _spread(taking, node) and not flowing:
            start = _dash(text, taking)
        if flowing or isinstance(node, yaml.ScalarNode) or (_flows(node) and not _spread(taking, node)):
            self._add(text[at:start], own, line)
            self._inline(taking, node)
            return taking.end
        rest = _BREAK.search(text, taking.end)
        end = rest.start() if rest else len(text)
        comment = text[taking.end : end].rstrip()
        before = text[at:start]
        if _spread(taking, node):
            self._add(before, own, line)
            self._items(taking, node, comment)
            return end
        under = isinstance(taking.around, yaml.MappingNode)
        self._add(before.rstrip() if under or comment else before, own, line)
        column = taking.column
        if under:
            column += 0 if isinstance(node, yaml.SequenceNode) else 2
        if under or comment:
            self._add(f"{comment}\n{' ' * column}", own, taking.line)
        self._add(self._block(node, column), FILE, node.start_mark.line)
        return end

    def _inline(self, taking: _Taking, node: yaml.Node) -> None:
        """On the line on which it is named."""
        indent = taking.column if not _flows(taking.around) else _indent(self.own.text, taking.start)
        if _spread(taking, node):
            first, last = node.value[0], node.value[-1]
            text = self.parts.text[first.start_mark.index : last.end_mark.index]
            self._add(_moved(text, indent), FILE, first.start_mark.line)
            return
        text = _slice(self.parts.text, node)
        if _flows(taking.around) and isinstance(node, yaml.ScalarNode) and not node.style and re.search(r"[,\[\]{}]", text):
            text = "'" + str(node.value).replace("'", "''") + "'"
        self._add(_moved(text, indent), FILE, node.start_mark.line)

    def _items(self, taking: _Taking, node: Any, comment: str) -> None:
        """The items of a list among those of the list in which it is named, each on lines of its own."""
        column = taking.around.start_mark.column
        if comment:
            self._add(f"{comment.lstrip()}\n{' ' * column}", self.own.file, taking.line)
        if not _flows(node):
            self._add(self._block(node, column), FILE, node.start_mark.line)
            return
        for item in node.value:
            if item is not node.value[0]:
                self._add(f"\n{' ' * column}", FILE, item.start_mark.line)
            self._add(f"- {_moved(_slice(self.parts.text, item), column)}", FILE, item.start_mark.line)

    def _block(self, node: yaml.Node, column: int) -> str:
        """What stands on lines of its own, moved to a column."""
        lines = _slice(self.parts.text, node).split("\n")
        while lines[-1].strip() == "" or lines[-1].startswith("#"):  # what is said before the next name
            lines.pop()
        return _moved("\n".join(lines), column - node.start_mark.column)

    def _add(self, text: str, file: str, line: int) -> None:
        """More of the whole text. line: on which it begins in its file, from 0."""
        if self.length + len(text) > source.MAX_BYTES:
            raise SourceError([Problem("取用的共用内容太多，不像考核方案", file=self.own.file, remedy="请确认选对了文件")])
        if text:
            self.pieces.append(Piece(self.length, file, line - self.line))
            self.text.append(text)
            self.length += len(text)
            self.line += len(_BREAK.findall(text))


def _flows(node: yaml.Node) -> bool:
    """Whether a node is written in brackets."""
    return bool(getattr(node, "flow_style", False))


def _spread(taking: _Taking, node: Any) -> bool:
    """Whether the items of a list go among those of the list in which it is named."""
    return isinstance(taking.around, yaml.SequenceNode) and isinstance(node, yaml.SequenceNode)


def _slice(text: str, node: yaml.Node) -> str:
    return text[node.start_mark.index : node.end_mark.index]


def _indent(text: str, at: int) -> int:
    """How far the line of a sign is indented."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return len(line) - len(line.lstrip(" "))


def _dash(text: str, taking: _Taking) -> int:
    """Where the dash before an item is: on its line, or on one before it."""
    column: int = taking.around.start_mark.column
    line = text.rfind("\n", 0, taking.start)
    while text[line + 1 + column] != "-":
        line = text.rfind("\n", 0, line)
    return line + 1 + column


def _moved(text: str, by: int) -> str:
    """The lines after the first moved to the right, or to the left as far as they are indented."""
    first, *others = text.split("\n")
    moved = (" " * by + line if by > 0 else line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in others)
    return "\n".join([first, *(line if line.strip() else "" for line in moved)])
