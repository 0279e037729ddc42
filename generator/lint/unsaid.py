"""What the sentence of a criterion leaves open: how often, how much at most, of several things one or all, which level, which item."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from generator.lint.deductions import together
from generator.lint.lists import some
from generator.lint.subject import Node, Subject
from generator.lint.words import of_text, parts
from generator.rules.banded import Situations
from generator.rules.completion import AllOrNothing, Highest
from generator.rules.events import Add, Deduct, Event, PerEvent
from generator.rules.formula import Formula
from generator.rules.marks import Convert
from generator.scheme.model import Group, Indicator
from generator.value import show

_LIMIT = re.compile("最多|最高|为止|为限|封顶|不超过|上限|累计|合计|以内|取最高|按最高")
"""How a text limits what several events come to."""
_OFTEN = re.compile("通报|批评|曝光|追究|约谈|表扬|表彰|批示|投诉|报道")
"""What can come over a unit more than once in a year."""
_EACH = re.compile("每|次|起|(?<![文条附证稿信])件|例|篇|条(?!件)|一律|[1一]人|累计")
"""How a text says that it counts every time."""
_FLAG = re.compile(r'if\((?:value\("([^"]+)"\)|([^\s(),]+)) > 0, [^\s(),]*[^\s(),\d][^\s(),]*, 0\)')
"""A fixed amount as soon as something has happened, however often."""
_BOTH = re.compile(
    r"((?:未|没有|无)[^，；。、（）]{1,20}[、，](?:未|没有|无)[^，；。、（）]{1,30}?)的?，?(?:(?:每|缺|少)[^，；。、扣]{1,3})?扣"
)
"""Several things not done, and one deduction."""
_STANDARD = re.compile(r"不(?:少|低)于[^，；。\d]{0,3}\d+[^，；。\d分]?|\d+[^，；。\d分]{1,2}以上")
_SHORT = re.compile("(?<!有一项)(?:不达标|达不到|未达到|未达标)的?")
"""Standards with a figure, and one deduction where they are not reached."""
_POINTS = re.compile(r"\d+(?:\.\d+)?分")
_SETTLED = re.compile("或|任一|之一|有一|各扣|各项|均|都|分|等")
"""How a text says what several things come to."""
_ONE = re.compile("最高|就高|择优|不累计|不累加|不叠加|不重复|一项即")
"""How a text says that of several situations one counts."""
_USED = re.compile("采用|刊发|批示")
"""What becomes of a piece that was sent in."""
_ASIDE = re.compile("（[^（）]*）")
_OWN_WAY = re.compile(r"本簿[^；。（）]*(?:[×乘]|[扣得计减加]\s*\d+(?:\.\d+)?分)")
"""A way of scoring that is the book's own."""
_BETWEEN = re.compile(r"(?:高于|超过|大于|多于)(\d+(?:\.\d+)?%?)、?(?:低于|不足|少于|小于)\d")
"""Between two figures, neither of which is meant."""
_BIG = re.compile("大项(?:不得分|分值为0|为0分)")
_OTHER_ITEM = re.compile("(?<=的)([^，；。的本该此]{3,10}(?:工作|情况))不得分")
_ALL_GONE = re.compile(r'^if\((?:value\("([^"]+)"\)|([^\s(),]+)) > 0, 0, ')
"""A total that one event takes away."""
_THIS = re.compile("本项(?:不得分|分值为0|分值为O|得0分)")
"""Items of which a text says that they give nothing."""
_LEVELS = ("县", "区", "市", "省", "国家")
_LEVEL = re.compile("(国家|全国|省|市|区|县)(级|领导)(?:及|（含）|含)?(以上)?")
_EITHER_SIDE = re.compile(
    r"(?:少于|低于|不足|小于)(\d+(?:\.\d+)?%?)(?![\d%])[^。]*(?<!不)(?:多于|高于|超过|大于)\1(?![\d%])"
    r"|(?<!不)(?:多于|高于|超过|大于)(\d+(?:\.\d+)?%?)(?![\d%])[^。]*(?:少于|低于|不足|小于)\2(?![\d%])"
)
"""What holds below a figure and what holds above it."""
_EXACT = re.compile("(?:数|额|款)[^，；。]{0,12}(?:一致|相等|相符)|(?:一致|相等|相符)[^，；。]{0,6}(?:数|额)")
"""Two amounts that have to be the same."""
_TURNED = re.compile(r"折算[成为到][^，；。\d]*(?=[，；。]|$)")
"""A score that is turned into another one, without a figure."""
_OFTEN_EACH = re.compile("(每(?:学期|半年|季度|季|月|周))[^，；。]{0,6}每(?:一|1)?(个|所|家|户|村|镇)")
"""What is due to each of several, again and again."""


