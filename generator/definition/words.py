"""What keys, choices and sheets are called in a definition workbook. What has no name here goes by its key of the file."""

from __future__ import annotations

FACTS, UNITS, TREE, FIGURES, EVENTS, TABLES, FORMULAS, ROUNDS, GRADES, READINGS, NOTES, LOOK_UP = (
    "概况", "单位", "指标", "目标", "事项", "分档", "公式", "分期", "等次", "读法", "说明", "查询表",
)  # fmt: skip
RULES, REMARKS, HIDDEN = "规则", "把关", "_definition"

SHEETS: dict[str, str] = {
    FACTS: "一行一项，填在“内容”里",
    UNITS: "一行一个：分组和被考核单位、常一起说的几个单位、角色系数、要认定的情况、原文写的个数",
    TREE: "一行一个指标或分组，“层级”说明它在谁的下面：2 级的属于上面最近的 1 级",
    FIGURES: "各单位不同的分值和目标，一行一项，一列一个单位；“－”表示没有这项任务",
    EVENTS: "一行一个事项，“所属”写指标的编号：每次扣（加）几分、缺一项扣几分、否决的情形",
    TABLES: "分档、阶段、情形和按名额评的等次，一行一档，“所属”写指标的编号",
    FORMULAS: "公式要用的：填报的、固定的数、算出的量、得分，一行一个；“所属”空着的是整个方案的",
    ROUNDS: "分期计分的分组，一行一个",
    GRADES: "年终怎样定等次，一行一等，从好到差",
    READINGS: "原文有几种理解的，一行一种理解；“现取”写本方案取的那一种",
    NOTES: "原文不清楚、前后不一的地方，一行一条",
    LOOK_UP: "只供查阅、不计分的表，一行一行照录，各栏写在“第1栏”“第2栏”里；表名和表头只写在表的第一行",
}
"""The sheets in the order of the tabs, each with what stands above its table."""

SCHEME_SHEETS = dict.fromkeys(("units", "sets", "roles", "formerly", "outside", "unlisted", "assessors", "counts", "facts"), UNITS) | {
    "inputs": FORMULAS,
    "figures": FORMULAS,
    "quantities": FORMULAS,
    "score": FORMULAS,
    "bands": TABLES,
    "grades": GRADES,
    "readings": READINGS,
    "notes": NOTES,
    "references": LOOK_UP,
}
NODE_SHEETS = dict.fromkeys(("inputs", "figures", "quantities", "score"), FORMULAS) | {
    **dict.fromkeys(("events", "items", "when"), EVENTS),
    **dict.fromkeys(("bands", "stages", "situations", "grades"), TABLES),
}
"""On which sheet the rows of a key stand. What else fills several cells goes to `EVENTS`."""
ROUND_KEYS = ("periods", "fold", "weights", "period_figures")
"""Keys of a group that have a sheet of their own."""
ALWAYS = (
    "id", "name", "points", "in", "assessor", "rule", "target", "for", "no_task", "may_be_none",
    "floor", "at_least", "at_most", "criteria", "clause", "due",
)  # fmt: skip
"""The columns of the tree that are always there; others are there where the scheme uses them."""
PRIMARY = {"score": "is", "items": "what", "when": "what"}
"""Keys whose single values, which have no name of their own, stand in one of the columns: a formula, an event that is only named."""

LEVEL, SORT, OWNER, WHAT, NAME, VALUE, REST, CONTENT = "#level", "#sort", "#owner", "#what", "#name", "#value", "#rest", "#content"
SUM, VERDICT = "#sum", "#verdict"
CELL = "#cell:"
"""What the keys of the columns begin with that hold the cells of a table to look things up in, before their number."""

