"""The manual as a Word document, which an office hands out or prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it.token import Token

from addin.manual import text
from addin.result.papers import packed

WIDTH = 16.0
"""Of the text, in centimetres, on A4."""
TALLEST = 9.5
"""Of a picture, in centimetres."""
BODY, HEADING = "宋体", "黑体"


def document() -> bytes:
    """The document; the same bytes whenever it is made."""
    from docx import Document
    from docx.shared import Cm

    made = Document()
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - WIDTH) / 2)
    page.top_margin = page.bottom_margin = Cm(2.5)
    _styles(made)
    made.core_properties.title, made.core_properties.author = text.NAME, "考核簿"
    _Writer(made).write(text.tokens())
    return packed(made)


def _styles(made: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = {"Normal": 11, "Title": 22, "Heading 1": 16, "Heading 2": 13, "List Bullet": 11, "List Number": 11}
    for name, size in sizes.items():
        style = made.styles[name]
        family = BODY if size == 11 else HEADING
        style.font.name, style.font.size, style.font.color.rgb = family, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), family)
        style.paragraph_format.space_after = Pt(6)


class _Writer:
    """Puts marks into a document, in their order."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.lists: list[str] = []

    def write(self, tokens: list[Token]) -> None:
        listed = iter(tokens)
        for token in listed:
            match token.type:
                case "heading_open":
                    level = int(token.tag[1:]) - 1
                    self._runs(self.made.add_paragraph(style=f"Heading {level}" if level else "Title"), next(listed))
                case "bullet_list_open" | "ordered_list_open":
                    self.lists.append("List Bullet" if token.type.startswith("bullet") else "List Number")
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "paragraph_open":
                    self._paragraph(next(listed))
                case "table_open":
                    self._table(listed)

    def _paragraph(self, inline: Token) -> None:
        children = inline.children or []
        if len(children) == 1 and children[0].type == "image":
            self._picture(children[0])
            return
        self._runs(self.made.add_paragraph(style=self.lists[-1] if self.lists else None), inline)

    def _picture(self, token: Token) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm

        run = self.made.add_paragraph().add_run()
        shape = run.add_picture(str(text.picture(str(token.attrs["src"]))))
        scale = min(1.0, Cm(WIDTH) / shape.width, Cm(TALLEST) / shape.height)
        shape.height, shape.width = int(shape.height * scale), int(shape.width * scale)
        shape._inline.docPr.set("descr", token.content)
        run._parent.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _runs(self, paragraph: Any, inline: Token) -> None:
        bold = False
        for token in inline.children or []:
            match token.type:
                case "strong_open" | "strong_close":
                    bold = token.type == "strong_open"
                case "text" | "code_inline":
                    paragraph.add_run(token.content).bold = bold or None

    def _table(self, listed: Iterator[Token]) -> None:
        from docx.oxml import OxmlElement
        from docx.shared import Pt

        rows: list[list[Token]] = []
        for token in listed:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(token)
        table = self.made.add_table(len(rows), len(rows[0]), style="Table Grid")
        self._widths(table, rows)
        for row, cells in zip(table.rows, rows, strict=True):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, inline in zip(row.cells, cells, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                self._runs(paragraph, inline)
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # on every page of the table
        self.made.add_paragraph()

    def _widths(self, table: Any, rows: list[list[Token]]) -> None:
        """Columns in proportion to their texts, none narrower than a sixth."""
        from docx.shared import Cm

        table.autofit = False
        lengths = [max(len(re.sub(r"[*`]", "", row[column].content)) for row in rows) for column in range(len(rows[0]))]
        shares = [max(length / sum(lengths), 1 / 6) for length in lengths]
        for number, share in enumerate(shares):
            table.columns[number].width = width = Cm(WIDTH * share / sum(shares))
            for cell in table.columns[number].cells:
                cell.width = width
