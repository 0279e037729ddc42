"""What `scorebook lint` says before a regulation is printed.

Requirements: every kind of remark is provoked by one tiny scheme and not by another that says what was missing; a remark
names what, where and the wording that closes it, in the order of the text; equal remarks are one; what a reading or a note
settles is said with the remark it answers; what is said of the bundled schemes is what their regulations leave open; the
spans that remarks rest on are never narrower than what can happen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
import tiny
from conftest import ALL, file_of

from generator.fillings.random_filling import random_filling
from generator.lines.keys import MISSING
from generator.lines.line import Format
from generator.lint import lint
from generator.lint.bounds import Bounds
from generator.lint.catalogue import CATALOGUE, Remark
from generator.lint.clauses import joined
from generator.plan.evaluation import Evaluation
from generator.plan.planner import make_plan
from generator.scheme import load as scheme


@dataclass(frozen=True)
class Case:
    """A tiny scheme: its indicators, and what is said around them. issued: the date of the regulation."""

    indicators: str
    more: dict[str, str] = field(default_factory=dict)
    issued: str = ""

    def remarks(self) -> list[Remark]:
        text = tiny.text(self.indicators, **self.more)
        if self.issued:
            text = text.replace("part: 附件1}", f"part: 附件1, date: {self.issued}}}")
        return lint(scheme.loads(text, "tiny.yaml"))

    def codes(self) -> set[str]:
        return {r.code for r in self.remarks()}


def case(indicators: str, issued: str = "", **more: str) -> Case:
    return Case(indicators, more, issued)


GROUPS = "{区: [甲, 乙], 局: [丙, 丁]}"
SIMPLE = "- {id: 1, name: 投资, points: 10, assessor: 统计局, rule: ratio, target: 5}"
ROLES = "roles: {牵头: 1, 一类: 0.8}"


def deduct(events: str, more: str = "", points: int = 10) -> str:
    return f"- {{id: 1, name: 安全, points: {points}, assessor: 应急局, rule: deduct, events: [{events}]{more}}}"


def formula(score: str, inputs: str, more: str = "") -> str:
    return f"- {{id: 1, name: 办结率, points: 10, assessor: 热线办, rule: formula, inputs: {{{inputs}}}, score: '{score}'{more}}}"


def bands(table: str) -> str:
    return f"- {{id: 1, name: 率, points: 10, in: '%', assessor: 统计局, rule: bands, bands: {table}}}"


def by_month(more: str = "", below: str = "rule: direct") -> str:
    return (
        f"- {{id: 月, name: 月考, points: 10, assessor: 督查室{more}, children: [{{id: 1, name: 得分, "
        f"points: 10, {below}}}], periods: [1月, 2月]}}"
    )


def ranked(quantities: str) -> str:
    return f"""
    inputs: {{数: {{ask: count}}}}
    quantities: {{{quantities}}}
    score: '(位次 - 1) * 0 + score("1")'
    """


def load(whole: str) -> Case:
    """Ranked by what is done of the tasks of all, or of one's own; the first unit carries twice as much."""
    return case(
        "- {id: 1, name: 甲项, points: 5, for: {牵头: [甲, 乙, 丙]}, rule: all_or_nothing}\n"
        "- {id: 2, name: 乙项, points: 5, for: {牵头: [甲]}, rule: all_or_nothing}",
        full="100",
        extra=f"""
        roles: {{牵头: 1}}
        quantities:
          应得: sum(应得分)
          总任务: over_units(sum, 应得)
          率: divide(sum(得分), {whole}, if_zero=0)
          位次: rank(率)
          度: descending(位次, first=100, last=70)
        score: 度
        """,
    )


