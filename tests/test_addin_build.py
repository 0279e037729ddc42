"""The Excel add-in and the LibreOffice extension as files, and their installation.

Requirements: a tab 考核 with the buttons, two of them large, in Chinese throughout; a ribbon that keeps to Microsoft's
schema; each button has its Sub, each Sub its function in addin/buttons.py; built without Excel from text and xlwings' own
module, the same bytes every time; what is built reads back in oletools and opens in LibreOffice; run by an interpreter
that is not ours, each Sub makes Python call the right function; a workbook cannot choose the Python; installing, removing
and looking over say in Chinese what is wrong; the extension installs with unopkg and its commands reach the functions.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import io
import os
import re
import signal
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import Workbook
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.cfb import CFB
from pyopenvba.interpreter import MISSING, NOTHING, VBAInt, VBAObject, member, method
from pyopenvba.interpreter._intrinsics import INTRINSICS
from pyopenvba.interpreter._values import error

from addin import buttons, cli
from addin.packaging import archive, excel, libreoffice, machine, oxt, ribbon, xlam
from addin.packaging.machine import InstallError, Machine
from addin.terminal import commands
from generator import office
from generator.office import LibreOfficeError
from generator.problems import FileError

BUTTONS = ribbon.tab().buttons
NAMES = [
    "check",
    "recompute",
    "explain",
    "undo_recompute",
    "hand_out",
    "gather",
    "import_results",
    "export_values",
    "import_values",
    "notice",
    "statement",
    "analysis",
    "next_year",
    "compare_years",
    "what_if",
    "generate",
    "edit_scheme",
    "new_scheme",
    "help",
]
PYTHON = r"C:\Scorebook\Scripts\python.exe"
CHINESE = re.compile(r"[一-鿿]")


# The ribbon, by the rules of Microsoft's customUI schema ([MS-CUSTOMUI]) for what it uses.

ATTRIBUTES = {
    "customUI": set(),
    "ribbon": set(),
    "tabs": set(),
    "tab": {"id", "label", "insertAfterMso", "keytip"},
    "group": {"id", "label"},
    "button": {"id", "label", "size", "imageMso", "keytip", "onAction", "screentip", "supertip"},
}
CHILDREN = {"customUI": {"ribbon"}, "ribbon": {"tabs"}, "tabs": {"tab"}, "tab": {"group"}, "group": {"button"}, "button": set()}
BUILT_IN = {
    "Consolidate",
    "ErrorChecking",
    "CalculateNow",
    "FormulaEvaluate",
    "Undo",
    "FileNew",
    "FileSendAsAttachment",
    "Help",
    "TabView",
    "FillRight",
    "DesignMode",
    "SheetInsert",
    "ReviewNewComment",
    "FilePrintQuick",
    "RefreshAll",
    "SortDescendingExcel",
    "GetExternalDataFromText",
    "ViewSideBySide",
    "WhatIfAnalysisMenu",
    "XmlExport",
}
"""Identifiers in Microsoft's lists of Excel's controls for Office 2013, 2016, 2019 and 365."""


def elements() -> list[Any]:
    return [e for e in etree.fromstring(ribbon.source()).iter() if isinstance(e.tag, str)]


def test_the_ribbon_keeps_to_the_schema() -> None:
    for element in elements():
        name = etree.QName(element)
        assert name.namespace == ribbon.CUSTOM_UI
        assert set(element.attrib) <= ATTRIBUTES[name.localname], name.localname
        assert {etree.QName(child).localname for child in element} <= CHILDREN[name.localname]
        for attribute, text in element.attrib.items():
            assert 1 <= len(text) <= 1024, (name.localname, attribute)
            if attribute in ("imageMso", "insertAfterMso"):
                assert text in BUILT_IN
            if attribute == "keytip":
                assert re.fullmatch(r"[A-Za-z0-9]{1,3}", text)
            if attribute == "size":
                assert text in ("normal", "large")


@pytest.mark.parametrize("attribute", ["id", "onAction"])
def test_names_in_the_ribbon_are_unique(attribute: str) -> None:
    found = [e.get(attribute) for e in elements() if e.get(attribute)]
    assert len(found) == len({text.lower() for text in found})
    assert all(re.fullmatch(r"[A-Za-z_][\w.]*", text) for text in found)


def test_keys_within_the_tab_do_not_collide() -> None:
    keys = [e.get("keytip") for e in elements() if etree.QName(e).localname == "button"]
    assert len(keys) == len(set(keys)) == len(BUTTONS)


def test_the_buttons_stand_in_order_and_two_are_large() -> None:
    assert [button.name for button in BUTTONS] == NAMES
    assert [button.label for button in BUTTONS] == [
        "检查",
        "重算",
        "说明得分",
        "撤销重算",
        "下发",
        "汇总",
        "取数",
        "导出数据",
        "导入数据",
        "通报",
        "得分说明单",
        "结果分析",
        "下一年度",
        "两年对比",
        "新办法试算",
        "生成空白表",
        "编辑方案",
        "新建方案",
        "帮助",
    ]
    assert [button.label for button in BUTTONS if button.large] == ["检查", "重算"]
    assert ribbon.tab().label == "考核"


def test_the_buttons_about_schemes_are_small() -> None:
    (schemes,) = [group for group in ribbon.tab().groups if "generate" in {button.name for button in group.buttons}]
    assert not any(button.large for button in schemes.buttons)


@pytest.mark.parametrize("button", BUTTONS, ids=NAMES)
def test_a_button_speaks_chinese(button: ribbon.Button) -> None:
    for text in (button.label, button.screentip, button.supertip):
        assert CHINESE.search(text)
    assert len(button.label) <= 6
    assert len(button.screentip) <= 30
    assert 10 <= len(button.supertip) <= 100


# Buttons, Subs and functions.


def vba_source() -> str:
    return (ribbon.SOURCES / f"{xlam.MODULE}.bas").read_text(encoding="ascii")


def test_each_button_has_its_sub_and_each_sub_names_its_function() -> None:
    subs = dict(re.findall(r'^Public Sub (\w+)\(control As IRibbonControl\)\s+Press "(\w+)"\s+End Sub', vba_source(), re.MULTILINE))
    assert {button.sub: button.name for button in BUTTONS} == {f"{xlam.MODULE}.{sub}": name for sub, name in subs.items()}
    assert len(re.findall(r"^Public ", vba_source(), re.MULTILINE)) == len(BUTTONS)


def test_each_function_is_there_and_takes_no_arguments() -> None:
    for name in NAMES:
        function = getattr(buttons, name)
        assert function.__module__ == "addin.buttons"
        assert not inspect.signature(function).parameters
        assert function.__doc__


def test_the_engine_that_the_extension_attaches_is_there() -> None:
    engine = importlib.import_module("addin.engines.libreoffice")
    assert list(inspect.signature(engine.embedded).parameters) == ["context"]


# The .xlam.


@pytest.fixture(scope="module")
def built() -> bytes:
    return xlam.build(PYTHON)


@pytest.fixture(scope="module")
def built_file(built: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / xlam.NAME
    path.write_bytes(built)
    return path


@pytest.fixture(scope="module")
def parts(built: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(built)) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_bytes_every_time_and_everywhere(built: bytes, seed: str, tmp_path: Path) -> None:
    code = f"import hashlib; from addin.packaging import oxt, xlam; print(hashlib.sha256(xlam.build({PYTHON!r}) + oxt.build()).hexdigest())"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Shanghai", "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(built + oxt.build()).hexdigest()


def test_nothing_of_another_machine_or_day_is_in_it(built: bytes, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(built)) as zipped:
        assert {info.date_time for info in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for name, data in parts.items():
        assert b"felix" not in data.lower(), name
    assert b"dcterms" not in parts["docProps/core.xml"]


def test_the_ribbon_is_reached_by_the_relationship_of_its_namespace(parts: dict[str, bytes]) -> None:
    pairs = {  # [MS-CUSTOMUI] 2.1, [MS-CUSTOMUI2] 2.1
        "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility": "http://schemas.microsoft.com/office/2006/01/customui",
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility": "http://schemas.microsoft.com/office/2009/07/customui",
    }
    relations = {r.get("Type"): r.get("Target") for r in etree.fromstring(parts["_rels/.rels"])}
    ((kind, target),) = [(kind, target) for kind, target in relations.items() if "ui/extensibility" in str(kind)]
    assert parts[str(target)] == ribbon.source()
    assert etree.QName(etree.fromstring(ribbon.source())).namespace == pairs[str(kind)]


def test_the_package_is_whole(parts: dict[str, bytes]) -> None:
    types = etree.fromstring(parts["[Content_Types].xml"])
    defaults = {e.get("Extension") for e in types if e.get("Extension")}
    overrides = {e.get("PartName") for e in types if e.get("PartName")}
    assert overrides <= {f"/{name}" for name in parts}
    assert "application/vnd.ms-excel.addin.macroEnabled.main+xml" in {e.get("ContentType") for e in types}
    for name in parts.keys() - {"[Content_Types].xml"}:
        assert f"/{name}" in overrides or name.rsplit(".", 1)[-1] in defaults, name
    for name in (n for n in parts if n.endswith(".rels")):
        folder = name.split("_rels/")[0]
        for relation in etree.fromstring(parts[name]):
            assert folder + relation.get("Target") in parts


def test_oletools_reads_the_vba_back(built: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oletools' own, about pyparsing
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(xlam.NAME, data=built)
    modules = {name.split(".")[0]: code for _, _, name, code in parser.extract_macros()}
    assert set(modules) == {"ThisWorkbook", "Dictionary", "Sheet2", "xlwings", xlam.MODULE}
    assert modules[xlam.MODULE].splitlines() == vba_source().splitlines()
    assert 'PROJECT_NAME As String = "scorebook"' in modules["xlwings"]
    assert "Public Function RunPython" in modules["xlwings"]


def test_no_compiled_code_is_left(parts: dict[str, bytes]) -> None:
    project = CFB.from_bytes(parts["xl/vbaProject.bin"])
    assert project.get_stream_in_storage("VBA", "_VBA_PROJECT") == b"\xcc\x61\xff\xff\x00\x00\x00"
    assert not [name for name in project.list_streams_in_storage("VBA") if name.startswith("__SRP_")]
    assert b'Name="scorebook"' in project.get_stream("PROJECT")


def test_all_vba_is_ascii(built_file: Path) -> None:
    with ExcelFile(built_file) as book:
        for source in book.vba_modules().values():
            assert source.isascii()


def test_a_changed_xlwings_is_refused() -> None:
    with pytest.raises(xlam.BuildError, match="xlwings"):
        xlam.own_settings_only('Public Const PROJECT_NAME As String = "other"')
    with pytest.raises(xlam.BuildError, match="GetConfig"):
        xlam.own_settings_only('Public Const PROJECT_NAME As String = "myaddin"')


def test_it_opens_in_libreoffice(built_file: Path, soffice: str, tmp_path: Path) -> None:
    profile = (tmp_path / "profile").as_uri()
    to_text = "csv:Text - txt - csv (StarCalc):44,34,76"
    command = [soffice, "--headless", f"-env:UserInstallation={profile}", "--infilter=Calc MS Excel 2007 VBA XML", "--convert-to", to_text]
    subprocess.run([*command, "--outdir", str(tmp_path), str(built_file)], capture_output=True, timeout=120, check=True)
    text = (tmp_path / "scorebook.csv").read_text(encoding="utf-8")
    assert f"{xlam.INTERPRETER},{PYTHON}" in text
    assert "MESSAGE_TITLE,考核簿" in text


def test_the_interpreter_can_be_set_afterwards_and_nothing_else_changes(built: bytes) -> None:
    plain = xlam.build()
    assert xlam.INTERPRETER not in xlam.read_settings(plain)
    assert xlam.with_interpreter(plain, PYTHON) == built
    moved = xlam.with_interpreter(built, "%LOCALAPPDATA%\\考核簿\\python.exe")
    assert xlam.read_settings(moved)[xlam.INTERPRETER] == "%LOCALAPPDATA%\\考核簿\\python.exe"
    before, after = archive.unpack(built), archive.unpack(moved)
    assert [name for name in before if before[name] != after.get(name)] == ["xl/worksheets/sheet1.xml"]


def test_the_interpreter_can_be_set_where_another_program_has_named_the_parts_anew(parts: dict[str, bytes]) -> None:
    moved = {name.replace("sheet1.xml", "sheet2.xml"): data.replace(b"sheet1.xml", b"sheet2.xml") for name, data in parts.items()}
    changed = xlam.with_interpreter(archive.pack(moved), "C:\\other\\python.exe")
    assert xlam.read_settings(changed)[xlam.INTERPRETER] == "C:\\other\\python.exe"
    assert archive.unpack(changed).keys() == moved.keys()


def test_another_workbook_is_not_taken_for_the_add_in() -> None:
    stream = io.BytesIO()
    Workbook().save(stream)
    with pytest.raises(InstallError, match="不是考核簿的加载项"):
        xlam.read_settings(stream.getvalue())


# The VBA, run by pyOpenVBA's interpreter: xlwings' RunPython is the real one, Windows is played.


@dataclass
class Played:
    """An Excel without Windows: what its VBA ran and said. present: the files that exist; exit_code: nothing where programs
    may not be started."""

    app: ExcelApplication
    present: set[str]
    ran: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    exit_code: int | None = 0
    application: dict[str, object] = field(default_factory=dict)

    def press(self, button: ribbon.Button) -> None:
        self.app.run(button.sub, NOTHING)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Played]:
    """Opens an add-in with the given interpreter in an Excel that has one more workbook open."""

    def opened(interpreter: str) -> Played:
        path = tmp_path / xlam.NAME
        path.write_bytes(xlam.build(interpreter))
        played = Played(ExcelApplication.open(path, with_vba=False), {PYTHON})
        _play_windows(played, monkeypatch)
        with ExcelFile(path) as book:
            for name in ("xlwings", xlam.MODULE):
                played.app.add_module(_readable(book.get_module(name)), name=name)
        played.app.add_workbook()
        return played

    return opened


def _readable(source: str) -> str:
    """VBA without what the interpreter cannot read or do: comments after directives, and xlwings' log file."""
    source = re.sub(r"^([ \t]*#[^'\n]*?) *'.*$", r"\1", source, flags=re.MULTILINE)
    return re.sub(r"^ *(Kill LOG_FILE|Call ShowError\(LOG_FILE\)) *\r?$", "", source, flags=re.MULTILINE)