def check(s: Subject) -> None:
    """Everything that a criterion's own sentence leaves open."""
    limits(s)
    times(s)
    joint(s)
    highest(s)
    methods(s)
    scopes(s)
    levels(s)
    nets(s)
    exact(s)
    edges(s)
    turned(s)


def _events(node: Indicator) -> list[Event]:
    return node.how.events if isinstance(node.how, PerEvent) else []


# How much and how often ---------------------------------------------------------------------------------------------


def _limit_unsaid(node: Indicator) -> bool:
    """Whether a rule stops at an amount of which its criterion says nothing."""
    how = node.how
    limited = isinstance(how, (PerEvent, Formula)) and isinstance(how.at_most, Decimal)
    return bool(node.criteria) and limited and not _LIMIT.search(of_text(node.criteria))


def _once(node: Indicator) -> bool:
    """Whether the limit is what one event comes to, so that a second one counts for nothing."""
    events = _events(node)
    return len(events) == 1 and isinstance(node.how, PerEvent) and events[0].each == node.how.at_most and events[0].up_to != 1


def limits(s: Subject) -> None:
    """Limits of what events come to, beyond the points, that the criterion does not name."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        how = node.how
        if not isinstance(how, (PerEvent, Formula)) or not _limit_unsaid(node) or _once(node):
            continue
        most, whole = how.at_most, together(how.events) if isinstance(how, PerEvent) else None
        natural = most == s.worth(node) and not isinstance(how, Add)
        if isinstance(most, Decimal) and not natural and (whole is None or whole > most):
            verb = "扣" if isinstance(how, Deduct) else "加"
            found.append((node, f"{s.label(node)}现按最多{verb} {show(most)} 分"))
    if found:
        s.say("limit-assumed", [n for n, _ in found], some([w for _, w in found], 8, "项", "；"))


def times(s: Subject) -> None:
    """Events of which a text does not say whether every one counts, or the first only."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        names: list[str] = []
        if _limit_unsaid(node) and _once(node):
            names = [_events(node)[0].what]
        elif isinstance(node.how, PerEvent) and node.criteria and node.how.same_matter == "each":
            names = [v.what for v in _events(node) if _every_time(node, v)]
        elif isinstance(node.how, Formula) and node.criteria:
            names = [name for name in _flags(node.how) if not _EACH.search("；".join(parts(node.criteria)))]
        if not names and isinstance(node.how, PerEvent) and (due := _OFTEN_EACH.search(f"{node.name}；{of_text(node.criteria)}")):
            names = [f"{v.what}（{due[1]}）" for v in _events(node) if v.counted.endswith(due[2]) and re.search("少|未|没有", v.what)]
        if names:
            which = f"的{some([f'“{name}”' for name in names], 3, '种')}" if names != ["次数"] else ""
            found.append((node, f"{s.label(node)}{which}"))
    if found:
        s.say("times-open", [n for n, _ in found], some([w for _, w in found], 8, "项", "；"))


def _every_time(node: Indicator, event: Event) -> bool:
    """Whether an event that can come again is counted every time, though the sentence does not say so."""
    free = event.each is not None and not event.by_rate and event.up_to is None and event.at_most is None and not event.counted
    come = _OFTEN.search(event.what) and not re.search("未|没有", event.what)
    return free and bool(come) and not _EACH.search(of_text(node.criteria))


def _flags(how: Formula) -> list[str]:
    """The events that cost a fixed amount as soon as there is one, and are not asked for as one at most."""
    text = how.formula + "".join(q.formula for q in how.quantities.values())
    named = [a or b for a, b in _FLAG.findall(text)]
    return [n for n in named if n in how.inputs and how.inputs[n].ask == "events" and how.inputs[n].high is None]