CASES: dict[str, tuple[Case, Case]] = {
    "units-unlisted": (case(SIMPLE, extra='unlisted: ["*"]'), case(SIMPLE)),
    "count-differs": (
        case(SIMPLE, extra="counts: [{says: 5, of: [甲, 乙, 丙], what: 个单位}]"),
        case(SIMPLE, extra='counts: [{says: 3, of: ["*"], what: 个单位}]'),
    ),
    "sum-differs": (
        case(
            "- {name: 一类, points: 10, children: [{id: 1, name: 甲项, points: 3, rule: direct}, {id: 2, "
            "name: 乙项, points: 4, rule: direct}]}"
        ),
        case(
            "- {name: 一类, points: 10, children: [{id: 1, name: 甲项, points: 3, rule: direct}, {id: 2, "
            "name: 乙项, points: 7, rule: direct}]}"
        ),
    ),
    "points-missing": (case("- {id: 1, name: 建台账, rule: duty}", full="null"), case(SIMPLE)),
    "points-out-of-reach": (
        case("- {id: 1, name: 甲项, points: 6, rule: direct}\n- {id: 2, name: 乙项, points: 4, for: [甲], rule: direct}"),
        case("- {id: 1, name: 甲项, points: 6, rule: direct}\n- {id: 2, name: 乙项, points: 4, for: [甲], rule: direct, no_task: full}"),
    ),
    "points-uneven": (
        case(
            "\n".join(
                f"- {{id: {i}, name: 安全生产, points: {p}, for: [{u}], rule: direct}}"
                for i, (u, p) in enumerate(zip("甲乙丙丁", (10, 10, 10, 20), strict=True))
            ),
            units="[甲, 乙, 丙, 丁]",
        ),
        case(
            "\n".join(f"- {{id: {i}, name: 安全生产, points: 10, for: [{u}], rule: direct}}" for i, u in enumerate("甲乙丙丁")),
            units="[甲, 乙, 丙, 丁]",
        ),
    ),
    "share-uneven": (
        case(
            "- {id: 1, name: 甲项, points: 10, for: [甲], rule: direct}\n- {id: 2, name: 乙项, points: 5, "
            "for: [乙, 丙], rule: direct}\n- {id: 3, name: 丙项, points: 5, for: [乙, 丙], rule: direct}"
        ),
        case("- {id: 1, name: 甲项, points: 5, rule: direct}\n- {id: 2, name: 乙项, points: 5, rule: direct}"),
    ),
    "borrowed-points": (
        case(
            "- {name: 任务, points: 10, children: [{id: 1, name: 甲项, points: 8, for: [甲, 乙], "
            "no_task: average, rule: direct}, {id: 2, name: 乙项, points: 2, rule: direct}]}"
        ),
        case(
            "- {name: 任务, points: 10, children: [{id: 1, name: 甲项, points: 2, for: [甲, 乙], "
            "no_task: average, rule: direct}, {id: 2, name: 乙项, points: 8, rule: direct}]}"
        ),
    ),
    "rows-share-points": (
        case(
            "- {id: 甲, name: 报送, points: 10, base: full, at_least: 0, defaults: {rule: deduct, floor: null}, "
            "children: [{id: 1, name: 迟报, events: [{what: 迟, each: 1}]}, {id: 2, name: 漏报, "
            "events: [{what: 漏, each: 2}]}]}"
        ),
        case(deduct("{what: 迟报, each: 1}, {what: 漏报, each: 2}")),
    ),
    "due-uneven": (
        case(
            "- {name: 细则, children: [{id: 1, name: 甲项, points: 10, for: {牵头: [甲, 乙, 丙]}, rule: direct}, "
            "{id: 2, name: 乙项, points: 20, for: {牵头: [甲]}, rule: direct}]}",
            extra=f'{ROLES}\nscore: score("细则")',
        ),
        case(
            "- {name: 细则, children: [{id: 1, name: 甲项, points: 10, for: {牵头: [甲, 乙, 丙]}, rule: direct}]}",
            extra=f'{ROLES}\nscore: score("细则")',
        ),
    ),
    "points-left-over": (case(deduct("{what: 缺制度, each: 2, up_to: 2}")), case(deduct("{what: 缺制度, each: 5, up_to: 2}"))),
    "deduction-exceeds": (
        case(deduct("{what: 迟报, each: 6}, {what: 漏报, each: 6}")),
        case(deduct("{what: 迟报, each: 5}, {what: 漏报, each: 5}")),
    ),
    "single-exceeds": (case(deduct("{what: 事故, each: 12}")), case(deduct("{what: 事故, each: 10}"))),
    "deduction-slight": (case(deduct("{what: 迟报, each: 0.1}")), case(deduct("{what: 迟报, each: 1}"))),
    "cap-on-some": (
        case(deduct("{what: 迟报, each: 1, at_most: 3}, {what: 漏报, each: 2}")),
        case(deduct("{what: 迟报, each: 1, at_most: 3}, {what: 漏报, each: 2, at_most: 7}")),
    ),
    "floor-assumed": (case(deduct("{what: 迟报, each: 1}", ", floor: assumed")), case(deduct("{what: 迟报, each: 1}"))),
    "floor-missing": (case(deduct("{what: 迟报, each: 1}", ", floor: null")), case(deduct("{what: 迟报, each: 1}"))),
    "score-gap": (
        case("- {id: 1, name: 民生实事, points: 10, rule: gated, below: 6}"),
        case("- {id: 1, name: 民生实事, points: 10, rule: all_or_nothing}"),
    ),
    "cap-missing": (
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, events: [{{what: 表扬, each: 1}}]}}"),
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 2, events: [{{what: 表扬, each: 1}}]}}"),
    ),
    "cap-assumed": (
        case(formula("divide(办结, 受理, if_zero=1) * 分值", "办结: {ask: count}, 受理: {ask: count}")),
        case(formula("divide(办结, 受理, if_zero=1) * 分值", "办结: {ask: count}, 受理: {ask: count}", ", at_most: points")),
    ),
    "over-points": (
        case(
            formula(
                'if(签订 == "是", 甲得, 0) + if(督查 == "是", 乙得, 0)',
                "签订: {ask: yes_no}, 督查: {ask: yes_no}",
                ", figures: {甲得: 6, 乙得: 7}",
            )
        ),
        case(
            formula(
                'if(签订 == "是", 甲得, 0) + if(督查 == "是", 乙得, 0)',
                "签订: {ask: yes_no}, 督查: {ask: yes_no}",
                ", figures: {甲得: 6, 乙得: 4}",
            )
        ),
    ),
    "cap-unreachable": (
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 5, events: [{{what: 表扬, each: 1, up_to: 2}}]}}"),
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 5, events: [{{what: 表扬, each: 1, up_to: 9}}]}}"),
    ),
    "total-exceeds": (
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 2, events: [{{what: 表扬, each: 1}}]}}"),
        case(
            f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 2, events: [{{what: 表扬, each: 1}}]}}",
            extra='score: min(score("1") + score("加"), 满)\nfigures: {满: 10}',
        ),
    ),
    "earned-only-by-events": (
        case("- {id: 1, name: 宣传, points: 10, rule: add, at_most: 10, events: [{what: 报道, each: 1}]}"),
        case("- {id: 1, name: 制度, points: 10, rule: add, at_most: 10, events: [{what: 领域, each: 1, per_what: 个}]}"),
    ),
    "adds-among-deductions": (
        case(
            "\n".join(f"- {{id: {i}, name: 扣{i}, points: 2, rule: deduct, events: [{{what: 迟报{i}, each: 1}}]}}" for i in (1, 2, 3))
            + "\n- {id: 4, name: 申报, points: 4, rule: highest, items: [{what: 申报, each: 2}, {what: 列入, each: 4}]}"
        ),
        case("\n".join(f"- {{id: {i}, name: 扣{i}, points: 5, rule: deduct, events: [{{what: 迟报{i}, each: 1}}]}}" for i in (1, 2))),
    ),
    "amount-open": (
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: award, at_most: 5, items: [创新]}}"),
        case(f"{SIMPLE}\nbonus: {{id: 加, name: 加分, rule: add, at_most: 5, events: [{{what: 创新, each: 2}}]}}"),
    ),
    "same-matter": (
        case(deduct("{what: 省通报, each: 5}, {what: 市通报, each: 3}", ", same_matter: highest")),
        case(deduct("{what: 省通报, each: 5}, {what: 市通报, each: 3}")),
    ),
    "band-overlap": (
        case(bands("[{from: 95%, gives: 10}, {from: 80%, up_to: 95%, gives: 5}, {up_to: 80%, gives: 0}]")),
        case(bands("{stated: true, bands: [{from: 95%, gives: 10}, {from: 80%, up_to: 95%, gives: 5}, {up_to: 80%, gives: 0}]}")),
    ),
    "band-gap": (
        case(bands("[{from: 95%, gives: 10}, {from: 80%, up_to: 90%, gives: 5}, {up_to: 80%, gives: 0}]")),
        case(bands("{whole: true, bands: [{from: 10, gives: 10}, {from: 5, up_to: 9, gives: 5}, {up_to: 4, gives: 0}]}")),
    ),
    "band-open": (
        case(bands("[{from: 95%, gives: 10}, {from: 80%, gives: 5}]")),
        case(bands("[{from: 95%, gives: 10}, {from: 80%, gives: 5}, {gives: 0}]")),
    ),
    "partial-step": (
        case(deduct("{what: 满意率, short_of: 90%, per: 1%, each: 0.5}")),
        case(deduct("{what: 满意率, short_of: 90%, per: 1%, each: 0.5}", ", whole: false")),
    ),
    "range-open": (case(deduct("{what: 推进不力, between: [0.5, 1]}, {what: 迟报, each: 1}")), case(deduct("{what: 推进不力, each: 1}"))),
    "stage-between": (case("- {id: 1, name: 方案, points: 10, rule: stages, stages: {初稿: 30%, 印发: 100%}}"), case(SIMPLE)),
    "about-figure": (
        case("- {id: 1, name: 价格控制在103%左右, points: 10, rule: direct}"),
        case("- {id: 1, name: 价格不超过103%, points: 10, rule: direct}"),
    ),
    "zero-denominator": (
        case(formula("divide(办结, 受理, if_zero=1) * 分值", "办结: {ask: count}, 受理: {ask: count}")),
        case(formula("divide(办结, 受理, if_zero=1) * 分值", "办结: {ask: count}, 受理: {ask: count, low: 1}")),
    ),
    "zero-target": (
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: [3, 2, 0]}"),
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: [3, 2, 1]}"),
    ),
    "target-outlier": (
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: [3, 2, 4, 3, 50]}", units="[甲, 乙, 丙, 丁, 戊]"),
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: [3, 2, 4, 3, 9]}", units="[甲, 乙, 丙, 丁, 戊]"),
    ),
    "lower-is-better": (case("- {id: 1, name: 失业率, points: 10, in: '%', rule: ratio, target: 3%, better: lower, min: 0}"), case(SIMPLE)),
    "negative-actual": (
        case("- {id: 1, name: 零售额增速, points: 10, in: '%', rule: ratio, target: 8%}"),
        case("- {id: 1, name: 零售额增速, points: 10, in: '%', rule: ratio, target: 8%, min: 0}"),
    ),
    "weights-differ": (
        case(by_month(", weights: [40%, 50%]")),
        case(by_month(", weights: [40%, 60%]")),
    ),
    "figure-outside": (
        case(formula("if(名次 > 城市数 - 1, 0, 分值)", "名次: {ask: count}"), extra='inputs: {城市数: {ask: count, for: "*"}}'),
        case(formula("if(名次 > 城市数 - 1, 0, 分值)", "名次: {ask: count}"), extra="figures: {城市数: 18}"),
    ),
    "nothing-asked": (
        case(formula("没有指标得", "", ", figures: {没有指标得: 10}")),
        case(formula("得分数", "得分数: {ask: score, high: 10}")),
    ),
    "borrows-score": (
        case(
            "- {id: 1, name: 评价, points: 10, for: [甲], rule: formula, inputs: {社会评价: {ask: score, high: 10}}, score: 社会评价}\n"
            "- {id: 2, name: 园区评价, points: 10, for: [乙, 丙], rule: formula, score: 'of_unit(“甲”, 社会评价)'}"
        ),
        case("- {id: 1, name: 评价, points: 10, rule: formula, inputs: {社会评价: {ask: score, high: 10}}, score: 社会评价}"),
    ),
    "period-missing": (case(by_month()), case(by_month(", weights: [40%, 60%]"))),
    "first-period": (
        case(
            by_month(
                "",
                "rule: formula, inputs: {满意率: {in: '%'}}, score: '分值 - max(0, previous(满意率, first=满意率) - 满意率)', at_least: 0",
            )
        ),
        case(by_month("", "rule: formula, inputs: {满意率: {in: '%'}}, score: 分值 * 满意率")),
    ),
    "may-fall-away": (
        case(f"{SIMPLE[:-1]}, only_if: 省已定}}", extra='inputs: {省已定: {ask: yes_no, for: "*"}}'),
        case(f"{SIMPLE[:-1]}, only_if: 有任务}}", extra="facts: [{id: 有任务}]"),
    ),
    "quota-uneven": (
        case(
            "- {id: 1, name: 领导评价, points: 8, rule: grade_quota, grades: [{name: 好, share: 30%, points: 8}, "
            "{name: 差, share: 70%, points: 5}]}",
            full="8",
        ),
        case(
            "- {id: 1, name: 领导评价, points: 8, rule: grade_quota, grades: [{name: 好, share: 50%, points: 8}, "
            "{name: 差, share: 50%, points: 5}]}",
            full="8",
            units="[甲, 乙]",
        ),
    ),
    "ties-open": (
        case(SIMPLE, extra=ranked("率: 数 / 2, 位次: rank(率)")),
        case(SIMPLE, extra=ranked("率: 数 / 2, 位次: rank(率)") + "ties: 同分的名次相同"),
    ),
    "ties-built-in": (
        case(
            "- {id: 1, name: 投资, points: 10, rule: direct}",
            extra=ranked("率: 任务数 + 0, 位次: rank(率)") + "figures: {任务数: [3, 3, 1]}",
        ),
        case(
            "- {id: 1, name: 投资, points: 10, rule: direct}",
            extra=ranked("率: 任务数 + 0, 位次: rank(率)") + "figures: {任务数: [3, 2, 1]}",
        ),
    ),
    "rank-by-load": (load("总任务"), load("应得")),
    "rank-scope": (
        case(SIMPLE, units=GROUPS, extra=ranked("率: 数 / 2, 位次: rank(率)")),
        case(SIMPLE, units=GROUPS, extra=ranked("率: 数 / 2, 位次: 'rank(率, within=组)'")),
    ),
    "extremum-ties": (
        case(
            "- {id: 1, name: 败诉率, points: 10, rule: formula, score: 'if(率 == 最高率, 0, 分值)'}",
            extra="inputs: {率: {in: '%'}}\nquantities: {最高率: 'over_units(max, 率)'}",
        ),
        case(
            "- {id: 1, name: 工作量, points: 10, rule: formula, score: 'divide(率, 最高率, if_zero=0) * 分值'}",
            extra="inputs: {率: {in: '%'}}\nquantities: {最高率: 'over_units(max, 率)'}",
        ),
    ),
    "grade-open": (
        case(
            SIMPLE, extra="facts: [{id: 突出问题}]\ngrades: {by: rank_share, bands: [{name: 好, up_to: 50%}, {name: 差, needs: 突出问题}]}"
        ),
        case(SIMPLE, extra="grades: {by: rank_share, bands: [{name: 好, up_to: 50%}, {name: 差}]}"),
    ),
    "grade-missing": (
        case(f"{SIMPLE}\n- {{id: 否, name: 否决, rule: veto, grade: 不合格, when: [事故]}}"),
        case(f"{SIMPLE}\n- {{id: 否, name: 否决, rule: veto, grade: 取消评优资格, when: [事故]}}"),
    ),
    "veto-place": (
        case(
            f"{SIMPLE}\n- {{id: 否, name: 否决, rule: veto, grade: 差, when: [事故]}}",
            extra="grades: {by: rank, bands: [{name: 好, up_to: 1}, {name: 差}]}",
        ),
        case(
            f"{SIMPLE}\n- {{id: 否, name: 否决, rule: veto, grade: 差, when: [事故]}}",
            extra="grades: {by: score, bands: [{name: 好, at_least: 8}, {name: 差}]}",
        ),
    ),
    "unit-untouched": (case("- {id: 1, name: 投资, points: 10, for: [甲, 乙], rule: direct}"), case(SIMPLE)),
    "unit-outside": (
        case("- {id: 1, name: 投资, points: 10, for: [甲, 园林局], rule: direct}", extra="sets: {园林局: []}"),
        case("- {id: 1, name: 投资, points: 10, for: [甲, 两局], rule: direct}", extra="sets: {两局: [乙, 丙]}"),
    ),
    "carrier-missing": (
        case(f"{SIMPLE}\n- {{id: 2, name: 暂缺, points: 6, for: [暂缺], rule: direct}}", extra="sets: {暂缺: []}"),
        case(SIMPLE),
    ),
    "left-out-once": (
        case(
            "- {name: 细则, children: ["
            + ", ".join(
                f"{{id: {i}, name: 项{i}, points: 1, rule: direct{', for: [甲, 乙, 丙, 丁, 戊]' if i == 3 else ''}}}" for i in range(1, 8)
            )
            + "]}",
            units="[甲, 乙, 丙, 丁, 戊, 己]",
        ),
        case(
            "- {name: 细则, children: [" + ", ".join(f"{{id: {i}, name: 项{i}, points: 1, rule: direct}}" for i in range(1, 8)) + "]}",
            units="[甲, 乙, 丙, 丁, 戊, 己]",
        ),
    ),
    "unit-twice": (
        case("- {id: 1, name: 投资, points: 10, for: [甲, 乙, 甲], rule: direct}"),
        case("- {id: 1, name: 投资, points: 10, for: [甲, 乙], rule: direct}"),
    ),
    "role-twice": (
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲], 一类: [甲, 乙]}, rule: direct}", extra=ROLES),
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲], 一类: [乙]}, rule: direct}", extra=ROLES),
    ),
    "role-unused": (
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲, 乙, 丙]}, rule: direct}", extra=ROLES),
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲], 一类: [乙, 丙]}, rule: direct}", extra=ROLES),
    ),
    "several-leads": (
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲, 乙], 一类: [丙]}, rule: direct}", extra=ROLES),
        case("- {id: 1, name: 投资, points: 10, for: {牵头: [甲], 一类: [乙, 丙]}, rule: direct}", extra=ROLES),
    ),
    "assessor-missing": (case("- {id: 1, name: 投资, points: 10, rule: ratio, target: 5}"), case(SIMPLE)),
    "assessor-two-names": (
        case(
            "- {id: 1, name: 粮食, points: 5, assessor: 县农业局, rule: direct}\n- {id: 2, name: 畜牧, "
            "points: 5, assessor: 农业局, rule: direct}"
        ),
        case(
            "- {id: 1, name: 粮食, points: 5, assessor: 县农业局, rule: direct}\n- {id: 2, name: 畜牧, "
            "points: 5, assessor: 县农业局, rule: direct}"
        ),
    ),
    "assesses-itself": (
        case(
            "- {id: 1, name: 投资, points: 10, assessor: 县应急管理局, rule: direct}",
            units="[应急局, 财政局]",
            extra="assessors: {县应急管理局: [应急局]}",
        ),
        case("- {id: 1, name: 投资, points: 10, assessor: 督查室, rule: direct}", units="[应急局, 财政局]"),
    ),
    "average-of-few": (
        case("- {id: 1, name: 园区, points: 10, for: [甲], no_task: average, rule: direct}"),
        case("- {id: 1, name: 园区, points: 10, for: [甲, 乙], no_task: average, rule: direct}"),
    ),
    "average-unused": (
        case("- {id: 1, name: 园区, points: 10, no_task: average, rule: direct}"),
        case("- {id: 1, name: 园区, points: 10, for: [甲, 乙], no_task: average, rule: direct}"),
    ),
    "fact-open": (case(f"{SIMPLE[:-1]}, only_if: 执法部门}}", extra="facts: [{id: 执法部门}]"), case(f"{SIMPLE[:-1]}, for: [甲, 乙]}}")),
    "import-mismatch": (
        case(
            "- {id: 1, name: 双随机, points: 10, rule: convert, raw: 100, by: 附件5, scheme: zhengzhou-2020-double-random-supervision}",
            units="[市教育局, 市审计局]",
        ),
        case(
            "- {id: 1, name: 双随机, points: 10, rule: convert, raw: 100, by: 附件5, scheme: zhengzhou-2020-double-random-supervision}",
            units="[市教育局, 市科技局]",
        ),
    ),
    "import-part": (
        case(
            "- {id: 1, name: 公开, points: 2, rule: convert, raw: 20, by: 附件4, scheme: panshan-2019-common, result: 9}", units="[财政局]"
        ),
        case(
            "- {id: 1, name: 公开, points: 2, rule: convert, raw: 20, by: 附件4, scheme: panshan-2019-common, result: 1}", units="[财政局]"
        ),
    ),
    "import-scale": (
        case(
            "- {id: 1, name: 公开, points: 2, rule: convert, raw: 10, by: 附件4, scheme: panshan-2019-common, result: 1}", units="[财政局]"
        ),
        case(
            "- {id: 1, name: 公开, points: 2, rule: convert, raw: 20, by: 附件4, scheme: panshan-2019-common, result: 1}", units="[财政局]"
        ),
    ),
    "coefficient-twice": (
        case(
            "- {id: 1, name: 双随机, points: 10, for: {一类: [市教育局]}, rule: convert, raw: 100, by: 附件5, "
            "scheme: zhengzhou-2020-double-random-supervision}",
            units="[市教育局]",
            extra=ROLES,
        ),
        case(
            "- {id: 1, name: 双随机, points: 10, rule: convert, raw: 100, by: 附件5, scheme: zhengzhou-2020-double-random-supervision}",
            units="[市教育局]",
        ),
    ),
    "direct-judgement": (case("- {id: 1, name: 推进机制, points: 10, rule: direct}"), case(SIMPLE)),
    "partial-credit": (
        case(formula('if(专人 == "是" and 方案 == "是", 分值, 0)', "专人: {ask: yes_no}, 方案: {ask: yes_no}")),
        case(
            formula(
                'if(专人 == "是", 一半, 0) + if(方案 == "是", 一半, 0)', "专人: {ask: yes_no}, 方案: {ask: yes_no}", ", figures: {一半: 5}"
            )
        ),
    ),
    "several-targets": (
        case("- {id: 1, name: 示范街5条、示范超市20家, points: 10, rule: direct}"),
        case("- {id: 1, name: 示范街5条, points: 10, rule: direct}"),
    ),
    "same-measure-twice": (
        case(
            "- {name: 责任, defaults: {rule: deduct, points: 5, events: [{what: 群众满意度, short_of: 90%, "
            "per: 1%, each: 0.5}]}, children: [{id: 1, name: 低保}, {id: 2, name: 医疗}]}"
        ),
        case(
            "- {name: 责任, defaults: {rule: deduct, points: 10, events: [{what: 群众满意度, short_of: 90%, "
            "per: 1%, each: 0.5}]}, children: [{id: 1, name: 低保}]}"
        ),
    ),
    "matter-twice": (
        case(
            "- name: 提案\n  defaults: {rule: deduct, points: 5}\n  children:\n"
            "  - {id: 1, name: 办理, events: [{what: 普通件未按时限办理, each: 1}, {what: 重点件未按时限办理, each: 2}]}\n"
            "  - {id: 2, name: 办结, events: [{what: 普通件未按时限办结, each: 1}, {what: 重点件未按时限办结, each: 2}]}"
        ),
        case(
            "- name: 提案\n  defaults: {rule: deduct, points: 5}\n  children:\n"
            "  - {id: 1, name: 办理, events: [{what: 普通件未按时限办理, each: 1}]}\n  - {id: 2, name: 满意, "
            "events: [{what: 代表委员不满意, each: 1}]}"
        ),
    ),
    "over-whole": (
        case("- {id: 1, name: 明厨亮灶覆盖100%以上, points: 10, rule: direct}"),
        case("- {id: 1, name: 利润增长100%以上, points: 10, rule: direct}"),
    ),
    "target-relative": (
        case("- {id: 1, name: 存款增速居全省前10位, points: 10, rule: direct}"),
        case("- {id: 1, name: 存款增长10%, points: 10, rule: direct}"),
    ),
    "counted-twice": (
        case(
            "- {name: 重点, children: [{id: 1, name: 向上争取资金, points: 5, assessor: 财政局, rule: direct}]}\n"
            "- {name: 综合, children: [{id: 2, name: 对上争取资金, points: 5, assessor: 财政局, rule: direct}]}"
        ),
        case(
            "- {name: 重点, children: [{id: 1, name: 向上争取资金, points: 5, assessor: 财政局, rule: direct}]}\n"
            "- {name: 综合, children: [{id: 2, name: 固定资产投资, points: 5, assessor: 财政局, rule: direct}]}"
        ),
    ),
    "item-repeated": (
        case(
            "- name: 专项\n  defaults: {rule: duty}\n  children:\n"
            + "\n".join(f"  - {{name: 部分{u}, for: [{u}], children: [{{id: {u}1, name: 召开会议部署}}]}}" for u in "甲乙丙"),
            full="null",
        ),
        case(
            "- name: 专项\n  defaults: {rule: duty}\n  children:\n"
            + "\n".join(f"  - {{name: 部分{u}, for: [{u}], children: [{{id: {u}1, name: {u}的职责}}]}}" for u in "甲乙丙"),
            full="null",
        ),
    ),
    "deadline-past": (
        case(f"{SIMPLE[:-1]}, due: 2024年6月底前}}", issued="2024-08-25"),
        case(f"{SIMPLE[:-1]}, due: 2024年9月底前}}", issued="2024-08-25"),
    ),
    "period-past": (case(by_month(), issued="2024-02-20"), case(by_month(), issued="2024-01-20")),
    "rounding-open": (case(SIMPLE), case(SIMPLE, extra="decimals: 2")),
    "rate-open": (
        case("- {id: 1, name: 建档率, points: 10, rule: ratio, target: 90%, in: '%'}"),
        case("- {id: 1, name: 建档率, points: 10, rule: ratio, target: 90%, in: '%', highest: 100%}"),
    ),
    "two-readings": (
        case(f"{SIMPLE}\nnotes:\n- {{at: 1, reading: 超过的不加分, otherwise: 超过的加分}}"),
        case(f"{SIMPLE}\nnotes:\n- {{at: 1, reading: 单位照原文}}"),
    ),
    "figures-differ": (
        case(f"{SIMPLE}\nnotes:\n- {{at: 1, reading: 正文写10分，附表写20分, conflict: true}}"),
        case(f"{SIMPLE}\nnotes:\n- {{at: 1, reading: 正文写10分}}"),
    ),
    "limit-assumed": (
        case(deduct("{what: 未反馈, each: 1}, {what: 未履约, each: 5}", ", at_most: 8, criteria: 未反馈每次扣1分，未履约每次扣5分")),
        case(
            deduct(
                "{what: 未反馈, each: 1}, {what: 未履约, each: 5}", ", at_most: 8, criteria: 未反馈每次扣1分，未履约每次扣5分，最多扣8分"
            )
        ),
    ),
    "times-open": (
        case(deduct("{what: 被通报批评, each: 5}", ", criteria: 被通报批评扣5分")),
        case(deduct("{what: 被通报批评, each: 5}", ", criteria: 被通报批评一次扣5分")),
    ),
    "joint-open": (
        case(deduct("{what: 未公示归集, each: 5}", ", criteria: 信用承诺未公示、未归集到平台扣5分")),
        case(deduct("{what: 未公示归集, each: 5}", ", criteria: 信用承诺未公示或未归集到平台扣5分")),
    ),
    "zero-scope": (
        case(deduct("{what: 未备案, zero: true}", ", criteria: 未执行备案制度的大项不得分")),
        case(deduct("{what: 未备案, zero: true}", ", criteria: 未执行备案制度的本项不得分")),
    ),
    "sum-or-highest": (
        case(
            f"{SIMPLE}\nbonus: {{id: 加, name: 平台, rule: highest, "
            "items: [{what: 有专栏, each: 1}, {what: 有平台, each: 2}], criteria: 有专栏得1分，有平台得2分}"
        ),
        case(
            f"{SIMPLE}\nbonus: {{id: 加, name: 平台, rule: highest, "
            "items: [{what: 有专栏, each: 1}, {what: 有平台, each: 2}], criteria: 有专栏得1分，有平台得2分，取最高}"
        ),
    ),
    "method-assumed": (
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: 5, criteria: 原文没有写，本簿按完成程度乘分值}"),
        case("- {id: 1, name: 投资, points: 10, rule: ratio, target: 5, criteria: 按完成程度乘分值（本簿最多得满分）}"),
    ),
    "part-exceeds": (
        case("- {id: 1, name: 新增贷款19.5亿元，各项贷款余额达到18.22亿元, points: 10, rule: direct}"),
        case("- {id: 1, name: 新增贷款19.5亿元，各项贷款余额达到182.2亿元, points: 10, rule: direct}"),
    ),
    "cap-net": (
        case(
            f"{SIMPLE}\nbonus: {{name: 加减分, at_least: -5, at_most: 5, children: [{{id: 加, name: 表扬, rule: add, "
            "events: [{what: 表扬, each: 1}]}, {id: 减, name: 批评, rule: deduct, floor: null, events: [{what: 批评, each: 1}]}]}"
        ),
        case(
            f"{SIMPLE}\nbonus: {{name: 加减分, children: [{{id: 加, name: 表扬, rule: add, at_most: 5, "
            "events: [{what: 表扬, each: 1}]}, {id: 减, name: 批评, rule: deduct, floor: null, events: [{what: 批评, each: 1}]}]}"
        ),
    ),
    "levels-open": (
        case(
            f"{SIMPLE}\nbonus: {{id: 加, name: 荣誉, rule: add, at_most: 5, "
            "events: [{what: 省级荣誉, each: 2}, {what: 区级以上荣誉, each: 1}]}"
        ),
        case(
            f"{SIMPLE}\nbonus: {{id: 加, name: 荣誉, rule: add, at_most: 5, "
            "events: [{what: 省级以上荣誉, each: 2}, {what: 区级荣誉, each: 1}]}"
        ),
    ),
    "tolerance-open": (
        case("- {id: 1, name: 清偿账款数与剩余欠款数一致, points: 10, rule: all_or_nothing}"),
        case("- {id: 1, name: 清偿账款数不少于剩余欠款数, points: 10, rule: all_or_nothing}"),
    ),
    "role-open": (
        case(
            formula(
                'if(分工 == "牵头单位", 分值 - 缺台账 * 牵头扣 - 未整治 * 牵头扣, 分值 - if(分工 == "配合单位", 未整治 * 配合扣, 0))',
                "分工: {ask: choice, options: [牵头单位, 配合单位]}, 缺台账: {ask: events}, 未整治: {ask: events}",
                ", figures: {牵头扣: 2, 配合扣: 1}",
            )
        ),
        case(
            formula(
                'if(分工 == "牵头单位", 分值 - 未整治 * 牵头扣, 分值 - if(分工 == "配合单位", 未整治 * 配合扣, 0))',
                "分工: {ask: choice, options: [牵头单位, 配合单位]}, 未整治: {ask: events}",
                ", figures: {牵头扣: 2, 配合扣: 1}",
            )
        ),
    ),
    "measure-differs": (
        case(deduct("{what: 漏报, each: 1}", ", criteria: 漏报一件扣1分，扣完为止")),
        case(deduct("{what: 漏报, each: 1, per_what: 件}", ", criteria: 漏报一件扣1分，扣完为止")),
    ),
}
"""Code → a scheme that provokes it, and one that does not."""


