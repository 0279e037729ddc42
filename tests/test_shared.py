"""What the schemes of a folder share stands in ``shared.yaml`` once, and is put in where a scheme names it.

Requirements: what is read is the text somebody would have written without sharing, in blocks and in brackets, with comments kept;
what is wrong is told in the file and on the line where it was written; a name that is not there is told with the one that was
perhaps meant; there is no file but the one beside, no sharing for what lies outside the folders of schemes or came in with a
workbook, and none inside what is shared; the copy in a workbook, the definition workbook and next year's scheme are whole; a list
of schemes takes no shared file for a scheme and notices when one changes; the JSON Schema knows it. In the schemes that come along,
everything shared is used twice at least, and what three schemes of a folder have alike is shared.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tiny
import yaml

from addin import actions
from addin.packaging import page
from generator import source
from generator.definition.exchange import export, take
from generator.plan import options
from generator.problems import Problem, SourceError
from generator.scheme import library, listed, load, shared
from generator.scheme.editor_schema import json_schema
from generator.xlsx.package import Package
from generator.years.difference import differences
from generator.years.next_year import next_year

BOOK = "- {id: 1, name: 甲, points: 10, rule: direct}\n"
PARTS = """\
# 共用的内容
区县: [甲县, 乙县,
  丙区]        # 三个
开发区:
- 丁区         # 经开
- 戊区

# 两组单位
两组:
  区县: [甲县,
    乙县]
  开发区: [丁区]
说法: 做到得分，扣完为止, 不另计
系数: 0.80
引: "a: b"
注:
- {at: "1", reading: 甲}
- at: "1"
  reading: 乙
否决: {id: 否决, name: 事故, rule: veto, grade: 不合格,
  when: [事故]}
"""

THERE = "区县、开发区、两组、说法、系数、引、注、否决"
FLOWS = "放不进方括号、花括号里。请在 shared.yaml 里改用方括号、花括号写，或把这里分行写"
BESIDE = "shared.yaml。请把 shared.yaml 放在同一个文件夹里，或把那部分内容写全"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's own folder."""
    home = tmp_path / "方案"
    (home / "县").mkdir(parents=True)
    monkeypatch.setenv(library.FOLDERS_VARIABLE, str(home))
    return home / "县"


def written(folder: Path, text: str, parts: str | None = PARTS) -> Path:
    if parts is not None:
        (folder / library.SHARED).write_text(parts, encoding="utf-8")
    path = folder / "甲.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[Problem]:
    with pytest.raises(SourceError) as refused:
        load.load(path)
    return refused.value.problems


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        ("units: {shared: 区县}", "units: [甲县, 乙县,\n  丙区]"),
        ("a:\n  b: {shared: 区县}   # 说明", "a:\n  b: [甲县, 乙县,\n    丙区]   # 说明"),
        ("a: [{shared: 区县}, 己, {shared: 说法}]", "a: [甲县, 乙县,\n  丙区, 己, '做到得分，扣完为止, 不另计']"),
        ("a: {b: {shared: 系数}, c: {shared: 引}}", 'a: {b: 0.80, c: "a: b"}'),
        ("a: &x {shared: 系数}\nb: *x", "a: &x 0.80\nb: *x"),
        ("units: {shared: 两组}", "units:\n  区县: [甲县,\n    乙县]\n  开发区: [丁区]"),
        ("units: {shared: 两组}  # 单位", "units:  # 单位\n  区县: [甲县,\n    乙县]\n  开发区: [丁区]"),
        ("units:\n  shared: 两组\nb: 1", "units:\n  区县: [甲县,\n    乙县]\n  开发区: [丁区]\nb: 1"),
        ("- {shared: 两组}", "- 区县: [甲县,\n    乙县]\n  开发区: [丁区]"),
        ("-   {shared: 两组} # 单位\n- 1", "- # 单位\n    区县: [甲县,\n      乙县]\n    开发区: [丁区]\n- 1"),
        ("k:\n- a: {shared: 两组}\n  b: 1", "k:\n- a:\n    区县: [甲县,\n      乙县]\n    开发区: [丁区]\n  b: 1"),
        ("a: {shared: 开发区}\nb: 1", "a:\n- 丁区         # 经开\n- 戊区\nb: 1"),
        ("a:\n  - 己\n  - {shared: 开发区}\n  - 庚", "a:\n  - 己\n  - 丁区         # 经开\n  - 戊区\n  - 庚"),
        ("a:\n- {shared: 开发区}  # 区\n", "a:\n# 区\n- 丁区         # 经开\n- 戊区\n"),
        ("a:\n- 己\n- {shared: 区县}", "a:\n- 己\n- 甲县\n- 乙县\n- 丙区"),
        ("a:\n- # 一-二\n  {shared: 开发区}\n- 庚", "a:\n- 丁区         # 经开\n- 戊区\n- 庚"),
        ("- {shared: 注}\n- {reading: 丙}", '- {at: "1", reading: 甲}\n- at: "1"\n  reading: 乙\n- {reading: 丙}'),
        ("- {shared: 否决}", "- {id: 否决, name: 事故, rule: veto, grade: 不合格,\n    when: [事故]}"),
        (
            "- name: 组\n  children:\n  - {shared: 否决}",
            "- name: 组\n  children:\n  - {id: 否决, name: 事故, rule: veto, grade: 不合格,\n      when: [事故]}",
        ),
    ],
)
def test_the_text_is_what_would_have_been_written(folder: Path, names: str, whole: str) -> None:
    taken, same = (
        written(folder, text if text.startswith("-") else f"x: 1\n{text}\n").read_text(encoding="utf-8") for text in (names, whole)
    )
    read = shared.read(written(folder, taken))
    assert read.text == same
    assert read.data == source.parse(same).data
    assert set(read.lines) == set(source.parse(same).lines)