def _play_windows(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell(VBAObject):  # type: ignore[misc]
        vba_type_name = "WshShell"

        @method  # type: ignore[untyped-decorator]
        def ExpandEnvironmentStrings(self, Src: object = MISSING) -> object:
            return False if Src == "False" else Src

        @method  # type: ignore[untyped-decorator]
        def Run(self, Command: object = MISSING, WindowStyle: object = MISSING, Wait: object = MISSING) -> object:
            if played.exit_code is None:
                raise error(70)
            played.ran.append(str(Command))
            return VBAInt(played.exit_code, "Long")

        @method  # type: ignore[untyped-decorator]
        def Popup(self, Text: object = "", Wait: object = 0, Title: object = "", Type: object = 0) -> object:
            played.said.append(f"{Title}：{Text}")
            return VBAInt(1, "Long")

    def attributes(_: object, arguments: Sequence[object], __: object) -> object:
        if str(arguments[0]) not in played.present:
            raise error(53)
        return VBAInt(32, "Integer")

    monkeypatch.setitem(INTRINSICS, "getattr", attributes)
    monkeypatch.setitem(INTRINSICS, "environ", lambda _, arguments, __: f"C:\\{arguments[0]}")
    bridge, application = played.app.interpreter.host, played.app.application
    create, get = bridge.create, application.vba_get
    played.application["hwnd"] = VBAInt(4711, "Long")
    monkeypatch.setattr(bridge, "create", lambda name: Shell() if name.lower() == "wscript.shell" else create(name))
    monkeypatch.setattr(
        application,
        "vba_get",
        lambda name, arguments=(), named=None: (
            played.application[name.lower()] if name.lower() in played.application else get(name, list(arguments), named or {})
        ),
    )


FAKE = """
import sys
called = []
class Buttons:
    def __getattr__(self, name):
        return lambda: called.append(name)
import addin
sys.modules['addin.buttons'] = addin.buttons = Buttons()
for line in sys.stdin.read().split('\\0'):
    exec(line)
print(' '.join(called))
"""


def test_each_sub_makes_python_call_its_function(play: Callable[[str], Played]) -> None:
    played = play(PYTHON)
    for button in BUTTONS:
        played.press(button)
    assert not played.said
    commands = [re.search(r'& "([^"]+)" -B -c "(.*)"  --wb="(.*?)" --from_xl=1', line) for line in played.ran]
    assert all(commands)
    assert {c[1] for c in commands if c} == {PYTHON}
    assert {c[3] for c in commands if c} == {"Book1"}
    codes = [c[2].replace('\\"', '"') for c in commands if c]
    done = subprocess.run([sys.executable, "-c", FAKE], input="\0".join(codes), capture_output=True, text=True, check=True)
    assert done.stdout.split() == NAMES


def test_the_folder_of_the_workbook_is_not_searched_for_programs(play: Callable[[str], Played]) -> None:
    played = play(PYTHON)
    played.press(BUTTONS[0])
    assert 'prepare_sys_path(\\"false;' in played.ran[0]


def test_a_workbook_cannot_choose_the_python(play: Callable[[str], Played]) -> None:
    played = play(PYTHON)
    played.present.add("C:\\evil.exe")
    played.app.add_module(
        'Sub Plant()\n ActiveSheet.Name = "scorebook.conf"\n Range("A1").Value = "INTERPRETER_WIN"\n'
        ' Range("B1").Value = "C:\\evil.exe"\nEnd Sub\n',
        name="Sender",
    )
    played.app.run("Plant")
    played.press(BUTTONS[0])
    assert PYTHON in played.ran[0]
    assert "evil" not in played.ran[0]


def test_a_missing_interpreter_is_told_in_chinese(play: Callable[[str], Played]) -> None:
    gone = play(PYTHON)
    gone.present.clear()
    gone.press(BUTTONS[0])
    assert not gone.ran
    assert gone.said[0].startswith("考核簿：找不到考核簿用的 Python")
    assert gone.said[0].endswith(PYTHON)
    unset = play("")
    unset.press(BUTTONS[0])
    assert not unset.ran
    assert "还没有设置考核簿用哪个 Python" in unset.said[0]


def test_a_failure_is_told_in_chinese_and_the_status_bar_is_given_back(play: Callable[[str], Played]) -> None:
    played = play(PYTHON)
    played.exit_code = 1
    played.press(BUTTONS[0])
    assert "这一步没有做完" in played.said[0]
    assert played.app.evaluate("Application.StatusBar") is False


def test_a_python_that_may_not_be_started_is_told_in_chinese(play: Callable[[str], Played]) -> None:
    played = play(PYTHON)
    played.exit_code = None
    played.press(BUTTONS[0])
    assert "没有能启动 Python" in played.said[0]
    assert played.app.evaluate("Application.StatusBar") is False


def test_protected_view_is_told_in_chinese(play: Callable[[str], Played]) -> None:
    class Windows(VBAObject):  # type: ignore[misc]
        vba_type_name = "ProtectedViewWindows"

        @member  # type: ignore[untyped-decorator]
        def Count(self) -> object:
            return VBAInt(1, "Long")

    played = play(PYTHON)
    played.application |= {"activeworkbook": NOTHING, "protectedviewwindows": Windows()}
    played.press(BUTTONS[0])
    assert not played.ran
    assert "启用编辑" in played.said[0]


# Installing in Excel: Windows is a dictionary.

Values = Mapping[str, object]
OFFICE16 = r"HKLM\Software\Microsoft\Office\16.0\Excel\InstallRoot"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
USER = r"HKCU\Software\Microsoft\Office\16.0"


@dataclass
class Windows:
    """A Windows with Excel 2016 and a Python, in a folder."""

    folder: Path
    keys: dict[str, Values]
    answer: tuple[int, str] = (0, "")

    @property
    def machine(self) -> Machine:
        known = {key.lower(): values for key, values in self.keys.items()}
        return Machine(
            windows=True,
            environment={"APPDATA": str(self.folder / "Roaming"), "USERPROFILE": str(self.folder)},
            registry=lambda hive, key: known.get(f"{hive}\\{key}".lower(), {}),
            run=lambda command, folder: self.answer,
        )

    @property
    def python(self) -> Path:
        return self.folder / "python.exe"

    def install(self) -> Path:
        return excel.install(self.machine, xlam.build(), self.python)

    def said(self) -> str:
        return "\n".join(f"{remark.severity} {remark.text}" for remark in excel.status(self.machine))


@pytest.fixture
def windows(tmp_path: Path) -> Windows:
    (tmp_path / "Office16").mkdir()
    for program in ("Office16/EXCEL.EXE", "python.exe"):
        (tmp_path / program).touch()
    return Windows(tmp_path, {OFFICE16: {"path": str(tmp_path / "Office16")}})


def test_installing_puts_the_add_in_into_the_start_folder_with_its_python(windows: Windows) -> None:
    path = windows.install()
    assert path == windows.folder / "Roaming" / "Microsoft" / "Excel" / "XLSTART" / "scorebook.xlam"
    assert xlam.read_settings(path.read_bytes())[xlam.INTERPRETER] == str(windows.python)
    assert "error" not in windows.said()
    assert "warning" not in windows.said()
    assert "加载项可以运行" in windows.said()
    assert excel.uninstall(windows.machine) == path
    assert excel.uninstall(windows.machine) is None
    assert "加载项没有安装" in windows.said()


def test_installing_for_everyone_uses_the_programs_own_folder(windows: Windows) -> None:
    path = excel.install(windows.machine, xlam.build(), windows.python, everyone=True)
    assert path.parent == windows.folder / "Office16" / "XLSTART"
    windows.install()
    assert "装了两份" in windows.said()
    assert excel.uninstall(windows.machine, everyone=True) == path


def test_excel_is_found_by_its_program_too(windows: Windows) -> None:
    program = windows.folder / "Office16" / "EXCEL.EXE"
    windows.keys = {r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe": {"": str(program)}}
    assert excel.find(windows.machine) == excel.Excel("16.0", program.parent)


def test_the_advice_names_the_python_that_installs(windows: Windows) -> None:
    """LibreOffice's own Python borrows the libraries of the one Scorebook is installed with."""
    lacking = replace(windows.machine, run=lambda command, folder: (1, "ModuleNotFoundError: No module named 'xlwings'"))
    office_python, own = Path("/opt/libreoffice/program/python"), Path("/home/li/venv/bin/python")
    assert f'"{own}" -m pip install' in machine.examine(lacking, office_python, ["/x"], own)
    assert str(office_python) not in machine.examine(lacking, office_python, ["/x"], own)
    assert f'"{office_python}" -m pip install' in machine.examine(lacking, office_python)


def test_what_makes_installing_impossible_is_said(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InstallError, match="找不到 Python"):
        excel.install(windows.machine, xlam.build(), windows.folder / "none.exe")
    with pytest.raises(InstallError, match="只能装在 Windows"):
        excel.install(replace(windows.machine, windows=False), xlam.build(), windows.python)
    with pytest.raises(InstallError, match="APPDATA"):
        excel.install(replace(windows.machine, environment={}), xlam.build(), windows.python)
    windows.install()

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)  # as Windows does while Excel has the file open
    with pytest.raises(InstallError, match="关闭全部 Excel"):
        windows.install()
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(InstallError, match="关闭全部 Excel"):
        excel.uninstall(windows.machine)


def test_an_add_in_that_cannot_be_written_for_another_reason_is_said(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FileError, match="磁盘满了"):
        windows.install()


def test_a_template_that_does_not_fit_is_no_fault_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archive, "unpack", lambda _: {})
    assert cli.run(["addin", "build", "-o", str(tmp_path)]) == 2
    said = capfd.readouterr().err
    assert said.startswith("xlwings")
    assert "请换用另一版" in said


