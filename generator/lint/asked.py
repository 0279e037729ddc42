"""What officials are asked because the text leaves it to them: ranks that others make, roles, marks, and whether enough was done."""

from __future__ import annotations

import re

from generator.lines.input import Ask
from generator.lint.lists import some
from generator.lint.subject import Node, Subject, trees
from generator.rules.completion import AllOrNothing
from generator.rules.formula import Formula
from generator.scheme.model import Indicator
from generator.tree import expression as e

_RANK = re.compile("名次|位次|排名$")
_AMONG = re.compile("全省|全国|全市|全县|全区|[本各]组|[本各]类")
"""Among whom a rank is."""
_ROLES = ("牵头", "配合", "不涉及", "一类", "二类", "主办", "协办")
_DEGREE = re.compile("齐全|到位|及时准确|规范|畅通")
"""Words of degree, under which some may be done and some not."""
_WHOLE = re.compile("否则|不得分|未[^，；。]*扣|没有[^，；。]*0分|按全得或不得")
"""How a text says that there is nothing for a part."""


_GIVEN = re.compile(r"[扣减加得计]\s*\d+(?:\.\d+)?(?:[—-]\d+(?:\.\d+)?)?分(?!.*视情)")
"""How much for what, which a mark that is typed then follows."""


def check(s: Subject) -> None:
    """Everything about what officials are asked."""
    ranks(s)
    roles(s)
    left_out_roles(s)
    marks(s)
    degrees(s)


def _asked(s: Subject, ask: str) -> list[tuple[Node, str]]:
    """The inputs of a kind that indicators and groups describe themselves, with the node of each; not those that another scheme gives,
    which says how they come about."""
    found: list[tuple[Node, str]] = []
    for node in s.nodes:
        inputs = node.how.inputs if isinstance(node, Indicator) and isinstance(node.how, Formula) else getattr(node, "inputs", {})
        found += [(node, name) for name, asked in inputs.items() if asked.ask == ask and not asked.imports]
    return found


def ranks(s: Subject) -> None:
    """Ranks that somebody else makes and that are typed in."""
    typed = [(node, name) for node, name in _asked(s, "count") if _RANK.search(name)]
    if typed:
        names = some(list(dict.fromkeys(f"“{name}”" for _, name in typed)), 4)
        nodes = sorted({id(n): n for n, _ in typed}.values(), key=lambda n: s.place[id(n)])
        words = f"{names}（{s.listed(nodes)}）填的是别处排的名次，并列时填哪一名没有写"
        s.say("ties-open", nodes, words, "写明名次以谁公布的为准，并列的取哪一名")
    free = [(node, name) for node, name in typed if isinstance(node, Indicator) and not _AMONG.search(_around(node, name))]
    if free:
        names = some(list(dict.fromkeys(f"“{name}”" for _, name in free)), 4)
        nodes = list({id(n): n for n, _ in free}.values())
        s.say("rank-scope", nodes, f"{names}（{s.listed(nodes)}）按什么排、在哪些单位里排没有写", "写明按什么数排名、哪些单位一起排")


def _around(node: Indicator, name: str) -> str:
    """What is said of a rank that is typed in."""
    asked = node.how.inputs[name] if isinstance(node.how, Formula) else None
    return f"{node.name}{node.criteria}{name}{asked.hint if asked else ''}"


def roles(s: Subject) -> None:
    """Who leads and who helps, where that is chosen when the book is filled in."""
    found: list[Node] = []
    for node in s.nodes:
        if isinstance(node, Indicator) and node.may_be_none:
            continue  # said with who has the task at all
        inputs = node.how.inputs if isinstance(node, Indicator) and isinstance(node.how, Formula) else getattr(node, "inputs", {})
        if any(sum(o.startswith(_ROLES) for o in asked.options) > 1 for asked in inputs.values() if asked.ask == "choice"):
            found.append(node)
    if found:
        s.say("fact-open", found, f"{s.listed(found)}谁牵头、谁配合没有列出，填报时才定", "附上牵头、配合单位的名单")


def left_out_roles(s: Subject) -> None:
    """What costs who leads, where nothing is said of who helps, though other things cost both."""
    found: list[tuple[Node, str]] = []
    for node in s.leaves:
        if not isinstance(node.how, Formula) or not s.keys(node):
            continue
        by_role: dict[str, set[str]] = {}
        for line in s.made_of(s.plan.lines[s.keys(node)[0]]):
            for tree in trees(line.formula):
                if isinstance(tree, e.If) and isinstance(tree.condition, e.Compare) and isinstance(tree.condition.right, e.Text):
                    events = {s.plan.lines[n.line].label for n in e.walk(tree.then) if isinstance(n, e.Cell) and _is_event(s, n)}
                    by_role.setdefault(str(tree.condition.right.value), set()).update(events)
        roles = {role: events for role, events in by_role.items() if role.startswith(_ROLES) and events}
        for role, events in roles.items():
            missing = sorted(set().union(*roles.values()) - events)
            if missing:
                found.append((node, f"{s.label(node)}的“{'”“'.join(missing)}”没有写{role}怎么扣"))
    if found:
        s.say("role-open", [n for n, _ in found], "；".join(w for _, w in found))


def _is_event(s: Subject, cell: e.Cell) -> bool:
    asked = s.plan.lines[cell.line].input
    return asked is not None and asked.ask is Ask.COUNT


def marks(s: Subject) -> None:
    """Marks within a formula that the assessor simply gives."""
    found = [node for node, _ in _asked(s, "score") if isinstance(node, Indicator) and not _GIVEN.search(node.criteria)]
    if found:
        nodes = list({id(n): n for n in found}.values())
        s.say("direct-judgement", nodes, f"{s.listed(nodes)}有直接填的分，怎样得出来没有写")


def degrees(s: Subject) -> None:
    """Full points or nothing for what is a matter of degree, where the text does not say that there is nothing for a part."""
    found: list[Node] = []
    for node in s.leaves:
        how = node.how
        if isinstance(how, AllOrNothing) and _DEGREE.search(f"{how.ask}{node.criteria}") and not _WHOLE.search(node.criteria):
            found += [node] if node.criteria and s.points(node) > 0 else []
    if found:
        s.say("partial-credit", found, f"{s.listed(found)}做到就得分，做到一部分（如资料不全、落实不够）得几分没有写")