def joint(s: Subject) -> None:
    """Several things that were not done for one deduction: all of them, or one."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        sentences = parts(node.criteria) or [f"{v.what}扣" for v in _events(node)]
        for sentence in sentences if not isinstance(node.how, Formula) or len(node.how.inputs) > 1 else ():
            match = _BOTH.search(sentence)
            if match and not _SETTLED.search(match[0]):
                found.append((node, f"{s.label(node)}的“{match[1]}”"))
        text = of_text(node.criteria)
        if len(standards := _STANDARD.findall(text)) > 1 and _SHORT.search(text) and len(_POINTS.findall(text)) == 1:
            found.append((node, f"{s.label(node)}的“{'”“'.join(standards)}”"))
    if found:
        s.say("joint-open", list({id(n): n for n, _ in found}.values()), some([w for _, w in found], 8, "处", "；"))


def highest(s: Subject) -> None:
    """Situations of which only the one that is worth most counts, where the text may mean all of them."""
    found: list[Node] = [n for n in s.leaves if ((_takes_one(n) and n.criteria) or _mixed(n)) and not _ONE.search(of_text(n.criteria))]
    said = [f"{s.listed(found)}，现只取最高的"] if found else []
    sent, used = _sent_and_used(s)
    if sent and used:
        said.append(f"{s.listed(sent)}报送的，被采用、批示以后在{s.listed(used)}又计，现相加")
    if said:
        s.say("sum-or-highest", [*found, *sent, *used], "；".join(said))


def _sent_and_used(s: Subject) -> tuple[list[Node], list[Node]]:
    """What earns points when it is sent in, and what earns others when that is used, where nothing says what both come to."""
    adding: list[tuple[Indicator, str]] = []
    for node in s.leaves:
        names = [v.what for v in _events(node)] if isinstance(node.how, Add) else []
        names = list(node.how.inputs) if isinstance(node.how, Formula) and not s.points(node) else names
        words = node.name + "".join(names)
        if names and not re.search("不|未|减", words):
            adding.append((node, words))
    used: list[Node] = [node for node, words in adding if _USED.search(words)]
    sent: list[Node] = [node for node, words in adding if "报送" in words and not _USED.search(words)]
    settled = any(_ONE.search(node.criteria) or re.search("累计|累加|同一", node.criteria) for node, _ in adding)
    return ([], []) if settled or not (sent and used) else (sent, used)


def _takes_one(node: Indicator) -> bool:
    return isinstance(node.how, Highest)


def _mixed(node: Indicator) -> bool:
    """Whether of two things there may be one only, or none, and of both nothing is said."""
    names = list(node.how.situations) if isinstance(node.how, Situations) else []
    alone = any(re.match("只|仅", name) for name in names)
    return alone and any("都没有" in name or "都未" in name for name in names) and not any(re.search("全部|都有|两", n) for n in names)


def methods(s: Subject) -> None:
    """Ways of scoring that the book had to add to a criterion."""
    found: list[Node] = [
        n for n in s.leaves if n.how.scored and not isinstance(n.how, Convert) and _OWN_WAY.search(_ASIDE.sub("", n.criteria))
    ]
    if found:
        s.say("method-assumed", found, s.listed(found))


# Which item, which level --------------------------------------------------------------------------------------------


def scopes(s: Subject) -> None:
    """Items that give nothing, by a name that no item has or that several could."""
    found: list[tuple[Node, str]] = []
    doubled = _named_twice(s)
    names = {n.name for n in s.nodes}
    for node in s.leaves:
        text = of_text(node.criteria)
        match = _BIG.search(text) or (_THIS.search(text) if id(node) in doubled else None)
        other = _OTHER_ITEM.search(text)
        if match or (other and other[1] not in names):
            found.append((node, match[0] if match else other[0] if other else ""))
    if match := _ALL_GONE.search(s.scheme.formula):
        s.say("zero-scope", None, f"“{match[1] or match[2]}”时总分计0分，是这项考核计0分，还是全年的目标考核计0分")
    if found:
        alike: dict[str, list[Node]] = {}
        for about, words in found:
            alike.setdefault(words, []).append(about)
        said = [f"{s.listed(nodes)}的“{words}”" for words, nodes in alike.items()]
        s.say("zero-scope", [n for n, _ in found], some(said, 8, "处", "；"))


def _named_twice(s: Subject) -> set[int]:
    """Indicators of which a unit has another one of the same name."""
    by_name: dict[str, list[Indicator]] = {}
    for node in s.leaves:
        by_name.setdefault(node.name, []).append(node)
    pairs = ((a, b) for nodes in by_name.values() if len(nodes) > 1 for a, b in itertools.combinations(nodes, 2))
    return {id(n) for a, b in pairs if any(x and y for x, y in zip(s.carries(a), s.carries(b), strict=True)) for n in (a, b)}


def levels(s: Subject) -> None:
    """Levels (市, 省, 国家) of which one holds another, or above which nothing is said."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if words := "，".join(_levels(node)):
            found.append((node, f"{s.label(node)}{words}"))
    if found:
        s.say("levels-open", [n for n, _ in found], some([w for _, w in found], 8, "项", "；"))


