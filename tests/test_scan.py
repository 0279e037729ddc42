"""The cells of a sheet: found in two ways that give the same, read as XML says they are, changed without touching the rest.

Requirements: the quick scan and the thorough one agree on whatever the quick one takes; both read what lxml reads, however
a program may spell it; a change leaves every byte outside the cells, rows and the range that it is about; what is no
sound XML, or could be more than it seems, is refused in Chinese.
"""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from conftest import PANSHAN
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.problems import PackageError
from generator.value import Value
from generator.verification import libreoffice_engine
from generator.xlsx import scan, xml
from generator.xlsx.package import Package
from generator.xlsx.sheet_part import SheetPart

HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{xml.MAIN}">'


class Alone:
    """A file that has this one sheet."""

    name = "表.xlsx"
    strings = ("甲", "", "丙", *["共"] * 9999)

    def __init__(self) -> None:
        self.lost: list[str] = []

    def lost_formula(self, path: str, at: str) -> None:
        self.lost.append(at)


def sheet(data: str | bytes) -> SheetPart:
    """A sheet of its own, from its part."""
    raw = data.encode() if isinstance(data, str) else data
    return SheetPart(Alone(), "xl/s.xml", xml.decoded(raw, "xl/s.xml"))  # type: ignore[arg-type]


def rows(text: str, head: str = "", tail: str = "") -> str:
    """A sheet with these rows."""
    return f"{HEAD}{head}<sheetData>{text}</sheetData>{tail}</worksheet>"


def content(part: SheetPart) -> dict[str, tuple[str, object, str | None, int | None]]:
    """All that can be asked of the cells."""
    return {at: (part.kind(at), part.value(at), part.formula(at), part.style(at)) for at in part.addresses}


def shape(part: SheetPart) -> list[tuple[int, list[tuple[str, str]]]]:
    return [(number, list(cells)) for number, cells in part.rows()]