@pytest.mark.parametrize("code", CASES)
def test_a_remark_is_made_where_something_is_open_and_not_where_it_is_said(code: str) -> None:
    open_, said = CASES[code]
    assert code in open_.codes()
    assert code not in said.codes()


def test_every_kind_of_remark_has_its_case_and_is_documented() -> None:
    assert set(CASES) == set(CATALOGUE)
    table = (Path(__file__).resolve().parents[1] / "docs" / "lint.md").read_text(encoding="utf-8")
    for code, kind in CATALOGUE.items():
        assert f"| `{code}` | {kind.title} | {kind.wording} |" in table


def said(remarks: list[Remark], code: str) -> str:
    """The one remark of a kind."""
    [only] = [r for r in remarks if r.code == code]
    return only.message


def test_a_remark_names_what_where_and_the_wording_in_the_order_of_the_text() -> None:
    remarks = case(
        "- {id: 1, name: 甲项, points: 4, assessor: 统计局, clause: 第一条, rule: deduct, events: [{what: 缺制度, each: 1, up_to: 2}]}\n"
        "- {id: 2, name: 乙项, points: 6, clause: 第二条, rule: deduct, floor: assumed, events: [{what: 迟报, each: 1}]}"
    ).remarks()
    assert [(r.code, r.at) for r in remarks] == [
        ("points-left-over", "1"),
        ("assessor-missing", "2"),
        ("floor-assumed", "2"),
    ]
    first = remarks[0]
    assert (first.at, first.clause) == ("1", "某文〔2024〕1号 第一条")
    assert "“1 甲项”4 分，写明的最多扣 2 分，还有 2 分" in first.message
    assert first.wording == CATALOGUE["points-left-over"].wording
    assert first.as_dict()["code"] == "points-left-over"