def _levels(node: Indicator) -> Iterator[str]:
    matters: dict[str, list[tuple[int, bool, str]]] = {}
    for event in _events(node):
        match = _LEVEL.search(event.what)
        if match:
            level = _LEVELS.index("国家" if match[1] == "全国" else match[1])
            matters.setdefault(event.what[-2:], []).append((level, bool(match[3]), event.what))
    for alike in matters.values():
        for (one, above, what), (other, _, higher) in itertools.permutations(alike, 2):
            if above and other > one:
                yield f"“{what}”里也有“{higher}”"
        top = max(level for level, _, _ in alike)
        if len({level for level, _, _ in alike}) > 1 and _LEVELS[top] != "国家" and not any(above for _, above, _ in alike):
            yield f"的“{alike[0][2]}”等最高写到{_LEVELS[top]}级，{'国家级的' if _LEVELS[top] == '省' else '再高的'}怎么计没有写"


def nets(s: Subject) -> None:
    """A limit of additions and deductions: of what is left when they are set off, or of each."""
    found: list[tuple[Node, str]] = []
    for group in s.groups:
        if group.at_most is not None and group.at_least is not None and group.at_least < 0 < group.at_most:
            found.append(
                (group, f"{s.label(group)}现按加分、扣分相抵以后最多加 {show(group.at_most)} 分、最多扣 {show(-group.at_least)} 分")
            )
        below = [n for n in group.children if isinstance(n, Group)]
        adds = {n.at_most for n in below if n.at_most is not None}
        takes = {-n.at_least for n in below if n.at_least is not None}
        if both := sorted(adds & takes):
            found.append((group, f"{s.label(group)}现按加分、扣分各最多 {show(both[0])} 分"))
    if found:
        s.say("cap-net", [n for n, _ in found], "；".join(w for _, w in found))


def exact(s: Subject) -> None:
    """Two amounts that have to be the same for any points."""
    found: list[Node] = [n for n in s.leaves if isinstance(n.how, AllOrNothing) and s.points(n) and _EXACT.search(f"{n.name}{n.criteria}")]
    if found:
        s.say("tolerance-open", found, f"{s.listed(found)}，现按差一点也不得分")


def turned(s: Subject) -> None:
    """Scores that are to be turned into others, and into how many points nothing says."""
    found = [(n, match[0]) for n in s.leaves if not isinstance(n.how, Convert) and (match := _TURNED.search(of_text(n.criteria)))]
    if found:
        s.say("figure-outside", [n for n, _ in found], "；".join(f"{s.label(n)}“{words}”，按多少分折算没有写" for n, words in found))


def edges(s: Subject) -> None:
    """A figure of which only less and more is spoken of, and what is not above the lower end of a stretch between two."""
    found: list[tuple[Node, str]] = []
    below: list[tuple[Node, str]] = []
    for node in s.leaves:
        text = of_text(node.criteria)
        if match := _EITHER_SIDE.search(text):
            found.append((node, f"{s.label(node)}正好 {match[1] or match[2]} 的"))
        if (match := _BETWEEN.search(text)) and not _below(text, match[1]):
            below.append((node, f"{s.label(node)}{match[1]} 及以下的没有写"))
    if found:
        s.say("band-gap", [n for n, _ in found], "、".join(w for _, w in found))
    if below:
        s.say("band-open", [n for n, _ in below], "；".join(w for _, w in below))


def _below(text: str, figure: str) -> bool:
    """Whether a text says what holds at a figure and below it."""
    at = re.escape(figure)
    return bool(re.search(rf"{at}(?:及|（含）|含)?以下|(?:低于|不足|少于|小于|不高于|不超过){at}(?![\d.])|其余|其他|否则|不得分", text))
