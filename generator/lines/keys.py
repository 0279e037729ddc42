"""What lines are called: the keys that name rows of a book for as long as there are files of it, and the labels in them."""

from __future__ import annotations


class Key(str):
    """The name of a row: its owner, then what it is: ``4.2/完成``. It stands in the hidden column of the file."""

    __slots__ = ()

    @property
    def owner(self) -> Owner:
        """Whose row it is."""
        return Owner(self.partition("/")[0])

    @property
    def what(self) -> str:
        """What it is of its owner's."""
        return self.partition("/")[2]


class Owner(str):
    """Whose rows they are: an indicator by its id, a group or a declared name; in a period ``4.2@1季``, and inside that again
    ``4.2@1季@1月``."""

    __slots__ = ()

    @property
    def id(self) -> str:
        """The owner without its periods."""
        return self.partition("@")[0]

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods it stands in, the outermost first."""
        return tuple(self.split("@")[1:])

    @property
    def words(self) -> str:
        """As people read it, the period first: ``1月 前期积压数``."""
        return " ".join([*self.periods, self.id])

    def line(self, what: str) -> Key:
        """The key of one of its rows."""
        return Key(f"{self}/{what}")

    def within(self, id: str) -> bool:
        """Whether it is that owner, or that owner in a period."""
        return self == id or self.startswith(f"{id}@")


TOTAL_TAG = "合计"
DUTY_TAG = "职责"
SCORE_LABEL, DUE_LABEL, SUM_LABEL, RESULT_LABEL = "得分", "应得分", "小计", "结果"
SELF_LABEL = "自评分"
"""What a score is called on a unit's own form."""
COEFFICIENT, ROLE_LABEL = "系数", "角色"
RAW_LABEL = "取整前得分"
"""Of an indicator whose group is enlarged before its scores are rounded."""


MISSING, WORKED, TOTAL, RANK, GRADE = map(Owner(TOTAL_TAG).line, ("未填项数", "计算总分", "总分", "位次", "等次"))
SO_FAR = Owner(TOTAL_TAG).line("已有自评分合计")
"""On a unit's own form, what its scores come to as long as some wait for others."""
PLACE, BAND = map(Owner(TOTAL_TAG).line, ("位次占比", "档次"))
DUTIES, DONE, UNDONE = map(Owner(TOTAL_TAG).line, ("应落实项数", "已落实", "未落实"))
GRADE_TABLE = "等次"


def fact_key(name: str) -> Key:
    """The line of a fact about the units."""
    return Owner(name).line("情况")
