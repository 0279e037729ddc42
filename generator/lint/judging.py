"""How it is judged: where a regulation leaves it to the assessor, or asks several things for one score."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from generator.lines.input import NO, YES, Ask
from generator.lines.line import Role
from generator.lint import lists
from generator.lint.lists import some
from generator.lint.subject import Node, Subject
from generator.lint.targets import several as several_in
from generator.plan.evaluation import Evaluation
from generator.rules.banded import Situations
from generator.rules.completion import AllOrNothing, Checklist, Highest
from generator.rules.events import PerEvent
from generator.rules.formula import Formula
from generator.rules.marks import Direct
from generator.scheme.model import Indicator
from generator.tree import expression as e
from generator.value import Value, show

_FIGURE = re.compile(r"(?<![\d.A-Za-z])\d+(?:\.\d+)?\s*(?:%|[^\d\s年月日号，、；（）%A-Za-z])")
"""A number with what it counts; not a part of a name such as 6S or PM2.5."""
_NAMES = re.compile(r"(?:19|20)\d{2}(?:[—-](?:19|20)\d{2})?年度?|“[^”]*”|《[^》]*》|\d+(?:\.\d+)?千伏|12[0-9]{3}(?!\d)|\d+项专项")
"""Years, quoted names, voltages, hotlines and numbered campaigns, which hold figures that are no targets."""
_ALSO = re.compile(r"(?:全年|确保)?(?:无|不发生|没有发生|杜绝)|(?:全面|基本)?完成.*(?<!工作)$|启动|.*(?:必须|达到全省平均)")
"""A part of a name that is a target without a figure."""
_EACH = re.compile(r"、[^，、；]*各(?:自)?(?:增长|提高|达到?|完成|新增|新建)[^，；]{0,4}\d")
"""One figure for several things: …、…各增长18%."""
_RELATIVE = re.compile(
    r"(?:全省|全国)[^，；、]{0,8}(?:前\s*\d+\s*[位名]|平均)|位次[^，；]{0,6}第?\s*\d+\s*位|(?:超过|高于|不低于|达到)全[省国]人均"
)
_WHOLE = re.compile(r"(?:覆盖|合格|办结|满意|知晓|达标|公开|签订|配备|普及|入库)[^，；]{0,4}100%(?:及)?以上")
_ASIDE = re.compile(
    r"（[^（）]*(?:见“说明”|本簿)[^（）]*）|(?:本簿|评分办法|评分标准|提供|查阅|查看|看|完成得)[^。；]*|[^，；。]*?\d+(?:\.\d+)?分[^，；。]*"
)
"""What criteria say besides the targets: points, evidence, how it is judged, what the book adds."""
_PART_OF = re.compile(
    r"新增[^，；。\d]{0,10}(?P<new>\d+(?:\.\d+)?)(?P<in>亿元|万元)[^。；]*?余额[^，；。\d]{0,6}(?P<all>\d+(?:\.\d+)?)(?P=in)"
    r"|(?P<before>\d+(?:\.\d+)?)(?P<of>亿元|万元|人|个|家|项)[^，；。\d]{0,8}，其中[^，；。\d]{0,12}(?P<part>\d+(?:\.\d+)?)(?P=of)"
)
"""A part and the whole that it is of."""
_SETTLED = re.compile("之一|有一项|或|否则")
"""How a text says what becomes of several conditions of which some hold."""
_DIVIDES = re.compile(r"/|divide|average|descending")
"""What in a formula can come to more decimals than its figures have."""
_WHOLE_STEPS = re.compile(r"whole\([^()]*\)")
"""Steps that are counted whole: whole(个数 / 5)."""
_SHARE = re.compile("率|比例|比重|占比|程度|覆盖|满意")
_GROWTH = re.compile("增长|增幅|增速|增加|[较比]上[年月季]|提高|下降|降低|上升|完成(?:率|比例|程度)|资本充足|延长|利率|削减|计划|规模")
"""Rates that are no shares of a whole, or that may be more than all of it."""
_RANGE = re.compile(r"(?<![\d.])\d+(?:[—－-]\d+|余)(?:个|家|名|处|幅|条|次|项|人|户|篇)")
"""A target that is a range or a round figure: 2—5家, 100余次."""


def check(s: Subject) -> None:
    """Everything about the way of judging."""
    marks(s)
    conditions(s)
    targets(s)
    wholes(s)
    rates(s)
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
        example = lists.name(figures[0].name, 29)
        detail += f"；其中 {len(figures)} 项写了数量或比例（如“{example}”），完成一部分得几分也没有写"
    s.say("direct-judgement", free, detail)


def conditions(s: Subject) -> None:
    """Several conditions, and full points or nothing."""
    found: list[Node] = []
    for node in s.leaves:
        if isinstance(node.how, Formula) and not any(g.periods for g in s.above[id(node)]) and len(node.how.inputs) > 1 and s.points(node):
            outcomes = _outcomes(s, node)
            if outcomes == {Decimal(0), s.points(node)} and not _SETTLED.search(node.criteria):
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
        accepts = asked.accepts
        if accepts.options:
            choices.append(list(accepts.options))
        else:
            top = accepts.high if isinstance(accepts.high, Decimal) else Decimal(1) if asked.percent else Decimal(1000)
            choices.append([accepts.low or Decimal(0), Decimal(1) if not asked.percent else top / 2, top])
    found: set[Decimal] = set()
    every: dict[tuple[Value, ...], Decimal] = {}
    for filled in itertools.product(*choices):
        inputs: dict[tuple[str, int], Value] = {(line.key, unit): value for line, value in zip(lines, filled, strict=True)}
        value = Evaluation(s.plan, inputs).value(f"{node.id}/得分", unit)
        if not isinstance(value, Decimal):
            return set()
        found.add(value)
        every[filled] = value
    answers = [i for i, c in enumerate(choices) if YES in c or NO in c]
    alone = any(v > 0 and sum(filled[i] == YES for i in answers) == 1 for filled, v in every.items())
    return set() if not answers or (alone and len(answers) > 1) else found


def targets(s: Subject) -> None:
    """Several targets under one score, and targets that are only about, beyond what there is, or hang on others."""
    several: list[Node] = []
    about: list[tuple[Node, str]] = []
    relative: dict[str, list[Node]] = {}
    beyond: list[tuple[Node, str]] = []
    for node in s.leaves:
        one = isinstance(node.how, (Direct, AllOrNothing)) or (isinstance(node.how, Formula) and len(node.how.inputs) == 1)
        name = _NAMES.sub("", node.name)
        if (one and node.how.scored and (_several(name) or _several(_targets_of(node)))) or several_in(s, node) or _two_tasks(node):
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


def wholes(s: Subject) -> None:
    """A part that is more than the whole beside it: new loans than all that are out."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        for match in _PART_OF.finditer(node.name):
            before, part, whole = match["before"], Decimal(match["part"] or match["new"]), match["all"]
            if part > Decimal(whole or before):
                found.append((node, f"{s.label(node)}的“{match[0]}”"))
    if found:
        s.say("part-exceeds", [n for n, _ in found], "；".join(w for _, w in found))


