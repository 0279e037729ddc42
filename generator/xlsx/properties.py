"""What a file says of when it was saved last, and by whom."""

from __future__ import annotations

import datetime
from contextlib import suppress
from typing import NamedTuple

from generator.problems import Refusal
from generator.xlsx import xml
from generator.xlsx.package import Package

PART = "docProps/core.xml"
_TERMS = "http://purl.org/dc/terms/"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_CREATED, _MODIFIED, _BY = xml.named("created", _TERMS), xml.named("modified", _TERMS), xml.named("lastModifiedBy", _CORE)
_CHINA = datetime.timezone(datetime.timedelta(hours=8))
LONGEST = 40
"""So much is taken of a name."""


class Saved(NamedTuple):
    """at: in Chinese time, ``2019-12-20 16:05``; by: the name in the program. Either is '' where the file does not tell: no program
    has saved it since it was made."""

    at: str = ""
    by: str = ""


def saved(package: Package) -> Saved:
    """When and by whom a file was saved, by what it says itself."""
    found: dict[str, str] = {}
    with suppress(Refusal):  # a damaged part of no importance
        for name in (_CREATED, _MODIFIED, _BY) if PART in package.parts else ():
            found |= {element.name: element.text.strip() for element in package.elements(PART, name)}
    moment = found.get(_MODIFIED, "")
    if moment == found.get(_CREATED):
        moment = ""
    by = " ".join(found.get(_BY, "").split())[:LONGEST]
    return Saved(_in_china(moment), by)


def _in_china(moment: str) -> str:
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return ""
    utc = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    with suppress(OverflowError):
        return utc.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")
    return ""
