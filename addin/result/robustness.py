"""排名稳不稳: how small an error in one number, or which other reading of the text, would change whose place.

Every number that was filled in is moved by itself, up and down, step by step, and the totals of all units are looked at
after each step; where two neighbours have changed places, the smallest change that does it is narrowed down. Scores need
not grow with what they are made of: it is the first step that changes a place which counts, not the last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from addin.result.account import NoAccount, of_office
from addin.result.standing import Group, standings
from addin.workbooks.readings import RANK, OtherReading, Progress, other_readings
from addin.workbooks.snapshot import Snapshot
from generator.lines.input import Ask
from generator.lines.keys import Owner
from generator.lines.line import SHARED, Line
from generator.plan import called
from generator.plan.evaluation import Evaluation
from generator.plan.plan import BlockKind, Plan
from generator.plan.typed import high_value
from generator.value import Value, decimals_of, round_half_up, show

STEPS = tuple(map(Decimal, ("0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2")))
"""How far a number is moved, as a share of itself, of a mark as a share of its highest."""
SAMPLES = {Decimal(0), *STEPS[2::2]}
"""At these steps it is looked first whether a change on this side does anything at all."""
SMALL, SOME = Decimal("0.01"), Decimal("0.05")
"""Up to here a change is small, an error of measuring; up to here it is one that happens."""
TIMES = 2
"""So many events are added or taken away."""
HALVINGS, KEPT = 10, 2
"""How often the smallest change is narrowed down, and how many changes of each kind are told of two neighbours."""
MOST = 15_000_000
"""So much is worked out at most, about three seconds: cells that are looked at, over all trials; a fifth of it is kept for narrowing
down."""
LOOKED_OVER = 3
"""How often each unit's total is looked at after a trial."""


@dataclass(frozen=True)
class Change:
    """A change of one number that makes two neighbours change places.

    share: how large it is, 0 for an event more or less and for another choice; sheet, cell: where the number stands.
    """

    unit: str
    what: str
    was: str
    then: str
    share: Decimal
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        size = f"（变动 {show(round_half_up(self.share * 100, 1 if self.share >= SMALL / 10 else 2))}%）" if self.share else ""
        return f"{self.unit}的“{self.what}”由 {self.was} 变成 {self.then}{size}"


@dataclass
class Places:
    """Between which places a unit stays: when any one number is off by a small share, by more, by an event or a choice, and under
    other readings."""

    small: tuple[int, int]
    some: tuple[int, int]
    events: tuple[int, int]
    readings: tuple[int, int]


@dataclass
class Pair:
    """Two neighbours. total: what the upper one is ranked by; gap: how much it is ahead; numbers, events: the smallest changes that
    swap them; readings: under which they stand the other way round."""

    group: str
    upper: str
    lower: str
    rank: int
    total: Decimal
    gap: Decimal
    numbers: list[Change] = field(default_factory=list)
    events: list[Change] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """How firm it is, in a word."""
        if not self.gap:
            return "并列"
        if self.numbers and self.numbers[0].share <= SMALL:
            return "很不稳"
        if self.numbers and self.numbers[0].share <= SOME:
            return "不太稳"
        return "一项之差" if self.events else "换读法会变" if self.readings else "稳"


@dataclass
class Robustness:
    """How firm a ranking stands. tried, cells: how many of the numbers were moved, of how many; places: by unit; rough: how many
    changes were not narrowed down, for want of time; readings: how many others were tried; left: which were not, in a sentence."""

    title: str
    pairs: list[Pair]
    places: dict[str, Places]
    groups: list[Group]
    tried: int
    cells: int
    readings: int
    rough: int = 0
    left: str = ""


@dataclass(frozen=True)
class _Trial:
    """A value to try. share: how far it is from what was filled in, 0 where that is not a matter of degree."""

    value: Value
    share: Decimal


def robustness(taken: Snapshot, most: int = MOST, report: Progress | None = None) -> Robustness:
    """Raises NoAccount where nobody has a place yet. most: how much is worked out at most, see `MOST`; report: told of each number and
    each reading that is tried."""
    if not of_office(taken).plan.scored:
        raise NoAccount(f"“{taken.name}”只列职责、不计分，没有排名")
    found = _Search(taken, most).found(report)
    if not found.places:
        raise NoAccount(f"“{taken.name}”里还没有一个单位填完，没有排名可以看；请先填完")
    return found