def test_a_machine_without_excel_is_told_so(windows: Windows) -> None:
    windows.keys = {}
    with pytest.raises(InstallError, match="没有找到 Excel"):
        windows.install()
    assert "没有找到 Excel" in windows.said()
    windows.keys = {r"HKCU\Software\Kingsoft\Office\6.0\Common": {"version": "12"}}
    assert "WPS" in windows.said()


def test_a_python_that_has_gone_is_said(windows: Windows) -> None:
    windows.install()
    windows.python.unlink()
    assert "error 加载项要用的 Python 不存在" in windows.said()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("Traceback …\nModuleNotFoundError: No module named 'xlwings'", "里缺少 xlwings"),
        ("OLD 3.9", "是 3.9，太旧"),
        ("Python was not found", "用不了考核簿（Python was not found）"),
        ("", "用不了考核簿（代码 1）"),
    ],
)
def test_a_python_that_cannot_do_it_is_said(windows: Windows, output: str, words: str) -> None:
    windows.install()
    windows.answer = (1, output)
    assert words in windows.said()


def test_the_interpreter_may_stand_in_the_users_own_file(windows: Windows) -> None:
    path = windows.install()
    path.write_bytes(xlam.build())
    assert "没有设置用哪个 Python" in windows.said()
    own = windows.folder / ".scorebook" / "scorebook.conf"
    own.parent.mkdir()
    own.write_text(f'"INTERPRETER_WIN","{windows.python}"\n', encoding="utf-8")
    here = replace(windows.machine, windows=False)
    assert excel._interpreter(here, xlam.read_settings(path.read_bytes())).severity == "fine"


