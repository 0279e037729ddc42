"""How it is judged: where a regulation leaves it to the assessor, asks the same twice, or comes too late."""

from __future__ import annotations

import calendar
import datetime
import difflib
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from generator import expression as e
from generator.evaluation import Evaluation
from generator.exact import Value
from generator.explain import show
from generator.lines import NO, YES, Ask, Line, Role
from generator.lint.subject import Node, Subject, some
from generator.rules.completion import AllOrNothing, Checklist
from generator.rules.events import Deduct, PerEvent
from generator.rules.formula import Formula
from generator.rules.marks import Direct
from generator.rules.veto import Veto
from generator.scheme import Group, Indicator, walk

WHOLE_PART = 6
"""A part of a name that is so long is not in two names by chance."""
LIKE = 0.85
"""From this likeness on, two events may be the same matter."""
_FIGURE = re.compile(r"(?<![\d.A-Za-z])\d+(?:\.\d+)?\s*(?:%|[^\d\s年月日号，、；（）%A-Za-z])")
"""A number with what it counts; not a part of a name such as 6S or PM2.5."""
_NAMES = re.compile(r"(?:19|20)\d{2}(?:[—-](?:19|20)\d{2})?年度?|“[^”]*”|《[^》]*》|\d+(?:\.\d+)?千伏")
"""Years, quoted names and voltages, which hold figures that are no targets."""
_ALSO = re.compile(r"(?:全年|确保)?(?:无|不发生|没有发生|杜绝)|完成.*(?:目标|任务)$")
"""A part of a name that is a target without a figure."""
_EACH = re.compile(r"、[^，、；]*各(?:自)?(?:增长|提高|达到?|完成|新增|新建)[^，；]{0,4}\d")
"""One figure for several things: …、…各增长18%."""
_RELATIVE = re.compile(r"(?:全省|全国)[^，；、]{0,8}(?:前\s*\d+\s*[位名]|平均)|位次[^，；]{0,6}第?\s*\d+\s*位")
_WHOLE = re.compile(r"(?:覆盖|合格|办结|满意|知晓|达标|公开|签订|配备|普及|入库)[^，；]{0,4}100%(?:及)?以上")
_RANGE = re.compile(r"(?<![\d.])\d+[—－-]\d+(?:个|家|名|处|幅|条|次|项|人|户|篇)")
"""A target that is a range: 2—5家."""
_UNDONE = re.compile("(?:没有|未)完成.*(?:任务|目标)")
_BY_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|份)?(?:之|以)?前")
_ROUND = re.compile(r"(?:(\d{1,2})月|第?([一二三四])季度)")


def check(s: Subject) -> None:
    """Everything about the way of judging."""
    marks(s)
    conditions(s)
    targets(s)
    repeated(s)
    deadlines(s)
    rounding(s)


def marks(s: Subject) -> None:
    """Scores that the assessor simply gives."""
    free: list[Node] = [n for n in s.leaves if isinstance(n.how, Direct)]
    if not free:
        return
    points = sum((s.points(n) for n in free if isinstance(n, Indicator)), Decimal(0))
    figures = [n for n in free if _FIGURE.search(_NAMES.sub("", n.name))]
    detail = s.listed(free) + (f"（{show(points)} 分）" if len(free) == 1 else "")
    if figures:
        example = figures[0].name if len(figures[0].name) < 30 else f"{figures[0].name[:28]}…"
        detail += f"；其中 {len(figures)} 项写了数量或比例（如“{example}”），完成一部分得几分也没有写"
    s.say("direct-judgement", free, detail)


def conditions(s: Subject) -> None:
    """Several conditions, and full points or nothing."""
    found: list[Node] = []
    for node in s.leaves:
        if isinstance(node.how, Formula) and not s.held(node, "periods") and len(node.how.inputs) > 1 and s.points(node):
            outcomes = _outcomes(s, node)
            if outcomes and outcomes == {Decimal(0), s.points(node)}:
                found.append(node)
        elif isinstance(node.how, AllOrNothing) and f"{node.criteria}{node.how.ask}".count("是否") > 1:
            found.append(node)
    if found:
        s.say("partial-credit", found, s.listed(found))