@pytest.mark.parametrize(
    ("clauses", "line"),
    [
        (["附件1", "附件1第二部分", "附件2"], "附件1、2"),
        (["附件1", "附件10第二部分"], "附件1；附件10第二部分"),
        (["第四部分第2项", "第四部分第3项"], "第四部分第2、3项"),
        (["五（五）1（1）", "五（五）1（2）"], "五（五）1（1）；（2）"),
        (["考评项目1", "考评项目2", "考评项目3", "考评项目4"], "考评项目1、2、3等"),
        (["第三部分（二）1、附表", "第三部分（二）3、附表"], "第三部分（二）1、附表；（二）3、附表"),
        (["附件2市发改委表", "附件2市教育局表"], "附件2市发改委表；市教育局表"),
        (["六（三）", "附件2"], "六（三）；附件2"),
    ],
)
def test_the_places_of_a_joint_remark_are_written_once(clauses: list[str], line: str) -> None:
    assert joined(clauses) == line


def test_equal_remarks_are_one_with_a_list() -> None:
    lines = "\n".join(f"- {{id: {i}, name: 项{i}, points: 1, rule: direct}}" for i in range(1, 11))
    assert "全部 10 项" in said(case(lines).remarks(), "direct-judgement")
    mixed = f"{lines}\n- {{id: 11, name: 项11, points: 1, rule: all_or_nothing}}"
    assert "1、2、3、4、5、6、7、8等 10 项" in said(case(mixed).remarks(), "direct-judgement")


def test_what_settles_a_remark_is_said_with_it() -> None:
    extra = """
    notes: [{at: 1, reading: 没有受理的得满分, otherwise: 不计, answers: zero-denominator}]
    readings: [{id: 并列, takes: 好, answers: ties-open, options: {好: {says: 取较好}, 差: {says: 取较差, set: {"*": {version: "2"}}}}}]
    """
    remarks = case(formula("divide(办结, 受理, if_zero=1) * 分值", "办结: {ask: count}, 受理: {ask: count}"), extra=extra).remarks()
    assert said(remarks, "zero-denominator").endswith("现按：没有受理的得满分（另一种：不计）")
    assert "并列（现取：取较好；另一种：取较差）" in said(remarks, "ties-open")  # nothing else speaks of ties
    assert "two-readings" not in {r.code for r in remarks}


def test_a_reading_is_closed_by_the_words_of_the_one_taken() -> None:
    extra = (
        "readings: [{id: 端点, at: 1, clause: 第三条, takes: 高, options: {高: {says: 归高的一档}, "
        "低: {says: 归低的一档, set: {'1': {target: 4}}}}}]"
    )
    [remark] = [r for r in case(SIMPLE, extra=extra).remarks() if r.code == "two-readings"]
    assert remark.wording == "写明：归高的一档"
    assert remark.clause == "某文〔2024〕1号 第三条"


def test_deductions_are_counted_for_those_to_whom_they_can_happen() -> None:
    events = "{what: 未发起, each: 10, up_to: 1, for: [牵头]}, {what: 未参与, each: 8, up_to: 1, for: [一类]}"
    roles = case(
        f"- {{id: 1, name: 联合抽查, points: 10, for: {{牵头: [甲], 一类: [乙, 丙]}}, rule: deduct, events: [{events}]}}", extra=ROLES
    )
    assert "乙、丙写明的最多扣 8 分，还有 2 分" in said(roles.remarks(), "points-left-over")
    assert "deduction-exceeds" not in roles.codes()


def test_an_edge_that_the_text_settles_is_not_remarked() -> None:
    table = "{ends: upper, stated: [15%], bands: [{up_to: 10%, gives: 10}, {from: 10%, up_to: 15%, gives: 5}, {from: 15%, gives: 0}]}"
    assert "正好 10% 的在两档里都有，现归较低的一档" in said(case(bands(table)).remarks(), "band-overlap")


def test_who_has_no_task_is_known_where_another_scheme_lists_it() -> None:
    taken = "- {id: 1, name: 双随机, points: 10, may_be_none: true, rule: convert, raw: 100, by: 附件5%s}"
    units = "[市教育局, 市审计局]"
    assert "fact-open" in case(taken % "", units=units).codes()
    listed = case(taken % ", scheme: zhengzhou-2020-double-random-supervision", units=units).codes()
    assert "fact-open" not in listed
    assert "import-mismatch" in listed


def test_a_figure_that_is_part_of_a_name_is_no_target() -> None:
    def names(*all_: str) -> list[Remark]:
        return case("\n".join(f"- {{id: {i}, name: {name}, points: 5, rule: direct}}" for i, name in enumerate(all_))).remarks()

    assert "写了数量" not in said(names("推行6S标准化管理", "“12315”平台运行"), "direct-judgement")
    assert "several-targets" not in {r.code for r in names("建成220千伏甲变、110千伏乙变", "2024年、2025年规划")}
    several = ["农膜供应1100吨，农药供应1200吨", "住宿、餐饮营业额各增长18%", "监督率100%，无重大责任事故"]
    assert "全部 3 项" in said(names(*several), "several-targets")


def test_a_limit_in_the_name_of_a_part_is_over_too() -> None:
    items = "[{what: 7月底前出台文件, each: 5}, {what: 制定计划, each: 5}]"
    late = case(f"- {{id: 1, name: 监管, points: 10, rule: checklist, items: {items}}}", issued="2024-08-25")
    assert "“7月底前出台文件”，得失在印发以前就定了" in said(late.remarks(), "deadline-past")


def test_one_number_that_decides_two_indicators_is_remarked() -> None:
    one = "- {id: 1, name: 败诉率, points: 5, rule: formula, inputs: {败诉率: {in: '%'}}, score: 分值 * (1 - 败诉率), at_least: 0}"
    other = "- {id: 2, name: 败诉另扣, points: 5, rule: formula, score: 分值 - 分值 * 败诉率, at_least: 0}"
    assert "全部 2 项都看“败诉率”" in said(case(f"{one}\n{other}").remarks(), "matter-twice")
    assert "matter-twice" not in case(one).codes()


def test_a_part_of_a_number_that_limits_it_is_never_too_much() -> None:
    inputs = "办结: {ask: count, high: 受理}, 受理: {ask: count}"
    assert "cap-assumed" not in case(formula("divide(办结, 受理, if_zero=1) * 分值", inputs)).codes()


def test_a_unit_that_others_only_look_at_is_no_stranger() -> None:
    lines = (
        "- {id: 1, name: 评价, points: 10, for: [丁], rule: formula, inputs: {评分: {ask: score, high: 10}}, score: 评分}\n"
        "- {id: 2, name: 比照, points: 10, for: [甲, 乙], rule: formula, score: 'of_unit(“丁”, 评分)'}"
    )
    assert "unit-outside" not in case(lines, units="{单位: [甲, 乙], 参照: [丁]}", extra="outside: [参照]").codes()
    own = "- {id: 1, name: 甲项, points: 10, for: [甲, 丁], rule: direct}"
    assert "unit-outside" in case(own, units="{单位: [甲, 乙], 参照: [丁]}", extra="outside: [参照]").codes()


def test_an_end_of_a_band_that_is_assumed_is_not_said_to_be_in_two() -> None:
    table = "[{up_to: 10%, gives: 0, assumed: true}, {from: 10%, up_to: 15%, gives: 5}, {from: 15%, gives: 8}]"
    remarks = case(bands(f"{{stated: [15%], bands: {table}}}")).remarks()
    assert "含不含 10% 没有写" in said(remarks, "band-overlap")
    assert "band-open" not in {r.code for r in remarks}


