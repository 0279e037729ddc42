"""How it is judged: where a regulation leaves it to the assessor, or asks several things for one score."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from generator.lines.input import NO, YES
from generator.lint.subject import Node, Subject
from generator.plan.evaluation import Evaluation
from generator.rules.completion import AllOrNothing
from generator.rules.events import PerEvent
from generator.rules.formula import Formula
from generator.rules.marks import Direct
from generator.scheme.model import Indicator
from generator.value import Value, show

_FIGURE = re.compile(r"(?<![\d.A-Za-z])\d+(?:\.\d+)?\s*(?:%|[^\d\s年月日号，、；（）%A-Za-z])")
"""A number with what it counts; not a part of a name such as 6S or PM2.5."""
_NAMES = re.compile(r"(?:19|20)\d{2}(?:[—-](?:19|20)\d{2})?年度?|“[^”]*”|《[^》]*》|\d+(?:\.\d+)?千伏|12[0-9]{3}(?!\d)|\d+项专项")
"""Years, quoted names, voltages, hotlines and numbered campaigns, which hold figures that are no targets."""
_ALSO = re.compile(r"(?:全年|确保)?(?:无|不发生|没有发生|杜绝)|完成.*(?:目标|任务)$")
"""A part of a name that is a target without a figure."""
_EACH = re.compile(r"、[^，、；]*各(?:自)?(?:增长|提高|达到?|完成|新增|新建)[^，；]{0,4}\d")
"""One figure for several things: …、…各增长18%."""
_RELATIVE = re.compile(r"(?:全省|全国)[^，；、]{0,8}(?:前\s*\d+\s*[位名]|平均)|位次[^，；]{0,6}第?\s*\d+\s*位")
_WHOLE = re.compile(r"(?:覆盖|合格|办结|满意|知晓|达标|公开|签订|配备|普及|入库)[^，；]{0,4}100%(?:及)?以上")
_RANGE = re.compile(r"(?<![\d.])\d+(?:[—－-]\d+|余)(?:个|家|名|处|幅|条|次|项|人|户|篇)")
"""A target that is a range or a round figure: 2—5家, 100余次."""


def check(s: Subject) -> None:
    """Everything about the way of judging."""
    marks(s)
    conditions(s)
    targets(s)
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
        accepts = asked.accepts
        if accepts.options:
            choices.append(list(accepts.options))
        else:
            top = accepts.high if isinstance(accepts.high, Decimal) else Decimal(1) if asked.percent else Decimal(1000)
            choices.append([accepts.low or Decimal(0), Decimal(1) if not asked.percent else top / 2, top])
    found: set[Decimal] = set()
    for filled in itertools.product(*choices):
        inputs: dict[tuple[str, int], Value] = {(line.key, unit): value for line, value in zip(lines, filled, strict=True)}
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
