"""Files of spreadsheet programs that are no .xlsx as Scorebook reads it: what they are, and what to do with them."""

from __future__ import annotations

from generator.problems import PackageError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_STRICT = b"http://purl.oclc.org/ooxml/"
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再试"


def refuse(data: bytes, name: str) -> None:
    """Raise PackageError naming another format, or a password. data: the file."""
    if data.startswith(OLE_MAGIC):
        if _ENCRYPTED in data:
            raise PackageError(f"“{name}”加了打开密码；请先用 Excel 或 WPS 去掉密码，另存为 .xlsx")
        raise PackageError(f"“{name}”是旧格式（.xls 或 .et）的工作簿，不是 .xlsx；{_SAVE_AS}")
    if data[:4] == b"PK\3\4" and _OPEN_DOCUMENT in data[:120]:
        raise PackageError(f"“{name}”是 LibreOffice 的 .ods 文件，不是 .xlsx；{_SAVE_AS}")


def refuse_strict(workbook: bytes, name: str) -> None:
    """The same for the stricter of the two kinds of .xlsx. workbook: its main part."""
    if _STRICT in workbook[:4000]:
        raise PackageError(f"“{name}”存成了“Strict Open XML 电子表格”；{_SAVE_AS}，类型里不要选 Strict")
