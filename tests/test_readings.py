"""The readings of one tree.

Requirements: every reader reads every node; Excel text binds as the tree does; exact decimals round half away from zero;
explanations name what binds; an engine that is not ours evaluates the formula to the exact value, on random trees.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.language import needs
from generator.lint import bounds
from generator.tree import exact, explain, formula, readers
from generator.tree import expression as e
from generator.tree.derivation import Derivation
from generator.tree.expression import Cell, Fixed, clamp, every, some, when
from generator.value import Value, decimal_of, round_half_up
from generator.verification.formulas_engine import Library

VALUES: dict[str, Value] = {
    "a": Decimal("2.1"),
    "b": Decimal(3),
    "z": Decimal(0),
    "t": "无",
    "blank": None,
    "p": Decimal("0.07575"),
}


class Sheet:
    """One unit's cells: line a is B1, line b is B2, …; figures stand in column A."""

    def __init__(self, values: dict[str, Value], row: list[Value] | None = None) -> None:
        self.values, self.across = values, row or [Decimal(3), Decimal(4), Decimal(5), "－", None]
        self.names = list(values)

    def place(self, line: str) -> str:
        return f"B{self.names.index(line) + 1}"

    def cell(self, line: str) -> Value:
        return self.values[line]

    def tagged(self, lines: tuple[str, ...]) -> list[Value]:
        return [self.values[line] for line in lines]

    def fixed(self, line: str, column: str) -> Value:
        return self.values[line]

    def row(self, line: str, own_group: bool) -> list[Value]:
        return self.across

    def of_unit(self, line: str, unit: int) -> Value:
        return self.across[unit]

    def table(self, table: str, column: str) -> list[Value]:
        columns: dict[str, list[Value]] = {"名": ["好", "差"], "分": [Decimal(8), Decimal(5)]}
        return columns[column]

    def cell_name(self, line: str) -> str:
        return {"a": "完成", "b": "目标"}.get(line, line)

    def fixed_name(self, line: str, column: str) -> str:
        return "分值"

    def unit_name(self, unit: int) -> str:
        return "甲乙丙丁"[unit]

    def percent(self, line: str) -> bool:
        return line == "p"

    def peers(self, own_group: bool) -> list[str]:
        return list("甲乙丙丁戊己"[: len(self.row("", own_group))])

    def typed(self, line: str) -> bool:
        return False

    def behind(self, line: str, column: str = "") -> e.Expression | None:
        return None

    def wanting(self, line: str) -> str:
        return ""

    def of_scheme(self, line: str) -> bool:
        return False

    def shared(self, line: str) -> bool:
        return False

    def optional(self, line: str) -> bool:
        return False

    def waiting(self, line: str) -> e.Expression | None:
        return None

    def helper(self, line: str) -> e.Expression | None:
        return None

    def own_name(self) -> str:
        return ""

    def factor(self, line: str) -> bool:
        return False

    def scored(self, line: str) -> bool:
        return False

    def due(self, line: str) -> bool:
        return False

    def worth(self, line: str) -> Decimal | None:
        return None


class Addresses:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def cell(self, line: str) -> str:
        return self.sheet.place(line)

    def fixed(self, line: str, column: str) -> str:
        return "$" + self.sheet.place(line)

    def row(self, line: str, own_group: bool) -> str:
        return "$D$1:$G$1"

    def of_unit(self, line: str, unit: int) -> str:
        return f"${'DEFG'[unit]}$1"

    def size(self, line: str, own_group: bool) -> str:
        return "4"

    def table(self, table: str, column: str) -> str:
        return {"名": "$I$1:$I$2", "分": "$J$1:$J$2"}[column]

    def table_cell(self, table: str, column: str, position: int) -> str:
        return f"${'I' if column == '名' else 'J'}${position + 1}"

    def tagged(self, lines: tuple[str, ...]) -> list[formula.Stretch]:
        return []


SHEET = Sheet(VALUES)


def value(node: e.Expression) -> Value:
    return exact.value(node, SHEET)