def _outcomes(s: Subject, node: Indicator) -> set[Decimal]:
    """What an indicator comes to over the corners of its inputs; nothing where they are too many to try."""
    lines = s.plan.inputs_of(node.id)
    unit = next((u for u, c in enumerate(s.carries(node)) if c), -1)
    if not lines or unit < 0 or len(lines) > 6 or any(line.shared for line in lines):
        return set()
    choices: list[list[Value]] = []
    for line in lines:
        asked = line.input
        assert asked is not None
        if asked.ask is Ask.CHOICE:
            choices.append(list(asked.options))
        else:
            top = asked.high if isinstance(asked.high, Decimal) else Decimal(1) if asked.percent else Decimal(1000)
            choices.append([asked.low or Decimal(0), Decimal(1) if not asked.percent else top / 2, top])
    found: set[Decimal] = set()
    for filled in itertools.product(*choices):
        inputs = {(line.key, unit): value for line, value in zip(lines, filled, strict=True)}
        value = Evaluation(s.plan, inputs).value(f"{node.id}/得分", unit)
        if not isinstance(value, Decimal):
            return set()
        found.add(value)
    return found if any(YES in c or NO in c for c in choices) else set()


def targets(s: Subject) -> None:
    """Several targets under one score, and targets that are only about, beyond what there is, or hang on others."""
    several: list[Node] = []
    about: list[tuple[Node, str]] = []
    relative: dict[str, list[Node]] = {}
    beyond: list[tuple[Node, str]] = []
    for node in s.leaves:
        one = isinstance(node.how, (Direct, AllOrNothing)) or (isinstance(node.how, Formula) and len(node.how.inputs) == 1)
        name = _NAMES.sub("", node.name)
        pieces = re.split(r"[，、；,;：:]", name)
        parts = [p for p in pieces if _FIGURE.search(p)]
        if one and node.how.scored and parts and (_EACH.search(name) or len([p for p in pieces if p in parts or _ALSO.match(p)]) > 1):
            several.append(node)
        if node.how.scored and id(node) not in s.bonus and (match := _RELATIVE.search(node.name)):
            relative.setdefault(match[0], []).append(node)
        if match := _WHOLE.search(node.name):
            beyond.append((node, f"{s.label(node)}的“{match[0]}”，最多只能是 100%"))
        if match := re.search(r"\d+(?:\.\d+)?%?左右", f"{node.name} {node.criteria}") or (_RANGE.search(name) if one else None):
            about.append((node, f"{s.label(node)}的“{match[0]}”"))
    if several:
        example = f"（如{s.label(several[0])}）" if len(several) > 1 else ""
        s.say("several-targets", several, f"{s.listed(several)}{example}")
    if about:
        s.say("about-figure", [n for n, _ in about], "；".join(w for _, w in about))
    if relative:
        words = [f"{s.listed(nodes)}的“{target}”" for target, nodes in relative.items()]
        nodes = sorted((n for ns in relative.values() for n in ns), key=lambda n: s.place[id(n)])
        s.say("target-relative", nodes, f"{'；'.join(words)}，差一点没有达到的，不能照完成的比例算")
    if beyond:
        s.say("over-whole", [n for n, _ in beyond], "；".join(w for _, w in beyond))


# Twice --------------------------------------------------------------------------------------------------------------


def repeated(s: Subject) -> None:
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
        detail = f"“{'”“'.join(list(found)[:4])}”，{some(list(units), 4)}有 {most if most == min(found.values()) else f'2—{most}'} 项都考它"
        s.say("same-measure-twice", sorted(about.values(), key=lambda n: s.place[id(n)]), detail)
    matters: list[tuple[list[Indicator], str]] = [([one, other], what) for one, other, what in [*_same_matters(s), *_criticised(s)]]
    matters += _both_vetoed(s)
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


def _drivers(s: Subject) -> list[tuple[str, list[Indicator]]]:
    """Numbers that three or more indicators of a group pay by, or that alone decide two indicators."""
    uses: dict[str, list[tuple[Indicator, bool]]] = {}
    for node in s.leaves:
        if not isinstance(node.how, Formula) or not s.keys(node):
            continue
        score = s.plan.lines[s.keys(node)[0]]
        numbers = [line.key for line in s.made_of(score) if line.input and line.input.ask is not Ask.CHOICE and not line.shared]
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
    """The lines that a score grows or falls with, those aside that it only divides by."""
    found: set[str] = set()
    todo: list[e.Expression] = [score.formula] if score.formula is not None else []
    while todo:
        node = todo.pop()
        if isinstance(node, (e.Cell, e.Fixed)) and node.line not in found:
            line = s.plan.lines[node.line]
            found.add(line.key)
            figure = line.standard.value if line.standard else None
            if line.role not in (Role.SCORE, Role.GROUP):
                todo += [tree for tree in (line.formula, figure) if isinstance(tree, e.Expression)]
        elif isinstance(node, e.Binary) and node.operator == "/":
            todo.append(node.left)
        elif isinstance(node, e.If):
            todo += [node.then, node.otherwise, *_compared(node.condition)]
        elif not isinstance(node, (e.Row, e.Tagged, e.IsNumber)):
            todo += e.children(node)
    return found


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


