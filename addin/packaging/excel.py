"""The add-in in Excel on Windows: put into its start folder, taken out again, and everything looked at that keeps it from
working there.

Policies are those of Microsoft's administrative templates for Office; docs/deployment.zh.md says what to do about each.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path, PureWindowsPath

from addin.packaging import xlam
from addin.packaging.machine import InstallError, Machine, Remark, examine
from generator.files import write_atomically
from generator.problems import FileError, Refusal

VERSIONS = ("16.0", "15.0", "14.0", "12.0")
"""Of Office: 2016 and later, 2013, 2010, 2007."""
_OFFICE, _POLICIES = r"Software\Microsoft\Office", r"Software\Policies\Microsoft\Office"
_SECURITY, _TRUSTED = r"Excel\Security", r"Excel\Security\Trusted Locations"
_MOST_LOCATIONS = 100
ASK, ONLY_SIGNED, NEVER = 2, 3, 4
"""What Excel does with macros that stand in no trusted place (VBAWarnings); 1 lets them run."""

_BLOCKS = [
    ("Common", "vbaoff", False, "组策略“禁用 Office 应用程序的 VBA”已启用，任何宏都不能运行；请管理员对使用考核簿的人放开"),
    (_SECURITY, "disablealladdins", False, "“禁用所有应用程序加载项”已启用，Excel 不会加载考核簿；请在信任中心或组策略里关掉"),
    (_SECURITY, "requireaddinsig", True, "“要求应用程序加载项由受信任的发布者签署”已启用，没有签名的加载项会被停用，可能不给任何提示"),
    (
        r"Common\Security",
        "requirealwaysonmacrosig",
        True,
        "组策略“始终加载的宏必须由受信任的发布者签名”已启用，没有签名的加载项会被停用，不给任何提示",
    ),
]
"""Settings that stop the add-in when they are 1: where, name, whether a signature helps, and what to say."""
_CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
"""Defender's rule that keeps Office from starting other programs."""
_SIGN = "；请管理员给加载项签名并把证书设为受信任的发布者（见部署说明）"


@dataclass(frozen=True)
class Excel:
    """An Excel that is installed. version: as in the registry; folder: of EXCEL.EXE."""

    version: str
    folder: Path


