"""Files that are meant to do harm, or were never meant to be read by us.

Requirements: a file takes at most LIMIT of memory beyond what the program takes without it, whatever it holds, and is
refused or done within seconds; what is refused is refused in Chinese and left as it was; entities are never expanded,
nothing is fetched and no program is started; macros, links and everything else in other parts is left alone.
"""

from __future__ import annotations

import errno
import html
import io
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tiny

from addin import actions
from addin.workbooks import repair, snapshot
from generator.layout import design
from generator.problems import PackageError, Refusal
from generator.sheets import meta
from generator.xlsx.package import OLE_MAGIC, Package
from generator.xlsx.xml import MAIN, PACKAGE_RELATION, RELATION

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memory is limited and measured by means of POSIX")

LIMIT = 1536
"""Megabytes."""
PARKS = "panshan-2019-parks"
SCORING = "填报与计分"
DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo"

WORK = """
import json, os, resource, sys, time
from pathlib import Path
from addin import actions
from generator.problems import Refusal

taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
for path in map(Path, sys.argv[2:]):
    read, write = os.pipe()
    if os.fork() == 0:
        resource.setrlimit(resource.RLIMIT_AS, (taken + (int(sys.argv[1]) << 20),) * 2)
        before, start, deeds = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), []
        watched = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.", "ctypes.")
        sys.addaudithook(lambda event, _: event.startswith(watched) and deeds.append(event))
        try:
            said = sorted({f.code for f in actions.recompute(path, path.with_suffix(".out.xlsx"), fix=True).findings})
        except Refusal as error:
            said = str(error)
        except BaseException as error:
            said = [type(error).__name__, str(error)]
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        os.write(write, json.dumps([said, time.process_time() - start, peak, deeds]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        print(answer.read() or '["died", 0, 0, []]', flush=True)
    os.wait()
"""


@dataclass
class Answer:
    """What became of a file. said: the sentence of a refusal, or the codes of what was found; seconds: of the processor;
    peak: megabytes more than before."""

    said: str | list[str]
    seconds: float
    peak: float
    deeds: list[str]


Parts = dict[str, bytes]


def zipped(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    [made] = actions.generate([PARKS], folder)
    actions.fill(made, DEMO / "parks.values.yaml")
    actions.recompute(made, made)
    return made


@pytest.fixture(scope="module")
def parts(book: Path) -> Parts:
    return Package.open(book).parts


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., dict[str, Answer]]:
    """Recompute files, each in a process of its own with little memory."""

    def ask(files: dict[str, bytes]) -> dict[str, Answer]:
        paths = []
        for number, data in enumerate(files.values()):
            paths.append(tmp_path / f"{number}.xlsx")
            paths[-1].write_bytes(data)
        command = [sys.executable, "-c", WORK, str(LIMIT), *map(str, paths)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200).stdout.splitlines()
        found = {name: Answer(*json.loads(line)) for name, line in zip(files, lines, strict=True)}
        for name, path in zip(files, paths, strict=True):
            assert path.read_bytes() == files[name]
            assert isinstance(found[name].said, list) == path.with_suffix(".out.xlsx").exists(), found[name]
            assert found[name].deeds == []
        return found

    return ask


def sheet_path(book: Path, name: str = SCORING) -> str:
    return Package.open(book).sheet_paths[name]


def with_formula(book: Path, key: str, text: str) -> Parts:
    """The parts of a book in which a cell of the first unit holds a formula of somebody's own."""
    package = Package.open(book)
    sheet, at = snapshot.of_package(package, "t").place(key, 0) or ("", "")
    package.sheet(sheet).set_formula(at, text, Decimal(1))
    return Package(package.to_bytes()).parts


def with_rows(sheet: bytes, rows: str) -> bytes:
    return sheet.replace(b"</sheetData>", rows.encode() + b"</sheetData>")


