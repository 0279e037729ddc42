"""What officials are asked because the text leaves it to them: ranks that others make, roles, marks, and whether enough was done."""

from __future__ import annotations

import re

from generator.lint.lists import some
from generator.lint.subject import Node, Subject
from generator.rules.completion import AllOrNothing
from generator.rules.formula import Formula
from generator.scheme.model import Indicator

_RANK = re.compile("名次|位次|排名$")
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