def test_a_task_that_is_not_done_costs_points_and_vetoes() -> None:
    task = "- {id: 1, name: 年度任务, points: 10, rule: deduct, events: [{what: 完成率, short_of: 100%, per: 1%, each: 0.5}]}"
    veto = "- {id: 否, name: 否决, rule: veto, grade: 差, when: [没有完成年度目标任务]}"
    assert "又有“没有完成年度目标任务”" in said(case(f"{task}\n{veto}").remarks(), "matter-twice")
    assert "matter-twice" not in case(f"{task}\n{veto.replace('没有完成年度目标任务', '弄虚作假')}").codes()


def measured(criteria: str, more: str = "") -> set[str]:
    return case(deduct(f"{{what: 漏报, each: 1{more}}}", f", criteria: {criteria}")).codes()


def test_the_measure_of_the_sentence_that_has_the_points_counts() -> None:
    assert "measure-differs" not in measured("每周少于2条、每月少于8条的，每月扣1分", ", per_what: 个月")
    assert "measure-differs" in measured("每周少于2条、每月少于8条的，每月扣1分", ", per_what: 周")
    assert "measure-differs" not in measured("在每个镇打造供居民自办宴席的场所，没有打造的每次扣1分")
    assert "measure-differs" not in measured("发现一件少公开的，每次扣0.5分；漏报扣1分")


def differ(rule: str, criteria: str) -> str:
    found = [r.message for r in case(f"- {{id: 1, name: 甲项, points: 10, {rule}, criteria: {criteria}}}").remarks()]
    return next((m for m in found if m.startswith(CATALOGUE["figures-differ"].title)), "")


def test_figures_of_a_criterion_that_its_rule_does_not_have() -> None:
    assert "写的“3分”" in differ("rule: all_or_nothing", "全部回访得3分，没有0分")
    assert differ("rule: all_or_nothing", "全部回访得10分，没有0分") == ""
    assert "2 处各得 10 分" in differ("rule: all_or_nothing", "按时报送得10分，未报送的不得分；及时协调得10分，否则不得分")
    assert differ("rule: all_or_nothing", "全部回访得10分（本簿改为3分），没有0分") == ""  # the book's own words are not the text's
    by_rate = "rule: deduct, events: [{what: 满意率, short_of: %s, per: 1%%, each: 0.5}]"
    assert "写的“80%”" in differ(by_rate % "90%", "满意率80%以上，每低1个百分点扣0.5分")
    assert differ(by_rate % "80%", "满意率80%以上，每低1个百分点扣0.5分") == ""


def test_figures_of_a_rule_that_its_criterion_does_not_have() -> None:
    late = "rule: deduct, events: [{what: 迟报, each: 0.5}, {what: 漏报, each: 2}]"
    assert "“漏报”2 分，计分办法里没有这个数" in differ(late, "迟报每次扣0.5分，漏报每次扣1分，扣完为止")
    assert differ(late, "迟报每次扣0.5分，漏报每次扣2分，扣完为止") == ""
    assert differ(late, "按迟报、漏报的次数扣分") == ""  # a sentence without points is no list of them
    assert differ("rule: deduct, events: [{what: 迟报, each: 1}, {what: 瞒报, each: 10}]", "迟报每次扣1分，瞒报的不得分") == ""


def test_once_or_every_time_is_open_where_the_limit_is_one_event() -> None:
    extra = "- {id: 2, name: 试点, points: 0, rule: add, at_most: 5, events: [{what: 试点, each: 5}], criteria: 试点加5分%s}"
    assert "“试点”" in said(case(f"{SIMPLE}\n{extra % ''}").remarks(), "times-open")
    assert "times-open" not in case(f"{SIMPLE}\n{extra % '，最多加5分'}").codes()
    flag = formula("分值 - if(拖延 > 0, 拖延扣, 0)", "拖延: {ask: events}", ", figures: {拖延扣: 1}, criteria: 拖延的%s扣1分")
    assert ["times-open" in case(flag % word).codes() for word in ("", "每次")] == [True, False]


def test_grades_as_printed_may_leave_a_gap() -> None:
    grades = (
        "grades: {by: score, bands: [{name: 优秀, at_least: 90}, {name: 良好, at_least: 80%s}, {name: 合格, at_least: 60}, {name: 差}]}"
    )
    gap = said(case(SIMPLE, extra=grades % ", up_to: 89").remarks(), "band-gap")
    assert "89 分多、不到 90 分的" in gap
    assert "band-gap" not in case(SIMPLE, extra=grades % "").codes()


def test_a_figure_of_which_only_less_and_more_is_spoken_of() -> None:
    words = ", criteria: 少于20件的每件扣1分，%s20件的每件扣2分"
    codes = [case(deduct("{what: 差评, each: 1, per_what: 件}", words % word)).codes() for word in ("多于", "不少于")]
    assert ["band-gap" in found for found in codes] == [True, False]


def test_below_a_stretch_between_two_figures_something_holds() -> None:
    words = ", criteria: 不低于5%的不扣，高于3%低于5%的每次扣1分"
    open_, said_ = (case(deduct("{what: 抽查不足, each: 1}", words + more)) for more in ("", "，3%及以下扣完"))
    assert "3% 及以下的没有写" in said(open_.remarks(), "band-open")
    assert "band-open" not in said_.codes()


def test_the_levels_of_a_matter_end_somewhere() -> None:
    events = "{what: 市级通报, each: 1}, {what: 省级%s通报, each: 2}"
    assert "国家级的怎么计没有写" in said(case(deduct(events % "")).remarks(), "levels-open")
    assert "levels-open" not in case(deduct(events % "以上")).codes()


def test_one_thing_only_or_none_says_nothing_of_both() -> None:
    line = "- {id: 1, name: 平台, points: 3, rule: situations, situations: {建有平台: 2, 只有专栏: 1, 都没有: 0%s}}"
    assert ["sum-or-highest" in case(line % both).codes() for both in ("", ", 都有: 3")] == [True, False]


def test_two_standards_and_one_deduction() -> None:
    words = ", criteria: 配备2名以上，每人不低于240天；%s扣1分"
    found = [case(deduct("{what: 人员不达标, each: 1, up_to: 1}", words % short)).codes() for short in ("不达标的", "有一项不达标的")]
    assert ["joint-open" in codes for codes in found] == [True, False]


def test_a_total_that_one_event_takes_away() -> None:
    total = 'inputs: {弄虚作假: {ask: events}}\nscore: if(弄虚作假 > 0, %s, score("1"))'
    found = [case(SIMPLE, extra=total % gone).codes() for gone in ("0", 'score("1") / 2')]
    assert ["zero-scope" in codes for codes in found] == [True, False]


def test_a_number_of_a_level_with_and_without_those_above() -> None:
    line = "{what: 河道垃圾, each: 1, per_what: 处}"
    words = ", criteria: 12条市级河流不得有垃圾；12条市级%s河流有垃圾的每处扣1分"
    assert "一处写“12条市级”，一处写“12条市级以上”" in said(case(deduct(line, words % "以上")).remarks(), "figures-differ")
    assert "figures-differ" not in case(deduct(line, words % "")).codes()
    assert "figures-differ" not in case(deduct(line, ", criteria: 12条市级河流、3条省级以上河流有垃圾的每处扣1分")).codes()


def test_one_name_worth_more_in_another_scoring_of_the_same_units() -> None:
    rows = "{{id: {0}1, name: 日常, points: {1}, rule: direct}}, {{id: {0}2, name: {0}拆除, points: {3}, rule: direct}}"
    part = f"- {{{{name: {{0}}, points: 10, assessor: 城管局{{2}}, children: [{rows}]}}}}"
    month = part.format("月", 2, "", 8)
    both = case("\n".join([month, part.format("年", 4, "", 6)]), full="20")
    assert "“日常”月1是 2 分，年1是 4 分" in said(both.remarks(), "figures-differ")
    assert "figures-differ" not in case("\n".join([month, part.format("年", 2, "", 8)]), full="20").codes()
    apart = [part.format("月", 2, ", for: [区]", 8), part.format("年", 4, ", for: [局]", 6)]
    assert "figures-differ" not in case("\n".join(apart), units=GROUPS, full="20").codes()
    larger = part.format("年", 4, "", 6).replace("points: 10", "points: 15").replace("points: 6", "points: 11")
    assert "figures-differ" not in case("\n".join([month, larger]), full="25").codes()  # two parts of one whole


def test_units_that_are_to_get_points_of_which_nothing_is_said() -> None:
    extra = "figures: {前几名: 1}\nquantities: {名次: rank(总分), %s: 'if(名次 <= 前几名, %s, 0)'}"
    assert "“前1名加分”只看得出是哪几个单位" in said(case(SIMPLE, extra=extra % ("前1名加分", "1")).remarks(), "amount-open")
    assert "amount-open" not in case(SIMPLE, extra=extra % ("前1名加分", "前几名 * 2")).codes()
    assert "amount-open" not in case(SIMPLE, extra=extra % ("前1名", "1")).codes()


def test_what_is_due_to_each_again_and_again_and_how_often_it_is_missed() -> None:
    line = "- {id: 1, name: %s, points: 10, assessor: 教体局, rule: deduct, events: [{what: %s, each: 1, per_what: 个}]}"
    due = "每学期为每个学校放2部影片"
    assert "（每学期）" in said(case(line % (due, "影片少提供的学校")).remarks(), "times-open")
    assert "times-open" not in case(line % ("为每个学校放2部影片", "影片少提供的学校")).codes()
    assert "times-open" not in case((line % (due, "影片少提供的次数")).replace("per_what: 个", "per_what: 次")).codes()


def test_what_is_sent_in_and_what_of_it_is_used() -> None:
    def lines(end: str = "", name: str = "被采用的信息", rule: str = "add") -> str:
        sent = "- {id: 1, name: 报送信息, points: 0, rule: add, at_most: 5, events: [{what: 报送信息, each: 1, per_what: 条}]}"
        used = f"- {{id: 2, name: {name}, points: 0, rule: {rule}, at_most: 5, events: [{{what: {name}, each: 2, per_what: 条}}]"
        return f"{sent}\n{used}{end}}}"

    assert "1报送的，被采用、批示以后在“2 被采用的信息”又计" in said(case(lines(), full="null").remarks(), "sum-or-highest").replace(
        "“1 报送信息”", "1"
    )
    assert "sum-or-highest" not in case(lines(", criteria: 每条加2分，同一信息只按最高的计"), full="null").codes()
    assert "sum-or-highest" not in case(lines(name="未被采用的信息", rule="deduct"), full="null").codes()


def test_a_score_that_is_turned_into_another() -> None:
    words = "- {id: 1, name: 支付率, points: 100, assessor: 财政局, rule: direct, criteria: 按支付率得分，最后折算成%s}"
    assert "“折算成所扣分值”，按多少分折算没有写" in said(case(words % "所扣分值", full="100").remarks(), "figure-outside")
    assert "figure-outside" not in case(words % "5分", full="100").codes()


