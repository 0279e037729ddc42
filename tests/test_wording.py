"""Formulas in Chinese words.

Requirements: every function of the language can be said; brackets stand where the arithmetic needs them and nowhere else.
"""

from __future__ import annotations

import pytest

from generator.language.compiler import functions
from generator.language.wording import in_words


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_function_can_be_said(name: str) -> None:
    words = in_words(functions()[name].usage)
    assert words != functions()[name].usage
    assert f"{name}(" not in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("基准分 + 幅度 * 受理量 / 最大受理量", "基准分＋幅度×受理量÷最大受理量"),
        ("(甲 - 乙) / (丙 - 丁)", "（甲－乙）÷（丙－丁）"),
        ("甲 - (乙 - 丙)", "甲－（乙－丙）"),
        ("甲 - 乙 - 丙", "甲－乙－丙"),
        ("divide(甲 + 乙, 丙, if_zero=0) * 分值", "（甲＋乙）÷丙（丙为0时0）×分值"),
        ("if(完成程度 >= 1, 分值, 0)", "（完成程度≥1的分值，否则0）"),
        ("over_units(max, 受理量, within=组)", "本组单位受理量的最大值"),
        ('score("季度") * 占 + sum(得分)', "“季度”得分×占＋各项得分之和"),
        ("descending(位次, first=100, last=70)", "按位次等差递减（第一名100，最后一名70）"),
        ("甲 > 0 and not 乙", "（甲＞0）且（不是乙）"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert in_words(text) == words


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert in_words("甲 +") == "甲 +"