class _Search:
    def __init__(self, taken: Snapshot, most: int) -> None:
        self.taken, self.plan, self.left, self.kept = taken, taken.plan, most - most // 5, most // 5
        self.rough = 0
        self.values = Evaluation(taken.plan, taken.inputs)
        self.weights: dict[str, int] = {}
        self.groups = standings(self.plan, self.values)
        self.base = self.totals(self.values)
        self.members = [[one.unit for one in group.ranked] for group in self.groups]
        self.place = {one.unit: one.rank for group in self.groups for one in group.ranked if one.rank}
        self.pairs: list[tuple[int, int, Pair]] = []
        for group in self.groups:
            for above, below in zip(group.ranked, group.ranked[1:], strict=False):
                high, low = self.base[above.unit], self.base[below.unit]
                assert high is not None
                assert low is not None
                pair = Pair(group.name, above.name, below.name, above.rank or 0, high, high - low)
                self.pairs.append((above.unit, below.unit, pair))
        self.swaps: dict[int, list[tuple[_Trial, _Trial, Line, int]]] = {number: [] for number in range(len(self.pairs))}
        self.spans = {kind: {unit: (rank, rank) for unit, rank in self.place.items()} for kind in ("small", "some", "events", "readings")}

    def totals(self, values: Evaluation) -> list[Decimal | None]:
        found = (values.value(self.plan.ranked_by, unit) for unit in range(len(self.plan.units)))
        return [total if isinstance(total, Decimal) else None for total in found]

    def found(self, report: Progress | None = None) -> Robustness:
        cells = list(self.cells())
        tried = 0
        for line, unit in cells:
            trials = list(self.trials(line, unit))
            if not self.may_do(len(trials) * (self.work(line) + LOOKED_OVER * len(self.plan.units))):
                break
            if report:
                report(tried, len(cells), "逐个数试")
            self.move(line, unit, trials)
            tried += 1
        self.left += self.kept
        self.narrow()
        readings = other_readings(self.taken, report)
        for other in readings.tried:
            self.read_otherwise(other)
        names = self.plan.units
        places = {names[unit]: Places(**{kind: span[unit] for kind, span in self.spans.items()}) for unit in self.place}
        pairs = [pair for _, _, pair in self.pairs]
        return Robustness(
            self.taken.file.scheme.title,
            pairs,
            places,
            self.groups,
            tried,
            len(cells),
            sum(not o.error for o in readings.tried),
            self.rough,
            readings.left_words,
        )

    def may_do(self, work: int) -> bool:
        """Whether there is time left for some work, which is taken off."""
        if work > self.left:
            return False
        self.left -= work
        return True

    def work(self, line: Line) -> int:
        """How much is looked at when a cell of a line is another."""
        dependencies, units = self.plan.dependencies, len(self.plan.units)
        for_all = dependencies.reached_for_all(line.key)
        if line.key not in self.weights:
            self.weights[line.key] = len(self.plan.lines) + sum(
                (1 + len(dependencies.all_looks.get(node, ()))) * (units if line.shared or node in for_all else 1)
                for node in dependencies.reached(line.key)
            )
        return self.weights[line.key]

    def cells(self) -> Iterator[tuple[Line, int]]:
        """The inputs that were filled in, or may be left blank: of all units together first, then of the units with the smallest
        gaps."""
        gaps: dict[int, Decimal] = {}
        for above, below, pair in self.pairs:
            for unit in (above, below):
                gaps[unit] = min(gaps.get(unit, pair.gap), pair.gap)
        lines = [line for line in self.plan.inputs if line.input]
        yield from ((line, SHARED) for line in lines if line.shared)
        for unit in sorted(gaps, key=lambda unit: (gaps[unit], unit)):
            yield from ((line, unit) for line in lines if not line.shared and line.constant(unit) is None)

    def trials(self, line: Line, unit: int) -> Iterator[_Trial]:
        """The values to try in a cell: nearer ones first, on either side in turn."""
        assert line.input is not None
        asked, value = line.input, self.values.inputs.get((line.key, unit))
        if asked.ask is Ask.CHOICE:
            if value in asked.options:
                at = asked.options.index(str(value))
                others = sorted((abs(number - at), number) for number in range(len(asked.options)) if number != at)
                yield from (_Trial(asked.options[number], Decimal(0)) for _, number in others)
            return
        high = high_value(line, self.values) if unit != SHARED else asked.high
        highest = high if isinstance(high, Decimal) else None
        if asked.ask is Ask.COUNT or (value is None and asked.accepts.blank):
            own = value if isinstance(value, Decimal) else Decimal(0) if value is None and asked.accepts.blank else None
            steps = [sign * step for step in range(1, TIMES + 1) for sign in (1, -1)] if own is not None else []
            yield from (_Trial(own + step, Decimal(0)) for step in steps if own is not None and self.may(line, own + step, highest))
            return
        if not isinstance(value, Decimal):
            return
        whole = highest if asked.ask in (Ask.SCORE, Ask.AMOUNT) and highest else abs(value) or Decimal(1)
        for share in STEPS:
            for sign in (1, -1):
                if self.may(line, other := value + sign * share * whole, highest):
                    yield _Trial(other, share)

    def may(self, line: Line, value: Decimal, high: Decimal | None) -> bool:
        """Whether a number may stand in a cell."""
        assert line.input is not None
        low = line.input.low
        return (low is None or value >= low) and (high is None or value <= high)

    def move(self, line: Line, unit: int, trials: list[_Trial]) -> None:
        """Try the values of a cell; note which neighbours change places at which, and where all units then stand."""
        own = _Trial(self.values.inputs.get((line.key, unit)), Decimal(0))
        last = {1: own, -1: own}
        done: set[int] = set()
        known: dict[Value, list[Decimal | None]] = {}

        def side_of(trial: _Trial) -> int:
            return -1 if isinstance(trial.value, Decimal) and isinstance(own.value, Decimal) and trial.value < own.value else 1

        def after(trial: _Trial) -> list[Decimal | None]:
            if trial.value not in known:
                known[trial.value] = self.totals(self.values.with_one(line.key, unit, trial.value))
            return known[trial.value]

        heard = {side for side in (1, -1) if any(after(t) != self.base for t in trials if side_of(t) == side and t.share in SAMPLES)}
        for trial in trials:
            side = side_of(trial)
            if side not in heard:
                continue  # a cap, or a floor, holds on this side
            totals = after(trial)
            if totals != self.base:
                self.note_places(trial, totals)
                for number, (above, below, pair) in enumerate(self.pairs):
                    if pair.gap and number not in done and _swapped(totals, above, below):
                        done.add(number)
                        self.swaps[number].append((trial, last[side], line, unit))
            last[side] = trial

    def note_places(self, trial: _Trial, totals: list[Decimal | None]) -> None:
        kinds = ["events"] if not trial.share else [k for k, most in (("small", SMALL), ("some", SOME)) if trial.share <= most]
        for kind in kinds:
            self.widen(kind, totals)

    def widen(self, kind: str, totals: list[Decimal | None]) -> None:
        for members in self.members:
            if all(totals[unit] == self.base[unit] for unit in members):
                continue
            known = sorted(total for unit in members if (total := totals[unit]) is not None)
            for unit in members:
                own = totals[unit]
                if own is not None:
                    self.stretch(kind, unit, 1 + len(known) - bisect_right(known, own))

    def stretch(self, kind: str, unit: int, place: int) -> None:
        low, high = self.spans[kind][unit]
        self.spans[kind][unit] = min(low, place), max(high, place)

    def narrow(self) -> None:
        """Of each pair, the smallest changes, as small as they can be told."""
        for number, (above, below, pair) in enumerate(self.pairs):
            found = sorted(self.swaps[number], key=lambda swap: swap[0].share)
            for trial, before, line, unit in [swap for swap in found if not swap[0].share][:KEPT]:
                pair.events.append(self.change(line, unit, before, trial))
            shares = [swap for swap in found if swap[0].share]
            if shares:
                least = shares[0][0].share
                near = [swap for swap in shares if swap[0].share == least][: 3 * KEPT]
                changes = [self.nearest(above, below, *swap) for swap in near]
                pair.numbers = sorted(changes, key=lambda change: change.share)[:KEPT]

    def nearest(self, above: int, below: int, trial: _Trial, before: _Trial, line: Line, unit: int) -> Change:
        """Between a value that leaves two units in their places and one that swaps them, the nearest that swaps them and can be
        told in few digits."""
        own, safe, swapped = self.values.inputs[line.key, unit], before.value, trial.value
        if not self.may_do((HALVINGS + 3) * self.work(line)):
            self.rough += 1
            return self.change(line, unit, _Trial(own, Decimal(0)), trial)
        assert isinstance(own, Decimal)
        assert isinstance(safe, Decimal)
        assert isinstance(swapped, Decimal)

        def swaps(value: Decimal) -> bool:
            values = self.values.with_one(line.key, unit, value)
            high, low = (values.value(self.plan.ranked_by, one) for one in (above, below))
            return isinstance(high, Decimal) and isinstance(low, Decimal) and low > high

        low, high = safe, swapped
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if swaps(middle) else (middle, high)
        first = decimals_of([own])
        for digits in range(first, first + 6):
            step = Decimal(1).scaleb(-digits)
            value = round_half_up(high, digits)
            if (value - high) * (swapped - own) < 0:
                value += step if swapped > own else -step
            if abs(value - own) <= abs(swapped - own) and swaps(value):
                high = value
                break
        whole = abs(trial.value - own) / trial.share if isinstance(trial.value, Decimal) else Decimal(1)
        return self.change(line, unit, _Trial(own, Decimal(0)), _Trial(high, abs(high - own) / whole))

    def change(self, line: Line, unit: int, was: _Trial, then: _Trial) -> Change:
        sheet, cell = self.taken.place(line.key, unit) or ("", "")
        own = self.values.inputs.get((line.key, unit))
        shown = "没有填" if own is None else show(own, line.percent)
        return Change(self.plan.who(unit), _what(self.plan, line), shown, show(then.value, line.percent), then.share, sheet, cell)

    def read_otherwise(self, other: OtherReading) -> None:
        """Where all units stand under another reading."""
        moved = {unit: move.then for unit, moves in other.changes.items() for move in moves if move.result == RANK}
        names = self.plan.units
        then = {unit: moved.get(names[unit], Decimal(rank)) for unit, rank in self.place.items()}
        for unit, place in then.items():
            if isinstance(place, Decimal):
                self.stretch("readings", unit, int(place))
        for above, below, pair in self.pairs:
            high, low = then[above], then[below]
            if pair.gap and isinstance(high, Decimal) and isinstance(low, Decimal) and high > low:
                pair.readings.append(f"“{other.reading}”取“{other.option}”")