def test_lines_with_other_ends(folder: Path) -> None:
    """Lines are counted as YAML counts them, whatever ends them in either file."""
    path = folder / "甲.yaml"
    path.write_bytes("a: {shared: 开发区}\r\nb: 1\r\n".encode())
    (folder / library.SHARED).write_bytes("区:\r\n- 甲\r\n开发区:\r\n- 丁\r\n- 戊\r\n".encode())
    read = shared.read(path)
    assert read.data == {"a": ["丁", "戊"], "b": 1}
    assert (read.line(("b",)), read.file_of(("b",))) == (2, "甲.yaml")
    assert (read.line(("a", 1)), read.file_of(("a", 1))) == (5, "shared.yaml")


def test_every_value_knows_where_it_was_written(folder: Path) -> None:
    read = shared.read(written(folder, "a: {shared: 两组}\nb: [己, {shared: 区县},\n  庚]\nc:\n- {shared: 注}\n- 1\n"))
    own, other = "甲.yaml", "shared.yaml"
    expected = {
        ("a",): (own, 1),
        ("a", "区县"): (other, 10),
        ("a", "区县", 1): (other, 11),
        ("a", "开发区"): (other, 12),
        ("b", 0): (own, 2),
        ("b", 1): (other, 2),
        ("b", 3): (other, 3),
        ("b", 4): (own, 3),
        ("c", 0, "reading"): (other, 17),
        ("c", 1, "reading"): (other, 19),
        ("c", 2): (own, 6),
    }
    assert {path: (read.file_of(path), read.line(path)) for path in expected} == expected


def test_what_is_wrong_is_told_where_it_was_written(folder: Path) -> None:
    parts = "评分:\n- {id: 1, name: 甲, points: 六, rule: direct}\n- {id: 2, name: 乙, points: 4, rule: dierct}\n"
    text = tiny.text("{shared: 评分}", extra="readings: []").replace("readings: []", "").replace("indicators:\n", "indicators: ")
    found = problems(written(folder, text.replace("title: 小考核", "titel: 小考核"), parts))
    assert {(p.file, p.line) for p in found} == {("shared.yaml", 2), ("shared.yaml", 3), ("甲.yaml", 1), ("甲.yaml", 2)}
    [rule] = [p for p in found if p.line == 3 and p.file == "shared.yaml"]
    assert "是不是“direct”？" in str(rule)
    assert str(rule).startswith("shared.yaml:3  ")


