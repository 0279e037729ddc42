"""The catalogue of findings: everything that a check can say about a workbook, in one place.

Severity: ``error`` makes a result wrong or uncertain, ``warning`` may, ``todo`` is work not done yet. Each code has a
test that provokes it (tests/test_findings.py) and a row in docs/findings.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "todo"]


@dataclass(frozen=True)
class Kind:
    """A kind of finding. title: what it is in a few words; remedy: what the user should do."""

    severity: Severity
    title: str
    remedy: str


SEVERITY = {"error": "错误", "warning": "提醒", "todo": "待填"}
"""How grave a finding is, in words."""
CATALOGUE: dict[str, Kind] = {
    # What was typed in
    "input-missing": Kind("todo", "还没有填", "请填写；确实没有的按提示处理"),
    "input-text": Kind("error", "应填数的格子里是文字", "请改填数字"),
    "input-number-as-text": Kind("error", "数字存成了文本，或带了单位、全角字符", "“重算”可以改成数字，或重新输入"),
    "input-date": Kind("error", "填写的格子里是日期或时间（如 1/2、3-1 会变成日期）", "请把单元格格式改成“常规”，再填数字"),
    "input-percent": Kind("error", "百分数填大了一百倍（如 95 填成 9500%）", "“重算”可以除以一百，或重新输入"),
    "input-range": Kind("error", "数值不在允许的范围内", "请按格子旁的提示填写"),
    "chosen-outside-band": Kind("error", "酌情的分数不在规定的幅度内", "请在幅度内填写，没有就不填"),
    "input-choice": Kind("error", "不在可选的项目里", "请从下拉列表里选"),
    "input-formula": Kind("error", "填写的格子里是公式", "请改填数值（复制后“粘贴为数值”）"),
    "input-link": Kind("error", "填写的格子引用了别的文件", "请改填数值，并断开外部链接"),
    "input-error": Kind("error", "填写的格子里是错误值", "请重新填写"),
    "input-outlier": Kind("warning", "与目标或其他单位相比差了一百倍以上，可能弄错了计量单位", "请核对计量单位（如万元、亿元）"),
    "input-beyond": Kind("warning", "一部分比全部还多", "请核对两个数；得分仍按公式算"),
    "matter-repeated": Kind(
        "warning", "几种情形都填了，同一件事只能按最高的一种计一次", "请核对是不是不同的事；是同一件事的只留最高的一种"
    ),
    "input-not-applicable": Kind("warning", "该单位没有这项任务，却填了数", "请核对；填的数不计分"),
    "input-locked": Kind("error", "填写的格子被锁住了，多半是整格粘贴过来的", "用“重算”恢复，填的数不变；以后请用“选择性粘贴→数值”"),
    "input-look": Kind("warning", "填写的格子失去了原样，多半是整格粘贴过来的", "用“重算”恢复，填的数不变；以后请用“选择性粘贴→数值”"),
    "input-unruled": Kind(
        "warning", "填写的格子失去了填报限制，多半是整格粘贴过来的", "用“重算”恢复，填的数不变；以后请用“选择性粘贴→数值”"
    ),
    "format-misleads": Kind("error", "得分等格子的数字格式被改了，显示的不是真数", "用“重算”恢复格式"),
    "cells-merged": Kind(
        "error",
        "填写或计分的格子被合并了，盖住的数看不见，也填不进去",
        "选中它，在“开始”里取消“合并后居中”，再核对这几格的数",
    ),
    # What is locked
    "formula-overwritten": Kind("error", "公式被数值盖掉了", "用“重算”恢复公式"),
    "formula-changed": Kind("error", "公式被改动了", "用“重算”恢复公式"),
    "formula-deleted": Kind("error", "公式被删掉了", "用“重算”恢复公式"),
    "formula-added": Kind("warning", "多了不属于本簿的公式", "多半是插入或删除行列后留下的，不影响计分；请核对表和图后删去"),
    "parameter-changed": Kind("error", "目标、分值、标准等参数被改动了", "用“重算”恢复；确需修改的请改方案后重新生成"),
    "text-added": Kind("warning", "多写了不属于本簿的内容，容易被看成单位或得分", "不影响计分；请核对后删去，或写到自己的表上"),
    "chart-moved": Kind("error", "图画的不是位次表里的得分，多半是插入或删除了行列", "用“重算”改回原来的区域"),
    "label-changed": Kind("warning", "锁定的文字被改动了", "用“重算”恢复"),
    "protection-off": Kind("warning", "工作表的保护被取消了", "核对后在“审阅”里重新保护工作表"),
    # How the sheets are built
    "sheet-missing": Kind("error", "工作表被删除或改了名", "改了名的请改回原名；删除的请从备份找回，或重新生成空白表后把数据填入"),
    "sheet-renamed": Kind("warning", "填报与计分表被改了名", "建议改回原名"),
    "sheet-hidden": Kind("warning", "工作表被隐藏了", "右键工作表标签，取消隐藏"),
    "sheet-added": Kind("warning", "多了一张不属于本簿的工作表", "不影响计分；报送前请确认是否需要"),
    "sheet-foreign": Kind("error", "混进了别的单位或别的考核簿的填报表", "它不计分；请核对有没有交错表，再删去"),
    "row-missing": Kind("error", "一行被删除了", "请从备份找回，或重新生成空白表后把数据填入"),
    "heading-missing": Kind("warning", "表头里的一行被删除了", "不影响计分；看不清列名时请从备份找回，或重新生成空白表后把数据填入"),
    "row-duplicated": Kind("error", "一行被复制了，出现两次", "请删去多出的一行"),
    "row-moved": Kind("error", "行的次序变了（可能被排序）", "请按序号排回原来的次序，或重新生成空白表后把数据填入"),
    "row-added": Kind("warning", "表中插入了不属于本簿的行", "不影响计分；报送前请确认是否需要"),
    "row-counted": Kind("error", "表中多了一行，会被算进得分", "请删去这一行，填的数先移走；要增加单位或事项请用新的空白表，或联系督考办"),
    "column-missing": Kind("error", "一列被删除了", "请从备份找回，或重新生成空白表后把数据填入"),
    "column-duplicated": Kind("error", "一列被复制了，出现两次", "请删去多出的一列，填的数先移走"),
    "column-moved": Kind("error", "列的次序变了", "请把各列排回原来的次序"),
    "column-added": Kind("warning", "单位之间多了一列", "不影响计分，建议删去；要增加单位请用新的空白表，或联系督考办"),
    "column-counted": Kind(
        "error",
        "单位之间多了一列，会被算进各单位的平均、位次等，得分和合计会变空或变错",
        "请删去这一列，填的数先移走；要增加单位请用新的空白表，或联系督考办",
    ),
    # What the file says of itself
    "scheme-differs": Kind("error", "簿中的考核方案与现行公布的同名方案不一致", "请确认用的是不是最新一版空白表"),
    "format-older": Kind("warning", "本簿由以前的版本生成，公式是旧的写法，算法不变", "点“重算”换成现在的写法；不换也算得出"),
    "scheme-superseded": Kind("warning", "这是往年的考核簿，已有更新年度的同一方案", "请确认要填的是不是这一年度"),
    "scheme-damaged": Kind("error", "簿中的考核方案与它的指纹不符，可能被改过", "请从备份找回，或重新生成空白表后把数据填入"),
    "macro-inside": Kind("warning", "文件里带有宏，考核簿本身没有宏", "来历不明的不要启用；请对方另存为不带宏的 .xlsx"),
    "link-outside": Kind("warning", "文件里带有指向别的文件的链接，考核簿本身没有链接", "在“数据—编辑链接”里断开"),
    "calculation-manual": Kind("warning", "工作簿被设成手动计算，显示的得分可能是旧的", "在“公式”里改回自动计算，或用“重算”"),
    "calculation-as-shown": Kind(
        "error",
        "工作簿被设成“将精度设为所显示的精度”，填的数和得分会被截短",
        "请在“选项—高级”（WPS 在“选项—重新计算”）里取消这一项，再核对填的数",
    ),
    "values-stale": Kind("warning", "显示的得分与按现在的填报算出的不同", "用 Excel 打开会自动更新，或用“重算”"),
    "formulas-disagree": Kind("error", "按簿中公式算出的与精确得分不同", "用“重算”恢复公式；仍不同的请把文件发给维护者"),
    "quota-exceeded": Kind("warning", "评定的等次超出了名额", "名额是原则上的，请按考核办法确认"),
    "score-open": Kind("error", "都填了却得不出分", "请看计分办法：可能没有一个单位有这项任务，或除数为 0；由考核部门认定怎么计"),
    "incomplete": Kind("todo", "还有单位没有填完，不能排名", "填完后再公布位次"),
}


@dataclass(frozen=True)
class Finding:
    """One finding: what, where, and what to do. cell, indicator and unit are empty where they do not apply."""

    code: str
    severity: Severity
    sheet: str
    cell: str
    indicator: str
    unit: str
    message: str
    fix: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def finding(code: str, detail: str = "", sheet: str = "", cell: str = "", indicator: str = "", unit: str = "") -> Finding:
    """A finding of the catalogue, with what is particular to this one."""
    kind = CATALOGUE[code]
    message = f"{kind.title}：{detail}" if detail else kind.title
    return Finding(code, kind.severity, sheet, cell, indicator, unit, message, kind.remedy)