def test_variables_in_the_interpreter_are_expanded(windows: Windows) -> None:
    path = windows.install()
    path.write_bytes(xlam.build("%appdata%\\..\\python.exe".replace("\\", os.sep)))
    (windows.folder / "Roaming").mkdir(exist_ok=True)
    assert "error" not in windows.said()


def test_another_version_and_a_broken_file_are_said(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    path = windows.install()
    monkeypatch.setattr(excel, "installed_version", lambda _: "9.9")
    assert "考核簿是 9.9 版，请重新安装" in windows.said()
    path.write_bytes(b"PK")
    assert "打不开" in windows.said()


ALL_OFF = {rf"{POLICY}\Excel\Security\Trusted Locations": {"alllocationsdisabled": 1}}
ONLY_POLICIES = {rf"{POLICY}\Common\Security\Trusted Locations": {"allow user locations": 0}}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({rf"{POLICY}\Common": {"vbaoff": 1}}, "error 组策略“禁用 Office 应用程序的 VBA”"),
        ({rf"{POLICY}\Excel\Security": {"disablealladdins": 1}}, "error “禁用所有应用程序加载项”"),
        ({rf"{USER}\Excel\Security": {"disablealladdins": 1}}, "error “禁用所有应用程序加载项”"),
        ({rf"{POLICY}\Excel\Security": {"requireaddinsig": 1}}, "error “要求应用程序加载项由受信任的发布者签署”"),
        ({rf"{POLICY}\Common\Security": {"requirealwaysonmacrosig": 1}}, "error 组策略“始终加载的宏必须由受信任的发布者签名”"),
        ({rf"{POLICY}\Excel\Resiliency": {"restricttolist": 1}}, "error 组策略“阻止所有非托管加载项”"),
        ({rf"{POLICY}\Excel\Resiliency\AddinList": {"scorebook.xlam": "0"}}, "error 组策略“托管加载项列表”禁用了"),
        (
            {rf"{USER}\Excel\Resiliency\DisabledItems": {"1a2b": b"\x01\x00" + r"C:\x\Scorebook.xlam".encode("utf-16-le")}},
            "error Excel 曾因出错停用了加载项",
        ),
        (
            {r"HKLM\Software\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules": {excel._CHILD_PROCESSES: "1"}},
            "error Defender 的规则",
        ),
        ({r"HKCU\Software\Policies\Microsoft\Windows\System": {"disablecmd": 2}}, "error 组策略“阻止访问命令提示符”"),
        (ALL_OFF, "warning 受信任位置被停用了"),
        (ALL_OFF | {rf"{USER}\Excel\Security": {"vbawarnings": 4}}, "error 受信任位置被停用了"),
        (ALL_OFF | {rf"{POLICY}\Excel\Security": {"vbawarnings": 3}}, "禁用无数字签署的所有宏"),
        (ONLY_POLICIES, "warning 受信任位置被停用了"),
    ],
)
def test_what_blocks_macros_is_said(windows: Windows, keys: dict[str, Values], words: str) -> None:
    windows.install()
    windows.keys |= keys
    assert words in windows.said()