def with_sheet(parts: Parts, name: str, xml: str) -> Parts:
    """A sheet of somebody's own, behind ours."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    link = f'<Relationship Id="own" Type="{kind}" Target="worksheets/own.xml"/></Relationships>'.encode()
    entry = f'<sheet name="{name}" sheetId="99" xmlns:r="{RELATION}" r:id="own"/></sheets>'.encode()
    links, workbook = parts["xl/_rels/workbook.xml.rels"], parts["xl/workbook.xml"]
    return parts | {
        "xl/_rels/workbook.xml.rels": links.replace(b"</Relationships>", link),
        "xl/workbook.xml": workbook.replace(b"</sheets>", entry),
        "xl/worksheets/own.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{xml}</sheetData></worksheet>'.encode(),
    }


# What is large --------------------------------------------------------------------------------------------------------


def formatted(count: int, attributes: str) -> str:
    return "".join([f'<row r="{row}" {attributes}/>' for row in range(1000, 1000 + count)])


def test_a_million_formatted_rows(book: Path, parts: Parts, answers: Callable[..., dict[str, Answer]], tmp_path: Path) -> None:
    scoring, spoilt = sheet_path(book), with_formula(book, "1/得分", "1+1")
    million = formatted(1_047_000, 's="1" customFormat="1"')
    fewer = formatted(500_000, 's="1"')
    files = {
        "ours": zipped(parts | {scoring: with_rows(parts[scoring], million)}),
        "another": zipped(with_sheet(spoilt, "备注", million)),
        "fewer": zipped(spoilt | {scoring: with_rows(spoilt[scoring], fewer)}),
    }
    found = answers(files)
    assert "删除数据下方的空行" in found["ours"].said
    assert found["another"].said == ["sheet-added"]  # somebody's own sheet is none of our business
    for name in ("ours", "another"):
        assert found[name].peak < 200
        assert found[name].seconds < 2
    kept, mended = (Package.open(tmp_path / name).parts for name in ("1.xlsx", "1.out.xlsx"))
    assert mended["xl/worksheets/own.xml"] == kept["xl/worksheets/own.xml"]
    assert b"<f>1+1</f>" not in mended[scoring]
    assert found["fewer"].said == []
    assert found["fewer"].seconds < 12
    rows = Package.open(tmp_path / "2.out.xlsx").parts[scoring]
    assert rows.count(b"<row") > 500_000
    assert b"<f>1+1</f>" not in rows


def test_as_much_as_may_be(book: Path, answers: Callable[..., dict[str, Answer]]) -> None:
    """Elements and blanks between them, hardly anything costs more once parsed, beside pictures: all just below what is refused."""
    scoring, spoilt = sheet_path(book), with_formula(book, "1/得分", "1+1")
    pictures = {f"xl/media/{i}.bmp": bytes(43 << 20) for i in range(3)}
    [answer] = answers({"all": zipped(spoilt | {scoring: with_rows(spoilt[scoring], "<x/> " * 2_300_000)} | pictures)}).values()
    assert "写法少见" in answer.said
    assert answer.seconds < 15


def test_other_parts_that_are_large(parts: Parts, book: Path, answers: Callable[..., dict[str, Answer]]) -> None:
    scoring = sheet_path(book)
    style = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    strings = f'<sst xmlns="{MAIN}">{"<si><t>x</t></si>" * 800_000}</sst>'.encode()
    text_of_table = '<row r="900"><c r="A900" t="s"><v>0</v></c></row>'
    row = '<row r="900"><c r="A900" t="inlineStr"><is><t>{}</t></is></c></row>'
    files = {
        "styles": zipped(parts | {"xl/styles.xml": parts["xl/styles.xml"].replace(b"<cellXfs", style * 800_000 + b"<cellXfs", 1)}),
        "texts": zipped(parts | {"xl/sharedStrings.xml": strings, scoring: with_rows(parts[scoring], text_of_table)}),
        "one long text": zipped(parts | {scoring: with_rows(parts[scoring], row.format("长" * 3_000_000))}),
        "one longer text": zipped(parts | {scoring: with_rows(parts[scoring], row.format("长" * 9_000_000))}),
        "attributes": zipped(parts | {scoring: with_rows(parts[scoring], "<row " + " ".join(f'a{i}="1"' for i in range(400_000)) + "/>")}),
        "one long formula": zipped(with_formula(book, "1/得分", "'" * 2_000_000)),
        "picture": zipped(parts | {"xl/media/image1.bmp": bytes(47 << 20)}),
    }
    found = answers(files)
    assert found["styles"].said == []
    assert "格子过多" in found["texts"].said
    assert found["one long text"].said == []
    assert "已损坏" in found["one longer text"].said
    assert found["attributes"].said == []
    assert found["one long formula"].said == []
    assert found["picture"].said == []
    assert max(answer.seconds for answer in found.values()) < 5


def lying(parts: Parts, name: str, content: bytes, promised: int) -> bytes:
    """A zip whose directory promises a small member, with the checksum of its beginning, where a large one stands."""
    data = bytearray(zipped(parts | {name: content}))
    honest = struct.pack("<I", zlib.crc32(content))
    for signature, at in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
        found = data.index(honest, data.index(signature)) - at
        assert data[found : found + 4] == signature
        struct.pack_into("<I", data, found + at, zlib.crc32(content[:promised]))
        struct.pack_into("<I", data, found + at + 8, promised)
    return bytes(data)


def nested(count: int, kernel: bytes) -> bytes:
    """A zip whose members hold each other: every one is read, all share the same bytes."""
    directory = []
    for number in range(count, 0, -1):
        name = f"xl/media/{number:04}.bin".encode()
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(kernel), len(kernel), len(kernel), len(name), 0)
        kernel = b"PK\3\4" + common + name + kernel
        directory.append((common, name, len(kernel)))
    entries = b""
    for common, name, length in directory:
        entries += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(kernel) - length) + name
    return kernel + entries + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(entries), len(kernel), 0)


def test_zip_bombs(parts: Parts, answers: Callable[..., dict[str, Answer]]) -> None:
    zeros = bytes(160 << 20)
    unlimited = io.BytesIO()
    with zipfile.ZipFile(unlimited, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", bytes(40 << 20))
    files = {
        "honest": zipped(parts | {f"xl/media/{i}.bmp": bytes(41 << 20) for i in range(4)}),
        "one part": zipped(parts | {"xl/media/1.bmp": bytes(49 << 20)}),
        "lying about a part that is read": lying(parts, "xl/workbook.xml", parts["xl/workbook.xml"] + zeros, 1000),
        "lying about another": lying(parts, "xl/media/1.bmp", zeros, 1000),
        "nested": nested(400, bytes(100_000)),
        "many": zipped(parts | {f"xl/media/{i}.bin": b"" for i in range(6000)}),
        "another method": unlimited.getvalue(),
    }
    found = answers(files)
    for name, words in {"honest": "过大", "one part": "过大", "many": "过大", "nested": "不正常", "another method": "不正常"}.items():
        assert words in found[name].said
    assert "损坏" in found["lying about a part that is read"].said
    assert found["lying about another"].said == []
    assert max(answer.peak for answer in found.values()) < 80
    assert max(answer.seconds for answer in found.values()) < 3


# What is twisted ------------------------------------------------------------------------------------------------------


def refusal(data: bytes) -> str:
    with pytest.raises(PackageError, match=r"[一-鿿]{4}") as caught:
        Package(data, "表.xlsx").sheet(SCORING)
    return str(caught.value)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "scoring"])
def test_document_types_and_entities_are_refused(parts: Parts, book: Path, tmp_path: Path, part: str) -> None:
    path = sheet_path(book) if part == "scoring" else part
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    body = parts[path].decode()
    body = body[body.index("?>") + 2 :] if body.startswith("<?xml") else body
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"
        for kind in (
            f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>',
            f'<!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}">]>',
            f'<!DOCTYPE x SYSTEM "{address}">',
            f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}"> %p;]>',
            f'<!DOCTYPE x [<!ATTLIST sheet name CDATA "&l9;"><!ENTITY l0 "ha">{laughs}]>',
        ):
            assert "文档类型" in refusal(zipped(parts | {path: (kind + body).encode()}))
            declared = f'<?xml version="1.0" encoding="UTF-16"?>{kind}{body}'
            assert "文档类型" in refusal(zipped(parts | {path: declared.encode("utf-16")}))
            for encoding in ("utf-7", "utf-32", "cp037"):
                hidden = f'<?xml version="1.0" encoding="{encoding}"?>{kind}'
                assert refusal(zipped(parts | {path: hidden.encode(encoding, "ignore")}))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("name", ["../evil.xml", "..\\evil.xml", "xl/../../evil.xml", "/etc/evil", "\\\\host\\evil", "C:\\evil", "c:evil"])
def test_paths_that_lead_out_are_refused(parts: Parts, name: str) -> None:
    assert "不正常" in refusal(zipped(parts | {name: b"<x/>"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/workbook.xml", "XL/Workbook.xml", "xl\\workbook.xml"])
def test_a_part_that_is_there_twice_is_refused(parts: Parts, name: str) -> None:
    stream = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, b"<workbook/>")
    assert "不正常" in refusal(stream.getvalue())


def test_what_is_encrypted_is_said_to_be(parts: Parts) -> None:
    assert "加密" in refusal(OLE_MAGIC + bytes(4096))
    data = bytearray(zipped(parts))
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    assert "密码" in refusal(bytes(data))


def test_depth_is_limited(parts: Parts, book: Path, answers: Callable[..., dict[str, Answer]]) -> None:
    scoring = sheet_path(book)
    deep = "<a>" * 200_000 + "</a>" * 200_000
    files = {"ours": zipped(parts | {scoring: with_rows(parts[scoring], deep)}), "elsewhere": zipped(with_sheet(parts, "备注", deep))}
    found = answers(files)
    assert "已损坏" in found["ours"].said
    assert found["elsewhere"].said == ["sheet-added"]
    assert max(answer.peak for answer in found.values()) < 150


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{at}" t="s"><v>²</v></c>',
        '<c r="{at}"><v>1e400</v></c>',
        '<c r="{at}"><v>nan</v></c>',
        '<c r="{at}"><v>{digits}</v></c>',
        '<c r="{at}" t="s"><v>{digits}</v></c>',
        '<c r="{at}"><f t="shared" si="7">)(</f><v>1</v></c><c r="?" t="weird"><f t="shared" si="7"/></c>',
        '<c r="{at}"><f t="shared" si="x"/><v>1</v></c>',
        '<c r="{at}"><f t="array" ref="A1:XFD1048576">1</f></c>',
        '<c r="ZZZZ1"/><c r="A99999999999"/><c r="a1"/><c/><c r=""/><c r="²1"/>',
        '</row><row r="²"/><row r="99999999999999999999"/><row/><row r="0"><c r="A0"/>',
    ],
)
def test_cells_that_cannot_be(parts: Parts, book: Path, tmp_path: Path, cell: str) -> None:
    scoring = sheet_path(book)
    line = parts[scoring].index(b'<row r="7"')
    at = parts[scoring].index(b'<c r="G7"', line)
    end = parts[scoring].index(b"<c ", at + 3)
    odd = cell.format(at="G7", digits="9" * 6000).encode()
    (tmp_path / "odd.xlsx").write_bytes(zipped(parts | {scoring: parts[scoring][:at] + odd + parts[scoring][end:]}))
    said = "做得了"
    try:
        actions.recompute(tmp_path / "odd.xlsx", tmp_path / "out.xlsx", fix=True)
        actions.check(tmp_path / "out.xlsx")
        actions.write_findings(tmp_path / "out.xlsx", actions.check(tmp_path / "out.xlsx").findings)
    except Refusal as error:
        said = str(error)
    assert said == "做得了" or "文字表已损坏" in said


# Files that are none, and schemes from strangers ----------------------------------------------------------------------


def test_pipes_and_devices_are_not_waited_for(book: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    paths = [tmp_path / "pipe.xlsx", tmp_path / "pipe.yaml", tmp_path / "endless.yaml", Path("/dev/zero")]
    for path in paths:
        works: list[Callable[[Path], object]] = [actions.check, actions.score, actions.recompute]
        if path.suffix == ".yaml":
            works = [lambda p: actions.validate(str(p)), lambda p: actions.fill(book, p), lambda p: design.load(p)]
        for work in works:
            with pytest.raises(Refusal, match="不是普通文件"):
                work(path)


def scheme(indicators: str, units: int, extra: str = "") -> str:
    named = ", ".join(f"单位{i}" for i in range(units))
    return tiny.text(indicators, units=f"[{named}]", full="null", extra=extra)


def direct(count: int) -> str:
    return "\n".join(f"- {{id: {i}, name: 指标{i}, points: 10, rule: direct}}" for i in range(count))


def listed(count: int, entry: str) -> str:
    return ", ".join(entry.format(i) for i in range(count))


HUGE = {
    "indicators × units": scheme(direct(1000), 1000),
    "units": scheme(direct(1), 150_000),
    "periods": scheme(f"- {{name: 组, periods: [{listed(20_000, '{}期')}], children: [{{id: 1, name: 甲, points: 5, rule: direct}}]}}", 3),
    "periods × indicators": scheme(
        f"- {{name: 组, periods: [{listed(500, '{}期')}], children: [{listed(11, '{{id: {0}, name: 甲{0}, points: 5, rule: direct}}')}]}}",
        3,
    ),
    "events": scheme(f"- {{id: 1, name: 甲, points: 5, rule: deduct, events: [{listed(20_000, '{{what: 事{}, each: 1}}')}]}}", 3),
    "grades": scheme(direct(1), 3, f"grades: {{by: rank, bands: [{listed(30_000, '{{name: 等{0}, up_to: {0}}}')}]}}"),
    "numbers": scheme(direct(1).replace("10", "9" * 100_000), 3),
    "values": scheme(direct(1), 3, f"notes: [{listed(600_000, '{}')}]"),
    "divisions in each other": scheme(
        f"- {{id: 1, name: 甲, points: 5, rule: formula, inputs: {{数: }}, score: '{'divide(1,' * 28}数{',if_zero=0)' * 28}'}}", 3
    ),
    "wrong names": scheme("\n".join(f"- {{id: {i}, name: 甲, points: 1, rule: direct, for: [乙{i}]}}" for i in range(2000)), 200),
}
LOOK = (design.TEMPLATES / "scoring-book.yaml").read_text(encoding="utf-8")
LOOKS = {
    "width": LOOK.replace('"{title}评分表"', '"{title:>2000000000}评分表"'),
    "attribute": LOOK.replace('"{title}评分表"', '"{title.__class__.__mro__}评分表"'),
    "again and again": LOOK.replace('"{title}评分表"', f'"{"{title}" * 300_000}"'),
    "entries": LOOK.replace("  legend:\n", "  legend:\n" + "  - {style: input, text: 格}\n" * 30_000),
}


def with_words(book: Path, **texts: str) -> bytes:
    """A book whose hidden sheet says something else. texts: by what they are, ``text`` or ``template``."""
    package = Package.open(book)
    part = package.sheet(meta.NAME)
    about = {str(part.value(f"A{row}")): row for row, _ in part.rows()}
    last = max(about.values())
    for name, text in texts.items():
        for key, row in about.items():
            if key.startswith(f"{name}:"):
                part.set(f"A{row}", "-")
        for number, start in enumerate(range(0, len(text), meta.CHUNK)):
            last += 1
            for column, content in (("A", f"{name}:{number}"), ("B", text[start : start + meta.CHUNK])):
                part.set(f"{column}{last}", content)
    return package.to_bytes()


def test_schemes_and_templates_larger_than_any_book(book: Path, answers: Callable[..., dict[str, Answer]]) -> None:
    files = {name: with_words(book, text=text) for name, text in HUGE.items()}
    files |= {name: with_words(book, template=text) for name, text in LOOKS.items()}
    for name, answer in answers(files).items():
        assert isinstance(answer.said, str), name
        assert "保存的考核方案或版式已损坏（" in answer.said, name
        assert answer.peak < 300, name
        assert answer.seconds < 10, name


def test_the_largest_book_that_is_taken(tmp_path: Path, answers: Callable[..., dict[str, Answer]]) -> None:
    indicators = "\n".join(f"- {{id: {i}, name: 指标{i}, points: 1, rule: ratio, target: 2}}" for i in range(386))
    made = tiny.book(scheme(indicators, 100), tmp_path / "large.xlsx")
    [answer] = answers({"large": made.read_bytes()}).values()
    assert answer.said == ["incomplete", "input-missing"]
    assert answer.peak < 1000


def test_two_that_fill_at_once_do_not_lose_values(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who comes second is told, and the book has what the first one filled in."""
    shared = tmp_path / "b.xlsx"
    shared.write_bytes(book.read_bytes())
    refresh = repair.refresh
    mine = tmp_path / "mine.yaml"
    mine.write_text("scheme: panshan-2019-parks\nvalues: {新材料: {1: 7}}\n", encoding="utf-8")
    theirs = tmp_path / "theirs.yaml"
    theirs.write_text("scheme: panshan-2019-parks\nvalues: {新材料: {1: 8}}\n", encoding="utf-8")

    def meanwhile(*given: Any) -> None:
        monkeypatch.setattr(repair, "refresh", refresh)
        actions.fill(shared, theirs)
        refresh(*given)

    monkeypatch.setattr(repair, "refresh", meanwhile)
    with pytest.raises(Refusal, match="被别人改过"):
        actions.fill(shared, mine)
    assert snapshot.take(shared).value("1/完成", 0) == 8
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_a_full_disk_leaves_no_half_backup(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = tmp_path / "b.xlsx"
    spoilt.write_bytes(zipped(with_formula(book, "1/得分", "1+1")))

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(Refusal, match="磁盘满了"):
        actions.recompute(spoilt)
    assert [path.name for path in tmp_path.iterdir()] == ["b.xlsx"]


def test_the_system_speaks_chinese_in_our_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "b.xlsx").write_bytes(b"")
    monkeypatch.setattr(os, "open", deny)
    with pytest.raises(Refusal, match="没有权限") as caught:
        actions.check(tmp_path / "b.xlsx")
    assert "denied" not in str(caught.value)


