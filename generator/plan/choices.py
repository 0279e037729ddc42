"""What Excel can offer to choose from in a cell: a list that stands in the rule of the cell itself, its entries apart by commas."""

from __future__ import annotations

from functools import lru_cache

from generator.plan.plan import Plan
from generator.problems import SchemeFault
from generator.tree import excel

LONGEST = 255


def refuse_choices(plan: Plan) -> None:
    """Refuse options that Excel would cut apart, trim or not take at all. Raises SchemeFault."""
    for line in plan.inputs:
        if line.input and line.input.accepts.options:
            message, remedy = _wrong(line.input.accepts.options)
            if message:
                words, where = plan.named(line)
                raise SchemeFault(f"{words}：{message}", where, remedy)


@lru_cache(maxsize=1000)
def _wrong(options: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with options, and what to do."""
    for option in options:
        if "," in option:
            return f"选项“{option}”里有英文逗号，Excel 的下拉列表会在那里把它拆成两项", "请改用中文逗号（，）或顿号（、）"
        if excel.misread(option):
            return f"选项“{option}”会被认错：{excel.MISREAD}", excel.WRITE_WIDE
        if not option or option != option.strip() or "\n" in option:
            return f"选项“{option}”是空的，或前后有空格、中间换了行，在 Excel 里永远选不中", "请写成一行，去掉多余的空格"
    length = len(",".join(options).replace('"', '""').encode("utf-16-le")) // 2
    if length > LONGEST:
        return f"全部选项连起来有 {length} 个字，Excel 的下拉列表最多 {LONGEST} 个", "请把选项写短，细节写在 hint 或 criteria 里"
    return "", ""
