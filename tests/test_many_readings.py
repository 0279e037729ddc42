"""A scheme with as many readings as one may have, each of which changes everything.

Requirements: whatever is done with a book of it takes at most LIMIT of the processor and MEMORY; what was not tried is told, by
reading, and can be tried by itself; nothing is left out without a word, in no paper either.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from addin import cli
from addin.result import notice, robustness, statement
from addin.workbooks import snapshot
from addin.workbooks.readings import MOST, OtherReadings, other_readings
from generator.plan.planner import make_plan
from generator.scheme import load
from generator.sheets.book import compose
from generator.value import Value
from generator.xlsx import writer

LIMIT, MEMORY = 20, 1024
"""Seconds, twice what an ordinary computer takes at most; megabytes."""
READINGS, OPTIONS, UNITS, INDICATORS = 20, 5, 60, 600

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="memory is measured by means of POSIX"),
    pytest.mark.xdist_group("many readings"),
]


def text() -> str:
    """Every score is worked out from one figure, which each option of each reading sets anew."""
    lines = [
        "scheme: hostile-2020-readings",
        "title: 很多读法",
        "place: 某县",
        "year: 2020",
        "source: {document: 某文}",
        "full_marks: null",
        f"units: [{', '.join(f'单位{i}' for i in range(UNITS))}]",
        "figures: {甲: 1}",
        "inputs: {乙: {ask: quantity}}",
        "quantities:",
        *(f"  量{i}: 乙 * 甲 + over_units(max, 乙) * ({' + '.join(['乙'] * 40)})" for i in range(60)),
        "indicators:",
    ]
    for i in range(INDICATORS):
        lines.append(f"- {{id: i{i}, name: 指标{i}, points: 10, rule: formula, inputs: {{数{i}: {{ask: quantity}}}}, score: 数{i} * 甲}}")
    lines.append("readings:")
    for r in range(READINGS):
        lines += [f"- id: 读法{r}", "  takes: 原样", "  options:", "    原样: {says: 原样}"]
        lines += [f"    第{o}种: {{says: 另一种, set: {{'*': {{figures: {{甲: {o + 1}.{r:02}}}}}}}}}" for o in range(1, OPTIONS)]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unit in place n has n for each number."""
    folder = tmp_path_factory.mktemp("many")
    file = load.loads(text(), "many.yaml")
    plan = make_plan(file.scheme)
    inputs: dict[tuple[str, int], Value] = {(line.key, unit): Decimal(unit) for line in plan.inputs for unit in range(UNITS)}
    writer.write(compose(file, inputs, plan=plan), folder / "b.xlsx")
    return folder / "b.xlsx"


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor, and the megabytes that it took at most, in a process of its own."""
    read, write = os.pipe()
    if os.fork() == 0:
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        try:
            work()
            took = time.process_time() - start
            os.write(write, json.dumps([took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        found = answer.read()
    os.wait()
    assert found, "it failed"
    seconds, peak = json.loads(found)
    return seconds, peak


@pytest.mark.parametrize("what", ["check", "score", "recompute", "explain", "import", "readings", "robustness"])
def test_everything_keeps_its_bounds(book: Path, tmp_path: Path, what: str) -> None:
    more = {
        "recompute": ["-o", str(tmp_path / "o.xlsx")],
        "explain": ["--unit", "单位1", "--indicator", "i1"],
        "import": [str(book), "-o", str(tmp_path / "i.xlsx")],
    }

    def work() -> None:
        assert cli.run([what, str(book), *more.get(what, [])]) == (2 if what == "import" else 0)  # it takes nothing from others

    seconds, peak = measured(work)
    assert seconds < LIMIT
    assert peak < MEMORY


@pytest.fixture(scope="module")
def found(book: Path) -> OtherReadings:
    return other_readings(snapshot.take(book), most=MOST // 10)


def test_what_was_not_tried_is_told(found: OtherReadings) -> None:
    """The first ones are tried, in the order of the scheme: 第1种 of 读法0 makes 甲 2.00, so twice the score."""
    every = [(f"读法{r}", f"第{o}种") for r in range(READINGS) for o in range(1, OPTIONS)]
    tried = [(one.reading, one.option) for one in found.tried]
    assert 0 < len(tried) < 20
    assert tried + found.left == every
    moves = {move.result: (move.now, move.then) for move in found.tried[0].changes["单位3"]}
    assert moves["总分"] == (3 * INDICATORS, 6 * INDICATORS)
    assert f"还有 {len(found.left)} 种没有试" in found.left_words
    assert all(f"读法{r}”" in found.left_words for r in range(5, READINGS))


def test_the_bound_is_one_of_work_and_not_of_time(book: Path, found: OtherReadings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0)
    assert other_readings(snapshot.take(book), most=MOST // 10) == found


def test_any_one_can_be_tried_by_itself(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["readings", str(book), "--reading", "读法19=第4种", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(r["reading"], r["option"]) for r in told["readings"]] == [("读法19", "第4种")]
    assert told["readings"][0]["changes"]["单位1"]["总分"] == {"now": INDICATORS, "then": 519 * INDICATORS // 100}
    assert told["left"] == []
    assert cli.run(["readings", str(book), "--reading", "读法20"]) == 2
    assert "没有“读法20”这个读法；是不是“读法2”" in capsys.readouterr().err
    assert cli.run(["readings", str(book), "--reading", "读法1=原样"]) == 2
    assert "没有“原样”这个别的选项；可以试：第1种、第2种、第3种、第4种" in capsys.readouterr().err


def test_papers_say_so_too(book: Path, found: OtherReadings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = f"{found.left_words}。"
    for module in ("notice", "statement", "robustness"):
        monkeypatch.setattr(f"addin.result.{module}.other_readings", lambda taken, report=None: found)
    taken = snapshot.take(book)
    assert told in [*statement._readings("单位1", found)]
    assert told in notice.words(taken, notice.Heading())["说明"]
    assert robustness.told(robustness.robustness(taken, most=1))[-1].endswith(told)
    monkeypatch.setattr("addin.workbooks.readings.other_readings", lambda *_, **__: found)
    assert cli.run(["readings", str(book)]) == 0
    assert f"{found.left_words}。请逐个试：scorebook readings {book} --reading {found.left[0][0]}" in capsys.readouterr().out
