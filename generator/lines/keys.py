"""What lines are called: the labels and keys that name rows of a book for ever."""

from __future__ import annotations

TOTAL_TAG = "合计"
DUTY_TAG = "职责"
SCORE_LABEL, DUE_LABEL, SUM_LABEL, RESULT_LABEL = "得分", "应得分", "小计", "结果"
COEFFICIENT, ROLE_LABEL = "系数", "角色"


MISSING, WORKED, TOTAL, RANK, GRADE = (f"合计/{label}" for label in ("未填项数", "计算总分", "总分", "位次", "等次"))
PLACE, BAND = "合计/位次占比", "合计/档次"
DUTIES, DONE, UNDONE = (f"合计/{label}" for label in ("应落实项数", "已落实", "未落实"))
GRADE_TABLE = "等次"


def fact_key(name: str) -> str:
    """The line of a fact about the units."""
    return f"{name}/情况"
