"""What a regulation asks twice: one matter, one rate or one number that counts in several indicators of a unit."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from generator.lines.input import Ask
from generator.lines.line import Line, Role
from generator.lint.lists import some
from generator.lint.subject import Node, Subject
from generator.rules.events import Deduct, PerEvent
from generator.rules.formula import Formula
from generator.rules.veto import Veto
from generator.scheme.model import Indicator, walk
from generator.tree import expression as e

WHOLE_PART = 6
"""A part of a name that is so long is not in two names by chance."""
LIKE = 0.85
"""From this likeness on, two events may be the same matter."""
_DEGREES = ["一般", "较大", "重大", "特别重大"]
_DEGREE = re.compile("(一般|较大|特别重大|重大)性?((?:及其?|和[^，；]{0,4})?以上)?[^，；、]*(?:事故|突发事件|安全事件)")
"""An accident with its degree, and whether graver ones are meant too."""
_TOLD = re.compile("曝光|投诉|约谈|舆情|通报批评|通报|群访|批评")
_DONE = re.compile("事故|弄虚作假|违法|违规|违纪|安全事件|突发事件")
_ONCE = re.compile("不重复扣|最高分计|取最高")
"""How a text says that one thing costs once."""
_THING = re.compile("(?:问题)?[镇村户]$")
"""Places that can have more than one fault."""
_PARTLY = re.compile("(?:部分|个别|有的)[^，；。、]{0,4}?(未|没有|不)([^，；。、]{2,})")
"""A fault in a part."""
_UNDONE = re.compile("(?:没有|未)完成.*(?:任务|目标)")


def check(s: Subject) -> None:
    """The same rate, event or matter in more than one indicator of the same unit."""
    rates: dict[tuple[str, str], list[Indicator]] = {}
    for node in s.leaves:
        if isinstance(node.how, PerEvent):
            for event in node.how.events:
                if event.by_rate and isinstance(event.short_of, Decimal) and event.measure == "%":
                    rates.setdefault((event.what, str(event.short_of)), []).append(node)
    found: dict[str, int] = {}
    about: dict[int, Node] = {}
    units: dict[str, None] = {}
    for (what, _), nodes in rates.items():
        times = [sum(column) for column in zip(*(s.carries(n) for n in nodes), strict=True)]
        if max(times) > 1:
            found[what] = max(times)
            about.update({id(n): n for n in nodes})
            units.update(dict.fromkeys(name for name, n in zip(s.names, times, strict=True) if n > 1))
    if found:
        most = max(found.values())
        often = f"{most}" if most == min(found.values()) else f"2—{most}"
        detail = f"“{some(list(found), 4, '个率', '”“')}”，{some(list(units), 4)}有 {often} 项都考它"
        s.say("same-measure-twice", sorted(about.values(), key=lambda n: s.place[id(n)]), detail)
    matters: list[tuple[list[Indicator], str]] = [
        ([one, other], what) for one, other, what in [*_same_matters(s), *_criticised(s), *_accidents(s)]
    ]
    matters += _both_vetoed(s)
    matters += _consequences(s)
    matters += _same_things(s)
    matters += _worse(s)
    matters += [(nodes, f"{s.listed(nodes)}都看“{label}”，这个数在各项里都影响得分") for label, nodes in _drivers(s)]
    if matters:
        both = {id(n): n for ns, _ in matters for n in ns}
        s.say("matter-twice", sorted(both.values(), key=lambda n: s.place[id(n)]), "；".join(words for _, words in matters))
    alike = [(one, other) for one, other in _pairs(s) if _like(s, one, other)]
    if alike:
        words = [f"{s.label(one)}和{s.label(other)}{_both_hold(one, other)}{_by(s, one, other)}" for one, other in alike]
        s.say("counted-twice", [n for pair in alike for n in pair], "；".join(words))


def _same_matters(s: Subject) -> Iterator[tuple[Indicator, Indicator, str]]:
    """Neighbouring indicators with several deductions that are all but named alike, or for the same of wider and narrower circles."""
    for group in s.groups:
        rows = [n for n in walk(group) if isinstance(n, Indicator) and isinstance(n.how, Deduct)]
        near = {id(n) for n in group.children}
        pairs_of = itertools.combinations(rows if len(rows) <= 20 else [], 2)
        for one, other in ((a, b) for a, b in pairs_of if id(a) in near or id(b) in near):
            if not (isinstance(one.how, Deduct) and isinstance(other.how, Deduct) and _both(s, one, other)):
                continue
            pairs = [
                (a.what, b.what)
                for a in one.how.events
                for b in other.how.events
                if a.what != b.what and min(len(a.what), len(b.what)) >= 8 and _alike(a.what, b.what)
            ]
            if len(pairs) > 1:
                words = "、".join(f"“{a}”和“{b}”" for a, b in pairs)
                yield one, other, f"{s.own(one)}与 {s.own(other)}：{words}"


def _alike(one: str, other: str) -> bool:
    """Whether two events differ in a word, or one is the other said of fewer."""
    return one.endswith(other) or other.endswith(one) or difflib.SequenceMatcher(None, one, other).ratio() >= LIKE


def _criticised(s: Subject) -> Iterator[tuple[Indicator, Indicator, str]]:
    """Two indicators that both take points for 通报批评."""
    found: list[tuple[Indicator, str]] = []
    for node in s.leaves:
        names = [v.what for v in node.how.events] if isinstance(node.how, Deduct) else []
        names += [n for n, a in node.how.inputs.items() if a.ask == "events"] if isinstance(node.how, Formula) else []
        first = next((name for name in names if "通报批评" in name), "")
        if first:
            found.append((node, first))
    for (one, a), (other, b) in itertools.combinations(found, 2):
        if _both(s, one, other):
            yield one, other, f"{s.label(one)}的“{a}”和{s.label(other)}的“{b}”，一次通报批评可能两项都够得上"


def _both_vetoed(s: Subject) -> list[tuple[list[Indicator], str]]:
    """A veto for tasks that are not done, beside deductions for what is short of all."""
    short = [
        n
        for n in s.leaves
        if isinstance(n.how, PerEvent) and any(v.short_of in (Decimal(1), "填报") and v.measure == "%" for v in n.how.events)
    ]
    found: list[tuple[list[Indicator], str]] = []
    for node in s.leaves:
        undone = [what for what in node.how.when if _UNDONE.search(what)] if isinstance(node.how, Veto) else []
        mine = [n for n in short if _both(s, node, n)]
        if undone and mine:
            where = f"{s.listed(mine, 4)}差一个百分点扣几分"
            found.append(([node, *mine], f"{where}，{s.label(node)}又有“{undone[0]}”，差一点没有完成是只扣分还是也否决"))
    return found


def _consequences(s: Subject) -> list[tuple[list[Indicator], str]]:
    """Deductions of one indicator for a thing and for what comes of it: the accident, its exposure, the complaint, the reprimand."""
    found: list[tuple[list[Indicator], str]] = []
    for node in s.leaves:
        how = node.how
        if not isinstance(how, Deduct) or how.same_matter == "highest" or _ONCE.search(node.criteria):
            continue
        told = {match[0]: v.what for v in reversed(how.events) if (match := _TOLD.search(v.what))}
        done = [v.what for v in how.events if _DONE.search(v.what) and not _TOLD.search(v.what)]
        names = list(dict.fromkeys([*done[:1], *reversed(told.values())]))
        if len(names) > 1:
            found.append(([node], f"{s.label(node)}里一件事可能既是“{names[0]}”又是“{names[1]}”，各扣各的还是只扣一次"))
    return found


def _same_things(s: Subject) -> list[tuple[list[Indicator], str]]:
    """Deductions of one indicator for each town, village or house with one fault or another, which may be the same one."""
    alike: dict[str, list[Indicator]] = {}
    for node in s.leaves:
        events = node.how.events if isinstance(node.how, Deduct) else []
        things = [match[0] for v in events if (match := _THING.search(v.counted))]
        for thing in dict.fromkeys(t for t in things if things.count(t) > 1):
            alike.setdefault(thing, []).append(node)
    return [
        (nodes, f"{s.listed(nodes)}有几种情形都按{thing}扣，同一个{thing}有几种的，各扣各的还是只扣一次") for thing, nodes in alike.items()
    ]


def _worse(s: Subject) -> list[tuple[list[Indicator], str]]:
    """Two faults of one indicator of which one is the other, only less: 部分事项未整改 and 未整改."""
    found: list[tuple[list[Indicator], str]] = []
    for node in s.leaves:
        how = node.how
        names = [v.what for v in how.events] if isinstance(how, Deduct) and how.same_matter == "each" else []
        names += [n for n, a in how.inputs.items() if a.ask == "events"] if isinstance(how, Formula) else []
        if _ONCE.search(node.criteria):
            continue
        for part, whole in itertools.permutations(names, 2):
            if (match := _PARTLY.search(part)) and (match[1] + match[2])[:3] in whole and not _PARTLY.search(whole):
                found.append(([node], f"{s.label(node)}里一件事可能既是“{part}”又是“{whole}”，各扣各的还是只扣一次"))
    return found


def _accidents(s: Subject) -> Iterator[tuple[Indicator, Indicator, str]]:
    """Two indicators that one accident of a degree costs both: 较大事故 in one, 较大以上事故 in the other."""
    found: list[tuple[Indicator, str, set[int]]] = []
    for node in s.leaves:
        names = node.how.when if isinstance(node.how, Veto) else []
        names = [v.what for v in node.how.events] if isinstance(node.how, Deduct) else names
        for name in names:
            if (match := _DEGREE.search(name)) is not None:
                least = _DEGREES.index(match[1])
                found.append((node, name, set(range(least, len(_DEGREES) if match[2] else least + 1))))
    for (one, a, first), (other, b, second) in itertools.combinations(found, 2):
        if one is not other and first & second and _both(s, one, other):
            yield one, other, f"{s.label(one)}的“{a}”和{s.label(other)}的“{b}”，一起事故可能两项都够得上"


def _drivers(s: Subject) -> list[tuple[str, list[Indicator]]]:
    """Numbers that cost three or more indicators of a group points, or that alone decide two indicators."""
    uses: dict[str, list[tuple[Indicator, bool]]] = {}
    for node in s.leaves:
        if not isinstance(node.how, Formula) or not s.keys(node):
            continue
        score = s.plan.lines[s.keys(node)[0]]
        numbers: list[str] = [line.key for line in s.made_of(score) if line.input and line.input.ask is not Ask.CHOICE and not line.shared]
        paid = _paid_by(s, score)
        for key in numbers:
            if key in paid:
                uses.setdefault(key, []).append((node, len(numbers) == 1))
    found: dict[tuple[str, ...], tuple[list[str], list[Indicator]]] = {}
    for key, entries in uses.items():
        nodes = [node for node, _ in entries]
        together = len(nodes) > 1 and all(_both(s, nodes[0], node) for node in nodes)
        if together and (len(nodes) > 2 or all(alone for _, alone in entries)):
            labels, _ = found.setdefault(tuple(n.id for n in nodes), ([], nodes))
            labels.append(s.plan.lines[key].label)
    return [("”“".join(labels), nodes) for labels, nodes in found.values()]


def _paid_by(s: Subject, score: Line) -> set[str]:
    """The lines that a score falls with, or that decide it; those aside that it only divides by or only grows with."""
    met: set[tuple[str, bool]] = set()
    todo: list[tuple[e.Expression, bool]] = [(score.formula, False)] if score.formula is not None else []
    while todo:
        node, costs = todo.pop()
        if isinstance(node, (e.Cell, e.Fixed)) and (node.line, costs) not in met:
            line = s.plan.lines[node.line]
            met.add((line.key, costs))
            figure = line.standard.value if line.standard else None
            if line.role not in (Role.SCORE, Role.GROUP):
                todo += [(tree, costs) for tree in (line.formula, figure) if isinstance(tree, e.Expression)]
        elif isinstance(node, e.Binary) and node.operator == "/":
            todo.append((node.left, costs))
        elif isinstance(node, e.Binary) and node.operator == "-":
            todo += [(node.left, costs), (node.right, not costs)]
        elif isinstance(node, e.If):
            todo += [(node.then, costs), (node.otherwise, costs), *((part, True) for part in _compared(node.condition))]
        elif isinstance(node, e.Band):
            todo.append((node.value, True))  # a band may give less for more
        elif not isinstance(node, (e.Row, e.Tagged, e.IsNumber)):
            todo += [(child, costs) for child in e.children(node)]
    return {key for key, costs in met if costs}


def _compared(test: e.Expression) -> list[e.Expression]:
    """What a condition compares with a number, or with another unit's; not what it only looks at to see whether it is there."""
    tests = test.parts if isinstance(test, (e.All, e.Either)) else (test,)
    return [t.left for t in tests if isinstance(t, e.Compare) and not isinstance(t.right, (e.Text, e.Blank, e.Number))]