def test_macro_settings_that_do_no_harm_are_not_complained_about(windows: Windows) -> None:
    path = windows.install()
    listed = rf"{POLICY}\Excel\Security\Trusted Locations\Location7"
    harmless: list[Mapping[str, Mapping[str, object]]] = [
        {rf"{USER}\Excel\Security": {"vbawarnings": 4}},
        ALL_OFF | {rf"{USER}\Excel\Security": {"vbawarnings": 1}},
        ONLY_POLICIES | {listed: {"path": str(path.parent)}},
        ONLY_POLICIES | {listed: {"path": str(path.parents[1]), "allowsubfolders": 1}},
        {rf"{POLICY}\Excel\Resiliency": {"restricttolist": 1}, rf"{POLICY}\Excel\Resiliency\AddinList": {"scorebook.xlam": "1"}},
    ]
    for keys in harmless:
        usual = windows.keys
        windows.keys = {**usual, **keys}
        assert "error" not in windows.said()
        assert "warning" not in windows.said()
        windows.keys = usual


def test_a_signature_helps_where_signatures_are_asked_for(windows: Windows) -> None:
    path = windows.install()
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("xl/vbaProjectSignature.bin", b"signed")
    windows.keys |= {rf"{POLICY}\Excel\Security": {"requireaddinsig": 1}}
    assert "error" not in windows.said()