def rates(s: Subject) -> None:
    """Shares of a whole that may be typed beyond it: percentages without an upper bound."""
    found: dict[str, list[Node]] = {}
    for line in s.plan.inputs:
        asked, node = line.input, next((n for n in s.nodes if s.own(n) == line.owner.id), None)
        if asked is None or not asked.percent or asked.accepts.high is not None or asked.whole or node is None:
            continue
        name = node.name if line.label in ("完成", "实际") else line.label
        if _SHARE.search(name) and not _GROWTH.search(name) and not (_GROWTH.search(node.name) and line.label == "完成"):
            found.setdefault(f"“{name}”", []).append(node)
    if found:
        words = [
            f"{name}（{s.listed(nodes)}）" if len(found) > 1 or len(nodes) > 1 else f"{s.label(nodes[0])}的{name}"
            for name, nodes in found.items()
        ]
        nodes = sorted({id(n): n for ns in found.values() for n in ns}.values(), key=lambda n: s.place[id(n)])
        s.say("rate-open", nodes, f"{some(words, 8, '处')}，填超过 100% 的数也照算")


# Rounding -----------------------------------------------------------------------------------------------------------


def _several(words: str) -> bool:
    """Whether words name more than one target: figures set off from each other, or one beside something else to be done."""
    figures = [p for p in re.split(r"[，、；,;：:]", words) if _FIGURE.search(p)]
    others = [p for p in re.split("[，；,;]", words) if _ALSO.match(p) and not _FIGURE.search(p)]
    return bool(figures) and (len(figures) + len(others) > 1 or bool(_EACH.search(words)))