def test_places_and_typed_ranks_are_among_somebody() -> None:
    quota = (
        "- {id: 1, name: 评价, points: 8, rule: grade_quota, criteria: 按比例%s评定, "
        "grades: [{name: 好, share: 50%%, points: 8}, {name: 差, share: 50%%, points: 5}]}"
    )
    assert ["rank-scope" in case(quota % word, full="8", units="[甲, 乙]").codes() for word in ("", "分类")] == [True, False]
    typed = formula("if(名次 > 末位界, 0, 分值)", "名次: {ask: count%s}", ", figures: {末位界: 17}")
    assert ["rank-scope" in case(typed % hint).codes() for hint in ("", ", hint: 在全省的名次")] == [True, False]


def test_a_name_that_a_unit_has_twice_makes_this_item_unclear() -> None:
    rows = (
        "- {{name: 精准, children: [{{id: 1, name: 低保, points: 5, {rule}}}]}}\n"
        "- {{name: 成效, children: [{{id: 2, name: {name}, points: 5, rule: direct}}]}}"
    )
    rule = "rule: deduct, events: [{what: 造假, zero: true}], criteria: 造假的本项分值为0"
    assert "“本项分值为0”" in said(case(rows.format(rule=rule, name="低保")).remarks(), "zero-scope")
    assert "zero-scope" not in case(rows.format(rule=rule, name="医疗")).codes()


def test_several_targets_in_one_formula_and_a_growth_that_can_fall() -> None:
    one = formula("分值 * min(投资增长 / 投资目标, 1)", "投资增长: {in: '%', low: null}", ", figures: {投资目标: 8%}, at_least: 0")
    both = formula(
        "分值 * min(average(投资增长 / 投资目标, 税收 / 税收目标), 1)",
        "投资增长: {in: '%', low: 0}, 税收: {in: 万元}",
        ", figures: {投资目标: 8%, 税收目标: 500}, at_least: 0",
    )
    assert {"negative-actual"} == case(one).codes() & {"negative-actual", "several-targets"}
    assert {"several-targets"} == case(both).codes() & {"negative-actual", "several-targets"}
    apart = formula("分值 * min(增长 / 目标, 1)", "增长: {in: '%'}", ", figures: {目标: %s}, at_least: 0")
    far = [case(apart.replace("%s", f), units="[甲, 乙, 丙, 丁, 戊]").codes() for f in ("[9%, 9%, 9%, 9%, 0.7%]", "[9%, 9%, 9%, 9%, 7%]")]
    assert ["target-outlier" in found for found in far] == [True, False]


def test_a_coefficient_may_be_in_the_deductions_already() -> None:
    line = (
        "- {id: 1, name: 抽查, points: 20, for: {牵头: [甲], 一类: [乙, 丙]}, rule: deduct, "
        "events: [{what: 未发起, each: 10, for: [牵头]}, {what: 未参与, each: %s, for: [一类]}]}"
    )
    found = [case(line % each, extra=ROLES).codes() for each in ("8", "5")]  # 10 × 0.8
    assert ["coefficient-twice" in codes for codes in found] == [True, False]


def test_one_town_or_one_finding_may_cost_twice() -> None:
    towns = "{what: 未纳入的镇, each: 1, per_what: 个镇}, {what: 未改造的%s, each: 1, per_what: 个%s}"
    assert ["matter-twice" in case(deduct(towns % (w, w))).codes() for w in ("镇", "项目")] == [True, False]
    partly = "{what: 资料不完整、部分事项未整改, each: 1}, {what: %s, each: 2}"
    assert ["matter-twice" in case(deduct(partly % w)).codes() for w in ("未整改落实", "未按期报告")] == [True, False]


def test_what_makes_two_matters_one_may_be_said() -> None:
    events = deduct("{what: 省通报, each: 5}, {what: 市通报, each: 3}", ", same_matter: highest, criteria: 内容相同的稿件不重复加分")
    assert "same-matter" not in case(events).codes()


def test_a_formula_that_falls_off_at_a_limit_is_remarked() -> None:
    falling = "if(名次 > 末位界, 0, 分值 - 每位扣 * 名次)"
    figures = ", figures: {末位界: 17, 每位扣: 0.1}"
    found = case(formula(falling, "名次: {ask: count}", figures)).remarks()
    assert "名次 17 时是 8.3，名次 18 时是 0" in said(found, "score-gap")
    turned = case(formula(falling.replace("名次 > 末位界", "末位界 < 名次"), "名次: {ask: count}", figures)).remarks()
    assert said(turned, "score-gap") == said(found, "score-gap")
    even = "if(名次 > 末位界, 0, 分值 - 每位扣 * (名次 - 0))"
    settled = case(formula(even, "名次: {ask: count}", ", figures: {末位界: 99, 每位扣: 0.1}"))  # 10－99×0.1＝0.1
    assert "score-gap" not in settled.codes()


def test_full_marks_hold_where_all_depends_on_one_fact() -> None:
    lines = "\n".join(f"- {{id: {i}, name: 项{i}, points: {p}, rule: direct, only_if: 有任务}}" for i, p in ((1, 4), (2, 6)))
    taken = "- {id: 扣, name: 扣分, only_if: 有任务, rule: deduct, floor: null, at_most: 3, events: [{what: 通报, each: 1}]}"
    base = "- {id: 底, name: 基本, points: 4, only_if: 有任务, rule: deduct, floor: 4, events: [{what: 迟报, each: 1}]}"
    facts = "facts: [{id: 有任务}]"
    assert "floor-missing" in case(f"{lines}\n{taken}", extra=facts).codes()
    kept = case(f"- {{name: 全部, children: [{base[2:]}, {taken[2:]}]}}", extra=facts, full="4")
    assert "floor-missing" not in kept.codes()  # 4 points are never lost, so 3 can be taken


def test_what_is_earned_stays_within_what_is_due() -> None:
    lines = "- {name: 细则, children: [{id: 1, name: 甲项, points: 10, for: {牵头: [甲], 一类: [乙, 丙]}, rule: direct}]}"
    share = 'quantities: {应得: sum(应得分)}\nfigures: {百: 100}\nscore: score("细则") / 应得 * 百'
    assert "total-exceeds" not in case(lines, full="100", extra=f"{ROLES}\n{share}").codes()


def test_a_clean_scheme_gets_no_remark() -> None:
    assert case(SIMPLE, extra="decimals: 2").remarks() == []


# The bundled schemes ------------------------------------------------------------------------------------------------

_REMARKS: dict[str, list[Remark]] = {}


def remarks_of(name: str) -> list[Remark]:
    if name not in _REMARKS:
        _REMARKS[name] = lint(file_of(name))
    return _REMARKS[name]


@pytest.mark.parametrize("name", ALL)
def test_every_remark_on_a_bundled_scheme_says_something_and_how_to_close_it(name: str) -> None:
    found = remarks_of(name)
    scheme_ = file_of(name).scheme
    known = {n.id for n in scheme_.walk()} | {n.name for n in scheme_.walk()} | {""}
    for r in found:
        assert len(r.message) > len(CATALOGUE[r.code].title) + 1
        assert r.wording.strip()
        assert r.clause.startswith(scheme_.source.document)
        assert r.at in known
        assert "None" not in r.message
        assert "“”" not in r.message
    assert len({r.message for r in found}) == len(found)
    assert len({(r.code, r.at) for r in found if r.code not in ("two-readings", "figures-differ")}) >= len(
        [r for r in found if r.code not in ("two-readings", "figures-differ", "ties-built-in")]
    )


@pytest.mark.parametrize("name", ALL)
def test_what_a_scheme_says_it_answers_is_a_kind_of_remark(name: str) -> None:
    scheme = file_of(name).scheme
    assert {r.answers for r in scheme.readings} | {n.answers for n in scheme.notes} <= {"", *CATALOGUE}