def test_the_registry_is_empty_off_windows() -> None:
    if sys.platform != "win32":
        assert not machine.read_registry("HKCU", "Software")


def test_every_policy_that_is_looked_at_is_in_the_deployment_guide() -> None:
    text = (Path(cli.__file__).parents[1] / "docs" / "deployment.zh.md").read_text(encoding="utf-8")
    own = ["restricttolist", "alllocationsdisabled", "allow user locations", "vbawarnings", "disablecmd", excel._CHILD_PROCESSES]
    for name in [*(name for _, name, _, _ in excel._BLOCKS), *own]:
        assert f"`{name}`" in text.lower(), name
    for command in ("build", "install", "uninstall", "status"):
        assert f"scorebook addin {command}" in text
    for option in ("--interpreter", "--file", "--all-users", "--libreoffice"):
        assert option in text


# The command line.


def test_build_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["addin", "build", "-o", str(tmp_path / "dist"), "--interpreter", PYTHON]) == commands.FINE
    assert (tmp_path / "dist" / xlam.NAME).read_bytes() == xlam.build(PYTHON)
    assert (tmp_path / "dist" / oxt.NAME).read_bytes() == oxt.build()
    assert "已生成" in capsys.readouterr().out


def test_a_missing_build_tool_is_told_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyopenvba", None)
    assert cli.run(["addin", "build", "-o", str(tmp_path)]) == commands.CANNOT
    assert "pip install 'scorebook[build]'" in capsys.readouterr().err


