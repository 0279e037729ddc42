"""What a regulation leaves open or gets wrong, found from the structure of its scheme before it is printed.

Everything said here is true of the scheme as it is written; whether the text itself says more, its authors know. Each
remark names its clause and the wording that would close it. `catalogue` lists the kinds; each of the other modules looks
for those of one field.
"""

from __future__ import annotations

import functools

from generator.lint import (
    additions,
    asked,
    dates,
    declared,
    deductions,
    formulas,
    imported,
    judging,
    jumps,
    lists,
    points,
    printed,
    reaching,
    tables,
    targets,
    twice,
    unsaid,
    who,
)
from generator.lint.catalogue import Remark
from generator.lint.subject import Subject
from generator.plan.plan import Plan
from generator.plan.planner import make_plan
from generator.problems import SourceError
from generator.scheme import library, load
from generator.scheme.load import SchemeFile
from generator.scheme.model import Scheme

_FIELDS = (
    who,
    imported,
    points,
    printed,
    reaching,
    deductions,
    unsaid,
    jumps,
    additions,
    tables,
    targets,
    formulas,
    judging,
    asked,
    twice,
    dates,
    declared,  # last: what the scheme says of itself goes with what was found
)


def lint(file: SchemeFile, whole: bool = False) -> list[Remark]:
    """What the scheme leaves open or gets wrong, in the order of the text. whole: no list in a remark is cut short.

    Raises SchemeFault for a scheme that does not compile.
    """
    subject = Subject(file.scheme, _find, _plan)
    with lists.whole(whole):
        for module in _FIELDS:
            module.check(subject)
    return subject.remarks()


@functools.cache
def _find(name: str) -> Scheme | None:
    """Another scheme by its id, where there is one."""
    try:
        return load.load(library.find(name)).scheme
    except (SourceError, OSError):
        return None


@functools.cache
def _plan(name: str) -> Plan | None:
    """Its plan, made once for all that take results from it. Raises SchemeFault."""
    found = _find(name)
    return None if found is None else make_plan(found)
