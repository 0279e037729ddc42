"""Where new files go: the office's own folder of schemes, and the folder of the book in front."""

from __future__ import annotations

from pathlib import Path

from addin.live import local
from addin.live.desk import Desk
from addin.workbooks import files
from generator import settings
from generator.problems import FileError
from generator.scheme import library

FOLDER, FILES = "考核方案", "方案文件"
"""The office's folder of schemes, and the folder in it for what no official needs to see."""


def office_folder(desk: Desk) -> Path | None:
    """Where the office keeps its schemes; asked for once. None where nothing is chosen."""
    for folder in library.own_folders():
        if folder.is_dir() and files.is_writable(folder):
            return folder
    proposed = local.documents() / FOLDER
    if not desk.ask(f"本单位的考核方案放在这里，以后不再问：\n{proposed}\n\n要放到别的文件夹（如单位的共享文件夹），请选“否”。"):
        chosen = desk.choose_folder("本单位的考核方案放在哪里", local.documents())
        if chosen is None:
            return None
        proposed = chosen if chosen.name == FOLDER else chosen / FOLDER
    try:
        proposed.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"建不了文件夹“{proposed}”。请换一个能写的文件夹，再点“{desk.title}”") from error
    settings.put(settings.SCHEMES, str(proposed))
    return proposed


def folder_for_new(desk: Desk) -> Path:
    """The folder of the book in front, or the user's documents where there is none that can be written to."""
    own = desk.file.parent if desk.has_book and desk.file is not None else None
    for folder in (own, local.documents()):
        if folder is not None and files.is_writable(folder):
            return folder
    raise FileError(f"文件夹“{own or local.documents()}”写不进去。请先把工作簿另存到能写的文件夹，再点“{desk.title}”")
