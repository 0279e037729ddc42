"""“Did you mean”: requirements: a slip of the pen is recognised, in the same words everywhere; nothing is said of nothing alike."""

from __future__ import annotations

import pytest

from generator.suggestion import listed, suggestion


@pytest.mark.parametrize(
    ("word", "most", "said"),
    [
        ("固定资产", 1, "是不是“固定资产投资”？"),
        ("折算", 3, "是不是“折算分”？"),
        ("第2项", 3, "是不是“第4项”、“第3项”、“第1项”？"),
        ("xyz", 3, ""),
    ],
)
def test_what_was_meant(word: str, most: int, said: str) -> None:
    assert suggestion(word, {"固定资产投资": 1, "折算分": 2, "第1项": 3, "第3项": 4, "第4项": 5}, most) == said


def test_what_there_is() -> None:
    assert listed(["甲", "乙"]) == "甲、乙"
    assert listed(["甲", "乙", "丙"], 2) == "甲、乙等"