def find(machine: Machine) -> Excel | None:
    """The newest Excel of the machine, or nothing."""
    for version in VERSIONS:
        folder = str(machine.registry("HKLM", rf"{_OFFICE}\{version}\Excel\InstallRoot").get("path", ""))
        if folder and Path(folder, "EXCEL.EXE").exists():
            return Excel(version, Path(folder))
    for hive in ("HKLM", "HKCU"):
        program = str(machine.registry(hive, r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe").get("", "")).strip('"')
        if program and Path(program).exists():
            number = re.search(r"Office(\d\d)", program)
            return Excel(f"{number[1]}.0" if number else VERSIONS[0], Path(program).parent)
    return None


def start_folder(machine: Machine, everyone: bool = False) -> Path:
    """The folder whose add-ins Excel opens when it starts: this user's, or everyone's. Raises InstallError."""
    if not machine.windows:
        raise InstallError("Excel 加载项只能装在 Windows 上；这台电脑可以装 LibreOffice 扩展：scorebook addin install --libreoffice")
    if everyone:
        excel = find(machine)
        if excel is None:
            raise InstallError(_no_excel(machine))
        return excel.folder / "XLSTART"
    roaming = machine.environment.get("APPDATA")
    if not roaming:
        raise InstallError("环境变量 APPDATA 没有设置，不知道 Excel 的启动文件夹在哪里")
    return Path(roaming, "Microsoft", "Excel", "XLSTART")


def install(machine: Machine, data: bytes, interpreter: Path, everyone: bool = False) -> Path:
    """Put the add-in into Excel's start folder, with the interpreter it is to use; returns the file. Raises InstallError.

    What would keep the buttons from working is not looked at here; see `status`.
    """
    folder = start_folder(machine, everyone)
    if find(machine) is None:
        raise InstallError(_no_excel(machine))
    if not interpreter.is_file():
        raise InstallError(f"找不到 Python“{interpreter}”，请用 --interpreter 指明 python.exe 的完整路径")
    path = folder / xlam.NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, xlam.with_interpreter(data, str(interpreter)))
    except PermissionError:
        raise InstallError(_busy(path)) from None
    except FileError as error:
        if isinstance(error.__cause__, PermissionError):
            raise InstallError(_busy(path)) from None
        raise
    return path


def uninstall(machine: Machine, everyone: bool = False) -> Path | None:
    """Take the add-in out of Excel's start folder; returns the file, or nothing where there was none. Raises InstallError."""
    path = start_folder(machine, everyone) / xlam.NAME
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except PermissionError:
        raise InstallError(_busy(path)) from None
    return path


def _busy(path: Path) -> str:
    return f"写不了“{path}”：请先关闭全部 Excel 窗口再试；给全部用户安装的，要用管理员身份运行命令行"


def _no_excel(machine: Machine) -> str:
    wps = machine.registry("HKCU", r"Software\Kingsoft\Office\6.0\Common") or machine.registry(
        "HKLM", r"Software\Kingsoft\Office\6.0\Common"
    )
    words = "没有找到 Excel，加载项要在 Excel 2010 以上使用"
    return f"{words}；只有 WPS 的电脑请用 scorebook 命令，或装 LibreOffice 扩展" if wps else words


def status(machine: Machine) -> list[Remark]:
    """How the add-in stands on this machine: Excel, the file, the interpreter, macros. Raises InstallError off Windows."""
    folders = [start_folder(machine)]
    excel = find(machine)
    if excel is None:
        return [Remark("error", _no_excel(machine))]
    folders.append(excel.folder / "XLSTART")
    remarks = [Remark("fine", f"Excel（{excel.version}）：{excel.folder}")]
    found = [folder for folder in folders if (folder / xlam.NAME).is_file()]
    if not found:
        return [*remarks, Remark("error", f"加载项没有安装，请运行 scorebook addin install（会装到“{folders[0]}”）")]
    if len(found) > 1:
        remarks.append(Remark("warning", f"装了两份，Excel 启动时会提示重名，请删去一份：“{found[0]}”、“{found[1]}”"))
    path = found[0] / xlam.NAME
    try:
        data = path.read_bytes()
        settings = xlam.read_settings(data)
    except (OSError, Refusal):
        return [*remarks, Remark("error", f"加载项的文件“{path}”打不开，请重新安装")]
    own = installed_version("scorebook")
    if settings.get(xlam.VERSION) == own:
        remarks.append(Remark("fine", f"加载项 {own}：{path}"))
    else:
        remarks.append(Remark("warning", f"加载项是 {settings.get(xlam.VERSION, '旧')} 版，考核簿是 {own} 版，请重新安装加载项：{path}"))
    remarks.append(_interpreter(machine, settings))
    return [*remarks, *_child_processes(machine), *_macros(machine, excel, found[0], xlam.is_signed(data))]


def _interpreter(machine: Machine, settings: dict[str, str]) -> Remark:
    """Whether the buttons will find a Python that can do the work: what fails most often."""
    named = machine.expand(settings.get(xlam.INTERPRETER, "") or _users_own(machine))
    if not named:
        return Remark("error", "没有设置用哪个 Python，请运行 scorebook addin install，或加 --interpreter 指明 python.exe")
    python = Path(named)
    if not python.is_file():
        return Remark("error", f"加载项要用的 Python 不存在：“{named}”，可能被移动或卸载了；请运行 scorebook addin install 重新安装")
    try:
        problem = examine(machine, python)
    except InstallError as error:
        problem = f"用不了：{error}"
    return Remark("error", f"加载项要用的 Python“{named}”{problem}") if problem else Remark("fine", f"Python：{named}")


def _child_processes(machine: Machine) -> list[Remark]:
    """What keeps Excel from starting Python, which it does by way of cmd.exe."""
    remarks = []
    rules = machine.registry("HKLM", r"Software\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules")
    if str(rules.get(_CHILD_PROCESSES)) == "1":
        remarks.append(
            Remark("error", "Defender 的规则“阻止 Office 应用程序创建子进程”已启用，Excel 启动不了 Python；请管理员为 Excel 设例外")
        )
    if machine.registry("HKCU", r"Software\Policies\Microsoft\Windows\System").get("disablecmd"):
        remarks.append(Remark("error", "组策略“阻止访问命令提示符”已启用，加载项要经过 cmd.exe 启动 Python；请管理员对使用考核簿的人放开"))
    return remarks


def _users_own(machine: Machine) -> str:
    """The interpreter in the user's own file of settings, where xlwings looks when the add-in names none."""
    path = Path(machine.environment.get("USERPROFILE", ""), f".{xlam.PROJECT}", xlam.SETTINGS)
    if not path.is_file():
        return ""
    rows = csv.reader(path.read_text(encoding="mbcs" if machine.windows else "utf-8", errors="replace").splitlines())
    return next((row[1] for row in rows if len(row) == 2 and row[0].upper() == xlam.INTERPRETER), "")


def _setting(machine: Machine, excel: Excel, below: str, name: str) -> object:
    """A setting of Office: what a policy says, else what the user chose, else nothing."""
    for hive, root in (("HKCU", _POLICIES), ("HKLM", _POLICIES), ("HKCU", _OFFICE)):
        value = machine.registry(hive, rf"{root}\{excel.version}\{below}").get(name.lower())
        if value is not None:
            return value
    return None


def _macros(machine: Machine, excel: Excel, folder: Path, signed: bool) -> list[Remark]:
    """Whether Excel will let the add-in's macros run."""
    remarks = [
        Remark("error", words + (_SIGN if helps else ""))
        for below, name, helps, words in _BLOCKS
        if _setting(machine, excel, below, name) == 1 and not (helps and signed)
    ]
    listed = machine.registry("HKCU", rf"{_POLICIES}\{excel.version}\Excel\Resiliency\AddinList").get(xlam.NAME)
    if str(listed) == "0":
        remarks.append(Remark("error", f"组策略“托管加载项列表”禁用了 {xlam.NAME}；请管理员把它的值改为 1"))
    if listed is None and _setting(machine, excel, r"Excel\Resiliency", "restricttolist") == 1:
        remarks.append(Remark("error", f"组策略“阻止所有非托管加载项”已启用；请管理员把 {xlam.NAME} 加进“托管加载项列表”，值为 1"))
    disabled = machine.registry("HKCU", rf"{_OFFICE}\{excel.version}\Excel\Resiliency\DisabledItems").values()
    name = xlam.NAME.encode("utf-16-le")
    if any(isinstance(item, bytes) and name in item.lower() for item in disabled):
        remarks.append(Remark("error", "Excel 曾因出错停用了加载项：在“文件→选项→加载项”里，管理“禁用项目”，选中它并启用"))
    if not _is_trusted(machine, excel, folder):
        remarks += _untrusted(_setting(machine, excel, _SECURITY, "VBAWarnings") or ASK, folder, signed)
    return remarks or [Remark("fine", "宏：启动文件夹是受信任的位置，加载项可以运行")]


def _untrusted(level: object, folder: Path, signed: bool) -> list[Remark]:
    """What becomes of an add-in in a place that is not trusted."""
    words = f"受信任位置被停用了，“{folder}”也不受信任"
    way_out = "；请管理员用组策略把这个文件夹设为受信任的位置，或给加载项签名（见部署说明）"
    if level == NEVER:
        return [Remark("error", f"{words}，而宏设为“禁用所有宏，并且不通知”，加载项不能运行{way_out}")]
    if level == ONLY_SIGNED and not signed:
        return [Remark("error", f"{words}，而宏设为“禁用无数字签署的所有宏”，加载项不能运行{way_out}")]
    if level == ASK:
        return [Remark("warning", f"{words}，每次启动 Excel 都会问是否启用宏，要选“启用”{way_out}")]
    return []


def _is_trusted(machine: Machine, excel: Excel, folder: Path) -> bool:
    """Whether the start folder is a trusted location, as it is unless somebody has changed that."""
    if _setting(machine, excel, _TRUSTED, "AllLocationsDisabled") == 1:
        return False
    only_policies = machine.registry("HKCU", rf"{_POLICIES}\{excel.version}\Common\Security\Trusted Locations")
    if only_policies.get("allow user locations") != 0:
        return True
    own = PureWindowsPath(folder)
    for application in (_TRUSTED, r"Common\Security\Trusted Locations"):
        for number in range(_MOST_LOCATIONS):
            location = machine.registry("HKCU", rf"{_POLICIES}\{excel.version}\{application}\Location{number}")
            place = PureWindowsPath(str(location.get("path", "")))
            if location.get("path") and (own == place or (location.get("allowsubfolders") == 1 and place in own.parents)):
                return True
    return False
