"""What several schemes of one document share is the same in each.

Requirements: the districts and development zones of Zhengzhou have one spelling and one order; whoever takes results from another
scheme lists no unit that is not assessed there under that name, and asks for a part that is there.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from generator.lines.input import Import
from generator.plan.planner import make_plan
from generator.plan.results import result_line
from generator.scheme import library, load
from generator.scheme.model import Scheme

IDS = library.ids()
DISTRICTS = ["巩义市", "登封市", "新密市", "荥阳市", "新郑市", "中牟县", "中原区", "二七区", "金水区", "管城回族区", "惠济区", "上街区"]
ZONES = ["郑州航空港经济综合实验区", "郑东新区", "国家郑州经济技术开发区", "郑州国家高新技术产业开发区"]
TAKING = sorted(id for id, path in IDS.items() if "scheme: " in load.load(path).text.partition("\nindicators:")[2])


def scheme(id: str) -> Scheme:
    return load.load(library.find(id)).scheme


def test_the_districts_of_zhengzhou_are_the_same_everywhere() -> None:
    found = 0
    for id in IDS:
        if id.startswith("zhengzhou-2020-"):
            units = scheme(id).unit_names
            here = [unit for unit in units if unit in DISTRICTS + ZONES]
            if here:
                found += 1
                assert sorted(here) == sorted(DISTRICTS + ZONES), id
                assert here == DISTRICTS + ZONES or id.endswith(("illegal-construction", "rule-of-law")), id
    assert found == 14


@pytest.mark.parametrize("id", TAKING)
def test_what_is_taken_is_there(id: str) -> None:
    taken: dict[str, set[str]] = defaultdict(set)
    sources: list[Import] = [source for _, _, source in scheme(id).imports()]
    assert sources
    for source in sources:
        taken[source.scheme].add(source.result)
    for other, results in taken.items():
        plan = make_plan(scheme(other))
        assert [result for result in results if result_line(plan, result) is None] == []