FOUND: dict[str, list[tuple[str, str]]] = {
    # 第二部分（9分）各行10分；1.1写3分、各行10分；4.2 4分对10分；4.4 7分对10分；7.1 1.5分对1分；7.2 2分对2.5分；标题合计16+9+4+33+5+8+5＝80
    "zhengzhou-2020-rule-of-law": [
        ("sum-differs", "职责”写的是 3 分，下面各项的分值加起来是 10 分"),
        ("sum-differs", "学法用法制度”写的是 2 分，下面各项的分值加起来是 7 分"),
        ("sum-differs", "法治工作机制建设”写的是 9 分，下面各项的分值加起来是 10 分"),
        ("sum-differs", "“4.2 完善依法行政制度体系”写的是 4 分，下面各项的分值加起来是 10 分"),
        ("sum-differs", "“4.4 全面落实行政执法责任制”写的是 7 分，下面各项的分值加起来是 10 分"),
        ("sum-differs", "写的是 1.5 分，下面各项的分值加起来是 1 分"),
        ("sum-differs", "写的是 2 分，下面各项的分值加起来是 2.5 分"),
        ("count-differs", "写的是 85 个市直单位，名单里是 83 个"),
        ("count-differs", "写的是 6 部分考核内容，细则里是 7 个"),
        ("band-overlap", "正好 10% 的在两档里都有"),
        ("adds-among-deductions", "3.3.1、3.4.1、4.5.3、4.5.4、7.3.1"),
        ("rows-share-points", "3.4.1、3.4.2合用“3.4 加强立法机制建设”的 1 分"),
        ("rows-share-points", "的 3 分（4.5.3、4.5.4的得分也在里面）"),
        ("over-points", "0.5 分，算出来最多 0.8 分"),
        ("extremum-ties", "最高败诉率"),
        ("total-exceeds", "最多可以到 105 分"),
        ("matter-twice", "6.4.1、注7都看“败诉率”"),
        ("grade-missing", "“不合格”"),
        ("deadline-past", "3月1日、4月1日前"),
    ],
    # 4项×2分＝8分，分值10分
    "jiyuan-2020-livelihood": [
        ("matter-twice", "既是“工程类项目发生质量安全事故”又是“被省相关部门、督查局通报”"),
        ("points-left-over", "最多扣 8 分，还有 2 分"),
        ("score-gap", "没有完成的最高 60 分"),
        ("floor-assumed", "2、3"),
    ],
    # 每年2次，少一次扣2分：最多扣4分，分值10分
    "jiyuan-2020-smart-city": [
        ("points-left-over", "最多扣 4 分，还有 6 分"),
        ("earned-only-by-events", "10 分在满分之内"),
    ],
    # 组织领导4×1＋1＝5分，工作谋划2×1＋2×1＝4分；17×30%＝5.1
    "jiyuan-2017-poverty": [
        ("points-left-over", "“组织领导情况”15 分，写明的最多扣 5 分"),
        ("points-left-over", "“工作谋划情况”10 分，写明的最多扣 4 分"),
        ("points-left-over", "12 分，写明的最多扣 2 分"),
        ("quota-uneven", "市政府组成部门（17 个单位）好 5.1 个"),
        ("partial-step", "每差 1 个百分点"),
        ("total-exceeds", "105"),
        ("assesses-itself", "市委组织部"),
        ("grade-open", "存在突出问题"),
        ("veto-place", "仍占名次"),
        ("matter-twice", "又有“没有完成年度专项目标任务”"),
        ("zero-denominator", "“扶贫贷款较上年增长率”的上年数（金融精2）"),
    ],
    "jiyuan-2020-business-environment": [
        ("ties-open", "填的是别处排的名次"),
        ("figure-outside", "参评城市数"),
        ("score-gap", "到了按“参评城市数”算出的界时就从逐个计变成 0"),  # 后三名不得分，前一名还有分；参评城市数没有写，不替它编
        ("nothing-asked", "都得 5 分"),
        ("partial-credit", "组织领导"),
        ("figures-differ", "加2分"),
        ("matter-twice", "“被全国通报批评的案例”，一次通报批评可能两项都够得上"),
    ],
    "jiyuan-2020-fire": [
        ("points-missing", "最少 19 项"),
        ("points-missing", "最多 30 项（住房和城乡建设局）"),
        ("item-repeated", "26 个部分"),
    ],
    "jiyuan-2020-food-safety": [
        ("matter-twice", "既是“一般食品安全事件”又是“负面舆情被媒体广泛转载报道、影响恶劣”"),
        ("band-overlap", "80、85、90、95"),
        ("cap-missing", "部加5"),
        ("share-uneven", "财政金融局 100 分里 60 分"),
        ("over-whole", "覆盖100%以上"),
        ("about-figure", "“2—5家”"),
        ("counted-twice", "都有“查处假冒清真”"),
        ("direct-judgement", "其中 44 项写了数量或比例"),  # 含2212批次，不含6S
    ],
    "jiyuan-2020-mayor-hotline-12345": [
        ("zero-denominator", "受理量（1、2）"),
        ("figures-differ", "基准分2"),
        ("period-missing", "4 期"),
        ("period-past", "一季度至二季度"),
    ],
    "jiyuan-2020-tourism": [
        ("figure-outside", "目标考核分值"),
        ("direct-judgement", "1.3、1.4、2.1"),
    ],
    "jiyuan-2020-rural-revitalization": [
        ("amount-open", "未出台工作方案"),
        ("share-uneven", "100 分里 55 分"),
        ("earned-only-by-events", "10分在100分之内"),
    ],
    "jiyuan-2020-work-safety": [
        ("grade-missing", "一票否决"),
        ("floor-missing", "三（一）、三（二）"),
        ("partial-credit", "10 警示教育和培训"),
    ],
    # 150＋300＋150＋250＋50＋10＝910；20万、50万、100万在两档里都有；日常1项、附件1—54项
    "jiyuan-2020-rule-of-law": [
        ("sum-differs", "写的是 1000 分，下面各项的分值加起来是 910 分"),
        ("band-overlap", "20、50、100"),
        ("direct-judgement", "55 项"),
    ],
    "jiyuan-2020-city-creation": [
        ("floor-missing", "惩戒项目"),
        ("earned-only-by-events", "5 分在满分之内"),
        ("rank-scope", "A、B、C三类"),
    ],
    # 30＋20＋20＝70
    "jiyuan-2020-yellow-river-projects": [
        ("sum-differs", "写的是 50 分，下面各项的分值加起来是 70 分"),
        ("amount-open", "前5名加分、后3名扣分"),
        ("ties-open", "谋划个数名次"),
    ],
    "jiyuan-2020-double-ten-projects": [
        ("figures-differ", "各写10分，合计却只有10分"),
        ("assessor-missing", "全部 5 项"),
        ("zero-denominator", "当月应完成投资"),
    ],
    # 只扣分，没有满分，合计的上限没有写
    "jiyuan-2020-audit": [
        ("floor-missing", "只扣分，全部 5 项合计最多扣几分没有写"),
        ("unit-untouched", "甲单位、乙单位"),
    ],
    # 12个月×2种×0.05＝1.2
    "jiyuan-2020-party-committee-info": [
        ("deduction-exceeds", "0.3 分，最多可扣 1.2 分"),
        ("figure-outside", "参加排名单位数"),
        ("rank-scope", "按什么排名"),
    ],
    "jiyuan-2020-digital-city-management": [
        ("figures-differ", "考评“当月”，其余各项写的是“考评周期”"),
        ("zero-denominator", "前期案件总数（7）"),
        ("extremum-ties", "最多办结数"),
    ],
    # 13×30%＝3.9、50%＝6.5、15%＝1.95、5%＝0.65
    "panshan-2019-towns": [
        ("quota-uneven", "四舍五入成 4、7、2、1 个，合起来是 14 个"),
        ("zero-target", "石新镇"),
        ("average-of-few", "坝墙子镇"),
        ("average-unused", "20"),
        ("target-outlier", "得胜街道 322.3"),
    ],
    "panshan-2019-parks": [
        ("quota-uneven", "一个名额也没有"),
        ("counted-twice", "“3 向上争取资金”和“16 对上争取资金”"),
        ("amount-open", "最多加 5 分"),
    ],
    "panshan-2019-departments": [
        ("borrowed-points", "审计局、统计局、气象局、供销社只有 10 分"),
        ("borrowed-points", "政府办只有 26 分"),
        ("assesses-itself", "网格中心（18）"),
    ],
    "panshan-2019-common": [
        ("matter-twice", "“5.4 突发事件处置”的“较大突发事件”和“6.4 事故控制（否决项）”的“较大及以上事故”，一起事故"),
        ("points-left-over", "“4.3 建设法治文化基地”2 分，写明的最多扣 1 分"),
        ("deduction-exceeds", "“4.4 法治工作信息与年度报告” 2 分，最多可扣 13 分"),
        ("points-out-of-reach", "34 个最多 80 分"),
        ("matter-twice", "普通件未按时限办理"),
        ("floor-assumed", "1.4、2.1、2.2、2.3"),
        ("fact-open", "执法部门"),
    ],
    # 4＋4＋4＋2＋1＋1＝16；2＋5.2＋4＝11.2，印21；看得到51.1
    "city-county-guarantee-targets": [
        ("sum-differs", "写的是 21 分，下面各项的分值加起来是 11.2 分"),
        ("points-out-of-reach", "最多 51.1 分"),
        ("band-overlap", "92%、98%"),
        ("band-overlap", "正好 25%"),
        ("band-open", "100% 及以上"),
        ("rounding-open", "0.02 分"),
        ("borrows-score", "照××区的计"),
        ("matter-twice", "“班子成员刑事处罚”和“纪×及派驻机构班子成员刑事处罚”"),
    ],
    "jiyuan-2020-river-chief-towns": [
        ("figures-differ", "12条市级河流"),
        ("points-left-over", "2 分，甲镇、乙镇、丙镇写明的最多扣 0 分"),
        ("total-exceeds", "最多可以到 105 分"),
    ],
    "jiyuan-2020-river-chief-departments": [("fact-open", "二.3、二.4、二.5、二.6、二.7谁牵头、谁配合没有列出")],
    "jiyuan-2020-gov-info": [("first-period", "连续前三要看上一期的前三"), ("rows-share-points", "五.1、五.2、五.3分值是 0")],
    "jiyuan-2020-housing-fund": [("rank-scope", "“最高分”，现在是全部单位里最高的"), ("zero-denominator", "最高分（折算）")],
    "jiyuan-2020-social-credit": [
        ("score-gap", "40 分的照计，只差一点就计 0 分"),
        ("cap-unreachable", "合计最多 10 分，各情形加起来最多 8 分"),  # 5＋3
        ("figures-differ", "17、25、19、17个加起来是78个"),
        ("amount-open", "信息准确率、及时性"),
        ("partial-step", "十九.3"),
    ],
    "jiyuan-2020-open-government-departments": [("total-exceeds", "最多可以到 110 分"), ("band-gap", "69 分多、不到 70 分的")],
    "jiyuan-2020-transfer-payment-disbursement": [("zero-denominator", "所占合计"), ("cap-assumed", "资金支付率")],
    "sanmenxia-2017-department-targets": [
        ("points-uneven", "中石化三门峡石油分公司 300 分"),
        ("share-uneven", "市黄金总公司 800 分里 800 分"),
        ("points-uneven", "“安全生产目标”多数 10 分，市地税局 20 分"),
        ("assessor-missing", "全部 706 项"),
        ("points-uneven", "“督促五大国有银行落实战略合作协议，完成市下达的目标任务”市政府金融办 60 分，人行三门峡市中心支行 200 分"),
        ("target-relative", "市政府金融办-1、市政府金融办-3、市国税局-2、市地税局-3、人行三门峡市中心支行-1的“全省前10位”"),
    ],
    "sanmenxia-2017-openness-assessment": [
        ("rows-share-points", "等 66 个合用“附件2 市政府各部门政务公开工作”的 100 分"),
        ("rows-share-points", "等 70 个合用“附件3 县（市、区）政府政务公开工作”的 100 分"),
        ("band-gap", "89.5分定良好"),
    ],
    # 义马市有第1—16条，只没有第17条
    "sanmenxia-2017-county-targets": [
        ("rows-share-points", "等 17 个合用“经济、社会发展和本职工作责任目标”的 800 分"),
        ("left-out-once", "义马市只在“17 农村贫困人口脱贫”没有列出"),
        ("amount-open", "“18 重特大事件事故”的“扣分”"),
    ],
    # 牵头、一类1，二类0.8：区县12项100分，纪委只有第7项10×0.8＝8分
    "zhengzhou-2020-armed-forces-work": [
        ("count-differs", "写的是 13 项考核指标，细则里是 12 个"),
        ("rank-by-load", "巩义市（100 分的任务）在前，市纪委监委机关（8 分的任务）在后"),
        ("ties-built-in", "市委编办、市国资委"),
        ("assesses-itself", "郑州警备区（2、3、4、7、12、A2）"),
    ],
    "zhengzhou-2020-business-environment": [
        ("rank-by-load", "郑州航空港经济综合实验区（146.2 分的任务）在前，市无线电管理局（0 分的任务）在后"),
        ("sum-differs", "写的是 15 分，下面各项的分值加起来是 18 分"),
        ("count-differs", "24 个大项指标，细则里是 23 个"),
        ("unit-untouched", "市无线电管理局、郑州水文资源勘测局"),
        ("unit-twice", "市水利局"),
        ("role-twice", "市司法局、市大数据局既列在牵头、又列在一类"),
        ("import-mismatch", "市退役军人局、市审计局、市国资委、市信访局"),
        ("coefficient-twice", "75"),
        ("ties-built-in", "巩义市、登封市、新密市等 6 个"),
        ("deadline-past", "2020年3月"),
        ("period-past", "其中1月至7月已经过去"),
        ("zero-denominator", "市无线电管理局、郑州水文资源勘测局没有任务"),
    ],
    # 1项10×1＋8项10×0.8＝18；区县九项合计115
    "zhengzhou-2020-double-random-supervision": [
        ("due-uneven", "市政务办只有 18 分，巩义市有 115 分"),
        ("left-out-once", "航空港区税务局、省税务局第三税务分局"),
        ("floor-assumed", "1、2、3、4、7"),
    ],
    "zhengzhou-2020-district-key-work": [
        ("period-past", "其中一季度至二季度已经过去"),
        ("figures-differ", "最多扣4分"),
    ],
    # 100×0.8＋10＝90，100×0.6＋10＝70
    "zhengzhou-2020-gov-openness": [
        ("points-out-of-reach", "等 55 个最多 90 分"),
        ("points-out-of-reach", "等 14 个最多 70 分"),
        ("unit-outside", "市社保中心"),
        ("assesses-itself", "市政府办公厅"),
        ("range-open", "1—5 分"),
    ],
    "zhengzhou-2020-gov-service-reform": [
        ("count-differs", "53 个市级政务服务单位，名单里是 48 个"),
        ("points-left-over", "“1-9 政务服务第三方评估”10 分，写明的最多扣 4 分"),
        ("first-period", "满意率"),
        ("unit-outside", "国网郑州供电公司"),
        ("total-exceeds", "最多可以到 118 分"),  # (100＋3×10)×60%＋100×40%
        ("score-gap", "“差评扣分”月办件量 19 时是 0.5，月办件量 20 时是 2.5（差评 1 时）"),  # 1÷20＝5%，每1个百分点扣0.5
        ("zero-denominator", "等 28 个没有任务，“一件事应得”是 0"),
        ("role-unused", "“二类”的系数是 0.6"),
        ("partial-step", "按档扣分的1-7、1-8"),
        ("matter-twice", "“省纪委监委通报批评”"),
        ("deadline-past", "“6月30日前完成历史证照电子化”"),
        ("deduction-exceeds", "386 项各 10 分，各扣一次就是 40 分"),
    ],
    "zhengzhou-2020-illegal-construction": [
        ("cap-assumed", "表1.3.1、表1.3.2、表2.3.1、表2.3.2按比例计分"),
        ("deduction-slight", "要 100 次"),
        ("amount-open", "增加扣分"),
        ("figures-differ", "20分×处置率"),
        ("floor-missing", "月1.1"),
        ("earned-only-by-events", "50 分"),
        ("period-past", "其中1月至7月已经过去"),
    ],
    # 3＋1＋2＝6
    "zhengzhou-2020-quality": [
        ("total-exceeds", "最多可以到 106 分"),
        ("direct-judgement", "等 36 项"),
        ("figures-differ", "加分不超过5分"),
    ],
    "zhengzhou-2020-tcm": [
        ("ties-built-in", "都完成时就一样"),
        ("unit-outside", "市园林局（15）、市商务局（22）"),
        ("may-fall-away", "5"),
        ("stage-between", "12 项"),
        ("figures-differ", "95%"),
        ("deadline-past", "“7月底前出台监管文件”"),
    ],
}
"""What follows from the regulations themselves: by hand from their texts."""