def agree(data: bytes) -> bool:
    """Whether the quick scan takes a sheet; what it finds is what the thorough one finds."""
    raw = xml.raw_of(data)
    quick, thorough = scan.quick(raw, "s"), scan.thorough(raw, data, "s")
    if quick is None:
        return False
    assert list(quick.cells) == list(thorough.cells)
    assert list(quick.places(quick.cells)) == list(thorough.places(thorough.cells))
    assert quick.offsets() == thorough.offsets()
    assert quick.rows("s") == thorough.rows("s")
    for name in ("worksheet", "protected", "dimension", "opened", "inside", "close"):
        assert getattr(quick, name) == getattr(thorough, name), name
    one, other = sheet(data), sheet(data)
    other._scan, other._cells = thorough, thorough.cells
    assert content(one) == content(other)
    assert shape(one) == shape(other)
    for part in (one, other):
        for number, at in enumerate([*part.addresses, "B2", "ZZ1", "C3000", "A1"]):
            if number % 3 == 0:
                part.set_formula(at, "=1+1<2", True)
            elif number % 3 == 1:
                part.set(at, (Decimal("0.5"), "字 ", None)[number % 9 // 3])
        part.set_height(2, 30)
    fresh = [sheet(part.to_bytes()) for part in (one, other)]
    assert content(fresh[0]) == content(one) == content(other) == content(fresh[1])
    assert shape(fresh[0]) == shape(one) == shape(other)
    return True


def by_lxml(data: bytes) -> dict[str, tuple[str, str | None, str | None]]:
    """What lxml reads of cells that all say where they are: type, value and formula, as they are written."""
    found = {}
    for cell in etree.fromstring(data).iter(f"{{{xml.MAIN}}}c"):
        value = formula = None
        for child in cell:
            if child.tag == f"{{{xml.MAIN}}}v":
                value = child.text
            elif child.tag == f"{{{xml.MAIN}}}f":
                formula = child.text or ""
            elif child.tag == f"{{{xml.MAIN}}}is":
                texts = [t for t in child.iter(f"{{{xml.MAIN}}}t") if t.getparent().tag != f"{{{xml.MAIN}}}rPh"]
                value = "".join(t.text or "" for t in texts)
        found[cell.get("r")] = (cell.get("t", "n"), value or None, formula)
    return found


def written(part: SheetPart) -> dict[str, tuple[str, str | None, str | None]]:
    """The same of ours."""
    found = {}
    for at, (_, attributes, tag, formula, value, text, _) in part._cells.items():
        kind = xml.attribute(attributes, "t") or "n"
        found[at] = (kind, xml.plain(value or text) or None, xml.plain(formula) if tag else None)
    return found


# Both scans -----------------------------------------------------------------------------------------------------------


def sheets_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if re.search("worksheets/[^/]+[.]xml$", name)}


def by_others(book: Path, folder: Path) -> list[Path]:
    """The same cells as openpyxl and XlsxWriter write them, which is nearly as Excel does."""
    loaded = openpyxl.load_workbook(book)
    loaded.save(folder / "openpyxl.xlsx")
    made = xlsxwriter.Workbook(folder / "xlsxwriter.xlsx")
    for source in loaded.worksheets:
        target = made.add_worksheet(source.title)
        for row in source.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    target.write_formula(cell.row - 1, cell.column - 1, cell.value, None, " 字" if cell.row % 2 else 3)
                else:
                    target.write(cell.row - 1, cell.column - 1, cell.value)
        target.write_rich_string("A9999", made.add_format({"bold": True}), "甲", "乙")
        target.write_array_formula("B9999:C9999", "{=A1:B1}", None, 4)
        target.write_dynamic_array_formula("D9999", "=SORT(A1:B1)", None, 4)
        target.write_boolean("F9999", True)
    made.close()
    return [folder / "openpyxl.xlsx", folder / "xlsxwriter.xlsx"]


@pytest.mark.parametrize("name", PANSHAN)
def test_both_scans_agree_on_what_programs_write(name: str, filled_books: dict[str, Path], tmp_path: Path, soffice: str) -> None:
    book = filled_books[name]
    calc = libreoffice_engine.convert([book], "xlsx:Calc MS Excel 2007 XML", tmp_path)
    for path in [book, *by_others(book, tmp_path), *calc]:
        for part, data in sheets_of(path).items():
            assert agree(data), (path.name, part)
            assert written(sheet(data)) == by_lxml(data)


BLANKS = st.sampled_from(["", "", "", " ", "\n", "\t\n", "\r\n"])
TEXTS = st.text(st.sampled_from("a9.-=<>&\"' \n\r\t甲🀄é\x85\xa0]"), max_size=6)
STRAY = st.sampled_from(["", "", "", "", "<!-- <c r='A1'/> -->", "<?x <c?>", "<![CDATA[<c r='B1'>]]>", "<o:c xmlns:o='o' r='A7'/>"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text in one of the ways in which XML has it."""
    text = draw(TEXTS)
    if draw(st.integers(0, 5)) == 0 and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    plain: str = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", draw(st.sampled_from([">", "&gt;"])))
    return plain.replace("]]>", "]]&gt;").replace("甲", draw(st.sampled_from(["甲", "&#30002;", "&#x7532;"])))


@st.composite
def attributes(draw: st.DrawFn, /, **given: str | None) -> str:
    """Attributes in any order, with quotes and blanks of any kind."""
    listed = [(name, value) for name, value in given.items() if value is not None]
    for other in draw(st.lists(st.sampled_from(["cm", "ph", "o:t"]), unique=True, max_size=2)) if draw(st.booleans()) else []:
        listed.append((other, draw(st.sampled_from(["1", " t=", "a>b", "/"]))))
    if draw(st.integers(0, 3)) == 0:
        listed = draw(st.permutations(listed))
    out = ""
    for name, value in listed:
        quote, blank = (draw(st.sampled_from("\"'")), draw(BLANKS)) if draw(st.integers(0, 4)) == 0 else ('"', "")
        out += f" {blank}{name}{blank}={blank}{quote}{value}{quote}"
    return out + draw(st.sampled_from(["", "", "", " "]))


@st.composite
def cells_of(draw: st.DrawFn, at: str | None) -> str:
    kind = draw(st.sampled_from([None, None, "n", "s", "str", "b", "e", "inlineStr"]))
    inner = ""
    if draw(st.integers(0, 2)) == 0:
        more = draw(
            st.sampled_from(["", "", ' t="shared" si="0"', ' t="array" ref="A1:B2"', ' aca="false"', " t='shared' si='1' ref='A1'"])
        )
        inner += f"<f{more}>{draw(texts())}</f>" if draw(st.booleans()) else f"<f{more}/>"
    if kind == "inlineStr":
        space = draw(st.sampled_from(["", ' xml:space="preserve"']))
        text = f"<t{space}>{draw(texts())}</t>"
        rich = f"<r><rPr><b/></rPr>{text}</r><r>{text}</r><rPh sb='0' eb='1'><t>yi</t></rPh>"
        inner += f"<is>{draw(st.sampled_from([text, text, rich, '<t/>', '']))}</is>"
    elif kind == "s":
        inner += draw(st.sampled_from(["<v>0</v>", "<v>2</v>", "<v>1</v>", "<v/>"]))
    elif draw(st.booleans()):
        number = draw(st.sampled_from(["1", "-0.5", "1E+300", "1e400", "9" * 40, "#N/A", "nan", "0.1"]))
        inner += f"<v>{number if kind in (None, 'n', 'b', 'e') else draw(texts())}</v>" + draw(STRAY)
    elif draw(st.integers(0, 3)) == 0:
        inner += draw(st.sampled_from(["<v></v>", "<v/>", "<v />", "<extLst><ext><v>8</v></ext></extLst>"]))
    start = f"<c{draw(attributes(r=at, s=draw(st.sampled_from([None, '1', '12'])), t=kind))}"
    return f"{start}>{inner}</c>" if inner or draw(st.booleans()) else f"{start}/>"


@st.composite
def parts(draw: st.DrawFn) -> bytes:
    """A sheet, plain or as odd as may be."""
    out, odd = "", draw(st.booleans())
    numbers = draw(st.lists(st.integers(1, 30), unique=True, max_size=6))
    for number in numbers if odd else sorted(numbers):
        given = not (odd and draw(st.integers(0, 3)) == 0)
        out += f"<row{draw(attributes(r=str(number) if given else None, spans='1:3'))}"
        letters = draw(st.lists(st.sampled_from("ABCDXZ"), unique=True, max_size=5).map(sorted))
        cells = [
            draw(cells_of(f"{letter}{number}" if given and not (odd and draw(st.integers(0, 4)) == 0) else None)) for letter in letters
        ]
        out += "/>" if not cells and draw(st.booleans()) else f">{draw(BLANKS)}{''.join(c + draw(BLANKS) for c in cells)}</row>"
        out += draw(BLANKS) + (draw(STRAY) if odd else "")
    head = draw(st.sampled_from(["", '<dimension ref="B2:C3"/>', "<!-- <sheetData> -->", "<sheetPr><x/></sheetPr>"]))
    tail = draw(st.sampled_from(["", '<sheetProtection sheet="1"/>', '<dimension ref="A1"/>', "<!-- </sheetData> -->"]))
    return rows(out, head, tail).replace(f'xmlns="{xml.MAIN}"', f'xmlns="{xml.MAIN}" xmlns:o="other"').encode()


@settings(max_examples=300, deadline=None)
@given(parts())
def test_both_scans_agree_on_odd_spellings(data: bytes) -> None:
    agree(data)
    read = written(sheet(data))
    said = by_lxml(re.sub(rb"<!--.*?-->|<[?]x.*?[?]>", b"", data))  # lxml ends a text where a comment stands
    for at, found in said.items():
        if at is not None and len(said) == len(read):
            assert read[at] == found


def prefixed(data: bytes) -> bytes:
    """The same sheet with a prefix before every name."""
    return re.sub(rb"<(/?)(?=[a-zA-Z])(?![?!])", rb"<\1x:", data).replace(b"xmlns=", b"xmlns:x=")


@settings(max_examples=100, deadline=None)
@given(parts().filter(lambda data: b"o:c" not in data and b"<!" not in data and b"<?x " not in data))
def test_a_prefix_makes_no_difference(data: bytes) -> None:
    bare, other = sheet(data), sheet(prefixed(data))
    assert content(other) == content(bare)
    assert shape(other) == shape(bare)
    for part in (bare, other):
        part.set("B2", "改")
        part.set_formula("C29", "=A1", Decimal(2))
        part.set("A31", Decimal(1))
    changed = sheet(other.to_bytes())
    assert content(changed) == content(other) == content(bare)
    assert all(element.prefix == "x" for element in etree.fromstring(other.to_bytes()).iter(f"{{{xml.MAIN}}}*"))


# What there may be ----------------------------------------------------------------------------------------------------


def test_cells_and_rows_that_do_not_say_where_they_are_follow_the_ones_before() -> None:
    text = (
        '<row><c><v>1</v></c><c r="D1"/><c><v>2</v></c></row><row r="5"><c/><c r=""/></row><row><c><v>3</v></c></row><row><c r="B9"/></row>'
    )
    part = sheet(rows(text))
    assert [cells for _, cells in shape(part)] == [
        [("A", "A1"), ("D", "D1"), ("E", "E1")],
        [("A", "A5"), ("B", "B5")],
        [("A", "A6")],
        [("B", "B9")],
    ]
    assert [part.value(at) for at in ("A1", "E1", "A6")] == [1, 2, 3]
    part.set("E1", "改")
    part.set("B1", "新")
    part.set("C9", "末")
    again = sheet(part.to_bytes())
    assert (again.value("E1"), again.value("B1"), again.value("D1"), again.value("A6")) == ("改", "新", None, 3)
    assert shape(again)[0] == (1, [("A", "A1"), ("B", "B1"), ("D", "D1"), ("E", "E1")])
    assert shape(again)[-1] == (9, [("B", "B9"), ("C", "C9")])


def test_rows_out_of_order_stay_where_they_are() -> None:
    text = '<row r="5"><c r="A5"/></row><row r="2"><c r="A2"/></row><row r="²"/><row r="9"/>'
    part = sheet(rows(text))
    part.set("A3", Decimal(3))
    part.set("B5", Decimal(5))
    part.set("B9", Decimal(9))
    new = '<row r="5"><c r="A5"/><c r="B5"><v>5</v></c></row><row r="2"><c r="A2"/></row><row r="3"><c r="A3"><v>3</v></c></row>'
    assert part.to_bytes().decode() == rows(f'{new}<row r="²"/><row r="9"><c r="B9"><v>9</v></c></row>')
    assert [number for number, _ in shape(part)] == [5, 2, 3, 9]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c r='A1'><v>1.50</v></c>", Decimal("1.5")),
        ("<c r='A1'><v> 7 </v></c>", Decimal(7)),
        ("<c r='A1'><v>0.1000000000000000055</v></c>", Decimal("0.1")),
        ("<c r='A1'><v>1E+300</v></c>", Decimal("1E+300")),
        ("<c r='A1'><v>1e400</v></c>", "1e400"),
        ("<c r='A1'><v>nan</v></c>", "nan"),
        ("<c r='A1'><v>²</v></c>", "²"),
        ("<c r='A1'><v>&#49;</v></c>", Decimal(1)),
        ("<c r='A1' t='b'><v>1</v></c>", True),
        ("<c r='A1' t='b'><v>0</v></c>", False),
        ("<c r='A1' t='e'><v>#DIV/0!</v></c>", "#DIV/0!"),
        ("<c r='A1' t='s'><v>2</v></c>", "丙"),
        ("<c r='A1' t='s'><v>1</v></c>", None),
        ("<c r='A1' t='&#115;'><v>0</v></c>", "甲"),
        ("<c r='A1' t='str'><v xml:space='preserve'> 两 </v></c>", " 两 "),
        ("<c r='A1' t='str'><v>一\r\n二\r三</v></c>", "一\n二\n三"),
        ("<c r='A1' t='str'><v>&lt;&#x7532;&amp;lt;&quot;&apos;&#13;</v></c>", "<甲&lt;\"'\r"),
        ("<c r='A1' t='str'><v>一<!-- 二 -->三<![CDATA[<四>]]></v></c>", "一三<四>"),
        ("<c r='A1' t='inlineStr'><is><r><t>甲</t></r><rPh sb='0' eb='1'><t>jia</t></rPh><phoneticPr fontId='1'/></is></c>", "甲"),
        ("<c r='A1' t='inlineStr'><is><t/></is></c>", None),
        ("<c o:t='s' xmlns:o='o' r='A1'><v>2</v></c>", Decimal(2)),
        ("<c ph=' t=' r='A1' s='a>b'><v>2</v></c>", Decimal(2)),
    ],
)
def test_what_a_cell_holds(cell: str, value: Value) -> None:
    for text in (cell, cell.replace("'", '"')) if "&apos" not in cell else (cell,):
        assert sheet(rows(f'<row r="1">{text}</row>')).value("A1") == value
    part = sheet(rows(f'<row r="1"><c r="B1"/>{cell}</row>'))
    part.set("B1", "字")
    assert cell in part.to_bytes().decode()


def test_other_elements_of_the_same_names_are_none_of_ours() -> None:
    other = '<o:row xmlns:o="o"><o:c r="A1"/><c r="A2"/></o:row><row r="3"><o:c xmlns:o="o" r="A3"/><x><c r="A4"/></x></row>'
    part = sheet(rows(other, tail='<extLst><ext><c r="A5"/></ext></extLst>'))
    assert part.addresses == []
    empty = sheet(rows("", head="<!-- <sheetData><row r='1'><c r='A1'/></row></sheetData> -->"))
    assert empty.addresses == []
    twice = sheet(f'{HEAD}<!-- <sheetData><row r="1"><c r="A1"/></row></sheetData> --><sheetData/></worksheet>')
    assert twice.addresses == []
    twice.set("B2", Decimal(1))
    assert twice.to_bytes().decode().endswith('--><sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData></worksheet>')


def test_a_cell_that_is_there_twice_is_the_last_one() -> None:
    part = sheet(rows('<row r="1"><c r="A1" t="b"><v>1</v></c><c r="A1"><v>2</v></c></row>'))
    assert (part.kind("A1"), part.value("A1")) == ("n", 2)
    part.set("A1", Decimal(3))
    assert part.to_bytes().decode() == rows('<row r="1"><c r="A1" t="b"><v>1</v></c><c r="A1"><v>3</v></c></row>')


# Changes --------------------------------------------------------------------------------------------------------------


AROUND = (
    '<sheetPr o:kept = "1" xmlns:o="o"/>\r\n<dimension ref="A1:B2" /><!-- 批注 --><sheetFormatPr/>',
    '<sheetProtection sheet="true"/><mc:AlternateContent xmlns:mc="m" mc:Ignorable="o"/>\n',
)
ROW = '<row r="2" x:dy="0.2" xmlns:x="x" ><c r="A2" s="1" t="s"><v>0</v></c><!-- 间 --><c r=\'B2\' s=\'7\'><f>A2</f><v>1</v></c>\n</row>'


def test_every_byte_outside_of_what_changes_stays() -> None:
    part = sheet(rows(ROW, *AROUND))
    part.set_result("B2", "<二>")
    part.set("D2", True)
    part.set_style("D2", part.style("B2") or 0)
    part.set_height(2, 21.5)
    part.set("C1", Decimal("0.10"))
    expected = rows(f'<row r="1"><c r="C1"><v>0.1</v></c></row>{ROW}', *AROUND)
    for old, new in (
        ('ref="A1:B2"', 'ref="A1:D2"'),
        ('xmlns:x="x" >', 'xmlns:x="x" ht="21.5" customHeight="1">'),
        ("s='7'><f>A2</f><v>1<", "s='7' t=\"str\"><f>A2</f><v>&lt;二&gt;<"),
        ("\n</row>", '\n<c r="D2" t="b" s="7"><v>1</v></c></row>'),
    ):
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert part.to_bytes().decode() == expected
    assert part.protected


def test_nothing_changes_that_nobody_changes() -> None:
    for text in (rows(ROW, *AROUND), rows("", *AROUND), rows('<row r="1"><c r="A1"/></row>')):
        part = sheet(text)
        assert (content(part), shape(part)) is not None
        assert not part.changed
        assert part.to_bytes() == text.encode()


def test_what_is_set_again_and_written_again() -> None:
    part = sheet(rows(ROW))
    for value in ("一", Decimal(2), None, True, "\x00a\r\n"):
        part.set("A2", value)
        part.set("F7", value)
        part.set("E7", value)
        again = sheet(part.to_bytes())
        expected = "a\r\n" if value == "\x00a\r\n" else value
        assert [again.value(at) for at in ("A2", "E7", "F7")] == [expected] * 3 == [part.value(at) for at in ("A2", "E7", "F7")]
        assert part.addresses == again.addresses == ["A2", "B2", "E7", "F7"]


def test_the_range_that_a_sheet_says_it_has_follows_what_is_made() -> None:
    for said, then in (("A1:B2", "A1:D9"), ("C3", "B3:D9"), ("A1:E10", "A1:E10"), ("nonsense", "nonsense")):
        part = sheet(rows('<row r="3"><c r="C3"/></row>', f'<dimension ref="{said}"/>'))
        part.set("C3", Decimal(1))
        assert f'ref="{said}"' in part.to_bytes().decode()
        part.set("D9", Decimal(1))
        part.set("B4", Decimal(1))
        assert f'<dimension ref="{then}"/>' in part.to_bytes().decode()


def test_who_shares_a_formula_keeps_it() -> None:
    text = '<row r="1"><c r="A1" s="2"><f t="shared" ref="A1:C1" si="3">A2&lt;2</f><v>1</v></c><c r="B1"><f t="shared" si="3"/><v>1</v></c>'
    for odd in ("", "<!-- -->"):
        part = sheet(rows(f"{text}{odd}<c r=\"C1\" t=\"b\"><f si='3' t='shared'/><v>1</v></c></row>"))
        part.set_formula("A1", "=1", Decimal(1))
        for read in (part, sheet(part.to_bytes())):
            assert [read.formula(at) for at in ("A1", "B1", "C1")] == ["1", "B2<2", "C2<2"]
            assert [read.value(at) for at in ("A1", "B1", "C1")] == [1, 1, True]
        assert b"shared" not in part.to_bytes()


def test_an_encoding_that_was_never_true_is_put_right() -> None:
    text = rows('<row r="1"><c r="A1"/></row>')
    for said in ("GBK", "iso-8859-1", "us-ascii"):
        part = sheet(text.replace("UTF-8", said))
        part.set("A1", "字")
        assert part.to_bytes().decode() == text.replace('<c r="A1"/>', '<c r="A1" t="inlineStr"><is><t>字</t></is></c>')
    wide = sheet(text.replace("UTF-8", "UTF-16").encode("utf-16"))
    wide.set("A1", "字")
    assert sheet(wide.to_bytes()).value("A1") == etree.fromstring(wide.to_bytes())[0][0][0][0][0].text == "字"
    marked = sheet(b"\xef\xbb\xbf" + text.encode())
    marked.set("A1", Decimal(1))
    assert marked.to_bytes() == b"\xef\xbb\xbf" + text.replace('<c r="A1"/>', '<c r="A1"><v>1</v></c>').encode()


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<worksheet>",
        HEAD,
        rows("</row>"),
        rows('<row r="1"><c r="A1"><v>1</c></v></row>'),
        rows('<row r="1"><c r="A1" r="A2"/></row>'),
        rows('<row r="1"><c r="A1"/></row>', tail="<x>"),
        rows('<row r="1"><c r="A1"><v>&ha;</v></c></row>'),
        rows('<row r="1"><c r="A1"><v>&#0;</v></c></row>'),
        rows('<row r="1"><c r="A1"><v>a & b</v></c></row>'),
        rows('<row r="1"><c r="A1"><v>]]></v></c></row>'),
        rows('<row r="1"><c r="A1"><v>\x01</v></c></row>'),
        rows('<row r="1"><c r="A1"><v>\ufffe</v></c></row>'),
        rows('<row r="1"><o:c r="A1"/></row>'),
        rows('<row r="1"><c r="A1" o:t="1"/></row>'),
        rows("<a>" * 300 + "</a>" * 300),
        rows("", tail="<a>" * 300 + "</a>" * 300),
        rows('<row r="1"><c r="A1"/></row>', tail=f"<a b='{'长' * 4_000_000}'/>"),
        rows('<row r="1"><c r="A1"/></row>') + "<more/>",
    ],
)
def test_what_is_no_sound_xml_is_refused(text: str) -> None:
    with pytest.raises(PackageError, match=r"xl/s\.xml 已损坏"):
        sheet(text)


@pytest.mark.parametrize("bad", [b"\xff", b"\xe5\xad", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"])
def test_what_is_no_utf_8_is_refused(bad: bytes) -> None:
    data = rows('<row r="1"><c r="A1" t="str"><v>x</v></c></row>').encode().replace(b"x<", bad + b"<")
    with pytest.raises(PackageError, match="已损坏"):
        sheet(data)
    with pytest.raises(PackageError, match="已损坏"):
        sheet(rows("").encode("utf-16") + b"\x00\xd8")


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    "kind", ["<!DOCTYPE x>", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x []>"]
)
def test_document_types_are_refused(kind: str) -> None:
    text = rows('<row r="1"><c r="A1"><v>&l9;</v></c></row>').replace("?>", f"?>{kind}", 1)
    for data in (text.encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        with pytest.raises(PackageError, match="文档类型"):
            sheet(data)


@settings(max_examples=200, deadline=None)
@given(parts(), st.data())
def test_what_the_quick_scan_takes_lxml_takes(data: bytes, dice: Any) -> None:
    """Bytes are left out, doubled or changed: whatever is read then, lxml reads too, and what lxml does not, we do not."""
    at = dice.draw(st.integers(data.index(b"<sheetData>"), len(data) - 1))
    hurt = (
        data[:at] + dice.draw(st.sampled_from([b"", b"<", b">", b'"', b"/", b"&", b"\x00", b"\xff", b"</row>", b"<c/>"])) + data[at + 1 :]
    )
    try:
        part = sheet(hurt)
    except PackageError:
        return
    etree.fromstring(hurt, etree.XMLParser(encoding="utf-8"))
    if part.sound:
        part.set("A1", Decimal(1))
        etree.fromstring(part.to_bytes(), etree.XMLParser(encoding="utf-8"))


def test_books_that_were_changed_open_in_libreoffice(filled_books: dict[str, Path], tmp_path: Path, soffice: str) -> None:
    package = Package.open(filled_books[PANSHAN[0]])
    for name in package.sheet_paths:
        part = package.sheet(name)
        part.set("B300", "改<&>")
        part.set_formula("C301", "=1+1", Decimal(2))
        part.set_height(301, 39.75)
    (tmp_path / "changed.xlsx").write_bytes(package.to_bytes())
    [again] = libreoffice_engine.convert([tmp_path / "changed.xlsx"], "xlsx:Calc MS Excel 2007 XML", tmp_path / "lo")
    read = openpyxl.load_workbook(io.BytesIO(again.read_bytes()), data_only=True)
    assert {(sheet["B300"].value, sheet["C301"].value, sheet.row_dimensions[301].height) for sheet in read} == {("改<&>", 2, 39.75)}


def test_a_large_sheet_written_as_no_program_does_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = rows("<row r='1'><c r='A1'><v>1</v></c></row>").encode()
    plain = rows('<row r="1"><c r="A1"><v>1</v></c></row>').encode()
    monkeypatch.setattr(scan, "MAX_ODD", 5)
    assert scan.scan(plain, "s").quick
    with pytest.raises(PackageError, match="写法少见"):
        scan.scan(odd, "s")