def test_other_formats_are_named(book: Path, parts: Parts, tmp_path: Path) -> None:
    strict = {name: data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main") for name, data in parts.items()}
    open_document = io.BytesIO()
    with zipfile.ZipFile(open_document, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    files = {
        "表.et": (OLE_MAGIC + bytes(4096), "旧格式", "密码"),
        "密.xlsx": (OLE_MAGIC + bytes(512) + "EncryptedPackage".encode("utf-16-le"), "去掉密码", "旧格式"),
        "严.xlsx": (zipped(strict), "Strict", "不是考核簿"),
        "表.ods": (open_document.getvalue(), ".ods", "损坏"),
    }
    for name, (data, said, unsaid) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refusal) as caught:
            actions.check(tmp_path / name)
        assert said in str(caught.value)
        assert unsaid not in str(caught.value)
        assert "另存为" in str(caught.value)


def test_a_folders_books_in_other_formats_are_told(book: Path, tmp_path: Path) -> None:
    (tmp_path / "好.xlsx").write_bytes(book.read_bytes())
    for name in ("旧.xls", "旧.et", "旧.ods", "旧.备份20240101-000000.xls", "~$旧.xls", "记.txt"):
        (tmp_path / name).write_bytes(b"")
    done = {d.path.name: d.error for d in actions.recompute_folder(tmp_path, workers=1)}
    assert done.keys() == {"好.xlsx", "旧.xls", "旧.et", "旧.ods"}
    assert done.pop("好.xlsx") == ""
    assert all("另存为" in error for error in done.values())


# What would reach out -------------------------------------------------------------------------------------------------


def test_macros_and_links_are_named_kept_and_never_followed(book: Path, answers: Callable[..., dict[str, Answer]], tmp_path: Path) -> None:
    scoring = sheet_path(book)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.xlsx"
        names = f'xmlns="{MAIN}" xmlns:r="{RELATION}"'
        target = f'Type="{RELATION}/externalLinkPath" Target="{address}" TargetMode="External"'
        link = f'<Relationships xmlns="{PACKAGE_RELATION}"><Relationship Id="r1" {target}/></Relationships>'
        texts = {
            "xl/vbaProject.bin": "macro" * 99,
            "xl/externalLinks/externalLink1.xml": f'<externalLink {names}><externalBook r:id="r1"/></externalLink>',
            "xl/externalLinks/externalLink2.xml": f'<externalLink {names}><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": link,
            "xl/connections.xml": f'<connections {names}><connection id="1"><webPr url="{address}"/></connection></connections>',
            "xl/worksheets/_rels/own.xml.rels": link.replace("externalLinkPath", "image"),
        }
        others = {name: text.encode() for name, text in texts.items()}
        own = '<row r="1"><c r="A1"><f>[1]Sheet1!A1</f><v>7</v></c></row>'
        files = {}
        for formula in ("'[1]Sheet 1'!A1", "[1]Sheet1!A1", "cmd|'/c calc'!A0", f'HYPERLINK("{address}")'):
            files[formula] = zipped(with_sheet(with_formula(book, "1/完成", formula) | others, "备注", own))
        found = answers(files)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    named = ["input-link", "link-outside", "macro-inside", "sheet-added"]
    assert [answer.said for answer in found.values()] == [named, named, named, ["input-formula", *named[1:]]]
    for number, (formula, data) in enumerate(files.items()):
        before, after = Package(data).parts, Package.open(tmp_path / f"{number}.out.xlsx").parts
        assert {part for part in after if after[part] != before[part]} <= set(Package.open(book).sheet_paths.values())
        assert formula.encode() in html.unescape(after[scoring].decode()).encode()
