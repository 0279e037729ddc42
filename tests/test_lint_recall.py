"""How much of what the regulations leave open lint sees by itself.

Requirements: `lint_quirks.yaml` lists, scheme by scheme and from the texts, what is open, contradicts itself or is wrong; what lint
is said to see there it does see, without what people wrote into notes and readings; at least 95 of 100 that can be seen are seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import ALL, file_of

from generator.lint import lint
from generator.lint.catalogue import CATALOGUE

QUIRKS: dict[str, list[list[str]]] = yaml.safe_load((Path(__file__).parent / "lint_quirks.yaml").read_text(encoding="utf-8"))
NOT_SEEN = ("missed", "unseen")


def test_every_scheme_is_listed_with_kinds_that_there_are_and_reasons() -> None:
    assert set(QUIRKS) == set(ALL)
    for name, quirks in QUIRKS.items():
        for kind, words, what, *why in quirks:
            assert kind in CATALOGUE or (kind in NOT_SEEN and not words and why), (name, what)


@pytest.mark.parametrize("name", QUIRKS)
def test_what_can_be_seen_is_seen_without_notes(name: str) -> None:
    found = [r for r in lint(file_of(name), whole=True) if r.found]
    for kind, words, what, *_ in QUIRKS[name]:
        if kind not in NOT_SEEN:
            assert any(r.code == kind and str(words) in r.message for r in found), (kind, words, what)


def test_recall() -> None:
    kinds = [kind for quirks in QUIRKS.values() for kind, *_ in quirks]
    seen = sum(kind not in NOT_SEEN for kind in kinds)
    assert seen >= 0.95 * (seen + kinds.count("missed"))
    assert kinds.count("unseen") <= 30