def _two_tasks(node: Indicator) -> bool:
    """Whether what is to be done for full points or none is named in several sentences."""
    return isinstance(node.how, AllOrNothing) and len([p for p in node.name.split("。") if p]) > 1


def _targets_of(node: Indicator) -> str:
    """What is to be done, in the words of the text: without points, what stands in brackets, and how it is judged."""
    how = node.how
    by_degree = isinstance(how, Formula) and not how.bands and all(a.measure == "%" for a in how.inputs.values())
    words = node.criteria if by_degree or isinstance(how, (Direct, AllOrNothing)) else ""
    return _NAMES.sub("", re.sub("（[^（）]*）", "", _ASIDE.sub("", words)))


def rounding(s: Subject) -> None:
    """How many decimals a score keeps, and how many the regulation's own points have; nothing where nothing is to be rounded."""
    if not s.plan.scored or "decimals" in s.scheme.model_fields_set or not _rounds(s):
        return
    points = [s.points(n) for n in s.leaves]
    points += [v.each for n in s.leaves if isinstance(n.how, PerEvent) for v in n.how.events if v.each is not None]
    finest = min((p.normalize() for p in points if p), key=lambda p: (int(p.as_tuple().exponent), p), default=Decimal(0))
    digits = -int(finest.as_tuple().exponent)
    fine = f"；办法里有 {show(finest)} 分，至少要 {digits} 位" if digits > 1 else ""
    s.say("rounding-open", None, f"现取 {s.scheme.decimals} 位，逐项四舍五入{fine}")


def _rounds(s: Subject) -> bool:
    """Whether a score can have more decimals than are kept: marks that somebody gives, shares, rates, coefficients, means."""
    if any(re.search(_DIVIDES, text) for text in (s.scheme.formula, *(q.formula for q in s.scheme.quantities.values()))):
        return True
    if any(g.rescale or g.weights or (g.periods and g.fold != "sum") or re.search(_DIVIDES, g.formula) for g in s.groups):
        return True
    finest = max((_digits(c) for c in s.scheme.roles.values()), default=0)
    return any(_leaf_rounds(s, n, finest) for n in s.leaves if n.how.scored)


def _leaf_rounds(s: Subject, node: Indicator, finest: int) -> bool:
    """Whether an indicator's score can have more decimals than are kept. finest: the decimals of the roles' coefficients."""
    how = node.how
    figures = [s.points(node)]
    if node.no_task == "average":
        return True
    if isinstance(how, PerEvent):
        if any(v.between is not None or (v.by_rate and not (how.whole if v.whole is None else v.whole)) for v in how.events):
            return True
        figures += [v.each for v in how.events if v.each is not None]
    elif isinstance(how, Formula):
        texts = [how.formula, *(q.formula for q in how.quantities.values())]
        if _typed(s, node) or any(re.search(_DIVIDES, _WHOLE_STEPS.sub("", text)) for text in texts):
            return True
        figures += [f for figure in how.figures.values() for f in (figure if isinstance(figure, list) else [figure]) if f is not None]
    elif isinstance(how, (Checklist, Highest)):
        figures += [c.each for c in how.items]
    elif not isinstance(how, (AllOrNothing, Situations)):
        return True
    return max(map(_digits, figures)) + finest > s.scheme.decimals


def _typed(s: Subject, node: Indicator) -> bool:
    """Whether an amount that is typed goes into a score, and does not only decide it."""
    todo = [s.plan.lines[key].formula for key in s.keys(node)[:1]]
    met: set[str] = set()
    while todo:
        tree = todo.pop()
        if isinstance(tree, e.If):
            todo += [tree.then, tree.otherwise]
        elif isinstance(tree, e.Cell) and tree.line not in met:
            met.add(tree.line)
            line = s.plan.lines[tree.line]
            if line.input and line.input.ask in (Ask.AMOUNT, Ask.SCORE, Ask.QUANTITY):
                return True
            todo += [line.formula] if line.role not in (Role.SCORE, Role.GROUP) else []
        elif tree is not None and not isinstance(tree, (e.Compare, e.IsNumber)):
            todo += e.children(tree)
    return False


def _digits(figure: Decimal) -> int:
    """The decimals that a figure has."""
    return max(0, -int(figure.normalize().as_tuple().exponent))