def test_later_problems_too(folder: Path) -> None:
    """What only the whole scheme shows, what other readings would break, and broken YAML."""
    parts = "评分:\n- {id: 1, name: 甲, points: 10, rule: formula, score: 没有的量}\n"
    text = tiny.text("").replace("indicators:\n", "indicators: {shared: 评分}\n")
    with pytest.raises(SourceError) as refused:
        actions.load_scheme(str(written(folder, text, parts)))
    [problem] = refused.value.problems
    assert (problem.file, problem.line) == ("shared.yaml", 2)

    option = "选法:\n\n  一: {says: 甲}\n  二: {says: 乙, set: {1: {rule: formula, score: 没有的量}}}\n"
    reading = "\nreadings:\n- id: 读\n  takes: 一\n  options: {shared: 选法}\n"
    file = load.load(written(folder, tiny.text(BOOK) + reading, option))
    [problem] = options.faults(file)
    assert (problem.file, problem.line) == ("shared.yaml", 4)

    [problem] = problems(written(folder, text, "甲: 1\n评分:\n- {id: 1, name: 甲\n"))
    assert (problem.file, problem.line) == ("shared.yaml", 4)


@pytest.mark.parametrize(
    ("text", "parts", "told"),
    [
        ("a: {shared: 区}", PARTS, "甲.yaml:1  a：【错误】shared.yaml 里没有“区”。是不是“区县”？那里有：" + THERE),
        ("a: {shared: ../别处/区县}", PARTS, "甲.yaml:1  a：【错误】shared.yaml 里没有“../别处/区县”。那里有：" + THERE),
        ("a: [{shared: 开发区}]", PARTS, "甲.yaml:1  a[1]：【错误】共用的“开发区”是分行写的，" + FLOWS),
        ("scheme: {shared: 说法}", PARTS, "甲.yaml:1  scheme：【错误】方案的编号不能取用共用的内容。请直接写编号"),
        ("a: {shared: 甲}", "甲: [{shared: 乙}]\n", "shared.yaml:1  甲[1]：【错误】共用的内容里不能再取用共用的。请把那部分内容写全"),
        ("a: {shared: 甲}", "乙: 1\n甲: {shared: 乙}\n", "shared.yaml:2  甲：【错误】共用的内容里不能再取用共用的。请把那部分内容写全"),
        ("a: [{shared: 甲}]", "甲: []\n", "甲.yaml:1  a[1]：【错误】共用的“甲”里一项也没有。请把这一处删去"),
        ("a: {shared: 甲}", "甲: |\n  一\n", "shared.yaml:1：【错误】共用的“甲”用了 |。请写在一行里，或加引号"),
        ("a: {shared: 甲}", "- 甲\n", "shared.yaml:1：【错误】这里要写几个方案共用的内容。请写成“名称: 内容”，一项一个名称"),
        ("a: {shared: 甲}", "scheme: 甲\n甲: 1\n", "shared.yaml:1：【错误】这里要写几个方案共用的内容。请写成“名称: 内容”，一项一个名称"),
        ("a: {shared: 甲}", None, "甲.yaml:1  a：【错误】要取用共用的“甲”，可是旁边没有 " + BESIDE),
        ("b: 1\na: {shared: 甲}", "甲: 1\n甲: 2\n", "shared.yaml:2  甲：【错误】“甲”写了两次。请只留一个，否则前一个会被悄悄丢掉"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_in_is_told_in_a_sentence(folder: Path, text: str, parts: str | None, told: str) -> None:
    assert list(map(str, problems(written(folder, text, parts)))) == [told]


def test_all_that_cannot_be_put_in_is_told_at_once(folder: Path) -> None:
    found = problems(written(folder, "a: {shared: 区}\nb: {shared: 两个组}\nc: {shared: 区县}\n"))
    assert [p.line for p in found] == [1, 2]


def test_what_is_taken_again_and_again_is_bounded(folder: Path) -> None:
    """A small file must not become a text that no memory holds."""
    parts = f"甲: [{', '.join(['一二三四五六七八九十'] * 10_000)}]\n"
    [problem] = problems(written(folder, "a: [" + ", ".join(["{shared: 甲}"] * 10_000) + "]\n", parts))
    assert problem.message == "取用的共用内容太多，不像考核方案"


def test_no_sharing_outside_the_folders_of_schemes(folder: Path, tmp_path: Path) -> None:
    """A file from somewhere else does not even reach the shared file beside it, nor another by a link."""
    downloads = tmp_path / "下载"
    downloads.mkdir()
    text = tiny.text(BOOK, units="{shared: 区县}")
    told = "甲.yaml:7  units：【错误】要取用共用的“区县”，可是这个文件不在方案文件夹里。请把文件放进方案文件夹，或把那部分内容写全"
    assert list(map(str, problems(written(downloads, text)))) == [told]
    (folder / library.SHARED).symlink_to(downloads / library.SHARED)
    [problem] = problems(written(folder, text, None))
    assert "可是旁边没有 shared.yaml" in problem.message
    (folder / library.SHARED).unlink()
    (folder / "甲.yaml").unlink()
    (folder / "甲.yaml").symlink_to(downloads / "甲.yaml")
    [problem] = problems(folder / "甲.yaml")
    assert "不在方案文件夹里" in problem.message


def test_no_sharing_for_what_came_in_with_a_workbook(folder: Path) -> None:
    """Text that was not read from a folder: one sentence, and none of the many that follow from it."""
    text = tiny.text("- {id: 1, name: 甲, points: {甲: 10}, rule: direct}\n", units="{shared: 区县}")
    written(folder, text)
    with pytest.raises(SourceError) as refused:
        load.loads(text, "簿")
    told = "簿:7  units：【错误】要取用共用的“区县”，可是这份方案不是从方案文件夹里读的。请把那部分内容写全"
    assert list(map(str, refused.value.problems)) == [told]


def test_a_name_is_a_name_in_a_text_from_before(folder: Path) -> None:
    """In books made before there was sharing, somebody may have called a quantity so."""
    text = tiny.text(BOOK, extra="quantities: {shared: 总分 * 2}")
    assert list(load.loads(text).scheme.quantities) == ["shared"]


def test_the_shared_file_is_no_scheme(folder: Path) -> None:
    path = written(folder, tiny.text(BOOK, units="{shared: 区县}"))
    assert [id for id, found in library.ids().items() if found.parent == folder] == ["tiny"]
    assert [str(one) for one in problems(path.with_name(library.SHARED))] == [
        "shared.yaml：【错误】这是几个方案共用的内容，本身不是方案。请检查取用它的方案：在方案里写 {shared: 名称}"
    ]


def test_a_scheme_of_that_name_stays_one(folder: Path) -> None:
    (folder / library.SHARED).write_text(tiny.text(BOOK), encoding="utf-8")
    assert library.ids()["tiny"] == folder / library.SHARED
    assert load.load(folder / library.SHARED).scheme.unit_names == ["甲", "乙", "丙"]


def test_the_list_notices_when_what_is_shared_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(folder, tiny.text(BOOK, units="{shared: 区县}"))
    monkeypatch.setattr(listed, "WRITTEN", folder / "list.json")
    (folder / "list.json").write_text(listed.written([path]), encoding="utf-8")
    assert next(iter(json.loads(listed.WRITTEN.read_text(encoding="utf-8")).values()))[6] == 3
    written(folder, path.read_text(encoding="utf-8"), PARTS.replace("乙县,\n", "乙县, 辛县,\n"))
    assert {one.scheme: one.units for one in listed.all_schemes() if isinstance(one, listed.Listed)}["tiny"] == 4


def test_what_is_made_of_a_scheme_is_whole(folder: Path) -> None:
    """The book carries the text of everything, and reads the same where there is no folder; so the definition workbook and what
    it gives back, next year's scheme, and the comparison with the text written out."""
    text = tiny.text("- {id: 1, name: 甲, points: 10, rule: direct}\n- {shared: 否决}\n", units="{shared: 两组}")
    file = load.load(written(folder, text))
    assert library.SHARED_KEY not in file.text
    plain = load.loads(file.text, "甲.yaml")
    assert (plain.scheme, plain.fingerprint) == (file.scheme, file.fingerprint)
    assert take(Package.of(export(file), "x.xlsx"), "甲.yaml").text == file.text
    later = next_year(file)
    assert load.loads(later.text).scheme.unit_names == ["甲县", "乙县", "丁区"]
    assert [*differences(file, plain)] == []


def test_editors_know_it() -> None:
    """Wherever a value or an item stands, but for the id."""
    validator = jsonschema.Draft202012Validator(json_schema())
    data: dict[str, Any] = yaml.safe_load(tiny.text("- {id: '1', name: 甲, points: 10, rule: deduct, events: [{what: 迟, each: 1}]}"))
    data["year"] = 2024
    validator.validate(data)
    name = {"shared": "名称"}
    good: list[dict[str, Any]] = [
        {"units": name},
        {"units": {"组": name}},
        {"units": ["甲", name]},
        {"indicators": name},
        {"indicators": [name, *data["indicators"]]},
        {"indicators": [{**data["indicators"][0], "events": name}]},
        {"indicators": [{**data["indicators"][0], "events": [name]}]},
        {"indicators": [{**data["indicators"][0], "criteria": name, "points": name}]},
        {"indicators": [{"name": "组", "children": name}]},
        {"notes": [name]},
        {"grades": name},
        {"inputs": name},
        {"inputs": {"量": name}},
    ]
    for put in good:
        assert validator.is_valid(data | put), put
    bad: list[dict[str, Any]] = [
        {"scheme": name},
        {"units": {**name, "组": ["甲"]}},
        {"notes": {"shared": 1}},
        {"grades": {"shared": "甲", "by": "score"}},
    ]
    for put in bad:
        assert not validator.is_valid(data | put), put


FOLDERS = sorted({path.parent for path in library.ids().values() if path.is_relative_to(library.SCHEMES)})


def named(data: object) -> Iterator[str]:
    if isinstance(data, dict) and [*data] == [library.SHARED_KEY]:
        yield data[library.SHARED_KEY]
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from named(value)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(library.SCHEMES).as_posix())
def test_what_is_shared_is_used(folder: Path) -> None:
    used = Counter(
        name for path in folder.glob("*.yaml") if not path.name.endswith(".cases.yaml") for name in named(source.read(path).data)
    )
    parts = source.read(folder / library.SHARED).data if (folder / library.SHARED).exists() else {}
    assert {name for name, count in used.items() if count > 1} == set(parts)


def lists(data: object) -> Iterator[str]:
    """Every list and mapping of some length, as a text to compare."""
    if isinstance(data, dict | list):
        text = json.dumps(data, ensure_ascii=False, default=str)
        if len(text) >= ALIKE:
            yield text
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from lists(value)


ALIKE = 60
"""Signs; what is shorter is as quickly written as its name."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(library.SCHEMES).as_posix())
def test_what_three_schemes_have_alike_is_shared(folder: Path) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in folder.glob("*.yaml"):
        if not path.name.endswith(".cases.yaml"):
            for text in lists(source.read(path).data):
                found[text].add(path.name)
    assert {text: names for text, names in found.items() if len(names) > 2} == {}


def test_the_page_carries_what_is_shared() -> None:
    files = page._ours()
    assert {
        f"schemes/{folder.relative_to(library.SCHEMES).as_posix()}/{path.name}" for folder in FOLDERS for path in folder.glob("shared.yaml")
    } <= set(files)


@pytest.mark.parametrize("id", ["zhengzhou-2020-gov-service-reform", "panshan-2019-towns", "jiyuan-2020-audit"])
def test_the_whole_text_is_had_without_understanding_it(id: str) -> None:
    """So that a book's own text can be held against the library's cheaply."""
    path = library.find(id)
    assert shared.text_of(path) == load.load(path).text