def excel(node: e.Expression) -> str:
    return formula.formula(node, Addresses(SHEET))


READERS = {"formula", "exact", "compiled", "explain", "requirement", "bounds"}


def test_every_reader_has_every_node() -> None:
    nodes = {c for c in vars(e).values() if isinstance(c, type) and issubclass(c, e.Expression) and c is not e.Expression}
    ranges = {e.Row, e.TableColumn}  # only ever inside another node
    assert bounds._READ is readers.READERS["bounds"]
    assert needs._READ is readers.READERS["requirement"]
    assert readers.READERS.keys() == READERS
    for name, table in readers.READERS.items():
        assert nodes - ranges <= table.keys() <= nodes, name
    assert nodes <= readers.READERS["formula"].keys()


def test_a_reader_that_forgets_a_node_is_refused() -> None:
    table = dict.fromkeys(readers.KINDS - {e.Provided, e.Row})
    with pytest.raises(TypeError, match="of dreams reader has no Provided"):
        readers.enter("of dreams", table, within={e.Row})
    assert "of dreams" not in readers.READERS


def test_a_condition_is_looked_at_only_where_another_holds() -> None:
    node = e.Provided(e.IsNumber(Cell("a")), Cell("a") > 0)
    assert excel(node) == "=IF(ISNUMBER(B1),B1>0)"
    for held, holds in ((Decimal(1), True), (Decimal(-1), False), ("甲", False), (None, False)):
        assert exact.value(node, Sheet({"a": held})) is holds


def test_counting_what_is_the_same_as_a_cell() -> None:
    node = e.CountLike(Cell("a"), (e.Row("b"),))
    assert excel(node) == "=COUNTIF($D$1:$G$1,B1)"
    for held, count in ((Decimal(5), 2), (Decimal("5.00"), 2), (Decimal(4), 0), ("甲", 1), ("A", 2)):
        sheet = Sheet({"a": held}, [Decimal(5), Decimal("5.0"), "甲", "a", None, "A"])
        assert exact.value(node, sheet) == count


def test_whole_numbers_with_and_without_a_guard() -> None:
    assert excel(e.Whole(Cell("a"))) == "=INT(ROUND(B1,10))"
    assert excel(e.Floor(Cell("a"))) == "=INT(B1)"
    almost = e.Number(Decimal("2.99999999999"))
    assert value(e.Whole(almost)) == 3
    assert value(e.Floor(almost)) == 2
    assert value(e.Floor(e.Number(Decimal("-0.5")))) == -1


def test_signs_bind_as_the_tree_does() -> None:
    a, b = Cell("a"), Cell("b")
    assert excel((a + b) * a / (b - a)) == "=(B1+B2)*B1/(B2-B1)"
    assert excel(a - (b - a)) == "=B1-(B2-B1)"
    assert excel(a / (b * a)) == "=B1/(B2*B1)"
    assert excel(a * b / a) == "=B1*B2/B1"
    assert value(a - (b - a)) == Decimal("1.2")


def test_cells_that_follow_each_other_become_a_range() -> None:
    assert formula.merge_ranges(["H5", "H6", "H7", "H9"]) == ["H5:H7", "H9"]
    assert formula.merge_ranges(["$G5", "$G6", "H7"]) == ["$G5:$G6", "H7"]


def test_text_in_a_formula_is_quoted() -> None:
    assert excel(e.lift('甲"乙')) == '="甲""乙"'


@pytest.mark.parametrize(
    ("number", "digits", "rounded"),
    [("0.285", 2, "0.29"), ("1.005", 2, "1.01"), ("-2.675", 2, "-2.68"), ("2.5", 0, "3"), ("-0.001", 2, "0.00"), ("28.499999999", 0, "28")],
)
def test_halves_go_away_from_zero(number: str, digits: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(number), digits)) == rounded