def test_the_commands_install_look_over_and_remove(
    windows: Windows, built_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "this_machine", lambda: windows.machine)
    install = ["addin", "install", "--file", str(built_file), "--interpreter", str(windows.python)]
    assert cli.run(install) == commands.FINE
    assert cli.run(["addin", "status"]) == commands.FINE
    windows.answer = (1, "ModuleNotFoundError: No module named 'xlwings'")
    assert cli.run(["addin", "status"]) == commands.FINDINGS
    assert "错误 加载项要用的 Python" in capsys.readouterr().out
    assert cli.run(["addin", "uninstall"]) == commands.FINE
    assert cli.run(["addin", "uninstall"]) == commands.FINE
    assert "加载项没有安装" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="what is said where there is no Windows")
@pytest.mark.parametrize("command", ["install", "uninstall", "status"])
def test_off_windows_excels_commands_say_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["addin", command]) == commands.CANNOT
    assert "只能装在 Windows 上" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["build", "install", "uninstall", "status"])
def test_every_command_has_chinese_help(command: str) -> None:
    from addin.terminal import add_in

    callback = next(c.callback for c in add_in.app.registered_commands if c.callback and c.callback.__name__ == command)
    assert CHINESE.search(callback.__doc__ or "")


# The .oxt.


@pytest.fixture(scope="module")
def extension() -> dict[str, bytes]:
    return archive.unpack(oxt.build())


def test_the_extension_is_whole(extension: dict[str, bytes]) -> None:
    manifest = etree.fromstring(extension["META-INF/manifest.xml"])
    listed = {value for entry in manifest for name, value in entry.attrib.items() if name.endswith("full-path")}
    assert listed == {"scorebook_addon.py", "Addons.xcu", "CalcWindowState.xcu"}
    assert listed <= extension.keys()
    assert oxt.IDENTIFIER in extension["description.xml"].decode()
    assert b"{version}" not in extension["description.xml"]
    for picture in re.findall(r"%origin%/([^<]+)", extension["Addons.xcu"].decode()):
        etree.fromstring(extension[picture])


