"""Makes the templates of the papers, templates/notice.docx and templates/statement.docx, from what is written here.

Run from the top of the repository: ``python docs/paper_templates.py``. An office changes its own copy in Word or WPS; these
two are what it begins from. The notice is laid out after GB/T 9704-2012: a text of 156 × 225 mm, 22 lines of 28 characters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from addin.result.papers import packed

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
BODY, HEADING, SUBHEADING, TITLE, PLAIN = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
LINE, CHARACTER = 28.95, 15.75
"""Points from line to line, so that 22 lines take 225 mm; and from character to character, so that 28 take 156 mm."""


def main() -> None:
    (TEMPLATES / "notice.docx").write_bytes(packed(notice()))
    (TEMPLATES / "statement.docx").write_bytes(packed(statement()))


# The notice -------------------------------------------------------------------------------------------------------------


def notice() -> Any:
    """The ranking notice."""
    made = _blank(top=37, bottom=35, left=28, right=26)
    _body_style(made)
    _style(made, "公文标题", TITLE, 22, align=ALIGN.CENTER, line=32, after=LINE)
    _style(made, "主送机关", BODY, 16)
    _style(made, "一级标题", HEADING, 16, indent=2, keep=True)
    _style(made, "二级标题", SUBHEADING, 16, indent=2, keep=True)
    _style(made, "附件说明", BODY, 16, indent=2, keep=True)
    _style(made, "署名", BODY, 16, align=ALIGN.RIGHT, right=4, keep=True)
    _style(made, "成文日期", BODY, 16, align=ALIGN.RIGHT, right=4)
    _style(made, "附件标识", HEADING, 16)
    _style(made, "表格标题", TITLE, 16, align=ALIGN.CENTER, keep=True, after=6)
    _style(made, "表头", HEADING, 12, align=ALIGN.CENTER, line=18)
    _style(made, "表格", BODY, 12, align=ALIGN.CENTER, line=18)
    _page_numbers(made)

    _say(made, "公文标题", "{{标题}}")
    _say(made, "主送机关", "{{主送机关}}：")
    _say(made, "Normal", "根据{{依据}}，{{考核机关}}对{{单位数}}个单位{{年度}}年度的工作进行了考核。现将考核结果通报如下。")
    _say(made, "一级标题", "一、考核结果")
    _say(made, "Normal", "{%p for 组 in 分组 %}")
    _say(made, "二级标题", "{%p if 组.名称 %}")
    _say(made, "二级标题", "（{{组.序号}}）{{组.名称}}")
    _say(made, "二级标题", "{%p endif %}")
    _say(made, "Normal", "{{组.概况}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "Normal", "{%p for 句 in 评定 %}")
    _say(made, "Normal", "{{句}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "Normal", "{%p if 失分 %}")
    _say(made, "一级标题", "二、失分较多的工作")
    _say(made, "Normal", "{%p for 项 in 失分 %}")
    _say(made, "Normal", "{{项}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "Normal", "{%p endif %}")
    _say(made, "一级标题", "{% if 失分 %}三{% else %}二{% endif %}、有关说明")
    _say(made, "Normal", "{%p for 句 in 说明 %}")
    _say(made, "Normal", "{{句}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "附件说明", "")
    _say(made, "附件说明", "附件：1．{{年度}}年度考核位次表")
    attached = _say(made, "附件说明", "2．{{年度}}年度考核各部分得分表")
    attached.paragraph_format.first_line_indent = Pt(5 * CHARACTER)
    _say(made, "署名", "").paragraph_format.space_before = Pt(LINE)
    _say(made, "署名", "{{署名}}")
    _say(made, "成文日期", "{{成文日期}}")

    _attachment(made, "附件1", "{{年度}}年度考核位次表")
    _say(made, "表格标题", "{%p for 组 in 分组 %}")
    _say(made, "表格标题", "{%p if 组.名称 %}")
    _say(made, "表格标题", "{{组.名称}}")
    _say(made, "表格标题", "{%p endif %}")
    _table(
        made,
        ["位次", "被考核单位", "总分", "等次", "备注"],
        ["{{行.位次}}", "{{行.单位}}", "{{行.总分}}", "{{行.等次}}", "{{行.备注}}"],
        "{%tr for 行 in 组.单位 %}",
        [20, 58, 24, 26, 28],
    )
    _say(made, "表格标题", "{%p endfor %}")

    _attachment(made, "附件2", "{{年度}}年度考核各部分得分表")
    _say(made, "表格标题", "{%p for 表 in 得分表 %}")
    _say(made, "表格标题", "{%p if 表.名称 %}")
    _say(made, "表格标题", "{{表.名称}}")
    _say(made, "表格标题", "{%p endif %}")
    _wide_table(made, "表")
    _say(made, "表格标题", "{%p endfor %}")
    return made


def _attachment(made: Any, mark: str, title: str) -> None:
    _say(made, "附件标识", mark).paragraph_format.page_break_before = True
    _say(made, "公文标题", title)


def _page_numbers(made: Any) -> None:
    """— 1 — in 宋体 of size 4, one character in from the outer edge, its dash 7 mm below the text."""
    made.settings.odd_and_even_pages_header_footer = True
    section = made.sections[0]
    section.footer_distance = Mm(35 - 7 - 14 * 25.4 / 72)
    for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.style = _style(made, "页码" + ("右" if align is ALIGN.RIGHT else "左"), PLAIN, 14, align=align, line=14)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" —")


# The statement ----------------------------------------------------------------------------------------------------------


def statement() -> Any:
    """A unit's 得分说明单."""
    made = _blank(top=20, bottom=18, left=18, right=18)
    _plain_style(made)
    _style(made, "单标题", HEADING, 18, align=ALIGN.CENTER, line=30)
    _style(made, "单副题", PLAIN, 10.5, align=ALIGN.CENTER, line=18, after=6)
    _style(made, "小标题", HEADING, 12, line=24, keep=True)
    _style(made, "表头", HEADING, 10, align=ALIGN.CENTER, line=15)
    _style(made, "表格", PLAIN, 10, align=ALIGN.CENTER, line=15)
    _style(made, "表格左", PLAIN, 9.5, align=ALIGN.LEFT, line=14)
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.style = _style(made, "页脚", PLAIN, 9, align=ALIGN.CENTER, line=12)
    paragraph.add_run("{{单位}}得分说明单　第 ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" 页　共 ")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(" 页")

    _say(made, "单标题", "{{单位}}{{年度}}年度考核得分说明单")
    _say(made, "单副题", "{{考核名称}}　依据：{{依据}}")
    _say(made, "小标题", "一、结果")
    _table(
        made,
        ["总分", "位次", "等次", "比前一名", "比后一名"],
        ["{{总分}}", "{{位次}}", "{{等次}}", "{{比前一名}}", "{{比后一名}}"],
        "",
        [20, 46, 26, 41, 41],
    )
    _say(made, "Normal", "{%p for 句 in 结果说明 %}")
    _say(made, "Normal", "{{句}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "小标题", "二、各部分得分")
    _table(
        made,
        ["部分", "分值", "得分", "失分"],
        ["{{行.名称}}", "{{行.分值}}", "{{行.得分}}", "{{行.失分}}"],
        "{%tr for 行 in 部分 %}",
        [90, 28, 28, 28],
        left=(0,),
    )
    _listing(made, "三、失分的项目{{失分小结}}", "失分", "失分项")
    _say(made, "Normal", "{%p if 加分项 %}")
    _listing(made, "加分的项目{{加分小结}}", "加分", "加分项")
    _say(made, "Normal", "{%p endif %}")
    _say(made, "Normal", "{%p if 待定项 %}")
    _say(made, "小标题", "还没有得分的项目")
    _table(made, ["指标", "原因"], ["{{行.指标}}", "{{行.原因}}"], "{%tr for 行 in 待定项 %}", [60, 114], left=(0, 1))
    _say(made, "Normal", "{%p endif %}")
    _say(made, "小标题", "四、换一种读法会怎样")
    _say(made, "Normal", "{%p for 句 in 读法 %}")
    _say(made, "Normal", "{{句}}")
    _say(made, "Normal", "{%p endfor %}")
    _say(made, "Normal", "")
    _say(made, "Normal", "考核部门（盖章）：                              被考核单位签收：")
    _say(made, "Normal", "                年    月    日                                      年    月    日")
    return made


def _listing(made: Any, title: str, what: str, items: str) -> None:
    _say(made, "小标题", title)
    _table(
        made,
        ["指标", "分值", "得分", what, "怎么算的", "依据"],
        ["{{行.指标}}", "{{行.分值}}", "{{行.得分}}", "{{行.差}}", "{{行.原因}}", "{{行.依据}}"],
        f"{{%tr for 行 in {items} %}}",
        [46, 13, 14, 13, 60, 28],
        left=(0, 4, 5),
    )


# Parts ------------------------------------------------------------------------------------------------------------------


def _blank(top: float, bottom: float, left: float, right: float) -> Any:
    """An A4 document with nothing in it. Margins in millimetres."""
    made = docx.Document()
    for paragraph in list(made.element.body.iterchildren(qn("w:p"))):
        made.element.body.remove(paragraph)
    section = made.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(top), Mm(bottom), Mm(left), Mm(right)
    section.header_distance = Mm(15)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        section._sectPr.remove(grid)  # lines are measured exactly; a grid would move them
    _leave_out(made)
    properties = made.core_properties
    properties.author = properties.last_modified_by = "考核簿"
    properties.title = properties.comments = properties.keywords = properties.subject = ""
    return made


def _leave_out(made: Any) -> None:
    """What python-docx begins with and no paper of ours needs: dozens of table styles, a picture of an empty page."""
    for style in list(made.styles.element.iterchildren(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in ("TableNormal", "TableGrid"):
            made.styles.element.remove(style)
    for owner in (made.part, made.part.package):
        for id, relation in list(owner.rels.items()):
            if relation.reltype.rpartition("/")[2] in ("stylesWithEffects", "customXml", "thumbnail"):
                del owner.rels[id]


def _body_style(made: Any) -> None:
    normal = made.styles["Normal"]
    _dress(normal, BODY, 16, ALIGN.JUSTIFY, LINE)
    normal.paragraph_format.first_line_indent = Pt(2 * CHARACTER)
    _spread(normal, CHARACTER - 16)


def _plain_style(made: Any) -> None:
    _dress(made.styles["Normal"], PLAIN, 10.5, ALIGN.LEFT, 18)


def _style(
    made: Any,
    name: str,
    font: str,
    size: float,
    align: Any = ALIGN.JUSTIFY,
    line: float = LINE,
    indent: int = 0,
    right: int = 0,
    after: float = 0,
    keep: bool = False,
) -> Any:
    """A paragraph style. size, line, after: in points; indent, right: in characters."""
    style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = None
    _dress(style, font, size, align, line)
    style.paragraph_format.first_line_indent = Pt(indent * CHARACTER)
    style.paragraph_format.right_indent = Pt(right * CHARACTER)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.keep_with_next = keep
    style.quick_style = True
    if size == 16:
        _spread(style, CHARACTER - 16)
    return style


def _dress(style: Any, font: str, size: float, align: Any, line: float) -> None:
    style.font.name, style.font.size, style.font.bold = font, Pt(size), False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for side in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(side), font)
    form = style.paragraph_format
    form.alignment, form.line_spacing_rule, form.line_spacing = align, WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False


def _spread(style: Any, points: float) -> None:
    """Let characters stand closer by so many points."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(points * 20)))
    style.element.get_or_add_rPr().append(spacing)


def _say(made: Any, style: str, text: str) -> Any:
    return made.add_paragraph(text, style=style)


def _field(paragraph: Any, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def _table(made: Any, heads: list[str], cells: list[str], loop: str, widths: list[float], left: tuple[int, ...] = ()) -> None:
    """A table whose head is repeated on every page. loop: what goes through the rows; widths: in millimetres."""
    rows = [heads, *([[loop], cells, ["{%tr endfor %}"]] if loop else [cells])]
    table = made.add_table(rows=len(rows), cols=len(heads), style="Table Grid")
    table.autofit = False
    table.alignment = 1
    for number, texts in enumerate(rows):
        for column, cell in enumerate(table.rows[number].cells):
            cell.width = Mm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.text = texts[column] if column < len(texts) else ""
            paragraph.style = made.styles["表头" if not number else "表格左" if column in left else "表格"]
        _whole(table.rows[number], head=not number)
    for column, width in enumerate(widths):
        table.columns[column].width = Mm(width)


def _wide_table(made: Any, name: str) -> None:
    """A table with as many columns as there are parts."""
    table = made.add_table(rows=4, cols=5, style="Table Grid")
    table.alignment = 1
    loops = [f"{{%tc for 列 in {name}.列 %}}", "{{列}}", "{%tc endfor %}"]
    values = ["{%tc for 值 in 行.值 %}", "{{值}}", "{%tc endfor %}"]
    rows = [["位次", "被考核单位", *loops], [f"{{%tr for 行 in {name}.行 %}}"], ["{{行.位次}}", "{{行.单位}}", *values], ["{%tr endfor %}"]]
    for number, texts in enumerate(rows):
        for column, cell in enumerate(table.rows[number].cells):
            paragraph = cell.paragraphs[0]
            paragraph.text = texts[column] if column < len(texts) else ""
            paragraph.style = made.styles["表格" if number else "表头"]
        _whole(table.rows[number], head=not number)


def _whole(row: Any, head: bool) -> None:
    """A row is not split between pages; the head is repeated on each."""
    properties = row._tr.get_or_add_trPr()
    for name in ["w:cantSplit", *(["w:tblHeader"] if head else [])]:
        properties.append(OxmlElement(name))


if __name__ == "__main__":
    main()