def test_a_half_that_division_hid_is_still_a_half() -> None:
    """101 ÷ 600 × 3 is 0.505, which no number of decimals of 101 ÷ 600 gives."""
    sixths = e.Number(Decimal(101)) / 600
    assert exact.value(e.Round(sixths * 3, 2), SHEET) == Decimal("0.51")
    assert excel(e.Round(Cell("a") / 3, 2)) == "=ROUND(ROUND(B1/3,10),2)"
    # nearer to a half than 1e-8, and still below it
    assert exact.value(e.Round(e.Number(Decimal("3.344999998")) * 1, 2), SHEET) == Decimal("3.34")


def test_a_float_is_the_decimal_a_person_sees() -> None:
    assert decimal_of(0.1 + 0.2) == Decimal("0.30000000000000004")
    assert decimal_of(23.6) == Decimal("23.6")
    with pytest.raises(ValueError, match="inf"):
        decimal_of(float("inf"))


def test_blank_and_text_compare_as_in_a_spreadsheet() -> None:
    assert value(Cell("blank").is_("")) is True
    assert value(Cell("blank").is_(0)) is True
    assert value(Cell("z").is_("")) is False
    assert value(Cell("t") >= 0) is True
    assert value(Cell("t").is_("无")) is True


def test_arithmetic_on_text_is_an_error_not_a_guess() -> None:
    with pytest.raises(exact.NotANumber):
        value(Cell("t") + 1)


def told(node: e.Expression) -> Derivation:
    return explain.derive(node, SHEET, SHEET)


def test_explanation_has_words_and_figures() -> None:
    derivation = told(e.Round(clamp(Fixed("b", "points") * Cell("a") / Cell("b"), 0, Fixed("b", "points")), 2))
    assert derivation.words == "分值 × 完成 ÷ 目标"
    assert str(derivation) == "3 × 2.1 ÷ 3 = 2.1"


def test_explanation_names_the_cap_that_binds_and_the_branch_taken() -> None:
    assert str(told(clamp(Cell("b") * 2, 0, Cell("b")))) == "3 × 2 = 6，封顶 3，得 3"
    assert str(told(clamp(Cell("a") - Cell("b"), 0))) == "2.1 - 3 = -0.9，最低 0，得 0"
    assert str(told(Cell("b") + clamp(Cell("b") * 2, 0, Cell("b")))) == "3 + 3 = 6，其中 3 × 2 = 6，封顶 3"
    assert told(Cell("b") * clamp(Cell("a") - Cell("b"), 0)).words == "目标 × （完成 - 目标）"
    assert str(told(e.Round(clamp(Cell("b") * 2, 0, Cell("b")), 2))) == "3 × 2 = 6，封顶 3，得 3"
    assert str(told(e.Sum((Cell("b"), Cell("a") * -1, e.Number(Decimal(-2)))))) == "3 + 2.1 × （-1） - 2 = -1.1"
    assert str(told(when(Cell("z").is_(0), Cell("a") * 1, Cell("b")))) == "2.1 × 1 = 2.1，因为z为 0"
    assert str(told(when(Cell("a").is_(0), 0, Cell("b") / Cell("a")))) == "3 ÷ 2.1 ≈ 1.4286"  # of course 2.1 is not nothing


def test_explanation_gives_the_reason_for_a_branch() -> None:
    rank, last = Cell("b"), Cell("a") - Cell("p")
    assert str(told(when(rank > last, 0, rank * 2))) == "0，因为目标（3）高于完成 - p（2.1 - 7.575% ≈ 2.0243）"
    assert str(told(when(rank < last, 0, rank * 2))) == "3 × 2 = 6，因为目标（3）不低于完成 - p（2.1 - 7.575% ≈ 2.0243）"
    assert str(told(when(every(rank > 1, rank <= 2), 1, 2))) == "2，因为目标（3）高于 2"  # the part that does not hold
    assert str(told(when(some(rank > 2, rank > 1), 1, 2))) == "1，因为目标（3）高于 2"  # one that does is enough
    assert str(told(when(Cell("t").is_("是"), 1, 2))) == "2，因为“t”是“无”"
    assert str(told(when(e.IsNumber(rank), rank, e.Blank()))) == "3"  # nothing was missing: no reason
    divided = rank / Cell("z")  # of which nothing may be asked while z is nothing
    assert str(told(when(every(Cell("z") > 0, divided > 1), 1, 2))) == "2，因为z为 0"
    assert str(told(when(clamp(rank, 0, 2) > 1, 5, 6))) == "5，因为目标（2）高于 1"  # without how 3 became 2
    assert str(told(when(e.Not(rank > 5), 1, 2))) == "1，因为目标（3）不高于 5"