@pytest.mark.parametrize(("name", "code", "words"), [(n, c, w) for n, found in FOUND.items() for c, w in found])
def test_what_a_regulation_leaves_open_is_found(name: str, code: str, words: str) -> None:
    messages = [r.message for r in remarks_of(name) if r.code == code]
    assert any(words in m for m in messages), messages


FALSE: list[tuple[str, str, str]] = [
    ("panshan-2019-common", "cap-assumed", ""),  # 2.2: cases of cases
    ("jiyuan-2020-smart-city", "cap-assumed", ""),  # 2.1、2.2: tasks not finished, of the tasks
    ("jiyuan-2020-digital-city-management", "over-points", ""),  # 5: 也不高于10分
    ("jiyuan-2020-digital-city-management", "matter-twice", ""),  # rates of their own of one number
    ("zhengzhou-2020-illegal-construction", "cap-assumed", "1.2.1"),  # what was dealt with, of all there is
    ("zhengzhou-2020-tcm", "cap-assumed", "“4 "),  # what was cleaned up of all that was to be
    ("zhengzhou-2020-arrears-clearing", "rounding-open", ""),  # whole steps only
    ("zhengzhou-2020-social-credit-municipal", "rounding-open", ""),
    ("jiyuan-2020-business-environment", "period-missing", ""),  # 25 indicators are no periods
    ("jiyuan-2020-business-environment", "score-gap", "（参评城市数 20 时）"),  # no number is made up
    ("jiyuan-2020-tourism", "partial-credit", ""),
    ("jiyuan-2020-gov-info", "rows-share-points", "一.1"),  # 每报送一条得0.5分: added, not taken from anything
    ("zhengzhou-2020-tcm", "zero-denominator", "B1"),  # every unit has tasks of its own
    ("panshan-2019-common", "total-exceeds", ""),  # scaled scores stay within the points
    ("panshan-2019-common", "sum-differs", ""),  # 4: the parts make 20
    ("sanmenxia-2017-county-targets", "rows-share-points", "从总分里扣"),  # the rows earn, out of the 800 points around them
    ("sanmenxia-2017-clean-coal-subsidy", "rows-share-points", ""),  # money is paid, no points are lost
    ("jiyuan-2017-poverty", "cap-missing", ""),  # both sides stop at 5
    ("jiyuan-2020-food-safety", "same-matter", ""),  # 内容相同的稿件不重复加分
    ("jiyuan-2020-tourism", "floor-missing", ""),  # 直接计零分
    ("jiyuan-2020-rule-of-law", "over-points", ""),  # 90＋10＝100
    ("jiyuan-2020-rule-of-law", "rounding-open", ""),  # 精确到小数点后两位
    ("jiyuan-2020-yellow-river-projects", "band-overlap", ""),  # 含10亿元、含5亿元、含1亿元
    ("jiyuan-2020-smart-city", "floor-missing", ""),  # all or nothing: 30 points lose 4 at most, 5 more are deducted
    ("jiyuan-2020-digital-city-management", "floor-missing", ""),  # no events without a limit
    ("zhengzhou-2020-business-environment", "fact-open", "75"),  # the scheme whose results are taken lists its units
    ("zhengzhou-2020-gov-service-reform", "zero-denominator", "月办件量"),  # divided only from 20 on
    ("zhengzhou-2020-double-random-supervision", "total-exceeds", ""),  # min(…, 100)
    ("zhengzhou-2020-rule-of-law", "rounding-open", ""),  # 保留小数点后两位
    ("panshan-2019-towns", "zero-denominator", ""),  # targets and rates have their own remarks
    ("city-county-guarantee-targets", "partial-step", ""),  # meetings are counted
    ("panshan-2019-common", "joint-open", "6.3"),  # 不按时整改到位的扣1分；未建立隐患排查制度扣1分
    ("zhengzhou-2020-rule-of-law", "joint-open", "4.6.7"),  # 出现一起扣0.5分, each by itself
    ("zhengzhou-2020-rule-of-law", "measure-differs", ""),  # 件, 项, 人 as in the text
    ("zhengzhou-2020-rule-of-law", "times-open", ""),  # a report that was not sent is not sent once
    ("zhengzhou-2020-arrears-clearing", "sum-or-highest", ""),  # 全部纳入, 仅纳入, 都未纳入: nothing between
    ("jiyuan-2020-target-assessment", "figures-differ", "0.1"),  # the deduction comes from another book
    ("sanmenxia-2017-clean-coal-subsidy", "floor-missing", ""),  # money, not points
    ("panshan-2019-towns", "rank-scope", "36"),  # 分类确定
    ("zhengzhou-2020-district-key-work", "figures-differ", "“8分”"),  # 3＋5
    ("jiyuan-2020-party-committee-info", "measure-differs", ""),  # 每月扣
    ("zhengzhou-2020-double-random-supervision", "figures-differ", "2 处各得"),  # one sentence for each role
    ("zhengzhou-2020-double-random-supervision", "measure-differs", ""),  # 每户扣3分
    ("zhengzhou-2020-tcm", "method-assumed", ""),  # 按任务完成时间节点赋分 is the text's own
]


def test_a_limit_in_the_next_year_is_not_past() -> None:
    codes = [
        {r.code for r in case(f"{SIMPLE[:-1]}, due: {due}}}", issued="2024-08-25").remarks()} for due in ("3月15日前", "次年3月15日前")
    ]
    assert ["deadline-past" in found for found in codes] == [True, False]


def test_a_list_is_whole_where_the_whole_is_asked_for() -> None:
    short = [r.message for r in lint(file_of("sanmenxia-2017-department-targets")) if " 项" in r.message]
    whole = [r.message for r in lint(file_of("sanmenxia-2017-department-targets"), whole=True)]
    assert any("等 " in m for m in short)
    [targets] = [m for m in whole if "市政府办公室-3 向省政府上报" in m and "市国税局-1、" in m]
    assert targets.partition("（如")[0].count("、") > 80
    assert {"市城乡规划局-3", "市环保局-6", "市林业园林局-3", "市科技局-1", "市质监局-1"} <= set(targets.partition("（如")[0].split("、"))
    assert not [m for m in whole if "等 82 项" in m or "等 81 项" in m]


def test_what_the_scheme_says_itself_is_told_apart() -> None:
    remarks = lint(file_of("jiyuan-2020-digital-city-management"))
    assert {r.code for r in remarks if r.declared} == {"two-readings"}
    assert "two-readings" not in {r.code for r in remarks if not r.declared}


@pytest.mark.parametrize(("name", "code", "words"), FALSE)
def test_what_is_settled_is_not_remarked(name: str, code: str, words: str) -> None:
    assert not [r.message for r in remarks_of(name) if r.code == code and words in r.message]


# Spans --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "panshan-2019-common",
        "jiyuan-2020-business-environment",
        "jiyuan-2020-smart-city",
        "zhengzhou-2020-illegal-construction",
        "zhengzhou-2020-rule-of-law",
        "zhengzhou-2020-tcm",
    ],
)
@pytest.mark.parametrize("seed", ["1", "2"])
def test_spans_hold_whatever_is_filled_in(name: str, seed: str) -> None:
    plan = make_plan(file_of(name).scheme)
    bounds = Bounds(plan)
    book = Evaluation(plan, random_filling(plan, f"spans {seed}").inputs)
    for key, line in plan.lines.items():
        if line.formula is None or line.format is Format.TEXT or key == MISSING:
            continue
        for unit in range(0, len(plan.units), 5):
            value = book.value(key, unit)
            if isinstance(value, Decimal):
                span = bounds.cell(key, unit)
                assert span is not None, key
                assert span.low is None or span.low <= value, (key, unit, value, span)
                assert span.high is None or value <= span.high, (key, unit, value, span)


@pytest.mark.parametrize(
    ("score", "low", "high"),
    [
        ("clamp(分值 - 次 * 每次, 0, 分值)", 0, 10),
        ("分值 - min(次 * 每次, 每次)", 7, 10),
        ("if(次 > 0, 0, 分值)", 0, 10),
        ("if(每次 > 2, 每次, 次)", 3, 3),
        ("max(0, 每次 - 次)", 0, 3),
        ("whole(率 * 每次)", 0, 3),
        ("average(每次, 分值)", 3, 10),
        ('count("是", 答, 答) * 每次', 0, 6),
        ("band(率, 档)", 0, 5),
        ("if(次 <= 0, 0, 分值 / (次 + 1))", 0, 10),
    ],
)
def test_the_span_of_a_formula(score: str, low: int, high: int) -> None:
    made = tiny.plan(
        f"- {{id: 1, name: 甲项, points: 10, rule: formula, at_most: null, inputs: {{次: {{ask: events}}, "
        f"率: {{in: '%', high: 100%}}, 答: {{ask: yes_no}}}}, "
        f"figures: {{每次: 3}}, bands: {{档: [{{from: 50%, gives: 5}}, {{gives: 0}}]}}, score: '{score}'}}"
    )
    span = Bounds(made).cell("1/得分", 0)
    assert span is not None
    assert (span.low, span.high) == (Decimal(low), Decimal(high))
