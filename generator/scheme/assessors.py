"""Who assesses what: the bodies in a scheme's 考核主体, and the indicators that each of them has."""

from __future__ import annotations

import re

from generator.scheme.model import Group, Indicator, Scheme

_ENDS = "局办委部院会厅组处室科站所队心行"
"""What the names of bodies end in."""
_LISTED = re.compile(r"[、，,；;/\n]")
_JOINED = re.compile(rf"(?<=[{_ENDS}])[和及与](?=.*[{_ENDS}]$)")
"""“市扶贫办和督查巡查组” is two bodies, “发展改革和统计局” one."""
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")


def bodies(assessor: str) -> list[str]:
    """The bodies that an assessor's name lists, each once: “县发改局、县统计局”. What stands in brackets is not taken apart."""
    kept = _BRACKETS.findall(assessor)
    parts = _LISTED.split(_BRACKETS.sub("\0", assessor))
    names = [name.strip() for part in parts for name in _JOINED.split(part.strip())]
    brackets = iter(kept)
    whole = ["".join(next(brackets) if ch == "\0" else ch for ch in name) for name in names]
    return list(dict.fromkeys(name for name in whole if name))


def indicators_by_body(scheme: Scheme) -> dict[str, list[str]]:
    """The ids of the indicators that each body has, in the order of the file; under '' those of which it is not said who
    assesses them. An indicator without an assessor has that of the nearest group around it."""
    found: dict[str, list[str]] = {}

    def look(node: Group | Indicator, around: str) -> None:
        own = node.assessor or around
        if isinstance(node, Group):
            for child in node.children:
                look(child, own)
        else:
            for body in bodies(own) or [""]:
                found.setdefault(body, []).append(node.id)

    for node in [*scheme.indicators, *([scheme.bonus] if scheme.bonus else [])]:
        look(node, "")
    return found