def _swapped(totals: list[Decimal | None], above: int, below: int) -> bool:
    high, low = totals[above], totals[below]
    return high is not None and low is not None and low > high


def _what(plan: Plan, line: Line) -> str:
    """What a number is called: the indicator, and the input where there are several."""
    block = plan.block_of[line.key]
    if block.kind is not BlockKind.INDICATOR:
        return line.owner.words
    periods = f"（{'·'.join(line.owner.periods)}）" if line.owner.periods else ""
    alone = sum(one.input is not None for one in block.lines) == 1
    return f"{Owner(block.id).id} {block.name}{periods}" + ("" if alone else f"·{called.label(line)}")


def told(found: Robustness) -> list[str]:
    """How firm the ranking stands, as lines of text."""
    lines = [f"{found.title}：排名稳不稳"]
    for pair in found.pairs:
        group = f"{pair.group} " if pair.group else ""
        lines.append(f"{group}第 {pair.rank} 名 {pair.upper}，比{pair.lower}高 {show(pair.gap)} 分：{pair.verdict}")
        lines += [f"　　{change}，就换位" for change in [*pair.numbers, *pair.events]]
        lines += [f"　　{'、'.join(pair.readings)}，就换位"] if pair.readings else []
    moved = [f"{unit} {range_words(places.readings)}" for unit, places in found.places.items() if places.readings[0] != places.readings[1]]
    lines.append(f"换读法（另外 {found.readings} 种）：" + ("位次会变的有 " + "，".join(moved) if moved else "没有单位的位次会变"))
    return [*lines, limits(found)]


def range_words(places: tuple[int, int]) -> str:
    """Places as people write them."""
    return str(places[0]) if places[0] == places[1] else f"{places[0]}—{places[1]}"


def limits(found: Robustness) -> str:
    """What was tried and what was not, in a sentence."""
    words = f"试法：每次只动一个数，上下各到 {show(STEPS[-1] * 100)}%；次数加减 {TIMES} 以内，选项逐个换；几个数同时变的没有试"
    rough = f"有 {found.rough} 处换位只试到整档，没有再找更小的变动。" if found.rough else ""
    left = f"{found.left}。" if found.left else ""
    if found.tried == found.cells:
        return f"{words}。共试了 {found.tried} 个数。{rough}{left}"
    return f"{words}。数太多，先试差距小的单位：{found.cells} 个数试了 {found.tried} 个，其余没有试。{rough}{left}"