def test_explanation_of_the_largest_and_of_other_units() -> None:
    assert str(told(e.Fold("max", (e.Number(Decimal(0)), Cell("a") - Cell("b"))))) == "2.1 - 3 = -0.9，最低 0，得 0"
    assert str(told(e.Fold("max", (e.Number(Decimal(1)), Cell("b") - Cell("a"))))) == "3 - 2.1 = 0.9，最低 1，得 1"
    assert str(told(e.Fold("max", (Cell("a"), Cell("b"))))) == "（2.1、3 取较大） = 3"
    assert told(e.Fold("max", (e.Row("a"),))).words == "各单位“完成”的最大值"
    assert str(told(e.Rank(Cell("b"), e.Row("b")))) == "3，有 2 个单位更高（丙 5，乙 4）"
    assert str(told(e.Rank(Cell("b"), e.Row("b"), ascending=True))) == "1，没有单位更低"


def test_a_long_sum_of_the_same_is_told_by_its_name() -> None:
    parts = tuple(Cell("b") for _ in range(7))
    assert told(e.Sum(parts)).words == "目标合计（7项）"
    assert str(told(e.Sum(parts))) == "21"
    assert told(e.Sum(parts[:3])).words == "3 项目标"
    assert str(told(e.Sum(parts[:3]))) == "3 + 3 + 3 = 9"


def test_explanation_of_rounding() -> None:
    assert str(told(e.Round(Cell("a") / Cell("b") / 7, 2))).endswith("= 0.1")
    assert str(told(Cell("b") * Cell("p"))) == "3 × 7.575% ≈ 0.2273"
    assert "四舍五入" not in str(told(e.Round(Cell("a") / Cell("b"), 2)))


CELLS = [f"c{i}" for i in range(5)]
LEAVES = st.one_of(st.sampled_from(CELLS).map(Cell), st.integers(0, 9).map(lambda n: e.Number(Decimal(n))))


def _grow(inner: st.SearchStrategy[e.Expression]) -> st.SearchStrategy[e.Expression]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: p[0] + p[1]),
        pair.map(lambda p: p[0] - p[1]),
        pair.map(lambda p: p[0] * p[1]),
        st.tuples(inner, st.integers(1, 9)).map(lambda p: p[0] / p[1]),
        st.tuples(inner, inner).map(lambda p: clamp(p[0], 0, p[1])),
        st.tuples(inner, inner, inner, inner).map(lambda p: when(e.Compare(">=", p[0], p[1], guard=True), p[2], p[3])),
        inner.map(lambda p: e.Round(p, 2)),
        st.lists(inner, min_size=2, max_size=4).map(lambda p: e.Sum(tuple(p))),
    )


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(LEAVES, _grow, max_leaves=8),
    st.lists(st.decimals(-50, 50, places=2), min_size=5, max_size=5),
)
def test_random_trees_mean_the_same_in_excel(tree: e.Expression, numbers: list[Decimal]) -> None:
    sheet = Sheet(dict(zip(CELLS, numbers, strict=True)))
    text = formula.formula(e.Round(tree, 2), Addresses(sheet))
    constants = {("s", sheet.place(c)): v for c, v in sheet.values.items()}
    [shown] = Library({("s", "Z1"): text}, constants).evaluate([{}])["s", "Z1"]
    assert isinstance(shown, Decimal)
    assert abs(shown - exact.number(e.Round(tree, 2), sheet)) < Decimal("1e-6"), text
    explain.derive(tree, sheet, sheet)