def test_menu_and_toolbar_have_the_buttons_of_the_ribbon_in_order(extension: dict[str, bytes]) -> None:
    root = etree.fromstring(extension["Addons.xcu"])
    name = "{http://openoffice.org/2001/registry}name"
    for place in ("OfficeMenuBar", "OfficeToolBar", "Images"):
        node = next(n for n in root.iter("node") if n.get(name) == place)
        urls = [p.findtext("value") for p in node.iter("prop") if p.get(name) == "URL"]
        assert [url for url in urls if url != "private:separator"] == [oxt.command(button) for button in BUTTONS]
    items = [n.get(name) for n in root.iter("node") if (n.get(name) or "").startswith("item")]
    half = items[: len(items) // 2]
    assert half == sorted(half)  # LibreOffice sorts them by name


def test_the_part_that_runs_in_libreoffice_suits_old_pythons(extension: dict[str, bytes]) -> None:
    ast.parse(extension["scorebook_addon.py"].decode(), feature_version=(3, 7))
    assert oxt.SERVICE in extension["scorebook_addon.py"].decode()
    assert oxt.PATHS in extension["scorebook_addon.py"].decode()


FAKE_BUTTONS = """
import pathlib
from addin.engines import libreoffice
def check():
    pathlib.Path({log!r}).write_text(f"check {{libreoffice.attached}}")
def help():
    raise ValueError("broken")
"""
FAKE_ENGINE = """
attached = False
def embedded(context):
    global attached
    attached = context.ServiceManager is not None
"""
DRIVER = """
import os, sys, time, uno
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(240):
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.25)
make = lambda name: context.ServiceManager.createInstanceWithContext("com.sun.star." + name, context)
desktop = make("frame.Desktop")
frame = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ()).CurrentController.Frame
for url in sys.argv[2:]:
    make("frame.DispatchHelper").executeDispatch(frame, url, "", 0, ())

def names(thing, depth=0):
    inner = thing.getAccessibleContext()
    yield inner.getAccessibleName()
    for number in range(min(inner.getAccessibleChildCount(), 50) if depth < 6 else 0):
        yield from names(inner.getAccessibleChild(number), depth + 1)

print("\\n".join(dict.fromkeys(names(frame.ContainerWindow))), flush=True)
frame.close(True)
try:
    desktop.terminate()
except Exception:
    pass
os._exit(0)  # the bridge's thread sees the office go while Python takes itself down, and can crash it
"""


def end(process: subprocess.Popen[str]) -> None:
    """Stop a LibreOffice with all the processes it has started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait(30)


@pytest.fixture
def profile(tmp_path: Path) -> list[str]:
    """Arguments that keep unopkg and LibreOffice to a throwaway profile, also for the superuser."""
    (tmp_path / "shared").mkdir()
    places = {"UserInstallation": tmp_path / "profile", "UNO_SHARED_PACKAGES_CACHE": tmp_path / "shared"}
    return [f"-env:{name}={place.as_uri()}" for name, place in places.items()]


@pytest.fixture
def fake(tmp_path: Path) -> tuple[Path, Path]:
    """A Scorebook with two buttons, and the file the first one writes."""
    log = tmp_path / "called.txt"
    package = tmp_path / "fake" / "addin"
    (package / "engines").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "engines/__init__.py": "",
        "engines/libreoffice.py": FAKE_ENGINE,
        "buttons.py": FAKE_BUTTONS.format(log=str(log)),
    }.items():
        (package / name).write_text(text, encoding="utf-8")
    return package.parent, log


def test_the_extension_installs_and_its_commands_reach_the_functions(
    soffice: str, profile: list[str], fake: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, log = fake
    monkeypatch.delenv("SCOREBOOK_PYTHONPATH", raising=False)
    monkeypatch.setattr(libreoffice, "folders", lambda: [str(folder)])
    here = machine.this_machine()
    assert not libreoffice.is_installed(here, profile)
    libreoffice.install(here, profile)
    libreoffice.install(here, profile)  # again, over itself
    assert libreoffice.is_installed(here, profile)

    pipe = f"scorebook{os.getpid()}"
    command = [soffice, "--headless", "--norestore", "--nologo", *profile, f"--accept=pipe,name={pipe};urp"]
    running = subprocess.Popen(
        command, env=office.environment(), stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", start_new_session=True
    )
    try:
        urls = [f"service:{oxt.SERVICE}?{name}" for name in ("help", "none", "importlib", "check")]
        driver = [office.interpreter(soffice), "-c", DRIVER, pipe, *urls]
        done = subprocess.run(driver, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        _, errors = running.communicate(timeout=60)
    finally:
        end(running)
    assert log.read_text() == "check True"
    assert "ValueError: broken" in errors  # and LibreOffice lived on
    assert {"考核", *(button.label for button in BUTTONS)} <= set(done.stdout.splitlines())

    assert libreoffice.uninstall(here, profile)
    assert not libreoffice.uninstall(here, profile)


def test_status_says_what_is_missing_in_libreoffice(profile: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有安装" in libreoffice.status(machine.this_machine(), profile)[-1].text

    def absent() -> str:
        raise LibreOfficeError("没有找到 LibreOffice")

    monkeypatch.setattr(office, "program", absent)
    assert libreoffice.status(machine.this_machine(), profile) == [machine.Remark("error", "没有找到 LibreOffice")]


def test_a_libreoffice_whose_python_cannot_do_it_is_said(monkeypatch: pytest.MonkeyPatch, soffice: str) -> None:
    listed = f"Identifier: {oxt.IDENTIFIER}"
    old = replace(machine.this_machine(), run=lambda command, _: (0, listed) if "unopkg" in command[0] else (1, "OLD 3.8"))
    assert "是 3.8，太旧" in libreoffice.status(old)[-1].text


def test_unopkg_that_fails_is_told_in_chinese() -> None:
    broken = replace(machine.this_machine(), run=lambda *_: (1, "ERROR: locked\n"))
    with pytest.raises(InstallError, match=r"ERROR: locked.*关闭 LibreOffice"):
        libreoffice.install(broken)


def test_a_program_that_cannot_be_started_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="启动不了"):
        machine.run([str(tmp_path / "none")], tmp_path)
    assert machine.run([sys.executable, "-c", "print('说')"], tmp_path)[0] == 0


def test_libreoffice_is_not_started_in_a_virtual_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own Python would look for its libraries there; unopkg then fails with an error of C++."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "venv" / "bin"), str(tmp_path), "/usr/bin"]))
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    given = office.environment()
    assert given["PATH"] == os.pathsep.join([str(tmp_path), "/usr/bin"])
    assert "PYTHONHOME" not in given
    code, said = machine.run([sys.executable, "-E", "-c", "import os; print(os.environ['PATH'])"], tmp_path)
    assert (code, said.strip()) == (0, given["PATH"])