NAMES: dict[str, str] = {
    LEVEL: "层级", SORT: "类别", OWNER: "所属", WHAT: "项目", NAME: "名称", VALUE: "值", REST: "其他", CONTENT: "内容",
    SUM: "分项合计", VERDICT: "核对", "#whose": "是哪一项", "#parent": "上级在第几行", "#points": "计入的分值", "#shared": "各项的分值",
    "#ref": "所属的写法",
    "scheme": "方案编号", "title": "标题", "place": "地区", "year": "年度", "issuer": "发文机关", "source": "依据",
    "source.document": "文号", "source.part": "附件", "source.date": "印发日期", "version": "版本", "full_marks": "满分",
    "decimals": "保留小数", "ties": "并列怎么办", "rank_by": "按哪个量排名", "layout": "版式",
    "units": "单位", "sets": "合称", "roles": "角色", "outside": "不考核的分组", "unlisted": "没有列名单的分组",
    "formerly": "上一年度的名称",
    "assessors": "考核主体对应的单位", "counts": "个数", "facts": "单位情况", "says": "写的是", "of": "数哪些", "what": "事项",
    "about": "是什么情况",
    "id": "编号", "name": "指标名称", "points": "分值", "in": "计量单位", "assessor": "考核主体", "clause": "出处",
    "criteria": "计分办法", "due": "完成时限", "for": "适用单位", "no_task": "没有任务的", "nobody": "都没有任务时",
    "may_be_none": "可填“无”", "only_if": "为“是”才考核", "unless": "为“否”才考核", "rule": "规则",
    "base": "从几分起算", "at_least": "最低", "at_most": "最多", "rescale": "放大到分值",
    "round_last": "放大后再取整", "form": "填报表样式",
    "periods": "各期", "fold": "怎样合成", "weights": "各期比重", "period_figures": "各期的数",
    "target": "目标", "actual": "填报项名称", "target_name": "目标名称", "better": "方向", "counts.ratio": "填的是", "min": "最小值",
    "floor": "扣到几分", "same_matter": "同一事项", "whole": "只算整档", "ask": "问什么", "raw": "原始满分", "by": "谁的结果",
    "below": "未完成最高", "degree_of": "完成程度乘", "degree": "程度名称", "minus": "是扣分", "before": "未开始叫", "if": "否决条件",
    "grade": "定为等次",
    "events": "扣分加分事项", "items": "情形", "when": "否决情形", "each": "每次几分", "up_to": "到（最多几次）", "between": "幅度",
    "zero": "不得分", "must": "没有做到不得分", "short_of": "低于", "beyond": "高于", "per": "每差", "per_what": "按什么数",
    "bands": "分档", "stages": "阶段", "situations": "情形得分", "grades": "等次", "share": "比例", "from": "从", "gives": "得",
    "assumed": "原文没有这一档", "ends": "端点归", "stated": "端点写明", "highest": "最大值",
    "inputs": "填报", "figures": "数", "quantities": "量", "score": "得分公式", "is": "公式", "low": "下限", "high": "上限",
    "part_of": "属于哪个的一部分", "result": "取哪个结果", "options": "选项", "hint": "提示",
    "rounded": "占几个单位四舍五入", "within": "在哪里比", "needs": "须具备",
    "readings": "读法", "at": "指标", "conflict": "两处不一", "answers": "回答把关", "takes": "现取", "set": "改动",
    "with": "一起取时的改动",
    "notes": "说明", "reading": "本方案怎么算", "otherwise": "还可以怎么理解",
    "references": "查询表", "columns": "表头", "rows": "内容行", "widths": "列宽",
}  # fmt: skip
"""Key → the heading of its column, or its name in a column of keys."""

SHEET_NAMES: dict[tuple[str, str], str] = {
    (UNITS, VALUE): "单位或系数", (UNITS, NAME): "分组或名称", (UNITS, "what"): "数的是", (UNITS, "for"): "问哪些单位",
    (UNITS, "id"): "情况名称", (TREE, "counts"): "填的是", (TREE, "scheme"): "结果在哪个方案", (EVENTS, "at_most"): "该项最多",
    (EVENTS, "up_to"): "最多几次", (EVENTS, "in"): "率的单位", (TABLES, "up_to"): "到",
    (TABLES, "name"): "等次名称", (TABLES, "points"): "计分", (TABLES, "title"): "表名", (FORMULAS, "ask"): "填什么",
    (FORMULAS, "scheme"): "结果在哪个方案",
    (GRADES, "by"): "按什么定", (GRADES, "name"): "等次名称", (GRADES, "at_least"): "不低于几分", (GRADES, "up_to"): "到名次或比例",
    (READINGS, "id"): "读法名称", (READINGS, NAME): "理解", (READINGS, "says"): "怎么算", (READINGS, VALUE): "其他写法",
    (LOOK_UP, VALUE): "内容",
}  # fmt: skip
"""Where a key is called otherwise on one sheet."""

CHOICES: dict[str, dict[str, str]] = {
    "layout": {"auto": "自动", "matrix": "单位并排", "rows": "单位往下排", "units": "每单位一张表"},
    "no_task": {"exclude": "不计", "average": "平均得分", "full": "满分", "zero": "零分"},
    "nobody": {"blank": "空着", "full": "满分"},
    "base": {"zero": "零分", "full": "满分"},
    "fold": {"sum": "相加", "average": "平均", "participated": "只平均参加的"},
    "form": {"matrix": "照指标排", "list": "清单"},
    "better": {"higher": "越高越好", "lower": "越低越好"},
    "counts": {"done": "完成的", "undone": "没有完成的"},
    "same_matter": {"each": "各自计", "highest": "只计最高"},
    "degree_of": {"ceiling": "未完成最高", "points": "分值"},
    "floor": {"assumed": "0，原文未写"},
    "at_least": {"assumed": "0，原文未写"},
    "at_most": {"points": "分值，原文写明"},
    "ends": {"lower": "上一档", "upper": "下一档"},
    "by": {"score": "得分", "rank": "位次", "rank_share": "位次占比"},
    "ask": {
        "quantity": "数量", "count": "整数", "events": "次数", "score": "评分", "amount": "加减分", "choice": "选一项", "yes_no": "是或否",
    },
}  # fmt: skip
"""Key → its closed choices in words."""

GROUP, INDICATOR, COMMON, BONUS, BONUS_GROUP = "分组", "指标", "各项相同", "加分", "加分分组"
"""What a row of the tree is."""
SORTS = (GROUP, INDICATOR, COMMON, BONUS, BONUS_GROUP)
ELSEWHERE = "见“目标”表"
"""Stands in a cell of the tree whose figures, one for each unit, are on the sheet of figures."""
YES, NO = "是", "否"
NOTHING = "－"


def name_of(key: str, sheet: str = "") -> str:
    """What a key is called on a sheet."""
    if key.startswith(CELL):
        return f"第{key.removeprefix(CELL)}栏"
    return SHEET_NAMES.get((sheet, key)) or NAMES.get(key, key)