def _pairs(s: Subject) -> list[tuple[Indicator, Indicator]]:
    """Indicators of one unit, with the same assessor."""
    found: dict[tuple[str, str], tuple[Indicator, Indicator]] = {}
    scored = [n for n in s.leaves if n.how.scored and id(n) not in s.bonus and len(n.name) >= 5]
    for unit in range(len(s.names)):
        mine = [n for n in scored if s.carries(n)[unit]]
        for one, other in itertools.combinations(mine, 2):
            found.setdefault((one.id, other.id), (one, other))
    return [(a, b) for a, b in found.values() if a.name != b.name and s.assessor(a) == s.assessor(b)]


def _like(s: Subject, one: Indicator, other: Indicator) -> bool:
    """Names of different groups that differ in one character, or one of which is a part of the other set off by a comma."""
    if len(one.name) == len(other.name) and s.above[id(one)][-1:] != s.above[id(other)][-1:]:
        return sum(a != b for a, b in zip(one.name, other.name, strict=True)) == 1
    short, long = sorted((one.name, other.name), key=len)
    parts = re.split("[，、；：]", long)
    if len(parts) > 1 and any(part.endswith(short) for part in parts):
        return True
    return bool(_shared(one, other))


def _shared(one: Indicator, other: Indicator) -> str:
    """A part, not the first, that two names have in common; '' where there is none."""
    mine, theirs = (re.split("[，；：]", n.name)[1:] for n in (one, other))
    return next((p for p in mine if p in theirs and len(p) >= WHOLE_PART and not re.search(r"[\d（）]", p)), "")


def _both_hold(one: Indicator, other: Indicator) -> str:
    return f"都有“{part}”" if (part := _shared(one, other)) else ""


def _by(s: Subject, one: Indicator, other: Indicator) -> str:
    return f"，都由{s.assessor(one)}考核" if s.assessor(one) else f"（{some(s.units(s.carries(one)), 2)}）"


def _both(s: Subject, one: Indicator, other: Indicator) -> bool:
    return any(x and y for x, y in zip(s.carries(one), s.carries(other), strict=True))
