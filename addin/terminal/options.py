"""What several commands take, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

All = Annotated[bool, typer.Option("--all", help="全部方案")]
AsIs = Annotated[bool, typer.Option("--as-is", help="检查时会提问的数（超出范围、像是错了单位等）也照写，不再问")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]
Book = Annotated[Path, typer.Argument(metavar="工作簿", readable=False, help="考核簿生成的 .xlsx 文件", show_default=False)]
BookOrFolder = Annotated[
    Path, typer.Argument(metavar="工作簿或文件夹", readable=False, help="一本工作簿，或装着许多工作簿的文件夹", show_default=False)
]
Folder = Annotated[Path, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到这个文件；不写则改原文件", show_default=False)
]
Printed = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="文件", readable=False, help="写到文件；不写则打印", show_default=False)
]
Schemes = Annotated[list[str] | None, typer.Argument(metavar="方案…", help="方案编号（见 list），或方案文件的路径", show_default=False)]