# Time ---------------------------------------------------------------------------------------------------------------


def deadlines(s: Subject) -> None:
    """Tasks whose time was over when the regulation was issued."""
    issued = s.scheme.source.date
    if issued is None:
        return
    late: dict[str, list[Node]] = {}
    settled: list[tuple[Node, str]] = []
    for node in s.leaves:
        if _past(s, node.due, issued) and not isinstance(node.how, Checklist):
            late.setdefault(node.due, []).append(node)
        elif (named := _BY_DATE.search(node.name)) and _past(s, named[0], issued):
            late.setdefault(named[0], []).append(node)
        elif dated := [part for part in _parts(node) if (limit := _BY_DATE.search(part)) and _past(s, limit[0], issued)]:
            settled.append((node, f"{s.label(node)}的“{'”“'.join(dated)}”"))
    words = [f"{s.listed(nodes, 4)}（{due}）" for due, nodes in late.items()]
    ends = [f"{'；'.join(words)}，过了时限才完成的怎么计没有写"] if late else []
    ends += [f"{'；'.join(what for _, what in settled)}，得失在印发以前就定了"] if settled else []
    if ends:
        nodes = sorted([*(n for ns in late.values() for n in ns), *(n for n, _ in settled)], key=lambda n: s.place[id(n)])
        s.say("deadline-past", nodes, f"{issued.isoformat()} 印发，{'；'.join(ends)}")
    over: list[tuple[Group, str]] = []
    for group in s.groups:
        gone = [p for p in group.periods if (match := _ROUND.fullmatch(p)) and _end(s.scheme.year, match) < issued]
        if gone:
            span = gone[0] if len(gone) == 1 else f"{gone[0]}至{gone[-1]}"
            over.append((group, f"{s.label(group)}分 {len(group.periods)} 期，其中{span}已经过去"))
    if over:
        s.say("period-past", [g for g, _ in over], f"{issued.isoformat()} 印发，{'；'.join(w for _, w in over)}")


def _parts(node: Indicator) -> list[str]:
    """What an indicator lists one by one."""
    if isinstance(node.how, Checklist):
        return [c.what for c in node.how.items]
    return [v.what for v in node.how.events] if isinstance(node.how, PerEvent) else []


def _past(s: Subject, due: str, day: datetime.date) -> bool:
    """Whether the last of the days and months that a time limit names, such as 2020年6月 or 7月底前, was before a day."""
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", due):
        return datetime.date(*map(int, match.groups())) < day
    found = re.findall(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?", due)
    days = [_day(int(year or s.scheme.year), int(month), int(at or 31)) for year, month, at in found if 1 <= int(month) <= 12]
    return bool(days) and max(days) < day


def _day(year: int, month: int, day: int) -> datetime.date:
    """A day, or the last of its month where the month is shorter."""
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _end(year: int, named: re.Match[str]) -> datetime.date:
    """The last day of a month or a quarter."""
    month = int(named[1]) if named[1] else 3 * ("一二三四".index(named[2]) + 1)
    return _day(year, min(month, 12), 31)


# Rounding -----------------------------------------------------------------------------------------------------------


def rounding(s: Subject) -> None:
    """How many decimals a score keeps, and how many the regulation's own points have."""
    if not s.plan.scored or "decimals" in s.scheme.model_fields_set:
        return
    points = [s.points(n) for n in s.leaves]
    points += [v.each for n in s.leaves if isinstance(n.how, PerEvent) for v in n.how.events if v.each is not None]
    finest = min((p.normalize() for p in points if p), key=lambda p: (int(p.as_tuple().exponent), p), default=Decimal(0))
    digits = -int(finest.as_tuple().exponent)
    fine = f"；办法里有 {show(finest)} 分，至少要 {digits} 位" if digits > 1 else ""
    s.say("rounding-open", None, f"现取 {s.scheme.decimals} 位，逐项四舍五入{fine}")
